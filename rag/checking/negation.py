"""Whether a sentence affirms or denies, in Chinese and English."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.language.text import fold_in_place

_CHINESE_DENIES = """
    不能 不会 不是 不再 并不 并非 毫不 绝不 从不(?![到足同]) 决不 尚未 从未 未能 未曾 没有
    无法 无需 无须 不得 不准 不许 禁止 拒绝 否认 否定 缺乏 缺少 毫无 尚无 暂无
    怀疑 质疑 反对 很少 极少 甚少
    不 没 未 无 勿 (?<![南北西东])(?<!(?<!其)中)非(?=[\u3400-\u9fff]) 莫(?=[要让使])
""".split()
# Words that may stand where the other text just says less, or otherwise.
_CHINESE_HALF_DENIES = """
    难以 不够 不太 不顺
""".split()
# Words and phrases with 不, 无, 未 or 非 that deny nothing, or deny twice.
_CHINESE_DENIES_NOTHING = """
    不仅 不但 不只 不光 不过 不断 不少 不久 不同 不足 不到 不超过 不低于 不小于 不等(?!于) 不一
    不得不 不可谓不 不外乎 不约而同 不管 不论 不惜 不已 不愧 不妨 不由 不禁 不锈 停滞不前
    不以为然 不乏 毫不相干 不动产 不如 差不多 了不起 对不起 要不 岂不 无不 无非 不无 非常 非凡 除非
    并非不 非洲 非法 非典 无论 无人 无线 无锡 无数 无限 没准 没收 未来 未必不 未婚 是否 能否 可否
    与否 否则 是不是 有没有 会不会 能不能
""".split()
_ENGLISH_DENIES = r"""
    not \w+n't no never none nothing nobody neither nor without cannot unable
    fail(?:s|ed|ing)?_to failed refus(?:es?|ed|ing) reject(?:s|ed|ing)? den(?:y|ies|ied|ying)
    banned forbid(?:s|den)? forbade prohibit(?:s|ed|ing)? prevent(?:s|ed|ing)?
    lack(?:s|ed|ing)? hardly barely scarcely rarely seldom impossible disobe[a-z]+ instead_of
    rather_than stopped
    doubt(?:s|ed|ing)? oppos(?:es?|ed|ing) object(?:s|ed|ing)?_to
    un(?:likely|willing|affected|successful)
    against(?!_(?:[\d$€£]|an?_back|the_back|(?:about|some|only|just|nearly|over)_[\d$€£]))
""".split()
_ENGLISH_HALF_DENIES = r"""
    non-?[a-z]{4,}
""".split()
_ENGLISH_DENIES_NOTHING = r"""
    not_only not_just not_merely not_least not_until no_fewer_than no_less_than no_more_than
    nothing_but no_doubt no_matter whether_or_not no\. cannot_but
""".split()


def _either(words: list[str]) -> str:
    return "|".join(words).replace("_", " ")


_CHINESE = re.compile(
    f"{_either(_CHINESE_DENIES_NOTHING)}|(?P<half>{_either(_CHINESE_HALF_DENIES)})"
    f"|(?P<whole>{_either(_CHINESE_DENIES)})"
)
_ENGLISH = re.compile(
    rf"\b(?:{_either(_ENGLISH_DENIES_NOTHING)})|\b(?P<half>{_either(_ENGLISH_HALF_DENIES)})\b"
    rf"|\b(?P<whole>{_either(_ENGLISH_DENIES)})\b"
)


@dataclass(frozen=True, slots=True)
class Denial:
    """A word that denies, at half-open offsets of a text.

    One that `is_half` may stand where others would affirm: 不够.
    """

    start: int
    end: int
    is_half: bool = False


def denials(text: str) -> list[Denial]:
    """The words of `text` that deny something, in order.

    >>> text = "不仅没有减少, it did not fall"
    >>> [text[found.start : found.end] for found in denials(text)]
    ['没有', 'not']
    """
    folded = fold_in_place(text).replace("’", "'")
    found = [
        Denial(*match.span(), is_half=bool(match["half"]))
        for pattern in (_CHINESE, _ENGLISH)
        for match in pattern.finditer(folded)
        if match["half"] or match["whole"]
    ]
    return sorted(found, key=lambda denial: denial.start)
