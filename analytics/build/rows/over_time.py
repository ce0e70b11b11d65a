"""What is shown over time, of the whole programme: the event study, and the share of firms that report."""

from collections.abc import Iterator

import numpy as np

from analytics.arrays import FloatArray
from analytics.build.rows.points import told_point, untold_point
from analytics.build.rows.row import published_figure, rough_share, withheld_figure, without_counts
from analytics.estimate.estimands import LEAST_COMPARISON
from analytics.estimate.event_study import EventEstimate, event_study, shares_by_event
from analytics.estimate.sample import Sample
from analytics.model import Arm, DisclosureRules, Reason, Unit
from analytics.panel.arms import Firms
from analytics.panel.panel import Panel
from analytics.panel.windows import outcome_values
from analytics.programme.file import Programme
from analytics.release import measures
from analytics.release.figure import Figure, FigureKey


def over_time_figures(panel: Panel, programme: Programme, sample: Sample, *, whole_only: bool) -> Iterator[Figure]:
    """Of the headline's outcome. panel: firms in either arm; whole_only: no event time that some waves do not reach,
    where what is withheld of a wave could be found from it.
    """
    yield from _events(panel, programme, whole_only=whole_only)
    yield from _reporting(panel, programme, sample)


def _events(panel: Panel, programme: Programme, *, whole_only: bool) -> Iterator[Figure]:
    """Funded less comparison firms by time since the award; low, high: this point alone, sim_low, sim_high: all. To a
    point, of few firms to two: the points beside have nearly the same firms.
    """
    outcome, rules = programme.headline.outcome, programme.disclosure_rules
    firms, by_event = shares_by_event(panel, outcome, programme.settings)
    for event, effect in event_study(panel, outcome, settings=programme.settings).effects.items():
        key = FigureKey(measures.EVENT_STUDY, outcome, horizon=f"e{event}")
        if not isinstance(effect, EventEstimate):
            yield untold_point(key, effect.reason)
        elif not _is_open(firms, by_event[event], rules) or (
            whole_only and not _reached_by_all(firms, by_event[event])
        ):
            yield untold_point(key, Reason.CONFIDENTIAL)
        else:
            half, sim_half = (effect.ci_high - effect.ci_low) / 2, (effect.sim_high - effect.sim_low) / 2
            counts = effect.n_funded, effect.n_comparison
            yield told_point(key, effect.value, half, sim_half, counts, rules)


def _reached_by_all(firms: Firms, relative: FloatArray) -> bool:
    """Whether firms of every cohort are seen at an event time."""
    return set(firms.own[np.isfinite(firms.funded(relative))]) == set(firms.own)


def _is_open(firms: Firms, relative: FloatArray, rules: DisclosureRules) -> bool:
    """Whether what one firm adds to a point could not be told from the sum of its arm (p%)."""
    own, others = firms.funded(relative), firms.comparison(relative)
    counted = np.isfinite(others)
    compared = firms.other_count(counted) >= LEAST_COMPARISON
    enters = np.isfinite(own) & compared[firms.cell]
    n = max(int(enters.sum()), 1)
    weight = firms.count(enters) / n / np.maximum(firms.other_count(counted), 1)
    beside = np.where(counted, weight[firms.other_cell] * np.where(counted, others, 0), 0).sum(axis=1)
    ranked = [np.sort(np.append(arm, [0.0, 0.0]))[::-1] for arm in (own[enters] / n, beside)]
    return all(arm[2:].sum() >= rules.p_percent / 100 * arm[0] for arm in ranked)


def _reporting(panel: Panel, programme: Programme, sample: Sample) -> Iterator[Figure]:
    """By arm and period, the share of firms whose outcome is known; one that closed sells 0. How many they are is not
    said: beside all firms it would tell how many sell nothing by their nature.
    """
    outcome, least = programme.headline.outcome, programme.settings.min_firms
    known = np.isfinite(outcome_values(panel, outcome))
    firms = sample.group(panel.funded)
    for arm, rows in ((Arm.FUNDED, firms.rows), (Arm.COMPARISON, firms.others)):
        for period, reported in zip(panel.periods, known[rows].T, strict=True):
            key = FigureKey(measures.REPORTING, outcome, arm, str(period))
            if len(rows) >= least:
                share = rough_share(float(reported.mean()), len(rows))
                yield without_counts(published_figure(key, Unit.FRACTION, share, (0, 0)))
            else:
                yield without_counts(withheld_figure(key, Unit.FRACTION, Reason.TOO_FEW_FIRMS))
