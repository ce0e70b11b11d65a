"""What a sheet's own markup tells beside its values: which cells are filled, wrong, hidden, merged or not computed."""

from dataclasses import dataclass, field

LAST_ROW, LAST_COLUMN = 1 << 20, 1 << 14  # what a spreadsheet has
MOST_CELLS = 60_000_000  # rows x columns from A1 to the last filled cell, of all sheets together
MOST_SPARSE_CELLS = 20_000_000  # the same, of the sheets where fewer than half of them are filled
MOST_POSITIONS = 10_000  # cells of a kind that are kept by their position; beyond it they are only counted
MOST_MARKED = 2_000_000  # cells that show an error, that a sheet may have
MOST_BLOCKS = 300_000  # merged ones, that a sheet may have
MOST_REPEATED = 2_000_000  # filled cells that a workbook may have beyond those that are written in it
Cell = tuple[int, int]  # row and column, counted from 1


class TooLargeError(ValueError):
    """A part of a workbook holds more than is read."""


class MarkupError(ValueError):
    """A part of a workbook that is not built as its format asks."""


def cell_name(cell: Cell) -> str:
    """How a spreadsheet calls a cell: (2, 28) is AB2."""
    return f"{column_letters(cell[1])}{cell[0]}"


def column_letters(column: int) -> str:
    """How a spreadsheet calls a column, counted from 1: 28 is AB."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(slots=True)
class Marked:
    """Cells of one kind. count: how many; cells: the first MOST_POSITIONS of them; example: what the first holds."""

    count: int = 0
    cells: list[Cell] = field(default_factory=list)
    example: str = ""

    def add(self, cell: Cell, example: str = "", count: int = 1) -> None:
        """Count a cell, or `count` of which it is the first, and keep where it is."""
        if not self.cells:
            self.example = example
        if len(self.cells) < MOST_POSITIONS:
            self.cells.append(cell)
        self.count += count


@dataclass(frozen=True, slots=True)
class Merged:
    """A block of cells shown as one: its first and last row and column, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def name(self) -> str:
        """How a spreadsheet calls the block: A1:B3."""
        return f"{cell_name((self.top, self.left))}:{cell_name((self.bottom, self.right))}"


@dataclass(slots=True)
class SheetFacts:
    """Facts of one sheet, gathered while its markup is read.

    first, last: the smallest and largest row and column with anything in it; farthest: the cells that made `last` what
    it is, by row and by column, and what they hold; errors: what the cells show that show an error; uncomputed:
    formulas without a value; zeros: formulas whose value is 0; percent, scaled: numbers that are shown as a percentage,
    or in thousands or millions; merged: blocks; hidden_columns: first and last column of each run.
    """

    filled: int = 0
    first: Cell = (LAST_ROW + 1, LAST_COLUMN + 1)
    last: Cell = (0, 0)
    farthest: dict[str, tuple[Cell, str]] = field(default_factory=dict)
    errors: dict[Cell, str] = field(default_factory=dict)
    formulas: int = 0
    uncomputed: Marked = field(default_factory=Marked)
    zeros: Marked = field(default_factory=Marked)
    percent: Marked = field(default_factory=Marked)
    scaled: Marked = field(default_factory=Marked)
    hidden_rows: Marked = field(default_factory=Marked)
    hidden_columns: list[Cell] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    blocks: int = 0  # merged ones, with those of a single cell

    def fill(self, row: int, first: int, last: int, rows: int = 1) -> None:
        """Count the cells of `rows` rows from `row` on, columns `first` to `last`, as filled."""
        if not (1 <= row <= row + rows - 1 <= LAST_ROW and 1 <= first <= last <= LAST_COLUMN):
            raise MarkupError(cell_name((row, first)))
        self.filled += rows * (last - first + 1)
        self.first = min(self.first[0], row), min(self.first[1], first)
        self.last = max(self.last[0], row + rows - 1), max(self.last[1], last)

    def reach(self, cell: Cell, holds: str = "") -> None:
        """Keep a filled cell that is about to be counted, where it is farther than all before it."""
        if cell[0] > self.last[0]:
            self.farthest["row"] = cell, holds
        if cell[1] > self.last[1]:
            self.farthest["column"] = cell, holds

    def add_error(self, cell: Cell, shows: str) -> None:
        """Keep what a cell with an error shows."""
        if len(self.errors) >= MOST_MARKED:
            raise TooLargeError
        self.errors[cell] = shows

    def add_merged(self, block: Merged) -> None:
        """Keep a block of cells that are shown as one."""
        self.blocks += 1
        if self.blocks > MOST_BLOCKS:
            raise TooLargeError
        if block.bottom > block.top or block.right > block.left:
            self.merged.append(block)

    @property
    def area(self) -> int:
        """Cells from A1 to the last row and column with anything in it: so many are walked to read the sheet."""
        return self.last[0] * self.last[1] if self.filled else 0

    @property
    def sparse(self) -> bool:
        """Whether fewer than half of those cells are filled."""
        return self.filled * 2 < self.area


Facts = dict[str, SheetFacts]  # by the sheet's name


def stray_cells(facts: Facts) -> tuple[str, list[tuple[Cell, str]]] | None:
    """The sheet whose filled cells stand so far apart that the workbook cannot be read, and the farthest of them with
    what they hold; None where all sheets can be read. Raises TooLargeError where the sheets really hold too much."""
    if sum(sheet.area for sheet in facts.values() if not sheet.sparse) > MOST_CELLS:
        raise TooLargeError
    sparse = {name: sheet for name, sheet in facts.items() if sheet.sparse}
    if sum(sheet.area for sheet in sparse.values()) <= MOST_SPARSE_CELLS:
        return None
    name = max(sparse, key=lambda one: sparse[one].area)
    return name, list(dict.fromkeys(sparse[name].farthest.values()))
