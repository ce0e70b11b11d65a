"""METHODS.md 3, "Adjustment": pooled slopes by hand, against a regression written from the text, and under properties.

That effects, variances and degrees of freedom are those of the reference with its slopes: test_estimands.py. Slopes
that both arms tell, of a richer past: test_own_sector.py; a firm of which nothing is known but the year before is
compared as here.
"""

import math

import numpy as np
import pandas as pd
import pytest

from analytics.estimate import EffectEstimate, effect, sector_effects
from analytics.estimate.adjustment import pooled_slopes, traits_before
from analytics.estimate.inference import Deletions, jackknife
from analytics.estimate.sample import Sample
from analytics.model import Estimand, Settings, UserError
from analytics.panel import Panel
from tests.estimate.test_estimands import ADJUSTED, DESIGNS
from tests.helpers.panels import drawn, panel_of, rich, with_sales
from tests.reference import adjusted as reference_adjusted
from tests.reference import effects as reference

L = math.log(2)
FEW = Settings(min_firms=2, award_period="after")
# Two ways to solve the same least squares; features are of order one.
EXACT = 1e-9
SLOPES = {"typical_firm": "log_slopes", "symmetric_growth": "symmetric_slopes", "online_share": "share_slopes"}


def pooled(panel: Panel, estimand: str, settings: Settings, year: int | None = None) -> Deletions:
    """The programme's estimate by slopes of the comparison firms."""
    sample = Sample(panel, "sales", settings, year)
    return sample.pooled_deletions(Estimand(estimand), sample.group(panel.funded))


# ---- one feature, worked by hand -------------------------------------------------------------------------------------

LARGER_FIRMS_GREW_FASTER = """
    firm cohort 2019 2020
    f1   2020    400 1600
    f2   2020    400  800
    c1   -       100  100
    c2   -       100  200
    c3   -       400  800
    c4   -       400 1600
"""


def test_typical_firm_at_equal_sales_by_hand():
    """Half of what funded firms gained on their comparison is that they were larger; in units of L = ln 2.

    Only ln ȳ_B is known (one year before, all sold, no staff). Measured from its mean, in standard deviations: −1, −1,
    1, 1; growth: −1, 0, 0, 1 from its mean 1. Ridge: β = Σxz/(Σx² + α) = 2/(4 + 1) = 0.4. Both funded firms lie at
    x = 1 and grew by 2 and 1: θ = (2 + 1)/2 − 0.4 − 1 = 0.1, without adjustment 0.5.

    v: funded 1²/4; comparison growth less offset 0.4, 1.4, 0.6, 1.6: s²/4 = (1.04/3)/4; slopes: residuals −.6, .4, −.4,
    .6, V_β = Σx²e²/(4 + 1)² · N/(N − S − 1) = 1.04/25 · 4/2, and Δ = 1. Degrees of freedom of the arms, where nothing
    tells how heavy tails are: 2d/(5 − 1), d of 1 and 3, and at least 1; by the jackknife (METHODS.md 4) they are d.
    """
    found = effect(panel_of(LARGER_FIRMS_GREW_FASTER), "sales", "typical_firm", settings=FEW, year=1)
    former = jackknife(pooled(panel_of(LARGER_FIRMS_GREW_FASTER), "typical_firm", FEW, 1))
    for one, df_c in ((found, 1.5), (former, 3)):
        parts = {1 / 4: 1, 1.04 / 12: df_c, 1.04 / 25 * 2: 2}  # variance -> its degrees of freedom
        assert one.theta == pytest.approx(0.1 * L)
        assert one.se == pytest.approx(L * math.sqrt(sum(parts)))
        assert one.df == pytest.approx(sum(parts) ** 2 / sum(v**2 / df for v, df in parts.items()))
    unadjusted = Settings(min_firms=2, award_period="after", adjustment="none")
    plain = effect(panel_of(LARGER_FIRMS_GREW_FASTER), "sales", "typical_firm", settings=unadjusted, year=1)
    assert plain.theta == pytest.approx(0.5 * L)


def test_euros_at_equal_sales_by_hand():
    """ȳ_B becomes ȳ_B e^b in both arms, b = ±0.4 L: the comparison grew from 200·2^−0.4 + 800·2^0.4 to 2700."""
    found = effect(panel_of(LARGER_FIRMS_GREW_FASTER), "sales", "euro_weighted", settings=FEW, year=1)
    up, down = 2**0.4, 2**-0.4
    base = 200 * down + 800 * up
    assert found.theta == pytest.approx(math.log(2400 / (800 * up * 2700 / base)))


def test_an_offset_ends_at_three():
    """A funded firm 2^20 times as large as the small ones is expected to grow by no more than e³ beyond the others.

    Its own slope would say 0.4 · 19 L = 5.3. At the limit the offset no longer moves with β: Δ holds f2 alone, 1/2.
    """
    table = LARGER_FIRMS_GREW_FASTER.replace("f1   2020    400 1600", f"f1   2020 {100 * 2**20} {100 * 2**20}")
    found = effect(panel_of(table), "sales", "typical_firm", settings=FEW, year=1)
    assert found.theta == pytest.approx(((0 - 3) + (1 - 0.4) * L) / 2 - L)
    v = ((0 - 3) - (1 - 0.4) * L) ** 2 / 4 + L**2 * (1.04 / 12 + (1 / 2) ** 2 * 1.04 / 25 * 2)
    assert found.se == pytest.approx(math.sqrt(v))


def test_rows_are_weighted_by_the_funded_firms_of_their_cohort():
    """One sector, two cohorts of one and two funded firms: comparison rows weigh 1/3 and 2/3, demeaned by cohort.

    Two firms sell 1 throughout, two sell e², e⁴, e²: ln ȳ_B lies ±1 from the mean of the first cohort's windows and ±2
    from the second's; growth ±1 and ∓1. β = Σwxz/(Σwx² + 1) with x in weighted standard deviations.
    """
    e, rows = math.e, []
    for firm in range(4):
        level = e**2 if firm >= 2 else 1.0
        growth = [2 if firm >= 2 else 0, -2 if firm >= 2 else 0]  # in 2020 back to where it was
        rows.append(f"c{firm} - {level!r} {level * e ** growth[0]!r} {level * e ** sum(growth)!r}")
    panel = panel_of(
        "\n".join(["firm cohort 2018 2019 2020", "f1 2019 1 1 1", "f2 2020 1 1 1", "f3 2020 1 1 1", *rows])
    )
    sample = Sample(panel, "sales", FEW, 1)
    lnb = [np.log(sample.windows.before)]
    slopes = pooled_slopes(sample.arms, sample.log_growth, lnb, 1.0)
    x = {2019: 1.0, 2020: 2.0}
    z = {2019: 1.0, 2020: -1.0}
    weight = {2019: 1 / 3, 2020: 2 / 3}
    spread = math.sqrt(sum(weight[g] * x[g] ** 2 for g in x))
    gram = sum(4 * weight[g] * (x[g] / spread) ** 2 for g in x) + 1
    beta = sum(4 * weight[g] * x[g] / spread * z[g] for g in x) / gram
    np.testing.assert_allclose(slopes.offset[:4, 0], beta * np.array([-1, -1, 1, 1]) / spread, rtol=1e-12)
    np.testing.assert_allclose(slopes.offset[:4, 1], beta * np.array([-2, -2, 2, 2]) / spread, rtol=1e-12)
    assert slopes.df == 4 - 1 - 1


def test_what_is_known_before_by_hand():
    """Quarters, award in the ninth: earlier 2018, before 2019. Of eight quarters f reports seven, five with sales."""
    periods = pd.period_range("2018Q1", periods=12, freq="Q")
    sales = np.array([[0, 2, np.nan, 4, 0, 8, 8, 8, 1, 1, 1, 1], [0] * 12, [1e-9] * 4 + [1] * 8, [np.nan] * 12])
    units = pd.DataFrame({"cohort": [periods[8], *[pd.NaT] * 3], "employees": [4.0, 0, np.nan, 1]}, index=list("fcde"))
    panel = Panel(units, periods, {"sales": sales})
    sample = Sample(panel, "sales", FEW, None)
    ln_before, zero, active, size, growth = (
        values[:, 0] for values in traits_before(panel, "sales", sample.windows, FEW)
    )
    np.testing.assert_allclose(ln_before, [math.log(6), np.nan, 0, np.nan])
    np.testing.assert_allclose(zero, [0, 1, 0, np.nan])
    np.testing.assert_allclose(active, [5 / 7, 0, 1, np.nan])
    np.testing.assert_allclose(size, [math.log(4), 0, np.nan, 0])  # who works alone counts as one
    # f: three pairs, (0, 2, 4) and (0, 8, 8); d: from 1e-9 to 1, but no more than e²
    np.testing.assert_allclose(growth, [math.log(16 / 6), np.nan, 2, np.nan])


# ---- against the reference -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("growth", [name for name in ADJUSTED if name != "euro_weighted"])
@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_offsets_and_their_precision_are_those_of_the_reference(design, growth):
    """b of every firm in every cohort's windows, as far as any firm can be compared there; V_β; degrees of freedom."""
    for seed, year in ((1, None), (2, 1)):
        panel = rich(drawn(seed, **design), seed)
        sample = Sample(panel, "sales", Settings(min_firms=2), year)
        slopes = getattr(sample, SLOPES[growth])
        firms, rules = reference.read(panel, "sales")
        expected = reference_adjusted.slopes(firms, rules, growth, year)
        assert slopes.df == expected.df
        np.testing.assert_allclose(slopes.covariance, expected.covariance, rtol=EXACT, atol=EXACT)
        for row, firm in enumerate(firms):
            for g, cohort in enumerate(sample.windows.cohorts):
                at = rules.first + cohort.ordinal - panel.periods[0].ordinal
                b = expected.offset(firm, at, expected.beta)
                assert slopes.offset[row, g] == pytest.approx(b, rel=EXACT, abs=EXACT)


def test_the_designs_use_every_column():
    """Each of the five columns is kept somewhere: an indicator that no regression can keep would be no column."""
    kept = set()
    for design in DESIGNS.values():
        panel = rich(drawn(1, **design), 1)
        firms, rules = reference.read(panel, "sales")
        for growth in ("typical_firm", "symmetric_growth", "online_share"):
            kept |= set(reference_adjusted.slopes(firms, rules, growth, None).kept)
    assert kept == set(reference_adjusted.COLUMNS)


@pytest.mark.parametrize("estimand", ADJUSTED)
def test_a_stronger_penalty_pulls_toward_no_adjustment(estimand):
    """alpha is a setting: at 0 ordinary least squares, as it grows without end no adjustment at all."""
    panel = rich(drawn(2, funded=(9, 8), comparison=(14, 12)), 2)
    found = [effect(panel, "sales", estimand, settings=Settings(min_firms=2, alpha=alpha)) for alpha in (0, 1, 1e12)]
    plain = effect(panel, "sales", estimand, settings=Settings(min_firms=2, adjustment="none"))
    assert found[2].theta == pytest.approx(plain.theta, abs=1e-9)
    assert found[2].se == pytest.approx(plain.se, rel=1e-9)
    assert found[0].theta != found[1].theta != found[2].theta


# ---- properties ------------------------------------------------------------------------------------------------------


def test_growth_that_goes_with_size_alone_is_no_effect():
    """Comparison firms grow by their size; funded firms are larger and grow by theirs: nothing is left."""
    rng = np.random.default_rng(1)
    n = 600
    funded = np.arange(n) < 60
    size = rng.normal(0, 1, n) + np.where(funded, 1.0, 0.0)
    before = np.exp(8 + size)
    sales = np.column_stack([before, before * np.exp(0.2 * size + 0.01 * rng.normal(size=n))])
    periods = pd.period_range("2019", periods=2, freq="Y")
    units = pd.DataFrame({"cohort": [periods[1] if f else pd.NaT for f in funded]}, index=range(n))
    panel = Panel(units, periods, {"sales": sales})
    adjusted = effect(panel, "sales", "typical_firm", settings=Settings(award_period="after"))
    plain = effect(panel, "sales", "typical_firm", settings=Settings(award_period="after", adjustment="none"))
    assert plain.theta == pytest.approx(0.2, abs=0.05)
    assert adjusted.theta == pytest.approx(0, abs=0.005)
    assert adjusted.se < plain.se / 5


def test_points_are_not_adjusted():
    """METHODS.md 3: `started_selling` and `online_share` are the same, whatever the setting."""
    panel = rich(drawn(3, funded=(18,), comparison=(19,), starters=0.2), 3)
    for estimand in set(Estimand) - set(ADJUSTED):
        one, other = (
            effect(panel, "sales", estimand, settings=Settings(adjustment=how)) for how in ("none", "pooled_slopes")
        )
        assert one == other
        assert isinstance(one, EffectEstimate)


@pytest.mark.parametrize(("comparison", "adjusted"), [(3, True), (2, False)])
def test_too_few_comparison_firms_for_a_slope_leave_firms_as_they_are(comparison, adjusted):
    """One sector, one column: three comparison firms leave one degree of freedom, two leave none."""
    panel = panel_of("\n".join(LARGER_FIRMS_GREW_FASTER.strip().splitlines()[: 3 + comparison]))
    found, plain = (
        effect(panel, "sales", "typical_firm", settings=settings, year=1)
        for settings in (FEW, Settings(min_firms=2, award_period="after", adjustment="none"))
    )
    assert (found != plain) == adjusted


def test_a_column_that_nobody_fills_changes_nothing():
    """Staff of nobody, or of everybody the same: as if the column were not there."""
    panel = drawn(4, funded=(9, 8), comparison=(12, 11))
    expected = effect(panel, "sales", "typical_firm", settings=Settings(min_firms=2))
    for staff in (np.nan, 0.0, 5.0):
        units = panel.units.assign(employees=staff)
        found = effect(
            Panel(units, panel.periods, panel.outcomes), "sales", "typical_firm", settings=Settings(min_firms=2)
        )
        assert found == expected


def test_a_missing_value_is_the_mean_of_its_cell():
    """A comparison firm without staff number counts like one with the mean log size of its sector."""
    panel = drawn(5, funded=(10,), comparison=(12,), missing=0, zeros=0)
    staff = np.exp(np.random.default_rng(5).normal(2, 1, 22))
    staff[13] = np.nan
    filled = staff.copy()
    filled[13] = np.exp(np.mean(np.log(np.delete(staff[10:], 3))))
    one, other = (
        effect(Panel(panel.units.assign(employees=s), panel.periods, panel.outcomes), "sales", "typical_firm")
        for s in (staff, filled)
    )
    assert one.theta == pytest.approx(other.theta, rel=1e-12)
    assert one.se == pytest.approx(other.se, rel=1e-12)


def test_a_sector_borrows_slopes_but_no_time_path():
    """Doubling all sales after the award in another sector changes growth in both its arms, and nothing here."""
    panel = rich(
        drawn(6, frequency="Y", years=7, cohorts=(3,), funded=(9, 8), comparison=(11, 12), missing=0, zeros=0), 6
    )
    sales = panel.outcomes["sales"].copy()
    other = (panel.units["sector"] == "s1").to_numpy()
    sales[np.ix_(other, np.arange(3, 7))] *= 2
    for estimand in ADJUSTED[:2]:
        one, two = (
            sector_effects(p, "sales", estimand, settings=Settings(min_firms=2))[0].overall
            for p in (panel, with_sales(panel, sales))
        )
        assert two.theta == pytest.approx(one.theta, rel=1e-9)
        assert two.se == pytest.approx(one.se, rel=1e-9)


def test_an_adjustment_that_is_none_of_them_is_refused():
    with pytest.raises(UserError, match="boosting"):
        Settings(adjustment="boosting")
