"""Sentences, labels and numbers in the reader's language.

Every word a reader sees stands in a language's file beside this one, or in the programme file; every number, date and
amount is written by Babel. A language is spoken because its file is there: `it.toml` is Italian, and opens with what
`Language` asks of it. The lowest layer: it imports nothing of Vetrina.
"""

import datetime as dt
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_currency, format_currency, format_decimal, get_currency_name

FOLDER = Path(__file__).parent
MINUS = "\u2212"
_MARKS = frozenset("\\`*_{}[]()#+-.!|$<>:~")  # what Markdown may read something into


@dataclass(frozen=True, slots=True)
class Language:
    """The table [language] of a language's file.

    name: what its speakers call it; locale: Babel's, with the territory, such as it_IT; default: whether it is spoken
    to who asks for none, true in one file; compact_money_from: the least amount that is shortened (2,1 Mln €), smaller
    ones being written in full; articles: the rule by which an article bends to the number behind it, one of
    ARTICLE_RULES, or "" where it does not.
    """

    name: str
    locale: str
    default: bool = False
    compact_money_from: float = 0.0
    articles: str = ""


def _italian_article(number: int) -> str:
    """The form of an article before a number without its decimals: lo 0, l’8, l’11, il 12."""
    starts_with_vowel = number in (1, 8, 11) or number // 10 == 8 or number // 100 == 8
    return "zero" if number == 0 else "vowel" if starts_with_vowel else "plain"


ARTICLE_RULES = {"": lambda _: "plain", "italian": _italian_article}


def _tables(language: str, folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


def read_languages(folder: Path = FOLDER) -> dict[str, Language]:
    """The languages that have a file in the folder, by code: the default one first, then by alphabet."""
    codes = sorted(path.stem for path in folder.glob("*.toml"))
    languages = {code: Language(**_tables(code, folder)["language"]) for code in codes}
    return dict(sorted(languages.items(), key=lambda item: not item[1].default))


SPOKEN = read_languages()
LANGUAGES = tuple(SPOKEN)
DEFAULT_LANGUAGE = LANGUAGES[0]


def _leaves(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


@cache
def sentences(language: str) -> dict[str, str]:
    """All texts of a language, by dotted key."""
    return {key: words for key, words in _leaves(_tables(language, FOLDER)) if not key.startswith("language.")}


@cache
def speaking(language: str, *limits: float) -> "Text":
    """The one speaker of a language: what is remembered by it is remembered for every reader."""
    return Text(language, limits)


def plain(words: str) -> str:
    """Words from data or files, so that Markdown reads nothing into them."""
    return "".join("\\" + mark if mark in _MARKS else mark for mark in words)


@lru_cache(maxsize=4096)
def _written(value: float, decimals: int, locale: Locale) -> str:
    """A rounded number; a page has hundreds, the same at every run, and Babel takes its time."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(value, pattern, locale=locale)).replace("-", MINUS)


class Text:
    """Speaks one language: `text("page.overview")`, `text.percent(0.12)`, `text.date(day)`."""

    def __init__(self, language: str = DEFAULT_LANGUAGE, limits: Sequence[float] = ()) -> None:
        """Unknown languages fall back to the default one: an address may carry anything. limits: beside zero, what the
        end of a range may not read as unless it is: the smallest effect that matters.
        """
        self.limits = (0.0, *limits)
        self.language = language if language in LANGUAGES else DEFAULT_LANGUAGE
        self._rules = SPOKEN[self.language]
        self.locale = Locale.parse(self._rules.locale)
        self._sentences = sentences(self.language)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key, its placeholders filled."""
        return self._sentences[key].format_map(values)

    def has(self, key: str) -> bool:
        """Whether the text files know this key."""
        return key in self._sentences

    def count(self, key: str, n: int) -> str:
        """A counted noun in singular or plural: `key.one`, `key.other`, with the number in `{n}`."""
        form = "one" if str(self.locale.plural_form(n)) == "one" else "other"
        return self(f"{key}.{form}", n=self.number(n))

    def number(self, value: float, decimals: int = 0) -> str:
        """1234.5 as 1.234,5 or 1,234.5; a true minus sign."""
        return _written(round(value, decimals) + 0.0, decimals, self.locale)

    def p_value(self, p: float) -> str:
        """0.034 -> p = 0,03; what is smaller than 0.01 is said to be: p < 0,01."""
        key = "format.p_below" if p < 0.01 else "format.p_equals"
        return self(key, value=self.number(max(p, 0.01), 2))

    def needed(self, n: int) -> str:
        """An estimate of how many would be needed, upwards to two digits: 499 -> 500, 1234 -> 1.300."""
        step = 10 ** max(len(str(n)) - 2, 0)
        return self.number(-(-n // step) * step)

    def percent(self, fraction: float, *, sign: bool = True, decimals: int = 0) -> str:
        """0.12 -> +12%; without decimals unless asked; zero has no sign."""
        return f"{self._signed(fraction * 100, decimals, sign=sign)}%"

    def near(self, fraction: float, limits: Sequence[float], article: str | None = None) -> str:
        """A percentage with a decimal, or two, where it would read as a limit that it is not. article: behind one, and
        without a sign.
        """
        decimals = next(
            (
                places
                for places in (0, 1)
                if all(
                    fraction == limit or round(fraction * 100, places) != round(limit * 100, places) for limit in limits
                )
            ),
            2,
        )
        if article:
            return self.percent_with(article, fraction, decimals)
        return self.percent(fraction, decimals=decimals)

    def measured(self, value: float, unit: str = "fraction", *, sign: bool = True) -> str:
        """An effect in its own unit: +12%, +3 p.p., +0,09; zero has no sign. unit: a value of `model.Unit`."""
        if unit == "fraction":
            return self.percent(value, sign=sign)
        if unit == "points":
            return self("format.points_short", value=self._signed(value * 100, 0, sign=sign))
        return self._signed(value, 2, sign=sign)

    def _signed(self, value: float, decimals: int, *, sign: bool = True) -> str:
        written = self.number(value, decimals)
        return f"+{written}" if sign and round(value, decimals) > 0 else written

    def interval(self, low: float, high: float, unit: str = "fraction") -> str:
        """(−1%; +29%), as it stands in rows; of points the numbers alone, behind a value that says what they are."""
        ends = (low, high)
        if unit == "points":
            return f"({'; '.join(self._signed(end * 100, int(0 < abs(end) < 0.005)) for end in ends)})"
        return f"({'; '.join(self.end(end, unit) for end in ends)})"

    def end(self, value: float, unit: str = "fraction") -> str:
        """One end of a range: with a decimal where it would read as a limit that it is not."""
        return self.near(value, self.limits) if unit == "fraction" else self.measured(value, unit)

    def span(self, low: float, high: float) -> str:
        """From −1% to +29%, as it stands in sentences."""
        return self("format.span", low=self.end(low), high=self.end(high))

    def percent_with(self, article: str, fraction: float, decimals: int = 0) -> str:
        """A percentage without its sign behind its article, which some languages bend to the number: il 12%, l’8%."""
        written = self.percent(abs(fraction), sign=False, decimals=decimals)
        form = ARTICLE_RULES[self._rules.articles](int(abs(round(fraction * 100, decimals))))
        return self(f"format.{article}.{form}", value=written)

    def points(self, fraction: float) -> str:
        """0.03 -> 3 points."""
        return self.count("format.points", round(fraction * 100))

    def about(self, fraction: float) -> str:
        """'about 12%' in sentences; what rounds to nothing is 'less than 1%'."""
        if round(fraction * 100) == 0:
            return self("format.less_than_one")
        return self("format.about", value=self.percent_with("the", fraction))

    def money(self, amount: float, currency: str, *, decimals: int = 0) -> str:
        """An amount of money, by default without decimals."""
        pattern = self.locale.currency_formats["standard"].pattern.replace(
            ".00", "." + "0" * decimals if decimals else ""
        )
        written = format_currency(amount, currency, pattern, locale=self.locale, currency_digits=False)
        return written.replace("-", MINUS)

    def currency(self, currency: str) -> str:
        """A currency's name, one of it: euro."""
        return str(get_currency_name(currency, count=1, locale=self.locale))

    def short_money(self, amount: float, currency: str) -> str:
        """A rounded amount: 2,1 Mln €, €148K; what the language does not shorten, in full."""
        if abs(amount) < self._rules.compact_money_from:
            return self.money(amount, currency)
        written = format_compact_currency(amount, currency, locale=self.locale, fraction_digits=1)
        return written.replace("-", MINUS)

    def date(self, day: dt.date) -> str:
        """26 febbraio 2027."""
        return format_date(day, "d MMMM y", locale=self.locale)

    def short_date(self, day: dt.date) -> str:
        """26 feb 2027, for charts."""
        return format_date(day, "d MMM y", locale=self.locale)

    def moment(self, when: dt.datetime) -> str:
        """26 febbraio 2027, 10:00 UTC."""
        return format_datetime(when, "d MMMM y, HH:mm 'UTC'", locale=self.locale)

    def period(self, period: pd.Period) -> str:
        """Feb 2021 as 'febbraio 2021', a quarter as '1º trimestre 2021', a year as '2021'."""
        kind = period.freqstr[0]
        if kind == "M":
            return format_date(period.start_time.date(), "MMMM y", locale=self.locale)
        if kind == "Q":
            return self("format.quarter", quarter=period.quarter, year=period.year)
        return str(period.year)
