"""The records of a text file one by one, with the lines on which they stand; or blocks of lines that need no such care.

A block is simple where every quote opens a cell or closes one, and none holds a line end: most blocks of most files.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analytics.model import UserError
from analytics.store.readers.lines import line_ends

_PIECE = 1 << 17  # bytes tried by themselves where a whole block is not simple
_QUOTE, _LINE_FEED, _RETURN = 34, 10, 13


@dataclass(frozen=True, slots=True)
class Record:
    """One row. number: as a spreadsheet shows it; first, last: its lines in the file; ended: by a line end."""

    number: int
    cells: list[str]
    first: int
    last: int
    ended: bool


def is_simple(block: bytes, separator: str) -> bool:
    """Whether each quote of the block stands at the border of a cell, without line ends or quotes inside the quotes."""
    if b'"' not in block:
        return True
    content = np.frombuffer(b"\n" + block + b"\n", np.uint8)
    quotes = np.flatnonzero(content == _QUOTE)
    if len(quotes) % 2:
        return False
    border = np.zeros(256, bool)
    border[[_LINE_FEED, _RETURN, ord(separator)]] = True
    if not border[content[quotes[::2] - 1]].all() or not border[content[quotes[1::2] + 1]].all():
        return False
    ends = np.flatnonzero((content == _LINE_FEED) | (content == _RETURN))
    return not (np.searchsorted(quotes, ends) % 2).any()


class Records:
    """The rows of a text, in order: `simple_block` gives many at once where it can, `next_record` one."""

    def __init__(self, blocks: Iterator[bytes], separator: str, path: Path, first_line: int = 1) -> None:
        """blocks: whole lines in UTF-8; first_line: the number of the first of them in the file."""
        self._blocks, self._separator, self._path = blocks, separator, path
        self._pieces: deque[bytes] = deque()  # of the block at hand, not looked at
        self._stream = io.StringIO("")
        self.line = first_line - 1  # lines read
        self._raw: list[str] = []  # lines of the record at hand
        self._reader = csv.reader(self, delimiter=separator, strict=True)
        self._splits_bytes = len(separator.encode()) == 1
        self.number = 0  # records read
        self.ended = True  # by a line end: the last of them

    def __iter__(self) -> Iterator[str]:
        """The lines, for the reader of records."""
        return self

    def __next__(self) -> str:
        """The next line."""
        line = self._stream.readline()
        while not line:
            block = self._fetch()
            if not block:
                raise StopIteration
            self._load(self._first_piece(block))
            line = self._stream.readline()
        self.line += 1
        self._raw.append(line)
        return line

    def _fetch(self) -> bytes:
        """Lines that were not looked at; b"" at the end."""
        return self._pieces.popleft() if self._pieces else next(self._blocks, b"")

    def _first_piece(self, block: bytes) -> bytes:
        """The first lines of a block; the others wait. The block must be the last that was fetched."""
        pieces = []
        at = 0
        while at < len(block):
            end = block.rfind(b"\n", at, at + _PIECE) + 1 or block.find(b"\n", at) + 1 or len(block)
            pieces.append(block[at:end])
            at = end
        self._pieces.extendleft(reversed(pieces[1:]))
        return pieces[0]

    def _load(self, lines: bytes) -> None:
        """Lay out lines for reading record by record."""
        self._stream = io.StringIO(lines.decode(), newline="")

    def at_border(self) -> bool:
        """Whether all that was laid out for reading record by record has been read."""
        at = self._stream.tell()
        ended = not self._stream.read(1)
        self._stream.seek(at)
        return ended

    def simple_block(self) -> bytes | None:
        """The next lines, where they are simple; None at the end, and where records must be read one by one."""
        block = self._stream.read().encode() or self._fetch()
        self._stream = io.StringIO("")
        if not block:
            return None
        if self._splits_bytes and is_simple(block, self._separator):
            return self._taken(block)
        piece = self._first_piece(block)
        if self._splits_bytes and len(piece) < len(block) and is_simple(piece, self._separator):
            return self._taken(piece)
        self._load(piece)
        return None

    def lines_as_rows(self) -> list[list[str]]:
        """The lines that are laid out, as rows, where each line is one; else none, and nothing is read."""
        at = self._stream.tell()
        lines = self._stream.read()
        ends = line_ends(lines.encode()) + (not lines.endswith(("\n", "\r")))
        try:
            rows = list(csv.reader(io.StringIO(lines, newline=""), delimiter=self._separator, strict=True))
        except csv.Error:
            rows = []
        if not rows or len(rows) != ends:
            self._stream.seek(at)
            return []
        self.ended = lines.endswith(("\n", "\r"))
        self.line += ends
        self.number += ends
        return [_unwrapped(row) for row in rows] if '="' in lines else rows

    def _taken(self, block: bytes) -> bytes:
        lines = line_ends(block) + (not block.endswith((b"\n", b"\r")))
        self.line += lines
        self.number += lines
        return block

    def next_record(self) -> Record | None:
        """The next row; None at the end. Raises UserError where quotes are wrong or seem to swallow rows."""
        self._raw = []
        first = self.line + 1
        try:
            cells = next(self._reader)
        except StopIteration:
            return None
        except csv.Error as error:
            raise self._wrong_quotes(error, first) from error
        self.number += 1
        record = Record(self.number, _unwrapped(cells), first, self.line, self._raw[-1].endswith(("\n", "\r")))
        if len(self._raw) > 1 and _swallows(self._raw, self._separator, len(cells)):
            raise UserError("file.quote_lines", file=self._path, first=first, last=self.line, row=self.number)
        return record

    def _wrong_quotes(self, error: csv.Error, first: int) -> UserError:
        ended = bool(self._raw) and self._raw[-1].endswith(("\n", "\r"))
        if "unexpected end" in str(error) and first == self.line and not ended:
            return UserError("file.cut", file=self._path, row=first)
        shown = (self._raw[0] if self._raw else "").strip()[:80]
        if "unexpected end" in str(error) or "field limit" in str(error):
            return UserError("file.quote_open", file=self._path, first=first, last=self.line, found=shown)
        return UserError("file.quote_text", file=self._path, first=first, last=self.line, found=shown)


def _unwrapped(cells: list[str]) -> list[str]:
    """The cells without the ="…" by which exports keep a spreadsheet from eating zeros."""
    if not any(cell.startswith('="') for cell in cells):
        return cells
    return [cell[2:-1] if len(cell) > 2 and cell.startswith('="') and cell.endswith('"') else cell for cell in cells]


def _swallows(lines: list[str], separator: str, width: int) -> bool:
    """Whether the lines of one record look like rows of their own: a quote was opened and closed by mistake.

    The first line must have as many cells as the record, and a later one as many, of the same kinds.
    """
    if width < 2:
        return False
    first = lines[0].split(separator)
    if len(first) < width:
        return False
    return any(
        len(cells) == width and _alike(cells, first if len(first) == width else [first[0], *first[1 - width :]])
        for cells in (line.split(separator) for line in lines[1:])
    )


def _alike(cells: list[str], others: list[str]) -> bool:
    """Whether the cells of two rows are of the same kinds, but for a few; the first must be."""
    pairs = [(_cell_class(one), _cell_class(other)) for one, other in zip(cells, others, strict=True)]
    same = [one == other or "" in (one, other) for one, other in pairs]
    return same[0] and sum(same) >= 0.75 * len(same)


def _cell_class(cell: str) -> str:
    """n: a number, date or code; t: words; "": nothing."""
    written = cell.strip().strip('"').strip()
    if not written:
        return ""
    has_digit = any(letter.isdigit() for letter in written)
    return "n" if has_digit and (" " not in written or not any(letter.isalpha() for letter in written)) else "t"
