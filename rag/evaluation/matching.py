"""Whether an answer's text meets the gold answer."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from rag.language.text import HAN, to_simplified

Groups = Sequence[Sequence[str]]

_PINYIN_NOTE = re.compile(r"(?<=[\u3400-\u9fff])\([a-zü\u00e0-\u01dc'’]{1,7}\)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,300}>")
_NOT_A_WORD = re.compile(r"[^\w.%]|_|(?<!\d)\.|\.(?!\d)")
_TOKEN = re.compile(f"[{HAN}]|[^{HAN}]+")
_MARKER = re.compile(r"\[(\d+)\]")
_ARTICLES = frozenset({"a", "an", "the"})


def _plain(text: str) -> str:
    text = _PINYIN_NOTE.sub("", unicodedata.normalize("NFKC", text))
    return to_simplified(_TAG.sub("", text))


@functools.lru_cache(maxsize=8192)
def comparable(text: str) -> str:
    """The words of `text` in the form in which gold rows are compared.

    NFKC; pinyin notes and tags out; simplified script; then letters, digits, `%` and decimal
    points alone, in lower case.

    >>> comparable("時(shí)隔半年多，") == comparable("时隔 半年多"), comparable("43.2%.")
    (True, '43.2%')
    """
    return _NOT_A_WORD.sub("", _plain(text)).lower()


def without_markers(text: str) -> str:
    """`text` without citation markers such as `[1]`, whose digits would join the words' own."""
    return _MARKER.sub("", text)


def markers(text: str) -> set[int]:
    """The numbers of the citation markers in `text`.

    >>> sorted(markers("Seattle [2], 1995 [1][2]."))
    [1, 2]
    """
    return {int(number) for number in _MARKER.findall(text)}


def answer_match(groups: Groups, *texts: str) -> bool:
    """Whether each group has an alternative that is contained in one of `texts`.

    No groups, no match: an unanswerable question is judged by its refusal.
    """
    folded = [comparable(without_markers(text)) for text in texts]
    return bool(groups) and all(
        any(comparable(alternative) in text for alternative in group for text in folded)
        for group in groups
    )


def answer_tokens(text: str) -> list[str]:
    """Each Han character, and each word or number of other scripts, without English articles.

    >>> answer_tokens("The 130% growth，增长 1,000万")
    ['130%', 'growth', '增', '长', '1000', '万']
    """
    words = [_NOT_A_WORD.sub("", piece).lower() for piece in _plain(text).split()]
    tokens = [token for word in words for token in _TOKEN.findall(word)]
    return [token for token in tokens if token not in _ARTICLES] or tokens


def token_f1(expected: Sequence[str], predicted: Sequence[str]) -> float:
    """Harmonic mean of precision and recall over tokens, counted with repetition, 0..1.

    Source: the SQuAD evaluation script, version 1.1.
    """
    if not expected or not predicted:
        return 0.0
    common = (Counter(expected) & Counter(predicted)).total()
    return 2 * common / (len(expected) + len(predicted))


def _candidates(groups: Groups, predicted: Sequence[str]) -> list[list[str]]:
    """What a full answer could say: each alternative; for several groups, the best of each."""
    split = [[answer_tokens(alternative) for alternative in group] for group in groups]
    if len(split) == 1:
        return split[0]
    available = Counter(predicted)

    def covered(tokens: list[str]) -> tuple[float, int]:
        common = (Counter(tokens) & available).total()
        return (common / len(tokens) if tokens else 0.0, common)

    return [[token for group in split for token in max(group, key=covered)]]


def f1(groups: Groups, text: str) -> float:
    """Token F1 of `text` against the gold answer that suits it best, 0..1.

    One group: the best of its alternatives. Several groups: their answers in a row, each
    group giving the alternative that `text` covers best.
    """
    predicted = answer_tokens(without_markers(text))
    if not groups:
        return 0.0
    return max(token_f1(candidate, predicted) for candidate in _candidates(groups, predicted))


def exact_match(groups: Groups, text: str) -> bool:
    """Whether `text` is a gold answer, token for token; several groups may come in any order."""
    predicted = answer_tokens(without_markers(text))
    if not groups or not predicted:
        return False
    candidates = _candidates(groups, predicted)
    if len(groups) == 1:
        return predicted in candidates
    return any(Counter(candidate) == Counter(predicted) for candidate in candidates)
