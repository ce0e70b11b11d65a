"""A response variable with all that was published of it before, as the systems of unknowns that attackers solve.

The unknowns are this release's cells, then the earlier releases' that hold something else, then what regrouped cells
share (see `differencing`). A variable with a largest contribution that everybody knows is a system together with its
counts: so many units, so much at most.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrays import BoolArray
from analytics.disclosure.cube import Cube
from analytics.disclosure.differencing import Difference, link_cells, rows_of
from analytics.disclosure.members import Members
from analytics.disclosure.rules import (
    CUBE_MEASURES,
    change_protection_level,
    elsewhere_protection_levels,
    insider_protection_levels,
    protection_levels,
    sensitive_cells,
)
from analytics.disclosure.system import NO_CELL, PUBLISHED, Insiders, System
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
class _Target:
    """A sum of unknowns, {unknown: sign}, that must stay open: its protection levels, upper and lower, against the
    public and against units elsewhere; the base cell that it is about; and of a difference, the levels against the
    units that make it.
    """

    terms: dict[int, float]
    levels: tuple[float, float]
    elsewhere: tuple[float, float]
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
        whether changes by few units are, and what regrouped cells share. Raises UserError when a mask does not fit.
        """
        self._variable, self._rules, self._n_base = variable, rules, len(base.cells)
        cubes = [variable.cube, *(cube for cube, _ in variable.published_before)]
        self._links = links = link_cells(cubes, rules)
        n, width = len(variable.cube.cells), len(links.statistics)
        self._base_cell = np.array([base.positions[codes] for codes in variable.cube.positions], dtype=np.int64)
        hidden = np.zeros(n, dtype=bool) if variable.hidden is None else variable.hidden
        disclosing = np.concatenate([self._base_cell, np.full(width - n, NO_CELL)])  # of every unknown; see `System`
        disclosing[:n][hidden] = NO_CELL
        withheld_before = [_check_mask(cube, mask) for cube, mask in variable.published_before]
        for unknowns, withheld in zip(links.unknowns[1:], withheld_before, strict=True):
            disclosing[unknowns[~withheld]] = PUBLISHED
        self._disclosing_cell, self._releases = disclosing, list(zip(cubes, links.unknowns, strict=True))
        self._protect_changes, self._differences = protect_changes, links.differences if protect_changes else []
        few, dominated = self._sensitive_cells(variable.cube)
        self._sensitive = sensitive[self._base_cell]
        self.few, self.dominated = self._on_base(few & ~hidden), self._on_base(dominated & ~hidden)
        self.differenced = self._on_base(self._differ_from_published() & ~hidden)
        self.published_earlier = self._on_base(self._published_as(withheld_before) & ~hidden)
        self.already_published = ~self._on_base(disclosing[:n] != PUBLISHED)

    def _differ_from_published(self) -> BoolArray:
        """(n_cells,) which cells few units make different from one that an earlier release published."""
        differ = np.zeros(len(self._base_cell), dtype=bool)
        for difference in self._differences:
            current, other = difference.terms
            if difference.releases[0] == 0 and self._disclosing_cell[other] == PUBLISHED:
                differ[current] = True
        return differ

    def _published_as(self, withheld_before: Sequence[BoolArray]) -> BoolArray:
        """(n_cells,) which cells an earlier release published under their codes."""
        published = np.zeros(len(self._base_cell), dtype=bool)
        for (cube, _), withheld in zip(self._releases[1:], withheld_before, strict=True):
            told = {name for name, is_withheld in zip(cube.names, withheld, strict=True) if not is_withheld}
            published |= np.array([name in told for name in self._variable.cube.names], dtype=bool)
        return published

    def _sensitive_cells(self, cube: Cube) -> tuple[BoolArray, BoolArray]:
        """Those of a trace are not sensitive; its changes are."""
        none = np.zeros(len(cube.cells), dtype=bool)
        return (none, none) if self._variable.trace else sensitive_cells(cube.cells, self._rules)

    def _on_base(self, mask: BoolArray) -> BoolArray:
        base_mask = np.zeros(self._n_base, dtype=bool)
        base_mask[self._base_cell[mask]] = True
        return base_mask

    # ---- systems -----------------------------------------------------------------------------------------------------

    def systems(self) -> Iterator[System]:
        """One for each measure that can be seen, where anything must stay open; and one of both where contributions
        have a bound that everybody knows.
        """
        for measure in self._variable.measures:
            targets = list(self._targets(measure))
            if targets:
                yield self._system(measure, targets)

    def _system(self, measure: str, targets: Sequence[_Target]) -> System:
        identities, value, members = self._links.identities, self._links.values(measure), self._links.members
        width = len(value)
        base_cell = np.concatenate([self._base_cell, np.full(width - len(self._base_cell), NO_CELL)])
        disclosing, insiders = self._disclosing_cell, self._insiders(measure, targets)
        step = np.full(width, float(measure == "n_units"))
        if measure == "n_units":
            members = replace(members, amount=np.ones(len(members.unit)))
        most = self._variable.cube.most_per_unit
        if measure == "value" and np.isfinite(most):
            counts = self._links.values("n_units")
            identities = bounded_identities(identities, width)
            value = np.concatenate([value, most * counts, np.maximum(most * counts - value, 0.0)])
            base_cell = np.concatenate([base_cell, base_cell, np.full(width, NO_CELL)])
            disclosing = np.concatenate([disclosing, disclosing, np.full(width, NO_CELL)])
            members = bounded_members(members, width, most)
            step = np.concatenate([step, np.full(width, most), np.zeros(width)])
        return System(
            identities=identities,
            value=value,
            step=step,
            base_cell=base_cell,
            disclosing_cell=disclosing,
            targets=rows_of([target.terms for target in targets], len(value)),
            upper=np.array([target.levels[0] for target in targets]),
            lower=np.array([target.levels[1] for target in targets]),
            elsewhere=np.array([target.elsewhere for target in targets]).T,
            target_cell=np.array([target.base_cell for target in targets]),
            members=members,
            insiders=insiders,
        )

    def _insiders(self, measure: str, targets: Sequence[_Target]) -> Insiders:
        """Of a cell, or what regrouped cells share, its members; of a difference, those that make it."""
        members, number = self._links.members, self._number_of_unit
        target_of = np.full(len(self._links.statistics), -1)
        for k, target in enumerate(targets):
            if len(target.terms) == 1:
                target_of[next(iter(target.terms))] = k
        rows = members.take(target_of[members.cell] >= 0)
        upper, lower = insider_protection_levels(self._links.statistics, self._rules, measure, rows.cell, rows.amount)
        of_differences = [
            (k, number[unit], *levels)
            for k, target in enumerate(targets)
            for unit, levels in target.insider_levels.items()
            if unit in number
        ]
        changed = np.array(of_differences, dtype=np.float64).reshape(-1, 4).T
        return Insiders(
            target=np.concatenate([target_of[rows.cell], changed[0].astype(np.int64)]),
            unit=np.concatenate([rows.unit, changed[1].astype(np.int64)]),
            upper=np.concatenate([upper, changed[2]]),
            lower=np.concatenate([lower, changed[3]]),
        )

    @cached_property
    def _number_of_unit(self) -> dict[Hashable, int]:
        return {name: number for number, name in enumerate(self._links.members.names)}

    def _targets(self, measure: str) -> Iterator[_Target]:
        """Sensitive cells and differences. What an earlier release published cannot be protected any more."""
        seen: set[int] = set()
        for release, (cube, unknowns) in enumerate(self._releases):
            levels, elsewhere = self._levels(cube.cells, measure)
            few, dominated = self._sensitive_cells(cube)
            sensitive = self._sensitive if release == 0 and not self._variable.trace else np.zeros_like(few)
            for cell in np.flatnonzero(few | dominated | sensitive).tolist():
                unknown = int(unknowns[cell])
                if self._disclosing_cell[unknown] == PUBLISHED or unknown in seen:
                    continue
                seen.add(unknown)
                yield _Target({unknown: 1.0}, levels[cell], elsewhere[cell], self._base_cell_of(cube, cell))
        yield from self._targets_shared(measure)
        for difference in self._differences:
            if not all(self._disclosing_cell[unknown] == PUBLISHED for unknown in difference.terms):
                yield self._target_of(difference, measure)

    def _targets_shared(self, measure: str) -> Iterator[_Target]:
        """What regrouped cells share, where a cell of it would be sensitive."""
        if self._variable.trace or not self._links.shared or not self._protect_changes:
            return
        shared: pd.DataFrame = self._links.statistics.iloc[self._links.shared]
        levels, elsewhere = self._levels(shared, measure)
        for place in np.flatnonzero(np.logical_or(*sensitive_cells(shared, self._rules))).tolist():
            yield _Target({self._links.shared[place]: 1.0}, levels[place], elsewhere[place], 0)

    def _levels(self, cells: pd.DataFrame, measure: str) -> tuple[list[tuple[float, float]], ...]:
        """Of each cell, upper and lower protection level against the public, and against units elsewhere."""
        both = (of_cells(cells, self._rules, measure) for of_cells in (protection_levels, elsewhere_protection_levels))
        return tuple(list(zip(upper.tolist(), lower.tolist(), strict=True)) for upper, lower in both)

    def _target_of(self, difference: Difference, measure: str) -> _Target:
        """A unit that made the difference knows its own part of it: what it must not tell is the others'."""
        level = change_protection_level(difference.changes[measure], self._rules, measure)
        insider_levels = {}
        for unit in difference.changes["value"]:
            others = {other: change for other, change in difference.changes[measure].items() if other != unit}
            insider_levels[unit] = (change_protection_level(others, self._rules, measure),) * 2
        cube = self._releases[difference.releases[0]][0]
        levels = level, level
        return _Target(difference.terms, levels, levels, self._base_cell_of(cube, difference.cell), insider_levels)

    def _base_cell_of(self, cube: Cube, cell: int) -> int:
        """The base's cell of the same name as a release's; its total where it has none any more."""
        position = self._position_of_name.get(cube.names[cell])
        return 0 if position is None else int(self._base_cell[position])

    @cached_property
    def _position_of_name(self) -> dict[object, int]:
        return {name: place for place, name in enumerate(self._variable.cube.names)}


def bounded_identities(identities: sparse.csr_array, width: int) -> sparse.csr_array:
    """Identities between v values -> between values, the most that so many units could contribute, and the rest."""
    one = sparse.eye_array(width)
    bound = sparse.hstack([one, -one, one])
    nothing = sparse.csr_array((identities.shape[0], width))
    of_values = sparse.hstack([identities, nothing, nothing])
    of_counts = sparse.hstack([nothing, identities, nothing])
    return sparse.csr_array(sparse.vstack([of_values, of_counts, bound]))


def bounded_members(members: Members, width: int, most: float) -> Members:
    """The same of values, of the most that so many units could contribute, and of the rest."""
    amounts = (members.amount, np.full(len(members.unit), most), most - members.amount)
    return Members(
        cell=np.concatenate([members.cell + place * width for place in range(len(amounts))]),
        unit=np.tile(members.unit, len(amounts)),
        amount=np.concatenate(amounts),
        alone=np.tile(members.alone, len(amounts)),
        names=members.names,
    )


def _check_mask(cube: Cube, mask: Sequence[bool] | BoolArray) -> BoolArray:
    withheld = np.asarray(mask, dtype=bool)
    if withheld.shape != (len(cube.cells),):
        raise UserError("disclosure.mask", cells=len(cube.cells), mask=len(withheld))
    return withheld
