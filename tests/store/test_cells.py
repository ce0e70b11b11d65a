"""A cell of text becomes what it means, or says why it means nothing."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.language.text import LANGUAGES, Text
from analytics.programme.file import load_programme
from analytics.store.cells import (
    BadCellError,
    Rejection,
    cell_parser,
    parse_code,
    parse_date,
    parse_decimal,
    parse_firm,
    parse_period,
)
from analytics.store.columns import CellKind, Column, applications, sales
from analytics.store.mapping import ColumnMapping, Format
from tests.helpers.officer import code as code_of

AMOUNT = Column("amount", CellKind.DECIMAL, "an amount", minimum=0)
SCORE = Column("score", CellKind.DECIMAL, "points")
PERCENT = Column("share", CellKind.DECIMAL, "a share", minimum=0, maximum=100.0)
ITALIAN = Format(decimal=",", thousands=".", date="%d/%m/%Y", period="%m/%Y")


def reason(read, *arguments, **named) -> str:
    with pytest.raises(BadCellError) as caught:
        read(*arguments, **named)
    return caught.value.reason


@pytest.mark.parametrize(
    ("cell", "form", "amount"),
    [
        ("1234.56", Format(), "1234.56"),
        ("007.10", Format(), "007.10"),
        ("+5", Format(), "5.000000"),
        ("1e3", Format(), "1000.000000"),
        ("€ 12.5", Format(), "12.5"),
        ("0.1234567", Format(), "0.123457"),
        ("1e-999", Format(), "0.000000"),
        ("999999999999.999999", Format(), "999999999999.999999"),
        ("9.500,00", ITALIAN, "9500.00"),
        ("€ 1.234.567,8", ITALIAN, "1234567.8"),
        ("9.500", ITALIAN, "9500"),
        ("12,5 €", ITALIAN, "12.5"),
        ("1\u202f234,5", Format(decimal=",", thousands=" "), "1234.5"),
        ("1'234.5", Format(thousands="'"), "1234.5"),
    ],
)
def test_amounts_are_read_exactly_as_written(cell, form, amount):
    """Euros are decimals, read by the marks that the mapping names."""
    assert parse_decimal(cell, column=AMOUNT, form=form) == amount


@pytest.mark.parametrize(
    ("cell", "form", "why"),
    [
        ("-5", Format(), "negative"),
        ("-0,01", ITALIAN, "negative"),
        ("1e400", Format(), "too_large"),
        ("9" * 400, Format(), "too_large"),
        ("999999999999.9999999", Format(), "too_large"),
        ("1000000000000", Format(), "too_large"),
        ("NaN", Format(), "decimal"),
        ("inf", Format(), "decimal"),
        ("1e4000", Format(), "decimal"),
        ("9.500,00", Format(), "decimal"),
        ("9500.50", ITALIAN, "decimal"),
        ("95.00", ITALIAN, "decimal"),
        ("1.23.456", ITALIAN, "decimal"),
        ("9€5", Format(), "decimal"),
        ("١٢", Format(), "decimal"),
        ("=1+1", Format(), "decimal"),
        ("12 345", Format(), "decimal"),
    ],
)
def test_amounts_that_could_be_misread_are_refused(cell, form, why):
    """Nothing is guessed: 9500.50 under a decimal comma is no 950050."""
    assert reason(parse_decimal, cell, column=AMOUNT, form=form) == why


def test_limits_are_the_columns_own():
    """Percentages end at 100; points may be negative."""
    assert parse_decimal("100", column=PERCENT, form=Format()) == "100.000000"
    assert reason(parse_decimal, "100.01", column=PERCENT, form=Format()) == "too_large"
    assert parse_decimal("-3", column=SCORE, form=Format()) == "-3.000000"
    assert reason(parse_decimal, "-1e13", column=SCORE, form=Format()) == "too_large"


@pytest.mark.parametrize(
    ("cell", "canonical"),
    [
        (code_of(1234567), code_of(1234567)),
        (code_of(123456)[1:], code_of(123456)),
        ("004 849 60588", "00484960588"),
        ("00484960588"[2:], "00484960588"),
        ("rssmra85t10a562s", "RSSMRA85T10A562S"),
    ],
)
def test_fiscal_codes(cell, canonical):
    """Zeros that a spreadsheet ate come back; codes of natural persons are codes."""
    assert parse_firm(cell, identifier="it_fiscal_code") == canonical


@pytest.mark.parametrize(
    "cell", ["01234567890", "123", "1,23457E+10", "RSSMRA85T10A562X", "²²²²²²²²²²²", "１234567897x", "\0" * 11]
)
def test_wrong_fiscal_codes_are_refused(cell):
    """The check character decides."""
    assert reason(parse_firm, cell, identifier="it_fiscal_code") == "fiscal_code"


def test_opaque_identifiers_are_kept():
    """Other programmes have their own identifiers."""
    assert parse_firm("410032", identifier="opaque") == "410032"


@pytest.mark.parametrize(
    ("cell", "form", "day"),
    [
        ("2020-12-16", Format(), dt.date(2020, 12, 16)),
        ("2020-12-16 00:00:00", Format(), dt.date(2020, 12, 16)),
        ("16/12/2020", ITALIAN, dt.date(2020, 12, 16)),
        ("2020-12-16", ITALIAN, dt.date(2020, 12, 16)),  # a typed cell of a spreadsheet whose other dates are text
        ("1988", Format(date="%Y"), dt.date(1988, 1, 1)),
    ],
)
def test_dates(cell, form, day):
    """In the file's format; typed cells of spreadsheets whatever it is."""
    assert parse_date(cell, form=form) == day


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2021-02-29", Format()),
        ("31/04/2021", ITALIAN),
        ("12/31/2020", ITALIAN),
        ("0202-12-16", Format()),
        ("2020-12-16 10:30", Format()),
    ],
)
def test_impossible_dates_are_refused(cell, form):
    """A day that does not exist is no day."""
    assert reason(parse_date, cell, form=form) == "date"


@pytest.mark.parametrize(
    ("cell", "form", "canonical"),
    [
        ("2021-03", Format(), "2021-03"),
        ("2021Q1", Format(), "2021Q1"),
        ("2021-T4", Format(), "2021Q4"),
        ("2021", Format(), "2021"),
        ("03/2021", ITALIAN, "2021-03"),
        ("2021-03-01", Format(period="%Y-%m-%d"), "2021-03"),
        ("21", Format(period="%y"), "2021"),
    ],
)
def test_periods(cell, form, canonical):
    """Month, quarter or year; a format without a month gives years."""
    assert parse_period(cell, form=form) == canonical


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2021-13", Format()),
        ("2021Q5", Format()),
        ("0999", Format()),
        ("13/2021", ITALIAN),
        ("03/0999", ITALIAN),
        ("2021-03-01", Format()),
    ],
)
def test_impossible_periods_are_refused(cell, form):
    """A day is no month unless the mapping says so: it could stand for a quarter or a year."""
    assert reason(parse_period, cell, form=form) == "period"


def test_words_of_the_mapping_stand_for_ours_in_every_kind_of_column():
    """values: their word -> ours, also in number columns, where "" is "not reported"."""
    programme = load_programme("ecommerce-2020")
    values = {"channel": {"Sito proprio": "own_site"}, "online_sales_eur": {"n.d.": ""}}
    mapping = ColumnMapping(values=values)
    channel = next(column for column in applications(programme) if column.name == "channel")
    online = next(column for column in sales(programme) if column.name == "online_sales_eur")
    assert cell_parser(channel, mapping, programme)("SITO  proprio") == "own_site"
    assert cell_parser(channel, mapping, programme)("App") == "app"
    assert cell_parser(online, mapping, programme)("N.D.") is None
    assert reason(parse_code, "shop", allowed=channel.values) == "code"


@given(st.text(max_size=40), st.sampled_from([Format(), ITALIAN, Format(thousands="'")]))
def test_any_text_is_read_or_refused_with_words_for_it(cell, form):
    """No cell raises anything but BadCellError, and every reason has its sentence in every language."""
    programme = load_programme("ecommerce-2020")
    for column in (*applications(programme), *sales(programme)):
        try:
            cell_parser(column, ColumnMapping(format=form), programme)(cell)
        except BadCellError as error:
            rejection = Rejection(2, column.name, cell, error.reason, error.expected)
            for language in LANGUAGES:
                assert Text(language)(f"reject.{rejection.reason}", value=rejection.value, expected=rejection.expected)
