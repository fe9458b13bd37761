"""What a row may be: the fast decoder, the strict model and their faults."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.bundles import SMALL
from tests.package import problems, rows, schema

GOOD = {"months": 12, "rate": 0.5, "purpose": "car", "savings": "low"}

READER = rows.RowReader(SMALL, max_rows=30)
DECODER: Any = msgspec.json.Decoder(rows.row_struct(SMALL))

# JSON texts that decoders are known to disagree about.
NASTY = [
    *("true", "null", "12.0", "1e1", "1.5", "-0", "-0.0", "01", "1.", "+1", "0x1", "121", "0"),
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "9" * 30, "9" * 5000),
    *('"12"', '"car"', '"boat"', '""', '"\\u0063ar"', '"\\ud800"', '"car\\u0000"', '"\t"'),
    *("[]", "{}", "[12]", '{"months": 12}', "[" * 300, "", "'car'", "12 // twelve"),
]
VALUES = st.sampled_from([*map(json.dumps, GOOD.values()), *NASTY]) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
).map(json.dumps)
MEMBERS = st.tuples(st.sampled_from([*GOOD, "unknown", "\\u006donths", "Months"]), VALUES)
ENCODINGS = st.sampled_from(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "utf-32", "utf-16-le"])


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Rows that are good, or damaged in one of the ways a client has of damaging them."""
    members = [(name, json.dumps(value)) for name, value in GOOD.items()]
    kept = draw(st.sets(st.integers(0, 3), min_size=2).map(sorted))
    added = draw(st.lists(MEMBERS, max_size=3))
    chosen = draw(st.permutations([*(members[i] for i in kept), *added]))
    text = "{" + ", ".join(f'"{name}": {value}' for name, value in chosen) + "}"
    body = text.encode(draw(ENCODINGS), errors="surrogatepass")
    cut = draw(st.none() | st.integers(0, len(body)))
    return body[:cut] + draw(st.sampled_from([b"", b" \n", b"\x00", b"\xff", b"{}"]))


def pydantic_reads(body: bytes) -> dict[str, object] | None:
    try:
        return READER.row_model.model_validate_json(body).model_dump()
    except ValidationError:
        return None


@pytest.mark.parametrize("name", GOOD)
def test_one_odd_value_in_a_good_row_gets_one_verdict(name: str) -> None:
    rest = ", ".join(f'"{other}": {json.dumps(GOOD[other])}' for other in GOOD if other != name)
    for value in NASTY:
        body = ("{" + f'"{name}": {value}, {rest}' + "}").encode()
        try:
            fast = msgspec.structs.asdict(DECODER.decode(body))
        except ValueError:
            continue
        assert fast == pydantic_reads(body), body


@given(bodies())
def test_the_fast_decoder_accepts_nothing_that_the_strict_model_refuses(body: bytes) -> None:
    try:
        fast = msgspec.structs.asdict(DECODER.decode(body))
    except ValueError:
        return
    assert fast == pydantic_reads(body)


@given(bodies())
def test_the_reader_gives_the_verdict_of_the_strict_model(body: bytes) -> None:
    try:
        found: dict[str, object] | None = READER.read(body)
    except problems.ProblemError:
        found = None
    assert found == pydantic_reads(body)


# The one text that only the lenient of the two decoders reads: a value that a later one replaces.
REPLACED = b'{"months": NaN, "rate": 0.5, "purpose": "car", "months": 12}'


@example([REPLACED])
@given(st.lists(bodies(), min_size=1, max_size=3))
def test_a_batch_is_read_as_its_rows_are(rows_of_batch: list[bytes]) -> None:
    body = b'{"rows": [' + b", ".join(rows_of_batch) + b"]}"
    try:
        strict: Any = READER.batch_model.model_validate_json(body).model_dump()["rows"]
    except ValidationError:
        strict = None
    try:
        found: Any = READER.read_batch(body)
    except problems.ProblemError:
        found = None
    assert found == strict


def faults_of(row: object) -> list[problems.FieldError]:
    with pytest.raises(problems.ProblemError) as caught:
        READER.read(json.dumps(row).encode())
    assert caught.value.status == 422
    return list(caught.value.errors)


@pytest.mark.parametrize(
    ("field", "value", "accepted"),
    [
        ("months", 121, "an integer from 1 to 120"),
        ("months", 0, "an integer from 1 to 120"),
        ("months", "12", "an integer from 1 to 120"),
        ("months", True, "an integer from 1 to 120"),
        ("months", 12.0, "an integer from 1 to 120"),
        ("months", None, "an integer from 1 to 120"),
        ("rate", 1.6, "a number from 0.0 to 1.5, or null"),
        ("purpose", "boat", "one of car, house"),
        ("savings", "none", "one of low, high, or null"),
    ],
)
def test_a_fault_names_the_field_the_value_and_what_is_accepted(
    field: str, value: object, accepted: str
) -> None:
    (fault,) = faults_of({**GOOD, field: value})
    assert (fault.field, fault.value, fault.accepted) == (field, value, accepted)


def test_every_fault_of_a_row_is_listed() -> None:
    faults = faults_of({"months": 0, "rate": 9, "purpose": "boat", "colour": "red"})
    assert [fault.field for fault in faults] == ["months", "rate", "purpose", "colour"]


def test_an_unknown_field_is_told_the_known_ones() -> None:
    (fault,) = faults_of({**GOOD, "colour": "red"})
    assert fault.accepted == "a JSON object with the fields months, rate, purpose, savings"


def test_a_missing_field_has_no_value() -> None:
    (fault,) = faults_of({"months": 12})
    assert (fault.field, fault.value, fault.message) == ("purpose", None, "Field required")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x" * 500, "x" * 100),
        (list(range(999)), "[0, 1, 2, 3, 4, 5, ...]"),
        (10**20, "100000000000000000000"),
    ],
)
def test_a_long_value_is_shortened(value: object, shown: str) -> None:
    (fault,) = faults_of({**GOOD, "purpose": value})
    assert fault.value == shown


def test_a_body_that_is_no_json_is_told_where_it_breaks() -> None:
    with pytest.raises(problems.ProblemError) as caught:
        READER.read(b'{"months": 12,}')
    (fault,) = caught.value.errors
    assert fault.field == ""
    assert fault.value == '{"months": 12,}'
    assert "line 1 column 15" in fault.message


def test_nullable_fields_may_be_left_out() -> None:
    row = READER.read(b'{"months": 12, "purpose": "car"}')
    assert row == {"months": 12, "rate": None, "purpose": "car", "savings": None}


def test_a_fault_in_a_batch_names_its_row() -> None:
    body = json.dumps({"rows": [GOOD, {**GOOD, "months": 0}, 7]}).encode()
    with pytest.raises(problems.ProblemError) as caught:
        READER.read_batch(body)
    assert [fault.field for fault in caught.value.errors] == ["rows.1.months", "rows.2"]


def test_a_batch_lists_no_more_faults_than_a_person_reads() -> None:
    body = json.dumps({"rows": [{}] * 30}).encode()
    with pytest.raises(problems.ProblemError) as caught:
        READER.read_batch(body)
    assert len(caught.value.errors) == rows.MAX_ERRORS


@pytest.mark.parametrize(
    "body",
    [
        b'{"rows": []}',
        b'{"rows": [' + b",".join([b"{}"] * 31) + b"]}",
        b'{"rows": null}',
        b"[]",
        b"{",
        b'{"rows": [{}], "more": 1}',
        b'{"rows": [' + b"[" * 50_000 + b"]" * 50_000 + b"]}",
    ],
)
def test_what_is_no_batch_is_told_how_one_looks(body: bytes) -> None:
    with pytest.raises(problems.ProblemError) as caught:
        READER.read_batch(body)
    (fault,) = caught.value.errors
    assert fault.accepted == "a JSON object whose one field, rows, is a list of 1 to 30 rows"


@pytest.mark.parametrize("declared", [SMALL, None], ids=["small", "real"])
def test_the_documented_example_is_valid(
    declared: schema.Schema | None, real_schema: schema.Schema
) -> None:
    used = declared or real_schema
    example = rows.example_row(used)
    assert rows.RowReader(used, 1).read(json.dumps(example).encode()) == example
