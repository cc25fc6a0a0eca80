"""How the chat bears readers: ``python -m eval.load`` serves a ready index and prints a table.

The server is the real one, in a process of its own. Its readers send what the page sends: they read
its ``/config``, join Gradio's queue with the values of the widgets, and listen to the answer.
First paint and page turns are measured in Chromium.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import httpx
import typer

from assistant.chat.answer_html import as_entities
from assistant.chat.words import WORDS
from eval.gold import read_gold
from eval.speed import CHRONICLE, GOLD, at
from index.book import Metadata
from index.build import Source, build_index
from index.errors import UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LINES = 10  # questions of a conversation, then the tab is closed and another opened
WARM = 300  # answers before memory is measured: buffers and caches have their size then
BUSY = WORDS["en"]["busy"]
HURRIED = WORDS["en"]["hurried"]
PATIENCE_S = 120.0  # that a reader here has, so that a slow answer is measured and not lost
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
Outcome = Literal["answered", "busy", "failed"]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question went, and in how many seconds; ``hurried``: answered without the reader."""

    outcome: Outcome
    seconds: float
    told: str = ""
    hurried: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it: seconds of each, and memory in MiB."""

    first_paint: tuple[float, ...] = ()
    turns: tuple[float, ...] = ()
    readers: int = 0
    thought: tuple[Asked, ...] = ()
    burst: tuple[Asked, ...] = ()
    answers: int = 0
    memory: tuple[float, float] = (0.0, 0.0)


@dataclass(slots=True)
class Tab:
    """A tab on the chat: it holds what the widgets hold, and sends it as the page does."""

    client: httpx.AsyncClient
    config: Mapping[str, Any]
    session: str = field(default_factory=lambda: secrets.token_hex(6))
    values: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the values that the page has when it opens."""
        for each in self.config["components"]:
            self.values[each["id"]] = each["props"].get("value")

    async def opened(self) -> None:
        """Do what the page does when it opens."""
        for each in self.config["dependencies"]:
            if any(event == "load" for _, event in each["targets"]):
                await self._fire(each)

    async def ask(self, question: str) -> Asked:
        """Ask a question, and wait for all that the page shows of its answer."""
        box = self._component("question")
        self.values[box] = question
        began = time.perf_counter()
        try:
            shown = await self._event(box, "submit")
        except (httpx.HTTPError, RuntimeError) as error:
            return Asked("failed", time.perf_counter() - began, repr(error))
        seconds = time.perf_counter() - began
        last = shown[shown.rfind(as_entities(question)) :]
        if as_entities(BUSY) in last:
            return Asked("busy", seconds)
        if "blockquote" in last:
            return Asked("answered", seconds, hurried=as_entities(HURRIED) in last)
        return Asked("failed", seconds, shown[-300:])

    async def _event(self, component: int, event: str) -> str:
        """Fire an event and all that follows it; return what was sent back, as JSON."""
        shown = ""
        waiting = [
            each for each in self.config["dependencies"] if [component, event] in each["targets"]
        ]
        if not waiting:
            raise RuntimeError(f"nothing happens at {event} of {component}")
        while waiting:
            now = waiting.pop(0)
            shown += await self._fire(now)
            waiting += [
                each
                for each in self.config["dependencies"]
                if each.get("trigger_after") == now["id"]
            ]
        return shown

    async def _fire(self, dependency: Mapping[str, Any]) -> str:
        """Send one event to the queue, and take over the values that come back."""
        if not dependency["backend_fn"]:
            return ""
        sent = {
            "data": [self.values[each] for each in dependency["inputs"]],
            "event_data": None,
            "fn_index": dependency["id"],
            "trigger_id": dependency["targets"][0][0] if dependency["targets"] else None,
            "session_hash": self.session,
        }
        joined = await self.client.post("gradio_api/queue/join", json=sent)
        joined.raise_for_status()
        data = await self._result(joined.json()["event_id"])
        for component, value in zip(dependency["outputs"], data, strict=False):
            is_update = isinstance(value, dict) and value.get("__type__") == "update"
            if not is_update:
                self.values[component] = value
            elif "value" in value:
                self.values[component] = value["value"]
        return json.dumps(data, ensure_ascii=False)

    async def _result(self, event: str) -> list[Any]:
        path = f"gradio_api/queue/data?session_hash={self.session}"
        async with self.client.stream("GET", path) as stream:
            async for line in stream.aiter_lines():
                told = json.loads(line[5:]) if line.startswith("data:") else {}
                if told.get("msg") == "process_completed" and told["event_id"] == event:
                    if not told["success"]:
                        raise RuntimeError(f"the chat failed: {told['output']}")
                    return list(told["output"].get("data") or [])
        raise RuntimeError("the answer broke off")

    def _component(self, name: str) -> int:
        return next(
            int(each["id"])
            for each in self.config["components"]
            if each["props"].get("elem_id") == name
        )


@asynccontextmanager
async def opened_tab(url: str) -> AsyncIterator[Tab]:
    """Open a tab, with the line that tells the server when it is closed."""
    limits = httpx.Limits(max_connections=10)
    headers = {"Accept-Language": "en"}
    async with httpx.AsyncClient(
        base_url=url, timeout=PATIENCE_S, limits=limits, headers=headers
    ) as client:
        tab = Tab(client, (await client.get("config")).json())
        async with client.stream("GET", f"gradio_api/heartbeat/{tab.session}"):
            await tab.opened()
            yield tab


async def with_thought(
    url: str, questions: Sequence[str], readers: int, thought: float, seconds: float
) -> list[Asked]:
    """Let readers ask with ``thought`` seconds between an answer and the next question."""
    until = time.monotonic() + seconds

    async def read(number: int) -> list[Asked]:
        choose = random.Random(number)
        await asyncio.sleep(choose.uniform(0, thought))  # they do not all come at once
        done: list[Asked] = []
        while not done or time.monotonic() < until:
            async with opened_tab(url) as tab:
                for nth in range(LINES):
                    if nth and time.monotonic() >= until:
                        break
                    done.append(await tab.ask(choose.choice(questions)))
                    await asyncio.sleep(choose.uniform(0.5, 1.5) * thought)
        return done

    return [each for done in await asyncio.gather(*map(read, range(readers))) for each in done]


async def at_once(url: str, questions: Sequence[str], count: int) -> list[Asked]:
    """Let ``count`` readers, whose tabs are open, ask in the same moment."""
    opened, go = asyncio.Barrier(count), asyncio.Semaphore(8)

    async def ask(number: int) -> Asked:
        async with go:
            entered = opened_tab(url)
            tab = await entered.__aenter__()
        try:
            await opened.wait()
            return await tab.ask(questions[number % len(questions)])
        finally:
            await entered.__aexit__(None, None, None)

    return list(await asyncio.gather(*map(ask, range(count))))


async def many(url: str, questions: Sequence[str], count: int, tabs: int = 2) -> list[Asked]:
    """Ask ``count`` questions without thought, in so few tabs at a time that none is hurried."""
    left = iter(range(count))
    done: list[Asked] = []

    async def read() -> None:
        for first in left:
            async with opened_tab(url) as tab:
                done.append(await tab.ask(questions[first % len(questions)]))
                for _, number in zip(range(LINES - 1), left, strict=False):
                    done.append(await tab.ask(questions[number % len(questions)]))

    await asyncio.gather(*(read() for _ in range(tabs)))
    return done


def in_a_browser(url: str, visits: int, turns: int) -> tuple[list[float], list[float]]:
    """Return the seconds to the first paint of each visit, and of each page turn, in Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise UserError("Chromium is driven by playwright: pip install playwright") from None
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    paints: list[float] = []
    turned: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for visit in range(visits):
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.goto(url)
            page.wait_for_selector("#sheet .page")
            paints.append(float(page.evaluate(_PAINTED)) / 1000)
            if visit == 0:
                turned = [float(page.evaluate(_TURNED, n)) / 1000 for n in range(turns)]
            page.context.close()
        browser.close()
    return paints, turned


# Milliseconds from the request to the first words that the page showed.
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
# Clicks "next", or "previous" after every ten, and waits for another page to stand there.
_TURNED = """
async (number) => {
  const sheet = document.querySelector("#sheet"), before = sheet.innerText;
  const button = document.querySelector(Math.floor(number / 10) % 2 ? "#previous" : "#next");
  const began = performance.now();
  button.click();
  await new Promise((done, failed) => {
    setTimeout(() => failed(new Error("the page did not turn")), 60000);
    const seen = new MutationObserver(() => {
      if (sheet.innerText === before) return;
      seen.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(done));
    });
    seen.observe(sheet, { childList: true, subtree: true, characterData: true });
  });
  return performance.now() - began;
}
"""


@contextmanager
def serving(index: Path) -> Iterator[tuple[str, int]]:
    """Serve an index as the command does; yield the address and the id of the process."""
    command = [sys.executable, "-m", "assistant.cli", "chat", "--index", str(index)]
    with subprocess.Popen(
        [*command, "--port", "0", "--no-browser", "--no-keep"], stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            said = ""
            while not said.startswith("http"):
                said = process.stderr.readline() if process.stderr else ""
                if not said:
                    raise UserError(f"{index}: the chat does not start; try apostilla chat")
            yield said.strip(), process.pid
        finally:
            process.terminate()


def memory_of(pid: int) -> float:
    """Return the resident memory of a process, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def table(measured: Measured) -> list[str]:
    """Return what was measured as lines of Markdown, beside what is asked for."""
    rows = ["| what | asked for | measured |", "|---|---|---|"]

    def row(what: str, wanted: str, seconds: Sequence[float], more: str = "") -> None:
        if seconds:
            middle, high = statistics.median(seconds), at(seconds, 0.95)
            figures = f"{middle:.2f} s at the median, {high:.2f} s at the 95th percentile"
            rows.append(f"| {what} | {wanted} | {figures} (n = {len(seconds)}){more} |")

    row("first paint", "≤ 2 s", measured.first_paint)
    row("page turn", "≤ 0.2 s", measured.turns)
    row(
        f"an answer, {measured.readers} readers with thought",
        "p95 ≤ 1.5 s, 0 errors",
        [each.seconds for each in measured.thought],
        _others(measured.thought),
    )
    answered = [each.seconds for each in measured.burst if each.outcome == "answered"]
    busy = [each.seconds for each in measured.burst if each.outcome == "busy"]
    row("burst, answered", "≤ 15 s", answered, f", the last {max(answered, default=0):.1f} s")
    row("burst, told busy", "≤ 1 s", busy, f", the last {max(busy, default=0):.2f} s")
    if measured.burst:
        rows.append(
            f"| burst of {len(measured.burst)} | 0 errors | {_others(measured.burst)[2:]} |"
        )
    if measured.answers:
        before, after = measured.memory
        grown = f"{after - before:+.0f} MiB ({before:.0f} to {after:.0f})"
        rows.append(f"| memory over {measured.answers:,} answers | ≤ +50 MB | {grown} |")
    return rows


def _others(asked: Sequence[Asked]) -> str:
    failed = [each for each in asked if each.outcome == "failed"]
    busy = sum(each.outcome == "busy" for each in asked)
    hurried = sum(each.hurried for each in asked)
    said = f", {hurried} hurried, {busy} busy, {len(failed)} failed"
    return said + (f": {failed[0].told}" if failed else "")


@app.command()
def main(
    index: Annotated[Path | None, typer.Option(help="A ready index; else the chronicle's.")] = None,
    readers: Annotated[int, typer.Option(help="Readers with thought.")] = 25,
    thought: Annotated[float, typer.Option(help="Seconds between answer and question.")] = 5.0,
    seconds: Annotated[float, typer.Option(help="For how long they read.")] = 60.0,
    burst: Annotated[int, typer.Option(help="Readers who ask in the same moment.")] = 100,
    answers: Annotated[int, typer.Option(help="Answers over which memory is measured.")] = 5_000,
    visits: Annotated[int, typer.Option(help="Visits of a browser.")] = 5,
    turns: Annotated[int, typer.Option(help="Page turns of a browser.")] = 40,
) -> None:
    """Serve an index and measure; nothing else should be running.

    What is not asked for is left out: --visits 0, --seconds 0, --burst 0, --answers 0.
    """
    questions = [each.question for each in read_gold(GOLD).questions]
    with tempfile.TemporaryDirectory() as folder:
        if index is None:
            index = Path(folder) / "index"
            build_index(index, [Source(CHRONICLE, Metadata("Crónica"))])
        with serving(index) as (url, pid):
            paints, turned = in_a_browser(url, visits, turns) if visits else ([], [])
            _note(f"{len(paints)} visits, {len(turned)} page turns")
            thoughtful = asyncio.run(with_thought(url, questions, readers, thought, seconds))
            _note(f"{readers} readers had {len(thoughtful)} answers")
            bursting = asyncio.run(at_once(url, questions, burst)) if burst else []
            _note(f"{len(bursting)} asked at once")
            memory = (0.0, 0.0)
            if answers:
                asyncio.run(many(url, questions, WARM))
                before = memory_of(pid)
                _note(f"{WARM} answers to warm up; {answers} to come")
                asyncio.run(many(url, questions, answers))
                memory = (before, memory_of(pid))
    measured = Measured(
        tuple(paints), tuple(turned), readers, tuple(thoughtful), tuple(bursting), answers, memory
    )
    print("\n".join(table(measured)))


def _note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    app()
