"""Which indexes somebody may read and write, and a library as they see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rag.assistant import Assistant
from rag.errors import IndexNotFound
from rag.language.lexicon import Lexicon
from rag.library import Library

Scope = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks, and what they may do.

    `indexes` says of each index that they may read whether they may write to it too; where it is
    None, `scope` is meant for all. `name` is that of their key, None where none is asked for.
    """

    name: str | None = None
    scope: Scope = "write"
    indexes: Mapping[str, Scope] | None = None

    def default(self, served: str) -> str:
        """The index that is meant where none is named: the one `served`, or else their first."""
        if self.indexes is None or served in self.indexes:
            return served
        return next(iter(self.indexes), served)

    def may_read(self, index: str) -> bool:
        """Whether the index is there for them."""
        return self.indexes is None or index in self.indexes

    def may_write(self, index: str) -> bool:
        """Whether they may add and remove its documents."""
        return (self.scope if self.indexes is None else self.indexes.get(index)) == "write"

    @property
    def may_write_somewhere(self) -> bool:
        """Whether there can be an index that they may write to."""
        scopes = [self.scope] if self.indexes is None else self.indexes.values()
        return "write" in scopes


EVERYTHING = Access()
NOBODY = Access(scope="read", indexes={})


class Shelf:
    """The indexes of a library that somebody may read; any other is none that there is.

    Whether it exists is not looked at, so that neither words nor times tell of it.
    """

    def __init__(self, library: Library, access: Access) -> None:
        self._library = library
        self._access = access
        self.default = access.default(library.default)

    def names(self) -> list[str]:
        """Names of their indexes that there are, the default one first."""
        names = [name for name in self._library.names() if self._access.may_read(name)]
        return sorted(names, key=lambda name: name != self.default)

    def assistant(self, name: str | None = None) -> Assistant:
        """The assistant over an index; raises IndexNotFound and other WenjuErrors."""
        return self._library.assistant(self._readable(name))

    async def ready(self, name: str | None = None) -> None:
        """Return once the index is open; raises what `assistant` does, and Overloaded."""
        await self._library.ready(self._readable(name))

    def lexicon(self, name: str) -> Lexicon:
        """The lexicon with the glossaries of an index, without any for one that is not there."""
        return self._library.lexicon(name if self._access.may_read(name) else "")

    def _readable(self, name: str | None) -> str:
        name = name or self.default
        if not self._access.may_read(name):
            raise IndexNotFound(f"no index {name!r}", "see the list of indexes")
        return name
