"""Months of the state aid register (RNA) -> rows of the store: the programme's aids, each amount once.

Files of one command are one transaction. What an earlier file gave in the same way is a duplicate; what a later one
gives otherwise is kept beside it, and holds. Amounts read = loaded + duplicates + rejected.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pandas as pd

from analytics.model import Progress, UserError, silent
from analytics.programme.file import Programme
from analytics.store.archive import hash_of, keep
from analytics.store.cells.parser import Rejection
from analytics.store.database import Store
from analytics.store.rna.measures import Selection, Tally, nearest
from analytics.store.rna.report import (
    MOST_LISTED,
    AllRejectedError,
    NoMeasureError,
    Revision,
    RnaFile,
    RnaReport,
    absent_parts,
)
from analytics.store.rna.rows import RnaRow, rows_of
from analytics.store.rna.xml import AidFile

INPUT_TABLE = "rna"
_STAGED_AT_ONCE = 1 << 14  # rows
_COLUMNS = [field.name for field in fields(RnaRow) if field.name != "rounded"]
Value = TypeVar("Value")


def import_rna(
    paths: Sequence[Path],
    *,
    programme: Programme,
    store: Store,
    archive: Path,
    car: Sequence[str] = (),
    title: str = "",
    progress: Progress = silent,
) -> RnaReport:
    """Load the programme's aids out of these files, in their order. What selects them is stated here, or else by the
    programme file. Raises UserError when a file is refused, and NoMeasureError when nothing selects or is found; the
    store is then as it was.
    """
    selection = Selection.stated(car, title)
    if selection.empty:
        selection = Selection.of(programme)
    for path in paths:
        _check_regular(path)
    tally = Tally(selection)
    if selection.empty:
        raise _nothing_selects(paths, tally, programme, progress)
    with store.transaction():
        loaded = [_load_file(path, store, archive, selection, tally, progress) for path in paths]
        if not any(file.already or file.selected for file in loaded):
            raise _nothing_found(paths, tally, " ".join((*car, title)).strip() or selection.as_json(), loaded)
        _refuse_all_rejected(loaded)
        known = {Path(batch.file_name).stem for batch in store.batches() if batch.input_table == INPUT_TABLE}
        absent = absent_parts({path.stem for path in paths}, known)
    return RnaReport(tuple(loaded), selection, tuple(tally.selected()), absent)


def _refuse_all_rejected(files: Sequence[RnaFile]) -> None:
    read = [file for file in files if not file.already]
    if any(file.rejections for file in read) and not any(file.batch.rows_loaded + file.duplicates for file in read):
        raise AllRejectedError(read)


def _check_regular(path: Path) -> None:
    if not path.exists():
        raise UserError("file.absent", file=path)
    if not path.is_file():
        raise UserError("rna.no_file", file=path)
    if path.stat().st_size == 0:
        raise UserError("file.empty", file=path.name)
    with path.open("rb") as file:
        if file.read(2) in (b"PK", b"\x1f\x8b"):
            raise UserError("rna.packed", file=path.name)


def _nothing_selects(paths: Sequence[Path], tally: Tally, programme: Programme, progress: Progress) -> NoMeasureError:
    """The error that lists the measures of the files: those that resemble the programme's title first."""
    for path in paths:
        for aid in AidFile(path, tally.wanted).aids(progress):
            for row in rows_of(aid)[0]:
                if row.nominal is not None:
                    tally.add_amount(row.car or "", Decimal(row.nominal))
    measures = tally.measures()
    title = " ".join(programme.title.root.values())
    first = nearest(measures, title, most=MOST_LISTED // 4)
    listed = [*first, *(measure for measure in measures if measure not in first)][:MOST_LISTED]
    others = len(measures) - len(listed)
    return NoMeasureError("rna.no_selection", listed, others, programme=programme.id, n=len(measures))


def _nothing_found(paths: Sequence[Path], tally: Tally, said: str, loaded: Sequence[RnaFile]) -> NoMeasureError:
    near = nearest(tally.measures(), said)
    near += [measure for measure in tally.measures() if measure not in near and _code_is_near(measure.car, said)]
    names = ", ".join(path.name for path in paths)
    read = sum(file.read for file in loaded)
    return NoMeasureError("rna.nothing_found", near[:MOST_LISTED], 0, files=names, said=said, read=read)


def _code_is_near(car: str, said: str) -> bool:
    return any(len(word) > 3 and len(word) == len(car) and _differing(word, car) == 1 for word in said.split())


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _load_file(
    path: Path, store: Store, archive: Path, selection: Selection, tally: Tally, progress: Progress
) -> RnaFile:
    """Read one file, compare it with what the store holds, load what is new; inside the caller's transaction."""

    def alive() -> None:
        progress("import", 0, 1)

    sha256 = hash_of(path, alive)
    store.refuse_forgotten(path, sha256)
    earlier = store.find_batch(INPUT_TABLE, sha256, selection.as_json())
    newest = [batch for batch in store.batches() if batch.input_table == INPUT_TABLE][-1:]
    if earlier and [earlier] == newest:
        return RnaFile(path.name, earlier, already=True)
    store.frame("rna_staged")
    reading = AidFile(path, tally.wanted)
    staging = _Staging(store)
    for aid in reading.aids(progress):
        staging.add(*rows_of(aid))
    staging.flush()
    store.frame("rna_compared")
    counts = store.frame("rna_counts").iloc[0]
    loaded = int(counts["staged"] - counts["same"])
    if earlier and not loaded:
        return RnaFile(path.name, earlier, already=True)
    batch_id = store.add_batch(
        {
            "input_table": INPUT_TABLE,
            "file_name": path.name,
            "sha256": sha256,
            "mapping": selection.as_json(),
            "imported_at": dt.datetime.now(dt.UTC).replace(tzinfo=None),
            "rows_in": loaded + len(staging.rejections),
            "rows_loaded": loaded,
            "rows_rejected": len(staging.rejections),
        }
    )
    store.frame("rna_load", {"batch_id": batch_id})
    staging.keep_rejections(batch_id)
    store.undo_with(keep(path, sha256, archive, alive))
    return RnaFile(
        name=path.name,
        batch=store.batch(batch_id),
        read=reading.read,
        selected=staging.aids,
        rows_in=staging.rows + len(staging.rejections),
        duplicates=int(counts["same"]),
        revised=int(counts["revised"]),
        missing=int(counts["missing"]),
        rounded=staging.rounded,
        removed=reading.removed,
        recoded=reading.recoded,
        unknown=tuple(reading.unknown.most_common()),
        rejections=tuple(staging.rejections[:MOST_LISTED]),
        revisions=_revisions(store),
    )


class _Staging:
    """Rows on their way into the temporary table, some thousands at a time."""

    def __init__(self, store: Store) -> None:
        self.aids = self.rows = self.rounded = 0
        self.rejections: list[Rejection] = []
        self._store = store
        self._waiting: list[RnaRow] = []

    def add(self, rows: list[RnaRow], rejections: list[Rejection]) -> None:
        self.aids += 1
        self.rejections += rejections
        self._waiting += rows
        if len(self._waiting) >= _STAGED_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        columns = {name: pd.Series([getattr(row, name) for row in self._waiting], dtype="str") for name in _COLUMNS}
        places = range(self.rows + 1, self.rows + len(self._waiting) + 1)
        self._store.append("staged_rna_aids", pd.DataFrame(columns).assign(batch_id=0, row_number=places))
        self.rows += len(self._waiting)
        self.rounded += sum(row.rounded for row in self._waiting)
        self._waiting.clear()

    def keep_rejections(self, batch_id: int) -> None:
        if self.rejections:
            columns = ("row_number", "column_name", "value", "reason", "expected")
            rows = [(one.row, one.column, one.value, one.reason, one.expected) for one in self.rejections]
            self._store.append("rejected_rows", pd.DataFrame(rows, columns=columns).assign(batch_id=batch_id))


def _revisions(store: Store) -> tuple[Revision, ...]:
    rows = store.frame("rna_revised", {"most": MOST_LISTED}).itertuples(index=False)
    return tuple(
        Revision(
            cor=str(row.cor),
            earlier_nominal=_optional(Decimal, row.earlier_nominal),
            nominal=_optional(Decimal, row.nominal),
            earlier_element=_optional(Decimal, row.earlier_element),
            element=_optional(Decimal, row.element),
            earlier_granted_on=_optional(dt.date.fromisoformat, row.earlier_granted_on),
            granted_on=_optional(dt.date.fromisoformat, row.granted_on),
        )
        for row in rows
    )


def _optional(read: Callable[[str], Value], value: object) -> Value | None:
    return read(value) if isinstance(value, str) else None
