"""What attackers see of a cube and its earlier releases: unknowns, identities between them, and what must stay open."""

from dataclasses import dataclass

from scipy import sparse

from analytics.arrays import FloatArray, IntArray
from analytics.disclosure.members import Members

NO_CELL = -1  # in place of a cell: of an unknown that no publication of the pattern's cells discloses
PUBLISHED = -2  # in place of a cell: of an unknown that an earlier release published


@dataclass(frozen=True, slots=True, eq=False)
class Insiders:
    """Protection levels against units that contribute to a target, one row each, (i,): target, the unit by its number
    among the members, upper and lower level.
    """

    target: IntArray
    unit: IntArray
    upper: FloatArray
    lower: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """One measure as attackers see it: v unknowns, m identities between them, and k targets that must stay open.

    identities: (m, v). value: (v,) how far each unknown can fall; step: (v,) what it moves by a multiple of, such as 1
    where it is a count; 0: any amount. base_cell: (v,) the cell of the pattern that it is
    the figure of, or NO_CELL; disclosing_cell: (v,) the cell whose publication discloses it, or NO_CELL or PUBLISHED.
    targets: (k, v) sums of unknowns; target_cell: (k,) the cell that each is about. upper, lower: (k,) their protection
    levels against the public, and against units that are alone in some cell; elsewhere: (2, k) those against units that
    are not. members: the units in each unknown, and what they contribute to it; insiders: what must stay open for
    those of a target instead. Who is alone in a target is no attacker on it.
    """

    identities: sparse.csr_array
    value: FloatArray
    step: FloatArray
    base_cell: IntArray
    disclosing_cell: IntArray
    targets: sparse.csr_array
    upper: FloatArray
    lower: FloatArray
    elsewhere: FloatArray
    target_cell: IntArray
    members: Members
    insiders: Insiders
