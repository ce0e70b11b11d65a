"""What the records of an XLS workbook (BIFF, in an OLE container) tell beside its values.

Sources: [MS-CFB] compound files, [MS-XLS] records.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from analytics.store.readers.ods_parts import EncryptedError
from analytics.store.readers.sheet_facts import Cell, Facts, MarkupError, Merged, SheetFacts
from analytics.store.readers.xlsx_parts import shows_percent, shows_scaled

ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_FREE = 0xFFFFFFFA  # sector numbers from here on stand for no sector
_BUILT_IN = {9: "0%", 10: "0.00%"}
_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _FORMAT, _XF = 0x809, 0x0A, 0x2F, 0x85, 0x41E, 0xE0
_ROW, _COLINFO, _MERGECELLS, _BOOLERR, _FORMULA = 0x208, 0x7D, 0xE5, 0x205, 0x06
_NUMBER, _RK, _MULRK = 0x203, 0x27E, 0xBD
_BIFF8 = 0x600


def workbook_stream(content: bytes) -> bytes:
    """The stream of an OLE container that holds the workbook. Raises MarkupError and struct.error."""
    sector_size, mini_size = 1 << struct.unpack_from("<H", content, 30)[0], 64
    first_directory, cutoff, first_mini = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))

    def sector(number: int) -> bytes:
        at = (number + 1) * sector_size
        return content[at : at + sector_size]

    tables = [one for one in struct.unpack_from("<109I", content, 76) if one < _FREE]
    more, seen = struct.unpack_from("<I", content, 68)[0], 0
    while more < _FREE and seen <= len(content) // sector_size:
        numbers = struct.unpack(f"<{sector_size // 4}I", sector(more))
        tables += [one for one in numbers[:-1] if one < _FREE]
        more, seen = numbers[-1], seen + 1
    next_of = struct.unpack(f"<{len(tables) * sector_size // 4}I", b"".join(map(sector, tables)))
    directory = b"".join(sector(one) for one in _chain(next_of, first_directory))
    entries = {name: (first, size) for name, first, size in _entries(directory)}
    first, size = entries.get("Workbook") or entries.get("Book") or (_FREE, 0)
    if first >= _FREE:
        raise MarkupError("Workbook")
    if size >= cutoff:
        return b"".join(sector(one) for one in _chain(next_of, first))[:size]
    mini = b"".join(sector(one) for one in _chain(next_of, entries["Root Entry"][0]))
    mini_table = b"".join(sector(one) for one in _chain(next_of, first_mini))
    next_mini = struct.unpack(f"<{len(mini_table) // 4}I", mini_table)
    pieces = (mini[one * mini_size : (one + 1) * mini_size] for one in _chain(next_mini, first))
    return b"".join(pieces)[:size]


def _chain(next_of: tuple[int, ...], first: int) -> Iterator[int]:
    for _ in range(len(next_of)):
        if first >= _FREE:
            return
        yield first
        first = next_of[first]


def _entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        first, size = struct.unpack_from("<II", directory, at + 116)
        yield directory[at : at + max(0, length - 2)].decode("utf-16-le", "replace"), first, size


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, from its BOF on, without the BOF; embedded substreams (charts) are left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, body


@dataclass(slots=True)
class _Globals:
    sheets: list[tuple[str, int]] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)

    def format(self, style: int) -> str:
        """The number format of a cell style."""
        number = self.styles[style] if style < len(self.styles) else 0
        return self.formats.get(number, _BUILT_IN.get(number, ""))


def xls_facts(content: bytes) -> Facts:
    """The facts of every sheet, by name, in the workbook's order. Raises MarkupError, struct.error, EncryptedError."""
    stream = workbook_stream(content)
    biff8 = len(stream) > 6 and struct.unpack_from("<H", stream, 4)[0] == _BIFF8
    known = _Globals()
    for kind, body in _records(stream, 0):
        if kind == _FILEPASS:
            raise EncryptedError
        if kind == _BOUNDSHEET:
            known.sheets.append((_sheet_name(body, biff8), struct.unpack_from("<I", body)[0]))
        elif kind == _FORMAT and biff8:
            number, length, wide = struct.unpack_from("<HHB", body)
            known.formats[number] = body[5 : 5 + length * (1 + wide % 2)].decode("utf-16-le" if wide % 2 else "latin-1")
        elif kind == _XF:
            known.styles.append(struct.unpack_from("<H", body, 2)[0])
    read: dict[int, SheetFacts] = {}
    for _, at in known.sheets:
        if at not in read:
            read[at] = _SheetRecords(known).read(stream, at)
    return {name: read[at] for name, at in known.sheets}


def _sheet_name(body: bytes, biff8: bool) -> str:
    length = body[6]
    if not biff8:
        return body[7 : 7 + length].decode("cp1252", "replace")
    wide = body[7] % 2
    return body[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


@dataclass(slots=True)
class _SheetRecords:
    known: _Globals
    facts: SheetFacts = field(default_factory=SheetFacts)
    hidden: set[int] = field(default_factory=set)
    blank: list[Cell] = field(default_factory=list)  # formulas that give an empty text

    def read(self, stream: bytes, at: int) -> SheetFacts:
        """The facts of the sheet whose records begin there."""
        for kind, body in _records(stream, at):
            self._record(kind, body)
        facts = self.facts
        if self.blank and len(self.blank) + facts.zeros.count == facts.formulas:
            for cell in self.blank:
                facts.uncomputed.add(cell)
        for cell in facts.zeros.cells:
            facts.uncomputed.add(cell)
        return facts

    def _record(self, kind: int, body: bytes) -> None:
        facts = self.facts
        if kind == _ROW:
            if struct.unpack_from("<H", body, 12)[0] & 0x20:
                self.hidden.add(struct.unpack_from("<H", body)[0])
        elif kind == _COLINFO:
            first, last, _, _, flags = struct.unpack_from("<5H", body)
            if flags & 1:
                facts.hidden_columns.append((first + 1, last + 1))
        elif kind == _MERGECELLS:
            for i in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * i)
                facts.add_merged(Merged(top + 1, left + 1, bottom + 1, right + 1))
        elif kind in _CELLS:
            row, column, style = struct.unpack_from("<3H", body)
            last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MULRK else column
            facts.reach((row + 1, last + 1))
            facts.fill(row + 1, column + 1, last + 1)
            if row in self.hidden:
                self.hidden.discard(row)
                facts.hidden_rows.add((row + 1, column + 1))
            self._cell(kind, body, (row + 1, column + 1), style)

    def _cell(self, kind: int, body: bytes, cell: Cell, style: int) -> None:
        if kind == _BOOLERR:
            if body[7]:
                self.facts.add_error(cell, ERRORS.get(body[6], "#N/A"))
            return
        if kind == _FORMULA:
            self._formula(body, cell)
        number = {_NUMBER: 6, _FORMULA: 6}.get(kind)
        if number is None and kind not in (_RK, _MULRK):
            return
        if kind == _MULRK:
            style = struct.unpack_from("<H", body, 4)[0]
        shown = self.known.format(style)
        if shows_percent(shown) or shows_scaled(shown):
            value = (
                struct.unpack_from("<d", body, number)[0] if number else rk_value(struct.unpack_from("<I", body, 6)[0])
            )
            (self.facts.percent if shows_percent(shown) else self.facts.scaled).add(cell, f"{value:.15g}")

    def _formula(self, body: bytes, cell: Cell) -> None:
        self.facts.formulas += 1
        result, (flags,) = body[6:14], struct.unpack_from("<H", body, 14)
        if result[6:8] == b"\xff\xff":
            if result[0] == 2:
                self.facts.add_error(cell, ERRORS.get(result[2], "#N/A"))
            elif result[0] == 3:
                self.blank.append(cell)
        elif flags & 2 and not any(result):
            self.facts.zeros.add(cell)


_CELLS = frozenset({_BOOLERR, _FORMULA, _NUMBER, _RK, _MULRK, 0xFD, 0x204, 0xD6})


def rk_value(packed: int) -> float:
    """A number as RK records pack it: 30 bits of a double or of a whole number, perhaps in hundredths."""
    value = float(packed >> 2) if packed & 2 else struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    if packed & 2 and packed & 0x80000000:
        value -= 1 << 30
    return value / 100 if packed & 1 else value
