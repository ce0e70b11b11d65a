"""What is told again as it was: where a release holds anything of a few firms, so that what it holds points to nobody.

A figure that stays as an earlier release had it is marked. Were it only those of one corrected firm, the marks would
meet at the sector, size, place and list of that firm. So whatever did not change stays, and is marked, too: also
effects, which the slopes of all firms together move in their last digits wherever a firm is corrected.
"""

from collections.abc import Callable, Sequence
from functools import cache

import pandas as pd

from analytics.build.contributions import TRACE, Contribution, contributions_in
from analytics.build.cubes import ContributionCubes, EarlierInputs
from analytics.build.withheld_cells import WithheldCells
from analytics.build.withhold import comparison_group, crosses_sectors, holds_anything
from analytics.model import Arm
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import Release
from analytics.release.figure import FigureKey
from analytics.release.measures import ALL, OVERALL

Kept = Callable[[FigureKey], bool]


def kept_where_held(
    contributions: pd.DataFrame,
    programme: Programme,
    withheld_cells: WithheldCells,
    earlier: Sequence[EarlierInputs],
    code: str,
) -> Kept:
    """Whether a figure stays as the newest of the earlier inputs has it: where this release holds anything, all whose
    firms, and comparison firms, reported what they did. Nothing where that release was made in another way.
    """
    newest = earlier[-1] if earlier else None
    if (
        newest is None
        or newest.release is None
        or not holds_anything(withheld_cells)
        or _made_otherwise(newest.release, programme, code)
    ):
        return lambda _: False
    cubes = ContributionCubes(contributions, programme, [newest])
    traces = [one for one in contributions_in(contributions) if one.is_trace and one.horizon in (OVERALL, ALL)]
    evidence = [one for one in contributions_in(contributions) if one.is_trace and one.what.startswith(f"{TRACE}_")]

    @cache
    def unchanged(arm: Arm, outcome: str) -> frozenset[Group]:
        of_outcome: list[Contribution] = [one for one in (*traces, *evidence) if one.outcome == outcome]
        groups = [cubes.unchanged(arm, one) for one in dict.fromkeys(of_outcome)]
        known = {group for group in cubes.groups(cubes.base(arm)) if group is not None}
        changed = [
            {group for group in cubes.groups(cubes.own(one, arm)) if group is not None} - same
            for one, same in zip(dict.fromkeys(of_outcome), groups, strict=True)
        ]
        return frozenset(known - set().union(*changed))

    def kept(key: FigureKey) -> bool:
        if key.outcome == ALL:
            return False
        beside = () if crosses_sectors(key.group, programme) else comparison_group(key.group, programme)
        return key.group in unchanged(Arm.FUNDED, key.outcome) and beside in unchanged(Arm.COMPARISON, key.outcome)

    return kept


def _made_otherwise(newest: Release, programme: Programme, code: str) -> bool:
    """Whether other code, or other settings, made an earlier release: then all figures may differ."""
    return (newest.manifest.code_version, newest.settings) != (code, programme.settings)
