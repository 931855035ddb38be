"""Whether a text has a name, as it is spelled, in meaning or in sound, in either language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from rag.checking.known_names import DEMONYMS, SAME_PLACE, SURNAMES
from rag.checking.names import (
    CAPITALISED,
    COUNTRIES,
    DOMAIN,
    HAN,
    LATIN_WORD,
    POSSESSIVE,
    SPELLED_PART,
)
from rag.checking.transliteration import is_spelled
from rag.language.aliases import Aliases
from rag.language.lexicon import Lexicon
from rag.language.pinyin import split_pinyin
from rag.language.senses import phrase_key
from rag.language.term_groups import query_groups
from rag.language.terms import ENGLISH_STOP, stem, tagged, word_class
from rag.language.text import fold, han_share, simplify_in_place, unaccented

SURE = 0.3  # weight of a translation that has to be found


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
        return cls(text, folded, frozenset(map(stem, LATIN_WORD.findall(folded))))


def presence(name: str, words: Words, lexicon: Lexicon, aliases: Aliases) -> Presence:
    """Whether `words` name what `name` names, in either language."""
    folded = fold(name).strip()
    if _holds(words, folded):
        return Presence.FOUND
    if any(_holds(words, alias) for alias in aliases.get(folded, ())):
        return Presence.FOUND
    folded = DEMONYMS.get(folded, folded)
    for other in SAME_PLACE.get(folded, ()):
        if _presence_of_latin(other.title(), words, lexicon) is Presence.FOUND:
            return Presence.FOUND
    if folded in ("china", "中国", "我国") and han_share(words.text) >= 0.5:
        return Presence.FOUND  # implied
    if HAN.search(name):
        return _presence_of_chinese(folded, words, lexicon)
    is_demonym = fold(name).strip() in DEMONYMS
    return _presence_of_latin(folded.title() if is_demonym else name, words, lexicon)


def _holds(words: Words, folded: str) -> bool:
    if HAN.search(folded):
        return folded in words.folded
    spelled = "[ -]?".join(map(re.escape, SPELLED_PART.findall(folded)))  # One97, One 97
    return bool(spelled and re.search(rf"(?<![a-z0-9]){spelled}(?![a-z0-9])", words.folded))


def _presence_of_latin(name: str, words: Words, lexicon: Lexicon) -> Presence:
    """Whether at least half of the words of a name are there: as they are, in meaning or sound."""
    own = [POSSESSIVE.sub("", word) for word in DOMAIN.sub("", name).split()]
    own = [word for word in own if word.lower() not in ENGLISH_STOP and word]
    if not own:
        return Presence.FOUND
    same = [all(stem(part) in words.stems for part in LATIN_WORD.findall(fold(w))) for w in own]
    if 2 * sum(same) > len(own) or (same[-1] and len(own) <= 3):
        return Presence.FOUND
    if han_share(words.text) < 0.5:
        return Presence.ABSENT
    if split_pinyin(" ".join(own)):
        is_surname = len(own) == 1 and _has_person(own[0], words, lexicon)
        if is_surname or _reads(" ".join(own), words, lexicon):
            return Presence.FOUND
        if len(own) > 1:
            return Presence.ABSENT
    meant = _met(name, words, lexicon)
    if meant or (meant is None and len(own) == 2 and _has_person(own[1], words, lexicon)):
        return Presence.FOUND
    if meant is False and fold(name) in COUNTRIES:
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


def _reads(name: str, words: Words, lexicon: Lexicon) -> bool:
    """Whether the text has characters that read as the name in pinyin."""
    pairs = [group.alternatives for group in query_groups(name, lexicon) if group.optional]
    return bool(pairs) and all(
        any(term.lstrip("^") in words.folded for term, _ in group) for group in pairs
    )


def _has_person(surname: str, words: Words, lexicon: Lexicon) -> bool:
    """Whether the text has a person of that surname: Ma, Daniel Zhang may be 马云 and 张勇."""
    characters = SURNAMES & set(lexicon.characters(fold(surname)))
    return bool(characters) and any(
        word[0] in characters and tag.startswith("nr") and len(word) > 1
        for word, tag in tagged(simplify_in_place(words.text))
    )


def _met(phrase: str, words: Words, lexicon: Lexicon) -> bool | None:
    """Whether the text has a translation of an English phrase, None where none is known."""
    stems = [stem(word) for word in LATIN_WORD.findall(fold(phrase)) if word not in ENGLISH_STOP]
    country = DEMONYMS.get(fold(phrase))
    translations = lexicon.to_chinese(" ".join(stems))
    if country:
        translations = translations + lexicon.to_chinese(" ".join(map(stem, country.split())))
    if len(stems) == 1 and stems[0].endswith("s"):
        translations = translations + lexicon.to_chinese(stems[0][:-1])
    sure = [chinese for chinese, weight in translations if weight >= SURE]
    if known := lexicon.meaning_in_chinese(phrase_key(phrase), is_name=True):
        sure.append(known.chinese)
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
        phrases.append(
            [stem(word) for word in LATIN_WORD.findall(unaccented(fold(meaning.english)))]
        )
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
    wanted = [lexicon.readings(character) for character in name if HAN.match(character)]
    if not wanted:
        return False
    run: list[str] = []
    for word in [*CAPITALISED.findall(words.text), ""]:
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

    if HAN.search(name):
        return any(is_spelled(word, name, reading) for word in CAPITALISED.findall(words.text))
    return name[:1].isupper() and len(name) > 2 and is_spelled(name, words.folded, reading)
