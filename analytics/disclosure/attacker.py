"""The attacker: how closely each withheld cell can be inferred from everything that is published.

It shares no code with the search for a pattern: all it is given are cells, identities and masks, of this release and
earlier ones. Every unknown is at least zero; every identity holds; what is published is what it is; counts are whole
numbers, and where everybody knows the most that a unit contributes, so many units contribute no more. Two programs per
withheld cell, for an outsider and for each singleton, a unit that is the only one of a cell and knows that cell.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray
from analytics.disclosure.cube import Cube
from analytics.disclosure.differencing import link_cells
from analytics.disclosure.rules import (
    CUBE_MEASURES,
    change_protection_level,
    insider_protection_levels,
    protection_levels,
    sensitive_cells,
)
from analytics.model import DisclosureRules, UserError

Mask = Sequence[bool] | BoolArray
EXACT = 1e-6  # an interval this much narrower than its protection levels, as a share, is not narrower
UNMOVED = 1e-9  # of the least value: an unknown that did not move
WHOLE = 1e-6  # a count so near to a whole number is that
SOLVED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnbounded)
COLUMNS = ("cell", "measure", "about", "true", "lower", "upper", "need_lower", "need_upper")


def feasible_intervals(
    cube: Cube, suppressed: Mask, *, measure: str = "value", known: Iterable[int] = ()
) -> pd.DataFrame:
    """The feasibility interval of each withheld cell: the least and the most that it can be, as an outsider sees it.

    suppressed: (n_cells,) what is withheld; measure: "value" or "n_units", of which the ends are whole numbers; known:
    positions of withheld cells that the attacker knows. Columns lower, upper, index the cell's position; upper is
    infinite where nothing bounds it. Raises UserError when the mask does not fit the cube.
    """
    mask = _check_mask(cube, suppressed)
    published = ~mask
    published[list(known)] = True
    system = _Unknowns.of(cube.constraints, {name: cube.measure(name) for name in CUBE_MEASURES}, published, cube)
    feasible = _FeasibleSet(system, measure)
    cells = np.flatnonzero(mask)
    rows = [feasible.interval({int(cell): 1.0}, whole=measure == "n_units") for cell in cells]
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
    and one for each singleton that contributes to it; of this release, and of what is sensitive in earlier ones, of
    what regrouped cells share, and of differences between releases that few units make.

    Columns cell (position in this release; -1 where it is none), measure ("value" or "n_units"), about ("cell",
    "earlier", "shared" or "difference"), true, lower, upper (the interval), need_lower, need_upper (what the interval
    must hold), narrowed (it does not, though it did before this release). published_before: earlier releases, each
    with the mask of what it withheld; sensitive: positions of further cells to attack; measures: which of the two. A
    cell that an earlier release published unchanged is not attacked. Raises UserError when a mask does not fit its
    cube.
    """
    releases = _JointReleases(cube, withheld, published_before, rules)
    rows = [row for measure in measures for row in _audit(releases, measure, list(sensitive))]
    audit = pd.DataFrame(rows, columns=[*COLUMNS, "narrowed"])
    return audit.astype({"narrowed": bool})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What must stay open: a sum of unknowns, {unknown: sign}, the cell of this release or -1, what it is about, its
    upper and lower protection level, and those against units that contribute to it.
    """

    terms: Mapping[int, float]
    cell: int
    about: str
    levels: tuple[float, float]
    insiders: Mapping[Hashable, tuple[float, float]] = field(default_factory=dict)


def _audit(releases: "_JointReleases", measure: str, sensitive: list[int]) -> Iterator[tuple[object, ...]]:
    """Rows of `attack` for one measure."""
    before: _FeasibleSet | None = None  # what could be told before this release
    feasible = _FeasibleSet(releases.unknowns, measure)
    for asked in releases.asked(measure, sensitive):
        true = sum(sign * float(releases.unknowns.value[measure][unknown]) for unknown, sign in asked.terms.items())
        own = [unit for unit in asked.insiders if unit in releases.singletons]
        outsiders = [known for unit, known in releases.singletons.items() if unit not in asked.insiders]
        attackers = [(outsiders, asked.levels)]
        attackers += [
            ([releases.singletons[unit]], asked.insiders[unit])
            for unit in own
            if releases.singletons[unit].isdisjoint(asked.terms)
        ]
        for known, (up, down) in attackers:
            lower, upper = feasible.interval(asked.terms, known, (down, up), alone=known is outsiders)
            need = true - down, true + up
            narrowed = _is_narrower((lower, upper), need)
            if narrowed:
                before = before or _FeasibleSet(releases.before, measure)
                narrowed = not _is_narrower(
                    before.interval(asked.terms, known, (down, up), alone=known is outsiders), need
                )
            yield asked.cell, measure, asked.about, true, lower, upper, *need, narrowed


def _is_narrower(interval: tuple[float, float], need: tuple[float, float]) -> bool:
    """Whether an interval does not hold what it must; by so little more that counts for nothing."""
    slack = EXACT * (need[1] - need[0])
    return interval[0] > need[0] + slack or interval[1] < need[1] - slack


def _check_mask(cube: Cube, mask: Mask) -> BoolArray:
    checked = np.asarray(mask, dtype=bool)
    if checked.shape != (len(cube.cells),):
        raise UserError("disclosure.mask", cells=len(cube.cells), mask=len(checked))
    return checked.copy()


@dataclass(frozen=True, slots=True, eq=False)
class _Unknowns:
    """v unknowns as an attacker sees them. identities: (m, v); value: measure -> (v,) true figures; published: (v,);
    most: what no unit contributes more than.
    """

    identities: sparse.csr_array
    value: Mapping[str, FloatArray]
    published: BoolArray
    most: float

    @classmethod
    def of(
        cls, identities: sparse.csr_array, value: Mapping[str, FloatArray], published: BoolArray, cube: Cube
    ) -> "_Unknowns":
        """Of a cube and what is linked with it."""
        return cls(identities, value, published, cube.most_per_unit)


class _JointReleases:
    """This release and the earlier ones as one set of v unknowns: what is the same in two is one unknown.

    The first unknowns are this release's cells. unknowns: as they are seen with all that is published; before: without
    this release; singletons: unit -> the unknowns of cells where it is the only one.
    """

    def __init__(self, cube: Cube, withheld: Mask, before: Sequence[tuple[Cube, Mask]], rules: DisclosureRules) -> None:
        self._cubes, self._rules = [cube, *(earlier for earlier, _ in before)], rules
        self._links = links = link_cells(self._cubes, rules)
        n, width = len(cube.cells), len(links.statistics)
        published_before = np.zeros(width, dtype=bool)
        for (earlier, mask), of_release in zip(before, links.unknowns[1:], strict=True):
            published_before[of_release[~_check_mask(earlier, mask)]] = True
        published = published_before.copy()
        published[:n] |= ~_check_mask(cube, withheld)
        value = {name: links.values(name) for name in CUBE_MEASURES}
        self.unknowns = _Unknowns.of(links.identities, value, published, cube)
        self.before = _Unknowns.of(links.identities, value, published_before, cube)
        self.singletons = self._singletons()

    def asked(self, measure: str, sensitive: list[int]) -> Iterator[_Asked]:
        """What must stay open, and was not published before."""
        seen: set[int] = set()
        for release, (cube, of_release) in enumerate(zip(self._cubes, self._links.unknowns, strict=True)):
            contributions = cube.contributions_of(self.singletons)
            up, down = protection_levels(cube.cells, self._rules, measure)
            secret = np.logical_or(*sensitive_cells(cube.cells, self._rules))
            if release == 0:
                secret[sensitive] = True
            for cell in np.flatnonzero(secret).tolist():
                unknown = int(of_release[cell])
                if unknown not in seen and not self.before.published[unknown]:
                    seen.add(unknown)
                    insiders = {
                        self._named(release, unit): insider_protection_levels(
                            cube.cells, self._rules, measure, cell, own
                        )
                        for unit, own in (contributions.get(cell, {}) | cube.singletons_in(cell)).items()
                    }
                    place, about = (-1, "earlier") if release else (cell, "cell")
                    yield _Asked({unknown: 1.0}, place, about, (float(up[cell]), float(down[cell])), insiders)
        yield from self._shared(measure)
        yield from self._differences(measure)

    def _shared(self, measure: str) -> Iterator[_Asked]:
        """What regrouped cells share, where a cell of it would be sensitive."""
        shared = self._links.statistics.iloc[list(self._links.shared)]
        up, down = protection_levels(shared, self._rules, measure)
        secret = np.logical_or(*sensitive_cells(shared, self._rules))
        for place, (unknown, members) in enumerate(self._links.shared.items()):
            if secret[place]:
                insiders = {
                    unit: insider_protection_levels(shared, self._rules, measure, place, own)
                    for unit, own in members.items()
                }
                yield _Asked({unknown: 1.0}, -1, "shared", (float(up[place]), float(down[place])), insiders)

    def _differences(self, measure: str) -> Iterator[_Asked]:
        """Pairs of cells, not both published before, that few units make different."""
        for difference in self._links.differences:
            if not self.before.published[list(difference.terms)].all():
                changes = difference.changes[measure]
                level = change_protection_level(changes, self._rules, measure)
                insiders = {}
                for unit in difference.changes["value"]:
                    others = {other: change for other, change in changes.items() if other != unit}
                    insiders[unit] = (change_protection_level(others, self._rules, measure),) * 2
                cell = -1 if difference.releases[0] else difference.cell
                yield _Asked(difference.terms, cell, "difference", (level, level), insiders)

    def _named(self, release: int, unit: Hashable) -> Hashable:
        """A unit; in an earlier release whose units are not known, by its number and the number of the unit there."""
        return (release, unit) if self._cubes[release].contributions is None and release else unit

    def _singletons(self) -> dict[Hashable, set[int]]:
        singletons: dict[Hashable, set[int]] = {}
        for release, (cube, unknowns) in enumerate(zip(self._cubes, self._links.unknowns, strict=True)):
            for unit, cells in cube.singletons.items():
                singletons.setdefault(self._named(release, unit), set()).update(unknowns[cells].tolist())
        return singletons


class _FeasibleSet:
    """The figures that agree with what is published. Unknowns that no identity links are solved separately.

    Of values with a bound per unit, the counts are unknowns, too, and what so many units could contribute more.
    """

    def __init__(self, unknowns: _Unknowns, measure: str) -> None:
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
