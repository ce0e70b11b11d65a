"""How many firms report, by arm over time: absent sales are counted, never read as zero."""

from collections.abc import Mapping, Sequence

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, ticks
from analytics.charts.kit.canvas import Canvas, Stamp
from analytics.charts.kit.timeline import (
    Award,
    Points,
    arm_name,
    arm_traces,
    award_rules,
    award_words,
    awards_alt,
    dates,
    end_words,
    last_value,
    moment,
    padded,
    values_of,
    year_ticks,
)
from analytics.language.text import Text
from analytics.model import Arm

_WIDE, _NARROW = 480.0, 320.0
_HALF = 0.5  # where no share is below it, the axis begins here


def shares(
    series: Mapping[Arm, Points],
    *,
    awards: Sequence[Award],
    stamp: Stamp,
    text: Text,
    height: float = 330.0,
    compact: bool = False,
) -> go.Figure:
    """Shares of firms that report (0 to 1), by arm. height: of the whole figure, in px; compact: for phones."""
    canvas = Canvas(_NARROW if compact else _WIDE, plot_height=0, left=46, right=96, top=40, bottom=66)
    span = padded(*dates(series, *(day for day, _ in awards)))
    award_words(canvas, awards, span)
    canvas.plot_height = max(height - canvas.top - canvas.bottom, 120.0)
    extent = _axis(values_of(series))
    for value in extent.ticks():
        canvas.rule((0, 1), (value, value), color=palette.GRID, width=1, xref="paper")
    award_rules(canvas, awards)
    canvas.traces = arm_traces(series)
    last = {arm: last_value(points) for arm, points in series.items()}
    end_words(canvas, series, {arm: _said(v, text) for arm, v in last.items() if v is not None}, extent, text)
    canvas.stamp(stamp, text)
    written = [f"{_said(value, text)} " for value in extent.ticks()]
    return canvas.figure(
        xaxis={"type": "date", "range": [moment(day) for day in span]} | year_ticks(series, span, 4 if compact else 6),
        yaxis={"range": (extent.low, extent.high)} | ticks(extent.ticks(), written),
    )


def _said(share: float, text: Text) -> str:
    return text.percent(share, sign=False)


def _axis(values: Sequence[float]) -> Axis:
    """From 0 or from a half to all, with room for the thickness of a line."""
    low = _HALF if values and min(values) >= _HALF else 0.0
    high = max([1.0, *values])
    edge = 0.02 * (high - low)
    return Axis(low - edge, high + edge, 0.1 if low else 0.25)


def shares_alt(series: Mapping[Arm, Points], text: Text, *, awards: Sequence[Award] = ()) -> str:
    """The same in words: each arm's first, lowest and last share, then the awards."""
    said = [_arm_alt(arm, series[arm], text) for arm in Arm if arm in series]
    return " ".join([text("chart.alt.shares", arms="; ".join(said)), *awards_alt(awards, text)])


def _arm_alt(arm: Arm, points: Points, text: Text) -> str:
    known = [(day, value) for day, value in points if value is not None]
    if not known:
        return f"{arm_name(arm, None, text)}: {text('chart.not_published')}"
    ends = {"first": known[0][1], "last": known[-1][1], "low": min(v for _, v in known)}
    when = {"start": known[0][0].year, "end": known[-1][0].year}
    said = {key: _said(value, text) for key, value in ends.items()}
    return text("chart.alt.arm_share", name=arm_name(arm, None, text), **when, **said)
