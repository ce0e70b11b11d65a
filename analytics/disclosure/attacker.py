"""The attacker: how closely each withheld cell can be inferred from everything that is published.

It shares no code with the search for a pattern: all it is given are cells, identities and masks, of this release and
earlier ones. Every unknown is at least zero; every identity holds; what is published is what it is. Two linear programs
per withheld cell, for an outsider and for each singleton, a unit that is the only one of a cell and knows that cell.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

import highspy
import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.disclosure.cube import Cube
from analytics.disclosure.differencing import compare_cells
from analytics.disclosure.rules import CUBE_MEASURES, insider_protection_levels, protection_levels, sensitive_cells
from analytics.model import DisclosureRules, UserError

Mask = Sequence[bool] | BoolArray
EXACT = 1e-6  # an interval this much narrower than its protection levels, as a share, is not narrower
UNMOVED = 1e-9  # of the least value: an unknown that did not move


def feasible_intervals(
    cube: Cube, suppressed: Mask, *, measure: str = "value", known: Iterable[int] = ()
) -> pd.DataFrame:
    """The feasibility interval of each withheld cell: the least and the most that it can be, as an outsider sees it.

    suppressed: (n_cells,) what is withheld; measure: "value" or "n_units"; known: positions of withheld cells that the
    attacker knows. Columns lower, upper, index the cell's position; upper is infinite where nothing bounds it. Raises
    UserError when the mask does not fit the cube.
    """
    mask = _check_mask(cube, suppressed)
    published = ~mask
    published[list(known)] = True
    feasible = _FeasibleSet(cube.constraints, cube.measure(measure), published)
    cells = np.flatnonzero(mask)
    rows = [feasible.interval({int(cell): 1.0}) for cell in cells]
    return pd.DataFrame(rows, columns=["lower", "upper"], index=cells, dtype=np.float64)


def attack(
    cube: Cube,
    withheld: Mask,
    rules: DisclosureRules,
    *,
    published_before: Sequence[tuple[Cube, Mask]] = (),
    sensitive: Iterable[int] = (),
    measures: Iterable[str] = CUBE_MEASURES,
) -> pd.DataFrame:
    """The audit of a pattern: for each sensitive cell a row of the closest attack by anybody who is not in the cell,
    and one for each singleton that contributes to it.

    Columns cell (position), measure ("value" or "n_units"), true, lower, upper (the interval), need_lower, need_upper
    (what the interval must hold), narrowed (it does not). published_before: earlier releases, each with the mask of
    what it withheld; sensitive: positions of further cells to attack; measures: which of the two. A cell that an
    earlier release published unchanged is not attacked. Raises UserError when a mask does not fit its cube.
    """
    releases = _JointReleases(cube, withheld, published_before)
    few, dominated = sensitive_cells(cube, rules)
    few[list(sensitive)] = True
    cells = np.flatnonzero((few | dominated) & ~releases.published_before[: len(few)]).tolist()
    rows = [row for measure in measures for row in _attack_cells(releases, cube, rules, measure, cells)]
    audit = pd.DataFrame(rows, columns=["cell", "measure", "true", "lower", "upper", "need_lower", "need_upper"])
    slack = EXACT * (audit["need_upper"] - audit["need_lower"])
    narrowed = (audit["lower"] > audit["need_lower"] + slack) | (audit["upper"] < audit["need_upper"] - slack)
    return audit.assign(narrowed=narrowed.astype(bool))


def _attack_cells(
    releases: "_JointReleases", cube: Cube, rules: DisclosureRules, measure: str, cells: Sequence[int]
) -> Iterator[tuple[int, str, float, float, float, float, float]]:
    """Rows of `attack` for one measure, without the last column."""
    values = releases.values(measure)
    feasible = _FeasibleSet(releases.identities, values, releases.published)
    upper_level, lower_level = protection_levels(cube, rules, measure)
    for cell in cells:
        true, insiders = float(values[cell]), cube.singletons_in(cell)
        outsiders = [unknowns for unit, unknowns in releases.singletons.items() if unit not in insiders]
        lower, upper = feasible.interval({cell: 1.0}, outsiders, (lower_level[cell], upper_level[cell]))
        yield cell, measure, true, lower, upper, true - lower_level[cell], true + upper_level[cell]
        for unit, own in insiders.items():
            if unit in releases.singletons and cell not in releases.singletons[unit]:
                insider_upper, insider_lower = insider_protection_levels(cube, rules, measure, cell, own)
                lower, upper = feasible.interval({cell: 1.0}, [releases.singletons[unit]])
                yield cell, measure, true, lower, upper, true - insider_lower, true + insider_upper


def _check_mask(cube: Cube, mask: Mask) -> BoolArray:
    checked = np.asarray(mask, dtype=bool)
    if checked.shape != (len(cube.cells),):
        raise UserError("disclosure.mask", cells=len(cube.cells), mask=len(checked))
    return checked.copy()


class _JointReleases:
    """This release and the earlier ones as one set of v unknowns: a cell that nobody changed is one unknown in all.

    The first unknowns are this release's cells. published: (v,) in any release; published_before: (v,) in an earlier
    one; identities: (m, v), of all releases; singletons: unit -> the unknowns of cells where it is the only one.
    """

    def __init__(self, cube: Cube, withheld: Mask, before: Sequence[tuple[Cube, Mask]]) -> None:
        published, published_before = ~_check_mask(cube, withheld), np.zeros(len(cube.cells), dtype=bool)
        self._releases = [(cube, np.arange(len(cube.cells)))]  # each with the unknown of every cell
        for earlier, mask in before:
            unknowns = np.full(len(earlier.cells), -1)
            for other, other_unknowns in self._releases:
                changes = compare_cells(other, earlier)
                same = changes.units == 0
                unknowns[changes.old[same]] = other_unknowns[changes.new[same]]
            fresh = np.flatnonzero(unknowns < 0)
            unknowns[fresh] = len(published) + np.arange(len(fresh))
            published = np.concatenate([published, np.zeros(len(fresh), dtype=bool)])
            published_before = np.concatenate([published_before, np.zeros(len(fresh), dtype=bool)])
            public = unknowns[~_check_mask(earlier, mask)]
            published[public] = published_before[public] = True
            self._releases.append((earlier, unknowns))
        self.published, self.published_before = published, published_before
        width = len(published)
        blocks = [_renumber_columns(other.constraints, unknowns, width) for other, unknowns in self._releases]
        self.identities = sparse.csr_array(sparse.vstack(blocks))
        self.singletons = self._singletons()

    def values(self, measure: str) -> FloatArray:
        """(v,) the true figures of one measure."""
        values = np.zeros(len(self.published))
        for cube, unknowns in reversed(self._releases):
            values[unknowns] = cube.measure(measure)
        return values

    def _singletons(self) -> dict[Hashable, set[int]]:
        """By unit; in an earlier release whose units are not known, by its number and the number of the unit there."""
        singletons: dict[Hashable, set[int]] = {}
        for number, (cube, unknowns) in enumerate(self._releases):
            for unit, cells in cube.singletons.items():
                name = (number, unit) if cube.contributions is None and number else unit
                singletons.setdefault(name, set()).update(unknowns[cells].tolist())
        return singletons


def _renumber_columns(identities: sparse.csr_array, unknowns: IntArray, width: int) -> sparse.csr_array:
    """(m, n_cells) over the cells of a release -> (m, width) over the unknowns of all; unknowns: (n_cells,)."""
    entries = sparse.coo_array(identities)
    row, column = entries.coords
    return sparse.csr_array((entries.data, (row, unknowns[column])), shape=(identities.shape[0], width))


class _FeasibleSet:
    """The figures that agree with what is published. Unknowns that no identity links are solved separately."""

    def __init__(self, identities: sparse.csr_array, values: FloatArray, published: BoolArray) -> None:
        """identities: (m, v), each sums to what the true values sum to; values, published: (v,)."""
        self._values = values
        withheld = np.flatnonzero(~published)
        matrix = sparse.csr_array(sparse.csr_array(identities)[:, withheld])
        matrix = sparse.csr_array(matrix[np.diff(matrix.indptr) > 0])
        links = sparse.csr_array(abs(matrix.T) @ abs(matrix))
        label = sparse.csgraph.connected_components(links, directed=False)[1] if len(withheld) else withheld
        row_label = label[matrix.indices[matrix.indptr[:-1]]]
        self._component_of: dict[int, _Component] = {}
        for number in np.unique(label):
            columns = np.flatnonzero(label == number)
            block = sparse.csr_array(sparse.csr_array(matrix[row_label == number])[:, columns])
            component = _Component(withheld[columns].tolist(), block, values[withheld[columns]])
            self._component_of |= dict.fromkeys(withheld[columns].tolist(), component)

    def interval(
        self,
        terms: Mapping[int, float],
        singletons: Iterable[set[int]] = (),
        levels: tuple[float, float] = (np.inf, np.inf),
    ) -> tuple[float, float]:
        """The least and the most that a sum of unknowns can be, for the attacker who can infer most.

        terms: unknown -> its sign. singletons: the unknowns that each of them knows; one that knows a term is no
        attacker. levels: the distances down and up beyond which it does not matter how far the interval reaches.
        """
        base = sum(sign * float(self._values[unknown]) for unknown, sign in terms.items())
        withheld = {unknown: sign for unknown, sign in terms.items() if unknown in self._component_of}
        components = {id(self._component_of[unknown]): self._component_of[unknown] for unknown in withheld}
        low = high = 0.0
        for component in components.values():
            linked = {unknown: sign for unknown, sign in withheld.items() if self._component_of[unknown] is component}
            attackers = [unknowns for unknowns in singletons if not unknowns & set(terms)]
            low -= component.furthest(linked, -1.0, attackers, levels[0])
            high += component.furthest(linked, 1.0, attackers, levels[1])
        return base + low, base + high


class _SilentSolver(highspy.Highs):
    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()  # the class in between prints a banner
        self.setOptionValue("output_flag", False)


class _Component:
    """Unknowns that identities link, as distances from their true figures, in units of the least figure above zero."""

    def __init__(self, unknowns: list[int], identities: sparse.csr_array, values: FloatArray) -> None:
        """unknowns: k of them; identities: (m, k); values: (k,) the true figures."""
        self._column = {unknown: column for column, unknown in enumerate(unknowns)}
        self._unit = float(values[values > 0].min(initial=np.inf))
        self._unit = self._unit if np.isfinite(self._unit) else 1.0
        self._least = -values / self._unit
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(unknowns), identities.shape[0]
        model.col_cost_, model.col_lower_ = np.zeros(len(unknowns)), self._least
        model.col_upper_ = np.full(len(unknowns), highspy.kHighsInf)
        model.row_lower_ = model.row_upper_ = np.zeros(identities.shape[0])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = identities.indptr, identities.indices
        model.a_matrix_.value_ = identities.data
        self._solver = _SilentSolver()
        self._solver.passModel(model)

    def furthest(self, terms: Mapping[int, float], side: float, attackers: Sequence[set[int]], level: float) -> float:
        """How far from its true figure a sum can be on one side (1 up, -1 down), for the attacker who can infer most.

        attackers: the unknowns that each knows, beside the outsider. Where all of them together still leave the sum
        open by `level`, the answer is how far for them together: no single one can infer more.
        """
        furthest, moved = self._solve(terms, side, ())
        known_columns = [[self._column[unknown] for unknown in known if unknown in self._column] for known in attackers]
        moved_columns = [columns for columns in known_columns if columns and np.abs(moved[columns]).max() > UNMOVED]
        if len(moved_columns) > 1:
            together = self._solve(terms, side, [column for columns in known_columns for column in columns])[0]
            if together >= level:
                return together
        return min([furthest, *(self._solve(terms, side, columns)[0] for columns in moved_columns)])

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
        """Solve; once more from the beginning where the way from the last optimum gets lost."""
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._solver.clearSolver()
            self._solver.run()
        return self._solver.getModelStatus()
