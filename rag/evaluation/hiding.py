"""Which documents a question may not use: its own gold documents, or all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rag.errors import BadGold, InvalidInput
from rag.evaluation.gold import GoldRow

WITHOUT_GOLD, ONLY_GOLD = "--without-gold", "--only-gold"

# A row's hidden documents by id; None where hiding is not what is measured.
Hide = Callable[[GoldRow], frozenset[str] | None]


def plan(
    rows: Sequence[GoldRow],
    document_ids: Iterable[str],
    *,
    without_gold: bool = False,
    only_gold: bool = False,
) -> tuple[list[GoldRow], Hide]:
    """The rows to ask, and what to hide from each: its gold documents, or all the others.

    Where something is hidden, rows without `gold_ids` are left out. Raises BadGold for an
    answerable one, and with `only_gold` for a row none of whose documents is there; InvalidInput
    for both kinds of hiding at once.
    """
    if without_gold and only_gold:
        raise InvalidInput(f"{WITHOUT_GOLD} and {ONLY_GOLD} exclude each other", "use one of them")
    if not without_gold and not only_gold:
        return list(rows), lambda _: None
    bare = [row.id for row in rows if row.answerable and not row.gold_ids]
    if bare:
        raise BadGold(
            f"{WITHOUT_GOLD if without_gold else ONLY_GOLD} needs gold_ids, and {len(bare)} of"
            f" {len(rows)} rows have none (first: {bare[0]})",
            "add gold_ids, the ids of the documents that hold the answer",
        )
    asked = [row for row in rows if row.gold_ids]
    if without_gold:
        return asked, lambda row: frozenset(row.gold_ids)
    everything = frozenset(document_ids)
    astray = [row for row in asked if everything.isdisjoint(row.gold_ids)]
    if astray:
        raise BadGold(
            f"{ONLY_GOLD} needs the gold documents, and the index has none of those of"
            f" {len(astray)} rows (first: {astray[0].id}, {astray[0].gold_ids[0]})",
            "index the documents that the questions are about",
        )
    return asked, lambda row: everything.difference(row.gold_ids)
