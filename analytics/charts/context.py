"""Official statistics beside ours: thin grey lines by year, so that nobody takes them for estimates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, fit_axis, ticks
from analytics.charts.kit.canvas import PHONE_WIDTH, Canvas, Stamp
from analytics.charts.kit.words import BREAK, bold, lay_out, safe, width, wrap
from analytics.language.text import Text

_CONTEXT_HEIGHT = 200.0  # px of the plot
_NAME_ROOM = 118.0  # px for the words right of the lines
_SYMBOLS = ("circle", "square", "diamond")


@dataclass(frozen=True, slots=True)
class ContextLine:
    """A published statistic: its name, and (year, fraction) points; a year without a value has no point."""

    label: str
    points: Sequence[tuple[int, float]]

    def __post_init__(self) -> None:
        """Raise ValueError on NaN and infinity."""
        if not all(math.isfinite(value) for _, value in self.points):
            raise ValueError(f"a statistic needs finite numbers: {self}")


def context(lines: Sequence[ContextLine], *, stamp: Stamp, text: Text) -> go.Figure:
    """One to three statistics on one scale that holds zero, each named where its line ends; those without points are
    left out.
    """
    published = [line for line in lines if line.points]
    values = [value for line in published for _, value in line.points]
    years = sorted({year for line in published for year, _ in line.points}) or [2000]
    extent = fit_axis(min([0.0, *values]), max([0.0, *values]) or 0.1, most=4, smallest=0.01)
    tick_words = [f"{text.percent(value, sign=False)} " for value in extent.ticks()]
    left = max(44.0, *(width(words, palette.TICK) + 4 for words in tick_words))
    canvas = Canvas(PHONE_WIDTH, _CONTEXT_HEIGHT, left=left, right=_NAME_ROOM + 10, top=24, bottom=62)
    canvas.draw_grid(extent.ticks(), base=0)
    for line, symbol in zip(published, _SYMBOLS * len(published), strict=False):
        canvas.traces.append(_trace(line, symbol))
    _write_names(canvas, published, extent, text)
    canvas.stamp(stamp, text)
    pad = max((years[-1] - years[0]) * 0.04, 0.4)
    return canvas.figure(
        xaxis={"range": (years[0] - pad, years[-1] + pad)} | _whole_year_ticks(years, canvas.plot_width),
        yaxis={"range": (extent.low, extent.high)} | ticks(extent.ticks(), tick_words),
    )


def _trace(line: ContextLine, symbol: str) -> Keys:
    points = sorted(line.points)
    style: Keys = {"line": {"color": palette.GREY_TEXT, "width": 1.5}, "cliponaxis": False}
    marker: Keys = {"size": 7, "symbol": symbol, "color": palette.GREY_TEXT}
    return {"x": [x for x, _ in points], "y": [y for _, y in points], "mode": "lines+markers", "marker": marker} | style


def _whole_year_ticks(years: Sequence[int], room: float) -> Keys:
    """As many years as fit in `room` px, at equal steps, the last among them."""
    extent = max(years[-1] - years[0], 1)
    year_width = width("2000", palette.TICK) + 12
    step = max(math.ceil(year_width / (room / extent)), 1)
    labelled = list(range(years[-1], years[0] - 1, -step))[::-1]
    return ticks(labelled, map(str, labelled))


def _write_names(canvas: Canvas, lines: Sequence[ContextLine], extent: Axis, text: Text) -> None:
    """Write last value and name beside the end of each line, kept apart."""
    ends = [max(line.points)[1] for line in lines]
    names = [wrap(line.label, palette.FOOTER, _NAME_ROOM, most=4) for line in lines]
    targets = [(1 - extent.share(end)) * canvas.plot_height for end in ends]
    line_height = palette.VALUE * palette.LINE_HEIGHT
    heights = [line_height * (len(name) + 1) for name in names]
    centres = lay_out(targets, heights, 2 - canvas.top, canvas.plot_height + 12, 6)
    for end, name, target, centre in zip(ends, names, targets, centres, strict=True):
        small = [f"<span style='font-size:{palette.FOOTER}px'>{safe(part)}</span>" for part in name]
        words = BREAK.join([bold(text.percent(end, sign=False)), *small])
        place: Keys = {"xref": "paper", "xshift": 10, "yshift": target - centre, "color": palette.GREY_TEXT}
        canvas.write(words, 1, end, anchor="left", size=palette.VALUE, **place)


def context_alt(lines: Sequence[ContextLine], text: Text) -> str:
    """The same in words: each statistic's first, lowest, highest and last value."""
    sentences = [_line_alt(line, text) for line in lines if line.points]
    return text("chart.alt.context", lines="; ".join(sentences))


def _line_alt(line: ContextLine, text: Text) -> str:
    points = sorted(line.points)
    values = [value for _, value in points]
    extremes = {"first": values[0], "last": values[-1], "low": min(values), "high": max(values)}
    written = {name: text.percent(value, sign=False) for name, value in extremes.items()}
    return text("chart.alt.arm_line", name=line.label, start=points[0][0], end=points[-1][0], **written)
