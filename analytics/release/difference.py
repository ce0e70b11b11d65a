"""Two releases of a programme, cell by cell: which figures changed, how, and what was different when they were made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray
from analytics.release.figure import FROM_OTHERS
from analytics.release.file import Release
from analytics.release.manifest import Manifest


class Change(StrEnum):
    """How a figure differs. status: whether it is published, or what may be said of it; value: only its numbers;
    others: only what the other groups of its list make of it, its own value, interval and df being as they were.
    """

    NEW = "new"
    GONE = "gone"
    STATUS = "status"
    VALUE = "value"
    OTHERS = "others"


class Cause(StrEnum):
    """What may make figures differ, in the order in which it is told apart: the method, which comes with the code;
    code, settings (with the rest of the programme file), the releases beside which it is protected, data.
    """

    METHOD = "method"
    CODE = "code"
    SETTINGS = "settings"
    BESIDE = "beside"
    DATA = "data"


STATUS_COLUMNS = ("reason", "obs_status", "conf_status", "grade", "verdict", "result", "because")


@dataclass(frozen=True, slots=True)
class Changed:
    """One figure that differs, by the part of its id that stays; `before` and `after` are its ids in either release."""

    cell: str
    how: Change
    before: str | None
    after: str | None


def changes(old: pd.DataFrame, new: pd.DataFrame) -> list[Changed]:
    """The figures that differ between two tables of figures (columns as in release.sql): changed status first, then
    changed values, those that the others alone changed, new ones, those that are gone.
    """
    before, after = old.set_index("cell"), new.reindex(columns=old.columns).set_index("cell")
    both = before.index.intersection(after.index, sort=True)
    earlier, later = before.loc[both], after.loc[both]
    status = _differ(earlier, later, STATUS_COLUMNS)
    numbers = [str(name) for name in before if name not in ("figure_id", *STATUS_COLUMNS)]
    others = _differ(earlier, later, [name for name in numbers if name in FROM_OTHERS]) & ~status
    value = _differ(earlier, later, [name for name in numbers if name not in FROM_OTHERS]) & ~status
    cells_by_how = {
        Change.STATUS: both[status],
        Change.VALUE: both[value],
        Change.OTHERS: both[others & ~value],
        Change.NEW: after.index.difference(before.index),
        Change.GONE: before.index.difference(after.index),
    }
    ids = before["figure_id"].to_dict(), after["figure_id"].to_dict()
    return [
        Changed(str(cell), how, ids[0].get(cell), ids[1].get(cell))
        for how, cells in cells_by_how.items()
        for cell in cells
    ]


def _differ(earlier: pd.DataFrame, later: pd.DataFrame, columns: Iterable[str]) -> BoolArray:
    """(n_rows,) whether any of the columns differs; what is absent in both is equal."""
    differ = np.zeros(len(earlier), dtype=bool)
    for name in columns:
        if earlier[name].equals(later[name]):
            continue
        left, right = known(earlier[name]), known(later[name])
        differ |= np.array([a != b for a, b in zip(left, right, strict=True)], dtype=bool)
    return differ


def known(column: pd.Series) -> list[Any]:
    """The values, None where there is none: whole numbers, decimals and words compare alike, to the last digit."""
    return column.astype(object).where(column.notna(), None).tolist()


def counts(changed: Iterable[Changed]) -> dict[Change, int]:
    """How many figures differ, by how."""
    by_how = Counter(figure.how for figure in changed)
    return {how: by_how[how] for how in Change}


def causes(old: Release, new: Release) -> list[Cause]:
    """What was different when the two were made, by their manifests."""
    earlier, later = old.manifest, new.manifest
    differ = {
        Cause.METHOD: earlier.method != later.method,
        Cause.CODE: earlier.code_version != later.code_version,
        Cause.SETTINGS: (earlier.settings, earlier.programme) != (later.settings, later.programme),
        Cause.BESIDE: earlier.beside != later.beside,
        Cause.DATA: (_files(earlier), earlier.deletions) != (_files(later), later.deletions),
    }
    return [cause for cause in Cause if differ[cause]]


def _files(manifest: Manifest) -> list[tuple[str, str, int, int]]:
    """What was imported, in whatever order."""
    return sorted((file.table, file.imported_on, file.rows_loaded, file.rows_rejected) for file in manifest.inputs)
