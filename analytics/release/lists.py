"""A picture of a list: one effect of every group of a dimension, under an id of its own.

The id is a hash of what the list is, like a figure's: nothing in the file holds it, so a release of any format has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analytics.model import Estimand
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release.figure import FigureKey, group_of
from analytics.release.figure_id import cell_id
from analytics.release.measures import ALL, EFFECTS

YEARS: Final = "year"  # in place of a dimension: all years together, and each, of one group


@dataclass(frozen=True, slots=True)
class FigureList:
    """What a picture of a list shows: the effects of an estimand on the groups of a dimension, of an outcome and
    horizon, within a group (): the programme. Of YEARS: on that group, in every horizon; horizon is "*".
    """

    dimension: str
    outcome: str
    estimand: Estimand
    horizon: str
    within: Group = ()

    @classmethod
    def of(cls, dimension: str, outcome: str, estimand: Estimand, horizon: str, within: Group = ()) -> "FigureList":
        """The list as its id knows it."""
        return cls(dimension, outcome, estimand, ALL if dimension == YEARS else horizon, group_of(within))

    @property
    def cell(self) -> str:
        """The part of its id that stays from release to release."""
        named = [("dimension", self.dimension), ("outcome", self.outcome), ("estimand", str(self.estimand))]
        named += [("horizon", self.horizon), *self.within]
        return cell_id("list|" + "|".join(f"{name}={value}" for name, value in named if value != ALL))

    def keys(self, programme: Programme, horizons: Sequence[str]) -> dict[str, FigureKey]:
        """The code, or horizon, of each row, and the key of its figure, in the programme's order."""
        measure = EFFECTS[self.estimand]
        if self.dimension == YEARS:
            return {at: FigureKey(measure, self.outcome, horizon=at, group=self.within) for at in horizons}
        groups = {code: group_of([*self.within, (self.dimension, code)]) for code in programme.codes(self.dimension)}
        return {
            code: FigureKey(measure, self.outcome, horizon=self.horizon, group=group) for code, group in groups.items()
        }


def lists_of(key: FigureKey) -> list[FigureList]:
    """The lists that an effect is a row of: of each dimension that it names, and that of its years."""
    estimand = key.measure.about
    if estimand is None or key.measure != EFFECTS[estimand]:
        return []
    found = [FigureList.of(YEARS, key.outcome, estimand, ALL, key.group)]
    for place, (name, _) in enumerate(key.group):
        within = key.group[:place] + key.group[place + 1 :]
        found.append(FigureList.of(name, key.outcome, estimand, key.horizon, within))
    return found
