"""The assistant: the only place where the parts meet."""

from __future__ import annotations

import functools
import re
import threading
import time
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag import bundled, bundled_reader, searchers
from rag.aliases import aliases_of
from rag.answerability import SPAN_THRESHOLD, THRESHOLD
from rag.check import PASSAGES, Checker, Finding
from rag.cite import Quote, citation, cite
from rag.config import BUNDLED_MODEL, Settings
from rag.cross_encoder import CrossEncoder, PassageReader
from rag.embed import Embedder, open_embedder
from rag.errors import BadSetting, DocumentNotFound, LLMUnavailable, WenjuError
from rag.fluent import Fluent, rewritten, worded
from rag.followup import Resolved, resolved
from rag.grounding import Grounding, Shown, within_budget
from rag.indexer import Indexer, Progress
from rag.lexicon import LEXICON_FILE, Lexicon
from rag.llm import ChatModel, open_llm
from rag.load import discover
from rag.names import Words
from rag.read import READ, Ranked, Read, Reader, Reading
from rag.refusals import is_small_talk, message
from rag.retrieve import Candidate, Search, fuse, prepare
from rag.searchers import Searchers
from rag.span_reader import CANDIDATES, SpanReader
from rag.store import DocumentInfo, IndexedChunk, Store, index_folder
from rag.text import detect_language, han_share, has_words, sentences
from rag.types import (
    Answer,
    CheckedSentence,
    Citation,
    Document,
    Dropped,
    Found,
    Hit,
    InputReport,
    Refusal,
    Retrieval,
    Token,
)
from rag.uploads import Upload, input_files, limited_loader
from rag.verdicts import message as explanation

Turn = Mapping[str, str]
NEAREST = 3
LONGEST_QUESTION = 10_000  # characters
LONGEST_TEXT = 50_000  # characters, to be checked
ASK_MODEL = 0.1  # confidence from which a language model is asked; below, there is little to word
MODES = ("auto", "extractive", "llm")
_PIECE = re.compile(r"[^，。；、！？,.;!?\n]*(?:[，。；、！？,.;!?\n]+\s*|$)(?:\[\d+\])?")
Passage = tuple[Hit, Candidate, IndexedChunk]


class Assistant:
    """Questions over one index; safe to share between threads.

    What another process commits to the index is seen at the next question.
    """

    def __init__(
        self,
        name: str,
        store: Store,
        embedder: Embedder,
        lexicon: Lexicon,
        passage_reader: PassageReader | None = None,
        fluent: Fluent | None = None,
    ) -> None:
        self.name = name
        self._store = store
        self._embedder = embedder
        self._lexicon = lexicon
        self._passage_reader = passage_reader
        self._fluent = fluent
        self._held_checker: tuple[Searchers, Checker] | None = None
        self._searchers: Searchers | None = None
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._stopping = threading.Event()

    @classmethod
    def open(cls, settings: Settings, name: str = "default") -> Assistant:
        """The assistant over the index `name`; raises IndexNotFound and other WenjuErrors."""
        with ExitStack() as opened:
            store = Store.open(index_folder(settings.indexes, name), settings.embedding_model)
            opened.callback(store.close)
            embedder, lexicon = open_embedder(settings), open_lexicon(settings)
            opened.callback(lexicon.close)
            passage_reader = open_passage_reader(settings)
            if passage_reader is not None:
                opened.callback(passage_reader.close)
            fluent = fluent_for(settings, name, open_llm(settings))
            assistant = cls(name, store, embedder, lexicon, passage_reader, fluent)
            opened.pop_all()
        return assistant

    def close(self) -> None:
        """Release the index and what was opened with it."""
        self.close_index()
        self._lexicon.close()
        if self._passage_reader is not None:
            self._passage_reader.close()
        if self._fluent is not None:
            self._fluent.model.close()

    @property
    def model_host(self) -> str | None:
        """Where passages are sent to be worded, None where they stay on this machine."""
        return self._fluent.model.host if self._fluent else None

    def stop(self) -> None:
        """Have what is being indexed end soon."""
        self._stopping.set()

    def close_index(self) -> None:
        """Release the index alone, where others share the model and the lexicon."""
        self._store.close()

    def search(self, query: str, top_k: int = 5, *, hidden: Collection[str] = ()) -> Retrieval:
        """The best passages for a query, with timings; `hidden` documents are left out."""
        _check_length(query)
        timings: dict[str, float] = {}
        found: list[Passage] = []
        if has_words(query):
            with _timed(timings, "prepare"):
                search = self._prepare(query)
            with _timed(timings, "retrieve"):
                current = self._current()
                found = self._found(current, search, max(top_k, self._to_read), hidden)
            with _timed(timings, "read"):
                found = _reranked(
                    found, self._reader(current, search, search).rank(_to_read(found))
                )
        timings["total"] = sum(timings.values())
        hits = tuple(hit for hit, _, _ in found[:top_k])
        return Retrieval(query, detect_language(query), hits, timings)

    def retrieve(self, query: str, top_k: int = 5, *, hidden: Collection[str] = ()) -> list[Hit]:
        """The best passages for a query, best first; `hidden` documents are left out."""
        return list(self.search(query, top_k, hidden=hidden).hits)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        top_k: int = 10,
        mode: str = "auto",
        hidden: Collection[str] = (),
    ) -> Answer:
        """The answer with its citations, or a refusal; `hidden` documents are left out."""
        events = self.stream(question, history, top_k=top_k, mode=mode, hidden=hidden)
        return next(event for event in events if isinstance(event, Answer))

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        top_k: int = 10,
        mode: str = "auto",
        hidden: Collection[str] = (),
    ) -> Iterator[Found | Token | Answer]:
        """An answer as it comes about: `Found`, the `Token`s of its text, the whole `Answer`.

        `mode` is `auto`, `extractive` or `llm`; raises BadSetting for another.
        """
        _check_length(question)
        if mode not in MODES:
            raise BadSetting(f"there is no mode {mode!r}", f"use one of {', '.join(MODES)}")
        asking = _Asking(question, mode, top_k, detect_language(question))
        if reason := _without_search(question):
            yield Found(question, asking.language, ())
            yield self._refused(asking, question, reason, ())
            return
        fluent = self._fluent if mode != "extractive" else None
        if mode == "llm" and fluent is None:
            asking.fallback = "llm_not_configured"
        stand_alone, fluent = _resolved(asking, history, fluent)
        searched = stand_alone.searched
        with _timed(asking.timings, "prepare"):
            search = self._prepare(searched)
        with _timed(asking.timings, "retrieve"):
            current = self._current()
            passages = self._found(current, search, max(top_k, self._to_read), hidden)
        yield Found(searched, asking.language, tuple(hit for hit, _, _ in passages[:top_k]))
        with _timed(asking.timings, "read"):
            is_whole = stand_alone.asked == searched
            asked = search if is_whole else self._prepare(stand_alone.asked)
            reading = self._reader(current, search, asked).read(_to_read(passages))
        best_first = _reranked(passages, reading.ranking)
        hits = tuple(hit for hit, _, _ in best_first)
        quotes = [
            Quote(passages[span.passage][0], span.start, span.end, span.highlights)
            for span in reading.spans
        ]
        if fluent and hits and reading.confidence >= ASK_MODEL:
            grounding = self._grounding(asking, fluent, searched, current, best_first)
            with _timed(asking.timings, "generate"):
                text = yield from _worded(asking, fluent, searched, grounding)
            if text is not None:
                yield self._from_model(asking, searched, text, grounding, hits, reading, quotes)
                return
        reason = self._reason_to_refuse(reading, hits)
        if reason:
            yield self._refused(asking, searched, reason, hits, reading.confidence)
            return
        text, citations = cite(quotes)
        for piece in filter(None, _PIECE.findall(text)):
            yield Token(piece)
        yield asking.answer(
            self.name,
            searched=searched,
            text=text,
            short_answer=_short_answer(quotes),
            confidence=reading.confidence,
            citations=citations,
            hits=hits,
        )

    def _grounding(
        self,
        asking: _Asking,
        fluent: Fluent,
        searched: str,
        current: Searchers,
        best_first: Sequence[Passage],
    ) -> Grounding:
        shown = within_budget(
            [Shown(hit, indexed) for hit, _, indexed in best_first],
            self._neighbours,
            fluent.context_tokens,
        )
        return Grounding(
            self._checker(current),
            self._prepare,
            shown,
            searched,
            asking.language,
            marks_unsupported=fluent.marks_unsupported,
        )

    def _from_model(
        self,
        asking: _Asking,
        searched: str,
        text: str,
        grounding: Grounding,
        hits: Sequence[Hit],
        reading: Reading,
        quotes: Sequence[Quote],
    ) -> Answer:
        """The model's answer, refused where none of its sentences is supported."""
        asking.dropped = tuple(grounding.dropped)
        citations = grounding.citations
        if not citations:
            reason = "not_in_documents" if grounding.says_absent else "not_supported"
            return self._refused(asking, searched, reason, hits, reading.confidence)
        return asking.answer(
            self.name,
            searched=searched,
            text=text,
            short_answer=_short_answer(quotes) if _holds(citations, quotes) else None,
            confidence=reading.confidence,
            citations=citations,
            hits=hits,
        )

    def _neighbours(self, shown: Shown) -> list[Shown]:
        """The passages before and behind one in its document."""
        chunk = shown.hit.chunk
        found = []
        for ordinal in (chunk.ordinal - 1, chunk.ordinal + 1):
            indexed = self._store.chunk_at(chunk.document_id, ordinal)
            if indexed is not None:
                hit = replace(shown.hit, chunk=indexed.chunk, ranks={})
                found.append(Shown(hit, indexed))
        return found

    def _reason_to_refuse(self, reading: Reading, hits: Sequence[Hit]) -> str:
        """Why there is no answer, "" where there is one."""
        if not hits:
            return "empty_index"
        if not reading.spans or reading.confidence < self._threshold:
            return "not_in_documents"
        return ""

    def _refused(
        self,
        asking: _Asking,
        searched: str,
        reason: str,
        hits: Sequence[Hit],
        confidence: float = 0.0,
    ) -> Answer:
        has_nearest = reason in ("not_in_documents", "not_supported")
        nearest = tuple(hits[:NEAREST]) if has_nearest else ()
        refusal = Refusal(reason, message(reason, asking.language), nearest)
        return asking.answer(
            self.name, searched=searched, confidence=confidence, hits=hits, refusal=refusal
        )

    def check(self, text: str) -> list[CheckedSentence]:
        """Each sentence of anyone's text held against the documents; raises BadSetting."""
        if len(text) > LONGEST_TEXT:
            raise BadSetting(
                f"the text is longer than {LONGEST_TEXT:,} characters", "check it in parts"
            )
        current = self._current()
        checker = self._checker(current)
        checked = []
        before: list[Passage] = []  # what the sentence before rests on
        for start, end in sentences(text):
            if not has_words(text[start:end]):
                continue
            search = self._prepare(text[start:end])
            found = [*self._found(current, search, PASSAGES, ()), *before]
            finding = checker.check(search, [indexed for _, _, indexed in found])
            at = finding.passage
            if finding.verdict == "supported" and at is not None:
                before = [found[at]]
            checked.append(_checked(text, start, end, finding, None if at is None else found[at]))
        return checked

    def _checker(self, current: Searchers) -> Checker:
        with self._lock:
            if self._held_checker is None or self._held_checker[0] is not current:
                aliases = aliases_of(
                    self._words_of(info.id).text for info in self._store.documents()
                )
                words = functools.lru_cache(maxsize=64)(self._words_of)
                checker = Checker(self._lexicon, current.lexical, aliases, words)
                self._held_checker = (current, checker)
            return self._held_checker[1]

    def _words_of(self, document_id: str) -> Words:
        """The words of a document, none where it has gone while an answer was being written."""
        try:
            document = self._store.document(document_id)
        except DocumentNotFound:
            return Words.of("")
        return Words.of(f"{document.title}\n{document.text}")

    def document(self, document_id: str) -> Document:
        """A document by id; raises DocumentNotFound."""
        return self._store.document(document_id)

    def document_text(self, document_id: str) -> str:
        """The canonical text of a document, in which all offsets count."""
        return self._store.document(document_id).text

    def documents(self) -> list[DocumentInfo]:
        """All documents by id."""
        return self._store.documents()

    def sections(self) -> list[tuple[str, str, str]]:
        """(document id, title, section) of all passages, each once, in their order."""
        return self._store.sections()

    def document_info(self, document_id: str) -> DocumentInfo:
        """What `documents` says of one; raises DocumentNotFound."""
        return self._store.document_info(document_id)

    def counts(self) -> tuple[int, int]:
        """Number of documents and of chunks."""
        return self._store.counts()

    def add(self, uploads: Sequence[Upload]) -> list[InputReport]:
        """Index files that people sent, read where they can do no harm; one report per file.

        Raises IndexingStopped once the index is about to be closed.
        """
        files, skipped = input_files(uploads)
        with self._writing:
            indexer = Indexer(self._store, self._embedder, limited_loader(), self._stopping.is_set)
            return indexer.add(files) + skipped

    def remove(self, document_id: str) -> None:
        """Remove a document; raises DocumentNotFound."""
        with self._writing:
            self._store.document_info(document_id)
            self._store.replace([], [document_id])

    def sample_questions(self) -> list[str]:
        """Questions that were written for these documents and indexed with them."""
        return self._store.questions()

    @property
    def generation(self) -> int:
        """A number that grows with every change to the documents."""
        return self._store.generation

    @property
    def is_replaced(self) -> bool:
        """Whether the index's folder was deleted or made anew since it was opened."""
        return self._store.is_replaced

    def reading(
        self, question: str, hidden: Collection[str] = ()
    ) -> tuple[tuple[Hit, ...], Reading]:
        """The passages as found and what was read in them, refused or not: for calibration."""
        search, current = self._prepare(question), self._current()
        found = self._found(current, search, self._to_read, hidden)
        reading = self._reader(current, search, search).read(_to_read(found))
        return tuple(hit for hit, _, _ in found), reading

    @property
    def _to_read(self) -> int:
        return READ if self._passage_reader is None else CANDIDATES

    @property
    def _threshold(self) -> float:
        return THRESHOLD if self._passage_reader is None else SPAN_THRESHOLD

    def _reader(self, current: Searchers, search: Search, asked: Search) -> Reader | SpanReader:
        calibrated = self._embedder.name == BUNDLED_MODEL
        reader = Reader(search, current.lexical, asked, calibrated=calibrated)
        if self._passage_reader is None:
            return reader
        return SpanReader(self._passage_reader, reader, search, asked)

    def _prepare(self, query: str) -> Search:
        return prepare(query, self._embedder.embed_query(query), self._lexicon)

    def _found(
        self, current: Searchers, search: Search, top_k: int, hidden: Collection[str]
    ) -> list[Passage]:
        candidates = fuse(search, current, top_k, self._store.keys_of(hidden))
        chunks = self._store.chunks(candidate.key for candidate in candidates)
        found: list[Passage] = []
        for candidate in candidates:
            indexed = chunks.get(candidate.key)
            if indexed is None:
                continue
            hit = Hit(
                indexed.chunk,
                candidate.score,
                len(found) + 1,
                candidate.ranks,
                indexed.title,
                indexed.source,
            )
            found.append((hit, candidate, indexed))
        return found

    def _current(self) -> Searchers:
        with self._lock:
            if self._searchers is None or self._searchers.generation != self._store.generation:
                self._searchers = searchers.load(self._store)
                self._keep(self._searchers)
            return self._searchers

    def _keep(self, current: Searchers) -> None:
        """Spare the next process the derivation, where this one may write."""
        with suppress(WenjuError, OSError):
            if searchers.must_derive(self._store):
                searchers.save(self._store, current)


def build_index(
    settings: Settings,
    paths: Sequence[Path],
    name: str = "default",
    *,
    prune: bool = False,
    progress: Progress = iter,
) -> list[InputReport]:
    """Bring the index `name` up to date with files and folders; one report per input."""
    folder = index_folder(settings.indexes, name)
    if not folder.exists():
        discover(paths)  # a path that is not there leaves no index behind
    embedder = open_embedder(settings)
    store = Store.create(folder, settings.embedding_model, embedder.dimension)
    try:
        return Indexer(store, embedder).index(paths, prune=prune, progress=progress)
    finally:
        filled = store.counts()[0] > 0
        if filled and not searchers.is_saved(store):
            searchers.save(store, searchers.derive(store))
        store.close()


def remove_document(settings: Settings, document_id: str, name: str = "default") -> None:
    """Remove a document from an index; raises DocumentNotFound."""
    store = Store.open(index_folder(settings.indexes, name))
    try:
        store.document(document_id)
        store.replace([], [document_id])
        searchers.save(store, searchers.derive(store))
    finally:
        store.close()


def check_index(settings: Settings, name: str = "default", *, repair: bool = False) -> list[str]:
    """What is damaged in an index, a line each; with `repair` the search files are made anew."""
    store = Store.open(index_folder(settings.indexes, name))
    try:
        found = store.damage()
        if repair and not found:
            searchers.save(store, searchers.derive(store))
        return found + searchers.damage(store)
    finally:
        store.close()


@dataclass(slots=True)
class _Asking:
    """A question on its way to its answer."""

    question: str
    mode: str
    top_k: int
    language: str
    fallback: str | None = None
    model: str | None = None
    dropped: tuple[Dropped, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)

    def answer(
        self,
        index: str,
        *,
        searched: str,
        confidence: float,
        hits: Sequence[Hit],
        text: str = "",
        short_answer: str | None = None,
        citations: tuple[Citation, ...] = (),
        refusal: Refusal | None = None,
    ) -> Answer:
        """The answer, or the refusal, with all that is known of it."""
        self.timings["total"] = sum(self.timings.values())
        return Answer(
            question=self.question,
            searched=searched,
            language=self.language,
            answered=refusal is None,
            text=text,
            short_answer=short_answer,
            confidence=confidence,
            citations=citations,
            hits=tuple(hits[: self.top_k]),
            refusal=refusal,
            dropped=self.dropped,
            fallback=self.fallback,
            mode="llm" if self.model else "extractive",
            model=self.model,
            index=index,
            timings=self.timings,
        )


def _resolved(
    asking: _Asking, history: Sequence[Turn], fluent: Fluent | None
) -> tuple[Resolved, Fluent | None]:
    """The question complete in itself, and the model unless it has just failed."""
    if fluent and any(turn.get("content") for turn in history):
        try:
            with _timed(asking.timings, "rewrite"):
                whole = rewritten(fluent, asking.question, history, asking.language)
        except LLMUnavailable as error:
            asking.fallback, fluent = error.reason, None
        else:
            if whole is not None:
                return Resolved(whole, whole), fluent
    return resolved(asking.question, history), fluent


def _worded(
    asking: _Asking,
    fluent: Fluent,
    searched: str,
    grounding: Grounding,
) -> Generator[Token, None, str | None]:
    """The model's answer as it comes, and as a whole; None where the model has failed."""
    text = ""
    try:
        for piece in worded(fluent, searched, asking.language, grounding):
            text += piece
            yield Token(piece)
    except LLMUnavailable as error:
        asking.fallback = error.reason
        return None
    asking.model = fluent.model.name
    return text


def _without_search(question: str) -> str:
    """Why a question is not searched for, "" where it is."""
    if not has_words(question):
        return "empty_question"
    return "small_talk" if is_small_talk(question) else ""


def _holds(citations: Sequence[Citation], quotes: Sequence[Quote]) -> bool:
    """Whether the words that are the short answer lie in what is cited."""
    places = [
        (quote.hit.chunk.document_id, quote.hit.chunk.start + start, quote.hit.chunk.start + end)
        for quote in quotes
        for start, end in quote.highlights
    ]
    return bool(places) and all(
        any(
            each.document_id == document and each.start <= start and end <= each.end
            for each in citations
        )
        for document, start, end in places
    )


def _checked(
    text: str, start: int, end: int, finding: Finding, passage: Passage | None
) -> CheckedSentence:
    sentence = text[start:end]
    cited: tuple[Citation, ...] = ()
    if passage is not None and finding.reason != "nothing_near":
        cited = (citation(1, Quote(passage[0], finding.start, finding.end)),)
    reason = explanation(finding, detect_language(sentence)) or None
    return CheckedSentence(sentence, start, end, finding.verdict, reason, cited)


def _check_length(question: str) -> None:
    if len(question) > LONGEST_QUESTION:
        raise BadSetting(
            f"the question is longer than {LONGEST_QUESTION:,} characters", "ask a shorter one"
        )


def open_lexicon(settings: Settings) -> Lexicon:
    """The bilingual lexicon that set-up prepared; raises ModelMissing."""
    return Lexicon(settings.models / LEXICON_FILE)


def fluent_for(settings: Settings, name: str, model: ChatModel | None) -> Fluent | None:
    """The language model for the index `name`, None where its passages are not to be sent."""
    if model is None or name in settings.llm_off_for:
        return None
    return Fluent(
        model,
        settings.llm_seconds,
        settings.llm_context_tokens,
        marks_unsupported=settings.llm_unsupported == "mark",
    )


def open_passage_reader(settings: Settings) -> CrossEncoder | None:
    """The trained reader that set-up prepared, None where it is off or cannot be had here.

    Raises ModelMissing.
    """
    folder = settings.models / bundled_reader.NAME
    if not settings.reader or not (bundled_reader.is_built(folder) or bundled.available()):
        return None
    return CrossEncoder(folder)


def _reranked(passages: Sequence[Passage], ranking: Sequence[Ranked]) -> list[Passage]:
    """The passages in the order of `ranking`, with its scores; the others follow, below it."""
    read: dict[int, Ranked] = {}
    for ranked in ranking:
        read.setdefault(ranked.passage, ranked)
    lowest = min((ranked.score for ranked in read.values()), default=0.0)
    found: list[Passage] = []
    for rank, ranked in enumerate(read.values(), start=1):
        hit, candidate, indexed = passages[ranked.passage]
        ranks = {**hit.ranks, "reader": rank}
        hit = replace(hit, score=ranked.score, rank=rank, ranks=ranks)
        found.append((hit, candidate, indexed))
    rest = [passage for number, passage in enumerate(passages) if number not in read]
    above = rest[0][0].score if rest else 0.0
    for hit, candidate, indexed in rest:
        score = hit.score if not ranking else min(hit.score, lowest - (above - hit.score))
        found.append((replace(hit, score=score, rank=len(found) + 1), candidate, indexed))
    return found


def _short_answer(quotes: Sequence[Quote]) -> str | None:
    """The highlighted words of all quotes, None where there are none."""
    words = [quote.hit.chunk.text[a:b] for quote in quotes for a, b in quote.highlights]
    joint = "、" if any(han_share(each) >= 0.5 for each in words) else ", "
    return joint.join(" ".join(each.split()) for each in words) or None


def _to_read(found: Sequence[Passage]) -> list[Read]:
    return [Read(candidate, indexed, hit.title) for hit, candidate, indexed in found]


@contextmanager
def _timed(timings: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    timings[stage] = (time.perf_counter() - start) * 1000
