"""The indexes of one folder, opened on demand, with one model among them."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable

from rag.assistant import Assistant
from rag.config import Settings
from rag.dialogue.conversations import Conversations
from rag.engine import Engine
from rag.errors import IndexNotFound, InvalidInput
from rag.gate import Gate
from rag.index.schema import DATABASE_FILE, index_folder, is_index_name
from rag.index.store import Store
from rag.language.lexicon import Lexicon

CONVERSATIONS_FILE = "conversations.db"
LLM_SLOTS = 8  # for questions beside those at work, where a language model writes the answers
# Loads all that is loaded on first use: model, segmenter, word classes.
_FIRST_QUESTION = ("那 Shanghai 呢？", [{"role": "user", "content": "杭州有多少座桥？"}])


class Library:
    """What a server serves: safe to share between threads.

    `default` is the index that is meant where none is named; `questions`, `checks` and `writes`
    are the gates for those who ask, have a text checked, and change documents.
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
        self._assistants: dict[str, Assistant] = {}
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
                folder = index_folder(self.settings.indexes, self.default)
                model, dimension = self.settings.embedding_model, engine.embedder.dimension
                Store.create(folder, model, dimension).close()
                self._conversations = Conversations.open(self.settings.indexes / CONVERSATIONS_FILE)
            except BaseException:
                engine.close()
                raise
            self._engine = engine
        self.assistant().ask(*_FIRST_QUESTION, mode="extractive")

    def assistant(self, name: str | None = None) -> Assistant:
        """The assistant over the index `name`; raises IndexNotFound and other WenjuErrors."""
        name = name or self.default
        with self._lock:
            opened = self._assistants.get(name)
            if opened is not None and not opened.store.is_replaced:
                return opened
        fresh = self._open(name)  # takes its time over a large index: others need not wait
        with self._lock:
            if self._assistants.get(name) is opened:
                self._assistants[name] = fresh
            return self._assistants[name]

    def _open(self, name: str) -> Assistant:
        engine = self._opened_engine()
        try:
            folder = index_folder(self.settings.indexes, name)
        except InvalidInput as error:  # no index can have such a name
            raise IndexNotFound(f"no index {name!r}", "see the list of indexes") from error
        store = Store.open(folder, self.settings.embedding_model)
        assistant = Assistant(name, store, engine)
        # One whose index was replaced is let go of; the last question that uses it closes it.
        weakref.finalize(assistant, store.close)
        return assistant

    def _opened_engine(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("the library is not open")
        return self._engine

    def lexicon(self, index: str) -> Lexicon:
        """The lexicon, with the glossaries of the index where that is open; opens none."""
        with self._lock:
            assistant = self._assistants.get(index)
        return assistant.lexicon if assistant else self._opened_engine().lexicon

    def names(self) -> list[str]:
        """Names of all indexes, the default one first."""
        folders = self.settings.indexes.glob(f"*/{DATABASE_FILE}")
        others = {path.parent.name for path in folders} - {self.default}
        return [self.default, *sorted(filter(is_index_name, others))]

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
        with self._lock:
            for assistant in self._assistants.values():
                assistant.store.close()
            self._assistants.clear()
            if self._engine is not None:
                self._engine.close()
            if self._conversations is not None:
                self._conversations.close()
