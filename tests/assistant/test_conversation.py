"""Conversation: follow-ups, topic changes, undoing, and going on from JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.ask import Assistant
from assistant.conversation import TOPIC, Conversation, Place, Turn, checked_question, retrieve
from index.build import Source, build_index
from index.errors import QuestionError
from tests.fakes import FakeEmbedding, use

FARO = "¿Quién encendía la lámpara del faro de Ocaso?"
MOLINO = "¿Quién dormía bajo las aspas rotas del molino de Arriba?"
AND_AT_DAWN = "¿Y qué hacía al alba?"

# Each page has a heading of its own, so that each is a passage; two speak of the dawn.
PAGES = (
    "I. El faro\n\nEl farero Braulio encendía la lámpara del faro de Ocaso cada tarde, solo.",
    "II. La torre\n\nAl alba el farero subía otra vez y la lámpara del faro se apagaba sola.",
    "III. La costa\n\nEn la costa vivían hombres que pescaban y remendaban las redes viejas.",
    "IV. La taberna\n\nEn la taberna cantaban los arrieros y los niños corrían tras los carros.",
    "V. El molino\n\nEl molinero Anselmo dormía bajo las aspas rotas del molino de Arriba, solo.",
    "VI. La harina\n\nAl alba el molinero abría las compuertas del molino y bajaba a la harina.",
)
BOOK = "\f".join(f"{page}\n\n{number}\n" for number, page in enumerate(PAGES, start=1))


@pytest.fixture
def assistant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    """Open a small book, read with the fake embedding: equal words are near."""
    use(monkeypatch, FakeEmbedding())
    path = tmp_path / "costa.txt"
    path.write_text(BOOK, encoding="utf-8")
    build_index(tmp_path / "index", [Source(path)])
    opened = Assistant.open(tmp_path / "index")
    yield opened
    opened.index.close()


def first(conversation: Conversation, question: str, *, alone: bool = False) -> str:
    """Return the passage that a question finds first."""
    return conversation.find(question, 1, alone=alone).hits[0].passage.text


@pytest.mark.parametrize(
    ("before", "his", "not_his"),
    [(FARO, "II. La torre", "VI. La harina"), (MOLINO, "VI. La harina", "II. La torre")],
)
def test_the_first_follow_up_is_understood(
    assistant: Assistant, before: str, his: str, not_his: str
) -> None:
    """The very first follow-up is completed from the one question before it."""
    conversation = assistant.converse()
    conversation.ask(before)
    found = [hit.passage.text for hit in conversation.find(AND_AT_DAWN).hits]
    ranks = [next(at for at, text in enumerate(found) if each in text) for each in (his, not_his)]
    assert ranks == sorted(ranks)
    answer = conversation.ask(AND_AT_DAWN)
    assert answer.question == AND_AT_DAWN
    assert answer.understood is not None
    assert answer.understood.startswith(f"{AND_AT_DAWN} (")
    assert answer.to_dict()["understood"] == answer.understood


def test_a_first_question_is_asked_as_it_stands(assistant: Assistant) -> None:
    """Without a turn before it, even "and …" is the question itself, and the JSON says no more."""
    answer = assistant.converse().ask(AND_AT_DAWN)
    assert answer.understood is None
    told, plain = (each.to_dict() for each in (answer, assistant.ask(AND_AT_DAWN)))
    assert set(told) == set(plain)
    assert told["quotes"] == plain["quotes"]
    assert told["nearest"] == plain["nearest"]


def test_a_change_of_topic_is_asked_as_it_stands(assistant: Assistant) -> None:
    """A question that stands alone finds after a conversation what it finds without one."""
    conversation = assistant.converse()
    conversation.ask(FARO)
    conversation.ask(AND_AT_DAWN)
    found = conversation.find(MOLINO)
    assert conversation.ask(MOLINO).understood is None
    assert [(hit.key, hit.score) for hit in found.hits] == [
        (hit.key, hit.score) for hit in assistant.find(MOLINO).hits
    ]


def test_a_follow_up_leans_on_the_latest_topic(assistant: Assistant) -> None:
    """After a change of topic, what was asked before it completes nothing."""
    conversation = assistant.converse()
    conversation.ask(FARO)
    conversation.ask(MOLINO)
    read = conversation.understand(AND_AT_DAWN)
    assert [FARO in reading.text for reading in read.readings] == [False]
    assert [MOLINO in reading.text for reading in read.readings] == [True]


def test_in_doubt_retrieval_decides(assistant: Assistant) -> None:
    """What may lean is completed only where that changes the passage found first."""
    conversation = assistant.converse()
    conversation.ask(MOLINO)
    same = "¿Qué hombres pescaban y remendaban redes?"
    assert conversation.understand(same).words is None
    other = "¿Qué pasaba luego al alba?"
    assert "farero" in first(conversation, other, alone=True)
    assert conversation.understand(other).words is not None
    assert "molinero" in first(conversation, other)


def test_alone_undoes_it(assistant: Assistant) -> None:
    """Asked alone, a follow-up is the question as it stands, and takes its turn's place."""
    conversation = assistant.converse()
    conversation.ask(FARO)
    conversation.ask(AND_AT_DAWN)
    answer = conversation.ask(f" {AND_AT_DAWN} ", alone=True)
    assert answer.understood is None
    assert answer.shown == assistant.ask(AND_AT_DAWN).shown
    assert [turn.question for turn in conversation.turns] == [FARO, AND_AT_DAWN]
    assert conversation.turns[-1].begins


def test_what_cannot_be_asked_is_no_turn(assistant: Assistant) -> None:
    """A question that is refused leaves the conversation as it was."""
    conversation = assistant.converse()
    with pytest.raises(QuestionError):
        conversation.ask("  ")
    with pytest.raises(QuestionError):
        conversation.ask("", alone=True)
    assert conversation.turns == ()


def test_it_goes_on_from_json(assistant: Assistant) -> None:
    """A conversation written as JSON and read again answers as if it had never ended."""
    conversation = assistant.converse()
    conversation.ask(FARO)
    told = json.loads(json.dumps(conversation.to_dict()))
    again = Conversation.from_dict(assistant, told)
    assert again.turns == conversation.turns
    assert again.ask(AND_AT_DAWN).shown == conversation.ask(AND_AT_DAWN).shown


def test_a_place_that_is_gone_helps_no_more(assistant: Assistant) -> None:
    """A conversation about a book that is no longer there, or was read anew, goes on."""
    gone = (Place("000000000000", 3, 9), Place(assistant.index.books[0].book_id, 10**9, 10**9 + 1))
    for place in gone:
        conversation = Conversation(assistant, [Turn(FARO, quoted=(place,))])
        assert conversation.ask(AND_AT_DAWN).understood


def test_a_long_conversation_leans_on_its_end(assistant: Assistant) -> None:
    """A follow-up is completed from the last turns of its topic, not from all that was said."""
    turns = [Turn(f"¿Y la red número {number}?", begins=number == 1) for number in range(1, 10)]
    read = Conversation(assistant, turns).understand(AND_AT_DAWN)
    held = [turn.question in read.readings[0].text for turn in turns]
    assert held == [False] * (len(turns) - TOPIC) + [True] * TOPIC


def test_the_page_just_quoted_is_preferred(assistant: Assistant) -> None:
    """Hits on the page that was quoted, or beside it, gain; the ranks and scores say so."""
    conversation = assistant.converse()
    conversation.ask(FARO)
    read = conversation.understand(AND_AT_DAWN)
    near = {hit.key: hit.score for hit in retrieve(assistant.index, read).hits}
    plain = assistant.index.search(read.question, 10, read.readings)
    gains = {
        hit.book.pages_of(hit.passage.spans)[0].label: near[hit.key] - hit.score
        for hit in plain.hits
    }
    assert gains == pytest.approx({"1": 0.5, "2": 0.25, "3": 0, "4": 0, "5": 0, "6": 0})
    ranked = retrieve(assistant.index, read).hits
    assert [hit.rank for hit in ranked] == list(range(1, len(ranked) + 1))
    assert list(ranked) == sorted(ranked, key=lambda hit: -hit.score)


def test_a_follow_up_about_the_chronicle(cronica_index: Path) -> None:
    """With the bundled embedding, a follow-up finds what the first question lets it mean."""
    conversation = Assistant.open(cronica_index).converse()
    conversation.ask("¿Quién le dio a Trotsky trabajo de traductor?")
    follow_up = "¿Y qué otra tarea cumplió luego para ese mismo Instituto?"
    answer = conversation.ask(follow_up)
    assert answer.understood is not None
    assert "traductor" in answer.understood
    assert any("galeradas" in hit.passage.text for hit in conversation.find(follow_up, 5).hits)


def test_what_goes_on_about_something_else(cronica_index: Path) -> None:
    """A follow-up about something else is not in the text, whatever it is completed with."""
    conversation = Assistant.open(cronica_index).converse()
    conversation.ask("¿Quién le dio a Trotsky trabajo de traductor?")
    answer = conversation.ask("And how do I train a puppy to walk on a lead?")
    assert answer.understood is not None
    assert answer.confidence == "not_in_text"


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 4001])
def test_a_question_that_cannot_be_asked(question: str) -> None:
    """An empty or endless question is refused in one line."""
    with pytest.raises(QuestionError) as caught:
        checked_question(question)
    assert "\n" not in str(caught.value)


def test_only_some_books_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation about one book quotes it alone, follow-ups too, and says what it searched."""
    use(monkeypatch, FakeEmbedding())
    for name, page in (("faro", PAGES[0]), ("molino", PAGES[4])):
        (tmp_path / f"{name}.txt").write_text(f"{page}\n\n{PAGES[2]}", encoding="utf-8")
    build_index(tmp_path / "index", [Source(tmp_path / f"{n}.txt") for n in ("faro", "molino")])
    assistant = Assistant.open(tmp_path / "index")
    try:
        faro, mill = assistant.index.books
        conversation = assistant.converse([mill.book_id])
        for question in (FARO, AND_AT_DAWN):
            answer = conversation.ask(question)
            assert answer.searched == (mill,)
            assert {quote.book.book_id for quote in answer.shown} <= {mill.book_id}
            assert {hit.book for hit in conversation.copy().find(question).hits} == {mill}
        assert {quote.book for quote in assistant.ask(FARO).shown} & {faro}
    finally:
        assistant.index.close()
