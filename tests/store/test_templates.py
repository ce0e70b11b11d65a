"""Templates: known headings, an example that no import takes for data, and no formulas."""

import csv
import io

import openpyxl
import pytest
from stdnum.it import codicefiscale

from analytics.language.text import LANGUAGES, Text
from analytics.programme.file import load_programme
from analytics.store.columns import APPLICATION_OUTCOMES, Table, applications, comparison, required_columns, sales
from analytics.store.mapping.proposal import propose
from analytics.store.mapping.templates import template_csv, template_xlsx

PROGRAMMES = [load_programme(name) for name in ("ecommerce-2020", "michigan-1988")]
TABLES = [(of(programme), programme) for programme in PROGRAMMES for of in (applications, sales, comparison)]
IDS = [f"{programme.id}-{table.name}" for table, programme in TABLES]


def rows_of_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def rows_of_xlsx(content: bytes, sheet: int = 0) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("table", "programme"), TABLES, ids=IDS)
def test_the_headings_are_those_that_the_proposal_knows(table, programme, language):
    """A template that was filled in needs no mapping: every column is certain, in both formats and languages."""
    for rows in (
        rows_of_csv(template_csv(table, programme, Text(language))),
        rows_of_xlsx(template_xlsx(table, programme, Text(language))),
    ):
        proposal = propose([str(name) for name in rows[0]], {}, table, programme)
        assert [(one.ours, one.certain) for one in proposal.columns] == [(column.name, True) for column in table]
        assert proposal.units == {}


@pytest.mark.parametrize(("table", "programme"), TABLES, ids=IDS)
def test_the_example_row_is_no_data(table: Table, programme):
    """A required cell of it is no value of its column: no firm has that code, and no application that outcome."""
    names = [column.name for column in table]
    header, example = rows_of_csv(template_csv(table, programme, Text()))
    row = dict(zip(names, example, strict=True))
    assert len(header) == len(example)
    assert row["fiscal_code"] == "ESEMPIO"
    assert not codicefiscale.is_valid(row["fiscal_code"])
    if table.name == "applications":
        assert "inventata" in row["application_id"]
        assert row["outcome"] not in APPLICATION_OUTCOMES
        assert row["outcome"].startswith("funded")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("table", "programme"), TABLES, ids=IDS)
def test_the_second_sheet_says_what_each_column_holds(table, programme, language):
    """Whether it is needed, what it means, which codes it may have."""
    header, *rows = rows_of_xlsx(template_xlsx(table, programme, Text(language)), 1)
    assert len(header) == 5
    assert [row[4] for row in rows] == [column.name for column in table]
    needed = [row[4] for row in rows if row[1] == Text(language)("template.yes")]
    assert {*needed} == {*required_columns(table, programme)}
    assert all(value in row[3] for column, row in zip(table, rows, strict=True) for value in column.values)


def test_codes_keep_their_zeros_and_amounts_are_numbers():
    """Columns of codes are text, so that a spreadsheet eats no zero; the CSV has decimal commas and `;`."""
    programme = PROGRAMMES[0]
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(applications(programme), programme, Text())))
    cells = {cell.value: cell for cell in book.worksheets[0][2]}
    assert cells["ESEMPIO"].number_format == "@"
    assert cells[9500.5].data_type == "n"
    assert "9500,5" in rows_of_csv(template_csv(applications(programme), programme, Text()))[1]


def test_no_cell_is_a_formula():
    """A label of the programme file that begins with = stays a text, in both formats."""
    words = {"it": "=1+1", "en": "=1+1"}
    outcome = PROGRAMMES[0].outcomes[0]
    evil = outcome.model_copy(update={"label": type(outcome.label)(words)})
    programme = PROGRAMMES[0].model_copy(update={"outcomes": (evil, *PROGRAMMES[0].outcomes[1:])})
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(sales(programme), programme, Text())))
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n", "d"}
    assert any(cell.startswith("'=") for cell in rows_of_csv(template_csv(sales(programme), programme, Text()))[0])
