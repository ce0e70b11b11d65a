"""The attackers of a pattern as the search for one sees them: how far they must leave a target open, and what would.

For a pattern of withheld cells, a linear program says how far a target can lie from its true figure; where that is not
as far as its protection level, its dual gives a cut that every safe pattern satisfies (Fischetti & Salazar 2001). A
cut's coefficients are those of single cells, never above the level, so that no tolerance of the solver can let a leak
through.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.disclosure.memory import Coordinates, Memory
from analytics.disclosure.solver import program_of, solve
from analytics.disclosure.whole_numbers import is_whole, whole_move

NO_CELL = -1  # in place of a cell: of an unknown that no publication of the pattern's cells discloses
PUBLISHED = -2  # in place of a cell: of an unknown that an earlier release published
OUTSIDER = -1  # in place of a singleton: an attacker who knows what is published, and no more
ALL_SINGLETONS = -2  # in place of a singleton: where they fail together, each of them does
SHARE = 1 - 1e-6  # of a protection level, that counts as reached
SMALL = 1e-9  # a price, or a part of a cell, that is none
SPREAD = 1e6  # the largest protection level over the unit of a program, at most


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """One measure as attackers see it: v unknowns, m identities between them, and k targets that must stay open.

    identities: (m, v). value: (v,) how far each unknown can fall; step: (v,) what it moves by a multiple of, such as 1
    where it is a count; 0: any amount. base_cell: (v,) the cell of the pattern that it is
    the figure of, or NO_CELL; disclosing_cell: (v,) the cell whose publication discloses it, or NO_CELL or PUBLISHED.
    targets: (k, v) sums of unknowns; upper, lower: (k,) their protection levels; target_cell: (k,) the cell that each
    is about. singletons: of each unit that is the only one of some cell, the unknowns that it knows. insider_levels:
    (target, singleton) -> upper and lower protection level against a singleton that contributes to the target.
    """

    identities: sparse.csr_array
    value: FloatArray
    step: FloatArray
    base_cell: IntArray
    disclosing_cell: IntArray
    targets: sparse.csr_array
    upper: FloatArray
    lower: FloatArray
    target_cell: IntArray
    singletons: list[IntArray]
    insider_levels: dict[tuple[int, int], tuple[float, float]]


class UnsafeError(Exception):
    """No pattern protects the cells at these positions."""

    def __init__(self, cells: Sequence[int]) -> None:
        """Remember which."""
        super().__init__(cells)
        self.cells = list(cells)


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Σ coefficients · y ≥ 1 over the cells of a pattern y. cells: (c,) positions; coefficients: (c,)."""

    cells: IntArray
    coefficients: FloatArray


Attack = tuple[int, int, int]  # target, side (1 up, -1 down), attacker (a singleton, or OUTSIDER)
Witnesses = dict[Attack, FloatArray]  # (v,) moves that agree with what is published, as far as the protection level


class Prober:
    """The attackers of one system. A pattern is (n_cells,), 1 for a withheld cell and 0 for a published one; parts of
    cells are allowed. A move is (v,), the distance of each unknown from its true figure.
    """

    def __init__(self, system: System, primary: BoolArray, memory: Memory) -> None:
        """The linear program in moves, in units of the least protection level. primary: (n_cells,) always withheld."""
        self._memory, self._primary, self._system = memory, primary, system
        levels = np.concatenate([system.upper, system.lower])
        least, largest = levels[levels > 0].min(initial=np.inf), levels.max(initial=0.0)
        self._unit = max(least, largest / SPREAD) if np.isfinite(least) else 1.0
        self._upper, self._lower = system.upper / self._unit, system.lower / self._unit
        value, self._step = system.value / self._unit, system.step / self._unit
        most = 4 * max(self._upper.max(initial=1), self._lower.max(initial=1))
        self._fall, self._rise = np.minimum(value, most), np.clip(value, most, 2 * most)
        rows = [system.targets[[k]] for k in range(len(system.target_cell))]
        self._targets = [(row.indices.astype(np.int32), row.data) for row in rows]  # unknowns and signs of each
        self._value = value
        self._reachable: dict[Attack, float] = {}  # of what is told already, how far it can lie at most
        self._foiled: dict[Attack, FloatArray] = {}  # the last move that foiled a singleton
        self._coordinates = Coordinates(system.base_cell, [terms.tolist() for terms, _ in self._targets])
        self._columns = np.arange(len(value), dtype=np.int32)
        self._program = program_of(system.identities)
        known = [set(unknowns.tolist()) for unknowns in system.singletons]
        self._attackers = [  # of each target, the singletons that know no term of it
            np.array([i for i, unknowns in enumerate(known) if unknowns.isdisjoint(terms.tolist())], dtype=np.int64)
            for terms, _ in self._targets
        ]
        self._singleton_of = np.full(len(value), OUTSIDER)
        for singleton, unknowns in enumerate(system.singletons):
            self._singleton_of[unknowns] = singleton

    def exposed_cells(self, pattern: FloatArray) -> Iterator[int]:
        """Cells that some attacker can infer too closely."""
        self._set_pattern(pattern)
        for k, side in self._sides():
            if self._successful_attacker(k, side) is not None:
                yield int(self._system.target_cell[k])

    def accept_what_is_told(self, most: FloatArray) -> None:
        """Ask for no more than a pattern leaves open that publishes nothing anew: the rest was told before."""
        if not (self._system.disclosing_cell == PUBLISHED).any():
            return
        self._set_pattern(most)
        for k, side in self._sides():
            while (attacker := self._successful_attacker(k, side)) is not None:
                reached = 0.0 if (k, side, attacker) in self._reachable else self._furthest(k, side, attacker)[0]
                self._reachable[k, side, attacker] = max(reached, 0.0)
            if self._tells_in_whole_numbers(k, side):
                self._reachable[k, side, OUTSIDER] = 0.0

    def violated_cuts(self, pattern: FloatArray) -> Iterator[Cut]:
        """A cut for each target and side that some attacker can infer too closely."""
        self._set_pattern(pattern)
        for k, side in self._sides():
            attacker = self._successful_attacker(k, side)
            if attacker is not None:
                yield self._cut(k, side, attacker)

    def is_safe_in_whole_numbers(self, pattern: BoolArray) -> bool:
        """Whether a pattern foils those who know that counts are whole numbers, too."""
        self._set_pattern(pattern.astype(np.float64))
        return not any(self._tells_in_whole_numbers(k, side) for k, side in self._sides())

    def extend_for_whole_numbers(self, pattern: BoolArray, most: BoolArray, weights: FloatArray) -> BoolArray:
        """(n_cells,) a pattern and the least weighty cells that must be withheld, too, against those who know that
        counts are whole numbers, one target after another. most: all that can be. Raises UnsafeError where that is not
        enough.
        """
        withheld, cell = pattern, self._system.disclosing_cell
        for k, side in self._sides() if self._step.any() else ():
            self._set_pattern(withheld.astype(np.float64))
            if self._tells_in_whole_numbers(k, side):
                self._set_pattern(most.astype(np.float64))
                price = np.where(withheld, 0.0, weights / max(weights.max(), SMALL))
                move = self._whole_move(k, side, np.where(cell >= 0, price[cell], 0.0))
                if move is None:
                    raise UnsafeError([int(self._system.target_cell[k])])
                moved = cell[np.abs(move) > SMALL]
                withheld = withheld.copy()
                withheld[moved[moved >= 0]] = True
        return withheld

    def witnesses(self, pattern: FloatArray) -> Witnesses:
        """A witness against each attack on a safe pattern. Raises UnsafeError where an attack succeeds."""
        self._set_pattern(pattern)
        witnesses: Witnesses = {}
        for k, side in self._sides():
            for attack in self._attacks(k, side, witnesses):
                move = self._witness(attack)
                if move is None:
                    raise UnsafeError([int(self._system.target_cell[k])])
                witnesses[attack] = move
        return witnesses

    def witnesses_without(self, cell: int, pattern: BoolArray, old: Witnesses) -> Witnesses | None:
        """New witnesses for the attacks whose old one moves a cell that is now published; None when one succeeds.

        pattern: (n_cells,) without the cell.
        """
        disclosed = self._system.disclosing_cell == cell
        moved_by = {attack: np.abs(move[disclosed]).max(initial=0) for attack, move in old.items()}
        broken = [attack for attack, distance in moved_by.items() if distance > SMALL]
        if not broken:
            return {}
        self._set_pattern(pattern.astype(np.float64))
        new: Witnesses = {}
        for attack in sorted(broken, key=moved_by.__getitem__, reverse=True):
            move = self._witness(attack)
            if move is None:
                return None
            new[attack] = move
            k, side, attacker = attack
            for other in self._attacks(k, side, old | new) if attacker == OUTSIDER else ():
                if other not in old and other not in new:
                    move = self._witness(other)
                    if move is None:
                        return None
                    new[other] = move
        return new

    # ---- one target and side -----------------------------------------------------------------------------------------

    def _sides(self) -> Iterator[tuple[int, int]]:
        """Targets and sides with a protection level above zero."""
        for k in range(len(self._targets)):
            for side in (1, -1):
                if self._level(k, side) > 0:
                    yield k, side

    def _level(self, k: int, side: int, attacker: int = OUTSIDER) -> float:
        """How far off a target must be able to lie, for an attacker; a little less is as good."""
        if (k, side, attacker) in self._reachable:
            reachable = self._reachable[k, side, attacker]
            return reachable * SHARE - SMALL if reachable > SMALL else -np.inf
        if (k, attacker) in self._system.insider_levels:
            return self._system.insider_levels[k, attacker][0 if side > 0 else 1] / self._unit * SHARE - SMALL
        return float((self._upper if side > 0 else self._lower)[k]) * SHARE - SMALL

    def _successful_attacker(self, k: int, side: int) -> int | None:
        """An attacker who can infer a target too closely; None when nobody can."""
        level = self._level(k, side)
        if level <= 0:
            return None
        convincing = self._convincing_moves(k, side)
        if not convincing:
            reached, move = self._furthest(k, side, OUTSIDER)
            if reached < level:
                return OUTSIDER
            convincing = [move * (level / reached)]
        suspects = [s for s in self._unconvinced(k, side, convincing[0]) if self._knows_part_of_each(s, convincing)]
        suspects = [s for s in suspects if not self._is_foiled_still((k, side, s))]
        if len(suspects) > 1:
            reached, move = self._furthest(k, side, ALL_SINGLETONS)
            if reached >= level:
                convincing = [move * (level / reached)]
                suspects = []
        for singleton in suspects:
            if self._knows_part_of_each(singleton, convincing):
                reached, move = self._furthest(k, side, singleton)
                needed = self._level(k, side, singleton)
                if reached < needed:
                    return singleton
                self._foiled[k, side, singleton] = move * (needed / reached)
                if reached >= level:
                    convincing.append(move * (level / reached))
        for move in convincing:
            self._memory.amounts.keep(self._coordinates, k, side, move)
        return None

    def _is_foiled_still(self, attack: Attack) -> bool:
        """Whether a move that foiled a singleton before does so in this pattern."""
        return attack in self._foiled and self._is_within_bounds(self._foiled[attack])

    def _knows_part_of_each(self, singleton: int, moves: Sequence[FloatArray]) -> bool:
        known = self._system.singletons[singleton]
        return all(np.abs(move[known]).max() > SMALL for move in moves)

    def _convincing_moves(self, k: int, side: int) -> list[FloatArray]:
        """Moves that foiled an attack on this target before, in some system, and to scale do so here."""
        terms, signs = self._targets[k]
        convincing = []
        for move in self._memory.amounts.of(self._coordinates, k, side):
            reached = side * float(signs @ move[terms])
            if reached > SMALL:
                move *= self._level(k, side) / reached
                if self._is_within_bounds(move) and self._agrees(move):
                    convincing.append(move)
        return convincing

    def _is_within_bounds(self, move: FloatArray) -> bool:
        return bool(max((self._lower_bound - move).max(), (move - self._upper_bound).max()) < SMALL)

    def _agrees(self, move: FloatArray) -> bool:
        """Whether a move keeps the identities."""
        return bool(np.abs(self._system.identities @ move).max(initial=0) < SMALL)

    def _unconvinced(self, k: int, side: int, move: FloatArray) -> list[int]:
        """Singletons from whom a target must be protected, and for whom a move is no witness: they know one of the
        unknowns that it moves.
        """
        moved = self._singleton_of[np.abs(move) > SMALL]
        knowing = [int(singleton) for singleton in np.intersect1d(self._attackers[k], moved)]
        return [singleton for singleton in knowing if self._level(k, side, singleton) > 0]

    def _attacks(self, k: int, side: int, witnesses: Witnesses) -> Iterator[Attack]:
        """The outsider's, unless witnessed; then, once it is, each singleton's whom that witness does not convince."""
        if (k, side, OUTSIDER) not in witnesses:
            yield k, side, OUTSIDER
        for singleton in self._unconvinced(k, side, witnesses[k, side, OUTSIDER]):
            yield k, side, singleton

    # ---- whole numbers -----------------------------------------------------------------------------------------------

    def _tells_in_whole_numbers(self, k: int, side: int) -> bool:
        """Whether no move by whole steps foils the public. Singletons are foiled by moves of any size."""
        level, step = self._level(k, side), self._step
        if level <= 0 or not step.any():
            return False
        known = self._memory.whole_numbers.of(self._coordinates, k, side)
        if any(self._foils_in_whole_numbers(k, side, move / self._unit) for move in known):
            return False
        is_count = bool((step[self._targets[k][0]] > 0).any())
        reached, move = self._furthest(k, side, OUTSIDER, still=None if is_count else step > 0)
        found: FloatArray | None = move
        if reached < level or not is_whole(move, step):
            found = self._whole_move(k, side, np.zeros(len(step)))
        if found is not None:
            self._memory.whole_numbers.keep(self._coordinates, k, side, found * self._unit)
        return found is None

    def _foils_in_whole_numbers(self, k: int, side: int, move: FloatArray) -> bool:
        """Whether a move by whole steps goes as far as the protection level, and could be the truth."""
        terms, signs = self._targets[k]
        moved = np.abs(move) > SMALL
        return bool(
            side * (signs @ move[terms]) >= self._level(k, side)
            and (move >= -self._value - SMALL).all()
            and (self._lower_bound < self._upper_bound)[moved].all()
            and is_whole(move, self._step)
            and self._agrees(move)
        )

    def _whole_move(self, k: int, side: int, price: FloatArray) -> FloatArray | None:
        """One that foils the public; None where there is none. price: (v,) of moving each unknown."""
        self._memory.count_program()
        target, free = side * self._system.targets[[k]], self._lower_bound < self._upper_bound
        return whole_move(self._system.identities, target, self._level(k, side), self._value, self._step, free, price)

    # ---- one linear program ------------------------------------------------------------------------------------------

    def _set_pattern(self, pattern: FloatArray) -> None:
        cell = self._system.disclosing_cell
        parts = np.where(cell >= 0, pattern[cell], np.where(cell == NO_CELL, 1.0, 0.0))
        self._lower_bound, self._upper_bound = -parts * self._fall, parts * self._rise
        self._program.changeColsBounds(len(parts), self._columns, self._lower_bound, self._upper_bound)

    def _witness(self, attack: Attack) -> FloatArray | None:
        """A move as far as the protection level; None where there is none, so that the attack succeeds."""
        reached, move = self._furthest(*attack)
        return None if reached < self._level(*attack) else move

    def _furthest(self, k: int, side: int, attacker: int, still: BoolArray | None = None) -> tuple[float, FloatArray]:
        """How far a target can lie from its true figure on one side, and the move that takes it there; a count no
        farther than it must. still: (v,) unknowns that do not move.
        """
        known = self._known_to(k, attacker)
        if still is not None:
            known = np.union1d(known, np.flatnonzero(still)).astype(np.int32)
        if len(known):
            zeros = np.zeros(len(known))
            self._program.changeColsBounds(len(known), known, zeros, zeros)
        terms, signs = self._targets[k]
        if len(terms) == 1 and self._step[terms[0]] > 0:
            step = self._step[terms[0]]
            enough = step * max(np.ceil(self._level(k, side, attacker) / step), 1.0)
            low, high = max(self._lower_bound[terms[0]], -enough), min(self._upper_bound[terms[0]], enough)
            self._program.changeColBounds(int(terms[0]), low, high)
            known = np.append(known, terms)
        self._program.changeColsCost(len(terms), terms, -side * signs)
        self._memory.count_program()
        solve(self._program)
        solution = self._program.getSolution()
        move = np.array(solution.col_value)
        self._prices = np.array(solution.col_dual)
        self._program.changeColsCost(len(terms), terms, np.zeros(len(terms)))
        if len(known):
            self._program.changeColsBounds(len(known), known, self._lower_bound[known], self._upper_bound[known])
        return float(side * (signs @ move[terms])), move

    def _known_to(self, k: int, attacker: int) -> npt.NDArray[np.int32]:
        """Unknowns that an attacker of a target knows besides what is published."""
        if attacker == ALL_SINGLETONS:
            return np.flatnonzero(np.isin(self._singleton_of, self._attackers[k])).astype(np.int32)
        return np.zeros(0, np.int32) if attacker == OUTSIDER else self._system.singletons[attacker].astype(np.int32)

    def _cut(self, k: int, side: int, attacker: int) -> Cut:
        """What a target's distance is worth in each cell, by the prices of its bounds."""
        self._furthest(k, side, attacker)
        prices = np.where(np.abs(self._prices) > SMALL, self._prices, 0.0)
        worth = np.maximum(prices, 0) * self._fall + np.maximum(-prices, 0) * self._rise
        worth[self._known_to(k, attacker)] = 0
        disclosing_cell = self._system.disclosing_cell
        of_cell = disclosing_cell >= 0
        cell_worth = np.bincount(disclosing_cell[of_cell], worth[of_cell], minlength=len(self._primary))
        always = worth[disclosing_cell == NO_CELL].sum()
        # primary cells are withheld in any case
        missing = self._level(k, side, attacker) - always - cell_worth[self._primary].sum()
        cells = np.flatnonzero((cell_worth > SMALL) & ~self._primary)
        return Cut(cells, np.minimum(cell_worth[cells] / missing, 1.0))
