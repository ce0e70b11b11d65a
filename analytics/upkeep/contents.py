"""What a backup holds of a data folder, and how all of it is held still while it is copied.

Nobody imports, deletes a firm, publishes or withdraws meanwhile; who wants to waits, or is told that the store is in
use. Readers go on. A build may go on: what it writes before its release is copied after it.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from analytics.folders import PROGRAMME_FILES, Home
from analytics.model import UserError
from analytics.store.database import Store
from analytics.store.journal import finish, lock_of

WAIT_SECONDS: Final = 300  # for an import, a deletion or a publication that is under way
SETTINGS: Final = "vetrina.toml"  # as the data folder calls its settings
_NOT_KEPT = re.compile(r"lock|.*\.lock|.*\.partial|\..*")  # of whoever writes at the moment
_ARCHIVED = re.compile(r"[0-9a-f]{64}(\..*)?")
_RELEASE_FILE = re.compile(r".*\.duckdb(\.wal)?")


@dataclass(frozen=True, slots=True)
class Part:
    """One file to be kept. path: its place in the backup; file: where it lies."""

    path: str
    file: Path


def programmes_here(home: Home) -> list[str]:
    """The programmes that have a store here, or anything about releases, by alphabet."""
    with_releases = {path.name for path in home.releases.glob("*") if path.is_dir() and any(_files(path))}
    return sorted({*home.stores(), *with_releases})


@contextmanager
def held_still(
    home: Home, programmes: Sequence[str], *, waiting: Callable[[], None] = lambda: None
) -> Iterator[Mapping[str, Store]]:
    """Keep everybody from changing these programmes; the stores that there are, open to be read. waiting:
    called once a second while somebody is at it. Raises UserError where they do not end in WAIT_SECONDS, or where a
    store cannot be read.
    """
    stores = {name: home.store(name) for name in programmes if home.store(name).exists()}
    with ExitStack() as held:
        for path in list(stores.values())[:1]:
            _take(held, lock_of(path), path)
        for path in stores.values():
            finish(path)
        opened = {name: held.enter_context(_opened(path, name, waiting)) for name, path in stores.items()}
        _hold_releases(held, home, programmes)
        if home.audit.is_dir():
            _take(held, FileLock(home.audit / "lock", mode=0o600), home.audit)
        yield opened


@contextmanager
def releases_held_still(home: Home, programmes: Sequence[str]) -> Iterator[None]:
    """Keep everybody from publishing and withdrawing of these programmes. Raises UserError where they do not end."""
    with ExitStack() as held:
        _hold_releases(held, home, programmes)
        yield


def _hold_releases(held: ExitStack, home: Home, programmes: Sequence[str]) -> None:
    for name in programmes:
        if (home.releases / name).is_dir():
            _take(held, FileLock(home.releases / name / "lock", mode=0o600), home.releases / name)


def _take(held: ExitStack, lock: FileLock, file: Path) -> None:
    try:
        held.enter_context(lock.acquire(timeout=WAIT_SECONDS))
    except Timeout as error:
        raise UserError("store.locked", file=file, process=Path(lock.lock_file).name) from error
    except OSError as error:
        raise UserError("backup.unlockable", folder=file.parent, problem=error.strerror) from error


def _opened(path: Path, programme: str, waiting: Callable[[], None]) -> Store:
    """The store, once nobody writes into it."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return Store(path, programme, read_only=True)
        except UserError as error:
            if error.key != "store.locked" or time.monotonic() >= end:
                raise
        waiting()
        time.sleep(1)


def parts(home: Home, programmes: Sequence[str], stores: Mapping[str, Store], *, everything: bool) -> list[Part]:
    """All files of these programmes, while they are held still; releases come before what lies beside the store, which
    a build writes first. everything: of all programmes, so that the whole archive is meant and not what their logs
    name.
    """
    found: list[Part] = []
    for name in programmes:
        found += _all_in(home.releases / name, f"releases/{name}")
    for name in programmes:
        for path in (home.store(name), home.store(name).with_name(f"{name}.duckdb.wal")):
            found += [Part(f"store/{path.name}", path)] if path.exists() else []
        found += _all_in(home.store(name).with_suffix(".behind"), f"store/{name}.behind")
        programme_file = PROGRAMME_FILES / f"{name}.toml"
        found += [Part(f"programmes/{name}.toml", programme_file)] if programme_file.exists() else []
    found += _archived(home, None if everything else _named_in(stores))
    found += _all_in(home.audit, "audit")
    return [*found, *([Part(SETTINGS, home.settings)] if home.settings.exists() else [])]


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("*")):
        if path.is_file() and not _NOT_KEPT.fullmatch(path.name):
            yield path


def _all_in(folder: Path, place: str) -> list[Part]:
    return [Part(f"{place}/{path.name}", path) for path in _files(folder)]


def _named_in(stores: Mapping[str, Store]) -> set[str]:
    """Hashes of the archived files that the logs of these stores name."""
    return {batch.kept_sha256 or batch.sha256 for store in stores.values() for batch in store.log()}


def _archived(home: Home, named: set[str] | None) -> list[Part]:
    paths = [path for path in sorted(home.archive.glob("??/*")) if path.is_file() and _ARCHIVED.fullmatch(path.name)]
    wanted = [path for path in paths if named is None or path.name[:64] in named]
    return [Part(f"archive/{path.parent.name}/{path.name}", path) for path in wanted]


def is_release(path: str) -> bool:
    """Whether a place of a backup is that of a release's file, which never changes once it is there."""
    return path.startswith("releases/") and _RELEASE_FILE.fullmatch(path) is not None
