"""The whole path for a demonstration: files -> importer -> store -> build -> publish. Nothing takes a shortcut."""

import hashlib
import shutil
from pathlib import Path

from analytics import build, michigan
from analytics.home import Home
from analytics.ingest import import_file
from analytics.model import DataKind, Progress, UserError, silent
from analytics.programme import load_programme
from analytics.readers import Format, Mapping, load_mapping
from analytics.release import Releases
from analytics.simulate import simulate
from analytics.simulate import write as write_simulation
from analytics.store import Store

PROGRAMMES = ("ecommerce-2020", "michigan-1988")


def demonstrate(programme_id: str, home: Home, progress: Progress = silent) -> str:
    """Make the files, import, build, publish; the release's id. A release already published for it is kept as it is."""
    if programme_id not in PROGRAMMES:
        raise UserError("demo.unknown", programme=programme_id, known=", ".join(PROGRAMMES))
    programme = load_programme(programme_id)
    releases = Releases(home.releases, programme_id)
    if releases.current:
        return releases.current
    if programme.data_kind is DataKind.CONFIDENTIAL:
        raise UserError("demo.unknown", programme=programme_id, known=", ".join(PROGRAMMES))
    progress("files", 0, 1)
    folder = home.demonstration(programme_id)
    applications, sales, mappings = _files(programme_id, folder)
    progress("files", 1, 1)
    with Store(home.store(programme_id), programme_id) as store:
        _only_ours(store, programme_id, (applications, sales))
        for done, (kind, path) in enumerate((("applications", applications), ("sales", sales))):
            progress(f"import_{kind}", done, 2)
            import_file(kind, path, programme=programme, store=store, archive=home.archive, mapping=mappings[kind])
        progress("import_sales", 2, 2)
        release = build.build(programme, store, releases, progress=progress)
    releases.publish(release)
    return release


def _only_ours(store: Store, programme_id: str, files: tuple[Path, ...]) -> None:
    """Never mix invented rows into a store that somebody else filled."""
    ours = {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    if {batch.sha256 for batch in store.batches()} - ours:
        raise UserError("demo.store_in_use", programme=programme_id)


def _files(programme_id: str, folder: Path) -> tuple[Path, Path, dict[str, Mapping]]:
    shutil.rmtree(folder, ignore_errors=True)
    if programme_id == "michigan-1988":
        applications, sales, mapping = michigan.write(folder)
        return applications, sales, {"applications": Mapping(format=Format(date="%Y")), "sales": load_mapping(mapping)}
    folder.mkdir(parents=True)
    applications, sales = write_simulation(simulate(load_programme(programme_id)), folder)
    return applications, sales, {"applications": Mapping(), "sales": Mapping()}
