"""What is known of firms before the programme could act, in full (METHODS.md 10): level, size, activity, and the path
of sales up to then, each measured from the comparison firms of the same sector.
"""

import numpy as np

from analytics.arrays import FloatArray
from analytics.estimate.adjustment import log_employees
from analytics.model import Settings
from analytics.panel import Panel
from analytics.panel.arms import Arms
from analytics.panel.windows import Windows, before_end, before_start, outcome_values

MOST_MEANS = 9  # of the path, latest first
LARGEST_DISTANCE = 2.0  # of a mean of the path from the firm's own level, in logs
PERIODS_PER_MEAN = {12: 3, 4: 2, 1: 1}  # by periods in a year: quarters, half-years, years
PERIODS_OF_ACTIVITY = {12: 6, 4: 2, 1: 1}  # half-years, or years

Span = tuple[int, int]  # columns of a panel, from the first up to the last, which is not in it


def past_features(
    panel: Panel, outcome: str, windows: Windows, arms: Arms, settings: Settings, *, placebo: bool = False
) -> FloatArray | None:
    """(n_firms, G, p) features, 0 where unknown; None where no period lies ahead of the year before.

    ln ȳ_B; ln staff; shares of reported periods with sales in the last half-year before, the one ahead of it, and all
    earlier; means of log sales by quarter, latest first, less the sector's comparison mean of each month and less
    ln ȳ_B. placebo: the past ends where the before window begins, which is what is explained.
    """
    values, ppy = outcome_values(panel, outcome), panel.periods_per_year
    start = before_start if placebo else (lambda *of: before_end(*of[1:]) + 1)
    ends = [start(panel, cohort, settings).ordinal - panel.periods[0].ordinal for cohort in windows.cohorts]
    if max(ends, default=0) <= ppy:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        path = np.log(np.where(values > 0, values, np.nan))
        level = np.log(np.where(windows.before > 0, windows.before, np.nan))
    path -= _comparison_mean(path, arms)
    level -= _comparison_mean(level, arms)
    size = np.repeat(log_employees(panel)[:, None], len(ends), axis=1)
    sold = np.where(np.isfinite(values), (values > 0).astype(np.float64), np.nan)
    listed = [size, *_by_span(sold, [_activity_spans(end, ppy) for end in ends])]
    measured = [level, *(each - _comparison_mean(each, arms) for each in listed)]
    means = _by_span(path, [_path_spans(end, ppy) for end in ends])
    distances = [np.clip(mean - level, -LARGEST_DISTANCE, LARGEST_DISTANCE) for mean in means]
    features: FloatArray = np.nan_to_num(np.stack([*measured, *distances], axis=-1))
    return features


def _comparison_mean(values: FloatArray, arms: Arms) -> FloatArray:
    """(n_firms, q) of (n_firms, q): the mean of the known values of the comparison firms of each firm's sector."""
    known = np.isfinite(values) & ~arms.funded[:, None]
    member = (arms.sector == np.arange(int(arms.sector.max(initial=-1)) + 2)[:, None]).astype(np.float64)
    n = member @ known
    mean: FloatArray = (member @ np.where(known, values, 0) / np.where(n > 0, n, np.nan))[arms.sector]
    return mean


def _by_span(values: FloatArray, spans: list[list[Span]]) -> list[FloatArray]:
    """(n_firms, G) each: the mean of what is known of values (n_firms, T) in the spans of each cohort, in their order;
    NaN where nothing is, or the cohort has fewer spans.
    """
    means = np.full((max(map(len, spans), default=0), len(values), len(spans)), np.nan)
    for g, of_cohort in enumerate(spans):
        for k, (first, end) in enumerate(of_cohort):
            part = values[:, max(first, 0) : max(end, 0)]
            n = np.isfinite(part).sum(axis=1)
            means[k, :, g] = np.nansum(part, axis=1) / np.where(n > 0, n, np.nan)
    return list(means)


def _activity_spans(end: int, ppy: int) -> list[Span]:
    """The last half-year before `end`, the one ahead of it, and all earlier; of yearly data, years."""
    half = PERIODS_OF_ACTIVITY[ppy]
    return [(end - half, end), (end - 2 * half, end - half), (0, end - 2 * half)]


def _path_spans(end: int, ppy: int) -> list[Span]:
    """Whole quarters before `end`, latest first; half-years of quarterly data; years of yearly data, without the last,
    whose mean is ln ȳ_B itself.
    """
    length = PERIODS_PER_MEAN[ppy]
    spans = [(end - (k + 1) * length, end - k * length) for k in range(end // length)]
    return spans[ppy == 1 :][:MOST_MEANS]
