"""The event study: funded less comparison firms by time since the award, with bands for each time and for all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, ticks
from analytics.charts.kit.canvas import PHONE_WIDTH, WIDE_WIDTH, Canvas, Stamp
from analytics.charts.kit.interval import Mark, Pen, arrow_traces, dot_trace, hair_traces, shared_axis
from analytics.charts.kit.words import BREAK, bold, lay_out, safe, width, wrap
from analytics.language.text import Text

_EVENTS_HEIGHT = 250.0  # px of the plot
_ROOM_ABOVE_BANDS = 28.0  # px, for "before" and "after"
_QUARTER_STEPS, _YEAR_STEPS = (1, 2, 4, 8, 12, 20, 40), (1, 2, 5, 10, 20)  # between ticks
_AWARD = -0.5  # in event time: between the last period before and the first after


@dataclass(frozen=True, slots=True)
class EventPoint:
    """The effect at one event time, as a fraction of a firm's own level before; value None: not published.

    event: quarters or years since the award, negative before it; low, high: interval for this time alone; sim_low,
    sim_high: ends of the band that holds for all times together.
    """

    event: int
    value: float | None
    low: float | None = None
    high: float | None = None
    sim_low: float | None = None
    sim_high: float | None = None

    def __post_init__(self) -> None:
        """Raise ValueError on NaN and infinity: what is unknown is None."""
        numbers = (self.value, self.low, self.high, self.sim_low, self.sim_high)
        if not all(number is None or math.isfinite(number) for number in numbers):
            raise ValueError(f"an event point needs finite numbers: {self}")

    @property
    def mark(self) -> Mark | None:
        """The estimate with the interval of this time alone, of no width where there is none; None: not published."""
        if self.value is None:
            return None
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        return Mark(self.value, low, high, low, high)

    @property
    def band(self) -> tuple[float, float] | None:
        """Ends of the band for all times together; None where it is not published."""
        if self.value is None or self.sim_low is None or self.sim_high is None:
            return None
        return self.sim_low, self.sim_high


def event_study(
    points: Sequence[EventPoint],
    *,
    yearly: bool = False,
    stamp: Stamp,
    text: Text,
    compact: bool = False,
) -> go.Figure:
    """A dot with its 95% interval at every event time, on the wider band that holds for all; a gap is not published.

    yearly: years, not quarters; compact: for phones.
    """
    placed = [(float(point.event), point.mark) for point in points if point.mark]
    extent = _value_axis(points, [mark for _, mark in placed])
    tick_words = [f"{text.percent(value)} " for value in extent.ticks()]
    left = max(46.0, *(width(words, palette.TICK) + 4 for words in tick_words))
    canvas = Canvas(PHONE_WIDTH if compact else WIDE_WIDTH, _EVENTS_HEIGHT, left=left, right=12, top=34, bottom=62)
    events = [point.event for point in points] or [0]
    span = (min(*events, -1) - 0.7, max(*events, 0) + 0.7)
    _draw_ground(canvas, extent, span, text)
    column = canvas.plot_width / (span[1] - span[0])
    canvas.traces = _event_traces(points, placed, Pen(extent, vertical=True), column)
    _write_axes(canvas, text("chart.event_years" if yearly else "chart.event_quarters"))
    canvas.stamp(stamp, text)
    labelled = _labelled_events(span, column, text, yearly=yearly)
    return canvas.figure(
        xaxis={"range": span} | ticks(labelled, [_event_words(event, text) for event in labelled]),
        yaxis={"range": (extent.low, extent.high)} | ticks(extent.ticks(), tick_words),
    )


def _event_words(event: float, text: Text) -> str:
    return f"+{text.number(event)}" if event > 0 else text.number(event)


def _value_axis(points: Sequence[EventPoint], marks: Sequence[Mark]) -> Axis:
    """An axis that holds all bands, or intervals without bands; a few wide ones do not flatten the others. Room above
    for words.
    """
    bands = [Mark(point.value, *point.band, *point.band) for point in points if point.value is not None and point.band]
    extent = shared_axis(bands or marks, scale="linear", most=6)
    room = _ROOM_ABOVE_BANDS / _EVENTS_HEIGHT * (extent.high - extent.low)
    return Axis(extent.low, extent.high + room, extent.step)


def _draw_ground(canvas: Canvas, extent: Axis, span: tuple[float, float], text: Text) -> None:
    """Draw the grid, the time before, the award and the zero line, and name them."""
    canvas.shade((span[0], _AWARD), palette.BEFORE_ZONE)
    canvas.draw_grid(extent.ticks())
    canvas.rule((0, 1), (0, 0), color=palette.INK, width=1.5, xref="paper")
    canvas.rule((_AWARD, _AWARD), (0, 1), color=palette.ORANGE, width=1.5, yref="paper")
    target = (_AWARD - span[0]) / (span[1] - span[0]) * canvas.plot_width
    word = text("chart.award")
    (centre,) = lay_out([target], [width(word, palette.TICK)], 4 - canvas.left, canvas.plot_width + canvas.right - 4)
    above: Keys = {"yref": "paper", "yanchor": "bottom", "yshift": 5, "xshift": centre - target}
    canvas.write(safe(word), _AWARD, 1, color=palette.ORANGE_TEXT, **above)
    inside: Keys = {"yref": "paper", "yanchor": "top", "yshift": -6, "color": palette.GREY_TEXT}
    for key, x, room in (
        ("chart.before_zone", span[0], target),
        ("chart.after_zone", _AWARD, canvas.plot_width - target),
    ):
        if width(text(key), palette.TICK, heavy=True) + 10 < room:
            canvas.write(bold(text(key)), x, 1, anchor="left", xshift=6, **inside)


def _event_traces(
    points: Sequence[EventPoint], placed: Sequence[tuple[float, Mark]], pen: Pen, column: float
) -> list[Keys]:
    """Bands for all times, under intervals for each, under the estimates."""
    if not placed:
        return []
    bands = [(float(point.event), *point.band) for point in points if point.band]
    thickness = min(max(column * 0.62, 3.0), 18.0)
    dot = min(max(column * 0.7, 6.5), 11.0)
    widest = [(at, Mark(mark.value, *_widest_ends(at, mark, bands))) for at, mark in placed]
    return [
        pen.segments(bands, palette.FADES[0], thickness),
        *hair_traces(placed, pen, min(dot, 9.0)),
        dot_trace(placed, pen, dot),
        *arrow_traces(widest, pen),
    ]


def _widest_ends(
    at: float, mark: Mark, bands: Sequence[tuple[float, float, float]]
) -> tuple[float, float, float, float]:
    """The ends of what is drawn at an event time, as those of a mark: an arrow shows where the axis cuts them."""
    low, high = next(((low, high) for event, low, high in bands if event == at), (mark.low, mark.high))
    low, high = min(low, mark.low), max(high, mark.high)
    return low, high, low, high


def _labelled_events(span: tuple[float, float], column: float, text: Text, *, yearly: bool) -> list[float]:
    """Event times whose words do not touch: whole years where there are many quarters. column: px of one event time."""
    first, last = math.ceil(span[0]), math.floor(span[1])
    widest = max(width(_event_words(event, text), palette.TICK) for event in (first, last))
    steps = _YEAR_STEPS if yearly else _QUARTER_STEPS
    step = next((step for step in steps if step * column >= widest + 10), max(last - first, 1))
    return [float(event) for event in range(first, last + 1) if event % step == 0]


def _write_axes(canvas: Canvas, words: str) -> None:
    """Write what both axes are under the ticks; the bottom margin grows with it."""
    lines = wrap(words, palette.TICK, canvas.width - 8)
    place: Keys = {"xref": "paper", "yref": "paper", "yanchor": "top", "yshift": -26, "color": palette.GREY_TEXT}
    canvas.write(BREAK.join(map(safe, lines)), 0, 0, anchor="left", xshift=-canvas.left + 4, **place)
    canvas.bottom += len(lines) * palette.TICK * palette.LINE_HEIGHT + 2


def event_study_alt(points: Sequence[EventPoint], text: Text, *, yearly: bool = False) -> str:
    """The same in words: how many times are shown, and from where to where the estimates go before and after."""
    published = [(point.event, point.value) for point in points if point.value is not None]
    sides = [
        ("chart.alt.events_before", [value for event, value in published if event < 0]),
        ("chart.alt.events_after", [value for event, value in published if event >= 0]),
    ]
    key = "chart.event_years" if yearly else "chart.event_quarters"
    sentences = [text("chart.alt.events", n=text.number(len(published)), axis=text(key))]
    for side, values in sides:
        if values:
            ends = {"low": text.percent(min(values)), "high": text.percent(max(values))}
            sentences.append(text(side, n=text.number(len(values)), **ends))
    if len(published) < len(points):
        absent = ", ".join(_event_words(point.event, text) for point in points if point.value is None)
        sentences.append(text("chart.alt.withheld", rows=absent))
    return " ".join(sentences)
