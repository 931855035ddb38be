"""The sections of a document: which stretch of its text stands under which headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from rag.language.text import han_share
from rag.language.text_tables import Table, tables_of

PATH_LENGTH = 80
_HAN_LINE, _LATIN_LINE = 40, 80  # the longest heading, in characters

_NUMERAL = "一二三四五六七八九十百零〇"
_NUMBERED = {  # kind → pattern of a number and what follows it; from the outside in
    "part": re.compile(rf"第([{_NUMERAL}\d]+)[编篇部]"),
    "chapter": re.compile(rf"第([{_NUMERAL}\d]+)章"),
    "english": re.compile(r"(?:Chapter|CHAPTER|Part|PART) ([\dIVX]+)\b"),
    "paragraph": re.compile(rf"第([{_NUMERAL}\d]+)[节条]"),
    "numeral": re.compile(rf"([{_NUMERAL}]{{1,3}})\s*[.．、，]\s*\w"),
    "bracket": re.compile(rf"[（(]([{_NUMERAL}]{{1,3}})[）)]\s*\S"),
    "digit": re.compile(r"(\d{1,2})(?:[.．](?!\d)|、|(?:\.\d{1,2}){1,3}\.?\s+(?![亿万%]))\s*\S"),
    "label": re.compile(rf"[\u4e00-\u9fff]{{1,3}}([{_NUMERAL}]{{1,2}})(?:[：:].*)?$"),
}
_ORDER = list(_NUMBERED)
_MARKDOWN = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*$")
_RUBRIC = re.compile(r"【[^【】A-Za-z]{1,20}】$")  # with Latin letters it is a caption: 【VRLAB】
_SOURCE = re.compile(r"[（(](?:来源|摘自|文章来源|转自|原载)|(?:责任)?编辑[：:]")
_NOTE = re.compile(r"[（(][^（()）]{2,30}(?:[（(][^（()）]{1,9}[）)][^（()）]{0,20})?[）)]$")
_NO_TITLE = re.compile(
    r"[-*•·>|+#（(\[<—=_~“\"'‘]|\d+[.、]|https?:|www\."  # lists, notes, quotations, rules
    r"|(?:责任编辑|编辑|作者|来源|记者|通讯员|图|文|电话|邮编|网址|单位网址|地址|时间|日期)\s*[：:]"
    r"|(?:\d{4}|[〇零一二三四五六七八九]{4})\s*[年/.-][\d\s年月日/.:\-]*$"  # a date
    r"|.*(?:·{3}|\.{4}|…{2}|\t|[。！？；]|https?:|www\.)"
)
_STOP = re.compile(r"[。！？；.!?;]")
_RULE = re.compile(r"[—－=_*~-]{5,}")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})$")  # Markdown's other headings
_CLOSING = re.compile(r"^(?:结语|结论|结束语|总结|小结|后记|附录|参考文献)")
_FENCE = re.compile(r"(?:```|~~~)")
_CODE_INDENT = re.compile(r"(?: {4}|\t)")
_SMALL_WORD = re.compile(r"(?:a|an|and|as|at|by|for|from|in|is|of|on|or|the|to|vs|with)$")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text: its heading lines `start:body`, then its words `body:end`."""

    start: int
    body: int
    end: int
    path: str


class _Line(NamedTuple):
    start: int
    text: str  # without the white space around it
    after_blank: bool
    is_content: bool = False  # a row of a table or a line of indented code


class _Heading(NamedTuple):
    kind: str  # "markdown", "rubric", "title", "subtitle", "rule" or a key of _NUMBERED
    number: int  # of the "#" marks; 1 opens a new list
    text: str


def sections(text: str) -> list[Section]:
    r"""The sections of `text` in order; together they are all of it.

    A heading that nothing follows before its next sibling joins the next section, at the end
    of the text the one before it.

    >>> [s.path for s in sections("# 城市\n\n## 试点\n\n上海。\n\n## Cities\n\nHangzhou.")]
    ['城市 > 试点', '城市 > Cities']
    """
    found: list[Section] = []
    stack: list[_Heading] = []
    start = body = 0
    in_heading = True  # nothing but heading lines since `start`
    for line, heading in _headings(list(_lines(text))):
        if heading and not in_heading:
            found.append(Section(start, body, line.start, _path(stack)))
            start, in_heading = line.start, True
        if heading:
            _push(stack, heading)
        elif in_heading:
            body, in_heading = line.start, False
    if in_heading and found:
        return [*found[:-1], replace(found[-1], end=len(text))]
    return [*found, Section(start, start if in_heading else body, len(text), _path(stack))]


def _path(headings: list[_Heading]) -> str:
    """The headings joined by " > ", the outer ones left out where they exceed 80 characters."""
    parts = [heading.text.replace("**", "") for heading in headings]
    while len(parts) > 1 and len(" > ".join(parts)) > PATH_LENGTH:
        del parts[0]
    return " > ".join(parts)[:PATH_LENGTH].strip()


def _lines(text: str) -> Iterator[_Line]:
    start, after_blank, is_code = 0, True, False
    rows = {place for table in tables_of(text) for place in _line_starts(text, table)}
    for raw in text.split("\n"):
        if stripped := raw.strip():
            is_code = bool(_CODE_INDENT.match(raw)) and (after_blank or is_code)
            yield _Line(start, stripped, after_blank, is_code or start in rows)
        after_blank = not stripped
        start += len(raw) + 1


def _line_starts(text: str, table: Table) -> Iterator[int]:
    place = text.rfind("\n", 0, table.start) + 1
    while place < table.end:
        yield place
        place = text.find("\n", place) + 1 or table.end


def _headings(lines: list[_Line]) -> list[tuple[_Line, _Heading | None]]:
    found: list[_Heading | None] = [None] * len(lines)
    fenced = False
    for i, line in enumerate(lines):
        if _FENCE.match(line.text):
            fenced = not fenced
        elif not (fenced or line.is_content) and len(line.text) <= _LATIN_LINE + 20:
            found[i] = _marked(lines, i)
    flat = _flat(lines, found)
    for i, line in enumerate(lines):
        if not (found[i] or line.is_content) and _is_title(lines, found, i):
            opening = flat[i] or i == 0 or _ends_article(lines[i - 1], found[i - 1])
            found[i] = _Heading("title" if opening else "subtitle", 2, line.text)
    return list(zip(lines, found, strict=True))


def _flat(lines: list[_Line], found: list[_Heading | None]) -> list[bool]:
    """Whether each line stands under a rubric whose titles are all of one rank.

    That is, none of its articles ends in a source note: nothing tells a subtitle from the
    title of the next article.
    """
    flat, end, noted = [False] * len(lines), len(lines), False
    for i in reversed(range(len(lines))):
        noted = noted or bool(_SOURCE.match(lines[i].text))
        heading = found[i]
        if heading and heading.kind in ("rubric", "markdown"):
            flat[i:end] = [not noted] * (end - i)
            end, noted = i, False
    return flat


def _marked(lines: list[_Line], i: int) -> _Heading | None:
    """The heading that line `i` is by its mark or number."""
    text = lines[i].text
    if match := _MARKDOWN.match(text):
        return _Heading("markdown", len(match[1]), match[2])
    if _RUBRIC.match(text):
        return _Heading("rubric", 1, text)
    if _RULE.match(text) and lines[i].after_blank:
        return _Heading("rule", 1, "")
    if i + 1 == len(lines) or not _short(text) or text[-1] in "。；，：！？;:,!?.":
        return None
    line, following = lines[i], lines[i + 1]
    if _UNDERLINE.match(following.text) and not following.after_blank and ":" not in text:
        return _Heading("markdown", 1 if following.text[0] == "=" else 2, text)
    for kind, pattern in _NUMBERED.items():
        match = pattern.match(text)
        if match and not pattern.match(following.text):
            if kind == "digit" and (
                len(following.text) <= len(text) or _STOP.search(text[match.end() :])
            ):
                return None
            if kind == "label" and not (line.after_blank and following.after_blank):
                return None
            return _Heading(kind, 1 if match[1] in ("一", "1", "I") else 2, text)
    return None


def _is_title(lines: list[_Line], found: list[_Heading | None], i: int) -> bool:
    """Whether the unmarked line `i` is a title: short, alone, with a longer paragraph below."""
    text = lines[i].text
    if i + 1 == len(lines) or not (_short(text) and _like_title(text) and _alone(lines, i)):
        return False
    following = lines[i + 1].text
    longer = len(following) > len(text) and not _NO_TITLE.match(following[:1])
    if i == 0 or _ends_article(lines[i - 1], found[i - 1]):
        above_title = _like_title(following) and i + 2 < len(lines) and _prose(lines[i + 2].text)
        return bool(found[i + 1]) or above_title or longer
    if found[i + 1] or (not found[i - 1] and _like_title(lines[i - 1].text)):
        return False  # the last of a row of captions
    return longer and _prose(following)


def _prose(text: str) -> bool:
    return len(text) > 60 or bool(_STOP.search(text))


def _short(text: str) -> bool:
    return len(text) <= _LATIN_LINE and (len(text) <= _HAN_LINE or han_share(text) < 0.2)


def _like_title(text: str) -> bool:
    if _NO_TITLE.match(text) or text[-1] in "。！；，、：.!;:,~":
        return False
    if han_share(text) >= 0.2:
        commas = len(re.findall("[，,]", text))
        return text[-1] not in "？?" and commas <= 2 and not (commas and len(text) > 33)
    words = [word for word in re.findall(r"[A-Za-z][\w'’-]*", text) if not _SMALL_WORD.match(word)]
    return bool(words) and all(word[0].isupper() for word in words)


def _alone(lines: list[_Line], i: int) -> bool:
    """Whether line `i` stands between blank lines, or Chinese paragraphs of one line each."""
    line, following = lines[i], lines[i + 1]
    if line.after_blank and following.after_blank:
        return True
    if han_share(line.text) < 0.2:
        return False
    before = lines[i - 1].text if i else "。"
    return len(following.text) >= 80 and (len(before) >= 80 or before[-1] in "。！？”）)】")


def _ends_article(line: _Line, heading: _Heading | None) -> bool:
    """Whether an article begins below `line`: a rubric, or a note that ends the last one."""
    if heading:
        return heading.kind in ("rubric", "markdown")
    return bool(_SOURCE.match(line.text) or _NOTE.match(line.text))


def _push(stack: list[_Heading], heading: _Heading) -> None:
    """Put `heading` on `stack` in place of its siblings and what stands below them."""
    for depth, above in enumerate(stack):
        if _replaces(heading, above, stack[depth + 1 :]):
            del stack[depth:]
            break
    if heading.text:
        stack.append(heading)


def _replaces(new: _Heading, old: _Heading, below: list[_Heading]) -> bool:
    if new.kind == "rule":
        return old.kind not in ("markdown", "rubric", "title")
    if new.kind == old.kind == "markdown":
        return old.number >= new.number
    for kind in ("markdown", "rubric", "title"):
        if kind in (new.kind, old.kind):
            return new.kind == kind
    if new.kind == "subtitle":
        return old.kind == "subtitle" or bool(_CLOSING.match(new.text))
    if old.kind == "subtitle":
        return False
    if old.kind == new.kind:  # a list that starts again under a subtitle belongs to that
        return new.number != 1 or not any(other.kind == "subtitle" for other in below)
    return _ORDER.index(old.kind) > _ORDER.index(new.kind)
