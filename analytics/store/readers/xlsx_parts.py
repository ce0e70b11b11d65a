"""What the markup of an XLSX workbook tells beside its values, read as a stream: memory does not grow with the file."""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from analytics.store.readers.package import Attributes, Handler, elements, local, parsed, related
from analytics.store.readers.sheet_facts import Cell, Facts, MarkupError, Merged, SheetFacts, cell_name, stray_cells

_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_BUILT_IN_PERCENT = frozenset({"9", "10"})


def main_part(book: zipfile.ZipFile) -> str:
    """The part that lists the sheets."""
    found = [path for kind, path in related(book, "").values() if kind == "officeDocument"]
    if not found:
        raise MarkupError("officeDocument")
    return found[0]


def sheet_parts(book: zipfile.ZipFile) -> dict[str, str]:
    """The part that holds each sheet of cells, by the sheet's name."""
    main = main_part(book)
    targets = related(book, main)
    parts = {}
    for tag, one in elements(book, main):
        if tag == "sheet":
            reference = next((value for key, value in one.items() if local(key) == "id"), "")
            kind, path = targets.get(reference, ("", ""))
            if kind == "worksheet":
                parts[one.get("name", "")] = path
    return parts


def _part_of_kind(book: zipfile.ZipFile, wanted: str) -> str:
    """The part of a kind that the workbook refers to, "" where it has none."""
    paths = [path for kind, path in related(book, main_part(book)).values() if kind == wanted]
    return paths[0] if paths and paths[0] in book.namelist() else ""


def xlsx_facts(book: zipfile.ZipFile) -> Facts:
    """The facts of every sheet of cells, by name. Raises what `parsed` raises, and TooLargeError."""
    styles = _styles(book)
    facts: Facts = {}
    sheets = sheet_parts(book)
    for name, part in sheets.items():
        reader = _SheetReader(styles)
        parsed(book, part, reader.begin)
        reader.end_row()
        facts[name] = reader.facts
    _tell_stale_zeros(book, facts)
    if strays := stray_cells(facts):
        _tell_contents(book, sheets[strays[0]], facts[strays[0]])
    return facts


def _tell_contents(book: zipfile.ZipFile, part: str, facts: SheetFacts) -> None:
    """Look up what the farthest cells hold."""
    names = {cell_name(cell) for cell, _ in facts.farthest.values()}
    texts: dict[str, list[str]] = {}
    shared: set[str] = set()
    wanted = ""

    def begin(parser: expat.XMLParserType) -> Handler:
        def start(tag: str, attributes: Attributes) -> None:
            nonlocal wanted
            parser.CharacterDataHandler = None
            if local(tag) == "c":
                wanted = attributes.get("r", "") if attributes.get("r") in names else ""
                shared.update({wanted} if attributes.get("t") == "s" else ())
            elif local(tag) in ("v", "t") and wanted:
                parser.CharacterDataHandler = texts.setdefault(wanted, []).append

        return start

    parsed(book, part, begin)
    for which, (cell, _) in facts.farthest.items():
        text = "".join(texts.get(cell_name(cell), ()))
        is_shared = cell_name(cell) in shared and text.isdecimal()
        facts.farthest[which] = cell, _shared_text(book, int(text)) if is_shared else text


def _tell_stale_zeros(book: zipfile.ZipFile, facts: Facts) -> None:
    """Where the workbook asks to be computed when opened and every formula gives 0, none has been computed yet."""
    asked = any(
        tag == "calcPr" and one.get("fullCalcOnLoad") in ("1", "true") for tag, one in elements(book, main_part(book))
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
    part = _part_of_kind(book, "styles")
    if not part:
        return _Styles()
    codes: dict[str, str] = {}
    formats: list[str] = []
    inside = False
    for tag, one in elements(book, part):
        if tag == "numFmt":
            codes[one.get("numFmtId", "")] = one.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyles", "cellStyleXfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            formats.append(one.get("numFmtId", "0"))
    percent = {str(i) for i, key in enumerate(formats) if key in _BUILT_IN_PERCENT or shows_percent(codes.get(key, ""))}
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

    if part := _part_of_kind(book, "sharedStrings"):
        parsed(book, part, begin)
    return "".join(found)


@dataclass(slots=True)
class _SheetReader:
    """Reads one sheet's tags in order. Positions follow the references of rows and cells, or else the order.

    cell: the attributes of the cell that is being read; placed, after: the last cell of the row that says where it is,
    and how many cells after it this one is; first, last: the same of the row's first and last filled ones.
    """

    styles: _Styles
    facts: SheetFacts = field(default_factory=SheetFacts)
    row: int = 0
    hidden: bool = False
    all_hidden: bool = False
    count: int = 0
    cell: Attributes | None = None
    placed: str = ""
    after: int = 0
    first: tuple[str, int] | None = None
    last: tuple[str, int] | None = None
    formula: bool = False
    watched: bool = False  # whether the value's text is needed
    text: list[str] = field(default_factory=list)
    special: frozenset[str] = frozenset()
    parser: expat.XMLParserType | None = None
    prefix: str = ""

    def begin(self, parser: expat.XMLParserType) -> Handler:
        """The handler of the opening tags."""
        self.parser = parser
        self.special = self.styles.percent | self.styles.scaled.keys()
        return self._root

    def _root(self, tag: str, _: Attributes) -> None:
        self.prefix = tag.removesuffix(local(tag))
        assert self.parser is not None  # noqa: S101 - begin() has set it
        self.parser.StartElementHandler = self._start

    def _start(self, tag: str, attributes: Attributes) -> None:
        if self.prefix:
            tag = tag.removeprefix(self.prefix)
        if tag == "c":
            if self.watched or self.formula:
                self.finish()
            if "r" in attributes:
                self.placed, self.after = attributes["r"], 0
            else:
                self.after += 1
            self.cell = attributes
        elif tag in ("v", "is") and self.cell is not None:
            cell = self.cell
            self.last = self.placed, self.after
            self.count += 1
            if self.first is None:
                self.first = self.last
            if self.formula or cell.get("s") in self.special or cell.get("t") == "e":
                self.watched = True
                assert self.parser is not None  # noqa: S101 - begin() has set it
                self.parser.CharacterDataHandler = self.text.append
        elif tag == "f":
            self.formula = True
        elif tag in _OTHERS:
            _OTHERS[tag](self, attributes)

    def _row(self, attributes: Attributes) -> None:
        self.end_row()
        self.row = int(attributes.get("r", self.row + 1))
        self.hidden = attributes.get("hidden", "0") in ("1", "true") or attributes.get("ht") == "0"
        if self.all_hidden and "hidden" not in attributes and "ht" not in attributes:
            self.hidden = True

    def end_row(self) -> None:
        """Count the cells of the row that has just been read."""
        self.finish()
        if self.first is not None and self.last is not None:
            facts, (row, first), (_, last) = self.facts, self._at(*self.first), self._at(*self.last)
            if row > facts.last[0]:
                facts.farthest["row"] = (row, first), ""
            if last > facts.last[1]:
                facts.farthest["column"] = (row, last), ""
            facts.fill(row, first, max(first, last))
            facts.filled += self.count - max(1, last - first + 1)
            if self.hidden:
                facts.hidden_rows.add((row, first))
        self.cell = self.first = self.last = None
        self.placed, self.after, self.count = "", 0, 0

    def _at(self, placed: str, after: int) -> Cell:
        row, column = _position(placed) if placed else (self.row, 0)
        return row, column + after

    def finish(self) -> None:
        """Judge the cell that has just been read."""
        if self.parser is not None:
            self.parser.CharacterDataHandler = None
        if self.cell is not None and (self.watched or self.formula):
            kind, style = self.cell.get("t", "n"), self.cell.get("s", "0")
            cell, text = self._at(self.placed, self.after), "".join(self.text).strip()
            if self.formula:
                self._judge_formula(cell, text, kind)
            if self.watched and kind == "e":
                self.facts.add_error(cell, text)
            elif kind == "n" and text and style in self.styles.percent:
                self.facts.percent.add(cell, text)
            elif kind == "n" and text and style in self.styles.scaled:
                self.facts.scaled.add(cell, text)
        self.formula = self.watched = False
        self.text.clear()

    def _judge_formula(self, cell: Cell, text: str, kind: str) -> None:
        self.facts.formulas += 1
        if not text and kind != "str":
            self.facts.uncomputed.add(cell)
        elif text in ("0", "0.0") and kind == "n":
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
        self.end_row()


def _position(reference: str) -> Cell:
    found = _PLACE.fullmatch(reference)
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
