"""Months, quarters, years and firms' codes as officers write them in files of sales."""

from collections.abc import Iterator

from tests.store.corpus.case import PERSON, STRANGER, A, Case, Outcome, case, lines, loads, refused, rejects

_MONTH = (
    *("2021-03", "2021-3", "03/2021", "3/2021", "2021/03", "202103", "mar-21", "mar 21", "marzo 2021", "Marzo 2021"),
    *("MARZO 2021", "mar. 2021", "Mar-2021", "March 2021", "2021M03", "03-2021", "marzo-21", "2021-03-01"),
    *("01/03/2021", "31/03/2021", "2021-03-31", "2021-03-01T00:00:00", "2021-03-01 00:00:00", "1 marzo 2021"),
    *("15/03/2021", " 2021-03 ", "marzo  2021"),
)
_WORDS = {
    "gen-21": 1, "febbraio 2021": 2, "feb-21": 2, "apr 2021": 4, "mag-21": 5, "giu-21": 6, "luglio 2021": 7,
    "ago-21": 8, "set-21": 9, "sett. 2021": 9, "ott-21": 10, "nov-21": 11, "dic 2021": 12, "Dec 2021": 12,
    "Jan-21": 1, "May 2021": 5, "aug-21": 8,
}  # fmt: skip
_QUARTER = (
    *("2021T1", "1T2021", "T1 2021", "I trim. 2021", "1° trimestre 2021", "Q1 2021", "2021-Q1", "2021q1"),
    *("I trimestre 2021", "2021-T1", "1 trim. 2021", "1T 2021"),
)
_NONE = (
    *("2021-13", "13/2021", "2021-00", "marso 2021", "2021S1", "I sem. 2021", "21-03", "2021-02-30", "5T2021"),
    *("1899-12", "marzo", "03", "2021Q5", "anno 2021 circa", "0", "2021-03/2021-04", "totale"),
)
_FIRMS = {
    "zeros lost": A.lstrip("0"),
    "IT before": f"IT{A}",
    "it and a space before": f"it {A}",
    "spaces": f"{A[:3]} {A[3:7]} {A[7:]}",
    "an apostrophe before": f"'{A}",
    "dots": f"{A[:3]}.{A[3:7]}.{A[7:]}",
    "a decimal of a spreadsheet": f"{A.lstrip('0')}.0",
    "a no-break space behind": f"{A}\u00a0",
}
_NO_FIRM = {
    "a wrong check digit": (A[:-1] + str((int(A[-1]) + 1) % 10), "fiscal_code"),
    "an exponent": ("1.23457E+10", ".*"),
    "an exponent with a comma": ("1,23457E+10", ".*"),
    "letter for zero": ("O" + A[1:], "fiscal_code"),
    "empty": ("", "missing"),
    "of nobody who applied": (STRANGER, "firm_unknown"),
    "too long": (A + "0", "fiscal_code"),
    "a word for missing": ("n.d.", ".*"),
}


def _one(period: str, firm: str = A) -> str:
    return lines(f"{firm};{period};7,5;")


def _bad(period: str) -> tuple[Outcome, ...]:
    return rejects((2, "period", ".*")), refused("file.", told=(period,))


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    for written in _MONTH:
        yield case(f"month: {written}", _one(written), loads("A 2021-03 online 7.5"))
    for written, month in _WORDS.items():
        yield case(f"month: {written}", _one(written), loads(f"A 2021-{month:02} online 7.5"))
    for written in _QUARTER:
        yield case(f"quarter: {written}", _one(written), loads("A 2021Q1 online 7.5"))
    yield case("year: 2021", _one("2021"), loads("A 2021 online 7.5"))
    for written in _NONE:
        yield case(f"no period: {written}", _one(written), rejects((2, "period", ".*")))
    for name, written in _FIRMS.items():
        yield case(f"firm: {name}", _one("2021-03", written), loads("A 2021-03 online 7.5"))
    for name, (written, reason) in _NO_FIRM.items():
        yield case(f"no firm: {name}", _one("2021-03", written), rejects((2, "fiscal_code", reason)))
    yield case("firm: a natural person", _one("2021-03", PERSON.lower()), loads("P 2021-03 online 7.5"))
    yield from _together()
    yield from _columns()


def _together() -> Iterator[Case]:
    """What rows say of each other."""
    same = lines(f"{A};2021-03;7,5;", f"{A.lstrip('0')};mar-21;8,5;")
    yield case("twice: one firm and month, written two ways", same, rejects((3, "period", "repeated")))
    mixed = lines(f"{A};2021-01;1;", f"{A};2021-02;1;", f"{A};2021;2;")
    yield case("frequency: a year among months", mixed, rejects((4, "period", "frequency")))
    mixed = lines(f"{A};2021-01;1;", f"{A};2021-02;1;", f"{A};1T2021;2;")
    yield case("frequency: a quarter among months", mixed, rejects((4, "period", "frequency")))
    twelfths = lines(f"{A};01/02/2021;1;", f"{A};01/03/2021;2;")
    february = loads("A 2021-02 online 1", "A 2021-03 online 2")
    yield case("days for months: the first of the month", twelfths, february, refused("file.two_readings"))
    yield case("days for months: stated", twelfths, february, mapping='[format]\nperiod = "%d/%m/%Y"\n')
    yield case("days for months: an American order", _one("12/31/2021"), loads("A 2021-12 online 7.5"), *_bad("12/31"))
    yield case("month: 03/21", _one("03/21"), loads("A 2021-03 online 7.5"), *_bad("03/21"))
    yield case("month: a serial number", _one("44256"), loads("A 2021-03 online 7.5"), *_bad("44256"))
    yield case("month: a number of eight figures", _one("20210301"), loads("A 2021-03 online 7.5"), *_bad("20210301"))
    yield case(
        "month: stated as %m/%Y", _one("03/2021"), loads("A 2021-03 online 7.5"), mapping='[format]\nperiod = "%m/%Y"\n'
    )
    contradicts = '[format]\nperiod = "%Y-%m"\n'
    yield case(
        "month: against the stated format",
        _one("03/2021"),
        loads("A 2021-03 online 7.5"),
        *_bad("03/2021"),
        mapping=contradicts,
    )


def _columns() -> Iterator[Case]:
    """Year and month in two columns."""
    header = "fiscal_code;Anno;Mese;online_sales_eur"
    mapping = '[period]\nyear = "Anno"\nmonth = "Mese"\n'
    for month in ("3", "03", "marzo", "Mar", "mar."):
        content = lines(f"{A};2021;{month};7,5", header=header)
        yield case(f"two columns: {month}", content, loads("A 2021-03 online 7.5"), mapping=mapping)
    for month in ("13", "0", "", "3,5", "totale"):
        content = lines(f"{A};2021;{month};7,5", header=header)
        yield case(f"two columns: no month, {month}", content, rejects((2, ".*", ".*")), mapping=mapping)
    quarter = '[period]\nyear = "Anno"\nquarter = "Trim."\n'
    for written in ("1", "I", "T1", "1°"):
        content = lines(f"{A};2021;{written};7,5", header="fiscal_code;Anno;Trim.;online_sales_eur")
        yield case(f"two columns: quarter {written}", content, loads("A 2021Q1 online 7.5"), mapping=quarter)
    absent = lines(f"{A};2021;3;7,5", header="fiscal_code;Anno;Mes;online_sales_eur")
    yield case(
        "two columns: the mapped one is not there",
        absent,
        refused("file.", "mapping.", told=("Mese",)),
        mapping=mapping,
    )
    unasked = lines(f"{A};2021;3;7,5", header=header)
    yield case(
        "two columns: without a mapping", unasked, loads("A 2021-03 online 7.5"), refused("file.", told=("period",))
    )
