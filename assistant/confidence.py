"""How sure an answer is: answered, nearest passages, or not in the text.

Judged by how near the nearest passage comes, on the scale that this very index has for
questions about something else (``index/off_topic.py``). Retrieval can tell a question that the
book does not touch from one that it does; whether the passage *says* what was asked it cannot
tell, and near misses are answered more often than they should be.
"""

from __future__ import annotations

from assistant.answer import Confidence
from index.generations import Manifest
from index.search import Found

# Deviations above the mean of off-topic questions.
NOT_IN_TEXT = 3.0
NEAREST = 4.0


def certainty(found: Found, manifest: Manifest) -> float:
    """Return how far the nearest passage is above off-topic questions, in their deviations."""
    mean, deviation = manifest.off_topic
    return (found.similarity - mean) / max(deviation, 1e-6)


def judge(found: Found, sure: float) -> Confidence:
    """Say how sure an answer from ``found`` can be, by its :func:`certainty`."""
    if not found.hits or sure < NOT_IN_TEXT:
        return "not_in_text"
    return "nearest" if sure < NEAREST else "answered"
