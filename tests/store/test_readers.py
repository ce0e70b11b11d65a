"""CSV, XLSX and Parquet files become rows of text; nothing is lost, and what is no such file says so."""

import csv
import datetime as dt
import io
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analytics.language.text import Text
from analytics.model import UserError
from analytics.store.mapping import ColumnMapping, Format, load_mapping
from analytics.store.readers import SUFFIXES, RawTable, as_text, read_bytes, read_table
from tests.helpers.officer import as_xlsx

ITALIAN_TEXT = Text("it")
ITALIAN = Format(separator=";", encoding="cp1252", decimal=",")


def read(content: bytes, name: str = "file.csv", form: Format | None = None) -> RawTable:
    return read_table(content, Path(name), form or Format())


def refused(action, *arguments, **named) -> UserError:
    with pytest.raises(UserError) as caught:
        action(*arguments, **named)
    assert str(caught.value)
    return caught.value


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_do_not_matter(newline, mark):
    """LF, CRLF and CR; with and without BOM."""
    table = read((mark + newline.join(["a,b", "1,è", "", '2,"x\ny"'])).encode())
    assert list(table.cells.columns) == ["a", "b"]
    assert table.cells.values.tolist() == [["1", "è"], ["2", "x\ny"]]
    assert table.rows.tolist() == [2, 4]


def test_row_numbers_are_those_a_spreadsheet_shows():
    """A quoted line break, in the header too, is inside its row; a blank line is a row of the sheet without data."""
    table = read(b'"fiscal\r\ncode",b\r\n"x\r\ny\r\nz",1\r\n\r\n,\r\nw,2\r\nshort\r\n')
    assert list(table.cells.columns) == ["fiscal code", "b"]
    assert table.rows.tolist() == [2, 5]
    assert table.ragged == ((6, 1),)
    assert table.rows_in == 3


def test_rows_of_another_width_are_kept_apart():
    """Too few or too many cells: rejected, never shifted. Empty cells beyond the header are a spreadsheet's habit."""
    table = read(b"a,b,,\n1,2,,\n1,2\n1\n1,2,3,4\n")
    assert table.cells.values.tolist() == [["1", "2"], ["1", "2"]]
    assert table.ragged == ((4, 1), (5, 4))


def test_format_of_an_officers_csv():
    """Semicolons, Windows-1252, a title above the header."""
    table = read(
        "Elenco vendite\n\nfirma;città\nA;Forlì\n".encode("cp1252"), form=ITALIAN.model_copy(update={"header_row": 3})
    )
    assert table.cells.to_dict("records") == [{"firma": "A", "città": "Forlì"}]
    assert table.rows.tolist() == [4]


def test_utf16_is_text():
    """What some spreadsheets call Unicode text."""
    assert read("a\tb\n1\tè\n".encode("utf-16"), form=Format(separator="\t", encoding="utf-16")).rows_in == 1


@pytest.mark.parametrize(
    ("content", "form", "key"),
    [
        (b"a,b\n1,\0\n", Format(), "file.not_text"),
        (b"a,b\n1,\xe8\n", Format(), "file.encoding"),
        (b"a,b\n1,2\n", Format(encoding="latin-99"), "file.encoding_unknown"),
        (b"a,b\n1,2\n", Format(encoding="base64"), "file.encoding_unknown"),
        (b"a,b\n1,2\n", Format(encoding="a\0"), "file.encoding_unknown"),
        (b'a,b\n1,"2\n', Format(), "file.csv"),
        (b"a,b\n", Format(), "file.no_rows"),
        (b"\n \n,\n", Format(), "file.no_rows"),
        (b"a,b\n1,2\n", Format(header_row=9), "file.no_rows"),
        (b"a,b,a\n1,2,3\n", Format(), "file.column_twice"),
    ],
)
def test_what_is_no_csv_says_why(content, form, key):
    """One clear message each, never a traceback."""
    assert refused(read, content, form=form).key == key


def test_files_that_cannot_be_read_say_why(tmp_path):
    """A folder, nothing, an impossible name, an empty file, another kind of file."""
    (tmp_path / "empty.csv").touch()
    assert refused(read_bytes, tmp_path).key == "file.directory"
    assert refused(read_bytes, tmp_path / "none.csv").key == "file.absent"
    assert refused(read_bytes, tmp_path / "empty.csv" / "x.csv").key == "file.unreadable"
    assert refused(read_bytes, tmp_path / ("x" * 300)).key == "file.unreadable"
    assert refused(read_bytes, tmp_path / "x\0.csv").key == "file.unreadable"
    assert refused(read_bytes, tmp_path / "empty.csv").key == "file.empty"
    assert refused(read, b"x", "file.ods").key == "file.kind"


def test_workbooks_keep_their_row_numbers():
    """Title rows above the header, empty rows between, typed cells as text."""
    content = as_xlsx(
        [["Bando 2020, elenco"], [], ["id", "giorno", "euro"], [47.0, dt.date(2020, 12, 16), 9.125], [], ["x", None, 3]]
    )
    table = read(content, "file.XLSX", Format(header_row=3))
    assert table.cells.values.tolist() == [["47", "2020-12-16", "9.125"], ["x", "", "3"]]
    assert table.rows.tolist() == [4, 6]


def test_typed_numbers_follow_the_marks_of_the_file():
    """A typed 9.125 in a workbook whose texts have a decimal comma is never 9125."""
    assert read(as_xlsx([["euro"], [9.125]]), "file.xlsx", Format(decimal=",", thousands=".")).cells[
        "euro"
    ].tolist() == ["9,125"]
    content = io.BytesIO()
    pd.DataFrame({"euro": [Decimal("1.50")]}).to_parquet(content)
    assert read(content.getvalue(), "file.parquet", Format(decimal=",")).cells["euro"].tolist() == ["1,50"]


def test_error_cells_of_a_workbook_are_not_empty_cells():
    """#N/A of a failed look-up is no "not reported"."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([["a", "b"], ["x", 1], ["y", 2]])))
    book.create_sheet("Altro").append(["a"])
    book.active["B3"] = "#N/A"
    content = io.BytesIO()
    book.save(content)
    assert read(content.getvalue(), "file.xlsx").cells["b"].tolist() == ["1", "#N/A"]


def test_sheets_are_found_by_name():
    """Another sheet than the first; a wrong name lists the right ones."""
    content = as_xlsx([["a"], ["1"]], title="Vendite")
    assert read(content, "file.xlsx", Format(sheet="Vendite")).rows_in == 1
    error = refused(read, content, "file.xlsx", Format(sheet="Sales"))
    assert error.key == "file.sheet"
    assert "Vendite" in str(error)


def test_parquet_with_typed_columns():
    """Numbers, dates, categories, nothing: as somebody would have typed them."""
    frame = pd.DataFrame(
        {
            "id": [1, 2],
            "day": pd.to_datetime(["2020-12-16", None]),
            "euro": [1.5, np.nan],
            "kind": pd.Categorical(["a", None]),
        }
    )
    content = io.BytesIO()
    frame.to_parquet(content)
    table = read(content.getvalue(), "file.parquet")
    assert table.cells.values.tolist() == [["1", "2020-12-16", "1.5", "a"], ["2", "", "", ""]]


def test_parquet_that_breaks_its_own_rules_says_so():
    """Bytes that are not UTF-8 in a text column; two columns of one name."""
    broken = pa.StringArray.from_buffers(1, pa.py_buffer(np.array([0, 1], dtype=np.int32)), pa.py_buffer(b"\xff"))
    for table, key in (
        (pa.table({"a": broken}), "file.damaged"),
        (pa.table([[1], [2]], names=["a", "a"]), "file.column_twice"),
    ):
        content = pa.BufferOutputStream()
        pa.parquet.write_table(table, content)
        assert refused(read, content.getvalue().to_pybytes(), "file.parquet").key == key


def test_as_text_of_what_files_hold():
    """The text that somebody would have typed."""
    typed = {
        None: "",
        47.0: "47",
        float("nan"): "",
        float("inf"): "inf",
        True: "True",
        dt.time(1, 2): "01:02:00",
        1e300: str(int(1e300)),
    }
    assert {value: as_text(value) for value in typed} == typed
    assert as_text(pd.Timestamp("2021-03-01 10:30")) == "2021-03-01 10:30:00"


quick = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(st.binary(max_size=200), st.sampled_from(SUFFIXES))
@example(b"PK\x03\x04", ".xlsx")
@example(b"PAR1PAR1", ".parquet")
def test_random_bytes_are_rows_or_a_user_error(content, suffix):
    """Never an unexpected exception."""
    try:
        table = read(content, f"file{suffix}")
    except UserError as error:
        error.said(ITALIAN_TEXT)
    else:
        assert table.rows_in == len(table.rows) + len(table.ragged) > 0


@quick
@given(st.data(), st.sampled_from([".xlsx", ".parquet"]))
def test_damaged_workbooks_and_parquet_files_are_rows_or_a_user_error(data, suffix):
    """A few bytes changed anywhere."""
    if suffix == ".xlsx":
        content = bytearray(as_xlsx([["a", "b"], [1, "x"], [2.5, "#N/A"]]))
    else:
        buffer = io.BytesIO()
        pd.DataFrame({"a": [1, 2], "b": ["x", None]}).to_parquet(buffer)
        content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, 2**16)) % len(content)] = data.draw(st.integers(0, 255))
    with suppress(UserError):
        read(bytes(content), f"file{suffix}")


cell = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)


@quick
@given(st.lists(st.lists(cell, min_size=3, max_size=3), max_size=12), st.sampled_from([",", ";", "\t", "|"]))
def test_every_cell_of_a_csv_comes_back(rows, separator):
    """Quotes, line breaks, separators and odd Unicode inside cells lose nothing; a row without anything is no row."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([["a", "b", "c"], *rows])
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    try:
        table = read(text.getvalue().encode(), form=Format(separator=separator))
    except UserError:
        assert not kept
    else:
        assert table.cells.values.tolist() == kept
        assert not table.ragged


@pytest.mark.parametrize(
    ("written", "key", "name"),
    [
        ("[colums]\nx = 'y'", "mapping.key", "colums"),
        ("[format]\nseparator = ';;'", "mapping.key", "format.separator"),
        ("[format]\nseparator = '\"'", "mapping.key", "format.separator"),
        ("[format]\ndecimal = '.'\nthousands = '.'", "mapping.key", "format"),
        ("[format]\ndate = '%d/%m'", "mapping.key", "format.date"),
        ("[format]\ndate = '%Q'", "mapping.key", "format.date"),
        ("[format]\ndate = '%d%d%Y'", "mapping.key", "format.date"),
        ("[format]\nheader_row = 0", "mapping.key", "format.header_row"),
        ("[columns]\nname = ''", "mapping.key", "columns.name"),
        ("[columns]\nname = 'x'\n[constants]\nname = 'y'", "mapping.key", "name"),
        ("[columns\n", "mapping.toml", "line 1"),
        ("a = '\udce8'", "mapping.unreadable", "utf-8"),
    ],
)
def test_a_wrong_mapping_says_which_key_and_why(tmp_path, written, key, name):
    """Typing errors in a mapping are found before the file is read."""
    path = tmp_path / "m.toml"
    path.write_text(written, encoding="utf-8", errors="surrogateescape")
    error = refused(load_mapping, path)
    assert error.key == key
    assert name in str(error)
    assert "m.toml" in str(error)


def test_mappings_are_forgiving_where_nothing_is_lost(tmp_path):
    """A byte order mark from Notepad; line breaks inside a column's name; the order of the keys."""
    path = tmp_path / "m.toml"
    path.write_text('\ufeff[columns]\nname = "Ragione\\nsociale"\nscore = "Punti"', encoding="utf-8")
    mapping = load_mapping(path)
    assert mapping.columns["name"] == "Ragione sociale"
    other = ColumnMapping(columns={"score": "Punti", "name": "Ragione sociale"}, format=Format(separator=","))
    assert mapping.as_json() == other.as_json()
    assert load_mapping(None) == ColumnMapping()
    assert refused(load_mapping, tmp_path / "none.toml").key == "mapping.unreadable"
