"""Moderated variances (METHODS.md 10): the spread of one sector's firms, told better by what all sectors' firms do.

Smyth (2004): the variances of many groups are drawn toward each other, the more the fewer firms a group has.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, polygamma

from analytics.arrays import FloatArray, IntArray

LARGEST_PRIOR_DF = 40.0
LEAST_GROUPS = 4  # of fewer, nothing tells how far variances lie apart: each has its own
USUAL_KURTOSIS, LEAST_EXCESS = 5.0, 0.5  # where no group is large enough to tell; and κ − 1, at least
MANY_FIRMS = 20  # of a group from which on it tells the kurtosis
_LEAST_VARIANCE = 1e-5  # of the median: a variance of nothing has no logarithm


@dataclass(frozen=True, slots=True)
class VariancePrior:
    """What variances are drawn toward: s₀² with d₀ degrees of freedom; d₀ = 0: each stays as it is."""

    df: float
    variance: float

    def moderated(self, s2: FloatArray, d: FloatArray) -> FloatArray:
        """s̃² = (d₀ s₀² + d s²)/(d₀ + d)."""
        if not self.df > 0:
            return np.where(d > 0, s2, self.variance)
        drawn: FloatArray = (self.df * self.variance + d * s2) / (self.df + d)
        return drawn


def squeeze_variances(s2: FloatArray, d: FloatArray) -> VariancePrior:
    """d₀ and s₀² from variances s² (k,) with d (k,) degrees of freedom, by the mean and variance of ln s² (Smyth 2004,
    section 6.2). Where d₀ would be above 40 or infinite it is 40, and s₀² the weighted mean. Of fewer than four d₀ is
    0, and s₀² their mean, for a group that has none.
    """
    if len(s2) < LEAST_GROUPS or not np.median(s2) > 0:
        return VariancePrior(0.0, float((d * s2).sum() / d.sum()) if len(s2) else 0.0)
    e = np.log(np.maximum(s2, _LEAST_VARIANCE * np.median(s2))) - digamma(d / 2) + np.log(d / 2)
    between = float(e.var(ddof=1) - polygamma(1, d / 2).mean())
    df = 2 * _inverse_trigamma(between) if between > 0 else np.inf
    if df >= LARGEST_PRIOR_DF:
        return VariancePrior(LARGEST_PRIOR_DF, float((d * s2).sum() / d.sum()))
    return VariancePrior(df, float(np.exp(e.mean() + digamma(df / 2) - np.log(df / 2))))


def _inverse_trigamma(value: float) -> float:
    """x with ψ′(x) = value, by Newton's steps on 1/ψ′, which is nearly straight."""
    x = 0.5 + 1 / value
    for _ in range(50):
        slope = float(polygamma(1, x))
        step = slope * (1 - slope / value) / float(polygamma(2, x))
        x += step
        if abs(step) < 1e-12 * x:
            break
    return x


def pooled_kurtosis(values: FloatArray, group: IntArray) -> float:
    """κ: the mean fourth power of values (n,) standardised within their group, over the groups of more than 20."""
    n = np.bincount(group)
    mean = np.bincount(group, values) / np.maximum(n, 1)
    square = (values - mean[group]) ** 2
    variance = np.bincount(group, square) / np.maximum(n - 1, 1)
    told = ((n > MANY_FIRMS) & (variance > 0))[group]
    return float(((square[told] / variance[group[told]]) ** 2).mean()) if told.any() else USUAL_KURTOSIS


def effective_df(d: FloatArray, kurtosis: float) -> FloatArray:
    """What a variance of d degrees of freedom is worth where tails are heavy: 2d/(κ − 1), at least 1."""
    return np.maximum(2 * d / max(kurtosis - 1, LEAST_EXCESS), 1.0)


def sector_scales(e: FloatArray, cell: IntArray, sector: IntArray, n_sectors: int) -> FloatArray:
    """h_s (S,): how widely firms of each sector spread, as far as chance lets one tell.

    e: (n,) residuals; cell: (n,) code of sector × arm; sector: (n,) code. ln of the mean distance from the arm's
    median, drawn toward the mean over sectors by how much sectors differ beyond chance.
    """
    parts = np.split(e[np.argsort(cell, kind="stable")], np.cumsum(np.bincount(cell))[:-1])
    median = np.array([np.median(part) if len(part) else 0.0 for part in parts])
    away = np.abs(e - median[cell])
    n = np.bincount(sector, minlength=n_sectors).astype(np.float64)
    total = np.bincount(sector, away, minlength=n_sectors)
    spreads = (total > 0) & (n > 2)
    if not spreads.any():
        return np.ones(n_sectors)
    a = np.log(np.where(spreads, total, 1) / np.where(spreads, n - 2, 1))
    own = away * (n / np.where(spreads, total, 1))[sector]  # in units of the sector's mean
    told = spreads[sector]
    cv2 = float(((own[told] - 1) ** 2).sum() / max(told.sum() - spreads.sum(), 1))
    w = np.where(spreads, n, 0) / n[spreads].sum()
    err = cv2 / np.maximum(n, 1)
    centre = float(w @ a)
    free = 1 - float(w @ w)
    between = float(w @ ((a - centre) ** 2 - err * (1 - w))) / free if free > 0 else 0.0
    between = max(between, 0.0)
    if not between > 0:
        return np.full(n_sectors, np.exp(centre))
    return np.exp(np.where(spreads, centre + between / (between + err) * (a - centre), centre))
