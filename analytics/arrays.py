"""Types of arrays, said once. Shapes stand in the docstrings of what takes and returns them."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
ObjectArray = npt.NDArray[np.object_]
PositionArray = npt.NDArray[np.intp]  # places of rows or columns, as pandas and numpy give them
