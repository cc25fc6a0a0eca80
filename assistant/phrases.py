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
        "perhaps": "Quizá {}",
        "understood": "Entendido como: {words}",
        "as_it_stands": "preguntarlo tal cual",
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
    },
    "en": {
        "nearest": "The book speaks of this, but may not say it. The nearest passages:",
        "not_in_text": "Not in the text.",
        "searched": "Searched: {books}.",
        "closest": "The nearest that was found:",
        "note": "Note {number}:",
        "inferred": "inferred page",
        "perhaps": "Perhaps {}",
        "understood": "Understood as: {words}",
        "as_it_stands": "ask it as it stands",
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
    },
}


def interface_for(question: str) -> tuple[str, Interface]:
    """Return the language of a question (ISO 639-1), and that in which to speak of it."""
    language = language_of(question)
    return language, interface_in(language)


def interface_in(language: str) -> Interface:
    """Return the language, of the two, in which to speak of what is in ``language``."""
    return "es" if language in _NEAR_SPANISH else "en"
