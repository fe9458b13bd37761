"""The documentation site of a generated project."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import mermaidx
import pytest

from conftest import Project, Prove
from matrix import Combination, covering, covering_pairs
from proof import Check, Tool, command
from test_update import HOSTILE


def build(folder: Path) -> None:
    # `validation` in mkdocs.yml makes broken links warnings; --strict makes warnings errors.
    command(["mkdocs", "build", "--strict"], folder)
    assert (folder / "site" / "index.html").exists()


@cache
def draw(diagram: str) -> str:
    """What Mermaid itself says against a diagram; empty if it can be drawn."""
    try:
        drawn = mermaidx.render(diagram).svg()
    except RuntimeError as error:
        return str(error)
    return "" if "<svg" in drawn and "Syntax error" not in drawn else "nothing was drawn"


def draw_all(folder: Path) -> Mapping[str, float]:
    pages = [*sorted(folder.rglob("*.md"))]
    diagrams = [
        (page, diagram)
        for page in pages
        for diagram in re.findall(
            r"^```mermaid\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
    ]
    assert diagrams, "no page has a diagram"
    for page, diagram in diagrams:
        fault = draw(diagram)
        assert not fault, f"{page.relative_to(folder)}: {fault}"
    return {"diagrams": len(diagrams)}


DIAGRAMS = Check(name="diagrams", inputs=("docs/**/*.md", "README.md"), run=draw_all)


@pytest.mark.slow
@pytest.mark.parametrize("combination", covering("deploy_target", "tracker"), ids=str)
def test_mermaid_draws_every_diagram(prove: Prove, combination: Combination) -> None:
    prove(DIAGRAMS, combination)


@pytest.mark.slow
def test_a_hostile_name_breaks_no_diagram(project: Project) -> None:
    draw_all(project({"project_name": HOSTILE}))


@pytest.mark.slow
def test_a_broken_diagram_is_seen(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("```mermaid\nflowchart LR\n  a -->\n```\n")
    with pytest.raises(AssertionError, match=r"page\.md: Mermaid rendering failed"):
        draw_all(tmp_path)


DOCS = Check(name="docs", inputs=("docs/**", "mkdocs.yml"), tools=(Tool("mkdocs"),), run=build)


@pytest.mark.slow
@pytest.mark.parametrize("combination", covering_pairs(), ids=str)
def test_the_site_builds_without_a_warning(prove: Prove, combination: Combination) -> None:
    prove(DOCS, combination)
