"""The path of a release, beside all else that it tells and beside every earlier release."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.build.cubes import EarlierInputs
from analytics.build.path.elsewhere import announced_by_tranche, sales_of_left_out, told_elsewhere
from analytics.build.path.kept import BehindPath, recall_path
from analytics.build.path.made import MadePath, make_path
from analytics.build.path.places import Places
from analytics.build.reconciliation import reconciliation
from analytics.build.samples import Samples
from analytics.build.sellers import tells_sellers
from analytics.build.withheld_cells import WithheldCells
from analytics.model import Arm
from analytics.programme.file import Programme
from analytics.release.figure import Figure


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What a release tells beside its path. reconciliation: without the path; figures: as told; applications: how they
    ended, as told; contributions, samples: of its firms.
    """

    reconciliation: pd.DataFrame
    contributions: pd.DataFrame
    figures: Sequence[Figure]
    applications: pd.DataFrame
    samples: Samples


@dataclass(frozen=True, slots=True, eq=False)
class EarlierPaths:
    """Behind the paths of earlier releases, oldest first. gaps, reconciliation: the tables of the newest that tells its
    path, whose own stands last; None: none does.
    """

    behind: Sequence[BehindPath]
    gaps: pd.DataFrame | None
    reconciliation: pd.DataFrame | None


def recall_paths(folder: Path, inputs: Sequence[EarlierInputs], programme: Programme) -> EarlierPaths:
    """What stood behind the paths of the earlier releases. Raises UserError as `recall_path` does."""
    silent, telling = list[BehindPath](), list[BehindPath]()
    newest = None
    for one in inputs:
        behind = None if one.release is None else recall_path(folder, one.release, one.contributions, programme)
        if behind is None or one.release is None:
            continue
        if len(one.release.reconciliation_gaps):
            telling.append(behind)
            newest = one.release
        else:
            silent.append(behind)
    tables = (None, None) if newest is None else (newest.reconciliation_gaps, newest.reconciliation)
    return EarlierPaths([*silent, *telling], *tables)


def tell_path(places: Places, programme: Programme, counts: Counts, earlier: EarlierPaths) -> MadePath:
    """The path of a release, see `make_path`."""
    uncovered = reconciliation(counts.contributions, programme, WithheldCells({}, {}), ())
    elsewhere = told_elsewhere(counts.reconciliation, uncovered, counts.figures, places, programme, counts.applications)
    made = counts.figures, counts.contributions, counts.samples, programme
    splits = [
        not tells_sellers(*made, arm, sales_of_left_out(frame))
        for arm, frame in ((Arm.FUNDED, places.funded), (Arm.COMPARISON, places.turned_down))
    ]
    announced = announced_by_tranche(counts.reconciliation)
    return make_path(
        places, programme, elsewhere, announced, earlier.behind, earlier.gaps, splits=(splits[0], splits[1])
    )
