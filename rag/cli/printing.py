"""What commands print: results as plain lines or as JSON, notes on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from rag.types import Answer, CheckedSentence, Citation, DocumentOverview, Hit, InputReport

if TYPE_CHECKING:
    from rag.config import Settings

_MARKS = {"supported": "✓", "unsupported": "?", "contradicted": "✗"}

T = TypeVar("T")


def note(line: str) -> None:
    """Print a line on standard error, at once."""
    print(f"wenju: {line}", file=sys.stderr, flush=True)


def show(shape: dict[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Print `lines`, or a shape of the HTTP API, escaped where the output does not take UTF-8."""
    if as_json:
        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        lines = [json.dumps(shape, ensure_ascii=not utf8, indent=2)]
    for line in lines:
        print(line)


def progress(items: Sequence[T], what: str) -> Iterable[T]:
    """The items, with a bar on standard error where a person watches."""
    if not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, what, console=Console(stderr=True), transient=True)


def report_lines(reports: Sequence[InputReport]) -> Iterator[str]:
    """What became of each input, and how many there are of each kind."""
    for each in reports:
        rest = f": {each.reason}" if each.reason else ""
        if each.status in ("indexed", "unchanged") and each.documents:
            documents = f"{each.documents} documents, " if each.documents > 1 else ""
            rest = f" ({documents}{each.chunks} chunks){rest}"
        yield f"{each.status:<10} {each.source}{rest}"
    statuses = [each.status for each in reports]
    kinds = [kind for kind in ("indexed", "unchanged", "skipped", "removed") if kind in statuses]
    yield ", ".join(f"{statuses.count(kind)} {kind}" for kind in kinds)


def answer_lines(answer: Answer) -> Iterator[str]:
    """The answer with its citations, or the refusal with the nearest passages."""
    if answer.refusal is not None:
        yield answer.refusal.message
        for hit in answer.refusal.nearest:
            yield f"\n  {place(hit)}\n  {on_one_line(hit.text, 160)}"
        return
    if answer.short_answer:
        yield f"{on_one_line(answer.short_answer)}\n"
        if said := _translation(answer):
            yield f"{on_one_line(said)}\n"
    yield answer.answer
    for each in answer.citations:
        at, margin = each.passage.find(each.quote), 60
        around = each.passage[max(0, at - margin) : at + len(each.quote) + margin]
        header = f"\n    {on_one_line(each.header)}" if each.header else ""
        yield f"\n[{each.marker}] {place(each)}{header}\n    “{each.quote}”"
        yield f"    … {on_one_line(around)} …"


def overview_lines(overview: DocumentOverview) -> Iterator[str]:
    """Title and particulars of a document, its central sentences, and its headings below."""
    yield on_one_line(overview.title)
    stated = overview.author, overview.date, overview.publisher, overview.url
    counted = f"{overview.language}; {overview.characters} characters"
    yield on_one_line(" · ".join([*filter(None, stated), counted]))
    yield ""
    yield from (f"[{each.marker}] {on_one_line(each.quote)}" for each in overview.citations)
    if overview.contents:
        yield ""
    for heading in overview.contents:
        yield "  " * (heading.depth - 1) + on_one_line(heading.title)


def _translation(answer: Answer) -> str:
    from rag.answering.messages import translation_line

    return translation_line(answer.short_answer, answer.short_answer_translation, answer.language)


def checked_lines(sentences: Iterable[CheckedSentence]) -> Iterator[str]:
    """Each sentence with its mark, why, and the words it was checked against."""
    for sentence in sentences:
        yield f"{_MARKS[sentence.verdict]} {on_one_line(sentence.text)}"
        if sentence.reason:
            yield f"    {on_one_line(sentence.reason)}"
        for citation in sentence.citations:
            yield f"    “{on_one_line(citation.quote)}”\n    {place(citation)}"


def host_note(host: str, settings: Settings) -> str:
    """Where passages are sent to, and how to keep them."""
    kept = f", those of {', '.join(settings.llm_off_for)} are not" if settings.llm_off_for else ""
    line = f"passages are sent to {host} ({settings.llm_model}){kept}"
    return f"{line}; WENJU_LLM=off keeps them here"


def answer_notes(answer: Answer) -> Iterator[str]:
    """Who wrote the answer, what was left out, and what went wrong."""
    from rag.answering.messages import explained, label

    language = answer.language
    if answer.model:
        yield label("worded", language).format(model=answer.model)
    if answer.fallback:
        yield explained("fallback", answer.fallback.reason, language)
    left_out = label("left_out", language) + label("colon", language)
    for dropped in answer.dropped:
        what = f"[{dropped.marker}]" if dropped.marker is not None else f"“{dropped.text}”"
        quoted = f"{what} " if dropped.text else ""
        yield f"{left_out}{quoted}({explained('dropped', dropped.reason, language)})"


def place(found: Hit | Citation) -> str:
    """Title, section, source and page on one line, each once."""
    section, title = found.section, found.title
    heading = section if section.startswith(title) else f"{title} · {section}"
    page = f"p. {found.page}" if found.page else ""
    is_gone = isinstance(found, Citation) and found.file_gone
    notes = "from OCR" if found.ocr else "", "its file is gone" if is_gone else ""
    parts = heading.strip(" ·"), found.source, page, *notes
    return on_one_line(" · ".join(part for part in parts if part))


def on_one_line(text: str, most: int | None = None) -> str:
    r"""`text` without what a terminal takes for a command, cut off after `most` characters.

    >>> on_one_line("two\nlines\x1b[31m"), on_one_line("一二三四", 2)
    ('two lines [31m', '一二…')
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if most is None or len(line) <= most else f"{line[:most]}…"
