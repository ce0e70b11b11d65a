"""Delete-one-firm jackknife, intervals, several effects together (METHODS.md 4). Arrays in, frozen results out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import fdtrc, stdtr, stdtrit  # F: upper tail; Student's t: distribution and quantile

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.model import Reason, Withheld

POWER = 0.80
SUP_T_DRAWS = 20_000
# The Fieller set is bounded when t²v_D/D² < 1; long before that its ends run away.
MOST_DENOMINATOR_ERROR = 0.4
# θ is a logarithm or a share, so this does not depend on the currency. Deleting firms that all grew alike moves θ by
# rounding alone: up to 1e-10 where one firm outweighs the others a million times.
LEAST_SE = 1e-9


@dataclass(frozen=True, slots=True)
class Deletions:
    """What deleting each firm does to an estimate θ (on its estimation scale).

    theta: θ of all firms; replicates: (k,) θ without firm i, for the firms that enter at least one sum;
    firm: (k,) row of the panel; stratum: (k,) integer labels; funded: (k,) arm; weights: (k,) the firm's vote: 1, or
    its euros.
    slopes_variance, slopes_df: what the estimated slopes of an adjustment add, Δ′V_βΔ; least_variance: a floor under v.
    """

    theta: float
    replicates: FloatArray
    firm: IntArray
    stratum: IntArray
    funded: BoolArray
    weights: FloatArray
    slopes_variance: float = 0.0
    slopes_df: float = np.inf
    least_variance: float = 0.0


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """θ, its jackknife standard error √v, and the degrees of freedom of its t."""

    theta: float
    se: float
    df: float

    def interval(self, level: float) -> tuple[float, float]:
        """θ ± t √v at a two-sided level."""
        half = float(stdtrit(self.df, 0.5 + level / 2)) * self.se
        return self.theta - half, self.theta + half

    @property
    def p_value(self) -> float:
        """Two-sided p of θ = 0."""
        return float(2 * stdtr(self.df, -abs(self.theta) / self.se))

    def detectable(self, level: float) -> float:
        """The smallest true θ that would be told from zero with 80% power: (t + t.80) √v."""
        return float(stdtrit(self.df, 0.5 + level / 2) + stdtrit(self.df, POWER)) * self.se


def effective_number(weights: FloatArray) -> float:
    """(Σw)²/Σw²: how many equal votes the weights amount to."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def pool_single(stratum: IntArray, funded: BoolArray) -> IntArray:
    """Strata by sector × arm; those of one firm are pooled within their arm.

    A firm that is then still alone joins the smallest other stratum of its arm (all of them, if several are as small):
    by itself it would add no variance. Returns (k,) labels 0, 1, …; funded and comparison firms never share one.
    """
    label = stratum * 2 + funded
    sizes = np.bincount(label)
    merged = np.arange(len(sizes))
    for arm in (0, 1):
        in_arm = (merged % 2 == arm) & (sizes > 0)
        pool = in_arm & (sizes == 1)
        if pool.sum() == 1 and in_arm.sum() > 1:
            pool |= in_arm & (sizes == sizes[in_arm & (sizes > 1)].min())
        if pool.any():
            merged[pool] = np.flatnonzero(pool)[0]
    holds = np.zeros(len(sizes), dtype=bool)
    holds[merged[label]] = True
    return (np.cumsum(holds) - 1)[merged[label]]


def jackknife(deletions: Deletions) -> Uncertainty | None:
    """v = Σ_h (k_h−1)/k_h Σ_i (θ₍₋ᵢ₎ − mean_h)²; df = max(1, v² / Σ_h v_h² / max(m_h−1, 0.8)), m_h = effective votes.

    The variance of the slopes is one more term, with its own df. None when a deletion empties a sum (a replicate is not
    a number) or nothing varies: then nothing is estimable.
    """
    if not (np.isfinite(deletions.theta) and np.isfinite(deletions.replicates).all()):
        return None
    labels = pool_single(deletions.stratum, deletions.funded)
    shift = (deletions.replicates - deletions.theta)[:, None]
    v_h = stratum_covariances(shift, labels, deletions.funded)[:, 0, 0]
    squares = np.bincount(labels, deletions.weights**2)
    m_h = np.bincount(labels, deletions.weights) ** 2 / np.where(squares > 0, squares, 1)
    terms = np.append(v_h, deletions.slopes_variance)
    dfs = np.append(np.maximum(m_h - 1, 0.8), deletions.slopes_df)
    total = float(terms.sum())
    v = max(total, deletions.least_variance)
    if not LEAST_SE**2 < v < np.inf:
        return None
    df = 1 / float(((terms / total) ** 2 / dfs).sum()) if total > LEAST_SE**2 else float(dfs.min())
    return Uncertainty(deletions.theta, v**0.5, max(1.0, df))


@dataclass(frozen=True, slots=True)
class _Joint:
    """Several estimates over the k firms that enter any of them. shift, weights: (k, q), zero where a firm does not
    enter; firm, stratum, funded: (k,)."""

    shift: FloatArray
    weights: FloatArray
    firm: IntArray
    stratum: IntArray
    funded: BoolArray

    @classmethod
    def of(cls, estimates: Sequence[Deletions]) -> "_Joint":
        firm, first = np.unique(np.concatenate([each.firm for each in estimates]), return_index=True)
        shift, weights = np.zeros((2, len(firm), len(estimates)))
        for at, each in enumerate(estimates):
            rows = np.searchsorted(firm, each.firm)
            shift[rows, at], weights[rows, at] = each.replicates - each.theta, each.weights
        stratum, funded = (
            np.concatenate([getattr(each, name) for each in estimates])[first] for name in ("stratum", "funded")
        )
        return cls(shift, weights, firm, stratum, funded)


def joint_covariance(estimates: Sequence[Deletions]) -> FloatArray:
    """(q, q) jackknife covariance of several estimates, over the firms that enter any of them."""
    joint = _Joint.of(estimates)
    labels = pool_single(joint.stratum, joint.funded)
    covariance: FloatArray = stratum_covariances(joint.shift, labels, joint.funded).sum(axis=0)
    return covariance


def weighted_sum(first: Deletions, second: Deletions, factor: float) -> Deletions:
    """θ₁ + factor · θ₂, each firm deleted from both at once. How the slopes of the two go together is not known: their
    standard errors add up, as if in step.
    """
    joint = _Joint.of((first, second))
    theta = first.theta + factor * second.theta
    slopes = first.slopes_variance**0.5 + abs(factor) * second.slopes_variance**0.5
    return Deletions(
        theta=theta,
        replicates=theta + joint.shift @ np.array([1.0, factor]),
        firm=joint.firm,
        stratum=joint.stratum,
        funded=joint.funded,
        weights=joint.weights.max(axis=1),
        slopes_variance=slopes**2,
        slopes_df=min(first.slopes_df, second.slopes_df),
    )


def sup_t(covariance: FloatArray, df: float, level: float) -> float:
    """The t that all of several estimates together stay within at a level: quantile of the largest |t| (Montiel Olea &
    Plagborg-Møller 2019), drawn from a multivariate t with a fixed seed, so that it is reproducible.
    """
    scale = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    rng = np.random.default_rng(0)
    draws = rng.standard_normal((SUP_T_DRAWS, len(scale))) @ (vectors * np.sqrt(np.clip(values, 0, None))).T
    largest = np.abs(draws).max(axis=1) / np.sqrt(rng.chisquare(df, SUP_T_DRAWS) / df)
    return float(np.quantile(largest, level))


@np.errstate(over="ignore")  # what is too large for a number becomes infinite: nothing is estimated
def stratum_covariances(shift: FloatArray, labels: IntArray, funded: BoolArray) -> FloatArray:
    """(H, q, q) jackknife covariances by stratum, (k_h−1)/k_h Σ_i (s_i − mean_h)(s_i − mean_h)′, of (k, q) shifts.

    A funded firm that is left out takes its vote along: its stratum would count for less, and firms of a small stratum
    would hardly vary. The others of its stratum take its place: s_i becomes s_i · k_h/(k_h−1) · (n−1)/n, n funded firms
    in all; the same in one sector alone. The comparison weighs as much as the funded firms that it stands for.
    """
    k = np.bincount(labels)
    sums = np.stack([np.bincount(labels, of_estimate) for of_estimate in shift.T], axis=1)
    n, own_size = max(int(funded.sum()), 1), k[labels]
    factor = np.where(funded, own_size / np.maximum(own_size - 1, 1) * ((n - 1) / n), 1.0)
    centred = (shift - (sums / k[:, None])[labels]) * factor[:, None]
    products = np.array([[np.bincount(labels, one * other) for other in centred.T] for one in centred.T])
    scaled: FloatArray = ((k - 1) / k)[:, None, None] * products.transpose(2, 0, 1)
    return scaled


@dataclass(frozen=True, slots=True)
class Ratio:
    """ρ = N/D with Fieller's interval."""

    value: float
    low: float
    high: float
    df: float


def fieller(numerator: Deletions, denominator: Deletions, *levels: float) -> list[Ratio | Withheld]:
    """{ρ: (N − ρD)² ≤ t²(v_N − 2ρ c_ND + ρ² v_D)}, t at the smaller df (Fieller 1954), at each of some levels.

    Both are deletions of the same firms. Withheld unless D > 0 and t²v_D/D² ≤ 0.4.
    """
    if denominator.theta <= 0:
        return [Withheld(Reason.NO_LOSSES)] * len(levels)
    # ρ has no unit: measured in D, neither do N, D and their variances
    numerator, denominator = (_in_units_of(denominator.theta, each) for each in (numerator, denominator))
    of_numerator, of_denominator = jackknife(numerator), jackknife(denominator)
    if of_numerator is None or of_denominator is None:
        return [Withheld(Reason.NOT_ESTIMABLE)] * len(levels)
    covariance = float(joint_covariance([numerator, denominator])[0, 1])
    return [_fieller_at(level, of_numerator, of_denominator, covariance) for level in levels]


def _fieller_at(level: float, numerator: Uncertainty, denominator: Uncertainty, c: float) -> Ratio | Withheld:
    df, n, d = min(numerator.df, denominator.df), numerator.theta, denominator.theta
    v_n, v_d = numerator.se**2, denominator.se**2
    t2 = float(stdtrit(df, 0.5 + level / 2)) ** 2
    if t2 * v_d / d**2 > MOST_DENOMINATOR_ERROR:
        return Withheld(Reason.LOSSES_UNCERTAIN)
    # aρ² − 2bρ + e ≤ 0
    a, b, e = d**2 - t2 * v_d, n * d - t2 * c, n**2 - t2 * v_n
    root = max(b**2 - a * e, 0.0) ** 0.5
    return Ratio(n / d, (b - root) / a, (b + root) / a, df)


def _in_units_of(unit: float, deletions: Deletions) -> Deletions:
    theta, replicates = deletions.theta / unit, deletions.replicates / unit
    return replace(
        deletions, theta=theta, replicates=replicates, slopes_variance=deletions.slopes_variance / unit / unit
    )


@dataclass(frozen=True, slots=True)
class WelchTest:
    """Are several effects equal? F statistic, its degrees of freedom, p."""

    statistic: float
    df_between: float
    df_within: float
    p_value: float


def welch(effects: list[Uncertainty]) -> WelchTest | None:
    """Welch's test (1951) that all θ are equal, with estimated variances of few degrees of freedom each.

    w = 1/v, Q = Σw(θ−θ̄)², Λ = Σ(1−w_s/Σw)²/df_s, F = [Q/(S−1)] / [1 + 2(S−2)Λ/(S²−1)] on S−1, (S²−1)/(3Λ) degrees of
    freedom. None for fewer than two effects.
    """
    if len(effects) < 2:
        return None
    theta = np.array([effect.theta for effect in effects])
    w = np.array([effect.se**-2 for effect in effects])
    s, share = len(effects), w / w.sum()
    between = float((w * (theta - share @ theta) ** 2).sum()) / (s - 1)
    spread = float(((1 - share) ** 2 / np.array([effect.df for effect in effects])).sum())
    statistic = between / (1 + 2 * (s - 2) * spread / (s**2 - 1))
    within = (s**2 - 1) / (3 * spread)
    return WelchTest(statistic, s - 1, within, float(fdtrc(s - 1, within, statistic)))


def sidak_level(level: float, claims: int) -> float:
    """The level of each of `claims` intervals that hold together at `level`."""
    return float(level ** (1 / max(claims, 1)))


def sidak_p_value(p_value: float, claims: int) -> float:
    """The p of one of `claims` claims made together, 1 − (1 − p)^S (Šidák)."""
    return p_value if claims <= 1 else float(-np.expm1(claims * np.log1p(-min(p_value, 1 - 1e-16))))
