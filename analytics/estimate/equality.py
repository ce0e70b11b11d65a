"""Whether groups that share comparison firms have the same effect (METHODS.md 4)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from analytics.arrays import FloatArray
from analytics.estimate.inference import LEAST_SE, WelchTest


@dataclass(frozen=True, slots=True)
class Covariance:
    """The covariance of K estimates, a sum of independent parts. parts: (q, K, K); df: (q,) by which each is known."""

    parts: FloatArray
    df: FloatArray

    @property
    def total(self) -> FloatArray:
        """(K, K)."""
        total: FloatArray = self.parts.sum(axis=0)
        return total


def equality(theta: FloatArray, covariance: Covariance) -> WelchTest | None:
    """Welch's test that all θ (K,) are equal, for estimates that are not independent (Johansen 1980).

    V = Σ V_k, P = V⁻¹ − V⁻¹1 1′V⁻¹/(1′V⁻¹1), Q = θ′Pθ, Λ = Σ_k ½ [tr(PV_k)² + tr(PV_kPV_k)]/df_k; F = [Q/f] / [1 +
    2Λ/f − 6Λ/(f(f + 2))] on f = K − 1 and f(f + 2)/(3Λ) degrees of freedom. Of a diagonal V it is Welch's (1951). None
    for fewer than two effects, or where one does not vary.
    """
    v, f = covariance.total, len(theta) - 1
    if f < 1 or not (np.isfinite(v).all() and np.diag(v).min() > LEAST_SE**2):
        return None
    inverse = np.linalg.pinv(v, hermitian=True)
    ones = inverse.sum(axis=1)
    within = inverse - np.outer(ones, ones) / ones.sum()
    each = np.einsum("ij,qjk->qik", within, covariance.parts)
    traces = np.trace(each, axis1=1, axis2=2) ** 2 + np.einsum("qij,qji->q", each, each)
    spread = float((traces / 2 / covariance.df).sum())
    statistic = float(theta @ within @ theta) / f / (1 + 2 * spread / f - 6 * spread / (f * (f + 2)))
    if not (spread > 0 and statistic >= 0):
        return None
    df = f * (f + 2) / (3 * spread)
    return WelchTest(statistic, f, df, float(fdtrc(f, df, statistic)))
