"""Files as rows of text: CSV, XLSX, Parquet. What a cell means is decided later; nothing is guessed or lost here."""

import csv
import datetime as dt
import io
import math
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from python_calamine import CalamineError, CalamineWorkbook

from analytics.model import UserError

SUFFIXES = (".csv", ".xlsx", ".parquet")


class Format(BaseModel):
    """How a file writes things."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    separator: str = Field(",", min_length=1, max_length=1)
    encoding: str = "utf-8-sig"
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    date: str = "%Y-%m-%d"
    period: str | None = None
    sheet: str | None = None
    header_row: int = Field(1, ge=1)


class Mapping(BaseModel):
    """Which of the officer's columns is which of ours, how the file writes things, what some words stand for.

    columns: our name -> theirs; constants: our name -> one value for every row; values: our name -> {their word: ours}.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    format: Format = Format()


def load_mapping(path: Path | None) -> Mapping:
    """A mapping file; without one, the file is taken to use our own names. Raises UserError naming the key."""
    if path is None:
        return Mapping()
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("mapping.unreadable", file=path, problem=error) from error
    except tomllib.TOMLDecodeError as error:
        raise UserError("mapping.toml", file=path, problem=error) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UserError("mapping.key", file=path, key=key, problem=first["msg"]) from error


@dataclass(frozen=True, slots=True)
class RawTable:
    """A file's rows as text. cells: one column of str per column of the file, "" = empty; rows: (n,) row numbers in
    the file, the header's being `header_row`; ragged: rows with too few or too many cells, as (row, cells found)."""

    cells: pd.DataFrame
    rows: np.ndarray
    ragged: tuple[tuple[int, int], ...] = ()

    @property
    def rows_in(self) -> int:
        """Every row of the file below the header."""
        return len(self.cells) + len(self.ragged)


def read_table(path: Path, form: Format) -> RawTable:
    """The rows of a CSV, XLSX or Parquet file. Raises UserError when the file is not one."""
    if path.is_dir():
        raise UserError("file.directory", file=path)
    if not path.exists():
        raise UserError("file.absent", file=path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError("file.kind", file=path, kinds=", ".join(SUFFIXES))
    if path.stat().st_size == 0:
        raise UserError("file.empty", file=path)
    read = {".csv": _read_csv, ".xlsx": _read_xlsx, ".parquet": _read_parquet}[suffix]
    table = read(path, form)
    if table.rows_in == 0:
        raise UserError("file.no_rows", file=path)
    return table


def _read_csv(path: Path, form: Format) -> RawTable:
    raw = path.read_bytes()
    if b"\0" in raw:
        raise UserError("file.not_text", file=path)
    try:
        content = raw.decode(form.encoding)
    except LookupError as error:
        raise UserError("file.encoding_unknown", file=path, encoding=form.encoding) from error
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UserError("file.encoding", file=path, encoding=form.encoding, row=line) from error
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=form.separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            if cells:  # a blank line is no row
                rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise UserError("file.csv", file=path, row=start, problem=error) from error
    return _table(path, rows, form)


def _read_xlsx(path: Path, form: Format) -> RawTable:
    try:
        book = CalamineWorkbook.from_path(str(path))
        if form.sheet is not None and form.sheet not in book.sheet_names:
            raise UserError("file.sheet", file=path, sheet=form.sheet, sheets=", ".join(book.sheet_names))
        sheet = book.get_sheet_by_name(form.sheet) if form.sheet else book.get_sheet_by_index(0)
        values = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise UserError("file.damaged", file=path, problem=error) from error
    rows = [(number, [as_text(value) for value in row]) for number, row in enumerate(values, start=1)]
    return _table(path, [(number, cells) for number, cells in rows if any(cells)], form)


def _read_parquet(path: Path, form: Format) -> RawTable:
    del form
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise UserError("file.damaged", file=path, problem=error) from error
    cells = pd.DataFrame({name: [as_text(value) for value in table[name].to_pylist()] for name in table.column_names})
    return RawTable(cells.astype("str"), np.arange(1, len(cells) + 1))


def _table(path: Path, rows: list[tuple[int, list[str]]], form: Format) -> RawTable:
    below = [(number, cells) for number, cells in rows if number >= form.header_row]
    if not below:
        raise UserError("file.no_rows", file=path)
    names = [" ".join(name.split()) for name in below[0][1]]
    while names and not names[-1]:
        names.pop()  # spreadsheets often end in empty columns
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise UserError("file.column_twice", file=path, columns=", ".join(twice))
    width = len(names)
    whole, ragged = [], []
    for number, cells in below[1:]:
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            ragged.append((number, len(cells)))
        else:
            whole.append((number, cells[:width]))
    frame = pd.DataFrame([cells for _, cells in whole], columns=names, dtype="str")
    return RawTable(frame, np.array([number for number, _ in whole], dtype=np.int64), tuple(ragged))


def as_text(value: object) -> str:
    """A typed cell as the text that somebody would have typed: 47.0 as 47, a date as 2020-12-16, nothing as ""."""
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
