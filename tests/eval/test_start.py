"""A gold set of one's own: which passages are offered, and that what is kept can be found again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.gold import Evidence, GoldError, read_gold, read_gold_book
from eval.places import Words, locate, truth_of
from eval.start import add_question, begin, evidence_in, spread
from index.book import Metadata
from index.passages import cut
from index.read import read_book
from tests.conftest import CRONICA
from tests.goldsets import BOOK
from tests.tiny import book_of

FARO = book_of(BOOK)
PASSAGES = cut(FARO, tokens=60)
TRUTH = truth_of(FARO)
WORDS = Words(FARO, TRUTH)


def test_passages_are_spread_over_the_book() -> None:
    """So many passages, apart from each other, in the book's order; or all there are."""
    book = read_book(CRONICA)
    passages = cut(book)
    chosen = spread(book, passages, 10, None)
    places = [each.ordinal for each in chosen]
    assert len(chosen) == 10
    assert places == sorted(places)
    assert places[0] < 10
    assert places[-1] > len(passages) - 20
    assert len(spread(book, passages, 1_000, None)) == len(passages)


def test_a_page_offers_its_own_passages() -> None:
    """The passages that touch a page, by its printed label; a page without words is named."""
    chosen = spread(FARO, PASSAGES, 1, "8")
    assert chosen
    for passage in chosen:
        assert "8" in [page.label for page in FARO.pages_of(passage.spans)]
    with pytest.raises(GoldError, match="no words on a page '70'; name another page"):
        spread(FARO, PASSAGES, 1, "70")


@pytest.mark.parametrize(
    ("anchor", "page", "note"),
    [
        ("un paño de lino", "7", None),
        ("los peldaños, como todas", "7", None),
        ("bajo la lluvia, muy lejos", "7", None),
        ("golpe de las olas", "8", None),
        ("ciento doce", "7", "1"),
    ],
)
def test_evidence_is_where_the_words_stand(anchor: str, page: str, note: str | None) -> None:
    """The page is that of the words, also where the passage began on the one before."""
    found = [e for each in PASSAGES if (e := evidence_in(each, anchor, WORDS, TRUTH))]
    assert found == [Evidence(page=page, note=note, anchor=anchor)]


def test_words_from_elsewhere_are_no_evidence() -> None:
    """Words of another passage, of no passage, or none at all, are not in this one."""
    first, *_, last = PASSAGES
    assert evidence_in(last, "un paño de lino", WORDS, TRUTH) is None
    assert evidence_in(first, "una vela", WORDS, TRUTH) is None
    assert evidence_in(first, " …! ", WORDS, TRUTH) is None


def test_what_is_kept_is_gold_and_stands_there(tmp_path: Path) -> None:
    """Any word of any passage makes a question that reads back, and whose evidence is found."""
    file = tmp_path / 'El "faro"\x7f 😀.txt'
    file.write_text(BOOK, encoding="utf-8")
    book = read_book(file, Metadata('El «faro» "viejo"', "A. Autor", "1999"))
    folder = tmp_path / "gold" / "faro"
    begin(folder, file, book)
    kept = []
    for passage in PASSAGES:
        anchor = " ".join(passage.text.split()[-5:])
        evidence = evidence_in(passage, anchor, WORDS, TRUTH)
        assert evidence is not None
        kept.append(add_question(folder, f"¿Qué? {passage.ordinal}", evidence))
    gold = read_gold(folder)
    assert [each.id for each in gold.questions] == kept
    assert kept[:2] == ["q001", "q002"]
    assert locate(gold, book, truth_of(book)).problems == ()
    assert gold.book is not None
    assert (gold.book.title, gold.book.year) == ('El «faro» "viejo"', "1999")
    assert (folder / gold.book.file).resolve() == file.resolve()


def test_a_gold_set_is_gone_on_with(tmp_path: Path) -> None:
    """The next free id is taken, whatever file has the others; the same book may go on."""
    file = tmp_path / "faro.txt"
    file.write_text(BOOK, encoding="utf-8")
    folder = tmp_path / "gold"
    begin(folder, file, FARO)
    evidence = Evidence(page="7", anchor="lino")
    assert add_question(folder, "¿?", evidence) == "q001"
    no = {"id": "q002", "question": "¿Y?", "lang": "es", "kind": "near"}
    (folder / "unanswerable.jsonl").write_text(json.dumps(no), encoding="utf-8")
    begin(folder, file, FARO)
    assert add_question(folder, "¿?", evidence) == "q003"


def test_another_book_or_place_is_refused(tmp_path: Path) -> None:
    """The gold of one book is not gone on with from another, nor kept where nothing can be."""
    file, other = tmp_path / "faro.txt", tmp_path / "other.txt"
    file.write_text(BOOK, encoding="utf-8")
    other.write_text(BOOK + "\n", encoding="utf-8")
    begin(tmp_path / "gold", file, FARO)
    with pytest.raises(GoldError, match=r"gold of another file, .*faro\.txt; name another folder"):
        begin(tmp_path / "gold", other, FARO)
    told = read_gold_book(tmp_path / "gold")
    assert told is not None
    assert told.file == "../faro.txt"
    with pytest.raises(GoldError, match="no gold can be kept there"):
        begin(file / "gold", other, FARO)
