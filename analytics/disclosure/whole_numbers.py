"""What a reader who knows that counts are whole numbers can infer, by an integer program.

A target is open to him as far as some other table of whole numbers, which agrees with all that is published, has it
elsewhere. The program finds such a table, the one that changes least of what is to be published where it has a choice.
"""

import highspy
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.disclosure.solver import program_of

NODES = 500  # of a program
RISE = 1e3  # times what it is now, an unknown does not rise
SMALL = 1e-9  # of a move: none
WHOLE = 1e-6  # of a step: a move so near to whole steps is one of whole steps
CONTINUOUS_OR_WHOLE = np.array([highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger])


def is_whole(move: FloatArray, step: FloatArray) -> bool:
    """Whether a move, (v,), is a multiple of each unknown's step, where it has one."""
    counted = step > 0
    steps = move[counted] / step[counted]
    return bool(np.abs(steps - np.round(steps)).max(initial=0) < WHOLE)


class WholeMoves:
    """The moves by whole steps of one system that a pattern leaves free, forward and back: so are their multiples."""

    def __init__(
        self, identities: sparse.csr_array, targets: sparse.csr_array, value: FloatArray, step: FloatArray
    ) -> None:
        """identities: (m, v); targets: (k, v); value, step: (v,), see `whole_move`."""
        self._identities, self._targets, self._value, self._step = identities, targets.T, value, step
        self._moves = np.zeros((0, len(value)))

    def within(self, free: BoolArray, moves: FloatArray) -> None:
        """Begin with what a pattern leaves free, (v,); moves: (q, v) more, any."""
        self._free = free
        whole = [bool(is_whole(move, self._step)) for move in moves]
        off = np.abs(self._identities @ moves.T).max(axis=0, initial=0.0)
        agree = np.array(whole, dtype=bool) & (off <= SMALL * np.abs(moves).max(axis=1, initial=0.0))
        self._moves = np.concatenate([self._moves, moves[agree]])
        self._reached, self._times = np.zeros((0, self._targets.shape[1])), np.zeros(0)
        self._measure(self._moves)

    def add(self, moves: FloatArray) -> None:
        """(q, v) more, by whole steps, that keep the identities."""
        self._moves = np.concatenate([self._moves, moves])
        self._measure(moves)

    def any_foils(self, k: int, side: int, level: float) -> bool:
        """Whether one, so many times as it takes, takes a target as far as a level."""
        reached = side * self._reached[:, k]
        far = reached > 0
        return bool((np.ceil(level / reached[far] - WHOLE) <= self._times[far]).any())

    def _measure(self, moves: FloatArray) -> None:
        moved = np.abs(moves) > SMALL
        moves = moves[~(moved & ~self._free).any(axis=1)]
        for there in (moves, -moves):
            falls = there < -SMALL
            times = np.divide(self._value, -there, out=np.full(there.shape, np.inf), where=falls).min(axis=1)
            self._reached = np.concatenate([self._reached, there @ self._targets])
            self._times = np.concatenate([self._times, np.floor(times + WHOLE)])


def whole_move(
    identities: sparse.csr_array,
    target: sparse.csr_array,
    level: float,
    value: FloatArray,
    step: FloatArray,
    free: BoolArray,
    price: FloatArray,
) -> FloatArray | None:
    """(v,) a move by whole steps that keeps the identities and takes a target up by a level at least; None where the
    program, whose nodes are limited, finds none. identities: (m, v); target: (1, v); value, step: (v,) how far each
    unknown can fall, and what it moves by a multiple of (0: any amount); free: (v,) those that can move; price: (v,) of
    a step of each, of which the move costs little.
    """
    rows = sparse.vstack([identities, target], "csr")
    rising = _linked_to_last(rows, free)
    falling = rising[price[rising] > 0]  # what has a price falls by an unknown of its own
    moving, rises = np.concatenate([rising, falling]), np.arange(len(rising) + len(falling)) < len(rising)
    unit = np.where(step[moving] > 0, step[moving], 1.0)
    sign, fall = np.where(rises, 1.0, -1.0), value[moving] / unit
    lower = np.where(rises & (price[moving] == 0), -fall, 0.0)
    upper = np.where(rises, RISE * (1 + value[moving]) / unit, fall)

    of_moving = sparse.csr_array(rows[:, moving] @ sparse.diags_array(sign * unit))
    linking = np.append(np.flatnonzero(np.diff(of_moving.indptr[:-1])), rows.shape[0] - 1)
    program, columns = program_of(of_moving[linking]), np.arange(len(moving), dtype=np.int32)
    program.changeColsBounds(len(moving), columns, lower, upper)
    program.changeColsCost(len(moving), columns, price[moving])
    program.changeColsIntegrality(len(moving), columns, CONTINUOUS_OR_WHOLE[(step[moving] > 0).astype(np.int64)])
    program.changeRowBounds(len(linking) - 1, level, highspy.kHighsInf)
    program.setOptionValue("mip_max_nodes", NODES)
    program.run()
    if program.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    move = np.zeros(len(value))
    np.add.at(move, moving, np.array(program.getSolution().col_value) * sign * unit)
    return move


def _linked_to_last(rows: sparse.csr_array, free: BoolArray) -> IntArray:
    """The free unknowns of the last row, and those that the other rows link to them."""
    columns = np.flatnonzero(free)
    of_free = rows[:, columns]
    _, labels = connected_components(sparse.block_array([[None, of_free], [of_free.T, None]], format="csr"))
    linked: IntArray = columns[labels[rows.shape[0] :] == labels[rows.shape[0] - 1]]
    return linked
