"""Extra sales in money, as figures: in all, per unit granted and spent, per firm; beside losses (METHODS.md 3)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analytics.build.rows.happened import told_means
from analytics.build.rows.rounding import Amount, rough_amount
from analytics.build.rows.row import (
    Counts,
    estimate_figure,
    published_figure,
    scaled,
    withheld_figure,
    without_counts,
)
from analytics.estimate.before_after import ArmChange
from analytics.estimate.money import ExtraSales, Money, MoneyEstimate, Total
from analytics.estimate.sample import Sample
from analytics.model import (
    Arm,
    ConfStatus,
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
    """An amount of money to publish; factor: what it is multiplied by, so that it is no finer than may be told; None:
    nothing would be coarse enough.
    """

    measure: Measure
    estimate: Money
    unit: Unit
    factor: float | None = 1.0


def money_figures(
    group: Group,
    money: ExtraSales,
    change: ArmChange | Withheld,
    counts: Counts,
    sample: Sample,
    outcome: Outcome,
    programme: Programme,
    grant: float | None,
) -> Iterator[Figure]:
    """Extra sales, per euro granted and spent where those are known; of the programme, the share of losses offset.

    change: what became of the funded firms, whose mean after is told. An amount and its bounds are as many times too
    large as that mean is: rounded by themselves, they would round what the firms sold a second time. grant: what a firm
    of the group was granted on average, as the release tells it; None: it does not.
    """
    rules, losses = programme.disclosure_rules, programme.whole_of(outcome) is not None and not group
    if losses:
        key = FigureKey(measures.OFFLINE_FALL, outcome.name, Arm.FUNDED, sample.horizon)
        yield _offline_fall(key, money.fallen, counts, rules)
    factor = _factor_of_sales(money, change, sample, outcome, rules)
    below = _as_told(money.granted, grant, rules), _coarsening(money.spent, rules)
    for amount in _amounts(money, sample.panel, factor, below, losses=losses):
        key = FigureKey(amount.measure, outcome.name, horizon=sample.horizon, group=group)
        if isinstance(amount.estimate, Withheld):
            yield withheld_figure(key, amount.unit, amount.estimate.reason, counts)
        elif amount.factor is None:
            secret = without_counts(withheld_figure(key, amount.unit, Reason.CONFIDENTIAL))
            yield replace(secret, conf_status=ConfStatus.CONFIDENTIAL)
        else:
            yield scaled(estimate_figure(key, amount.unit, amount.estimate), amount.factor)


def _offline_fall(key: FigureKey, fallen: Total | None, counts: Counts, rules: DisclosureRules) -> Figure:
    """How much less the firms sold offline, to a step that keeps the largest of them."""
    if fallen is None:
        return withheld_figure(key, Unit.MONEY, Reason.NOT_ESTIMABLE, counts)
    fall = rough_amount(Amount(fallen.total, *fallen.largest, fallen.n), rules)
    if fall is None:
        secret = withheld_figure(key, Unit.MONEY, Reason.CONFIDENTIAL, counts)
        return replace(secret, conf_status=ConfStatus.CONFIDENTIAL)
    return published_figure(key, Unit.MONEY, fall, counts)


def _amounts(
    money: ExtraSales,
    panel: Panel,
    factor: float | None,
    factors_below: tuple[float | None, float | None],
    *,
    losses: bool,
) -> Iterator[_Amount]:
    """What extra sales come to: in all, per unit of money granted and spent where those are stated, per firm; beside
    losses, where they are told. factors_below: what grants and spending are multiplied by.
    """
    yield _Amount(measures.EXTRA_SALES, money.extra, Unit.MONEY, factor)
    for column, measure, ratio, below in (
        ("grant_eur", measures.EXTRA_PER_GRANT, money.per_grant, factors_below[0]),
        ("eligible_spend_eur", measures.EXTRA_PER_SPEND, money.per_spend, factors_below[1]),
    ):
        if column in panel.units and panel.units[column].notna().any():
            yield _Amount(measure, ratio, Unit.RATIO, None if factor is None or below is None else factor / below)
    firms = money.extra.n_funded if isinstance(money.extra, MoneyEstimate) else 1
    yield _Amount(measures.EXTRA_PER_FIRM, money.extra, Unit.MONEY, None if factor is None else factor / firms)
    if losses:
        yield _Amount(measures.LOSSES_OFFSET, money.offset, Unit.FRACTION)


def _factor_of_sales(
    money: ExtraSales, change: ArmChange | Withheld, sample: Sample, outcome: Outcome, rules: DisclosureRules
) -> float | None:
    """What sales after are multiplied by: as in the mean that is told, where that is of the same firms."""
    sold = money.sold
    same = sold is not None and isinstance(change, ArmChange) and sold.n == change.n_measured
    if not same or not isinstance(change, ArmChange) or not change.after_sum > 0:
        return _coarsening(sold, rules)
    means = told_means(change, sample, outcome, rules)
    return None if means is None else means.after / change.after_mean


def _as_told(granted: Total | None, grant: float | None, rules: DisclosureRules) -> float | None:
    """What grants of the firms analysed are multiplied by, so that each is the mean that the group's published sum
    makes: beside that sum, which is exact, their own would tell what one or two that are not analysed were granted.
    """
    if granted is None or not rules.p_percent > 0:
        return 1.0
    return None if grant is None else grant * granted.n / granted.total


def _coarsening(sum_: Total | None, rules: DisclosureRules) -> float | None:
    """What a sum is multiplied by where its mean is published coarsely."""
    if sum_ is None or not sum_.total > 0:
        return 1.0
    amount = _amount(sum_)
    told = rough_amount(amount, rules)
    return None if told is None else told / amount.value


def _amount(sum_: Total) -> Amount:
    """The mean per firm of a sum."""
    first, second = sum_.largest
    return Amount(sum_.total / sum_.n, first / sum_.n, second / sum_.n, sum_.n)
