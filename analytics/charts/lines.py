"""Lines over time: sales as an index, 100 = the year before; shares of firms that report; official statistics. Funded
firms solid and blue, comparison firms dashed and grey; a gap stays a gap.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from analytics.charts.kit.axis import Axis, fit_axis, nice_step
from analytics.charts.kit.markup import element
from analytics.charts.kit.plot import Plot, on_page
from analytics.charts.kit.plot_still import plot_still
from analytics.charts.kit.still import Drawing
from analytics.charts.kit.timeline import (
    Ground,
    Points,
    Span,
    Write,
    award_words,
    end_of,
    labelled,
    last_value,
    line_alt,
    padded_span,
    plotted,
    values_of,
    window_words,
    year_marks,
)
from analytics.language.text import Text
from analytics.model import Arm

BASE = 100.0  # of the index
_UPPER_HALF = 0.5  # the axis of shares begins here where no share is below it
_HEIGHT = 252.0  # px
_BAND = 0.16  # of the range of values: an empty band under all that is drawn, for the watermark


@dataclass(frozen=True, slots=True)
class Award:
    """A funding decision: its day, and that day in words."""

    day: dt.date
    words: str


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
) -> Drawing:
    """Index lines of both arms on one axis with 100. counts: firms of each arm, in words; before: the window whose mean
    is 100; after: the one it is compared with.
    """
    ground = index_ground([series], before, after, awards, 6)
    alt = [text("chart.alt.lines", arms="; ".join(index_alt(arm, series, counts.get(arm), text) for arm in series))]
    alt += [text("chart.alt.awards", awards="; ".join(award.words for award in awards))] if awards else []
    return _arms(series, ground, counts, text.number, awards, data_mark, " ".join(alt), text)


def shares(series: Mapping[Arm, Points], *, awards: Sequence[Award], data_mark: str | None, text: Text) -> Drawing:
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


def context(lines: Sequence[NamedLine], *, text: Text) -> Drawing:
    """Official statistics by year, each with its name and last value at its end."""
    values = values_of(line.points for line in lines)
    axis = fit_axis(min([0.0, *values]), max([0.0, *values]) or 0.1, most=4, smallest=0.01)
    days = [day for line in lines for day, _ in line.points]
    ground = Ground(padded_span(days), axis, base=0.0)

    def write(value: float) -> str:
        return text.percent(value, sign=False)

    series = {f"statistic s{i}": line.points for i, line in enumerate(lines)}
    ends = [
        end_of(f"statistic s{i}", end, write(end), line.name, ground)
        for i, line in enumerate(lines)
        if (end := last_value(line.points)) is not None
    ]
    plot = plotted(series, ground, years=year_marks(days, ground.span, 4), write=write, height=_HEIGHT)
    alt = "; ".join(line_alt(line.name, line.points, write, text) for line in lines)
    return _large(replace(plot, ends=ends), text("chart.alt.context", lines=alt), class_="lines long-labels")


def _large(plot: Plot, alt: str, class_: str = "lines") -> Drawing:
    """A plot of the usual size as a drawing."""
    return Drawing(labelled(element("div", on_page(plot), class_=class_), alt), partial(plot_still, plot), alt)


def _arms(
    series: Mapping[Arm, Points],
    ground: Ground,
    below: Mapping[Arm, str],
    write: Write,
    awards: Sequence[Award],
    data_mark: str | None,
    alt: str,
    text: Text,
) -> Drawing:
    """A line per arm, named where it ends, with the words of `below` under its name."""
    days = [day for points in series.values() for day, _ in points]
    ends = []
    for arm in (arm for arm in Arm if arm in series):
        last = last_value(series[arm])
        under = text("chart.not_published") if last is None else below.get(arm, "")
        ends.append(end_of(str(arm), last, text(f"chart.{arm}"), under, ground))
    years = year_marks(days, ground.span, 8)
    plot = plotted(comparison_first(series), ground, years=years, write=write, height=_HEIGHT)
    above = award_words([award.words for award in awards], text)
    plot = replace(plot, ends=ends, windows=window_words(ground, text), above=above, data_mark=data_mark)
    return _large(replace(plot, uprights=[ground.x(day) for day in ground.awards]), alt)


def comparison_first(series: Mapping[Arm, Points]) -> dict[str, Points]:
    """Lines in the order in which they are drawn: funded firms lie on top."""
    return {str(arm): series[arm] for arm in (Arm.COMPARISON, Arm.FUNDED) if arm in series}


def index_ground(
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


def index_alt(arm: Arm, series: Mapping[Arm, Points], firms: str | None, text: Text) -> str:
    """A line of an index in words. firms: behind it."""
    name = text(f"chart.{arm}") + (f" ({firms})" if firms else "")
    return line_alt(name, series[arm], text.number, text)
