"""File -> rows of the store and rejected rows. Every row of the file is one or the other, or the file is refused whole.

Importing is one transaction. By default one bad row refuses the file and leaves the store as it was; `partial=True`
loads the good rows and keeps the bad ones with their reasons. The same file, read the same way, twice is a no-op; read
another way, its sales replace the earlier ones and its applications are refused as already loaded.
"""

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.model import Progress, UserError, silent
from analytics.programme.file import Programme
from analytics.store.cells import Rejection
from analytics.store.columns import Table
from analytics.store.columns import applications as applications_table
from analytics.store.columns import sales as sales_table
from analytics.store.database import Batch, Store
from analytics.store.mapping import ColumnMapping
from analytics.store.readers import read_bytes, read_table
from analytics.store.row_checks import FREQUENCY, Typed, check_applications, check_sales, type_rows

RowCheck = Callable[[Typed, Table, Store, Programme], Typed]
INPUT_TABLES: dict[str, tuple[Callable[[Programme], Table], RowCheck]] = {
    "applications": (applications_table, check_applications),
    "sales": (sales_table, check_sales),
}


class RowsRefusedError(UserError):
    """The file has rows that cannot be loaded; nothing was. `rejections` says where and why."""

    def __init__(self, file: Path, rows_in: int, rejections: tuple[Rejection, ...]) -> None:
        """Count rows, not problems: a row may have several."""
        self.rejections = rejections
        bad = len({rejection.row for rejection in rejections})
        super().__init__("rows.refused", file=file.name, bad=bad, rows_in=rows_in)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did. already: this very file was imported before, nothing was done.

    superseded: how many of the file's values replace one that an earlier file gave for the same firm and period;
    outcomes_without_column: names of the programme's outcomes of which this file of sales brings nothing, because it
    has no such column and its mapping no constant for it.
    """

    batch: Batch
    already: bool
    rejections: tuple[Rejection, ...] = ()
    unused_columns: tuple[str, ...] = ()
    superseded: int = 0
    outcomes_without_column: tuple[str, ...] = ()


def import_file(
    kind: str,
    path: Path,
    *,
    programme: Programme,
    store: Store,
    archive: Path,
    mapping: ColumnMapping | None = None,
    partial: bool = False,
    progress: Progress = silent,
) -> Report:
    """Import one file of applications or sales. Raises UserError when it is refused; the store is then as it was."""
    mapping = mapping or ColumnMapping()
    content = read_bytes(path)
    sha256 = hashlib.sha256(content).hexdigest()
    with store.transaction():  # from the first look at the store, so that two imports at once cannot both be right
        earlier = store.find_batch(kind, sha256, mapping.as_json())
        if earlier:
            return Report(earlier, already=True)
        progress("import", 0, 3)
        raw = read_table(content, path, mapping.format)
        progress("import", 1, 3)
        table_of, check = INPUT_TABLES[kind]
        table = table_of(programme)
        typed = check(type_rows(raw, table, mapping, programme, path.name), table, store, programme)
        if typed.rejections and not partial:
            raise RowsRefusedError(path, typed.rows_in, typed.rejections)
        if typed.frame.empty:
            raise UserError("file.nothing_loaded", file=path.name, rows_in=typed.rows_in)
        progress("import", 2, 3)
        _archive(content, archive / sha256[:2] / f"{sha256}{path.suffix.lower()}")
        batch_id = _load(kind, typed, path.name, sha256, mapping, programme, store)
        superseded = int(store.frame("superseded", {"batch_id": batch_id})["superseded"].iloc[0])
        batch = store.batch(batch_id)
    without_column = _outcomes_without_column(typed, mapping, programme) if kind == "sales" else ()
    return Report(batch, False, typed.rejections, typed.unused_columns, superseded, without_column)


def _outcomes_without_column(typed: Typed, mapping: ColumnMapping, programme: Programme) -> tuple[str, ...]:
    """Names of the declared outcomes that neither a column of the file nor a constant of its mapping gives."""
    present = {*typed.names, *mapping.constants}
    return tuple(outcome.name for outcome in programme.outcomes if outcome.column not in present)


def _archive(content: bytes, target: Path) -> None:
    """Keep the source file under its hash. A kill leaves at worst a copy that no batch names."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            copy = Path(folder) / target.name
            with copy.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            copy.replace(target)
    except OSError as error:
        raise UserError("store.unwritable", file=target.parent, problem=error.strerror) from error


def _load(
    kind: str, typed: Typed, file: str, sha256: str, mapping: ColumnMapping, programme: Programme, store: Store
) -> int:
    """Write one batch with its rows, inside the caller's transaction; its number."""
    batch_id = store.add_batch(
        {
            "input_table": kind,
            "file_name": file,
            "sha256": sha256,
            "mapping": mapping.as_json(),
            "imported_at": dt.datetime.now(dt.UTC).replace(tzinfo=None),
            "rows_in": typed.rows_in,
            "rows_loaded": len(typed.frame),
            "rows_rejected": typed.rows_rejected,
        }
    )
    if typed.rejections:
        rejected = pd.DataFrame(
            [(bad.row, bad.column, bad.value, bad.reason, bad.expected) for bad in typed.rejections],
            columns=["row_number", "column_name", "value", "reason", "expected"],
        )
        store.append("rejected_rows", rejected.assign(batch_id=batch_id))
    frame = typed.frame.rename(columns={"fiscal_code": "firm_id"})
    if kind == "applications":
        store.append("applications", frame.assign(batch_id=batch_id))
    else:
        store.append("observations", _observations(frame, programme).assign(batch_id=batch_id))
        store.set_frequency(FREQUENCY[len(frame["period"].iloc[0])])
    return batch_id


def _observations(frame: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """One row per firm, period and reported outcome."""
    by_outcome = []
    for outcome in programme.outcomes:
        reported = frame.loc[frame[outcome.column].notna(), ["firm_id", "period", "source", outcome.column]]
        by_outcome.append(reported.rename(columns={outcome.column: "value"}).assign(outcome=outcome.name))
    return pd.concat(by_outcome, ignore_index=True)
