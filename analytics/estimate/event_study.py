"""The event study: funded less comparison firms, quarter by quarter around the award (METHODS.md 3).

On each firm's sales over its own mean before, so that no large firm drowns the others; within sector, so that no sector
lends another its pandemic. A picture of the path, with bands that hold for the whole path; it decides no grade.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import FloatArray, IntArray
from analytics.estimate.estimands import mean_gap
from analytics.estimate.inference import Deletions, Uncertainty, jackknife, joint_covariance, sup_t
from analytics.model import Reason, Settings, Withheld
from analytics.panel import Panel
from analytics.panel.arms import Arms, Firms
from analytics.panel.windows import PAIRS_NEEDED, before_start, cohorts_of, outcome_values


@dataclass(frozen=True, slots=True)
class EventEstimate:
    """Funded less comparison firms at one event time, in shares of a firm's own mean before (0.12 is 12% of it).

    ci: this event time alone; sim: all event times together.
    """

    value: float
    ci_low: float
    ci_high: float
    sim_low: float
    sim_high: float
    se: float
    df: float
    n_funded: int
    n_comparison: int


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Effects by event time, quarters (yearly data: years) since the award's own; negative: before it. In shares of the
    mean before, not of what would have been: where sales doubled everywhere, 0.2 is an effect of 10%.

    critical: the t of the simultaneous bands, None when nothing could be estimated.
    """

    level: float
    critical: float | None
    effects: dict[int, EventEstimate | Withheld]


def event_study(panel: Panel, outcome: str, *, settings: Settings | None = None) -> EventStudy:
    """Every event time that lies in the data for at least one cohort; firms without sales before have no share."""
    settings = settings or Settings()
    firms, by_event = shares_by_event(panel, outcome, settings)
    results: dict[int, Deletions | Withheld] = {}
    for event, relative in by_event.items():
        counts = firms.count_measured(relative)
        deletions = mean_gap(firms, relative) if min(counts) >= settings.min_firms else None
        reason = Reason.TOO_FEW_FIRMS if min(counts) < settings.min_firms else Reason.NOT_ESTIMABLE
        results[event] = deletions or Withheld(reason)
    return _with_bands(results, settings)


def shares_by_event(panel: Panel, outcome: str, settings: Settings) -> tuple[Firms, dict[int, FloatArray]]:
    """All funded firms and their comparison; by event time, (n_firms, G) sales over the firm's own mean before."""
    values, at = by_quarter(panel, outcome_values(panel, outcome))
    cohorts = cohorts_of(panel)
    award = (cohorts.asfreq("Q") if panel.periods_per_year == 12 else cohorts).asi8.astype(np.int64)
    arms = Arms.of(panel, cohorts.get_indexer(pd.PeriodIndex(panel.units["cohort"])).astype(np.int64), len(cohorts))
    base = mean_before(panel, outcome_values(panel, outcome), cohorts, settings)
    events = range(int(at[0] - award.max(initial=at[0])), int(at[-1] - award.min(initial=at[-1])) + 1)
    return arms.group(panel.funded), {event: _at_event(values, at, award + event) / base for event in events}


def by_quarter(panel: Panel, values: FloatArray) -> tuple[FloatArray, IntArray]:
    """Means by quarter of what was reported, and the quarters' ordinals; quarterly and yearly data stay as they are."""
    if panel.periods_per_year != 12:
        return values, panel.periods.asi8.astype(np.int64)
    quarters, first = np.unique(panel.periods.asfreq("Q").asi8, return_index=True)
    reported = np.isfinite(values)
    n = np.add.reduceat(reported.astype(np.float64), first, axis=1)
    total = np.add.reduceat(np.where(reported, values, 0), first, axis=1)
    return total / np.where(n > 0, n, np.nan), quarters


def _at_event(values: FloatArray, at: IntArray, quarters: IntArray) -> FloatArray:
    """(n_firms, G) each cohort's own quarter; NaN outside the data."""
    column = quarters - at[0]
    inside = (column >= 0) & (column < values.shape[1])
    return np.where(inside, values[:, np.clip(column, 0, values.shape[1] - 1)], np.nan)


def mean_before(panel: Panel, values: FloatArray, cohorts: pd.PeriodIndex, settings: Settings) -> FloatArray:
    """(n_firms, G) mean of the before window; NaN where too little was reported or nothing sold."""
    ppy = panel.periods_per_year
    base = np.full((len(values), len(cohorts)), np.nan)
    for g, cohort in enumerate(cohorts):
        first = before_start(panel, cohort, settings).ordinal - panel.periods[0].ordinal
        window = values[:, max(first, 0) : max(first + ppy, 0)]
        reported = np.isfinite(window)
        n = reported.sum(axis=1)
        mean = np.where(reported, window, 0).sum(axis=1) / np.where(n >= PAIRS_NEEDED[ppy], n, np.nan)
        base[:, g] = np.where(mean > 0, mean, np.nan)
    return base


def _with_bands(results: dict[int, Deletions | Withheld], settings: Settings) -> EventStudy:
    """Intervals for each event time, and the bands that hold for all of them."""
    deletions = {event: result for event, result in results.items() if isinstance(result, Deletions)}
    uncertainties = {event: jackknife(each) for event, each in deletions.items()}
    estimable = {
        event: (deletions[event], uncertainty)
        for event, uncertainty in uncertainties.items()
        if uncertainty is not None
    }
    if not estimable:
        return EventStudy(settings.level, None, {event: _withheld(result) for event, result in results.items()})
    df = min(uncertainty.df for _, uncertainty in estimable.values())
    critical = sup_t(joint_covariance([each for each, _ in estimable.values()]), df, settings.level)
    effects = {
        event: _event_estimate(*estimable[event], critical, settings) if event in estimable else _withheld(result)
        for event, result in results.items()
    }
    return EventStudy(settings.level, critical, effects)


def _withheld(result: Deletions | Withheld) -> Withheld:
    return result if isinstance(result, Withheld) else Withheld(Reason.NOT_ESTIMABLE)


def _event_estimate(
    deletions: Deletions, uncertainty: Uncertainty, critical: float, settings: Settings
) -> EventEstimate:
    low, high = uncertainty.interval(settings.level)
    n_funded, half = int(deletions.funded.sum()), max(critical * uncertainty.se, (high - low) / 2)
    return EventEstimate(
        value=deletions.theta,
        ci_low=low,
        ci_high=high,
        sim_low=deletions.theta - half,
        sim_high=deletions.theta + half,
        se=uncertainty.se,
        df=uncertainty.df,
        n_funded=n_funded,
        n_comparison=len(deletions.funded) - n_funded,
    )
