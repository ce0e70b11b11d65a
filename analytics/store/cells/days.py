"""Days: numbers in a known order, ISO dates and times, spreadsheets' day numbers, months in words."""

import datetime as dt
import re
from functools import cache

from babel import Locale

from analytics.clock import ROME
from analytics.language.text import LANGUAGES
from analytics.store.cells.form import FIRST_YEAR, LAST_YEAR, BadCellError, CellForm, fold, plain_signs
from analytics.store.readers.table import TYPED, shown

SPREADSHEET_EPOCH = dt.date(1899, 12, 30)  # day 0 of the spreadsheets' count, from March 1900 on
FIRST_SERIAL, LAST_SERIAL = 18_264, 73_415  # 1950-01-01 and 2100-12-31
CENTURY_TURNS = 69  # two digits of a year: 69-99 are 1969-1999, 00-68 are 2000-2068, as in POSIX
TIME = r"(?:[T ,]\s?(?:[01]?\d|2[0-4])[:.][0-5]\d(?:[:.][0-5]\d(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\.?)?)?"
_NUMERIC = re.compile(rf"(\d{{1,4}})([-/. ])(\d{{1,2}})\2(\d{{1,4}}){TIME}", re.ASCII | re.IGNORECASE)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d[:.,\d]*)\s?)?(Z|UTC|[-+]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_WORDED = re.compile(rf"([^:]*?){TIME}", re.ASCII | re.IGNORECASE)
TOKEN = re.compile(r"[^\W\d_]+|[0-9]+")
BETWEEN_WORDS = re.compile(r"[\w\s\-/.,'°ºª^]*")
FILLERS = frozenset(("di", "de", "del", "dell", "of", "the", "st", "nd", "rd", "th", "o"))
_EXAMPLES = {"dmy": "16/12/2020", "mdy": "12/16/2020", "ymd": "2020-12-16"}


def parse_date(cell: str, *, form: CellForm) -> dt.date:
    """A day that exists, in the column's order or format; an ISO date or a spreadsheet's day number in any column.

    A time of day is left out; a time with a zone is the day that it was in Rome. Raises BadCellError.
    """
    day = read_day(cell, form.date)
    if day is None:
        raise BadCellError("date", _EXAMPLES.get(form.date, form.date))
    return day


def read_day(cell: str, how: str) -> dt.date | None:
    """The day that a cell says by an order of numbers or a strptime format; None where it says none."""
    written = " ".join(plain_signs(shown(cell)).split())
    stated = "%" in how
    day = iso_day(written) or (by_format(written, how) if stated else None) or serial_day(written)
    if day is None and cell.startswith(TYPED):
        day = _numeric_day(written, "ymd")
    elif day is None:
        day = _numeric_day(written, how) or (None if stated else _worded_day(written))
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else None


def date_or_none(year: int, month: int, day: int) -> dt.date | None:
    """The day, None where there is none."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def iso_day(written: str) -> dt.date | None:
    """2020-12-16, with or without time and zone."""
    match = _ISO.fullmatch(written)
    if not match:
        return None
    day, time, zone = match.groups()
    try:
        if not time:
            return dt.date.fromisoformat(day)
        offset = "+00:00" if zone and zone.upper() in ("Z", "UTC") else zone or ""
        moment = dt.datetime.fromisoformat(f"{day}T{time}{offset}")
        return (moment.astimezone(ROME) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


def by_format(written: str, form: str) -> dt.date | None:
    """By a strptime format."""
    try:
        return dt.datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def serial_day(written: str) -> dt.date | None:
    """A spreadsheet's day number, 1950 to 2100."""
    match = _SERIAL.fullmatch(written)
    if not match or not FIRST_SERIAL <= int(match[1]) <= LAST_SERIAL:
        return None
    return SPREADSHEET_EPOCH + dt.timedelta(days=int(match[1]))


def full_year(digits: str) -> int:
    """A year of four digits, or of two."""
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year >= CENTURY_TURNS else 2000)


def numeric_parts(written: str) -> tuple[str, str, str] | None:
    """The three numbers of a day such as 16/12/2020, 2020.12.16, 20201216 or 16122020, as they stand; None where it is
    no such text."""
    if match := _NUMERIC.fullmatch(written):
        return match[1], match[3], match[4]
    if not re.fullmatch(r"\d{8}", written, re.ASCII):
        return None
    if FIRST_YEAR <= int(written[:4]) <= LAST_YEAR and date_or_none(
        int(written[:4]), int(written[4:6]), int(written[6:])
    ):
        return written[:4], written[4:6], written[6:]
    return written[:2], written[2:4], written[4:]


def _numeric_day(written: str, how: str) -> dt.date | None:
    order, short_years = _order(how)
    first, second, third = numeric_parts(written) or ("", "", "")
    if len(first) == 4:
        return date_or_none(int(first), int(second), int(third)) if len(third) <= 2 else None
    long_enough = len(third) == 4 or (short_years and len(third) == 2)
    if len(first) not in (1, 2) or not long_enough or order not in ("dmy", "mdy"):
        return None
    day, month = (first, second) if order == "dmy" else (second, first)
    return date_or_none(full_year(third), int(month), int(day))


@cache
def _order(how: str) -> tuple[str, bool]:
    """The order that a format names its numbers in, and whether years may have two digits."""
    if "%" not in how:
        return how, True
    letters = [letter.lower() for letter in re.findall(r"%[-#]?([dmYy])", how)]
    return "".join(letters), "%y" in how


def _worded_day(written: str) -> dt.date | None:
    match = _WORDED.fullmatch(fold(written))
    if not match or not BETWEEN_WORDS.fullmatch(match[1]):
        return None
    tokens = [token for token in TOKEN.findall(match[1]) if token not in FILLERS]
    if len(tokens) == 4 and tokens[0] in _weekday_words():
        tokens = tokens[1:]
    words = [token for token in tokens if month_of(token)]
    if len(tokens) != 3 or len(words) != 1 or not all(token.isdecimal() for token in tokens if token not in words):
        return None
    month, numbers = month_of(words[0]), [token for token in tokens if token.isdecimal()]
    day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else (numbers[0], numbers[1])
    if len(day) > 2 or len(year) not in (2, 4) or (len(year) == 2 and tokens[1] not in words):
        return None
    return date_or_none(full_year(year), month or 0, int(day))


def month_of(word: str) -> int | None:
    """The number of a month: its name in a language that is spoken here, or three or more first letters of it."""
    return _month_words().get(word)


@cache
def _month_words() -> dict[str, int]:
    numbers: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in Locale(language).months["format"][width].items():
                word = name.casefold().rstrip(".")
                for length in range(3, len(word) + 1):
                    numbers.setdefault(word[:length], set()).add(number)
    return {word: found.pop() for word, found in numbers.items() if len(found) == 1}


@cache
def _weekday_words() -> frozenset[str]:
    return frozenset(
        name.casefold().rstrip(".")
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for name in Locale(language).days["format"][width].values()
    )
