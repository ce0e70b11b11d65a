"""A row per firm and a column per month, quarter or year."""

from collections.abc import Iterator

from tests.store.corpus.case import A, B, Case, Loaded, case, lines, loads, refused, rejects

_MAPPING = '[wide]\nonline_sales_eur = "Vendite online {period}"\ntotal_sales_eur = "Vendite totali {period}"\n'
_ONE = '[wide]\nonline_sales_eur = "Vendite online {period}"\n'
_BARE = '[wide]\nonline_sales_eur = "{period}"\n'


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    yield from _read()
    yield from _wrong()


def _read() -> Iterator[Case]:
    header = "fiscal_code;Vendite online gen-21;Vendite online feb-21;Vendite totali gen-21;Vendite totali feb-21"
    content = lines(f"{A};1,5;;10,5;20", f"{B};0;2,5;;", header=header)
    values = (
        "A 2021-01 online 1.5",
        "A 2021-01 total 10.5",
        "A 2021-02 total 20",
        "B 2021-01 online 0",
        "B 2021-02 online 2.5",
    )
    yield case("wide: two outcomes", content, loads(*values), mapping=_MAPPING)
    yield case(
        "wide: two outcomes, without a mapping", content, loads(*values), refused("file.", "mapping.", told=("wide",))
    )
    for name, months in {
        "numbers": ("2021-01", "2021-02"),
        "slashes": ("01/2021", "02/2021"),
        "words": ("gennaio 2021", "febbraio 2021"),
        "capitals": ("GEN 21", "FEB 21"),
        "days": ("01/01/2021", "01/02/2021"),
    }.items():
        content = lines(f"{A};1,5;2,5", header=f"fiscal_code;{months[0]};{months[1]}")
        read = loads("A 2021-01 online 1.5", "A 2021-02 online 2.5")
        asked = (refused("file.", "mapping."),) if name == "days" else ()
        yield case(f"wide: months as {name}", content, read, *asked, mapping=_BARE)
    content = lines(f"{A};1,5;2,5", header="fiscal_code;Vendite online 1T2021;Vendite online 2T2021")
    yield case("wide: quarters", content, loads("A 2021Q1 online 1.5", "A 2021Q2 online 2.5"), mapping=_ONE)
    content = lines(f"{A};1,5;2,5", header="fiscal_code;Vendite online 2020;Vendite online 2021")
    yield case("wide: years", content, loads("A 2020 online 1.5", "A 2021 online 2.5"), mapping=_ONE)
    content = lines(f"{A};1,5;2,5", header="fiscal_code;gen-21;feb-21")
    read = loads("A 2021-01 online 1.5", "A 2021-02 online 2.5")
    yield case(
        "wide: bare months without a mapping", content, refused("file.", "mapping.", told=(r"\{period\}",)), read
    )
    content = lines(f"{A};1,5;2,5;7", header="fiscal_code;gen-21;feb-21;Totale 2021")
    yield case(
        "wide: a total beside the months",
        content,
        refused("file.", "mapping.", told=("Totale 2021",)),
        Loaded(read.values, told=("Totale 2021",)),
        mapping=_BARE,
    )
    content = lines(f"{A};9.500;1,5", header="fiscal_code;gen-21;feb-21")
    asked = refused("file.two_readings", told=(r"9\.500", "9500"))
    yield case(
        "wide: a column of two readings",
        content,
        asked,
        loads("A 2021-01 online 9500", "A 2021-02 online 1.5"),
        mapping=_BARE,
    )


def _wrong() -> Iterator[Case]:
    content = lines(f"{A};1;2;3", header="fiscal_code;Vendite online gen-21;Vendite online feb-21;Vendite online 2021")
    yield case("wide: a year among months", content, refused("file.", "mapping.", told=("2021",)), mapping=_ONE)
    content = lines(f"{A};1;2", header="fiscal_code;Vendite online gen-21;Vendite online 01/2021")
    yield case(
        "wide: a month twice", content, refused("file.", "mapping.", told=("gen-21|2021-01|01/2021",)), mapping=_ONE
    )
    content = lines(f"{A};1;2", header="fiscal_code;Vendite online gen-21;Vendite online marso-21")
    yield case(
        "wide: a heading that is no month", content, refused("file.", "mapping.", told=("marso-21",)), mapping=_ONE
    )
    content = lines(f"{A};1;2", header="fiscal_code;gen-21;feb-21")
    yield case(
        "wide: a pattern that nothing matches",
        content,
        refused("file.", "mapping.", told=("Vendite online",)),
        mapping=_ONE,
    )
    content = lines(f"{A};1,5;due", f"{B};x;2,5", header="fiscal_code;gen-21;feb-21")
    yield case(
        "wide: bad cells by row and heading", content, rejects((2, "feb-21", ".*"), (3, "gen-21", ".*")), mapping=_BARE
    )
    content = lines(f"{A};1,5;2,5", f"{A};1,5;2,5", header="fiscal_code;gen-21;feb-21")
    yield case(
        "wide: a firm in two rows",
        content,
        rejects((3, ".*", "repeated")),
        rejects((3, ".*", "repeated"), (3, ".*", "repeated")),
        mapping=_BARE,
    )
    content = lines(f"{A};1,5", header="fiscal_code;gen-21;feb-21")
    yield case("wide: a cell short", content, rejects((2, "", "cells")), refused("file."), mapping=_BARE)
    yield case(
        "wide: a pattern without a place", content, refused("mapping."), mapping='[wide]\nonline_sales_eur = "x"\n'
    )
