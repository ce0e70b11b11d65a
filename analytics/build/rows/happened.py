"""What happened, as figures: firms and grants, means before and after, shares of firms that sell (METHODS.md 2)."""

from collections.abc import Iterator, Mapping
from typing import Any

from analytics.arrays import BoolArray
from analytics.build.rows.rounding import (
    Amount,
    Means,
    at_least,
    rough_means,
    rough_path,
    step_of_selling,
    step_of_stopped,
    to_step,
)
from analytics.build.rows.row import (
    Counts,
    group_named,
    published_figure,
    withheld_figure,
)
from analytics.estimate.before_after import ArmChange, BeforeAfter
from analytics.estimate.effects import Effect
from analytics.estimate.sample import Sample
from analytics.estimate.typical_change import TypicalChange
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
from analytics.release.measures import CENTS, Measure


def count_figures(panel: Panel, by: tuple[str, ...], groups: Mapping[Any, BoolArray]) -> Iterator[Figure]:
    """Firms awarded, comparison firms of the sectors of those that sell, euros granted."""
    sector, sells = panel.units["sector"], panel.units["sells"].to_numpy(dtype=bool)
    compared = sells & ~panel.funded
    for labels, mask in groups.items():
        group = group_named(by, labels)
        n_funded = int(mask.sum())
        n_other = int((compared & sector.isin(sector[mask & sells].dropna()).to_numpy()).sum())
        counts = (n_funded, n_other)
        for arm, n in ((Arm.FUNDED, n_funded), (Arm.COMPARISON, n_other)):
            yield published_figure(FigureKey(measures.FIRMS, arm=arm, group=group), Unit.COUNT, float(n), counts)
        if "grant_eur" in panel.units:
            key = FigureKey(measures.GRANTS, arm=Arm.FUNDED, group=group)
            grants = panel.units["grant_eur"][mask].dropna()
            if len(grants):
                yield published_figure(key, Unit.MONEY, round(float(sum(grants)), CENTS), counts)
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
    values: dict[Measure, float | None] = {}
    if not isinstance(change, Withheld):
        firms = change.n_measured if amounts else at_least(change.n_measured) or 0  # as many as are told
        values = _change_values(change, sample, outcome, programme.disclosure_rules) | _told_shares(change, firms)
    listed = [measures.BEFORE_MEAN, measures.AFTER_MEAN] if amounts else []
    listed.append(measures.CHANGE)
    if programme.sells_in_part(outcome):
        listed += measures.SELLING_SHARES
    few_measured = not isinstance(change, Withheld) and change.n_measured < sample.settings.min_firms
    for measure in listed:
        key, unit = FigureKey(measure, sample.outcome, arm, sample.horizon, group), measure.unit or Unit.NUMBER
        value = values.get(measure)
        if measure == measures.CHANGE and few_measured:
            yield withheld_figure(key, unit, Reason.TOO_FEW_FIRMS, counts)
        elif value is None:
            few = measure in measures.SELLING_SHARES and not isinstance(change, Withheld)
            yield withheld_figure(key, unit, Reason.TOO_FEW_FIRMS if few else Reason.NOT_ESTIMABLE, counts)
        else:
            yield published_figure(key, unit, value, counts)


def typical_change_figures(
    group: Group,
    change: TypicalChange | None,
    effect: Effect,
    counts: Counts,
    sample: Sample,
    programme: Programme,
) -> Iterator[Figure]:
    """The typical firm's change of each arm, of the firms that enter the effect; where it has none, for its reason."""
    for arm in Arm:
        key = FigureKey(measures.TYPICAL_CHANGE, sample.outcome, arm, sample.horizon, group)
        if isinstance(effect, Withheld) or change is None:
            reason = effect.reason if isinstance(effect, Withheld) else Reason.NOT_ESTIMABLE
            yield withheld_figure(key, Unit.FRACTION, reason, counts)
        else:
            ratio, firms = change.of(arm), (effect.n_funded, effect.n_comparison)
            told = rough_path(ratio, min(firms)) if programme.disclosure_rules.p_percent > 0 else ratio
            yield published_figure(key, Unit.FRACTION, round(told - 1, 12), firms)


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
    return amounts


def _told_shares(change: ArmChange, firms: int) -> dict[Measure, float | None]:
    """The shares of firms that sell, so coarse that each leaves two counts of firms possible; none of too few firms.

    firms: how many it is told that they are.
    """
    step, shares = step_of_selling(firms), dict[Measure, float | None]()
    if step is None:
        return shares
    before = shares[measures.SELLING_BEFORE] = to_step(change.selling_before, step)
    shares[measures.SELLING_AFTER] = to_step(change.selling_after, step)
    step = step_of_stopped(before, firms)
    if step is not None and change.stopped_selling is not None:
        shares[measures.STOPPED_SELLING] = to_step(change.stopped_selling, step)
    return shares
