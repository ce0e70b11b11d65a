"""Reads a workbook in a process of its own: `python -m analytics.store.readers.workbook_child FILE KIND FOLDER`.

A workbook of a few kilobytes can ask its reader for all the memory of a machine, or make it abort. So it is read where
that ends nothing else: this process has limits of memory and time, writes each sheet as an Arrow file into FOLDER, and
in the end `result.json`, which says what it found or why it refuses. `readers/workbook.py` starts it.
"""

import json
import os
import shutil
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from analytics.store.readers.ods_parts import EncryptedError, ods_facts
from analytics.store.readers.package import check_repeated, check_sizes
from analytics.store.readers.sheet_facts import (
    Facts,
    Marked,
    MarkupError,
    SheetFacts,
    TooLargeError,
    cell_name,
    column_letters,
    stray_cells,
)
from analytics.store.readers.sheet_rows import Written, write_rows
from analytics.store.readers.table import FileKind, Visibility
from analytics.store.readers.xls_parts import xls_facts
from analytics.store.readers.xlsb_parts import xlsb_facts
from analytics.store.readers.xlsx_parts import sheet_parts, xlsx_facts

MEMORY_BYTES = 3 << 30
CPU_SECONDS = 300
MOST_SHEETS = 200
OUT_OF_MEMORY = 3  # exit code
RESULT = "result.json"
Told = dict[str, object]
_DAMAGED = (
    *(CalamineError, OSError, ValueError, KeyError, IndexError, RuntimeError, NotImplementedError, EOFError),
    *(zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, MarkupError, OverflowError, RecursionError),
)


class Refused(Exception):  # noqa: N818 - an answer, not a failure
    """Why the workbook is not read: a key of the text files under `error.`, and its details."""

    def __init__(self, key: str, **details: object) -> None:
        """Keep both: the parent process turns them into words."""
        super().__init__(key)
        self.told: Told = {"key": key, "details": details}


def main(arguments: list[str]) -> int:
    """Read the workbook and write the result; the exit code, which is 0 also for a workbook that is refused."""
    path, kind, folder = Path(arguments[0]), FileKind(arguments[1]), Path(arguments[2])
    _limit()
    try:
        result: Told = {"sheets": _read(path, kind, folder)}
    except Refused as refusal:
        result = {"error": refusal.told}
    except (PasswordError, EncryptedError):
        result = {"error": {"key": "file.password", "details": {}}}
    except (MemoryError, pa.ArrowMemoryError):
        return OUT_OF_MEMORY
    except TooLargeError:
        result = {"error": {"key": "file.workbook_large", "details": {}}}
    except _DAMAGED as error:
        result = {"error": _damaged(error)}
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        result = {"error": _damaged(error)}
    (folder / RESULT).write_text(json.dumps(result), encoding="utf-8")
    return 0


def _damaged(error: BaseException) -> Told:
    if isinstance(error, RuntimeError) and "password" in str(error):
        return {"key": "file.password", "details": {}}
    return {"key": "file.damaged", "details": {"problem": str(error)[:200] or type(error).__name__}}


def _limit() -> None:
    """Bound this process where the operating system can; the parent bounds its time everywhere."""
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _read(path: Path, kind: FileKind, folder: Path) -> list[Told]:
    facts = _facts(path, kind)
    if strays := stray_cells(facts):
        name, found = strays
        cells = ", ".join(dict.fromkeys(cell_name(cell) for cell, _ in found))
        holds = " · ".join(dict.fromkeys(text[:40] for _, text in found))
        raise Refused("file.stray_cell", sheet=name, cells=cells, holds=holds)
    book = CalamineWorkbook.from_path(_named_by_kind(path, kind, folder))
    _check_count(len(book.sheets_metadata))
    return [
        _sheet(book, sheet, facts, kind, folder / f"{number}.arrow")
        for number, sheet in enumerate(book.sheets_metadata)
    ]


def _named_by_kind(path: Path, kind: FileKind, folder: Path) -> Path:
    """The file under a name that says its kind, for calamine goes by the name's end."""
    named = folder / f"book.{kind.value}"
    try:
        named.symlink_to(path.absolute())
    except (OSError, NotImplementedError):
        shutil.copyfile(path, named)
    return named


def _facts(path: Path, kind: FileKind) -> Facts:
    if kind is FileKind.XLS:
        return xls_facts(path.read_bytes())
    with zipfile.ZipFile(path) as book:
        for part, size in check_sizes(book):
            raise Refused("file.unpacked", part=part or "*", size=size)
        _check_shared_strings(book)
        if kind is FileKind.XLSX:
            sheets = sheet_parts(book)
            _check_count(len(sheets))
            for part, size in check_repeated(book, sheets.values()):
                raise Refused("file.unpacked", part=part, size=size)
            return xlsx_facts(book)
        if kind is FileKind.XLSB:
            return xlsb_facts(book)
        return ods_facts(book)


def _check_count(sheets: int) -> None:
    if sheets > MOST_SHEETS:
        raise Refused("file.many_sheets", count=sheets, most=MOST_SHEETS)


def _check_shared_strings(book: zipfile.ZipFile) -> None:
    """Unpack the texts of the cells once, in pieces: a part that is longer than it says raises BadZipFile."""
    for name in book.namelist():
        if name.lower().endswith(("sharedstrings.xml", "sharedstrings.bin")):
            with book.open(name) as part:
                while part.read(1 << 20):
                    pass


def _sheet(book: CalamineWorkbook, sheet: SheetMetadata, facts: Facts, kind: FileKind, file: Path) -> Told:
    shown = Visibility.VISIBLE if sheet.visible == SheetVisibleEnum.Visible else Visibility.HIDDEN
    told: Told = {"name": sheet.name, "visibility": shown}
    if sheet.typ != SheetTypeEnum.WorkSheet:
        return told | {"notices": [["no_table", {"sheet": sheet.name}]]}
    if kind is not FileKind.XLS and sheet.name not in facts:
        raise MarkupError(sheet.name)
    known = facts.get(sheet.name) or SheetFacts()
    written = write_rows(book.get_sheet_by_name(sheet.name), known, file)
    return told | {
        "file": file.name if written.width else "",
        "width": written.width,
        "notices": _notices(sheet.name, known, written),
        "uncomputed": [known.uncomputed.count, known.uncomputed.cells],
        "merged_amounts": [[*block, value] for block, value in written.amounts],
    }


def _notices(sheet: str, facts: SheetFacts, written: Written) -> list[tuple[str, Told]]:
    """What a reader must know of the sheet: a key of the text files under `notice.` and its details."""
    found: list[tuple[str, Told]] = []

    def add(key: str, count: int, tell: Callable[[], Told]) -> None:
        if count:
            found.append((key, {"sheet": sheet, "count": count} | tell()))

    rows, percent, scaled = facts.hidden_rows, facts.percent, facts.scaled
    add("hidden_rows", rows.count, lambda: {"row": rows.cells[0][0]})
    columns = [(first, last) for first, last in facts.hidden_columns if first <= facts.last[1]]
    add("hidden_columns", len(columns), lambda: {"columns": _column_names(columns, facts.last[1])})
    add("merged", written.filled, lambda: {"cells": written.first_filled})
    add("percent_format", percent.count, lambda: _example(percent) | _percent(percent.example))
    add("scaled_format", scaled.count, lambda: _example(scaled))
    if facts.uncomputed is not facts.zeros and 0 < facts.zeros.count == facts.formulas > 1:
        add("zero_formulas", facts.zeros.count, lambda: {"cell": cell_name(facts.zeros.cells[0])})
    return found


def _column_names(columns: list[tuple[int, int]], last: int) -> str:
    runs = [(column_letters(one), column_letters(min(other, last))) for one, other in columns]
    return ", ".join(one if one == other else f"{one}:{other}" for one, other in runs)


def _example(marked: Marked) -> Told:
    return {"cell": cell_name(marked.cells[0]), "value": marked.example}


def _percent(value: str) -> Told:
    try:
        return {"shown": f"{float(value) * 100:.6g}%"}
    except ValueError:
        return {"shown": "%"}


class _WithoutPandas:
    """Says that pandas is not installed: pyarrow would load it, which takes two seconds, and does without."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        """Nothing of any module, but that there is no pandas."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


if __name__ == "__main__":
    sys.meta_path.insert(0, _WithoutPandas)
    sys.exit(main(sys.argv[1:]))
