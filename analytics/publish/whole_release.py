"""A whole release as one file, made in a process of its own: it takes many seconds, in which no reader of a server
waits for it.
"""

import datetime as dt
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from analytics.present.sentences.phrases import reader
from analytics.present.tables.named import release_tables
from analytics.publish.about import Origin
from analytics.publish.formats.workbook import write_tables
from analytics.publish.package import package
from analytics.release import Release


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A release to be read by another process: its file, with its hash as it was published; in place of which other
    release it is shown; until when it is not to be divulged.
    """

    path: Path
    sha256: str
    instead_of: str | None = None
    embargo: dt.datetime | None = None


def in_own_process(file: ReleaseFile, form: str, origin: Origin, language: str) -> bytes:
    """All tables of a release, as a data package ("zip") or a workbook ("xlsx"). Raises UserError where its file is not
    there any more, or another one.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_made, file, form, origin, language).result()


def _made(file: ReleaseFile, form: str, origin: Origin, language: str) -> bytes:
    release = Release(file.path, file.sha256).in_place_of(file.instead_of).under_embargo(file.embargo)
    text = reader(release, language)
    write = write_tables if form == "xlsx" else package
    return write(release_tables(release, text), origin, text)
