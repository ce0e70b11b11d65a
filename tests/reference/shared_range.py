"""METHODS.md 10, the shared range, once more from its text: loops, and roots by bisection. Everything in one unit: s.

Where the text leaves a choice: "weights as trapezoid gradients" are half the distance between a τ's neighbours, the
whole distance at either end.
"""

import math
from functools import cache
from statistics import NormalDist

import numpy as np
from scipy import stats

NORMAL = NormalDist()
TAUS = [0.004, *(0.02 * k for k in range(1, 16)), *(0.34 + 0.06 * k for k in range(12))]


def phi(x: float) -> float:
    """Φ, its lower tail to full precision."""
    return math.erfc(-x / math.sqrt(2)) / 2


@cache
def t_quantile(p: float, df: float) -> float:
    return float(stats.t.ppf(p, df))


def normal_error(se: float, df: float, alpha: float) -> float:
    return se * t_quantile(1 - alpha / 2, df) / NORMAL.inv_cdf(1 - alpha / 2)


def posterior(groups, spread: float) -> list[tuple[float, float, float, float]]:
    """(τ, its weight, mean and variance of μ) of the groups' (y, se, df)."""
    found, taus = [], [tau * spread / 0.15 for tau in TAUS]
    for k, tau in enumerate(taus):
        width = (taus[min(k + 1, len(taus) - 1)] - taus[max(k - 1, 0)]) / (2 if 0 < k < len(taus) - 1 else 1)
        precision, drawn = 0.0, 0.0
        for y, se, df in groups:
            w = 1 / (normal_error(se, df, 0.05) ** 2 + tau**2)
            precision, drawn = precision + w, drawn + w * y
        mean = drawn / precision
        fit = -0.5 * math.log(precision) - 0.5 * (tau / spread) ** 2
        for y, se, df in groups:
            w = 1 / (normal_error(se, df, 0.05) ** 2 + tau**2)
            fit += 0.5 * math.log(w) - 0.5 * w * (y - mean) ** 2
        found.append((tau, fit, width, mean, 1 / precision))
    most = max(fit for _, fit, *_ in found)
    weights = [math.exp(fit - most) * width for _, fit, width, *_ in found]
    total = math.fsum(weights)
    return [(tau, w / total, mean, v) for (tau, _, _, mean, v), w in zip(found, weights, strict=True)]


def prior(others, spread: float) -> tuple[float, float]:
    """m and t²."""
    held = posterior(others, spread)
    m = math.fsum(w * mean for _, w, mean, _ in held)
    return m, math.fsum(w * (v + tau**2 + (mean - m) ** 2) for tau, w, mean, v in held)


def upper(y: float, m: float, t2: float, s2: float, alpha: float) -> float:
    """θ_U by bisection between y + s·z₁₋α, where Φ⁻¹ has no end, and where the other side is surely behind."""
    s = math.sqrt(s2)
    k = 2 * s2 / t2

    def lacks(theta: float) -> bool:
        """Whether θ lies below the right side of its equation. 1 − α + Φ((y − θ)/s) is told by what it lacks to 1."""
        rest = alpha - phi((y - theta) / s)
        return rest <= 0 or theta < y - s * NORMAL.inv_cdf(rest) + k * (m - theta)

    low = y - s * NORMAL.inv_cdf(alpha)
    if not lacks(low + 1e-9 * s):
        return low
    step = s
    while lacks(low + step):
        step *= 2
    high = low + step
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if lacks(middle) else (low, middle)
    return (low + high) / 2


def fab(y: float, m: float, t2: float, s2: float, alpha: float = 0.05) -> tuple[float, float]:
    """Yu & Hoff (2018): θ_L(y, m) = −θ_U(−y, −m)."""
    return -upper(-y, -m, t2, s2, alpha), upper(y, m, t2, s2, alpha)


def shared(y: float, se: float, df: float, others, alpha: float = 0.05, spread: float = 0.15) -> tuple[float, float]:
    """The shared range; with fewer than three others y ± t·se."""
    if len(others) < 3:
        half = t_quantile(1 - alpha / 2, df) * se
        return y - half, y + half
    s2 = normal_error(se, df, alpha) ** 2
    m, t2 = prior(others, spread)
    return fab(y, m, max(t2, s2), s2, alpha)


def p_value(y: float, se: float, df: float, others, spread: float = 0.15) -> float:
    """Of θ = 0, by the formula of the text."""
    s = normal_error(se, df, 0.05)
    m, t2 = prior(others, spread)
    t, b = y / s, m * s / max(t2, s**2)
    return 1 - (phi(abs(t + b) - b) - phi(-abs(t + b) - b))


def guesses(groups, spread: float) -> list[tuple[float, float]]:
    """Posterior mean and standard deviation of each group's effect: over τ, and over μ by Gauss and Hermite's rule."""
    nodes = hermite(20)
    found = []
    for y, se, df in groups:
        v, first, second = normal_error(se, df, 0.05) ** 2, [], []
        for tau, weight, mean, v_mean in posterior(groups, spread):
            for node, share in nodes:
                mu = mean + math.sqrt(v_mean) * node
                centre = (y / v + mu / tau**2) / (1 / v + 1 / tau**2)
                first.append(weight * share * centre)
                second.append(weight * share * (centre**2 + 1 / (1 / v + 1 / tau**2)))
        found.append((math.fsum(first), math.sqrt(math.fsum(second) - math.fsum(first) ** 2)))
    return found


def hermite(n: int) -> list[tuple[float, float]]:
    """Nodes and weights of the standard normal."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    return [(float(node), float(weight) / math.sqrt(2 * math.pi)) for node, weight in zip(nodes, weights, strict=True)]
