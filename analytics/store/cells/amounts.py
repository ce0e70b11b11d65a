"""Amounts and numbers: from how people and spreadsheets write them to exact decimals. No number is guessed."""

import re
from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_symbol

from analytics.language.text import LANGUAGES
from analytics.store.cells.form import BadCellError, CellForm, plain_signs
from analytics.store.columns import Column
from analytics.store.readers.table import TYPED, typed_text

LARGEST_NUMBER = Decimal(10) ** 12  # what DECIMAL(18,6) holds
PLAIN_NUMBER = r"\d{1,12}(\.\d{1,6})?"  # what needs no reading where dots are decimal marks and units are 1
MONEY_SUFFIX = "_eur"  # columns of money: cents have two digits, so three behind a mark are a group of thousands
_PLAIN = re.compile(PLAIN_NUMBER, re.ASCII)
_TYPED_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_SWAP_MARKS = str.maketrans(",.", ".,")
_NO_CENTS = re.compile(r"(?<=\d)([.,])(?:-{1,2}|\u2014|=)(?=\s*(?:[^\d\s]|$))")  # 9.500,- and 9.500,--
_EXPONENT = re.compile(r"(.+?)[eE]([-+]?\d{1,3})", re.ASCII)
_SCALE_WORD = re.compile(r"\d\s*(k|mila|mgl|mln|mio|milion[ei]|migliaia|million|thousand)\b", re.IGNORECASE)
_FOREIGN_MONEY = re.compile(r"[$£¥€]|\b(USD|GBP|CHF|JPY|EUR|EURO)\b", re.IGNORECASE)
ROUNDED_NUMBER = re.compile(r"[-+]?\d[.,]\d{2,}E\+?\d{1,3}", re.IGNORECASE | re.ASCII)


def parse_decimal(cell: str, *, column: Column, form: CellForm, currency: str = "EUR") -> str:
    """An amount in units (what is written, times the form's unit) as plain decimal text; six decimals are kept.

    currency: the one whose sign or code may stand beside the number. Raises BadCellError.
    """
    if form.unit == 1 and column.maximum is None:
        written = cell.translate(_SWAP_MARKS) if form.decimal == "," else cell
        if _PLAIN.fullmatch(written):
            return written  # nearly all of them
        if form.thousands and _marks_pattern(form.decimal, form.thousands).fullmatch(bare := cell.strip("€ ")):
            written = bare.replace(form.thousands, "").translate(_SWAP_MARKS if form.decimal == "," else {})
            if _PLAIN.fullmatch(written):
                return written
    amount = _number(cell, column, form, currency) * form.unit
    if column.minimum is not None and amount < column.minimum:
        raise BadCellError("negative")
    limit = LARGEST_NUMBER if column.maximum is None else Decimal(str(column.maximum))
    if amount > limit or abs(amount) >= LARGEST_NUMBER or abs(rounded := round(amount, 6)) >= LARGEST_NUMBER:
        raise BadCellError("too_large", f"{limit:f}")
    return format(rounded, "f")


def _number(cell: str, column: Column, form: CellForm, currency: str) -> Decimal:
    if cell.startswith(TYPED):
        if not _TYPED_NUMBER.fullmatch(cell[1:]):
            raise BadCellError("date_in_number", typed_text(cell))
        return Decimal(cell[1:])
    match = _amount_pattern(currency).fullmatch(with_cents(cell))
    signs = [match[name] for name in ("before", "after", "last") if match[name]] if match else []
    if not match or len(signs) > 1 or bool(match["open"]) != bool(match["close"]) or (match["open"] and signs):
        raise _unreadable(cell, form, currency)
    if match["percent"] and column.maximum is None:
        raise BadCellError("percent")
    amount = _digits(match["body"].strip(), cell, form, currency)
    return -amount if match["open"] or signs == ["-"] else amount


def with_cents(cell: str) -> str:
    """The same text with the keyboard's signs and single spaces; 9.500,- and 9.500,-- as 9.500,00."""
    return _NO_CENTS.sub(r"\g<1>00", " ".join(plain_signs(cell).split()))


def _digits(body: str, cell: str, form: CellForm, currency: str) -> Decimal:
    """The number without sign and currency, by the column's marks."""
    exponent = _EXPONENT.fullmatch(body)
    mantissa = exponent[1] if exponent else body
    if not _marks_pattern(form.decimal, form.thousands).fullmatch(mantissa):
        raise _unreadable(cell, form, currency)
    kept = "".join(sign for sign in mantissa if sign.isdigit() or sign == form.decimal).replace(form.decimal, ".")
    if not exponent:
        return Decimal(kept)
    decimals = len(kept.partition(".")[2])
    if decimals >= 2 and int(exponent[2]) > decimals:
        raise BadCellError("rounded")
    return Decimal(f"{kept}e{exponent[2]}")


def _unreadable(cell: str, form: CellForm, currency: str) -> BadCellError:
    money = _FOREIGN_MONEY.search(cell)
    if money and not re.fullmatch(_currency_words(currency), money[0], re.IGNORECASE):
        return BadCellError("currency", currency)
    if _SCALE_WORD.search(cell):
        return BadCellError("scale_word")
    return BadCellError("decimal", f"1234{form.decimal}56")


@cache
def _currency_words(currency: str) -> str:
    symbols = {get_currency_symbol(currency, language) for language in LANGUAGES} | {currency}
    return "|".join(re.escape(word) for word in sorted(symbols, key=len, reverse=True)) + (
        r"|euro" if currency == "EUR" else ""
    )


@cache
def _amount_pattern(currency: str) -> re.Pattern[str]:
    """A number with at most one sign before or behind it, a currency on one side, or all in brackets (negative)."""
    money = rf"(?:{_currency_words(currency)})(?:\.(?=\s))?"
    return re.compile(
        rf"""'?\s*(?:{money}\s*)?(?P<open>\()?\s*(?P<before>[-+])?\s*(?:{money}\s*)?
            (?P<body>[0-9.,][0-9.,' ]*(?:[eE][-+]?\d{{1,3}})?)
            \s*(?P<percent>%)?\s*(?P<after>[-+])?\s*(?:{money}\s*)?(?P<last>[-+])?\s*(?P<close>\))?(?:\s*{money})?\s*""",
        re.IGNORECASE | re.ASCII | re.VERBOSE,
    )


@cache
def _marks_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    """Digits in one piece, or in groups of three with one and the same mark between them; decimals behind."""
    mark = re.escape(decimal)
    grouped = "|".join(
        rf"[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+" for group in sorted({" ", "'", thousands} - {""})
    )
    return re.compile(rf"(?:\d+|{grouped})(?:{mark}\d+)?|{mark}\d+", re.ASCII)
