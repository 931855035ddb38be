"""Errors a person can act on: each carries what happened and the remedy."""

from __future__ import annotations


class WenjuError(Exception):
    """Base of all errors raised on purpose; `str(error)` is one line with the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}; {remedy}" if remedy else message)
        self.message = message
        self.remedy = remedy


class InputNotFound(WenjuError):
    """A path named by the caller does not exist."""


class Unreadable(WenjuError):
    """One input file cannot become a document; `message` is the reason shown in the report."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "")


class BadGold(WenjuError):
    """A gold file cannot be used."""


class BadSetting(WenjuError):
    """A setting has a value that makes no sense."""


class InvalidInput(WenjuError):
    """What a caller gave cannot be used: a question, a text, a file, a name or an option."""


class NothingIndexed(WenjuError):
    """An index call ended with no document in the index."""


class IndexNotFound(WenjuError):
    """There is no index of that name."""


class IndexDamaged(WenjuError):
    """A file of an index does not hold what was written."""


class IndexMismatch(WenjuError):
    """An index was built with another model or another format."""


class IndexBusy(WenjuError):
    """Another process is writing to the index."""


class IndexingStopped(WenjuError):
    """The process that indexes is shutting down; what was not committed is to be given again."""


class IndexUnavailable(WenjuError):
    """The system refuses to read or write an index: its permissions, or a full disk."""


class DocumentNotFound(WenjuError):
    """There is no document with that id."""


class ModelMissing(WenjuError):
    """A model that was asked for is not on this machine."""


class Overloaded(WenjuError):
    """More is asked for than the server can take on; try again in `retry_after` s."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__("the server is overloaded", f"try again in {retry_after} s")
        self.retry_after = retry_after


class ConversationNotFound(WenjuError):
    """There is no conversation or turn with that id, or it is another person's."""


class ConversationsDamaged(WenjuError):
    """The file of the conversations does not hold what was written."""


class ConversationsUnavailable(WenjuError):
    """The conversations cannot be used now: permissions, a full disk, a lock, a newer format."""


class LLMUnavailable(WenjuError):
    """The language model gives no answer; `reason` says why, as `llm_timeout`.

    It `counts` where the next call is likely to end in the same way, whatever is asked.
    """

    def __init__(self, reason: str, message: str, remedy: str, counts: bool = True) -> None:
        super().__init__(message, remedy)
        self.reason = reason
        self.counts = counts
