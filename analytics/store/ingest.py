"""File -> rows of the store and rejected rows. Every row of the file is one or the other, or the file is refused whole.

Importing is one transaction. By default one bad row refuses the file and leaves the store as it was; `partial=True`
loads the good rows and keeps the bad ones with their reasons. What the file says holds from then on, in place of what
earlier files said of the same application or figure; an empty cell says nothing, unless it is to take the earlier value
back. A file that tells nothing but what the store tells already, and was imported before, is a no-op.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path

from analytics.folders import WorkFolder
from analytics.model import Progress, UserError, silent
from analytics.programme.file import Programme
from analytics.store.archive import hash_of, keep
from analytics.store.cells.parser import Rejection
from analytics.store.columns import Table
from analytics.store.columns import applications as applications_table
from analytics.store.columns import comparison as comparison_table
from analytics.store.columns import sales as sales_table
from analytics.store.database import Batch, Store
from analytics.store.differences import NO_DIFFERENCE, Difference
from analytics.store.mapping.check import check_mapping
from analytics.store.mapping.file import ColumnMapping
from analytics.store.mapping.proposal import Proposal
from analytics.store.mapping.wide import heading_text
from analytics.store.plausibility.checks import (
    applications_warnings,
    comparison_warnings,
    other_call_warnings,
    sales_warnings,
)
from analytics.store.plausibility.warned import Warned
from analytics.store.readers.open import read_tables
from analytics.store.readers.source import open_source
from analytics.store.readers.table import Notice, Source
from analytics.store.rejected_file import RejectedFile, write_rejected
from analytics.store.row_checks import check_applications, check_comparison, check_sales
from analytics.store.sheets import SheetReport, refuse_new_rows_without_columns, sheets_to_read
from analytics.store.spool import SpooledSheet, spool
from analytics.store.staging import ProblemGroup, SheetColumns, Staging

_NO_BATCH = Batch(0, "", "", "", "", 0, 0, 0)  # of a report that is not finished
PARTS = 5  # of an import, as its progress tells: opened, gone through, read, checked, loaded


@dataclass(frozen=True, slots=True)
class InputTable:
    """A table that files bring: its columns, what its rows must say together, and what looks wrong in them."""

    columns: Callable[[Programme], Table]
    check: Callable[[Staging, Table, Programme], None]
    warnings: Callable[[Store, Table, Programme], tuple[Warned, ...]]


INPUT_TABLES = {
    "applications": InputTable(applications_table, check_applications, applications_warnings),
    "sales": InputTable(sales_table, check_sales, sales_warnings),
    "comparison": InputTable(comparison_table, check_comparison, comparison_warnings),
}


class RowsRefusedError(UserError):
    """The file has rows that cannot be loaded; nothing was. rejections: where and why, the first of them; groups: all
    of them by column and reason; words: our column -> words without a meaning yet, and how many rows say each;
    warnings: that the file may be another call's.
    """

    def __init__(
        self, file: Path, rows_in: int, staging: Staging, warnings: tuple[Warned, ...], key: str = "rows.refused"
    ) -> None:
        """Count rows, not problems: a row may have several."""
        self.rejections, self.groups, self.words = staging.rejections(), staging.groups(), staging.unmapped_words()
        self.warnings = warnings
        super().__init__(key, file=file.name, bad=staging.rows_rejected, rows_in=rows_in)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did. already: this very file was imported before, nothing was done.

    rejections: the first of the problems; groups: all of them by column and reason; sheets: what became of each sheet;
    notices: what the readers found to say, keys of the text files under `notice.` with their details; warnings: what
    looks wrong; proposal: what the columns are, with the mapping in force; unused_columns: columns of the file that
    nobody asked for; words: our column -> words without meaning, with their counts; superseded: how many of the file's
    values replace one that an earlier file gave for the same firm and period; outcomes_without_column: names of the
    programme's outcomes of which this file of sales brings nothing, by a column or by a constant of its mapping.
    difference: what it changes, or in a rehearsal would.
    """

    batch: Batch
    already: bool
    rejections: tuple[Rejection, ...] = ()
    groups: tuple[ProblemGroup, ...] = ()
    sheets: tuple[SheetReport, ...] = ()
    notices: tuple[Notice, ...] = ()
    warnings: tuple[Warned, ...] = ()
    proposal: Proposal = field(default_factory=lambda: Proposal(ColumnMapping(), ()))
    unused_columns: tuple[str, ...] = ()
    words: dict[str, Counter[str]] = field(default_factory=dict)
    outcomes_without_column: tuple[str, ...] = ()
    difference: Difference = NO_DIFFERENCE


@dataclass(frozen=True)
class _Import:
    """One file on its way into the store."""

    kind: str
    path: Path
    mapping: ColumnMapping | None
    programme: Programme
    store: Store
    takes_back: bool
    progress: Progress

    @cached_property
    def table(self) -> Table:
        """The columns that it may bring."""
        table = INPUT_TABLES[self.kind].columns(self.programme)
        return replace(table, corrects=any(batch.input_table == self.kind for batch in self.store.batches()))

    def at(self, part: int) -> Callable[[], None]:
        """Tells that a part of the import goes on."""
        return lambda: self.progress("import", part, PARTS)

    def spooled(self, source: Source, folder: Path) -> tuple[list[SpooledSheet], list[SheetReport]]:
        """The sheets that are read, gone through once, and what becomes of the others."""
        raws = read_tables(source, (self.mapping or ColumnMapping()).format, folder, self.at(0))
        found, others = sheets_to_read(raws, self.table, self.mapping, self.programme, self.path)
        sheets = [
            spool(sheet, folder / f"spooled_{n}.arrow", self.table, self.path.name, self.at(1))
            for n, sheet in enumerate(found)
        ]
        if not any(sheet.rows for sheet in sheets):
            raise UserError("file.no_rows", file=self.path)
        return sheets, others

    def staged(self, sheets: Sequence[SpooledSheet]) -> Staging:
        """Every row of the sheets, typed, or among the rejected."""
        blocks = [sheet.readers(self.table, self.programme) for sheet in sheets]
        columns = [
            SheetColumns(
                sheet.found.looked.sheet,
                {column.name: readers[0].heading(column.name) for column in self.table},
                frozenset.intersection(*(frozenset({**reader.readers, **reader.constants}) for reader in readers)),
            )
            for sheet, readers in zip(sheets, blocks, strict=True)
        ]
        staging = Staging(self.store, self.table, columns, takes_back=self.takes_back)
        for number, (sheet, readers) in enumerate(zip(sheets, blocks, strict=True)):
            width = str(len(sheet.found.looked.names))
            staging.reject(number, (Rejection(row, "", str(n), "cells", width) for row, n in sheet.ragged))
            for chunk in sheet.chunks():
                for reader in readers:
                    typed = reader.read(chunk)
                    staging.reject(number, typed.rejections)
                    staging.add(number, typed.frame)
                    self.at(2)()
        if any(len(readers) > 1 for readers in blocks):
            staging.remove_rejected()
        if self.table.corrects and staging.brings_new_rows:
            found = [sheet.found for sheet in sheets]
            refuse_new_rows_without_columns(found, self.table, self.mapping, self.programme, self.path.name)
        return staging

    def check(self, staging: Staging) -> None:
        """What the rows say together."""
        self.at(3)()
        INPUT_TABLES[self.kind].check(staging, self.table, self.programme)

    def loaded(self, staging: Staging, sha256: str, given: str, report: Report, rows_in: int) -> Batch:
        """One batch more, with its rows."""
        batch_id = self.store.add_batch(
            {
                "input_table": self.kind,
                "file_name": self.path.name,
                "sha256": sha256,
                "mapping": given,
                "imported_at": dt.datetime.now(dt.UTC).replace(tzinfo=None),
                "rows_in": rows_in,
                "rows_loaded": staging.rows_loaded,
                "rows_rejected": staging.rows_rejected,
                "reading": _as_json(report),
            }
        )
        staging.load(batch_id, self.programme)
        return self.store.batch(batch_id)


def import_file(
    kind: str,
    path: Path,
    *,
    programme: Programme,
    store: Store,
    archive: Path,
    mapping: ColumnMapping | None = None,
    partial: bool = False,
    takes_back: bool = False,
    rehearsed: bool = False,
    rejected_to: RejectedFile | None = None,
    progress: Progress = silent,
) -> Report:
    """Import one file of applications, sales or comparison firms. mapping: None where the file's own headings are to
    tell which column is which; takes_back: whether empty cells take back what the store tells there; rehearsed: whether
    only to say what the file would change; rejected_to: where to write the rejected rows, if there are any.

    Raises UserError when the file is refused; the store is then as it was.
    """
    one = _Import(kind, path, mapping, programme, store, takes_back, progress)
    one.at(0)()
    source = open_source(path)
    if mapping is not None:
        check_mapping(one.table, mapping, programme)
    given = (mapping or ColumnMapping()).as_json()
    if kind == "sales" and not store.firm_ids():
        raise UserError("sales.before_applications")
    sha256 = hash_of(path, one.at(0))
    store.refuse_forgotten(path, sha256)
    store.bound_memory()
    with store.transaction(rehearsed=rehearsed), WorkFolder() as folder:
        earlier = store.find_batch(kind, sha256, given)
        sheets, others = one.spooled(source, Path(folder))
        staging = one.staged(sheets)
        suspicions = other_call_warnings(store, one.table)
        one.check(staging)
        rows_in = sum(sheet.rows for sheet in sheets)
        report = _report(one, sheets, others, staging)
        if staging.rows_rejected and rejected_to is not None:
            write_rejected(rejected_to, sheets, staging, one.table, programme, mapping)
        if staging.rows_rejected and not partial:
            raise RowsRefusedError(path, rows_in, staging, suspicions)
        if staging.rows_loaded == 0:
            raise RowsRefusedError(path, rows_in, staging, suspicions, "file.nothing_loaded")
        difference = staging.compare(programme)
        if earlier and difference.nothing:
            return Report(earlier, already=True)
        warnings = INPUT_TABLES[kind].warnings(store, one.table, programme)
        report = replace(report, warnings=(*suspicions, *warnings), difference=difference)
        one.at(4)()
        if not rehearsed:
            store.undo_with(keep(path, sha256, archive, one.at(4)))
        batch = one.loaded(staging, sha256, given, report, rows_in)
        one.at(PARTS)()
    return replace(report, batch=batch)


def _report(one: _Import, sheets: Sequence[SpooledSheet], others: Sequence[SheetReport], staging: Staging) -> Report:
    """What is known of the import before its rows are loaded."""
    return Report(
        _NO_BATCH,
        already=False,
        rejections=staging.rejections(),
        groups=staging.groups(),
        sheets=(*map(_report_of, sheets), *others),
        notices=tuple(notice for sheet in sheets for notice in sheet.found.looked.raw.notices),
        proposal=sheets[0].found.looked.proposal,
        unused_columns=_unused_columns(sheets),
        words=staging.unmapped_words(),
        outcomes_without_column=_outcomes_without_column(sheets, one) if one.kind == "sales" else (),
    )


def _report_of(sheet: SpooledSheet) -> SheetReport:
    found = sheet.found
    return SheetReport(found.looked.sheet, found.looked.header, sheet.rows, found.above, totals=sheet.totals)


def _as_json(report: Report) -> str:
    """How the file was read, for the log of imports."""
    reading = {
        "sheets": [asdict(sheet) for sheet in report.sheets],
        "mapping": json.loads(report.proposal.mapping.as_json()),
        "notices": report.notices,
        "warnings": [asdict(warning) for warning in report.warnings],
    }
    return json.dumps(reading, ensure_ascii=False, default=str)


def _unused_columns(sheets: Sequence[SpooledSheet]) -> tuple[str, ...]:
    """Headings that no block uses, and the places of columns that hold something under no heading."""
    unused: set[str] = set()
    for sheet in sheets:
        used = {theirs for block in sheet.found.blocks for theirs in block.headings}
        unused |= {heading_text(name) for name in sheet.found.looked.names if name and name not in used}
        unused |= {f"({place + 1})" for place in sheet.unnamed}
    return tuple(sorted(unused))


def _outcomes_without_column(sheets: Sequence[SpooledSheet], one: _Import) -> tuple[str, ...]:
    """Names of the declared outcomes that neither the file gives, by a column or a constant of its mapping, nor an
    earlier one.
    """
    found = [sheet.found for sheet in sheets]
    present = {name for sheet in found for block in sheet.blocks for name in (*block.names, *sheet.mapping.constants)}
    stored = {str(name) for (name,) in one.store.rows("stored_outcomes")}
    outcomes = one.programme.outcomes
    return tuple(o.name for o in outcomes if o.column not in present and o.name not in stored)
