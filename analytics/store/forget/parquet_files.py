"""A Parquet file without the rows of a firm: columns and types as they are."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.arrays import BoolArray
from analytics.model import UserError
from analytics.store.forget.headings import KeyColumns
from analytics.store.forget.identity import Identity
from analytics.store.forget.texts import Place
from analytics.store.readers.table import CHUNK_ROWS, Source

_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, RuntimeError)


def parquet_without(source: Source, identity: Identity, into: Path, alive: Callable[[], None]) -> set[Place]:
    """Write the file without the firm's rows; which rows went or changed. What a file says of itself beside its
    columns is left out. Raises UserError where it cannot be read.
    """
    touched: set[Place] = set()
    try:
        with pq.ParquetFile(source.path) as file:
            schema = pa.schema([(field.name, _plain(field.type)) for field in file.schema_arrow])
            keys, first = KeyColumns(identity.headings).learn(schema.names), 1
            with pq.ParquetWriter(into, schema) as writer:
                for batch in file.iter_batches(CHUNK_ROWS):
                    alive()
                    kept = _kept(pa.table(batch).replace_schema_metadata(None), identity, keys, first, touched)
                    writer.write_table(kept.cast(schema))
                    first += batch.num_rows
    except _BROKEN as error:
        raise UserError("file.damaged", file=source.path, problem=str(error)[:200]) from error
    return touched


def _kept(rows: pa.Table, identity: Identity, keys: frozenset[int], first: int, touched: set[Place]) -> pa.Table:
    """The rows that stay. first: number of the first row; touched: gets those that went or changed."""
    columns = [_decoded(column) for column in rows.columns]
    suspect = np.zeros(rows.num_rows, dtype=bool)
    for column in columns:
        suspect |= _suspect(column, identity)
    suspect |= identity.all_of_it
    stays = np.ones(rows.num_rows, dtype=bool)
    emptied: dict[int, set[int]] = {}
    for row in np.flatnonzero(suspect).tolist():
        cells = [_text(column[row].as_py()) for column in columns]
        kept = identity.kept(cells, keys)
        if kept != cells:
            touched.add(("", first + row))
        if kept is None:
            stays[row] = False
            continue
        for place, cell in enumerate(kept):
            if cell != cells[place]:
                emptied.setdefault(place, set()).add(row)
    for place, cleared in emptied.items():
        nothing = pa.array(np.isin(np.arange(rows.num_rows), list(cleared)))
        columns[place] = pc.if_else(nothing, pa.scalar(None, columns[place].type), columns[place])
    return pa.table(columns, names=rows.column_names).filter(pa.array(stays))


def _plain(kind: pa.DataType) -> pa.DataType:
    """A type without dictionary: one would go on holding what no row has any more."""
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(kind.storage_type)
    return _plain(kind.value_type) if pa.types.is_dictionary(kind) else kind


def _decoded(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    whole = whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole
    if isinstance(whole, pa.ExtensionArray):
        whole = whole.storage
    return whole.dictionary_decode() if isinstance(whole, pa.DictionaryArray) else whole


def _suspect(column: pa.Array, identity: Identity) -> BoolArray:
    """(n_rows,) whether a value may tell of the firm; each distinct value is looked at once."""
    if pa.types.is_nested(column.type):
        return np.array([identity.may_tell(_text(value)) for value in column.to_pylist()], dtype=bool)
    encoded = column.dictionary_encode()
    may = [identity.may_tell(_text(value)) for value in encoded.dictionary.to_pylist()]
    codes = pc.fill_null(encoded.indices, len(may)).to_numpy(zero_copy_only=False)
    suspect: BoolArray = np.array([*may, False], dtype=bool)[codes]
    return suspect


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
