"""The small pictures of the Overview's panels: what was observed before and after, and one estimate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from plotly import graph_objects as go

from analytics.charts import palette
from analytics.charts.axis import Axis, Keys
from analytics.charts.canvas import Canvas, Stamp
from analytics.charts.interval import PANEL, Mark, Scale, interval_traces, shared_axis
from analytics.charts.words import BREAK, bold, safe, spread, width
from analytics.text import Text

_WIDTH = 300.0
_PLOT = 94.0
_EDGE = 9.0  # between the ends of a slope and the plot's edges
_MIDDLE = 0.46 * _PLOT  # of the interval, from the top
_WALL = 5.0  # between figures and the zero line
_ONE_LINE = 124.0  # the longest words beside a slope
_MARK_HEIGHT = 64.0  # of the watermark: it stays below the figures
_MILLION = 1e6
_LEAST_CHANGE = 0.25  # a slope fills the panel only when values differ by this share of the largest


def _sheet() -> Canvas:
    return Canvas(width=_WIDTH, plot_height=_PLOT, left=14, right=14, top=40, bottom=72)


def amount(value: float, currency: str | None, text: Text) -> str:
    """An amount, or a plain number: cents and decimals only where they are a part of what is read."""
    if currency is None:
        return text.number(value, 0 if abs(value) >= 1000 else 1)
    if abs(value) >= _MILLION:
        return text.short_money(value, currency)
    return text.money(value, currency, decimals=2 if abs(value) < 100 else 0)


def _tick(value: float, step: float, currency: str, text: Text) -> str:
    return (
        text.short_money(value, currency)
        if step >= _MILLION
        else text.money(value, currency, decimals=0 if step >= 1 else 2)
    )


def effect_panel(mark: Mark, *, stamp: Stamp, text: Text, currency: str | None = None, point: bool = True) -> go.Figure:
    """One interval with its 95% ends in figures.

    currency: the mark is in money (extra sales per unit of money granted), not a fraction.
    point: False where the answer is "cannot tell": the range is shown, and no best guess inside it.
    """
    canvas = _sheet()
    scale: Scale = "ratio" if currency is None else "linear"
    ends = [
        (end, text.percent(end) if currency is None else amount(end, currency, text)) for end in (mark.low, mark.high)
    ]
    extent = _roomy_axis(mark, ends, canvas, scale)
    for value in extent.ticks():
        canvas.rule((value, value), (0, _PLOT), color=palette.GRID, width=1)
    canvas.rule((0, 0), (0, _PLOT), color=palette.INK, width=1.5)
    canvas.traces = interval_traces([(_MIDDLE, mark)], extent, PANEL, scale=scale, dot=point)
    _zero_words(canvas, extent, text("chart.no_effect" if currency is None else "chart.no_extra_sales"))
    _end_words(canvas, ends, extent)
    canvas.stamp(stamp, text, tallest=_MARK_HEIGHT)
    words = [text.percent(v) if currency is None else _tick(v, extent.step, currency, text) for v in extent.ticks()]
    return canvas.figure(xaxis=extent.keys(words), yaxis={"range": (_PLOT, 0), "showticklabels": False})


def _roomy_axis(mark: Mark, ends: Sequence[tuple[float, str]], canvas: Canvas, scale: Scale) -> Axis:
    """The range of the mark, wide enough on either side of zero for the figures that stand there."""
    extent = shared_axis([mark], scale=scale, margin=0.05, most=4, edge=0.06)
    for value, words in ends:
        room = width(words, palette.VALUE, heavy=True) + 2 * _WALL - canvas.left
        share = min(room / canvas.plot_width, 0.5)
        if value < 0 and extent.share(0) < share:
            extent = replace(extent, low=-extent.high * share / (1 - share))
        elif value >= 0 and 1 - extent.share(0) < share:
            extent = replace(extent, high=-extent.low * share / (1 - share))
    return extent


def _px(value: float, extent: Axis, canvas: Canvas) -> float:
    return extent.share(value) * canvas.plot_width


def _zero_words(canvas: Canvas, extent: Axis, words: str) -> None:
    at = _px(0, extent, canvas)
    (centre,) = spread([at], [width(words, palette.TICK)], 2 - canvas.left, canvas.plot_width + canvas.right - 2)
    shift: Keys = {"xshift": centre - at, "yref": "paper", "yshift": 7, "yanchor": "bottom"}
    canvas.write(safe(words), 0, 1, color=palette.GREY_TEXT, **shift)


def _end_words(canvas: Canvas, ends: Sequence[tuple[float, str]], extent: Axis) -> None:
    """The ends in figures above the interval, each on its side of the zero line."""
    edge, zero = canvas.left - 2, _px(0, extent, canvas)
    for positive in (False, True):
        side = [(value, words) for value, words in ends if (value >= 0) == positive]
        low, high = (zero + _WALL, canvas.plot_width + edge) if positive else (-edge, zero - _WALL)
        at = [_px(value, extent, canvas) for value, _ in side]
        centres = spread(at, [width(words, palette.VALUE, heavy=True) for _, words in side], low, high)
        for (value, words), wanted, centre in zip(side, at, centres, strict=True):
            place: Keys = {"xshift": centre - wanted, "size": palette.VALUE, "color": palette.BLUE}
            canvas.write(bold(words), value, _MIDDLE - 24, **place)


def effect_panel_alt(mark: Mark, text: Text, *, currency: str | None = None, point: bool = True) -> str:
    """The same figures in words."""

    def said(value: float) -> str:
        return text.percent(value) if currency is None else amount(value, currency, text)

    key = "chart.alt.effect" if point else "chart.alt.range"
    ends = {"low": said(mark.low), "high": said(mark.high), "low_50": said(mark.low_50), "high_50": said(mark.high_50)}
    return text(key, value=said(mark.value), **ends)


@dataclass(frozen=True, slots=True)
class _Slope:
    """One arm, before and after, and how it is drawn."""

    ends: tuple[float, float]
    name: str
    color: str
    line: dict[str, object]


def _slopes(funded: tuple[float, float], comparison: tuple[float, float] | None, text: Text) -> list[_Slope]:
    solid = {"color": palette.GREY_TEXT, "width": 3}
    slopes = [_Slope(funded, text("chart.funded"), palette.GREY_TEXT, solid)]
    if comparison:
        dashed = {"color": palette.GREY, "width": 2.5, "dash": "6px,4px"}
        slopes.append(_Slope(comparison, text("chart.comparison"), palette.GREY, dashed))
    return slopes


def change_panel(
    funded: tuple[float, float],
    comparison: tuple[float, float] | None,
    *,
    currency: str | None,
    stamp: Stamp,
    text: Text,
) -> go.Figure:
    """Observed means before and after, in grey: a change, not an effect."""
    canvas = _sheet()
    slopes = _slopes(funded, comparison, text)
    lowest, extent = _slope_range(slopes)
    # plotly hides what lies outside the axis, even by a rounding: the ends keep away from its edges
    inner = _PLOT - 2 * _EDGE
    heights = [[_EDGE + inner * (1 - (end - lowest) / extent) for end in slope.ends] for slope in slopes]
    _before_words(canvas, [amount(slope.ends[0], currency, text) for slope in slopes], [y[0] for y in heights])
    after = [(amount(slope.ends[1], currency, text), slope.name) for slope in slopes]
    _after_words(canvas, after, [y[1] for y in heights])
    for i, key in enumerate(("chart.before", "chart.after")):
        head: Keys = {"yref": "paper", "yanchor": "bottom", "yshift": 18, "color": palette.GREY_TEXT}
        canvas.write(bold(text(key)), i, 1, **head)
    for slope, y in zip(slopes[::-1], heights[::-1], strict=True):
        style = {"line": slope.line, "marker": {"size": 10, "color": slope.color}, "cliponaxis": False}
        canvas.traces.append({"x": [0, 1], "y": y, "mode": "lines+markers"} | style)
    canvas.stamp(stamp, text, tallest=_MARK_HEIGHT)
    nothing = {"showticklabels": False}
    return canvas.figure(xaxis={"range": (0, 1)} | nothing, yaxis={"range": (_PLOT, 0)} | nothing)


def _apart(heights: list[float], lines: int) -> list[float]:
    tall = palette.VALUE * palette.LINE_HEIGHT * lines
    centres = spread(heights, [tall] * len(heights), 0, _PLOT, 3 * (lines - 1))
    return [min(max(centre, 1.0), _PLOT - 1.0) for centre in centres]


def _before_words(canvas: Canvas, values: list[str], heights: list[float]) -> None:
    canvas.left = max(62.0, max(width(value, palette.VALUE) for value in values) + 14)
    for value, y in zip(values, _apart(heights, 1), strict=True):
        canvas.write(value, 0, y, anchor="right", xshift=-12, size=palette.VALUE)


def _after_words(canvas: Canvas, values: list[tuple[str, str]], heights: list[float]) -> None:
    """Value and arm beside the end of each line; on two lines where one is too long for a panel."""
    wide = max(width(value, palette.VALUE, heavy=True) + width(f" {name}", palette.VALUE) for value, name in values)
    one_line = wide < _ONE_LINE
    if not one_line:
        wide = max(width(part, palette.VALUE, heavy=True) for pair in values for part in pair)
    canvas.right = wide + 16
    for (value, name), y in zip(values, _apart(heights, 1 if one_line else 2), strict=True):
        words = f"{bold(value)}{' ' if one_line else BREAK}{safe(name)}"
        canvas.write(words, 1, y, anchor="left", xshift=12, size=palette.VALUE)


def _slope_range(slopes: list[_Slope]) -> tuple[float, float]:
    """Lowest value and extent; small changes of large values stay small."""
    ends = [end for slope in slopes for end in slope.ends]
    least = _LEAST_CHANGE * max(abs(end) for end in ends) or 1.0
    extent = max(max(ends) - min(ends), least)
    return (max(ends) + min(ends) - extent) / 2, extent


def change_panel_alt(
    funded: tuple[float, float], comparison: tuple[float, float] | None, *, currency: str | None, text: Text
) -> str:
    """The same figures in words."""
    said = [
        text(
            "chart.alt.arm_change",
            name=slope.name,
            before=amount(slope.ends[0], currency, text),
            after=amount(slope.ends[1], currency, text),
        )
        for slope in _slopes(funded, comparison, text)
    ]
    return text("chart.alt.change", arms="; ".join(said))
