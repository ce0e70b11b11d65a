"""The event study: funded less comparison firms, quarter by quarter, on each firm's sales over its own mean before."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.estimate import EventEstimate, event_study
from analytics.estimate.inference import sup_t
from analytics.model import Reason, Settings, Withheld
from analytics.panel import Panel
from tests.helpers.panels import drawn, panel_of, with_sales

TWO = Settings(min_firms=2, years_after=1)
TABLE = """
firm  cohort  2019Q1 2019Q2 2019Q3 2019Q4 2020Q1 2020Q2 2020Q3
f1    2020Q1     10     10     10     10     12     15     20
f2    2020Q1    100    100    100    100    100    110    120
c1         -      4      4      4      4      4      5      6
c2         -      1      1      1      1      1      1      1
c3         -      0      0      0      0      5      5      5
"""


def test_a_path_by_hand():
    """Shares of the mean before: f1 1.5, f2 1.1, c1 1.25, c2 1 a quarter after the award: 1.3 − 1.125 = 0.175.

    c3 sold nothing before: it has no share. Every firm's mean before is 1, so before the award the gap is 0 and nothing
    varies: withheld, not an effect of exactly zero.
    """
    found = event_study(panel_of(TABLE), "sales", settings=TWO)
    assert sorted(found.effects) == [-4, -3, -2, -1, 0, 1, 2]
    assert [found.effects[event].value for event in (0, 1, 2)] == pytest.approx([0.1, 0.175, 0.35])
    assert all(found.effects[event] == Withheld(Reason.NOT_ESTIMABLE) for event in (-4, -3, -2, -1))
    assert (found.effects[1].n_funded, found.effects[1].n_comparison) == (2, 2)
    # the variance of a difference of two means: 0.2²·2/2 … s²/n with s² = 0.08 and 0.03125
    assert found.effects[1].se ** 2 == pytest.approx(0.08 / 2 + 0.03125 / 2)


def test_bands_hold_more_than_one_quarter():
    """Every simultaneous band holds its own interval, all with one critical value; the estimate lies inside."""
    found = event_study(drawn(4, funded=(14, 12), comparison=(20, 18)), "sales", settings=TWO)
    shown = [effect for effect in found.effects.values() if isinstance(effect, EventEstimate)]
    assert len(shown) > 10
    for effect in shown:
        assert effect.sim_low <= effect.ci_low < effect.value < effect.ci_high <= effect.sim_high
        wide = max(found.critical * effect.se, effect.ci_high - effect.value)
        assert effect.sim_high - effect.value == pytest.approx(wide)


def test_the_critical_value_lies_between_one_claim_and_bonferroni():
    """Perfectly correlated estimates need one claim's t; independent ones Šidák's; nothing more than Bonferroni's."""
    one = stats.t.ppf(0.975, 30)
    assert sup_t(np.ones((5, 5)), 30, 0.95) == pytest.approx(one, abs=0.03)
    independent = sup_t(np.diag([1.0, 4.0, 9.0, 0.1, 2.0]), 1e6, 0.95)
    assert independent == pytest.approx(stats.norm.ppf(0.5 + 0.95 ** (1 / 5) / 2), abs=0.03)
    assert sup_t(np.eye(5), 30, 0.95) < stats.t.ppf(1 - 0.025 / 5, 30)


def test_neither_units_nor_order_matter():
    """Euros in thousands, shuffled firms: the same path, to rounding."""
    panel = drawn(5, frequency="M", years=4, cohorts=(20, 22), funded=(9, 8), comparison=(12, 11))
    order = np.random.default_rng(1).permutation(len(panel.units))
    shuffled = Panel(panel.units.iloc[order], panel.periods, {"sales": panel.outcomes["sales"][order]})
    plain = event_study(panel, "sales", settings=TWO)
    for other in (with_sales(panel, panel.outcomes["sales"] / 1000), shuffled):
        same = event_study(other, "sales", settings=TWO)
        assert same.critical == pytest.approx(plain.critical, rel=1e-6)
        for event, effect in plain.effects.items():
            twin = same.effects[event]
            assert isinstance(twin, Withheld) == isinstance(effect, Withheld)
            if isinstance(effect, EventEstimate):
                assert (twin.value, twin.se, twin.df) == pytest.approx((effect.value, effect.se, effect.df), rel=1e-9)


def test_months_are_read_as_quarters():
    """A quarter is the mean of its reported months; event time counts quarters from the award's own."""
    months = pd.period_range("2019-01", "2020-06", freq="M")
    sales = np.ones((4, len(months)))
    sales[:2, 15:] = [[2, 3, np.nan], [2, 2, 2]]  # second quarter of 2020: means 2.5 and 2
    sales[3, 16] = 1.3
    units = pd.DataFrame({"cohort": [pd.Period("2020-02", freq="M")] * 2 + [pd.NaT] * 2})
    found = event_study(Panel(units, months, {"sales": sales}), "sales", settings=TWO)
    assert max(found.effects) == 1
    assert found.effects[1].value == pytest.approx((2.5 + 2) / 2 - (1 + 1.1) / 2)


def test_a_sectors_pandemic_is_no_effect():
    """Funded firms with twins in their own sector have no effect, though most stand in the sector that doubles."""
    rng = np.random.default_rng(7)
    periods = pd.period_range("2019Q1", periods=8, freq="Q")
    boom, calm = (np.exp(rng.normal(0, 0.3, (n, 8))) for n in (12, 3))
    boom[:, 5:] *= 2
    sales = np.vstack([boom, calm, boom, *[calm] * 4])
    sector = ["boom"] * 12 + ["calm"] * 3 + ["boom"] * 12 + ["calm"] * 12
    cohort = [pd.Period("2020Q1", freq="Q")] * 15 + [pd.NaT] * 24
    found = event_study(
        Panel(pd.DataFrame({"sector": sector, "cohort": cohort}), periods, {"sales": sales}), "sales", settings=TWO
    )
    assert [found.effects[event].value for event in range(-4, 4)] == pytest.approx([0] * 8, abs=1e-12)


def test_too_few_firms_are_withheld():
    """Below the minimum of firms in an arm a quarter has no estimate, and says why; nobody funded: nothing at all."""
    found = event_study(panel_of(TABLE), "sales")
    assert set(found.effects.values()) == {Withheld(Reason.TOO_FEW_FIRMS)}
    assert found.critical is None
    nobody = panel_of(TABLE.replace("f1    2020Q1", "f1         -").replace("f2    2020Q1", "f2         -"))
    assert not [e for e in event_study(nobody, "sales", settings=TWO).effects.values() if not isinstance(e, Withheld)]
