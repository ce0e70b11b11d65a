"""Several effects side by side: whether groups differ, shrinkage toward the whole, power (METHODS.md 4)."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from analytics.estimate.effects import Effect, EffectEstimate, as_shown
from analytics.estimate.inference import POWER, WelchTest, shrink, welch
from analytics.model import Reason, Settings, Withheld
from analytics.panel.arms import GroupLabel

# Where the search for a number of firms, or of years, ends: nobody would wait for more.
MOST_FIRMS = 1_000_001
MOST_YEARS = 30.0


def sectors_differ(effects: Iterable[Effect]) -> WelchTest | Withheld:
    """Welch's test that the effects of several groups are equal; ask it of `symmetric_growth`."""
    test = welch([effect.uncertainty for effect in effects if isinstance(effect, EffectEstimate)])
    return test or Withheld(Reason.NOT_ESTIMABLE)


def shrunken(effects: Mapping[GroupLabel, Effect], whole: Effect) -> dict[GroupLabel, float]:
    """Each estimated group's effect drawn toward the whole programme's, as values are shown; second to the raw figure.

    Empty when the programme itself has no estimate.
    """
    estimates = {group: effect for group, effect in effects.items() if isinstance(effect, EffectEstimate)}
    if not isinstance(whole, EffectEstimate) or not estimates:
        return {}
    theta, se = (np.array([getattr(effect, name) for effect in estimates.values()]) for name in ("theta", "se"))
    values = as_shown(whole.unit, *shrink(theta, se**2, whole.theta).tolist())
    return dict(zip(estimates, values, strict=True))


@dataclass(frozen=True, slots=True)
class PowerRequirement:
    """What it takes to tell the smallest effect that matters from zero with 80% power.

    firms: funded firms, the comparison growing alike (None: more than a million); years: after funding, with the same
    firms (None: no number of years does, since more years do not quiet the year before or the firms' own paths).
    """

    firms: int | None
    years: int | None


def power_requirement(overall: EffectEstimate, by_year: Iterable[Effect], settings: Settings) -> PowerRequirement:
    """How many firms, or years, it takes to tell. Variance goes with 1/firms, df with firms; with years y variance is
    a + b/y, and single years and all years together say what a and b are.
    """
    target, n = settings.importance.estimation(overall.unit), overall.n_funded

    def detects(firms: int) -> bool:
        quantiles = _both_errors(max(1.0, overall.df * firms / n), overall.level)
        return bool(quantiles * overall.se * (n / firms) ** 0.5 <= target)

    firms = bisect_left(range(MOST_FIRMS), True, lo=2, key=detects)
    yearly = [effect.se**2 for effect in by_year if isinstance(effect, EffectEstimate)]
    return PowerRequirement(firms if firms < MOST_FIRMS else None, _years_required(overall, yearly, target))


def _years_required(overall: EffectEstimate, yearly: Sequence[float], target: float) -> int | None:
    """yearly: variances of the single years' effects; with y years together it is a + b/y."""
    y = len(yearly)
    if y < 2:
        return None
    b = (float(np.mean(yearly)) - overall.se**2) / (1 - 1 / y)
    a = overall.se**2 - b / y
    room = (target / _both_errors(overall.df, overall.level)) ** 2 - a
    if b <= 0:  # years add nothing: those that there are tell, or none would
        return y if room >= b / y else None
    return int(np.ceil(b / room)) if room > 0 and b / room < MOST_YEARS else None


def _both_errors(df: float, level: float) -> float:
    """t of the level and t of the power: how many standard errors away an effect must be."""
    return float(stdtrit(df, 0.5 + level / 2) + stdtrit(df, POWER))
