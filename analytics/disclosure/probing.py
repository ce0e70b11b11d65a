"""The attackers of a pattern as the search for one sees them: how far they must leave a target open, and what would.

For a pattern of withheld cells, a linear program says how far a target can lie from its value; where that is not far
enough, its dual gives a cut that every safe pattern satisfies (Fischetti & Salazar 2001). A cut's coefficients are
those of single cells, never above what is asked, so that no tolerance of the solver can let a leak through.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.model import UserError

HIDDEN = -1  # of an unknown that no publication tells; of an attacker: somebody outside
FIXED = -2  # of one that is told already
ALL_OWNERS = -2  # in place of one: where they fail together, each of them does
PRIMAL = 4  # among the solver's simplex strategies
MOVES = 3  # kept for each cell and side
SHARE = 1 - 1e-6  # of what is asked, that counts as reached
SMALL = 1e-9  # a price, or a part of a cell, that is none


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """One measure as attackers see it: unknowns, identities between them, and what must stay open.

    identities: (m, v). value: (v,) how far each can fall; place: (v,) the cell that each is the value of, or HIDDEN;
    cell: (v,) the cell whose publication tells it, or HIDDEN, or FIXED. targets: (k, v) sums of unknowns; up, down:
    (k,) how far each must stay open; names: (k,) the cell that each is about. owners: for each firm that is alone in
    cells, the unknowns that it knows; inside: (target, owner) -> how far up and down the owner must leave it open,
    where it contributes to the target itself.
    """

    identities: sparse.csr_array
    value: FloatArray
    place: IntArray
    cell: IntArray
    targets: sparse.csr_array
    up: FloatArray
    down: FloatArray
    names: IntArray
    owners: list[IntArray]
    inside: dict[tuple[int, int], tuple[float, float]]


class UnsafeError(Exception):
    """No pattern protects the cells at these positions."""

    def __init__(self, cells: Sequence[int]) -> None:
        """Remember which."""
        super().__init__(cells)
        self.cells = list(cells)


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Σ coefficients · y ≥ 1 over the cells of a pattern."""

    cells: IntArray
    coefficients: FloatArray


@dataclass(slots=True)
class Memory:
    """What the systems of a pattern share: linear programs left to solve; and of a cell and side, how all cells moved
    when an attack on it failed.
    """

    programs: int
    moves: dict[tuple[int, int], list[FloatArray]] = field(default_factory=dict)


Attack = tuple[int, int, int]  # target, side (1 up, -1 down), owner (HIDDEN: somebody outside)


class Prober:
    """The attackers of one system. A pattern is (n_cells,), 1 for a withheld cell and 0 for a published one; parts of
    cells are allowed.
    """

    def __init__(self, system: System, primary: BoolArray, memory: Memory) -> None:
        """The linear program, in the distance of each unknown from its value; in units of the least that is asked."""
        self._memory = memory
        self._primary = primary
        asked = np.concatenate([system.up, system.down])
        unit = asked[asked > 0].min(initial=np.inf)
        unit = unit if np.isfinite(unit) else 1.0
        self._up, self._down, self._unit = system.up / unit, system.down / unit, unit
        most = 4 * max(self._up.max(initial=1), self._down.max(initial=1))
        value = system.value / unit
        self._fall, self._rise = np.minimum(value, most), np.clip(value, most, 2 * most)
        self._system = system
        rows = [system.targets[[k]] for k in range(len(system.names))]
        self._targets = [(row.indices.astype(np.int32), row.data) for row in rows]
        n = len(value)
        self._every = np.arange(n, dtype=np.int32)
        self._program = _program(system.identities, n)
        known = [set(unknowns.tolist()) for unknowns in system.owners]
        self._against = [
            np.array([owner for owner, its in enumerate(known) if its.isdisjoint(place.tolist())], dtype=np.int64)
            for place, _ in self._targets
        ]
        self._owner_of = np.full(n, HIDDEN)
        for owner, unknowns in enumerate(system.owners):
            self._owner_of[unknowns] = owner

    def failing(self, pattern: FloatArray) -> Iterator[int]:
        """Cells that an attacker can tell too closely."""
        self._set(pattern)
        for k, side in self._asked():
            if self._weak(k, side) is not None:
                yield int(self._system.names[k])

    def cuts(self, pattern: FloatArray) -> Iterator[Cut]:
        """A cut for each target and side that an attacker can tell too closely."""
        self._set(pattern)
        for k, side in self._asked():
            owner = self._weak(k, side)
            if owner is not None:
                yield self._cut(k, side, owner)

    def witnesses(self, pattern: FloatArray) -> dict[Attack, FloatArray]:
        """For each attack on a safe pattern, unknowns that fit everything published and lie far enough off."""
        self._set(pattern)
        found: dict[Attack, FloatArray] = {}
        for k, side in self._asked():
            for attack in self._attacks(k, side, found):
                reached, moved = self._reach(*attack)
                if reached < self._need(*attack):
                    raise UnsafeError([int(self._system.names[k])])
                found[attack] = moved
        return found

    def without(self, cell: int, pattern: BoolArray, old: dict[Attack, FloatArray]) -> dict[Attack, FloatArray] | None:
        """New witnesses for the attacks whose own moves a cell that is now published; None when one succeeds."""
        mine = self._system.cell == cell
        leant = {attack: np.abs(moved[mine]).max(initial=0) for attack, moved in old.items()}
        broken = sorted((attack for attack, part in leant.items() if part > SMALL), key=leant.__getitem__, reverse=True)
        if not broken:
            return {}
        self._set(pattern.astype(np.float64))
        found: dict[Attack, FloatArray] = {}
        for k, side, owner in broken:
            reached, moved = self._reach(k, side, owner)
            if reached < self._need(k, side, owner):
                return None
            found[k, side, owner] = moved
            if owner == HIDDEN:
                for attack in self._attacks(k, side, old | found):
                    if attack not in old and attack not in found:
                        reached, moved = self._reach(*attack)
                        if reached < self._need(*attack):
                            return None
                        found[attack] = moved
        return found

    # ---- one attack --------------------------------------------------------------------------------------------------

    def _asked(self) -> Iterator[tuple[int, int]]:
        for k in range(len(self._targets)):
            for side in (1, -1):
                if self._need(k, side) > 0:
                    yield k, side

    def _need(self, k: int, side: int, owner: int = HIDDEN) -> float:
        """How far off a target must be able to lie, for an attacker; a little less is as good."""
        if (k, owner) in self._system.inside:
            return self._system.inside[k, owner][0 if side > 0 else 1] / self._unit * SHARE - SMALL
        return float((self._up if side > 0 else self._down)[k]) * SHARE - SMALL

    def _weak(self, k: int, side: int) -> int | None:
        """The attacker who can tell a target too closely; None when nobody can."""
        moved = self._borrowed(k, side)
        if moved is None:
            reached, moved = self._reach(k, side, HIDDEN)
            if reached < self._need(k, side):
                return HIDDEN
            self._lend(k, side, moved)
        touched = self._touched(k, moved)
        if len(touched) > 1 and self._reach(k, side, ALL_OWNERS)[0] >= self._need(k, side):
            return None
        witnesses: list[FloatArray] = []
        for owner in touched:
            known = self._system.owners[owner]
            if all(np.abs(moved[known]).max() > SMALL for moved in witnesses):
                reached, moved = self._reach(k, side, owner)
                if reached < self._need(k, side, owner):
                    return owner
                if reached >= self._need(k, side):
                    witnesses.append(moved)
        return None

    def _borrowed(self, k: int, side: int) -> FloatArray | None:
        """A move that foiled an attack on the same cell in another measure, if to scale it does so here."""
        place, signs = self._targets[k]
        for move in self._memory.moves.get((int(self._system.names[k]), side), ()):
            moved = np.where(self._system.place == HIDDEN, 0.0, move[self._system.place])
            reached = side * float(signs @ moved[place])
            if reached > SMALL:
                moved *= (self._need(k, side) + SMALL) / reached
                fits = bool((moved >= self._lower).all() and (moved <= self._upper).all())
                if fits and np.abs(self._system.identities @ moved).max(initial=0) < SMALL:
                    return moved
        return None

    def _lend(self, k: int, side: int, moved: FloatArray) -> None:
        known = self._system.place != HIDDEN
        move = np.zeros(len(self._primary))
        move[self._system.place[known]] = moved[known]
        kept = self._memory.moves.setdefault((int(self._system.names[k]), side), [])
        kept.insert(0, move)
        del kept[MOVES:]

    def _touched(self, k: int, moved: FloatArray) -> list[int]:
        """Owners who know that a witness is not so."""
        return [int(owner) for owner in np.intersect1d(self._against[k], self._owner_of[np.abs(moved) > SMALL])]

    def _attacks(self, k: int, side: int, found: dict[Attack, FloatArray]) -> Iterator[Attack]:
        """The outsider, then each owner whom the outsider's witness does not serve."""
        if (k, side, HIDDEN) not in found:
            yield k, side, HIDDEN
        for owner in self._touched(k, found[k, side, HIDDEN]):
            yield k, side, owner

    def _set(self, pattern: FloatArray) -> None:
        cell = self._system.cell
        parts = np.where(cell >= 0, pattern[cell], np.where(cell == HIDDEN, 1.0, 0.0))
        self._lower, self._upper = -parts * self._fall, parts * self._rise
        self._program.changeColsBounds(len(parts), self._every, self._lower, self._upper)

    def _reach(self, k: int, side: int, owner: int) -> tuple[float, FloatArray]:
        """How far a target can lie from its value on one side, and where all unknowns then are."""
        known = self._known(k, owner)
        if len(known):
            nothing = np.zeros(len(known))
            self._program.changeColsBounds(len(known), known, nothing, nothing)
        place, signs = self._targets[k]
        self._program.changeColsCost(len(place), place, -side * signs)
        self._memory.programs -= 1
        _solve(self._program)
        solution = self._program.getSolution()
        moved = np.array(solution.col_value)
        self._prices = np.array(solution.col_dual)
        self._program.changeColsCost(len(place), place, np.zeros(len(place)))
        if len(known):
            self._program.changeColsBounds(len(known), known, self._lower[known], self._upper[known])
        return float(side * (signs @ moved[place])), moved

    def _known(self, k: int, owner: int) -> npt.NDArray[np.int32]:
        if owner == ALL_OWNERS:
            return np.flatnonzero(np.isin(self._owner_of, self._against[k])).astype(np.int32)
        return np.zeros(0, np.int32) if owner == HIDDEN else self._system.owners[owner].astype(np.int32)

    def _cut(self, k: int, side: int, owner: int) -> Cut:
        """What a target's distance is worth in each cell, by the prices of its bounds."""
        self._reach(k, side, owner)
        prices = np.where(np.abs(self._prices) > SMALL, self._prices, 0.0)
        worth = np.maximum(prices, 0) * self._fall + np.maximum(-prices, 0) * self._rise
        worth[self._known(k, owner)] = 0
        need = self._need(k, side, owner)
        told, hidden = self._system.cell >= 0, self._system.cell == HIDDEN
        summed = np.bincount(self._system.cell[told], worth[told], minlength=len(self._primary))
        left = need - worth[hidden].sum() - summed[self._primary].sum()  # primary cells are withheld in any case
        cells = np.flatnonzero((summed > SMALL) & ~self._primary)
        return Cut(cells, np.minimum(summed[cells] / left, 1.0))


def _solve(program: highspy.Highs) -> None:
    """To the optimum: where the way from the last one gets lost, from the beginning."""
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


def _program(identities: sparse.csr_array, n: int) -> highspy.Highs:
    program = Solver()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n, identities.shape[0]
    model.col_cost_ = model.col_lower_ = model.col_upper_ = np.zeros(n)
    model.row_lower_ = model.row_upper_ = np.zeros(identities.shape[0])
    matrix = sparse.csr_array(identities)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    program.passModel(model)
    return program


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
