"""What the records of an XLSB workbook tell beside its values. Source: [MS-XLSB]."""

import struct
import zipfile
from collections.abc import Iterator

from analytics.store.readers.package import elements
from analytics.store.readers.sheet_facts import Facts, MarkupError, Merged, SheetFacts
from analytics.store.readers.xls_parts import ERRORS

_MAIN = "xl/workbook.bin"
_ROW, _COLUMN, _SHEET, _MERGED = 0, 60, 156, 176
_CELLS = range(2, 12)  # all but the blank one
_ERROR_CELLS = (3, 11)
_FORMULA_CELLS = range(8, 12)
_HIDDEN_ROW = 0x10


def xlsb_facts(book: zipfile.ZipFile) -> Facts:
    """The facts of every sheet of cells, by name. Raises struct.error, zipfile.BadZipFile, KeyError and MarkupError."""
    related = elements(book, "xl/_rels/workbook.bin.rels")
    targets = {one["Id"]: one.get("Target", "") for tag, one in related if tag == "Relationship" and "Id" in one}
    members = set(book.namelist())
    facts: Facts = {}
    for kind, body in _records(book, _MAIN):
        if kind == _SHEET:
            reference, at = _wide_text(body, 8)
            name, _ = _wide_text(body, at)
            target = targets.get(reference, "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in members:
                facts[name] = _sheet(book, part)
    return facts


def _records(book: zipfile.ZipFile, name: str) -> Iterator[tuple[int, bytes]]:
    """The records of a part: their kind and content. Both the kind and the length are written in groups of 7 bits."""
    content = book.read(name)
    at = 0

    def number(most: int) -> int:
        nonlocal at
        value = 0
        for shift in range(0, 7 * most, 7):
            byte = content[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        return value

    while at < len(content):
        kind, size = number(2), number(4)
        if at + size > len(content):
            raise MarkupError(name)
        yield kind, content[at : at + size]
        at += size


def _wide_text(body: bytes, at: int) -> tuple[str, int]:
    """A text with its length in front, and where it ends."""
    length = struct.unpack_from("<I", body, at)[0]
    end = at + 4 + 2 * length
    return body[at + 4 : end].decode("utf-16-le"), end


def _sheet(book: zipfile.ZipFile, part: str) -> SheetFacts:
    facts, row, hidden = SheetFacts(), 0, False
    for kind, body in _records(book, part):
        if kind == _ROW:
            row, hidden = struct.unpack_from("<I", body)[0] + 1, bool(body[11] & _HIDDEN_ROW)
        elif kind in _CELLS:
            column = struct.unpack_from("<I", body)[0] + 1
            facts.reach((row, column))
            facts.fill(row, column, column)
            facts.formulas += kind in _FORMULA_CELLS
            if kind in _ERROR_CELLS:
                facts.add_error((row, column), ERRORS.get(body[8], "#N/A"))
            if hidden:
                facts.hidden_rows.add((row, column))
                hidden = False
        elif kind == _COLUMN:
            first, last, _, _, flags = struct.unpack_from("<4IH", body)
            if flags & 1:
                facts.hidden_columns.append((first + 1, last + 1))
        elif kind == _MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", body)
            facts.add_merged(Merged(top + 1, left + 1, bottom + 1, right + 1))
    return facts
