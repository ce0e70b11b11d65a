"""The solver of the search for a pattern: HiGHS, silent, and the same on every run.

The attacker has one of its own, with as many threads: what divides the work of a process's solvers is set up once.
"""

import highspy
import numpy as np
from scipy import sparse

from analytics.model import UserError

PRIMAL = 4  # among the solver's simplex strategies


class Solver(highspy.Highs):
    """One that prints nothing and always goes the same way; from one objective to the next by the primal simplex."""

    def __init__(self) -> None:
        """Without the callbacks of the class above, whose setting up prints a banner."""
        super(highspy.Highs, self).__init__()
        for option, setting in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 1),
            ("simplex_strategy", PRIMAL),
        ):
            self.setOptionValue(option, setting)


def program_of(identities: sparse.csr_array) -> Solver:
    """A linear program in v unknowns with identities · unknowns = 0, (m, v); all bounds and costs are zero at first."""
    n_rows, n = identities.shape
    program = Solver()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n, n_rows
    model.col_cost_ = model.col_lower_ = model.col_upper_ = np.zeros(n)
    model.row_lower_ = model.row_upper_ = np.zeros(n_rows)
    matrix = sparse.csr_array(identities)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    program.passModel(model)
    return program


def solve(program: highspy.Highs) -> None:
    """To the optimum: where the way from the last one gets lost, from the beginning. Raises UserError where none is."""
    program.run()
    if program.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        return
    for method in ("simplex", "ipm"):
        if program.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            program.clearSolver()
            program.setOptionValue("solver", method)
            program.run()
    program.setOptionValue("solver", "choose")
    if program.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise UserError("disclosure.unsolved", status=program.modelStatusToString(program.getModelStatus()))
