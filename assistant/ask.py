"""Assistant: a question in, an answer out; the one door through which all answers leave."""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.answer import Answer
from assistant.confidence import certainty, combined, judge
from assistant.conversation import Conversation, Understood, checked_question, retrieve
from assistant.extract import extract_quotes
from assistant.listing import Listing, list_mentions
from assistant.phrases import interface_for
from assistant.pointing import LIKELY, READ, Pointed, point, reordered, short_answer
from assistant.quotes import Quote
from assistant.reader import bundled_reader
from assistant.settings import Settings
from index.book import Book, Span
from index.errors import PlaceError, QuoteError
from index.search import Found, Hit, Index

HITS = 10  # that an answer is made of


class Assistant:
    """Answers questions from one index; open it with :meth:`open`, share it between threads.

    ``reads`` tells whether the reader reads what is found; who measures may change it. When the
    index changes on disk, the next question is asked of the new one.
    """

    def __init__(self, index: Index, *, reads: bool = True) -> None:
        self.index = index
        self.reads = reads

    @classmethod
    def open(cls, index: str | Path | None = None) -> Assistant:
        """Open the index in the folder ``index``, or in the folder of the settings.

        Raises :class:`IndexMissing`, :class:`IndexDamaged` or :class:`IndexVersion`.
        """
        settings = Settings()
        return cls(Index.open(index or settings.index), reads=settings.reader)

    def ask(self, question: str) -> Answer:
        """Answer ``question``, which stands alone, with quotes of the books.

        Raises :class:`QuestionError` where the question is empty or too long, and
        :class:`QuoteError` where a quote is no longer what the library holds.
        """
        return self.answer(Understood(question))

    def converse(self, books: Collection[str] | None = None) -> Conversation:
        """Begin a conversation, in which a question may lean on those before it.

        Only ``books`` are asked, by their ids; all where that is ``None``.
        """
        return Conversation(self, books=books)

    def answer(self, asked: Understood) -> Answer:
        """Answer a question as it was understood; raises what :meth:`ask` raises."""
        return self.answered(asked)[0]

    def answered(self, asked: Understood) -> tuple[Answer, Found]:
        """Answer like :meth:`answer`; with the :data:`HITS` hits that the answer was made of."""
        question = checked_question(asked.question)
        began = time.perf_counter()
        index = self.current()
        language, interface = interface_for(question)
        found, pointed, reading = self._read(index, replace(asked, question=question))
        retrieved = time.perf_counter()
        quotes = extract_quotes(index, found)
        sure = certainty(found, index.manifest)
        confidence = judge(found, sure, pointed)
        answered = confidence == "answered"
        short = short_answer(found, pointed, quotes) if answered else ()
        for quote in (*quotes, *short):
            self._check(quote)
        answer = Answer(
            question=question,
            language=language,
            interface=interface,
            confidence=confidence,
            certainty=combined(found, sure, pointed),
            quotes=quotes if answered else (),
            nearest=() if answered else quotes,
            searched=tuple(
                book for book in index.books if asked.books is None or book.book_id in asked.books
            ),
            index=index.fingerprint,
            timings_ms={
                "retrieve": round(1000 * (retrieved - began)),
                "read": round(1000 * reading),
                "answer": round(1000 * (time.perf_counter() - retrieved)),
            },
            understood=asked.words,
            short=short[0] if short else None,
            short_beside=short[1:],
            short_likely=bool(short) and short[0].score >= LIKELY,
            hurried=asked.hurried and self._would_read(asked),
        )
        return answer, found

    def found(self, asked: Understood, count: int = HITS) -> Found:
        """Return the ``count`` hits behind the answer to a question as it was understood."""
        found, _, _ = self._read(self.current(), asked, count)
        return found

    def _read(
        self, index: Index, asked: Understood, count: int = HITS
    ) -> tuple[Found, tuple[Pointed, ...], float]:
        """Find hits and read the first of them; with the seconds that reading took."""
        reads = self._would_read(asked) and not asked.hurried
        reader = bundled_reader() if reads else None
        if reader is None:
            return retrieve(index, asked, count), (), 0.0
        found = retrieve(index, asked, max(count, READ))
        began = time.perf_counter()
        pointed = point(reader, index, asked.question, found.hits)
        found = reordered(found, pointed)
        seconds = time.perf_counter() - began
        return replace(found, hits=found.hits[:count]), pointed, seconds

    def _would_read(self, asked: Understood) -> bool:
        """Tell whether the reader is for this: it knows nothing of questions asked before."""
        return self.reads and not asked.readings

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """Return the ``k`` passages that fit ``question`` best, the best first."""
        return list(self.find(question, k).hits)

    def find(self, question: str, k: int = 10) -> Found:
        """Return what :meth:`search` finds, with what the confidence is judged by."""
        return self.found(Understood(checked_question(question)), k)

    def mentions(self, name: str, books: Iterable[Book] | None = None) -> Listing:
        """Return every mention of ``name``, in page order, and how complete that is.

        In ``books``, or in all. Raises :class:`QuestionError` where the name is empty, too long
        or has no letter, and :class:`QuoteError` where the library changed meanwhile.
        """
        index = self.current()
        found = index.mentions(checked_question(name), books)
        listing = list_mentions(index, found)
        for _, listed in itertools.groupby(
            sorted(listing.all, key=lambda each: each.quote.book.book_id),
            key=lambda each: each.quote.book.book_id,
        ):
            self._check_all([each.quote for each in listed])
        return listing

    def quote(self, book_id: str, start: int, end: int) -> Quote:
        """Return the quote of a stretch that was shown before, checked like those of an answer.

        Raises :class:`PlaceError` where the book is gone, and :class:`QuoteError`.
        """
        book = next((each for each in self.current().books if each.book_id == book_id), None)
        if book is None:
            raise PlaceError("that quotation is of a book that is not open; ask again")
        quote = Quote(book, start, end)
        self._check(quote)
        return quote

    def current(self) -> Index:
        """Return the index, opened anew where books were added or removed since.

        The old one is left to the answers that still hold it.
        """
        if not self.index.is_answering():
            self.index = Index.open(self.index.folder)
        return self.index

    def _check(self, quote: Quote) -> None:
        """Compare a quote with the library on disk, the last thing before it is served."""
        self._check_all([quote])

    def _check_all(self, quotes: Sequence[Quote]) -> None:
        """Compare quotes of one book with the library on disk, which is read once."""
        first = min(quote.start for quote in quotes)
        stored = self.index.stored(
            quotes[0].book, [Span(first, max(quote.end for quote in quotes))]
        )
        for quote in quotes:
            if "".join(stored[a - first : b - first] for a, b in quote.spans) != quote.raw:
                raise QuoteError(
                    f"{quote.book.metadata.title}: the library changed under a quotation; ask again"
                )
