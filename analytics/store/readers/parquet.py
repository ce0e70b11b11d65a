"""Parquet files: their columns in their own types, row group by row group. No day shifts with a time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.arrays import BoolArray
from analytics.model import UserError
from analytics.store.formats import one_line
from analytics.store.readers.table import CHUNK_ROWS, TYPED, Chunk, RawTable, Source, TextRow, Visibility
from analytics.store.readers.zones import Zone, day_zone, without_zone

MOST_COLUMNS = 2000
MOST_ROWS = 100_000_000
LARGEST_GROUP = 4 << 30  # bytes of a row group, unpacked
LARGEST_CELL = 1 << 20  # bytes of one text
LARGEST_CHUNK = 1 << 28  # bytes of the texts of CHUNK_ROWS rows of one column
_HEAD_ROWS = 20
_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, RuntimeError)


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """The table of a Parquet file (`RawTable`). Its header has row number 0, its rows begin with 1. columns: places, in
    the file, of those that can be read; zones: place -> in which time zone its moments are days."""

    path: Path
    columns: tuple[int, ...]
    zones: dict[int, Zone]
    head: list[TextRow]
    notices: tuple[tuple[str, dict[str, object]], ...] = ()
    sheet: str = ""
    visibility: Visibility = Visibility.VISIBLE

    def chunks(self, header_row: int, width: int) -> Iterator[Chunk]:
        """The rows below the header (`RawTable`), in columns of these types: whole numbers, floats, decimals, strings,
        booleans, days, moments without a zone; decimals beyond 38 digits as TYPED texts. null is empty, as is NaN."""
        first = 1
        for batch in _batches(self.path, self.columns[:width]):
            rows = np.arange(first, first + batch.num_rows, dtype=np.int64)
            first += batch.num_rows
            cells = _cells(batch, self.columns[:width], self.zones, self.path)
            keep = rows > header_row
            stays = pa.array(keep & ~_nothing(cells))
            yield Chunk(rows[np.asarray(stays)], cells.filter(stays))


def read_parquet(source: Source) -> list[RawTable]:
    """The one table of a Parquet file. Raises UserError where it is damaged, or larger than can be read in bounds."""
    try:
        with pq.ParquetFile(source.path) as file:
            _check_bounds(source.path, file)
            schema = file.schema_arrow
    except _BROKEN as error:
        raise _broken(source.path, error) from error
    names = [one_line(name.replace(TYPED, "")) for name in schema.names]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise UserError("file.column_twice", file=source.path, columns=", ".join(twice))
    columns = tuple(at for at, kind in enumerate(schema.types) if _is_readable(kind))
    notices: list[tuple[str, dict[str, object]]] = [
        ("column_unreadable", {"column": names[at], "type": str(kind)[:80]})
        for at, kind in enumerate(schema.types)
        if at not in columns
    ]
    zones: dict[int, Zone] = {}
    for at in columns:
        if pa.types.is_timestamp(schema.types[at]):
            moments = (batch.column(0) for batch in _batches(source.path, (at,)))
            try:
                zones[at], said = day_zone(moments, schema.types[at], names[at])
            except _BROKEN as error:
                raise _broken(source.path, error) from error
            notices += said
    if not columns:
        raise UserError("file.no_rows", file=source.path)
    head = _head(source.path, columns, zones, [names[at] for at in columns])
    return [ParquetTable(source.path, columns, zones, head, tuple(notices))]


def _check_bounds(path: Path, file: pq.ParquetFile) -> None:
    about = file.metadata
    if about.num_rows == 0:
        raise UserError("file.no_rows", file=path)
    if about.num_columns > MOST_COLUMNS or about.num_rows > MOST_ROWS:
        rows, columns = about.num_rows, about.num_columns
        raise UserError("file.parquet_large", file=path, rows=rows, columns=columns, most=MOST_ROWS)
    largest = max((about.row_group(at).total_byte_size for at in range(about.num_row_groups)), default=0)
    if largest > LARGEST_GROUP:
        raise UserError("file.parquet_group", file=path, size=f"{largest >> 20} MB", most=f"{LARGEST_GROUP >> 20} MB")


def _broken(path: Path, error: Exception) -> UserError:
    problem = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return UserError("file.password" if "crypt" in problem.lower() else "file.damaged", file=path, problem=problem)


def _is_readable(kind: pa.DataType) -> bool:
    """Whether a column's values are single texts, numbers or days."""
    if pa.types.is_dictionary(kind):
        return _is_readable(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return _is_readable(kind.storage_type) and not pa.types.is_fixed_size_binary(kind.storage_type)
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_null)
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_binary)
    others = (pa.types.is_large_binary, pa.types.is_date, pa.types.is_timestamp)
    return any(test(kind) for test in (*tests, *texts, *others))


def _batches(path: Path, columns: tuple[int, ...]) -> Iterator[pa.RecordBatch]:
    """The rows of these columns, CHUNK_ROWS at a time; texts as dictionaries, so that a short file stays small."""
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            texts = [schema.names[at] for at in columns if _is_text(schema.types[at])]
            names = [schema.names[at] for at in columns]
        with pq.ParquetFile(path, read_dictionary=texts, pre_buffer=False, buffer_size=1 << 20) as file:
            for batch in file.iter_batches(CHUNK_ROWS, columns=names, use_threads=True):
                yield batch.select(names)
    except UserError:
        raise
    except _BROKEN as error:
        raise _broken(path, error) from error


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))


def _is_any_text(kind: pa.DataType) -> bool:
    large = pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)
    return bool(_is_text(kind) or large or pa.types.is_string_view(kind))


def _cells(batch: pa.RecordBatch, columns: tuple[int, ...], zones: dict[int, Zone], path: Path) -> pa.Table:
    """The batch's columns by position, in the few types that follow."""
    cells: list[pa.Array] = []
    for at, column in zip(columns, batch.columns, strict=True):
        try:
            cells.append(_plain(column, zones.get(at), path, batch.schema.names[len(cells)]))
        except _BROKEN as error:
            raise _broken(path, error) from error
    return pa.table(cells, names=[str(at) for at in range(len(cells))])


def _plain(column: pa.Array, zone: Zone | None, path: Path, name: str) -> pa.Array:
    """A column in one of the types of `ParquetTable.chunks`."""
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if isinstance(column, pa.DictionaryArray):
        if _is_any_text(column.dictionary.type):
            _check_texts(column, path, name)
        column = column.dictionary_decode()
    kind = column.type
    if zone is not None:
        return without_zone(column, zone)
    if pa.types.is_floating(kind):
        if kind.bit_width < 64:  # 9.1 stays 9.1, not 9.1000003814697
            column = column.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
        return pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
    if pa.types.is_date64(kind):
        return column.cast(pa.date32())
    if pa.types.is_null(kind):
        return pc.fill_null(column.cast(pa.string()), "")
    if pa.types.is_decimal(kind) and kind.bit_width != 128:
        return pc.binary_join_element_wise(TYPED, column.cast(pa.string()), "")
    if _is_any_text(kind):
        texts = column.cast(pa.string())
        texts.validate(full=True)
        if pc.any(pc.match_substring(texts, TYPED)).as_py():
            raise UserError("file.zero_cell", file=path, column=name)
        return pc.fill_null(texts, "")
    return column


def _check_texts(column: pa.DictionaryArray, path: Path, name: str) -> None:
    """Refuse texts that would not fit into memory once they stand in every row."""
    lengths = pc.binary_length(column.dictionary)
    longest = pc.max(lengths).as_py() or 0
    if longest > LARGEST_CELL or (pc.sum(lengths.take(column.indices)).as_py() or 0) > LARGEST_CHUNK:
        raise UserError("file.long_cell", file=path, column=name, size=longest)


def _nothing(cells: pa.Table) -> BoolArray:
    """(n,) whether a row is empty in every column."""
    nothing = np.ones(cells.num_rows, bool)
    for column in cells.columns:
        if not nothing.any():
            break
        empty = np.asarray(pc.is_null(column))
        if pa.types.is_string(column.type):
            empty = np.asarray(pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), ""), True))
        nothing &= empty
    return nothing


def _head(path: Path, columns: tuple[int, ...], zones: dict[int, Zone], names: list[str]) -> list[TextRow]:
    """The names as row 0, and the first rows as texts."""
    head: list[TextRow] = [(0, names)]
    for batch in _batches(path, columns):
        cells = _cells(batch.slice(0, _HEAD_ROWS), columns, zones, path)
        texts = [_shown(column.combine_chunks()) for column in cells.columns]
        head += [(at + 1, [column[at] for column in texts]) for at in range(cells.num_rows)]
        break
    return head


def _shown(column: pa.Array) -> list[str]:
    """Texts as they are, other values as TYPED ones."""
    kind = column.type
    if pa.types.is_string(kind):
        return [value or "" for value in column.to_pylist()]
    if pa.types.is_floating(kind):
        column = pa.array([None if value is None else _plain_float(value) for value in column.to_pylist()], pa.string())
    elif pa.types.is_timestamp(kind):
        days = pc.all(pc.equal(column, pc.floor_temporal(column, unit="day"))).as_py() is not False
        column = pc.strftime(column, "%Y-%m-%d" if days else "%Y-%m-%d %H:%M:%S")
    return ["" if value is None else f"{TYPED}{value}" for value in column.cast(pa.string()).to_pylist()]


def _plain_float(value: float) -> str:
    return str(int(value)) if value.is_integer() else np.format_float_positional(value)
