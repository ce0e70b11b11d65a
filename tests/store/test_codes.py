"""Codes are found by their words and cleaned of what is written around them; a ruined code is never made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.language.text import LANGUAGES
from analytics.programme.classifications import PROVINCES
from analytics.programme.file import load_programme
from analytics.store.cells.codes import code_parser, parse_activity
from analytics.store.cells.form import BadCellError
from analytics.store.columns import CellKind, Column, applications

PROGRAMME = load_programme("ecommerce-2020")
COLUMNS = {column.name: column for column in applications(PROGRAMME)}


def read(column: str, cell: str) -> str:
    return code_parser(COLUMNS[column], PROGRAMME)(cell)


@pytest.mark.parametrize(
    ("column", "code", "cells"),
    [
        (
            "province",
            "MI",
            "MI|mi| mi |Milano|MILANO|Milan|Provincia di Milano|Prov. di Milano|MI (Milano)|Milano (MI)|ITC4C",
        ),
        ("province", "MI", "Città metropolitana di Milano|Citta' Metropolitana di Milano|MI - Milano|(MI)"),
        (
            "province",
            "MB",
            "MB|Monza e della Brianza|Monza e Brianza|Monza Brianza|Monza-Brianza|Provincia di Monza e Brianza",
        ),
        ("province", "MN", "Mantova|Mantua|mantova (mn)"),
        ("size_class", "micro", "micro|Micro|Microimpresa|MICRO IMPRESA|micro enterprise"),
        ("size_class", "small", "Piccola|piccola impresa|Small|small firm"),
        ("size_class", "medium", "Media|media  impresa|Medium-sized"),
        ("channel", "own_site", "own_site|Own site|OWN SITE|Sito proprio|sito\nproprio|own-site"),
        ("channel", "several", "Più canali|piu canali|PIU' CANALI|Several channels"),
        ("tranche", "first", "first|Primo elenco|First list"),
        ("beneficiary_kind", "research", "Università o centro di ricerca|Universita o centro di ricerca"),
        ("ateco_edition", "2007", "2007|\x002007|\x002007.0|2007.0|ATECO 2007|Ateco2007"),
        ("outcome", "not_funded", "not_funded|Not funded|NOT FUNDED"),
    ],
)
def test_words_that_stand_for_one_code(column: str, code: str, cells: str) -> None:
    """The code, its labels of the programme in every language, a province's name, in any capitals and accents."""
    assert {cell: read(column, cell) for cell in cells.split("|")} == dict.fromkeys(cells.split("|"), code)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(("province", cell) for cell in ("RM", "NA", "Roma", "Lombardia", "MI/MB", "Monza e Lecco", "M")),
        *(("size_class", cell) for cell in ("PMI", "Grande", "impresa", "1")),
        *(("ateco_edition", cell) for cell in ("2008", "07", "20070")),
        *(("outcome", cell) for cell in ("si", "finanziata", "")),
    ],
)
def test_other_words_are_refused_with_the_codes(column: str, cell: str) -> None:
    """Nothing near is taken for a code; the refusal lists those that there are."""
    with pytest.raises(BadCellError) as caught:
        read(column, cell)
    assert (caught.value.reason, caught.value.expected) == ("code", ", ".join(COLUMNS[column].values))


def test_a_word_of_two_codes_stands_for_neither() -> None:
    """Two tranches called alike: each is found by its code alone."""
    alike = PROGRAMME.tranches[0].model_copy(update={"id": "other"})
    programme = PROGRAMME.model_copy(update={"tranches": (*PROGRAMME.tranches, alike)})
    column = Column("tranche", CellKind.CODE, "the decision", values=("first", "other"))
    assert code_parser(column, programme)("other") == "other"
    for language in LANGUAGES:
        with pytest.raises(BadCellError):
            code_parser(column, programme)(alike.label.in_language(language))


def test_every_province_by_its_name() -> None:
    """With or without the words in front."""
    for province in PROVINCES.values():
        for cell in (province.name, f"Provincia di {province.name}", f"{province.name} ({province.code})"):
            assert read("province", cell) == province.code


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        (
            "10.71",
            "10.71|C 10.71|C.10.71|C10.71|c.10.71|(NACE 2) C.10.71|(NACE 2) 10.71|NACE Rev. 2 10.71|"
            "1071|10,71|\x0010.71",
        ),
        ("10.71", "10.71 - Produzione di pane|10.71: pane (fresco)|ATECO 10.71|10.71.|10 71|10-71"),
        ("10.71.00", "10.71.00|107100|\x00107100|C 10.71.00|10.71.00 Produzione di pane e altro|C.10.71.00 – Pane"),
        (
            "47.91.10",
            "47.91.10|ATECO 47.91.10|ATECO 2007: 47.91.10|Ateco 2007 47.91.10|Codice ATECO 47.91.10|"
            "G 47.91.10|47 91 10",
        ),
        ("01.11", "01.11|1.11|A 01.11|\x001.11"),
        ("01.11.00", "01.11.00|011100|\x0011100|11100"),
        ("47", "47|\x0047|\x0047.0|G47"),
        ("10.1", "10.1|\x0010.1"),
    ],
)
def test_activity_codes_without_what_is_around_them(code: str, cells: str) -> None:
    """Section letter, classification, edition, title; zeros that a spreadsheet ate, where one code can be meant."""
    assert {cell: parse_activity(cell) for cell in cells.split("|")} == dict.fromkeys(cells.split("|"), code)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("\x0010.2", "ateco_unclear"),
        ("10,2", "ateco_unclear"),
        ("14100", "ateco_unclear"),
        ("\x002071-11-10", "ateco_day"),
        ("01/11/2000", "ateco_day"),
        ("10-nov", "ateco_day"),
        ("nov-71", "ateco_day"),
        ("C", "ateco_form"),
        ("panificio", "ateco_form"),
        ("10.71/10.72", "ateco_form"),
        ("10.71, 10.72", "ateco_form"),
        ("1234567", "ateco_form"),
    ],
)
def test_ruined_activity_codes_are_refused(cell: str, why: str) -> None:
    """10.2 of a typed cell is 10.2 or 10.20; a day is no code; two codes are not one."""
    with pytest.raises(BadCellError) as caught:
        parse_activity(cell)
    assert caught.value.reason == why


@given(st.text(max_size=30))
def test_any_text_is_a_code_in_clean_form_or_refused(cell: str) -> None:
    """What is read is digits with dots, and they stand in the text in this order."""
    try:
        code = parse_activity(cell)
    except BadCellError:
        return
    assert code.replace(".", "").isdecimal()
