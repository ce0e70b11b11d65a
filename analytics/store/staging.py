"""The rows of one file between its cells and the store: temporary tables of the import's own transaction.

`staged_applications` or `staged_sales` hold the typed rows, with the number of their sheet and their row;
`staged_rejections` what is wrong with the others. They stay with the database, which spills to its own disk what does
not fit into memory.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from analytics.programme.file import Programme
from analytics.store.cells.parser import Rejection
from analytics.store.columns import CellKind, Table
from analytics.store.database import Store

FREQUENCY = {7: "M", 6: "Q", 4: "Y"}  # by length of the canonical period: 2021-03, 2021Q1, 2021

MOST_TOLD = 10_000  # problems that a report carries; the store keeps all of them
_REJECTED = pa.schema(
    [("sheet", pa.int32()), ("row_number", pa.int64())]
    + [(name, pa.string()) for name in ("ours", "column_name", "value", "reason", "expected")]
)
_TYPES = {CellKind.DATE: "DATE", CellKind.DECIMAL: "DECIMAL(18, 6)"}


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

    def __init__(self, store: Store, table: Table, headings: Sequence[tuple[str, Mapping[str, str]]]) -> None:
        """Make the temporary tables anew. headings: of each sheet that is read its name, and our column -> theirs."""
        self.store, self.table = store, table
        self.name = f"staged_{table.name}"
        names = [("firm_id" if c.name == "fiscal_code" else c.name, _TYPES.get(c.kind, "VARCHAR")) for c in table]
        names += [("division", "INTEGER")] if table.name == "applications" else []
        columns = ", ".join(f'"{name}" {kind}' for name, kind in names)
        store.execute(f"CREATE OR REPLACE TEMP TABLE {self.name} ({columns}, sheet INTEGER, row_number BIGINT)")
        store.run("staged_rejections")
        store.run("staged_headings")
        rows = [(n, sheet, ours, theirs) for n, (sheet, names) in enumerate(headings) for ours, theirs in names.items()]
        cells = [list(column) for column in zip(*rows, strict=True)]
        named = dict(zip(("sheet", "sheet_name", "ours", "theirs"), cells, strict=True))
        store.append_arrow("staged_headings", pa.table(named))

    def add(self, sheet: int, frame: pa.Table) -> None:
        """Stage typed rows: canonical columns and row_number."""
        names = ["firm_id" if name == "fiscal_code" else name for name in frame.column_names]
        number = pa.repeat(pa.scalar(sheet, pa.int32()), len(frame))
        staged = frame.rename_columns(names).append_column("sheet", number)
        if self.table.name == "applications":
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

    def set_derived(self, checked: pd.DataFrame) -> None:
        """Keep what checks derive of applications: the division, and size classes that were empty."""
        derived = checked[["sheet", "row_number", "division", "size_class"]].astype({"size_class": "str"})
        self.store.run("set_derived", checked=derived)

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

    def load(self, batch_id: int, programme: Programme) -> None:
        """Write the staged rows to the store, as rows of this batch, and keep the rejected ones."""
        self.store.run("keep_rejected", {"batch_id": batch_id})
        if self.table.name == "applications":
            names = ["firm_id" if column.name == "fiscal_code" else column.name for column in self.table]
            columns = ", ".join((*names, "division", "row_number"))
            self.store.execute(
                f"INSERT INTO applications ({columns}, batch_id) SELECT {columns}, $batch FROM {self.name}",  # noqa: S608
                {"batch": batch_id},
            )
            return
        for outcome in programme.outcomes:
            self.store.execute(
                f'INSERT INTO observations SELECT firm_id, period, $outcome, "{outcome.column}", source, $batch '  # noqa: S608
                f'FROM {self.name} WHERE "{outcome.column}" IS NOT NULL',
                {"outcome": outcome.name, "batch": batch_id},
            )
        [(length,)] = self.store.rows("commonest_length")
        self.store.set_frequency(FREQUENCY[length])

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
