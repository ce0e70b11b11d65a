"""Which mark stands before the decimals of a column and which between its thousands, told by its texts together."""

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from analytics.model import UserError
from analytics.store.cells.amounts import MONEY_SUFFIX
from analytics.store.columns import Column
from analytics.store.formats import ColumnFormat

OTHER = {".": ",", ",": "."}
_NEEDING_NO_CLEANING = 1  # shapes that are looked for before currencies, spaces and signs are taken off
SMALLEST_GROUPED = 1000  # no number with a mark between its thousands is smaller
_AROUND = "[\u00a0\u2000-\u200f\u202f\u3000 '\u2018\u2019`\u00b4+\\-\u2010-\u2015\u2212()%€$\ufeff]|(?i:euro?|usd)"
_NO_CENTS = "([0-9][.,])(?:--?|\u2014|=)\\s*(?:€|(?i:euro?))?\\s*$"  # 9.500,- and 9.500,--


def _shapes(mark: str) -> dict[str, tuple[str, ...]]:
    """How a number may be written with this mark -> what the mark shows: "decimal", "thousands" or "either"."""
    m, other = re.escape(mark), re.escape(OTHER[mark])
    return {
        rf"^\d+{m}\d{{1,2}}$": ("decimal",),
        rf"^[1-9]\d{{0,2}}{m}\d{{3}}$": ("either",),
        rf"^(\d+{m}\d{{4,}}|(0\d*|\d{{4,}})?{m}\d+|\d*{m}\d+[eE]\d+)$": ("decimal",),
        rf"^[1-9]\d{{0,2}}({m}\d{{3}}){{2,}}$": ("thousands",),
        rf"^[1-9]\d{{0,2}}({m}\d{{3}})+{other}\d+$": ("thousands", "other_decimal"),
    }


_SHAPES = {mark: _shapes(mark) for mark in OTHER}


class Marks:
    """What the numbers of a column tell of their marks: for each mark, the first text that shows it before decimals,
    between thousands, or as one of the two (9.500)."""

    def __init__(self, column: Column) -> None:
        """Nothing is seen yet."""
        self._column = column
        self.decimal: dict[str, str] = {}
        self.thousands: dict[str, str] = {}
        self.either: dict[str, str] = {}

    def add(self, texts: pa.Array) -> None:
        """See some texts. Those without marks, which are most, cost least."""
        marked = texts.filter(pc.match_substring_regex(texts, "[.,]"))
        for mark, shapes in _SHAPES.items():
            for shape in list(shapes)[:_NEEDING_NO_CLEANING]:
                marked, _ = self._see(mark, shape, marked, marked)
        without_cents = pc.replace_substring_regex(marked, _NO_CENTS, r"\100")
        bare = pc.replace_substring_regex(without_cents, _AROUND, "")
        for mark, shapes in _SHAPES.items():
            for shape in shapes:
                marked, bare = self._see(mark, shape, marked, bare)

    def _see(self, mark: str, shape: str, marked: pa.Array, bare: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Note the first text of this shape; the texts that have another, as written and bare."""
        there = pc.match_substring_regex(bare, shape)
        first = pc.index(there, True).as_py()
        if first < 0:
            return marked, bare
        self._note(mark, _SHAPES[mark][shape], marked[first].as_py())
        elsewhere = pc.invert(there)
        return marked.filter(elsewhere), bare.filter(elsewhere)

    def _note(self, mark: str, shows: tuple[str, ...], text: str) -> None:
        if shows == ("either",) and self._column.maximum is not None and self._column.maximum < SMALLEST_GROUPED:
            shows = ("decimal",)
        for what in shows:
            if what == "other_decimal":
                self.decimal.setdefault(OTHER[mark], text)
            else:
                getattr(self, what).setdefault(mark, text)

    def resolve(self, stated: ColumnFormat, own: ColumnFormat, name: str, file: str) -> tuple[str, str]:
        """The mark before decimals and the one between thousands ("" where neither comma nor dot is one).

        stated: for the column or the whole file; own: for this column alone. Raises UserError.
        """
        ask = _Refusals(self._column.name, name, file)
        if stated.thousands is not None and stated.thousands not in OTHER:
            if self.thousands:
                raise ask.contradicted("thousands", stated.thousands, next(iter(self.thousands.values())))
            self.decimal = self.either | self.decimal
            self.either = {}
        mark = stated.decimal or OTHER.get(stated.thousands or "")
        if mark is None:
            mark = self._told(ask)
            if mark is None:
                return ".", ""
        else:
            self._check_stated(mark, stated, settled=own.decimal is not None or own.thousands is not None, ask=ask)
        return mark, "" if stated.thousands is not None and stated.thousands not in OTHER else OTHER[mark]

    def _told(self, ask: "_Refusals") -> str | None:
        """The decimal mark that the values tell; None where no number has a mark."""
        possible = [mark for mark in OTHER if mark in self.decimal or OTHER[mark] in self.thousands]
        if len(possible) > 1:
            raise ask.mixed(*(self.decimal.get(mark) or self.thousands[OTHER[mark]] for mark in possible))
        mark = possible[0] if possible else next(iter(self.either), None)
        if mark in self.either and mark not in self.decimal:
            raise ask.two_readings(mark, self.either[mark])
        return mark

    def _check_stated(self, mark: str, stated: ColumnFormat, *, settled: bool, ask: "_Refusals") -> None:
        """Refuse a decimal mark that the values contradict, or leave open although it is stated for the whole file."""
        other = OTHER[mark]
        against = self.decimal.get(other) or self.thousands.get(mark)
        supported = mark in self.decimal or other in self.thousands
        if against and not supported:
            raise ask.contradicted("decimal", mark, against)
        if settled:
            return
        if against and self.either:
            raise ask.mixed(self.decimal.get(mark) or self.thousands[other], against)
        if mark in self.either and mark not in self.decimal:
            raise ask.two_readings(mark, self.either[mark])
        is_money = self._column.name.endswith(MONEY_SUFFIX) and stated.unit in (None, 1)
        if other in self.either and not supported and not is_money and stated.thousands is None:
            raise ask.two_readings(other, self.either[other])


@dataclass(frozen=True, slots=True)
class _Refusals:
    """The errors of one column: ours is its name among our columns, name what the file calls it."""

    ours: str
    name: str
    file: str

    def two_readings(self, mark: str, value: str) -> UserError:
        units, thousandths = _digits_and_marks(value).split(mark)[:2]
        return UserError(
            "file.two_readings",
            file=self.file,
            column=self.name,
            ours=self.ours,
            value=value,
            mark=mark,
            other=OTHER[mark],
            whole=units + thousandths[:3],
            units=units,
            thousandths=thousandths[:3],
        )

    def mixed(self, first: str, second: str) -> UserError:
        return UserError(
            "file.mixed_marks", file=self.file, column=self.name, ours=self.ours, first=first, second=second
        )

    def contradicted(self, key: str, stated: str, value: str) -> UserError:
        digits = _digits_and_marks(value)
        last = max(OTHER, key=digits.rfind)
        decimal = OTHER[last] if digits.count(last) > 1 else last
        return UserError(
            "file.marks_contradict",
            file=self.file,
            column=self.name,
            ours=self.ours,
            key=key,
            stated=stated,
            value=value,
            decimal=decimal,
            thousands=OTHER[decimal],
        )


def _digits_and_marks(value: str) -> str:
    return re.sub(r"[^\d.,]", "", value).strip(".,")
