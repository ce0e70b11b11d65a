"""An estimate drawn with its uncertainty: a dot, the 50% bar, fading bands, and a hair that ends at the 95% limits."""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from statistics import NormalDist, median
from typing import Literal

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, fit_axis
from analytics.model import Unit

Scale = Literal["ratio", "linear"]
Coordinate = float | None

LEVELS = (0.95, 0.90, 0.80, 0.70, 0.60)  # widest first: the narrower lie on the wider
_REACH = 2.0  # typical widths from the middle: as far as the shared range goes
_SMALLEST_STEP = 0.01  # ticks have no decimals of a percent
_ARROW_TIP = 0.012  # of the range: a clipped line ends where its arrow begins
_SMALL_DOT = 9.0  # px: a dot up to this size has a thinner ring
_LEAST_RANGE = 0.04  # no axis spans less than 4 points: smaller differences are noise


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
        """The ends of the 50% interval; None without them."""
        return None if self.low_50 is None or self.high_50 is None else (self.low_50, self.high_50)


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One group of a forest.

    n: number of firms; None: not published. mark None: withheld, and `note` says why; else the note stands under the
    label. shrunken: the shrunken estimate, drawn as a second, hollow mark; None: not drawn.
    """

    label: str
    n: int | None
    mark: Mark | None
    note: str
    shrunken: float | None = None


@dataclass(frozen=True, slots=True)
class Thickness:
    """How thick the parts of an interval are drawn, in px: bands, 50% bar, dot, cap at the 95% ends."""

    band: float
    bar: float
    dot: float
    cap: float


ROW_THICKNESS = Thickness(6, 11, 13, 9)
PANEL_THICKNESS = Thickness(9, 16, 17, 12)


def scale_of(unit: str) -> Scale:
    """The scale of a unit. Fractions are ratios less one: none lies below -100%, and their intervals are symmetric in
    logs. All other units are linear.
    """
    return "ratio" if unit == Unit.FRACTION else "linear"


def least_value(scale: Scale) -> float:
    """The smallest value that exists on a scale: nothing falls by more than 100%."""
    return -1.0 if scale == "ratio" else -math.inf


def band(mark: Mark, level: float, scale: Scale = "ratio") -> tuple[float, float]:
    """Ends of the band of a level (0.5 to 0.95), interpolated between the 50% and the 95% ends of the mark: a shade of
    the picture, no estimate of its own. Without 50% ends there is no band: both ends are the estimate.
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
    """One value axis for all marks, with 0 and the further `points` inside. margin, edge: shares of the range added at
    the ends and beyond the last tick; most: number of steps at most.

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
    extent = max(high - low, _LEAST_RANGE)
    more = margin * extent + (extent - (high - low)) / 2
    least = least_value(scale)
    return fit_axis(low - more, high + more, most=most, smallest=_SMALLEST_STEP, least=least, edge=edge)


@dataclass(frozen=True, slots=True)
class Pen:
    """Makes traces of values along an axis, at positions across it. vertical: the value axis stands upright."""

    extent: Axis
    vertical: bool

    def points(self, points: Sequence[tuple[Coordinate, Coordinate]], **style: object) -> Keys:
        """One trace of (value, position) pairs; `style` holds keys of a plotly trace."""
        along, across = [value for value, _ in points], [at for _, at in points]
        x, y = (across, along) if self.vertical else (along, across)
        return {"x": x, "y": y, **style}

    def segments(self, ends: Sequence[tuple[float, float, float]], color: str, width: float) -> Keys:
        """One trace of straight lines, each (position, start, end), clipped to the axis; a clipped line stops where its
        arrow begins.
        """
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
    """Traces of (position, mark) pairs: one per part of the interval for any number of marks, clipped to `extent`.

    scale: of the bands; vertical: whether values run upwards; dot: whether the estimate itself is drawn.
    """
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
    """Two traces: the thin lines of the 95% intervals, and the caps at their ends. cap: px."""
    ends = [(end, at) for at, mark in placed for end in (mark.low, mark.high) if pen.extent.holds(end)]
    shape = {"symbol": "line-ew" if pen.vertical else "line-ns", "size": cap, "line": _outline(palette.HAIR, 1.5)}
    hair = pen.segments([(at, mark.low, mark.high) for at, mark in placed], palette.HAIR, 1.5)
    return [hair, pen.points(ends, mode="markers", marker=shape)]


def dot_trace(placed: Sequence[tuple[float, Mark]], pen: Pen, size: float) -> Keys:
    """One trace of the estimates that lie on the axis, as dots of `size` px."""
    dots = [(mark.value, at) for at, mark in placed if pen.extent.holds(mark.value)]
    ring = {"size": size, "color": palette.BLUE, "line": _outline(palette.WHITE, 2 if size > _SMALL_DOT else 1)}
    return pen.points(dots, mode="markers", marker=ring)


def arrow_traces(placed: Sequence[tuple[float, Mark]], pen: Pen) -> list[Keys]:
    """A trace of arrows where intervals leave the axis; no trace where none does."""
    arrows = _arrows(placed, pen.extent, vertical=pen.vertical)
    if not arrows:
        return []
    symbols, colors = [symbol for *_, symbol, _ in arrows], [color for *_, color in arrows]
    shape = {"symbol": symbols, "color": colors, "size": 9}
    return [pen.points([(end, at) for end, at, _, _ in arrows], mode="markers", marker=shape, cliponaxis=False)]


def _outline(color: str, width: float) -> Keys:
    return {"color": color, "width": width}


def _arrows(
    placed: Sequence[tuple[float, Mark]], extent: Axis, *, vertical: bool
) -> list[tuple[float, float, str, str]]:
    """Where intervals leave the axis: (end of the axis, position, symbol, colour); blue where the estimate does too."""
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
    """One trace of shrunken estimates, each (value, position): hollow diamonds, arrows where the axis ends before."""
    symbols = [
        "triangle-left" if value < extent.low else "triangle-right" if value > extent.high else "diamond"
        for value, _ in points
    ]
    ring = {"symbol": symbols, "size": 9, "color": palette.WHITE, "line": _outline(palette.BLUE, 1.5)}
    clipped = [(extent.clip(value), at) for value, at in points]
    return Pen(extent, vertical=False).points(clipped, mode="markers", marker=ring, cliponaxis=False)
