"""Release -> how the firms of a list add up to its total: rows, and what no row tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analytics.model import Arm
from analytics.release import Figure, Release, measures
from analytics.release.lists import YEARS, FigureList


@dataclass(frozen=True, slots=True)
class CountedList:
    """Funded firms of a list: rows + not_shown = total. rows: code -> firms, None where the release does not tell it;
    not_shown: those of such rows, and of firms without a code; total: of all; both None where that is not told.
    """

    rows: Mapping[str, int | None]
    total: int | None
    not_shown: int | None


def funded_in(release: Release, listed: FigureList) -> CountedList:
    """Firms funded."""
    return _counted(
        release, listed, lambda group: release.figure(measures.FIRMS, arm=Arm.FUNDED, group=group), _of_count
    )


def measured_in(release: Release, listed: FigureList) -> CountedList:
    """Funded firms measured before and after, of the list's outcome and horizon."""

    def change(group: Mapping[str, str]) -> Figure | None:
        where = {"outcome": listed.outcome, "horizon": listed.horizon, "arm": Arm.FUNDED}
        return release.figure(measures.CHANGE, group=group, **where)

    return _counted(release, listed, change, _of_firms)


def analysed_in(release: Release, listed: FigureList) -> CountedList:
    """Funded firms that enter the effect, of rows of which it is published."""

    def effect(group: Mapping[str, str]) -> Figure | None:
        measure = measures.EFFECTS[listed.estimand]
        found = release.figure(measure, outcome=listed.outcome, horizon=listed.horizon, group=group)
        return found if found is not None and found.published else None

    return _counted(release, listed, effect, _of_firms)


def _of_count(figure: Figure) -> int | None:
    return None if figure.value is None else round(figure.value)


def _of_firms(figure: Figure) -> int | None:
    return figure.n_funded


def _counted(
    release: Release,
    listed: FigureList,
    figure: Callable[[Mapping[str, str]], Figure | None],
    count: Callable[[Figure], int | None],
) -> CountedList:
    """Rows of a dimension within a group, and that group. Years hold the same firms, and add up to nothing."""
    if listed.dimension == YEARS:
        raise ValueError("years of one group do not add up")
    within = dict(listed.within)

    def firms(group: Mapping[str, str]) -> int | None:
        found = figure(group)
        return None if found is None else count(found)

    rows = {code: firms({**within, listed.dimension: code}) for code in release.codes(listed.dimension)}
    total = firms(within)
    shown = sum(n for n in rows.values() if n is not None)
    return CountedList(rows, total, None if total is None else total - shown)
