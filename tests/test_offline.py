"""No network at all: the way from a clone to an answer, in a network namespace of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CRONICA, ROOT

# Only loopback is there, and it is up: anything that asks for an outside address fails at once.
ALONE = ("unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")

STORY = """
import asyncio, socket, sys, threading, urllib.request
from pathlib import Path
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
except OSError:
    pass
else:
    sys.exit("there is a network here")
from index.build import Source, build_index
from assistant import Assistant
folder = Path(sys.argv[1])
build_index(folder, [Source(Path(sys.argv[2]))])
assistant = Assistant.open(folder)
answer = assistant.ask("¿De qué murió Nina?")
assert answer.shown and answer.shown[0].pages == ("16",), answer
from assistant.chat.server import address, chat_server, listen
socket_ = listen("127.0.0.1", 0)
server = chat_server(assistant)
thread = threading.Thread(target=server.run, kwargs={"sockets": [socket_]}, daemon=True)
thread.start()
while not server.started:
    thread.join(0.05)
    assert thread.is_alive()
page = urllib.request.urlopen(address(socket_)).read().decode()
assert "Apostilla" in page
server.should_exit = True
thread.join(20)
print("answered offline")
"""


def _may_be_alone() -> bool:
    """Tell whether this machine lets us make a network namespace."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    return subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0


def test_from_a_book_to_an_answer_without_network(tmp_path: Path) -> None:
    """A book is indexed, asked, and served in the chat where there is no network but loopback."""
    if not _may_be_alone():
        reason = "no right to make a network namespace here (unshare --net)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        [*ALONE, sys.executable, "-c", STORY, str(tmp_path / "index"), str(CRONICA)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "answered offline" in done.stdout
