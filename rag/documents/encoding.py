"""Bytes to text: the encoding is recognised by strict decoding and by how common the result is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from rag.errors import Unreadable
from rag.language.text import to_simplified

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's, hence before it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CANDIDATES = ("gb18030", "big5hkscs", "cp1252")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252"}
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})")
# The most frequent characters of modern Chinese: about half of any text is made of these.
_COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过"
    "发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前"
    "开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最"
    "重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门"
    "任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打四总何电数安少报"
    "才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至社便空决治展马科司五基书非"
    "则听却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死该交规万取格望术领共确传师"
    "观清今切院让识候带导争运际商贸易跨境企城服网投技"
)
_CHINESE_MARKS = frozenset("，。、；：？！“”‘’（）《》【】—…·　％")
_LATIN_MARKS = frozenset("“”‘’–—…•©®°·£€§«»")
_MINIMUM_SCORE = 0.2
_SAMPLE = 4000


def decode(data: bytes) -> str:
    """The text in `data`, without byte order mark; raises Unreadable for what is no text.

    Tried in this order: a byte order mark; UTF-8; what the head of the data declares as its
    charset; then UTF-16, GB18030, Big5 and Windows-1252, of which the one with the most
    plausible characters wins.

    >>> decode("跨境电商的综合试验区".encode("gbk"))
    '跨境电商的综合试验区'
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _without_mark(data, mark, encoding)
    if b"\0" in data:
        return _utf16(data)
    text = _strict(data, "utf-8")
    if text is None:
        text = _declared(data) or _most_plausible(data) or _damaged_utf8(data)
    if text is None or _is_binary(text):
        raise Unreadable("binary, or text in an unknown encoding")
    return text


def _without_mark(data: bytes, mark: bytes, encoding: str) -> str:
    text = data[len(mark) :].decode(encoding, errors="replace")
    if _is_binary(text):
        raise Unreadable("binary, not text")
    return text


def _strict(data: bytes, encoding: str) -> str | None:
    """`data` in `encoding`, or None; a character cut off at the very end is left out."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start == 0 or error.start < len(data) - 3:
            return None
        return _strict(data[: error.start], encoding)


def _utf16(data: bytes) -> str:
    """The text of UTF-16 without a mark; raises Unreadable where NUL bytes mean something else."""
    readings = [
        text
        for encoding in ("utf-16-le", "utf-16-be")
        if (text := _strict(data[: len(data) // 2 * 2], encoding)) is not None
    ]
    best = max(readings, key=_plausibility, default="")
    if not best or _is_binary(best) or _plausibility(best) < _MINIMUM_SCORE:
        raise Unreadable("binary, not text (it contains NUL bytes)")
    return best


def _declared(data: bytes) -> str | None:
    """The text in the charset that an HTML or XML head names, if that is possible."""
    match = _DECLARED.search(data[:2048])
    if not match:
        return None
    try:
        encoding = codecs.lookup(match.group(1).decode("ascii")).name
    except LookupError:
        return None
    text = _strict(data, _WIDER.get(encoding, encoding)) if encoding != "utf-8" else None
    return text if text and _plausibility(text) >= 0 else None


def _most_plausible(data: bytes) -> str | None:
    readings = [text for name in _CANDIDATES if (text := _strict(data, name)) is not None]
    if len(data) % 2 == 0:
        readings += [
            text
            for name in ("utf-16-le", "utf-16-be")
            if (text := _strict(data, name)) is not None and _plausibility(text) > 0.5
        ]
    best = max(readings, key=_plausibility, default="")
    return best if best and _plausibility(best) >= _MINIMUM_SCORE else None


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few bad bytes, each shown as U+FFFD; None when there are many."""
    text = data.decode("utf-8", errors="replace")
    beyond_ascii = sum(ord(character) > 127 for character in text)
    return text if text.count("\ufffd") <= 0.05 * beyond_ascii else None


def _plausibility(text: str) -> float:
    """How much the characters beyond ASCII look like a text's: 1 at best, below 0 at worst.

    Text of ASCII alone scores 1.
    """
    scores = list(_character_scores(text))
    return sum(scores) / len(scores) if scores else 1.0


def _character_scores(text: str) -> Iterator[float]:
    sample = [
        index for index, character in zip(range(200_000), text, strict=False) if character > "\x7f"
    ][:_SAMPLE]
    for index in sample:
        character = text[index]
        if to_simplified(character) in _COMMON or character in _CHINESE_MARKS:
            yield 1.0
        elif "\u4e00" <= character <= "\u9fff" or "\uff00" <= character <= "\uff5e":
            yield 0.1
        elif character in _LATIN_MARKS or "\xc0" <= character <= "\u017f":
            around = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
            yield 0.6 if around.isascii() else 0.0
        else:
            yield -1.0 if not character.isprintable() and not character.isspace() else 0.0


def _is_binary(text: str) -> bool:
    """Whether control characters make up more than a fiftieth of `text`."""
    sample = text[:200_000]
    controls = sum(character < " " and character not in "\t\n\r\f\x1b" for character in sample)
    return controls > 0.02 * len(sample)
