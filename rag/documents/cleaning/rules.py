"""The cleaning rules in their order: they only delete, or join white space.

What is left are the document's own characters in their order, so that a quote can be found
in the original. Nothing is rewritten: no NFKC, no other script, no decoded entities.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence

from rag.documents.cleaning.layout import remove_contents, remove_page_furniture, without_runs
from rag.documents.cleaning.lines import join_page_breaks, join_wrapped_lines
from rag.documents.cleaning.markup import (
    edited_outside,
    remove_html,
    remove_markdown,
    remove_navigation,
)
from rag.documents.cleaning.pinyin_notes import remove_pinyin_notes
from rag.language.text import HAN

_LINE_BREAK = re.compile(r"\r\n?|[\n\x0b\x85\u2028\u2029]")
# Soft hyphen, zero-width and direction marks, BOM, controls (but tab, newline, form feed), and
# surrogates, which no encoding can write.
_INVISIBLE = re.compile(
    r"[\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]"
)
_DISCLAIMER = re.compile(
    r"\W{0,3}(?:免责声明|免責聲明|版权声明|版權聲明|特别声明|特別聲明|disclaimer)\W{0,2}[:：]",
    re.IGNORECASE,
)
_DISCLAIMER_WORD = re.compile(
    r"版权|版權|参考|參考|代表|责任|責任|负责|負責|投资建议|投資建議"
    r"|liab|advice|responsib|views|opinion|copyright|accura|warrant|inform",
    re.IGNORECASE,
)
_HEADLINE_ITEM = re.compile(r"\s*[-*•·]\s+\S.{2,80}(?<![。.])")
_SPACE = r"[ \u00a0\u3000]"
_MARK = "，。、；：！？"
_SPACES_AT_END = re.compile(r"(?<=\S)[^\S\n]++(?=\n)")
_SPACES_BETWEEN = re.compile(rf"(?<=\S){_SPACE}{{2,}}+(?=\S)")
_INDENT = re.compile(rf"^[ \t\u00a0\u3000]++(?=[{HAN}“‘（《【「『])|^\u3000++", re.MULTILINE)
_INDENT_OF_SPACES = re.compile(
    rf"^[ \u00a0\u3000]++(?=[{HAN}“‘（《【「『])|^\u3000++", re.MULTILINE
)
_LETTER_SPACED = re.compile(
    rf"(?<![{HAN}])[{HAN}]({_SPACE}{{1,4}})[{HAN}](?:\1[{HAN}])*+(?![{HAN}])"
)
_AT_MARK = re.compile(
    rf"(?<=[{HAN}{_MARK}]) (?=[{_MARK}）》】])|(?<=[{_MARK}（《【]) (?=[{HAN}\d])"
)
_HAN_DIGIT = re.compile(rf"(?<=[{HAN}]) (?=\d)")
_DIGIT_HAN = re.compile(rf"(?<=[\d%]) (?=[{HAN}])")
_NUMBERED_TITLE = re.compile(
    rf"^\d{{1,2}}(?:\.\d{{1,2}}){{0,3}} (?=[{HAN}])"
    r"(?![年月日号號时時点點分秒个個位名家座条條项項种種次倍岁歲元万萬亿億千百余餘多])",
    re.MULTILINE,
)
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*+\n)+")


def normalise_newlines(text: str) -> str:
    r"""Text whose lines end in `\n`, and in no other of the marks that systems use.

    >>> normalise_newlines("甲\r\n乙\u2028丙")
    '甲\n乙\n丙'
    """
    return _LINE_BREAK.sub("\n", text)


def remove_invisible(text: str) -> str:
    r"""Text without characters that nobody sees and that split words for search.

    >>> remove_invisible("\ufeff跨\u200b境 e\xadcommerce")
    '跨境 ecommerce'
    """
    return _INVISIBLE.sub("", text)


def remove_disclaimers(text: str) -> str:
    r"""Text without a site's disclaimer, and without the list of headlines that follows it.

    They are the same under every article of the site. A disclaimer is a line that starts with
    that word and a colon and speaks of rights or liability; a list has three items or more.

    >>> remove_disclaimers("正文。\n免责声明：仅供参考。\n- 甲公司上市\n- 乙公司扩产\n- 丙公司出海")
    '正文。'
    """
    return without_runs(text, _disclaimer_end)


def _disclaimer_end(lines: list[str], start: int) -> int:
    """The index behind a disclaimer at `start` and its list; `start` if there is none."""
    if not (_DISCLAIMER.match(lines[start]) and _DISCLAIMER_WORD.search(lines[start])):
        return start
    items, end = 0, start + 1
    for index in range(start + 1, len(lines)):
        if _HEADLINE_ITEM.fullmatch(lines[index]):
            items, end = items + 1, index + 1
        elif lines[index].strip():
            break
    return end if items >= 3 else start + 1


def collapse_spaces(text: str, indent: re.Pattern[str] = _INDENT) -> str:
    """Text without the spaces that typesetting put around Chinese characters and figures.

    `12 个城市` must be found by 12个城市. Letter-spaced characters close up; a space between
    two longer runs separates the halves of a title and stays, as do those around Latin words.

    >>> collapse_spaces("目 录  共 12 个城市 ，用 APP 办理  外贸增长 电商提速")
    '目录 共12个城市，用 APP 办理 外贸增长 电商提速'
    """
    text = _SPACES_AT_END.sub("", text + "\n")[:-1]
    text = _LETTER_SPACED.sub(lambda run: "".join(run[0].split()), indent.sub("", text))
    text = _HAN_DIGIT.sub("", _AT_MARK.sub("", _SPACES_BETWEEN.sub(" ", text)))
    return edited_outside(_NUMBERED_TITLE, text, lambda words: _DIGIT_HAN.sub("", words))


def collapse_blank_lines(text: str) -> str:
    r"""Text with one blank line at most between paragraphs, and none around it.

    >>> collapse_blank_lines("\n甲\n \n\n乙\n")
    '甲\n\n乙'
    """
    return _BLANK_LINES.sub("\n\n", text).rstrip().lstrip(" \n\u00a0\u3000\f")


# The order matters: characters, then markup (navigation is known by its links, so it goes
# before them), then pinyin, which splits the words that later rules look for; lines are
# joined once page numbers no longer stand between them.
RULES: tuple[Callable[[str], str], ...] = (
    normalise_newlines,
    remove_invisible,
    remove_html,
    remove_navigation,
    remove_markdown,
    remove_pinyin_notes,
    remove_contents,
    remove_page_furniture,
    join_wrapped_lines,
    join_page_breaks,
    remove_disclaimers,
    collapse_spaces,
    collapse_blank_lines,
)
# For formats that say what is text: nothing there is markup, a page number or a wrapped line.
EXACT_RULES: tuple[Callable[[str], str], ...] = (
    normalise_newlines,
    remove_invisible,
    remove_pinyin_notes,
    functools.partial(collapse_spaces, indent=_INDENT_OF_SPACES),  # a tab: an empty first cell
    collapse_blank_lines,
)
_PASSES_LIMIT = 4


def clean(text: str, rules: Sequence[Callable[[str], str]] = RULES) -> str:
    """`text` in canonical form: the rules in turn, again until nothing changes.

    The characters of the result, white space aside, are a subsequence of those of `text`.

    >>> clean("<b>小店</b>在 12 個(gè)國家")
    '小店在12個國家'
    """
    for _ in range(_PASSES_LIMIT):
        before = text
        for rule in rules:
            text = rule(text)
        if text == before:
            break
    return text
