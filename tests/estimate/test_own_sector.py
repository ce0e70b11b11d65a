"""METHODS.md 10: a sector's own estimate, against a reference written from the text; ranges of groups; properties."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.estimate import EffectEstimate, effect, effects_by, sector_effects
from analytics.estimate.inference import jackknife
from analytics.estimate.past import past_features
from analytics.estimate.sample import Sample
from analytics.model import Estimand, RangeKind, Reason, Settings, Unit, Withheld
from analytics.panel import Panel
from tests.estimate.test_estimands import DESIGNS as FORMER_DESIGNS
from tests.helpers.panels import drawn, in_units_of, panel_of, rich, with_sales
from tests.reference import effects as reference
from tests.reference import own_sector as own_reference
from tests.reference import shared_range as range_reference

# Two ways to solve the same least squares, five times over; features are of order one.
EXACT = 1e-9
ESTIMANDS = (Estimand.TYPICAL_FIRM, Estimand.SYMMETRIC_GROWTH)
MANY = {"funded": (9, 8, 12, 7, 10, 25), "comparison": (10, 12, 22, 8, 9, 30), "cohorts": (8, 11), "starters": 0.1}
DESIGNS = FORMER_DESIGNS | {
    "six sectors": MANY,
    "without a past": {"cohorts": (4,), "starters": 0.1},
    "years without a past": {
        "frequency": "Y", "years": 4, "cohorts": (1,), "funded": (12, 9), "comparison": (13, 11)
    },
    "a past of some cohorts": {"cohorts": (4, 9), "funded": (9, 9), "comparison": (12, 13)},
    "months of a long past": {
        "frequency": "M", "years": 6, "cohorts": (40, 44), "funded": (9, 8), "comparison": (14, 12), "starters": 0.1
    },
    "a cohort after the data": {"cohorts": (8, 25), "funded": (12, 9), "comparison": (12, 13)},
}  # fmt: skip


def panel_with(design: dict, seed: int) -> Panel:
    """A panel of that design whose sectors differ in how widely their firms spread, with sizes across sectors."""
    panel = rich(drawn(seed, **design), seed)
    rng = np.random.default_rng(seed)
    wide = panel.units["sector"].map({f"s{s}": rng.choice([0.5, 1.0, 2.0]) for s in range(6)}).to_numpy()
    panel = with_sales(panel, np.exp(4) * (panel.outcomes["sales"] / np.exp(4)) ** wide[:, None])
    size = rng.choice(["small", "medium", "large"], len(panel.units))
    return Panel(panel.units.assign(size=size), panel.periods, panel.outcomes)


def reference_of(panel: Panel, estimand: str, settings: Settings, year: int | None, **more: object):
    before_ends = None
    if settings.before_ends is not None:
        last = pd.Period(settings.before_ends, freq=panel.periods.freqstr)
        before_ends = {"M": last.year * 12 + last.month - 1, "Q": last.year * 4 + last.quarter - 1, "Y": last.year}[
            panel.periods.freqstr[0]
        ]
    firms, rules = reference.read(panel, "sales", award_period=settings.award_period, before_ends=before_ends)
    adjust = settings.adjustment != "none"
    return own_reference.Reference(firms, rules, estimand, year, alpha=settings.alpha, adjust=adjust, **more)


def check(found, expected: own_reference.Answer | None, settings: Settings) -> None:
    """One effect against the reference: θ, v, df, firms."""
    if expected is None:  # measured, or not even that; nobody is compared
        assert found in (Withheld(Reason.TOO_FEW_FIRMS), Withheld(Reason.NOT_ESTIMABLE))
        return
    if min(expected.n_funded, expected.n_comparison) < settings.min_firms:
        assert found == Withheld(Reason.TOO_FEW_FIRMS)
        return
    assert isinstance(found, EffectEstimate), found
    assert found.theta == pytest.approx(expected.theta, rel=EXACT, abs=EXACT)
    assert found.se**2 == pytest.approx(expected.variance, rel=EXACT)
    assert found.df == pytest.approx(expected.df, rel=EXACT)
    assert (found.n_funded, found.n_comparison) == (expected.n_funded, expected.n_comparison)


# ---- against the reference -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("adjustment", ["none", "pooled_slopes"])
@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_the_programme_is_that_of_the_reference(design, estimand, adjustment):
    """Overall and by year, whichever period the award's own belongs to."""
    for seed, year, award_period in ((1, None, "skip"), (2, 1, "after"), (3, 2, "skip")):
        settings = Settings(min_firms=2, award_period=award_period, adjustment=adjustment)
        panel = panel_with(design, seed)
        expected = reference_of(panel, estimand, settings, year).of(set(panel.units.index))
        check(effect(panel, "sales", estimand, settings=settings, year=year), expected, settings)


@pytest.mark.parametrize("adjustment", ["none", "pooled_slopes"])
@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize("by", ["sector", "macro", "size", ("macro", "size")])
@pytest.mark.parametrize("design", ["six sectors", "single firms", "months of a long past"])
def test_groups_are_those_of_the_reference(design, by, estimand, adjustment):
    """Whole sectors, and groups that take a part of the firms of several: these have one variance, over all of them."""
    panel = panel_with(DESIGNS[design], 4)
    settings = Settings(min_firms=2, adjustment=adjustment)
    expected = {year: reference_of(panel, estimand, settings, year) for year in (None, 1)}
    for found in effects_by(panel, "sales", estimand, by=by, settings=settings):
        labels = panel.units[by] if isinstance(by, str) else panel.units[list(by)].apply(tuple, axis=1)
        group = set(panel.units.index[panel.funded & (labels == found.group).to_numpy()])
        for year, result in {None: found.overall, 1: found.by_year[1]}.items():
            check(result, expected[year].of(group), settings)


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize(("before_ends", "frequency"), [("2019-12-31", "Q"), ("2020-01-15", "M"), ("2019-09-30", "Q")])
def test_the_past_ends_where_the_call_opened(estimand, before_ends, frequency):
    """One before window for all cohorts: every feature ends with it."""
    cohorts = (9, 11) if frequency == "Q" else (26, 30)
    panel = panel_with(MANY | {"cohorts": cohorts, "frequency": frequency}, 5)
    settings = Settings(min_firms=2, before_ends=str(pd.Period(before_ends, freq="D").asfreq(frequency)))
    expected = reference_of(panel, estimand, settings, None).of(set(panel.units.index))
    check(effect(panel, "sales", estimand, settings=settings), expected, settings)


@pytest.mark.parametrize("alpha", [0.1, 30.0])
def test_the_penalty_is_a_setting(alpha):
    panel = panel_with(MANY, 6)
    settings = Settings(min_firms=2, alpha=alpha)
    for estimand in ESTIMANDS:
        expected = reference_of(panel, estimand, settings, None).of(set(panel.units.index))
        check(effect(panel, "sales", estimand, settings=settings), expected, settings)


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize(
    "design",
    [
        {"cohorts": (10, 13), "funded": (9, 8), "comparison": (14, 12)},
        {"cohorts": (8, 13), "funded": (9, 8), "comparison": (14, 12), "starters": 0.1},
        {"frequency": "Y", "years": 7, "cohorts": (3, 5), "funded": (9, 8), "comparison": (14, 12)},
        {"frequency": "M", "cohorts": (30, 36), "funded": (9, 8), "comparison": (14, 12)},
    ],
)
def test_the_year_before_is_estimated_in_the_same_way_by_what_precedes_it(design, estimand):
    """Check 2's δ, by sector: features end where its before window begins; ȳ_B is that of the year ahead of it."""
    panel, settings = panel_with(design, 7), Settings(min_firms=2)
    sample = Sample(panel, "sales", settings, placebo=True)
    expected = reference_of(panel, estimand, settings, None, placebo=True)
    for sector in ("s0", "s1"):
        mask = panel.funded & (panel.units["sector"] == sector).to_numpy()
        found = sample.uncertainty(estimand, sample.group(mask))
        answer = expected.of(set(panel.units.index[mask]))
        assert (found.theta, found.se**2, found.df) == pytest.approx(
            (answer.theta, answer.variance, answer.df), rel=EXACT
        )
        assert sample.deletions(estimand, sample.group(mask)).theta == pytest.approx(answer.theta, rel=EXACT)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_what_leaving_out_a_firm_does(estimand):
    """θ without each firm of either arm, by computing it again; of whole sectors and of a part of several."""
    panel, settings = panel_with(MANY, 8), Settings(min_firms=2)
    sample, expected = Sample(panel, "sales", settings), reference_of(panel, estimand, settings, None)
    for mask in (panel.funded, panel.funded & (panel.units["size"] == "small").to_numpy()):
        found = sample.deletions(estimand, sample.group(mask))
        group = set(panel.units.index[mask])
        assert (
            len(found.firm)
            == len(set(found.firm))
            == sum((expected.of(group).n_funded, expected.of(group).n_comparison))
        )
        for firm, theta in zip(found.firm, found.replicates, strict=True):
            assert theta == pytest.approx(expected.without(group, panel.units.index[firm]), rel=EXACT, abs=EXACT)


def test_the_designs_reach_every_corner():
    """Strength is borrowed in full, in part and not at all; sectors' scales differ and do not; tails are told and
    supposed; firms weigh less, means of the path end at ±2, some cohorts have a shorter past: else little is held.
    """
    prior, scales, tails, weighed, clipped, depth = set(), set(), set(), 0, 0, set()
    for design in DESIGNS.values():
        for estimand in ESTIMANDS:
            for seed, year in ((1, None), (2, 1), (3, 2)):
                found = reference_of(panel_with(design, seed), estimand, Settings(), year)
                prior |= {0 if d0 == 0 else 40 if d0 == 40 else "between" for d0, _ in found.prior.values()}
                scales.add(len({round(h, 9) for h in found.scale.values()}) > 1)
                tails.add("supposed" if found.kurtosis == 5 else "least" if found.kurtosis < 1.5 else "told")
                weighed += len(found.rounds) == 5 and found.rounds[-1] > 0
                clipped += any(abs(value) == 2 for x in getattr(found, "raw", {}).values() for value in x)
                depth |= {(len(x),) for x in getattr(found, "raw", {}).values()}
    assert prior == {0, 40, "between"}
    assert scales == {True, False}
    assert tails >= {"supposed", "told"}
    assert weighed > 20
    assert clipped > 5
    assert max(depth) == (14,)  # level, staff, three shares, nine means


# ---- by hand ---------------------------------------------------------------------------------------------------------


def test_the_past_by_hand():
    """Years; award in the fifth, so the fourth is before. Of f the comparison's mean ln of each year is taken, then its
    own ln ȳ_B, ln 80 − ln 2 here, down to −2; the year before itself is no mean of the path.
    """
    panel = panel_of("""
        firm cohort employees 2016 2017 2018 2019 2020
        c    -              3    1    1    4    1    1
        d    -              3    1    4    1    4    4
        f    2020           9    1    0    .   80    8
        g    2020           .  1e9    1    1    .    1
    """)
    settings = Settings(award_period="after")
    sample = Sample(panel, "sales", settings)
    c, _, f, g = past_features(panel, "sales", sample.windows, sample.arms, settings)[:, 0]
    ln = np.log
    #                             ln ȳ_B, ln staff, sold in 2019, in 2018, earlier; 2018, 2017, 2016
    np.testing.assert_allclose(c, [-ln(2), 0, 0, 0, 0, 2 * ln(2), 0, ln(2)], atol=1e-12)
    np.testing.assert_allclose(f, [ln(40), ln(3), 0, 0, 0.5 - 1, 0, 0, -2], atol=1e-12)
    np.testing.assert_allclose(g, np.zeros(8), atol=1e-12)  # no ȳ_B: no distance from it either


def test_a_comparison_firm_is_measured_by_the_funded_firms_of_each_cohort():
    """One number: cohort 2019 has one funded firm that enters, cohort 2020 two; who lacks one has the other alone.

    Growth of c: ln 2, then 0; of d: 0, then ln 2; e reports in the second's windows only, with 0. From the means ½ ln 2
    and ⅓ ln 2: c ⅓·½ − ⅔·⅓, d −⅓·½ + ⅔·⅔, e −⅓, in ln 2. Funded: 1 − ½; 0 − ⅓; 2 − ⅓. θ = ⅓(½ − ⅓ + 5/3) − (mean of c,
    d, e).
    """
    panel = panel_of("""
        firm cohort 2018 2019 2020
        f1   2019      1    2    2
        f2   2020      1    1    1
        f3   2020      1    1    4
        c    -         1    2    2
        d    -         1    1    2
        e    -         .    1    1
    """)
    settings = Settings(min_firms=2, award_period="after", adjustment="none")
    found = effect(panel, "sales", "typical_firm", settings=settings, year=1)
    c, d, e = 1 / 3 / 2 - 2 / 3 / 3, -1 / 3 / 2 + 2 / 3 * 2 / 3, -1 / 3
    funded = [1 / 2, -1 / 3, 5 / 3]
    assert found.theta == pytest.approx((np.mean(funded) - np.mean([c, d, e])) * np.log(2))
    v_f, v_c = np.var(funded, ddof=1) / 3, np.var([c, d, e], ddof=1) / 3
    assert found.se == pytest.approx(np.sqrt(v_f + v_c) * np.log(2))
    assert found.df == pytest.approx((v_f + v_c) ** 2 / (v_f**2 + v_c**2))  # κ = 5: 2·2/4 = 1 each


# ---- properties ------------------------------------------------------------------------------------------------------

SEEDS = st.integers(0, 10_000)
every_way = pytest.mark.parametrize(
    ("estimand", "adjustment"), [(estimand, how) for estimand in ESTIMANDS for how in ("none", "pooled_slopes")]
)
NUMBERS = (
    *("theta", "se", "df", "value", "ci_low", "ci_high", "shared_low", "shared_high", "half_low", "half_high"),
    *("p_value", "mde", "sim_low", "sim_high", "sim_p"),
)


def six_sectors(seed: int) -> Panel:
    return panel_with(MANY | {"zeros": 0.1}, seed)


def alike(one: EffectEstimate, other: EffectEstimate) -> None:
    """Up to rounding; leaving the path out of a sum of logarithms rounds anew."""
    assert (one.range_kind, one.n_funded, one.n_comparison) == (other.range_kind, other.n_funded, other.n_comparison)
    for name in NUMBERS:
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-7, abs=1e-8), name


@every_way
@given(seed=SEEDS, factor=st.sampled_from([1e-3, 1936.27, 1e9]))
@examples(max_examples=4, deadline=None)
def test_a_common_factor_on_every_series_changes_nothing(estimand, adjustment, seed, factor):
    """Every sector's estimate, and the range that it shares."""
    panel, settings = six_sectors(seed), Settings(min_firms=2, adjustment=adjustment)
    one, other = (sector_effects(p, "sales", estimand, settings=settings) for p in (panel, in_units_of(panel, factor)))
    assert all(part.overall.range_kind is RangeKind.SHARED for part in one)
    for mine, theirs in zip(one, other, strict=True):
        alike(mine.overall, theirs.overall)


@every_way
@given(seed=SEEDS)
@examples(max_examples=4, deadline=None)
def test_names_and_order_of_firms_and_sectors_change_nothing(estimand, adjustment, seed):
    """Shuffled rows, renamed firms, sectors in another order."""
    panel, settings, rng = six_sectors(seed), Settings(min_firms=2, adjustment=adjustment), np.random.default_rng(seed)
    order, names = rng.permutation(len(panel.units)), {f"s{s}": name for s, name in enumerate("qwerty")}
    units = panel.units.iloc[order].assign(sector=lambda u: u["sector"].map(names))
    units.index = pd.Index(rng.permutation(1000)[: len(units)])
    shuffled = Panel(units, panel.periods, {name: values[order] for name, values in panel.outcomes.items()})
    one = {names[part.sector]: part for part in sector_effects(panel, "sales", estimand, settings=settings)}
    for part in sector_effects(shuffled, "sales", estimand, settings=settings):
        alike(part.overall, one[part.sector].overall)


@every_way
@given(seed=SEEDS)
@examples(max_examples=4, deadline=None)
def test_votes_add_up_over_groups(estimand, adjustment, seed):
    """n·θ of macro-sectors, of sectors and of sizes sum to the programme's: attackers count on it, and are met so."""
    panel, settings = six_sectors(seed), Settings(min_firms=2, adjustment=adjustment)
    whole = effect(panel, "sales", estimand, settings=settings)
    for by in ("sector", "macro", "size", ("sector", "size")):
        sample = Sample(panel, "sales", settings)
        labels = panel.units[by] if isinstance(by, str) else panel.units[list(by)].apply(tuple, axis=1)
        votes = firms = 0
        for label in set(labels):
            part = sample.deletions(estimand, sample.group(panel.funded & (labels == label).to_numpy()))
            if part is not None:
                votes, firms = votes + part.theta * part.funded.sum(), firms + part.funded.sum()
        assert firms == whole.n_funded
        assert votes == pytest.approx(whole.theta * whole.n_funded, abs=1e-9)


@every_way
@given(seed=SEEDS)
@examples(max_examples=3, deadline=None)
def test_a_firm_of_either_arm_outside_all_comparisons_changes_nothing(estimand, adjustment, seed):
    """Without a sector, or of which nothing is known: neither slopes nor scales nor variances know it."""
    panel, settings = six_sectors(seed), Settings(min_firms=2, adjustment=adjustment)
    one = sector_effects(panel, "sales", estimand, settings=settings)
    extra = panel.units.iloc[[0, -1]].assign(sector=None)
    silent = panel.units.iloc[[1, -2]].assign(employees=np.nan)
    units = pd.concat([panel.units, extra, silent]).reset_index(drop=True)
    rows = [*range(len(panel.units)), 0, len(panel.units) - 1]
    outcomes = {
        name: np.vstack([values[rows], np.full((2, values.shape[1]), np.nan)])
        for name, values in panel.outcomes.items()
    }
    other = sector_effects(Panel(units, panel.periods, outcomes), "sales", estimand, settings=settings)
    for mine, theirs in zip(one, other, strict=True):
        alike(mine.overall, theirs.overall)


def test_one_wild_firm_hardly_moves_the_slopes():
    """Huber's weights: a comparison firm that grew a millionfold moves its sector's mean, and others' offsets little.

    Other sectors' θ moves by less than a tenth of a standard error; by plain least squares it was several times that.
    """
    panel = rich(drawn(3, funded=(20, 20), comparison=(25, 25), missing=0, zeros=0, cohorts=(8,)), 3)
    sales = panel.outcomes["sales"].copy()
    sales[-1, 8:] *= 1e6
    settings = Settings(min_firms=2)
    one, other = (
        sector_effects(p, "sales", "typical_firm", settings=settings)[0].overall
        for p in (panel, with_sales(panel, sales))
    )
    assert abs(one.theta - other.theta) < 0.1 * one.se


def test_moderation_leaves_what_each_sector_did():
    """θ is the sector's own: variances borrow strength, estimates do not."""
    panel = six_sectors(9)
    settings = Settings(min_firms=2, adjustment="none")
    sales = panel.outcomes["sales"].copy()
    others = (panel.units["sector"] != "s2").to_numpy() & panel.funded
    sales[others, 8:] *= np.exp(np.random.default_rng(0).normal(0, 2, (others.sum(), 1)))
    one, other = (
        sector_effects(p, "sales", "typical_firm", settings=settings)[2].overall
        for p in (panel, with_sales(panel, sales))
    )
    assert other.theta == pytest.approx(one.theta, rel=1e-12)
    assert other.se > one.se


@pytest.mark.parametrize("funded", [(1,) * 20, (2,) + (1,) * 19])
def test_firms_that_are_alone_in_their_sectors_are_not_sure_of_themselves(funded):
    """Where a sector has one funded firm, nothing within it tells how such firms vary; between them something does, and
    the programme's interval still holds the truth (no effect here) as often as it says: 95 of 100, give or take 5.
    """
    settings, held = Settings(min_firms=2, adjustment="none"), 0
    for seed in range(100):
        panel = drawn(seed, funded=funded, comparison=(10,) * 20, cohorts=(8,), missing=0, zeros=0)
        found = effect(panel, "sales", "typical_firm", settings=settings)
        held += found.ci_low < 0 < found.ci_high
    assert held >= 90


# ---- ranges that groups share ----------------------------------------------------------------------------------------


def as_values(estimate: EffectEstimate, ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    return (np.expm1(low), np.expm1(high)) if estimate.unit is Unit.FRACTION else (low, high)


def estimated(parts) -> dict[object, EffectEstimate]:
    return {part.group if hasattr(part, "group") else part.sector: part.overall for part in parts}


def numbers(estimate: EffectEstimate) -> tuple[float, float, float]:
    return estimate.theta, estimate.se, estimate.df


def check_shared(found: dict[object, EffectEstimate], told: set, spread: float = 0.15) -> None:
    """Every range by the slow search, from the own θ, se, df of the groups that are told of."""
    for label, one in found.items():
        others = [numbers(other) for name, other in found.items() if name != label and name in told]
        assert one.range_kind is RangeKind.SHARED
        expected = as_values(one, range_reference.shared(*numbers(one), others, spread=spread))
        assert (one.shared_low, one.shared_high) == pytest.approx(expected, rel=1e-8, abs=1e-9)
        expected = as_values(one, range_reference.shared(*numbers(one), others, 0.5, spread))
        assert (one.half_low, one.half_high) == pytest.approx(expected, rel=1e-8, abs=1e-9)
        assert one.p_value == pytest.approx(range_reference.p_value(*numbers(one), others, spread), abs=1e-9)
        assert (one.p_value < 0.05) == (one.shared_low > 0 or one.shared_high < 0)
        assert one.shared_low < one.half_low < one.value < one.half_high < one.shared_high


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize(("mie", "spread"), [(0.10, 0.15), (0.30, 0.45)])
def test_sectors_share_ranges_at_every_horizon(estimand, mie, spread):
    """Each horizon apart; `ci_*` stays the sector's own interval. What matters says how far they may lie apart."""
    settings = Settings(min_firms=2, mie=mie)
    found = sector_effects(six_sectors(10), "sales", estimand, settings=settings)
    for horizon in (lambda part: part.overall, lambda part: part.by_year[1], lambda part: part.by_year[2]):
        by_sector = {part.sector: horizon(part) for part in found}
        check_shared(by_sector, set(by_sector), spread)
        for one in by_sector.values():
            half = range_reference.t_quantile(0.975, one.df) * one.se
            expected = as_values(one, (one.theta - half, one.theta + half))
            assert (one.ci_low, one.ci_high) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_ranges_borrow_only_from_the_sectors_that_are_published(estimand):
    """`others=`: of six sectors four are told of; the two others borrow from these, and lend nothing."""
    panel, settings = six_sectors(11), Settings(min_firms=2)
    told = {"s0", "s2", "s3", "s5"}
    found = estimated(sector_effects(panel, "sales", estimand, settings=settings, others=told))
    check_shared(found, told)
    everyone = estimated(sector_effects(panel, "sales", estimand, settings=settings))
    assert all(numbers(found[label]) == numbers(everyone[label]) for label in found)
    assert found["s0"].shared_low != everyone["s0"].shared_low


def own_only(found: dict[object, EffectEstimate]) -> None:
    for one in found.values():
        assert one.range_kind is RangeKind.OWN
        assert (one.shared_low, one.shared_high) == (one.ci_low, one.ci_high)
        half = range_reference.t_quantile(0.75, one.df) * one.se
        assert (one.half_low, one.half_high) == pytest.approx(as_values(one, (one.theta - half, one.theta + half)))


@pytest.mark.parametrize("estimand", ESTIMANDS)
@pytest.mark.parametrize(
    ("changes", "others"), [({}, {"s0", "s2", "s3"}), ({}, set()), ({"sector_range": "own"}, None)]
)
def test_fewer_than_four_published_sectors_or_a_setting_leave_the_own_interval(estimand, changes, others):
    settings = Settings(min_firms=2, **changes)
    own_only(estimated(sector_effects(six_sectors(12), "sales", estimand, settings=settings, others=others)))


def test_three_sectors_are_too_few_to_share():
    panel = panel_with({"funded": (9, 8, 9), "comparison": (10, 9, 11)}, 1)
    own_only(estimated(sector_effects(panel, "sales", "typical_firm", settings=Settings(min_firms=2))))


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_groups_that_share_comparison_firms_keep_their_own_interval(estimand):
    """Sizes, and pairs of sector and size, stand beside the same comparison firms; sectors, macro-sectors do not."""
    design = {"funded": (9,) * 8, "comparison": (10,) * 8, "cohorts": (8, 9)}
    panel = rich(drawn(13, **design), 13)
    rng = np.random.default_rng(13)
    units = panel.units.assign(
        macro=panel.units["sector"].map(lambda name: f"m{int(name[1:]) // 2}"),
        size=rng.choice(list("abcde"), len(panel.units)),
        half=rng.choice(["x", "y"], len(panel.units)),
    )
    panel, settings = Panel(units, panel.periods, panel.outcomes), Settings(min_firms=2)
    for by in ("sector", "macro", ["macro"]):
        found = estimated(effects_by(panel, "sales", estimand, by=by, settings=settings))
        assert len(found) >= 4
        check_shared(found, set(found))
    for by in ("size", ["sector", "half"]):
        parts = effects_by(panel, "sales", estimand, by=by, settings=settings)
        found = {label: one for label, one in estimated(parts).items() if isinstance(one, EffectEstimate)}
        assert len(found) >= 5
        own_only(found)


@pytest.mark.parametrize("estimand", [estimand for estimand in Estimand if estimand not in ESTIMANDS])
def test_other_estimands_share_nothing(estimand):
    """They are sums of euros or changes of status: their intervals are those of METHODS.md 4."""
    found = estimated(sector_effects(six_sectors(14), "sales", estimand, settings=Settings(min_firms=2)))
    found = {label: one for label, one in found.items() if isinstance(one, EffectEstimate)}
    assert len(found) >= 4
    own_only(found)


@pytest.mark.parametrize("estimand", ESTIMANDS)
def test_the_smallest_effect_of_a_sector_is_told_as_a_likely_claim_would_be(estimand):
    """80% power of the 98% range, the prior held: the least y that the slow search tells a rise of, and t.80 se."""
    found = estimated(sector_effects(six_sectors(15), "sales", estimand, settings=Settings(min_firms=2)))
    for label, one in found.items():
        others = [numbers(other) for name, other in found.items() if name != label]
        low, high = -5.0, 20.0
        for _ in range(50):
            y = (low + high) / 2
            low, high = (low, y) if range_reference.shared(y, one.se, one.df, others, 0.02)[0] > 0 else (y, high)
        rise = low + range_reference.t_quantile(0.8, one.df) * one.se
        assert as_values(one, (rise, rise))[0] == pytest.approx(one.mde, rel=1e-6)


def test_the_former_estimate_is_kept_apart():
    """`pooled_deletions`: what the programme's own check 2 rests on is not what is published. Of one cohort, without
    adjustment, the two have the same θ.
    """
    panel, settings = six_sectors(16), Settings(min_firms=2)
    sample = Sample(panel, "sales", settings)
    former = jackknife(sample.pooled_deletions(Estimand.TYPICAL_FIRM, sample.group(panel.funded)))
    found = effect(panel, "sales", "typical_firm", settings=settings)
    assert former.theta != pytest.approx(found.theta, rel=1e-6)
    one = drawn(16, cohorts=(8,))
    plain = replace(settings, adjustment="none")
    sample = Sample(one, "sales", plain)
    former = sample.pooled_deletions(Estimand.TYPICAL_FIRM, sample.group(one.funded))
    assert former.theta == pytest.approx(effect(one, "sales", "typical_firm", settings=plain).theta, rel=1e-9)
