"""Which documents of an index a question is asked of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.errors import DocumentNotFound
from rag.types import DocumentInfo


@dataclass(frozen=True, slots=True)
class Filter:
    """Documents by id or folder, and by language; what is empty leaves all in.

    A folder is the beginning of an id up to a slash: `letters` holds `letters/2015/a.txt`.
    """

    documents: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @classmethod
    def within(cls, names: Iterable[str], languages: Iterable[str] = ()) -> Filter:
        """One whose names are each an id or a folder."""
        named = tuple(names)
        return cls(named, named, tuple(languages))

    def keeps(self, document: DocumentInfo) -> bool:
        """Whether a document is among those asked.

        >>> info = DocumentInfo("信/2015/a.txt", "", "a.txt", "zh", 1, 9, "")
        >>> [Filter.within([name]).keeps(info) for name in ("信", "信/2015/", info.id, "信/20")]
        [True, True, True, False]
        """
        is_named = document.id in self.documents or any(
            document.id.startswith(folder.rstrip("/") + "/") for folder in self.folders
        )
        is_placed = is_named or not (self.documents or self.folders)
        return is_placed and (not self.languages or document.language in self.languages)

    def hidden(self, documents: Iterable[DocumentInfo]) -> frozenset[str]:
        """The ids of the documents that are left out; raises DocumentNotFound where all are."""
        listed = list(documents)
        left_out = frozenset(document.id for document in listed if not self.keeps(document))
        if listed and len(left_out) == len(listed):
            named = ", ".join(dict.fromkeys((*self.documents, *self.folders, *self.languages)))
            raise DocumentNotFound(f"no document is in {named}", "see: wenju list")
        return left_out


EVERYTHING = Filter()
