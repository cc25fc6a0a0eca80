"""The library: which books are asked; what is known of each; added, corrected and removed.

Words and values in, words and values out: the widgets are in ``layout.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from assistant.ask import Assistant
from assistant.chat.answer_html import as_markdown
from assistant.chat.examples import example_questions
from assistant.chat.panel import Pages
from assistant.chat.refusals import reason, said_of
from assistant.chat.uploads import FILES, LARGEST, Intake, Stage, Taken
from assistant.chat.words import WORDS, counted, interface_of, number
from assistant.phrases import Interface
from index.book import Book, Metadata
from index.change import relabel_book, remove_books
from index.errors import ApostillaError, QuestionError
from index.search import Index
from index.structure import DOUBTFUL

EXAMPLES = 3  # questions for each book
BOOKS = 3  # whose questions are shown

# What the library's widgets are given: what happened, which books are asked, which is looked at,
# and the example questions.
Changed = tuple[str, gr.CheckboxGroup, gr.Dropdown, str]
# What is known of a book, and its title, author and year.
About = tuple[str, str, str, str]


class Books:
    """The callbacks of the library."""

    def __init__(self, assistant: Assistant, pages: Pages, *, read_only: bool = False) -> None:
        self.assistant = assistant
        self.read_only = read_only
        self.pages = pages
        self.intake = Intake(assistant.index.folder)

    def start(self, request: gr.Request) -> Changed:
        """Show the books, each ticked, in the language of the reader."""
        held = shelf(self.assistant.current(), interface_of(request))
        every = [book_id for _, book_id in held]
        said = WORDS[interface_of(request)]["library_adds"]
        said = "" if self.read_only else said.format(count=FILES, size=LARGEST >> 20)
        return self._changed(said, every, every[0], request)

    def about(self, book_id: str | None, request: gr.Request) -> About:
        """Show what is known of a book."""
        index = self.assistant.current()
        book = next((each for each in index.books if each.book_id == book_id), index.books[0])
        html = about_html(index, book, interface_of(request))
        metadata = book.metadata
        return as_markdown(html), metadata.title, metadata.author or "", metadata.year or ""

    def save(
        self,
        book_id: str,
        title: str,
        author: str,
        year: str,
        ticked: list[str],
        request: gr.Request,
    ) -> Changed:
        """Give a book another title, author and year."""
        words = WORDS[interface_of(request)]
        metadata = Metadata(title.strip(), author.strip() or None, year.strip() or None)
        try:
            with self.intake.alone():
                relabel_book(self.intake.folder, book_id, metadata)
        except ApostillaError as error:
            return self._changed(_told(error, request), ticked, book_id, request)
        return self._changed(words["library_saved"], ticked, book_id, request)

    def remove(self, book_id: str, ticked: list[str], request: gr.Request) -> Changed:
        """Remove a book from the index, and the copy that was made of it."""
        books = {book.book_id: book for book in self.assistant.current().books}
        try:
            with self.intake.alone():
                remove_books(self.intake.folder, [book_id])
        except ApostillaError as error:
            return self._changed(_told(error, request), ticked, book_id, request)
        self.intake.drop(book_id)
        said = WORDS[interface_of(request)]["library_removed"]
        title = books[book_id].metadata.title
        return self._changed(said.format(title=title), ticked, None, request)

    def add(
        self, files: list[str] | None, ticked: list[str], looked: str, request: gr.Request
    ) -> Iterator[tuple[object, ...]]:
        """Add books; tell how far that is, and at last what became of each file."""
        words = WORDS[interface_of(request)]
        if not files or len(files) > FILES:
            said = words["library_too_many"].format(count=len(files or ()), limit=FILES)
            yield self._changed(said if files else "", ticked, looked, request)
            return
        before = {book.book_id for book in self.assistant.current().books}
        try:
            for each in self.intake.add([Path(file) for file in files]):
                if isinstance(each, Stage):
                    said = words[f"stage_{each.name}"].format(done=each.done, total=each.total)
                    yield _status(said), gr.skip(), gr.skip(), gr.skip()
                else:
                    lines = self._became(each, before, request)
                    new = [*ticked, *(book for book in each.added if book not in ticked)]
                    last = each.added[-1] if each.added else looked
                    yield self._changed("\n".join(lines), new, last, request)
        except ApostillaError as error:
            yield self._changed(_told(error, request), ticked, looked, request)

    def _became(self, taken: Taken, before: set[str], request: gr.Request) -> list[str]:
        """Say what became of each file."""
        interface, index = interface_of(request), self.assistant.current()
        words = WORDS[interface]
        books = {book.book_id: book for book in index.books}
        lines = []
        for book in (books[book_id] for book_id in taken.added):
            said = words["library_had" if book.book_id in before else "library_added"]
            lines.append(
                said.format(
                    title=book.metadata.title,
                    pages=counted("pages", len(book.pages), interface),
                    notes=counted("notes", len(book.notes), interface),
                    passages=counted("passages", len(index.passages_of(book)), interface),
                )
            )
        return lines + [
            words["library_not_added"].format(name=name, why=reason(why, interface))
            for name, why in taken.refused
        ]

    def _changed(
        self, said: str, ticked: Collection[str], looked: str | None, request: gr.Request
    ) -> Changed:
        """Return what the library shows now."""
        held = shelf(self.assistant.current(), interface_of(request))
        ids = [book_id for _, book_id in held]
        return (
            _status(said),
            gr.CheckboxGroup(choices=held, value=[each for each in ids if each in ticked]),
            gr.Dropdown(choices=held, value=looked if looked in ids else ids[0]),
            as_markdown(examples_html(self.assistant.current(), interface_of(request))),
        )


def shelf(index: Index, interface: Interface) -> list[tuple[str, str]]:
    """Return what is said of each book, in the order of the index, and its id."""
    phrase = WORDS[interface]["library_book"]
    return [
        (
            phrase.format(
                title=", ".join(filter(None, (book.metadata.author, book.metadata.title))),
                pages=counted("pages", len(book.pages), interface),
                notes=counted("notes", len(book.notes), interface),
            ),
            book.book_id,
        )
        for book in index.books
    ]


def examples_html(index: Index, interface: Interface) -> Markup:
    """Return questions to begin with, made from the books; app.js asks the one that is clicked."""
    questions = example_questions(index, EXAMPLES * min(BOOKS, len(index.books)))
    buttons = Markup(" ").join(
        Markup('<button class="example">{}</button>').format(question) for question in questions
    )
    return Markup('<div><p class="welcome">{}</p><p>{}</p></div>').format(
        WORDS[interface]["welcome"], buttons
    )


def chosen(index: Index, ticked: Collection[str], interface: Interface) -> frozenset[str] | None:
    """Return the ids of the books to ask, ``None`` for all; books that are gone are left out.

    Raises :class:`QuestionError` where none is ticked.
    """
    held = {book.book_id for book in index.books}
    if not held & set(ticked):
        raise QuestionError(WORDS[interface]["library_none"])
    return None if held <= set(ticked) else frozenset(held & set(ticked))


def about_html(index: Index, book: Book, interface: Interface) -> Markup:
    """Return what is known of a book: its pages, its notes, and what to be wary of."""
    words = WORDS[interface]
    labels = [page.label for page in book.pages if page.label is not None]
    known = Counter(page.label_from for page in book.pages)
    pages = words["about_pages_said"].format(
        count=number(len(book.pages), interface),
        labels=f"pp. {labels[0]}-{labels[-1]}" if labels else words["about_unlabelled"],
        origins=", ".join(
            counted(f"origin_{origin}", count, interface)
            for origin, count in sorted(known.items(), key=lambda each: -each[1])
        ),
    )
    linked = sum(bool(note.markers) for note in book.notes)
    notes = words["about_notes_said"].format(
        count=number(len(book.notes), interface), linked=counted("linked", linked, interface)
    )
    rows = [
        ("about_pages", pages),
        ("about_notes", notes),
        ("about_language", words[f"language_{book.language}"]),
        ("about_passages", number(len(index.passages_of(book)), interface)),
        ("about_file", Path(book.source).name),
        *(("about_warnings", warning) for warning in _warnings(book, interface)),
    ]
    return Markup('<dl class="about">{}</dl>').format(
        Markup("").join(
            Markup("<dt>{}</dt><dd>{}</dd>").format(words[name], said) for name, said in rows
        )
    )


def _warnings(book: Book, interface: Interface) -> list[str]:
    """Say what of a book was not read for sure."""
    words = WORDS[interface]
    unlinked = [note.number for note in book.notes if not note.markers]
    doubtful = sum(box.confidence is not None and box.confidence < DOUBTFUL for box in book.boxes)
    said = []
    if unlinked:
        more = "…" if len(unlinked) > 12 else ""
        said.append(words["warn_unlinked"].format(notes=", ".join(unlinked[:12]) + more))
    if book.unresolved:
        said.append(counted("warn_unresolved", len(book.unresolved), interface))
    if book.replaced:
        warning = counted("warn_replaced", book.replaced, interface)
        said.append(warning.format(encoding=book.encoding))
    if doubtful:
        said.append(counted("warn_doubtful", doubtful, interface))
    return said


def _status(said: str) -> str:
    lines = [Markup("<p>{}</p>").format(line) for line in said.split("\n") if line]
    return as_markdown(Markup('<div role="status">{}</div>').format(Markup("").join(lines)))


def _told(error: ApostillaError, request: gr.Request) -> str:
    return said_of(error, interface_of(request))
