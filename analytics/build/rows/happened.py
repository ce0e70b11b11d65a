"""What happened, as figures: firms and grants, means before and after, shares of firms that sell (METHODS.md 2)."""

from collections.abc import Iterator, Mapping
from typing import Any

from analytics.arrays import BoolArray
from analytics.build.rows.rounding import Amount, Means, rough_means
from analytics.build.rows.row import (
    Counts,
    group_named,
    published_figure,
    withheld_figure,
)
from analytics.estimate.before_after import ArmChange, BeforeAfter
from analytics.estimate.sample import Sample
from analytics.model import (
    Arm,
    DisclosureRules,
    Reason,
    Unit,
    Withheld,
)
from analytics.panel.panel import Panel
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.release import measures
from analytics.release.figure import Figure, FigureKey
from analytics.release.measures import Measure


def count_figures(panel: Panel, by: tuple[str, ...], groups: Mapping[Any, BoolArray]) -> Iterator[Figure]:
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


def measured_firms(change: BeforeAfter) -> Counts:
    """Firms of each arm with both windows."""
    funded, other = (arm.n_measured if isinstance(arm, ArmChange) else 0 for arm in (change.funded, change.comparison))
    return funded, other


def change_figures(
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


def told_means(change: ArmChange, sample: Sample, outcome: Outcome, rules: DisclosureRules) -> Means | None:
    """Means per firm as they may be told. Amounts are a year's; a count is no larger in a year."""
    periods = change.n_measured * (1 if outcome.unit == "currency" else sample.panel.periods_per_year)
    before, after = (
        Amount(total / periods, largest / periods, second / periods, change.n_measured)
        for total, (largest, second) in (
            (change.before_sum, change.largest_before),
            (change.after_sum, change.largest_after),
        )
    )
    return rough_means(before, after, rules)


def _change_values(
    change: ArmChange, sample: Sample, outcome: Outcome, rules: DisclosureRules
) -> dict[Measure, float | None]:
    means = told_means(change, sample, outcome, rules)
    amounts: dict[Measure, float | None] = {}
    if means is not None:
        amounts = {measures.BEFORE_MEAN: means.before, measures.AFTER_MEAN: means.after, measures.CHANGE: means.change}
    return amounts | {
        measures.SELLING_BEFORE: change.selling_before,
        measures.SELLING_AFTER: change.selling_after,
        measures.STOPPED_SELLING: change.stopped_selling,
    }
