"""What stopped processes left unfinished in a data folder, and in the system's folder for temporary files."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from analytics.folders import Home, abandoned

OLD_SECONDS = 86_400  # what is unfinished for so long, nobody works on any more
_UNNAMED = ("tmp*", "*.partial")  # unfinished things that do not say which process made them


def leftovers(home: Home) -> list[Path]:
    """All of them, sorted: of processes that are no more, or a day old."""
    found = set(abandoned(Path(tempfile.gettempdir())))
    for folder in _folders(home):
        found |= {*abandoned(folder), *_old(folder)}
    return sorted(found)


def _folders(home: Home) -> Iterator[Path]:
    store = home.root / "store"
    yield from (home.root, store, home.archive, home.releases, home.audit)
    for pattern, place in (("*.behind", store), ("??", home.archive), ("*", home.releases)):
        yield from (folder for folder in place.glob(pattern) if folder.is_dir())


def _old(folder: Path) -> Iterator[Path]:
    for pattern in _UNNAMED:
        for path in folder.glob(pattern):
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime > OLD_SECONDS:
                    yield path


def remove(path: Path) -> None:
    """Remove one. Raises OSError."""
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
