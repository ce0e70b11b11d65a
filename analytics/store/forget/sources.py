"""An archived source file without the rows of a firm, whatever its kind."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.store.archive import hash_of
from analytics.store.forget.aids import aids_without
from analytics.store.forget.identity import Identity
from analytics.store.forget.parquet_files import parquet_without
from analytics.store.forget.texts import Place, text_without
from analytics.store.forget.workbooks import SUFFIX, workbook_without
from analytics.store.formats import Format
from analytics.store.readers.source import open_source
from analytics.store.readers.table import FileKind


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A source file without the firm. path: of the new file; sha256: of the new file; rows: of the old one, those that
    went or changed.
    """

    path: Path
    sha256: str
    rows: frozenset[Place]


def rewritten(
    path: Path, form: Format, identity: Identity, folder: Path, alive: Callable[[], None]
) -> Rewritten | None:
    """Write a source file without the firm into the folder, under its new hash; None where nothing of it tells of the
    firm. Raises UserError where the file cannot be read.
    """
    source = open_source(path)
    is_workbook = source.kind in (FileKind.XLSX, FileKind.XLSB, FileKind.XLS, FileKind.ODS)
    into = folder / f"rewritten{SUFFIX if is_workbook else path.suffix}"
    match source.kind:
        case FileKind.TEXT:
            rows = text_without(source, form, identity, into, alive)
        case FileKind.PARQUET:
            rows = parquet_without(source, identity, into, alive)
        case FileKind.RNA:
            rows = aids_without(source, replace(identity, all_of_it=False), into, alive)
        case _:
            rows = workbook_without(source, identity, into, alive)
    if not rows:
        into.unlink()
        return None
    sha256 = hash_of(into, alive)
    named = into.rename(folder / f"{sha256}{into.suffix}")
    return Rewritten(named, sha256, frozenset(rows))
