"""METHODS.md 4: jackknife, degrees of freedom, intervals."""

import math

import numpy as np
import pytest
from scipy import stats

from analytics.inference import LEAST_SE, Deletions, Uncertainty, effective_number, jackknife, pool_single, sidak

EXACT = 1e-12  # sums of a few dozen numbers


def deletions(replicates, stratum, funded, weights=None, theta=0.0) -> Deletions:
    k = len(replicates)
    return Deletions(
        theta,
        np.asarray(replicates, dtype=float),
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
    assert sidak(0.95, 1) == 0.95
    assert sidak(0.95, 15) ** 15 == pytest.approx(0.95)
    assert sidak(0.95, 0) == 0.95


def test_effective_number():
    """(Σw)²/Σw²."""
    assert effective_number(np.array([2.0, 2, 2])) == pytest.approx(3)
    assert effective_number(np.array([1.0, 0, 0])) == 1
    assert effective_number(np.array([3.0, 1])) == pytest.approx(16 / 10)
    assert math.isfinite(effective_number(np.array([1e-12, 1.0])))
