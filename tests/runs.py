"""A small run, written by hand, for the tests of all that reads runs."""

from __future__ import annotations

from dataclasses import replace

from eval.record import Asked, Quoted, Run, Structure

RIGHT = Quoted("A. Autor, Libro, p. 7", "el faro ardía", ((10, 23),), True, True, True, True)
BESIDE = replace(RIGHT, text="llovía", spans=((90, 96),), holds_evidence=False)

QUESTION = Asked(
    id="q1",
    group="question",
    question="¿Qué ardía?",
    lang="es",
    kind="fact",
    difficulty="plain",
    from_notes=False,
    gains=(1, 0, 0),
    missed=0,
    page_rank=1,
    confidence="answered",
    certainty=0.9,
    quotes=(RIGHT, BESIDE),
    facts=(True,),
    repeatable=True,
    written_out=None,
    retrieve_ms=20,
    answer_ms=4,
    short=(True,),
)
# Answered, but beside the evidence, which only the third hit has.
WRONG = replace(
    QUESTION,
    id="q2",
    question="Who lit it?",
    lang="en",
    kind="person",
    difficulty="hard",
    gains=(0, 0, 1),
    missed=1,
    page_rank=3,
    certainty=0.6,
    quotes=(BESIDE,),
    facts=(False, False),
    short=(True, False),
    from_notes=True,
)
# Nothing found, and said so.
REFUSED = replace(
    QUESTION,
    id="q3",
    question="¿Cuándo?",
    difficulty="medium",
    gains=(0, 0, 0),
    missed=1,
    page_rank=0,
    confidence="not_in_text",
    certainty=0.1,
    quotes=(),
    facts=(False,),
    short=None,
)
NEAR = replace(
    QUESTION,
    id="n1",
    group="unanswerable",
    question="¿De qué color?",
    kind="near",
    difficulty="",
    gains=(0, 0),
    page_rank=0,
    certainty=0.5,
    facts=(),
    short=(),
    quotes=(BESIDE,),
)
OFF_TOPIC = replace(
    NEAR,
    id="n2",
    question="How is a cake baked?",
    lang="en",
    kind="off_topic",
    confidence="not_in_text",
    certainty=0.0,
    quotes=(),
    short=None,
)
FOLLOW_UP = replace(
    QUESTION,
    id="k1.2",
    group="follow_up",
    question="¿Y después?",
    kind="follow_up",
    difficulty="",
    gains=(0, 0, 0),
    missed=1,
    quotes=(BESIDE,),
    written_out=(1, 0, 0),
    facts=(False,),
    short=None,
)

RUN = Run(
    name="faro",
    date="2026-11-22",
    commit="0123abc",
    command="apostilla eval --gold faro",
    gold="faro",
    book="El faro",
    book_language="es",
    index="f00d",
    noise=0.0,
    seed=1,
    passages=12,
    index_seconds=1.5,
    structure=Structure((9, 10), (4, 4), (4, 4, 5)),
    problems=("q3: the anchor 'a medianoche' is not in the book",),
    always_first=("q3",),
    asked=(QUESTION, WRONG, REFUSED, NEAR, OFF_TOPIC, FOLLOW_UP),
)
