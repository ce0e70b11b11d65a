"""Every language says the same things; numbers are written as their readers write them."""

import ast
import datetime as dt
import string
from pathlib import Path

import pytest

from analytics.folders import PROJECT
from analytics.language import text
from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES, MINUS, SPOKEN, Text, sentences
from tests.helpers.languages import add_language, missing_keys

SOURCES = [*(PROJECT / "analytics").rglob("*.py"), *(PROJECT / "pages").rglob("*.py"), PROJECT / "dashboard.py"]


def placeholders(sentence: str) -> set[str]:
    return {name.split("!")[0] for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_language_has_the_same_keys_and_placeholders() -> None:
    """No sentence lacks in a language that another has, or needs a value that it does not need there."""
    assert missing_keys() == {}
    default = sentences(DEFAULT_LANGUAGE)
    for language in LANGUAGES:
        assert [
            key for key, said in sentences(language).items() if placeholders(said) != placeholders(default[key])
        ] == []


def test_a_key_that_one_language_lacks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Language and key. A language whose articles bend to numbers must have the forms for it, the others need not."""
    added = add_language("fr", tmp_path, monkeypatch)
    written = added.read_text(encoding="utf-8")
    added.write_text(written.replace("\nless_than_one = ", "\nless_than_two = "), encoding="utf-8")
    assert missing_keys() == {
        "fr": {"format.less_than_one"},
        **{key: {"format.less_than_two"} for key in LANGUAGES},
    }


def test_one_language_is_the_default() -> None:
    """The first in every list: Italian. The others follow by their codes."""
    assert [language for language in LANGUAGES if SPOKEN[language].default] == ["it"]
    assert (DEFAULT_LANGUAGE, *sorted(set(LANGUAGES) - {DEFAULT_LANGUAGE})) == LANGUAGES
    assert Text("xx").language == DEFAULT_LANGUAGE


def test_a_language_is_added_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found because it is there: listed, named, and spoken by its own rules of numbers, dates, money and articles."""
    add_language("fr", tmp_path, monkeypatch)
    assert set(text.SPOKEN) == {*LANGUAGES, "fr"}
    french = Text("fr")
    assert (french.language, text.SPOKEN["fr"].name) == ("fr", "FR")
    assert french("mark.simulated") == Text("en")("mark.simulated")
    assert french.date(dt.date(2027, 2, 26)) == "26 février 2027"
    assert french.money(2138.4, "EUR") == "2\u202f138\u00a0€"
    assert french.short_money(148_000, "EUR") == "148\u00a0k\u00a0€"
    assert french.percent_with("the", 0.08) == "8%"
    assert missing_keys() == {}


def test_short_money() -> None:
    """Italian writes what is under a million in full, English does not."""
    assert [Text("it").short_money(amount, "EUR") for amount in (148_000, 2_140_000)] == [
        "148.000\u00a0€",
        "2,1\u00a0Mln\u00a0€",
    ]
    assert [Text("en").short_money(amount, "EUR") for amount in (148_000, 2_140_000)] == ["€148K", "€2.1M"]


def test_every_error_raised_has_its_words() -> None:
    """A UserError's key stands in the text files, and its placeholders are given where it is raised."""
    raised = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "UserError":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    raised.append((str(first.value), {word.arg for word in node.keywords if word.arg}))
    assert len(raised) > 30
    for key, given in raised:
        assert placeholders(sentences("it")[f"error.{key}"]) <= given, key


@pytest.mark.parametrize(
    ("fraction", "italian", "english"),
    [
        (0.12, "+12%", "+12%"),
        (-0.012, f"{MINUS}1%", f"{MINUS}1%"),
        (0.004, "0%", "0%"),
        (-0.004, "0%", "0%"),
        (12.345, "+1.234%", "+1,234%"),
    ],
)
def test_percentages(fraction: float, italian: str, english: str) -> None:
    """Without decimals, with a sign, a true minus, and none on zero."""
    assert Text("it").percent(fraction) == italian
    assert Text("en").percent(fraction) == english


@pytest.mark.parametrize(
    ("fraction", "written"),
    [
        (0.12, "il 12%"),
        (0.08, "l’8%"),
        (0.11, "l’11%"),
        (0.8, "l’80%"),
        (0.89, "l’89%"),
        (8.0, "l’800%"),
        (0.0, "lo 0%"),
        (0.18, "il 18%"),
        (-0.08, "l’8%"),
    ],
)
def test_italian_articles_bend_to_the_number(fraction: float, written: str) -> None:
    """Plain Italian: l’8%, il 12%, lo 0%."""
    assert Text("it").percent_with("the", fraction) == written
    assert Text("en").percent_with("the", fraction) == written.split("’")[-1].split(" ")[-1]


def test_probabilities_say_what_they_are() -> None:
    """By their sign, to two decimals; what is smaller than 0.01 never as zero."""
    for p, written in (
        (0.034, "p\u00a0=\u00a00,03"),
        (0.5, "p\u00a0=\u00a00,50"),
        (0.01, "p\u00a0=\u00a00,01"),
        (0.0099, "p\u00a0<\u00a00,01"),
        (0, "p\u00a0<\u00a00,01"),
    ):
        assert Text("it").p_value(p) == written
    assert Text("en").p_value(0.034) == "p\u00a0=\u00a00.03"


def test_a_number_that_would_be_needed_is_rounded_upwards() -> None:
    """To two digits, since it is an estimate; never below it, so that it stays above what there is."""
    for n, written in (
        (7, "7"),
        (42, "42"),
        (100, "100"),
        (101, "110"),
        (499, "500"),
        (1201, "1.300"),
        (99_500, "100.000"),
    ):
        assert Text("it").needed(n) == written


def test_money_and_dates() -> None:
    """By locale, without decimals unless asked."""
    assert Text("it").money(2138366.96, "EUR", decimals=2) == "2.138.366,96\u00a0€"
    assert Text("en").money(2138366.96, "EUR", decimals=2) == "€2,138,366.96"
    assert Text("en").money(-1234.4, "EUR") == f"{MINUS}€1,234"
    assert Text("it").date(dt.date(2027, 2, 26)) == "26 febbraio 2027"
