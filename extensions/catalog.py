"""The catalogue of options: `catalog.yml` feeds prompts, dependencies, test matrix and docs page.

The file is self-contained, as Copier loads it from the template's own folder: on an update the old
and the new template each bring theirs, and a shared helper would be taken from the wrong one.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from copier.errors import UserMessageError
from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

Answers = Mapping[str, Any] | Context

_PATH = Path(__file__).with_suffix(".yml")
# Written by `python -m benchmarks.environments`.
_ENVIRONMENTS = Path(__file__).with_name("environments.json")
_NOTHING: Mapping[str, str] = {}

# The axes whose choice has a decision record, in the order of the records' numbers.
RECORDED = ("env_manager", "data_versioning", "tracker", "deploy_target")

GROUPS = ("serving", "train", "data", "dev", "docs")


def _no_template_code(text: str) -> str:
    """Copier renders the texts of choices once more, so they may not contain template code."""
    if re.search(r"\{\{|\{%|\{#|^# %", text, re.MULTILINE):
        raise ValueError(f"{text!r} contains template code")
    return text


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[
    str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_no_template_code)
]
Value = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_no_template_code)]
Link = Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
Requirement = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*[^\"\\]*$")]
Dependencies = dict[
    Annotated[str, StringConstraints(pattern="^(" + "|".join(GROUPS) + ")$")],
    tuple[Requirement, ...],
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Misfit(_Entry):
    """An answer that an option does not fit: which is said, and it may be chosen all the same."""

    answer: Name = Field(description="the question whose answer decides")
    above: float | None = None
    below: float | None = None
    equals: Text | None = Field(default=None, alias="is")
    because: Text

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        if len([one for one in (self.above, self.below, self.equals) if one is not None]) != 1:
            raise ValueError(f"{self.answer}: a misfit has one of `above`, `below` and `is`")
        return self

    @property
    def rule(self) -> str:
        """The condition in words, such as `data_gb` above 2."""
        if self.equals is not None:
            return f"`{self.answer}` is `{self.equals}`"
        word, bound = ("above", self.above) if self.above is not None else ("below", self.below)
        return f"`{self.answer}` {word} {bound:g}"

    def applies(self, answers: Answers) -> bool:
        """Whether the answers are such."""
        given = answers[self.answer]
        if self.equals is not None:
            return str(given) == self.equals
        if self.above is not None:
            return float(given) > self.above
        return self.below is not None and float(given) < self.below


class Option(_Entry):
    """One choice on an axis, and the folder `template/{{use.<name>}}/` of the same name."""

    name: Name
    title: Text
    summary: Text
    choose_when: Text
    avoid_when: Text
    gives_up: Text | None = Field(
        default=None, description="what choosing it costs, for its record"
    )
    revisit_when: Text | None = Field(default=None, description="a trigger that can be measured")
    links: dict[Text, Link] = Field(default={})
    dependencies: Dependencies = Field(default={})
    conflicts: dict[Name, Text] = Field(
        default={}, description="option that cannot be combined with this one -> reason"
    )
    misfits: tuple[Misfit, ...] = Field(
        default=(), description="answers to earlier questions with which it is the wrong choice"
    )
    values: dict[Name, Value] = Field(
        default={},
        description="facts that shared files need, the same keys along an axis; "
        "`<python_version>` in one of them is the chosen one",
    )
    gives_away: tuple[Text, ...] = Field(
        default=(), description="words that may stand in this option's folder only"
    )
    shares: tuple[Name, ...] = Field(
        default=(), description="further folders of the same kind, in common with siblings"
    )

    def facts(self, answers: Answers) -> dict[str, str]:
        """Its values, for a project of these answers."""
        python = str(answers.get("python_version", ""))
        return {
            name: value.replace("<python_version>", python) for name, value in self.values.items()
        }


class Axis(_Entry):
    """One question about the stack. The first option is the default."""

    name: Name
    title: Text
    question: Text
    options: tuple[Option, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _same_values(self) -> Self:
        for option in self.options:
            if set(option.values) != set(self.options[0].values):
                raise ValueError(
                    f"{option.name}: `values` must have the same keys in each option of {self.name}"
                )
        return self

    def option(self, name: str) -> Option:
        return next(option for option in self.options if option.name == name)

    def parts(self) -> dict[str, set[str]]:
        """Each folder that options share -> those options."""
        found: dict[str, set[str]] = {}
        for option in self.options:
            for part in option.shares:
                found.setdefault(part, set()).add(option.name)
        return found


class Catalog(_Entry):
    """All axes in the order of their questions, and the dependencies that every project has."""

    dependencies: Dependencies
    axes: tuple[Axis, ...]

    @model_validator(mode="after")
    def _names_are_unique_and_known(self) -> Self:
        names = [option.name for axis in self.axes for option in axis.options]
        # What is shared belongs to one axis.
        names += [part for axis in self.axes for part in axis.parts()]
        if len(set(names)) != len(names):
            raise ValueError("option names must differ across all axes, as each names a folder")
        for axis in self.axes:
            for option in axis.options:
                if unknown := set(option.conflicts) - (set(names) - {o.name for o in axis.options}):
                    raise ValueError(
                        f"{option.name}: conflicts with what no other axis has: {sorted(unknown)}"
                    )
        return self

    def folders(self) -> dict[str, set[str]]:
        """Each overlay folder -> the options that bring it: itself, or those that share it."""
        return {
            name: options
            for axis in self.axes
            for name, options in ({o.name: {o.name} for o in axis.options} | axis.parts()).items()
        }

    def axis(self, name: str) -> Axis:
        return next(axis for axis in self.axes if axis.name == name)

    def chosen(self, answers: Answers) -> dict[str, Option]:
        """The option that `answers` choose on each axis."""
        return {axis.name: axis.option(answers[axis.name]) for axis in self.axes}

    def conflict(self, axis: Axis, option: Option, answers: Answers) -> str:
        """Why `option` cannot be chosen after the answers to earlier axes; empty when it can."""
        for earlier in itertools.takewhile(lambda other: other != axis, self.axes):
            other = earlier.option(answers[earlier.name])
            if reason := option.conflicts.get(other.name) or other.conflicts.get(option.name):
                return f"not with {other.title}: {reason}"
        return ""

    def combinations(self) -> Iterator[dict[str, str]]:
        """Each valid choice of one option per axis."""
        for options in itertools.product(*(axis.options for axis in self.axes)):
            answers = {
                axis.name: option.name for axis, option in zip(self.axes, options, strict=True)
            }
            if not any(
                self.conflict(axis, o, answers) for axis, o in zip(self.axes, options, strict=True)
            ):
                yield answers

    def misfits(self, axis_name: str, answers: Answers) -> dict[str, list[Misfit]]:
        """Option -> what speaks against it after the answers so far."""
        options = self.axis(axis_name).options
        return {o.name: [one for one in o.misfits if one.applies(answers)] for o in options}

    def requirements(self, answers: Answers) -> dict[str, list[str]]:
        """Sorted requirements of each dependency group."""
        sources = [
            self.dependencies,
            *(option.dependencies for option in self.chosen(answers).values()),
        ]
        return {
            group: sorted({line for source in sources for line in source.get(group, ())})
            for group in GROUPS
        }

    def modules(self) -> set[str]:
        """Module names that an option or a dependency of any option may have."""
        options = [option for axis in self.axes for option in axis.options]
        groups = [self.dependencies, *(option.dependencies for option in options)]
        lines = (line for group in groups for lines in group.values() for line in lines)
        names = {re.split(r"[^a-z0-9._-]", line)[0].replace("-", "_") for line in lines}
        return names.union(*({option.name, *option.gives_away} for option in options))


@cache
def load(path: Path = _PATH) -> Catalog:
    """Read and validate the catalogue beside this file."""
    # LibYAML's parser is ten times as fast, and the file is read at each copy.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Catalog.model_validate(yaml.load(path.read_text(encoding="utf-8"), loader))


def environment_figures() -> Any:
    """What each environment manager was measured to take, and when and where that was."""
    return json.loads(_ENVIRONMENTS.read_text(encoding="utf-8"))


class CatalogExtension(Extension):
    """What `copier.yml` asks of the catalogue."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals |= {
            "question": lambda axis: load().axis(axis).question,
            "choices": _choices,
            "default_option": _default_option,
            "misfit_notes": _misfit_notes,
            "misfit_rows": _misfit_rows,
            "offered": _offered,
            "option_value": _option_value,
            "switches": _switches,
            "stack_of": _stack_of,
            "options_of": lambda axis: [o.model_dump() for o in load().axis(axis).options],
            "environment_figures": environment_figures,
            "first_choices": _first_choices,
            "superseding": _superseding,
            "requirements": _requirements,
            "dependency_modules": load().modules(),
        }


@pass_context
def _choices(
    context: Context,
    axis_name: str,
    notes: Mapping[str, str] = _NOTHING,
    closed: Mapping[str, str] = _NOTHING,
) -> str:
    """The choices of an axis in Copier's notation; an impossible one carries its reason.

    `notes` and `closed` are texts for some options: what to say of them, why they cannot be chosen.
    """
    axis = load().axis(axis_name)
    return json.dumps(
        [
            [
                f"{option.title}: {notes.get(option.name, option.summary)}",
                {"value": option.name, "validator": _refusal(context, axis, option, closed)},
            ]
            for option in axis.options
        ]
    )


@pass_context
def _default_option(context: Context, axis_name: str) -> str:
    """The first option that the earlier answers allow; Copier raises on any other default."""
    axis = load().axis(axis_name)
    return next(
        option.name for option in axis.options if not load().conflict(axis, option, context)
    )


@pass_context
def _option_value(context: Context, axis_name: str, key: str) -> str:
    """A value of the option chosen on an axis, for the questions that come after it."""
    return load().axis(axis_name).option(context[axis_name]).values[key]


@pass_context
def _offered(context: Context, axis_name: str, closed: Mapping[str, str] = _NOTHING) -> bool:
    """Whether there is anything to choose.

    Refuses an impossible `--data` answer here, as Copier's own refusal ends in a traceback.
    """
    axis = load().axis(axis_name)
    given = context["_copier_conf"]["data"].get(axis_name)
    possible = [
        option.name for option in axis.options if not _refusal(context, axis, option, closed)
    ]
    if given is not None and given not in possible:
        option = next((option for option in axis.options if option.name == given), None)
        reason = f" ({_refusal(context, axis, option, closed)})" if option else ""
        raise UserMessageError(
            f"{axis_name}: {given!r} is not accepted{reason}; accepted: {', '.join(possible)}"
        )
    return len(axis.options) > 1


def _refusal(context: Context, axis: Axis, option: Option, closed: Mapping[str, str]) -> str:
    return closed.get(option.name, "") or load().conflict(axis, option, context)


@pass_context
def _misfit_notes(context: Context, axis_name: str) -> dict[str, str]:
    """Option -> its summary with what speaks against it here, for those where something does."""
    axis = load().axis(axis_name)
    return {
        name: f"{axis.option(name).summary} Not here: "
        + "; ".join(f"{one.answer} is {context[one.answer]}, and {one.because}" for one in found)
        for name, found in load().misfits(axis_name, context).items()
        if found
    }


@pass_context
def _misfit_rows(context: Context, axis_name: str) -> list[dict[str, str | bool]]:
    """Each rule against the chosen option: in words, the answer, whether it is such, and why."""
    chosen = load().axis(axis_name).option(context[axis_name])
    return [
        {
            "rule": one.rule,
            "answer": str(context[one.answer]),
            "applies": one.applies(context),
            "because": one.because,
        }
        for one in chosen.misfits
    ]


@pass_context
def _switches(context: Context) -> str:
    """Option or shared part -> "." when chosen, "" when not: the rendered name of its folder."""
    chosen = {name for o in load().chosen(context).values() for name in (o.name, *o.shares)}
    return json.dumps({name: "." if name in chosen else "" for name in load().folders()})


@pass_context
def _stack_of(context: Context) -> str:
    """Axis -> what shared files may say about the option chosen on it."""
    fields = {"name", "title", "summary", "links", "gives_up", "revisit_when", "misfits"}
    chosen = load().chosen(context).items()
    return json.dumps({axis: o.model_dump(include=fields) | o.facts(context) for axis, o in chosen})


@pass_context
def _first_choices(context: Context) -> str:
    """Axis -> the option chosen when the project was born, which its first record is about."""
    return json.dumps({axis: option.name for axis, option in load().chosen(context).items()})


@pass_context
def _superseding(context: Context) -> str:
    """Axis -> name of the record of a later choice, "" while the first one stands.

    Records are numbered for good: the first is 0001 to 0012, a later one has 1 in front.
    """
    first = context["first_choices"]
    records = {
        axis: f"1{number:03}-{axis.replace('_', '-')}-{context[axis].replace('_', '-')}.md"
        for number, axis in enumerate(RECORDED, 1)
    }
    return json.dumps(
        {
            axis: name if first.get(axis, context[axis]) != context[axis] else ""
            for axis, name in records.items()
        }
    )


@pass_context
def _requirements(context: Context) -> str:
    return json.dumps(load().requirements(context))
