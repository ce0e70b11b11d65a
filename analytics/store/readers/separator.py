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


@dataclass(frozen=True, slots=True, order=True)
class _Fit:
    """How well a separator explains the first lines, the best last. rows: how many of equal width follow a row that can
    be a header, since it holds no other separator; run: how many are of equal width; width: their cells."""

    rows: int = 0
    run: int = 0
    width: int = 0


def stated_separator(line: str) -> str:
    """The separator that Excel's first line `sep=;` states; "" where the line is none."""
    found = _STATED.fullmatch(line)
    return "" if found is None else found[1].replace("\\t", "\t")


def tell_separator(sample: str, path: Path) -> str:
    """The separator of a table whose first lines are given; a comma where nothing separates them.

    Raises UserError where two explain them equally well, and where columns are set apart by spaces.
    """
    fits = {separator: _fit(sample, separator) for separator in SEPARATORS}
    best = max(fits.values())
    found = [separator for separator, fit in fits.items() if fit == best]
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n", sample) if line.strip()][:_ROWS]
    if best.width < 2:
        _refuse_spaces([line.split() for line in lines], path)
    if best.width < 2 or (found == [","] and "," not in lines[0]):  # it may stand in decimals alone
        _refuse_spaces([_SPACES.split(line) for line in lines], path)
        return ","
    if len(found) > 1:
        shown = " ".join(_NAMES.get(separator, separator) for separator in found)
        raise UserError("file.separator_two", file=path, separators=shown, first=found[0])
    return found[0]


def _fit(sample: str, separator: str) -> _Fit:
    rows = _rows(sample, separator)
    best = _Fit()
    others = [other for other in SEPARATORS if other != separator]
    start = 0
    while start < len(rows):
        width, end = len(rows[start]), start + 1
        while end < len(rows) and len(rows[end]) == width:
            end += 1
        if width > 1:
            header = next((at for at in range(start, end) if not _holds(rows[at], others)), None)
            best = max(best, _Fit(0 if header is None else end - header, end - start, width))
        start = end
    return best


def _holds(cells: list[str], marks: list[str]) -> bool:
    return any(mark in cell for cell in cells for mark in marks)


def _rows(sample: str, separator: str) -> list[list[str]]:
    """The first rows that hold anything; where quotes are wrong, those before them."""
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=separator, strict=True):
            if any(cell.strip() for cell in cells):
                rows.append(cells)
            if len(rows) == _ROWS:
                break
    except csv.Error:
        pass
    return rows


def _refuse_spaces(rows: list[list[str]], path: Path) -> None:
    """Raise UserError where nearly all lines fall into the same number of parts at their spaces."""
    widths = [len(parts) for parts in rows]
    common = max(set(widths), key=widths.count) if widths else 1
    if common > 1 and len(rows) > 1 and widths.count(common) >= 0.8 * len(rows):
        raise UserError("file.spaces", file=path, found=" ".join(rows[0])[:80])
