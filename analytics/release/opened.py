"""Releases in memory: read once for all readers, and right for as long as they are kept there."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from analytics.release.file import Release
from analytics.release.sound import file_hash


class OpenReleases:
    """Release files that were read, those asked for longest ago forgotten first. Called from many threads."""

    def __init__(self, most: int) -> None:
        """most: how many are kept."""
        self._most, self._lock = most, Lock()
        self._kept: OrderedDict[tuple[Path, str], Release] = OrderedDict()
        self._noted: dict[Path, str] = {}

    def __call__(self, path: Path, sha256: str = "") -> Release:
        """The release of a file with that hash, which never changes; without one, of the file as it was when it was
        first read here. Raises UserError where it must be read, and is not that file.
        """
        key = path, sha256
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        known = sha256 or self.noted(path)
        found = known or _hash_of(path)
        read = Release(path, known)
        with self._lock:
            if not sha256:
                self._noted.setdefault(path, found)
            kept = self._kept.setdefault(key, read)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return kept

    def holds(self, path: Path, sha256: str = "") -> bool:
        """Whether it is in memory."""
        return (path, sha256) in self._kept

    def noted(self, path: Path) -> str:
        """The SHA-256 that a file had when it was first read here without one to compare it with; "" where it was not:
        releases of earlier versions have none, and never change either.
        """
        return self._noted.get(path, "")


def _hash_of(path: Path) -> str:
    try:
        return file_hash(path)
    except OSError:
        return ""
