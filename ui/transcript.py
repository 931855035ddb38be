"""A conversation as Markdown, with the citations of its answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rag.answering.highlights import Span, cut, in_quote, moved
from rag.answering.messages import translation_line
from rag.dialogue.turns import Turn

_LABELS = {
    "en": {
        "title": "Conversation with Wenju",
        "sources": "Sources",
        "nearest": "Nearest passages",
        "dropped": "Left out",
        "worded": "Written by {model}, each sentence checked",
        "characters": "characters {start}–{end}",
    },
    "zh": {
        "title": "问据对话记录",
        "sources": "出处",
        "nearest": "最接近的段落",
        "dropped": "未采用",
        "worded": "由 {model} 组织语言，每句都与所引段落核对过",
        "characters": "第 {start}–{end} 字",
    },
}
# Marks that begin emphasis, code, links, images, HTML, entities, tables, notes or formulas; the
# last two are what makes a bare address a link.
_MARK = re.compile(r"[\\`*_\[\]<>&#~|!$^{}@]|(?<=\w):(?=//)|(?<=www)\.")
_LINE_START = re.compile(r"^[0-9]{0,9}([-+=:.)])")
_LINE_END = re.compile(r"\r\n|\r|\n")
_LINE = re.compile(r"(?:^|(?<=\n)|(?<=\r)(?!\n))[^\r\n]*")
_SPACE = r"[ \t\f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+"  # what a renderer may trim
_SPACE_AT_END = re.compile(f"^{_SPACE}|{_SPACE}$")


def to_markdown(turns: Sequence[Turn], language: str, title: str = "") -> str:
    """The turns with their citations, each quote verbatim once the Markdown is rendered.

    The words of a quote that are the short answer are bold. `language` is that of the labels,
    `zh` or `en`. Whatever questions and documents hold is shown as it is: it becomes no markup of
    the page.
    """
    labels = _LABELS["zh" if language.startswith("zh") else "en"]
    parts = [f"# {_line(title or labels['title'])}"]
    for turn in turns:
        parts += _turn(turn, labels)
    return "\n\n".join(parts) + "\n"


def escaped(text: str, bold: Iterable[Span] = ()) -> str:
    r"""`text` as Markdown that renders to exactly its characters, line by line.

    What lies in the spans `bold` is set so.

    >>> print(escaped("1. <b>天津</b> [1]\n# *a*", [(6, 8)]))
    1\. \<b\>**天津**\</b\> \[1\]\
    \# \*a\*
    """
    body = text.rstrip("\r\n")
    spans = tuple(bold)
    lines = [
        _escaped_line(line.group(), moved(spans, -line.start())) for line in _LINE.finditer(body)
    ]
    return "\\\n".join(lines) + "&#10;" * len(_LINE_END.findall(text[len(body) :]))


def _turn(turn: Turn, labels: Mapping[str, str]) -> Iterator[str]:
    answer = turn.answer
    yield f"## {_line(answer['question'])}"
    yield f"*{turn.asked_at[:16].replace('T', ' ')} UTC*"
    refusal = answer["refusal"]
    if refusal:
        yield escaped(refusal["message"])
        nearest = dict.fromkeys(_place(hit) for hit in refusal["nearest"])
        if nearest:
            yield f"{labels['nearest']}:"
            yield "\n".join(f"- {place}" for place in nearest)
    else:
        yield escaped(answer["answer"])
        translation = answer.get("short_answer_translation")
        if translation and translation != answer["short_answer"]:
            yield _line(translation_line(answer["short_answer"], translation, answer["language"]))
        yield f"{labels['sources']}:"
        for citation in answer["citations"]:
            yield _citation(citation, labels)
    if answer.get("model"):
        yield f"*{_line(labels['worded'].format(model=answer['model']))}*"
    for dropped in answer["dropped"]:
        yield f"{labels['dropped']} ({_line(dropped['reason'])}): {_line(dropped['text'])}"


def _citation(citation: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    place = labels["characters"].format(start=citation["start"], end=citation["end"])
    words = escaped(citation["quote"], in_quote(citation))
    quote = "\n".join(f"> {line}" for line in words.split("\n"))
    return f"\\[{citation['marker']}\\] {_place(citation)} · {place}\n\n{quote}"


def _place(shape: Mapping[str, Any]) -> str:
    """Title, section and source of a hit or citation, what is empty or said twice left out."""
    names = (_line(shape[key]) for key in ("title", "section", "source"))
    return " · ".join(dict.fromkeys(name for name in names if name))


def _line(text: str) -> str:
    return _escaped_line(" ".join(text.split()))


def _escaped_line(line: str, bold: Iterable[Span] = ()) -> str:
    signs = _escaped_signs(line)
    start = 0
    for words, is_bold in cut(line, bold):
        if is_bold:
            _set_bold(signs, line, start, start + len(words))
        start += len(words)
    return "".join(signs)


def _escaped_signs(line: str) -> list[str]:
    """Each character of the line as Markdown."""
    signs = list(line)
    for mark in _MARK.finditer(line):
        signs[mark.start()] = f"\\{mark.group()}"
    if begins := _LINE_START.match(line):
        signs[begins.start(1)] = f"\\{begins.group(1)}"
    for run in _SPACE_AT_END.finditer(line):
        signs[run.start() : run.end()] = map(_entity, run.group())
    return signs


def _set_bold(signs: list[str], line: str, start: int, end: int) -> None:
    """Put `**` around a part of the line, white space at its ends left out.

    Stars between punctuation inside and a letter outside stay stars, as in 说**“好”**的
    (CommonMark, left- and right-flanking delimiter runs): such a letter becomes an entity, which
    begins and ends with punctuation.
    """
    part = line[start:end]
    end -= len(part) - len(part.rstrip())
    start += len(part) - len(part.lstrip())
    if start >= end:
        return
    for inside, outside in ((start, start - 1), (end - 1, end)):
        is_at_risk = not _is_a(line[inside], "L", "M", "N") and 0 <= outside < len(line)
        if is_at_risk and not _is_a(line[outside], "P", "Zs", "Cc"):
            signs[outside] = _entity(line[outside])
    signs[start] = f"**{signs[start]}"
    signs[end - 1] = f"{signs[end - 1]}**"


def _is_a(character: str, *categories: str) -> bool:
    """Whether its Unicode category is one of those, or begins with one."""
    return unicodedata.category(character).startswith(categories)


def _entity(character: str) -> str:
    return f"&#{ord(character)};"
