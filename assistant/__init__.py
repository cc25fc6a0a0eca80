"""A question in, an answer with quotes out; chat, command line and API are thin doors.

The names are loaded when they are asked for: the command line lives in this package too, and its
``--help`` must not wait for numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

import index  # noqa: F401 - sets the environment switches before anything heavy loads

if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.ask import Assistant
    from assistant.conversation import Conversation
    from assistant.listing import Listing
    from assistant.quotes import Quote, QuoteFinder

__all__ = ["Answer", "Assistant", "Conversation", "Listing", "Quote", "QuoteFinder"]

_HOMES = {
    "Answer": "assistant.answer",
    "Assistant": "assistant.ask",
    "Conversation": "assistant.conversation",
    "Listing": "assistant.listing",
    "Quote": "assistant.quotes",
    "QuoteFinder": "assistant.quotes",
}


def __getattr__(name: str) -> object:
    """Load a public name from its file."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return vars(import_module(_HOMES[name]))[name]
