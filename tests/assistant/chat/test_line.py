"""The line before the answers: so many at once, in order; who would wait long is told at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from assistant.chat.line import Left, Line
from index.errors import Busy


class Gate:
    """Work that lasts until it is let go; remembers who was worked for, and who was hurried."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.begun = threading.Semaphore(0)
        self.done: list[object] = []
        self.hurried: list[bool] = []

    def work(self, name: object) -> Callable[[bool], object]:
        """Return work by this name."""

        def working(hurried: bool) -> object:
            self.begun.release()
            assert self.go_on.wait(10)
            self.done.append(name)
            self.hurried.append(hurried)
            return name

        return working


@contextmanager
def held(line: Line, gate: Gate) -> Iterator[None]:
    """Keep the line's only turn taken until the end of the block."""
    line.join(gate.work("first"))
    assert gate.begun.acquire(timeout=10)
    try:
        yield
    finally:
        gate.go_on.set()


def test_so_many_at_once() -> None:
    """No more than so many are worked for together, and everybody is."""
    line, lock, now, most = Line(at_once=2), threading.Lock(), 0, 0

    def work(_: bool) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        with lock:
            now -= 1

    async def ask() -> None:
        await line.join(work)

    async def all_of_them() -> None:
        await asyncio.gather(*(ask() for _ in range(30)))

    asyncio.run(all_of_them())
    assert most == 2


def test_first_come_first_served() -> None:
    """Nobody overtakes, and each is told how many came before."""

    async def asking() -> list[int]:
        with held(line, gate):
            places = [line.join(gate.work(number)) for number in range(20)]
        await asyncio.gather(*map(_of, places))
        return [place.before for place in places]

    line, gate = Line(), Gate()
    assert asyncio.run(asking()) == list(range(1, 21))
    assert gate.done == ["first", *range(20)]


def test_in_a_crowd_answers_are_hurried() -> None:
    """An answer is hurried where more than so many wait behind it when its turn comes."""

    async def asking() -> None:
        with held(line, gate):
            places = [line.join(gate.work(number)) for number in range(5)]
        await asyncio.gather(*map(_of, places))

    line, gate = Line(crowd=2), Gate()
    asyncio.run(asking())
    assert gate.hurried == [False, True, True, False, False, False]


def test_who_would_wait_too_long_is_told_at_once() -> None:
    """Behind so many that the wait would be long nobody is let in; when they are done, again."""

    async def asking() -> None:
        with held(line, gate):
            places = [line.join(gate.work("in time")) for _ in range(4)]
            began = time.perf_counter()
            for _ in range(100):
                with pytest.raises(Busy, match="ask again in a moment"):
                    line.join(gate.work("too late"))
            assert time.perf_counter() - began < 1
        await asyncio.gather(*map(_of, places))
        await line.join(gate.work("in time again"))

    line, gate = Line(patience=0.24), Gate()
    line._takes = {False: 0.05, True: 0.05}  # four times that is within the patience, five is not
    asyncio.run(asking())
    assert gate.done == ["first", *["in time"] * 4, "in time again"]


def test_a_crowd_is_reckoned_as_hurried() -> None:
    """Where answers that wait will be hurried, more may wait for them."""
    gate, line = Gate(), Line(crowd=2, patience=10.0)
    line._takes = {False: 1.0, True: 0.1}
    with held(line, gate):
        # 2 x 1 s for the last two before, 0.1 s for each of the others: 80 and 2 are 10 seconds.
        places = [line.join(lambda _: None) for _ in range(82)]
        with pytest.raises(Busy):
            line.join(lambda _: None)
        assert len(places) == 82
        line.leave("")
    del places


def test_what_answers_took_is_learned() -> None:
    """The mean follows what answers take, the hurried and the others apart."""

    async def asking() -> None:
        for _ in range(80):
            await line.join(lambda _: time.sleep(0.002))

    line = Line()
    hurried = line._takes[True]
    asyncio.run(asking())
    assert 0.002 <= line._takes[False] < 0.1
    assert line._takes[True] == hurried


def test_who_stops_gives_up_the_place() -> None:
    """One who stops is not worked for, counts no more, and those behind move up."""

    async def asking() -> None:
        with held(line, gate):
            stopped = asyncio.ensure_future(_of(line.join(gate.work("stopped"))))
            behind = line.join(gate.work("behind"))
            await asyncio.sleep(0)
            stopped.cancel()
            with pytest.raises(asyncio.CancelledError):
                await stopped
            after = line.join(gate.work("after"))
            assert after.before == 2
        await asyncio.gather(_of(behind), _of(after))

    line, gate = Line(), Gate()
    asyncio.run(asking())
    assert gate.done == ["first", "behind", "after"]
    assert line._waiting == 0
    assert line._standing == {}


def test_who_leaves_gives_up_every_place() -> None:
    """A tab that is closed is not worked for any more, and nobody else's place is touched."""

    async def asking() -> None:
        with held(line, gate):
            for _ in range(3):
                line.join(gate.work("gone"), "gone")
            stays = line.join(gate.work("stays"), "stays")
            assert line.holds("gone")
            line.leave("gone")
            assert not line.holds("gone")
            assert line.holds("stays")
            assert line.join(gate.work("next"), "next").before == 2
        await stays

    line, gate = Line(), Gate()
    asyncio.run(asking())
    assert gate.done[:2] == ["first", "stays"]
    assert "gone" not in gate.done


def test_who_leaves_hears_so_at_once() -> None:
    """Waiting or worked for already: who leaves does not wait for the work, which is finished."""

    async def asking() -> None:
        with held(line, gate):
            for whose in ("first", "waiting"):
                place = line.join(gate.work(whose), whose)
                waiting = asyncio.ensure_future(_of(place))
                await asyncio.sleep(0)
                line.leave(whose)
                line.leave(whose)
                with pytest.raises(Left):
                    await asyncio.wait_for(waiting, 5)
            begun = line.join(gate.work("begun"), "begun")
            gate.go_on.set()
            assert await begun == "begun"
            line.leave("begun")

    line, gate = Line(at_once=2), Gate()
    asyncio.run(asking())
    line._turns.shutdown()
    assert sorted(map(str, gate.done)) == ["begun", "first", "first"]


def test_a_failure_leaves_its_place() -> None:
    """An answer that fails fails for who asked it, and lets the next one in."""

    async def asking() -> object:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await line.join(lambda _: 1 // 0)
        return await line.join(lambda _: "answered")

    line = Line()
    assert asyncio.run(asking()) == "answered"


async def _of(place: object) -> object:
    return await place  # type: ignore[misc]
