"""The whole path for a demonstration: files -> importer -> store -> build -> publish. Nothing takes a shortcut."""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from analytics.access.installation import load_installation
from analytics.access.people import at_terminal
from analytics.audit.log import audited
from analytics.build import candidate as build
from analytics.demonstration import michigan
from analytics.demonstration import office_files as office
from analytics.demonstration.simulate import simulate
from analytics.folders import Home
from analytics.model import DataKind, Progress, UserError, silent
from analytics.programme.file import Programme, load_programme
from analytics.release import Releases
from analytics.store.database import Store
from analytics.store.formats import Format
from analytics.store.ingest import import_file
from analytics.store.mapping.file import ColumnMapping, load_mapping

DEMONSTRATIONS = ("ecommerce-2020", "michigan-1988")
MODE = "one_person"  # who runs the command


def demonstrate(programme_id: str, home: Home, progress: Progress = silent) -> str:
    """Make the files, import, build, publish; the release's id. A release already published for it is kept as it is,
    unless an earlier version of Vetrina made it, in a format that this one does not read.
    """
    if programme_id not in DEMONSTRATIONS:
        raise UserError("demo.unknown", programme=programme_id, known=", ".join(DEMONSTRATIONS))
    programme = load_programme(programme_id)
    releases = Releases(home.releases, programme_id)
    if releases.current and _can_be_read(releases):
        return releases.current
    if programme.data_kind is DataKind.CONFIDENTIAL:
        raise UserError("demo.unknown", programme=programme_id, known=", ".join(DEMONSTRATIONS))
    person = at_terminal(load_installation(home))
    with audited(home, "demo", person, programme=programme_id) as told:
        release = _made(programme, releases, home, progress)
        told(release=release, sha256=hashlib.sha256(releases.path(release).read_bytes()).hexdigest(), mode=MODE)
    return release


def _made(programme: Programme, releases: Releases, home: Home, progress: Progress) -> str:
    """From the files to the published release."""
    programme_id = programme.id
    progress("files", 0, 1)
    folder = home.demonstration(programme_id)
    store_path = home.store(programme_id)
    if _imported_hashes(store_path, programme_id) <= _hashes(folder.glob("*")):
        store_path.unlink(missing_ok=True)  # it holds nothing but an earlier demonstration's files
    files = _write_files(programme, folder)
    progress("files", 1, 1)
    if not _imported_hashes(store_path, programme_id) <= _hashes(path for path, _ in files.values()):
        raise UserError("demo.store_in_use", programme=programme_id)  # never mix invented rows into somebody's store
    with Store(store_path, programme_id) as store:
        for done, (kind, (path, mapping)) in enumerate(files.items()):
            progress(f"import_{kind}", done, 2)
            import_file(kind, path, programme=programme, store=store, archive=home.archive, mapping=mapping)
        progress("import_sales", 2, 2)
        release = build.build(programme, store, releases, progress=progress)
    releases.publish(release, mode=MODE)
    return release


def _can_be_read(releases: Releases) -> bool:
    try:
        releases.open()
    except UserError as error:
        if error.key == "release.version":
            return False
        raise
    return True


def _hashes(files: Iterable[Path]) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _imported_hashes(path: Path, programme_id: str) -> set[str]:
    """Hashes of the files that a store was filled from."""
    if not path.exists():
        return set()
    with Store(path, programme_id, read_only=True) as store:
        return {batch.sha256 for batch in store.batches()}


def _write_files(programme: Programme, folder: Path) -> dict[str, tuple[Path, ColumnMapping]]:
    """Make the files of a demonstration; table -> file and how to read it, applications first."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        return _written_files(programme, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _written_files(programme: Programme, folder: Path) -> dict[str, tuple[Path, ColumnMapping]]:
    if programme.id == "michigan-1988":
        applications, sales, mapping = michigan.write_michigan_files(folder)
        return {
            "applications": (applications, ColumnMapping(format=Format(date="%Y"))),
            "sales": (sales, load_mapping(mapping)),
        }
    written = office.write_office_files(simulate(programme), programme, folder)
    return {kind: (file, load_mapping(mapping)) for kind, (file, mapping) in written.items()}
