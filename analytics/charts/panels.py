"""The small pictures of the Overview's panels: what was observed before and after, and one estimate."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys
from analytics.charts.kit.canvas import Canvas, Stamp
from analytics.charts.kit.interval import PANEL, Mark, Scale, interval_traces, shared_axis
from analytics.charts.kit.words import bold, lay_out, safe, width
from analytics.language.text import Text
from analytics.model import Arm

_WIDTH = 300.0
_PLOT = 94.0
_MIDDLE = 0.46 * _PLOT  # of the interval, from the top
_WALL = 5.0  # between figures and the zero line
_MARK_HEIGHT = 64.0  # of the watermark: it stays below the figures
_MILLION = 1e6


def _sheet() -> Canvas:
    return Canvas(width=_WIDTH, plot_height=_PLOT, left=14, right=14, top=40, bottom=72)


def write_amount(value: float, currency: str | None, text: Text) -> str:
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


def one_scale(mark: Mark | None, changes: Sequence[float], text: Text) -> Axis:
    """The range that holds an effect and the changes that are shown beside it."""
    marks = [mark] if mark else []
    ends = [(end, text.end(end)) for one in marks for end in (one.low, one.high)]
    return _roomy_axis(marks, ends, _sheet(), "ratio", changes)


def effect_panel(
    mark: Mark,
    *,
    stamp: Stamp,
    text: Text,
    currency: str | None = None,
    point: bool = True,
    extent: Axis | None = None,
) -> go.Figure:
    """One interval with its 95% ends in figures.

    currency: the mark is in money (extra sales per unit of money granted), not a fraction.
    point: False where the answer is "cannot tell": the range is shown, and no best guess inside it.
    extent: the scale to draw on, see `one_scale`; None: its own.
    """
    canvas = _sheet()
    scale: Scale = "ratio" if currency is None else "linear"
    ends = [
        (end, text.end(end) if currency is None else write_amount(end, currency, text)) for end in (mark.low, mark.high)
    ]
    extent = extent or _roomy_axis([mark], ends, canvas, scale)
    _zero_lines(canvas, extent)
    canvas.traces = interval_traces([(_MIDDLE, mark)], extent, PANEL, scale=scale, dot=point)
    _zero_words(canvas, extent, text("chart.no_effect" if currency is None else "chart.no_extra_sales"))
    _end_words(canvas, ends, extent)
    canvas.stamp(stamp, text, tallest=_MARK_HEIGHT)
    words = [text.percent(v) if currency is None else _tick(v, extent.step, currency, text) for v in extent.ticks()]
    return canvas.figure(xaxis=extent.keys(words), yaxis={"range": (_PLOT, 0), "showticklabels": False})


def _zero_lines(canvas: Canvas, extent: Axis) -> None:
    for value in extent.ticks():
        canvas.rule((value, value), (0, _PLOT), color=palette.GRID, width=1)
    canvas.rule((0, 0), (0, _PLOT), color=palette.INK, width=1.5)


def _roomy_axis(
    marks: Sequence[Mark], ends: Sequence[tuple[float, str]], canvas: Canvas, scale: Scale, points: Sequence[float] = ()
) -> Axis:
    """The range of the marks and points, wide enough on either side of zero for the figures that stand there."""
    extent = shared_axis(marks, points, scale=scale, margin=0.05, most=4, edge=0.06)
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
    (centre,) = lay_out([at], [width(words, palette.TICK)], 2 - canvas.left, canvas.plot_width + canvas.right - 2)
    shift: Keys = {"xshift": centre - at, "yref": "paper", "yshift": 7, "yanchor": "bottom"}
    canvas.write(safe(words), 0, 1, color=palette.GREY_TEXT, **shift)


def _end_words(canvas: Canvas, ends: Sequence[tuple[float, str]], extent: Axis) -> None:
    """The ends in figures above the interval, each on its side of the zero line."""
    edge, zero = canvas.left - 2, _px(0, extent, canvas)
    for positive in (False, True):
        side = [(value, words) for value, words in ends if (value >= 0) == positive]
        low, high = (zero + _WALL, canvas.plot_width + edge) if positive else (-edge, zero - _WALL)
        at = [_px(value, extent, canvas) for value, _ in side]
        centres = lay_out(at, [width(words, palette.VALUE, heavy=True) for _, words in side], low, high)
        for (value, words), wanted, centre in zip(side, at, centres, strict=True):
            place: Keys = {"xshift": centre - wanted, "size": palette.VALUE, "color": palette.BLUE}
            canvas.write(bold(words), value, _MIDDLE - 24, **place)


def effect_panel_alt(mark: Mark, text: Text, *, currency: str | None = None, point: bool = True) -> str:
    """The same figures in words."""

    def said(value: float) -> str:
        return text.percent(value) if currency is None else write_amount(value, currency, text)

    low_50, high_50 = mark.half or (mark.low, mark.high)
    named = {"low": mark.low, "high": mark.high, "low_50": low_50, "high_50": high_50}
    ends = {name: text.end(end) if currency is None else said(end) for name, end in named.items()}
    return text("chart.alt.effect" if point else "chart.alt.range", value=said(mark.value), **ends)


_ROWS = {Arm.FUNDED: 0.12, Arm.COMPARISON: 0.60}  # of the plot's height: where an arm's words stand, its line below
_LINE_BELOW = 17.0
_MOSTLY_FALLS = 0.5  # zero so far to the right: words stand left of it
_CHANGE: dict[Arm, tuple[str, Keys]] = {  # in greys: what is observed is no effect
    Arm.FUNDED: (palette.GREY_TEXT, {"width": 4.0}),
    Arm.COMPARISON: (palette.GREY, {"width": 3.0, "dash": "6px,4px"}),
}


def change_panel(changes: Mapping[Arm, float], *, extent: Axis, stamp: Stamp, text: Text) -> go.Figure:
    """Observed changes from before to after, in grey, on the scale of the effect beside: a change, not an effect."""
    canvas = _sheet()
    _zero_lines(canvas, extent)
    _zero_words(canvas, extent, text("chart.no_change"))
    falls = extent.share(0) > _MOSTLY_FALLS
    for arm, value in changes.items():
        colour, line = _CHANGE[arm]
        y = _ROWS[arm] * _PLOT
        words = f"{safe(text(f'chart.{arm}'))} {bold(text.percent(value))}"
        side: Keys = {"anchor": "right", "xshift": -6} if falls else {"anchor": "left", "xshift": 6}
        canvas.write(words, 0, y, size=palette.VALUE, color=palette.GREY_TEXT, **side)
        end = min(max(value, extent.low), extent.high)
        marker = {"size": [0, 12], "color": colour, "opacity": 1, "symbol": ["circle", _end(value, end)]}
        style = {"line": {"color": colour} | line, "marker": marker, "cliponaxis": False}
        canvas.traces.append({"x": [0, end], "y": [y + _LINE_BELOW] * 2, "mode": "lines+markers"} | style)
    canvas.stamp(stamp, text, tallest=_MARK_HEIGHT)
    return canvas.figure(
        xaxis=extent.keys(map(text.percent, extent.ticks())), yaxis={"range": (_PLOT, 0), "showticklabels": False}
    )


def _end(value: float, end: float) -> str:
    """A dot, or an arrow where the value lies outside."""
    return "circle" if value == end else "triangle-right" if value > end else "triangle-left"


def change_panel_alt(changes: Mapping[Arm, float], text: Text) -> str:
    """The same figures in words."""
    said = [f"{text(f'chart.{arm}')} {text.percent(value)}" for arm, value in changes.items()]
    return text("chart.alt.change", arms="; ".join(said))
