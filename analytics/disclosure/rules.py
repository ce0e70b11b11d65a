"""Which cells would tell about a firm by themselves, and how far an attacker must leave them open."""

import numpy as np

from analytics.arrays import BoolArray, FloatArray
from analytics.disclosure.cube import Cube
from analytics.model import DisclosureRules

CUBE_MEASURES = ("value", "n_units")  # of a cell, both kept
ROUNDING = 1e-12  # of a sum of euros and cents in binary


def confidential(cube: Cube, rules: DisclosureRules) -> tuple[BoolArray, BoolArray]:
    """Cells with too few units; cells where the p%-rule fails: total − largest − second < p% of the largest."""
    n, value = cube.measure("n_units"), cube.measure("value")
    largest, second = (cube.cells[name].to_numpy(dtype=np.float64) for name in ("largest", "second"))
    few = (n > 0) & (n < rules.min_units)
    rest = np.maximum(value - largest - second, 0.0)
    dominated = (n > 0) & (rest < rules.p_percent / 100 * largest - ROUNDING * value)
    return few, dominated


def required(cube: Cube, rules: DisclosureRules, measure: str) -> tuple[FloatArray, FloatArray]:
    """How far up and down an attacker must leave each cell open, were it confidential.

    Sales: so far that nobody who knows the second contribution can tell the largest to within p% (a cell of nothing: as
    if it held a mean contribution); counts: one.
    """
    n, value = cube.measure("n_units"), cube.measure("value")
    if measure == "n_units":
        return np.ones(len(n)), np.minimum(n, 1.0)
    largest, second = (cube.cells[name].to_numpy(dtype=np.float64) for name in ("largest", "second"))
    share = rules.p_percent / 100
    _, dominated = confidential(cube, rules)
    up = share * largest - np.where(dominated, np.maximum(value - largest - second, 0), 0)
    mean = value.max(initial=0) / max(n.max(initial=1), 1)
    up = np.where(up > 0, up, share * mean)
    return up, np.minimum(up, value)


def required_inside(cube: Cube, rules: DisclosureRules, measure: str, cell: int, own: float) -> tuple[float, float]:
    """The same of one cell, for a firm that contributes `own` to it and knows that: what must stay open are the others.

    It can tell the largest other contribution x to be at most the upper end less its own, so that one must reach
    own + (1 + p%) x.
    """
    n, value, largest, second = (
        float(cube.cells[name].iloc[cell]) for name in ("n_units", "value", "largest", "second")
    )
    if measure == "n_units":
        return 1.0, min(n - 1, 1.0)
    other = second if own >= largest else largest
    rest = max(value - own, 0.0)
    up = rules.p_percent / 100 * other - (rest - other)
    return max(up, 0.0), min(max(up, 0.0), rest)
