"""Days and periods are what is written, or refused: no month is mistaken for a day, no year for a day number."""

import datetime as dt

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from analytics.store.cells.days import SPREADSHEET_EPOCH, parse_date
from analytics.store.cells.form import BadCellError, CellForm
from analytics.store.cells.periods import parse_period

DAY_FIRST = CellForm(date="dmy")
MONTH_FIRST = CellForm(date="mdy")
STATED = CellForm(date="%d/%m/%Y")
DEC_16 = dt.date(2020, 12, 16)


@pytest.mark.parametrize(
    "cell",
    [
        *("16/12/2020", "16.12.2020", "16-12-2020", "16 12 2020", "16/12/20", "16.12.20", "16122020", "20201216"),
        *(
            "2020-12-16",
            "2020/12/16",
            "2020.12.16",
            "2020-12-16T10:30:00",
            "2020-12-16 10:30",
            "2020-12-16T09:30:00.123Z",
        ),
        *("2020-12-15T23:00:00Z", "2020-12-16T00:00:00+01:00", "2020-12-16+01:00", "2020-12-16 00:00:00 UTC"),
        *(
            "16/12/2020 10:30",
            "16/12/2020 0:00:00",
            "44181",
            "\x0044181",
            "\x0044181.5",
            "\x002020-12-16",
            "\x002020-12-16 10:30:00",
        ),
        *(
            "16 dicembre 2020",
            "16 DIC 2020",
            "16-dic-20",
            "16/dic/2020",
            "16 dic. 2020",
            "Dec 16, 2020",
            "16 December 2020",
        ),
        *("mercoledì 16 dicembre 2020", "December 16th, 2020", "2020-dic-16", "16\u00a0dicembre\u00a02020"),
    ],
)
def test_days_in_every_spelling(cell: str) -> None:
    """Numbers, ISO with times and zones (Rome's day counts), a spreadsheet's day number, months in words."""
    assert parse_date(cell, form=DAY_FIRST) == DEC_16


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2021-02-29", DAY_FIRST),
        ("31/04/2021", DAY_FIRST),
        ("12/31/2020", DAY_FIRST),
        ("31/12/2020", MONTH_FIRST),
        ("16/12/2020", CellForm(date="ymd")),
        ("0202-12-16", DAY_FIRST),
        ("31/12/9999", DAY_FIRST),
        ("16/12-2020", DAY_FIRST),
        ("16/12/020", DAY_FIRST),
        ("18263", DAY_FIRST),
        ("99999", DAY_FIRST),
        ("dic-16-20", DAY_FIRST),
        ("16 brumaio 2020", DAY_FIRST),
        ("2020-12-16T25:00", DAY_FIRST),
        ("12/31/2020", STATED),
        ("16/12/20", STATED),
        ("16 dicembre 2020", STATED),
    ],
)
def test_impossible_days_are_refused(cell: str, form: CellForm) -> None:
    """A day that does not exist, or stands in another order or format than is stated, is no day."""
    with pytest.raises(BadCellError, match="date"):
        parse_date(cell, form=form)


def test_a_stated_format_is_kept_and_iso_always_read() -> None:
    """Other marks between the numbers, a time behind them and typed cells do not matter."""
    for cell in ("16/12/2020", "16.12.2020", "16/12/2020 10:30", "2020-12-16", "\x002020-12-16"):
        assert parse_date(cell, form=STATED) == DEC_16
    assert parse_date("12/16/2020", form=CellForm(date="%m/%d/%Y")) == DEC_16
    assert parse_date("20/12/16", form=CellForm(date="%y/%m/%d")) == DEC_16
    assert parse_date("1988", form=CellForm(date="%Y")) == dt.date(1988, 1, 1)


def test_years_of_two_digits_turn_at_69() -> None:
    """69 to 99 are of the last century, as in POSIX."""
    years = {cell: parse_date(f"1/2/{cell}", form=DAY_FIRST).year for cell in ("20", "68", "69", "85")}
    assert years == {"20": 2020, "68": 2068, "69": 1969, "85": 1985}


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(["it", "en"]))
def test_every_day_is_read_back(day: dt.date, language: str) -> None:
    """As numbers, as a day number, in full and abbreviated words of both languages."""
    assert parse_date(f"{day.month}/{day.day}/{day.year}", form=MONTH_FIRST) == day
    assert parse_date(str((day - SPREADSHEET_EPOCH).days), form=DAY_FIRST) == day
    for form in ("long", "full", "d MMM y"):
        assert parse_date(format_date(day, form, locale=language), form=DAY_FIRST) == day


@pytest.mark.parametrize(
    ("period", "cells"),
    [
        (
            "2021-03",
            "2021-03|03/2021|3/2021|2021/03|202103|032021|2021-3|03-2021|03.2021|2021.03|2021 03|mar-21|mar 21|MAR-21|"
            "marzo 2021|Marzo-2021|mar. 2021|marzo '21|Mar 2021|March 2021|2021 marzo|2021-mar|mar2021|2021M03|2021m3|"
            "2021-03-01|2021-03-31|2021-03-15|01/03/2021|31/03/2021|1 marzo 2021|16-mar-21|44256|"
            "202103.0|mese di marzo 2021|"
            "\x00202103|\x002021-03-01|\x0044256|2021-03-31 23:59:59",
        ),
        (
            "2021Q1",
            "2021Q1|2021-Q1|2021 q1|Q1 2021|Q1/2021|1Q2021|2021T1|2021-T1|1T2021|1T 2021|T1 2021|I trim. 2021|"
            "I trimestre 2021|1° trimestre 2021|1º trim. 2021|1^ trimestre 2021|primo trimestre 2021|"
            "first quarter 2021|"
            "1st quarter 2021|trimestre 1/2021|2021 I trim|I trimestre dell'anno 2021|gen-mar 2021|"
            "gennaio - marzo 2021",
        ),
        ("2021Q4", "IV trim. 2021|2021T4|4° trimestre 2021|ott-dic 2021|oct-dec 2021"),
        ("2021", "2021|anno 2021|\x002021|2021.0|\x002021.0"),
        ("2021-09", "set-21|sett. 2021|settembre 2021|Sep-21|Sept 2021"),
        ("2021-01", "gen-21|Jan-21|gennaio 2021"),
    ],
)
def test_periods_in_every_spelling(period: str, cells: str) -> None:
    """Month, quarter or year, in Italian and English; a day stands for its month."""
    assert {cell: parse_period(cell, form=DAY_FIRST) for cell in cells.split("|")} == dict.fromkeys(
        cells.split("|"), period
    )


@pytest.mark.parametrize(
    "cell",
    [
        *("2021-13", "2021-00", "2021Q5", "2021T0", "0999", "13/2021", "03/0999", "2021S1"),
        *("2021H1", "I semestre 2021", "I sem. 2021", "I 2021", "03/21", "21-mar", "mar-1", "marzo"),
        *("03", "gen-apr 2021", "dic-gen 2021", "2021-2022", "Q1Q2 2021", "trim 2021", "Totale 2021", "-2021"),
        *("202113", "01/03/21", "\x003.2021", "\x002021.1", "2021-03-32", "Q1 21", "marzo 21 22"),
    ],
)
def test_what_is_no_period_is_refused(cell: str) -> None:
    """Half-years, years of two digits without a month in words, two periods in one cell."""
    with pytest.raises(BadCellError, match=r"period"):
        parse_period(cell, form=DAY_FIRST)


@pytest.mark.parametrize("cell", ["42015", "20213", "\x0020213", "2021.1", "1.202"])
def test_a_period_that_may_have_lost_a_zero_has_two_readings(cell: str) -> None:
    """42015 is a day of January 2015 or April 2015; 2021.1 is January or October."""
    with pytest.raises(BadCellError, match="period_zero_lost"):
        parse_period(cell, form=DAY_FIRST)


def test_a_stated_format_of_periods() -> None:
    """A format without a month gives years; canonical and typed cells are read beside it."""
    assert parse_period("03/2021", form=CellForm(period="%m/%Y")) == "2021-03"
    assert parse_period("21", form=CellForm(period="%y")) == "2021"
    assert parse_period("\x002021-03-01", form=CellForm(period="%m/%Y")) == "2021-03"
    assert parse_period("2021-04", form=CellForm(period="%m/%Y")) == "2021-04"
    with pytest.raises(BadCellError, match="period"):
        parse_period("mar-21", form=CellForm(period="%m/%Y"))


def test_days_of_periods_follow_the_columns_order() -> None:
    """1 March or 3 January, as the column tells."""
    assert parse_period("01/03/2021", form=DAY_FIRST) == "2021-03"
    assert parse_period("01/03/2021", form=MONTH_FIRST) == "2021-01"
