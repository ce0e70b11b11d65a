"""Rows of what is shown over time, of the whole programme: the event study, and the share of firms that report."""

from collections.abc import Iterator

import numpy as np

from analytics.event_study import EventEstimate, event_study
from analytics.model import Arm, ConfStatus, ObsStatus, Reason, Unit
from analytics.panel import Panel
from analytics.programme import Programme
from analytics.rows import Row, cell_of_group, published, withheld
from analytics.sample import Sample
from analytics.windows import observed

EVENT, REPORTING = "event_study", "reporting"
PATHS = (EVENT, REPORTING)  # their horizon is a point in time: e-3 (quarters or years since the award), 2021-03
_PLACES = 3  # of a share of what a firm sold before: points beside each other have nearly the same firms


def path_rows(panel: Panel, programme: Programme, sample: Sample) -> Iterator[Row]:
    """Of the headline's outcome. panel: firms in either arm."""
    yield from _event_rows(panel, programme)
    yield from _reporting_rows(panel, programme, sample)


def _event_rows(panel: Panel, programme: Programme) -> Iterator[Row]:
    """Funded less comparison firms by time since the award; low, high: this point alone, sim_low, sim_high: all."""
    outcome = programme.headline.outcome
    for event, found in event_study(panel, outcome, settings=programme.settings).effects.items():
        row = cell_of_group((), (), outcome=outcome, measure=EVENT, horizon=f"e{event}") | {"unit": Unit.FRACTION}
        if isinstance(found, EventEstimate):
            told = {
                "value": found.value,
                "low": found.ci_low,
                "high": found.ci_high,
                "sim_low": found.sim_low,
                "sim_high": found.sim_high,
            }
            yield (
                row
                | {name: round(number, _PLACES) + 0.0 for name, number in told.items()}
                | {
                    "df": found.df,
                    "n_funded": found.n_funded,
                    "n_comparison": found.n_comparison,
                    "obs_status": ObsStatus.ESTIMATED,
                    "conf_status": ConfStatus.FREE,
                }
            )
        else:
            yield row | withheld(found.reason)


def _reporting_rows(panel: Panel, programme: Programme, sample: Sample) -> Iterator[Row]:
    """By arm and period, the share of firms whose outcome is known, to a whole percent; a firm that closed sells 0."""
    outcome, least = programme.headline.outcome, programme.settings.min_firms
    known = np.isfinite(observed(panel, outcome))
    firms = sample.group(panel.funded)
    counts = (len(firms.rows), len(firms.others))
    for arm, rows in ((Arm.FUNDED, firms.rows), (Arm.COMPARISON, firms.others)):
        for period, reported in zip(panel.periods, known[rows].T, strict=True):
            row = cell_of_group((), (), outcome=outcome, measure=REPORTING, arm=arm, horizon=str(period))
            enough = len(rows) >= least
            share = published(round(float(reported.mean()), 2), counts) if enough else withheld(Reason.TOO_FEW_FIRMS)
            yield row | {"unit": Unit.FRACTION} | share
