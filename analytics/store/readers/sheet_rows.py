"""A sheet's typed cells as texts, written to an Arrow file: a number, a day or a time begins with TYPED."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineSheet

from analytics.store.readers.sheet_facts import MOST_POSITIONS, Merged, SheetFacts
from analytics.store.readers.table import CHUNK_ROWS, TYPED

_BATCH_CELLS = 1 << 21
_BATCH_CHARACTERS = 1 << 28
_AMOUNT = re.compile(r"\0?[-+(€$£\s]*\d[\d.,'’\s]*[-)€%\s]*")
_CODE = re.compile(r"\0?(\d{8,11}|19\d\d|20\d\d)")  # a fiscal code or a year, not an amount
ROWS = "row"  # the column of row numbers


def number_text(value: float) -> str:
    """A number in plain notation, with the 15 significant digits that spreadsheets show: 0.1 + 0.2 is 0.3.

    A whole number keeps all its digits.
    """
    text = format(value, ".15g")
    if "e" not in text and "n" not in text:
        return TYPED + text
    if "n" in text:  # inf and nan are no numbers
        return text
    return TYPED + (str(int(value)) if value.is_integer() else format(Decimal(text), "f"))


def _moment(value: dt.datetime) -> str:
    value = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    return f"{TYPED}{value.date() if value.time() == dt.time() else value}"


Value = str | float | bool | dt.date | dt.time | dt.timedelta
_TEXT_OF: dict[type, Callable[..., str]] = {
    float: number_text,
    int: lambda value: f"{TYPED}{value}",
    bool: lambda value: "true" if value else "false",
    dt.date: lambda value: f"{TYPED}{value}",
    dt.datetime: _moment,
    dt.time: lambda value: f"{TYPED}{value.replace(microsecond=0)}",
    dt.timedelta: lambda value: f"{TYPED}{value}",
}


@dataclass(slots=True)
class Written:
    """What was written of a sheet. width: its columns; filled: cells that took the value of the merged block they
    belong to, the first block's name; amounts: merged blocks that hold an amount, (top, left, bottom, right) with what
    they show, of which it is not known to which of their rows or columns it belongs."""

    width: int
    filled: int = 0
    first_filled: str = ""
    amounts: list[tuple[tuple[int, ...], str]] = field(default_factory=list)


def write_rows(sheet: CalamineSheet, facts: SheetFacts, file: Path) -> Written:
    """Write the rows in which anything stands, with their numbers; all columns are of text, "" = empty."""
    end = sheet.end
    written = Written(max(end[1] + 1 if end else 0, facts.last[1]))
    if not written.width:
        return written
    names = [str(i) for i in range(written.width)]
    schema = pa.schema([(ROWS, pa.int64()), *((name, pa.string()) for name in names)])
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for numbers, rows in _batches(_merged(_rows(sheet, facts, written.width), facts, written), written.width):
            cells = [_column(values) for values in zip(*rows, strict=True)]
            writer.write_batch(pa.record_batch([pa.array(numbers, pa.int64()), *cells], schema))
    return written


def _column(values: tuple[Value, ...]) -> pa.Array:
    """The cells of a column as texts; its numbers all at once, which takes a third of the time."""
    numbers = iter(_number_texts(tuple(value for value in values if type(value) is float)))
    return pa.array([next(numbers) if type(value) is float else _text_of(value) for value in values], pa.string())


def _number_texts(values: tuple[float, ...]) -> list[str]:
    """What `number_text` gives of each."""
    texts = (f"{TYPED}%.15g " * len(values)) % values
    if "e" in texts or "n" in texts:  # an exponent, or no number
        return [number_text(value) for value in values]
    return texts.split(" ")[:-1]


def _text_of(value: Value) -> str:
    return value.replace("\0", "") if type(value) is str else _TEXT_OF[type(value)](value)


def _is_filled(value: Value) -> bool:
    return type(value) is not str or (value != "" and _text_of(value).strip() != "")


def _rows(sheet: CalamineSheet, facts: SheetFacts, width: int) -> Iterator[tuple[int, list[Value]]]:
    """The rows with anything in them, each `width` cells long, with what cells with an error show in their place."""
    start = sheet.start
    before = [""] * (start[1] if start else 0)
    after = [""] * (width - sheet.end[1] - 1 if sheet.end else 0)
    blank = [""] * (sheet.width if start else 0)
    errors: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for (row, column), shows in facts.errors.items():
        errors[row].append((column - 1, shows))
    number = 0
    for number, values in enumerate(sheet.iter_rows() if start else (), start=1):
        if values == blank and number not in errors:
            continue
        cells = [*before, *values, *after] if before or after else values
        for column, shows in errors.pop(number, ()):
            cells[column] = shows
        yield number, cells
    for row in sorted(errors):
        if row > number:
            last: list[Value] = [""] * width
            for column, shows in errors[row]:
                last[column] = shows
            yield row, last


def _merged(
    rows: Iterator[tuple[int, list[Value]]], facts: SheetFacts, written: Written
) -> Iterator[tuple[int, list[Value]]]:
    """The rows that hold anything; in those, a cell below the first of a merged block takes the block's value.

    A block that holds an amount is left as it is and told: whether it belongs to each row, to one, or to all together
    nobody can know. A block over several columns stays in the first.
    """
    begins: dict[int, list[Merged]] = defaultdict(list)
    for block in facts.merged:
        begins[block.top].append(block)
    tops = sorted(begins)[::-1]
    active: dict[int, tuple[Merged, Value, str]] = {}  # by the first column
    for number, cells in rows:
        filled = any(map(_is_filled, cells))
        active = {left: one for left, one in active.items() if one[0].bottom >= number} if active else active
        if filled:
            for one in active.values():
                _spread(*one, cells, written)
        while tops and tops[-1] <= number:
            top = tops.pop()
            for block in begins[top] if top == number else ():
                value = cells[block.left - 1] if block.left <= len(cells) else ""
                if text := _text_of(value):
                    active.setdefault(block.left, (block, value, text))
                if block.right > block.left and _is_amount(text):
                    _tell_amount(block, text, written)
        if filled:
            yield number, cells


def _spread(block: Merged, value: Value, text: str, cells: list[Value], written: Written) -> None:
    if cells[block.left - 1] != "":
        return
    if _is_amount(text):
        _tell_amount(block, text, written)
        return
    cells[block.left - 1] = value
    written.filled += 1
    written.first_filled = written.first_filled or block.name


def _is_amount(value: str) -> bool:
    return _AMOUNT.fullmatch(value) is not None and _CODE.fullmatch(value) is None


def _tell_amount(block: Merged, value: str, written: Written) -> None:
    told = (astuple(block), value)
    if len(written.amounts) < MOST_POSITIONS and told not in written.amounts[-1:]:
        written.amounts.append(told)


def _batches(rows: Iterator[tuple[int, list[Value]]], width: int) -> Iterator[tuple[list[int], list[list[Value]]]]:
    """The rows in lots of bounded size, with their numbers."""
    most = max(1, min(CHUNK_ROWS, _BATCH_CELLS // width))
    numbers: list[int] = []
    lot: list[list[Value]] = []
    characters = 0
    for number, cells in rows:
        numbers.append(number)
        lot.append(cells)
        characters += sum([len(cell) for cell in cells if type(cell) is str])
        if len(lot) == most or characters > _BATCH_CHARACTERS:
            yield numbers, lot
            numbers, lot, characters = [], [], 0
    if lot:
        yield numbers, lot
