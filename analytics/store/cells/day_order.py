"""In which order a column writes day, month and year, told by its texts together."""

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from analytics.model import UserError
from analytics.store.cells.days import full_year, iso_day, numeric_parts, read_day, serial_day
from analytics.store.columns import CellKind, Column
from analytics.store.readers.table import shown

_IN_NUMBERS = r"^(\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{4}|\d{2})|\d{8})(?:$|[T ,].*$)"
_QUARTERS = ({3, 6, 9, 12}, {1, 4, 7, 10})  # months in which quarters end and begin
_FEW_MONTHS = 3  # so many different ones at least, before the absence of the others says something
_MANY_DAYS = 100_000  # distinct days that are kept to compare; what more there are changes no order

Parts = tuple[int, int, int, int]  # first, second and third number; digits of the third


class DayOrders:
    """What the days of a column tell of their order."""

    def __init__(self, column: Column) -> None:
        """Nothing is seen yet."""
        self._column = column
        self._written: dict[Parts, str] = {}
        self._whole_days: set[dt.date] = set()

    def add(self, texts: pa.Array) -> None:
        """See some texts, among them cells that the file itself types, whose order is known."""
        in_numbers = texts.filter(pc.match_substring_regex(texts, _IN_NUMBERS))
        for text in pc.replace_substring_regex(in_numbers, _IN_NUMBERS, r"\1").unique().to_pylist():
            parts = _parts(text)
            if parts is not None and len(self._written) < _MANY_DAYS:
                self._written.setdefault(parts, text)
        if self._column.kind is CellKind.PERIOD and len(self._whole_days) < _MANY_DAYS:
            days = (iso_day(shown(text)) or serial_day(shown(text)) for text in texts.unique().to_pylist())
            self._whole_days.update(day for day in days if day is not None)

    def resolve(self, stated: str | None, name: str, file: str) -> str:
        """The order of the numbers ("dmy" also where every day reads the same in both), or the format that is stated.

        Raises UserError where both orders are possible or the values contradict each other, and where the days of a
        column of periods could stand for months, quarters or years.
        """
        order = stated or self._order(name, file)
        if self._column.kind is CellKind.PERIOD:
            self._refuse_quarters(order, name, file)
        return order

    def _order(self, name: str, file: str) -> str:
        if not self._written:
            return "dmy"
        day_first = next((text for parts, text in self._written.items() if parts[0] > 12), None)
        month_first = next((text for parts, text in self._written.items() if parts[1] > 12), None)
        if day_first and month_first:
            form = _as_format(day_first, "dmy")
            raise UserError(
                "file.mixed_days",
                file=file,
                column=name,
                ours=self._column.name,
                first=day_first,
                second=month_first,
                first_form=form,
            )
        if self._column.kind is CellKind.DATE and not month_first and self._years_may_come_first():
            text = next(iter(self._written.values()))
            raise self._two_days(text, "dmy", "ymd", name, file)
        if day_first or month_first:
            return "dmy" if day_first else "mdy"
        unclear = next((text for parts, text in self._written.items() if parts[0] != parts[1]), None)
        if unclear is None:
            return "dmy"
        if self._column.kind is CellKind.PERIOD and (told := self._first_days()):
            return told
        raise self._two_days(unclear, "dmy", "mdy", name, file)

    def _years_may_come_first(self) -> bool:
        """Whether all days have years of two digits and the last number varies more than the first, as days do."""
        if any(digits == 4 or not 1 <= third <= 31 or second > 12 for _, second, third, digits in self._written):
            return False
        firsts, thirds = ({parts[i] for parts in self._written} for i in (0, 2))
        return len(thirds) > len(firsts)

    def _first_days(self) -> str | None:
        """The one order in which every day of a column of periods is the first of its month."""
        told = [order for order, i in (("dmy", 0), ("mdy", 1)) if all(parts[i] == 1 for parts in self._written)]
        return told[0] if len(told) == 1 else None

    def _two_days(self, text: str, first: str, second: str, name: str, file: str) -> UserError:
        parts = _parts(text) or (1, 1, 1, 4)
        return UserError(
            "file.two_days",
            file=file,
            column=name,
            ours=self._column.name,
            value=text,
            first=_iso(parts, first),
            second=_iso(parts, second),
            first_form=_as_format(text, first),
            second_form=_as_format(text, second),
        )

    def _refuse_quarters(self, order: str, name: str, file: str) -> None:
        """Days that all stand at the ends (or beginnings) of quarters may mean quarters."""
        written = {text: read_day(text, order) for text in self._written.values()}
        days = {day.isoformat(): day for day in self._whole_days} | written
        months = {(day.year, day.month) for day in days.values() if day is not None}
        numbers = {month for _, month in months}
        if len(months) >= _FEW_MONTHS and any(numbers <= quarters for quarters in _QUARTERS):
            example = next(iter(days))
            form = "%Y-%m-%d" if example not in written else order if "%" in order else _as_format(example, order)
            raise UserError(
                "file.months_or_quarters", file=file, column=name, ours=self._column.name, value=example, form=form
            )


def _parts(text: str) -> Parts | None:
    found = numeric_parts(text)
    return (int(found[0]), int(found[1]), int(found[2]), len(found[2])) if found and len(found[0]) <= 2 else None


def _iso(parts: Parts, order: str) -> str:
    numbers = dict(zip(order, parts[:3], strict=True))
    year = full_year(f"{numbers['y']:02}") if numbers["y"] < 100 else numbers["y"]
    return f"{year:04}-{numbers['m']:02}-{numbers['d']:02}"


def _as_format(text: str, order: str) -> str:
    """The strptime format of a day in this order, with the text's own mark and digits of the year."""
    mark = next((sign for sign in text if not sign.isdecimal()), "")
    long_year = (_parts(text) or (1, 1, 1, 4))[3] == 4
    return mark.join("%Y" if letter == "y" and long_year else f"%{letter}" for letter in order)
