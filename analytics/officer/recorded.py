"""Acts on a store, each written into the audit log: by whom, what came of it in numbers and hashes; no file, no firm.

What the command line and the officer's page call. What cannot be recorded is not done; a rehearsal is no act.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, Unpack

from analytics.access.people import Person
from analytics.audit.log import audited
from analytics.build import forget as deletion
from analytics.build.candidate import build
from analytics.clock import utc_stamp
from analytics.folders import Home
from analytics.model import Progress, silent
from analytics.officer.approval import hash_of_release
from analytics.programme.file import Programme
from analytics.release import Releases
from analytics.store import repair
from analytics.store.database import Batch, Store
from analytics.store.ingest import Report, import_file
from analytics.store.mapping.file import ColumnMapping
from analytics.store.rejected_file import RejectedFile
from analytics.store.rna.load import import_rna
from analytics.store.rna.report import RnaReport


class Reading(TypedDict, total=False):
    """How a file is read, as `import_file` takes it."""

    mapping: ColumnMapping | None
    partial: bool
    takes_back: bool
    rehearsed: bool
    rejected_to: RejectedFile | None
    progress: Progress


def load(
    kind: str, path: Path, programme: Programme, store: Store, home: Home, person: Person, **how: Unpack[Reading]
) -> Report:
    """Import a file, as `import_file` does; how: as that takes it too."""

    def load_it() -> Report:
        return import_file(kind, path, programme=programme, store=store, archive=home.archive, **how)

    if how.get("rehearsed"):
        return load_it()
    with audited(home, "import", person, programme=programme.id, kind=kind) as told:
        report = load_it()
        told(**_of_batch(report.batch), already=report.already)
    return report


def load_rna(
    paths: Sequence[Path],
    programme: Programme,
    store: Store,
    home: Home,
    person: Person,
    *,
    car: Sequence[str] = (),
    title: str = "",
    progress: Progress = silent,
) -> RnaReport:
    """Import files of the register of state aid, as `import_rna` does."""
    with audited(home, "import", person, programme=programme.id, kind="rna") as told:
        report = import_rna(
            paths,
            programme=programme,
            store=store,
            archive=home.archive,
            car=car,
            title=title,
            progress=progress,
        )
        told(files=[{**_of_batch(file.batch), "already": file.already} for file in report.files])
    return report


def _of_batch(batch: Batch) -> dict[str, object]:
    return {
        "batch": batch.batch_id,
        "sha256": batch.sha256,
        "rows_in": batch.rows_in,
        "rows_loaded": batch.rows_loaded,
        "rows_rejected": batch.rows_rejected,
    }


def undo(programme: Programme, store: Store, batch_id: int | None, home: Home, person: Person) -> repair.Undone:
    """Undo an import, the newest where none is named."""
    with audited(home, "undo", person, programme=programme.id) as told:
        undone = repair.undo(store, batch_id)
        told(batch=undone.batch.batch_id, sha256=undone.batch.sha256)
    return undone


def retract_application(programme: Programme, store: Store, application: str, home: Home, person: Person) -> Batch:
    """Take back an application."""
    with audited(home, "retract", person, programme=programme.id, kind="application") as told:
        batch = repair.retract_application(store, home.archive, application)
        told(batch=batch.batch_id, sha256=batch.sha256)
    return batch


def retract_figures(
    programme: Programme, store: Store, key: Sequence[str], home: Home, person: Person
) -> tuple[Batch, list[repair.Figure]]:
    """Take back figures of a firm; key: its code, the period and, if wanted, the outcome."""
    with audited(home, "retract", person, programme=programme.id, kind="sales") as told:
        batch, figures = repair.retract_figures(store, home.archive, programme, *key)
        told(batch=batch.batch_id, sha256=batch.sha256, figures=len(figures))
    return batch, figures


def forget(
    programme: Programme, firm: str, home: Home, person: Person, progress: Progress = silent
) -> deletion.Meaning:
    """Delete a firm's data for good. That it was done is recorded, and never of which firm."""
    with audited(home, "forget", person, programme=programme.id) as told:
        meaning = deletion.forget(programme, firm, home, progress)
        told(files=len(meaning.rewritten), releases=list(meaning.releases))
    return meaning


def build_candidate(programme: Programme, store: Store, home: Home, person: Person, progress: Progress = silent) -> str:
    """Build a candidate release; its name. Who built it, and the hash of its file, is what its approval rests on."""
    as_of = {} if store.as_of is None else {"as_of": utc_stamp(store.as_of)}
    releases = Releases(home.releases, programme.id)
    with audited(home, "build", person, programme=programme.id, **as_of) as told:
        release = build(programme, store, releases, progress=progress)
        told(release=release, sha256=hash_of_release(releases, release))
    return release
