"""What a follow-up takes over from the question before it, and from the answer to that."""

from __future__ import annotations

import re

from rag.language import question as asks
from rag.language.entities import NAMES, mentions
from rag.language.terms import CHINESE_STOP, ENGLISH_STOP, tagged
from rag.language.text import fold, han_share, simplify_in_place

MOST_NAMES = 2  # in an answer that says what "it" is
SHORT_ANSWER = 60  # characters of Han text; Latin text may be twice as long
_WHOLE_ANSWER = 12

_QUESTION_WORDS = re.compile(
    r"(?:[有是在于为叫做了]|达到|需要)?(?:什么(?:时候|地方|时间|样|人)?|为什么|为何|如何|怎么样?|怎样"
    r"|(?<![和与、]去)哪(?:(?=\d|[二两三四五六七八九十])|[一几些里儿天年月位种]?[个家座位种项只块条次年天月]?)"
    r"|(?:多少|(?<!好)几(?!乎))[个家座位种项只块条次名件吨元]?|谁|何[时地处人年]"
    r"|多[大久高长远快深重]|是否|是不是|有没有|能不能)|[吗呢吧](?=\W|$)|请问|告诉我"
    r"|\b(?:how (?:many|much|long|far|big|large|old|fast|high)|who(?:m|se)?|what|when|where|which"
    r"|why|how|is|are|was|were|do|does|did|please|tell me)\b",
    re.IGNORECASE,
)
_POINTING_WORDS = re.compile(
    r"^(?:那么?|[这那][个些份位家次项座届场笔]|这|该|其(?![他它余实]))|那里|那儿|那边|(?<!其)它们?|(?<![其吉维])[他她](?!人)们?"
    r"|\b(?:it|its|they|their|them|he|his|him|she|her|those|these|that|this|there)\b"
    r"|(?:^|(?<=: ))(?:(?:and|but|so|then|also|or|what about|how about)\b ?)+",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[，。？！；：、]|[,.?!;:](?=\s|$)")
_CONTENT_TAGS = frozenset("nvaijltbsz")  # nouns, verbs, adjectives, idioms, times, places
_MARKER = re.compile(r"\[\d+\]")
_ASKS_FOR_ONE = re.compile(r"哪[一个家位座]|\b(?:which|what) [a-z]+\b")


def content(text: str, question: str) -> str:
    """What `text` speaks of and `question` does not: its words that neither ask nor point.

    >>> content("那12个城市在哪些省？", "它们建了什么？")
    '12个城市 省'
    >>> content("Who is Jack Ma?", "How old is he?")
    'Jack Ma'
    """
    simplified = simplify_in_place(text)
    for pattern in (_QUESTION_WORDS, _POINTING_WORDS, _PUNCTUATION):
        simplified = pattern.sub(lambda match: "\0" * len(match.group()), simplified)
    kept = "".join("\0" if new == "\0" else old for old, new in zip(text, simplified, strict=True))
    here = set(content_words(question))
    pieces = [piece for piece in kept.split("\0") if set(content_words(piece)) - here]
    return " ".join(filter(None, map(_trimmed, pieces)))


def content_words(text: str) -> list[str]:
    """The folded words of `text` that carry content rather than grammar or a question.

    >>> content_words("占全国人口的多少？"), content_words("How many are there in 2013?")
    (['占', '全国', '人口'], ['2013'])
    """
    return [
        word
        for word, tag in tagged(_QUESTION_WORDS.sub(" ", fold(text)))
        if (word.isascii() and word.isalnum() and word not in ENGLISH_STOP)
        or (not word.isascii() and tag[0] in _CONTENT_TAGS and word not in CHINESE_STOP)
    ]


def named_by(answer: str, earlier: str, question: str) -> str:
    """The one or two names that a short answer gave to `earlier`, asking who, where or which one.

    >>> named_by("他第一次上网是在西雅图。[1]", "他第一次上网是在哪里？", "那里有什么？")
    '西雅图'
    """
    kinds = asks.kinds_of(earlier)
    said = _MARKER.sub("", answer).strip()
    length = len(said) if han_share(said) >= 0.2 else len(said) / 2
    is_for_one = kinds & {"who", "where"} or _ASKS_FOR_ONE.search(fold(earlier))
    if not is_for_one or length > SHORT_ANSWER:
        return ""
    known = fold(earlier + question)
    named = [m for m in mentions(said) if m.kind in NAMES and fold(m.text) not in known]
    if "where" in kinds:
        named = [mention for mention in named if mention.kind == "place"] or named
    names = list(dict.fromkeys(mention.text for mention in named))
    if not names and length <= _WHOLE_ANSWER:
        return said.strip("。. ")
    return (
        ("、" if han_share(said) >= 0.2 else ", ").join(names) if len(names) <= MOST_NAMES else ""
    )


def _trimmed(piece: str) -> str:
    words = piece.split()
    while words and words[0].lower() in ENGLISH_STOP:
        words.pop(0)
    while words and words[-1].lower() in ENGLISH_STOP:
        words.pop()
    return " ".join(words).removeprefix("是").removeprefix("的").rstrip("是有在为叫的了由第")
