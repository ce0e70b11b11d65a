"""What a load of aids of the state aid register (RNA) did, file by file, and why one was refused."""

import datetime as dt
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from analytics.model import UserError
from analytics.store.cells.parser import Rejection
from analytics.store.database import Batch
from analytics.store.rna.measures import Measure, Selection

MOST_LISTED = 20  # rejections and revisions that are kept to be shown
_PART = re.compile(r"(?P<series>.+?)(?P<mark>[_-])(?P<number>\d{3})", re.ASCII)


class NoMeasureError(UserError):
    """Nothing says which aids are the programme's, or what was said finds none; nothing was loaded.

    measures: those of the files, or those that come nearest; others: how many more there are.
    """

    def __init__(self, key: str, measures: Sequence[Measure], others: int, /, **details: object) -> None:
        """The measures are listed by who shows the error."""
        super().__init__(key, **details)
        self.measures = tuple(measures)
        self.others = others


class AllRejectedError(UserError):
    """The programme's aids were found, and none can be loaded; nothing was. `rejections` says where and why."""

    def __init__(self, files: Sequence["RnaFile"]) -> None:
        """Name the files with rejections."""
        self.rejections = tuple(rejection for file in files for rejection in file.rejections)
        names = ", ".join(file.name for file in files if file.rejections)
        super().__init__("rna.all_rejected", file=names, rejected=sum(file.batch.rows_rejected for file in files))


@dataclass(frozen=True, slots=True)
class Revision:
    """An amount that a later file gives otherwise: euros and days, before and now; None where there is none."""

    cor: str
    earlier_nominal: Decimal | None
    nominal: Decimal | None
    earlier_element: Decimal | None
    element: Decimal | None
    earlier_granted_on: dt.date | None
    granted_on: dt.date | None


@dataclass(frozen=True, slots=True)
class RnaFile:
    """What became of one file. already: this very file was loaded before with this selection, and nothing was done.

    read: aids in the file, of any measure; selected: those of the programme; rows_in: their amounts, which are
    `batch.rows_loaded` + duplicates + `batch.rows_rejected`; revised: loaded ones that are otherwise than before, of
    which `revisions` are the largest; missing: loaded ones without a nominal amount; rounded: rows with more than two
    decimals, rounded to the cent; removed: control characters that stood in the file; recoded: whether its bytes are
    in another encoding than it says; unknown: elements that the schema does not have, how many of each name.
    """

    name: str
    batch: Batch
    already: bool = False
    read: int = 0
    selected: int = 0
    rows_in: int = 0
    duplicates: int = 0
    revised: int = 0
    missing: int = 0
    rounded: int = 0
    removed: int = 0
    recoded: bool = False
    unknown: tuple[tuple[str, int], ...] = ()
    rejections: tuple[Rejection, ...] = ()
    revisions: tuple[Revision, ...] = ()


@dataclass(frozen=True, slots=True)
class RnaReport:
    """What a load did. selection: what was looked for; measures: those that it found; absent: files of a numbered
    series that are neither among these nor in the store."""

    files: tuple[RnaFile, ...]
    selection: Selection
    measures: tuple[Measure, ...]
    absent: tuple[str, ...]


def absent_parts(stems: Set[str], known: Set[str]) -> tuple[str, ...]:
    """Names that the numbered series of these files leave out, all without suffix: of _002 and _004 the third, and the
    first, which may also stand without a number. known: names of files loaded earlier, which count as there.
    """
    every = stems | known
    parts = [match for stem in sorted(every) if (match := _PART.fullmatch(stem))]
    absent: list[str] = []
    for series, mark in sorted({(part["series"], part["mark"]) for part in parts if part[0] in stems}):
        numbers = {int(part["number"]) for part in parts if (part["series"], part["mark"]) == (series, mark)}
        if series in every:
            numbers.add(1)
        absent += [f"{series}{mark}{n:03}" for n in range(1, max(numbers)) if n not in numbers]
    return tuple(absent)
