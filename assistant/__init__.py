"""A question in, an answer with quotes out; chat, command line and API are thin doors."""

import index  # noqa: F401 - sets the environment switches before anything heavy loads
from assistant.answer import Answer
from assistant.ask import Assistant
from assistant.quotes import Quote, QuoteFinder

__all__ = ["Answer", "Assistant", "Quote", "QuoteFinder"]
