"""A sector's own estimate (METHODS.md 10): growth, one number per firm, at an equal past; moderated variances.

θ of a sector is the mean of its funded firms less that of its comparison firms; of other groups the mean of their
sectors' by funded firms, so that votes add up over groups.
"""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.estimate.adjustment import LARGEST_OFFSET, LEAST_SPREAD, Slopes
from analytics.estimate.estimands import LEAST_COMPARISON
from analytics.estimate.inference import LEAST_SE, Deletions, Uncertainty
from analytics.estimate.moderated import (
    VariancePrior,
    effective_df,
    pooled_kurtosis,
    sector_scales,
    squeeze_variances,
)
from analytics.panel.arms import Arms

HUBER_ROUNDS = 4
HUBER_LIMIT = 1.345  # in scales: what lies farther weighs less
NORMAL_MAD = 1.4826  # standard deviation of a normal variable over its median absolute deviation


@dataclass(frozen=True, slots=True)
class FirmGrowth:
    """Growth of every firm beside its sector's comparison firms, in one number.

    value: (n_firms,) z_i − C_sg of a funded firm, in its cohort's windows; of a comparison firm the mean of z_jg − C_sg
    over the cohorts that it has, by the funded firms of each. NaN: enters no estimate. weight: (n_firms, G) by which
    the windows of each cohort enter.
    """

    value: FloatArray
    weight: FloatArray

    def mean(self, values: FloatArray) -> FloatArray:
        """(n_firms, …) of (n_firms, G, …): the mean over cohorts, by the same weights."""
        weight = self.weight.reshape(self.weight.shape + (1,) * (values.ndim - 2))
        summed: FloatArray = (weight * np.where(weight > 0, values, 0)).sum(axis=1)
        return summed


def firm_growth(arms: Arms, growth: FloatArray) -> FirmGrowth:
    """growth: (n_firms, G) z, NaN where a firm has none. A sector × cohort counts with two comparison firms or more."""
    n_firms, n_cohorts = growth.shape
    known = np.isfinite(growth) & (arms.sector >= 0)[:, None]
    member = (arms.sector == np.arange(int(arms.sector.max(initial=-1)) + 2)[:, None]).astype(np.float64)
    others = known & ~arms.funded[:, None]
    m = member @ others
    mean = member @ np.where(others, growth, 0) / np.where(m >= LEAST_COMPARISON, m, np.nan)  # (S, G)
    beside = growth - mean[arms.sector]
    own = np.zeros((n_firms, n_cohorts))
    rows = np.flatnonzero(arms.funded)
    own[rows, arms.own[rows]] = 1.0
    own *= np.isfinite(beside)
    n = member @ own  # (S, G) funded firms that enter
    weight = np.where(arms.funded[:, None], own, np.where(np.isfinite(beside), n[arms.sector], 0.0))
    total = weight.sum(axis=1, keepdims=True)
    weight = weight / np.where(total > 0, total, 1)
    value = np.where(total[:, 0] > 0, (weight * np.where(weight > 0, beside, 0)).sum(axis=1), np.nan)
    return FirmGrowth(value, weight)


def robust_slopes(x: FloatArray, z: FloatArray, cell: IntArray, alpha: float) -> tuple[FloatArray, FloatArray, float]:
    """β (p,), its covariance (p, p) and degrees of freedom: ridge regression of z (n,) on x (n, p), both measured from
    the mean of their cell of sector × arm, with Huber's weights in four rounds; sandwich × N/(N − cells − p).
    """
    n = np.bincount(cell).astype(np.float64)

    def from_mean(values: FloatArray) -> FloatArray:
        return values - (np.bincount(cell, values) / np.maximum(n, 1))[cell]

    xc, zc = np.column_stack([from_mean(column) for column in x.T]), from_mean(z)
    penalty, w = alpha * np.eye(x.shape[1]), np.ones(len(z))
    for _ in range(HUBER_ROUNDS + 1):
        bread = np.linalg.inv((xc * w[:, None]).T @ xc + penalty)
        beta = bread @ (xc.T @ (w * zc))
        residual, used = zc - xc @ beta, w
        scale = NORMAL_MAD * float(np.median(np.abs(residual - np.median(residual))))
        w = np.minimum(1.0, HUBER_LIMIT * scale / np.maximum(np.abs(residual), 1e-300)) if scale > 0 else w
    scores = xc * (used * residual)[:, None]
    df = len(z) - float((n > 0).sum()) - x.shape[1]
    return beta, bread @ (scores.T @ scores) @ bread * (len(z) / max(df, 1.0)), df


@dataclass(frozen=True, slots=True)
class OwnSectors:
    """Every sector's firms, ready for the estimate of any group of funded firms.

    residual: (n_firms,) e, growth at an equal past, NaN of firms that enter nothing; sector: (n_firms,) code, −1: in no
    comparison; features: (n_firms, p) x, or None unadjusted; slopes: V_β and its degrees of freedom. Of each sector,
    (S,): scale h; mean of its comparison firms; firms of either arm; variances s̃² of u = e/h by arm, (2, S), funded
    first, and their degrees of freedom.
    """

    residual: FloatArray
    sector: IntArray
    funded: BoolArray
    features: FloatArray | None
    slopes: FloatArray
    slopes_df: float
    scale: FloatArray
    comparison_mean: FloatArray
    n: FloatArray
    variance: FloatArray
    df: FloatArray
    prior: VariancePrior
    kurtosis: float

    def entering(self, funded: BoolArray) -> tuple[IntArray, IntArray]:
        """Rows of the funded firms under the mask that enter, and of the comparison firms of their sectors."""
        rows = np.flatnonzero(funded & self.funded & np.isfinite(self.residual))
        holds = np.zeros(len(self.scale) + 1, dtype=bool)
        holds[self.sector[rows]] = True
        return rows, np.flatnonzero(~self.funded & np.isfinite(self.residual) & holds[self.sector])

    def deletions(self, funded: BoolArray) -> Deletions | None:
        """θ of a group, and what leaving out each firm does to it; None where nobody enters."""
        rows, others = self.entering(funded)
        if not len(rows):
            return None
        gap = self.residual[rows] - self.comparison_mean[self.sector[rows]]
        theta, share = float(gap.mean()), self._shares(rows)
        s = self.sector[others]
        pull = share[s] / np.maximum(self.n[1, s] - 1, 1) * (self.residual[others] - self.comparison_mean[s])
        funded_first = np.arange(len(rows) + len(others)) < len(rows)
        return Deletions(
            theta=theta,
            replicates=theta + np.concatenate([(theta - gap) / max(len(rows) - 1, 1), pull]),
            firm=np.concatenate([rows, others]),
            stratum=self.sector[np.concatenate([rows, others])],
            funded=funded_first,
            weights=np.ones(len(funded_first)),
            slopes_variance=self._slopes_variance(rows, others, share),
            slopes_df=self.slopes_df,
        )

    def uncertainty(self, funded: BoolArray) -> Uncertainty | None:
        """θ of a group, its standard error by moderated variances, and Satterthwaite's degrees of freedom; None where
        nobody enters, or nothing varies.
        """
        rows, others = self.entering(funded)
        if not len(rows):
            return None
        theta, share = float((self.residual[rows] - self.comparison_mean[self.sector[rows]]).mean()), self._shares(rows)
        held = np.flatnonzero(share)
        own, own_df = self._own_variances(rows, share, held)
        of_comparison = share[held] ** 2 * self.scale[held] ** 2 * self.variance[1, held] / self.n[1, held]
        slopes = self._slopes_variance(rows, others, share)
        terms = np.concatenate([own, of_comparison, [slopes]])
        df = np.concatenate([own_df, self.df[1, held], [self.slopes_df]])
        v = float(terms.sum())
        if not LEAST_SE**2 < v < np.inf:
            return None
        return Uncertainty(theta, v**0.5, max(1.0, 1 / float(((terms / v) ** 2 / df).sum())))

    def _own_variances(self, rows: IntArray, share: FloatArray, held: IntArray) -> tuple[FloatArray, FloatArray]:
        """Of the funded firms, by sector: (n_s/n)² h_s² s̃²/n_s. A group that takes only some of a sector's firms has
        one variance of its own: of u less its sector's mean, over all its firms.
        """
        n_own = share[held] * len(rows)
        if (n_own == self.n[0, held]).all():
            return share[held] ** 2 * self.scale[held] ** 2 * self.variance[0, held] / n_own, self.df[0, held]
        s, n = self.sector[rows], float(len(rows))
        apart = (self.residual[rows] - self._funded_means()[s]) / self.scale[s]
        overlap = float((n_own**2 / self.n[0, held]).sum() / n)
        d = np.array([n - float((1 / self.n[0, s]).sum()) - 1 + overlap])
        s2 = np.array([((apart - apart.mean()) ** 2).sum()]) / np.maximum(d, 1e-9)
        worth = np.where(d > 0, effective_df(d, self.kurtosis), 0.0)
        moderated = self.prior.moderated(np.where(d > 0, s2, 0.0), worth)
        total = float((share[held] ** 2 * self.scale[held] ** 2 / n_own).sum())
        return moderated * total, self.prior.df + np.minimum(worth, 2 * d)

    def _funded_means(self) -> FloatArray:
        """(S,) mean residual of all funded firms of each sector."""
        rows = np.flatnonzero(self.funded & np.isfinite(self.residual))
        total = np.bincount(self.sector[rows], self.residual[rows], minlength=len(self.scale))
        return total / np.maximum(self.n[0], 1)

    def _shares(self, rows: IntArray) -> FloatArray:
        """(S,) the share of a group's funded firms in each sector."""
        return np.bincount(self.sector[rows], minlength=len(self.scale)) / len(rows)

    def _slopes_variance(self, rows: IntArray, others: IntArray, share: FloatArray) -> float:
        """Δ′V_βΔ, Δ the mean of x over the funded firms less that over their sectors' comparison firms."""
        if self.features is None:
            return 0.0
        s = self.sector[others]
        gap = self.features[rows].mean(axis=0) - (share[s] / self.n[1, s]) @ self.features[others]
        return float(gap @ self.slopes @ gap)


def own_sectors(
    arms: Arms,
    growth: FloatArray,
    features: FloatArray | None,
    alpha: float,
    *,
    fitted: BoolArray | None = None,
    slopes: Slopes | None = None,
) -> OwnSectors | None:
    """Sectors with growth (n_firms, G) at equal features (n_firms, G, p); None where no sector has both arms.

    fitted: (n_firms, G) where features count (None: everywhere). slopes: found already, in place of features.
    """
    one = firm_growth(arms, growth if slopes is None else growth - slopes.offset)
    enters = np.isfinite(one.value)
    sector = np.where(enters, arms.sector, -1)
    n = np.stack([np.bincount(sector[enters & arm], minlength=int(arms.sector.max(initial=-1)) + 1) for arm in (arms.funded, ~arms.funded)]).astype(np.float64)
    if not ((n[0] > 0) & (n[1] > 0)).any():
        return None
    rows = np.flatnonzero(enters)
    cell = sector[rows] * 2 + arms.funded[rows]
    e, x, covariance, df = one.value.copy(), None, np.zeros((0, 0)), np.inf
    if slopes is not None:
        x, covariance, df = one.mean(slopes.features), slopes.covariance, slopes.df
    elif features is not None:
        counted = features if fitted is None else np.where(fitted[..., None], features, 0.0)
        x = one.mean(counted)
        fits = rows if fitted is None else rows[one.mean(fitted.astype(np.float64))[rows] > 0]
        spread = np.sqrt((x[fits] ** 2).mean(axis=0)) if len(fits) else np.zeros(x.shape[1])
        x = x[:, spread > LEAST_SPREAD] / spread[spread > LEAST_SPREAD]
        fit_cell = sector[fits] * 2 + arms.funded[fits]
        if x.shape[1] and len(fits) - len(np.unique(fit_cell)) - x.shape[1] >= 1:
            beta, covariance, df = robust_slopes(x[fits], one.value[fits], fit_cell, alpha)
            offset = x @ beta
            x = np.where(np.abs(offset) <= LARGEST_OFFSET, 1.0, 0.0)[:, None] * x
            e = e - np.clip(offset, -LARGEST_OFFSET, LARGEST_OFFSET)
        else:
            x = None
    return _with_variances(arms, e, sector, rows, cell, n, x, covariance, df)


def _with_variances(arms, e, sector, rows, cell, n, x, covariance, df) -> OwnSectors:
    scale = np.ones(n.shape[1])
    known = (n[0] > 0) & (n[1] > 0)
    inside = known[sector[rows]]
    rows, cell = rows[inside], cell[inside]
    place = np.cumsum(known) - 1
    scale[known] = sector_scales(e[rows], cell, place[sector[rows]])
    u = e[rows] / scale[sector[rows]]
    kurtosis = pooled_kurtosis(u, cell)
    k = np.bincount(cell, minlength=2 * n.shape[1])
    mean = np.bincount(cell, u, minlength=len(k)) / np.maximum(k, 1)
    s2 = np.bincount(cell, (u - mean[cell]) ** 2, minlength=len(k)) / np.maximum(k - 1, 1)
    variance, dfs, priors = np.zeros(n.shape), np.zeros(n.shape), []
    for arm, parity in ((0, 1), (1, 0)):
        d = (k[parity::2] - 1).astype(np.float64)
        told = d > 0
        worth = np.where(told, effective_df(np.maximum(d, 1), kurtosis), 0.0)
        prior = squeeze_variances(s2[parity::2][told], worth[told])
        pooled = float((worth * s2[parity::2]).sum() / max(worth.sum(), 1.0))
        variance[arm] = np.where(told | (prior.df > 0), prior.moderated(s2[parity::2], worth), pooled)
        dfs[arm] = np.maximum(prior.df + np.minimum(worth, 2 * d), 0.8)
        priors.append(prior)
    comparison_mean = mean[0::2] * scale
    return OwnSectors(e, sector, arms.funded, x, covariance, df, scale, comparison_mean, n, variance, dfs, priors[0], kurtosis)
