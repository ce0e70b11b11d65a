"""What a figure of a release holds, whatever it says: its key, its value or why there is none, and its status."""

from collections.abc import Mapping
from dataclasses import replace

from analytics.build.rows.rounding import points_for, to_step
from analytics.estimate.effects import Effect, EffectEstimate
from analytics.estimate.money import MoneyEstimate
from analytics.model import Estimand, ObsStatus, Reason, Unit, Withheld
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release.figure import Figure, FigureKey, group_of

Counts = tuple[int, int]  # firms of each arm, funded and comparison
_BOUNDS = ("value", "low", "high", "sim_low", "sim_high", "half_low", "half_high")


def group_named(by: tuple[str, ...], labels: object) -> Group:
    """The group that firms of those labels make, by those dimensions; one label for one dimension."""
    codes = labels if isinstance(labels, tuple) else (labels,)
    return group_of(zip(by, codes, strict=True)) if by else ()


def published_figure(key: FigureKey, unit: Unit, value: float, counts: Counts) -> Figure:
    """A count, sum, mean or change."""
    return Figure(key, unit, value, n_funded=counts[0], n_comparison=counts[1])


def withheld_figure(key: FigureKey, unit: Unit, reason: Reason, counts: Counts = (0, 0)) -> Figure:
    """No value: the figure is unreliable, or cannot be."""
    status = ObsStatus.LOW_RELIABILITY if reason is Reason.TOO_FEW_FIRMS else ObsStatus.MISSING
    return Figure(key, unit, reason=reason, n_funded=counts[0], n_comparison=counts[1], obs_status=status)


def effect_figure(key: FigureKey, estimand: Estimand, effect: Effect, counts: Counts) -> Figure:
    """An effect with its intervals and companions, or why it is withheld. counts: of firms measured, for the latter."""
    if isinstance(effect, Withheld):
        return withheld_figure(key, estimand.unit, effect.reason, counts)
    figure = estimate_figure(key, effect.unit, effect)
    return replace(
        figure,
        shared_low=effect.shared_low,
        shared_high=effect.shared_high,
        range_kind=effect.range_kind,
        p_value=effect.p_value,
        sim_p=effect.sim_p,
        mde=effect.mde,
    )


def estimate_figure(key: FigureKey, unit: Unit, estimate: EffectEstimate | MoneyEstimate) -> Figure:
    """An estimate with its intervals: alone, together with those of other groups, and of 50%."""
    return Figure(
        key,
        unit,
        value=estimate.value,
        low=estimate.ci_low,
        high=estimate.ci_high,
        half_low=estimate.half_low,
        half_high=estimate.half_high,
        sim_low=estimate.sim_low,
        sim_high=estimate.sim_high,
        df=estimate.df,
        n_funded=estimate.n_funded,
        n_comparison=estimate.n_comparison,
        obs_status=ObsStatus.ESTIMATED,
    )


def without_counts(figure: Figure) -> Figure:
    """The same without its numbers of firms, where beside others they would tell about a few."""
    return replace(figure, n_funded=None, n_comparison=None)


def scaled(figure: Figure, factor: float) -> Figure:
    """The same amount and its bounds, so many times."""
    known = {name: number for name in _BOUNDS if (number := getattr(figure, name)) is not None}
    bounds: Mapping[str, float] = {name: number * factor for name, number in known.items()}
    return replace(figure, **bounds)  # type: ignore[arg-type]


def rough_share(share: float, firms: int) -> float:
    """A share of firms to a whole percent, of fewer than a hundred to 5 points: a finer one tells how many they are."""
    return to_step(share, points_for(firms))


def goes_by_sellers(estimand: Estimand, programme: Programme, outcome: str) -> bool:
    """Whether an effect, or which firms enter it, counts those that sell, so that it is told less finely."""
    by_selling = estimand in (Estimand.STARTED_SELLING, Estimand.SYMMETRIC_GROWTH)
    return by_selling and programme.sells_in_part(programme.outcome(outcome))
