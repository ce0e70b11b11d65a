"""How far single firms lie apart, as it may be told: dots that stand for ten firms or more, and the middle.

A dot is the mean of firms in order, rounded to 5 points; the middle is the mean of the three or four firms in it, which
a median of an odd number would not be. No smallest, largest or single firm (METHODS.md 7).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray
from analytics.build.samples import Samples
from analytics.build.withheld_cells import WithheldCells
from analytics.build.withhold import holds_anything
from analytics.estimate.effects import effect_of
from analytics.estimate.sample import Sample
from analytics.model import Arm, Estimand, ObsStatus, Rule, Withheld
from analytics.programme.file import Programme
from analytics.release.figure import FigureKey, group_of
from analytics.release.measures import ALL, EFFECTS, FIRMS_OF_MIDDLE, FIRMS_PER_DOT

MIDDLE = 0  # its place; dots stand at 1, 2, … from the lowest
MOST_DOTS, LEAST_DOTS = 50, 4
STEPS = ((1.0, 0.05), (3.0, 0.1))  # below so much growth, rounded to this
LARGEST_STEP = 0.5
LARGEST_LOG_GROWTH = 600.0  # e to this is still a number


@dataclass(frozen=True, slots=True)
class Dot:
    """The middle, or one dot, of the funded firms of a sector ("*": the programme).

    value: the mean of n firms in order; 0.10 is 10%.
    """

    outcome: str
    sector: str
    horizon: str
    place: int
    value: float
    n: int
    obs_status: ObsStatus = ObsStatus.NORMAL


def spread_dots(
    samples: Samples,
    programme: Programme,
    withheld_cells: WithheldCells,
    earlier: Sequence[pd.DataFrame],
    kept: Callable[[FigureKey], bool] = lambda _: False,
    hidden: Callable[[FigureKey], bool] = lambda _: False,
) -> Iterator[Dot]:
    """Of the headline's outcome and horizon, the programme and each sector: how the growth of funded firms differs from
    that of the typical comparison firm. A held or kept sector's are those of the newest earlier release that has any; a
    sector whose effect is hidden has none.
    """
    question = programme.headline
    sample = next(sample for sample in samples[question.outcome] if sample.horizon == question.horizon_code)
    sector = sample.panel.units["sector"]
    for code in (ALL, *programme.codes("sector")):
        group = group_of({"sector": code})
        rules = {withheld_cells.rule(question.outcome, sample.horizon, group, arm) for arm in Arm} - {None}
        effect = FigureKey(EFFECTS[Estimand.TYPICAL_FIRM], question.outcome, horizon=sample.horizon, group=group)
        if hidden(effect):
            continue
        if rules == {Rule.HELD} or (not rules and kept(effect)):
            yield from _earlier_dots(question.outcome, code, sample.horizon, earlier)
        elif withheld_cells.rule(question.outcome, sample.horizon, group) is None:
            funded = sample.panel.funded if code == ALL else sample.panel.funded & (sector == code).to_numpy()
            told = dots(growth_beside(sample, funded))
            anew = [Dot(question.outcome, code, sample.horizon, place, *dot) for place, dot in enumerate(told, MIDDLE)]
            before = list(_earlier_dots(question.outcome, code, sample.horizon, earlier))
            same = [replace(dot, obs_status=ObsStatus.PROVISIONAL) for dot in anew] == before
            yield from before if same and holds_anything(withheld_cells) else anew


def growth_beside(sample: Sample, funded: BoolArray) -> FloatArray:
    """(n,) log growth of each funded firm less that of its typical comparison firm, in no order that tells firms apart:
    what leaving a firm out does to their mean gives its own. Empty where nothing is estimated.
    """
    deletions = sample.deletions(Estimand.TYPICAL_FIRM, sample.group(funded))
    if deletions is None or isinstance(effect_of(deletions, Estimand.TYPICAL_FIRM, sample), Withheld):
        return np.zeros(0)
    n = int(deletions.funded.sum())
    own: FloatArray = deletions.theta - (n - 1) * (deletions.replicates[deletions.funded] - deletions.theta)
    return np.sort(own)


def dots(growth: FloatArray) -> list[tuple[float, int]]:
    """The middle, then the dots, of log growth in ascending order: value (0.10 is 10%), and firms that make it."""
    n = len(growth)
    if n < FIRMS_OF_MIDDLE or not np.isfinite(growth).all():
        return []
    groups = [growth[(n - 3) // 2 : (n + 4) // 2] if n % 2 else growth[n // 2 - 2 : n // 2 + 2]]
    if n >= LEAST_DOTS * FIRMS_PER_DOT:
        groups += np.array_split(growth, min(n // FIRMS_PER_DOT, MOST_DOTS))
    return [(_rounded(float(np.expm1(min(group.mean(), LARGEST_LOG_GROWTH)))), len(group)) for group in groups]


def _rounded(value: float) -> float:
    """To 5 points, or coarser where growth is so large that 5 points would be fine."""
    step = next((step for most, step in STEPS if value < most), LARGEST_STEP)
    return round(round(value / step) * step, 2) + 0.0


def _earlier_dots(outcome: str, sector: str, horizon: str, earlier: Sequence[pd.DataFrame]) -> Iterator[Dot]:
    """The dots of the newest earlier release that has the same ones, marked as an earlier release's."""
    for spread in reversed(earlier):
        same = (spread["outcome"] == outcome) & (spread["sector"] == sector) & (spread["horizon"] == horizon)
        if same.any():
            for row in spread[same].to_dict("records"):
                dot = Dot(outcome, sector, horizon, row["place"], row["value"], row["n"])
                yield replace(dot, obs_status=ObsStatus.PROVISIONAL)
            return
