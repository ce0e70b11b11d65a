"""What a file is that is no table to be read: told by its first bytes, so that the message can name it and the cure."""

import json
import re
from dataclasses import dataclass

from analytics.store.readers.encoding import byte_order_mark, utf16_without_mark
from analytics.store.readers.lines import CONTROLS
from analytics.store.readers.table import FileKind


@dataclass(frozen=True, slots=True)
class Foreign:
    """Another kind of file. key: of the text files under `error.`; what: the format's own name."""

    key: str
    what: str = ""


_WORD, _SHEET, _DATA = "file.is_word", "file.is_old_sheet", "file.is_statistics"
_ARCHIVE, _IMAGE, _DATABASE, _PROGRAM = "file.is_archive", "file.is_image", "file.is_database", "file.is_program"
_SIGNATURES = (  # (where, bytes, what it is)
    *((0, b"{\\rtf", Foreign(_WORD, "RTF")), (0, b"%!PS", Foreign("file.is_pdf", "PostScript"))),
    *((0, b"\x1f\x8b", Foreign(_ARCHIVE, "gzip")), (0, b"BZh", Foreign(_ARCHIVE, "bzip2"))),
    *((0, b"7z\xbc\xaf\x27\x1c", Foreign(_ARCHIVE, "7z")), (0, b"Rar!\x1a\x07", Foreign(_ARCHIVE, "RAR"))),
    *((0, b"\xfd7zXZ\0", Foreign(_ARCHIVE, "xz")), (0, b"\x28\xb5\x2f\xfd", Foreign(_ARCHIVE, "zstd"))),
    *((0, b"\x1f\x9d", Foreign(_ARCHIVE, "compress")), (257, b"ustar", Foreign(_ARCHIVE, "tar"))),
    *((0, b"MSCF", Foreign(_ARCHIVE, "CAB")), (0, b"\x04\x22\x4d\x18", Foreign(_ARCHIVE, "lz4"))),
    *((0, b"\x89PNG", Foreign(_IMAGE, "PNG")), (0, b"\xff\xd8\xff", Foreign(_IMAGE, "JPEG"))),
    *((0, b"GIF8", Foreign(_IMAGE, "GIF")), (0, b"BM", Foreign(_IMAGE, "BMP")), (8, b"WEBP", Foreign(_IMAGE, "WebP"))),
    *((0, b"II*\0", Foreign(_IMAGE, "TIFF")), (0, b"MM\0*", Foreign(_IMAGE, "TIFF"))),
    *((4, b"ftyp", Foreign(_IMAGE, "HEIC/MP4")), (0, b"\0\0\x01\0", Foreign(_IMAGE, "ICO"))),
    *((0, b"SQLite format 3\0", Foreign(_DATABASE, "SQLite")), (8, b"DUCK", Foreign(_DATABASE, "DuckDB"))),
    *((4, b"Standard Jet DB", Foreign(_DATABASE, "Access")), (4, b"Standard ACE DB", Foreign(_DATABASE, "Access"))),
    *((0, b"MZ", Foreign(_PROGRAM)), (0, b"\x7fELF", Foreign(_PROGRAM)), (0, b"\xcf\xfa\xed\xfe", Foreign(_PROGRAM))),
    *((0, b"<stata_dta>", Foreign(_DATA, "Stata")), (0, b"$FL2", Foreign(_DATA, "SPSS"))),
    *((0, b"ARROW1", Foreign(_DATA, "Arrow")), (0, b"\x89HDF", Foreign(_DATA, "HDF5"))),
    *((0, b"Obj\x01", Foreign(_DATA, "Avro")), (0, b"ORC", Foreign(_DATA, "ORC"))),
    *((0, b"RDX3", Foreign(_DATA, "R")), (0, b"RDA3", Foreign(_DATA, "R"))),
    *((0, b"\x09\x08", Foreign(_SHEET, "Excel 5")), (0, b"\x09\x04", Foreign(_SHEET, "Excel 4"))),
    *((0, b"\x09\x02", Foreign(_SHEET, "Excel 3")), (0, b"\x09\0", Foreign(_SHEET, "Excel 2"))),
    (0, b"\0\x05\x16\x07", Foreign("file.is_companion")),
)
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # the identifier of CMS signed data, in a .p7m
_SIGNED_TEXT = re.compile(rb"-----BEGIN (PKCS7|CMS)|MI[A-Z][A-Za-z0-9+/]{0,8}YJKoZIhvcNAQcC|MIAGCSqGSIb3DQEHAq")
_MAIL_HEADER = re.compile(
    r"^(Received|Return-Path|Delivered-To|Message-ID|MIME-Version|Content-Type|Subject|From|Date|X-[\w-]+): .*$",
    re.MULTILINE | re.IGNORECASE,
)
_SYMBOLIC_LINK = re.compile(r"ID;P[^\r\n]*[\r\n]+[PFBOC];[A-Z]")
_INTERCHANGE = re.compile(r"TABLE\r?\n0,1\r?\n")
_PROLOG = re.compile(r"\s*(<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"\s*<([A-Za-z_][\w.:-]*)[\s/>]")
_HTML = {
    "html",
    "head",
    "body",
    "table",
    "meta",
    "style",
    "div",
    "script",
    "title",
    "p",
    "tr",
    "center",
    "font",
    "span",
}
_JSON = re.compile(r'\{\s*("([^"\\]|\\.)*"\s*:|\})|\[\s*[{\["]')


def foreign_bytes(head: bytes) -> Foreign | None:
    """The binary format whose mark the first bytes bear; None where they bear none."""
    if b"%PDF-" in head[:1024]:
        return Foreign("file.is_pdf", "PDF")
    if _SIGNED_DATA in head[:64] or _SIGNED_TEXT.match(head):
        return Foreign("file.is_signed")
    binary = len(head.translate(None, CONTROLS)) != len(head)
    for at, mark, foreign in _SIGNATURES:
        if head.startswith(mark, at) and (binary or not mark.isascii() or foreign.key == _WORD):
            return foreign
    return None


def text_of(head: bytes) -> str:
    """The first bytes as text, near enough to tell XML from a table."""
    name, skip = byte_order_mark(head)
    return head[skip:].decode(name or utf16_without_mark(head) or "latin-1", "ignore")


def kind_of_text(head: bytes) -> FileKind | Foreign:
    """What a file of characters is: a table, a month of the register of aids, or something else."""
    text = text_of(head).lstrip()
    if text.startswith("<"):
        return _kind_of_markup(text)
    if _JSON.match(text) and not _is_quoted_table(text):
        return Foreign("file.is_json")
    if _SYMBOLIC_LINK.match(text):
        return Foreign(_SHEET, "SYLK")
    if _INTERCHANGE.match(text):
        return Foreign(_SHEET, "DIF")
    first = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
    headers = _MAIL_HEADER.findall(first)
    if _MAIL_HEADER.match(text) and len({name.lower() for name in headers}) >= 2:
        return Foreign("file.is_mail")
    return FileKind.TEXT


def _is_quoted_table(text: str) -> bool:
    """Whether what looks like JSON is a table whose first heading stands in brackets."""
    line = text.splitlines()[0]
    try:
        json.loads(line)
    except ValueError:
        return line.startswith("[") and bool(re.match(r'\["[^"]*"\][;,\t|]', line))
    return False


def _kind_of_markup(text: str) -> FileKind | Foreign:
    at = 0
    while found := _PROLOG.match(text, at):
        at = found.end()
    declared = text[:at].lower()
    if "<!doctype html" in declared:
        return Foreign("file.is_html")
    tag = _TAG.match(text, at)
    if tag is None:
        return Foreign("file.is_xml") if text.startswith(("<?xml", "<!DOCTYPE")) else FileKind.TEXT
    name = tag[1].rpartition(":")[2]
    if "LISTA_AIUT" in name.upper() or "rna_aiuto" in text[at : at + 4096].lower():
        return FileKind.RNA
    if "urn:schemas-microsoft-com:office:spreadsheet" in text and name == "Workbook":
        return Foreign("file.is_xml_sheet", "SpreadsheetML 2003")
    if tag[1].lower() == "office:document":
        return Foreign("file.is_xml_sheet", "Flat ODS")
    if name.lower() in _HTML:
        return Foreign("file.is_html")
    return Foreign("file.is_xml") if at or "xmlns" in text or "</" in text else FileKind.TEXT
