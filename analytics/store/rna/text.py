"""The bytes of an XML file of the state aid register (RNA) as clean UTF-8: what no XML may hold is left out.

A file comes in, by blocks; UTF-8 without control characters goes out, by blocks, whatever encoding the file declares.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

BLOCK = 1 << 20  # bytes
_CONTROL = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_REFERENCE = re.compile(rb"&#(?:x([0-9a-fA-F]{1,32})|([0-9]{1,32}));")
_LONGEST_REFERENCE = 40  # bytes
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF
_DECLARED = re.compile(rb"^[^>]{0,80}encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_INSTEAD = "analytics.windows_instead"


def _windows_instead(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, read as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_INSTEAD, _windows_instead)


class CleanText:
    """The text of one file. removed: control characters taken out so far, and references to characters that XML does
    not have; recoded: whether bytes were not in the encoding that the file declares and were read in another.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Read from an open file, from where it stands."""
        self.removed = 0
        self.recoded = False
        self._file = file
        self._held = b""
        self._rest = b""
        self._single: str | None = None  # the encoding of one byte per character, once it is known to hold
        self._declared: str | None = None
        self._wide: codecs.IncrementalDecoder | None = None

    def blocks(self) -> Iterator[bytes]:
        """The clean text, block by block; white space before the first mark is left out."""
        first = self._file.read(BLOCK)
        block = self._begin(first)
        started = False
        while block:
            clean = self._clean(self._held + self._as_utf8(block))
            if not started:
                clean = clean.lstrip()
                started = bool(clean)
            if clean:
                yield clean
            block = self._file.read(BLOCK)
        if last := self._held + self._rest:
            yield last

    def _begin(self, first: bytes) -> bytes:
        """Learn the encoding from a byte order mark, the first bytes or the declaration; the block without the mark."""
        wide = next(((mark, name) for mark, name in _BYTE_ORDER_MARKS if first.startswith(mark)), None)
        if wide is None and len(first) >= 4 and first[1] == first[3] == 0 and first[0]:
            wide = (b"", "utf-16-le")
        if wide is None and len(first) >= 4 and first[0] == first[2] == 0 and first[1]:
            wide = (b"", "utf-16-be")
        if wide is not None:
            self._wide = codecs.getincrementaldecoder(wide[1])("replace")
            return first[len(wide[0]) :]
        first = first.removeprefix(codecs.BOM_UTF8)
        if declared := _DECLARED.match(first):
            self._declared = _single_byte(declared[1].decode("ascii"))
        return first

    def _as_utf8(self, block: bytes) -> bytes:
        if self._wide is not None:
            return self._wide.decode(block).encode("utf-8")
        if self._single is not None:
            return block.decode(self._single, "replace").encode("utf-8")
        if not self._rest and block.isascii():
            return block
        data = self._rest + block
        try:
            text, used = codecs.utf_8_decode(data, "strict", False)
            if used and self._declared is not None:  # it declares another encoding, and is UTF-8 all the same
                self._declared, self.recoded = None, True
        except UnicodeDecodeError:
            if self._declared is not None:
                self._single, self._rest = self._declared, b""
                return data.decode(self._single, "replace").encode("utf-8")
            self.recoded = True
            text, used = codecs.utf_8_decode(data, _INSTEAD, False)
        self._rest = data[used:]
        return text.encode("utf-8")

    def _clean(self, block: bytes) -> bytes:
        clean = block.translate(None, _CONTROL) if _has_control(block) else block
        for mark in () if clean.isascii() else _NO_CHARACTERS:
            clean = clean.replace(mark, b"")
        self.removed += len(block) - len(clean)
        at = clean.rfind(b"&", max(len(clean) - _LONGEST_REFERENCE, 0))
        if at >= 0 and b";" not in clean[at:]:
            clean, self._held = clean[:at], clean[at:]
        else:
            self._held = b""
        return _REFERENCE.sub(self._reference, clean) if b"&#" in clean else clean

    def _reference(self, match: re.Match[bytes]) -> bytes:
        number = int(match[1], 16) if match[1] else int(match[2])
        valid = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE
        if valid or 0x10000 <= number < 0x110000:
            return match[0]
        self.removed += 1
        return b""


def _has_control(block: bytes) -> bool:
    """Whether control characters stand in it: several times faster than taking out none."""
    small = int(np.count_nonzero(np.frombuffer(block, np.uint8) < 0x20))
    return small > block.count(b"\n") + block.count(b"\r") + block.count(b"\t")


def _single_byte(name: str) -> str | None:
    """The codec of a declared encoding of one byte per character; Latin-1 is read as Windows-1252, which has its
    letters and more. None for any other: what it says is not needed."""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return None
    if codec == "iso8859-1":
        return "cp1252"
    return codec if codec.startswith(("iso8859", "cp125")) else None
