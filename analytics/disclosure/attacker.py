"""The attacker: how closely each withheld cell can be inferred from everything that is published.

It shares no code with the search for a pattern: all it is given are cells, identities and masks, of this release and
earlier ones. Every unknown is at least zero; every identity holds; what is published is what it is; counts are whole
numbers, and where everybody knows the most that a unit contributes, so many units contribute no more. It attacks for
the public, and for every unit of a withheld cell, which knows what it contributes, and where it is alone, the cell.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.disclosure.cube import Cube
from analytics.disclosure.differencing import link_cells
from analytics.disclosure.feasible_set import EXACT, FeasibleSet, Unknowns
from analytics.disclosure.rules import (
    CUBE_MEASURES,
    change_protection_level,
    elsewhere_protection_levels,
    insider_protection_levels,
    protection_levels,
    sensitive_cells,
)
from analytics.model import DisclosureRules, UserError

Mask = Sequence[bool] | BoolArray
_MemberLevels = tuple[IntArray, FloatArray, FloatArray]  # units, and how far a sum must stay open for each, up and down
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
    values = {name: cube.measure(name) for name in CUBE_MEASURES}
    system = Unknowns(cube.constraints, values, published, cube.most_per_unit, cube.members)
    feasible = FeasibleSet(system, measure)
    cells = np.flatnonzero(mask)
    rows = [feasible.interval(int(cell), whole=measure == "n_units") for cell in cells]
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
    and one of the closest by its members; of this release, and of what is sensitive in earlier ones, of
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


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A sum of unknowns that must stay open, {unknown: sign}; the cell that it is about, and how; how far it must stay
    open, up and down, for the public and units that are alone in some cell, for other units that are not in it, and for
    its members.
    """

    terms: Mapping[int, float]
    cell: int
    about: str
    levels: tuple[float, float]
    elsewhere: tuple[float, float]
    members: _MemberLevels


def _audit(releases: "_JointReleases", measure: str, sensitive: list[int]) -> Iterator[tuple[object, ...]]:
    """Rows of `attack` for one measure."""
    feasible, before = FeasibleSet(releases.unknowns, measure), cache(lambda: FeasibleSet(releases.before, measure))
    for asked in releases.asked(measure, sensitive):
        true = sum(sign * float(releases.unknowns.value[measure][unknown]) for unknown, sign in asked.terms.items())
        up, down = releases.levels(asked)
        of_up = _closest(feasible, before, asked.terms, 1.0, up)
        of_down = _closest(feasible, before, asked.terms, -1.0, down)
        members = np.zeros(len(up), dtype=bool)
        members[asked.members[0] + 1] = True
        for of_kind in (~members, members):
            who = np.flatnonzero(of_kind & ((up > 0) | (down > 0)))
            if len(who):
                room = np.minimum(_room(of_up[0][who], up[who]), _room(of_down[0][who], down[who]))
                one = who[np.argmin(room)]
                interval = true - of_down[0][one], true + of_up[0][one]
                need = true - max(down[one], 0.0), true + max(up[one], 0.0)
                narrowed = bool((of_up[1] | of_down[1])[who].any())
                yield asked.cell, measure, asked.about, true, *interval, *need, narrowed


def _closest(
    feasible: FeasibleSet,
    before: Callable[[], FeasibleSet],
    terms: Mapping[int, float],
    side: float,
    levels: FloatArray,
) -> tuple[FloatArray, BoolArray]:
    """(attackers,) how far a sum lies open on one side, and whether it does less than it must by this release's doing:
    of who could tell it more closely before, no more is asked.
    """
    at_most = np.full(len(levels), np.inf)  # by what was told before
    while True:
        reached = feasible.distances(terms, side, levels)
        short = _is_short(reached, levels)
        told = before().distances(terms, side, levels) if short.any() else reached
        told_before = _is_short(told, levels)
        if not (short & told_before).any():
            return np.minimum(reached, at_most), short
        at_most[told_before] = told[told_before]
        levels = np.where(told_before, np.where(told > 0, told, -1.0), levels)


def _is_short(reached: FloatArray, levels: FloatArray) -> BoolArray:
    """(attackers,) whom a sum is not open to as far as it must; by so little less that counts for nothing it is."""
    return (levels > 0) & (reached < levels * (1 - 2 * EXACT))


def _room(reached: FloatArray, levels: FloatArray) -> FloatArray:
    """(attackers,) how far, in parts of what must stay open."""
    room: FloatArray = np.divide(reached, levels, out=np.full(len(levels), np.inf), where=levels > 0)
    return room


def _check_mask(cube: Cube, mask: Mask) -> BoolArray:
    checked = np.asarray(mask, dtype=bool)
    if checked.shape != (len(cube.cells),):
        raise UserError("disclosure.mask", cells=len(cube.cells), mask=len(checked))
    return checked.copy()


class _JointReleases:
    """This release and the earlier ones as one set of v unknowns: what is the same in two is one unknown.

    The first unknowns are this release's cells. unknowns: as they are seen with all that is published; before: without
    this release.
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
        self.unknowns = Unknowns(links.identities, value, published, cube.most_per_unit, links.members)
        self.before = Unknowns(links.identities, value, published_before, cube.most_per_unit, links.members)
        self._is_strict = np.zeros(
            1 + len(links.members.names), dtype=bool
        )  # the public, and who is alone in some cell
        self._is_strict[[0, *(links.members.unit[links.members.alone] + 1)]] = True
        self._member_levels: dict[str, tuple[FloatArray, FloatArray]] = {}

    def levels(self, asked: _Asked) -> tuple[FloatArray, FloatArray]:
        """(attackers,) how far a sum must stay open, up and down, for the public and for each unit; -1 for who need not
        doubt it: a unit that is alone in one of its terms.
        """
        members = self._links.members
        up, down = (np.where(self._is_strict, *pair) for pair in zip(asked.levels, asked.elsewhere, strict=True))
        units, of_up, of_down = asked.members
        up[units + 1], down[units + 1] = of_up, of_down
        for unknown in asked.terms:
            rows = slice(*np.searchsorted(members.cell, [unknown, unknown + 1]).tolist())
            alone = members.unit[rows][members.alone[rows]] + 1
            up[alone] = down[alone] = -1.0
        return up, down

    def asked(self, measure: str, sensitive: list[int]) -> Iterator[_Asked]:
        """What must stay open, and was not published before."""
        seen: set[int] = set()
        for release, (cube, of_release) in enumerate(zip(self._cubes, self._links.unknowns, strict=True)):
            levels, elsewhere = self._levels_of(cube.cells, measure)
            secret = np.logical_or(*sensitive_cells(cube.cells, self._rules))
            if release == 0:
                secret[sensitive] = True
            for cell in np.flatnonzero(secret).tolist():
                unknown = int(of_release[cell])
                if unknown not in seen and not self.before.published[unknown]:
                    seen.add(unknown)
                    place, about = (-1, "earlier") if release else (cell, "cell")
                    inside = self._members_of(unknown, measure)
                    yield _Asked({unknown: 1.0}, place, about, levels[cell], elsewhere[cell], inside)
        yield from self._shared(measure)
        yield from self._differences(measure)

    def _levels_of(self, cells: pd.DataFrame, measure: str) -> tuple[list[tuple[float, float]], ...]:
        """Of each cell, how far it must stay open, up and down, for the public, and for units elsewhere."""
        both = (rule(cells, self._rules, measure) for rule in (protection_levels, elsewhere_protection_levels))
        return tuple(list(zip(up.tolist(), down.tolist(), strict=True)) for up, down in both)

    def _members_of(self, unknown: int, measure: str) -> _MemberLevels:
        """The units in an unknown, and how far it must stay open for them."""
        if measure not in self._member_levels:
            members = self._links.members
            self._member_levels[measure] = insider_protection_levels(
                self._links.statistics, self._rules, measure, members.cell, members.amount
            )
        up, down = self._member_levels[measure]
        rows = slice(*np.searchsorted(self._links.members.cell, [unknown, unknown + 1]).tolist())
        return self._links.members.unit[rows], up[rows], down[rows]

    def _shared(self, measure: str) -> Iterator[_Asked]:
        """What regrouped cells share, where a cell of it would be sensitive."""
        shared = self._links.statistics.iloc[self._links.shared]
        levels, elsewhere = self._levels_of(shared, measure)
        for place in np.flatnonzero(np.logical_or(*sensitive_cells(shared, self._rules))).tolist():
            unknown = self._links.shared[place]
            inside = self._members_of(unknown, measure)
            yield _Asked({unknown: 1.0}, -1, "shared", levels[place], elsewhere[place], inside)

    def _differences(self, measure: str) -> Iterator[_Asked]:
        """Pairs of cells, not both published before, that few units make different."""
        number = {name: place for place, name in enumerate(self._links.members.names)}
        for difference in self._links.differences:
            if not self.before.published[list(difference.terms)].all():
                changes = difference.changes[measure]
                level = change_protection_level(changes, self._rules, measure)
                known = [unit for unit in difference.changes["value"] if unit in number]
                of_others = ({other: change for other, change in changes.items() if other != unit} for unit in known)
                inside = np.array([change_protection_level(others, self._rules, measure) for others in of_others])
                members = np.array([number[unit] for unit in known], dtype=np.int64), inside, inside
                cell = -1 if difference.releases[0] else difference.cell
                levels = level, level
                yield _Asked(difference.terms, cell, "difference", levels, levels, members)
