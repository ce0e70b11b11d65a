"""One firm's data deleted on request: from the store and its log, from archived sources, and from what stood behind
releases. Releases stay as they are.

Everything is prepared beside the store and decided at once (`store/journal.py`): whenever the machine stops, the firm
is there as before, or nowhere.
"""

import datetime as dt
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from analytics.build.earlier import contributions_of, contributors_of, recall_inputs
from analytics.build.forgotten_firm import without_firm
from analytics.build.path.kept import PATH_ROWS, paths_without_firm
from analytics.folders import Home, WorkFolder
from analytics.model import Progress, UserError, silent
from analytics.programme.file import Programme
from analytics.release import Release, Releases
from analytics.store.cells.form import BadCellError
from analytics.store.cells.parser import parse_firm
from analytics.store.database import Batch, Store
from analytics.store.forget.archive_files import ArchivedFile, archived_files, kept_name, remove_abandoned
from analytics.store.forget.identity import Identity
from analytics.store.forget.rows import FirmRows, Record, firm_rows, identity_of, rejected_values, write_without
from analytics.store.forget.sources import Rewritten, rewritten
from analytics.store.journal import Plan, decide, finish, lock_of, prepared_folder

STEP = "forget"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What deleting a firm means. rows: what the store holds of it; files: of imports that spoke of it, as the log
    names them; rewritten: hash of an archived file -> of the one in its place (None before it is done); releases: those
    that cannot be made again from then on, published: readers see them; elsewhere: other programmes that hold the firm.
    """

    rows: FirmRows
    files: tuple[str, ...]
    releases: tuple[str, ...]
    published: tuple[str, ...]
    elsewhere: tuple[str, ...]
    rewritten: dict[str, str] = field(default_factory=dict)


def foresee(programme: Programme, typed: str, home: Home, progress: Progress = silent) -> Meaning:
    """What deleting a firm would mean; nothing is deleted. typed: its code, in any writing that files may have.

    Raises UserError where neither the store nor any archived file tells of it.
    """
    task = _Task.of(programme, typed, home, progress)
    if not task.path.exists():
        raise UserError("store.absent", programme=programme.id)
    with Store(task.path, programme.id) as store:  # brought up to this version, where it is an earlier one's
        return task.meaning(store)


def forget(programme: Programme, typed: str, home: Home, progress: Progress = silent) -> Meaning:
    """Delete a firm for good; what it meant. Raises UserError where nothing tells of the firm, or where a file cannot
    be read or written: everything is then as it was.
    """
    task = _Task.of(programme, typed, home, progress)
    if not task.path.exists():
        raise UserError("store.absent", programme=programme.id)
    with lock_of(task.path):
        for path in _stores(home):
            finish(path)
        with Store(task.path, programme.id) as store:
            with prepared_folder(task.path) as folder:
                meaning, plan = task.prepare(store, folder)
            decide(task.path, plan)
        finish(task.path)
    return meaning


def _rests_on(release: Release, files: set[tuple[str, str, str]], folder: Path) -> bool:
    """Whether a release was built from any of these files."""
    try:
        inputs = recall_inputs(folder, release)
    except UserError:  # lost: it cannot be made again anyway
        return False
    return any((file.table, file.sha256, file.imported_at) in files for file in inputs)


def _contributions_files(store: Store) -> list[Path]:
    """Of every release, candidates too, the file of what firms contributed to it."""
    return sorted(file for file in store.contributions_folder.glob("*.parquet") if "." not in file.stem)


def _left_behind(store: Store) -> list[Path]:
    """Files that a build which was stopped did not finish."""
    return sorted(store.contributions_folder.glob("*.partial"))


def _log_of(path: Path) -> list[Batch]:
    """The log of another programme's imports."""
    with Store(path, path.stem) as store:
        return store.log()


def _stores(home: Home) -> list[Path]:
    """The stores of all programmes."""
    return sorted((home.root / "store").glob("*.duckdb"))


@dataclass(frozen=True, slots=True)
class _Task:
    """One firm to be deleted from one programme."""

    programme: Programme
    code: str
    home: Home
    progress: Progress

    @classmethod
    def of(cls, programme: Programme, typed: str, home: Home, progress: Progress) -> "_Task":
        """With the firm's code as it is stored."""
        try:
            code = parse_firm(typed.strip(), identifier=programme.firm_identifier)
        except BadCellError as error:
            raise UserError("forget.code", firm=typed) from error
        return cls(programme, code, home, progress)

    @property
    def path(self) -> Path:
        return self.home.store(self.programme.id)

    def alive(self, done: int, total: int) -> None:
        self.progress(STEP, done, total)

    # ---- what it means -----------------------------------------------------------------------------------------------

    def meaning(self, store: Store) -> Meaning:
        """What is known before archived files are gone through; those are where nothing else tells of the firm."""
        found = firm_rows(store, self.code)
        identity = identity_of(store, self.programme, self.code, found)
        if not self._is_known(store, found, identity) and not self._stands_in_archive(store, identity):
            raise UserError("forget.unknown", programme=self.programme.id)
        released = tuple(self._cannot_be_made_again(store, found.batches))
        releases = Releases(self.home.releases, self.programme.id)
        seen = set(releases.published()) | set(releases.embargoed())
        return Meaning(
            rows=found,
            files=tuple(batch.file_name for batch in store.log() if batch.batch_id in found.batches),
            releases=released,
            published=tuple(release for release in released if release in seen),
            elsewhere=tuple(self._elsewhere()),
        )

    def _is_known(self, store: Store, found: FirmRows, identity: Identity) -> bool:
        if found.batches or rejected_values(store, identity):
            return True
        return any(self.code in contributors_of(file) for file in _contributions_files(store))

    def _stands_in_archive(self, store: Store, identity: Identity) -> bool:
        with WorkFolder() as folder:
            return any(True for _ in self._rewritten(store, identity, Path(folder)))

    def _cannot_be_made_again(self, store: Store, batches: Sequence[int]) -> Iterator[str]:
        """Releases that counted the firm, candidates too, and those that were protected beside one that did."""
        releases = Releases(self.home.releases, self.programme.id)
        files = {(b.input_table, b.sha256, b.imported_at) for b in store.log() if b.batch_id in batches}
        counted: set[str] = set()
        for name in releases.known():
            beside: Sequence[str] = ()
            if releases.path(name).exists():
                try:
                    release = Release(releases.path(name))
                except UserError:  # of a format that cannot be made again anyway
                    continue
                beside = release.manifest.beside
                if _rests_on(release, files, store.contributions_folder):
                    counted.add(name)
            if self.code in contributors_of(store.contributions_folder / f"{name}.parquet"):
                counted.add(name)
            if name in counted or counted & set(beside):
                yield name

    def _elsewhere(self) -> Iterator[str]:
        """Other programmes whose stores hold the firm."""
        for path in _stores(self.home):
            if path != self.path:
                with Store(path, path.stem) as other:
                    if firm_rows(other, self.code).batches:
                        yield path.stem

    # ---- doing it ----------------------------------------------------------------------------------------------------

    def prepare(self, store: Store, folder: Path) -> tuple[Meaning, Plan]:
        """Write what is to stand in place of old files into the folder."""
        meaning = self.meaning(store)
        remove_abandoned(self.home.archive)
        shutil.rmtree(self.path.with_name(f"{self.path.name}.tmp"), ignore_errors=True)  # of a stopped one
        identity = identity_of(store, self.programme, self.code, meaning.rows)
        changed = list(self._rewritten(store, identity, folder))
        kept = {old.sha256: new.sha256 for old, new in changed}
        touched = {*meaning.rows.batches, *(batch for old, _ in changed for batch in old.batches)}
        logged = {kept_name(batch): batch.sha256 for batch in store.log() if batch.batch_id in touched}
        record = Record(
            at=dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0).isoformat(),
            batches=sorted(touched),
            releases=meaning.releases,
            sources=sorted({*logged, *logged.values(), *kept}),
            kept=kept,
        )
        rejected = [(batch, place) for old, new in changed for batch in old.batches for place in new.rows]
        new_store = folder / "store.duckdb"
        write_without(store, new_store, identity, meaning.rows, record, rejected, lambda: self.alive(0, 1))
        put = dict(self._behind(store, folder)) | {
            new.path.name: self._place(self._archived(new)) for _, new in changed
        }
        plan = Plan(
            store=new_store.name,
            put=put,
            kept=self._kept_elsewhere(changed),
            removed=[self._place(path) for path in (*(old.path for old, _ in changed), *_left_behind(store))],
        )
        self.alive(1, 1)
        return replace(meaning, rewritten=kept), plan

    def _archived(self, new: Rewritten) -> Path:
        return self.home.archive / new.sha256[:2] / new.path.name

    def _place(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.path.parent)).as_posix()

    def _rewritten(self, store: Store, identity: Identity, folder: Path) -> Iterator[tuple[ArchivedFile, Rewritten]]:
        """The archived files that tell of the firm, and what is to stand in their place."""
        logs = {path: _log_of(path) for path in _stores(self.home) if path != self.path}
        files = list(archived_files(self.home.archive, store, logs))
        for number, file in enumerate(files):
            all_of_it = any(identity.firm_of(firm) == self.code for firm in file.firms)
            own = replace(identity, all_of_it=all_of_it)
            new = rewritten(file.path, file.form, own, folder, partial(self.alive, number, len(files)))
            if new is not None:
                yield file, new

    def _behind(self, store: Store, folder: Path) -> Iterator[tuple[str, str]]:
        """What stood behind releases, anew where the firm was in it: file of the folder -> its place."""
        files = {file.stem: file for file in _contributions_files(store)}
        of_firm = {name: contributions_of(file) for name, file in files.items() if self.code in contributors_of(file)}
        for name, frame in without_firm(of_firm, self.code, self.programme).items():
            frame.to_parquet(folder / f"behind-{name}.parquet")
            yield f"behind-{name}.parquet", self._place(files[name])
        of_paths = {file.stem: file for file in sorted(store.contributions_folder.glob(f"*{PATH_ROWS}"))}
        rows = {name: pd.read_parquet(file) for name, file in of_paths.items() if self.code in contributors_of(file)}
        for name, frame in paths_without_firm(rows, self.code, self.programme).items():
            frame.to_parquet(folder / f"behind-{name}.parquet")
            yield f"behind-{name}.parquet", self._place(of_paths[name])

    def _kept_elsewhere(self, changed: Sequence[tuple[ArchivedFile, Rewritten]]) -> dict[str, dict[str, str]]:
        """For other programmes' logs: which archived file is kept now. Their stores are brought up to this version."""
        kept: dict[str, dict[str, str]] = {}
        for old, new in changed:
            for other in old.others:
                kept.setdefault(self._place(other), {})[old.sha256] = new.sha256
        for place in kept:
            path = self.path.parent / place
            with Store(path, path.stem):
                pass
        return kept
