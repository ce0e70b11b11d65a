"""A backup brought back into a data folder, whole or not at all; nothing that is there is deleted or forgotten."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analytics.access.people import Person
from analytics.audit.log import AuditLog, audited
from analytics.clock import utc_now, utc_stamp
from analytics.folders import PROGRAMME_FILES, Home
from analytics.model import UserError
from analytics.release.pointer import NAME as POINTER
from analytics.store.database import Store
from analytics.upkeep.backup import Progress, check, megabytes, silent
from analytics.upkeep.contents import SETTINGS, is_release, programmes_here, releases_held_still
from analytics.upkeep.copying import copied, hashed, written
from analytics.upkeep.history import Merged, is_known, is_same, merge
from analytics.upkeep.manifest import KeptFile, Manifest, backup_at, read_manifest
from analytics.upkeep.settling import Plan, alone, decide

LOG: Final = "audit/log.jsonl"
HEAD: Final = "audit/head"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. placed: files that were put in place; unchanged: files that were there already; aside: the folder
    of what had their places; None where nothing had; ahead: programmes of whose releases the folder knew more than the
    backup, which holds on; log_aside: whether the audit log that was there tells of something else, and went aside;
    programme_files: those that could not be put back, or that differ from the backup's, and stay as they are.
    """

    folder: Path
    manifest: Manifest
    programmes: tuple[str, ...]
    placed: int
    unchanged: int
    aside: Path | None
    ahead: tuple[str, ...] = ()
    log_aside: bool = False
    programme_files: tuple[str, ...] = ()


def restore(
    home: Home,
    source: Path,
    person: Person,
    programme: str | None = None,
    *,
    replace: bool = False,
    progress: Progress = silent,
) -> Restored:
    """Bring everything back, or one programme. source: a backup, or a folder of backups, of which the newest is meant.

    Raises UserError, and changes nothing, where a file of it is damaged, where the data folder already holds one of the
    programmes (unless replace), and where the releases there have another history.
    """
    folder = backup_at(source)
    manifest = read_manifest(folder)
    chosen = _chosen(manifest, programme)
    occupied = [name for name in chosen if name in programmes_here(home)]
    if occupied and not replace:
        raise UserError("restore.occupied", folder=home.root, programmes=", ".join(occupied))
    files = [file for file in manifest.files if file.programme in (None, *chosen)]
    check(folder, progress, [file.path for file in files])
    _require_free(home, occupied)
    with alone(home.root) as ready, releases_held_still(home, chosen):
        coming = _Coming(home, folder, ready, progress)
        coming.take(files, {name: _merged(home, folder, name, files) for name in chosen})
        log_stays, log_aside = _take_log(home, folder, coming)
        details = {"programmes": list(chosen), "made_at": manifest.made_at, "files": len(coming.places)}
        plan = coming.plan(chosen)
        if log_stays:
            with audited(home, "restore", person, **details):
                decide(home.root, plan)
        else:  # the log that comes back tells of it
            with audited(Home(ready), "restore", person, **details):
                pass
            decide(home.root, plan)
    aside = home.root / plan.aside
    return Restored(
        folder,
        manifest,
        chosen,
        len(coming.places),
        coming.unchanged,
        aside if aside.exists() else None,
        tuple(coming.ahead),
        log_aside,
        tuple(_put_programme_files(folder, chosen)),
    )


def _chosen(manifest: Manifest, programme: str | None) -> tuple[str, ...]:
    if programme is None:
        return manifest.programmes
    if programme not in manifest.programmes:
        known = ", ".join(manifest.programmes)
        raise UserError("backup.no_programme", programme=programme, known=known)
    return (programme,)


def _require_free(home: Home, programmes: Sequence[str]) -> None:
    """Refuse where somebody has a store open for writing; one that is damaged is no hindrance."""
    for name in programmes:
        if not home.store(name).exists():
            continue
        try:
            with Store(home.store(name), name, read_only=True):
                pass
        except UserError as error:
            if error.key == "store.locked":
                raise


def _merged(home: Home, folder: Path, programme: str, files: Sequence[KeptFile]) -> Merged:
    """What of the folder's releases stays. Raises UserError where a number means another release here."""
    here, kept = home.releases / programme, folder / "releases" / programme
    merged = merge(here, kept, programme, _withdrawn(home, programme))
    for file in files:
        mine = home.root / file.path
        if file.programme != programme or not is_release(file.path) or not mine.exists():
            continue
        release = Path(file.path).stem
        is_other = is_known(here, release) and not is_same(here, kept, release, file.sha256)
        if is_other and hashed(mine).sha256 != file.sha256:
            raise UserError("restore.two_of_one_name", release=release, programme=programme)
    return merged


def _withdrawn(home: Home, programme: str) -> frozenset[str]:
    """Releases of which the audit log says, as the last act on them, that they were taken back."""
    last: dict[str, str] = {}
    for line in AuditLog(home.audit).lines():
        is_act = line.phase == "done" and line.event in ("publish", "embargo", "withdraw")
        if is_act and line.details.get("programme") == programme:
            last[str(line.details.get("release"))] = line.event
    return frozenset(release for release, event in last.items() if event == "withdraw")


@dataclass(slots=True)
class _Coming:
    """What lies ready to be put in place: places, below the data folder."""

    home: Home
    folder: Path
    ready: Path
    progress: Progress
    places: list[str] = field(default_factory=list)
    unchanged: int = 0
    ahead: list[str] = field(default_factory=list)

    def take(self, files: Sequence[KeptFile], merged: dict[str, Merged]) -> None:
        """Copy what is not there yet, and what the two histories make together. Raises UserError."""
        self.ahead = [name for name, of in merged.items() if of.knows_more]
        total, done = sum(file.size for file in files), 0
        for file in files:
            self._take(file, merged)
            done += file.size
            self.progress("restore", megabytes(done), megabytes(total))

    def _take(self, file: KeptFile, merged: dict[str, Merged]) -> None:
        kind, _, name = file.path.partition("/")
        history = merged.get(file.programme or "") if kind == "releases" else None
        mine = self.home.root / file.path
        if kind in ("programmes", "audit") or (file.path == SETTINGS and mine.exists()):
            return
        if history and Path(name).name in history.staying:
            self.unchanged += 1
        elif history and Path(name).name in history.made:
            self.write(file.path, history.made[Path(name).name])
        elif mine.is_file() and mine.stat().st_size == file.size and hashed(mine).sha256 == file.sha256:
            self.unchanged += 1
        else:
            self.copy(file)

    def copy(self, file: KeptFile) -> None:
        """Have a file of the backup ready. Raises UserError where it is no longer what was checked."""
        seen = copied(self.folder / file.path, self.ready / file.path)
        if (seen.size, seen.sha256) != (file.size, file.sha256):
            raise UserError("backup.damaged", folder=self.folder, files=file.path)
        self.places.append(file.path)

    def write(self, path: str, contents: bytes) -> None:
        """Have these contents ready."""
        with written(self.ready / path) as file:
            file.write(contents)
        self.places.append(path)

    def plan(self, programmes: Sequence[str]) -> Plan:
        """In which order: what readers see comes last. What a database had still to write goes with its database."""
        aside = f"before-{re.sub('[-:]', '', utc_stamp(utc_now()))}"
        logs = [f"store/{name}.duckdb.wal" for name in programmes if f"store/{name}.duckdb" in self.places]
        leaving = [path for path in logs if path not in self.places and (self.home.root / path).exists()]
        return Plan(aside, sorted(self.places, key=_rank), leaving)


def _rank(path: str) -> tuple[bool, bool, bool, str]:
    return path.startswith("releases/"), not is_release(path), path.endswith(f"/{POINTER}"), path


def _take_log(home: Home, folder: Path, coming: _Coming) -> tuple[bool, bool]:
    """Whether the audit log that is here stays, as it goes on where the backup's ends; else the backup's comes in its
    place, and whether what was here tells of something else and is kept aside.
    """
    mine, kept = _read(home.root / LOG), _read(folder / LOG)
    if mine and mine.startswith(kept):
        return True, False
    for path in (LOG, HEAD):
        contents = _read(folder / path)
        if contents:
            coming.write(path, contents)
        else:
            coming.places.append(path)  # written when the restore itself is recorded
    return False, bool(mine) and not kept.startswith(mine)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UserError("backup.unreadable", file=path, problem=error.strerror) from error


def _put_programme_files(folder: Path, programmes: Sequence[str]) -> list[str]:
    """Put programme files back that are not there; the names of those that could not be, or that differ."""
    left = []
    for name in programmes:
        kept, mine = folder / "programmes" / f"{name}.toml", PROGRAMME_FILES / f"{name}.toml"
        if not kept.exists():
            continue
        try:
            if not mine.exists():
                copied(kept, mine)
        except UserError:
            left.append(kept.name)
            continue
        if hashlib.sha256(mine.read_bytes()).digest() != hashlib.sha256(kept.read_bytes()).digest():
            left.append(kept.name)
    return left
