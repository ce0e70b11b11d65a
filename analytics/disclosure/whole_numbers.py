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
WHOLE = 1e-6  # of a step: a move so near to whole steps is one of whole steps
CONTINUOUS_OR_WHOLE = np.array([highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger])


def is_whole(move: FloatArray, step: FloatArray) -> bool:
    """Whether a move, (v,), is a multiple of each unknown's step, where it has one."""
    counted = step > 0
    steps = move[counted] / step[counted]
    return bool(np.abs(steps - np.round(steps)).max(initial=0) < WHOLE)


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
