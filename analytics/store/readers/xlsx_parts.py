"""What the markup of an XLSX workbook tells beside its values, read as a stream: memory does not grow with the file."""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from analytics.store.readers.sheet_facts import Cell, Facts, MarkupError, Merged, SheetFacts

MOST_MEMBER_BYTES = 1 << 30  # of one part of a workbook, unpacked
MOST_BYTES = 2 << 30  # of all parts
_STEP = 1 << 20
_DIGITS = "0123456789"
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_BUILT_IN_PERCENT = frozenset({"9", "10"})
Attributes = dict[str, str]
Handler = Callable[[str, Attributes], None]


def parsed(book: zipfile.ZipFile, name: str, start: Callable[[expat.XMLParserType], Handler]) -> None:
    """Read one part of a workbook. start: gives the handler of its opening tags; it may set others of the parser.

    Raises expat.ExpatError, zipfile.BadZipFile, KeyError, and MarkupError for a part that defines entities.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start(parser)
    with book.open(name) as part:
        while piece := part.read(_STEP):
            parser.Parse(piece, False)
        parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    raise MarkupError("DOCTYPE")


def local(tag: str) -> str:
    """A tag or an attribute's name without its prefix."""
    return tag.rpartition(":")[2]


def elements(book: zipfile.ZipFile, name: str) -> list[tuple[str, Attributes]]:
    """The tags of a small part, in order, without their prefixes, each with its attributes."""
    found: list[tuple[str, Attributes]] = []
    parsed(book, name, lambda _: lambda tag, attributes: found.append((local(tag), attributes)))
    return found


def sheet_parts(book: zipfile.ZipFile, main: str = "xl/workbook.xml") -> dict[str, str]:
    """The part that holds each sheet, by the sheet's name."""
    folder, file = posixpath.split(main)
    related = elements(book, f"{folder}/_rels/{file}.rels")
    targets = {one["Id"]: one.get("Target", "") for tag, one in related if tag == "Relationship" and "Id" in one}
    members = {name.lower().lstrip("/"): name for name in book.namelist()}
    parts = {}
    for tag, one in elements(book, main):
        if tag == "sheet":
            reference = next((value for key, value in one.items() if local(key) == "id"), "")
            path = posixpath.normpath(posixpath.join("/", folder, targets.get(reference, "").replace("\\", "/")))
            if path.lstrip("/").lower() in members:
                parts[one.get("name", "")] = members[path.lstrip("/").lower()]
    return parts


def xlsx_facts(book: zipfile.ZipFile) -> Facts:
    """The facts of every sheet of cells, by name. Raises what `parsed` raises, and TooLargeError."""
    styles = _styles(book)
    facts = {}
    for name, part in sheet_parts(book).items():
        reader = _SheetReader(styles)
        parsed(book, part, reader.begin)
        reader.finish()
        facts[name] = reader.facts
        for which, (cell, index) in reader.shared.items():
            reader.facts.farthest[which] = cell, _shared_text(book, index)
    _tell_stale_zeros(book, facts)
    return facts


def _tell_stale_zeros(book: zipfile.ZipFile, facts: Facts) -> None:
    """Where the workbook asks to be computed when opened and every formula gives 0, none has been computed yet."""
    asked = any(
        tag == "calcPr" and one.get("fullCalcOnLoad") in ("1", "true") for tag, one in elements(book, "xl/workbook.xml")
    )
    for sheet in facts.values():
        if asked and sheet.zeros.count == sheet.formulas:
            sheet.uncomputed = sheet.zeros


@dataclass(frozen=True, slots=True)
class _Styles:
    """Indices of cell styles, as cells write them, that show a number otherwise than it is, with their formats."""

    percent: frozenset[str] = frozenset()
    scaled: dict[str, str] = field(default_factory=dict)


def _styles(book: zipfile.ZipFile) -> _Styles:
    if "xl/styles.xml" not in book.namelist():
        return _Styles()
    codes: dict[str, str] = {}
    formats: list[str] = []
    inside = False
    for tag, one in elements(book, "xl/styles.xml"):
        if tag == "numFmt":
            codes[one.get("numFmtId", "")] = one.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyles", "cellStyleXfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            formats.append(one.get("numFmtId", "0"))
    percent = {
        str(i) for i, key in enumerate(formats) if key in _BUILT_IN_PERCENT or shows_percent(codes.get(key, ""))
    }
    scaled = {str(i): codes[key] for i, key in enumerate(formats) if shows_scaled(codes.get(key, ""))}
    return _Styles(frozenset(percent), scaled)


def shows_percent(code: str) -> bool:
    """Whether a number format shows 0.5 as 50%."""
    return "%" in code and "%" in _QUOTED.sub("", code.split(";")[0])


def shows_scaled(code: str) -> bool:
    """Whether a number format shows 9500 as 9.5 or 10: in thousands or millions."""
    return "," in code and _SCALED.search(_QUOTED.sub("", code.split(";")[0])) is not None


def _shared_text(book: zipfile.ZipFile, index: int) -> str:
    """The text of one entry of the shared strings; "" where there is none."""
    found: list[str] = []
    at = -1

    def begin(parser: expat.XMLParserType) -> Handler:
        def start(tag: str, _: Attributes) -> None:
            nonlocal at
            at += local(tag) == "si"
            parser.CharacterDataHandler = found.append if at == index and local(tag) == "t" else None

        return start

    if "xl/sharedStrings.xml" in book.namelist():
        parsed(book, "xl/sharedStrings.xml", begin)
    return "".join(found)


@dataclass(slots=True)
class _SheetReader:
    """Reads one sheet's tags in order. Positions follow the references of rows and cells, or else the order."""

    styles: _Styles
    facts: SheetFacts = field(default_factory=SheetFacts)
    shared: dict[str, tuple[Cell, int]] = field(default_factory=dict)
    row: int = 0
    column: int = 0
    hidden: bool = False
    counted: bool = False  # this hidden row
    all_hidden: bool = False
    kind: str = "n"
    style: str = "0"
    formula: bool = False
    watched: bool = False  # whether the value's text is needed
    far: tuple[str, ...] = ()
    text: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    parser: expat.XMLParserType | None = None
    prefix: str | None = None

    def begin(self, parser: expat.XMLParserType) -> Handler:
        """The handler of the opening tags."""
        self.parser = parser
        return self._root

    def _root(self, tag: str, attributes: Attributes) -> None:
        self.prefix = tag.removesuffix(local(tag))
        assert self.parser is not None  # noqa: S101 - begin() has set it
        self.parser.StartElementHandler = self._start

    def _start(self, tag: str, attributes: Attributes) -> None:
        if self.prefix:
            tag = tag.removeprefix(self.prefix)
        if tag == "c":
            if self.watched or self.formula:
                self.finish()
            reference = attributes.get("r")
            self.column = self._column(reference) if reference else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        elif tag in ("v", "is"):
            self._value()
        elif tag == "f":
            self.formula = True
        elif tag in _OTHERS:
            _OTHERS[tag](self, attributes)

    def _column(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        column = self.columns.get(letters)
        if column is None:
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - ord("A") + 1
            self.columns[letters] = column
        if not reference.endswith(str(self.row)):
            self.row = int(reference[len(letters) :])
        return column

    def _row(self, attributes: Attributes) -> None:
        self.finish()
        self.row = int(attributes.get("r", self.row + 1))
        self.column = 0
        self.counted = False
        self.hidden = attributes.get("hidden", "0") in ("1", "true") or attributes.get("ht") == "0"
        if self.all_hidden and "hidden" not in attributes and "ht" not in attributes:
            self.hidden = True

    def _value(self) -> None:
        facts, row, column = self.facts, self.row, self.column
        far = (("row",) if row > facts.last[0] else ()) + (("column",) if column > facts.last[1] else ())
        facts.fill(row, column, column)
        if self.hidden and not self.counted:
            facts.hidden_rows.add((row, column))
            self.counted = True
        special = self.style in self.styles.percent or self.style in self.styles.scaled
        if far or self.formula or self.kind == "e" or (special and self.kind == "n"):
            self.far, self.watched = far, True
            assert self.parser is not None  # noqa: S101 - begin() has set it
            self.parser.CharacterDataHandler = self.text.append

    def finish(self) -> None:
        """Judge the cell that has just been read."""
        if self.parser is not None:
            self.parser.CharacterDataHandler = None
        cell, text = (self.row, self.column), "".join(self.text).strip()
        if self.formula:
            self._judge_formula(cell, text)
        if self.watched and self.kind == "e":
            self.facts.add_error(cell, text)
        if self.watched and self.kind == "n" and text:
            if self.style in self.styles.percent:
                self.facts.percent.add(cell, text)
            elif self.style in self.styles.scaled:
                self.facts.scaled.add(cell, text)
        for which in self.far:
            self.facts.farthest[which] = cell, text
            self.shared.pop(which, None)
            if self.kind == "s" and text.isdecimal():
                self.shared[which] = cell, int(text)
        self.formula = self.watched = False
        self.far = ()
        self.text.clear()

    def _judge_formula(self, cell: Cell, text: str) -> None:
        self.facts.formulas += 1
        if not text and self.kind != "str":
            self.facts.uncomputed.add(cell)
        elif text in ("0", "0.0") and self.kind == "n":
            self.facts.zeros.add(cell)

    def _all_rows(self, attributes: Attributes) -> None:
        self.all_hidden = attributes.get("zeroHeight") in ("1", "true")

    def _columns(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in ("1", "true") or attributes.get("width") == "0":
            self.facts.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))

    def _merged(self, attributes: Attributes) -> None:
        first, _, last = attributes.get("ref", "").replace("$", "").partition(":")
        (top, left), (bottom, right) = _position(first), _position(last or first)
        self.facts.add_merged(Merged(top, left, bottom, right))

    def _end(self, _: Attributes) -> None:
        self.finish()


def _position(reference: str) -> Cell:
    found = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
    if not found:
        raise MarkupError(reference)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


_OTHERS: dict[str, Callable[[_SheetReader, Attributes], None]] = {
    "row": _SheetReader._row,
    "mergeCell": _SheetReader._merged,
    "col": _SheetReader._columns,
    "sheetFormatPr": _SheetReader._all_rows,
    "mergeCells": _SheetReader._end,
}


def check_sizes(book: zipfile.ZipFile) -> Iterator[tuple[str, int]]:
    """The parts that are larger, unpacked, than is read: each with its bytes; "" stands for all parts together."""
    for part in book.infolist():
        if part.file_size > MOST_MEMBER_BYTES:
            yield part.filename, part.file_size
    total = sum(part.file_size for part in book.infolist())
    if total > MOST_BYTES:
        yield "", total
