"""Pooled slopes (METHODS.md 3): firms are compared at equal sales, size and earlier growth, within sector and cohort.

One ridge regression over all sectors' comparison firms says how growth goes with what was known before; each firm's
expected deviation from its sector's comparison, its offset, is taken from its growth. Sectors keep their time paths.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.model import Settings
from analytics.panel import Panel
from analytics.panel.arms import Arms
from analytics.panel.windows import Windows, earlier_growth_and_activity, outcome_values

LARGEST_GROWTH = 2.0  # of ln(ȳ_B/ȳ_E): what is beyond says more of an odd year than of a trend
LARGEST_OFFSET = 3.0
LEAST_SPREAD = 1e-9  # of a feature over comparison firms; below, it is a constant


@dataclass(frozen=True, slots=True)
class Slopes:
    """b = x′β for every firm in every cohort's windows, and how well β is known.

    features: (n_firms, G, p) x, measured from the mean of the cell's comparison firms, in standard deviations; zero
    where the offset reached its limit; offset: (n_firms, G) b; covariance: (p, p) V_β; df: firms − sectors − p.
    """

    features: FloatArray
    offset: FloatArray
    covariance: FloatArray
    df: float

    def only(self, firms: BoolArray) -> "Slopes":
        """The same with no offset for the others, (n_firms, G)."""
        return Slopes(self.features * firms[..., None], self.offset * firms, self.covariance, self.df)

    def variance(self, gap: FloatArray) -> float:
        """Δ′V_βΔ, Δ = −∂θ/∂β (p,)."""
        return float(gap @ self.covariance @ gap)


def traits_before(
    panel: Panel, outcome: str, windows: Windows, settings: Settings, *, placebo: bool = False
) -> list[FloatArray]:
    """What is known of a firm before the programme could act on it, each (n_firms, G), NaN = unknown.

    ln ȳ_B, and whether it is zero; the share of earlier and before periods with sales; ln size; ln(ȳ_B/ȳ_E).
    placebo: the before window is what is explained, so the earlier year stands for it and its growth is left out: with
    it, the placebo effect would be zero by construction.
    """
    growth, active, active_earlier = earlier_growth_and_activity(panel, outcome_values(panel, outcome), settings)
    known = np.isfinite(windows.before)
    size = np.repeat(log_employees(panel)[:, None], windows.before.shape[1], axis=1)
    return [
        np.log(np.where(windows.before > 0, windows.before, np.nan)),
        np.where(known, windows.before == 0, np.nan),
        *([active_earlier, size] if placebo else [active, size, np.clip(growth, -LARGEST_GROWTH, LARGEST_GROWTH)]),
    ]


def log_employees(panel: Panel) -> FloatArray:
    """(n_firms,) ln staff, NaN where nobody said; who works alone counts as one."""
    if "employees" not in panel.units:
        return np.full(len(panel.units), np.nan)
    employees = pd.to_numeric(panel.units["employees"], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    logs: FloatArray = np.log(np.maximum(employees, 1))
    return logs


def pooled_slopes(arms: Arms, growth: FloatArray, traits: Sequence[FloatArray], alpha: float) -> Slopes | None:
    """Regress the comparison firms' growth (n_firms, G) on traits before (each (n_firms, G)), within sector × cohort.

    Rows are comparison firm × cohort, weighted n_g/n, the share of its sector's funded firms in that cohort. V_β is the
    sandwich clustered by firm, times N/(N−S−p). None when there are too few comparison firms to tell any slope.
    """
    cell, weight = _weights(arms, growth)
    rows = weight > 0
    centred = [_centred(values, cell, rows) for values in traits]
    total = weight.sum()
    spread = [float(np.sqrt((weight * values**2).sum() / total)) if total > 0 else 0.0 for values in centred]
    kept = [values / s for values, s in zip(centred, spread, strict=True) if s > LEAST_SPREAD]
    firms, sectors = int(rows.any(axis=1).sum()), len(np.unique(arms.sector[rows.any(axis=1)]))
    df = firms - sectors - len(kept)
    if not kept or df < 1:
        return None
    features = np.stack(kept, axis=-1)
    x, z, w = features[rows], _centred(growth, cell, rows)[rows], weight[rows]
    bread = np.linalg.inv((x * w[:, None]).T @ x + alpha * np.eye(len(kept)))
    beta = bread @ (x.T @ (w * z))
    scores = np.zeros(features.shape)
    scores[rows] = x * (w * (z - x @ beta))[:, None]
    by_firm = scores.sum(axis=1)
    covariance = bread @ (by_firm.T @ by_firm) @ bread * (firms / df)
    offset = features @ beta
    inside = np.abs(offset) <= LARGEST_OFFSET
    clipped = np.clip(offset, -LARGEST_OFFSET, LARGEST_OFFSET)
    return Slopes(features * inside[..., None], clipped, covariance, float(df))


def _weights(arms: Arms, growth: FloatArray) -> tuple[IntArray, FloatArray]:
    """(n_firms, G): each firm's cell, and the weight of the comparison firms that enter the regression (others: 0)."""
    n_sectors, n_cohorts = int(arms.sector.max(initial=-1)) + 2, arms.n_cohorts  # the last: in no comparison
    cell = np.where(arms.sector >= 0, arms.sector, n_sectors - 1)[:, None] * n_cohorts + np.arange(n_cohorts)
    placed = np.flatnonzero(arms.funded & (arms.sector >= 0))
    own = arms.own[placed]
    entering = np.isfinite(growth[placed, own])
    n = np.bincount(cell[placed, own][entering], minlength=n_sectors * n_cohorts).reshape(n_sectors, n_cohorts)
    share = (n / np.maximum(n.sum(axis=1, keepdims=True), 1)).ravel()
    comparison = (~arms.funded & (arms.sector >= 0))[:, None] & np.isfinite(growth)
    return cell, np.where(comparison, share[cell], 0.0)


def _centred(values: FloatArray, cell: IntArray, rows: BoolArray) -> FloatArray:
    """Values measured from the mean of the cell's comparison firms; what is unknown takes that mean."""
    known = rows & np.isfinite(values)
    n = np.bincount(cell[known], minlength=int(cell.max(initial=-1)) + 1)
    mean = np.bincount(cell[known], values[known], minlength=len(n)) / np.maximum(n, 1)
    return np.where(np.isfinite(values) & (n > 0)[cell], values - mean[cell], 0.0)
