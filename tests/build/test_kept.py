"""Where one firm was corrected, nothing of a release tells which figures that touched."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.build.candidate import build
from analytics.build.withheld_cells import WithheldCells
from analytics.demonstration.michigan import write_michigan_files
from analytics.folders import Home
from analytics.model import Arm, Grade, RangeKind, Rule, Verdict
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.release.figure import group_of
from analytics.store.database import Store
from analytics.store.ingest import import_file
from analytics.store.mapping.file import load_mapping
from tests.helpers.figures import Earlier, figures_in, withheld_rows

PROGRAMME = "michigan-1988"


@pytest.fixture(scope="module")
def releases(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """Michigan's, and the one after the last sales of one funded firm were corrected."""
    home = Home(tmp_path_factory.mktemp("kept"))
    for folder in ("store", "releases", "archive"):
        shutil.copytree(demonstration.root / folder, home.root / folder)
    programme = load_programme(PROGRAMME)
    applications, file, mapping = write_michigan_files(home.root / "files")
    sales = pd.read_parquet(file)
    with Store(home.store(PROGRAMME), PROGRAMME) as store:
        found = Releases(home.releases, PROGRAMME)
        first = found.open()
        awarded = pd.read_csv(applications, dtype=str)
        funded = set(awarded.loc[awarded["outcome"] == "funded", "fiscal_code"])
        codes = sales["fcode"].astype(int).astype(str)
        known = sales["sales"].notna() & codes.isin(funded)
        whole = [code for code, rows in sales[known].groupby(codes) if len(rows) == sales["year"].nunique()]
        mine = (codes == whole[0]) & (sales["year"] == sales["year"].max())
        corrected = sales[mine].assign(sales=sales.loc[mine, "sales"] * 1.3)
        path = home.root / "corrected.parquet"
        corrected.to_parquet(path, index=False)
        import_file(
            "sales", path, programme=programme, store=store, archive=home.archive, mapping=load_mapping(mapping)
        )
        name = build(programme, store, found)
    return first, Release(found.path(name))


def test_every_figure_is_as_it_was_and_marked_alike(releases: tuple[Release, Release]) -> None:
    """One firm changed: no number moves anywhere, and none is told from another by its status."""
    first, second = releases
    before = {figure.key: figure for figure in figures_in(first)}
    after = {figure.key: figure for figure in figures_in(second)}
    assert before.keys() == after.keys()
    assert [key for key, figure in after.items() if figure.published and figure.obs_status != "P"] == []
    for key, figure in after.items():
        same = replace(figure, figure_id=before[key].figure_id, obs_status=before[key].obs_status)
        assert same == before[key], key
    for table, columns in (("lines", ["index_value", "n"]), ("spread", ["value", "n"])):
        pd.testing.assert_frame_equal(getattr(first, table)[columns], getattr(second, table)[columns])
    assert set(second.spread["obs_status"]) <= {"P"}
    pd.testing.assert_frame_equal(first.reconciliation, second.reconciliation)
    pd.testing.assert_frame_equal(first.applications, second.applications)


def test_how_many_cells_are_held_is_not_told(releases: tuple[Release, Release]) -> None:
    """A release says that some may be; a number would tell how many cells the corrected firm lies in."""
    first, second = releases
    assert {counts.held for counts in first.manifest.disclosure.values()} == {0}
    for counts in second.manifest.disclosure.values():
        assert counts.held == counts.cells - counts.withheld


HELD = WithheldCells({(Arm.FUNDED, "sales", "1"): {group_of({"sector": "s0"}): Rule.HELD}}, {})
EFFECT = {"outcome": "sales", "measure": "typical_firm", "arm": "*", "horizon": "1", "value": 0.5, "low": 0.1}


def test_that_a_held_sign_holds_stays() -> None:
    """Of a specification whose value is confidential, too: the newest release told whether the sign holds."""
    sign = {"outcome": "sales", "measure": "spec_unadjusted_typical_firm", "arm": "*", "horizon": "1", "sector": "s0"}
    sign |= {"reason": "confidential", "result": "pass"}
    assert [row["result"] for row in withheld_rows([sign], HELD, [Earlier.of([sign])])] == ["pass"]


FOLLOWS = {
    **dict.fromkeys(("shared_low", "shared_high", "half_low", "half_high", "p_value", "mde"), 0.3),
    **dict.fromkeys(("shrunk", "shrunk_low", "shrunk_high"), 0.3),
    "range_kind": RangeKind.SHARED,
    "firms_needed": 300,
    "years_needed": 3,
    "grade": Grade.LOW,
    "verdict": Verdict.HIGHER,
}


@pytest.mark.parametrize("name", FOLLOWS)
def test_what_follows_from_other_groups_makes_no_group_one_that_changed(name: str) -> None:
    """Where anything is held, a sector whose own numbers are as they were stays as it was, and is marked like all that
    did not change: that others moved its range would tell it from them.
    """
    now, then = {**EFFECT, "sector": "s1", name: FOLLOWS[name]}, {**EFFECT, "sector": "s1"}
    [same] = withheld_rows([now], HELD, [Earlier.of([then])])
    assert same["obs_status"] == "P"
    assert name not in same
    [changed] = withheld_rows([now | {"low": 0.2}], HELD, [Earlier.of([then])])
    assert changed["obs_status"] == "E"


def test_a_programme_whose_claim_changed_did_change() -> None:
    """Its grade and verdict are its own: nothing of it follows from other groups."""
    now, then = {**EFFECT, "grade": Grade.LOW}, {**EFFECT, "grade": Grade.MODERATE}
    [told] = withheld_rows([now], HELD, [Earlier.of([then])])
    assert (told["grade"], told["obs_status"]) == (Grade.LOW, "E")


def test_why_a_held_figure_is_not_told_stays(releases: tuple[Release, Release]) -> None:
    """Too few firms for quality before, too few after: it does not turn confidential where a firm was corrected."""
    first, second = releases
    reasons = [np.unique(release.figures["reason"].dropna(), return_counts=True) for release in (first, second)]
    assert [list(values) for values in reasons[0]] == [list(values) for values in reasons[1]]
