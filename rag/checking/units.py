"""Units of money, measure and time, as they are written in Chinese and English."""

from __future__ import annotations

import re

from rag.language.tables import table

MONTH = 2629800  # seconds
UNITS = tuple((row[0], float(row[1]), row[2]) for row in table("units"))
"""Dimension, worth in its base unit, pattern of how it is written behind a number."""
UNIT = re.compile(
    f"[多余几]?[ -]?(?:{'|'.join(f'(?P<u{n}>{unit[2]})' for n, unit in enumerate(UNITS))})"
)
BEFORE = (
    ("HKD", re.compile(r"hk\$ ?$")),
    ("USD", re.compile(r"(?:us\$|usd|\$) ?$")),
    ("EUR", re.compile(r"(?:€|eur) ?$")),
    ("GBP", re.compile(r"(?:£|gbp) ?$")),
    ("CNY", re.compile(r"(?:¥|rmb|cny|人民币) ?$")),
    ("age", re.compile(r"\bage[d]? $")),
)
MONEY = frozenset("USD HKD EUR GBP JPY KRW INR RUB CNY".split())
HALVES = {
    "小时": 3600, "钟头": 3600, "天": 86400, "日": 86400, "月": MONTH, "年": 31557600,
    "世纪": 3155760000, "hour": 3600, "day": 86400, "month": MONTH, "year": 31557600,
    "century": 3155760000,
}  # fmt: skip
