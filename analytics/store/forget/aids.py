"""A month of the national register of aids (RNA) without the aids of a firm: the rest as it stands, in UTF-8."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from analytics.model import UserError
from analytics.store.forget.headings import OF_AIDS
from analytics.store.forget.identity import Identity
from analytics.store.forget.texts import Place
from analytics.store.readers.table import Source
from analytics.store.rna.text import CleanText

_DECLARED = re.compile(rb"^(<\?xml[^>]{0,200}?encoding\s*=\s*[\"'])[A-Za-z0-9._-]+")


def aids_without(source: Source, identity: Identity, into: Path, alive: Callable[[], None]) -> set[Place]:
    """Write the file without the firm's aids; the lines where these began. Raises UserError where it is damaged."""
    try:
        with source.path.open("rb") as original, into.open("wb") as file:
            cut = _Cut(file, identity)
            is_first = True
            for block in CleanText(original).blocks():
                alive()
                cut.feed(_DECLARED.sub(rb"\1UTF-8", block, count=1) if is_first else block)
                is_first = False
            cut.end()
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise UserError("file.damaged", file=source.path, problem=problem) from error
    return {("", row) for row in cut.rows}


class _Cut:
    """Passes an XML text on, but for the aids of a firm. rows: lines where those began."""

    def __init__(self, file: BinaryIO, identity: Identity) -> None:
        self.rows: list[int] = []
        self._file, self._identity = file, identity
        self._held, self._from = b"", 0  # bytes not yet passed on, and the place of the first
        self._aid: int | None = None  # where the aid at hand begins
        self._row, self._texts, self._keys = 0, list[str](), set[int]()
        self._cuts: list[tuple[int, int]] = []  # of aids: first byte, and the byte behind the last
        self._told = 0  # where the last tag begins that the parser has told of: it may lag behind
        self._parser = expat.ParserCreate("UTF-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._element = ""

    def feed(self, block: bytes) -> None:
        self._held += block
        self._parser.Parse(block, False)
        self._pass_on(self._told if self._aid is None else self._aid)

    def end(self) -> None:
        self._parser.Parse(b"", True)
        self._pass_on(self._from + len(self._held))

    def _pass_on(self, until: int) -> None:
        at = self._from
        for first, last in self._cuts:
            self._file.write(self._held[at - self._from : first - self._from])
            at = last
        self._cuts.clear()
        until = max(until, at)
        self._file.write(self._held[at - self._from : until - self._from])
        self._held, self._from = self._held[until - self._from :], until

    def _start(self, name: str, _: object) -> None:
        self._told = self._parser.CurrentByteIndex
        self._element = name.rpartition(":")[2].upper()
        if self._element == "AIUTO":
            self._aid, self._row = self._parser.CurrentByteIndex, self._parser.CurrentLineNumber
            self._texts, self._keys = [], set()

    def _characters(self, text: str) -> None:
        if self._aid is not None and text.strip():
            if any(len(self._element) > 2 and of_aid.startswith(self._element) for of_aid in OF_AIDS):
                self._keys.add(len(self._texts))
            self._texts.append(text.strip())

    def _end(self, name: str) -> None:
        self._told = self._parser.CurrentByteIndex
        if name.rpartition(":")[2].upper() != "AIUTO" or self._aid is None:
            return
        if self._identity.kept(self._texts, frozenset(self._keys)) is None:
            end = self._held.index(b">", self._parser.CurrentByteIndex - self._from) + 1
            self._cuts.append((self._aid, self._from + end))
            self.rows.append(self._row)
        self._aid = None
