"""What one cell of text means: a firm, a code, a date, a period, an amount. A cell that means nothing says why."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import stdnum.exceptions
from stdnum.it import codicefiscale

from analytics.programme.file import Programme
from analytics.store.cells.amounts import ROUNDED_NUMBER, parse_decimal
from analytics.store.cells.codes import code_parser, parse_activity
from analytics.store.cells.days import parse_date
from analytics.store.cells.form import BadCellError, CellForm, Rejection, fold, plain_signs
from analytics.store.cells.periods import parse_period
from analytics.store.columns import CellKind, Column
from analytics.store.readers.table import TYPED, shown, typed_text

__all__ = [
    "MISSING_WORDS",
    "BadCellError",
    "CellForm",
    "Rejection",
    "cell_parser",
    "parse_activity",
    "parse_date",
    "parse_decimal",
    "parse_firm",
    "parse_period",
    "plain_parser",
]

# Words that may stand for "not reported", as `fold` writes them; none is read so unasked ("-" may be a zero as well).
MISSING_WORDS = frozenset(
    (
        *(
            "n.d.",
            "n.d",
            "nd",
            "n/d",
            "n.a.",
            "n.a",
            "na",
            "n/a",
            "n.r.",
            "n.p.",
            "n.c.",
            "s.d.",
            "#n/d",
            "#n/a",
            "<na>",
        ),
        *("-", "--", "---", "—", "_", ".", "..", "...", "?", "*", "/", "//", "null", "none", "nan", "nat", "nil"),
        *("non disponibile", "non disp.", "non comunicato", "non pervenuto", "non rilevato", "non dichiarato"),
        *("non applicabile", "dato mancante", "mancante", "(vuoto)"),
        *("not available", "not reported", "not applicable", "missing", "(blank)"),
    )
)
_ERROR_WORD = re.compile(r"#[^\s\d][^\s]*[!?]|#+|err:\d+|#(calc|spill|getting_data)\S*", re.IGNORECASE)
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')  # ="01234567890" keeps the zeros in a spreadsheet's CSV
_NEVER_FOLDED = frozenset("0123456789")  # most cells of the long columns begin so, and few words
_REMEMBERED = 1 << 17  # cells of a column whose meaning is kept: firms and periods come again in every chunk
_LONGEST_WORD = 40  # characters; no word for nothing is longer
_DIGITS_KEPT = 15  # of a number, in a spreadsheet
_WHOLE_AS_DECIMAL = re.compile(r"(\d{8,11})\.0+", re.ASCII)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,3}|[1-9]\d{0,2}(?:,\d{3}){2,3}|[1-9]\d{0,2}(?:'\d{3}){2,3}", re.ASCII)
_FIRM_LABEL = re.compile(r"(?:CODICEFISCALE|CF|PARTITAIVA|PIVA|VAT):?(?=(?:IT)?\d{11}$|[A-Z]{6}\w{10}$)")


def cell_parser(
    column: Column, form: CellForm, words: Mapping[str, str], programme: Programme
) -> Callable[[str], object]:
    """The function that reads this column's cells: the text of a cell, without spaces around it, -> its value, None
    for an empty one: a date for a day, text in one canonical form for all else. It raises BadCellError.

    words: what the mapping says of this column: a word of the file -> ours, "" for an empty cell.
    """
    parse = plain_parser(column, form, programme)
    if not words:
        return lambda cell: parse(cell) if cell else None
    parse_ours = _parser_of_kind(column, CellForm(), programme)
    word_of = {fold(theirs): ours for theirs, ours in words.items()}
    first_signs = {word[:1] for word in word_of}

    def read(cell: str) -> object:
        if not cell:
            return None
        if cell[0] in _NEVER_FOLDED and cell[0] not in first_signs:
            return parse(cell)
        ours = word_of.get(fold(shown(cell)))
        if ours is None:
            return parse(cell)
        return parse_ours(ours) if ours else None

    return read


def plain_parser(column: Column, form: CellForm, programme: Programme) -> Callable[[str], object]:
    """The same without the mapping's words, of a cell in which something stands. A word for a missing value, a
    spreadsheet's error and a formula each have their own reason."""
    parse = _parser_of_kind(column, form, programme)
    any_text = column.kind is CellKind.TEXT or (column.kind is CellKind.FIRM and programme.firm_identifier == "opaque")

    def read(cell: str) -> object:
        if any_text:
            _refuse_no_value(cell, column)
        try:
            return parse(cell)
        except BadCellError:
            _refuse_no_value(cell, column)
            if not plain_signs(cell).strip():
                return None
            if match := _QUOTED_FORMULA.fullmatch(cell):
                return parse(match[1].strip()) if match[1].strip() else None
            raise

    return read


def _refuse_no_value(cell: str, column: Column) -> None:
    """Raise where a cell holds a word for nothing, an error or a formula."""
    word = fold(cell) if len(cell) <= _LONGEST_WORD else cell
    if word == "na" and column.name == "province":
        return  # Naples
    if word in MISSING_WORDS or (column.kind is CellKind.DECIMAL and word.strip("€ ") in MISSING_WORDS):
        raise BadCellError("missing_word")
    if word[:1] in ("#", "e") and _ERROR_WORD.fullmatch(word):
        raise BadCellError("error_cell")
    if word[:1] == "=" and len(word) > 1 and not _QUOTED_FORMULA.fullmatch(word):
        raise BadCellError("formula")


def _parser_of_kind(column: Column, form: CellForm, programme: Programme) -> Callable[[str], object]:
    match column.kind:
        case CellKind.FIRM:
            return lru_cache(_REMEMBERED)(partial(parse_firm, identifier=programme.firm_identifier))
        case CellKind.CODE:
            return code_parser(column, programme)
        case CellKind.DATE:
            return partial(parse_date, form=form)
        case CellKind.PERIOD:
            return lru_cache(_REMEMBERED)(partial(parse_period, form=form))
        case CellKind.DECIMAL:
            return partial(parse_decimal, column=column, form=form, currency=programme.currency)
        case CellKind.TEXT:
            return parse_activity if column.name == "ateco_code" else parse_text


def parse_text(cell: str) -> str:
    """A text as it stands; a number that the file types without needless decimals. A code that a spreadsheet has
    rounded (1.23457E+10, or more digits than it keeps) raises BadCellError."""
    if not cell.startswith(TYPED):
        if ROUNDED_NUMBER.fullmatch(cell):
            raise BadCellError("code_rounded")
        return _QUOTED_FORMULA.sub(r"\1", cell) if cell.startswith('="') else cell
    written = typed_text(cell)
    if written.isdecimal() and len(written.rstrip("0")) <= _DIGITS_KEPT < len(written):
        raise BadCellError("code_rounded")
    return written


def parse_firm(cell: str, *, identifier: str) -> str:
    """A fiscal code with a right check character, or any identifier where the programme's are opaque.

    Zeros that a spreadsheet ate come back; `IT` before a VAT number, labels, spaces and punctuation do not matter.
    """
    if identifier == "opaque":
        return parse_text(cell)
    written = "".join(plain_signs(shown(cell)).upper().removeprefix("'").split())
    if match := _WHOLE_AS_DECIMAL.fullmatch(written):
        written = match[1]
    elif _GROUPED.fullmatch(written):
        written = re.sub("[.,']", "", written)
    if ROUNDED_NUMBER.fullmatch(written):
        raise BadCellError("code_rounded")
    if written.isascii() and written.isdecimal() and 8 <= len(written) <= 10:
        written = written.zfill(11)
    compact = re.sub(r"[.\-/':]", "", written)
    compact = _FIRM_LABEL.sub("", compact, count=1) if compact[:1] in "CPVI" else compact
    compact = compact.removeprefix("IT") if len(compact) == 13 else compact
    if len(compact) not in (11, 16):
        raise BadCellError("fiscal_code")
    try:
        return str(codicefiscale.validate(compact))
    except (stdnum.exceptions.ValidationError, ValueError) as error:
        raise BadCellError("fiscal_code") from error
