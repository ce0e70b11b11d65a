"""Two releases of a cube compared cell by cell: how many units changed, and by how much.

The difference of two published cells is itself a cell, of the units that changed: disclosure by differencing.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import FloatArray, IntArray
from analytics.disclosure.cube import STATISTICS, Cube


@dataclass(frozen=True, slots=True, eq=False)
class CellChanges:
    """The k cells whose codes two cubes both have; all arrays are (k,).

    new, old: position of the cell in each cube. units: how many units contribute something else in the one than in the
    other; largest: the largest change of one unit, in the value's unit.
    """

    new: IntArray
    old: IntArray
    units: IntArray
    largest: FloatArray


def compare_cells(new: Cube, old: Cube) -> CellChanges:
    """What changed from one cube to the other, in the cells of both.

    Where units are not known, cells with equal statistics are taken for unchanged, others for changed by the difference
    of their counts, at least by one unit.
    """
    if new is old:
        positions = np.arange(len(new.cells))
        return CellChanges(positions, positions, np.zeros(len(positions), dtype=np.int64), np.zeros(len(positions)))
    common = [(new.positions[codes], position) for codes, position in old.positions.items() if codes in new.positions]
    new_cell, old_cell = np.array(common, dtype=np.int64).reshape(-1, 2).T
    if new.contributions is None or old.contributions is None:
        changes = _compare_statistics(new.cells.iloc[new_cell], old.cells.iloc[old_cell])
    else:
        changes = _compare_contributions(new, new.contributions, old.contributions, new_cell, old_cell)
    return CellChanges(new_cell, old_cell, *changes)


def _compare_contributions(
    new: Cube, new_rows: pd.DataFrame, old_rows: pd.DataFrame, new_cell: IntArray, old_cell: IntArray
) -> tuple[IntArray, FloatArray]:
    """Units and largest change, unit by unit; rows: the contributions of the two cubes."""
    old_rows = old_rows.assign(cell=old_rows["cell"].map(pd.Series(new_cell, index=old_cell))).dropna(subset="cell")
    new_rows = new_rows[np.isin(new_rows["cell"], new_cell)]
    both = new_rows.merge(old_rows, on=["unit", "cell"], how="outer", suffixes=("", "_old"))
    value, old_value = both["value"].to_numpy(), both["value_old"].to_numpy()
    came_or_went = np.isnan(value) | np.isnan(old_value)
    change = np.abs(np.where(came_or_went, np.fmax(value, old_value), value - old_value))
    changed = came_or_went | (change > 0)  # a unit that comes with nothing has changed, too
    cell = both["cell"].to_numpy(dtype=np.int64)
    units = np.bincount(cell, changed, minlength=len(new.cells)).astype(np.int64)
    largest = np.zeros(len(new.cells))
    np.maximum.at(largest, cell, np.where(changed, change, 0.0))
    return units[new_cell], largest[new_cell]


def _compare_statistics(new: pd.DataFrame, old: pd.DataFrame) -> tuple[IntArray, FloatArray]:
    """The same from rows of two cubes' cells alone."""
    a, b = (cells[list(STATISTICS)].to_numpy(dtype=np.float64) for cells in (new, old))
    units = np.where((a == b).all(axis=1), 0, np.maximum(1, np.abs(a[:, 0] - b[:, 0]))).astype(np.int64)
    return units, np.maximum(np.abs(a[:, 1] - b[:, 1]), a[:, 2])
