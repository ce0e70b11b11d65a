"""The confidential store: one DuckDB file per programme. Each import is one transaction, or nothing.

Only the importer writes here; only `panel` and `build` read. No page opens it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import duckdb
import pandas as pd

from analytics.model import UserError

SCHEMA_VERSION = 1
SQL = Path(__file__).parent / "sql"


def query(name: str) -> str:
    """The text of one .sql file."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Batch:
    """One imported file. imported_at: UTC, ISO format."""

    batch_id: int
    input_table: str
    file_name: str
    sha256: str
    imported_at: str
    rows_in: int
    rows_loaded: int
    rows_rejected: int


class Store:
    """An open store. Use as a context manager; `read_only` never creates the file."""

    def __init__(self, path: Path, programme: str, *, read_only: bool = False) -> None:
        """Open the file, making it on first use. Raises UserError when it is locked, foreign, or of another version."""
        if read_only and not path.exists():
            raise UserError("store.absent", programme=programme)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = duckdb.connect(path, read_only=read_only)
        except duckdb.IOException as error:
            raise UserError("store.locked", file=path) from error
        try:
            self._prepare(path, programme)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, path: Path, programme: str) -> None:
        tables = {name for (name,) in self._connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if not tables:
            with self.transaction():
                self._connection.execute(query("schema"))
                self._connection.execute("INSERT INTO store VALUES (?, ?, NULL)", [SCHEMA_VERSION, programme])
        elif "store" not in tables:
            raise UserError("store.foreign", file=path)
        [found] = self._connection.execute("SELECT schema_version, programme FROM store").fetchall()
        if found != (SCHEMA_VERSION, programme):
            raise UserError("store.version", file=path, found=found, expected=(SCHEMA_VERSION, programme))

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @property
    def frequency(self) -> str | None:
        """M, Q or Y; None before the first sales."""
        [(frequency,)] = self._connection.execute("SELECT frequency FROM store").fetchall()
        return None if frequency is None else str(frequency)

    def set_frequency(self, frequency: str) -> None:
        """Fix the frequency of this programme's sales."""
        self._connection.execute("UPDATE store SET frequency = ?", [frequency])

    def known(self, column: str) -> set[str]:
        """All values of a key column of the applications: `application_id` or `firm_id`."""
        if column not in ("application_id", "firm_id"):
            raise ValueError(column)
        return {value for (value,) in self._connection.execute(f"SELECT DISTINCT {column} FROM applications").fetchall()}  # noqa: S608

    def batch_of(self, input_table: str, sha256: str, mapping: str) -> Batch | None:
        """The batch that this very file, read by this mapping, was imported as."""
        sought = {"input_table": input_table, "sha256": sha256, "mapping": mapping}
        rows = self._connection.execute(query("find_batch"), sought).fetchall()
        return Batch(*rows[0]) if rows else None

    def batches(self) -> list[Batch]:
        """All imports, oldest first."""
        rows = self._connection.execute(query("batches")).fetchall()
        return [Batch(*row) for row in rows]

    def add_batch(self, batch: Mapping[str, object]) -> int:
        """Record an import; its number. Call inside a transaction."""
        [(batch_id,)] = self._connection.execute(query("add_batch"), dict(batch)).fetchall()
        return int(batch_id)

    def append(self, table: str, frame: pd.DataFrame) -> None:
        """Add rows by column name; DuckDB casts text to the declared decimals and dates."""
        columns = ", ".join(f'"{name}"' for name in frame.columns)
        self._connection.register("incoming", frame)
        self._connection.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM incoming')  # noqa: S608
        self._connection.unregister("incoming")

    def frame(
        self, name: str, parameters: Mapping[str, object] | None = None, /, **relations: pd.DataFrame
    ) -> pd.DataFrame:
        """The rows of one .sql file, its $parameters bound and the named relations at hand."""
        for relation, rows in relations.items():
            self._connection.register(relation, rows)
        found = self._connection.execute(query(name), dict(parameters or {})).df()
        for relation in relations:
            self._connection.unregister(relation)
        return found
