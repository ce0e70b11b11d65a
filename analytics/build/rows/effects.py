"""Every figure of the closed list, with its status: counts, grants, before and after, effects (METHODS.md 2, 3, 7)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from analytics.arrays import BoolArray
from analytics.build.assessment import Assessment
from analytics.build.patterns import CubeCell, WithheldCells, cube_cell
from analytics.build.rows.evidence import claimed, evidence_rows
from analytics.build.rows.over_time import path_rows
from analytics.build.rows.row import (
    Counts,
    Row,
    cell_of_group,
    coarse,
    effect_row,
    published_row,
    scaled,
    with_interval,
    withheld_row,
)
from analytics.build.samples import Samples
from analytics.estimate.before_after import ArmChange, BeforeAfter, before_after_by_group
from analytics.estimate.comparing import power_requirement, sectors_differ, shrunken
from analytics.estimate.effects import Effect, EffectEstimate, effect_of, group_effects, with_joint_intervals
from analytics.estimate.inference import WelchTest, weighted_sum
from analytics.estimate.money import ExtraSales, Money, MoneyEstimate, Total, money_by_group
from analytics.estimate.sample import Sample
from analytics.model import (
    Arm,
    ConfStatus,
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
from analytics.panel import Panel
from analytics.panel.arms import groups_of
from analytics.programme.dimensions import DIMENSIONS, HIERARCHY
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome

Groups = dict[Any, BoolArray]
Groupings = dict[tuple[str, ...], Groups]
LASTING = ((), *((name,) for name in HIERARCHY))  # the groups of which one asks whether an effect lasts


def figure_rows(
    everybody: Panel, programme: Programme, samples: Samples, guard: WithheldCells, progress: Progress = silent
) -> Iterator[Row]:
    """Every figure of the closed list: the programme, each dimension, each named pair; counts, changes, effects; then
    the checks, and the paths over time. everybody: the panel of all applicants; those set aside enter specifications
    alone; samples: of the firms in either arm. Nothing is withheld here, but what the guard withholds enters no
    comparison of groups.
    """
    progress("check", 0, 1)
    assessment = Assessment(everybody, programme)
    checks = list(evidence_rows(assessment))
    progress("check", 1, 1)
    yield from claimed(_estimate_rows(everybody.compared, programme, samples, guard, progress), assessment)
    yield from checks
    waves = {
        guard.rule(programme.headline.outcome, "overall", cube_cell(wave=wave)) for wave in programme.codes("wave")
    }
    sample = samples[programme.headline.outcome][0]
    yield from path_rows(everybody.compared, programme, sample, whole_only=bool(waves - {None, Rule.HELD}))


def _estimate_rows(
    panel: Panel, programme: Programme, samples: Samples, guard: WithheldCells, progress: Progress
) -> Iterator[Row]:
    named = [(), *((name,) for name in DIMENSIONS), *programme.pairs]
    groupings: Groupings = {by: dict(groups_of(panel, by)) if by else {(): panel.funded} for by in named}
    for by, groups in groupings.items():
        yield from _count_rows(panel, by, groups)
    for done, outcome in enumerate(programme.outcomes):
        progress("estimate", done, len(programme.outcomes))
        yield from _outcome_rows(samples[outcome.name], outcome, groupings, programme, guard)
    progress("estimate", len(programme.outcomes), len(programme.outcomes))


def _count_rows(panel: Panel, by: tuple[str, ...], groups: Groups) -> Iterator[Row]:
    """Firms awarded, comparison firms of the sectors of those that sell, euros granted."""
    sector, sells = panel.units["sector"], panel.units["sells"].to_numpy(dtype=bool)
    for group, mask in groups.items():
        n_funded = int(mask.sum())
        n_other = int((~panel.funded & sells & sector.isin(sector[mask & sells].dropna()).to_numpy()).sum())
        counts = (n_funded, n_other)
        for arm, n in ((Arm.FUNDED, n_funded), (Arm.COMPARISON, n_other)):
            row = cell_of_group(by, group, measure="firms", arm=arm) | {"unit": Unit.COUNT}
            yield row | published_row(float(n), counts)
        if "grant_eur" in panel.units:
            grants = panel.units["grant_eur"][mask].dropna()
            row = cell_of_group(by, group, measure="grants", arm=Arm.FUNDED) | {"unit": Unit.MONEY}
            yield row | (
                published_row(float(sum(grants)), counts) if len(grants) else withheld_row(Reason.NOT_ESTIMABLE, counts)
            )


def _outcome_rows(
    samples: Sequence[Sample], outcome: Outcome, groupings: Groupings, programme: Programme, guard: WithheldCells
) -> Iterator[Row]:
    """What happened by arm, effects and money, for every group.

    The comparison arm's amounts are those of sectors: they are the same firms whatever group of the sector they stand
    beside, and of other groups the change alone.
    """
    for by, groups in groupings.items():
        measured: dict[tuple[Any, str], Counts] = {}
        for sample in samples:
            for group, found in before_after_by_group(sample, groups).items():
                cell = cell_of_group(by, group, outcome=outcome.name, horizon=sample.horizon)
                measured[group, sample.horizon] = counts = _counts(found)
                for arm, change in ((Arm.FUNDED, found.funded), (Arm.COMPARISON, found.comparison)):
                    amounts = arm is Arm.FUNDED or not set(by) - set(HIERARCHY)
                    yield from _change_rows(cell | {"arm": arm}, change, counts, sample, programme, amounts=amounts)
        for estimand in programme.estimands(outcome):
            yield from _effect_rows(samples, estimand, by, groups, measured, programme, guard)
        if outcome.unit == "currency" and outcome.name == programme.headline.outcome:
            for sample in samples:
                for group, money in money_by_group(sample, groups).items():
                    cell = cell_of_group(by, group, outcome=outcome.name, horizon=sample.horizon)
                    yield from _money_rows(
                        cell, money, measured[group, sample.horizon], sample.panel, outcome, programme, by
                    )


def _counts(found: BeforeAfter) -> Counts:
    funded, other = (arm.n_measured if isinstance(arm, ArmChange) else 0 for arm in (found.funded, found.comparison))
    return funded, other


def _effect_rows(
    samples: Sequence[Sample],
    estimand: Estimand,
    by: tuple[str, ...],
    groups: Groups,
    measured: dict[tuple[Any, str], Counts],
    programme: Programme,
    guard: WithheldCells,
) -> Iterator[Row]:
    """The effects of one estimand on every group and horizon, and whether the groups differ at all.

    Those that are not published would be told by how the others are drawn together, or differ.
    """
    effects = {sample.horizon: group_effects(sample, estimand, groups) for sample in samples}
    headline = programme.headline
    if (estimand, samples[0].outcome) == (headline.estimand, headline.outcome) and by in LASTING:
        yield from _lasting_rows(samples, effects, estimand, by, groups)
    for sample in samples:
        found = effects[sample.horizon]
        named = {"outcome": sample.outcome, "horizon": sample.horizon}
        drawn = {}
        if by in {(name,) for name in HIERARCHY}:
            told = {group: effect for group, effect in found.items() if _told_anew(guard, sample, _cell(by, group))}
            if _told_anew(guard, sample, cube_cell()):
                drawn = shrunken(told, group_effects(sample, estimand, {"*": sample.panel.funded})["*"])
            if estimand in (Estimand.SYMMETRIC_GROWTH, programme.headline.estimand):
                tested = _differ(sectors_differ(told.values()))
                yield cell_of_group((), (), measure=f"{by[0]}s_differ_{estimand}", **named) | tested
        for group, result in found.items():
            row = cell_of_group(by, group, measure=estimand, **named) | effect_row(
                estimand, result, measured[group, sample.horizon]
            )
            if isinstance(result, EffectEstimate):
                row["shrunk"] = drawn.get(group)
                if sample.horizon in ("overall", str(programme.headline.horizon)):
                    years = [effects[year][group] for year in effects if year != "overall"]
                    tells = power_requirement(result, years, sample.settings)
                    row |= {"firms_needed": tells.firms, "years_needed": tells.years}
            yield row


COMPANIONS = ("sim_p", "mde", "n_funded", "n_comparison")


def _lasting_rows(
    samples: Sequence[Sample],
    effects: Mapping[str, Mapping[Any, Effect]],
    estimand: Estimand,
    by: tuple[str, ...],
    groups: Groups,
) -> Iterator[Row]:
    """The effect in the last year less that in the first, on the scale of the effect: whether it lasts. Of groups of
    which both are shown, so that nothing else is told; and only where the same cohorts make them.
    """
    first, last = samples[1], samples[-1]
    same = bool((np.isfinite(first.windows.after).any(axis=0) == np.isfinite(last.windows.after).any(axis=0)).all())
    lasting: dict[Any, Effect] = {}
    for group, mask in groups.items() if first is not last else ():
        ends = [effects[sample.horizon][group] for sample in (last, first)]
        later, sooner = (sample.deletions(estimand, sample.group(mask)) for sample in (last, first))
        found: Effect = next((one for one in ends if isinstance(one, Withheld)), Withheld(Reason.NOT_ESTIMABLE))
        if same and later and sooner and not any(isinstance(one, Withheld) for one in ends):
            found = effect_of(weighted_sum(later, sooner, -1.0), estimand, first)
        lasting[group] = found
    for group, found in with_joint_intervals(lasting).items():
        row = effect_row(estimand, found, (0, 0))
        kept = {name: value for name, value in row.items() if name not in COMPANIONS}
        yield cell_of_group(by, group, outcome=first.outcome, measure=f"lasting_{estimand}", horizon="overall") | kept


def _told_anew(guard: WithheldCells, sample: Sample, cell: CubeCell) -> bool:
    """Whether an effect is published as it is, and not as it was: neither firms nor comparison firms forbid it."""
    if guard.rule(sample.outcome, sample.horizon, cell) is not None:
        return False
    return guard.rule(sample.outcome, sample.horizon, cell, Arm.COMPARISON) is not Rule.HELD


def _cell(by: tuple[str, ...], group: Any) -> CubeCell:  # noqa: ANN401 - the codes of a group, in order
    return cube_cell(**dict(zip(by, group, strict=True)))


def _differ(tested: WelchTest | Withheld) -> Row:
    """The p of Welch's test as a figure."""
    row: Row = {"unit": Unit.PROBABILITY}
    if isinstance(tested, Withheld):
        return row | withheld_row(tested.reason)
    return row | {
        "value": tested.p_value,
        "df": tested.df_within,
        "obs_status": ObsStatus.ESTIMATED,
        "conf_status": ConfStatus.FREE,
    }


def _money_rows(
    cell: Row,
    money: ExtraSales,
    counts: Counts,
    panel: Panel,
    outcome: Outcome,
    programme: Programme,
    by: tuple[str, ...],
) -> Iterator[Row]:
    """Extra sales, per euro granted and spent where those are known; of the programme, the share of losses offset."""
    rules = programme.disclosure_rules
    per = {
        "grant_eur": ("extra_per_grant", money.per_grant, money.granted),
        "eligible_spend_eur": ("extra_per_spend", money.per_spend, money.spent),
    }
    stated = [column for column in per if column in panel.units and panel.units[column].notna().any()]
    measures: dict[str, tuple[Money, Unit, float]] = {
        "extra_sales": (money.extra, Unit.MONEY, _coarser(money.sold, rules)),
        **{
            name: (found, Unit.RATIO, _coarser(money.sold, rules) / _coarser(spent, rules))
            for name, found, spent in (per[column] for column in stated)
        },
    }
    if isinstance(money.extra, MoneyEstimate):
        measures["extra_per_firm"] = money.extra, Unit.MONEY, _coarser(money.sold, rules) / money.extra.n_funded
    else:
        measures["extra_per_firm"] = money.extra, Unit.MONEY, 1.0
    if outcome.share_of is not None and not by:
        measures["losses_offset"] = money.offset, Unit.FRACTION, 1.0
        lost = cell | {"measure": "offline_fall", "arm": Arm.FUNDED, "unit": Unit.MONEY}
        yield lost | (
            withheld_row(Reason.NOT_ESTIMABLE, counts)
            if money.fallen is None
            else published_row(coarse(money.fallen.total, money.fallen.largest, rules), counts)
        )
    for measure, (result, unit, factor) in measures.items():
        row = cell | {"measure": measure, "unit": unit}
        if isinstance(result, Withheld):
            yield row | withheld_row(result.reason, counts)
        else:
            yield row | scaled(with_interval(result), factor)


def _coarser(sum_: Total | None, rules: DisclosureRules) -> float:
    """What a sum is multiplied by where it is published coarsely."""
    return 1.0 if sum_ is None or not sum_.total > 0 else coarse(sum_.total, sum_.largest, rules) / sum_.total


SHARES = ("selling_before", "selling_after", "stopped_selling")


def _change_rows(
    cell: Row, change: ArmChange | Withheld, counts: Counts, sample: Sample, programme: Programme, *, amounts: bool
) -> Iterator[Row]:
    """Means per firm, their change, firms that sell. Amounts are a year's; a count is no larger in a year."""
    rules, outcome = programme.disclosure_rules, programme.outcome(sample.outcome)
    found: dict[str, float | None] = {}
    if isinstance(change, ArmChange):
        periods = change.n_measured * (1 if outcome.unit == "currency" else sample.panel.periods_per_year)
        before, after = (
            coarse(total / periods, largest / periods, rules)
            for total, largest in (
                (change.before_sum, change.largest_before),
                (change.after_sum, change.largest_after),
            )
        )
        found = {"before_mean": before, "after_mean": after, "change": after / before - 1 if before > 0 else None}
        found |= {share: getattr(change, share) for share in SHARES}
    measures = {"before_mean": Unit.OUTCOME, "after_mean": Unit.OUTCOME} if amounts else {}
    measures |= {"change": Unit.FRACTION}
    if programme.sells_in_part(outcome):
        measures |= dict.fromkeys(SHARES, Unit.FRACTION)
    for measure, unit in measures.items():
        value = found.get(measure)
        row = cell | {"measure": measure, "unit": unit}
        yield row | (published_row(value, counts) if value is not None else withheld_row(Reason.NOT_ESTIMABLE, counts))
