"""Which figures are not told because they would tell whether a named firm sells.

A share of firms that sell is a count of them, and counts add up over the cells of the cube. So are the numbers of firms
that enter an effect, which sell in both windows or in either, and an effect on starting to sell: how many more do.
What is told of all of them must leave each confidential cell of few firms open by one more and
one fewer (METHODS.md 7).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray
from analytics.build.cubes import ContributionCubes
from analytics.build.rows.rounding import MANY_FIRMS, points_for, step_of_selling, step_of_stopped, to_step
from analytics.build.samples import Samples
from analytics.build.seller_counts import (
    HOLDS,
    IN_BOTH,
    IN_EITHER,
    MORE_SELL,
    MOVED,
    SELLS_AFTER,
    SOLD_BEFORE,
    STOPPED,
    Counted,
    Known,
    SellerCounts,
    behaviour_of,
)
from analytics.build.withhold import comparison_group, withhold_figure
from analytics.disclosure.cube import Cube
from analytics.estimate.sample import Sample
from analytics.model import Arm, Estimand, Reason
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import Release, measures
from analytics.release.figure import Figure, FigureKey
from analytics.release.measures import ALL, OF_AN_ESTIMATE, Measure

# what each measure counts, and how dear it is to lose
COUNTED: Mapping[Measure, tuple[Counted, float]] = {
    measures.SELLING_BEFORE: (SOLD_BEFORE, 1.0),
    measures.SELLING_AFTER: (SELLS_AFTER, 1.0),
    measures.STOPPED_SELLING: (STOPPED, 0.5),
    measures.EFFECTS[Estimand.SYMMETRIC_GROWTH]: (IN_EITHER, 0.5),
    measures.EFFECTS[Estimand.TYPICAL_FIRM]: (IN_BOTH, 1.5),
    measures.EFFECTS[Estimand.STARTED_SELLING]: (MORE_SELL, 1.0),
}
MEANS = {measures.BEFORE_MEAN: SOLD_BEFORE, measures.AFTER_MEAN: SELLS_AFTER}  # of nothing where nobody sells
BY_VOTES = {measures.EFFECTS[estimand] for estimand in (Estimand.SYMMETRIC_GROWTH, Estimand.TYPICAL_FIRM)}
WHOLE_EFFECT = 100.0  # times as dear as the number of its firms
STARTED = measures.EFFECTS[Estimand.STARTED_SELLING]
TYPICAL = measures.EFFECTS[Estimand.TYPICAL_FIRM]
OF_ONE_ARM = {*measures.SELLING_SHARES, *MEANS, measures.CHANGE}


@dataclass(frozen=True, slots=True)
class SalesOfLeftOut:
    """Measured firms that an effect leaves out: that never sold, not before, not after."""

    never: int
    not_before: int
    not_after: int


def hide_told_sellers(
    figures: Iterable[Figure],
    contributions: pd.DataFrame,
    samples: Samples,
    programme: Programme,
    earlier: Sequence[Release],
) -> Iterator[Figure]:
    """The same figures; the shares, and the effects on starting to sell, that would tell of a cell of one or two firms
    whether they sell are confidential; numbers of firms that enter an effect and would are empty, or, where they are
    told beside it, the whole effect is confidential.

    figures: of a release, as the patterns withhold them; contributions: of its firms; earlier: releases, oldest first:
    what the newest hid, stays so; what it told already, cannot be hidden.
    """
    listed = list(figures)
    cubes = ContributionCubes(contributions, programme, ())
    told = {figure.key: figure for figure in listed if figure.published or _nobody_moved(figure) or _is_open(figure)}
    hidden, effects = set[FigureKey](), set[FigureKey]()
    for outcome in filter(programme.sells_in_part, programme.outcomes):
        for arm in Arm:
            base = cubes.base(arm)
            cells = _ArmCells(base, cubes.groups(base), arm, samples[outcome.name], programme, told, earlier)
            hidden |= cells.hidden()
            effects |= cells.hidden_effects
    by_place = {(key.measure.about, key.outcome, key.horizon, key.group) for key in effects}
    for figure in listed:
        yield from _hide(figure, hidden, by_place, programme)


def tells_sellers(
    figures: Iterable[Figure],
    contributions: pd.DataFrame,
    samples: Samples,
    programme: Programme,
    arm: Arm,
    left_out: Mapping[Group, SalesOfLeftOut],
) -> bool:
    """Whether it would tell of a cell of one or two firms if they sell, were it said by which lack of sales measured
    firms of the headline are left out of it. figures: as they are told; left_out: by group, how many firms are.
    """
    question = programme.headline
    if not programme.sells_in_part(programme.outcome(question.outcome)):
        return False
    base = ContributionCubes(contributions, programme, ()).base(arm)
    told = {figure.key: figure for figure in figures if figure.published or _nobody_moved(figure) or _is_open(figure)}
    of_outcome, groups = samples[question.outcome], ContributionCubes(contributions, programme, ()).groups(base)
    return _ArmCells(base, groups, arm, of_outcome, programme, told, ()).tells(question.horizon_code, left_out)


def _nobody_moved(figure: Figure) -> bool:
    """Whether a reason tells that of a group no firm started, and none stopped: then nothing varies."""
    return figure.measure == STARTED and figure.reason is Reason.NOT_ESTIMABLE


def _is_open(figure: Figure) -> bool:
    """Whether a change is not confidential, but withheld since too few firms make it: beside it others are told."""
    return figure.measure == measures.CHANGE and figure.reason is Reason.TOO_FEW_FIRMS


def _hide(
    figure: Figure, hidden: set[FigureKey], effects: set[tuple[Estimand | None, str, str, Group]], programme: Programme
) -> Iterator[Figure]:
    """A figure as it may be told. effects: about, outcome, horizon and group of effects that are not. The typical
    firm's change is of the firms that enter its effect, and goes with it.
    """
    key, about = figure.key, figure.measure.about
    if key.measure == measures.TYPICAL_CHANGE:
        key, about = replace(key, measure=TYPICAL, arm=ALL), TYPICAL.about
    elif key.arm == Arm.COMPARISON:
        key = replace(key, group=comparison_group(key.group, programme))
    is_out = (about, key.outcome, key.horizon, key.group) in effects
    if key in hidden and key.measure in BY_VOTES and not is_out:
        yield replace(figure, n_funded=None, n_comparison=None, n_comparison_at_least=False, firms_needed=None)
    elif key in hidden:
        yield withhold_figure(figure)
    elif not is_out:
        yield figure
    elif figure.measure not in OF_AN_ESTIMATE:
        yield withhold_figure(figure)


class _ArmCells:
    """The cells of an arm, and what the figures of an outcome tell of the sellers in them."""

    def __init__(
        self,
        cube: Cube,
        groups: Sequence[Group | None],
        arm: Arm,
        samples: Sequence[Sample],
        programme: Programme,
        told: Mapping[FigureKey, Figure],
        earlier: Sequence[Release],
    ) -> None:
        """cube: of the arm's firms, with the group of each cell; samples: of an outcome; told: figures with a value."""
        self._arm, self._outcome, self._programme, self._told = arm, samples[0].outcome, programme, told
        self._newest = earlier[-1] if earlier else None
        self._identities, self._groups = cube.constraints, groups
        self._behaviour = {sample.horizon: behaviour_of(sample, arm, cube) for sample in samples}
        self._hidden: set[FigureKey] = set()
        self._fixed_keys: set[FigureKey] = set()

    @property
    def hidden_effects(self) -> set[FigureKey]:
        """Of what is hidden, the effects that are with all that belongs to them."""
        return {key for key in self._hidden if key.measure == STARTED or key in self._fixed_keys}

    def hidden(self) -> set[FigureKey]:
        """What is hidden of all horizons."""
        of_cells = (
            self._key(measure, group, at) for at in self._behaviour for group in self._groups for measure in COUNTED
        )
        self._hidden = {key for key in of_cells if key is not None and self._was_hidden(key)}
        self._fixed_keys = {key for key in self._hidden if key.measure in BY_VOTES and not self._was_told(key)}
        for horizon, behaviour in self._behaviour.items():
            if targets := self._targets(horizon):
                known = list(self._known(horizon))
                counts = SellerCounts(self._identities, behaviour, [one for _, one in known], targets)
                for place in counts.to_hide():
                    self._hide(known[place][0])
        return self._hidden

    def tells(self, horizon: str, left_out: Mapping[Group, SalesOfLeftOut]) -> bool:
        """See `tells_sellers`: beside all that figures tell."""
        behaviour, targets = self._behaviour[horizon], self._targets(horizon)
        if not len(targets):
            return False
        known = [replace(one, loss=None) for _, one in self._known(horizon)]
        for cell, group in enumerate(self._groups):
            if group is not None and group in left_out:
                of_group, measured = left_out[group], float(behaviour.measured[cell])
                without = {
                    IN_EITHER: of_group.never,
                    SOLD_BEFORE: of_group.never + of_group.not_before,
                    SELLS_AFTER: of_group.never + of_group.not_after,
                }
                for counted, left in without.items():
                    most, number = measured - left, float(behaviour.count(counted)[cell])
                    known.append(Known(cell, counted, most if number >= most - HOLDS else 0.0, most + HOLDS, 1.0))
        return bool(SellerCounts(self._identities, behaviour, known, targets).to_hide())

    def _targets(self, horizon: str) -> list[int]:
        """Cells of one or two firms, of which no change is told."""
        measured = self._behaviour[horizon].measured
        few = (measured > 0) & (measured < self._programme.disclosure.min_units)
        told = [self._figure(measures.CHANGE, group, horizon) is not None for group in self._groups]
        return [int(cell) for cell in np.flatnonzero(few & ~np.array(told, dtype=bool))]

    def _hide(self, key: FigureKey) -> None:
        """The share that sold before is nearly one number in all horizons."""
        at = self._behaviour if key.measure == measures.SELLING_BEFORE else (key.horizon,)
        self._hidden |= {replace(key, horizon=horizon) for horizon in at}

    def _key(self, measure: Measure, group: Group | None, horizon: str) -> FigureKey | None:
        """The key of a figure of a cell; effects go with the funded arm, with the number of firms of either."""
        arm = self._arm if measure in OF_ONE_ARM else ALL
        return None if group is None else FigureKey(measure, self._outcome, arm, horizon, group)

    def _figure(self, measure: Measure, group: Group | None, horizon: str) -> Figure | None:
        """A figure of a cell that is told."""
        key = self._key(measure, group, horizon)
        return None if key is None or key in self._hidden else self._told.get(key)

    def _was_hidden(self, key: FigureKey) -> bool:
        """Whether the newest earlier release hid a figure of a cell of which it told others."""
        before = None if self._newest is None else self._newest.at(key)
        if self._newest is None or before is None:
            return False
        if key.measure in BY_VOTES and before.published:
            now = self._told.get(key)
            return now is not None and now.n_funded is not None and before.n_funded is None
        beside = self._newest.at(replace(key, measure=measures.CHANGE, arm=self._arm))
        is_told = beside is not None and (beside.published or _is_open(beside))
        return not before.published and before.reason is Reason.CONFIDENTIAL and is_told

    def _was_told(self, key: FigureKey) -> bool:
        """Whether the newest earlier release told a figure."""
        before = None if self._newest is None else self._newest.at(key)
        return before is not None and before.published

    def _is_out(self, figure: Figure) -> bool:
        """Whether the newest earlier release told the same."""
        before = None if self._newest is None else self._newest.at(figure.key)
        return before is not None and (before.value, before.n_funded) == (figure.value, figure.n_funded)

    def _known(self, horizon: str) -> Iterator[tuple[FigureKey, Known]]:
        """What the figures of a horizon tell of each cell."""
        behaviour = self._behaviour[horizon]
        for measure, (counted, dear) in COUNTED.items():
            number, moved = behaviour.count(counted), behaviour.count(MOVED)
            fixed = self._fixed(measure, horizon)
            for cell, group in enumerate(self._groups):
                figure = self._figure(measure, group, horizon)
                if figure is None or not self._is_told(figure):
                    continue
                low, high = self._range(figure, cell, horizon, float(number[cell]))
                loss: float | None = dear * behaviour.measured[cell]
                if fixed[cell]:
                    self._fixed_keys.add(figure.key)
                    loss = WHOLE_EFFECT * dear * behaviour.measured[cell] if group else None
                if self._is_out(figure):
                    loss = None
                if _nobody_moved(figure):
                    yield figure.key, Known(cell, MOVED, 0.0, float(moved[cell]), loss)
                else:
                    yield figure.key, Known(cell, counted, low, high, loss)
        for measure, counted in MEANS.items():
            for cell, group in enumerate(self._groups):
                figure = self._figure(measure, group, horizon)
                if figure is not None and figure.value is not None:
                    low, high = (1.0, np.inf) if figure.value > 0 else (0.0, 0.0)
                    yield figure.key, Known(cell, counted, low, high, None)

    def _is_told(self, figure: Figure) -> bool:
        """Whether a figure tells of an arm: an effect by the number of its firms that enter; that of the funded, how
        many more of them sell.
        """
        if figure.measure in BY_VOTES:
            return (figure.n_funded if self._arm is Arm.FUNDED else figure.n_comparison) is not None
        return figure.measure != STARTED or self._arm is Arm.FUNDED

    def _fixed(self, measure: Measure, horizon: str) -> BoolArray:
        """(n_cells,) where a number of votes cannot be hidden without the effect: reconciliation, dots and claims tell
        it, too; or the effects of a total and of all its parts do, which add up with these numbers as weights.
        """
        if measure not in BY_VOTES:
            return np.zeros(len(self._groups), dtype=bool)
        told = np.array([self._figure(measure, group, horizon) is not None for group in self._groups])
        sums = abs(self._identities)
        whole = sums @ (~told).astype(np.float64) == 0
        fixed: BoolArray = told & (sums.T @ whole.astype(np.float64) > 0)
        question = self._programme.headline
        if (self._outcome, horizon) == (question.outcome, question.horizon_code):
            claimed = {"wave", *self._programme.sector_dimensions}
            fixed |= [group is not None and {name for name, _ in group} <= claimed for group in self._groups]
        return fixed

    def _range(self, figure: Figure, cell: int, horizon: str, number: float) -> tuple[float, float]:
        """From how many firms to how many there can be behind what a figure tells; number: how many there are."""
        if figure.measure == STARTED:
            return self._of_effect(cell, horizon, number)
        if figure.measure in BY_VOTES:
            return number, number
        if figure.measure == measures.STOPPED_SELLING:
            sold, measured = self._count(measures.SELLING_BEFORE, cell, horizon), self._measured(cell, horizon)
            share = to_step(sold / measured, step_of_selling(measured) or 1.0)
            return _behind(number, sold, step_of_stopped(share, measured))
        ranges = []
        for other in self._behaviour if figure.measure == measures.SELLING_BEFORE else (horizon,):
            if self._figure(figure.measure, figure.group, other) is not None:
                count, measured = self._count(figure.measure, cell, other), self._measured(cell, other)
                low, high = _behind(count, measured, step_of_selling(measured))
                ranges.append((low + number - count, high + number - count))
        return max(low for low, _ in ranges), min(high for _, high in ranges)

    def _of_effect(self, cell: int, horizon: str, number: float) -> tuple[float, float]:
        """How many more firms there can be that started than stopped, by an effect that is told to a step; how many of
        the comparison firms did, from which it is the distance, is told by two shares of these, each to its step.
        """
        measured = self._measured(cell, horizon)
        share = points_for(measured) / 2 + (step_of_selling(MANY_FIRMS) or 0.0) / 2
        return number - np.floor(share * measured), number + np.floor(share * measured)

    def _count(self, measure: Measure, cell: int, horizon: str) -> float:
        """The firms that a measure counts, of a cell."""
        return float(self._behaviour[horizon].count(COUNTED[measure][0])[cell])

    def _measured(self, cell: int, horizon: str) -> int:
        """The firms of a cell that are measured."""
        return int(self._behaviour[horizon].measured[cell])


def _behind(number: float, firms: float, step: float | None) -> tuple[float, float]:
    """The counts that are told by the same share of so many firms as a number is, which is among them."""
    if step is None:
        return number, number
    share, low, high = to_step(number / firms, step), number, number
    while low >= 1 and to_step((low - 1) / firms, step) == share:
        low -= 1
    while high + 1 <= firms and to_step((high + 1) / firms, step) == share:
        high += 1
    return low, high
