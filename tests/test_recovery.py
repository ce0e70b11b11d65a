"""Are the 95% intervals 95% intervals? Thirty programmes with known effects, estimated as the real one would be."""

import numpy as np
import pandas as pd
import pytest

from analytics.estimate import EffectEstimate, GroupEffect, effect, effects_by
from analytics.panel import Panel
from analytics.programme import Programme, load_programme
from analytics.reference import division_2007
from analytics.simulate import simulate

SEEDS = range(30)
OUTCOME = "online_sales_eur"
# Share of intervals that hold the truth, pooled over sectors, macro-sectors, programme and horizons, by estimand.
# Estimates of one programme move together, so the Monte-Carlo error is that of 30 programmes: 1 point for each share.
# 120 programmes gave .950 (error .004) for the typical firm and .958 (.004) for euros. Below .92, intervals are too
# short for METHODS.md 4 (worst case seen: .935); above .985, or .99 for euros (long on purpose), they waste the data.
BANDS = {"typical_firm": (0.92, 0.985), "euro_weighted": (0.92, 0.99)}
# Mean error over the spread of one programme's errors: without bias it has standard deviation 1 / √30 = 0.18.
MOST_BIAS = 0.6


def panel_of(programme: Programme, seed: int) -> tuple[Panel, pd.Series]:
    """The panel of one simulated programme, its arms by the rules of the comparison, and the truth by group."""
    made = simulate(programme, seed)
    applications = made.applications
    sectors = programme.sector_frame().set_index("division")
    divisions = applications["ateco_code"].map({c: division_2007(c, "2007") for c in set(applications["ateco_code"])})
    firms = applications.join(sectors.loc[divisions].set_index(applications.index))
    funded = firms["outcome"].isin(["funded", "revoked"])
    ineligible = firms["exclusion_reason"].isin(programme.ineligible_reasons)
    comparison = firms["outcome"].isin(["not_funded", "not_admitted"]) & ~ineligible
    columns = ["fiscal_code", "sector", "macro_sector", "awarded_on"]
    frame = made.sales.merge(firms.loc[funded | comparison, columns], on="fiscal_code")
    panel = Panel.from_frame(
        frame,
        unit="fiscal_code",
        period="period",
        cohort="awarded_on",
        outcomes=OUTCOME,
        sector="sector",
        covariates=["macro_sector"],
    )
    return panel, made.truth.effects.set_index(["estimand", "by", "group", "horizon"])["value"]


def estimates(panel: Panel, programme: Programme, estimand: str) -> list[tuple[str, GroupEffect]]:
    settings = programme.settings
    years = {year: effect(panel, OUTCOME, estimand, settings=settings, year=year) for year in (1, 2, 3)}
    whole = GroupEffect("all", effect(panel, OUTCOME, estimand, settings=settings), years)
    parts = [
        (by, found)
        for by in ("sector", "macro_sector")
        for found in effects_by(panel, OUTCOME, estimand, by=by, settings=settings)
    ]
    return [("programme", whole), *parts]


@pytest.fixture(scope="module")
def intervals() -> pd.DataFrame:
    """One row per seed, estimand, group and horizon that was estimated."""
    programme = load_programme("ecommerce-2020")
    rows = []
    for seed in SEEDS:
        panel, truth = panel_of(programme, seed)
        for estimand in BANDS:
            for by, group in estimates(panel, programme, estimand):
                for horizon, found in {"overall": group.overall, **group.by_year}.items():
                    if isinstance(found, EffectEstimate):
                        theta = truth[estimand, by, str(group.group), str(horizon)]
                        true = np.expm1(theta)
                        rows.append(
                            {
                                "seed": seed,
                                "estimand": estimand,
                                "by": by,
                                "group": group.group,
                                "horizon": str(horizon),
                                "error": found.theta - theta,
                                "holds": found.ci_low <= true <= found.ci_high,
                                "holds_together": found.sim_low <= true <= found.sim_high,
                            }
                        )
    return pd.DataFrame(rows)


def share(rows: pd.DataFrame, column: str = "holds") -> tuple[float, float]:
    """A share, and its Monte-Carlo error over programmes."""
    by_seed = rows.groupby("seed")[column].mean()
    return float(rows[column].mean()), float(by_seed.std() / len(by_seed) ** 0.5)


@pytest.mark.parametrize("estimand", BANDS)
def test_intervals_hold_the_truth_as_often_as_they_say(intervals, estimand, record_property):
    """The 95% interval covers the known effect about 95 times in 100: sectors, macro-sectors, programme, all years."""
    mine = intervals[intervals["estimand"] == estimand]
    low, high = BANDS[estimand]
    covered, error = share(mine)
    record_property("coverage", f"{covered:.3f} ± {error:.3f}")
    print(f"\n{estimand}: {covered:.3f} (Monte-Carlo error {error:.3f}, {len(mine)} intervals)")
    for by, rows in mine.groupby("by"):
        print(f"  {by}: {share(rows)[0]:.3f} ({share(rows)[1]:.3f})")
    assert error < 0.015
    assert low < covered < high
    # by sector alone there are 1,560 intervals; its error is about 1 point too
    assert low - 0.01 < share(mine[mine["by"] == "sector"])[0] < high


@pytest.mark.parametrize("estimand", BANDS)
def test_no_horizon_is_left_out_of_the_promise(intervals, estimand):
    """Overall and years 1, 2, 3 apart (error about 1.5 points each): an error in one window would show here."""
    mine = intervals[intervals["estimand"] == estimand]
    assert set(mine["horizon"]) == {"overall", "1", "2", "3"}
    for horizon, rows in mine.groupby("horizon"):
        assert 0.90 < share(rows)[0] < 0.995, horizon


@pytest.mark.parametrize("estimand", BANDS)
def test_estimates_are_centred_on_the_truth(intervals, estimand):
    """The programme's mean error over the seeds is small beside its spread: nothing pulls to one side."""
    whole = intervals[(intervals["estimand"] == estimand) & (intervals["by"] == "programme")]
    for horizon, rows in whole.groupby("horizon"):
        assert abs(rows["error"].mean()) < MOST_BIAS * rows["error"].std(), horizon


def test_sector_claims_hold_together(intervals):
    """Šidák intervals: in about 95% of programmes, all sectors' overall intervals hold at once (error 4 points)."""
    mine = intervals[
        (intervals["by"] == "sector") & (intervals["horizon"] == "overall") & (intervals["estimand"] == "typical_firm")
    ]
    together = mine.groupby("seed")["holds_together"].all().mean()
    alone = mine.groupby("seed")["holds"].all().mean()
    assert together >= 0.83
    assert together > alone


def test_sectors_too_small_to_estimate_are_withheld(intervals):
    """Electronics has 2 funded firms, jewellery and games 7: neither is ever estimated; the other 13 always are."""
    sectors = intervals[intervals["by"] == "sector"].groupby(["estimand", "seed"])["group"].nunique()
    assert set(sectors) == {13}
    assert not intervals["group"].isin(["electronics", "other_making"]).any()
