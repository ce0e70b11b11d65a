"""How the cells of a column are written, and why one cannot be read: what all that reads cells shares."""

import unicodedata
from dataclasses import dataclass
from decimal import Decimal

FIRST_YEAR, LAST_YEAR = 1900, 2100
_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"), " "
)
_MINUS_SIGNS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212\ufe63"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc`\u00b4"), "'")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))
_PLAIN_SIGNS = _SPACES | _MINUS_SIGNS | _APOSTROPHES | _INVISIBLE


class BadCellError(ValueError):
    """A cell that cannot be read: a key of the text files under `reject.`, and what was expected."""

    def __init__(self, reason: str, expected: str = "") -> None:
        """Keep the reason's code; words are found when somebody reads it."""
        super().__init__(reason)
        self.reason = reason
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why one row of the file was not loaded. sheet: its name, "" in a file without sheets; ours: our name of the
    column, "" where the whole row is wrong.
    """

    row: int
    column: str
    value: str
    reason: str
    expected: str = ""
    sheet: str = ""
    ours: str = ""


@dataclass(frozen=True, slots=True)
class CellForm:
    """How one column's cells are written, resolved.

    decimal: the mark before decimals; thousands: the mark between groups of three digits, "" where neither comma nor
    dot is one (spaces and apostrophes always may be); date: the order of numbers in a day, "dmy", "mdy" or "ymd" (only
    days that begin with a year of four digits), or a strptime format that the mapping states; period: a strptime format
    that the mapping states; unit: what a written 1 stands for.
    """

    decimal: str = "."
    thousands: str = ""
    date: str = "dmy"
    period: str | None = None
    unit: Decimal = Decimal(1)


def plain_signs(cell: str) -> str:
    """The same text with every kind of space, minus sign and apostrophe as the keyboard's, without characters that
    nobody sees."""
    return cell if cell.isascii() else cell.translate(_PLAIN_SIGNS)


def fold(word: str) -> str:
    """A word as it is compared: without regard to capitals, width of letters, line breaks and doubled spaces."""
    return " ".join(unicodedata.normalize("NFKC", plain_signs(word)).split()).casefold()
