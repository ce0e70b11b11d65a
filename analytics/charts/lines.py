"""Sales over time as an index, 100 = the year before: funded firms solid, comparison dashed; a gap stays a gap."""

from collections.abc import Mapping, Sequence

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, nice_step, ticks
from analytics.charts.kit.canvas import Canvas, Stamp
from analytics.charts.kit.timeline import (
    Award,
    Points,
    Span,
    arm_name,
    arm_traces,
    award_rules,
    award_words,
    awards_alt,
    dates,
    end_words,
    moment,
    padded,
    values_of,
    year_ticks,
    zone_words,
    zones,
)
from analytics.language.text import Text
from analytics.model import Arm

BASE = 100.0
_HEADROOM = 30.0  # px above the lines, for the words of the zones
_WIDE, _NARROW = 560.0, 320.0


def lines(
    series: Mapping[Arm, Points],
    *,
    counts: Mapping[Arm, int],
    before: Span | None,
    awards: Sequence[Award],
    stamp: Stamp,
    text: Text,
    after: Span | None = None,
    height: float = 400.0,
    compact: bool = False,
) -> go.Figure:
    """Index lines of both arms.

    counts: firms of each arm; before: the window that makes 100, shaded; after: the one it is compared with, shaded in
    grey; awards: day and the words above its line ("primo elenco 30 nov 2020"); height: of the whole figure, in px;
    compact: for phones.
    """
    right = 92.0 if compact else 108.0
    canvas = Canvas(_NARROW if compact else _WIDE, plot_height=0, left=40, right=right, top=52, bottom=66)
    span = padded(*dates(series, *(before or ()), *(after or ()), *(day for day, _ in awards)))
    award_words(canvas, awards, span)
    canvas.plot_height = max(height - canvas.top - canvas.bottom, 120.0)
    extent = _index_axis(values_of(series), canvas.plot_height)
    values = _index_ticks(extent, canvas.plot_height)
    for value in values:
        strong = value == BASE
        canvas.rule((0, 1), (value, value), color=palette.GREY if strong else palette.GRID, width=1, xref="paper")
    zones(canvas, before, after)
    award_rules(canvas, awards)
    zone_words(canvas, before, after, awards, span, text)
    canvas.traces = arm_traces(series)
    end_words(canvas, series, {arm: text.count("chart.firms", n) for arm, n in counts.items()}, extent, text)
    canvas.stamp(stamp, text)
    return canvas.figure(
        xaxis={"type": "date", "range": [moment(day) for day in span]} | year_ticks(series, span, 4 if compact else 8),
        yaxis={"range": (extent.low, extent.high)} | ticks(values, (f"{text.number(value)} " for value in values)),
    )


def _index_ticks(extent: Axis, plot_height: float) -> list[float]:
    """100 always, and the round values whose words do not touch it."""
    near = 1.4 * palette.TICK / plot_height
    return [BASE, *(v for v in extent.ticks() if abs(extent.share(v) - extent.share(BASE)) > near)]


def _index_axis(values: Sequence[float], plot_height: float) -> Axis:
    """All values and 100, with room above for the words of the zones."""
    low, high = min([BASE, *values]), max([BASE, *values])
    extent = max(high - low, 10.0)
    top = low + 1.05 * extent / (1 - _HEADROOM / plot_height)
    return Axis(low - 0.08 * extent, top, nice_step(extent, 6))


def lines_alt(series: Mapping[Arm, Points], *, counts: Mapping[Arm, int], awards: Sequence[Award], text: Text) -> str:
    """The same in words: each arm's first, lowest, highest and last index, then the awards."""
    said = [arm_alt(arm, series[arm], counts.get(arm), text) for arm in Arm if arm in series]
    return " ".join([text("chart.alt.lines", arms="; ".join(said)), *awards_alt(awards, text)])


def arm_alt(arm: Arm, points: Points, n: int | None, text: Text) -> str:
    """One arm's first, lowest, highest and last index in words."""
    name = arm_name(arm, n, text)
    known = [(day, value) for day, value in points if value is not None]
    if not known:
        return f"{name}: {text('chart.not_published')}"
    values = [value for _, value in known]
    numbers = {"first": known[0][1], "last": known[-1][1], "low": min(values), "high": max(values)}
    when = {"start": known[0][0].year, "end": known[-1][0].year}
    return text("chart.alt.arm_line", name=name, **when, **{key: text.number(v) for key, v in numbers.items()})
