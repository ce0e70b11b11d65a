"""What a release needs of the data before anything can be estimated; what is missing is said with the periods."""

import numpy as np
import pandas as pd

from analytics.model import Settings, UserError
from analytics.panel import Panel
from analytics.panel.windows import (
    PAIRS_NEEDED,
    after_start,
    before_end,
    before_start,
    cohorts_of,
    complete_years,
    horizons,
)
from analytics.programme.file import Programme


def check_needs(panel: Panel, programme: Programme) -> None:
    """Funded firms; figures of the main question's outcome; sales before an award, and of a whole year after it, the
    one that the main question asks for. Raises UserError with what there is, what is missing, and what to do.
    """
    if not panel.funded.any():
        raise UserError("store.no_awards", programme=programme.id)
    asked = programme.headline
    values = panel.outcomes.get(asked.outcome)
    if values is None or not np.isfinite(values).any():
        raise UserError("store.no_headline", programme=programme.id, outcome=asked.outcome)
    settings, cohorts = programme.settings, list(cohorts_of(panel))
    years = horizons(panel, settings)
    if not years:
        raise _lacking("store.no_year_after", panel, cohorts[0], 1, settings)
    if asked.year is not None and asked.year not in years:
        raise _lacking("store.no_headline_year", panel, cohorts[0], asked.year, settings)
    measured = [cohort for cohort in cohorts if complete_years(panel, cohort, settings)]
    if not any(_has_before(panel, cohort, settings) for cohort in measured):
        raise _lacking("store.no_before", panel, measured[0], 1, settings)


def _has_before(panel: Panel, cohort: pd.Period, settings: Settings) -> bool:
    """Whether enough of the year before lies in the data for a firm to be measured."""
    first = max(before_start(panel, cohort, settings), panel.periods[0])
    last = min(before_end(cohort, settings), panel.periods[-1])
    return last.ordinal - first.ordinal + 1 >= PAIRS_NEEDED[panel.periods_per_year]


def _lacking(key: str, panel: Panel, cohort: pd.Period, year: int, settings: Settings) -> UserError:
    """What there is, the first and last period with sales and with awards; and what the awards of a period need, the
    year before and that year after.
    """
    cohorts = cohorts_of(panel)
    start = after_start(cohort, settings) + (year - 1) * panel.periods_per_year
    return UserError(
        key,
        first=panel.periods[0],
        last=panel.periods[-1],
        award=cohorts[0],
        last_award=cohorts[-1],
        before_first=before_start(panel, cohort, settings),
        before_last=before_end(cohort, settings),
        after_first=start,
        after_last=start + panel.periods_per_year - 1,
        year=year,
    )
