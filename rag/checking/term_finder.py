"""A text in which terms are found at their offsets."""

from __future__ import annotations

import re

from rag.language.term_groups import Group
from rag.language.terms import stem
from rag.language.text import fold_in_place

SURE = 0.3  # weight of a translation that is sure to be meant
_LATIN_WORD = re.compile(r"[a-zà-öø-ÿ0-9]+(?:[.,][0-9]+)*")
Span = tuple[int, int]


class Located:
    """Finds words of either language in `text`; the offsets count in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded = fold_in_place(text)
        self._stems = [
            (stem(match.group()), match.start(), match.end())
            for match in _LATIN_WORD.finditer(self._folded)
        ]

    def find(self, group: Group, *, sure: bool = False) -> list[Span]:
        """Where any alternative of a group stands; only such as are `sure` to be meant."""
        found = []
        for term, weight in group.alternatives:
            words = term.removeprefix("^")
            if sure and (weight < SURE or (len(words) == 1 and not words.isdecimal())):
                continue
            if words[0] >= "\u3400":
                found += [m.span() for m in re.finditer(re.escape(words), self._folded)]
            else:
                found += [(start, end) for each, start, end in self._stems if each == words]
        return found

    def find_words(self, words: str) -> list[Span]:
        """Where `words` stand as they are."""
        folded = re.escape(fold_in_place(words))
        return [m.span() for m in re.finditer(rf"(?<![a-z0-9]){folded}(?![a-z0-9])", self._folded)]
