"""What is shown over time, of the whole programme: the event study as figures, and the share of firms that report."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analytics.build.panel_from_store import from_store
from analytics.build.recompute import Recipe, compared, rebuilt, store_of
from analytics.build.rows.effects import figures as candidate_figures
from analytics.build.rows.over_time import over_time_figures
from analytics.build.samples import samples_of
from analytics.build.withheld_cells import WithheldCells
from analytics.estimate import EventEstimate, event_study
from analytics.estimate.event_study import shares_by_event
from analytics.estimate.sample import Sample
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Arm, DisclosureRules, Reason, Rule, Settings, Unit
from analytics.panel import Panel
from analytics.panel.windows import horizons
from analytics.present.sentences.phrases import described, horizon_phrase
from analytics.programme.file import load_programme
from analytics.release import Release
from analytics.release.figure import group_of
from analytics.release.measures import measure_named
from analytics.store.database import Store
from tests.helpers.figures import Earlier, as_row, withheld_rows
from tests.helpers.michigan_release import as_they_are, built, funded_only
from tests.helpers.panels import drawn
from tests.whole.test_as_of import forged

PROGRAMME, OUTCOME = "michigan-1988", "sales"
BOUNDS = {"value": "value", "low": "ci_low", "high": "ci_high", "sim_low": "sim_low", "sim_high": "sim_high"}
NUMBERS = [*BOUNDS, "df", "n_funded", "n_comparison"]


def paths(panel: Panel, settings: Settings, *, whole_only: bool = False, p_percent: float = 10.0) -> pd.DataFrame:
    """The rows of a programme whose headline is the panel's one outcome."""
    rules = DisclosureRules(p_percent=p_percent)
    programme = SimpleNamespace(settings=settings, headline=SimpleNamespace(outcome=OUTCOME), disclosure_rules=rules)
    figures = over_time_figures(panel, programme, Sample(panel, OUTCOME, settings), whole_only=whole_only)
    return pd.DataFrame([dict.fromkeys((*BOUNDS, "n_funded", "n_comparison")) | as_row(figure) for figure in figures])


def events(panel: Panel, settings: Settings, **how) -> pd.DataFrame:
    found = paths(panel, settings, **how)
    return found[found["measure"] == "event_study"].set_index("horizon")


def added(panel: Panel, settings: Settings, event: int) -> tuple[list[float], list[float]]:
    """What each firm adds to a point, in loops over firms that enter: funded firms, then comparison firms, which stand
    in every cohort's sum by its share of the funded firms.
    """
    relative = shares_by_event(panel, OUTCOME, settings)[1][event]
    units = panel.units.assign(row=range(len(panel.units)), column=pd.factorize(panel.units["cohort"], sort=True)[0])
    funded, others = units[panel.funded], units[~panel.funded]
    beside: dict[tuple, dict[int, float]] = {}
    for column in funded["column"].unique():
        for sector, mine in others.groupby("sector"):
            seen = {row: relative[row, column] for row in mine["row"] if math.isfinite(relative[row, column])}
            beside[sector, column] = seen if len(seen) >= 2 else {}
    enter = [
        (relative[one.row, one.column], beside[one.sector, one.column])
        for one in funded.itertuples()
        if math.isfinite(relative[one.row, one.column]) and beside.get((one.sector, one.column))
    ]
    theirs = dict.fromkeys(others["row"], 0.0)
    for _, seen in enter:
        for row, share in seen.items():
            theirs[row] += share / len(seen) / len(enter)
    return [own / len(enter) for own, _ in enter], list(theirs.values())


def step_of(estimate: EventEstimate) -> float:
    """A point, two where either arm has fewer than a hundred firms; whatever the largest contribution is."""
    return 0.01 if min(estimate.n_funded, estimate.n_comparison) >= 100 else 0.02


def told_apart(added_by: list[float]) -> bool:
    """The p%-rule: whether the others' sum is too small to keep the largest."""
    ranked = [*sorted(added_by, reverse=True), 0.0, 0.0]
    return sum(ranked[2:]) < 0.1 * ranked[0]


SMALL = Settings(award_period="after", min_firms=5)
PANELS = {
    "months": drawn(1, frequency="M", years=4, funded=(14, 12), comparison=(20, 18), cohorts=(20, 25)),
    "quarters": drawn(2, frequency="Q", years=5, funded=(14, 6), comparison=(20, 9), cohorts=(8, 12)),
    "years, one cohort": drawn(3, frequency="Y", years=6, funded=(14, 6), comparison=(20, 9), cohorts=(3,)),
    "few at the ends": drawn(4, frequency="Q", years=4, funded=(8,), comparison=(9,), cohorts=(6, 11)),
    "no comparison": drawn(5, funded=(14, 6), comparison=(0, 0)),
}


@pytest.fixture(params=PANELS)
def panel(request) -> Panel:
    return PANELS[request.param]


def test_the_event_study_is_as_estimated(panel):
    """Every event time has its row: value, its own interval and the band of all, to a point or two, with the
    firms; or the reason why there is none, and then no number.
    """
    rows, expected = events(panel, SMALL), event_study(panel, OUTCOME, settings=SMALL).effects
    assert list(rows.index) == [f"e{event}" for event in expected]
    assert "df" not in rows
    for event, estimate in expected.items():
        row = rows.loc[f"e{event}"]
        assert (row["arm"], row["unit"]) == ("*", Unit.FRACTION)
        arms = added(panel, SMALL, event) if isinstance(estimate, EventEstimate) else None
        if arms is None:
            assert row.reindex(NUMBERS).isna().all()
            assert row["reason"] == estimate.reason
            assert row["obs_status"] == ("U" if estimate.reason is Reason.TOO_FEW_FIRMS else "M")
        elif any(map(told_apart, arms)):
            assert row.reindex(NUMBERS).isna().all()
            assert (row["reason"], row["conf_status"]) == (Reason.CONFIDENTIAL, "C")
        else:
            step = step_of(estimate)
            halves = {"": estimate.ci_high - estimate.value, "sim_": estimate.sim_high - estimate.value}
            assert abs(row["value"] - estimate.value) <= step / 2 * (1 + 1e-9), event
            for name, half in halves.items():  # ends rounded by themselves would tell the value finer
                wide = round(half / step) * step
                assert row["value"] - row[f"{name}low"] == pytest.approx(wide, abs=1e-9)
                assert row[f"{name}high"] - row["value"] == pytest.approx(wide, abs=1e-9)
            for column in BOUNDS:
                assert row[column] / step == pytest.approx(round(row[column] / step), abs=1e-6)
            assert (row["n_funded"], row["n_comparison"]) == (estimate.n_funded, estimate.n_comparison)
            assert (row["obs_status"], row["conf_status"]) == ("E", "F")
            assert row["sim_low"] <= row["low"] <= row["value"] <= row["high"] <= row["sim_high"]


def test_a_point_that_one_firm_makes_is_withheld():
    """One firm starts from a trickle: n times the point would be its own sales, so the point is not told, and those at
    which it is like the others are. In either arm; where the rule asks for nothing, all are told.
    """
    plain = drawn(1, frequency="Q", years=5, funded=(15,), comparison=(40,), cohorts=(8,), missing=0, zeros=0)
    for row in (0, 20):
        sales = plain.outcomes[OUTCOME].copy()
        sales[row, 4:8], sales[row, 9:] = 50.0, 5e6
        panel = Panel(plain.units, plain.periods, {OUTCOME: sales})
        rows = events(panel, SMALL)
        late, early = [f"e{event}" for event in range(1, 12)], [f"e{event}" for event in range(-4, 0)]
        assert set(rows.loc[late, "reason"]) == {Reason.CONFIDENTIAL}
        assert set(rows.loc[late, "conf_status"]) == {"C"}
        assert rows.loc[late].reindex(columns=NUMBERS).isna().all(axis=None)
        assert rows.loc[early, "value"].notna().all()
        assert events(panel, SMALL, p_percent=0.0).loc[late, "value"].notna().all()
        assert rows.loc[late, "obs_status"].eq("M").all()


def test_the_change_of_one_firm_does_not_change_the_rounding():
    """What one firm sold in one quarter, with and without: the points are rounded alike."""
    plain = drawn(1, frequency="Q", years=5, funded=(15,), comparison=(40,), cohorts=(8,), missing=0, zeros=0)
    sales = plain.outcomes[OUTCOME].copy()
    sales[3, 10] = 2 * sales[3, 10]
    panel = Panel(plain.units, plain.periods, {OUTCOME: sales})
    old, new = events(plain, SMALL).loc["e2"], events(panel, SMALL).loc["e2"]
    for row in (old, new):
        assert row["value"] / 0.02 == pytest.approx(round(row["value"] / 0.02), abs=1e-9)
    assert old["value"] != new["value"]


def test_where_a_wave_is_withheld_no_point_lacks_one():
    """Points that one cohort alone reaches would tell its effect, less those of all: only those of every cohort are
    left, and the others say why.
    """
    panel = PANELS["quarters"]  # awards in the ninth and in the thirteenth of 20 quarters
    rows, free = events(panel, SMALL, whole_only=True), events(panel, SMALL)
    both = {f"e{event}" for event in range(-8, 8)}
    assert set(rows.index) == set(free.index) == {f"e{event}" for event in range(-12, 12)}
    told = {event for event, row in free.iterrows() if row["value"] == row["value"]}
    assert told - both
    assert {event for event, row in rows.iterrows() if row["value"] == row["value"]} == told & both
    for event in told - both:
        assert (rows.loc[event, "reason"], rows.loc[event, "conf_status"]) == (Reason.CONFIDENTIAL, "C")
        assert rows.loc[event].reindex(NUMBERS).isna().all()
    numbers = [*BOUNDS, "n_funded", "n_comparison"]
    pd.testing.assert_frame_equal(rows.loc[sorted(told & both), numbers], free.loc[sorted(told & both), numbers])


def test_points_of_too_few_firms_are_withheld():
    """Exactly the minimum is enough, one less is not; counted by hand in every quarter."""
    one = PANELS["few at the ends"]
    least = SMALL.min_firms
    seen = np.isfinite(one.outcomes[OUTCOME])
    rows = paths(one, SMALL).set_index(["measure", "horizon"])
    told = 0
    for event in (-8, -7, 5, 9):
        n = 0
        for row in np.flatnonzero(one.funded):
            at = one.units["cohort"].iloc[row].ordinal - one.periods[0].ordinal
            before = one.outcomes[OUTCOME][row, at - 4 : at]
            sold = np.isfinite(before).sum() >= 3 and np.nansum(before) > 0
            n += sold and 0 <= at + event < len(one.periods) and seen[row, at + event]
        row = rows.loc[("event_study", f"e{event}")]
        told += n >= least
        assert (row["reason"] == Reason.TOO_FEW_FIRMS) == (n < least), event
    assert 0 < told < 4


def test_the_share_that_reports_is_a_plain_count(panel):
    """Both arms, every period: firms whose outcome is known of all firms of the arm, to 5 points: they are fewer than a
    hundred, and a whole percent would tell how many.
    """
    found = paths(panel, SMALL)
    found = found[found["measure"] == "reporting"].set_index(["arm", "horizon"])
    assert len(found) == 2 * len(panel.periods)
    funded_sectors = {s for s, funded in zip(panel.units["sector"], panel.funded, strict=True) if funded}
    for arm in Arm:
        for t, period in enumerate(panel.periods):
            known, n = 0, 0
            for row, sector in enumerate(panel.units["sector"]):
                if panel.funded[row] == (arm is Arm.FUNDED) and sector in funded_sectors:
                    n += 1
                    known += math.isfinite(panel.outcomes[OUTCOME][row, t])
            row = found.loc[(arm, str(period))]
            assert row.reindex(["n_funded", "n_comparison", "df"]).isna().all()  # n, beside all firms, tells who sells
            if n < SMALL.min_firms:
                assert row["reason"] == Reason.TOO_FEW_FIRMS
                assert math.isnan(row["value"])
                continue
            assert row["value"] == pytest.approx(known / n, abs=0.025 + 1e-12)
            assert row["value"] / 0.05 == pytest.approx(round(row["value"] / 0.05), abs=1e-9)


def test_a_firm_that_closed_reports():
    """It sells nothing: that is known, not missing."""
    before = drawn(6, frequency="Q", funded=(10,), comparison=(10,), missing=0)
    units = before.units.assign(closed_on=pd.NaT)
    sales = before.outcomes[OUTCOME].copy()
    sales[:3, 15:] = 0  # as the panel has it after a closure
    sales[3:5, 15:] = np.nan
    found = paths(Panel(units, before.periods, {OUTCOME: sales}), SMALL).set_index(["measure", "arm", "horizon"])
    assert found.loc[("reporting", "funded", str(before.periods[15])), "value"] == 0.8


# ---- protected -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def michigan(tmp_path_factory) -> tuple[Home, Release]:
    root = tmp_path_factory.mktemp("paths")
    return Home(root), built(root, as_they_are)


def rows_of(panel: Panel) -> list[dict]:
    rows = paths(panel, SMALL).astype(object).to_dict("records")
    return [{name: value for name, value in row.items() if pd.notna(value)} for row in rows]


@pytest.mark.parametrize("horizon", ["*", "overall", "1", "3"])
def test_of_a_withheld_programme_nothing_is_told(horizon):
    """Neither a point of the path, its firms, nor who reports: place, status and reason alone."""
    guarded = WithheldCells({(Arm.FUNDED, OUTCOME, horizon): {(): Rule.SECONDARY}}, {})
    found = pd.DataFrame(withheld_rows(rows_of(PANELS["quarters"]), guarded))
    assert set(found["measure"]) == {"event_study", "reporting"}
    assert found.reindex(columns=NUMBERS).isna().all(axis=None)
    assert set(found["reason"]) == {Reason.CONFIDENTIAL}
    assert set(found["conf_status"]) == {"C"}


@pytest.mark.parametrize("horizon", ["*", "overall", "1", "3"])
def test_of_a_held_programme_nothing_new_is_told(horizon):
    """Points of the earlier release stay, marked provisional; points that it did not have are not told. Who reports is
    told anew but where all years are held, or what was before them: nobody's answers changed.
    """
    rows = rows_of(PANELS["quarters"])
    told = [row | {"value": row["value"] + 1} for row in rows if "value" in row][::2]
    guarded = WithheldCells({(Arm.FUNDED, OUTCOME, horizon): {(): Rule.HELD}}, {})
    found = pd.DataFrame(withheld_rows(rows, guarded, [Earlier.of(told)])).set_index(["measure", "arm", "horizon"])
    stay = pd.DataFrame(told).set_index(["measure", "arm", "horizon"])
    assert len(stay) > 20
    for place, row in found.iterrows():
        if place[0] == "reporting" and (place[1] != "funded" or horizon not in ("*", "overall")):
            assert row["obs_status"] != "P"
        elif place in stay.index:
            assert (row["value"], row["obs_status"]) == (stay.loc[place, "value"], "P")
        else:
            assert row.reindex(NUMBERS).isna().all()
            assert row["reason"] == Reason.CONFIDENTIAL


def test_a_held_comparison_tells_nothing_new_of_who_reports():
    """Few comparison firms changed: their shares are not told anew, where no earlier release has them."""
    guarded = WithheldCells({(Arm.COMPARISON, OUTCOME, "overall"): {(): Rule.HELD}}, {})
    found = pd.DataFrame(withheld_rows(rows_of(PANELS["quarters"]), guarded))
    reporting = found[found["measure"] == "reporting"]
    assert reporting.loc[reporting["arm"] == "comparison", "value"].isna().all()
    assert reporting.loc[reporting["arm"] == "funded", "value"].notna().all()


@pytest.mark.parametrize("horizon", ["*", "overall", "2"])
def test_held_comparison_firms_hold_the_path(horizon):
    """A point is funded less comparison firms: it would move by what one of those corrected. Withheld comparison firms,
    a sum of sectors, withhold no effect.
    """
    rows = rows_of(PANELS["quarters"])
    for rule in (Rule.HELD, Rule.SECONDARY):
        guarded = WithheldCells({(Arm.COMPARISON, OUTCOME, horizon): {(): rule}}, {})
        found = pd.DataFrame(withheld_rows(rows, guarded)).reindex(columns=["measure", "value"])
        points = found[found["measure"] == "event_study"]
        assert points["value"].notna().any() == (rule is Rule.SECONDARY)
    earlier = Earlier.of(row | {"value": 7.0} for row in rows if "value" in row)
    guarded = WithheldCells({(Arm.COMPARISON, OUTCOME, horizon): {(): Rule.HELD}}, {})
    found = pd.DataFrame(withheld_rows(rows, guarded, [earlier]))
    points = found[(found["measure"] == "event_study") & found["value"].notna()]
    assert len(points) > 10
    assert set(points["value"]) == {7.0}
    assert set(points["obs_status"]) == {"P"}


# ---- in a release ----------------------------------------------------------------------------------------------------


def test_a_release_holds_the_paths(michigan):
    """Yearly data: a point for each year since the award, and each year's share, as the store's panel has them."""
    home, release = michigan
    programme = load_programme(PROGRAMME)
    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        panel = from_store(store, programme, everybody=True).compared
    expected = event_study(panel, OUTCOME, settings=programme.settings).effects
    assert len(expected) == 4
    for event, estimate in expected.items():
        figure = release.figure(measure_named("event_study"), outcome=OUTCOME, horizon=f"e{event}")
        assert figure is not None
        if isinstance(estimate, EventEstimate):
            step = step_of(estimate)
            assert figure.value == pytest.approx(round(estimate.value / step) * step, abs=1e-9)
            assert (figure.n_funded, figure.n_comparison) == (estimate.n_funded, estimate.n_comparison)
        else:
            assert figure.reason is estimate.reason
    shares = release.figures[release.figures["measure"] == "reporting"]
    assert sorted(set(shares["horizon"])) == ["1987", "1988", "1989"]
    counted = np.isfinite(panel.outcomes[OUTCOME][panel.funded]).mean(axis=0)
    for year, share in zip(("1987", "1988", "1989"), counted, strict=True):
        figure = release.figure(measure_named("reporting"), outcome=OUTCOME, arm="funded", horizon=year)
        assert figure is not None
        assert figure.value == pytest.approx(share, abs=0.025)


def test_a_point_of_the_path_is_made_again_to_the_last_digit(michigan):
    """The release knows its id; the store gives the same number, and another one is told."""
    home, release = michigan
    with store_of(release, home) as store:
        tables = rebuilt(release, Recipe.of(release), store, home.releases)
    for measure in ("event_study", "reporting"):
        for figure_id in release.figures.loc[release.figures["measure"] == measure, "figure_id"]:
            assert release.holds(figure_id)
            assert release.picture_of(figure_id) is None
            assert compared(release, tables, figure_id).equal
    figure = release.figure(measure_named("event_study"), outcome=OUTCOME, horizon="e0")
    figures = release.figures.copy()
    figures.loc[figures["figure_id"] == figure.figure_id, "sim_high"] += 0.001
    assert list(compared(forged(release, figures=figures), tables, figure.figure_id).differences) == ["sim_high"]


@pytest.mark.parametrize(("rule", "whole_only"), [(Rule.SECONDARY, True), (Rule.MIN_UNITS, True), (Rule.HELD, False)])
def test_a_withheld_wave_leaves_the_points_of_all_waves(michigan, rule, whole_only):
    """Michigan's awards of 1989 reach one year further back than those of 1988, which reach one further ahead."""
    programme = load_programme(PROGRAMME)
    with Store(michigan[0].store(PROGRAMME), PROGRAMME, read_only=True) as store:
        everybody = from_store(store, programme, everybody=True)
    samples = samples_of(everybody.compared, programme, horizons(everybody.compared, programme.settings))
    told = []
    for rules in ({}, {(Arm.FUNDED, OUTCOME, "*"): {group_of({"wave": programme.codes("wave")[0]}): rule}}):
        figures = candidate_figures(everybody, programme, samples, WithheldCells(rules, {}))
        rows = pd.DataFrame(map(as_row, figures))
        points = rows[(rows["measure"] == "event_study") & rows["value"].notna()]
        told.append(points["horizon"].tolist())
    assert told[0] == ["e-2", "e0", "e1"]
    assert told[1] == (["e0"] if whole_only else told[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_verify_says_of_a_path(michigan, language):
    """In words, with the point in time, to the last digit; no word is missing in either language."""
    release, text = michigan[1], Text(language)
    points = release.figures[release.figures["measure"].isin(["event_study", "reporting"])]
    assert len(points) == 10
    for figure_id in points["figure_id"]:
        figure = release.by_id(figure_id)
        said = described(release, figure, text)
        assert horizon_phrase(release, figure.horizon, text) in said
        assert (
            text(f"measure.{figure.measure}", arm=text(f"measure.arm.{figure.arm}") if figure.arm != "*" else "")
            in said
        )
        assert not figure.published or repr(figure.value) in said
    since = {"en": ("2 years before the grant", "2 quarters before the grant", "March 2021"),
             "it": ("2 anni prima del contributo", "2 trimestri prima del contributo", "marzo 2021")}  # fmt: skip
    years, quarters, month = since[language]
    assert horizon_phrase(release, "e-2", text) == years
    assert horizon_phrase(forged(release, manifest={"frequency": "Q"}), "e-2", text) == quarters
    assert horizon_phrase(forged(release, manifest={"frequency": "M"}), "e-2", text) == quarters
    assert horizon_phrase(release, "2021-03", text).lower() == month.lower()
    assert horizon_phrase(release, "1988", text) == "1988"
    assert "2021" in horizon_phrase(release, "2021Q1", text)


def test_without_a_comparison_no_point_is_told(tmp_path):
    """The path of funded firms alone is no event study; who reports is told of the funded firms."""
    release = built(tmp_path, funded_only)
    figures = release.figures.set_index("measure")
    assert figures.loc["event_study", "value"].isna().all()
    shares = figures.loc["reporting"].set_index("arm")
    assert shares.loc["funded", "value"].notna().all()
    assert shares.loc["comparison", "value"].isna().all()
    assert len(release.spread) == 0  # nor growth beside nobody's
    assert release.picture("spread", OUTCOME).empty
