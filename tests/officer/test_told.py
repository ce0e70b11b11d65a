"""What the officer's page says of an error, and how it writes a value."""

import re
from decimal import Decimal

import pytest

from analytics.language.text import LANGUAGES, Text, sentences
from analytics.model import UserError
from analytics.officer.told import OurColumn, words_of
from pages.parts.officer_rows import written

OWN = "officer.error."
OPTION = re.compile(r"--[a-z]|python -m|propose|import (applications|sales)|header_row")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_its_own_choices(language: str) -> None:
    """Every error that has words for the page is said there in them, from what the error tells; no option of a
    terminal is among them.
    """
    said = sentences(language)
    own = {key: words for key, words in said.items() if key.startswith(OWN)}
    assert own
    assert [key for key, words in own.items() if OPTION.search(words)] == []
    for key, words in own.items():
        gaps = set(re.findall(r"{(\w+)", words))
        assert gaps <= set(re.findall(r"{(\w+)", said[f"error.{key.removeprefix(OWN)}"])), key


def test_an_error_is_said_for_the_page() -> None:
    """Where it has words of the page, those; elsewhere its own."""
    refused = words_of(UserError("rows.refused", file="a.csv", bad=1, rows_in=2))
    assert "--partial" not in refused["en"]
    assert "step 1" in refused["en"]
    assert words_of(UserError("file.absent", file="a.csv"))["en"] == str(UserError("file.absent", file="a.csv"))


@pytest.mark.parametrize(
    ("stored", "language", "shown"),
    [
        ("1234.5", "it", "1.234,50"),
        ("1234.50", "en", "1,234.50"),
        ("1234567", "it", "1.234.567"),
        ("0.125", "it", "0,125"),
        ("-1200.00", "it", "\u22121.200"),
        (str(Decimal(10) ** 15 + Decimal("0.25")), "it", "1000000000000000.25"),
        (None, "it", "\u2013"),
    ],
)
def test_an_amount_is_written_as_its_reader_writes_it(stored: str | None, language: str, shown: str) -> None:
    """With every digit: two amounts that differ never look alike. More digits than a number holds stay as stored."""
    amount = OurColumn("sales", {}, False, {}, is_amount=True)
    assert written(stored, amount, Text(language)) == shown


def test_what_is_no_amount_is_not_written_as_one() -> None:
    """A code has its words, a year stays a year."""
    code = OurColumn("size_class", {}, False, {"2": {"it": "2: piccola", "en": "2: small"}})
    assert written("2", code, Text("it")) == "2: piccola"
    assert written("2021", code, Text("it")) == "2021"
    assert written("1234.5", None, Text("it")) == "1234.5"
