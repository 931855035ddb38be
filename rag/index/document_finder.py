"""The document that some words mean: by its title, its file's name, or what it speaks of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from rag.index.passage import Passage
from rag.index.protocol import DocumentStore
from rag.index.retriever import Retriever
from rag.language.file_names import name_words
from rag.language.term_groups import Group
from rag.language.terms import index_terms
from rag.language.text import fold
from rag.types import DocumentInfo

OPENING = 200  # characters of a document that say what it is, beside its title
_PASSAGES = 30  # whose documents are weighed
_CANDIDATES, _PASSAGES_EACH = 5, 3  # documents of these, and passages of each
_LEAST_NAME = 4  # characters of a title or a name that is looked for within other words


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that some words may mean.

    `opened` is the share of them, 0..1, that its title, its file's name and its first lines hold;
    `spoken` that which the best of the passages found does, with the title.
    """

    id: str
    opened: float
    spoken: float


class DocumentFinder:
    """Finds documents of one index; safe to share between threads."""

    def __init__(self, store: DocumentStore, retriever: Retriever) -> None:
        self._store = store
        self._retriever = retriever

    def by_name(self, words: str, documents: Iterable[DocumentInfo]) -> str | None:
        """Id of the only document whose title or file the words name, None where there is none.

        A title of which they are the better half is named, and so is one that stands in them.
        """
        wanted, parts = _key(words), set(_parts(words))
        found = [
            document.id
            for document in documents
            if any(
                name == wanted
                or (len(name) >= _LEAST_NAME and name in wanted)
                or (2 * len(wanted) > len(name) and wanted and wanted in name)
                for name in map(_key, _names(document))
                if name
            )
        ]
        if not found:  # "file 004"
            found = [
                document.id
                for document in documents
                if parts & {part for part in _parts(document.source) if part.isdecimal()}
            ]
        return found[0] if len(found) == 1 else None

    def candidates(self, words: str, hidden: Collection[str] = ()) -> list[Candidate]:
        """The documents that suit the words best, best first; `hidden` ones are left out."""
        search = self._retriever.prepare(words)
        groups = [group for group in search.groups if not group.optional]
        passages = self._retriever.find(self._retriever.current(), search, _PASSAGES, hidden)
        by_document: dict[str, list[Passage]] = {}
        for passage in passages:
            by_document.setdefault(passage.chunk.document_id, []).append(passage)
        return [
            self._candidate(each, groups, by_document[each][:_PASSAGES_EACH])
            for each in list(by_document)[:_CANDIDATES]
        ]

    def _candidate(
        self, document_id: str, groups: Sequence[Group], passages: Sequence[Passage]
    ) -> Candidate:
        document = self._store.document(document_id)
        name = f"{document.title}\n{name_words(document.source)}"
        opening = index_terms(f"{name}\n{document.text[:OPENING]}")
        spoken = (
            index_terms(f"{name}\n{passage.chunk.section}\n{passage.text}") for passage in passages
        )
        return Candidate(
            document_id, share(groups, opening), max(share(groups, terms) for terms in spoken)
        )


def share(groups: Sequence[Group], terms: Iterable[str]) -> float:
    """The share, by weight, of the groups that have a term among `terms`; 0 of none."""
    held = set(terms)
    total = sum(group.weight for group in groups)
    met = sum(g.weight for g in groups if any(term in held for term, _ in g.alternatives))
    return met / total if total else 0.0


def _names(document: DocumentInfo) -> tuple[str, ...]:
    file = PurePosixPath(document.source)
    return document.title, document.id, file.name, file.stem


def _key(name: str) -> str:
    """The letters and digits of a name, as matching sees them."""
    return "".join(filter(str.isalnum, fold(name)))


def _parts(name: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+", fold(name))
