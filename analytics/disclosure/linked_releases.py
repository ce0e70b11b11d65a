"""A response variable with all that was published of it before, as the systems of unknowns that attackers solve.

The unknowns are this release's cells, then the earlier releases' that hold something else, then what regrouped cells
share (see `differencing`). A variable with a largest contribution that everybody knows is a system together with its
counts: so many units, so much at most.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrays import BoolArray, IntArray
from analytics.disclosure.cube import Cube
from analytics.disclosure.differencing import Difference, link_cells, rows_of
from analytics.disclosure.probing import NO_CELL, PUBLISHED, System
from analytics.disclosure.rules import (
    CUBE_MEASURES,
    change_protection_level,
    insider_protection_levels,
    protection_levels,
    sensitive_cells,
)
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
    """A sum of unknowns, {unknown: sign}, that must stay open: its protection levels, the base cell that it is about,
    and (upper, lower) protection levels against units that contribute to it and may be singletons.
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
        singletons = self._singletons()
        for measure in self._variable.measures:
            targets = list(self._targets(measure, set(singletons)))
            if targets:
                yield self._system(measure, targets, singletons)

    def _system(self, measure: str, targets: Sequence[_Target], singletons: dict[Hashable, IntArray]) -> System:
        number = {unit: place for place, unit in enumerate(singletons)}
        identities, value = self._links.identities, self._links.values(measure)
        width = len(value)
        base_cell = np.concatenate([self._base_cell, np.full(width - len(self._base_cell), NO_CELL)])
        disclosing, known = self._disclosing_cell, list(singletons.values())
        step = np.full(width, float(measure == "n_units"))
        most = self._variable.cube.most_per_unit
        if measure == "value" and np.isfinite(most):
            counts = self._links.values("n_units")
            identities = bounded_identities(identities, width)
            value = np.concatenate([value, most * counts, np.maximum(most * counts - value, 0.0)])
            base_cell = np.concatenate([base_cell, base_cell, np.full(width, NO_CELL)])
            disclosing = np.concatenate([disclosing, disclosing, np.full(width, NO_CELL)])
            known = [np.concatenate([unknowns, unknowns + width]) for unknowns in known]
            step = np.concatenate([step, np.full(width, most), np.zeros(width)])
        return System(
            identities=identities,
            value=value,
            step=step,
            base_cell=base_cell,
            disclosing_cell=disclosing,
            targets=rows_of([target.terms for target in targets], len(value)),
            upper=np.array([target.upper for target in targets]),
            lower=np.array([target.lower for target in targets]),
            target_cell=np.array([target.base_cell for target in targets]),
            singletons=known,
            insider_levels={
                (k, number[unit]): levels
                for k, target in enumerate(targets)
                for unit, levels in target.insider_levels.items()
                if unit in number
            },
        )

    def _targets(self, measure: str, singletons: set[Hashable]) -> Iterator[_Target]:
        """Sensitive cells and differences. What an earlier release published cannot be protected any more."""
        seen: set[int] = set()
        for release, (cube, unknowns) in enumerate(self._releases):
            contributions = cube.contributions_of(singletons)
            upper, lower = protection_levels(cube.cells, self._rules, measure)
            few, dominated = self._sensitive_cells(cube)
            sensitive = self._sensitive if release == 0 and not self._variable.trace else np.zeros_like(few)
            for cell in np.flatnonzero(few | dominated | sensitive).tolist():
                unknown = int(unknowns[cell])
                if self._disclosing_cell[unknown] == PUBLISHED or (release and unknown in seen):
                    continue
                seen.add(unknown)
                insider_levels = {
                    self._unit_key(release, unit): insider_protection_levels(
                        cube.cells, self._rules, measure, cell, own
                    )
                    for unit, own in (contributions.get(cell, {}) | cube.singletons_in(cell)).items()
                }
                terms, base_cell = {unknown: 1.0}, self._base_cell_of(cube, cell)
                yield _Target(terms, float(upper[cell]), float(lower[cell]), base_cell, insider_levels)
        yield from self._targets_shared(measure)
        for difference in self._differences:
            if not all(self._disclosing_cell[unknown] == PUBLISHED for unknown in difference.terms):
                yield self._target_of(difference, measure)

    def _targets_shared(self, measure: str) -> Iterator[_Target]:
        """What regrouped cells share, where a cell of it would be sensitive."""
        if self._variable.trace or not self._links.shared or not self._protect_changes:
            return
        shared: pd.DataFrame = self._links.statistics.iloc[list(self._links.shared)]
        upper, lower = protection_levels(shared, self._rules, measure)
        few, dominated = sensitive_cells(shared, self._rules)
        for place, (unknown, members) in enumerate(self._links.shared.items()):
            if few[place] or dominated[place]:
                insiders = {
                    unit: insider_protection_levels(shared, self._rules, measure, place, own)
                    for unit, own in members.items()
                }
                yield _Target({unknown: 1.0}, float(upper[place]), float(lower[place]), 0, insiders)

    def _target_of(self, difference: Difference, measure: str) -> _Target:
        """A unit that made the difference knows its own part of it: what it must not tell is the others'."""
        level = change_protection_level(difference.changes[measure], self._rules, measure)
        insider_levels = {}
        for unit in difference.changes["value"]:
            others = {other: change for other, change in difference.changes[measure].items() if other != unit}
            insider_levels[unit] = (change_protection_level(others, self._rules, measure),) * 2
        cube = self._releases[difference.releases[0]][0]
        return _Target(difference.terms, level, level, self._base_cell_of(cube, difference.cell), insider_levels)

    def _unit_key(self, release: int, unit: Hashable) -> Hashable:
        """A unit, or what stands for one where units are not known: those of two releases are not the same."""
        return unit if self._releases[release][0].contributions is not None else (release, unit)

    def _base_cell_of(self, cube: Cube, cell: int) -> int:
        """The base's cell of the same name as a release's; its total where it has none any more."""
        position = self._position_of_name.get(cube.names[cell])
        return 0 if position is None else int(self._base_cell[position])

    @cached_property
    def _position_of_name(self) -> dict[object, int]:
        return {name: place for place, name in enumerate(self._variable.cube.names)}

    def _singletons(self) -> dict[Hashable, IntArray]:
        """For each unit that is the only one of cells of any release, the unknowns that it knows."""
        known: dict[Hashable, list[int]] = {}
        for release, (cube, unknowns) in enumerate(self._releases):
            for unit, cells in cube.singletons.items():
                known.setdefault(self._unit_key(release, unit), []).extend(unknowns[cells].tolist())
        return {unit: np.unique(unknowns) for unit, unknowns in known.items()}


def bounded_identities(identities: sparse.csr_array, width: int) -> sparse.csr_array:
    """Identities between v values -> between values, the most that so many units could contribute, and the rest."""
    one = sparse.eye_array(width)
    bound = sparse.hstack([one, -one, one])
    nothing = sparse.csr_array((identities.shape[0], width))
    of_values = sparse.hstack([identities, nothing, nothing])
    of_counts = sparse.hstack([nothing, identities, nothing])
    return sparse.csr_array(sparse.vstack([of_values, of_counts, bound]))


def _check_mask(cube: Cube, mask: Sequence[bool] | BoolArray) -> BoolArray:
    withheld = np.asarray(mask, dtype=bool)
    if withheld.shape != (len(cube.cells),):
        raise UserError("disclosure.mask", cells=len(cube.cells), mask=len(withheld))
    return withheld
