"""Example questions that a collection itself suggests, each with an answer in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, repeat, zip_longest

from rag.assistant import Assistant
from rag.language.question import kinds_of
from rag.language.text import detect_language

MOST_TRIED = 24
_NUMBERING = re.compile(
    r"^(?:第?[一二三四五六七八九十\d]+[章节、.．)）:：]|[(（][一二三四五六七八九十\d]+[)）])\s*"
)
_LONGEST = 40


def suggest(
    assistant: Assistant, language: str, count: int = 4, turns: Iterable[None] = repeat(None)
) -> list[str]:
    """At most `count` questions that the documents answer, of different documents.

    First those that were written for the documents, then their headings that ask something,
    then questions about headings and titles; in the language of the reader where there are any.
    One is tried for each item of `turns`.
    """
    found: list[str] = []
    used: set[str] = set()
    candidates = islice(_candidates(assistant, language), MOST_TRIED)
    for question, _ in zip(candidates, turns, strict=False):
        if len(found) == count:
            break
        answer = assistant.ask(question, mode="extractive")
        cited = {citation.document_id for citation in answer.citations}
        if cited and not cited & used:
            found.append(question)
            used |= cited
    return found


def _candidates(assistant: Assistant, language: str) -> Iterator[str]:
    written = [q for q in assistant.store.questions() if _is_in(language, q)]
    step = max(1, 2 * len(written) // MOST_TRIED)
    yield from written[::step]
    sections = assistant.store.sections()
    own = [row for row in sections if _is_in(language, row[2] or row[1])] or sections
    asking = [
        (document_id, f"{head}{'？' if _is_in('zh', head) else '?'}")
        for document_id, head in _heads(own)
        if kinds_of(head)
    ]
    yield from _in_turns(asking)
    yield from _in_turns(
        [(document_id, _about(head, language)) for document_id, head in _heads(own)]
    )


def _heads(rows: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """(document id, last heading of the section, or else the title), short ones only."""
    for document_id, title, section in rows:
        head = _NUMBERING.sub("", section.split(" > ")[-1].strip()).rstrip("？?。:：") or title
        if 3 <= len(head) <= (_LONGEST if _is_in("zh", head) else 2 * _LONGEST):
            yield document_id, head


def _about(head: str, language: str) -> str:
    return (
        f"What do the documents say about “{head}”?"
        if language == "en"
        else f"关于“{head}”说了什么？"
    )


def _in_turns(questions: list[tuple[str, str]]) -> Iterator[str]:
    """The first question about each document, then the second about each, and so on."""
    by_document: dict[str, list[str]] = {}
    for document_id, question in questions:
        by_document.setdefault(document_id, []).append(question)
    for row in zip_longest(*by_document.values()):
        yield from filter(None, row)


def _is_in(language: str, text: str) -> bool:
    return (detect_language(text) == "en") == (language == "en")
