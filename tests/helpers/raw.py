"""Tables as the readers give them, as plain lists, to hold them against what a file says."""

from dataclasses import dataclass
from pathlib import Path

from analytics.store.formats import Format
from analytics.store.readers.source import open_source
from analytics.store.readers.table import RawTable
from analytics.store.readers.text import read_text


@dataclass(frozen=True)
class Rows:
    """All chunks of a table. rows: (row number, cells ...); ragged: (row number, cells found)."""

    rows: list[tuple]
    ragged: list[tuple[int, int]]

    @property
    def cells(self) -> list[list]:
        return [list(row[1:]) for row in self.rows]


def all_rows(table: RawTable, header_row: int = 1, width: int | None = None) -> Rows:
    """The rows below the header; width: by default the header's cells up to the last with a name."""
    header = dict(table.head)[header_row]
    width = width or max(at for at, name in enumerate(header, start=1) if name.strip())
    rows, ragged = [], []
    for chunk in table.chunks(header_row, width):
        rows += zip(chunk.rows.tolist(), *(column.to_pylist() for column in chunk.cells.columns), strict=True)
        ragged += chunk.ragged
    return Rows(rows, ragged)


def text_table(path: Path, content: bytes, **form: object) -> RawTable:
    """The table of a text file with this content, written to the path."""
    path.write_bytes(content)
    [table] = read_text(open_source(path), Format(**form))
    return table
