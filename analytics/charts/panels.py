"""The small pictures of the Overview's panels: what was observed before and after, and one estimate."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys
from analytics.charts.kit.canvas import PANEL_WIDTH, Canvas, Stamp
from analytics.charts.kit.interval import PANEL_THICKNESS, Mark, Scale, interval_traces, shared_axis
from analytics.charts.kit.words import bold, lay_out, safe, width
from analytics.language.text import Text
from analytics.model import Arm

# All lengths in px.
_PANEL_HEIGHT = 94.0
_INTERVAL_Y = 0.46 * _PANEL_HEIGHT  # from the top
_ZERO_GAP = 5.0  # between figures and the zero line
_WATERMARK_HEIGHT = 64.0  # it stays below the figures
_MILLION = 1e6
_ARM_ROWS = {Arm.FUNDED: 0.12, Arm.COMPARISON: 0.60}  # of the plot's height: where an arm's words stand
_LINE_BELOW = 17.0  # from these words to the arm's line
_MOSTLY_FALLS = 0.5  # of the width: with zero further right, words stand left of it
_CHANGE_LINES: dict[Arm, tuple[str, Keys]] = {  # in greys: what is observed is no effect
    Arm.FUNDED: (palette.GREY_TEXT, {"width": 4.0}),
    Arm.COMPARISON: (palette.GREY, {"width": 3.0, "dash": palette.DASH}),
}


def _canvas() -> Canvas:
    return Canvas(width=PANEL_WIDTH, plot_height=_PANEL_HEIGHT, left=14, right=14, top=40, bottom=72)


def write_amount(value: float, currency: str | None, text: Text) -> str:
    """An amount of money, or without a currency a plain number: decimals only where the value is small, a short form
    ("1,2 Mio €") where it is large.
    """
    if currency is None:
        return text.number(value, 0 if abs(value) >= 1000 else 1)
    if abs(value) >= _MILLION:
        return text.short_money(value, currency)
    return text.money(value, currency, decimals=2 if abs(value) < 100 else 0)


def _write_tick(value: float, step: float, currency: str, text: Text) -> str:
    if step >= _MILLION:
        return text.short_money(value, currency)
    return text.money(value, currency, decimals=0 if step >= 1 else 2)


def shared_scale(mark: Mark | None, changes: Sequence[float], text: Text) -> Axis:
    """The axis that holds an effect (a fraction; None: not published) and the changes shown beside it."""
    ends = [(end, text.end(end)) for end in (mark.low, mark.high)] if mark else []
    return _axis_with_room_for_ends([mark] if mark else [], ends, _canvas(), "ratio", changes)


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

    currency: the mark is in money (extra sales per unit of money granted); None: a fraction.
    point: whether the estimate itself is drawn: False where the answer is "cannot tell".
    extent: the axis to draw on, see `shared_scale`; None: its own.
    """
    canvas = _canvas()
    scale: Scale = "ratio" if currency is None else "linear"
    ends = [
        (end, text.end(end) if currency is None else write_amount(end, currency, text)) for end in (mark.low, mark.high)
    ]
    extent = extent or _axis_with_room_for_ends([mark], ends, canvas, scale)
    _draw_grid(canvas, extent)
    canvas.traces = interval_traces([(_INTERVAL_Y, mark)], extent, PANEL_THICKNESS, scale=scale, dot=point)
    _write_zero(canvas, extent, text("chart.no_effect" if currency is None else "chart.no_extra_sales"))
    _write_ends(canvas, ends, extent)
    canvas.stamp(stamp, text, tallest=_WATERMARK_HEIGHT)
    words = [
        text.percent(value) if currency is None else _write_tick(value, extent.step, currency, text)
        for value in extent.ticks()
    ]
    return canvas.figure(xaxis=extent.keys(words), yaxis={"range": (_PANEL_HEIGHT, 0), "showticklabels": False})


def _draw_grid(canvas: Canvas, extent: Axis) -> None:
    """Draw grid and zero line."""
    for value in extent.ticks():
        canvas.rule((value, value), (0, _PANEL_HEIGHT), color=palette.GRID, width=1)
    canvas.rule((0, 0), (0, _PANEL_HEIGHT), color=palette.INK, width=1.5)


def _axis_with_room_for_ends(
    marks: Sequence[Mark], ends: Sequence[tuple[float, str]], canvas: Canvas, scale: Scale, points: Sequence[float] = ()
) -> Axis:
    """The axis of the marks and points, wide enough on either side of zero for the figures that stand there."""
    extent = shared_axis(marks, points, scale=scale, margin=0.05, most=4, edge=0.06)
    for value, words in ends:
        room = width(words, palette.VALUE, heavy=True) + 2 * _ZERO_GAP - canvas.left
        share = min(room / canvas.plot_width, 0.5)
        if value < 0 and extent.share(0) < share:
            extent = replace(extent, low=-extent.high * share / (1 - share))
        elif value >= 0 and 1 - extent.share(0) < share:
            extent = replace(extent, high=-extent.low * share / (1 - share))
    return extent


def _px(value: float, extent: Axis, canvas: Canvas) -> float:
    return extent.share(value) * canvas.plot_width


def _write_zero(canvas: Canvas, extent: Axis, words: str) -> None:
    """Write what zero means over its line, inside the picture."""
    target = _px(0, extent, canvas)
    (centre,) = lay_out([target], [width(words, palette.TICK)], 2 - canvas.left, canvas.plot_width + canvas.right - 2)
    shift: Keys = {"xshift": centre - target, "yref": "paper", "yshift": 7, "yanchor": "bottom"}
    canvas.write(safe(words), 0, 1, color=palette.GREY_TEXT, **shift)


def _write_ends(canvas: Canvas, ends: Sequence[tuple[float, str]], extent: Axis) -> None:
    """Write the ends in figures above the interval, each on its side of the zero line."""
    edge, zero = canvas.left - 2, _px(0, extent, canvas)
    for positive in (False, True):
        side = [(value, words) for value, words in ends if (value >= 0) == positive]
        low, high = (zero + _ZERO_GAP, canvas.plot_width + edge) if positive else (-edge, zero - _ZERO_GAP)
        targets = [_px(value, extent, canvas) for value, _ in side]
        centres = lay_out(targets, [width(words, palette.VALUE, heavy=True) for _, words in side], low, high)
        for (value, words), target, centre in zip(side, targets, centres, strict=True):
            place: Keys = {"xshift": centre - target, "size": palette.VALUE, "color": palette.BLUE}
            canvas.write(bold(words), value, _INTERVAL_Y - 24, **place)


def effect_panel_alt(mark: Mark, text: Text, *, currency: str | None = None, point: bool = True) -> str:
    """The same figures in words."""

    def write(value: float) -> str:
        return text.percent(value) if currency is None else write_amount(value, currency, text)

    low_50, high_50 = mark.half or (mark.low, mark.high)
    numbers = {"low": mark.low, "high": mark.high, "low_50": low_50, "high_50": high_50}
    ends = {name: text.end(end) if currency is None else write(end) for name, end in numbers.items()}
    return text("chart.alt.effect" if point else "chart.alt.range", value=write(mark.value), **ends)


def change_panel(changes: Mapping[Arm, float], *, extent: Axis, stamp: Stamp, text: Text) -> go.Figure:
    """Observed changes of each arm (fractions) from before to after, in grey: a change is not an effect.

    extent: the axis, shared with the effect that is shown beside, see `shared_scale`.
    """
    canvas = _canvas()
    _draw_grid(canvas, extent)
    _write_zero(canvas, extent, text("chart.no_change"))
    falls = extent.share(0) > _MOSTLY_FALLS
    for arm, value in changes.items():
        colour, line = _CHANGE_LINES[arm]
        y = _ARM_ROWS[arm] * _PANEL_HEIGHT
        words = f"{safe(text(f'chart.{arm}'))} {bold(text.percent(value))}"
        side: Keys = {"anchor": "right", "xshift": -6} if falls else {"anchor": "left", "xshift": 6}
        canvas.write(words, 0, y, size=palette.VALUE, color=palette.GREY_TEXT, **side)
        end = extent.clip(value)
        marker = {"size": [0, 12], "color": colour, "opacity": 1, "symbol": ["circle", _end_symbol(value, end)]}
        style = {"line": {"color": colour} | line, "marker": marker, "cliponaxis": False}
        canvas.traces.append({"x": [0, end], "y": [y + _LINE_BELOW] * 2, "mode": "lines+markers"} | style)
    canvas.stamp(stamp, text, tallest=_WATERMARK_HEIGHT)
    return canvas.figure(
        xaxis=extent.keys(map(text.percent, extent.ticks())),
        yaxis={"range": (_PANEL_HEIGHT, 0), "showticklabels": False},
    )


def _end_symbol(value: float, end: float) -> str:
    """A dot, or an arrow where the value lies outside."""
    return "circle" if value == end else "triangle-right" if value > end else "triangle-left"


def change_panel_alt(changes: Mapping[Arm, float], text: Text) -> str:
    """The same figures in words."""
    arms = [f"{text(f'chart.{arm}')} {text.percent(value)}" for arm, value in changes.items()]
    return text("chart.alt.change", arms="; ".join(arms))
