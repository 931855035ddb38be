"""What the name of a file says, and its properties."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

_HAN = r"[\u3400-\u9fff]"
_WORD = re.compile(
    rf"{_HAN}+(?:\d+{_HAN}+)*"  # 第3章
    r"|(?<![A-Za-z\d])[A-Za-z]{1,5}-\d[A-Za-z\d]*"
    r"|[A-Za-z\d]+"
)
_ROW = re.compile(r"\.(?:jsonl|csv|tsv)#")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORDS = re.compile(rf"[A-Za-z]+\d{{0,4}}|{_HAN}[\d\u3400-\u9fff]*")
_LONGEST_CODE = 10  # characters: what is longer is a checksum or an identifier


def name_words(source: str) -> str:
    """The words of a source's name, without what only numbers it; "" for a row of a corpus.

    >>> name_words("报价/AB001产品白皮书.md"), name_words("manual-X300-2024.txt")
    ('AB001 产品白皮书', 'manual X300 2024')
    >>> name_words("004_fa18b3d66d53199a.txt"), name_words("corpus.jsonl#12")
    ('', '')
    """
    if _ROW.search(source):
        return ""
    found = _WORD.findall(PurePosixPath(source).stem)
    return " ".join(word for word in found if _says_something(word))


def property_words(meta: Mapping[str, str]) -> str:
    """What a document's properties say that its text may not: who, when, by whom, about what.

    >>> property_words({"author": "顾南枝", "keywords": "海, 潮", "url": "https://example.org"})
    '顾南枝 海, 潮'
    """
    names = ("author", "date", "publisher", "subject", "keywords")
    return " ".join(meta[name] for name in names if meta.get(name))


def beyond(name: str, above: str) -> str:
    """The words of `name` that what stands above a passage does not say: often the title does.

    >>> beyond("AB001 产品白皮书", "产品白皮书 > 参数")
    'AB001'
    """
    return " ".join(word for word in name.split() if word not in above)


def _says_something(word: str) -> bool:
    if word.isdecimal():
        return bool(_YEAR.fullmatch(word))
    if len(word) == 1:
        return not word.isascii()
    return len(word) <= _LONGEST_CODE or bool(_WORDS.fullmatch(word))
