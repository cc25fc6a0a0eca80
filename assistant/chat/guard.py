"""What a browser may ask of the chat and what it is told: the door in front of Gradio.

Only this machine's own names are answered (a foreign page that resolves its name to loopback is
not), only those who are logged in where that is asked for, only the routes that the page needs (no
files, no API), only small bodies, and files only where books may be added; and a
Content-Security-Policy lets the page load nothing and talk to nobody but this server.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.chat.login import LOGIN, LOGOUT, Login
from assistant.chat.room import READER

BODY_LIMIT = 64 * 1024  # bytes; the longest question has 4,000 characters
FIRST = "/first.js"
SCRIPT = "/app.js"
UPLOAD = "/gradio_api/upload"
UPLOAD_LIMIT = 200 * 1024 * 1024  # bytes of a book that is added; scans are large
OFFERS = "/take"  # of files made for one reader: /take/<key>
PICTURES = "/page"  # of printed pages: /page/<book>/<ordinal>.png
COPIES = "/copy"  # of quotations with their citations: /copy/<language>/<style>/<book>/<stretch>
ROUTES = re.compile(
    rf"/|{re.escape(FIRST)}|{re.escape(SCRIPT)}|{re.escape(PICTURES)}/\w{{1,64}}/\d{{1,9}}\.png"
    rf"|{re.escape(COPIES)}/\w\w/[a-z-]{{1,16}}/\w{{1,64}}/\d{{1,12}}-\d{{1,12}}"
    rf"|{re.escape(OFFERS)}/[\w-]{{22}}"
    r"|/config|/theme\.css|/manifest\.json|/favicon\.ico|/(?:assets|static|svelte)/.+"
    r"|/gradio_api/(?:queue/(?:join|data)|heartbeat/\w+|startup-events|info|cancel|reset)/?"
)
UPLOADING = re.compile(rf"{UPLOAD}/?|/gradio_api/upload_progress/?")
POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'self'; form-action {forms}; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TAKEN_AWAY = (b"accept-encoding", READER.encode())
_FOREIGN = ("cross-site", "same-site")  # the latter: another port of this machine
_FIRST = f'<head><script src="{FIRST}"></script>'.encode()
_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Door:
    """Which door it is: ``host`` is what the server is bound to, ``names`` what a proxy calls it.

    ``uploads``: books may be added. ``login`` knows who is in, ``None`` where everybody is.
    """

    host: str
    names: tuple[str, ...] = ()
    uploads: bool = False
    login: Login | None = None


def guard(app: ASGIApp, door: Door) -> ASGIApp:
    """Return ``app`` behind the checks of this file."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        who: str | None = ""
        refusal = _refusal(scope, door)
        if refusal is None and door.login is not None:
            who = door.login.user_of(scope["headers"], _port(scope))
            refusal = _stranger(scope) if who is None else None
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        # Scripts are hashed below, and loopback gains nothing from compression.
        headers = [pair for pair in scope["headers"] if pair[0] not in _TAKEN_AWAY]
        headers.append((READER.encode(), (who or "").encode()))
        await app({**scope, "headers": headers}, receive, _with_policy(send, scope["path"]))

    return guarded


def _refusal(scope: Scope, door: Door) -> Response | None:
    """Return the refusal of a request that the page would not make, else ``None``."""
    headers = Headers(scope=scope)
    named = headers.get("host", "")
    path = scope["path"]
    if scope["type"] != "http":
        return PlainTextResponse("Not here.", 404)
    if not _is_own(named, door):
        return PlainTextResponse(f"This server does not answer to {named!r}.", 421)
    # A link may lead here from anywhere; what the page is made of, only the page may load.
    foreign = headers.get("sec-fetch-site") in _FOREIGN and path not in ("/", LOGIN)
    if foreign or headers.get("origin", f"//{named}").partition("//")[2] != named:
        return PlainTextResponse("Only the page of this server may ask it.", 403)
    uploading = door.uploads and UPLOADING.fullmatch(path) is not None
    entering = door.login is not None and path in (LOGIN, LOGOUT)
    if not (uploading or entering or ROUTES.fullmatch(path)):
        return PlainTextResponse("Not here.", 404)
    return _unfit(headers, uploading and scope["method"] == "POST")


def _unfit(headers: Headers, uploading: bool) -> Response | None:
    """Return the refusal of a body that is too long, or no form where a book is sent."""
    if uploading and not headers.get("content-type", "").startswith("multipart/form-data;"):
        return PlainTextResponse("A book is sent as a form.", 415)
    length = headers.get("content-length", "0")
    declared = length.isdecimal() and "transfer-encoding" not in headers
    if not declared or int(length) > (UPLOAD_LIMIT if uploading else BODY_LIMIT):
        return PlainTextResponse("Too long, or of unknown length.", 413)
    return None


def _stranger(scope: Scope) -> Response | None:
    """Send who is not logged in to the form; what the page is made of is for those who are."""
    if scope["path"] == LOGIN:
        return None
    if scope["path"] in ("/", LOGOUT):
        return RedirectResponse(LOGIN, 303)
    return PlainTextResponse("Log in first.", 401)


def _port(scope: Scope) -> int:
    """Return the port that the browser asked, by which the cookie is named."""
    return URL(scope=scope).port or 0


def _is_own(named: str, door: Door) -> bool:
    """Tell whether a Host header names this server: an address cannot be rebound, a name can."""
    try:
        name = urlsplit(f"//{named}").hostname or ""
    except ValueError:
        return False
    own = ("localhost", door.host.lower(), *map(str.lower, door.names))
    return name in own or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _with_policy(send: Send, path: str) -> Send:
    """Add the headers; a page of HTML is held back until its own scripts are known."""
    start: Message = {}
    body = b""
    forms = "'self'" if path == LOGIN else "'none'"

    async def sending(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers["Content-Security-Policy"] = POLICY.format(scripts="", forms=forms)
            if path == LOGIN:  # else a browser says "null" of where its form comes from
                headers["Referrer-Policy"] = "same-origin"
            if not headers.get("content-type", "").startswith("text/html"):
                start = {}
                await send(message)
        elif not start:
            await send(message)
        else:
            body += message.get("body", b"")
            if not message.get("more_body"):
                # Gradio puts a head of ours in only when its own scripts have run.
                body = body if path == LOGIN else body.replace(b"<head>", _FIRST, 1)
                hashes = " ".join(_hash(script) for script in _SCRIPT.findall(body))
                MutableHeaders(scope=start)["Content-Length"] = str(len(body))
                MutableHeaders(scope=start)["Content-Security-Policy"] = POLICY.format(
                    scripts=hashes, forms=forms
                )
                await send(start)
                await send({"type": "http.response.body", "body": body})

    return sending


def _hash(script: bytes) -> str:
    """Return the source expression that allows this inline script and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
