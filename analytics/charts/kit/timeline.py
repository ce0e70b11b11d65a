"""What charts over time are drawn with: a line per series on a ground of windows, grid and awards, and their words."""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap

from markupsafe import Markup

from analytics.charts.kit.axis import Axis
from analytics.charts.kit.frame import watermark
from analytics.charts.kit.markup import element, joined, number, percent
from analytics.language.text import Text

Points = Sequence[tuple[dt.date, float | None]]  # None: not published
Span = tuple[dt.date, dt.date]  # first and last day
Write = Callable[[float], str]  # a value in words

_BOX = 1000.0  # both sides of the drawing's own coordinates, which stretch to the page's
_FEW_POINTS = 8  # a line of fewer has a marker at each
_LABEL, _LABEL_LINE = 20.0, 16.0  # px: of the name at the end of a line, and of each line under it
_LABEL_LETTERS = 14  # of a line under it


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


def curves(series: Mapping[str, Points], ground: Ground) -> Markup:
    """Windows, grid, awards and a line per series, by its class; a gap where nothing is published."""
    zones = [
        _zone(window, ground, name)
        for name, window in (("before-zone", ground.before), ("after-zone", ground.after))
        if window
    ]
    grid = [
        _path(f"M0 {_y(value, ground)}H{_BOX:.0f}", "base" if value == ground.base else "grid")
        for value in sorted({*ground.axis.ticks(), *([] if ground.base is None else [ground.base])})
    ]
    awards = [_path(f"M{_x(day, ground)} 0V{_y(ground.axis.floor, ground)}", "award") for day in ground.awards]
    lines = [_path(_line(points, ground), class_=f"line {name}") for name, points in series.items()]
    dots = [_path(_markers(points, ground), class_=f"marker {name}") for name, points in series.items()]
    box = f"0 0 {_BOX:.0f} {_BOX:.0f}"
    drawn = [*zones, *grid, *awards, *lines, *dots]
    return element("svg", *drawn, class_="curves", viewBox=box, preserveAspectRatio="none", aria_hidden="true")


def _path(d: str, class_: str) -> Markup:
    return element("path", d=d, class_=class_) if d else Markup("")


def _x(day: dt.date, ground: Ground) -> str:
    return number(ground.x(day) * _BOX)


def _y(value: float, ground: Ground) -> str:
    return number(ground.y(value) * _BOX)


def _zone(window: Span, ground: Ground, class_: str) -> Markup:
    left, right = (ground.x(day) * _BOX for day in window)
    return element(
        "rect", x=left, width=max(right - left, 0.0), y="0", height=_y(ground.axis.floor, ground), class_=class_
    )


def _line(points: Points, ground: Ground) -> str:
    """The path of a line: a new stroke after each gap."""
    strokes = [list(stroke) for known, stroke in groupby(points, key=lambda point: point[1] is not None) if known]
    return "".join(
        "M" + "L".join(f"{_x(day, ground)} {_y(value, ground)}" for day, value in stroke if value is not None)
        for stroke in strokes
        if len(stroke) > 1
    )


def _markers(points: Points, ground: Ground) -> str:
    """Markers at points that no line would show, and at all of a line of few."""
    alone = [
        (day, value)
        for i, (day, value) in enumerate(points)
        if value is not None and (len(points) < _FEW_POINTS or _is_isolated([at for _, at in points], i))
    ]
    return "".join(f"M{_x(day, ground)} {_y(value, ground)}h0" for day, value in alone)


def _is_isolated(values: Sequence[float | None], i: int) -> bool:
    """Whether a value stands between two gaps."""
    neighbours = [*values[max(i - 1, 0) : i], *values[i + 1 : i + 2]]
    return values[i] is not None and all(value is None for value in neighbours)


def plot(
    drawing: Markup,
    ground: Ground,
    *,
    years: Sequence[dt.date],
    write: Write,
    height: float,
    labels: Iterable[Markup] = (),
) -> Markup:
    """A drawing with its values on the left, years below, every other of which gives way on a narrow page, and further
    labels inside. height: px of the drawing.
    """
    values = [
        element("span", write(value), class_="y", style=f"top:{percent(ground.y(value))}")
        for value in _untouched(ground, height)
    ]
    below = [
        element("span", day.year, class_="x also" if i % 2 else "x", style=f"left:{percent(ground.x(day))}")
        for i, day in enumerate(years)
    ]
    return element("div", drawing, *values, *below, *labels, class_="plot", style=f"height:{number(height)}px")


def _untouched(ground: Ground, height: float) -> list[float]:
    """The base, and the ticks whose words do not touch its own."""
    base = [] if ground.base is None else [ground.base]
    near = 16 / height
    return base + [
        value for value in ground.axis.ticks() if all(abs(ground.y(value) - ground.y(other)) > near for other in base)
    ]


def end_labels(ends: Sequence[tuple[str, float | None, str, str]], ground: Ground, height: float) -> list[Markup]:
    """Words where lines end, kept apart: (class, last value, name, what stands under it)."""
    placed = sorted(
        ((ground.y(ground.axis.low if value is None else value) * height, i) for i, (_, value, _, _) in enumerate(ends))
    )
    tops = [top for top, _ in placed]
    for i in range(1, len(tops)):
        tops[i] = max(tops[i], tops[i - 1] + _label_height(ends[placed[i - 1][1]]))
    over = max((tops[-1] if tops else 0.0) - height, 0.0)
    return [
        element(
            "span",
            element("b", ends[i][2]),
            element("small", ends[i][3]),
            class_=f"end-label {ends[i][0]}",
            style=f"top:{number(top - over)}px",
        )
        for top, (_, i) in zip(tops, placed, strict=True)
    ]


def _label_height(end: tuple[str, float | None, str, str]) -> float:
    """How high a label is, px: its name, and what stands under it in as many lines as it takes."""
    return _LABEL + _LABEL_LINE * max(len(wrap(end[3], _LABEL_LETTERS)), 1)


def window_labels(ground: Ground, text: Text) -> list[Markup]:
    """ "Before" and "after" at the top of their windows."""
    windows = (("chart.before_zone", ground.before), ("chart.after_zone", ground.after))
    return [
        element("span", element("b", text(key)), class_="window", style=f"left:{percent(ground.x(window[0]))}")
        for key, window in windows
        if window
    ]


def mark_label(data_mark: str | None) -> list[Markup]:
    """The watermark under the lines, below the least value of the axis."""
    return [element("span", watermark(data_mark), class_="mark-band")] if data_mark else []


def award_words(awards: Sequence[str], text: Text) -> Markup:
    """What the orange lines are, above them."""
    if not awards:
        return Markup("")
    return element("p", text("chart.award_dates", dates=", ".join(awards)), class_="awards")


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
