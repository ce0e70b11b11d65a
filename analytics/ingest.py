"""File -> rows of the store and rejected rows. Every row of the file is one or the other, or the file is refused whole.

Importing is one transaction. By default one bad row refuses the file and leaves the store as it was; `partial=True`
loads the good rows and keeps the bad ones with their reasons. The same file, read the same way, twice is a no-op.
"""

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.cells import BadCellError, Rejection, parser
from analytics.model import UserError
from analytics.programme import Programme
from analytics.readers import Mapping, RawTable, read_table
from analytics.reference import AmbiguousCodeError, AtecoEdition, UnknownCodeError, division_2007, size_class
from analytics.schema import Kind, Table, must_stand
from analytics.schema import applications as applications_table
from analytics.schema import sales as sales_table
from analytics.store import Batch, Store

TABLES: dict[str, Callable[[Programme], Table]] = {"applications": applications_table, "sales": sales_table}
FREQUENCY = {7: "M", 6: "Q", 4: "Y"}  # by length of the canonical period: 2021-03, 2021Q1, 2021
Progress = Callable[[str], None]


class RowsRefusedError(UserError):
    """The file has rows that cannot be loaded; nothing was. `rejections` says where and why."""

    def __init__(self, file: Path, rows_in: int, rejections: tuple[Rejection, ...]) -> None:
        """Count rows, not problems: a row may have several."""
        self.rejections = rejections
        bad = len({rejection.row for rejection in rejections})
        super().__init__("rows.refused", file=file.name, bad=bad, rows_in=rows_in)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did. already: this very file was imported before, nothing was done."""

    batch: Batch
    already: bool
    rejections: tuple[Rejection, ...] = ()
    unused_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """A file's good rows in canonical columns (text or None; dates as dates), their row numbers, and the bad rows."""

    frame: pd.DataFrame
    rows_in: int
    rejections: tuple[Rejection, ...]
    unused_columns: tuple[str, ...]

    @property
    def rows_rejected(self) -> int:
        """Rows, not problems."""
        return len({rejection.row for rejection in self.rejections})


def import_file(
    kind: str,
    path: Path,
    *,
    programme: Programme,
    store: Store,
    archive: Path,
    mapping: Mapping | None = None,
    partial: bool = False,
    progress: Progress = lambda step: None,
) -> Report:
    """Import one file of applications or sales. Raises UserError, and leaves the store unchanged, when it is refused."""
    mapping = mapping or Mapping()
    if path.is_dir():
        raise UserError("file.directory", file=path)
    if not path.exists():
        raise UserError("file.absent", file=path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    known = store.batch_of(kind, sha256, mapping.model_dump_json())
    if known:
        return Report(known, already=True)
    progress("read")
    raw = read_table(path, mapping.format)
    progress("check")
    typed = type_rows(raw, TABLES[kind](programme), mapping, programme, path)
    typed = _check_applications(typed, store, programme) if kind == "applications" else _check_sales(typed, store)
    if typed.rejections and not partial:
        raise RowsRefusedError(path, typed.rows_in, typed.rejections)
    if typed.frame.empty:
        raise UserError("file.nothing_loaded", file=path.name, rows_in=typed.rows_in)
    progress("load")
    _archive(path, sha256, archive)
    with store.transaction():
        batch_id = _load(kind, typed, path, sha256, mapping, programme, store)
    batch = next(batch for batch in store.batches() if batch.batch_id == batch_id)
    return Report(batch, already=False, rejections=typed.rejections, unused_columns=typed.unused_columns)


def type_rows(raw: RawTable, table: Table, mapping: Mapping, programme: Programme, path: Path) -> Typed:
    """Read each cell as its column says. Raises UserError when a column that must stand is missing."""
    theirs = _columns(raw, table, mapping, programme, path)
    frame = pd.DataFrame({"row_number": raw.rows})
    rejections = [
        Rejection(row, "", str(found), "cells", str(raw.cells.shape[1])) for row, found in raw.ragged
    ]
    for column in table:
        if column.name in mapping.constants:
            cells = pd.Series(mapping.constants[column.name], index=raw.cells.index, dtype="str")
        elif column.name in theirs:
            cells = raw.cells[theirs[column.name]].str.strip()
        else:
            frame[column.name] = None
            continue
        name = theirs.get(column.name, column.name)
        values, bad = _parse(cells, parser(column, mapping, programme))
        frame[column.name] = values
        rejections += [Rejection(int(raw.rows[i]), name, cells.iloc[i], bad[cells.iloc[i]].reason, bad[cells.iloc[i]].expected)
                       for i in np.flatnonzero(cells.isin(bad.keys()))]
        if column.required:
            rejections += [Rejection(int(raw.rows[i]), name, "", "missing") for i in np.flatnonzero(cells == "")]
    unused = tuple(sorted(set(raw.cells.columns) - set(theirs.values()) - {""}))
    return _without_rejected(Typed(frame, raw.rows_in, tuple(rejections), unused))


def _columns(raw: RawTable, table: Table, mapping: Mapping, programme: Programme, path: Path) -> dict[str, str]:
    """Our column name -> the file's."""
    known = {column.name for column in table}
    for part, names in (("columns", mapping.columns), ("constants", mapping.constants), ("values", mapping.values)):
        strange = sorted(set(names) - known)
        if strange:
            raise UserError("mapping.strange", key=f"{part}.{strange[0]}", known=", ".join(sorted(known)))
    present = set(raw.cells.columns)
    missing_theirs = sorted(theirs for theirs in mapping.columns.values() if theirs not in present)
    theirs = {name: mapping.columns.get(name, name) for name in known if mapping.columns.get(name, name) in present}
    missing = [mapping.columns.get(n, n) for n in must_stand(table, programme) if n not in theirs and n not in mapping.constants]
    if missing or missing_theirs:
        found = list(raw.cells.columns)
        key = "file.separator" if len(found) == 1 and any(mark in found[0] for mark in ",;\t|") else "file.column_missing"
        raise UserError(key, file=path.name, missing=", ".join(dict.fromkeys(missing + missing_theirs)), found=", ".join(found)[:400])
    return theirs


def _parse(cells: pd.Series, read: Callable[[str], object]) -> tuple[list[object], dict[str, BadCellError]]:
    """Each distinct text is read once; an empty cell is None."""
    meaning: dict[str, object] = {"": None}
    bad: dict[str, BadCellError] = {}
    for cell in cells.unique():
        if cell:
            try:
                meaning[cell] = read(cell)
            except BadCellError as error:
                meaning[cell] = None
                bad[cell] = error
    return [meaning[cell] for cell in cells], bad


def _without_rejected(typed: Typed) -> Typed:
    bad = {rejection.row for rejection in typed.rejections}
    frame = typed.frame[~typed.frame["row_number"].isin(bad)].reset_index(drop=True)
    return Typed(frame, typed.rows_in, tuple(sorted(typed.rejections, key=lambda r: (r.row, r.column))), typed.unused_columns)


def _reject(typed: Typed, mask: pd.Series, column: str, reason: str, expected: pd.Series | str = "") -> Typed:
    """Move the rows under the mask to the rejected ones."""
    rows = typed.frame[mask.to_numpy(dtype=bool)]
    says = expected.loc[rows.index] if isinstance(expected, pd.Series) else [expected] * len(rows)
    found = tuple(
        Rejection(int(row), column, "" if pd.isna(value) else str(value), reason, str(said))
        for row, value, said in zip(rows["row_number"], rows[column], says, strict=True)
    )
    return _without_rejected(Typed(typed.frame, typed.rows_in, typed.rejections + found, typed.unused_columns))


def _reject_repeated(typed: Typed, keys: list[str]) -> Typed:
    """Of rows with the same key the first stays."""
    repeated = typed.frame.duplicated(keys)
    first = typed.frame.groupby(keys, dropna=False)["row_number"].transform("first")
    return _reject(typed, repeated, keys[-1], "repeated", first)


def _check_applications(typed: Typed, store: Store, programme: Programme) -> Typed:
    """What one column cannot tell: duplicates, awards that contradict the outcome, activity codes of their edition."""
    of_award = {column.name for column in applications_table(programme) if column.of_award}
    for name in programme.requires:
        without = typed.frame[name].isna()
        typed = _reject(typed, without & typed.frame["awarded_on"].notna() if name in of_award else without, name, "missing")
    typed = _reject_repeated(typed, ["application_id"])
    typed = _reject(typed, typed.frame["application_id"].isin(store.known("application_id")), "application_id", "already_loaded")
    frame = typed.frame
    without = frame["outcome"].isin(["funded", "revoked"]) & frame["awarded_on"].isna()
    typed = _reject(typed, without, "awarded_on", "award_missing")
    frame = typed.frame
    contrary = frame["outcome"].isin(["not_funded", "not_admitted"]) & frame["awarded_on"].notna()
    return _classified(_reject(typed, contrary, "awarded_on", "award_contradicts"))


def _classified(typed: Typed) -> Typed:
    """Add the ATECO 2007 division; fill an empty size class from staff and accounts."""
    codes = typed.frame[["ateco_code", "ateco_edition"]].drop_duplicates()
    division: dict[tuple[str, str], int] = {}
    problem: dict[tuple[str, str], str] = {}
    for code, edition in codes.itertuples(index=False):
        if code is None:
            continue
        try:
            division[code, edition] = division_2007(code, edition or "2007")
        except (UnknownCodeError, AmbiguousCodeError) as error:
            problem[code, edition] = "ateco_unknown" if isinstance(error, UnknownCodeError) else "ateco_ambiguous"
    pairs = list(zip(typed.frame["ateco_code"], typed.frame["ateco_edition"], strict=True))
    typed.frame["division"] = pd.array([division.get(pair) for pair in pairs], dtype="Int64")
    typed.frame["size_class"] = [
        given or (size_class(float(staff), _amount(turnover), _amount(balance)) if staff is not None else None)
        for given, staff, turnover, balance in zip(
            *(typed.frame[name] for name in ("size_class", "employees", "turnover_eur", "balance_sheet_eur")), strict=True
        )
    ]
    for reason in ("ateco_unknown", "ateco_ambiguous"):
        pairs = list(zip(typed.frame["ateco_code"], typed.frame["ateco_edition"], strict=True))
        mask = pd.Series([problem.get(pair) == reason for pair in pairs], index=typed.frame.index, dtype=bool)
        typed = _reject(typed, mask, "ateco_code", reason, typed.frame["ateco_edition"].fillna("2007"))
    return typed


def _amount(cell: object) -> float | None:
    return None if cell is None else float(str(cell))


def _check_sales(typed: Typed, store: Store) -> Typed:
    """Firms that applied, one row per firm and period, one frequency for the whole programme."""
    firms = store.known("firm_id")
    if not firms:
        raise UserError("sales.before_applications")
    typed = _reject(typed, ~typed.frame["fiscal_code"].isin(firms), "fiscal_code", "firm_unknown")
    typed = _reject_repeated(typed, ["fiscal_code", "period"])
    lengths = typed.frame["period"].str.len().map(FREQUENCY)
    frequency = store.frequency or (lengths.mode().iloc[0] if len(lengths) else None)
    return _reject(typed, lengths != frequency, "period", "frequency", str(frequency))


def _archive(path: Path, sha256: str, archive: Path) -> None:
    """Keep the source file under its hash. A kill leaves at worst a copy that no batch names."""
    target = archive / sha256[:2] / f"{sha256}{path.suffix.lower()}"
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{os.getpid()}.partial")
    shutil.copyfile(path, partial)
    partial.replace(target)


def _load(
    kind: str, typed: Typed, path: Path, sha256: str, mapping: Mapping, programme: Programme, store: Store
) -> int:
    batch_id = store.add_batch(
        {
            "input_table": kind,
            "file_name": path.name,
            "sha256": sha256,
            "mapping": mapping.model_dump_json(),
            "imported_at": dt.datetime.now(dt.UTC).replace(tzinfo=None),
            "rows_in": typed.rows_in,
            "rows_loaded": len(typed.frame),
            "rows_rejected": typed.rows_rejected,
        }
    )
    if typed.rejections:
        rejected = pd.DataFrame(
            [(batch_id, r.row, r.column, r.value, r.reason, r.expected) for r in typed.rejections],
            columns=["batch_id", "row_number", "column_name", "value", "reason", "expected"],
        )
        store.append("rejected_rows", rejected)
    frame = typed.frame.rename(columns={"fiscal_code": "firm_id"})
    if kind == "applications":
        store.append("applications", frame.assign(batch_id=batch_id))
    else:
        store.append("observations", _long(frame, programme).assign(batch_id=batch_id))
        store.set_frequency(FREQUENCY[len(frame["period"].iloc[0])])
    return batch_id


def _long(frame: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """One row per firm, period and reported outcome."""
    names = {outcome.column: outcome.name for outcome in programme.outcomes}
    melted = frame.melt(
        id_vars=["firm_id", "period", "source"], value_vars=list(names), var_name="outcome", value_name="value"
    )
    melted = melted[melted["value"].notna()]
    return melted.assign(outcome=melted["outcome"].map(names)).reset_index(drop=True)
