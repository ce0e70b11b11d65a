"""Which cells would disclose a unit by themselves, and the protection levels that an attacker's interval must reach.

The threshold rule and the p%-rule, METHODS.md 7. A protection level is the distance from a cell's true figure that the
upper or the lower end of its feasibility interval must reach.
"""

import numpy as np

from analytics.arrays import BoolArray, FloatArray
from analytics.disclosure.cube import Cube
from analytics.model import DisclosureRules

CUBE_MEASURES = ("value", "n_units")  # of a cell, both protected
ROUNDING = 1e-12  # of a sum of euros and cents in binary


def sensitive_cells(cube: Cube, rules: DisclosureRules) -> tuple[BoolArray, BoolArray]:
    """(n_cells,) few: cells with fewer units than the threshold; dominated: cells that fail the p%-rule, that is whose
    total − largest − second is less than p% of the largest.
    """
    n, value = cube.measure("n_units"), cube.measure("value")
    largest, second = cube.measure("largest"), cube.measure("second")
    few = (n > 0) & (n < rules.min_units)
    rest = np.maximum(value - largest - second, 0.0)
    dominated = (n > 0) & (rest < rules.p_percent / 100 * largest - ROUNDING * value)
    return few, dominated


def protection_levels(cube: Cube, rules: DisclosureRules, measure: str) -> tuple[FloatArray, FloatArray]:
    """(n_cells,) upper and lower protection level of each cell, were it sensitive, in the measure's unit.

    Value: so far that nobody who knows the second contribution can infer the largest to within p% (a cell of nothing:
    as if it held a mean contribution). Counts: one unit. No lower level exceeds the figure itself.
    """
    n, value = cube.measure("n_units"), cube.measure("value")
    if measure == "n_units":
        return np.ones(len(n)), np.minimum(n, 1.0)
    largest, second = cube.measure("largest"), cube.measure("second")
    share = rules.p_percent / 100
    _, dominated = sensitive_cells(cube, rules)
    upper = share * largest - np.where(dominated, np.maximum(value - largest - second, 0), 0)
    mean = value.max(initial=0) / max(n.max(initial=1), 1)
    upper = np.where(upper > 0, upper, share * mean)
    return upper, np.minimum(upper, value)


def insider_protection_levels(
    cube: Cube, rules: DisclosureRules, measure: str, cell: int, own: float
) -> tuple[float, float]:
    """Upper and lower protection level of one cell against a unit that contributes `own` to it, and knows that.

    It can infer the largest other contribution x to be at most the upper end less its own, so that end must reach
    own + (1 + p%) x: what is protected is the total of the others.
    """
    n, value, largest, second = (
        float(cube.cells[name].iloc[cell]) for name in ("n_units", "value", "largest", "second")
    )
    if measure == "n_units":
        return 1.0, min(n - 1, 1.0)
    largest_other = second if own >= largest else largest
    others = max(value - own, 0.0)
    upper = max(rules.p_percent / 100 * largest_other - (others - largest_other), 0.0)
    return upper, min(upper, others)
