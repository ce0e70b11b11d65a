"""The closed cube: every cell of several linked tables over the same units, and the identities that hold between them.

A table is a set of dimensions; its cells are the combinations of codes that any unit has in them. Taking a dimension
away, or a code to its parent, leads from a cell to the one that it is part of: each such step gives an identity,
parent − Σ children = 0.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analytics.arrays import FloatArray, IntArray, ObjectArray
from analytics.disclosure.hierarchies import (
    TOTAL,
    UNKNOWN,
    Dimensions,
    Hierarchy,
    TableLevels,
    closed_tables,
    dimensions_of,
    undeclared_parents,
)
from analytics.disclosure.members import Members, members_of_known_units, members_of_unknown_units
from analytics.model import UserError

__all__ = ["STATISTICS", "TOTAL", "UNKNOWN", "Cube"]

STATISTICS = ("n_units", "value", "largest", "second")  # columns of a cube's cells beside the dimensions
RESERVED_COLUMNS = (*STATISTICS, "unit_", "value_")  # names that no dimension can have
CellName = tuple[tuple[str, Any], ...]  # dimension and code of each dimension that a cell is split by
UnsignedArray = npt.NDArray[np.uint64]
SAME_BITS = 36  # of a value: two that agree in so many are the same
MIXER = 0x9E3779B97F4A7C15  # an odd number: multiplied by it, marks lie far apart
ADDITIVITY = 1e-6  # how far an identity may be off, as a share of the largest value


@dataclass(frozen=True, eq=False)
class Cube:
    """Cells and identities of one response variable, such as sales.

    cells: one row per cell: a column per dimension ("*" = total); n_units, the number of contributing units; value,
    their sum; largest and second, the two largest contributions. constraints: sparse (m, n_cells), each row
    parent − Σ children = 0. contributions: unit, cell (its position), value, one row for each unit of a cell; None
    where the tables alone are known. tables: of each, the positions of its cells, which share all units out among
    them. most_per_unit: what everybody knows that no unit contributes more than.
    """

    cells: pd.DataFrame
    constraints: sparse.csr_array
    contributions: pd.DataFrame | None = None
    tables: Sequence[IntArray] = ()
    most_per_unit: float = np.inf

    def __post_init__(self) -> None:
        """Raises UserError when the identities do not fit the cells, or do not hold."""
        missing = [name for name in STATISTICS if name not in self.cells]
        if missing:
            raise UserError("cube.column_missing", missing=", ".join(missing))
        object.__setattr__(self, "cells", self.cells.reset_index(drop=True))
        if not isinstance(self.constraints, sparse.csr_array) or self.constraints.dtype != np.float64:
            object.__setattr__(self, "constraints", sparse.csr_array(self.constraints).astype(np.float64))
        if self.constraints.shape[1] != len(self.cells):
            raise UserError("cube.shape", cells=len(self.cells), columns=self.constraints.shape[1])
        value = self.measure("value")
        if not np.isfinite(value).all() or (value < 0).any():
            raise UserError("cube.negative", column="value")
        if (self.measure("largest") > self.most_per_unit * (1 + ADDITIVITY)).any():
            raise UserError("cube.above_most", most=self.most_per_unit)
        violated = np.abs(self.constraints @ value) > ADDITIVITY * max(value.max(initial=0), 1e-300)
        if violated.any():
            parts = self.constraints[[int(np.flatnonzero(violated)[0])]].indices
            raise UserError("cube.not_additive", cells="; ".join(self.labels(parts)))

    def measure(self, name: str) -> FloatArray:
        """(n_cells,) one of `STATISTICS`."""
        return self.cells[name].to_numpy(dtype=np.float64)

    @property
    def dimensions(self) -> list[str]:
        """Names of the dimension columns."""
        return [str(name) for name in self.cells if name not in STATISTICS]

    def labels(self, cells: Iterable[int]) -> list[str]:
        """The cells at these positions in words: "sector = 13, size = small", without the dimensions at their total."""
        rows = self.cells[self.dimensions].iloc[list(cells)].to_dict("records")
        labels = [", ".join(f"{name} = {code}" for name, code in row.items() if code != TOTAL) for row in rows]
        return [label or TOTAL for label in labels]

    @cached_property
    def positions(self) -> dict[tuple[Any, ...], int]:
        """Codes of a cell, in the order of the dimensions -> its position."""
        return {codes: position for position, codes in enumerate(self._codes)}

    @cached_property
    def names(self) -> list[CellName]:
        """(n_cells,) dimension and code of each dimension that a cell is split by."""
        names = self.dimensions
        return [tuple(pair for pair in zip(names, codes, strict=True) if pair[1] != TOTAL) for codes in self._codes]

    @property
    def _codes(self) -> Iterator[tuple[Any, ...]]:
        """The codes of each cell, in the order of the dimensions."""
        return zip(*(self.cells[name].tolist() for name in self.dimensions), strict=True)

    @cached_property
    def marks(self) -> tuple[UnsignedArray, UnsignedArray]:
        """(n_contributions,) of each contribution a mark of its unit, and one of the unit and its value together.

        Equal for the same in any cube; values that binary arithmetic alone tells apart have one mark.
        """
        if self.contributions is None:
            return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint64)
        units = pd.util.hash_array(self.contributions["unit"].astype(str).to_numpy(dtype=object))
        mantissa, exponent = np.frexp(self.contributions["value"].to_numpy(dtype=np.float64))
        value = np.ldexp(np.round(mantissa * 2.0**SAME_BITS), exponent) + 0.0  # −0 and 0 are one
        return units, pd.util.hash_array(value.view(np.uint64) ^ (units * np.uint64(MIXER)))

    @cached_property
    def fingerprints(self) -> list[tuple[int, int]]:
        """(n_cells,) equal for two cells of any cubes where the same units contribute the same."""
        _, marks = self.marks
        sums = np.zeros((2, len(self.cells)), dtype=np.uint64)
        if self.contributions is not None:
            cell = self.contributions["cell"].to_numpy()
            np.add.at(sums[0], cell, marks)
            np.add.at(sums[1], cell, marks * (marks | np.uint64(1)))
        return list(zip(sums[0].tolist(), sums[1].tolist(), strict=True))

    @cached_property
    def members(self) -> Members:
        """Which units are in each cell; where they are not known, whose its two largest contributions are."""
        if self.contributions is not None:
            return members_of_known_units(self.contributions, self.measure("n_units"))
        return members_of_unknown_units(self.cells, self.constraints)

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
        most_per_unit: float = np.inf,
        link_undeclared: bool = False,
    ) -> "Cube":
        """The cube of what units contribute; several rows of a unit in a cell are one contribution.

        dimensions: columns of codes. tables: which of them are crossed, with all their margins (None: all at once).
        hierarchies: {dimension: {code: its parent}} or {dimension: {parent: [codes]}}, in any number of levels, the
        parents standing in the same column; or {dimension: another dimension that it is nested in, or several of
        them}. A missing value was not reported and does not count; a missing code is "?". most_per_unit: see the
        class. Raises UserError when a column is missing, a value is negative or no number, codes do not nest, or a
        dimension groups another one's codes and is not declared its parent; link_undeclared: where it does so in these
        rows, it is taken for one instead.
        """
        names = list(dict.fromkeys(dimensions))
        rows = _check_microdata(frame, names, value, unit)
        levels = dimensions_of(rows, names, hierarchies or {})
        if not link_undeclared:
            for inner, outer in undeclared_parents(levels):
                raise UserError("cube.undeclared_parent", dimension=inner, parent=outer)
        codes, row_cells = _cells_of_tables(levels, closed_tables(levels, tables), len(rows))
        return cls._of(names, codes, rows, row_cells, most_per_unit)

    @classmethod
    def _of(
        cls,
        names: list[str],
        codes: Sequence[tuple[Any, ...]],
        rows: pd.DataFrame,
        row_cells: Sequence[IntArray],
        most_per_unit: float,
    ) -> "Cube":
        """codes: of each cell, by the names; rows: `unit_`, `value_`; row_cells: of each table, (n_rows,)."""
        contributions = _sum_contributions(rows, row_cells)
        cells = pd.DataFrame(codes, columns=names, dtype=object).join(_tabulate(contributions, len(codes)))
        identities = _identities(row_cells, len(codes))
        return cls(cells, identities, contributions, [np.unique(of) for of in row_cells], most_per_unit)

    def merged(self, dimension: str, codes: Collection[Any]) -> "Cube":
        """The same units with several codes of a dimension as one, in every table."""
        assert self.contributions is not None  # noqa: S101 - made of microdata
        place, one, position = self.dimensions.index(dimension), name_of_merged(codes), dict[tuple[Any, ...], int]()
        keys = ((*key[:place], one if key[place] in codes else key[place], *key[place + 1 :]) for key in self.positions)
        new = [position.setdefault(key, len(position)) for key in keys]
        cell = self.contributions["cell"].to_numpy(dtype=np.int64)
        unit, names = pd.factorize(self.contributions["unit"])
        row_cells = [np.zeros(len(names), dtype=np.int64) for _ in self.tables]
        for table, of_unit in zip(self.tables, row_cells, strict=True):
            inside = np.isin(cell, table)
            of_unit[unit[inside]] = np.array(new)[cell[inside]]
        value = np.zeros(len(names))
        in_total = np.isin(cell, self.tables[0])
        value[unit[in_total]] = self.contributions["value"].to_numpy(dtype=np.float64)[in_total]
        rows = pd.DataFrame({"unit_": names, "value_": value})
        return self._of(self.dimensions, list(position), rows, row_cells, self.most_per_unit)

    def with_values(self, values: pd.Series, most_per_unit: float = np.inf) -> "Cube":
        """The same cells of the same units, which contribute something else; values: by unit, of one row each."""
        assert self.contributions is not None  # noqa: S101 - made of microdata
        contributions = self.contributions.assign(value=values[self.contributions["unit"]].to_numpy(dtype=np.float64))
        cells = self.cells[self.dimensions].join(_tabulate(contributions, len(self.cells)))
        return Cube(cells, self.constraints, contributions, self.tables, most_per_unit)


def name_of_merged(codes: Iterable[Any]) -> str:
    """The code of several codes taken for one."""
    return " + ".join(map(str, codes))


def _check_microdata(frame: pd.DataFrame, names: list[str], value: str, unit: str) -> pd.DataFrame:
    """Rows with a value, in an order that does not depend on the frame's: dimension columns, `unit_` and `value_`."""
    if not names or (reserved := [name for name in names if name in RESERVED_COLUMNS]):
        raise UserError("cube.dimensions", names=", ".join(reserved) if names else "–")
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
    texts = list(zip(map(str, rows["unit_"]), map(str, rows["value_"]), strict=True))
    ordered: pd.DataFrame = rows.iloc[sorted(range(len(rows)), key=texts.__getitem__)]
    return ordered.reset_index(drop=True)


def _cells_of_tables(
    dimensions: Dimensions, tables: Sequence[TableLevels], n_rows: int
) -> tuple[list[tuple[Any, ...]], list[IntArray]]:
    """The codes of every cell, table after table, each once; and of each table, (n_rows,) the cell of each row."""
    numbered = [[_numbered(codes) for codes in levels] for levels in dimensions.codes]
    position: dict[tuple[Any, ...], int] = {}
    row_cells = []
    for table in tables:
        key, split = np.zeros(n_rows, dtype=np.int64), {}
        for place, level in enumerate(table):
            if level:
                number, codes = split[place] = numbered[place][level - 1]
                key = np.unique(key, return_inverse=True)[1] * len(codes) + number
        _, first, cell = np.unique(key, return_index=True, return_inverse=True)
        columns = [
            split[place][1][split[place][0][first]].tolist() if level else [TOTAL] * len(first)
            for place, level in enumerate(table)
        ]
        cells = [position.setdefault(codes, len(position)) for codes in zip(*columns, strict=True)]
        row_cells.append(np.array(cells, dtype=np.int64)[cell])
    return list(position), row_cells


def _numbered(codes: ObjectArray) -> tuple[IntArray, ObjectArray]:
    """(n_rows,) numbers of codes, in the order of their texts, and the codes by their numbers."""
    number, unique = pd.factorize(codes)
    order = sorted(range(len(unique)), key=lambda place: str(unique[place]))
    rank = np.empty(len(unique), dtype=np.int64)
    rank[order] = np.arange(len(unique))
    return rank[number], np.asarray(unique, dtype=object)[order]


# ---- cells and identities; row_cells: of each table, (n_rows,) the cell that each row belongs to ---------------------


def _sum_contributions(rows: pd.DataFrame, row_cells: Sequence[IntArray]) -> pd.DataFrame:
    """unit, cell, value: each unit's sum in each cell, and once where two tables share a cell."""
    unit, names = pd.factorize(rows["unit_"])
    keys, values, seen = [np.zeros(0, dtype=np.int64)], [np.zeros(0)], np.zeros(0, dtype=np.int64)
    for cells in row_cells:
        new = ~np.isin(cells, seen)
        keys.append(cells[new] * len(names) + unit[new])
        values.append(rows["value_"].to_numpy(dtype=np.float64)[new])
        seen = np.union1d(seen, cells)
    key, number = np.unique(np.concatenate(keys), return_inverse=True)
    value = np.bincount(number, np.concatenate(values), minlength=len(key))
    return pd.DataFrame({"unit": names[key % len(names)], "cell": key // len(names), "value": value})


def _tabulate(contributions: pd.DataFrame, n_cells: int) -> pd.DataFrame:
    """The `STATISTICS` of each cell."""
    cell, value = contributions["cell"].to_numpy(dtype=np.int64), contributions["value"].to_numpy(dtype=np.float64)
    n = np.bincount(cell, minlength=n_cells)
    ranked = value[np.lexsort((-value, cell))]
    first = np.cumsum(n) - n  # where the contributions to each cell begin
    largest, second = np.zeros(n_cells), np.zeros(n_cells)
    largest[n > 0], second[n > 1] = ranked[first[n > 0]], ranked[first[n > 1] + 1]
    total = np.bincount(cell, value, minlength=n_cells)
    return pd.DataFrame({"n_units": n.astype(np.int64), "value": total, "largest": largest, "second": second})


def _identities(row_cells: Sequence[IntArray], n_cells: int) -> sparse.csr_array:
    """(m, n_cells): one row for each cell of a table and each table of which the cell is a sum, without repetition, and
    without those that follow from a table between the two.
    """
    tables = np.array(row_cells)
    firsts = [np.unique(cells, return_index=True, return_inverse=True)[1:] for cells in tables]
    # whether each cell of one table (row) lies within one of another (column), so that those are sums of these
    tells = np.array([(tables == tables[:, first[cell]]).all(axis=1) for first, cell in firsts]).reshape(
        2 * (len(tables),)
    )
    strictly = tells & ~tells.T
    between = (strictly.astype(np.int64) @ strictly) > 0
    identities: dict[tuple[int, ...], None] = {}  # parent, then children; a set that keeps its order
    for coarse, fine in permutations(range(len(tables)), 2):
        if tells[fine, coarse] and not between[fine, coarse]:
            children = tables[fine][firsts[fine][0]]
            parents = tables[coarse][firsts[fine][0]]
            order = np.lexsort((children, parents))
            starts = np.flatnonzero(np.diff(parents[order], prepend=-1))
            for parent, of_parent in zip(parents[order][starts], np.split(children[order], starts)[1:], strict=True):
                if of_parent.tolist() != [parent]:
                    identities[int(parent), *of_parent.tolist()] = None
    lengths = [len(identity) for identity in identities]
    column = np.array([cell for identity in identities for cell in identity], dtype=np.int64)
    row_start = np.cumsum([0, *lengths])
    sign = np.full(len(column), -1.0)
    sign[row_start[:-1]] = 1.0
    return sparse.csr_array((sign, column, row_start), shape=(len(identities), n_cells))
