"""Which page of its file a place in a document's text is on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_PAGES, _READ = "pages", "ocr_pages"  # in a document's `meta`


@dataclass(frozen=True, slots=True)
class PageMap:
    """Where pages begin in a text, and which of them, counted from 1, were read from pictures.

    >>> pages = PageMap((0, 5, 5, 9), (4,))
    >>> [pages.at(offset) for offset in (0, 4, 5, 9)], pages.is_read(9)
    ([1, 1, 3, 4], True)
    """

    starts: tuple[int, ...] = ()
    read: tuple[int, ...] = ()

    @classmethod
    def of(cls, meta: Mapping[str, str]) -> PageMap:
        """The map that `meta` of a document holds; an empty one where it holds none."""
        return cls(_numbers(meta.get(_PAGES, "")), _numbers(meta.get(_READ, "")))

    @property
    def meta(self) -> dict[str, str]:
        """What `of` reads."""
        fields = {_PAGES: self.starts, _READ: self.read}
        return {name: " ".join(map(str, values)) for name, values in fields.items() if values}

    def at(self, offset: int) -> int | None:
        """The page, from 1, on which `offset` lies; None where there are no pages."""
        return max(1, bisect_right(self.starts, offset)) if self.starts else None

    def is_read(self, offset: int) -> bool:
        """Whether that page was read from a picture, by OCR."""
        return self.at(offset) in self.read


NO_PAGES = PageMap()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split() if part.isdecimal())


def moved(starts: Sequence[int], text: str, cleaned: str) -> tuple[int, ...]:
    """`starts`, offsets in `text`, as offsets in `cleaned`, which is `text` with parts left out.

    White space aside, `cleaned` is a subsequence of `text`. Matched from the front, each of its
    characters comes as early as it can, from the back as late: a page begins where both agree,
    or at the first beginning of a line between the two.
    """
    front = [*_matched(text, cleaned)]
    back = [len(text) - 1 - place for place in _matched(text[::-1], cleaned[::-1])][::-1]
    places = [index for index, sign in enumerate(cleaned) if not sign.isspace()]
    found = []
    for start in starts:
        # The first character that may lie behind `start`, and the first that must.
        low, high = _first(back, start), _first(front, start)
        found.append(_line_start(cleaned, places, low, high))
    return tuple(found)


def _matched(text: str, part: str) -> Iterator[int]:
    """For each character of `part` but white space, where it is in `text`, as early as it can."""
    place = -1
    for sign in part:
        if not sign.isspace():
            place = text.find(sign, place + 1)
            if place < 0:
                return
            yield place


def _first(places: Sequence[int], start: int) -> int:
    """The index of the first of rising `places` at or behind `start`."""
    return bisect_right(places, start - 1)


def _line_start(cleaned: str, places: Sequence[int], low: int, high: int) -> int:
    ends = [places[n] if n < len(places) else len(cleaned) for n in range(low, high + 1)]
    for end in ends:
        if end == 0 or cleaned[end - 1 : end] == "\n":
            return end
    return ends[0]
