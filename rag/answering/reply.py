"""A model's answer as it comes in: sentences, and the passages that each one names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.language.sentences import SENTENCE_END

LONGEST = 2000  # characters of a sentence that has not ended; there it is cut

_NUMBERS = r"\d{1,3}(?:\s{0,4}[,，、;；–-]\s{0,4}\d{1,3}){0,20}"
_MARKER = re.compile(
    rf"\s{{0,8}}[\[【［]\s{{0,8}}(?:\^|来源|段落|文档|passages?|sources?|documents?)?\s{{0,8}}({_NUMBERS})\^?\s{{0,8}}[\]】］]",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    rf"(?:{SENTENCE_END}|[.!?](?={_MARKER.pattern}))(?:{_MARKER.pattern})*", re.IGNORECASE
)
_MAY_GO_ON = re.compile(r"\s{0,8}(?:[\[【［][^\]】］]{0,40})?")
_LEAD = re.compile(r"\s*(?:(?:[-*•·]|#{1,6}|\d{1,2}[.)、])\s+)?")
_EMPHASIS = re.compile(r"\*\*|__|`")
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
_CUT_MARKER = re.compile(r"\s*[\[【［][^\]】］]{0,40}$|\[\s*\]")


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence: `lead` is what stands before it (white space, a list's mark).

    `markers` are the passages that it names, in its order; `text` is without them.
    """

    lead: str
    text: str
    markers: tuple[int, ...]


def cited_sentences(pieces: Iterable[str]) -> Iterator[CitedSentence | None]:
    """The sentences of a text that comes in pieces, and None for each piece that ends none.

    >>> [each for each in cited_sentences(["杭州有桥。", "[1]", "[2] It", " rained [3]."]) if each]
    ... # doctest: +NORMALIZE_WHITESPACE
    [CitedSentence(lead='', text='杭州有桥。', markers=(1, 2)),
     CitedSentence(lead=' ', text='It rained.', markers=(3,))]
    """
    rest = ""
    for piece in pieces:
        rest += piece
        found = False
        while (end := _end(rest)) is not None:
            if one := _read(rest[:end]):
                found = True
                yield one
            rest = rest[end:]
        if not found:
            yield None
    if one := _read(rest):
        yield one


def _end(text: str) -> int | None:
    """Where the first sentence ends with its markers, None while more may belong to it."""
    for match in _SENTENCE.finditer(text, 0, LONGEST):
        if _MAY_GO_ON.fullmatch(text, match.end()):
            break
        if end := len(text[: match.end()].rstrip()):
            return end
    return LONGEST if len(text) > LONGEST else None


def _read(text: str) -> CitedSentence | None:
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    words = _LINK.sub(r"\1", text[start:])
    markers = [number for match in _MARKER.finditer(words) for number in _numbers(match[1])]
    words = _CUT_MARKER.sub("", _EMPHASIS.sub("", _MARKER.sub("", words))).strip()
    if not words and not markers:
        return None
    return CitedSentence(text[:start], words, tuple(dict.fromkeys(markers)))


def _numbers(written: str) -> Iterator[int]:
    for part in re.split(r"[,，、;；]", written):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        if len(ends) == 2 and ends[0] <= ends[1] <= ends[0] + 20:
            yield from range(ends[0], ends[1] + 1)
        else:
            yield from ends
