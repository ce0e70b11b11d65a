"""How the funded were picked, as far as what was known before tells: odds, overlap (shown beside the checks).

One logistic regression over all sectors says how firms that were funded differ, within their sector and cohort, from
firms that were not. It decides no figure of the first screen.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.estimate.adjustment import Slopes
from analytics.estimate.sample import Sample
from analytics.evidence.limits import OVERLAP_PERCENTILES


@dataclass(frozen=True, slots=True)
class Propensity:
    """odds: (n_firms, G), up to a factor of the cell, which normalised weights do not need. overlap: share of funded
    firms whose index lies among those of the comparison firms. auc: how often, of one funded and one comparison firm,
    the funded one has the higher index (0.5: what is known before tells nothing).
    """

    odds: FloatArray
    overlap: float
    auc: float
    n_funded: int
    n_comparison: int


def propensity(sample: Sample, slopes: Slopes) -> Propensity | None:
    """Of firms that sell in both windows, on the features of the adjustment. None when one arm has no firm.

    Rows are funded firms in their own cohort's windows and comparison firms in every cohort's, weighted by its share of
    the funded firms.
    """
    firms = sample.group(sample.panel.funded)
    own, others = firms.funded(sample.log_growth), firms.comparison(sample.log_growth)
    enters, counted = np.isfinite(own), np.isfinite(others)
    share = firms.count(enters) / max(int(enters.sum()), 1)
    by_sector = share.reshape(-1, sample.arms.n_cohorts).sum(axis=1)
    weight = share[firms.other_cell] / np.maximum(by_sector, 1e-12)[firms.other_sector][:, None]
    counted &= weight > 0
    if not (enters.any() and counted.any()):
        return None
    x = np.concatenate([slopes.features[firms.rows, firms.own][enters], slopes.features[firms.others][counted]])
    sector = np.concatenate([firms.sector[enters], _repeated(firms.other_sector, counted)])
    weights = np.concatenate([np.ones(int(enters.sum())), weight[counted]])
    funded = np.arange(len(x)) < int(enters.sum())
    dummies = (sector[:, None] == np.unique(sector)).astype(np.float64)
    beta = _logistic_slopes(np.column_stack([x, dummies]), funded, weights)[: x.shape[1]]
    index = x @ beta
    low, high = np.percentile(index[~funded], OVERLAP_PERCENTILES)
    inside = (index[funded] >= low) & (index[funded] <= high)
    return Propensity(
        odds=np.exp(slopes.features @ beta),
        overlap=float(inside.mean()),
        auc=_auc(index, funded, weights),
        n_funded=int(enters.sum()),
        n_comparison=int(counted.any(axis=1).sum()),
    )


def _logistic_slopes(x: FloatArray, funded: BoolArray, weights: FloatArray) -> FloatArray:
    """(p,) slopes that, with a constant, minimise −log-likelihood + Σβ²/2; x: (n, p); weights: (n,).

    The penalty keeps them finite where what is known before tells the two arms apart.
    """
    constant = np.column_stack([x, np.ones(len(x))])
    penalised = np.append(np.ones(x.shape[1]), 0.0)

    def loss(beta: FloatArray) -> tuple[float, FloatArray]:
        index = constant @ beta
        likelihood = weights @ (np.logaddexp(0, index) - funded * index)
        gradient = constant.T @ (weights * (expit(index) - funded)) + penalised * beta
        return float(likelihood + penalised @ beta**2 / 2), gradient

    found = minimize(loss, np.zeros(len(penalised)), jac=True, method="BFGS")
    return np.asarray(found.x[:-1], dtype=np.float64)


def _auc(index: FloatArray, funded: BoolArray, weights: FloatArray) -> float:
    """How often a funded firm's index is the higher of a pair; a tie counts one half. index, weights: (n,)."""
    order = np.argsort(index[~funded])
    ranked, below = index[~funded][order], np.append(0.0, weights[~funded][order].cumsum())
    less, no_more = (below[np.searchsorted(ranked, index[funded], side)] for side in ("left", "right"))
    return float((weights[funded] @ (less + no_more)) / (2 * weights[funded].sum() * below[-1]))


def _repeated(of_firm: IntArray, mask: BoolArray) -> IntArray:
    """A value of each firm, repeated for every cohort under the mask."""
    repeated: IntArray = np.broadcast_to(of_firm[:, None], mask.shape)[mask]
    return repeated
