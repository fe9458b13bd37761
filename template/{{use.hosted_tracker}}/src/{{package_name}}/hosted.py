"""What trackers that are somebody else's service have in common.

A run is written in the tracker's own offline format first. With a key that record is sent at
once, without one it waits for `sync`.
"""

import os
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Any

from .encoding import example
from .errors import TrackerUnavailableError
from .runs import RunRecord
from .schema import Schema
from .scoring import INPUT_NAME, OUTPUT_NAME
from .tracker import without_credentials

PROBE_SECONDS = 5
# Longer than any upload of this project's size; a client that hangs must not hang the command.
SEND_SECONDS = 300


def version_of(run: RunRecord) -> str:
    """The moment at which a run began, as three numbers: year, month and day, time.

    It needs no server to hand it out, so it is the same on every machine, before and after `sync`.
    """
    began = run.started_at
    return f"{began:%y}.{began.month}{began:%d}.{int(f'{began:%H%M%S}')}"


def signature(schema: Schema) -> dict[str, Any]:
    """What the model takes and gives, and a row to try it with."""
    width = len(schema.features)
    return {
        "inputs": [{"name": INPUT_NAME, "type": "float32", "shape": [-1, width]}],
        "columns": schema.feature_names,
        "outputs": [{"name": OUTPUT_NAME, "type": "float32", "shape": [-1]}],
        "example": example(schema).tolist(),
    }


def split_experiment(experiment: str) -> tuple[str | None, str]:
    """`team/project` or `project`, as its two parts."""
    team, _, project = experiment.rpartition("/")
    return team or None, project


def leave_out(prefix: str, *kept: str) -> None:
    """Take a client's own variables out of the environment, but for those that name a folder.

    Set for its command line elsewhere, they would decide what is recorded and where it goes.

    Args:
        prefix: what their names begin with.
        kept: what the names of those begin with that this project sets.
    """
    for name in [name for name in os.environ if name.startswith(prefix)]:
        if not name.startswith(kept) and not name.endswith("_DIR"):
            del os.environ[name]


def address(uri: str) -> str:
    """`tracking.uri` without a name and password, since only the key is asked for.

    So they are in no message, whatever a client makes of them.
    """
    return re.sub(r"^(\w+://)?.*@", r"\1", uri, flags=re.DOTALL)


def probe(uri: str) -> None:
    """Ask whether anything answers, since the clients themselves go on asking for minutes.

    Raises:
        TrackerUnavailableError: nothing does, within seconds.
    """
    if not uri.startswith(("http://", "https://")):
        raise TrackerUnavailableError(
            f"tracking.uri must begin with http:// or https:// (found {uri!r})"
        )
    try:
        urllib.request.urlopen(uri, timeout=PROBE_SECONDS).close()  # noqa: S310  # checked above
    except urllib.error.HTTPError:
        return  # an error is an answer
    except (OSError, ValueError, HTTPException) as error:
        raise TrackerUnavailableError(f"the tracker at {uri} failed: {error}") from None


def send(
    command: Sequence[str], complaint: str, environment: Mapping[str, str], key: Mapping[str, str]
) -> None:
    """Run the tracker's own upload command.

    Args:
        command: the command.
        complaint: what marks a line that reports a failure. The status says nothing of it: the
            commands end with 0 although the service has refused what they sent.
        environment: variables for it.
        key: one more, whose value is never shown.

    Raises:
        TrackerUnavailableError: it failed; the message ends with what it said last, or with the
            first complaint if its status is 0.
    """
    try:
        result = subprocess.run(  # noqa: S603  # this module's own callers name the command
            command,
            # Unbuffered: what it says comes in the order in which it is said.
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment, **key},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SEND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TrackerUnavailableError(f"the upload has not ended after {SEND_SECONDS} s") from None
    said = result.stdout.strip().splitlines() or ["nothing"]
    complaints = [line for line in said if complaint in line]
    if result.returncode or complaints:
        reason = said[-1] if result.returncode else complaints[0]
        raise TrackerUnavailableError(hidden(f"the upload failed: {reason}", *key.values()))


def hidden(text: str, *secrets: str) -> str:
    """A message of a client without secrets, since messages end in logs."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return without_credentials(text)
