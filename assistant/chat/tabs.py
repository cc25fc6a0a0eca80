"""Tabs that were closed: nothing more is asked for them, and what is held for them is let go.

Gradio holds the state of a closed tab until a thousand others have come, some 150 kB each and the
conversation with it. A tab that lost its line for a while finds its own again: the last that were
closed are held.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime

import gradio as gr

from assistant.chat.line import Line

CLOSED = 40  # closed tabs whose state is held


class Tabs:
    """The tabs on ``page``, whose questions stand in ``line``."""

    def __init__(self, page: gr.Blocks, line: Line) -> None:
        self._page = page
        self._line = line
        self._closed: OrderedDict[str, datetime] = OrderedDict()
        self._lock = threading.Lock()

    def left(self, request: gr.Request) -> None:
        """Give up what a closed tab still asks, and let go of those that were closed long ago."""
        tab = request.session_hash or ""
        self._line.leave(tab)
        with self._lock:
            self._closed.pop(tab, None)
            self._closed[tab] = datetime.now()  # noqa: DTZ005 - as Gradio's own
            while len(self._closed) > CLOSED:
                self._let_go(*self._closed.popitem(last=False))

    def _let_go(self, tab: str, closed: datetime) -> None:
        """Let go of a closed tab's state, unless the tab has come back since."""
        held = self._page.state_holder
        with held.lock:
            if held.time_last_used.get(tab, closed) <= closed:
                held.session_data.pop(tab, None)
                held.time_last_used.pop(tab, None)
