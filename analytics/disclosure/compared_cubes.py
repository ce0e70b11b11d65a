"""The contributions of two releases' cubes side by side: what cells share, and by how much they differ."""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrays import IntArray
from analytics.disclosure.cube import Cube

Changes = dict[Hashable, float]  # unit -> by how much its contribution differs
NOISE = 1e-9  # of a value: a change by less is one of binary arithmetic


class ComparedCubes:
    """The contributions of two cubes side by side.

    common: (new cells, old cells) how many units contribute the same to both; units_apart: how many contribute to one
    alone, or something else to the other; same_name: which have the same name. n_new, n_old: units of each cell.
    """

    def __init__(self, new: Cube, old: Cube) -> None:
        """Two cubes whose units are known."""
        self.new, self.old = new, old
        self._rows = [self._table(cube) for cube in (new, old)]
        self.n_new, self.n_old = (
            np.bincount(rows["cell"], minlength=len(cube.cells))
            for rows, cube in zip(self._rows, (new, old), strict=True)
        )
        self.common = self._in_both("mark")
        self.units_apart = self.n_new[:, None] + self.n_old[None, :] - self._in_both("unit_mark") - self.common
        number = {name: place for place, name in enumerate(dict.fromkeys([*new.names, *old.names]))}
        new_names, old_names = (np.array([number[name] for name in cube.names]) for cube in (new, old))
        self.same_name = new_names[:, None] == old_names[None, :]

    @staticmethod
    def _table(cube: Cube) -> pd.DataFrame:
        assert cube.contributions is not None  # noqa: S101 - only such cubes are compared
        unit_mark, mark = cube.marks
        return cube.contributions.assign(unit_mark=unit_mark, mark=mark).sort_values("cell", kind="stable")

    def _in_both(self, column: str) -> IntArray:
        """(new cells, old cells) how many marks of a column both hold."""
        new, old = self._rows
        codes = np.unique(np.concatenate([new[column], old[column]]), return_inverse=True)[1]
        matrices = [
            sparse.csr_array(
                (np.ones(len(rows), dtype=np.int64), (rows["cell"].to_numpy(), numbers)),
                shape=(len(cube.cells), int(codes.max(initial=-1)) + 1),
            )
            for rows, numbers, cube in zip(
                self._rows, (codes[: len(new)], codes[len(new) :]), (self.new, self.old), strict=True
            )
        ]
        return np.asarray((matrices[0] @ matrices[1].T).todense(), dtype=np.int64)

    def _of(self, which: int, cell: int) -> pd.DataFrame:
        ends = np.cumsum((self.n_new, self.n_old)[which])
        return self._rows[which].iloc[ends[cell] - (self.n_new, self.n_old)[which][cell] : ends[cell]]

    def shared(self, cell: int, other: int) -> pd.DataFrame:
        """The contributions that a new and an old cell share."""
        rows = self._of(0, cell)
        return rows[rows["mark"].isin(self._of(1, other)["mark"])]

    def rest(self, of_new: bool, cell: int, others: IntArray) -> pd.DataFrame:
        """The contributions to a cell that are in none of a table of the other release."""
        rows, other_rows = self._of(0 if of_new else 1, cell), self._rows[1 if of_new else 0]
        return rows[~rows["mark"].isin(other_rows["mark"][other_rows["cell"].isin(others)])]

    def changes(self, cell: int, other: int) -> Mapping[str, Changes]:
        """By how much contributions to a new and an old cell differ; see `Difference`."""
        return changes_between(self._of(0, cell), self._of(1, other))


def changes_between(new_rows: pd.DataFrame, old_rows: pd.DataFrame) -> Mapping[str, Changes]:
    """By how much two sets of contributions differ; see `Difference`."""
    new, old = (
        {} if rows.empty else dict(zip(rows["unit"], rows["value"].tolist(), strict=True))
        for rows in (new_rows, old_rows)
    )
    changes = {unit: abs(new.get(unit, 0.0) - old.get(unit, 0.0)) for unit in [*new, *(old.keys() - new.keys())]}
    came_or_went = new.keys() ^ old.keys()
    noise = {unit: NOISE * max(new.get(unit, 0.0), old.get(unit, 0.0)) for unit in changes}
    return {
        "value": {unit: change for unit, change in changes.items() if unit in came_or_went or change > noise[unit]},
        "n_units": {unit: 1.0 for unit in changes if unit in came_or_went},
    }


def cells_of_same_name(new: Cube, old: Cube) -> tuple[IntArray, IntArray]:
    """Positions in each of the cells that both have."""
    position = {name: place for place, name in enumerate(new.names)}
    pairs = [(position[name], place) for place, name in enumerate(old.names) if name in position]
    mine, theirs = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return mine, theirs
