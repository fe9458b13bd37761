"""The model in service, and how a newly promoted one takes its place between two requests."""

import logging
from dataclasses import dataclass

import msgspec
import numpy as np

from ..errors import ModelError
from ..model_store import Champion, ModelStore
from ..monitoring.drift import Sketch
from ..schema import Schema
from ..scoring import LoadedModel, load_model

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Served:
    """A model with all that a request needs; replaced as a whole, never changed."""

    champion: Champion
    model: LoadedModel
    reference: Sketch


class ChampionSlot:
    """Holds the one model object of the service.

    A request takes `served` once and keeps it to its end, so that swapping the reference needs
    no lock and loses no request. What cannot be loaded is refused, and the old model stays.
    """

    def __init__(self, store: ModelStore, schema: Schema) -> None:
        self.served: Served | None = None
        self.refusal: str | None = None
        self.refusals = 0
        self._store = store
        self._schema = schema
        self._refused: object = None

    async def watch(self, seconds: float) -> None:
        """Look for a new champion, for ever."""
        import asyncio

        while True:
            await asyncio.sleep(seconds)
            # Hashing and loading take long; the event loop goes on with the old model.
            await asyncio.to_thread(self.refresh)

    def refresh(self) -> None:
        """Load the champion if it is not the one in service. Blocks; never raises."""
        evidence: object = None
        try:
            champion = self._store.champion()
            if champion is None or (self.served and champion == self.served.champion):
                self.refusal = self._refused = None
                return
            evidence = self._evidence(champion)
            # A refused bundle is read again only after one of its files has changed.
            if evidence != self._refused:
                self.served = self._load(champion)
                self.refusal = self._refused = None
                fields = msgspec.to_builtins(champion)
                logger.info("champion loaded", extra={"fields": fields})
        except Exception as error:  # noqa: BLE001  # foreign bytes can fail in any way
            self._refuse(str(error), evidence or str(error))

    def _refuse(self, reason: str, evidence: object) -> None:
        if evidence == self._refused:
            return
        self._refused = evidence
        self.refusal = reason
        self.refusals += 1
        kept = self.served.champion.bundle if self.served else None
        logger.error("champion refused: %s", reason, extra={"fields": {"still_serving": kept}})

    def _evidence(self, champion: Champion) -> object:
        stats = [(path, path.stat()) for path in sorted(self._store.folder(champion).glob("*"))]
        return champion, [(path.name, stat.st_mtime_ns, stat.st_size) for path, stat in stats]

    def _load(self, champion: Champion) -> Served:
        model = load_model(self._store.folder(champion), self._schema)
        if model.bundle_id != champion.bundle:
            raise ModelError(f"the bundle in {champion.bundle} is {model.bundle_id}")
        try:
            reference = Sketch.from_dict(model.reference)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"reference.json is no drift reference: {error!r}") from None
        if [f.name for f in reference.features] != self._schema.feature_names:
            raise ModelError("reference.json describes other features")
        # The first run allocates memory; better here than in a request.
        model.scorer.score(np.full((1, len(self._schema.features)), np.nan, dtype=np.float32))
        return Served(champion, model, reference)
