"""What the endpoints of one app share, and how they do their work off the event loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from copy import copy
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request

from api.errors import Failure
from api.keys import Keys, Throttle
from api.metrics import Metrics
from rag.access import EVERYTHING, Access, Shelf
from rag.assistant import Assistant
from rag.audit import Audit, Change
from rag.errors import IndexNotFound
from rag.gate import Gate
from rag.library import Library
from rag.types import InputReport

_READS = 4
_MOST_BODIES = 8
Item = TypeVar("Item")
READ_ONLY = Failure(
    403, "read_only", "this key may ask and read, but change nothing", "use a key that may write"
)


class Services:
    """The `library`, `keys` and `metrics` of an app, and the address `home` of its first page.

    `reads` is the gate for what needs no model: it waits for no question. `uploads` is that for
    the bodies of uploads, which fill the disk; nobody waits there.
    `access` and `shelf` are those of who asks, `audit` records what they change.
    """

    def __init__(self, library: Library, keys: Keys, home: str) -> None:
        self.library = library
        self.keys = keys
        self.home = home
        self.audit = Audit(library.settings)
        self.access = EVERYTHING
        self.shelf = Shelf(library, self.access)
        self.metrics = Metrics()
        self.throttle = Throttle()
        self.reads = Gate(_READS, patience=library.settings.wait_seconds)
        self.uploads = Gate(_MOST_BODIES, waiting=0)

    def seen_with(self, access: Access) -> Services:
        """The same for somebody who may do this much."""
        seen = copy(self)
        seen.access, seen.shelf = access, Shelf(self.library, access)
        return seen

    def assistant(self, index: str | None) -> Assistant:
        """The assistant over the index of that name; an unknown one is 404."""
        with self._named(index):
            return self.shelf.assistant(index)

    async def run(self, gate: Gate, index: str | None, work: Callable[[Assistant], Item]) -> Item:
        """What `work` makes of the assistant, in a place behind `gate`; raises Overloaded."""
        await self._ready(index)
        async with gate.admit() as place:
            return await place.run(lambda: work(self.assistant(index)))

    async def change(
        self,
        what: Change,
        index: str | None,
        documents: Sequence[str],
        work: Callable[[Assistant], list[InputReport]],
    ) -> list[InputReport]:
        """The reports of a change to these documents, which is recorded.

        An index that they may only read is 403.
        """
        name = index or self.shelf.default
        if self.access.may_read(name) and not self.access.may_write(name):
            raise copy(READ_ONLY)

        def recorded(assistant: Assistant) -> list[InputReport]:
            with self.audit.change(self.access.name, what, name, documents) as line:
                reports = work(assistant)
                line.tell(reports)
            return reports

        return await self.run(self.library.writes, name, recorded)

    async def iterate(
        self, gate: Gate, index: str | None, work: Callable[[Assistant], Iterator[Item]]
    ) -> AsyncGenerator[Item, None]:
        """The same for what is made item by item, until nobody reads on."""

        def items() -> Iterator[Item]:
            yield from work(self.assistant(index))

        await self._ready(index)
        async with gate.admit() as place, aclosing(place.iterate(items())) as made:
            async for item in made:
                yield item

    async def _ready(self, index: str | None) -> None:
        """Have the index open before its work takes a place of a gate.

        To open it holds up nobody who asks another, and one that is not there is told at once.
        """
        with self._named(index):
            await self.shelf.ready(index)

    @contextmanager
    def _named(self, index: str | None) -> Iterator[None]:
        try:
            yield
        except IndexNotFound as error:
            name = index or self.shelf.default
            remedy = "GET /v1/models names the indexes that there are"
            raise Failure(404, "index_not_found", f"no index {name!r}", remedy) from error

    def close(self) -> None:
        """Wait for the work that is going on."""
        self.reads.close()
        self.uploads.close()
        self.library.close()


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services.seen_with(request.scope["state"]["access"])


Served = Annotated[Services, Depends(_services)]
IndexQuery = Annotated[
    str | None,
    Query(max_length=200, description="Which index; the one served where none is named."),
]


def own_version() -> str:
    """The version of Wenju that is installed."""
    try:
        return version("wenju")
    except PackageNotFoundError:  # run from a checkout
        return "0"
