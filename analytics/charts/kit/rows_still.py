"""A chart of rows as an image: columns as wide as their words; where that leaves the axis too little room, each row's
words stand above its drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from analytics.charts.kit.axis_still import HEAD, guides_still, ticks_still
from analytics.charts.kit.interval import Line
from analytics.charts.kit.markup import element, joined
from analytics.charts.kit.outlines import BLUE, GREY, SEMIBOLD, Style, length, line, paragraph, wrapped
from analytics.charts.kit.row import Row, Rows, ground_lines, row_mark
from analytics.charts.kit.still import Still, at, drawn_watermark

NAME, NAME_TOLD = Style(14), Style(14, weight=SEMIBOLD)
UNDER = Style(12.5, fill=GREY)
VALUE, LEAD, ASIDE = Style(14), Style(14, weight=SEMIBOLD, fill=BLUE), Style(14, fill=GREY)
VERB = Style(13.5, weight=SEMIBOLD, fill=BLUE)
NOTE = Style(13, fill=GREY)

_GAP: Final = 16.0  # px between columns
_LEAST_AXIS: Final = 260.0
_NAME_SHARE: Final = 0.36  # of the width, at most
_LINE: Final = 17.0
_ROW, _NARROW_DRAWING, _NARROW_ROW = 29.0, 24.0, 50.0
_BAND = 30.0
_INDENT, _EDGE = 16.0, 8.0


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the parts of a row stand, px. left, right: ends of the axis; n: where numbers of firms end; verb: where
    verbs end; is_narrow: words above the drawing.
    """

    width: float
    name: float
    n: float
    left: float
    right: float
    verb: float
    is_narrow: bool


def rows_still(chart: Rows, width: float) -> Still:
    """The rows with heads, guides, watermark and ticks."""
    columns = _columns(chart, width)
    parts, top = [], 0.0
    if chart.drawn:
        head = _heads(chart, columns)
        parts.append(head.svg)
        top = head.height
    for row in chart.rows:
        drawn = _row(row, chart, columns)
        parts.append(at(drawn.svg, 0.0, top))
        top += drawn.height
    parts.append(_border(top, width))
    if chart.drawn:
        foot = _foot(chart, columns)
        parts.append(at(foot.svg, 0.0, top))
        top += foot.height
    return Still(joined(parts), width, top)


def _columns(chart: Rows, width: float) -> _Columns:
    names = [length(row.label, _name_style(row)) + _indent(row) for row in chart.rows]
    names += [length(row.under, UNDER) for row in chart.rows if row.under]
    name = min(max([*names, _least(chart.heads.names)]) + _EDGE, _NAME_SHARE * width)
    firms = [length(row.n, VALUE) for row in chart.rows if row.n]
    n = max([*firms, _least(chart.heads.firms)]) + _GAP if firms else 0.0
    verbs = [length(row.verb, VERB) for row in chart.rows if row.verb]
    values = [_value_length(row) for row in chart.rows if row.mark]
    value = max([*values, _least(chart.heads.values)], default=0.0) + _EDGE
    told = [_value_length(row) for row in chart.rows if row.verb]
    verb = max(told, default=0.0) + _EDGE
    words = max(value, verb + max(verbs, default=0.0) + (_GAP if verbs else 0.0))
    left, right = name + n + _GAP, width - words - _GAP
    if right - left < _LEAST_AXIS:
        return _Columns(width, width, 0.0, _EDGE, width - _EDGE, 0.0, True)
    return _Columns(width, name, name + n, left, right, width - verb - _GAP, False)


def _least(head: str) -> float:
    """The room that words over a column need in as many lines as they have words."""
    return max(length(word, HEAD) for word in head.split(" "))


def _name_style(row: Row) -> Style:
    return NAME_TOLD if row.told else NAME


def _indent(row: Row) -> float:
    return _INDENT + _EDGE if row.whole is False else _EDGE


def _value_length(row: Row) -> float:
    parts = [(row.lead, LEAD), (row.value, VALUE), (row.aside, ASIDE)]
    written = [length(words, style) for words, style in parts if words]
    return sum(written) + 4.0 * max(len(written) - 1, 0)


def _value(row: Row, right: float, y: float) -> Markup:
    """What is said of a row, ending at the right: lead, value, lesser number."""
    drawn = []
    for words, style in ((row.aside, ASIDE), (row.value, VALUE), (row.lead, LEAD)):
        if words:
            drawn.append(line(words, right, y, style, "end"))
            right -= length(words, style) + 4.0
    return joined(drawn)


def _border(y: float, width: float) -> Markup:
    return element("line", class_="grid", x1="0", x2=width, y1=y, y2=y)


def _row(row: Row, chart: Rows, columns: _Columns) -> Still:
    return _narrow_row(row, chart, columns) if columns.is_narrow else _wide_row(row, chart, columns)


def _wide_row(row: Row, chart: Rows, columns: _Columns) -> Still:
    style, indent = _name_style(row), _indent(row)
    names = wrapped(row.label, columns.name - indent, style)
    under = wrapped(row.under, columns.name - indent, UNDER) if row.under else []
    right = columns.width - _EDGE
    note = wrapped(row.note, right - columns.left, NOTE) if row.mark is None and row.note else []
    lines = max(len(names) + len(under), len(note), 1)
    height = max(_ROW, lines * _LINE + 12.0)
    first = (height - (len(names) + len(under)) * _LINE) / 2 + 13.0
    middle = height / 2 + 4.8
    parts = [
        element("rect", width=columns.width, height=height, fill="#F5F6F8") if row.whole else "",
        _border(0.0, columns.width),
        paragraph(names, indent, first, style, _LINE),
        paragraph(under, indent, first + len(names) * _LINE - 1.0, UNDER, _LINE),
        line(row.n, columns.n, middle, VALUE, "end") if row.n else "",
    ]
    if row.mark is None:
        top = (height - len(note) * _LINE) / 2 + 12.5
        return Still(joined([*parts, paragraph(note, columns.left, top, NOTE, _LINE)]), columns.width, height)
    drawing = at(_drawing(row, chart, columns, height), columns.left, 0.0)
    verb = line(row.verb, columns.verb, middle, VERB, "end") if row.verb else ""
    return Still(joined([*parts, drawing, verb, _value(row, right, middle)]), columns.width, height)


def _narrow_row(row: Row, chart: Rows, columns: _Columns) -> Still:
    """Name and number of firms on the left, what is said on the right or, where they do not fit, below; the drawing."""
    style, indent, right = _name_style(row), _indent(row), columns.width - _EDGE
    firms = f"{row.n} {chart.heads.firms.lower()}".strip()
    label = f"{row.label} · {firms}" if row.n else row.label
    said, beside = _value_length(row), 0.0
    fits = length(label, style) + said + _GAP <= right - indent
    names = wrapped(label, right - indent - (said + _GAP if fits else 0.0), style)
    y = 17.0
    parts: list[Markup | str] = [_border(0.0, columns.width), paragraph(names, indent, y, style, _LINE)]
    beside = y
    y += (len(names) - 1) * _LINE
    if row.under:
        under = wrapped(row.under, right - indent, UNDER)
        parts.append(paragraph(under, indent, y + _LINE - 1.0, UNDER, _LINE))
        y += len(under) * _LINE
    if row.mark is None:
        note = wrapped(row.note, right - indent, NOTE)
        parts.append(paragraph(note, indent, y + _LINE, NOTE, _LINE))
        return Still(
            _grounded(row, parts, columns.width, y + len(note) * _LINE + 8.0),
            columns.width,
            y + len(note) * _LINE + 8.0,
        )
    if row.verb or not fits:
        y += _LINE + 1.0
        parts.append(line(row.verb, indent, y, VERB) if row.verb else "")
        beside = y if not fits else beside
    parts += [_value(row, right, beside), at(_drawing(row, chart, columns, _NARROW_DRAWING), columns.left, y + 5.0)]
    height = y + 5.0 + _NARROW_DRAWING + 2.0
    return Still(_grounded(row, parts, columns.width, height), columns.width, height)


def _grounded(row: Row, parts: Sequence[Markup | str], width: float, height: float) -> Markup:
    ground = element("rect", width=width, height=height, fill="#F5F6F8") if row.whole else ""
    return joined([ground, *parts])


def _drawing(row: Row, chart: Rows, columns: _Columns, height: float) -> Markup:
    """The mark of a row on its ground; under its words, which say how far it goes, an arrow has no number."""
    drawn = Line(chart.axis, (columns.right - columns.left, height))
    write = (lambda _: "") if columns.is_narrow else chart.write
    return ground_lines(drawn, chart.guides) + row_mark(row, drawn, write, chart.scale)


def _heads(chart: Rows, columns: _Columns) -> Still:
    """The words over the columns and over the lines to compare with."""
    width = columns.right - columns.left
    has_heads = not columns.is_narrow and any((chart.heads.names, chart.heads.firms, chart.heads.values))
    beside = (0.0, 0.0) if has_heads else (columns.left, columns.width - columns.right)
    guides = guides_still(chart.guides, chart.axis, width, beside)
    if columns.is_narrow:
        return Still(at(guides.svg, columns.left, 0.0), columns.width, guides.height)
    heads, counts = chart.heads, any(row.n for row in chart.rows)
    right = columns.width - _EDGE
    placed = [
        (wrapped(heads.names, columns.name - _EDGE, HEAD), _EDGE, "start"),
        (wrapped(heads.firms, columns.n - columns.name - _EDGE, HEAD) if counts else [], columns.n, "end"),
        (wrapped(heads.values, right - columns.right, HEAD), right, "end"),
    ]
    height = max(guides.height, *(len(lines) * _LINE + 3.0 for lines, _, _ in placed))
    words = [
        paragraph(lines, x, height - 7.0 - (len(lines) - 1) * _LINE, HEAD, _LINE, anchor) for lines, x, anchor in placed
    ]
    return Still(joined([*words, at(guides.svg, columns.left, height - guides.height)]), columns.width, height)


def _foot(chart: Rows, columns: _Columns) -> Still:
    """The watermark in a band of its own, and the ticks."""
    width = columns.right - columns.left
    middle = (columns.left + columns.right) / 2
    mark = drawn_watermark(chart.data_mark, middle, 20.0)
    band = _BAND if chart.data_mark else 6.0
    ticks = ticks_still(chart.axis, chart.write, width, (columns.left, columns.width - columns.right))
    return Still(mark + at(ticks.svg, columns.left, band), columns.width, band + ticks.height)
