"""Short meanings as a reader is shown them, in their own spelling, from CC-CEDICT entries.

Precision counts more than recall: a word whose meaning is in doubt gets none.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from rag.language.senses import Entry, Sense, phrase_key, senses
from rag.language.text import HAN

DOUBT = 0.45  # of the best word's score: above it, a word of another meaning leaves doubt
RARE = 0.2  # of the score of a word's own character: below it, the word is a rare one
MOST_TRANSLATIONS = 5  # an English word with more of them means many things
_NOUN = re.compile(r"n|vn$|[jl]$")  # jieba's tags
_NO_NOUN = re.compile(
    r"^(?:to|not|very|in|on|at|by|with|without|of|for|from|as|be|unable|able|together) "
    r"|(?<!fami)(?<!supp)(?<!assemb)(?<!monopo)(?<!anoma)(?<!rep)(?<!al)ly$"
    r"|^(?:\S+ ){4}"  # a description
)
_HAN_RUN = re.compile(f"[{HAN}]+")
_HAN_WORD = re.compile(f"[{HAN}]{{2,}}")
_REFERENCE = re.compile(
    rf"(?:abbr\. (?:for|of)|see|variant of|same as) (?:[{HAN}]+\|)?([{HAN}]+)(?:\[[^\]]*\])?$"
)


class ToEnglish(NamedTuple):
    """What a Chinese word means; `weight` is higher for rarer words."""

    chinese: str
    english: str
    is_name: bool
    weight: float


class ToChinese(NamedTuple):
    """What an English phrase (`phrase_key`) is in Chinese, as a name or as a common word."""

    phrase: str
    is_name: bool
    chinese: str
    traditional: str
    weight: float


class _Candidate(NamedTuple):
    score: float
    rank: int
    traditional: str


def to_english(entries: Iterable[Entry], frequency: Callable[[str], int]) -> Iterator[ToEnglish]:
    """One meaning for each simplified word of two or more characters that has a clear one."""
    by_word: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if _HAN_WORD.fullmatch(str(entry["simplified"])):
            by_word[str(entry["simplified"])].append(entry)
    chosen = {}
    for word, same in by_word.items():
        sense = _clear_sense([senses(entry) for entry in same])
        if sense is not None:
            chosen[word] = sense
    for word, same in by_word.items():
        found = chosen.get(word) or chosen.get(_referred(same))
        if found is not None:
            weight = round(len(word) - math.log10(frequency(word) + 1), 2)
            yield ToEnglish(word, found.meaning, found.is_name, weight)


def _clear_sense(entries: list[list[Sense]]) -> Sense | None:
    """The first sense, given those of each entry, None where several entries can be meant."""
    # A name that is a common word too is mostly that of a county or a district.
    common = [found for found in entries if not all(sense.is_name for sense in found)]
    firsts = [nouns[0] for found in common or entries if (nouns := _nouns(found))]
    spellings = {re.sub(r"\W", "", sense.meaning).lower() for sense in firsts}
    return firsts[-1] if len(spellings) == 1 else None


def _nouns(found: list[Sense]) -> list[Sense]:
    """The senses that name something: a reader needs these more than what is done, and how."""
    return [
        sense
        for sense in found
        if sense.is_name or (sense.rank <= 4 and not _NO_NOUN.search(sense.meaning))
    ]


def _referred(entries: list[Entry]) -> str:
    """The word that the only definition of the only entry points to, else ""."""
    if len(entries) != 1 or len(entries[0]["definitions"] or []) != 1:
        return ""
    match = _REFERENCE.match(entries[0]["definitions"][0])
    return match.group(1) if match else ""


def to_chinese(
    entries: Iterable[Entry], frequency: Callable[[str], int], word_class: Callable[[str], str]
) -> Iterator[ToChinese]:
    """One Chinese word for each English phrase that has a clear one, as name and as word.

    Of common words, those that are nouns in Chinese and have few translations.
    """
    candidates: dict[tuple[str, bool], dict[str, _Candidate]] = defaultdict(dict)
    phrases: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        word = str(entry["simplified"])
        if not _HAN_RUN.fullmatch(word):
            continue
        for sense in senses(entry):
            phrase = phrase_key(sense.meaning)
            if not phrase or sense.meaning[:1].isupper() != sense.is_name:
                continue  # 北国 is the North of China, no name for another North
            phrases[word].add(phrase)
            score = math.sqrt(frequency(word) + 1) / sense.rank**1.5
            found = candidates[phrase, sense.is_name]
            if word not in found or score > found[word].score:
                found[word] = _Candidate(score, sense.rank, str(entry["traditional"]))
    for (phrase, is_name), words in candidates.items():
        best = max(words, key=lambda word: (len(word) > 1, words[word].score, word))
        is_term = len(words) <= MOST_TRANSLATIONS and _is_noun(phrase, word_class(best))
        if (is_name or is_term) and _is_clear(best, words, is_name, phrases):
            total = sum(candidate.score for candidate in words.values())
            traditional = words[best].traditional
            yield ToChinese(phrase, is_name, best, traditional, round(-math.log10(total), 2))


def _is_noun(phrase: str, tag: str) -> bool:
    """Whether a phrase is a noun, by jieba's tag for its translation; "" is a rare term."""
    if " " in phrase:
        return not tag or bool(_NOUN.match(tag))
    return bool(_NOUN.match(tag)) and not re.search("[aeiou].*ing$", phrase)


def _is_clear(
    best: str, words: Mapping[str, _Candidate], is_name: bool, phrases: Mapping[str, set[str]]
) -> bool:
    """Whether the best word for a phrase leaves no doubt that this is meant."""
    score = words[best].score
    others = [
        words[word].score
        for word in words
        if word != best and not _are_related(word, best, is_name, phrases)
    ]
    parts = [words[word].score for word in words if len(word) == 1 and word in best]
    is_usual = score > RARE * max(parts, default=0.0)  # 小 is small, 小可 is not
    is_first = is_name or words[best].rank == 1
    return len(best) > 1 and is_usual and is_first and max(others, default=0.0) < DOUBT * score


def _are_related(word: str, best: str, is_name: bool, phrases: Mapping[str, set[str]]) -> bool:
    """Whether two translations of a phrase mean the same.

    Two spellings of a name share most characters, two common words a character or, besides this
    phrase, another one. A single character outside of the best word means many things.
    """
    shared = len(set(word) & set(best))
    if is_name:
        return shared == min(len(word), len(best)) or 2 * shared > max(len(word), len(best))
    if len(word) == 1:
        return shared == 1
    return shared > 0 or len(phrases[word] & phrases[best]) > 1
