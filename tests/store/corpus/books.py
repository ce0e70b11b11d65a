"""Workbooks that hold what spreadsheets really hold: several sheets, hidden ones, formulas, typed and untyped cells."""

import datetime as dt
from collections.abc import Iterator

from tests.helpers.sheets import (
    Cell,
    Sheet,
    plain_xlsx,
    raw_xlsx,
    rows_xml,
)
from tests.store.corpus.case import A, B, Case, Loaded, Rejected, case, loads, refused, rejects

HEADER: list[Cell] = ["fiscal_code", "period", "online_sales_eur", "total_sales_eur"]
MARCH = dt.date(2021, 3, 1)
ONE = loads("A 2021-03 online 7.5")
TWO = loads("A 2021-03 online 7.5", "B 2021-03 online 8.5")
Rows = list[list[Cell]]


def table(*rows: list[Cell]) -> Rows:
    """Rows under the header, filled up to its width."""
    return [HEADER, *([*row, *[None] * (len(HEADER) - len(row))] for row in rows)]


def of_a(value: Cell = 7.5, period: Cell = "2021-03") -> Rows:
    return table([A, period, value])


def of_b() -> Rows:
    return table([B, "2021-03", 8.5])


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    yield from _sheets()
    yield from _formulas()
    yield from _cells()
    yield from _layout()


def book(name: str, content: bytes, *outcomes, **more) -> Case:
    return case(f"book: {name}", content, *outcomes, file=more.pop("file", "file.xlsx"), **more)


def _sheets() -> Iterator[Case]:
    yield book("one sheet", plain_xlsx(Foglio1=of_a()), ONE)
    asked = refused("file.", told=("Gennaio", "Febbraio", "sheet"))
    both = plain_xlsx(Gennaio=of_a(), Febbraio=of_b())
    yield book("two sheets of data", both, Loaded(TWO.values, told=("Gennaio", "Febbraio")), asked)
    seven = {f"Anno {2015 + i}": table([A, f"{2015 + i}-03", 7.5 + i]) for i in range(7)}
    values = loads(*(f"A {2015 + i}-03 online {7.5 + i}" for i in range(7)), told=("Anno 2015", "Anno 2021"))
    yield book("seven sheets of data", plain_xlsx(**seven), values, refused("file.", told=("Anno 2015", "Anno 2021")))
    chosen = '[format]\nsheets = ["Febbraio"]\n'
    yield book(
        "one sheet is chosen", both, Loaded(loads("B 2021-03 online 8.5").values, told=("Gennaio",)), mapping=chosen
    )
    chosen = '[format]\nsheets = ["Gennaio", "Febbraio"]\n'
    yield book("two sheets are chosen", both, TWO, mapping=chosen)
    chosen = '[format]\nsheet = "Marzo"\n'
    yield book(
        "a sheet is chosen that is not there",
        both,
        refused("file.sheet", told=("Marzo", "Gennaio", "Febbraio")),
        mapping=chosen,
    )
    first = raw_xlsx(Sheet("Vecchio", rows_xml(of_b()), "hidden"), Sheet("Nuovo", rows_xml(of_a())))
    yield book("a hidden first sheet", first, Loaded(ONE.values, told=("Vecchio",)))
    very = raw_xlsx(Sheet("Vecchio", rows_xml(of_b()), "veryHidden"), Sheet("Nuovo", rows_xml(of_a())))
    yield book("a very hidden first sheet", very, Loaded(ONE.values, told=("Vecchio",)))
    yield book(
        "a hidden sheet is chosen", first, loads("B 2021-03 online 8.5"), mapping='[format]\nsheet = "Vecchio"\n'
    )
    alone = raw_xlsx(Sheet("Dati", rows_xml(of_a()), "hidden"), Sheet("Note", rows_xml([["Nota"]])))
    yield book("the only data are hidden", alone, refused("file.", told=("Dati",)))
    notes = plain_xlsx(Leggimi=[["Elenco delle vendite"], ["Fonte: Unioncamere"]], Dati=of_a())
    yield book("a sheet of notes before", notes, Loaded(ONE.values, told=("Leggimi",)))
    yield book("an empty sheet before", plain_xlsx(Foglio1=[], Dati=of_a()), ONE)
    pivot = plain_xlsx(Dati=of_a(), Riepilogo=[["Anno", "Totale"], [2021, 7.5]])
    yield book("a summary behind", pivot, Loaded(ONE.values, told=("Riepilogo",)))
    again = plain_xlsx(Gennaio=of_a(), Copia=of_a())
    yield book(
        "the same rows in two sheets",
        again,
        rejects((2, "period", "repeated")),
        refused("file.", told=("Gennaio", "Copia")),
    )
    units = plain_xlsx(
        Gennaio=of_a(), Febbraio=[["fiscal_code", "period", "Vendite online (migliaia di €)"], [B, "2021-03", 8.5]]
    )
    yield book(
        "two sheets with headings that differ",
        units,
        refused("file."),
        Loaded(ONE.values, told=("Febbraio",)),
        loads("A 2021-03 online 7.5", "B 2021-03 online 8500"),
    )
    yield book("all sheets are empty", plain_xlsx(Foglio1=[], Foglio2=[]), refused("file."))
    yield book(
        "three hundred sheets", plain_xlsx(**{f"F{i}": of_a() for i in range(300)}), refused("file."), Rejected(())
    )


def _formulas() -> Iterator[Case]:
    told = refused("file.", told=("C2",))
    yield book("=500+400 without a value", plain_xlsx(Foglio1=of_a("=500+400")), told)
    yield book(
        "=500+400 without a value, among values",
        plain_xlsx(Foglio1=[*of_b(), [A, "2021-03", "=500+400", None]]),
        refused("file.", told=("C3",)),
    )
    yield book("a formula with its value", plain_xlsx(Foglio1=of_a("=5+2.5|7.5")), ONE)
    empty = raw_xlsx(Sheet("Foglio1", rows_xml(of_a()).replace("<v>7.5</v>", "<f>5+2.5</f><v></v>")))
    yield book("a formula with an empty value", empty, told)
    text = raw_xlsx(
        Sheet(
            "Foglio1", rows_xml(of_a()).replace('<c r="C2"><v>7.5</v>', '<c r="C2" t="str"><f>IF(1,"","")</f><v></v>')
        )
    )
    yield book("a formula that shows nothing", text, refused("file."), loads())
    shared = raw_xlsx(Sheet("Foglio1", rows_xml(of_a()).replace("<v>7.5</v>", '<f t="shared" si="0"/>')))
    yield book("a shared formula without a value", shared, told)
    unused = plain_xlsx(Foglio1=of_a(), Calcoli=[["x"], ["=1+1"]])
    yield book("a formula without a value in a sheet of no use", unused, ONE, refused("file.", told=("Calcoli",)))
    for shown in ("#N/A", "#REF!", "#DIV/0!", "#VALUE!"):
        yield book(
            f"a cell that shows {shown}", plain_xlsx(Foglio1=of_a(shown)), rejects((2, "online_sales_eur", ".*"))
        )
    failed = raw_xlsx(
        Sheet("Foglio1", rows_xml(of_a()).replace('<c r="C2"><v>7.5</v>', '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v>'))
    )
    yield book("a formula that failed", failed, rejects((2, "online_sales_eur", ".*")))
    many = plain_xlsx(Foglio1=of_a(), Altro=[*of_b()[:1], [B, "2021-03", "#N/A", None]])
    yield book("an error in a second sheet", many, rejects((2, "online_sales_eur", ".*")), refused("file."))


def _cells() -> Iterator[Case]:
    yield book(
        "9.500 as text", plain_xlsx(Foglio1=of_a("9.500")), refused("file.two_readings", told=(r"9\.500", "9500"))
    )
    yield book("12,345 as text", plain_xlsx(Foglio1=of_a("12,345")), refused("file.two_readings", told=("12,345",)))
    yield book(
        "9.5 as a number, under a decimal comma",
        plain_xlsx(Foglio1=of_a(9.5)),
        loads("A 2021-03 online 9.5"),
        mapping='[format]\ndecimal = ","\nthousands = "."\n',
    )
    yield book(
        "9.125 as a number, under dots of thousands",
        plain_xlsx(Foglio1=of_a(9.125)),
        loads("A 2021-03 online 9.125"),
        mapping='[format]\ndecimal = ","\nthousands = "."\n',
    )
    mixed = plain_xlsx(Foglio1=table([A, "2021-03", 9.5], [B, "2021-03", "9.500"]))
    yield book("numbers, and one as text", mixed, refused("file.two_readings", told=(r"9\.500",)))
    yield book("7,5 as text", plain_xlsx(Foglio1=of_a("7,5")), ONE)
    yield book("the noise of fractions", plain_xlsx(Foglio1=of_a(0.1 + 0.2)), loads("A 2021-03 online 0.3"))
    exponent = raw_xlsx(Sheet("Foglio1", rows_xml(of_a()).replace("<v>7.5</v>", "<v>1.5E3</v>")))
    yield book("a stored exponent", exponent, loads("A 2021-03 online 1500"))
    small = raw_xlsx(Sheet("Foglio1", rows_xml(of_a()).replace("<v>7.5</v>", "<v>1E-3</v>")))
    yield book("a small stored exponent", small, loads("A 2021-03 online 0.001"))
    yield book("a truth value for an amount", plain_xlsx(Foglio1=of_a(True)), rejects((2, "online_sales_eur", ".*")))
    yield book("a day for an amount", plain_xlsx(Foglio1=of_a(MARCH)), rejects((2, "online_sales_eur", ".*")))
    yield book("a day for a month", plain_xlsx(Foglio1=of_a(period=MARCH)), ONE)
    yield book("a number for a year", plain_xlsx(Foglio1=of_a(period=2021.0)), loads("A 2021 online 7.5"))
    yield book(
        "a number of six figures for a month",
        plain_xlsx(Foglio1=of_a(period=202103.0)),
        ONE,
        rejects((2, "period", ".*")),
    )
    yield book("gen-21 as text", plain_xlsx(Foglio1=of_a(period="gen-21")), loads("A 2021-01 online 7.5"))
    serial = (MARCH - dt.date(1904, 1, 1)).days
    year = raw_xlsx(
        Sheet("Foglio1", rows_xml(of_a(period=MARCH)).replace("<v>44256</v>", f"<v>{serial}</v>")), date1904=True
    )
    yield book("days counted from 1904", year, ONE)
    number = plain_xlsx(Foglio1=table([int(A), "2021-03", 7.5]))
    yield book("a code as a number", number, ONE)
    rounded = raw_xlsx(Sheet("Foglio1", rows_xml(table([1.23457e10, "2021-03", 7.5]))))
    yield book("a code that was rounded", rounded, rejects((2, "fiscal_code", ".*")))
    yield book(
        "blank cells are not reported",
        plain_xlsx(Foglio1=table([A, "2021-03", "  "], [B, "2021-03", 8.5])),
        loads("B 2021-03 online 8.5"),
    )
    share = raw_xlsx(Sheet("Foglio1", rows_xml(of_a(0.5)).replace('<c r="C2">', '<c r="C2" s="2">')))
    yield book(
        "an amount shown as 50%",
        share,
        Loaded(told=("50|%",)),
        refused("file."),
        rejects((2, "online_sales_eur", ".*")),
    )
    shown = raw_xlsx(Sheet("Foglio1", rows_xml(of_a(7500)).replace('<c r="C2">', '<c r="C2" s="3">')))
    yield book("an amount shown in thousands", shown, loads("A 2021-03 online 7500"))


def _layout() -> Iterator[Case]:
    title: Rows = [["Bando E-Commerce 2020, vendite"], [], *of_a()]
    yield book("a title and a blank row", plain_xlsx(Foglio1=title), ONE)
    total = [*of_a(), [], ["Totale", None, 7.5, None]]
    yield book("a total below", plain_xlsx(Foglio1=total), Loaded(ONE.values, told=("Totale", r"\b4\b")))
    note = [*of_a(), ["* dati provvisori"]]
    yield book(
        "a note below", plain_xlsx(Foglio1=note), rejects((3, ".*", ".*"), (3, ".*", ".*")), rejects((3, ".*", ".*"))
    )
    broken = of_a()
    broken[0] = ["Fiscal\ncode ", " PERIOD", "online_sales_eur", "total_sales_eur"]
    yield book(
        "a line break in the heading",
        plain_xlsx(Foglio1=broken),
        ONE,
        mapping='[columns]\nfiscal_code = "Fiscal code"\n',
    )
    moved = [[], [], *([None, None, *row] for row in of_a())]
    yield book("a table that begins at C3", plain_xlsx(Foglio1=moved), ONE)
    beside = [[*of_a()[0]], [*of_a()[1], "nota a margine"]]
    yield book("a note beside the table", plain_xlsx(Foglio1=beside), rejects((2, "", "cells")), refused("file."))
    merged = Sheet(
        "Foglio1",
        rows_xml(table([A, "2021-03", 7.5], [None, "2021-04", 8.5])),
        after='<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>',
    )
    read = loads("A 2021-03 online 7.5", "A 2021-04 online 8.5")
    yield book("a firm merged over two rows", raw_xlsx(merged), read, rejects((3, "fiscal_code", "missing")))
    amount = Sheet(
        "Foglio1",
        rows_xml(table([A, "2021-03", 7.5], [B, "2021-03", None])),
        after='<mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>',
    )
    yield book(
        "an amount merged over two firms",
        raw_xlsx(amount),
        Loaded(told=("C2|unit|merged",)),
        refused("file.", told=("C2",)),
    )
    hidden = raw_xlsx(Sheet("Foglio1", rows_xml(table([A, "2021-03", 7.5], [B, "2021-03", 8.5]), hidden=(3,))))
    yield book("a hidden row", hidden, Loaded(TWO.values, told=("1",)), refused("file.", told=("3",)))
    column = raw_xlsx(Sheet("Foglio1", rows_xml(of_a()), before='<cols><col min="4" max="4" hidden="1"/></cols>'))
    yield book("a hidden column", column, ONE)
    twice = of_a()
    twice[0] = ["fiscal_code", "period", "online_sales_eur", "online_sales_eur"]
    yield book(
        "two columns of one name", plain_xlsx(Foglio1=twice), refused("file.column_twice", told=("online_sales_eur",))
    )
    years: Rows = [["fiscal_code", dt.date(2021, 1, 1), dt.date(2021, 2, 1)], [A, 1.5, 2.5]]
    wide = loads("A 2021-01 online 1.5", "A 2021-02 online 2.5")
    yield book("days for headings", plain_xlsx(Foglio1=years), wide, mapping='[wide]\nonline_sales_eur = "{period}"\n')
    years = [["fiscal_code", 2020.0, 2021.0], [A, 1.5, 2.5]]
    wide = loads("A 2020 online 1.5", "A 2021 online 2.5")
    yield book("years for headings", plain_xlsx(Foglio1=years), wide, mapping='[wide]\nonline_sales_eur = "{period}"\n')
