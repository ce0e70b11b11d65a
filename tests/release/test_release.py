"""Releases are immutable, found by id, published by moving a pointer, and hold what they say they hold."""

import json
import os
import re
import shutil
from dataclasses import fields
from itertools import islice
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from analytics import folders
from analytics.build.panel_from_store import from_store
from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import Settings, UserError
from analytics.present.sentences.phrases import described
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.release.figure_id import FigureId
from analytics.release.manifest import Manifest, rough_rows
from analytics.release.measures import measure_named
from analytics.release.verify import verify
from analytics.release.writing import write_release
from analytics.store.database import Store
from tests.helpers.figures import figures_in
from tests.helpers.kill_release import make
from tests.helpers.michigan_release import built, sales_only
from tests.helpers.officer import identifiers, standing_in


@pytest.fixture(scope="module")
def home(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy that tests may change."""
    root = tmp_path_factory.mktemp("release") / "home"
    shutil.copytree(demonstration.root, root)
    return Home(root)


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


def test_every_figure_has_a_value_or_a_reason(release: Release) -> None:
    """Never zero, never NaN, never empty: a withheld figure says why and shows none of its companions."""
    figures = release.figures
    withheld = figures["value"].isna()
    assert withheld.any()
    assert (figures["reason"].notna() == withheld).all()
    companions = ["low", "high", "half_low", "half_high", "sim_low", "sim_high", "p_value", "mde", "df"]
    assert figures.loc[withheld, companions].isna().all(axis=None)


def test_cells_of_one_or_two_firms_are_withheld_with_their_counts(release: Release) -> None:
    """No published figure stands on one or two firms of either arm; confidential ones do not tell how many."""
    figures = release.figures
    published = figures[figures["value"].notna()]
    for arm in ("n_funded", "n_comparison"):
        assert not published[arm].isin([1, 2]).any()
        assert figures.loc[figures["conf_status"] == "C", arm].isna().all()
    assert (figures["conf_status"] == "C").any()


def test_effects_under_ten_firms_are_withheld_for_quality(release: Release) -> None:
    """Three to nine firms in an arm: counted, not estimated."""
    figures = release.figures
    effects = figures[figures["measure"].isin(["typical_firm", "euro_weighted"]) & figures["value"].notna()]
    assert effects["n_funded"].min() >= 10
    assert effects["n_comparison"].min() >= 10
    assert (figures["obs_status"] == "U").any()


def test_the_demonstration_has_one_confidential_and_one_unreliable_sector(release: Release) -> None:
    """METHODS 9: one sector withheld for confidentiality, one for quality; one of the first's macro-sector, so that it
    cannot be found by difference; the others shown.
    """
    found = [
        release.figure(measure_named("typical_firm"), outcome="online_sales", horizon="overall", group={"sector": code})
        for code in release.codes("sector")
    ]
    statuses = [figure.conf_status for figure in found if figure]
    assert statuses.count("C") == 2
    assert [figure.obs_status for figure in found if figure].count("U") == 1
    assert sum(figure.published for figure in found if figure) == 12


def test_no_identifier_is_in_the_file(release: Release, demonstration: Home) -> None:
    """Raw bytes and every decoded cell are searched for fiscal codes, names and application numbers."""
    secrets = identifiers(demonstration)
    path = Releases(demonstration.releases, "ecommerce-2020").path(release.release_id)
    assert standing_in(path.read_bytes(), secrets) == []
    with duckdb.connect(path, read_only=True) as connection:
        listed = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"
        columns = connection.execute(listed).fetchall()
        assert len(columns) > 30
        for table, column in columns:
            cells = connection.execute(f'SELECT DISTINCT CAST("{column}" AS VARCHAR) FROM {table}').fetchall()
            assert not secrets & {cell for (cell,) in cells}


def test_an_identifier_would_be_found() -> None:
    """Wherever it stands in a file of bytes, alone or among others, and no part of one."""
    secrets = ["A-0001", "00012345678", "Impresa simulata 0001"]
    for place in range(20):
        around = b"\0" * place, b"Impresa simulata 000" * (20 - place)
        assert standing_in(b"00012345678".join(around), secrets) == ["00012345678"]
        assert standing_in(b"Impresa simulata 0001A-0001".join(around), secrets) == [secrets[0], secrets[2]]
        assert standing_in(b"".join(around), secrets) == []


def test_a_candidate_is_not_shown_until_it_is_published_and_withdrawing_goes_back(tmp_path: Path) -> None:
    """Publishing moves the pointer, withdrawing moves it back; ids are not used twice; the ledger only grows. Two
    releases of a programme name the same cell alike.
    """
    before = built(tmp_path, sales_only).release_id
    releases = Releases(Home(tmp_path).releases, "michigan-1988")
    candidate = make(tmp_path)
    assert releases.current == before
    with pytest.raises(UserError):
        releases.open(candidate)
    lines = len(releases.ledger())
    releases.publish(candidate)
    assert releases.current == candidate
    assert releases.withdraw(candidate) == before == releases.current
    assert len(releases.ledger()) == lines + 2
    assert candidate not in releases.published()
    cells = [set(Release(releases.path(name)).figures["cell"]) for name in (before, candidate)]
    assert cells[0] == cells[1] != set()
    assert releases.next_id(int(candidate[:4])) not in {path.stem for path in releases.folder.glob("*.duckdb")}


def test_figure_ids_resolve(demonstration: Home, release: Release) -> None:
    """Every id of the release, numbers and lines, is found by verify as current; a mistyped one is told."""
    for figure_id in (release.headline().figure_id, release.picture_id("lines", "online_sales", "food")):
        assert verify(figure_id, demonstration.releases).state == "current"
    ids = release.figures["figure_id"]
    assert ids.is_unique
    wrong = ids[0][:-1] + ("A" if ids[0][-1] != "A" else "B")
    with pytest.raises(UserError, match="check character"):
        verify(wrong, demonstration.releases)


def test_verify_says_what_a_figure_is_and_both_its_ranges(demonstration: Home, release: Release) -> None:
    """A sector’s sentence prints the joint range, its chart the sector’s own: verify names both, to the last digit."""
    figure = release.figure(
        measure_named("typical_firm"), outcome="online_sales", horizon="overall", group={"sector": "food"}
    )
    assert figure is not None
    words = described(release, figure, Text("en"))
    for number in (figure.value, figure.low, figure.high, figure.sim_low, figure.sim_high):
        assert repr(number) in words
    assert "Food and beverages" in words
    secret = release.figure(
        measure_named("typical_firm"), outcome="online_sales", horizon="overall", group={"sector": "electronics"}
    )
    assert "riservato" in described(release, secret, Text("it"))
    assert "not to a single figure" in described(release, None, Text("en"))


def test_a_release_is_never_replaced(home: Home, release: Release) -> None:
    """Two builds at once that took the same number: the second is refused, the first stays as it was."""
    path = Releases(home.releases, "ecommerce-2020").path(release.release_id)
    before = path.read_bytes()
    with pytest.raises(UserError, match="next number"):
        write_release(path, release.manifest, {})
    assert path.read_bytes() == before
    assert not [left for left in path.parent.iterdir() if left.is_dir()]


def test_writing_asks_windows_only_for_what_it_can_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There no folder can be opened, and a file is flushed by who may write it."""
    opened = []
    monkeypatch.setattr(folders, "WINDOWS", True)
    monkeypatch.setattr(os, "open", lambda path, flags, real=os.open: opened.append((path, flags)) or real(path, flags))
    (tmp_path / "file").write_text("written")
    folders.to_disk(tmp_path / "file")
    folders.to_disk(tmp_path)
    assert opened == [(tmp_path / "file", os.O_RDWR)]


def test_a_half_written_line_of_the_ledger_loses_nothing(home: Home) -> None:
    """A kill while the ledger is written: what was recorded before stays, the next line starts afresh."""
    releases = Releases(home.releases, "ecommerce-2020")
    before = releases.ledger()
    with (releases.folder / "ledger.jsonl").open("a", encoding="utf-8") as ledger:
        ledger.write('\n{"at": "2026')
    assert releases.ledger() == before
    releases.record("built", "2026-77")
    assert [entry.release for entry in releases.ledger()] == [*(entry.release for entry in before), "2026-77"]
    assert releases.open().release_id == releases.current


def test_no_line_of_a_sector_whose_counts_are_confidential(release: Release) -> None:
    """Two funded firms: not even the comparison's line is in the file."""
    lines = release.lines[release.lines["sector"] == "electronics"]
    assert len(lines) > 0
    assert lines[["index_value", "n"]].isna().all(axis=None)


def test_the_release_file_cannot_be_changed_by_accident(release: Release, demonstration: Home) -> None:
    """The file is written once, read-only."""
    path = Releases(demonstration.releases, "ecommerce-2020").path(release.release_id)
    assert path.stat().st_mode & 0o222 == 0
    assert [left for left in path.parent.iterdir() if left.is_dir() or left.suffix == ".partial"] == []


def test_the_manifest_says_how_the_release_was_made(release: Release) -> None:
    """Imports, settings, code version, windows, counts; and no file name of the officer's, nor any hash or number of
    rows by which a small correction could be found.
    """
    manifest = release.manifest
    assert {file.table for file in manifest.inputs} == {"applications", "sales"}
    for file in manifest.inputs:
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", file.imported_on)
        for rows in (file.rows_loaded, file.rows_rejected):
            assert rows == rough_rows(rows)
    assert not re.search(r"[0-9a-f]{64}", json.dumps(manifest.as_json()["inputs"]))
    assert manifest.settings.min_firms == Settings().min_firms
    assert manifest.before == ("2019-06", "2020-05")
    assert ".csv" not in json.dumps(manifest.as_json())


def test_a_manifest_comes_back_as_it_was_written(release: Release) -> None:
    """Typed, to JSON and back: nothing of how a release was made is lost or turned into something else."""
    again = Manifest.from_json(release.manifest.as_json())
    assert {field.name: getattr(again, field.name) for field in fields(Manifest)} == {
        field.name: getattr(release.manifest, field.name) for field in fields(Manifest)
    }


def test_every_figure_is_found_by_its_key_and_its_id(release: Release) -> None:
    """One record for a figure: what its key names is what its id names, and the id follows from the key alone."""
    for figure in islice(figures_in(release), 0, None, 97):
        assert release.at(figure.key) == release.by_id(figure.figure_id) == figure
        assert str(FigureId("ecommerce-2020", release.release_id, figure.key.cell)) == figure.figure_id


def test_announced_totals_are_reconciled_to_the_cent(release: Release) -> None:
    """286 + 117 + 235 = 638; €2,138,366.96 belongs to the third list; what was not stated stays unknown."""
    table = release.reconciliation.set_index("tranche")
    assert list(table.loc[["first", "second", "third", "*"], "announced_firms"]) == [286, 117, 235, 638]
    assert list(table["announced_firms"]) == list(table["loaded_firms"])
    assert float(table.loc["third", "announced_eur"]) == float(table.loc["third", "loaded_eur"]) == 2138366.96
    assert pd.isna(table.loc["second", "announced_eur"])
    assert pd.isna(table.loc["*", "announced_eur"])
    steps = table[["loaded_firms", "reporting_firms", "measured_firms", "analysed_firms"]]
    assert (steps.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)
    assert table.loc["*", "analysed_firms"] == release.headline().n_funded


def test_figures_are_those_of_the_estimator(demonstration: Home, release: Release) -> None:
    """The release's headline is what `effect` gives on the stored panel: nothing is rounded on the way."""
    from analytics.estimate import EffectEstimate, effect

    programme = load_programme("ecommerce-2020")
    with Store(demonstration.store(programme.id), programme.id, read_only=True) as store:
        panel = from_store(store, programme)
    estimated = effect(panel, "online_sales", "typical_firm", settings=programme.settings)
    assert isinstance(estimated, EffectEstimate)
    assert release.headline().value == estimated.value
    assert (release.headline().low, release.headline().high) == (estimated.ci_low, estimated.ci_high)


@pytest.mark.parametrize(
    ("rows", "told"), [(0, 0), (1, 0), (99, 0), (100, 100), (109, 100), (1649, 1600), (97_104, 97_000)]
)
def test_rows_are_told_to_two_digits(rows: int, told: int) -> None:
    """Of fewer than a hundred nothing: a correction of one firm has as many as one of twenty."""
    assert rough_rows(rows) == told


def test_inputs_of_an_older_manifest_are_read(release: Release) -> None:
    """Up to format 6 it told hashes and rows: told as today, and kept for who makes the release again."""
    older = release.manifest.as_json()
    file = {"table": "sales", "sha256": "ab" * 32, "imported_at": "2026-03-04T05:06:07Z", "rows_in": 1700}
    older["inputs"] = json.dumps([file | {"rows_loaded": 1649, "rows_rejected": 51}])
    manifest = Manifest.from_json(older)
    [told], [own] = manifest.inputs, manifest.own_inputs
    assert (told.imported_on, told.rows_loaded, told.rows_rejected) == ("2026-03-04", 1600, 0)
    assert (own.sha256, own.rows_in) == ("ab" * 32, 1700)
