"""The attacker: how closely each withheld cell can be told from everything that is published.

It shares no code with the search for a pattern: all it is given are cells, identities and masks, of this release and
earlier ones. Every unknown is at least nothing; every identity holds; what is published is what it is. Two linear
programs per withheld cell, for somebody outside and for each firm that is alone in one.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

import highspy
import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.disclosure.cube import Cube, differences
from analytics.disclosure.rules import CUBE_MEASURES, confidential, required, required_inside
from analytics.model import DisclosureRules, UserError

Mask = Sequence[bool] | BoolArray
EXACT = 1e-6  # an interval this much narrower than asked, as a share, is not narrower
STILL = 1e-9  # of the least value: an unknown that did not move


def feasible_intervals(
    cube: Cube, suppressed: Mask, *, measure: str = "value", known: Iterable[int] = ()
) -> pd.DataFrame:
    """The least and the most that each withheld cell can be, as an attacker sees it; index = cell position.

    suppressed: (n_cells,) what is withheld; measure: "value" or "n_units"; known: positions of withheld cells that the
    attacker knows. lower, upper; upper is infinite where nothing bounds it.
    """
    mask = _mask(cube, suppressed)
    told = ~mask
    told[list(known)] = True
    problem = _Problem(cube.constraints, cube.measure(measure), told)
    cells = np.flatnonzero(mask)
    rows = [problem.interval({int(cell): 1.0}) for cell in cells]
    return pd.DataFrame(rows, columns=["lower", "upper"], index=cells, dtype=np.float64)


def attack(
    cube: Cube,
    withheld: Mask,
    rules: DisclosureRules,
    *,
    published_before: Sequence[tuple[Cube, Mask]] = (),
    secret: Iterable[int] = (),
    quantities: Iterable[str] = CUBE_MEASURES,
) -> pd.DataFrame:
    """What is found about each confidential cell of this release: a row for whoever finds most from outside the cell,
    and one for each firm inside that is alone in another.

    cell, measure ("value" or "n_units"), true, lower, upper, need_lower, need_upper (an interval must hold both),
    narrowed. secret: positions of further cells to attack; quantities: which of the two measures. Cells that an earlier
    release told already are not attacked.
    """
    joint = _Joint(cube, withheld, published_before)
    few, dominated = confidential(cube, rules)
    few[list(secret)] = True
    cells = np.flatnonzero((few | dominated) & ~joint.told_before[: len(few)]).tolist()
    rows = [row for measure in quantities for row in _found(joint, cube, rules, measure, cells)]
    found = pd.DataFrame(rows, columns=["cell", "measure", "true", "lower", "upper", "need_lower", "need_upper"])
    slack = EXACT * (found["need_upper"] - found["need_lower"])
    narrow = (found["lower"] > found["need_lower"] + slack) | (found["upper"] < found["need_upper"] - slack)
    return found.assign(narrowed=narrow.astype(bool))


def _found(
    joint: "_Joint", cube: Cube, rules: DisclosureRules, measure: str, cells: Sequence[int]
) -> Iterator[tuple[int, str, float, float, float, float, float]]:
    values = joint.values(measure)
    problem = _Problem(joint.identities, values, joint.told)
    up, down = required(cube, rules, measure)
    for cell in cells:
        true, inside = float(values[cell]), cube.inside(cell)
        outside = [known for unit, known in joint.owners.items() if unit not in inside]
        lower, upper = problem.interval({cell: 1.0}, outside, (down[cell], up[cell]))
        yield cell, measure, true, lower, upper, true - down[cell], true + up[cell]
        for unit, own in inside.items():
            if unit in joint.owners and cell not in joint.owners[unit]:
                more, less = required_inside(cube, rules, measure, cell, own)
                lower, upper = problem.interval({cell: 1.0}, [joint.owners[unit]])
                yield cell, measure, true, lower, upper, true - less, true + more


def _mask(cube: Cube, mask: Mask) -> BoolArray:
    found = np.asarray(mask, dtype=bool)
    if found.shape != (len(cube.cells),):
        raise UserError("disclosure.mask", cells=len(cube.cells), mask=len(found))
    return found.copy()


class _Joint:
    """This release and the earlier ones as one set of unknowns: a cell that nobody changed is one unknown in all.

    told: (v,) published in any; told_before: (v,) in an earlier one; owners: what each firm knows that is alone.
    """

    def __init__(self, cube: Cube, withheld: Mask, before: Sequence[tuple[Cube, Mask]]) -> None:
        self.told_before = np.zeros(len(cube.cells), dtype=bool)
        told = ~_mask(cube, withheld)
        self._sides = [(cube, np.arange(len(cube.cells)))]
        for other, mask in before:
            label = np.full(len(other.cells), -1)
            for known, labels in self._sides:
                found = differences(known, other)
                same = found.units == 0
                label[found.there[same]] = labels[found.here[same]]
            fresh = np.flatnonzero(label < 0)
            label[fresh] = len(told) + np.arange(len(fresh))
            told = np.concatenate([told, np.zeros(len(fresh), dtype=bool)])
            self.told_before = np.concatenate([self.told_before, np.zeros(len(fresh), dtype=bool)])
            public = label[~_mask(other, mask)]
            told[public] = self.told_before[public] = True
            self._sides.append((other, label))
        self.told = told
        self.identities = sparse.csr_array(
            sparse.vstack([_moved(side.constraints, label, len(told)) for side, label in self._sides])
        )
        self.owners = self._owners()

    def values(self, measure: str) -> FloatArray:
        """The truth, (v,)."""
        found = np.zeros(len(self.told))
        for side, label in reversed(self._sides):
            found[label] = side.measure(measure)
        return found

    def _owners(self) -> dict[Hashable, set[int]]:
        """By unit; of an earlier release whose units are not known, by its number and cells."""
        known: dict[Hashable, set[int]] = {}
        for number, (side, label) in enumerate(self._sides):
            for unit, cells in side.owners.items():
                name = (number, unit) if side.contributions is None and number else unit
                known.setdefault(name, set()).update(label[cells].tolist())
        return known


def _moved(identities: sparse.csr_array, label: IntArray, width: int) -> sparse.csr_array:
    triples = sparse.coo_array(identities)
    row, column = triples.coords
    return sparse.csr_array((triples.data, (row, label[column])), shape=(identities.shape[0], width))


class _Problem:
    """What can be, given what is told. Unknowns that no identity links are solved apart."""

    def __init__(self, identities: sparse.csr_array, values: FloatArray, told: BoolArray) -> None:
        """identities: (m, v), each sums to what the values sum to; told: (v,) unknowns that are no secret."""
        self._values = values
        secret = np.flatnonzero(~told)
        matrix = sparse.csr_array(sparse.csr_array(identities)[:, secret])
        matrix = sparse.csr_array(matrix[np.diff(matrix.indptr) > 0])
        links = sparse.csr_array(abs(matrix.T) @ abs(matrix))
        part = sparse.csgraph.connected_components(links, directed=False)[1] if len(secret) else secret
        row_part = part[matrix.indices[matrix.indptr[:-1]]]
        self._part_of: dict[int, _Part] = {}
        for one in np.unique(part):
            columns = np.flatnonzero(part == one)
            mine = sparse.csr_array(sparse.csr_array(matrix[row_part == one])[:, columns])
            solved = _Part(secret[columns].tolist(), mine, values[secret[columns]])
            self._part_of |= dict.fromkeys(secret[columns].tolist(), solved)

    def interval(
        self,
        combined: Mapping[int, float],
        owners: Iterable[set[int]] = (),
        enough: tuple[float, float] = (np.inf, np.inf),
    ) -> tuple[float, float]:
        """The least and the most that a sum of unknowns can be, for the attacker who can tell most; an owner of one of
        them is no attacker. enough: how far down and up is asked.
        """
        base = sum(sign * float(self._values[unknown]) for unknown, sign in combined.items())
        open_ = {unknown: sign for unknown, sign in combined.items() if unknown in self._part_of}
        parts = {id(self._part_of[unknown]): self._part_of[unknown] for unknown in open_}
        low = high = 0.0
        for part in parts.values():
            mine = {unknown: sign for unknown, sign in open_.items() if self._part_of[unknown] is part}
            others = [known for known in owners if not known & set(combined)]
            low -= part.furthest(mine, -1.0, others, enough[0])
            high += part.furthest(mine, 1.0, others, enough[1])
        return base + low, base + high


class _Silent(highspy.Highs):
    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()  # the class in between prints a banner
        self.setOptionValue("output_flag", False)


class _Part:
    """Unknowns that identities link, as distances from the truth; in units of the least of them."""

    def __init__(self, unknowns: list[int], identities: sparse.csr_array, values: FloatArray) -> None:
        self._place = {unknown: place for place, unknown in enumerate(unknowns)}
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
        self._solver = _Silent()
        self._solver.passModel(model)

    def furthest(self, combined: Mapping[int, float], side: float, owners: Sequence[set[int]], enough: float) -> float:
        """How far off the truth a sum can be on one side, for whoever can tell most; where all owners together leave it
        `enough`, for them together.
        """
        furthest, moved = self._solve(combined, side, ())
        places = [[self._place[unknown] for unknown in known if unknown in self._place] for known in owners]
        touched = [mine for mine in places if mine and np.abs(moved[mine]).max() > STILL]
        if len(touched) > 1:
            together = self._solve(combined, side, [place for mine in places for place in mine])[0]
            if together >= enough:
                return together
        return min([furthest, *(self._solve(combined, side, mine)[0] for mine in touched)])

    def _solve(self, combined: Mapping[int, float], side: float, known: Sequence[int]) -> tuple[float, FloatArray]:
        for place in known:
            self._solver.changeColBounds(place, 0.0, 0.0)
        for unknown, sign in combined.items():
            self._solver.changeColCost(self._place[unknown], -side * sign)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:  # the way from the last optimum may get lost
            self._solver.clearSolver()
            self._solver.run()
            status = self._solver.getModelStatus()
        moved = np.array(self._solver.getSolution().col_value)
        for unknown in combined:
            self._solver.changeColCost(self._place[unknown], 0.0)
        for place in known:
            self._solver.changeColBounds(place, float(self._least[place]), highspy.kHighsInf)
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            self._solver.clearSolver()
            return np.inf, np.full(len(self._place), np.inf)
        if status != highspy.HighsModelStatus.kOptimal:
            raise UserError("disclosure.unsolved", status=self._solver.modelStatusToString(status))
        reached = sum(side * sign * moved[self._place[unknown]] for unknown, sign in combined.items())
        return float(max(reached, 0.0)) * self._unit, moved
