"""What a row of the release's figures holds, whatever the figure: its cell, its value or why there is none, status."""

import math
from typing import Any

from analytics.estimate.effects import UNITS, Effect, EffectEstimate
from analytics.estimate.money import MoneyEstimate
from analytics.model import ConfStatus, DisclosureRules, Estimand, ObsStatus, Reason, Withheld
from analytics.programme.dimensions import DIMENSIONS

Row = dict[str, Any]
Counts = tuple[int, int]  # firms of each arm, funded and comparison
KEY = ("outcome", "measure", "arm", "horizon", *DIMENSIONS)  # what makes a figure that figure


def cell_of_group(by: tuple[str, ...], group: object, **named: str) -> Row:
    """The dimensions of a figure: "*" where it takes all."""
    labels = group if isinstance(group, tuple) else (group,)
    row: Row = {"outcome": "*", "measure": "", "arm": "*", "horizon": "*", **dict.fromkeys(DIMENSIONS, "*")}
    return row | named | (dict(zip(by, labels, strict=True)) if by else {})


def published_row(value: float, counts: Counts) -> Row:
    """A count, sum, mean or change."""
    return {
        "value": value,
        "n_funded": counts[0],
        "n_comparison": counts[1],
        "obs_status": ObsStatus.NORMAL,
        "conf_status": ConfStatus.FREE,
    }


def withheld_row(reason: Reason, counts: Counts = (0, 0)) -> Row:
    """No value: the figure is unreliable, or cannot be."""
    status = ObsStatus.LOW_RELIABILITY if reason is Reason.TOO_FEW_FIRMS else ObsStatus.MISSING
    return {
        "reason": reason,
        "n_funded": counts[0],
        "n_comparison": counts[1],
        "obs_status": status,
        "conf_status": ConfStatus.FREE,
    }


def coarse(total: float, largest: float, rules: DisclosureRules) -> float:
    """A sum of amounts, no finer than to leave its largest contribution open by p%: rounded to 1, 2 or 5 times a power
    of ten. Two sums of nearly the same firms, of two years say, then do not tell those between them.
    """
    asked = 2 * rules.p_percent / 100 * largest
    if not asked > 0:
        return total
    power = 10.0 ** math.floor(math.log10(asked))
    step = next(power * digit for digit in (1, 2, 5, 10) if power * digit >= asked * (1 - 1e-9))
    return round(round(total / step) * step, 12)


FEW = 100


def rough_share(share: float, firms: int) -> float:
    """A share of firms to a whole percent, of fewer than a hundred to 5 points: a finer one tells how many they are."""
    step = 0.05 if firms < FEW else 0.01
    return round(round(share / step) * step, 2) + 0.0


def effect_row(estimand: Estimand, result: Effect, counts: Counts) -> Row:
    """An effect with its interval and companions, or why it is withheld."""
    if isinstance(result, Withheld):
        return withheld_row(result.reason, counts) | {"unit": UNITS[estimand]}
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


def scaled(row: Row, factor: float) -> Row:
    """The same amount and its bounds, so many times."""
    bounds = ("value", "low", "high", "sim_low", "sim_high", "half_low", "half_high")
    return row | {name: row[name] * factor for name in bounds if row[name] is not None}
