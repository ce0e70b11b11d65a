"""A file that the officer sent, under its own name in a folder that nobody else may read, until it is done with."""

import re
from pathlib import Path

from analytics.folders import WorkFolder

_LONGEST = 150  # characters of a name; file systems take 255 bytes


class Upload:
    """One uploaded file. It goes when it is deleted, and at the latest when nothing refers to it any more."""

    def __init__(self, name: str, content: bytes | memoryview) -> None:
        """Write it."""
        self._folder = WorkFolder()
        self.path = Path(self._folder.name) / safe_name(name)
        self.path.touch(mode=0o600)
        self.path.write_bytes(content)

    def delete(self) -> None:
        """Remove the file, and the folder."""
        self._folder.cleanup()


def safe_name(name: str) -> str:
    """A name for a file in a folder of its own: the last part of a path, without control characters."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(mark for mark in last if mark.isprintable()).strip()
    if len(kept) > _LONGEST:
        stem, dot, ending = kept.rpartition(".")
        kept = (stem[: _LONGEST - len(ending) - 1] + dot + ending) if dot and len(ending) < 10 else kept[:_LONGEST]
    return kept if kept.strip(".") else "file"
