"""The words of an axis of values in an image: over its lines to compare with, and under its ticks."""

from collections.abc import Callable, Sequence
from typing import Final

from analytics.charts.kit.axis import Axis
from analytics.charts.kit.markup import joined
from analytics.charts.kit.outlines import BLUE, GREY, SEMIBOLD, Style, length, line
from analytics.charts.kit.row import Guide, spaced_ticks
from analytics.charts.kit.still import Still

HEAD, REFERENCE = Style(13, fill=GREY), Style(13, weight=SEMIBOLD, fill=BLUE)
_LINE: Final = 17.0
_LETTER: Final = 7.0
_APART: Final = 12.0  # px between words on one line


def guides_still(guides: Sequence[Guide], axis: Axis, width: float, beside: tuple[float, float]) -> Still:
    """The words over the lines: beside each other, away from each other, where both fit; else each over its line,
    one above the other where they would touch. width: of the axis, px; beside: room on its left and on its right.
    """
    inside = sorted((guide for guide in guides if axis.holds(guide.value)), key=lambda guide: guide.value)
    places = [(guide, axis.share(guide.value) * width, _style(guide)) for guide in inside if guide.words]
    if len(places) == 2:
        (left, x0, style0), (right, x1, style1) = places
        if length(left.words, style0) + 4 <= x0 and length(right.words, style1) + 4 <= width - x1:
            words = line(left.words, x0 - 4, 13.0, style0, "end") + line(right.words, x1 + 4, 13.0, style1)
            return Still(words, width, 20.0)
    longs = [length(guide.words, style) for guide, _, style in places]
    starts = [_within(x - long / 2, long, width, beside) for (_, x, _), long in zip(places, longs, strict=True)]
    ends = [start + long + _APART for start, long in zip(starts, longs, strict=True)]
    step = 0.0 if all(end <= start for end, start in zip(ends, starts[1:], strict=False)) else _LINE
    drawn = [
        line(guide.words, start, 13.0 + i * step, style)
        for i, ((guide, _, style), start) in enumerate(zip(places, starts, strict=True))
    ]
    return Still(joined(drawn), width, 20.0 + max(len(places) - 1, 0) * step)


def _within(start: float, long: float, width: float, beside: tuple[float, float]) -> float:
    """Where words begin, so that they stay within the axis and the room beside it."""
    return min(max(start, -beside[0]), width + beside[1] - long)


def _style(guide: Guide) -> Style:
    return REFERENCE if guide.kind == "reference" else HEAD


def ticks_still(axis: Axis, write: Callable[[float], str], width: float, beside: tuple[float, float]) -> Still:
    """The ticks in words, each under its value. width, beside: see `guides_still`."""
    ticks = [(write(value), axis.share(value) * width) for value in spaced_ticks(axis, write, width, _LETTER)]
    longs = [length(words, HEAD) for words, _ in ticks]
    drawn = [
        line(words, _within(x - long / 2, long, width, beside), 13.0, HEAD)
        for (words, x), long in zip(ticks, longs, strict=True)
    ]
    return Still(joined(drawn), width, 18.0)
