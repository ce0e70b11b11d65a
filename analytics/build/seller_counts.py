"""Counts of firms that sell, cell by cell, and how far they agree with what is known of them: linear programs.

The unknowns of a cell are the firms that sold in both windows, that stopped, and that started: every count of sellers
is a sum of these, and each of them adds up over the cells of a cube.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrays import FloatArray, IntArray
from analytics.disclosure.cube import Cube
from analytics.disclosure.solver import program_of, solve
from analytics.estimate.before_after import comparison_weights
from analytics.estimate.sample import Sample
from analytics.model import Arm

Counted = tuple[float, float, float]  # how often a firm counts that sold in both windows, that stopped, that started
SOLD_BEFORE: Counted = (1.0, 1.0, 0.0)
SELLS_AFTER: Counted = (1.0, 0.0, 1.0)
STOPPED: Counted = (0.0, 1.0, 0.0)
IN_BOTH: Counted = (1.0, 0.0, 0.0)
IN_EITHER: Counted = (1.0, 1.0, 1.0)
MORE_SELL: Counted = (0.0, -1.0, 1.0)
MOVED: Counted = (0.0, 1.0, 1.0)
# what must stay open of a confidential cell: one firm more, one fewer. That none stopped of those that sold before may
# follow; that any did, may not
ASKED = ((SOLD_BEFORE, 1.0), (SOLD_BEFORE, -1.0), (SELLS_AFTER, 1.0), (SELLS_AFTER, -1.0), (STOPPED, -1.0))
TARGETS = (SOLD_BEFORE, SELLS_AFTER, STOPPED)
REACHED = 1 - 1e-6  # of one firm
HOLDS = 1e-7  # the dual of what holds a target fast


@dataclass(frozen=True, slots=True, eq=False)
class Behaviour:
    """(n_cells,) each, of the firms of an arm in one horizon: how many are measured; (3, n_cells) how many sold in both
    windows, stopped, started.
    """

    measured: FloatArray
    moves: FloatArray

    def count(self, counted: Counted) -> FloatArray:
        """(n_cells,) firms, each as often as it counts."""
        number: FloatArray = np.asarray(counted) @ self.moves
        return number


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a cell: a count lies from low to high. loss: how dear it is to hide; None: it cannot be."""

    cell: int
    counted: Counted
    low: float
    high: float
    loss: float | None


def behaviour_of(sample: Sample, arm: Arm, cube: Cube) -> Behaviour:
    """How many firms of each cell of an arm's cube are measured, and sold in both windows, stopped, started; of a
    comparison firm, as often as in the windows that its means are of.
    """
    firms = sample.group(sample.panel.funded)
    before, after = sample.windows.before, sample.windows.after
    if arm is Arm.FUNDED:
        rows = firms.rows
        before, after = firms.funded(before)[:, None], firms.funded(after)[:, None]
        weights = np.isfinite(after).astype(np.float64)
    else:
        rows = firms.others
        weights = comparison_weights(sample, firms)
        before, after = firms.comparison(before), firms.comparison(after)
    total = weights.sum(axis=1)
    share = weights / np.where(total > 0, total, 1.0)[:, None]
    sold, sells = before > 0, after > 0
    by_firm = pd.DataFrame(
        {
            "measured": total > 0,
            "both": (share * (sold & sells)).sum(axis=1),
            "stopped": (share * (sold & ~sells)).sum(axis=1),
            "started": (share * (~sold & sells)).sum(axis=1),
        },
        index=sample.panel.units.index[rows],
        dtype=np.float64,
    )
    assert cube.contributions is not None  # noqa: S101 - made of microdata
    values = by_firm.reindex(cube.contributions["unit"]).fillna(0.0).to_numpy()
    counts = np.zeros((len(cube.cells), values.shape[1]))
    np.add.at(counts, cube.contributions["cell"].to_numpy(), values)
    return Behaviour(counts[:, 0], counts[:, 1:].T)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Where a program ends: how many firms more each target has; the places of what is known that hold them there."""

    reached: FloatArray
    holding: Sequence[int]


class SellerCounts:
    """The counts of sellers that agree with what is known: a linear program in three unknowns for each cell, the firms
    that sold in both windows, stopped, and started; each as the distance from how many there are.
    """

    def __init__(
        self,
        identities: sparse.csr_array,
        behaviour: Behaviour,
        known: Sequence[Known],
        targets: Sequence[int],
    ) -> None:
        """identities: (m, n_cells) of the cube; targets: cells in which one firm more or fewer must be possible.
        Whoever looks for a firm knows how many each cell has.
        """
        self._behaviour, self._known, self._targets = behaviour, known, targets
        self._free: set[int] = set()  # places of what is known no longer
        n_rows, n_cells = identities.shape
        each = np.arange(n_cells)
        self._first_known = 3 * n_rows + n_cells
        self._first_asked = self._first_known + len(known)
        rows = [
            sparse.block_diag([identities] * 3),
            _counting([(1.0, 1.0, 1.0)] * n_cells, each, n_cells),
            _counting([told.counted for told in known], [told.cell for told in known], n_cells),
            *(_counting([counted] * len(targets), targets, n_cells) for counted in TARGETS),
        ]
        matrix = sparse.csr_array(sparse.vstack(rows))
        self._program = program_of(matrix)
        endless = np.full(len(TARGETS) * len(targets), np.inf)
        known_low, known_high = np.array([(told.low, told.high) for told in known]).reshape(-1, 2).T
        is_now, nothing = behaviour.moves.ravel(), np.zeros(3 * n_rows)
        low = np.concatenate([nothing, np.zeros(n_cells), known_low, -endless]) - matrix @ is_now
        high = np.concatenate([nothing, behaviour.measured, known_high, endless]) - matrix @ is_now
        for row in range(3 * n_rows, matrix.shape[0]):
            self._program.changeRowBounds(row, low[row], high[row])
        columns = np.arange(len(is_now), dtype=np.int32)
        self._program.changeColsBounds(len(is_now), columns, -is_now, np.full(len(is_now), np.inf))

    def to_hide(self) -> set[int]:
        """Places of what must not be known, so that in each target one more firm could have sold before, after, and
        stopped, where one did not, and one fewer, where one did.
        """
        hidden: set[int] = set()
        for counted, side in ASKED:
            number = self._behaviour.count(counted)
            sold = self._behaviour.count(SOLD_BEFORE)
            most = sold if counted == STOPPED else self._behaviour.measured
            room = most - number if side > 0 else number
            asked = [place for place, cell in enumerate(self._targets) if room[cell] >= 1]
            for place in self._unproved(asked, counted, side):
                hidden |= self._open(place, counted, side)
        return hidden

    def _unproved(self, asked: Sequence[int], counted: Counted, side: float) -> list[int]:
        """Those of the targets in which one more (side −1: fewer) is not seen to be possible, asked together."""
        left = list(asked)
        while left:
            found = self._furthest(left, counted, side)
            proved = {place for place, far in zip(left, found.reached, strict=True) if far >= REACHED}
            if not proved:
                break
            left = [place for place in left if place not in proved]
        return left

    def _open(self, place: int, counted: Counted, side: float) -> set[int]:
        """What must be hidden for one target: of all that holds it fast, the least dear, one after another. Nothing
        where all together would not do: an earlier release told it, or what is told of the whole programme does.
        """
        hidden: set[int] = set()
        if not self._can_be_open(place, counted, side):
            return hidden
        while True:
            found = self._furthest([place], counted, side)
            if found.reached[0] >= REACHED:
                return hidden
            losses = [
                (loss, number)
                for number in found.holding
                if (loss := self._known[number].loss) is not None and number not in self._free
            ]
            if not losses:
                return hidden  # by the solver's tolerance alone
            number = min(losses)[1]
            self._program.changeRowBounds(self._first_known + number, -np.inf, np.inf)
            self._free.add(number)
            hidden.add(number)

    def _can_be_open(self, place: int, counted: Counted, side: float) -> bool:
        """Whether hiding all that can be hidden would be enough for one target."""
        free = [number for number, told in enumerate(self._known) if told.loss is not None and number not in self._free]
        rows = np.array(free, dtype=np.int64) + self._first_known
        lp = self._program.getLp()
        low, high = np.array(lp.row_lower_)[rows], np.array(lp.row_upper_)[rows]
        for row in rows.tolist():
            self._program.changeRowBounds(row, -np.inf, np.inf)
        reached = self._furthest([place], counted, side).reached[0]
        for row, *bounds in zip(rows.tolist(), low.tolist(), high.tolist(), strict=True):
            self._program.changeRowBounds(row, *bounds)
        return bool(reached >= REACHED)

    def _furthest(self, places: Sequence[int], counted: Counted, side: float) -> _Found:
        """Where as many of these targets as can together have one firm more (side −1: fewer)."""
        n_cells, n_columns = len(self._behaviour.measured), 3 * len(self._behaviour.measured)
        rows = [self._first_asked + TARGETS.index(counted) * len(self._targets) + place for place in places]
        cost = np.zeros(n_columns)
        for part in range(3):
            cost[[part * n_cells + self._targets[place] for place in places]] = -side * counted[part]
        for row in rows:
            self._program.changeRowBounds(row, *sorted((side, -side * np.inf)))
        self._program.changeColsCost(n_columns, np.arange(n_columns, dtype=np.int32), cost)
        solve(self._program)
        solution = self._program.getSolution()
        for row in rows:
            self._program.changeRowBounds(row, -np.inf, np.inf)
        holding = np.abs(np.array(solution.row_dual)[self._first_known : self._first_asked]) > HOLDS
        return _Found(side * np.array(solution.row_value)[rows], np.flatnonzero(holding).tolist())


def _counting(counted: Sequence[Counted], cells: Sequence[int] | IntArray, n_cells: int) -> sparse.csr_array:
    """(k, 3 n_cells) rows that count firms, each of one cell."""
    weights, columns = np.array(counted, dtype=np.float64).reshape(len(cells), 3), np.asarray(cells, dtype=np.int64)
    return sparse.csr_array(
        sparse.hstack(
            [
                sparse.csr_array((weights[:, part], (np.arange(len(columns)), columns)), shape=(len(columns), n_cells))
                for part in range(3)
            ]
        )
    )
