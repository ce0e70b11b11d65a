"""The values of a table as formats take them, row by row, and text that no spreadsheet runs."""

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analytics.present.tables.table import Column, ColumnKind, Table

# What a spreadsheet takes for the beginning of a formula: at the beginning of a cell, or behind a mark at which a
# spreadsheet of another country splits cells, quoted or not, also behind marks that nobody sees. The last four are the
# first four in full width.
_FORMULA_START = re.compile(r"((?:^|[,;\t\r\n])[\s\"\ufeff\u200b]*)([=+\-@\uff1d\uff0b\uff0d\uff20])")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = ("\t", "\r", "\n")
_PLAIN = {ColumnKind.INTEGER: int, ColumnKind.NUMBER: float, ColumnKind.BOOLEAN: bool, ColumnKind.TEXT: str}

Value = str | int | float | bool | None


def columns_of(table: Table) -> list[list[Value]]:
    """The values of every column: of Python's own types, None where there is none."""
    return [_plain(table.data[column.name], column) for column in table.columns]


def rows_of(table: Table) -> Iterator[tuple[Value, ...]]:
    """The rows, of the same values."""
    return zip(*columns_of(table), strict=True)


def _plain(values: "pd.Series[Any]", column: Column) -> list[Value]:
    kind = _PLAIN[column.kind]
    return [None if missing else kind(value) for value, missing in zip(values, values.isna(), strict=True)]


def disarmed(words: str) -> str:
    """Text of which no part starts like a formula: an apostrophe stands in front of what does."""
    safe = _FORMULA_START.sub(r"\1'\2", words)
    return "'" + safe if safe.startswith(_CONTROLS) else safe
