"""Several effects side by side: whether groups differ, what it would take to tell one (METHODS.md 4, 10)."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.estimate.effects import Effect, EffectEstimate
from analytics.estimate.group_ranges import GroupRange
from analytics.estimate.inference import WelchTest, welch
from analytics.model import Reason, Settings, Withheld

# Where the search for a number of firms, or of years, ends: nobody would wait for more.
MOST_FIRMS = 1_000_001
MOST_YEARS = 30.0


def sectors_differ(effects: Iterable[Effect]) -> WelchTest | Withheld:
    """Welch's test that the effects of several groups are equal; ask it of `symmetric_growth`."""
    test = welch([effect.uncertainty for effect in effects if isinstance(effect, EffectEstimate)])
    return test or Withheld(Reason.NOT_ESTIMABLE)


@dataclass(frozen=True, slots=True)
class PowerRequirement:
    """What it takes to tell the smallest effect that matters from zero with 80% power.

    firms: funded firms, the comparison growing alike (None: more than a million); years: after funding, with the same
    firms (None: no number of years does, since more years do not quiet the year before or the firms' own paths).
    """

    firms: int | None
    years: int | None


def power_requirement(overall: EffectEstimate, by_year: Iterable[Effect], settings: Settings) -> PowerRequirement:
    """How many firms, or years, it takes to tell the smallest effect that matters from zero with its own range."""
    yearly = [effect.se for effect in by_year if isinstance(effect, EffectEstimate)]
    target = settings.importance.estimation(overall.unit)
    return required(GroupRange(overall.uncertainty), overall.n_funded, yearly, target, overall.level)


def required(
    overall: GroupRange, n_funded: int, yearly: Sequence[float], target: float, level: float
) -> PowerRequirement:
    """How many firms, or years, it takes to tell a true rise by `target` with the range at a level. Variance goes with
    1/firms, df with firms; with years y variance is a + b/y, and single years (yearly: their standard errors) and all
    years together say what a and b are. What the other groups tell is held fixed.
    """
    se, df = overall.own.se, overall.own.df

    def detects(firms: int) -> bool:
        more = overall.with_error(se * (n_funded / firms) ** 0.5, max(1.0, df * firms / n_funded))
        return more.detectable(level) <= target

    firms = bisect_left(range(MOST_FIRMS), True, lo=2, key=detects)
    return PowerRequirement(
        firms if firms < MOST_FIRMS else None, _years_required(se, yearly, overall.error_that_detects(target, level))
    )


def _years_required(overall: float, yearly: Sequence[float], needed: float) -> int | None:
    """overall, yearly: standard errors of all years together and of single ones; with y years it is √(a + b/y)."""
    y = len(yearly)
    if y < 2:
        return None
    b = (float(np.mean(np.square(yearly))) - overall**2) / (1 - 1 / y)
    a = overall**2 - b / y
    room = needed**2 - a
    if b <= 0:  # years add nothing: those that there are tell, or none would
        return y if room >= b / y else None
    return int(np.ceil(b / room)) if room > 0 and b / room < MOST_YEARS else None
