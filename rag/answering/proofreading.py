"""Anyone's text checked against the documents of one index, sentence by sentence."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator

from rag.answering.citations import Quote, citation
from rag.answering.messages import finding_message
from rag.checking.checker import LONGEST, PASSAGES, TOO_LONG, Checker, Finding
from rag.checking.judge import ClaimJudge
from rag.checking.name_match import Words
from rag.errors import DocumentNotFound, InvalidInput
from rag.index.candidates import Searchers
from rag.index.passage import Passage
from rag.index.protocol import DocumentStore
from rag.index.retriever import Retriever
from rag.language.sentences import sentences
from rag.language.text import detect_language, has_words
from rag.reasons import Reason
from rag.types import CheckedSentence, Citation

LONGEST_TEXT = 50_000  # characters, to be checked


class Proofreader:
    """Finds for each sentence what the documents say of it; safe to share between threads."""

    def __init__(
        self, store: DocumentStore, retriever: Retriever, judge: ClaimJudge | None = None
    ) -> None:
        self._store = store
        self._retriever = retriever
        self._judge = judge
        self._current: tuple[Searchers, Checker] | None = None
        self._lock = threading.Lock()

    def checker(self, current: Searchers) -> Checker:
        """What checks sentences against the index as `current` has it."""
        with self._lock:
            if self._current is None or self._current[0] is not current:
                words_of = functools.partial(_words_of, self._store)
                cached = functools.lru_cache(maxsize=64)(words_of)
                lexicon = self._retriever.lexicon
                checker = Checker(lexicon, current.lexical, current.aliases, cached, self._judge)
                self._current = (current, checker)
            return self._current[1]

    def check(self, text: str, language: str | None = None) -> Iterator[CheckedSentence]:
        """Each sentence with its verdict, as it is found; raises InvalidInput for a long text.

        Reasons are in `language`, None for that of the sentence.
        """
        if len(text) > LONGEST_TEXT:
            raise InvalidInput(
                f"the text is longer than {LONGEST_TEXT:,} characters", "check it in parts"
            )
        return self._checked(text, language)

    def _checked(self, text: str, language: str | None) -> Iterator[CheckedSentence]:
        current = self._retriever.current()
        checker = self.checker(current)
        before: list[Passage] = []  # what the sentence before rests on
        for start, end in sentences(text):
            sentence = text[start:end]
            if not has_words(sentence):
                continue
            found: list[Passage] = []
            finding = TOO_LONG
            if len(sentence) <= LONGEST:
                search = self._retriever.prepare(sentence)
                found = [*self._retriever.find(current, search, PASSAGES), *before]
                finding = checker.check(search, found)
            passage = None if finding.passage is None else found[finding.passage]
            if finding.verdict == "supported" and passage is not None:
                before = [passage]
            reason = finding_message(finding, language or detect_language(sentence)) or None
            yield CheckedSentence(
                sentence, start, end, finding.verdict, reason, _nearest_words(finding, passage)
            )


def _words_of(store: DocumentStore, document_id: str) -> Words:
    """The words of a document, none where it has gone while an answer was being written."""
    try:
        document = store.document(document_id)
    except DocumentNotFound:
        return Words.of("")
    return Words.of(f"{document.title}\n{document.text}")


def _nearest_words(finding: Finding, passage: Passage | None) -> tuple[Citation, ...]:
    if passage is None or finding.reason is Reason.NOTHING_NEAR:
        return ()
    return (citation(1, Quote(passage, finding.start, finding.end)),)
