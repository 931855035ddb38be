"""The sides of a comparison, as a question each: 2013年和2014年 becomes one for each year."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.language.entities import Mention, mentions
from rag.language.question_kinds import QuestionKind, kind_of
from rag.language.text import han_share

_JOINT = re.compile(
    r"\s*(?:[和与與跟及同、比]|,? (?:and|or|to|with|than|versus|vs\.?)|,)\s*(?:the |in )?"
)
_ASKS = re.compile(
    r"^(?:请|帮我)*(?:比较|对比)(?:一?下)?|(?:有(?:什么|何))?(?:区别|差别|差异|不同|对比|比较)(?:是什么|吗)?$"
    r"|哪(?:一?个|年|边)(?:更?[多少大小高低长短早晚]).*$|相差(?:多少.*)?$"
    r"|^(?:please |can you )*(?:compare|contrast)(?: the)? "
    r"|^what (?:is|are|was|were) the differences? (?:between|in)(?: the)? ",
    re.IGNORECASE,
)


def sides_of(question: str) -> tuple[str, ...]:
    """A question for each of two things that `question` compares, () where it names no such two.

    >>> sides_of("比较2013年和2014年车厘子的销量。")
    ('2013年车厘子的销量是多少？', '2014年车厘子的销量是多少？')
    >>> sides_of("Compare lobster sales in 2013 and 2014.")
    ('How much: lobster sales in 2013?', 'How much: lobster sales in 2014?')
    """
    if kind_of(question) is not QuestionKind.COMPARISON:
        return ()
    bare = _ASKS.sub("", question.strip().rstrip("？?。. "))
    for first, second in pairwise(mentions(bare)):
        if first.kind == second.kind and _JOINT.fullmatch(bare, first.end, second.start):
            return _side(bare, first, second, first), _side(bare, first, second, second)
    return ()


def _side(bare: str, first: Mention, second: Mention, one: Mention) -> str:
    words = bare[: first.start] + bare[one.start : one.end] + bare[second.end :]
    words = words.strip(" ，,的在")
    return f"{words}是多少？" if han_share(words) >= 0.2 else f"How much: {words}?"
