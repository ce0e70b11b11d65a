"""Where nothing of a dimension can be told: the rule that makes it so, and the smallest merge of codes that would help.

A merge is tried as the next release would: protected together with all that was published, among it the release that
could not tell anything, so that no difference of the two tells what each withheld.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray
from analytics.build.cubes import ContributionCubes, EarlierInputs
from analytics.disclosure.cube import STATISTICS, UNKNOWN, name_of_merged
from analytics.disclosure.linked_releases import ResponseVariable
from analytics.disclosure.memory import Memory
from analytics.disclosure.protect import protect_together
from analytics.disclosure.rules import sensitive_cells
from analytics.model import Arm, Progress, Rule, UserError, silent
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release.figure import group_of
from analytics.release.measures import ALL

MOST_MERGED = 4  # codes
MOST_TRIED = 12  # merges of so many codes
MOST_CODES = 30  # of one whole, those of the most firms, are looked at


@dataclass(frozen=True, slots=True)
class UntoldDimension:
    """A dimension of which no count or grant is told. rule: why most of its codes are confidential; merge: the codes
    that, as one, could be told, of as few firms as may be; (): none was found.
    """

    dimension: str
    rule: Rule
    merge: tuple[str, ...]


def untold_dimensions(
    frame: pd.DataFrame,
    programme: Programme,
    before: Sequence[EarlierInputs],
    rules: Mapping[Group, Rule],
    progress: Progress = silent,
) -> Iterator[UntoldDimension]:
    """Those of a release, with what would help. frame: what its firms contribute; before: earlier releases; rules: by
    which its counts and grants are withheld, or held.
    """
    cubes = ContributionCubes(frame, programme, before)
    base = cubes.base(Arm.FUNDED)
    variables = [ResponseVariable(base, measures=()), *(one.variable for one in cubes.measures(Arm.FUNDED, ALL))]
    merges = _Merges(variables, cubes.mask(base, rules), programme)
    filled = set(cubes.groups(base))
    for done, name in enumerate(programme.dimension_names):
        tick = partial(progress, "merge", done, len(programme.dimension_names))
        tick()
        codes = [code for code in programme.codes(name) if group_of({name: code}) in filled]
        of_codes = [rules.get(group_of({name: code})) for code in codes]
        if len(codes) > 1 and None not in of_codes and Rule.HELD not in of_codes:
            few = 2 * of_codes.count(Rule.MIN_UNITS) >= len(codes)
            yield UntoldDimension(name, Rule.MIN_UNITS if few else Rule.P_PERCENT, merges.smallest(name, codes, tick))
    progress("merge", len(programme.dimension_names), len(programme.dimension_names))


class _Merges:
    """Merges of codes, tried beside the release that withheld those cells, and all before it."""

    def __init__(self, variables: Sequence[ResponseVariable], withheld: BoolArray, programme: Programme) -> None:
        """variables: counts and grants, the firms first; withheld: (n_cells,) of the firms' cube."""
        self._variables, self._withheld, self._programme = variables, withheld, programme
        self._base, self._limits = variables[0].cube, programme.disclosure_rules

    def smallest(self, dimension: str, codes: Sequence[str], tick: Callable[[], None]) -> tuple[str, ...]:
        """The fewest codes, then those of the fewest firms, that could be told as one; () where none is found. All
        codes together are no merge, but the total.
        """
        for size in range(2, min(MOST_MERGED, len(codes) - 1) + 1):
            for merge in self._open_by_themselves(dimension, codes, size)[:MOST_TRIED]:
                if self._is_told(dimension, merge, tick):
                    return merge
        return ()

    def _open_by_themselves(self, dimension: str, codes: Sequence[str], size: int) -> list[tuple[str, ...]]:
        """So many codes of the same wholes that are not confidential as one, those of the fewest firms first."""
        parents = [
            self._programme.dimension(parent).code_by or {} for parent in self._programme.dimension(dimension).parents
        ]
        places = [self._place(dimension, code) for code in codes]
        groups: dict[tuple[str | None, ...], list[int]] = {}
        for place, code in enumerate(codes):
            groups.setdefault(tuple(parent.get(code) for parent in parents), []).append(place)
        firms = self._base.measure("n_units")[[self._base.positions[place] for place in places]]
        largest_codes = (sorted(group, key=lambda code: (-firms[code], code))[:MOST_CODES] for group in groups.values())
        merges = np.array([merge for group in largest_codes for merge in combinations(group, size)], dtype=np.int64)
        merges = merges.reshape(-1, size)
        if not len(merges):
            return []
        secret = np.zeros(len(merges), dtype=bool)
        for variable in self._variables:
            cells = [variable.cube.positions.get(place) for place in places]
            known = variable.cube.cells[list(STATISTICS)].to_numpy(dtype=np.float64)
            of_code = np.array([np.zeros(len(STATISTICS)) if cell is None else known[cell] for cell in cells])
            n, value = of_code[merges, 0].sum(axis=1), of_code[merges, 1].sum(axis=1)
            second, largest = np.sort(of_code[merges, 2:].reshape(len(merges), -1), axis=1)[:, -2:].T
            together = pd.DataFrame(dict(zip(STATISTICS, (n, value, largest, second), strict=True)))
            secret |= np.logical_or(*sensitive_cells(together, self._limits))
        open_ = merges[~secret]
        order = np.argsort(firms[open_].sum(axis=1), kind="stable")
        return [tuple(codes[place] for place in merge) for merge in open_[order].tolist()]

    def _is_told(self, dimension: str, merge: tuple[str, ...], tick: Callable[[], None]) -> bool:
        """Whether a release that takes the codes for one could tell it beside all that is published."""
        merged = [self._as_merged(variable, dimension, merge) for variable in self._variables]
        try:
            pattern = protect_together(merged, self._limits, accept_told=True, memory=Memory(tick))
        except UserError:
            return False
        return not pattern.withheld[merged[0].cube.positions[self._place(dimension, name_of_merged(merge))]]

    def _as_merged(self, variable: ResponseVariable, dimension: str, merge: tuple[str, ...]) -> ResponseVariable:
        cube = variable.cube.merged(dimension, merge)
        mask = self._withheld[[self._base.positions[codes] for codes in variable.cube.positions]]
        hidden = np.array([UNKNOWN in codes for codes in cube.positions], dtype=bool)
        return replace(
            variable, cube=cube, published_before=[*variable.published_before, (variable.cube, mask)], hidden=hidden
        )

    def _place(self, dimension: str, code: str) -> tuple[str, ...]:
        """The codes of the cell of one code."""
        return tuple(code if name == dimension else ALL for name in self._base.dimensions)
