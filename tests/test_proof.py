"""The engine of expensive checks: one run per distinct input, in a folder of just that input."""

import json
from pathlib import Path

import pytest

import rendering
from proof import Check, Prover, Tool
from rendering import Renderings, contents, files


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    (tmp_path / "project" / "docs" / "deep").mkdir(parents=True)
    (tmp_path / "project" / "docs" / "deep" / "page.md").write_text("a page")
    (tmp_path / "project" / "LICENSE").write_text("a licence")
    return tmp_path / "project"


@pytest.fixture
def seen() -> list[list[str]]:
    """The files that each run of the check found."""
    return []


@pytest.fixture
def check(seen: list[list[str]]) -> Check:
    def run(folder: Path) -> None:
        seen.append([path.relative_to(folder).as_posix() for path in files(folder)])

    return Check(name="docs", inputs=("docs/**",), run=run)


def test_a_check_sees_only_its_inputs(check: Check, rendered: Path, seen: list[list[str]]) -> None:
    Prover().prove(check, "one", rendered)
    assert seen == [["docs/deep/page.md"]]


def test_a_check_of_nearly_everything(check: Check, rendered: Path, seen: list[list[str]]) -> None:
    nearly = Check(name="nearly", inputs=("**",), without=("docs/**",), run=check.run)
    Prover().prove(nearly, "one", rendered)
    assert seen == [["LICENSE"]]


def test_a_star_stays_within_a_folder(check: Check, rendered: Path) -> None:
    shallow = Check(name="shallow", inputs=("docs/*",), run=check.run)
    with pytest.raises(AssertionError, match="no file of the project"):
        Prover().prove(shallow, "one", rendered)


def test_the_same_inputs_share_one_run(check: Check, rendered: Path, seen: list[list[str]]) -> None:
    prover = Prover()
    prover.prove(check, "one", rendered)
    (rendered / "LICENSE").write_text("another licence, which is not an input")
    prover.prove(check, "two", rendered)
    assert len(seen) == 1
    assert "2 combinations, 2 proofs by 1 distinct runs" in prover.summary()


def test_another_input_is_another_run(check: Check, rendered: Path, seen: list[list[str]]) -> None:
    prover = Prover()
    prover.prove(check, "one", rendered)
    (rendered / "docs" / "deep" / "page.md").write_text("another page")
    prover.prove(check, "two", rendered)
    assert len(seen) == 2


def test_a_failure_fails_each_combination_it_stands_for(rendered: Path) -> None:
    def refuse(_: Path) -> None:
        raise AssertionError("a broken link")

    prover, broken = Prover(), Check(name="docs", inputs=("docs/**",), run=refuse)
    for combination in ("one", "two"):
        with pytest.raises(pytest.fail.Exception, match="a broken link"):
            prover.prove(broken, combination, rendered)


def test_a_good_verdict_outlives_the_session(
    check: Check, rendered: Path, seen: list[list[str]], tmp_path: Path
) -> None:
    for _ in range(2):
        prover = Prover(tmp_path / "cache")
        prover.prove(check, "one", rendered)
    assert len(seen) == 1
    assert "1 from the cache" in prover.summary()


def test_a_missing_tool_skips_here_and_fails_on_ci(
    rendered: Path, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    needy = Check(name="needy", inputs=check.inputs, run=check.run, tools=(Tool("no-such-tool"),))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needy needs no-such-tool"):
        Prover().prove(needy, "one", rendered)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="needy needs no-such-tool"):
        Prover().prove(needy, "one", rendered)


def test_the_report_names_the_run_that_proved_each_combination(
    check: Check, rendered: Path, tmp_path: Path
) -> None:
    prover = Prover()
    digest = prover.prove(check, "one", rendered).digest
    prover.write_report(tmp_path / "build")
    assert f"| one | docs | `{digest[:12]}` |" in (tmp_path / "build" / "proofs.md").read_text()
    document = json.loads((tmp_path / "build" / "proofs.json").read_text())
    assert document["proved"] == [{"combination": "one", "check": "docs", "run": digest}]


def test_the_report_covers_what_other_processes_proved(check: Check, rendered: Path) -> None:
    worker, controller = Prover(), Prover()
    worker.prove(check, "one", rendered)
    controller.take_over(json.loads(json.dumps(worker.export())))
    assert controller.export() == worker.export()
    assert controller.summary() == worker.summary()


def test_a_known_verdict_needs_no_copy_of_the_inputs(
    check: Check, rendered: Path, seen: list[list[str]]
) -> None:
    prover, found = Prover(), contents(rendered)
    prover.prove(check, "one", rendered, found)
    prover.prove(check, "two", rendered / "which is not there", found)
    assert len(seen) == 1


def test_a_project_is_rendered_once_for_all_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def render(_: Path, destination: Path, data: object) -> None:
        assert data == {"license": "MIT"}
        destination.mkdir(parents=True)
        for name in ("one.txt", "other.txt"):
            (destination / name).write_text("the same")

    monkeypatch.setattr(rendering, "render", render)
    made = Renderings(tmp_path).project({"license": "MIT"})
    monkeypatch.delattr(rendering, "render")
    other = Renderings(tmp_path)
    assert other.project({"license": "MIT"}) == made
    assert other.contents(made) == contents(made)
    assert set(contents(made)) == {"one.txt", "other.txt"}
    assert (made / "one.txt").samefile(made / "other.txt")
