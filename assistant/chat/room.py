"""The room that the chat is: who reads in it, what they may do, what is kept of it.

``server.py`` furnishes it; the callbacks ask it. Who a request is from is said by ``guard.py``
alone: it sets the header :data:`READER`, and takes away one that a browser sent.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from assistant.archive import Archive, Shelf
from assistant.chat.line import Line

READER = "x-apostilla-reader"
OFFERED_S = 600.0  # seconds for which a file can be fetched
OFFERED_BYTES = 64 * 1024 * 1024  # of all files together; the oldest go first


class Asked(Protocol):
    """A request, Gradio's or Starlette's."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers, by names in small letters."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A file that a reader may fetch."""

    name: str
    media_type: str
    data: bytes


class Offers:
    """Files that wait to be fetched, each by its own reader under an address nobody can guess."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[float, str, Offered]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, reader: str, offered: Offered) -> str:
        """Offer a file to a reader, and return the key of its address."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._held[key] = (time.monotonic() + OFFERED_S, reader, offered)
            while len(self._held) > 1 and self._size() > OFFERED_BYTES:
                self._held.popitem(last=False)
        return key

    def get(self, reader: str, key: str) -> Offered | None:
        """Return what is offered to a reader under a key, ``None`` where nothing is any more."""
        with self._lock:
            now = time.monotonic()
            for each in [each for each, (until, *_) in self._held.items() if until < now]:
                del self._held[each]
            _, whose, offered = self._held.get(key, (0.0, reader, None))
        return offered if whose == reader else None

    def _size(self) -> int:
        return sum(len(offered.data) for _, _, offered in self._held.values())


@dataclass(frozen=True, slots=True)
class Room:
    """How the chat is shown. ``read_only``: books are neither added, removed nor renamed.

    ``archive`` keeps conversations, ``None`` where none are kept; ``home`` is the folder for what
    readers say of answers, ``None`` where that is not kept.
    """

    read_only: bool = False
    archive: Archive | None = None
    home: Path | None = None
    line: Line = field(default_factory=Line)
    offers: Offers = field(default_factory=Offers)

    def reader(self, request: Asked) -> str:
        """Return who asks: the name that they logged in with, "" where nobody needs to."""
        return request.headers.get(READER, "")

    def shelf(self, request: Asked) -> Shelf | None:
        """Return the conversations of who asks, ``None`` where none are kept."""
        return None if self.archive is None else self.archive.of(self.reader(request))
