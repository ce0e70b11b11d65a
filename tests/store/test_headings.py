"""Headings: their words, their units, the periods in them."""

from decimal import Decimal

import pytest

from analytics.store.cells.parser import BadCellError
from analytics.store.mapping.heading_periods import find_period, period_of, period_text
from analytics.store.mapping.headings import unit_of, word_sequence, words_of
from analytics.store.readers.table import TYPED


@pytest.mark.parametrize(
    "heading",
    ["N° Addetti", "numero addetti", "ADDETTI", "Addetti\n", "N. addetti", "NumeroAddetti", "num_addetti", "Addetto"],
)
def test_one_name_in_many_spellings(heading):
    """Case, accents, punctuation, line breaks, articles and endings make no other name."""
    assert words_of(heading) == words_of("Addetti")


def test_a_negation_keeps_its_place():
    """Of words of cells the order counts: "ammessa, non finanziata" is not "non ammessa, finanziata"."""
    assert word_sequence("Ammessa non finanziata") != word_sequence("Non ammessa, finanziata")
    assert words_of("Spese ammesse") != words_of("Spese non ammesse")


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        *((f"Vendite online {said}", 1000) for said in ("(migliaia di €)", "(€/000)", "in k€", "(kEuro)", "(x1.000)")),
        *((f"Vendite online {said}", 1000) for said in ("(EUR '000)", "€ migl.", "(in thousands)", "(mila €)", "(k)")),
        *((f"Vendite online {said}", 10**6) for said in ("(milioni)", "mln €", "in M€", "(€/000.000)", "(Mio €)")),
        *((f"Vendite online {said}", None) for said in ("", "(€)", "in euro", "(EUR)", "2021", "max 10.000 €")),
        ("Vendite online (centesimi di euro)", "0.01"),
    ],
)
def test_a_unit_is_read_and_is_no_part_of_the_name(heading, unit):
    """What a written 1 stands for; the name is the same with or without it."""
    assert unit_of(heading) == (None if unit is None else Decimal(unit))
    if unit is not None:
        assert words_of(heading) == words_of("Vendite online")


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        *((h, "2021-03") for h in ("mar-21", "marzo 2021", "Mar. '21", "2021-03", "03/2021", "3/2021", "202103")),
        *((h, "2021-03") for h in ("2021M03", "2021_03", "01/03/2021", "March 2021", "MARZO2021", "mar–21", "mar ’21")),
        *((h, "2021-03") for h in (f"{TYPED}2021-03-01", f"{TYPED}44256", f"{TYPED}2021-03-01 00:00:00")),
        *((h, "2021Q1") for h in ("1T2021", "T1 2021", "2021T1", "2021-Q1", "I trim. 2021", "1° trimestre 2021")),
        *((h, "2021Q1") for h in ("1º trim 2021", "T1-21", "Trimestre 1 2021", "2021 I trimestre")),
        *((h, "2021") for h in ("2021", f"{TYPED}2021", f"{TYPED}2021.0")),
    ],
)
def test_periods_as_headings_write_them(heading, said):
    """Words of months in Italian and English, numbers, quarters, days and numbers of days that a spreadsheet types."""
    period = period_of(heading)
    assert period is not None
    assert period.in_year(str(period.year)) == said


@pytest.mark.parametrize(
    "heading", ["", "Marche", "Totale", "Codice 12", "13/2021", "1° semestre 2021", "gen-mar 2021"]
)
def test_what_is_no_period(heading):
    """Neither a half-year nor several months are one month; a name is no period."""
    assert period_of(heading) is None


def test_a_period_inside_a_heading():
    """Where it stands is told, so that the rest names the outcome; the name of a call with a year is none."""
    assert find_period("E-Commerce 2020, vendite gen-21 (€)")[1:] == (25, 31)
    assert find_period("Vendite online gennaio")[0].year is None


@pytest.mark.parametrize(
    ("year", "part", "quarter", "said"),
    [
        *(("2021", part, False, "2021-03") for part in ("3", "03", "marzo", "Mar.", "2021-03", f"{TYPED}3", "3.0")),
        *(("2021", part, True, "2021Q1") for part in ("1", "I", "T1", "1T", "1° trimestre", "Q1", "2021Q1")),
        (f"{TYPED}2021", f"{TYPED}2021-03-01", False, "2021-03"),
        ("", "", False, ""),
    ],
)
def test_year_and_part_in_two_columns(year, part, quarter, said):
    """Numbers or words, typed or not; both empty is empty."""
    assert period_text(year, part, quarter) == said


@pytest.mark.parametrize(
    ("year", "part", "quarter"),
    [
        *(("2021", part, False) for part in ("13", "0", "", "2020-03", "T1")),
        *(("2021", part, True) for part in ("5", "marzo")),
        *(("21", "3", False), ("", "3", False)),
    ],
)
def test_a_year_and_part_that_are_no_period(year, part, quarter):
    """A part of another year, a half that is empty, a month that does not exist: never a guess."""
    with pytest.raises(BadCellError):
        period_text(year, part, quarter)
