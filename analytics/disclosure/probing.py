"""The attackers of a pattern as the search for one sees them: how far they must leave a target open, and what would.

For a pattern of withheld cells, a linear program says how far a target can lie from its true figure; where that is not
as far as its protection level, its dual gives a cut that every safe pattern satisfies (Fischetti & Salazar 2001). A
cut's coefficients are those of single cells, never above the level, so that no tolerance of the solver can let a leak
through. Attackers are the public, and every unit of a withheld cell: it knows that the cell holds what it contributes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.disclosure.members import Members
from analytics.disclosure.memory import Coordinates, Memory
from analytics.disclosure.solver import program_of, solve
from analytics.disclosure.system import NO_CELL, PUBLISHED, System
from analytics.disclosure.whole_numbers import WholeMoves, is_whole, whole_move
from analytics.disclosure.witnesses import Witnesses

PUBLIC = 0  # among the attackers: who knows what is published, and no more
SHARE = 1 - 1e-6  # of a protection level, that counts as reached
SMALL = 1e-9  # a price, or a part of a cell, that is none
SPREAD = 1e6  # the largest protection level over the unit of a program, at most
MOVES_PER_TARGET = 4  # kept from one pattern to the next, at most, of those that others may use, too
SIDES = (1, -1)  # up and down


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


@dataclass(frozen=True, slots=True, eq=False)
class _Attack:
    """One that succeeds. reached: how far the target can lie from its true figure; prices: (v,) of the bounds."""

    target: int
    side: int
    attacker: int
    reached: float
    prices: FloatArray


class Prober:
    """The attackers of one system. A pattern is (n_cells,), 1 for a withheld cell and 0 for a published one; parts of
    cells are allowed. A move is (v,), the distance of each unknown from its true figure. Attackers are numbered: the
    public, then the units whose own part of a cell tells them something.
    """

    def __init__(self, system: System, primary: BoolArray, memory: Memory) -> None:
        """The linear program in moves, in units of the least protection level. primary: (n_cells,) always withheld."""
        self._memory, self._primary, self._system = memory, primary, system
        levels = np.concatenate([system.upper, system.lower])
        least, largest = levels[levels > 0].min(initial=np.inf), levels.max(initial=0.0)
        self._unit = max(least, largest / SPREAD) if np.isfinite(least) else 1.0
        self._value, self._step = system.value / self._unit, system.step / self._unit
        most = 4 * max(largest / self._unit, 1.0)
        self._fall, self._rise = np.minimum(self._value, most), np.clip(self._value, most, 2 * most)
        rows = [system.targets[[k]] for k in range(len(system.target_cell))]
        self._targets = [(row.indices.astype(np.int32), row.data) for row in rows]  # unknowns and signs of each
        self._knowing, attackers = self._what_members_know()
        self._levels = {side: self._levels_of(side, attackers) for side in SIDES}
        self._coordinates, self._columns = Coordinates(system.base_cell), np.arange(len(self._value), dtype=np.int32)
        self._program = program_of(system.identities)
        self._witnesses = Witnesses(system.identities, system.targets, self._knowing, 1 + len(attackers))
        self._whole_moves = WholeMoves(system.identities, system.targets, self._value, self._step)
        self._open = list(self._asked())  # targets and sides that not every pattern protects
        self._tried = {"amounts": 0, "whole_numbers": 0}  # moves of the memory that the two have been given

    def _what_members_know(self) -> tuple[Members, IntArray]:
        """Rows of members that know more than the public: by how much the cell can fall for them (in place of what they
        contribute), nothing where they are alone; and the units, (u,), whose numbers among the attackers are 1, 2, ….
        """
        members = self._system.members
        left = np.maximum(self._value[members.cell] - members.amount / self._unit, 0.0)
        left[members.alone] = 0.0
        rows = np.flatnonzero(members.alone | (left < self._fall[members.cell] - SMALL))
        units, number = np.unique(members.unit[rows], return_inverse=True)
        return Members(members.cell[rows], number + 1, left[rows], members.alone[rows], members.names), units

    def _levels_of(self, side: int, attackers: IntArray) -> FloatArray:
        """(k, attackers) how far off each target must be able to lie, a little less being as good; -inf for who is no
        attacker.
        """
        system, knowing = self._system, self._knowing
        of_public = system.upper if side > 0 else system.lower
        levels = np.repeat(of_public[:, None], 1 + len(attackers), axis=1)
        is_alone = np.isin(attackers, system.members.unit[system.members.alone])
        levels[:, 1 + np.flatnonzero(~is_alone)] = system.elsewhere[0 if side > 0 else 1][:, None]
        insiders = system.insiders
        place = np.searchsorted(attackers, insiders.unit)
        known = place < len(attackers)
        known[known] = attackers[place[known]] == insiders.unit[known]
        of_insiders = insiders.upper if side > 0 else insiders.lower
        levels[insiders.target[known], 1 + place[known]] = of_insiders[known]
        levels = np.where(levels > 0, levels / self._unit * SHARE - SMALL, -np.inf)
        alone = sparse.csr_array(
            (np.ones(knowing.alone.sum()), (knowing.cell[knowing.alone], knowing.unit[knowing.alone])),
            shape=(len(self._value), 1 + len(attackers)),
        )
        levels[(abs(system.targets) @ alone).nonzero()] = -np.inf
        return levels

    def exposed_cells(self, pattern: FloatArray) -> Iterator[int]:
        """Cells that some attacker can infer too closely."""
        for attack in self._successful_attacks(pattern):
            yield int(self._system.target_cell[attack.target])

    def violated_cuts(self, pattern: FloatArray) -> list[Cut]:
        """A cut for each target and side that some attacker can infer too closely."""
        return [self._cut(attack) for attack in self._successful_attacks(pattern)]

    def settle(self, least: FloatArray) -> None:
        """Attack a pattern that withholds no more than any other: what it leaves open need not be asked again."""
        self._open = [(attack.target, attack.side) for attack in self._successful_attacks(least)]

    def accept_what_is_told(self, most: FloatArray) -> None:
        """Ask for no more than a pattern leaves open that publishes nothing anew: the rest was told before."""
        if not (self._system.disclosing_cell == PUBLISHED).any():
            return
        self._set_pattern(most)
        for k, side in self._asked():
            while (k, side) in self._open and (attack := self._successful_attack(k, side)) is not None:
                levels, reached = self._levels[side][k], attack.reached
                enough = reached * SHARE - SMALL if reached > SMALL else -np.inf
                concerned = slice(None) if attack.attacker == PUBLIC else attack.attacker
                levels[concerned] = np.minimum(levels[concerned], enough)
            if self._tells_in_whole_numbers(k, side):
                self._levels[side][k] = -np.inf

    def is_safe_in_whole_numbers(self, pattern: BoolArray) -> bool:
        """Whether a pattern foils those who know that counts are whole numbers, too."""
        self._set_pattern(pattern.astype(np.float64))
        return not any(self._tells_in_whole_numbers(k, side) for k, side in self._asked())

    def extend_for_whole_numbers(self, pattern: BoolArray, most: BoolArray, weights: FloatArray) -> BoolArray:
        """(n_cells,) a pattern and the least weighty cells that must be withheld, too, against those who know that
        counts are whole numbers, one target after another. most: all that can be. Raises UnsafeError where that is not
        enough.
        """
        withheld, cell = pattern, self._system.disclosing_cell
        if self._step.any():
            self._set_pattern(withheld.astype(np.float64))
        for k, side in self._asked() if self._step.any() else ():
            if self._tells_in_whole_numbers(k, side):
                self._set_pattern(most.astype(np.float64))
                price = np.where(withheld, 0.0, weights / max(weights.max(), SMALL))
                move = self._whole_move(k, side, np.where(cell >= 0, price[cell], 0.0))
                if move is None:
                    raise UnsafeError([int(self._system.target_cell[k])])
                moved = cell[np.abs(move) > SMALL]
                withheld = withheld.copy()
                withheld[moved[moved >= 0]] = True
                self._set_pattern(withheld.astype(np.float64))
        return withheld

    # ---- one target and side -----------------------------------------------------------------------------------------

    def _asked(self) -> Iterator[tuple[int, int]]:
        """Targets and sides with a protection level above zero."""
        for k in range(len(self._targets)):
            for side in SIDES:
                if self._levels[side][k, PUBLIC] > 0:
                    yield k, side

    def _successful_attacks(self, pattern: FloatArray) -> Iterator[_Attack]:
        """One on each target and side that some attacker can infer too closely."""
        if not self._open:
            return
        self._set_pattern(pattern)
        safe = {side: self._witnesses.all_convinced(side, self._levels[side]) for side in SIDES}
        for k, side in self._open:
            attack = None if safe[side][k] else self._successful_attack(k, side)
            if attack is not None:
                yield attack

    def _successful_attack(self, k: int, side: int) -> _Attack | None:
        """One on a target; None when nobody can infer it too closely."""
        levels = self._levels[side][k]
        suspects = self._witnesses.unconvinced(k, side, levels)
        if PUBLIC in suspects:
            attack = self._attack(k, side, np.array([PUBLIC]))
            if attack is not None:
                return attack
            suspects = self._witnesses.unconvinced(k, side, levels)
        return self._attack_by_halves(k, side, suspects) if len(suspects) else None

    def _attack_by_halves(self, k: int, side: int, suspects: IntArray) -> _Attack | None:
        """One by any of the suspects, the least convinced of whom come first: by all together, and where that succeeds,
        by one half and the other.
        """
        attack = self._attack(k, side, suspects)
        if attack is None or len(suspects) == 1:
            return attack
        for half in np.array_split(suspects, 2):
            unconvinced = self._witnesses.unconvinced(k, side, self._levels[side][k])
            left = unconvinced[np.isin(unconvinced, half)]
            attack = self._attack_by_halves(k, side, left) if len(left) else None
            if attack is not None:
                return attack
        return None

    def _attack(self, k: int, side: int, attackers: IntArray) -> _Attack | None:
        """By several at once, or by one; None where it does not succeed, so that it does for none of them."""
        reached, move, prices = self._furthest(k, side, attackers)
        if reached < self._levels[side][k, attackers].max():
            return _Attack(k, side, int(attackers[0]), reached, prices)
        self._witnesses.add(move[None, :])
        self._memory.amounts.keep(*self._coordinates.named(move))
        return None

    # ---- whole numbers -----------------------------------------------------------------------------------------------

    def _tells_in_whole_numbers(self, k: int, side: int) -> bool:
        """Whether no move by whole steps foils the public. Members are foiled by moves of any size."""
        level, step = float(self._levels[side][k, PUBLIC]), self._step
        if level <= 0 or not step.any() or self._whole_moves.any_foils(k, side, level):
            return False
        is_count = bool((step[self._targets[k][0]] > 0).any())
        reached, move, _ = self._furthest(k, side, np.array([PUBLIC]), still=None if is_count else step > 0)
        found: FloatArray | None = move
        if reached < level or not is_whole(move, step):
            found = self._whole_move(k, side, np.zeros(len(step)))
        if found is not None:
            self._whole_moves.add(found[None, :])
            self._memory.whole_numbers.keep(*self._coordinates.named(found * self._unit))
        return found is None

    def _whole_move(self, k: int, side: int, price: FloatArray) -> FloatArray | None:
        """One that foils the public; None where there is none. price: (v,) of moving each unknown."""
        self._memory.count_programs()
        target, level = side * self._system.targets[[k]], float(self._levels[side][k, PUBLIC])
        free = self._lower_bound < self._upper_bound
        return whole_move(self._system.identities, target, level, self._value, self._step, free, price)

    # ---- one linear program ------------------------------------------------------------------------------------------

    def _set_pattern(self, pattern: FloatArray) -> None:
        cell = self._system.disclosing_cell
        if self._witnesses.n_moves > MOVES_PER_TARGET * len(self._open):
            self._witnesses.keep(set(self._open))
        self._parts = np.where(cell >= 0, pattern[cell], np.where(cell == NO_CELL, 1.0, 0.0))
        self._lower_bound, self._upper_bound = -self._parts * self._fall, self._parts * self._rise
        self._program.changeColsBounds(len(self._parts), self._columns, self._lower_bound, self._upper_bound)
        self._witnesses.within(self._lower_bound, self._upper_bound, self._parts, self._new_moves("amounts"))
        if self._step.any():
            self._whole_moves.within(self._parts > 0, self._new_moves("whole_numbers") / self._unit)

    def _new_moves(self, which: str) -> FloatArray:
        """(q, v) what the memory has kept since it was asked last."""
        kept = self._memory.amounts if which == "amounts" else self._memory.whole_numbers
        moves = self._coordinates.moves(kept.since(self._tried[which]))
        self._tried[which] = kept.end
        return moves

    def _furthest(
        self, k: int, side: int, attackers: IntArray, still: BoolArray | None = None
    ) -> tuple[float, FloatArray, FloatArray]:
        """How far a target can lie from its true figure on one side for attackers who tell each other what they know;
        the move that takes it there, and the prices of the bounds. A count goes no farther than it must. still: (v,)
        unknowns that do not move.
        """
        lower, upper = self._bounds_for(attackers)
        if still is not None:
            lower, upper = np.where(still, 0.0, lower), np.where(still, 0.0, upper)
        terms, signs = self._targets[k]
        if len(terms) == 1 and self._step[terms[0]] > 0:
            step = self._step[terms[0]]
            enough = step * max(np.ceil(self._levels[side][k, attackers].max() / step), 1.0)
            lower[terms[0]], upper[terms[0]] = max(lower[terms[0]], -enough), min(upper[terms[0]], enough)
        changed = np.flatnonzero((lower != self._lower_bound) | (upper != self._upper_bound)).astype(np.int32)
        self._program.changeColsBounds(len(changed), changed, lower[changed], upper[changed])
        self._program.changeColsCost(len(terms), terms, -side * signs)
        self._memory.count_programs()
        solve(self._program)
        solution = self._program.getSolution()
        move, prices = np.array(solution.col_value), np.array(solution.col_dual)
        self._program.changeColsCost(len(terms), terms, np.zeros(len(terms)))
        self._program.changeColsBounds(len(changed), changed, self._lower_bound[changed], self._upper_bound[changed])
        return float(side * (signs @ move[terms])), move, prices

    def _bounds_for(self, attackers: IntArray) -> tuple[FloatArray, FloatArray]:
        """(v,) what attackers who tell each other what they know leave of the bounds."""
        lower, upper = self._lower_bound.copy(), self._upper_bound.copy()
        knows = np.zeros(len(self._levels[1][0]), dtype=bool)
        knows[attackers] = True
        rows = self._knowing.take(knows[self._knowing.unit])
        np.maximum.at(lower, rows.cell, -self._parts[rows.cell] * rows.amount)
        upper[rows.cell[rows.alone]] = 0.0
        return lower, upper

    def _cut(self, attack: _Attack) -> Cut:
        """What a target's distance is worth in each cell, by the prices of its bounds."""
        fall, rise = self._fall.copy(), self._rise.copy()
        rows = self._knowing.take(self._knowing.unit == attack.attacker)
        np.minimum.at(fall, rows.cell, rows.amount)
        rise[rows.cell[rows.alone]] = 0.0
        prices = np.where(np.abs(attack.prices) > SMALL, attack.prices, 0.0)
        worth = np.maximum(prices, 0) * fall + np.maximum(-prices, 0) * rise
        disclosing_cell = self._system.disclosing_cell
        of_cell = disclosing_cell >= 0
        cell_worth = np.bincount(disclosing_cell[of_cell], worth[of_cell], minlength=len(self._primary))
        always = worth[disclosing_cell == NO_CELL].sum()
        # primary cells are withheld in any case
        level = float(self._levels[attack.side][attack.target, attack.attacker])
        missing = level - always - cell_worth[self._primary].sum()
        cells = np.flatnonzero((cell_worth > SMALL) & ~self._primary)
        return Cut(cells, np.minimum(cell_worth[cells] / missing, 1.0))
