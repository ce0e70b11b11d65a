"""Which tables of a file are read: every one is read, or named with the reason why not; where that is not certain, the
officer is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.model import UserError
from analytics.programme.file import Programme
from analytics.store.columns import Table, required_columns
from analytics.store.mapping.file import ColumnMapping
from analytics.store.mapping.looking import Looked, look_at
from analytics.store.mapping.proposal import Proposal, check_title
from analytics.store.mapping.wide import Block, blocks_of, heading_text
from analytics.store.readers.table import TYPED, RawTable, Visibility

IDENTIFIERS = frozenset({"application_id", "fiscal_code", "name"})  # one column of a file may be several of these
WITHOUT_A_FIGURE = frozenset({"name", "source"})  # columns that change no figure when they alone are given
NUMBER = re.compile(rf"{TYPED}.*|\s*[€(+-]?\s*\d[\d\s.,'/-]*[€)-]?\s*")
LEAST_DATA_ROWS, LEAST_DATA_COLUMNS = 2, 3  # a sheet with as much below its first row, numbers among it, is no note


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
    """A table that was looked at. blocks: the long tables in it; missing: columns that it must have and has not."""

    looked: Looked
    blocks: tuple[Block, ...]
    missing: tuple[str, ...]

    @property
    def mapping(self) -> ColumnMapping:
        """The mapping in force: the officer's, or what the headings tell for certain."""
        return self.looked.proposal.mapping

    @property
    def above(self) -> tuple[str, ...]:
        """The rows above the header, as they read."""
        rows = [cells for number, cells in self.looked.raw.head if number < self.looked.header]
        return tuple(" ".join(filter(None, map(heading_text, cells))) for cells in rows)


class ColumnsMissingError(UserError):
    """A table lacks columns that it must have. proposal: what its own columns may be."""

    def __init__(self, key: str, proposal: Proposal, **details: object) -> None:
        """As a UserError."""
        super().__init__(key, **details)
        self.proposal = proposal


def sheets_to_read(
    raws: Sequence[RawTable], table: Table, mapping: ColumnMapping | None, programme: Programme, path: Path
) -> tuple[list[FoundSheet], list[SheetReport]]:
    """The sheets that are read, and what becomes of the others.

    Raises UserError when none can be read, when a named one is not there, or when a sheet that is not hidden holds rows
    of another kind: the officer says then which to read.
    """
    file, chosen = path.name, mapping.format.chosen_sheets if mapping else ()
    absent = [name for name in chosen if name not in {raw.sheet for raw in raws}]
    if absent:
        known = ", ".join(raw.sheet for raw in raws)
        raise UserError("file.sheet", file=file, sheet=absent[0], sheets=known)
    if not any(raw.head for raw in raws):
        raise UserError("file.no_rows", file=file)
    sought = [
        raw for raw in raws if raw.head and (raw.sheet in chosen if chosen else raw.visibility is Visibility.VISIBLE)
    ]
    found = [_find(raw, table, mapping, programme, path) for raw in sought]
    read = [sheet for sheet in found if not sheet.missing]
    incomplete = [sheet for sheet in found if sheet.missing]
    if not read and not chosen:
        others = [raw for raw in raws if raw.head and raw.visibility is Visibility.HIDDEN]
        hidden = [raw.sheet for raw in others if not _find(raw, table, mapping, programme, path).missing]
        if hidden or not incomplete:
            sheets = _quoted(hidden or [raw.sheet for raw in others])
            raise UserError("file.hidden_sheets", file=file, sheets=sheets)
    if incomplete and (chosen or not read):
        raise _refusal(min(incomplete, key=lambda sheet: len(sheet.missing)), mapping, file)
    taken = [sheet.looked.sheet for sheet in read]
    asked = [sheet.looked.sheet for sheet in incomplete if _holds_data(sheet)]
    if asked:
        raise UserError("file.which_sheets", file=file, read=_quoted(taken), asked=_quoted(asked))
    for sheet in read:
        check_title(sheet.looked.proposal, file)
    unread = [SheetReport(raw.sheet, None, unread=_why_not(raw, chosen)) for raw in raws if raw.sheet not in taken]
    return read, unread


def _quoted(sheets: Sequence[str]) -> str:
    return ", ".join(f'"{sheet}"' for sheet in sheets)


def _why_not(raw: RawTable, chosen: Sequence[str]) -> str:
    if not raw.head:
        return "empty"
    if chosen:
        return "not_chosen"
    return "hidden" if raw.visibility is Visibility.HIDDEN else "no_data"


def _holds_data(sheet: FoundSheet) -> bool:
    """Whether rows of several cells stand in it, with numbers or days among them: a legend is all words."""
    below = [cells for number, cells in sheet.looked.raw.head if number > sheet.looked.header]
    full = [cells for cells in below if sum(bool(cell.strip()) for cell in cells) >= LEAST_DATA_COLUMNS]
    return sum(any(map(NUMBER.fullmatch, cells)) for cells in full) >= LEAST_DATA_ROWS


def _find(raw: RawTable, table: Table, mapping: ColumnMapping | None, programme: Programme, path: Path) -> FoundSheet:
    looked = look_at(raw, table, programme, mapping, path)
    names = [heading_text(name) for name in looked.names if heading_text(name)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UserError("file.column_twice", file=path.name, columns=", ".join(twice))
    blocks = blocks_of([name for name in looked.names if name], table, looked.proposal.mapping, programme)
    for block in blocks:
        for theirs in {*block.names.values()}:
            ours = [name for name in block.names if block.names[name] == theirs and name not in IDENTIFIERS]
            if len(ours) > 1:
                column = heading_text(theirs)
                raise UserError("mapping.one_for_two", file=path.name, column=column, ours=", ".join(ours))
    return FoundSheet(looked, blocks, _missing(blocks, table, looked.proposal.mapping, programme))


def _missing(blocks: Sequence[Block], table: Table, mapping: ColumnMapping, programme: Programme) -> tuple[str, ...]:
    """The file's names, where the mapping states them, of the columns that must be there and are not."""
    must = [*required_columns(table, programme), *(() if table.corrects else mapping.columns)]
    has: set[str] = set()
    for block in blocks:
        has |= {*block.names, *block.constants, *(("period",) if block.combined else ())}
    absent = [name for name in dict.fromkeys(must) if name not in has]
    if not absent and has <= {*table.keys, *WITHOUT_A_FIGURE}:
        absent = [name for name in required_columns(replace(table, corrects=False), programme) if name not in has]
    return tuple(mapping.columns.get(name, name) for name in absent)


def refuse_new_rows_without_columns(
    sheets: Sequence[FoundSheet], table: Table, mapping: ColumnMapping | None, programme: Programme, file: str
) -> None:
    """Raises UserError for sheets of a file that was thought to correct what is stored, and brings new rows without the
    columns that those must have.
    """
    whole = replace(table, corrects=False)
    for sheet in sheets:
        missing = _missing(sheet.blocks, whole, sheet.mapping, programme)
        if missing:
            raise _refusal(replace(sheet, missing=missing), mapping, file)


def _refusal(sheet: FoundSheet, mapping: ColumnMapping | None, file: str) -> UserError:
    """Columns are missing: what the file has instead."""
    names = [heading_text(name) for name in sheet.looked.names if heading_text(name)]
    alone = len(names) == 1 and mapping is not None and mapping.format.separator is not None
    return ColumnsMissingError(
        "file.separator" if alone else "file.column_missing",
        sheet.looked.proposal,
        file=file,
        missing=", ".join(sheet.missing),
        found=", ".join(names)[:400],
        row=sheet.looked.header,
    )
