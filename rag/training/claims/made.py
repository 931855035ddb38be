"""Claims made from questions with their passages: true ones and false ones of each kind.

A sentence of the passage, a part of it, or the question with its answer is what the evidence
supports; what is changed of it makes the kinds. Each kind has claims of either sort.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.language.lexicon import Lexicon
from rag.language.sentences import sentences
from rag.language.text import han_share
from rag.reading.cross_encoder import ReaderInput
from rag.training.claims import logic, people, values
from rag.training.claims.basis import Basis, Change, Made, Maker, changed, holds, sided
from rag.training.claims.example import NOT_ENOUGH, REFUTED, SUPPORTED, ClaimExample
from rag.training.claims.notations import renoted
from rag.training.claims.parts import part, reordered
from rag.training.claims.people import Namer, names_in
from rag.training.claims.statements import statement, together
from rag.training.claims.tables import made_table
from rag.training.examples import Example
from rag.training.switch import Switcher

SOURCE = "made"
TABLES = 2000
# Shares of Chinese and of English claims that are put into the other language, and the most
# characters of those: word by word, long English sentences come out as nonsense.
SWITCHED = {True: 0.4, False: 0.25}
SWITCHED_LONGEST = {True: 60, False: 110}
CODED = 0.15  # share with a name written as a code, on both sides
WHOLE = 0.25  # share of evidence that is the whole passage
FALSE_FORM = 0.5  # share of the sentences in another form that are false as well
_EVERY = {"neighbour": 0.6, "added": 0.3, "elsewhere": 0.25}  # share of examples that give one
# How much likelier a kind is tried before others: what few sentences allow comes first.
_RARE = {"role": 6, "exchanged": 4, "unit": 4, "code": 6, "strengthened": 3, "negation": 1.5,
         "date": 1.5, "number": 1.5, "name": 1}  # fmt: skip
_ALWAYS = ("role", "unit", "exchanged")  # made wherever they can be
_SHORTEST, _LONGEST = 8, 150  # letters of a Chinese sentence that becomes a claim; others 2.5 times
_QUOTED = re.compile(r"[“”「」\"\n|]")


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage with the sentence in which a question's answer stands."""

    evidence: ReaderInput
    sentence: str


class ClaimMaker:
    """Makes claims of examples; names are lent among those that are held out, or are not."""

    def __init__(self, lexicon: Lexicon, examples: Sequence[Example]) -> None:
        self._switcher = Switcher(lexicon)
        passages = {(each.passage.text, each.is_chinese, each.held_out): None for each in examples}
        self._namers = {
            side: Namer((text, is_chinese) for text, is_chinese, of in passages if of is side)
            for side in (True, False)
        }

    def made(self, examples: Iterable[Example]) -> Iterator[ClaimExample]:
        """Claims of all examples and of tables, in an order that is the same in each run."""
        for number, example in enumerate(examples):
            yield from self.of(example, f"made {number}")
        for number in range(TABLES):
            yield from self._of_table(random.Random(f"table {number}"), number % 10 == 0)

    def of(self, example: Example, seed: str) -> Iterator[ClaimExample]:
        """The claims that one example gives."""
        drawn = random.Random(seed)
        placed = _placed(example, drawn)
        if placed is None:
            return
        namer = self._namers[example.held_out]
        for number, (kind, made) in enumerate(self._kinds(example, placed, namer, drawn)):
            claim = made.claim
            is_short = len(claim) <= SWITCHED_LONGEST[example.is_chinese]
            is_own = (han_share(claim) >= 0.2) is example.is_chinese
            if is_short and is_own and drawn.random() < SWITCHED[example.is_chinese]:
                claim = self._switcher.stated(claim, example.is_chinese, f"{seed} {number}")
            yield ClaimExample(claim, made.evidence, made.label, SOURCE, kind, example.held_out)

    def _kinds(
        self, example: Example, placed: Placed, namer: Namer, drawn: random.Random
    ) -> Iterator[tuple[str, Made]]:
        is_chinese = example.is_chinese
        answer = example.passage.text[example.start : example.end]
        said = statement(example.question, answer, is_chinese)
        told = said or together(example.question, answer, is_chinese)
        plain = placed.sentence if _is_sentence(placed.sentence, is_chinese) else told
        claim = plain if drawn.random() < 0.6 else told
        basis = _coded(Basis(claim, placed.evidence, is_chinese), drawn)
        makers = _makers(namer)
        if found := _first(basis, makers, drawn):
            yield found
        for kind in _ALWAYS:
            basis = _coded(Basis(plain, placed.evidence, is_chinese), drawn)
            if (found is None or found[0] != kind) and (change := makers[kind](basis, drawn)):
                yield kind, sided(basis, change, drawn)
        if form := self._form(plain, told, placed, is_chinese, drawn):
            kind, claim = form
            basis = Basis(claim, placed.evidence, is_chinese)
            made = Made(claim, placed.evidence, SUPPORTED)
            if drawn.random() < FALSE_FORM and (change := _any(basis, makers, drawn)):
                made = Made(changed(basis, change), placed.evidence, change.label)
            yield kind, made
        yield from self._beside(example, placed, plain, told, namer, drawn)

    def _form(
        self, plain: str, told: str, placed: Placed, is_chinese: bool, drawn: random.Random
    ) -> tuple[str, str] | None:
        """The claim in a form that is drawn of those that it can have."""
        forms = {
            "statement": told,
            "part": part(placed.sentence, is_chinese, drawn),
            "reordered": reordered(placed.sentence, is_chinese, drawn),
            "notation": renoted(plain, is_chinese, drawn),
        }
        found = [(kind, claim) for kind, claim in forms.items() if claim]
        rare = [each for each in found if each[0] != "statement"]
        return drawn.choice(rare if rare and drawn.random() < 0.7 else found)

    def _beside(
        self,
        example: Example,
        placed: Placed,
        plain: str,
        told: str,
        namer: Namer,
        drawn: random.Random,
    ) -> Iterator[tuple[str, Made]]:
        """Claims that need another sentence or passage."""
        share = {kind: drawn.random() < each for kind, each in _EVERY.items()}
        basis = _coded(Basis(plain, placed.evidence, example.is_chinese), drawn)
        if share["neighbour"] and (made := neighboured(basis, namer, drawn)):
            yield "neighbour", made
        if share["added"] and (made := added(basis, example.distractors, drawn)):
            yield "added", made
        if example.translated and example.distractors:
            answer = example.passage.text[example.start : example.end]
            crossing = together(example.translated, answer, not example.is_chinese)
            yield "elsewhere", Made(crossing, example.distractors[0], NOT_ENOUGH)
            yield "elsewhere", Made(crossing, example.passage, SUPPORTED)
        if share["elsewhere"] and example.distractors:
            if drawn.random() < 0.5:
                yield "elsewhere", Made(told, drawn.choice(example.distractors), NOT_ENOUGH)
            else:
                yield "elsewhere", Made(told, example.passage, SUPPORTED)

    def _of_table(self, drawn: random.Random, held_out: bool) -> Iterator[ClaimExample]:
        language = drawn.choice(("zh", "en"))
        names = self._namers[held_out].lent(language == "zh")
        for made in made_table(language, names, drawn):
            yield ClaimExample(made.claim, made.evidence, made.label, SOURCE, "cells", held_out)


def neighboured(basis: Basis, namer: Namer, drawn: random.Random) -> Made | None:
    """A claim over evidence with a second sentence that says the same of another.

    The claim has the figure of the other, or its own.
    """
    named = values.code(basis, drawn) or namer.name(basis, drawn)
    if named is None:
        return None
    figure = _any(basis, {"number": values.number, "date": values.date}, drawn)
    if figure is None or (named.start < figure.end and figure.start < named.end):
        return None
    first, last = sorted((named, figure), key=lambda change: change.start)
    text, claim = basis.evidence.text, basis.claim
    place = text.find(claim)
    both = (
        claim[: first.start]
        + first.new
        + claim[first.end : last.start]
        + last.new
        + claim[last.end :]
    )
    if named.new in basis.everything or place < 0:
        return None
    gap = "" if basis.is_chinese else " "
    at = place if drawn.random() < 0.5 else place + len(claim)
    lead = gap if at > place else ""
    evidence = replace(
        basis.evidence, text=f"{text[:at]}{lead}{both}{'' if lead else gap}{text[at:]}"
    )
    label, draw = SUPPORTED, drawn.random()
    if draw < 0.3:
        claim, label = changed(basis, figure), REFUTED
    elif draw < 0.55:
        claim, label = changed(basis, named), REFUTED
    elif draw < 0.75:
        claim = both
    return Made(claim, evidence, label)


def added(basis: Basis, others: Sequence[ReaderInput], drawn: random.Random) -> Made | None:
    """The claim together with a sentence of the evidence, or of another passage."""
    is_true = drawn.random() < 0.5
    source = basis.evidence.text if is_true else drawn.choice(others).text if others else ""
    found = [
        source[a:b]
        for a, b in sentences(source)
        if _is_sentence(source[a:b], basis.is_chinese) and source[a:b] != basis.claim
    ]
    found = [each for each in found if is_true or each not in basis.evidence.text]
    if not found:
        return None
    joint = "，" if basis.is_chinese else "; "
    claim = basis.claim.rstrip("。.") + joint + drawn.choice(found)
    return Made(claim, basis.evidence, SUPPORTED if is_true else NOT_ENOUGH)


def _makers(namer: Namer) -> Mapping[str, Maker]:
    return {
        "number": values.number,
        "unit": values.unit,
        "date": values.date,
        "code": values.code,
        "name": namer.name,
        "role": people.title,
        "exchanged": people.exchanged,
        "negation": logic.negation,
        "strengthened": logic.strengthened,
    }


def _first(
    basis: Basis, makers: Mapping[str, Maker], drawn: random.Random
) -> tuple[str, Made] | None:
    """The claim with or without the first change that can be made, rare ones tried first."""
    order = sorted(makers, key=lambda kind: -(drawn.random() ** (1 / _RARE[kind])))
    for kind in order:
        if change := makers[kind](basis, drawn):
            return kind, sided(basis, change, drawn)
    return None


def _any(basis: Basis, makers: Mapping[str, Maker], drawn: random.Random) -> Change | None:
    for kind in drawn.sample(list(makers), len(makers)):
        if change := makers[kind](basis, drawn):
            return change
    return None


def _placed(example: Example, drawn: random.Random) -> Placed | None:
    """The sentence of the answer, and some of those around it or all of them."""
    text = example.passage.text
    spans = list(sentences(text))
    inside = [n for n, (a, b) in enumerate(spans) if a < example.end and example.start < b]
    if not inside:
        return None
    sentence = text[spans[inside[0]][0] : spans[inside[-1]][1]]
    if drawn.random() < WHOLE:
        return Placed(example.passage, sentence)
    first = max(0, inside[0] - drawn.choice((0, 0, 1, 1, 2)))
    last = min(len(spans) - 1, inside[-1] + drawn.choice((0, 0, 1, 1, 2)))
    window = text[spans[first][0] : spans[last][1]]
    return Placed(ReaderInput(example.passage.context, window), sentence)


def _coded(basis: Basis, drawn: random.Random) -> Basis:
    """The same, in a share of the draws with a name written as a code on both sides."""
    if drawn.random() >= CODED:
        return basis
    names = [each.text for each in names_in(basis.claim, basis.is_chinese)]
    names = [each for each in names if holds(basis.evidence.text, each)]
    if not names:
        return basis
    name = drawn.choice(names)
    letters = "".join(drawn.choice("ABCDEGHKLMNPRSTWXZ") for _ in range(drawn.randint(1, 2)))
    code = f"{letters}{drawn.choice(('-', ''))}{drawn.randint(10, 9999)}"
    evidence = ReaderInput(
        basis.evidence.context.replace(name, code), basis.evidence.text.replace(name, code)
    )
    return Basis(basis.claim.replace(name, code), evidence, basis.is_chinese)


def _is_sentence(text: str, is_chinese: bool) -> bool:
    """Whether it is one plain sentence, neither too short nor too long for a claim."""
    scale = 1.0 if is_chinese else 2.5
    is_long_enough = _SHORTEST * scale <= len(text) <= _LONGEST * scale
    return is_long_enough and text.endswith(("。", ".")) and not _QUOTED.search(text)
