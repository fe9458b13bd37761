"""From the bytes of a request to the bytes of its answer."""

from collections.abc import Callable

import msgspec

from ..encoding import Encoder
from ..prediction import predict
from ..schema import Schema
from .champion import ChampionSlot, Served
from .drift_window import DriftWindow
from .problems import ProblemError
from .rows import RowReader

_encode = msgspec.json.Encoder().encode


class Predictor:
    """Answers predict and batch requests. Blocks as long as the model does; safe in threads.

    `observe` is told each score.
    """

    def __init__(
        self,
        schema: Schema,
        slot: ChampionSlot,
        window: DriftWindow,
        reader: RowReader,
        observe: Callable[[float], None],
    ) -> None:
        self._encoder = Encoder(schema)
        self._slot = slot
        self._window = window
        self._reader = reader
        self._observe = observe

    def predict(self, body: bytes) -> bytes:
        """Answer for one row.

        Raises:
            ProblemError: no model yet, or the body is no valid row.
        """
        served = self.served()
        matrix = self._encoder.encode([self._reader.read(body)])
        score = float(served.model.scorer.score(matrix)[0])
        self._window.add(matrix)
        self._observe(score)
        answer = predict(score, served.model.manifest.answering)
        answer["model_version"] = served.champion.version
        return _encode(answer)

    def predict_batch(self, body: bytes) -> bytes:
        """Answer for a batch; one model scores all of it, even if another is promoted meanwhile.

        Raises:
            ProblemError: no model yet, or the body is no valid batch.
        """
        served = self.served()
        matrix = self._encoder.encode(self._reader.read_batch(body))
        scores = served.model.scorer.score(matrix).tolist()
        self._window.add(matrix)
        for score in scores:
            self._observe(score)
        answering = served.model.manifest.answering
        predictions = [predict(score, answering) for score in scores]
        return _encode({"predictions": predictions, "model_version": served.champion.version})

    def describe(self) -> bytes:
        """The model in service, for people.

        Raises:
            ProblemError: no model yet.
        """
        served = self.served()
        manifest = served.model.manifest
        return _encode(
            {
                "bundle": served.champion.bundle,
                "version": served.champion.version,
                "run_id": manifest.run_id,
                "candidate": manifest.candidate,
                "created_at": manifest.created_at,
                **msgspec.structs.asdict(manifest.answering),
                "metrics": manifest.metrics,
            }
        )

    def served(self) -> Served:
        """The model in service.

        Raises:
            ProblemError: 503, there is none.
        """
        served = self._slot.served
        if served:
            return served
        refusal = self._slot.refusal
        why = f"the champion was refused: {refusal}" if refusal else "train and promote"
        raise ProblemError(503, f"no model yet: {why}")
