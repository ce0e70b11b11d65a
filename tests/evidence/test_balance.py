"""What is shown beside the checks, by hand on tables that one can read: balance of the arms, aid that came after."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.estimate.sample import Sample
from analytics.evidence.balance import Balance, balance, other_aid
from analytics.model import Settings, Unit
from analytics.panel import Panel
from tests.helpers.panels import drawn, in_units_of, panel_of, rich

AFTER = Settings(min_firms=2, award_period="after")


def traits(panel: Panel, settings: Settings = AFTER) -> dict[str, Balance]:
    return {one.trait: one for one in balance(Sample(panel, "sales", settings))}


def with_units(panel: Panel, **columns: dict[str, object]) -> Panel:
    """The same with columns told firm by firm; what is not told is missing."""
    told = {name: [values.get(firm) for firm in panel.units.index] for name, values in columns.items()}
    return replace(panel, units=panel.units.assign(**told))


TWO_SECTORS = """
    firm sector cohort employees 2018 2019 2020
    f1   a      2020           2  100  200  300
    f2   a      2020           8  100  100  100
    f3   b      2020           4   50  200  200
    c1   a      -             16  400  800  800
    c2   a      -              1  100  100  200
    c3   b      -              4  100  100  100
    c4   b      -             16  100  200  200
"""


def test_balance_by_hand():
    """Two funded firms in a, one in b: the comparison of a weighs two thirds. In log 2: funded sales 200, 100, 200;
    comparison 800, 100 (a third each) and 100, 200 (a sixth each); funded staff 2, 8, 4; comparison 16, 1, 4, 16.
    """
    found = traits(panel_of(TWO_SECTORS))
    third, sixth = 1 / 3, 1 / 6

    def by_hand(mine: list[float], theirs: list[float]) -> tuple[float, float, float]:
        weights = [third, third, sixth, sixth]
        one = sum(mine) / 3
        other = sum(w * x for w, x in zip(weights, theirs, strict=True))
        spread = sum(w * (x - other) ** 2 for w, x in zip(weights, theirs, strict=True))
        pooled = math.sqrt((sum((x - one) ** 2 for x in mine) / 3 + spread) / 2)
        return one, other, (one - other) / pooled

    log = math.log
    one, other, gap = by_hand([log(200), log(100), log(200)], [log(800), log(100), log(100), log(200)])
    assert found["sales"] == Balance(
        "sales",
        Unit.OUTCOME,
        pytest.approx(math.exp(one)),
        pytest.approx(math.exp(other)),
        pytest.approx(gap),
        n_funded=3,
        n_comparison=4,
    )
    one, other, gap = by_hand([log(2), log(8), log(4)], [log(16), log(1), log(4), log(16)])
    staff = found["employees"]
    assert (staff.unit, staff.funded, staff.comparison) == (
        Unit.NUMBER,
        pytest.approx(4),
        pytest.approx(math.exp(other)),
    )
    assert staff.difference == pytest.approx(gap)
    # growth from 2018 to 2019: ×2, ×1, ×4 against ×2, ×1, ×1, ×2
    one, other, gap = by_hand([log(2), 0, log(4)], [log(2), 0, 0, log(2)])
    growth = found["growth"]
    assert (growth.unit, growth.funded) == (Unit.FRACTION, pytest.approx(1.0))
    assert growth.comparison == pytest.approx(math.expm1(other))
    assert growth.difference == pytest.approx(gap)
    assert found["active"].funded == found["active"].comparison == 1
    assert found["active"].difference == 0
    assert "score" not in found


def test_sales_are_those_of_a_year():
    """Monthly or quarterly means are shown for a year: four quarters of 100 are 400."""
    periods = pd.period_range("2018Q1", periods=12, freq="Q")
    units = pd.DataFrame({"cohort": [periods[8]] * 2 + [pd.NaT] * 2}, index=list("abcd"))
    panel = Panel(units, periods, {"sales": np.array([[100.0], [100], [100], [400]]) * np.ones(12)})
    found = traits(panel)["sales"]
    assert (found.funded, found.comparison) == (pytest.approx(400), pytest.approx(800))


def test_a_comparison_firm_counts_in_each_cohort_by_its_funded_firms():
    """They sold 100 before the first award, 400 before the second; one and two firms were funded."""
    panel = panel_of("""
        firm cohort 2018 2019 2020
        f1   2019    100  100  100
        f2   2020    100  100  100
        f3   2020    100  100  100
        c1   -       100  400  400
        c2   -       100  400  400
    """)
    found = traits(panel)["sales"]
    assert found.comparison == pytest.approx(math.exp((math.log(100) + 2 * math.log(400)) / 3))
    assert (found.n_funded, found.n_comparison) == (3, 2)


def test_firms_of_which_a_trait_is_unknown_do_not_count_for_it():
    """Scores of some: means and counts are of those; the share of months with sales is that of what was reported."""
    panel = with_units(panel_of(TWO_SECTORS), score={"f1": 70.0, "f3": 60.0, "c1": 50.0, "c3": 40.0})
    found = traits(panel)["score"]
    assert (found.funded, found.comparison) == (65, pytest.approx(45))
    assert (found.n_funded, found.n_comparison) == (2, 2)
    zeros = panel_of(TWO_SECTORS.replace("100  200  300", "  0    0  300").replace("50  200  200", ".    0  200"))
    assert traits(zeros)["active"].funded == pytest.approx((0 + 1 + 0) / 3)
    assert traits(zeros)["sales"].n_funded == 1  # a logarithm's mean is of those that sold


def test_a_trait_that_an_arm_lacks_is_not_shown():
    panel = with_units(panel_of(TWO_SECTORS), score={"f1": 70.0, "f2": 65.0, "f3": 60.0})
    assert "score" not in traits(panel)


@pytest.mark.parametrize("factor", [1e-3, 1936.27])
def test_the_unit_of_the_data_moves_sales_alone(factor):
    panel = rich(drawn(3, funded=(12, 9), comparison=(14, 11)), 3)
    one, other = traits(panel), traits(in_units_of(panel, factor))
    assert one.keys() == other.keys()
    for name, found in one.items():
        money = factor if name == "sales" else 1.0
        assert other[name].funded == pytest.approx(found.funded * money, rel=1e-9)
        assert other[name].comparison == pytest.approx(found.comparison * money, rel=1e-9)
        assert other[name].difference == pytest.approx(found.difference, abs=1e-9)


def test_arms_that_differ_without_spread_are_not_called_alike():
    """Every funded firm scored 70, every other 50: in standard deviations that is no number, and surely not 0."""
    panel = with_units(
        panel_of(TWO_SECTORS),
        score=dict.fromkeys(["f1", "f2", "f3"], 70.0) | dict.fromkeys(["c1", "c2", "c3", "c4"], 50.0),
    )
    found = traits(panel).get("score")
    assert found is None or found.difference != 0


@pytest.mark.parametrize("staff", [3.0, 7.0, 11.0])
def test_a_trait_that_is_the_same_for_all_differs_by_nothing(staff):
    """Everybody employs as many: rounding of the means is no difference in standard deviations."""
    panel = drawn(29, frequency="Y", cohorts=(2, 3), funded=(12, 9, 7), comparison=(14, 11, 5))
    panel = replace(panel, units=panel.units.assign(employees=staff, score=staff / 10))
    found = traits(panel)
    assert [found[name].difference for name in ("employees", "score")] == pytest.approx([0, 0], abs=1e-6)


# ---- other aid -------------------------------------------------------------------------------------------------------

AID = """
    firm sector cohort 2018 2019 2020 2021 2022
    f1   a      2019      1    1    1    1    1
    f2   a      2020      1    1    1    1    1
    f3   a      2020      1    1    1    1    1
    c1   a      -         1    1    1    1    1
    c2   a      -         1    1    1    1    1
    c3   a      -         1    1    1    1    1
    c4   a      -         1    1    1    1    1
"""


def on(panel: Panel, **days: str) -> Panel:
    """The same firms, some of which got other aid on a day."""
    dates = pd.to_datetime([days.get(firm) for firm in panel.units.index])
    return replace(panel, units=panel.units.assign(other_aid_on=dates))


def aided(**days: str) -> Sample:
    return Sample(on(panel_of(AID), **days), "sales", AFTER)


def test_other_aid_by_hand():
    """Year 1 is 2019 for f1, 2020 for f2 and f3; comparison firms in both, by a third and two thirds."""
    sample = aided(f1="2019-12-31", f2="2019-06-01", f3="2021-01-01", c1="2019-01-01", c2="2020-03-01", c3="2020-12-31")
    # f1 in its first year; f2 before its award; f3 in its second. c1 in 2019, c2 and c3 in 2020
    assert other_aid(sample, 1) == pytest.approx((1 / 3, 1 / 3 * 1 / 4 + 2 / 3 * 2 / 4))
    assert other_aid(sample, 2) == pytest.approx((1 / 3, 1 / 3 * 2 / 4))
    assert other_aid(sample, 3) == pytest.approx((0, 0))


def test_a_year_of_months_starts_after_the_award_where_the_award_is_skipped():
    """Award in March 2020: its first year runs from April 2020 to March 2021."""
    periods = pd.period_range("2019-01", periods=48, freq="M")
    units = pd.DataFrame({"cohort": [periods[14], pd.NaT, pd.NaT]}, index=list("fcd"))
    panel = Panel(units, periods, {"sales": np.ones((3, 48))})
    for day, first, second in (
        ("2020-03-31", 0, 0),
        ("2020-04-01", 1, 0),
        ("2021-03-31", 1, 0),
        ("2021-04-01", 0, 1),
        ("2022-04-01", 0, 0),
    ):
        sample = Sample(on(panel, f=day, c=day), "sales", Settings(min_firms=2))
        assert other_aid(sample, 1) == (first, first / 2)
        assert other_aid(sample, 2) == (second, second / 2)


def test_where_nobody_said_there_is_no_share():
    """No such column, or nothing in it: unknown, not zero."""
    assert other_aid(Sample(panel_of(AID), "sales", AFTER), 1) is None
    assert other_aid(aided(), 1) is None


@pytest.mark.parametrize("arm", ["funded", "comparison"])
def test_without_an_arm_there_is_no_share(arm):
    """Nobody to compare with; or no funded firm that belongs to a sector."""
    panel = on(panel_of(AID), **dict.fromkeys(["f1", "f2", "f3", "c1", "c2", "c3", "c4"], "2020-01-01"))
    if arm == "comparison":
        gone = panel.keep(panel.funded)
    else:
        gone = replace(panel, units=panel.units.assign(sector=panel.units["sector"].where(~panel.funded)))
    assert other_aid(Sample(gone, "sales", AFTER), 1) is None
