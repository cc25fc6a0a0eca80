"""What the chat's page says itself, in Spanish and English; what answers say is in phrases.py.

Widgets have their words by Gradio's own translation, by the browser's language; what is made on
the server takes them from here, in the language that :func:`interface_of` finds.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

import gradio as gr

from assistant.conversation import QUESTION_LENGTH
from assistant.phrases import Interface
from index.errors import ApostillaError, Busy

COOKIE = "apostilla_language"  # set by first.js where a reader chooses a language

WORDS: dict[Interface, dict[str, str]] = {
    "es": {
        # The conversation.
        "room_ask": "Preguntar",
        "welcome": "¿Qué quieres saber de tus libros?",
        "question": "Pregunta",
        "placeholder": "Pregunta algo a los libros",
        "ask": "Preguntar",
        "stop": "Detener",
        "new": "Nueva conversación",
        "conversation": "Conversación",
        "looking": "Buscando en los libros…",
        "looking_after": "Otros preguntaron antes ({count}); en cuanto te toque se busca…",
        "hurried": "Preguntan muchos: se contestó deprisa, sin leer los pasajes para dar una "
        "respuesta corta. Pregunta otra vez cuando haya calma.",
        "stopped": "Se detuvo la búsqueda.",
        "again": "preguntar otra vez",
        "edit": "cambiar la pregunta",
        "link": "enlace",
        "link_copied": "Enlace copiado.",
        "empty": "No hay pregunta; escribe una.",
        "too_long": "La pregunta tiene {length} caracteres; pregunta con {limit} como máximo.",
        "failed": "No se pudo: {error}",
        "busy": "Ahora preguntan muchos; pregunta otra vez en un momento.",
        "is_right": "está bien",
        "is_wrong_page": "la página no es esa",
        "is_wrong_quote": "la cita no es esa",
        "is_missing": "falta algo",
        "thanks": "Anotado: «{verdict}». Gracias.",
        "sure_answered": "Contestado con las palabras del libro.",
        "sure_nearest": "No es seguro que lo diga: son los pasajes más cercanos.",
        "sure_not_in_text": "El texto no trata de esto.",
        "copy": "copiar con su cita",
        "copied": "Copiado.",
        "not_copied": "El navegador no deja copiar.",
        "as_printed": "como está impreso",
        "why": "por qué este pasaje",
        "why_scores": "Lo que suma cada manera de buscar; 0 es el pasaje corriente.",
        "why_sure": "El mejor pasaje queda a {sure} desviaciones de las preguntas ajenas al libro.",
        "why_chance": "La probabilidad de que el primer pasaje responda es del {chance} %.",
        "leg_tokens": "palabra por palabra, por su sentido",
        "leg_sentences": "la frase que más se acerca",
        "leg_passages": "el pasaje entero, por su sentido",
        "leg_stems": "las mismas palabras",
        "leg_letters": "las mismas letras",
        "leg_caller": "el pasaje que llama a la nota",
        "leg_reader": "el lector: si el pasaje responde",
        "library_none": "ningún libro está marcado; marca en la biblioteca al menos uno",
        # The page.
        "page_previous": "← Anterior",
        "page_next": "Siguiente →",
        "page_place": "Ir a una página o nota",
        "page_example": "p. 8 o n. 11",
        "page_close": "Cerrar la página",
        "page_text": "ver el texto",
        "page_image": "ver la imagen",
        "page_notes": "Notas de esta página",
        "printed": "número impreso",
        "declared": "número que declara el archivo",
        "inferred": "número deducido, no impreso",
        "file_page": "página {number} del archivo, sin número",
        "no_page": "{title}: no hay p. {label}; van de la p. {first} a la p. {last}.",
        "no_labels": "{title}: sus páginas no tienen número.",
        "no_note": "{title}: no hay n. {number}; van de la n. {first} a la n. {last}.",
        "no_notes": "{title}: no tiene notas.",
        "no_place": "{words} no es un lugar; escribe una página como «p. 38» o una nota «n. 46».",
        # Every mention.
        "room_find": "Menciones",
        "find_name": "Nombre de una persona, un lugar o un término",
        "find_example": "un nombre, como lo escribirías tú",
        "find": "Buscar",
        "find_where": "dónde está en el libro; en notas, a media altura",
        "find_forms": "qué se contó y qué no",
        # The conversations that are kept.
        "room_kept": "Conversaciones",
        "kept": "Conversaciones guardadas",
        "kept_none": "Todavía no hay ninguna.",
        "kept_which": "Elige antes una conversación.",
        "kept_open": "Abrir",
        "kept_name": "Nombre",
        "kept_rename": "Cambiar el nombre",
        "kept_delete": "Borrar…",
        "kept_sure": "Sí, borrarla",
        "kept_not": "No, dejarla",
        "kept_renamed": "Ahora se llama «{title}».",
        "kept_deleted": "Se borró «{title}».",
        "keep": "Guardar mis conversaciones en este ordenador",
        "kept_here": "Solo en la carpeta de Apostilla de este ordenador; nada sale de él.",
        "take_md": "Llevarse en Markdown",
        "take_docx": "Llevarse en DOCX",
        "take_json": "Llevarse en JSON",
        "take_nothing": "La conversación está vacía; pregunta algo primero.",
        "take_here": "Descargar {name}",
        # The library.
        "room_library": "Biblioteca",
        "library": "Se pregunta a los libros marcados",
        "library_book": "{title} ({pages} págs., {notes} notas)",
        "library_choose": "Ver y corregir un libro",
        "library_title": "Título",
        "library_author": "Autor",
        "library_year": "Año",
        "library_save": "Guardar",
        "library_saved": "Guardado: las citas lo siguen.",
        "library_remove": "Quitar el libro…",
        "library_sure": "Sí, quitarlo",
        "library_keep": "No, dejarlo",
        "library_removed": "Se quitó {title}.",
        "library_add": "Añadir libros",
        "library_adds": "PDF, EPUB, HTML, DOCX, Markdown, texto o imágenes; hasta {count} archivos "
        "de {size} MB.",
        "library_added": "Añadido: {title} ({pages} págs., {notes} notas, {passages} pasajes).",
        "library_had": "{title} ya estaba en la biblioteca.",
        "library_not_added": "{name}: {why}",
        "library_busy": "Ya se está añadiendo o cambiando un libro; espera a que acabe.",
        "library_too_many": "Son {count} archivos; añade {limit} como máximo a la vez.",
        "library_too_large": "tiene {size} MB; el límite son {limit}",
        "library_not_a_book": "su contenido no es PDF, EPUB, HTML, DOCX, texto ni imagen",
        "stage_read": "Leyendo: libro {done} de {total}",
        "stage_ocr": "Reconociendo la página {done} de {total}",
        "stage_embed": "Indexando el pasaje {done} de {total}",
        "stage_check": "Comprobando el índice",
        "about_pages": "Páginas",
        "about_pages_said": "{count}, {labels} ({origins})",
        "about_unlabelled": "sin números",
        "about_notes": "Notas",
        "about_notes_said": "{count}; {linked} enlazadas con su llamada",
        "about_language": "Lengua",
        "about_passages": "Pasajes",
        "about_file": "Archivo",
        "about_warnings": "Avisos",
        "warn_unlinked": "notas cuya llamada no se encontró: {notes}",
        "warn_unresolved": "{count} llamadas sin nota",
        "warn_replaced": "{count} bytes que no eran de su codificación ({encoding})",
        "warn_doubtful": "{count} palabras de las que el reconocimiento duda",
        "origin_printed": "{count} impresas",
        "origin_declared": "{count} declaradas por el archivo",
        "origin_inferred": "{count} deducidas",
        "origin_none": "{count} sin número",
    },
    "en": {
        "room_ask": "Ask",
        "welcome": "What would you like to know of your books?",
        "question": "Question",
        "placeholder": "Ask the books something",
        "ask": "Ask",
        "stop": "Stop",
        "new": "New conversation",
        "conversation": "Conversation",
        "looking": "Looking in the books…",
        "looking_after": "Others asked before ({count}); it is looked for when your turn comes…",
        "hurried": "Many are asking: this was answered in a hurry, without reading the passages "
        "for a short answer. Ask again when it is quieter.",
        "stopped": "The search was stopped.",
        "again": "ask again",
        "edit": "change the question",
        "link": "link",
        "link_copied": "Link copied.",
        "empty": "There is no question; write one.",
        "too_long": "The question has {length} characters; ask in at most {limit}.",
        "failed": "That did not work: {error}",
        "busy": "Many are asking just now; ask again in a moment.",
        "is_right": "right",
        "is_wrong_page": "wrong page",
        "is_wrong_quote": "wrong quotation",
        "is_missing": "something is missing",
        "thanks": "Noted: “{verdict}”. Thank you.",
        "sure_answered": "Answered in the book's own words.",
        "sure_nearest": "It may not say so: these are the nearest passages.",
        "sure_not_in_text": "The text does not speak of this.",
        "copy": "copy with its citation",
        "copied": "Copied.",
        "not_copied": "The browser does not let it be copied.",
        "as_printed": "as printed",
        "why": "why this passage",
        "why_scores": "What each way of searching adds; 0 is the ordinary passage.",
        "why_sure": "The best passage is {sure} deviations above questions about something else.",
        "why_chance": "The chance that the first passage answers is {chance} %.",
        "leg_tokens": "word by word, by meaning",
        "leg_sentences": "the sentence that comes nearest",
        "leg_passages": "the whole passage, by meaning",
        "leg_stems": "the same words",
        "leg_letters": "the same letters",
        "leg_caller": "the passage that calls the note",
        "leg_reader": "the reader: whether the passage answers",
        "library_none": "no book is ticked; tick at least one in the library",
        "page_previous": "← Previous",
        "page_next": "Next →",
        "page_place": "Go to a page or note",
        "page_example": "p. 8 or n. 11",
        "page_close": "Close the page",
        "page_text": "see the text",
        "page_image": "see the picture",
        "page_notes": "Notes of this page",
        "printed": "printed number",
        "declared": "number declared by the file",
        "inferred": "number inferred, not printed",
        "file_page": "page {number} of the file, unnumbered",
        "no_page": "{title}: there is no p. {label}; it has pp. {first} to {last}.",
        "no_labels": "{title}: its pages have no numbers.",
        "no_note": "{title}: there is no n. {number}; it has n. {first} to n. {last}.",
        "no_notes": "{title}: it has no notes.",
        "no_place": "{words} names no place; write a page as “p. 38”, a note as “n. 46”.",
        "room_find": "Mentions",
        "find_name": "Name of a person, a place or a term",
        "find_example": "a name, as you would write it",
        "find": "Find",
        "find_where": "where in the book; in notes, at half height",
        "find_forms": "what was counted and what was not",
        "room_kept": "Conversations",
        "kept": "Conversations that are kept",
        "kept_none": "There are none yet.",
        "kept_which": "Choose a conversation first.",
        "kept_open": "Open",
        "kept_name": "Name",
        "kept_rename": "Rename",
        "kept_delete": "Delete…",
        "kept_sure": "Yes, delete it",
        "kept_not": "No, keep it",
        "kept_renamed": "It is called “{title}” now.",
        "kept_deleted": "“{title}” was deleted.",
        "keep": "Keep my conversations on this computer",
        "kept_here": "Only in Apostilla's folder on this computer; nothing leaves it.",
        "take_md": "Take away as Markdown",
        "take_docx": "Take away as DOCX",
        "take_json": "Take away as JSON",
        "take_nothing": "The conversation is empty; ask something first.",
        "take_here": "Download {name}",
        "room_library": "Library",
        "library": "The ticked books are asked",
        "library_book": "{title} ({pages} pp., {notes} notes)",
        "library_choose": "See and correct a book",
        "library_title": "Title",
        "library_author": "Author",
        "library_year": "Year",
        "library_save": "Save",
        "library_saved": "Saved: citations follow.",
        "library_remove": "Remove the book…",
        "library_sure": "Yes, remove it",
        "library_keep": "No, keep it",
        "library_removed": "{title} was removed.",
        "library_add": "Add books",
        "library_adds": "PDF, EPUB, HTML, DOCX, Markdown, text or pictures; up to {count} files of "
        "{size} MB.",
        "library_added": "Added: {title} ({pages} pp., {notes} notes, {passages} passages).",
        "library_had": "{title} was in the library already.",
        "library_not_added": "{name}: {why}",
        "library_busy": "A book is being added or changed; wait until that is done.",
        "library_too_many": "These are {count} files; add at most {limit} at once.",
        "library_too_large": "it has {size} MB; the limit is {limit}",
        "library_not_a_book": "what is in it is no PDF, EPUB, HTML, DOCX, text or picture",
        "stage_read": "Reading: book {done} of {total}",
        "stage_ocr": "Recognising page {done} of {total}",
        "stage_embed": "Indexing passage {done} of {total}",
        "stage_check": "Checking the index",
        "about_pages": "Pages",
        "about_pages_said": "{count}, {labels} ({origins})",
        "about_unlabelled": "without numbers",
        "about_notes": "Notes",
        "about_notes_said": "{count}; {linked} linked to their markers",
        "about_language": "Language",
        "about_passages": "Passages",
        "about_file": "File",
        "about_warnings": "Warnings",
        "warn_unlinked": "notes whose marker was not found: {notes}",
        "warn_unresolved": "{count} markers without a note",
        "warn_replaced": "{count} bytes that did not fit its encoding ({encoding})",
        "warn_doubtful": "{count} words that the recognition doubts",
        "origin_printed": "{count} printed",
        "origin_declared": "{count} declared by the file",
        "origin_inferred": "{count} inferred",
        "origin_none": "{count} without a number",
    },
}


def translations() -> gr.I18n:
    """Return the widgets' words, for Gradio to choose from by the browser's language."""
    return gr.I18n(**WORDS)


def interface_of(request: gr.Request) -> Interface:
    """Return the language that a reader chose, else the first of ours that the browser asks for."""
    headers = request.headers
    try:
        chosen = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        chosen = None
    asked = f"{chosen.value if chosen else ''},{headers.get('accept-language', '')}"
    for each in asked.split(","):
        match each.split(";")[0].strip().lower().split("-")[0]:
            case "es":
                return "es"
            case "en":
                return "en"
    return "en"


def said_of(error: ApostillaError, interface: Interface) -> str:
    """Say in the language of the reader what did not work."""
    words = WORDS[interface]
    return words["busy"] if isinstance(error, Busy) else words["failed"].format(error=error)


def checked(question: str, interface: Interface) -> str | None:
    """Say, where a question cannot be asked, why; ``None`` where it can."""
    if not question.strip():
        return WORDS[interface]["empty"]
    if len(question) > QUESTION_LENGTH:
        words = WORDS[interface]["too_long"]
        return words.format(length=f"{len(question):,}", limit=f"{QUESTION_LENGTH:,}")
    return None
