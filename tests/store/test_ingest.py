"""Files become rows of the store or rejected rows; a refused file leaves the store as it was."""

import csv
import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.language.text import Text
from analytics.model import UserError
from analytics.store.columns import sales as sales_table
from analytics.store.formats import ColumnFormat, Format
from analytics.store.ingest import RowsRefusedError
from analytics.store.mapping.file import ColumnMapping
from analytics.store.mapping.templates import template_csv, template_xlsx
from tests.helpers.officer import Desk, application, as_csv, as_xlsx, code, sale


@pytest.fixture
def desk(tmp_path) -> Desk:
    """A store with three funded applications."""
    desk = Desk.at(tmp_path)
    desk.load("applications", as_csv([application(n) for n in (1001, 1002, 1003)]), "domande.csv")
    return desk


def refused(desk: Desk, *arguments, **named) -> UserError:
    """The refusal of a file, after which the store is what it was."""
    before = desk.content()
    with pytest.raises(UserError) as caught:
        desk.load(*arguments, **named)
    assert desk.content() == before
    assert "file." in str(caught.value) or caught.value.key in (
        "sales.before_applications",
        "mapping.strange",
        "mapping.value",
        "mapping.title_unit",
    )
    return caught.value


def rejections_of(error: UserError) -> list[tuple[int, str, str, str]]:
    """Row, column, value and reason of each rejection; each has its sentence."""
    assert isinstance(error, RowsRefusedError)
    for bad in error.rejections:
        assert Text("it")(f"reject.{bad.reason}", value=bad.value, expected=bad.expected)
    return [(bad.row, bad.column, bad.value, bad.reason) for bad in error.rejections]


def test_every_row_is_loaded_with_its_types(desk):
    """Typed: euros as decimals, days as days, the division from code and edition."""
    with desk.open() as store:
        [batch] = store.batches()
        rows = store._connection.execute(
            "SELECT firm_id, grant_eur, awarded_on, division, row_number FROM applications"
        ).fetchall()
    assert (batch.rows_in, batch.rows_loaded, batch.rows_rejected) == (3, 3, 0)
    assert [str(value) for value in rows[0]] == [code(1001), "9000.50", "2020-11-30", "47", "2"]


def test_the_same_file_twice_is_a_no_op_that_says_so(desk):
    """By the file's hash: another name, the same content."""
    first = desk.load("sales", as_csv([sale(1001)]))
    before = desk.content()
    again = desk.load("sales", as_csv([sale(1001)]), "copy of file.csv")
    assert again.already
    assert again.batch == first.batch
    assert desk.content() == before


def test_source_files_are_archived_by_hash(desk):
    """What was loaded can be looked at later, byte for byte; nothing else lies there."""
    content = as_csv([sale(1001)])
    batch = desk.load("sales", content, "Vendite.CSV").batch
    kept = desk.folder / "archive" / batch.sha256[:2] / f"{batch.sha256}.csv"
    assert kept.read_bytes() == content
    assert len([path for path in (desk.folder / "archive").rglob("*") if path.is_file()]) == 2


def test_revised_sales_supersede_and_the_earlier_stay(desk):
    """The newest batch holds; the report counts what it replaced; an empty cell takes nothing back."""
    desk.load("sales", as_csv([sale(1001, online="100", total_sales_eur="900"), sale(1002, online="5")]))
    report = desk.load("sales", as_csv([sale(1001, online="150"), sale(1003, online="7")]))
    assert report.difference.revised == 1
    with desk.open() as store:
        values = store.frame("observations").set_index(["outcome", "firm_id"])["value"].to_dict()
        everything = store._connection.execute("SELECT count(*) FROM observations").fetchall()
    assert values == {
        ("online_sales", code(1001)): 150.0,
        ("online_sales", code(1002)): 5.0,
        ("online_sales", code(1003)): 7.0,
        ("total_sales", code(1001)): 900.0,
    }
    assert everything == [(5,)]


def test_the_same_rows_under_another_mapping_do_not_slip_in_twice(desk):
    """Sales read another way replace the earlier reading, and the report says how many; equal rows change nothing."""
    content = as_csv([sale(1001, online="1.500")])
    dot, comma = ({"online_sales_eur": ColumnFormat(decimal=mark)} for mark in (".", ","))
    desk.load("sales", content, mapping=ColumnMapping(formats=dot))
    report = desk.load("sales", content, mapping=ColumnMapping(formats=comma))
    assert (report.already, report.difference.revised) == (False, 1)
    with desk.open() as store:
        assert store.frame("observations")["value"].tolist() == [1500.0]
    mapping = ColumnMapping(constants={"name": "x"})
    report = desk.load("applications", as_csv([application(n) for n in (1001, 1002, 1003)]), mapping=mapping)
    assert (report.difference.unchanged, report.difference.columns) == (0, (("name", 3),))


def test_a_column_that_could_be_read_two_ways_is_refused(desk):
    """9.500 is nine and a half or nine thousand five hundred: nothing is guessed, both readings are shown."""
    for cells in (["9.500"], ["9.500", "12.000", ""]):
        rows = [sale(1001, period=f"2021-0{month}", online=cell) for month, cell in enumerate(cells, start=1)]
        with pytest.raises(UserError, match="9500") as caught:
            desk.load("sales", as_csv(rows))
        assert caught.value.key == "file.two_readings"
    one_reading = [sale(1001, period="2021-01", online="9.500"), sale(1001, period="2021-02", online="9.50")]
    assert desk.load("sales", as_csv(one_reading)).batch.rows_loaded == 2


def test_missing_is_not_zero(desk):
    """An empty cell is no row of observations."""
    desk.load("sales", as_csv([sale(1001, online="0"), sale(1002, online="")]))
    with desk.open() as store:
        assert store.frame("observations")[["firm_id", "value"]].values.tolist() == [[code(1001), 0.0]]


@pytest.mark.parametrize(
    ("changes", "rejection"),
    [
        ({"online_sales_eur": "-3"}, ("online_sales_eur", "-3", "negative")),
        ({"period": "2021-13"}, ("period", "2021-13", "period")),
        ({"period": ""}, ("period", "", "missing")),
        ({"fiscal_code": code(9)}, ("fiscal_code", code(9), "firm_unknown")),
        ({"fiscal_code": "123"}, ("fiscal_code", "123", "fiscal_code")),
        ({"online_sales_eur": "1e400"}, ("online_sales_eur", "1e400", "too_large")),
        ({"online_sales_eur": "#N/A"}, ("online_sales_eur", "#N/A", "missing_word")),
        ({"period": "2021-03", "fiscal_code": code(1001)}, ("period", "2021-03", "repeated")),
        ({"period": "2021"}, ("period", "2021", "frequency")),
    ],
)
def test_a_bad_row_of_sales_refuses_the_file(desk, changes, rejection):
    """Row, column, value and reason; nothing is loaded."""
    rows = [sale(1001), sale(1002), sale(1003) | changes]
    assert rejections_of(refused(desk, "sales", as_csv(rows))) == [(4, *rejection)]


@pytest.mark.parametrize(
    ("changes", "rejection"),
    [
        ({"application_id": "A1"}, ("application_id", "A1", "repeated")),
        ({"application_id": "A1001"}, ("fiscal_code", code(2), "other_firm")),
        ({"awarded_on": "2021-02-30"}, ("awarded_on", "2021-02-30", "date")),
        ({"awarded_on": ""}, ("awarded_on", "", "award_missing")),
        ({"outcome": "not_funded"}, ("awarded_on", "2020-11-30", "award_contradicts")),
        ({"awarded_on": "1921-02-01"}, ("awarded_on", "1921-02-01", "award_before_call")),
        ({"grant_eur": "9000000.00"}, ("grant_eur", "9000000", "too_large")),
        ({"outcome": "vinta"}, ("outcome", "vinta", "code")),
        ({"tranche": "fourth"}, ("tranche", "fourth", "code")),
        ({"grant_eur": ""}, ("grant_eur", "", "missing")),
        ({"ateco_code": "99.99.99"}, ("ateco_code", "99.99.99", "ateco_unknown")),
        ({"province": "RM"}, ("province", "RM", "code")),
        ({"ateco_code": ""}, ("ateco_code", "", "missing")),
    ],
)
def test_a_bad_application_refuses_the_file(desk, changes, rejection):
    """Row, column, value and reason; nothing is loaded."""
    assert rejections_of(refused(desk, "applications", as_csv([application(1), application(2) | changes]))) == [
        (3, *rejection)
    ]


def test_all_problems_of_a_row_are_told_at_once(desk):
    """An officer mends a row once; a row with three problems counts once."""
    error = refused(desk, "applications", as_csv([application(1, awarded_on="x", grant_eur="y", province="z")]))
    assert [column for _, column, *_ in rejections_of(error)] == ["awarded_on", "grant_eur", "province"]
    assert error.details["bad"] == 1


def test_messages_use_the_officers_own_columns_and_rows(desk):
    """Title rows, quoted line breaks and the officer's names: the message points into the file as it is seen."""
    content = (
        'Elenco\n\n"Codice\nfiscale";Mese;"Vendite ""online"""\n'
        + f'{code(1001)};03/2021;"1,5"\n{code(1002)};03/2021;"due\nmila"\n{code(1001)};03/2021;2\n'
    )
    columns = {"fiscal_code": "Codice fiscale", "period": "Mese", "online_sales_eur": 'Vendite "online"'}
    mapping = ColumnMapping(columns=columns, format=Format(separator=";", decimal=",", period="%m/%Y", header_row=3))
    assert rejections_of(refused(desk, "sales", content.encode(), mapping=mapping)) == [
        (5, 'Vendite "online"', "due\nmila", "decimal"),
        (6, "Mese", "2021-03", "repeated"),
    ]


def test_partial_loads_the_good_rows_and_keeps_the_bad(desk):
    """Rows in = loaded + rejected; the rejected can be read back with row, column, value and reason."""
    content = as_csv([sale(1001), sale(1002, online="x", period="y"), sale(1003)]) + b"short\n"
    report = desk.load("sales", content, partial=True)
    assert (report.batch.rows_in, report.batch.rows_loaded, report.batch.rows_rejected) == (4, 2, 2)
    with desk.open() as store:
        kept = store.frame("rejected_rows", {"batch_id": report.batch.batch_id})
    assert kept.drop(columns=["expected", "sheet"]).values.tolist() == [
        [3, "online_sales_eur", "x", "decimal"],
        [3, "period", "y", "period"],
        [5, "", "1", "cells"],
    ]


def test_a_file_without_any_good_row_is_refused_even_in_part(desk):
    """Nothing to load is no import."""
    assert (
        refused(desk, "sales", b"fiscal_code,period,online_sales_eur\nshort\n", partial=True).key
        == "file.nothing_loaded"
    )
    assert refused(desk, "sales", as_csv([sale(9)]), partial=True).key == "file.nothing_loaded"


@pytest.mark.parametrize(
    ("content", "key", "names"),
    [
        (b"", "file.empty", ""),
        (b"fiscal_code,period\n1,2\n", "file.column_missing", "online_sales_eur"),
        (b"fiscal_code,period,online_sales_eur\n", "file.no_rows", ""),
    ],
)
def test_a_wrong_file_says_what_to_do(desk, content, key, names):
    """Missing column, wrong separator, empty file, title rows."""
    error = refused(desk, "sales", content)
    assert error.key == key
    assert names in str(error)


def test_separator_and_title_rows_are_told_from_the_file(desk):
    """Semicolons, a title above the header: read, and what stands above is named."""
    content = b"Elenco delle vendite\n\n" + as_csv([sale(1001)], delimiter=";")
    report = desk.load("sales", content)
    assert report.batch.rows_loaded == 1
    assert (report.sheets[0].header_row, report.sheets[0].above) == (3, ("Elenco delle vendite",))


def test_a_title_with_a_comma_in_a_workbook_is_no_wrong_separator(desk):
    """Workbooks have no separators."""
    content = as_xlsx(
        [["Bando 2020, vendite"], ["fiscal_code", "period", "online_sales_eur"], [code(1001), "2021-03", 1]]
    )
    first = ColumnMapping(format=Format(header_row=1))
    assert refused(desk, "sales", content, "file.xlsx", mapping=first).key == "file.column_missing"
    assert desk.load("sales", content, "file.xlsx").batch.rows_loaded == 1


def test_sales_before_applications_say_what_comes_first(tmp_path):
    """The order of the files is told."""
    assert refused(Desk.at(tmp_path), "sales", as_csv([sale(1)])).key == "sales.before_applications"


@pytest.mark.parametrize(
    ("mapping", "key", "names"),
    [
        (ColumnMapping(columns={"online_sale_eur": "x"}), "mapping.strange", "columns.online_sale_eur"),
        (ColumnMapping(values={"chanel": {}}), "mapping.strange", "values.chanel"),
        (ColumnMapping(columns={"source": "Fonte"}), "file.column_missing", "Fonte"),
        (ColumnMapping(constants={"period": "2021-13"}), "mapping.value", "constants.period"),
        (ColumnMapping(values={"online_sales_eur": {"n.d.": "zero"}}), "mapping.value", "values.online_sales_eur.n.d."),
    ],
)
def test_a_mapping_with_a_typing_error_is_refused(desk, mapping, key, names):
    """Which key, before any row is blamed."""
    error = refused(desk, "sales", as_csv([sale(1001)]), mapping=mapping)
    assert error.key == key
    assert names in str(error)


def test_an_officers_mapping(desk):
    """Columns, constants, values, semicolons, decimal comma, thousands, dates, Windows-1252."""
    content = (
        "Domanda;Codice;Esito;Data;Contributo;Attività;Provincia\nB1;1004015{c};sì;16/12/2020;€ 9.500,50;47.91;Città\n"
    )
    content = content.replace("1004015{c}", code(1004).lstrip("0"))
    columns = {"application_id": "Domanda", "fiscal_code": "Codice", "outcome": "Esito", "awarded_on": "Data"}
    columns |= {"grant_eur": "Contributo", "ateco_code": "Attività", "province": "Provincia"}
    mapping = ColumnMapping(
        columns=columns,
        constants={"ateco_edition": "2007", "channel": "app", "tranche": "second"},
        values={"outcome": {"Sì": "funded"}, "province": {"Città": "BG"}},
        format=Format(separator=";", decimal=",", thousands=".", date="%d/%m/%Y", encoding="cp1252"),
    )
    desk.load("applications", content.encode("cp1252"), mapping=mapping)
    with desk.open() as store:
        row = store._connection.execute("SELECT * FROM applications WHERE application_id = 'B1'").df().iloc[0]
    assert row[["firm_id", "tranche", "channel", "province"]].tolist() == [code(1004), "second", "app", "BG"]
    assert (float(row["grant_eur"]), str(row["awarded_on"])[:10], row["division"]) == (9500.5, "2020-12-16", 47)


def test_outcomes_whose_column_the_file_lacks_are_reported(desk):
    """Of those that the programme declares beyond what the file must have; a constant is as good as a column."""
    report = desk.load("sales", as_csv([sale(1001)]))
    assert report.outcomes_without_column == ("online_abroad", "destination_countries")
    constant = ColumnMapping(constants={"destination_countries": "1"})
    report = desk.load("sales", as_csv([sale(1001, "2021-04")]), mapping=constant)
    assert report.outcomes_without_column == ("online_abroad",)
    whole = sale(1001, "2021-05", online_abroad_eur="", destination_countries="")
    assert desk.load("sales", as_csv([whole])).outcomes_without_column == ()
    report = desk.load("applications", as_csv([application(1004)]))
    assert report.outcomes_without_column == ()


def test_a_column_that_a_constant_replaces_is_reported_as_unused(desk):
    """Nothing of the file is left out silently."""
    content = as_csv([sale(1001, source="closing_report", note="x")])
    report = desk.load("sales", content, mapping=ColumnMapping(constants={"source": "survey"}))
    assert report.unused_columns == ("note", "source")


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_typed_files_load_like_text(desk, suffix):
    """A workbook and a Parquet file with numbers, dates and codes that lost their zeros."""
    frame = pd.DataFrame([application(n) for n in (2001, 2002)]).assign(
        employees=[3.5, None], awarded_on=pd.Timestamp("2020-12-16")
    )
    frame = frame.assign(fiscal_code=[int(code(n)) for n in (2001, 2002)], grant_eur=[9000.5, 100.0])
    content = io.BytesIO()
    frame.to_excel(content, index=False) if suffix == "xlsx" else frame.to_parquet(content)
    mapping = ColumnMapping(format=Format(date="%d/%m/%Y", decimal=",", thousands="."))
    assert desk.load("applications", content.getvalue(), f"file.{suffix}", mapping=mapping).batch.rows_loaded == 2
    with desk.open() as store:
        rows = store._connection.execute(
            "SELECT firm_id, grant_eur::VARCHAR, employees::VARCHAR FROM applications ORDER BY 1"
        ).fetchall()
    assert rows[-2:] == [(code(2001), "9000.50", "3.500000"), (code(2002), "100.00", None)]


def test_frequency_is_read_from_the_data_and_kept(tmp_path):
    """Quarterly sales make a quarterly programme; months are refused afterwards, alone or among them."""
    desk = Desk.at(tmp_path)
    desk.load("applications", as_csv([application(n) for n in (1, 2, 3)]))
    desk.load("sales", as_csv([sale(1, "2021Q1"), sale(2, "2021-T2")]))
    with desk.open() as store:
        assert store.frequency == "Q"
    assert rejections_of(refused(desk, "sales", as_csv([sale(1, "2021-03"), sale(2, "2021-03")])))[0][3] == "frequency"


def test_gaps_in_optional_columns_are_gaps(tmp_path):
    """A partly filled column: sizes are computed where they are empty, codes without an edition are of 2007."""
    desk = Desk.at(tmp_path, "michigan-1988")
    rows = [
        {
            "application_id": "1",
            "ateco_code": "10.71",
            "ateco_edition": "",
            "size_class": "",
            "employees": "5",
            "turnover_eur": "",
        },
        {
            "application_id": "2",
            "ateco_code": "",
            "ateco_edition": "",
            "size_class": "medium",
            "employees": "5",
            "turnover_eur": "",
        },
        {
            "application_id": "3",
            "ateco_code": "47.91",
            "ateco_edition": "2022",
            "size_class": "",
            "employees": "12",
            "turnover_eur": "99",
        },
        {
            "application_id": "4",
            "ateco_code": "",
            "ateco_edition": "2007",
            "size_class": "",
            "employees": "",
            "turnover_eur": "1",
        },
    ]
    common = {"outcome": "funded", "awarded_on": "1988-01-01"}
    desk.load("applications", as_csv([row | common | {"fiscal_code": row["application_id"]} for row in rows]))
    with desk.open() as store:
        sizes = store._connection.execute(
            "SELECT division, size_class FROM current_applications ORDER BY application_id"
        ).fetchall()
    assert sizes == [(10, "micro"), (None, "medium"), (47, "small"), (None, None)]


cell = st.sampled_from(
    ["", " ", "1", "2", "1987", "1988", "-1", "NaN", "1e400", "9" * 40, '"', "a\nb", "è", "\u2028", "=1", "0.5", "\x1a"]
)
row = st.lists(
    st.one_of(cell, st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)), max_size=6
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(row, max_size=8),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.binary(max_size=3),
    st.booleans(),
)
def test_rows_in_are_rows_loaded_plus_rows_rejected_for_any_file(opaque_desk, rows, mark, newline, tail, partial):
    """Ragged rows, quotes, odd Unicode, huge numbers, stray bytes: counted, or refused with a user error."""
    text = io.StringIO()
    csv.writer(text, lineterminator=newline).writerows([["fiscal_code", "period", "sales", "employ"], *rows])
    try:
        report = opaque_desk.load("sales", mark + text.getvalue().encode() + tail, partial=partial)
    except UserError as error:
        error.said(Text("it"))
    else:
        batch = report.batch
        assert batch.rows_in == batch.rows_loaded + batch.rows_rejected
        assert batch.rows_rejected == len({bad.row for bad in report.rejections}) or report.already


@pytest.fixture
def opaque_desk(tmp_path) -> Desk:
    desk = Desk.at(tmp_path, "michigan-1988")
    rows = [{"application_id": n, "fiscal_code": n, "outcome": "not_funded", "awarded_on": ""} for n in (1, 2)]
    desk.load("applications", as_csv(rows))
    return desk


def test_a_title_with_a_unit_refuses_until_the_mapping_says_for_which_columns(desk):
    """2500 below "in migliaia di euro" is never stored as 2500 euros unasked, with a mapping or without."""
    rows = [["Vendite in migliaia di euro"], ["CF", "Mese", "Vendite online"], [code(1001), "2021-01", 2500]]
    mapping = ColumnMapping(columns={"fiscal_code": "CF", "period": "Mese", "online_sales_eur": "Vendite online"})
    for stated in (None, mapping):
        assert refused(desk, "sales", as_xlsx(rows), "f.xlsx", mapping=stated).key == "mapping.title_unit"
    said = mapping.model_copy(update={"formats": {"online_sales_eur": ColumnFormat(unit=1000)}})
    assert desk.load("sales", as_xlsx(rows), "f.xlsx", mapping=said).batch.rows_loaded == 1
    with desk.open() as store:
        assert store._connection.execute("SELECT value::INTEGER FROM current_observations").fetchall() == [(2_500_000,)]


def test_a_firm_whose_name_begins_like_a_total_is_no_total(desk):
    """Without its code it is refused like any other; a row that says no more than "Totale" is left out."""
    named = application(1004, name="Total Service S.r.l.", fiscal_code="")
    content = as_csv([application(1005, name="Rossi"), named])
    assert [bad[:2] for bad in rejections_of(refused(desk, "applications", content))] == [(3, "fiscal_code")]


def test_a_file_of_which_nothing_can_be_loaded_says_why(desk):
    """In part or whole: its rows are listed with their reasons."""
    error = refused(desk, "sales", as_csv([sale(1001, period="20/03")]), partial=True)
    assert (error.key, [bad[3] for bad in rejections_of(error)]) == ("file.nothing_loaded", ["period"])


@pytest.mark.parametrize("make", [template_xlsx, template_csv])
def test_a_template_loads_once_its_example_is_replaced(desk, make):
    """Left as it is, the example row refuses the file; the sheet that explains the columns is no data."""
    programme = desk.programme
    content = make(sales_table(programme), programme, Text("it"))
    name = "file.xlsx" if make is template_xlsx else "file.csv"
    assert {row for row, *_ in rejections_of(refused(desk, "sales", content, name))} == {2}
    if make is template_xlsx:
        book = openpyxl.load_workbook(io.BytesIO(content))
        book.worksheets[0].cell(2, 1).value = code(1001)
        filled = io.BytesIO()
        book.save(filled)
        content = filled.getvalue()
    else:
        content = content.replace(b"ESEMPIO", code(1001).encode(), 1)
    assert desk.load("sales", content, name).batch.rows_loaded == 1
