"""How a store's file comes to be, whole or not at all, and how it goes again when nothing was ever loaded into it."""

import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from analytics.folders import WINDOWS, WorkFolder, make_private, name_once, to_disk

_OPEN: Counter[Path] = Counter()  # stores that this process has open, and how often
_COUNTING = threading.Lock()


def make(path: Path, statements: Sequence[str]) -> list[Path]:
    """Make the file whole, then give it its name: a kill in between leaves no half store. statements: its tables.

    The folders that were made for it, from the innermost. Raises OSError or duckdb.Error where it cannot be written.
    """
    folders = [folder for folder in path.parents if not folder.exists()]
    try:
        make_private(path.parent)
        with WorkFolder(path.parent) as folder:
            whole = Path(folder) / path.name
            with duckdb.connect(whole) as connection:
                for statement in (*statements, "CHECKPOINT"):
                    connection.execute(statement)
            to_disk(whole)
            with suppress(FileExistsError):  # another process was quicker
                name_once(whole, path)
    except BaseException:
        _remove(folders)
        raise
    return folders


def _remove(folders: Sequence[Path]) -> None:
    for folder in folders:
        with suppress(OSError):  # something else was put there in the meantime
            folder.rmdir()


def note_open(path: Path) -> None:
    """Count a store as open in this process, before it is looked for."""
    with _COUNTING:
        _OPEN[path] += 1


def is_only(path: Path) -> bool:
    """Whether this process has a store open no more than once; others cannot have one open that is written to."""
    with _COUNTING:
        return _OPEN[path] <= 1


def let_go(
    path: Path, connection: duckdb.DuckDBPyConnection | None, folders: Sequence[Path], *, is_empty: bool
) -> None:
    """Close a store. One that is empty goes, with the folders that were made for it, unless this process has it open
    elsewhere, where an import may be under way; other processes cannot have it open.
    """
    with _COUNTING:
        _OPEN[path] -= 1
        is_last = not _OPEN[path]
        if is_last:
            del _OPEN[path]
        goes = is_last and is_empty
        if goes and not WINDOWS:  # where an open file cannot go; elsewhere it goes while nobody else can have opened it
            _unlink(path)
        if connection is not None:
            connection.close()
        if goes and WINDOWS:
            _unlink(path)
        if goes:
            _remove(folders)


def _unlink(path: Path) -> None:
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)
