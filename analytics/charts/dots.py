"""One dot per row on a common scale with guide lines: differences, and effects that could be seen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, fit_axis
from analytics.charts.kit.canvas import Stamp
from analytics.charts.kit.rows import LineLabel, RowText, layout_rows
from analytics.charts.kit.value_format import Write, axis_with_room, tick_keys
from analytics.charts.kit.words import wrap
from analytics.language.text import Text

Guide = tuple[float, str]  # a value, and the words above its line

_REACH_OF_VALUES = 4.0  # typical distances from zero: what lies beyond is an arrow
_REACH_OF_GUIDES = 1.3  # times a guide: the range goes at least so far
_GUIDE_ROOM = 96.0  # px for the words of a guide
_LEAST_EXTENT = 1e-9


@dataclass(frozen=True, slots=True)
class DotRow:
    """One group: its name, number of firms (None: not published) and a value.

    value None: withheld, and `note` says why; else the note stands under the name.
    """

    label: str
    n: int | None
    value: float | None
    note: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError on NaN and infinity: what is unknown is withheld."""
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a row needs a finite number: {self}")


def dot_rows(
    rows: Sequence[DotRow],
    *,
    guides: Sequence[Guide],
    write: Write,
    stamp: Stamp,
    text: Text,
    compact: bool = False,
    heading: str = "",
    columns: tuple[str, str] | None = None,
    zero: bool = True,
) -> go.Figure:
    """Values of groups as dots, in the order given, on one axis; an arrow where a value lies beyond it.

    guides: dashed lines and the words above them; write: a value in words; columns: what stands over the numbers of
    firms and over the values ("|" breaks a line); zero: whether the range holds 0, with a line there.
    """
    entries = [RowText(row.label, row.n, row.note, "" if row.value is None else write(row.value)) for row in rows]
    layout = layout_rows(entries, text, compact=compact)
    values = [row.value for row in rows if row.value is not None]
    extent = axis_with_room(lambda most: _dots_axis(values, guides, most, zero=zero), write, layout.canvas.plot_width)
    if values:
        layout.draw_grid(extent, zero=zero)
        for x, _ in guides:
            layout.rule(x, color=palette.GREY_TEXT, width=1.5, dash=palette.GUIDE_DASH)
        labels = [LineLabel(x, _guide_lines(words), palette.GREY_TEXT) for x, words in guides]
        layout.write_line_labels(labels, extent)
        layout.canvas.traces = _dot_traces(values, [row.y for row in layout.published], extent)
    layout.write_heads(heading, columns or (text("chart.firms_lines"), ""))
    layout.write_rows()
    layout.canvas.stamp(stamp, text)
    return layout.canvas.figure(
        xaxis=tick_keys(extent, write, layout.canvas) | {"showticklabels": bool(values)},
        yaxis={"range": (layout.canvas.plot_height, 0), "showticklabels": False},
    )


def _guide_lines(words: str) -> list[str]:
    """A guide's words, broken where they say so ("|"), else where the room ends."""
    return words.split("|") if "|" in words else wrap(words, palette.TICK, _GUIDE_ROOM, most=2)


def _dots_axis(values: Sequence[float], guides: Sequence[Guide], most: int, *, zero: bool) -> Axis:
    """An axis of at most `most` steps that holds guides and values; a few far values do not flatten the others."""
    fixed = [x * _REACH_OF_GUIDES for x, _ in guides] + ([0.0] if zero else [])
    typical = median(abs(value) for value in values) if values else 0.0
    reach = max([_REACH_OF_VALUES * typical, *map(abs, fixed)])
    inside = [min(max(value, -reach), reach) for value in values] + fixed or [0.0]
    low, high = min(inside), max(inside)
    extent = max(high - low, abs(high) * 1e-3, _LEAST_EXTENT)
    more = 0.04 * extent + (extent - (high - low)) / 2
    return fit_axis(low - (more if low < 0 or not zero else 0.02 * extent), high + more, most=most)


def _dot_traces(values: Sequence[float], ys: Sequence[float], extent: Axis) -> list[Keys]:
    """Dots; arrows at the edge for those beyond it."""
    inside = [(value, y) for value, y in zip(values, ys, strict=True) if extent.holds(value)]
    beyond = [(value, y) for value, y in zip(values, ys, strict=True) if not extent.holds(value)]
    blue: Keys = {"color": palette.BLUE, "line": {"color": palette.WHITE, "width": 2}}
    dots: Keys = {"x": [value for value, _ in inside], "y": [y for _, y in inside], "marker": {"size": 13} | blue}
    traces = [dots | {"mode": "markers", "cliponaxis": False}]
    if beyond:
        symbols = ["triangle-left" if value < extent.low else "triangle-right" for value, _ in beyond]
        edges = [extent.clip(value) for value, _ in beyond]
        arrows: Keys = {"x": edges, "y": [y for _, y in beyond], "marker": blue | {"size": 13, "symbol": symbols}}
        traces.append(arrows | {"mode": "markers", "cliponaxis": False})
    return traces


def dot_rows_alt(rows: Sequence[DotRow], *, write: Write, text: Text, guides: Sequence[Guide] = ()) -> str:
    """The same figures in words: values, guides, and what is not published and why."""
    published = [
        f"{row.label} {write(row.value)}"
        + (f", {text.count('chart.firms', row.n)}" if row.n is not None else "")
        + (f", {row.note}" if row.note else "")
        for row in rows
        if row.value is not None
    ]
    sentences = [text("chart.alt.dots", rows="; ".join(published))] if published else []
    if guides:
        guide_words = "; ".join(f"{' '.join(words.split('|'))} ({write(x)})" for x, words in guides)
        sentences.append(text("chart.alt.guides", guides=guide_words))
    withheld = [f"{row.label} ({row.note})" for row in rows if row.value is None]
    if withheld:
        sentences.append(text("chart.alt.withheld", rows="; ".join(withheld)))
    return " ".join(sentences)
