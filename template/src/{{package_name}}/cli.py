"""The command line. Each command imports what it needs, so that `serve` works without training's
packages and `--help` answers at once.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from .config import Settings, load_settings
from .errors import ProjectError

Command = Callable[[Settings], int | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        What the command returns, 0 if nothing; 2 after a known problem, whose message goes to
        standard error.
    """
    command: Command = _parser().parse_args(arguments).run
    try:
        return command(load_settings()) or 0
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        # A full disk, a read-only folder: the system's own words name the file.
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=__package__, description="Train, promote and serve.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, run, text in (
        ("data", _data, "fetch the data set that this commit names"),
        ("publish-data", _publish_data, "make the data file as it is a new version"),
        ("guard-data", _guard_data, "refuse to commit data that could not be fetched again"),
        ("train", _train, "train and compare the candidates; the best becomes challenger"),
        ("runs", _runs, "list the runs on record"),
        ("promote", _promote, "make the challenger champion, if it passes the gate"),
        ("rollback", _rollback, "serve the model before the champion again"),
        ("sync", _sync, "send runs to the tracker that it has not received"),
        ("serve", _serve, "serve the champion over HTTP"),
        ("healthcheck", _healthcheck, "ask the running service whether it is alive"),
        ("drift", _drift, "ask the running service for its drift report; status 1 is an alert"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
    return parser


def _data(settings: Settings) -> None:
    from .data.store import DataStore

    store = DataStore(settings.paths.data)
    print(f"{store.fetch()}: version {store.version()}")


def _publish_data(settings: Settings) -> None:
    from .data.contract import load
    from .data.store import DataStore
    from .dataset import SCHEMA

    load(settings.paths.data, SCHEMA)
    print(f"published version {DataStore(settings.paths.data).publish()}; now commit data/")


def _guard_data(settings: Settings) -> None:
    from .data.store import DataStore

    DataStore(settings.paths.data).guard()


def _train(settings: Settings) -> None:
    from .workflow import train

    train(settings)


def _runs(settings: Settings) -> None:
    from .console import show_runs
    from .runs import RunStore

    show_runs(RunStore(settings.paths.runs).all())


def _promote(settings: Settings) -> None:
    from .workflow import promote_challenger

    promote_challenger(settings)


def _rollback(settings: Settings) -> None:
    from .workflow import roll_back_champion

    roll_back_champion(settings)


def _sync(settings: Settings) -> None:
    from .workflow import sync

    sync(settings)


def _serve(settings: Settings) -> None:
    from .serving.server import serve

    serve(settings)


def _healthcheck(settings: Settings) -> None:
    from .serving.server import healthcheck

    healthcheck(settings)


def _drift(settings: Settings) -> int:
    import msgspec

    from .monitoring.client import fetch_report

    report = fetch_report(settings.monitoring)
    print(msgspec.json.encode(report).decode())
    if not report.enough_rows:
        print(f"{report.rows} rows are too few to tell drift from chance", file=sys.stderr)
    return int(report.alert)
