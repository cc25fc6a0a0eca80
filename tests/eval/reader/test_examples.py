"""What the reader reads while it learns: answers are where they are said to be, and others not."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import islice

import pytest

from eval.reader.data import Asked, Reading
from eval.reader.examples import CONTEXTS, Example, Part, examples
from eval.reader.misleading import words
from tests import articles
from tests.articles import FIRST, SECOND


@pytest.fixture(name="reading", scope="module")
def _reading() -> Reading:
    return articles.reading()


def plain(example: Example) -> str:
    """Return what an example marks, as words."""
    (answer,) = example.answers
    return " ".join(words(example.passage[answer.start : answer.stop]))


def test_an_answer_is_marked_wherever_it_was_cut_to(reading: Reading) -> None:
    """In sixty passes, undamaged passages mark the very words, damaged ones nearly as many."""
    marked: dict[str, list[str]] = {"1912": [], "doce": []}
    for found in islice(examples(reading, 1), 60):
        for each in found:
            if each.answers and each.exact:
                assert plain(each)
                marked["doce" if "uente" in each.question else "1912"].append(plain(each))
    for key, right in (("1912", "abril de 1912"), ("doce", "doce mil pesos")):
        assert len(marked[key]) > 50
        assert 0.7 < sum(each == right for each in marked[key]) / len(marked[key]) < 1
        assert all(abs(len(each) - len(right)) <= 3 for each in marked[key])


def test_several_answers_are_marked_together(reading: Reading) -> None:
    """Each of them, in any passage, also where it was damaged; nothing misleads that has one."""
    right = ["doce mil pesos", "de tifus el invierno anterior"]
    two = tuple(range(SECOND.index(each), SECOND.index(each) + len(each)) for each in right)
    both = Asked("7", {"es": "¿Cuánto costó, y de qué murió él?"}, 1, two)
    found = [each for each in drawn(replace(reading, asked=(both,))) if each.exact]
    answered = [each for each in found if each.answers]
    marked = [[each.passage[at.start : at.stop] for at in each.answers] for each in answered]
    assert all(len(each) == 2 for each in marked)
    assert 0.7 < sum(each == right for each in marked) / len(marked) < 1
    misleading = [each.passage for each in found if not each.answers]
    assert misleading
    assert not any("doce mil" in each or "de tifus" in each for each in misleading)


def test_a_passage_that_misleads_does_not_hold_the_answer(reading: Reading) -> None:
    """Whatever is asked of a passage that answers nothing stands elsewhere."""
    misleading = [
        each
        for found in islice(examples(reading, 2), 40)
        for each in found
        if not each.answers and "costó" in each.question
    ]
    assert misleading
    assert not any("doce mil" in each.passage for each in misleading)


def test_a_pair_marks_its_sentence_and_not_words(reading: Reading) -> None:
    """English pairs are read among the sentences beside theirs, which alone answer nothing."""
    found = [
        each
        for some in islice(examples(reading, 3), 20)
        for each in some
        if "waited" in each.passage and "waited" in each.question
    ]
    assert {each.exact for each in found} == {False}
    assert {not each.answers for each in found} == {True, False}


def test_a_pass_is_the_same_for_a_seed(reading: Reading) -> None:
    """The third pass of a seed is the third pass, and another seed's is not."""
    one, two, other = (list(islice(examples(reading, seed), 3)) for seed in (5, 5, 6))
    assert one == two != other
    assert one[0] != one[1]


def test_what_the_shipped_reader_read_is_drawn_again(reading: Reading) -> None:
    """The draws of its first steps, without what was added last, and of those with all of it."""
    answered = articles.asked("4", "¿Cuándo bajó el ingeniero?", 0, "abril de 1912")
    answered = replace(answered, forms={**answered.forms, "ru": "Когда сошёл инженер?"})
    near = replace(articles.asked("5", "¿Cuándo bajó la viuda?", 1, None), beside=range(5, 11))
    premise = replace(near, forms={"es": "¿Por qué bajó la viuda?"}, added=True)
    more = replace(reading, written=(answered, near, premise), further=(near, answered))
    first = drawn(more, Part.CONTEXT, Part.PREMISES)
    assert first == drawn(replace(more, written=(answered, near)), Part.CONTEXT)
    about = replace(more, further=(near, answered, premise))  # a paragraph that is public
    assert first == drawn(about, Part.CONTEXT, Part.PREMISES)
    assert not any(each.before for each in first)
    for passes, digest in ((first, "498e83c6600b"), (drawn(more), "a8db820a44e9")):
        assert sha256(repr(passes).encode()).hexdigest()[:12] == digest


def drawn(reading: Reading, *without: Part) -> list[Example]:
    """Return what forty passes read."""
    return [each for found in islice(examples(reading, 1, without), 40) for each in found]


def test_questions_stay_in_their_paragraphs_language(reading: Reading) -> None:
    """Without the other languages, none is asked in one that its paragraph is not in."""
    first, *others = reading.asked
    first = replace(first, forms={**first.forms, "en": "When did an engineer get off?"})
    two = replace(reading, asked=(first, *others))
    assert "When did an engineer get off?" in {each.question for each in drawn(two)}
    one = {each.question for each in drawn(two, Part.LANGUAGES)}
    assert not any("engineer" in each for each in one)
    assert any("ingeniero" in each for each in one)


def test_what_stands_before_a_passage_is_read_with_it(reading: Reading) -> None:
    """Of a share of them: whole words of the text up to the passage, and nothing of pairs."""
    text = " ".join([FIRST, SECOND] * 4)
    at = text.rindex("1914")
    asked = Asked("4", {"es": "¿Cuándo se terminó el puente?"}, 0, (range(at, at + 4),))
    paragraph = replace(reading.paragraphs[0], text=text, sentences=articles.bounds(text))
    found = drawn(replace(reading, paragraphs=(paragraph,), asked=(asked,)), Part.NOISE)
    after = [each for each in found if each.before]
    assert 0.2 < len(after) / sum(each.exact for each in found) < 0.4
    for each in after:
        assert f" {each.before} {each.passage}" in f" {text}"
        assert len(each.before) <= CONTEXTS[1]
    assert all(each.exact for each in after)


def test_nothing_is_damaged_without_noise(reading: Reading) -> None:
    """Without noise, each passage stands in the text it was cut from, and so does each question."""
    known = " ".join([FIRST, SECOND, *(pair.sentence for pair in reading.pairs)])
    whole = [each for each in drawn(reading, Part.NOISE) if each.exact and each.answers]
    assert whole
    assert all(each.passage in known for each in whole)
    wordings = {each.forms["es"] for each in reading.asked}
    assert {each.question for each in whole} <= wordings
    noisy = [each for each in drawn(reading) if each.exact and each.answers]
    assert any(each.passage not in known for each in noisy)
    assert not {each.question for each in noisy} <= wordings


def test_nothing_misleads_but_what_the_data_ask_so(reading: Reading) -> None:
    """Without what misleads, only SQuAD 2.0's own questions and pairs have no answer."""

    def unanswered(found: list[Example]) -> int:
        return sum(not each.answers and each.exact for each in found)

    own = sum(not each.answers for each in reading.asked) * 40
    left = drawn(reading, Part.MISLEADING)
    assert unanswered(left) == own < unanswered(drawn(reading))
    assert any(not each.answers and not each.exact for each in left)


def test_made_up_books_are_asked_in_every_language(reading: Reading) -> None:
    """Beside what misleads where nothing answers; without them, nothing else is drawn otherwise."""
    answered = articles.asked("4", "¿Quién medía?", 0, "un ingeniero")
    answered = replace(answered, forms={**answered.forms, "de": "Wer maß?", "ru": "Кто мерил?"})
    place = SECOND.index("tifus")
    near = articles.asked("5", "¿Cuándo murió ella?", 1, None)
    near = replace(near, beside=range(place, place + 5))
    when = articles.asked("6", "¿Cuándo murió el ingeniero?", 1, "el invierno anterior")
    more = replace(reading, written=(answered, near, when))
    found = drawn(more)
    assert {"Wer maß?", "Кто мерил?", "¿Quién medía?"} <= {each.question for each in found}
    misled = {each.passage for each in drawn(more, Part.NOISE) if "ella" in each.question}
    assert len(misled) > 1
    assert all("tifus" in each for each in misled)
    assert drawn(more, Part.WRITTEN) == drawn(reading)
    about = replace(reading, further=more.written)
    assert "Кто мерил?" in {each.question for each in drawn(about)}
    assert drawn(about, Part.FURTHER) == drawn(reading)


def test_no_beginning_betrays_what_is_not_answered(reading: Reading) -> None:
    """Of three that begin as one that is answered, one is asked; of a beginning alone, none."""
    when = articles.asked("4", "¿Cuándo bajó el ingeniero?", 0, "abril de 1912")
    others = [articles.asked(str(at), f"¿Cuándo bajó el {at}?", 0, None) for at in (5, 6, 7)]
    alone = articles.asked("8", "¿Cuántos años tenía?", 0, None)
    more = replace(reading, written=(when, *others, alone))
    wordings = {each.forms["es"] for each in (*others, alone)}
    asked = [
        [each.question for each in found if each.question in wordings]
        for found in islice(examples(more, 1, [Part.NOISE]), 40)
    ]
    assert {len(each) for each in asked} == {2}  # a made-up book is asked twice
    assert {each for some in asked for each in some} == {each.forms["es"] for each in others}


def test_the_english_pairs_are_left_out(reading: Reading) -> None:
    """Without them only questions with marked words, or none, are read; with all out, no more."""
    assert {each.exact for each in drawn(reading)} == {True, False}
    assert {each.exact for each in drawn(reading, Part.ENGLISH)} == {True}
    assert len(drawn(reading, *Part)) == len(reading.asked) * 40
