"""Several releases of a cube as one set of unknowns: which cells are the same, which are put together of others, and
which differ by a few units, so that their difference would disclose those (disclosure by differencing).

Cells are matched by the units in them and what these contribute, whatever their codes: groups that were renamed, split,
merged or formed anew, and units that moved, are told from the units. Only where units are not known (cubes made by
hand) are cells matched by their codes.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from operator import is_
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrays import FloatArray, IntArray
from analytics.disclosure.compared_cubes import (
    Changes,
    ComparedCubes,
    Contributions,
    cells_of_same_name,
    changes_between,
)
from analytics.disclosure.cube import STATISTICS, Cube
from analytics.disclosure.members import Members, joined
from analytics.model import DisclosureRules


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Two cells of different releases that few units make different.

    terms: unknown -> sign. cell: the one of the later release, its position there; releases: the two, by their places.
    changes: measure -> unit -> by how much its contribution differs; of counts, of the units that come or go.
    """

    terms: dict[int, float]
    cell: int
    releases: tuple[int, int]
    changes: Mapping[str, Mapping[Hashable, float]]


@dataclass(frozen=True, slots=True, eq=False)
class LinkedCells:
    """The cells of several cubes as v unknowns; those of the first cube are the first.

    unknowns: of each cube, (n_cells,) the unknown that each cell is. identities: (m, v), each sums to nothing.
    statistics: v rows of `STATISTICS`, those of cells that are in no cube among them: what two groups share, and what
    came to one or left it. shared: the latter's unknowns. members: of each unknown, as its cell. differences: cells, or
    what came and left, that few units make different.
    """

    unknowns: list[IntArray]
    identities: sparse.csr_array
    statistics: pd.DataFrame
    shared: list[int]
    members: Members
    differences: list[Difference]

    def values(self, measure: str) -> FloatArray:
        """(v,) the true figures of one of `STATISTICS`."""
        return self.statistics[measure].to_numpy(dtype=np.float64)


# Of a cube, beside which others and by which rules it was linked: search, holding and attack ask for the same.
_KNOWN: WeakKeyDictionary[Cube, list[tuple[list[Cube | None], DisclosureRules, LinkedCells]]] = WeakKeyDictionary()


def link_cells(cubes: Sequence[Cube], rules: DisclosureRules) -> LinkedCells:
    """The cells of cubes as unknowns of one system; cubes: this release's first, then earlier ones."""
    first = cubes[0]
    others = [None if cube is first else cube for cube in cubes[1:]]  # whoever knew itself would never be forgotten
    known = _KNOWN.setdefault(first, [])
    for beside, by_rules, links in known:
        if by_rules == rules and len(beside) == len(others) and all(map(is_, beside, others)):
            return links
    links = _Linker(cubes, rules).linked()
    known.append((others, rules, links))
    return links


class _Linker:
    """The unknowns found so far: of each, its statistics, and where it has one, its fingerprint."""

    def __init__(self, cubes: Sequence[Cube], rules: DisclosureRules) -> None:
        self._cubes, self._rules = cubes, rules
        self._statistics = [cubes[0].cells[list(STATISTICS)]]
        self._n = len(cubes[0].cells)
        self._unknowns = [np.arange(self._n)]
        self._by_fingerprint: dict[tuple[int, int], list[tuple[int, object]]] = {}
        self._rows: list[dict[int, float]] = []
        self._shared: dict[int, Changes] = {}
        self._differences: dict[tuple[int, ...], Difference] = {}
        self._note(cubes[0], self._unknowns[0])

    def linked(self) -> LinkedCells:
        """All cubes, joined one after the other."""
        for cube in self._cubes[1:]:
            self._join(cube)
        pairs = list(combinations(range(len(self._cubes)), 2))
        for later, earlier in pairs:
            self._compare(later, earlier)
        blocks = [
            _renumbered(cube.constraints, unknowns, self._n)
            for cube, unknowns in zip(self._cubes, self._unknowns, strict=True)
        ]
        identities = sparse.csr_array(sparse.vstack([*blocks, rows_of(self._rows, self._n)], "csr"))
        return LinkedCells(
            unknowns=self._unknowns,
            identities=identities,
            statistics=pd.concat(self._statistics, ignore_index=True),
            shared=list(self._shared),
            members=joined(list(self._members()), self._shared),
            differences=list(self._differences.values()),
        )

    def _members(self) -> Iterator[tuple[Members, IntArray]]:
        """Of each cube its members, those of two where units are not known being different ones, and its unknowns."""
        for release, (cube, unknowns) in enumerate(zip(self._cubes, self._unknowns, strict=True)):
            members = cube.members
            if cube.contributions is None:
                members = replace(members, names=[(release, name) for name in members.names])
            yield members, unknowns

    # ---- the same cells ----------------------------------------------------------------------------------------------

    def _note(self, cube: Cube, unknowns: IntArray) -> None:
        """Remember the cells of a cube by what they hold."""
        if cube.contributions is not None:
            for fingerprint, unknown, name in zip(cube.fingerprints, unknowns.tolist(), cube.names, strict=True):
                self._by_fingerprint.setdefault(fingerprint, []).append((unknown, name))

    def _join(self, cube: Cube) -> None:
        """Give every cell of a cube its unknown: that of a cell that holds the same, or one of its own."""
        known = [place for place, other in enumerate(self._cubes[: len(self._unknowns)]) if other is cube]
        if known:
            self._unknowns.append(self._unknowns[known[0]])
            return
        unknowns = self._same_units(cube) if cube.contributions is not None else self._same_codes(cube)
        fresh = np.flatnonzero(unknowns < 0)
        unknowns[fresh] = self._n + np.arange(len(fresh))
        self._add(cube.cells[list(STATISTICS)].iloc[fresh])
        self._unknowns.append(unknowns)
        self._note(cube, unknowns)

    def _same_units(self, cube: Cube) -> IntArray:
        """(n_cells,) the unknown that holds the same, of the same name where there are several; -1 where none does."""
        return np.array(
            [self._holding(fingerprint, name) for fingerprint, name in zip(cube.fingerprints, cube.names, strict=True)],
            dtype=np.int64,
        )

    def _holding(self, fingerprint: tuple[int, int], name: object) -> int:
        same = self._by_fingerprint.get(fingerprint, ())
        of_name = (unknown for unknown, other in same if other == name)
        return next(of_name, same[0][0] if same else -1)

    def _same_codes(self, cube: Cube) -> IntArray:
        """The same where units are not known: cells of the same codes with equal statistics."""
        unknowns = np.full(len(cube.cells), -1)
        for other, other_unknowns in zip(self._cubes, self._unknowns, strict=False):
            mine, theirs = cells_of_same_name(cube, other)
            a, b = (table.cells[list(STATISTICS)].to_numpy(dtype=np.float64) for table in (cube, other))
            same = (a[mine] == b[theirs]).all(axis=1)
            unknowns[mine[same]] = other_unknowns[theirs[same]]
        return unknowns

    def _add(self, statistics: pd.DataFrame) -> None:
        self._statistics.append(statistics)
        self._n += len(statistics)

    # ---- two releases ------------------------------------------------------------------------------------------------

    def _compare(self, later: int, earlier: int) -> None:
        """Note what few units make different, and how regrouped cells are put together of one another."""
        new, old = self._cubes[later], self._cubes[earlier]
        if set(self._unknowns[later].tolist()) == set(self._unknowns[earlier].tolist()):
            return  # nobody changed
        mine, theirs = cells_of_same_name(new, old)
        differ = self._unknowns[later][mine] != self._unknowns[earlier][theirs]
        pairs = list(zip(mine[differ].tolist(), theirs[differ].tolist(), strict=True))
        if new.contributions is None or old.contributions is None:
            for cell, other in pairs:
                self._note_statistics((later, cell), (earlier, other))
            return
        compared = ComparedCubes(new, old)
        self._note_differences(compared, pairs, later, earlier)
        for tables in _tables_to_compare(new, old):
            self._link_tables(compared, tables, later, earlier)

    def _note_statistics(self, later: tuple[int, int], earlier: tuple[int, int]) -> None:
        """Where units are not known: by how much the counts differ, at least by one unit."""
        a, b = (self._cubes[release].cells[list(STATISTICS)].iloc[cell] for release, cell in (later, earlier))
        units = max(1, int(abs(a["n_units"] - b["n_units"])))
        if units < self._rules.min_units:
            amount = max(abs(float(a["value"] - b["value"])), float(a["largest"]))
            changes: Changes = {("unknown", *later, place): amount for place in range(units)}
            self._difference(later, earlier, {"value": changes, "n_units": dict.fromkeys(changes, 1.0)})

    def _difference(
        self, later: tuple[int, int], earlier: tuple[int, int], changes: Mapping[str, Mapping[Hashable, float]]
    ) -> None:
        """later, earlier: release and cell."""
        new, old = (int(self._unknowns[release][cell]) for release, cell in (later, earlier))
        terms = {new: 1.0, old: -1.0}
        difference = Difference(terms, later[1], (later[0], earlier[0]), changes)
        self._differences.setdefault((new, old), difference)

    def _note_differences(
        self, compared: ComparedCubes, pairs: Sequence[tuple[int, int]], later: int, earlier: int
    ) -> None:
        for cell, other in pairs:
            if compared.units_apart[cell, other] < self._rules.min_units:
                changes = compared.changes(cell, other)
                if changes["value"]:
                    self._difference((later, cell), (earlier, other), changes)

    def _link_tables(
        self, compared: ComparedCubes, tables: tuple[IntArray, IntArray], later: int, earlier: int
    ) -> None:
        """Cells of two tables that were regrouped: each is what it shares with cells of the other, and a rest."""
        parts_of: dict[tuple[int, int], list[int]] = {}
        for cell, other in _regrouped(compared, *tables):
            part = self._shared_part(compared, cell, other, later, earlier)
            parts_of.setdefault((later, cell), []).append(part)
            parts_of.setdefault((earlier, other), []).append(part)
            if 0 < compared.units_apart[cell, other] < self._rules.min_units:
                self._note_differences(compared, [(cell, other)], later, earlier)
        rests: dict[int, list[tuple[int, int, Contributions]]] = {later: [], earlier: []}
        for (release, cell), parts in parts_of.items():
            is_new = release == later
            rest = compared.rest_of_new(cell, tables[1]) if is_new else compared.rest_of_old(cell, tables[0])
            unknown, terms = int(self._unknowns[release][cell]), list(parts)
            if len(rest.unit):
                terms.append(self._unknown_of(rest))
                rests[release].append((terms[-1], cell, rest))
            if terms != [unknown]:
                self._rows.append({unknown: 1.0} | dict.fromkeys(terms, -1.0))
        for came, cell, new in rests[later]:
            for left, _, old in rests[earlier]:
                changes = changes_between(new, old)
                self._note_correction(Difference({came: 1.0, left: -1.0}, cell, (later, earlier), changes))

    def _note_correction(self, difference: Difference) -> None:
        """What came to a group less what left another, where a few units make the difference."""
        if 0 < len(difference.changes["value"]) < self._rules.min_units:
            self._differences.setdefault(tuple(difference.terms), difference)

    def _shared_part(self, compared: ComparedCubes, cell: int, other: int, later: int, earlier: int) -> int:
        """The unknown of what two cells share: one of the two where it is all of it."""
        n_common = compared.common[cell, other]
        if n_common == compared.n_new[cell]:
            return int(self._unknowns[later][cell])
        if n_common == compared.n_old[other]:
            return int(self._unknowns[earlier][other])
        return self._unknown_of(compared.shared(cell, other))

    def _unknown_of(self, rows: Contributions) -> int:
        """The unknown that stands for these contributions; a new one where there is none."""
        fingerprint = int(rows.mark.sum()), int((rows.mark * (rows.mark | np.uint64(1))).sum())
        found = self._holding(fingerprint, None)
        if found >= 0:
            return found
        ranked = np.sort(rows.value)[::-1]
        largest, second = (float(ranked[place]) if len(ranked) > place else 0.0 for place in (0, 1))
        unknown = self._n
        self._add(pd.DataFrame([[len(ranked), ranked.sum(), largest, second]], columns=list(STATISTICS)))
        self._by_fingerprint[fingerprint] = [(unknown, None)]
        self._shared[unknown] = rows.as_changes()
        return unknown


def _regrouped(compared: ComparedCubes, mine: IntArray, theirs: IntArray) -> list[tuple[int, int]]:
    """Pairs of cells of two tables, new and old, that share units, where those or any linked to them were regrouped."""
    common = compared.common[np.ix_(mine, theirs)]
    shared = common > 0
    all_of_new, all_of_old = common == compared.n_new[mine][:, None], common == compared.n_old[theirs][None, :]
    several = (shared.sum(axis=1) > 1)[:, None] | (shared.sum(axis=0) > 1)[None, :]
    renamed = ~compared.same_name[np.ix_(mine, theirs)]
    regrouped = shared & ~(all_of_new & all_of_old) & (all_of_new | all_of_old | several | renamed)
    if not regrouped.any():
        return []
    links = sparse.block_array([[None, sparse.csr_array(common)], [sparse.csr_array(common.T), None]], format="csr")
    label = sparse.csgraph.connected_components(links, directed=False)[1][: len(mine)]
    touched = shared & np.isin(label, label[regrouped.any(axis=1)])[:, None]
    return list(zip(mine[touched.nonzero()[0]].tolist(), theirs[touched.nonzero()[1]].tolist(), strict=True))


def _tables_to_compare(new: Cube, old: Cube) -> Iterator[tuple[IntArray, IntArray]]:
    """Tables of two cubes that may group the same units in other ways: by the same dimensions, or, where the other cube
    does not have those, by any.
    """
    tables = [
        [(frozenset(name for name, _ in cube.names[cells[0]]), cells) for cells in cube.tables if len(cells)]
        for cube in (new, old)
    ]
    known = [{names for names, _ in side} for side in tables]
    for names, cells in tables[0]:
        for other_names, others in tables[1]:
            unmatched = names not in known[1] or other_names not in known[0]
            if names and other_names and (names == other_names or unmatched):
                yield cells, others


def rows_of(sums: Sequence[dict[int, float]], width: int) -> sparse.csr_array:
    """(k, width): the signs of each sum's unknowns."""
    triples = [(row, unknown, sign) for row, terms in enumerate(sums) for unknown, sign in terms.items()]
    row, unknown, sign = (list(part) for part in zip(*triples, strict=True)) if triples else ([], [], [])
    return sparse.csr_array((sign, (row, unknown)), shape=(len(sums), width), dtype=np.float64)


def _renumbered(identities: sparse.csr_array, unknowns: IntArray, width: int) -> sparse.csr_array:
    """Identities between the cells of a cube -> the same between all unknowns, (m, width); unknowns: (n_cells,)."""
    entries = sparse.coo_array(identities)
    row, column = entries.coords
    return sparse.csr_array((entries.data, (row, unknowns[column])), shape=(identities.shape[0], width))
