"""A generation is built, sealed and switched to at once; damage to it is found."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import generations
from index.errors import IndexDamaged, IndexLocked, IndexMissing, IndexVersion
from index.generations import Manifest
from tests.conftest import ROOT
from tests.fakes import PowerCut

MANIFEST = Manifest(
    generations.FORMAT, "f" * 16, ("one", "two"), "fake", 2, 3, 4, 0, (0.5, 0.1), {}
)


def _make(folder: Path, words: str, *, editions: tuple[str, ...] = ("one",)) -> Path:
    """Build, seal and switch to a generation that holds one file with ``words``."""
    with generations.new_generation(folder) as generation:
        (generation / "words").mkdir()
        (generation / "words" / "list").write_text(words, encoding="utf-8")
        generations.seal(generation, replace(MANIFEST, fingerprint=words, editions=editions))
        generations.switch(folder, generation)
    return generation


def test_what_is_sealed_reads_back(tmp_path: Path) -> None:
    """The manifest reads back as it was sealed, with a checksum for every file."""
    generation = _make(tmp_path, "a")
    found, manifest = generations.current(tmp_path)
    assert found == generation
    assert (manifest.fingerprint, manifest.editions, manifest.off_topic) == (
        "a",
        ("one",),
        (0.5, 0.1),
    )
    assert list(manifest.files) == ["words/list"]


def test_the_switch_is_to_the_new_generation(tmp_path: Path) -> None:
    """What was sealed and switched to last is what answers."""
    _make(tmp_path, "a")
    _make(tmp_path, "b")
    assert generations.current(tmp_path)[1].fingerprint == "b"


@pytest.mark.parametrize("steps", range(4))
def test_a_crash_before_the_switch_leaves_the_last_generation(tmp_path: Path, steps: int) -> None:
    """Whatever step of a new generation was the last, the old one answers."""
    _make(tmp_path, "a")
    generation = tmp_path / generations.GENERATIONS / "halfway"
    actions = [
        generation.mkdir,
        lambda: (generation / "list").write_text("b", encoding="utf-8"),
        lambda: (generation / "manifest.json.new").write_text('{"form', encoding="utf-8"),
        lambda: generations.seal(generation, MANIFEST),
    ]
    for action in actions[: steps + 1]:
        action()
    assert generations.current(tmp_path)[1].fingerprint == "a"
    _make(tmp_path, "c")
    generations.drop_old(tmp_path)
    assert generations.current(tmp_path)[1].fingerprint == "c"


def test_a_crash_in_the_switch_leaves_the_last_generation(tmp_path: Path) -> None:
    """A pointer half written beside the old one is not followed."""
    _make(tmp_path, "a")
    (tmp_path / "current.new").write_text("nobo", encoding="utf-8")
    assert generations.current(tmp_path)[1].fingerprint == "a"


def test_the_switch_is_one_rename(tmp_path: Path) -> None:
    """Whoever has the old pointer open reads the whole of it: it is replaced, not written over."""
    old = _make(tmp_path, "a")
    with (tmp_path / generations.CURRENT).open(encoding="utf-8") as pointer:
        _make(tmp_path, "b")
        assert pointer.read() == old.name


def test_a_generation_that_fails_is_dropped(tmp_path: Path) -> None:
    """What raised while it was built leaves nothing behind."""
    made: list[Path] = []

    def build() -> None:
        with generations.new_generation(tmp_path) as generation:
            (generation / "list").write_text("a", encoding="utf-8")
            made.append(generation)
            raise PowerCut

    with pytest.raises(PowerCut):
        build()
    assert not made[0].exists()


def test_what_a_crash_left_is_dropped_at_the_next_build(tmp_path: Path) -> None:
    """A folder without a manifest is rubbish; sealed ones stay."""
    kept = _make(tmp_path, "a")
    left = tmp_path / generations.GENERATIONS / "left"
    left.mkdir()
    with generations.new_generation(tmp_path):
        assert not left.exists()
        assert kept.exists()


def test_two_generations_are_kept(tmp_path: Path) -> None:
    """The one that answers and the one before it stay on disk, with their books."""
    for name in "abcd":
        last = _make(tmp_path, name, editions=(name,))
        generations.drop_old(tmp_path)
    left = sorted((tmp_path / generations.GENERATIONS).iterdir())
    assert len(left) == generations.KEPT
    assert last in left
    assert generations.editions_in_use(tmp_path) == {"c", "d"}


def test_a_damaged_manifest_holds_no_books_and_stops_nobody(tmp_path: Path) -> None:
    """The books of a generation whose manifest cannot be read are not in use."""
    old = _make(tmp_path, "a", editions=("a",))
    _make(tmp_path, "b", editions=("b",))
    (old / generations.MANIFEST).write_text('{"format"', encoding="utf-8")
    assert generations.editions_in_use(tmp_path) == {"b"}


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_is_found(
    tmp_path_factory: pytest.TempPathFactory, place: int, change: int
) -> None:
    """A single changed byte of a sealed file is damage, wherever it is."""
    folder = tmp_path_factory.mktemp("index")
    file = _make(folder, "words of a book") / "words" / "list"
    bytes_ = bytearray(file.read_bytes())
    bytes_[place % len(bytes_)] ^= change
    file.write_bytes(bytes_)
    with pytest.raises(IndexDamaged, match="words/list"):
        generations.current(folder)


def test_a_lost_file_is_found(tmp_path: Path) -> None:
    """A sealed file that is gone is damage, named, with the remedy."""
    (_make(tmp_path, "a") / "words" / "list").unlink()
    with pytest.raises(IndexDamaged, match=r"words/list.*apostilla index --rebuild"):
        generations.current(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format"', '{"format": 2}', "\0", '"format"'])
def test_a_manifest_that_is_none(tmp_path: Path, text: str) -> None:
    """A manifest that cannot be understood is damage, and no bug."""
    (_make(tmp_path, "a") / generations.MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(IndexDamaged, match="manifest"):
        generations.current(tmp_path)


@pytest.mark.parametrize("pointer", [b"", b"nobody", b"\xff\xfe"])
def test_a_pointer_to_nothing(tmp_path: Path, pointer: bytes) -> None:
    """A pointer that names no generation is damage."""
    _make(tmp_path, "a")
    (tmp_path / generations.CURRENT).write_bytes(pointer)
    with pytest.raises(IndexDamaged):
        generations.current(tmp_path)
    assert generations.editions_named(tmp_path) == ()


def test_a_damaged_generation_still_names_its_books(tmp_path: Path) -> None:
    """Where only other files are damaged, the manifest says which books to rebuild."""
    (_make(tmp_path, "a", editions=("x", "y")) / "words" / "list").unlink()
    assert generations.editions_named(tmp_path) == ("x", "y")


def test_another_format_is_another_version(tmp_path: Path) -> None:
    """A generation of another format is not damaged but of another version, both named."""
    manifest = _make(tmp_path, "a") / generations.MANIFEST
    found = json.loads(manifest.read_text(encoding="utf-8")) | {"format": 7}
    manifest.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(IndexVersion, match=f"format 7, this one reads {generations.FORMAT}"):
        generations.current(tmp_path)


def test_a_folder_that_is_no_index(tmp_path: Path) -> None:
    """Where nothing was indexed, the remedy is to index a file."""
    with pytest.raises(IndexMissing, match="apostilla index FILE"):
        generations.current(tmp_path)


def test_two_writers(tmp_path: Path) -> None:
    """A second process that would write is refused, and may once the first one has died."""
    hold = (
        "import sys; from pathlib import Path; from index.generations import write_lock\n"
        f"with write_lock(Path({str(tmp_path)!r})):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        lock = generations.write_lock(tmp_path)
        with pytest.raises(IndexLocked, match="another process is indexing"), lock:
            pytest.fail("two writers held the lock")
        other.kill()
    with generations.write_lock(tmp_path):
        assert (tmp_path / generations.LOCK).exists()
