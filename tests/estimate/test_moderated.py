"""METHODS.md 10, variances that borrow strength: against limma's numbers, the reference, and under properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.estimate.moderated import (
    VariancePrior,
    effective_df,
    pooled_kurtosis,
    sector_scales,
    squeeze_variances,
)
from tests.reference import own_sector as reference

EXACT = 1e-9
# limma 3.54.1, squeezeVar: variances, their degrees of freedom -> df.prior, var.prior, var.post
LIMMA_S2, LIMMA_D = np.array([0.5, 0.8, 1.1, 0.3, 2, 0.9]), np.array([7.0, 14, 29, 79, 7, 14])
LIMMA_PRIOR = 7.94926624579, 0.749467495362
LIMMA_POST = [0.632654239191, 0.781698871892, 1.024586426463, 0.341092201737, 1.335029849296, 0.845482325258]


def test_variances_are_squeezed_as_limma_does():
    prior = squeeze_variances(LIMMA_S2, LIMMA_D)
    assert (prior.df, prior.variance) == pytest.approx(LIMMA_PRIOR, rel=1e-7)
    np.testing.assert_allclose(prior.moderated(LIMMA_S2, LIMMA_D), LIMMA_POST, rtol=1e-7)


def test_the_reference_squeezes_as_limma_does():
    found = reference.squeezed(list(zip(LIMMA_S2.tolist(), LIMMA_D.tolist(), strict=True)))
    assert found == pytest.approx(LIMMA_PRIOR, rel=1e-7)


def some_variances(seed: int, groups: int, apart: float) -> tuple[np.ndarray, np.ndarray]:
    """Variances of `groups` groups whose true ones lie apart by a factor e^±apart."""
    rng = np.random.default_rng(seed)
    d = np.round(np.exp(rng.uniform(0, 4, groups)), 1)
    return np.exp(rng.normal(-1, apart, groups)) * rng.chisquare(d) / d, d


@given(seed=st.integers(0, 10_000), groups=st.integers(1, 20), apart=st.sampled_from([0, 0.1, 0.4, 1, 3]))
@examples(max_examples=150, deadline=None)
def test_variances_are_squeezed_as_the_reference_does(seed, groups, apart):
    """d₀ by Newton's steps is d₀ by bisection, wherever it lies; a variance of nothing counts, and has no logarithm."""
    s2, d = some_variances(seed, groups, apart)
    if seed % 5 == 0:
        s2[0] = 0
    prior = squeeze_variances(s2, d)
    expected = reference.squeezed(list(zip(s2.tolist(), d.tolist(), strict=True)))
    assert (prior.df, prior.variance) == pytest.approx(expected, rel=EXACT)


def test_the_drawn_variances_reach_every_case():
    """None, some and the most of strength that is borrowed: else the test above held little."""
    found = [squeeze_variances(*some_variances(seed, 8, apart)).df for seed in range(20) for apart in (0, 0.4, 3)]
    assert max(found) == 40
    assert min(found) < 2
    assert sum(2 < df < 40 for df in found) > 10


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_fewer_than_four_variances_borrow_nothing(groups):
    """Each stays as it is; only a group that has none takes their mean, by degrees of freedom."""
    s2, d = LIMMA_S2[:groups], LIMMA_D[:groups]
    prior = squeeze_variances(s2, d)
    assert prior.df == 0
    found = prior.moderated(np.append(s2, 0.0), np.append(d, 0.0))
    np.testing.assert_array_equal(found[:-1], s2)
    assert found[-1] == pytest.approx((d * s2).sum() / d.sum())


def test_no_more_than_forty_degrees_of_freedom_are_borrowed():
    """Equal variances would say that a group's own tells nothing: then it is 40, and s₀² the mean by d."""
    d = np.array([5.0, 10, 20, 40])
    assert squeeze_variances(np.ones(4), d) == VariancePrior(40.0, 1.0)
    s2 = np.array([1.0, 1.02, 0.99, 1.01])
    assert squeeze_variances(s2, d) == VariancePrior(40.0, pytest.approx((d * s2).sum() / d.sum()))


@given(seed=st.integers(0, 10_000), apart=st.sampled_from([0.1, 1.0]), unit=st.sampled_from([1e-6, 3.0, 1e6]))
@examples(max_examples=40, deadline=None)
def test_squeezing_has_no_unit_and_no_order(seed, apart, unit):
    s2, d = some_variances(seed, 7, apart)
    order = np.random.default_rng(seed).permutation(7)
    one, other = squeeze_variances(s2, d), squeeze_variances(s2[order] * unit, d[order])
    assert other.df == pytest.approx(one.df, rel=1e-6)
    assert other.variance == pytest.approx(one.variance * unit, rel=1e-6)


@given(seed=st.integers(0, 10_000))
@examples(max_examples=40, deadline=None)
def test_a_squeezed_variance_lies_between_its_own_and_what_it_is_drawn_toward(seed):
    s2, d = some_variances(seed, 6, 0.7)
    prior = squeeze_variances(s2, d)
    found = prior.moderated(s2, d)
    ends = np.sort(np.stack([s2, np.full(6, prior.variance)]), axis=0)
    assert (found >= ends[0] * (1 - 1e-12)).all()
    assert (found <= ends[1] * (1 + 1e-12)).all()


def test_heavy_tails_make_a_variance_worth_less():
    """2d/(κ − 1): of a normal variable d itself; never less than 1; κ − 1 counts as half at least."""
    d = np.array([0.5, 4.0, 30.0])
    np.testing.assert_allclose(effective_df(d, 3.0), [1, 4, 30])
    np.testing.assert_allclose(effective_df(d, 6.0), [1, 1.6, 12])
    np.testing.assert_allclose(effective_df(d, 1.1), [2, 16, 120])


def test_kurtosis_by_hand_and_by_whom():
    """Over groups of more than 20 firms: half of them ±1 is (20/21)² with n − 1 = 21; smaller groups tell nothing."""
    coins = np.tile([1.0, -1.0], 11)
    assert pooled_kurtosis(coins, np.zeros(22, dtype=int)) == pytest.approx((21 / 22) ** 2)
    wild = np.append(coins, [1000.0, 0, 0])
    assert pooled_kurtosis(wild, np.repeat([0, 1], [22, 3])) == pytest.approx((21 / 22) ** 2)
    assert pooled_kurtosis(wild[3:], np.repeat([0, 1], [19, 3])) == 5  # what it usually is
    assert pooled_kurtosis(np.ones(30), np.zeros(30, dtype=int)) == 5


@given(seed=st.integers(0, 10_000), sectors=st.integers(1, 8), apart=st.sampled_from([0, 0.5, 2]))
@examples(max_examples=60, deadline=None)
def test_scales_and_kurtosis_are_those_of_the_reference(seed, sectors, apart):
    """Sectors of one firm, or of firms that all did alike, among them."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, 30, 2 * sectors)
    e = [rng.standard_t(4, n) * math.exp(apart * rng.normal()) * (rng.random() < 0.9) for n in sizes]
    cell = np.repeat(np.arange(2 * sectors), sizes)
    values = np.concatenate(e)
    arms = {s: [e[s].tolist(), e[sectors + s].tolist()] for s in range(sectors)}
    expected = reference.scales(arms)
    found = sector_scales(values, cell, cell % sectors, sectors)
    np.testing.assert_allclose(found, [expected[s] for s in range(sectors)], rtol=EXACT)
    kurtosis = reference.kurtosis([part.tolist() for part in e if len(part)])
    assert pooled_kurtosis(values, cell) == pytest.approx(kurtosis, rel=EXACT)


@given(seed=st.integers(0, 10_000), unit=st.sampled_from([1e-3, 7.0]))
@examples(max_examples=30, deadline=None)
def test_scales_follow_the_unit_and_lie_between_what_sectors_say_and_their_mean(seed, unit):
    rng = np.random.default_rng(seed)
    cell = np.repeat(np.arange(10), 12)
    e = rng.normal(0, np.exp(rng.normal(0, 1, 10))[cell % 5])
    one, other = (sector_scales(values, cell, cell % 5, 5) for values in (e, e * unit))
    np.testing.assert_allclose(other, one * unit, rtol=1e-9)
    own = np.log([
        sum(np.abs(e[cell == c] - np.median(e[cell == c])).sum() for c in (s, s + 5)) / (24 - 2) for s in range(5)
    ])  # fmt: skip
    drawn = (np.log(one) - own.mean()) / (own - own.mean())
    assert ((drawn >= -1e-9) & (drawn <= 1 + 1e-9)).all()
