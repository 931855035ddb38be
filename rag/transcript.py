"""A conversation as Markdown, with the citations of its answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rag.conversations import Turn

_LABELS = {
    "en": {
        "title": "Conversation with Wenju",
        "sources": "Sources",
        "nearest": "Nearest passages",
        "dropped": "Left out",
        "characters": "characters {start}–{end}",
    },
    "zh": {
        "title": "问据对话记录",
        "sources": "出处",
        "nearest": "最接近的段落",
        "dropped": "未采用",
        "characters": "第 {start}–{end} 字",
    },
}
# Marks that begin emphasis, code, links, images, HTML, entities, tables, notes or formulas; the
# last two are what makes a bare address a link.
_MARK = re.compile(r"[\\`*_\[\]<>&#~|!$^{}@]|(?<=\w):(?=//)|(?<=www)\.")
_LINE_START = re.compile(r"^([0-9]{0,9})([-+=:.)])")
_SPACE = r"[ \t\f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+"  # what a renderer may trim
_SPACE_AT_END = re.compile(f"^{_SPACE}|{_SPACE}$")


def to_markdown(turns: Sequence[Turn], language: str, title: str = "") -> str:
    """The turns with their citations, each quote verbatim once the Markdown is rendered.

    `language` is that of the labels, `zh` or `en`. Whatever questions and documents hold is shown
    as it is: it becomes no markup of the page.
    """
    labels = _LABELS["zh" if language.startswith("zh") else "en"]
    parts = [f"# {_line(title or labels['title'])}"]
    for turn in turns:
        parts += _turn(turn, labels)
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    r"""`text` as Markdown that renders to exactly its characters, line by line.

    >>> print(escaped("1. <b>天津</b> [1]\n# *a*"))
    1\. \<b\>天津\</b\> \[1\]\
    \# \*a\*
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    body = text.rstrip("\n")
    lines = [_escaped_line(line) for line in body.split("\n")]
    return "\\\n".join(lines) + "&#10;" * (len(text) - len(body))


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
        yield f"{labels['sources']}:"
        for citation in answer["citations"]:
            yield _citation(citation, labels)
    for dropped in answer["dropped"]:
        yield f"{labels['dropped']} ({_line(dropped['reason'])}): {_line(dropped['text'])}"


def _citation(citation: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    place = labels["characters"].format(start=citation["start"], end=citation["end"])
    quote = "\n".join(f"> {line}" for line in escaped(citation["quote"]).split("\n"))
    return f"\\[{citation['marker']}\\] {_place(citation)} · {place}\n\n{quote}"


def _place(shape: Mapping[str, Any]) -> str:
    """Title, section and source of a hit or citation, what is empty or said twice left out."""
    names = (_line(shape[key]) for key in ("title", "section", "source"))
    return " · ".join(dict.fromkeys(name for name in names if name))


def _line(text: str) -> str:
    return _escaped_line(" ".join(text.split()))


def _escaped_line(line: str) -> str:
    line = _MARK.sub(r"\\\g<0>", line)
    line = _LINE_START.sub(r"\1\\\2", line)
    return _SPACE_AT_END.sub(lambda run: "".join(f"&#{ord(c)};" for c in run.group()), line)
