"""A number as a list or a note shows it: 4, iv, d, 四, 肆, 丁 or ④."""

from __future__ import annotations

_DIGITS, _LEGAL = "〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
_UNITS, _LEGAL_UNITS = ("", "十", "百", "千"), ("", "拾", "佰", "仟")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_CYCLES = {
    "ideographTraditional": _STEMS,
    "ideographZodiac": _BRANCHES,
    "decimalEnclosedParen": "".join(map(chr, range(0x2474, 0x2488))),
    "decimalEnclosedFullstop": "".join(map(chr, range(0x2488, 0x249C))),
    "decimalEnclosedCircle": "".join(map(chr, range(0x2460, 0x2474))),
    "decimalEnclosedCircleChinese": "".join(map(chr, range(0x2460, 0x2474))),
    "ideographEnclosedCircle": "".join(map(chr, range(0x3280, 0x328A))),
    "aiueoFullWidth": "アイウエオカキクケコサシスセソタチツテト",
    "irohaFullWidth": "イロハニホヘトチリヌルヲワカヨタレソツネ",
    "ganada": "가나다라마바사아자차카타파하",
    "hebrew1": "אבגדהוזחט",
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
}
_COUNTING = frozenset(
    "chineseCounting chineseCountingThousand taiwaneseCounting taiwaneseCountingThousand"
    " japaneseCounting koreanCounting".split()
)
_LEGALS = frozenset({"chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"})
_LONGEST_ROMAN = 4999


def formatted(number: int, style: str) -> str:
    """`number` in a format of Office Open XML's `numFmt`; in digits where it has none there.

    >>> [formatted(24, style) for style in ("lowerRoman", "chineseCounting", "decimalZero")]
    ['xxiv', '二十四', '24']
    """
    match style:
        case "none" | "bullet":
            return ""
        case "decimalZero":
            return f"{number:02}"
        case "upperLetter" | "lowerLetter":
            return _letters(number, "A" if style == "upperLetter" else "a")
        case "upperRoman" | "lowerRoman":
            return _roman(number) if style == "upperRoman" else _roman(number).lower()
        case "ordinal":
            return f"{number}{_ordinal_ending(number)}"
        case "decimalFullWidth" | "decimalFullWidth2":
            return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital":
            return "".join(_DIGITS[int(digit)] for digit in str(max(0, number)))
    if style in _CYCLES and 1 <= number <= len(_CYCLES[style]):
        return _CYCLES[style][number - 1]
    if style in _COUNTING and 0 < number < 10_000:
        text = _han(number, _DIGITS, _UNITS)
        return text[1:] if text.startswith("一十") else text
    if style in _LEGALS and 0 < number < 10_000:
        return _han(number, _LEGAL, _LEGAL_UNITS)
    return str(number)


def _letters(number: int, first: str) -> str:
    """Letters from `first` on, then each doubled (z, aa, bb), as word processors count."""
    if number < 1 or number > 26 * 30:
        return str(number)
    return chr(ord(first) + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    if not 1 <= number <= _LONGEST_ROMAN:
        return str(number)
    parts = []
    for amount, letters in _ROMAN:
        count, number = divmod(number, amount)
        parts.append(letters * count)
    return "".join(parts)


def _ordinal_ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _han(number: int, digits: str, units: tuple[str, ...]) -> str:
    """一百零四 for 104, with 零 for digits that are skipped between others."""
    parts: list[str] = []
    is_gap = False
    for place, digit in enumerate(str(number)):
        unit = units[len(str(number)) - 1 - place]
        if digit == "0":
            is_gap = True
            continue
        parts.append("零" * (is_gap and bool(parts)) + digits[int(digit)] + unit)
        is_gap = False
    return "".join(parts)
