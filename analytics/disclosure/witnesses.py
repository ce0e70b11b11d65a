"""Moves that foil attacks on a pattern: each shows how far its targets can lie from their true figures, and to whom.

A move that keeps all identities and bounds is a table that agrees with what is published; so is every part of it. One
move may be a witness for many targets, and foils an attacker as far as the part of it goes that agrees with what this
one knows.
"""

import numpy as np
from scipy import sparse

from analytics.arrays import FloatArray, IntArray
from analytics.disclosure.members import Members
from analytics.disclosure.memory import UNMOVED

AGREES = 1e-9  # of a move: so little is an identity off by rounding
ENOUGH = 1 - 1e-9  # of a level: reached but for rounding


class Witnesses:
    """The moves of one system that lie within the bounds of a pattern, each forward and back."""

    def __init__(
        self, identities: sparse.csr_array, targets: sparse.csr_array, knowing: Members, n_attackers: int
    ) -> None:
        """identities: (m, v); targets: (k, v); knowing: rows of what attackers know, in the order of their numbers from
        1 on: by how much a cell can fall for each, and whether it cannot move at all.
        """
        self._identities, self._targets, self._knowing = identities, sparse.csr_array(targets.T), knowing
        self._n_attackers = n_attackers
        self._first = np.flatnonzero(np.diff(knowing.unit, prepend=0))  # row of each attacker
        self._moves = np.zeros((0, identities.shape[1]))
        self._reached, self._part, self._n = np.zeros((0, targets.shape[0])), np.zeros((0, n_attackers)), 0

    def within(self, lower: FloatArray, upper: FloatArray, parts: FloatArray, moves: FloatArray) -> None:
        """Begin with the bounds of a pattern, (v,), and with what of each unknown is withheld; moves: (q, v) more."""
        self._lower, self._upper, self._left = lower, upper, parts[self._knowing.cell] * self._knowing.amount
        self._n = 0
        if len(moves):
            off = np.abs(self._identities @ moves.T).max(axis=0, initial=0.0)
            agree = off <= AGREES * np.abs(moves).max(axis=1, initial=0.0)
            self._moves = np.concatenate([self._moves, moves[agree]])
        if len(self._moves):
            self._measure(self._moves)

    def add(self, moves: FloatArray) -> None:
        """(q, v) more, that keep the identities."""
        moves = np.where(np.abs(moves) > UNMOVED * np.abs(moves).max(axis=1, keepdims=True), moves, 0.0)
        self._moves = np.concatenate([self._moves, moves])
        self._measure(moves)

    def unconvinced(self, k: int, side: int, levels: FloatArray) -> IntArray:
        """The attackers whom no move shows that a target may lie as far off as asked; levels: (attackers,)."""
        reached = side * self._reached[: self._n, k]
        far = np.flatnonzero(reached > 0)
        if not len(far):
            return np.flatnonzero(levels > 0)
        furthest = (reached[far, None] * self._part[far]).max(axis=0)
        return np.flatnonzero((levels > 0) & (furthest < levels * ENOUGH))

    def _measure(self, moves: FloatArray) -> None:
        """How far the moves and their opposites, within the bounds, take the targets, and which part foils whom."""
        for there in (moves, -moves):
            bound = np.where(there > 0, self._upper, self._lower)
            ratio = np.divide(bound, there, out=np.full(there.shape, np.inf), where=there != 0)
            length = ratio.min(axis=1)
            go = np.flatnonzero((length > 0) & np.isfinite(length))
            there = there[go] * length[go, None]
            self._note(there @ self._targets, self._parts_known(there))

    def _parts_known(self, moves: FloatArray) -> FloatArray:
        """(q, attackers) how much of each move agrees with what each attacker knows."""
        parts = np.ones((len(moves), self._n_attackers))
        if len(self._first):
            far = moves[:, self._knowing.cell]
            part = np.divide(self._left, -far, out=np.ones(far.shape), where=far < 0)
            part[(far > 0) & self._knowing.alone] = 0.0
            parts[:, self._knowing.unit[self._first]] = np.minimum.reduceat(np.minimum(part, 1.0), self._first, axis=1)
        return parts

    def _note(self, reached: FloatArray, part: FloatArray) -> None:
        """Behind what is there, in arrays that grow by half when they are full."""
        end = self._n + len(reached)
        if end > len(self._reached):
            room = max(end * 3 // 2, 64)
            self._reached = np.concatenate([self._reached[: self._n], np.zeros((room - self._n, reached.shape[1]))])
            self._part = np.concatenate([self._part[: self._n], np.zeros((room - self._n, part.shape[1]))])
        self._reached[self._n : end], self._part[self._n : end] = reached, part
        self._n = end
