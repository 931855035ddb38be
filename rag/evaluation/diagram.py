"""The reliability diagram as SVG that stands in an HTML page and takes its colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.evaluation.reliability import Bin

SIDE = 240  # length of each axis, in units of the drawing
_LEFT, _TOP, _RIGHT, _BOTTOM = 40, 18, 12, 40
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def reliability_diagram(bins: Sequence[Bin]) -> str:
    """An `<svg>`: share right over confidence, a bar with its count for each bin that has answers.

    A dot stands at the mean confidence of its bin; the diagonal is where both are the same. The
    figures belong in a table beside it: read aloud, the drawing is its title alone.
    """
    width, height = _LEFT + SIDE + _RIGHT, _TOP + SIDE + _BOTTOM
    filled = [each for each in bins if each.right.total]
    return (
        f'<svg class="diagram" viewBox="0 0 {width} {height}" role="img"'
        ' aria-labelledby="reliability"><title id="reliability">Reliability diagram: share of'
        " right answers over confidence</title>"
        + "".join((*_axes(), *map(_bar, filled)))
        + f'<line class="even" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
        + "".join(map(_dot, filled))
        + "</svg>"
    )


def _x(value: float) -> str:
    return f"{_LEFT + value * SIDE:g}"


def _y(value: float) -> str:
    return f"{_TOP + (1 - value) * SIDE:g}"


def _axes() -> Iterator[str]:
    for tick in _TICKS:
        yield f'<line class="grid" x1="{_x(0)}" y1="{_y(tick)}" x2="{_x(1)}" y2="{_y(tick)}"/>'
        yield f'<text x="{_LEFT - 6}" y="{_y(tick)}" dy="4" text-anchor="end">{tick:.1f}</text>'
        yield f'<text x="{_x(tick)}" y="{_TOP + SIDE + 16}" text-anchor="middle">{tick:.1f}</text>'
    middle = _TOP + SIDE / 2
    yield f'<text x="{_x(0.5)}" y="{_TOP + SIDE + 34}" text-anchor="middle">confidence</text>'
    yield (
        f'<text x="10" y="{middle:g}" text-anchor="middle" transform="rotate(-90 10 {middle:g})">'
        "share right</text>"
    )


def _bar(each: Bin) -> str:
    right = each.right.value or 0.0
    width, height = (each.end - each.start) * SIDE - 2, right * SIDE
    middle = (each.start + each.end) / 2
    return (
        f'<rect class="bar" x="{_LEFT + each.start * SIDE + 1:g}" y="{_y(right)}"'
        f' width="{width:g}" height="{height:g}"/>'
        f'<text x="{_x(middle)}" y="{_y(right)}" dy="-5" text-anchor="middle">'
        f"{each.right.total}</text>"
    )


def _dot(each: Bin) -> str:
    confidence, right = each.confidence.value or 0.0, each.right.value or 0.0
    return f'<circle class="dot" cx="{_x(confidence)}" cy="{_y(right)}" r="3.5"/>'
