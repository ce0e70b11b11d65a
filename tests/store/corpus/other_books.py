"""Workbooks out of all proportion or broken, and workbooks of other programs: XLS, ODS."""

import re
from collections.abc import Iterator

from tests.helpers.biff import xls
from tests.helpers.sheets import (
    Sheet,
    cell_xml,
    ods,
    ods_rows,
    one_letter,
    raw_xlsx,
    rows_xml,
    sheet_xml,
    xlsx_parts,
    zipped,
)
from tests.store.corpus.books import MARCH, ONE, TWO, book, of_a, of_b, table
from tests.store.corpus.case import A, B, Case, Loaded, case, refused, rejects

_REPEATED = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell{cell} '
    'table:number-columns-repeated="16000"/></table:table-row>'
)


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    yield from _reach()
    yield from _damaged()
    yield from _xls()
    yield from _ods()


def _reach() -> Iterator[Case]:
    """Ranges and sizes out of all proportion."""
    for at in ("XFD1048576", "XFD3", "C1048576"):
        row = at.lstrip("ABCDEFX")
        stray = f'<row r="{row}">{cell_xml("x", at)}</row>'
        sheet = Sheet("Foglio1", rows_xml(of_a()) + stray)
        others = (
            ()
            if at == "XFD1048576"
            else (
                rejects((int(row), ".*", ".*")),
                rejects(*((int(row), ".*", ".*"),) * 2),
                rejects(*((int(row), ".*", ".*"),) * 3),
            )
        )
        yield book(f"a stray cell at {at}", raw_xlsx(sheet), refused("file.", told=(at,)), *others)
    styled = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    yield book("an empty cell with a format at XFD1048576", raw_xlsx(Sheet("Foglio1", rows_xml(of_a()) + styled)), ONE)
    stated = Sheet("Foglio1", rows_xml(of_a()), before='<dimension ref="A1:XFD1048576"/>')
    yield book("a stated range out of all proportion", raw_xlsx(stated), ONE)
    low = Sheet("Foglio1", rows_xml(of_a()), before='<dimension ref="A1:A1"/>')
    yield book("a stated range too small", raw_xlsx(low), ONE)
    aside = raw_xlsx(
        Sheet("Foglio1", rows_xml(of_a())), Sheet("Altro", f'<row r="1048576">{cell_xml("x", "XFD1048576")}</row>')
    )
    yield book("a stray cell in a second sheet", aside, ONE, refused("file.", told=("XFD1048576",)))
    parts = xlsx_parts(Sheet("Foglio1", rows_xml(of_a())))
    part = "xl/worksheets/sheet1.xml"
    rest = {name: content for name, content in parts.items() if name != part}
    head, tail = (
        sheet_xml(Sheet("Foglio1", '<row r="1"><c r="A1" t="inlineStr"><is><t>|</t></is></c></row>'))
        .encode()
        .split(b"|")
    )
    yield case(
        "book: 1.5 GB of one letter",
        lambda: one_letter(part, head, tail, 1500, parts=rest),
        refused("file."),
        file="file.xlsx",
    )
    yield case(
        "book: a stated size that is not true",
        lambda: one_letter(part, head, tail, 1500, told=5000, parts=rest),
        refused("file."),
        file="file.xlsx",
    )
    bomb = parts | {
        part: '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        + parts[part].partition("?>")[2].replace("2021-03", "&b;")
    }
    yield book("entities in a sheet", zipped(bomb), refused("file."), rejects((2, "period", ".*")))


def _damaged() -> Iterator[Case]:
    parts = xlsx_parts(Sheet("Foglio1", rows_xml(of_a())))
    part = "xl/worksheets/sheet1.xml"
    rest = {name: content for name, content in parts.items() if name != part}
    for name, made in {
        "without its table of contents": raw_xlsx(Sheet("Foglio1", rows_xml(of_a())))[:-60],
        "cut in half": raw_xlsx(Sheet("Foglio1", rows_xml(of_a())))[:1200],
        "without its sheet": zipped(rest),
        "with a sheet that breaks off": zipped(parts | {part: parts[part][:-60]}),
        "without workbook.xml": zipped({n: c for n, c in parts.items() if n != "xl/workbook.xml"}),
    }.items():
        yield book(f"a workbook {name}", made, refused("file."))
    prefixed = parts | {
        part: parts[part]
        .replace("<", "<x:")
        .replace("<x:/", "</x:")
        .replace("<x:?", "<?")
        .replace("xmlns=", "xmlns:x=")
    }
    yield book("a prefix before every element", zipped(prefixed), ONE, refused("file."))
    placeless = parts | {part: re.sub(r' r="[A-Z]*\d+"', "", parts[part])}
    yield book(
        "cells that do not say where they stand",
        zipped(placeless),
        refused("file."),
        ONE,
    )


def _xls() -> Iterator[Case]:
    yield book("XLS", xls({"Foglio1": of_a()}), ONE, file="file.xls")
    yield book("XLS: a day for a month", xls({"Foglio1": of_a(period=MARCH)}), ONE, file="file.xls")
    both = xls({"Uno": of_a(), "Due": of_b()})
    yield book(
        "XLS: two sheets",
        both,
        Loaded(TWO.values, told=("Uno", "Due")),
        refused("file.", told=("Uno", "Due")),
        file="file.xls",
    )
    hidden = xls({"Vecchio": of_b(), "Nuovo": of_a()}, hidden=("Vecchio",))
    yield book("XLS: a hidden first sheet", hidden, Loaded(ONE.values, told=("Vecchio",)), file="file.xls")
    yield book(
        "XLS: 9.500 as text",
        xls({"F": of_a("9.500")}),
        refused("file.two_readings", told=(r"9\.500",)),
        file="file.xls",
    )
    yield book(
        "XLS: an error",
        xls({"F": of_a("#N/A")}),
        rejects((2, "online_sales_eur", ".*")),
        refused("file."),
        file="file.xls",
    )
    yield book("XLS: a formula with its value", xls({"F": of_a("=7.5")}), ONE, file="file.xls")
    yield book(
        "XLS: a password", xls({"F": of_a()}, encrypted=True), refused("file.password", "file."), file="file.xls"
    )
    yield book("XLS: cut", xls({"F": of_a()})[:2000], refused("file."), file="file.xls")
    yield book("XLS: a code as a number", xls({"F": table([float(A), "2021-03", 7.5])}), ONE, file="file.xls")


def _ods() -> Iterator[Case]:
    name = "file.ods"
    yield book("ODS", ods({"Foglio1": ods_rows(of_a())}), ONE, file=name)
    yield book("ODS: a day for a month", ods({"F": ods_rows(of_a(period=MARCH))}), ONE, file=name)
    both = ods({"Uno": ods_rows(of_a()), "Due": ods_rows(of_b())})
    yield book(
        "ODS: two sheets",
        both,
        Loaded(TWO.values, told=("Uno", "Due")),
        refused("file.", told=("Uno", "Due")),
        file=name,
    )
    hidden = ods({"Vecchio": ods_rows(of_b()), "Nuovo": ods_rows(of_a())}, hidden=("Vecchio",))
    yield book("ODS: a hidden first sheet", hidden, Loaded(ONE.values, told=("Vecchio",)), file=name)
    yield book(
        "ODS: 9.500 as text",
        ods({"F": ods_rows(of_a("9.500"))}),
        refused("file.two_readings", told=(r"9\.500",)),
        file=name,
    )
    yield book("ODS: a formula without a value", ods({"F": ods_rows(of_a("=5+2.5"))}), refused("file."), file=name)
    yield book("ODS: a formula with its value", ods({"F": ods_rows(of_a("=5+2.5|7.5"))}), ONE, file=name)
    blank = _REPEATED.format(cell="")
    yield book("ODS: a million blank rows", ods({"F": ods_rows(of_a()) + blank}), ONE, file=name)
    full = _REPEATED.format(cell=' office:value-type="float" office:value="1"')
    yield book("ODS: a million rows of one cell", ods({"F": ods_rows(of_a()) + full}), refused("file."), file=name)
    locked = ods({"F": ods_rows(of_a())}, manifest='<manifest:encryption-data manifest:checksum="x"/>')
    yield book("ODS: a password", locked, refused("file.password", "file."), file=name)
    second = ods_rows([[B, "2021-03", 8.5, None]]).replace(
        "<table:table-row>", '<table:table-row table:number-rows-repeated="2">'
    )
    yield book(
        "ODS: a row repeated twice",
        ods({"F": ods_rows(of_a()) + second}),
        rejects((4, "period", "repeated")),
        file=name,
    )
