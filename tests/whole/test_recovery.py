"""Are the 95% intervals 95% intervals? Programmes with known effects, estimated as the real one would be."""

import numpy as np
import pandas as pd
import pytest

from analytics.demonstration.simulate import simulate
from analytics.demonstration.truth import Truth
from analytics.estimate import EffectEstimate, GroupEffect, effect, effects_by
from analytics.estimate.money import MoneyEstimate, extra_sales
from analytics.model import Estimand, Settings, Unit
from analytics.panel import Panel
from analytics.programme.file import Programme, load_programme
from tests.helpers.panels import classified

SEEDS = range(12)
OUTCOME = "online_sales"
COLUMNS = {"online_sales_eur": OUTCOME, "total_sales_eur": "total_sales"}
COVARIATES = ["macro_sector", "employees", "grant_eur", "eligible_spend_eur"]
# Share of intervals that hold the truth, pooled over sectors, macro-sectors, programme and horizons. Estimates of one
# programme move together, so the Monte-Carlo error is that of 12 programmes, 1 to 2 points; the bands allow 3 errors.
# 240 programmes gave, by sector, .955 typical firm, .958 euros, .970 started selling (a floor under its variance),
# .954 symmetric growth, .962 online share (errors .003), .955 extra euros and per euro (.003), .991 share of losses
# (.007: the losses of these very firms are known, the interval takes them for a sample).
BANDS = {
    "typical_firm": (0.91, 0.985),
    "euro_weighted": (0.91, 0.985),
    "started_selling": (0.93, 0.999),
    "symmetric_growth": (0.91, 0.985),
    "online_share": (0.91, 0.99),
    "extra": (0.91, 0.985),
    "per_grant": (0.91, 0.985),
    "per_spend": (0.91, 0.985),
    "offset": (0.91, 1.0),
}
MOST_ERROR = 0.025  # Monte-Carlo error of such a share
# Mean error over the spread of one programme's errors: without bias it has standard deviation 1 / √12 = 0.29.
MOST_BIAS = 0.8


def panel_of(programme: Programme, seed: int) -> tuple[Panel, Truth]:
    """The panel of one simulated programme, its arms by the rules of the comparison, and the truth."""
    made = simulate(programme, seed)
    applications = made.applications
    firms = classified(applications, programme)
    ineligible = firms["exclusion_reason"].isin(programme.ineligible_reasons)
    comparison = firms["outcome"].isin(["not_funded", "not_admitted"]) & ~ineligible
    arms = firms.loc[
        firms["awarded_on"].notna() | comparison, ["fiscal_code", "sector", "awarded_on", "closed_on", *COVARIATES]
    ]
    panel = Panel.from_frame(
        made.sales.rename(columns=COLUMNS).merge(arms, on="fiscal_code"),
        unit="fiscal_code",
        period="period",
        cohort="awarded_on",
        outcomes=list(COLUMNS.values()),
        sector="sector",
        covariates=COVARIATES,
        closed="closed_on",
    )
    return panel, made.truth


def estimates(panel: Panel, programme: Programme, estimand: Estimand) -> list[tuple[str, GroupEffect]]:
    settings = programme.settings
    years = {year: effect(panel, OUTCOME, estimand, settings=settings, year=year) for year in (1, 2, 3)}
    whole = GroupEffect("all", effect(panel, OUTCOME, estimand, settings=settings), years)
    parts = [
        (by, found)
        for by in ("sector", "macro_sector")
        for found in effects_by(panel, OUTCOME, estimand, by=by, settings=settings)
    ]
    return [("programme", whole), *parts]


def effect_rows(panel: Panel, programme: Programme, truth: Truth) -> list[dict[str, object]]:
    """One row per estimand, group and horizon that was estimated; error on the estimation scale."""
    known = truth.effects.query("outcome == @OUTCOME").set_index(["estimand", "by", "group", "horizon"])["value"]
    rows = []
    for estimand in Estimand:
        for by, group in estimates(panel, programme, estimand):
            for horizon, found in {"overall": group.overall, **group.by_year}.items():
                if isinstance(found, EffectEstimate):
                    theta = known[estimand.value, by, str(group.group), str(horizon)]
                    true = np.expm1(theta) if found.unit is Unit.FRACTION else theta
                    named = {"what": estimand.value, "by": by, "group": group.group, "horizon": str(horizon)}
                    rows.append(named | {"error": found.theta - theta} | holds(found, true))
    return rows


def money_rows(panel: Panel, programme: Programme, truth: Truth) -> list[dict[str, object]]:
    """The same of the money figures, all years together.

    The truth is of all funded firms, the estimate of those that were measured: their extra euros are compared per firm.
    """
    rows = []
    for by in ("programme", "sector", "macro_sector"):
        groups = None if by == "programme" else by
        for found in extra_sales(panel, OUTCOME, by=groups, settings=programme.settings):
            group = "all" if groups is None else str(found.group)
            firms = truth.money_value("n_firms", by, group)
            for what in ("extra", "per_grant", "per_spend", "offset"):
                money = getattr(found, what)
                if isinstance(money, MoneyEstimate):
                    true = truth.money_value(what, by, group) * (money.n_funded / firms if what == "extra" else 1)
                    named = {"what": what, "by": by, "group": group, "horizon": found.horizon}
                    rows.append(named | {"error": money.value - true} | holds(money, true))
    return rows


def holds(found: EffectEstimate | MoneyEstimate, true: float) -> dict[str, bool]:
    alone = found.sim_low is None  # a share of losses has no bounds that hold for several together
    return {
        "holds": found.ci_low <= true <= found.ci_high,
        "holds_together": None if alone else found.sim_low <= true <= found.sim_high,
    }


@pytest.fixture(scope="module")
def intervals() -> pd.DataFrame:
    """One row per seed, figure, group and horizon that was estimated."""
    programme = load_programme("ecommerce-2020")
    rows = []
    for seed in SEEDS:
        panel, truth = panel_of(programme, seed)
        found = effect_rows(panel, programme, truth) + money_rows(panel, programme, truth)
        rows += [row | {"seed": seed} for row in found]
    return pd.DataFrame(rows)


def share(rows: pd.DataFrame, column: str = "holds") -> tuple[float, float]:
    """A share, and its Monte-Carlo error over programmes."""
    by_seed = rows.groupby("seed")[column].mean()
    return float(rows[column].mean()), float(by_seed.std() / len(by_seed) ** 0.5)


@pytest.mark.parametrize("what", BANDS)
def test_intervals_hold_the_truth_as_often_as_they_say(intervals, what, record_property):
    """The 95% interval covers the known figure about 95 times in 100: sectors, macro-sectors, programme, all years."""
    mine = intervals[intervals["what"] == what]
    assert set(mine["by"]) == {"programme", "macro_sector", "sector"}
    low, high = BANDS[what]
    covered, error = share(mine)
    record_property("coverage", f"{covered:.3f} ± {error:.3f}")
    print(f"\n{what}: {covered:.3f} (Monte-Carlo error {error:.3f}, {len(mine)} intervals)")
    for by, rows in mine.groupby("by"):
        print(f"  {by}: {share(rows)[0]:.3f} ({share(rows)[1]:.3f})")
    assert error < MOST_ERROR
    assert low <= covered <= high
    assert low - 0.01 < share(mine[mine["by"] == "sector"])[0] <= 1


@pytest.mark.parametrize("what", Estimand)
def test_no_horizon_is_left_out_of_the_promise(intervals, what):
    """Overall and years 1, 2, 3 apart (error about 2 points each): an error in one window would show here."""
    mine = intervals[intervals["what"] == what]
    assert set(mine["horizon"]) == {"overall", "1", "2", "3"}
    for horizon, rows in mine.groupby("horizon"):
        assert 0.88 < share(rows)[0] <= 1, horizon


@pytest.mark.parametrize("what", BANDS)
def test_estimates_are_centred_on_the_truth(intervals, what):
    """The programme's mean error over the seeds is small beside its spread: nothing pulls to one side."""
    whole = intervals[(intervals["what"] == what) & (intervals["by"] == "programme")]
    for horizon, rows in whole.groupby("horizon"):
        assert abs(rows["error"].mean()) < MOST_BIAS * rows["error"].std(), horizon


def test_sector_claims_hold_together(intervals):
    """Šidák intervals: in about 95% of programmes, all sectors' overall intervals hold at once (error 6 points)."""
    mine = intervals[
        (intervals["by"] == "sector") & (intervals["horizon"] == "overall") & (intervals["what"] == "typical_firm")
    ]
    together = mine.groupby("seed")["holds_together"].all().mean()
    alone = mine.groupby("seed")["holds"].all().mean()
    assert together >= 0.78
    assert together > alone


def test_sectors_too_small_to_estimate_are_withheld(intervals):
    """Electronics has 2 funded firms, jewellery and games 7: neither is ever estimated; the other 13 always are."""
    sectors = intervals[intervals["by"] == "sector"].groupby(["what", "seed"])["group"].nunique()
    assert set(sectors.drop("offset")) == {13}  # the share of losses has its own conditions
    assert not intervals["group"].isin(["electronics", "other_making"]).any()


def test_a_group_that_takes_few_firms_from_many_sectors():
    """Three funded firms in each of forty sectors, no effect: the programme's interval holds zero 95 times in 100.

    A plain jackknife would take a left-out firm's sector for less, and hold it 84 times (300 draws: error 1.3 points).
    """
    rng = np.random.default_rng(1)
    periods = pd.period_range("2018", periods=3, freq="Y")
    sector = np.concatenate([np.repeat(np.arange(40), 3), np.repeat(np.arange(40), 30)])
    cohort = [periods[1]] * 120 + [pd.NaT] * 1200
    units = pd.DataFrame({"sector": sector, "cohort": pd.PeriodIndex(cohort, freq="Y")})
    settings = Settings(adjustment="none", award_period="after", years_after=1)
    held = []
    for _ in range(300):
        before = np.exp(rng.normal(8, 1, 1320))
        sales = np.column_stack([before, before * np.exp(rng.normal(0, 0.5, 1320)), before])
        found = effect(Panel(units, periods, {"sales": sales}), "sales", "typical_firm", settings=settings)
        held.append(found.ci_low <= 0 <= found.ci_high)
    assert 0.91 < np.mean(held) < 0.985
