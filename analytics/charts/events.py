"""The event study: funded less comparison firms by time since the award, with bands for each time and for all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from analytics.charts.kit.axis import Axis
from analytics.charts.kit.interval import Mark, shared_axis
from analytics.charts.kit.markup import element, joined, number
from analytics.charts.kit.plot import Box, Leaving, Plot, Tick, on_page
from analytics.charts.kit.plot_still import plot_still
from analytics.charts.kit.still import Drawing
from analytics.charts.kit.timeline import labelled
from analytics.language.text import Text

_HEIGHT = 250.0  # px of the plot
_END = 0.006  # of a band: height of its mark, of the plot's
_AWARD = -0.5  # in event time: between the last period before and the first after
_STEPS = (1, 2, 4, 8, 12, 20, 40)  # between labelled times
_MOST_LABELS = 10


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
    def alone(self) -> tuple[float, float] | None:
        """Ends of the interval of this time alone; None where there is none."""
        return None if self.value is None or self.low is None or self.high is None else (self.low, self.high)

    @property
    def band(self) -> tuple[float, float] | None:
        """Ends of the band for all times together; None where it is not published."""
        if self.value is None or self.sim_low is None or self.sim_high is None:
            return None
        return self.sim_low, self.sim_high


def event_study(points: Sequence[EventPoint], *, yearly: bool = False, data_mark: str | None, text: Text) -> Drawing:
    """A dot with its 95% interval at every event time, on the wider band that holds for all; a gap is not published.
    yearly: years, not quarters.
    """
    axis = _value_axis(points)
    events = [point.event for point in points] or [0]
    span = (min(*events, -1) - 0.7, max(*events, 0) + 0.7)

    def x(event: float) -> float:
        return (event - span[0]) / (span[1] - span[0])

    xs = [x(point.event) for point in points]
    plot = Plot(
        partial(_drawing, points, axis, xs, x(_AWARD)),
        _HEIGHT,
        [Tick(1 - axis.share(value), text.percent(value)) for value in axis.ticks()],
        [Tick(x(event), _event_words(event, text)) for event in _labelled_events(events)],
        over=[Tick(x(_AWARD), text("chart.award"))],
        leaving=_arrows(points, axis, xs),
        below=text("chart.event_years" if yearly else "chart.event_quarters"),
        data_mark=data_mark,
    )
    alt = event_study_alt(points, text, yearly=yearly)
    return Drawing(labelled(element("div", on_page(plot), class_="lines events"), alt), partial(plot_still, plot), alt)


def _value_axis(points: Sequence[EventPoint]) -> Axis:
    """An axis that holds all bands, or intervals without bands; a few wide ones do not flatten the others."""
    marks = [
        Mark(point.value, *ends)
        for point in points
        if point.value is not None and (ends := point.band or point.alone or (point.value, point.value))
    ]
    extent = shared_axis(marks, scale="linear", most=6)
    room = 0.12 * (extent.high - extent.low)  # below it is an empty band for the watermark
    return Axis(extent.low - room, extent.high + room, extent.step, extent.low)


def _drawing(points: Sequence[EventPoint], axis: Axis, xs: Sequence[float], award: float, box: Box) -> Markup:
    """Time before, grid, zero line and award; bands for all times, under intervals for each, under the estimates. What
    lies beyond the axis is cut, and an estimate there is no dot: an arrow stands for it.
    """

    def x(share: float) -> str:
        return number(share * box.width)

    def y(value: float) -> str:
        return number((1 - axis.share(value)) * box.height)

    def uprights(ends: Sequence[tuple[float, float] | None]) -> str:
        return "".join(
            f"M{x(at)} {y(max(pair[0], axis.floor))}V{y(min(pair[1], axis.high))}"
            for at, pair in zip(xs, ends, strict=True)
            if pair and pair[0] <= axis.high and pair[1] >= axis.floor
        )

    bands = [point.band for point in points]
    tip = number(_END * box.height)
    band_ends = "".join(
        f"M{x(at)} {y(end)}v{side}{tip}"
        for at, band in zip(xs, bands, strict=True)
        for end, side in zip(band or (), ("-", ""), strict=False)
        if axis.floor <= end <= axis.high
    )
    dots = "".join(
        f"M{x(at)} {y(point.value)}h0"
        for at, point in zip(xs, points, strict=True)
        if point.value is not None and axis.floor <= point.value <= axis.high
    )
    across, award_x = number(box.width), number(award * box.width)
    return joined(
        [
            element("rect", x="0", y="0", width=award_x, height=y(axis.floor), class_="before-zone"),
            *(element("path", d=f"M0 {y(value)}H{across}", class_="grid") for value in axis.ticks()),
            element("path", d=f"M0 {y(0.0)}H{across}", class_="zero"),
            element("path", d=f"M{award_x} 0V{y(axis.floor)}", class_="award"),
            element("path", d=uprights(bands), class_="event-band"),
            element("path", d=band_ends, class_="event-end"),
            element("path", d=uprights([point.alone for point in points]), class_="event-hair"),
            element("path", d=dots, class_="event-ring"),
            element("path", d=dots, class_="event-dot"),
        ]
    )


def _arrows(points: Sequence[EventPoint], axis: Axis, xs: Sequence[float]) -> list[Leaving]:
    """An arrow above or below where what is drawn of an event time leaves the axis."""
    drawn = [
        (x, [point.value, *(point.alone or ()), *(point.band or ())])
        for x, point in zip(xs, points, strict=True)
        if point.value is not None
    ]
    up = [Leaving(x, 1 - axis.share(axis.high), "up") for x, values in drawn if max(values) > axis.high]
    return up + [Leaving(x, 1 - axis.share(axis.floor), "down") for x, values in drawn if min(values) < axis.floor]


def _event_words(event: float, text: Text) -> str:
    return f"+{text.number(event)}" if event > 0 else text.number(event)


def _labelled_events(events: Sequence[int]) -> list[int]:
    """Event times that are named: whole years where there are many quarters."""
    first, last = min(events), max(events)
    step = next((step for step in _STEPS if (last - first) / step < _MOST_LABELS), _STEPS[-1])
    return [event for event in range(first, last + 1) if event % step == 0]


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
