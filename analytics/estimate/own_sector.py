"""A sector's own estimate (METHODS.md 10): growth, one number per firm, at an equal past; moderated variances.

θ of a sector is the mean of its funded firms less that of its comparison firms; of other groups the mean of their
sectors' by funded firms, so that votes add up over groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.estimate.adjustment import LARGEST_OFFSET, LEAST_SPREAD, Slopes
from analytics.estimate.equality import Covariance
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
LEAST_DF = 0.8  # of a variance that nothing but one or two firms tells
FUNDED, COMPARISON = 0, 1  # rows of what is told by arm


# ---- growth, one number per firm -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FirmGrowth:
    """Growth of every firm beside its sector's comparison firms, in one number.

    value: (n_firms,) z_i − C_sg of a funded firm, in its cohort's windows; of a comparison firm the mean of z_jg − C_sg
    over the cohorts that it has, by the funded firms of each; NaN: enters no estimate. weight: (n_firms, G) by which
    the windows of each cohort enter.
    """

    value: FloatArray
    weight: FloatArray

    def mean(self, values: FloatArray) -> FloatArray:
        """(n_firms, p) of (n_firms, G, p): the mean over cohorts, by the same weights."""
        mean: FloatArray = np.einsum("ig,igp->ip", self.weight, values)
        return mean


def comparison_growth(arms: Arms, growth: FloatArray) -> FloatArray:
    """(n_firms, G) C_sg of each firm's sector: the mean of growth (n_firms, G) over its comparison firms. NaN where
    fewer than two of them have any.
    """
    member = _members(arms)
    others = np.isfinite(growth) & (arms.sector >= 0)[:, None] & ~arms.funded[:, None]
    m = member @ others
    mean: FloatArray = member @ np.where(others, growth, 0) / np.where(m >= LEAST_COMPARISON, m, np.nan)
    of_firm: FloatArray = mean[arms.sector]
    return of_firm


def _members(arms: Arms) -> FloatArray:
    """(S + 1, n_firms) 1 where a firm is of a sector; the last row holds no firm: it is that of an unknown sector."""
    members: FloatArray = (arms.sector == np.arange(int(arms.sector.max(initial=-1)) + 2)[:, None]).astype(np.float64)
    return members


def firm_growth(arms: Arms, growth: FloatArray) -> FirmGrowth:
    """growth: (n_firms, G) z, NaN where a firm has none. A sector × cohort counts with two comparison firms or more."""
    known, member = np.isfinite(growth) & (arms.sector >= 0)[:, None], _members(arms)
    beside = growth - comparison_growth(arms, growth)
    enters = known & np.isfinite(beside)
    own = (arms.own[:, None] == np.arange(growth.shape[1])) & enters & arms.funded[:, None]
    n = member @ own.astype(np.float64)  # (S, G) funded firms that enter
    weight = np.where(arms.funded[:, None], own, np.where(enters, n[arms.sector], 0.0))
    total = weight.sum(axis=1)
    weight = weight / np.where(total > 0, total, 1)[:, None]
    value = (weight * np.where(weight > 0, beside, 0)).sum(axis=1)
    return FirmGrowth(np.where(total > 0, value, np.nan), weight)


# ---- at an equal past ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Residuals:
    """e = growth − xβ of every firm, and how well β is known.

    value: (n_firms,) e, NaN of firms that enter nothing; features: (n_firms, p) x, 0 where the offset reached its
    limit; covariance: (p, p) V_β; df: its degrees of freedom.
    """

    value: FloatArray
    features: FloatArray
    covariance: FloatArray
    df: float


def unadjusted(arms: Arms, growth: FloatArray) -> Residuals:
    """Growth (n_firms, G) as it is."""
    value = firm_growth(arms, growth).value
    return Residuals(value, np.zeros((len(value), 0)), np.zeros((0, 0)), np.inf)


def at_equal_slopes(arms: Arms, growth: FloatArray, slopes: Slopes) -> Residuals:
    """By slopes that the comparison firms alone tell: where no past is known beyond the year before."""
    one = firm_growth(arms, growth - slopes.offset)
    return Residuals(one.value, one.mean(slopes.features), slopes.covariance, slopes.df)


def at_equal_past(
    arms: Arms, growth: FloatArray, features: FloatArray, alpha: float, fitted: BoolArray | None = None
) -> Residuals:
    """At equal features (n_firms, G, p), by slopes that both arms tell. fitted: (n_firms, G) where features count
    (None: everywhere); other firms tell no slope, and none is taken from them.
    """
    one = firm_growth(arms, growth)
    counts = np.ones(growth.shape, dtype=bool) if fitted is None else fitted
    x = one.mean(features * counts[..., None])
    rows = np.flatnonzero(np.isfinite(one.value) & ((one.weight > 0) & counts).any(axis=1))
    spread = np.sqrt((x[rows] ** 2).sum(axis=0) / max(len(rows), 1))
    cell = arms.sector[rows] * 2 + arms.funded[rows]
    varies = (np.abs(_from_mean(x[rows], cell)) > LEAST_SPREAD * spread).any(axis=0) & (spread > LEAST_SPREAD)
    x = x[:, varies] / spread[varies]
    df = len(rows) - len(np.unique(cell)) - x.shape[1]
    if not x.shape[1] or df < 1:
        return Residuals(one.value, x[:, :0], np.zeros((0, 0)), np.inf)
    beta, covariance = robust_slopes(x[rows], one.value[rows], cell, alpha)
    offset = x @ beta
    inside = np.abs(offset) <= LARGEST_OFFSET
    clipped = np.clip(offset, -LARGEST_OFFSET, LARGEST_OFFSET)
    return Residuals(one.value - clipped, x * inside[:, None], covariance * (len(rows) / df), float(df))


def robust_slopes(x: FloatArray, z: FloatArray, cell: IntArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    """β (p,) and its sandwich covariance (p, p): ridge regression of z (n,) on x (n, p), both measured from the mean of
    their cell of sector × arm, with Huber's weights in four rounds.
    """
    x, z = _from_mean(x, cell), _from_mean(z[:, None], cell)[:, 0]
    w = np.ones(len(z))
    for _ in range(1 + HUBER_ROUNDS):
        bread = np.linalg.inv((x * w[:, None]).T @ x + alpha * np.eye(x.shape[1]))
        beta = bread @ (x.T @ (w * z))
        residual, used = z - x @ beta, w
        limit = HUBER_LIMIT * NORMAL_MAD * float(np.median(np.abs(residual - np.median(residual))))
        w = np.where(np.abs(residual) > limit, limit / np.where(residual == 0, 1, np.abs(residual)), 1.0)
        if not limit > 0:
            break
    scores = x * (used * residual)[:, None]
    return beta, bread @ (scores.T @ scores) @ bread


def _from_mean(values: FloatArray, cell: IntArray) -> FloatArray:
    """(n, p) values less the mean of their cell (n,)."""
    n = np.maximum(np.bincount(cell), 1)
    means = [(np.bincount(cell, column) / n)[cell] for column in values.T]
    return values - np.column_stack(means) if means else values


# ---- the estimate of any group ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnSectors:
    """Every sector's firms, ready for the estimate of any group of funded firms; S sectors.

    sector: (n_firms,) code; funded: (n_firms,) arm. Of each arm and sector, (2, S): n firms that enter; mean of e;
    variance s̃² of u = e/h, and its df. scale: (S,) h. prior, kurtosis: what the variances of funded firms are drawn
    toward, and how heavy the tails of u are.
    """

    residuals: Residuals
    sector: IntArray
    funded: BoolArray
    n: FloatArray
    mean: FloatArray
    variance: FloatArray
    df: FloatArray
    scale: FloatArray
    prior: VariancePrior
    kurtosis: float

    def deletions(self, funded: IntArray) -> Deletions | None:
        """θ of the funded firms in these rows, and what leaving out each firm does to it; None where nobody enters."""
        rows, others = self._entering(funded)
        if not len(rows):
            return None
        e, gap, share = self.residuals.value, self._gaps(rows), self._shares(rows)
        theta, s = float(gap.mean()), self.sector[others]
        pull = share[s] / np.maximum(self.n[COMPARISON, s] - 1, 1) * (e[others] - self.mean[COMPARISON, s])
        of_funded = (theta - gap) / np.float64(max(len(rows) - 1, 1))
        firm = np.concatenate([rows, others])
        return Deletions(
            theta=theta,
            replicates=theta + np.concatenate([of_funded, pull]),
            firm=firm,
            stratum=self.sector[firm],
            funded=self.funded[firm],
            weights=np.ones(len(firm)),
            slopes_variance=self._slopes_variance(rows, others, share),
            slopes_df=self.residuals.df,
        )

    def uncertainty(self, funded: IntArray) -> Uncertainty | None:
        """θ, its standard error by moderated variances, and Satterthwaite's degrees of freedom; None where nobody
        enters, or nothing varies.
        """
        rows, others = self._entering(funded)
        if not len(rows):
            return None
        share = self._shares(rows)
        held = np.flatnonzero(share)
        own, own_df = self._own_terms(rows, share, held)
        beside = (share * self.scale)[held] ** 2 * self.variance[COMPARISON, held] / self.n[COMPARISON, held]
        terms = np.concatenate([own, beside, [self._slopes_variance(rows, others, share)]])
        v = float(terms.sum())
        if not LEAST_SE**2 < v < np.inf:
            return None
        df = np.concatenate([own_df, self.df[COMPARISON, held], [self.residuals.df]])
        return Uncertainty(float(self._gaps(rows).mean()), v**0.5, max(1.0, 1 / float(((terms / v) ** 2 / df).sum())))

    def covariance(self, groups: Sequence[IntArray]) -> Covariance:
        """Of the θ of K groups of funded firms, in these rows, no firm in two: independent parts of their covariance. A
        group's own firms; the comparison firms of each sector, which stand beside all groups with funded firms there;
        the slopes.
        """
        entering = [self._entering(funded) for funded in groups]
        shares = np.array([self._shares(rows) for rows, _ in entering])  # (K, S)
        held = np.flatnonzero(shares.any(axis=0))
        parts, df = [], []
        for at, (rows, _) in enumerate(entering):
            terms, of_terms = self._own_terms(rows, shares[at], np.flatnonzero(shares[at]))
            parts.append(np.diag(np.where(np.arange(len(groups)) == at, terms.sum(), 0.0)))
            df.append(float(terms.sum() ** 2 / (terms**2 / of_terms).sum()))
        beside = self.scale[held] ** 2 * self.variance[COMPARISON, held] / self.n[COMPARISON, held]
        parts += [v * np.outer(share, share) for v, share in zip(beside, shares[:, held].T, strict=True)]
        gaps = np.array([self._features_gap(*one, share) for one, share in zip(entering, shares, strict=True)])
        parts.append(gaps @ self.residuals.covariance @ gaps.T)
        return Covariance(np.array(parts), np.array([*df, *self.df[COMPARISON, held], self.residuals.df]))

    def _own_terms(self, rows: IntArray, share: FloatArray, held: IntArray) -> tuple[FloatArray, FloatArray]:
        """What the funded firms add to v, and the degrees of freedom: by sector, (n_s/n)² h_s² s̃²/n_s; firms that are
        alone in their sectors together, by how far they lie apart. A group that takes only some of a sector's firms has
        one variance: that of u less its sector's mean, over all its firms.
        """
        n_own, n_all = share[held] * len(rows), self.n[FUNDED, held]
        weight = (share * self.scale)[held] ** 2 / n_own
        s = self.sector[rows]
        if np.allclose(n_own, n_all):
            terms, df, alone = weight * self.variance[FUNDED, held], self.df[FUNDED, held], n_all == 1
            if alone.sum() < 2:
                return terms, df
            gaps = self._gaps(rows)[self.n[FUNDED, s] == 1]
            together, own_df = _pooled(gaps, self.kurtosis)
            share_squared = len(gaps) / len(rows) ** 2
            return np.append(terms[~alone], together * share_squared), np.append(df[~alone], own_df)
        apart = (self.residuals.value[rows] - self.mean[FUNDED, s]) / self.scale[s]
        d = len(rows) - 1 - float((n_own / n_all).sum()) + float((n_own**2 / n_all).sum()) / len(rows)
        s2 = float(((apart - apart.mean()) ** 2).sum()) / d if d > 0 else 0.0
        variance, df = _moderated(np.array([s2]), np.array([max(d, 0.0)]), self.kurtosis, self.prior)
        return variance * weight.sum(), df

    def _entering(self, funded: IntArray) -> tuple[IntArray, IntArray]:
        """Of these rows those that enter, and the comparison firms of their sectors that do."""
        enters = np.isfinite(self.residuals.value)
        rows = funded[enters[funded] & self.funded[funded]]
        holds = np.zeros(len(self.scale) + 1, dtype=bool)
        holds[self.sector[rows]] = True
        return rows, np.flatnonzero(enters & ~self.funded & holds[self.sector])

    def _gaps(self, rows: IntArray) -> FloatArray:
        """How each funded firm did beside the typical comparison firm of its sector."""
        beside: FloatArray = self.residuals.value[rows] - self.mean[COMPARISON, self.sector[rows]]
        return beside

    def _shares(self, rows: IntArray) -> FloatArray:
        """(S,) the share of a group's funded firms in each sector."""
        return np.bincount(self.sector[rows], minlength=len(self.scale)) / len(rows)

    def _slopes_variance(self, rows: IntArray, others: IntArray, share: FloatArray) -> float:
        """Δ′V_βΔ."""
        gap = self._features_gap(rows, others, share)
        return float(gap @ self.residuals.covariance @ gap)

    def _features_gap(self, rows: IntArray, others: IntArray, share: FloatArray) -> FloatArray:
        """(p,) Δ, the mean of x over the funded firms less that over their sectors' comparison firms."""
        x, s = self.residuals.features, self.sector[others]
        gap: FloatArray = x[rows].mean(axis=0) - (share[s] / self.n[COMPARISON, s]) @ x[others]
        return gap


def own_sectors(arms: Arms, residuals: Residuals) -> OwnSectors | None:
    """Moderated variances of every sector and arm; None where nobody enters."""
    rows = np.flatnonzero(np.isfinite(residuals.value))
    if not len(rows):
        return None
    n_sectors = int(arms.sector.max()) + 1
    sector, e = arms.sector[rows], residuals.value[rows]
    cell = np.where(arms.funded[rows], FUNDED, COMPARISON) * n_sectors + sector
    n = np.bincount(cell, minlength=2 * n_sectors).astype(np.float64)
    scale = sector_scales(e, cell, sector, n_sectors)
    u = e / scale[sector]
    kurtosis = pooled_kurtosis(u, cell)
    mean = np.bincount(cell, u, minlength=len(n)) / np.maximum(n, 1)
    s2 = np.bincount(cell, (u - mean[cell]) ** 2, minlength=len(n)) / np.maximum(n - 1, 1)
    n, mean, s2 = (of_cell.reshape(2, n_sectors) for of_cell in (n, mean, s2))
    d = np.maximum(n - 1, 0)
    priors = [squeeze_variances(s2[arm, d[arm] > 0], effective_df(d[arm, d[arm] > 0], kurtosis)) for arm in range(2)]
    moderated = [_moderated(s2[arm], d[arm], kurtosis, prior) for arm, prior in enumerate(priors)]
    variance, df = (np.stack(of_arms) for of_arms in zip(*moderated, strict=True))
    return OwnSectors(
        residuals, arms.sector, arms.funded, n, mean * scale, variance, df, scale, priors[FUNDED], kurtosis
    )


def _pooled(values: FloatArray, kurtosis: float) -> tuple[float, float]:
    """The variance of values that nothing moderates, and its degrees of freedom."""
    d = np.array([len(values) - 1.0])
    worth = float(np.minimum(effective_df(d, kurtosis), 2 * d)[0])
    return float(values.var(ddof=1)), max(worth, LEAST_DF)


def _moderated(s2: FloatArray, d: FloatArray, kurtosis: float, prior: VariancePrior) -> tuple[FloatArray, FloatArray]:
    """s̃² and d₀ + min(d_eff, 2d) of variances with d degrees of freedom; one firm alone has the prior's."""
    worth = np.where(d > 0, effective_df(d, kurtosis), 0.0)
    return prior.moderated(s2, worth), np.maximum(prior.df + np.minimum(worth, 2 * d), LEAST_DF)
