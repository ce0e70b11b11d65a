"""An estimate drawn with its uncertainty: a dot, the 50% bar, fading bands, and a hair that ends at the 95% limits."""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from statistics import NormalDist, median
from typing import Literal

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, axis
from analytics.model import Unit

Scale = Literal["ratio", "linear"]
Coordinate = float | None

LEVELS = (0.95, 0.90, 0.80, 0.70, 0.60)  # widest first: the narrower lie on the wider
_REACH = 2.0  # how many typical widths from the middle the shared range goes
_SMALLEST_STEP = 0.01  # ticks have no decimals of a percent
_ARROW_TIP = 0.012  # of the range: a clipped line ends where its arrow begins
_SMALL = 9.0  # a dot of so many px has a thinner ring
_WORTH_SHOWING = 0.04  # an axis never zooms into less than 4 points


@dataclass(frozen=True, slots=True)
class Mark:
    """One estimate and the ends of its 95% and 50% intervals: fractions (0.12 is 12%) or amounts, all finite. Without
    50% ends the hair stands alone.
    """

    value: float
    low: float
    high: float
    low_50: float | None = None
    high_50: float | None = None

    def __post_init__(self) -> None:
        """Refuse NaN and infinity: what is unknown is no mark, it is withheld."""
        if not all(number is None or math.isfinite(number) for number in astuple(self)):
            raise ValueError(f"a mark needs finite numbers: {self}")

    @property
    def half(self) -> tuple[float, float] | None:
        """The ends of the 50% interval, where there are any."""
        return None if self.low_50 is None or self.high_50 is None else (self.low_50, self.high_50)


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One line of a forest.

    n: firms; None: not published. mark None: withheld, and `note` says why; else a note stands under the label.
    shrunken: the second, hollow mark, where it is asked for.
    """

    label: str
    n: int | None
    mark: Mark | None
    note: str
    shrunken: float | None = None


@dataclass(frozen=True, slots=True)
class Thickness:
    """Of bands, 50% bar, dot and cap, in px."""

    band: float
    bar: float
    dot: float
    cap: float


ROWS = Thickness(6, 11, 13, 9)
PANEL = Thickness(9, 16, 17, 12)


def scale_of(unit: str) -> Scale:
    """Fractions are ratios less one: none lies below -100%, and their intervals are symmetric in logs."""
    return "ratio" if unit == Unit.FRACTION else "linear"


def band(mark: Mark, level: float, scale: Scale = "ratio") -> tuple[float, float]:
    """Ends of the band of a level, between the 50% and the 95% ends; decorative, the hair carries the limits. Without
    50% ends there is no band: both are the estimate.
    """
    if mark.half is None:
        return mark.value, mark.value
    low_50, high_50 = mark.half
    normal = NormalDist()
    z_50, z_95 = normal.inv_cdf(0.75), normal.inv_cdf(0.975)
    share = (normal.inv_cdf((1 + level) / 2) - z_50) / (z_95 - z_50)
    logs = scale == "ratio" and min(mark.low, low_50, mark.high, high_50) > -1

    def between(inner: float, outer: float) -> float:
        if logs:
            return math.expm1((1 - share) * math.log1p(inner) + share * math.log1p(outer))
        return (1 - share) * inner + share * outer

    return between(low_50, mark.low), between(high_50, mark.high)


def shared_axis(
    marks: Sequence[Mark],
    points: Sequence[float] = (),
    *,
    scale: Scale = "ratio",
    margin: float = 0.02,
    most: int = 5,
    edge: float = 0.04,
) -> Axis:
    """One value range for all marks, with 0 and the further `points` inside.

    A few far or very wide intervals do not flatten the others: the range goes as far as twice the typical width from
    the middle, and what lies outside is drawn as an arrow.
    """
    inside = [0.0, *points]
    if marks:
        middle = median(mark.value for mark in marks)
        typical = max(
            median(abs(mark.high - mark.low) for mark in marks),
            2 * median(abs(mark.value - middle) for mark in marks),
        )
        ends = [end for mark in marks for end in (mark.low, mark.high, mark.value)]
        inside += [max(min(ends), middle - _REACH * typical), min(max(ends), middle + _REACH * typical)]
    low, high = min(inside), max(inside)
    extent = max(high - low, _WORTH_SHOWING)
    more = margin * extent + (extent - (high - low)) / 2
    least = -1.0 if scale == "ratio" else -math.inf  # nothing falls by more than 100%
    return axis(low - more, high + more, most=most, smallest=_SMALLEST_STEP, least=least, edge=edge)


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws along the value axis, clipped to it; positions lie across."""

    extent: Axis
    vertical: bool

    def points(self, points: Sequence[tuple[Coordinate, Coordinate]], **style: object) -> Keys:
        """Values and positions as one trace."""
        along, across = [value for value, _ in points], [at for _, at in points]
        x, y = (across, along) if self.vertical else (along, across)
        return {"x": x, "y": y, **style}

    def segments(self, ends: Sequence[tuple[float, float, float]], color: str, width: float) -> Keys:
        """Position, start and end of straight lines, as one trace; a clipped one stops where its arrow begins."""
        low, high = self.extent.low, self.extent.high
        tip = _ARROW_TIP * (high - low)
        points: list[tuple[Coordinate, Coordinate]] = []
        for at, start, end in ends:
            if end >= low and start <= high:
                first, last = low + tip if start < low else start, high - tip if end > high else end
                points += [(first, at), (last, at), (None, None)]
        return self.points(points, mode="lines", line={"color": color, "width": width})


def interval_traces(
    placed: Sequence[tuple[float, Mark]],
    extent: Axis,
    thickness: Thickness,
    *,
    scale: Scale = "ratio",
    vertical: bool = False,
    dot: bool = True,
) -> list[Keys]:
    """Marks at their positions: one trace per level for any number of rows, clipped to `extent`."""
    pen = Pen(extent, vertical)
    bars = [(at, *mark.half) for at, mark in placed if mark.half]
    traces = [
        pen.segments([(at, *band(mark, level, scale)) for at, mark in placed if mark.half], color, thickness.band)
        for level, color in zip(LEVELS, palette.FADES, strict=True)
    ]
    traces += hair_traces(placed, pen, thickness.cap)
    traces.append(pen.segments(bars, palette.BLUE, thickness.bar))
    if dot:
        traces.append(dot_trace(placed, pen, thickness.dot))
    return traces + arrow_traces(placed, pen)


def hair_traces(placed: Sequence[tuple[float, Mark]], pen: Pen, cap: float) -> list[Keys]:
    """The thin line of the 95% interval, and its ends."""
    ends = [(end, at) for at, mark in placed for end in (mark.low, mark.high) if pen.extent.holds(end)]
    shape = {"symbol": "line-ew" if pen.vertical else "line-ns", "size": cap, "line": _edge(palette.HAIR, 1.5)}
    hair = pen.segments([(at, mark.low, mark.high) for at, mark in placed], palette.HAIR, 1.5)
    return [hair, pen.points(ends, mode="markers", marker=shape)]


def dot_trace(placed: Sequence[tuple[float, Mark]], pen: Pen, size: float) -> Keys:
    """The estimates."""
    dots = [(mark.value, at) for at, mark in placed if pen.extent.holds(mark.value)]
    ring = {"size": size, "color": palette.BLUE, "line": _edge(palette.WHITE, 2 if size > _SMALL else 1)}
    return pen.points(dots, mode="markers", marker=ring)


def arrow_traces(placed: Sequence[tuple[float, Mark]], pen: Pen) -> list[Keys]:
    """Arrows where intervals leave the range, if any does."""
    arrows = _arrows(placed, pen.extent, vertical=pen.vertical)
    if not arrows:
        return []
    shape = {"symbol": [a[2] for a in arrows], "color": [a[3] for a in arrows], "size": 9}
    return [pen.points([a[:2] for a in arrows], mode="markers", marker=shape, cliponaxis=False)]


def _edge(color: str, width: float) -> Keys:
    return {"color": color, "width": width}


def _arrows(
    placed: Sequence[tuple[float, Mark]], extent: Axis, *, vertical: bool
) -> list[tuple[float, float, str, str]]:
    """Where an interval leaves the range: edge, position, symbol, colour (blue when the estimate itself is outside)."""
    low, high = extent.low, extent.high
    down, up = ("triangle-down", "triangle-up") if vertical else ("triangle-left", "triangle-right")
    arrows = []
    for at, mark in placed:
        if mark.low < low:
            arrows.append((low, at, down, palette.BLUE if mark.value < low else palette.HAIR))
        if mark.high > high:
            arrows.append((high, at, up, palette.BLUE if mark.value > high else palette.HAIR))
    return arrows


def hollow_trace(points: Sequence[tuple[float, float]], extent: Axis) -> Keys:
    """Shrunken estimates (value, position): hollow diamonds, never the figure itself; arrows outside the range."""
    symbols = [
        "triangle-left" if v < extent.low else "triangle-right" if v > extent.high else "diamond" for v, _ in points
    ]
    ring = {"symbol": symbols, "size": 9, "color": palette.WHITE, "line": _edge(palette.BLUE, 1.5)}
    inside = [(min(max(value, extent.low), extent.high), at) for value, at in points]
    return Pen(extent, vertical=False).points(inside, mode="markers", marker=ring, cliponaxis=False)
