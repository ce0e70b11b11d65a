"""The contributions of two releases' cubes side by side: what cells share, and by how much they differ."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray, ObjectArray
from analytics.disclosure.cube import Cube, UnsignedArray

Changes = dict[Hashable, float]  # unit -> by how much its contribution differs
NOISE = 1e-9  # of a value: a change by less is one of binary arithmetic


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """Rows of what units contribute, (r,): the unit, how much, and the mark of both."""

    unit: ObjectArray
    value: FloatArray
    mark: UnsignedArray

    def take(self, rows: BoolArray | slice) -> "Contributions":
        """Some of the rows."""
        return Contributions(self.unit[rows], self.value[rows], self.mark[rows])

    def as_changes(self) -> Changes:
        """Unit -> what it contributes."""
        return dict(zip(self.unit.tolist(), self.value.tolist(), strict=True))


class ComparedCubes:
    """The contributions of two cubes side by side.

    common: (new cells, old cells) how many units contribute the same to both; units_apart: how many contribute to one
    alone, or something else to the other; same_name: which have the same name. n_new, n_old: units of each cell.
    """

    def __init__(self, new: Cube, old: Cube) -> None:
        """Two cubes whose units are known."""
        (self._new_cell, self._new), (self._old_cell, self._old) = _by_cell(new), _by_cell(old)
        self.n_new = np.bincount(self._new_cell, minlength=len(new.cells))
        self.n_old = np.bincount(self._old_cell, minlength=len(old.cells))
        self.common = _in_both(new, old, which=1)
        self.units_apart = self.n_new[:, None] + self.n_old[None, :] - _in_both(new, old, which=0) - self.common
        number = {name: place for place, name in enumerate(dict.fromkeys([*new.names, *old.names]))}
        new_names, old_names = (np.array([number[name] for name in cube.names]) for cube in (new, old))
        self.same_name = new_names[:, None] == old_names[None, :]

    def _of_new(self, cell: int) -> Contributions:
        return self._new.take(slice(*np.searchsorted(self._new_cell, [cell, cell + 1]).tolist()))

    def _of_old(self, cell: int) -> Contributions:
        return self._old.take(slice(*np.searchsorted(self._old_cell, [cell, cell + 1]).tolist()))

    def shared(self, cell: int, other: int) -> Contributions:
        """The contributions that a new and an old cell share."""
        rows = self._of_new(cell)
        return rows.take(np.isin(rows.mark, self._of_old(other).mark))

    def rest_of_new(self, cell: int, others: IntArray) -> Contributions:
        """The contributions to a new cell that are in none of some old ones."""
        rows = self._of_new(cell)
        return rows.take(~np.isin(rows.mark, self._old.mark[np.isin(self._old_cell, others)]))

    def rest_of_old(self, cell: int, others: IntArray) -> Contributions:
        """The contributions to an old cell that are in none of some new ones."""
        rows = self._of_old(cell)
        return rows.take(~np.isin(rows.mark, self._new.mark[np.isin(self._new_cell, others)]))

    def changes(self, cell: int, other: int) -> Mapping[str, Changes]:
        """By how much contributions to a new and an old cell differ; see `Difference`."""
        return changes_between(self._of_new(cell), self._of_old(other))


def _by_cell(cube: Cube) -> tuple[IntArray, Contributions]:
    """Contributions in the order of their cells, and (r,) the cell of each."""
    assert cube.contributions is not None  # noqa: S101 - only such cubes are compared
    cell = cube.contributions["cell"].to_numpy(dtype=np.int64)
    order = np.argsort(cell, kind="stable")
    unit, value = cube.contributions["unit"].to_numpy(dtype=object), cube.contributions["value"].to_numpy(np.float64)
    return cell[order], Contributions(unit[order], value[order], cube.marks[1][order])


def _in_both(new: Cube, old: Cube, *, which: int) -> IntArray:
    """(new cells, old cells) how many of their marks both hold; which: of the two `Cube.marks`."""
    codes = np.unique(np.concatenate([new.marks[which], old.marks[which]]), return_inverse=True)[1]
    width = int(codes.max(initial=-1)) + 1
    matrices = []
    for cube, numbers in ((new, codes[: len(new.marks[which])]), (old, codes[len(new.marks[which]) :])):
        assert cube.contributions is not None  # noqa: S101 - only such cubes are compared
        entries = np.ones(len(numbers), dtype=np.int64), (cube.contributions["cell"].to_numpy(), numbers)
        matrices.append(sparse.csr_array(entries, shape=(len(cube.cells), width)))
    return np.asarray((matrices[0] @ matrices[1].T).todense(), dtype=np.int64)


def changes_between(new_rows: Contributions, old_rows: Contributions) -> Mapping[str, Changes]:
    """By how much two sets of contributions differ; see `Difference`."""
    new, old = new_rows.as_changes(), old_rows.as_changes()
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
