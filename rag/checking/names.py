"""Names of a claim looked for in a passage, through both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.checking.known_names import DEMONYMS, SAME_PLACE, SURNAMES
from rag.language.entities import Mention, mentions
from rag.language.lexicon import Lexicon
from rag.language.numerals import WORDS
from rag.language.pinyin import split_pinyin
from rag.language.senses import phrase_key
from rag.language.terms import ENGLISH_STOP, frequency, stem, tagged, word_class
from rag.language.text import fold, simplify_in_place

LATIN_WORD = re.compile(r"[a-zà-öø-ÿ0-9]+")
CAPITALISED = re.compile(r"\b[A-Z][A-Za-zÀ-ÿ'’-]+")
DOMAIN = re.compile(r"\.(?:com|cn|net|org)\b")
_DIVIDES = re.compile(r"([A-Z][\w-]*)['’]s (?=[A-Z])|\w{4,}(\.) (?=[A-Z])")
_NUMERAL_WORD = re.compile(rf"{WORDS}|hundreds?|thousands?|[mb]illions?", re.IGNORECASE)
POSSESSIVE = re.compile(r"['’]s?$")
COUNTRIES = frozenset(DEMONYMS.values()) | frozenset(SAME_PLACE) | {"south korea"}
_FUNCTION = frozenset("dpcur")
_PLACES = frozenset("省市县区州镇村乡港岛山湖江河海国路街城")
_NOUNS = frozenset(("n", "nz", "x", "zg"))
SPELLED_PART = re.compile(r"\d+|[^\d\s-]+")
_BOTH = re.compile("(?:两|双)[国地岸市省]$")
HAN = re.compile(r"[\u3400-\u9fff]")


def names_of(claim: str, lexicon: Lexicon) -> list[Mention]:
    """The names of a claim, without what only looks like one."""
    found = []
    for mention in mentions(claim):
        if mention.kind in ("name", "place"):
            parts = (_trimmed(part, claim, lexicon) for part in _divided(mention, lexicon))
            found += [part for part in parts if part]
    return sorted([*found, *_further(claim, found, lexicon)], key=lambda name: name.start)


def _divided(mention: Mention, lexicon: Lexicon) -> Iterator[Mention]:
    """The names on both sides of a possessive, Alibaba's Taobao, or of the end of a sentence."""
    at = 0
    ends = [m for m in _DIVIDES.finditer(mention.text) if m[2] or not _is_common(m[1], lexicon)]
    for match in [*ends, None]:
        end = match.start(2) if match and match[2] else match.end(1) if match else len(mention.text)
        start = mention.start + at
        yield Mention(mention.kind, start, mention.start + end, mention.text[at:end])
        at = match.end() if match else end


def _further(claim: str, found: Sequence[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """Words that the dictionary has as names and jieba as common nouns: 神户."""
    end = 0
    for word, tag in tagged(simplify_in_place(claim)):
        start, end = end, end + len(word)
        if (
            tag not in _NOUNS
            or len(word) < 2
            or any(m.start < end and start < m.end for m in found)
        ):
            continue
        meaning = lexicon.meaning_in_english(word)
        if meaning is not None and meaning.is_name:
            yield Mention("place", start, end, claim[start:end])


def _trimmed(mention: Mention, claim: str, lexicon: Lexicon) -> Mention | None:
    text = mention.text
    if HAN.search(text):
        if len(text) > 2 and text[0] in "和与及同跟" and not frequency(text):
            mention = replace(mention, start=mention.start + 1)
            text = text[1:]
        meaning = lexicon.meaning_in_english(fold(text))
        if (meaning and not meaning.is_name) or _is_of_function_words(text):
            return None
        if not meaning and mention.kind == "place" and len(text) == 2 and text[1] not in _PLACES:
            return None  # 直邮, 波及
        text = _BOTH.sub("", text)  # 中印两国
        return replace(mention, end=mention.start + len(text), text=text) if text else None
    start = mention.start
    opens = not claim[:start].strip() or claim[:start].rstrip().endswith((".", "!", "?", "“", '"'))
    if opens and all(map(_NUMERAL_WORD.fullmatch, text.split("-"))):
        return None
    first, _, rest = text.partition(" ")
    is_pinyin = rest[:1].isupper() and _is_surname(first, lexicon)
    if opens and not is_pinyin and not _is_known(text, lexicon) and _is_common(first, lexicon):
        if not rest or rest.split()[0].lower() in ENGLISH_STOP:
            rest = rest.split(" ", 1)[1] if " " in rest else ""
        start, text = start + len(text) - len(rest), rest
    text = POSSESSIVE.sub("", text)
    chinese = lexicon.meaning_in_chinese(fold(text), is_name=True)
    kind = "place" if chinese and word_class(chinese.chinese) == "ns" else mention.kind
    return Mention(kind, start, start + len(text), text) if text else None


def _is_known(name: str, lexicon: Lexicon) -> bool:
    """Whether the dictionary has a name of several words that begins so: Ant Financial."""
    return " " in name and lexicon.has_name(phrase_key(name))


def _is_surname(word: str, lexicon: Lexicon) -> bool:
    """Whether a word may be a surname in pinyin; Inside can be read so, and is none."""
    syllables = split_pinyin(word)
    return len(syllables) == 1 or bool(syllables and not lexicon.to_chinese(stem(word.lower())))


def _is_of_function_words(text: str) -> bool:
    """Whether jieba has made a name of what are words like 须 and 先."""
    if frequency(text) or not all(map(HAN.match, text)):
        return False
    return all(word_class(character) in _FUNCTION for character in text)


def _is_common(word: str, lexicon: Lexicon) -> bool:
    """Whether a capitalised word that opens a sentence may be no name."""
    lower = POSSESSIVE.sub("", word).lower()
    if lower in DEMONYMS or not word[1:].replace("-", "").islower():
        return False
    lower = lower.partition("-")[0]
    if lower in ENGLISH_STOP or lower.endswith(("ly", "ing")):
        return True
    is_name = lexicon.meaning_in_chinese(lower, is_name=True) is not None
    is_word = bool(lexicon.to_chinese(stem(lower)))
    return is_word and not is_name


def is_surely_a_name(name: str) -> bool:
    """Whether a mention is a name beyond doubt: jieba takes many a Chinese word for one."""
    if not HAN.search(name):
        return True
    return _is_chinese_person(name) or word_class(fold(name)) in ("ns", "nt")


def is_person(name: str, lexicon: Lexicon) -> bool:
    """Whether a name is a person's: by its class, its surname, or two words that mean nothing."""
    if HAN.search(name):
        return _is_chinese_person(name)
    words = name.split()
    if len(words) not in (2, 3) or not all(word[:1].isupper() for word in words):
        return False
    return bool(split_pinyin(name)) or not lexicon.to_chinese(stem(words[-1].lower()))


def _is_chinese_person(name: str) -> bool:
    folded = fold(name)
    kind = word_class(folded)
    is_likely = 2 <= len(folded) <= 3 and folded[0] in SURNAMES and not kind
    return is_likely or kind in ("nr", "nrt", "nrfg")


def is_country(name: str, lexicon: Lexicon) -> bool:
    """Whether `name` is a country or a continent, in either language."""
    meaning = lexicon.meaning_in_english(fold(name))
    return fold(meaning.english if meaning else name) in COUNTRIES
