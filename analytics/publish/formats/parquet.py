"""Parquet, with what the file and each column are in its schema."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.language.text import Text
from analytics.present.tables.table import ColumnKind, Table
from analytics.publish.about import Origin, notes
from analytics.publish.formats.values import columns_of

_TYPES = {
    ColumnKind.TEXT: pa.string(),
    ColumnKind.INTEGER: pa.int64(),
    ColumnKind.NUMBER: pa.float64(),
    ColumnKind.BOOLEAN: pa.bool_(),
}


def write_parquet(table: Table, origin: Origin, text: Text) -> bytes:
    """The table; metadata of the schema: what stands beside every file, by name; of a field: description and unit."""
    about = {note.name: note.words for note in notes([table], origin, text)}
    about |= {"table": table.name, "query": json.dumps(dict(table.query)), "state": str(origin.state)}
    fields = [
        pa.field(
            column.name,
            _TYPES[column.kind],
            metadata={"description": column.in_words(text), "unit": column.unit}
            if column.unit
            else {"description": column.in_words(text)},
        )
        for column in table.columns
    ]
    schema = pa.schema(fields, metadata=about)
    arrays = [pa.array(values, field.type) for values, field in zip(columns_of(table), fields, strict=True)]
    out = io.BytesIO()
    pq.write_table(pa.table(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()
