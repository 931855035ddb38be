"""The parsers for plain text and Markdown, and what every parser returns and raises."""

from __future__ import annotations

import lzma
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from rag.documents.encoding import decode
from rag.errors import Unreadable

_FRONT_MATTER = re.compile(
    r"\A\s*---[ \t]*\r?\n(.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
_META_NAMES = {
    **dict.fromkeys(("date", "time", "published"), "date"),
    **dict.fromkeys(("url", "link"), "url"),
    **dict.fromkeys(("name", "publisher"), "publisher"),
    **dict.fromkeys(("author", "authors", "作者"), "author"),
    **dict.fromkeys(("tags", "keywords", "categories", "标签", "关键词"), "keywords"),
    **dict.fromkeys(("日期", "发布日期"), "date"),
}
_MARKDOWN_HEADING = re.compile(r"^#{1,6}[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one file holds: `title` may be empty; `missing` names parts that gave no text.

    `is_exact`: the format says what is text, so that cleaning has nothing to guess. `page_starts`
    are the offsets in `text` at which its pages begin, where it has some; `ocr_pages`, counted from
    1, those of them that were read from pictures.
    """

    title: str
    text: str
    meta: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[tuple[str, str], ...] = ()
    is_exact: bool = False
    page_starts: tuple[int, ...] = ()
    ocr_pages: tuple[int, ...] = ()


# What the readers of binary formats let through on damaged files, beside errors of their own.
FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError),
    *(RuntimeError, SyntaxError, TypeError, ValueError, lzma.LZMAError, struct.error, zlib.error),
)


def damaged(suffix: str, error: Exception) -> Unreadable:
    """The error for a file that its library cannot read; `suffix` names the format."""
    return Unreadable(f"not a readable {suffix}: {one_line(error)}")


def one_line(error: Exception) -> str:
    """The message of `error` on one line, not longer than a report can show."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def parse_text(data: bytes) -> Parsed:
    """Plain text, with or without front matter."""
    title, meta, text = _front_matter(decode(data))
    return Parsed(title, text, meta)


def parse_markdown(data: bytes) -> Parsed:
    """Markdown: without a title in the front matter, the first heading is the title."""
    title, meta, text = _front_matter(decode(data))
    heading = _MARKDOWN_HEADING.search(text)
    return Parsed(title or (heading.group(1) if heading else ""), text, meta)


def _front_matter(text: str) -> tuple[str, dict[str, str], str]:
    """Title, meta and the text behind the YAML block at the head of `text`, if there is one.

    Values stay as they are written: a date is no number and no object. A block that is not
    valid YAML, such as `title: 外贸: 增长`, is read line by line.
    """
    match = _FRONT_MATTER.match(text)
    fields = _fields(match.group(1)) if match else {}
    if not match or not fields:
        return "", {}, text
    meta: dict[str, str] = {}
    for name, value in fields.items():
        if name in _META_NAMES and value:
            meta.setdefault(_META_NAMES[name], value)
    return fields.get("title", ""), meta, text[match.end() :]


def _fields(block: str) -> dict[str, str]:
    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)  # scalars stay strings
    except (yaml.YAMLError, RecursionError):
        pairs = (line.partition(":") for line in block.splitlines() if ":" in line)
        loaded = {name: value.strip().strip("\"'") for name, _, value in pairs}
    if not isinstance(loaded, dict):
        return {}
    listed = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in loaded.items()
    }
    return {
        str(name).strip().lower(): " ".join(value.split())
        for name, value in listed.items()
        if isinstance(value, str)
    }
