"""A sentence checked against passages, which support it, say otherwise, or say nothing of it.

The words of a passage that are nearest to the sentence are looked up by its terms in both
languages and by meaning; then the numbers, dates and names of the sentence must be there, what
belongs together must belong together there too, and nothing be denied that is affirmed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.checking.clauses import added, denied
from rag.checking.exchanges import exchanged
from rag.checking.facts import Fact, goes_without_saying, is_telling
from rag.checking.judge import ClaimJudge, Judgement
from rag.checking.judged import judged
from rag.checking.name_match import Presence, Words
from rag.checking.names import is_person, is_surely_a_name, names_of
from rag.checking.quantities import Quantity
from rag.checking.windows import (
    Claim,
    Key,
    Knowledge,
    Window,
    best_windows,
    claim_of,
    crosses,
    text_of,
)
from rag.index.fusion import Search
from rag.index.lexical import LexicalIndex
from rag.index.passage import Passage
from rag.language.aliases import Aliases
from rag.language.entities import Mention
from rag.language.lexicon import Lexicon
from rag.language.sentences import sentences
from rag.language.terms import index_terms
from rag.reasons import Reason

PASSAGES = 8  # that a sentence of unknown origin is checked against
COVERED = 0.3  # of the sentence's terms that the words must meet
COVERED_ACROSS = 0.2  # the same across languages
LONGEST = 1000  # characters of a sentence; longer ones are `TOO_LONG`
_SUPPORTED = 0.1  # for each fact that is there
_HALF = 0.5  # of what the best sentence meets
_ANAPHOR = re.compile(
    r"(?<!其)[他她它]|其(?![他她它中实實余])|[该該这這](?:家|个|個)?[公机機][司构構]"
    r"|\b(?:he|she|it|they|his|her|its|their|the (?:company|firm|group))\b",
    re.IGNORECASE,
)
Verdict = Literal["supported", "unsupported", "contradicted"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a sentence: `start` and `end` are the nearest words in the passage's text.

    `passage` counts among the passages given, None where there was none. `claimed` are the words
    of the sentence that are not supported, `given` those of the passage in their place, as far
    as `reason` has such. `judgement` is the judge's, None where there is no judge.
    """

    verdict: Verdict
    reason: Reason | None = None
    claimed: str = ""
    given: str = ""
    passage: int | None = None
    start: int = 0
    end: int = 0
    judgement: Judgement | None = None


TOO_LONG = Finding("unsupported", Reason.TOO_LONG)


class Checker:
    """Checks sentences against passages of one index; safe to share between threads.

    `document_words` gives the words of a whole document, in which what goes unsaid in a passage
    may be named. With a `judge` its reading decides, and values that differ.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        lexical: LexicalIndex,
        aliases: Aliases,
        document_words: Callable[[str], Words],
        judge: ClaimJudge | None = None,
    ) -> None:
        self._known = Knowledge(lexicon, lexical, aliases)
        self._document_words = document_words
        self._judge = judge
        self._text = functools.lru_cache(maxsize=512)(text_of)

    def check(self, claim: Search, passages: Sequence[Passage]) -> Finding:
        """What the passages say of the sentence that `claim` was made from."""
        read = claim_of(claim, self._known.lexicon)
        texts = (self._text(Key(indexed)) for indexed in passages)
        windows = best_windows(read, texts, self._known)
        if not windows:
            return Finding("unsupported", Reason.NOTHING_NEAR)
        if self._judge is not None:
            return self._read(read, windows, self._judge)
        return self._judged(read, windows[0])

    def _read(self, claim: Claim, windows: Sequence[Window], judge: ClaimJudge) -> Finding:
        """The finding of the judge, and of the values that it does not compare."""
        best = judged(claim, windows, judge)
        window = best.window
        found = Finding(
            "supported",
            passage=window.passage,
            start=window.start,
            end=window.end,
            judgement=best.judgement,
        )
        if window.wrong and not self._is_implied(window):
            return _otherwise(found, claim, window)
        if best.is_supported:
            return found
        if best.is_contradicted:
            return replace(found, verdict="contradicted", reason=Reason.SAYS_OTHERWISE)
        return replace(found, verdict="unsupported", reason=Reason.NOT_STATED)

    def _judged(self, claim: Claim, window: Window) -> Finding:
        found = Finding("supported", passage=window.passage, start=window.start, end=window.end)
        named = len(claim.names) - len(window.unnamed)
        all_facts: tuple[Fact, ...] = (*claim.facts.quantities, *claim.facts.dates)
        there = [each for each in all_facts if each not in window.wrong]
        supported = named + len(there) + sum(map(is_telling, there))
        needed = COVERED_ACROSS if crosses(claim.text, window.words) else COVERED
        if window.coverage + _SUPPORTED * supported < needed:
            return replace(found, verdict="unsupported", reason=Reason.NOTHING_NEAR)
        if window.wrong and not self._is_implied(window):
            return _otherwise(found, claim, window)
        if (name := self._missing_name(claim, window)) is not None:
            return replace(found, verdict="unsupported", reason=Reason.NAME, claimed=name.text)
        if clause := added(claim, window, self._known.lexical):
            return replace(found, verdict="unsupported", reason=Reason.ADDED, claimed=clause)
        if pair := exchanged(claim, window, self._known):
            words = " / ".join(claim.text[slice(*each.claimed)] for each in pair)
            return replace(found, verdict="contradicted", reason=Reason.SWAPPED, claimed=words)
        if denial := denied(claim, window, self._known.lexical):
            ours, theirs = denial
            return replace(
                found, verdict="contradicted", reason=Reason.NEGATION, claimed=ours, given=theirs
            )
        return found

    def _is_implied(self, window: Window) -> bool:
        """Whether only a year is missing, which these words leave unsaid and the document has."""
        given = window.facts.dates
        if any(each.year for each in given):
            return False
        document = self._document_words(window.text.indexed.chunk.document_id).folded
        return all(goes_without_saying(each, given, document) for each in window.wrong)

    def _missing_name(self, claim: Claim, window: Window) -> Mention | None:
        """A name that the passage does not hold, or that stands in the place of another one."""
        core = self._core(claim, window)
        found = self._rivals(claim, core)
        rivals = {name.kind for name in found}
        refers_back = _ANAPHOR.search(core)  # and to whom, may be said before
        words = Words.of(core)
        outside = [name for name in claim.names if not self._known.has(name, words)]
        stands_alone = not (found and refers_back and refers_back.start() < found[0].start)
        if stands_alone and any(is_person(name.text, self._known.lexicon) for name in found):
            for name in outside:
                if name not in window.unnamed and is_person(name.text, self._known.lexicon):
                    return name
        chunk = window.text.indexed.chunk
        said_before = Words.of(f"{window.text.context}\n{chunk.text[: window.start]}")
        document = self._document_words(chunk.document_id)
        for name in window.unnamed:
            if self._known.has(name, window.text.words):
                is_meant = (
                    not stands_alone and len(outside) == 1 and self._known.has(name, said_before)
                )
                if name.kind in rivals and not is_meant:
                    return name
                continue
            somewhere = self._known.presence(name, document)
            if somewhere is Presence.UNKNOWN and not _is_judged(name.text):
                continue
            if somewhere is not Presence.FOUND or name.kind in rivals:
                return name
        return None

    def _rivals(self, claim: Claim, core: str) -> list[Mention]:
        """The names in the words that speak of what the claim does, and that it does not name."""
        words = Words.of(claim.text)
        return [
            name
            for name in names_of(core, self._known.lexicon)
            if is_surely_a_name(name.text) and not self._known.has(name, words)
        ]

    def _core(self, claim: Claim, window: Window) -> str:
        """The sentences of the window that speak most of what the claim does."""
        text = window.words
        found = [
            (text[start:end], self._known.lexical.matched(claim.search.groups, terms).sum())
            for start, end in sentences(text)
            if (terms := frozenset(index_terms(text[start:end])))
        ]
        least = _HALF * max((met for _, met in found), default=0.0)
        return " ".join(sentence for sentence, met in found if met >= least)


def _is_judged(name: str) -> bool:
    """Whether a name of unknown translation can be said to be missing: no acronym, not Chinese.

    Chinese words are as often taken for names as they are some.
    """
    return name.isascii() and not (name.isupper() and len(name) <= 6)


def _otherwise(found: Finding, claim: Claim, window: Window) -> Finding:
    """The finding that a number or a date differs, with what is given in its place."""
    wrong = window.wrong[0]
    text = window.text.indexed.chunk.text
    given: Sequence[Fact] = window.facts.dates
    reason = Reason.DATE
    if isinstance(wrong, Quantity):
        numbers = window.facts.quantities
        alike = [each for each in numbers if each.dimension in (wrong.dimension, "")]
        given, reason = alike or numbers, Reason.NUMBER
    words = "、".join(dict.fromkeys(text[each.start : each.end] for each in given))
    return replace(
        found,
        verdict="contradicted" if given else "unsupported",
        reason=reason,
        claimed=claim.text[wrong.start : wrong.end],
        given=words,
    )
