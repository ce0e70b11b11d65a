"""A text file without the rows of a firm: the others as they stand, byte for byte."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from analytics.store.forget.headings import KeyColumns
from analytics.store.forget.identity import Identity
from analytics.store.formats import Format
from analytics.store.readers.lines import Encoding, utf8_blocks
from analytics.store.readers.table import Source
from analytics.store.readers.text import TextTable, read_text

Place = tuple[str, int]  # sheet ("" where a file has none), row as a spreadsheet shows it


class _Lines:
    """The lines of a text, one by one, for a reader of records; raw: those of the record at hand."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._lines = (line for block in blocks for line in io.StringIO(block.decode(), newline=""))
        self.raw: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.raw.append(line)
        return line

    def take(self) -> str:
        raw, self.raw = "".join(self.raw), []
        return raw


def text_without(source: Source, form: Format, identity: Identity, into: Path, alive: Callable[[], None]) -> set[Place]:
    """Write the file without the firm's rows, in its own encoding and with its own separator; which rows went or
    changed. Raises UserError where the file cannot be read as it was imported.
    """
    [table] = read_text(source, form)
    assert isinstance(table, TextTable)  # noqa: S101 - what read_text gives
    with into.open("wb") as file, source.path.open("rb") as original:
        file.write(original.read(table.encoding.skip))
        return _write(table, identity, _Writer(file, table.encoding), alive)


class _Writer:
    """Text into a file in an encoding."""

    def __init__(self, file: BinaryIO, encoding: Encoding) -> None:
        self._file, self._name = file, encoding.name.removesuffix("-sig")

    def write(self, text: str) -> None:
        self._file.write(text.encode(self._name))


def _write(table: TextTable, identity: Identity, writer: _Writer, alive: Callable[[], None]) -> set[Place]:
    touched: set[Place] = set()
    keys, number = KeyColumns(identity.headings), 0
    lines = _Lines(_told(utf8_blocks(table.source, table.encoding), alive))
    if table.states_separator:
        writer.write(next(lines, ""))
        lines.take()
    for cells in csv.reader(lines, delimiter=table.separator):
        number += 1
        raw, places = lines.take(), keys.learn(cells)
        kept = identity.kept(cells, places)
        if kept == cells:
            writer.write(raw)
            continue
        touched.add(("", number))
        if kept is not None:
            writer.write(_as_line(kept, table.separator, raw))
    return touched


def _told(blocks: Iterator[bytes], alive: Callable[[], None]) -> Iterator[bytes]:
    for block in blocks:
        alive()
        yield block


def _as_line(cells: list[str], separator: str, raw: str) -> str:
    """A changed row, with the line end that it had."""
    end = raw[len(raw.rstrip("\r\n")) :]
    line = io.StringIO()
    csv.writer(line, delimiter=separator, lineterminator=end).writerow(cells)
    return line.getvalue()
