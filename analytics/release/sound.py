"""Whether a release's file is the one that was published, to the last bit."""

import hashlib
from functools import lru_cache
from pathlib import Path


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, computed once in this process as long as its size and its time of change stay the same.
    Raises OSError.
    """
    found = path.stat()
    return _hash(path, found.st_ino, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=256)
def _hash(path: Path, _inode: int, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_sound(path: Path, sha256: str) -> bool:
    """Whether the file is there and has that hash; without one, whether it is there."""
    try:
        return file_hash(path) == sha256 if sha256 else path.is_file()
    except OSError:
        return False
