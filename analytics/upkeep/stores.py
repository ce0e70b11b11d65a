"""What is wrong with the store of a programme, with the archived files that its log names, and behind its releases."""

from collections.abc import Iterator
from pathlib import Path

from analytics.build.earlier import lost_behind
from analytics.folders import Home, programme_ids
from analytics.model import UserError
from analytics.release import Release, Releases
from analytics.store.archive import hash_of
from analytics.store.database import Store
from analytics.store.forget.archive_files import kept_name
from analytics.store.journal import DECIDED, PREPARED
from analytics.upkeep.finding import Finding, Weight

SHOWN = 12  # characters of a hash that are shown


def is_changing(store: Path) -> bool:
    """Whether a deletion was prepared or decided: opening the store would end it."""
    return any(store.with_suffix(ending).exists() for ending in (DECIDED, PREPARED))


def store_findings(home: Home, programme: str, *, repair: bool) -> Iterator[Finding]:
    """What is wrong with a store. Without `repair` nothing is written, so that changes which a stopped deletion had
    decided or prepared keep the store closed.
    """
    path = home.store(programme)
    pending = [ending for ending in (DECIDED, PREPARED) if path.with_suffix(ending).exists()]
    spilled = path.with_name(f"{path.name}.tmp")
    if programme not in programme_ids():
        yield Finding("no_programme", {"programme": programme})
    code = "unfinished_deletion" if DECIDED in pending else "prepared_deletion" if pending else ""
    code = code or ("spilled" if spilled.exists() else "")
    if code and repair:
        with Store(path, programme):
            pass
    if code:
        weight = Weight.REPAIRED if repair else Weight.WRONG
        yield Finding(code, {"programme": programme}, weight, repairable=True)
    if pending and not repair:
        return
    if not path.exists():
        yield Finding("store_missing", {"programme": programme, "file": path})
        return
    yield from _opened(home, programme, repair=repair)


def _opened(home: Home, programme: str, *, repair: bool) -> Iterator[Finding]:
    path = home.store(programme)
    try:
        with Store(path, programme, read_only=True) as store:
            names = sorted({kept_name(batch) for batch in store.log()})
    except UserError as error:
        if error.key != "store.absent":
            raise
        if repair:
            with Store(path, programme):  # one into which nothing was loaded goes when it is closed
                pass
        weight = Weight.REPAIRED if repair else Weight.WRONG
        yield Finding("store_empty", {"programme": programme}, weight, repairable=True)
        return
    for sha256 in names:
        yield from _archived(home.archive, programme, sha256)
    yield from _behind(home, programme)


def _archived(archive: Path, programme: str, sha256: str) -> Iterator[Finding]:
    """Whether the archive has a file that an import names, as it was."""
    said: dict[str, object] = {"programme": programme, "sha256": sha256[:SHOWN]}
    files = list(archive.glob(f"{sha256[:2]}/{sha256}.*")) + list(archive.glob(f"{sha256[:2]}/{sha256}"))
    if not files:
        yield Finding("source_missing", said)
    for file in files:
        if hash_of(file, lambda: None) != sha256:
            yield Finding("source_changed", said | {"file": file})


def _behind(home: Home, programme: str) -> Iterator[Finding]:
    """Whether what stood behind each release is there: new ones are protected by it, and old ones made again."""
    releases = Releases(home.releases, programme)
    folder = home.store(programme).with_suffix(".behind")
    for name in releases.known():
        try:
            release = Release(releases.path(name)) if releases.path(name).exists() else None
        except UserError:  # of which the faults of releases tell
            release = None
        for file in lost_behind(folder, release) if release else ():
            yield Finding("behind_missing", {"programme": programme, "release": name, "file": file})
