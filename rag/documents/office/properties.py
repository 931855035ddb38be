"""What an office file says about itself."""

from __future__ import annotations

from rag.documents.office.package import Package, local

_CORE = {
    "creator": "author",
    "created": "date",
    "modified": "modified",
    "subject": "subject",
    "keywords": "keywords",
}
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
    for name in ("date", "modified"):
        if name in meta:
            meta[name] = meta[name].partition("T")[0]
    app = package.xml(package.related("", "extended-properties", "docProps/app.xml"))
    company = _line(None if app is None else app.findtext("{*}Company"))
    if company:
        meta["publisher"] = company
    title = texts.get("title", "")
    return ("" if title.lower() in _NO_TITLES else title), meta


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
