"""What the texts of a column tell of how they are written: decimal mark, order of a day's numbers.

A column is read in one way or refused with both readings and the lines of the mapping that settle it.
"""

import pyarrow as pa
import pyarrow.compute as pc

from analytics.store.cells.day_order import DayOrders
from analytics.store.cells.form import CellForm, plain_signs
from analytics.store.cells.marks import Marks
from analytics.store.columns import CellKind, Column
from analytics.store.formats import ColumnFormat
from analytics.store.readers.table import TYPED


class ColumnProfile:
    """The evidence of one column, chunk by chunk. Typed cells have one reading and tell nothing of the texts."""

    def __init__(self, column: Column) -> None:
        """Nothing is seen yet."""
        self._column = column
        self._marks = Marks(column)
        self._days = DayOrders(column)

    def add(self, texts: pa.Array) -> None:
        """See the distinct texts of one chunk, without spaces around them."""
        if self._column.kind not in (CellKind.DECIMAL, CellKind.DATE, CellKind.PERIOD) or len(texts) == 0:
            return
        if self._column.kind is CellKind.DECIMAL:
            self._marks.add(texts.filter(pc.invert(pc.starts_with(texts, TYPED))))
        else:
            self._days.add(_with_plain_signs(texts))

    def resolve(self, stated: ColumnFormat, name: str, file: str, *, own: ColumnFormat | None = None) -> CellForm:
        """How the column is written, by what the mapping states and the values tell.

        stated: what the mapping states of the column or the whole file; own: what it states of this column alone, which
        settles what the values leave open; name, file: what an error calls them. Raises UserError where two readings
        are left, or where what is stated contradicts the values.
        """
        own = own or ColumnFormat()
        if self._column.kind is CellKind.DECIMAL:
            decimal, thousands = self._marks.resolve(stated, own, name, file)
            return CellForm(decimal=decimal, thousands=thousands, unit=stated.unit or CellForm().unit)
        if self._column.kind is CellKind.DATE:
            return CellForm(date=self._days.resolve(stated.date, name, file))
        if self._column.kind is CellKind.PERIOD and stated.period is None:
            return CellForm(date=self._days.resolve(stated.date, name, file))
        return CellForm(period=stated.period)


def _with_plain_signs(texts: pa.Array) -> pa.Array:
    """The same texts with the keyboard's spaces and hyphens."""
    if pc.all(pc.string_is_ascii(texts)).as_py():
        return texts
    return pa.array([plain_signs(text) if text else text for text in texts.to_pylist()], pa.string())
