"""What commands print: words of files, their names among them, never tell a terminal to do anything."""

import io
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import BinaryIO, Final, TextIO, cast

INSTEAD: Final = "\ufffd"
_OBEYED: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control and direction marks, halves of characters, ends of lines


def printable(words: str) -> str:
    """Words with a sign in place of every mark that a terminal would obey or could not write: escape sequences, marks
    that turn the direction of writing, bytes of a name that are no text. Tabs and ends of lines stay.
    """
    if words.isprintable():
        return words
    kept = words.replace("\r\n", "\n")
    return "".join(INSTEAD if mark not in "\n\t" and unicodedata.category(mark) in _OBEYED else mark for mark in kept)


class Printable(io.TextIOBase):
    """A stream of text in which only printable words arrive. stream: the one behind it, for what is our own alone."""

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream."""
        self.stream = stream

    def write(self, words: str) -> int:
        """Write words; how many characters they had."""
        self.stream.write(printable(words))
        return len(words)

    def flush(self) -> None:
        """Pass on what was written."""
        self.stream.flush()

    def isatty(self) -> bool:
        """Whether somebody sits there."""
        return self.stream.isatty()

    def fileno(self) -> int:
        """The system's number of the stream."""
        return self.stream.fileno()

    @property
    def buffer(self) -> BinaryIO:
        """The bytes behind the text."""
        return self.stream.buffer

    def __getattr__(self, name: str) -> object:
        """All else as the stream has it: its encoding, for one."""
        return getattr(self.stream, name)


@contextmanager
def only_printable() -> Iterator[None]:
    """From now on all that is printed is printable."""
    with redirect_stdout(cast("TextIO", Printable(sys.stdout))), redirect_stderr(cast("TextIO", Printable(sys.stderr))):
        yield


def behind(stream: TextIO) -> TextIO:
    """The stream itself, for what draws over its own line and says no word of a file."""
    return stream.stream if isinstance(stream, Printable) else stream
