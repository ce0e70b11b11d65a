"""Cell suppression: which cells of a cube are confidential, and what else must be withheld to keep them so.

Primary cells fail a rule by themselves; secondary (complementary) ones are withheld so that no primary one can be
inferred too closely from the rest, by the public or by a firm of a withheld cell, from this release and all earlier
ones together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import BoolArray, FloatArray
from analytics.disclosure.cube import Cube
from analytics.disclosure.linked_releases import EarlierReleases, LinkedReleases, ResponseVariable
from analytics.disclosure.memory import Memory
from analytics.disclosure.probing import UnsafeError
from analytics.disclosure.search import Pattern, suppress
from analytics.model import DisclosureRules, UserError

TIE = 1e-6  # of two patterns that lose as many units, the one that loses less of the value
PROVED = 1e-6  # a gap to the bound, as a share, that is none


@dataclass(frozen=True, slots=True, eq=False)
class Protection:
    """Which cells of a cube to withhold; all masks are (n_cells,).

    primary: confidential by themselves, or disclosed by the difference to an earlier release that one or two units
    make. secondary: withheld to protect them. few: the primary ones with too few units. held: those of them all whose
    figure of an earlier release may stay: it is known already. lost: units in the secondary cells, as they count; gap:
    by how much, as a share, the best pattern could lose less than this one at most; 0: none loses less.
    """

    primary: BoolArray
    secondary: BoolArray
    few: BoolArray
    held: BoolArray
    lost: float = 0.0
    gap: float = 0.0

    @property
    def withheld(self) -> BoolArray:
        """Primary or secondary."""
        return self.primary | self.secondary


def protect(cube: Cube, rules: DisclosureRules, *, published_before: EarlierReleases = ()) -> Protection:
    """The pattern that loses least and keeps every confidential cell: in its value and in its count.

    published_before: earlier releases of the same cube, each with the mask of what it withheld. Raises UserError naming
    the cells when nothing is safe, or when a mask does not fit its cube.
    """
    return protect_together([ResponseVariable(cube, published_before)], rules)


def protect_together(
    variables: Sequence[ResponseVariable],
    rules: DisclosureRules,
    *,
    withheld: BoolArray | None = None,
    sensitive: BoolArray | None = None,
    importance: FloatArray | None = None,
    earlier: BoolArray | None = None,
    accept_told: bool = False,
    protect_changes: bool = True,
    memory: Memory | None = None,
) -> Protection:
    """One pattern for several variables, over the cells of the first: a cell is primary where any variable says so.

    All arrays are (n_cells,) of the first. withheld: cells to withhold besides; sensitive: those that are as
    confidential as if a variable said so; importance: what losing a unit of each counts. protect_changes: withhold what
    few units changed since an earlier release published it. earlier: a pattern that is taken where it is safe.
    accept_told: do not refuse what an earlier release told already. memory: of earlier searches over the same cells.
    Raises UserError as `protect` does.
    """
    base = variables[0].cube
    none = np.zeros(len(base.cells), dtype=bool)
    sensitive = none if sensitive is None else sensitive
    memory = memory or Memory()
    linked = [
        LinkedReleases(variable, base, rules, sensitive, protect_changes=protect_changes)
        for variable in memory.ticking(variables)
    ]
    few, dominated, differenced, published_earlier = (
        np.any([getattr(releases, name) for releases in linked], axis=0)
        for name in ("few", "dominated", "differenced", "published_earlier")
    )
    already_published = np.all([releases.already_published for releases in linked], axis=0)
    primary = few | dominated | differenced | sensitive | (none if withheld is None else withheld)
    systems = [system for releases in memory.ticking(linked) for system in releases.systems()]
    try:
        pattern = suppress(
            systems,
            _weights(base, importance),
            primary,
            already_published,
            earlier=earlier,
            accept_told=accept_told,
            memory=memory,
        )
    except UnsafeError as error:
        raise UserError("disclosure.unsafe", cells="; ".join(base.labels(error.cells))) from error
    return Protection(
        primary=primary,
        secondary=pattern.withheld & ~primary,
        few=few,
        held=pattern.withheld & published_earlier & ~few & ~dominated,
        lost=pattern.lost,
        gap=_gap(pattern),
    )


def _weights(base: Cube, importance: FloatArray | None) -> FloatArray:
    """(n_cells,) what withholding each cell loses: its units, by their importance; of two equals, the smaller value."""
    value = base.measure("value")
    weights: FloatArray = base.measure("n_units") * (1 + TIE * value / max(value.max(initial=0), 1e-300))
    return weights if importance is None else weights * importance


def _gap(pattern: Pattern) -> float:
    """How far what a pattern loses may be from the least, as a share of it."""
    gap = 1 - pattern.bound / pattern.lost if pattern.lost > 0 else 0.0
    return gap if gap > PROVED else 0.0
