"""The house: which files there are, and in which direction imports go."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("prompts", "index", "assistant", "eval")

# Each file may import those above it, never those below; a file missing here is a mistake.
PLAN = [
    "prompts/__init__.py",
    "index/switches.py",
    "index/__init__.py",
    "index/errors.py",
    "index/formats/__init__.py",
    "index/formats/decode.py",
    "index/book.py",
    "index/reading.py",
    "index/ibid.py",
    "index/structure.py",
    "index/language.py",
    "index/formats/plain/__init__.py",
    "index/formats/plain/numbers.py",
    "index/formats/plain/lines.py",
    "index/formats/plain/labels.py",
    "index/formats/plain/heads.py",
    "index/formats/plain/page_numbers.py",
    "index/formats/plain/pages.py",
    "index/formats/plain/endnotes.py",
    "index/formats/plain/notes.py",
    "index/formats/plain/markers.py",
    "index/formats/plain/text.py",
    "index/formats/markup/__init__.py",
    "index/formats/markup/elements.py",
    "index/formats/markup/layout.py",
    "index/formats/markup/html_notes.py",
    "index/formats/markup/html.py",
    "index/formats/markup/zipped.py",
    "index/formats/markup/epub.py",
    "index/formats/markup/docx.py",
    "index/formats/markup/markdown.py",
    "index/formats/pdf/__init__.py",
    "index/formats/pdf/child.py",
    "index/formats/pdf/process.py",
    "index/formats/ocr/__init__.py",
    "index/formats/ocr/words.py",
    "index/formats/ocr/numbers.py",
    "index/formats/ocr/tesseract.py",
    "index/formats/pdf/image.py",
    "index/formats/pdf/layout.py",
    "index/formats/pdf/pages.py",
    "index/formats/pdf/notes.py",
    "index/formats/pdf/document.py",
    "index/read.py",
    "index/words/__init__.py",
    "index/words/lexicon.py",
    "index/words/confusions.py",
    "index/words/repair.py",
    "index/passages.py",
    "index/store.py",
    "index/off_topic.py",
    "index/generations.py",
    "index/model/__init__.py",
    "index/model/weights.py",
    "index/model/tokens.py",
    "index/model/graph.py",
    "index/model/adapter.py",
    "index/model/cache.py",
    "index/model/encoder.py",
    "index/context.py",
    "index/model/late.py",
    "index/model/reduction.py",
    "index/model/sentences.py",
    "index/model/nano.py",
    "index/model/embed.py",
    "index/legs/__init__.py",
    "index/legs/vectors.py",
    "index/legs/meaning.py",
    "index/legs/tokens.py",
    "index/words/spelling.py",
    "index/legs/lexical.py",
    "index/words/concordance.py",
    "index/words/forms.py",
    "index/words/mentions.py",
    "index/corrections.py",
    "index/known.py",
    "index/derive.py",
    "index/build.py",
    "index/change.py",
    "index/search.py",
    "assistant/settings.py",
    "assistant/phrases.py",
    "assistant/cite.py",
    "assistant/quotes.py",
    "assistant/page.py",
    "assistant/answer.py",
    "assistant/listing.py",
    "assistant/reader.py",
    "assistant/pointing.py",
    "assistant/confidence.py",
    "assistant/extract.py",
    "assistant/leaning.py",
    "assistant/conversation.py",
    "assistant/ask.py",
    "assistant/__init__.py",
    "assistant/archive.py",
    "assistant/transcript.py",
    "assistant/feedback.py",
    "assistant/chat/__init__.py",
    "assistant/chat/examples.py",
    "assistant/chat/line.py",
    "assistant/chat/tabs.py",
    "assistant/chat/room.py",
    "assistant/chat/login.py",
    "assistant/chat/guard.py",
    "assistant/chat/words_en.py",
    "assistant/chat/words_es.py",
    "assistant/chat/words.py",
    "assistant/chat/refusals.py",
    "assistant/chat/answer_html.py",
    "assistant/chat/panel.py",
    "assistant/chat/uploads.py",
    "assistant/chat/library.py",
    "assistant/chat/said.py",
    "assistant/chat/talk.py",
    "assistant/chat/finding.py",
    "assistant/chat/kept.py",
    "assistant/chat/rooms.py",
    "assistant/chat/app.py",
    "assistant/chat/server.py",
    "assistant/progress.py",
    "assistant/command.py",
    "assistant/cli.py",
    "eval/__init__.py",
    "eval/gold.py",
    "eval/noise.py",
    "eval/places.py",
    "eval/metrics.py",
    "eval/record.py",
    "eval/evaluate.py",
    "eval/measure.py",
    "eval/scores.py",
    "eval/compare.py",
    "eval/gate.py",
    "eval/table.py",
    "eval/report.py",
    "eval/junit.py",
    "eval/start.py",
    "eval/feedback.py",
    "eval/run.py",
    "eval/ablations.py",
    "eval/unseen.py",
    "eval/large.py",
    "eval/candidates.py",
    "eval/speed.py",
    "eval/load.py",
    "eval/peers/__init__.py",
    "eval/peers/protocol.py",
    "eval/peers/sets.py",
    "eval/peers/found.py",
    "eval/peers/results.py",
    "eval/peers/environments.py",
    "eval/peers/ours.py",
    "eval/peers/others.py",
    "eval/peers/against.py",
    "eval/training/__init__.py",
    "eval/training/written.py",
    "eval/training/data.py",
    "eval/training/batches.py",
    "eval/training/export.py",
    "eval/training/network.py",
    "eval/training/checkpoint.py",
    "eval/training/loop.py",
    "eval/training/train.py",
    "eval/reader/__init__.py",
    "eval/reader/further.py",
    "eval/reader/data.py",
    "eval/reader/misleading.py",
    "eval/reader/examples.py",
    "eval/reader/network.py",
    "eval/reader/export.py",
    "eval/reader/loop.py",
    "eval/reader/train.py",
    "eval/reader/measure.py",
    "eval/reader/calibrate.py",
]
# The command line reaches into the evaluation, inside its command.
REACHES = {("assistant/cli.py", "eval/run.py")}
# What one cannot try without the other.
TESTED_WITH = {
    "assistant/chat/words_en.py": "assistant/chat/words.py",
    "assistant/chat/words_es.py": "assistant/chat/words.py",
    "assistant/chat/said.py": "assistant/chat/talk.py",
    "index/corrections.py": "index/change.py",
    "eval/training/checkpoint.py": "eval/training/loop.py",
    "eval/feedback.py": "assistant/feedback.py",
    "eval/reader/export.py": "eval/reader/loop.py",
    "eval/reader/network.py": "eval/reader/loop.py",
    "eval/reader/train.py": "eval/reader/loop.py",
}
LARGEST = 500  # lines: a file that one can hold in one's head


def _imports(path: Path) -> set[str]:
    """Return the files of the house that a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            file = name.replace(".", "/")
            found |= {each for each in (f"{file}.py", f"{file}/__init__.py") if each in PLAN}
    return found


def test_every_file_is_in_the_plan() -> None:
    """The plan lists every source file, and no file that is not there."""
    there = {
        str(path.relative_to(ROOT)) for name in FOLDERS for path in ROOT.glob(f"{name}/**/*.py")
    }
    assert there == set(PLAN)


@pytest.mark.parametrize("file", PLAN)
def test_imports_go_one_way(file: str) -> None:
    """A file imports only what stands above it in the plan."""
    above = set(PLAN[: PLAN.index(file)])
    reached = {target for source, target in REACHES if source == file}
    assert (
        _imports(ROOT / file) - {file, "index/__init__.py", "eval/__init__.py"} - reached <= above
    )


@pytest.mark.parametrize("file", PLAN)
def test_a_file_fits_in_a_head(file: str) -> None:
    """No source file grows beyond what one can hold in one's head."""
    assert len((ROOT / file).read_text(encoding="utf-8").splitlines()) <= LARGEST


@pytest.mark.parametrize("file", [each for each in PLAN if not each.endswith("__init__.py")])
def test_every_file_has_its_test(file: str) -> None:
    """Each source file has a test file of its name, in the folder of its folder's."""
    path = Path(TESTED_WITH.get(file, file))
    assert (ROOT / "tests" / path.parent / f"test_{path.name}").is_file()


def test_readme_tree_is_the_plan() -> None:
    """The README's file tree has a line for every source file, and no other."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = re.search(r"```text\n(prompts/.*?)```", readme, re.DOTALL)
    assert tree, "the README has no file tree"
    folder, listed = "", set()
    for line in tree[1].splitlines():
        name = line.strip().split()[0] if line.strip() else ""
        if name.endswith("/") and not line.startswith(" "):
            folder = name
            continue_with = line.strip().split()[1:2]
            if continue_with == ["__init__.py"]:
                listed.add(folder + "__init__.py")
        elif name.endswith(".py"):
            listed.add(folder + name)
    assert listed == {file for file in PLAN if not file.endswith("__init__.py")}
