"""How a store's file is opened: one process writes at a time; the next one waits a little, then is told for whom."""

import re
import shutil
import time
from pathlib import Path

import duckdb

from analytics.faults import clear
from analytics.model import UserError
from analytics.store.making import is_only

PATIENCE = 3.0  # seconds that a store in use is waited for
_PAUSE = 0.1
_LOCKED = re.compile(r"set lock|conflicting lock|used by another p", re.IGNORECASE)
_HOLDER = re.compile(r"PID (\d+)")
NOBODY = "–"  # where it cannot be told which process has it


def opened(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection | None:
    """The open file; None where whoever had it open before removed it, since nothing was ever loaded into it.

    Raises UserError when another process keeps it, when it is none of the database's, or may not be read or written.
    """
    until = time.monotonic() + PATIENCE
    while (before := _identity(path)) is not None:
        try:
            connection = duckdb.connect(path, read_only=read_only)
        except duckdb.Error as error:
            if not _LOCKED.search(str(error)):
                raise _unreadable(path, error) from error
            if time.monotonic() > until:
                raise UserError("store.locked", file=path, process=holder_in(str(error))) from error
            time.sleep(_PAUSE)
            continue
        if _identity(path) != before:
            connection.close()
            continue
        if not read_only and is_only(path):  # what the database put aside on the disk is a stopped one's
            shutil.rmtree(path.with_name(f"{path.name}.tmp"), ignore_errors=True)
        return connection
    return None


def holder_in(words: str) -> str:
    """The number of the process that has a file, as the database tells it."""
    found = _HOLDER.search(words)
    return found[1] if found else NOBODY


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells this file from another of its name; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _unreadable(path: Path, error: duckdb.Error) -> UserError:
    told = clear(error, path)
    if told is None or told.key == "machine.other":
        return UserError("store.unreadable", file=path, problem=error)
    return told
