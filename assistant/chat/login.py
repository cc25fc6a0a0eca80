"""Who may read: passwords kept as Argon2id hashes, a form to log in, sessions held in memory.

The form is a page of its own without a script. A wrong password is answered more slowly each time,
one at a time, so that guessing is no use; a name that is not there takes as long as one that is.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
import threading
import time
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs

import fastapi
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.phrases import Interface
from index.errors import KeepError, UserError

FILE = "passwords"
LOGIN, LOGOUT = "/login", "/logout"
SHORTEST = 8  # characters of a password, as NIST SP 800-63B has it
LONGEST = 1_000
SESSION_S = 12 * 3600.0
WAIT_S = 1.0  # after a wrong password; twice that after the next one of the same name, and so on
LONGEST_WAIT_S = 300.0
REMEMBERED = 10_000  # sessions, and names that were tried; the oldest go first

_K = TypeVar("_K")
_V = TypeVar("_V")
_USER = re.compile(r"[\w.@-]{1,64}")
_WORDS: dict[Interface, dict[str, str]] = {
    "es": {
        "title": "Entrar",
        "user": "Nombre",
        "password": "Contraseña",
        "enter": "Entrar",
        "wrong": "Ese nombre y esa contraseña no van juntos.",
        "wait": "Demasiados intentos; vuelve a intentarlo dentro de {seconds} s.",
    },
    "en": {
        "title": "Log in",
        "user": "Name",
        "password": "Password",
        "enter": "Log in",
        "wrong": "That name and that password do not go together.",
        "wait": "Too many attempts; try again in {seconds} s.",
    },
}
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh;
       margin: 0; }
form { width: min(20rem, 90vw); display: grid; gap: 0.75rem; }
h1 { font: 1.75rem Georgia, serif; margin: 0; }
label { display: grid; gap: 0.25rem; }
input, button { font: inherit; padding: 0.5rem; }
p { margin: 0; }
"""
_PAGE = Markup(
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Apostilla</title>'
    '<link rel="icon" href="data:,">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style>'
    '</head><body><main><form method="post" action="/login"><h1>Apostilla</h1>{said}'
    '<label>{user}<input name="user" required autofocus autocomplete="username" maxlength="64">'
    '</label><label>{password}<input name="password" type="password" required '
    'autocomplete="current-password"></label><button>{enter}</button></form></main></body></html>'
)


class Passwords:
    """The users and the hashes of their passwords: a file in ``home`` that its owner alone reads.

    Hashes are Argon2id with the second choice of RFC 9106 (64 MiB, 3 passes), argon2-cffi's own.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / FILE
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))
        self._one_at_a_time = threading.Lock()  # a hash takes 64 MiB

    def users(self) -> dict[str, str]:
        """Return each user's hash; raises :class:`KeepError` where the file cannot be read."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise KeepError(f"{self.path}: cannot be read ({error}); mend or remove it") from None
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def set(self, user: str, password: str) -> None:
        """Give a user a password; raises :class:`UserError` where either will not do."""
        if not _USER.fullmatch(user):
            raise UserError(f"{user!r} is no name for a user; use letters, digits and . @ - _")
        if not SHORTEST <= len(password) <= LONGEST:
            raise UserError(f"the password is too short; use at least {SHORTEST} characters")
        self._write({**self.users(), user: self._hasher.hash(password)})

    def remove(self, user: str) -> None:
        """Forget a user; raises :class:`UserError` where there is none of that name."""
        users = self.users()
        if user not in users:
            raise UserError(f"{user} has no password; see {self.path}")
        del users[user]
        self._write(users)

    def verify(self, user: str, password: str) -> bool:
        """Tell whether the password is the user's; takes as long where there is no such user."""
        known = self.users().get(user, self._nobody)
        with self._one_at_a_time:
            try:
                return self._hasher.verify(known, password[:LONGEST]) and known != self._nobody
            except (VerificationError, InvalidHashError):
                return False

    def _write(self, users: dict[str, str]) -> None:
        beside = self.path.with_name(f"{FILE}.{secrets.token_hex(4)}")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as to:
                to.writelines(f"{user}:{hashed}\n" for user, hashed in users.items())
                to.flush()
                os.fsync(to.fileno())
            os.replace(beside, self.path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise KeepError(
                f"{self.path}: cannot be written ({error.strerror}); name another folder with "
                "APOSTILLA_HOME"
            ) from None


class Login:
    """The door's list: who is in, by the cookie that their browser shows."""

    def __init__(self, passwords: Passwords, users: Iterable[str]) -> None:
        self.passwords = passwords
        self.users = frozenset(users)
        self._sessions: dict[bytes, tuple[float, str]] = {}
        self._tried: dict[str, tuple[int, float]] = {}

    def mount(self, application: fastapi.FastAPI) -> None:
        """Add the form and the way out."""
        application.add_api_route(LOGIN, self.form, methods=["GET"])
        application.add_api_route(LOGIN, self.enter, methods=["POST"])
        application.add_api_route(LOGOUT, self.leave, methods=["GET"])

    def user_of(self, headers: Iterable[tuple[bytes, bytes]], port: int) -> str | None:
        """Return who a request is from, by its cookie; ``None`` where that opens nothing."""
        told = b"; ".join(value for name, value in headers if name == b"cookie")
        try:
            crumb = SimpleCookie(told.decode("latin-1")).get(_cookie(port))
        except CookieError:
            return None
        until, user = self._sessions.get(_key(crumb.value if crumb else ""), (0.0, ""))
        return user if until > time.monotonic() else None

    async def form(self, request: Request) -> Response:
        """Show the form."""
        return _form(request)

    async def enter(self, request: Request) -> Response:
        """Let in who knows the password; who does not waits longer each time."""
        said = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=8)
        user, password = (said.get(each, [""])[0] for each in ("user", "password"))
        who = f"{request.client.host if request.client else ''} {user[:64]}"
        times, until = self._tried.get(who, (0, 0.0))
        if (left := until - time.monotonic()) > 0:
            return _form(request, "wait", 429, seconds=int(left) + 1)
        # Others wait while the password is looked at: attempts made at once are no faster.
        wait = min(LONGEST_WAIT_S, WAIT_S * 2**times)
        _remember(self._tried, who, (times + 1, time.monotonic() + LONGEST_WAIT_S))
        right = await asyncio.to_thread(self.passwords.verify, user, password)
        if not right or user not in self.users:
            _remember(self._tried, who, (times + 1, time.monotonic() + wait))
            return _form(request, "wrong", 401)
        self._tried.pop(who, None)
        token = secrets.token_urlsafe(32)
        _remember(self._sessions, _key(token), (time.monotonic() + SESSION_S, user))
        response = RedirectResponse("/", 303)
        response.set_cookie(
            _cookie(request.url.port or 0),
            token,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    async def leave(self, request: Request) -> Response:
        """End the session."""
        name = _cookie(request.url.port or 0)
        self._sessions.pop(_key(request.cookies.get(name, "")), None)
        response = RedirectResponse(LOGIN, 303)
        response.delete_cookie(name)
        return response


def _form(request: Request, said: str = "", status: int = 200, seconds: int = 0) -> Response:
    spanish = request.headers.get("accept-language", "").lower().startswith("es")
    interface: Interface = "es" if spanish else "en"
    words = _WORDS[interface]
    told = words[said].format(seconds=seconds) if said else ""
    page = _PAGE.format(
        lang=interface,
        style=Markup(_STYLE),
        said=Markup('<p role="alert">{}</p>').format(told) if told else "",
        **{each: words[each] for each in ("user", "password", "enter")},
    )
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})


def _remember(held: dict[_K, _V], key: _K, value: _V) -> None:
    """Hold a value as the newest, and let the oldest go."""
    held.pop(key, None)
    held[key] = value
    while len(held) > REMEMBERED:
        del held[next(iter(held))]


def _cookie(port: int) -> str:
    """Name the cookie by the port: browsers send it to every port of a machine."""
    return f"apostilla-{port}"


def _key(token: str) -> bytes:
    """Return what a token is found by: memory holds no token that would open anything."""
    return hashlib.sha256(token.encode()).digest()
