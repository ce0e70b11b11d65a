"""METHODS.md 2, 3, 4: funded against comparison firms, by hand, against the reference, and under properties."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy import stats
from scipy.special import stdtrit

from analytics.estimate import (
    ArmChange,
    EffectEstimate,
    before_after,
    effect,
    effects_by,
    groups_of,
    power_requirement,
    sector_effects,
    sectors_differ,
)
from analytics.estimate.effects import Effect
from analytics.model import Estimand, RangeKind, Reason, Settings, Unit, UserError, Withheld
from analytics.panel import Panel
from tests.helpers.panels import FIRST, drawn, in_units_of, panel_of, rich, with_sales

ESTIMANDS = ("typical_firm", "euro_weighted")
TOO_FEW, NOT_ESTIMABLE = Withheld(Reason.TOO_FEW_FIRMS), Withheld(Reason.NOT_ESTIMABLE)
FEW = Settings(min_firms=2, award_period="after", adjustment="none")
NUMBERS = (
    *("value", "ci_low", "ci_high", "shared_low", "shared_high", "sim_low", "sim_high", "half_low", "half_high"),
    *("df", "mde", "se", "theta"),
)
# Moving every series by a factor rounds each number anew; leaving out a dominant firm magnifies that.
ROUNDING = 1e-7


def alike(one, other, *, rel=ROUNDING) -> None:
    """The same answer, up to rounding: withheld for the same reason, or equal in every number (θ = 0 up to 1e-7)."""
    assert type(one) is type(other)
    if isinstance(one, Withheld):
        assert one == other
        return
    for name in (*NUMBERS, "effective_firms", "p_value", "sim_p"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=rel, abs=rel), name
    assert (one.n_funded, one.n_comparison) == (other.n_funded, other.n_comparison)


# ---- specifications: a table in, an effect out, worked by hand -------------------------------------------------------

TWO_AND_TWO = """
    firm cohort 2019 2020
    f1   2020    100  200
    f2   2020    100  100
    c1   -       100  120
    c2   -       300  300
"""


def test_typical_firm_by_hand():
    """Mean log growth of the funded (ln 2 + 0)/2 less that of the comparison (ln 1.2 + 0)/2: each firm one vote.

    Leaving out one of two firms moves each arm's mean by half its difference: v = (ln 2)²/4 + (ln 1.2)²/4.
    """
    found = effect(panel_of(TWO_AND_TWO), "sales", "typical_firm", settings=FEW, year=1)
    assert found.theta == pytest.approx(math.log(2 / 1.2) / 2)
    assert found.value == pytest.approx((2 / 1.2) ** 0.5 - 1)
    v_f, v_c = math.log(2) ** 2 / 4, math.log(1.2) ** 2 / 4
    assert found.se == pytest.approx(math.sqrt(v_f + v_c))
    assert found.df == pytest.approx((v_f + v_c) ** 2 / (v_f**2 + v_c**2))
    assert (found.n_funded, found.n_comparison, found.effective_firms) == (2, 2, 2)
    assert (found.horizon, found.unit, found.level) == ("1", Unit.FRACTION, 0.95)


def test_euro_weighted_by_hand():
    """Funded firms sold 300; at the comparison's growth, 420/400, they would have sold 210: 300/210 − 1.

    Votes are counterfactual euros: two equal funded firms count 2, comparison firms of 100 and 300 count 1.6.
    """
    found = effect(panel_of(TWO_AND_TWO), "sales", "euro_weighted", settings=FEW, year=1)
    assert found.value == pytest.approx(300 / 210 - 1)
    assert found.effective_firms == pytest.approx(400**2 / (100**2 + 300**2))
    without = [math.log(100 / 105), math.log(200 / 105)], [math.log(300 / 200), math.log(300 / 240)]
    v_f, v_c = ((high - low) ** 2 / 4 for low, high in without)
    assert found.se == pytest.approx(math.sqrt(v_f + v_c))
    assert found.df == pytest.approx((v_f + v_c) ** 2 / (v_f**2 / 1 + v_c**2 / 0.8))


def test_each_sector_is_measured_against_its_own():
    """Comparison firms doubled in one sector and stood still in the other: so did funded firms, and nothing is left."""
    panel = panel_of("""
        firm sector cohort 2019 2020
        f1   up     2020    100  210
        f2   up     2020    100  190
        f3   flat   2020     50   55
        f4   flat   2020     50   45
        c1   up     -        10   20
        c2   up     -        30   60
        c3   flat   -       900  900
        c4   flat   -        20   20
    """)
    found = effect(panel, "sales", "euro_weighted", settings=FEW, year=1)
    assert found.theta == pytest.approx(0, abs=1e-12)
    up, flat = (part.by_year[1] for part in reversed(sector_effects(panel, "sales", "euro_weighted", settings=FEW)))
    assert up.theta == flat.theta == pytest.approx(0, abs=1e-12)


def test_each_cohort_is_measured_over_its_own_calendar():
    """The comparison doubles from 2019 to 2020, then stands still: each cohort meets the growth of its own years."""
    panel = panel_of("""
        firm cohort 2019 2020 2021
        f1   2020     10   20   20
        f2   2020     10   22    7
        f3   2021      1   40   40
        f4   2021      1   40   44
        c1   -         5   10   10
        c2   -        50  100  100
    """)
    found = effect(panel, "sales", "typical_firm", settings=FEW, year=1)
    assert found.theta == pytest.approx((0 + math.log(1.1) + 0 + math.log(1.1)) / 4)


def test_firms_that_do_not_sell_in_both_windows_are_not_typical_but_their_euros_count():
    """`typical_firm` speaks of firms selling before and after; `euro_weighted` sums over all that report."""
    panel = panel_of("""
        firm cohort 2019 2020
        f1   2020    100  110
        f2   2020    100  120
        f3   2020      0   70
        f4   2020     50    0
        f5   2020      .  999
        c1   -       100  100
        c2   -       100  110
        c3   -         0   40
    """)
    typical, euros = (effect(panel, "sales", name, settings=FEW, year=1) for name in ESTIMANDS)
    assert (typical.n_funded, typical.n_comparison) == (2, 2)
    assert typical.theta == pytest.approx((math.log(1.1) + math.log(1.2) - math.log(1.1)) / 2)
    assert (euros.n_funded, euros.n_comparison) == (4, 3)
    assert euros.value == pytest.approx(300 / (250 * 250 / 200) - 1)


def test_a_cell_with_one_comparison_firm_counts_its_funded_firms_and_imputes_nothing():
    """Sector b has one comparison firm: its funded firm is left out of the programme, whatever it did."""
    table = """
        firm sector cohort 2019 2020
        f1   a      2020    100  110
        f2   a      2020    100  130
        f3   b      2020    100  {sold}
        c1   a      -       100  100
        c2   a      -       100  120
        c3   b      -       100  100
    """
    for estimand in ESTIMANDS:
        one, other = (effect(panel_of(table.format(sold=s)), "sales", estimand, settings=FEW, year=1) for s in (1, 999))
        assert one == other
        assert one.n_funded == 2


def test_firms_without_a_sector_are_compared_with_nobody():
    table = "firm sector cohort 2019 2020\nf1 a 2020 1 2\nf2 a 2020 1 3\nc1 a - 1 1\nc2 a - 1 2\n"
    expected = effect(panel_of(table), "sales", "typical_firm", settings=FEW, year=1)
    lost = panel_of(table + "f3 . 2020 1 99\nc3 . - 1 99\n")
    assert effect(lost, "sales", "typical_firm", settings=FEW, year=1) == expected
    assert [found.sector for found in sector_effects(lost, "sales", "typical_firm", settings=FEW)] == ["a"]


def test_comparison_firms_of_funded_firms_that_sold_nothing_before_enter_the_sums():
    """They are counted, and are firms of their stratum: deleting one changes nothing, which is known too."""
    panel = panel_of("""
        firm sector cohort 2019 2020
        f1   a      2020    100  110
        f2   a      2020    100  130
        f3   b      2020      0   50
        c1   a      -       100  100
        c2   a      -       100  120
        c3   b      -       100  100
        c4   b      -       100  170
    """)
    found = effect(panel, "sales", "euro_weighted", settings=FEW, year=1)
    assert (found.n_funded, found.n_comparison) == (3, 4)
    assert found.value == pytest.approx(290 / 220 - 1)


def test_a_comparison_in_other_years_is_none():
    """Comparison firms that report only in the windows of a cohort without measured firms are too few, not too odd."""
    table = "firm cohort 2018 2019 2020\nf1 2019 1 2 .\nf2 2019 1 3 .\nf3 2020 . . 5\nc1 - . 1 2\nc2 - . 1 3\n"
    for estimand in ESTIMANDS:
        assert effect(panel_of(table), "sales", estimand, settings=FEW, year=1) == TOO_FEW


def test_intervals_beyond_all_numbers_end_at_a_number():
    """Growth by a factor of 10^±300: the interval is useless, and says so in finite numbers."""
    firms = [f"f{i} 2020 1e{-150 * s} 1e{150 * s}" for i, s in enumerate((1, -1, 1, -1))]
    table = "\n".join(["firm cohort 2019 2020", *firms, "c1 - 1 1", "c2 - 1 2"])
    found = effect(panel_of(table), "sales", "typical_firm", settings=FEW, year=1)
    assert found.ci_low == -1
    assert 1e300 < found.ci_high < math.inf
    assert math.isfinite(found.mde)


# ---- properties ------------------------------------------------------------------------------------------------------

SEEDS = st.integers(0, 10_000)
WAYS = [(estimand, "none") for estimand in Estimand] + [
    (estimand, "pooled_slopes") for estimand in Estimand if estimand != "started_selling"
]
every_way = pytest.mark.parametrize(("estimand", "adjustment"), WAYS)
one_vote = pytest.mark.parametrize("estimand", [estimand for estimand in Estimand if estimand != "euro_weighted"])


def small(adjustment: str = "none", **changes: object) -> Settings:
    return Settings(min_firms=2, adjustment=adjustment, **changes)


def panels(*, least: int = 6) -> st.SearchStrategy[Panel]:
    """Panels in which something can be estimated."""
    plain = st.builds(
        drawn,
        SEEDS,
        funded=st.sampled_from([(least + 3,), (least, 1, least)]),
        comparison=st.sampled_from([(least + 2,), (least, 3, least + 1)]),
        cohorts=st.sampled_from([(8,), (8, 9), (6, 8, 10)]),
        zeros=st.sampled_from([0, 0.2]),
        starters=st.sampled_from([0, 0.15]),
    )
    return st.builds(rich, plain, SEEDS)


def answers(panel: Panel, estimand: str, settings: Settings) -> dict:
    """Every effect of a panel, by group and horizon."""
    found = {("*", "overall"): effect(panel, "sales", estimand, settings=settings)}
    for part in sector_effects(panel, "sales", estimand, settings=settings):
        found[part.sector, "overall"] = part.overall
        found |= {(part.sector, year): result for year, result in part.by_year.items()}
    return found


def all_alike(one: dict, other: dict) -> None:
    assert one.keys() == other.keys()
    for key in one:
        alike(one[key], other[key])


@every_way
@given(panel=panels(), factor=st.sampled_from([1e-3, 1936.27, 1e9]))
@examples(max_examples=5, deadline=None)
def test_the_unit_of_the_data_changes_nothing(panel, factor, estimand, adjustment):
    """One factor on every series, euros in thousands or in lire: every effect, interval, p and reason stays."""
    settings = small(adjustment)
    all_alike(answers(panel, estimand, settings), answers(in_units_of(panel, factor), estimand, settings))


@pytest.mark.parametrize("estimand", [estimand for estimand in Estimand if estimand != "symmetric_growth"])
@given(seed=SEEDS, cohorts=st.sampled_from([(2,), (2, 3)]))
@examples(max_examples=7, deadline=None)
def test_a_path_common_to_both_arms_is_no_effect(seed, cohorts, estimand):
    """Sectors had different pandemics: a boom of a sector that both arms share changes no effect, there or in all.

    Yearly, so that a window is one period and the path divides out exactly. In euros it may change how much a cohort
    or sector weighs, so there the promise holds for each sector's effect on one cohort.
    """
    panel = drawn(seed, frequency="Y", years=6, cohorts=cohorts, funded=(8, 6), comparison=(7, 6), missing=0.05)
    panel = rich(panel, seed)
    rng = np.random.default_rng(seed)
    paths = {name: np.exp(rng.normal(0, 1, len(panel.periods))) for name in ("s0", "s1")}
    path = np.stack([paths[name] for name in panel.units["sector"]])
    moved = Panel(panel.units, panel.periods, {name: values * path for name, values in panel.outcomes.items()})
    settings = small(years_after=1)
    one, other = answers(panel, estimand, settings), answers(moved, estimand, settings)
    for (group, horizon), found in one.items():
        if estimand != "euro_weighted" or (group != "*" and len(cohorts) == 1):
            alike(found, other[group, horizon])


@one_vote
@given(panel=panels(), seed=SEEDS)
@examples(max_examples=5, deadline=None)
def test_a_factor_of_the_firm_leaves_what_counts_firms(panel, seed, estimand):
    """One firm, one vote: however large a firm is, only its growth or its share counts, as long as none adjusts."""
    factors = np.exp(np.random.default_rng(seed).normal(0, 3, (len(panel.units), 1)))
    scaled = Panel(panel.units, panel.periods, {name: y * factors for name, y in panel.outcomes.items()})
    all_alike(answers(panel, estimand, small()), answers(scaled, estimand, small()))


@every_way
@given(panel=panels(), seed=SEEDS)
@examples(max_examples=5, deadline=None)
def test_order_and_names_of_the_firms_and_sectors_change_nothing(panel, seed, estimand, adjustment):
    """Shuffled rows, renamed firms, renamed sectors: the same effects, found under the new names."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(panel.units))
    names = {"s0": "z", "s1": "m", "s2": "a"}
    units = panel.units.iloc[order].assign(sector=lambda u: u["sector"].map(names))
    units.index = pd.Index(rng.permutation(1000)[: len(units)])
    shuffled = Panel(units, panel.periods, {name: values[order] for name, values in panel.outcomes.items()})
    one, other = (answers(p, estimand, small(adjustment)) for p in (panel, shuffled))
    all_alike({(names.get(group, group), horizon): found for (group, horizon), found in one.items()}, other)


@every_way
@given(panel=panels())
@examples(max_examples=2, deadline=None)
def test_from_a_long_frame_or_by_hand_is_the_same(panel, estimand, adjustment):
    """`from_frame` on shuffled rows gives the effects of the panel whose rows they are."""
    wide = [
        pd.DataFrame(values, panel.units.index, panel.periods.astype(str)).stack(future_stack=True).rename(name)
        for name, values in panel.outcomes.items()
    ]
    frame = pd.concat(wide, axis=1).rename_axis(["firm_id", "period"]).reset_index()
    frame = frame.join(panel.units, on="firm_id").sample(frac=1, random_state=3)
    read = Panel.from_frame(
        frame, unit="firm_id", period="period", cohort="cohort", outcomes=list(panel.outcomes), sector="sector",
        covariates=["employees"],
    )  # fmt: skip
    assert answers(read, estimand, small(adjustment)) == answers(panel, estimand, small(adjustment))


@every_way
@given(panel=panels(least=5))
@examples(max_examples=6, deadline=None)
def test_intervals_contain_the_estimate_and_each_other(panel, estimand, adjustment):
    """half ⊂ ci ⊂ sim, all around the value; p in [0, 1]; every number finite; sim is Šidák's over those estimated.
    Of fewer than four sectors each has its own range; how shared ones lie: test_own_sector.py.
    """
    every = answers(panel, estimand, small(adjustment))
    found = {key: result for key, result in every.items() if isinstance(result, EffectEstimate)}
    for (group, horizon), one in found.items():
        assert one.sim_low <= one.ci_low < one.half_low < one.value < one.half_high < one.ci_high <= one.sim_high
        assert (one.range_kind, one.shared_low, one.shared_high) == (RangeKind.OWN, one.ci_low, one.ci_high)
        assert 0 <= one.p_value <= one.sim_p <= 1
        assert one.mde > 0
        assert one.df >= 1
        assert one.n_funded >= one.effective_firms - 1e-9 or one.n_comparison >= one.effective_firms - 1e-9
        assert all(math.isfinite(getattr(one, name)) for name in NUMBERS)
        claims = 1 if group == "*" else sum(h == horizon and g != "*" for g, h in found)
        half = stats.t.ppf(0.5 + 0.95 ** (1 / claims) / 2, one.df) * one.se
        ends = np.array([one.theta - half, one.theta + half])
        ends = np.expm1(ends) if one.unit is Unit.FRACTION else ends
        assert (one.sim_low, one.sim_high) == pytest.approx(tuple(ends), rel=1e-8)
        assert one.sim_p == pytest.approx(1 - (1 - one.p_value) ** claims, rel=1e-9)


def replace_sector(panel: Panel, sector: str) -> Panel:
    """The panel of one sector's firms."""
    mine = (panel.units["sector"] == sector).to_numpy()
    return Panel(panel.units[mine], panel.periods, {name: values[mine] for name, values in panel.outcomes.items()})


@every_way
@given(panel=panels())
@examples(max_examples=4, deadline=None)
def test_the_programme_of_one_sector_is_that_sector(panel, estimand, adjustment):
    """And a sector's effect does not know the other sectors, but for the simultaneous interval and pooled slopes: with
    fewer than four of them, none of large arms, no variance borrows strength. The smallest effect told is a claim's: of
    a sector that of the 98% range.
    """
    settings = small(adjustment)
    for part in sector_effects(panel, "sales", estimand, settings=settings):
        alone = replace_sector(panel, part.sector)
        whole = effect(alone, "sales", estimand, settings=settings)
        [only] = sector_effects(alone, "sales", estimand, settings=settings)
        assert as_a_sector(whole) == only.overall
        if adjustment == "none" and isinstance(part.overall, EffectEstimate):
            own = {name: getattr(whole, name) for name in ("sim_low", "sim_high", "sim_p")}
            alike(replace(part.overall, **own), only.overall, rel=1e-12)
        elif adjustment == "none":
            assert part.overall == whole


def as_a_sector(found: Effect) -> Effect:
    """An effect of the programme as that of a sector, which is told by its 98% range: (t.99 + t.80) se."""
    if isinstance(found, Withheld) or found.estimand not in ("typical_firm", "symmetric_growth"):
        return found
    mde = (stdtrit(found.df, 0.99) + stdtrit(found.df, 0.80)) * found.se
    return replace(found, mde=pytest.approx(math.expm1(mde) if found.unit is Unit.FRACTION else mde, rel=1e-12))


@every_way
def test_one_group_that_holds_all_is_the_programme(estimand, adjustment):
    """Overall and in each year: groups differ in whom they hold, and in the level of the smallest effect told."""
    panel = rich(drawn(11, funded=(9, 7), comparison=(8, 9), starters=0.2), 11)
    panel = Panel(panel.units.assign(everybody="x"), panel.periods, panel.outcomes)
    [found] = effects_by(panel, "sales", estimand, by="everybody", settings=small(adjustment))
    for year, result in {None: found.overall, **found.by_year}.items():
        assert as_a_sector(effect(panel, "sales", estimand, settings=small(adjustment), year=year)) == result


def test_effects_by_a_tuple_and_by_one_column_agree():
    """Groups carry the labels they were asked by: the value itself, or a tuple of values."""
    panel = drawn(6)
    single = effects_by(panel, "sales", "typical_firm", by="sector", settings=small())
    tupled = effects_by(panel, "sales", "typical_firm", by=("sector",), settings=small())
    both = effects_by(panel, "sales", "typical_firm", by=["sector", "macro"], settings=small())
    assert [found.group for found in single] == ["s0", "s1"]
    assert [found.group for found in tupled] == [("s0",), ("s1",)]
    assert [found.group for found in both] == [("s0", "low"), ("s1", "low")]
    assert [f.overall for f in single] == [f.overall for f in tupled] == [f.overall for f in both]
    assert [f.by_year for f in single] == [f.by_year for f in both]


def test_groups_hold_each_funded_firm_once():
    """Every group that a firm of either arm has; firms without a value belong to none; numbers in their order."""
    panel = drawn(7)
    size = pd.Series([10, 9, 10, None, 2] * 6, panel.units.index, dtype="Int64")
    panel = Panel(panel.units.assign(size=size), panel.periods, panel.outcomes)
    groups = groups_of(panel, "size")
    assert list(groups) == [2, 9, 10]
    assert sum(mask.sum() for mask in groups.values()) == (panel.funded & size.notna()).sum()
    with pytest.raises(UserError, match="nowhere"):
        groups_of(panel, ("size", "nowhere"))


# ---- several effects side by side ------------------------------------------------------------------------------------


def estimate(theta: float = 0.0, se: float = 0.1, df: float = 30.0, n: int = 60, unit: Unit = Unit.FRACTION):
    """An effect with these numbers; the others do not matter here."""
    zeros = dict.fromkeys(NUMBERS, 0.0) | {"sim_p": 0.5, "p_value": 0.5, "effective_firms": float(n)}
    return EffectEstimate(
        **zeros | {"theta": theta, "se": se, "df": df},
        estimand=Estimand.TYPICAL_FIRM, horizon="overall", level=0.95, unit=unit, n_funded=n, n_comparison=n,
        range_kind=RangeKind.OWN,
    )  # fmt: skip


def told(df: float, se: float, target: float) -> bool:
    """Whether an effect of `target` would be told from zero with 80% power, t.975 + t.80 standard errors."""
    return (stats.t.ppf(0.975, df) + stats.t.ppf(0.80, df)) * se <= target


@pytest.mark.parametrize(
    ("se", "df", "n"), [(0.1, 30, 60), (0.4, 5, 10), (0.1, 1, 10), (0.05, 2, 10), (0.06, 200, 500)]
)
def test_how_many_firms_would_tell(se, df, n):
    """The fewest firms that would: with m of them v is v·n/m, and there are df·m/n degrees of freedom."""
    assert not told(df, se, math.log(1.1))
    expected = next(m for m in range(n, 100_000) if told(df * m / n, se * (n / m) ** 0.5, math.log(1.1)))
    assert power_requirement(estimate(se=se, df=df, n=n), [], Settings()).firms == expected


@pytest.mark.parametrize(("se", "df"), [(0.01, 3), (0.01, 9)])
def test_how_few_firms_would_have_told(se, df):
    """What is told already needs fewer firms than there are, never more."""
    expected = next(m for m in range(2, 11) if told(df * m / 10, se * (10 / m) ** 0.5, math.log(1.1)))
    assert power_requirement(estimate(se=se, df=df, n=10), [], Settings()).firms == expected


def test_half_the_effect_needs_four_times_the_firms():
    """Up to the degrees of freedom: the detectable effect goes with 1/√firms."""
    one, other = (power_requirement(estimate(df=1e9), [], Settings(mie=mie)).firms for mie in (0.10, 1.1**0.5 - 1))
    assert other == pytest.approx(4 * one, rel=1e-2)


@pytest.mark.parametrize(("a", "b"), [(0.0, 0.04), (0.0004, 0.01), (0.0002, 0.003)])
def test_how_many_years_would_tell(a, b):
    """Single years vary by a + b, three together by a + b/3: the fewest years y with (t + t.80)√(a + b/y) ≤ ln 1.1."""
    overall, single = estimate(se=(a + b / 3) ** 0.5), estimate(se=(a + b) ** 0.5)
    expected = next((y for y in range(1, 31) if told(30, (a + b / y) ** 0.5, math.log(1.1))), None)
    assert power_requirement(overall, [single] * 3, Settings()).years == expected
    assert power_requirement(overall, [single], Settings()).years is None
    assert power_requirement(overall, [single, TOO_FEW], Settings()).years is None


def test_no_number_of_years_quiets_the_year_before():
    """What all years share, a, is too much by itself; nor do years help that were no quieter together than alone."""
    assert power_requirement(estimate(se=0.2), [estimate(se=0.2001)] * 3, Settings()).years is None
    assert power_requirement(estimate(se=0.2), [estimate(se=0.1)] * 3, Settings()).years is None


@pytest.mark.parametrize(
    ("unit", "target"), [(Unit.FRACTION, math.log(1.1)), (Unit.POINTS, 0.03), (Unit.SCORE, 2 * 0.1 / 2.1)]
)
def test_what_matters_is_on_the_scale_of_the_estimate(unit, target):
    """10% is ln 1.1, three points are three points, and growth by 10% scores 2·(1.1 − 1)/(1.1 + 1)."""
    expected = next(m for m in range(60, 100_000) if told(30 * m / 60, 0.1 * (60 / m) ** 0.5, target))
    assert power_requirement(estimate(unit=unit), [], Settings()).firms == expected


def test_withheld_effects_are_not_tested():
    """Only what is estimated is compared; one effect alone differs from nothing."""
    a, b = estimate(theta=0.3), estimate(theta=-0.1, se=0.2)
    assert sectors_differ([a, TOO_FEW]) == NOT_ESTIMABLE
    assert sectors_differ([a, TOO_FEW, b]) == sectors_differ([a, b])


# ---- before and after ------------------------------------------------------------------------------------------------


def test_before_and_after_by_hand():
    """Sums per year over firms with both windows, the change, the share reporting; no effect anywhere."""
    [found] = before_after(panel_of(TWO_AND_TWO + "    f3 2020 100 .\n"), "sales", settings=FEW, year=1)
    assert (found.group, found.horizon) == ("*", "1")
    sell = {"sold_before": 2, "sold_after": 2, "stopped": 0}
    assert found.funded == ArmChange(n=3, n_measured=2, before_sum=200, after_sum=300, **sell)
    assert found.comparison == ArmChange(n=2, n_measured=2, before_sum=400, after_sum=420, **sell)
    assert (found.funded.before_mean, found.funded.after_mean) == (100, 150)
    assert (found.funded.difference, found.funded.change) == (100, 0.5)
    assert found.funded.reporting == pytest.approx(2 / 3)


def test_who_sells_by_hand():
    """Of five funded firms one is not measured: of the four, two sold before (½), three sell after (¾), and one of the
    two that sold has stopped (½). Of two comparison firms one sold, and still sells; the other never did.
    """
    [found] = before_after(
        panel_of("""
            firm cohort 2019 2020
            f1   2020      0   10
            f2   2020      0    5
            f3   2020     10   20
            f4   2020     10    0
            f5   2020      .    9
            c1   -         3    4
            c2   -         0    0
        """),
        "sales",
        settings=FEW,
        year=1,
    )
    funded, comparison = found.funded, found.comparison
    assert (funded.selling_before, funded.selling_after, funded.stopped_selling) == (1 / 2, 3 / 4, 1 / 2)
    assert (comparison.selling_before, comparison.selling_after, comparison.stopped_selling) == (1 / 2, 1 / 2, 0)
    assert (funded.reporting, comparison.reporting) == (4 / 5, 1)


def test_a_comparison_firm_that_sells_in_one_of_two_calendars_counts_half():
    """Cohorts 2019 and 2020 have one funded firm each: c sold before the second alone, d stopped within the first.

    Where nobody sold before, no share of them can have stopped: there is none, not 0.
    """
    [found] = before_after(
        panel_of("""
            firm cohort 2018 2019 2020
            f1   2019      0    1    1
            f2   2020      0    0    1
            c    -         0    2    3
            d    -         4    0    0
        """),
        "sales",
        settings=FEW,
        year=1,
    )
    assert found.comparison.selling_before == (1 / 2 + 1 / 2) / 2  # c in 2019, d in 2018
    assert found.comparison.selling_after == (2 / 2 + 0) / 2  # c in 2019 and in 2020
    assert found.comparison.stopped_selling == 1 / 2  # d, over one before
    assert found.funded.selling_before == 0
    assert found.funded.stopped_selling is None


def test_before_and_after_are_per_year():
    """Quarters of 5 are 20 a year; a firm that starts from nothing has no change in per cent."""
    periods = pd.period_range(FIRST["Q"], periods=8, freq="Q")
    units = pd.DataFrame({"cohort": [periods[4], pd.NaT]}, index=["f", "c"])
    sales = np.array([[5.0] * 4 + [6.0] * 4, [0.0] * 4 + [1.0] * 4])
    [found] = before_after(Panel(units, periods, {"sales": sales}), "sales", settings=FEW)
    assert (found.funded.before_sum, found.funded.after_sum) == (20, 24)
    assert (found.comparison.before_sum, found.comparison.after_sum, found.comparison.change) == (0, 4, None)


def test_a_comparison_firm_is_described_once_over_the_funded_firms_calendars():
    """Two of three funded firms belong to the first cohort: so do two thirds of each comparison firm's windows."""
    panel = panel_of("""
        firm cohort 2018 2019 2020
        f1   2019      1    1    1
        f2   2019      1    1    1
        f3   2020      1    1    1
        c    -         3    9   30
        d    -         .    5    7
    """)
    [found] = before_after(panel, "sales", settings=FEW, year=1)
    assert found.comparison.before_sum == pytest.approx((2 * 3 + 9) / 3 + 5)  # d was measured in one calendar only
    assert found.comparison.after_sum == pytest.approx((2 * 9 + 30) / 3 + 7)
    assert (found.comparison.n, found.comparison.n_measured) == (2, 2)


def test_before_and_after_of_a_group_looks_at_its_sectors_only():
    panel = drawn(3, missing=0)
    parts = {part.group: part for part in before_after(panel, "sales", by="sector", settings=small())}
    assert parts["s0"].comparison.n == 9
    assert parts["s1"].funded.n == 6
    [whole] = before_after(panel, "sales", settings=small())
    assert sum(part.funded.after_sum for part in parts.values()) == pytest.approx(whole.funded.after_sum)
    [nobody] = before_after(with_sales(panel, panel.outcomes["sales"] * np.nan), "sales", settings=small())
    assert nobody.funded == nobody.comparison == TOO_FEW
