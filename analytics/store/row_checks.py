"""Rows of text -> typed rows, good or rejected: what each cell says, then what one column cannot tell.

A row is rejected with every reason that its cells give; what the rows say together is asked of the good ones only.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.arrays import IntArray, ObjectArray
from analytics.model import UserError
from analytics.programme.classifications import AmbiguousCodeError, UnknownCodeError, division_2007, size_class
from analytics.programme.file import Programme
from analytics.store.cells import BadCellError, Rejection, cell_parser, plain_parser
from analytics.store.columns import CellKind, Table, required_columns
from analytics.store.database import Store
from analytics.store.mapping import ColumnMapping
from analytics.store.readers import RawTable

FREQUENCY = {7: "M", 6: "Q", 4: "Y"}  # by length of the canonical period: 2021-03, 2021Q1, 2021
GROUPED = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+", re.ASCII)  # 9.500: nine and a half, or nine thousand five hundred?
MARKS = ",;\t|"  # separators that a header read as one column may hold


@dataclass(frozen=True, slots=True)
class Typed:
    """A file's good rows and its bad ones.

    frame: canonical columns of objects (text, dates; None = empty) and row_number; names: our column -> the file's;
    unused_columns: columns of the file that nobody asked for.
    """

    frame: pd.DataFrame
    rows_in: int
    rejections: tuple[Rejection, ...]
    names: dict[str, str]
    unused_columns: tuple[str, ...]

    @property
    def rows_rejected(self) -> int:
        """Rows, not problems."""
        return len({rejection.row for rejection in self.rejections})

    def without(self, rejections: Sequence[Rejection]) -> "Typed":
        """The same with these rows among the rejected."""
        if not rejections:
            return self
        bad = {rejection.row for rejection in rejections}
        frame = self.frame[~self.frame["row_number"].isin(bad)].reset_index(drop=True)
        every = sorted((*self.rejections, *rejections), key=lambda rejection: (rejection.row, rejection.column))
        return replace(self, frame=frame, rejections=tuple(every))


def type_rows(raw: RawTable, table: Table, mapping: ColumnMapping, programme: Programme, file: str) -> Typed:
    """Read each cell as its column says. Raises UserError when the mapping is wrong or a required column is missing."""
    _check_mapping(table, mapping, programme)
    names = _match_columns(raw, table, mapping, programme, file)
    rejections = [Rejection(row, "", str(n), "cells", str(raw.cells.shape[1])) for row, n in raw.ragged]
    values: dict[str, ObjectArray] = {}
    for column in table:
        read = cell_parser(column, mapping, programme)
        if column.name in mapping.constants:
            values[column.name] = _constant_column(len(raw.rows), read(mapping.constants[column.name].strip()))
        elif column.name in names:
            name = names[column.name]
            if column.kind is CellKind.DECIMAL:
                _check_one_reading(raw.cells[name], name, mapping, file)
            values[column.name], bad = _parse_cells(raw.cells[name], raw.rows, name, read)
            rejections += bad
            if column.required:
                unread = {rejection.row for rejection in bad}
                empty = raw.rows[[value is None for value in values[column.name]]]
                rejections += [Rejection(row, name, "", "missing") for row in empty.tolist() if row not in unread]
        else:
            values[column.name] = _constant_column(len(raw.rows), None)
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in values.items()})
    unused = tuple(sorted(set(raw.cells.columns) - set(names.values())))
    return Typed(frame.assign(row_number=raw.rows), raw.rows_in, (), names, unused).without(rejections)


def _check_one_reading(cells: pd.Series, name: str, mapping: ColumnMapping, file: str) -> None:
    """Refuse a column of typed text whose dots could all be thousands or decimals, unless the mapping says which."""
    stated = mapping.format.model_fields_set & {"decimal", "thousands"}
    if stated or not file.lower().endswith(".csv"):
        return
    dotted = [cell.strip() for cell in cells.unique() if "." in cell]
    if dotted and all(GROUPED.fullmatch(cell) for cell in dotted):
        whole = dotted[0].replace(".", "")
        raise UserError("file.two_readings", file=file, column=name, value=dotted[0], whole=whole)


def _constant_column(n: int, value: object) -> ObjectArray:
    return np.full(n, value, dtype=object)


def _check_mapping(table: Table, mapping: ColumnMapping, programme: Programme) -> None:
    """Refuse a mapping that names a column that there is not, or a value that its column cannot hold."""
    columns = {column.name: column for column in table}
    for part, names in (("columns", mapping.columns), ("constants", mapping.constants), ("values", mapping.values)):
        unknown = sorted(set(names) - set(columns))
        if unknown:
            raise UserError("mapping.strange", entry=f"{part}.{unknown[0]}", known=", ".join(sorted(columns)))
    written = {f"constants.{name}": (name, value) for name, value in mapping.constants.items()}
    for name, words in mapping.values.items():
        written |= {f"values.{name}.{theirs}": (name, ours) for theirs, ours in words.items()}
    for key, (name, value) in written.items():
        try:
            plain_parser(columns[name], mapping.format, programme)(value) if value else None
        except BadCellError as error:
            raise UserError("mapping.value", entry=key, value=value, column=name, expected=error.expected) from error


def _match_columns(
    raw: RawTable, table: Table, mapping: ColumnMapping, programme: Programme, file: str
) -> dict[str, str]:
    """Our column name -> the file's. Raises UserError when a required or mapped column is not in the file."""
    in_file = list(raw.cells.columns)
    sought = {column.name: mapping.columns.get(column.name, column.name) for column in table}
    names = {ours: theirs for ours, theirs in sought.items() if theirs in in_file and ours not in mapping.constants}
    absent = {*required_columns(table, programme), *mapping.columns} - names.keys() - mapping.constants.keys()
    missing = ", ".join(theirs for ours, theirs in sought.items() if ours in absent)
    if not missing:
        return names
    one_column = len(in_file) == 1 and file.lower().endswith(".csv") and any(mark in in_file[0] for mark in MARKS)
    key = "file.separator" if one_column else "file.column_missing"
    raise UserError(key, file=file, missing=missing, found=", ".join(in_file)[:400], row=mapping.format.header_row)


def _parse_cells(
    cells: pd.Series, rows: IntArray, name: str, read: Callable[[str], object]
) -> tuple[ObjectArray, list[Rejection]]:
    """What a column's cells mean, and which mean nothing. Each distinct text is read once."""
    codes, distinct = pd.factorize(cells)
    meaning = np.empty(len(distinct), dtype=object)
    bad: dict[int, tuple[str, BadCellError]] = {}
    for i, cell in enumerate(distinct):
        try:
            meaning[i] = read(cell.strip())
        except BadCellError as error:
            bad[i] = cell.strip(), error
    where = np.flatnonzero(np.isin(codes, list(bad)))
    unread = ((int(rows[i]), *bad[codes[i]]) for i in where)
    return meaning[codes], [Rejection(row, name, cell, why.reason, why.expected) for row, cell, why in unread]


def _reject(typed: Typed, mask: pd.Series, column: str, reason: str, expected: pd.Series | str = "") -> Typed:
    """Move the rows under the mask to the rejected ones."""
    rows = typed.frame[mask.to_numpy(dtype=bool)]
    expectations = expected.loc[rows.index] if isinstance(expected, pd.Series) else [expected] * len(rows)
    name = typed.names.get(column, column)
    return typed.without(
        [
            Rejection(int(row), name, "" if value is None else str(value), reason, str(wording))
            for row, value, wording in zip(rows["row_number"], rows[column], expectations, strict=True)
        ]
    )


def _reject_repeated(typed: Typed, table: Table) -> Typed:
    """Of rows with the same key the first stays."""
    repeated = typed.frame.duplicated(table.keys)
    if not repeated.any():
        return typed
    first = typed.frame.groupby(table.keys)["row_number"].transform("first")
    return _reject(typed, repeated, table.keys[-1], "repeated", first)


def check_applications(typed: Typed, table: Table, store: Store, programme: Programme) -> Typed:
    """Reject what the rows say wrongly together: duplicates, awards that contradict the outcome, activity codes that
    their edition does not have. Adds the ATECO 2007 division, and fills empty size classes.
    """
    of_award = {column.name for column in table if column.of_award}
    for name in programme.requires:
        empty = typed.frame[name].isna()
        typed = _reject(
            typed, empty & typed.frame["awarded_on"].notna() if name in of_award else empty, name, "missing"
        )
    typed = _reject_repeated(typed, table)
    known = typed.frame["application_id"].isin(store.key_values("application_id"))
    typed = _reject(typed, known, "application_id", "already_loaded")
    awarded, outcome = typed.frame["awarded_on"].notna(), typed.frame["outcome"]
    typed = _reject(typed, outcome.isin(["funded", "revoked"]) & ~awarded, "awarded_on", "award_missing")
    awarded, outcome = typed.frame["awarded_on"].notna(), typed.frame["outcome"]
    typed = _reject(typed, outcome.isin(["not_funded", "not_admitted"]) & awarded, "awarded_on", "award_contradicts")
    return _fill_size_classes(_add_divisions(_reject_outside_call(typed, programme)))


def _reject_outside_call(typed: Typed, programme: Programme) -> Typed:
    """Reject awards of before the call opened and grants above its maximum."""
    if programme.call_opened is not None:
        opened = pd.Period(programme.call_opened).start_time.date()
        early = typed.frame["awarded_on"].map(lambda day: day is not None and day < opened).astype(bool)
        typed = _reject(typed, early, "awarded_on", "award_before_call", programme.call_opened)
    if programme.grant_max is not None:
        most = programme.grant_max
        large = typed.frame["grant_eur"].map(lambda euros: euros is not None and float(euros) > most).astype(bool)
        typed = _reject(typed, large, "grant_eur", "too_large", f"{most:g}")
    return typed


def _add_divisions(typed: Typed) -> Typed:
    """Add the ATECO 2007 division of each activity code; without an edition a code is of 2007."""
    division: dict[tuple[str, str], int] = {}
    problem: dict[tuple[str, str], str] = {}
    codes, editions = typed.frame["ateco_code"], typed.frame["ateco_edition"].fillna("2007")
    for pair in set(zip(codes, editions, strict=True)):
        if pair[0] is None:
            continue
        try:
            division[pair] = division_2007(*pair)
        except UnknownCodeError:
            problem[pair] = "ateco_unknown"
        except AmbiguousCodeError:
            problem[pair] = "ateco_ambiguous"
    pairs = pd.Series(list(zip(codes, editions, strict=True)), index=typed.frame.index, dtype=object)
    typed = replace(typed, frame=typed.frame.assign(division=pairs.map(division).astype("Int64")))
    reasons = pairs.map(problem)
    for reason in ("ateco_unknown", "ateco_ambiguous"):
        mask = reasons == reason
        typed = _reject(typed, mask, "ateco_code", reason, editions)
        reasons, editions = reasons[~mask].reset_index(drop=True), editions[~mask].reset_index(drop=True)
    return typed


def _fill_size_classes(typed: Typed) -> Typed:
    """Fill an empty size class from staff and accounts, where staff is known."""
    columns = (typed.frame[name] for name in ("size_class", "employees", "turnover_eur", "balance_sheet_eur"))
    sizes = [
        stated if stated or staff is None else size_class(float(staff), _amount(turnover), _amount(balance))
        for stated, staff, turnover, balance in zip(*columns, strict=True)
    ]
    return replace(typed, frame=typed.frame.assign(size_class=pd.Series(sizes, dtype=object)))


def _amount(cell: str | None) -> float | None:
    return None if cell is None else float(cell)


def check_sales(typed: Typed, table: Table, store: Store, programme: Programme) -> Typed:
    """Reject firms that did not apply, second rows of a firm and period, and periods of another frequency than the
    programme's. Raises UserError before any applications were imported.
    """
    del programme
    firms = store.key_values("firm_id")
    if not firms:
        raise UserError("sales.before_applications")
    typed = _reject(typed, ~typed.frame["fiscal_code"].isin(firms), "fiscal_code", "firm_unknown")
    typed = _reject_repeated(typed, table)
    frequencies = typed.frame["period"].map(len).map(FREQUENCY)
    frequency = store.frequency or (frequencies.mode().iloc[0] if len(frequencies) else "")
    return _reject(typed, frequencies != frequency, "period", "frequency", frequency)
