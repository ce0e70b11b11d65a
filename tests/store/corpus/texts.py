"""CSV and TXT files: cells under the wrong column, quotes that swallow rows, encodings, separators, cut files."""

from collections.abc import Iterator

from tests.store.corpus.case import HEADER, A, B, C, Case, Loaded, case, fields, lines, loads, refused, rejects

ROWS = (f"{A};2021-03;1,5;10,5", f"{B};2021-03;2,5;20,5", f"{C};2021-03;3,5;30,5")
WHOLE = loads(
    *(f"{firm} 2021-03 online {i}.5" for i, firm in enumerate("ABC", start=1)),
    *(f"{firm} 2021-03 total {i}0.5" for i, firm in enumerate("ABC", start=1)),
)
ONE = loads("A 2021-03 online 7.5")
FIVE = HEADER + ";source"
NAMES = "application_id;fiscal_code;name;outcome;tranche;awarded_on;grant_eur;ateco_code;ateco_edition;province;channel"


def application_line(name: str) -> str:
    """An application of a new firm under that name."""
    return f"N1;{A};{name};funded;first;2020-11-30;9000,50;47.91.10;2007;MI;own_site"


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    yield from _widths()
    yield from _quotes()
    yield from _cuts()
    yield from _encodings()
    yield from _separators()
    yield from _frames()


def _widths() -> Iterator[Case]:
    cells = "cells"
    content = lines(f"{A};2021-03;1,5;2,5;x;y", f"{B};2021-03;1,5;2,5;x", header=FIVE)
    yield case("width: six cells under five columns", content, rejects((2, "", cells)))
    content = lines(f"{A};2021-03;1,5;2,5;x;", f"{B};2021-03;1,5;2,5;x", header=FIVE)
    yield case("width: a sixth cell that is empty", content, rejects((2, "", cells)))
    content = lines(f"{A};2021-03;;1,5;2,5;", f"{B};2021-03;1,5;2,5;x", header=FIVE)
    yield case("width: shifted by one, the last empty", content, rejects((2, "", cells)), refused("file."))
    yield case("width: a cell short", lines(ROWS[0], f"{B};2021-03;1,5"), rejects((3, "", cells)))
    yield case("width: one cell alone", lines(*ROWS, "Fonte: Unioncamere"), rejects((5, "", cells)))
    yield case("width: two rows on one line", lines(ROWS[0], f"{ROWS[1]};{ROWS[2]}"), rejects((3, "", cells)))
    ended = "".join(f"{row};;\n" for row in (HEADER, *ROWS))
    yield case("width: every row ends in two separators", ended, WHOLE)
    ended = "".join(f"{row};;\n" for row in (HEADER, *ROWS[:2])) + ROWS[2] + ";\n"
    yield case("width: one row ends in fewer", ended, rejects((4, "", cells)), WHOLE)
    comma = f"fiscal_code,period,online_sales_eur,total_sales_eur\n{A},2021-03,1234,56,\n{B},2021-03,7.5,8.5\n"
    yield case("width: a decimal comma between commas", comma, rejects((2, "", cells)), refused("file."))
    comma = f"fiscal_code,period,online_sales_eur,total_sales_eur\n{A},2021-03,1234,56\n"
    whole = loads("A 2021-03 online 1234", "A 2021-03 total 56")
    yield case("width: commas that may be either", comma, whole)
    quoted = f'fiscal_code,period,online_sales_eur,total_sales_eur\n{A},2021-03,"1234,56","9,5"\n'
    yield case("width: quoted decimal commas", quoted, loads("A 2021-03 online 1234.56", "A 2021-03 total 9.5"))
    content = lines(*ROWS, ";;50,5;", ";;;")
    yield case("width: a total below", content, rejects((5, ".*", ".*"), (5, ".*", ".*")))
    content = lines(*ROWS, "Totale;;7,5;61,5")
    yield case("width: a total below, named", content, Loaded(WHOLE.values, told=("Totale", r"\b5\b")))
    content = lines(ROWS[0], HEADER, ROWS[1])
    yield case(
        "width: the header again in the middle", content, rejects(*((3, name, ".*") for name in HEADER.split(";")))
    )
    yield case(
        "width: the good rows alone",
        lines(ROWS[0], "x;y", f"{B};2021-03;2,5;20,5;"),
        loads("A 2021-03 online 1.5", "A 2021-03 total 10.5"),
        partial=True,
    )


def _quotes() -> Iterator[Case]:
    swallowed = lines(f'{A};2021-01;"1,5;2,5', f"{A};2021-02;1,5;2,5", f'{A};2021-03;1,5;2,5"', f"{A};2021-04;1,5;2,5")
    told = refused("file.", told=(r"\b2\b", r"\b4\b"))
    yield case("quote: opened on row 2, closed on row 4", swallowed, told)
    last = lines(f'{A};2021-01;1,5;2,5;"nota', f"{A};2021-02;1,5;2,5;x", f'{A};2021-03;1,5;2,5;y"', header=FIVE)
    yield case("quote: of the last column, three rows in one cell", last, told)
    first = lines(f'"{A};2021-01;1,5;2,5', f'{A}";2021-02;1,5;2,5', f"{B};2021-03;1,5;2,5")
    yield case("quote: of the first column, two rows in one", first, refused("file."), rejects((2, ".*", ".*")))
    text = lines(
        f'{A};2021-01;1,5;2,5;"survey', f'{B};2021-01;1,5;2,5;survey"', f"{C};2021-01;1,5;2,5;survey", header=FIVE
    )
    yield case("quote: a row inside the source of another", text, refused("file.", told=(r"\b2\b", r"\b3\b")))
    yield case(
        "quote: never closed", lines(ROWS[0], f'{B};2021-03;"2,5;3', ROWS[2]), refused("file.", told=(r"\b3\b",))
    )
    yield case(
        "quote: text behind it",
        lines(ROWS[0], f'"{B}"x;2021-03;2,5;3'),
        refused("file.", told=(r"\b3\b",)),
        rejects((3, ".*", ".*")),
    )
    yield case(
        "quote: inside a cell",
        lines(f'{A};2021-03;7,5;;5" piatto', header=FIVE),
        ONE,
        rejects((2, ".*", ".*")),
        refused("file."),
    )
    broken = lines(application_line('"Ditta Rossi\nvia Roma 1\nMilano"'), header=NAMES)
    yield case(
        "quote: an address of three lines", broken, fields(name="Ditta Rossi\nvia Roma 1\nMilano"), kind="applications"
    )
    doubled = lines(application_line('"Ditta ""Rossi""; figli"'), header=NAMES)
    yield case("quote: doubled, with a separator", doubled, fields(name='Ditta "Rossi"; figli'), kind="applications")
    header = '"fiscal\ncode";period;"online_sales_eur";total_sales_eur'
    mapping = '[columns]\nfiscal_code = "fiscal code"\n'
    yield case("quote: a line break in the header", lines(f"{A};2021-03;7,5;", header=header), ONE, mapping=mapping)
    yield case(
        "quote: every cell",
        "\n".join(";".join(f'"{cell}"' for cell in row.split(";")) for row in (HEADER, *ROWS)),
        WHOLE,
    )


def _cuts() -> Iterator[Case]:
    content = lines(*ROWS)
    yield case("cut: in the last row", content[: content.rindex("3,5")], refused("file.", told=(r"\b4\b",)))
    yield case(
        "cut: in the last row, when rows may be bad",
        content[: content.rindex("3,5")],
        refused("file.", told=(r"\b4\b",)),
        partial=True,
    )
    yield case("cut: the last line end alone", content[:-1], WHOLE)
    quoted = content[:-1].replace("30,5", '"30,5')
    yield case("cut: inside a quote", quoted, refused("file.", told=(r"\b4\b",)))
    named = lines(application_line("Caffè"), header=NAMES).encode()
    yield case("cut: inside a letter", named[: named.index("è".encode()) + 1], refused("file."), kind="applications")
    yield case("cut: behind the header", HEADER, refused("file.no_rows", "file."))
    yield case("cut: nothing at all", b"", refused("file.empty"))
    yield case("cut: blank lines alone", b"\n\n  \n", refused("file."))


def _encodings() -> Iterator[Case]:
    name = "Società Caffè Perù"
    content = lines(application_line(name), header=NAMES)
    read = fields(name=name)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"):
        yield case(f"encoding: {encoding}", content.encode(encoding), read, kind="applications")
    both = content.encode("utf-16-be")
    yield case("encoding: utf-16-be with its mark", b"\xfe\xff" + both, read, kind="applications")
    old = refused("file.encoding", told=("encoding",))
    for encoding in ("cp850", "mac_roman"):
        yield case(f"encoding: {encoding}", content.encode(encoding), read, old, kind="applications")
        yield case(
            f"encoding: {encoding}, stated",
            content.encode(encoding),
            read,
            kind="applications",
            mapping=f'[format]\nencoding = "{encoding}"\n',
        )
    yield case(
        "encoding: UTF-8, stated as cp1252",
        content.encode(),
        refused("file.", told=("UTF-8|utf-8",)),
        kind="applications",
        mapping='[format]\nencoding = "cp1252"\n',
    )
    yield case(
        "encoding: cp1252, stated as UTF-8",
        content.encode("cp1252"),
        refused("file.encoding", told=(r"\b2\b",)),
        kind="applications",
        mapping='[format]\nencoding = "utf-8"\n',
    )
    yield case(
        "encoding: one that there is not",
        content.encode(),
        refused("file.encoding_unknown"),
        kind="applications",
        mapping='[format]\nencoding = "utf-88"\n',
    )
    second = application_line("Perù").replace(f"N1;{A}", f"N2;{B}")
    mixed = content.encode() + f"{second}\n".encode("cp1252")
    yield case("encoding: two in one file", mixed, refused("file.", told=(r"\b2\b", r"\b3\b")), kind="applications")
    ruined = content.encode().decode("cp1252").encode()
    yield case("encoding: ruined before", ruined, _told("Ã"), kind="applications")
    lost = content.replace("è", "\ufffd").encode()
    yield case("encoding: letters lost before", lost, _told("1"), kind="applications")
    far = lines(
        *(f"{A};{1950 + month // 12}-{month % 12 + 1:02};1;2;survey" for month in range(1100)),
        f"{B};2021-03;1;2;società",
        header=FIVE,
    )
    yield case("encoding: told by the last line", far.encode("cp1252"), Loaded())
    yield case(
        "encoding: a zero byte",
        lines(*ROWS).encode().replace(b"2,5", b"2\0,5"),
        refused("file.not_text", "file.", told=(r"\b3\b",)),
    )
    yield case(
        "encoding: an end-of-file mark",
        lines(*ROWS).encode() + b"\x1a",
        refused("file."),
        WHOLE,
        rejects((5, "", "cells")),
    )
    yield case(
        "encoding: a mark in the middle",
        lines(ROWS[0], "\ufeff" + ROWS[1], ROWS[2]),
        WHOLE,
        rejects((3, "fiscal_code", "fiscal_code")),
    )
    yield case("encoding: bytes of no text", bytes(range(256)) * 40, refused("file."))
    yield case("encoding: zeros", bytes(100_000), refused("file."))
    yield case("encoding: one long line", b"a" * 3_000_000, refused("file."))


def _told(words: str) -> Loaded:
    return Loaded(told=(words,))


def _separators() -> Iterator[Case]:
    content = lines(*ROWS)
    for name, mark in {"tab": "\t", "bar": "|"}.items():
        for file in ("file.csv", "file.txt"):
            yield case(f"separator: {name} in {file}", content.replace(";", mark), WHOLE, file=file)
    dots = content.replace(",", ".")
    yield case("separator: comma", dots.replace(";", ","), WHOLE)
    yield case("separator: Excel's first line", "sep=;\n" + content, WHOLE)
    yield case("separator: Excel's first line, comma", "sep=,\n" + dots.replace(";", ","), WHOLE)
    yield case("separator: stated", content.replace(";", "\t"), WHOLE, mapping='[format]\nseparator = "\\t"\n')
    yield case(
        "separator: stated wrongly",
        content,
        refused("file.", told=("separator",)),
        mapping='[format]\nseparator = "|"\n',
    )
    wide = "\n".join("".join(cell.ljust(20) for cell in row.split(";")) for row in (HEADER, *ROWS))
    yield case("separator: columns of fixed width", wide + "\n", refused("file."))
    yield case("separator: none", "fiscal_code\n" + A + "\n", refused("file.", told=("online_sales_eur",)))
    yield case("separator: a title with commas above", "Vendite, anno 2021, provvisorie\n" + content, WHOLE)


def _frames() -> Iterator[Case]:
    """What stands around the table."""
    content = lines(*ROWS)
    yield case("frame: a title and a blank line", "Elenco delle imprese\n\n" + content, WHOLE)
    yield case("frame: a title as wide as the table", "Elenco;;;\n;;;\n" + content, WHOLE)
    yield case("frame: the header row stated", "a;b;c;d\n" + content, WHOLE, mapping="[format]\nheader_row = 2\n")
    yield case(
        "frame: the header row stated wrongly",
        content,
        refused("file.", told=("header_row",)),
        mapping="[format]\nheader_row = 2\n",
    )
    yield case(
        "frame: a header row far below", content, refused("file.", "mapping."), mapping="[format]\nheader_row = 900\n"
    )
    yield case("frame: blank rows between", content.replace(f"{B};", f"\n;;;\n{B};"), WHOLE)
    bad = content.replace(f"{B};2021-03", f"\n{B};2021-14")
    yield case("frame: rows are counted as a spreadsheet does", bad, rejects((4, "period", "period")))
    for name, end in {"CRLF": "\r\n", "CR": "\r"}.items():
        yield case(f"frame: {name}", content.replace("\n", end), WHOLE)
    yield case("frame: mixed line ends", content.replace("\n", "\r\n", 2), WHOLE)
    yield case(
        "frame: two columns of one name",
        lines(f"{A};2021-03;1;2", header="fiscal_code;period;online_sales_eur;online_sales_eur"),
        refused("file.column_twice", told=("online_sales_eur",)),
    )
    hidden = content.replace("fiscal_code", "\u200bfiscal_code ", 1).replace("period", "\u00a0Period", 1)
    yield case("frame: invisible marks in the header", hidden, WHOLE)
    capitals = content.replace(HEADER, HEADER.upper())
    yield case("frame: a header in capitals", capitals, WHOLE)
    extra = lines(*(f"{row};x" for row in ROWS), header=HEADER + ";Annotazioni")
    yield case("frame: a column of no use is named", extra, _told("Annotazioni"))
    unnamed = lines(*(f"{row};99" for row in ROWS), header=HEADER + ";")
    yield case(
        "frame: a column without a name that holds values",
        unnamed,
        refused("file."),
        rejects(*((n, "", "cells") for n in (2, 3, 4))),
        _told("99|5"),
    )
    yield case("frame: no header", content.partition("\n")[2], refused("file.", told=("fiscal_code",)))
