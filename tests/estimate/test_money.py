"""METHODS.md 3, "Derived": extra euros, per euro granted and spent, the share of losses offset."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy import stats

from analytics.estimate import EffectEstimate, effect, effects_by
from analytics.estimate.inference import Deletions, fieller
from analytics.estimate.money import MoneyEstimate, extra_sales
from analytics.model import Reason, Settings, Unit, Withheld
from analytics.panel import Panel
from tests.helpers.panels import drawn, in_units_of, rich, shares_of, with_sales
from tests.reference import adjusted as reference_adjusted
from tests.reference import effects as reference

FEW = Settings(min_firms=2, award_period="after", adjustment="none")
TOO_FEW, NOT_ESTIMABLE, NO_LOSSES, UNCERTAIN = (
    Withheld(reason)
    for reason in (Reason.TOO_FEW_FIRMS, Reason.NOT_ESTIMABLE, Reason.NO_LOSSES, Reason.LOSSES_UNCERTAIN)
)
EXACT = 1e-9  # sums of some dozen numbers; slopes moved by five points
NUMBERS = ("value", "ci_low", "ci_high", "sim_low", "sim_high", "half_low", "half_high", "df")


def numbers_of(found: MoneyEstimate) -> list[str]:
    """Its numbers; a share of losses has no bounds that hold for several together."""
    return [name for name in NUMBERS if found.sim_low is not None or not name.startswith("sim")]


# ---- worked by hand --------------------------------------------------------------------------------------------------

# Total sales fall while online sales rise: offline sales of f1, f2 go from 900 each to 700 and 600
TWO_AND_TWO = """
    firm cohort     2019    2020
    f1   2020   100/1000 200/900
    f2   2020   100/1000 100/700
    c1   -      100/1000 120/900
    c2   -      300/1000 300/900
"""


def granted(panel: Panel, *grants: float, spend: float = 2.0) -> Panel:
    """The funded firms' grants; they spend twice as much."""
    money = pd.Series(grants, panel.units.index[panel.funded]).reindex(panel.units.index)
    return Panel(panel.units.assign(grant_eur=money, eligible_spend_eur=spend * money), panel.periods, panel.outcomes)


def test_extra_euros_by_hand():
    """Funded firms sold 300 where 100·420/400·2 = 210 were expected: 90 a year; 3 per euro granted, 1.5 per spent."""
    panel = granted(shares_of(TWO_AND_TWO), 10, 20)
    [found] = extra_sales(panel, "sales", settings=FEW, year=1)
    assert (found.group, found.horizon, found.extra.horizon) == ("*", "1", "1")
    assert found.extra.value == pytest.approx(90)
    assert found.per_grant.value == pytest.approx(3)
    assert found.per_spend.value == pytest.approx(1.5)
    assert (found.extra.unit, found.per_grant.unit) == (Unit.MONEY, Unit.RATIO)
    assert (found.extra.n_funded, found.extra.n_comparison) == (2, 2)


def test_the_limits_are_thetas_in_the_same_formula():
    """300·(1 − e^−θ) at both ends of θ's interval: what was sold is known, what would have been sold is not."""
    panel = shares_of(TWO_AND_TWO)
    [found] = extra_sales(panel, "sales", settings=FEW, year=1)
    one = effect(panel, "sales", "euro_weighted", settings=FEW, year=1)
    for level, ends in (
        (0.95, (found.extra.ci_low, found.extra.ci_high)),
        (0.5, (found.extra.half_low, found.extra.half_high)),
    ):
        half = stats.t.ppf(0.5 + level / 2, one.df) * one.se
        assert ends == pytest.approx(tuple(300 * -math.expm1(-(one.theta + s * half)) for s in (-1, 1)), rel=1e-9)
    assert (found.extra.sim_low, found.extra.sim_high) == (found.extra.ci_low, found.extra.ci_high)


def test_losses_by_hand():
    """Offline sales fell from 900 to 700 and from 900 to 600: by 500 a year, of which 90 extra euros offset 18%."""
    [found] = extra_sales(shares_of(TWO_AND_TWO), "sales", settings=replace(FEW, level=0.5), year=1)
    assert found.lost == pytest.approx(500)
    assert found.offset.value == pytest.approx(90 / 500)
    assert found.offset.unit is Unit.FRACTION
    # N without f1, f2: one firm's sales less 105; without c1, c2: the other comparison firm's growth, 1 and 1.2
    n, n_without = 300 - 210, [100 - 105, 200 - 105, 300 - 200, 300 - 240]
    v_n = (n_without[0] - n_without[1]) ** 2 / 4 + (n_without[2] - n_without[3]) ** 2 / 4
    v_d = (300 - 200) ** 2 / 4
    c = (n_without[0] - n_without[1]) * (300 - 200) / 4
    t2 = float(stats.t.ppf(0.75, found.offset.df)) ** 2
    for rho in (found.offset.ci_low, found.offset.ci_high):
        assert (n - 500 * rho) ** 2 == pytest.approx(t2 * (v_n - 2 * rho * c + rho**2 * v_d), rel=1e-9)


def test_losses_are_counted_from_the_baseline_of_the_programme():
    """Offline sales of 2018 instead of the year before: 1,000 + 950 to 700 + 600; the extra euros stay."""
    table = TWO_AND_TWO.replace("cohort ", "cohort 2018").replace("2020   100/1000", "2020 {} 100/1000")
    lines = table.replace("-      ", "- 1/1000 ").format("50/1050", "50/1000")
    panel = shares_of(lines)
    settings = replace(FEW, level=0.5)
    [before], [baseline] = (
        extra_sales(panel, "sales", settings=s, year=1) for s in (settings, replace(settings, loss_baseline="2018"))
    )
    assert (before.lost, baseline.lost) == (pytest.approx(500), pytest.approx(1000 - 700 + 950 - 600))
    assert baseline.extra == before.extra
    assert baseline.offset.value == pytest.approx(90 / 650)


def test_a_year_has_four_quarters_and_twelve_months():
    """The same sales per period: extra and lost are per year."""
    for frequency, ppy in (("Y", 1), ("Q", 4), ("M", 12)):
        periods = pd.period_range("2019", periods=2 * ppy, freq=frequency)
        units = pd.DataFrame({"cohort": [periods[ppy]] * 2 + [pd.NaT] * 2}, index=list("fgcd"))
        online = np.repeat([[100.0, 200], [100, 100], [100, 120], [300, 300]], ppy, axis=1)
        total = online + np.repeat([[900.0, 700], [900, 600], [1, 1], [1, 1]], ppy, axis=1)
        panel = Panel(units, periods, {"sales": online, "total_sales": total})
        [found] = extra_sales(panel, "sales", settings=FEW, year=1)
        assert found.extra.value == pytest.approx(90 * ppy)
        assert found.lost == pytest.approx(500 * ppy)


# ---- withheld, and why -----------------------------------------------------------------------------------------------


def test_without_losses_no_share_of_them():
    """Offline sales rose, or stood still to the cent: there is nothing to offset; the change itself is still said."""
    rose = TWO_AND_TWO.replace("200/900", "200/1200").replace("100/700", "100/1100")
    still = TWO_AND_TWO.replace("200/900", "200/1100").replace("100/700", "100/1000")
    for table, lost in ((rose, -200), (still, 0)):
        [found] = extra_sales(shares_of(table), "sales", settings=FEW, year=1)
        assert (found.lost, found.offset) == (pytest.approx(lost), NO_LOSSES)
        assert isinstance(found.extra, MoneyEstimate)


def test_losses_that_may_be_none_are_uncertain():
    """Two firms that lost 200 and 300: with t = 12.7 or so the fall itself is anybody's guess."""
    [found] = extra_sales(shares_of(TWO_AND_TWO), "sales", settings=FEW, year=1)
    assert found.offset == UNCERTAIN


def falling(v_d: float) -> tuple[Deletions, Deletions]:
    """N = 3 and D = 10 of ten funded firms, v_D as given, v_N a fifth of it, and two comparison firms."""
    turn = np.array([1.0, -1] * 5 + [0, 0])
    firm, funded, stratum = np.arange(12), np.arange(12) < 10, np.zeros(12, dtype=int)
    n = Deletions(3.0, 3 + turn * (v_d / 5 / 9) ** 0.5, firm, stratum, funded, np.ones(12))
    return n, Deletions(10.0, 10 + turn * (v_d / 9) ** 0.5, firm, stratum, funded, np.ones(12))


def test_the_share_is_shown_up_to_four_tenths():
    """t²v_D/D² ≤ 0.4, t at the smaller degrees of freedom (here 9): just below it is shown, just above it is not."""
    t = stats.t.ppf(0.975, 9)
    shown, hidden = (fieller(*falling(share * 100 / t**2), 0.95)[0] for share in (0.3999, 0.4001))
    assert hidden == UNCERTAIN
    assert shown.value == pytest.approx(0.3)
    assert shown.df == pytest.approx(9)
    assert shown.low < 0.3 < shown.high


def test_without_what_it_is_measured_in_the_rest_stays():
    """No grants known, one grant not known, grants of nothing; no total sales; the outcome itself the total."""
    bare = shares_of(TWO_AND_TWO)
    known = granted(bare, 10, 20)
    for panel in (bare, granted(bare, 10, np.nan), granted(bare, 0, 0)):
        [found] = extra_sales(panel, "sales", settings=FEW, year=1)
        assert found.per_grant == found.per_spend == NOT_ESTIMABLE
        assert found.extra.value == pytest.approx(90)
    online = Panel(known.units, known.periods, {"sales": known.outcomes["sales"]})
    [found] = extra_sales(online, "sales", settings=FEW, year=1)
    assert (found.lost, found.offset) == (None, NOT_ESTIMABLE)
    assert found.per_grant.value == pytest.approx(3)
    [itself] = extra_sales(known, "total_sales", settings=FEW, year=1)
    assert (itself.lost, itself.offset) == (None, NOT_ESTIMABLE)
    assert isinstance(itself.extra, MoneyEstimate)


def test_no_effect_in_euros_no_money():
    """The reason is that of the effect, everywhere."""
    [found] = extra_sales(shares_of(TWO_AND_TWO), "sales", year=1, settings=Settings(award_period="after"))
    assert found.extra == found.per_grant == found.per_spend == found.offset == TOO_FEW
    assert found.lost is None


def test_totals_of_too_few_firms_give_no_share():
    """Three funded firms report online sales, one of them its total sales: extra euros, but no share of losses."""
    table = TWO_AND_TWO.replace("100/1000 200/900", "100/. 200/.") + "    f3 2020 100/. 130/.\n"
    [found] = extra_sales(shares_of(table), "sales", settings=FEW, year=1)
    assert isinstance(found.extra, MoneyEstimate)
    assert (found.lost, found.offset) == (None, TOO_FEW)
    nobody = table.replace("100/1000 100/700", "100/. 100/.")
    [found] = extra_sales(shares_of(nobody), "sales", settings=FEW, year=1)
    assert (found.lost, found.offset) == (None, NOT_ESTIMABLE)


# ---- against the reference -------------------------------------------------------------------------------------------

DESIGNS = {
    "one sector": {"funded": (14,), "comparison": (16,)},
    "many sectors": {"funded": (9, 7, 6), "comparison": (8, 6, 9), "cohorts": (8, 9)},
    "single firms": {"funded": (9, 1, 1, 5), "comparison": (8, 4, 5, 7)},
    "months": {"frequency": "M", "cohorts": (24, 27), "missing": 0.2, "funded": (20,), "comparison": (16,)},
    "years": {"frequency": "Y", "years": 7, "cohorts": (2, 4), "funded": (12, 11), "comparison": (13, 11)},
}


@pytest.mark.parametrize("adjustment", ["none", "pooled_slopes"])
@pytest.mark.parametrize("baseline", [None, "2019"])
@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_every_amount_is_that_of_the_reference(design, baseline, adjustment):
    """Extra euros, per grant, lost; the share of losses by leaving each firm out of N and D at once, its interval by
    walking along ρ until Fieller's inequality fails.
    """
    shown = 0
    for seed, year in ((1, None), (2, 1), (3, None)):
        panel = rich(drawn(seed, **{"zeros": 0} | design), seed, missing=0.03)
        settings = Settings(min_firms=2, adjustment=adjustment, loss_baseline=baseline)
        [found] = extra_sales(panel, "sales", settings=settings, year=year)
        firms, rules = reference.read(panel, "sales")
        slopes = reference_adjusted.slopes(firms, rules, "typical_firm", year) if adjustment != "none" else None
        group = {firm.name for firm in firms if firm.cohort is not None}
        sample = reference.Sample(firms, group, rules, year, "euro_weighted", slopes)
        extra = rules.ppy * sample.extra()
        assert found.extra.value == pytest.approx(extra, rel=EXACT)
        grants = math.fsum(held.firm.spent["grant_eur"] for held in sample.funded.values())
        assert found.per_grant.value == pytest.approx(extra / grants, rel=EXACT)
        expected = reference.offset(firms, group, rules, year, slopes, int(baseline) if baseline else None)
        assert found.lost == pytest.approx(rules.ppy * expected.lost, rel=EXACT)
        share = stats.t.ppf(0.975, expected.df) ** 2 * expected.v_lost / expected.lost**2
        if expected.lost <= 0:
            assert found.offset == NO_LOSSES
        elif share > 0.4:
            assert found.offset == UNCERTAIN
        else:
            shown += 1
            assert found.offset.value == pytest.approx(expected.extra / expected.lost, rel=EXACT)
            assert found.offset.df == pytest.approx(expected.df, rel=EXACT)
            assert (found.offset.ci_low, found.offset.ci_high) == pytest.approx(expected.interval(0.95), rel=1e-7)
            assert (found.offset.half_low, found.offset.half_high) == pytest.approx(expected.interval(0.5), rel=1e-7)
            counts = expected.n_funded, expected.n_comparison
            assert (found.offset.n_funded, found.offset.n_comparison) == counts
    assert shown


def test_money_by_group_is_that_of_the_groups_effect():
    """Groups by sector: each has its own euros, and bounds that hold for all of them together."""
    panel = rich(drawn(5, funded=(9, 8, 1), comparison=(9, 8, 7)), 5)
    settings = Settings(min_firms=2)
    effects = {
        found.group: found.overall
        for found in effects_by(panel, "sales", "euro_weighted", by="sector", settings=settings)
    }
    for found in extra_sales(panel, "sales", by="sector", settings=settings):
        one = effects[found.group]
        if isinstance(one, Withheld):
            assert found.extra == one
            continue
        sold = found.extra.value / -math.expm1(-one.theta)
        assert sold > 0
        for name in ("ci_low", "ci_high", "sim_low", "sim_high", "half_low", "half_high"):
            theta = math.log1p(getattr(one, name))
            assert getattr(found.extra, name) == pytest.approx(sold * -math.expm1(-theta), rel=1e-7), name
    assert sum(isinstance(one, EffectEstimate) for one in effects.values()) == 2


# ---- properties ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("adjustment", ["none", "pooled_slopes"])
@given(seed=st.integers(0, 10_000), factor=st.sampled_from([1e-12, 1e-3, 1936.27, 1e9]))
@examples(max_examples=10, deadline=None)
def test_money_moves_with_its_unit(seed, factor, adjustment):
    """Euros in thousands: amounts a thousandth, ratios, shares, degrees of freedom and reasons the same."""
    panel = rich(drawn(seed, funded=(12, 9), comparison=(12, 9), zeros=0), seed)
    settings = Settings(min_firms=2, adjustment=adjustment)
    for one, other in zip(
        extra_sales(panel, "sales", by="sector", settings=settings),
        extra_sales(in_units_of(panel, factor), "sales", by="sector", settings=settings),
        strict=True,
    ):
        for name, times in (("extra", factor), ("per_grant", 1), ("per_spend", 1), ("offset", 1)):
            a, b = getattr(one, name), getattr(other, name)
            assert type(a) is type(b)
            if isinstance(a, Withheld):
                assert a == b
                continue
            close = 1e-7 * max(abs(a.ci_high), abs(a.ci_low)) * times
            for number in numbers_of(a):
                scale = 1 if number == "df" else times
                assert getattr(b, number) == pytest.approx(scale * getattr(a, number), rel=1e-7, abs=close), (
                    name,
                    number,
                )
        assert (one.lost is None) == (other.lost is None)
        if one.lost is not None:
            assert other.lost == pytest.approx(factor * one.lost, rel=1e-7, abs=1e-7 * factor)


@given(seed=st.integers(0, 10_000))
@examples(max_examples=15, deadline=None)
def test_intervals_of_money_contain_each_other(seed):
    """half ⊂ ci ⊂ sim around the value; nothing beyond numbers; a share of losses within [−∞, ∞] has two ends."""
    panel = rich(drawn(seed, funded=(8, 7), comparison=(7, 9), starters=0.1), seed)
    for group in (None, "sector"):
        for found in extra_sales(panel, "sales", by=group, settings=Settings(min_firms=2)):
            for one in (found.extra, found.per_grant, found.per_spend, found.offset):
                if isinstance(one, MoneyEstimate):
                    alone = one is found.offset  # no bounds that hold for several together
                    assert all(math.isfinite(getattr(one, number)) for number in numbers_of(one))
                    assert one.ci_low <= one.half_low <= one.value <= one.half_high <= one.ci_high
                    assert alone or one.sim_low <= one.ci_low <= one.ci_high <= one.sim_high
                    assert (one.sim_low is None) == alone


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-290, 1e290])
def test_amounts_beyond_all_numbers_end_at_a_number(scale):
    """Sales near the largest and the smallest number: amounts end there, or are withheld; no warning, no infinity."""
    panel = rich(drawn(6, funded=(12,), comparison=(12,), missing=0, zeros=0), 6)
    panel = Panel(panel.units, panel.periods, {name: y * scale for name, y in panel.outcomes.items()})
    for adjustment in ("none", "pooled_slopes"):
        [found] = extra_sales(panel, "sales", settings=Settings(adjustment=adjustment))
        for one in (found.extra, found.per_grant, found.per_spend, found.offset):
            assert isinstance(one, Withheld) or all(math.isfinite(getattr(one, number)) for number in numbers_of(one))
        assert isinstance(found.extra, MoneyEstimate)


def test_offline_sales_are_of_periods_that_report_both():
    """A year without its total sales is no fall of all sales to nothing."""
    panel = rich(drawn(7, funded=(12,), comparison=(12,), zeros=0), 7)
    total = panel.outcomes["total_sales"].copy()
    total[0] = np.nan
    [found] = extra_sales(
        Panel(panel.units, panel.periods, panel.outcomes | {"total_sales": total}),
        "sales",
        settings=Settings(min_firms=2),
    )
    [without] = extra_sales(
        with_sales(panel, np.where(np.arange(24)[:, None] == 0, np.nan, panel.outcomes["sales"])),
        "sales",
        settings=Settings(min_firms=2),
    )
    assert found.lost == pytest.approx(without.lost)
    assert found.extra.n_funded == without.extra.n_funded + 1
