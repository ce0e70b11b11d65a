"""Rows of words around a plot: name and number left, figures right, on phones above; withheld rows below the axis."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys
from analytics.charts.kit.canvas import Canvas
from analytics.charts.kit.words import BREAK, bold, coloured, lay_out, safe, width, wrap
from analytics.language.text import Text

_ROW = 39.0  # height of a row of one line
_LINE = palette.NAME * palette.LINE_HEIGHT
_HEAD_LINE = palette.TICK * palette.LINE_HEIGHT
_NAME_LINES = 3
_LEFT, _RIGHT, _TOP, _FOOTER = 262.0, 150.0, 58.0, 62.0
_PLOT = 248.0  # width of the plot, at the narrowest
_COMPACT = 320.0  # width of a phone, or of a third of a page
_N_ROOM = 46.0  # of the column of numbers
_GAP = 24.0  # between that column and the axis
_HEAD_ROOM = 84.0  # of the words over it
_TICK_ZONE = 28.0
_MARK_ZONE = 26.0  # the part of a phone row that holds the mark
_LEAST_BESIDE = 96.0  # px for a name with figures beside it: where less is left they stand below it


@dataclass(frozen=True, slots=True)
class RowText:
    """One row in words.

    value, rest: figures, the first bold; without a value the row is withheld, and `note` says why. below: px that its
    mark needs under the usual ones.
    """

    label: str
    n: int | None
    note: str
    value: str = ""
    rest: str = ""
    below: float = 0.0

    @property
    def wide(self) -> float:
        """Width of the figures."""
        after = width(f"  {self.rest}", palette.VALUE) if self.rest else 0.0
        return width(self.value, palette.VALUE, heavy=True) + after

    @property
    def figures(self) -> str:
        """The figures as plotly text."""
        return bold(safe(self.value)) + (f"  {safe(self.rest)}" if self.rest else "")


@dataclass(frozen=True, slots=True)
class Placed:
    """A row as it will be drawn: words in lines, px from the top of the plot, and the middle of its mark from there."""

    entry: RowText
    label: list[str]
    note: list[str]
    height: float
    middle: float
    stacked: bool = False
    top: float = 0.0

    @property
    def y(self) -> float:
        """Middle of its mark."""
        return self.top + self.middle


@dataclass(frozen=True, slots=True)
class Above:
    """Words over a vertical line."""

    x: float
    lines: Sequence[str]
    colour: str
    figure: str = ""


@dataclass(slots=True)
class Sheet:
    """A canvas with its rows, published and withheld.

    counted: whether any row has a number of firms, so that they have a column; under: px from the plot to the
    withheld rows.
    """

    canvas: Canvas
    text: Text
    compact: bool
    counted: bool
    shown: list[Placed] = field(default_factory=list)
    withheld: list[Placed] = field(default_factory=list)
    under: float = 0.0

    def rule(self, x: float, *, color: str = palette.GRID, width: float = 1.0, dash: str = "solid") -> None:
        """A vertical line; on a phone only beside the marks, so that it runs through no word."""
        if not self.compact:
            self.canvas.rule((x, x), (0.0, self.canvas.plot_height), color=color, width=width, dash=dash)
            return
        half = _MARK_ZONE / 2
        spans = [(0.0, 5.0), *((row.y - half, row.y + half + row.entry.below) for row in self.shown)]
        path = "".join(f"M{x},{start}L{x},{end}" for start, end in spans)  # one shape: plotly is slow with many
        line: Keys = {"color": color, "width": width, "dash": dash}
        self.canvas.shapes.append({"type": "path", "layer": "below", "path": path, "line": line})

    def above(self, words: Sequence[Above], extent: Axis) -> None:
        """Words over vertical lines, kept apart; the top margin grows with them."""
        canvas = self.canvas
        sizes = [max(width(line, palette.TICK, heavy=True) for line in (*a.lines, a.figure)) for a in words]
        at = [extent.share(a.x) * canvas.plot_width for a in words]
        low = -(canvas.left if self.compact else 18.0)
        centres = lay_out(at, sizes, low + 2, canvas.plot_width + min(canvas.right, 38.0) - 2, 10)
        for a, wanted, centre in zip(words, at, centres, strict=True):
            markup = BREAK.join([*map(safe, a.lines), *([bold(safe(a.figure))] if a.figure else [])])
            shift: Keys = {"xshift": centre - wanted, "yshift": 6, "yanchor": "bottom", "yref": "paper"}
            canvas.write(markup, a.x, 1, color=a.colour, **shift)
        tallest = max((len(a.lines) + bool(a.figure) for a in words), default=0)
        canvas.top = max(canvas.top, 10 + tallest * _HEAD_LINE)

    def heads(self, heading: str, columns: tuple[str, str]) -> None:
        """Words over the columns; "|" breaks a line. A phone has no columns."""
        if self.compact:
            return
        left = -self.canvas.left
        room = self.canvas.left - (_HEAD_ROOM + _GAP if self.counted else 30.0)
        self._head(heading, room, 0, "left", left)
        if self.counted:
            self._head(columns[0], _HEAD_ROOM, 0, "right", -_GAP)
        self._head(columns[1], self.canvas.right - 46, 1, "right", self.canvas.right)

    def _head(self, words: str, room: float, x: float, anchor: str, shift: float) -> None:
        lines = [line for part in words.split("|") for line in wrap(part, palette.TICK, room)]
        head: Keys = {"xref": "paper", "yref": "paper", "yanchor": "bottom", "yshift": 6, "color": palette.GREY_TEXT}
        self.canvas.write(BREAK.join(map(safe, lines)), x, 1, anchor=anchor, xshift=shift, **head)
        self.canvas.top = max(self.canvas.top, 10 + len(lines) * _HEAD_LINE)

    def key(self, words: str, colour: str = palette.GREY_TEXT) -> None:
        """What a mark means, under the ticks; before the rows are written."""
        lines = wrap(words, palette.FOOTER, self.canvas.plot_width + min(self.canvas.right, 30.0))
        place: Keys = {"xref": "paper", "yref": "paper", "yanchor": "top", "yshift": -self.under, "color": colour}
        self.canvas.write(BREAK.join(map(safe, lines)), 0, 0, anchor="left", size=palette.FOOTER, **place)
        taken = len(lines) * palette.FOOTER * palette.LINE_HEIGHT + 8
        self.under += taken
        self.canvas.bottom += taken

    def write(self) -> None:
        """Names, numbers, figures and notes of all rows."""
        for row in self.shown:
            (self._phone_row if self.compact else self._row)(row)
        for row in self.withheld:
            self._withheld(row, -(self.under + row.y))
            if not self.compact:
                edge = -(self.under + row.top + row.height) / self.canvas.plot_height
                self._line_under(edge, yref="paper")

    def _line_under(self, y: float, **more: object) -> None:
        self.canvas.rule((-1, 2), (y, y), color=palette.GRID, width=1, xref="paper", **more)

    def _row(self, row: Placed) -> None:
        canvas, place = self.canvas, {"xref": "paper"}
        canvas.write(_name(row), 0, row.y, anchor="left", xshift=-canvas.left, size=palette.NAME, **place)
        if self.counted:
            count = _count(row.entry, self.text)
            canvas.write(count, 0, row.y, anchor="right", xshift=-_GAP, size=palette.NAME, **place)
        figures: Keys = {"anchor": "right", "xshift": canvas.right, "size": palette.VALUE}
        canvas.write(row.entry.figures, 1, row.y, **(figures | place))
        self._line_under(row.top + row.height)

    def _phone_row(self, row: Placed) -> None:
        count = _beside(row.entry, self.text)
        name = _name(row, coloured(count, palette.GREY_TEXT) if count else "")
        place: Keys = {"xref": "paper", "yanchor": "top"}
        self.canvas.write(name, 0, row.top + 5, anchor="left", size=palette.NAME, **place)
        lines = len(row.label) + len(row.note) if row.stacked else 0
        y = row.top + 6 + lines * _LINE
        self.canvas.write(row.entry.figures, 1, y, anchor="right", size=palette.VALUE, **place)

    def _withheld(self, row: Placed, y: float) -> None:
        """A row without figures, in grey, with the reason."""
        canvas = self.canvas
        grey: Keys = {"xref": "paper", "yref": "paper", "yshift": y, "color": palette.GREY_TEXT}
        label, note = ([safe(part) for part in parts] for parts in (row.label, row.note))
        if self.compact:
            count = _beside(row.entry, self.text)
            reason = [coloured(part, palette.GREY_TEXT, palette.VALUE) for part in note]
            words = BREAK.join([*label[:-1], label[-1] + count, *reason])
            canvas.write(words, 0, 0, anchor="left", size=palette.NAME, **grey)
            return
        canvas.write(BREAK.join(label), 0, 0, anchor="left", xshift=-canvas.left, size=palette.NAME, **grey)
        if self.counted:
            count = _count(row.entry, self.text)
            canvas.write(count, 0, 0, anchor="right", xshift=-_GAP, size=palette.NAME, **grey)
        canvas.write(BREAK.join(note), 1, 0, anchor="right", xshift=canvas.right, size=palette.VALUE, **grey)


def _count(entry: RowText, text: Text) -> str:
    return text("chart.not_shown") if entry.n is None else text.number(entry.n)


def _beside(entry: RowText, text: Text) -> str:
    return "" if entry.n is None else f" · {text.number(entry.n)}"


def _name(row: Placed, extra: str = "") -> str:
    """Label lines, the count behind the last, and the note under them."""
    note = [coloured(safe(part), palette.GREY_TEXT, palette.FOOTER) for part in row.note]
    label = [safe(part) for part in row.label]
    return BREAK.join([*label[:-1], label[-1] + extra, *note])


def sheet(entries: Sequence[RowText], text: Text, *, compact: bool) -> Sheet:
    """A canvas as high and as wide as its rows need, in the order given; withheld rows below the others."""
    shown = [entry for entry in entries if entry.value]
    withheld = [entry for entry in entries if not entry.value]
    counted = any(entry.n is not None for entry in entries)
    right = max([_RIGHT, *(entry.wide + 14 for entry in shown)])
    canvas = Canvas(_COMPACT, plot_height=0, left=14, right=14, top=_TOP, bottom=_FOOTER)
    if not compact:
        canvas = Canvas(_LEFT + _PLOT + right, plot_height=0, left=_LEFT, right=right, top=_TOP, bottom=_FOOTER)
    page = Sheet(canvas, text, compact, counted)
    page.under = _TICK_ZONE if shown else 0.0
    page.shown.extend(_stack([_placed(entry, page) for entry in shown]))
    page.withheld.extend(_stack([_placed(entry, page) for entry in withheld]))
    canvas.plot_height = max(sum(row.height for row in page.shown), 1.0)
    canvas.bottom += sum(row.height for row in page.withheld) + (14.0 if withheld else 0.0)
    return page


def _stack(rows: Sequence[Placed]) -> list[Placed]:
    tops = accumulate((row.height for row in rows), initial=0.0)
    return [
        Placed(row.entry, row.label, row.note, row.height, row.middle, row.stacked, top)
        for row, top in zip(rows, tops, strict=False)
    ]


def _placed(entry: RowText, page: Sheet) -> Placed:
    if page.compact:
        return _placed_on_phone(entry, page)
    canvas = page.canvas
    room = canvas.left - _GAP - (_N_ROOM if page.counted else 0.0)
    label = wrap(entry.label, palette.NAME, room, most=_NAME_LINES)
    size, note_room = (palette.FOOTER, room) if entry.value else (palette.VALUE, canvas.plot_width + canvas.right)
    note = wrap(entry.note, size, note_room, most=_NAME_LINES) if entry.note else []
    lines = len(label) + len(note) if entry.value else max(len(label), len(note))
    height = max(_ROW, lines * _LINE + 12) + entry.below / 2
    return Placed(entry, label, note, height, (height - entry.below / 2) / 2)


def _placed_on_phone(entry: RowText, page: Sheet) -> Placed:
    """Name and number, then the note, then the mark; the figures right of the name, or under it where it is long."""
    whole = page.canvas.plot_width
    count = width(_beside(entry, page.text), palette.NAME)
    beside = whole - count - (entry.wide + 8 if entry.value else 0.0)
    label = wrap(entry.label, palette.NAME, max(beside, 40.0), most=_NAME_LINES)
    stacked = bool(entry.value) and (beside < _LEAST_BESIDE or len(label) > 2)
    if stacked and width(entry.label, palette.NAME) <= beside:
        stacked = False
    if stacked:
        label = wrap(entry.label, palette.NAME, max(whole - count, 40.0), most=_NAME_LINES)
    size = palette.FOOTER if entry.value else palette.VALUE
    note = wrap(entry.note, size, whole, most=_NAME_LINES) if entry.note else []
    words = (len(label) + len(note) + stacked) * _LINE
    if entry.value:
        return Placed(entry, label, note, words + 34 + entry.below, words + 6 + _MARK_ZONE / 2, stacked)
    return Placed(entry, label, note, words + 14, words / 2)
