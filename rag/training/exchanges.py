"""Questions about what the passage does not speak of, and passages that speak of a neighbour too.

Exchanging the year, the number, the code or the name that a question asks about leaves a question
that the passage does not answer, though nearly all of its words stand there. Names written as
codes, and a second sentence with another name and another figure, teach which of two is asked for.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.language.sentences import sentences
from rag.language.terms import tagged
from rag.language.text import simplify_in_place
from rag.reading.cross_encoder import ReaderInput
from rag.training.examples import Example

_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d+)?(?![\d.])|(?<=第)[一二三四五六七八九十]{1,2}")
_CODE = re.compile(r"(?<![A-Za-z\d])(?=[A-Z\d-]*\d)[A-Z][A-Z\d-]{1,11}(?![A-Za-z\d])")
_ENGLISH_NAME = re.compile(r"(?<!^)\b[A-Z][\w'-]+(?: (?:of |the |de )?[A-Z][\w'-]+)*")
_NAME_TAGS = ("nr", "ns", "nt", "nz", "nrt", "nrfg")
_SHAPES = ("A9", "A99", "A-99", "AA999", "AA-9999", "A999", "AA-99A", "999号", "A99型", "9号楼")
_CHINESE_DIGITS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with a passage and the span there that answers it."""

    question: str
    passage: ReaderInput
    start: int
    end: int


class Exchanger:
    """Draws other names and answers from `examples`."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self._names: dict[bool, list[str]] = defaultdict(list)
        self._answers: dict[bool, list[str]] = defaultdict(list)
        for example in examples:
            is_chinese = example.is_chinese
            self._names[is_chinese] += _names(example.question, is_chinese)
            self._answers[is_chinese].append(example.passage.text[example.start : example.end])

    def exchanged(
        self, question: str, passage: ReaderInput, is_chinese: bool, drawn: random.Random
    ) -> str | None:
        """`question` about another year, number, code or name, which the passage does not hold.

        None where the question names nothing that the passage holds. A question in traditional
        script comes back simplified, as the passage is.
        """
        question = simplify_in_place(question)
        whole = f"{passage.context}\n{passage.text}"
        named = [each for each in _asked_about(question, is_chinese) if each in whole]
        if not named:
            return None
        former = drawn.choice(named)
        other = self._other(former, is_chinese, drawn)
        return None if other is None or other in whole else question.replace(former, other)

    def coded(self, asked: Asked, is_chinese: bool, drawn: random.Random) -> Asked | None:
        """The same with a name in question and passage written as a code, as X-200."""
        held = asked.passage.text
        answer = held[asked.start : asked.end]
        named = [each for each in _names(asked.question, is_chinese) if each in held]
        named = [each for each in named if each not in answer and answer not in each]
        if not named:
            return None
        name, code = drawn.choice(named), _code(drawn, is_chinese)
        before, behind = held[: asked.start], held[asked.end :]
        if _overlaps(held, name, asked.start, asked.end):
            return None
        before = before.replace(name, code)
        text = before + answer + behind.replace(name, code)
        context = asked.passage.context.replace(name, code)
        question = simplify_in_place(asked.question).replace(name, code)
        return Asked(question, ReaderInput(context, text), len(before), len(before) + len(answer))

    def neighboured(self, asked: Asked, is_chinese: bool, drawn: random.Random) -> Asked | None:
        """The same beside a sentence that says the same of another, with another answer."""
        text = asked.passage.text
        start, end = next(
            ((a, b) for a, b in sentences(text) if a <= asked.start and asked.end <= b), (0, 0)
        )
        sentence, answer = text[start:end], text[asked.start : asked.end]
        named = [
            each
            for each in _asked_about(asked.question, is_chinese)
            if each in sentence and each not in answer and answer not in each
        ]
        if not named or sentence.count(answer) != 1:
            return None
        former = drawn.choice(named)
        other = self._other(former, is_chinese, drawn)
        answered = self._other_answer(answer, is_chinese, drawn)
        if other is None or answered is None or other in text:
            return None
        neighbour = sentence.replace(answer, "\0").replace(former, other).replace("\0", answered)
        gap = "" if is_chinese else " "
        if drawn.random() < 0.5:
            text = f"{text[:start]}{neighbour}{gap}{text[start:]}"
            shift = len(neighbour) + len(gap)
        else:
            text = f"{text[:end]}{gap}{neighbour}{text[end:]}"
            shift = 0
        passage = replace(asked.passage, text=text)
        return Asked(asked.question, passage, asked.start + shift, asked.end + shift)

    def _other(self, former: str, is_chinese: bool, drawn: random.Random) -> str | None:
        """Another of the same kind."""
        if _YEAR.fullmatch(former):
            return str(int(former) + drawn.choice((-1, 1)) * drawn.randint(1, 9))
        if any(character.isdigit() for character in former):
            return _with_other_digit(former, drawn)
        if all(character in f"{_CHINESE_DIGITS}十" for character in former):
            return drawn.choice([digit for digit in _CHINESE_DIGITS if digit not in former])
        names = self._names[is_chinese]
        return drawn.choice(names) if names else None

    def _other_answer(self, answer: str, is_chinese: bool, drawn: random.Random) -> str | None:
        if any(character.isdigit() for character in answer):
            return _with_other_digit(answer, drawn)
        alike = (
            [
                each
                for each in drawn.sample(self._answers[is_chinese], 20)
                if abs(len(each) - len(answer)) <= 3 and not any(c.isdigit() for c in each)
            ]
            if len(self._answers[is_chinese]) >= 20
            else []
        )
        found = [each for each in alike if each not in answer and answer not in each]
        return found[0] if found else None


def _asked_about(question: str, is_chinese: bool) -> list[str]:
    exact = [match.group() for each in (_YEAR, _NUMBER, _CODE) for match in each.finditer(question)]
    return exact + _names(question, is_chinese)


def _names(question: str, is_chinese: bool) -> list[str]:
    return list(_chinese_names(question) if is_chinese else _english_names(question))


def _chinese_names(question: str) -> Iterator[str]:
    question = simplify_in_place(question)
    for word, tag in tagged(question):
        if tag in _NAME_TAGS and len(word) > 1:
            yield word
    for match in re.finditer(r"[《“「]([^》”」]{2,16})[》”」]", question):
        yield match[1]


def _english_names(question: str) -> Iterator[str]:
    for match in _ENGLISH_NAME.finditer(question):
        yield match.group()


def _code(drawn: random.Random, is_chinese: bool) -> str:
    shapes: Sequence[str] = _SHAPES if is_chinese else _SHAPES[:7]
    return "".join(
        drawn.choice("ABCDEGHKLMNPRSTWXZ")
        if character == "A"
        else drawn.choice("123456789")
        if character == "9"
        else character
        for character in drawn.choice(shapes)
    )


def _with_other_digit(words: str, drawn: random.Random) -> str:
    """`words` with one of its digits exchanged for another that is no zero."""
    place = drawn.choice([i for i, character in enumerate(words) if character.isdigit()])
    digit = drawn.choice([digit for digit in "123456789" if digit != words[place]])
    return words[:place] + digit + words[place + 1 :]


def _overlaps(text: str, name: str, start: int, end: int) -> bool:
    return any(
        match.start() < end and start < match.end() for match in re.finditer(re.escape(name), text)
    )
