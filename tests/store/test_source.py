"""A file is known by what it holds; what cannot be read is refused at once, by its name and with the cure."""

import io
import json
import os
import socket
import sqlite3
import time
import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.language.text import LANGUAGES, Text
from analytics.model import UserError
from analytics.store.formats import Format
from analytics.store.readers import containers, source
from analytics.store.readers.source import open_source
from analytics.store.readers.table import FileKind
from analytics.store.readers.text import read_text
from tests.helpers.officer import as_xlsx

SUFFIXES = (".csv", ".xlsx", ".xls", ".parquet")


def refused(path: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        open_source(path)
    for language in LANGUAGES:
        assert str(path) in caught.value.said(Text(language))
    return caught.value


def zipped(**members: bytes | str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in members.items():
            file.writestr(name, part)
    return content.getvalue()


def ole(*streams: str) -> bytes:
    """An OLE file that holds nothing but the names of its streams."""
    entries = b""
    for name in ("Root Entry", *streams):
        written = name.encode("utf-16-le")
        entries += written.ljust(64, b"\0") + (len(written) + 2).to_bytes(2, "little") + b"\1".ljust(62, b"\0")
    sectors = -(-len(entries) // 512)
    header = containers.OLE_MARK + bytes(16) + bytes.fromhex("3e000300feff0900") + bytes(10 + 2 + 4)
    header = header.ljust(44, b"\0") + (1).to_bytes(4, "little") + (1).to_bytes(4, "little")
    header = header.ljust(76, b"\0") + (0).to_bytes(4, "little") + b"\xff" * 432
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table = b"".join(number.to_bytes(4, "little") for number in chain).ljust(512, b"\xff")
    return header + table + entries.ljust(512 * sectors, b"\0")


def parquet() -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table({"a": [1, 2]}), content)
    return content.getvalue()


ODS = "application/vnd.oasis.opendocument.spreadsheet"
KINDS = {
    FileKind.XLSX: as_xlsx([["a"], [1]]),
    FileKind.XLSB: zipped(**{"xl/workbook.bin": b"x"}),
    FileKind.ODS: zipped(**{"mimetype": ODS, "content.xml": b"<x/>"}),
    FileKind.XLS: ole("Workbook", *(f"stream {n}" for n in range(9))),
    FileKind.PARQUET: parquet(),
    FileKind.RNA: b'<?xml version="1.0"?><!-- x --><ns2:LISTA_AIUTI xmlns:ns2="http://www.rna.it/RNA_aiuto/schema">\x02',
    FileKind.TEXT: b"a;b\n1;2\n",
}
TEXTS = (
    *(b"ID;Provincia\n1;MI\n", b"BM;x\n1;2\n", b"MZ;a\n1;2\n", b"<10 addetti;b\n1;2\n", b"[id];b\n1;2\n"),
    *(b"From;To\n1;2\n", b"PK;b\n1;2\n", b"PAR1;b\n1;2\n1;2\n", b"ORCO;b\n1;2\n", b"a;b\n1;2\n\x1a"),
    *("a;b\n1;è\n".encode("utf-16"), "a;b\n1;2\n".encode("utf-16-be")),
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_kind_is_told_from_the_content(tmp_path, kind, suffix):
    """Never from the name."""
    path = tmp_path / f"file{suffix}"
    path.write_bytes(KINDS[kind])
    found = open_source(path)
    assert (found.kind, found.size) == (kind, len(KINDS[kind]))


@pytest.mark.parametrize("content", TEXTS)
def test_a_table_may_begin_with_the_letters_of_another_format(tmp_path, content):
    """ID;P is no SYLK, BM no picture, < no markup."""
    (tmp_path / "file.csv").write_bytes(content)
    assert open_source(tmp_path / "file.csv").kind is FileKind.TEXT


P7M = bytes.fromhex("3082123406092a864886f70d010702a0821225") + b"\0" * 40
FOREIGN = [
    ("file.password", ole("EncryptionInfo", "EncryptedPackage")),
    ("file.password", zipped(**{"mimetype": ODS, "content.xml": b"x", "META-INF/manifest.xml": "<encryption-data/>"})),
    ("file.password", b"PARE" + bytes(20) + b"PARE"),
    ("file.is_word", ole("WordDocument")),
    ("file.is_mail", ole("__properties_version1.0")),
    ("file.is_ole", ole("Contents")),
    ("file.is_word", zipped(**{"[Content_Types].xml": "x", "word/document.xml": "x"})),
    ("file.is_word", zipped(**{"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "x"})),
    ("file.is_word", rb"{\rtf1\ansi testo}"),
    ("file.is_slides", zipped(**{"ppt/presentation.xml": "x"})),
    ("file.is_old_sheet", zipped(**{"Index/Document.iwa": "x"})),
    ("file.is_old_sheet", b"ID;PWXL;N;E\r\nP;PGeneral\r\n"),
    ("file.is_old_sheet", b"\x09\x08\x08\0\0\x05\x10\0" + bytes(20)),
    ("file.is_pdf", b"%PDF-1.7\n%\xe2\xe3"),
    ("file.is_html", b"<html><body><table><tr><td>1</td></tr></table></body></html>"),
    ("file.is_html", b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<div>"),
    ("file.is_html", "<table border=1><tr><td>1".encode("utf-16")),
    (
        "file.is_xml_sheet",
        b'<?xml version="1.0"?><?mso x?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
    ),
    ("file.is_xml_sheet", b'<?xml version="1.0"?><office:document xmlns:office="x">'),
    ("file.is_xml", b'<?xml version="1.0"?><dati><riga/></dati>'),
    ("file.is_json", json.dumps([{"a": 1}]).encode()),
    ("file.is_json", b'{"a": 1}\n{"a": 2}\n'),
    ("file.is_zip", zipped(**{"vendite.csv": "a;b"})),
    ("file.is_archive", b"\x1f\x8b\x08\0" + bytes(20)),
    ("file.is_archive", b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(20)),
    ("file.is_archive", b"Rar!\x1a\x07\x01\0" + bytes(20)),
    ("file.is_image", b"\x89PNG\r\n\x1a\n" + bytes(20)),
    ("file.is_image", b"\xff\xd8\xff\xe0" + bytes(20)),
    ("file.is_mail", b"Received: from x\r\nSubject: dati\r\nDate: x\r\n\r\ntesto"),
    ("file.is_mail", b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x"),
    ("file.is_signed", P7M),
    ("file.is_signed", b"MIIVfwYJKoZIhvcNAQcCoIIVcDCCFWwCAQEx"),
    ("file.is_program", b"MZ\x90\0\x03\0" + bytes(60)),
    ("file.is_statistics", b"ARROW1\0\0" + bytes(20)),
    ("file.is_companion", b"\0\x05\x16\x07\0\x02\0\0" + bytes(20)),
    ("file.cut_zip", KINDS[FileKind.XLSX][:-40]),
    ("file.cut_zip", parquet()[:-10]),
    ("file.cut_zip", KINDS[FileKind.XLS][:700]),
    ("file.cut_zip", b"PK\x03\x04"),
    ("file.cut_zip", b"PAR1PAR1"),
    ("file.not_text", bytes(5000)),
    ("file.not_text", bytes(range(256))),
]


@pytest.mark.parametrize(("key", "content"), FOREIGN, ids=[f"{n}-{key}" for n, (key, _) in enumerate(FOREIGN)])
def test_another_kind_of_file_is_called_by_its_name(tmp_path, key, content):
    """Whatever its suffix says."""
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    assert refused(path).key == key


def test_databases_are_called_by_their_name(tmp_path):
    """As their own libraries write them."""
    with sqlite3.connect(tmp_path / "a.csv") as base:
        base.execute("CREATE TABLE t (a)")
    duckdb.connect(str(tmp_path / "b.csv")).close()
    assert [refused(tmp_path / name).details["what"] for name in ("a.csv", "b.csv")] == ["SQLite", "DuckDB"]


def test_what_is_no_regular_file_is_never_opened(tmp_path):
    """Folders, impossible names, pipes, sockets, devices, links to them: each says what it is, and none waits."""
    (tmp_path / "empty.csv").touch()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    with socket.socket(socket.AF_UNIX) as server:
        place = Path.cwd()
        os.chdir(tmp_path)  # a socket's name must be short
        server.bind("s.csv")
        os.chdir(place)
        assert refused(tmp_path / "s.csv").key == "file.not_regular"
    for path, key in (
        (tmp_path, "file.directory"),
        (tmp_path / "none.csv", "file.absent"),
        (tmp_path / "empty.csv" / "x.csv", "file.unreadable"),
        (tmp_path / ("x" * 300), "file.unreadable"),
        (tmp_path / "x\0.csv", "file.unreadable"),
        (tmp_path / "loop.csv", "file.unreadable"),
        (tmp_path / "empty.csv", "file.empty"),
        (tmp_path / "pipe.csv", "file.not_regular"),
        (tmp_path / "link.csv", "file.not_regular"),
        (Path("/dev/zero"), "file.not_regular"),
    ):
        assert refused(path).key == key


def test_sizes_are_bounded_before_anything_is_read(tmp_path, monkeypatch):
    """Of the file, and of what a workbook would unpack to: a few kilobytes may hold gigabytes."""
    monkeypatch.setattr(source, "LARGEST_WORKBOOK", 100)
    (tmp_path / "a.xlsx").write_bytes(KINDS[FileKind.XLSX])
    assert refused(tmp_path / "a.xlsx").key == "file.too_large"
    monkeypatch.undo()
    monkeypatch.setattr(containers, "LARGEST_UNPACKED", 1 << 20)
    (tmp_path / "b.xlsx").write_bytes(zipped(**{"xl/workbook.xml": "x", "xl/sharedStrings.xml": b"A" * (1 << 20)}))
    assert refused(tmp_path / "b.xlsx").key == "file.unpacked_large"
    monkeypatch.setattr(containers, "LARGEST_LIST", 100)
    (tmp_path / "c.xlsx").write_bytes(zipped(**{f"x{n}": "" for n in range(9)}))
    assert refused(tmp_path / "c.xlsx").key == "file.unpacked_large"


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_damaged_files_have_a_kind_or_say_why(tmp_path, data):
    """A few bytes changed anywhere, the end cut off: never an unexpected exception."""
    content = bytearray(data.draw(st.sampled_from([*KINDS.values(), *(content for _, content in FOREIGN)])))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, 2**16)) % len(content)] = data.draw(st.integers(0, 255))
    path = tmp_path / "file"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        assert open_source(path).kind in FileKind
    except UserError as error:
        if not all(error.said(Text(language)) for language in LANGUAGES):
            raise


@pytest.mark.parametrize(("letter", "key"), [(b"A", "file.long_line"), (b"\0", "file.not_text")])
def test_a_large_wrong_file_is_refused_at_once(tmp_path, letter, key):
    """Two gigabytes: of one letter as far as anybody reads, or of nothing."""
    path = tmp_path / "file.csv"
    with path.open("wb") as file:
        file.write(letter * (6 << 20))
        file.truncate(2 << 30)
    begun = time.monotonic()
    with pytest.raises(UserError) as caught:
        read_text(open_source(path), Format())
    assert caught.value.key == key
    assert time.monotonic() - begun < 5
