"""Moves that foiled attacks, kept for the next: from one pattern to the next, and from one system to another that links
its cells alike, most do so again. Each is checked before it counts; what is kept saves work and decides nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from analytics.arrays import FloatArray, IntArray

KEPT = 16  # moves of each target and side
Key = tuple[tuple[int, ...], int]
Item = TypeVar("Item")


class Coordinates:
    """Names for the unknowns of a system that systems of one pattern have in common: the cell of the pattern, or the
    place among the other unknowns.
    """

    def __init__(self, base_cell: IntArray, targets: Sequence[Sequence[int]]) -> None:
        """base_cell: (v,), below zero where an unknown is the figure of none; targets: the unknowns of each."""
        self._n, cells = len(base_cell), int(base_cell.max(initial=-1)) + 1
        first = np.zeros(self._n, dtype=bool)
        first[np.unique(base_cell, return_index=True)[1]] = True
        is_cell = first & (base_cell >= 0)
        others = np.cumsum(~is_cell) - 1
        self._name = np.where(is_cell, base_cell, -1 - others)
        self._of_cell, self._of_other = np.full(cells, -1), np.flatnonzero(~is_cell)
        self._of_cell[base_cell[is_cell]] = np.flatnonzero(is_cell)
        self._keys = [tuple(sorted(self._name[list(terms)].tolist())) for terms in targets]

    def key(self, k: int, side: int) -> Key:
        """What a target and side are kept under."""
        return self._keys[k], side

    def named(self, move: FloatArray) -> tuple[IntArray, FloatArray]:
        """The names of the unknowns that move, and how far."""
        unknowns = np.flatnonzero(move)
        return self._name[unknowns], move[unknowns]

    def move(self, names: IntArray, distances: FloatArray) -> FloatArray | None:
        """(v,) the move here; None where the system lacks an unknown."""
        cells, others = names >= 0, -1 - names[names < 0]
        if names.max(initial=-1) >= len(self._of_cell) or others.max(initial=-1) >= len(self._of_other):
            return None
        unknowns = np.empty(len(names), dtype=np.int64)
        unknowns[cells], unknowns[~cells] = self._of_cell[names[cells]], self._of_other[others]
        if unknowns.min(initial=0) < 0:
            return None
        move = np.zeros(self._n)
        move[unknowns] = distances
        return move


class Moves:
    """The last few moves that foiled attacks on each target and side."""

    def __init__(self) -> None:
        """None yet."""
        self._kept: dict[Key, list[tuple[IntArray, FloatArray]]] = {}

    def keep(self, coordinates: Coordinates, k: int, side: int, move: FloatArray) -> None:
        """This one foiled an attack."""
        names, distances = coordinates.named(move)
        kept = self._kept.setdefault(coordinates.key(k, side), [])
        kept[:] = [(names, distances), *(other for other in kept if not np.array_equal(other[0], names))][:KEPT]

    def of(self, coordinates: Coordinates, k: int, side: int) -> Iterator[FloatArray]:
        """Those that may do so again."""
        for names, distances in tuple(self._kept.get(coordinates.key(k, side), ())):
            move = coordinates.move(names, distances)
            if move is not None:
                yield move


@dataclass(slots=True)
class Memory:
    """What searches over the cells of one cube share. tick: called at each program, to show that they go on; amounts:
    moves of any size; whole_numbers: by whole steps. programs_left: of one search.
    """

    tick: Callable[[], None] = lambda: None
    amounts: Moves = field(default_factory=Moves)
    whole_numbers: Moves = field(default_factory=Moves)
    programs_left: int = 0

    def count_program(self) -> None:
        """One more was solved."""
        self.programs_left -= 1
        self.tick()

    def ticking(self, items: Iterable[Item]) -> Iterator[Item]:
        """The same items, with a tick at each."""
        for item in items:
            self.tick()
            yield item
