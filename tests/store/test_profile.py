"""A column's texts together tell its marks and the order of its days; what has two readings is refused with both."""

from contextlib import suppress
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.language.text import LANGUAGES, Text
from analytics.model import UserError
from analytics.store.cells.amounts import parse_decimal
from analytics.store.cells.form import CellForm
from analytics.store.cells.profile import ColumnProfile
from analytics.store.columns import CellKind, Column
from analytics.store.formats import ColumnFormat

EUROS = Column("sales_eur", CellKind.DECIMAL, "sales", minimum=0)
STAFF = Column("employees", CellKind.DECIMAL, "staff", minimum=0)
SHARE = Column("share", CellKind.DECIMAL, "a share", minimum=0, maximum=100.0)
DAY = Column("awarded_on", CellKind.DATE, "a day")
PERIOD = Column("period", CellKind.PERIOD, "a period")
NOTHING = ColumnFormat()
COMMA, DOT = ColumnFormat(decimal=","), ColumnFormat(decimal=".")


def resolve(column: Column, *chunks: str, stated: ColumnFormat = NOTHING, own: ColumnFormat | None = None) -> CellForm:
    """Each chunk's texts stand between bars."""
    profile = ColumnProfile(column)
    for chunk in chunks:
        profile.add(pa.array(chunk.split("|"), pa.string()))
    return profile.resolve(stated, "Colonna", "file.csv", own=own)


def refused(column: Column, *chunks: str, stated: ColumnFormat = NOTHING, own: ColumnFormat | None = None) -> UserError:
    with pytest.raises(UserError) as caught:
        resolve(column, *chunks, stated=stated, own=own)
    for language in LANGUAGES:
        words = caught.value.said(Text(language))
        assert "Colonna" in words
        assert f"[formats.{column.name}]\n" in words
    return caught.value


def marks(form: CellForm) -> str:
    return form.decimal + form.thousands


@pytest.mark.parametrize(
    ("told", "texts"),
    [
        (",.", "9.500|12,5"),
        (",.", "9.500|1.234.567"),
        (",.", "9.500,00|7"),
        (",.", "9.500|€ 12.000,--"),
        (",.", "9.500|1,5E+03"),
        (",.", "9 500,125"),
        (",.", "12,345|1,5"),
        (".,", "9.500|9.50"),
        (".,", "9.500|0.500"),
        (".,", "9.500|1234.500"),
        (".,", "9,500.00"),
        (".,", "9.500|.5"),
        (".,", "12,345|1,234,567"),
        (".", "7|100|n.d.||abc"),
        (".", "9 500|1'000"),
    ],
)
def test_other_values_of_the_column_tell(told: str, texts: str) -> None:
    """A number with one or two decimals, with two groups, with both marks shows what each mark is."""
    assert marks(resolve(EUROS, texts)) == told
    assert marks(resolve(EUROS, *texts.split("|"))) == told


@pytest.mark.parametrize("texts", ["9.500", "12,345", "€ 9.500|7", "-9.500", "9.500|12,345", "\x009.5|9.500"])
def test_three_digits_behind_a_mark_have_two_readings(texts: str) -> None:
    """9.500 alone is nine and a half or nine thousand five hundred; typed numbers beside it say nothing of it."""
    error = refused(EUROS, texts)
    assert error.key == "file.two_readings"
    assert {error.details["whole"], error.details["units"]} in ({"9500", "9"}, {"12345", "12"})
    for mark in (".", ","):
        assert resolve(EUROS, texts, stated=ColumnFormat(decimal=mark), own=ColumnFormat(decimal=mark)).decimal == mark


def test_three_decimals_everywhere_are_doubted() -> None:
    """1.234.567 tells that dots stand between thousands; that commas stand before decimals, no other value shows."""
    assert refused(EUROS, "1.234.567|12,345").details["value"] == "12,345"
    assert marks(resolve(EUROS, "1.234.567|12,345", stated=COMMA, own=COMMA)) == ",."


def test_the_lines_of_the_refusal_settle_it() -> None:
    """Pasted, each gives the reading that it was offered for."""
    details = refused(EUROS, "9.500").details
    whole = ColumnFormat(decimal=details["other"])
    part = ColumnFormat(decimal=details["mark"])
    read = {
        form.decimal: Decimal(parse_decimal("9.500", column=EUROS, form=resolve(EUROS, "9.500", stated=form, own=form)))
        for form in (whole, part)
    }
    assert read == {",": 9500, ".": Decimal("9.5")}


@pytest.mark.parametrize(
    ("stated", "told", "texts"),
    [
        (COMMA, ",.", "9500,50"),
        (COMMA, ",.", "9.500"),
        (COMMA, ",.", "12,345|1,5"),
        (COMMA, ",.", "9.500,5|9500.50"),
        (DOT, ".,", "12,345"),
        (ColumnFormat(thousands="."), ",.", "9.500"),
        (ColumnFormat(thousands=","), ".,", "12,345"),
        (ColumnFormat(thousands=" "), ".", "9.500"),
        (ColumnFormat(thousands=""), ",", "12,345"),
        (ColumnFormat(decimal=",", thousands=""), ",", "9500,5"),
    ],
)
def test_marks_that_the_mapping_states_for_the_file(stated: ColumnFormat, told: str, texts: str) -> None:
    """They stand where the values do not contradict them."""
    assert marks(resolve(EUROS, texts, stated=stated)) == told


@pytest.mark.parametrize(
    ("key", "stated", "column", "texts"),
    [
        ("file.marks_contradict", COMMA, EUROS, "9500.50"),
        ("file.marks_contradict", COMMA, EUROS, "9500.50|9.500"),
        ("file.marks_contradict", COMMA, EUROS, "12,345|1,234,567"),
        ("file.marks_contradict", DOT, EUROS, "9.500,00"),
        ("file.marks_contradict", ColumnFormat(thousands=""), EUROS, "1.234.567"),
        ("file.marks_contradict", COMMA, SHARE, "12.345"),
        ("file.mixed_marks", COMMA, EUROS, "9.500|9500.50|1,5"),
        ("file.mixed_marks", NOTHING, EUROS, "9500.50|9500,5"),
        ("file.mixed_marks", NOTHING, EUROS, "12,5|1,234,567"),
        ("file.two_readings", COMMA, EUROS, "12,345"),
        ("file.two_readings", COMMA, EUROS, "12,345|1.234.567"),
        ("file.two_readings", DOT, EUROS, "9.500"),
        ("file.two_readings", ColumnFormat(decimal=",", thousands="."), EUROS, "12,345"),
        ("file.two_readings", COMMA, STAFF, "3.125"),
        ("file.two_readings", ColumnFormat(decimal=",", unit=Decimal(1000)), EUROS, "3.125"),
    ],
)
def test_what_the_file_states_and_a_column_contradicts_is_refused(
    key: str, stated: ColumnFormat, column: Column, texts: str
) -> None:
    """Or leaves open: euros with three decimals each, staff with dots under a decimal comma."""
    assert refused(column, texts, stated=stated).key == key


def test_a_mark_stated_for_the_column_itself_is_refused_only_where_no_value_agrees() -> None:
    """It settles 12,345, and a column in two hands; not a column in the other hand, read wrong by a thousand."""
    assert marks(resolve(EUROS, "12,345", stated=COMMA, own=COMMA)) == ",."
    assert marks(resolve(EUROS, "9.500|9500.50|1,5", stated=COMMA, own=COMMA)) == ",."
    assert refused(EUROS, "9.500|9500.50", stated=COMMA, own=COMMA).key == "file.marks_contradict"


def test_a_share_is_never_a_thousand() -> None:
    """12.345 of at most 100 has one reading."""
    assert marks(resolve(SHARE, "12.345")) == ".,"


def test_units_are_the_mappings() -> None:
    """Thousands of euros, where the mapping says so."""
    assert resolve(EUROS, "7", stated=ColumnFormat(unit=Decimal(1000))).unit == 1000
    assert resolve(EUROS, "7").unit == 1


amounts = st.lists(st.decimals(min_value=0, max_value=10**7, places=2), min_size=1, max_size=8)


@given(amounts, st.sampled_from([".,", ",.", ". ", ", ", ".", ","]), st.sampled_from(["{:,.2f}", "{:,.0f}", "{:,f}"]))
def test_no_column_in_one_hand_is_misread(worths: list[Decimal], hand: str, written: str) -> None:
    """Amounts written with any marks, with cents or whole, are read as they were meant or refused."""
    decimal, thousands = hand[0], hand[1:]
    meant = [Decimal(f"{worth:.2f}" if "0f" not in written else f"{worth:.0f}") for worth in worths]
    texts = [written.format(worth).replace(",", "G").replace(".", decimal).replace("G", thousands) for worth in meant]
    try:
        form = resolve(EUROS, "|".join(texts))
    except UserError as error:
        meant_by = error.key
    else:
        meant_by = ""
        assert [Decimal(parse_decimal(text, column=EUROS, form=form)) for text in texts] == meant
    assert meant_by in ("", "file.two_readings")


@pytest.mark.parametrize(
    ("order", "texts"),
    [
        ("dmy", "16/12/2020|03/04/2020"),
        ("dmy", "16.12.20"),
        ("mdy", "12/16/2020|03/04/2020"),
        ("dmy", "04/04/2020|2020-03-04|16 dicembre 2020|44181"),
        ("dmy", "\x002020-03-04|n.d.|"),
        ("dmy", "20201216"),
        ("dmy", "16/12/2020 10:30:00"),
    ],
)
def test_a_thirteenth_tells_the_order(order: str, texts: str) -> None:
    """Or every day reads the same in both."""
    assert resolve(DAY, texts).date == order


@pytest.mark.parametrize(
    "text", ["03/04/2020", "03.04.20", "3-4-2020", "03042020", "03/04/2020 10:30", "03/04/2020\u00a010:30"]
)
def test_days_that_read_in_two_ways_are_asked_about(text: str) -> None:
    """With both days, and the line of the mapping for each."""
    error = refused(DAY, f"{text}|05/05/2020|2020-12-16")
    assert error.key == "file.two_days"
    assert (error.details["first"], error.details["second"]) == ("2020-04-03", "2020-03-04")
    form = str(error.details["second_form"])
    assert resolve(DAY, text, stated=ColumnFormat(date=form)).date == form


def test_days_in_both_orders_and_years_in_front() -> None:
    """No order is taken that other days of the column contradict; 20/12/16 and 20/12/17 are days of December 2020, or
    of two years."""
    assert refused(DAY, "16/12/2020|12/31/2020").key == "file.mixed_days"
    error = refused(DAY, "20/12/16|20/12/17")
    assert (error.key, error.details["second"]) == ("file.two_days", "2020-12-16")


def test_periods_written_as_days() -> None:
    """First days of months tell their order; days that may stand for quarters or years are asked about."""
    assert resolve(PERIOD, "01/02/2021|01/03/2021").date == "dmy"
    assert resolve(PERIOD, "02/01/2021|03/01/2021").date == "mdy"
    assert refused(PERIOD, "03/04/2021").key == "file.two_days"
    assert resolve(PERIOD, "2021-01-01|2021-02-01|2021-03-01").period is None
    assert resolve(PERIOD, "2021-03|2021-06|2021-09").period is None
    typed_years = "\x002020-12-31|\x002021-12-31|\x002022-12-31"
    for texts in ("2021-03-31|2021-06-30|2021-09-30", typed_years, "01/01/2021|01/04/2021|01/07/2021"):
        error = refused(PERIOD, texts)
        assert error.key == "file.months_or_quarters"
        form = str(error.details["form"])
        assert resolve(PERIOD, texts, stated=ColumnFormat(period=form)).period == form


@given(st.lists(st.text(max_size=25), max_size=20), st.sampled_from([EUROS, SHARE, DAY, PERIOD]))
def test_any_texts_are_resolved_or_refused(texts: list[str], column: Column) -> None:
    """No text breaks the profile."""
    profile = ColumnProfile(column)
    profile.add(pa.array([text.strip() for text in texts], pa.string()))
    with suppress(UserError):
        assert profile.resolve(NOTHING, "Colonna", "file.csv")
