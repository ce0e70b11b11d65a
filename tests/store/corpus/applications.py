"""Applications: days, provinces, activity codes, words for outcomes, what a row says of itself."""

from collections.abc import Iterator

from tests.helpers.officer import application, as_csv, code
from tests.store.corpus.case import PERSON, A, Case, Outcome, case, fields, refused, rejects

_EMPTY = {"tranche": "", "awarded_on": "", "grant_eur": ""}


def _file(*changes: dict[str, object]) -> bytes:
    """New applications N1, N2, … of firms that have not applied yet, each with its changes."""
    rows = [application(n) | {"application_id": f"N{n}"} | changed for n, changed in enumerate(changes, start=1)]
    columns = {name: "" for row in rows for name in row}
    return as_csv([columns | row for row in rows], delimiter=";")


def _read(column: str, written: str, value: str | None, *others: Outcome, mapping: str = "", **more: str) -> Case:
    content = _file({column: written} | more)
    return case(
        f"{column}: {written}", content, fields(**{column: value}), *others, kind="applications", mapping=mapping
    )


def _bad(column: str, written: str, reason: str, *others: Outcome, **more: str) -> Case:
    content = _file({column: written} | more)
    return case(f"{column}: bad, {written}", content, rejects((2, column, reason)), *others, kind="applications")


_DAYS = (
    *("16/12/2020", "16-12-2020", "16.12.2020", "2020-12-16", "2020-12-16T00:00:00", "2020-12-16 00:00:00"),
    *(
        "16/12/20",
        "16 dicembre 2020",
        "16-dic-20",
        "16 dic 2020",
        "2020-12-16+01:00",
        "16/12/2020 00:00",
        "2020-12-16T10:30:00Z",
    ),
)
_NO_DAYS = (
    "30/02/2021",
    "00/00/0000",
    "2020-13-01",
    "16/12",
    "dicembre 2020",
    "31/11/2020",
    "16//12/2020",
    "32/12/2020",
)
_PROVINCES = {
    "Milano": "MI", "MILANO": "MI", "mi": "MI", "Monza e Brianza": "MB", "Monza e della Brianza": "MB",
    "Provincia di Bergamo": "BG", "MI (Milano)": "MI", "Milano (MI)": "MI", "Sondrio ": "SO", "MN": "MN",
}  # fmt: skip
_ACTIVITIES = {
    "C 10.71": "10", "(NACE 2) C.10.71": "10", "C.10.71": "10", "10.71": "10", "10.71.10": "10", "107110": "10",
    "10.71.10 - Produzione di prodotti di panetteria freschi": "10", "47.91.10": "47", "G 47.91.10": "47",
}  # fmt: skip


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    for written in _DAYS:
        yield _read("awarded_on", written, "2020-12-16", tranche="second")
    for written in _NO_DAYS:
        yield _bad("awarded_on", written, "date.*")
    for written, value in _PROVINCES.items():
        yield _read("province", written, value)
    for written in ("RM", "Roma", "EE", "Lombardia", "Mi/Mb"):
        yield _bad("province", written, "code.*")
    for written, division in _ACTIVITIES.items():
        content = _file({"ateco_code": written})
        yield case(f"ateco_code: {written}", content, fields(division=division), kind="applications")
    for written in ("99.99.99", "pane", "4791101234", "Z 10.71"):
        yield _bad("ateco_code", written, "ateco.*|code.*")
    yield from _words()
    yield from _day_order()
    yield from _rows()
    yield from _awards()


def _words() -> Iterator[Case]:
    asked = (
        refused("file.", "rows."),
        rejects((2, "outcome", "code.*"), told=(r"\[values\.outcome\]", "Ammessa e finanziata")),
    )
    word = {"outcome": "Ammessa e finanziata"}
    yield case("word: an outcome in Italian", _file(word), fields(outcome="funded"), *asked, kind="applications")
    mapping = '[values.outcome]\n"Ammessa e finanziata" = "funded"\n'
    yield case("word: an outcome mapped", _file(word), fields(outcome="funded"), kind="applications", mapping=mapping)
    spaced = {"outcome": "  AMMESSA  e finanziata "}
    yield case(
        "word: an outcome in other capitals",
        _file(spaced),
        fields(outcome="funded"),
        kind="applications",
        mapping=mapping,
    )
    three = ({"outcome": "vinta"}, {"outcome": "vinta"}, {"outcome": "persa"} | _EMPTY)
    bad = rejects(
        *((row, "outcome", "code.*") for row in (2, 3, 4)), told=("vinta", "persa", r"\b2\b", r"\[values\.outcome\]")
    )
    yield case("word: unmapped ones are listed once with their count", _file(*three), bad, kind="applications")
    yield _read("channel", "Sito proprio", "own_site", *asked[:1], rejects((2, "channel", "code.*")))
    yield _read("channel", "OWN_SITE", "own_site")
    yield _read("size_class", "Micro", "micro")
    yield _read("size_class", "Piccola", "small", rejects((2, "size_class", "code.*")))
    yield _read("tranche", "Secondo elenco", "second", awarded_on="2020-12-16")
    yield _read("tranche", "FIRST", "first")
    yield _bad("tranche", "quarto", "code.*")
    yield _bad("size_class", "grande", "code.*")
    yield _read("ateco_edition", "2022", "2022")
    yield _bad("ateco_edition", "2021", "code.*")
    yield _read("name", "=HYPERLINK(1)", "=HYPERLINK(1)", rejects((2, "name", ".*")))
    yield _read("name", "007", "007")
    yield _read("name", "Nulla", "Nulla")
    yield _read("cor", "0012345", "0012345")


def _day_order() -> Iterator[Case]:
    first, second = {"awarded_on": "05/06/2021"}, {"awarded_on": "07/08/2021"}
    both = refused("file.two_", told=("05/06/2021", "2021-06-05|5 giu|5 June|05/06", "date"))
    yield case("days: two orders are possible", _file(first, second), both, kind="applications")
    stated = '[format]\ndate = "%d/%m/%Y"\n'
    yield case(
        "days: the order is stated", _file(first), fields(awarded_on="2021-06-05"), kind="applications", mapping=stated
    )
    american = '[formats.awarded_on]\ndate = "%m/%d/%Y"\n'
    yield case(
        "days: the order is stated for the column",
        _file(first),
        fields(awarded_on="2021-05-06"),
        kind="applications",
        mapping=american,
    )
    told = (first, {"awarded_on": "16/12/2020"})
    yield case("days: told by a neighbour", _file(*told), fields(awarded_on="2021-06-05"), kind="applications")
    told = (first, {"awarded_on": "12/16/2020"})
    yield case(
        "days: told by an American neighbour",
        _file(*told),
        fields(awarded_on="2021-05-06"),
        refused("file."),
        kind="applications",
    )
    mixed = ({"awarded_on": "16/12/2020"}, {"awarded_on": "12/31/2020"})
    yield case(
        "days: two orders in one column",
        _file(*mixed),
        refused("file."),
        rejects((3, "awarded_on", "date.*")),
        kind="applications",
    )
    same = {"awarded_on": "06/06/2021"}
    yield case("days: the same in either order", _file(same), fields(awarded_on="2021-06-06"), kind="applications")
    against = ({"awarded_on": "2020-12-16"}, {"awarded_on": "12/16/2020"})
    yield case(
        "days: against the stated order",
        _file(*against),
        rejects((3, "awarded_on", "date.*")),
        refused("file."),
        kind="applications",
        mapping=stated,
    )


def _rows() -> Iterator[Case]:
    yield case(
        "row: an application twice",
        _file({"application_id": "X"}, {"application_id": "X"}),
        rejects((3, "application_id", "repeated")),
        kind="applications",
    )
    yield case(
        "row: twice, but for a space",
        _file({"application_id": "X "}, {"application_id": " X"}),
        rejects((3, "application_id", "repeated")),
        kind="applications",
    )
    yield case(
        "row: a number of another firm",
        _file({"application_id": "A1001"}),
        rejects((2, "fiscal_code", "other_firm")),
        kind="applications",
    )
    yield case(
        "row: a number with zeros before",
        _file({"application_id": "007"}, {"application_id": "7"}),
        fields("007"),
        kind="applications",
    )
    yield case(
        "row: without its number",
        _file({"application_id": ""}),
        rejects((2, "application_id", "missing")),
        kind="applications",
    )
    person = _file({"fiscal_code": PERSON.lower()})
    yield case("row: a natural person", person, fields(firm_id=PERSON), kind="applications")
    lost = _file({"fiscal_code": code(12345).lstrip("0")})
    yield case("row: a code whose zeros are lost", lost, fields(firm_id=code(12345)), kind="applications")
    three = {"awarded_on": "x", "grant_eur": "y", "province": "z"}
    told = rejects((2, "awarded_on", "date.*"), (2, "grant_eur", ".*"), (2, "province", "code.*"))
    yield case("row: three problems at once", _file(three), told, kind="applications")
    yield _bad("fiscal_code", A[:-1] + "x", "fiscal_code")


def _awards() -> Iterator[Case]:
    yield _bad("awarded_on", "", "award_missing|missing")
    yield _bad("awarded_on", "1921-02-01", "award_before_call|date")
    contradicts = rejects((2, "awarded_on", "award_contradicts"))
    yield case(
        "award: of an application not funded", _file({"outcome": "not_funded"}), contradicts, kind="applications"
    )
    yield _bad("grant_eur", "10000.01", "too_large")
    yield _bad("grant_eur", "-5.5", "negative")
    yield _bad("employees", "dieci", "decimal")
    yield _read("grant_eur", "€ 9.500,50", "9500.50")
    yield _read("grant_eur", "9500", "9500.00")
    yield _read("employees", "3,5", "3.500000")
    yield case(
        "grant_eur: of two readings",
        _file({"grant_eur": "9.500"}),
        refused("file.two_readings", told=("grant_eur", r"9\.500", "9500")),
        kind="applications",
    )
    content = _file({"outcome": "not_funded"} | _EMPTY)
    yield case(
        "award: none of an application not funded",
        content,
        fields(outcome="not_funded", grant_eur=None),
        kind="applications",
    )
