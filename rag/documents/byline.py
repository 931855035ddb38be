"""The byline: who wrote a document and when, where only its properties say so."""

from __future__ import annotations

from collections.abc import Mapping

_LABELS = {"author": ("作者：", "Author: "), "date": ("日期：", "Date: ")}


def with_byline(text: str, meta: Mapping[str, str]) -> str:
    r"""`text` with a last paragraph that names its author and date, so that they can be cited.

    Without an author there is none: the date alone is seldom that of writing. Nor is there one
    where the text names the author itself.

    >>> with_byline("大潮在朔望之后。", {"author": "顾南枝", "date": "5月", "language": "zh"})
    '大潮在朔望之后。\n\n作者：顾南枝\n日期：5月'
    """
    author = meta.get("author", "")
    if not author or author in text:
        return text
    place = 0 if meta.get("language", "").startswith("zh") else 1
    lines = [labels[place] + meta[name] for name, labels in _LABELS.items() if meta.get(name)]
    return "\n\n".join([text, "\n".join(lines)])
