"""What a case of the corpus is: a file, a mapping, and what must come of it.

The store has the applications of four firms: A, B and C, and PERSON, whose code is a natural person's.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from tests.helpers.officer import application, as_csv, code

A, B, C = code(1001), code(1002), code(1003)
STRANGER = code(9)  # has not applied
PERSON = "RSSMRA85T10A562S"
HEADER = "fiscal_code;period;online_sales_eur;total_sales_eur"
SALES_COLUMNS = {
    "online": "online_sales",
    "total": "total_sales",
    "abroad": "online_abroad",
    "countries": "destination_countries",
}

Observation = tuple[str, str, str, Decimal]  # firm, period, outcome, value


@dataclass(frozen=True, slots=True)
class Loaded:
    """The file is loaded. values: all observations of the store afterwards; None: of no interest; fields: column ->
    text of it, by application; told: regular expressions, each of which matches what the officer reads, in both
    languages; warns: regular expressions, each of which matches the reason of a warning; quiet: no warning is given."""

    values: frozenset[Observation] | None = None
    fields: tuple[tuple[str, tuple[tuple[str, str | None], ...]], ...] = ()
    told: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The file is refused for its rows. rows: (row, column, reason), all of them, column and reason regular
    expressions; empty: any rows."""

    rows: tuple[tuple[int, str, str], ...]
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The file is refused as a whole. keys: beginnings of the keys that are right, empty for any; told: regular
    expressions, each of which matches what the officer reads, in both languages."""

    keys: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


Outcome = Loaded | Rejected | Refused


@dataclass(frozen=True, slots=True)
class Case:
    """kind: applications or sales; outcomes: one of these must come of it; mapping: TOML; earlier: files loaded before,
    as (kind, name, content); partial: only the good rows are loaded; group: what the case is an example of."""

    name: str
    group: str
    kind: str
    file: str
    content: Callable[[], bytes]
    outcomes: tuple[Outcome, ...]
    mapping: str = ""
    partial: bool = False
    earlier: tuple[tuple[str, str, bytes], ...] = ()


def first_applications() -> bytes:
    """What the store of every case begins with."""
    person = application(1004) | {"fiscal_code": PERSON}
    return as_csv([*(application(n) for n in (1001, 1002, 1003)), person])


def case(
    name: str,
    content: bytes | str | Callable[[], bytes],
    *outcomes: Outcome,
    file: str = "file.csv",
    kind: str = "sales",
    mapping: str = "",
    partial: bool = False,
    earlier: Iterable[tuple[str, str, bytes]] = (),
) -> Case:
    """A case; its group is the name up to the colon."""
    if isinstance(content, str):
        content = content.encode()
    if isinstance(content, bytes):
        fixed = content
        content = lambda: fixed  # noqa: E731
    group = name.partition(":")[0]
    return Case(name, group, kind, file, content, outcomes, mapping, partial, tuple(earlier))


def lines(*rows: str, header: str = HEADER) -> str:
    """A text file of these rows under the header."""
    return "".join(f"{row}\n" for row in (header, *rows))


def loads(*values: str, told: Iterable[str] = (), quiet: bool = False) -> Loaded:
    """Each value as "A 2021-03 online 9500.50"; the firm a letter of this module or a code."""
    return Loaded(frozenset(_observation(value) for value in values), told=tuple(told), quiet=quiet)


def _observation(written: str) -> Observation:
    firm, period, column, value = written.split(" ")
    known = {"A": A, "B": B, "C": C, "P": PERSON}
    return known.get(firm, firm), period, SALES_COLUMNS[column], Decimal(value)


def refused(*keys: str, told: Iterable[str] = ()) -> Refused:
    """Refused as a whole."""
    return Refused(keys, tuple(told))


def rejects(*rows: tuple[int, str, str], told: Iterable[str] = ()) -> Rejected:
    """Refused for these rows."""
    return Rejected(rows, tuple(told))


def fields(application_id: str = "N1", **columns: str | None) -> Loaded:
    """The application is loaded, with these texts in these columns."""
    return Loaded(fields=((application_id, tuple(columns.items())),))
