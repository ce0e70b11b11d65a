"""How the characters of a text file are written, told from all of its bytes in bounded memory."""

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path

from analytics.model import UserError
from analytics.store.readers.lines import (
    Encoding,
    control_line,
    file_blocks,
    is_wide,
    line_blocks,
    line_ends,
    utf8_blocks,
)
from analytics.store.readers.table import Source

SINGLE_BYTE = ("cp1252", "cp850", "mac_roman")  # Windows, DOS, old Macintosh; the first where nothing tells
_MARKS = (
    *((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8")),
    *((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
)
_NO_TEXTS_OF_OFFICES = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7", "hz"}
_ASCII = bytes(range(32, 127))
_ITALIAN = frozenset("àèéìòùÀÈÉÌÒÙ")
_OTHER_LETTERS = frozenset("áíóúüöäçñâêîôûëïßÁÍÓÚÜÖÄÇÑ")
_SYMBOLS = frozenset("«»“”‘’–€°º")
# Characters that were lost, and accents and quotes that were encoded twice.
_RUINED = re.compile("\ufffd|Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€")
_SAMPLE = 1 << 16


@dataclass(slots=True)
class _Seen:
    """What the lines of a file show. utf8_line, single_line: the first line with multi-byte characters of UTF-8, the
    first with others; cut_line: the last line of the file, where it ends within such a character; ruined: how many
    lines hold ruined characters; sample: lines with characters beyond ASCII; sampled: its bytes."""

    utf8_line: int = 0
    single_line: int = 0
    cut_line: int = 0
    ruined: int = 0
    ruined_example: str = ""
    sample: list[bytes] = field(default_factory=list)
    sampled: int = 0

    def keep(self, line: bytes) -> None:
        if self.sampled < _SAMPLE:
            self.sample.append(line)
            self.sampled += len(line)


def byte_order_mark(head: bytes) -> tuple[str, int]:
    """The encoding that a byte order mark names, and the mark's length; ("", 0) without one."""
    return next(((name, len(mark)) for mark, name in _MARKS if head.startswith(mark)), ("", 0))


def utf16_without_mark(head: bytes) -> str:
    """utf-16-le or utf-16-be where every other byte is zero, as in Western texts; "" where it is neither."""
    sample = head[:4096]
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    half = max(1, len(sample) // 2)
    if odd * 2 > half and even * 20 < half:
        return "utf-16-le"
    return "utf-16-be" if even * 2 > half and odd * 20 < half else ""


def tell_encoding(source: Source, stated: str | None) -> Encoding:
    """The encoding of a text file. stated: what the mapping says of it.

    Raises UserError where the file is no text, mixes encodings, or contradicts what is stated.
    """
    head = next(file_blocks(source), b"")
    wanted = _known(source.path, stated) if stated is not None else ""
    marked, skip = byte_order_mark(head)
    marked = marked or utf16_without_mark(head)
    if marked and wanted and wanted not in (marked, marked[:6], f"{marked}-sig"):
        raise UserError("file.encoding_stated", file=source.path, stated=wanted, encoding=marked, row=1)
    if wanted.startswith(("utf-16", "utf-32")) and not marked:
        raise UserError("file.encoding", file=source.path, encoding=wanted, row=1)
    name = marked or wanted
    if name and name not in ("utf-8", "utf-8-sig", "ascii") and (marked or is_wide(name)):
        for _ in utf8_blocks(source, Encoding(name, skip)):
            pass  # to the end: every byte must be a character
        return Encoding(name, skip)
    seen = _look_at_all(source, skip)
    if skip:
        seen.utf8_line = seen.utf8_line or 1  # its mark says so
    return Encoding(_decide(source.path, seen, name), skip, _notices(seen, name))


def _known(path: Path, stated: str) -> str:
    """The encoding's own name. Raises UserError for what is none of texts."""
    try:
        "".encode(stated)
        name = codecs.lookup(stated).name
    except (LookupError, ValueError) as error:
        raise UserError("file.encoding_unknown", file=path, encoding=stated) from error
    if name.replace("_", "-") in _NO_TEXTS_OF_OFFICES:
        raise UserError("file.encoding_unknown", file=path, encoding=stated)
    if not name.startswith(("utf-16", "utf-32")) and _ASCII.decode(name, "replace") != _ASCII.decode():
        raise UserError("file.encoding_unknown", file=path, encoding=stated)
    return "cp1252" if name == "iso8859-1" else name  # as browsers do: the second holds the first, and its quotes


def _look_at_all(source: Source, skip: int) -> _Seen:
    seen = _Seen()
    line = 1
    for block in line_blocks(source, skip):
        bad = control_line(block)
        if bad:
            raise UserError("file.not_text", file=source.path, row=line + bad - 1)
        if not block.isascii():
            _look_at(block, line, seen)
        line += line_ends(block)
    return seen


def _look_at(block: bytes, first: int, seen: _Seen) -> None:
    """Lines beyond ASCII of one block, which begins with line `first`."""
    whole, strange = True, False
    try:
        text = block.decode()
    except UnicodeDecodeError:
        whole = False
    else:
        strange = _RUINED.search(text) is not None
        if seen.utf8_line and not strange:
            return
    lines = _lines(block)
    for number, line in enumerate(lines, first):
        if line.isascii():
            continue
        try:
            written = line.decode()
        except UnicodeDecodeError as error:
            if number == first + len(lines) - 1 and error.reason == "unexpected end of data":
                seen.cut_line = number
            else:
                seen.single_line = seen.single_line or number
            seen.keep(line)
            continue
        seen.utf8_line = seen.utf8_line or number
        if _RUINED.search(written):
            seen.ruined += 1
            seen.ruined_example = seen.ruined_example or written.strip()[:60]
        elif whole and not strange:
            return


def _lines(block: bytes) -> list[bytes]:
    return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def _decide(path: Path, seen: _Seen, stated: str) -> str:
    """The encoding that agrees with what was seen."""
    if seen.utf8_line and seen.cut_line and not seen.single_line:
        raise UserError("file.cut", file=path, row=seen.cut_line)
    seen.single_line = seen.single_line or seen.cut_line
    if seen.utf8_line and seen.single_line:
        raise UserError("file.encoding_mixed", file=path, row=seen.utf8_line, other=seen.single_line)
    if seen.single_line:
        if stated in ("utf-8", "utf-8-sig", "ascii"):
            raise UserError("file.encoding", file=path, encoding=stated, row=seen.single_line)
        return stated or single_byte(b"\n".join(seen.sample))
    if seen.utf8_line and stated not in ("", "utf-8", "utf-8-sig"):
        raise UserError("file.encoding_stated", file=path, stated=stated, encoding="utf-8", row=seen.utf8_line)
    return "utf-8"


def _notices(seen: _Seen, stated: str) -> tuple[tuple[str, dict[str, object]], ...]:
    if seen.ruined:
        return (("characters_ruined", {"count": seen.ruined, "example": seen.ruined_example}),)
    if seen.single_line and not stated:
        name = single_byte(b"\n".join(seen.sample))
        if name != SINGLE_BYTE[0]:
            example = seen.sample[0].decode(name).strip()[:60]
            return (("encoding_told", {"encoding": name, "example": example}),)
    return ()


def single_byte(sample: bytes) -> str:
    """Which of SINGLE_BYTE makes the most sense of lines beyond ASCII: the one in which they hold the most letters of
    Italian, in places where letters stand."""
    return max(SINGLE_BYTE, key=lambda name: (_sense(sample, name), -SINGLE_BYTE.index(name)))


def _sense(sample: bytes, name: str) -> int:
    text = sample.decode(name, "replace")
    sense = 0
    for before, letter, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if letter.isascii():
            continue
        if letter == "’" and before.isalpha() and after.isalpha():
            sense += 3
        elif letter in _SYMBOLS:
            sense += 0 if before.islower() and letter not in "’”»" else 1
        elif letter.isupper() and before.islower():
            sense -= 1
        elif letter in _ITALIAN:
            sense += 3
        else:
            sense += 1 if letter in _OTHER_LETTERS else -1
    return sense
