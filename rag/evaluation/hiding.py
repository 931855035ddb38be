"""Which documents a question may not use: its own gold documents, or all others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from rag.errors import BadGold
from rag.evaluation.gold import GoldRow

WITHOUT_GOLD, ONLY_GOLD = "--without-gold", "--only-gold"

# A row's hidden documents by id; None where hiding is not what is measured.
Hide = Callable[[GoldRow], frozenset[str] | None]
Plan = tuple[list[GoldRow], Hide]


def without_gold(rows: Sequence[GoldRow]) -> Plan:
    """The rows that name documents, each with these hidden; raises BadGold."""
    return _naming_documents(rows, WITHOUT_GOLD), lambda row: frozenset(row.gold_ids)


def only_gold(rows: Sequence[GoldRow], document_ids: Collection[str]) -> Plan:
    """The rows that name documents, each with all others of `document_ids` hidden.

    Raises BadGold, also for a row of whose documents none is there.
    """
    everything = frozenset(document_ids)
    asked = _naming_documents(rows, ONLY_GOLD)
    astray = [row for row in asked if everything.isdisjoint(row.gold_ids)]
    if astray:
        raise BadGold(
            f"{ONLY_GOLD} needs the gold documents, and the index has none of those of"
            f" {len(astray)} rows (first: {astray[0].id}, {astray[0].gold_ids[0]})",
            "index the documents that the questions are about",
        )
    return asked, lambda row: everything.difference(row.gold_ids)


def nothing(rows: Sequence[GoldRow]) -> Plan:
    """All rows, with every document open to them."""
    return list(rows), lambda _: None


def _naming_documents(rows: Sequence[GoldRow], option: str) -> list[GoldRow]:
    """The rows with `gold_ids`; raises BadGold where an answerable one has none."""
    bare = [row.id for row in rows if row.answerable and not row.gold_ids]
    if bare:
        raise BadGold(
            f"{option} needs gold_ids, and {len(bare)} of {len(rows)} rows have none"
            f" (first: {bare[0]})",
            "add gold_ids, the ids of the documents that hold the answer",
        )
    return [row for row in rows if row.gold_ids]
