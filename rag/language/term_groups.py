"""A question as groups of terms: alternatives within a group, evidence summed over groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from rag.language.lexicon import Lexicon, chinese_number, english_phrases
from rag.language.numerals import number_groups
from rag.language.pinyin import split_pinyin
from rag.language.terms import CHINESE_STOP, ENGLISH_STOP, is_content_pair, pairs, runs, stem, words
from rag.language.text import fold

PAIR_WEIGHT = 0.5
PART_WEIGHT = 0.5
CHARACTER_WEIGHT = 0.5
NUMBER_WEIGHT = 0.5
MOST_NAMES = 20  # in pinyin: each has up to 22,000 readings
_INTERROGATIVE = re.compile(
    r"哪(?:一)?(?:年|天|个|位|家|些|种|里|儿|座|所|项|几|月|国)?|什么(?:时候|时间|地方|人)?|多少"
    r"|为什么|怎么样?|请问|分别|是多少|有多少|何时|何地|何人|有?多(?=[高大长远重深宽])|一共|总共|共有"
)
_NAME = re.compile(r"\b[A-Z][a-z]+(?:['’](?!s\b)[a-z]+)?(?:[ -][A-Z][a-z]+(?:['’](?!s\b)[a-z]+)?)*")


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives for one thing asked about: (term, weight up to 1); the best one counts.

    An `optional` group says something where it is found and nothing where it is missing.
    """

    alternatives: tuple[tuple[str, float], ...]
    weight: float = 1.0
    optional: bool = False


def query_groups(query: str, lexicon: Lexicon | None) -> list[Group]:
    """Groups of `query` in its own language and, through the lexicon, in the other one."""
    groups: list[Group] = []
    stems: list[str] = []
    asked = _INTERROGATIVE.sub(" ", fold(query))
    for run, is_han in runs(asked):
        if not is_han:
            if run not in ENGLISH_STOP:
                stems.append(stem(run))
            continue
        groups += _latin_groups(stems, lexicon)
        stems = []
        groups += _han_groups(run, lexicon)
    groups += _latin_groups(stems, lexicon)
    groups += [
        Group(tuple((term, 1.0) for term in alternatives), NUMBER_WEIGHT, optional=True)
        for alternatives in number_groups(asked)
    ]
    if lexicon is not None:
        groups += _name_groups(query, lexicon)
    return groups


def _han_groups(run: str, lexicon: Lexicon | None) -> list[Group]:
    groups = []
    split = words(run)
    own = {fold(pair[0]) for *_, pair in lexicon.glossary.names_in(run)} if lexicon else set()
    for word in [*split, *sorted(own.difference(split))]:
        if word in CHINESE_STOP:
            continue
        alternatives = dict.fromkeys([word, *(pairs(word) if word in own else ())], 1.0)
        scale = CHARACTER_WEIGHT if len(word) == 1 else 1.0
        for phrase, weight in lexicon.to_english(word) if lexicon else ():
            parts = phrase.split()
            for part in parts:
                share = scale * weight / len(parts)
                alternatives[part] = max(alternatives.get(part, 0.0), share)
        groups.append(Group(tuple(alternatives.items())))
    content = [pair for pair in pairs(run) if is_content_pair(pair)]
    return groups + [Group(((pair, 1.0),), PAIR_WEIGHT, optional=True) for pair in content]


def _latin_groups(stems: list[str], lexicon: Lexicon | None) -> list[Group]:
    if lexicon is None:
        return [Group(((term, 1.0),)) for term in stems]
    groups = []
    for phrase in english_phrases(stems, lexicon):
        if len(phrase) == 1:
            groups.append(Group(_with_translations(phrase[0], phrase, lexicon)))
            continue
        groups.append(Group(_with_translations(" ".join(phrase), [], lexicon)))
        groups += [Group(_with_translations(part, [part], lexicon), PART_WEIGHT) for part in phrase]
    return groups


def _with_translations(
    phrase: str, own: Sequence[str], lexicon: Lexicon
) -> tuple[tuple[str, float], ...]:
    alternatives = dict.fromkeys(own, 1.0)
    translations = lexicon.to_chinese(phrase)
    own = lexicon.glossary.to_chinese(phrase)
    if " " not in phrase:
        translations += lexicon.to_chinese_in_part(phrase)
    for chinese, weight in translations:
        for term in _terms_of(chinese, is_own=chinese in own):
            alternatives[term] = max(alternatives.get(term, 0.0), weight)
    numeral = chinese_number(phrase)
    if numeral:
        alternatives[numeral] = 1.0
    return tuple(alternatives.items())


def _terms_of(chinese: str, is_own: bool) -> list[str]:
    """Terms under which an index may have a word; jieba may have cut one of the user's own."""
    return [chinese, *(pairs(chinese) if is_own or len(chinese) == 2 else ())]


def _name_groups(query: str, lexicon: Lexicon) -> list[Group]:
    """Names in pinyin ("Zhang Kuo") as the character pairs that can be read so (张阔)."""
    groups = []
    for syllables in islice(_names(query), MOST_NAMES):
        readings = [lexicon.characters(syllable) for syllable in syllables]
        for first, second in pairwise(readings):
            alternatives = tuple((f"^{a}{b}", 1.0) for a in first for b in second)
            if alternatives:
                groups.append(Group(alternatives, optional=True))
    return groups


def _names(query: str) -> Iterator[list[str]]:
    """Syllables of each run of capitalised words that can be a name: "Did Zhang Kuo" holds one."""
    for match in _NAME.finditer(query):
        syllables: list[str] = []
        for word in [*re.split("[ -]", match.group()), ""]:
            found = [] if word.lower() in ENGLISH_STOP else split_pinyin(word)
            if not found and 2 <= len(syllables) <= 4:
                yield syllables
            syllables = syllables + found if found else []
