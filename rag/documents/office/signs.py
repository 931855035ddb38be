"""Marks in the fonts Wingdings and Symbol, which have no code point of their own."""

from __future__ import annotations

_SIGNS = {
    **dict.fromkeys("\uf0b7\uf06c\uf09f", "•"),
    **dict.fromkeys("\uf0a7\uf06e", "▪"),
    **dict.fromkeys("\uf0d8\uf0e8\uf0e0", "→"),
    **dict.fromkeys("\uf0fc\uf050", "✓"),
    **dict.fromkeys("\uf0fb\uf04f", "✗"),
    **dict.fromkeys("\uf0a8\uf06f\uf071\uf0a3", "□"),
    **dict.fromkeys("\uf0fe\uf052", "☑"),
    **dict.fromkeys("\uf0fd\uf053\uf054", "☒"),
    **dict.fromkeys("\uf0ab\uf0b6", "★"),
}
_TRANSLATED = str.maketrans(_SIGNS)


def readable(text: str) -> str:
    r"""`text` with those signs in Unicode's.

    >>> readable("\uf0fe同意")
    '☑同意'
    """
    return text.translate(_TRANSLATED)
