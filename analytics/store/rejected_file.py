"""The rejected rows of a file as a workbook to be corrected and imported again: the file's own sheets and headings, and
beside each row its place in the file and what is wrong with it.

What could be read stands there as a number or a day, so that it reads the same in a file of few rows; what could not,
as it was written.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pyarrow as pa
import xlsxwriter

from analytics.faults import clear
from analytics.folders import WorkFolder
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
LONGEST_CELL, LONGEST_NAME = 32_000, 31  # characters of a cell, of a sheet's name
MOST_DIGITS = 15  # of a number in a spreadsheet
Cell = str | float | dt.date
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_NO_NAME = re.compile(r"[\[\]:*?/\\]")  # what no sheet of a workbook is called


@dataclass(slots=True)
class _Problems:
    """What is wrong with a row, in words; repeated: whether its key stands in an earlier row too."""

    words: list[str] = field(default_factory=list)
    repeated: bool = False


Problems = Mapping[int, _Problems]  # row of the file -> what is wrong with it


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
    for path in (target.path, *((target.mapping_path,) if mapping is not None else ())):
        if path.exists():
            raise UserError("rejected.exists", file=path)
    problems = _problems(staging, target.text)
    partial = target.path.with_name(f".{target.path.name}.partial")
    try:
        with WorkFolder() as folder, xlsxwriter.Workbook(partial, {**_OPTIONS, "tmpdir": folder}) as book:
            for number, sheet in enumerate(sheets):
                if number in problems:
                    _write_sheet(book, sheet, problems[number], _readers(sheet, table, programme), target.text)
        if mapping is not None:
            _write_whole(target.mapping_path, _mapping_of_rows(mapping))
        try:
            partial.replace(target.path)
        except OSError:
            if mapping is not None:
                target.mapping_path.unlink(missing_ok=True)
            raise
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else error
        raise clear(cause, target.path) or UserError("machine.other", file=target.path, problem=error) from error
    finally:
        partial.unlink(missing_ok=True)


def _write_whole(path: Path, content: str) -> None:
    """The whole file or none. Raises OSError."""
    try:
        path.write_text(content, encoding="utf-8")
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _mapping_of_rows(mapping: ColumnMapping) -> str:
    """The mapping that reads the workbook: its sheets begin with their headings, and all of them are read."""
    of_file = {"header_row": None, "separator": None, "encoding": None, "sheet": None, "sheets": ()}
    return mapping_toml(mapping.model_copy(update={"format": mapping.format.model_copy(update=of_file)}), {})


def _problems(staging: Staging, text: Text) -> dict[int, dict[int, _Problems]]:
    """Sheet -> row -> what is wrong with it: the column and the reason, in words."""
    problems: dict[int, dict[int, _Problems]] = defaultdict(lambda: defaultdict(_Problems))
    for sheet, row, column, value, reason, expected in staging.store.rows("every_rejection"):
        why = text(f"reject.{reason}", value=shown(str(value)), expected=expected)
        of_row = problems[sheet][row]
        of_row.words.append(f"{heading_text(str(column))}: {why}" if column else why)
        of_row.repeated |= reason == "repeated"
    return problems


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What reads a column of amounts or days, and what a written 1 stands for in it."""

    reader: ColumnReader
    unit: Decimal

    def of(self, cell: str) -> Cell:
        """The number or day that a cell says, as it would be written there; else its text."""
        try:
            value = self.reader.value(cell)
        except BadCellError:
            return shown(cell)
        if isinstance(value, str):
            number = Decimal(value) / self.unit
            return float(number) if Decimal(repr(float(number))) == number else shown(cell)
        return value if isinstance(value, dt.date) else shown(cell)


def _readers(sheet: SpooledSheet, table: Table, programme: Programme) -> dict[int, _Meaning]:
    """What reads the columns of amounts and days, by their place in the sheet."""
    kinds = {column.name: column.kind for column in table}
    readers: dict[int, _Meaning] = {}
    for block in sheet.readers(table, programme):
        for ours, theirs in block.block.names.items():
            if kinds[ours] in (CellKind.DECIMAL, CellKind.DATE):
                readers[block.positions[theirs]] = _Meaning(block.readers[ours], sheet.forms[ours].unit)
    return readers


def _write_sheet(
    book: xlsxwriter.Workbook, sheet: SpooledSheet, problems: Problems, readers: Mapping[int, _Meaning], text: Text
) -> None:
    """One sheet: its headings, then each rejected row with what is wrong."""
    written = book.add_worksheet(_sheet_name(sheet.found.looked.sheet, book))
    day, bold = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"bold": True, "text_wrap": True})
    places, key = sheet.places, _key_place(sheet)
    headings = [heading_text(sheet.found.looked.names[place]) for place in places]
    written.set_column(0, len(places), 18)
    written.set_column(len(places) + 1, len(places) + 1, 90)
    for at, heading in enumerate([*headings, text("rejected.row"), text("rejected.problem")]):
        written.write_string(0, at, heading, bold)
    for line, (row, cells) in enumerate(islice(_rows(sheet, problems), MOST_ROWS), start=1):
        for at, place in enumerate(places if cells else ()):
            cell = readers[place].of(cells[at]) if place in readers else _typed_number(cells[at])
            # an earlier row has that key and was good: which of the two holds is for the officer to say
            _write_cell(written, line, at, "" if problems[row].repeated and place == key else cell, day)
        written.write_number(line, len(places), row)
        words = problems[row].words if cells else [*problems[row].words, text("rejected.see_row", row=row)]
        written.write_string(line, len(places) + 1, "; ".join(dict.fromkeys(words))[:LONGEST_CELL])


def _sheet_name(name: str, book: xlsxwriter.Workbook) -> str | None:
    """The sheet's name as a workbook may have it, and no other sheet of this one has; None: it has none."""
    known = {sheet.get_name().casefold() for sheet in book.worksheets()}
    plain = _NO_NAME.sub(" ", name).strip("' ")[:LONGEST_NAME].strip("' ")
    if not plain or plain.casefold() in known:
        plain = f"{plain[: LONGEST_NAME - 4]} {len(known) + 1}".strip() if plain else ""
    return plain or None


def _key_place(sheet: SpooledSheet) -> int | None:
    """The place of the column that tells a firm's rows apart, else of the one that tells the firms apart."""
    places = {name: i for i, name in enumerate(sheet.found.looked.names) if name}
    names = sheet.found.blocks[0].names
    return next((places[names[ours]] for ours in ("application_id", "period", "fiscal_code") if ours in names), None)


def _rows(sheet: SpooledSheet, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """The rejected rows in the file's order, their cells as texts; those with too few or too many cells without any."""
    ragged = sorted(row for row, _ in sheet.ragged)
    for chunk in sheet.chunks():
        wanted = [at for at, row in enumerate(chunk.rows.tolist()) if row in problems]
        places = pa.array(wanted, pa.int64())
        columns = [as_texts(column.combine_chunks()).take(places).to_pylist() for column in chunk.cells.columns]
        for place, at in enumerate(wanted):
            row = int(chunk.rows[at])
            while ragged and ragged[0] < row:
                yield ragged.pop(0), []
            yield row, [str(column[place]) for column in columns]
    yield from ((row, []) for row in ragged)


def _typed_number(cell: str) -> Cell:
    """A number that the file itself types stays one; all else is text."""
    written = typed_text(cell) if cell.startswith(TYPED) else ""
    try:
        return float(written) if len(written) <= MOST_DIGITS else written
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
