"""What stands between the cells of a text file, told from its first lines."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from analytics.model import UserError

SEPARATORS = (";", "\t", "|", ",")
_ROWS = 200  # looked at
_STATED = re.compile(r'\ufeff?"?sep=(.|\\t)"?\r?\n?', re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(r" {2,}|\t")
_NAMES = {"\t": "TAB"}


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a separator explains the first lines. rows: how many of equal width follow a row that can be a header;
    width: their cells."""

    rows: int
    width: int


def stated_separator(line: str) -> str:
    """The separator that Excel's first line `sep=;` states; "" where the line is none."""
    found = _STATED.fullmatch(line)
    return "" if found is None else found[1].replace("\\t", "\t")


def tell_separator(sample: str, path: Path) -> str:
    """The separator of a table whose first lines are given; a comma where nothing separates them.

    Raises UserError where two explain them equally well, and where columns are set apart by spaces.
    """
    fits = {separator: _fit(sample, separator) for separator in SEPARATORS}
    best = max((fit.rows, fit.width) for fit in fits.values())
    found = [separator for separator, fit in fits.items() if (fit.rows, fit.width) == best]
    if best[1] < 2:
        _refuse_spaces(sample, path)
        return ","
    if len(found) > 1:
        shown = " ".join(_NAMES.get(separator, separator) for separator in found)
        raise UserError("file.separator_two", file=path, separators=shown, first=found[0])
    return found[0]


def _fit(sample: str, separator: str) -> _Fit:
    rows = _rows(sample, separator)
    best = _Fit(0, 0)
    others = [other for other in SEPARATORS if other != separator]
    start = 0
    while start < len(rows):
        width, end = len(rows[start]), start + 1
        while end < len(rows) and len(rows[end]) == width:
            end += 1
        if width > 1:
            header = next((at for at in range(start, end) if not _holds(rows[at], others)), None)
            count = 0 if header is None else end - header
            if (count, width) > (best.rows, best.width):
                best = _Fit(count, width)
        start = end
    return best if best.width else _Fit(0, max((len(row) for row in rows), default=0))


def _holds(cells: list[str], marks: list[str]) -> bool:
    return any(mark in cell for cell in cells for mark in marks)


def _rows(sample: str, separator: str) -> list[list[str]]:
    """The first rows that hold anything; where quotes are wrong, those before them."""
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
            if any(cell.strip() for cell in cells):
                rows.append(cells)
            if len(rows) == _ROWS:
                break
    except csv.Error:
        pass
    return rows


def _refuse_spaces(sample: str, path: Path) -> None:
    """Raise UserError where every line has the same number of words, or of columns set apart by several spaces."""
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n", sample) if line.strip()][:_ROWS]
    for parts in ([_SPACES.split(line) for line in lines], [line.split() for line in lines]):
        widths = [len(part) for part in parts]
        common = max(set(widths), key=widths.count) if widths else 1
        if common > 1 and len(lines) > 1 and widths.count(common) >= 0.8 * len(lines):
            raise UserError("file.spaces", file=path, found=lines[0][:80])
