"""Every figure of the closed list, with its status: counts, grants, before and after, effects (METHODS.md 2, 3, 7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.arrays import BoolArray
from analytics.build.assessment import Assessment
from analytics.build.patterns import WithheldCells
from analytics.build.rows.evidence import evidence_figures, with_claims
from analytics.build.rows.over_time import over_time_figures
from analytics.build.rows.row import (
    Counts,
    coarse,
    effect_figure,
    estimate_figure,
    group_named,
    published_figure,
    scaled,
    withheld_figure,
    without_counts,
)
from analytics.build.samples import Samples
from analytics.estimate.before_after import ArmChange, BeforeAfter, before_after_by_group
from analytics.estimate.comparing import sectors_differ, shrunken, would_tell
from analytics.estimate.effects import Effect, EffectEstimate, effect_of, group_effects, simultaneous
from analytics.estimate.inference import WelchTest, weighted_sum
from analytics.estimate.money import ExtraSales, Money, MoneyEstimate, Total, money_of
from analytics.estimate.sample import Sample
from analytics.model import (
    Arm,
    DisclosureRules,
    Estimand,
    ObsStatus,
    Progress,
    Reason,
    Rule,
    Unit,
    Withheld,
    silent,
)
from analytics.panel.arms import groups_of
from analytics.panel.panel import Panel
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.release import measures
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.release.measures import ALL, OVERALL, Measure, estimands_of

Groups = dict[Any, BoolArray]
Groupings = dict[tuple[str, ...], Groups]


def figures(
    everybody: Panel,
    programme: Programme,
    samples: Samples,
    withheld_cells: WithheldCells,
    progress: Progress = silent,
) -> Iterator[Figure]:
    """Every figure of the closed list: the programme, each dimension, each named pair; counts, changes, effects; then
    the checks, and the paths over time. everybody: the panel of all applicants; those set aside enter specifications
    alone; samples: of the firms in either arm. Nothing is withheld here, but what the patterns withhold enters no
    comparison of groups.
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


def _estimates(
    panel: Panel, programme: Programme, samples: Samples, withheld_cells: WithheldCells, progress: Progress
) -> Iterator[Figure]:
    """Counts, changes, effects and money of every group."""
    listed = [(), *((name,) for name in programme.dimension_names), *programme.pairs]
    groupings: Groupings = {by: dict(groups_of(panel, by)) if by else {(): panel.funded} for by in listed}
    for by, groups in groupings.items():
        yield from _counts(panel, by, groups)
    for done, outcome in enumerate(programme.outcomes):
        progress("estimate", done, len(programme.outcomes))
        yield from _of_outcome(samples[outcome.name], outcome, groupings, programme, withheld_cells)
    progress("estimate", len(programme.outcomes), len(programme.outcomes))


def _counts(panel: Panel, by: tuple[str, ...], groups: Groups) -> Iterator[Figure]:
    """Firms awarded, comparison firms of the sectors of those that sell, euros granted."""
    sector, sells = panel.units["sector"], panel.units["sells"].to_numpy(dtype=bool)
    for labels, mask in groups.items():
        group = group_named(by, labels)
        n_funded = int(mask.sum())
        n_other = int((~panel.funded & sells & sector.isin(sector[mask & sells].dropna()).to_numpy()).sum())
        counts = (n_funded, n_other)
        for arm, n in ((Arm.FUNDED, n_funded), (Arm.COMPARISON, n_other)):
            yield published_figure(FigureKey(measures.FIRMS, arm=arm, group=group), Unit.COUNT, float(n), counts)
        if "grant_eur" in panel.units:
            key = FigureKey(measures.GRANTS, arm=Arm.FUNDED, group=group)
            grants = panel.units["grant_eur"][mask].dropna()
            if len(grants):
                yield published_figure(key, Unit.MONEY, float(sum(grants)), counts)
            else:
                yield withheld_figure(key, Unit.MONEY, Reason.NOT_ESTIMABLE, counts)


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
        for sample in samples:
            for labels, change in before_after_by_group(sample, groups).items():
                measured[labels, sample.horizon] = counts = _measured(change)
                group = group_named(by, labels)
                for arm, of_arm in ((Arm.FUNDED, change.funded), (Arm.COMPARISON, change.comparison)):
                    amounts = arm is Arm.FUNDED or whole_sectors
                    yield from _changes(arm, group, of_arm, counts, sample, programme, amounts=amounts)
        for estimand in estimands_of(programme, outcome):
            yield from _effects(samples, estimand, by, groups, measured, programme, withheld_cells)
        if outcome.unit == "currency" and outcome.name == programme.headline.outcome:
            for sample in samples:
                for labels, money in money_of(sample, groups).items():
                    counts = measured[labels, sample.horizon]
                    yield from _money(group_named(by, labels), money, counts, sample, outcome, programme)


def _measured(change: BeforeAfter) -> Counts:
    """Firms of each arm with both windows."""
    funded, other = (arm.n_measured if isinstance(arm, ArmChange) else 0 for arm in (change.funded, change.comparison))
    return funded, other


# ---- effects ---------------------------------------------------------------------------------------------------------


def _effects(
    samples: Sequence[Sample],
    estimand: Estimand,
    by: tuple[str, ...],
    groups: Groups,
    measured: dict[tuple[Any, str], Counts],
    programme: Programme,
    withheld_cells: WithheldCells,
) -> Iterator[Figure]:
    """The effects of one estimand on every group and horizon, whether they last, and whether the groups differ at all.

    Those that are not published would be told by how the others are drawn together, or differ.
    """
    effects = {sample.horizon: group_effects(sample, estimand, groups) for sample in samples}
    question = programme.headline
    of_sectors = by in {(name,) for name in programme.sector_dimensions}
    if (estimand, samples[0].outcome) == (question.estimand, question.outcome) and (of_sectors or not by):
        yield from _lasting(samples, effects, estimand, by, groups)
    for sample in samples:
        of_groups = effects[sample.horizon]
        shrunk: Mapping[Any, float] = {}
        if of_sectors:
            anew = _told_anew(sample, by, of_groups, withheld_cells)
            if _is_told_anew(withheld_cells, sample, ()):
                whole = group_effects(sample, estimand, {ALL: sample.panel.funded})[ALL]
                shrunk = shrunken(anew, whole)
            if estimand in (Estimand.SYMMETRIC_GROWTH, question.estimand):
                key = FigureKey(measures.groups_differ(by[0], estimand), sample.outcome, horizon=sample.horizon)
                yield _p_of_equality(key, sectors_differ(anew.values()))
        tells = sample.horizon in (OVERALL, question.horizon_code)
        for labels, effect in of_groups.items():
            key = FigureKey(
                measures.EFFECTS[estimand], sample.outcome, horizon=sample.horizon, group=group_named(by, labels)
            )
            figure = effect_figure(key, estimand, effect, measured[labels, sample.horizon])
            if isinstance(effect, EffectEstimate):
                figure = replace(figure, shrunk=shrunk.get(labels))
                if tells:
                    years = [effects[year][labels] for year in effects if year != OVERALL]
                    needed = would_tell(effect, years, sample.settings)
                    figure = replace(figure, firms_needed=needed.firms, years_needed=needed.years)
            yield figure


def _told_anew(
    sample: Sample, by: tuple[str, ...], effects: Mapping[Any, Effect], withheld_cells: WithheldCells
) -> dict[Any, Effect]:
    """The effects that are published as they are, neither withheld nor as an earlier release had them."""
    return {
        labels: effect
        for labels, effect in effects.items()
        if _is_told_anew(withheld_cells, sample, group_named(by, labels))
    }


def _is_told_anew(withheld_cells: WithheldCells, sample: Sample, group: Group) -> bool:
    """Whether an effect is published as it is, and not as it was: neither firms nor comparison firms forbid it."""
    if withheld_cells.rule(sample.outcome, sample.horizon, group) is not None:
        return False
    return withheld_cells.rule(sample.outcome, sample.horizon, group, Arm.COMPARISON) is not Rule.HELD


def _p_of_equality(key: FigureKey, test: WelchTest | Withheld) -> Figure:
    """The p of Welch's test as a figure."""
    if isinstance(test, Withheld):
        return withheld_figure(key, Unit.PROBABILITY, test.reason)
    return Figure(key, Unit.PROBABILITY, test.p_value, df=test.df_within, obs_status=ObsStatus.ESTIMATED)


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
    same = bool((np.isfinite(first.seen.after).any(axis=0) == np.isfinite(last.seen.after).any(axis=0)).all())
    differences: dict[Any, Effect] = {}
    for labels, mask in groups.items() if first is not last else ():
        ends = [effects[sample.horizon][labels] for sample in (last, first)]
        later, sooner = (sample.deletions(estimand, sample.group(mask)) for sample in (last, first))
        difference: Effect = next((end for end in ends if isinstance(end, Withheld)), Withheld(Reason.NOT_ESTIMABLE))
        if same and later and sooner and not any(isinstance(end, Withheld) for end in ends):
            difference = effect_of(weighted_sum(later, sooner, -1.0), estimand, first)
        differences[labels] = difference
    for labels, difference in simultaneous(differences).items():
        key = FigureKey(measures.lasting(estimand), first.outcome, horizon=OVERALL, group=group_named(by, labels))
        yield replace(without_counts(effect_figure(key, estimand, difference, (0, 0))), sim_p=None, mde=None)


# ---- money -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount of money to publish; factor: what it is multiplied by, so that it is no finer than may be told."""

    measure: Measure
    estimate: Money
    unit: Unit
    factor: float = 1.0


def _money(
    group: Group, money: ExtraSales, counts: Counts, sample: Sample, outcome: Outcome, programme: Programme
) -> Iterator[Figure]:
    """Extra sales, per euro granted and spent where those are known; of the programme, the share of losses offset."""
    rules = programme.disclosure_rules
    if programme.whole_of(outcome) is not None and not group:
        key = FigureKey(measures.OFFLINE_FALL, outcome.name, Arm.FUNDED, sample.horizon)
        if money.fallen is None:
            yield withheld_figure(key, Unit.MONEY, Reason.NOT_ESTIMABLE, counts)
        else:
            fall = coarse(money.fallen.total, money.fallen.largest, rules)
            yield published_figure(key, Unit.MONEY, fall, counts)
    for amount in _amounts(money, sample.panel, rules, losses=programme.whole_of(outcome) is not None and not group):
        key = FigureKey(amount.measure, outcome.name, horizon=sample.horizon, group=group)
        if isinstance(amount.estimate, Withheld):
            yield withheld_figure(key, amount.unit, amount.estimate.reason, counts)
        else:
            yield scaled(estimate_figure(key, amount.unit, amount.estimate), amount.factor)


def _amounts(money: ExtraSales, panel: Panel, rules: DisclosureRules, *, losses: bool) -> Iterator[_Amount]:
    """What extra sales come to: in all, per unit of money granted and spent where those are stated, per firm; beside
    losses, where they are told.
    """
    factor = _coarsening(money.sold, rules)
    yield _Amount(measures.EXTRA_SALES, money.extra, Unit.MONEY, factor)
    for column, measure, ratio, paid in (
        ("grant_eur", measures.EXTRA_PER_GRANT, money.per_grant, money.granted),
        ("eligible_spend_eur", measures.EXTRA_PER_SPEND, money.per_spend, money.spent),
    ):
        if column in panel.units and panel.units[column].notna().any():
            yield _Amount(measure, ratio, Unit.RATIO, factor / _coarsening(paid, rules))
    firms = money.extra.n_funded if isinstance(money.extra, MoneyEstimate) else 1
    yield _Amount(measures.EXTRA_PER_FIRM, money.extra, Unit.MONEY, factor / firms)
    if losses:
        yield _Amount(measures.LOSSES_OFFSET, money.offset, Unit.FRACTION)


def _coarsening(sum_: Total | None, rules: DisclosureRules) -> float:
    """What a sum is multiplied by where it is published coarsely."""
    return 1.0 if sum_ is None or not sum_.total > 0 else coarse(sum_.total, sum_.largest, rules) / sum_.total


# ---- what happened ---------------------------------------------------------------------------------------------------


def _changes(
    arm: Arm,
    group: Group,
    change: ArmChange | Withheld,
    counts: Counts,
    sample: Sample,
    programme: Programme,
    *,
    amounts: bool,
) -> Iterator[Figure]:
    """Means per firm where amounts are told, their change, and the shares of firms that sell, of one arm of a group."""
    outcome = programme.outcome(sample.outcome)
    values = {} if isinstance(change, Withheld) else _change_values(change, sample, outcome, programme.disclosure_rules)
    listed = [measures.BEFORE_MEAN, measures.AFTER_MEAN] if amounts else []
    listed.append(measures.CHANGE)
    if programme.sells_in_part(outcome):
        listed += measures.SELLING_SHARES
    for measure in listed:
        key, unit = FigureKey(measure, sample.outcome, arm, sample.horizon, group), measure.unit or Unit.NUMBER
        value = values.get(measure)
        if value is None:
            yield withheld_figure(key, unit, Reason.NOT_ESTIMABLE, counts)
        else:
            yield published_figure(key, unit, value, counts)


def _change_values(
    change: ArmChange, sample: Sample, outcome: Outcome, rules: DisclosureRules
) -> dict[Measure, float | None]:
    """Amounts are a year's; a count is no larger in a year."""
    periods = change.n_measured * (1 if outcome.unit == "currency" else sample.panel.periods_per_year)
    before = coarse(change.before_sum / periods, change.largest_before / periods, rules)
    after = coarse(change.after_sum / periods, change.largest_after / periods, rules)
    return {
        measures.BEFORE_MEAN: before,
        measures.AFTER_MEAN: after,
        measures.CHANGE: after / before - 1 if before > 0 else None,
        measures.SELLING_BEFORE: change.selling_before,
        measures.SELLING_AFTER: change.selling_after,
        measures.STOPPED_SELLING: change.stopped_selling,
    }
