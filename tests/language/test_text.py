"""Both languages say the same things; numbers are written as their readers write them."""

import ast
import string

import pytest

from analytics.folders import PROJECT
from analytics.language.text import LANGUAGES, MINUS, Text, sentences

SOURCES = [*(PROJECT / "analytics").rglob("*.py"), *(PROJECT / "pages").glob("*.py"), PROJECT / "dashboard.py"]


def placeholders(sentence: str) -> set[str]:
    return {name.split("!")[0] for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    """No sentence exists in one language only, or needs a value that the other does not."""
    italian, english = (sentences(language) for language in LANGUAGES)
    assert italian.keys() == english.keys()
    assert [key for key in italian if placeholders(italian[key]) != placeholders(english[key])] == []


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


def test_money_and_dates() -> None:
    """By locale, without decimals unless asked."""
    import datetime as dt

    assert Text("it").money(2138366.96, "EUR", decimals=2) == "2.138.366,96\u00a0€"
    assert Text("en").money(2138366.96, "EUR", decimals=2) == "€2,138,366.96"
    assert Text("en").money(-1234.4, "EUR") == f"{MINUS}€1,234"
    assert Text("it").date(dt.date(2027, 2, 26)) == "26 febbraio 2027"
