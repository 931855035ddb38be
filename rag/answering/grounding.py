"""A language model's answer, sentence by sentence: only what the passages support is cited."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answering.citations import Quote, citation, one_line
from rag.answering.injection import gives_orders
from rag.answering.prompts import NO_ANSWER, Passage, estimated_tokens
from rag.answering.reply import Said
from rag.checking.checker import LENGTH, LONGEST, TOO_LONG, Checker, Finding
from rag.index.fusion import Search
from rag.index.rows import IndexedChunk
from rag.language.term_groups import Group
from rag.language.terms import index_terms
from rag.language.text import fold, has_words
from rag.types import Citation, Dropped, Hit

NEIGHBOURS_OF = 2  # best passages that are shown with what stands before and behind them
FEW_WORDS = 3  # a sentence of fewer is checked together with the question
_PROMPT = re.compile(r"</?passage-\w+|^(?:question|user|assistant|问题|问)\s*[:：]", re.IGNORECASE)
_UNMARKED = {"zh": "（未获文档支持）", "en": " (not supported by the documents)"}
_ABSENCE = re.compile(
    r"(?:没有|未|无法|并未|不)[^。]{0,12}(?:提到|提及|提供|说明|找到|回答|涉及|包含|给出)|无相关|没有相关"
    r"|\b(?:do(?:es)? not|did not|don't|doesn't|no|cannot|isn't|is not)\b[^.]{0,40}"
    r"\b(?:mention\w*|provide\w*|contain\w*|specif\w+|state\w*|information|answer\w*|hold|include\w*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage shown to the model: the hit, and the chunk as indexed."""

    hit: Hit
    indexed: IndexedChunk


class Grounding:
    """Takes in the sentences of an answer over numbered passages, and keeps what is supported.

    `shown` are the passages by their numbers, from 1. What is taken in comes back as text with
    the markers of `citations`; what is not is in `dropped`, with the reason.
    """

    def __init__(
        self,
        checker: Checker,
        prepare: Callable[[str], Search],
        shown: Sequence[Shown],
        question: str,
        language: str,
        *,
        marks_unsupported: bool = False,
    ) -> None:
        self._checker = checker
        self._prepare = prepare
        self.shown = shown
        self._question = question
        self._said_before: set[str] = set()
        self._language = "en" if language == "en" else "zh"
        self._marks_unsupported = marks_unsupported
        self._cited: list[tuple[Shown, int, int]] = []
        self.dropped: list[Dropped] = []
        self.says_absent = False
        self._has_begun = False
        self._held_back = ""

    def take(self, said: Said) -> str:
        """The text to show for a sentence, "" where it is dropped."""
        self._drop_invented(said)
        if NO_ANSWER in said.text:
            self.says_absent = True
            said = replace(said, text=said.text.replace(NO_ANSWER, "").strip())
        if not has_words(said.text):
            return ""
        if fault := self._is_no_statement(said.text):
            return self._drop(said, fault)
        passage, finding = self._held(said)
        if finding.verdict == "supported" and passage is not None:
            if gives_orders(passage.hit.chunk.text, finding.start, finding.end):
                return self._drop(said, "instruction")
            return self._shown_text(said, f"[{self._marker(passage, finding)}]")
        self._drop(said, finding.reason)
        if _ABSENCE.search(said.text) and finding.reason in ("nothing_near", "negation", "name"):
            self.says_absent = True
            return ""
        if not self._marks_unsupported:
            return ""
        marked = self._shown_text(said, _UNMARKED[self._language])
        if self._cited:
            return marked
        self._held_back += marked  # until something is cited: else there is no answer
        return ""

    def _drop(self, said: Said, reason: str) -> str:
        self.dropped.append(Dropped(said.text, reason, None))
        return ""

    def _is_no_statement(self, text: str) -> str:
        """Why a sentence is none of an answer, "" where it may be one."""
        words = "".join(filter(str.isalnum, fold(text)))
        if _PROMPT.search(text) or text.rstrip("”\"’'").endswith(("?", "？")):
            return "not_an_answer"
        if words in self._said_before:
            return "repeated"
        self._said_before.add(words)
        return ""

    def broke_off(self, reason: str) -> None:
        """Take note that the answer ends before its end."""
        self.dropped.append(Dropped("", reason, None))

    def _drop_invented(self, said: Said) -> None:
        for number in said.markers:
            if not 1 <= number <= len(self.shown):
                self.dropped.append(Dropped(said.text, "invented_marker", number))

    def _held(self, said: Said) -> tuple[Shown | None, Finding]:
        """The passage that supports the sentence, one that it names before the others.

        Where none does: what stands against it in those that it names.
        """
        if len(said.text) > LONGEST:
            return None, TOO_LONG
        search = self._prepare(said.text)
        own = [group for group in search.groups if not group.optional]
        is_short = len(own) < FEW_WORDS
        if is_short:  # "In 1999.": what was?
            search = self._prepare(f"{said.text} {self._question}")
        named = [self.shown[n - 1] for n in said.markers if 1 <= n <= len(self.shown)]
        found = self._check(search, named)
        if found[1].verdict != "supported" and len(named) < len(self.shown):
            elsewhere = self._check(search, self.shown)
            found = elsewhere if elsewhere[1].verdict == "supported" or not named else found
        if is_short and found[1].verdict == "supported" and not _says(own, found):
            return None, Finding("unsupported", "not_an_answer")
        return found

    def _check(self, search: Search, among: Sequence[Shown]) -> tuple[Shown | None, Finding]:
        finding = self._checker.check(search, [shown.indexed for shown in among])
        return (None if finding.passage is None else among[finding.passage]), finding

    def _marker(self, shown: Shown, finding: Finding) -> int:
        """The marker of the words, of more than these where they overlap with others cited."""
        quote = Quote(shown.hit, finding.start, finding.end)
        for place, (other, start, end) in enumerate(self._cited):
            first, last = min(start, quote.start), max(end, quote.end)
            overlaps = start < quote.end and quote.start < end
            if other.hit.chunk.id == shown.hit.chunk.id and overlaps and last - first <= LENGTH:
                self._cited[place] = (other, first, last)
                return place + 1
        self._cited.append((shown, quote.start, quote.end))
        return len(self._cited)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations of all that was taken in, by their markers."""
        return tuple(
            citation(marker, Quote(shown.hit, start, end))
            for marker, (shown, start, end) in enumerate(self._cited, start=1)
        )

    def _shown_text(self, said: Said, behind: str) -> str:
        lead = said.lead if self._has_begun else said.lead.lstrip()
        self._has_begun = True
        before, self._held_back = self._held_back, ""
        return f"{before}{lead}{one_line(said.text)}{behind}"


def _says(own: Sequence[Group], found: tuple[Shown | None, Finding]) -> bool:
    """Whether a short reply has a word of its own in the words found; "No." has none."""
    shown, finding = found
    if shown is None:
        return True
    text = shown.hit.chunk.text[finding.start : finding.end]
    terms = set(index_terms(text))
    return any(term in terms for group in own for term, _ in group.alternatives)


def passages_of(shown: Sequence[Shown]) -> list[Passage]:
    """The passages as the model sees them."""
    return [
        Passage(number, each.hit.title, each.hit.chunk.section, each.hit.chunk.text)
        for number, each in enumerate(shown, start=1)
    ]


def within_budget(
    best_first: Sequence[Shown],
    neighbours: Callable[[Shown], Sequence[Shown]],
    tokens: int,
) -> list[Shown]:
    """The best passages, those next to the very best ones, and no more than fit into the budget.

    The first one is always among them; none twice.
    """
    chosen: dict[str, Shown] = {}
    wanted = list(best_first[:1])
    for place, shown in enumerate(best_first):
        wanted += [shown, *(neighbours(shown) if place < NEIGHBOURS_OF else ())]
    used = 0
    for shown in wanted:
        cost = estimated_tokens(shown.hit.chunk.text) + 20  # its heading and marks
        if shown.hit.chunk.id in chosen or (chosen and used + cost > tokens):
            continue
        chosen[shown.hit.chunk.id] = shown
        used += cost
    order = {shown.hit.chunk.id: place for place, shown in enumerate(best_first)}
    return sorted(chosen.values(), key=lambda shown: order.get(shown.hit.chunk.id, len(order)))
