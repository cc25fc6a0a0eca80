"""How sure an answer is: answered, nearest passages, or not in the text.

Two things are asked. Does the library speak of this? Judged by how near the nearest passage comes,
on the scale that this very index has for questions about something else (``index/off_topic.py``).
And does the passage that comes first say it? That only the reader can tell (``reader.py``), and it
tells it of any book alike; how surely those after it answer counts a little, for where none of them
does, the first is the less likely to. Without the reader the first alone must do: it cannot tell a
question that the book answers from one whose detail it leaves out, and near misses are answered
more often than they should be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

from assistant.answer import Confidence
from assistant.pointing import FURTHEST, Pointed
from index.generations import Manifest
from index.search import Found

# Deviations above the mean of off-topic questions. Of what is asked of a library about other books
# three in four come less near than the first (eval/reader/README.md).
NOT_IN_TEXT = 2.0
NEAREST = 4.0  # without the reader
ABOUT = 0.5  # deviations over which a library comes to speak of something
# Fitted on held-out articles and made-up books by eval/reader/calibrate.py: the chance that what is
# found answers, from how surely the first passage does and, on average, all that were read do; and
# from which chance on nine in ten stand.
BIAS, SLOPE, SLOPE_ALL = 0.079, 0.605, 0.116
ANSWERED = 0.298


def certainty(found: Found, manifest: Manifest) -> float:
    """Return how far the nearest passage is above off-topic questions, in their deviations."""
    mean, deviation = manifest.off_topic
    return (found.similarity - mean) / max(deviation, 1e-6)


def chance(first: float, every: Sequence[float]) -> float:
    """Return the chance that what was read answers, by how surely the reader says so.

    Of the hit that stands first, and of every one, the first among them; both are logits.
    """
    return _logistic(BIAS + SLOPE * clipped(first) + SLOPE_ALL * fmean(map(clipped, every)))


def clipped(answers: float) -> float:
    """Return a logit of the reader's, no further from 0 than what it was fitted on."""
    return max(-FURTHEST, min(FURTHEST, answers))


def judge(found: Found, sure: float, pointed: Sequence[Pointed] = ()) -> Confidence:
    """Say how sure an answer from ``found`` can be, by its :func:`certainty`.

    ``pointed`` are the hits as the reader read them, if it did.
    """
    if not found.hits or sure < NOT_IN_TEXT:
        return "not_in_text"
    if not pointed:
        return "nearest" if sure < NEAREST else "answered"
    return "nearest" if _chance(found, pointed) < ANSWERED else "answered"


def combined(found: Found, sure: float, pointed: Sequence[Pointed]) -> float:
    """Return one number for both: where the hits were read, the chance of being answered."""
    if not pointed or not found.hits:
        return sure
    return _chance(found, pointed) * _logistic((sure - NOT_IN_TEXT) / ABOUT)


def _chance(found: Found, pointed: Sequence[Pointed]) -> float:
    first = next(each.answers for each in pointed if each.hit.key == found.hits[0].key)
    return chance(first, [each.answers for each in pointed])


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))
