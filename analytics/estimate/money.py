"""Derived, never estimated apart: extra euros, per euro granted, share of losses offset (METHODS.md 3)."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import BoolArray, FloatArray
from analytics.estimate.before_after import two_largest
from analytics.estimate.effects import Effect, EffectEstimate, group_effects
from analytics.estimate.estimands import EuroSums, euro_sums, extra_euros, lost_euros
from analytics.estimate.inference import fieller, sidak_level
from analytics.estimate.sample import Sample
from analytics.model import Estimand, Reason, Settings, Unit, Withheld
from analytics.panel import Panel
from analytics.panel.arms import Firms, GroupLabel, groups_of

_LARGEST_EXPONENT = 600.0  # e to this, times any sales, is still a number


@dataclass(frozen=True, slots=True)
class MoneyEstimate:
    """An amount or a ratio that follows from the euro-weighted effect, in an average year of the horizon.

    value, ci, sim, half (50%): euros (of the outcome's currency), euros per euro, or a fraction; n: firms behind it. A
    share of losses has no sim: where its own interval is bounded, a wider one may not be.
    """

    horizon: str
    value: float
    ci_low: float
    ci_high: float
    level: float
    sim_low: float | None
    sim_high: float | None
    half_low: float
    half_high: float
    df: float
    unit: Unit
    n_funded: int
    n_comparison: int


Money = MoneyEstimate | Withheld


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over n firms, and what the two with most have."""

    total: float
    largest: tuple[float, float]
    n: int


@dataclass(frozen=True, slots=True)
class ExtraSales:
    """What the euro-weighted effect of a group means in money.

    extra: euros a year; per_grant, per_spend: the same per euro granted and per euro of eligible spending (sales, not
    profit); lost: how much less the same firms sold offline in a year than in the loss baseline, a change, not an
    effect; offset: extra online euros over it. fallen, sold, granted, spent: the sums that they are made of.
    """

    group: GroupLabel
    horizon: str
    extra: Money
    per_grant: Money
    per_spend: Money
    lost: float | None
    offset: Money
    fallen: Total | None = None
    sold: Total | None = None
    granted: Total | None = None
    spent: Total | None = None


def extra_sales(
    panel: Panel,
    outcome: str,
    *,
    by: str | Sequence[str] | None = None,
    settings: Settings | None = None,
    year: int | None = None,
) -> list[ExtraSales]:
    """By group (None: the whole programme, group "*"). per_grant and per_spend need the units columns grant_eur and
    eligible_spend_eur, offset the outcome `Settings.total_outcome`; without them they are withheld.
    """
    sample = Sample(panel, outcome, settings or Settings(), year)
    groups: dict[GroupLabel, BoolArray] = {"*": panel.funded} if by is None else groups_of(panel, by)
    return list(money_by_group(sample, groups, group_effects(sample, Estimand.EURO_WEIGHTED, groups)).values())


def money_by_group(
    sample: Sample, groups: Mapping[GroupLabel, BoolArray], effects: Mapping[GroupLabel, Effect]
) -> dict[GroupLabel, ExtraSales]:
    """The money of each group of funded firms; sim bounds hold for all of them together. effects: euro-weighted."""
    claims = sum(isinstance(effect, EffectEstimate) for effect in effects.values())
    return {
        group: ExtraSales(group, sample.horizon, effect, effect, effect, None, effect)
        if isinstance(effect, Withheld)
        else _extra_sales(sample, group, groups[group], effect, claims)
        for group, effect in effects.items()
    }


def _extra_sales(
    sample: Sample,
    group: GroupLabel,
    funded: BoolArray,
    effect: EffectEstimate,
    claims: int,
) -> ExtraSales:
    """The money of one group that has an effect; claims: how many groups are told of together."""
    firms = sample.group(funded)
    sums = euro_sums(firms, sample.windows.before, sample.windows.after, sample.log_slopes)
    if sums is None:  # cannot be: the effect is made of it
        raise ValueError(f"no euros behind the effect of {group}")
    sold = _total(sample.panel.periods_per_year * sums.actual)
    granted, spent = (_spent(sample, sums, column) for column in ("grant_eur", "eligible_spend_eur"))
    fallen, offset = _offset(sample, firms)
    return ExtraSales(
        group,
        sample.horizon,
        extra=_scaled(effect, sold.total, claims, Unit.MONEY),
        per_grant=_per(effect, sold, granted, claims),
        per_spend=_per(effect, sold, spent, claims),
        lost=None if fallen is None else fallen.total,
        offset=offset,
        fallen=fallen,
        sold=sold,
        granted=granted,
        spent=spent,
    )


def _total(values: FloatArray) -> Total:
    return Total(float(values.sum()), two_largest(values), len(values))


def _scaled(effect: EffectEstimate, sold: float, claims: int, unit: Unit) -> MoneyEstimate:
    """sold · (1 − e^{−θ}), and θ's limits in the same formula."""

    def amount_at(theta: float) -> float:
        return max(-sold * float(np.expm1(-max(theta, -_LARGEST_EXPONENT))), -sys.float_info.max)

    def interval(level: float) -> tuple[float, float]:
        low, high = effect.uncertainty.interval(level)
        return amount_at(low), amount_at(high)

    (low, high), (sim_low, sim_high), (half_low, half_high) = map(
        interval, (effect.level, sidak_level(effect.level, claims), 0.5)
    )
    return MoneyEstimate(
        horizon=effect.horizon,
        value=amount_at(effect.theta),
        ci_low=low,
        ci_high=high,
        level=effect.level,
        sim_low=sim_low,
        sim_high=sim_high,
        half_low=half_low,
        half_high=half_high,
        df=effect.df,
        unit=unit,
        n_funded=effect.n_funded,
        n_comparison=effect.n_comparison,
    )


def _spent(sample: Sample, sums: EuroSums, column: str) -> Total | None:
    """Of a units column, over the firms that enter; None when it is not known of one of them."""
    if column not in sample.panel.units:
        return None
    spent = _total(sample.panel.units[column].to_numpy(dtype=np.float64, na_value=np.nan)[sums.firms.rows[sums.enters]])
    return spent if spent.total > 0 else None


def _per(effect: EffectEstimate, sold: Total, spent: Total | None, claims: int) -> Money:
    if spent is None:
        return Withheld(Reason.NOT_ESTIMABLE)
    return _scaled(effect, sold.total / spent.total, claims, Unit.RATIO)


def _offset(sample: Sample, firms: Firms) -> tuple[Total | None, Money]:
    """What the firms lost offline in a year, and the share of it that extra online sales offset (Fieller)."""
    if sample.offline_falls is None:
        return None, Withheld(Reason.NOT_ESTIMABLE)
    own = firms.funded(sample.offline_falls)
    sums = euro_sums(firms, sample.windows.before, sample.windows.after, sample.log_slopes, among=np.isfinite(own))
    if sums is None:
        return None, Withheld(Reason.NOT_ESTIMABLE)
    n_funded, n_comparison = int(sums.enters.sum()), int(sums.others_enter.sum())
    if min(n_funded, n_comparison) < sample.settings.min_firms:
        return None, Withheld(Reason.TOO_FEW_FIRMS)
    ppy, level = sample.panel.periods_per_year, sample.settings.level
    numerator, denominator = extra_euros(sums), lost_euros(sums, own[sums.enters])
    share, half = fieller(numerator, denominator, level, 0.5)
    lost = _total(ppy * own[sums.enters])
    if isinstance(share, Withheld) or isinstance(half, Withheld):
        return lost, share if isinstance(share, Withheld) else Withheld(Reason.NOT_ESTIMABLE)
    return lost, MoneyEstimate(
        horizon=sample.horizon,
        value=share.value,
        ci_low=share.low,
        ci_high=share.high,
        level=level,
        sim_low=None,
        sim_high=None,
        half_low=half.low,
        half_high=half.high,
        df=share.df,
        unit=Unit.FRACTION,
        n_funded=n_funded,
        n_comparison=n_comparison,
    )
