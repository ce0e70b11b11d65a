"""A workbook without the rows of a firm: the texts of all cells of all sheets, as XLSX."""

import datetime as dt
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from analytics.store.forget.headings import KeyColumns
from analytics.store.forget.identity import Identity
from analytics.store.forget.texts import Place
from analytics.store.formats import Format
from analytics.store.readers.table import Source, Visibility, shown
from analytics.store.readers.workbook import SheetTable, read_workbook

SUFFIX = ".xlsx"
LONGEST_CELL = 32_767  # characters, of a workbook
_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the same for all, so that equal contents are equal files
_NO_TITLE = re.compile(r"[\[\]:*?/\\']")
LONGEST_TITLE = 31


def workbook_without(source: Source, identity: Identity, into: Path, alive: Callable[[], None]) -> set[Place]:
    """Write every sheet, hidden ones too, without the firm's rows; which rows went or changed. Formulas, formats,
    comments and charts are left out. Raises UserError where the workbook cannot be read.
    """
    touched: set[Place] = set()
    with tempfile.TemporaryDirectory(dir=into.parent) as folder:
        sheets = read_workbook(source, Format(), Path(folder), alive)
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(into), options) as book:
            book.set_properties({"created": _MADE})
            titles: set[str] = set()
            for table in sheets:
                touched |= _write(table, identity, _sheet(book, table, identity, titles), alive)
    return touched


def _sheet(book: xlsxwriter.Workbook, table: SheetTable, identity: Identity, titles: set[str]) -> Worksheet:
    """The new sheet, under the title of the old one where that does not name the firm."""
    title = _NO_TITLE.sub(" ", "" if identity.tells(table.sheet) else table.sheet)[:LONGEST_TITLE].strip()
    if not title or title.casefold() in titles:
        title = next(name for n in range(1, 10_000) if (name := f"Foglio {n}").casefold() not in titles)
    titles.add(title.casefold())
    sheet = book.add_worksheet(title)
    if table.visibility is Visibility.HIDDEN and len(titles) > 1:  # the first one must be shown
        sheet.hide()
    return sheet


def _write(table: SheetTable, identity: Identity, sheet: Worksheet, alive: Callable[[], None]) -> set[Place]:
    touched: set[Place] = set()
    keys, gone = KeyColumns(identity.headings), 0
    for number, cells in table.rows():
        kept = identity.kept(cells, keys.learn(cells))
        if kept != cells:
            touched.add((table.sheet, number))
        if kept is None:
            gone += 1
            continue
        for place, cell in enumerate(kept):
            if cell:
                sheet.write_string(number - 1 - gone, place, shown(cell)[:LONGEST_CELL])
        if number % 1000 == 0:
            alive()
    return touched
