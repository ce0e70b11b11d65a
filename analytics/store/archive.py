"""Source files, kept under their SHA-256 as they came."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from analytics.faults import writing
from analytics.folders import IN_WORK, WorkFolder, clear_abandoned, make_private, name_once, to_disk
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


def keep(path: Path, sha256: str, archive: Path, alive: Callable[[], None]) -> Callable[[], None]:
    """Keep a copy of the file under its hash; the answer takes it away again, where nobody had it before. A kill leaves
    at worst a copy that no batch names.

    Raises UserError when the file is no longer what was read, or when the archive cannot be written.
    """
    target = archive / sha256[:2] / f"{sha256}{path.suffix.lower()}"
    folders = [folder for folder in (target.parent, archive) if not folder.exists()]
    try:
        with writing(target):
            make_private(archive)
            make_private(target.parent)
            for folder in archive.glob(f"??/{IN_WORK}*"):
                clear_abandoned(folder.parent)
            was_there = target.exists()
            number = _copied(path, sha256, target, alive)
            discard = _nothing if was_there else partial(_take_away, target, number, folders)
            try:
                to_disk(target.parent)
            except OSError:
                discard()
                raise
    except BaseException:
        _remove_empty(folders)
        raise
    return discard


def _copied(path: Path, sha256: str, target: Path, alive: Callable[[], None]) -> int:
    """Copy the file to its place, in one step; what the file system numbers the copy by."""
    copied = hashlib.sha256()
    with WorkFolder(target.parent) as folder:
        copy = Path(folder) / target.name
        with _readable(path) as source, copy.open("wb") as file:
            for block in _blocks(source):
                copied.update(block)
                file.write(block)
                alive()
            file.flush()
            os.fsync(file.fileno())
        if copied.hexdigest() != sha256:
            raise UserError("file.changed", file=path)
        number = copy.stat().st_ino
        copy.replace(target)
    return number


def _readable(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UserError("file.unreadable", file=path, problem=error.strerror) from error


def _take_away(target: Path, number: int, folders: Sequence[Path]) -> None:
    """Remove a copy, unless another import has put its own there since. Raises OSError."""
    with WorkFolder(target.parent) as folder:
        aside = Path(folder) / target.name
        target.replace(aside)
        if aside.stat().st_ino != number:
            with suppress(FileExistsError):
                name_once(aside, target)
    _remove_empty(folders)


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        with suppress(OSError):  # something else was put there
            folder.rmdir()


def _nothing() -> None:
    """Somebody had the copy before."""


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(BLOCK), b"")
