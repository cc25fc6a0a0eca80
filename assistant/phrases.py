"""What Apostilla says in its own words, in Spanish and English."""

from __future__ import annotations

from typing import Literal

from index.language import language_of

Interface = Literal["es", "en"]

# A question in one of these gets the Spanish interface: the nearest of the two, and what a short
# Spanish question is most often taken for.
_NEAR_SPANISH = ("es", "pt", "it")

PHRASES: dict[Interface, dict[str, str]] = {
    "es": {
        "nearest": "El libro habla de esto, pero puede que no lo diga. Los pasajes más cercanos:",
        "not_in_text": "No está en el texto.",
        "searched": "Se buscó en: {books}.",
        "closest": "Lo más cercano que se encontró:",
        "note": "Nota {number}:",
        "inferred": "página deducida",
        "understood": "Entendido como: {words}",
        "as_it_stands": "preguntarlo tal cual",
        "library": "Biblioteca: se pregunta a los libros marcados",
        "library_book": "{title} (páginas: {pages}, notas: {notes}, pasajes: {passages})",
        "library_none": "ningún libro está marcado; marca en la biblioteca al menos uno",
        "copy": "copiar con su cita",
        "copied": "Copiado.",
        "not_copied": "El navegador no deja copiar.",
        "exported": "Conversación con Apostilla, {date}",
        "bibliography": "Bibliografía",
        "lost_quote": "Ya no está en la biblioteca: {citation}",
        "open": "«",
        "close": "»",
        "named": "{count} menciones de «{name}» en {book}",
        "named_once": "1 mención de «{name}» en {book}",
        "by_last_word": "Solo «{word}», que puede ser de otro:",
        "not_named": "«{name}» no se menciona.",
        "forms": "Formas: {forms}.",
        "left_out": "Se parecen, pero no se contaron: {forms}.",
        "nearest_forms": "Las formas más cercanas que hay: {forms}.",
        "named_in": "Se buscó en todos los títulos, párrafos y notas de {books}.",
        "named_searched": "{book}, {pages} páginas y {notes} notas",
        "named_lost": "No pueden encontrarse las palabras que el escaneo perdió o dejó "
        "irreconocibles, ni los pasajes que hablan de lo mismo con otro nombre.",
        "how_exact": "tal cual",
        "how_inflected": "en otro número o caso",
        "how_spelling": "otra grafía",
        "how_damaged": "dañada por el escaneo",
        "why_small": "en minúscula",
        "why_word": "otra palabra",
        "why_frequent": "más frecuente que el nombre",
        "why_short": "demasiado corta para saberlo",
        "why_unlike": "un escaneo no lo explica",
        "why_related": "otra terminación",
        "page_question": "Pregunta",
        "page_placeholder": "Pregunta algo al libro",
        "page_ask": "Preguntar",
        "page_conversation": "Conversación",
        "page_previous": "← Anterior",
        "page_next": "Siguiente →",
        "page_place": "Ir a una página o nota",
        "page_example": "p. 8 o n. 11",
        "printed": "número impreso",
        "declared": "número que declara el archivo",
        "inferred_label": "número deducido, no impreso",
        "file_page": "página {number} del archivo, sin número",
    },
    "en": {
        "nearest": "The book speaks of this, but may not say it. The nearest passages:",
        "not_in_text": "Not in the text.",
        "searched": "Searched: {books}.",
        "closest": "The nearest that was found:",
        "note": "Note {number}:",
        "inferred": "inferred page",
        "understood": "Understood as: {words}",
        "as_it_stands": "ask it as it stands",
        "library": "Library: the ticked books are asked",
        "library_book": "{title} (pages: {pages}, notes: {notes}, passages: {passages})",
        "library_none": "no book is ticked; tick at least one in the library",
        "copy": "copy with its citation",
        "copied": "Copied.",
        "not_copied": "The browser does not let it be copied.",
        "exported": "A conversation with Apostilla, {date}",
        "bibliography": "Bibliography",
        "lost_quote": "No longer in the library: {citation}",
        "open": "“",
        "close": "”",
        "named": "{count} mentions of “{name}” in {book}",
        "named_once": "1 mention of “{name}” in {book}",
        "by_last_word": "“{word}” alone, which may be another's:",
        "not_named": "“{name}” is not mentioned.",
        "forms": "Forms: {forms}.",
        "left_out": "Alike, but not counted: {forms}.",
        "nearest_forms": "The nearest forms there are: {forms}.",
        "named_in": "Searched: all headings, paragraphs and notes of {books}.",
        "named_searched": "{book}, {pages} pages and {notes} notes",
        "named_lost": "Words that the scan lost or left beyond recognition cannot be found, nor "
        "passages that speak of the same by another name.",
        "how_exact": "as asked",
        "how_inflected": "another number or case",
        "how_spelling": "another spelling",
        "how_damaged": "damaged by the scan",
        "why_small": "written small",
        "why_word": "another word",
        "why_frequent": "more frequent than the name",
        "why_short": "too short to tell",
        "why_unlike": "no scan explains it",
        "why_related": "another ending",
        "page_question": "Question",
        "page_placeholder": "Ask the book something",
        "page_ask": "Ask",
        "page_conversation": "Conversation",
        "page_previous": "← Previous",
        "page_next": "Next →",
        "page_place": "Go to a page or note",
        "page_example": "p. 8 or n. 11",
        "printed": "printed number",
        "declared": "number declared by the file",
        "inferred_label": "number inferred, not printed",
        "file_page": "page {number} of the file, unnumbered",
    },
}


def interface_for(question: str) -> tuple[str, Interface]:
    """Return the language of a question (ISO 639-1), and that in which to speak of it."""
    language = language_of(question)
    return language, interface_in(language)


def interface_in(language: str) -> Interface:
    """Return the language, of the two, in which to speak of what is in ``language``."""
    return "es" if language in _NEAR_SPANISH else "en"
