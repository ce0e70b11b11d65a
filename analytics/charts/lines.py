"""Sales over time as an index, 100 = the year before: funded firms solid, comparison dashed; a gap stays a gap."""

from collections.abc import Mapping, Sequence

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, nice_step, ticks
from analytics.charts.kit.canvas import PHONE_WIDTH, WIDE_WIDTH, Canvas, Stamp
from analytics.charts.kit.timeline import (
    Award,
    Points,
    Span,
    arm_alt,
    arm_traces,
    awards_alt,
    date_span,
    draw_award_lines,
    padded_span,
    plotly_date,
    published_values,
    shade_windows,
    write_arms,
    write_awards,
    write_windows,
    year_ticks,
)
from analytics.language.text import Text
from analytics.model import Arm

BASE = 100.0  # of the index
_ROOM_ABOVE_LINES = 30.0  # px, for the words of the windows


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
    """Index lines of both arms, funded and comparison, on one axis with 100.

    counts: firms of each arm; before: the window whose mean is 100, shaded; after: the one it is compared with, shaded
    in grey; awards: day and the words above its line ("primo elenco 30 nov 2020"); height: of the whole figure, in px;
    compact: for phones.
    """
    right = 92.0 if compact else 108.0
    canvas = Canvas(PHONE_WIDTH if compact else WIDE_WIDTH, plot_height=0, left=40, right=right, top=52, bottom=66)
    span = padded_span(*date_span(series, *(before or ()), *(after or ()), *(day for day, _ in awards)))
    write_awards(canvas, awards, span)
    canvas.plot_height = max(height - canvas.top - canvas.bottom, 120.0)
    extent = _index_axis(published_values(series), canvas.plot_height)
    values = _index_ticks(extent, canvas.plot_height)
    canvas.draw_grid(values, base=BASE)
    shade_windows(canvas, before, after)
    draw_award_lines(canvas, awards)
    write_windows(canvas, before, after, awards, span, text)
    canvas.traces = arm_traces(series)
    write_arms(canvas, series, {arm: text.count("chart.firms", n) for arm, n in counts.items()}, extent, text)
    canvas.stamp(stamp, text)
    return canvas.figure(
        xaxis={"type": "date", "range": [plotly_date(day) for day in span]}
        | year_ticks(series, span, 4 if compact else 8),
        yaxis={"range": (extent.low, extent.high)} | ticks(values, (f"{text.number(value)} " for value in values)),
    )


def _index_ticks(extent: Axis, plot_height: float) -> list[float]:
    """100, and the round values whose words do not touch it."""
    near = 1.4 * palette.TICK / plot_height
    return [BASE, *(value for value in extent.ticks() if abs(extent.share(value) - extent.share(BASE)) > near)]


def _index_axis(values: Sequence[float], plot_height: float) -> Axis:
    """An axis that holds all values and 100, with room above for the words of the windows."""
    low, high = min([BASE, *values]), max([BASE, *values])
    extent = max(high - low, 10.0)
    top = low + 1.05 * extent / (1 - _ROOM_ABOVE_LINES / plot_height)
    return Axis(low - 0.08 * extent, top, nice_step(extent, 6))


def lines_alt(series: Mapping[Arm, Points], *, counts: Mapping[Arm, int], awards: Sequence[Award], text: Text) -> str:
    """The same in words: each arm's first, lowest, highest and last index, then the awards."""
    arms = [index_alt(arm, series[arm], counts.get(arm), text) for arm in Arm if arm in series]
    return " ".join([text("chart.alt.lines", arms="; ".join(arms)), *awards_alt(awards, text)])


def index_alt(arm: Arm, points: Points, n: int | None, text: Text) -> str:
    """One arm's first, lowest, highest and last index in words, with its number of firms where `n` is given."""
    return arm_alt(arm, points, n, text, key="chart.alt.arm_line", write=text.number)
