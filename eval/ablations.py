"""What each leg of retrieval adds, and each idea: the same questions without each.

Run by hand: ``python -m eval.ablations [--gold FOLDER --book FILE --noise 0.05]``. Prints tables
in Markdown; the second is of follow-ups, where the gold set has conversations.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from unittest.mock import patch

import numpy as np
import typer

import assistant.conversation
import index.context
import index.derive
import index.legs.lexical
import index.legs.tokens
import index.passages
from assistant.ask import Assistant
from assistant.conversation import Conversation, Understood
from eval.evaluate import HITS, judge
from eval.gold import Question, Turn, read_gold
from eval.measure import Given, damaged, given, placed
from eval.metrics import Interval, mean, paired_difference, reciprocal_rank, share, success
from eval.noise import NoiseKind
from eval.places import Located
from eval.run import BUNDLED
from index.build import Source, build_index
from index.search import Found, Index

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEPTHS = (1, 5, 10)
Rankings = dict[str, list[tuple[int, ...]]]  # by variant, the gains of each question's hits


def variants(weights: Mapping[str, float]) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield names and weights: all legs, each left out, each alone."""
    yield "all", dict(weights)
    for leg in weights:
        yield f"without {leg}", {each: (each != leg) * weight for each, weight in weights.items()}
    for leg in weights:
        if leg != "caller":  # it lends what others score
            yield f"{leg} alone", {each: float(each == leg) for each in weights}


@contextmanager
def indexed(asked: Given, folder: Path) -> Iterator[Index]:
    """Index the book in ``folder`` and open that."""
    build_index(folder, [Source(asked.file, asked.metadata)])
    opened = Index.open(folder)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def unrepaired() -> Iterator[None]:
    """Have books cut and indexed as they were scanned: no word is repaired."""

    def nothing_known(_texts: Sequence[str], _language: str) -> None:
        """Say that there is nothing to judge words by."""

    with (
        patch.object(index.derive, "lexicon_of", nothing_known),
        patch.object(index.passages, "lexicon_of", nothing_known),
    ):
        yield


def _alone() -> AbstractContextManager[object]:
    """Have notes read without the sentence that calls them."""
    return patch.object(index.context, "called_by", lambda *_: ())


def _as_written() -> AbstractContextManager[object]:
    """Have the letters of names compared as they are written, in whatever script."""
    return patch.object(index.legs.lexical, "spellings", lambda word: (word,))


def _alike() -> AbstractContextManager[object]:
    """Have every token of a question count the same."""

    def same(weights: NDArray[np.float32], *_: object) -> NDArray[np.float32]:
        return np.full_like(weights, 1 / len(weights))

    return patch.object(index.legs.tokens, "weighed", same)


def _as_learned() -> AbstractContextManager[object]:
    """Have every token of a question count what was learned, in whatever library."""

    def by_themselves(weights: NDArray[np.float32], *_: object) -> NDArray[np.float32]:
        whole: NDArray[np.float32] = weights / weights.sum()
        return whole

    return patch.object(index.legs.tokens, "weighed", by_themselves)


Without = Callable[[], AbstractContextManager[object]]
ASKING: Mapping[str, Without] = {  # ideas that are left out as a question is asked
    "tokens count alike": _alike,
    "tokens count as learned": _as_learned,
}
INDEXING: Mapping[str, Without] = {  # ideas that are left out as a book is indexed
    "without repair": unrepaired,
    "notes read alone": _alone,
    "names as written": _as_written,
}


def _gains(found: Found, each: Question | Turn, located: Located) -> tuple[int, ...]:
    ranking = [hit.passage.spans for hit in found.hits]
    return judge(ranking, each.evidence, each.alternatives, located)[0]


def ranked(opened: Index, asked: Given, located: Located) -> list[tuple[int, ...]]:
    """Return the gains of the hits of every question."""
    questions = asked.gold.questions
    return [_gains(opened.search(each.question, HITS), each, located) for each in questions]


def reread(opened: Index, asked: Given, located: Located) -> list[tuple[int, ...]]:
    """Return the same where the reader reads what is found, and puts it in order."""
    reading = Assistant(opened)
    questions = asked.gold.questions
    return [
        _gains(reading.found(Understood(each.question), HITS), each, located) for each in questions
    ]


def followed(opened: Index, asked: Given, located: Located) -> Rankings:
    """Return the gains of follow-ups: as they are understood, without each idea, written out.

    A conversation is played from its first turn, so that each leans on what was answered. Written
    out is left out where the gold set has not every follow-up so.
    """
    found: Rankings = {}
    talking = Assistant(opened, reads=False)
    for played in asked.gold.conversations:
        conversation = Conversation(talking)
        conversation.ask(played.turns[0].question)
        for turn in played.turns[1:]:
            for name, hits in _understood(conversation, turn):
                found.setdefault(name, []).append(_gains(hits, turn, located))
            conversation.ask(turn.question)
    return {name: gains for name, gains in found.items() if len(gains) == len(found["all"])}


def _understood(conversation: Conversation, turn: Turn) -> Iterator[tuple[str, Found]]:
    yield "all", conversation.find(turn.question, HITS)
    yield "as they stand", conversation.find(turn.question, HITS, alone=True)
    with patch.object(assistant.conversation, "NEAR", 0.0):
        yield "without the page just quoted", conversation.find(turn.question, HITS)
    with patch.object(assistant.conversation, "NAMES", 0):
        yield "without its names", conversation.find(turn.question, HITS)
    if turn.written_out is not None:
        yield "written out", conversation.find(turn.written_out, HITS, alone=True)


def rows(rankings: Rankings) -> Iterator[tuple[str, list[Interval], Interval]]:
    """Yield each variant's Success at the depths, and its reciprocal rank less that of all."""
    whole = [reciprocal_rank(gains) for gains in rankings["all"]]
    for name, gained in rankings.items():
        ranks = [reciprocal_rank(gains) for gains in gained]
        found = [share([success(gains, depth) for gains in gained]) for depth in DEPTHS]
        yield name, found, paired_difference(whole, ranks) if name != "all" else mean(ranks)


def main(
    gold: Annotated[Path, typer.Option(help="Folder of the gold set.")] = BUNDLED,
    book: Annotated[Path | None, typer.Option(help="The book, else as book.toml says.")] = None,
    noise: Annotated[float, typer.Option(min=0, max=0.5, help="Share of letters to damage.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Which damage.")] = 1,
    noise_kind: Annotated[NoiseKind, typer.Option(help="As in apostilla eval.")] = "scan",
    legs: Annotated[
        bool, typer.Option(help="Each leg left out, and alone; else ideas only.")
    ] = True,
) -> None:
    """Print what finding is worth without each leg, by each alone, and without each idea."""
    asked = given(read_gold(gold), book, None, noise, seed)
    asked = replace(asked, noise_kind=noise_kind)
    text, truth, located = placed(asked)
    rankings: Rankings = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if noise:
            file, _, located = damaged(asked, text, truth, located, folder)
            asked = replace(asked, file=file)
        with indexed(asked, folder / "index") as opened:
            weights = opened.weights
            for variant, weighed in variants(weights) if legs else [("all", dict(weights))]:
                opened.weights = weighed
                rankings[variant] = ranked(opened, asked, located)
            opened.weights = weights
            for variant, without in ASKING.items():
                with without():
                    rankings[variant] = ranked(opened, asked, located)
            rankings["with the reader"] = reread(opened, asked, located)
            follow_ups = followed(opened, asked, located)
        for number, (variant, without) in enumerate(INDEXING.items()):
            with without(), indexed(asked, folder / f"without-{number}") as opened:
                rankings[variant] = ranked(opened, asked, located)
    _print("finding", rankings)
    if follow_ups:
        _print("follow-ups", follow_ups)


def _print(what: str, rankings: Rankings) -> None:
    n = len(rankings["all"])
    print(
        f"\n| {what} (n {n}) | @1 | @5 | @10 | RR@10 (others: less than all) |\n" + "|---" * 5 + "|"
    )
    for name, found, ranks in rows(rankings):
        cells = " | ".join(f"{each.value:.2f} ({each.low:.2f}–{each.high:.2f})" for each in found)
        sign = "" if name == "all" else "+"
        print(
            f"| {name} | {cells} | "
            f"{ranks.value:{sign}.3f} ({ranks.low:{sign}.3f} to {ranks.high:{sign}.3f}) |"
        )


if __name__ == "__main__":
    typer.run(main)
