"""The figures that agree with what is published: how far a sum of unknowns can lie, by linear and integer programs.

Every unknown is at least zero; every identity holds; counts are whole numbers, and where everybody knows the most that
a unit contributes, so many units contribute no more. It shares no code with the search for a pattern.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray, Rows
from analytics.disclosure.members import Members
from analytics.model import UserError

EXACT = 1e-6  # of a distance: so little less is as far
UNMOVED = 1e-9  # of the least value: an unknown that did not move
MOST = 10.0  # times the largest figure, no unknown rises where only a level is asked
PUBLIC = 0  # among the attackers
WHOLE = 1e-6  # a count so near to a whole number is that
SOLVED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnbounded)


@dataclass(frozen=True, slots=True, eq=False)
class Unknowns:
    """v unknowns as an attacker sees them. identities: (m, v); value: measure -> (v,) true figures; published: (v,);
    most: what no unit contributes more than; members: the units in each unknown, as its cell.
    """

    identities: sparse.csr_array
    value: Mapping[str, FloatArray]
    published: BoolArray
    most: float
    members: Members


class FeasibleSet:
    """The figures that agree with what is published. Unknowns that no identity links are solved separately.

    Of values with a bound per unit, the counts are unknowns, too, and what so many units could contribute more.
    Attackers are numbered: the public, then each unit that is a member of an unknown.
    """

    def __init__(self, unknowns: Unknowns, measure: str) -> None:
        """measure: the figures of which."""
        values, members = unknowns.value[measure], unknowns.members
        identities, published = sparse.csr_array(unknowns.identities), unknowns.published
        step = np.full(len(values), float(measure == "n_units"))
        self._n_attackers = 1 + len(members.names)
        cell, least = members.cell, np.ones(len(members.cell)) if measure == "n_units" else members.amount
        unit, alone = members.unit + 1, members.alone
        if measure == "value" and np.isfinite(unknowns.most):
            possible, width = unknowns.most * unknowns.value["n_units"], len(values)
            identities = _with_bounds(identities)
            step = np.concatenate([step, np.full(width, unknowns.most), np.zeros(width)])
            published = np.concatenate([published, published, np.zeros(width, dtype=bool)])
            values = np.concatenate([values, possible, np.maximum(possible - values, 0.0)])
            of_all = np.full(len(cell), unknowns.most)
            cell, unit, alone = (
                np.concatenate([cell, cell + width, cell + 2 * width]),
                np.tile(unit, 3),
                np.tile(alone, 3),
            )
            least = np.concatenate([least, of_all, of_all - least])
        self._values = values
        left = np.where(alone, 0.0, np.maximum(values[cell] - least, 0.0))
        known = Members(cell, unit, left, alone, ())
        self._component_of = dict(self._components(identities, np.flatnonzero(~published), step, known))

    def _components(
        self, identities: sparse.csr_array, withheld: IntArray, step: FloatArray, known: Members
    ) -> Iterator[tuple[int, "_Component"]]:
        """Each withheld unknown, and the component that it is in. known: by how much an unknown can fall, in place of
        what is contributed, for each attacker.
        """
        matrix = sparse.csr_array(identities[:, withheld])
        matrix = sparse.csr_array(matrix[np.diff(matrix.indptr) > 0])
        links = sparse.csr_array(abs(matrix.T) @ abs(matrix))
        label = sparse.csgraph.connected_components(links, directed=False)[1] if len(withheld) else withheld
        row_label = label[matrix.indices[matrix.indptr[:-1]]]
        component, column = np.full(len(step), -1), np.zeros(len(step), dtype=np.int64)
        component[withheld] = label
        for number in np.unique(label):
            columns = np.flatnonzero(label == number)
            block = sparse.csr_array(sparse.csr_array(matrix[row_label == number])[:, columns])
            places = withheld[columns]
            column[places] = np.arange(len(places))
            inside = known.take(component[known.cell] == number)
            inside = replace(inside, cell=column[inside.cell])
            new = _Component(places.tolist(), block, self._values[places], step[places], inside, self._n_attackers)
            yield from dict.fromkeys(places.tolist(), new).items()

    def interval(self, unknown: int, *, whole: bool) -> tuple[float, float]:
        """The least and the most that an unknown can be, for the public. whole: of whole numbers."""
        base, component = float(self._values[unknown]), self._component_of.get(unknown)
        if component is None:
            return base, base
        down, up = (component.furthest({unknown: 1.0}, side, whole=whole) for side in (-1.0, 1.0))
        return base - down, base + up

    def distances(self, terms: Mapping[int, float], side: float, levels: FloatArray) -> FloatArray:
        """(attackers,) how far on one side (1 up, -1 down) a sum of unknowns can lie from its true figure for each
        attacker; where it is as far as that one's level, maybe farther; where one is found for whom it is not, nobody
        else is asked. terms: unknown -> its sign; levels: (attackers,), below zero where nothing is asked.
        """
        parts: dict[int, tuple[_Component, dict[int, float]]] = {}
        for unknown, sign in terms.items():
            if unknown in self._component_of:
                component = self._component_of[unknown]
                parts.setdefault(id(component), (component, {}))[1][unknown] = sign
        reached = np.zeros(self._n_attackers)
        for component, linked in parts.values():  # that nothing links: what one leaves to reach is asked of the next
            left = np.where(levels > reached, levels - reached, -1.0)
            reached += component.distances(linked, side, left, exact=len(parts) > 1)
        return reached


def _with_bounds(identities: sparse.csr_array) -> sparse.csr_array:
    """Identities between values -> between values, the most that so many units could contribute, and the rest."""
    m, width = identities.shape
    one, nothing = sparse.eye_array(width), [sparse.csr_array((m, width))] * 2
    of_values, of_counts = ([*nothing[:place], identities, *nothing[place:]] for place in (0, 1))
    return sparse.csr_array(sparse.vstack([sparse.hstack(row) for row in (of_values, of_counts, [one, -one, one])]))


class _SilentSolver(highspy.Highs):
    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()  # the class in between prints a banner
        self.setOptionValue("output_flag", False)
        self.setOptionValue("threads", 1)  # as everywhere in the process: what divides the work is set up once


class _Component:
    """Unknowns that identities link, as distances from their true figures, in units of the least figure above zero.

    Tables that were found to agree with what is published are kept: each may show of several sums how far they can lie.
    """

    def __init__(
        self,
        unknowns: list[int],
        identities: sparse.csr_array,
        values: FloatArray,
        step: FloatArray,
        known: Members,
        n_attackers: int,
    ) -> None:
        """unknowns: k of them; identities: (m, k); values: (k,) true figures; step: (k,) what each moves by, or 0;
        known: rows of what attackers know, by their numbers: how far a column can fall for them.
        """
        self._column = {unknown: column for column, unknown in enumerate(unknowns)}
        self._unit = float(values[values > 0].min(initial=np.inf))
        self._unit = self._unit if np.isfinite(self._unit) else 1.0
        self._least, self._step, self._identities = -values / self._unit, step / self._unit, identities
        self._most = MOST * max(float(-self._least.min(initial=0.0)), 1.0)
        self._known = replace(known, amount=known.amount / self._unit)
        self._solver = _SilentSolver()
        self._solver.passModel(_model(identities, self._least))
        self._bounds = self._least, np.full(len(values), highspy.kHighsInf)
        self._n_attackers, self._counted = n_attackers, step > 0
        self._tables, self._agree, self._whole_tables = Rows(len(unknowns)), Rows(n_attackers), Rows(len(unknowns))
        # of each table, who agrees with the least part of it, with which, and with how much of it all others do
        self._hindered = Rows(3)

    def furthest(self, terms: Mapping[int, float], side: float, *, whole: bool) -> float:
        """How far from its true figure a sum can be on one side, for the public; whole: in whole numbers."""
        return (self._whole(terms, side, np.inf, exact=True) if whole else self._solve(terms, side, ()))[0]

    def distances(self, terms: Mapping[int, float], side: float, levels: FloatArray, *, exact: bool) -> FloatArray:
        """See `FeasibleSet.distances`; exact: everybody is asked."""
        columns = np.array([self._column[unknown] for unknown in terms])
        signs = side * np.array(list(terms.values()))
        reached = self._shown(columns, signs, levels)
        if reached[PUBLIC] < levels[PUBLIC] * (1 - EXACT):
            of_public = self._ask(terms, side, (PUBLIC,))
            reached = self._shown(columns, signs, levels)
            reached[PUBLIC] = of_public
            if not exact and of_public < levels[PUBLIC] * (1 - EXACT):
                return np.where(levels > 0, of_public, reached)  # nobody knows less than the public
        asked = 1 + np.flatnonzero(reached[1:] < levels[1:] * (1 - EXACT))
        order = np.argsort(reached[asked] / levels[asked], kind="stable")
        groups = [asked[order]] if len(asked) else []
        while groups:  # all together; where that is not far enough, one half and the other
            group = groups.pop()
            reached[group] = self._shown(columns, signs, levels)[group]
            group = group[reached[group] < levels[group] * (1 - EXACT)]
            together = self._ask(terms, side, group) if len(group) else 0.0
            if len(group) == 1 or (len(group) and together >= levels[group].max() * (1 - EXACT)):
                reached[group] = together
                if not exact and together < levels[group[0]] * (1 - EXACT):
                    others = np.maximum(levels, reached)
                    others[group] = together
                    return others
            elif len(group):
                groups += np.array_split(group, 2)
        if self._counted.any() and levels[PUBLIC] > 0:
            reached[PUBLIC] = self._whole_distance(terms, side, columns, signs, float(levels[PUBLIC]))
        return reached

    def _shown(self, columns: IntArray, signs: FloatArray, levels: FloatArray) -> FloatArray:
        """(attackers,) how far the tables that are kept show a sum to lie from its true figure; as far as one table
        shows to everybody, where that is enough.
        """
        far = self._tables.filled[:, columns] @ signs * self._unit
        there = np.flatnonzero(far > 0)
        hindered, least, others = self._hindered.filled[there].T
        to_all = (far[there] * np.where(levels[hindered.astype(np.int64)] > 0, least, others)).max(initial=0.0)
        if to_all >= levels.max() * (1 - EXACT):
            return np.full(len(levels), to_all)
        shown: FloatArray = (far[there, None] * self._agree.filled[there]).max(axis=0, initial=0.0)
        return shown

    def _ask(self, terms: Mapping[int, float], side: float, attackers: Sequence[int] | IntArray) -> float:
        """How far for attackers who tell each other what they know; the table is kept, and the one on the other side of
        the true figures.
        """
        reached, moved = self._solve(terms, side, attackers, most=self._most)
        moved = np.where(np.abs(moved) > UNMOVED, moved, 0.0)
        back = np.divide(-self._least, moved, out=np.full(len(moved), np.inf), where=moved > 0).min(initial=np.inf)
        for table in [moved] if not 0 < back < np.inf else [moved, -moved * back]:
            agree = np.ones(self._n_attackers)
            fallen = -table[self._known.cell]
            part = np.divide(self._known.amount, fallen, out=np.ones(len(fallen)), where=fallen > 0)
            part[(fallen < 0) & self._known.alone] = 0.0
            np.minimum.at(agree, self._known.unit, part)
            self._tables.add(table[None, :])
            self._agree.add(agree[None, :])
            hindered = int(agree.argmin())
            least, agree[hindered] = agree[hindered], 1.0
            self._hindered.add(np.array([[hindered, least, agree.min()]]))
            if self._counted.any() and self._is_whole(table):
                self._whole_tables.add(table[None, :])
        return reached

    def _whole_distance(
        self, terms: Mapping[int, float], side: float, columns: IntArray, signs: FloatArray, level: float
    ) -> float:
        """How far for the public in whole numbers, at least where that is as far as a level."""
        shown = float((self._whole_tables.filled[:, columns] @ signs).max(initial=0.0)) * self._unit
        if shown >= level * (1 - EXACT):
            return shown
        reached, moved = self._whole(terms, side, level, exact=False)
        if np.isfinite(moved).all() and self._is_whole(moved):
            self._whole_tables.add(moved[None, :])
        return reached

    def _is_whole(self, moved: FloatArray) -> bool:
        steps = moved[self._counted] / self._step[self._counted]
        return bool(np.abs(steps - np.round(steps)).max(initial=0) < WHOLE)

    def _whole(self, terms: Mapping[int, float], side: float, level: float, *, exact: bool) -> tuple[float, FloatArray]:
        """How far with whole numbers, and where all unknowns then are; exact: also where it is beyond the level."""
        reached, moved = self._solve(terms, side, ())
        if not self._counted.any() or (not exact and reached < level * (1 - EXACT)):
            return reached, moved
        if (np.isfinite(moved).all() and self._is_whole(moved)) or (exact and not np.isfinite(moved).all()):
            return reached, moved
        if not exact and not self._counted[[self._column[unknown] for unknown in terms]].any():
            still, place = self._solve(terms, side, (), still=np.flatnonzero(self._counted).tolist())
            if still >= level * (1 - EXACT):
                return still, place
        if not exact:
            found, place = self._search_whole(terms, side, least=level * (1 - EXACT))
            if found >= level * (1 - EXACT):
                return found, place
        return self._search_whole(terms, side)

    def _search_whole(self, terms: Mapping[int, float], side: float, *, least: float = 0.0) -> tuple[float, FloatArray]:
        """The same by an integer program; least: any place at least so far."""
        scale = np.where(self._counted, self._step, 1.0)
        solver = _SilentSolver()
        solver.passModel(_model(sparse.csr_array(self._identities @ sparse.diags_array(scale)), self._least / scale))
        for counted in np.flatnonzero(self._counted).tolist():
            solver.changeColIntegrality(counted, highspy.HighsVarType.kInteger)
        columns = np.array([self._column[unknown] for unknown in terms], dtype=np.int32)
        signs = np.array([side * sign for sign in terms.values()])
        solver.addRow(least / self._unit, highspy.kHighsInf, len(columns), columns, signs * scale[columns])
        if least == 0:
            for column, sign in zip(columns.tolist(), signs, strict=True):
                solver.changeColCost(column, -float(sign * scale[column]))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return 0.0, np.zeros(len(scale))
        moved = np.array(solver.getSolution().col_value) * scale
        return float(max((signs * moved[columns]).sum(), 0.0)) * self._unit, moved

    def _solve(
        self,
        terms: Mapping[int, float],
        side: float,
        attackers: Sequence[int] | IntArray,
        *,
        still: Sequence[int] = (),
        most: float = highspy.kHighsInf,
    ) -> tuple[float, FloatArray]:
        """How far for attackers who tell each other what they know, and (k,) where all unknowns then are, in the
        component's unit. still: columns that do not move; most: what none rises above.
        """
        least, highest = self._least.copy(), np.full(len(self._least), most)
        knows = np.zeros(self._n_attackers, dtype=bool)
        knows[list(attackers)] = True
        rows = knows[self._known.unit]
        np.maximum.at(least, self._known.cell[rows], -self._known.amount[rows])
        highest[self._known.cell[rows & self._known.alone]] = 0.0
        least[list(still)], highest[list(still)] = 0.0, 0.0
        changed = np.flatnonzero((least != self._bounds[0]) | (highest != self._bounds[1])).astype(np.int32)
        self._solver.changeColsBounds(len(changed), changed, least[changed], highest[changed])
        self._bounds = least, highest
        for unknown, sign in terms.items():
            self._solver.changeColCost(self._column[unknown], -side * sign)
        status = self._run()
        moved = np.array(self._solver.getSolution().col_value)
        for unknown in terms:
            self._solver.changeColCost(self._column[unknown], 0.0)
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            self._solver.clearSolver()
            return np.inf, np.full(len(self._column), np.inf)
        if status != highspy.HighsModelStatus.kOptimal:
            raise UserError("disclosure.unsolved", status=self._solver.modelStatusToString(status))
        reached = sum(side * sign * moved[self._column[unknown]] for unknown, sign in terms.items())
        return float(max(reached, 0.0)) * self._unit, moved

    def _run(self) -> highspy.HighsModelStatus:
        """Solve; once more from the beginning, and by an interior point, where the way from the last one gets lost."""
        self._solver.run()
        for method in ("simplex", "ipm"):
            if self._solver.getModelStatus() not in SOLVED:
                self._solver.clearSolver()
                self._solver.setOptionValue("solver", method)
                self._solver.run()
        self._solver.setOptionValue("solver", "choose")
        return self._solver.getModelStatus()


def _model(identities: sparse.csr_array, least: FloatArray) -> highspy.HighsLp:
    """A program without an objective: identities · unknowns = 0, (m, k), and no unknown below its least, (k,)."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(least), identities.shape[0]
    model.col_cost_, model.col_lower_ = np.zeros(len(least)), least
    model.col_upper_ = np.full(len(least), highspy.kHighsInf)
    model.row_lower_ = model.row_upper_ = np.zeros(identities.shape[0])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = identities.indptr, identities.indices
    model.a_matrix_.value_ = identities.data
    return model
