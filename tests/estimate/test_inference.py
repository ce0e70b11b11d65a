"""METHODS.md 4: jackknife, degrees of freedom, intervals; several effects together; ratios."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.estimate.inference import (
    LEAST_SE,
    Deletions,
    Uncertainty,
    effective_number,
    fieller,
    jackknife,
    joint_covariance,
    pool_single,
    sidak_level,
    sidak_p_value,
    weighted_sum,
    welch,
)
from analytics.model import Reason, Withheld
from tests.reference import placebo as reference_placebo
from tests.reference.statsmodels_numbers import WELCH

EXACT = 1e-12  # sums of a few dozen numbers


def deletions(replicates, stratum, funded, weights=None, theta=0.0) -> Deletions:
    k = len(replicates)
    return Deletions(
        theta,
        np.asarray(replicates, dtype=float),
        np.arange(k),
        np.asarray(stratum, dtype=np.int64),
        np.asarray(funded, dtype=bool),
        np.ones(k) if weights is None else np.asarray(weights, dtype=float),
    )


def test_jackknife_by_hand():
    """Two arms: deletions of ±1 in each of 2 and 4 firms. v = ½·2 + ¾·4 = 4; df = 16 / (1²/1 + 3²/3) = 4."""
    found = jackknife(deletions([1, -1, 1, -1, 1, -1], [0] * 6, [1, 1, 0, 0, 0, 0], theta=0.5))
    assert found == Uncertainty(theta=0.5, se=2.0, df=4.0)


def test_the_jackknife_of_a_difference_of_means_is_the_textbook_variance():
    """v = s²_F/n + s²_C/m, and Welch's degrees of freedom: both follow from the formulas of METHODS.md 4."""
    rng = np.random.default_rng(1)
    treated, control = rng.normal(0, 2, 9), rng.normal(1, 1, 14)
    theta = treated.mean() - control.mean()
    without = [np.delete(treated, i).mean() - control.mean() for i in range(9)]
    without += [treated.mean() - np.delete(control, j).mean() for j in range(14)]
    found = jackknife(deletions(without, [0] * 23, [1] * 9 + [0] * 14, theta=theta))
    welch = stats.ttest_ind(treated, control, equal_var=False)
    assert found.se == pytest.approx(theta / welch.statistic, rel=EXACT)
    assert found.df == pytest.approx(welch.df, rel=EXACT)
    assert found.p_value == pytest.approx(welch.pvalue, rel=1e-9)
    assert found.interval(0.95) == pytest.approx(tuple(welch.confidence_interval(0.95)), rel=1e-9)


def test_euros_count_their_effective_number_in_the_degrees_of_freedom():
    """One firm with nearly all euros leaves max(m_h − 1, 0.8) = 0.8, and never less than one degree of freedom."""
    spread = [1, -1, 1, -1]
    equal = jackknife(deletions(spread, [0] * 4, [1] * 4))
    unequal = jackknife(deletions(spread, [0] * 4, [1] * 4, weights=[1e6, 1, 1, 1]))
    assert equal.df == pytest.approx(3)
    assert unequal.df == 1.0
    assert unequal.se == equal.se


@pytest.mark.parametrize(
    ("stratum", "funded", "pooled"),
    [
        ([0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0]),  # nothing to pool
        ([0, 1, 2, 2, 0, 0], [1, 1, 1, 1, 0, 0], [1, 1, 2, 2, 0, 0]),  # two single funded firms together
        ([0, 1, 1, 2, 2, 2], [1] * 6, [0, 0, 0, 1, 1, 1]),  # a last single firm joins the smallest
        ([0, 1, 1, 2, 2], [1] * 5, [0, 0, 0, 0, 0]),  # or all that are as small
        ([0, 0, 1, 1], [1, 0, 1, 0], [1, 0, 1, 0]),  # arms are never mixed
        ([0, 0, 0], [1, 0, 0], [1, 0, 0]),  # nobody to join
    ],
)
def test_strata_of_one_firm_are_pooled_within_their_arm(stratum, funded, pooled):
    found = pool_single(np.array(stratum), np.array(funded, dtype=bool))
    same = found[:, None] == found[None, :]
    expected = np.array(pooled)[:, None] == np.array(pooled)[None, :]
    np.testing.assert_array_equal(same, expected)


def test_pooling_depends_on_no_order():
    """Renaming sectors or shuffling firms leaves who is pooled with whom."""
    rng = np.random.default_rng(2)
    for _ in range(50):
        stratum, funded = rng.integers(0, 6, 12), rng.random(12) < 0.5
        order, names = rng.permutation(12), rng.permutation(6)
        found = pool_single(stratum, funded)
        other = np.empty_like(found)
        other[order] = pool_single(names[stratum[order]], funded[order])
        np.testing.assert_array_equal(found[:, None] == found[None, :], other[:, None] == other[None, :])


@pytest.mark.parametrize("empty", [np.nan, np.inf, -np.inf])
def test_a_deletion_that_empties_a_sum_leaves_nothing(empty):
    assert jackknife(deletions([1, -1, empty], [0] * 3, [1] * 3)) is None
    assert jackknife(deletions([1, -1, 0], [0] * 3, [1] * 3, theta=empty)) is None


@pytest.mark.parametrize("theta", [0.0, 1e-6, -0.3, 40.0])
def test_no_variation_is_told_from_rounding(theta):
    """Replicates that differ by rounding alone are no variance, whatever θ; those that differ by more are one."""
    rounding = theta + np.spacing(max(abs(theta), 1.0)) * np.array([0, 1, -1, 0, 2, 0])
    assert jackknife(deletions(rounding, [0] * 6, [1] * 3 + [0] * 3, theta=theta)) is None
    small = theta + 1e4 * LEAST_SE * np.array([0, 1, -1, 0, 1, -1])
    assert jackknife(deletions(small, [0] * 6, [1] * 3 + [0] * 3, theta=theta)) is not None


def test_the_unit_of_the_votes_does_not_matter():
    votes = np.array([3.0, 1, 4, 1, 5, 9])
    values = [0.1, -0.2, 0.3, 0.1, 0.0, -0.3]
    one, other = (jackknife(deletions(values, [0] * 6, [1] * 3 + [0] * 3, weights=votes * k)) for k in (1, 1e6))
    assert other.df == pytest.approx(one.df, rel=EXACT)


@pytest.mark.parametrize("df", [1.0, 2.5, 30.0, 1e4])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.95 ** (1 / 15)])
def test_intervals_are_students(df, level):
    """θ ± t√v; two-sided p; (t.975 + t.80)√v."""
    found = Uncertainty(theta=0.2, se=0.1, df=df)
    low, high = found.interval(level)
    t = stats.t(df).ppf(0.5 + level / 2)
    assert (low, high) == pytest.approx((0.2 - t * 0.1, 0.2 + t * 0.1), rel=1e-9)
    assert found.p_value == pytest.approx(2 * stats.t(df).sf(2), rel=1e-9)
    assert found.detectable(level) == pytest.approx((t + stats.t(df).ppf(0.8)) * 0.1, rel=1e-9)


def test_p_and_interval_agree():
    """p is below 5% exactly when the 95% interval leaves out zero."""
    for theta in np.linspace(-0.5, 0.5, 41):
        found = Uncertainty(float(theta), 0.1, 7.3)
        low, high = found.interval(0.95)
        assert (found.p_value < 0.05) == (low > 0 or high < 0)


def test_sidak_levels_hold_together():
    assert sidak_level(0.95, 1) == 0.95
    assert sidak_level(0.95, 15) ** 15 == pytest.approx(0.95)
    assert sidak_level(0.95, 0) == 0.95


def test_effective_number():
    """(Σw)²/Σw²."""
    assert effective_number(np.array([2.0, 2, 2])) == pytest.approx(3)
    assert effective_number(np.array([1.0, 0, 0])) == 1
    assert effective_number(np.array([3.0, 1])) == pytest.approx(16 / 10)
    assert math.isfinite(effective_number(np.array([1e-12, 1.0])))


def test_slopes_add_one_more_term():
    """v = 4 of two arms (by hand above) and 1 of slopes with 5 degrees of freedom: df = 25 / (1/1 + 9/3 + 1/5)."""
    plain = deletions([1, -1, 1, -1, 1, -1], [0] * 6, [1, 1, 0, 0, 0, 0])
    found = jackknife(replace(plain, slopes_variance=1.0, slopes_df=5.0))
    assert found.se == pytest.approx(math.sqrt(5))
    assert found.df == pytest.approx(25 / (1 + 3 + 1 / 5))


def test_a_floor_raises_the_variance_and_nothing_else():
    """Below the jackknife's it changes nothing; above, the degrees of freedom stay those of the jackknife; where no
    deletion moves θ they are the fewest of any stratum.
    """
    plain = deletions([1, -1, 1, -1, 1, -1], [0] * 6, [1, 1, 0, 0, 0, 0])
    assert jackknife(replace(plain, least_variance=3.9)) == jackknife(plain)
    assert jackknife(replace(plain, least_variance=9.0)) == Uncertainty(0.0, 3.0, 4.0)
    still = deletions([0.0] * 6, [0] * 6, [1, 1, 0, 0, 0, 0])
    assert jackknife(still) is None
    assert jackknife(replace(still, least_variance=9.0)) == Uncertainty(0.0, 3.0, 1.0)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e160, 1e308])
def test_what_varies_beyond_all_numbers_is_not_estimable(size):
    assert jackknife(deletions([size, -size, size, -size], [0] * 4, [1, 1, 0, 0])) is None


# ---- several effects together ----------------------------------------------------------------------------------------


def means(groups) -> list[Uncertainty]:
    return [Uncertainty(float(np.mean(x)), float(np.std(x, ddof=1) / len(x) ** 0.5), len(x) - 1.0) for x in groups]


@pytest.mark.parametrize(("groups", "known"), WELCH, ids=["two", "three", "five"])
def test_welch_is_that_of_statsmodels(groups, known):
    found = welch(means(groups))
    assert (found.statistic, found.df_between, found.df_within, found.p_value) == pytest.approx(known, rel=1e-9)


def test_welch_of_two_effects_is_the_t_test():
    """F = t², on Satterthwaite's degrees of freedom, with the same p."""
    x, y = WELCH[0][0]
    t, found = stats.ttest_ind(x, y, equal_var=False), welch(means([x, y]))
    assert (found.statistic, found.df_within, found.p_value) == pytest.approx(
        (t.statistic**2, t.df, t.pvalue), rel=1e-9
    )


def test_welch_needs_two_effects():
    assert welch([]) is None
    assert welch(means([[1, 2, 4]])) is None


def test_welch_rejects_equal_effects_as_often_as_it_says():
    """Fifteen sectors of 20 against 15 firms, no difference: about 5% below p = 5% (4,000 draws: ± 0.7 points)."""
    rng, below = np.random.default_rng(8), 0
    for _ in range(4000):
        parts = []
        for size in (1.0, 2.0, 0.5) * 5:
            v_f, v_c = size * rng.chisquare(19) / 19 / 20, size * rng.chisquare(14) / 14 / 15
            df = (v_f + v_c) ** 2 / (v_f**2 / 19 + v_c**2 / 14)
            parts.append(Uncertainty(rng.normal(0, (size / 20 + size / 15) ** 0.5), (v_f + v_c) ** 0.5, df))
        below += welch(parts).p_value < 0.05
    assert 0.035 < below / 4000 < 0.065


@given(p=st.floats(0, 1), claims=st.integers(1, 40))
def test_p_and_intervals_of_several_claims_agree(p, claims):
    """1 − (1 − p)^S: below 5% exactly when p is outside the Šidák level; one claim is itself, to the last digit."""
    assert sidak_p_value(p, claims) == pytest.approx(1 - (1 - p) ** claims, rel=1e-9, abs=1e-12)
    assert 0 <= sidak_p_value(p, claims) <= 1
    assert sidak_p_value(p, 1) == p
    if abs((1 - p) - sidak_level(0.95, claims)) > 1e-12:
        assert (sidak_p_value(p, claims) < 0.05) == (1 - p > sidak_level(0.95, claims))


def test_small_p_stay_small():
    """Where 1 − p is 1 to all digits, S claims still make S·p."""
    assert sidak_p_value(1e-20, 15) == pytest.approx(15e-20, rel=1e-12)


@pytest.mark.parametrize("df", [4, 8, 15, 30, 100])
def test_the_detectable_effect_is_told_in_four_of_five(df):
    """By the noncentral t: 79.1% at 4 degrees of freedom, within 0.2 points of 80% from 8 on."""
    detectable = Uncertainty(theta=0.0, se=1.0, df=df).detectable(0.95)
    t = stats.t.ppf(0.975, df)
    power = stats.nct.sf(t, df, detectable) + stats.nct.cdf(-t, df, detectable)
    assert power == pytest.approx(0.80, abs=0.01 if df < 8 else 0.002)


# ---- two estimates of some of the same firms -------------------------------------------------------------------------


def part(seed: int, firms: list[int], theta: float = 0.3, **more: object) -> Deletions:
    """Deletions of some of twelve firms: six funded, six not, in two sectors each."""
    rng, firms = np.random.default_rng(seed), np.array(firms)
    return Deletions(
        theta, theta + rng.normal(0, 0.1, len(firms)), firms, (firms % 6) // 3, firms < 6, np.ones(len(firms)), **more
    )


SOME = [0, 1, 3, 4, 6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize("factor", [-1.0, 1.0, 2.5])
@pytest.mark.parametrize("others", [list(range(12)), SOME, [5, 4, 3, 2, 1, 0, 11, 9, 8, 7, 6]])
def test_a_sum_deletes_each_firm_from_both(factor, others):
    """A firm of one estimate alone moves the sum by what it does to that one; strata and votes are those of all firms
    that enter either.
    """
    one, other = part(1, list(range(12))), part(2, others, theta=-0.2)
    found = weighted_sum(one, other, factor)
    assert found.theta == pytest.approx(0.3 - 0.2 * factor)
    assert list(found.firm) == list(range(12))
    for row, firm in enumerate(found.firm):
        moved = sum(f * float((d.replicates - d.theta)[d.firm == firm].sum()) for f, d in ((1.0, one), (factor, other)))
        assert found.replicates[row] == pytest.approx(found.theta + moved, abs=EXACT)
    expected = reference_placebo.variance_of([one, other], [1.0, factor])
    assert jackknife(found).se ** 2 == pytest.approx(expected, rel=1e-10)
    covariance = joint_covariance([one, other])
    quadratic = covariance[0, 0] + 2 * factor * covariance[0, 1] + factor**2 * covariance[1, 1]
    assert expected == pytest.approx(quadratic, rel=1e-10)


def test_a_sum_with_nothing_is_itself_and_a_difference_from_itself_is_none():
    one = part(3, SOME, slopes_variance=0.01, slopes_df=7.0)
    same = weighted_sum(one, part(4, SOME), 0.0)
    assert jackknife(same).se == pytest.approx(jackknife(one).se, rel=1e-10)
    assert jackknife(same).df == pytest.approx(jackknife(one).df, rel=1e-10)
    still = replace(one, slopes_variance=0.0)
    assert jackknife(weighted_sum(still, still, -1.0)) is None


@pytest.mark.parametrize("factor", [-1.0, 1.0, -2.0])
def test_slopes_of_a_sum_are_taken_to_go_in_step(factor):
    """How two regressions' slopes go together is not known: their errors add up, whatever the sign; the fewer degrees
    of freedom count.
    """
    one, other = part(5, SOME, slopes_variance=0.04, slopes_df=9.0), part(6, SOME, slopes_variance=0.01, slopes_df=5.0)
    found = weighted_sum(one, other, factor)
    assert found.slopes_variance == pytest.approx((0.2 + 0.1 * abs(factor)) ** 2)
    assert found.slopes_df == 5.0


def test_a_sum_that_a_deletion_empties_is_no_number():
    one, other = part(7, SOME), part(8, SOME)
    emptied = replace(other, replicates=np.where(other.firm == 3, np.nan, other.replicates))
    assert jackknife(weighted_sum(one, emptied, 1.0)) is None


# ---- ratios ----------------------------------------------------------------------------------------------------------


def two(n_moves, d_moves, n=3.0, d=10.0) -> tuple[Deletions, Deletions]:
    k = len(n_moves)
    return deletions(np.add(n, n_moves), [0] * k, [1] * k, theta=n), deletions(
        np.add(d, d_moves), [0] * k, [1] * k, theta=d
    )


def test_fieller_by_hand():
    """N = 3, D = 10, v_N = v_D = 1, c = 0: the ends solve (3 − 10ρ)² = t²(1 + ρ²), t = 3.18 at 3 degrees of freedom."""
    move = (4 / 3 / 4) ** 0.5  # ¾ · 4 · move² = 1
    found = fieller(*two(np.array([1, 1, -1, -1]) * move, np.array([1, -1, 1, -1]) * move), 0.95)[0]
    assert found.value == pytest.approx(0.3)
    assert found.df == pytest.approx(3)
    t2 = stats.t.ppf(0.975, 3) ** 2
    ends = np.sort(np.roots([100 - t2, -2 * 30, 9 - t2]))
    assert (found.low, found.high) == pytest.approx(tuple(ends), rel=1e-9)


def test_a_ratio_that_never_moves_is_certain_of_itself():
    """N is always three tenths of D: the ratio is 0.3 up to the curvature that N and D share, which is none."""
    move = np.array([1.0, -2, 3, -2, 0.5, -0.5]) / 10
    found = fieller(*two(0.3 * move, move), 0.95)[0]
    assert (found.low, found.value, found.high) == pytest.approx((0.3, 0.3, 0.3), abs=1e-7)


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e9, 1e200])
def test_a_ratio_has_no_unit(unit):
    """N and D in billions or in lire: the same ratio, interval, degrees of freedom."""
    n_moves, d_moves = np.array([1.0, -1, 0.5, -0.4]), np.array([0.3, 0.5, -0.7, 0.1])
    one = fieller(*two(n_moves, d_moves), 0.95)[0]
    other = fieller(*two(n_moves * unit, d_moves * unit, 3 * unit, 10 * unit), 0.95)[0]
    for name in ("value", "low", "high", "df"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-9)


def test_no_ratio_over_nothing():
    move = np.array([1.0, -1, 1, -1]) / 10
    for d in (0.0, -5.0):
        assert fieller(*two(move, move, d=d), 0.95)[0] == Withheld(Reason.NO_LOSSES)
    assert fieller(*two(move, move * np.nan), 0.95)[0] == Withheld(Reason.NOT_ESTIMABLE)
    assert fieller(*two(move, move, d=math.nan), 0.95)[0] == Withheld(Reason.NOT_ESTIMABLE)
    assert fieller(*two(move * 0, move), 0.95)[0] == Withheld(Reason.NOT_ESTIMABLE)


def test_joint_covariances_are_over_firms_that_enter_either():
    """A firm that is in one estimate only does not move the other; variances are those of the jackknife."""
    one = Deletions(
        0.0, np.array([1.0, -1, 2, -2]), np.array([0, 1, 2, 3]), np.zeros(4, int), np.ones(4, bool), np.ones(4)
    )
    other = Deletions(0.0, np.array([1.0, 1, -2]), np.array([2, 3, 4]), np.zeros(3, int), np.ones(3, bool), np.ones(3))
    found = joint_covariance([one, other])
    shifts = np.array([[1.0, -1, 2, -2, 0], [0, 0, 1, 1, -2]])
    centred = shifts - shifts.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(found, 4 / 5 * centred @ centred.T, rtol=1e-12)
