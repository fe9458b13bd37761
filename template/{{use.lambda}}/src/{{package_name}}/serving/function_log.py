"""One line a request, with the scores in it: there is no scrape that could fetch them."""

import sys

from .logs import REQUEST_ID, access_line


class FunctionLog:
    """Writes a line after each request, since the instance is frozen until the next one.

    `scores` is filled by the predictor and emptied with each line.
    """

    def __init__(self, scores: list[float]) -> None:
        self._scores = scores

    def write(self, method: str, path: str, status: int, seconds: float) -> None:
        """Write one line."""
        fields: dict[str, object] = {
            "message": "request",
            "request_id": REQUEST_ID.get(),
            "method": method,
            "path": path,
            "status": status,
            "milliseconds": round(seconds * 1000, 3),
        }
        if self._scores:
            mean = sum(self._scores) / len(self._scores)
            fields |= {"rows": len(self._scores), "mean_score": round(mean, 6)}
            self._scores.clear()
        sys.stdout.buffer.write(access_line(fields) + b"\n")
        sys.stdout.buffer.flush()
