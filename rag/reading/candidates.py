"""Words of a passage that may answer, with what ranks them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.language import question
from rag.language.lists import Enumeration
from rag.language.sentences import sentences
from rag.language.text import fold
from rag.reading.cross_encoder import ScoredSpan
from rag.reading.results import Ranked, Unit

_WORD_END = re.compile(r"\w{1,4}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span of the text of a passage with its unit, the figures that rank it, and its rank."""

    passage: int
    text: str
    span: ScoredSpan
    unit: Unit
    figures: tuple[float, ...]
    rank: float

    @property
    def words(self) -> str:
        """The words themselves, folded."""
        return fold(self.text[self.span.start : self.span.end])

    @property
    def ranked(self) -> Ranked:
        """What a ranking tells of it."""
        return Ranked(self.passage, self.span.start, self.span.end, self.rank, self.figures)

    def moved(self, start: int, end: int) -> Candidate:
        """The same with other words of its passage."""
        return replace(self, span=replace(self.span, start=start, end=end))

    def meets(self, start: int, end: int) -> bool:
        """Whether it shares a character with the offsets."""
        return start < self.span.end and self.span.start < end

    def holds(self, found: Enumeration) -> bool:
        """Whether it is a whole list already, with what leads to it or follows."""
        return self.span.start <= found.start and found.end <= self.span.end

    def is_by(self, found: Enumeration) -> bool:
        """Whether a list meets it or stands in the sentence that it begins in."""
        return self.meets(found.start, found.end) or any(
            start <= self.span.start < end and start <= found.start < end
            for start, end in sentences(self.text)
        )

    def mended(self, found: Enumeration) -> Candidate:
        """The list, with the beginning or end of a word that the span holds and the list lost."""
        before = self.text[self.span.start : found.start]
        behind = self.text[found.end : self.span.end]
        return self.moved(
            found.start - (len(before) if _WORD_END.fullmatch(before) else 0),
            found.end + (len(behind) if _WORD_END.fullmatch(behind) else 0),
        )

    def is_new(self, answers: Sequence[Candidate]) -> bool:
        """Whether no answer lies where it does, nor says the same."""
        return all(self._differs(answer) for answer in answers)

    def _differs(self, answer: Candidate) -> bool:
        if answer.passage == self.passage:
            return not self.meets(answer.span.start, answer.span.end) and (
                self.words != answer.words
            )
        return self.words not in answer.words and answer.words not in self.words


def below_question(
    candidates: Sequence[Candidate], units: Sequence[Unit], title: str
) -> list[Candidate]:
    """The candidates of a passage of some units, those in the question that it answers moved.

    The question of a row of questions and answers is its title. Its answer stands below: the best
    candidate there ranks as high as the question did, without one the sentence below it.
    """
    heads = [
        place
        for place, unit in enumerate(units[:-1])
        if unit.text.strip() == title and question.is_question(title)
    ]
    numbers = {units[place].number for place in heads}
    asked = [each for each in candidates if each.unit.number in numbers]
    if not asked:
        return list(candidates)
    most = max(asked, key=lambda each: each.rank)
    others = [each for each in candidates if each.unit.number not in numbers]
    if not others:
        below = units[heads[0] + 1]
        end = below.start + len(below.text.rstrip().rstrip("。."))
        return [replace(most.moved(below.start, end), unit=below)]
    best = max(range(len(others)), key=lambda place: others[place].rank)
    others[best] = replace(others[best], rank=max(others[best].rank, most.rank))
    return others
