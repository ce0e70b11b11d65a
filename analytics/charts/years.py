"""The effect in year 1, 2, 3 after the grant: vertical intervals beside each other."""

from collections.abc import Sequence

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys
from analytics.charts.kit.canvas import PHONE_WIDTH, Canvas, Stamp
from analytics.charts.kit.interval import ROW_THICKNESS, ForestRow, Mark, interval_traces, shared_axis
from analytics.charts.kit.value_format import ValueFormat
from analytics.charts.kit.words import BREAK, bold, coloured, safe, width, wrap
from analytics.language.text import Text
from analytics.model import Unit

_YEARS_HEIGHT = 260.0  # px of the plot
_BEFORE_FIRST = 0.9  # of a column: room for the words of the zero line
_AFTER_LAST = 0.55  # of a column
_VALUE_GAP = 13.0  # px between an interval and its value in words
_NOTE_HEIGHTS = (0.8, 0.5, 0.2)  # where the note of a withheld year may stand, best first
_HALF_LINE = 11.0  # half the height of a value in words, px


def years(rows: Sequence[ForestRow], *, stamp: Stamp, text: Text, unit: str = Unit.FRACTION) -> go.Figure:
    """One interval per year, in the order given, on one axis; a withheld year says why in its place."""
    form = ValueFormat(unit, text)
    marks = [row.mark for row in rows if row.mark]
    extent = shared_axis(marks, scale=form.scale, most=6)
    values = extent.ticks() if marks else []
    widest = max((width(form.value(value), palette.TICK) for value in values), default=0.0)
    left, last = max(45.0, widest + 8), rows[-1].mark if rows else None
    last_width = width(form.value(last.value), palette.VALUE, heavy=True) + _VALUE_GAP if last else 0.0
    column = (PHONE_WIDTH - left) / (max(len(rows), 1) - 1 + _BEFORE_FIRST + _AFTER_LAST)
    right = max(14.0, last_width + 4 - 0.8 * _AFTER_LAST * column)
    canvas = Canvas(width=PHONE_WIDTH, plot_height=_YEARS_HEIGHT, left=left, right=right, top=20, bottom=100)
    canvas.draw_grid(values)
    if marks:
        _draw_zero_line(canvas, extent, text)
    placed = [(float(i), row.mark) for i, row in enumerate(rows) if row.mark]
    canvas.traces = interval_traces(placed, extent, ROW_THICKNESS, scale=form.scale, vertical=True) if placed else []
    for i, row in enumerate(rows):
        previous = rows[max(i - 1, 0)].mark
        taken = [extent.share(value) for value in ([0.0] + ([previous.value] if previous else [])) if marks]
        _write_year(canvas, i, row, len(rows), extent, form, _free_height(taken))
    canvas.stamp(stamp, text)
    return canvas.figure(
        xaxis={"range": (-_BEFORE_FIRST, max(len(rows), 1) - 1 + _AFTER_LAST), "showticklabels": False},
        yaxis=extent.keys(f"{form.value(value)} " for value in extent.ticks()) | {"showticklabels": bool(marks)},
    )


def _draw_zero_line(canvas: Canvas, extent: Axis, text: Text) -> None:
    """Draw the zero line and its name before the first interval, below the line unless there is no room."""
    canvas.rule((0, 1), (0, 0), color=palette.INK, width=1.5, xref="paper")
    room_below = extent.share(0) * _YEARS_HEIGHT
    below = room_below > 2.4 * palette.FOOTER * palette.LINE_HEIGHT
    words = BREAK.join(text("chart.no_effect_lines").split("|"))
    side: Keys = {"yanchor": "top" if below else "bottom", "yshift": -2 if below else 2}
    place: Keys = {"xref": "paper", "xshift": 4, "size": palette.FOOTER, "color": palette.GREY_TEXT}
    canvas.write(words, 0, 0, anchor="left", **place, **side)


def _write_year(
    canvas: Canvas, i: int, row: ForestRow, count: int, extent: Axis, form: ValueFormat, note_at: float
) -> None:
    """Write a year's name, value and interval, or why it is withheld. note_at: height of that note, as a share."""
    column = canvas.plot_width / (count - 1 + _BEFORE_FIRST + _AFTER_LAST)
    under: Keys = {"yref": "paper", "yanchor": "top"}
    label = bold(BREAK.join(safe(part) for part in wrap(row.label, palette.VALUE, column, most=2)))
    if row.mark is None:
        canvas.write(label, i, 0, yshift=-6, size=palette.VALUE, color=palette.GREY_TEXT, **under)
        note = BREAK.join(safe(part) for part in wrap(row.note, palette.FOOTER, column - 8))
        canvas.write(note, i, note_at, yref="paper", size=palette.FOOTER, color=palette.GREY_TEXT)
        return
    interval = _interval_lines(form.interval(row.mark), column)
    words = coloured(BREAK.join(interval), palette.GREY_TEXT, palette.FOOTER)
    canvas.write(f"{label}{BREAK}{words}", i, 0, yshift=-6, size=palette.VALUE, **under)
    y = extent.clip(row.mark.value)
    shift: Keys = {"xshift": _VALUE_GAP, "yshift": _off_zero(y, extent), "size": palette.VALUE, "color": palette.BLUE}
    canvas.write(bold(form.value(row.mark.value)), i, y, anchor="left", **shift)


def _interval_lines(words: str, room: float) -> list[str]:
    """The ends of an interval in words, in two lines where they do not fit into one."""
    low, between, high = words.partition("; ")
    return [words] if width(words, palette.FOOTER) <= room else [low + between.strip(), high]


def _free_height(taken: Sequence[float]) -> float:
    """The height of a note that is furthest from the heights taken, all as shares of the plot's height."""
    return max(_NOTE_HEIGHTS, key=lambda height: min((abs(height - occupied) for occupied in taken), default=1.0))


def _off_zero(value: float, extent: Axis) -> float:
    """How far the words of a value move up, in px, so that the zero line does not strike them through."""
    above = (value / (extent.high - extent.low)) * _YEARS_HEIGHT
    if abs(above) >= _HALF_LINE:
        return 0.0
    return (_HALF_LINE if value >= 0 else -_HALF_LINE) - above


def years_alt(rows: Sequence[ForestRow], text: Text, *, unit: str = Unit.FRACTION) -> str:
    """The same figures in words."""
    form = ValueFormat(unit, text)

    def year_alt(row: ForestRow, mark: Mark) -> str:
        return f"{row.label} {form.value(mark.value)} {form.interval(mark)}"

    published = [year_alt(row, row.mark) for row in rows if row.mark]
    withheld = [f"{row.label} ({row.note})" for row in rows if not row.mark]
    sentences = [text("chart.alt.years", rows="; ".join(published))] if published else []
    if withheld:
        sentences.append(text("chart.alt.withheld", rows="; ".join(withheld)))
    return " ".join(sentences)
