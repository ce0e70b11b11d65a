"""Before, and years 1, 2, 3 after: each firm's paired means over the windows of each cohort (METHODS.md 1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.model import Settings, UserError
from analytics.panel.panel import Panel
from analytics.panel.periods import read_period

# Calendar positions that must be reported in both windows: 6 of 12 months, 3 of 4 quarters, the year.
PAIRS_NEEDED = {12: 6, 4: 3, 1: 1}


@dataclass(frozen=True, slots=True)
class Windows:
    """Per-period means of each firm over the calendar windows of each cohort.

    cohorts: (G,) funded periods in order; years: (G,) complete years used; years_apart: (G,) years from the middle of
    before to the middle of after, NaN where no year is complete;
    before, after: (n_firms, G), means over the calendar positions reported in both windows; NaN = lost for the window.
    own: (n_firms,) column of the firm's own cohort, −1 = never funded.
    """

    cohorts: pd.PeriodIndex
    years: IntArray
    years_apart: FloatArray
    before: FloatArray
    after: FloatArray
    own: IntArray


def before_end(cohort: pd.Period, settings: Settings) -> pd.Period:
    """The last period before the programme could act on a cohort: ahead of the award, and over when `before_ends` is.

    A call that opens in June leaves the first quarter as the last one wholly before it.
    """
    last = cohort - 1
    if settings.before_ends is None:
        return last
    next_day = (read_period(settings.before_ends, "before_ends") + 1).start_time
    return min(next_day.to_period(cohort.freqstr) - 1, last)


def before_start(panel: Panel, cohort: pd.Period, settings: Settings) -> pd.Period:
    """The first period of a cohort's before window."""
    return before_end(cohort, settings) - panel.periods_per_year + 1


def after_start(cohort: pd.Period, settings: Settings) -> pd.Period:
    """The first period of year 1."""
    return cohort + 1 if settings.award_period == "skip" else cohort


def complete_years(panel: Panel, cohort: pd.Period, settings: Settings) -> list[int]:
    """The years after the award, of the first `settings.years_after`, that lie wholly in the data."""
    ppy = panel.periods_per_year
    start = after_start(cohort, settings).ordinal - panel.periods[0].ordinal
    first = [start + (year - 1) * ppy for year in range(1, settings.years_after + 1)]
    return [year for year, at in enumerate(first, start=1) if at >= 0 and at + ppy <= len(panel.periods)]


def cohorts_of(panel: Panel) -> pd.PeriodIndex:
    """The funded periods, in order."""
    return pd.PeriodIndex(panel.units["cohort"].dropna().unique(), freq=panel.periods.freqstr).sort_values()


def horizons(panel: Panel, settings: Settings) -> list[int]:
    """The years after funding that at least one cohort completes."""
    return sorted({year for cohort in cohorts_of(panel) for year in complete_years(panel, cohort, settings)})


def outcome_values(panel: Panel, outcome: str) -> FloatArray:
    """What was reported of an outcome, (n_firms, T). Raises UserError when the panel has none of that name."""
    if outcome not in panel.outcomes:
        raise UserError("panel.outcome_unknown", outcome=outcome, known=", ".join(panel.outcomes))
    return panel.outcomes[outcome]


def windows_of(panel: Panel, values: FloatArray, settings: Settings, year: int | None = None) -> Windows:
    """Paired means before and after of values that firms have by period, (n_firms, T), for one year after funding or
    (None) for all complete years together. A cohort for which the year is not complete has NaN throughout.
    """
    return _windows(panel, values, settings, year, lambda cohort: before_start(panel, cohort, settings))


def windows_since(panel: Panel, values: FloatArray, settings: Settings, year: int | None, first: pd.Period) -> Windows:
    """The same against a year that is one and the same for all cohorts and starts at `first`, as `before`."""
    return _windows(panel, values, replace(settings, all_before=False), year, lambda _: first)


def placebo_windows(panel: Panel, values: FloatArray, settings: Settings) -> Windows:
    """What happened when nothing could have: the before window as `after`, the year ahead of it as `before`.

    A cohort whose earlier year does not lie wholly in the data has NaN throughout.
    """
    ppy = panel.periods_per_year

    def pairs(cohort: pd.Period) -> Pairs | None:
        first = before_start(panel, cohort, settings)
        return ([first - ppy], [first]) if first - ppy >= panel.periods[0] else None

    return _means_of(panel, values, pairs)


Pairs = tuple[list[pd.Period], list[pd.Period]]  # first periods of the years before, and of the years after


def reported_in_windows(
    panel: Panel, values: FloatArray, settings: Settings, year: int | None = None
) -> tuple[BoolArray, BoolArray]:
    """(n_firms, G) each: whether a firm reported anything in the window before, and in the one after, of each cohort;
    False throughout for a cohort for which the year is not complete.
    """
    cohorts, wide = cohorts_of(panel), _with_empty_column(values)
    before, after = (np.zeros((len(panel.units), len(cohorts)), dtype=bool) for _ in range(2))
    pairs = _years_of(panel, settings, year, lambda cohort: before_start(panel, cohort, settings))
    for g, cohort in enumerate(cohorts):
        for side, starts in zip((before, after), pairs(cohort) or ([], []), strict=True):
            for start in starts:
                columns = _columns(panel, start, panel.periods_per_year)
                side[:, g] |= np.isfinite(wide[:, columns]).any(axis=1)
    return before, after


def _windows(
    panel: Panel, values: FloatArray, settings: Settings, year: int | None, first: Callable[[pd.Period], pd.Period]
) -> Windows:
    """One year after funding, or all complete ones, against the year that starts at `first` of the cohort, and the
    whole years ahead of it where settings say so.
    """
    return _means_of(panel, values, _years_of(panel, settings, year, first))


def _years_of(
    panel: Panel, settings: Settings, year: int | None, first: Callable[[pd.Period], pd.Period]
) -> Callable[[pd.Period], Pairs | None]:
    """The years of both windows of a cohort, see `_windows`; None where it has none after."""
    ppy = panel.periods_per_year

    def pairs(cohort: pd.Period) -> Pairs | None:
        used = [k for k in complete_years(panel, cohort, settings) if year in (None, k)]
        start, begins = after_start(cohort, settings), first(cohort)
        known = begins.ordinal - panel.periods[0].ordinal if settings.all_before else 0
        befores = [begins - k * ppy for k in range(-(-max(known, 0) // ppy) + 1)]
        return (befores, [start + (k - 1) * ppy for k in used]) if used else None

    return pairs


def _means_of(panel: Panel, values: FloatArray, pairs: Callable[[pd.Period], Pairs | None]) -> Windows:
    """Paired means over the years that `pairs` names for each cohort; None: it has none, and NaN throughout."""
    cohorts = cohorts_of(panel)
    shape = (len(panel.units), len(cohorts))
    before, after = np.full(shape, np.nan), np.full(shape, np.nan)
    years, years_apart = np.zeros(len(cohorts), dtype=np.int64), np.full(len(cohorts), np.nan)
    wide = _with_empty_column(values)
    for g, cohort in enumerate(cohorts):
        starts = pairs(cohort)
        if starts is not None:
            years[g] = len(starts[1])
            middle = [float(np.mean([first.ordinal for first in window])) for window in starts]
            years_apart[g] = (middle[1] - middle[0]) / panel.periods_per_year
            before[:, g], after[:, g] = _paired(panel, wide, *starts)
    own = cohorts.get_indexer(pd.PeriodIndex(panel.units["cohort"]))
    return Windows(cohorts, years, years_apart, before, after, own.astype(np.int64))


def earlier_growth_and_activity(
    panel: Panel, values: FloatArray, settings: Settings
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How firms stood before the before window: (n_firms, G) growth, ln of the mean before over the mean earlier; the
    share of the reported periods of both windows that have sales; the same of the earlier one alone. NaN where there is
    nothing to tell them from.
    """
    cohorts, ppy = cohorts_of(panel), panel.periods_per_year
    shape = (len(panel.units), len(cohorts))
    growth, active, active_earlier = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    wide = _with_empty_column(values)
    for g, cohort in enumerate(cohorts):
        first = before_start(panel, cohort, settings)
        earlier_mean, before_mean = _paired(panel, wide, [first - ppy], [first])
        sold = (earlier_mean > 0) & (before_mean > 0)
        growth[:, g] = np.log(np.where(sold, before_mean, np.nan)) - np.log(np.where(sold, earlier_mean, np.nan))
        active[:, g] = _active_share(wide[:, _columns(panel, first - ppy, 2 * ppy)])
        active_earlier[:, g] = _active_share(wide[:, _columns(panel, first - ppy, ppy)])
    return growth, active, active_earlier


def _active_share(values: FloatArray) -> FloatArray:
    """Share of the reported periods with sales."""
    reported = np.isfinite(values).sum(axis=1)
    share: FloatArray = (values > 0).sum(axis=1) / np.where(reported > 0, reported, np.nan)
    return share


def _with_empty_column(values: FloatArray) -> FloatArray:
    """A last column for the periods outside the data."""
    return np.hstack([values, np.full((len(values), 1), np.nan)])


@np.errstate(over="ignore")  # what is too large for a number becomes infinite, and is lost
def _paired(
    panel: Panel, values: FloatArray, before_starts: Sequence[pd.Period], after_starts: Sequence[pd.Period]
) -> tuple[FloatArray, FloatArray]:
    """Means of the years from `before_starts` and of those from `after_starts`, each whole years apart from each other.

    Seasons cancel in pairs: only calendar positions reported in both windows count, in both means.
    """
    ppy = panel.periods_per_year
    before, after = (
        _mean_reported([values[:, _columns(panel, start, ppy)] for start in starts])
        for starts in (before_starts, after_starts)
    )
    # both windows are whole years: turning one puts the same calendar positions side by side
    after = np.roll(after, (after_starts[0].ordinal - before_starts[0].ordinal) % ppy, axis=1)
    both = np.isfinite(before) & np.isfinite(after)
    n = both.sum(axis=1)
    enough = np.where(n >= PAIRS_NEEDED[ppy], n, np.nan)
    return np.where(both, before, 0).sum(axis=1) / enough, np.where(both, after, 0).sum(axis=1) / enough


def _columns(panel: Panel, first: pd.Period, length: int) -> IntArray:
    """Columns of `length` periods from `first`; those outside the data name the last, empty column."""
    at = np.arange(length) + (first.ordinal - panel.periods[0].ordinal)
    return np.where((at >= 0) & (at < len(panel.periods)), at, len(panel.periods))


def _mean_reported(by_year: Sequence[FloatArray]) -> FloatArray:
    """Mean over the years of what was reported, firm by firm and position by position; NaN where nothing was."""
    n = np.add.reduce([np.isfinite(values).astype(np.float64) for values in by_year])
    total = np.add.reduce([np.where(np.isfinite(values), values, 0) for values in by_year])
    mean: FloatArray = total / np.where(n > 0, n, np.nan)
    return mean
