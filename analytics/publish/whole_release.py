"""A whole release as one file, made in a process of its own: it takes many seconds, in which no reader of a server
waits for it.
"""

import datetime as dt
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from analytics.present.sentences.phrases import reader
from analytics.present.tables.named import release_tables
from analytics.publish.about import Origin
from analytics.publish.formats.workbook import write_tables
from analytics.publish.package import package
from analytics.release import Release


def in_own_process(path: Path, form: str, origin: Origin, language: str, embargo: dt.datetime | None = None) -> bytes:
    """All tables of a release, as a data package ("zip") or a workbook ("xlsx"); path: of its file; embargo: until when
    it is not to be divulged.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_made, path, form, origin, language, embargo).result()


def _made(path: Path, form: str, origin: Origin, language: str, embargo: dt.datetime | None) -> bytes:
    release = Release(path, embargo)
    text = reader(release, language)
    write = write_tables if form == "xlsx" else package
    return write(release_tables(release, text), origin, text)
