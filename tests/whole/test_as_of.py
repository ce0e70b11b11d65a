"""Older vintages: a release built as of a date is the one that was built then, and a figure made again is the same."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from analytics.build import candidate as build
from analytics.build.panel_from_store import from_store
from analytics.build.recompute import FIGURE, Recipe, Tables, compared, rebuilt, recompute, store_of
from analytics.clock import parse_moment
from analytics.demonstration.michigan import write_michigan_files
from analytics.folders import PROJECT, Home
from analytics.model import UserError
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.release.difference import known
from analytics.store.database import Store
from analytics.store.formats import Format
from analytics.store.ingest import import_file
from analytics.store.mapping.file import ColumnMapping, load_mapping
from tests.helpers.kill_release import PROGRAMME, make
from tests.helpers.michigan_release import digest, sales_and_staff

DAYS = ("2026-01-10 09:00:00.75", "2026-01-12 09:00:00", "2026-02-10 09:00:00", "2026-02-20 09:00:00")
FIRST_SALES = parse_moment("2026-01-12")


def load(home: Home, kind: str, file: Path, how: ColumnMapping) -> None:
    programme = load_programme(PROGRAMME)
    with Store(home.store(PROGRAMME), PROGRAMME) as store:
        import_file(kind, file, programme=programme, store=store, archive=home.archive, mapping=how)
        store._connection.execute(
            "UPDATE batches SET imported_at = ?::TIMESTAMP WHERE batch_id = (SELECT max(batch_id) FROM batches)",
            [DAYS[len(store.batches()) - 1]],
        )


@pytest.fixture(scope="module")
def vintages(tmp_path_factory) -> tuple[Home, Release]:
    """In January most firms and their sales; a release of these; in February the others, their sales, and corrected
    sales of some firms of January's.
    """
    home = Home(tmp_path_factory.mktemp("vintages"))
    applications_file, sales_file, mapping_file = write_michigan_files(home.root / "files")
    applications, sales = sales_and_staff(pd.read_csv(applications_file, dtype=str), pd.read_parquet(sales_file))
    firms = sales["fcode"].astype(int).astype(str)
    late = set(applications["fiscal_code"].iloc[::10])
    corrected = set(applications["fiscal_code"].iloc[1::7]) - late
    more = sales.assign(sales=sales["sales"].where(~firms.isin(corrected), sales["sales"] * 3))
    dates, mapping = ColumnMapping(format=Format(date="%Y")), load_mapping(mapping_file)
    for n, (kind, rows, how) in enumerate(
        [
            ("applications", applications[~applications["fiscal_code"].isin(late)], dates),
            ("sales", sales[~firms.isin(late)], mapping),
            ("applications", applications[applications["fiscal_code"].isin(late)], dates),
            ("sales", more[firms.isin(late | corrected)], mapping),
        ]
    ):
        file = home.root / "files" / f"{n}.csv"
        rows.to_csv(file, index=False)
        load(home, kind, file, how)
        if n == 1:
            releases = Releases(home.releases, PROGRAMME)
            january = make(home.root)
            releases.publish(january)
    return home, releases.open(january)


@pytest.fixture(scope="module")
def built_later(vintages) -> tuple[Release, Release]:
    """As of the end of January, and of all that there is."""
    home, _ = vintages
    programme, releases = load_programme(PROGRAMME), Releases(home.releases, PROGRAMME)
    made = []
    for as_of in (parse_moment("2026-01-31", whole_day=True), None):
        with Store(home.store(PROGRAMME), PROGRAMME, read_only=True, as_of=as_of) as store:
            made.append(Release(releases.path(build.build(programme, store, releases))))
    return made[0], made[1]


@pytest.fixture(scope="module")
def tables(vintages) -> Tables:
    """January's release made again."""
    home, january = vintages
    with store_of(january, home) as store:
        return rebuilt(january, Recipe.of(january), store, home.releases)


def test_an_older_vintage_is_built_again_to_the_last_bit(vintages, built_later):
    """Later applications do not count, later sales do not count, and the values that they replaced count again."""
    january, (again, now) = vintages[1], built_later
    for table in ("figures", "lines"):
        assert digest(getattr(again, table)) == digest(getattr(january, table))
        assert digest(getattr(now, table)) != digest(getattr(january, table))
    pd.testing.assert_frame_equal(again.reconciliation, january.reconciliation)
    pd.testing.assert_frame_equal(again.applications, january.applications)


def test_the_manifest_says_as_of_when(vintages, built_later):
    """And holds the files that counted; a release of all that there is says none."""
    january, (again, now) = vintages[1], built_later
    assert again.manifest.as_of == "2026-01-31T22:59:59Z"
    assert again.manifest.inputs == january.manifest.inputs
    assert now.manifest.as_of is None
    assert len(now.manifest.inputs) == 4


def test_a_vintage_falls_between_the_values_it_holds(vintages):
    """February's applications alone add firms; its sales alone replace what firms reported."""
    home, _ = vintages

    def panel(as_of: str) -> tuple[int, float]:
        with Store(home.store(PROGRAMME), PROGRAMME, as_of=parse_moment(as_of)) as store:
            found = from_store(store, load_programme(PROGRAMME), everybody=True)
        return len(found.units), float(pd.Series(found.outcomes["sales"][:, 0]).sum())

    before, between, after = panel("2026-02-01"), panel("2026-02-15"), panel("2026-03-01")
    assert before[0] < between[0] == after[0] == 157
    assert before[1] == between[1] < after[1]


def test_an_import_counts_from_its_second_on(vintages):
    """A release's manifest names the second of an import, not its parts: as of that second it counts, before not."""
    path = vintages[0].store(PROGRAMME)
    with Store(path, PROGRAMME, as_of=parse_moment("2026-01-10T10:00:00")) as store:
        [batch] = store.batches()
        assert store.number("SELECT count(*) FROM current_applications") == batch.rows_loaded
    with pytest.raises(UserError, match="2026-01-10 10:00") as caught:
        Store(path, PROGRAMME, as_of=parse_moment("2026-01-10T09:59:59"))
    assert caught.value.key == "store.nothing_by_then"


def test_reading_an_older_vintage_changes_nothing(vintages):
    """It is opened to be read, hides what came later for itself alone, and makes no file."""
    home, _ = vintages
    path = home.store(PROGRAMME)
    before = path.read_bytes()
    with Store(path, PROGRAMME, as_of=FIRST_SALES) as older, Store(path, PROGRAMME, read_only=True) as whole:
        assert (len(older.batches()), len(whole.batches())) == (1, 4)
        with pytest.raises(duckdb.Error):
            older.execute("DELETE FROM observations")
    assert path.read_bytes() == before
    with pytest.raises(UserError) as caught:
        Store(home.root / "none.duckdb", PROGRAMME, as_of=FIRST_SALES)
    assert caught.value.key == "store.absent"


def test_two_processes_build_the_same_bytes(vintages, built_later):
    """Equal inputs, settings and code give equal tables, whatever the order in which a process keeps its sets: this one
    as it happens, the other in an order of its own.
    """
    home, one = vintages[0], built_later[1]
    releases = Releases(home.releases, PROGRAMME)
    before = set(releases.known())
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    environment = os.environ | {"VETRINA_DATA": str(home.root), "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "analytics", "build", "--programme", PROGRAMME]
    subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True)
    [other] = (Release(releases.path(name)) for name in set(releases.known()) - before)
    for table in ("figures", "lines"):
        assert digest(getattr(one, table)) == digest(getattr(other, table))
        assert list(getattr(one, table)) == list(getattr(other, table))


# ---- a figure made again ---------------------------------------------------------------------------------------------


def forged(release: Release, **changed: object) -> Release:
    """The release with another manifest or other tables."""
    copy = object.__new__(Release)
    kept = {name: value for name, value in release.__dict__.items() if not name.startswith(("_row", "_columns"))}
    copy.__dict__ = kept | {"manifest": replace(release.manifest, **changed.pop("manifest", {}))}
    copy._tables = release._tables | changed
    return copy


def test_a_figure_is_made_again_to_the_last_digit(vintages, tables):
    """A figure, one withheld, a line: from the store as it was, though it holds more and other values now."""
    home, january = vintages
    withheld = january.figures[january.figures["value"].isna()]["figure_id"].iloc[0]
    line = january.picture_id("lines", january.programme.headline.outcome, "*")
    for figure_id in (january.headline().figure_id, withheld, line):
        assert compared(january, tables, figure_id).differences == {}
    steps: set[str] = set()
    found = recompute(january, line, home, lambda step, *_: steps.add(step))
    assert found.equal
    assert "estimate" in steps


def test_every_figure_and_line_comes_out_again(vintages, tables):
    """The whole release, to the last bit."""
    january = vintages[1]
    stored = january.figures[["cell", *FIGURE]].set_index("cell")
    made = tables["figures"].reindex(columns=["cell", *FIGURE]).set_index("cell")
    assert list(stored.index) == list(made.index)
    for column in FIGURE:
        assert known(stored[column]) == known(made[column]), column


@pytest.mark.parametrize("column", FIGURE)
def test_a_figure_that_comes_out_otherwise_is_told(vintages, tables, column):
    """Even by its last digit, in whichever of its numbers; both are given."""
    january = vintages[1]
    figure, figures = january.headline(), january.figures.copy()
    right = figures.loc[figures["figure_id"] == figure.figure_id, column].iloc[0]
    if figures[column].dtype in ("object", "str"):
        wrong = "other"
    elif figures[column].dtype == bool:
        wrong = not right
    else:
        wrong = 7 if pd.isna(right) else right + 1 if column.startswith("n_") else np.nextafter(right, 1)
    figures.loc[figures["figure_id"] == figure.figure_id, column] = wrong
    found = compared(forged(january, figures=figures), tables, figure.figure_id)
    assert found.differences == {column: (wrong, None if pd.isna(right) else right)}


def test_a_line_that_comes_out_otherwise_is_told(vintages, tables):
    """By arm and period."""
    january = vintages[1]
    line, lines = january.picture_id("lines", january.programme.headline.outcome, "*"), january.lines.copy()
    where = (lines["figure_id"] == line) & (lines["arm"] == "funded") & (lines["period"] == "1988")
    lines.loc[where, "index_value"] += 1
    found = compared(forged(january, lines=lines), tables, line)
    assert list(found.differences) == ["funded 1988 index_value"]


def test_a_figure_that_does_not_come_out_at_all_is_told(vintages, tables):
    """Other code may no longer make it: every number is missing."""
    january = vintages[1]
    figure = january.headline()
    without = tables | {"figures": tables["figures"][tables["figures"]["figure_id"] != figure.figure_id]}
    assert compared(january, without, figure.figure_id).differences["value"] == (figure.value, None)


def test_other_code_is_told_and_compared_all_the_same(vintages, tables):
    """The release says which code built it."""
    january = vintages[1]
    older = forged(january, manifest={"code_version": "0.0.1+abc"})
    found = compared(older, tables, january.headline().figure_id)
    assert (found.equal, found.code_changed, found.built_by) == (True, True, "0.0.1+abc")
    same = forged(january, manifest={"code_version": build.code_version()})
    assert not compared(same, tables, january.headline().figure_id).code_changed


def test_without_the_right_store_nothing_is_claimed(vintages, tmp_path):
    """It is elsewhere, or holds other files: said, and never taken for a difference."""
    january, home = vintages[1], Home(tmp_path)
    figure_id = january.headline().figure_id
    shutil.copytree(vintages[0].root / "store", tmp_path / "store")
    with duckdb.connect(home.store(PROGRAMME)) as connection:
        connection.execute("UPDATE batches SET sha256 = 'f' WHERE batch_id = 2")
    for key in ("store.other_inputs", "store.absent"):
        with pytest.raises(UserError) as caught:
            recompute(january, figure_id, home)
        assert caught.value.key == key
        home.store(PROGRAMME).unlink(missing_ok=True)
