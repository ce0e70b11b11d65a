"""Funded against comparison firms of the same sector: effects with their intervals (METHODS.md 3 and 4).

The one door for programs outside; groups, estimands and descriptions lie in `arms`, `estimands`, `description`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.arms import Arms, Firms, Group, groups_of, select
from analytics.description import ArmChange, BeforeAfter, before_after
from analytics.estimands import ESTIMANDS
from analytics.inference import Deletions, Uncertainty, effective_number, jackknife, sidak
from analytics.model import Estimand, Reason, Settings, Unit, UserError, Withheld
from analytics.panel import Panel
from analytics.windows import horizons, windows

__all__ = [
    "ESTIMANDS",
    "ArmChange",
    "BeforeAfter",
    "Effect",
    "EffectEstimate",
    "GroupEffect",
    "SectorEffect",
    "before_after",
    "effect",
    "effects_by",
    "groups_of",
    "sector_effects",
    "select",
]

LARGEST = 700.0  # e to this is still a number: an interval that reaches further ends there


@dataclass(frozen=True, slots=True)
class EffectEstimate:
    """One effect. Values and bounds are fractions (0.12 is 12%); theta and se are on the estimation scale (log).

    horizon: "overall", or the year after funding. ci: unadjusted interval at `level`; half: the 50% interval; sim: the
    interval that holds for all groups of one call together (Šidák). effective_firms: the smaller arm's equal votes.
    mde: the smallest true effect that would be told from zero with 80% power.
    """

    estimand: Estimand
    horizon: str
    value: float
    ci_low: float
    ci_high: float
    level: float
    sim_low: float
    sim_high: float
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


Effect = EffectEstimate | Withheld


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """The effect of one group of funded firms: over all complete years, and by year after funding."""

    group: Group
    overall: Effect
    by_year: dict[int, Effect]


@dataclass(frozen=True, slots=True)
class SectorEffect:
    """The effect in one sector; `sector` is the input's label."""

    sector: Group
    overall: Effect
    by_year: dict[int, Effect]


def _estimate(firms: Firms, estimand: Estimand, settings: Settings, horizon: str) -> Effect:
    """The effect of one group over one horizon, or why there is none."""
    if min(firms.measured) < settings.min_firms:
        return Withheld(Reason.TOO_FEW_FIRMS)
    deletions = ESTIMANDS[estimand](firms)
    if deletions is None:
        return Withheld(Reason.NOT_ESTIMABLE)
    if min(deletions.funded.sum(), (~deletions.funded).sum()) < settings.min_firms:
        return Withheld(Reason.TOO_FEW_FIRMS)
    uncertainty = jackknife(deletions)
    if uncertainty is None:
        return Withheld(Reason.NOT_ESTIMABLE)
    return _shown(deletions, uncertainty, estimand, settings, horizon)


def _shown(
    deletions: Deletions, uncertainty: Uncertainty, estimand: Estimand, settings: Settings, horizon: str
) -> EffectEstimate:
    low, high = _fractions(*uncertainty.interval(settings.level))
    half_low, half_high = _fractions(*uncertainty.interval(0.5))
    value, mde = _fractions(uncertainty.theta, uncertainty.detectable(settings.level))
    n_funded = int(deletions.funded.sum())
    return EffectEstimate(
        estimand=estimand,
        horizon=horizon,
        value=value,
        ci_low=low,
        ci_high=high,
        level=settings.level,
        sim_low=low,
        sim_high=high,
        half_low=half_low,
        half_high=half_high,
        df=uncertainty.df,
        unit=Unit.FRACTION,
        n_funded=n_funded,
        n_comparison=len(deletions.funded) - n_funded,
        effective_firms=min(effective_number(deletions.weights[deletions.funded == arm]) for arm in (True, False)),
        p_value=uncertainty.p_value,
        mde=mde,
        theta=uncertainty.theta,
        se=uncertainty.se,
    )


def _fractions(*logs: float) -> tuple[float, ...]:
    """Logarithms as they are shown: e^θ − 1."""
    return tuple(float(np.expm1(min(value, LARGEST))) for value in logs)


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
    settings = settings or Settings()
    name = _estimand(estimand)
    firms = select(panel, windows(panel, outcome, settings, year), panel.funded)
    return _estimate(firms, name, settings, "overall" if year is None else str(year))


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
    """
    settings = settings or Settings()
    name = _estimand(estimand)
    groups = groups_of(panel, by)
    years = horizons(panel, settings)
    found: dict[Group, dict[int | None, Effect]] = {group: {} for group in groups}
    for year in (None, *years):
        arms = Arms.of(panel, windows(panel, outcome, settings, year))
        horizon = "overall" if year is None else str(year)
        effects = [_estimate(arms.group(mask), name, settings, horizon) for mask in groups.values()]
        for group, held in zip(groups, _together(effects), strict=True):
            found[group][year] = held
    return [
        GroupEffect(group, overall=held[None], by_year={year: held[year] for year in years})
        for group, held in found.items()
    ]


def sector_effects(
    panel: Panel, outcome: str, estimand: str, *, settings: Settings | None = None
) -> list[SectorEffect]:
    """Effects by sector, sectors in sorted order."""
    found = effects_by(panel, outcome, estimand, by="sector", settings=settings)
    return [SectorEffect(group.group, group.overall, group.by_year) for group in found]


def _together(effects: list[Effect]) -> list[Effect]:
    """Give each estimate the interval that holds for all of them at once: Šidák over those estimated."""
    claims = sum(isinstance(found, EffectEstimate) for found in effects)
    return [_simultaneous(found, claims) if isinstance(found, EffectEstimate) else found for found in effects]


def _simultaneous(found: EffectEstimate, claims: int) -> EffectEstimate:
    interval = Uncertainty(found.theta, found.se, found.df).interval(sidak(found.level, claims))
    low, high = _fractions(*interval)
    return replace(found, sim_low=low, sim_high=high)
