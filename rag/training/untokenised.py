"""English text whose words and marks were set apart, put together again."""

from __future__ import annotations

import re

_RULES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?:``|'') ([^`']{1,200}?) ''", r'"\1"'),
        (r" (n't|'(?:s|re|ve|ll|d|m)\b|[,.;:?!%)\]])", r"\1"),
        (r"([(\[$£€#]) ", r"\1"),
        (r" -- ", " – "),
        (r"(\d) – (\d)", r"\1–\2"),
    )
]


def untokenised(text: str) -> str:
    r"""`text` without the spaces around its marks.

    >>> untokenised("Raiders -- ( played in 1981 -- 1982 ) , the team 's `` first '' .")
    'Raiders – (played in 1981–1982), the team\'s "first".'
    """
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
