"""A text file's lines in UTF-8, in blocks, whatever its encoding; what no text holds is refused on the way."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analytics.model import UserError
from analytics.store.readers.table import Source

BLOCK = 1 << 22  # bytes read at a time
LONGEST_LINE = 1 << 20  # bytes; no table that people fill has longer ones
CONTROLS = bytes({*range(32)} - {9, 10, 13})  # what no text holds: all control characters but tab and line ends
END_OF_DOS_TEXT = b"\x1a"


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding that all bytes of a file keep to. name: as Python calls it; skip: bytes of the byte order mark;
    notices: what is odd about the characters, keys of the text files under `notice.` and their details."""

    name: str
    skip: int = 0
    notices: tuple[tuple[str, dict[str, object]], ...] = ()


def line_ends(block: bytes) -> int:
    """How many lines end in it: at LF, CR or CR LF."""
    return block.count(b"\n") + (block.count(b"\r") - block.count(b"\r\n") if b"\r" in block else 0)


def control_line(block: bytes) -> int:
    """The first line with a character that no text holds, counted from 1; 0 where there is none."""
    if len(block.translate(None, CONTROLS)) == len(block):
        return 0
    at = next(place for place, byte in enumerate(block) if byte in CONTROLS)
    return line_ends(block[:at]) + 1


def is_wide(name: str) -> bool:
    """Whether an accented letter takes more than one byte."""
    return len("è".encode(name, "replace")) != 1


def utf8_blocks(source: Source, encoding: Encoding) -> Iterator[bytes]:
    """The file in UTF-8, in blocks of whole lines; without a byte order mark. Raises UserError where it is cut, or
    has a line longer than LONGEST_LINE."""
    if encoding.name in ("utf-8", "utf-8-sig", "ascii"):
        yield from line_blocks(source, encoding.skip)
    elif not is_wide(encoding.name):
        yield from _transcoded(source, encoding)
    else:
        yield from _wide_blocks(source, encoding)


def _transcoded(source: Source, encoding: Encoding) -> Iterator[bytes]:
    line = 1
    for block in line_blocks(source, encoding.skip):
        try:
            yield block if block.isascii() else block.decode(encoding.name).encode()
        except UnicodeDecodeError as error:
            row = line + line_ends(block[: error.start])
            raise UserError("file.encoding", file=source.path, encoding=encoding.name, row=row) from error
        line += line_ends(block)


def _wide_blocks(source: Source, encoding: Encoding) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding.name)()
    line = 1

    def decoded() -> Iterator[bytes]:
        nonlocal line
        for block in file_blocks(source, encoding.skip):
            try:
                text = decoder.decode(block).encode()
            except UnicodeError as error:
                raise UserError("file.encoding", file=source.path, encoding=encoding.name, row=line) from error
            bad = control_line(text)
            if bad:
                raise UserError("file.not_text", file=source.path, row=line + bad - 1)
            line += line_ends(text)
            yield text
        try:
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            raise UserError("file.cut", file=source.path, row=line) from error

    yield from _whole_lines(source.path, decoded())


def file_blocks(source: Source, skip: int = 0) -> Iterator[bytes]:
    """The file's bytes, BLOCK at a time, without the first `skip`."""
    try:
        with source.path.open("rb") as file:
            file.seek(skip)
            while block := file.read(BLOCK):
                yield block
    except OSError as error:
        raise UserError("file.unreadable", file=source.path, problem=error.strerror or error) from error


def line_blocks(source: Source, skip: int) -> Iterator[bytes]:
    """The file's own bytes, in blocks of whole lines."""
    yield from _whole_lines(source.path, file_blocks(source, skip))


def _whole_lines(path: Path, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut after line ends; the last block may end without one. What DOS puts at the end is left out."""
    rest, line = b"", 1
    for block in blocks:
        rest += block
        end = max(rest.rfind(b"\n"), rest.rfind(b"\r", 0, len(rest) - 1)) + 1  # a last CR may be half of CR LF
        if end:
            _check_lines(path, rest[:end], line)
            yield rest[:end]
            line += line_ends(rest[:end])
            rest = rest[end:]
        if len(rest) > LONGEST_LINE:
            bad = control_line(rest[:BLOCK])
            raise UserError("file.not_text" if bad else "file.long_line", file=path, row=line)
    if rest.endswith(END_OF_DOS_TEXT):
        rest = rest.rstrip(END_OF_DOS_TEXT)
    if rest:
        yield rest


def _check_lines(path: Path, block: bytes, first: int) -> None:
    """Raise UserError where a line of the block is longer than LONGEST_LINE. first: the number of its first line."""
    at = 0
    while at + LONGEST_LINE < len(block):
        end = max(block.rfind(mark, at, at + LONGEST_LINE) for mark in (b"\n", b"\r"))
        if end < 0:
            bad = control_line(block)
            raise UserError("file.not_text" if bad else "file.long_line", file=path, row=first + line_ends(block[:at]))
        at = end + 1
