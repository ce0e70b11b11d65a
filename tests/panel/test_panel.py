"""From any long frame to firms × periods: what counts as a period, as never funded, as not reported, as refused."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from analytics.build.panel_from_store import from_store
from analytics.estimate import effect, sector_effects
from analytics.model import Settings, UserError
from analytics.panel import Panel
from analytics.panel.periods import as_periods
from tests.helpers.officer import Desk, application, as_csv, code, sale
from tests.helpers.panels import drawn, long, panel_of, rich

YEARS = ["2019", "2020", "2021", "2022"]
NEVER = pd.NaT


def frame(**columns: object) -> pd.DataFrame:
    """Three firms over four years; the first is funded in 2021."""
    base = pd.DataFrame(
        {
            "firm": np.repeat(["a", "b", "c"], 4),
            "year": [2019, 2020, 2021, 2022] * 3,
            "cohort": [2021] * 4 + [0] * 8,
            "sales": np.arange(12.0) + 1,
        }
    )
    return base.assign(**columns)


def read(data: pd.DataFrame, **columns: object) -> Panel:
    return Panel.from_frame(
        data, **{"unit": "firm", "period": "year", "cohort": "cohort", "outcomes": "sales"} | columns
    )


def test_a_readable_table_becomes_firms_by_periods():
    """An empty cell is not reported, never 0; a hole in the calendar is a period that nobody reported."""
    panel = panel_of("""
        firm sector cohort 2019-01 2019-02 2019-04
        b    food   2019-04      1       .       3
        a    food   -            0       5       6
    """)
    assert list(panel.units.index) == ["a", "b"]
    assert panel.units.index.name == "firm_id"
    assert list(panel.units["cohort"].isna()) == [True, False]
    assert list(panel.funded) == [False, True]
    assert list(panel.periods.astype(str)) == ["2019-01", "2019-02", "2019-03", "2019-04"]
    assert panel.outcomes["sales"].dtype == np.float64
    np.testing.assert_array_equal(panel.outcomes["sales"], [[0, 5, np.nan, 6], [1, np.nan, np.nan, 3]])


PERIODS = {
    "whole years": [2019, 2020, 2021, 2022] * 3,
    "floats": [2019.0, 2020.0, 2021.0, 2022.0] * 3,
    "text": YEARS * 3,
    "text, another type": pd.array(YEARS * 3, dtype="string"),
    "Periods": pd.PeriodIndex(YEARS * 3, freq="Y"),
    "Periods of a day": pd.PeriodIndex([f"{year}-12-31" for year in YEARS] * 3, freq="D"),
    "fiscal years": pd.PeriodIndex(YEARS * 3, freq="Y-JUN"),
    "Periods as objects": pd.Series(pd.PeriodIndex(YEARS * 3, freq="Y")).astype(object),
    "datetimes": pd.to_datetime([f"{year}-12-31" for year in YEARS] * 3),
    "datetimes with a zone": pd.to_datetime(YEARS * 3).tz_localize("Europe/Rome"),
    "dates": [dt.date(int(year), 1, 1) for year in YEARS] * 3,
    "categories": pd.Categorical(YEARS * 3),
    "nullable": pd.array([2019, 2020, 2021, 2022] * 3, dtype="Int64"),
    "decimals": [Decimal(year) for year in YEARS] * 3,
    "words and numbers": pd.Series([2019, "2020", 2021.0, pd.Period("2022", "Y")] * 3, dtype=object),
}


@pytest.mark.parametrize("years", PERIODS.values(), ids=PERIODS)
def test_periods_may_be_written_in_many_ways(years):
    """`period` holds Periods, strings, datetimes or whole years, in any column type: the panel is the same."""
    panel = read(frame(year=years))
    assert panel.periods.equals(pd.PeriodIndex(YEARS, freq="Y"))
    np.testing.assert_array_equal(panel.outcomes["sales"], np.arange(12.0).reshape(3, 4) + 1)


NONE_SUCH = [pd.NaT, np.nan, None, pd.NA, 0, "", "0", np.inf]
COHORTS = {
    "0": [2021] * 4 + [0] * 8,
    "NaN": [2021.0] * 4 + [np.nan] * 8,
    "infinite": [2021.0] * 4 + [np.inf] * 8,
    "every kind of missing": pd.Series([2021] * 4 + NONE_SUCH, dtype=object),
    "missing beside Periods": pd.Series([pd.Period("2021", "Y")] * 4 + NONE_SUCH, dtype=object),
    "missing beside dates": pd.Series([dt.date(2021, 5, 1)] * 4 + NONE_SUCH, dtype=object),
    "missing turned into text": ["2021"] * 4 + ["nan", "NaN", "NaT", "None", "<NA>", " ", "0.0", "-inf"],
    "NaT": pd.to_datetime(["2021-07-01"] * 4 + [None] * 8),
    "NaT with a zone": pd.to_datetime(["2021-07-01"] * 4 + [None] * 8).tz_localize("Europe/Rome"),
    "Periods": pd.PeriodIndex(["2021"] * 4 + [None] * 8, freq="Y"),
    "finer Periods": pd.PeriodIndex(["2021-03"] * 4 + [None] * 8, freq="M"),
    "days": pd.PeriodIndex(["2021-03-03"] * 4 + [None] * 8, freq="D"),
    "weeks": pd.PeriodIndex(["2021-03-03"] * 4 + [None] * 8, freq="W"),
    "three months": pd.PeriodIndex(["2021-03"] * 4 + [None] * 8, freq="3M"),
    "categories": pd.Categorical(["2021"] * 4 + [None] * 8),
    "nullable": pd.array([2021] * 4 + [None] * 8, dtype="Int64"),
    "decimals": [Decimal(2021)] * 4 + [Decimal(0)] * 8,
    "only in the row of the award": [0, 0, 2021, 0] + [0] * 8,
    "funded twice: the first counts": [2022, 2021, 2022, 2022] + [0] * 8,
}


@pytest.mark.parametrize("cohort", COHORTS.values(), ids=COHORTS)
def test_cohorts_may_be_written_in_many_ways(cohort):
    """Cohort 0, empty, NaN, NaT, NA or infinite is never funded; a firm funded twice counts from its first award."""
    panel = read(frame(cohort=cohort))
    assert panel.units["cohort"].dtype == pd.PeriodDtype("Y")
    assert list(panel.units["cohort"]) == [pd.Period("2021", "Y"), NEVER, NEVER]


@pytest.mark.parametrize(
    ("written", "frequency"),
    [
        (["2019-01-31", "2019-02-28"], "M"),
        (["2019-03-31", "2019-06-30"], "Q"),
        (["2019-02-28", "2019-05-31"], "Q"),
        (["2019-12-31", "2020-12-31"], "Y"),
        (["2019Q1", "2019-Q4", "2020T1"], "Q"),
        (["2019-01", "2019-02-01"], "M"),
    ],
)
def test_days_tell_their_frequency_by_their_distance(written, frequency):
    assert as_periods(pd.Series(written), "period").freqstr[0] == frequency


def test_an_award_is_placed_in_the_period_that_holds_its_day():
    """Monthly sales, an award by its day, with or without a time zone."""
    awarded = pd.Series(pd.to_datetime(["2021-02-01T00:30", None])).dt.tz_localize("Europe/Rome")
    assert list(as_periods(awarded, "awarded_on", "M")) == [pd.Period("2021-02", "M"), NEVER]
    week = pd.Series([pd.Period("2021-01-02", "W")])  # 28 December – 3 January: it lies where it starts
    assert list(as_periods(week, "awarded_on", "M")) == [pd.Period("2020-12", "M")]


UNITS = {
    "numbers": [3, 1, 2],
    "floats": [3.0, 1.0, 2.0],
    "numbers and words": ["a", 1, 2.5],
    "categories": pd.Categorical(["b", "a", "c"], categories=["c", "b", "a", "unused"]),
    "nullable": pd.array([3, 1, 2], dtype="Int64"),
    "text": pd.array(["3", "1", "2"], dtype="string"),
    "dates": pd.to_datetime(["2020-01-01", "2021-01-01", "2022-01-01"]),
}


@pytest.mark.parametrize("names", UNITS.values(), ids=UNITS)
def test_firms_may_be_named_in_any_way(names):
    """Whatever identifies a firm, its row stays its own."""
    panel = read(frame(firm=pd.Series(names).repeat(4).reset_index(drop=True)))
    funded = panel.units.index[panel.funded]
    assert list(funded) == [next(iter(names))]
    np.testing.assert_array_equal(panel.outcomes["sales"][panel.funded], [[1, 2, 3, 4]])


VALUES = {
    "whole numbers": list(range(12)),
    "nullable": pd.array(range(12), dtype="Int64"),
    "text": [str(n) for n in range(12)],
    "objects": pd.Series(list(range(12)), dtype=object),
    "decimals": [Decimal(n) for n in range(12)],
    "categories": pd.Categorical(range(12)),
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_numbers_may_come_in_any_type(values):
    panel = read(frame(sales=values))
    assert panel.outcomes["sales"].dtype == np.float64
    np.testing.assert_array_equal(panel.outcomes["sales"].ravel(), np.arange(12.0))


@pytest.mark.parametrize("values", [pd.array([None] * 12, dtype="Float64"), [None] * 12, [pd.NA] * 12])
def test_missing_is_not_a_number_and_never_zero(values):
    assert np.isnan(read(frame(sales=values)).outcomes["sales"]).all()


def test_order_and_index_of_the_rows_do_not_matter():
    """Unsorted rows, repeated and layered indices: the same panel."""
    data = frame()
    expected = read(data)
    shuffled = data.sample(frac=1, random_state=1)
    for other in (shuffled, shuffled.set_axis([0] * 12), data.set_index(["firm", "year"], drop=False)):
        found = read(other)
        pd.testing.assert_frame_equal(found.units, expected.units)
        np.testing.assert_array_equal(found.outcomes["sales"], expected.outcomes["sales"])


def test_sector_and_covariates_are_kept_once_per_firm():
    """A value that stands in some rows of a firm holds for all; a firm without any keeps none."""
    data = frame(ateco=["x", None, None, "x", *["y"] * 4, *[None] * 4], size=pd.Categorical(["s"] * 8 + ["l"] * 4))
    units = read(data, sector="ateco", covariates=["size"]).units
    assert list(units["sector"].fillna("?")) == list(units["ateco"].fillna("?")) == ["x", "y", "?"]
    assert list(units["size"]) == ["s", "s", "l"]
    assert set(read(data).units["sector"]) == {"all"}


REFUSED = {
    "a column that is not there": ({"sector": "nowhere"}, {}, "nowhere"),
    "a covariate that varies": ({"covariates": ["size"]}, {"size": ["s", "l"] * 6}, "size"),
    "a closure that is no column": ({"closed": "nowhere"}, {}, "nowhere"),
    "a closure that is no period": ({"closed": "shut"}, {"shut": ["soon"] * 12}, "soon"),
    "a sector that varies": ({"sector": "size"}, {"size": ["s", "l"] * 6}, "size"),
    "a covariate under a name of ours": (
        {"sector": "size", "covariates": ["sector"]},
        {"size": "s", "sector": "t"},
        "sector",
    ),
    "a firm without a name": ({}, {"firm": ["a"] * 8 + [None] * 4}, "firm"),
    "the same firm and period twice": ({}, {"year": [2019, 2019, 2021, 2022] * 3}, "year"),
    "a period that is missing": ({}, {"year": [2019, None, 2021, 2022] * 3}, "year"),
    "a period that is none": ({}, {"year": ["2019", "soon", "2021", "2022"] * 3}, "soon"),
    "a month that is none": ({}, {"year": ["2019-01", "2019-13", "2019-03", "2019-04"] * 3}, "2019-13"),
    "a day that is none": ({}, {"year": ["2019-01-01", "2019-02-30", "2019-03-01", "2019-04-01"] * 3}, "2019-02-30"),
    "a truth value as cohort": ({}, {"cohort": [True] * 4 + [False] * 8}, "True"),
    "months and quarters together": ({}, {"year": ["2019-01", "2019Q2", "2019-07", "2019-10"] * 3}, "M, Q"),
    "weeks": (
        {},
        {"year": pd.PeriodIndex(["2019-01-01", "2019-01-08", "2019-01-15", "2019-01-22"] * 3, freq="W")},
        "W",
    ),
    "a year as cohort among months": ({}, {"year": ["2021-01", "2021-02", "2021-03", "2021-04"] * 3}, "2021"),
    "words for numbers": ({}, {"sales": ["many"] * 12}, "sales"),
    "an infinite number": ({}, {"sales": [np.inf] * 12}, "sales"),
    "a date for a number": ({}, {"sales": pd.to_datetime(["2020-01-01"] * 12)}, "sales"),
}


@pytest.mark.parametrize(("arguments", "columns", "named"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_panel_is_refused_in_words(arguments, columns, named):
    """A UserError that names the column or the value, in both languages; nothing else is ever raised."""
    with pytest.raises(UserError) as refused:
        read(frame(**columns), **arguments)
    assert named in str(refused.value)


def test_two_columns_of_one_name_and_an_empty_table_are_refused():
    data = frame()
    with pytest.raises(UserError, match="sales"):
        read(pd.concat([data, data[["sales"]]], axis=1))
    with pytest.raises(UserError, match="empty"):
        read(data.iloc[:0])


# ---- put together by hand --------------------------------------------------------------------------------------------

SETTINGS = Settings(min_firms=2)


def test_a_panel_by_hand_needs_no_sector():
    """Units without a sector column are one sector."""
    panel = drawn(1, funded=(14,), comparison=(16,))
    bare = Panel(panel.units[["cohort"]], panel.periods, panel.outcomes)
    assert effect(bare, "sales", "typical_firm", settings=SETTINGS) == effect(
        panel, "sales", "typical_firm", settings=SETTINGS
    )
    [only] = sector_effects(bare, "sales", "typical_firm", settings=SETTINGS)
    assert only.overall.theta == effect(panel, "sales", "typical_firm", settings=SETTINGS).theta


def test_a_panel_by_hand_may_write_its_cohorts_in_any_way():
    panel = drawn(1)
    expected = effect(panel, "sales", "euro_weighted", settings=SETTINGS)
    known = panel.units["cohort"]
    spellings = (
        known.astype(object),
        known.astype(object).where(known.notna(), None),
        pd.Series(["0" if pd.isna(cohort) else str(cohort) for cohort in known], known.index),
        known.array.to_timestamp(),
        known.array.asfreq("M"),
    )
    for written in spellings:
        by_hand = Panel(panel.units.assign(cohort=written), panel.periods, panel.outcomes)
        assert effect(by_hand, "sales", "euro_weighted", settings=SETTINGS) == expected


def test_holes_and_disorder_in_the_periods_are_mended():
    """A period that is not there was not reported: leaving out its column or filling it with NaN is the same."""
    panel = drawn(2)
    sales = panel.outcomes["sales"].copy()
    sales[:, 5] = np.nan
    kept = np.delete(np.arange(len(panel.periods)), 5)[::-1]
    holed = Panel(panel.units, panel.periods[kept], {"sales": sales[:, kept]})
    whole = Panel(panel.units, panel.periods, {"sales": sales})
    assert holed.periods.equals(panel.periods)
    assert effect(holed, "sales", "typical_firm", settings=SETTINGS) == effect(
        whole, "sales", "typical_firm", settings=SETTINGS
    )


def test_a_panel_by_hand_without_cohorts_or_by_weeks_is_refused():
    panel = drawn(1)
    with pytest.raises(UserError, match="cohort"):
        Panel(panel.units.drop(columns="cohort"), panel.periods, panel.outcomes)
    with pytest.raises(UserError, match="W"):
        Panel(panel.units, pd.period_range("2020-01-01", periods=20, freq="W"), panel.outcomes)


def test_labels_are_the_inputs_own():
    """A sector that is a number stays a number."""
    data = long("""
        firm sector cohort 2019 2020
        a         7   2020    1    2
        b        12      -    1    2
    """)
    panel = Panel.from_frame(data, unit="firm", period="period", cohort="cohort", outcomes="sales", sector="sector")
    assert [found.sector for found in sector_effects(panel, "sales", "typical_firm")] == [7, 12]


@pytest.mark.parametrize("extra", [-1, 1])
def test_arrays_that_do_not_fit_the_firms_and_periods_are_refused(extra):
    """A panel put together by hand with a column too many would be read a period late; periods stand once."""
    periods = pd.period_range("2019", periods=3, freq="Y")
    units = pd.DataFrame({"cohort": [periods[1], pd.NaT]})
    for named, columns in ((periods, 3 + extra), (periods[[0, 1, 1]], 3)):
        with pytest.raises(UserError) as caught:
            Panel(units, named, {"sales": np.ones((2, columns))})
        assert caught.value.key == "panel.shape"


# ---- from the store: who is in either arm, and who stands aside ------------------------------------------------------


def test_a_part_of_a_panel_is_the_same_of_those_firms():
    """`keep`: rows of units and of every outcome together; periods stay."""
    panel = rich(drawn(3), 3)
    mask = np.arange(len(panel.units)) % 3 == 0
    kept = panel.keep(mask)
    assert list(kept.units.index) == list(panel.units.index[mask])
    assert kept.periods.equals(panel.periods)
    assert kept.outcomes.keys() == panel.outcomes.keys()
    for name, wide in kept.outcomes.items():
        np.testing.assert_array_equal(wide, panel.outcomes[name][mask])


def test_those_compared_are_all_but_those_set_aside():
    """Without such a column everybody is; with it, it is gone from what remains."""
    panel = drawn(3)
    assert panel.compared is panel
    aside = np.arange(len(panel.units)) % 4 == 0
    compared = replace(panel, units=panel.units.assign(set_aside=aside)).compared
    assert list(compared.units.index) == list(panel.units.index[~aside])
    assert "set_aside" not in compared.units
    assert compared.compared is compared
    np.testing.assert_array_equal(compared.outcomes["sales"], panel.outcomes["sales"][~aside])


def not_funded(n: int, outcome: str = "not_funded", reason: str = "", **changes: object) -> dict[str, object]:
    nothing = {"tranche": "", "awarded_on": "", "grant_eur": ""}
    return application(n, **{"outcome": outcome, "exclusion_reason": reason, **nothing, **changes})


# firm -> its applications; who it is compared as; whether it is known why it was not funded
APPLICANTS = {
    1: ([application(1)], "funded", None),
    2: ([application(2, outcome="revoked")], "funded", None),
    3: ([not_funded(3)], "compared", True),
    4: ([not_funded(4, "not_admitted", "below_threshold")], "compared", True),
    5: ([not_funded(5, "not_admitted", "size")], "aside", True),
    6: ([not_funded(6, "not_admitted", "insolvency")], "aside", True),
    7: ([not_funded(7, "not_admitted")], "compared", False),
    8: ([not_funded(8, "withdrawn")], "aside", None),
    9: ([application(9), not_funded(9, application_id="B9")], "funded", None),
    10: ([not_funded(10), not_funded(10, "not_admitted", "sector", application_id="B10")], "aside", None),
    11: ([not_funded(11), not_funded(11, "withdrawn", application_id="B11")], "compared", True),
    12: ([not_funded(12, "withdrawn"), not_funded(12, application_id="B12")], "compared", True),
    13: ([not_funded(13, "not_admitted", "size"), application(13, application_id="B13")], "funded", None),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Applications of every kind; all sold something in two months."""
    desk = Desk.at(tmp_path_factory.mktemp("applicants"))
    rows = [{"exclusion_reason": "", **row} for applications, _, _ in APPLICANTS.values() for row in applications]
    desk.load("applications", as_csv(rows))
    ways = {1: ("form", "form"), 2: ("form", "telephone"), 3: ("", "form"), 4: ("", "")}
    sold = [
        sale(n, period, source=way)
        for n in APPLICANTS
        for period, way in zip(("2020-03", "2021-03"), ways.get(n, ("telephone",) * 2), strict=True)
    ]
    desk.load("sales", as_csv(sold))
    return desk


def test_who_is_compared_and_who_stands_aside(desk):
    """Ineligible for a reason that no funded firm could have had, in any application; or withdrawn before an award."""
    with desk.open() as store:
        everybody, panel = (from_store(store, desk.programme, everybody=which) for which in (True, False))
    place = {code(n): where for n, (_, where, _) in APPLICANTS.items()}
    assert set(everybody.units.index) == set(place)
    for firm, unit in everybody.units.iterrows():
        found = "aside" if unit["set_aside"] else "compared" if pd.isna(unit["cohort"]) else "funded"
        assert found == place[firm], firm
    assert set(panel.units.index) == {firm for firm, where in place.items() if where != "aside"}
    pd.testing.assert_frame_equal(everybody.compared.units, panel.units)
    for name, wide in panel.outcomes.items():
        np.testing.assert_array_equal(everybody.compared.outcomes[name], wide)


def test_why_a_firm_was_not_funded_is_known_or_not(desk):
    """A rank below the money, or a reason that was stated; of funded firms it is not asked."""
    with desk.open() as store:
        units = from_store(store, desk.programme, everybody=True).units
    for n, (_, where, known) in APPLICANTS.items():
        told = units.loc[code(n), "eligibility_known"]
        if where == "funded":
            assert pd.isna(told), n
        elif known is not None:
            assert bool(told) is known, n
    assert list(units.index[units["below_threshold"]]) == [code(4)]


def test_how_a_firms_sales_were_collected(desk):
    """One way, several, or not known: where a single figure does not say, the firm's is not known."""
    with desk.open() as store:
        source = from_store(store, desk.programme, everybody=True).units["source"]
    assert source[code(1)] == "form"
    assert source[code(2)] == "form+telephone (2)"
    assert pd.isna(source[code(3)])
    assert pd.isna(source[code(4)])
    assert source[code(5)] == "telephone"
