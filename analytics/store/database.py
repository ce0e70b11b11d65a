"""The confidential store: one DuckDB file per programme. Each import, undo or retraction is a transaction, or nothing.

Only they and the deletion of a firm write here; only `build` reads. No page opens it: what the officer's page starts
does, in a process of its own.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import duckdb
import pandas as pd
import pyarrow as pa

from analytics.clock import from_stamp, rome_time
from analytics.faults import clear, writing
from analytics.folders import make_private
from analytics.model import UserError
from analytics.store import current, making
from analytics.store.journal import settle
from analytics.store.opening import opened

SCHEMA_VERSION = 3
OLDEST_VERSION = 1
IMPORT_MEMORY = "1GB"  # of the database, while a file is imported; what is more it keeps on its disk
SQL = Path(__file__).parent / "sql"
FREQUENCY = {7: "M", 6: "Q", 4: "Y"}  # by length of the canonical period: 2021-03, 2021Q1, 2021


# DuckDB tells a commit that lost against another from one that the disk refused by its words alone.
_CONFLICT = re.compile("conflict|constraint", re.IGNORECASE)
_DISK = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException, duckdb.OutOfMemoryException)


def query(name: str) -> str:
    """The text of one .sql file."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


Record = dict[str, object]  # a row: column -> value


@dataclass(frozen=True, slots=True)
class Batch:
    """One imported file. imported_at, undone_at: UTC, ISO format; undone_at: None where it counts. kept_sha256: of the
    archived copy, where a firm was deleted from it on request, else None.
    """

    batch_id: int
    input_table: str
    file_name: str
    sha256: str
    imported_at: str
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    undone_at: str | None = None
    kept_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """That a firm was deleted on request; which one, nobody keeps. at: UTC, ISO format; batches: imports whose files
    spoke of it; releases: those that cannot be made again; sources: hashes of files that it stood in.
    """

    at: str
    batches: tuple[int, ...]
    releases: tuple[str, ...]
    sources: tuple[str, ...]


class Store:
    """An open store. Use as a context manager; `read_only` never creates the file, nor does `as_of`.

    as_of: the moment, with its zone, that the store is read as of: what was imported after that second does not count,
    and what it replaced counts again. None: now.
    """

    def __init__(
        self, path: Path, programme: str, *, read_only: bool = False, as_of: dt.datetime | None = None
    ) -> None:
        """Open the file, making it on first use. Raises UserError when it is locked, foreign, or of another version, or
        when nothing had been imported by then.
        """
        self._path, self._programme = path, programme
        self.as_of = as_of
        self._folders: list[Path] = []  # made for this store
        self._is_new = False
        self._discards: list[Callable[[], None]] = []  # what goes with a transaction that fails
        self._read_only = read_only or as_of is not None
        making.note_open(path)
        connection = None
        try:
            connection = self._connection = self._connected()
            self._check(programme, read_only=self._read_only)
            if as_of is not None:
                self._count_as_of(as_of)
        except BaseException:
            is_empty = self._is_new and connection is not None and self._holds_nothing()
            making.let_go(path, connection, self._folders, is_empty=is_empty)
            raise

    def _connected(self) -> duckdb.DuckDBPyConnection:
        """The open file, made where there is none yet."""
        with writing(self._path.parent):
            settle(self._path)
            if self._path.exists() and not self._read_only:
                make_private(self._path.parent)
            while (connection := opened(self._path, read_only=self._read_only)) is None:
                if self._read_only:
                    raise UserError("store.absent", programme=self._programme)
                self._folders = self._made()
            return connection

    def _made(self) -> list[Path]:
        """A new file, of which no import is known yet; the folders that were made for it."""
        owner = self._programme.replace("'", "''")
        named = f"INSERT INTO store VALUES ({SCHEMA_VERSION}, '{owner}')"  # noqa: S608 - an id of our own
        with writing(self._path):
            folders = making.make(self._path, (query("schema"), query("rna_aids"), named))
        self._is_new = True
        return folders

    def _check(self, programme: str, *, read_only: bool) -> None:
        """Refuse a file that is no store, or not the one sought; bring one of an earlier version up to this one, unless
        it is only read.
        """
        tables = {name for (name,) in self._connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if "store" not in tables:
            raise UserError("store.foreign", file=self._path)
        [(version, owner)] = self._connection.execute("SELECT schema_version, programme FROM store").fetchall()
        if not OLDEST_VERSION <= version <= SCHEMA_VERSION:
            raise UserError("store.version", file=self._path, found=version, expected=SCHEMA_VERSION)
        if owner != programme:
            raise UserError("store.programme", file=self._path, found=owner, expected=programme)
        if version < SCHEMA_VERSION and not read_only:
            self._upgrade(version)
            version = SCHEMA_VERSION
        self._view_what_counts(is_log=version == SCHEMA_VERSION)
        if read_only and not self.log():  # made for a first import that was stopped
            raise UserError("store.absent", programme=programme)

    def _upgrade(self, version: int) -> None:
        """Bring a store of an earlier version up to this one, whole or not at all."""
        with self.transaction():
            if version == 1:
                self._connection.execute(query("upgrade_1"))
                self._connection.execute(query("rna_aids"))
            self._connection.execute(query("set_aside_2"))
            self._connection.execute(query("schema"))
            self._connection.execute(current.computed_size())
            self._connection.execute(query("bring_back_2"))

    def _view_what_counts(self, *, is_log: bool) -> None:
        """Make the views of store/current.py, for as long as the store is open. is_log: it is of this version."""
        views = {
            "every_batch": current.every_batch(is_log=is_log),
            "every_forgotten": current.every_forgotten(is_log=is_log),
            "live_batches": "SELECT * FROM every_batch WHERE undone_at IS NULL",
            "current_observations": current.OBSERVATIONS,
        }
        for table in current.KEYS:
            columns = self._connection.table(table).columns if is_log else ()
            body = current.current_rows(table, columns) if is_log else current.rows_as_stored(table)
            views[f"current_{table}"] = body
        self._connection.execute(current.computed_size())
        for name, body in views.items():
            self._connection.execute(f"CREATE TEMP VIEW {name} AS {body}")

    def _count_as_of(self, as_of: dt.datetime) -> None:
        """Count what counted then, for as long as the store is open."""
        batches = self.log()
        then = as_of.astimezone(dt.UTC).replace(tzinfo=None)
        self.count_only([batch_id for (batch_id,) in self.rows("batches_as_of", {"as_of": then})])
        if batches and not self.batches():
            first = from_stamp(batches[0].imported_at)
            raise UserError("store.nothing_by_then", as_of=rome_time(as_of), first=rome_time(first))

    def count_only(self, batch_ids: Sequence[int]) -> None:
        """Count these imports and no others, for as long as the store is open."""
        self._connection.execute("DROP VIEW live_batches")
        self._connection.execute(
            "CREATE TEMP TABLE live_batches AS SELECT * FROM every_batch WHERE list_contains($1, batch_id)",
            [list(batch_ids)],
        )

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file; one into which nothing was ever loaded, such as one made for an import that was refused, goes
        with it.
        """
        is_empty = not self._read_only and self._holds_nothing()
        folders = self._folders if self._is_new else [self._path.parent]  # or left by who was stopped
        making.let_go(self._path, self._connection, folders, is_empty=is_empty)

    def _holds_nothing(self) -> bool:
        """Whether nothing was ever imported; of a file that cannot be asked any more it is not known."""
        with suppress(duckdb.Error):
            return not self._connection.execute("SELECT 1 FROM batches LIMIT 1").fetchall()
        return False

    @contextmanager
    def transaction(self, *, rehearsed: bool = False) -> Iterator[None]:
        """All or nothing; rehearsed: nothing. Raises UserError when the disk refuses, or when another import came in
        between.
        """
        self._discards.clear()
        try:
            self._connection.execute("BEGIN")
            yield
            self._connection.execute("ROLLBACK" if rehearsed else "COMMIT")
        except BaseException as error:
            with suppress(duckdb.Error):  # nothing is left to roll back where the commit itself failed
                self._connection.execute("ROLLBACK")
            self._discard()
            if isinstance(error, duckdb.Error) and _CONFLICT.search(str(error)):
                raise UserError("store.conflict", file=self._path) from error
            if isinstance(error, _DISK) and (told := clear(error, self._path)):
                raise told from error
            raise

    def undo_with(self, discard: Callable[[], None]) -> None:
        """Have something beside the store undone where the transaction that goes on fails."""
        self._discards.append(discard)

    def _discard(self) -> None:
        for discard in self._discards:
            with suppress(OSError):
                discard()

    @property
    def contributions_folder(self) -> Path:
        """The folder that keeps, for each release, what each firm contributed to its figures."""
        return self._path.with_suffix(".behind")

    @property
    def frequency(self) -> str | None:
        """M, Q or Y, of the sales that count; None before the first."""
        lengths = self._connection.execute(
            "SELECT length(period) FROM observations WHERE value IS NOT NULL "
            "AND batch_id IN (SELECT batch_id FROM live_batches) LIMIT 1"
        ).fetchall()
        return FREQUENCY[lengths[0][0]] if lengths else None

    def firm_ids(self) -> set[str]:
        """The firms that applied."""
        return {firm for (firm,) in self._connection.execute("SELECT firm_id FROM current_applications").fetchall()}

    def find_batch(self, input_table: str, sha256: str, mapping: str) -> Batch | None:
        """The newest batch that counts, of this very file read by this mapping; None where there is none."""
        parameters = {"input_table": input_table, "sha256": sha256, "mapping": mapping}
        rows = self._connection.execute(query("find_batch"), parameters).fetchall()
        return Batch(*rows[0]) if rows else None

    def batches(self) -> list[Batch]:
        """The imports that count, oldest first."""
        return [Batch(*row) for row in self.rows("batches")]

    def log(self) -> list[Batch]:
        """All imports, also undone ones, oldest first."""
        return [Batch(*row) for row in self.rows("every_batch")]

    def batch(self, batch_id: int) -> Batch:
        """The import of that number, also one that was undone. Raises UserError when there is none."""
        found = next((batch for batch in self.log() if batch.batch_id == batch_id), None)
        if found is None:
            raise UserError("undo.unknown", batch=batch_id, programme=self._programme)
        return found

    def forgotten(self) -> list[Forgotten]:
        """The firms deleted on request, oldest first, without who they were."""
        return [Forgotten(at, *map(tuple, lists)) for at, *lists in self.rows("forgotten")]

    def refuse_forgotten(self, path: Path, sha256: str) -> None:
        """Raises UserError for a file that a firm was deleted from on request: it would bring it back."""
        deleted = any(sha256 in one.sources for one in self.forgotten())
        if deleted or any(batch.sha256 == sha256 and batch.kept_sha256 for batch in self.log()):
            kept = next((b.kept_sha256 for b in reversed(self.log()) if b.sha256 == sha256 and b.kept_sha256), None)
            raise UserError("forget.source", file=path.name, kept=kept or "–")

    def add_batch(self, batch: Mapping[str, object]) -> int:
        """Record an import; its number. reading: how the file was read, as JSON. Call inside a transaction."""
        [(batch_id,)] = self._connection.execute(query("add_batch"), {"reading": None, **batch}).fetchall()
        return int(batch_id)

    def bound_memory(self) -> None:
        """Hold the database within IMPORT_MEMORY, in an import: of an office's computer others have the rest."""
        self._connection.execute("SET memory_limit = $1", [IMPORT_MEMORY])
        self._connection.execute("SET preserve_insertion_order = false")

    def append(self, table: str, frame: pd.DataFrame) -> None:
        """Add rows by column name; DuckDB casts text to the declared decimals and dates."""
        columns = ", ".join(f'"{name}"' for name in frame.columns)
        self._connection.register("incoming", frame)
        self._connection.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM incoming')  # noqa: S608
        self._connection.unregister("incoming")

    def append_arrow(self, table: str, rows: pa.Table) -> None:
        """Add rows that give every column of the table. Unlike `append` it lets go of them before the transaction ends,
        so that a file of any size can be added in parts.
        """
        columns = self._connection.sql(f'FROM "{table}" LIMIT 0').columns
        self._connection.from_arrow(rows.select(columns)).insert_into(table)

    def execute(self, statement: str, parameters: Mapping[str, object] | None = None) -> None:
        """Run one statement, which names columns of the programme: nothing of a file stands in it."""
        self._connection.execute(statement, dict(parameters or {}))

    def number(self, statement: str) -> int:
        """The one number that a statement asks for."""
        [(n,)] = self._connection.execute(statement).fetchall()
        return int(n)

    def select(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows that a statement asks for, which names columns of the programme: nothing of a file stands in it."""
        return list(self._connection.execute(statement).fetchall())

    def columns(self, statement: str) -> dict[str, list[object]]:
        """What a statement selects, by column: text, decimals and days as they are, None where nothing is."""
        return dict(self._connection.sql(statement).to_arrow_table().to_pydict())

    def run(self, name: str, parameters: Mapping[str, object] | None = None, /, **relations: pd.DataFrame) -> int:
        """Run one .sql file that changes rows, its $parameters bound and the named relations at hand; how many rows it
        changed.
        """
        for relation, table in relations.items():
            self._connection.register(relation, table)
        changed = self._connection.execute(query(name), dict(parameters or {})).fetchall()
        for relation in relations:
            self._connection.unregister(relation)
        return int(changed[0][0]) if changed and changed[0] else 0

    def rows(self, name: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """The rows of one .sql file, its $parameters bound."""
        return list(self._connection.execute(query(name), dict(parameters or {})).fetchall())

    def frame(
        self, name: str, parameters: Mapping[str, object] | None = None, /, **relations: pd.DataFrame
    ) -> pd.DataFrame:
        """The rows of one .sql file, its $parameters bound and the named relations at hand."""
        for relation, table in relations.items():
            self._connection.register(relation, table)
        frame = self._connection.execute(query(name), dict(parameters or {})).df()
        for relation in relations:
            self._connection.unregister(relation)
        return frame

    def records(self, name: str, parameters: Mapping[str, object], /, **relations: pd.DataFrame) -> list[Record]:
        """The few rows of one .sql file, as column -> value; quicker than a frame."""
        for relation, table in relations.items():
            self._connection.register(relation, table)
        found = self._connection.execute(query(name), dict(parameters))
        columns = [str(column) for column, *_ in found.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        for relation in relations:
            self._connection.unregister(relation)
        return rows

    def keep(self, name: str, parameters: Mapping[str, object], /, **relations: pd.DataFrame) -> None:
        """Keep the rows of one .sql file as a temporary table of its name, in place of an earlier one."""
        for relation, table in relations.items():
            self._connection.register(relation, table)
        self._connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS\n{query(name)}', dict(parameters))
        for relation in relations:
            self._connection.unregister(relation)

    def rename_columns(self, view: str, table: str, columns: Mapping[str, str | None]) -> None:
        """A temporary view of a table's columns by other names (new -> old; None: a column without any value)."""
        chosen = ", ".join(f'"{old}" AS "{new}"' if old else f'NULL AS "{new}"' for new, old in columns.items())
        self._connection.execute(f'CREATE OR REPLACE TEMP VIEW "{view}" AS SELECT {chosen} FROM "{table}"')  # noqa: S608
