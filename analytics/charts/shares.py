"""How many firms report, by arm over time: absent sales are counted, never read as zero."""

from collections.abc import Mapping, Sequence

from plotly import graph_objects as go

from analytics.charts.kit.axis import Axis, ticks
from analytics.charts.kit.canvas import HALF_PAGE_WIDTH, PHONE_WIDTH, Canvas, Stamp
from analytics.charts.kit.timeline import (
    Award,
    Points,
    arm_alt,
    arm_traces,
    awards_alt,
    date_span,
    draw_award_lines,
    last_value,
    padded_span,
    plotly_date,
    published_values,
    write_arms,
    write_awards,
    year_ticks,
)
from analytics.language.text import Text
from analytics.model import Arm

_UPPER_HALF = 0.5  # the axis begins here where no share is below it


def shares(
    series: Mapping[Arm, Points],
    *,
    awards: Sequence[Award],
    stamp: Stamp,
    text: Text,
    height: float = 330.0,
    compact: bool = False,
) -> go.Figure:
    """Shares of firms that report (0 to 1), by arm and day. height: of the whole figure, in px; compact: for phones."""
    canvas = Canvas(PHONE_WIDTH if compact else HALF_PAGE_WIDTH, plot_height=0, left=46, right=96, top=40, bottom=66)
    span = padded_span(*date_span(series, *(day for day, _ in awards)))
    write_awards(canvas, awards, span)
    canvas.plot_height = max(height - canvas.top - canvas.bottom, 120.0)
    extent = _shares_axis(published_values(series))
    canvas.draw_grid(extent.ticks())
    draw_award_lines(canvas, awards)
    canvas.traces = arm_traces(series)
    ends = {arm: last_value(points) for arm, points in series.items()}
    end_words = {arm: _write_share(end, text) for arm, end in ends.items() if end is not None}
    write_arms(
        canvas,
        series,
        end_words,
        extent,
        text,
    )
    canvas.stamp(stamp, text)
    tick_words = [f"{_write_share(value, text)} " for value in extent.ticks()]
    return canvas.figure(
        xaxis={"type": "date", "range": [plotly_date(day) for day in span]}
        | year_ticks(series, span, 4 if compact else 6),
        yaxis={"range": (extent.low, extent.high)} | ticks(extent.ticks(), tick_words),
    )


def _write_share(share: float, text: Text) -> str:
    return text.percent(share, sign=False)


def _shares_axis(values: Sequence[float]) -> Axis:
    """An axis from 0 or from a half to 1, with room for the thickness of a line."""
    low = _UPPER_HALF if values and min(values) >= _UPPER_HALF else 0.0
    high = max([1.0, *values])
    edge = 0.02 * (high - low)
    return Axis(low - edge, high + edge, 0.1 if low else 0.25)


def shares_alt(series: Mapping[Arm, Points], text: Text, *, awards: Sequence[Award] = ()) -> str:
    """The same in words: each arm's first, lowest and last share, then the awards."""
    arms = [
        arm_alt(arm, series[arm], None, text, key="chart.alt.arm_share", write=lambda share: _write_share(share, text))
        for arm in Arm
        if arm in series
    ]
    return " ".join([text("chart.alt.shares", arms="; ".join(arms)), *awards_alt(awards, text)])
