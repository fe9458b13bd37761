"""What is accepted as an answer, and the defaults that are derived from earlier answers."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from copier.errors import UserMessageError
from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context

Rule = Callable[[str, Collection[str]], str]

MAX_TEXT = 300
MAX_PACKAGE = 40

# Questions whose choices stand in `copier.yml` itself.
_CHOSEN = ("license", "python_version", "aws_region", "architecture", "data_changes")

# Folders of the generated project; modules that are not named like their distribution, or come
# with one of the dependencies.
_TAKEN = {"config", "data", "docs", "models", "runs", "src", "tests"}
_TAKEN |= {"click", "google", "jinja2", "joblib", "markdown", "packaging", "pydantic", "requests"}
_TAKEN |= {"scipy", "sklearn", "starlette", "yaml"}

# Turn the reading direction of text that follows them: what is reviewed is not what is run.
_DIRECTION_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def complaint(name: str, value: Any, modules: Collection[str] = ()) -> str:
    """Why `value` is no answer to the question `name`, and what is one; empty if accepted."""
    accepted = _RULES[name](str(value), modules)
    return f"{name}: {str(value)[:60]!r} is not accepted; accepted: {accepted}" if accepted else ""


def package_name_for(slug: str, modules: Collection[str]) -> str:
    """A package name that is accepted, from a slug with underscores that may be empty or taken."""
    name = slug[: MAX_PACKAGE - len("_project")].strip("_")
    name = f"project_{name}".strip("_")[:MAX_PACKAGE] if not name[:1].isalpha() else name
    return f"{name}_project" if _package(name, modules) else name


def _text(value: str, _: Collection[str], *, required: bool = True) -> str:
    odd = [
        c
        for c in value
        if (unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c not in "\t\r\n")
        or c in _DIRECTION_CONTROLS
        or ord(c) & 0xFFFE == 0xFFFE
    ]
    if odd:
        return f"text without control characters (found U+{ord(odd[0]):04X})"
    if len(value) > MAX_TEXT:
        return f"at most {MAX_TEXT} characters (found {len(value)})"
    if required and not any(c.isprintable() and not c.isspace() for c in value):
        return "at least one visible character"
    return ""


def _description(value: str, modules: Collection[str]) -> str:
    return _text(value, modules, required=False)


def _package(value: str, modules: Collection[str]) -> str:
    if not re.fullmatch(rf"[a-z][a-z0-9_]{{0,{MAX_PACKAGE - 1}}}", value):
        return (
            f"a Python identifier of at most {MAX_PACKAGE} characters: a lower-case letter, "
            "then lower-case letters, digits and underscores"
        )
    if keyword.iskeyword(value) or keyword.issoftkeyword(value):
        return "a name that is not a Python keyword"
    if value in _TAKEN | sys.stdlib_module_names | set(modules):
        return "a name that is not a module of Python, a dependency or a folder of the project"
    return ""


def _pattern(pattern: str, accepted: str) -> Rule:
    return lambda value, _: "" if re.fullmatch(pattern, value) else accepted


def _choice(name: str) -> Rule:
    return lambda value, _: "" if value in _choices()[name] else ", ".join(_choices()[name])


def _number(low: float, high: float, *, whole: bool = False) -> Rule:
    kind = "a whole number" if whole else "a number"

    def check(value: str, _: Collection[str]) -> str:
        try:
            number = int(value) if whole else float(value)
        except ValueError:
            number = float("nan")
        return "" if low <= number <= high else f"{kind} from {low:,g} to {high:,.0f}"

    return check


@cache
def _choices() -> dict[str, list[str]]:
    """The choices that stand in `copier.yml` itself."""
    text = (Path(__file__).parents[1] / "copier.yml").read_text(encoding="utf-8")
    # LibYAML's parser is ten times as fast, and the file is read at each copy.
    questions = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found = {
        name: question["choices"]
        for name, question in questions.items()
        if isinstance(question, dict) and isinstance(question.get("choices"), list | dict)
    }
    # A choice with a label is a pair of label and value.
    return {name: list(c.values() if isinstance(c, dict) else c) for name, c in found.items()}


_RULES: dict[str, Rule] = {
    "project_name": _text,
    "package_name": _package,
    "project_description": _description,
    "author_name": _text,
    "author_email": _pattern(
        r"[A-Za-z0-9][A-Za-z0-9._+-]{0,62}@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,24}",
        "an address such as ada@example.com",
    ),
    "github_owner": _pattern(
        r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}",
        "a GitHub account: at most 39 letters, digits and single inner hyphens",
    ),
    "github_repo": _pattern(
        r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}(?<!\.git)",
        "a GitHub repository: at most 100 letters, digits, '.', '_' and '-'",
    ),
    "data_gb": _number(0.0001, 1_000_000),
    "data_writers": _number(1, 10_000, whole=True),
    **{name: _choice(name) for name in _CHOSEN},
}


class AnswersExtension(Extension):
    """What `copier.yml` asks of this module."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals |= {"accepts": _accepts, "complaint": complaint}
        environment.filters["package_name"] = package_name_for


@pass_context
def _accepts(context: Context, name: str, modules: Collection[str] = ()) -> bool:
    """Refuse a `--data` answer with a message: a validator's refusal of it ends in a traceback."""
    data = context["_copier_conf"]["data"]
    if name in data and (message := complaint(name, data[name], modules)):
        raise UserMessageError(message)
    return True
