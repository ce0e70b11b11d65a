"""Chunks of text -> typed rows: what each cell says. Each distinct text of a column is read once.

A row is rejected with every reason that its cells give.
"""

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.arrays import BoolArray, IntArray
from analytics.programme.file import Programme
from analytics.store.cells.amounts import LARGEST_NUMBER
from analytics.store.cells.parser import BadCellError, CellForm, Rejection, cell_parser
from analytics.store.columns import CellKind, Column, Table
from analytics.store.mapping.heading_periods import period_text
from analytics.store.mapping.wide import Block
from analytics.store.readers.table import TYPED, Chunk, shown

_PAIR = "\x1f"  # between the two cells that say a period together
Unread = list[tuple[int, str, BadCellError]]  # position in the chunk, the cell's text, why it says nothing


class ColumnReader:
    """Reads the cells of one of our columns, chunk after chunk."""

    def __init__(self, column: Column, form: CellForm, words: Mapping[str, str], programme: Programme) -> None:
        """words: the mapping's `values` of this column."""
        self._column = column
        self._parse = cell_parser(column, form, words, programme)
        self._known: dict[str, object] = {}
        self._type = pa.date32() if column.kind is CellKind.DATE else pa.string()
        mark = re.escape(form.decimal)
        self._plain, self._mark = rf"^\d{{1,12}}({mark}\d{{1,6}})?$", form.decimal
        amounts = column.kind is CellKind.DECIMAL and form.unit == 1 and column.maximum is None
        self._amounts = amounts and not any(re.fullmatch(self._plain, word) for word in words)

    def read(self, cells: pa.Array) -> tuple[pa.Array, Unread]:
        """What the cells mean, null for empty ones and for those that mean nothing, which follow."""
        if not pa.types.is_string(cells.type):
            if self._amounts and (pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type)):
                return self._read_typed_amounts(cells)
            return self._read_distinct(as_texts(cells))
        if not self._amounts:
            return self._read_distinct(cells)
        plain = pc.match_substring_regex(cells, self._plain)
        amounts = cells if self._mark == "." else pc.replace_substring(cells, self._mark, ".")
        return self._read_others(cells, amounts, plain.to_numpy(zero_copy_only=False))

    def value(self, text: str) -> object:
        """What one text means. Raises BadCellError."""
        return self._parse(text.strip())

    def _read_others(self, cells: pa.Array, amounts: pa.Array, plain: BoolArray) -> tuple[pa.Array, Unread]:
        """The amounts, and where they are not plain numbers what the cells mean, each distinct text read once."""
        where = np.flatnonzero(~plain)
        if not len(where):
            return amounts, []
        others, unread = self._read_distinct(as_texts(cells.take(pa.array(where))))
        merged = pc.replace_with_mask(amounts, pa.array(~plain), others.cast(amounts.type))
        return merged, [(int(where[at]), text, why) for at, text, why in unread]

    def _read_typed_amounts(self, cells: pa.Array) -> tuple[pa.Array, Unread]:
        """Numbers that the file itself types."""
        numbers = np.asarray(cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
        least = -math.inf if self._column.minimum is None else self._column.minimum
        with np.errstate(invalid="ignore"):
            plain = (numbers >= least) & (np.abs(numbers) < float(LARGEST_NUMBER) - 1)
        kept = pc.if_else(pa.array(plain), cells, pa.scalar(None, cells.type))
        whole = pa.types.is_integer(cells.type)  # 64 bits of them have up to 20 digits
        return self._read_others(cells, kept.cast(pa.decimal128(26 if whole else 18, 6), safe=False), plain)

    def _read_distinct(self, cells: pa.Array) -> tuple[pa.Array, Unread]:
        encoded = cells.dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        meanings = [self._meaning(text) for text in texts]
        bad = {i: meaning for i, meaning in enumerate(meanings) if isinstance(meaning, BadCellError)}
        values = pa.array([None if i in bad else meaning for i, meaning in enumerate(meanings)], self._type)
        unread: Unread = []
        if bad:
            codes = encoded.indices.to_numpy(zero_copy_only=False)
            where = np.flatnonzero(np.isin(codes, list(bad)))
            unread = [(int(at), texts[codes[at]].strip(), bad[codes[at]]) for at in where]
        return values.take(encoded.indices), unread

    def _meaning(self, text: str) -> object:
        if text not in self._known:
            try:
                self._known[text] = self._parse(text.strip())
            except BadCellError as error:
                self._known[text] = error
        return self._known[text]


def as_texts(cells: pa.Array) -> pa.Array:
    """Typed cells as text that begins with TYPED, texts as they are."""
    if pa.types.is_string(cells.type):
        return cells
    encoded = cells.dictionary_encode() if not pa.types.is_dictionary(cells.type) else cells
    texts = pa.array([_as_text(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return pc.fill_null(texts.take(encoded.indices), "")


def _as_text(value: object) -> str:
    """One value of a typed column, as readers/table.py writes typed cells."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return TYPED + (format(Decimal(repr(value)), "f") if math.isfinite(value) else str(value)).removesuffix(".0")
    if isinstance(value, Decimal):
        return TYPED + format(value, "f")
    if isinstance(value, dt.datetime):
        return TYPED + (value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" "))
    if isinstance(value, dt.date):
        return TYPED + value.isoformat()
    return TYPED + str(value) if isinstance(value, int) else str(value)


@dataclass(frozen=True, slots=True)
class TypedChunk:
    """The good rows of a chunk, and why the others are not. frame: canonical columns and row_number."""

    frame: pa.Table
    rejections: Sequence[Rejection]


@dataclass(frozen=True, slots=True)
class BlockReader:
    """Reads the rows of one block of a sheet. positions: the file's column -> its place in the chunk; readers: one for
    each of our columns that the file has; constants: the values of those that it has not."""

    block: Block
    positions: Mapping[str, int]
    readers: Mapping[str, ColumnReader]
    constants: Mapping[str, object]
    table: Table
    sheet: str

    def read(self, chunk: Chunk) -> TypedChunk:
        """The typed rows of a chunk."""
        values: dict[str, pa.Array] = {}
        rejections: list[Rejection] = []
        for column in self.table:
            if column.name in self.readers:
                cells, unread = self._read_column(column.name, chunk)
                values[column.name] = cells
                rejections += self._rejections(column, chunk.rows, cells, unread)
            else:
                kind = pa.date32() if column.kind is CellKind.DATE else pa.string()
                values[column.name] = _repeated(self.constants.get(column.name), len(chunk.rows), kind)
        frame = pa.table({**values, "row_number": pa.array(chunk.rows)})
        if rejections:
            bad = np.fromiter({rejection.row for rejection in rejections}, np.int64)
            frame = frame.filter(pa.array(~np.isin(chunk.rows, bad)))
        return TypedChunk(frame, rejections)

    def heading(self, name: str) -> str:
        """What the file calls one of our columns."""
        combined = self.block.combined
        if combined is not None and name == "period":
            return " + ".join(part for part in (combined.year, combined.month or combined.quarter) if part)
        return self.block.names.get(name, name)

    def _read_column(self, name: str, chunk: Chunk) -> tuple[pa.Array, Unread]:
        combined = self.block.combined
        if combined is None or name != "period":
            return self.readers[name].read(self._cells(chunk, self.block.names[name]))
        years = as_texts(self._cells(chunk, combined.year))
        named = combined.month or combined.quarter
        parts = as_texts(self._cells(chunk, named)) if named else self.block.constants.get("period", "")
        pairs = pc.binary_join_element_wise(years, parts, _PAIR).dictionary_encode()
        quarters = combined.quarter is not None or (not named and str(parts).startswith("Q"))
        periods = [_period_of_pair(pair, quarters) for pair in pairs.dictionary.to_pylist()]
        texts = pa.array(["" if isinstance(period, BadCellError) else period for period in periods], pa.string())
        cells, unread = self.readers[name].read(texts.take(pairs.indices))
        for at, code in enumerate(pairs.indices.to_pylist()):
            why = periods[code]
            if isinstance(why, BadCellError):
                unread.append((at, pairs.dictionary[code].as_py().replace(_PAIR, " "), why))
        return cells, unread

    def _cells(self, chunk: Chunk, theirs: str) -> pa.Array:
        return chunk.cells.column(str(self.positions[theirs])).combine_chunks()

    def _rejections(self, column: Column, rows: IntArray, cells: pa.Array, unread: Unread) -> Iterator[Rejection]:
        name = self.heading(column.name)
        for at, text, why in unread:
            yield Rejection(int(rows[at]), name, shown(text), why.reason, why.expected, self.sheet, column.name)
        if (column.key if self.table.corrects else column.required) and cells.null_count:
            empty = np.flatnonzero(cells.is_null().to_numpy(zero_copy_only=False))
            said = {at for at, *_ in unread}
            yield from (
                Rejection(int(rows[at]), name, "", "missing", "", self.sheet, column.name)
                for at in empty.tolist()
                if at not in said
            )


def _period_of_pair(pair: str, quarters: bool) -> str | BadCellError:
    """The period that a year and a part of it say, or why they say none."""
    year, part = pair.split(_PAIR, 1)
    try:
        return period_text(year, part, quarters) if year.strip() else ""
    except BadCellError as error:
        return error


def _repeated(value: object, n: int, kind: pa.DataType) -> pa.Array:
    return pa.nulls(n, kind) if value is None else pa.repeat(pa.scalar(value, kind), n)
