"""Before, and years 1, 2, 3 after: each firm's paired means over the windows of each cohort (METHODS.md 1)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.model import Settings, UserError
from analytics.panel import FloatArray, Panel, as_periods

# Calendar positions that must be reported in both windows: 6 of 12 months, 3 of 4 quarters, the year.
PAIRS_NEEDED = {12: 6, 4: 3, 1: 1}


@dataclass(frozen=True, slots=True)
class Windows:
    """Per-period means of each firm over the calendar windows of each cohort.

    cohorts: (G,) funded periods in order; years: (G,) complete years used;
    before, after: (n_firms, G), means over the calendar positions reported in both windows; NaN = lost for the window.
    own: (n_firms,) column of the firm's own cohort, −1 = never funded.
    """

    cohorts: pd.PeriodIndex
    years: npt.NDArray[np.int64]
    before: FloatArray
    after: FloatArray
    own: npt.NDArray[np.int64]


def before_end(cohort: pd.Period, settings: Settings) -> pd.Period:
    """The last period before the programme could act on the cohort's firms."""
    last = cohort - 1
    if settings.before_ends is None:
        return last
    given = as_periods(pd.Series([settings.before_ends]), "before_ends")[0]
    if "YQM".index(given.freqstr[0]) < "YQM".index(cohort.freqstr[0]):
        raise UserError("panel.cohort_coarser", column="before_ends", value=given)
    return min(given.asfreq(cohort.freqstr[0]), last)


def after_start(cohort: pd.Period, settings: Settings) -> pd.Period:
    """The first period of year 1."""
    return cohort + 1 if settings.award_period == "skip" else cohort


def complete_years(panel: Panel, cohort: pd.Period, settings: Settings) -> int:
    """How many years after the award lie wholly in the data, at most `settings.years_after`."""
    periods = (panel.periods[-1] - after_start(cohort, settings)).n + 1
    return int(np.clip(periods // panel.periods_per_year, 0, settings.years_after))


def cohorts_of(panel: Panel) -> pd.PeriodIndex:
    """The funded periods, in order."""
    return pd.PeriodIndex(panel.units["cohort"].dropna().unique(), freq=panel.periods.freqstr).sort_values()


def horizons(panel: Panel, settings: Settings) -> list[int]:
    """The years after funding that at least one cohort completes."""
    most = max((complete_years(panel, cohort, settings) for cohort in cohorts_of(panel)), default=0)
    return list(range(1, most + 1))


def windows(panel: Panel, outcome: str, settings: Settings, year: int | None = None) -> Windows:
    """Paired means before and after, for one year after funding or (None) for all complete years together.

    A cohort for which the year is not complete has NaN throughout.
    """
    if outcome not in panel.outcomes:
        raise UserError("panel.outcome_unknown", outcome=outcome, known=", ".join(panel.outcomes))
    values = np.hstack([panel.outcomes[outcome], np.full((len(panel.units), 1), np.nan)])  # last column: outside the data
    cohorts = cohorts_of(panel)
    shape = (len(panel.units), len(cohorts))
    before, after = np.full(shape, np.nan), np.full(shape, np.nan)
    years = np.zeros(len(cohorts), dtype=np.int64)
    for g, cohort in enumerate(cohorts):
        complete = complete_years(panel, cohort, settings)
        used = range(1, complete + 1) if year is None else [year] if 1 <= year <= complete else []
        years[g] = len(used)
        if used:
            before[:, g], after[:, g] = _paired(panel, values, cohort, list(used), settings)
    cohort_of_firm = pd.PeriodIndex(panel.units["cohort"], freq=panel.periods.freqstr)
    return Windows(cohorts, years, before, after, cohorts.get_indexer(cohort_of_firm).astype(np.int64))


def _paired(
    panel: Panel, values: FloatArray, cohort: pd.Period, years: list[int], settings: Settings
) -> tuple[FloatArray, FloatArray]:
    """Seasons cancel in pairs: only calendar positions reported in both windows count, in both means."""
    ppy = panel.periods_per_year
    last = before_end(cohort, settings)
    before = values[:, _columns(panel, last - ppy + 1, last)]
    start = after_start(cohort, settings)
    by_year = [values[:, _columns(panel, start + (k - 1) * ppy, start + k * ppy - 1)] for k in years]
    after = _mean_reported(np.stack(by_year, axis=2))
    # both windows are whole years: turning one puts the same calendar positions side by side
    after = np.roll(after, (start - (last - ppy + 1)).n % ppy, axis=1)
    both = np.isfinite(before) & np.isfinite(after)
    n = both.sum(axis=1)
    enough = np.where(n >= PAIRS_NEEDED[ppy], n, np.nan)
    return np.where(both, before, 0).sum(axis=1) / enough, np.where(both, after, 0).sum(axis=1) / enough


def _columns(panel: Panel, first: pd.Period, last: pd.Period) -> npt.NDArray[np.int64]:
    """Columns of the periods first … last; those outside the data name the last, empty column."""
    ordinals = np.arange(first.ordinal, last.ordinal + 1) - panel.periods[0].ordinal
    return np.where((ordinals >= 0) & (ordinals < len(panel.periods)), ordinals, len(panel.periods))


def _mean_reported(values: FloatArray) -> FloatArray:
    """Mean over the last axis of what was reported; NaN where nothing was."""
    reported = np.isfinite(values)
    n = reported.sum(axis=-1)
    return np.where(reported, values, 0).sum(axis=-1) / np.where(n, n, np.nan)
