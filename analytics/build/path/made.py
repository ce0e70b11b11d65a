"""The path of a release: told anew as a whole, or as the newest earlier release told it, as a whole.

Where one or two firms changed since an earlier release, the difference would tell of them: then all of it stays, so
that it still adds up. Where more did, but of some number one or two, that number is confidential.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.build.path.chains import (
    Announced,
    Patterns,
    analysis_rows,
    application_rows,
    award_rows,
    comparison_rows,
)
from analytics.build.path.kept import ANYWHERE, IN_ROWS, BehindPath
from analytics.build.path.places import (
    ANALYSED,
    BY_SALES,
    FATES,
    MEASURED,
    OF_FUNDED,
    PAID,
    PAID_IN_PART,
    PLACE,
    SELLING,
    SPLIT_NOT_TOLD,
    UNKNOWN,
    Places,
    comparison_steps,
    parents_of,
)
from analytics.build.path.protection import (
    Codes,
    Pattern,
    Told,
    counts_of_awards,
    euros_of_awards,
    find_pattern,
    mask_of,
    never_told_of_awards,
    tree_cube,
)
from analytics.build.path.rows import PathRow, path_table
from analytics.disclosure.cube import Cube
from analytics.model import ObsStatus, UserError
from analytics.programme.file import Programme
from analytics.release.measures import ALL
from analytics.release.path import PATHS

AS_COUNTS: Codes = (ALL, ALL, ALL, ALL)  # of awards, beside the tranche: all of them
AS_GRANTS: Codes = ("granted", ALL, ALL, ALL)


@dataclass(frozen=True, slots=True, eq=False)
class Elsewhere:
    """What the release tells of the same firms elsewhere. told, secret: stages of the funded firms ("firms", "granted",
    "selling", "measured", "analysed") by tranche ("*": all), and of the comparison firms ("compared", …); applications:
    how they ended, as told; held: whether any of it stays as an earlier release had it though it is another now.
    """

    told: frozenset[tuple[str, str]]
    secret: frozenset[tuple[str, str]]
    told_comparison: frozenset[str]
    secret_comparison: frozenset[str]
    applications: pd.DataFrame
    held: bool


@dataclass(frozen=True, slots=True, eq=False)
class MadePath:
    """The table `reconciliation_gaps` of a release, empty where nothing of it may be told; and what stands behind it,
    confidential. is_held: whether it is as an earlier release told it.
    """

    table: pd.DataFrame
    behind: BehindPath
    is_held: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """differs: whether so few firms changed since an earlier release that the difference would tell of them: what would
    tell it is withheld.
    """

    patterns: Patterns
    differs: bool


def make_path(
    places: Places,
    programme: Programme,
    elsewhere: Elsewhere,
    announced: Sequence[Announced],
    earlier: Sequence[BehindPath],
    earlier_table: pd.DataFrame | None,
    *,
    splits: tuple[bool, bool],
) -> MadePath:
    """The path of a release. announced: by tranche and of all; earlier: behind every earlier release that has anything
    of it, oldest first; earlier_table: of the newest, None where none has one; splits: whether the reasons by sales may
    be told one by one, of funded and of comparison firms.
    """
    told_places = _as_split(places, splits)
    try:
        found = None if elsewhere.held else _patterns(told_places, programme, elsewhere, earlier, splits)
    except UserError as error:
        if error.key not in ("disclosure.unsafe", "disclosure.narrowed"):
            raise
        found = None
    few = bool(earlier) and 0 < earlier[-1].changed_firms(told_places) < programme.disclosure_rules.min_units
    if found is None or (found.differs and few and earlier_table is not None):
        return _held(earlier, earlier_table)
    patterns, rows = found.patterns, list[PathRow]()
    applied = programme.announced.applications if programme.announced else None
    firms_told = patterns.awards.tells((ALL, *AS_COUNTS))
    rules = programme.disclosure_rules
    rows += application_rows(elsewhere.applications, places, applied, firms_told=firms_told, rules=rules)
    paid_known = bool((places.awards["flow"] != UNKNOWN).any())
    for one in announced:
        rows += award_rows(places, patterns, one, rules, paid_known=paid_known)
    for one in announced:
        rows += analysis_rows(told_places, patterns.analysis, one.tranche, rules, split=splits[0])
    rows += comparison_rows(told_places, patterns.comparison, programme, split=splits[1])
    behind = BehindPath.of(told_places, _with_all_that_is_told(patterns, elsewhere))
    rows.sort(key=lambda row: PATHS.index(row.path))
    return MadePath(path_table(rows), behind, is_held=False)


def _with_all_that_is_told(patterns: Patterns, elsewhere: Elsewhere) -> dict[str, Pattern]:
    """The patterns by name, less what the release tells elsewhere."""
    known = mask_of(patterns.analysis.cube, _stages(elsewhere.told))
    analysis = Pattern(patterns.analysis.cube, patterns.analysis.withheld & ~known)
    named = {"awards": patterns.awards, "amounts": patterns.amounts, "comparison": patterns.comparison}
    return {ANYWHERE: analysis, IN_ROWS: patterns.analysis, **named}


def _held(earlier: Sequence[BehindPath], table: pd.DataFrame | None) -> MadePath:
    """As the newest earlier release told it; nothing where none did."""
    if table is None or not len(table) or not earlier:
        return MadePath(path_table([]), BehindPath.nothing(), is_held=False)
    return MadePath(table.assign(obs_status=ObsStatus.PROVISIONAL.value), earlier[-1], is_held=True)


def _as_split(places: Places, splits: tuple[bool, bool]) -> Places:
    """The same, with the reasons by sales as one where they are not told one by one."""
    frames = [
        frame if split else frame.assign(**{PLACE: frame[PLACE].replace(dict.fromkeys(BY_SALES, SPLIT_NOT_TOLD))})
        for frame, split in zip((places.funded, places.turned_down), splits, strict=True)
    ]
    return Places(frames[0], places.awards, frames[1], places.applications)


def _patterns(
    places: Places,
    programme: Programme,
    elsewhere: Elsewhere,
    earlier: Sequence[BehindPath],
    splits: tuple[bool, bool],
) -> "_Found":
    """What may be told of each tree of places."""
    rules, differs = programme.disclosure_rules, list[bool]()

    def find(name: str, cube: Cube, told: Told, measure: str = "n_units", *, awards: bool = False) -> Pattern:
        if not len(cube.cells):
            return Pattern(cube, np.zeros(0, dtype=bool))
        never = np.array([never_told_of_awards(codes) for codes in cube.positions]) if awards else None
        before = [pattern for behind in earlier if (pattern := behind.pattern(name, programme)) is not None]
        found = find_pattern(cube, told, rules, before, measure=measure, never=never)
        differs.append(found.differs)
        return found.pattern

    cube = tree_cube(places.funded, parents_of(OF_FUNDED))
    told = Told(_stages(elsewhere.told), _stages(elsewhere.secret))
    first = find(ANYWHERE, cube, told)
    # what the figures tell of measured firms cannot be hidden here; that so few are lost between two stages is not said
    unsaid = frozenset(codes for codes, hidden in zip(cube.positions, first.withheld, strict=True) if hidden)
    known = frozenset(codes for codes in told.known if codes[1] not in (MEASURED, ANALYSED)) - unsaid
    analysis = find(IN_ROWS, cube, Told(known, told.secret - known, unsaid - known))
    awards = find(
        "awards", counts_of_awards(places.awards), _told_of_awards(places, elsewhere, rules.min_units), awards=True
    )
    grants = Told(_awards(elsewhere.told, "granted", AS_GRANTS), _awards(elsewhere.secret, "granted", AS_GRANTS))
    euros = euros_of_awards(places.awards)
    amounts = find("amounts", euros, replace(grants, unsaid=_uncounted(euros, awards)), "value", awards=True)
    of_others = tree_cube(places.turned_down, parents_of(comparison_steps(programme)))
    comparison = find("comparison", of_others, _told_of_comparison(elsewhere))
    return _Found(Patterns(analysis, awards, amounts, comparison, *splits), any(differs))


def _uncounted(euros: Cube, awards: Pattern) -> frozenset[Codes]:
    """Cells of euros that would tell how many firms they are of, which is withheld: nobody has more than the largest
    grant. What was paid is of too many for that.
    """
    of_many = (PAID, PAID_IN_PART)
    return frozenset(codes for codes in euros.positions if codes[3] not in of_many and not awards.tells(codes))


def _stages(stages: Iterable[tuple[str, str]]) -> frozenset[Codes]:
    """Tranche and stage -> cells of the tree of funded firms."""
    named = {"firms": ALL, SELLING: SELLING, MEASURED: MEASURED, ANALYSED: ANALYSED}
    return frozenset((tranche, named[stage]) for tranche, stage in stages if stage in named)


def _awards(stages: Iterable[tuple[str, str]], stage: str, codes: Codes) -> frozenset[Codes]:
    return frozenset((tranche, *codes) for tranche, one in stages if one == stage)


def _told_of_awards(places: Places, elsewhere: Elsewhere, least: int) -> Told:
    """How awards ended is told by how applications did, too, where each firm has one award, and each is dated."""
    known = set(_awards(elsewhere.told, "firms", AS_COUNTS))
    secret = set(_awards(elsewhere.secret, "firms", AS_COUNTS))
    applications, fates = places.applications, places.awards["fate"].value_counts().to_dict()
    further = applications.loc[applications["awarded"] & ~applications["is_first_award"], "firm_id"].nunique()
    for row in elsewhere.applications.to_dict("records"):
        fate = FATES.get(str(row["outcome"]))
        if fate is None:
            continue
        cell: Codes = (ALL, ALL, fate, ALL, ALL)
        ended = applications[applications["outcome"] == row["outcome"]]
        without = int((~ended["awarded"]).sum())
        if pd.isna(row["applications"]) or 0 < without < least or 0 < further < least:
            secret.add(cell)
        elif not without and row["applications"] == fates.get(fate, 0):
            known.add(cell)
    return Told(frozenset(known), frozenset(secret))


def _told_of_comparison(elsewhere: Elsewhere) -> Told:
    """How many applications were turned down follows from how they ended."""
    ended = elsewhere.applications
    of_these = ended.loc[ended["outcome"].isin(["not_admitted", "not_funded"]), "applications"]
    root = frozenset({(ALL,)})
    known = frozenset((stage,) for stage in elsewhere.told_comparison)
    secret = frozenset((stage,) for stage in elsewhere.secret_comparison)
    return Told(known | root, secret) if of_these.notna().all() else Told(known, secret | root)
