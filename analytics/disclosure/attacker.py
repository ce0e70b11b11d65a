"""The attacker: how closely each withheld cell can be inferred from everything that is published.

It shares no code with the search for a pattern: all it is given are cells, identities and masks, of this release and
earlier ones. Every unknown is at least zero; every identity holds; what is published is what it is; counts are whole
numbers, and where everybody knows the most that a unit contributes, so many units contribute no more. Two programs per
withheld cell, for an outsider and for each singleton, a unit that is the only one of a cell and knows that cell.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray
from analytics.disclosure.cube import Cube
from analytics.disclosure.differencing import link_cells
from analytics.disclosure.feasible_set import EXACT, FeasibleSet, Unknowns
from analytics.disclosure.rules import (
    CUBE_MEASURES,
    change_protection_level,
    insider_protection_levels,
    protection_levels,
    sensitive_cells,
)
from analytics.model import DisclosureRules, UserError

Mask = Sequence[bool] | BoolArray
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
    system = Unknowns(
        cube.constraints, {name: cube.measure(name) for name in CUBE_MEASURES}, published, cube.most_per_unit
    )
    feasible = FeasibleSet(system, measure)
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
    before: FeasibleSet | None = None  # what could be told before this release
    feasible = FeasibleSet(releases.unknowns, measure)
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
                before = before or FeasibleSet(releases.before, measure)
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
        self.unknowns = Unknowns(links.identities, value, published, cube.most_per_unit)
        self.before = Unknowns(links.identities, value, published_before, cube.most_per_unit)
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
