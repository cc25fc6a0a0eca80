"""The line before the answers: so many at once, and who would wait too long is told at once."""

from __future__ import annotations

import threading
import time

import pytest

from assistant.chat.line import _FIRST_GUESS, Line
from index.errors import Busy


def test_so_many_at_once() -> None:
    """No more than so many hold a turn together, and everybody gets one."""
    line, inside, most, done = Line(at_once=2), 0, 0, 0
    lock = threading.Lock()

    def ask() -> None:
        nonlocal inside, most, done
        with line.turn():
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.005)
            with lock:
                inside -= 1
                done += 1

    threads = [threading.Thread(target=ask) for _ in range(30)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (most, done) == (2, 30)


def test_who_would_wait_too_long_is_told_at_once() -> None:
    """Behind as many slow answers as one waits for, nobody is let in, and told so in no time."""
    line, go_on, done = Line(at_once=1, patience=0.5), threading.Event(), []
    assert _FIRST_GUESS == 0.1

    def ask() -> None:
        with line.turn():
            go_on.wait()
            done.append(True)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(50)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "excepthook", lambda told: refused.append(told.exc_value))
        refused: list[BaseException | None] = []
        for each in threads:
            each.start()
        deadline = time.monotonic() + 10
        while len(refused) < 40 and time.monotonic() < deadline:
            time.sleep(0.01)
        began = time.perf_counter()
        with pytest.raises(Busy, match="ask again in a moment"), line.turn():
            pass
        assert time.perf_counter() - began < 0.25
        go_on.set()
        for each in threads:
            each.join()
    assert all(isinstance(each, Busy) for each in refused)
    assert len(done) == 50 - len(refused)
    assert 2 <= len(done) <= 8  # at 0.1 s each, half a second is for about five


def test_a_failure_leaves_its_place() -> None:
    """An answer that fails lets the next one in."""
    line = Line(at_once=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), line.turn():
            raise ZeroDivisionError
    with line.turn():
        pass
