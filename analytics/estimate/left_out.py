"""Why a firm is in no window, or in none of what is estimated: one reason each, the first that holds.

The order of the reasons is that of `NOT_MEASURED` and `NOT_ANALYSED`.
"""

from collections.abc import Mapping
from enum import StrEnum

import numpy as np

from analytics.arrays import BoolArray, FloatArray, ObjectArray
from analytics.estimate.estimands import LEAST_COMPARISON
from analytics.estimate.sample import Sample
from analytics.model import Estimand
from analytics.panel.windows import outcome_values, reported_in_windows


class LeftOut(StrEnum):
    """Why a firm is not measured, or not analysed."""

    NO_SECTOR = "no_sector"
    NO_FUNDED_MEASURED = "no_funded_measured"
    YEAR_NOT_OVER = "year_not_over"
    NOTHING_BEFORE = "nothing_before"
    NOTHING_AFTER = "nothing_after"
    FEW_PERIODS = "few_periods"
    NEVER_SOLD = "never_sold"
    SOLD_NOTHING_BEFORE = "sold_nothing_before"
    SOLD_NOTHING_AFTER = "sold_nothing_after"
    NEVER_BOTH = "never_both"
    NO_COUNTERPART = "no_counterpart"
    NOT_EXPLAINED = "not_explained"


NOT_MEASURED = (
    LeftOut.NO_SECTOR,
    LeftOut.NO_FUNDED_MEASURED,
    LeftOut.YEAR_NOT_OVER,
    LeftOut.NOTHING_BEFORE,
    LeftOut.NOTHING_AFTER,
    LeftOut.FEW_PERIODS,
)
NOT_ANALYSED = (
    LeftOut.NEVER_SOLD,
    LeftOut.SOLD_NOTHING_BEFORE,
    LeftOut.SOLD_NOTHING_AFTER,
    LeftOut.NEVER_BOTH,
    LeftOut.NO_COUNTERPART,
    LeftOut.NOT_EXPLAINED,
)


def measured_firms(sample: Sample) -> BoolArray:
    """(n_firms,) which firms of either arm have both windows: of a funded firm those of its cohort, of a comparison
    firm those of any cohort of which a funded firm of its sector is measured.
    """
    return _any(np.isfinite(sample.windows.after) & _windows_that_count(sample))


def why_not_measured(sample: Sample) -> ObjectArray:
    """(n_firms,) a `LeftOut` for each firm that is not measured; None for the others."""
    windows, counts = sample.windows, _windows_that_count(sample)
    values = outcome_values(sample.panel, sample.outcome)
    before, after = reported_in_windows(sample.panel, values, sample.settings, sample.year)
    complete = np.broadcast_to(windows.years > 0, counts.shape)
    holds = {
        LeftOut.NO_SECTOR: sample.arms.sector < 0,
        LeftOut.NO_FUNDED_MEASURED: ~_any(counts),
        LeftOut.YEAR_NOT_OVER: ~_any(counts & complete),
        LeftOut.NOTHING_BEFORE: ~_any(counts & before),
        LeftOut.NOTHING_AFTER: ~_any(counts & after),
    }
    return _first_that_holds(holds, LeftOut.FEW_PERIODS, ~measured_firms(sample))


def entering_firms(sample: Sample, estimand: Estimand) -> BoolArray:
    """(n_firms,) which firms of either arm enter the estimand of all funded firms."""
    enters = np.zeros(len(sample.panel.units), dtype=bool)
    deletions = sample.deletions(estimand, sample.group(sample.panel.funded))
    if deletions is not None:
        enters[deletions.firm] = True
    return enters


def why_not_analysed(sample: Sample, estimand: Estimand) -> ObjectArray:
    """(n_firms,) a `LeftOut` for each measured firm that does not enter the estimand; None for the others."""
    windows, growth = sample.windows, _growth(sample, estimand)
    counts = _windows_that_count(sample) & np.isfinite(windows.after)
    before, after = counts & (windows.before > 0), counts & (windows.after > 0)
    lacks = ~_any(counts & np.isfinite(growth))
    holds = {
        LeftOut.NEVER_SOLD: lacks & ~_any(before) & ~_any(after),
        LeftOut.SOLD_NOTHING_BEFORE: lacks & ~_any(before),
        LeftOut.SOLD_NOTHING_AFTER: lacks & ~_any(after),
        LeftOut.NEVER_BOTH: lacks & ~_any(before & after),
        LeftOut.NO_COUNTERPART: ~_any(counts & np.isfinite(growth) & _has_counterpart(sample, estimand)),
    }
    return _first_that_holds(holds, LeftOut.NOT_EXPLAINED, _any(counts) & ~entering_firms(sample, estimand))


def _first_that_holds(holds: Mapping[LeftOut, BoolArray], default: LeftOut, asked: BoolArray) -> ObjectArray:
    """(n_firms,) the first reason that holds, of the firms that it is asked of; None elsewhere."""
    found = np.full(len(asked), None, dtype=object)
    found[asked] = str(default)
    for reason, mask in reversed(list(holds.items())):
        found[asked & mask] = str(reason)
    return found


def _growth(sample: Sample, estimand: Estimand) -> FloatArray:
    """(n_firms, G) what the estimand is made of: not finite where a firm has none in a cohort's windows."""
    if estimand is Estimand.TYPICAL_FIRM:
        return sample.log_growth
    return sample.symmetric_growth if estimand is Estimand.SYMMETRIC_GROWTH else sample.windows.after


def _any(mask: BoolArray) -> BoolArray:
    """(n_firms,) whether anything of a firm lies under the mask, (n_firms, G)."""
    return np.asarray(mask.any(axis=1), dtype=bool)


def _windows_that_count(sample: Sample) -> BoolArray:
    """(n_firms, G) of a funded firm its own cohort; of a comparison firm those of which any funded firm of its sector
    is measured. No window of a firm that belongs to no comparison.
    """
    arms = sample.arms
    own = (arms.own[:, None] == np.arange(arms.n_cohorts)) & arms.funded[:, None]
    measured = own & sample.measured[:, None]
    return np.where(arms.funded[:, None], own, _any_of_sector(sample, measured)) & (arms.sector >= 0)[:, None]


def _has_counterpart(sample: Sample, estimand: Estimand) -> BoolArray:
    """(n_firms, G) whether a sector and cohort have firms enough of the other arm: comparison firms that can be left
    out one by one; for a comparison firm also a funded firm that enters.
    """
    growth, windows, funded = _growth(sample, estimand), sample.windows, sample.arms.funded
    used = np.isfinite(growth) & np.isfinite(windows.after)
    if estimand is Estimand.EURO_WEIGHTED:
        used &= windows.before > 0
    enough = _count_of_sector(sample, used & ~funded[:, None]) >= LEAST_COMPARISON
    own = sample.arms.own[:, None] == np.arange(sample.arms.n_cohorts)
    entering = own & (entering_firms(sample, estimand) & funded)[:, None]
    return enough & (funded[:, None] | _any_of_sector(sample, entering))


def _any_of_sector(sample: Sample, mask: BoolArray) -> BoolArray:
    """(n_firms, G) whether any firm of a firm's sector lies under the mask, (n_firms, G)."""
    return _count_of_sector(sample, mask) > 0


def _count_of_sector(sample: Sample, mask: BoolArray) -> FloatArray:
    """(n_firms, G) how many firms of a firm's sector lie under the mask, (n_firms, G)."""
    sector = sample.arms.sector
    counts = np.zeros((int(sector.max(initial=-1)) + 2, mask.shape[1]))
    known = sector >= 0
    np.add.at(counts, sector[known], mask[known].astype(np.float64))
    of_firm: FloatArray = counts[sector]
    return of_firm
