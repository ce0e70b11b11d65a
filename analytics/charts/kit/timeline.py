"""What charts over time are drawn with: a line per series on a ground of windows, grid and awards, and their words."""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from markupsafe import Markup

from analytics.charts.kit.axis import Axis
from analytics.charts.kit.markup import element, joined, number
from analytics.charts.kit.plot import Box, End, Plot, Tick
from analytics.language.text import Text

Points = Sequence[tuple[dt.date, float | None]]  # None: not published
Span = tuple[dt.date, dt.date]  # first and last day
Write = Callable[[float], str]  # a value in words

_FEW_POINTS = 8  # a line of fewer has a marker at each
_NEAR = 16.0  # px between the middles of two values that touch


@dataclass(frozen=True, slots=True)
class Ground:
    """What lines are drawn on. span: of the days; axis: of the values; base: the value whose line is darker; before,
    after: the windows that are compared; awards: days of funding.
    """

    span: Span
    axis: Axis
    base: float | None = None
    before: Span | None = None
    after: Span | None = None
    awards: Sequence[dt.date] = ()

    def x(self, day: dt.date) -> float:
        """Where a day lies: 0 at the left end, 1 at the right."""
        return (day - self.span[0]).days / max((self.span[1] - self.span[0]).days, 1)

    def y(self, value: float) -> float:
        """Where a value lies: 0 on top, 1 below."""
        return 1 - self.axis.share(value)


def curves(series: Mapping[str, Points], ground: Ground, box: Box) -> Markup:
    """Windows, grid, awards and a line per series, by its class; a gap where nothing is published."""
    pen = _Pen(ground, box)
    windows = (("before-zone", ground.before), ("after-zone", ground.after))
    zones = [pen.zone(window, name) for name, window in windows if window]
    grid = [
        pen.level(value, "base" if value == ground.base else "grid")
        for value in sorted({*ground.axis.ticks(), *([] if ground.base is None else [ground.base])})
    ]
    awards = [pen.upright(day, "award") for day in ground.awards]
    lines = [_path(pen.line(points), class_=f"line {name}") for name, points in series.items()]
    dots = [_path(pen.markers(points), class_=f"marker {name}") for name, points in series.items()]
    return joined([*zones, *grid, *awards, *lines, *dots])


def _path(d: str, class_: str) -> Markup:
    return element("path", d=d, class_=class_) if d else Markup("")


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws on a ground, in the coordinates of a box."""

    ground: Ground
    box: Box

    def x(self, day: dt.date) -> str:
        return number(self.ground.x(day) * self.box.width)

    def y(self, value: float) -> str:
        return number(self.ground.y(value) * self.box.height)

    def level(self, value: float, class_: str) -> Markup:
        return _path(f"M0 {self.y(value)}H{number(self.box.width)}", class_)

    def upright(self, day: dt.date, class_: str) -> Markup:
        return _path(f"M{self.x(day)} 0V{self.y(self.ground.axis.floor)}", class_)

    def zone(self, window: Span, class_: str) -> Markup:
        left, right = (self.ground.x(day) * self.box.width for day in window)
        height = self.y(self.ground.axis.floor)
        return element("rect", x=left, width=max(right - left, 0.0), y="0", height=height, class_=class_)

    def line(self, points: Points) -> str:
        """The path of a line: a new stroke after each gap."""
        strokes = [list(stroke) for known, stroke in groupby(points, key=lambda point: point[1] is not None) if known]
        return "".join(
            "M" + "L".join(f"{self.x(day)} {self.y(value)}" for day, value in stroke if value is not None)
            for stroke in strokes
            if len(stroke) > 1
        )

    def markers(self, points: Points) -> str:
        """Markers at points that no line would show, and at all of a line of few."""
        alone = [
            (day, value)
            for i, (day, value) in enumerate(points)
            if value is not None and (len(points) < _FEW_POINTS or _is_isolated([at for _, at in points], i))
        ]
        return "".join(f"M{self.x(day)} {self.y(value)}h0" for day, value in alone)


def _is_isolated(values: Sequence[float | None], i: int) -> bool:
    """Whether a value stands between two gaps."""
    neighbours = [*values[max(i - 1, 0) : i], *values[i + 1 : i + 2]]
    return values[i] is not None and all(value is None for value in neighbours)


def plotted(
    series: Mapping[str, Points],
    ground: Ground,
    *,
    years: Sequence[dt.date],
    write: Write,
    height: float,
) -> Plot:
    """Lines on their ground, with their values on the left and years below, every other of which gives way on a narrow
    page. height: px.
    """
    return Plot(
        partial(curves, series, ground),
        height,
        [Tick(ground.y(value), write(value)) for value in _untouched(ground, height)],
        [Tick(ground.x(day), str(day.year), is_lesser=i % 2 == 1) for i, day in enumerate(years)],
    )


def _untouched(ground: Ground, height: float) -> list[float]:
    """The base, and the ticks whose words do not touch its own."""
    base = [] if ground.base is None else [ground.base]
    near = _NEAR / height
    return base + [
        value for value in ground.axis.ticks() if all(abs(ground.y(value) - ground.y(other)) > near for other in base)
    ]


def end_of(kind: str, last: float | None, name: str, under: str, ground: Ground) -> End:
    """The words where a line ends. last: its last value; None: they stand at the least value of the axis."""
    return End(kind, ground.y(ground.axis.low if last is None else last), name, under)


def window_words(ground: Ground, text: Text) -> list[Tick]:
    """ "Before" and "after" at the top of their windows."""
    windows = (("chart.before_zone", ground.before), ("chart.after_zone", ground.after))
    return [Tick(ground.x(window[0]), text(key)) for key, window in windows if window]


def award_words(awards: Sequence[str], text: Text) -> str:
    """What the orange lines are."""
    return text("chart.award_dates", dates=", ".join(awards)) if awards else ""


def padded_span(days: Iterable[dt.date]) -> Span:
    """From the first day to the last, a little wider, so that no line ends at the edge; the year 2000 without any."""
    all_days = list(days) or [dt.date(2000, 1, 1), dt.date(2000, 12, 31)]
    first, last = min(all_days), max(all_days)
    pad = dt.timedelta(days=max(round((last - first).days * 0.02), 15))
    return first - pad, last + pad


def year_marks(days: Sequence[dt.date], span: Span, most: int) -> list[dt.date]:
    """At most `most` days that years are named at: the points of yearly data, else the middles of years."""
    days = sorted(set(days))
    yearly = len({day.year for day in days}) == len(days)
    middles = [
        day for year in range(span[0].year, span[1].year + 1) if span[0] <= (day := dt.date(year, 7, 1)) <= span[1]
    ]
    marked = days if yearly or not middles else middles
    return marked[:: -(-len(marked) // most)] if marked else []


def values_of(series: Iterable[Points]) -> list[float]:
    """The published values of all series. Raises ValueError on NaN and infinity: what is unknown is None."""
    values = [value for points in series for _, value in points if value is not None]
    if not all(math.isfinite(value) for value in values):
        raise ValueError("a line needs finite numbers")
    return values


def last_value(points: Points) -> float | None:
    """The last value that is published; None where none is."""
    return next((value for _, value in reversed(points) if value is not None), None)


def line_alt(name: str, points: Points, write: Write, text: Text) -> str:
    """A line's first, lowest, highest and last published value in words."""
    published = [(day, value) for day, value in points if value is not None]
    if not published:
        return f"{name}: {text('chart.not_published')}"
    values = [value for _, value in published]
    extremes = {"first": values[0], "last": values[-1], "low": min(values), "high": max(values)}
    years = {"start": published[0][0].year, "end": published[-1][0].year}
    return text("chart.alt.arm_line", name=name, **years, **{key: write(value) for key, value in extremes.items()})


def labelled(drawing: Markup, alt: str) -> Markup:
    """A drawing as one image, said in words to who cannot see it."""
    return joined([element("div", drawing, class_="drawing", role="img", aria_label=alt)])
