"""A plot as an image: marks in px, its words as outlines, with as much room around it as they take."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from analytics.charts.kit.markup import element, joined, number
from analytics.charts.kit.outlines import BLUE, BOLD, GREY, Style, length, line, paragraph, wrapped
from analytics.charts.kit.plot import LABEL_LINE, Box, End, Leaving, Plot, Tick, kept_apart
from analytics.charts.kit.still import WATERMARK, Still, at

AWARD: Final = "#A8420B"
SMALL_WATERMARK: Final = replace(WATERMARK, size=12.0, tracking=0.1)
_LEADING: Final = 18.0  # px of a line of words above or below a plot
_END_SHARE, _WIDEST_END = 0.25, 190.0  # of the words where lines end: share of the width, and px, at most
_APART: Final = 10.0  # px between two times
_MIDDLE: Final = 0.34  # of the size: from the baseline to the middle of a line of digits


@dataclass(frozen=True, slots=True)
class Lettering:
    """How the words around a plot are set. mark: the watermark; mark_right: the room on its right, a share of the
    plot's width; least_left, least_right: room around the plot, px, at least.
    """

    tick: Style
    window: Style
    mark: Style
    mark_right: float
    least_left: float
    least_right: float


LARGE: Final = Lettering(Style(13, fill=GREY), Style(13, weight=BOLD, fill=GREY), WATERMARK, 0.08, 30.0, 12.0)
SMALL: Final = Lettering(Style(12, fill=GREY), Style(12, fill=GREY), SMALL_WATERMARK, 0.02, 22.0, 4.0)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the plot lies in the image, px."""

    left: float
    top: float
    box: Box


def plot_still(plot: Plot, width: float, lettering: Lettering = LARGE) -> Still:
    """A plot with all its words, as wide as asked."""
    widest = min(_END_SHARE * width, _WIDEST_END)
    left = max([lettering.least_left, *(length(tick.words, lettering.tick) + 8 for tick in plot.values)])
    ends = [_WrittenEnd.of(end, widest) for end in plot.ends]
    right = max([lettering.least_right, *(end.width + 10 for end in ends)])
    box = Box(width - left - right, plot.height)
    placed = [(ends[i], top) for i, top in kept_apart(plot.ends, [end.lines for end in ends], box.height)]
    above = wrapped(plot.above, box.width, Style(13)) if plot.above else []
    first = min([0.0, *(top - 12 for _, top in placed)])  # names that are pushed up beyond the plot
    head = max(len(above) * _LEADING + (4 if above else 0), 20.0 if plot.over else 0.0, -first) + 6.0
    frame = _Frame(left, head, box)
    foot = max([_LEADING + 6.0, *(top - box.height + end.height for end, top in placed)])
    below = wrapped(plot.below, width, lettering.tick) if plot.below else []
    parts = [
        paragraph(above, left + box.width / 2, 14.0, Style(13, fill=AWARD), _LEADING, "middle"),
        at(joined(_inside(plot, box, lettering)), left, head),
        *(at(end.svg, left + box.width + 10, head + top) for end, top in placed),
        *_axis_words(plot, frame, lettering),
        paragraph(below, 0.0, head + box.height + foot + 14.0, lettering.tick, _LEADING),
    ]
    return Still(joined(parts), width, head + box.height + foot + len(below) * _LEADING + (4.0 if below else 0.0))


def _inside(plot: Plot, box: Box, lettering: Lettering) -> list[Markup]:
    """Marks, arrows, words within the plot, in its own px."""
    mark = (plot.data_mark or "", box.width * (1 - lettering.mark_right), box.height - 7)
    return [
        element("g", plot.draw(box), class_="curves"),
        *(_arrow(arrow, box) for arrow in plot.leaving),
        *(line(tick.words, _clear(tick, plot, box, lettering), 16.0, lettering.window) for tick in plot.windows),
        line(*mark, lettering.mark, "end"),
    ]


def _clear(tick: Tick, plot: Plot, box: Box, lettering: Lettering) -> float:
    """Where words at the top begin: behind upright lines that would cross them."""
    start, long = tick.at * box.width + 8, length(tick.words, lettering.window) + 8
    for x in sorted(share * box.width for share in plot.uprights):
        if start - 8 < x < start + long:
            start = x + 8
    return start


def _axis_words(plot: Plot, frame: _Frame, lettering: Lettering) -> list[Markup]:
    """Values on the left, times below, what stands over a place."""
    style, box = lettering.tick, frame.box
    middle = _MIDDLE * style.size
    return [
        *(
            line(tick.words, frame.left - 8, frame.top + tick.at * box.height + middle, style, "end")
            for tick in plot.values
        ),
        *(
            line(tick.words, frame.left + tick.at * box.width, frame.top + box.height + style.size + 5, style, "middle")
            for tick in _spaced(plot.times, box.width, style)
        ),
        *(
            line(tick.words, frame.left + tick.at * box.width, frame.top - 6, Style(13, fill=AWARD), "middle")
            for tick in plot.over
        ),
    ]


def _spaced(ticks: Sequence[Tick], width: float, style: Style) -> Sequence[Tick]:
    """As many of the times as stand apart."""
    if len(ticks) < 2:
        return ticks
    widest = max(length(tick.words, style) for tick in ticks) + _APART
    least = min(b.at - a.at for a, b in pairwise(ticks)) * width
    return ticks[:: max(1, -int(-widest // max(least, 1.0)))]


def _arrow(arrow: Leaving, box: Box) -> Markup:
    side = 1 if arrow.side == "up" else -1
    place = f"translate({number(arrow.x * box.width)} {number(arrow.y * box.height)})"
    return element("path", class_="arrow", d=f"M-5 {9 * side}L0 0L5 {9 * side}Z", transform=place)


@dataclass(frozen=True, slots=True)
class _WrittenEnd:
    """The words where a line ends, laid out: the middle of the name's line at y = 0. lines: under the name."""

    svg: Markup
    width: float
    height: float
    lines: int

    @classmethod
    def of(cls, end: End, widest: float) -> "_WrittenEnd":
        fill = BLUE if "funded" in end.kind.split() else GREY
        bold, plain = Style(14, weight=BOLD, fill=fill), Style(12.5, fill=fill)
        names, under = wrapped(end.name, widest, bold), wrapped(end.under, widest, plain) if end.under else []
        svg = paragraph(names, 0.0, 4.8, bold, LABEL_LINE)
        svg += paragraph(under, 0.0, 4.8 + LABEL_LINE * len(names), plain, LABEL_LINE)
        widths = [*(length(name, bold) for name in names), *(length(words, plain) for words in under)]
        lines = len(names) - 1 + len(under)
        return cls(svg, max(widths, default=0.0), 8.0 + LABEL_LINE * lines, max(lines, 1))
