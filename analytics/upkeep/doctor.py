"""Looks at a data folder and tells what is wrong in it, and what to do; puts right what is certain, where it is asked.

Without `repair` it only reads: it may be run at any time, whoever else works in the folder. What it puts right loses
nothing: it ends what was decided, removes what nobody works on any more, closes folders to others, and makes pointer
and ledger of releases again from each other.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from analytics.access.installation import load_installation
from analytics.audit.log import AuditLog
from analytics.faults import clear
from analytics.folders import Home
from analytics.model import UserError
from analytics.release.repair import faults_of
from analytics.release.repair import repair as repair_releases
from analytics.store.database import Store
from analytics.store.forget.archive_files import kept_name
from analytics.upkeep.finding import Finding, Weight
from analytics.upkeep.leftovers import leftovers, remove
from analytics.upkeep.permissions import close, too_open
from analytics.upkeep.stores import is_changing, store_findings

LEAST_FREE = 1 << 30  # bytes of a disk, below which imports and builds may fail
_GIB = 1 << 30
Check = Callable[[], Iterator[Finding]]


def examine(home: Home, *, repair: bool = False) -> Iterator[Finding]:
    """All that is wrong, one thing after the other. Raises nothing: what a check stumbles over is a finding too."""
    if not home.root.is_dir():
        yield Finding("no_folder", {"folder": home.root})
        return
    checks: list[Check] = [
        lambda: _settings(home),
        lambda: _space(home),
        lambda: _leftovers(home, repair=repair),
        *(lambda name=name: store_findings(home, name, repair=repair) for name in _programmes(home)),
        lambda: _unnamed(home),
        *(lambda folder=folder: _releases(folder, repair=repair) for folder in _release_folders(home)),
        lambda: _audit(home),
        lambda: _permissions(home, repair=repair),
    ]
    for check in checks:
        yield from _guarded(check)


def _guarded(check: Check) -> Iterator[Finding]:
    """What a check finds; what it stumbles over, as the error says it."""
    try:
        yield from check()
    except Exception as error:
        told = clear(error)
        yield Finding("error", {"error": told}) if told else Finding("strange", {"problem": repr(error)})


def _settings(home: Home) -> Iterator[Finding]:
    load_installation(home)
    yield from ()


def _space(home: Home) -> Iterator[Finding]:
    free = shutil.disk_usage(home.root).free
    if free < LEAST_FREE:
        yield Finding("space", {"folder": home.root, "free": f"{free / _GIB:.1f}"})


def _leftovers(home: Home, *, repair: bool) -> Iterator[Finding]:
    for path in leftovers(home):
        if repair:
            remove(path)
        yield Finding("leftover", {"file": path}, Weight.REPAIRED if repair else Weight.WRONG, repairable=True)


def _programmes(home: Home) -> list[str]:
    """Programmes with a store, or with the beginning or the end of one."""
    stores = home.root / "store"
    endings = ("*.duckdb", "*.decided", "*.prepared", "*.behind")
    return sorted({path.stem for ending in endings for path in stores.glob(ending)})


def _release_folders(home: Home) -> list[Path]:
    return sorted(folder for folder in home.releases.glob("*") if folder.is_dir())


def _unnamed(home: Home) -> Iterator[Finding]:
    """Files of the archive that no import of any store names, as a killed import leaves one."""
    if any(is_changing(home.store(programme)) for programme in _programmes(home)):
        return
    named: set[str] = set()
    for programme in home.stores():
        try:
            with Store(home.store(programme), programme, read_only=True) as store:
                named |= {kept_name(batch) for batch in store.log()}
        except UserError as error:
            if error.key != "store.absent":
                return  # its own check tells of it; what it names is not known
    files = [path for path in home.archive.glob("??/*") if path.is_file() and path.stem not in named]
    if files:
        yield Finding("unnamed", {"count": len(files), "file": files[0]}, Weight.NOTE)


def _releases(folder: Path, *, repair: bool) -> Iterator[Finding]:
    """Pointer, ledger and files of a programme's releases."""
    mended = set(repair_releases(folder)) if repair else set()
    for fault in (*sorted(mended, key=str), *faults_of(folder)):
        said = {"programme": fault.programme, "release": fault.release or ""}
        weight = Weight.REPAIRED if fault in mended else Weight.WRONG
        yield Finding(f"release_{fault.damage}", said, weight, fault.can_be_repaired)


def _audit(home: Home) -> Iterator[Finding]:
    if home.audit.is_dir():
        for fault in AuditLog(home.audit).faults():
            yield Finding("audit", {"line": fault.line})


def _permissions(home: Home, *, repair: bool) -> Iterator[Finding]:
    found = too_open(home)
    if not found:
        return
    if repair:
        close(found)
    weight = Weight.REPAIRED if repair else Weight.WRONG
    yield Finding("too_open", {"count": len(found), "file": found[0]}, weight, repairable=True)
