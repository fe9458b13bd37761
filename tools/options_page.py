"""Write docs/options.md from the catalogue: `python tools/options_page.py`."""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "extensions"))

import catalog  # noqa: E402 - the extensions are files for Copier, no installed package


def page(known: catalog.Catalog) -> str:
    """The page as Markdown."""
    return "\n".join(_lines(known)) + "\n"


def _lines(known: catalog.Catalog) -> Iterator[str]:
    yield "# Options"
    yield ""
    yield "<!-- Generated from extensions/catalog.yml by tools/options_page.py. -->"
    yield ""
    yield "Each axis is one question. The first option is the default; an axis with a single option"
    yield "is not asked."
    for axis in known.axes:
        yield ""
        yield f"## {axis.title}"
        yield ""
        yield f"{axis.question} Stored as `{axis.name}`."
        for option in axis.options:
            yield ""
            yield f"### {option.title}"
            yield ""
            yield f"`{axis.name}: {option.name}`. {option.summary}"
            yield ""
            yield f"- Choose it when: {_lower(option.choose_when)}"
            yield f"- Look elsewhere when: {_lower(option.avoid_when)}"
            for misfit in option.misfits:
                yield f"- Not when {misfit.rule}: {misfit.because}"
            for group, requirements in option.dependencies.items():
                yield f"- Adds to `{group}`: {', '.join(f'`{line}`' for line in requirements)}"
            for other, reason in option.conflicts.items():
                yield f"- Not with `{other}`: {_lower(reason)}"
            for title, url in option.links.items():
                yield f"- [{title}]({url})"


def _lower(sentence: str) -> str:
    # An abbreviation stays as it is.
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


if __name__ == "__main__":
    (ROOT / "docs" / "options.md").write_text(page(catalog.load()), encoding="utf-8")
