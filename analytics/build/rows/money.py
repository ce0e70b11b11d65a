"""Extra sales in money, as figures: in all, per unit granted and spent, per firm; beside losses (METHODS.md 3)."""

from collections.abc import Iterator
from dataclasses import dataclass

from analytics.build.rows.row import (
    Counts,
    coarse,
    estimate_figure,
    published_figure,
    scaled,
    withheld_figure,
)
from analytics.estimate.money import ExtraSales, Money, MoneyEstimate, Total
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


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount of money to publish; factor: what it is multiplied by, so that it is no finer than may be told."""

    measure: Measure
    estimate: Money
    unit: Unit
    factor: float = 1.0


def money_figures(
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
