"""Text files: rows of cells, whatever separates them. Nothing is lost or shifted without a word."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from analytics.model import UserError
from analytics.store.formats import Format
from analytics.store.readers.blocks import Shape, chunk_of_block, chunk_of_records, chunk_of_rows
from analytics.store.readers.encoding import tell_encoding
from analytics.store.readers.lines import Encoding, utf8_blocks
from analytics.store.readers.records import Record, Records
from analytics.store.readers.separator import stated_separator, tell_separator
from analytics.store.readers.table import HEAD_ROWS, Chunk, RawTable, Source, TextRow, Visibility

_SAMPLE = 1 << 18  # bytes in which the separator is looked for


@dataclass(frozen=True, slots=True)
class TextTable:
    """The table of a text file (`RawTable`)."""

    source: Source
    encoding: Encoding
    separator: str
    states_separator: bool
    head: list[TextRow]
    notices: tuple[tuple[str, dict[str, object]], ...] = ()
    sheet: str = ""
    visibility: Visibility = Visibility.VISIBLE

    def chunks(self, header_row: int, width: int) -> Iterator[Chunk]:
        """The rows below the header (`RawTable`)."""
        records = _records(self.source, self.encoding, self.separator, self.states_separator)
        header = records.next_record()
        while header is not None and header.number < header_row:
            header = records.next_record()
        if header is None:
            return
        shape = Shape(width, max(width, len(header.cells)), self.separator, self.source.path)
        try:
            while (chunk := _next_chunk(records, shape)) is not None:
                yield chunk
        except (UnicodeDecodeError, pa.ArrowException) as error:  # the file has changed since its bytes were checked
            raise UserError("file.damaged", file=self.source.path, problem=error) from error


def read_text(source: Source, form: Format) -> list[RawTable]:
    """The one table of a text file. Raises UserError where it is no text, or no table can be told in it."""
    encoding = tell_encoding(source, form.encoding)
    sample = _sample(source, encoding)
    stated = stated_separator(sample.partition("\n")[0].rstrip("\r"))
    separator = form.separator or stated or tell_separator(sample, source.path)
    records = _records(source, encoding, separator, bool(stated))
    head: list[TextRow] = []
    while len(head) < HEAD_ROWS and (record := records.next_record()) is not None:
        if any(cell.strip() for cell in record.cells):
            head.append((record.number, record.cells))
    if not head:
        raise UserError("file.no_rows", file=source.path)
    return [TextTable(source, encoding, separator, bool(stated), head, encoding.notices)]


def _sample(source: Source, encoding: Encoding) -> str:
    """The first whole lines."""
    block = next(utf8_blocks(source, encoding), b"")
    end = max(block.rfind(b"\n", 0, _SAMPLE), block.rfind(b"\r", 0, _SAMPLE)) + 1
    return block[: end or None].decode()


def _records(source: Source, encoding: Encoding, separator: str, states_separator: bool) -> Records:
    blocks = utf8_blocks(source, encoding)
    if states_separator:
        blocks = _without_first_line(blocks)
    return Records(blocks, separator, source.path, 2 if states_separator else 1)


def _without_first_line(blocks: Iterator[bytes]) -> Iterator[bytes]:
    block = next(blocks, b"")
    yield block[block.find(b"\n") + 1 :] if b"\n" in block else b""
    yield from blocks


def _next_chunk(records: Records, shape: Shape) -> Chunk | None:
    """The next rows, by block where it is simple, else one by one; None at the end."""
    before, line = records.number, records.line
    block = records.simple_block()
    if block is not None:
        chunk = chunk_of_block(block, before + 1, line + 1, shape)
        if chunk is not None:
            return chunk
        again = Records(iter([block]), shape.separator, shape.path, line + 1)
        again.number = before
        return chunk_of_records(_all(again), shape)
    if rows := records.lines_as_rows():
        return chunk_of_rows(rows, before + 1, line + 1, records.ended, shape)
    some: list[Record] = []
    while (not some or not records.at_border()) and (record := records.next_record()) is not None:
        some.append(record)
    return chunk_of_records(some, shape) if some else None


def _all(records: Records) -> Iterator[Record]:
    while (record := records.next_record()) is not None:
        yield record
