"""An estimate drawn with its uncertainty: a dot, the 50% bar, fading bands, and a hair that ends at the 95% limits."""

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from statistics import NormalDist, median
from typing import Literal

from markupsafe import Markup

from analytics.charts.kit import outlines
from analytics.charts.kit.axis import Axis, fit_axis
from analytics.charts.kit.markup import element, joined, number, percent
from analytics.model import Unit

Scale = Literal["ratio", "linear"]

LEVELS = (0.95, 0.90, 0.80, 0.70, 0.60)  # widest first: the narrower lie on the wider
_REACH = 2.0  # typical widths from the middle: as far as the shared range goes
_SMALLEST_STEP = 0.01  # ticks have no decimals of a percent
BEYOND = outlines.Style(12, fill=outlines.GREY)
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
class Line:
    """Draws what lies along a horizontal axis, at mid-height.

    box: width and height, px, of an image; None: on a page, in an SVG as wide as the axis, with places in percent.
    Sizes are px either way.
    """

    axis: Axis
    box: tuple[float, float] | None = None

    def _x(self, share: float) -> str:
        return number(share * self.box[0]) if self.box else percent(share)

    def _y(self, share: float = 0.5) -> str:
        return number(share * self.box[1]) if self.box else percent(share)

    def bar(self, low: float, high: float, height: float, class_: str) -> Markup:
        """A bar from one value to another, cut where the axis ends; nothing where it lies outside."""
        low, high = max(low, self.axis.low), min(high, self.axis.high)
        if low > high:
            return Markup("")
        left, right = self.axis.share(low), self.axis.share(high)
        place = {"x": self._x(left), "width": self._x(right - left), "y": self._y(), "height": height}
        return element("rect", class_=class_, transform=f"translate(0 {number(-height / 2)})", **place)

    def rule(self, value: float, class_: str) -> Markup:
        """A line across the axis, over the whole height; nothing where the value lies outside."""
        if not self.axis.holds(value):
            return Markup("")
        at = self._x(self.axis.share(value))
        return element("line", class_=class_, x1=at, x2=at, y1="0", y2=self._y(1.0))

    def thread(self, low: float, high: float, class_: str) -> Markup:
        """A thin line along the axis from one value to another, cut where the axis ends."""
        ends = {f"x{i}": self._x(self.axis.share(self.axis.clip(end))) for i, end in enumerate((low, high), 1)}
        return element("line", class_=class_, y1=self._y(), y2=self._y(), **ends)

    def cap(self, value: float, half: float) -> Markup:
        """A short upright line at the end of an interval; nothing outside."""
        return self._at(value, element("path", class_="hair", d=f"M0 {-half}V{half}"))

    def dot(self, value: float, radius: float, class_: str) -> Markup:
        """A dot at a value; nothing outside."""
        if not self.axis.holds(value):
            return Markup("")
        return element("circle", class_=class_, cx=self._x(self.axis.share(value)), cy=self._y(), r=radius)

    def diamond(self, value: float, class_: str) -> Markup:
        """A hollow mark beside the estimate, for a second one; at the end of the axis where it lies outside."""
        return self._at(self.axis.clip(value), element("path", class_=class_, d="M0-5L5 0L0 5L-5 0Z"))

    def arrows(self, low: float, high: float, words: Callable[[float], str]) -> Markup:
        """An arrow where an interval leaves the axis, and the number that it goes to."""
        beyond = [(self.axis.low, low, -1)] if low < self.axis.low else []
        beyond += [(self.axis.high, high, 1)] if high > self.axis.high else []
        return joined(
            self._at(
                end,
                element("path", class_="arrow", d=f"M{-9 * side}-5L0 0L{-9 * side} 5Z"),
                self._beyond(words(value), -11 * side, "end" if side > 0 else "start"),
            )
            for end, value, side in beyond
        )

    def _beyond(self, words: str, x: float, anchor: str) -> Markup:
        if self.box:
            return outlines.line(words, x, -6, BEYOND, anchor)
        return element("text", words, class_="beyond", x=x, y=-6, text_anchor=anchor)

    def _at(self, value: float, *content: Markup) -> Markup:
        """Drawing in px around a value at mid-height; nothing outside the axis."""
        if not self.axis.holds(value):
            return Markup("")
        x, y = self._x(self.axis.share(value)), self._y()
        if self.box:
            return element("g", *content, transform=f"translate({x} {y})")
        return element("svg", *content, x=x, y=y, overflow="visible")


def draw_interval(
    mark: Mark, line: Line, *, words: Callable[[float], str], scale: Scale = "ratio", told: bool, point: bool = True
) -> Markup:
    """An interval: bands that fade toward its 95% ends, a bar of its 50%, a dot at the estimate.

    words: an end in words, where it lies beyond the axis; told: whether a direction may be said: else the bar is thin
    and pale and the dot hollow and small, so that the range leads; point: whether the estimate is drawn at all.
    """
    bands = [
        line.bar(*band(mark, level, scale), 6, f"band b{round(100 * level)}")
        for level in LEVELS
        if mark.half is not None
    ]
    hair = [line.thread(mark.low, mark.high, "hair"), *(line.cap(end, 4.5) for end in (mark.low, mark.high))]
    bar = [line.bar(*mark.half, 11 if told else 7, class_="bar" if told else "bar open")] if mark.half else []
    dot = [line.dot(mark.value, 6.5 if told else 4.25, class_="dot" if told else "dot open")] if point else []
    return joined([*bands, *hair, *bar, *dot, line.arrows(mark.low, mark.high, words)])
