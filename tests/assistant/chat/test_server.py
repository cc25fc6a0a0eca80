"""The chat's server: to whom it is shown, and what each of them may do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from assistant.archive import Archive
from assistant.ask import Assistant
from assistant.chat.guard import UPLOAD_LIMIT
from assistant.chat.login import Login, Passwords
from assistant.chat.room import READER, Offered, Room
from assistant.chat.server import Serving, address, checked, listen, serve
from assistant.cli import _first_book
from index.errors import UserError
from index.search import Index
from tests.assistant.test_cli import run
from tests.conftest import ROOT
from tests.visits import answered, served

PASSWORD = "una llave de faro"


@pytest.fixture(scope="module")
def locked(
    cronica_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Assistant, Room]]:
    """Serve the chronicle to those who log in."""
    home = tmp_path_factory.mktemp("home")
    passwords = Passwords(home)
    for user in ("ana", "luis", "otro"):
        passwords.set(user, PASSWORD)
    archive = Archive.open(home)
    room = Room(archive=archive, home=home)
    login = Login(passwords, ("ana", "luis"))
    with served(cronica_index, Serving(users=("ana", "luis")), room, login) as (url, assistant):
        yield url, assistant, room
    archive.close()


@pytest.fixture(scope="module")
def reading_room(cronica_index: Path) -> Iterator[str]:
    """Serve the chronicle as a public reading room behind a proxy."""
    serving = Serving(names=("books.example.org",), read_only=True)
    with served(cronica_index, serving, Room(read_only=True)) as (url, _):
        yield url


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client() as one:
        yield one


def enter(client: httpx.Client, url: str, user: str, password: str = PASSWORD) -> int:
    """Send the form as a browser of its own, and return the status."""
    client.base_url = httpx.URL(url)
    client.cookies.clear()
    return client.post("login", data={"user": user, "password": password}).status_code


def test_nothing_is_for_strangers(
    locked: tuple[str, Assistant, Room], client: httpx.Client
) -> None:
    """Without logging in there is the form, and not one route of the page, ours or Gradio's."""
    url, assistant, _ = locked
    book = assistant.index.books[0].book_id
    client.base_url = httpx.URL(url)
    client.headers.update({READER: "ana", "Cookie": "apostilla-1=x"})
    assert client.get("/").headers["Location"] == "/login"
    paths = ["config", "app.js", f"page/{book}/0.png", f"copy/es/ris/{book}/0-9", "theme.css"]
    paths += ["gradio_api/queue/data?session_hash=a", "gradio_api/info", f"take/{'x' * 22}"]
    for path in paths:
        assert client.get(path).status_code == 401, path
    assert client.post("gradio_api/queue/join", json={}).status_code == 401
    assert client.post("gradio_api/upload", files={"files": b"x"}).status_code == 401
    policy = client.get("login").headers["Content-Security-Policy"]
    assert "<script" not in client.get("login").text
    assert "form-action 'self'" in policy
    assert "script-src 'self' ;" in policy


def test_who_knows_the_password_is_let_in(
    locked: tuple[str, Assistant, Room], client: httpx.Client
) -> None:
    """The right password opens, until its reader leaves; a wrong name or password does not."""
    url, _, _ = locked
    for user, password in (("otro", PASSWORD), ("eva", PASSWORD), ("ana", "una llave de faros")):
        assert (enter(client, url, user, password), len(client.cookies)) == (401, 0)
    assert enter(client, url, "ana") == 429  # right, but too soon after a wrong one
    assert enter(client, url, "luis") == 303
    assert client.get("config").status_code == 200
    assert "form-action 'none'" in client.get("/").headers["Content-Security-Policy"]
    assert client.get("logout").headers["Location"] == "/login"
    assert client.get("config").status_code == 401


def test_another_page_cannot_log_anybody_in(locked: tuple[str, Assistant, Room]) -> None:
    """The form is taken from this server's own page alone."""
    sent = {"user": "luis", "password": PASSWORD}
    evil = {"Origin": "http://evil.example"}
    assert httpx.post(f"{locked[0]}login", data=sent, headers=evil).status_code == 403


def test_a_reader_logs_in_and_asks(browser: Browser, locked: tuple[str, Assistant, Room]) -> None:
    """In a browser the form leads to the chat, which answers."""
    page = browser.new_context(locale="es-ES").new_page()
    page.goto(locked[0])
    page.get_by_label("Nombre").fill("luis")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_selector("#sheet .page")
    page.locator("#question textarea").fill("¿Quién era Sosnovsky?")
    page.locator("#question textarea").press("Enter")
    expect(page.locator(".answer blockquote").first).to_be_visible()
    page.context.close()


def test_two_readers_do_not_see_each_other(
    browser: Browser, locked: tuple[str, Assistant, Room]
) -> None:
    """What one keeps by asking is theirs: the other, in a browser of their own, does not see it."""
    url, _, room = locked
    assert room.archive
    asked = {"luis": "¿Quién era Sosnovsky?", "ana": "¿De qué murió Nina?"}
    for user, question in asked.items():
        page = browser.new_context(locale="es-ES").new_page()
        for _ in range(30):  # a wrong password was tried in another test
            page.goto(url)
            page.get_by_label("Nombre").fill(user)
            page.get_by_label("Contraseña").fill(PASSWORD)
            page.get_by_role("button", name="Entrar").click()
            page.wait_for_load_state()
            if not page.get_by_label("Contraseña").count():
                break
            page.wait_for_timeout(500)
        page.wait_for_selector("#sheet .page")
        page.locator("#question textarea").fill(question)
        page.locator("#question textarea").press("Enter")
        expect(page.locator(".answer blockquote").first).to_be_visible()
        others = [each for name, each in asked.items() if name != user]
        assert not any(each in page.content() for each in others)
        page.context.close()
    for user, question in asked.items():
        titles = {each.title for each in room.archive.of(user).all()}
        assert titles == {question}


def test_files_are_fetched_by_their_reader_alone(
    locked: tuple[str, Assistant, Room], client: httpx.Client
) -> None:
    """What was made for one reader is a download for them, and not there for another."""
    url, _, room = locked
    key = room.offers.put("luis", Offered("Año 1.md", "text/markdown; charset=utf-8", b"# C"))
    enter(client, url, "luis")
    mine = client.get(f"take/{key}")
    assert (mine.status_code, mine.content) == (200, b"# C")
    assert mine.headers["Content-Disposition"] == "attachment; filename*=UTF-8''A%C3%B1o%201.md"
    assert client.get(f"take/{'x' * 22}").status_code == 404
    client.cookies.clear()
    assert client.get(f"take/{key}").status_code == 401


def test_a_reading_room_takes_nothing(reading_room: str, client: httpx.Client) -> None:
    """There no file can be sent; it answers to the name that its proxy is asked by, no other."""
    client.base_url = httpx.URL(reading_room)
    assert client.post("gradio_api/upload", files={"files": b"x"}).status_code == 404
    assert client.get("/", headers={"Host": "books.example.org"}).status_code == 200
    assert client.get("/", headers={"Host": "evil.example.org"}).status_code == 421
    assert client.get("login").status_code == 404


def test_a_book_is_sent_as_a_form_and_not_too_large(
    locked: tuple[str, Assistant, Room], client: httpx.Client
) -> None:
    """Where books may be added a form with a file is taken; nothing else, and not too much."""
    enter(client, locked[0], "luis")
    path = "gradio_api/upload"
    assert client.post(path, files={"files": ("a.txt", b"x")}).status_code == 200
    assert client.post(path, content=b"x").status_code == 415
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    large = {**kind, "Content-Length": str(UPLOAD_LIMIT + 1), "Cookie": cookie}
    assert answered(locked[0], f"/{path}", "POST", large).status == 413
    assert client.post(path, content=iter([b"x"]), headers=kind).status_code == 413


@pytest.mark.parametrize(
    ("serving", "safe"),
    [
        (Serving("127.0.0.1"), True),
        (Serving("::1"), True),
        (Serving("localhost"), True),
        (Serving("0.0.0.0"), False),
        (Serving("192.168.1.5"), False),
        (Serving("reading.room"), False),
        (Serving("0.0.0.0", users=("ana",)), True),
        (Serving("0.0.0.0", read_only=True), True),
    ],
)
def test_what_others_reach_is_locked_or_read_only(serving: Serving, safe: bool) -> None:
    """On another address than this machine's own, it is said who may, or that nobody changes it."""
    if safe:
        assert checked(serving) is serving
        return
    with pytest.raises(UserError, match="--auth USER, or show it with --read-only"):
        checked(serving)


def test_a_user_without_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may log in must be able to: the command that sets a password is named."""
    monkeypatch.setenv("APOSTILLA_HOME", str(tmp_path))
    with pytest.raises(UserError, match="ana has no password yet; set one: apostilla password ana"):
        serve(serving=Serving(users=("ana",)))


def test_a_first_visit_begins_with_the_bundled_book(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without an index the chat indexes the chronicle, says so, and answers from it; once."""
    command = [sys.executable, "-m", "assistant.cli", "chat", "--port", "0", "--no-browser"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "APOSTILLA_HOME": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr
            lines = []
            while not lines or not lines[-1].startswith("http"):
                lines.append(process.stderr.readline())
                assert lines[-1], lines
            assert "no index yet" in lines[0]
            assert "Apostilla" in httpx.get(lines[-1].strip()).text
        finally:
            process.terminate()
    with closing(Index.open(tmp_path / "index")) as index:
        assert [book.metadata.title for book in index.books] == ["Crónica del año de Alma Ata"]
        _first_book(tmp_path / "index")
        assert capsys.readouterr().err == ""
        assert index.is_answering()


def test_a_reading_room_or_a_named_folder_needs_an_index(tmp_path: Path) -> None:
    """Nothing is indexed where nobody may add books, or where a folder was named."""
    for words in (("--read-only",), ("--index", str(tmp_path / "typo"))):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("APOSTILLA_HOME", str(tmp_path))
            done = run("chat", "--no-browser", "--port", "0", *words)
        assert done.returncode == 3
        assert "no index here; make one: apostilla index FILE" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port() -> None:
    """A port that is taken is named in one line, with what to do."""
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(UserError, match=f"port {port} of 127.0.0.1 .*--port 0") as caught:
            listen("127.0.0.1", port)
        assert "\n" not in str(caught.value)
        assert address(listening) == f"http://127.0.0.1:{port}/"
