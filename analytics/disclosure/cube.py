"""The closed cube: every cell of several linked tables over the same units, and the identities that hold between them.

A table is a set of dimensions; its cells are the codes that any unit has in them. Taking a dimension away, or a code to
its parent, leads from a cell to the one that it is part of: each such step gives an identity, parent − Σ children = 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations, product
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrays import FloatArray, IntArray, ObjectArray
from analytics.model import UserError

TOTAL = "*"
UNKNOWN = "?"  # the code of a unit whose own is missing: it is in the total, so it is in a cell
ADDITIVE = 1e-6  # how far sums may be off, beside the largest of them
TAKEN = ("n_units", "value", "largest", "second", "unit_", "value_")  # names that no dimension can have
Hierarchy = Mapping[Any, Any] | str
Level = tuple[int, ...]  # of a table: how deep it goes in each dimension; 0: not at all


@dataclass(frozen=True, eq=False)
class Cube:
    """Cells and identities of one measure.

    cells: one row per cell, dimension columns ("*" = total), n_units, value, largest, second (contributions of units).
    constraints: sparse (m, n_cells), each row parent − Σ children = 0. contributions: unit, cell (its position), value,
    one row each; None where the tables alone are known.
    """

    cells: pd.DataFrame
    constraints: sparse.csr_array
    contributions: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        """Raises UserError when the identities do not fit the cells, or do not hold."""
        missing = [name for name in ("n_units", "value", "largest", "second") if name not in self.cells]
        if missing:
            raise UserError("cube.column_missing", missing=", ".join(missing))
        object.__setattr__(self, "cells", self.cells.reset_index(drop=True))
        object.__setattr__(self, "constraints", sparse.csr_array(self.constraints).astype(np.float64))
        if self.constraints.shape[1] != len(self.cells):
            raise UserError("cube.shape", cells=len(self.cells), columns=self.constraints.shape[1])
        value = self.measure("value")
        if not np.isfinite(value).all() or (value < 0).any():
            raise UserError("cube.negative", column="value")
        off = np.abs(self.constraints @ value) > ADDITIVE * max(value.max(initial=0), 1e-300)
        if off.any():
            parts = self.constraints[[int(np.flatnonzero(off)[0])]].indices
            raise UserError("cube.not_additive", cells="; ".join(self.named(parts)))

    def measure(self, name: str) -> FloatArray:
        """(n_cells,) "value" or "n_units"."""
        return self.cells[name].to_numpy(dtype=np.float64)

    @property
    def dimensions(self) -> list[str]:
        """Names of the dimension columns."""
        return [str(name) for name in self.cells if name not in ("n_units", "value", "largest", "second")]

    def named(self, cells: Iterable[int]) -> list[str]:
        """Cells in words: the codes that are not totals."""
        rows = self.cells[self.dimensions].iloc[list(cells)].to_dict("records")
        told = [", ".join(f"{name} = {code}" for name, code in row.items() if code != TOTAL) for row in rows]
        return [one or TOTAL for one in told]

    @cached_property
    def positions(self) -> dict[tuple[Any, ...], int]:
        """Codes of a cell, in the order of the dimensions -> its position."""
        keys = self.cells[self.dimensions].itertuples(index=False, name=None)
        return {key: position for position, key in enumerate(keys)}

    @cached_property
    def owners(self) -> dict[Any, IntArray]:
        """Each unit that is alone in any cell -> the cells where it is. Where units are not known, cells of one unit
        that are part of one another are taken for the same one's, and others for different ones'.
        """
        alone = self.measure("n_units") == 1
        if self.contributions is not None:
            mine = self.contributions[alone[self.contributions["cell"].to_numpy()]]
            return {unit: cells.to_numpy() for unit, cells in mine.groupby("unit")["cell"]}
        singles = sparse.diags_array(alone.astype(np.float64))
        parents = (self.constraints > 0).astype(np.float64) @ singles
        children = (self.constraints < 0).astype(np.float64) @ singles
        joined = sparse.csr_array(parents.T @ children)
        _, label = sparse.csgraph.connected_components(joined, directed=False)
        return {int(one): np.flatnonzero(alone & (label == one)) for one in np.unique(label[alone])}

    def inside(self, cell: int) -> dict[Any, float]:
        """The units that are alone in some cell and contribute to this one -> what they contribute."""
        if self.contributions is not None:
            return self._owned.get(cell, {})
        value = self.measure("value")
        parts = {cell, *self._below[[cell]].indices.tolist()}
        return {unit: float(value[cells[0]]) for unit, cells in self.owners.items() if parts & set(cells.tolist())}

    @cached_property
    def _owned(self) -> dict[int, dict[Any, float]]:
        """Cell -> unit -> what it contributes, of the units that are alone in some cell."""
        found: dict[int, dict[Any, float]] = {}
        if self.contributions is not None:
            mine = self.contributions[self.contributions["unit"].isin(list(self.owners))]
            for cell, unit, own in zip(mine["cell"].tolist(), mine["unit"], mine["value"].tolist(), strict=True):
                found.setdefault(cell, {})[unit] = own
        return found

    @cached_property
    def _below(self) -> sparse.csr_array:
        """(n_cells, n_cells) the cells that are part of each, at any depth."""
        parents, children = ((self.constraints * sign > 0).astype(np.int8) for sign in (1, -1))
        step = sparse.csr_array(parents.T @ children)
        reached, more = step, sparse.csr_array(step @ step)
        while ((reached + more) > 0).nnz > (reached > 0).nnz:
            reached = sparse.csr_array(((reached + more) > 0).astype(np.int8))
            more = sparse.csr_array(reached @ step)
        return reached

    @classmethod
    def from_microdata(
        cls,
        frame: pd.DataFrame,
        *,
        dimensions: Sequence[str],
        value: str,
        unit: str,
        hierarchies: Mapping[str, Hierarchy] | None = None,
        tables: Sequence[Sequence[str]] | None = None,
    ) -> "Cube":
        """The cube of what units contribute; several rows of a unit in a cell are one contribution.

        dimensions: columns of codes. tables: which of them are crossed, with all their margins (None: all at once).
        hierarchies: {dimension: {code: its parent}} or {dimension: {parent: [codes]}}, in any number of levels, the
        parents standing in the same column; or {dimension: another dimension that it is nested in}. A missing value was
        not reported and does not count; a missing code is "?". Raises UserError when a column is missing, a value is
        negative or no number, codes do not nest, or a dimension is given several parents: the sums over a second one
        would be unknown to the attacker.
        """
        names = list(dict.fromkeys(dimensions))
        rows = _checked(frame, names, value, unit)
        levels = _levels(rows, names, hierarchies or {})
        wanted = _tables(levels, tables)
        found = {table: _cells_of(rows, levels, table) for table in wanted}
        codes = list(dict.fromkeys(key for cells in found.values() for key in sorted(set(cells), key=_order)))
        place = {key: position for position, key in enumerate(codes)}
        at = {table: np.array([place[key] for key in cells], dtype=np.int64) for table, cells in found.items()}
        contributions = _contributions(rows, at)
        cells = pd.DataFrame(codes, columns=names, dtype=object).join(_told(contributions, len(codes)))
        return cls(cells, _identities(levels, at, len(codes)), contributions)


def _order(key: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(str(code) for code in key)


def _checked(frame: pd.DataFrame, names: list[str], value: str, unit: str) -> pd.DataFrame:
    """Rows with a value, in an order of their own: dimension columns, `unit_` and `value_`."""
    if not names or (taken := [name for name in names if name in TAKEN]):
        raise UserError("cube.dimensions", names=", ".join(taken) if names else "–")
    missing = [name for name in [*names, value, unit] if name not in frame]
    if missing:
        raise UserError("cube.column_missing", missing=", ".join(map(str, missing)))
    try:
        values = pd.to_numeric(frame[value]).to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise UserError("cube.negative", column=value) from error
    if (values < 0).any() or np.isinf(values).any():
        raise UserError("cube.negative", column=value)
    if frame[unit].isna().any():
        raise UserError("cube.unit_missing", column=unit)
    rows = frame[names].astype(object).where(frame[names].notna(), UNKNOWN)
    if (rows == TOTAL).any(axis=None):
        raise UserError("cube.total_as_code", code=TOTAL)
    rows = rows.assign(unit_=frame[unit].to_numpy(), value_=values)[np.isfinite(values)]
    ordered: pd.DataFrame = rows.sort_values(["unit_", "value_"], key=lambda column: column.map(str))
    return ordered.reset_index(drop=True)


# ---- levels ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Levels:
    """names: dimensions; codes: of each, its levels from coarse to fine, (n_rows,) codes each; outer: the place of the
    dimension that each is nested in, or None.
    """

    names: list[str]
    codes: list[list[ObjectArray]]
    outer: list[int | None]


def _levels(rows: pd.DataFrame, names: list[str], hierarchies: Mapping[str, Hierarchy]) -> _Levels:
    for name, parents in hierarchies.items():
        if isinstance(parents, list | tuple):
            raise UserError("cube.several_parents", dimension=name, parents=", ".join(map(str, parents)))
    unknown = [name for name in hierarchies if name not in names]
    unknown += [other for other in hierarchies.values() if isinstance(other, str) and other not in names]
    if unknown:
        raise UserError("cube.column_missing", missing=", ".join(unknown))
    codes: list[list[ObjectArray]] = []
    outer: list[int | None] = []
    for name in names:
        hierarchy, own = hierarchies.get(name), rows[name].to_numpy(dtype=object)
        if isinstance(hierarchy, str):
            if (rows.groupby(name)[hierarchy].nunique() > 1).any():
                raise UserError("cube.not_nested", column=name, within=hierarchy)
            codes.append([own])
            outer.append(names.index(hierarchy))
        else:
            codes.append(_with_parents(own, _parents(hierarchy or {}), name))
            outer.append(None)
    return _Levels(names, codes, outer)


def _parents(hierarchy: Mapping[Any, Any]) -> dict[Any, Any]:
    """Child -> parent, whichever way round it was written; the total is nobody's parent."""
    turned: dict[Any, Any] = {}
    for key, entry in hierarchy.items():
        children = entry if isinstance(entry, list | tuple | set | frozenset) else None
        turned |= {key: entry} if children is None else dict.fromkeys(children, key)
    return {child: parent for child, parent in turned.items() if parent not in (TOTAL, None)}


def _with_parents(own: ObjectArray, parents: dict[Any, Any], name: str) -> list[ObjectArray]:
    """Levels of a dimension from coarse to fine; a code of less depth stands for itself in the deeper ones."""
    chains: dict[Any, list[Any]] = {}
    for code in dict.fromkeys(own):
        chain = [code]
        while chain[-1] in parents:
            chain.append(parents[chain[-1]])
            if len(chain) > len(parents) + 1:
                raise UserError("cube.not_nested", column=name, within=name)
        chains[code] = chain[::-1]
    above = {parent for chain in chains.values() for parent in chain[:-1]}
    if mixed := [str(code) for code in chains if code in above]:
        raise UserError("cube.parent_has_units", column=name, codes=", ".join(mixed))
    depth = max((len(chain) for chain in chains.values()), default=1)
    at = [{code: chain[min(level, len(chain) - 1)] for code, chain in chains.items()} for level in range(depth)]
    return [_objects([one[code] for code in own]) for one in at]


def _objects(items: Sequence[Any]) -> ObjectArray:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def _tables(levels: _Levels, tables: Sequence[Sequence[str]] | None) -> list[Level]:
    """All tables asked for with all their margins, the total first; no dimension beside one that it is nested in."""
    depths = [range(len(codes) + 1) for codes in levels.codes]
    if tables is None:
        found = set(product(*depths))
    else:
        unknown = [name for table in tables for name in table if name not in levels.names]
        if unknown:
            raise UserError("cube.column_missing", missing=", ".join(unknown))
        found = {
            one
            for table in tables
            for one in product(
                *(depth if name in table else [0] for name, depth in zip(levels.names, depths, strict=True))
            )
        } | {(0,) * len(depths)}
    nested = [(inner, outer) for inner, outer in enumerate(levels.outer) if outer is not None]
    kept = [one for one in found if not any(one[inner] and one[outer] for inner, outer in nested)]
    return sorted(kept, key=lambda one: (sum(map(bool, one)), sum(one), [-level for level in one]))


def _cells_of(rows: pd.DataFrame, levels: _Levels, table: Level) -> list[tuple[Any, ...]]:
    """The cell of each row in a table."""
    total = [TOTAL] * len(rows)
    columns = [codes[level - 1] if level else total for codes, level in zip(levels.codes, table, strict=True)]
    return list(zip(*columns, strict=True))


# ---- cells and identities --------------------------------------------------------------------------------------------


def _contributions(rows: pd.DataFrame, at: Mapping[Level, IntArray]) -> pd.DataFrame:
    """unit, cell, value: each unit's sum in each cell, and once where two tables share a cell."""
    parts, seen = [], np.zeros(0, dtype=np.int64)
    for cells in at.values():
        new = ~np.isin(cells, seen)
        parts.append(pd.DataFrame({"unit": rows["unit_"][new], "cell": cells[new], "value": rows["value_"][new]}))
        seen = np.union1d(seen, cells)
    every = pd.concat(parts, ignore_index=True)
    summed = every.groupby(["cell", "unit"], sort=True)["value"].sum()
    return summed.reset_index()[["unit", "cell", "value"]]


def _told(contributions: pd.DataFrame, n_cells: int) -> pd.DataFrame:
    """n_units, value, largest, second of each cell."""
    cell, value = contributions["cell"].to_numpy(dtype=np.int64), contributions["value"].to_numpy(dtype=np.float64)
    n = np.bincount(cell, minlength=n_cells)
    ranked = value[np.lexsort((-value, cell))]
    first = np.cumsum(n) - n
    largest, second = np.zeros(n_cells), np.zeros(n_cells)
    largest[n > 0], second[n > 1] = ranked[first[n > 0]], ranked[first[n > 1] + 1]
    summed = np.bincount(cell, value, minlength=n_cells)
    return pd.DataFrame({"n_units": n.astype(np.int64), "value": summed, "largest": largest, "second": second})


def _identities(levels: _Levels, at: Mapping[Level, IntArray], n_cells: int) -> sparse.csr_array:
    """One row for each cell and each step to a finer table."""
    found: dict[tuple[int, tuple[int, ...]], None] = {}
    for coarse, fine in permutations(at, 2):
        if _refines(coarse, fine, levels):
            children = pd.Series(at[fine]).groupby(at[coarse]).unique()
            for parent, parts in children.items():
                if list(parts) != [parent]:
                    found[int(str(parent)), tuple(sorted(int(part) for part in parts))] = None
    triples = [
        (row, cell, sign)
        for row, (parent, parts) in enumerate(found)
        for cell, sign in [(parent, 1.0), *((part, -1.0) for part in parts)]
    ]
    row, column, sign = (list(part) for part in zip(*triples, strict=True)) if triples else ([], [], [])
    return sparse.csr_array((sign, (row, column)), shape=(len(found), n_cells))


def _refines(coarse: Level, fine: Level, levels: _Levels) -> bool:
    """One level deeper in one dimension, or from one to the dimension that is nested in it."""
    changed = [place for place, (a, b) in enumerate(zip(coarse, fine, strict=True)) if a != b]
    if len(changed) == 1:
        return fine[changed[0]] == coarse[changed[0]] + 1
    if len(changed) != 2:
        return False
    return any(
        levels.outer[inner] == outer and fine[inner] == 1 and not coarse[inner] and coarse[outer] and not fine[outer]
        for inner, outer in (changed, changed[::-1])
    )


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Cells that two cubes have both: here, there (positions in each), units (whose contribution differs), largest (the
    largest difference of one unit); all (k,).
    """

    here: IntArray
    there: IntArray
    units: IntArray
    largest: FloatArray


def differences(new: Cube, old: Cube) -> Differences:
    """What changed, cell by cell. Where units are not known, cells that look alike are taken for unchanged, others for
    changed by the difference of their counts, at least by one unit.
    """
    if new is old:
        every = np.arange(len(new.cells))
        return Differences(every, every, np.zeros(len(every), dtype=np.int64), np.zeros(len(every)))
    shared = [(new.positions[key], place) for key, place in old.positions.items() if key in new.positions]
    here, there = np.array(shared, dtype=np.int64).reshape(-1, 2).T
    if new.contributions is None or old.contributions is None:
        return Differences(here, there, *_by_looks(new.cells.iloc[here], old.cells.iloc[there]))
    place = pd.Series(here, index=there)
    mine, theirs = new.contributions, old.contributions
    theirs = theirs.assign(cell=theirs["cell"].map(place)).dropna(subset="cell")
    both = mine[np.isin(mine["cell"], here)].merge(theirs, on=["unit", "cell"], how="outer", suffixes=("", "_old"))
    a, b = both["value"].to_numpy(), both["value_old"].to_numpy()
    came_or_went = np.isnan(a) | np.isnan(b)
    moved = np.abs(np.where(came_or_went, np.fmax(a, b), a - b))
    differs = came_or_went | (moved > 0)
    cell = both["cell"].to_numpy(dtype=np.int64)
    units = np.bincount(cell, differs, minlength=len(new.cells)).astype(np.int64)
    largest = np.zeros(len(new.cells))
    np.maximum.at(largest, cell, np.where(differs, moved, 0.0))
    return Differences(here, there, units[here], largest[here])


def _by_looks(new: pd.DataFrame, old: pd.DataFrame) -> tuple[IntArray, FloatArray]:
    a, b = (cells[["n_units", "value", "largest", "second"]].to_numpy(dtype=np.float64) for cells in (new, old))
    units = np.where((a == b).all(axis=1), 0, np.maximum(1, np.abs(a[:, 0] - b[:, 0]))).astype(np.int64)
    return units, np.maximum(np.abs(a[:, 1] - b[:, 1]), a[:, 2])
