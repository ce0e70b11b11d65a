"""METHODS.md 1: which periods are before and after, which years are complete, and how seasons cancel in pairs."""

import numpy as np
import pandas as pd
import pytest

from analytics.model import Settings, UserError
from analytics.panel import Panel
from analytics.panel.windows import (
    Windows,
    after_start,
    before_end,
    cohorts_of,
    complete_years,
    horizons,
    outcome_values,
    placebo_windows,
    windows_of,
    windows_since,
)
from tests.helpers.panels import drawn, panel_of
from tests.reference import effects as reference
from tests.reference import placebo as reference_placebo


def windows(panel: Panel, outcome: str, settings: Settings, year: int | None = None) -> Windows:
    """Of what was reported of an outcome."""
    return windows_of(panel, outcome_values(panel, outcome), settings, year)


def monthly(firms: dict[str, list[float | None]], first: str, cohorts: dict[str, str]) -> Panel:
    """Firms with one value per month from `first`; None = not reported; firms not in `cohorts` were never funded."""
    periods = pd.period_range(first, periods=len(next(iter(firms.values()))), freq="M")
    cohort = pd.PeriodIndex([cohorts.get(name, pd.NaT) for name in firms], freq="M")
    units = pd.DataFrame({"cohort": cohort.array}, index=pd.Index(list(firms), name="firm_id"))
    return Panel(units, periods, {"sales": np.array(list(firms.values()), dtype=float)})


@pytest.mark.parametrize(
    ("cohort", "before_ends", "last"),
    [
        ("2021-02", None, "2021-01"),  # the award, when nothing earlier is known
        ("2021-02", "2020-05", "2020-05"),
        ("2021-02", pd.Period("2020-05", "M"), "2020-05"),
        ("2021-02", "2020-05-31", "2020-05"),  # a day: the month that is over by then
        ("2021-02", "2020-05-30", "2020-04"),
        ("2021-02", "2020Q1", "2020-03"),
        ("2021-02", "2019", "2019-12"),
        ("2020-03", "2020-05", "2020-02"),  # never later than the award
        ("2021Q1", "2020-05", "2020Q1"),  # the call opens in June: the second quarter is not wholly before it
        ("2021Q1", "2020-06", "2020Q2"),
        ("2021", "2020-05", "2019"),
        ("2021", "2020-12", "2020"),
    ],
)
def test_before_ends_with_the_last_period_wholly_before_the_call(cohort, before_ends, last):
    """Before: the periods that end before the programme could act, in the panel's own frequency."""
    assert before_end(pd.Period(cohort), Settings(before_ends=before_ends)) == pd.Period(last)


def test_a_before_ends_that_is_no_period_is_refused():
    with pytest.raises(UserError, match="before_ends"):
        before_end(pd.Period("2021-02"), Settings(before_ends="June"))


def test_year_one_starts_after_the_award_or_with_it():
    """`skip`: the first full period after the award; `after`: the award's own."""
    cohort = pd.Period("2021-02")
    assert after_start(cohort, Settings()) == pd.Period("2021-03")
    assert after_start(cohort, Settings(award_period="after")) == cohort


@pytest.mark.parametrize(
    ("cohort", "settings", "complete"),
    [
        ("2019-12", Settings(), [1, 2]),  # January 2020 – December 2021
        ("2020-01", Settings(), [1]),  # the second year would need January 2022
        ("2020-01", Settings(award_period="after"), [1, 2]),
        ("2019-12", Settings(years_after=1), [1]),
        ("2018-12", Settings(), [1, 2, 3]),
        ("2017-06", Settings(), [2, 3]),  # the first year began before the data
        ("2016-06", Settings(), [3]),
        ("1990-01", Settings(), []),  # before the data
        ("2022-05", Settings(), []),  # after them
        ("2021-12", Settings(), []),
    ],
)
def test_a_year_is_complete_when_all_its_periods_lie_in_the_data(cohort, settings, complete):
    """Data from January 2018 to December 2021."""
    panel = monthly({"f": [1.0] * 48}, "2018-01", {"f": cohort})
    assert complete_years(panel, pd.Period(cohort), settings) == complete
    assert horizons(panel, settings) == complete


def test_horizons_are_the_years_that_some_cohort_completes():
    panel = monthly({"f": [1.0] * 48, "g": [1.0] * 48, "c": [1.0] * 48}, "2018-01", {"f": "2019-12", "g": "2020-06"})
    assert horizons(panel, Settings()) == [1, 2]
    assert list(windows(panel, "sales", Settings()).years) == [2, 1]
    assert list(windows(panel, "sales", Settings(), 2).years) == [1, 0]


def test_a_comparison_firm_is_measured_over_the_windows_of_each_cohort():
    """Yearly sales; each column of the result is one cohort's windows; the own cohort's column is named."""
    panel = panel_of("""
        firm cohort 2018 2019 2020 2021
        c    -         1    2    4    8
        f    2019      1    2    4    8
        g    2020      1    2    4    8
    """)
    seen = windows(panel, "sales", Settings(award_period="after"), 1)
    assert list(seen.cohorts) == [pd.Period("2019"), pd.Period("2020")]
    np.testing.assert_array_equal(seen.before, [[1, 2]] * 3)
    np.testing.assert_array_equal(seen.after, [[2, 4]] * 3)
    assert list(seen.own) == [-1, 0, 1]


def test_skip_leaves_the_award_period_out_of_both_windows():
    panel = panel_of("""
        firm cohort 2018 2019 2020
        f    2019      1  500    4
        c    -         1    9    2
    """)
    seen = windows(panel, "sales", Settings(), 1)
    np.testing.assert_array_equal(seen.before[:, 0], [1, 1])
    np.testing.assert_array_equal(seen.after[:, 0], [2, 4])


@pytest.mark.parametrize(
    ("frequency", "needed", "of"),
    [("M", 6, 12), ("Q", 3, 4), ("Y", 1, 1)],
)
def test_a_mean_needs_half_its_pairs(frequency, needed, of):
    """6 of 12 months, 3 of 4 quarters, the year: one pair fewer and the firm is lost, counted as not measured."""
    periods = pd.period_range("2019", periods=3 * of, freq=frequency)
    for reported in range(of + 1):
        sales = np.full((1, 3 * of), 7.0)
        sales[0, of:] = 14.0
        sales[0, reported:of] = np.nan
        units = pd.DataFrame({"cohort": [periods[of]]}, index=["f"])
        seen = windows(Panel(units, periods, {"sales": sales}), "sales", Settings(award_period="after"), 1)
        if reported >= needed:
            assert (seen.before[0, 0], seen.after[0, 0]) == (7, 14)
        else:
            assert np.isnan([seen.before[0, 0], seen.after[0, 0]]).all()


def test_pairs_must_meet_in_the_same_calendar_month():
    """Six months before and six other months after make no pair at all."""
    year = [1.0] * 6 + [None] * 6 + [None] * 6 + [1.0] * 6
    panel = monthly({"f": year}, "2019-01", {"f": "2020-01"})
    seen = windows(panel, "sales", Settings(award_period="after"), 1)
    assert np.isnan(seen.after).all()


@pytest.mark.parametrize("award_period", ["skip", "after"])
@pytest.mark.parametrize("before_ends", [None, "2019-08"])
def test_seasons_cancel_in_pairs(award_period, before_ends):
    """A firm with a strong season and no growth has no growth, whichever months it left out, wherever windows start."""
    season = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]
    sales: list[float | None] = [float(height) for _ in range(4) for height in season]
    for gap in (3, 9, 13, 25, 26, 27, 30):
        sales[gap] = None
    panel = monthly({"f": sales}, "2018-01", {"f": "2020-02"})
    settings = Settings(award_period=award_period, before_ends=before_ends)
    for year in (None, 1):
        seen = windows(panel, "sales", settings, year)
        assert seen.after[0, 0] == pytest.approx(seen.before[0, 0], rel=1e-15)


def test_overall_is_the_mean_over_the_years_that_report_a_month():
    """Years of 10 and 30 make 20 in the months reported twice, 10 in those that only the first year reports."""
    before, first, second = [5.0] * 12, [10.0] * 12, [30.0] * 6 + [None] * 6
    panel = monthly({"f": [*before, *first, *second]}, "2018-01", {"f": "2019-01"})
    settings = Settings(award_period="after")
    assert windows(panel, "sales", settings).after[0, 0] == (6 * 20 + 6 * 10) / 12
    assert windows(panel, "sales", settings, 1).after[0, 0] == 10
    assert windows(panel, "sales", settings, 2).after[0, 0] == 30


def test_before_means_only_the_months_that_have_a_partner():
    before = [float(month) for month in range(1, 13)]
    after = [None] * 5 + [100.0] * 7
    panel = monthly({"f": [*before, *after]}, "2018-01", {"f": "2019-01"})
    seen = windows(panel, "sales", Settings(award_period="after"), 1)
    assert seen.before[0, 0] == np.mean(range(6, 13))


@pytest.mark.parametrize("before_ends", ["1990-01", "2018-04"])
def test_a_before_window_that_leaves_the_data_loses_the_firm(before_ends):
    """Four months of data before are too few pairs; none is none. Nobody's figure is taken from another year."""
    panel = monthly({"f": [1.0] * 48}, "2018-01", {"f": "2019-12"})
    assert np.isnan(windows(panel, "sales", Settings(before_ends=before_ends)).before).all()


def test_without_funded_firms_there_are_no_windows():
    panel = monthly({"c": [1.0] * 48}, "2018-01", {})
    assert len(cohorts_of(panel)) == 0
    assert horizons(panel, Settings()) == []
    assert windows(panel, "sales", Settings()).after.shape == (1, 0)


def test_an_outcome_that_is_not_there_is_refused_and_the_others_are_named():
    with pytest.raises(UserError, match="sales"):
        windows(drawn(1), "employees", Settings())


@pytest.mark.parametrize("frequency", ["M", "Q", "Y"])
@pytest.mark.parametrize("award_period", ["skip", "after"])
@pytest.mark.parametrize("early", [0, 3])
def test_every_mean_is_that_of_the_reference(frequency, award_period, early):
    """All firms in all cohorts' windows, overall and by year, with a fifth of the cells missing."""
    ppy = {"M": 12, "Q": 4, "Y": 1}[frequency]
    at = (2 * ppy, 2 * ppy + 1, 4 * ppy)
    panel = drawn(3, frequency=frequency, years=8, cohorts=at, missing=0.2)
    end = panel.periods[at[0]] - 1 - early if early else None
    firms, rules = reference.read(panel, "sales", award_period=award_period)
    rules.before_ends = rules.first + at[0] - 1 - early if early else None
    for year in (None, 1, 2, 3):
        seen = windows(panel, "sales", Settings(award_period=award_period, before_ends=end), year)
        for g in range(len(at)):
            expected = [reference.paired(firm, rules.first + at[g], rules, year) or (np.nan, np.nan) for firm in firms]
            np.testing.assert_allclose(seen.before[:, g], [before for before, _ in expected], rtol=1e-13)
            np.testing.assert_allclose(seen.after[:, g], [after for _, after in expected], rtol=1e-13)


# ---- the year before against the one ahead of it ---------------------------------------------------------------------


def earlier_of(panel: Panel, settings: Settings):
    return placebo_windows(panel, panel.outcomes["sales"], settings)


def test_the_year_before_is_measured_against_the_one_ahead_of_it():
    """Yearly sales: nothing from the award on is seen; a comparison firm is measured over both cohorts' years."""
    panel = panel_of("""
        firm cohort 2017 2018 2019 2020 2021
        c    -         1    2    4    8   99
        f    2019      1    3    4   99   99
        g    2020      1    2    5    9   99
    """)
    seen = earlier_of(panel, Settings(award_period="after"))
    assert list(seen.years) == [1, 1]
    np.testing.assert_array_equal(seen.before, [[1, 2], [1, 3], [1, 2]])
    np.testing.assert_array_equal(seen.after, [[2, 4], [3, 4], [2, 5]])
    other = earlier_of(panel, Settings(award_period="skip"))
    np.testing.assert_array_equal(seen.after, other.after)  # where year 1 begins does not matter


@pytest.mark.parametrize(("first", "complete"), [("2017-06", True), ("2017-07", False)])
def test_an_earlier_year_must_lie_wholly_in_the_data(first, complete):
    """The call opened in June 2019: before is June 2018 to May 2019, the year ahead of it starts in June 2017."""
    periods = pd.period_range(first, "2021-12", freq="M")
    panel = monthly({"f": [1.0] * len(periods), "c": [1.0] * len(periods)}, first, {"f": "2020-01"})
    seen = earlier_of(panel, Settings(before_ends="2019-05"))
    assert list(seen.years) == [int(complete)]
    assert np.isfinite(seen.after).all() == complete
    assert np.isfinite(seen.before).all() == complete


def test_the_earlier_year_pairs_its_months_with_those_of_the_year_before():
    """Seven months of the earlier year, in other places than five of the year before: seven pairs less those."""
    sales: list[float | None] = [float(month) for month in range(1, 13)] + [100.0 + month for month in range(1, 13)]
    for gap in (0, 1, 2, 3, 4, 12 + 5):
        sales[gap] = None
    panel = monthly({"f": [*sales, *[5.0] * 24]}, "2018-01", {"f": "2020-01"})
    seen = earlier_of(panel, Settings())
    paired = [7, 8, 9, 10, 11, 12]
    assert seen.before[0, 0] == np.mean(paired)
    assert seen.after[0, 0] == np.mean(paired) + 100
    sales[11] = None
    panel = monthly({"f": [*sales, *[5.0] * 24]}, "2018-01", {"f": "2020-01"})
    assert np.isnan(earlier_of(panel, Settings()).after[0, 0])  # five pairs are too few


@pytest.mark.parametrize("frequency", ["M", "Q", "Y"])
@pytest.mark.parametrize("early", [0, 2])
def test_every_earlier_mean_is_that_of_the_reference(frequency, early):
    """Growth of all firms in all cohorts' years, a fifth of the cells missing; the first cohort has no earlier year."""
    ppy = {"M": 12, "Q": 4, "Y": 1}[frequency]
    at = (2 * ppy - 1, 3 * ppy + 1, 5 * ppy)
    panel = drawn(3, frequency=frequency, years=8, cohorts=at, missing=0.2, zeros=0)
    end = panel.periods[at[1] - early] if early else None
    firms, rules = reference.read(panel, "sales")
    rules.before_ends = rules.first + at[1] - early if early else None
    seen = earlier_of(panel, Settings(before_ends=end))
    growth = np.log(seen.after) - np.log(seen.before)
    for g in range(len(at)):
        expected = [reference_placebo.log_growth(firm, rules.first + at[g], rules, placebo=True) for firm in firms]
        np.testing.assert_allclose(growth[:, g], [np.nan if x is None else x for x in expected], rtol=1e-12)
    assert np.isfinite(growth).any()
    assert np.isnan(growth[:, 0]).all()


# ---- all that is known until then ------------------------------------------------------------------------------------


def test_all_earlier_months_are_averaged_month_by_month():
    """A month's value before is its mean over the years that report it, also in a year that the data hold in part."""
    # March 2018 to February 2019 is the year before; of the one ahead, March 2017 on, the data begin in July
    earlier = [20.0] * 8  # July 2017 to February 2018
    before = [10.0] * 12
    after = [40.0] * 12
    panel = monthly({"f": [*earlier, *before, *after]}, "2017-07", {"f": "2019-03"})
    plain, every = (Settings(award_period="after", all_before=which) for which in (False, True))
    assert windows(panel, "sales", plain).before[0, 0] == 10
    assert windows(panel, "sales", every).before[0, 0] == (4 * 10 + 8 * 15) / 12
    assert windows(panel, "sales", every).after[0, 0] == 40


@pytest.mark.parametrize("years", [1, 2, 3])
def test_all_earlier_years_by_hand(years):
    """Whole years until the award; with one alone it is the before window, and nothing else changes."""
    before = [10.0, 20.0, 60.0][:years]
    sales = [value for value in before for _ in range(4)] + [100.0] * 8
    periods = pd.period_range("2015Q1", periods=len(sales), freq="Q")
    units = pd.DataFrame({"cohort": [periods[4 * years]]}, index=["f"])
    panel = Panel(units, periods, {"sales": np.array([sales])})
    every = windows(panel, "sales", Settings(award_period="after", all_before=True))
    assert every.before[0, 0] == pytest.approx(np.mean(before))
    assert every.after[0, 0] == 100
    if years == 1:
        plain = windows(panel, "sales", Settings(award_period="after"))
        np.testing.assert_array_equal(every.before, plain.before)


def test_all_earlier_months_save_a_firm_that_missed_the_last_year():
    """It reported no year before, but the one ahead of that: it has a mean before."""
    panel = panel_of("""
        firm cohort 2017 2018 2019 2020
        f    2019      3    .    8    8
        c    -         3    5    8    8
    """)
    plain, every = (
        windows(panel, "sales", Settings(award_period="after", all_before=which), 1) for which in (False, True)
    )
    assert list(np.isfinite(plain.before[:, 0])) == [True, False]
    np.testing.assert_array_equal(every.before[:, 0], [4, 3])


def test_losses_are_counted_from_their_own_year_whatever_is_before():
    """The loss baseline is one calendar year: all earlier months do not change it."""
    panel = panel_of("""
        firm cohort 2017 2018 2019 2020
        f    2020     10   30   70    8
        c    -        10   30   70    8
    """)
    first = pd.Period("2018", "Y")
    one, other = (
        windows_since(panel, panel.outcomes["sales"], Settings(award_period="after", all_before=which), 1, first)
        for which in (False, True)
    )
    np.testing.assert_array_equal(one.before, [[30], [30]])
    np.testing.assert_array_equal(other.before, one.before)
