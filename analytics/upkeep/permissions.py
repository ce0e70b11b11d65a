"""Who may read the confidential folders: nobody but their owner."""

from collections.abc import Iterator
from pathlib import Path

from analytics.folders import WINDOWS, Home

OTHERS = 0o077  # what a mode lets the group and everybody do


def too_open(home: Home) -> list[Path]:
    """Folders and files of the store, archive, releases and log of operations that others may read, write or enter."""
    if WINDOWS:  # where a folder's owner is told otherwise
        return []
    places = (home.root / "store", home.archive, home.releases, home.audit, home.root / "backups")
    return sorted(path for place in places for path in _within(place) if path.lstat().st_mode & OTHERS)


def _within(place: Path) -> Iterator[Path]:
    if place.is_dir() and not place.is_symlink():
        yield place
        yield from (path for path in place.rglob("*") if not path.is_symlink())


def close(paths: list[Path]) -> None:
    """Leave them to their owner alone, who may do with them what they could before. Raises OSError."""
    for path in paths:
        path.chmod(path.lstat().st_mode & 0o7777 & ~OTHERS)
