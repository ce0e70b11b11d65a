"""Delete-one-firm jackknife, its degrees of freedom, intervals (METHODS.md 4). Arrays in, frozen results out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from analytics.panel import FloatArray

POWER = 0.80


@dataclass(frozen=True, slots=True)
class Deletions:
    """What deleting each firm does to an estimate θ (on its estimation scale).

    theta: θ of all firms; replicates: (k,) θ without firm i, for the firms that enter at least one sum;
    stratum: (k,) integer labels; funded: (k,) arm; weights: (k,) the firm's vote: 1, or its euros.
    """

    theta: float
    replicates: FloatArray
    stratum: npt.NDArray[np.int64]
    funded: npt.NDArray[np.bool_]
    weights: FloatArray


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Jackknife variance of θ and the degrees of freedom of its t."""

    theta: float
    variance: float
    df: float

    def interval(self, level: float) -> tuple[float, float]:
        """θ ± t √v at a two-sided level."""
        half = float(student.ppf(0.5 + level / 2, self.df)) * self.variance**0.5
        return self.theta - half, self.theta + half

    @property
    def p_value(self) -> float:
        """Two-sided p of θ = 0."""
        return float(2 * student.sf(abs(self.theta) / self.variance**0.5, self.df))

    def detectable(self, level: float) -> float:
        """The smallest true θ that would be told from zero with 80% power: (t + t.80) √v."""
        critical = student.ppf(0.5 + level / 2, self.df) + student.ppf(POWER, self.df)
        return float(critical) * self.variance**0.5


def effective_number(weights: FloatArray) -> float:
    """(Σw)²/Σw²: how many equal votes the weights amount to."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def pool_single(stratum: npt.NDArray[np.int64], funded: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Strata by sector × arm; those of one firm are pooled within their arm.

    A pool that would still hold one firm joins the smallest other stratum of its arm: alone it would add no variance.
    Returns (k,) labels 0, 1, …; funded and comparison firms never share one.
    """
    labels = np.unique(np.stack([stratum, funded.astype(np.int64)], axis=1), axis=0, return_inverse=True)[1].ravel()
    for arm in (False, True):
        mine = labels[funded == arm]
        strata, sizes = np.unique(mine, return_counts=True)
        single, others = strata[sizes == 1], strata[sizes > 1]
        if len(single) > 1:
            labels[np.isin(labels, single)] = single[0]
        elif len(single) == 1 and len(others):
            labels[labels == single[0]] = others[np.argmin(sizes[sizes > 1])]
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def jackknife(deletions: Deletions) -> Uncertainty | None:
    """v = Σ_h (k_h−1)/k_h Σ_i (θ₍₋ᵢ₎ − mean_h)²; df = max(1, v² / Σ_h v_h² / max(m_h−1, 0.8)), m_h = effective votes.

    None when a deletion empties a sum (a replicate is not a number) or nothing varies: then nothing is estimable.
    """
    replicates = deletions.replicates
    if not np.isfinite(replicates).all() or not np.isfinite(deletions.theta):
        return None
    labels = pool_single(deletions.stratum, deletions.funded)
    k = np.bincount(labels)
    mean = np.bincount(labels, replicates) / k
    v_h = (k - 1) / k * np.bincount(labels, (replicates - mean[labels]) ** 2)
    squares = np.bincount(labels, deletions.weights**2)
    m_h = np.bincount(labels, deletions.weights) ** 2 / np.where(squares > 0, squares, 1)
    v = float(v_h.sum())
    if not v > 1e-24:  # rounding of equal replicates leaves about 1e-30
        return None
    df = v**2 / float((v_h**2 / np.maximum(m_h - 1, 0.8)).sum())
    return Uncertainty(deletions.theta, v, max(1.0, df))


def sidak(level: float, claims: int) -> float:
    """The level of each of `claims` intervals that hold together at `level`."""
    return float(level ** (1 / max(claims, 1)))
