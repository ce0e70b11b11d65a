"""One cohort against its comparison firms over two periods: Sant'Anna & Zhao (2020), panel data.

Comparisons of the same firms over several pairs of periods share their nuisance models, so they are computed together,
one column each: one logit and one least squares for all. Arrays in, arrays out; no names, no dates.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit

from analytics.arrays import BoolArray, FloatArray

Method = Literal["dr", "reg", "ipw"]

# As in `did` and `csdid`: a firm almost sure to be treated has no counterpart, and nothing is estimated; a comparison
# firm nearly as sure would outweigh all others, and gets no weight.
NO_OVERLAP = 0.999
TRIMMED = 0.995
# All columns have one scale, so a singular value this far below the largest is rounding: its square is a double's.
SINGULAR = 1.5e-8
# Newton's steps converge quadratically: after one that improves the mean log-likelihood by this, the next is nothing.
CONVERGED = 1e-14
MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """k effects on the same m firms. att: (k,), in units of the outcome; influence: (m, k), each column of mean zero;
    √(mean of its squares / m) is the standard error of its att."""

    att: FloatArray
    influence: FloatArray


@dataclass(frozen=True, slots=True)
class _Weights:
    """comparison: (m,) Hájek weights, of mean one, 0 for treated firms. What the estimated propensity p adds: scores:
    (m, c) (D − p) X; hessian: (c, c) X′ diag(p(1 − p)) X."""

    comparison: FloatArray
    scores: FloatArray
    hessian: FloatArray


def two_by_two(change: FloatArray, treated: BoolArray, covariates: FloatArray, method: Method) -> TwoByTwo | None:
    """ATT over k pairs of periods. None: nobody on one side, a singular regression, or no overlap.

    change: (m, k) ΔY, each firm's later minus its earlier outcome; treated: (m,) D; covariates: (m, q), the intercept
    left out. "reg" is eq. (2.2) of the paper, "ipw" (4.1), "dr" (3.1) with a logit and least squares. All are one
    formula: with r = ΔY − Xβ̂ ("ipw": ΔY), weights v₁ and v₀ of mean one on the two sides ("reg": v₀ = 0), and η and x̄
    the means of r and X under them, the ATT is η₁ − η₀ and its influence function, nuisance models included,

        v₁ (r − η₁) − v₀ (r − η₀) − (1 − D) r X m(X₀′X₀)⁻¹ (x̄₁ − x̄₀) − (D − p) X (X′WX)⁻¹ Σ v₀ (r − η₀) X

    where X₀ are the comparison firms' rows and W is p(1 − p), on a diagonal.
    """
    if treated.all() or not treated.any():
        return None
    if not covariates.shape[1]:
        method = "reg"  # nothing to be alike in: all three are one difference of means
    x, m = _design(covariates), len(treated)
    weights = None if method == "reg" or x is None else _weights(x, treated)
    fit = None if method == "ipw" or x is None else _factors(x[~treated])
    if x is None or (weights is None and method != "reg") or (fit is None and method != "ipw"):
        return None
    v1 = treated * (m / treated.sum())
    v0 = np.zeros(m) if weights is None else weights.comparison
    r = change if fit is None else change - x @ (fit[1] @ (fit[0].T @ change[~treated]))
    eta1, eta0 = v1 @ r / m, v0 @ r / m
    influence = v1[:, None] * (r - eta1) - v0[:, None] * (r - eta0)
    if fit is not None:
        lever = x @ (fit[1] @ (fit[1].T @ ((v1 - v0) @ x)))
        influence -= np.where(treated, 0, lever)[:, None] * r
    if weights is not None:
        moment = x.T @ (v0[:, None] * (r - eta0))
        influence -= weights.scores @ _solve(weights.hessian, moment)
    return TwoByTwo(eta1 - eta0, influence)


def _design(covariates: FloatArray) -> FloatArray | None:
    """(m, 1 + q) an intercept and the covariates, made orthogonal: the same models, whatever their units and however
    alike they are. None when they are collinear.
    """
    centred = covariates - covariates.mean(axis=0)
    centred /= _or_one(np.abs(centred).max(axis=0, initial=0))  # first, so that no square overflows
    centred /= _or_one(np.sqrt((centred**2).mean(axis=0)))
    factors = _factors(np.column_stack([np.ones(len(covariates)), centred]))
    return None if factors is None else factors[0] * np.sqrt(len(covariates))


def _or_one(size: FloatArray) -> FloatArray:
    return np.where(size > 0, size, 1)


def _solve(hessian: FloatArray, right: FloatArray) -> FloatArray:
    """H⁻¹ b; where p has fallen to 0 for all firms that tell a coefficient, both sides are 0 there, and so is this."""
    return np.asarray(np.linalg.lstsq(hessian, right)[0], dtype=np.float64)


def _factors(x: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Q and R⁻¹ of X = QR: β̂ = R⁻¹Q′y, (X′X)⁻¹ = R⁻¹R⁻¹′. None when columns are collinear, or more than the rows."""
    if len(x) < x.shape[1]:
        return None
    q, r = np.linalg.qr(x)
    size = np.linalg.svd(r, compute_uv=False)
    return (q, np.linalg.inv(r)) if size[-1] > SINGULAR * size[0] else None


def _weights(x: FloatArray, treated: BoolArray) -> _Weights | None:
    """Odds p/(1 − p) of the comparison firms, p by a logit. None when it has no maximum, or a firm no counterpart."""
    p = _propensity(x, treated)
    if p is None or p.max() >= NO_OVERLAP:
        return None
    odds = np.where(~treated & (p < TRIMMED), p / (1 - p), 0)
    if not odds.sum() > 0:
        return None
    hessian = x.T @ ((p * (1 - p))[:, None] * x)
    return _Weights(odds / odds.mean(), (treated - p)[:, None] * x, hessian)


def _propensity(x: FloatArray, treated: BoolArray) -> FloatArray | None:
    """(m,) P(D = 1 | X) of a logit by maximum likelihood; None when it has no maximum.

    Newton's method, a step halved while it makes things worse. Where no treated firm has some trait, p falls towards 0
    for those that have it: the likelihood stops improving, and they have no weight.
    """
    sign = np.where(treated, -1.0, 1.0)
    beta, loss = np.zeros(x.shape[1]), np.log(2)
    for _ in range(MOST_STEPS):
        p = expit(x @ beta)
        step = _solve(x.T @ ((p * (1 - p))[:, None] * x), x.T @ (treated - p))
        before = loss
        for _ in range(MOST_STEPS):
            loss = float(np.logaddexp(0, sign * (x @ (beta + step))).mean())
            if loss <= before + CONVERGED:
                break
            step /= 2
        beta += step
        if before - loss <= CONVERGED:
            return np.asarray(expit(x @ beta), dtype=np.float64)
    return None
