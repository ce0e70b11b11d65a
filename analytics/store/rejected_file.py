"""The rejected rows of a file as a workbook to be corrected and imported again: the file's own sheets and headings, and
beside each row its place in the file and what is wrong with it.

What could be read stands there as a number or a day, so that it reads the same in a file of few rows; what could not,
as it was written.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from analytics.language.text import Text
from analytics.model import UserError
from analytics.programme.file import Programme
from analytics.store.cells.parser import BadCellError
from analytics.store.columns import CellKind, Table
from analytics.store.mapping.file import ColumnMapping, mapping_toml
from analytics.store.mapping.wide import heading_text
from analytics.store.readers.table import TYPED, shown, typed_text
from analytics.store.spool import SpooledSheet
from analytics.store.staging import Staging
from analytics.store.typed_rows import ColumnReader, as_texts

MOST_ROWS = 1_000_000  # of a sheet of a workbook
LONGEST_CELL = 32_000  # characters
Cell = str | float | dt.date
Problems = Mapping[int, Sequence[str]]  # row of the file -> what is wrong with it, in words


@dataclass(frozen=True, slots=True)
class RejectedFile:
    """Where the rejected rows are to be written, and in whose language what is wrong with them is said."""

    path: Path
    text: Text

    @property
    def mapping_path(self) -> Path:
        """Where the mapping is written that reads them, if the file had one."""
        return self.path.with_suffix(".toml")


def write_rejected(
    target: RejectedFile,
    sheets: Sequence[SpooledSheet],
    staging: Staging,
    table: Table,
    programme: Programme,
    mapping: ColumnMapping | None,
) -> None:
    """Write the rows of the sheets that were rejected. Raises UserError when the file exists or cannot be written."""
    if target.path.suffix.lower() != ".xlsx":
        raise UserError("rejected.suffix", file=target.path)
    if target.path.exists():
        raise UserError("rejected.exists", file=target.path)
    problems = _problems(staging, target.text)
    partial = target.path.with_name(f".{target.path.name}.partial")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(partial, options) as book:
            for number, sheet in enumerate(sheets):
                if number in problems:
                    _write_sheet(book, sheet, problems[number], _readers(sheet, table, programme), target.text)
        partial.replace(target.path)
        if mapping is not None:
            kept = mapping.format.model_copy(update={"header_row": None, "separator": None, "encoding": None})
            content = mapping_toml(mapping.model_copy(update={"format": kept}), {})
            target.mapping_path.write_text(content, encoding="utf-8")
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise UserError("rejected.unwritable", file=target.path, problem=error) from error


def _problems(staging: Staging, text: Text) -> dict[int, dict[int, list[str]]]:
    """Sheet -> row -> what is wrong with it: the column and the reason, in words."""
    problems: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for sheet, row, column, value, reason, expected in staging.store.rows("every_rejection"):
        why = text(f"reject.{reason}", value=shown(str(value)), expected=expected)
        problems[sheet][row].append(f"{heading_text(str(column))}: {why}" if column else why)
    return problems


def _readers(sheet: SpooledSheet, table: Table, programme: Programme) -> dict[int, ColumnReader]:
    """What reads the columns of amounts, days and periods, by their place in the sheet; those in other units not, since
    the heading says the unit again.
    """
    kinds = {column.name: column.kind for column in table}
    readers: dict[int, ColumnReader] = {}
    for block in sheet.readers(table, programme):
        for ours, theirs in block.block.names.items():
            if kinds[ours] in (CellKind.DECIMAL, CellKind.DATE) and sheet.forms[ours].unit == 1:
                readers[block.positions[theirs]] = block.readers[ours]
    return readers


def _write_sheet(
    book: xlsxwriter.Workbook, sheet: SpooledSheet, problems: Problems, readers: Mapping[int, ColumnReader], text: Text
) -> None:
    """One sheet: its headings, then each rejected row with what is wrong."""
    written = book.add_worksheet(sheet.found.looked.sheet or None)
    day, bold = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"bold": True, "text_wrap": True})
    places = sheet.places
    headings = [heading_text(sheet.found.looked.names[place]) for place in places]
    for at, heading in enumerate([*headings, text("rejected.row"), text("rejected.problem")]):
        written.write_string(0, at, heading, bold)
    written.set_column(0, len(places), 18)
    written.set_column(len(places) + 1, len(places) + 1, 90)
    for line, (row, cells) in enumerate(_rows(sheet, problems), start=1):
        if line > MOST_ROWS:
            break
        for at, place in enumerate(places if cells else ()):
            _write_cell(written, line, at, _meant(cells[at], readers.get(place)), day)
        written.write_number(line, len(places), row)
        written.write_string(line, len(places) + 1, "; ".join(dict.fromkeys(problems[row]))[:LONGEST_CELL])


def _rows(sheet: SpooledSheet, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The rejected rows in the file's order, their cells as texts; those with too few or too many cells without any."""
    ragged = sorted(row for row, _ in sheet.ragged)
    for chunk in sheet.chunks():
        wanted = [at for at, row in enumerate(chunk.rows.tolist()) if row in problems]
        columns = [as_texts(column.combine_chunks()).take(wanted).to_pylist() for column in chunk.cells.columns]
        for place, at in enumerate(wanted):
            row = int(chunk.rows[at])
            while ragged and ragged[0] < row:
                yield ragged.pop(0), []
            yield row, [str(column[place]) for column in columns]
    yield from ((row, []) for row in ragged)


def _meant(cell: str, reader: ColumnReader | None) -> Cell:
    """The number or day that a cell says, where it says one; else its text."""
    if reader is not None:
        try:
            value = reader.value(cell)
        except BadCellError:
            return shown(cell)
        if isinstance(value, dt.date):
            return value
        if isinstance(value, str):
            return float(value) if Decimal(value) == Decimal(repr(float(value))) else value
    return _typed_number(cell)


def _typed_number(cell: str) -> Cell:
    """A number that the file itself types stays one; all else is text."""
    written = typed_text(cell) if cell.startswith(TYPED) else ""
    try:
        return float(written) if len(written) <= 15 else written
    except ValueError:
        return shown(cell)


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, cell: Cell, day: xlsxwriter.format.Format
) -> None:
    if isinstance(cell, dt.date):
        sheet.write_datetime(row, place, dt.datetime.combine(cell, dt.time()), day)
    elif isinstance(cell, float):
        sheet.write_number(row, place, cell)
    elif cell:
        sheet.write_string(row, place, cell[:LONGEST_CELL])
