"""Every group's lines on one scale, in a grid of small panels under one footer; what is not published is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, height_ref, nice_step, ref, ticks
from analytics.charts.kit.canvas import Canvas, Stamp
from analytics.charts.kit.timeline import (
    Award,
    Points,
    Span,
    arm_traces,
    award_rules,
    dates,
    moment,
    padded,
    year_ticks,
    zones,
)
from analytics.charts.kit.words import BREAK, bold, coloured, safe, width, wrap
from analytics.charts.lines import BASE, arm_alt
from analytics.language.text import Text
from analytics.model import Arm

_DESK, _PHONE = 1000.0, 320.0
_PLOT = 112.0  # height of a panel's plot
_TITLE_LINE = 19.0
_TICKS = 24.0  # px below a plot
_BETWEEN = 14.0  # px between two rows
_GUTTER = 26.0  # px between two columns
_LINE = palette.TICK * palette.LINE_HEIGHT
_KEY = 26.0  # px for what the lines are, on top
_DESK_COLUMNS = 3  # from here on
_HEAVY = 1.08  # how much wider bold words are
_PAD = 0.03  # of the range, so that no line is cut at its ends


@dataclass(frozen=True, slots=True)
class SmallChart:
    """One group: its name, number of funded firms and lines."""

    title: str
    n: int
    series: Mapping[Arm, Points]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where panels lie. Lengths in shares of the whole plot, all panels and the room between them."""

    columns: int
    canvas: Canvas
    titles: Sequence[Sequence[str]] = ()

    @property
    def gutter(self) -> float:
        return _GUTTER / self.canvas.plot_width

    @property
    def wide(self) -> float:
        """Width of a panel, as a share."""
        return (1 - (self.columns - 1) * self.gutter) / self.columns

    @property
    def room(self) -> float:
        """Width of a panel at the narrowest, in px."""
        return self.wide * self.canvas.plot_width

    @property
    def title(self) -> float:
        """Room above each plot, in px."""
        return max((len(lines) for lines in self.titles), default=1) * _TITLE_LINE + 8

    def x(self, i: int) -> tuple[float, float]:
        """Left and right end."""
        left = (i % self.columns) * (self.wide + self.gutter)
        return left, min(left + self.wide, 1.0)

    def y(self, i: int) -> tuple[float, float]:
        """Lower and upper end."""
        top = (i // self.columns) * (self.title + _PLOT + _TICKS + _BETWEEN)
        upper = 1 - top / self.canvas.plot_height
        return max(upper - _PLOT / self.canvas.plot_height, 0.0), upper


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

    columns: 4 where the page is wide, 2 on a phone; before, after: the windows that are compared, shaded; note: what
    is not published, in the free cells behind the last panel, or below all where there is no room.
    """
    grid = _grid(panels, columns, text)
    canvas = grid.canvas
    days = [day for panel in panels for points in panel.series.values() for day, _ in points]
    span = padded(*dates({}, *days, *(before or ()), *(after or ()), *(day for day, _ in awards)))
    axes: dict[str, Keys] = {}
    for i, panel in enumerate(panels):
        zones(canvas, before, after, panel=i + 1)
        _panel(grid, i, panel, y_range, text)
        award_rules(canvas, awards, panel=i + 1)
        canvas.mark_once(stamp.data_mark, 0.28, 0.4, xref=f"{ref('x', i + 1)} domain", yref=height_ref(i + 1))
        axes |= _axes(grid, i, panel, span, y_range, text)
    _key(canvas, awards, text)
    if note:
        _note(grid, len(panels), note)
    canvas.footer(stamp, text)
    nothing: Keys = {"visible": False}
    return canvas.figure(xaxis=axes.pop("xaxis", nothing), yaxis=axes.pop("yaxis", nothing), more=axes)


def _grid(panels: Sequence[SmallChart], columns: int, text: Text) -> _Grid:
    """As high as its rows need, with titles of as many lines as the longest."""
    narrowest = _DESK if columns >= _DESK_COLUMNS else _PHONE
    canvas = Canvas(narrowest, plot_height=1.0, left=36, right=8, top=0, bottom=70)
    room = _Grid(columns, canvas).room
    most = 2 if columns >= _DESK_COLUMNS else 3
    titles = [
        wrap(panel.title, palette.VALUE, (room - width(_count(panel, text), palette.VALUE)) / _HEAVY, most=most)
        for panel in panels
    ]
    grid = _Grid(columns, canvas, titles)
    rows = -(-len(panels) // columns)
    if rows:
        canvas.plot_height = rows * _PLOT + (rows - 1) * (grid.title + _TICKS + _BETWEEN)
    canvas.top = _KEY + grid.title
    return grid


def _count(panel: SmallChart, text: Text) -> str:
    return f" · {text.number(panel.n)}"


def _panel(grid: _Grid, i: int, panel: SmallChart, y_range: tuple[float, float], text: Text) -> None:
    """Grid lines, both arms, and the name above."""
    canvas, x = grid.canvas, ref("x", i + 1)
    for value in _two_ticks(y_range):
        color = palette.GREY if value == BASE else palette.GRID
        place: Keys = {"xref": f"{x} domain", "yref": ref("y", i + 1)}
        canvas.rule((0, 1), (value, value), color=color, width=1, **place)
    thin = 0.72 if grid.columns >= _DESK_COLUMNS else 0.6
    for trace in arm_traces(panel.series, thin):
        canvas.traces.append(trace | {"xaxis": x, "yaxis": ref("y", i + 1)})
    name = BREAK.join(bold(safe(part)) for part in grid.titles[i]) + coloured(_count(panel, text), palette.GREY_TEXT)
    above: Keys = {"xref": f"{x} domain", "yref": height_ref(i + 1), "yanchor": "bottom", "yshift": 4}
    canvas.write(name, 0, 1, anchor="left", size=palette.VALUE, **above)


def _axes(
    grid: _Grid, i: int, panel: SmallChart, span: Span, y_range: tuple[float, float], text: Text
) -> dict[str, Keys]:
    """Years under every panel; index words at the first of each row only."""
    values = _two_ticks(y_range)
    years = year_ticks(panel.series, span, max(int(grid.room // 56), 2))
    suffix = ref("", i + 1)
    along: Keys = {"type": "date", "range": [moment(day) for day in span], "domain": grid.x(i)}
    up: Keys = {"range": _padded(y_range), "domain": grid.y(i), "showticklabels": i % grid.columns == 0}
    return {
        f"xaxis{suffix}": along | {"anchor": ref("y", i + 1)} | years,
        f"yaxis{suffix}": up | {"anchor": ref("x", i + 1)} | ticks(values, (f"{text.number(v)} " for v in values)),
    }


def _padded(y_range: tuple[float, float]) -> tuple[float, float]:
    pad = _PAD * (y_range[1] - y_range[0]) or 1.0
    return y_range[0] - pad, y_range[1] + pad


def _key(canvas: Canvas, awards: Sequence[Award], text: Text) -> None:
    """What the lines are, once, over the first panel."""
    lines: list[tuple[str, Keys, str]] = [
        (text("chart.funded"), {"color": palette.BLUE, "width": 2.25}, palette.BLUE),
        (text("chart.comparison"), {"color": palette.GREY, "width": 1.75, "dash": "6px,4px"}, palette.GREY_TEXT),
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


def _note(grid: _Grid, count: int, note: str) -> None:
    """What is not published: behind the last panel where it fits there, else under all."""
    canvas, free = grid.canvas, -count % grid.columns
    place: Keys = {"yref": "paper", "xref": "paper", "yanchor": "top", "color": palette.GREY_TEXT}
    room = free * grid.room + (free - 1) * _GUTTER
    lines = wrap(note, palette.TICK, room - 4) if free else []
    if lines and len(lines) * _LINE <= grid.title + _PLOT:
        x, y = grid.x(count)[0], grid.y(count)[1]
        up = grid.title - 8
        canvas.write(BREAK.join(map(safe, lines)), x, y, anchor="left", yshift=up, **place)
        return
    lines = wrap(note, palette.TICK, canvas.width - 8)
    canvas.write(BREAK.join(map(safe, lines)), 0, 0, anchor="left", xshift=-canvas.left, yshift=-_TICKS - 8, **place)
    canvas.bottom += len(lines) * _LINE + 6


def _two_ticks(y_range: tuple[float, float]) -> list[float]:
    """100, and a round value near each end of the range that is not too close to it."""
    low, high = y_range
    edge = 0.06 * (high - low)
    values = Axis(low + edge, high - edge, nice_step(high - low, 6)).ticks() if high > low else []
    far = [value for value in (values[:1] + values[-1:]) if abs(value - BASE) > 0.25 * (high - low)]
    return sorted({BASE, *far})


def small_multiples_alt(panels: Sequence[SmallChart], note: str | None, text: Text) -> str:
    """The same in words: every panel's lines, and what is not published."""
    said = [
        text(
            "chart.alt.small",
            title=panel.title,
            firms=text.count("chart.firms", panel.n),
            arms="; ".join(arm_alt(arm, panel.series[arm], None, text) for arm in Arm if arm in panel.series),
        )
        for panel in panels
    ]
    return " ".join([*said, *([note] if note else [])])
