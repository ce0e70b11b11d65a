"""Who is compared with whom: the funded firms of a group, and all comparison firms of their sectors."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.model import UserError
from analytics.panel.panel import Panel

GroupLabel = Hashable  # the value of a units column, or a tuple of them


@dataclass(frozen=True, slots=True)
class Firms:
    """The firms of one group, as rows of the panel. A cell is a sector × cohort; S sectors, those of the funded firms.

    rows (n,): the funded firms; own (n,): column of their cohort; sector (n,) code; cell (n,).
    others (m,): the comparison firms of these sectors; other_sector (m,); other_cell (m, G): they stand in every
    cohort's windows.
    """

    rows: IntArray
    own: IntArray
    sector: IntArray
    cell: IntArray
    others: IntArray
    other_sector: IntArray
    other_cell: IntArray
    n_cells: int

    def funded(self, values: FloatArray) -> FloatArray:
        """(n,) of (n_firms, G): the funded firms, each in its own cohort's windows."""
        own_cohort: FloatArray = values[self.rows, self.own]
        return own_cohort

    def comparison(self, values: FloatArray) -> FloatArray:
        """(m, G) of (n_firms, G): the comparison firms in each cohort's windows."""
        every_cohort: FloatArray = values[self.others]
        return every_cohort

    def count_measured(self, after: FloatArray) -> tuple[int, int]:
        """Firms of each arm with both windows; comparison firms count where the group has funded firms."""
        funded = np.isfinite(self.funded(after))
        other = np.isfinite(self.comparison(after)) & (self.count(funded) > 0)[self.other_cell]
        return int(funded.sum()), int(other.any(axis=1).sum())

    def count(self, mask: BoolArray) -> IntArray:
        """(cells,) how many of the funded firms under the mask lie in each cell."""
        return np.bincount(self.cell[mask], minlength=self.n_cells)

    def total(self, values: FloatArray, mask: BoolArray) -> FloatArray:
        """(cells,) sum over the funded firms under the mask."""
        return np.bincount(self.cell[mask], values[mask], minlength=self.n_cells).astype(np.float64)

    def other_count(self, mask: BoolArray) -> IntArray:
        """(cells,) how many comparison firms lie under the mask, in each cohort's windows."""
        return np.bincount(self.other_cell[mask], minlength=self.n_cells)

    def other_total(self, values: FloatArray, mask: BoolArray) -> FloatArray:
        """(cells,) sum over comparison firms under the mask, in each cohort's windows."""
        return np.bincount(self.other_cell[mask], values[mask], minlength=self.n_cells).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Arms:
    """All firms of a panel. sector: (n_firms,) code, −1 = in no comparison; funded: (n_firms,); own: (n_firms,) column
    of the firm's cohort; n_cohorts: G.
    """

    sector: IntArray
    funded: BoolArray
    own: IntArray
    n_cohorts: int

    @classmethod
    def of(cls, panel: Panel, own: IntArray, n_cohorts: int) -> "Arms":
        """Firms without a sector, and beneficiaries that sell nothing by their nature, belong to no comparison."""
        sector = pd.factorize(panel.units["sector"])[0].astype(np.int64)
        if "sells" in panel.units:
            sector = np.where(panel.units["sells"].fillna(True).to_numpy(dtype=bool), sector, -1)
        return cls(sector, panel.funded, own, n_cohorts)

    def measured(self, after: FloatArray) -> BoolArray:
        """(n_firms,) the funded firms that any comparison can hold, and whose own window, of (n_firms, G), is known."""
        rows = np.flatnonzero(self.funded & (self.sector >= 0))
        measured = np.zeros(len(self.funded), dtype=bool)
        measured[rows] = np.isfinite(after[rows, self.own[rows]])
        return measured

    def group(self, funded: BoolArray) -> Firms:
        """The funded firms under the mask and their comparison."""
        rows = np.flatnonzero(funded & self.funded & (self.sector >= 0))
        holds = np.zeros(int(self.sector.max(initial=-1)) + 2, dtype=bool)  # the last entry: a sector that is unknown
        holds[self.sector[rows]] = True
        code = np.where(holds, np.cumsum(holds) - 1, -1)  # of the group's sectors, in their order
        others = np.flatnonzero(~self.funded & holds[self.sector])
        own, sector, other_sector = self.own[rows], code[self.sector[rows]], code[self.sector[others]]
        return Firms(
            rows=rows,
            own=own,
            sector=sector,
            cell=sector * self.n_cohorts + own,
            others=others,
            other_sector=other_sector,
            other_cell=other_sector[:, None] * self.n_cohorts + np.arange(self.n_cohorts),
            n_cells=int(holds.sum()) * self.n_cohorts,
        )


def groups_of(panel: Panel, by: str | Sequence[str]) -> dict[GroupLabel, BoolArray]:
    """Label (or labels) -> which firms are funded and in that group; every group that any firm of either arm has."""
    columns = [by] if isinstance(by, str) else list(by)
    missing = [column for column in columns if column not in panel.units.columns]
    if missing:
        raise UserError("panel.column_missing", missing=", ".join(missing))
    known = panel.units[columns].notna().all(axis=1).to_numpy()
    labels = list(panel.units[columns].itertuples(index=False, name=None))
    rows: dict[tuple[Hashable, ...], list[int]] = {}
    for row in np.flatnonzero(known).tolist():
        rows.setdefault(labels[row], []).append(row)
    funded = panel.funded
    return {
        label[0] if isinstance(by, str) else label: _funded_among(funded, rows[label])
        for label in _sorted_labels(list(rows))
    }


def _sorted_labels(labels: list[tuple[Hashable, ...]]) -> list[tuple[Hashable, ...]]:
    """In order of the labels, or of how they are written where they cannot be compared."""
    try:
        return sorted(labels)
    except TypeError:  # numbers beside words
        return sorted(labels, key=str)


def _funded_among(funded: BoolArray, rows: list[int]) -> BoolArray:
    """(n_firms,) which of these rows are funded firms."""
    mask = np.zeros(len(funded), dtype=bool)
    mask[rows] = True
    return mask & funded
