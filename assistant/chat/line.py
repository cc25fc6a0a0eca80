"""The line before the answers: so many at once, so many who wait, and the rest are told "busy".

A reader who is told at once can decide; one who waits in silence cannot. How long a wait would be
is reckoned from what the last answers took.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import Busy

AT_ONCE = 2  # answers that are worked on together: each uses more than one core for a part of it
PATIENCE = 10.0  # seconds that a reader waits, at most, before the work on the answer begins
_WEIGHT = 0.1  # of the latest answer in the mean time that one takes
_FIRST_GUESS = 0.1  # seconds


class Line:
    """Lets ``at_once`` through; turns away who would wait longer than ``patience`` seconds."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self.at_once = at_once
        self.patience = patience
        self._free = threading.Semaphore(at_once)
        self._lock = threading.Lock()
        self._standing = 0
        self._takes = _FIRST_GUESS

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it; raises :class:`Busy` at once where that would be long."""
        with self._lock:
            before = max(0, self._standing - self.at_once + 1)
            if before * self._takes / self.at_once > self.patience:
                raise Busy("many are asking just now; ask again in a moment")
            self._standing += 1
        try:
            with self._free:
                began = time.perf_counter()
                try:
                    yield
                finally:
                    took = time.perf_counter() - began
                    with self._lock:
                        self._takes += _WEIGHT * (took - self._takes)
        finally:
            with self._lock:
                self._standing -= 1
