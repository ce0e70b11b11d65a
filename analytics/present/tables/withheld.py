"""Release -> what a cohort table does not tell: how many cells, for which of the public reasons, and by which other
grouping fewer would be lost.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analytics.model import Estimand, Reason
from analytics.present.tables.cohorts import EVERY, CohortQuery, groupings
from analytics.release import Release
from analytics.release.measures import ALL, EFFECTS

MOST_NAMED = 3  # other groupings


@dataclass(frozen=True, slots=True)
class WithheldCells:
    """Effects of the cells of a grouping, its totals left out: how many there are, and how many of them are withheld by
    each reason, the most frequent first.
    """

    by: tuple[str, ...]
    cells: int
    by_reason: Mapping[Reason, int]

    @property
    def withheld(self) -> int:
        """By whatever reason."""
        return sum(self.by_reason.values())

    @property
    def share(self) -> float:
        """Of the cells, those withheld; 1 where there are none."""
        return self.withheld / self.cells if self.cells else 1.0


def withheld_cells(release: Release, query: CohortQuery) -> WithheldCells:
    """What the effects of a query's cells lose, whichever rows are looked for and columns are chosen."""
    figures = release.figures
    estimands = [estimand for estimand in Estimand if query.estimand in (EVERY, str(estimand))]
    asked = figures["measure"].isin([EFFECTS[estimand].name for estimand in estimands])
    for column, value in (("outcome", query.outcome), ("horizon", query.horizon)):
        if value != EVERY:
            asked &= figures[column] == value
    figures = figures[asked]
    named = figures[list(release.programme.dimension_names)] != ALL
    wanted = pd.Series([name in query.by for name in named], index=named.columns)
    reasons = figures.loc[(named == wanted).all(axis=1), "reason"]
    counted = Counter(Reason(reason) for reason in reasons.dropna())
    return WithheldCells(query.by, len(reasons), dict(counted.most_common()))


def less_withheld(release: Release, query: CohortQuery) -> list[WithheldCells]:
    """Groupings that share a dimension with the query's and lose a smaller share of their cells, the least first."""
    here = withheld_cells(release, query)
    others = [by for by in groupings(release) if by != query.by and set(by) & set(query.by)]
    found = [withheld_cells(release, replace(query, by=by)) for by in others]
    fewer = [one for one in found if one.cells and one.share < here.share]
    return sorted(fewer, key=lambda one: (one.share, -one.cells))[:MOST_NAMED]
