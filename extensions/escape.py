"""One filter per file format for the free text of the answers: name, description, author.

Each filter folds its input to one line and returns a complete literal or inline text of its format,
so that a template writes `description = {{ project_description | toml }}` and no answer can end the
value early.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable

from jinja2 import Environment
from jinja2.ext import Extension

# Letters that Unicode does not decompose into a base letter and an accent.
_LATIN = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
    }
)


def plain(text: str) -> str:
    """The text on one line, for files that have no syntax of their own."""
    return " ".join(str(text).split())


def as_json(text: str) -> str:
    """A JSON string."""
    return json.dumps(plain(text), ensure_ascii=False)


def as_toml(text: str) -> str:
    """A TOML basic string. JSON's escapes are a subset of TOML's."""
    return as_json(text)


def as_yaml(text: str) -> str:
    """A double-quoted YAML scalar; what YAML does not print is escaped."""
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in as_json(text))


def as_markdown(text: str) -> str:
    """Inline Markdown that shows the text as it is, on GitHub and in MkDocs, also in a table."""
    # Entities, as the two dialects differ in what a backslash escapes.
    escaped = re.sub(r"[\\`*_{}\[\]<>&#!|~^$:=]", lambda m: f"&#{ord(m[0])};", plain(text))
    # At the start of a line these make a list or a rule.
    return re.sub(r"^(\d*)([-+.)])", lambda m: f"{m[1]}&#{ord(m[2])};", escaped)


def slug(text: str, separator: str = "-") -> str:
    """Lower-case ASCII words of the text; empty when it has none."""
    ascii_text = (
        unicodedata.normalize("NFKD", text.lower().translate(_LATIN))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", separator, ascii_text).strip(separator)


def as_diagram(text: str) -> str:
    """Text in a Mermaid diagram, where `#34;` is a quotation mark."""
    return re.sub(r"[^\w .,+-]", lambda m: f"#{ord(m[0])};", plain(text))


FILTERS: dict[str, Callable[..., str]] = {
    "plain": plain,
    "json": as_json,
    "toml": as_toml,
    "yaml": as_yaml,
    "markdown": as_markdown,
    "diagram": as_diagram,
    "slug": slug,
}


class EscapeExtension(Extension):
    """The filters of this module, under the name of the format."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters |= FILTERS
