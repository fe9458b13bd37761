"""What the commands `train`, `promote`, `rollback` and `sync` do, step by step."""

from functools import partial

from .config import Settings
from .console import console, progress, show_findings, show_runs, warn
from .data.contract import load
from .dataset import SCHEMA
from .errors import ProjectError, TrackerUnavailableError
from .model_store import ModelStore
from .provenance import file_sha256
from .registry import deliver, name_champion, promote
from .runs import RunStore
from .tracking import open_tracker
from .training.params import load_params
from .training.train import train_session


def train(settings: Settings) -> None:
    """Train every candidate, record the runs, and send them to the tracker if it answers."""
    params = load_params(settings.paths.params)
    frame = load(settings.paths.data, SCHEMA)
    store = RunStore(settings.paths.runs)
    with progress(len(params.candidates)) as advance:
        digest = file_sha256(settings.paths.data)
        records = train_session(frame, SCHEMA, params, store, digest, advance)
    try:
        deliver(open_tracker(settings.tracking, SCHEMA), store)
    except ProjectError as error:
        warn(f"{error}\nThe runs are safe in {store.root}; send them later with the task 'sync'.")
    session = records[0].session
    show_runs([run for run in store.all() if run.session == session])
    winner = next(run for run in records if run.winner)
    console.print(f"figures: {store.folder(winner) / 'figures'}")


def promote_challenger(settings: Settings) -> None:
    """Judge the challenger and make it champion.

    Raises:
        TrackerUnavailableError: the registry has not received what was trained last, so that its
            challenger is an earlier model.
    """
    store = RunStore(settings.paths.runs)
    winners = [run for run in store.all() if run.winner]
    if winners and winners[-1].version is None:
        raise TrackerUnavailableError(
            f"the registry has not received the model of {winners[-1].run_id}, trained last; "
            "send it first with the task 'sync'"
        )
    params = load_params(settings.paths.params)
    frame = load(settings.paths.data, SCHEMA)
    tracker = open_tracker(settings.tracking, SCHEMA)
    models = ModelStore(settings.paths.models, SCHEMA)
    promotion = promote(frame, SCHEMA, params, tracker, models, show_findings)
    name_champion(lambda: tracker, store, promotion.version)
    reviews = [f.rule for f in promotion.findings if f.verdict == "review"]
    if reviews:
        warn(f"a person should review: {'; '.join(reviews)}. docs/promotion.md says how.")
    console.print(f"champion: version {promotion.version}, bundle {promotion.bundle}")


def roll_back_champion(settings: Settings) -> None:
    """Serve the model before the champion again."""
    champion = ModelStore(settings.paths.models, SCHEMA).roll_back()
    # The tracker comes last, so that one that is down stops nothing.
    connect = partial(open_tracker, settings.tracking, SCHEMA)
    name_champion(connect, RunStore(settings.paths.runs), champion.version)
    console.print(f"champion: version {champion.version}, bundle {champion.bundle}")


def sync(settings: Settings) -> None:
    """Send what the tracker has not received."""
    store = RunStore(settings.paths.runs)
    sent = deliver(open_tracker(settings.tracking, SCHEMA), store)
    kept = [run for run in store.all() if run.remote_id is None]
    console.print(f"sent {len(sent)} run(s), {len(kept)} kept on this machine")
