"""XLS files (BIFF8 in an OLE container), as small as a reader accepts: for tests of the reading side alone."""

import datetime as dt
import struct

SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
Cell = str | float | bool | dt.date | None
Sheets = dict[str, list[list[Cell]]]


def record(kind: int, content: bytes = b"") -> bytes:
    """One record of a BIFF stream."""
    return struct.pack("<HH", kind, len(content)) + content


def _text(text: str, length: str) -> bytes:
    return struct.pack(length, len(text)) + b"\x01" + text.encode("utf-16-le")


def _cell(row: int, column: int, value: Cell) -> bytes:
    at = struct.pack("<HHH", row, column, 0)
    if isinstance(value, bool):
        return record(0x0205, at + bytes([value, 0]))
    if isinstance(value, dt.date):
        serial = float((value - dt.date(1899, 12, 30)).days)
        return record(0x0203, struct.pack("<HHHd", row, column, 1, serial))
    if isinstance(value, str) and value == "#N/A":
        return record(0x0205, at + b"\x2a\x01")
    if isinstance(value, str) and value.startswith("="):
        return record(0x0006, at + struct.pack("<dHI", float(value[1:]), 0, 0) + struct.pack("<H", 0))
    if isinstance(value, str):
        return record(0x0204, at + _text(value, "<H"))
    return record(0x0203, at + struct.pack("<d", value)) if value is not None else b""


def _sheet(rows: list[list[Cell]]) -> bytes:
    size = struct.pack("<IIHHH", 0, len(rows), 0, max((len(row) for row in rows), default=0), 0)
    cells = b"".join(_cell(i, j, value) for i, row in enumerate(rows) for j, value in enumerate(row))
    return _begin(0x0010) + record(0x0200, size) + cells + record(0x000A)


def _begin(kind: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 0x06))


def workbook(sheets: Sheets, *, hidden: tuple[str, ...] = (), encrypted: bool = False) -> bytes:
    """The stream named Workbook: "#N/A" is an error cell, "=1.5" a formula with its value, a day a date cell."""
    front = _begin(0x0005)
    front += record(0x002F, struct.pack("<HHH", 0, 0, 0)) if encrypted else b""
    front += record(0x0042, struct.pack("<H", 1200))
    front += record(0x0022, struct.pack("<H", 0))
    front += b"".join(record(0x00E0, struct.pack("<HH", 0, number_format) + bytes(16)) for number_format in (0, 14))
    names = {name: _text(name, "<B") for name in sheets}
    start = len(front) + sum(4 + 6 + len(name) for name in names.values()) + 4
    listed, bodies = b"", b""
    for name, rows in sheets.items():
        listed += record(0x0085, struct.pack("<IBB", start + len(bodies), name in hidden, 0) + names[name])
        bodies += _sheet(rows)
    return front + listed + record(0x000A) + bodies


def _entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    written = name.encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<HBB", len(written) + 2 if name else 0, kind, 1)
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return head + links + bytes(16 + 4 + 16) + struct.pack("<IQ", first, size)


def ole(stream: bytes, name: str = "Workbook") -> bytes:
    """An OLE container with one stream, filled up to 4,096 bytes so that it needs no small sectors."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // SECTOR)
    tables = 1
    while tables * (SECTOR // 4) < count + 1 + tables:
        tables += 1
    first = tables + 1
    chain = [_FAT] * tables + [_END] + [*range(first + 1, first + count), _END]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * SECTOR, b"\xff")
    directory = _entry("Root Entry", 5, _END, 0, 1) + _entry(name, 2, first, len(stream)) + _entry("", 0, 0, 0) * 2
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, _END, 0, _END, 0)
    head += struct.pack(f"<{tables}I", *range(tables)).ljust(109 * 4, b"\xff")
    return head + fat + directory + stream.ljust(count * SECTOR, b"\0")


def xls(sheets: Sheets, *, hidden: tuple[str, ...] = (), encrypted: bool = False) -> bytes:
    """An XLS file with these sheets."""
    return ole(workbook(sheets, hidden=hidden, encrypted=encrypted))
