"""Amounts as they are written, and what may not be read by a thousand too much or too little."""

from collections.abc import Iterator

from tests.store.corpus.case import A as _A
from tests.store.corpus.case import Case, Outcome, case, lines, loads, refused, rejects

TWO = refused("file.two_readings", told=("online_sales_eur",))
UNREAD = (refused("file.", "rows."), rejects((2, "online_sales_eur", ".*")))


def _column(*written: str) -> str:
    """Sales of firm A of as many months, the online sales written so."""
    return lines(*(f"{_A};2021-{month:02};{cell};" for month, cell in enumerate(written, start=1)))


def _values(*values: str) -> Outcome:
    return loads(*(f"A 2021-{month:02} online {value}" for month, value in enumerate(values, start=1) if value))


_READ: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "comma and dots": (("1.234,56",), ("1234.56",)),
    "dot and commas": (("1,234.56",), ("1234.56",)),
    "millions with dots": (("1.234.567,89",), ("1234567.89",)),
    "a plain dot": (("9500.50",), ("9500.50",)),
    "a plain comma": (("9500,50",), ("9500.50",)),
    "a dot told by a neighbour": (("9.500", "9.50"), ("9.5", "9.5")),
    "a comma told by a neighbour": (("12,345", "1,5"), ("12.345", "1.5")),
    "thousands told by a neighbour": (("9.500", "1.234,50"), ("9500", "1234.5")),
    "thousands told by a second dot": (("9.500", "1.000.000,5"), ("9500", "1000000.5")),
    "a leading zero has decimals only": (("0.500",), ("0.5",)),
    "four figures before a dot": (("1234.567",), ("1234.567",)),
    "four figures before a comma": (("1234,567",), ("1234.567",)),
    "euro sign before": (("€ 1.234,56",), ("1234.56",)),
    "euro sign after": (("1.234,5 €",), ("1234.5",)),
    "EUR": (("EUR 9.500,00",), ("9500",)),
    "the word euro": (("12,5 euro",), ("12.5",)),
    "spaces of thousands": (("9 500,50",), ("9500.5",)),
    "no-break spaces": (("9\u00a0500,50",), ("9500.5",)),
    "narrow spaces": (("1\u202f009\u202f500,50",), ("1009500.5",)),
    "a plus": (("+12,50",), ("12.5",)),
    "zero is a value": (("0", "", "0,00"), ("0", "", "0")),
    "six decimals": (("0,123456",), ("0.123456",)),
    "spaces around": (("  9500,5  ",), ("9500.5",)),
}
_NEGATIVE = {"a minus": "-5,10", "a minus behind": "€ 1.234,56-", "brackets": "(1.234,56)", "a true minus": "−5,5"}
_NO_NUMBER = {
    "groups of two": "1.23.456,5",
    "groups astray": "12.34,5",
    "three commas": "1,2,3",
    "two dots in a row": "1..5",
    "a fraction": "1/2",
    "words": "circa 500",
    "not a number": "NaN",
    "infinite": "inf",
    "hexadecimal": "0x1F",
    "figures of another script": "\u0661\u0662",
    "an exponent beyond bounds": "1e400",
    "more than fits": "999999999999999",
    "a per cent sign": "50%",
    "two numbers": "100 - 200",
    "a date": "01/03/2021",
    "underscores": "1_000",
    "a space astray": "12 34,5",
    "an error of a spreadsheet": "#VALORE!",
    "a broken reference": "#REF!",
}
_MISSING = ("n.d.", "-", "#N/D", "#N/A", "NULL", "n.a.", "nd", "..", "N.D.")
_THOUSANDS = '[formats.online_sales_eur]\ndecimal = ","\nthousands = "."\n'


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    for name, (written, values) in _READ.items():
        yield case(f"number: {name}", _column(*written), _values(*values))
    for name, cell in _NEGATIVE.items():
        yield case(f"number: negative, {name}", _column(cell), rejects((2, "online_sales_eur", "negative")))
    for name, cell in _NO_NUMBER.items():
        yield case(f"number: none, {name}", _column(cell, "7,5"), rejects((2, "online_sales_eur", ".*")))
    for word in _MISSING:
        told = (r"\[values\.online_sales_eur\]", '= ""')
        yield case(f"missing: {word}", _column(word, "7,5"), rejects((2, "online_sales_eur", "missing.*"), told=told))
    yield from _two_readings()
    yield from _stated()
    yield from _units()


def _two_readings() -> Iterator[Case]:
    yield case("readings: 9.500", _column("9.500"), refused("file.two_readings", told=(r"9\.500", "9500", "decimal")))
    yield case("readings: 12,345", _column("12,345"), refused("file.two_readings", told=("12,345", "12345")))
    yield case("readings: with whole numbers", _column("9.500", "12", "700"), TWO)
    yield case("readings: with a euro sign", _column("€ 9.500", "€ 1.250"), TWO)
    yield case("readings: negative beside", _column("9.500", "-1.250"), TWO, *UNREAD)
    yield case("readings: with commas", _column("12,345", "1,250", "999"), TWO)
    yield case("readings: in brackets", _column("(9.500)"), TWO, *UNREAD)
    yield case("readings: a tab-separated text", _column("9.500").replace(";", "\t"), TWO, file="file.txt")
    content = lines(f"{_A};2021-03;1,5;9.500")
    told = refused("file.two_readings", told=("total_sales_eur",))
    yield case(
        "readings: of one column, told by another", content, told, loads("A 2021-03 online 1.5", "A 2021-03 total 9500")
    )
    yield case(
        "readings: marks that contradict each other",
        _column("1.234,56", "1,234.56"),
        *UNREAD,
        rejects((3, "online_sales_eur", ".*")),
    )
    yield case(
        "readings: dot here, comma there", _column("1.5", "1,5"), *UNREAD, rejects((3, "online_sales_eur", ".*"))
    )
    yield case("readings: groups and decimals astray", _column("1.234", "12.34"), _values("1.234", "12.34"))
    yield case("readings: an exponent", _column("1,5E+03"), _values("1500"), *UNREAD)


def _stated() -> Iterator[Case]:
    comma, dot = '[format]\ndecimal = ","\n', '[format]\ndecimal = "."\n'
    both = '[format]\ndecimal = ","\nthousands = "."\n'
    yield case("stated: comma against dots", _column("9500.50"), *UNREAD, mapping=comma)
    yield case("stated: dot against commas", _column("9500,50"), *UNREAD, mapping=dot)
    yield case("stated: comma, yet three decimals in all", _column("12,345", "99,100"), TWO, *UNREAD, mapping=comma)
    yield case(
        "stated: comma, yet two commas",
        _column("12,345", "1,234,567"),
        TWO,
        *UNREAD,
        rejects((3, "online_sales_eur", ".*")),
        mapping=comma,
    )
    yield case("stated: comma, thousands unset", _column("9.500"), TWO, *UNREAD, _values("9500"), mapping=comma)
    yield case("stated: comma and dots", _column("9.500", "1.250,5"), _values("9500", "1250.5"), mapping=both)
    yield case("stated: comma and dots, 9.50", _column("9.50"), *UNREAD, mapping=both)
    yield case(
        "stated: dot and commas",
        _column("9,500"),
        _values("9500"),
        mapping='[format]\ndecimal = "."\nthousands = ","\n',
    )
    yield case(
        "stated: apostrophes",
        _column("1'234.50"),
        _values("1234.5"),
        mapping='[format]\ndecimal = "."\nthousands = "\'"\n',
    )
    yield case("stated: for the column", _column("9.500"), _values("9500"), mapping=_THOUSANDS)
    yield case(
        "stated: decimals for the column",
        _column("12,345"),
        _values("12.345"),
        mapping='[formats.online_sales_eur]\ndecimal = ","\n',
    )
    content = lines(f"{_A};2021-03;9.500;9,500")
    mapping = _THOUSANDS + '[formats.total_sales_eur]\ndecimal = "."\nthousands = ","\n'
    yield case(
        "stated: two columns, two ways",
        content,
        loads("A 2021-03 online 9500", "A 2021-03 total 9500"),
        mapping=mapping,
    )
    empty = '[values.online_sales_eur]\n"n.d." = ""\n'
    yield case("stated: a word for missing", _column("n.d.", "7,5"), _values("", "7.5"), mapping=empty)
    yield case("stated: a word in other capitals", _column("N.D.", "7,5"), _values("", "7.5"), mapping=empty)
    zero = '[values.online_sales_eur]\n"nessuna" = "0"\n'
    yield case("stated: a word for zero", _column("nessuna", "7,5"), _values("0", "7.5"), mapping=zero)


def _units() -> Iterator[Case]:
    named = '[columns]\nonline_sales_eur = "Vendite online (migliaia di €)"\n'
    header = "fiscal_code;period;Vendite online (migliaia di €);total_sales_eur"
    content = lines(f"{_A};2021-03;9,5;", header=header)
    asked = refused("file.", "mapping.", told=("unit",))
    yield case("unit: thousands in the heading", content, loads("A 2021-03 online 9500"), asked)
    yield case(
        "unit: thousands in the heading of a mapped column",
        content,
        loads("A 2021-03 online 9500"),
        asked,
        mapping=named,
    )
    stated = named + "[formats.online_sales_eur]\nunit = 1000\n"
    yield case("unit: stated", content, loads("A 2021-03 online 9500"), mapping=stated)
    one = named + "[formats.online_sales_eur]\nunit = 1\n"
    yield case("unit: the heading is overruled", content, loads("A 2021-03 online 9.5"), mapping=one)
    for heading in (
        "Vendite online (€/000)",
        "Vendite online in k€",
        "Vendite online (in migliaia)",
        "Vendite online (milioni di euro)",
    ):
        factor = "9500000" if "milioni" in heading else "9500"
        content = lines(f"{_A};2021-03;9,5;", header=f"fiscal_code;period;{heading};total_sales_eur")
        named = f'[columns]\nonline_sales_eur = "{heading}"\n'
        yield case(f"unit: {heading}", content, loads(f"A 2021-03 online {factor}"), asked, mapping=named)
    content = _column("0,0015")
    yield case("unit: exact", content, _values("1.5"), mapping="[formats.online_sales_eur]\nunit = 1000\n")
