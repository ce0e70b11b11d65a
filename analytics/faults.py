"""What the machine refuses, such as a full disk or too little memory, as an error that says it in plain words.

Whatever writes does so whole or not at all, so each of these errors may say that nothing was changed.
"""

import errno
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from analytics.model import UserError

_KEYS = {
    "machine.full": (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    "machine.read_only": (errno.EROFS,),
    "machine.denied": (errno.EACCES, errno.EPERM),
    "machine.device": (errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE),
    "machine.many_files": (errno.EMFILE, errno.ENFILE),
    "machine.memory": (errno.ENOMEM, errno.EAGAIN),
}
_KEY_OF = {code: key for key, codes in _KEYS.items() for code in codes}
# The database, and libraries in C, tell these apart by their words alone.
_WORDS = {
    "machine.full": r"no space left|disk quota|file too large|max_temp_directory_size|not enough space",
    "machine.read_only": r"read-only file ?system",
    "machine.denied": r"permission denied|operation not permitted|access is denied",
    "machine.device": r"input/output error",
    "machine.many_files": r"too many open files",
    "machine.memory": (
        r"out of memory|cannot allocate memory|failed to (?:allocate|map segment)|bad_?\s?alloc|start new thread"
    ),
}
_DATABASE = ("duckdb", "_duckdb")


def clear(error: BaseException, file: Path | str | None = None) -> UserError | None:
    """The error in words that a person can act on; None where it is no fault of the machine.

    file: what was being read or written, where that is known; else the error may name it.
    """
    if isinstance(error, UserError):
        return error
    if isinstance(error, MemoryError):
        return UserError("machine.memory")
    if isinstance(error, BrokenProcessPool):
        return UserError("machine.process")
    if isinstance(error, OSError):
        return _said(_KEY_OF.get(error.errno or 0) or _key_in(str(error)), file or _named_by(error), error)
    key = _key_in(str(error))
    if _is_of_database(error):
        return _said(key or _key_of_kind(error), file, error)
    return _said(key, file, error) if key and isinstance(error, RuntimeError | ImportError) else None


def _said(key: str | None, file: Path | str | None, error: BaseException) -> UserError:
    """The error of a key; "machine.other" where it has none."""
    at = file or f"{tempfile.gettempdir()}, VETRINA_DATA"
    problem = (error.strerror if isinstance(error, OSError) else None) or _in_a_line(str(error))
    return UserError(key or "machine.other", file=at, problem=problem or type(error).__name__)


def _in_a_line(words: str) -> str:
    """The first line; of a trace, which the database hands on from what it called, the last."""
    lines = words.strip().splitlines() or [""]
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


def _named_by(error: OSError) -> str | None:
    """The file that an error of the operating system names; of two the one that was to be made."""
    name = error.filename2 or error.filename
    return None if name is None or isinstance(name, int) else str(name)


def _key_in(words: str) -> str | None:
    return next((key for key, pattern in _WORDS.items() if re.search(pattern, words, re.IGNORECASE)), None)


def _is_of_database(error: BaseException) -> bool:
    return type(error).__module__.split(".")[0] in _DATABASE


def _key_of_kind(error: BaseException) -> str | None:
    return "machine.memory" if type(error).__name__ == "OutOfMemoryException" else None


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """What the machine refuses in here is an error about this file, as `clear` says it."""
    try:
        yield
    except Exception as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError) and not file.parent.is_dir():
            raise UserError("machine.no_folder", file=file, folder=file.parent) from error
        told = clear(error, file)
        if told is None or told is error:
            raise
        raise told from error
