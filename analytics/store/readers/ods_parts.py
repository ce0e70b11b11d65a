"""What the markup of an ODS workbook tells beside its values, read as a stream: memory does not grow with the file."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from analytics.store.readers.package import Attributes, Handler, elements, local, parsed
from analytics.store.readers.sheet_facts import MOST_REPEATED, Facts, MarkupError, Merged, SheetFacts, TooLargeError

_MANIFEST = "META-INF/manifest.xml"
_TEXT_KEPT = 200  # characters
_EXTENSIONS = ("calcext:", "loext:")  # LibreOffice's own attributes
_HIDDEN = frozenset({"collapse", "filter"})


class EncryptedError(ValueError):
    """A workbook behind a password."""


def ods_facts(book: zipfile.ZipFile) -> Facts:
    """The facts of every sheet, by name. Raises what `parsed` raises, TooLargeError and EncryptedError."""
    manifest = elements(book, _MANIFEST) if _MANIFEST in book.namelist() else []
    if any(tag == "encryption-data" for tag, _ in manifest):
        raise EncryptedError
    reader = _ContentReader()
    parsed(book, "content.xml", reader.begin)
    return reader.facts


@dataclass(slots=True)
class _CellRead:
    """A cell while it is read. columns: how many equal ones it stands for."""

    columns: int
    attributes: Attributes
    error: bool = False
    texts: list[str] = field(default_factory=list)
    filled: bool = False


@dataclass(slots=True)
class _ContentReader:
    """Reads the tags of content.xml in order. Rows and cells may stand for many equal ones."""

    facts: Facts = field(default_factory=dict)
    sheet: SheetFacts | None = None
    row: int = 1
    rows: int = 1
    row_hidden: bool = False
    row_counted: bool = False
    column: int = 1
    repeated: int = 0  # filled cells that other, equal ones stand for
    heading: int = 1  # the next column that a column's tag is about
    cell: _CellRead | None = None
    noted: int = 0  # depth inside notes and shapes, whose text is none of the cell's
    factors: dict[str, str] = field(default_factory=dict)  # number formats that show thousands or millions
    scaled: dict[str, str] = field(default_factory=dict)  # cell styles of such formats
    number_style: str = ""
    names: dict[str, str] = field(default_factory=dict)  # of tags and attributes, without their prefixes
    parser: expat.XMLParserType | None = None

    def begin(self, parser: expat.XMLParserType) -> Handler:
        """The handler of the opening tags; that of the closing ones is set."""
        self.parser = parser
        parser.EndElementHandler = self._close
        return self._open

    def _open(self, tag: str, attributes: Attributes) -> None:
        name = self.names.get(tag) or self.names.setdefault(tag, local(tag))
        if name == "p" and not self.noted:
            self._paragraph()
        elif name in _NOTES or self.noted:
            self.noted += name in _NOTES
            if name == "table":
                raise MarkupError(name)
        elif name in ("table-cell", "covered-table-cell"):
            self._cell(attributes)
        elif name in _OPEN:
            _OPEN[name](self, {local(key): value for key, value in attributes.items()})

    def _paragraph(self) -> None:
        """A cell's text begins; it is needed of cells that show an error, and of the farthest."""
        if self.cell is not None and self.sheet is not None and self.parser is not None:
            self.cell.filled = True
            last_row, last_column = self.sheet.last
            if self.cell.error or self.row > last_row or self.column > last_column:
                self.parser.CharacterDataHandler = self._take

    def _take(self, text: str) -> None:
        if self.cell is not None and not self.noted and len(self.cell.texts) < _TEXT_KEPT:
            self.cell.texts.append(text[:_TEXT_KEPT])

    def _close(self, tag: str) -> None:
        name = self.names.get(tag) or local(tag)
        if name == "p":
            return
        if name in _NOTES:
            self.noted -= 1
        elif self.noted:
            return
        elif name in ("table-cell", "covered-table-cell"):
            self._judge()
        elif name == "table-row":
            self.row += self.rows
        elif name == "table":
            self.sheet = None

    def _table(self, attributes: Attributes) -> None:
        self.sheet = self.facts.setdefault(attributes.get("name", ""), SheetFacts())
        self.row, self.heading = 1, 1

    def _column(self, attributes: Attributes) -> None:
        count = _repeated(attributes, "number-columns-repeated")
        if self.sheet is not None and attributes.get("visibility") in _HIDDEN:
            self.sheet.hidden_columns.append((self.heading, self.heading + count - 1))
        self.heading += count

    def _row(self, attributes: Attributes) -> None:
        self.rows = _repeated(attributes, "number-rows-repeated")
        self.row_hidden = attributes.get("visibility") in _HIDDEN
        self.row_counted = False
        self.column = 1

    def _cell(self, attributes: Attributes) -> None:
        names = self.names
        own = {}
        for key, value in attributes.items():
            name = names.get(key)
            if name is None:
                name = names[key] = "" if key.startswith(_EXTENSIONS) else local(key)
            if name:
                own[name] = value
        error = attributes.get("calcext:value-type") == "error"
        self.cell = _CellRead(_repeated(own, "number-columns-repeated"), own, error)

    def _number_style(self, attributes: Attributes) -> None:
        self.number_style = attributes.get("name", "")

    def _number(self, attributes: Attributes) -> None:
        if attributes.get("display-factor", "1") not in ("1", "1.0"):
            self.factors[self.number_style] = attributes["display-factor"]

    def _style(self, attributes: Attributes) -> None:
        if attributes.get("data-style-name") in self.factors:
            self.scaled[attributes.get("name", "")] = self.factors[attributes["data-style-name"]]

    def _judge(self) -> None:
        """Count the cell that has just been read, for all the cells that it stands for."""
        cell, sheet = self.cell, self.sheet
        if self.parser is not None:
            self.parser.CharacterDataHandler = None
        if cell is None or sheet is None:
            return
        at, self.cell = (self.row, self.column), None
        self.column += cell.columns
        kind = cell.attributes.get("value-type")
        shows = "".join(cell.texts)[:_TEXT_KEPT] if cell.texts else ""
        if "formula" in cell.attributes:
            self._judge_formula(sheet, at, cell)
        if kind is None and not cell.filled:
            return
        end = self.row + self.rows - 1, self.column - 1
        sheet.reach(end, shows)
        sheet.fill(self.row, at[1], end[1], self.rows)
        self.repeated += self.rows * cell.columns - 1
        if self.repeated > MOST_REPEATED and not sheet.sparse:
            raise TooLargeError
        self._judge_shown(sheet, at, cell, kind or "", shows)
        if "number-rows-spanned" in cell.attributes or "number-columns-spanned" in cell.attributes:
            down, across = (_repeated(cell.attributes, f"number-{what}-spanned") for what in ("rows", "columns"))
            sheet.add_merged(Merged(*at, at[0] + down - 1, at[1] + across - 1))

    def _judge_formula(self, sheet: SheetFacts, at: tuple[int, int], cell: _CellRead) -> None:
        sheet.formulas += 1
        kind = cell.attributes.get("value-type")
        key = {"float": "value", "percentage": "value", "currency": "value", "date": "date-value"}.get(kind or "")
        if (kind is None and not cell.filled) or (key and key not in cell.attributes):
            sheet.uncomputed.add(at)

    def _judge_shown(self, sheet: SheetFacts, at: tuple[int, int], cell: _CellRead, kind: str, shows: str) -> None:
        if self.row_hidden and not self.row_counted:
            sheet.hidden_rows.add((self.row, at[1]), count=self.rows)
            self.row_counted = True
        if cell.error:
            for row in range(self.rows):
                for column in range(cell.columns):
                    sheet.add_error((at[0] + row, at[1] + column), shows)
        if kind == "percentage":
            sheet.percent.add(at, cell.attributes.get("value", ""))
        elif cell.attributes.get("style-name") in self.scaled:
            sheet.scaled.add(at, cell.attributes.get("value", ""))


def _repeated(attributes: Attributes, key: str) -> int:
    return max(1, int(attributes[key])) if key in attributes else 1


_NOTES = frozenset({"annotation", "shapes", "shape", "frame"})
_OPEN: dict[str, Callable[[_ContentReader, Attributes], None]] = {
    "table": _ContentReader._table,
    "table-column": _ContentReader._column,
    "table-row": _ContentReader._row,
    "number-style": _ContentReader._number_style,
    "currency-style": _ContentReader._number_style,
    "number": _ContentReader._number,
    "style": _ContentReader._style,
}
