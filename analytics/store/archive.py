"""Source files, kept under their SHA-256 as they came."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from analytics.folders import make_private
from analytics.model import UserError

BLOCK = 1 << 22  # bytes


def hash_of(path: Path, alive: Callable[[], None]) -> str:
    """The SHA-256 of a file. alive: called between blocks. Raises UserError where it cannot be read."""
    sha256 = hashlib.sha256()
    try:
        with path.open("rb") as file:
            for block in _blocks(file):
                sha256.update(block)
                alive()
    except OSError as error:
        raise UserError("file.unreadable", file=path, problem=error.strerror) from error
    return sha256.hexdigest()


def keep(path: Path, sha256: str, archive: Path, alive: Callable[[], None]) -> None:
    """Keep a copy of the file under its hash. A kill leaves at worst a copy that no batch names.

    Raises UserError when the file is no longer what was read, or when the archive cannot be written.
    """
    target = archive / sha256[:2] / f"{sha256}{path.suffix.lower()}"
    copied = hashlib.sha256()
    try:
        make_private(archive)
        make_private(target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            copy = Path(folder) / target.name
            with path.open("rb") as source, copy.open("wb") as file:
                for block in _blocks(source):
                    copied.update(block)
                    file.write(block)
                    alive()
                file.flush()
                os.fsync(file.fileno())
            if copied.hexdigest() != sha256:
                raise UserError("file.changed", file=path)
            copy.replace(target)
    except OSError as error:
        raise UserError("store.unwritable", file=target.parent, problem=error.strerror) from error


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(BLOCK), b"")
