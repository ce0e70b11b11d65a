"""What stood behind each release: every firm's contributions, kept with the store, as confidential as it.

A new release is protected together with all that were ever published; for that it must be known which firms changed.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analytics.build.contributions import contributions_in
from analytics.build.cubes import EarlierInputs
from analytics.model import DataKind, UserError
from analytics.programme.file import Programme
from analytics.release import Release, Releases


def keep_contributions(folder: Path, release: str, contributions: pd.DataFrame) -> None:
    """Write the file beside its place, then move it there."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{release}.{os.getpid()}.partial"
    contributions.to_parquet(partial)
    partial.replace(folder / f"{release}.parquet")


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
        kept = folder / f"{name}.parquet"
        if kept.exists():
            frame = pd.read_parquet(kept)
            numbers = {contribution.column for contribution in contributions_in(frame)}
            codes = {str(column): object for column in frame if column not in numbers}
            earlier[name] = EarlierInputs(frame.astype(codes), release)
        elif programme.data_kind is DataKind.CONFIDENTIAL:
            raise UserError("disclosure.behind", release=name, file=kept)
    return earlier
