"""Every figure of the closed list, with its status: counts, grants, before and after, effects (METHODS.md 2, 3, 7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analytics.arrays import BoolArray
from analytics.build.assessment import Assessment
from analytics.build.rows.empty_cells import Groupings, groupings_of
from analytics.build.rows.evidence import evidence_figures, with_claims
from analytics.build.rows.group_time import group_time_figures
from analytics.build.rows.happened import change_figures, count_figures, measured_firms, typical_change_figures
from analytics.build.rows.money import money_figures
from analytics.build.rows.over_time import over_time_figures
from analytics.build.rows.rounding import rough_estimate
from analytics.build.rows.row import (
    Counts,
    effect_figure,
    goes_by_sellers,
    group_named,
    without_counts,
)
from analytics.build.samples import Samples
from analytics.build.withheld_cells import WithheldCells
from analytics.estimate.before_after import BeforeAfter, before_after_by_group
from analytics.estimate.comparing import power_requirement
from analytics.estimate.effects import Effect, EffectEstimate, effect_of, group_effects, with_joint_intervals
from analytics.estimate.inference import weighted_sum
from analytics.estimate.money import money_by_group
from analytics.estimate.sample import Sample
from analytics.estimate.typical_change import typical_changes
from analytics.model import (
    Arm,
    Estimand,
    Progress,
    Reason,
    Rule,
    Withheld,
    silent,
)
from analytics.panel.panel import Panel
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.release import Release, measures
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.release.measures import ALL, OVERALL, estimands_of

Groups = dict[Any, BoolArray]


def figures(
    everybody: Panel,
    programme: Programme,
    samples: Samples,
    withheld_cells: WithheldCells,
    progress: Progress = silent,
    earlier: Sequence[Release] = (),
) -> Iterator[Figure]:
    """Every figure of the closed list: the programme, each dimension, each named pair; counts, changes, effects; then
    the checks, and the paths over time. everybody: the panel of all applicants; those set aside enter specifications
    alone; samples: of the firms in either arm. Nothing is withheld here, but what the patterns withhold enters no
    comparison of groups. earlier: releases that are protected together with this one.
    """
    progress("check", 0, 1)
    assessment = Assessment(everybody, programme)
    checks = list(evidence_figures(assessment))
    progress("check", 1, 1)
    yield from with_claims(_estimates(everybody.compared, programme, samples, withheld_cells, progress), assessment)
    yield from checks
    question = programme.headline
    rules = {
        withheld_cells.rule(question.outcome, OVERALL, group_of({"wave": wave})) for wave in programme.codes("wave")
    }
    whole_only = bool(rules - {None, Rule.HELD})
    yield from over_time_figures(everybody.compared, programme, samples[question.outcome][0], whole_only=whole_only)

    def told_before(key: FigureKey) -> bool:
        return any((old := release.at(key)) is not None and old.published for release in earlier)

    yield from group_time_figures(everybody.compared, programme, withheld_cells, told_before)


def _estimates(
    panel: Panel, programme: Programme, samples: Samples, withheld_cells: WithheldCells, progress: Progress
) -> Iterator[Figure]:
    """Counts, changes, effects and money of every group."""
    groupings = groupings_of(panel, programme)
    for by, groups in groupings.items():
        yield from count_figures(panel, by, groups)
    for done, outcome in enumerate(programme.outcomes):
        progress("estimate", done, len(programme.outcomes))
        yield from _of_outcome(samples[outcome.name], outcome, groupings, programme, withheld_cells)
    progress("estimate", len(programme.outcomes), len(programme.outcomes))


def _of_outcome(
    samples: Sequence[Sample],
    outcome: Outcome,
    groupings: Groupings,
    programme: Programme,
    withheld_cells: WithheldCells,
) -> Iterator[Figure]:
    """What happened by arm, effects and money, for every group.

    The comparison arm's amounts are those of sectors: they are the same firms whatever group of the sector they stand
    beside, and of other groups the change alone.
    """
    for by, groups in groupings.items():
        whole_sectors = not set(by) - set(programme.sector_dimensions)
        measured: dict[tuple[Any, str], Counts] = {}
        changes: dict[tuple[Any, str], BeforeAfter] = {}
        for sample in samples:
            for labels, change in before_after_by_group(sample, groups).items():
                changes[labels, sample.horizon] = change
                measured[labels, sample.horizon] = counts = measured_firms(change)
                group = group_named(by, labels)
                for arm, of_arm in ((Arm.FUNDED, change.funded), (Arm.COMPARISON, change.comparison)):
                    amounts = arm is Arm.FUNDED or whole_sectors
                    yield from change_figures(arm, group, of_arm, counts, sample, programme, amounts=amounts)
        exact = {
            estimand: {sample.horizon: group_effects(sample, estimand, groups) for sample in samples}
            for estimand in estimands_of(programme, outcome)
        }
        for sample in samples:
            typical = exact[Estimand.TYPICAL_FIRM][sample.horizon]
            for labels, typical_change in typical_changes(sample, groups).items():
                group, counts = group_named(by, labels), measured[labels, sample.horizon]
                yield from typical_change_figures(group, typical_change, typical[labels], counts, sample, programme)
        for estimand, effects in exact.items():
            yield from _effects(samples, effects, estimand, by, groups, measured, programme)
        if outcome.unit == "currency" and outcome.name == programme.headline.outcome:
            grants = {
                labels: _mean_grant(samples[0].panel, firms, withheld_cells, group_named(by, labels))
                for labels, firms in groups.items()
            }
            for sample in samples:
                euro_weighted = exact[Estimand.EURO_WEIGHTED][sample.horizon]
                for labels, money in money_by_group(sample, groups, euro_weighted).items():
                    counts, funded = measured[labels, sample.horizon], changes[labels, sample.horizon].funded
                    group, grant = group_named(by, labels), grants[labels]
                    yield from money_figures(group, money, funded, counts, sample, outcome, programme, grant)


def _mean_grant(panel: Panel, firms: BoolArray, withheld_cells: WithheldCells, group: Group) -> float | None:
    """What a funded firm of a group was granted on average; None where the sum is withheld or held."""
    if "grant_eur" not in panel.units or withheld_cells.rule(ALL, ALL, group) is not None:
        return None
    grants = panel.units["grant_eur"][firms].dropna()
    return float(grants.mean()) if len(grants) else None


# ---- effects ---------------------------------------------------------------------------------------------------------


def _effects(
    samples: Sequence[Sample],
    exact: Mapping[str, Mapping[Any, Effect]],
    estimand: Estimand,
    by: tuple[str, ...],
    groups: Groups,
    measured: dict[tuple[Any, str], Counts],
    programme: Programme,
) -> Iterator[Figure]:
    """The effects of one estimand on every group and horizon, and whether they last. exact: horizon, group -> the
    effect.
    """
    question = programme.headline
    counts_sellers = goes_by_sellers(estimand, programme, samples[0].outcome)
    effects = {horizon: _told(of_groups) if counts_sellers else of_groups for horizon, of_groups in exact.items()}
    of_sectors = by in {(name,) for name in programme.sector_dimensions}
    if (estimand, samples[0].outcome) == (question.estimand, question.outcome) and (of_sectors or not by):
        yield from _lasting(samples, effects, estimand, by, groups)
    for sample in samples:
        of_groups = effects[sample.horizon]
        tells = sample.horizon in (OVERALL, question.horizon_code)
        for labels, effect in of_groups.items():
            key = _effect_key(sample, estimand, group_named(by, labels))
            figure = effect_figure(key, estimand, effect, measured[labels, sample.horizon])
            if counts_sellers and estimand is Estimand.SYMMETRIC_GROWTH:
                figure = without_counts(figure)
            years = [effects[year][labels] for year in effects if year != OVERALL]
            yield _with_requirement(figure, effect, years, sample) if tells else figure


def _told(effects: Mapping[Any, Effect]) -> dict[Any, Effect]:
    """Effects no finer than they may be told, with the intervals that hold for all of them together."""
    return with_joint_intervals(
        {
            labels: rough_estimate(effect) if isinstance(effect, EffectEstimate) else effect
            for labels, effect in effects.items()
        }
    )


def _effect_key(sample: Sample, estimand: Estimand, group: Group) -> FigureKey:
    """The key of an effect on a group."""
    return FigureKey(measures.EFFECTS[estimand], sample.outcome, horizon=sample.horizon, group=group)


def _with_requirement(figure: Figure, effect: Effect, by_year: Sequence[Effect], sample: Sample) -> Figure:
    """An effect's figure with what would tell. by_year: the effects of single years."""
    if isinstance(effect, Withheld):
        return figure
    needed = power_requirement(effect, by_year, sample.settings)
    return replace(figure, firms_needed=needed.firms, years_needed=needed.years)


def _lasting(
    samples: Sequence[Sample],
    effects: Mapping[str, Mapping[Any, Effect]],
    estimand: Estimand,
    by: tuple[str, ...],
    groups: Groups,
) -> Iterator[Figure]:
    """The effect in the last year less that in the first, on the scale of the effect: whether it lasts. Of groups of
    which both are shown, so that nothing else is told; and only where the same cohorts make them.
    """
    first, last = samples[1], samples[-1]
    same = bool((np.isfinite(first.windows.after).any(axis=0) == np.isfinite(last.windows.after).any(axis=0)).all())
    differences: dict[Any, Effect] = {}
    for labels, mask in groups.items() if first is not last else ():
        ends = [effects[sample.horizon][labels] for sample in (last, first)]
        later, sooner = (sample.deletions(estimand, sample.group(mask)) for sample in (last, first))
        difference: Effect = next((end for end in ends if isinstance(end, Withheld)), Withheld(Reason.NOT_ESTIMABLE))
        if same and later and sooner and not any(isinstance(end, Withheld) for end in ends):
            difference = effect_of(weighted_sum(later, sooner, -1.0), estimand, first)
        differences[labels] = difference
    for labels, difference in with_joint_intervals(differences).items():
        key = FigureKey(measures.lasting(estimand), first.outcome, horizon=OVERALL, group=group_named(by, labels))
        figure = without_counts(effect_figure(key, estimand, difference, (0, 0)))
        nothing = dict.fromkeys(("sim_p", "mde", "shared_low", "shared_high", "range_kind"))
        yield replace(figure, **nothing)  # type: ignore[arg-type]  # it goes by the interval of all groups together
