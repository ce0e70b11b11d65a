"""The store: its schema is the declared one, an import is all or nothing, and whatever goes wrong is said clearly."""

import datetime as dt
import resource
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from analytics.cli.commands import main
from analytics.folders import PROJECT
from analytics.model import UserError
from analytics.programme.file import load_programme
from analytics.store.columns import applications
from analytics.store.database import SCHEMA_VERSION, SQL, Store
from tests.helpers.officer import Desk, application, as_csv, sale

MOMENTS = 20


def refused(action, *arguments, **named) -> UserError:
    with pytest.raises(UserError) as caught:
        action(*arguments, **named)
    assert str(caught.value)
    return caught.value


@pytest.fixture
def desk(tmp_path) -> Desk:
    desk = Desk.at(tmp_path)
    desk.load("applications", as_csv([application(n) for n in range(1, 6)]))
    return desk


def test_the_table_of_applications_has_the_declared_columns(desk):
    """A column is declared once, in columns.py; the SQL follows it."""
    declared = [column.name for column in applications(load_programme("ecommerce-2020"))]
    declared[declared.index("fiscal_code")] = "firm_id"
    declared.insert(declared.index("ateco_edition") + 1, "division")
    with desk.open() as store:
        columns = store._connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'applications'"
        ).fetchall()
    assert [name for name, _ in columns] == [*declared, "batch_id", "row_number", "emptied", "retracted"]
    assert {kind for name, kind in columns if name.endswith("_eur")} == {"DECIMAL(18,2)"}
    assert not [name for name, kind in columns if kind in ("DOUBLE", "FLOAT")]


def test_observations_are_long_and_decimal(desk):
    """Firm, period, outcome, value, source, batch."""
    with desk.open() as store:
        columns = store._connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'observations'"
        ).fetchall()
        version = store._connection.execute("SELECT schema_version FROM store").fetchall()
    assert [name for name, _ in columns] == ["firm_id", "period", "outcome", "value", "source", "batch_id"]
    assert dict(columns)["value"] == "DECIMAL(18,6)"
    assert version == [(SCHEMA_VERSION,)]


@pytest.mark.parametrize("path", sorted(SQL.glob("*.sql")), ids=lambda path: path.stem)
def test_every_query_is_one_question_with_bound_parameters(path):
    """Grain on top; nothing is pasted into SQL."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("--")
    assert (
        path.stem in ("schema", "upgrade_1", "set_aside_2", "bring_back_2") or len(duckdb.extract_statements(text)) == 1
    )


def add_batch(store: Store) -> None:
    """An import without rows: a store into which nothing was ever loaded does not stay."""
    names = dict.fromkeys(("input_table", "file_name", "sha256", "mapping"), "x")
    now = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - UTC, as the store has it
    store.add_batch({**names, "imported_at": now, "rows_in": 0, "rows_loaded": 0, "rows_rejected": 0})


def test_a_store_is_made_on_first_use_and_never_by_readers(tmp_path):
    """Reading what is not there says to import first."""
    assert refused(Store, tmp_path / "x.duckdb", "p", read_only=True).key == "store.absent"
    assert not (tmp_path / "x.duckdb").exists()
    with Store(tmp_path / "deep" / "x.duckdb", "p") as store:
        assert store.frequency is None
        assert store.batches() == []
        add_batch(store)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["x.duckdb"]


def test_a_store_of_something_else_is_refused(tmp_path):
    """Another programme, another version, another database, no database."""
    path = tmp_path / "x.duckdb"
    with Store(path, "p") as store:
        add_batch(store)
    assert refused(Store, path, "q").key == "store.programme"
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE store SET schema_version = 99")
    assert refused(Store, path, "p").key == "store.version"
    with duckdb.connect(tmp_path / "other.duckdb") as connection:
        connection.execute("CREATE TABLE t (x INTEGER)")
    assert refused(Store, tmp_path / "other.duckdb", "p").key == "store.foreign"
    (tmp_path / "text.duckdb").write_text("no database" * 2000)
    assert refused(Store, tmp_path / "text.duckdb", "p").key == "store.unreadable"


def test_a_store_in_use_by_another_process_says_so(desk):
    """One writer at a time; the second is told to wait."""
    path = desk.folder / "store.duckdb"
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"open\n"
        error = refused(desk.open)
        holder.communicate()
    assert error.key == "store.locked"
    assert desk.open().batches()


def test_a_folder_that_cannot_be_written_says_so(desk):
    """Here a file stands where the folder should be: as good as read-only, also for an administrator."""
    (desk.folder / "blocked").touch()
    assert refused(Store, desk.folder / "blocked" / "x.duckdb", "p").key == "machine.other"
    before = desk.content()
    (desk.folder / "archive").rename(desk.folder / "elsewhere")
    (desk.folder / "archive").touch()
    assert refused(desk.load, "sales", as_csv([sale(1)])).key == "machine.other"
    assert desk.content() == before


def test_a_full_disk_says_so_and_leaves_nothing_half(tmp_path, monkeypatch):
    """Files may not grow beyond a few kilobytes: no store is made; later, with room, the same command works."""
    (tmp_path / "a.csv").write_bytes(as_csv([application(1)]))
    words = ["--lang", "en", "import", "applications", str(tmp_path / "a.csv"), "--programme", "ecommerce-2020"]
    monkeypatch.setenv("VETRINA_DATA", str(tmp_path / "data"))

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    command = [sys.executable, "-m", "analytics", *words]
    done = subprocess.run(command, cwd=PROJECT, preexec_fn=full, capture_output=True, text=True)
    assert (done.returncode, "cannot be written" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert not (tmp_path / "data").exists()
    assert main(words) == 0


def test_a_disk_that_fails_at_the_commit_leaves_the_store_as_it_was(desk, monkeypatch):
    """DuckDB reports a refused commit as a transaction error: it is told from a conflict."""
    before = desk.content()

    def fail(*_: object) -> None:
        raise duckdb.TransactionException('Failed to commit: Could not write file "x": No space left on device')

    monkeypatch.setattr(Store, "add_batch", fail)
    assert refused(desk.load, "sales", as_csv([sale(1)])).key == "machine.full"
    assert desk.content() == before


def test_bugs_are_not_dressed_up_as_user_errors(desk):
    """Only what a user can put right is a user error; the transaction is rolled back all the same."""
    before = desk.content()
    with desk.open() as store, pytest.raises(ZeroDivisionError), store.transaction():  # noqa: PT012
        store.append(
            "observations",
            pd.DataFrame({"firm_id": ["x"], "period": ["2021"], "outcome": ["y"], "value": ["1"], "batch_id": [1]}),
        )
        raise ZeroDivisionError
    assert desk.content() == before


def test_dates_far_apart_are_all_kept(desk):
    """A date in one row of thousands arrives: types are not guessed from the first rows."""
    rows = [
        application(n, closed_on="2023-05-01" if n == 4321 else "", score="" if n < 4000 else "7.5")
        for n in range(10, 5010)
    ]
    desk.load("applications", as_csv(rows))
    with desk.open() as store:
        rows = store._connection.execute("SELECT count(closed_on), count(score), count(*) FROM applications").fetchall()
    assert rows == [(1, 1010, 5005)]


def test_two_imports_at_once_lose_nothing(desk):
    """Threads of one process, such as two officers on the page: each file is loaded whole or can be retried."""
    files = [as_csv([sale(n, online=str(n))]) for n in range(1, 6)] * 2
    endings: list[str] = []

    def work(i: int, content: bytes) -> None:
        try:
            endings.append("already" if desk.load("sales", content, f"{i}.csv").already else "loaded")
        except UserError as error:
            endings.append(error.key)

    threads = [threading.Thread(target=work, args=item) for item in enumerate(files)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(endings) <= {"loaded", "already", "store.conflict"}
    with desk.open() as store:
        assert len(store.batches()) == 1 + endings.count("loaded")
    for content in files:
        desk.load("sales", content)
    with desk.open() as store:
        assert sorted(store.frame("observations")["value"]) == [1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> Path:
    """Copies of one store, each left by an import that was killed at another moment."""
    folder = tmp_path_factory.mktemp("killed")
    (folder / "home").mkdir()
    home = Desk.at(folder / "home")
    home.load("applications", as_csv([application(n) for n in range(1, 6)]))
    home.load("sales", as_csv([sale(1, online="1")]))
    (folder / "sales.csv").write_bytes(as_csv([sale(n, online="2") for n in range(1, 6)]))
    command = [sys.executable, "-m", "tests.helpers.kill_import", str(folder), str(MOMENTS), "import"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_kill_at_any_moment_leaves_the_last_good_state(killed):
    """The store opens, is as before or complete, and the same import then works or says it was done."""
    content = (killed / "sales.csv").read_bytes()
    before, whole = (Desk.at(killed / name).content()[1] for name in ("home", "whole"))
    done = []
    for moment in range(MOMENTS):
        desk = Desk.at(killed / str(moment))
        observations = desk.content()[1]
        assert observations in (before, whole), moment
        report = desk.load("sales", content)
        assert report.already == (observations == whole), moment
        assert desk.content()[1] == whole, moment
        assert (
            desk.folder / "archive" / report.batch.sha256[:2] / f"{report.batch.sha256}.csv"
        ).read_bytes() == content
        done.append(report.already)
    assert set(done) == {False, True}, "the moments must fall on both sides of the commit"


def test_a_store_of_version_1_is_read_as_it_is_and_brought_up_when_it_is_written(tmp_path):
    """Nothing is lost, and imports go on; a reader changes nothing."""
    path = tmp_path / "store.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute((PROJECT / "tests/helpers/store_1.sql").read_text(encoding="utf-8"))
        connection.execute("INSERT INTO store VALUES (1, 'ecommerce-2020', 'M')")
        connection.execute(
            "INSERT INTO batches VALUES (nextval('batch_ids'), 'applications', 'a.csv', 'x', '{}', now(), 2, 1, 1)"
        )
        connection.execute("INSERT INTO rejected_rows VALUES (1, 3, 'province', 'RM', 'code', 'MI')")
        connection.execute(
            "INSERT INTO applications BY NAME SELECT 'A1' AS application_id, $1 AS firm_id, 'funded' AS outcome, "
            "DATE '2020-11-30' AS awarded_on, 1 AS batch_id, 2 AS row_number",
            [sale(1)["fiscal_code"]],
        )
    with Store(path, "ecommerce-2020", read_only=True) as store:
        assert [batch.file_name for batch in store.batches()] == ["a.csv"]
    with duckdb.connect(path, read_only=True) as connection:
        assert connection.execute("SELECT schema_version FROM store").fetchall() == [(1,)]
    desk = Desk.at(tmp_path)
    assert desk.load("sales", as_csv([sale(1), sale(9)]), partial=True).batch.rows_loaded == 1
    with desk.open() as store:
        assert store.number("SELECT schema_version FROM store") == SCHEMA_VERSION
        assert store.number("SELECT count(*) FROM rna_aids") == 0
        assert store.frame("rejected_rows", {"batch_id": 1})["sheet"].tolist() == [""]
        assert [batch.rows_loaded for batch in store.batches()] == [1, 1]
