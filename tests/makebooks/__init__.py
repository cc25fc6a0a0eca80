"""Books made for tests: original texts laid out in many ways, each with its truth.

``texts/`` holds the manuscripts, ``manuscript.py`` parses them, ``typeset.py`` lays them out as
one of ``layouts.py`` says, ``eval/noise.py`` damages the result as a scan does, and ``score.py``
compares what a reader made of it with the truth. ``python -m tests.makebooks`` prints the scores.
"""

from tests.makebooks.layouts import DEVELOP, KEPT_APART, Layout
from tests.makebooks.manuscript import MANUSCRIPTS, Manuscript, manuscript
from tests.makebooks.score import Share, score
from tests.makebooks.truth import Made, Truth, damaged
from tests.makebooks.typeset import typeset

__all__ = [
    "DEVELOP",
    "KEPT_APART",
    "MANUSCRIPTS",
    "Layout",
    "Made",
    "Manuscript",
    "Share",
    "Truth",
    "damaged",
    "manuscript",
    "score",
    "typeset",
]
