"""Funded against comparison firms of the same sector: effects with their intervals (METHODS.md 3 and 4).

How it is done lies in `sample`, `estimands`, `adjustment`, `inference`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import stdtrit

from analytics.arrays import BoolArray
from analytics.estimate.group_ranges import (
    LIKELY_LEVEL,
    GroupRange,
    group_ranges,
    share_no_firm,
    spread_of,
)
from analytics.estimate.inference import (
    Deletions,
    Uncertainty,
    effective_number,
    jackknife,
    sidak_level,
    sidak_p_value,
)
from analytics.estimate.sample import Sample
from analytics.model import Estimand, RangeKind, Reason, Settings, Unit, UserError, Withheld
from analytics.panel import Panel
from analytics.panel.arms import GroupLabel, groups_of
from analytics.panel.windows import horizons

# What each firm adds one number to: a sector's estimate borrows strength, and its range may be shared (METHODS.md 10).
SHARED_ESTIMANDS = (Estimand.TYPICAL_FIRM, Estimand.SYMMETRIC_GROWTH)
_LARGEST_EXPONENT = 700.0  # e to this is still a number: an interval that reaches further ends there


@dataclass(frozen=True, slots=True)
class EffectEstimate:
    """One effect. Values and bounds are fractions (0.12 is 12%; points too) or scores; theta and se are on the
    estimation scale (log for `typical_firm` and `euro_weighted`, else that of the values).

    horizon: "overall", or the year after funding. ci: its own interval at `level`; shared: the range that the other
    groups make short, at the same level; the own one where range_kind says so. half, p_value: the middle half and the p
    of that range. sim, sim_p: the interval and p that hold for all groups of one call together (Šidák).
    effective_firms: the smaller arm's equal votes. mde: the smallest true effect that would be told from zero with 80%
    power; of groups of whole sectors at the level of a "likely" claim.
    """

    estimand: Estimand
    horizon: str
    value: float
    ci_low: float
    ci_high: float
    level: float
    shared_low: float
    shared_high: float
    range_kind: RangeKind
    sim_low: float
    sim_high: float
    sim_p: float
    half_low: float
    half_high: float
    df: float
    unit: Unit
    n_funded: int
    n_comparison: int
    effective_firms: float
    p_value: float
    mde: float
    theta: float
    se: float

    @property
    def uncertainty(self) -> Uncertainty:
        """θ, its standard error and degrees of freedom."""
        return Uncertainty(self.theta, self.se, self.df)


Effect = EffectEstimate | Withheld


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """The effect of one group of funded firms: over all complete years, and by year after funding."""

    group: GroupLabel
    overall: Effect
    by_year: dict[int, Effect]


@dataclass(frozen=True, slots=True)
class SectorEffect:
    """The effect in one sector; `sector` is the input's label."""

    sector: GroupLabel
    overall: Effect
    by_year: dict[int, Effect]


def _estimate(sample: Sample, estimand: Estimand, funded: BoolArray) -> Effect:
    """The effect of one group, or why there is none."""
    if sample.count_funded(estimand, funded) < sample.settings.min_firms:
        return Withheld(Reason.TOO_FEW_FIRMS)  # as below, sooner
    firms = sample.group(funded)
    if min(sample.count_measured(estimand, firms)) < sample.settings.min_firms:
        return Withheld(Reason.TOO_FEW_FIRMS)
    return effect_of(sample.deletions(estimand, firms), estimand, sample, sample.uncertainty(estimand, firms))


def effect_of(
    deletions: Deletions | None, estimand: Estimand, sample: Sample, uncertainty: Uncertainty | None = None
) -> Effect:
    """What deletions amount to: an effect, or why there is none. uncertainty: of their θ, where it is not theirs."""
    least = sample.settings.min_firms
    if deletions is None:
        return Withheld(Reason.NOT_ESTIMABLE)
    if min(deletions.funded.sum(), (~deletions.funded).sum()) < least:
        return Withheld(Reason.TOO_FEW_FIRMS)
    known = uncertainty or jackknife(deletions)
    if known is None:
        return Withheld(Reason.NOT_ESTIMABLE)
    return _as_estimate(deletions, known, estimand, sample)


def _as_estimate(deletions: Deletions, uncertainty: Uncertainty, estimand: Estimand, sample: Sample) -> EffectEstimate:
    n_funded = int(deletions.funded.sum())
    estimate = EffectEstimate(
        estimand=estimand,
        horizon=sample.horizon,
        level=sample.settings.level,
        unit=estimand.unit,
        n_funded=n_funded,
        n_comparison=len(deletions.funded) - n_funded,
        effective_firms=min(effective_number(deletions.weights[deletions.funded == arm]) for arm in (True, False)),
        range_kind=RangeKind.OWN,
        **dict.fromkeys(_OF_UNCERTAINTY, np.nan),
    )
    return with_uncertainty(estimate, uncertainty)


_OF_UNCERTAINTY = (
    *(
        "value",
        "ci_low",
        "ci_high",
        "shared_low",
        "shared_high",
        "sim_low",
        "sim_high",
        "sim_p",
        "half_low",
        "half_high",
    ),
    *("df", "p_value", "mde", "theta", "se"),
)


def with_uncertainty(estimate: EffectEstimate, uncertainty: Uncertainty) -> EffectEstimate:
    """The effect of that θ, standard error and degrees of freedom, alone: its intervals and p follow from these."""
    level, unit = estimate.level, estimate.unit
    low, high = as_shown(unit, *uncertainty.interval(level))
    half_low, half_high = as_shown(unit, *uncertainty.interval(0.5))
    value, mde = as_shown(unit, uncertainty.theta, uncertainty.detectable(level))
    return replace(
        estimate,
        value=value,
        ci_low=low,
        ci_high=high,
        shared_low=low,
        shared_high=high,
        range_kind=RangeKind.OWN,
        sim_low=low,
        sim_high=high,
        sim_p=uncertainty.p_value,
        half_low=half_low,
        half_high=half_high,
        df=uncertainty.df,
        p_value=uncertainty.p_value,
        mde=mde,
        theta=uncertainty.theta,
        se=uncertainty.se,
    )


def with_shared_ranges(
    effects: Mapping[GroupLabel, Effect], settings: Settings, others: Collection[GroupLabel] | None = None
) -> dict[GroupLabel, Effect]:
    """The same effects, each with the range that the others make short. others: the groups that are told of, from which
    all borrow (None: all that are estimated).
    """
    own = {label: effect.uncertainty for label, effect in effects.items() if isinstance(effect, EffectEstimate)}
    spread, shared = spread_of(settings.importance), settings.sector_range == "shared"
    ranges = group_ranges(own, spread, shared=shared, told=others)
    return {
        label: _with_range(effect, ranges[label]) if isinstance(effect, EffectEstimate) else effect
        for label, effect in effects.items()
    }


def _with_range(estimate: EffectEstimate, of_group: GroupRange) -> EffectEstimate:
    """The effect with the range of its group."""
    return replace(estimate, **told_by_range(of_group, estimate.unit, estimate.level))


def told_by_range(of_group: GroupRange, unit: Unit, level: float) -> dict[str, Any]:
    """What the range of a group tells of its effect, as values are shown, by the names of the fields that hold it."""
    names = ("shared_low", "shared_high", "half_low", "half_high", "mde")
    thetas = (*of_group.interval(level), *of_group.interval(0.5), of_group.detectable(LIKELY_LEVEL))
    told = dict(zip(names, as_shown(unit, *thetas), strict=True))
    return {**told, "range_kind": of_group.kind, "p_value": of_group.p_value}


def as_shown(unit: Unit, *thetas: float) -> tuple[float, ...]:
    """From the estimation scale to the values that are shown: e^θ − 1 for logarithms, else as they are."""
    if unit is not Unit.FRACTION:
        return thetas
    return tuple(float(np.expm1(min(value, _LARGEST_EXPONENT))) for value in thetas)


def as_estimated(unit: Unit, value: float) -> float:
    """A value that is shown, on the estimation scale again."""
    return float(np.log1p(value)) if unit is Unit.FRACTION else value


def uncertainty_behind(unit: Unit, value: float, high: float, df: float, level: float) -> Uncertainty:
    """θ, its standard error and degrees of freedom, by a value, the upper end of its own interval at a level, and df,
    as they are shown.
    """
    theta = as_estimated(unit, value)
    return Uncertainty(theta, (as_estimated(unit, high) - theta) / float(stdtrit(df, 0.5 + level / 2)), df)


def _estimand(name: str) -> Estimand:
    try:
        return Estimand(name)
    except ValueError as error:
        raise UserError("settings.estimand", value=name, known=", ".join(Estimand)) from error


def effect(
    panel: Panel,
    outcome: str,
    estimand: str,
    *,
    settings: Settings | None = None,
    year: int | None = None,
) -> Effect:
    """The effect for the whole programme, over all complete years (None) or one year after funding.

    Each funded firm is compared with its own sector's comparison firms: no sector lends another its time path.
    """
    name = _estimand(estimand)
    return _estimate(Sample(panel, outcome, settings or Settings(), year), name, panel.funded)


def effects_by(
    panel: Panel,
    outcome: str,
    estimand: str,
    *,
    by: str | Sequence[str],
    settings: Settings | None = None,
) -> list[GroupEffect]:
    """Effects by a units column, or by several together; funded firms without a value in one belong to no group.

    The comparison is always all comparison firms of the same sector. sim_low, sim_high hold for all groups together.
    Groups of whole sectors, which share no firm, make each other's ranges short (`shared_low`, `shared_high`).
    """
    return _effects_by(panel, outcome, estimand, by, settings or Settings(), None)


def _effects_by(
    panel: Panel,
    outcome: str,
    estimand: str,
    by: str | Sequence[str],
    settings: Settings,
    others: Collection[GroupLabel] | None,
) -> list[GroupEffect]:
    name, groups, years = _estimand(estimand), groups_of(panel, by), horizons(panel, settings)
    by_horizon = {}
    for year in (None, *years):
        effects = group_effects(Sample(panel, outcome, settings, year), name, groups)
        shares = name in SHARED_ESTIMANDS and share_no_firm(
            set(panel.units["sector"][firms]) for firms in groups.values()
        )
        by_horizon[year] = with_shared_ranges(effects, settings, others) if shares else effects
    return [
        GroupEffect(group, overall=by_horizon[None][group], by_year={year: by_horizon[year][group] for year in years})
        for group in groups
    ]


def sector_effects(
    panel: Panel,
    outcome: str,
    estimand: str,
    *,
    settings: Settings | None = None,
    others: Collection[GroupLabel] | None = None,
) -> list[SectorEffect]:
    """Effects by sector, sectors in sorted order. others: the sectors that are published, from whose effects ranges may
    borrow (None: all that are estimated).
    """
    effects = _effects_by(panel, outcome, estimand, "sector", settings or Settings(), others)
    return [SectorEffect(group.group, group.overall, group.by_year) for group in effects]


def group_effects(
    sample: Sample, estimand: Estimand, groups: Mapping[GroupLabel, BoolArray]
) -> dict[GroupLabel, Effect]:
    """The effect of each group of funded firms, with the interval and p that hold for all of them together: Šidák over
    those estimated.
    """
    return with_joint_intervals({group: _estimate(sample, estimand, mask) for group, mask in groups.items()})


def with_joint_intervals(effects: Mapping[GroupLabel, Effect]) -> dict[GroupLabel, Effect]:
    """The same effects with the interval and p that hold for all of them together."""
    claims = sum(isinstance(effect, EffectEstimate) for effect in effects.values())
    return {
        group: _with_joint_interval(effect, claims) if isinstance(effect, EffectEstimate) else effect
        for group, effect in effects.items()
    }


def _with_joint_interval(estimate: EffectEstimate, claims: int) -> EffectEstimate:
    low, high = as_shown(estimate.unit, *estimate.uncertainty.interval(sidak_level(estimate.level, claims)))
    return replace(estimate, sim_low=low, sim_high=high, sim_p=sidak_p_value(estimate.p_value, claims))
