"""The key of every interval: one drawn large, with words for its parts."""

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys
from analytics.charts.kit.canvas import PANEL_WIDTH, Canvas
from analytics.charts.kit.interval import ROW_THICKNESS, Mark, interval_traces
from analytics.charts.kit.words import safe
from analytics.language.text import Text

_SAMPLE = Mark(0.0, -1.0, 1.0, -0.35, 0.35)  # no estimate: it shows how to read one, on no scale
_KEY_HEIGHT = 26.0  # px of the plot


def key(text: Text) -> go.Figure:
    """An interval without numbers: estimate and faded end named above it, the bar of the 50% interval below it."""
    canvas = Canvas(PANEL_WIDTH, plot_height=_KEY_HEIGHT, left=8, right=8, top=24, bottom=26)
    extent = Axis(-1.05, 1.05, 1.0)
    canvas.traces = interval_traces([(_KEY_HEIGHT / 2, _SAMPLE)], extent, ROW_THICKNESS, scale="linear")
    estimate, bar, faded = (safe(words) for words in text("chart.key").split("|"))
    above: Keys = {"yref": "paper", "yanchor": "bottom", "yshift": 2}
    canvas.write(estimate, 0, 1, **above)
    canvas.write(faded, 1, 1, anchor="right", xref="paper", color=palette.GREY_TEXT, **above)
    canvas.write(bar, 0, 0, yref="paper", yanchor="top", yshift=-2, color=palette.BLUE)
    hidden = {"showticklabels": False}
    return canvas.figure(
        xaxis={"range": (extent.low, extent.high)} | hidden, yaxis={"range": (_KEY_HEIGHT, 0)} | hidden
    )


def key_alt(text: Text) -> str:
    """The same in words."""
    return text("chart.alt.key", parts="; ".join(text("chart.key").split("|")))
