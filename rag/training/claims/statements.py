"""A question with its answer as a statement where a few patterns reach, else one after the other.

Chinese asks where the answer would stand, so that nearly all questions turn; of English ones those
that ask for the subject, and those with a form of "be".
"""

from __future__ import annotations

import re

from rag.language.terms import tagged
from rag.language.text import simplify_in_place

_LONGEST = 40  # characters of an answer that is put into a Chinese sentence, 80 of an English one
_NO_STATEMENT = re.compile(
    r"为什么|为何|为啥|怎么|怎样|如何|原因|什么意思|吗$|是否|哪.*哪|请问.*请问"
)
_ASKED = (
    re.compile(
        r"(?:在|于)?(?P<time>什么时候|何时|什么时间|什么年代|哪一?年|何年|哪一?天|哪个时候|几几年|几月几日|何日)"
    ),
    re.compile(r"(?P<place>哪里|哪儿|何地|何处|什么地方|哪个地方)"),
    re.compile(r"(?P<person>谁|何人|哪一?位|什么人|哪个人)"),
    re.compile(
        r"(?P<number>多少|几(?=[个位名人年月日次条座种家所只层]))(?P<counter>[\u4e00-\u9fff]?)"
    ),
    re.compile(
        r"(?P<which>哪一?(?:些|几[个种位]|[两三四五六七八九十]?[个种座位家所部项条类次届支只本])?|什么样的|什么|何种)"
    ),
)
_BARE = re.compile(r"哪|什么|谁|多少|何[时地人处种]|几")
_PARTICIPLE = (
    r"\w{2,}ed|born|built|made|held|found|written|known|given|sent|taken|won|lost|sold|set|put|begun|seen"
    r"|shown|grown|driven|drawn|chosen|broken|fought|buried|caught|taught|kept|left|led|paid|told|brought"
    r"|bought|struck|sung|cast|hit|cut|shot|spoken|hung|spent|laid|run|read"
)
_WHEN = re.compile(
    rf"(?i)^(?P<asked>when|where|in (?:which|what) (?:year|city|country|state|month)"
    rf"|what year|which year)"
    rf" (?P<be>is|was|are|were) (?P<subject>.+?) "
    rf"(?P<done>(?:first |originally |officially |located |also )?"
    rf"(?:{_PARTICIPLE})\b.*)$"
)
_WHO = re.compile(
    r"^[Ww]ho (?!(?:is|was|are|were|do|did|does|has|have|had|can|will|would|should)\b)"
    r"(?P<rest>\w+(?:ed|s)|wrote|sang|sings|won|built|made|became|led|held|took|gave|found|ran|began|drew"
    r"|fought|spoke|bought|sold|taught|said|beat) (?P<object>.+)$"
)
_WHO_DONE = re.compile(rf"^[Ww]ho (?P<be>is|was|are|were) (?P<done>(?:{_PARTICIPLE}) .+)$")
_IS = re.compile(
    r"(?i)^(?:what|who) (?P<be>is|was|are|were) (?P<subject>(?:the|his|her|its|their"
    r"|[A-Z]\w+['’]s) .+)$"
)
_HANGING = re.compile(
    r"(?i)\b(?:in|at|on|of|for|from|to|by|with|about|as|called|named|like|do|mean|known)$"
)
_PREPOSITION = re.compile(
    r"(?i)^(?:in|at|on|from|by|near|during|between|after|before|around|about|since|until|circa|early|late|outside|inside|within|under|over|behind|along|throughout|across)\b"
)
_DAY = re.compile(
    r"(?i)\b\d{1,2}(?:st|nd|rd|th)?,? (?:\d{4}|[A-Z][a-z]+)"
    r"|[A-Z][a-z]+ \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
)


def statement(question: str, answer: str, is_chinese: bool) -> str | None:
    """The question answered in one sentence, None where no pattern turns it.

    >>> statement("灰岩岛灯塔是哪一年建成的？", "1893年", True)
    '灰岩岛灯塔是1893年建成的。'
    >>> statement("Where is the pump house located?", "Berlin", False)
    'The pump house is located in Berlin.'
    """
    answer = answer.strip(" ，。、；：,;:.")
    if not answer or re.search(r"[。！？\n]|[.!?] ", answer):
        return None
    if is_chinese:
        return _chinese(simplify_in_place(question), answer) if len(answer) <= _LONGEST else None
    return _english(question.strip(), answer) if len(answer) <= 2 * _LONGEST else None


def together(question: str, answer: str, is_chinese: bool) -> str:
    """The question and its answer one after the other.

    >>> together("Who wrote it", "Lin Yue", False)
    'Who wrote it? Lin Yue.'
    """
    asked = question.strip().rstrip("?？ ")
    words = answer.strip(" ，。、；：,;:.")
    return f"{asked}？{words}。" if is_chinese else f"{asked}? {words[:1].upper()}{words[1:]}."


def _chinese(question: str, answer: str) -> str | None:
    asked = re.sub(r"^请问[，：]?", "", question.strip().rstrip("？?。 呢"))
    if _NO_STATEMENT.search(asked):
        return None
    for pattern in _ASKED:
        match = pattern.search(asked)
        if match is None:
            continue
        before, behind = asked[: match.start()], asked[match.end() :]
        if match.lastgroup == "counter" or "number" in match.re.groupindex:
            behind = _behind_number(match["counter"] + behind, answer)
        elif "which" in match.re.groupindex:
            behind = _behind_noun(behind)
        elif "time" in match.re.groupindex and match.group().startswith(("在", "于")):
            before += match.group()[0]
        repeated = next((n for n in range(8, 0, -1) if before.endswith(answer[:n])), 0)
        if repeated > 1 or answer[:1] in "在于由被从因是":
            before = before[: len(before) - repeated]
        repeated = next(
            (n for n in range(8, 1, -1) if len(behind) >= n and answer.endswith(behind[:n])), 0
        )
        behind = behind[repeated:]
        said = f"{before}{answer}{behind}"
        return None if _BARE.search(before + behind) or len(before + behind) < 2 else f"{said}。"
    return None


def _behind_number(behind: str, answer: str) -> str:
    """The words behind a number asked for, without the counter that the answer brings along."""
    for length in (3, 2, 1):
        if len(behind) >= length and answer.endswith(behind[:length]):
            return behind[length:]
    # 多少人 answered by 350名: what is counted is said already, or would be said twice.
    if behind and not answer[-1].isdigit() and answer[-1] not in "一二三四五六七八九十百千万亿":
        words = tagged(behind)
        if words and words[0][1][0] in "nq":
            return behind[len(words[0][0]) :]
    return behind


def _behind_noun(behind: str) -> str:
    """The words behind what asks which, without the noun for which the answer stands."""
    kept = 0
    for word, tag in tagged(behind):
        if not tag.startswith(("n", "vn", "an", "l")) or tag in ("nr", "ns", "nt"):
            break
        kept += len(word)
    return behind[kept:]


def _english(question: str, answer: str) -> str | None:
    asked = question.rstrip("?. ")
    if match := _WHEN.match(asked):
        said = f"{match['subject']} {match['be']} {match['done']}"
        if re.search(r"(?i)\b(?:in|at|on|by|from|to)$", said):
            return None
        return _sentence(f"{said} {_placed(answer, match['asked'])}")
    if match := _WHO.match(asked):
        return _sentence(f"{answer} {match['rest']} {match['object']}")
    if match := _WHO_DONE.match(asked):
        return _sentence(f"{answer} {match['be']} {match['done']}")
    match = _IS.match(asked)
    if match and not _HANGING.search(match["subject"]) and "," not in match["subject"]:
        return _sentence(f"{match['subject']} {match['be']} {answer}")
    return None


def _placed(answer: str, asked: str) -> str:
    """The answer with the preposition for a day, a year or a place, if it has none."""
    if _PREPOSITION.match(answer):
        return answer[:1].lower() + answer[1:]
    return f"on {answer}" if asked.lower() != "where" and _DAY.search(answer) else f"in {answer}"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
