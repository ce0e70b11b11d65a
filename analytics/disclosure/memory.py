"""Moves that foiled attacks, kept for the next: from one pattern to the next, and from one system to another that links
its cells alike, most do so again. Each is checked before it counts; what is kept saves work and decides nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import numpy as np

from analytics.arrays import FloatArray, IntArray

KEPT = 1_000  # moves
DIGITS = 6  # in which two moves to scale are the same
UNMOVED = 1e-9  # of a move's longest distance: so little is none
Item = TypeVar("Item")


class Coordinates:
    """Names for the unknowns of a system that systems of one pattern have in common: the cell of the pattern, or the
    place among the other unknowns.
    """

    def __init__(self, base_cell: IntArray) -> None:
        """base_cell: (v,), below zero where an unknown is the figure of none."""
        first = np.zeros(len(base_cell), dtype=bool)
        first[np.unique(base_cell, return_index=True)[1]] = True
        is_cell = first & (base_cell >= 0)
        self._names = np.where(is_cell, base_cell, -np.cumsum(1 - is_cell.astype(np.int64)))
        self._lowest = int(self._names.min(initial=0))
        self._place = np.full(int(self._names.max(initial=0)) - self._lowest + 1, -1)  # of each name, from the lowest
        self._place[self._names - self._lowest] = np.arange(len(base_cell))

    def named(self, move: FloatArray) -> tuple[IntArray, FloatArray]:
        """The names of the unknowns that move, and how far."""
        unknowns = np.flatnonzero(np.abs(move) > UNMOVED * np.abs(move).max(initial=0))
        return self._names[unknowns], move[unknowns]

    def moves(self, kept: Sequence[tuple[IntArray, FloatArray]]) -> FloatArray:
        """(q, v) the moves here, but for those of unknowns that the system lacks."""
        if not kept:
            return np.zeros((0, len(self._names)))
        names, far = (np.concatenate(part) for part in zip(*kept, strict=True))
        row = np.repeat(np.arange(len(kept)), [len(distances) for _, distances in kept])
        place = names - self._lowest
        known = (place >= 0) & (place < len(self._place))
        unknown = np.where(known, self._place[np.where(known, place, 0)], -1)
        moves = np.zeros((len(kept), len(self._names)))
        moves[row, unknown] = far
        lacking = np.bincount(row, unknown < 0, minlength=len(kept)) > 0
        return moves[~lacking]


@dataclass(slots=True)
class Moves:
    """The moves that foiled attacks last, each once."""

    _kept: dict[tuple[bytes, bytes], tuple[IntArray, FloatArray]] = field(default_factory=dict)
    _dropped: int = 0

    @property
    def end(self) -> int:
        """How many there have been so far."""
        return self._dropped + len(self._kept)

    def keep(self, names: IntArray, distances: FloatArray) -> None:
        """This one foiled an attack."""
        scaled = np.round(distances / np.abs(distances).max(initial=1e-300), DIGITS) + 0.0
        scaled *= np.sign(scaled[0]) if len(scaled) else 1.0  # a move back is the same
        self._kept.setdefault((names.tobytes(), scaled.tobytes()), (names, distances))
        if len(self._kept) > KEPT:
            self._kept.pop(next(iter(self._kept)))
            self._dropped += 1

    def since(self, start: int) -> list[tuple[IntArray, FloatArray]]:
        """Those kept since there were so many."""
        return list(islice(self._kept.values(), max(start - self._dropped, 0), None))


@dataclass(slots=True)
class Memory:
    """What searches over the cells of one cube share. tick: called at each program, to show that they go on; amounts:
    moves of any size; whole_numbers: by whole steps. programs_left: of one search.
    """

    tick: Callable[[], None] = lambda: None
    amounts: Moves = field(default_factory=Moves)
    whole_numbers: Moves = field(default_factory=Moves)
    programs_left: int = 0

    def count_programs(self, n: int = 1) -> None:
        """So many more were solved."""
        self.programs_left -= n
        self.tick()

    def ticking(self, items: Iterable[Item]) -> Iterator[Item]:
        """The same items, with a tick at each."""
        for item in items:
            self.tick()
            yield item
