"""A cell of text becomes what it means, or says why it means nothing."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.language.text import LANGUAGES, Text
from analytics.programme.file import load_programme
from analytics.store.cells.parser import MISSING_WORDS, BadCellError, CellForm, Rejection, cell_parser, parse_firm
from analytics.store.columns import Column, applications, sales
from analytics.store.readers.table import TYPED, shown
from tests.helpers.officer import code as code_of

PROGRAMME = load_programme("ecommerce-2020")
COLUMNS = {column.name: column for column in (*applications(PROGRAMME), *sales(PROGRAMME))}
ITALIAN = CellForm(decimal=",", thousands=".")


def read(column: str, cell: str, words: dict[str, str] | None = None, form: CellForm = ITALIAN) -> object:
    return cell_parser(COLUMNS[column], form, words or {}, PROGRAMME)(cell)


def reason(column: str, cell: str, words: dict[str, str] | None = None) -> str:
    with pytest.raises(BadCellError) as caught:
        read(column, cell, words)
    return caught.value.reason


@pytest.mark.parametrize(
    ("cell", "canonical"),
    [
        (code_of(1234567), code_of(1234567)),
        (code_of(123456)[1:], code_of(123456)),
        ("004 849 60588", "00484960588"),
        ("004.849.605-88", "00484960588"),
        ("484960588", "00484960588"),
        ("484.960.588", "00484960588"),
        ("484960588.0", "00484960588"),
        (f"{TYPED}484960588", "00484960588"),
        (f"{TYPED}484960588.0", "00484960588"),
        ("IT00484960588", "00484960588"),
        ("it 00484960588", "00484960588"),
        ("P.IVA 00484960588", "00484960588"),
        ("C.F.: 00484960588", "00484960588"),
        ("'00484960588", "00484960588"),
        ('="00484960588"', "00484960588"),
        ("00484960588\u200b", "00484960588"),
        ("rssmra85t10a562s", "RSSMRA85T10A562S"),
        ("RSS MRA 85T10 A562S", "RSSMRA85T10A562S"),
        ("CF RSSMRA85T10A562S", "RSSMRA85T10A562S"),
    ],
)
def test_fiscal_codes(cell: str, canonical: str) -> None:
    """Zeros that a spreadsheet ate come back; codes of natural persons are codes; what is around a code is left out."""
    assert read("fiscal_code", cell) == canonical


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        *((cell, "fiscal_code") for cell in ("01234567890", "123", "RSSMRA85T10A562X", "²²²²²²²²²²²", "１234567897x")),
        *((cell, "fiscal_code") for cell in ("\0" * 11, "DE123456789", "00000000000", f"{TYPED}123.5", "IT484960588")),
        # days and telephone numbers whose digits would pass the check once their marks are left out
        *((cell, "fiscal_code") for cell in (f"{TYPED}2021-01-18", "2021-01-18", "2021/01/18", "20-210118")),
        *((cell, "code_rounded") for cell in ("1,23457E+10", "1.23457E+10", "4.8496e8")),
    ],
)
def test_wrong_fiscal_codes_are_refused(cell: str, why: str) -> None:
    """The check character decides; digits that a spreadsheet rounded away are not made up."""
    assert reason("fiscal_code", cell) == why


def test_identifiers_and_texts_are_kept_as_they_stand() -> None:
    """Other programmes have their own identifiers; a number that the file types has no needless decimals."""
    assert parse_firm("410032", identifier="opaque") == "410032"
    assert parse_firm(f"{TYPED}47.0", identifier="opaque") == "47"
    assert [read("application_id", cell) for cell in ("0047", f"{TYPED}47", '="0047"', "E/12")] == [
        "0047",
        "47",
        "0047",
        "E/12",
    ]
    assert reason("application_id", "1,23457E+10") == "code_rounded"
    assert reason("cor", f"{TYPED}1234567890123450000") == "code_rounded"


@pytest.mark.parametrize(
    "column",
    [
        "online_sales_eur",
        "awarded_on",
        "period",
        "fiscal_code",
        "channel",
        "cor",
        "name",
    ],
)
def test_words_for_missing_values_are_asked_about(column: str) -> None:
    """None is read as "not reported" unasked, in no kind of column; the mapping says what each stands for."""
    for word in MISSING_WORDS:
        assert reason(column, word) == "missing_word"
        assert reason(column, word.upper()) == "missing_word"
        assert read(column, word, {word: ""}) is None


def test_a_dash_beside_a_currency_is_a_word_too() -> None:
    """As spreadsheets show zero in accounts: only the officer knows whether it is one."""
    for cell in ("€ -", "-   €", "- €"):
        assert reason("grant_eur", cell) == "missing_word"
    assert read("grant_eur", "-   €", {"- €": "0"}) == "0"


def test_naples_is_no_missing_word() -> None:
    """NA is a province, though not one of the programme's; elsewhere it is asked about."""
    assert reason("province", "NA") == "code"
    assert reason("channel", "NA") == "missing_word"


@pytest.mark.parametrize(
    "cell", ["#REF!", "#RIF!", "#VALORE!", "#VALUE!", "#DIV/0!", "#NOME?", "#NAME?", "#NUM!", "#####", "Err:502"]
)
def test_errors_of_spreadsheets_have_their_own_reason(cell: str) -> None:
    """An error is neither a number nor nothing."""
    for column in ("online_sales_eur", "awarded_on", "fiscal_code", "channel", "name"):
        assert reason(column, cell) == "error_cell"


def test_formulas_have_their_own_reason() -> None:
    """A formula is not its result, except one that is a text in quotes."""
    assert reason("online_sales_eur", "=500+400") == reason("name", "=A1") == "formula"
    assert read("online_sales_eur", '="12,5"') == "12.5"
    assert read("online_sales_eur", '=""') is None


def test_words_of_the_mapping_stand_for_ours_in_every_kind_of_column() -> None:
    """their word -> ours, in our own notation whatever the column's, "" being "not reported"; also of typed cells."""
    assert read("channel", "SITO  web", {"Sito web": "own_site"}) == "own_site"
    assert read("outcome", f"{TYPED}1", {"1": "funded"}) == "funded"
    assert read("online_sales_eur", "N.D.", {"n.d.": ""}) is None
    assert read("online_sales_eur", "circa mille", {"circa mille": "1000.5"}) == "1000.5"
    assert read("awarded_on", "da definire", {"da definire": "2020-12-16"}) == dt.date(2020, 12, 16)
    assert read("cor", "nd", {"nd": "nd"}) == "nd"
    assert reason("channel", "shop", {"Sito web": "own_site"}) == "code"


def test_empty_cells_are_nothing() -> None:
    """Also those in which stands only what nobody sees."""
    for column in ("online_sales_eur", "awarded_on", "fiscal_code", "channel"):
        assert read(column, "") is None
        assert read(column, "\u200b") is None


wild = st.one_of(
    st.text(max_size=40),
    st.text("0123456789.,-/ €()%'TQIVeE#=\"\0", max_size=20),
    st.sampled_from(["16/12/2020", "1.234,5", "gen-21", "10.71", "MI", "IT00484960588"]).flatmap(
        lambda seed: st.builds(lambda i, c: seed[:i] + c + seed[i:], st.integers(0, len(seed)), st.characters())
    ),
)
FORMS = [CellForm(), ITALIAN, CellForm(thousands="'", date="mdy"), CellForm(date="%d/%m/%Y", period="%m/%Y")]


@given(wild.map(str.strip), st.sampled_from(FORMS), st.sampled_from(list(COLUMNS.values())))
def test_any_text_is_read_or_refused_with_words_for_it(cell: str, form: CellForm, column: Column) -> None:
    """No cell raises anything but BadCellError, every reason has its sentence in every language, and what is read reads
    the same again."""
    try:
        value = cell_parser(column, form, {}, PROGRAMME)(cell)
    except BadCellError as error:
        rejection = Rejection(2, column.name, shown(cell), error.reason, error.expected)
        for language in LANGUAGES:
            assert Text(language)(f"reject.{rejection.reason}", value=rejection.value, expected=rejection.expected)
        return
    assert value is None or isinstance(value, str | dt.date)
    if value:
        written = value.isoformat() if isinstance(value, dt.date) else value
        again = cell_parser(column, CellForm(), {}, PROGRAMME)(written)
        assert again == value or float(str(again)) == float(str(value))
