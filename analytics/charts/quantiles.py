"""How far firms differ: dots that are each the mean of about ten firms in order, stacked in bins; never one firm."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, nice_step, ticks
from analytics.charts.kit.canvas import PANEL_WIDTH, Canvas, Stamp
from analytics.charts.kit.interval import least_value
from analytics.charts.kit.value_format import ValueFormat
from analytics.charts.kit.words import BREAK, bold, flow, lay_out, safe, width, wrap
from analytics.language.text import Text
from analytics.model import Unit

_DOT = 14.0  # px
_LEAST_DOT = 9.0  # px; bins grow before dots become smaller
_DOT_GAP = 1.0  # px between two dots
_BIN_STEPS = (0.05, 0.10, 0.20, 0.25, 0.50, 1.0)
_FAR_FROM = 2.0  # dots beyond this value stand in one pile
_ROUNDING = 1e-9
_TALLEST_PILE = 210.0  # px
_LEAST_HEIGHT = 84.0  # px of the plot
_AROUND_MEDIAN = 1.5  # times the median: how far the range reaches where the median stands alone
_AROUND_ZERO = 0.2  # the range reaches at least so far on both sides


@dataclass(frozen=True, slots=True)
class _Bins:
    """Bins of dots. step: width of a bin; size: of a dot, in px; low, high: ends of the axis; beyond: where the pile of
    far dots stands, None without any.
    """

    step: float
    size: float
    low: float
    high: float
    beyond: float | None

    def middle(self, value: float) -> float:
        """The middle of a value's bin."""
        if self.beyond is not None and value > _FAR_FROM + _ROUNDING:
            return self.beyond
        return _middle(min(max(value, self.low), _FAR_FROM), self.step)


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
    """The distribution of firms' changes less that of the typical comparison firm, as stacked dots, with the median;
    without dots, the median alone.

    dots: each the mean of at least `per_dot` firms in ascending order, rounded to 5 points; n: number of firms; what
    lies beyond +200% stands in one pile. Raises ValueError on NaN and infinity.
    """
    if not all(math.isfinite(value) for value in (*dots, median)):
        raise ValueError("a spread needs finite numbers")
    form = ValueFormat(unit, text)
    canvas = Canvas(PANEL_WIDTH, plot_height=_LEAST_HEIGHT, left=22, right=22, top=48, bottom=62)
    values = [*dots, median] if dots else [_AROUND_MEDIAN * median, median]
    bins = _bins(values, canvas.plot_width, least_value(form.scale))
    piles = _piles(dots, bins)
    tallest = max((place for _, place in piles), default=0)
    size = min(bins.size, _TALLEST_PILE / max(tallest, 1))
    canvas.plot_height = max(_LEAST_HEIGHT, (tallest + 1) * size)
    extent = Axis(bins.low, bins.high, nice_step(bins.high - bins.low, 5))
    median_at = bins.beyond if median > _FAR_FROM and bins.beyond is not None else max(median, bins.low)
    lines = [(0.0, text("chart.as_comparison"), ""), (median_at, text("chart.median"), form.value(median))]
    _draw_reference_lines(canvas, lines, extent)
    canvas.traces = [_dot_trace(piles, size) if piles else _median_trace(median_at, canvas.plot_height)]
    tick_words = _far_ticks(bins, extent, canvas, form)
    _write_axis(canvas, n, per_dot if piles else 0, text, deeper=bins.beyond is not None)
    canvas.stamp(stamp, text, tallest=56)
    return canvas.figure(
        xaxis={"range": (bins.low, bins.high)} | tick_words,
        yaxis={"range": (0, canvas.plot_height), "showticklabels": False},
    )


def _middle(value: float, step: float) -> float:
    """The middle of the bin, `step` wide, that a value falls in; what stands between two falls in the upper one."""
    return math.floor(value / step + 0.5 + _ROUNDING) * step


def _bins(values: Sequence[float], room: float, least: float) -> _Bins:
    """The narrowest bins in which dots of a legible size do not touch. room: width of the plot, in px; least: the
    smallest value that exists.
    """
    far = any(value > _FAR_FROM + _ROUNDING for value in values)
    inside = [min(max(value, least), _FAR_FROM) for value in values]
    low, high = min([*inside, -_AROUND_ZERO]), max([*inside, _AROUND_ZERO])
    for step in _BIN_STEPS:
        last = _FAR_FROM if far else _middle(high, step)
        beyond = last + 2 * step if far else None
        left, right = _middle(low, step) - 0.6 * step, (beyond or last) + 0.6 * step
        px = room * step / (right - left)
        if px >= _LEAST_DOT + _DOT_GAP:
            break
    return _Bins(step, min(_DOT, px - _DOT_GAP), left, right, beyond)


def _piles(dots: Sequence[float], bins: _Bins) -> list[tuple[float, int]]:
    """Each dot's middle of its bin, and its place in the pile, counted from 1."""
    piles: Counter[float] = Counter()
    placed = []
    for value in sorted(dots):
        middle = bins.middle(value)
        piles[middle] += 1
        placed.append((middle, piles[middle]))
    return placed


def _dot_trace(piles: Sequence[tuple[float, int]], size: float) -> Keys:
    marker: Keys = {"size": size, "color": palette.BLUE, "line": {"width": 0}, "opacity": 1}
    heights = [(place - 0.5) * size for _, place in piles]
    return {"x": [x for x, _ in piles], "y": heights, "mode": "markers", "marker": marker, "cliponaxis": False}


def _median_trace(at: float, plot_height: float) -> Keys:
    """The median alone, where firms are too few for dots."""
    marker: Keys = {
        "size": 17,
        "symbol": "diamond",
        "color": palette.BLUE,
        "line": {"color": palette.WHITE, "width": 2},
    }
    return {"x": [at], "y": [plot_height / 2], "mode": "markers", "marker": marker, "cliponaxis": False}


def _draw_reference_lines(canvas: Canvas, lines: Sequence[tuple[float, str, str]], extent: Axis) -> None:
    """Draw zero and the median, each (value, name, figure), with their words above, kept apart."""
    targets = [extent.share(x) * canvas.plot_width for x, _, _ in lines]
    sizes = [max(width(name, palette.TICK), width(figure, palette.TICK, heavy=True)) for _, name, figure in lines]
    low, high = 4 - canvas.left, canvas.plot_width + canvas.right - 4
    centres = lay_out(targets, sizes, low, high, 10)
    colours = (palette.INK, palette.BLUE)
    for (x, name, figure), colour, target, centre in zip(lines, colours, targets, centres, strict=True):
        canvas.rule((x, x), (0, 1), color=colour, width=1.5, yref="paper")
        words = BREAK.join([safe(name), *([bold(safe(figure))] if figure else [])])
        shift: Keys = {"xshift": centre - target, "yshift": 5, "yanchor": "bottom", "yref": "paper"}
        canvas.write(words, x, 1, color=palette.GREY_TEXT if colour == palette.INK else colour, **shift)


def _far_ticks(bins: _Bins, extent: Axis, canvas: Canvas, form: ValueFormat) -> Keys:
    """Plotly's keys for ticks at round values, and for what the pile of far dots is."""
    labelled = [(value, form.value(value)) for value in extent.ticks() if value <= _FAR_FROM + _ROUNDING]
    if bins.beyond is None:
        return ticks([value for value, _ in labelled], [words for _, words in labelled])
    pile = form.text("chart.or_more", value=form.value(_FAR_FROM)).split("|")
    pile_width = max(width(part, palette.TICK) for part in pile)
    scale = canvas.plot_width / (extent.high - extent.low)
    kept = [
        (value, words)
        for value, words in labelled
        if (bins.beyond - value) * scale > (pile_width + width(words, palette.TICK)) / 2 + 6
    ]
    return ticks(
        [*(value for value, _ in kept), bins.beyond], [*(words for _, words in kept), BREAK.join(map(safe, pile))]
    )


def _write_axis(canvas: Canvas, n: int, per_dot: int, text: Text, *, deeper: bool) -> None:
    """Write what the axis and a dot are under the ticks. per_dot: 0 without dots; deeper: ticks of two lines."""
    parts = [text.count("chart.firms", n)]
    if per_dot:
        parts.append(text("chart.per_dot", firms=text.count("chart.firms", per_dot)))
    room = canvas.width - 8
    lines = [*wrap(text("chart.spread_axis"), palette.TICK, room), *flow(parts, palette.TICK, room)]
    down = 26 + (palette.TICK_LINE if deeper else 0)
    place: Keys = {"xref": "paper", "yref": "paper", "yanchor": "top", "yshift": -down, "color": palette.GREY_TEXT}
    canvas.write(BREAK.join(map(safe, lines)), 0, 0, anchor="left", xshift=4 - canvas.left, **place)
    canvas.bottom += len(lines) * palette.TICK * palette.LINE_HEIGHT + down - 24


def spread_alt(
    dots: Sequence[float], *, median: float, n: int, text: Text, per_dot: int, unit: str = Unit.FRACTION
) -> str:
    """The same in words: the median, and how many dots stand below, at and above the typical comparison firm."""
    form = ValueFormat(unit, text)
    sentences = [text("chart.alt.median", value=form.value(median), firms=text.count("chart.firms", n))]
    if dots:
        counts = {
            "below": sum(dot < 0 for dot in dots),
            "at": sum(dot == 0 for dot in dots),
            "above": sum(dot > 0 for dot in dots),
        }
        ends = {"low": form.value(min(dots)), "high": form.value(max(dots))}
        each = text("chart.per_dot", firms=text.count("chart.firms", per_dot))
        sentences.append(text("chart.alt.spread", n=len(dots), each=each, **counts, **ends))
    return " ".join(sentences)
