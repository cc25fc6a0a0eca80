"""The errors that people see.

    ApostillaError            one line for people; carries the exit code of the command line
    ├── UserError        2    the caller can mend it: says what, which, and what to do
    │   ├── BookError         a file that cannot be read as a book
    │   ├── QuestionError     a question that is empty or too long
    │   ├── PlaceError        a page or note that the book does not have
    │   └── KeepError         a conversation, or what else a reader keeps, cannot be kept or read
    ├── IndexMissing     3    no index where one was looked for, or not an index
    ├── IndexDamaged     3    an index whose parts do not agree
    ├── IndexVersion     4    an index made by another version
    ├── IndexLocked     75    another process is writing
    ├── Busy            75    too many ask at once: the same again in a moment
    └── QuoteError       3    a quotation that is not in the book: never served

Anything else is a bug and shows its traceback. Only the doors (command line, chat) catch.
"""

from __future__ import annotations


class ApostillaError(Exception):
    """A failure that one sentence explains; ``exit_code`` is what the command line returns."""

    exit_code = 1


class UserError(ApostillaError):
    """Something the caller can mend."""

    exit_code = 2


class BookError(UserError):
    """A file that cannot be read as a book."""


class QuestionError(UserError):
    """A question that cannot be asked."""


class PlaceError(UserError):
    """A page, note or book that is not in the index."""


class KeepError(UserError):
    """What a reader keeps (conversations, remarks, passwords) cannot be written or read."""


class IndexMissing(ApostillaError):
    """There is no index at the place named."""

    exit_code = 3


class IndexDamaged(ApostillaError):
    """The parts of an index do not agree with each other."""

    exit_code = 3


class IndexVersion(ApostillaError):
    """The index was made by another version of Apostilla."""

    exit_code = 4


class IndexLocked(ApostillaError):
    """Another process is writing this index."""

    exit_code = 75


class Busy(ApostillaError):
    """So many ask at once that an answer would take too long."""

    exit_code = 75


class QuoteError(ApostillaError):
    """A quotation that the book does not hold at its offsets."""

    exit_code = 3
