"""The user's own names and terms: `glossary.tsv` beside the documents, one name in each language.

    天猫	Tmall
    速卖通	AliExpress

They go before the dictionary wherever words are taken from one language to the other.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rag.errors import InvalidInput
from rag.language.dictionary import ToChinese, ToEnglish
from rag.language.senses import phrase_key
from rag.language.terms import ENGLISH_STOP, runs, stem
from rag.language.text import HAN, fold_in_place, one_line, to_simplified

GLOSSARY_FILE = "glossary.tsv"
_HAN = re.compile(f"[{HAN}]")


class _Entry(NamedTuple):
    chinese: str
    english: str
    folded: str  # the Chinese name
    stems: str  # of the English one, joined by spaces
    pattern: re.Pattern[str]  # of both, in folded text


@dataclass(frozen=True)
class Glossary:
    """Pairs of one name, in Chinese and in English; of two for the same, the first one counts."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str, source: str = GLOSSARY_FILE) -> Glossary:
        r"""The pairs of a file's text, in either order of the columns; # opens a comment.

        Raises InvalidInput, with the line, where one is not two names in two languages.

        >>> Glossary.parse("# firms\n天猫\tTmall\nAliExpress\t速卖通\n").pairs
        (('天猫', 'Tmall'), ('速卖通', 'AliExpress'))
        """
        pairs = []
        for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            names = [one_line(name) for name in line.split("\t")]
            chinese = [name for name in names if _HAN.search(name)]
            english = [name for name in names if not _HAN.search(name) and phrase_key(name)]
            if len(names) != 2 or len(chinese) != 1 or len(english) != 1:
                raise InvalidInput(
                    f"{source}, line {number}, is not a name in two languages: {line.strip()[:60]}",
                    "write a Chinese and an English name with a tab between them",
                )
            pairs.append((chinese[0], english[0]))
        return cls(tuple(dict.fromkeys(pairs)))

    def to_chinese(self, phrase: str) -> list[str]:
        """The Chinese names, in simplified script, of English stems joined by spaces."""
        return [to_simplified(each.chinese) for each in self._entries if each.stems == phrase]

    def to_english(self, word: str) -> list[str]:
        """The English names, as stems joined by spaces, of a folded Chinese one."""
        return [each.stems for each in self._entries if each.folded == word]

    def meaning_in_english(self, word: str) -> ToEnglish | None:
        """The English name of a folded Chinese one, as the file spells it."""
        for each in self._entries:
            if each.folded == word:
                return ToEnglish(word, each.english, each.english[0].isupper(), 0.0)
        return None

    def meaning_in_chinese(self, phrase: str) -> ToChinese | None:
        """The Chinese name of a `senses.phrase_key`, as the file spells it."""
        for chinese, english in self.pairs:
            if phrase_key(english) == phrase:
                return ToChinese(phrase, english[0].isupper(), to_simplified(chinese), chinese, 0.0)
        return None

    def names_in(self, text: str) -> Iterator[tuple[int, int, tuple[str, str]]]:
        """Start, end and pair of each name in a text of either language."""
        folded = fold_in_place(text)
        for each in self._entries:
            for match in each.pattern.finditer(folded):
                yield *match.span(), (each.chinese, each.english)

    @functools.cached_property
    def _entries(self) -> list[_Entry]:
        return [
            _Entry(*pair, fold_in_place(pair[0]), stems_of(pair[1]), _pattern(*pair))
            for pair in self.pairs
        ]


def stems_of(english: str) -> str:
    """English words as the lexicon looks them up: stems joined by spaces, function words out.

    >>> stems_of("the State Council")
    'state council'
    """
    return " ".join(stem(run) for run, _ in runs(english) if run not in ENGLISH_STOP)


def _pattern(chinese: str, english: str) -> re.Pattern[str]:
    names = "|".join(re.escape(fold_in_place(name)) for name in (chinese, english))
    return re.compile(rf"(?<![a-z0-9])(?:{names})(?![a-z0-9])")
