"""One release of a programme is built at a time: two at once would take the same number and each other's files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from analytics.faults import writing
from analytics.model import UserError

_ENDING = ".build.lock"


@contextmanager
def one_build(behind: Path, programme: str) -> Iterator[None]:
    """Be the only build of a programme. behind: the folder of what stands behind its releases. The operating system
    holds the lock: a killed build leaves none. Raises UserError, with the process that builds, where another does.
    """
    path = behind.with_suffix(_ENDING)
    lock = FileLock(path, timeout=0)
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
    except UserError as error:
        if isinstance(error.__cause__, Timeout):
            raise UserError("release.building", programme=programme, process=_holder(path)) from error
        raise
    try:
        with suppress(OSError):  # it only helps whoever is refused
            path.write_text(str(os.getpid()), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            path.write_text("", encoding="utf-8")
        lock.release()


def _holder(path: Path) -> str:
    """The process that builds, as it has said itself."""
    try:
        return path.read_text(encoding="utf-8").strip() or "–"
    except (OSError, ValueError):
        return "–"
