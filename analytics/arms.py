"""Who is compared with whom: the funded firms of a group, and all comparison firms of their sectors."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.model import UserError
from analytics.panel import FloatArray, Panel
from analytics.windows import Windows

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Group = Hashable  # the value of a units column, or a tuple of them


@dataclass(frozen=True, slots=True)
class Firms:
    """The firms of one group and their window means. A cell is a sector × cohort; S sectors, those of the funded firms.

    Funded (n,): before, after in their own cohort's windows; sector code; cell.
    Comparison (m, G): before, after in each cohort's windows; cell; sector code (m,). NaN = lost for that window.
    """

    before: FloatArray
    after: FloatArray
    sector: IntArray
    cell: IntArray
    other_before: FloatArray
    other_after: FloatArray
    other_sector: IntArray
    other_cell: IntArray
    n_cells: int

    @property
    def measured(self) -> tuple[int, int]:
        """Firms of each arm with both windows; comparison firms count where the group has funded firms."""
        funded = np.isfinite(self.after)
        other = np.isfinite(self.other_after) & (self.count(funded) > 0)[self.other_cell]
        return int(funded.sum()), int(other.any(axis=1).sum())

    def count(self, which: BoolArray) -> IntArray:
        """(cells,) how many of the funded firms under the mask lie in each cell."""
        return np.bincount(self.cell[which], minlength=self.n_cells)

    def total(self, values: FloatArray, which: BoolArray) -> FloatArray:
        """(cells,) sum over the funded firms under the mask."""
        return np.bincount(self.cell[which], values[which], minlength=self.n_cells).astype(np.float64)

    def other_total(self, values: FloatArray, which: BoolArray) -> FloatArray:
        """(cells,) sum over comparison firms under the mask, in each cohort's windows."""
        return np.bincount(self.other_cell[which], values[which], minlength=self.n_cells).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Arms:
    """All firms of a panel in one horizon's windows. sector: (n_firms,) code, −1 = unknown; funded: (n_firms,)."""

    seen: Windows
    sector: IntArray
    funded: BoolArray

    @classmethod
    def of(cls, panel: Panel, seen: Windows) -> "Arms":
        """What all groups of a panel share."""
        return cls(seen, pd.factorize(panel.units["sector"])[0].astype(np.int64), panel.funded)

    def group(self, funded: BoolArray) -> Firms:
        """The funded firms under the mask and their comparison. Firms without a sector belong to no comparison."""
        seen = self.seen
        rows = np.flatnonzero(funded & self.funded & (self.sector >= 0))
        sectors, sector = np.unique(self.sector[rows], return_inverse=True)
        code = np.full(self.sector.max(initial=-1) + 2, -1)  # its last entry: a sector that is unknown
        code[sectors] = np.arange(len(sectors))
        others = np.flatnonzero(~self.funded & (code[self.sector] >= 0))
        own, other_sector, width = seen.own[rows], code[self.sector[others]], len(seen.cohorts)
        return Firms(
            before=seen.before[rows, own],
            after=seen.after[rows, own],
            sector=sector,
            cell=sector * width + own,
            other_before=seen.before[others],
            other_after=seen.after[others],
            other_sector=other_sector,
            other_cell=other_sector[:, None] * width + np.arange(width),
            n_cells=len(sectors) * width,
        )


def select(panel: Panel, seen: Windows, funded: BoolArray) -> Firms:
    """The group's funded firms, and all comparison firms of their sectors."""
    return Arms.of(panel, seen).group(funded)


def groups_of(panel: Panel, by: str | Sequence[str]) -> dict[Group, BoolArray]:
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
    mask = partial(_mask, panel.funded)
    return {label[0] if isinstance(by, str) else label: mask(rows[label]) for label in _in_order(list(rows))}


def _in_order(labels: list[tuple[Hashable, ...]]) -> list[tuple[Hashable, ...]]:
    try:
        return sorted(labels)
    except TypeError:  # numbers beside words
        return sorted(labels, key=str)


def _mask(funded: BoolArray, rows: list[int]) -> BoolArray:
    mine = np.zeros(len(funded), dtype=bool)
    mine[rows] = True
    return mine & funded
