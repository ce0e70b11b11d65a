"""METHODS.md 2, 3, 4: funded against comparison firms, by hand, against the reference, and under properties."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.estimate import (
    ArmChange,
    EffectEstimate,
    before_after,
    effect,
    effects_by,
    groups_of,
    sector_effects,
)
from analytics.inference import sidak
from analytics.model import Reason, Settings, Unit, UserError, Withheld
from analytics.panel import Panel
from tests import reference
from tests.panels import FIRST, drawn, panel_of, with_sales

ESTIMANDS = ("typical_firm", "euro_weighted")
TOO_FEW, NOT_ESTIMABLE = Withheld(Reason.TOO_FEW_FIRMS), Withheld(Reason.NOT_ESTIMABLE)
FEW = Settings(min_firms=2, award_period="after")
NUMBERS = ("value", "ci_low", "ci_high", "sim_low", "sim_high", "half_low", "half_high", "df", "mde", "se", "theta")
# Closed form against leaving out each firm: both sum at most some hundred numbers of like size.
EXACT = 1e-10
# Moving every series by a factor rounds each number anew; leaving out a dominant firm magnifies that.
ROUNDING = 1e-7


def alike(one, other, *, rel=ROUNDING) -> None:
    """The same answer, up to rounding: withheld for the same reason, or equal in every number."""
    assert type(one) is type(other)
    if isinstance(one, Withheld):
        assert one == other
        return
    for name in (*NUMBERS, "effective_firms", "p_value"):
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
    check(panel, {"f1", "f2", "f3"}, found, "euro_weighted", 1, FEW)


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


# ---- against the reference -------------------------------------------------------------------------------------------

DESIGNS = {
    "one sector": {"funded": (12,), "comparison": (14,)},
    "many sectors": {"funded": (7, 5, 4), "comparison": (6, 5, 9)},
    "three cohorts": {"cohorts": (8, 9, 12)},
    "gaps": {"missing": 0.3, "zeros": 0.2, "funded": (14, 9), "comparison": (15, 12)},
    "single firms": {"funded": (6, 1, 1, 5), "comparison": (6, 4, 5, 7)},
    "a last single firm": {"funded": (6, 1, 5), "comparison": (6, 4, 7)},
    "a sector without comparison": {"funded": (8, 4, 4), "comparison": (9, 1, 0)},
    "months": {"frequency": "M", "cohorts": (24, 27), "missing": 0.25},
    "years": {"frequency": "Y", "years": 7, "cohorts": (2, 4)},
}


def check(panel: Panel, group: set, found, estimand: str, year: int | None, settings: Settings) -> None:
    """One effect against the reference: θ, variance, degrees of freedom, interval, firms, votes."""
    firms, rules = reference.read(panel, "sales", award_period=settings.award_period)
    expected = reference.estimate(firms, group, rules, estimand, year)
    assert isinstance(found, EffectEstimate), found
    assert found.theta == pytest.approx(expected.theta, rel=EXACT, abs=EXACT)
    assert found.se**2 == pytest.approx(expected.variance, rel=EXACT)
    assert found.df == pytest.approx(expected.df, rel=EXACT)
    assert (found.ci_low, found.ci_high) == pytest.approx(expected.interval(0.95), rel=1e-8)
    assert (found.n_funded, found.n_comparison) == (expected.n_funded, expected.n_comparison)
    arms = [[vote for name, vote in expected.votes.items() if (name in group) == funded] for funded in (True, False)]
    effective = min(sum(votes) ** 2 / sum(vote**2 for vote in votes) for votes in arms)
    assert found.effective_firms == pytest.approx(effective, rel=EXACT)


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
@pytest.mark.parametrize("award_period", ["skip", "after"])
def test_the_closed_form_is_leaving_out_each_firm(design, estimand, award_period):
    """θ, v and df are those of METHODS.md 4 by brute force: every firm dropped from all cohorts and windows at once."""
    settings = Settings(min_firms=2, award_period=award_period)
    for seed, year in ((1, None), (2, 1), (3, 2)):
        panel = drawn(seed, **design)
        found = effect(panel, "sales", estimand, settings=settings, year=year)
        check(panel, set(panel.units.index[panel.funded]), found, estimand, year, settings)


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize("by", ["sector", "macro", ("macro", "sector")])
def test_groups_are_those_of_the_reference(estimand, by):
    """By a column and by a tuple: the group's funded firms against all comparison firms of their sectors."""
    panel = drawn(4, funded=(7, 6, 8), comparison=(8, 7, 9), cohorts=(8, 9))
    settings = Settings(min_firms=2)
    for found in effects_by(panel, "sales", estimand, by=by, settings=settings):
        labels = panel.units[by] if isinstance(by, str) else panel.units[list(by)].apply(tuple, axis=1)
        group = set(panel.units.index[panel.funded & (labels == found.group).to_numpy()])
        check(panel, group, found.overall, estimand, None, settings)
        for year, result in found.by_year.items():
            check(panel, group, result, estimand, year, settings)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_heavy_tails_do_not_drown_the_closed_form(estimand):
    """A firm ten million times the others in each arm: leaving it out still leaves the others' figures."""
    panel = drawn(5, funded=(12,), comparison=(12,), missing=0, zeros=0)
    sales = panel.outcomes["sales"].copy()
    sales[[0, 12]] *= 1e7
    panel = with_sales(panel, sales)
    firms, rules = reference.read(panel, "sales")
    expected = reference.estimate(firms, set(panel.units.index[panel.funded]), rules, estimand)
    found = effect(panel, "sales", estimand, settings=Settings(min_firms=2))
    assert found.se**2 == pytest.approx(expected.variance, rel=1e-6)
    assert found.df == pytest.approx(expected.df, rel=1e-6)


# ---- properties ------------------------------------------------------------------------------------------------------

SEEDS = st.integers(0, 10_000)
PANELS = st.builds(
    drawn,
    SEEDS,
    frequency=st.sampled_from(["M", "Q", "Y"]),
    years=st.integers(4, 6),
    funded=st.lists(st.integers(1, 9), min_size=1, max_size=3).map(tuple),
    comparison=st.lists(st.integers(0, 9), min_size=1, max_size=3).map(tuple),
    cohorts=st.sampled_from([(2,), (3, 4), (12, 13), (24, 30)]),
    missing=st.sampled_from([0, 0.1, 0.4]),
    zeros=st.sampled_from([0, 0.1, 0.5]),
)
SMALL = Settings(min_firms=2)


def panels(*, least: int = 6) -> st.SearchStrategy[Panel]:
    """Panels in which something can be estimated."""
    return st.builds(
        drawn,
        SEEDS,
        funded=st.sampled_from([(least + 3,), (least, 1, least)]),
        comparison=st.sampled_from([(least + 2,), (least, 3, least + 1)]),
        cohorts=st.sampled_from([(8,), (8, 9), (6, 8, 10)]),
        zeros=st.sampled_from([0, 0.2]),
    )


def answers(panel: Panel, settings: Settings = SMALL, outcome: str = "sales") -> dict:
    """Every effect of a panel, by estimand, group and horizon."""
    found = {}
    for estimand in ESTIMANDS:
        found[estimand, "*", "overall"] = effect(panel, outcome, estimand, settings=settings)
        for part in sector_effects(panel, outcome, estimand, settings=settings):
            found[estimand, part.sector, "overall"] = part.overall
            found |= {(estimand, part.sector, year): result for year, result in part.by_year.items()}
    return found


def all_alike(one: dict, other: dict) -> None:
    assert one.keys() == other.keys()
    for key in one:
        alike(one[key], other[key])


@given(panels(), st.sampled_from([1e-3, 1936.27, 1e9]))
@examples(max_examples=15, deadline=None)
def test_the_unit_of_the_data_changes_nothing(panel, factor):
    """One factor on every series, euros in thousands or in lire: every effect, interval and p stays."""
    all_alike(answers(panel), answers(with_sales(panel, panel.outcomes["sales"] * factor)))


@given(SEEDS, st.sampled_from([(2,), (2, 3)]))
@examples(max_examples=20, deadline=None)
def test_a_path_common_to_both_arms_is_no_effect(seed, cohorts):
    """Sectors had different pandemics: a boom of a sector that both arms share changes no effect, there or in all.

    Yearly, so that a window is one period and the path divides out exactly. In euros it may change how much a cohort
    or sector weighs, so there the promise holds for each sector's effect on one cohort.
    """
    panel = drawn(seed, frequency="Y", years=6, cohorts=cohorts, funded=(8, 6), comparison=(7, 6), missing=0.05)
    rng = np.random.default_rng(seed)
    paths = {name: np.exp(rng.normal(0, 1, len(panel.periods))) for name in ("s0", "s1")}
    sales = panel.outcomes["sales"] * np.stack([paths[name] for name in panel.units["sector"]])
    settings = Settings(min_firms=2, years_after=1)
    one, other = answers(panel, settings), answers(with_sales(panel, sales), settings)
    for (estimand, group, horizon), found in one.items():
        if estimand == "typical_firm" or (group != "*" and len(cohorts) == 1):
            alike(found, other[estimand, group, horizon])


@given(panels(), SEEDS)
@examples(max_examples=15, deadline=None)
def test_a_factor_of_the_firm_leaves_the_typical_firm(panel, seed):
    """One firm, one vote: however large a firm is, only its growth counts."""
    factors = np.exp(np.random.default_rng(seed).normal(0, 3, (len(panel.units), 1)))
    one, other = answers(panel), answers(with_sales(panel, panel.outcomes["sales"] * factors))
    for key, found in one.items():
        if key[0] == "typical_firm":
            alike(found, other[key])


@given(panels(), SEEDS)
@examples(max_examples=15, deadline=None)
def test_order_and_names_of_the_firms_and_sectors_change_nothing(panel, seed):
    """Shuffled rows, renamed firms, renamed sectors: the same effects, found under the new names."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(panel.units))
    names = {"s0": "z", "s1": "m", "s2": "a"}
    units = panel.units.iloc[order].assign(sector=lambda u: u["sector"].map(names))
    units.index = pd.Index(rng.permutation(1000)[: len(units)])
    other = answers(Panel(units, panel.periods, {"sales": panel.outcomes["sales"][order]}))
    all_alike({(e, names.get(g, g), h): found for (e, g, h), found in answers(panel).items()}, other)


@given(panels())
@examples(max_examples=15, deadline=None)
def test_from_a_long_frame_or_by_hand_is_the_same(panel):
    """`from_frame` on shuffled rows gives the effects of the panel whose rows they are."""
    long = pd.DataFrame(panel.outcomes["sales"], panel.units.index, panel.periods.astype(str))
    frame = long.reset_index().melt(id_vars="firm_id", var_name="period", value_name="y")
    frame = frame.join(panel.units, on="firm_id").sample(frac=1, random_state=3)
    read = Panel.from_frame(frame, unit="firm_id", period="period", cohort="cohort", outcomes="y", sector="sector")
    assert answers(read, outcome="y") == answers(panel)


@given(panels(least=5))
@examples(max_examples=20, deadline=None)
def test_intervals_contain_the_estimate_and_each_other(panel):
    """half ⊂ ci ⊂ sim, all around the value; p in [0, 1]; every number finite; sim is Šidák's over those estimated."""
    found = {key: result for key, result in answers(panel).items() if isinstance(result, EffectEstimate)}
    for (estimand, group, horizon), one in found.items():
        assert one.sim_low <= one.ci_low < one.half_low < one.value < one.half_high < one.ci_high <= one.sim_high
        assert 0 <= one.p_value <= 1
        assert one.mde > 0
        assert one.df >= 1
        assert one.n_funded >= one.effective_firms - 1e-9 or one.n_comparison >= one.effective_firms - 1e-9
        assert all(math.isfinite(getattr(one, name)) for name in NUMBERS)
        if group != "*":
            claims = sum((e, h) == (estimand, horizon) and g != "*" for e, g, h in found)
            wide = effect(
                replace_sector(panel, group), "sales", estimand,
                settings=Settings(min_firms=2, level=sidak(0.95, claims)),
                year=None if horizon == "overall" else horizon,
            )  # fmt: skip
            assert (wide.ci_low, wide.ci_high) == pytest.approx((one.sim_low, one.sim_high), rel=1e-9)


def replace_sector(panel: Panel, sector: str) -> Panel:
    """The panel of one sector's firms."""
    mine = (panel.units["sector"] == sector).to_numpy()
    return Panel(panel.units[mine], panel.periods, {"sales": panel.outcomes["sales"][mine]})


@given(panels())
@examples(max_examples=10, deadline=None)
def test_the_programme_of_one_sector_is_that_sector(panel):
    """And a sector's effect does not know the other sectors, but for the simultaneous interval."""
    for part in sector_effects(panel, "sales", "euro_weighted", settings=SMALL):
        alone = replace_sector(panel, part.sector)
        whole = effect(alone, "sales", "euro_weighted", settings=SMALL)
        [only] = sector_effects(alone, "sales", "euro_weighted", settings=SMALL)
        assert only.overall == whole
        if isinstance(part.overall, EffectEstimate):
            assert replace(part.overall, sim_low=whole.sim_low, sim_high=whole.sim_high) == whole
        else:
            assert part.overall == whole


def test_effects_by_a_tuple_and_by_one_column_agree():
    """Groups carry the labels they were asked by: the value itself, or a tuple of values."""
    panel = drawn(6)
    single = effects_by(panel, "sales", "typical_firm", by="sector", settings=SMALL)
    tupled = effects_by(panel, "sales", "typical_firm", by=("sector",), settings=SMALL)
    both = effects_by(panel, "sales", "typical_firm", by=["sector", "macro"], settings=SMALL)
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


# ---- withheld, and why -----------------------------------------------------------------------------------------------


def test_the_firms_that_count_are_those_that_enter():
    """Twelve firms in each arm report, four sell: too few for the typical firm, enough for euros."""
    panel = drawn(8, funded=(12,), comparison=(12,), missing=0, zeros=0)
    sales = np.where(np.arange(24)[:, None] % 3, 0, panel.outcomes["sales"])
    assert effect(with_sales(panel, sales), "sales", "typical_firm") == TOO_FEW
    found = effect(with_sales(panel, sales), "sales", "euro_weighted")
    assert (found.n_funded, found.n_comparison) == (12, 12)


def changed(panel: Panel, **columns: object) -> Panel:
    return Panel(panel.units.assign(**columns), panel.periods, panel.outcomes)


@cache
def wild() -> dict[str, tuple[Panel, Settings, Withheld | None]]:
    """Panels that are panels, however odd, and what they give: None where there is an estimate."""
    usual = drawn(8, funded=(12,), comparison=(13,), missing=0, zeros=0)
    sales, periods, cohort = usual.outcomes["sales"], usual.periods, usual.units["cohort"]
    late, early = periods[-1] + 40, periods[0] - 40
    ten, nine = (drawn(9, funded=(n,), comparison=(n,), missing=0, zeros=0) for n in (10, 9))
    alone = np.where(np.arange(len(sales))[:, None] == 20, sales, 0) + np.where(usual.funded[:, None], sales, 0)
    one_funded = cohort.where(np.arange(len(cohort)) == 0)
    usually = Settings()
    return {
        "exactly ten firms": (ten, usually, None),
        "nine firms": (nine, usually, TOO_FEW),
        "one funded firm": (changed(usual, cohort=one_funded), usually, TOO_FEW),
        "one funded firm, if allowed": (changed(usual, cohort=one_funded), Settings(min_firms=1), NOT_ESTIMABLE),
        "no funded firm": (changed(usual, cohort=pd.NaT), usually, TOO_FEW),
        "no comparison firm": (changed(usual, cohort=periods[8]), usually, TOO_FEW),
        "no sector at all": (changed(usual, sector=None), usually, TOO_FEW),
        "every firm its own sector": (changed(usual, sector=usual.units.index), usually, TOO_FEW),
        "funded after the data": (changed(usual, cohort=cohort.where(cohort.isna(), late)), usually, TOO_FEW),
        "funded before the data": (changed(usual, cohort=cohort.where(cohort.isna(), early)), usually, TOO_FEW),
        "before ends ahead of the data": (usual, Settings(before_ends="1999"), TOO_FEW),
        "before ends after the award": (usual, Settings(before_ends="2040-01"), None),
        "one period": (Panel(usual.units, periods[8:9], {"sales": sales[:, 8:9]}), usually, TOO_FEW),
        "nothing reported": (with_sales(usual, sales * np.nan), usually, TOO_FEW),
        "all zeros": (with_sales(usual, sales * 0), usually, NOT_ESTIMABLE),
        "all the same": (with_sales(usual, sales * 0 + 7), usually, NOT_ESTIMABLE),
        "each firm the same all along": (with_sales(usual, sales[:, :1] + 0 * sales), usually, NOT_ESTIMABLE),
        "all alike but for size": (with_sales(usual, sales[:, :1] * np.exp(sales[:1] / 1e4)), usually, NOT_ESTIMABLE),
        "negative": (with_sales(usual, -sales), usually, NOT_ESTIMABLE),
        "tiny": (with_sales(usual, sales * 1e-290), usually, None),
        "huge": (with_sales(usual, sales * 1e290), usually, None),
        "more than a number holds": (with_sales(usual, sales / sales.max(1, keepdims=True) * 1.7e308), usually, ...),
        "one comparison firm sells": (with_sales(usual, alone), usually, NOT_ESTIMABLE),
        "extreme growth": (with_sales(usual, sales ** np.linspace(-30, 30, sales.shape[1])), usually, None),
        "whole numbers": (with_sales(usual, sales.astype(int) + 1), usually, None),
    }


@pytest.mark.parametrize("name", wild())
@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.filterwarnings("error")
def test_odd_panels_give_an_estimate_or_the_reason_why_there_is_none(name, estimand):
    """Never an exception or a warning, for any panel that is a panel; every number of an estimate is finite."""
    panel, settings, expected = wild()[name]
    found = [effect(panel, "sales", estimand, settings=settings)]
    found += [part.overall for part in sector_effects(panel, "sales", estimand, settings=settings)]
    for result in found[:1]:
        if isinstance(expected, Withheld):
            assert result == expected
        elif expected is None:
            assert isinstance(result, EffectEstimate)
    for result in found:
        if isinstance(result, EffectEstimate):
            assert all(math.isfinite(getattr(result, number)) for number in NUMBERS)
    for year in (1, 3, 4, 0, -1):
        assert isinstance(effect(panel, "sales", estimand, settings=settings, year=year), EffectEstimate | Withheld)
    before_after(panel, "sales", settings=settings)


@given(PANELS, st.sampled_from(["skip", "after"]), st.integers(0, 10))
@examples(max_examples=40, deadline=None)
def test_drawn_panels_never_raise(panel, award_period, min_firms):
    """Any number of firms, sectors without comparison, cohorts anywhere, gaps, zeros: an estimate or a reason."""
    settings = Settings(award_period=award_period, min_firms=min_firms)
    for found in answers(panel, settings).values():
        assert isinstance(found, EffectEstimate | Withheld)
        if isinstance(found, EffectEstimate):
            assert min(found.n_funded, found.n_comparison) >= min_firms
            assert all(math.isfinite(getattr(found, number)) for number in NUMBERS)


CELLS = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 1e-9, 1e12]), st.floats(0, 1e6))
KINDS = st.sampled_from(["", "0", "2019", "2020Q2", "2019-03", "2020-02-29", "nan", "soon", None, 2020, pd.NaT])


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from(["2018", "2019", "2020", "2021"]), CELLS), max_size=24
    ),
    st.lists(KINDS, min_size=24, max_size=24),
)
@examples(max_examples=60, deadline=None)
def test_wild_frames_raise_nothing_but_a_user_error(rows, cohorts):
    """A frame is a panel, and then every effect has an answer, or it is refused in words."""
    frame = pd.DataFrame(rows, columns=["firm", "year", "sales"]).drop_duplicates(["firm", "year"])
    frame["cohort"] = pd.Series(cohorts[: len(frame)], index=frame.index, dtype=object)
    try:
        panel = Panel.from_frame(frame, unit="firm", period="year", cohort="cohort", outcomes="sales")
    except UserError:
        return
    for found in answers(panel, Settings(min_firms=1, award_period="after")).values():
        assert isinstance(found, EffectEstimate | Withheld)


def test_what_is_asked_wrongly_is_refused_in_words():
    panel = drawn(1)
    with pytest.raises(UserError, match="typical_firm"):
        effect(panel, "sales", "average_firm")
    with pytest.raises(UserError, match="sales"):
        effect(panel, "turnover", "typical_firm")
    with pytest.raises(UserError, match="region"):
        effects_by(panel, "sales", "typical_firm", by="region")


def test_years_are_those_that_some_cohort_completes():
    panel = drawn(1, years=4, cohorts=(8, 10))  # quarters: two years before, one and a half or two after
    [first, *_] = sector_effects(panel, "sales", "typical_firm", settings=SMALL)
    assert list(first.by_year) == [1]
    assert first.overall.horizon == "overall"
    assert first.by_year[1].horizon == "1"


# ---- before and after ------------------------------------------------------------------------------------------------


def test_before_and_after_by_hand():
    """Sums per year over firms with both windows, the change, the share reporting; no effect anywhere."""
    [found] = before_after(panel_of(TWO_AND_TWO + "    f3 2020 100 .\n"), "sales", settings=FEW, year=1)
    assert (found.group, found.horizon) == ("*", "1")
    assert found.funded == ArmChange(n=3, n_measured=2, before_sum=200, after_sum=300)
    assert found.comparison == ArmChange(n=2, n_measured=2, before_sum=400, after_sum=420)
    assert (found.funded.before_mean, found.funded.after_mean) == (100, 150)
    assert (found.funded.difference, found.funded.change) == (100, 0.5)
    assert found.funded.reporting == pytest.approx(2 / 3)


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
    parts = {part.group: part for part in before_after(panel, "sales", by="sector", settings=SMALL)}
    assert parts["s0"].comparison.n == 9
    assert parts["s1"].funded.n == 6
    [whole] = before_after(panel, "sales", settings=SMALL)
    assert sum(part.funded.after_sum for part in parts.values()) == pytest.approx(whole.funded.after_sum)
    [nobody] = before_after(with_sales(panel, panel.outcomes["sales"] * np.nan), "sales", settings=SMALL)
    assert nobody.funded == nobody.comparison == TOO_FEW
