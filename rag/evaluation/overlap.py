"""How much an answer shares with answers that people wrote in sentences of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rag.evaluation.matching import Groups, answer_tokens, token_f1, without_markers

FREE = 20  # tokens, from which an expected answer is text and no name, number or date


class Overlap(NamedTuple):
    """F1 over tokens in any order, and over the longest that stand in the same order, 0..1."""

    f1: float
    rouge_l: float


def overlap(groups: Groups, text: str) -> Overlap | None:
    """What the whole answer `text` shares with the reference that suits it best, each by itself.

    None where the expected answers are no free text. A token is a Han character or a word.

    >>> reference = "先打开设置，再选择网络，然后点击高级选项，最后保存并重启设备。"
    >>> [round(each, 2) for each in overlap([[reference]], "打开设置，最后重启设备。[1]")]
    [0.54, 0.54]
    >>> overlap([["西雅图"]], "西雅图") is None
    True
    """
    if len(groups) != 1:
        return None
    references = [answer_tokens(each) for each in groups[0]]
    if not any(len(each) >= FREE for each in references):
        return None
    given = answer_tokens(without_markers(text))
    return Overlap(
        max(token_f1(each, given) for each in references),
        max(rouge_l(each, given) for each in references),
    )


def rouge_l(expected: Sequence[str], predicted: Sequence[str]) -> float:
    """ROUGE-L with precision and recall alike: F1 over the longest common subsequence, 0..1.

    Source: Lin, 2004.
    """
    if not expected or not predicted:
        return 0.0
    row = [0] * (len(predicted) + 1)
    for one in expected:
        before = row
        row = [0]
        for place, other in enumerate(predicted):
            is_same = one == other
            row.append(before[place] + 1 if is_same else max(before[place + 1], row[place]))
    return 2 * row[-1] / (len(expected) + len(predicted))
