"""Firms from outside the applicants: read as applications are, and never one of those."""

from collections.abc import Iterator
from dataclasses import replace

from tests.helpers.officer import application, as_csv, as_xlsx, code, sale
from tests.store.corpus.case import A, Case, Loaded, Outcome, case, fields, loads, refused, rejects

ONE, TWO = code(2001), code(2002)


def firm(n: int, **changes: object) -> dict[str, object]:
    """A firm from outside, with all that the programme asks for."""
    row = {"fiscal_code": code(n), "name": f"Ditta {n}", "ateco_code": "47.91.10", "ateco_edition": "2007"}
    return row | {"province": "MI", "employees": "12", "turnover_eur": "1250000"} | changes


def _of(name: str, content: bytes, *outcomes: Outcome, mapping: str = "", **how: object) -> Case:
    return case(f"outside: {name}", content, *outcomes, kind="comparison", mapping=mapping, **how)  # type: ignore[arg-type]


def _file(*rows: dict[str, object]) -> bytes:
    columns = {name: "" for row in rows for name in row}
    return as_csv([columns | row for row in rows], delimiter=";")


_TWO = _file(firm(2001), firm(2002))
_LOADED = (("comparison", "first.csv", _TWO),)
_BOOK = as_xlsx(
    [
        ["Imprese di confronto dal Registro imprese", None, None, None, None],
        ["Codice fiscale", "Ragione sociale", "Codice ATECO 2007", "Provincia", "Addetti"],
        [ONE, "Uno srl", "47.91.10", "Milano", 7],
        [TWO, "Due srl", "10.71.10", "Bergamo", None],
    ]
)
_OF_BOOK = """
[constants]
ateco_edition = "2007"
[columns]
fiscal_code = "Codice fiscale"
name = "Ragione sociale"
ateco_code = "Codice ATECO 2007"
province = "Provincia"
employees = "Addetti"
"""


def _reading() -> Iterator[Case]:
    yield _of(
        "as they should be", _TWO, replace(fields(ONE, division="47", province="MI", size_class="small"), quiet=True)
    )
    book = {"file": "imprese.xlsx", "mapping": _OF_BOOK}
    yield _of("a workbook", _BOOK, fields(ONE, name="Uno srl", province="MI", division="47"), **book)
    yield _of(
        "a code without its zeros",
        _file(firm(2001, fiscal_code=code(12345).lstrip("0"))),
        fields(code(12345), name="Ditta 2001"),
    )
    yield _of(
        "another edition", _file(firm(2001, ateco_code="10.71.10", ateco_edition="2022")), fields(ONE, division="10")
    )
    yield _of("no column of the firm", as_csv([{"name": "x", "ateco_code": "10.71"}]), refused("file.column_missing"))
    yield _of("applications beside", as_csv([application(1)]), fields(code(1), province="MI"))
    yield _of("a column per month", f"fiscal_code;gen-21;feb-21\n{ONE};1;2\n".encode(), refused("file.column_missing"))


def _rows() -> Iterator[Case]:
    yield _of(
        "twice in one file",
        _file(firm(2001), firm(2002), firm(2001)),
        rejects((4, "fiscal_code", "repeated"), told=["2"]),
    )
    yield _of(
        "one that applied", _file(firm(2001), firm(1001)), rejects((3, "fiscal_code", "applied"), told=["--partial", A])
    )
    yield _of(
        "one that applied, the others alone",
        _file(firm(2001), firm(1001)),
        fields(ONE, name="Ditta 2001"),
        partial=True,
    )
    yield _of("no activity", _file(firm(2001, ateco_code="")), rejects((2, "ateco_code", "missing")))
    yield _of("no such activity", _file(firm(2001, ateco_code="99.99")), rejects((2, "ateco_code", "ateco_unknown")))
    yield _of("no such code", _file(firm(2001, fiscal_code="00484960589")), rejects((2, "fiscal_code", "fiscal_code")))
    yield _of("no code", _file(firm(2001, fiscal_code="")), rejects((2, "fiscal_code", "missing")))
    yield _of("no such province", _file(firm(2001, province="XX")), rejects((2, "province", "code")))


def _later() -> Iterator[Case]:
    yield _of("a correction of one column", as_csv([{"fiscal_code": ONE, "employees": "40"}]),
              fields(ONE, employees="40.000000", name="Ditta 2001", division="47"), earlier=_LOADED)  # fmt: skip
    yield _of("an empty cell says nothing", _file(firm(2001, employees="", name="Altra")),
              fields(ONE, employees="12.000000", name="Altra"), earlier=_LOADED)  # fmt: skip
    yield _of(
        "another activity",
        as_csv([{"fiscal_code": ONE, "ateco_code": "10.71"}]),
        fields(ONE, division="10"),
        earlier=_LOADED,
    )
    yield _of("the same again", _TWO, Loaded(told=[r"già.*importat|already"]), earlier=_LOADED)
    since = ("applications", "a.csv", as_csv([application(2001)]))
    other = ("comparison", "b.csv", _file(firm(2003)))
    yield _of("applied since", _TWO, rejects((2, "fiscal_code", "applied")), earlier=(*_LOADED, since, other))
    yield case("outside: one of them applies", as_csv([application(2001)]), Loaded(warns=("comparison_applicants",)),
               kind="applications", earlier=_LOADED)  # fmt: skip
    both = loads(f"{ONE} 2021-03 online 100.00", "A 2021-03 online 100.00")
    yield case("outside: what they sold", as_csv([sale(2001), sale(1001)]), both, earlier=_LOADED)
    neither = rejects((3, "fiscal_code", "firm_unknown"), told=["import comparison"])
    yield case("outside: what nobody sold", as_csv([sale(2001), sale(2003)]), neither, earlier=_LOADED)


def _warned() -> Iterator[Case]:
    closed = [
        firm(2001, closed_on="1900-01-01"),
        firm(2002, closed_on="2018-05-01"),
        firm(2003, other_aid_on="1905-01-01"),
    ]
    told = ("closed_long_ago", "closed_before_call", "other_aid_far")
    yield _of("dates that cannot well be", _file(*closed), Loaded(warns=told))
    thousands = [firm(2000 + n, turnover_eur="12.5", fiscal_code=code(2000 + n)) for n in range(1, 8)]
    yield _of("turnover in thousands", _file(*thousands), Loaded(warns=("turnover_unit",)))
    yield _of(
        "a size that contradicts staff",
        _file(firm(2001, size_class="micro", employees="120")),
        Loaded(warns=("size_contradicts",)),
    )
    applied = ("applications", "a.csv", as_csv([application(5, name="DITTA UGUALE S.R.L.")]))
    same_name = _file(firm(2001, name="Ditta Uguale srl"))
    yield _of("an applicant's name under another code", same_name, Loaded(warns=("two_codes",)), earlier=(applied,))


def cases() -> Iterator[Case]:
    """All of them."""
    for part in (_reading, _rows, _later, _warned):
        yield from part()
