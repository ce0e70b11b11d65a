"""How far single firms lie apart, as it may be told: dots that stand for ten firms or more, and the middle.

A dot is the mean of firms in order, rounded to 5 points; the middle is the mean of the three or four firms in it, which
a median of an odd number would not be. No smallest, largest or single firm (METHODS.md 7).
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray
from analytics.build.patterns import WithheldCells, cube_cell
from analytics.build.rows.row import Row
from analytics.build.samples import Samples
from analytics.estimate.effects import effect_of
from analytics.estimate.sample import Sample
from analytics.model import PER_DOT, SPREAD_FIRMS, Arm, Estimand, ObsStatus, Rule, Withheld
from analytics.programme.file import Programme

ALL = "*"
MIDDLE = 0  # its place; dots stand at 1, 2, … from the lowest
MOST_DOTS, LEAST_DOTS = 50, 4
STEPS = ((1.0, 0.05), (3.0, 0.1))  # below so much growth, rounded to this
LARGEST = 600.0  # e to this is still a number


def spread_rows(
    samples: Samples, programme: Programme, guard: WithheldCells, earlier: Sequence[pd.DataFrame]
) -> Iterator[Row]:
    """Of the headline's outcome and horizon, the programme and each sector: how the growth of funded firms differs from
    that of the typical comparison firm. A held sector's are those of the newest earlier release that has any.
    """
    headline = programme.headline
    sample = next(one for one in samples[headline.outcome] if one.horizon == str(headline.horizon))
    sector = sample.panel.units["sector"]
    for code in (ALL, *programme.codes("sector")):
        mine = sample.panel.funded if code == ALL else sample.panel.funded & (sector == code).to_numpy()
        named: Row = {"outcome": headline.outcome, "sector": code, "horizon": sample.horizon}
        cell = cube_cell(sector=code)
        rules = {guard.rule(headline.outcome, sample.horizon, cell, arm) for arm in Arm} - {None}
        if rules == {Rule.HELD}:
            yield from _held(named, earlier)
        elif guard.rule(headline.outcome, sample.horizon, cell) is None:
            status = {"obs_status": ObsStatus.NORMAL}
            yield from (named | dot | status for dot in dots(growth_beside(sample, mine)))


def growth_beside(sample: Sample, funded: BoolArray) -> FloatArray:
    """(n,) log growth of each funded firm less that of its typical comparison firm, in no order that tells firms apart:
    what leaving a firm out does to their mean gives its own. Empty where nothing is estimated.
    """
    found = sample.deletions(Estimand.TYPICAL_FIRM, sample.group(funded))
    if found is None or isinstance(effect_of(found, Estimand.TYPICAL_FIRM, sample), Withheld):
        return np.zeros(0)
    n = int(found.funded.sum())
    own: FloatArray = found.theta - (n - 1) * (found.replicates[found.funded] - found.theta)
    return np.sort(own)


def dots(growth: FloatArray) -> list[Row]:
    """The middle, then the dots, of log growth in ascending order: place, value (0.10 is 10%), firms that make it."""
    n = len(growth)
    if n < SPREAD_FIRMS or not np.isfinite(growth).all():
        return []
    groups = [growth[(n - 3) // 2 : (n + 4) // 2] if n % 2 else growth[n // 2 - 2 : n // 2 + 2]]
    if n >= LEAST_DOTS * PER_DOT:
        groups += np.array_split(growth, min(n // PER_DOT, MOST_DOTS))
    return [
        {"place": place, "value": _rounded(float(np.expm1(min(group.mean(), LARGEST)))), "n": len(group)}
        for place, group in enumerate(groups, MIDDLE)
    ]


def _rounded(value: float) -> float:
    """To 5 points, or coarser where growth is so large that 5 points would be fine."""
    step = next((step for most, step in STEPS if value < most), 0.5)
    return round(round(value / step) * step, 2) + 0.0


def _held(named: Row, earlier: Sequence[pd.DataFrame]) -> Iterator[Row]:
    """The dots of the newest earlier release that has the same ones."""
    for spread in reversed(earlier):
        mine = spread[np.logical_and.reduce([spread[name] == value for name, value in named.items()])]
        if len(mine):
            for row in mine[["place", "value", "n"]].to_dict("records"):
                yield named | {str(name): value for name, value in row.items()} | {"obs_status": ObsStatus.PROVISIONAL}
            return
