"""The forest: one line per group, all on one scale; groups that are not published stand below it, with the reason."""

from collections.abc import Sequence

from plotly import graph_objects as go

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis
from analytics.charts.kit.canvas import Stamp
from analytics.charts.kit.interval import ROWS, ForestRow, Mark, hollow_trace, interval_traces, shared_axis
from analytics.charts.kit.measure import Measure, roomy, tick_keys
from analytics.charts.kit.rows import Above, RowText, Sheet, sheet
from analytics.charts.kit.words import wrap
from analytics.language.text import Text
from analytics.model import Unit

_HOLLOW_BELOW = 14.0  # px from the interval to its shrunken mark
_HOLLOW_ROOM = 8.0  # px that a row grows for it
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
    """Intervals of groups, in the order given, on one range; `reference` is the whole programme's line.

    heading: what the rows are ("Settore"); compact: for phones and narrow columns, labels above the intervals instead
    of beside them; reference_words: what the dashed line is, where it is not the programme; columns: what stands over
    the numbers of firms and over the effects, where it is not that ("|" breaks a line).
    """
    measure = Measure(unit, text)
    page = sheet([_entry(row, measure) for row in rows], text, compact=compact)
    marks = [row.mark for row in rows if row.mark]
    points = [reference.value] if reference else []
    room = page.canvas.plot_width
    extent = roomy(lambda most: shared_axis(marks, points, scale=measure.scale, most=most), measure.value, room)
    if marks:
        _lines(page, reference, extent)
        page.above(_above(reference, reference_words, measure), extent)
        _marks(page, rows, extent, measure)
    page.heads(heading, columns or (text("chart.firms_lines"), text("chart.effect_lines")))
    page.write()
    page.canvas.stamp(stamp, text)
    return page.canvas.figure(
        xaxis=tick_keys(extent, measure.value, page.canvas) | {"showticklabels": bool(marks)},
        yaxis={"range": (page.canvas.plot_height, 0), "showticklabels": False},
    )


def _entry(row: ForestRow, measure: Measure) -> RowText:
    if row.mark is None:
        return RowText(row.label, row.n, row.note)
    below = 0.0 if row.shrunken is None else _HOLLOW_ROOM
    return RowText(row.label, row.n, row.note, measure.value(row.mark.value), measure.interval(row.mark), below)


def _lines(page: Sheet, reference: Mark | None, extent: Axis) -> None:
    """Grid, zero and programme lines."""
    for value in extent.ticks():
        page.rule(value)
    page.rule(0, color=palette.INK, width=1.5)
    if reference:
        page.rule(reference.value, color=palette.BLUE, width=1.5, dash="4px,3px")


def _above(reference: Mark | None, words: str | None, measure: Measure) -> list[Above]:
    """What the zero line and the programme's line mean."""
    said = [Above(0.0, measure.text("chart.no_effect_lines").split("|"), palette.GREY_TEXT)]
    if reference:
        name = wrap(words or measure.text("chart.programme"), palette.TICK, _REFERENCE_ROOM, most=2)
        said.append(Above(reference.value, name, palette.BLUE, measure.value(reference.value)))
    return said


def _marks(page: Sheet, rows: Sequence[ForestRow], extent: Axis, measure: Measure) -> None:
    """Intervals, the hollow marks under them, and what those are."""
    published = [(row, row.mark) for row in rows if row.mark]
    ys = [placed.y for placed in page.shown]
    placed = [(y, mark) for y, (_, mark) in zip(ys, published, strict=True)]
    page.canvas.traces = interval_traces(placed, extent, ROWS, scale=measure.scale)
    hollow = [
        (row.shrunken, y + _HOLLOW_BELOW) for y, (row, _) in zip(ys, published, strict=True) if row.shrunken is not None
    ]
    if hollow:
        page.canvas.traces.append(hollow_trace(hollow, extent))
        page.key(measure.text("chart.shrunken"), palette.BLUE)


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

    shown_as, unshown_as: what introduces rows with an interval, and those without.
    """
    measure = Measure(unit, text)
    shown = [_row_alt(row, row.mark, measure) for row in rows if row.mark]
    withheld = [f"{row.label} ({row.note})" for row in rows if not row.mark]
    said = [text(shown_as, rows="; ".join(shown))] if shown else []
    if reference:
        name, value = reference_words or text("chart.programme"), measure.value(reference.value)
        name = name[:1].upper() + name[1:]
        said.append(text("chart.alt.reference", name=name, value=value, interval=measure.interval(reference)))
    if withheld:
        said.append(text(unshown_as, rows="; ".join(withheld)))
    return " ".join(said)


def _row_alt(row: ForestRow, mark: Mark, measure: Measure) -> str:
    text = measure.text
    parts = [f"{row.label} {measure.value(mark.value)} {measure.interval(mark)}"]
    if row.shrunken is not None:
        parts.append(text("chart.alt.shrunken", value=measure.value(row.shrunken)))
    if row.n is not None:
        parts.append(text.count("chart.firms", row.n))
    return ", ".join([*parts, *([row.note] if row.note else [])])
