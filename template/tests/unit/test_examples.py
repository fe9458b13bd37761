"""The examples of README and API page are what the service takes and answers."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.kind import assert_alike
from tests.package import answer, dataset, encoding, prediction, problems, rows, scoring

ROOT = Path(__file__).parents[2]
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ROW = (ROOT / "examples" / "row.json").read_bytes()
ANSWER = (ROOT / "examples" / "answer.json").read_text(encoding="utf-8")


@pytest.fixture
def reader() -> rows.RowReader:
    return rows.RowReader(dataset.SCHEMA, max_rows=10)


def test_the_examples_are_valid_requests(reader: rows.RowReader) -> None:
    single = reader.read(ROW)
    batch = reader.read_batch((ROOT / "examples" / "batch.json").read_bytes())
    assert batch[0] == single
    assert len(batch) > 1


def test_the_answer_has_the_fields_of_an_answer_and_is_the_one_on_the_pages() -> None:
    fields = json.loads(ANSWER)
    assert set(fields) == {*answer.Prediction.model_fields, "model_version"}
    assert ANSWER in (ROOT / "README.md").read_text(encoding="utf-8")
    assert ANSWER in API


def test_the_model_answers_the_example_as_the_page_says(
    reader: rows.RowReader, model: scoring.LoadedModel
) -> None:
    matrix = encoding.Encoder(dataset.SCHEMA).encode([reader.read(ROW)])
    score = float(model.scorer.score(matrix)[0])
    found = prediction.predict(score, model.manifest.answering)
    assert_alike(found, json.loads(ANSWER))


def test_the_documented_error_is_the_real_one(reader: rows.RowReader) -> None:
    (documented,) = (
        problem for problem in map(json.loads, _json_blocks(API)) if "errors" in problem
    )
    bad = json.loads(ROW) | {fault["field"]: fault["value"] for fault in documented["errors"]}
    with pytest.raises(problems.ProblemError) as raised:
        reader.read(json.dumps(bad).encode())
    assert raised.value.status == documented["status"]
    assert raised.value.detail == documented["detail"]
    assert msgspec.to_builtins(raised.value.errors) == documented["errors"]
    assert set(documented) == set(problems.Problem.__struct_fields__)


def test_the_documented_fields_are_those_of_a_row() -> None:
    documented = dict(
        re.findall(r"^\| `(\w+)` \| ((?:one of|an? \w+ from) .*?) \|$", API, re.MULTILINE)
    )
    features: dict[str, Any] = {c.name: rows.accepted(c) for c in dataset.SCHEMA.features}
    assert documented == features


def _json_blocks(page: str) -> list[str]:
    return re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
