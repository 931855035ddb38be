"""Index and query terms: jieba words and character pairs for Han text, stems for Latin text.

The home of jieba and of the Snowball stemmer. Terms are folded (`rag.language.text.fold`). A
character pair carries a leading `^`, so that it never meets a word of two characters.
"""

from __future__ import annotations

import functools
import logging
import re
import threading
import warnings
from collections.abc import Iterator
from typing import Any

from rag.language.tables import column
from rag.language.text import fold

_RUN = re.compile(r"[a-zà-öø-ÿ0-9]+(?:[.,][0-9]+)*|[\u3400-\u9fff]+")
ENGLISH_STOP = column("stop_words", "en")
CHINESE_STOP = column("stop_words", "zh")
_FUNCTION_CHARACTERS = frozenset("的了在是谁哪吗呢")


@functools.cache
def _jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42.1 uses escapes and a package now deprecated
        import jieba
    jieba.setLogLevel(logging.ERROR)
    jieba.initialize()
    return jieba


@functools.cache
def _tagger() -> Any:
    _jieba()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jieba import posseg
    return posseg.dt


@functools.cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


_STEMMING = threading.Lock()  # the stemmer keeps the word that it works on in itself


@functools.lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Snowball (English) stem of a lower-case word."""
    with _STEMMING:
        return str(_stemmer().stemWord(word))


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Folded runs of `text` with whether each is Han; thousands separators are gone.

    >>> list(runs("Tmall賣出 90,000 隻"))
    [('tmall', False), ('卖出', True), ('90000', False), ('只', True)]
    """
    for match in _RUN.finditer(fold(text)):
        run = match.group()
        is_han = run[0] >= "\u3400"
        yield (run if is_han else run.replace(",", "")), is_han


def words(run: str) -> list[str]:
    """Words of a Han run, long words also in their parts (jieba's search mode)."""
    return list(_jieba().cut_for_search(run))


def frequency(word: str) -> int:
    """How often jieba's corpus holds a simplified word, 0 if it does not know it."""
    return int(_jieba().dt.FREQ.get(word, 0))


def word_class(word: str) -> str:
    """The tag that jieba has for a simplified word outside of any text, "" if it has none."""
    return str(_tagger().word_tag_tab.get(word, ""))


def tagged(text: str) -> list[tuple[str, str]]:
    """The words of simplified `text`, which they make up, each with jieba's tag for its class.

    Of the names, places alone are tagged reliably (`ns`); `nr` is a person, a firm or a far city.

    >>> tagged("马云在德国")
    [('马云', 'nr'), ('在', 'p'), ('德国', 'ns')]
    """
    return [(pair.word, pair.flag) for pair in _tagger().cut(text)]


def pairs(run: str) -> list[str]:
    """Neighbouring character pairs of a Han run, each as a term.

    >>> pairs("试验区")
    ['^试验', '^验区']
    """
    return [f"^{run[i : i + 2]}" for i in range(len(run) - 1)]


def index_terms(text: str) -> list[str]:
    """All terms under which a passage can be found, repeated as often as they occur."""
    terms: list[str] = []
    for run, is_han in runs(text):
        if is_han:
            terms += words(run)
            terms += pairs(run)
        elif run not in ENGLISH_STOP:
            terms.append(stem(run))
    return terms


def is_mostly_han(terms: list[str]) -> bool:
    """Whether a passage's terms come from mostly Han text."""
    return 2 * sum(term[0] >= "\u3400" or term[0] == "^" for term in terms) >= len(terms) > 0


def is_content_pair(pair: str) -> bool:
    """Whether a character pair of a question carries content rather than grammar."""
    characters = pair[1:]
    return characters not in CHINESE_STOP and not _FUNCTION_CHARACTERS & set(characters)
