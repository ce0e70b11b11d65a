"""What a row of the release's figures holds, whatever the figure: its cell, its value or why there is none, status."""

from typing import Any

from analytics.effects import UNITS, Effect, EffectEstimate
from analytics.model import ConfStatus, DisclosureRules, Estimand, ObsStatus, Reason, Withheld
from analytics.money import MoneyEstimate
from analytics.programme import DIMENSIONS

Row = dict[str, Any]
Counts = tuple[int, int]  # firms of each arm, funded and comparison


def cell_of_group(by: tuple[str, ...], group: object, **named: str) -> Row:
    """The dimensions of a figure: "*" where it takes all."""
    labels = group if isinstance(group, tuple) else (group,)
    row: Row = {"outcome": "*", "measure": "", "arm": "*", "horizon": "*", **dict.fromkeys(DIMENSIONS, "*")}
    return row | named | (dict(zip(by, labels, strict=True)) if by else {})


def confidential(counts: Counts, rules: DisclosureRules) -> bool:
    """One or two firms in either arm: a firm would be told about, or about itself by the other."""
    return any(0 < n < rules.min_units for n in counts)


def published(value: float, counts: Counts, rules: DisclosureRules) -> Row:
    """A count, sum, mean or change: published unless it would tell about a firm."""
    if confidential(counts, rules):
        return withheld(Reason.TOO_FEW_FIRMS, counts, rules)
    return {
        "value": value,
        "n_funded": counts[0],
        "n_comparison": counts[1],
        "obs_status": ObsStatus.NORMAL,
        "conf_status": ConfStatus.FREE,
    }


def withheld(reason: Reason, counts: Counts = (0, 0), rules: DisclosureRules | None = None) -> Row:
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


def effect_row(estimand: Estimand, result: Effect, counts: Counts, rules: DisclosureRules) -> Row:
    """An effect with its interval and companions, or why it is withheld."""
    if isinstance(result, Withheld):
        return withheld(result.reason, counts, rules) | {"unit": UNITS[estimand]}
    return with_interval(result) | {
        "unit": result.unit,
        "p_value": result.p_value,
        "sim_p": result.sim_p,
        "mde": result.mde,
    }


def with_interval(result: EffectEstimate | MoneyEstimate) -> Row:
    """An estimate with its intervals: alone, together with those of other groups, and of 50%."""
    return {
        "value": result.value,
        "low": result.ci_low,
        "high": result.ci_high,
        "sim_low": result.sim_low,
        "sim_high": result.sim_high,
        "half_low": result.half_low,
        "half_high": result.half_high,
        "df": result.df,
        "n_funded": result.n_funded,
        "n_comparison": result.n_comparison,
        "obs_status": ObsStatus.ESTIMATED,
        "conf_status": ConfStatus.FREE,
    }
