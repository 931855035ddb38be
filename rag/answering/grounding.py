"""A language model's answer, sentence by sentence: only what the passages support is cited."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.answering.citations import Quote, citation, one_line
from rag.answering.injection import gives_orders
from rag.answering.prompts import NO_ANSWER, estimated_tokens
from rag.answering.reply import CitedSentence
from rag.checking.checker import LONGEST, TOO_LONG, Checker, Finding
from rag.checking.windows import LENGTH
from rag.index.fusion import Search
from rag.index.passage import Passage
from rag.language.numerals import NUMERAL
from rag.language.term_groups import Group
from rag.language.terms import index_terms
from rag.language.text import fold, has_words
from rag.reasons import Reason
from rag.types import Citation, Dropped

NEIGHBOURS_OF = 2  # best passages that are shown with what stands before and behind them
FEW_WORDS = 3  # a sentence of fewer is checked together with the question
_PROMPT = re.compile(r"</?passage-\w+|^(?:question|user|assistant|问题|问)\s*[:：]", re.IGNORECASE)
_OF_ABSENCE = (Reason.NOTHING_NEAR, Reason.NEGATION, Reason.NAME, Reason.NOT_STATED)
_UNMARKED = {"zh": "（未获文档支持）", "en": " (not supported by the documents)"}
_ABSENCE = re.compile(
    r"(?:没有|未|无法|并未|不)[^。]{0,12}(?:提到|提及|提供|说明|找到|回答|涉及|包含|给出)|无相关|没有相关"
    r"|\b(?:do(?:es)? not|did not|don't|doesn't|no|cannot|isn't|is not)\b[^.]{0,40}"
    r"\b(?:mention\w*|provide\w*|contain\w*|specif\w+|state\w*|information|answer\w*|hold|include\w*)",
    re.IGNORECASE,
)


class Grounding:
    """Takes in the sentences of an answer over numbered passages, and keeps what is supported.

    `passages` are those that the model was given, numbered from 1. What is taken in comes back as
    text with the markers of `citations`; what is not is in `dropped`, with the reason.
    """

    def __init__(
        self,
        checker: Checker,
        prepare: Callable[[str], Search],
        passages: Sequence[Passage],
        question: str,
        language: str,
        *,
        marks_unsupported: bool = False,
    ) -> None:
        self._checker = checker
        self._prepare = prepare
        self.passages = passages
        self._question = question
        self._said_before: set[str] = set()
        self._language = "en" if language == "en" else "zh"
        self._marks_unsupported = marks_unsupported
        self._cited: list[Quote] = []
        self.dropped: list[Dropped] = []
        self.says_absent = False
        self._has_begun = False
        self._held_back = ""

    def take(self, sentence: CitedSentence) -> str:
        """The text to show for a sentence, "" where it is dropped."""
        self._drop_invented(sentence)
        if NO_ANSWER in sentence.text:
            self.says_absent = True
            sentence = replace(sentence, text=sentence.text.replace(NO_ANSWER, "").strip())
        if not has_words(sentence.text):
            return ""
        if fault := self._is_no_statement(sentence.text):
            return self._drop(sentence, fault)
        passage, finding = self._checked(sentence)
        if finding.verdict == "supported" and passage is not None:
            if gives_orders(passage.text, finding.start, finding.end):
                return self._drop(sentence, Reason.INSTRUCTION)
            return self._shown_text(sentence, f"[{self._marker(passage, finding)}]")
        self._drop(sentence, finding.reason or Reason.NOTHING_NEAR)
        if _ABSENCE.search(sentence.text) and finding.reason in _OF_ABSENCE:
            self.says_absent = True
            return ""
        if not self._marks_unsupported:
            return ""
        marked = self._shown_text(sentence, _UNMARKED[self._language])
        if self._cited:
            return marked
        self._held_back += marked  # until something is cited: else there is no answer
        return ""

    def _drop(self, sentence: CitedSentence, reason: Reason) -> str:
        self.dropped.append(Dropped(sentence.text, reason))
        return ""

    def _is_no_statement(self, text: str) -> Reason | None:
        """Why a sentence is none of an answer, None where it may be one."""
        words = "".join(filter(str.isalnum, fold(text)))
        if _PROMPT.search(text) or text.rstrip("”\"’'").endswith(("?", "？")):
            return Reason.NOT_AN_ANSWER
        if words in self._said_before:
            return Reason.REPEATED
        self._said_before.add(words)
        return None

    def broke_off(self, reason: str) -> None:
        """Record that the answer breaks off."""
        self.dropped.append(Dropped("", Reason(reason)))

    def _drop_invented(self, sentence: CitedSentence) -> None:
        for number in sentence.markers:
            if not 1 <= number <= len(self.passages):
                self.dropped.append(Dropped(sentence.text, Reason.INVENTED_MARKER, number))

    def _checked(self, sentence: CitedSentence) -> tuple[Passage | None, Finding]:
        """The passage that supports the sentence, one that it names before the others.

        Where none does: what stands against it in those that it names.
        """
        if len(sentence.text) > LONGEST:
            return None, TOO_LONG
        search = self._prepare(sentence.text)
        own = [group for group in search.groups if not group.optional]
        is_short = len(own) < FEW_WORDS
        if is_short:  # "In 1999.": what was?
            search = self._prepare(f"{sentence.text} {self._question}")
        named = [self.passages[n - 1] for n in sentence.markers if 1 <= n <= len(self.passages)]
        found = self._check(search, named)
        if found[1].verdict != "supported" and len(named) < len(self.passages):
            elsewhere = self._check(search, self.passages)
            found = elsewhere if elsewhere[1].verdict == "supported" or not named else found
        if is_short and found[1].verdict == "supported" and not _says(own, found):
            # The question's own words may have met the passage: "It is made of wood."
            found = self._check(self._prepare(sentence.text), self.passages)
            if not own or found[1].verdict != "supported":
                return None, Finding("unsupported", Reason.NOT_AN_ANSWER)
        return found

    def _check(self, search: Search, among: Sequence[Passage]) -> tuple[Passage | None, Finding]:
        finding = self._checker.check(search, among)
        return (None if finding.passage is None else among[finding.passage]), finding

    def _marker(self, passage: Passage, finding: Finding) -> int:
        """The marker of the words, of more than these where they overlap with others cited."""
        quote = Quote(passage, finding.start, finding.end)
        for number, other in enumerate(self._cited):
            first, last = min(other.start, quote.start), max(other.end, quote.end)
            overlaps = other.start < quote.end and quote.start < other.end
            is_same = other.passage.chunk.id == passage.chunk.id
            if is_same and overlaps and last - first <= LENGTH:
                self._cited[number] = Quote(other.passage, first, last)
                return number + 1
        self._cited.append(quote)
        return len(self._cited)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations of all that was taken in, by their markers."""
        return tuple(citation(marker, quote) for marker, quote in enumerate(self._cited, start=1))

    def _shown_text(self, sentence: CitedSentence, behind: str) -> str:
        lead = sentence.lead if self._has_begun else sentence.lead.lstrip()
        self._has_begun = True
        before, self._held_back = self._held_back, ""
        return f"{before}{lead}{one_line(sentence.text)}{behind}"


def _says(own: Sequence[Group], found: tuple[Passage | None, Finding]) -> bool:
    """Whether a short reply has words, and all that are no numbers stand in those found.

    Numbers are written in several ways, and the checker compares them; "No." has no words.
    """
    passage, finding = found
    if passage is None:
        return True
    terms = set(index_terms(passage.text[finding.start : finding.end]))
    words = [group for group in own if not _is_number(group)]
    return bool(own) and all(
        any(term in terms for term, _ in group.alternatives) for group in words
    )


def _is_number(group: Group) -> bool:
    return re.match(NUMERAL, group.alternatives[0][0]) is not None


def within_budget(
    best_first: Sequence[Passage],
    neighbours: Callable[[Passage], Sequence[Passage]],
    tokens: int,
) -> list[Passage]:
    """The best passages, those next to the very best ones, and no more than fit into the budget.

    The first one is always among them; none twice.
    """
    chosen: dict[str, Passage] = {}
    wanted = list(best_first[:1])
    for number, passage in enumerate(best_first):
        wanted += [passage, *(neighbours(passage) if number < NEIGHBOURS_OF else ())]
    used = 0
    for passage in wanted:
        cost = estimated_tokens(passage.text) + 20  # its heading and marks
        if passage.chunk.id in chosen or (chosen and used + cost > tokens):
            continue
        chosen[passage.chunk.id] = passage
        used += cost
    order = {passage.chunk.id: number for number, passage in enumerate(best_first)}
    return sorted(chosen.values(), key=lambda each: order.get(each.chunk.id, len(order)))
