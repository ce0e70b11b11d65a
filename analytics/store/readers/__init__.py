"""Files as rows of text: CSV, XLSX, Parquet. What a cell means is decided later; nothing is guessed or lost here."""

import csv
import datetime as dt
import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from analytics.arrays import IntArray
from analytics.model import UserError
from analytics.store.mapping import Format, one_line

SUFFIXES = (".csv", ".xlsx", ".parquet")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ERROR_CELL = re.compile(
    r"""<c\s (?=[^>]*\bt="e") [^>]*\br="(?P<column>[A-Z]{1,3})(?P<row>\d{1,7})" [^>]*>
        (?: <f[^>]*/> | <f[^>]*>[^<]*</f> )?
        <v>(?P<shows>[^<]*)</v>""",
    re.VERBOSE,
)
# What a damaged, encrypted or foreign workbook raises, in calamine and in the zip and XML below it.
_NO_WORKBOOK = (
    *(CalamineError, OSError, ValueError, KeyError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError),
)
TextRow = tuple[int, list[str]]  # number in the file, cells


@dataclass(frozen=True, slots=True)
class RawTable:
    """A file's rows as text. cells: one column of str per column of the file, "" = empty; rows: (n,) row numbers as a
    spreadsheet shows them (the header has `header_row`; a Parquet file has no header row and starts at 1); ragged: rows
    with too few or too many cells, as (row, cells found). A row without anything in it is no row."""

    cells: pd.DataFrame
    rows: IntArray
    ragged: tuple[tuple[int, int], ...] = ()

    @property
    def rows_in(self) -> int:
        """Every row of the file below the header."""
        return len(self.cells) + len(self.ragged)


def read_bytes(path: Path) -> bytes:
    """A file, whole, once: what is hashed, parsed and archived is the same. Raises UserError when it cannot be read."""
    try:
        content = path.read_bytes()
    except IsADirectoryError as error:
        raise UserError("file.directory", file=path) from error
    except FileNotFoundError as error:
        raise UserError("file.absent", file=path) from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UserError("file.unreadable", file=path, problem=getattr(error, "strerror", None) or error) from error
    if not content:
        raise UserError("file.empty", file=path)
    return content


def read_table(content: bytes, path: Path, form: Format) -> RawTable:
    """The rows of a CSV, XLSX or Parquet file. Raises UserError when the content is not what the name says."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError("file.kind", file=path, kinds=", ".join(SUFFIXES))
    read = {".csv": _read_csv, ".xlsx": _read_xlsx, ".parquet": _read_parquet}[suffix]
    table = read(content, path, form)
    if table.rows_in == 0:
        raise UserError("file.no_rows", file=path)
    return table


def _read_csv(content: bytes, path: Path, form: Format) -> RawTable:
    try:
        written = content.decode(form.encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise UserError("file.encoding", file=path, encoding=form.encoding, row=row) from error
    except (LookupError, ValueError) as error:
        raise UserError("file.encoding_unknown", file=path, encoding=form.encoding) from error
    if "\0" in written:
        raise UserError("file.not_text", file=path)
    rows: list[TextRow] = []
    try:
        for cells in csv.reader(io.StringIO(written, newline=""), delimiter=form.separator, strict=True):
            rows.append((len(rows) + 1, cells))
    except csv.Error as error:
        raise UserError("file.csv", file=path, row=len(rows) + 1, problem=error) from error
    return _below_header(path, rows, form)


def _read_xlsx(content: bytes, path: Path, form: Format) -> RawTable:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if form.sheet is not None and form.sheet not in book.sheet_names:
            raise UserError("file.sheet", file=path, sheet=form.sheet, sheets=", ".join(book.sheet_names))
        sheet = book.get_sheet_by_name(form.sheet) if form.sheet else book.get_sheet_by_index(0)
        rows = [[as_text(value, form.decimal) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        for row, column, error_code in _error_cells(content, sheet.name):
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = error_code
    except _NO_WORKBOOK as error:
        raise UserError("file.damaged", file=path, problem=error) from error
    return _below_header(path, list(enumerate(rows, start=1)), form)


def _error_cells(content: bytes, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Cells that show #N/A, #REF! and the like, as (row, column, what they show), counted from 0.

    Calamine gives them as empty, which would read as "not reported": they are looked up in the sheet's own XML.
    """
    xml = _sheet_xml(content, sheet)
    for cell in _ERROR_CELL.finditer(xml) if 't="e"' in xml else ():
        column = 0
        for letter in cell["column"]:
            column = column * 26 + ord(letter) - ord("A") + 1
        yield int(cell["row"]) - 1, column - 1, cell["shows"]


def _sheet_xml(content: bytes, sheet: str) -> str:
    """The XML of a sheet; "" where the workbook is built in a way that does not tell which part that is."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = ElementTree.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - expat refuses entity bombs
        relations = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        target = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        for element in sheets.iter():
            if element.tag.endswith("}sheet") and element.get("name") == sheet:
                reference = next((value for name, value in element.items() if name.endswith("}id")), None)
                part = target.get(reference, "")
                name = part[1:] if part.startswith("/") else f"xl/{part}"
                return book.read(name).decode("utf-8", "replace") if name in book.namelist() else ""
    return ""


def _read_parquet(content: bytes, path: Path, form: Format) -> RawTable:
    try:
        table = pq.ParquetFile(pa.BufferReader(content)).read()
        columns = [[as_text(value, form.decimal) for value in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise UserError("file.damaged", file=path, problem=error) from error
    return _raw_table(_column_names(path, table.column_names), columns, np.arange(1, table.num_rows + 1))


def _below_header(path: Path, rows: list[TextRow], form: Format) -> RawTable:
    """The rows from the header on; rows in which nothing stands do not count."""
    filled = [row for row in rows[form.header_row - 1 :] if any(not cell.isspace() for cell in row[1] if cell)]
    if not filled:
        raise UserError("file.no_rows", file=path)
    names = _column_names(path, filled[0][1])
    while names and not names[-1]:
        names.pop()  # spreadsheets often end in empty columns
    width = len(names)
    whole, ragged = [], []
    for number, cells in filled[1:]:
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            ragged.append((number, len(cells)))
        else:
            whole.append((number, cells))
    columns = [[cells[i] for _, cells in whole] for i in range(width)]
    return _raw_table(names, columns, np.array([number for number, _ in whole], dtype=np.int64), tuple(ragged))


def _column_names(path: Path, header: list[str]) -> list[str]:
    names = [one_line(name) for name in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise UserError("file.column_twice", file=path, columns=", ".join(twice))
    return names


def _raw_table(
    names: list[str], columns: list[list[str]], rows: IntArray, ragged: tuple[tuple[int, int], ...] = ()
) -> RawTable:
    """Names and cells by column, row numbers, ragged rows. Columns without a name belong to nobody and are left out."""
    columns_by_name = {name: pd.Series(cells, dtype="str") for name, cells in zip(names, columns, strict=True) if name}
    return RawTable(pd.DataFrame(columns_by_name, index=range(len(rows))), rows, ragged)


def as_text(value: object, decimal: str = ".") -> str:
    """A typed cell as the text that somebody would have typed: 47.0 as 47, a date as 2020-12-16, nothing as "".

    decimal: the mark that the file's own texts use, so that 9.125 is never taken for 9125 written with a thousands dot.
    """
    if isinstance(value, str):
        return value
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else repr(value).replace(".", decimal)
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", decimal)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
