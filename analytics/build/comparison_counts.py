"""How many comparison firms stand beside groups that do not hold whole sectors: told as "at least" a round number.

Such a group stands beside all comparison firms of the sectors in which it has funded firms. Their exact number is a sum
of public numbers, and would tell which sectors these are; so would a lower bound that only some of them can reach.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from analytics.arrays import FloatArray
from analytics.build.contributions import SELLS
from analytics.build.rows.rounding import at_least, next_above
from analytics.build.withhold import comparison_group, withhold_figure
from analytics.model import Arm
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import measures
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.release.measures import ALL

_Place = tuple[measures.Measure, str, str, str]  # of a figure, whatever the group
MOST_CHANGED = 3  # sectors that somebody who does not know them could take for others, at once


def rough_comparison_counts(
    figures: Iterable[Figure], contributions: pd.DataFrame, programme: Programme
) -> Iterator[Figure]:
    """The same figures; of groups that do not hold whole sectors the number of comparison firms as a lower bound, and
    degrees of freedom as whole ones. No number where it would follow from the bounds that a sector is, or is not, among
    those of a group: neither from the published numbers of each sector's, nor from the published tables of sectors.

    figures: every candidate of a release; contributions: of its firms.
    """
    listed = list(figures)
    telling = _Telling(listed, contributions, programme)
    groups = {figure.key.group for figure in listed if not _whole(figure.key.group, programme)}
    hidden = {group for group in groups if not comparison_group(group, programme) and telling.tells(group)}
    for figure in listed:
        group = figure.key.group
        yield figure if _whole(group, programme) else _rough(figure, hidden=group in hidden)


def _whole(group: Group, programme: Programme) -> bool:
    """Whether a group holds whole sectors, or all of them."""
    return group == comparison_group(group, programme)


def _rough(figure: Figure, *, hidden: bool) -> Figure:
    """A figure with its lower bound, or without any."""
    if figure.n_comparison is None and figure.df is None:
        return figure
    told = None if hidden or figure.n_comparison is None else at_least(figure.n_comparison)
    df = None if figure.df is None else max(1.0, round(figure.df))
    counts_them = figure.measure == measures.FIRMS and figure.key.arm == Arm.COMPARISON and figure.published
    if counts_them and told is None:
        return withhold_figure(figure)
    value = figure.value if told is None or not counts_them else float(told)
    return replace(figure, value=value, n_comparison=told, n_comparison_at_least=told is not None, df=df)


def _place(figure: Figure) -> _Place:
    key = figure.key
    return key.measure, key.outcome, key.arm, key.horizon


class _Telling:
    """What the lower bounds of a group tell of the sectors in which it has firms."""

    def __init__(self, figures: Sequence[Figure], contributions: pd.DataFrame, programme: Programme) -> None:
        self._programme = programme
        self._by_key = {figure.key: figure for figure in figures}
        self._of_group: dict[Group, list[Figure]] = {}
        self._of_sectors: dict[_Place, dict[str, int]] = {}
        for figure in figures:
            if figure.n_comparison is not None:
                self._of_group.setdefault(figure.key.group, []).append(figure)
                if [name for name, _ in figure.key.group] == ["sector"]:
                    self._of_sectors.setdefault(_place(figure), {})[figure.key.group[0][1]] = figure.n_comparison
        self._sellers = contributions[(contributions["arm"] == Arm.FUNDED.value) & (contributions[SELLS] == "yes")]
        self._sectors = programme.codes("sector")

    def tells(self, group: Group) -> bool:
        """Whether of any sector that a reader does not know about it follows that it is, or is not, among the group's:
        unless it could be otherwise, by itself or together with others, and every bound would be the same.
        """
        unknown = [sector for sector in self._sectors if not self._is_known(sector, group)]
        if not unknown:
            return False
        here = self._sellers
        for name, code in group:
            here = here[here[name] == code]
        is_in = np.isin(unknown, here["sector"].dropna().unique())
        number, each = self._numbers(group, unknown)
        low, high = (np.array([end(int(n)) or 0 for n in number], dtype=np.float64) for end in (at_least, next_above))
        most = self._most_sectors(group) - (here["sector"].nunique() - int(is_in.sum()))
        open_: set[int] = set()
        for size in range(1, MOST_CHANGED + 1):
            if len(open_) == len(unknown):
                return False
            changed = np.array(list(combinations(range(len(unknown)), size)), dtype=np.int64).reshape(-1, size)
            signs = np.where(is_in, -1.0, 1.0)
            then = number[:, None] + (each * signs)[:, changed].sum(axis=2)
            sectors = is_in.sum() + signs[changed].sum(axis=1)
            possible = ((then >= low[:, None]) & (then < high[:, None])).all(axis=0) & (sectors > 0) & (sectors <= most)
            open_ |= set(changed[possible].ravel().tolist())
        return len(open_) < len(unknown)

    def _numbers(self, group: Group, sectors: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        """(k,) the numbers of comparison firms that figures of a group rest on; (k, n_sectors) those of each sector."""
        rows: dict[tuple[float, ...], None] = {}
        for figure in self._of_group.get(group, []):
            of_sectors = self._of_sectors.get(_place(figure), {})
            rows[figure.n_comparison or 0, *(of_sectors.get(sector, 0) for sector in sectors)] = None
        table = np.array(list(rows), dtype=np.float64).reshape(-1, len(sectors) + 1)
        return table[:, 0], table[:, 1:]

    def _is_known(self, sector: str, group: Group) -> bool:
        """Whether a published table says that a group has firms of a sector, or has none."""
        tables = [frozenset(pair) for pair in self._programme.pairs]
        for name, code in group:
            if frozenset({"sector", name}) in tables:
                firms = self._by_key.get(
                    FigureKey(measures.FIRMS, ALL, Arm.FUNDED, ALL, group_of({"sector": sector, name: code}))
                )
                if len(group) == 1 or firms is None or firms.value == 0:
                    return True
        return False

    def _most_sectors(self, group: Group) -> int:
        """As many as the group has firms, where that is told."""
        firms = self._by_key.get(FigureKey(measures.FIRMS, ALL, Arm.FUNDED, ALL, group))
        told = None if firms is None or firms.value is None else int(firms.value)
        return len(self._sectors) if told is None else told
