"""XLSX: the rows, and on sheets of their own what stands beside them, what every column and code means, what was asked,
and what a reader can check.
"""

import datetime as dt
import hashlib
import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analytics.language.text import Text
from analytics.model import Check, Estimand, Progress, UserError, silent
from analytics.present.tables.codebook import codebook
from analytics.present.tables.table import UNIT_COLUMN, Column, ColumnKind, Table
from analytics.publish.about import Origin, notes
from analytics.publish.formats.separated import PLAIN, write_separated
from analytics.publish.formats.values import Value, columns_of, disarmed
from analytics.release import Release, measures

MOST_ROWS: Final = 1_048_575  # of a sheet, below its headings
WIDEST, NARROWEST = 48, 6  # characters of a column
SAMPLED = 200  # rows by which a column's width is judged
_NUMBERS = {"count": "#,##0", "fraction": "0.0%", "points": "0.000", "index": "0.0", "number": "0.###"}
_AMOUNT, _SCORE = "#,##0.00", "0.000"


class _Exact(float):
    """A number that is written with all its digits: the library would write sixteen, and a number may need one more."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


def write_table(table: Table, origin: Origin, text: Text) -> bytes:
    """A workbook of one table."""
    return write_tables([table], origin, text)


def write_tables(tables: Sequence[Table], origin: Origin, text: Text, progress: Progress = silent) -> bytes:
    """A workbook of several tables of one release, a sheet for each. Raises UserError where one has too many rows."""
    for table in tables:
        if len(table.data) > MOST_ROWS:
            raise UserError("export.too_many_rows", table=table.name, rows=len(table.data), most=MOST_ROWS)
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheets = _Sheets(book, tables[0].release, text)
        for place, table in enumerate(tables):
            progress("files", place, len(tables))
            sheets.data(table, text("export.sheet.data") if len(tables) == 1 else table.name)
        sheets.lines(text("export.sheet.notes"), [(note.label, note.words) for note in notes(tables, origin, text)])
        sheets.data(codebook(tables, tables[0].release, text), text("export.sheet.codebook"))
        sheets.lines(text("export.sheet.query"), _query(tables, origin, text))
        sheets.checks(tables)
        progress("files", len(tables), len(tables))
        book.set_properties(_properties(tables[0].release, text))
    return out.getvalue()


def _properties(release: Release, text: Text) -> dict[str, Any]:
    """What the file says of itself. It was made when the release was: equal content gives equal bytes."""
    programme = release.programme
    return {
        "created": dt.datetime.fromisoformat(release.manifest.built_at or release.manifest.data_to),
        "title": f"{programme.title.in_(text)}, {release.release_id}",
        "author": programme.authority.in_(text),
        "comments": text("mark.simulated_note") if release.simulated else programme.source.in_(text),
    }


def _query(tables: Sequence[Table], origin: Origin, text: Text) -> list[tuple[str, str]]:
    """What was asked for, filter by filter, and the address that asks it again."""
    lines = [(text("export.note.address"), origin.address), (text("export.note.page"), origin.page)]
    for table in tables:
        lines.append((text("export.table"), table.name))
        lines += [(name, value) for name, value in table.query.items()]
    return [(label, words) for label, words in lines if words]


class _Sheets:
    """Writes the sheets of a workbook."""

    def __init__(self, book: xlsxwriter.Workbook, release: Release, text: Text) -> None:
        self._book, self._release, self._text = book, release, text
        self._formats: dict[tuple[str, bool], Format] = {}
        self._head = book.add_format({"bold": True, "bg_color": "#F5F6F8", "text_wrap": True, "valign": "top"})
        self._words = book.add_format({"text_wrap": True, "valign": "top"})

    def _sheet(self, name: str) -> Worksheet:
        """A sheet that prints across, on one page's width, and says on every page what kind of data it holds."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        mark = f"&R&B{_plain_header(self._text('mark.simulated'))}" if self._release.simulated else ""
        title = f"{self._release.programme.short_title.in_(self._text)}, {self._release.release_id}"
        sheet.set_header(f"&L{_plain_header(title)}{mark}")
        sheet.set_footer("&R&P / &N")
        return sheet

    def data(self, table: Table, name: str) -> None:
        """The rows of a table under their headings, which stay in view; totals are bold."""
        sheet = self._sheet(name)
        is_total = _totals(table)
        sheet.write_row(0, 0, [column.name for column in table.columns], self._head)
        units = {column.name: values for column, values in zip(table.columns, columns_of(table), strict=True)}
        for place, column in enumerate(table.columns):
            values = units[column.name]
            unit_of = units[column.unit.removeprefix(UNIT_COLUMN)] if column.unit.startswith(UNIT_COLUMN) else None
            for row, value in enumerate(values):
                if value is not None:
                    unit = column.unit if unit_of is None else unit_of[row]
                    self._cell(sheet, row + 1, place, value, self._format(column, str(unit), bold=is_total[row]))
            sheet.set_column(place, place, _width(column, values))
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        if len(table.data):
            sheet.autofilter(0, 0, len(table.data), len(table.columns) - 1)

    def _format(self, column: Column, unit: str, *, bold: bool) -> Format:
        pattern = ""
        if column.kind in (ColumnKind.NUMBER, ColumnKind.INTEGER):
            pattern = _NUMBERS.get(unit, _SCORE if unit in ("score", "ratio", "deviations", "probability") else _AMOUNT)
        key = pattern, bold
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"bold": bold} | ({"num_format": pattern} if pattern else {}))
        return self._formats[key]

    def _cell(self, sheet: Worksheet, row: int, column: int, value: Value, style: Format) -> None:
        match value:
            case bool():
                sheet.write_boolean(row, column, value, style)
            case int() | float():
                sheet.write_number(row, column, _Exact(value) if isinstance(value, float) else value, style)
            case _:
                sheet.write_string(row, column, disarmed(str(value)), style)

    def lines(self, name: str, lines: Sequence[tuple[str, str]]) -> None:
        """A sheet of labels and words."""
        sheet = self._sheet(name)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 110)
        for row, (label, words) in enumerate(lines):
            sheet.write_string(row, 0, disarmed(label), self._head)
            sheet.write_string(row, 1, disarmed(words), self._words)

    def checks(self, tables: Sequence[Table]) -> None:
        """What can be counted again from the sheets; then how the checks behind the programme's claims came out."""
        text = self._text
        sheet = self._sheet(text("export.sheet.checks"))
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 4, 30)
        rows: list[Sequence[Any]] = []
        for table in tables:
            rows += [(f"{table.name}: {text(f'export.check.{name}')}", value) for name, value in _counted(table)]
        rows += [(), tuple(text(f"export.check.{name}") for name in ("group", "check", "result", "why", "figure_id"))]
        rows += _evidence(self._release, text)
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                self._cell(sheet, row, column, value, self._words)


def _plain_header(words: str) -> str:
    """Words in a header, where & begins a code, and digits behind a code are the size of letters."""
    return (" " if words[:1].isdigit() else "") + words.replace("&", "&&")


def _totals(table: Table) -> list[bool]:
    """Rows that are the total of all the dimensions they name."""
    grouping = table.data.get("grouping")
    return [False] * len(table.data) if grouping is None else (grouping == "total").tolist()


def _width(column: Column, values: Sequence[Value]) -> int:
    longest = max((len(str(value)) for value in values[:SAMPLED] if value is not None), default=0)
    if column.kind is ColumnKind.NUMBER:
        longest = min(longest, 12)
    return max(NARROWEST, min(WIDEST, max(longest, min(len(column.name), 18)) + 2))


def _counted(table: Table) -> Iterator[tuple[str, Value]]:
    """Rows, columns, values that are told and that are not, and the hash of the same rows as CSV."""
    yield "rows", len(table.data)
    yield "columns", len(table.columns)
    reasons = [column.name for column in table.columns if column.part == "reason"]
    statuses = [column.name for column in table.columns if column.part == "status"]
    if reasons and len(reasons) == len(statuses):
        held = int(table.data[statuses].notna().to_numpy().sum())
        withheld = int(table.data[reasons].notna().to_numpy().sum())
        yield "told", held - withheld
        yield "withheld", withheld
    yield "sha256", hashlib.sha256(write_separated(table, PLAIN)).hexdigest()


def _evidence(release: Release, text: Text) -> Iterator[tuple[str, ...]]:
    """The five checks of the programme and of each group that carries a claim."""
    programme = release.programme
    groups: list[dict[str, str]] = [{}]
    groups += [{name: code} for name in programme.sector_dimensions for code in release.codes(name)]
    estimand = Estimand(programme.headline.estimand)
    for group in groups:
        label = " ".join(programme.label(name, code, text) for name, code in group.items())
        for check in Check:
            figure = release.main(measures.check_of(check, estimand), group=group)
            if figure is not None and figure.result is not None:
                yield (
                    label or text("label.whole_programme"),
                    text(f"check.{check}"),
                    text(f"result.{figure.result}"),
                    text(f"code.because.{figure.because}"),
                    figure.figure_id,
                )
