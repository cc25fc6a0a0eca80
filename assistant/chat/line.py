"""The line before the answers: so many at once, first come, first served; who cannot is told so.

A reader who is told "busy" at once can decide; one who waits in silence cannot. How long a wait
would be is reckoned from what the last answers took. Where more than a few wait, answers are
hurried: what is dear and can be done without is left out, so that everybody waits less. Who waits
holds no thread, and whoever stops or leaves gives up the place, and hears so at once: also of work
that has begun and cannot be broken off.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from index.errors import Busy

Made = TypeVar("Made")

AT_ONCE = 1  # answers that are worked on together: the costly part of each uses all cores
PATIENCE = 10.0  # seconds that a reader waits, at most, before the work on the answer begins
CROWD = 2  # who may wait behind an answer that is not hurried
_WEIGHT = 0.1  # of the latest answer in the mean time that one takes
_FIRST_GUESS = {False: 0.3, True: 0.1}  # seconds of an answer, unhurried and hurried


class Left(Exception):
    """Whoever waited has left the line."""


@dataclass(frozen=True, slots=True)
class Place(Generic[Made]):
    """A place in the line: who stood ``before`` when it was taken; to be awaited for the work."""

    before: int
    _work: Future[Made]
    _leaving: Future[None]

    def __await__(self) -> Generator[object, None, Made]:
        """Wait for the turn and the work in it; to be cancelled here gives the place up.

        Raises :class:`Left` where the place was left meanwhile.
        """
        return self._outcome().__await__()

    async def _outcome(self) -> Made:
        work, leaving = asyncio.wrap_future(self._work), asyncio.wrap_future(self._leaving)
        try:
            await asyncio.wait((work, leaving), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            work.cancel()
            raise
        if leaving.done():
            work.cancel()  # what comes of it is nobody's
            raise Left
        leaving.cancel()
        return work.result()


class Line:
    """Lets ``at_once`` through; turns away who would wait longer than ``patience`` seconds.

    An answer is hurried where more than ``crowd`` wait behind it when its turn comes.
    """

    def __init__(
        self, at_once: int = AT_ONCE, patience: float = PATIENCE, crowd: int = CROWD
    ) -> None:
        self.at_once = at_once
        self.patience = patience
        self.crowd = crowd
        self._turns = ThreadPoolExecutor(at_once, "answer")
        self._lock = threading.Lock()
        # Who waits or is worked for, by place, with what tells them that they have left it.
        self._standing: dict[Future[Any], tuple[str, Future[None]]] = {}
        self._waiting = 0
        self._takes = dict(_FIRST_GUESS)

    def join(self, work: Callable[[bool], Made], whose: str = "") -> Place[Made]:
        """Take a place; ``work`` is called in its turn, told whether to hurry.

        Raises :class:`Busy` at once where the wait would be long. ``whose`` is who may leave.
        """
        with self._lock:
            before = len(self._standing)
            if self._wait(before) > self.patience:
                raise Busy("many are asking just now; ask again in a moment")
            self._waiting += 1
            place = self._turns.submit(self._turn, work)
            leaving: Future[None] = Future()
            self._standing[place] = whose, leaving
        place.add_done_callback(self._left)
        return Place(before, place, leaving)

    def holds(self, whose: str) -> bool:
        """Tell whether somebody has a place: waits, or is worked for."""
        with self._lock:
            return any(who == whose for who, _ in self._standing.values())

    def leave(self, whose: str) -> None:
        """Give up somebody's places; what is worked on already is finished, for nobody."""
        with self._lock:
            theirs = [
                (place, leaving) for place, (who, leaving) in self._standing.items() if who == whose
            ]
        for place, leaving in theirs:
            with suppress(InvalidStateError):  # the answer has come, or it was left before
                leaving.set_result(None)
            place.cancel()

    def _wait(self, before: int) -> float:
        """Return how many seconds somebody with so many before them would wait, about."""
        unhurried = min(before, self.crowd)
        seconds = unhurried * self._takes[False] + (before - unhurried) * self._takes[True]
        return seconds / self.at_once

    def _turn(self, work: Callable[[bool], Made]) -> Made:
        with self._lock:
            self._waiting -= 1
            hurried = self._waiting > self.crowd
        began = time.perf_counter()
        try:
            return work(hurried)
        finally:
            took = time.perf_counter() - began
            with self._lock:
                self._takes[hurried] += _WEIGHT * (took - self._takes[hurried])

    def _left(self, place: Future[Made]) -> None:
        """Forget a place whose work is done, or that was given up before its turn came."""
        with self._lock:
            self._standing.pop(place, None)
            self._waiting -= place.cancelled()
