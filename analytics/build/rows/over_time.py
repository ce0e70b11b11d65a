"""Rows of what is shown over time, of the whole programme: the event study, and the share of firms that report."""

from collections.abc import Iterator

import numpy as np

from analytics.arrays import FloatArray
from analytics.build.rows.row import Row, cell_of_group, coarse, published_row, rough_share, withheld_row
from analytics.estimate.estimands import LEAST_COMPARISON
from analytics.estimate.event_study import EventEstimate, event_study, shares_by_event
from analytics.estimate.sample import Sample
from analytics.model import Arm, ConfStatus, DisclosureRules, ObsStatus, Reason, Unit
from analytics.panel import Panel
from analytics.panel.arms import Firms
from analytics.panel.windows import outcome_values
from analytics.programme.file import Programme

EVENT, REPORTING = "event_study", "reporting"
PATHS = (EVENT, REPORTING)  # their horizon is a point in time: e-3 (quarters or years since the award), 2021-03
_PLACES = 12  # what is left of adding rounded numbers
NO_COUNTS = {"n_funded": None, "n_comparison": None}


def path_rows(panel: Panel, programme: Programme, sample: Sample, *, whole_only: bool) -> Iterator[Row]:
    """Of the headline's outcome. panel: firms in either arm; whole_only: no event time that some waves do not reach,
    where what is withheld of a wave could be found from it.
    """
    yield from _event_rows(panel, programme, whole_only=whole_only)
    yield from _reporting_rows(panel, programme, sample)


def _event_rows(panel: Panel, programme: Programme, *, whole_only: bool) -> Iterator[Row]:
    """Funded less comparison firms by time since the award; low, high: this point alone, sim_low, sim_high: all. As
    coarse as their largest contribution asks: the points beside have nearly the same firms.
    """
    outcome, rules = programme.headline.outcome, programme.disclosure_rules
    firms, by_event = shares_by_event(panel, outcome, programme.settings)
    for event, found in event_study(panel, outcome, settings=programme.settings).effects.items():
        row = cell_of_group((), (), outcome=outcome, measure=EVENT, horizon=f"e{event}") | {"unit": Unit.FRACTION}
        if not isinstance(found, EventEstimate):
            yield row | withheld_row(found.reason) | NO_COUNTS
        elif whole_only and not _reached_by_all(firms, by_event[event]):
            yield row | withheld_row(Reason.COMPLEMENTARY) | NO_COUNTS | {"conf_status": ConfStatus.SECONDARY}
        elif (largest := _largest(firms, by_event[event], rules)) is None:
            yield row | withheld_row(Reason.DOMINANCE) | NO_COUNTS | {"conf_status": ConfStatus.DOMINANCE}
        else:
            yield row | _event(found, largest, rules)


def _event(found: EventEstimate, largest: float, rules: DisclosureRules) -> Row:
    """Value and half-widths rounded, the ends set by them: ends rounded by themselves would tell the value finer."""
    value = coarse(found.value, largest, rules)
    half, sim_half = (
        coarse((high - low) / 2, largest, rules)
        for low, high in ((found.ci_low, found.ci_high), (found.sim_low, found.sim_high))
    )
    ends = {"low": value - half, "high": value + half, "sim_low": value - sim_half, "sim_high": value + sim_half}
    rounded = {name: round(number, _PLACES) + 0.0 for name, number in ({"value": value} | ends).items()}
    status = {"obs_status": ObsStatus.ESTIMATED, "conf_status": ConfStatus.FREE}
    return rounded | {"n_funded": found.n_funded, "n_comparison": found.n_comparison} | status


def _reached_by_all(firms: Firms, relative: FloatArray) -> bool:
    """Whether firms of every cohort are seen at an event time."""
    return set(firms.own[np.isfinite(firms.funded(relative))]) == set(firms.own)


def _largest(firms: Firms, relative: FloatArray, rules: DisclosureRules) -> float | None:
    """The most that one firm adds to a point; None where it could be told from the sum of its arm (p%)."""
    own, others = firms.funded(relative), firms.comparison(relative)
    counted = np.isfinite(others)
    compared = firms.other_count(counted) >= LEAST_COMPARISON
    enters = np.isfinite(own) & compared[firms.cell]
    n = max(int(enters.sum()), 1)
    weight = firms.count(enters) / n / np.maximum(firms.other_count(counted), 1)
    beside = np.where(counted, weight[firms.other_cell] * np.where(counted, others, 0), 0).sum(axis=1)
    ranked = [np.sort(np.append(arm, [0.0, 0.0]))[::-1] for arm in (own[enters] / n, beside)]
    if any(arm[2:].sum() < rules.p_percent / 100 * arm[0] for arm in ranked):
        return None
    return float(max(arm[0] for arm in ranked))


def _reporting_rows(panel: Panel, programme: Programme, sample: Sample) -> Iterator[Row]:
    """By arm and period, the share of firms whose outcome is known; one that closed sells 0. How many they are is not
    said: beside all firms it would tell how many sell nothing by their nature.
    """
    outcome, least = programme.headline.outcome, programme.settings.min_firms
    known = np.isfinite(outcome_values(panel, outcome))
    firms = sample.group(panel.funded)
    for arm, rows in ((Arm.FUNDED, firms.rows), (Arm.COMPARISON, firms.others)):
        for period, reported in zip(panel.periods, known[rows].T, strict=True):
            row = cell_of_group((), (), outcome=outcome, measure=REPORTING, arm=arm, horizon=str(period))
            enough = len(rows) >= least
            share = (
                published_row(rough_share(float(reported.mean()), len(rows)), (0, 0))
                if enough
                else withheld_row(Reason.TOO_FEW_FIRMS)
            )
            yield row | {"unit": Unit.FRACTION} | share | NO_COUNTS
