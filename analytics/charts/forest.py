"""The forest: one line per group, all on one scale; groups that are not published stand below it, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from plotly import graph_objects as go

from analytics.charts import palette
from analytics.charts.axis import Axis, Keys
from analytics.charts.canvas import Canvas, Stamp
from analytics.charts.interval import ROWS, Mark, Row, hollow_trace, interval_traces, shared_axis
from analytics.charts.words import BREAK, bold, coloured, safe, spread, width, wrap
from analytics.text import Text

_ROW = 39.0  # height of a row of one line
_LINE = palette.NAME * palette.LINE_HEIGHT
_NAME_LINES = 3
_N_ROOM = 74.0  # of the column "firms funded", on the left of the axis
_GAP = 24.0  # between that column and the axis
_TICK_ZONE = 28.0
_COMPACT_MARK = 26.0  # the part of a phone row that holds the interval
_FOOTER = 62.0


@dataclass(frozen=True, slots=True)
class _Line:
    """A row as it will be drawn: label in lines, height in px, and the middle of its interval from the row's top."""

    row: Row
    label: list[str]
    note: list[str]
    height: float
    middle: float


def _estimate(mark: Mark, text: Text) -> str:
    return f"{bold(text.percent(mark.value))}  {text.interval(mark.low, mark.high)}"


def _estimate_width(mark: Mark, text: Text) -> float:
    value, interval = text.percent(mark.value), f"  {text.interval(mark.low, mark.high)}"
    return width(value, palette.VALUE, heavy=True) + width(interval, palette.VALUE)


def _count(row: Row, text: Text) -> str:
    return text("chart.not_shown") if row.n is None else text.number(row.n)


def forest(
    rows: Sequence[Row],
    *,
    reference: Mark | None,
    stamp: Stamp,
    text: Text,
    compact: bool = False,
    heading: str = "",
) -> go.Figure:
    """Intervals of groups, in the order given, on one range; `reference` is the whole programme's line.

    heading: what the rows are ("Settore"); compact: for phones, labels above the intervals instead of beside them.
    """
    marks = [row.mark for row in rows if row.mark]
    canvas = _sheet(marks, text, compact=compact)
    lines = [_line(row, canvas, text, compact=compact) for row in rows]
    shown = [line for line in lines if line.row.mark]
    withheld = [line for line in lines if not line.row.mark]
    canvas.plot_height = max(sum(line.height for line in shown), 1.0)
    canvas.bottom = _FOOTER + sum(line.height for line in withheld) + (14.0 if withheld else 0.0)
    extent = shared_axis(marks, [reference.value] if reference else [])
    if shown:
        _axis_words(canvas, reference, extent, text)
        _rulers(canvas, shown, reference, extent, compact=compact)
        _shown(canvas, shown, extent, text, compact=compact)
    if not compact:
        _column_words(canvas, heading, text)
    _withheld(canvas, withheld, text, compact=compact)
    canvas.stamp(stamp, text)
    return canvas.figure(
        xaxis=extent.keys(map(text.percent, extent.ticks())) | {"showticklabels": bool(shown)},
        yaxis={"range": (canvas.plot_height, 0), "showticklabels": False},
    )


def _sheet(marks: Sequence[Mark], text: Text, *, compact: bool) -> Canvas:
    if compact:
        return Canvas(width=350, plot_height=0, left=14, right=14, top=58, bottom=_FOOTER)
    right = max([150.0, *(_estimate_width(mark, text) + 14 for mark in marks)])
    return Canvas(width=660 + right - 150, plot_height=0, left=262, right=right, top=58, bottom=_FOOTER)


def _line(row: Row, canvas: Canvas, text: Text, *, compact: bool) -> _Line:
    if compact:
        return _compact_line(row, canvas, text)
    label = wrap(row.label, palette.NAME, canvas.left - _GAP - _N_ROOM + 28, most=_NAME_LINES)
    note = wrap(row.note, palette.FOOTER if row.mark else palette.VALUE, _note_room(row, canvas), most=_NAME_LINES)
    note = note if row.note else []
    beside = (len(label) + len(note)) if row.mark else max(len(label), len(note))
    height = max(_ROW, beside * _LINE + 12)
    return _Line(row, label, note, height, height / 2)


def _note_room(row: Row, canvas: Canvas) -> float:
    return canvas.left - _GAP - _N_ROOM + 28 if row.mark else canvas.plot_width + canvas.right


def _compact_line(row: Row, canvas: Canvas, text: Text) -> _Line:
    """On a phone: name and number, then the note, then the interval; the estimate at the right of the first line."""
    whole = canvas.width - canvas.left - canvas.right
    taken = _estimate_width(row.mark, text) + 8 if row.mark else 0.0
    n = f" · {text.number(row.n)}" if row.n is not None else ""
    room = max(whole - taken - width(n, palette.NAME), whole * 0.3)
    label = wrap(row.label, palette.NAME, room, most=_NAME_LINES)
    note = wrap(row.note, palette.FOOTER if row.mark else palette.VALUE, whole, most=_NAME_LINES) if row.note else []
    words = (len(label) + len(note)) * _LINE
    if row.mark:
        return _Line(row, label, note, words + 34, words + 6 + _COMPACT_MARK / 2)
    return _Line(row, label, note, words + 14, words / 2)


def _tops(lines: Sequence[_Line]) -> list[float]:
    return [0.0, *accumulate(line.height for line in lines)]


def _axis_words(canvas: Canvas, reference: Mark | None, extent: Axis, text: Text) -> None:
    """What the zero line and the programme's line mean, above them, kept apart."""
    zero = [safe(word) for word in text("chart.no_effect_lines").split("|")]
    labels = [(0.0, BREAK.join(zero), width(max(zero, key=len), palette.TICK), palette.GREY_TEXT)]
    if reference:
        name, value = text("chart.programme"), text.percent(reference.value)
        wide = max(width(name, palette.TICK), width(value, palette.TICK, heavy=True))
        labels.append((reference.value, f"{name}{BREAK}{bold(value)}", wide, palette.BLUE))
    at = [extent.share(x) * canvas.plot_width for x, *_ in labels]
    slack = 14.0 if canvas.left < 20 else 18.0
    centres = spread(at, [wide for _, _, wide, _ in labels], -slack, canvas.plot_width + slack + 20, 10)
    for (x, markup, _, colour), wanted, centre in zip(labels, at, centres, strict=True):
        shift: Keys = {"xshift": centre - wanted, "yshift": 6, "yanchor": "bottom", "yref": "paper"}
        canvas.write(markup, x, 1, color=colour, **shift)


def _column_words(canvas: Canvas, heading: str, text: Text) -> None:
    head: Keys = {"xref": "paper", "yref": "paper", "yanchor": "bottom", "yshift": 6, "color": palette.GREY_TEXT}
    canvas.write(safe(heading), 0, 1, anchor="left", xshift=-canvas.left, **head)
    canvas.write(BREAK.join(text("chart.firms_lines").split("|")), 0, 1, anchor="right", xshift=-_GAP, **head)
    canvas.write(BREAK.join(text("chart.effect_lines").split("|")), 1, 1, anchor="right", xshift=canvas.right, **head)


def _rulers(canvas: Canvas, shown: Sequence[_Line], reference: Mark | None, extent: Axis, *, compact: bool) -> None:
    """Grid, zero and programme lines; on a phone only beside the intervals, so that no line runs through a word."""
    spans = [(0.0, canvas.plot_height)]
    if compact:
        middles = [top + line.middle for top, line in zip(_tops(shown), shown, strict=False)]
        spans = [(0.0, 5.0), *((middle - _COMPACT_MARK / 2, middle + _COMPACT_MARK / 2) for middle in middles)]
    for span in spans:
        for value in extent.ticks():
            canvas.rule((value, value), span, color=palette.GRID, width=1)
        canvas.rule((0, 0), span, color=palette.INK, width=1.5)
        if reference:
            canvas.rule((reference.value, reference.value), span, color=palette.BLUE, width=1.5, dash="4px,3px")


def _shown(canvas: Canvas, shown: Sequence[_Line], extent: Axis, text: Text, *, compact: bool) -> None:
    placed, hollow = [], []
    for top, line in zip(_tops(shown), shown, strict=False):
        mark = line.row.mark
        if mark is None:
            continue
        placed.append((top + line.middle, mark))
        if line.row.shrunken is not None:
            hollow.append((line.row.shrunken, top + line.middle + 11))
        (_compact_words if compact else _wide_words)(canvas, line, mark, top, text)
        if not compact:
            canvas.rule((-1, 2), (top + line.height,) * 2, color=palette.GRID, width=1, xref="paper")
    canvas.traces = interval_traces(placed, extent, ROWS)
    if hollow:
        canvas.traces.append(hollow_trace(hollow, extent))


def _name(line: _Line, extra: str = "") -> str:
    """Label lines, the count behind the last, and the note under them."""
    note = [coloured(safe(part), palette.GREY_TEXT, palette.FOOTER) for part in line.note]
    label = [safe(part) for part in line.label]
    return BREAK.join([*label[:-1], label[-1] + extra, *note])


def _wide_words(canvas: Canvas, line: _Line, mark: Mark, top: float, text: Text) -> None:
    y = top + line.middle
    canvas.write(_name(line), 0, y, anchor="left", xref="paper", xshift=-canvas.left, size=palette.NAME)
    canvas.write(_count(line.row, text), 0, y, anchor="right", xref="paper", xshift=-_GAP, size=palette.NAME)
    shift: Keys = {"xref": "paper", "xshift": canvas.right, "size": palette.VALUE}
    canvas.write(_estimate(mark, text), 1, y, anchor="right", **shift)


def _compact_words(canvas: Canvas, line: _Line, mark: Mark, top: float, text: Text) -> None:
    n = "" if line.row.n is None else coloured(f" · {text.number(line.row.n)}", palette.GREY_TEXT)
    place: Keys = {"xref": "paper", "yanchor": "top"}
    canvas.write(_name(line, n), 0, top + 5, anchor="left", size=palette.NAME, **place)
    canvas.write(_estimate(mark, text), 1, top + 6, anchor="right", size=palette.VALUE, **place)


def _withheld(canvas: Canvas, withheld: Sequence[_Line], text: Text, *, compact: bool) -> None:
    """Rows without an estimate, below the axis, in grey, with the reason."""
    start = _TICK_ZONE if canvas.traces else 0.0
    for top, line in zip(_tops(withheld), withheld, strict=False):
        y = -(start + top + line.middle)
        grey: Keys = {"xref": "paper", "yref": "paper", "yshift": y, "color": palette.GREY_TEXT}
        label, note = ([safe(part) for part in parts] for parts in (line.label, line.note))
        if compact:
            n = "" if line.row.n is None else f" · {text.number(line.row.n)}"
            words = BREAK.join([*label[:-1], label[-1] + n, *(coloured(part, palette.GREY_TEXT, 14) for part in note)])
            canvas.write(words, 0, 0, anchor="left", size=palette.NAME, **grey)
            continue
        canvas.write(BREAK.join(label), 0, 0, anchor="left", xshift=-canvas.left, size=palette.NAME, **grey)
        canvas.write(_count(line.row, text), 0, 0, anchor="right", xshift=-_GAP, size=palette.NAME, **grey)
        canvas.write(BREAK.join(note), 1, 0, anchor="right", xshift=canvas.right, size=palette.VALUE, **grey)
        edge = -(start + top + line.height) / canvas.plot_height
        canvas.rule((-1, 2), (edge, edge), color=palette.GRID, width=1, xref="paper", yref="paper")


def forest_alt(rows: Sequence[Row], text: Text, reference: Mark | None = None) -> str:
    """The same figures in words: published groups, the programme, and what is not published and why."""
    shown = [
        f"{row.label} {text.percent(row.mark.value)} {text.interval(row.mark.low, row.mark.high)}"
        + (f", {text.count('chart.firms', row.n)}" if row.n is not None else "")
        + (f", {row.note}" if row.note else "")
        for row in rows
        if row.mark
    ]
    withheld = [f"{row.label} ({row.note})" for row in rows if not row.mark]
    said = [text("chart.alt.forest", rows="; ".join(shown))] if shown else []
    if reference:
        interval = text.interval(reference.low, reference.high)
        said.append(text("chart.alt.programme", value=text.percent(reference.value), interval=interval))
    if withheld:
        said.append(text("chart.alt.withheld", rows="; ".join(withheld)))
    return " ".join(said)
