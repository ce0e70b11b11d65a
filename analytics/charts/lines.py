"""Lines over time: sales as an index, 100 = the year before; shares of firms that report; official statistics. Funded
firms solid and blue, comparison firms dashed and grey; a gap stays a gap.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from analytics.charts.kit.axis import Axis, fit_axis, nice_step
from analytics.charts.kit.markup import element
from analytics.charts.kit.timeline import (
    Ground,
    Points,
    Span,
    Write,
    award_words,
    curves,
    end_labels,
    labelled,
    last_value,
    line_alt,
    mark_label,
    padded_span,
    plot,
    values_of,
    window_labels,
    year_marks,
)
from analytics.language.text import Text
from analytics.model import Arm

BASE = 100.0  # of the index
_UPPER_HALF = 0.5  # the axis of shares begins here where no share is below it
_HEIGHT, _SMALL_HEIGHT = 252.0, 84.0  # px
_BAND, _SMALL_BAND = 0.16, 0.36  # of the range of values: an empty band under all that is drawn, for the watermark


@dataclass(frozen=True, slots=True)
class Award:
    """A funding decision: its day, and that day in words."""

    day: dt.date
    words: str


@dataclass(frozen=True, slots=True)
class SmallChart:
    """One group: its name, number of funded firms in words, index points of each arm; what it opens; whether it is the
    one that the page is about.
    """

    title: str
    n: str
    series: Mapping[Arm, Points]
    href: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class NamedLine:
    """One official statistic: its name and its values by year, as fractions."""

    name: str
    points: Points


def index_lines(
    series: Mapping[Arm, Points],
    *,
    counts: Mapping[Arm, str],
    before: Span,
    after: Span,
    awards: Sequence[Award],
    data_mark: str | None,
    text: Text,
) -> Markup:
    """Index lines of both arms on one axis with 100. counts: firms of each arm, in words; before: the window whose mean
    is 100; after: the one it is compared with.
    """
    ground = _index_ground([series], before, after, awards, 6)
    alt = [text("chart.alt.lines", arms="; ".join(_index_alt(arm, series, counts.get(arm), text) for arm in series))]
    alt += [text("chart.alt.awards", awards="; ".join(award.words for award in awards))] if awards else []
    return _arms(series, ground, counts, text.number, awards, data_mark, " ".join(alt), text, windows=True)


def shares(series: Mapping[Arm, Points], *, awards: Sequence[Award], data_mark: str | None, text: Text) -> Markup:
    """Shares of firms that report (0 to 1), by arm and day."""
    values = values_of(series.values())
    low = _UPPER_HALF if min(values, default=0.0) >= _UPPER_HALF else 0.0
    axis = Axis(low - _BAND * (1 - low), 1.02, 0.1 if low else 0.25, low)
    days = [day for points in series.values() for day, _ in points]
    ground = Ground(padded_span([*days, *(award.day for award in awards)]), axis, awards=[a.day for a in awards])

    def write(value: float) -> str:
        return text.percent(value, sign=False)

    ends = {arm: last_value(points) for arm, points in series.items()}
    below = {arm: write(end) for arm, end in ends.items() if end is not None}
    arms = "; ".join(line_alt(text(f"chart.{arm}"), points, write, text) for arm, points in series.items())
    alt = text("chart.alt.shares", arms=arms)
    return _arms(series, ground, below, write, awards, data_mark, alt, text)


def context(lines: Sequence[NamedLine], *, text: Text) -> Markup:
    """Official statistics by year, each with its name and last value at its end."""
    values = values_of(line.points for line in lines)
    axis = fit_axis(min([0.0, *values]), max([0.0, *values]) or 0.1, most=4, smallest=0.01)
    days = [day for line in lines for day, _ in line.points]
    ground = Ground(padded_span(days), axis, base=0.0)

    def write(value: float) -> str:
        return text.percent(value, sign=False)

    series = {f"statistic s{i}": line.points for i, line in enumerate(lines)}
    ends = [
        (f"statistic s{i}", end, write(end), line.name)
        for i, line in enumerate(lines)
        if (end := last_value(line.points)) is not None
    ]
    years = year_marks(days, ground.span, 4)
    labels = end_labels(ends, ground, _HEIGHT)
    drawing = plot(curves(series, ground), ground, years=years, write=write, height=_HEIGHT, labels=labels)
    alt = "; ".join(line_alt(line.name, line.points, write, text) for line in lines)
    return labelled(element("div", drawing, class_="lines long-labels"), text("chart.alt.context", lines=alt))


def _arms(
    series: Mapping[Arm, Points],
    ground: Ground,
    below: Mapping[Arm, str],
    write: Write,
    awards: Sequence[Award],
    data_mark: str | None,
    alt: str,
    text: Text,
    *,
    windows: bool = False,
) -> Markup:
    """A line per arm, named where it ends, with the words of `below` under its name."""
    days = [day for points in series.values() for day, _ in points]
    ends = [
        (str(arm), end, text(f"chart.{arm}"), text("chart.not_published") if end is None else below.get(arm, ""))
        for arm, end in ((arm, last_value(series[arm])) for arm in Arm if arm in series)
    ]
    labels = [
        *end_labels(ends, ground, _HEIGHT),
        *(window_labels(ground, text) if windows else []),
        *mark_label(data_mark),
    ]
    drawn = {str(arm): series[arm] for arm in (Arm.COMPARISON, Arm.FUNDED) if arm in series}
    years = year_marks(days, ground.span, 8)
    drawing = plot(curves(drawn, ground), ground, years=years, write=write, height=_HEIGHT, labels=labels)
    above = award_words([award.words for award in awards], text)
    return labelled(element("div", above, drawing, class_="lines"), alt)


def _index_ground(
    every: Sequence[Mapping[Arm, Points]],
    before: Span,
    after: Span,
    awards: Sequence[Award],
    most: int,
    band: float = _BAND,
) -> Ground:
    """An axis that holds all values and 100, with room above for words and an empty band below for the watermark.

    most: number of steps at most; band: of the watermark, as a share of the range.
    """
    values = [BASE, *(value for series in every for value in values_of(series.values()))]
    extent = max(max(values) - min(values), 10.0)
    least = min(values)
    axis = Axis(least - band * extent, max(values) + 0.12 * extent, nice_step(extent, most), least)
    days = [day for series in every for points in series.values() for day, _ in points]
    span = padded_span([*days, *before, *after, *(award.day for award in awards)])
    return Ground(span, axis, BASE, before, after, [award.day for award in awards])


def _index_alt(arm: Arm, series: Mapping[Arm, Points], firms: str | None, text: Text) -> str:
    name = text(f"chart.{arm}") + (f" ({firms})" if firms else "")
    return line_alt(name, series[arm], text.number, text)


def small_multiples(
    charts: Sequence[SmallChart],
    *,
    before: Span,
    after: Span,
    awards: Sequence[Award],
    data_mark: str | None,
    text: Text,
) -> Markup:
    """Index lines of both arms of every group, on one scale, with the first award; each opens what its group has."""
    ground = _index_ground([chart.series for chart in charts], before, after, awards[:1], 3, _SMALL_BAND)
    return element("div", *(_small(chart, ground, data_mark, text) for chart in charts), class_="multiples")


def _small(chart: SmallChart, ground: Ground, data_mark: str | None, text: Text) -> Markup:
    days = [day for points in chart.series.values() for day, _ in points]
    drawn = {str(arm): chart.series[arm] for arm in (Arm.COMPARISON, Arm.FUNDED) if arm in chart.series}
    drawing = plot(
        curves(drawn, ground),
        ground,
        years=year_marks(days, ground.span, 3),
        write=text.number,
        height=_SMALL_HEIGHT,
        labels=mark_label(data_mark),
    )
    arms = "; ".join(_index_alt(arm, chart.series, None, text) for arm in chart.series)
    alt = text("chart.alt.small", title=chart.title, firms=chart.n, arms=arms)
    firms = f" · {chart.n}" if chart.n else ""
    title = element("span", element("b", chart.title), firms, class_="small-title")
    return element(
        "a" if chart.href else "div",
        title,
        labelled(drawing, alt),
        href=chart.href or None,
        class_="small lines current" if chart.current else "small lines",
    )
