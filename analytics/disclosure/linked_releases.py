"""A response variable with all that was published of it before, as the systems of unknowns that attackers solve.

The unknowns are this release's cells, then the earlier releases' that somebody changed since. A cell that nobody
changed is one unknown in all releases.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.disclosure.cube import Cube
from analytics.disclosure.differencing import CellChanges, compare_cells
from analytics.disclosure.probing import NO_CELL, PUBLISHED, System
from analytics.disclosure.rules import CUBE_MEASURES, insider_protection_levels, protection_levels, sensitive_cells
from analytics.model import DisclosureRules, UserError

EarlierReleases = Sequence[tuple[Cube, Sequence[bool] | BoolArray]]  # each with the mask of what it withheld


@dataclass(frozen=True, slots=True, eq=False)
class ResponseVariable:
    """What is tabulated over a pattern's cells, or some of them: a year, a sum, an arm. Several share one pattern.

    published_before: its earlier releases. hidden: (n_cells,) the cells of it that are never published, whatever the
    pattern. measures: which of its value and count anybody can see. trace: not published itself, but a mark of what
    each firm reported, that tells which firms changed since an earlier release.
    """

    cube: Cube
    published_before: EarlierReleases = ()
    hidden: BoolArray | None = None
    measures: Sequence[str] = CUBE_MEASURES
    trace: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _SensitiveChange:
    """A cell that few units changed since an earlier release: its unknowns then and now, whose difference must not be
    inferred, and the largest change of one unit.
    """

    current: int
    earlier: int
    largest: float


@dataclass(frozen=True, slots=True, eq=False)
class _Target:
    """A sum of unknowns, {unknown: sign}, that must stay open: its protection levels, the base cell that it is about,
    and (upper, lower) protection levels against singletons that contribute to it.
    """

    terms: dict[int, float]
    upper: float
    lower: float
    base_cell: int
    insider_levels: dict[Hashable, tuple[float, float]] = field(default_factory=dict)


class LinkedReleases:
    """The releases of one variable side by side; all masks are over the cells of the base cube, (n_base,).

    few, dominated: sensitive by the threshold, by the p%-rule. differenced: published before and changed by few units
    since, so that the difference would disclose them. published_earlier: published before, changed or not.
    already_published: published before and unchanged, or no cell of this variable.
    """

    def __init__(
        self,
        variable: ResponseVariable,
        base: Cube,
        rules: DisclosureRules,
        sensitive: BoolArray,
        *,
        protect_changes: bool,
    ) -> None:
        """base: the cube whose cells the pattern has; sensitive: (n_base,) cells that are so besides; protect_changes:
        whether changes by few units are sensitive. Raises UserError when a mask does not fit its cube.
        """
        self._variable, self._rules, self._n_base = variable, rules, len(base.cells)
        n = len(variable.cube.cells)
        self._base_cell = np.array([base.positions[codes] for codes in variable.cube.positions], dtype=np.int64)
        self._disclosing_cell = self._base_cell.copy()  # of every unknown; see `System`
        self._releases = [(variable.cube, np.arange(n))]  # each with the unknown of every cell
        self._changes: list[_SensitiveChange] = []
        hidden = np.zeros(n, dtype=bool) if variable.hidden is None else variable.hidden
        self._disclosing_cell[:n][hidden] = NO_CELL
        differenced, published_earlier = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        for cube, mask in variable.published_before:
            withheld, unknowns, changes = self._link(cube, mask)
            published_earlier[changes.new[~withheld[changes.old]]] = True
            for current, earlier, largest in self._changed_by_few(changes) if protect_changes else ():
                self._changes.append(_SensitiveChange(current, int(unknowns[earlier]), largest))
                differenced[current] |= not withheld[earlier]
        few, dominated = self._sensitive_cells(variable.cube)
        self._sensitive = sensitive[self._base_cell]
        self.few, self.dominated = self._on_base(few & ~hidden), self._on_base(dominated & ~hidden)
        self.differenced = self._on_base(differenced & ~hidden)
        self.published_earlier = self._on_base(published_earlier & ~hidden)
        self.already_published = ~self._on_base(self._disclosing_cell[:n] != PUBLISHED)

    def _link(self, cube: Cube, mask: Sequence[bool] | BoolArray) -> tuple[BoolArray, IntArray, CellChanges]:
        """Add an earlier release: its mask of withheld cells, the unknown of each cell, its changes until now."""
        withheld = np.asarray(mask, dtype=bool)
        if withheld.shape != (len(cube.cells),):
            raise UserError("disclosure.mask", cells=len(cube.cells), mask=len(withheld))
        unknowns = np.full(len(cube.cells), -1)
        for other, other_unknowns in self._releases:
            changes = compare_cells(other, cube)
            same = changes.units == 0
            unknowns[changes.old[same]] = other_unknowns[changes.new[same]]
        fresh = unknowns < 0
        unknowns[fresh] = len(self._disclosing_cell) + np.arange(fresh.sum())
        self._disclosing_cell = np.concatenate([self._disclosing_cell, np.full(fresh.sum(), NO_CELL)])
        self._disclosing_cell[unknowns[~withheld]] = PUBLISHED
        self._releases.append((cube, unknowns))
        return withheld, unknowns, compare_cells(self._variable.cube, cube)

    def _changed_by_few(self, changes: CellChanges) -> Iterator[tuple[int, int, float]]:
        """Cell now, cell then, largest change of one unit."""
        few = (changes.units > 0) & (changes.units < self._rules.min_units)
        yield from zip(changes.new[few].tolist(), changes.old[few].tolist(), changes.largest[few].tolist(), strict=True)

    def _sensitive_cells(self, cube: Cube) -> tuple[BoolArray, BoolArray]:
        """Those of a trace are not sensitive; its changes are."""
        none = np.zeros(len(cube.cells), dtype=bool)
        return (none, none) if self._variable.trace else sensitive_cells(cube, self._rules)

    def _on_base(self, mask: BoolArray) -> BoolArray:
        base_mask = np.zeros(self._n_base, dtype=bool)
        base_mask[self._base_cell[mask]] = True
        return base_mask

    # ---- systems -----------------------------------------------------------------------------------------------------

    def systems(self) -> Iterator[System]:
        """One for each measure that can be seen, where anything must stay open."""
        singletons = self._singletons()
        number = {unit: place for place, unit in enumerate(singletons)}
        width = len(self._disclosing_cell)
        blocks = [_renumber_cells(cube.constraints, unknowns, width) for cube, unknowns in self._releases]
        identities = sparse.vstack([sparse.csr_array((0, width)), *blocks], "csr")
        for measure in self._variable.measures:
            targets = list(self._targets(measure))
            if targets:
                yield System(
                    identities=identities,
                    value=self._values(measure),
                    base_cell=np.concatenate([self._base_cell, np.full(width - len(self._base_cell), NO_CELL)]),
                    disclosing_cell=self._disclosing_cell,
                    targets=_rows_of([target.terms for target in targets], width),
                    upper=np.array([target.upper for target in targets]),
                    lower=np.array([target.lower for target in targets]),
                    target_cell=np.array([target.base_cell for target in targets]),
                    singletons=list(singletons.values()),
                    insider_levels={
                        (k, number[unit]): levels
                        for k, target in enumerate(targets)
                        for unit, levels in target.insider_levels.items()
                        if unit in number
                    },
                )

    def _values(self, measure: str) -> FloatArray:
        """The true figure of every unknown."""
        values = np.zeros(len(self._disclosing_cell))
        for cube, unknowns in self._releases:
            values[unknowns] = cube.measure(measure)
        return values

    def _targets(self, measure: str) -> Iterator[_Target]:
        """Sensitive cells and changes. What an earlier release published cannot be protected any more."""
        for release, (cube, unknowns) in enumerate(self._releases):
            upper, lower = protection_levels(cube, self._rules, measure)
            few, dominated = self._sensitive_cells(cube)
            sensitive = self._sensitive if release == 0 and not self._variable.trace else np.zeros_like(few)
            for cell in np.flatnonzero(few | dominated | sensitive).tolist():
                if self._disclosing_cell[unknowns[cell]] != PUBLISHED:
                    insider_levels = {
                        self._unit_key(release, unit): insider_protection_levels(cube, self._rules, measure, cell, own)
                        for unit, own in cube.singletons_in(cell).items()
                    }
                    terms, base_cell = {int(unknowns[cell]): 1.0}, self._base_cell_of(cube, cell)
                    yield _Target(terms, float(upper[cell]), float(lower[cell]), base_cell, insider_levels)
        for change in self._changes:
            level = 1.0 if measure == "n_units" else self._rules.p_percent / 100 * change.largest
            terms = {change.current: 1.0, change.earlier: -1.0}
            yield _Target(terms, level, level, int(self._base_cell[change.current]))

    def _unit_key(self, release: int, unit: Hashable) -> Hashable:
        """A unit, or what stands for one where units are not known: those of two releases are not the same."""
        return unit if self._releases[release][0].contributions is not None else (release, unit)

    def _base_cell_of(self, cube: Cube, cell: int) -> int:
        """The base's cell of the same codes as an earlier release's; its total where it has none any more."""
        position = self._variable.cube.positions.get(list(cube.positions)[cell])
        return 0 if position is None else int(self._base_cell[position])

    def _singletons(self) -> dict[Hashable, IntArray]:
        """For each unit that is the only one of cells of any release, the unknowns that it knows."""
        known: dict[Hashable, list[int]] = {}
        for release, (cube, unknowns) in enumerate(self._releases):
            for unit, cells in cube.singletons.items():
                known.setdefault(self._unit_key(release, unit), []).extend(unknowns[cells].tolist())
        return {unit: np.unique(unknowns) for unit, unknowns in known.items()}


def _renumber_cells(identities: sparse.csr_array, unknowns: IntArray, width: int) -> sparse.csr_array:
    """Identities between the cells of a release -> the same between all unknowns, (m, width); unknowns: (n_cells,)."""
    entries = sparse.coo_array(identities)
    row, column = entries.coords
    return sparse.csr_array((entries.data, (row, unknowns[column])), shape=(identities.shape[0], width))


def _rows_of(sums: Sequence[dict[int, float]], width: int) -> sparse.csr_array:
    """(k, width): the signs of each sum's unknowns."""
    triples = [(row, unknown, sign) for row, terms in enumerate(sums) for unknown, sign in terms.items()]
    row, unknown, sign = zip(*triples, strict=True)
    return sparse.csr_array((sign, (row, unknown)), shape=(len(sums), width))
