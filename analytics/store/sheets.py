"""Which tables of a file are read: every one is read, or named with the reason why not; where that is not certain, the
officer is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.model import UserError
from analytics.programme.file import Programme
from analytics.store.columns import Table, required_columns
from analytics.store.mapping import ColumnMapping, one_line
from analytics.store.proposal import Proposal, header_row, paste_columns, propose
from analytics.store.readers.table import RawTable, Visibility, shown
from analytics.store.wide import Block, blocks_of

EXAMPLES = 5  # values of each column that a proposal looks at
LEAST_DATA_ROWS, LEAST_DATA_COLUMNS = 2, 3  # a sheet with as much below its first row is no note


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What became of one sheet, "" in a file without sheets. rows: those read; header_row: None where none was found;
    above: what stands above the header; unread: why it was not read, a key of the text files under `part.`, "" where it
    was; totals: rows that only sum others, as (row, what its first cell says).
    """

    sheet: str
    header_row: int | None
    rows: int = 0
    above: tuple[str, ...] = ()
    unread: str = ""
    totals: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """A table whose header is found. names: its headings by position; missing: columns that it must have and has not;
    blocks: the long tables in it.
    """

    raw: RawTable
    header_row: int
    names: tuple[str, ...]
    proposal: Proposal
    blocks: tuple[Block, ...]
    missing: tuple[str, ...]

    @property
    def above(self) -> tuple[str, ...]:
        """The rows above the header, as they read."""
        rows = [cells for number, cells in self.raw.head if number < self.header_row]
        return tuple(" ".join(filter(None, map(shown, cells))) for cells in rows)


def sheets_to_read(
    raws: Sequence[RawTable], table: Table, mapping: ColumnMapping | None, programme: Programme, file: str
) -> tuple[list[FoundSheet], list[SheetReport]]:
    """The sheets that are read, and what becomes of the others.

    Raises UserError when none can be read, when a named one is not there, or when a sheet that is not hidden holds rows
    of another kind: the officer says then which to read.
    """
    chosen = mapping.format.chosen_sheets if mapping else ()
    absent = [name for name in chosen if name not in {raw.sheet for raw in raws}]
    if absent:
        known = ", ".join(raw.sheet for raw in raws)
        raise UserError("file.sheet", file=file, sheet=absent[0], sheets=known)
    if not any(raw.head for raw in raws):
        raise UserError("file.no_rows", file=file)
    sought = [
        raw for raw in raws if raw.head and (raw.sheet in chosen if chosen else raw.visibility is Visibility.VISIBLE)
    ]
    found = [_find(raw, table, mapping, programme, file) for raw in sought]
    read = [sheet for sheet in found if not sheet.missing]
    incomplete = [sheet for sheet in found if sheet.missing]
    if incomplete and (chosen or not read):
        raise _refusal(min(incomplete, key=lambda sheet: len(sheet.missing)), mapping, table, file)
    if not read:
        hidden = ", ".join(raw.sheet for raw in raws if raw.head)
        raise UserError("file.hidden_sheets", file=file, sheets=hidden)
    asked = [sheet.raw.sheet for sheet in incomplete if _holds_data(sheet)]
    if asked:
        raise UserError(
            "file.which_sheets", file=file, read=_quoted(sheet.raw.sheet for sheet in read), asked=_quoted(asked)
        )
    taken = {sheet.raw.sheet for sheet in read}
    others = [SheetReport(raw.sheet, None, unread=_why_not(raw, chosen)) for raw in raws if raw.sheet not in taken]
    return read, others


def _quoted(sheets: Sequence[str]) -> str:
    return ", ".join(f'"{sheet}"' for sheet in sheets)


def _why_not(raw: RawTable, chosen: Sequence[str]) -> str:
    if not raw.head:
        return "empty"
    if chosen:
        return "not_chosen"
    return "hidden" if raw.visibility is Visibility.HIDDEN else "no_data"


def _holds_data(sheet: FoundSheet) -> bool:
    below = [cells for number, cells in sheet.raw.head if number > sheet.header_row]
    full = [cells for cells in below if sum(bool(cell.strip()) for cell in cells) >= LEAST_DATA_COLUMNS]
    return len(full) >= LEAST_DATA_ROWS


def _find(raw: RawTable, table: Table, mapping: ColumnMapping | None, programme: Programme, file: str) -> FoundSheet:
    stated = mapping.format.header_row if mapping else None
    row = stated or header_row(raw.head, table, mapping or ColumnMapping(), programme) or raw.head[0][0]
    cells = next((cells for number, cells in raw.head if number >= row), None)
    if cells is None:
        raise UserError("file.no_rows", file=file)
    row = next(number for number, _ in raw.head if number >= row)
    names = [one_line(shown(cell)) for cell in cells]
    while names and not names[-1]:
        names.pop()  # spreadsheets often end in empty columns
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise UserError("file.column_twice", file=file, columns=", ".join(twice))
    below = [cells for number, cells in raw.head if number > row]
    examples = {
        name: [cells[i] for cells in below if i < len(cells) and cells[i].strip()][:EXAMPLES]
        for i, name in enumerate(names)
        if name
    }
    named = [name for name in names if name]
    proposal = propose(named, examples, table, programme, mapping)
    blocks = blocks_of(named, table, proposal.mapping, programme)
    return FoundSheet(raw, row, tuple(names), proposal, blocks, _missing(blocks, table, proposal.mapping, programme))


def _missing(blocks: Sequence[Block], table: Table, mapping: ColumnMapping, programme: Programme) -> tuple[str, ...]:
    """The file's names, where the mapping states them, of the columns that must be there and are not."""
    must = [*required_columns(table, programme), *mapping.columns]
    has = set.union(*({*block.names, *block.constants, *(("period",) if block.combined else ())} for block in blocks))
    absent = [name for name in dict.fromkeys(must) if name not in has]
    return tuple(mapping.columns.get(name, name) for name in absent)


def _refusal(sheet: FoundSheet, mapping: ColumnMapping | None, table: Table, file: str) -> UserError:
    """Columns are missing: what the file has, and the lines that would say which is which."""
    del table
    lines = paste_columns(sheet.proposal)
    found = ", ".join(name for name in sheet.names if name)[:400]
    details = {"file": file, "missing": ", ".join(sheet.missing), "found": found, "row": sheet.header_row}
    if sum(bool(name) for name in sheet.names) == 1 and mapping and mapping.format.separator:
        return UserError("file.separator", **details)
    return (
        UserError("file.column_missing_lines", lines=lines, **details)
        if lines
        else UserError("file.column_missing", **details)
    )
