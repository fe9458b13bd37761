"""What this machine needs for the environment manager of a generated project."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from proof import Tool


@dataclass(frozen=True)
class Manager:
    """The programs that a user of one has installed, and the settings of their machine."""

    tools: tuple[Tool, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    def folders(self) -> list[str]:
        """Where its programs are, for the front of PATH."""
        found = [tool.find(tool.name) for tool in self.tools]
        return [os.fspath(Path(path).parent) for path in found if path]


# Those that are more than a program of the option's own name on PATH.
_SPECIAL: dict[str, Callable[[], Manager]] = {}


def of(option: str) -> Manager:
    """What the user of an environment manager has."""
    return _SPECIAL.get(option, lambda: Manager((Tool(option),)))()
