"""Every file of a table holds the table, to the last digit, whoever reads it; and nothing that a spreadsheet runs."""

import csv
import datetime as dt
import io
import json
import math
import time
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from frictionless import system
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pysdmx.io import read_sdmx

from analytics.folders import Home
from analytics.language.text import LANGUAGES, speaking
from analytics.model import UserError
from analytics.present.tables.named import release_tables
from analytics.present.tables.table import Column, ColumnKind, Table
from analytics.publish.about import Origin, notes
from analytics.publish.addresses import file_name
from analytics.publish.formats import FORMATS
from analytics.publish.formats import workbook as workbooks
from analytics.publish.formats.separated import ITALIAN, PLAIN, write_separated
from analytics.publish.formats.values import disarmed
from analytics.publish.formats.workbook import write_table, write_tables
from analytics.publish.package import package
from analytics.release import Release, Releases
from tests.publish import reading
from tests.publish.tables import ASKED, OF_YEARS, codebook_of, of_texts, table_of, withheld_whole

ORIGIN = Origin(
    address="https://example.org/api/tables/cohorts.csv?by=sector",
    page="https://example.org/cohorts?by=sector",
    state="superseded",
    newer="2026-2",
    published=dt.datetime(2030, 1, 10, 9, tzinfo=dt.UTC),
)
TEXT = speaking("it")
FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
STARTS = (*FORMULAS, "\t", "\r", "\n")
CASES = [
    *(("ecommerce-2020", shape) for shape in ASKED),
    *(("michigan-1988", shape) for shape in OF_YEARS),
    *(("withheld", shape) for shape in OF_YEARS),
]


@pytest.fixture(scope="module")
def by_name(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Release]:
    """The demonstration; Michigan, of years and dollars; and Michigan with everything withheld."""
    names = ("ecommerce-2020", "michigan-1988")
    found = {name: Releases(demonstration.releases, name).open() for name in names}
    return found | {"withheld": withheld_whole(found["michigan-1988"], tmp_path_factory.mktemp("withheld"))}


@pytest.fixture(scope="module")
def release(by_name: dict[str, Release]) -> Release:
    return by_name["ecommerce-2020"]


def written(form: str, table: Table) -> bytes:
    return FORMATS[form].write(table, ORIGIN, TEXT)


# ---- equal to the last digit -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("programme", "shape"), CASES)
def test_every_file_holds_what_the_table_holds(
    by_name: dict[str, Release], programme: str, shape: str, tmp_path: Path
) -> None:
    """CSV, Italian CSV, XLSX, Parquet, JSON and package of one table, each read by another program, are that table to
    the last bit of every number: also empty ones, yearly ones, those of a release that tells nothing.
    """
    table = table_of(by_name[programme], shape)
    published = reading.as_published(table)
    plain, parquet = written("csv", table), written("parquet", table)
    assert reading.by_pandas(plain, table) == published
    assert reading.by_duckdb(plain, table, tmp_path, "csv") == published
    assert reading.by_pandas(written("csv-it", table), table, italian=True) == published
    assert reading.by_pyarrow(parquet) == published
    assert reading.by_duckdb(parquet, table, tmp_path, "parquet") == published
    assert reading.by_json(written("json", table), table) == published
    assert reading.by_openpyxl(written("xlsx", table), table, "dati") == published
    assert reading.by_frictionless(package([table], ORIGIN, TEXT), table, tmp_path / "package") == published


def test_the_cases_are_what_they_are_called(by_name: dict[str, Release]) -> None:
    """Some tables are empty, one tells nothing, the others tell much; else the test above would hold little."""
    assert not len(table_of(by_name["ecommerce-2020"], "no cohort").data)
    assert not len(table_of(by_name["ecommerce-2020"], "no figure").data)
    hidden = table_of(by_name["withheld"], "figures with all that is told of an effect")
    numbers = [column.name for column in hidden.columns if column.kind in (ColumnKind.NUMBER, ColumnKind.INTEGER)]
    assert len(hidden.data)
    assert hidden.data[numbers].isna().all(axis=None)
    told = table_of(by_name["ecommerce-2020"], "figures with all that is told of an effect")
    assert any(len(repr(value)) > 17 for value in told.data["value"].dropna())  # digits that a careless writer loses
    assert len(table_of(by_name["ecommerce-2020"], "group-time").data) > 1000
    assert table_of(by_name["michigan-1988"], "lines").data["period"].str.fullmatch(r"\d{4}").all()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=20))
def test_any_number_keeps_all_its_digits(by_name: dict[str, Release], numbers: list[float]) -> None:
    """The smallest, the largest: what comes out of each file is the double that went in."""
    columns = (Column("place", ColumnKind.INTEGER, "place"), Column("value", ColumnKind.NUMBER, "value", unit="@place"))
    values = {"place": range(len(numbers)), "value": numbers}
    table = Table.of("lines", columns, values, ("place",), {}, by_name["michigan-1988"])
    files = {form: written(form, table) for form in ("csv", "csv-it", "xlsx", "json", "parquet")}
    assert [row[1] for row in reading.by_pandas(files["csv"], table)] == numbers
    assert [row[1] for row in reading.by_pandas(files["csv-it"], table, italian=True)] == numbers
    assert [row[1] for row in reading.by_openpyxl(files["xlsx"], table, "dati")] == numbers
    assert [row[1] for row in reading.by_json(files["json"], table)] == numbers
    assert [row[1] for row in reading.by_pyarrow(files["parquet"])] == numbers


def test_whole_numbers_are_whole_and_truths_are_truths(release: Release) -> None:
    """93 is not 93.0, in text files too; the Italian file says VERO and FALSO and 0,5."""
    table = table_of(release, "cohorts by sector")
    plain = list(csv.DictReader(io.StringIO(written("csv", table).decode())))
    italian = list(csv.DictReader(io.StringIO(written("csv-it", table).decode("utf-8-sig")), delimiter=";"))
    assert plain[0]["firms"] == italian[0]["firms"] == str(int(table.data["firms"][0]))
    assert {row["effect_n_comparison_at_least"] for row in plain} <= {"true", "false", ""}
    assert {row["effect_n_comparison_at_least"] for row in italian} <= {"VERO", "FALSO", ""}
    assert italian[0]["effect"] == plain[0]["effect"].replace(".", ",")
    assert b"\r\n" in written("csv", table)
    assert not written("csv", table).startswith(b"\xef\xbb\xbf")
    assert written("csv-it", table).startswith(b"\xef\xbb\xbf")


def test_an_italian_file_is_cut_alike_at_semicolons_and_at_all_that_libreoffice_offers(release: Release) -> None:
    """LibreOffice proposes comma, semicolon and tab together: decimal commas stand between quotes."""
    content = written("csv-it", table_of(release, "cohorts by sector")).decode("utf-8-sig")
    by_semicolon = list(csv.reader(io.StringIO(content), delimiter=";"))
    assert by_semicolon == _cut(content, ",;\t")


def _cut(content: str, separators: str) -> list[list[str]]:
    """The cells of a file of which no text holds a line's end, by a reader for which each of these separates."""
    rows = []
    for line in content.removesuffix("\r\n").split("\r\n"):
        cells, cell, quoted, place = [], "", False, 0
        while place < len(line):
            mark = line[place]
            if quoted and line.startswith('""', place):
                cell, place = cell + '"', place + 1
            elif mark == '"' and (quoted or not cell):
                quoted = not quoted
            elif mark in separators and not quoted:
                cells, cell = [*cells, cell], ""
            else:
                cell += mark
            place += 1
        rows.append([*cells, cell])
    return rows


# ---- nothing that a spreadsheet runs ---------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
ATTACKS = st.builds(
    "".join,
    st.lists(st.sampled_from(['"', "'", ";", ",", "\t", "\r", "\n", " ", "=", "+", "-", "@", "\uff1d", "A1", "x"])),
)


@given(st.lists(TEXTS | ATTACKS, min_size=1, max_size=6))
@examples(max_examples=150)
def test_no_text_is_a_formula_in_any_file(by_name: dict[str, Release], texts: list[str]) -> None:
    """Neither where a file is read as it is meant, nor where a spreadsheet of another country cuts it elsewhere: no
    cell of text starts as a formula does.
    """
    table = of_texts(texts, by_name["michigan-1988"])
    for form, own in {"csv": ",", "csv-it": ";", "sdmx": ","}.items():
        content = written(form, table).decode("utf-8-sig")
        for separator in ",;\t":
            cells = {cell for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator) for cell in row}
            begun = {cell for cell in cells if cell.lstrip(' "\t\r\n').startswith(FORMULAS)}
            begun |= {cell for cell in cells if separator == own and cell.startswith(STARTS)}
            assert not {cell for cell in begun if not _is_number(cell)}, (form, separator)
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", table)))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                assert not (isinstance(cell.value, str) and cell.value.startswith(STARTS))


def _is_number(cell: str) -> bool:
    """Whether a cell is a negative number or, cut at a decimal comma, the beginning of one."""
    try:
        return math.isfinite(float(cell.replace(",", ".").split(";")[0].split("\t")[0]))
    except ValueError:
        return False


@given(TEXTS)
def test_text_that_starts_no_formula_is_left_as_it_is(words: str) -> None:
    """What is disarmed once is safe; what is safe stays itself, and what was not reads on behind an apostrophe."""
    safe = disarmed(words)
    assert disarmed(safe) == safe
    assert safe.replace("'", "") == words.replace("'", "")
    if not any(start in words for start in STARTS):
        assert safe == words


@pytest.mark.parametrize("shape", OF_YEARS)
def test_the_demonstrations_own_texts_are_left_as_they_are(release: Release, shape: str) -> None:
    """Codes, labels and meanings of the demonstration need no apostrophe: files agree by text, too."""
    for table in (table_of(release, shape), codebook_of(release)):
        for column in table.columns:
            if column.kind is ColumnKind.TEXT:
                words = table.data[column.name].dropna().unique()
                assert [disarmed(word) for word in words] == list(words)


# ---- what stands beside ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["ecommerce-2020", "michigan-1988", "withheld"])
def test_a_workbook_says_what_it_holds(by_name: dict[str, Release], name: str, language: str) -> None:
    """Five sheets, in the reader's language; headings stay in view and on every printed page, with the mark of invented
    data; every column is in the codebook; the checks can be counted again.
    """
    text, release = speaking(language), by_name[name]
    table = table_of(release, "cohorts by sector", language)
    book = openpyxl.load_workbook(io.BytesIO(write_table(table, ORIGIN, text)))
    names = [text(f"export.sheet.{sheet}") for sheet in ("data", "notes", "codebook", "query", "checks")]
    assert book.sheetnames == names
    assert all(len(sheet) <= 31 for sheet in names)
    data = book[names[0]]
    assert data.freeze_panes == "A2"
    assert data.print_title_rows == "$1:$1"
    assert data.auto_filter.ref.startswith("A1:")
    assert (data.page_setup.orientation, data.page_setup.fitToHeight) == ("landscape", 0)
    assert data.sheet_properties.pageSetUpPr.fitToPage  # on one page's width, and as many as it takes
    assert (data.oddHeader.right.text or "") == (f"&B{text('mark.simulated')}" if release.simulated else "")
    told = {row[0]: row[1] for row in book[names[1]].iter_rows(values_only=True)}
    assert told == {note.label: note.words for note in notes([table], ORIGIN, text)}
    explained = {row[2] for row in book[names[2]].iter_rows(values_only=True)}
    assert {column.name for column in table.columns} <= explained
    checks = {row[0]: row[1] for row in book[names[4]].iter_rows(max_col=2, values_only=True)}
    assert checks[f"cohorts: {text('export.check.rows')}"] == len(table.data) == data.max_row - 1
    assert checks[f"cohorts: {text('export.check.columns')}"] == data.max_column
    assert book.properties.creator == release.programme.authority.in_(text)


def test_numbers_are_shown_as_their_units_are_read(release: Release) -> None:
    """A fraction as a percentage, a count in whole numbers, money in cents; the value behind it is exact."""
    table = table_of(release, "cohorts by sector")
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", table)))["dati"]
    shown = {cell.column_letter: cell for cell in sheet[2]}
    by_name = {head.value: shown[head.column_letter] for head in sheet[1]}
    assert by_name["effect"].number_format == "0.0%"
    assert by_name["firms"].number_format == "#,##0"
    assert by_name["grants"].number_format == "#,##0.00"
    total = next(row for row in sheet.iter_rows(min_row=2) if row[3].value == "total")
    assert total[0].font.b


def test_what_is_withheld_is_counted_by_its_public_reason(by_name: dict[str, Release]) -> None:
    """Of a release that tells nothing: all of it, as confidential; and no rule is named."""
    table = table_of(by_name["withheld"], "figures")
    told = {note.name: note.words for note in notes([table], ORIGIN, TEXT)}
    assert told["withheld"].startswith(TEXT.number(len(table.data)))
    assert TEXT("code.reason.confidential") in told["withheld"]


def test_parquet_says_in_its_schema_what_it_holds(release: Release) -> None:
    """Every column its meaning, those with a unit their unit; the file its release, state, licence and kind of data."""
    table = table_of(release, "cohorts by sector")
    schema = pq.read_schema(io.BytesIO(written("parquet", table)))
    for column in table.columns:
        about = schema.field(column.name).metadata
        assert about[b"description"].decode() == column.in_words(TEXT)
        assert about.get(b"unit", b"").decode() == column.unit
    told = {name.decode(): words.decode() for name, words in schema.metadata.items()}
    assert told["data_mark"] == TEXT("mark.simulated_note")
    assert told["state"] == "superseded"
    assert "2026-2" in told["release"]
    assert json.loads(told["query"])["by"] == "sector"
    assert {"licence", "citation", "rounding"} <= set(told)


@pytest.mark.parametrize("name", ["ecommerce-2020", "michigan-1988", "withheld"])
def test_a_citation_leads_back_and_says_that_figures_are_invented(by_name: dict[str, Release], name: str) -> None:
    """Whoever pastes it somewhere pastes release, address and the mark, too."""
    release = by_name[name]
    told = {note.name: note.words for note in notes([table_of(release, "applications")], ORIGIN, TEXT)}
    assert release.release_id in told["citation"]
    assert ORIGIN.page in told["citation"]
    assert (TEXT("mark.simulated") in told["citation"]) == release.simulated


# ---- equal content, equal bytes; limits ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_equal_tables_give_equal_bytes(release: Release, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day later the same file comes out: its hash may stand in an address's ETag, and in somebody's notes."""
    table = table_of(release, "cohorts by sector")
    first = written(form, table)
    _tomorrow(monkeypatch)
    assert written(form, table_of(release, "cohorts by sector")) == first


def test_equal_tables_give_equal_packages(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of packages."""
    first = package([table_of(release, "lines")], ORIGIN, TEXT)
    _tomorrow(monkeypatch)
    assert package([table_of(release, "lines")], ORIGIN, TEXT) == first


def _tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()

    class Kind(type):
        def __instancecheck__(cls, moment: object) -> bool:
            return isinstance(moment, dt.datetime)

    class Later(dt.datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime.fromtimestamp(now + 86_400, tz)

    monkeypatch.setattr("xlsxwriter.core.datetime", Later)
    monkeypatch.setattr(time, "time", lambda: now + 86_400)


def test_more_rows_than_a_sheet_has_are_refused(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is Excel's; the refusal names the table, and nothing is cut off in silence."""
    table = table_of(release, "lines")
    monkeypatch.setattr(workbooks, "MOST_ROWS", len(table.data) - 1)
    with pytest.raises(UserError) as refused:
        write_table(table, ORIGIN, TEXT)
    assert "lines" in refused.value.said(TEXT)


@pytest.mark.parametrize("name", ["michigan-1988", "withheld"])
def test_a_whole_release_is_one_workbook(by_name: dict[str, Release], name: str) -> None:
    """A sheet for each of its tables, each equal to it."""
    tables = release_tables(by_name[name], TEXT)
    content = write_tables(tables, ORIGIN, TEXT)
    for table in tables:
        assert reading.by_openpyxl(content, table, table.name) == reading.as_published(table)


def test_a_files_name_says_that_its_data_are_invented(by_name: dict[str, Release]) -> None:
    """Also when it lies in somebody's folder."""
    for release in by_name.values():
        named = file_name(release, "cohorts", "csv")
        assert named.endswith(f"{release.programme.id}-{release.release_id}-cohorts.csv")
        assert named.startswith("SIMULATED-") is release.simulated


# ---- packages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["michigan-1988", "withheld"])
def test_frictionless_accepts_the_package_of_a_whole_release(
    by_name: dict[str, Release], name: str, tmp_path: Path
) -> None:
    """No error in any table: types, keys and required values are as described. Every column is described."""
    tables = release_tables(by_name[name], TEXT)
    found = reading.opened(package(tables, ORIGIN, TEXT), tmp_path)
    with system.use_context(trusted=True):
        report = found.validate()
    assert report.valid, report.flatten(["title", "message"])
    assert [resource.name for resource in found.resources] == [*(table.name for table in tables), "codebook"]
    for resource in found.resources:
        assert resource.description
        assert all(field.description for field in resource.schema.fields)
    about = found.to_descriptor()
    assert about["release"] == about["release"] | {"id": "2026-1", "state": "superseded", "superseded_by": "2026-2"}
    assert about["licenses"][0]["name"] == "CC-BY-4.0"
    assert "lines.csv" in (tmp_path / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("shape", ["cohorts by sector", "no cohort", "figures with all that is told of an effect"])
def test_frictionless_accepts_the_package_of_what_is_shown(release: Release, shape: str, tmp_path: Path) -> None:
    """The same of one table, and of one without rows; the package says that its figures are invented."""
    found = reading.opened(package([table_of(release, shape)], Origin(), TEXT), tmp_path)
    with system.use_context(trusted=True):
        report = found.validate()
    assert report.valid, report.flatten(["title", "message"])
    assert found.to_descriptor()["release"]["simulated"]
    assert TEXT("mark.simulated_note") in found.description


def test_frictionless_would_see_a_broken_file(release: Release, tmp_path: Path) -> None:
    """A row twice, a missing key, a word in place of a number: the description is strict enough to tell."""
    found = reading.opened(package([table_of(release, "lines")], ORIGIN, TEXT), tmp_path)
    file = tmp_path / "data" / "lines.csv"
    head, first, second, *rest = file.read_text(encoding="utf-8").splitlines()
    cells = second.split(",")
    cells[3] = ""
    broken = [head, first, first, ",".join(cells), *rest[:5], rest[6].replace(",1", ",one", 1)]
    file.write_text("\n".join(broken), encoding="utf-8")
    with system.use_context(trusted=True):
        kinds = {kind for (kind,) in found.validate().flatten(["type"])}
    assert "primary-key" in kinds
    assert "constraint-error" in kinds


# ---- SDMX ------------------------------------------------------------------------------------------------------------

OF_SDMX = {
    "figures": "value",
    "figures with all that is told of an effect": "value",
    "cohorts by sector": "effect",
    "group-time": "att",
    "lines": "index",
    "spread": "change",
}


@pytest.mark.parametrize("name", ["ecommerce-2020", "michigan-1988", "withheld"])
@pytest.mark.parametrize("shape", OF_SDMX)
def test_pysdmx_reads_the_observations_back(by_name: dict[str, Release], name: str, shape: str, tmp_path: Path) -> None:
    """One observation a row, in order, by their codes, values and statuses; "*" is SDMX's total."""
    table = table_of(by_name[name], shape)
    file = tmp_path / "data.csv"
    file.write_bytes(written("sdmx", table))
    if not len(table.data):
        assert len(file.read_text(encoding="utf-8").splitlines()) == 1
        return
    [data] = read_sdmx(file).data
    observed = data.data
    value = OF_SDMX[shape]
    assert len(observed) == len(table.data)
    got = [None if str(number) in ("", "NaN") else float(number) for number in observed["OBS_VALUE"]]
    meant = [None if missing else float(number) for number, missing in _with_missing(table, value)]
    assert [number is None for number in got] == [number is None for number in meant]
    for read, published in zip(got, meant, strict=True):
        if published is not None and read is not None:  # pysdmx reads by pandas' quick way, which may miss the last bit
            assert math.isclose(read, published, rel_tol=4e-16)
    for key in table.keys:
        name_there = "TIME_PERIOD" if key == "period" else key.upper()
        assert list(observed[name_there].astype(str)) == [
            "_T" if code == "*" else str(code) for code in table.data[key]
        ]
    assert set(observed["OBS_STATUS"]) <= {"A", "E", "P", "U", "M"}


def test_every_digit_stands_in_the_sdmx_file(release: Release) -> None:
    """Read without pysdmx: to the last bit."""
    table = table_of(release, "figures with all that is told of an effect")
    rows = csv.DictReader(io.StringIO(written("sdmx", table).decode()))
    assert [row["OBS_VALUE"] for row in rows] == [
        "" if missing else repr(float(number)) for number, missing in _with_missing(table, "value")
    ]


def _with_missing(table: Table, column: str) -> list[tuple[float, bool]]:
    values = table.data[column]
    return list(zip(values, values.isna(), strict=True))


@pytest.mark.parametrize("shape", ["reconciliation", "reconciliation-gaps", "applications"])
def test_what_is_no_observation_is_refused_as_sdmx(release: Release, shape: str) -> None:
    """With the names of the tables that are."""
    with pytest.raises(UserError) as refused:
        written("sdmx", table_of(release, shape))
    assert "figures" in refused.value.said(TEXT)


def test_both_dialects_are_of_the_same_rows(release: Release) -> None:
    """As many lines, as many cells."""
    table = table_of(release, "lines")
    shapes = []
    for dialect in (PLAIN, ITALIAN):
        content = write_separated(table, dialect).decode("utf-8-sig")
        shapes.append([len(row) for row in csv.reader(io.StringIO(content), delimiter=dialect.separator)])
    assert shapes[0] == shapes[1]
