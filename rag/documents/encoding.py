"""The encoding of a text: recognised by strict decoding and by how common the result is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from rag.errors import Unreadable
from rag.language.text import to_simplified

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's, hence before it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252"}
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,30})")
# The 500 most frequent in jieba's dictionary, which holds the frequency of each word.
FREQUENT_HAN = frozenset(
    "一是人了不在有大中国和为这上他个地年来我会以到时要出的生学说道民家子也成行下们于后就发自之对得主长可过天作分方用多你着部能市等业全里工公经本都而高政法面门动日进区事代那去心小同北定开产"
    "前其军还然起种所如现理机体表力好外与文当两实重新三么只山水关明从化平建又制南内西没此将员名手最东头者月间无安看见各城十相但已些正口通想度加第她合院物性战由位常点海意场武使次二向治因立数"
    "样身情入原问把路被并利石老教万知级量任江及应省资委务元美特期世湖回系比气汉总展电科金先声提品设或义王社很统处四首共马形己儿司太目基领队直计别女权话少流命至报米给打变果书清活几州华解议更"
    "称程今决张导术府才保交放管结师便走达族反再题色五京河接条规式县白它改风光运信受什组听布百济党指论强做取技黄神选记斯真却职号界件花类何眼兵传带空干农边据集联古广完质阳难增历史专官每住商即"
    "步认车台林必死游举线言皇土团收考求德叫近备研争非具李众连调感转笑革该持始英克士尔让拉思根格造较际亲单朝红型价校约器字段周亚深候则功属积快图火千准究往极育装许参半令吃观鱼精办像帝八复影告"
    "远群包整构料随划算象容示投势热值夫网望源息语股铁断派速怎需片爱律纪支早况病境证编"
)
_CHINESE_MARKS = frozenset("，。、；：？！“”‘’（）《》【】—…·　％")
_LATIN_MARKS = frozenset("“”‘’–—…•©®°·£€§«»")
_LEAST_PLAUSIBLE = 0.3  # text in EUC-KR, EUC-JP or KOI8-R read as Chinese stays below
_UTF16 = dict.fromkeys(("utf-16-le", "utf-16-be"), _LEAST_PLAUSIBLE)
_LEGACY = dict.fromkeys(("gb18030", "big5hkscs", "cp1252"), _LEAST_PLAUSIBLE)
_SURE_UTF16 = dict.fromkeys(_UTF16, 0.5)  # without any NUL bytes: it must look better
_SAMPLE = 4000


def decode(data: bytes, declared: str = "") -> str:
    """The text in `data`, without byte order mark; raises Unreadable for what is no text.

    Tried in this order: a byte order mark; UTF-8; the charset `declared`, or named by the head of
    the data; then UTF-16, GB18030, Big5 and Windows-1252, of which the one with the most
    plausible characters wins.

    >>> decode("跨境电商的综合试验区".encode("gbk"))
    '跨境电商的综合试验区'
    """
    text = _marked(data)
    if text is None and b"\0" in data:
        text = _most_plausible(data[: len(data) // 2 * 2], _UTF16)
        if text is None or _is_binary(text):
            raise Unreadable("binary, not text (it contains NUL bytes)")
    if text is None:
        text = _strict(data, "utf-8")
    if text is None:
        candidates = _LEGACY if len(data) % 2 else _LEGACY | _SURE_UTF16
        text = _declared(data, declared) or _most_plausible(data, candidates) or _damaged_utf8(data)
    if text is None or _is_binary(text):
        raise Unreadable("binary, or text in an unknown encoding")
    return text


def _marked(data: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return None


def _strict(data: bytes, encoding: str) -> str | None:
    """`data` in `encoding`, or None; a character cut off at the very end is left out."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start == 0 or error.start < len(data) - 3:
            return None
        return _strict(data[: error.start], encoding)


def _declared(data: bytes, charset: str) -> str | None:
    """The text in `charset`, or in what an HTML or XML head names, if that is possible."""
    match = _DECLARED.search(data[:2048])
    charset = charset or (match.group(1).decode("ascii") if match else "")
    if not charset:
        return None
    try:
        encoding = codecs.lookup(charset).name
    except LookupError:
        return None
    text = _strict(data, _WIDER.get(encoding, encoding)) if encoding != "utf-8" else None
    return text if text and _plausibility(text) >= 0 else None


def _most_plausible(data: bytes, encodings: Mapping[str, float]) -> str | None:
    """The best reading of `data`, of those that reach the plausibility asked of their encoding."""
    readings = {
        text: score
        for encoding, least in encodings.items()
        if (text := _strict(data, encoding)) and (score := _plausibility(text)) >= least
    }
    return max(readings, key=lambda text: readings[text], default=None)


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few bad bytes, each shown as U+FFFD; None when there are many."""
    text = data.decode("utf-8", errors="replace")
    beyond_ascii = sum(ord(character) > 127 for character in text)
    return text if text.count("\ufffd") <= 0.05 * beyond_ascii else None


def _plausibility(text: str) -> float:
    """How much the characters beyond ASCII look like a text's: 1 at best, below 0 at worst.

    Text of ASCII alone scores 1.
    """
    sample = [i for i, character in enumerate(text[:200_000]) if character > "\x7f"][:_SAMPLE]
    return sum(_score(text, i) for i in sample) / len(sample) if sample else 1.0


def _score(text: str, index: int) -> float:
    character = text[index]
    if to_simplified(character) in FREQUENT_HAN or character in _CHINESE_MARKS:
        return 1.0
    if "\u4e00" <= character <= "\u9fff" or "\uff00" <= character <= "\uff5e":
        return 0.1
    if character in _LATIN_MARKS or "\xc0" <= character <= "\u017f":
        around = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
        return 0.6 if around.isascii() else 0.0
    return 0.0 if character.isprintable() or character.isspace() else -1.0


def _is_binary(text: str) -> bool:
    """Whether control characters make up more than a fiftieth of `text`."""
    sample = text[:200_000]
    controls = sum(character < " " and character not in "\t\n\r\f\x1b" for character in sample)
    return controls > 0.02 * len(sample)
