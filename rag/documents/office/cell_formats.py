"""A cell's value as its sheet shows it: 12.5%, ¥1,200.00, 2025年3月."""

from __future__ import annotations

import datetime
import re

_SECTION = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')  # not within quotes
_LOCALE = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_BRACKETS = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)  # colours and conditions
_FILLER = re.compile(r"[_*].")
_DIGITS = re.compile(r"[#0?](?:[#0?,. ]*[#0?])?")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DATE_PART = re.compile(
    r'"([^"]*)"|\\(.)|(AM/PM|上午/下午)|(y{2,4}|e|m{1,5}|d{1,4}|a{3,4}|h{1,2}|s{1,2})|(.)',
    re.IGNORECASE,
)
_WEEKDAYS = "一二三四五六日"
_LONGEST = 15  # significant digits that a sheet keeps


def shown(value: object, style: str) -> str:
    """`value` as a number format such as `0.0%` shows it; a value without one plainly."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, style)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return _date(value, style)
    return str(value)


def _number(value: float, style: str) -> str:
    sections = _SECTION.split(style)
    is_negative = value < 0
    if is_negative and len(sections) > 1:
        style, value = sections[1], -value
    else:
        style = sections[2] if value == 0 and len(sections) > 2 else sections[0]
    style = _FILLER.sub("", _BRACKETS.sub("", _LOCALE.sub(r"\1", style)))
    quoted = list(_LITERAL.finditer(style))
    bare = _LITERAL.sub(lambda match: "\0" * len(match[0]), style)
    digits = _DIGITS.search(bare)
    if digits is None or re.search(r"(?i)general|E[+-]|/", bare):
        words = "".join(match[1] or match[2] or "" for match in quoted)
        return words if quoted and digits is None and "eneral" not in bare else _plain(value)
    percent = "%" in bare
    before, after = style[: digits.start()], style[digits.end() :]
    amount = value * 100 if percent else value
    thousands = len(after) - len(after.lstrip(","))
    text = _with_decimals(amount / 1000**thousands, digits[0])
    return _LITERAL.sub(_literal, before) + text + _LITERAL.sub(_literal, after.lstrip(","))


def _literal(match: re.Match[str]) -> str:
    return match[1] if match[1] is not None else match[2]


def _with_decimals(value: float, digits: str) -> str:
    """`value` with as many decimals as `digits` has, such as `#,##0.00`."""
    whole, _, fraction = digits.partition(".")
    least, most = fraction.count("0"), len(fraction.replace(" ", ""))
    text = f"{value:{',' if ',' in whole else ''}.{most}f}"
    for _ in range(most - least):
        text = text[:-1] if text.endswith("0") else text
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    number, dot, decimals = text.partition(".")
    if "," not in whole:
        number = number.rjust(whole.count("0"), "0")
    return sign + number + (dot + decimals if decimals else "")


def _plain(value: float) -> str:
    text = f"{value:.{_LONGEST}g}" if isinstance(value, float) else str(value)
    return f"{value:.0f}" if "e+" in text and value == int(value) else text


def _date(value: datetime.datetime | datetime.date | datetime.time, style: str) -> str:
    """A date in the order and with the words of `style`; months and weekdays in figures."""
    moment = value if isinstance(value, datetime.datetime) else None
    if isinstance(value, datetime.time):
        moment = datetime.datetime.combine(datetime.date(1900, 1, 1), value)
    elif moment is None:
        moment = datetime.datetime.combine(value, datetime.time())
    style = _BRACKETS.sub("", _LOCALE.sub("", _SECTION.split(style)[0]))
    style = re.sub(r"\[([hms]+)\]", r"\1", style, flags=re.IGNORECASE)
    matches = list(_DATE_PART.finditer(_FILLER.sub("", style)))
    if style.lower() == "general" or not any(match[4] for match in matches):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    kinds = [(match[4] or "")[:1].lower() for match in matches]
    is_half_day = any(match[3] for match in matches)
    parts = []
    for place, match in enumerate(matches):
        if match[3]:
            parts.append("PM" if moment.hour >= 12 else "AM")
        elif match[4]:
            near = _neighbours(kinds, place)
            parts.append(_date_part(match[4].lower(), moment, near, is_half_day))
        else:
            parts.append(match[1] or match[2] or match[5] or "")
    return "".join(parts).strip()


def _neighbours(kinds: list[str], place: int) -> str:
    """The parts of the date before and after one: an m behind h or before s is a minute."""
    before = next((kind for kind in reversed(kinds[:place]) if kind), "")
    after = next((kind for kind in kinds[place + 1 :] if kind), "")
    return before + after


def _date_part(part: str, moment: datetime.datetime, near: str, is_half_day: bool) -> str:
    kind, width = part[0], len(part)
    if kind in "ye":
        return f"{moment.year:04}" if width > 2 or kind == "e" else f"{moment.year % 100:02}"
    if kind == "a" or (kind == "d" and width > 2):
        return ("星期" if width > 3 else "") + _WEEKDAYS[moment.weekday()]
    if kind == "m" and (near.startswith("h") or near.endswith("s")):
        return f"{moment.minute:0{width}}"
    hour = (moment.hour % 12 or 12) if is_half_day else moment.hour
    number = {"m": moment.month, "d": moment.day, "h": hour, "s": moment.second}[kind]
    return f"{number:0{min(width, 2)}}"
