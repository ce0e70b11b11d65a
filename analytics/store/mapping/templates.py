"""Files to be filled in by an office: our columns by headings that the proposal knows, an example, what each may hold.

The example row is marked as invented; no import takes it for data, since its code of a firm is none, and neither is
its outcome, or of a firm from outside its size.
"""

import csv
import datetime as dt
import io
from collections.abc import Mapping

import xlsxwriter

from analytics.language.text import Text
from analytics.programme.file import Programme
from analytics.store.columns import CellKind, Column, Table, required_columns
from analytics.store.mapping.names import template_heading

HEADING_ROW, EXAMPLE_ROW, ROWS_WITH_LISTS = 0, 1, 20_000
_EXAMPLES: Mapping[str, object] = {
    "ateco_code": "47.91.10",
    "employees": 12,
    "turnover_eur": 1250000.5,
    "balance_sheet_eur": 980000,
    "score": 71.5,
    "awarded_on": dt.date(2020, 11, 30),
    "grant_eur": 9500.5,
    "eligible_spend_eur": 13572.15,
    "paid_eur": 4750.25,
    "cor": "2345678",
    "period": "2021-03",
}
_AMOUNT, _COUNT, _PERCENT = 1234.56, 7, 12.5


def template_xlsx(table: Table, programme: Programme, text: Text) -> bytes:
    """A workbook: the sheet to be filled in, and one that says what each column holds and which codes it may have."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        filled, meaning = book.add_worksheet(text(f"input.{table.name}")), book.add_worksheet(text("template.meaning"))
        formats = {
            CellKind.DATE: book.add_format({"num_format": "dd/mm/yyyy"}),
            CellKind.DECIMAL: book.add_format({"num_format": "#,##0.00##"}),
        }
        as_text = book.add_format({"num_format": "@"})
        for place, column in enumerate(table):
            form = formats.get(column.kind, as_text)
            filled.set_column(place, place, 22, form)
            filled.write_string(HEADING_ROW, place, _heading(column, table, programme, text), bold)
            _write(filled, place, _example(column, table, programme, text), form)
            if column.kind is CellKind.CODE and sum(len(value) + 1 for value in column.values) <= 255:
                choice = {"validate": "list", "source": list(column.values), "error_type": "warning"}
                filled.data_validation(EXAMPLE_ROW, place, ROWS_WITH_LISTS, place, choice)
        filled.freeze_panes(1, 0)
        meaning.set_column(0, 0, 34, wrapped)
        meaning.set_column(1, 1, 12, wrapped)
        meaning.set_column(2, 4, 44, wrapped)
        for row, cells in enumerate(meanings(table, programme, text)):
            for place, cell in enumerate(cells):
                meaning.write_string(row, place, cell, bold if row == 0 else wrapped)
    return content.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, place: int, value: object, form: object) -> None:
    if isinstance(value, dt.date):
        sheet.write_datetime(EXAMPLE_ROW, place, dt.datetime.combine(value, dt.time()), form)
    elif isinstance(value, int | float):
        sheet.write_number(EXAMPLE_ROW, place, value, form)
    else:
        sheet.write_string(EXAMPLE_ROW, place, str(value), form)


def template_csv(table: Table, programme: Programme, text: Text) -> bytes:
    """Headings and the example as a file that an Italian spreadsheet opens: `;`, decimal comma, UTF-8 with its mark."""
    rows = [
        [_heading(column, table, programme, text) for column in table],
        [_written(_example(column, table, programme, text)) for column in table],
    ]
    content = io.StringIO()
    csv.writer(content, delimiter=";", lineterminator="\r\n").writerows(
        [[_disarmed(cell) for cell in row] for row in rows]
    )
    return content.getvalue().encode("utf-8-sig")


def _written(value: object) -> str:
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def _disarmed(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _heading(column: Column, table: Table, programme: Programme, text: Text) -> str:
    """What the template calls a column, with the unit of amounts."""
    outcome = next((outcome for outcome in programme.outcomes if outcome.column == column.name), None)
    name = template_heading(column.name, table, programme, text.language)
    if table.name == "sales" and outcome is not None:
        unit = {"currency": outcome.currency or programme.currency, "percent": "%"}.get(outcome.unit, "")
        return f"{name} ({unit})" if unit else name
    return f"{name} ({programme.currency})" if column.name.endswith("_eur") else name


def _example(column: Column, table: Table, programme: Programme, text: Text) -> object:
    """The cell of the example row. A text where it marks the row, "" where an example would say nothing."""
    if table.name == "sales" and (
        outcome := next((outcome for outcome in programme.outcomes if outcome.column == column.name), None)
    ):
        return {"currency": _AMOUNT, "number": _COUNT, "percent": _PERCENT}[outcome.unit]
    if column.name in ("application_id", "name"):
        return text("template.invented")
    if column.kind is CellKind.FIRM:
        return text("template.example")
    if column.name == "outcome" or (table.name == "comparison" and column.name == "size_class"):
        return f"{column.values[0]} ({text('template.example')})"
    if column.kind is CellKind.CODE:
        return column.values[0] if column.values else ""
    return _EXAMPLES.get(column.name, "")


def meanings(table: Table, programme: Programme, text: Text) -> list[tuple[str, ...]]:
    """What each column holds: a row of headings, then per column its heading, whether it is needed, what it means,
    what is allowed, and our name."""
    needed = set(required_columns(table, programme))
    head = tuple(text(f"template.{name}") for name in ("heading", "needed", "holds", "allowed", "ours"))
    rows = [
        (
            _heading(column, table, programme, text),
            text("template.yes") if column.name in needed else text("template.no"),
            _meaning(column, table, programme, text),
            ", ".join(column.values) or text(f"template.kind.{column.kind.value}"),
            column.name,
        )
        for column in table
    ]
    return [head, *rows]


def _meaning(column: Column, table: Table, programme: Programme, text: Text) -> str:
    outcome = next((outcome for outcome in programme.outcomes if outcome.column == column.name), None)
    if table.name == "sales" and outcome is not None:
        return text("template.outcome", outcome=outcome.label.in_(text))
    return text(f"template.meaning_of.{table.name}.{column.name}")
