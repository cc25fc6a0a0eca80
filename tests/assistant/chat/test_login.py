"""Passwords, and who is in."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.chat import login as door
from assistant.chat.guard import Door, guard
from assistant.chat.login import FILE, Login, Passwords
from index.errors import KeepError, UserError
from tests.assistant.test_cli import run

PASSWORD = "una llave de faro"


@pytest.fixture(scope="module")
def passwords(tmp_path_factory: pytest.TempPathFactory) -> Passwords:
    made = Passwords(tmp_path_factory.mktemp("home"))
    made.set("ana", PASSWORD)
    return made


def client_of(passwords: Passwords) -> TestClient:
    application = FastAPI()
    login = Login(passwords, ["ana"])
    login.mount(application)
    application.add_api_route("/", lambda: "in")
    return TestClient(
        guard(application, Door("localhost", login=login)),
        "http://localhost:7860",
        follow_redirects=False,
    )


def test_only_hashes_are_kept_for_the_owner_alone(passwords: Passwords) -> None:
    """The file holds Argon2id hashes, each with its own salt, and nobody else reads it."""
    passwords.set("luis", PASSWORD)
    text = passwords.path.read_text(encoding="utf-8")
    assert PASSWORD not in text
    hashes = list(passwords.users().values())
    assert all(each.startswith("$argon2id$v=19$m=65536,t=3,p=4$") for each in hashes)
    assert len(set(hashes)) == 2
    assert stat.S_IMODE(passwords.path.stat().st_mode) == 0o600
    assert [each.name for each in passwords.path.parent.iterdir()] == [FILE]


def test_passwords_are_verified_set_anew_and_forgotten(tmp_path: Path) -> None:
    """The right one opens, no other; a new one replaces it; who is forgotten is not let in."""
    passwords = Passwords(tmp_path)
    passwords.set("ana", PASSWORD)
    assert passwords.verify("ana", PASSWORD)
    for user, word in (("ana", ""), ("ana", PASSWORD + " "), ("eva", PASSWORD), ("", "")):
        assert not passwords.verify(user, word)
    passwords.set("ana", "otra llave más larga")
    assert not passwords.verify("ana", PASSWORD)
    passwords.remove("ana")
    assert not passwords.verify("ana", "otra llave más larga")
    with pytest.raises(UserError, match="ana has no password"):
        passwords.remove("ana")


@pytest.mark.parametrize(
    ("user", "word", "why"),
    [("a:b", PASSWORD, "no name"), ("", PASSWORD, "no name"), ("ana", "siete 7", "too short")],
)
def test_what_will_not_do(tmp_path: Path, user: str, word: str, why: str) -> None:
    """A name that would break the file, and a password that is soon guessed, are refused."""
    with pytest.raises(UserError, match=why):
        Passwords(tmp_path).set(user, word)
    assert not (tmp_path / FILE).exists()


def test_a_damaged_line_opens_nothing(passwords: Passwords) -> None:
    """A hash that is none fits no password; a file that cannot be read is named."""
    path = passwords.path.with_name("other") / FILE
    path.parent.mkdir()
    path.write_text("eva:no hash\nnonsense\n", encoding="utf-8")
    assert not Passwords(path.parent).verify("eva", "no hash")
    path.write_bytes(b"\xff")
    with pytest.raises(KeepError, match="cannot be read"):
        Passwords(path.parent).users()


def test_who_is_not_there_takes_as_long(passwords: Passwords) -> None:
    """A name that is not there is not told by the time that it takes."""
    took = []
    for user in ("ana", "nobody"):
        began = time.process_time()
        passwords.verify(user, "a wrong password")
        took.append(time.process_time() - began)
    assert 0.4 < took[0] / took[1] < 2.5


def test_guessing_is_slow(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each wrong password the same name waits twice as long; the right one starts anew."""
    now = [1_000.0]
    monkeypatch.setattr(door.time, "monotonic", lambda: now[0])
    client = client_of(passwords)

    def enter(word: str) -> int:
        return client.post("/login", data={"user": "ana", "password": word}).status_code

    for wait in (1, 2, 4):
        assert enter("wrong") == 401
        now[0] += wait - 0.5
        assert enter(PASSWORD) == 429
        now[0] += 1
    assert enter(PASSWORD) == 303
    assert enter("wrong") == 401
    now[0] += 1.5
    assert enter(PASSWORD) == 303


def test_a_session_ends_by_itself(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a day later one logs in again; a cookie that somebody made up opens nothing."""
    client = client_of(passwords)
    sent = client.post("/login", data={"user": "ana", "password": PASSWORD})
    flags = sent.headers["Set-Cookie"]
    assert "apostilla-7860=" in flags
    assert "HttpOnly" in flags
    assert "SameSite=lax" in flags
    assert client.get("/").json() == "in"
    later = time.monotonic() + door.SESSION_S + 1
    monkeypatch.setattr(door.time, "monotonic", lambda: later)
    assert client.get("/").headers["Location"] == "/login"
    for made_up in ("x", "", '"', "a=b; c"):
        client.cookies.clear()
        answer = client.get("/", headers={"Cookie": f"apostilla-7860={made_up}"})
        assert answer.status_code == 303


def test_the_form_says_it_in_the_readers_language(passwords: Passwords) -> None:
    """The form and what went wrong are in Spanish for who reads Spanish, else in English."""
    client = client_of(passwords)
    assert set(door._WORDS["es"]) == set(door._WORDS["en"])
    assert "Contraseña" in client.get("/login", headers={"Accept-Language": "es-MX"}).text
    wrong = client.post("/login", data={"user": "<script>", "password": "x"})
    assert "That name and that password do not go together." in wrong.text
    assert "<script" not in wrong.text


def test_the_command_sets_and_removes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``apostilla password`` takes a line from a pipe; what will not do is one line and code 2."""
    monkeypatch.setenv("APOSTILLA_HOME", str(tmp_path))
    assert run("password", "ana", typed=f"{PASSWORD}\n").returncode == 0
    assert Passwords(tmp_path).verify("ana", PASSWORD)
    short = run("password", "eva", typed="corta\n")
    assert (short.returncode, short.stderr.count("\n")) == (2, 1)
    assert run("password", "ana", "--remove").returncode == 0
    assert Passwords(tmp_path).users() == {}
