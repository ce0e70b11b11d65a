"""Which cells to withhold beside the primary ones, so that least is lost and no attacker comes too close to any target.

A binary program over the cells, whose constraints come from the attackers' linear programs (see `probing`). A pattern
is taken only once all attackers failed; work is limited by counts, not by time, so that it ends and comes out the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from analytics.arrays import BoolArray, FloatArray
from analytics.disclosure.memory import Memory
from analytics.disclosure.probing import Cut, Prober, UnsafeError
from analytics.disclosure.solver import Solver
from analytics.disclosure.system import System

GAIN = 0.01  # of the bound: while it rises by so much, cuts are looked for by parts of cells
LOOSE = 0.01  # of a pattern's weight: so near to the bound is near enough, until one is safe
IMPROVED = 3  # patterns, of those that lose least, are improved where none is proved to be the best
ITERATIONS = 10  # of the simplex method in an integer program, that count as one program


PROVED = 1e-9  # of what a pattern loses: so near to the bound, none loses less


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A safe pattern. withheld: (n_cells,); lost: its weight beyond that of the primary cells; bound: no safe pattern
    loses less.
    """

    withheld: BoolArray
    lost: float
    bound: float


def suppress(
    systems: Sequence[System],
    weights: FloatArray,
    primary: BoolArray,
    already_published: BoolArray,
    *,
    earlier: BoolArray | None = None,
    accept_told: bool = False,
    nodes: int = 250,
    programs: int = 30_000,
    memory: Memory | None = None,
) -> Pattern:
    """The safe pattern that loses least, or, where it is not found within the limits of nodes and programs, a safe one.

    weights: (n_cells,) what withholding each loses; primary: (n_cells,) those withheld in any case; already_published:
    (n_cells,) those that every attacker knows, so that withholding them is of no use. earlier: (n_cells,) a pattern
    that is taken where it is safe: that of the release before, so that what is published stays the same.
    accept_told: where an earlier release told already what would have to stay open, ask for no more than can be.
    memory: of earlier searches over the same cells. Raises UnsafeError when nothing is safe.
    """
    memory = memory or Memory()
    memory.programs_left = programs
    probers = [Prober(system, primary, memory) for system in systems if system.targets.shape[0]]
    for prober in memory.ticking(probers):
        prober.settle(primary.astype(np.float64))
    most = ~already_published | primary  # all that can be withheld
    kept = most if earlier is None else (earlier | primary) & most
    kept_pattern = Pattern(kept, float(weights[kept & ~primary].sum()), float(weights[kept & ~primary].sum()))
    if earlier is not None and _is_safe(probers, kept):
        return kept_pattern
    if accept_told:
        for prober in probers:
            prober.accept_what_is_told(most.astype(np.float64))
    try:
        if earlier is not None and accept_told and _is_safe(probers, kept):
            return kept_pattern
        return _search(probers, weights, primary, most, memory, nodes)
    except UnsafeError:
        if not accept_told:
            raise
        return Pattern(most, float(weights[most & ~primary].sum()), 0.0)  # amounts too far apart for the solver


def _search(
    probers: list[Prober],
    weights: FloatArray,
    primary: BoolArray,
    most: BoolArray,
    memory: Memory,
    nodes: int,
) -> Pattern:
    """By cuts: by parts of cells while the bound rises, then with whole cells. Each pattern of the master problem is
    completed to a safe one, by cuts that are its own as well. most: all that can be withheld. Raises UnsafeError.
    """
    master, programs = _Master(weights, primary, ~most), memory.programs_left
    bound = -1.0
    while master.bound > bound * (1 + GAIN) and memory.programs_left > programs // 2:
        bound = master.bound
        pattern = _improved(master.relaxed, master, probers, most)
        master.add(_violated_cuts(probers, pattern))
    found, gap = [most], LOOSE
    while memory.programs_left > programs // 4:
        whole = _improved(lambda: master.integer(nodes, gap), master, probers, most)  # noqa: B023
        memory.count_programs(1 + master.iterations // ITERATIONS)
        safe, cuts = _completed(probers, whole > 0.5, weights, most)
        master.add(cuts)
        found = sorted([safe, *found], key=lambda one: _lost(one, weights, primary))[:IMPROVED]
        lightest = master.bound >= _lost(found[0], weights, primary) * (1 - PROVED)
        if lightest or (not cuts and gap == 0 and master.optimal):
            break
        if not cuts:  # nothing is left to find but by looking longer
            gap, nodes = 0.0, nodes if gap else 4 * nodes
    else:
        found = [_without_redundant(probers, one, primary, weights, memory) for one in found]
    best = min(found, key=lambda one: _lost(one, weights, primary))
    for prober in probers:
        best = prober.extend_for_whole_numbers(best, most, weights)
    lost = _lost(best, weights, primary)
    return Pattern(best, lost, min(master.bound, lost))


def _lost(withheld: BoolArray, weights: FloatArray, primary: BoolArray) -> float:
    """The weight of a pattern beyond that of the primary cells."""
    return float(weights[withheld & ~primary].sum())


def _improved(
    improve: Callable[[], FloatArray], master: "_Master", probers: Sequence[Prober], most: BoolArray
) -> FloatArray:
    """The master's next pattern. Raises UnsafeError where it has none."""
    pattern = improve()
    if not master.feasible:
        exposed = {cell for prober in probers for cell in prober.exposed_cells(most.astype(np.float64))}
        raise UnsafeError(sorted(exposed))
    return pattern


def _is_safe(probers: Sequence[Prober], pattern: BoolArray) -> bool:
    """Whether a pattern of whole cells foils all attackers, in amounts and in whole numbers."""
    parts = pattern.astype(np.float64)
    if any(True for prober in probers for _ in prober.exposed_cells(parts)):
        return False
    return all(prober.is_safe_in_whole_numbers(pattern) for prober in probers)


def _violated_cuts(probers: list[Prober], pattern: FloatArray) -> list[Cut]:
    """Cuts of the first system that a pattern leaves open to attack, which is asked first next time; none when it is
    safe.
    """
    for place, prober in enumerate(probers):
        cuts = prober.violated_cuts(pattern)
        if cuts:
            probers[:] = probers[place:] + probers[:place]
            return cuts
    return []


def _completed(
    probers: list[Prober], pattern: BoolArray, weights: FloatArray, most: BoolArray
) -> tuple[BoolArray, list[Cut]]:
    """A safe pattern, and the cuts that led to it: of each that this one does not satisfy, the least weighty cells for
    what they are worth more. Raises UnsafeError where no cell is left to add.
    """
    withheld, cuts = pattern.copy(), []
    while violated := _violated_cuts(probers, withheld.astype(np.float64)):
        before = withheld.sum()
        for cut in violated:
            worth = np.where(withheld[cut.cells], cut.coefficients, 0.0).sum()
            for place in np.argsort(weights[cut.cells] / cut.coefficients, kind="stable"):
                cell = cut.cells[place]
                if worth < 1 and most[cell] and not withheld[cell]:
                    withheld[cell] = True
                    worth += cut.coefficients[place]
        if withheld.sum() == before:
            exposed = {cell for prober in probers for cell in prober.exposed_cells(most.astype(np.float64))}
            raise UnsafeError(sorted(exposed))
        cuts += violated
    return withheld, cuts


def _without_redundant(
    probers: Sequence[Prober], pattern: BoolArray, primary: BoolArray, weights: FloatArray, memory: Memory
) -> BoolArray:
    """A safe pattern less every cell that it is safe without, the weightiest tried first, while programs are left."""
    kept = pattern.copy()
    secondary = np.flatnonzero(pattern & ~primary)
    for cell in secondary[np.argsort(-weights[secondary], kind="stable")].tolist():
        if memory.programs_left <= 0:
            break
        kept[cell] = False
        kept[cell] = any(True for prober in probers for _ in prober.exposed_cells(kept.astype(np.float64)))
    return kept


class _Master:
    """The master problem, a binary program: the least weight of a pattern that satisfies all cuts so far.

    bound: no safe pattern weighs less; feasible: whether any pattern satisfies them. Of the last pattern of whole
    cells, optimal: whether its search was not cut short by the number of nodes; iterations: of the simplex method.
    """

    def __init__(self, weights: FloatArray, primary: BoolArray, never: BoolArray) -> None:
        """weights, primary, never: (n_cells,). Primary cells count as withheld, and for nothing; never: cannot be."""
        self._n = len(weights)
        self._scale = float(weights.max(initial=1.0))
        self._solver = Solver()
        lower, upper = primary.astype(np.float64), (~never).astype(np.float64)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._n, 0
        model.col_cost_ = np.where(primary, 0.0, weights / self._scale)
        model.col_lower_, model.col_upper_ = lower, upper
        model.a_matrix_.start_ = np.zeros(self._n + 1, dtype=np.int32)
        self._solver.passModel(model)
        self.bound, self.feasible, self.optimal, self.iterations = 0.0, True, False, 0

    def add(self, cuts: Sequence[Cut]) -> None:
        """Ask for these too."""
        for cut in cuts:
            self._solver.addRow(1.0, highspy.kHighsInf, len(cut.cells), cut.cells.astype(np.int32), cut.coefficients)

    def relaxed(self) -> FloatArray:
        """(n_cells,) the best pattern of parts of cells."""
        self._solver.run()
        self.feasible = self._solver.getModelStatus() != highspy.HighsModelStatus.kInfeasible
        self.bound = self._scale * float(self._solver.getInfo().objective_function_value)
        parts: FloatArray = np.clip(np.array(self._solver.getSolution().col_value), 0.0, 1.0)
        return parts

    def integer(self, nodes: int, gap: float) -> FloatArray:
        """(n_cells,) the best pattern of whole cells found within a number of nodes, or one whose weight is so near to
        the bound, as a share of it; `bound` is what is proved of all.

        A solver of its own each time: one that goes on from an earlier program may hand out a solution of that one.
        """
        solver = Solver()
        solver.passModel(self._solver.getLp())
        columns, whole = np.arange(self._n, dtype=np.int32), np.full(self._n, highspy.HighsVarType.kInteger)
        solver.changeColsIntegrality(self._n, columns, whole)
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.run()
        self.feasible = solver.getModelStatus() != highspy.HighsModelStatus.kInfeasible
        self.bound = max(self.bound, self._scale * float(solver.getInfo().mip_dual_bound))
        self.optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        self.iterations = int(solver.getInfo().simplex_iteration_count)
        solution = solver.getSolution()
        parts = np.array(solution.col_value) if solution.value_valid else np.ones(self._n)
        return np.where(parts > 0.5, 1.0, 0.0)
