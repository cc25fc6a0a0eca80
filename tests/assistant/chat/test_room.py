"""Who reads, what is theirs, and what waits to be fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request

from assistant.archive import Archive
from assistant.chat import room as place
from assistant.chat.room import READER, Offered, Offers, Room


def request(reader: str = "") -> Request:
    return Request({"type": "http", "headers": [(READER.encode(), reader.encode())]})


def test_each_reader_has_a_shelf_of_their_own(tmp_path: Path) -> None:
    """What one reader keeps another does not see; where nothing is kept there is no shelf."""
    archive = Archive.open(tmp_path)
    kept = Room(archive=archive)
    ana, luis = (kept.shelf(request(each)) for each in ("ana", "luis"))
    assert ana
    assert luis
    ana.begin("Lo mío")
    assert [each.title for each in ana.all()] == ["Lo mío"]
    assert luis.all() == ()
    assert Room().shelf(request("ana")) is None
    archive.close()


def test_only_who_it_was_made_for_fetches_a_file() -> None:
    """A file is given to its reader under its key, and to nobody else."""
    offers, file = Offers(), Offered("c.md", "text/markdown", b"# C")
    key = offers.put("ana", file)
    assert len(key) == 22
    assert offers.get("ana", key) == file
    assert offers.get("luis", key) is None
    assert offers.get("ana", key[::-1]) is None


def test_files_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest file goes where there are too many bytes, any where its time is over."""
    monkeypatch.setattr(place, "OFFERED_BYTES", 25)
    offers = Offers()
    keys = [offers.put("", Offered(str(n), "text/plain", b"0123456789")) for n in range(3)]
    assert [offers.get("", each) is not None for each in keys] == [False, True, True]
    monkeypatch.setattr(place, "OFFERED_S", -1.0)
    late = offers.put("", Offered("x", "text/plain", b""))
    assert offers.get("", late) is None
