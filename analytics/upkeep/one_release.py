"""One release brought back from a backup under its own number, where its file was damaged or is gone."""

import re
from dataclasses import dataclass
from pathlib import Path

from analytics.access.people import Person
from analytics.audit.log import audited
from analytics.clock import utc_now, utc_stamp
from analytics.folders import Home
from analytics.model import UserError
from analytics.release.records import read_records
from analytics.upkeep.backup import Progress, check, silent
from analytics.upkeep.contents import releases_held_still
from analytics.upkeep.copying import copied, hashed
from analytics.upkeep.history import is_known, is_same
from analytics.upkeep.manifest import KeptFile, backup_at, read_manifest
from analytics.upkeep.settling import Plan, alone, decide


@dataclass(frozen=True, slots=True)
class Replaced:
    """A release that was put back. aside: the folder with the file that had its place; None where none had."""

    aside: Path | None


def restore_release(
    home: Home, source: Path, programme: str, release: str, person: Person, progress: Progress = silent
) -> Replaced | None:
    """Put the file of a release back, as it was; None where it is still that. Who may read it does not change: that is
    for pointer and ledger to say, which stay as they are.

    Raises UserError, and changes nothing, where the backup does not hold it or is damaged, and where the ledger here
    does not tell of this release.
    """
    folder = backup_at(source)
    path = f"releases/{programme}/{release}.duckdb"
    file = read_manifest(folder).named(path)
    if file is None:
        raise UserError("restore.no_release", release=release, programme=programme, folder=folder)
    check(folder, progress, [path])
    _require_known(home, folder, programme, file)
    mine = home.root / path
    if mine.is_file() and hashed(mine).sha256 == file.sha256:
        return None
    with alone(home.root) as ready, releases_held_still(home, [programme]):
        _have_ready(folder, ready, file)
        aside = home.root / f"before-{re.sub('[-:]', '', utc_stamp(utc_now()))}"
        with audited(home, "restore", person, programme=programme, release=release, sha256=file.sha256):
            decide(home.root, Plan(aside.name, [path]))
    return Replaced(aside if aside.exists() else None)


def _require_known(home: Home, folder: Path, programme: str, file: KeptFile) -> None:
    """Refuse a release that was not built here: its number may be another's."""
    here, kept, release = home.releases / programme, folder / "releases" / programme, Path(file.path).stem
    if not read_records(here).named:
        raise UserError("restore.no_ledger", programme=programme)
    if not is_known(here, release) or not is_same(here, kept, release, file.sha256):
        raise UserError("restore.not_ours", release=release, programme=programme)


def _have_ready(folder: Path, ready: Path, file: KeptFile) -> None:
    seen = copied(folder / file.path, ready / file.path)
    if (seen.size, seen.sha256) != (file.size, file.sha256):
        raise UserError("backup.damaged", folder=folder, files=file.path)
