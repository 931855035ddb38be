"""Follow-up questions made complete from the history."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.text import fold

# Matched against the folded question. 其他 and 吉他 hold no "he", "is there" points nowhere.
_LEANS_BACK = re.compile(
    r"^(?:那么?|这|它|他(?!人)|她|其(?!他|它|余|实)|此外|还有|另外|该|以及|后来|呢)"
    r"|那里|那儿|那边|(?<!其)它|(?<![其吉维])他(?!人)|她|这些|那些|这个|那个|上述|其中|该公司"
    r"|呢[？?]?$"
    r"|^(?:and|but|so|then|also|what about|how about)\b"
    r"|\b(?:it|its|they|their|them|he|his|him|she|her|those|these|that one|the same)\b"
    r"|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )\bthere\b(?! (?:is|are|was|were)\b)",
)


def resolve(question: str, history: Sequence[Mapping[str, str]]) -> str:
    """The question to search: `question`, led by the user turns it leans on, oldest first.

    The last user turn is enough where that one is complete in itself.

    >>> resolve("那里要推广哪两个平台？", [{"role": "user", "content": "哪12个城市？"}])
    '哪12个城市？ 那里要推广哪两个平台？'
    """
    earlier = [turn.get("content") or "" for turn in history if turn.get("role") == "user"]
    earlier = [content.strip() for content in earlier if content.strip()]
    parts = [question]
    while earlier and _LEANS_BACK.search(fold(parts[0]).strip()):
        parts.insert(0, earlier.pop())
    return " ".join([*parts[:-1], question.strip()]) if len(parts) > 1 else question
