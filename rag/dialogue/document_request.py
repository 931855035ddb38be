"""Whether a question is about a document as a whole, the collection or the assistant.

"What is this document about?" and 总结一下马云公开信的主要内容 are; "What is B200 about?" and
总结了哪三条经验？ ask for something that stands in a document, and are not.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.dialogue.document_reference import Meant, Reference, reference
from rag.dialogue.ellipsis import asks_to_go_on
from rag.language.tables import table
from rag.language.text import to_simplified

_LONGEST = 300  # characters; what is longer says something of its own
_CLOSING = re.compile(
    r"(?:[\s?？!！。.,，;；:：~～…]|(?<=[\u3400-\u9fff ])(?:[呢吗呀啊吧]|好吗|可以吗|行吗|谢谢你?)"
    r"|,? (?:please|thanks|thank you))$",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"[,，;；]\s*(?:and\s+)?|\s+and\s+(?=wh|how|by wh)|(?:以及|还有|和)(?=什么|何|谁|哪)"
)
_WITHIN = re.compile(  # a part of a document, by its number
    r"\b(?:article|section|clause|chapter|part|page|paragraph|step|item|table|figure) [\dIVX]+\b"
    r"|第\s*[\d一二两三四五六七八九十百]{1,4}\s*[条章节款步页段项点]",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"写|撰|发表|\b(?:written|published)\b", re.IGNORECASE)
_MORE = {  # what may follow "who wrote it"
    "date": re.compile(r"(?:什么时候|何时|哪年)(?:写|发表)?的?|when", re.IGNORECASE),
    "author": re.compile(r"谁写?的?|(?:by )?whom?", re.IGNORECASE),
}


class Kind(StrEnum):
    """What is wanted: a summary, the headings, who wrote it and when, all titles, or help."""

    SUMMARY = "summary"
    ABOUT = "about"  # a summary too, where what is meant turns out to be a document
    CONTENTS = "contents"
    PARTICULARS = "particulars"
    COLLECTION = "collection"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """What is wanted of which document; `fields` are the particulars that were asked for.

    These are `author`, `date`, `length`, `language`, `source` and `title`.
    """

    kind: Kind
    meant: Meant
    fields: tuple[str, ...] = ()


def document_request(
    question: str, history: Sequence[Mapping[str, str]] = ()
) -> DocumentRequest | None:
    """What a question asks of a whole document, None for one about what stands in it.

    "it" is a document where the question before was about one, or there was none; to go on after a
    summary asks for more of that.

    >>> document_request("What is this document about?").meant.reference
    <Reference.THIS: 'this'>
    >>> document_request("总结一下马云公开信的主要内容。").meant.words
    '马云公开信'
    >>> document_request("总结了哪三条经验？") is None
    True
    """
    if len(question) > _LONGEST:
        return None
    asked = [turn.get("content") or "" for turn in history if turn.get("role") == "user"]
    if asks_to_go_on(question):
        earlier = [each for each in asked if not asks_to_go_on(each)][-1:]
        whole = document_request(earlier[0]) if earlier else None
        return whole if whole and whole.kind in (Kind.SUMMARY, Kind.ABOUT) else None
    request = next(_requests(_plain(question)), None)
    is_it = request is not None and request.meant.is_pronoun
    return None if is_it and asked and document_request(asked[-1]) is None else request


def _requests(text: str) -> Iterator[DocumentRequest]:
    """What the text may want, the likeliest first."""
    for kind in (Kind.ASSISTANT, Kind.COLLECTION):
        if _meets(kind, text):
            yield DocumentRequest(kind, Meant(Reference.ALL))
    particulars = list(_particulars(text))
    if particulars:
        fields = tuple(dict.fromkeys(name for name, _ in particulars))
        yield DocumentRequest(Kind.PARTICULARS, particulars[0][1], fields)
    for kind in (Kind.CONTENTS, Kind.SUMMARY, Kind.ABOUT):
        for field, words in _meets(kind, text):
            if _WITHIN.search(words):
                continue
            meant = reference(words)
            if field == "document" and not meant.is_surely_a_document:
                continue
            if meant.reference is Reference.ALL and kind is not Kind.CONTENTS:
                yield DocumentRequest(Kind.COLLECTION, meant)
            else:
                yield DocumentRequest(kind, meant)


def _particulars(text: str) -> Iterator[tuple[str, Meant]]:
    """Each thing that is asked about a document, and the document: "who wrote it, when?".

    Nothing where a part of the question asks for something else.
    """
    found: list[tuple[str, Meant]] = []
    for part in _PARTS.split(text):
        more = [name for name, pattern in _MORE.items() if found and pattern.fullmatch(part)]
        asked = [(name, found[0][1]) for name in more] or [
            (name, meant)
            for name, words in _meets(Kind.PARTICULARS, part)
            for meant in (reference(words),)
            # How long the bridge is, is not asked of a document with that title.
            if meant.is_surely_a_document
            or (meant.reference is Reference.TITLE and _is_of_writing(name, part))
        ]
        if not asked:
            return
        found.append(asked[0])
    yield from found


def _is_of_writing(field: str, text: str) -> bool:
    """Whether no thing but a text has what is asked: its author, or when it was written."""
    return field == "author" or (field == "date" and bool(_WRITTEN.search(text)))


def _meets(kind: Kind, text: str) -> list[tuple[str, str]]:
    """Which patterns of a kind the whole text meets: its field, and the words for what is meant."""
    return [
        (field, " ".join(part.strip() for part in match.groups() if part))
        for field, pattern in _patterns()[kind]
        for match in (pattern.fullmatch(text),)
        if match is not None
    ]


@functools.cache
def _patterns() -> dict[Kind, list[tuple[str, re.Pattern[str]]]]:
    """The patterns of `rag/data/requests.tsv` by kind, each with its field."""
    words = {"X": "(.+?)", "X?": "(.*?)"}
    found: dict[Kind, list[tuple[str, re.Pattern[str]]]] = {kind: [] for kind in Kind}
    for kind, field, pattern in table("requests"):
        whole = re.sub(r"<([A-Za-z]+\??)>", lambda match: words[match[1]], pattern)
        if kind == "word":
            words[field] = whole
        else:
            compiled = re.compile(words["polite"] + whole, re.IGNORECASE)
            found[Kind(kind)].append((field, compiled))
    return found


def _plain(question: str) -> str:
    """The question in simplified script, on one line, without what closes it."""
    text = " ".join(to_simplified(unicodedata.normalize("NFKC", question)).split())
    while match := _CLOSING.search(text):
        text = text[: match.start()]
    return text
