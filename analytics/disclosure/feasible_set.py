"""The figures that agree with what is published: how far a sum of unknowns can lie, by linear and integer programs.

Every unknown is at least zero; every identity holds; counts are whole numbers, and where everybody knows the most that
a unit contributes, so many units contribute no more. It shares no code with the search for a pattern.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray
from analytics.model import UserError

EXACT = 1e-6  # of a distance: so little less is as far
UNMOVED = 1e-9  # of the least value: an unknown that did not move
WHOLE = 1e-6  # a count so near to a whole number is that
SOLVED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnbounded)


@dataclass(frozen=True, slots=True, eq=False)
class Unknowns:
    """v unknowns as an attacker sees them. identities: (m, v); value: measure -> (v,) true figures; published: (v,);
    most: what no unit contributes more than.
    """

    identities: sparse.csr_array
    value: Mapping[str, FloatArray]
    published: BoolArray
    most: float


class FeasibleSet:
    """The figures that agree with what is published. Unknowns that no identity links are solved separately.

    Of values with a bound per unit, the counts are unknowns, too, and what so many units could contribute more.
    """

    def __init__(self, unknowns: Unknowns, measure: str) -> None:
        """measure: the figures of which."""
        self._values = values = unknowns.value[measure]
        identities, published = sparse.csr_array(unknowns.identities), unknowns.published
        step = np.full(len(values), float(measure == "n_units"))
        self._width = len(values)
        self._bounded = measure == "value" and bool(np.isfinite(unknowns.most))
        if self._bounded:
            possible = unknowns.most * unknowns.value["n_units"]
            identities = _with_bounds(identities)
            step = np.concatenate([step, np.full(len(values), unknowns.most), np.zeros(len(values))])
            published = np.concatenate([published, published, np.zeros(len(values), dtype=bool)])
            values = np.concatenate([values, possible, np.maximum(possible - values, 0.0)])
        withheld = np.flatnonzero(~published)
        matrix = sparse.csr_array(identities[:, withheld])
        matrix = sparse.csr_array(matrix[np.diff(matrix.indptr) > 0])
        links = sparse.csr_array(abs(matrix.T) @ abs(matrix))
        label = sparse.csgraph.connected_components(links, directed=False)[1] if len(withheld) else withheld
        row_label = label[matrix.indices[matrix.indptr[:-1]]]
        self._component_of: dict[int, _Component] = {}
        for number in np.unique(label):
            columns = np.flatnonzero(label == number)
            block = sparse.csr_array(sparse.csr_array(matrix[row_label == number])[:, columns])
            places = withheld[columns]
            component = _Component(places.tolist(), block, values[places], step[places])
            self._component_of |= dict.fromkeys(places.tolist(), component)

    def interval(
        self,
        terms: Mapping[int, float],
        singletons: Iterable[set[int]] = (),
        levels: tuple[float, float] = (np.inf, np.inf),
        *,
        alone: bool = True,
        whole: bool = False,
    ) -> tuple[float, float]:
        """The least and the most that a sum of unknowns can be, for the attacker who can infer most.

        terms: unknown -> its sign. singletons: the unknowns that each of them knows; one that knows a term is no
        attacker. levels: the distances down and up beyond which it does not matter how far the interval reaches. alone:
        whether an outsider is among the attackers. whole: the ends are those of whole numbers, however far.
        """
        base = sum(sign * float(self._values[unknown]) for unknown, sign in terms.items())
        withheld = {unknown: sign for unknown, sign in terms.items() if unknown in self._component_of}
        components = {id(self._component_of[unknown]): self._component_of[unknown] for unknown in withheld}
        parts = [
            (
                component,
                {unknown: sign for unknown, sign in withheld.items() if self._component_of[unknown] is component},
            )
            for component in components.values()
        ]
        known = [self._all_known(unknowns) for unknowns in singletons if not unknowns & set(terms)]
        one_by_one = [*([()] if alone else []), *((one,) for one in known)]
        each = one_by_one if len(parts) > 1 else [tuple(known)]  # nobody is two attackers: each reads all parts
        ends = []
        for side, level in ((-1.0, levels[0]), (1.0, levels[1])):
            reached = (
                sum(
                    part.furthest(linked, side, one, level, alone=alone or not one, whole=whole)
                    for part, linked in parts
                )
                for one in each
            )
            ends.append(base + side * min(reached, default=0.0))
        return ends[0], ends[1]

    def _all_known(self, unknowns: set[int]) -> set[int]:
        """Who knows a value knows the count."""
        return unknowns | {unknown + self._width for unknown in unknowns} if self._bounded else unknowns


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
    """Unknowns that identities link, as distances from their true figures, in units of the least figure above zero."""

    def __init__(self, unknowns: list[int], identities: sparse.csr_array, values: FloatArray, step: FloatArray) -> None:
        """unknowns: k of them; identities: (m, k); values: (k,) true figures; step: (k,) what each moves by, or 0."""
        self._column = {unknown: column for column, unknown in enumerate(unknowns)}
        self._unit = float(values[values > 0].min(initial=np.inf))
        self._unit = self._unit if np.isfinite(self._unit) else 1.0
        self._least, self._step, self._identities = -values / self._unit, step / self._unit, identities
        self._solver = _SilentSolver()
        self._solver.passModel(_model(identities, self._least))

    def furthest(
        self,
        terms: Mapping[int, float],
        side: float,
        attackers: Sequence[set[int]],
        level: float,
        *,
        alone: bool,
        whole: bool,
    ) -> float:
        """How far from its true figure a sum can be on one side (1 up, -1 down), for the attacker who can infer most.

        attackers: the unknowns that each knows; alone: whether somebody is among them who knows none. Where all of them
        together still leave the sum open by `level`, the answer is how far for them together: no single one can infer
        more.
        """
        known_columns = [[self._column[unknown] for unknown in known if unknown in self._column] for known in attackers]
        if not alone:
            return min(self._solve(terms, side, columns)[0] for columns in known_columns)
        furthest, moved = self._whole(terms, side, level, exact=whole)
        moved_columns = [columns for columns in known_columns if columns and np.abs(moved[columns]).max() > UNMOVED]
        if len(moved_columns) > 1:
            known = [column for columns in known_columns for column in columns]
            together = self._solve(terms, side, known)[0]
            if together >= level:
                return together
        others = [self._solve(terms, side, columns)[0] for columns in moved_columns]
        return min([furthest, *others])

    def _whole(self, terms: Mapping[int, float], side: float, level: float, *, exact: bool) -> tuple[float, FloatArray]:
        """How far with whole numbers, and where all unknowns then are; exact: also where it is beyond the level."""
        reached, moved = self._solve(terms, side, ())
        if not self._step.any() or (not exact and reached < level * (1 - EXACT)):
            return reached, moved
        counted = self._step > 0
        if np.isfinite(moved).all():
            steps = moved[counted] / self._step[counted]
            if np.abs(steps - np.round(steps)).max(initial=0) < WHOLE:
                return reached, moved
        elif exact:
            return reached, moved
        if not exact and not counted[[self._column[unknown] for unknown in terms]].any():
            still, place = self._solve(terms, side, np.flatnonzero(counted).tolist())
            if still >= level * (1 - EXACT):
                return still, place
        if not exact:
            found, place = self._search_whole(terms, side, least=level * (1 - EXACT))
            if found >= level * (1 - EXACT):
                return found, place
        return self._search_whole(terms, side)

    def _search_whole(self, terms: Mapping[int, float], side: float, *, least: float = 0.0) -> tuple[float, FloatArray]:
        """The same by an integer program; least: any place at least so far."""
        scale = np.where(self._step > 0, self._step, 1.0)
        solver = _SilentSolver()
        solver.passModel(_model(sparse.csr_array(self._identities @ sparse.diags_array(scale)), self._least / scale))
        for counted in np.flatnonzero(self._step > 0).tolist():
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

    def _solve(self, terms: Mapping[int, float], side: float, known: Sequence[int]) -> tuple[float, FloatArray]:
        """How far, and (k,) where all unknowns then are, in the component's unit; known: columns that cannot move."""
        for column in known:
            self._solver.changeColBounds(column, 0.0, 0.0)
        for unknown, sign in terms.items():
            self._solver.changeColCost(self._column[unknown], -side * sign)
        status = self._run()
        moved = np.array(self._solver.getSolution().col_value)
        for unknown in terms:
            self._solver.changeColCost(self._column[unknown], 0.0)
        for column in known:
            self._solver.changeColBounds(column, float(self._least[column]), highspy.kHighsInf)
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
