"""What the units in a table's cells know: each its own contribution, and where it is alone, the cell.

A unit that is in a withheld cell knows that the cell holds at least what it contributes; where it is the only one, what
the cell holds. Where units are not known, the two largest contributions of each cell are somebody's.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """One row for each unit of a cell, (r,): the cell, the unit by its number, what it contributes, and whether it is
    the only one there. names: of each unit, by its number.
    """

    cell: IntArray
    unit: IntArray
    amount: FloatArray
    alone: BoolArray
    names: Sequence[Hashable]

    def take(self, rows: BoolArray | IntArray) -> "Members":
        """Some of the rows."""
        return Members(self.cell[rows], self.unit[rows], self.amount[rows], self.alone[rows], self.names)


def members_of_known_units(contributions: pd.DataFrame, n_units: FloatArray) -> Members:
    """contributions: unit, cell, value; n_units: (n_cells,)."""
    cell = contributions["cell"].to_numpy(dtype=np.int64)
    unit, names = pd.factorize(contributions["unit"])
    amount = contributions["value"].to_numpy(dtype=np.float64)
    return Members(cell, unit.astype(np.int64), amount, n_units[cell] == 1, list(names))


def members_of_unknown_units(cells: pd.DataFrame, constraints: sparse.csr_array) -> Members:
    """The two largest contributions of each cell, as those of somebody who is also in every cell that this one is part
    of: the largest ones of a sum are the largest ones of its parts. cells: with the `STATISTICS`; constraints: (m, n).
    """
    n_units = cells["n_units"].to_numpy(dtype=np.float64)
    n, ranked = len(n_units), np.concatenate([cells[name].to_numpy(dtype=np.float64) for name in ("largest", "second")])
    is_there = np.concatenate([n_units >= 1, n_units >= 2])
    edges: list[tuple[int, int]] = []  # places of contributions, n + a cell's position for its second, that are one
    for row in range(constraints.shape[0]):
        of_row = slice(constraints.indptr[row], constraints.indptr[row + 1])
        sign, position = constraints.data[of_row], constraints.indices[of_row].astype(np.int64)
        parts = np.concatenate([position[sign < 0], position[sign < 0] + n])
        parts = parts[is_there[parts]]
        first_two = parts[np.argsort(-ranked[parts], kind="stable")[:2]]
        for parent in position[sign > 0].tolist():
            for part, whole in zip(first_two.tolist(), (parent, n + parent), strict=False):
                if is_there[whole] and ranked[part] == ranked[whole]:
                    edges.append((part, whole))
    a, b = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    links = sparse.csr_array((np.ones(len(a)), (a, b)), shape=(2 * n, 2 * n))
    _, unit_of = sparse.csgraph.connected_components(links, directed=False)
    place = np.flatnonzero(is_there)
    rows = pd.DataFrame({"unit": unit_of[place], "cell": place % n, "amount": ranked[place]})
    rows["alone"] = (place < n) & (n_units[rows["cell"]] == 1)
    part, whole = sparse.coo_array(_ancestors(constraints)).coords
    wholes = pd.DataFrame({"cell": part, "whole": whole}).merge(rows, on="cell")[["unit", "whole", "amount"]]
    rows = pd.concat([rows, wholes.rename(columns={"whole": "cell"}).assign(alone=False)])
    rows = rows.sort_values(["alone", "amount"], ascending=False, kind="stable").drop_duplicates(["unit", "cell"])
    rows = rows.sort_values(["unit", "cell"])
    cell, unit, amount, alone = (rows[name].to_numpy() for name in ("cell", "unit", "amount", "alone"))
    return Members(cell, unit, amount, alone.astype(bool), list(range(2 * n)))


def _ancestors(constraints: sparse.csr_array) -> sparse.csr_array:
    """(n_cells, n_cells): in each row, the cells that this cell is part of, at any depth."""
    wholes, parts = ((constraints * sign > 0).astype(np.int8) for sign in (1, -1))
    step = sparse.csr_array(parts.T @ wholes)
    reached, further = step, sparse.csr_array(step @ step)
    while ((reached + further) > 0).nnz > (reached > 0).nnz:
        reached = sparse.csr_array(((reached + further) > 0).astype(np.int8))
        further = sparse.csr_array(reached @ step)
    return reached


def joined(parts: Sequence[tuple[Members, IntArray]], others: Mapping[int, Mapping[Hashable, float]]) -> Members:
    """Members of several tables as those of one set of unknowns. parts: of each table its members, and (n_cells,) the
    unknown of each of its cells; others: further unknowns -> unit -> what it contributes to them.
    """
    number: dict[Hashable, int] = {}
    numbers, cells, amounts, alone = [], [], [], []
    for members, unknowns in parts:
        renumbered = np.array([number.setdefault(name, len(number)) for name in members.names], dtype=np.int64)
        numbers.append(renumbered[members.unit])
        cells.append(unknowns[members.cell])
        amounts.append(members.amount)
        alone.append(members.alone)
    rows = [(unknown, *row) for unknown, contributed in others.items() for row in contributed.items()]
    numbers.append(np.array([number.setdefault(name, len(number)) for _, name, _ in rows], dtype=np.int64))
    cells.append(np.array([unknown for unknown, _, _ in rows], dtype=np.int64))
    amounts.append(np.array([amount for _, _, amount in rows], dtype=np.float64))
    alone.append(np.zeros(len(rows), dtype=bool))
    cell, unit = np.concatenate(cells), np.concatenate(numbers)
    first = np.unique(cell * len(number) + unit, return_index=True)[1]
    everybody = Members(cell, unit, np.concatenate(amounts), np.concatenate(alone), list(number))
    return everybody.take(first)
