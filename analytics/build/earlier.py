"""What stood behind each release, kept with the store, as confidential as it: every firm's contributions, the
suppression ledger, which cells are withheld and by which rule, and the files that were imported.

A new release is protected together with all that were ever published; for that it must be known which firms changed,
and what was withheld. A release itself says of a withheld cell that it is confidential, and no more; and of the
files that it was built from nothing that would tell what a small one corrects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.build.contributions import contributions_in
from analytics.build.cubes import LEDGER_COLUMNS, EarlierInputs, cube_dimensions
from analytics.build.withheld_cells import PatternSummary, WithheldCells
from analytics.faults import writing
from analytics.folders import make_private, partial_of, to_disk
from analytics.model import Arm, DataKind, Rule, UserError
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import Release, Releases
from analytics.release.figure import group_of
from analytics.release.manifest import ImportedFile
from analytics.release.measures import ALL

OUTSIDE = "outside"  # the column of a mark of each firm from outside the applicants


@dataclass(frozen=True, slots=True, eq=False)
class KeptLedger:
    """The suppression ledger of a release. cells: see `WithheldCells.ledger`; summaries: by arm and outcome; none for a
    release of format 4 or 5.
    """

    cells: pd.DataFrame
    summaries: Mapping[tuple[Arm, str], PatternSummary]

    @property
    def rules_of_counts(self) -> dict[Group, Rule]:
        """By which rule counts and grants of each group are withheld or held."""
        rows = self.cells[(self.cells["arm"] == Arm.FUNDED) & (self.cells["outcome"] == ALL)]
        names = [str(name) for name in rows if name not in LEDGER_COLUMNS]
        return {group_of({name: row[name] for name in names}): Rule(row["rule"]) for row in rows.to_dict("records")}


def keep_contributions(folder: Path, release: str, contributions: pd.DataFrame, outside: pd.Series) -> None:
    """Write what each firm contributed to a release. outside: a mark of each firm from outside the applicants, which
    contributes to one specification alone; it has a row of its own.
    """
    others = pd.DataFrame({OUTSIDE: outside})
    others.index.name = contributions.index.name
    keep_frame(
        _contributions_file(folder, release), pd.concat([contributions, others]) if len(others) else contributions
    )


def recall_outside(folder: Path, release: str) -> pd.Series:
    """The marks of the firms from outside the applicants that stood behind a release; none, where none did."""
    frame = pd.read_parquet(_contributions_file(folder, release))
    return frame[OUTSIDE].dropna() if OUTSIDE in frame else pd.Series(dtype="float64")


def contributors_of(file: Path) -> frozenset[str]:
    """The firms in a file of contributions; none where there is none."""
    if not file.exists():
        return frozenset()
    return frozenset(pd.read_parquet(file, columns=[]).index.astype(str))


def contributions_of(file: Path) -> pd.DataFrame:
    """What each firm contributed, or the mark of one from outside; codes as objects, also where none is known."""
    frame = pd.read_parquet(file)
    numbers = {OUTSIDE, *(contribution.column for contribution in contributions_in(frame))}
    return frame.astype({str(column): object for column in frame if column not in numbers})


def _of_applicants(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame[OUTSIDE].isna()].drop(columns=OUTSIDE) if OUTSIDE in frame else frame


def keep_ledger(folder: Path, release: str, withheld_cells: WithheldCells, programme: Programme) -> None:
    """Write which cells of a release are withheld, by which rule, and how the search for them came out."""
    patterns = [
        {"arm": arm.value, "outcome": outcome} | asdict(summary)
        for (arm, outcome), summary in withheld_cells.summaries.items()
    ]
    keep_frame(_patterns_file(folder, release), pd.DataFrame(patterns, columns=_PATTERN_COLUMNS))
    keep_frame(_cells_file(folder, release), withheld_cells.ledger(cube_dimensions(programme)))


def keep_inputs(folder: Path, release: str, inputs: Sequence[ImportedFile]) -> None:
    """Write which files a release was built from, with their rows and hashes, which it does not say itself."""
    names = [field.name for field in fields(ImportedFile)]
    keep_frame(_inputs_file(folder, release), pd.DataFrame(map(asdict, inputs), columns=names))


def recall_inputs(folder: Path, release: Release) -> list[ImportedFile]:
    """The files that a release was built from; one up to format 6 says so itself. Raises UserError when it is lost."""
    if release.manifest.own_inputs:
        return list(release.manifest.own_inputs)
    kept = _inputs_file(folder, release.release_id)
    if not kept.exists():
        raise UserError("disclosure.no_ledger", release=release.release_id, file=kept)
    rows = pd.read_parquet(kept).astype(object).to_dict("records")
    return [ImportedFile(**{str(name): value for name, value in row.items()}) for row in rows]


def recall_ledger(folder: Path, release: Release) -> KeptLedger:
    """The suppression ledger of a release; one of format 4 or 5 holds its own. Raises UserError when it is lost."""
    if release.own_ledger is not None:
        return KeptLedger(release.own_ledger.drop(columns="conf_status"), {})
    cells, patterns = _cells_file(folder, release.release_id), _patterns_file(folder, release.release_id)
    for kept in (cells, patterns):
        if not kept.exists():
            raise UserError("disclosure.no_ledger", release=release.release_id, file=kept)
    return KeptLedger(pd.read_parquet(cells), _summaries(patterns))


def lost_behind(folder: Path, release: Release) -> list[Path]:
    """The files behind a release that are missing: without them it cannot be made again, nor a new one checked."""
    name = release.release_id
    needed = [_contributions_file(folder, name)]
    if release.own_ledger is None:
        needed += [_cells_file(folder, name), _patterns_file(folder, name)]
    if not release.manifest.own_inputs:
        needed.append(_inputs_file(folder, name))
    return [file for file in needed if not file.exists()]


def recall_earlier(
    folder: Path, releases: Releases, programme: Programme, names: Sequence[str]
) -> dict[str, EarlierInputs]:
    """What stood behind the releases of those names, in their order.

    A release of an earlier format held no confidential data. Raises UserError when what stood behind a release of
    confidential data is lost: a new one could not be checked against it.
    """
    earlier = {}
    for name in names:
        try:
            release = Release(releases.path(name))
        except UserError as error:
            if error.key == "release.version":
                continue
            raise
        needed = [_contributions_file(folder, name)]
        if release.own_ledger is None:
            needed.append(_cells_file(folder, name))
        lost = [file for file in needed if not file.exists()]
        if not lost:
            ledger = pd.read_parquet(needed[1]) if release.own_ledger is None else release.own_ledger
            earlier[name] = EarlierInputs.of(release, _of_applicants(contributions_of(needed[0])), ledger)
        elif programme.data_kind is DataKind.CONFIDENTIAL:
            raise UserError("disclosure.behind", release=name, file=lost[0])
    return earlier


# ---- files -----------------------------------------------------------------------------------------------------------

_PATTERN_COLUMNS = ["arm", "outcome", *(field.name for field in fields(PatternSummary))]


def _contributions_file(folder: Path, release: str) -> Path:
    return folder / f"{release}.parquet"


def _cells_file(folder: Path, release: str) -> Path:
    return folder / f"{release}.withheld.parquet"


def _patterns_file(folder: Path, release: str) -> Path:
    return folder / f"{release}.patterns.parquet"


def _inputs_file(folder: Path, release: str) -> Path:
    return folder / f"{release}.inputs.parquet"


def discard(folder: Path, release: str) -> None:
    """Remove what was kept behind a release that did not come to be."""
    for file in folder.glob(f"{release}.*"):
        file.unlink(missing_ok=True)


def keep_frame(file: Path, frame: pd.DataFrame) -> None:
    """Write the file beside its place, then move it there. Raises UserError where it cannot be written."""
    with writing(file):
        make_private(file.parent)
        partial = partial_of(file)
        try:
            frame.to_parquet(partial)
            to_disk(partial)
            partial.replace(file)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def _summaries(file: Path) -> dict[tuple[Arm, str], PatternSummary]:
    """How the searches came out, by arm and outcome."""
    found = {}
    for row in pd.read_parquet(file).astype(object).to_dict("records"):
        told: dict[str, Any] = {str(name): None if pd.isna(cell) else cell for name, cell in row.items()}
        of = Arm(told.pop("arm")), str(told.pop("outcome"))
        found[of] = PatternSummary(**told)
    return found
