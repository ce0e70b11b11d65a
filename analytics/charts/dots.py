"""One dot per row on a common scale with guide lines: differences, and effects that could be seen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, axis
from analytics.charts.kit.canvas import Stamp
from analytics.charts.kit.measure import Write, roomy, tick_keys
from analytics.charts.kit.rows import Above, RowText, Sheet, sheet
from analytics.charts.kit.words import wrap
from analytics.language.text import Text

Guide = tuple[float, str]

_FAR = 4.0  # times the typical distance from zero: what lies beyond is an arrow
_BEYOND_GUIDE = 1.3  # the range holds every guide with so much room
_GUIDE_ROOM = 96.0  # px for the words of a guide
_SMALLEST = 1e-9


@dataclass(frozen=True, slots=True)
class DotRow:
    """One line: name, firms, and a value; value None: withheld, and `note` says why; else a note under the name."""

    label: str
    n: int | None
    value: float | None
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse NaN and infinity: what is unknown is withheld."""
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
    """Values of groups, in the order given, on one range.

    guides: dashed lines and the words above them; write: a value in words; columns: what stands over the numbers of
    firms and over the values ("|" breaks a line); zero: whether the range holds 0, with a line there.
    """
    entries = [RowText(row.label, row.n, row.note, "" if row.value is None else write(row.value)) for row in rows]
    page = sheet(entries, text, compact=compact)
    values = [row.value for row in rows if row.value is not None]
    extent = roomy(lambda most: _axis(values, guides, most, zero=zero), write, page.canvas.plot_width)
    if values:
        _lines(page, guides, extent, zero=zero)
        above = [Above(x, _guide_lines(words), palette.GREY_TEXT) for x, words in guides]
        page.above(above, extent)
        page.canvas.traces = _traces(values, [row.y for row in page.shown], extent)
    page.heads(heading, columns or (text("chart.firms_lines"), ""))
    page.write()
    page.canvas.stamp(stamp, text)
    return page.canvas.figure(
        xaxis=tick_keys(extent, write, page.canvas) | {"showticklabels": bool(values)},
        yaxis={"range": (page.canvas.plot_height, 0), "showticklabels": False},
    )


def _guide_lines(words: str) -> list[str]:
    """A guide's words, broken where they say so ("|"), else where the room ends."""
    return words.split("|") if "|" in words else wrap(words, palette.TICK, _GUIDE_ROOM, most=2)


def _axis(values: Sequence[float], guides: Sequence[Guide], most: int, *, zero: bool) -> Axis:
    """Guides and values inside; a few far values do not flatten the others."""
    fixed = [x * _BEYOND_GUIDE for x, _ in guides] + ([0.0] if zero else [])
    typical = median(abs(value) for value in values) if values else 0.0
    reach = max([_FAR * typical, *map(abs, fixed)])
    held = [min(max(value, -reach), reach) for value in values] + fixed or [0.0]
    low, high = min(held), max(held)
    extent = max(high - low, abs(high) * 1e-3, _SMALLEST)
    more = 0.04 * extent + (extent - (high - low)) / 2
    return axis(low - (more if low < 0 or not zero else 0.02 * extent), high + more, most=most)


def _lines(page: Sheet, guides: Sequence[Guide], extent: Axis, *, zero: bool) -> None:
    for value in extent.ticks():
        page.rule(value)
    if zero:
        page.rule(0, color=palette.INK, width=1.5)
    for x, _ in guides:
        page.rule(x, color=palette.GREY_TEXT, width=1.5, dash="4px,3px")


def _traces(values: Sequence[float], ys: Sequence[float], extent: Axis) -> list[Keys]:
    """Dots; arrows at the edge for those beyond it."""
    inside = [(value, y) for value, y in zip(values, ys, strict=True) if extent.holds(value)]
    beyond = [(value, y) for value, y in zip(values, ys, strict=True) if not extent.holds(value)]
    blue: Keys = {"color": palette.BLUE, "line": {"color": palette.WHITE, "width": 2}}
    dots: Keys = {"x": [v for v, _ in inside], "y": [y for _, y in inside], "marker": {"size": 13} | blue}
    traces = [dots | {"mode": "markers", "cliponaxis": False}]
    if beyond:
        symbols = ["triangle-left" if v < extent.low else "triangle-right" for v, _ in beyond]
        at = [min(max(v, extent.low), extent.high) for v, _ in beyond]
        arrows: Keys = {"x": at, "y": [y for _, y in beyond], "marker": blue | {"size": 13, "symbol": symbols}}
        traces.append(arrows | {"mode": "markers", "cliponaxis": False})
    return traces


def dot_rows_alt(rows: Sequence[DotRow], *, write: Write, text: Text, guides: Sequence[Guide] = ()) -> str:
    """The same figures in words: values, guides, and what is not published and why."""
    shown = [
        f"{row.label} {write(row.value)}"
        + (f", {text.count('chart.firms', row.n)}" if row.n is not None else "")
        + (f", {row.note}" if row.note else "")
        for row in rows
        if row.value is not None
    ]
    said = [text("chart.alt.dots", rows="; ".join(shown))] if shown else []
    if guides:
        named = "; ".join(f"{' '.join(words.split('|'))} ({write(x)})" for x, words in guides)
        said.append(text("chart.alt.guides", guides=named))
    withheld = [f"{row.label} ({row.note})" for row in rows if row.value is None]
    if withheld:
        said.append(text("chart.alt.withheld", rows="; ".join(withheld)))
    return " ".join(said)
