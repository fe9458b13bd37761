"""Hostile answers: each filter returns one value of its format, and no file changes its shape."""

import html
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import markdown
import pytest
import yaml
from markdown_it import MarkdownIt

from answers import MAX_TEXT
from conftest import Project
from escape import FILTERS, as_json, as_markdown, as_toml, as_yaml, plain
from rendering import files, text_files

HOSTILE = {
    "quotes": "\"double\" 'single' \"\"\" '''",
    "backslashes": "C:\\new\\table \\",
    "jinja": "{{ 7 * 7 }} {% if x %} {# comment #} {%- raw -%}",
    "line-statement": "# % if true",
    "workflow": "${{ github.token }} ${HOME} $x^2$",
    "percent": "100 % %(asctime)s %s %",
    "newlines": "one\ntwo\r\n\nthree\ttab",
    "spaces": "\u00a0no-break\u00a0 \u3000wide\u200bnone ",
    "emoji": "🚀 👩‍💻 \ufeffmark",
    "right-to-left": "مرحبا بالعالم שלום עולם",
    "long": "w" * MAX_TEXT,
    "long-words": "word " * (MAX_TEXT // 5),
    "yaml": "- key: &anchor *alias !tag [a, b] {c: d} | > ? @ ` #",
    "yaml-null": "null",
    "yaml-bool": "NO",
    "yaml-number": "1_000.0e3",
    "yaml-document": "---",
    "yaml-colon": "key: value # comment",
    "toml": '[table] key = "value" \\u0000',
    "shell": "$(touch x) `id`; rm -rf ~ | cat > y && z & !! *?",
    "html": "<script>alert('x')</script> <!-- c --> </title> &amp; &#65;",
    "markdown": "# *b* _i_ **s** ~~d~~ [l](http://x) ![i](y) `c` | cell | [^1] :smile: ==m== ^^u^^",
    "markdown-list": "1. one",
    "markdown-long-list": "123456. many",
    "markdown-parenthesis-list": "1) one",
    "markdown-admonition": "!!! note",
    "markdown-bullet": "+ one",
    "markdown-rule": "***",
    "markdown-attributes": "{: .class } {.class} !!! note ??? note === tab",
    "markdown-autolink": "<http://x.example> https://x.example www.x.example a@x.example",
    "accents": "Ñandú, naïve café",
}


# Whatever a user may switch on later, also in a project whose site does without.
MKDOCS_EXTENSIONS = ["admonition", "attr_list", "footnotes", "tables"] + [
    f"pymdownx.{name}" for name in ("arithmatex", "caret", "details", "emoji", "mark", "tilde")
]


@pytest.fixture(params=HOSTILE)
def hostile(request: pytest.FixtureRequest) -> str:
    return HOSTILE[request.param]


def test_toml_reads_back(hostile: str) -> None:
    assert tomllib.loads(f"key = {as_toml(hostile)}") == {"key": plain(hostile)}


def test_yaml_reads_back(hostile: str) -> None:
    assert yaml.safe_load(f"key: {as_yaml(hostile)}\n") == {"key": plain(hostile)}


def test_json_reads_back(hostile: str) -> None:
    assert json.loads(as_json(hostile)) == plain(hostile)


@pytest.mark.parametrize("place", ["{}", "# {}", "| a |\n|---|\n| {} |", "text {} text", "- {}"])
@pytest.mark.parametrize(
    "to_html",
    [
        MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"]).render,
        lambda text: markdown.markdown(text, extensions=MKDOCS_EXTENSIONS),
    ],
    ids=["github", "mkdocs"],
)
def test_markdown_shows_the_text(hostile: str, to_html: Callable[[str], str], place: str) -> None:
    shown = to_html(place.format(as_markdown(hostile)))
    expected = to_html(place.format("PLACEHOLDER"))
    before, after = expected.split("PLACEHOLDER")
    # Heading ids are made from the text.
    shown, before = (re.sub(r' id="[^"]*"', "", text) for text in (shown, before))
    assert shown.startswith(before)
    assert shown.endswith(after)
    inner = shown.removeprefix(before).removesuffix(after)
    assert not re.search(r"<[a-z/!]", inner)
    assert html.unescape(inner) == plain(hostile)


def test_the_whole_project_keeps_its_shape(project: Project, hostile: str) -> None:
    texts = dict.fromkeys(("project_name", "project_description", "author_name"), hostile)
    fixed = {
        "package_name": "package",
        "author_email": "a@example.com",
        "github_owner": "owner",
        "github_repo": "repo",
    }
    attacked, calm = project(texts | fixed), project(fixed)
    names = [path.relative_to(calm) for path in files(calm)]
    assert [path.relative_to(attacked) for path in files(attacked)] == names
    changed = [n for n in names if (attacked / n).read_bytes() != (calm / n).read_bytes()]
    assert {name: _shape(attacked / name) for name in changed} == {
        name: _shape(calm / name) for name in changed
    }
    # Free text stays out of code, where its length would decide on line breaks.
    assert not [name for name in changed if name.suffix == ".py"]
    manifest = tomllib.loads((attacked / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert manifest["description"] == plain(hostile)
    assert manifest["authors"][0]["name"] == plain(hostile)
    answers = yaml.safe_load((attacked / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["project_name"] == hostile


def test_every_filter_is_used(template: Path) -> None:
    sources = "".join(text for _, text in text_files(template))
    assert not [name for name in FILTERS if not re.search(rf"\| {name}\b", sources)]


def _shape(path: Path) -> Any:
    """What must not depend on the text of an answer."""
    text = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".toml":
            return _keys(tomllib.loads(text))
        case ".yml" | ".yaml":
            # `!!python/name` and the like are tags of MkDocs.
            return _keys(yaml.load(text, _Plain))
        case ".json":
            return _keys(json.loads(text))
        case ".md":
            return list(_tokens(text))
        case _:
            return text.count("\n")


class _Plain(yaml.SafeLoader):
    pass


_Plain.add_multi_constructor("", lambda *_: None)


def _keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_keys(item) for item in value]
    return type(value).__name__


def _tokens(text: str) -> list[str]:
    tokens = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        tokens.append(token.type)
        tokens += [child.type for child in token.children or () if child.type != "text"]
    return tokens
