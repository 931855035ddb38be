"""Names and terms put into the other language: by the dictionary, CLDR and, last, pinyin.

A name whose own spelling nobody can tell, as 约翰·埃尔维 or John Elway, is not translated.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from rag.language import locale_names
from rag.language.dictionary import ToChinese
from rag.language.glossary import stems_of
from rag.language.glosses import spellings
from rag.language.lexicon import Lexicon
from rag.language.pinyin import romanized, split_pinyin
from rag.language.senses import phrase_key
from rag.language.tables import column, table
from rag.language.terms import frequency, tagged, word_class
from rag.language.text import HAN, to_simplified

_HAN_NAME = re.compile(f"[{HAN}]{{2,}}")
_LONGEST_PLACE = 10  # characters
_KINDS_OF_PLACE = {
    "省": "Province", "市": "", "县": "County", "区": "District", "镇": "Town", "乡": "Township",
    "村": "Village",
}  # fmt: skip
_HONORIFICS = {"先生": "Mr", "女士": "Ms", "教授": "Professor", "博士": "Dr"}
_NOUN = re.compile(r"n|[jlix]$")  # jieba's tags
_UNSURE = re.compile(r" (?:or|and|during|in|on|with|for|by|from) |\b(?:etc|sb|sth|esp)\b|\W$")
MOST_SENSES = 2  # of a term: words with more mean other things in their field (前锋, 平台)
_NO_PLURAL = re.compile(  # adjectives (地区, local), what has none, and irregular ones
    r"(?:al|ic|ive|ous|ary|[^s]s|f|fe|man|child|person|fish|foot|tooth|mouse)$"
)
RIVAL = 0.1  # of a word's frequency: above it, another translation leaves doubt
_NO_PERSON = frozenset(
    "拳剑刀桥路站河湖寺庙塔楼宫街村镇县市区岛港院馆店社团党派教会场队族语公侯王帝后妃体藩氏学论病症"
)
_ARTICLE = re.compile(r"(?:the|The|a|an|A|An) ")


def in_english(words: str, lexicon: Lexicon) -> str | None:
    """What a folded simplified Chinese name or term is in English, None where it is not sure.

    >>> in_english("浙江乌镇", lexicon), in_english("国务院", lexicon)  # doctest: +SKIP
    ('Wuzhen, Zhejiang', 'State Council')
    """
    if not _HAN_NAME.fullmatch(words):
        return None
    if known := _known_in_english(words, lexicon):
        is_meant = known[0].isupper() or _is_term(words, known, lexicon)
        return known if is_meant and is_sure(known) else None
    return _people(words) or _place(words, lexicon) or _titled(words, lexicon) or _person(words)


def in_chinese(words: str, language: str, lexicon: Lexicon) -> str | None:
    """What an English name or term, in its own spelling, is in Chinese, None where not sure."""
    bare = _ARTICLE.sub("", words, count=1)
    first, *rest = re.findall(r"[^\W\d_]+", bare) or [""]
    if bare.lower() in _demonyms() or len(split_pinyin(bare)) == 1:
        return None  # French is a person or a language, Qing a dynasty, a county or a name
    if first[:1].isupper():
        if said := locale_names.name_in_chinese(bare, language):
            return said
        named = lexicon.meaning_in_chinese(phrase_key(bare), True)
        if named is not None:
            return _unrivalled(named, bare, language, lexicon)
        return _region(bare, language, lexicon) if rest else None
    if any(word[:1].isupper() for word in rest):
        return None
    for spelling in spellings(bare):
        term = lexicon.meaning_in_chinese(spelling, False)
        if term is not None:
            return _unrivalled(term, bare, language, lexicon)
    return None


def _unrivalled(named: ToChinese, words: str, language: str, lexicon: Lexicon) -> str | None:
    """The Chinese of some words unless another word may as well be meant."""
    own = frequency(named.chinese)
    for other, weight in lexicon.to_chinese(stems_of(words)):
        shared = len(set(other) & set(named.chinese))
        is_akin = shared == len(set(other)) or 2 * shared >= max(len(other), len(named.chinese))
        if weight == 1.0 and len(other) > 1 and not is_akin and frequency(other) > RIVAL * own + 1:
            return None
    return named.traditional if language == "zh-Hant" else named.chinese


def noun_in_english(word: str, lexicon: Lexicon) -> str | None:
    """The plural of a common noun that the dictionary gives in one word: 国家, countries."""
    entry = lexicon.meaning_in_english(word)
    if entry is None or entry.is_name or not re.fullmatch("[a-z]{3,}", entry.english):
        return None
    noun = entry.english
    if _NO_PLURAL.search(noun):
        return None
    if re.search("[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search("(?:s|x|z|ch|sh)$", noun) else f"{noun}s"


def is_sure(meaning: str) -> bool:
    """Whether a meaning in the dictionary is one word for the thing: no choice, no description."""
    return not _UNSURE.search(meaning)


def _is_term(words: str, meaning: str, lexicon: Lexicon) -> bool:
    """Whether a word that is no name is a noun of few meanings, and this the first."""
    senses = lexicon.to_english(words)
    firsts = [phrase for phrase, weight in senses if weight == 1.0]
    is_first = stems_of(meaning) in firsts and (len(firsts) == 1 or meaning.count(" ") < 2)
    is_brief = meaning.count(" ") < 2 or " of " in meaning  # else it may be a description
    is_clear = is_brief and len({weight for _, weight in senses}) <= MOST_SENSES
    is_noun = bool(_NOUN.match(word_class(words) or "n"))
    return is_noun and is_first and is_clear and not _may_be_foreign(words)


def _known_in_english(words: str, lexicon: Lexicon) -> str | None:
    entry = lexicon.meaning_in_english(words)
    return entry.english if entry is not None else locale_names.name_in_english(words)


def _people(words: str) -> str | None:
    """Those of a country: 匈牙利人, Hungarians."""
    country = locale_names.name_in_english(words[:-1]) if words.endswith("人") else None
    found = [each for each, place in table("demonyms") if place == (country or "").lower()]
    if not found:
        return None
    plural = [each for each in found if each.endswith("ans")]
    return plural[0].capitalize() if plural else f"{found[0].capitalize()} people"


def _place(words: str, lexicon: Lexicon) -> str | None:
    """A place, with the larger ones that Chinese puts before it behind it."""
    parts: list[str] = []
    rest = words if len(words) <= _LONGEST_PLACE else ""
    is_china = True
    while rest:
        for size in range(len(rest), 1, -1):
            if said := _known_place(rest[:size], lexicon):
                is_chinese = said == "China" or _is_pinyin(rest[:size], said)
                if is_chinese and not is_china:
                    return None  # 福山 in Japan is no Fushan
                is_china = is_chinese
                break
        else:
            said = _unknown_place(rest) if is_china else None
            size = len(rest)
        if said is None:
            return None
        parts.insert(0, said)
        rest = rest[size:]
    return ", ".join(parts) or None


def _known_place(word: str, lexicon: Lexicon) -> str | None:
    said = _known_in_english(word, lexicon)
    if said is not None:
        return said if _is_place(said) else None
    kind = _KINDS_OF_PLACE.get(word[-1])
    stem = _known_in_english(word[:-1], lexicon) if kind is not None and len(word) > 2 else None
    if stem is None or not _is_place(stem):
        return None
    if kind in ("", "Province"):
        return stem
    return f"{stem} {kind}" if _is_pinyin(word, stem) else None  # in Japan 县 is another thing


def _is_pinyin(chinese: str, english: str) -> bool:
    """Whether a place has its English name from its Chinese one, as those in China have."""
    return english in (romanized(chinese), romanized(chinese[:-1] or chinese))


def _unknown_place(word: str) -> str | None:
    """The pinyin of a place in China, None for what may be elsewhere."""
    kind = _KINDS_OF_PLACE.get(word[-1])
    if kind is None or len(word) > 4 or not _is_tagged(word, "ns"):
        return None
    if len(word) == 2:
        return romanized(word)
    return None if _may_be_foreign(word[:-1]) else f"{romanized(word[:-1])} {kind}".strip()


def _is_place(english: str) -> bool:
    return english in column("places", "place") or english in _territories()


@functools.cache
def _territories() -> frozenset[str]:
    return frozenset(locale_names.territories_in_english())


def _titled(words: str, lexicon: Lexicon) -> str | None:
    """马云先生, Mr Jack Ma."""
    for ending, title in _HONORIFICS.items():
        name = words.removesuffix(ending)
        if name != words and len(name) > 1:
            entry = lexicon.meaning_in_english(name) if _is_tagged(name, "nr") else None
            said = entry.english if entry is not None and entry.is_name else _person(name)
            return said and f"{title} {said}"
    return None


def _person(words: str) -> str | None:
    """The pinyin of a Chinese person's name, None for what may spell a foreign one."""
    readings = _surnames()
    size = 2 if words[:2] in readings else 1
    surname, given = words[:size], words[size:]
    if surname not in readings or not 1 <= len(given) <= 2:
        return None
    is_frequent = surname in column("surnames") or size == 2 or word_class(words).startswith("nr")
    if not is_frequent or words[-1] in _NO_PERSON:
        return None
    may_be_foreign = size == 1 and _may_be_foreign(given if len(given) == 2 else words)
    if may_be_foreign or not _is_tagged(words, "nr") or word_class(words) == "nrt":
        return None
    return f"{readings[surname]} {romanized(given)}"


def _is_tagged(words: str, tag: str) -> bool:
    """Whether jieba takes the words for one name of that class, or for its parts."""
    found = tagged(words)
    return found[0][1].startswith(tag) and all(
        each.startswith(tag) or (len(word) == 1 and each[0] in "gn") for word, each in found
    )


def _may_be_foreign(characters: str) -> bool:
    """Whether all of them are among those that spell foreign names."""
    return set(characters) <= column("transliteration")


@functools.cache
def _demonyms() -> frozenset[str]:
    return frozenset(each for each, _ in table("demonyms"))


@functools.cache
def _surnames() -> Mapping[str, str]:
    return {row[0]: row[1] for row in table("surname_readings")}


def _region(words: str, language: str, lexicon: Lexicon) -> str | None:
    """Shenzhen, Guangdong: a place within larger ones, which Chinese puts first."""
    inner, *outer = words.split(", ")
    if not 1 <= len(outer) <= 2 or not all(map(_is_place, (inner, *outer))):
        return None
    said = [in_chinese(each, language, lexicon) for each in (*reversed(outer), inner)]
    is_large = outer[-1] in _territories() or _is_province(str(said[0]), lexicon)
    return (
        "".join(filter(None, said))
        if all(said) and is_large and inner not in _territories()
        else None
    )


def _is_province(chinese: str, lexicon: Lexicon) -> bool:
    """Whether it is a province of China or a state of America: 广东, 广东省; not 广州."""
    return any(
        lexicon.meaning_in_english(f"{to_simplified(chinese)}{kind}") is not None for kind in "省州"
    )
