"""Funded against comparison firms of the same sector: effects with their intervals, and before/after (METHODS.md 2-4).

Each estimand is one function from window means to `Deletions`: its θ, and θ without each firm in turn, in closed form.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.inference import Deletions, Uncertainty, effective_number, jackknife, sidak
from analytics.model import Estimand, Reason, Settings, Unit, UserError, Withheld
from analytics.panel import FloatArray, Panel
from analytics.windows import Windows, horizons, windows

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Group = str | tuple[str, ...]


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

    sector: str
    overall: Effect
    by_year: dict[int, Effect]


@dataclass(frozen=True, slots=True)
class Firms:
    """The firms of one group and their window means.

    Funded (n,): before, after in their own cohort's windows, cohort column, sector code.
    Comparison (m, G): before, after in each cohort's windows; sector code (m,). NaN = lost for that window.
    """

    before: FloatArray
    after: FloatArray
    cohort: IntArray
    sector: IntArray
    other_before: FloatArray
    other_after: FloatArray
    other_sector: IntArray
    n_sectors: int

    @property
    def measured(self) -> tuple[int, int]:
        """Firms of each arm with both windows; comparison firms count where the group has funded firms."""
        funded = np.isfinite(self.after)
        wanted = self.count(funded) > 0
        other = np.isfinite(self.other_after) & wanted[self.other_sector]
        return int(funded.sum()), int(other.any(axis=1).sum())

    def count(self, which: BoolArray) -> IntArray:
        """(S, G) how many of the funded firms under the mask lie in each sector × cohort."""
        return self.total(np.ones(len(which)), which).astype(np.int64)

    def total(self, values: FloatArray, which: BoolArray) -> FloatArray:
        """(S, G) sum over the funded firms under the mask."""
        cells = np.zeros((self.n_sectors, self.other_before.shape[1]))
        np.add.at(cells, (self.sector[which], self.cohort[which]), values[which])
        return cells

    def other_total(self, values: FloatArray) -> FloatArray:
        """(S, G) sum over comparison firms; NaN adds nothing."""
        cells = np.zeros((self.n_sectors, values.shape[1]))
        np.add.at(cells, self.other_sector, np.where(np.isfinite(values), values, 0))
        return cells


def select(panel: Panel, seen: Windows, funded: BoolArray) -> Firms:
    """The group's funded firms, and all comparison firms. Firms without a sector belong to no comparison."""
    sector, names = pd.factorize(panel.units["sector"])
    placed = sector >= 0
    mine, other = funded & placed & (seen.own >= 0), ~panel.funded & placed
    rows = np.flatnonzero(mine)
    return Firms(
        before=seen.before[rows, seen.own[rows]],
        after=seen.after[rows, seen.own[rows]],
        cohort=seen.own[rows],
        sector=sector[rows].astype(np.int64),
        other_before=seen.before[other],
        other_after=seen.after[other],
        other_sector=sector[other].astype(np.int64),
        n_sectors=len(names),
    )


def typical_firm(firms: Firms) -> Deletions | None:
    """θ = mean over funded i of z_i − C_sg, z = ln(ȳ_W/ȳ_B), C_sg the mean z of the sector's comparison firms in the
    cohort's windows; firms selling in both windows. None when no funded firm can be compared.
    """
    z, other_z = _log_growth(firms.before, firms.after), _log_growth(firms.other_before, firms.other_after)
    m = firms.other_total(np.isfinite(other_z).astype(np.float64))
    mean = firms.other_total(other_z) / np.where(m >= 2, m, np.nan)
    gap = z - mean[firms.sector, firms.cohort]
    enters = np.isfinite(gap)
    n = int(enters.sum())
    if n == 0:
        return None
    gap = gap[enters]
    share = firms.count(enters) / n
    # a comparison firm leaves C_sg in every cohort at once: C₍₋ⱼ₎ − C = (C − z_j)/(m − 1)
    cell_mean, cell_m = mean[firms.other_sector], m[firms.other_sector]
    weight = np.where(np.isfinite(other_z), share[firms.other_sector], 0)
    used = weight > 0
    shift = np.where(used, weight * (cell_mean - other_z) / np.where(cell_m > 1, cell_m - 1, np.nan), 0).sum(axis=1)
    entering = used.any(axis=1)
    theta = float(gap.mean())
    with np.errstate(divide="ignore", invalid="ignore"):
        without_funded = (n * theta - gap) / (np.float64(n) - 1)
    return _deletions(firms, theta, enters, without_funded, entering, (theta - shift)[entering], None)


def _log_growth(before: FloatArray, after: FloatArray) -> FloatArray:
    """ln(ȳ_W/ȳ_B) of firms selling in both windows, else NaN."""
    sells = (before > 0) & (after > 0)
    return np.log(np.where(sells, after, 1) / np.where(sells, before, 1)) + np.where(sells, 0, np.nan)


def euro_weighted(firms: Firms) -> Deletions | None:
    """θ = ln Σ_F ȳ_iW − ln Σ_F ĉ_iW, ĉ_iW = ȳ_iB · R_gW, R_gW = Σ_C ȳ_jW / Σ_C ȳ_jB of the firm's sector.

    A sector × cohort needs two comparison firms with sales before, so that no deletion empties its denominator.
    """
    both = np.isfinite(firms.other_after)
    base, later = firms.other_total(firms.other_before), firms.other_total(firms.other_after)
    sellers = firms.other_total((both & (firms.other_before > 0)).astype(np.float64))
    ratio = later / np.where(sellers >= 2, base, np.nan)
    counterfactual = firms.before * ratio[firms.sector, firms.cohort]
    enters = np.isfinite(counterfactual) & np.isfinite(firms.after)
    if not enters.any():
        return None
    actual, expected = firms.after[enters], counterfactual[enters]
    held = firms.total(firms.before, enters)  # Σ_F ȳ_iB by cell
    cells = firms.other_sector
    used = both & (held[cells] > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        theta = float(np.log(actual.sum()) - np.log(expected.sum()))
        without_funded = np.log(actual.sum() - actual) - np.log(expected.sum() - expected)
        # without comparison firm j: R₍₋ⱼ₎ = (Σ ȳ_W − ȳ_jW)/(Σ ȳ_B − ȳ_jB) in every cohort at once
        without = (later[cells] - firms.other_after) / (base[cells] - firms.other_before)
        change = np.where(used, held[cells] * (without - ratio[cells]), 0).sum(axis=1)
        without_other = np.log(actual.sum()) - np.log(expected.sum() + change)
        moved = firms.total(np.where(enters, counterfactual, 0), enters)[cells]
        vote = np.where(used, moved * firms.other_before / base[cells], 0).sum(axis=1)
    entering = used.any(axis=1)
    votes = np.concatenate([expected, vote[entering]])
    return _deletions(firms, theta, enters, without_funded, entering, without_other[entering], votes)


def _deletions(
    firms: Firms,
    theta: float,
    enters: BoolArray,
    without_funded: FloatArray,
    entering: BoolArray,
    without_other: FloatArray,
    votes: FloatArray | None,
) -> Deletions:
    replicates = np.concatenate([without_funded, without_other])
    return Deletions(
        theta=theta,
        replicates=replicates,
        stratum=np.concatenate([firms.sector[enters], firms.other_sector[entering]]),
        funded=np.arange(len(replicates)) < int(enters.sum()),
        weights=np.ones(len(replicates)) if votes is None else votes,
    )


ESTIMANDS: dict[Estimand, Callable[[Firms], Deletions | None]] = {
    Estimand.TYPICAL_FIRM: typical_firm,
    Estimand.EURO_WEIGHTED: euro_weighted,
}


def _estimate(firms: Firms, estimand: Estimand, settings: Settings, horizon: str) -> Effect:
    """The effect of one group over one horizon, or why there is none."""
    if min(firms.measured) < settings.min_firms:
        return Withheld(Reason.TOO_FEW_FIRMS)
    deletions = ESTIMANDS[estimand](firms)
    if deletions is None:
        return Withheld(Reason.NOT_ESTIMABLE)
    n_funded = int(deletions.funded.sum())
    n_comparison = len(deletions.funded) - n_funded
    if min(n_funded, n_comparison) < settings.min_firms:
        return Withheld(Reason.TOO_FEW_FIRMS)
    uncertainty = jackknife(deletions)
    if uncertainty is None:
        return Withheld(Reason.NOT_ESTIMABLE)
    effective = min(effective_number(deletions.weights[deletions.funded == arm]) for arm in (True, False))
    low, high = np.expm1(uncertainty.interval(settings.level))
    half_low, half_high = np.expm1(uncertainty.interval(0.5))
    return EffectEstimate(
        estimand=estimand,
        horizon=horizon,
        value=float(np.expm1(uncertainty.theta)),
        ci_low=float(low),
        ci_high=float(high),
        level=settings.level,
        sim_low=float(low),
        sim_high=float(high),
        half_low=float(half_low),
        half_high=float(half_high),
        df=uncertainty.df,
        unit=Unit.FRACTION,
        n_funded=n_funded,
        n_comparison=n_comparison,
        effective_firms=effective,
        p_value=uncertainty.p_value,
        mde=float(np.expm1(uncertainty.detectable(settings.level))),
        theta=uncertainty.theta,
        se=uncertainty.variance**0.5,
    )


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
        seen = windows(panel, outcome, settings, year)
        horizon = "overall" if year is None else str(year)
        effects = [_estimate(select(panel, seen, mask), name, settings, horizon) for mask in groups.values()]
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
    return [SectorEffect(str(group.group), group.overall, group.by_year) for group in found]


def groups_of(panel: Panel, by: str | Sequence[str]) -> dict[Group, BoolArray]:
    """Label (or labels) -> which firms are funded and in that group; every group that any firm of either arm has."""
    columns = [by] if isinstance(by, str) else list(by)
    missing = [column for column in columns if column not in panel.units.columns]
    if missing:
        raise UserError("panel.column_missing", missing=", ".join(missing))
    known = panel.units[columns].dropna()
    labels = sorted(set(known.itertuples(index=False, name=None)), key=str)
    keys = list(panel.units[columns].itertuples(index=False, name=None))
    masks = {label: np.array([key == label for key in keys]) & panel.funded for label in labels}
    return {label[0] if isinstance(by, str) else label: mask for label, mask in masks.items()}


def _together(effects: list[Effect]) -> list[Effect]:
    """Give each estimate the interval that holds for all of them at once: Šidák over those estimated."""
    estimated = sum(isinstance(found, EffectEstimate) for found in effects)
    return [
        replace(found, **dict(zip(("sim_low", "sim_high"), _simultaneous(found, estimated), strict=True)))
        if isinstance(found, EffectEstimate)
        else found
        for found in effects
    ]


def _simultaneous(found: EffectEstimate, claims: int) -> tuple[float, float]:
    low, high = Uncertainty(found.theta, found.se**2, found.df).interval(sidak(found.level, claims))
    return float(np.expm1(low)), float(np.expm1(high))


@dataclass(frozen=True, slots=True)
class ArmChange:
    """What happened to one arm: sums and means over firms with both windows, per year, in the outcome's unit.

    n: firms of the arm; n_measured: firms with both windows; change: after/before − 1, None when before is zero.
    """

    n: int
    n_measured: int
    before_sum: float
    after_sum: float

    @property
    def before_mean(self) -> float:
        """Per firm and year, before."""
        return self.before_sum / self.n_measured

    @property
    def after_mean(self) -> float:
        """Per firm and year, after."""
        return self.after_sum / self.n_measured

    @property
    def difference(self) -> float:
        """After minus before, per year."""
        return self.after_sum - self.before_sum

    @property
    def change(self) -> float | None:
        """After over before, minus one: a change, not an effect."""
        return self.after_sum / self.before_sum - 1 if self.before_sum > 0 else None

    @property
    def reporting(self) -> float:
        """Share of the arm's firms that could be measured."""
        return self.n_measured / self.n


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """What happened, not what the grant did: funded firms of a group beside comparison firms of the same sectors."""

    group: Group
    horizon: str
    funded: ArmChange | Withheld
    comparison: ArmChange | Withheld


def before_after(
    panel: Panel,
    outcome: str,
    *,
    by: str | Sequence[str] | None = None,
    settings: Settings | None = None,
    year: int | None = None,
) -> list[BeforeAfter]:
    """Sums and means before and after, by group (None: the whole programme, group "*").

    A comparison firm has one window per cohort: their mean, weighted by the group's funded firms of its sector.
    """
    settings = settings or Settings()
    seen = windows(panel, outcome, settings, year)
    groups: dict[Group, BoolArray] = {"*": panel.funded} if by is None else groups_of(panel, by)
    horizon = "overall" if year is None else str(year)
    return [
        BeforeAfter(group, horizon, *_arm_changes(select(panel, seen, mask), panel.periods_per_year))
        for group, mask in groups.items()
    ]


def _arm_changes(firms: Firms, ppy: int) -> tuple[ArmChange | Withheld, ArmChange | Withheld]:
    measured = np.isfinite(firms.after)
    funded = _change(firms.before, firms.after, np.ones(len(measured), dtype=bool), ppy)
    weights = firms.count(measured)[firms.other_sector].astype(np.float64)
    weights = np.where(np.isfinite(firms.other_after), weights, 0)
    total = weights.sum(axis=1)
    share = weights / np.where(total > 0, total, np.nan)[:, None]
    before = np.where(weights > 0, firms.other_before, 0) * share
    after = np.where(weights > 0, firms.other_after, 0) * share
    in_sector = firms.count(np.ones(len(measured), dtype=bool)).sum(axis=1)[firms.other_sector] > 0
    comparison = _change(before.sum(axis=1), after.sum(axis=1), in_sector, ppy)
    return funded, comparison


def _change(before: FloatArray, after: FloatArray, which: BoolArray, ppy: int) -> ArmChange | Withheld:
    measured = np.isfinite(after) & which
    n = int(measured.sum())
    if n == 0:
        return Withheld(Reason.TOO_FEW_FIRMS)
    return ArmChange(int(which.sum()), n, float(ppy * before[measured].sum()), float(ppy * after[measured].sum()))
