"""The last rows served, kept for the drift figures of the next scrape."""

import threading

import numpy as np

from ..encoding import Matrix


class DriftWindow:
    """A ring buffer of encoded rows. Adding costs a copy; nothing is computed until asked."""

    def __init__(self, rows: int, width: int) -> None:
        self._buffer = np.empty((rows, width), dtype=np.float32)
        self._added = 0
        self._lock = threading.Lock()

    def add(self, matrix: Matrix) -> None:
        """Add encoded rows, shape (rows, features); the oldest fall out."""
        size = len(self._buffer)
        with self._lock:
            start = self._added % size
            self._added += len(matrix)
            newest = matrix[-size:]
            if start + len(newest) <= size:
                self._buffer[start : start + len(newest)] = newest
            else:
                self._buffer[(start + np.arange(len(newest))) % size] = newest

    def rows(self) -> Matrix:
        """A copy of the rows held, in no particular order."""
        with self._lock:
            return self._buffer[: self._added].copy()
