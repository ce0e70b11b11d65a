"""The forest: one line per group, all on one scale; groups that are not published stand below it, with the reason."""

from collections.abc import Sequence

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis
from analytics.charts.kit.canvas import Stamp
from analytics.charts.kit.interval import ROW_THICKNESS, ForestRow, Mark, hollow_trace, interval_traces, shared_axis
from analytics.charts.kit.rows import LineLabel, RowLayout, RowText, layout_rows
from analytics.charts.kit.value_format import ValueFormat, axis_with_room, tick_keys
from analytics.charts.kit.words import wrap
from analytics.language.text import Text
from analytics.model import Unit

_SHRUNKEN_BELOW = 14.0  # px from the interval to its shrunken mark
_SHRUNKEN_ROOM = 8.0  # px that a row grows for it
_REFERENCE_ROOM = 128.0  # px for the words of the dashed line


def forest(
    rows: Sequence[ForestRow],
    *,
    reference: Mark | None,
    stamp: Stamp,
    text: Text,
    compact: bool = False,
    heading: str = "",
    unit: str = Unit.FRACTION,
    reference_words: str | None = None,
    columns: tuple[str, str] | None = None,
) -> go.Figure:
    """Intervals of groups, in the order given, on one axis. reference: the whole programme's effect, a dashed line.

    heading: what the rows are ("Settore"); compact: for phones and narrow columns, labels above the intervals instead
    of beside them; reference_words: what the dashed line is, where it is not the programme; columns: what stands over
    the numbers of firms and over the effects, where it is not that ("|" breaks a line).
    """
    form = ValueFormat(unit, text)
    layout = layout_rows([_row_text(row, form) for row in rows], text, compact=compact)
    marks = [row.mark for row in rows if row.mark]
    points = [reference.value] if reference else []
    room = layout.canvas.plot_width
    extent = axis_with_room(lambda most: shared_axis(marks, points, scale=form.scale, most=most), form.value, room)
    if marks:
        layout.draw_grid(extent)
        if reference:
            layout.rule(reference.value, color=palette.BLUE, width=1.5, dash=palette.GUIDE_DASH)
        layout.write_line_labels(_line_labels(reference, reference_words, form), extent)
        _draw_marks(layout, rows, extent, form)
    layout.write_heads(heading, columns or (text("chart.firms_lines"), text("chart.effect_lines")))
    layout.write_rows()
    layout.canvas.stamp(stamp, text)
    return layout.canvas.figure(
        xaxis=tick_keys(extent, form.value, layout.canvas) | {"showticklabels": bool(marks)},
        yaxis={"range": (layout.canvas.plot_height, 0), "showticklabels": False},
    )


def _row_text(row: ForestRow, form: ValueFormat) -> RowText:
    if row.mark is None:
        return RowText(row.label, row.n, row.note)
    below = 0.0 if row.shrunken is None else _SHRUNKEN_ROOM
    return RowText(row.label, row.n, row.note, form.value(row.mark.value), form.interval(row.mark), below)


def _line_labels(reference: Mark | None, words: str | None, form: ValueFormat) -> list[LineLabel]:
    """What the zero line and the reference line mean. words: of the reference, where it is not the programme."""
    labels = [LineLabel(0.0, form.text("chart.no_effect_lines").split("|"), palette.GREY_TEXT)]
    if reference:
        name = wrap(words or form.text("chart.programme"), palette.TICK, _REFERENCE_ROOM, most=2)
        labels.append(LineLabel(reference.value, name, palette.BLUE, form.value(reference.value)))
    return labels


def _draw_marks(layout: RowLayout, rows: Sequence[ForestRow], extent: Axis, form: ValueFormat) -> None:
    """Draw the intervals and the shrunken estimates under them, and say what those are."""
    published = [(row, row.mark) for row in rows if row.mark]
    ys = [placed.y for placed in layout.published]
    placed = [(y, mark) for y, (_, mark) in zip(ys, published, strict=True)]
    layout.canvas.traces = interval_traces(placed, extent, ROW_THICKNESS, scale=form.scale)
    shrunken = [
        (row.shrunken, y + _SHRUNKEN_BELOW)
        for y, (row, _) in zip(ys, published, strict=True)
        if row.shrunken is not None
    ]
    if shrunken:
        layout.canvas.traces.append(hollow_trace(shrunken, extent))
        layout.write_key(form.text("chart.shrunken"), palette.BLUE)


def forest_alt(
    rows: Sequence[ForestRow],
    text: Text,
    reference: Mark | None = None,
    *,
    unit: str = Unit.FRACTION,
    reference_words: str | None = None,
    shown_as: str = "chart.alt.forest",
    unshown_as: str = "chart.alt.withheld",
) -> str:
    """The same figures in words: published groups, the programme, and what is not published and why.

    shown_as, unshown_as: the sentences that list rows with an interval, and those without.
    """
    form = ValueFormat(unit, text)
    published = [_row_alt(row, row.mark, form) for row in rows if row.mark]
    withheld = [f"{row.label} ({row.note})" for row in rows if not row.mark]
    sentences = [text(shown_as, rows="; ".join(published))] if published else []
    if reference:
        name, value = reference_words or text("chart.programme"), form.value(reference.value)
        name = name[:1].upper() + name[1:]
        sentences.append(text("chart.alt.reference", name=name, value=value, interval=form.interval(reference)))
    if withheld:
        sentences.append(text(unshown_as, rows="; ".join(withheld)))
    return " ".join(sentences)


def _row_alt(row: ForestRow, mark: Mark, form: ValueFormat) -> str:
    text = form.text
    parts = [f"{row.label} {form.value(mark.value)} {form.interval(mark)}"]
    if row.shrunken is not None:
        parts.append(text("chart.alt.shrunken", value=form.value(row.shrunken)))
    if row.n is not None:
        parts.append(text.count("chart.firms", row.n))
    return ", ".join([*parts, *([row.note] if row.note else [])])
