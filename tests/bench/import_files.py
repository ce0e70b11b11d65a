"""The files that `tests/bench/imports.py` times: sales of many firms in CSV and Parquet."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from tests.helpers.officer import application, as_csv, code

MONTHS = 100
_BLOCK = 500_000  # rows written at a time


def write_applications(path: Path, firms: int) -> None:
    """An application per firm; one in three is funded."""
    empty = {"outcome": "not_funded", "tranche": "", "awarded_on": "", "grant_eur": ""}
    path.write_bytes(as_csv([application(n, **({} if n % 3 == 0 else empty)) for n in range(1, firms + 1)]))


def _sales(firms: int) -> Iterator[pa.Table]:
    """Firm by firm, MONTHS months each: euros with cents, online sales a part of all."""
    periods = pa.array([f"{2016 + month // 12}-{month % 12 + 1:02}" for month in range(MONTHS)])
    draw = np.random.default_rng(20201216)
    at_once = _BLOCK // MONTHS
    for first in range(1, firms + 1, at_once):
        codes = pa.array([code(n) for n in range(first, min(first + at_once, firms + 1))])
        n = len(codes) * MONTHS
        firm, month = np.divmod(np.arange(n), MONTHS)
        total = draw.integers(100_000, 90_000_000, n)
        online = (total * draw.uniform(0, 1, n)).astype(np.int64)
        yield pa.table(
            {
                "fiscal_code": codes.take(pa.array(firm)),
                "period": periods.take(pa.array(month)),
                "online_sales_eur": pa.array(online / 100),
                "total_sales_eur": pa.array(total / 100),
            }
        )


def write_sales_csv(path: Path, firms: int) -> None:
    """A row per firm and month, amounts with a dot and two decimals."""
    with path.open("wb") as file:
        file.write(b"fiscal_code,period,online_sales_eur,total_sales_eur\n")
        for table in _sales(firms):
            columns = [
                pc.cast(pc.cast(column, pa.decimal128(18, 2)), pa.string())
                if pa.types.is_floating(column.type)
                else column
                for column in table.columns
            ]
            options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
            pyarrow.csv.write_csv(pa.table(columns, table.column_names), file, options)


def write_sales_parquet(path: Path, firms: int) -> None:
    """The same rows, amounts as floating-point numbers, as statistical programs write them."""
    writer = None
    for table in _sales(firms):
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()
