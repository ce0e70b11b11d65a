"""Several effects side by side: whether groups differ, shrinkage toward the whole, what would tell (METHODS.md 4)."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from analytics.estimate.effects import Effect, EffectEstimate, as_shown
from analytics.estimate.inference import (
    POWER,
    WelchTest,
    shrink,
    welch,
)
from analytics.model import Reason, Settings, Withheld
from analytics.panel.arms import GroupLabel


def sectors_differ(effects: Iterable[Effect]) -> WelchTest | Withheld:
    """Welch's test that the effects of several groups are equal; ask it of `symmetric_growth`."""
    tested = welch([found.uncertainty for found in effects if isinstance(found, EffectEstimate)])
    return tested or Withheld(Reason.NOT_ESTIMABLE)


def shrunken(effects: Mapping[GroupLabel, Effect], whole: Effect) -> dict[GroupLabel, float]:
    """Each estimated group's effect drawn toward the whole programme's, as values are shown; second to the raw figure.

    Empty when the programme itself has no estimate.
    """
    shown = {group: found for group, found in effects.items() if isinstance(found, EffectEstimate)}
    if not isinstance(whole, EffectEstimate) or not shown:
        return {}
    theta, v = (np.array([getattr(found, name) for found in shown.values()]) for name in ("theta", "se"))
    drawn = as_shown(whole.unit, *shrink(theta, v**2, whole.theta).tolist())
    return dict(zip(shown, drawn, strict=True))


@dataclass(frozen=True, slots=True)
class WouldTell:
    """What would tell the smallest effect that matters from zero with 80% power.

    firms: funded firms, the comparison growing alike (None: more than a million); years: after funding, with the same
    firms (None: no number of years would, since more years do not quiet the year before or the firms' own paths).
    """

    firms: int | None
    years: int | None


def would_tell(overall: EffectEstimate, by_year: Iterable[Effect], settings: Settings) -> WouldTell:
    """How many firms, or years, would tell. Variance goes with 1/firms, df with firms; with years y variance is
    a + b/y, and single years and all years together say what a and b are.
    """
    target, n = settings.importance.estimation(overall.unit), overall.n_funded

    def tells(firms: int) -> bool:
        quantiles = _both_errors(max(1.0, overall.df * firms / n), overall.level)
        return bool(quantiles * overall.se * (n / firms) ** 0.5 <= target)

    firms = bisect_left(range(MOST_FIRMS), True, lo=2, key=tells)
    single = [found.se**2 for found in by_year if isinstance(found, EffectEstimate)]
    return WouldTell(firms if firms < MOST_FIRMS else None, _years(overall, single, target))


def _years(overall: EffectEstimate, single: Sequence[float], target: float) -> int | None:
    y = len(single)
    if y < 2:
        return None
    b = (float(np.mean(single)) - overall.se**2) / (1 - 1 / y)
    a = overall.se**2 - b / y
    room = (target / _both_errors(overall.df, overall.level)) ** 2 - a
    if b <= 0:  # years add nothing: those that there are tell, or none would
        return y if room >= b / y else None
    return int(np.ceil(b / room)) if room > 0 and b / room < MOST_YEARS else None


MOST_YEARS = 30.0

MOST_FIRMS = 1_000_001


def _both_errors(df: float, level: float) -> float:
    return float(stdtrit(df, 0.5 + level / 2) + stdtrit(df, POWER))
