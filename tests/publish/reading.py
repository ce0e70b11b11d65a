"""Every file that leaves, read again by programs that know nothing of Vetrina. Each answers the rows of a table, of
Python's own types, None where there is no value; columns are found by their names in the file.
"""

import io
import json
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
from frictionless import Package, system

from analytics.present.tables.table import ColumnKind, Table

Value = str | int | float | bool | None
Rows = list[tuple[Value, ...]]

_PANDAS = {ColumnKind.TEXT: "str", ColumnKind.INTEGER: "Int64", ColumnKind.NUMBER: "float64"}
_DUCKDB = {
    ColumnKind.TEXT: "VARCHAR",
    ColumnKind.INTEGER: "BIGINT",
    ColumnKind.NUMBER: "DOUBLE",
    ColumnKind.BOOLEAN: "BOOLEAN",
}


def as_published(table: Table) -> Rows:
    """The rows as the table holds them."""
    return _rows(table.data, table)


def by_pandas(content: bytes, table: Table, *, italian: bool = False) -> Rows:
    """CSV by pandas, told the types of columns."""
    types = {column.name: _PANDAS[column.kind] for column in table.columns if column.kind is not ColumnKind.BOOLEAN}
    how = {"sep": ";", "decimal": ",", "encoding": "utf-8-sig"} if italian else {}
    data = pd.read_csv(
        io.BytesIO(content),
        dtype=types,
        keep_default_na=False,
        na_values=[""],
        true_values=["VERO"] if italian else None,
        false_values=["FALSO"] if italian else None,
        **how,
    )
    return _rows(data, table)


def by_duckdb(content: bytes, table: Table, folder: Path, ending: str) -> Rows:
    """CSV or Parquet by DuckDB."""
    file = folder / f"read.{ending}"
    file.write_bytes(content)
    if ending == "parquet":
        return duckdb.execute("SELECT * FROM read_parquet(?)", [str(file)]).fetchall()
    types = {column.name: _DUCKDB[column.kind] for column in table.columns}
    how = "header = true, delim = ',', quote = '\"', escape = '\"'"
    return duckdb.execute(f"SELECT * FROM read_csv(?, {how}, columns = {types})", [str(file)]).fetchall()


def by_pyarrow(content: bytes) -> Rows:
    """Parquet by pyarrow."""
    read = pq.read_table(io.BytesIO(content))
    return list(zip(*(column.to_pylist() for column in read.columns), strict=True))


def by_json(content: bytes, table: Table) -> Rows:
    """JSON by Python."""
    names = [column.name for column in table.columns]
    return [tuple(row[name] for name in names) for row in json.loads(content)["rows"]]


def by_openpyxl(content: bytes, table: Table, sheet: str) -> Rows:
    """A sheet by openpyxl. A spreadsheet knows one kind of number: the whole ones come as they are in the file."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    heads, *rows = book[sheet].iter_rows(values_only=True)
    assert list(heads) == [column.name for column in table.columns]
    numbers = [column.kind is ColumnKind.NUMBER for column in table.columns]
    return [tuple(float(v) if n and v is not None else v for v, n in zip(row, numbers, strict=True)) for row in rows]


def by_frictionless(content: bytes, table: Table, folder: Path) -> Rows:
    """A table of a package by frictionless, with the types that the package itself tells."""
    package = opened(content, folder)
    names = [column.name for column in table.columns]
    numbers = [column.kind is ColumnKind.NUMBER for column in table.columns]
    with system.use_context(trusted=True), package.get_resource(table.name) as resource:
        assert resource.header == names
        rows = [tuple(row[name] for name in names) for row in resource.row_stream]
    return [tuple(float(v) if n and v is not None else v for v, n in zip(row, numbers, strict=True)) for row in rows]


def opened(content: bytes, folder: Path) -> Package:
    """A package, unpacked into a folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed.extractall(folder)
    return Package(str(folder / "datapackage.json"))


def _rows(data: pd.DataFrame, table: Table) -> Rows:
    columns = []
    for column in table.columns:
        values = data[column.name].astype(object)
        kind = {ColumnKind.INTEGER: int, ColumnKind.NUMBER: float, ColumnKind.BOOLEAN: bool}.get(column.kind, str)
        columns.append([None if pd.isna(value) else kind(value) for value in values])
    return list(zip(*columns, strict=True))
