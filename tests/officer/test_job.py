"""Work in a process of its own is told as it goes, and so is its end; what the page calls does what commands do."""

import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from analytics.access.people import Person
from analytics.folders import PROJECT, Home
from analytics.model import Progress
from analytics.officer import works
from analytics.officer.job import Ended, Job
from analytics.officer.told import Asked
from tests.helpers.job_works import counting, failing, killing, refusing, sleeping
from tests.helpers.officer import application, as_csv, sale

ANNA = Person("anna@example.org")


def test_every_end_is_told() -> None:
    """A result, a refusal in every language, a failure, a process that somebody killed."""
    done, refused, failed, killed = [
        Job("x", work, *given) for work, given in ((counting, (3,)), (refusing, ()), (failing, ()), (killing, ()))
    ]
    assert done.wait() == Ended(3)
    assert (done.step.name, done.step.done) == ("estimate", 3)
    assert {"it", "en"} <= (refused.wait().refused or {}).keys()
    assert failed.wait() == Ended()
    assert killed.wait() == Ended(is_killed=True)


def test_the_work_of_a_page_begins_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit has dashboard.py as the main module, which multiprocessing runs first in each new process: what a
    server would not start with does not end the work.
    """
    main = ModuleType("__main__")
    main.__file__ = str(PROJECT / "dashboard.py")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setenv("VETRINA_DATA", str(tmp_path))
    Home(tmp_path).settings.write_text("[publishing", encoding="utf-8")
    assert Job("x", counting, 3).wait() == Ended(3)


def test_work_is_stopped() -> None:
    """At once, and it says so."""
    job = Job("x", sleeping)
    while job.poll() is None and job.step.name != "estimate":
        time.sleep(0.05)
    job.stop()
    assert job.wait() == Ended(is_killed=True)


def test_reading_changes_nothing_and_tells_all(tmp_path: Path) -> None:
    """A file with a wrong row and an unknown word: refused, each problem named, the word asked for, the rejected rows
    as a file; with good rows alone it may be imported; the store is not made by reading.
    """
    home, path = Home(tmp_path), tmp_path / "domande.csv"
    rows = [application(1), application(2, outcome="Boh"), application(3, grant_eur="abc"), application(4)]
    path.write_bytes(as_csv(rows))
    silent: Progress = lambda *_: None  # noqa: E731
    reading = works.read(Asked("ecommerce-2020", "applications", path), home, progress=silent)
    assert reading.error == "rows.refused"
    assert (reading.rows_in, reading.rows_rejected, len(reading.problems)) == (4, 2, 2)
    assert [(word.ours, word.word, word.rows) for word in reading.words] == [("outcome", "Boh", 1)]
    workbook, mapping = reading.rejected
    assert (workbook[:2], mapping) == (b"PK", b"")
    assert not home.store("ecommerce-2020").exists()
    assert reading.layout is not None
    mapping = reading.layout.mapping | {"values": {"outcome": {"Boh": "not_funded"}}}
    mended = Asked("ecommerce-2020", "applications", path, mapping, partial=True)
    again = works.read(mended, home, progress=silent)
    assert again.can_be_imported
    assert (again.rows_loaded, again.rows_rejected, again.words) == (2, 2, ())
    assert {bad.column for bad in again.problems} == {"awarded_on", "grant_eur"}
    assert all(set(bad.why) == {"it", "en"} for bad in again.problems)


def test_a_file_is_loaded_and_corrected(tmp_path: Path) -> None:
    """What the page calls imports as the command does; a second file is told as a difference before it is loaded."""
    home, silent = Home(tmp_path), (lambda *_: None)
    applications, sales, later = (tmp_path / f"{name}.csv" for name in ("a", "s", "l"))
    applications.write_bytes(as_csv([application(1), application(2)]))
    sales.write_bytes(as_csv([sale(1), sale(2)]))
    later.write_bytes(as_csv([sale(1, online="250.00"), sale(2)]))
    for kind, path in (("applications", applications), ("sales", sales)):
        done = works.load(Asked("ecommerce-2020", kind, path), home, ANNA, progress=silent)
    assert [one.kind for one in done.archive.imports] == ["applications", "sales"]
    assert all(len(one.sha256) == 64 for one in done.archive.imports)
    difference = works.read(Asked("ecommerce-2020", "sales", later), home, progress=silent).difference
    assert difference is not None
    assert (difference.new, difference.revised, difference.unchanged) == (0, 1, 1)
    [change] = difference.changes
    assert (float(change.before or 0), float(change.after or 0)) == (100.0, 250.0)
