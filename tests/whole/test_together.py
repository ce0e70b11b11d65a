"""Two releases tell no more together than each of them: what few firms changed is held, or is not published."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.build.candidate import build
from analytics.build.claims import ranges_again, shared_figures
from analytics.build.contributions import Contribution
from analytics.build.earlier import recall_earlier, recall_ledger
from analytics.build.panel_from_store import from_store
from analytics.build.patterns import find_withheld_cells
from analytics.build.rows.dots import dots, growth_beside
from analytics.demonstration.michigan import write_michigan_files
from analytics.estimate.sample import Sample
from analytics.folders import Home
from analytics.model import Arm, DataKind, RangeKind, Rule, UserError
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.file import Programme, load_programme
from analytics.release import Release, Releases
from analytics.store.database import Store
from analytics.store.ingest import import_file
from analytics.store.mapping.file import load_mapping
from tests.helpers.format_5 import as_format_5
from tests.helpers.michigan_release import built, sales_and_staff, sales_only

PROGRAMME = "michigan-1988"
SALES = ["fcode", "year", "sales"]  # what a correction of sales brings, and nothing else


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Release]:
    """A published release, and the home that it is in."""
    root = tmp_path_factory.mktemp("together")
    return Home(root), built(root, sales_and_staff)


def confidential() -> Programme:
    return load_programme(PROGRAMME).model_copy(update={"data_kind": DataKind.CONFIDENTIAL})


def revised(home: Home, firms: int, factor: float) -> Release:
    """A candidate after so many funded firms' sales were corrected."""
    _, file, mapping = write_michigan_files(home.root / "files")
    sales = pd.read_parquet(file)[SALES]
    chosen = funded_codes(home)[:firms]
    later = home.root / "files" / f"later-{firms}-{factor}.parquet"
    mine = sales[sales["fcode"].astype(int).astype(str).isin(chosen)]
    mine.assign(sales=mine["sales"] * factor).to_parquet(later, index=False)
    with Store(home.store(PROGRAMME), PROGRAMME) as store:
        how = load_mapping(mapping)
        import_file("sales", later, programme=load_programme(PROGRAMME), store=store, archive=home.archive, mapping=how)
        releases = Releases(home.releases, PROGRAMME)
        return Release(releases.path(build(load_programme(PROGRAMME), store, releases)))


def funded_codes(home: Home) -> list[str]:
    """Funded firms with sales in every year, as the files write them."""
    applications, file, _ = write_michigan_files(home.root / "files")
    table = pd.read_csv(applications, dtype=str)
    sales = pd.read_parquet(file)
    whole = sales[sales["sales"].notna()].groupby("fcode").size()
    known = {str(int(code)) for code in whole[whole == 3].index}
    return sorted(known & set(table.loc[table["outcome"] == "funded", "fiscal_code"]))


def ledger_of(home: Home, release: Release) -> pd.DataFrame:
    """Which cells the release withholds or holds, and by which rule."""
    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        return recall_ledger(store.contributions_folder, release).cells


def told(release: Release, outcome: str) -> pd.DataFrame:
    """An outcome's figures of the whole programme by their cell."""
    figures = release.figures[(release.figures["outcome"] == outcome) & (release.figures["wave"] == "*")]
    return figures.set_index("cell").drop(columns="figure_id")


@pytest.fixture(scope="module")
def one_changed(first: tuple[Home, Release]) -> Release:
    return revised(first[0], 1, 3.0)


def test_the_change_of_one_firm_is_not_told(first: tuple[Home, Release], one_changed: Release) -> None:
    """The programme's new mean less its old one, times the firms, would be that firm's: the earlier figure stays,
    marked provisional, and the ledger says so.
    """
    before, now = told(first[1], "sales"), told(one_changed, "sales")
    numbers = ["value", "low", "high", "n_funded", "n_comparison"]
    known = before["value"].notna()
    assert known.any()
    pd.testing.assert_frame_equal(before.loc[known, numbers], now.loc[known, numbers], check_exact=True)
    held = now.loc[known & (now["horizon"] != "*"), "obs_status"]
    assert (held == "P").any()
    assert (ledger_of(first[0], one_changed)["rule"] == "held").any()
    assert one_changed.manifest.beside == (first[1].release_id,)


def test_outcomes_that_nobody_corrected_are_as_they_were(first: tuple[Home, Release], one_changed: Release) -> None:
    """Employment did not change: its figures are the same, and provisional like all that stayed: which of them the
    corrected firm is behind is not to be seen.
    """
    before, now = told(first[1], "employ"), told(one_changed, "employ")
    pd.testing.assert_frame_equal(before.drop(columns="obs_status"), now.drop(columns="obs_status"), check_exact=True)
    assert (now.loc[now["value"].notna(), "obs_status"] == "P").all()


def test_the_change_of_many_firms_is_told(first: tuple[Home, Release], one_changed: Release) -> None:
    """Once enough firms have changed, the figures are new ones."""
    assert one_changed.release_id  # built ahead
    many = revised(first[0], 15, 2.0)
    now, before = told(many, "sales"), told(first[1], "sales")
    changes = now[(now["measure"] == "before_mean") & (now["arm"] == "funded") & now["value"].notna()]
    assert (changes["obs_status"] == "A").any()
    assert not np.allclose(changes["value"], before.loc[changes.index, "value"])


def test_a_candidate_that_was_not_made_beside_what_was_published_since_is_refused(tmp_path: Path) -> None:
    """Two candidates side by side: when one is out, the other must be made again. Of data that are anybody's it may."""
    home = Home(tmp_path)
    built(tmp_path, sales_only)
    releases = Releases(home.releases, PROGRAMME)
    with Store(home.store(PROGRAMME), PROGRAMME) as store:
        one = build(confidential(), store, releases)
    other = revised(home, 2, 5.0).release_id
    with Store(home.store(PROGRAMME), PROGRAMME) as store:
        third = build(confidential(), store, releases)
    releases.publish(one)
    with pytest.raises(UserError, match=f"{third}.*{one}"):
        releases.publish(third)
    assert releases.current == one
    releases.publish(other)
    assert releases.current == other


def test_confidential_data_need_what_stood_behind_each_release(tmp_path: Path) -> None:
    """Without contributions or ledger a new release cannot be checked against the old one: the build says which file
    to bring back.
    """
    home = Home(tmp_path)
    built(tmp_path, sales_only)
    with Store(home.store(PROGRAMME), PROGRAMME) as store:
        releases = Releases(home.releases, PROGRAMME)
        for kind in ("parquet", "withheld.parquet"):
            kept = store.contributions_folder / f"{releases.current}.{kind}"
            away = kept.rename(tmp_path / kept.name)
            with pytest.raises(UserError, match=f"{kept.name}.*backup"):
                build(confidential(), store, releases)
            build(load_programme(PROGRAMME), store, releases)  # of public data nothing can be told
            away.rename(kept)


def test_what_one_firm_corrected_outside_the_windows_is_held_too(first: tuple[Home, Release]) -> None:
    """No sum of the windows changed, but lines and checks are made of the rest: every horizon stays as it was."""
    home, release = first
    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        [behind] = recall_earlier(
            store.contributions_folder, Releases(home.releases, PROGRAMME), confidential(), [release.release_id]
        ).values()
    trace = Contribution("sales", "*", "trace").column
    funded = behind.contributions.index[(behind.contributions["arm"] == "funded") & behind.contributions[trace].notna()]
    assert find_withheld_cells(behind.contributions, confidential(), [behind]).rules[Arm.FUNDED, "sales", "*"] == {}
    changed = behind.contributions.copy()
    changed.loc[funded[0], trace] += 1e-3
    held = find_withheld_cells(changed, confidential(), [behind])
    for horizon in ("overall", "1"):
        assert held.rule("sales", horizon, ()) is Rule.HELD
        assert held.rule("employ", horizon, ()) is None
    changed.loc[funded[:15], trace] += 1e-3
    assert find_withheld_cells(changed, confidential(), [behind]).rule("sales", "1", ()) is None


@pytest.mark.parametrize("withheld", [False, True])
def test_a_release_of_format_5_is_attacked_too(tmp_path: Path, withheld: bool) -> None:
    """One firm changed since: what that release published stays, marked provisional; what its own ledger says that it
    withheld tells nothing by difference, and nothing is held.
    """
    release, home = built(tmp_path, sales_only), Home(tmp_path)
    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        [kept] = store.contributions_folder.glob("*.withheld.parquet")
    columns = list(pd.read_parquet(kept))
    kept.unlink()
    cells = release.figures.loc[release.figures["outcome"] == "sales", list(DIMENSIONS)].drop_duplicates()
    whole = [cells.assign(sells=code) for code in ("*", "yes")]
    own = pd.concat(whole).assign(arm="funded", outcome="sales", horizon="*", rule="secondary")
    as_format_5(Releases(home.releases, PROGRAMME).path(release.release_id), own[columns].head(len(own) * withheld))
    assert Releases(home.releases, PROGRAMME).open().format_version == 5
    rules = ledger_of(home, revised(home, 1, 3.0))
    held = rules[(rules["rule"] == "held") & (rules["outcome"] == "sales") & (rules["arm"] == "funded")]
    assert held.empty == withheld


def test_what_groups_make_of_each_other_follows_from_what_is_published(
    demonstration: Home, first: tuple[Home, Release], one_changed: Release
) -> None:
    """Shared ranges and best guesses are made again from the release alone, also where some groups are withheld and
    where others stay as they were: they tell nothing of a firm that the release does not.
    """
    assert first[1].release_id != one_changed.release_id
    borrowed = 0
    for release in (Releases(demonstration.releases, "ecommerce-2020").open(), first[1], one_changed):
        seen = 0
        for dimension in release.programme.sector_dimensions:
            for code in release.codes(dimension):
                effect = release.main_effect({dimension: code})
                if effect is not None and effect.published:
                    shared = effect.range_kind is RangeKind.SHARED
                    assert ranges_again(release, effect) == ({} if shared else None)
                    seen += 1
                    borrowed += shared
        assert seen > 0
    assert borrowed > 0
    again = {figure.key: figure for figure in shared_figures(one_changed.at, one_changed.programme)}
    assert all(one_changed.at(key) is not None for key in again)


@pytest.fixture(scope="module")
def one_beside_changed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Release, Release]:
    """A home with a release, and a candidate after one comparison firm's sales of the last years were corrected."""
    root = tmp_path_factory.mktemp("beside")
    home, before = Home(root), built(root, sales_only)
    applications, file, mapping = write_michigan_files(root / "files")
    sales, funded = pd.read_parquet(file)[SALES], set(funded_codes(home))
    code = sales["fcode"].astype(int).astype(str)
    whole = sales[sales["sales"].notna()].groupby(code).size()
    table = pd.read_csv(applications, dtype=str)
    others = set(table.loc[table["outcome"] != "funded", "fiscal_code"]) | (set(code) - set(table["fiscal_code"]))
    mine = sorted((set(whole[whole == 3].index) & others) - funded)[0]
    later = root / "files" / "beside.parquet"
    sales[(code == mine) & (sales["year"] > 1987)].assign(sales=lambda rows: rows["sales"] * 3).to_parquet(later)
    with Store(home.store(PROGRAMME), PROGRAMME) as store:
        how = load_mapping(mapping)
        import_file("sales", later, programme=load_programme(PROGRAMME), store=store, archive=home.archive, mapping=how)
        releases = Releases(home.releases, PROGRAMME)
        return home, before, Release(releases.path(build(load_programme(PROGRAMME), store, releases)))


def test_the_change_of_one_comparison_firm_is_not_told(one_beside_changed: tuple[Home, Release, Release]) -> None:
    """Every effect moves by what it corrected, a group's by its part: effects, money, checks, the path and the dots
    stay, marked provisional.
    """
    home, first, second = one_beside_changed
    ledger = ledger_of(home, second)
    assert set(ledger.loc[ledger["rule"] == "held", "arm"]) == {"comparison"}
    place = ["outcome", "measure", "arm", "horizon", *DIMENSIONS]
    before, now = (
        release.figures[release.figures["outcome"] == "sales"].set_index(place) for release in (first, second)
    )
    known = before.index[before["value"].notna()]
    same = ["value", "low", "high", "sim_low", "sim_high", "shrunk", "n_funded", "n_comparison"]
    pd.testing.assert_frame_equal(before.loc[known, same], now.loc[known, same], check_exact=True)
    now = now.loc[known].reset_index()
    effects = now[(now["arm"] == "*") & ~now["measure"].str.contains("differ|_gaining_")]
    assert {"typical_firm", "euro_weighted", "extra_sales", "extra_per_firm", "event_study"} <= set(effects["measure"])
    assert set(effects["obs_status"]) == {"P"}, sorted(set(effects.loc[effects["obs_status"] != "P", "measure"]))
    own = now[(now["arm"] == "funded") & now["measure"].isin(["before_mean", "after_mean", "change"])]
    assert set(own["obs_status"]) == {"P"}
    numbers = ["outcome", "sector", "horizon", "place", "value", "n"]
    pd.testing.assert_frame_equal(first.spread[numbers], second.spread[numbers])
    assert set(second.spread["obs_status"]) == {"P"}


def grown(home: Home, firms: int) -> Release:
    """A candidate after so many funded firms told that they had sold five times as much after the award."""
    _, file, mapping = write_michigan_files(home.root / "files")
    sales = pd.read_parquet(file)[SALES]
    mine = sales["fcode"].astype(int).astype(str).isin(funded_codes(home)[:firms]) & (sales["year"] > 1987)
    later = home.root / "files" / f"grown-{firms}.parquet"
    sales[mine].assign(sales=sales["sales"] * 5).to_parquet(later, index=False)
    programme, releases = load_programme("michigan-1988"), Releases(home.releases, "michigan-1988")
    with Store(home.store(programme.id), programme.id) as store:
        how = load_mapping(mapping)
        import_file("sales", later, programme=programme, store=store, archive=home.archive, mapping=how)
        return Release(releases.path(build(programme, store, releases)))


def test_the_dots_of_a_held_sector_stay(tmp_path: Path) -> None:
    """Few firms' sales were corrected: the dots are those of the earlier release, though its firms now give others."""
    home, release = Home(tmp_path), built(tmp_path, sales_only)
    few = grown(home, 2)
    columns = ["outcome", "sector", "horizon", "place", "value", "n"]
    assert (ledger_of(home, few)["rule"] == "held").any()
    pd.testing.assert_frame_equal(few.spread[columns], release.spread[columns])
    assert set(release.spread["obs_status"]) == {"A"}
    assert set(few.spread["obs_status"]) == {"P"}
    assert set(few.spread["figure_id"]).isdisjoint(release.spread["figure_id"])
    programme = load_programme("michigan-1988")
    with Store(home.store(programme.id), programme.id, read_only=True) as store:
        panel = from_store(store, programme, everybody=True).compared
    new = dots(growth_beside(Sample(panel, "sales", programme.settings, 1), panel.funded))
    assert [value for value, _ in new] != few.picture("spread", "sales")["value"].tolist()
