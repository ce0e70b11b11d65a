"""Many rows of text at once: a block of simple lines, or a list of records, as a chunk of cells."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from analytics.arrays import BoolArray, IntArray
from analytics.model import UserError
from analytics.store.readers.records import Record
from analytics.store.readers.table import Chunk


@dataclass(frozen=True, slots=True)
class Shape:
    """How wide rows are. width: the columns that count; cells: the header's cells, with those that have no name."""

    width: int
    cells: int
    separator: str
    path: Path

    def is_ragged(self, cells: list[str]) -> bool:
        """Whether a row has too few or too many cells, or anything under no name."""
        return not self.width <= len(cells) <= self.cells or any(cell.strip() for cell in cells[self.width :])


def chunk_of_records(records: Iterable[Record], shape: Shape) -> Chunk:
    """Rows that were read one by one. Raises UserError where the last is cut, or quotes make one ragged."""
    whole: list[Record] = []
    ragged: list[tuple[int, int]] = []
    for record in records:
        if not any(cell.strip() for cell in record.cells):
            continue
        if not shape.is_ragged(record.cells):
            whole.append(record)
        elif record.last > record.first:
            raise UserError(
                "file.quote_lines", file=shape.path, first=record.first, last=record.last, row=record.number
            )
        elif not record.ended and len(record.cells) < shape.width:
            raise UserError("file.cut", file=shape.path, row=record.first)
        else:
            ragged.append((record.number, len(record.cells)))
    columns = [pa.array([record.cells[at] for record in whole], pa.string()) for at in range(shape.width)]
    numbers = np.array([record.number for record in whole], dtype=np.int64)
    return Chunk(numbers, _table(columns), tuple(ragged))


def chunk_of_rows(rows: list[list[str]], first: int, line: int, ended: bool, shape: Shape) -> Chunk:
    """Rows of one line each. first, line: the number of the first row and of its line; ended: whether the last ends."""
    if {len(row) for row in rows} == {shape.cells}:
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        return _without_blank_rows(np.arange(first, first + len(rows)), _table(columns), shape, [])
    last = len(rows) - 1
    records = (Record(first + at, row, line + at, line + at, ended or at < last) for at, row in enumerate(rows))
    return chunk_of_records(records, shape)


def chunk_of_block(block: bytes, first: int, line: int, shape: Shape) -> Chunk | None:
    """Rows of a simple block, of which the first is row number `first`, on line `line` of the file. None where a row
    has another width than the header and is still whole: such blocks are read record by record."""
    odd: list[tuple[int, int, str]] = []

    def keep(row: pa_csv.InvalidRow) -> str:
        odd.append((row.number - 1, row.actual_columns, row.text))
        return "skip"

    ended = block.endswith((b"\n", b"\r"))
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    table = _parsed(block, shape, keep)
    count = table.num_rows + len(odd)
    stays = np.ones(count, bool)
    ragged: list[tuple[int, int]] = []
    for at, cells, text in odd:
        stays[at] = False
        if not any(cell.strip() for cell in next(csv.reader([text], delimiter=shape.separator), [])):
            continue
        if shape.width <= cells < shape.cells:
            return None
        if at == count - 1 and not ended and cells < shape.width:
            raise UserError("file.cut", file=shape.path, row=line + at)
        ragged.append((first + at, cells))
    numbers = np.flatnonzero(stays) + first
    return _without_blank_rows(numbers, table, shape, ragged)


def _parsed(block: bytes, shape: Shape, keep: object) -> pa.Table:
    names = [str(at) for at in range(shape.cells)]
    return pa_csv.read_csv(
        pa.BufferReader(block),
        read_options=pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
        parse_options=pa_csv.ParseOptions(
            delimiter=shape.separator,
            quote_char='"' if b'"' in block else False,
            double_quote=False,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    ).combine_chunks()


def _without_blank_rows(numbers: IntArray, table: pa.Table, shape: Shape, ragged: list[tuple[int, int]]) -> Chunk:
    """The rows in which something stands; those with something under no name are ragged."""
    blank = _is_blank(table, range(shape.cells))
    beyond = np.zeros(len(numbers), bool)
    if shape.cells > shape.width:
        beyond = ~_is_blank(table, range(shape.width, shape.cells))
        ragged = sorted([*ragged, *((int(row), shape.cells) for row in numbers[beyond])])
    leave = blank | beyond
    columns = table.columns[: shape.width]
    if leave.any():
        numbers = numbers[~leave]
        columns = [column.filter(pa.array(~leave)) for column in columns]
    return Chunk(numbers, _table(columns), tuple(ragged))


def _is_blank(table: pa.Table, places: Iterable[int]) -> BoolArray:
    """(n,) whether nothing but spaces stands in these columns of a row."""
    blank = np.ones(table.num_rows, bool)
    for at in places:
        if not blank.any():
            break  # every row holds something
        blank &= _blank_cells(table.column(at).combine_chunks())
    return blank


def _blank_cells(cells: pa.Array) -> BoolArray:
    """(n,) whether a cell holds nothing but spaces: those that begin with a visible ASCII character do not."""
    _, where, content = cells.buffers()
    offsets = np.frombuffer(where, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    may_be = offsets[1:] == offsets[:-1]
    if content is not None and offsets[-1] > offsets[0]:
        begins = np.frombuffer(content, np.uint8)[np.minimum(offsets[:-1], offsets[-1] - 1)]
        may_be |= (begins <= 32) | (begins >= 127)
    blank = np.zeros(len(cells), bool)
    if may_be.any():
        blank[may_be] = np.asarray(pc.equal(pc.utf8_trim_whitespace(cells.filter(pa.array(may_be))), ""))
    return blank


def _table(columns: Iterable[pa.Array]) -> pa.Table:
    kept = list(columns)
    return pa.table(kept, names=[str(at) for at in range(len(kept))])
