"""How far firms differ: dots that are each the mean of about ten firms in order, stacked in bins; never one firm."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from analytics.charts.kit.axis import Axis, nice_step
from analytics.charts.kit.axis_still import HEAD, guides_still, ticks_still
from analytics.charts.kit.frame import watermark
from analytics.charts.kit.interval import least_value, scale_of
from analytics.charts.kit.markup import element, joined, number, percent
from analytics.charts.kit.outlines import paragraph, wrapped
from analytics.charts.kit.row import Guide
from analytics.charts.kit.still import Drawing, Still, at, drawn_watermark
from analytics.charts.kit.timeline import labelled
from analytics.charts.rows import guide_words, tick_words
from analytics.language.text import Text
from analytics.model import Unit

_WIDTH = 300.0  # px: the narrowest that a page gives the picture; dots do not touch there
_DOT, _LEAST_DOT, _GAP = 14.0, 9.0, 1.0  # px; bins grow before dots become smaller
_BIN_STEPS = (0.05, 0.10, 0.20, 0.25, 0.50, 1.0)
_FAR_FROM = 2.0  # dots beyond this value stand in one pile
_ROUNDING = 1e-9
_TALLEST_PILE, _LEAST_HEIGHT = 180.0, 84.0  # px
_AROUND_MEDIAN = 1.5  # times the median: how far the range reaches where the median stands alone
_LARGEST_DOT, _MARGIN, _BAND, _LEADING = 18.0, 24.0, 30.0, 18.0  # px, of an image
_AROUND_ZERO = 0.2  # the range reaches at least so far on both sides


@dataclass(frozen=True, slots=True)
class _Bins:
    """Bins of dots. step: width of a bin; size: of a dot, in px; low, high: ends of the axis; beyond: where the pile of
    far dots stands, None without any.
    """

    step: float
    size: float
    low: float
    high: float
    beyond: float | None

    def middle(self, value: float) -> float:
        """The middle of a value's bin."""
        if self.beyond is not None and value > _FAR_FROM + _ROUNDING:
            return self.beyond
        return _middle(min(max(value, self.low), _FAR_FROM), self.step)


@dataclass(frozen=True, slots=True)
class _Spread:
    """What is drawn. piles: each dot's middle of its bin, and its place in the pile; at: where the median stands;
    words: under the axis.
    """

    axis: Axis
    bins: _Bins
    piles: Sequence[tuple[float, int]]
    at: float
    guides: Sequence[Guide]
    write: Callable[[float], str]
    words: str
    data_mark: str | None

    def dot_size(self, most: float) -> float:
        """Of a dot, px, so that the tallest pile is not too tall. most: px, as far as dots beside it allow."""
        return min(most, _TALLEST_PILE / max(self._tallest, 1))

    def height(self, size: float) -> float:
        """Of the piles, px. size: of a dot."""
        return max(_LEAST_HEIGHT, (self._tallest + 1) * size)

    @property
    def _tallest(self) -> int:
        return max((place for _, place in self.piles), default=0)

    def circles(self, size: float, x: Callable[[float], str]) -> list[Markup]:
        """The dots; without any, the median alone. size: of a dot, px; x: where a share of the axis lies."""
        height, share = self.height(size), self.axis.share
        return [
            element("circle", class_="dot", cx=x(share(at)), cy=height - (place - 0.5) * size, r=size / 2 - _GAP / 2)
            for at, place in self.piles
        ] or [element("circle", class_="dot", cx=x(share(self.at)), cy=height / 2, r=8.0)]

    def lines(self, x: Callable[[float], str], height: str) -> list[Markup]:
        """The lines to compare with."""
        places = [(guide.kind, x(self.axis.share(guide.value))) for guide in self.guides]
        return [element("line", class_=kind, x1=at, x2=at, y1="0", y2=height) for kind, at in places]


def spread(
    dots: Sequence[float],
    *,
    median: float,
    n: int,
    data_mark: str | None,
    text: Text,
    per_dot: int,
    unit: str = Unit.FRACTION,
) -> Drawing:
    """The distribution of firms' changes less that of the typical comparison firm, as stacked dots, with the median;
    without dots, the median alone.

    dots: each the mean of at least `per_dot` firms in ascending order, rounded to 5 points; n: number of firms; what
    lies beyond +200% stands in one pile. Raises ValueError on NaN and infinity.
    """
    if not all(math.isfinite(value) for value in (*dots, median)):
        raise ValueError("a spread needs finite numbers")

    def write(value: float) -> str:
        return text.measured(value, unit)

    bins = _bins([*dots, median] if dots else [_AROUND_MEDIAN * median, median], least_value(scale_of(unit)))
    axis = Axis(bins.low, bins.high, nice_step(bins.high - bins.low, 4))
    piles = _piles(dots, bins)
    at = bins.beyond if median > _FAR_FROM and bins.beyond is not None else max(median, bins.low)
    guides = [
        Guide(0.0, text("chart.as_comparison"), "zero"),
        Guide(at, f"{text('chart.median')} {write(median)}"),
    ]
    words = [text("chart.spread_axis"), text.count("chart.firms", n)]
    words += [text("chart.per_dot", firms=text.count("chart.firms", per_dot))] if piles else []
    words += [text("chart.far_pile", value=write(_FAR_FROM))] if bins.beyond is not None and piles else []
    drawn = _Spread(axis, bins, piles, at, guides, write, " · ".join(words), data_mark)
    alt = spread_alt(dots, median=median, n=n, text=text, per_dot=per_dot, unit=unit)
    return Drawing(labelled(_on_page(drawn), alt), partial(_still, drawn), alt)


def _on_page(drawn: _Spread) -> Markup:
    size = drawn.dot_size(drawn.bins.size)
    marks = [*drawn.lines(percent, "100%"), *drawn.circles(size, percent)]
    ticks = tick_words(drawn.axis, drawn.write)
    return element(
        "div",
        element("div", guide_words(drawn.guides, drawn.axis), class_="guides"),
        element("svg", *marks, style=f"height:{number(drawn.height(size))}px", aria_hidden="true"),
        element("div", watermark(drawn.data_mark), class_="mark-row"),
        element("div", *ticks, class_="ticks"),
        element("p", drawn.words, class_="axis-words"),
        class_="spread",
    )


def _still(drawn: _Spread, width: float) -> Still:
    """Dots as large as their bins allow; half of a tick's words has room on both sides."""
    across = width - 2 * _MARGIN
    axis, bins = drawn.axis, drawn.bins
    size = drawn.dot_size(min(_LARGEST_DOT, across * bins.step / (bins.high - bins.low) - _GAP))
    height = drawn.height(size)

    def x(share: float) -> str:
        return number(share * across)

    guides = guides_still(drawn.guides, axis, across, (_MARGIN, _MARGIN))
    band = _BAND if drawn.data_mark else 6.0
    foot = guides.height + height + band
    ticks = ticks_still(axis, drawn.write, across, (_MARGIN, _MARGIN))
    words = wrapped(drawn.words, width, HEAD)
    marks = [*drawn.lines(x, number(height)), *drawn.circles(size, x)]
    parts = [
        at(guides.svg, _MARGIN, 0.0),
        at(element("g", *marks, class_="spread"), _MARGIN, guides.height),
        drawn_watermark(drawn.data_mark, width / 2, foot - 9.0),
        at(ticks.svg, _MARGIN, foot),
        paragraph(words, 0.0, foot + ticks.height + 18.0, HEAD, _LEADING),
    ]
    return Still(joined(parts), width, foot + ticks.height + 4.0 + len(words) * _LEADING)


def _middle(value: float, step: float) -> float:
    """The middle of the bin, `step` wide, that a value falls in; what stands between two falls in the upper one."""
    return math.floor(value / step + 0.5 + _ROUNDING) * step


def _bins(values: Sequence[float], least: float) -> _Bins:
    """The narrowest bins in which dots of a legible size do not touch. least: the smallest value that exists."""
    far = any(value > _FAR_FROM + _ROUNDING for value in values)
    inside = [min(max(value, least), _FAR_FROM) for value in values]
    low, high = min([*inside, -_AROUND_ZERO]), max([*inside, _AROUND_ZERO])
    for step in _BIN_STEPS:
        last = _FAR_FROM if far else _middle(high, step)
        beyond = last + 2 * step if far else None
        left, right = _middle(low, step) - 0.6 * step, (beyond or last) + 0.6 * step
        px = _WIDTH * step / (right - left)
        if px >= _LEAST_DOT + _GAP:
            break
    return _Bins(step, min(_DOT, px - _GAP), left, right, beyond)


def _piles(dots: Sequence[float], bins: _Bins) -> list[tuple[float, int]]:
    """Each dot's middle of its bin, and its place in the pile, counted from 1."""
    piles: Counter[float] = Counter()
    placed = []
    for value in sorted(dots):
        middle = bins.middle(value)
        piles[middle] += 1
        placed.append((middle, piles[middle]))
    return placed


def spread_alt(
    dots: Sequence[float], *, median: float, n: int, text: Text, per_dot: int, unit: str = Unit.FRACTION
) -> str:
    """The same in words: the median, and how many dots stand below, at and above the typical comparison firm."""

    def write(value: float) -> str:
        return text.measured(value, unit)

    sentences = [text("chart.alt.median", value=write(median), firms=text.count("chart.firms", n))]
    if dots:
        counts = {
            "below": sum(dot < 0 for dot in dots),
            "at": sum(dot == 0 for dot in dots),
            "above": sum(dot > 0 for dot in dots),
        }
        ends = {"low": write(min(dots)), "high": write(max(dots))}
        each = text("chart.per_dot", firms=text.count("chart.firms", per_dot))
        sentences.append(text("chart.alt.spread", n=len(dots), each=each, **counts, **ends))
    return " ".join(sentences)
