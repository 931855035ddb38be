"""The JSON of results, as the HTTP contract and `--json` show it: their fields, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

Shape = dict[str, Any]
_DIGITS = {"score": 4, "confidence": 4}
_TIMING_DIGITS = 2


def shape(result: Any) -> Shape:
    """A dataclass of `rag.types` as JSON: scores and confidence with four digits, timings with two.

    >>> from rag.types import InputReport
    >>> shape(InputReport("信.txt", "indexed", 1, 3))
    {'source': '信.txt', 'status': 'indexed', 'documents': 1, 'chunks': 3, 'reason': ''}
    """
    return _rounded(asdict(result))


def _rounded(fields: Mapping[str, Any]) -> Shape:
    return {name: _value(name, value) for name, value in fields.items()}


def _value(name: str, value: Any) -> Any:
    if name == "timings":
        return {stage: round(milliseconds, _TIMING_DIGITS) for stage, milliseconds in value.items()}
    if name in _DIGITS:
        return round(value, _DIGITS[name])
    if isinstance(value, dict):
        return _rounded(value)
    if isinstance(value, tuple):
        return [_value("", each) for each in value]
    return value
