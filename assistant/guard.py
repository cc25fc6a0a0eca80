"""What a browser may ask of the chat and what it is told: the door in front of Gradio.

Only this machine's own names are answered (a foreign page that resolves its name to loopback is
not), only the routes that the page needs (no uploads, no files, no API), only small bodies; and
a Content-Security-Policy lets the page load nothing and talk to nobody but this server.
"""

from __future__ import annotations

import base64
import hashlib
import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 64 * 1024  # bytes; the longest question has 4,000 characters
SCRIPT = "/app.js"
PICTURES = "/page"  # of printed pages: /page/<book>/<ordinal>.png
COPIES = "/copy"  # of quotations with their citations: /copy/<language>/<style>/<book>/<stretch>
ROUTES = re.compile(
    rf"/|{re.escape(SCRIPT)}|{re.escape(PICTURES)}/\w{{1,64}}/\d{{1,9}}\.png"
    rf"|{re.escape(COPIES)}/\w\w/[a-z-]{{1,16}}/\w{{1,64}}/\d{{1,12}}-\d{{1,12}}"
    r"|/config|/theme\.css|/manifest\.json|/favicon\.ico|/(?:assets|static|svelte)/.+"
    r"|/gradio_api/(?:queue/(?:join|data)|heartbeat/\w+|startup-events|info|cancel|reset)/?"
)
POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FOREIGN = ("cross-site", "same-site")  # the latter: another port of this machine
_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def guard(app: ASGIApp, host: str) -> ASGIApp:
    """Return ``app`` behind the checks of this file; ``host`` is what the server is bound to."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        refusal = _refusal(scope, host)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        # Scripts are hashed below, and loopback gains nothing from compression.
        headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await app({**scope, "headers": headers}, receive, _with_policy(send))

    return guarded


def _refusal(scope: Scope, host: str) -> PlainTextResponse | None:
    """Return the refusal of a request that the page would not make, else ``None``."""
    headers = Headers(scope=scope)
    named = headers.get("host", "")
    if scope["type"] != "http":
        return PlainTextResponse("Not here.", 404)
    if not _is_own(named, host):
        return PlainTextResponse(f"This server does not answer to {named!r}.", 421)
    # A link may lead here from anywhere; what the page is made of, only the page may load.
    foreign = headers.get("sec-fetch-site") in _FOREIGN and scope["path"] != "/"
    if foreign or headers.get("origin", f"//{named}").partition("//")[2] != named:
        return PlainTextResponse("Only the page of this server may ask it.", 403)
    if ROUTES.fullmatch(scope["path"]) is None:
        return PlainTextResponse("Not here.", 404)
    length = headers.get("content-length", "0")
    declared = length.isdecimal() and "transfer-encoding" not in headers
    if not declared or int(length) > BODY_LIMIT:
        return PlainTextResponse("Too long, or of unknown length.", 413)
    return None


def _is_own(named: str, host: str) -> bool:
    """Tell whether a Host header names this server: an address cannot be rebound, a name can."""
    try:
        name = urlsplit(f"//{named}").hostname or ""
    except ValueError:
        return False
    return name in ("localhost", host.lower()) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _with_policy(send: Send) -> Send:
    """Add the headers; a page of HTML is held back until its own scripts are known."""
    start: Message = {}
    body = b""

    async def sending(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers["Content-Security-Policy"] = POLICY.format(scripts="")
            if not headers.get("content-type", "").startswith("text/html"):
                start = {}
                await send(message)
        elif not start:
            await send(message)
        else:
            body += message.get("body", b"")
            if not message.get("more_body"):
                hashes = " ".join(_hash(script) for script in _SCRIPT.findall(body))
                MutableHeaders(scope=start)["Content-Security-Policy"] = POLICY.format(
                    scripts=hashes
                )
                await send(start)
                await send({"type": "http.response.body", "body": body})

    return sending


def _hash(script: bytes) -> str:
    """Return the source expression that allows this inline script and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
