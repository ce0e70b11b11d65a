"""The rows of one sheet, kept on disk between the two times that they are gone through: once to see how each column is
written, once to read it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.programme.file import Programme
from analytics.store.cells.parser import CellForm
from analytics.store.cells.profile import ColumnProfile
from analytics.store.columns import CellKind, Column, Table
from analytics.store.readers.table import TYPED, Chunk, shown
from analytics.store.sheets import FoundSheet
from analytics.store.typed_rows import BlockReader, ColumnReader

PROFILED = (CellKind.DECIMAL, CellKind.DATE, CellKind.PERIOD)
TOTAL = re.compile(r"\s*(sub|gran )?(totale|totali|total|totals|somma)\b", re.IGNORECASE)
# in a column of firms: none, "Totale", "85 domande"
NO_FIRM = r"^\s*$|^(?i:\s*(sub|gran )?tot|\s*somma|\s*\d{1,6} [a-z]+\s*$)"
LEGAL_FORM = re.compile(r"\b(s\.?\s?r\.?\s?l|s\.?\s?p\.?\s?a|s\.?\s?a\.?\s?s|s\.?\s?n\.?\s?c|coop)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SpooledSheet:
    """A sheet whose used columns lie in an Arrow file. rows: those below the header that are no totals; ragged: those
    among them with another number of cells, as (row, cells found); totals: as in SheetReport; unnamed: positions of
    columns without a heading that hold something; forms: how each of our columns is written in it.
    """

    found: FoundSheet
    path: Path
    rows: int
    ragged: tuple[tuple[int, int], ...]
    totals: tuple[tuple[int, str], ...]
    unnamed: tuple[int, ...]
    forms: dict[str, CellForm]

    def chunks(self) -> Iterator[Chunk]:
        """Its rows again."""
        with pa.OSFile(str(self.path)) as file, pa.ipc.open_stream(file) as batches:
            for batch in batches:
                table = pa.Table.from_batches([batch])
                rows = table.column("row_number").to_numpy()
                yield Chunk(rows, table.drop_columns("row_number"))

    @property
    def places(self) -> list[int]:
        """The places in the sheet of the columns that are kept, in their order."""
        return sorted({place for places in _used_columns(self.found).values() for place in places})

    def readers(self, table: Table, programme: Programme) -> list[BlockReader]:
        """What reads its blocks; the blocks of one sheet share what they know of a column."""
        mapping = self.found.mapping
        positions = {name: i for i, name in enumerate(self.found.looked.names) if name}
        columns = {
            column.name: ColumnReader(column, self.forms[column.name], mapping.values.get(column.name, {}), programme)
            for column in table
        }
        readers = []
        for block in self.found.blocks:
            own = {*block.names, *(("period",) if block.combined else ())}
            constants = {
                name: columns[name].value(block.constants.get(name, mapping.constants.get(name, "")))
                for name in {**mapping.constants, **block.constants}
                if name not in own
            }
            mine = {name: reader for name, reader in columns.items() if name in own}
            readers.append(BlockReader(block, positions, mine, constants, table, self.found.looked.sheet))
        return readers


def spool(found: FoundSheet, path: Path, table: Table, file: str, alive: Callable[[], None]) -> SpooledSheet:
    """Go through a sheet's rows once. alive: called between chunks. Raises UserError where the file cannot be read on,
    or where a column has two readings.
    """
    looked, mapping = found.looked, found.mapping
    used = _used_columns(found)
    profiles = {column.name: ColumnProfile(column) for column in table if column.kind in PROFILED}
    keep = sorted({position for positions in used.values() for position in positions})
    unnamed = [i for i, name in enumerate(looked.names) if not name]
    filled: set[int] = set()
    rows = 0
    ragged: list[tuple[int, int]] = []
    totals: list[tuple[int, str]] = []
    key = used.get("fiscal_code", ())
    writer = None
    for chunk in looked.raw.chunks(looked.header, len(looked.names)):
        ragged += chunk.ragged
        chunk, sums = _without_totals(chunk, key)
        totals += sums
        rows += len(chunk.rows) + len(chunk.ragged)
        filled |= {i for i in unnamed if _holds_anything(chunk.cells.column(str(i)))}
        for name, profile in profiles.items():
            for position in used.get(name, ()):
                _profile(profile, chunk.cells.column(str(position)))
        kept = chunk.cells.select([str(i) for i in keep]).append_column("row_number", pa.array(chunk.rows))
        if writer is None:
            writer = pa.ipc.new_stream(str(path), kept.schema)
        writer.write_table(kept.combine_chunks())
        alive()
    if writer is not None:
        writer.close()
    forms = {
        column.name: profiles[column.name].resolve(
            mapping.form_of(column.name), _heading(found, column), file, own=mapping.formats.get(column.name)
        )
        if column.name in profiles
        else CellForm()
        for column in table
    }
    return SpooledSheet(found, path, rows, tuple(ragged), tuple(totals), tuple(sorted(filled)), forms)


def _heading(found: FoundSheet, column: Column) -> str:
    return next((block.names[column.name] for block in found.blocks if column.name in block.names), column.name)


def _used_columns(found: FoundSheet) -> dict[str, list[int]]:
    """Our column -> the places of those of the sheet that hold it."""
    positions = {name: i for i, name in enumerate(found.looked.names) if name}
    used: dict[str, list[int]] = {}
    for block in found.blocks:
        for ours, theirs in block.names.items():
            used.setdefault(ours, []).append(positions[theirs])
        combined = block.combined
        for part in (combined.year, combined.month, combined.quarter) if combined else ():
            if part:
                used.setdefault("(period)", []).append(positions[part])
    return {ours: sorted(set(places)) for ours, places in used.items()}


def _is_text(cells: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(cells.type))


def _holds_anything(cells: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(cells), "")).as_py()) if _is_text(cells) else False


def _profile(profile: ColumnProfile, cells: pa.ChunkedArray) -> None:
    if _is_text(cells):
        profile.add(cells.combine_chunks().unique())


def _without_totals(chunk: Chunk, key: list[int] | tuple[()]) -> tuple[Chunk, list[tuple[int, str]]]:
    """The chunk without the rows that only sum others: no firm, and a cell that says "total" and names no firm."""
    if not key or not _is_text(chunk.cells.column(str(key[0]))):
        return chunk, []
    firms = chunk.cells.column(str(key[0]))
    no_firm = pc.match_substring_regex(
        firms, r"^\s*$|^(?i:\s*(sub|gran )?tot|\s*somma|\s*\d{1,6} [a-z]+\s*$)"
    ).to_numpy()
    sums = []
    for at in np.flatnonzero(no_firm):
        cells = [str(column[int(at)].as_py()) for column in chunk.cells.columns]
        word = next(
            (
                shown(cell).strip()
                for cell in cells
                if TOTAL.match(cell.removeprefix(TYPED)) and not LEGAL_FORM.search(cell)
            ),
            "",
        )
        if word:
            sums.append((int(at), word))
    if not sums:
        return chunk, []
    kept = np.ones(len(chunk.rows), dtype=bool)
    kept[[at for at, _ in sums]] = False
    left = Chunk(chunk.rows[kept], chunk.cells.filter(pa.array(kept)), chunk.ragged)
    return left, [(int(chunk.rows[at]), word) for at, word in sums]
