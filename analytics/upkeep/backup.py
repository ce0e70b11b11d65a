"""A backup of a data folder: a new folder, whole or not there, each file with its hash; and checking one alone."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from analytics.access.people import Person
from analytics.audit.log import audited
from analytics.clock import utc_now, utc_stamp
from analytics.folders import Home
from analytics.model import UserError
from analytics.release.records import read_records
from analytics.upkeep.contents import Part, held_still, is_release, parts, programmes_here
from analytics.upkeep.copying import (
    Alive,
    copied,
    disk_errors,
    hashed,
    keep_on_disk,
    linked,
    make_folder,
    removed,
    written,
)
from analytics.upkeep.manifest import MANIFEST, PARTIAL, KeptFile, Manifest, backups_in, read_manifest

Progress = Callable[[str, int, int], None]  # step, parts done, of how many
MEGABYTE: Final = 1 << 20


def silent(_step: str, _done: int, _total: int) -> None:
    """Nobody is told."""


def megabytes(size: int) -> int:
    """Bytes, in whole megabytes, the last one begun."""
    return -(-size // MEGABYTE)


@dataclass(frozen=True, slots=True)
class BackUp:
    """A backup that was made. linked: how many of its files an earlier backup beside it holds too, once on the disk;
    altered: releases that are no longer what the earlier backup holds, or are gone: it holds them as they were;
    damaged: those that are no longer what was published, and of which no good file was found.
    """

    folder: Path
    manifest: Manifest
    linked: int
    altered: tuple[str, ...]
    damaged: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.manifest.files)


def back_up(
    home: Home, destination: Path, person: Person, programme: str | None = None, progress: Progress = silent
) -> BackUp:
    """Make a new backup in a folder of backups; of one programme, or of everything. Raises UserError where something
    cannot be read or written, and leaves nothing half then.
    """
    programmes = programmes_here(home)
    if programme is not None and programme not in programmes:
        raise UserError("backup.no_programme", programme=programme, known=", ".join(programmes) or "–")
    if not programmes:
        raise UserError("backup.nothing", folder=home.root)
    chosen = programmes if programme is None else [programme]
    with _alone(destination), audited(home, "backup", person, programmes=chosen) as told:
        made = _Making(home, destination, progress).made(chosen, everything=programme is None)
        told(files=len(made.manifest.files), bytes=made.size, altered=list(made.altered), damaged=list(made.damaged))
    return made


@contextmanager
def _alone(destination: Path) -> Iterator[None]:
    """One backup into a folder at a time; what others left unfinished there goes."""
    with disk_errors(destination):
        make_folder(destination)
        lock = FileLock(destination / "lock", mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError("backup.busy", folder=destination) from error
    try:
        for half in destination.glob(f"*{PARTIAL}"):
            removed(half)
        yield
    finally:
        lock.release()


class _Making:
    """One backup in the making."""

    def __init__(self, home: Home, destination: Path, progress: Progress) -> None:
        self._home, self._destination, self._progress = home, destination, progress
        self._earlier, self._kept = _newest(destination)
        self._done = self._total = 0

    def made(self, programmes: Sequence[str], *, everything: bool) -> BackUp:
        stamp = utc_stamp(utc_now())
        name = re.sub("[-:]", "", stamp)
        taken = {path.name for path in self._destination.glob("*")}
        name = next(one for one in (name, *(f"{name}-{i}" for i in range(2, len(taken) + 3))) if one not in taken)
        partial = self._destination / f"{name}{PARTIAL}"
        try:
            with held_still(self._home, programmes, waiting=lambda: self._progress("backup", 0, 1)) as stores:
                found = parts(self._home, programmes, stores, everything=everything)
                files, links, altered = self._all(found, partial)
            manifest = Manifest.of(stamp, tuple(programmes), tuple(sorted(files, key=lambda file: file.path)))
            with written(partial / MANIFEST) as target:
                target.write(manifest.written().encode())
            with disk_errors(self._destination):
                keep_on_disk(partial)
                partial.rename(self._destination / name)
                keep_on_disk(self._destination / name)
        except BaseException:
            removed(partial)
            raise
        damaged = self._damaged(manifest.files)
        return BackUp(self._destination / name, manifest, links, tuple(altered), tuple(damaged))

    def _damaged(self, files: Sequence[KeptFile]) -> list[str]:
        """Releases whose file has not the hash that was noted when they were published."""
        noted = {
            file.path: read_records(self._home.releases / file.programme).sha256(Path(file.path).stem)
            for file in files
            if file.programme and is_release(file.path)
        }
        return [file.path for file in files if noted.get(file.path) not in (None, "", file.sha256)]

    def _all(self, found: Sequence[Part], partial: Path) -> tuple[list[KeptFile], int, list[str]]:
        """Every file into the partial backup; how many are linked; which releases are not what they were."""
        self._total = sum(part.file.stat().st_size for part in found)
        altered = self._altered(found)
        files, links = [], 0
        for path in altered:
            files.append(self._kept[path])
            self._from_earlier(self._kept[path], partial / path)
        for part in found:
            if part.path not in altered:
                file, is_linked = self._one(part, partial / part.path)
                files.append(file)
                links += is_linked
        return files, links, altered

    def _altered(self, found: Sequence[Part]) -> list[str]:
        """Releases that the earlier backup holds otherwise, or alone, where both tell of the same history."""
        here = {part.path: part.file for part in found}
        return [
            path
            for path, kept in self._kept.items()
            if is_release(path)
            and self._is_continued(kept.programme, here)
            and (path not in here or hashed(here[path]).sha256 != kept.sha256)
            and self._is_good(kept)
        ]

    def _is_continued(self, programme: str | None, here: dict[str, Path]) -> bool:
        """Whether the ledger of today goes on where that of the earlier backup ended."""
        path = f"releases/{programme}/ledger.jsonl"
        if self._earlier is None or path not in here or path not in self._kept:
            return False
        return here[path].read_bytes().startswith((self._earlier / path).read_bytes())

    def _is_good(self, kept: KeptFile) -> bool:
        if self._earlier is None:
            return False
        file = self._earlier / kept.path
        return file.is_file() and hashed(file).sha256 == kept.sha256

    def _from_earlier(self, kept: KeptFile, copy: Path) -> None:
        if self._earlier is not None and not linked(self._earlier / kept.path, copy):
            copied(self._earlier / kept.path, copy)

    def _one(self, part: Part, copy: Path) -> tuple[KeptFile, bool]:
        """Keep one file; whether the earlier backup's is the same, and still good, so that it need not be copied."""
        kept = self._kept.get(part.path)
        if kept is not None and part.file.stat().st_size == kept.size and self._is_good(kept):
            seen = hashed(part.file)
            if seen.sha256 == kept.sha256 and self._earlier is not None and linked(self._earlier / part.path, copy):
                self._tell(seen.size)
                return kept, True
        seen = copied(part.file, copy, self._tell)
        return KeptFile(part.path, seen.size, seen.sha256), False

    def _tell(self, size: int) -> None:
        self._done += size
        total = max(self._total, self._done)
        self._progress("backup", megabytes(self._done), megabytes(total))


def _newest(destination: Path) -> tuple[Path | None, dict[str, KeptFile]]:
    """The newest backup beside which another is made, and its files; none where it cannot be read."""
    for folder in reversed(backups_in(destination)):
        try:
            return folder, {file.path: file for file in read_manifest(folder).files}
        except UserError:
            continue
    return None, {}


def check(folder: Path, progress: Progress = silent, only: Sequence[str] | None = None) -> Manifest:
    """Read all files of a backup, or those at some places, again. Raises UserError that names those that are missing or
    are not what was kept.
    """
    manifest = read_manifest(folder)
    files = [file for file in manifest.files if only is None or file.path in only]
    total, done, damaged = sum(file.size for file in files), 0, []
    for file in files:
        damaged += [] if _is_whole(folder / file.path, file, lambda _: None) else [file.path]
        done += file.size
        progress("backup_check", megabytes(done), megabytes(total))
    if damaged:
        raise UserError("backup.damaged", folder=folder, files=", ".join(damaged[:10]))
    return manifest


def _is_whole(path: Path, file: KeptFile, alive: Alive) -> bool:
    try:
        seen = hashed(path, alive)
    except UserError:
        return False
    return (seen.size, seen.sha256) == (file.size, file.sha256)
