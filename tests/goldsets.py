"""A book of three pages and a gold set about it, small enough to be seen whole."""

from __future__ import annotations

import copy
import json
from pathlib import Path

BOOK = """\
El farero subió la escalera con el cubo lleno de
aceite y contó los peldaños,1 como todas las tardes,
para no pensar en el viento que venía del norte.
Arriba limpió los cristales con un paño de lino y
encendió la mecha antes de que cayera la noche. La
barca del correo llevaba dos semanas sin aparecer y
en la despensa quedaban harina, sal y tres quesos.
A medianoche oyeron una campana bajo la lluvia, muy

1. Eran ciento doce, según el cuaderno de su padre.

7

lejos, y después solamente el golpe de las olas en
las piedras del muelle viejo. Nadie durmió aquella
noche; al alba bajaron los dos a mirar la playa y
encontraron un remo, una gorra y un baúl cerrado.
Lo subieron entre los dos por el sendero de cabras
y lo dejaron en la cocina, al lado de la lumbre.2

2. La cocina daba al oeste y era el único cuarto seco.

8

Pasaron cinco días más. Al sexto llegó por fin una
barca con tres hombres que preguntaron por el baúl
sin dar las buenas tardes. La hermana dijo que allí
no había más que cartas viejas y pan duro, y los
hombres se marcharon mirando hacia atrás.

9
"""

Line = dict[str, object]

QUESTION: Line = {
    "id": "q1",
    "question": "¿Con qué limpió los cristales?",
    "lang": "es",
    "kind": "fact",
    "difficulty": "plain",
    "evidence": [{"page": 7, "note": None, "anchor": "un paño de lino"}],
    "must_include": [["lino"]],
}
FROM_NOTE: Line = {
    "id": "q2",
    "question": "How many steps were there?",
    "lang": "en",
    "kind": "number",
    "difficulty": "hard",
    "evidence": [{"page": "7", "note": "1", "anchor": "Eran ciento doce"}],
}
UNANSWERABLE: Line = {
    "id": "n1",
    "question": "¿Cómo se llamaba el farero?",
    "lang": "es",
    "kind": "near",
    "why": "No se dice.",
}
CONVERSATION: Line = {
    "id": "k1",
    "lang": "es",
    "turns": [
        {
            "question": "¿Quiénes preguntaron por el baúl?",
            "evidence": [{"page": 9, "note": None, "anchor": "tres hombres"}],
        },
        {
            "question": "¿Y qué les dijo ella?",
            "written_out": "¿Qué les dijo la hermana del farero a los hombres de la barca?",
            "evidence": [{"page": 9, "note": None, "anchor": "cartas viejas y pan duro"}],
        },
    ],
}


def write_gold(
    folder: Path,
    questions: list[Line] | None = None,
    *,
    unanswerable: list[Line] | None = None,
    conversations: list[Line] | None = None,
    book: str = "",
) -> Path:
    """Write a gold set, and its book beside it; what is not given is as above, in one line each."""
    held = {
        "questions": [QUESTION, FROM_NOTE] if questions is None else questions,
        "unanswerable": [UNANSWERABLE] if unanswerable is None else unanswerable,
        "conversations": [CONVERSATION] if conversations is None else conversations,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "faro.txt").write_text(BOOK, encoding="utf-8")
    for name, lines in held.items():
        text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    (folder / "book.toml").write_text(book or 'file = "../faro.txt"\n', encoding="utf-8")
    return folder


def with_evidence(page: object, note: object, anchor: str) -> Line:
    """Return the first question with other evidence."""
    line = copy.deepcopy(QUESTION)
    line["evidence"] = [{"page": page, "note": note, "anchor": anchor}]
    return line
