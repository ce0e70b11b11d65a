"""What a file's table is, whatever the file: rows of cells in chunks, with the numbers of the rows.

A cell is the text that somebody typed, or a number or day that the file itself types: those begin with TYPED, then come
a number in plain notation (`-9.5`, never with an exponent or marks of thousands) or a day or time in ISO form
(`2021-03-01`, `2021-03-01 10:30:00`). So 9.5 of a typed cell is never mistaken for a text "9.500", which has two
readings. No text holds TYPED.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from analytics.arrays import IntArray

TYPED = "\0"
CHUNK_ROWS = 1 << 17
HEAD_ROWS = 40  # rows at the top of a table in which its header is looked for
Notice = tuple[str, dict[str, object]]  # a key of the text files under `notice.`, and its details
TextRow = tuple[int, list[str]]  # number in the file, cells


def shown(cell: str) -> str:
    """A cell as a reader sees it: a number or day that the file types, without the sign that it is typed."""
    return typed_text(cell) if cell.startswith(TYPED) else cell


def typed_text(cell: str) -> str:
    """What stands behind the sign of a typed cell; a whole number without decimals: 47.0 as 47."""
    written = cell[len(TYPED) :]
    whole, dot, decimals = written.partition(".")
    return whole if dot and decimals.strip("0") == "" and whole.lstrip("-").isdecimal() else written


class FileKind(StrEnum):
    """What a file is, told by its content."""

    TEXT = "text"
    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    PARQUET = "parquet"
    RNA = "rna"


class Visibility(StrEnum):
    """Whether a sheet is shown."""

    VISIBLE = "visible"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows below the header. rows: (n,) row numbers as a spreadsheet shows them; cells: one column of strings per
    column of the header, by position ("0", "1", ...), "" = empty (of a Parquet file: columns of its own types); ragged:
    rows with too few or too many cells, which stand in no other place, as (row, cells found)."""

    rows: IntArray
    cells: pa.Table
    ragged: tuple[tuple[int, int], ...] = ()


class RawTable(Protocol):
    """One table of a file: a text file's, a Parquet file's, or one sheet of a workbook.

    sheet: its name, "" where the file has no sheets; head: its first rows that hold anything (at most HEAD_ROWS),
    among which the header is; notices: what a reader must know of it (hidden rows), a key of the text files under
    `notice.` and its details.
    """

    @property
    def sheet(self) -> str: ...  # noqa: D102
    @property
    def visibility(self) -> Visibility: ...  # noqa: D102
    @property
    def head(self) -> list[TextRow]: ...  # noqa: D102
    @property
    def notices(self) -> tuple[Notice, ...]: ...  # noqa: D102

    def chunks(self, header_row: int, width: int) -> Iterator[Chunk]:
        """The rows below the row numbered header_row, of which the first `width` columns count. Rows in which nothing
        stands are left out; a row with anything beyond `width`, or with fewer cells, is ragged.

        Raises UserError where the file cannot be read on: a quote that never closes, wrong bytes, a cut last line.
        """
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A regular file within bounds. kind: told by its content, never by its name."""

    path: Path
    kind: FileKind
    size: int
