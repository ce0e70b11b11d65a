"""Every figure of the closed list, with its status: counts, grants, before and after, effects (METHODS.md 2, 3, 7)."""

from collections.abc import Iterator
from typing import Any

from analytics.estimate import (
    ArmChange,
    Effect,
    GroupEffect,
    before_after,
    effect,
    effects_by,
    groups_of,
)
from analytics.model import (
    Arm,
    ConfStatus,
    DisclosureRules,
    Estimand,
    ObsStatus,
    Progress,
    Reason,
    Settings,
    Unit,
    Withheld,
    silent,
)
from analytics.panel import Panel
from analytics.programme import DIMENSIONS, Programme
from analytics.windows import horizons

Row = dict[str, Any]
Counts = tuple[int, int]


def figure_rows(panel: Panel, programme: Programme, progress: Progress = silent) -> Iterator[Row]:
    """Every figure of the closed list: the programme, each dimension, each named pair; counts, changes, effects."""
    groupings = [(), *((name,) for name in DIMENSIONS), *programme.pairs]
    for done, by in enumerate(groupings):
        progress("estimate", done, len(groupings))
        yield from _count_rows(panel, by, programme.disclosure_rules)
        for outcome in programme.outcomes:
            yield from _outcome_rows(panel, outcome.name, by, programme)
    progress("estimate", len(groupings), len(groupings))


def _cell(by: tuple[str, ...], group: object, **named: str) -> Row:
    """The dimensions of a figure: "*" where it takes all."""
    labels = group if isinstance(group, tuple) else (group,)
    row: Row = {"outcome": "*", "measure": "", "arm": "*", "horizon": "*", **dict.fromkeys(DIMENSIONS, "*")}
    return row | named | (dict(zip(by, labels, strict=True)) if by else {})


def _groups(panel: Panel, by: tuple[str, ...]) -> dict[Any, Any]:
    return dict(groups_of(panel, by)) if by else {(): panel.funded}


def _count_rows(panel: Panel, by: tuple[str, ...], rules: DisclosureRules) -> Iterator[Row]:
    """Firms awarded, comparison firms of the same sectors, euros granted."""
    sector = panel.units["sector"]
    for group, mask in _groups(panel, by).items():
        n_funded = int(mask.sum())
        n_other = int((~panel.funded & sector.isin(sector[mask].dropna().unique()).to_numpy()).sum())
        counts = (n_funded, n_other)
        for arm, n in ((Arm.FUNDED, n_funded), (Arm.COMPARISON, n_other)):
            row = _cell(by, group, measure="firms", arm=arm) | {"unit": Unit.COUNT}
            yield row | _published(float(n), counts, rules)
        if "grant_eur" in panel.units:
            grants = panel.units["grant_eur"][mask].dropna()
            row = _cell(by, group, measure="grants", arm=Arm.FUNDED) | {"unit": Unit.MONEY}
            yield row | (
                _published(float(sum(grants)), counts, rules) if len(grants) else _withheld(Reason.NOT_ESTIMABLE)
            )


def _outcome_rows(panel: Panel, outcome: str, by: tuple[str, ...], programme: Programme) -> Iterator[Row]:
    """Before, after, change by arm; effects by estimand; overall and by year."""
    settings, rules = programme.settings, programme.disclosure_rules
    measured: dict[tuple[Any, str], Counts] = {}
    for year in (None, *horizons(panel, settings)):
        for found in before_after(panel, outcome, by=by or None, settings=settings, year=year):
            arms = {Arm.FUNDED: found.funded, Arm.COMPARISON: found.comparison}
            counts = tuple(arm.n_measured if isinstance(arm, ArmChange) else 0 for arm in arms.values())
            measured[found.group, found.horizon] = counts  # type: ignore[assignment]
            for arm, change in arms.items():
                cell = _cell(by, found.group, outcome=outcome, arm=arm, horizon=found.horizon)
                yield from _change_rows(cell, change, counts, rules)  # type: ignore[arg-type]
    for estimand in Estimand:
        for group, horizon, result in _effects(panel, outcome, estimand, by, settings):
            cell = _cell(by, group, outcome=outcome, measure=estimand, horizon=horizon) | {"unit": Unit.FRACTION}
            yield cell | _effect(result, measured[group if by else "*", horizon], rules)


def _effects(
    panel: Panel, outcome: str, estimand: Estimand, by: tuple[str, ...], settings: Settings
) -> Iterator[tuple[Any, str, Effect]]:
    if by:
        found = effects_by(panel, outcome, estimand, by=by, settings=settings)
    else:
        years = horizons(panel, settings)
        by_year = {year: effect(panel, outcome, estimand, settings=settings, year=year) for year in years}
        found = [GroupEffect((), effect(panel, outcome, estimand, settings=settings), by_year)]
    for group in found:
        yield group.group, "overall", group.overall
        for year, result in group.by_year.items():
            yield group.group, str(year), result


def _change_rows(cell: Row, change: ArmChange | Withheld, counts: Counts, rules: DisclosureRules) -> Iterator[Row]:
    measures = {"before_mean": Unit.OUTCOME, "after_mean": Unit.OUTCOME, "change": Unit.FRACTION}
    for measure, unit in measures.items():
        row = cell | {"measure": measure, "unit": unit}
        value = getattr(change, measure) if isinstance(change, ArmChange) else None
        yield row | (
            _published(value, counts, rules) if value is not None else _withheld(Reason.NOT_ESTIMABLE, counts, rules)
        )


def confidential(counts: Counts, rules: DisclosureRules) -> bool:
    """One or two firms in either arm: a firm would be told about, or about itself by the other."""
    return any(0 < n < rules.min_units for n in counts)


def _published(value: float, counts: Counts, rules: DisclosureRules) -> Row:
    """A count, sum, mean or change: published unless it would tell about a firm."""
    if confidential(counts, rules):
        return _withheld(Reason.TOO_FEW_FIRMS, counts, rules)
    return {
        "value": value,
        "n_funded": counts[0],
        "n_comparison": counts[1],
        "obs_status": ObsStatus.NORMAL,
        "conf_status": ConfStatus.FREE,
    }


def _withheld(reason: Reason, counts: Counts = (0, 0), rules: DisclosureRules | None = None) -> Row:
    """No value. Small counts are confidential and hide their n too; otherwise the figure is unreliable or missing."""
    if rules is not None and confidential(counts, rules):
        return {"reason": Reason.TOO_FEW_FIRMS, "obs_status": ObsStatus.MISSING, "conf_status": ConfStatus.SMALL_COUNT}
    status = ObsStatus.LOW_RELIABILITY if reason is Reason.TOO_FEW_FIRMS else ObsStatus.MISSING
    return {
        "reason": reason,
        "n_funded": counts[0],
        "n_comparison": counts[1],
        "obs_status": status,
        "conf_status": ConfStatus.FREE,
    }


def _effect(result: Effect, counts: Counts, rules: DisclosureRules) -> Row:
    """An effect with its interval and companions, or why it is withheld."""
    if isinstance(result, Withheld):
        return _withheld(result.reason, counts, rules)
    return {
        "value": result.value,
        "low": result.ci_low,
        "high": result.ci_high,
        "half_low": result.half_low,
        "half_high": result.half_high,
        "sim_low": result.sim_low,
        "sim_high": result.sim_high,
        "p_value": result.p_value,
        "mde": result.mde,
        "df": result.df,
        "n_funded": result.n_funded,
        "n_comparison": result.n_comparison,
        "obs_status": ObsStatus.ESTIMATED,
        "conf_status": ConfStatus.FREE,
    }
