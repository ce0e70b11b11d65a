"""A file -> its tables, whatever its kind."""

from collections.abc import Callable, Sequence
from pathlib import Path

from analytics.model import UserError
from analytics.store.formats import Format
from analytics.store.readers.parquet import read_parquet
from analytics.store.readers.table import FileKind, RawTable, Source
from analytics.store.readers.text import read_text
from analytics.store.readers.workbook import read_workbook


def read_tables(source: Source, form: Format, folder: Path, alive: Callable[[], None]) -> Sequence[RawTable]:
    """The tables of a file. folder: for what is unpacked, for as long as the tables are read; alive: called while one
    waits. Raises UserError where the content is damaged or another kind of file than an input table.
    """
    match source.kind:
        case FileKind.TEXT:
            return read_text(source, form)
        case FileKind.PARQUET:
            return read_parquet(source)
        case FileKind.RNA:
            raise UserError("file.rna", file=source.path)
        case _:
            return read_workbook(source, form, folder, alive)
