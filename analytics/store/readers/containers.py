"""Zip and OLE files: which kind of document they hold, told from their lists of contents without unpacking any."""

import lzma
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from analytics.model import UserError
from analytics.store.readers.foreign import Foreign
from analytics.store.readers.table import FileKind

LARGEST_UNPACKED = 1 << 30  # bytes that a workbook's parts may take together
LARGEST_LIST = 1 << 24  # bytes of a zip's list of contents
MOST_SECTORS = 4096  # of an OLE file's list of contents
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_END_OF_ZIP, _END_OF_ZIP64 = b"PK\x05\x06", b"PK\x06\x06"
_BROKEN_PARTS = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(OSError, EOFError, KeyError, ValueError, RuntimeError),
)
_SHOWN = 5  # names of an archive's contents
_ZIPPED = (  # (a part that only this kind has, what it is)
    ("word/", Foreign("file.is_word", "DOCX")),
    ("ppt/", Foreign("file.is_slides", "PPTX")),
    ("visio/", Foreign("file.is_slides", "VSDX")),
    ("index/document.iwa", Foreign("file.is_old_sheet", "Numbers")),
    ("index.zip", Foreign("file.is_old_sheet", "Numbers")),
)
_OPEN_DOCUMENTS = {
    "text": Foreign("file.is_word", "ODT"),
    "presentation": Foreign("file.is_slides", "ODP"),
    "graphics": Foreign("file.is_slides", "ODG"),
}
_STREAMS = (  # in this order: an encrypted workbook holds nothing but its packet
    ("EncryptedPackage", Foreign("file.password")),
    ("Workbook", FileKind.XLS),
    ("Book", FileKind.XLS),
    ("WordDocument", Foreign("file.is_word", "DOC")),
    ("PowerPoint Document", Foreign("file.is_slides", "PPT")),
    ("VisioDocument", Foreign("file.is_slides", "VSD")),
    ("__properties_version1.0", Foreign("file.is_mail")),
)


def kind_of_zip(path: Path, file: BinaryIO, size: int) -> FileKind | Foreign:
    """What a zip file is. Raises UserError where it is cut, or a workbook of more than LARGEST_UNPACKED."""
    if _list_size(file, size) > LARGEST_LIST:
        raise UserError("file.unpacked_large", file=path, most=f"{LARGEST_UNPACKED >> 20} MB")
    try:
        with zipfile.ZipFile(file) as zipped:
            members = zipped.infolist()
            kind = _kind_of_members(zipped, {_plain(member.filename): member for member in members})
    except _BROKEN_PARTS as error:
        raise UserError("file.cut_zip", file=path) from error
    if isinstance(kind, FileKind) and sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise UserError("file.unpacked_large", file=path, most=f"{LARGEST_UNPACKED >> 20} MB")
    return kind


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _kind_of_members(zipped: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> FileKind | Foreign:
    if "xl/workbook.bin" in members:
        return FileKind.XLSB
    if "xl/workbook.xml" in members:
        return FileKind.XLSX
    if "mimetype" in members and "content.xml" in members:
        return _kind_of_open_document(zipped, members)
    for part, foreign in _ZIPPED:
        if any(name == part or (part.endswith("/") and name.startswith(part)) for name in members):
            return foreign
    types = _beginning(zipped, members.get("[content_types].xml"))
    if b"spreadsheetml.sheet.main+xml" in types or b"ms-excel.sheet.macroEnabled.main+xml" in types:
        return FileKind.XLSX
    names = [member.filename for member in members.values() if not member.is_dir()]
    shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
    return Foreign("file.is_zip", shown)


def _kind_of_open_document(zipped: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> FileKind | Foreign:
    declared = _beginning(zipped, members["mimetype"]).decode("ascii", "ignore")
    if b"encryption-data" in _beginning(zipped, members.get("meta-inf/manifest.xml")):
        return Foreign("file.password")
    for kind, foreign in _OPEN_DOCUMENTS.items():
        if f"opendocument.{kind}" in declared:
            return foreign
    return FileKind.ODS


def _beginning(zipped: zipfile.ZipFile, member: zipfile.ZipInfo | None) -> bytes:
    """The first 256 KiB of a part, whatever size it claims; b"" where it cannot be read."""
    if member is None:
        return b""
    try:
        with zipped.open(member) as part:
            return part.read(1 << 18)
    except _BROKEN_PARTS:
        return b""


def _list_size(file: BinaryIO, size: int) -> int:
    """Bytes of a zip's list of contents, as its end claims; 0 where there is no end."""
    start = max(0, size - (1 << 17))
    file.seek(start)
    tail = file.read()
    at, at64 = tail.rfind(_END_OF_ZIP), tail.rfind(_END_OF_ZIP64)
    listed = struct.unpack_from("<L", tail, at + 12)[0] if 0 <= at <= len(tail) - 16 else 0
    if listed == 0xFFFFFFFF:
        listed = struct.unpack_from("<Q", tail, at64 + 40)[0] if 0 <= at64 <= len(tail) - 48 else listed
    return int(listed)


def kind_of_ole(path: Path, file: BinaryIO) -> FileKind | Foreign:
    """What an OLE file (the frame of old Office documents) is, by the names of its streams. Raises UserError where its
    list of contents is missing: the file is cut."""
    names = _stream_names(path, file)
    for stream, kind in _STREAMS:
        if stream in names:
            return kind
    return Foreign("file.is_ole")


def _stream_names(path: Path, file: BinaryIO) -> set[str]:
    file.seek(0)
    header = file.read(512)
    if len(header) < 512 or not 7 <= (shift := struct.unpack_from("<H", header, 30)[0]) <= 16:
        raise UserError("file.cut_zip", file=path)
    sector_size = 1 << shift
    tables = [number for number in struct.unpack_from("<109L", header, 76) if number < 0xFFFFFFFA]
    sector = struct.unpack_from("<L", header, 48)[0]
    names: set[str] = set()
    seen: set[int] = set()
    while sector < 0xFFFFFFFA and sector not in seen and len(seen) < MOST_SECTORS:
        seen.add(sector)
        file.seek((sector + 1) * sector_size)
        content = file.read(sector_size)
        if len(content) < min(sector_size, 128):
            raise UserError("file.cut_zip", file=path)
        names |= _entry_names(content)
        sector = _next_sector(file, tables, sector, sector_size)
    return names


def _entry_names(content: bytes) -> set[str]:
    names = set()
    for at in range(0, len(content) - 127, 128):
        length = struct.unpack_from("<H", content, at + 64)[0]
        if 2 < length <= 64:
            names.add(content[at : at + length - 2].decode("utf-16-le", "ignore"))
    return names


def _next_sector(file: BinaryIO, tables: list[int], sector: int, sector_size: int) -> int:
    """The sector that follows in its chain; one beyond all where the chain ends or is broken."""
    per_table = sector_size // 4
    if sector // per_table >= len(tables):
        return 0xFFFFFFFE
    file.seek((tables[sector // per_table] + 1) * sector_size + sector % per_table * 4)
    entry = file.read(4)
    return int(struct.unpack("<L", entry)[0]) if len(entry) == 4 else 0xFFFFFFFE
