"""The releases of every programme that has a file here, each read once. No page of its own."""

from analytics.folders import Home, programme_ids
from analytics.model import DataKind, UserError
from analytics.release.opened import OpenReleases
from analytics.release.readable import Shelves

read_release = OpenReleases(8)


def shelves() -> Shelves:
    """The releases of every programme that has a file here."""
    root, kept = Home.default().releases, read_release
    return Shelves(root, programme_ids, kept, holds=kept.holds, noted=kept.noted)


def kinds_in_use() -> list[DataKind]:
    """What kinds of data the releases in use are of, by their own files."""
    kinds = []
    for readable in shelves().readable().values():
        try:
            kinds.append(readable.read(readable.current).programme.data_kind)
        except UserError:
            kinds.append(DataKind.CONFIDENTIAL)
    return kinds
