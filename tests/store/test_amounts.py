"""Amounts are exact decimals however people and spreadsheets write them; none is misread by a thousand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.store.cells.amounts import parse_decimal
from analytics.store.cells.form import BadCellError, CellForm
from analytics.store.columns import CellKind, Column

AMOUNT = Column("amount_eur", CellKind.DECIMAL, "an amount", minimum=0)
SCORE = Column("score", CellKind.DECIMAL, "points")
PERCENT = Column("share", CellKind.DECIMAL, "a share", minimum=0, maximum=100.0)
PLAIN = CellForm()
COMMA = CellForm(decimal=",")
ITALIAN = CellForm(decimal=",", thousands=".")


def amount(cell: str, form: CellForm = PLAIN, column: Column = SCORE) -> Decimal:
    return Decimal(parse_decimal(cell, column=column, form=form))


def reason(cell: str, form: CellForm = PLAIN, column: Column = AMOUNT) -> str:
    with pytest.raises(BadCellError) as caught:
        parse_decimal(cell, column=column, form=form)
    return caught.value.reason


@pytest.mark.parametrize(
    ("cell", "form", "worth"),
    [
        ("1234.56", PLAIN, "1234.56"),
        ("007.10", PLAIN, "7.10"),
        ("+5", PLAIN, "5"),
        (".5", PLAIN, "0.5"),
        ("1e3", PLAIN, "1000"),
        ("1,5E+03", COMMA, "1500"),
        ("1.2345E+02", PLAIN, "123.45"),
        ("0.1234567", PLAIN, "0.123457"),
        ("1e-999", PLAIN, "0"),
        ("999999999999.999999", PLAIN, "999999999999.999999"),
        ("9.500,00", ITALIAN, "9500"),
        ("9.500", ITALIAN, "9500"),
        ("€ 1.234.567,8", ITALIAN, "1234567.8"),
        ("€ 1.234,56-", ITALIAN, "-1234.56"),
        ("1.234,56- €", ITALIAN, "-1234.56"),
        ("(1.234,56)", ITALIAN, "-1234.56"),
        ("€ (1.234,56)", ITALIAN, "-1234.56"),
        ("(€ 1.234,56)", ITALIAN, "-1234.56"),
        ("\u22121.234,56", ITALIAN, "-1234.56"),
        ("- 5", PLAIN, "-5"),
        ("EUR 9.500", ITALIAN, "9500"),
        ("12,5 euro", ITALIAN, "12.5"),
        ("12,5€", COMMA, "12.5"),
        ("9.500,--", ITALIAN, "9500"),
        ("9.500,- €", ITALIAN, "9500"),
        ("9 500,50", COMMA, "9500.50"),
        ("9\u00a0500,50", ITALIAN, "9500.50"),
        ("1\u202f234\u202f567,5", COMMA, "1234567.5"),
        ("1'234.5", PLAIN, "1234.5"),
        ("1\u2019234,5", COMMA, "1234.5"),
        ("'9500", PLAIN, "9500"),
        ("9500\u200b", PLAIN, "9500"),
        ("\x009.5", ITALIAN, "9.5"),
        ("\x00-1234.125", ITALIAN, "-1234.125"),
    ],
)
def test_amounts_are_read_exactly(cell: str, form: CellForm, worth: str) -> None:
    """By the column's marks; a number that the file types is what it is, whatever the marks."""
    assert amount(cell, form) == Decimal(worth)


@pytest.mark.parametrize(
    ("cell", "form", "why"),
    [
        ("-5", PLAIN, "negative"),
        ("(0,01)", ITALIAN, "negative"),
        ("1e400", PLAIN, "too_large"),
        ("9" * 400, PLAIN, "too_large"),
        ("999999999999.9999999", PLAIN, "too_large"),
        ("1000000000000", PLAIN, "too_large"),
        ("NaN", PLAIN, "decimal"),
        ("1e4000", PLAIN, "decimal"),
        ("9.500,00", PLAIN, "decimal"),
        ("9500.50", ITALIAN, "decimal"),
        ("95.00", ITALIAN, "decimal"),
        ("9.500", COMMA, "decimal"),
        ("0.500", ITALIAN, "decimal"),
        ("1.23.456", ITALIAN, "decimal"),
        ("12.34,5", ITALIAN, "decimal"),
        ("1.2345,6", ITALIAN, "decimal"),
        ("9,500.00", ITALIAN, "decimal"),
        ("1 234.567,8", ITALIAN, "decimal"),
        ("12 34", PLAIN, "decimal"),
        ("9€5", PLAIN, "decimal"),
        ("١٢", PLAIN, "decimal"),
        ("12²", PLAIN, "decimal"),
        ("--5", PLAIN, "decimal"),
        ("(-5)", PLAIN, "decimal"),
        ("(5", PLAIN, "decimal"),
        ("12 %", PLAIN, "percent"),
        ("$ 100", PLAIN, "currency"),
        ("100 CHF", PLAIN, "currency"),
        ("9,5 mila", ITALIAN, "scale_word"),
        ("2 mln €", PLAIN, "scale_word"),
        ("1,23457E+10", COMMA, "rounded"),
        ("1.23E+05", PLAIN, "rounded"),
        ("\x002021-05-01", PLAIN, "date_in_number"),
    ],
)
def test_amounts_that_could_be_misread_are_refused(cell: str, form: CellForm, why: str) -> None:
    """Nothing is guessed: 9500.50 under a decimal comma is no 950050, and digits that are lost are not made up."""
    assert reason(cell, form) == why


def test_limits_are_the_columns_own() -> None:
    """Percentages end at 100 and may have their sign; points may be negative."""
    assert amount("100", column=PERCENT) == 100
    assert amount("12,5 %", COMMA, PERCENT) == Decimal("12.5")
    assert reason("100.01", column=PERCENT) == "too_large"
    assert reason("-1e13", column=SCORE) == "too_large"


@pytest.mark.parametrize(
    ("cell", "worth"), [("9,5", "9500"), ("\x009.5", "9500"), ("0,0012345", "1.2345"), ("€ 12", "12000")]
)
def test_units_multiply_exactly(cell: str, worth: str) -> None:
    """A column in thousands is stored in euros, typed cells too."""
    assert amount(cell, CellForm(decimal=",", unit=Decimal(1000)), AMOUNT) == Decimal(worth)


def test_a_programme_in_another_currency_has_its_own_sign() -> None:
    """Dollars beside a number are dollars there, and euros foreign."""
    assert parse_decimal("$ 9,500.50", column=AMOUNT, form=CellForm(thousands=","), currency="USD") == "9500.500000"
    with pytest.raises(BadCellError, match="currency"):
        parse_decimal("€ 5", column=AMOUNT, form=PLAIN, currency="USD")


MARKS = [PLAIN, COMMA, ITALIAN, CellForm(thousands=",")]


@given(
    st.decimals(min_value=0, max_value=10**11, places=2),
    st.sampled_from(MARKS),
    st.sampled_from(["{}", "€ {}", "{} €", "EUR {}", "{} euro", "+{}", "'{}"]),
    st.sampled_from([" ", "\u00a0", "\u202f", "'", ""]),
)
def test_what_is_written_is_read_back(worth: Decimal, form: CellForm, around: str, groups: str) -> None:
    """Any amount with grouped thousands and two decimals, with a currency or sign around it."""
    written = f"{worth:,.2f}".replace(",", "G").replace(".", form.decimal).replace("G", form.thousands or groups)
    assert amount(around.format(written), form) == worth


@given(st.text("0123456789.,' -+()€%eE", max_size=30), st.sampled_from(MARKS))
def test_no_text_is_read_with_other_digits_than_it_has(cell: str, form: CellForm) -> None:
    """What is read holds the digits of the text in their order, however wild the text: none is added or dropped."""
    try:
        worth = amount(cell, form)
    except BadCellError:
        return
    if "e" not in cell.lower():
        digits = int("".join(sign for sign in cell if sign.isdecimal()))
        rounded = len(cell.rpartition(form.decimal)[2]) > 6
        assert rounded or abs(worth) in {Decimal(digits).scaleb(-places) for places in range(7)}
