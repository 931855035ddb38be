"""Answers to questions about whole documents: what one says, who wrote it, which there are."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from rag.answering.citations import Quote, cite, one_line, passages_of
from rag.answering.further import said_in
from rag.answering.messages import label, overview_message
from rag.answering.overview import WholeDocument
from rag.dialogue.document_reference import Reference
from rag.dialogue.document_request import DocumentRequest, Kind
from rag.index.contents import contents
from rag.index.document_finder import DocumentFinder
from rag.index.passage import Passage
from rag.index.protocol import DocumentStore
from rag.index.retriever import Retriever
from rag.reasons import Reason
from rag.types import Citation, DocumentInfo

LONGEST = 400  # characters of an answer, markers included
_MARKERS = 40  # of these, for the markers of eight sentences
_LONGEST_TITLE = 80
_MODEL_ROOM = 2_400  # characters of the sentences whose passages a language model is given
_SPOKEN = 0.75  # share of a request's words that a passage holds where a topic is summed up
_MOST_LISTED = 20  # documents
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MARKER = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """The text with markers and its citations, or a refusal.

    `passages` are those it rests on; `for_model` those from which a language model may write it,
    () where there is nothing to write.
    """

    text: str = ""
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    for_model: tuple[Passage, ...] = ()
    refusal: Reason | None = None


class DocumentAnswers:
    """Answers over the documents of one index; safe to share between threads."""

    def __init__(self, store: DocumentStore, retriever: Retriever) -> None:
        self._store = store
        self._retriever = retriever
        self._finder = DocumentFinder(store, retriever)

    def answer(
        self,
        request: DocumentRequest,
        history: Sequence[Mapping[str, str]],
        language: str,
        hidden: Collection[str] = (),
        beyond: Sequence[str] = (),
    ) -> DocumentAnswer | None:
        """What is asked about a document as a whole, the collection or the assistant.

        None where no such document is found: what is meant stands in one. `hidden` ones are not.
        A summary leaves out what the replies `beyond` which it is to go have shown.
        """
        if request.kind is Kind.ASSISTANT:
            return DocumentAnswer(refusal=Reason.ABOUT_ASSISTANT)
        documents = [each for each in self._store.documents() if each.id not in hidden]
        if not documents:
            return DocumentAnswer(refusal=Reason.EMPTY_INDEX)
        if request.kind is Kind.COLLECTION:
            return self._collection(documents, language)
        found = self._meant(request, history, documents, hidden)
        if found is None:
            is_this = request.meant.reference in (Reference.THIS, Reference.ALL)
            return self._collection(documents, language) if is_this else None
        whole, topic = WholeDocument.of(self._store, found[0]), found[1]
        if request.kind is Kind.PARTICULARS:
            return _particulars(whole, request, language)
        if request.kind is Kind.CONTENTS and (told := _contents(whole, language)):
            return told
        return self._summary(whole, topic, hidden, said_in(beyond))

    def _meant(
        self,
        request: DocumentRequest,
        history: Sequence[Mapping[str, str]],
        documents: Sequence[DocumentInfo],
        hidden: Collection[str],
    ) -> tuple[str, str] | None:
        """Id of the document, and the topic of which a summary is wanted, "" for all of it."""
        meant = request.meant
        if meant.reference in (Reference.THIS, Reference.ALL):
            if len(documents) == 1:
                return documents[0].id, ""
            this = self._spoken_of(history, documents, hidden)
            return (this, "") if this and meant.reference is Reference.THIS else None
        if named := self._finder.by_name(meant.words, documents):
            title = next(each.title for each in documents if each.id == named)
            rest = meant.words.casefold().partition(title.casefold())
            return named, f"{rest[0]} {rest[2]}".strip(" '’s") if title and rest[1] else ""
        if meant.reference is Reference.TITLE and request.kind is not Kind.SUMMARY:
            return None  # "What is B200 about?"
        candidates = self._finder.candidates(meant.words, hidden)
        opened = [each for each in candidates if each.opened > 0.99]
        if opened:
            return opened[0].id, ""
        if request.kind is not Kind.SUMMARY and meant.is_bare:
            return None  # "What did the minister's speech say?"
        spoken = max(candidates, key=lambda each: each.spoken, default=None)
        if spoken is None or spoken.spoken < _SPOKEN:
            return None
        # "the article on lobsters" tells which, "the lobsters' way to China" tells what of it.
        return spoken.id, "" if meant.is_surely_a_document else meant.words

    def _spoken_of(
        self,
        history: Sequence[Mapping[str, str]],
        documents: Sequence[DocumentInfo],
        hidden: Collection[str],
    ) -> str | None:
        """Id of the document that the last answer cites first, None where there was no answer."""
        said = [
            str(turn["content"])
            for turn in history
            if turn.get("role") == "assistant" and _MARKER.search(str(turn.get("content") or ""))
        ]
        if not said:
            return None
        lines = [_MARKER.sub("", line).strip() for line in said[-1].splitlines()]
        lines = [line for line in lines if line]
        titled = {each.id: line for each in documents for line in lines if _title(each) in line}
        if len(set(titled.values())) > 1:
            return None  # all were listed
        at_head = [each for each in documents if titled.get(each.id) == lines[0]]
        if at_head:
            return max(at_head, key=lambda each: len(each.title)).id
        search = self._retriever.prepare(" ".join(lines)[:LONGEST])
        found = self._retriever.find(self._retriever.current(), search, 10, hidden)
        for line in lines:
            for passage in found:
                if line in one_line(passage.text):
                    return passage.chunk.document_id
        return found[0].chunk.document_id if found else None

    def _summary(
        self, whole: WholeDocument, topic: str, hidden: Collection[str], said: str
    ) -> DocumentAnswer | None:
        query, among = None, frozenset[str]()
        if topic:
            search = self._retriever.prepare(topic)
            query = search.vector
            found = self._retriever.find(self._retriever.current(), search, 30, hidden)
            among = frozenset(each.chunk.id for each in found)
        heading = _heading(whole.info, _day(whole))
        room = LONGEST - _MARKERS - len(heading)
        quotes = whole.summary(room, query, among)
        more = whole.summary(_MODEL_ROOM, query, among)
        if new := [each for each in more if said and one_line(each.text) not in said]:
            lengths = itertools.accumulate(len(each.text) for each in new)
            quotes = [each for each, length in zip(new, lengths, strict=True) if length <= room]
        if not quotes:
            return None
        told = _told(heading, quotes)
        return replace(told, for_model=tuple(passages_of([*quotes, *more])))

    def _collection(self, documents: Sequence[DocumentInfo], language: str) -> DocumentAnswer:
        """The titles of all documents, or of those added last if there are too many."""
        head = overview_message("documents", language, len(documents))
        colon = label("colon", language).rstrip()
        if len(documents) <= _MOST_LISTED:
            told = _lines(head + colon, [self._listed(each, language) for each in documents])
            if len(told.citations) == len(documents):
                return told
        newest = sorted(documents, key=lambda each: each.added, reverse=True)[:_MOST_LISTED]
        head += overview_message("latest", language)
        return _lines(head + colon, [self._listed(each, language) for each in newest])

    def _listed(self, info: DocumentInfo, language: str) -> tuple[str, Quote | None]:
        whole = WholeDocument.beginning(self._store, info.id)
        heading = _heading(info, overview_message(info.language, language), _day(whole))
        return heading, whole.opening()


def _particulars(
    whole: WholeDocument, request: DocumentRequest, language: str
) -> DocumentAnswer | None:
    """What was asked, a line each, and the title; None where a title's author is not known."""
    stated = {name: whole.particular(name) for name in ("author", "date", "publisher", "url")}
    source = stated["publisher"][0], stated["url"][0]
    values: dict[str, tuple[str | None, Quote | None]] = {
        "title": (whole.info.title, None),
        "author": stated["author"],
        "date": stated["date"],
        "source": (" ".join(filter(None, source)) or None, None),
        "language": (overview_message(whole.info.language, language), None),
        "length": (overview_message("characters", language, whole.info.characters), None),
    }
    if request.meant.reference is Reference.TITLE and not all(values[n][0] for n in request.fields):
        return None
    if not any(values[name][0] for name in request.fields):  # then what else is known
        others = [name for name in ("date", "source") if values[name][0]]
    else:
        others = []
    opening = whole.opening()
    if opening is None:
        return None
    quotes, lines = [opening], []
    for name in dict.fromkeys(("title", *request.fields, *others)):
        value, quote = values[name]
        if quote is not None:
            quotes.append(quote)
        number = len(quotes) if quote is not None else 1
        said = f"{one_line(value)}[{number}]" if value else overview_message("unknown", language)
        lines.append(f"{overview_message(name, language)}{label('colon', language)}{said}")
    return replace(_told("", quotes), text="\n".join(lines))


def _contents(whole: WholeDocument, language: str) -> DocumentAnswer | None:
    """The headings, the outer ones alone where all are too many; None where there are none."""
    headings = contents(whole.document.text, whole.document.title)
    if not headings:
        return None
    head = _heading(whole.info, overview_message("headings", language, len(headings)))
    for depth in sorted({each.depth for each in headings}, reverse=True):
        shown = [each for each in headings if each.depth <= depth]
        lines = [
            ("  " * (each.depth - 1) + one_line(each.title), whole.quote(each.start, each.end))
            for each in shown
        ]
        told = _lines(head, lines)
        if len(told.citations) == len(shown):
            break
    return told


def _lines(head: str, lines: Sequence[tuple[str, Quote | None]]) -> DocumentAnswer:
    """The head, and the lines that fit below it, each with the citation of its quote."""
    text, quotes = head, list[Quote]()
    for line, quote in lines:
        more = f"\n{line}[{len(quotes) + 1}]"
        if quote is None:
            continue
        if len(text) + len(more) > LONGEST:
            break
        text, quotes = text + more, [*quotes, quote]
    return replace(_told("", quotes), text=text)


def _told(heading: str, quotes: Sequence[Quote]) -> DocumentAnswer:
    text, citations = cite(quotes)
    whole = f"{heading}\n{text}" if heading else text
    return DocumentAnswer(whole, citations, tuple(passages_of(quotes)))


def _heading(info: DocumentInfo, *parts: str) -> str:
    """The title on one line, with what else is known in brackets; a file's name without a title.

    >>> from rag.types import DocumentInfo
    >>> _heading(DocumentInfo("a.md", "公开信", "a.md", "zh", 1, 9, ""), "2015-06-09", "")
    '公开信（2015-06-09）'
    """
    title = _title(info)
    known = list(filter(None, parts))
    if not known:
        return title
    is_chinese = info.language != "en"
    inside = ("，" if is_chinese else ", ").join(known)
    return f"{title}（{inside}）" if is_chinese else f"{title} ({inside})"


def _title(info: DocumentInfo) -> str:
    title = one_line(info.title or PurePosixPath(info.source).name)
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"


def _day(whole: WholeDocument) -> str:
    """The day a document states, without the time of day; "" where it states none."""
    stated = whole.particular("date")[0] or ""
    day = _DAY.match(stated)
    return day[0] if day else stated
