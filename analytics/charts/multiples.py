"""Small multiples: every group's lines on one scale, in a grid of panels over one footer; what is not published is
named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, axis_ref, height_ref, nice_step, ticks
from analytics.charts.kit.canvas import PAGE_WIDTH, PHONE_WIDTH, Canvas, Stamp
from analytics.charts.kit.timeline import (
    Award,
    Points,
    Span,
    arm_traces,
    date_span,
    draw_award_lines,
    padded_span,
    plotly_date,
    shade_windows,
    year_ticks,
)
from analytics.charts.kit.words import BOLD_WIDTH, BREAK, bold, coloured, safe, width, wrap
from analytics.charts.lines import BASE, index_alt
from analytics.language.text import Text
from analytics.model import Arm

# All lengths in px.
_SMALL_HEIGHT = 112.0  # of a panel's plot
_TITLE_LINE = 19.0
_TICKS_HEIGHT = 24.0  # below a plot
_ROW_GAP = 14.0
_COLUMN_GAP = 26.0
_LINE_KEY_HEIGHT = 26.0  # of what the lines mean, on top
_DESK_COLUMNS = 3  # a grid of fewer is for a phone
_RANGE_MARGIN = 0.03  # of the range, so that no line is cut at its ends


@dataclass(frozen=True, slots=True)
class SmallChart:
    """One group: its name, number of funded firms, and index points of each arm."""

    title: str
    n: int
    series: Mapping[Arm, Points]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where panels lie, in shares of the whole plot: all panels and the room between them.

    titles: the lines over each panel.
    """

    columns: int
    canvas: Canvas
    titles: Sequence[Sequence[str]] = ()

    @property
    def column_gap(self) -> float:
        return _COLUMN_GAP / self.canvas.plot_width

    @property
    def panel_width(self) -> float:
        """Width of a panel, as a share."""
        return (1 - (self.columns - 1) * self.column_gap) / self.columns

    @property
    def panel_px(self) -> float:
        """Width of a panel at the narrowest, in px."""
        return self.panel_width * self.canvas.plot_width

    @property
    def title_height(self) -> float:
        """Room above each plot, in px."""
        return max((len(lines) for lines in self.titles), default=1) * _TITLE_LINE + 8

    def x(self, i: int) -> tuple[float, float]:
        """Left and right end of a panel's plot."""
        left = (i % self.columns) * (self.panel_width + self.column_gap)
        return left, min(left + self.panel_width, 1.0)

    def y(self, i: int) -> tuple[float, float]:
        """Lower and upper end of a panel's plot."""
        top = (i // self.columns) * (self.title_height + _SMALL_HEIGHT + _TICKS_HEIGHT + _ROW_GAP)
        upper = 1 - top / self.canvas.plot_height
        return max(upper - _SMALL_HEIGHT / self.canvas.plot_height, 0.0), upper


def small_multiples(
    panels: Sequence[SmallChart],
    *,
    columns: int,
    y_range: tuple[float, float],
    awards: Sequence[Award],
    before: Span | None,
    after: Span | None,
    note: str | None,
    stamp: Stamp,
    text: Text,
) -> go.Figure:
    """Index lines of both arms of every group, on one scale.

    y_range: of that scale; columns: 4 where the page is wide, 2 on a phone; before, after: the windows that are
    compared, shaded; note: what is not published, in the free cells behind the last panel, or below all where there is
    no room.
    """
    grid = _grid(panels, columns, text)
    canvas = grid.canvas
    days = [day for panel in panels for points in panel.series.values() for day, _ in points]
    span = padded_span(*date_span({}, *days, *(before or ()), *(after or ()), *(day for day, _ in awards)))
    axes: dict[str, Keys] = {}
    for i, panel in enumerate(panels):
        shade_windows(canvas, before, after, panel=i + 1)
        _draw_panel(grid, i, panel, y_range, text)
        draw_award_lines(canvas, awards, panel=i + 1)
        canvas.place_watermark(
            stamp.data_mark, 0.28, 0.4, xref=f"{axis_ref('x', i + 1)} domain", yref=height_ref(i + 1)
        )
        axes |= _axes(grid, i, panel, span, y_range, text)
    _write_line_key(canvas, awards, text)
    if note:
        _write_note(grid, len(panels), note)
    canvas.write_footer(stamp, text)
    hidden: Keys = {"visible": False}  # the axes of a figure without panels
    return canvas.figure(xaxis=axes.pop("xaxis", hidden), yaxis=axes.pop("yaxis", hidden), more=axes)


def _grid(panels: Sequence[SmallChart], columns: int, text: Text) -> _Grid:
    """A grid as high as its rows need, with room above each panel for the longest title."""
    narrowest = PAGE_WIDTH if columns >= _DESK_COLUMNS else PHONE_WIDTH
    canvas = Canvas(narrowest, plot_height=1.0, left=36, right=8, top=0, bottom=70)
    room = _Grid(columns, canvas).panel_px
    most = 2 if columns >= _DESK_COLUMNS else 3
    titles = [
        wrap(panel.title, palette.VALUE, (room - width(firms, palette.VALUE)) / BOLD_WIDTH, most=most)
        for panel, firms in zip(panels, (_firms_after_title(panel, text) for panel in panels), strict=True)
    ]
    grid = _Grid(columns, canvas, titles)
    rows = -(-len(panels) // columns)
    if rows:
        canvas.plot_height = rows * _SMALL_HEIGHT + (rows - 1) * (grid.title_height + _TICKS_HEIGHT + _ROW_GAP)
    canvas.top = _LINE_KEY_HEIGHT + grid.title_height
    return grid


def _firms_after_title(panel: SmallChart, text: Text) -> str:
    return f" · {text.number(panel.n)}"


def _draw_panel(grid: _Grid, i: int, panel: SmallChart, y_range: tuple[float, float], text: Text) -> None:
    """Draw a panel's grid lines, both arms, and its title above."""
    canvas, x = grid.canvas, axis_ref("x", i + 1)
    for value in _two_ticks(y_range):
        color = palette.GREY if value == BASE else palette.GRID
        place: Keys = {"xref": f"{x} domain", "yref": axis_ref("y", i + 1)}
        canvas.rule((0, 1), (value, value), color=color, width=1, **place)
    scale = 0.72 if grid.columns >= _DESK_COLUMNS else 0.6
    for trace in arm_traces(panel.series, scale):
        canvas.traces.append(trace | {"xaxis": x, "yaxis": axis_ref("y", i + 1)})
    firms = coloured(_firms_after_title(panel, text), palette.GREY_TEXT)
    title = BREAK.join(bold(safe(line)) for line in grid.titles[i]) + firms
    above: Keys = {"xref": f"{x} domain", "yref": height_ref(i + 1), "yanchor": "bottom", "yshift": 4}
    canvas.write(title, 0, 1, anchor="left", size=palette.VALUE, **above)


def _axes(
    grid: _Grid, i: int, panel: SmallChart, span: Span, y_range: tuple[float, float], text: Text
) -> dict[str, Keys]:
    """Plotly's axes of a panel, by name: years under every panel, index values at the first of each row only."""
    values = _two_ticks(y_range)
    years = year_ticks(panel.series, span, max(int(grid.panel_px // 56), 2))
    suffix = axis_ref("", i + 1)
    along: Keys = {"type": "date", "range": [plotly_date(day) for day in span], "domain": grid.x(i)}
    up: Keys = {"range": _widened(y_range), "domain": grid.y(i), "showticklabels": i % grid.columns == 0}
    return {
        f"xaxis{suffix}": along | {"anchor": axis_ref("y", i + 1)} | years,
        f"yaxis{suffix}": up | {"anchor": axis_ref("x", i + 1)} | ticks(values, (f"{text.number(v)} " for v in values)),
    }


def _widened(y_range: tuple[float, float]) -> tuple[float, float]:
    pad = _RANGE_MARGIN * (y_range[1] - y_range[0]) or 1.0
    return y_range[0] - pad, y_range[1] + pad


def _write_line_key(canvas: Canvas, awards: Sequence[Award], text: Text) -> None:
    """Write what the lines mean, once, over the first panel."""
    lines: list[tuple[str, Keys, str]] = [
        (text("chart.funded"), {"color": palette.BLUE, "width": 2.25}, palette.BLUE),
        (text("chart.comparison"), {"color": palette.GREY, "width": 1.75, "dash": palette.DASH}, palette.GREY_TEXT),
    ]
    if awards:
        lines.append((text("chart.awards"), {"color": palette.ORANGE, "width": 1.5}, palette.ORANGE_TEXT))
    x, up = -canvas.left, canvas.top - 12
    for words, line, color in lines:
        pixels: Keys = {"xref": "paper", "yref": "paper", "xsizemode": "pixel", "ysizemode": "pixel"}
        ends: Keys = {"x0": x, "x1": x + 20, "y0": up, "y1": up}
        if line["color"] == palette.ORANGE:
            ends = {"x0": x + 14, "x1": x + 14, "y0": up - 7, "y1": up + 7}
        canvas.shapes.append({"type": "line", "line": line, "xanchor": 0, "yanchor": 1} | pixels | ends)
        place: Keys = {"xref": "paper", "yref": "paper", "xshift": x + 26, "yshift": up, "color": color}
        canvas.write(safe(words), 0, 1, anchor="left", **place)
        x += 26 + width(words, palette.TICK) + 16


def _write_note(grid: _Grid, count: int, note: str) -> None:
    """Write what is not published: behind the last panel where it fits there, else under all."""
    canvas, free = grid.canvas, -count % grid.columns
    place: Keys = {"yref": "paper", "xref": "paper", "yanchor": "top", "color": palette.GREY_TEXT}
    room = free * grid.panel_px + (free - 1) * _COLUMN_GAP
    lines = wrap(note, palette.TICK, room - 4) if free else []
    if lines and len(lines) * palette.TICK_LINE <= grid.title_height + _SMALL_HEIGHT:
        x, y = grid.x(count)[0], grid.y(count)[1]
        up = grid.title_height - 8
        canvas.write(BREAK.join(map(safe, lines)), x, y, anchor="left", yshift=up, **place)
        return
    lines = wrap(note, palette.TICK, canvas.width - 8)
    canvas.write(
        BREAK.join(map(safe, lines)), 0, 0, anchor="left", xshift=-canvas.left, yshift=-_TICKS_HEIGHT - 8, **place
    )
    canvas.bottom += len(lines) * palette.TICK_LINE + 6


def _two_ticks(y_range: tuple[float, float]) -> list[float]:
    """100, and a round value near each end of the range that is not too close to 100."""
    low, high = y_range
    edge = 0.06 * (high - low)
    values = Axis(low + edge, high - edge, nice_step(high - low, 6)).ticks() if high > low else []
    ends = [value for value in (values[:1] + values[-1:]) if abs(value - BASE) > 0.25 * (high - low)]
    return sorted({BASE, *ends})


def small_multiples_alt(panels: Sequence[SmallChart], note: str | None, text: Text) -> str:
    """The same in words: every panel's lines, and what is not published."""
    sentences = [
        text(
            "chart.alt.small",
            title=panel.title,
            firms=text.count("chart.firms", panel.n),
            arms="; ".join(index_alt(arm, panel.series[arm], None, text) for arm in Arm if arm in panel.series),
        )
        for panel in panels
    ]
    return " ".join([*sentences, *([note] if note else [])])
