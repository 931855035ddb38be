"""Units of money, measure and time, as they are written in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Sequence

MONTH = 2629800  # seconds


# (dimension, worth in its base unit, how it is written behind a number)
UNITS: Sequence[tuple[str, float, str]] = (
    ("points", 1, r"个?百分点|percentage[- ]points?\b"),
    ("%", 1, r"%|percent\b|per cent\b|pct\b"),
    ("USD", 1, r"美[元金]|(?:u\.?s\.? )?dollars?\b|usd\b"),
    ("HKD", 1, r"港[元币]|hong kong dollars?\b|hkd\b"),
    ("EUR", 1, r"欧元|euros?\b|eur\b"),
    ("GBP", 1, r"英镑|pounds?(?: sterling)?\b|gbp\b"),
    ("JPY", 1, r"日[元圆]|(?:japanese )?yen\b|jpy\b"),
    ("KRW", 1, r"韩[元币圆]|(?:south )?(?:korean )?won\b|krw\b"),
    ("INR", 1, r"(?:印度)?卢比|(?:indian )?rupees?\b|inr\b"),
    ("RUB", 1, r"卢布|rou?bles?\b"),
    ("CNY", 1, r"人民币|元(?![素件旦首老月])|块钱|(?:chinese )?yuan\b|renminbi\b|rmb\b|cny\b"),
    ("m2", 1e6, r"平方(?:公里|千米)|square kilomet(?:re|er)s?\b|sq ?km\b|km2\b"),
    ("m2", 1, r"平方米|平米|square met(?:re|er)s?\b|m2\b"),
    ("m2", 2000 / 3, r"亩|mu\b"),
    ("m2", 1e4, r"公顷|hectares?\b"),
    ("kg", 1e3, r"公?吨|(?:metric )?ton(?:ne)?s?\b"),
    ("kg", 1, r"公斤|千克|kilograms?\b|kilos?\b|kg\b"),
    ("kg", 0.5, r"斤"),
    ("kg", 1e-3, r"克(?![里拉])|grams?\b"),
    ("m", 1e3, r"公里|千米|kilomet(?:re|er)s?\b|km\b"),
    ("m", 1609.344, r"英里|miles?\b"),
    ("m", 0.01, r"厘米|centimet(?:re|er)s?\b|cm\b"),
    ("m", 1e-6, r"微米|micromet(?:re|er)s?\b|μm\b"),
    ("m", 1e-9, r"纳米|nanomet(?:re|er)s?\b|nm\b"),
    ("m", 1e-3, r"毫米|millimet(?:re|er)s?\b|mm\b"),
    ("m", 0.3048, r"英尺|feet\b|foot\b"),
    ("m", 1, r"米(?![饭粉其])|met(?:re|er)s?\b"),
    ("V", 1e-3, r"毫伏|millivolts?\b|mv\b"),
    ("V", 1, r"伏特?|volts?\b|v\b"),
    ("W", 1e6, r"兆瓦|megawatts?\b|mw\b"),
    ("W", 1e3, r"千瓦|kilowatts?\b|kw\b"),
    ("byte", 1e12, r"tb\b|terabytes?\b"),
    ("byte", 1e9, r"gb?\b|gigabytes?\b"),
    ("byte", 1e6, r"mb\b|megabytes?\b"),
    ("bit/s", 1e9, r"gbps\b|gbit/s\b|gb/s\b"),
    ("bit/s", 1e6, r"mbps\b|mbit/s\b|mb/s\b|兆(?!瓦)"),
    ("bit/s", 1e3, r"kbps\b|kbit/s\b|kb/s\b"),
    ("age", 1, r"周?岁|years? old\b|years? of age\b|year-olds?\b"),
    ("s", 10 * 31557600, r"decades?\b"),
    ("s", 31557600, r"周?年(?![月底初末代报中])|years?\b"),
    ("s", 7889400, r"个?季度?|quarters?\b"),
    ("s", MONTH, r"个多?月|months?\b"),
    ("s", 604800, r"周(?![岁边一二三四五六日])|个?(?:星期|礼拜)|weeks?\b"),
    ("s", 86400, r"天(?![津猫气空然])|日(?![本元])|days?\b"),
    ("s", 3600, r"个?多?(?:小时|钟头)|hours?\b"),
    ("s", 60, r"分钟|minutes?\b"),
    ("s", 1, r"秒|seconds?\b"),
    ("times", 1, r"倍|times\b|fold\b"),
    ("degrees", 1, r"摄氏度|度(?![过假])|℃|degrees?\b"),
)


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
