"""Periods: months, quarters and years as people and spreadsheets write them, in one canonical form."""

import datetime as dt
import re
from functools import cache

from analytics.store.cells.days import (
    BETWEEN_WORDS,
    FILLERS,
    TOKEN,
    by_format,
    full_year,
    iso_day,
    month_of,
    numeric_parts,
    read_day,
    serial_day,
)
from analytics.store.cells.form import FIRST_YEAR, LAST_YEAR, BadCellError, CellForm, fold, plain_signs
from analytics.store.readers.table import TYPED, shown

PERIOD_EXAMPLES = "2021-03, 2021Q1, 2021"
_CANONICAL = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|Q([1-4]))?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"(\d{4}|\d{6})\.0+", re.ASCII)  # 2021.0, as data frames write whole numbers
_MONTH_AFTER_DOT = re.compile(r"\d{4}\.\d|\d\.\d{2,3}", re.ASCII)  # 2021.1: January, or October that lost its zero?
_QUARTER_WORDS = frozenset(("q", "t", "trim", "trimestre", "quarter", "trimester", "qtr"))
_QUARTER_NUMBERS = {
    word: number
    for number, words in enumerate(
        (("i", "primo", "first"), ("ii", "secondo", "second"), ("iii", "terzo", "third"), ("iv", "quarto", "fourth")), 1
    )
    for word in words
}
_UNSAID = FILLERS | {"anno", "year", "mese", "month"}


def parse_period(cell: str, *, form: CellForm) -> str:
    """A month, quarter or year in its canonical form: 2021-03, 2021Q1, 2021. A day stands for its month.

    Raises BadCellError.
    """
    written = " ".join(plain_signs(shown(cell)).split())
    match = _CANONICAL.fullmatch(written)
    if match and form.period is None and _possible(int(match[1])):
        return written  # nearly all of them
    if form.period is not None:
        found = _by_stated_format(written, form.period) or (written if match and _possible(int(match[1])) else None)
    else:
        found = _read_period(cell, written, form)
    if found is None:
        raise BadCellError("period", form.period or PERIOD_EXAMPLES)
    return found


def _by_stated_format(written: str, form: str) -> str | None:
    day = by_format(written, form) or iso_day(written)
    if day is None or not _possible(day.year):
        return None
    return f"{day.year:04}" if _names_only_years(form) else _month(day.year, day.month)


@cache
def _names_only_years(form: str) -> bool:
    return dt.date(2021, 1, 1).strftime(form) == dt.date(2021, 12, 31).strftime(form)


def _possible(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def _month(year: int, month: int) -> str | None:
    return f"{year:04}-{month:02}" if _possible(year) and 1 <= month <= 12 else None


def _read_period(cell: str, written: str, form: CellForm) -> str | None:
    typed = cell.startswith(TYPED)
    if match := _WHOLE_NUMBER.fullmatch(written):
        written = match[1]
    if day := iso_day(written):
        return _month(day.year, day.month)
    if serial_day(written):
        return _month_of_serial(written)
    if typed and not written.isdecimal():
        return None
    if _MONTH_AFTER_DOT.fullmatch(written):
        raise BadCellError("period_zero_lost", PERIOD_EXAMPLES)
    if numeric_parts(written):
        return _month_of_day(written, form)
    return _from_words(fold(written)) or _month_of_worded_day(written, form)


def _month_of_serial(written: str) -> str | None:
    """A spreadsheet's day number, unless it could be month and year that lost a zero: 42015 is a day of 2015, or April
    2015 written 042015; 20213 is a day of 1955, or March 2021."""
    if _possible(int(written[1:5])) or _possible(int(written[:4])):
        raise BadCellError("period_zero_lost", PERIOD_EXAMPLES)
    day = serial_day(written)
    return _month(day.year, day.month) if day else None


def _month_of_day(written: str, form: CellForm) -> str | None:
    """A day in numbers stands for its month; its year has four digits."""
    parts = numeric_parts(written)
    if parts is None or 4 not in (len(parts[0]), len(parts[2])):
        return None
    day = read_day(written, form.date)
    return _month(day.year, day.month) if day else None


def _month_of_worded_day(written: str, form: CellForm) -> str | None:
    if not any(month_of(token) for token in TOKEN.findall(fold(written))) or len(TOKEN.findall(written)) < 3:
        return None
    day = read_day(written, form.date)
    return _month(day.year, day.month) if day else None


def _from_words(folded: str) -> str | None:
    """From the words and numbers that stand in the cell, in whatever order, where they say one period."""
    if not BETWEEN_WORDS.fullmatch(folded) or not folded or not folded[0].isalnum():
        return None
    tokens = [token for token in TOKEN.findall(folded) if token not in _UNSAID]
    if len(tokens) == 1 and len(tokens[0]) == 6 and tokens[0].isdecimal():
        return _six_digits(tokens[0])
    years = [token for token in tokens if len(token) == 4 and token.isdecimal()]
    rest = [token for token in tokens if token not in years]
    if not years and len(rest) == 2 and month_of(rest[0]) and rest[1].isdecimal() and len(rest[1]) == 2:
        return _month(full_year(rest[1]), month_of(rest[0]) or 0)
    if len(years) != 1 or not _possible(int(years[0])):
        return None
    return _of_year(int(years[0]), rest)


def _six_digits(digits: str) -> str | None:
    """202103 or 032021: only one of them is a month of a possible year."""
    return _month(int(digits[:4]), int(digits[4:])) or _month(int(digits[2:]), int(digits[:2]))


def _of_year(year: int, rest: list[str]) -> str | None:
    """The period of a year that the other words and numbers say."""
    quarter_words = [token for token in rest if token in _QUARTER_WORDS]
    others = [token for token in rest if token not in (*_QUARTER_WORDS, "m")]
    if not rest:
        return f"{year:04}"
    if quarter_words:
        quarter = _quarter_number(others[0]) if len(others) == 1 and len(quarter_words) == 1 else None
        return f"{year:04}Q{quarter}" if quarter else None
    months = [month_of(token) or _small_number(token) for token in others]
    if len(months) == 1:
        return _month(year, months[0] or 0)
    if len(months) == 2 and "m" not in rest and all(month_of(token) for token in others):
        first, last = months[0] or 0, months[1] or 0
        return f"{year:04}Q{last // 3}" if last == first + 2 and last % 3 == 0 else None
    return None


def _small_number(token: str) -> int | None:
    return int(token) if token.isdecimal() and len(token) <= 2 else None


def _quarter_number(token: str) -> int | None:
    number = _QUARTER_NUMBERS.get(token) or _small_number(token)
    return number if number is not None and 1 <= number <= 4 else None
