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


def guides_still(guides: Sequence[Guide], axis: Axis, width: float, beside: tuple[float, float]) -> Still:
    """The words over the lines: beside each other, away from each other, where both fit; else one above the other, each
    within the image. width: of the axis, px; beside: room on its left and on its right.
    """
    inside = sorted((guide for guide in guides if axis.holds(guide.value)), key=lambda guide: guide.value)
    places = [(guide, axis.share(guide.value) * width, _style(guide)) for guide in inside if guide.words]
    if len(places) == 2:
        (left, x0, style0), (right, x1, style1) = places
        if length(left.words, style0) + 4 <= x0 and length(right.words, style1) + 4 <= width - x1:
            words = line(left.words, x0 - 4, 13.0, style0, "end") + line(right.words, x1 + 4, 13.0, style1)
            return Still(words, width, 20.0)
    drawn = []
    for i, (guide, x, style) in enumerate(places):
        long = length(guide.words, style)
        start = min(max(x - long / 2, -beside[0]), width + beside[1] - long)
        drawn.append(line(guide.words, start, 13.0 + i * _LINE, style))
    return Still(joined(drawn), width, 20.0 + max(len(places) - 1, 0) * _LINE)


def _style(guide: Guide) -> Style:
    return REFERENCE if guide.kind == "reference" else HEAD


def ticks_still(axis: Axis, write: Callable[[float], str], width: float) -> Still:
    """The ticks in words, each under its value. width: of the axis, px."""
    ticks = [
        line(write(value), axis.share(value) * width, 13.0, HEAD, "middle")
        for value in spaced_ticks(axis, write, width, _LETTER)
    ]
    return Still(joined(ticks), width, 18.0)
