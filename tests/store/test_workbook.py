"""Workbooks: every sheet is accounted for, every cell comes out as it is, and none can take the process with it."""

import datetime as dt
import io
import json
import os
import struct
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from analytics.language.text import Text
from analytics.model import UserError
from analytics.store.formats import Format
from analytics.store.readers import package, workbook, workbook_child
from analytics.store.readers.sheet_rows import number_text
from analytics.store.readers.table import TYPED, FileKind, Source, Visibility, shown
from analytics.store.readers.workbook import SheetTable, read_workbook
from tests.helpers.sheets import Sheet, raw_xlsx
from tests.helpers.workbooks import cells, ods, ods_cell, xls, xlsb, xlsx

ODS_BLANK = '<table:table-cell table:number-columns-repeated="%d"/>'
Write = Callable[[bytes, FileKind], list[SheetTable]]


def read_here(source: Source, folder: Path, progress: object) -> dict[str, Any]:
    """What the child process would tell, without a process: starting one takes a second."""
    assert workbook_child.main([str(source.path), source.kind.value, str(folder)]) == 0
    return json.loads((folder / workbook_child.RESULT).read_text())


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Reads a workbook of these bytes, in this process."""
    monkeypatch.setattr(workbook_child, "_limit", lambda: None)
    monkeypatch.setattr(workbook, "_in_child", read_here)

    def reader(content: bytes, kind: FileKind = FileKind.XLSX) -> list[SheetTable]:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        path = folder / "file.dat"
        path.write_bytes(content)
        return read_workbook(Source(path, kind, len(content)), Format(), folder)

    return reader


def rows(table: SheetTable, header_row: int = 1, width: int | None = None) -> list[tuple[int, list[str]]]:
    """The rows below the header, with their numbers."""
    found = []
    for chunk in table.chunks(header_row, table.columns if width is None else width):
        columns = [column.to_pylist() for column in chunk.cells.columns]
        found += [(int(number), list(row)) for number, *row in zip(chunk.rows, *columns, strict=True)]
    return found


def refused(told: pytest.ExceptionInfo[UserError], key: str) -> str:
    """What the refusal says, in both languages; its key is this one."""
    assert told.value.key == f"file.{key}"
    return told.value.said(Text("it")) + told.value.said(Text("en"))


def notices(table: SheetTable) -> dict[str, str]:
    """What is told of a sheet, by key, in English; each says something in Italian too."""
    assert all(Text("it")(f"notice.{key}", **details) for key, details in table.notices)
    return {key: Text("en")(f"notice.{key}", **details) for key, details in table.notices}


def test_every_sheet_comes_in_order_and_says_whether_it_is_shown(read: Write) -> None:
    """Hidden sheets are told as such, empty ones are there, a chart is named as what it is not."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    for name, value in (("Elenco", "x"), ("Nascosto", "y"), ("Segreto", "z"), ("Vuoto", "")):
        book.add_worksheet(name).write(0, 0, value)
    book.get_worksheet_by_name("Nascosto").hide()
    book.get_worksheet_by_name("Segreto").very_hidden()
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Elenco!$A$1:$A$1"})
    book.add_chartsheet("Grafico").set_chart(chart)
    book.close()
    tables = read(content.getvalue())
    assert [table.sheet for table in tables] == ["Elenco", "Nascosto", "Segreto", "Vuoto", "Grafico"]
    hidden = [table.visibility is Visibility.HIDDEN for table in tables]
    assert hidden == [False, True, True, False, False]
    assert [table.head for table in tables] == [[(1, ["x"])], [(1, ["y"])], [(1, ["z"])], [], []]
    assert "Grafico" in notices(tables[4])["no_table"]
    assert rows(tables[3]) == rows(tables[4]) == []


@pytest.mark.parametrize(
    ("markup", "cell"),
    [
        ('<c r="A1"><v>47</v></c>', "\x0047"),
        ('<c r="A1"><v>0.30000000000000004</v></c>', "\x000.3"),
        ('<c r="A1"><v>1.23457E+10</v></c>', "\x0012345700000"),
        ('<c r="A1"><v>12345678901234567</v></c>', "\x0012345678901234568"),
        ('<c r="A1"><v>1E-7</v></c>', "\x000.0000001"),
        ('<c r="A1"><v>-9.5</v></c>', "\x00-9.5"),
        ('<c r="A1" t="str"><v>9.500</v></c>', "9.500"),
        ('<c r="A1" t="b"><v>1</v></c>', "true"),
        ('<c r="A1" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="A1" t="d"><v>2021-03-01</v></c>', "\x002021-03-01"),
        ('<c r="A1" s="1"><v>44256</v></c>', "\x002021-03-01"),
        ('<c r="A1" s="1"><v>44256.4375</v></c>', "\x002021-03-01 10:30:00"),
        ('<c r="A1" s="1"><v>44256.99999999</v></c>', "\x002021-03-02"),
        ('<c r="A1" s="1"><v>1</v></c>', "\x001900-01-01"),
        ('<c r="A1" s="1"><v>59</v></c>', "\x001900-02-28"),
        ('<c r="A1" s="1"><v>61</v></c>', "\x001900-03-01"),
        ('<c r="A1" t="inlineStr"><is><r><t>Ca</t></r><r><t>ffè</t></r><rPh><t>x</t></rPh></is></c>', "Caffè"),
        ('<c r="A1" t="inlineStr"><is><t>a_x0000_b</t></is></c>', "ab"),
        ('<c r="A1" t="str"><v>\'00123</v></c>', "'00123"),
        ("<c><v>5</v></c>", "\x005"),
    ],
)
def test_a_cell_comes_out_as_it_is(read: Write, markup: str, cell: str) -> None:
    """Numbers in plain notation with 15 digits, days as days, texts as texts, an error as what it shows."""
    (table,) = read(xlsx(f"<row>{markup}</row>"))
    assert table.head == [(1, [cell])]
    assert shown(cell) == cell.replace(TYPED, "")


def test_days_counted_from_1904(read: Write) -> None:
    """A workbook of old Macintosh computers says from which day it counts."""
    (table,) = read(xlsx('<row><c s="1"><v>42794</v></c></row>', workbook='<workbookPr date1904="1"/>'))
    assert table.head == [(1, ["\x002021-03-01"])]


@pytest.mark.parametrize("value", [0.1, 1 / 3, 2.5e-9, 123456.789, 9e14 + 0.5, 1e15, 2.0**60, -1e22, 0.0])
def test_a_number_keeps_its_digits(value: float) -> None:
    """15 significant digits are kept, all of a whole number, and never an exponent."""
    text = number_text(value)
    assert text.startswith(TYPED)
    assert set(shown(text)) <= set("-.0123456789")
    assert float(shown(text)) == (value if value.is_integer() else float(f"{value:.15g}"))


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_what_is_no_number_is_not_marked_as_one(value: float) -> None:
    """Infinity in a file is a text, which no column takes."""
    assert not number_text(value).startswith(TYPED)


def test_rows_keep_their_numbers_and_widths(read: Write) -> None:
    """Blank rows are no rows; what stands beyond the header's columns makes a row ragged; what is missing is empty."""
    sheet = cells(
        {"B3": "a", "C3": "b", "B4": "1", "B7": "2", "C7": "3", "E7": "nota", "B9": "  ", "B10": "4", "C10": "5"}
    )
    (table,) = read(xlsx(sheet))
    assert table.head[0] == (3, ["", "a", "b", "", ""])
    assert rows(table, 3, 3) == [(4, ["", "1", ""]), (10, ["", "4", "5"])]
    assert [chunk.ragged for chunk in table.chunks(3, 3)] == [((7, 5),)]
    assert rows(table, 7, 6) == [(10, ["", "4", "5", "", "", ""])]


@pytest.mark.parametrize(
    ("markup", "workbook", "first"),
    [
        ('<c r="A2"><f>500+400</f></c>', "", "A2"),
        ('<c r="A2"><f>500+400</f><v></v></c>', "", "A2"),
        ('<c r="A2"><v>1</v></c><c r="B2"><f t="shared" si="0"/></c>', "", "B2"),
        ('<c r="A2"><f>500+400</f><v>0</v></c>', '<calcPr fullCalcOnLoad="1"/>', "A2"),
    ],
)
def test_a_formula_without_a_value_is_refused(read: Write, markup: str, workbook: str, first: str) -> None:
    """Its cell would read as not reported, or as the 0 that a program wrote before anything was computed."""
    (table,) = read(xlsx(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="2">{markup}</row>', after=workbook))
    with pytest.raises(UserError) as told:
        rows(table, 1, 2)
    assert first in refused(told, "formulas")
    assert rows(table, 2, 2) == []


def test_formulas_with_values_are_read(read: Write) -> None:
    """Computed numbers, texts and the empty text that a formula gives; columns that are not read do not count."""
    row = '<c><f>1+1</f><v>2</v></c><c t="str"><f>""</f><v></v></c><c t="str"><f>"a"</f><v>a</v></c><c><f>1</f></c>'
    (table,) = read(xlsx(f"<row><c><v>1</v></c></row><row>{row}</row>", after='<calcPr fullCalcOnLoad="1"/>'))
    assert rows(table, 1, 3) == [(2, ["\x002", "", "a"])]


def test_what_is_hidden_is_told(read: Write) -> None:
    """Hidden and filtered rows and columns are read, and said."""
    hidden = '<row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="3" hidden="1"/>'
    hidden += '<row r="4"><c r="A4"><v>2</v></c></row>'
    columns = '<cols><col min="1" max="1" hidden="1"/><col min="9" max="16384" hidden="1"/></cols>'
    (table,) = read(xlsx(hidden, before=columns))
    assert len(rows(table)) == 2
    assert "rows: 1 (the first is 2)" in notices(table)["hidden_rows"]
    assert "(A)" in notices(table)["hidden_columns"]


@pytest.mark.parametrize(
    ("style", "key"),
    [("2", "percent_format"), ("3", "percent_format"), ("4", "scaled_format"), ("5", None), ("6", None)],
)
def test_a_number_shown_otherwise_than_it_is_is_told(read: Write, style: str, key: str | None) -> None:
    """50% is 0.5 in the file, and 9 in thousands is 9000: the value is read as stored, and said."""
    (table,) = read(xlsx(f'<row><c r="A1" s="{style}"><v>0.5</v></c></row>'))
    assert table.head == [(1, ["\x000.5"])]
    assert list(notices(table)) == ([key] if key else [])
    assert all("A1" in said and "0.5" in said for said in notices(table).values())


def merged_book(block: str, values: dict[str, object]) -> bytes:
    """A sheet with one merged block."""
    book = openpyxl.Workbook()
    for name, value in values.items():
        book.active[name] = value
    book.active.merge_cells(block)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_merged_code_stands_in_each_of_its_rows(read: Write) -> None:
    """One cell over a firm's months is that firm in each of them; rows without anything else stay blank."""
    values = {"A1": "cf", "B1": "mese", "A2": "01234567890", "B2": "gen", "B3": "feb", "A5": "b", "B5": "gen"}
    (table,) = read(merged_book("A2:A4", values))
    assert rows(table) == [(2, ["01234567890", "gen"]), (3, ["01234567890", "feb"]), (5, ["b", "gen"])]
    assert "A2:A4" in notices(table)["merged"]


@pytest.mark.parametrize("value", [100.5, 300, "1.234,00"])
@pytest.mark.parametrize("block", ["B2:B3", "B2:C2"])
def test_a_merged_amount_has_two_readings(read: Write, block: str, value: object) -> None:
    """For each month or for all together: nobody can know, so it is refused with its cells."""
    values = {"A1": "cf", "B1": "x", "C1": "y", "A2": "a", "A3": "b", "B2": value}
    (table,) = read(merged_book(block, values))
    with pytest.raises(UserError) as told:
        rows(table)
    assert block in refused(told, "merged_amount")
    assert len(rows(table, 3)) == 0


def test_merged_titles_are_no_trouble(read: Write) -> None:
    """A title over all columns, and an amount merged with columns that nobody uses."""
    (table,) = read(merged_book("B3:D3", {"A1": 2021, "A2": "cf", "B2": "x", "A3": "a", "B3": 5}))
    assert rows(table, 2, 2) == [(3, ["a", "\x005"])]


def strays() -> Iterable[tuple[str, bytes, FileKind]]:
    """Small workbooks with one cell far away, or cells that stand for very many."""
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" t="str"><v>smarrita</v></c></row>'
    yield "xlsx", xlsx(far), FileKind.XLSX
    corner = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" t="str"><v>smarrita</v></c></row>'
    corner += '<row r="1048576"><c r="A1048576"><v>7</v></c></row>'
    yield "corner", xlsx(corner), FileKind.XLSX
    alone = '<row r="1048576"><c r="XFD1048576" t="str"><v>smarrita</v></c></row>'
    yield (
        "second sheet",
        raw_xlsx(Sheet("A", '<row r="1"><c r="A1"><v>1</v></c></row>'), Sheet("B", alone)),
        FileKind.XLSX,
    )
    thin = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c r="L900000" t="str"><v>smarrita XFD1</v></c></row>'
    )
    yield "two sheets", xlsx(thin, sheets=2), FileKind.XLSX
    empty = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row>'
    last = f"<table:table-row>{ODS_BLANK % 900}{ods_cell('smarrita')}</table:table-row>"
    yield "ods", ods(f"<table:table-row>{ods_cell('a')}</table:table-row>{empty}{last}"), FileKind.ODS
    yield "xlsb", xlsb([(0, 0, 1.0), (1048575, 16383, 2.0)]), FileKind.XLSB


@pytest.mark.parametrize(("content", "kind"), [(c, k) for _, c, k in strays()], ids=[name for name, _, _ in strays()])
def test_a_stray_cell_is_refused_by_name(read: Write, content: bytes, kind: FileKind) -> None:
    """Nothing is tried that would take all memory; the officer learns which cell to delete."""
    with pytest.raises(UserError) as told:
        read(content, kind)
    said = refused(told, "stray_cell")
    assert kind is FileKind.XLSB or "smarrita" in said
    assert kind is FileKind.ODS or "XFD1" in said


def test_all_sheets_are_looked_at_before_any_is_read(read: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cell far away in the second sheet is told before the first takes its time."""
    monkeypatch.setattr(workbook_child, "write_rows", None)
    content = {name: content for name, content, _ in strays()}["second sheet"]
    with pytest.raises(UserError) as told:
        read(content)
    said = refused(told, "stray_cell")
    assert "“B”" in said
    assert "(“smarrita”)" in said


def test_a_repeated_row_is_bounded(read: Write) -> None:
    """One row that stands for a million of 50 cells would take minutes; one that stands for a thousand is read."""
    row = ods_cell("a", 'table:number-columns-repeated="50"')
    with pytest.raises(UserError) as told:
        read(ods(f'<table:table-row table:number-rows-repeated="1000000">{row}</table:table-row>'), FileKind.ODS)
    refused(told, "workbook_large")
    (table,) = read(ods(f'<table:table-row table:number-rows-repeated="1000">{row}</table:table-row>'), FileKind.ODS)
    assert len(rows(table, 0)) == 1000


@pytest.mark.parametrize(("sheets", "formats"), [(1, 30_000), (20, 2_000)])
def test_what_is_packed_too_tightly_is_refused(
    read: Write, monkeypatch: pytest.MonkeyPatch, sheets: int, formats: int
) -> None:
    """A few kilobytes of empty cells, or of one part that many sheets share, would be unpacked for minutes."""
    content = xlsx(f"<row><c><v>1</v></c>{'<c/>' * formats}</row>", sheets=sheets)
    assert len(read(content)) == sheets
    monkeypatch.setattr(package, "SMALL_BYTES", 100_000)
    with pytest.raises(UserError) as told:
        read(content)
    assert "worksheet.xml" in refused(told, "unpacked") or sheets == 1


def test_blocks_that_overlap_take_no_time(read: Write) -> None:
    """A damaged workbook may merge the same cells ten thousand times."""
    blocks = "</sheetData><mergeCells>" + '<mergeCell ref="A1:A9999"/>' * 10_000 + "</mergeCells><sheetData>"
    begun = time.process_time()
    (table,) = read(xlsx("<row><c><v>1</v></c><c><v>2</v></c></row>" * 3_000 + blocks))
    assert len(rows(table)) == 2_999
    assert time.process_time() - begun < 5


def test_numbers_of_a_column_are_the_same_together(read: Write) -> None:
    """A column is turned into texts all at once, with or without numbers that need an exponent."""
    for values in ([0.1, -7.0, 1 / 3], [0.1, 1e22, 2.5e-9]):
        (table,) = read(xlsx("".join(f"<row><c><v>{value!r}</v></c></row>" for value in values)))
        assert [cell for _, (cell,) in table.head] == [number_text(value) for value in values]


def test_cells_without_a_place_follow_the_last_that_has_one(read: Write) -> None:
    """An error and a formula without a value are found where cells do not say where they are."""
    row = '<row r="2"><c r="B2"><v>1</v></c><c/><c t="e"><v>#N/A</v></c><c><f>1</f></c></row>'
    (table,) = read(xlsx(f"<row><c><v>1</v></c></row>{row}"))
    assert table.head[1] == (2, ["", "\x001", "", "#N/A"])
    with pytest.raises(UserError) as told:
        rows(table, 1, 5)
    assert "E2" in refused(told, "formulas")


def test_a_format_far_away_is_no_cell(read: Write) -> None:
    """Real files are full of formatted cells without anything in them, down to the last row."""
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    (table,) = read(xlsx(far, before='<dimension ref="A1:XFD1048576"/>'))
    assert (table.columns, table.head) == (1, [(1, ["\x001"])])
    repeated = f'<table:table-row table:number-rows-repeated="1048575">{ODS_BLANK % 16384}</table:table-row>'
    (table,) = read(ods(f"<table:table-row>{ods_cell('a')}</table:table-row>{repeated}"), FileKind.ODS)
    assert table.head == [(1, ["a"])]


def test_an_ods_sheet(read: Write) -> None:
    """Repeated rows and cells, errors, hidden and filtered rows, hidden sheets, merged blocks, percentages."""
    cell = "<table:table-cell %s>%s<text:p>%s</text:p></table:table-cell>"
    computed = 'table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"'
    error = cell % (computed, "", "#DIV/0!")
    percent = cell % ('office:value-type="percentage" office:value="0.5"', "", "50%")
    number = cell % ('table:number-columns-repeated="2" office:value-type="float" office:value="1.5"', "", "2")
    note = cell % ('office:value-type="string"', "<office:annotation><text:p>nota</text:p></office:annotation>", "c")
    spanned = ods_cell("cf", 'table:number-rows-spanned="2"')
    rows_ = (
        f"<table:table-row>{spanned}{error}{percent}</table:table-row>"
        f'<table:table-row table:visibility="filter"><table:covered-table-cell/>{number}</table:table-row>'
        f'<table:table-row table:number-rows-repeated="2">{note}</table:table-row>'
    )
    (table,) = read(ods(rows_, hidden=True), FileKind.ODS)
    assert table.visibility is Visibility.HIDDEN
    assert rows(table, 0) == [
        (1, ["cf", "#DIV/0!", "\x000.5"]),
        (2, ["cf", "\x001.5", "\x001.5"]),
        (3, ["c", "", ""]),
        (4, ["c", "", ""]),
    ]
    assert set(notices(table)) == {"hidden_rows", "merged", "percent_format"}


def test_an_ods_formula_without_a_value_is_refused(read: Write) -> None:
    """As in XLSX."""
    formula = f'<table:table-row><table:table-cell table:formula="of:=1+1"/>{ods_cell("b")}</table:table-row>'
    (table,) = read(ods(f"<table:table-row>{ods_cell('a')}</table:table-row>{formula}"), FileKind.ODS)
    with pytest.raises(UserError) as told:
        rows(table)
    assert "A2" in refused(told, "formulas")


def test_an_xls_sheet(read: Write) -> None:
    """Numbers, texts, errors, hidden rows and columns, merged blocks of the format before 2007."""
    (table,) = read(xls(), FileKind.XLS)
    assert rows(table, 0) == [(1, ["cf", "\x009.5", "#N/A"]), (2, ["cf", "\x001234", "#DIV/0!"])]
    said = notices(table)
    assert set(said) == {"hidden_rows", "hidden_columns", "merged"}
    assert "(B)" in said["hidden_columns"]


def test_xls_formulas_that_were_never_computed_are_refused(read: Write) -> None:
    """A program that writes XLS files leaves 0 and asks for a computation."""
    (table,) = read(xls(uncomputed=True), FileKind.XLS)
    with pytest.raises(UserError) as told:
        rows(table)
    assert "C1" in refused(told, "formulas") or "C2" in refused(told, "formulas")


def test_a_password_is_named(read: Write) -> None:
    """An encrypted XLS or ODS file is told as such."""
    manifest = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    for content, kind in ((xls(password=True), FileKind.XLS), (ods("", manifest=manifest), FileKind.ODS)):
        with pytest.raises(UserError) as told:
            read(content, kind)
        assert refused(told, "password")


@pytest.mark.parametrize("kind", [FileKind.XLSX, FileKind.XLS, FileKind.ODS, FileKind.XLSB])
def test_a_damaged_workbook_is_refused(read: Write, kind: FileKind) -> None:
    """Cut in the middle, or of another kind than it says."""
    whole = {FileKind.XLSX: xlsx("<row/>"), FileKind.XLS: xls(), FileKind.ODS: ods(""), FileKind.XLSB: xlsb([])}[kind]
    for content in (
        whole[: len(whole) // 2],
        whole[:-1] if kind is not FileKind.XLS else whole[:600],
        b"PK\3\4" + b"x" * 900,
        xlsx("<row><c"),
    ):
        with pytest.raises(UserError) as told:
            read(content, kind)
        assert refused(told, "damaged")


def test_entities_are_never_expanded(read: Write) -> None:
    """A document type in a workbook's part is refused."""
    bomb = xlsx('<row><c t="str"><v>&b;</v></c></row>', start='<!DOCTYPE a [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]>')
    with pytest.raises(UserError) as told:
        read(bomb)
    assert refused(told, "damaged")


def with_member(content: bytes, name: str, size: int, says: int) -> bytes:
    """The workbook with another part of one letter `size` times, that says it has `says` bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(b"A" * (1 << 20)) for _ in range(size >> 20)) + packer.flush()
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr(name, b"A")
    made = target.getvalue()
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        part = book.getinfo(name)
    begin = part.header_offset + 30 + len(name)
    end = begin + part.compress_size
    shift = len(packed) - part.compress_size
    sizes = struct.pack("<III", part.CRC, len(packed), says)
    header = made[part.header_offset : begin]
    body = made[: part.header_offset] + header[:14] + sizes + header[26:] + packed
    rest = made[end:]
    at = rest.rindex(b"PK\1\2")
    rest = rest[: at + 16] + sizes + rest[at + 28 :]
    tail = rest.rindex(b"PK\5\6")
    start = struct.unpack_from("<I", rest, tail + 16)[0] + shift
    return body + rest[: tail + 16] + struct.pack("<I", start) + rest[tail + 20 :]


@pytest.mark.parametrize(("says", "key"), [(1_500_000_000, "unpacked"), (1000, "damaged")])
def test_a_workbook_of_one_letter_is_refused_in_seconds(read: Write, says: int, key: str) -> None:
    """1.5 GB of one letter in 1.5 MB, whether the archive tells its size or lies about it."""
    letters = with_member(xlsx("<row><c><v>1</v></c></row>"), "xl/sharedStrings.xml", 64 << 20, says)
    begin = time.monotonic()
    with pytest.raises(UserError) as told:
        read(letters)
    assert refused(told, key)
    assert time.monotonic() - begin < 30


def test_very_many_sheets_are_refused(read: Write) -> None:
    """Their number is said."""
    with pytest.raises(UserError) as told:
        read(xlsx("<row/>", sheets=201))
    assert "201" in refused(told, "many_sheets")


CHILDREN = {
    "memory": ("import sys; sys.exit(3)", "workbook_large"),
    "abort": ("import os; os.abort()", "workbook_large"),
    "sleep": ("import time; time.sleep(60)", "workbook_slow"),
    "crash": ("raise SystemError('broken')", "damaged"),
}


@pytest.mark.parametrize("name", CHILDREN)
def test_however_the_reader_dies_the_officer_learns_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A reader out of memory, aborted, too slow or broken ends as a message, and is gone."""
    program, key = CHILDREN[name]
    (tmp_path / "dying.py").write_text(program)
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK")
    monkeypatch.setattr(workbook, "_CHILD", "dying")
    monkeypatch.setattr(workbook, "TIMEOUT_SECONDS", 1.5 if name == "sleep" else 60)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    alive: list[float] = []
    with pytest.raises(UserError) as told:
        read_workbook(Source(path, FileKind.XLSX, 2), Format(), tmp_path, lambda: alive.append(time.monotonic()))
    assert refused(told, key)
    assert name != "sleep" or len(alive) >= 3


@pytest.mark.skipif(os.name != "posix", reason="limits of memory are an operating system's")
def test_the_reader_takes_no_more_memory_than_it_may(tmp_path: Path) -> None:
    """A sheet that repeats one long text needs more than the bound: its reader ends, not the one who asked."""
    text = "A" * 32_000
    row = "".join('<c t="s"><v>0</v></c>' for _ in range(400))
    content = xlsx(f"<row>{row}</row>" * 400, strings=text)
    path = tmp_path / "file.dat"
    path.write_bytes(content)
    with pytest.raises(UserError) as told:
        read_workbook(Source(path, FileKind.XLSX, len(content)), Format(), tmp_path)
    assert refused(told, "workbook_large")
    assert workbook_child.MEMORY_BYTES <= 3 << 30


def test_a_day_of_a_workbook_that_a_library_wrote(read: Write) -> None:
    """What openpyxl writes is read back: days, times, texts, numbers."""
    book = openpyxl.Workbook()
    moment = dt.datetime(2021, 3, 1, 10, 30)  # noqa: DTZ001 - a sheet's time has no zone
    book.active.append(["cf", dt.date(2021, 3, 1), moment, 9.5, dt.time(10, 30), True])
    content = io.BytesIO()
    book.save(content)
    (table,) = read(content.getvalue())
    assert table.head == [(1, ["cf", "\x002021-03-01", "\x002021-03-01 10:30:00", "\x009.5", "\x0010:30:00", "true"])]
