"""What speaks against an option after the answers so far: said in the prompt and in its record."""

from pathlib import Path
from typing import Any

import pytest
from copier import run_copy
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import catalog
from matrix import questions
from rendering import quick_copier, render

DATA = catalog.load().axis("data_versioning").options
ANSWERS = st.fixed_dictionaries(
    {
        "data_gb": st.floats(0.0001, 1e6),
        "data_writers": st.integers(1, 10_000),
        "data_changes": st.sampled_from(list(questions()["data_changes"]["choices"].values())),
    }
)


@given(answers=ANSWERS, factor=st.floats(1, 1e3))
def test_a_bound_that_is_passed_stays_passed(answers: dict[str, Any], factor: float) -> None:
    worse = answers | {"data_gb": answers["data_gb"] * factor}
    for option in DATA:
        for one in option.misfits:
            if one.above is not None and one.applies(answers):
                assert one.applies(worse)
            if one.below is not None and one.applies(worse):
                assert one.applies(answers)


@given(answers=ANSWERS)
def test_something_fits_a_file_of_any_size_that_one_writes(answers: dict[str, Any]) -> None:
    alone = {"data_gb": min(answers["data_gb"], 1000), "data_writers": 1, "data_changes": "file"}
    found = catalog.load().misfits("data_versioning", alone)
    assert [name for name, misfits in found.items() if not misfits]


def test_each_option_has_something_against_it_that_users_answer() -> None:
    for option in DATA:
        assert option.misfits, f"{option.name} is said to fit everything"
        assert {one.answer for one in option.misfits} <= set(questions())
        for one in option.misfits:
            if one.equals is not None:
                assert one.equals in questions()[one.answer]["choices"].values()


def test_the_defaults_fit_the_default_option() -> None:
    answers = {name: question.get("default") for name, question in questions().items()}
    assert not catalog.load().misfits("data_versioning", answers)[DATA[0].name]


@pytest.mark.parametrize(
    ("rule", "data_gb", "applies"),
    [
        ({"above": 2}, 2.0, False),
        ({"above": 2}, 2.1, True),
        ({"below": 2}, 2.0, False),
        ({"below": 2}, 1.9, True),
        ({"is": "2"}, 2, True),
        ({"is": "2"}, 3, False),
    ],
)
def test_a_bound_itself_is_still_right(
    rule: dict[str, Any], data_gb: float, *, applies: bool
) -> None:
    one = catalog.Misfit.model_validate({"answer": "data_gb", "because": "It is so.", **rule})
    assert one.applies({"data_gb": data_gb}) is applies


@pytest.mark.parametrize("rule", [{}, {"above": 1, "below": 2}, {"beyond": 3}])
def test_a_rule_that_is_none_is_refused(rule: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        catalog.Misfit.model_validate({"answer": "data_gb", "because": "It is so.", **rule})


LARGE = {"data_gb": 0.5, "data_changes": "rows"}


def test_the_prompt_says_which_options_do_not_fit_and_why(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: dict[str, list[str]] = {}

    def accept(structure: list[dict[str, Any]], answers: dict[str, Any]) -> dict[str, Any]:
        one = structure[0]
        shown[one["name"]] = [getattr(choice, "title", "") for choice in one.get("choices") or ()]
        return answers

    monkeypatch.setattr("copier._main.unsafe_prompt", accept)
    with quick_copier():
        run_copy(str(template), tmp_path / "project", data=LARGE, unsafe=True, quiet=True)
    found = catalog.load().misfits("data_versioning", LARGE | {"data_writers": 1})
    for option, text in zip(DATA, shown["data_versioning"], strict=True):
        assert text.startswith(f"{option.title}: {option.summary}")
        assert ("Not here" in text) is bool(found[option.name])
        for one in found[option.name]:
            assert f"{one.answer} is {LARGE[one.answer]}, and {one.because}" in text


@pytest.mark.parametrize("option", DATA, ids=lambda option: str(option.name))
def test_the_record_holds_each_rule_with_the_users_figure(
    template: Path, tmp_path: Path, option: catalog.Option
) -> None:
    project = render(template, tmp_path / "project", {**LARGE, "data_versioning": option.name})
    record = (project / "docs" / "adr" / "0002-data-versioning.md").read_text()
    answers = LARGE | {"data_writers": 1}
    for one in option.misfits:
        verdict = "**does not fit**" if one.applies(answers) else "fits"
        assert f"| {one.rule} | {answers[one.answer]} | {verdict} | {one.because} |" in record
    broken = any(one.applies(answers) for one in option.misfits)
    assert ("It was chosen all the same." in record) is broken
