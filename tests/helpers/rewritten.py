"""A release written again with something else in it."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analytics.programme.file import Programme
from analytics.release import Release, Releases
from analytics.release.acts import LedgerEntry
from analytics.release.figure_id import parse_figure_id
from analytics.release.format import RELEASE_TABLES
from analytics.release.writing import write_release


def tables_of(release: Release) -> dict[str, pd.DataFrame]:
    """Its tables by their names, as they are written."""
    return {name: getattr(release, name) for name in RELEASE_TABLES}


def rewritten(
    source: Release, root: Path, *, name: str = "", programme: Programme | None = None, **tables: pd.DataFrame
) -> Release:
    """The release in the folder of releases `root`, in use there; under another number, which then stands in its ids,
    with another programme file, with other tables.
    """
    name = name or source.release_id
    manifest = replace(source.manifest, release=name, programme=programme or source.programme)
    written = tables_of(source) | tables
    if name != source.release_id:
        written = {table: _renamed(frame, name) for table, frame in written.items()}
    releases = Releases(root, source.programme.id)
    write_release(releases.path(name), manifest, written)
    releases.publish(name)
    return releases.open()


def never_published(releases: Releases) -> None:
    """Have all releases of the folder as they were when each had been built and nobody had published one."""
    for name in ("current", "ledger.jsonl", "shown"):
        (releases.folder / name).unlink(missing_ok=True)
    names = sorted(path.stem for path in releases.folder.glob("*.duckdb"))
    built = [LedgerEntry("2026-01-01T00:00:00Z", "built", name) for name in names]
    lines = [json.dumps(entry.line()) for entry in built]
    (releases.folder / "ledger.jsonl").write_text("\n" + "\n".join(lines), encoding="utf-8")


def published_anew(path: Path) -> None:
    """Have a release whose file was written again in place be the one that was published, where it was."""
    if (path.parent / "current").exists():
        releases = Releases(path.parent.parent, path.parent.name)
        never_published(releases)
        releases.publish(path.stem)


def _renamed(frame: pd.DataFrame, release: str) -> pd.DataFrame:
    """The table with that release in its ids, check characters and all."""
    if "figure_id" not in frame:
        return frame
    ids = {written: str(replace(parse_figure_id(written), release=release)) for written in frame["figure_id"].unique()}
    return frame.assign(figure_id=frame["figure_id"].map(ids))
