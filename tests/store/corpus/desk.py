"""A desk whose store stays open and forgets what a case has loaded: opening one costs more than a case."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.programme.file import Programme
from analytics.store.database import Store
from analytics.store.ingest import INPUT_TABLES, Report, import_file
from analytics.store.mapping.file import ColumnMapping, load_mapping
from tests.store.corpus.case import Case, Loaded, first_applications


@contextmanager
def _quiet(kind: str, warned: bool) -> Iterator[None]:
    """Imports without their warnings, unless they are wanted."""
    before = INPUT_TABLES[kind]
    if not warned:
        INPUT_TABLES[kind] = replace(before, warnings=lambda *_: ())
    try:
        yield
    finally:
        INPUT_TABLES[kind] = before


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """A folder, a programme, its open store. first: the batches that are kept when the rest is forgotten."""

    folder: Path
    programme: Programme
    store: Store

    @classmethod
    @contextmanager
    def at(cls, folder: Path, programme: Programme) -> Iterator["OpenDesk"]:
        """With the applications that every case begins with."""
        with Store(folder / "store.duckdb", programme.id) as store:
            store._connection.execute("SET threads = 1")  # a case has too few rows for two
            desk = cls(folder, programme, store)
            desk.load("applications", first_applications(), "first.csv", warned=False)
            yield desk

    def save(self, name: str, content: bytes) -> Path:
        """A file of the folder."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def load(
        self,
        kind: str,
        content: bytes,
        name: str,
        mapping: ColumnMapping | None = None,
        *,
        partial: bool = False,
        warned: bool = True,
    ) -> Report:
        """One import, as the command does it; without its warnings, which are most of its time, where they are not
        asked for. Raises UserError when it is refused.
        """
        with _quiet(kind, warned):
            return import_file(
                kind,
                self.save(name, content),
                programme=self.programme,
                store=self.store,
                archive=self.folder / "archive",
                mapping=mapping,
                partial=partial,
            )

    def try_case(self, case: Case) -> Report:
        """The last import of a case. Raises UserError when it is refused."""
        mapping = load_mapping(self.save("mapping.toml", case.mapping.encode())) if case.mapping else None
        warned = any(isinstance(outcome, Loaded) and (outcome.warns or outcome.quiet) for outcome in case.outcomes)
        return self.load(case.kind, case.content(), case.file, mapping, partial=case.partial, warned=warned)

    def content(self) -> dict[str, tuple[int, int]]:
        """Rows of each table, and a number that changes when one of them does."""
        held = {}
        for name in self._tables():
            [row] = self.ask(f'SELECT count(*), coalesce(bit_xor(hash(t)), 0) FROM "{name}" AS t')
            held[name] = (int(row[0]), int(row[1]))
        return held

    def forget(self) -> None:
        """Leave what the case has not loaded."""
        tables = [name for name in self._tables() if name not in ("store", "batches")]
        for name in [*tables, "batches"]:
            if self.ask("SELECT 1 FROM duckdb_columns() WHERE table_name = ? AND column_name = 'batch_id'", [name]):
                self.store._connection.execute(f'DELETE FROM "{name}" WHERE batch_id > 1')

    def _tables(self) -> list[str]:
        return [
            str(name) for (name,) in self.ask("SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1")
        ]

    def ask(self, question: str, parameters: list[object] | None = None) -> list[tuple[object, ...]]:
        """What the store answers."""
        return self.store._connection.execute(question, parameters or []).fetchall()
