"""Names of countries and of persons that the dictionary does not have."""

from __future__ import annotations

from rag.language.tables import column, table

DEMONYMS = {row[0]: row[1] for row in table("demonyms")}
"""From what belongs to a country, folded, to the country: chinese, china."""

SAME_PLACE = dict.fromkeys(
    ("us", "u.s", "u.s.", "usa", "america", "united states", "the us"), ("united states", "america")
) | dict.fromkeys(
    ("uk", "u.k", "u.k.", "britain", "great britain", "england", "united kingdom"),
    ("united kingdom", "britain", "england"),
)
"""Other names of a country, each with those that the dictionary may have."""

SURNAMES = column("surnames")
"""The most frequent Chinese surnames of one character."""
