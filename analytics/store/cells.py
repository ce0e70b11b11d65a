"""What one cell of text means: a firm, a code, a date, a period, an amount. A cell that means nothing says why."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial

import stdnum.exceptions
from stdnum.it import codicefiscale

from analytics.programme.file import Programme
from analytics.store.columns import CellKind, Column
from analytics.store.mapping import ColumnMapping, Format

LARGEST_NUMBER = Decimal(10) ** 12  # what DECIMAL(18,6) holds
FIRST_YEAR, LAST_YEAR = 1900, 2100
_PLAIN = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d{1,3})?", re.ASCII)
_NARROW = re.compile("[\u00a0\u202f]")
_SWAP_MARKS = str.maketrans(",.", ".,")
_PERIOD = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|-?[QTqt]([1-4]))?", re.ASCII)
_MIDNIGHT = re.compile(r"\d{4}-\d\d-\d\d[ T]00:00(:00(\.0+)?)?", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class BadCellError(ValueError):
    """A cell that cannot be read: a key of the text files under `reject.`, and what was expected."""

    def __init__(self, reason: str, expected: str = "") -> None:
        """Keep the reason's code; words are found when somebody reads it."""
        super().__init__(reason)
        self.reason = reason
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why one row of the file was not loaded."""

    row: int
    column: str
    value: str
    reason: str
    expected: str = ""


def cell_parser(column: Column, mapping: ColumnMapping, programme: Programme) -> Callable[[str], object]:
    """The function that reads this column's cells: the text of a cell, without spaces around it, -> its value, None
    for an empty one. It raises BadCellError.
    """
    parse = plain_parser(column, mapping.format, programme)
    word_of = {_fold(theirs): ours for theirs, ours in mapping.values.get(column.name, {}).items()}

    def read(cell: str) -> object:
        replaced = word_of.get(_fold(cell), cell) if word_of else cell
        return parse(replaced) if replaced else None

    return read


def plain_parser(column: Column, form: Format, programme: Programme) -> Callable[[str], object]:
    """The same without the mapping's `values`: no word of the file stands for another, and no cell is empty."""
    match column.kind:
        case CellKind.FIRM:
            return partial(parse_firm, identifier=programme.firm_identifier)
        case CellKind.CODE:
            return partial(parse_code, allowed=column.values)
        case CellKind.DATE:
            return partial(parse_date, form=form)
        case CellKind.PERIOD:
            return partial(parse_period, form=form)
        case CellKind.DECIMAL:
            return partial(parse_decimal, column=column, form=form)
        case CellKind.TEXT:
            return str


def _fold(word: str) -> str:
    return " ".join(word.split()).casefold()


def parse_firm(cell: str, *, identifier: str) -> str:
    """A fiscal code with a right check character, or any identifier where the programme's are opaque."""
    if identifier == "opaque":
        return cell
    compact = cell.replace(" ", "").upper()
    if compact.isdecimal() and 8 <= len(compact) <= 10:
        compact = compact.zfill(11)  # a spreadsheet ate the leading zeros
    try:
        return str(codicefiscale.validate(compact))
    except (stdnum.exceptions.ValidationError, ValueError) as error:
        raise BadCellError("fiscal_code") from error


def parse_code(cell: str, *, allowed: tuple[str, ...]) -> str:
    """One of the allowed codes, in capitals or not."""
    folded = _fold(cell)
    for value in allowed:
        if folded == value.casefold():
            return value
    raise BadCellError("code", ", ".join(allowed))


def parse_date(cell: str, *, form: Format) -> dt.date:
    """A day that exists, in the file's format or as 2020-12-16, which is how typed cells of spreadsheets arrive."""
    written = cell[:10] if _MIDNIGHT.fullmatch(cell) else cell
    try:
        day = dt.datetime.strptime(written, form.date).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        try:
            day = dt.date.fromisoformat(written if _ISO_DAY.fullmatch(written) else "")
        except ValueError as error:
            raise BadCellError("date", form.date) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCellError("date", form.date)
    return day


def parse_period(cell: str, *, form: Format) -> str:
    """A month, quarter or year in its canonical form: 2021-03, 2021Q1, 2021."""
    if form.period is not None:
        try:
            day = dt.datetime.strptime(cell, form.period)  # noqa: DTZ007
        except ValueError as error:
            raise BadCellError("period", form.period) from error
        written = f"{day.year:04}" if _names_only_years(form.period) else f"{day.year:04}-{day.month:02}"
    else:
        written = cell
    match = _PERIOD.fullmatch(written)
    if not match or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise BadCellError("period", form.period or "2021-03, 2021Q1, 2021")
    year, month, quarter = match.groups()
    return f"{year}-{month}" if month else f"{year}Q{quarter}" if quarter else year


@cache
def _names_only_years(form: str) -> bool:
    return dt.date(2021, 1, 1).strftime(form) == dt.date(2021, 12, 31).strftime(form)


def parse_decimal(cell: str, *, column: Column, form: Format) -> str:
    """An amount as plain decimal text, exactly as written; six decimals are kept."""
    written = _NARROW.sub(" ", cell).strip("€ ")
    if form.thousands and _grouped_number(form.thousands, form.decimal).fullmatch(written):
        written = written.replace(form.thousands, "")
    if form.decimal == ",":
        written = written.translate(_SWAP_MARKS)
    if column.maximum is None and _PLAIN.fullmatch(written):
        return written  # nearly all of them
    if not _NUMBER.fullmatch(written):
        raise BadCellError("decimal", f"1234{form.decimal}56")
    amount = Decimal(written)
    if column.minimum is not None and amount < column.minimum:
        raise BadCellError("negative")
    limit = LARGEST_NUMBER if column.maximum is None else Decimal(str(column.maximum))
    if amount > limit or abs(amount) >= LARGEST_NUMBER or abs(rounded := round(amount, 6)) >= LARGEST_NUMBER:
        raise BadCellError("too_large", f"{limit:f}")
    return format(rounded, "f")


@cache
def _grouped_number(thousands: str, mark: str) -> re.Pattern[str]:
    return re.compile(rf"[-+]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+({re.escape(mark)}\d+)?", re.ASCII)
