"""Types of arrays, said once, and a matrix that grows. Shapes stand in the docstrings of what has them."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
ObjectArray = npt.NDArray[np.object_]
PositionArray = npt.NDArray[np.intp]  # places of rows or columns, as pandas and numpy give them


class Rows:
    """A matrix that grows by rows."""

    def __init__(self, width: int) -> None:
        """No row yet; each of so many numbers."""
        self._all, self.n = np.zeros((64, width)), 0

    @property
    def filled(self) -> FloatArray:
        """(n, width) the rows that were added; a view, valid until more are."""
        return self._all[: self.n]

    def add(self, rows: FloatArray) -> None:
        """(q, width) more."""
        if self.n + len(rows) > len(self._all):
            more = max(len(self._all) // 2, len(rows))
            self._all = np.concatenate([self.filled, np.zeros((more + len(self._all) - self.n, self._all.shape[1]))])
        self._all[self.n : self.n + len(rows)] = rows
        self.n += len(rows)
