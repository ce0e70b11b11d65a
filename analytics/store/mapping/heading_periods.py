"""The period that stands in a heading, as "gen-21" does in "Vendite online gen-21"; and periods said by two columns."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from analytics.store.cells.days import month_of
from analytics.store.cells.form import BadCellError
from analytics.store.readers.table import TYPED

FIRST_YEAR, LAST_YEAR = 1980, 2100
FIRST_DAY = dt.date(1899, 12, 30)  # day 0 of the calendar of spreadsheets
_ALIKE = {**dict.fromkeys("ºª", "°"), **dict.fromkeys("–—−‐‑", "-"), **dict.fromkeys("’‘`´", "'")}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True)
class HeadingPeriod:
    """A period as a heading says it. year: None where it stands elsewhere; part: month 1-12, quarter 1-4, None of a
    whole year; frequency: M, Q or Y."""

    year: int | None
    part: int | None
    frequency: str

    @property
    def part_text(self) -> str:
        """The month or quarter without its year: 03, Q1; "" of a year."""
        return "" if self.part is None else f"{self.part:02}" if self.frequency == "M" else f"Q{self.part}"

    def in_year(self, year: str) -> str:
        """The period in its canonical form: 2021-03, 2021Q1, 2021."""
        return {"M": f"{year}-{self.part_text}", "Q": f"{year}{self.part_text}", "Y": year}[self.frequency]


def levelled(words: str) -> str:
    """Small letters without accents, one for each character of the words, so that places stay the same."""
    return "".join(_level(mark) for mark in words)


def _level(mark: str) -> str:
    if mark in _ALIKE:
        return _ALIKE[mark]
    plain = unicodedata.normalize("NFKD", mark)[:1].lower() or mark
    return plain if len(plain) == 1 else mark


_YEAR, _SHORT = r"(?P<y>(?:19|20)\d\d)", r"(?P<y>(?:19|20)\d\d|'?\d\d)"
_MONTH, _WORD = r"(?P<m>0?[1-9]|1[0-2])", r"(?P<w>[a-z]{3,10})\.?"
_GAP, _MARK = r"[\s./_'-]*", r"[-./_]"
_QUARTER = (
    r"(?:[tq]\s?(?P<q1>[1-4])|(?P<q2>[1-4]|iv|i{1,3})[°^]?\s*(?:trim(?:estre|\.)?|t|quarter|q)"
    r"|(?:trim(?:estre|\.)?|quarter)\s*(?P<q3>[1-4]|iv|i{1,3}))"
)
_PATTERNS = tuple(
    re.compile(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])")
    for pattern in (
        rf"{_YEAR}-{_MONTH}-(?P<d>\d\d)(?:[ t]00:00(?::00)?)?",
        rf"(?P<d>0?1)[/.-]{_MONTH}[/.-]{_YEAR}",
        rf"{_WORD}{_GAP}{_SHORT}",
        rf"{_YEAR}{_GAP}{_WORD}",
        rf"{_QUARTER}{_GAP}{_SHORT}",
        rf"{_YEAR}{_GAP}{_QUARTER}",
        rf"{_YEAR}\s?m?{_MARK}?m?{_MONTH}",
        rf"{_MONTH}{_MARK}{_YEAR}",
        _YEAR,
        _WORD,
        _QUARTER,
    )
)


def find_period(heading: str) -> tuple[HeadingPeriod, int, int] | None:
    """The period that a heading holds, and from which character to which it stands; None where it holds none."""
    if heading.startswith(TYPED):
        period = _typed_period(heading.removeprefix(TYPED))
        return None if period is None else (period, 0, len(heading))
    said = levelled(heading)
    for pattern in _PATTERNS:
        for match in reversed(list(pattern.finditer(said))):
            period = _meant(match.groupdict())
            if period is not None:
                return period, match.start(), match.end()
    return None


def period_of(heading: str) -> HeadingPeriod | None:
    """The period that a heading is, with nothing beside it."""
    found = find_period(heading.strip())
    whole = found is not None and heading.strip()[: found[1]] + heading.strip()[found[2] :] == ""
    return found[0] if found is not None and whole else None


def _typed_period(cell: str) -> HeadingPeriod | None:
    """The period of a number or day that the file types: a year, a day, or a day's number in a spreadsheet."""
    if re.fullmatch(r"\d{5}(\.0+)?", cell):
        day = FIRST_DAY + dt.timedelta(days=int(float(cell)))
        return HeadingPeriod(day.year, day.month, "M") if day.day == 1 and day.year <= LAST_YEAR else None
    found = find_period(re.sub(r"\.0+$", "", cell))
    return found[0] if found and found[1] == 0 else None


def _meant(said: Mapping[str, str | None]) -> HeadingPeriod | None:
    year = None
    if written := (said.get("y") or "").lstrip("'"):
        year = int(written) if len(written) == 4 else 2000 + int(written)
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return None
    if word := said.get("w"):
        month = month_of(word)
        return None if month is None else HeadingPeriod(year, month, "M")
    if month_number := said.get("m"):
        return HeadingPeriod(year, int(month_number), "M")
    quarter = next((said[key] for key in ("q1", "q2", "q3") if said.get(key)), None)
    if quarter:
        return HeadingPeriod(year, _ROMAN.get(quarter) or int(quarter), "Q")
    return HeadingPeriod(year, None, "Y")


def period_text(year: str, part: str, quarter: bool) -> str:
    """A year, and a month (quarter=False) or quarter of it, each from a cell of its own -> 2021-03, 2021Q1; "" where
    both are empty. A month is a number or a word, a quarter 1, I, T1, "1° trimestre"; a whole period (2021-03) must
    lie in the year. Raises BadCellError where one of them is empty or means nothing.
    """
    year, part = year.strip(), part.strip()
    if not year and not part:
        return ""
    written = re.sub(r"\.0+$", "", year.removeprefix(TYPED))
    if not (re.fullmatch(r"\d{4}", written) and FIRST_YEAR <= int(written) <= LAST_YEAR):
        raise BadCellError("period", "2021")
    period = _part(part, quarter)
    if period is None or period.year not in (None, int(written)):
        raise BadCellError("period", "1, 2, 3, 4" if quarter else "1, …, 12")
    return period.in_year(written)


def _part(part: str, quarter: bool) -> HeadingPeriod | None:
    """The month or quarter that a cell says."""
    written = re.sub(r"\.0+$|[°ºª^]$", "", levelled(part.removeprefix(TYPED)))
    number = _ROMAN.get(written) if quarter else None
    if number is None and re.fullmatch(r"0?\d|1\d", written):
        number = int(written)
    if number is not None:
        return HeadingPeriod(None, number, "Q" if quarter else "M") if 1 <= number <= (4 if quarter else 12) else None
    period = period_of(part)
    return period if period is not None and period.frequency == ("Q" if quarter else "M") else None
