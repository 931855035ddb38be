"""Cleaning rules for HTML and Markdown left in a text."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

_BLOCK = (
    "address|article|aside|blockquote|br|center|dd|div|dl|dt|figcaption|figure|footer|form|"
    "h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INLINE = (
    "a|abbr|acronym|area|audio|b|bdi|bdo|big|body|button|caption|cite|code|col|colgroup|data|"
    "del|details|dfn|em|embed|fieldset|font|head|html|i|iframe|img|input|ins|kbd|label|legend|"
    "link|map|mark|meta|noscript|object|optgroup|option|param|picture|q|rp|rt|ruby|s|samp|"
    "script|select|small|source|span|strike|strong|style|sub|summary|sup|svg|template|"
    "textarea|time|title|track|tt|u|var|video|wbr"
)
# Attributes need a value, so that "if x <b and y> c" stays. Atomic groups keep matching linear.
_ATTRIBUTES = r"(?>\s+[\w:@.-]+(?>\s*=\s*(?>\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=]+)))*+"
_TAG = re.compile(
    rf"(?P<code>`[^`\n]+`)|</?(?:(?P<block>{_BLOCK})|{_INLINE})(?=[\s/>]){_ATTRIBUTES}\s*+/?>",
    re.IGNORECASE,
)
_STRAY_CLOSING = re.compile(
    r"(?:(?<![\w/.:<])(?<![a-zA-Z0-9] )|(?<=[\u3400-\u9fff]))"
    r"/(?:strong|span|div|em|h[1-6]|li|ul|ol|td|tr|table|font|p|a|b)>"
)
_SPACE_ENTITY = re.compile(r"&(?:nbsp|ensp|emsp|thinsp|zwnj|#0*160|#x0*a0|#0*8203);", re.IGNORECASE)
_FENCED = re.compile(r"^(```|~~~)[^\n]*\n.*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)

_TARGET = (
    r"(?:(?:https?:|//|/|#|\.|mailto:|www\.)[^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)*+"
    r"|[\w%./-]+\.(?:md|html?|php|pdf|docx|txt|png|jpe?g|gif|webp|svg)(?:#[^()\s]*)?)"
)
_LINK = re.compile(rf"(!?)\[([^\[\]\n]*+)\]\(\s?{_TARGET}(?:\s+\"[^\"\n]*\")?\s?\)")
_PLAIN_ALT = re.compile(
    r"(?:image|img|picture|photo|screenshot|图片|圖片|图|圖|插图)?[\s\d_-]*"
    r"|[^\s]*\.(?:png|jpe?g|gif|webp|svg)",
    re.IGNORECASE,
)
_AUTOLINK_LINE = re.compile(r"<(?:https?|ftp)://[^<>\s]+>")
_BETWEEN_LINKS = re.compile(r"[\s|｜·•/»>,，、-]*")
_NAVIGATION_WORD = re.compile(
    r"返回|首页|首頁|上一[篇页頁]|下一[篇页頁]|更多|back to|home\b|next\b|previous\b|read more",
    re.IGNORECASE,
)
_QUOTE_MARK = re.compile(r"^ {0,3}(?:> ?)+", re.MULTILINE)
_STRONG = re.compile(r"(?<![0-9A-Za-z*])\*\*(?=[^\s*])([^*\n]+)(?<=\S)\*\*(?![0-9A-Za-z*])")


def edited_outside(pattern: re.Pattern[str], text: str, edit: Callable[[str], str]) -> str:
    """`text` with `edit` applied to each stretch that `pattern` does not match."""
    parts = []
    start = 0
    for match in pattern.finditer(text):
        parts += [edit(text[start : match.start()]), match.group()]
        start = match.end()
    return "".join([*parts, edit(text[start:])])


def _outside_code(rule: Callable[[str], str]) -> Callable[[str], str]:
    """`rule`, which leaves fenced code blocks as they are."""
    return functools.wraps(rule)(lambda text: edited_outside(_FENCED, text, rule))


def _remove_spans(text: str, opening: str, closing: str) -> str:
    """`text` without what lies from each `opening` to its `closing`; linear, unlike a regex."""
    folded = text.lower()
    if len(folded) != len(text):
        folded = text
    parts = []
    start = 0
    while (begin := folded.find(opening, start)) >= 0:
        end = folded.find(closing, begin + len(opening))
        if end < 0:
            break
        parts.append(text[start:begin])
        start = end + len(closing)
    return "".join([*parts, text[start:]])


@_outside_code
def remove_html(text: str) -> str:
    r"""Text without comments, tags and space entities; a block tag leaves a line break.

    Pages saved as Markdown or plain text keep their markup, which is no words of the document.
    Only real tag names count, and only attributes with a value: `a < b` and `x<y>z` stay.

    >>> remove_html('<p>外贸<span id="k">增长</span></p>a < b')
    '\n外贸增长\na < b'
    """
    for opening, closing in ("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"):
        text = _remove_spans(text, opening, closing)
    text = _TAG.sub(lambda tag: tag["code"] or "\n" * bool(tag["block"]), text)
    return _SPACE_ENTITY.sub(" ", _STRAY_CLOSING.sub("", text))


def remove_navigation(text: str) -> str:
    r"""Text without lines that hold nothing but links to other pages.

    Such a line is the site's, not the document's: an address alone in angle brackets, two or
    more links in a row, or one link that leads back, home or on.

    >>> remove_navigation("正文\n[返回新闻](/n/)｜[首页](/)")
    '正文\n'
    """
    lines = text.split("\n")
    return "\n".join("" if _is_navigation(line.strip()) else line for line in lines)


def _is_navigation(line: str) -> bool:
    if _AUTOLINK_LINE.fullmatch(line):
        return True
    if (
        "](" not in line
        or line.startswith("- ")
        or not _BETWEEN_LINKS.fullmatch(_LINK.sub("", line))
    ):
        return False
    links = [match[2] for match in _LINK.finditer(line) if not match[1]]
    return len(links) > 1 or bool(links and _NAVIGATION_WORD.match(links[0]))


@_outside_code
def remove_markdown(text: str) -> str:
    """Text without link targets, image targets, quote marks and `**`; heading marks stay.

    The target of a link is not read by people, and splits a sentence for search. An image
    leaves its caption, unless that is a file name or the word "image".

    >>> remove_markdown("> 见[**报告**](https://example.org/a)和 2**3")
    '见报告和 2**3'
    """
    text = _LINK.sub(
        lambda link: "" if link[1] and _PLAIN_ALT.fullmatch(link[2]) else link[2], text
    )
    return _STRONG.sub(r"\1", _QUOTE_MARK.sub("", text))
