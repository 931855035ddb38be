"""Names and terms of a quote for a reader of the other language."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.language.dictionary import ToEnglish
from rag.language.lexicon import Lexicon
from rag.language.senses import phrase_key
from rag.language.sentences import sentences
from rag.language.terms import ENGLISH_STOP, tagged
from rag.language.text import detect_language, simplify_in_place, to_simplified

MOST_GLOSSES = 12
MOST_WORDS, LONGEST_TERM = 4, 10  # of jieba, and characters, in a Chinese term
LONGEST_PHRASE = 5  # words of English
_OWN_FIRST = 100.0
_NAME_FIRST = 10.0
_NOUN_FIRST = 2.0
_TOO_COMMON_CHINESE, _TOO_COMMON_ENGLISH = -2.6, -2.3  # weights in the lexicon
_NAMES = re.compile(r"n|[djilstxb]$|zg|eng")  # jieba's tags; to it 大连 is an adverb
_NOUNS = re.compile(r"n|vn|[jilx]$")
_FUNCTION = re.compile(r"[pdcruyeo]")
_PAST = frozenset("saw found left felt ground wound bore rose shot spoke felt stole bound".split())
_WORD = re.compile(r"[^\W_]+")
_WITHIN = re.compile(r"[ \n'’-]|\. ?(?=[A-Z])")  # what may stand between the words of a phrase


@dataclass(frozen=True, slots=True)
class Gloss:
    """A term of a text, verbatim at its half-open offsets, with its meaning."""

    term: str
    meaning: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Found:
    meaning: str
    start: int
    end: int
    weight: float


def gloss(text: str, language: str, lexicon: Lexicon) -> list[Gloss]:
    """Meanings of names and terms of `text` for a reader of `language`, in the order of `text`.

    Each term once, at most 12, the names before the terms and the rare terms before the common.
    [] where the text is in the reader's language: `en` reads English, `zh` and `zh-Hant` read
    both scripts. A term whose meaning is in doubt has none.
    """
    reads_english, is_english = language == "en", detect_language(text) == "en"
    if reads_english == is_english:
        return []
    traditional = language == "zh-Hant"
    found = list(_of_glossary(text, language, lexicon))
    of_dictionary = (
        _of_chinese(text, lexicon) if reads_english else _of_english(text, traditional, lexicon)
    )
    found += [
        each
        for each in of_dictionary
        if not any(own.start < each.end and each.start < own.end for own in found)
    ]
    each_once = {each.meaning.lower(): each for each in reversed(found)}
    best = sorted(each_once.values(), key=lambda each: (-each.weight, each.start))[:MOST_GLOSSES]
    return [
        Gloss(text[each.start : each.end], each.meaning, each.start, each.end)
        for each in sorted(best, key=lambda each: each.start)
    ]


def _of_glossary(text: str, language: str, lexicon: Lexicon) -> Iterator[_Found]:
    """The names of the user's glossary, the longer one where two overlap."""
    end_of_last = -1
    found = sorted(lexicon.glossary.names_in(text), key=lambda each: (each[0], -each[1]))
    for start, end, (chinese, english) in found:
        if start >= end_of_last:
            end_of_last = end
            meaning = chinese if language == "zh-Hant" else to_simplified(chinese)
            yield _Found(english if language == "en" else meaning, start, end, _OWN_FIRST)


def _of_chinese(text: str, lexicon: Lexicon) -> Iterator[_Found]:
    words = tagged(simplify_in_place(text))
    position = start = 0
    while position < len(words):
        count = _longest_term(words[position : position + MOST_WORDS], lexicon)
        term = "".join(word for word, _ in words[position : position + count])
        tag = words[position][1] if count == 1 else "l"
        for part in _parts(term, tag, lexicon):
            entry = lexicon.meaning_in_english(part)
            if entry is not None and (weight := _weight(entry, tag)) is not None:
                yield _Found(entry.english, start, start + len(part), weight)
            start += len(part)
        position += count


def _longest_term(words: list[tuple[str, str]], lexicon: Lexicon) -> int:
    """How many of the words make up the longest term that begins with the first one."""
    for count in range(len(words), 1, -1):
        term = "".join(word for word, _ in words[:count])
        is_compound = not any(_FUNCTION.match(tag) for _, tag in words[:count])
        if is_compound and 2 < len(term) <= LONGEST_TERM and lexicon.meaning_in_english(term):
            return count
    return 1


def _parts(term: str, tag: str, lexicon: Lexicon) -> Iterator[str]:
    """The term, or the known words it begins with: 天津 of 天津港. People's names stay whole."""
    while len(term) > 2 and not tag.startswith("nr"):
        for size in range(len(term), 1, -1):
            entry = lexicon.meaning_in_english(term[:size])
            # a last character may turn a word into another one: 董事, 董事长
            if entry is not None and (entry.is_name or len(term) != size + 1):
                yield term[:size]
                term = term[size:]
                break
        else:
            break
    if term:
        yield term


def _weight(entry: ToEnglish, tag: str) -> float | None:
    """How much a reader needs the meaning of a word that jieba tagged so, None if not at all."""
    if entry.is_name:
        return entry.weight + _NAME_FIRST if _NAMES.match(tag) else None
    is_rare = entry.weight > _TOO_COMMON_CHINESE
    return entry.weight + _NOUN_FIRST if is_rare and _NOUNS.match(tag) else None


def _of_english(text: str, traditional: bool, lexicon: Lexicon) -> Iterator[_Found]:
    words = list(_WORD.finditer(text))
    starts = {start for start, _ in sentences(text)}
    position = 0
    while position < len(words):
        for count in range(min(LONGEST_PHRASE, len(words) - position), 0, -1):
            phrase = words[position : position + count]
            start, end = phrase[0].start(), phrase[-1].end()
            if not _is_joined(text, phrase):
                continue
            follows = words[position + count : position + count + 1]
            opens = start in starts and not (follows and follows[0].group()[:1].isupper())
            entry = _chinese_of(text[start:end], opens, lexicon)
            if entry is not None:
                yield _Found(entry[2] if traditional else entry[1], start, end, entry[0])
                break
        position += count


def _is_joined(text: str, phrase: list[re.Match[str]]) -> bool:
    gaps = itertools.pairwise(phrase)
    return all(_WITHIN.fullmatch(text[a.end() : b.start()]) for a, b in gaps)


def _chinese_of(phrase: str, opens: bool, lexicon: Lexicon) -> tuple[float, str, str] | None:
    """Weight, simplified and traditional Chinese of a phrase; `opens` that it begins a sentence."""
    words = _WORD.findall(phrase)
    if words[0].lower() in ENGLISH_STOP | _PAST and not phrase.isupper():
        return None
    if len(words) == 1 and (len(phrase) < 3 or not phrase.isalpha()) and phrase != "US":
        return None
    capitals = all(word[0].isupper() or word in ENGLISH_STOP for word in words)
    if capitals:
        entry = lexicon.meaning_in_chinese(phrase_key(phrase), True)
        if entry is not None:
            return entry.weight + _NAME_FIRST, entry.chinese, entry.traditional
    for spelling in spellings(phrase):
        if not words[0][0].isupper() or opens:
            entry = lexicon.meaning_in_chinese(spelling, False)
            if entry is not None and (len(words) > 1 or entry.weight > _TOO_COMMON_ENGLISH):
                longer = _NOUN_FIRST if len(words) > 1 else 0.0
                return entry.weight + longer, entry.chinese, entry.traditional
    return None


def spellings(phrase: str) -> Iterator[str]:
    """Keys under which to look a phrase up: as it is, then without the ending of a plural."""
    key = phrase_key(phrase)
    yield key
    if key.endswith("ies"):
        yield key[:-3] + "y"
    elif re.search("(?:s|x|z|ch|sh)es$", key):
        yield key[:-2]
    elif re.search("[^sui]s$", key):
        yield key[:-1]
