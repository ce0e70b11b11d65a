"""How far firms differ: dots that are each the mean of about ten firms in order, stacked in bins; never one firm."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, nice_step, ticks
from analytics.charts.kit.canvas import Canvas, Stamp
from analytics.charts.kit.measure import Measure
from analytics.charts.kit.words import BREAK, bold, flow, safe, width, wrap
from analytics.charts.kit.words import lay_out as kept_apart
from analytics.language.text import Text
from analytics.model import Unit

_WIDTH = 300.0
_DOT = 14.0
_LEAST_DOT = 9.0  # below it, bins grow before dots shrink
_STEPS = (0.05, 0.10, 0.20, 0.25, 0.50, 1.0)  # of bins
_FAR = 2.0  # what lies beyond is one pile
_LEAST = -1.0
_HIGH = 210.0  # the tallest pile, px
_LOW = 84.0  # the least height of the plot
_FULL = 1e-9
_AIR = 1.0  # px between two dots
_AROUND = 1.5  # times the median, where it stands alone
_AROUND_ZERO = 0.2  # the range reaches at least so far on both sides


@dataclass(frozen=True, slots=True)
class _Bins:
    """Width of a bin, size of a dot in px, and the range of bins; beyond: where the pile of far dots stands."""

    step: float
    size: float
    low: float
    high: float
    beyond: float | None

    def of(self, value: float) -> float:
        """The middle of a value's bin."""
        if self.beyond is not None and value > _FAR + _FULL:
            return self.beyond
        held = min(max(value, self.low), _FAR)
        return math.floor(held / self.step + 0.5 + _FULL) * self.step


def spread(
    dots: Sequence[float],
    *,
    median: float,
    n: int,
    stamp: Stamp,
    text: Text,
    per_dot: int,
    unit: str = Unit.FRACTION,
) -> go.Figure:
    """Firms less the typical comparison firm, as stacked dots, with the median firm; without dots, the median alone.

    dots: each the mean of at least `per_dot` firms in order, rounded to 5 points; n: firms; what lies beyond +200%
    stands in one pile.
    """
    if not all(math.isfinite(value) for value in (*dots, median)):
        raise ValueError("a spread needs finite numbers")
    measure = Measure(unit, text)
    canvas = Canvas(_WIDTH, plot_height=_LOW, left=22, right=22, top=48, bottom=62)
    bins = _bins(
        [*dots, median] if dots else [_AROUND * median, median],
        canvas.plot_width,
        _LEAST if measure.scale == "ratio" else -math.inf,
    )
    piles = _piles(dots, bins)
    tallest = max((place for _, place in piles), default=0)
    size = min(bins.size, _HIGH / max(tallest, 1))
    canvas.plot_height = max(_LOW, (tallest + 1) * size)
    extent = Axis(bins.low, bins.high, nice_step(bins.high - bins.low, 5))
    at = bins.beyond if median > _FAR and bins.beyond is not None else max(median, bins.low)
    _lines(canvas, [(0.0, text("chart.as_comparison"), ""), (at, text("chart.median"), measure.value(median))], extent)
    canvas.traces = [_dots(piles, size) if piles else _alone(at, canvas.plot_height)]
    named = _ticks(bins, extent, canvas, measure)
    _below(canvas, n, per_dot if piles else 0, text, deeper=bins.beyond is not None)
    canvas.stamp(stamp, text, tallest=56)
    return canvas.figure(
        xaxis={"range": (bins.low, bins.high)} | named,
        yaxis={"range": (0, canvas.plot_height), "showticklabels": False},
    )


def _bins(values: Sequence[float], room: float, least: float) -> _Bins:
    """The narrowest bins in which dots of a good size do not touch."""
    far = any(value > _FAR + _FULL for value in values)
    held = [min(max(value, least), _FAR) for value in values]
    low, high = min([*held, -_AROUND_ZERO]), max([*held, _AROUND_ZERO])
    for step in _STEPS:
        last = _FAR if far else math.floor(high / step + 0.5) * step
        beyond = last + 2 * step if far else None
        left, right = math.floor(low / step + 0.5) * step - 0.6 * step, (beyond or last) + 0.6 * step
        px = room * step / (right - left)
        if px >= _LEAST_DOT + _AIR:
            break
    return _Bins(step, min(_DOT, px - _AIR), left, right, beyond)


def _piles(dots: Sequence[float], bins: _Bins) -> list[tuple[float, int]]:
    """Each dot's bin, and its place in the pile from 1."""
    piles: Counter[float] = Counter()
    placed = []
    for value in sorted(dots):
        middle = bins.of(value)
        piles[middle] += 1
        placed.append((middle, piles[middle]))
    return placed


def _dots(piles: Sequence[tuple[float, int]], size: float) -> Keys:
    marker: Keys = {"size": size, "color": palette.BLUE, "line": {"width": 0}, "opacity": 1}
    heights = [(place - 0.5) * size for _, place in piles]
    return {"x": [x for x, _ in piles], "y": heights, "mode": "markers", "marker": marker, "cliponaxis": False}


def _alone(at: float, plot_height: float) -> Keys:
    """The median, where firms are too few for dots."""
    marker: Keys = {
        "size": 17,
        "symbol": "diamond",
        "color": palette.BLUE,
        "line": {"color": palette.WHITE, "width": 2},
    }
    return {"x": [at], "y": [plot_height / 2], "mode": "markers", "marker": marker, "cliponaxis": False}


def _lines(canvas: Canvas, lines: Sequence[tuple[float, str, str]], extent: Axis) -> None:
    """Zero and the median, with words above, kept apart."""
    at = [extent.share(x) * canvas.plot_width for x, _, _ in lines]
    sizes = [max(width(name, palette.TICK), width(figure, palette.TICK, heavy=True)) for _, name, figure in lines]
    low, high = 4 - canvas.left, canvas.plot_width + canvas.right - 4
    centres = kept_apart(at, sizes, low, high, 10)
    colours = (palette.INK, palette.BLUE)
    for (x, name, figure), colour, wanted, centre in zip(lines, colours, at, centres, strict=True):
        canvas.rule((x, x), (0, 1), color=colour, width=1.5, yref="paper")
        words = BREAK.join([safe(name), *([bold(safe(figure))] if figure else [])])
        shift: Keys = {"xshift": centre - wanted, "yshift": 5, "yanchor": "bottom", "yref": "paper"}
        canvas.write(words, x, 1, color=palette.GREY_TEXT if colour == palette.INK else colour, **shift)


def _ticks(bins: _Bins, extent: Axis, canvas: Canvas, measure: Measure) -> Keys:
    """Round values, and what the pile of far dots is."""
    named = [(value, measure.value(value)) for value in extent.ticks() if value <= _FAR + _FULL]
    if bins.beyond is None:
        return ticks([value for value, _ in named], [words for _, words in named])
    pile = measure.text("chart.or_more", value=measure.value(_FAR)).split("|")
    wide = max(width(part, palette.TICK) for part in pile)
    scale = canvas.plot_width / (extent.high - extent.low)
    kept = [
        (value, words)
        for value, words in named
        if (bins.beyond - value) * scale > (wide + width(words, palette.TICK)) / 2 + 6
    ]
    return ticks([*(v for v, _ in kept), bins.beyond], [*(words for _, words in kept), BREAK.join(map(safe, pile))])


def _below(canvas: Canvas, n: int, per_dot: int, text: Text, *, deeper: bool) -> None:
    """What the axis and a dot are, under the ticks."""
    parts = [text.count("chart.firms", n)]
    if per_dot:
        parts.append(text("chart.per_dot", firms=text.count("chart.firms", per_dot)))
    room = canvas.width - 8
    lines = [*wrap(text("chart.spread_axis"), palette.TICK, room), *flow(parts, palette.TICK, room)]
    down = 26 + (palette.TICK * palette.LINE_HEIGHT if deeper else 0)
    place: Keys = {"xref": "paper", "yref": "paper", "yanchor": "top", "yshift": -down, "color": palette.GREY_TEXT}
    canvas.write(BREAK.join(map(safe, lines)), 0, 0, anchor="left", xshift=4 - canvas.left, **place)
    canvas.bottom += len(lines) * palette.TICK * palette.LINE_HEIGHT + down - 24


def spread_alt(
    dots: Sequence[float], *, median: float, n: int, text: Text, per_dot: int, unit: str = Unit.FRACTION
) -> str:
    """The same in words: the median, and how many dots stand below, at and above the typical comparison firm."""
    measure = Measure(unit, text)
    said = [text("chart.alt.median", value=measure.value(median), firms=text.count("chart.firms", n))]
    if dots:
        counts = {"below": sum(v < 0 for v in dots), "at": sum(v == 0 for v in dots), "above": sum(v > 0 for v in dots)}
        ends = {"low": measure.value(min(dots)), "high": measure.value(max(dots))}
        each = text("chart.per_dot", firms=text.count("chart.firms", per_dot))
        said.append(text("chart.alt.spread", n=len(dots), each=each, **counts, **ends))
    return " ".join(said)
