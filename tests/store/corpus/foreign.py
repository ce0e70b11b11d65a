"""Files that are not what their names say, and files that are no table at all."""

import gzip
import json
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.helpers.biff import ole, xls
from tests.helpers.sheets import ods, ods_rows, plain_xlsx, zipped
from tests.store.corpus.books import ONE, Rows, table
from tests.store.corpus.case import A, Case, case, lines, refused
from tests.store.corpus.parquets import parquet

_TABLE: Rows = table([A, "2021-03", 7.5])
_CSV = lines(f"{A};2021-03;7,5;")
_PARQUET = {"fiscal_code": [A], "period": ["2021-03"], "online_sales_eur": [7.5]}
_KINDS: dict[str, Callable[[], bytes]] = {
    "csv": _CSV.encode,
    "xlsx": lambda: plain_xlsx(Foglio1=_TABLE),
    "xls": lambda: xls({"Foglio1": _TABLE}),
    "ods": lambda: ods({"Foglio1": ods_rows(_TABLE)}),
    "parquet": lambda: parquet(_PARQUET),
}
_SUFFIXES = {
    "csv": ("xlsx", "xls", "parquet", "dat"),
    "xlsx": ("csv", "xls", "XLSX", "ods"),
    "xls": ("xlsx", "csv"),
    "ods": ("xlsx", "txt"),
    "parquet": ("csv", "xlsx", "dat"),
}
_HTML = "<html><body><table><tr><td>fiscal_code</td><td>period</td></tr></table></body></html>"
_RNA = '<?xml version="1.0"?><LISTA_AIUTI xmlns="http://www.rna.it/RNA_aiuto/schema"><AIUTO><CAR>1</CAR></AIUTO></LISTA_AIUTI>'


def _database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE x (y)")
        connection.close()
        return path.read_bytes()


def _document(part: str) -> bytes:
    types = f'<Types xmlns="x"><Override PartName="/{part}" ContentType="x"/></Types>'
    return zipped({"[Content_Types].xml": types, part: "<w:document/>"})


def _foreign() -> dict[str, bytes]:
    """By name, with a suffix that misleads."""
    png = b"\x89PNG\r\n\x1a\n" + zlib.compress(b"x" * 100)
    return {
        "file.xls": _HTML.encode(),
        "table saved as a web page.xls": b"\xef\xbb\xbf" + _HTML.encode(),
        "workbook of 2003.xls": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>',
        "file.pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF",
        "pdf.csv": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF",
        "letter.docx": _document("word/document.xml"),
        "letter.xlsx": _document("word/document.xml"),
        "slides.xlsx": _document("ppt/presentation.xml"),
        "old letter.xls": ole(b"\xec\xa5" + bytes(5000), "WordDocument"),
        "locked.xlsx": ole(bytes(5000), "EncryptedPackage"),
        "packed.xlsx": zipped({"vendite.csv": _CSV}),
        "packed.csv": gzip.compress(_CSV.encode(), mtime=0),
        "packed.zip": zipped({"vendite.xlsx": plain_xlsx(Foglio1=_TABLE)}),
        "seven.7z": b"7z\xbc\xaf'\x1c\0\4" + bytes(200),
        "packed.rar": b"Rar!\x1a\x07\x01\0" + bytes(200),
        "picture.csv": png,
        "letter.rtf": rb"{\rtf1\ansi vendite}",
        "records.json": json.dumps([{"fiscal_code": A, "period": "2021-03"}]).encode(),
        "records.csv": json.dumps({"righe": [{"fiscal_code": A}]}, indent=1).encode(),
        "base.sqlite": _database(),
        "mail.eml": b"Return-Path: <a@example.org>\r\nFrom: a@example.org\r\nSubject: vendite\r\n\r\nin allegato\r\n",
        "other.xml": b'<?xml version="1.0"?><vendite><riga/></vendite>',
        "register.xml": _RNA.encode(),
        "programme.csv": b"\x7fELF" + bytes(300),
        "flat.ods": b'<?xml version="1.0"?>'
        b'<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        b'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"/>',
        "half.parquet": parquet(_PARQUET)[:-20],
        "locked.parquet": parquet(_PARQUET)[:-4] + b"PARE",
        "marks.parquet": b"PAR1PAR1",
        "page.csv": b"<!DOCTYPE html>\n<html><head><title>Accesso negato</title></head></html>",
        "pointer.csv": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n",
    }


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    for kind, make in _KINDS.items():
        for suffix in _SUFFIXES[kind]:
            yield case(f"suffix: {kind} named .{suffix}", make, ONE, file=f"file.{suffix}")
    for name, content in _foreign().items():
        told = (
            ("password|protett|protected",)
            if name.startswith("locked")
            else ("import rna",)
            if name == "register.xml"
            else ()
        )
        yield case(f"foreign: {name}", content, refused("file.", told=told), file=name)
