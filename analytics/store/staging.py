"""The rows of one file between its cells and the store: temporary tables of the import's own transaction.

`staged_applications`, `staged_comparison` or `staged_sales` hold the typed rows, with the number of their sheet and
their row; `staged_rejections` what is wrong with the others. They stay with the database, which spills to its own disk
what does not fit into memory.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.store.cells.parser import Rejection
from analytics.store.columns import CellKind, Table
from analytics.store.current import KEYS
from analytics.store.database import Store
from analytics.store.differences import Difference, compare_figures, compare_rows, stored_name

MOST_TOLD = 10_000  # problems that a report carries; the store keeps all of them
_REJECTED = pa.schema(
    [("sheet", pa.int32()), ("row_number", pa.int64())]
    + [(name, pa.string()) for name in ("ours", "column_name", "value", "reason", "expected")]
)
_TYPES = {CellKind.DATE: "DATE", CellKind.DECIMAL: "DECIMAL(18, 6)"}


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """The columns of a sheet that is read, "" in a file without sheets. theirs: our column -> its heading; given: those
    of ours that every row of the sheet has a cell for, or that its mapping states.
    """

    sheet: str
    theirs: Mapping[str, str]
    given: frozenset[str]


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """One kind of problem in one column of the file: how many rows have it, and the first of them."""

    column: str
    reason: str
    count: int
    row: int
    value: str
    expected: str


class Staging:
    """The staged rows of one file."""

    def __init__(self, store: Store, table: Table, sheets: Sequence[SheetColumns]) -> None:
        """Make the temporary tables anew, for the sheets that are read."""
        self.store, self.table = store, table
        self.name = f"staged_{table.name}"
        names = [("firm_id" if c.name == "fiscal_code" else c.name, _TYPES.get(c.kind, "VARCHAR")) for c in table]
        names += [("division", "INTEGER")] if self.of_firms else []
        columns = ", ".join(f'"{name}" {kind}' for name, kind in names)
        store.execute(f"CREATE OR REPLACE TEMP TABLE {self.name} ({columns}, sheet INTEGER, row_number BIGINT)")
        store.run("staged_rejections")
        store.run("staged_headings")
        rows = [(n, one.sheet, ours, theirs) for n, one in enumerate(sheets) for ours, theirs in one.theirs.items()]
        cells = [list(column) for column in zip(*rows, strict=True)]
        named = dict(zip(("sheet", "sheet_name", "ours", "theirs"), cells, strict=True))
        store.append_arrow("staged_headings", pa.table(named))
        store.execute("CREATE OR REPLACE TEMP TABLE staged_sheets (sheet INTEGER, given VARCHAR[])")
        given = [sorted(map(stored_name, one.given)) for one in sheets]
        numbers = pa.array(range(len(sheets)), pa.int32())
        store.append_arrow(
            "staged_sheets", pa.table({"sheet": numbers, "given": pa.array(given, pa.list_(pa.string()))})
        )

    @property
    def of_firms(self) -> bool:
        """Whether each row describes an application or a firm: its activity has a division."""
        return self.table.stored in KEYS

    def add(self, sheet: int, frame: pa.Table) -> None:
        """Stage typed rows: canonical columns and row_number."""
        names = ["firm_id" if name == "fiscal_code" else name for name in frame.column_names]
        number = pa.repeat(pa.scalar(sheet, pa.int32()), len(frame))
        staged = frame.rename_columns(names).append_column("sheet", number)
        if self.of_firms:
            staged = staged.append_column("division", pa.nulls(len(frame), pa.int32()))
        self.store.append_arrow(self.name, staged)

    def reject(self, sheet: int, rejections: Iterable[Rejection]) -> None:
        """Stage what is wrong with rows of a sheet."""
        rows = [(sheet, r.row, r.ours, r.column or None, r.value, r.reason, r.expected) for r in rejections]
        if rows:
            columns = zip(*rows, strict=True)
            arrays = [pa.array(list(cells), field.type) for cells, field in zip(columns, _REJECTED, strict=True)]
            self.store.append_arrow("staged_rejections", pa.table(arrays, schema=_REJECTED))

    def check(self, query: str, parameters: Mapping[str, object] | None = None) -> None:
        """Reject the rows that the query finds; nothing of them stays staged."""
        if self.store.run(query, parameters):
            self.remove_rejected()

    def remove_rejected(self) -> None:
        """Take the rejected rows out; of a file with a column per month each stands in several staged rows."""
        self.store.execute(
            f"DELETE FROM {self.name} WHERE (sheet, row_number) IN "  # noqa: S608 - our own name
            "(SELECT (sheet, row_number) FROM staged_rejections)"
        )

    def frame(self) -> pd.DataFrame:
        """The staged rows as objects; None = empty. For files of firms, never of sales."""
        columns = self.store.columns(f"SELECT * FROM {self.name} ORDER BY sheet, row_number")  # noqa: S608
        return pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})

    @property
    def brings_new_rows(self) -> bool:
        """Whether any staged application or firm is not known yet. Sales are each new by themselves."""
        if not self.of_firms:
            return False
        key = KEYS[self.table.stored]
        known = f"SELECT {key} FROM current_{self.table.stored}"  # noqa: S608
        return self.store.number(f"SELECT count(*) FROM {self.name} WHERE {key} NOT IN ({known})") > 0  # noqa: S608

    def complete(self) -> None:
        """Let the staged rows say what is known already of their keys, where the file says nothing; what it says itself
        stays in the temporary table `given_rows`.
        """
        key, current = KEYS[self.table.stored], f"current_{self.table.stored}"
        self.store.execute(f"CREATE OR REPLACE TEMP TABLE given_rows AS FROM {self.name}")
        names = [stored_name(column.name) for column in self.table]
        filled = ", ".join(
            f"{name} = coalesce(s.{name}, c.{name})" for name in names if name not in (key, "size_class")
        )
        size = (
            "size_class = coalesce(s.size_class, CASE WHEN coalesce(s.employees, s.turnover_eur, s.balance_sheet_eur) "
            "IS NULL THEN c.size_class END)"
        )
        self.store.execute(f"UPDATE {self.name} AS s SET {filled}, {size} FROM {current} AS c WHERE c.{key} = s.{key}")  # noqa: S608

    def set_derived(self, checked: pd.DataFrame) -> None:
        """Keep what checks derive of the activity: its division."""
        derived = checked[["sheet", "row_number", "division"]]
        self.store.execute("CREATE OR REPLACE TEMP TABLE derived (sheet INTEGER, row_number BIGINT, division INTEGER)")
        self.store.append("derived", derived)
        self.store.execute(
            f"UPDATE {self.name} AS s SET division = d.division FROM derived AS d "  # noqa: S608
            "WHERE d.sheet = s.sheet AND d.row_number = s.row_number"
        )

    def compare(self, programme: Programme, *, takes_back: bool) -> Difference:
        """How the staged rows differ from what the store tells."""
        if not self.of_firms:
            return compare_figures(self.store, programme, takes_back=takes_back)
        good = f"SEMI JOIN {self.name} AS s ON s.sheet = g.sheet AND s.row_number = g.row_number"
        self.store.execute(f"CREATE OR REPLACE TEMP VIEW given_and_good AS SELECT g.* FROM given_rows AS g {good}")  # noqa: S608
        key, current = KEYS[self.table.stored], f"current_{self.table.stored}"
        return compare_rows(self.store, self.table, key, "given_and_good", current, takes_back=takes_back)

    @property
    def rows_loaded(self) -> int:
        """Rows of the file that are staged."""
        return self.store.number(f"SELECT count(*) FROM (SELECT DISTINCT sheet, row_number FROM {self.name})")  # noqa: S608

    @property
    def rows_rejected(self) -> int:
        """Rows of the file that have a problem."""
        return self.store.number("SELECT count(*) FROM (SELECT DISTINCT sheet, row_number FROM staged_rejections)")

    @property
    def problems(self) -> int:
        """All that is wrong with the rejected rows."""
        return self.store.number("SELECT count(*) FROM staged_rejections")

    def load(self, batch_id: int, programme: Programme, *, takes_back: bool) -> None:
        """Write what the file says to the store, as rows of this batch, and keep the rejected ones. takes_back: whether
        cells that are empty take back what the store tells there. Call after `compare`.
        """
        self.store.run("keep_rejected", {"batch_id": batch_id})
        if self.of_firms:
            self._load_firms(batch_id, takes_back=takes_back)
            return
        for outcome in programme.outcomes:
            self.store.execute(
                f'INSERT INTO observations SELECT firm_id, period, $outcome, "{outcome.column}", source, $batch '  # noqa: S608
                f'FROM {self.name} WHERE "{outcome.column}" IS NOT NULL',
                {"outcome": outcome.name, "batch": batch_id},
            )
            if takes_back:
                self._take_back(outcome, batch_id)

    def _load_firms(self, batch_id: int, *, takes_back: bool) -> None:
        names = [stored_name(column.name) for column in self.table]
        columns, given = ", ".join(names), ", ".join(f"g.{name}" for name in names)
        emptied = ", ".join(
            f"CASE WHEN g.{name} IS NULL AND list_contains(h.given, '{name}') THEN '{taken}' END"
            for name, taken in (*zip(names, names, strict=True), ("ateco_code", "division"))
        )
        taken_back = f"nullif(list_filter([{emptied}], lambda name: name IS NOT NULL), [])"
        self.store.execute(
            f"INSERT INTO {self.table.stored} ({columns}, division, batch_id, row_number, emptied, retracted) "  # noqa: S608
            f"SELECT {given}, CASE WHEN coalesce(g.ateco_code, g.ateco_edition) IS NOT NULL THEN s.division END, "
            f"$batch, g.row_number, {taken_back if takes_back else 'NULL'}, false "
            f"FROM given_rows AS g JOIN {self.name} AS s USING (sheet, row_number) "
            "JOIN staged_sheets AS h USING (sheet)",
            {"batch": batch_id},
        )

    def _take_back(self, outcome: Outcome, batch_id: int) -> None:
        """Of figures whose cell in the file is empty, and its column there, none is left; also where the store tells of
        none now, so that it does not come back where another file is undone.
        """
        self.store.execute(
            "INSERT INTO observations SELECT s.firm_id, s.period, $outcome, NULL, NULL, $batch "  # noqa: S608
            f"FROM {self.name} AS s JOIN staged_sheets AS h USING (sheet) "
            f"WHERE s.\"{outcome.column}\" IS NULL AND list_contains(h.given, '{outcome.column}')",
            {"outcome": outcome.name, "batch": batch_id},
        )

    def rejections(self) -> tuple[Rejection, ...]:
        """The first of them, in the file's order."""
        return tuple(Rejection(*row) for row in self.store.rows("told_rejections", {"most": MOST_TOLD}))

    def groups(self) -> tuple[ProblemGroup, ...]:
        """The problems by column and reason, the commonest first."""
        return tuple(ProblemGroup(*row) for row in self.store.rows("counted_rejections"))

    def unmapped_words(self) -> dict[str, Counter[str]]:
        """Our column -> the words that it cannot hold, and how many rows say each."""
        words: dict[str, Counter[str]] = defaultdict(Counter)
        for ours, word, n in self.store.rows("unmapped_words"):
            words[str(ours)][str(word)] = int(n)
        return words
