"""A first look at a file: the tables that it holds, their columns with some of their cells, and what these may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from analytics.model import UserError
from analytics.programme.file import Programme
from analytics.store.columns import Table
from analytics.store.mapping.file import ColumnMapping
from analytics.store.mapping.proposal import Proposal, header_row, propose
from analytics.store.mapping.wide import heading_text
from analytics.store.readers.open import read_tables
from analytics.store.readers.source import open_source
from analytics.store.readers.table import RawTable, TextRow, Visibility

MOST_CELLS = 1000  # distinct ones of a column that are looked at


@dataclass(frozen=True, slots=True)
class Looked:
    """One table of a file. raw: as its reader gives it; sheet: "" where there are none; header: the row that names the
    columns; named: whether it was told by its names; examples: heading -> distinct cells of the first rows; proposal:
    what its columns are.
    """

    raw: RawTable
    sheet: str
    hidden: bool
    header: int
    named: bool
    names: tuple[str, ...]
    examples: dict[str, list[str]]
    proposal: Proposal


def look(path: Path, table: Table, programme: Programme, given: ColumnMapping | None, folder: Path) -> list[Looked]:
    """Every table of a file that holds anything. folder: where a workbook may be unpacked.

    Raises UserError where the file cannot be read, or holds nothing.
    """
    tables = read_tables(open_source(path), (given or ColumnMapping()).format, folder, lambda: None)
    looked = [look_at(raw, table, programme, given, path) for raw in tables if raw.head]
    if not looked:
        raise UserError("file.no_rows", file=path)
    return looked


def look_at(raw: RawTable, table: Table, programme: Programme, given: ColumnMapping | None, path: Path) -> Looked:
    """One table of a file. Raises UserError where its header is not where the mapping says."""
    told = header_row(raw.head, table, given or ColumnMapping(), programme)
    header = told if told is not None else _first_full(raw.head)
    names = next((cells for row, cells in raw.head if row == header), None)
    if names is None:
        raise UserError("mapping.no_header", file=path, row=header)
    while names and not heading_text(names[-1]):
        names = names[:-1]
    titles = [cell for row, cells in raw.head if row < header for cell in cells if cell.strip()]
    examples = _examples(raw, header, names)
    proposal = propose(names, examples, table, programme, given, [*titles, raw.sheet])
    hidden = raw.visibility is not Visibility.VISIBLE
    return Looked(raw, raw.sheet, hidden, header, told is not None, tuple(names), examples, proposal)


def _first_full(head: Sequence[TextRow]) -> int:
    """The first row with more than a cell, else the first: where no name is known, the header is likely there."""
    return next((row for row, cells in head if sum(map(bool, cells)) > 1), head[0][0])


def _examples(raw: RawTable, header: int, names: Sequence[str]) -> dict[str, list[str]]:
    chunk = next(iter(raw.chunks(header, len(names))), None)
    if chunk is None:
        return {}
    return {name: _distinct(chunk.cells.column(place)) for place, name in enumerate(names)}


def _distinct(cells: pa.ChunkedArray) -> list[str]:
    """Some of the cells that hold anything, each once, as texts."""
    texts = pc.unique(
        cells.cast(pa.string()) if not pa.types.is_nested(cells.type) else cells.slice(0, 0).cast(pa.string())
    )
    return [text for text in texts.slice(0, MOST_CELLS).to_pylist() if text]
