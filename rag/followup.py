"""Follow-up questions made complete from the history."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_LEANS_BACK = re.compile(
    r"^(?:那么?|那里|那儿|那边|这|它|他|她|其中|其|此外|还有|另外|上述|该|以及|后来|呢)"
    r"|(?:那里|那儿|它们?|他们?|她们?|这些|那些|这个|那个|上述|其中|该公司|呢[？?]?$)"
    r"|^(?:and|but|so|then|also|what about|how about)\b"
    r"|\b(?:it|its|they|their|them|he|his|him|she|her|there|those|these|that one|the same)\b",
    re.IGNORECASE,
)


def resolve(question: str, history: Sequence[Mapping[str, str]]) -> str:
    """The question to search: `question`, led by the last user turn where it leans on it.

    >>> resolve("那里要推广哪两个平台？", [{"role": "user", "content": "哪12个城市？"}])
    '哪12个城市？ 那里要推广哪两个平台？'
    """
    earlier = [turn.get("content", "") for turn in history if turn.get("role") == "user"]
    earlier = [content for content in earlier if content.strip()]
    if not earlier or not _LEANS_BACK.search(question.strip()):
        return question
    return f"{earlier[-1].strip()} {question.strip()}"
