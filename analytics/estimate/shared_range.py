"""The shared range (METHODS.md 10): an interval that covers the truth for every group, and is short where others agree.

Yu & Hoff (2018), after Pratt (1963): whatever a group's own effect, its interval holds it as often as is said; what the
other groups tell only decides where in the interval the error is spent. Arrays and plain numbers, on the scale that
effects are estimated on.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtrit

from analytics.arrays import FloatArray

LEAST_SHARING = 4  # groups that share ranges; of fewer each has its own
PRIOR_SPREAD = 0.15  # half-normal scale of how far groups lie apart: one and a half times an important effect of 10%
_SPREADS = np.concatenate([[0.004], np.linspace(0.02, 0.30, 15), np.linspace(0.34, 1.0, 12)])  # for that scale
_AT_THE_END = 1e-9  # of a standard error: nearer to its limit than this, a root is the limit
_PRECISE = 1e-13


@dataclass(frozen=True, slots=True)
class Prior:
    """What the other groups say of one: that its effect lies about `mean`, with that variance."""

    mean: float
    variance: float


def normal_error(se: float, df: float, alpha: float) -> float:
    """The normal standard error whose interval is as long as t's: s = se · t_{1−α/2} / z_{1−α/2}."""
    return float(se * stdtrit(df, 1 - alpha / 2) / ndtri(1 - alpha / 2))


def spread_weights(
    y: FloatArray, v: FloatArray, spread: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Posterior of τ, how far groups lie apart, from their effects y (k,) with variances v (k,): half-normal prior of
    scale `spread`, flat prior of the mean μ. Returns τ (q,), its weights, and of each τ the mean and variance of μ.
    """
    tau = _SPREADS * (spread / PRIOR_SPREAD)
    w = 1 / (v + tau[:, None] ** 2)
    v_mean = 1 / w.sum(axis=1)
    mean = v_mean * (w @ y)
    fit = 0.5 * (np.log(w).sum(axis=1) + np.log(v_mean) - (w * (y - mean[:, None]) ** 2).sum(axis=1))
    log_density = fit - 0.5 * (tau / spread) ** 2
    weights = np.exp(log_density - log_density.max()) * np.gradient(tau)
    return tau, weights / weights.sum(), mean, v_mean


def prior_from(others: FloatArray, spread: float = PRIOR_SPREAD) -> Prior:
    """The prior of one group from the others' y, se, df, (k, 3): m = E μ, t² = E[V_μ + τ²] + Var μ."""
    tau, weights, mean, v_mean = spread_weights(*_normal(others), spread)
    centre = float(weights @ mean)
    return Prior(centre, float(weights @ (v_mean + tau**2 + (mean - centre) ** 2)))


def fab_interval(y: float, mean: float, t2: float, s2: float, alpha: float = 0.05) -> tuple[float, float]:
    """The interval of Yu & Hoff (2018) for y with variance s², by a prior N(mean, t²): both ends solve
    θ = y ± [s·Φ⁻¹(1 − α + Φ(±(y − θ)/s)) ± 2s²/t² (mean − θ)].
    """
    s, k = s2**0.5, 2 * s2 / t2
    return (
        y - s * _upper_end(k, k * (y - mean) / s, alpha),
        y + s * _upper_end(k, k * (mean - y) / s, alpha),
    )


def _upper_end(k: float, pull: float, alpha: float) -> float:
    """x > z_{1−α} with x = Φ⁻¹(1 − α + Φ(−x)) + pull − k x: the upper end, in standard errors beyond y."""
    limit = float(-ndtri(alpha))

    def excess(x: float) -> float:
        return float((1 + k) * x + ndtri(alpha - ndtr(-x)) - pull)

    both = float(-ndtri(alpha / 2))
    low, high = limit + _AT_THE_END, max(both, (both + pull) / (1 + k)) + _AT_THE_END
    if excess(low) >= 0:
        return limit
    return float(brentq(excess, low, high, xtol=_PRECISE))


def clamped(prior: Prior, s: float) -> Prior:
    """A prior no surer of a group than its own standard error s."""
    return Prior(prior.mean, max(prior.variance, s**2))


def range_by_prior(y: float, se: float, df: float, prior: Prior, alpha: float = 0.05) -> tuple[float, float]:
    """The shared range of one effect, by what the others say of it; α = .5 gives its middle half."""
    s = normal_error(se, df, alpha)
    return fab_interval(y, prior.mean, clamped(prior, s).variance, s**2, alpha)


def shared_range(
    y: float, se: float, df: float, others: FloatArray, *, alpha: float = 0.05, spread: float = PRIOR_SPREAD
) -> tuple[float, float]:
    """The shared range of an effect y with standard error se and df degrees of freedom, at level 1 − α.

    others: (k, 3) y, se, df of the other groups; with fewer than three the range is y ± t·se. spread: the half-normal
    scale of how far effects lie apart.
    """
    others = np.asarray(others, dtype=np.float64).reshape(-1, 3)
    if len(others) < LEAST_SHARING - 1:
        half = float(stdtrit(df, 1 - alpha / 2)) * se
        return y - half, y + half
    return range_by_prior(y, se, df, prior_from(others, spread), alpha)


def shared_p_value(y: float, se: float, df: float, prior: Prior) -> float:
    """Two-sided p of θ = 0: below .05 exactly where the 95% range does not hold it.

    T = y/s, b = m·s/t²: 1 − [Φ(|T + b| − b) − Φ(−|T + b| − b)].
    """
    s = normal_error(se, df, 0.05)
    b = prior.mean * s / clamped(prior, s).variance
    away = abs(y / s + b)
    return float(ndtr(-(away - b)) + ndtr(-away - b))  # Φ of tails: nothing cancels


def shared_detectable(se: float, df: float, prior: Prior, *, alpha: float, power: float) -> float:
    """The smallest true rise that the 1 − α range tells from zero with that power, the prior held fixed."""
    s = normal_error(se, df, alpha)
    b = prior.mean * s / clamped(prior, s).variance

    def missing(c: float) -> float:
        return float(ndtr(-(c - b)) + ndtr(-c - b) - alpha)

    c = float(brentq(missing, abs(b), abs(b) - ndtri(alpha / 2) + _AT_THE_END, xtol=_PRECISE))
    return (c - b) * s + float(stdtrit(df, power)) * se


def common_mean(groups: FloatArray, spread: float) -> tuple[float, float]:
    """Mean and standard deviation of μ, what groups' y, se, df, (k, 3), have in common."""
    _, weights, mean, v_mean = spread_weights(*_normal(groups), spread)
    centre = float(weights @ mean)
    return centre, float(weights @ (v_mean + (mean - centre) ** 2)) ** 0.5


def best_guess(groups: FloatArray, spread: float) -> FloatArray:
    """(k, 2) posterior mean and standard deviation of each of the groups' y, se, df, (k, 3). A range made of them holds
    on average over the groups, not for each: one that differs is often missed.
    """
    y, v = _normal(groups)
    tau, weights, mean, v_mean = spread_weights(y, v, spread)
    own = tau[:, None] ** 2 / (v + tau[:, None] ** 2)  # (q, k) the weight of a group's own effect
    each = own * y + (1 - own) * mean[:, None]
    centre = weights @ each
    variance = weights @ (own * v + (1 - own) ** 2 * v_mean[:, None] + (each - centre) ** 2)
    return np.column_stack([centre, variance**0.5])


def _normal(groups: FloatArray) -> tuple[FloatArray, FloatArray]:
    """y (k,) and the variances (k,) of normal ones, as wide at 95% as their t."""
    y, se, df = groups.T
    return y, (se * stdtrit(df, 0.975) / ndtri(0.975)) ** 2
