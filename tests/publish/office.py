"""What LibreOffice makes of the files, as somebody in Italy has it who has set nothing: `make check-office`.

It opens a table of every shape as XLSX, as Italian CSV and as plain CSV, saves what it holds, and compares: it opens
without repair, numbers are the same numbers, words the same words, and nothing is a formula. Not part of the tests:
LibreOffice is large, and takes seconds for each file.

A text file opens with LibreOffice's question how to cut it, whatever it holds; the proposal of that question (comma,
semicolon and tab, quotes, the encoding that the file's first bytes tell, the user's country) is what is tried here.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from analytics.folders import Home
from analytics.language.text import speaking
from analytics.present.tables.table import ColumnKind, Table
from analytics.publish.about import Origin
from analytics.publish.formats import FORMATS
from analytics.release import Release, Releases
from tests.conftest import demonstrated
from tests.helpers.office import ADVICE, EMPTY, Cell, Office, install, soffice
from tests.publish import reading
from tests.publish.tables import ASKED, OF_YEARS, of_texts, table_of, withheld_whole

KEPT = 15  # significant digits that LibreOffice writes into any file; behind an exponent one fewer
SHOWN = 20  # differences of one way of opening that are printed
UTF_8, QUOTE, FIRST_LINE = "76", "34", "1"
PROPOSED, SEMICOLON, COMMA = "44/59/9", "59", "44"
TRUTHS = {True: ("of:=TRUE()", "VERO", "true"), False: ("of:=FALSE()", "FALSO", "false")}
ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@A1",
    "\t=1+1",
    "1;=1+1",
    "1,=1+1",
    '";"=1+1',
    "x\n=1+1",
    "=cmd|' /C calc'!A0",
    "\uff1d1+1",
]
NAMES = ("ecommerce-2020", "michigan-1988")


@dataclass(frozen=True, slots=True)
class Way:
    """A way of opening a file. separators: of text files, by their codes, "" of others."""

    name: str
    form: str
    separators: str = ""

    @property
    def options(self) -> str:
        """As LibreOffice's filter takes them: country of the user, text between quotes may be a number."""
        return f"{self.separators},{QUOTE},{UTF_8},{FIRST_LINE},,0,false,false" if self.separators else ""


WAYS = (
    Way("XLSX", "xlsx"),
    Way("Italian CSV, as LibreOffice proposes", "csv-it", PROPOSED),
    Way("Italian CSV, at semicolons as Excel cuts it", "csv-it", SEMICOLON),
)
PLAIN = Way("CSV, in a country of decimal points", "csv", COMMA)


def main() -> int:
    """Open everything; 0 where nothing differs."""
    if soffice() is None:
        install()
    if soffice() is None:
        print(ADVICE)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        found = list(_found(root, _releases(root)))
    print(f"{len(found)} differences" if found else "Nothing differs.")
    return 1 if found else 0


def _releases(root: Path) -> dict[str, Release]:
    """The demonstration and Michigan, those at hand or made now; and Michigan with everything withheld."""
    home = Home.default()
    if not all((home.releases / name / "current").exists() for name in NAMES):
        print("Building the demonstration", flush=True)
        home = Home(root / "home")
        demonstrated(home.root)
    by_name = {name: Releases(home.releases, name).open() for name in NAMES}
    return by_name | {"withheld": withheld_whole(by_name["michigan-1988"], root / "withheld")}


def _found(root: Path, by_name: dict[str, Release]) -> Iterator[str]:
    """Every difference; the first of each way of opening are printed."""
    italian, english = Office(root, "it-IT"), Office(root, "en-GB")
    tables = {f"{name}, {shape}": table_of(release, shape) for name, release, shape in _cases(by_name)}
    tables |= {"text that would run": of_texts(ATTACKS, by_name["ecommerce-2020"])}
    for office, way in (*((italian, way) for way in WAYS), (english, PLAIN)):
        kinds: Counter[str] = Counter()
        differences: list[str] = []
        for number, (name, table) in enumerate(tables.items()):
            file = root / f"{number}.{FORMATS[way.form].ending}"
            file.write_bytes(FORMATS[way.form].write(table, Origin(), speaking("it")))
            sheet = office.opened(file, way.options)
            kinds.update(cell.kind for row in sheet for cell in row if cell != EMPTY)
            differences += [f"{way.name}: {name}: {words}" for words in _differences(table, sheet, way)]
        print(f"{way.name}: {len(tables)} tables; {', '.join(f'{n:,} {kind}' for kind, n in sorted(kinds.items()))}")
        for words in differences[:SHOWN]:
            print(f"  {words}", flush=True)
        yield from differences


def _cases(by_name: dict[str, Release]) -> Iterator[tuple[str, Release, str]]:
    for name, release in by_name.items():
        for shape in ASKED if name == "ecommerce-2020" else OF_YEARS:
            yield name, release, shape


def _differences(table: Table, sheet: list[list[Cell]], way: Way) -> Iterator[str]:
    heads, *rows = sheet
    published = reading.as_published(table)
    names = [column.name for column in table.columns]
    if [head.words for head in heads] != names:
        yield f"headings {[head.words for head in heads]}"
    elif len(rows) != len(published):
        yield f"{len(rows)} rows, not {len(published)}"
    else:
        for place, (row, values) in enumerate(zip(rows, published, strict=True)):
            for column, cell, value in zip(table.columns, row, values, strict=True):
                if not _is(value, cell, column.kind, way):
                    yield f"row {place + 2}, {column.name}: {value!r} is {cell}"


def _is(value: reading.Value, cell: Cell, kind: ColumnKind, way: Way) -> bool:
    """Whether a cell holds a value."""
    match value:
        case None:
            return cell == EMPTY
        case bool():  # LibreOffice opens a truth value of XLSX as a formula that takes nothing in; CSV's are words
            return (cell.formula or cell.words) in TRUTHS[value] and (way.form == "xlsx" or not cell.formula)
        case int() | float():
            return not cell.formula and cell.kind in ("float", "percentage") and _same_number(float(value), cell.number)
        case _:
            return not cell.formula and _same_words(value, cell, way)


def _same_number(value: float, read: float | None) -> bool:
    """The same up to half a unit of the last digit kept."""
    if read is None or not value:
        return read == value
    published, held = Decimal(repr(value)), Decimal(repr(read))
    kept = KEPT - ("e" in repr(read))
    return abs(held - published) * 2 <= Decimal(10) ** (published.adjusted() + 1 - kept)


def _same_words(words: str, cell: Cell, way: Way) -> bool:
    """The same words; a whole number that is a code may be a number of the same digits; those that would run stand
    behind an apostrophe.
    """
    if words in ATTACKS:
        return cell.kind == "string" and not cell.words.startswith(("=", "+", "-", "@", "\t", "\uff1d"))
    if cell.kind == "string":
        return cell.words == words
    return way.form != "xlsx" and cell.kind == "float" and words == f"{cell.number:.0f}"


if __name__ == "__main__":
    sys.exit(main())
