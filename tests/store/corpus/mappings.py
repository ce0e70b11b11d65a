"""Mappings with mistakes, columns that a mapping does not name, names in Italian, the same file again."""

from collections.abc import Iterator

from tests.store.corpus.case import HEADER, A, B, Case, Loaded, case, lines, loads, refused, rejects

ONE = loads("A 2021-03 online 7.5")
_ROW = lines(f"{A};2021-03;7,5;")
_WRONG = {
    "not TOML": ("[columns\n", ("mapping.toml",), ""),
    "an unknown table": ("[colums]\nx = 'y'\n", ("mapping.",), "colums"),
    "an unknown key": ("[format]\nseperator = ';'\n", ("mapping.",), "seperator"),
    "an unknown column": ("[columns]\nonline_sale_eur = 'x'\n", ("mapping.strange",), "online_sale_eur"),
    "a column that the file lacks": ("[columns]\nsource = 'Fonte'\n", ("file.column_missing",), "Fonte"),
    "column and constant": ("[columns]\nsource = 'x'\n[constants]\nsource = 'y'\n", ("mapping.",), "source"),
    "a constant that is no period": ("[constants]\nperiod = '2021-13'\n", ("mapping.value",), "2021-13"),
    "a word that stands for no value": ("[values.online_sales_eur]\n'n.d.' = 'zero'\n", ("mapping.value",), "zero"),
    "one mark for both": ("[format]\ndecimal = ','\nthousands = ','\n", ("mapping.",), ""),
    "one mark for both, for a column": (
        "[formats.online_sales_eur]\ndecimal = ','\nthousands = ','\n",
        ("mapping.",),
        "",
    ),
    "a unit of zero": ("[formats.online_sales_eur]\nunit = 0\n", ("mapping.",), "unit"),
    "a format of an unknown column": ("[formats.online]\nunit = 1000\n", ("mapping.",), "online"),
    "a date format without a month": ("[format]\ndate = '%d/%Y'\n", ("mapping.",), "date"),
    "a separator of two marks": ("[format]\nseparator = ';;'\n", ("mapping.",), "separator"),
    "a header row of zero": ("[format]\nheader_row = 0\n", ("mapping.",), "header_row"),
    "a wide column and a long one": (
        "[wide]\nonline_sales_eur = '{period}'\n[columns]\nonline_sales_eur = 'online_sales_eur'\n",
        ("mapping.", "file."),
        "",
    ),
    "a wide column of no outcome": ("[wide]\nfiscal_code = '{period}'\n", ("mapping.", "file."), "fiscal_code"),
    "numbers for words": ("[columns]\nperiod = 3\n", ("mapping.",), "period"),
    "one column for two of ours": (
        "[columns]\nonline_sales_eur = 'total_sales_eur'\n",
        ("mapping.", "file."),
        "total_sales_eur",
    ),
}
_NAMES = {
    "codes and months": ("Codice fiscale", "Mese", "Vendite online"),
    "capitals": ("CODICE FISCALE", "MESE", "VENDITE ONLINE"),
    "a VAT number": ("Partita IVA", "Periodo", "Vendite online (€)"),
    "underscores": ("codice_fiscale", "periodo", "vendite_online"),
    "English": ("Fiscal code", "Month", "Online sales"),
    "short": ("C.F.", "Periodo di riferimento", "Fatturato online"),
}


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    for name, (mapping, keys, told) in _WRONG.items():
        yield case(f"mapping: {name}", _ROW, refused(*keys, told=(told,) if told else ()), mapping=mapping)
    for name, heads in _NAMES.items():
        content = lines(f"{A};2021-03;7,5", header=";".join(heads))
        asked = refused("file.", told=("|".join(heads).replace(".", r"\."),))
        yield case(f"names: {name}", content, ONE, asked)
    yield from _columns()
    yield from _again()


def _columns() -> Iterator[Case]:
    content = lines(f"{A};2021-03;7,5;;nota;8,5", header=HEADER + ";Note;Vendite on line (stima)")
    named = Loaded(ONE.values, told=("Note", r"Vendite on line \(stima\)"))
    yield case("columns: those of no use are named", content, named)
    content = lines(f"{A};2021-03;7,5;8,5", header="fiscal_code;period;online_sales_eur;Vendite online")
    asked = refused("file.", told=("Vendite online",))
    yield case("columns: two that may be one of ours", content, asked, Loaded(ONE.values, told=("Vendite online",)))
    content = lines(f"{A};2021-03;7,5;8,5", header="fiscal_code;period;Vendite online;Vendite online nette")
    yield case("columns: an addition to the name", content, asked, Loaded(ONE.values, told=("Vendite online nette",)))
    constants = "[constants]\nperiod = '2021-03'\n"
    content = lines(f"{A};7,5", header="fiscal_code;online_sales_eur")
    yield case("columns: a constant for the period", content, ONE, mapping=constants)
    stated = "[columns]\nonline_sales_eur = 'Valore'\n"
    content = lines(f"{A};2021-03;7,5;99", header="fiscal_code;period;Valore;online_sales_eur")
    yield case(
        "columns: the mapping goes before our own name",
        content,
        Loaded(ONE.values, told=("online_sales_eur",)),
        mapping=stated,
    )
    missing = lines(f"{A};2021-03", header="fiscal_code;period")
    yield case(
        "columns: the main outcome is not there",
        missing,
        refused("file.column_missing", "file.", told=("online_sales_eur",)),
    )
    content = lines(f"{A};2021-03;7,5;;12", header=HEADER + ";destination_countries")
    yield case("columns: countries", content, loads("A 2021-03 online 7.5", "A 2021-03 countries 12"))


def _again() -> Iterator[Case]:
    yield case("again: the same file", _ROW, ONE, earlier=[("sales", "other name.csv", _ROW.encode())])
    later = lines(f"{A};2021-03;8,5;", f"{B};2021-03;1,5;")
    read = loads("A 2021-03 online 8.5", "B 2021-03 online 1.5")
    yield case(
        "again: a later value takes the place of the earlier",
        later,
        read,
        earlier=[("sales", "first.csv", _ROW.encode())],
    )
    nothing = lines(f"{A};2021-03;;", f"{B};2021-03;1,5;")
    read = loads("A 2021-03 online 7.5", "B 2021-03 online 1.5")
    yield case(
        "again: an empty cell takes nothing back", nothing, read, earlier=[("sales", "first.csv", _ROW.encode())]
    )
    year = lines(f"{A};2021;7,5;")
    yield case(
        "again: years after months",
        year,
        rejects((2, "period", "frequency")),
        earlier=[("sales", "first.csv", _ROW.encode())],
    )
