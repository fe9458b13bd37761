"""One line a request, with the scores in it: there is no scrape that could fetch them."""

import sys

from .logs import REQUEST_ID, access_line


class FunctionLog:
    """Writes a line after each request at once: the instance is frozen until the next one."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._scores: list[float] = []

    def observe(self, score: float) -> None:
        """Take note of a score, for the line of its request."""
        self._scores.append(score)

    def write(self, method: str, path: str, status: int, seconds: float) -> None:
        """End a request with its line."""
        scores, self._scores = self._scores, []
        if not self._enabled:
            return
        fields: dict[str, object] = {
            "message": "request",
            "request_id": REQUEST_ID.get(),
            "method": method,
            "path": path,
            "status": status,
            "milliseconds": round(seconds * 1000, 3),
        }
        if scores:
            fields |= {"rows": len(scores), "mean_score": round(sum(scores) / len(scores), 6)}
        sys.stdout.buffer.write(access_line(fields) + b"\n")
        sys.stdout.buffer.flush()
