"""Names of a claim looked for in a passage, through both languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from rag.checking.aliases import Aliases
from rag.checking.known_names import ABBREVIATED, DEMONYMS, SAME_NAME, SAME_PLACE, SURNAMES
from rag.checking.transliteration import is_spelled
from rag.language.entities import Mention, mentions
from rag.language.lexicon import Lexicon
from rag.language.pinyin import split_pinyin
from rag.language.term_groups import query_groups
from rag.language.terms import ENGLISH_STOP, frequency, stem, tagged, word_class
from rag.language.text import fold, han_share, simplify_in_place

SURE = 0.3  # weight of a translation that has to be found
_LATIN_WORD = re.compile(r"[a-zà-öø-ÿ0-9]+")
_CAPITALISED = re.compile(r"\b[A-Z][A-Za-zÀ-ÿ'’-]+")
_DOMAIN = re.compile(r"\.(?:com|cn|net|org)\b")
_DIVIDES = re.compile(r"([A-Z][\w-]*)['’]s (?=[A-Z])|\w{4,}(\.) (?=[A-Z])")
_NUMERAL_WORD = re.compile(
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven"
    r"|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|[mb]illions?)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"['’]s?$")
_COUNTRIES = frozenset(DEMONYMS.values()) | frozenset(SAME_PLACE) | {"south korea"}
_FUNCTION = frozenset("dpcur")
_PLACES = frozenset("省市县区州镇村乡港岛山湖江河海国路街城")
_NOUNS = frozenset(("n", "nz", "x", "zg"))
_SPELLED_PART = re.compile(r"\d+|[^\d\s-]+")
_BOTH = re.compile("(?:两|双)[国地岸市省]$")
_HAN = re.compile(r"[\u3400-\u9fff]")


class Presence(Enum):
    """Whether a text names something: `UNKNOWN` where its translation is not known."""

    FOUND = "found"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Words:
    """A text made ready to look names up in."""

    text: str
    folded: str
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Words:
        """`text` folded, with the stems of its Latin words."""
        folded = fold(text)
        return cls(text, folded, frozenset(map(stem, _LATIN_WORD.findall(folded))))


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
    if _HAN.search(text):
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
    is_known = fold(text) in SAME_NAME  # Ant Financial
    if opens and not is_pinyin and not is_known and _is_common(first, lexicon):
        if not rest or rest.split()[0].lower() in ENGLISH_STOP:
            rest = rest.split(" ", 1)[1] if " " in rest else ""
        start, text = start + len(text) - len(rest), rest
    text = _POSSESSIVE.sub("", text)
    chinese = lexicon.meaning_in_chinese(fold(text), is_name=True)
    kind = "place" if chinese and word_class(chinese.chinese) == "ns" else mention.kind
    return Mention(kind, start, start + len(text), text) if text else None


def _is_surname(word: str, lexicon: Lexicon) -> bool:
    """Whether a word may be a surname in pinyin; Inside can be read so, and is none."""
    syllables = split_pinyin(word)
    return len(syllables) == 1 or bool(syllables and not lexicon.to_chinese(stem(word.lower())))


def _is_of_function_words(text: str) -> bool:
    """Whether jieba has made a name of what are words like 须 and 先."""
    if frequency(text) or not all(map(_HAN.match, text)):
        return False
    return all(word_class(character) in _FUNCTION for character in text)


def _is_common(word: str, lexicon: Lexicon) -> bool:
    """Whether a capitalised word that opens a sentence may be no name."""
    lower = _POSSESSIVE.sub("", word).lower()
    if lower in DEMONYMS or not word[1:].replace("-", "").islower():
        return False
    lower = lower.partition("-")[0]
    if lower in ENGLISH_STOP or lower.endswith(("ly", "ing")):
        return True
    is_name = lexicon.meaning_in_chinese(lower, is_name=True) is not None
    is_word = bool(lexicon.to_chinese(stem(lower)))
    return is_word and not is_name


def presence(name: str, words: Words, lexicon: Lexicon, aliases: Aliases) -> Presence:
    """Whether `words` name what `name` names, in either language."""
    folded = fold(name).strip()
    if _holds(words, folded):
        return Presence.FOUND
    for alias in (*aliases.get(folded, ()), *([SAME_NAME[folded]] if folded in SAME_NAME else [])):
        if _holds(words, alias):
            return Presence.FOUND
    folded = DEMONYMS.get(folded, folded)
    for other in SAME_PLACE.get(folded, ()):
        if _presence_of_latin(other.title(), words, lexicon) is Presence.FOUND:
            return Presence.FOUND
    if folded in ("china", "中国", "我国") and han_share(words.text) >= 0.5:
        return Presence.FOUND  # goes without saying
    if folded in ABBREVIATED and _holds(words, ABBREVIATED[folded]):
        return Presence.FOUND
    if _HAN.search(name):
        return _presence_of_chinese(folded, words, lexicon)
    is_demonym = fold(name).strip() in DEMONYMS
    return _presence_of_latin(folded.title() if is_demonym else name, words, lexicon)


def is_surely_a_name(name: str) -> bool:
    """Whether a mention is a name beyond doubt: jieba takes many a Chinese word for one."""
    if not _HAN.search(name):
        return True
    return _is_chinese_person(name) or word_class(fold(name)) in ("ns", "nt")


def is_person(name: str, lexicon: Lexicon) -> bool:
    """Whether a name is a person's: by its class, its surname, or two words that mean nothing."""
    if _HAN.search(name):
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
    return fold(meaning.english if meaning else name) in _COUNTRIES


def _holds(words: Words, folded: str) -> bool:
    if _HAN.search(folded):
        return folded in words.folded
    spelled = "[ -]?".join(map(re.escape, _SPELLED_PART.findall(folded)))  # One97, One 97
    return bool(spelled and re.search(rf"(?<![a-z0-9]){spelled}(?![a-z0-9])", words.folded))


def _presence_of_latin(name: str, words: Words, lexicon: Lexicon) -> Presence:
    """Whether at least half of the words of a name are there: as they are, in meaning or sound."""
    own = [_POSSESSIVE.sub("", word) for word in _DOMAIN.sub("", name).split()]
    own = [word for word in own if word.lower() not in ENGLISH_STOP and word]
    if not own:
        return Presence.FOUND
    same = [all(stem(part) in words.stems for part in _LATIN_WORD.findall(fold(w))) for w in own]
    if 2 * sum(same) > len(own) or (same[-1] and len(own) <= 3):
        return Presence.FOUND
    if han_share(words.text) < 0.5:
        return Presence.ABSENT
    if split_pinyin(" ".join(own)):
        if _reads(" ".join(own), words, lexicon) or _has_surname(own, words, lexicon):
            return Presence.FOUND
        if len(own) > 1:
            return Presence.ABSENT
    meant = _met(name, words, lexicon)
    if meant:
        return Presence.FOUND
    if meant is False and fold(name) in _COUNTRIES:
        return Presence.ABSENT  # 国家 is not the United States
    each = [
        is_same or _is_there(word, words, lexicon) for is_same, word in zip(same, own, strict=True)
    ]
    if 2 * sum(each) >= len(own):
        return Presence.FOUND
    known = meant is not None or all(_met(word, words, lexicon) is not None for word in own)
    return Presence.ABSENT if known else Presence.UNKNOWN


def _is_there(word: str, words: Words, lexicon: Lexicon) -> bool:
    """Whether a word of a name is there in meaning or sound, as a whole or in its parts."""
    if fold(word) in ("china", "chinese"):
        return True
    if split_pinyin(word) and _reads(word, words, lexicon):
        return True
    parts = [word, *(word.split("-") if "-" in word else [])]
    found = [_met_or_heard(part, words, lexicon) for part in parts if part]
    return found[0] or (len(found) > 1 and all(found[1:]))


def _met_or_heard(word: str, words: Words, lexicon: Lexicon) -> bool:
    """Whether a word is there in its known translation, or in sound where none is known."""
    met = _met(word, words, lexicon)
    return sounds_alike(word, words, lexicon) if met is None else met


def _plain(text: str) -> str:
    """Folded, without accents."""
    decomposed = unicodedata.normalize("NFKD", fold(text))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _reads(name: str, words: Words, lexicon: Lexicon) -> bool:
    """Whether the text has characters that read as the name in pinyin."""
    pairs = [group.alternatives for group in query_groups(name, lexicon) if group.optional]
    return bool(pairs) and all(
        any(term.lstrip("^") in words.folded for term, _ in group) for group in pairs
    )


def _has_surname(own: Sequence[str], words: Words, lexicon: Lexicon) -> bool:
    """Whether a name that is one syllable, Ma, is a surname that the text has: 马云."""
    characters = SURNAMES & set(lexicon.characters(fold(own[0]))) if len(own) == 1 else frozenset()
    return any(character in words.folded for character in characters)


def _met(phrase: str, words: Words, lexicon: Lexicon) -> bool | None:
    """Whether the text has a translation of an English phrase, None where none is known."""
    stems = [stem(word) for word in _LATIN_WORD.findall(fold(phrase)) if word not in ENGLISH_STOP]
    country = DEMONYMS.get(fold(phrase))
    translations = lexicon.to_chinese(" ".join(stems))
    if country:
        translations = translations + lexicon.to_chinese(" ".join(map(stem, country.split())))
    if len(stems) == 1 and stems[0].endswith("s"):
        translations = translations + lexicon.to_chinese(stems[0][:-1])
    sure = [chinese for chinese, weight in translations if weight >= SURE]
    return any(chinese in words.folded for chinese in sure) if sure else None


def _presence_of_chinese(folded: str, words: Words, lexicon: Lexicon) -> Presence:
    if han_share(words.text) >= 0.2:
        parts = [part for part in re.split("[·•・]", folded) if part]
        if len(parts) > 1 and any(part in words.folded for part in parts):
            return Presence.FOUND
        return Presence.ABSENT
    meaning = lexicon.meaning_in_english(folded)
    is_place = meaning is not None and meaning.is_name and word_class(folded) == "ns"
    if reads_as(folded, words, lexicon):
        return Presence.FOUND
    if not is_place and sounds_alike(folded, words, lexicon):
        return Presence.FOUND
    phrases = [p.split() for p, weight in lexicon.to_english(folded) if weight >= SURE]
    if meaning is not None:  # 神户 is Kōbe
        phrases.append([stem(word) for word in _LATIN_WORD.findall(_plain(meaning.english))])
    phrases = [phrase for phrase in phrases if len("".join(phrase)) > 2]
    if any(2 * sum(word in words.stems for word in phrase) >= len(phrase) for phrase in phrases):
        return Presence.FOUND
    joined = re.sub("[ -]", "", words.folded)
    if any("".join(phrase) in joined for phrase in phrases):
        return Presence.FOUND  # Southeast and South-East
    for demonym, place in DEMONYMS.items():
        if stem(demonym) in words.stems and any(stem(place.split()[-1]) in p for p in phrases):
            return Presence.FOUND
    is_person = 2 <= len(folded) <= 3 and folded[0] in SURNAMES and word_class(folded) in ("nr", "")
    is_known = (meaning is not None and meaning.is_name) or (is_person and not phrases)
    return Presence.ABSENT if is_known else Presence.UNKNOWN


def reads_as(name: str, words: Words, lexicon: Lexicon) -> bool:
    """Whether Latin words of the text spell `name` in pinyin: 张阔, Zhang Kuo."""
    wanted = [lexicon.readings(character) for character in name if _HAN.match(character)]
    if not wanted:
        return False
    run: list[str] = []
    for word in [*_CAPITALISED.findall(words.text), ""]:
        syllables = split_pinyin(word) if word else []
        if len(syllables) == 1 and len(name) <= 3 and syllables[0] in wanted[0]:
            return True  # the surname alone
        if syllables:
            run += syllables
            for orders in (wanted, wanted[1:] + wanted[:1]):
                for at in range(len(run) - len(orders) + 1):
                    if all(s in o for s, o in zip(run[at:], orders, strict=False)):
                        return True
        else:
            run = []
    return False


def sounds_alike(name: str, words: Words, lexicon: Lexicon) -> bool:
    """Whether the text spells the sound of `name` in the other script."""

    def reading(character: str) -> str:
        return next(iter(lexicon.readings(character)), "")

    if _HAN.search(name):
        return any(is_spelled(word, name, reading) for word in _CAPITALISED.findall(words.text))
    return name[:1].isupper() and len(name) > 2 and is_spelled(name, words.folded, reading)
