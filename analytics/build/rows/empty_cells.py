"""Cells without a funded firm. Were they told as empty, of every withheld cell it would be known that it is not."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from analytics.arrays import BoolArray
from analytics.build.rows.row import group_named
from analytics.build.withheld_cells import PatternKey, WithheldCells
from analytics.model import Arm, Rule
from analytics.panel.arms import GroupLabel, groups_of
from analytics.panel.panel import Panel
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release.measures import ALL

Groupings = dict[tuple[str, ...], dict[GroupLabel, BoolArray]]


def groupings_of(panel: Panel, programme: Programme) -> Groupings:
    """The groups of funded firms that a release tells of, by table: the programme, each dimension, each named pair. A
    pair has a group for all codes that its two dimensions have, whether or not any applicant has both: a list of those
    that firms have would tell which they are.
    """
    listed = [(), *((name,) for name in programme.dimension_names), *programme.pairs]
    groupings: Groupings = {by: dict(groups_of(panel, by)) if by else {(): panel.funded} for by in listed}
    for by in programme.pairs:
        if not _nested(by, programme):
            every = product(*(groups_of(panel, name) for name in by))
            groupings[by] = dict.fromkeys(every, panel.funded & False) | groupings[by]
    return groupings


def _nested(by: tuple[str, ...], programme: Programme) -> bool:
    """Whether one of two dimensions lies in the other, so that everybody knows which codes never meet."""
    parents = {dimension.name: dimension.parents for dimension in programme.dimensions}
    return any(outer in parents[inner] for inner, outer in (by, by[::-1]))


def with_empty_cells(withheld_cells: WithheldCells, panel: Panel, programme: Programme) -> WithheldCells:
    """The same, with the empty groups of each table in which a group's firms are withheld, and as many cells more."""
    withheld = withheld_cells.rules.get((Arm.FUNDED, ALL, ALL), {})
    empty: dict[Group, Rule] = {}
    for by, masks in groupings_of(panel, programme).items():
        groups = {group_named(by, labels): mask for labels, mask in masks.items()}
        if any(withheld.get(group, Rule.HELD) is not Rule.HELD for group in groups):
            empty |= {group: Rule.SECONDARY for group, mask in groups.items() if not mask.any()}
    rules: dict[PatternKey, Mapping[Group, Rule]] = dict(withheld_cells.rules)
    summaries = dict(withheld_cells.summaries)
    for of, summary in summaries.items():
        if of[0] is Arm.FUNDED:
            key = (*of, ALL)
            rules[key] = empty | dict(rules.get(key, {}))
            cells, secondary = summary.cells + len(empty), summary.secondary + len(empty)
            summaries[of] = replace(summary, cells=cells, secondary=secondary)
    return replace(withheld_cells, rules=rules, summaries=summaries)
