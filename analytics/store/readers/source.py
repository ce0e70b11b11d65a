"""A file before it is read: a regular one, within bounds, of a kind that can be read, told by what it holds."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from analytics.model import UserError
from analytics.store.readers.containers import OLE_MARK, ZIP_MARKS, kind_of_ole, kind_of_zip
from analytics.store.readers.encoding import byte_order_mark, utf16_without_mark
from analytics.store.readers.foreign import Foreign, foreign_bytes, kind_of_text
from analytics.store.readers.lines import control_line
from analytics.store.readers.table import FileKind, Source

LARGEST_TEXT = 8 << 30  # bytes; also of Parquet files and of months of the register of aids
LARGEST_WORKBOOK = 200 << 20
_LARGEST = {FileKind.TEXT: LARGEST_TEXT, FileKind.PARQUET: LARGEST_TEXT, FileKind.RNA: LARGEST_TEXT}
_HEAD = 1 << 16
_PARQUET, _ENCRYPTED_PARQUET = b"PAR1", b"PARE"


def open_source(path: Path) -> Source:
    """A file that can be read: where it is, its kind and size. Never waits: a pipe or device is not opened.

    Raises UserError for what is no regular file, is empty, too large, cut, locked by a password, or of another kind;
    the message names the kind and the cure.
    """
    try:
        _check_regular(path, path.stat().st_mode)
        with open(path, "rb", opener=_without_waiting) as file:
            found = os.fstat(file.fileno())
            _check_regular(path, found.st_mode)
            if not found.st_size:
                raise UserError("file.empty", file=path)
            kind = _kind(path, file, found.st_size)
    except FileNotFoundError as error:
        raise UserError("file.absent", file=path) from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UserError("file.unreadable", file=path, problem=getattr(error, "strerror", None) or error) from error
    if isinstance(kind, Foreign):
        raise UserError(kind.key, file=path, what=kind.what)
    most = _LARGEST.get(kind, LARGEST_WORKBOOK)
    if found.st_size > most:
        raise UserError("file.too_large", file=path, size=f"{found.st_size >> 20} MB", most=f"{most >> 20} MB")
    return Source(path, kind, found.st_size)


def _without_waiting(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _check_regular(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise UserError("file.directory", file=path)
    if not stat.S_ISREG(mode):
        raise UserError("file.not_regular", file=path)


def _kind(path: Path, file: BinaryIO, size: int) -> FileKind | Foreign:
    head = file.read(_HEAD)
    if head.startswith((_PARQUET, _ENCRYPTED_PARQUET)):
        return _kind_of_parquet(path, file, head)
    if head.startswith(ZIP_MARKS):
        return kind_of_zip(path, file, size)
    if head.startswith(OLE_MARK):
        return kind_of_ole(path, file)
    if found := foreign_bytes(head):
        return found
    wide = byte_order_mark(head)[0].startswith(("utf-16", "utf-32")) or utf16_without_mark(head)
    kind = kind_of_text(head)
    row = 0 if wide or kind is FileKind.RNA else control_line(head.rstrip(b"\x1a") if len(head) == size else head)
    if row and kind is FileKind.TEXT:
        raise UserError("file.not_text", file=path, row=row)
    return kind


def _kind_of_parquet(path: Path, file: BinaryIO, head: bytes) -> FileKind | Foreign:
    file.seek(-4, os.SEEK_END)
    tail = file.read(4)
    if head.startswith(_ENCRYPTED_PARQUET) or tail == _ENCRYPTED_PARQUET:
        return Foreign("file.password")
    if tail == _PARQUET and len(head) >= 12:
        return FileKind.PARQUET
    if tail != _PARQUET and head.isascii() and not control_line(head):
        return kind_of_text(head)
    raise UserError("file.cut_zip", file=path)
