"""The releases of every programme that has a file here, each read once. No page of its own."""

import datetime as dt
from functools import lru_cache
from pathlib import Path

from analytics.folders import Home, programme_ids
from analytics.model import DataKind, UserError
from analytics.release import Release
from analytics.release.readable import Shelves


@lru_cache(maxsize=8)
def read_release(path: Path) -> Release:
    """A release file in memory; the file never changes, so its path is enough to know it by."""
    return Release(path)


@lru_cache(maxsize=4)
def read_before(path: Path, until: dt.datetime) -> Release:
    """The same of a release under embargo: an object of its own, so that what is made of it bears its mark."""
    return Release(path, until)


def shelves() -> Shelves:
    """The releases of every programme that has a file here."""
    return Shelves(Home.default().releases, programme_ids, read_release, open_before=read_before)


def kinds_in_use() -> list[DataKind]:
    """What kinds of data the releases in use are of, by their own files."""
    kinds = []
    for readable in shelves().readable().values():
        try:
            kinds.append(readable.read(readable.current).programme.data_kind)
        except UserError:
            kinds.append(DataKind.CONFIDENTIAL)
    return kinds
