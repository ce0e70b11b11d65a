"""Rows of words around a plot: name and number on the left, figures on the right, on phones both above the mark;
withheld rows below the axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys
from analytics.charts.kit.canvas import PHONE_WIDTH, Canvas
from analytics.charts.kit.words import BREAK, bold, coloured, lay_out, safe, width, wrap
from analytics.language.text import Text

_ROW_HEIGHT = 39.0  # of one line
_NAME_LINE = palette.NAME * palette.LINE_HEIGHT
_MOST_LINES = 3  # of a name or a note
_LEFT, _RIGHT, _TOP, _FOOTER = 262.0, 150.0, 58.0, 62.0
_PLOT_WIDTH = 248.0  # at the narrowest
_COUNT_WIDTH = 46.0  # of the column of numbers of firms
_COUNT_GAP = 24.0  # between that column and the axis
_COUNT_HEAD_WIDTH = 84.0  # of the words over it
_TICK_ZONE = 28.0
_MARK_ZONE = 26.0  # the part of a phone row that holds the mark
_LEAST_NAME_WIDTH = 96.0  # px for a name with figures beside it: where less is left they stand below it


@dataclass(frozen=True, slots=True)
class RowText:
    """One row in words.

    label: the name; n: number of firms, None: not published; value, rest: figures, the first bold; without a value the
    row is withheld, and `note` says why. below: px that the row grows under its mark.
    """

    label: str
    n: int | None
    note: str
    value: str = ""
    rest: str = ""
    below: float = 0.0

    @property
    def figures_width(self) -> float:
        """Width of the figures, in px."""
        after = width(f"  {self.rest}", palette.VALUE) if self.rest else 0.0
        return width(self.value, palette.VALUE, heavy=True) + after

    @property
    def figures(self) -> str:
        """The figures as plotly text."""
        return bold(safe(self.value)) + (f"  {safe(self.rest)}" if self.rest else "")


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row as it will be drawn, in px: `top` from the top of the plot, `middle` of its mark from there.

    label, note: words in lines; stacked: the figures stand below the words, not beside them.
    """

    entry: RowText
    label: list[str]
    note: list[str]
    height: float
    middle: float
    stacked: bool = False
    top: float = 0.0

    @property
    def y(self) -> float:
        """The middle of its mark from the top of the plot."""
        return self.top + self.middle


@dataclass(frozen=True, slots=True)
class LineLabel:
    """Words over a vertical line at `x`, in lines, under them a figure in bold."""

    x: float
    lines: Sequence[str]
    colour: str
    figure: str = ""


@dataclass(slots=True)
class RowLayout:
    """A canvas with its rows, published and withheld.

    compact: for a phone; counted: whether any row has a number of firms, which then have a column; under: px from the
    plot to the withheld rows.
    """

    canvas: Canvas
    text: Text
    compact: bool
    counted: bool
    published: list[PlacedRow] = field(default_factory=list)
    withheld: list[PlacedRow] = field(default_factory=list)
    under: float = 0.0

    def rule(self, x: float, *, color: str = palette.GRID, width: float = 1.0, dash: str = "solid") -> None:
        """Draw a vertical line at `x`; on a phone only beside the marks, so that it runs through no word."""
        if not self.compact:
            self.canvas.rule((x, x), (0.0, self.canvas.plot_height), color=color, width=width, dash=dash)
            return
        half = _MARK_ZONE / 2
        spans = [(0.0, 5.0), *((row.y - half, row.y + half + row.entry.below) for row in self.published)]
        path = "".join(f"M{x},{start}L{x},{end}" for start, end in spans)  # one shape: plotly is slow with many
        line: Keys = {"color": color, "width": width, "dash": dash}
        self.canvas.shapes.append({"type": "path", "layer": "below", "path": path, "line": line})

    def draw_grid(self, extent: Axis, *, zero: bool = True) -> None:
        """Draw a vertical line at each tick, and a strong one at zero."""
        for value in extent.ticks():
            self.rule(value)
        if zero:
            self.rule(0, color=palette.INK, width=1.5)

    def write_line_labels(self, labels: Sequence[LineLabel], extent: Axis) -> None:
        """Write words over vertical lines, kept apart; the top margin grows with them."""
        canvas = self.canvas
        sizes = [
            max(width(line, palette.TICK, heavy=True) for line in (*label.lines, label.figure)) for label in labels
        ]
        targets = [extent.share(label.x) * canvas.plot_width for label in labels]
        low = -(canvas.left if self.compact else 18.0)
        centres = lay_out(targets, sizes, low + 2, canvas.plot_width + min(canvas.right, 38.0) - 2, 10)
        for label, target, centre in zip(labels, targets, centres, strict=True):
            markup = BREAK.join([*map(safe, label.lines), *([bold(safe(label.figure))] if label.figure else [])])
            shift: Keys = {"xshift": centre - target, "yshift": 6, "yanchor": "bottom", "yref": "paper"}
            canvas.write(markup, label.x, 1, color=label.colour, **shift)
        tallest = max((len(label.lines) + bool(label.figure) for label in labels), default=0)
        canvas.top = max(canvas.top, 10 + tallest * palette.TICK_LINE)

    def write_heads(self, heading: str, columns: tuple[str, str]) -> None:
        """Write words over the columns of names, numbers and figures; "|" breaks a line. A phone has no columns."""
        if self.compact:
            return
        left = -self.canvas.left
        room = self.canvas.left - (_COUNT_HEAD_WIDTH + _COUNT_GAP if self.counted else 30.0)
        self._write_head(heading, room, 0, "left", left)
        if self.counted:
            self._write_head(columns[0], _COUNT_HEAD_WIDTH, 0, "right", -_COUNT_GAP)
        self._write_head(columns[1], self.canvas.right - 46, 1, "right", self.canvas.right)

    def _write_head(self, words: str, room: float, x: float, anchor: str, shift: float) -> None:
        lines = [line for part in words.split("|") for line in wrap(part, palette.TICK, room)]
        head: Keys = {"xref": "paper", "yref": "paper", "yanchor": "bottom", "yshift": 6, "color": palette.GREY_TEXT}
        self.canvas.write(BREAK.join(map(safe, lines)), x, 1, anchor=anchor, xshift=shift, **head)
        self.canvas.top = max(self.canvas.top, 10 + len(lines) * palette.TICK_LINE)

    def write_key(self, words: str, colour: str = palette.GREY_TEXT) -> None:
        """Write what a mark means under the ticks; call it before `write_rows`, as it moves the withheld rows down."""
        lines = wrap(words, palette.FOOTER, self.canvas.plot_width + min(self.canvas.right, 30.0))
        place: Keys = {"xref": "paper", "yref": "paper", "yanchor": "top", "yshift": -self.under, "color": colour}
        self.canvas.write(BREAK.join(map(safe, lines)), 0, 0, anchor="left", size=palette.FOOTER, **place)
        height = len(lines) * palette.FOOTER * palette.LINE_HEIGHT + 8
        self.under += height
        self.canvas.bottom += height

    def write_rows(self) -> None:
        """Write names, numbers, figures and notes of all rows."""
        for row in self.published:
            (self._write_phone_row if self.compact else self._write_row)(row)
        for row in self.withheld:
            self._write_withheld(row, -(self.under + row.y))
            if not self.compact:
                edge = -(self.under + row.top + row.height) / self.canvas.plot_height
                self._rule_under(edge, yref="paper")

    def _rule_under(self, y: float, **more: object) -> None:
        self.canvas.rule((-1, 2), (y, y), color=palette.GRID, width=1, xref="paper", **more)

    def _write_row(self, row: PlacedRow) -> None:
        canvas, place = self.canvas, {"xref": "paper"}
        canvas.write(_name_words(row), 0, row.y, anchor="left", xshift=-canvas.left, size=palette.NAME, **place)
        if self.counted:
            count = _count_words(row.entry, self.text)
            canvas.write(count, 0, row.y, anchor="right", xshift=-_COUNT_GAP, size=palette.NAME, **place)
        figures: Keys = {"anchor": "right", "xshift": canvas.right, "size": palette.VALUE}
        canvas.write(row.entry.figures, 1, row.y, **(figures | place))
        self._rule_under(row.top + row.height)

    def _write_phone_row(self, row: PlacedRow) -> None:
        count = _count_after_name(row.entry, self.text)
        name = _name_words(row, coloured(count, palette.GREY_TEXT) if count else "")
        place: Keys = {"xref": "paper", "yanchor": "top"}
        self.canvas.write(name, 0, row.top + 5, anchor="left", size=palette.NAME, **place)
        lines = len(row.label) + len(row.note) if row.stacked else 0
        y = row.top + 6 + lines * _NAME_LINE
        self.canvas.write(row.entry.figures, 1, y, anchor="right", size=palette.VALUE, **place)

    def _write_withheld(self, row: PlacedRow, y: float) -> None:
        """A row without figures, in grey, with the reason."""
        canvas = self.canvas
        grey: Keys = {"xref": "paper", "yref": "paper", "yshift": y, "color": palette.GREY_TEXT}
        label, note = ([safe(part) for part in parts] for parts in (row.label, row.note))
        if self.compact:
            count = _count_after_name(row.entry, self.text)
            reason = [coloured(part, palette.GREY_TEXT, palette.VALUE) for part in note]
            words = BREAK.join([*label[:-1], label[-1] + count, *reason])
            canvas.write(words, 0, 0, anchor="left", size=palette.NAME, **grey)
            return
        canvas.write(BREAK.join(label), 0, 0, anchor="left", xshift=-canvas.left, size=palette.NAME, **grey)
        if self.counted:
            count = _count_words(row.entry, self.text)
            canvas.write(count, 0, 0, anchor="right", xshift=-_COUNT_GAP, size=palette.NAME, **grey)
        canvas.write(BREAK.join(note), 1, 0, anchor="right", xshift=canvas.right, size=palette.VALUE, **grey)


def _count_words(entry: RowText, text: Text) -> str:
    return text("chart.not_shown") if entry.n is None else text.number(entry.n)


def _count_after_name(entry: RowText, text: Text) -> str:
    return "" if entry.n is None else f" · {text.number(entry.n)}"


def _name_words(row: PlacedRow, extra: str = "") -> str:
    """Label lines, the count behind the last, and the note under them."""
    note = [coloured(safe(part), palette.GREY_TEXT, palette.FOOTER) for part in row.note]
    label = [safe(part) for part in row.label]
    return BREAK.join([*label[:-1], label[-1] + extra, *note])


def layout_rows(entries: Sequence[RowText], text: Text, *, compact: bool) -> RowLayout:
    """A canvas as high and as wide as its rows need, with the rows in the order given, withheld ones below."""
    published = [entry for entry in entries if entry.value]
    withheld = [entry for entry in entries if not entry.value]
    counted = any(entry.n is not None for entry in entries)
    right = max([_RIGHT, *(entry.figures_width + 14 for entry in published)])
    canvas = Canvas(PHONE_WIDTH, plot_height=0, left=14, right=14, top=_TOP, bottom=_FOOTER)
    if not compact:
        canvas = Canvas(_LEFT + _PLOT_WIDTH + right, plot_height=0, left=_LEFT, right=right, top=_TOP, bottom=_FOOTER)
    layout = RowLayout(canvas, text, compact, counted)
    layout.under = _TICK_ZONE if published else 0.0
    layout.published.extend(_stack([_place(entry, layout) for entry in published]))
    layout.withheld.extend(_stack([_place(entry, layout) for entry in withheld]))
    canvas.plot_height = max(sum(row.height for row in layout.published), 1.0)
    canvas.bottom += sum(row.height for row in layout.withheld) + (14.0 if withheld else 0.0)
    return layout


def _stack(rows: Sequence[PlacedRow]) -> list[PlacedRow]:
    """The rows one below the other."""
    tops = accumulate((row.height for row in rows), initial=0.0)
    return [replace(row, top=top) for row, top in zip(rows, tops, strict=False)]


def _place(entry: RowText, layout: RowLayout) -> PlacedRow:
    if layout.compact:
        return _place_on_phone(entry, layout)
    canvas = layout.canvas
    room = canvas.left - _COUNT_GAP - (_COUNT_WIDTH if layout.counted else 0.0)
    label = wrap(entry.label, palette.NAME, room, most=_MOST_LINES)
    size, note_room = (palette.FOOTER, room) if entry.value else (palette.VALUE, canvas.plot_width + canvas.right)
    note = wrap(entry.note, size, note_room, most=_MOST_LINES) if entry.note else []
    lines = len(label) + len(note) if entry.value else max(len(label), len(note))
    height = max(_ROW_HEIGHT, lines * _NAME_LINE + 12) + entry.below / 2
    return PlacedRow(entry, label, note, height, (height - entry.below / 2) / 2)


def _place_on_phone(entry: RowText, layout: RowLayout) -> PlacedRow:
    """Name and number, then the note, then the mark; the figures right of the name, or under it where it is long."""
    full_width = layout.canvas.plot_width
    count = width(_count_after_name(entry, layout.text), palette.NAME)
    name_width = full_width - count - (entry.figures_width + 8 if entry.value else 0.0)
    label = wrap(entry.label, palette.NAME, max(name_width, 40.0), most=_MOST_LINES)
    stacked = bool(entry.value) and (name_width < _LEAST_NAME_WIDTH or len(label) > 2)
    if stacked and width(entry.label, palette.NAME) <= name_width:
        stacked = False
    if stacked:
        label = wrap(entry.label, palette.NAME, max(full_width - count, 40.0), most=_MOST_LINES)
    size = palette.FOOTER if entry.value else palette.VALUE
    note = wrap(entry.note, size, full_width, most=_MOST_LINES) if entry.note else []
    words = (len(label) + len(note) + stacked) * _NAME_LINE
    if entry.value:
        return PlacedRow(entry, label, note, words + 34 + entry.below, words + 6 + _MARK_ZONE / 2, stacked)
    return PlacedRow(entry, label, note, words + 14, words / 2)
