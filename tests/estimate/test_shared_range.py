"""METHODS.md 10, the shared range: against other implementations, a slow root search, and what it promises."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy import stats

from analytics.estimate import shared_range
from analytics.estimate.group_ranges import GroupRange, Guess, group_ranges, share_no_firm, spread_of
from analytics.estimate.inference import Uncertainty
from analytics.estimate.shared_range import (
    Prior,
    best_guess,
    common_mean,
    fab_interval,
    prior_from,
    range_by_prior,
    shared_detectable,
    shared_p_value,
)
from analytics.model import Importance, RangeKind
from tests.reference import shared_range as reference

EXACT = 1e-9  # in standard errors: two searches for one root
LEVELS = (0.5, 0.05, 0.02)

# ---- numbers of other implementations --------------------------------------------------------------------------------

# y, mean, t², s², α -> fabzCI
FABZ = [
    ((0, 0, 10, 1, 0.05), (-1.810617082, 1.810617082)),
    ((2, 0, 10, 1, 0.05), (0.03638458, 3.71637799)),
    ((0.2, 0.15, 0.01, 0.04, 0.05), (-0.12897073, 0.52897073)),
    ((0.5, 0.1, 0.02, 0.04, 0.02), (0.07275648, 0.91074978)),
]


@pytest.mark.parametrize(("asked", "expected"), FABZ)
def test_the_interval_is_that_of_yu_and_hoff(asked, expected):
    """And so is the slow search, which the rest is held against."""
    assert fab_interval(*asked) == pytest.approx(expected, abs=1e-7)
    assert reference.fab(*asked) == pytest.approx(expected, abs=1e-7)


# ---- effects of several groups ---------------------------------------------------------------------------------------

THETA, SE, DF = st.floats(-1.5, 1.5), st.floats(0.02, 0.7), st.floats(2, 300)
ONE = st.tuples(THETA, SE, DF)


@st.composite
def several(draw, least: int = 4, most: int = 16) -> list[tuple[float, float, float]]:
    """y, se, df of groups that lie about a mean, near each other or far apart."""
    mean, apart = draw(st.floats(-0.4, 0.4)), draw(st.sampled_from([0.0, 0.05, 0.3, 1.0]))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    n = draw(st.integers(least, most))
    return list(
        zip(
            rng.normal(mean, apart + 0.01, n).tolist(),
            np.exp(rng.uniform(math.log(0.02), math.log(0.7), n)).tolist(),
            np.exp(rng.uniform(math.log(2), math.log(300), n)).tolist(),
            strict=True,
        )
    )


def own_interval(y: float, se: float, df: float, level: float = 0.95) -> tuple[float, float]:
    half = stats.t.ppf(0.5 + level / 2, df) * se
    return y - half, y + half


def uncertain(groups) -> dict[int, Uncertainty]:
    return {k: Uncertainty(*each) for k, each in enumerate(groups)}


@given(groups=several(), alpha=st.sampled_from(LEVELS), spread=st.sampled_from([0.05, 0.15, 0.6]))
@examples(max_examples=60, deadline=None)
def test_the_range_is_found_by_a_slow_search_too(groups, alpha, spread):
    """Prior by loops over τ, roots by bisection."""
    (y, se, df), *others = groups
    found = shared_range(y, se, df, np.array(others), alpha=alpha, spread=spread)
    expected = reference.shared(y, se, df, others, alpha, spread)
    assert found == pytest.approx(expected, abs=EXACT * max(se, abs(y)))


@given(one=ONE, mean=st.floats(-2, 2), t2=st.floats(1e-4, 10), alpha=st.sampled_from(LEVELS))
@examples(max_examples=80, deadline=None)
def test_roots_at_their_limit_are_the_limit(one, mean, t2, alpha):
    """However sure the prior and however far from y: where an end meets y ± s·z₁₋α it is that, in both searches."""
    y, se, _ = one
    found, expected = (each(y, mean, t2, se**2, alpha) for each in (fab_interval, reference.fab))
    assert found == pytest.approx(expected, abs=EXACT * (se + abs(y)) + 1e-9 * abs(expected[1] - expected[0]))
    limit = stats.norm.isf(alpha) * se
    assert found[0] <= y - limit * (1 - 1e-12)
    assert found[1] >= y + limit * (1 - 1e-12)


@given(one=ONE, mean=st.floats(-1, 1), alpha=st.sampled_from(LEVELS))
@examples(max_examples=40, deadline=None)
def test_who_knows_nothing_of_the_others_has_the_own_interval(one, mean, alpha):
    """The prior's variance without end: y ± t·se, at every level; p is Student's where df is large."""
    y, se, df = one
    found = range_by_prior(y, se, df, Prior(mean, 1e14), alpha)
    assert found == pytest.approx(own_interval(y, se, df, 1 - alpha), abs=1e-6 * se)
    own = Uncertainty(y, se, 1e9)
    assert shared_p_value(y, se, 1e9, Prior(mean, 1e14)) == pytest.approx(own.p_value, abs=1e-6)
    assert shared_detectable(se, df, Prior(mean, 1e14), alpha=0.02, power=0.8) == pytest.approx(
        Uncertainty(y, se, df).detectable(0.98), rel=1e-6
    )


@given(one=ONE, n=st.integers(4, 9))
@examples(max_examples=20, deadline=None)
def test_others_that_tell_nothing_leave_the_own_interval(one, n):
    """Others with standard errors of a thousand: nothing is borrowed."""
    found = shared_range(*one, np.array([(0.3, 1e3, 10.0)] * n))
    assert found == pytest.approx(own_interval(*one), abs=1e-3 * one[1])


@given(groups=several(most=8, least=1), alpha=st.sampled_from(LEVELS))
@examples(max_examples=40, deadline=None)
def test_fewer_than_four_groups_have_their_own_interval(groups, alpha):
    """Three others are needed; with three it is another range."""
    (y, se, df), *others = groups
    found = shared_range(y, se, df, np.array(others), alpha=alpha)
    own = own_interval(y, se, df, 1 - alpha)
    if len(others) < 3:
        assert found == pytest.approx(own, rel=1e-9)
    else:
        assert found != pytest.approx(own, rel=1e-9)


@given(groups=several())
@examples(max_examples=100, deadline=None)
def test_p_is_below_5_percent_exactly_where_the_range_excludes_zero(groups):
    """And is what the text's formula says."""
    one, *others = groups
    prior = prior_from(np.array(others))
    low, high = range_by_prior(*one, prior)
    p = shared_p_value(*one, prior)
    assert p == pytest.approx(reference.p_value(*one, others), abs=1e-9)
    assert 0 <= p <= 1
    if min(abs(low), abs(high)) > 1e-9 * one[1]:
        assert (p < 0.05) == (low > 0 or high < 0)


@given(groups=several(), nearer=st.floats(0.98, 1.02))
@examples(max_examples=40, deadline=None)
def test_p_and_range_meet_at_zero(groups, nearer):
    """The same promise where it is hardest: y moved until an end of the range is within 2% of zero."""
    (_, se, df), *others = groups
    prior = prior_from(np.array(others))
    low, high = -10.0, 10.0
    for _ in range(80):
        y = (low + high) / 2
        low, high = (low, y) if range_by_prior(y, se, df, prior)[0] > 0 else (y, high)
    y = low + (nearer - 1) * se
    if abs(nearer - 1) > 1e-6:
        assert (shared_p_value(y, se, df, prior) < 0.05) == (range_by_prior(y, se, df, prior)[0] > 0) == (nearer > 1)


@given(groups=several())
@examples(max_examples=100, deadline=None)
def test_wider_levels_contain_narrower_ones(groups):
    """The 98% range holds the 95% range, that the middle half, and all of them y."""
    one, *others = groups
    prior = prior_from(np.array(others))
    half, may, likely = (range_by_prior(*one, prior, alpha) for alpha in LEVELS)
    assert likely[0] <= may[0] <= half[0] <= one[0] <= half[1] <= may[1] <= likely[1]


@pytest.mark.parametrize("theta", [-0.3, 0.0, 0.1, 0.6])
@pytest.mark.parametrize(("mean", "t2"), [(0.1, 0.02), (0.1, 0.0102), (-0.4, 0.5)])
def test_the_range_holds_the_truth_whatever_the_group_and_the_prior(theta, mean, t2):
    """95% for every θ, by summing over y ~ N(θ, s²), however wrong the prior: the others only move where the error is.

    y is in the range of θ from one y to another, so the ends of that stretch are searched for.
    """
    s = 0.1
    y = theta + s * np.linspace(-6, 6, 1201)
    holds = np.array([low <= theta <= high for low, high in (fab_interval(v, mean, t2, s**2) for v in y)])
    covered = (holds * stats.norm.pdf(y, theta, s)).sum() * (y[1] - y[0])
    assert covered == pytest.approx(0.95, abs=0.003)


def test_groups_that_agree_have_shorter_ranges_and_one_unlike_them_a_longer():
    """Said in METHODS.md, and on the page: a sector unlike the others gets a longer range."""
    alike = [(0.2, 0.1, 30.0)] * 9
    low, high = shared_range(0.2, 0.1, 30, np.array(alike))
    own = np.diff(own_interval(0.2, 0.1, 30))[0]
    assert high - low < 0.9 * own
    low, high = shared_range(-0.6, 0.1, 30, np.array(alike))
    assert high - low > 1.1 * own


# ---- power -----------------------------------------------------------------------------------------------------------


@given(se=SE, mean=st.floats(-0.5, 0.5), t2=st.floats(0.001, 1), alpha=st.sampled_from([0.05, 0.02]), df=st.just(1e9))
@examples(max_examples=30, deadline=None)
def test_a_rise_of_the_detectable_size_is_told_in_four_of_five(se, mean, t2, alpha, df):
    """By summing over y: the range lies above zero in 80% of programmes with that true effect, the prior as it is."""
    prior = Prior(mean, t2)
    rise = shared_detectable(se, df, prior, alpha=alpha, power=0.8)
    low, high = -20 * se, rise + 20 * se  # the y from which on the range lies above zero, by bisection
    for _ in range(60):
        y = (low + high) / 2
        low, high = (low, y) if range_by_prior(y, se, df, prior, alpha)[0] > 0 else (y, high)
    assert stats.norm.sf(low, rise, se) == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize(("df", "close"), [(8, 0.03), (20, 0.015), (60, 0.01)])
@pytest.mark.parametrize("prior", [Prior(0.0, 0.02), Prior(0.1, 0.04), Prior(-0.2, 0.1)])
def test_a_rise_of_the_detectable_size_is_told_where_standard_errors_are_estimated(df, prior, close):
    """4,000 programmes, each with its own estimate of se (± 1.3 points): told from zero in about four of five."""
    rng, se, told = np.random.default_rng(3), 0.1, 0
    rise = shared_detectable(se, df, prior, alpha=0.02, power=0.8)
    for _ in range(4000):
        y, drawn = rise + se * rng.normal(), se * math.sqrt(rng.chisquare(df) / df)
        told += range_by_prior(y, drawn, df, prior, 0.02)[0] > 0
    assert told / 4000 == pytest.approx(0.8, abs=close + 0.013)


@given(groups=several(), level=st.sampled_from([0.95, 0.98]), target=st.floats(0.02, 1))
@examples(max_examples=40, deadline=None)
def test_the_error_that_detects_is_the_one_that_does(groups, level, target):
    """Of a shared and of an own range: with that standard error, a rise by the target is just told."""
    for of_group in group_ranges(uncertain(groups[:5]), 0.15).values():
        for each in (of_group, GroupRange(of_group.own)):
            se = each.error_that_detects(target, level)
            assert each.with_error(se, each.own.df).detectable(level) == pytest.approx(target, rel=1e-6)


# ---- groups of one list ----------------------------------------------------------------------------------------------


@given(groups=several(), level=st.sampled_from([0.5, 0.95, 0.98]))
@examples(max_examples=30, deadline=None)
def test_each_group_borrows_from_all_others_and_not_from_itself(groups, level):
    found = group_ranges(uncertain(groups), 0.15)
    for k, one in enumerate(groups):
        others = groups[:k] + groups[k + 1 :]
        assert found[k].kind is RangeKind.SHARED
        expected = reference.shared(*one, others, 1 - level)
        assert found[k].interval(level) == pytest.approx(expected, abs=EXACT * max(one[1], abs(one[0])))
        assert found[k].p_value == pytest.approx(reference.p_value(*one, others), abs=1e-9)


@given(groups=several(least=5), told=st.sets(st.integers(0, 4), max_size=5))
@examples(max_examples=30, deadline=None)
def test_ranges_borrow_only_from_groups_that_are_told_of(groups, told):
    """A group of which nothing is told lends nothing, and borrows from all that are; fewer than four share nothing."""
    found = group_ranges(uncertain(groups), 0.15, told=told)
    for k, one in enumerate(groups):
        if len(told) < 4:
            assert found[k] == GroupRange(Uncertainty(*one))
            continue
        others = [groups[other] for other in sorted(told) if other != k]
        expected = reference.shared(*one, others)
        assert found[k].interval(0.95) == pytest.approx(expected, abs=EXACT * max(one[1], abs(one[0])))
        assert (found[k].guess is not None) == (k in told)


@given(groups=several(most=8))
@examples(max_examples=20, deadline=None)
def test_ranges_that_are_not_shared_are_the_own_ones(groups):
    """`sector_range = "own"`: interval, p and detectable effect; the best guess stays."""
    found = group_ranges(uncertain(groups), 0.15, shared=False)
    for k, one in enumerate(groups):
        own = Uncertainty(*one)
        assert found[k].kind is RangeKind.OWN
        assert found[k].interval(0.95) == own.interval(0.95) == pytest.approx(own_interval(*one), rel=1e-9)
        assert (found[k].p_value, found[k].detectable(0.98)) == (own.p_value, own.detectable(0.98))
        assert found[k].guess is not None


@given(groups=several(), seed=st.integers(0, 1000), twin=st.integers(0, 3))
@examples(max_examples=40, deadline=None)
def test_equal_numbers_have_equal_ranges_whatever_their_names_and_order(groups, seed, twin):
    """Two groups with the same y, se, df; and all of them in another order, under other names."""
    groups = [*groups, groups[twin]]
    found = group_ranges(uncertain(groups), 0.15)
    order = np.random.default_rng(seed).permutation(len(groups)).tolist()
    again = group_ranges({f"renamed {k}": Uncertainty(*groups[k]) for k in order}, 0.15)
    for level in (0.5, 0.95, 0.98):
        mine = found[twin].interval(level)
        assert mine == pytest.approx(found[len(groups) - 1].interval(level), abs=1e-10)
        for k in range(len(groups)):
            assert again[f"renamed {k}"].interval(level) == pytest.approx(found[k].interval(level), abs=1e-10)


def test_how_far_effects_are_thought_to_lie_apart_follows_what_matters():
    """One and a half times an effect that matters, in its fraction: .15 where 10% does."""
    assert spread_of(Importance(fraction=0.10, points=0.03)) == pytest.approx(0.15)
    assert spread_of(Importance(fraction=0.20, points=0.03)) == pytest.approx(0.30)
    assert spread_of(Importance(fraction=0.10, points=0.03), 0.5) == pytest.approx(0.05)


@given(groups=several(), factor=st.floats(0.2, 5))
@examples(max_examples=30, deadline=None)
def test_the_scale_of_effects_is_free(groups, factor):
    """Effects, errors and spread in another unit: the range in that unit."""
    (y, se, df), *others = groups
    scaled = [(y * factor, se * factor, df) for y, se, df in others]
    low, high = shared_range(y, se, df, np.array(others))
    found = shared_range(y * factor, se * factor, df, np.array(scaled), spread=0.15 * factor)
    assert found == pytest.approx((low * factor, high * factor), abs=1e-8 * factor)


@given(groups=several())
@examples(max_examples=30, deadline=None)
def test_a_fall_is_as_good_as_a_rise(groups):
    """All signs turned: the range turned, the same p."""
    (y, se, df), *others = groups
    turned = np.array([(-y, se, df) for y, se, df in others])
    low, high = shared_range(y, se, df, np.array(others))
    assert shared_range(-y, se, df, turned) == pytest.approx((-high, -low), abs=1e-10)
    p, other = shared_p_value(y, se, df, prior_from(np.array(others))), shared_p_value(-y, se, df, prior_from(turned))
    assert p == pytest.approx(other, abs=1e-10)


@pytest.mark.parametrize(
    ("sectors_of", "apart"),
    [
        ([{"a"}, {"b"}, {"c"}], True),
        ([{"a", "b"}, {"c"}], True),
        ([{"a", "b"}, {"b"}], False),
        ([{"a"}, {"a"}], False),
        ([set(), {"a"}], True),
    ],
)
def test_groups_of_whole_sectors_share_no_firm(sectors_of, apart):
    assert share_no_firm(sectors_of) == apart


# ---- the best guess --------------------------------------------------------------------------------------------------


@given(groups=several(), spread=st.sampled_from([0.05, 0.15, 0.6]))
@examples(max_examples=20, deadline=None)
def test_the_best_guess_is_the_posterior_summed_over_what_is_not_known(groups, spread):
    """Over τ by loops, over μ numerically."""
    expected = np.array(reference.guesses(groups, spread))
    np.testing.assert_allclose(best_guess(np.array(groups), spread), expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_points_of_the_quadrature_are_enough(seed):
    """Against 1,500 points of τ and 400 of μ, by brute force: within a twentieth of a standard deviation."""
    rng, spread = np.random.default_rng(seed), 0.15
    n = 6 + 3 * seed
    y, se = rng.normal(0.1, 0.12, n), rng.uniform(0.05, 0.3, n)
    groups = np.column_stack([y, se, np.full(n, 1e9)])
    tau, mu = np.linspace(1e-4, 1.2, 1500)[:, None], np.linspace(-1.5, 1.8, 400)[None, :]
    log_density = -0.5 * (tau / spread) ** 2 + sum(
        stats.norm.logpdf(y[k], mu, np.sqrt(se[k] ** 2 + tau**2)) for k in range(n)
    )
    weight = np.exp(log_density - log_density.max())
    weight /= weight.sum()
    for k, (value, sd) in enumerate(best_guess(groups, spread)):
        own = tau**2 / (tau**2 + se[k] ** 2)
        centre = own * y[k] + (1 - own) * mu
        mean = (weight * centre).sum()
        expected = math.sqrt((weight * (own * se[k] ** 2 + (centre - mean) ** 2)).sum())
        assert value == pytest.approx(mean, abs=0.05 * expected)
        assert sd == pytest.approx(expected, rel=0.05)
    mean = (weight * mu).sum()
    expected = math.sqrt((weight * (mu - mean) ** 2).sum())
    value, sd = common_mean(groups, spread)
    assert value == pytest.approx(mean, abs=0.05 * expected)
    assert sd == pytest.approx(expected, rel=0.05)


def test_a_best_guess_lies_between_its_own_effect_and_what_groups_have_in_common():
    """And the less sure a group is, the nearer to the latter."""
    groups = np.array([(0.5, 0.05, 50.0), (0.5, 0.5, 50.0), *[(0.1, 0.1, 50.0)] * 6])
    centre, _ = common_mean(groups, 0.15)
    sure, unsure = best_guess(groups, 0.15)[:2, 0]
    assert centre < unsure < sure < 0.5


def test_a_range_of_a_guess_is_normal():
    assert Guess(0.1, 0.2).interval() == pytest.approx((0.1 - 1.2815515655 * 0.2, 0.1 + 1.2815515655 * 0.2))
