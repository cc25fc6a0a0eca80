"""What the door in front of the chat lets through, and what it adds."""

from __future__ import annotations

import base64
import hashlib

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.chat.guard import BODY_LIMIT, HEADERS, Door, guard

INLINE = "window.own = 1"
PAGE = f"<html><script>{INLINE}</script><script src='/app.js'></script></html>"


async def _page(_: Request) -> Response:
    return HTMLResponse(PAGE)


async def _data(request: Request) -> Response:
    return JSONResponse({"length": len(await request.body())})


@pytest.fixture(scope="module")
def client() -> TestClient:
    routes = [
        Route("/", _page),
        Route("/page/{rest:path}", _data),
        Route("/gradio_api/queue/join", _data, methods=["POST"]),
        Route("/gradio_api/upload", _data, methods=["POST"]),
    ]
    return TestClient(
        guard(Starlette(routes=routes), Door("reading.room")), "http://localhost:7860"
    )


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1:7860", "[::1]:7860", "reading.room"])
def test_own_names_are_answered(client: TestClient, host: str) -> None:
    """The machine's own names, addresses and the bound host are answered."""
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "a b", "[::1"])
def test_foreign_names_are_not(client: TestClient, host: str) -> None:
    """A name that somebody else has resolved to this machine is not answered."""
    assert client.get("/", headers={"Host": host}).status_code == 421


def test_foreign_pages_may_not_ask(client: TestClient) -> None:
    """A request that another origin's page makes is refused."""
    path = "/gradio_api/queue/join"
    assert client.post(path, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post(path, headers={"Origin": "http://localhost:7860"}).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_foreign_pages_may_not_load(client: TestClient, site: str) -> None:
    """What another page embeds is refused, from another port of this machine too; a link works."""
    picture = "/page/0123456789ab/3.png"
    assert client.get(picture, headers={"Sec-Fetch-Site": site}).status_code == 403
    assert client.get(picture, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert client.get("/", headers={"Sec-Fetch-Site": site}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/copy/",
        "/copy/es/ris/a/1",
        "/copy/es/ris/../1-2",
        "/copy/es/r%0As/a/1-2",
        "/page/",
        "/page/../x/3.png",
        "/page/a/b/3.png",
        "/page/a/-1.png",
    ],
)
def test_pictures_have_one_form_of_address(client: TestClient, path: str) -> None:
    """The address of a picture is a book's id and a page's place in it, and nothing else."""
    assert client.get(path).status_code == 404


def test_only_the_pages_own_routes(client: TestClient) -> None:
    """A route that the page does not need is not there, even if the application has it."""
    assert client.post("/gradio_api/upload").status_code == 404


def test_bodies_are_limited(client: TestClient) -> None:
    """A body of the limit goes through, a longer one or one of unknown length does not."""
    path = "/gradio_api/queue/join"
    assert client.post(path, content=b"x" * BODY_LIMIT).json() == {"length": BODY_LIMIT}
    assert client.post(path, content=b"x" * (BODY_LIMIT + 1)).status_code == 413
    assert client.post(path, content=iter([b"x"])).status_code == 413


def test_inline_scripts_are_named_by_their_hash(client: TestClient) -> None:
    """The policy allows the page's own inline scripts by hash, and nothing unsafe."""
    policy = client.get("/").headers["Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(INLINE.encode()).digest()).decode()
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts == f"script-src 'self' 'sha256-{digest}'"


def test_every_answer_has_the_headers(client: TestClient) -> None:
    """Pages and data alike carry the policy and the other headers."""
    for answer in (client.get("/"), client.post("/gradio_api/queue/join")):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
