"""Which cells would disclose a unit by themselves, and the protection levels that an attacker's interval must reach.

The threshold rule and the p%-rule, METHODS.md 7. A protection level is the distance from a cell's true figure that the
upper or the lower end of its feasibility interval must reach.
"""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.disclosure.cube import STATISTICS
from analytics.model import DisclosureRules

CUBE_MEASURES = ("value", "n_units")  # of a cell, both protected
ROUNDING = 1e-12  # of a sum of euros and cents in binary


def sensitive_cells(cells: pd.DataFrame, rules: DisclosureRules) -> tuple[BoolArray, BoolArray]:
    """(n_cells,) few: cells with fewer units than the threshold; dominated: cells that fail the p%-rule, that is whose
    total − largest − second is less than p% of the largest. cells: with the columns of a cube's.
    """
    n, value, largest, second = _statistics(cells)
    few = (n > 0) & (n < rules.min_units)
    rest = np.maximum(value - largest - second, 0.0)
    dominated = (n > 0) & (rest < rules.p_percent / 100 * largest - ROUNDING * value)
    return few, dominated


def protection_levels(cells: pd.DataFrame, rules: DisclosureRules, measure: str) -> tuple[FloatArray, FloatArray]:
    """(n_cells,) upper and lower protection level of each cell, were it sensitive, in the measure's unit.

    Value: so far that nobody who knows the second contribution can infer the largest to within p% (a cell of nothing:
    as if it held a mean contribution). Counts: one unit. No lower level exceeds the figure itself.
    """
    n, value, largest, second = _statistics(cells)
    if measure == "n_units":
        return np.ones(len(n)), np.minimum(n, 1.0)
    share = rules.p_percent / 100
    _, dominated = sensitive_cells(cells, rules)
    upper = share * largest - np.where(dominated, np.maximum(value - largest - second, 0), 0)
    mean = value.max(initial=0) / max(n.max(initial=1), 1)
    upper = np.where(upper > 0, upper, share * mean)
    return upper, np.minimum(upper, value)


def elsewhere_protection_levels(
    cells: pd.DataFrame, rules: DisclosureRules, measure: str
) -> tuple[FloatArray, FloatArray]:
    """(n_cells,) the same against a unit of other cells, which knows no contribution to this one: the upper end must
    reach (1 + p%) of the largest. Counts, and cells of nothing: as against the public.
    """
    upper, lower = protection_levels(cells, rules, measure)
    _, value, largest, _ = _statistics(cells)
    if measure == "n_units":
        return upper, lower
    of_largest = np.maximum(rules.p_percent / 100 * largest - (value - largest), 0.0)
    upper = np.where(largest > 0, of_largest, upper)
    return upper, np.minimum(upper, value)


def change_protection_level(changes: Mapping[Hashable, float], rules: DisclosureRules, measure: str) -> float:
    """How far the difference of two cells must stay open, of which these units differ by so much: p% of the largest;
    nothing where nobody does. Counts: one unit.
    """
    if not changes or measure == "n_units":
        return float(len(changes) > 0)
    return rules.p_percent / 100 * max(changes.values())


def _statistics(cells: pd.DataFrame) -> tuple[FloatArray, ...]:
    return tuple(cells[name].to_numpy(dtype=np.float64) for name in STATISTICS)


def insider_protection_levels(
    cells: pd.DataFrame, rules: DisclosureRules, measure: str, cell: IntArray, own: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """(r,) upper and lower protection level of these cells, each against a unit that contributes `own` to it, and knows
    that; cell, own: (r,).

    It can infer the largest other contribution x to be at most the upper end less its own, so that end must reach
    own + (1 + p%) x: what is protected is the total of the others.
    """
    n, value, largest, second = (statistic[cell] for statistic in _statistics(cells))
    if measure == "n_units":
        return np.ones(len(cell)), np.minimum(n - 1, 1.0)
    largest_other = np.where(own >= largest, second, largest)
    others = np.maximum(value - own, 0.0)
    upper = np.maximum(rules.p_percent / 100 * largest_other - (others - largest_other), 0.0)
    return upper, np.minimum(upper, others)
