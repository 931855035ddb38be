"""What an office file says about itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rag.documents.office.package import Package, local

_CORE = {
    "creator": "author",
    "created": "date",
    "modified": "modified",
    "subject": "subject",
    "keywords": "keywords",
}
_COUNTS = ("Words", "Characters")
_NO_TITLES = frozenset(
    {"", "word document", "powerpoint presentation", "powerpoint 演示文稿", "presentation"}
)
_NO_AUTHORS = frozenset(  # what programs write where nobody has given a name
    "python-docx python-pptx openpyxl user admin administrator 微软用户 用户".split()
) | {"microsoft office user", "windows 用户", "windows user"}


def properties(package: Package) -> tuple[str, dict[str, str]]:
    """Title and meta of `package`: `author`, `date` (created), `modified`, … as it has them."""
    core = package.xml(package.related("", "core-properties", "docProps/core.xml"))
    texts = {} if core is None else {local(each): _line(each.text) for each in core}
    meta = {name: texts[key] for key, name in _CORE.items() if texts.get(key)}
    if meta.get("author", "").lower() in _NO_AUTHORS:
        del meta["author"]
    app = package.xml(package.related("", "extended-properties", "docProps/app.xml"))
    if _is_of_template(meta.get("modified", ""), app, package):
        modified = meta.pop("modified")
        if meta.get("date", "") <= modified:
            meta.pop("date", None)
    for name in ("date", "modified"):
        if name in meta:
            meta[name] = meta[name].partition("T")[0]
    company = _line(None if app is None else app.findtext("{*}Company"))
    if company:
        meta["publisher"] = company
    title = texts.get("title", "")
    return ("" if title.lower() in _NO_TITLES else title), meta


def _is_of_template(modified: str, app: Any, package: Package) -> bool:
    """Whether the dates are those of an empty file that a program filled without dating it.

    Such a file counts no word of its own, and its parts were written after it was last modified.
    """
    counts = [None if app is None else app.findtext(f"{{*}}{each}") for each in _COUNTS]
    if not modified or any(each is None or each.strip("0 ") for each in counts):
        return False
    try:
        last = datetime.fromisoformat(modified).replace(tzinfo=None)
    except ValueError:
        return False
    return package.written > last + timedelta(days=1)  # the clocks' zones differ


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
