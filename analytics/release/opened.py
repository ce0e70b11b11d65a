"""Releases in memory: read once for all readers, and right for as long as they are kept there."""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from analytics.release.file import Release


class OpenReleases:
    """Release files that were read, those asked for longest ago forgotten first. Called from many threads."""

    def __init__(self, most: int) -> None:
        """most: how many are kept."""
        self._most, self._lock = most, Lock()
        self._kept: OrderedDict[tuple[Path, str], Release] = OrderedDict()

    def __call__(self, path: Path, sha256: str = "") -> Release:
        """The release of a file with that hash, which never changes. Raises UserError where it must be read, and is not
        that file.
        """
        key = path, sha256
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        read = Release(path, sha256)
        with self._lock:
            kept = self._kept.setdefault(key, read)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return kept

    def holds(self, path: Path, sha256: str = "") -> bool:
        """Whether it is in memory."""
        return (path, sha256) in self._kept
