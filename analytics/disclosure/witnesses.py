"""Moves that foil attacks on a pattern: each shows how far its targets can lie from their true figures, and to whom.

A move that keeps all identities and bounds is a table that agrees with what is published; so is every part of it. One
move may be a witness for many targets, and foils an attacker as far as the part of it goes that agrees with what this
one knows.
"""

from collections.abc import Container

import numpy as np
from scipy import sparse

from analytics.arrays import BoolArray, FloatArray, IntArray, Rows
from analytics.disclosure.members import Members
from analytics.disclosure.memory import UNMOVED

AGREES = 1e-9  # of a move: so little is an identity off by rounding
ENOUGH = 1 - 1e-9  # of a level: reached but for rounding
ASKED_FIRST = 8  # moves, of those that agree best with what attackers know
TRUSTED = 12  # moves that convinced of a target last, and are asked before all others


class Witnesses:
    """The moves of one system that lie within the bounds of a pattern, each forward and back."""

    def __init__(
        self, identities: sparse.csr_array, targets: sparse.csr_array, knowing: Members, n_attackers: int
    ) -> None:
        """identities: (m, v); targets: (k, v); knowing: rows of what attackers know, who are numbered from 1 on: by how
        much a cell can fall for each, and whether it cannot move at all.
        """
        self._identities, self._targets, self._knowing = identities, sparse.csr_array(targets.T), knowing
        self._n_attackers = n_attackers
        self._n_rows_of = np.bincount(knowing.cell, minlength=identities.shape[1])
        self._first_row_of = np.cumsum(self._n_rows_of) - self._n_rows_of
        self._row = np.argsort(knowing.cell, kind="stable")  # by cell
        self._moves = Rows(identities.shape[1])
        # of each move, forward and then back: how far it takes the targets, and which part agrees with what each knows
        self._reached, self._part, self._agreed = Rows(targets.shape[0]), Rows(n_attackers), Rows(1)
        self._trusted: dict[tuple[int, int], IntArray] = {}

    def within(self, lower: FloatArray, upper: FloatArray, parts: FloatArray, moves: FloatArray) -> None:
        """Begin with the bounds of a pattern, (v,), and with what of each unknown is withheld; moves: (q, v) more."""
        self._lower, self._upper, self._left = lower, upper, parts[self._knowing.cell] * self._knowing.amount
        if len(moves):
            off = np.abs(self._identities @ moves.T).max(axis=0, initial=0.0)
            self._moves.add(moves[off <= AGREES * np.abs(moves).max(axis=1, initial=0.0)])
        self._reached.n = self._part.n = self._agreed.n = 0
        self._measure(self._moves.filled)

    @property
    def n_moves(self) -> int:
        """How many moves there are."""
        return self._moves.n

    def keep(self, about: Container[tuple[int, int]]) -> None:
        """Forget the moves that did not convince of any of these targets and sides."""
        self._trusted = {one: rows for one, rows in self._trusted.items() if one in about}
        used = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *self._trusted.values()]) // 2)
        place = np.full(self._moves.n, -1)
        place[used] = np.arange(len(used))
        self._trusted = {one: 2 * place[rows // 2] + rows % 2 for one, rows in self._trusted.items()}
        kept = self._moves.filled[used]
        self._moves.n = 0
        self._moves.add(kept)

    def add(self, moves: FloatArray) -> None:
        """(q, v) more, that keep the identities."""
        moves = np.where(np.abs(moves) > UNMOVED * np.abs(moves).max(axis=1, keepdims=True), moves, 0.0)
        self._moves.add(moves)
        self._measure(moves)

    def all_convinced(self, side: int, levels: FloatArray) -> BoolArray:
        """(k,) targets for which one move convinces everybody; levels: (k, attackers). Others may be safe as well."""
        part = self._part.filled
        if not len(part):
            return np.zeros(len(levels), dtype=bool)
        hindered = part.argmin(axis=1)  # who is convinced of the least part of a move, and of how much all others are
        least, others = np.partition(part, 1, axis=1)[:, :2].T if part.shape[1] > 1 else (part[:, 0], part[:, 0])
        agreed = np.where(levels[:, hindered] > 0, least, others)
        reached = (side * self._reached.filled.T * agreed).max(axis=1)
        convinced: BoolArray = reached >= levels.max(axis=1) * ENOUGH
        return convinced

    def unconvinced(self, k: int, side: int, levels: FloatArray) -> IntArray:
        """The attackers whom no move shows that a target may lie as far off as asked, the least convinced first;
        levels: (attackers,).
        """
        suspects, shown = np.flatnonzero(levels > 0), np.zeros(0)
        reached, part = side * self._reached.filled[:, k], self._part.filled
        trusted = self._trusted.get((k, side), np.zeros(0, dtype=np.int64))
        suspects, useful, _ = self._unconvinced_by(trusted, suspects, reached, part, levels)
        if len(suspects):
            far = np.flatnonzero(reached >= levels[suspects].min() * ENOUGH)
            score = np.minimum(reached[far] / levels[suspects].max(), 1.0) * self._agreed.filled[far, 0]
            far = far[np.argsort(-score, kind="stable")]
            suspects, first, shown = self._unconvinced_by(far[:ASKED_FIRST], suspects, reached, part, levels)
            if len(far) > ASKED_FIRST:
                suspects, second, shown = self._unconvinced_by(far[ASKED_FIRST:], suspects, reached, part, levels)
                first = np.concatenate([first, second])
            useful = np.concatenate([first, useful])
            self._trusted[k, side] = np.array(list(dict.fromkeys(useful.tolist()))[:TRUSTED], dtype=np.int64)
        return suspects[np.argsort(shown, kind="stable")] if len(suspects) else suspects

    @staticmethod
    def _unconvinced_by(
        rows: IntArray, suspects: IntArray, reached: FloatArray, part: FloatArray, levels: FloatArray
    ) -> tuple[IntArray, IntArray, FloatArray]:
        """Who of the suspects is not convinced by these moves; the moves that convinced somebody most; and how far the
        first are convinced, as a share of the level.
        """
        if not len(rows) or not len(suspects):
            return suspects, rows[:0], np.zeros(len(suspects))
        far = reached[rows, None] * part[np.ix_(rows, suspects)] / levels[suspects]
        best = far.argmax(axis=0)
        shown = far[best, np.arange(len(suspects))]
        convinced = shown >= ENOUGH
        useful = np.zeros(len(rows), dtype=bool)
        useful[best[convinced]] = True
        return suspects[~convinced], rows[useful], shown[~convinced]

    def _measure(self, moves: FloatArray) -> None:
        """How far moves and their opposites, as long as the bounds allow, take the targets, and what of them agrees."""
        both = np.stack([moves, -moves], axis=1).reshape(-1, moves.shape[1])
        bound = np.where(both > 0, self._upper, self._lower)
        ratio = np.divide(bound, both, out=np.full(both.shape, np.inf), where=both != 0)
        length = ratio.min(axis=1, initial=np.inf)
        both *= np.where(np.isfinite(length), length, 0.0)[:, None]
        self._reached.add(both @ self._targets)
        parts = self._parts_known(both)
        self._part.add(parts)
        self._agreed.add(parts.mean(axis=1, keepdims=True))

    def _parts_known(self, moves: FloatArray) -> FloatArray:
        """(q, attackers) how much of each move agrees with what each attacker knows."""
        parts = np.ones((len(moves), self._n_attackers))
        move, cell = moves.nonzero()
        n_rows = self._n_rows_of[cell]
        first = np.repeat(self._first_row_of[cell] - (np.cumsum(n_rows) - n_rows), n_rows)
        row = self._row[first + np.arange(len(first))]
        move, far = np.repeat(move, n_rows), np.repeat(moves[move, cell], n_rows)  # of what attackers know
        part = np.divide(self._left[row], -far, out=np.ones(len(row)), where=far < 0)
        part[(far > 0) & self._knowing.alone[row]] = 0.0
        np.minimum.at(parts.reshape(-1), move * self._n_attackers + self._knowing.unit[row], part)
        return parts
