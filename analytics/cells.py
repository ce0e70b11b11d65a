"""What one cell of text means: a firm, a code, a date, a period, an amount. A cell that means nothing says why."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial

import stdnum.exceptions
from stdnum.it import codicefiscale

from analytics.programme import Programme
from analytics.readers import Format, Mapping
from analytics.schema import Column, Kind

LARGEST = Decimal(10) ** 12  # what DECIMAL(18,6) holds
FIRST_YEAR, LAST_YEAR = 1900, 2100


class BadCellError(ValueError):
    """A cell that cannot be read: a key of the text files under `reject.`, and what was expected."""

    def __init__(self, reason: str, expected: str = "") -> None:
        """Keep the reason's code; words are found when somebody reads it."""
        super().__init__(reason)
        self.reason = reason
        self.expected = expected


def parser(column: Column, mapping: Mapping, programme: Programme) -> Callable[[str], object]:
    """The function that reads this column's cells. It raises BadCellError; an empty cell never reaches it."""
    words = {_fold(theirs): ours for theirs, ours in mapping.values.get(column.name, {}).items()}
    form = mapping.format
    match column.kind:
        case Kind.FIRM:
            return partial(firm, identifier=programme.firm_identifier)
        case Kind.CODE:
            return partial(code, allowed=column.values, words=words)
        case Kind.DATE:
            return partial(date, form=form)
        case Kind.PERIOD:
            return partial(period, form=form)
        case Kind.DECIMAL:
            return partial(decimal, column=column, form=form)
        case Kind.TEXT:
            return lambda cell: words.get(_fold(cell), cell)


def _fold(word: str) -> str:
    return " ".join(word.split()).casefold()


def firm(cell: str, *, identifier: str) -> str:
    """A fiscal code with a right check character, or any identifier where the programme's are opaque."""
    if identifier == "opaque":
        return cell
    compact = cell.replace(" ", "").upper()
    if compact.isdigit() and len(compact) == 10:
        compact = compact.zfill(11)  # a spreadsheet ate the leading zero
    try:
        return str(codicefiscale.validate(compact))
    except stdnum.exceptions.ValidationError as error:
        raise BadCellError("fiscal_code") from error


def code(cell: str, *, allowed: tuple[str, ...], words: dict[str, str]) -> str:
    """One of the allowed codes, or a word that the mapping translates into one."""
    folded = _fold(cell)
    if folded in words:
        return words[folded]
    for value in allowed:
        if folded == value.casefold():
            return value
    raise BadCellError("code", ", ".join(allowed))


def date(cell: str, *, form: Format) -> dt.date:
    """A day that exists."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d[ T]00:00(:00(\.0+)?)?", cell):
        cell = cell[:10]
    try:
        day = dt.datetime.strptime(cell, form.date).date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise BadCellError("date", form.date) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCellError("date", form.date)
    return day


def period(cell: str, *, form: Format) -> str:
    """A month, quarter or year in its canonical form: 2021-03, 2021Q1, 2021."""
    if form.period is not None:
        try:
            return dt.datetime.strptime(cell, form.period).strftime("%Y-%m")  # noqa: DTZ007
        except ValueError as error:
            raise BadCellError("period", form.period) from error
    found = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2])|-?[QTqt]([1-4]))?", cell)
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise BadCellError("period", "2021-03, 2021Q1, 2021")
    year, month, quarter = found.groups()
    return f"{year}-{month}" if month else f"{year}Q{quarter}" if quarter else year


def decimal(cell: str, *, column: Column, form: Format) -> str:
    """An amount as plain decimal text, exactly as written; six decimals are kept."""
    written = cell.replace("€", "").replace("\u00a0", " ").strip()
    if form.thousands and re.fullmatch(rf"-?\d{{1,3}}({re.escape(form.thousands)}\d{{3}})+({re.escape(form.decimal)}\d+)?", written):
        written = written.replace(form.thousands, "")
    if form.decimal == ",":
        if "." in written:
            raise BadCellError("decimal", "1234,56")
        written = written.replace(",", ".")
    if not re.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d{1,3})?", written, re.ASCII):
        raise BadCellError("decimal", f"1234{form.decimal}56")
    try:
        amount = Decimal(written)
    except InvalidOperation as error:  # pragma: no cover - the pattern leaves nothing else
        raise BadCellError("decimal", f"1234{form.decimal}56") from error
    if column.minimum is not None and amount < column.minimum:
        raise BadCellError("negative" if column.minimum == 0 else "too_small", str(column.minimum))
    if column.maximum is not None and amount > column.maximum or abs(amount) >= LARGEST:
        raise BadCellError("too_large", str(column.maximum or LARGEST))
    return format(round(amount, 6), "f")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why one row of the file was not loaded."""

    row: int
    column: str
    value: str
    reason: str
    expected: str = ""
