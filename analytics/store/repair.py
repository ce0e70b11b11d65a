"""Getting it right afterwards: an import undone, figures and applications taken back. Each is one transaction.

Nothing is written over. An undone import stays in the log, and the store then tells what it would tell had the file
never come; what is taken back is a file of its own, archived as any, and can be undone as any.
"""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.folders import WorkFolder
from analytics.model import UserError
from analytics.programme.classifications import (
    AmbiguousCodeError,
    AtecoEdition,
    UnknownCodeError,
    division_2007,
)
from analytics.programme.file import Programme
from analytics.store.archive import keep
from analytics.store.cells.parser import BadCellError, CellForm, cell_parser
from analytics.store.columns import Column, Table, sales
from analytics.store.current import KEYS, said
from analytics.store.database import Batch, Store

RETRACTION = "retraction"  # the kind of import that takes back


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import did. applications, firms, figures: how many more the store tells, negative for fewer;
    restored: figures that are again what an earlier import gave; without_application: figures of firms that are neither
    applicants nor comparison firms, and do not count until they are.
    """

    batch: Batch
    applications: int
    firms: int
    figures: int
    restored: int
    without_application: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the store: the firm, the period in canonical form, the name of the outcome."""

    firm_id: str
    period: str
    outcome: str


def undo(store: Store, batch_id: int | None = None) -> Undone:
    """Undo an import, the newest that counts when none is named.

    Raises UserError when there is none, when it was undone already, or when later imports correct what it brought:
    those are to be undone first.
    """
    with store.transaction():
        batch = _to_undo(store, batch_id)
        before, told = _counts(store), _figures_told(store, batch.batch_id)
        store.run("undo", {"batch_id": batch.batch_id, "undone_at": dt.datetime.now(dt.UTC).replace(tzinfo=None)})
        later = _resting(store)
        if later:
            raise UserError("undo.rests", batch=batch.batch_id, later=", ".join(map(str, later)))
        applications, firms, figures = (now - was for was, now in zip(before, _counts(store), strict=True))
        [(orphans,)] = store.rows("figures_without_application")
        undone = store.batch(batch.batch_id)
    return Undone(undone, applications, firms, figures, max(0, told + min(0, figures)), int(orphans))


def _to_undo(store: Store, batch_id: int | None) -> Batch:
    if batch_id is None:
        counting = store.batches()
        if not counting:
            raise UserError("undo.nothing")
        return counting[-1]
    batch = store.batch(batch_id)
    if batch.undone_at is not None:
        raise UserError("undo.already", batch=batch_id, at=batch.undone_at)
    return batch


def _counts(store: Store) -> tuple[int, int, int]:
    """How many applications, firms from outside and figures the store tells."""
    tables = ("current_applications", "current_comparison_firms", "current_observations")
    applications, firms, figures = (store.number(f"SELECT count(*) FROM {table}") for table in tables)  # noqa: S608
    return applications, firms, figures


def _figures_told(store: Store, batch_id: int) -> int:
    """How many figures the store tells as this import gave them."""
    return store.number(f"SELECT count(*) FROM current_observations WHERE batch_id = {int(batch_id)}")  # noqa: S608


def _resting(store: Store) -> list[int]:
    """Imports whose rows correct applications of which the rest is not told any more."""
    batches: set[int] = set()
    for table, key in KEYS.items():
        known = f"SELECT {key} FROM current_{table}"  # noqa: S608
        rows = store.select(f"SELECT DISTINCT batch_id FROM ({said(table)}) WHERE {key} NOT IN ({known})")  # noqa: S608
        batches |= {int(batch_id) for (batch_id,) in rows}
    batches |= {int(batch_id) for (batch_id,) in store.rows("contradicting_applications")}
    return sorted(batches | _with_other_division(store))


def _with_other_division(store: Store) -> set[int]:
    """Imports that gave an activity code, or its edition, which together are not of the division that is told."""
    found: set[int] = set()
    for table in KEYS:
        told = f"SELECT DISTINCT ateco_code, ateco_edition, division FROM current_{table} WHERE ateco_code IS NOT NULL"  # noqa: S608
        for code, edition, division in store.select(told):
            if division is not None and _division(code, edition) != division:
                parameters = {"code": code, "edition": edition, "division": division}
                found |= {int(batch) for (batch,) in store.rows(f"batches_of_{table}_code", parameters)}
    return found


def _division(code: str, edition: AtecoEdition | None) -> int | None:
    try:
        return division_2007(code, edition or "2007")
    except (UnknownCodeError, AmbiguousCodeError):
        return None


def retract_figures(
    store: Store, archive: Path, programme: Programme, firm: str, period: str, outcome: str | None = None
) -> tuple[Batch, list[Figure]]:
    """Take back what the store tells of a firm in a period: of one outcome, or of all.

    firm, period: in any writing that a file may have; outcome: its name or its column. Raises UserError when the store
    tells nothing of it.
    """
    table = sales(programme)
    firm_id, canonical = (
        _read(table, name, cell, programme) for name, cell in (("fiscal_code", firm), ("period", period))
    )
    named = {one.name for one in programme.outcomes if outcome in (None, one.name, one.column)}
    if not named:
        columns = ", ".join(one.column for one in programme.outcomes)
        raise UserError("retract.outcome", outcome=outcome, outcomes=columns)
    with store.transaction():
        told = store.rows("figures_of_firm", {"firm_id": firm_id, "period": canonical})
        figures = [Figure(firm_id, canonical, str(name)) for (name,) in told if name in named]
        if not figures:
            raise UserError("retract.no_figure", firm=firm, period=period, programme=programme.id)
        rows = [(figure.firm_id, figure.period, figure.outcome) for figure in figures]
        batch_id = _record(store, archive, ("firm", "period", "outcome"), rows)
        for row in rows:
            store.run(
                "retract_figure", dict(zip(("firm_id", "period", "outcome"), row, strict=True)) | {"batch_id": batch_id}
            )
        return store.batch(batch_id), figures


def retract_application(store: Store, archive: Path, application_id: str) -> Batch:
    """Take back an application, with all that files said of it. Raises UserError when the store does not tell it."""
    with store.transaction():
        if not store.rows("application", {"application_id": application_id}):
            raise UserError("retract.no_application", application=application_id)
        batch_id = _record(store, archive, ("application_id",), [(application_id,)])
        store.run("retract_application", {"application_id": application_id, "batch_id": batch_id})
        return store.batch(batch_id)


def _read(table: Table, name: str, cell: str, programme: Programme) -> str:
    """A cell as a file of sales would be read. Raises UserError when it says no firm or no period."""
    column: Column = next(column for column in table if column.name == name)
    try:
        value = cell_parser(column, CellForm(), {}, programme)(cell.strip())
    except BadCellError as error:
        raise UserError("retract.cell", value=cell, column=name) from error
    if value is None:
        raise UserError("retract.cell", value=cell, column=name)
    return str(value)


def _record(store: Store, archive: Path, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> int:
    """One batch more, of the rows that name what is taken back; kept in the archive as a file of its own."""
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerows([columns, *rows])
    whole = content.getvalue().encode()
    sha256 = hashlib.sha256(whole).hexdigest()
    with WorkFolder() as folder:
        path = Path(folder) / f"{RETRACTION}.csv"
        path.write_bytes(whole)
        store.undo_with(keep(path, sha256, archive, lambda: None))
    return store.add_batch(
        {
            "input_table": RETRACTION,
            "file_name": f"{RETRACTION}.csv",
            "sha256": sha256,
            "mapping": "{}",
            "imported_at": dt.datetime.now(dt.UTC).replace(tzinfo=None),
            "rows_in": len(rows),
            "rows_loaded": len(rows),
            "rows_rejected": 0,
        }
    )
