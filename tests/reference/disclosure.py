"""Cell suppression done slowly and obviously, for the disclosure tests. It shares no code with the engine.

A table is tabulated by asking of every cell which rows are in it. An attacker looks for whole tables that agree with
all that is published and known: one linear program over all cells per cell and side; for tiny tables also exactly, in
fractions, by Fourier and Motzkin's elimination. The cheapest safe pattern is found by trying patterns in order of cost.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from analytics.disclosure import Cube, DisclosureRules

# Of the largest figure of a table: HiGHS keeps equations to this, its least. One euro beside a million is certain; one
# beside a billion is not, and is for `interval_exact`.
TOLERANCE = 1e-10
REACHED = 1e-6  # an end this much nearer than asked, as a share, counts as reached
LOOKED_AT = 50  # tables that were solved for other attackers
TOTAL = "*"

Contributions = list[dict[object, float]]  # of each cell: its units and what they contribute
Hierarchies = Mapping[str, Mapping[str, str]]  # of each dimension: child code -> parent code


# --- tabulation ------------------------------------------------------------------------------------------------------


def _is_in(code: object, cell_code: object, parents: Mapping[str, str]) -> bool:
    while code != cell_code:
        if code not in parents:
            return cell_code == TOTAL
        code = parents[code]
    return True


def contributions(
    frame: pd.DataFrame, cells: pd.DataFrame, *, dimensions: Sequence[str], hierarchies: Hierarchies | None = None
) -> Contributions:
    """Units and values of each cell, by looking at every row of the columns `firm` and `sales`."""
    rows = frame[frame["sales"].notna()]
    by_cell: Contributions = []
    for cell in cells[list(dimensions)].itertuples(index=False):
        units: dict[object, float] = {}
        for row in rows[[*dimensions, "firm", "sales"]].itertuples(index=False):
            codes = ["?" if pd.isna(code) else code for code in row[: len(dimensions)]]
            parents = [(hierarchies or {}).get(name, {}) for name in dimensions]
            if all(_is_in(code, at, up) for code, at, up in zip(codes, cell, parents, strict=True)):
                units[row[-2]] = units.get(row[-2], 0.0) + row[-1]
        by_cell.append(units)
    return by_cell


# --- tables and their attackers --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """values, counts, largest, second: (n,), and mean, of one contribution to the whole cube; matrix: (m, n), sums that
    an attacker knows; units: of each cell.
    """

    values: np.ndarray
    counts: np.ndarray
    largest: np.ndarray
    second: np.ndarray
    mean: np.ndarray
    matrix: np.ndarray
    units: Contributions | None = None

    @property
    def n(self) -> int:
        return len(self.values)

    def measure(self, name: str) -> np.ndarray:
        return self.values if name == "value" else self.counts

    @cached_property
    def singletons(self) -> dict[object, frozenset[int]]:
        """Of every firm that is alone in a cell, the cells where it is alone."""
        assert self.units is not None, "only microdata tell whose cells are"
        alone: dict[object, set[int]] = {}
        for position, units in enumerate(self.units):
            if len(units) == 1:
                alone.setdefault(next(iter(units)), set()).add(position)
        return {unit: frozenset(cells) for unit, cells in alone.items()}

    def least(self, unit: object, measure: str) -> np.ndarray:
        """What a firm knows that each cell holds at least: its own part."""
        own = [units.get(unit) for units in self.units]
        return np.array([0.0 if part is None else 1.0 if measure == "n_units" else part for part in own])


def table_of(cube: Cube, units: Contributions | None = None) -> Table:
    cells = cube.cells
    columns = [cells[name].to_numpy(dtype=float) for name in ("value", "n_units", "largest", "second")]
    mean = np.full(len(cells), columns[0].max() / columns[1].max())
    return Table(*columns, mean, np.asarray(cube.constraints.todense(), dtype=float), units)


def primary_of(table: Table, rules: DisclosureRules) -> np.ndarray:
    """Few units, or the rest of the cell below p% of the largest, in exact arithmetic of the decimals as written."""
    few = (table.counts >= 1) & (table.counts < rules.min_units)
    return few | np.array([_lacking(table, i, rules) > 0 for i in range(table.n)])


def _lacking(table: Table, cell: int, rules: DisclosureRules) -> Fraction:
    """By how much the rest of a cell falls short of p% of its largest contribution."""
    value, largest, second = (_decimal(column[cell]) for column in (table.values, table.largest, table.second))
    return _decimal(rules.p_percent) / 100 * largest - (value - largest - second)


def _value_protection_level(table: Table, cell: int, rules: DisclosureRules) -> float:
    """How far either end of the interval of a primary cell's value must lie from it. Where nobody dominates: p% of the
    largest; where nobody sold anything: p% of a mean contribution, so that zeros are not disclosed either.
    """
    lacking = float(_lacking(table, cell, rules))
    if lacking > 0:
        return lacking
    return rules.p_percent / 100 * float(table.largest[cell] or table.mean[cell])


def _decimal(number: float) -> Fraction:
    """Sums of decimals are read as the decimals they stand for: 0.1 + 0.2 is 0.3."""
    return Fraction(f"{float(number):.15g}")


def interval(
    table: Table, hidden: np.ndarray, cell: int, *, measure: str = "value", known: Iterable[int] = ()
) -> tuple[float, float]:
    """The smallest and largest figure of one cell in any non-negative table that agrees with what is seen."""
    truth = table.measure(measure)
    return _extreme(table, hidden, cell, truth, known, -1)[0], _extreme(table, hidden, cell, truth, known, +1)[0]


def _extreme(
    table: Table,
    hidden: np.ndarray,
    cell: int,
    truth: np.ndarray,
    known: Iterable[int],
    side: int,
    cap: float = np.inf,
    least: np.ndarray | float = 0.0,
) -> tuple[float, np.ndarray | None]:
    """One program over all cells; those seen have equal bounds. A cap only takes tables away from consideration."""
    free = np.array(hidden, dtype=bool)
    free[list(known)] = False
    scale = max(1e-300, float(np.abs(truth).max()))
    truth = truth / scale
    bounds = np.column_stack([np.where(free, least / scale, truth), np.where(free, cap, truth)])
    objective = np.zeros(table.n)
    objective[cell] = -side
    solution = linprog(
        objective,
        A_eq=table.matrix,
        b_eq=table.matrix @ truth,
        bounds=bounds,
        method="highs",
        options={"primal_feasibility_tolerance": TOLERANCE},
    )
    if solution.status == 3 or (solution.status != 0 and not np.isfinite(cap)):
        return side * np.inf, None
    assert solution.status == 0, solution.message
    return solution.x[cell] * scale, solution.x * scale


def interval_exact(
    matrix: np.ndarray, truth: Sequence[Fraction | int], hidden: Iterable[int], cell: int
) -> tuple[Fraction | None, Fraction | None]:
    """The same in fractions, None for a side without end: hidden cells are truth + directions · t ≥ 0, and every t is
    eliminated by adding pairs of inequalities with opposite signs.
    """
    cells = sorted(hidden)
    directions = _null_space([[Fraction(int(matrix[r, c])) for c in cells] for r in range(len(matrix))], len(cells))
    # rows: coefficients of (y, t…) and a constant, all ≥ 0; y is the cell's own distance from its true figure
    place = cells.index(cell)
    rows = [([Fraction(0), *(d[k] for d in directions)], Fraction(truth[c])) for k, c in enumerate(cells)]
    equal = [Fraction(-1), *(d[place] for d in directions)]
    rows += [(equal, Fraction(0)), ([-x for x in equal], Fraction(0))]
    for t in range(1, len(directions) + 1):
        up = [row for row in rows if row[0][t] > 0]
        down = [row for row in rows if row[0][t] < 0]
        rows = [row for row in rows if row[0][t] == 0]
        for (a, p), (b, q) in itertools.product(up, down):
            u, v = -b[t], a[t]
            rows.append(([u * x + v * y for x, y in zip(a, b, strict=True)], u * p + v * q))
        rows = [(list(a), p) for a, p in dict.fromkeys((tuple(a), p) for a, p in map(_normal, rows))]
    lower = max((-p / a[0] for a, p in rows if a[0] > 0), default=None)
    upper = min((-p / a[0] for a, p in rows if a[0] < 0), default=None)
    own = Fraction(truth[cell])
    return None if lower is None else own + lower, None if upper is None else own + upper


def _normal(row: tuple[list[Fraction], Fraction]) -> tuple[list[Fraction], Fraction]:
    size = max((abs(x) for x in row[0]), default=Fraction(0)) or Fraction(1)
    return [x / size for x in row[0]], row[1] / size


def _null_space(rows: list[list[Fraction]], n: int) -> list[list[Fraction]]:
    """Gauss and Jordan."""
    rows, pivots = [row[:] for row in rows], []
    for column in range(n):
        at = next((r for r in range(len(pivots), len(rows)) if rows[r][column] != 0), None)
        if at is None:
            continue
        here = len(pivots)
        rows[here], rows[at] = rows[at], rows[here]
        rows[here] = [x / rows[here][column] for x in rows[here]]
        for r in range(len(rows)):
            if r != here and rows[r][column] != 0:
                rows[r] = [x - rows[r][column] * y for x, y in zip(rows[r], rows[here], strict=True)]
        pivots.append(column)
    directions = []
    for free in (c for c in range(n) if c not in pivots):
        direction = [Fraction(0)] * n
        direction[free] = Fraction(1)
        for r, column in enumerate(pivots):
            direction[column] = -rows[r][free]
        directions.append(direction)
    return directions


def determined(table: Table, hidden: np.ndarray, weights: np.ndarray, known: Iterable[int] = ()) -> bool:
    """Whether a linear combination of figures follows from sums and from what is seen, by rank."""
    free = np.array(hidden, dtype=bool)
    free[list(known)] = False
    matrix, target = table.matrix[:, free], weights[free]
    if not target.any():
        return True
    matrix = matrix[np.any(matrix != 0, axis=1)]
    return np.linalg.matrix_rank(np.vstack([matrix, target])) == np.linalg.matrix_rank(matrix)


# --- safety ----------------------------------------------------------------------------------------------------------


def breaches(
    table: Table, hidden: np.ndarray, rules: DisclosureRules, *, measures: Sequence[str] = ("value", "n_units")
) -> Iterator[tuple[str, str, int, str]]:
    """(attacker, measure, cell, side) of every primary cell that is known too well: none when the pattern is safe.

    Attackers: everybody, and each firm of a hidden cell: it knows its own part of every cell, and where it is alone,
    the cell. Of a cell that it is not in, a firm does not know the second largest part, so that less must stay open for
    it; firms that are alone somewhere are kept as far off as everybody.
    """
    primary = primary_of(table, rules)
    for cell in np.flatnonzero(primary & ~hidden):
        yield "everybody", "published", int(cell), "both"
    inside = dict.fromkeys(unit for cell in np.flatnonzero(hidden) for unit in table.units[cell])
    attackers = {None: frozenset()} | {unit: table.singletons.get(unit, frozenset()) for unit in inside}
    found: dict[str, list[np.ndarray]] = {measure: [] for measure in measures}
    for (unit, known), measure in itertools.product(attackers.items(), measures):
        truth, name = table.measure(measure), "everybody" if unit is None else str(unit)
        least = np.zeros(table.n) if unit is None else table.least(unit, measure)
        feasible = _FeasibleTables(table, hidden, truth, known, least, found[measure])
        for cell in (int(i) for i in np.flatnonzero(primary & hidden) if i not in known):
            up, down = _protection_levels(table, cell, rules, measure, unit)
            if not feasible.reaches(cell, truth[cell] + up, +1):
                yield name, measure, cell, "upper"
            if not feasible.reaches(cell, truth[cell] - down, -1):
                yield name, measure, cell, "lower"


def _protection_levels(
    table: Table, cell: int, rules: DisclosureRules, measure: str, unit: object
) -> tuple[float, float]:
    """How far up and down an attacker, None an outsider, must not know a primary cell. A firm that is in it knows its
    own part and looks for the largest other one: what it takes for that must be p% too much, or be that much by the
    rest of the cell.
    """
    units = table.units[cell]
    own = units.get(unit)
    if measure == "n_units":
        return 1.0, min(1.0, table.counts[cell] - (own is not None))
    if own is None:
        level = _value_protection_level(table, cell, rules)
        if unit is not None and unit not in table.singletons and table.largest[cell] > 0:
            rest = table.values[cell] - table.largest[cell]
            level = max(0.0, rules.p_percent / 100 * table.largest[cell] - rest)
        return level, min(level, table.values[cell])
    others = sorted(value for other, value in units.items() if other != unit)
    level = max(0.0, rules.p_percent / 100 * others[-1] - sum(others[:-1]))
    return level, min(level, sum(others))


class _FeasibleTables:
    """The tables that one attacker cannot rule out, by the least and most of each cell in those solved for so far: one
    table often shows what several cells may be, and to several attackers. found: those solved for others.
    """

    def __init__(
        self,
        table: Table,
        hidden: np.ndarray,
        truth: np.ndarray,
        known: frozenset[int],
        least: np.ndarray,
        found: list[np.ndarray],
    ) -> None:
        self.table, self.hidden, self.truth, self.known, self.least = table, hidden, truth, known, least
        self.found, at = found, list(known)
        tables = np.array([truth.astype(float), *found[-LOOKED_AT:]])
        agree = (tables >= least).all(axis=1) & (tables[:, at] == truth[at]).all(axis=1)
        agree[0] = True
        self.low, self.high = tables[agree].min(axis=0), tables[agree].max(axis=0)

    def reaches(self, cell: int, target: float, side: int) -> bool:
        slack = REACHED * abs(target - self.truth[cell]) + TOLERANCE * float(np.abs(self.truth).max())
        if (side < 0 and self.low[cell] > target + slack) or (side > 0 and self.high[cell] < target - slack):
            self._widen(cell, side)
        return self.low[cell] <= target + slack if side < 0 else self.high[cell] >= target - slack

    def _widen(self, cell: int, side: int) -> None:
        figures = _extreme(self.table, self.hidden, cell, self.truth, self.known, side, 10.0, self.least)[1]
        self.found.append(figures)
        self.low, self.high = np.minimum(self.low, figures), np.maximum(self.high, figures)


def is_safe(table: Table, hidden: np.ndarray, rules: DisclosureRules) -> bool:
    return next(breaches(table, hidden, rules), None) is None


def cheapest(table: Table, rules: DisclosureRules, most: int = 14) -> tuple[float, np.ndarray] | None:
    """The least number of firms in hidden cells, and one such pattern; None when hiding everything is not enough."""
    primary = primary_of(table, rules)
    others = np.flatnonzero(~primary)
    assert len(others) <= most, f"{len(others)} cells are too many to try every pattern"
    if not is_safe(table, np.ones(table.n, dtype=bool), rules):
        return None
    masks = (np.arange(2 ** len(others))[:, None] >> np.arange(len(others))) & 1
    for number in np.argsort(masks @ table.counts[others], kind="stable"):
        hidden = primary.copy()
        hidden[others[masks[number].astype(bool)]] = True
        # The only hidden cell of a sum follows from the rest: unsafe if primary, hidden for nothing otherwise.
        if np.any((table.matrix != 0).astype(int) @ hidden.astype(int) == 1):
            continue
        if is_safe(table, hidden, rules):
            return float(table.counts[hidden].sum()), hidden
    raise AssertionError("hiding everything was safe")


# --- several releases ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Release:
    """One release: cells by their codes, and what was not shown anew."""

    table: Table
    codes: list[tuple]
    hidden: np.ndarray


def joint_table(releases: Sequence[Release]) -> tuple[Table, np.ndarray]:
    """All releases as one table: cells with the same contributions in two releases are equal, and known to be."""
    tables, n = [release.table for release in releases], sum(release.table.n for release in releases)
    starts = np.cumsum([0, *(table.n for table in tables)])
    blocks = []
    for start, table in zip(starts, tables, strict=False):
        block = np.zeros((len(table.matrix), n))
        block[:, start : start + table.n] = table.matrix
        blocks.append(block)
    for (a, first), (b, second) in itertools.combinations(enumerate(releases), 2):
        for i, j in _common_cells(first, second):
            if not _units_changed(first, second, i, j):
                row = np.zeros((1, n))
                row[0, starts[a] + i], row[0, starts[b] + j] = 1, -1
                blocks.append(row)
    columns = ("values", "counts", "largest", "second", "mean")
    joined = [np.concatenate([getattr(t, name) for t in tables]) for name in columns]
    units = [cell for table in tables for cell in table.units]
    return Table(*joined, np.vstack(blocks), units), np.concatenate([release.hidden for release in releases])


def _common_cells(first: Release, second: Release) -> Iterator[tuple[int, int]]:
    place = {code: j for j, code in enumerate(second.codes)}
    return ((i, place[code]) for i, code in enumerate(first.codes) if code in place)


def _units_changed(first: Release, second: Release, i: int, j: int) -> int:
    """Number of units that are new, gone, or contribute something else."""
    a, b = first.table.units[i], second.table.units[j]
    return sum(a.get(unit) != b.get(unit) for unit in a.keys() | b.keys())


def disclosed_by_differencing(first: Release, second: Release) -> list[tuple]:
    """Cells where one or two units changed and the change of the figure follows from what both releases show."""
    table, hidden = joint_table([first, second])
    disclosed = []
    for i, j in _common_cells(first, second):
        if _units_changed(first, second, i, j) in (1, 2):
            weights = np.zeros(table.n)
            weights[i], weights[first.table.n + j] = -1, 1
            if determined(table, hidden, weights):
                disclosed.append(first.codes[i])
    return disclosed
