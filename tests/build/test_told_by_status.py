"""What a status tells of a withheld cell: that it is confidential, and nothing of the rule. Whole numbers and the
largest grant that a programme gives would else tell who stands behind cells of one or two firms.
"""

import json
import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from analytics.build.earlier import KeptLedger, recall_earlier, recall_ledger
from analytics.build.recompute import compared
from analytics.build.withheld_cells import WithheldCells
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Arm, ConfStatus, Reason, Rule, UserError
from analytics.present.tables.audit import protection_table
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.release.figure import group_of
from analytics.release.format import RELEASE_TABLES
from analytics.release.verify import verify
from analytics.store.database import Store
from tests.helpers.figures import Earlier, withheld_rows
from tests.helpers.format_5 import as_format_5
from tests.helpers.format_8 import of_format_8

PROGRAMME = "ecommerce-2020"
RULES = {"min_units", "p_percent", "secondary"}
TELLING = {*RULES, "held", "too_few", "dominance", "complementary", "few_firms_apart", "primary", "narrowest", "gap"}


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, PROGRAMME).open()


@pytest.fixture(scope="module")
def ledger(demonstration: Home, release: Release) -> KeptLedger:
    with Store(demonstration.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        return recall_ledger(store.contributions_folder, release)


def rule_of_cell(ledger: pd.DataFrame, arm: Arm) -> dict[tuple[str, ...], str]:
    """Outcome and codes -> the rule that withholds it in all horizons."""
    mine = ledger[(ledger["arm"] == arm.value) & (ledger["sells"] == "*") & (ledger["horizon"] == "*")]
    places = mine[["outcome", *DIMENSIONS]].itertuples(index=False, name=None)
    return dict(zip(places, mine["rule"], strict=True))


@pytest.fixture(scope="module")
def hidden(release: Release, ledger: KeptLedger) -> pd.DataFrame:
    """The figures of withheld cells, each with its rule, and which dimensions it is told by."""
    figures = release.figures
    rules = rule_of_cell(ledger.cells, Arm.FUNDED)
    places = list(figures[["outcome", *DIMENSIONS]].itertuples(index=False, name=None))
    by = [tuple(name for name, code in zip(DIMENSIONS, place[1:], strict=True) if code != "*") for place in places]
    rows = figures.assign(rule=[rules.get(place, "") for place in places], by=by, place=places)
    return rows[rows["rule"].isin(RULES)]


def test_no_column_tells_a_primary_cell_from_a_secondary_one(hidden: pd.DataFrame) -> None:
    """Of every measure and kind of group, the figures of cells withheld by each rule say exactly the same."""
    told = [name for name in hidden if name not in ("figure_id", "cell", "outcome", "rule", "by", "place", *DIMENSIONS)]
    assert {"conf_status", "reason", "obs_status", "n_funded", "n_comparison", "grade", "result"} <= set(told)
    said = hidden.assign(said=list(map(tuple, hidden[told].astype(str).to_numpy().tolist())))
    kinds = said.groupby(["measure", "arm", "horizon", "outcome", "by"])
    assert (kinds["said"].nunique() == 1).all(), kinds["said"].nunique().idxmax()
    assert (kinds["rule"].nunique() > 1).sum() > 100
    assert set(hidden["rule"]) == RULES
    assert set(hidden["conf_status"]) == {ConfStatus.CONFIDENTIAL}
    assert set(hidden["reason"]) == {Reason.CONFIDENTIAL}
    assert hidden[["n_funded", "n_comparison", "value"]].isna().all(axis=None)


def test_what_figures_there_are_tells_no_rule(hidden: pd.DataFrame) -> None:
    """A cell of one firm has no estimate and so no checks of one: neither has any other withheld cell, whatever could
    be estimated there.
    """
    of_cell = hidden.groupby("place").apply(
        lambda rows: frozenset(zip(rows["measure"], rows["arm"], rows["horizon"], strict=True)), include_groups=False
    )
    for of, measures in of_cell.groupby(lambda place: (place[0], *(code == "*" for code in place[1:]))):
        assert len(set(measures)) == 1, of


def test_no_line_or_dot_tells_a_rule(release: Release, ledger: KeptLedger) -> None:
    """Every withheld sector has gaps alone in all periods, and no dots."""
    rules, checked = rule_of_cell(ledger.cells, Arm.FUNDED), 0
    for outcome in release.outcomes:
        for sector in release.codes("sector"):
            place = (outcome.name, *(sector if name == "sector" else "*" for name in DIMENSIONS))
            if place in rules:
                checked += 1
                lines = release.picture("lines", outcome.name, sector)
                assert lines[["index_value", "n"]].isna().all(axis=None)
                assert len(lines) == len(release.picture("lines", outcome.name))
                assert release.picture("spread", outcome.name, sector).empty
    assert checked > 5


def test_the_file_names_no_rule(release: Release, demonstration: Home) -> None:
    """No table lists what is withheld, no cell of any is a rule, the manifest counts all confidential cells as one."""
    path = Releases(demonstration.releases, PROGRAMME).path(release.release_id)
    with duckdb.connect(path, read_only=True) as connection:
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        assert tables == {"manifest", *RELEASE_TABLES}
        for table in tables - {"manifest"}:
            rows = connection.execute(f"SELECT * FROM {table}").df()
            for name in rows:
                assert not TELLING & set(rows[name].astype(str)), (table, name)
        [(told,)] = connection.execute("SELECT value FROM manifest WHERE key = 'disclosure'").fetchall()
        assert set(release.figures["conf_status"]) == {"F", "C"}
    summaries = json.loads(told)
    assert len(summaries) == 10
    assert all(set(found) == {"cells", "withheld", "held"} for found in summaries.values())


def test_the_ledger_lies_beside_the_store_and_adds_up(release: Release, ledger: KeptLedger) -> None:
    """Which cells, by which rule; of the groups that readers see, as many as the release says that it withholds."""
    assert list(ledger.cells) == ["arm", "outcome", "horizon", *DIMENSIONS, "sells", "rule"]
    assert set(ledger.cells["rule"]) == RULES
    for (arm, outcome), counts in release.manifest.disclosure.items():
        summary = ledger.summaries[arm, outcome]
        rows = ledger.cells[(ledger.cells["arm"] == arm.value) & (ledger.cells["outcome"] == outcome)]
        assert summary.primary + summary.secondary == len(rows)
        assert summary.secondary == (rows["rule"] == "secondary").sum()
        if arm is Arm.FUNDED:
            assert counts.withheld == (rows["sells"] == "*").sum()
    assert any(summary.narrowest is not None for summary in ledger.summaries.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_audit_page_counts_without_rules(release: Release, language: str) -> None:
    """Of each pattern: cells, and how many of them are confidential."""
    text = Text(language)
    table = protection_table(release, text)
    assert list(table) == [text("table.protected_cells"), text("table.protected_withheld")]
    counts = [found for found in release.manifest.disclosure.values() if found.withheld]
    assert table[text("table.protected_withheld")].tolist() == [text.number(found.withheld) for found in counts]


# ---- one figure at a time --------------------------------------------------------------------------------------------


def row(measure: str, arm: str = "*", **codes: str) -> dict[str, object]:
    """A figure of Michigan's first sector."""
    return {"outcome": "sales", "measure": measure, "arm": arm, "horizon": "1", "sector": "s0", "value": 0.5,
            "n_funded": 12, "n_comparison": 15, "conf_status": ConfStatus.FREE} | codes  # fmt: skip


@pytest.mark.parametrize("rule", [Rule.MIN_UNITS, Rule.P_PERCENT, Rule.SECONDARY, Rule.HELD])
def test_a_withheld_effect_has_no_checks(rule: Rule) -> None:
    """Neither empty ones: that there are any says that there were enough firms for an estimate."""
    cells = WithheldCells({(Arm.FUNDED, "sales", "*"): {group_of({"sector": "s0"}): rule}}, {})
    measures = ["typical_firm", "check_before_typical_firm", "spec_unadjusted_typical_firm", "worst_case_typical_firm"]
    [left] = withheld_rows(map(row, measures), cells)
    assert left["measure"] == "typical_firm"
    assert (left["conf_status"], left["reason"], left["obs_status"]) == ("C", "confidential", "M")
    assert len(list(withheld_rows(map(row, measures), WithheldCells({}, {})))) == len(measures)


@pytest.mark.parametrize("rule", [Rule.MIN_UNITS, Rule.P_PERCENT, Rule.SECONDARY])
def test_the_number_of_comparison_firms_tells_no_rule(rule: Rule) -> None:
    """Beside a sector whose comparison firms are secret their number is not told, whatever makes them so."""
    cells = WithheldCells({(Arm.COMPARISON, "sales", "*"): {group_of({"sector": "s0"}): rule}}, {})
    crossing = row("change", "funded", sector="*", size_class="micro")
    for told in withheld_rows([row("change", "funded"), crossing], cells):
        assert told["value"] == 0.5
        assert "n_comparison" not in told


def test_what_is_held_in_all_years_is_told_anew_in_none() -> None:
    """What was before the first award changed for few firms of a cell: its means before stay, in each year."""
    cells = WithheldCells({(Arm.FUNDED, "sales", "*"): {group_of({"sector": "s0"}): Rule.HELD}}, {})
    before = row("before_mean", "funded")
    [told] = withheld_rows([before | {"value": 0.7}], cells, [Earlier.of([before])])
    assert (told["value"], told["obs_status"]) == (0.5, "P")


@pytest.mark.parametrize(
    ("newest", "reason"),
    [
        ({"conf_status": ConfStatus.CONFIDENTIAL, "reason": Reason.CONFIDENTIAL}, Reason.CONFIDENTIAL),
        ({"reason": Reason.NOT_ESTIMABLE}, Reason.NOT_ESTIMABLE),
    ],
)
def test_a_held_figure_does_not_come_back_from_an_older_release(newest: dict[str, str], reason: Reason) -> None:
    """What the newest release does not tell stays so: its code may have stood for other firms before, and that it came
    back would point to the cell.
    """
    cells = WithheldCells({(Arm.FUNDED, "sales", "1"): {group_of({"sector": "s0"}): Rule.HELD}}, {})
    effect = row("typical_firm")
    earlier = [Earlier.of([effect]), Earlier.of([effect | {"value": None} | newest])]
    [told] = withheld_rows([effect | {"value": 0.7}], cells, earlier)
    assert told.get("value") is None
    assert told["reason"] == reason


# ---- releases of format 5 --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def older(demonstration: Home, ledger: KeptLedger, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose release is the demonstration's, in format 5; and what stood behind it, without a ledger."""
    home = Home(tmp_path_factory.mktemp("older"))
    shutil.copytree(demonstration.releases / PROGRAMME, home.releases / PROGRAMME)
    releases = Releases(home.releases, PROGRAMME)
    as_format_5(releases.path(releases.open().release_id), ledger.cells)
    return home


def test_an_older_release_is_read_without_its_rules(older: Home, release: Release, ledger: KeptLedger) -> None:
    """Format 5 said by which rule: such figures are read as confidential; too few firms for quality stays."""
    found = Releases(older.releases, PROGRAMME).open()
    with duckdb.connect(Releases(older.releases, PROGRAMME).path(found.release_id), read_only=True) as connection:
        written = connection.execute("SELECT DISTINCT conf_status, reason FROM figures").fetchall()
    assert {("A", "too_few_firms"), ("G", "dominance"), ("D", "complementary"), ("F", "too_few_firms")} <= set(written)
    assert found.format_version == 5
    pd.testing.assert_frame_equal(found.figures, of_format_8(release.figures))
    assert found.manifest.disclosure == release.manifest.disclosure
    assert found.own_ledger is not None
    for figure_id in release.figures["figure_id"][release.figures["reason"].notna()][:20]:
        standing = verify(figure_id, older.releases)
        assert standing.state == "current"
        assert standing.figure == release.by_id(figure_id)


def test_an_older_release_is_attacked_by_its_own_ledger(
    older: Home, demonstration: Home, ledger: KeptLedger, tmp_path: Path
) -> None:
    """What it withheld is read from its own table: beside the store there is none."""
    with Store(demonstration.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        behind = store.contributions_folder
    releases = Releases(older.releases, PROGRAMME)
    name = releases.open().release_id
    shutil.copy(behind / f"{name}.parquet", tmp_path)
    [inputs] = recall_earlier(tmp_path, releases, load_programme(PROGRAMME), [name]).values()
    pd.testing.assert_frame_equal(inputs.ledger[list(ledger.cells)], ledger.cells)
    kept = recall_ledger(tmp_path, inputs.release)
    pd.testing.assert_frame_equal(kept.cells, ledger.cells)
    assert kept.summaries == {}


def test_a_check_that_is_no_longer_listed_is_no_difference(release: Release) -> None:
    """Format 5 lists checks of withheld effects, as confidential: made again there are none. A number that is gone is
    a difference all the same.
    """
    secret = release.figures[release.figures["conf_status"] == "C"].iloc[0]
    told = release.figures[release.figures["value"].notna()].iloc[0]
    nothing = {"figures": release.figures.head(0)}
    assert compared(release, nothing, secret["figure_id"]).equal
    assert not compared(release, nothing, told["figure_id"]).equal


def test_a_lost_ledger_is_named(release: Release, tmp_path: Path) -> None:
    """Which file, and where it comes back from."""
    with pytest.raises(UserError, match=rf"{release.release_id}\.withheld\.parquet.*backup"):
        recall_ledger(tmp_path, release)
