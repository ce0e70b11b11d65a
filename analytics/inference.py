"""Delete-one-firm jackknife, its degrees of freedom, intervals (METHODS.md 4). Arrays in, frozen results out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit  # Student's t: distribution and quantile

from analytics.panel import FloatArray

POWER = 0.80
# θ is a logarithm or a share, so this does not depend on the currency. Deleting firms that all grew alike moves θ by
# rounding alone: up to 1e-10 where one firm outweighs the others a million times.
LEAST_SE = 1e-9


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


def pool_single(stratum: npt.NDArray[np.int64], funded: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Strata by sector × arm; those of one firm are pooled within their arm.

    A firm that is then still alone joins the smallest other stratum of its arm (all of them, if several are as small):
    by itself it would add no variance. Returns (k,) labels 0, 1, …; funded and comparison firms never share one.
    """
    strata, labels, sizes = np.unique(stratum * 2 + funded, return_inverse=True, return_counts=True)
    merged = np.arange(len(strata))
    for arm in (0, 1):
        mine = strata % 2 == arm
        pool = mine & (sizes == 1)
        if pool.sum() == 1 and mine.sum() > 1:
            pool |= mine & (sizes == sizes[mine & (sizes > 1)].min())
        if pool.any():
            merged[pool] = np.flatnonzero(pool)[0]
    return np.unique(merged[labels], return_inverse=True)[1].astype(np.int64)


def jackknife(deletions: Deletions) -> Uncertainty | None:
    """v = Σ_h (k_h−1)/k_h Σ_i (θ₍₋ᵢ₎ − mean_h)²; df = max(1, v² / Σ_h v_h² / max(m_h−1, 0.8)), m_h = effective votes.

    None when a deletion empties a sum (a replicate is not a number) or nothing varies: then nothing is estimable.
    """
    if not (np.isfinite(deletions.theta) and np.isfinite(deletions.replicates).all()):
        return None
    shift = deletions.replicates - deletions.theta
    labels = pool_single(deletions.stratum, deletions.funded)
    k = np.bincount(labels)
    mean = np.bincount(labels, shift) / k
    v_h = (k - 1) / k * np.bincount(labels, (shift - mean[labels]) ** 2)
    squares = np.bincount(labels, deletions.weights**2)
    m_h = np.bincount(labels, deletions.weights) ** 2 / np.where(squares > 0, squares, 1)
    v = float(v_h.sum())
    if not v > LEAST_SE**2:
        return None
    df = v**2 / float((v_h**2 / np.maximum(m_h - 1, 0.8)).sum())
    return Uncertainty(deletions.theta, v**0.5, max(1.0, df))


def sidak(level: float, claims: int) -> float:
    """The level of each of `claims` intervals that hold together at `level`."""
    return float(level ** (1 / max(claims, 1)))
