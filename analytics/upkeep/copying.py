"""Files copied and checked: each read once, hashed on its way, on disk and owner-only when its copy is there."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from analytics.folders import make_private, to_disk
from analytics.model import UserError

BLOCK = 1 << 22  # bytes
OWNER_ONLY = 0o600
Alive = Callable[[int], None]  # told of every block: its bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of a file: bytes, and their SHA-256."""

    size: int
    sha256: str


def silent(_: int) -> None:
    """Nobody is told."""


def hashed(file: Path, alive: Alive = silent) -> Seen:
    """Size and hash of a file. Raises UserError where it cannot be read, or is no plain file."""
    sha256, size = hashlib.sha256(), 0
    for block in _blocks(file):
        sha256.update(block)
        size += len(block)
        alive(len(block))
    return Seen(size, sha256.hexdigest())


def copied(file: Path, copy: Path, alive: Alive = silent) -> Seen:
    """Copy a file; size and hash of what was read and written. Raises UserError where either cannot be."""
    sha256, size = hashlib.sha256(), 0
    with written(copy) as target:
        for block in _blocks(file):
            sha256.update(block)
            size += len(block)
            target.write(block)
            alive(len(block))
    return Seen(size, sha256.hexdigest())


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A new file, owner-only and on disk in the end. Raises UserError where the disk refuses."""
    with disk_errors(path.parent):
        make_folder(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """A folder with those above it that are missing, each of them owner-only; one that is there stays as it is."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        make_private(one)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """What the disk refuses to write, as a UserError that names the folder."""
    try:
        yield
    except OSError as error:
        raise UserError("backup.unwritable", folder=folder, problem=error.strerror or str(error)) from error


def linked(file: Path, link: Path) -> bool:
    """Give a file a second name; False where the disk has no such names."""
    make_folder(link.parent)
    try:
        os.link(file, link)
    except OSError:
        return False
    return True


def keep_on_disk(folder: Path) -> None:
    """Ask the operating system to keep the names of all files in a folder and below."""
    for path in (*(one for one in folder.rglob("*") if one.is_dir()), folder, folder.parent):
        to_disk(path)


def removed(folder: Path) -> None:
    """Delete a folder of ours that was not finished, as far as that goes."""
    with suppress(OSError):
        shutil.rmtree(folder)


def _blocks(file: Path) -> Iterator[bytes]:
    try:
        if file.is_symlink() or not file.is_file():
            raise UserError("backup.unreadable", file=file, problem=os.strerror(2))
        source = file.open("rb")
    except OSError as error:
        raise UserError("backup.unreadable", file=file, problem=error.strerror) from error
    with source:
        while True:
            try:
                block = source.read(BLOCK)
            except OSError as error:
                raise UserError("backup.unreadable", file=file, problem=error.strerror) from error
            if not block:
                return
            yield block
