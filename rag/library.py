"""The indexes of one folder, opened on demand, with one model among them."""

from __future__ import annotations

import asyncio
import functools
import threading
import weakref
from collections.abc import Callable

from rag.assistant import Assistant
from rag.config import Settings
from rag.dialogue.conversations import Conversations
from rag.engine import Engine
from rag.errors import IndexNotFound, InvalidInput
from rag.gate import Gate
from rag.index.schema import index_folder
from rag.index.stores import create_store, index_names, open_store
from rag.language.lexicon import Lexicon

CONVERSATIONS_FILE = "conversations.db"
OPENINGS = 4  # indexes that are opened at a time
MOST_WAITING = 128  # for indexes that are being opened
LLM_SLOTS = 8  # for questions beside those at work, where a language model writes the answers
# Loads all that is loaded on first use: model, segmenter, word classes.
_FIRST_QUESTION = ("那 Shanghai 呢？", [{"role": "user", "content": "杭州有多少座桥？"}])


def open_conversations(settings: Settings) -> Conversations:
    """What people asked in the chat; raises ConversationsUnavailable and ConversationsDamaged."""
    if settings.database_url:
        return Conversations.connect(settings.database_url)
    return Conversations.open(settings.indexes / CONVERSATIONS_FILE)


class Library:
    """What a server serves: safe to share between threads.

    `default` is the index that is meant where none is named; `questions`, `checks` and `writes`
    are the gates for those who ask, have a text checked, and change documents. An index that may
    not be open is awaited with `ready` before a place is taken, so that it holds up no other.
    """

    def __init__(
        self,
        settings: Settings,
        default: str = "default",
        open_engine: Callable[[Settings], Engine] = Engine.open,
    ) -> None:
        self.settings = settings
        self._open_engine = open_engine
        self.default = default
        # A question that waits for a language model takes no processor.
        places = settings.concurrency + (LLM_SLOTS if settings.llm and settings.llm_model else 0)
        self.questions = Gate(places, patience=settings.wait_seconds)
        self.writes = Gate(1, waiting=8, patience=30.0, retry_after=30)
        self.checks = Gate(1, waiting=8, patience=30.0, retry_after=10)  # long texts take long
        self._engine: Engine | None = None
        self._conversations: Conversations | None = None
        self._openings = Gate(OPENINGS, patience=settings.wait_seconds)
        self._waiting = Gate(MOST_WAITING, waiting=0)
        self._assistants: dict[str, Assistant] = {}
        self._turns = weakref.WeakValueDictionary[str, threading.Lock]()  # to open an index
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._lock = threading.Lock()

    def open(self) -> None:
        """Load the model and the default index, made empty if it is not there.

        A second call does nothing. Raises WenjuErrors.
        """
        with self._lock:
            if self._engine is not None:
                return
            engine = self._open_engine(self.settings)
            try:
                model, dimension = engine.embedder.name, engine.embedder.dimension
                create_store(self.settings, self.default, model, dimension).close()
                self._conversations = open_conversations(self.settings)
            except BaseException:
                engine.close()
                raise
            self._engine = engine
        try:
            self.assistant().ask(*_FIRST_QUESTION, mode="extractive")
        except BaseException:
            self._release()
            raise

    def assistant(self, name: str | None = None) -> Assistant:
        """The assistant over the index `name`; raises IndexNotFound and other WenjuErrors."""
        name = name or self.default
        if opened := self._opened(name):
            return opened
        with self._lock:
            turn = self._turns.setdefault(name, threading.Lock())
        with turn:  # takes its time over a slow disk: those who ask other indexes need not wait
            opened = self._opened(name)
            if opened is None:
                opened = self._open(name)
                with self._lock:
                    self._assistants[name] = opened
        return opened

    async def ready(self, name: str | None = None) -> None:
        """Return once the index is open, which takes no place of those who ask others.

        It is opened once, however many wait for it. Raises what `assistant` does, and Overloaded.
        """
        name = name or self.default
        if self._opened(name):
            return
        if name not in self._opening:
            self._opening[name] = asyncio.create_task(self._open_aside(name))
            self._opening[name].add_done_callback(functools.partial(self._has_opened, name))
        async with self._waiting.admit():
            await asyncio.shield(self._opening[name])

    def _has_opened(self, name: str, task: asyncio.Task[None]) -> None:
        del self._opening[name]
        if not task.cancelled():
            task.exception()  # known to those who waited, if any are left

    async def _open_aside(self, name: str) -> None:
        async with self._openings.admit() as place:
            await place.run(self.assistant, name)

    def _opened(self, name: str) -> Assistant | None:
        opened = self._assistants.get(name)
        return opened if opened is not None and opened.is_current else None

    def _open(self, name: str) -> Assistant:
        engine = self._opened_engine()
        try:
            index_folder(self.settings.indexes, name)
        except InvalidInput as error:  # no index can have such a name
            raise IndexNotFound(f"no index {name!r}", "see the list of indexes") from error
        # The model of the settings may be newer by now.
        store = open_store(self.settings, name, engine.embedder.name)
        return Assistant(name, store, engine)

    def _opened_engine(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("the library is not open")
        return self._engine

    def lexicon(self, index: str) -> Lexicon:
        """The lexicon, with the glossaries that the last question to the index found beside it.

        No index is opened, read or waited for.
        """
        assistant = self._assistants.get(index)
        return assistant.lexicon if assistant else self._opened_engine().lexicon

    def names(self) -> list[str]:
        """Names of all indexes, the default one first."""
        return [self.default, *(n for n in index_names(self.settings) if n != self.default)]

    @property
    def conversations(self) -> Conversations:
        """What people asked in the chat UI."""
        if self._conversations is None:
            raise RuntimeError("the library is not open")
        return self._conversations

    def close(self) -> None:
        """Let questions end that are being answered, stop indexing, and release all files."""
        with self._lock:
            for assistant in self._assistants.values():
                assistant.stop()
        self.questions.close()
        self.writes.close()
        self.checks.close()
        self._openings.close()
        self._waiting.close()
        self._release()

    def _release(self) -> None:
        with self._lock:
            for assistant in self._assistants.values():
                assistant.settle()
                assistant.store.close()
            self._assistants.clear()
            if self._engine is not None:
                self._engine.close()
            if self._conversations is not None:
                self._conversations.close()
            self._engine = self._conversations = None
