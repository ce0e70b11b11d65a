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
from analytics.model import Arm, Rule
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.release.figure import group_of
from analytics.store.database import Store
from analytics.store.ingest import import_file
from analytics.store.mapping import load_mapping
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


def test_what_tells_of_several_groups_stays_where_one_is_held() -> None:
    """The p that groups are equal, and what they are drawn toward, are made of those that are told anew: of which, they
    would tell.
    """
    held = WithheldCells({(Arm.FUNDED, "sales", "1"): {group_of({"sector": "s0"}): Rule.HELD}}, {})
    effect = {"outcome": "sales", "measure": "typical_firm", "arm": "*", "horizon": "1", "value": 0.5, "shrunk": 0.4}
    test = {"outcome": "sales", "measure": "sectors_differ_typical_firm", "arm": "*", "horizon": "1", "value": 0.3}
    sign = {**effect, "measure": "spec_unadjusted_typical_firm", "sector": "s0", "reason": "confidential"}
    sign = {name: told for name, told in sign.items() if name not in ("value", "shrunk")} | {"result": "pass"}
    earlier = Earlier.of([test, sign, {**effect, "sector": "s0"}])
    assert [row["result"] for row in withheld_rows([sign], held, [earlier])] == ["pass"], "that the sign holds stays"
    told = list(withheld_rows([{**effect, "sector": "s1"}, {**test, "value": 0.2}], held, [earlier]))
    assert "shrunk" not in told[0]
    [same] = withheld_rows(
        [{**effect, "sector": "s1", "shrunk": 0.3}], held, [Earlier.of([{**effect, "sector": "s1"}])]
    )
    assert (same["shrunk"], same["obs_status"]) == (0.4, "P")
    assert (told[1]["value"], told[1]["obs_status"]) == (0.3, "P")


def test_why_a_held_figure_is_not_told_stays(releases: tuple[Release, Release]) -> None:
    """Too few firms for quality before, too few after: it does not turn confidential where a firm was corrected."""
    first, second = releases
    reasons = [np.unique(release.figures["reason"].dropna(), return_counts=True) for release in (first, second)]
    assert [list(values) for values in reasons[0]] == [list(values) for values in reasons[1]]
