"""CSV: with commas for programs, and as Italian spreadsheets open it by themselves."""

import re
from dataclasses import dataclass
from typing import Final

from analytics.present.tables.table import Table
from analytics.publish.formats.values import Value, disarmed, rows_of


@dataclass(frozen=True, slots=True)
class Dialect:
    """How values are written. separator: between columns; decimal: mark of numbers; true, false: words; start: of the
    file, by which a spreadsheet knows its encoding.
    """

    separator: str
    decimal: str
    true: str
    false: str
    start: str = ""


PLAIN: Final = Dialect(",", ".", "true", "false")
ITALIAN: Final = Dialect(";", ",", "VERO", "FALSO", "\ufeff")
_SPLITS: Final = re.compile(r"[,;\t\r\n\"]")


def write_separated(table: Table, dialect: Dialect) -> bytes:
    """The table in UTF-8, a line per row; numbers with all their digits, nothing where there is no value."""
    heads = [column.name for column in table.columns]
    lines = [heads, *([_written(value, dialect) for value in row] for row in rows_of(table))]
    written = "".join(dialect.separator.join(map(_quoted, line)) + "\r\n" for line in lines)
    return (dialect.start + written).encode()


def _quoted(words: str) -> str:
    """Between quotes whatever holds a mark at which any reader splits: LibreOffice offers comma, semicolon and tab
    together, and would cut 0,5 in two.
    """
    return '"' + words.replace('"', '""') + '"' if _SPLITS.search(words) else words


def _written(value: Value, dialect: Dialect) -> str:
    match value:
        case None:
            return ""
        case bool():
            return dialect.true if value else dialect.false
        case float():
            return repr(value).replace(".", dialect.decimal)
        case int():
            return str(value)
        case _:
            return disarmed(value)
