"""What happened before and after, by arm: a description, not an effect (METHODS.md 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.arrays import BoolArray, FloatArray
from analytics.estimate.sample import Sample
from analytics.model import Reason, Settings, Withheld
from analytics.panel import Panel
from analytics.panel.arms import Firms, GroupLabel, groups_of


@dataclass(frozen=True, slots=True)
class ArmChange:
    """What happened to one arm: sums and means over firms with both windows, per year, in the outcome's unit.

    n: firms of the arm; n_measured: firms with both windows; largest: what the two firms with most have; change:
    after/before − 1, None when before is zero; sold_before, sold_after, stopped: measured firms with any sales then,
    and those with sales before and none after.
    """

    n: int
    n_measured: int
    before_sum: float
    after_sum: float
    sold_before: float
    sold_after: float
    stopped: float
    largest_before: tuple[float, float] = field(default=(0.0, 0.0), compare=False)
    largest_after: tuple[float, float] = field(default=(0.0, 0.0), compare=False)

    @property
    def before_mean(self) -> float:
        """Per firm and year, before."""
        return self.before_sum / self.n_measured

    @property
    def after_mean(self) -> float:
        """Per firm and year, after."""
        return self.after_sum / self.n_measured

    @property
    def selling_before(self) -> float:
        """Share of measured firms with any sales before."""
        return self.sold_before / self.n_measured

    @property
    def selling_after(self) -> float:
        """Share of measured firms with any sales after."""
        return self.sold_after / self.n_measured

    @property
    def stopped_selling(self) -> float | None:
        """Share of the firms that sold before and sell nothing after; None where none sold."""
        return self.stopped / self.sold_before if self.sold_before > 0 else None

    @property
    def difference(self) -> float:
        """After minus before, per year."""
        return self.after_sum - self.before_sum

    @property
    def change(self) -> float | None:
        """After over before, minus one: a change, not an effect."""
        return self.after_sum / self.before_sum - 1 if self.before_sum > 0 else None

    @property
    def reporting(self) -> float:
        """Share of the arm's firms that could be measured."""
        return self.n_measured / self.n


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """What happened, not what the grant did: funded firms of a group beside comparison firms of the same sectors."""

    group: GroupLabel
    horizon: str
    funded: ArmChange | Withheld
    comparison: ArmChange | Withheld


def two_largest(values: FloatArray) -> tuple[float, float]:
    """The largest and the second, by size; 0 where there are no so many."""
    ranked = np.sort(np.append(np.abs(values), [0.0, 0.0]))
    return float(ranked[-1]), float(ranked[-2])


def before_after(
    panel: Panel,
    outcome: str,
    *,
    by: str | Sequence[str] | None = None,
    settings: Settings | None = None,
    year: int | None = None,
) -> list[BeforeAfter]:
    """Sums and means before and after, by group (None: the whole programme, group "*")."""
    sample = Sample(panel, outcome, settings or Settings(), year)
    groups: dict[GroupLabel, BoolArray] = {"*": panel.funded} if by is None else groups_of(panel, by)
    return list(before_after_by_group(sample, groups).values())


def before_after_by_group(sample: Sample, groups: Mapping[GroupLabel, BoolArray]) -> dict[GroupLabel, BeforeAfter]:
    """What happened in each group of funded firms, and to the comparison firms of their sectors.

    A comparison firm has one window per cohort: their mean, weighted by the group's funded firms of its sector.
    """
    return {
        group: BeforeAfter(group, sample.horizon, *_arm_changes(sample, sample.group(mask)))
        for group, mask in groups.items()
    }


def comparison_weights(sample: Sample, firms: Firms) -> FloatArray:
    """(m, G) how much each window of a comparison firm counts: the group's measured funded firms of its sector whose
    window it is; nothing where the firm has no such window.
    """
    measured = np.isfinite(firms.funded(sample.windows.after))
    weights = firms.count(measured)[firms.other_cell].astype(np.float64)
    return np.where(np.isfinite(firms.comparison(sample.windows.after)), weights, 0)


def _arm_changes(sample: Sample, firms: Firms) -> tuple[ArmChange | Withheld, ArmChange | Withheld]:
    before, after = sample.windows.before, sample.windows.after
    own = np.isfinite(firms.funded(after)).astype(np.float64)[:, None]
    funded = _change(sample, firms.funded(before)[:, None], firms.funded(after)[:, None], own)
    return funded, _change(sample, firms.comparison(before), firms.comparison(after), comparison_weights(sample, firms))


def _change(sample: Sample, before: FloatArray, after: FloatArray, weights: FloatArray) -> ArmChange | Withheld:
    """One arm: firms × windows, the windows of a firm weighted."""
    total = weights.sum(axis=1)
    measured, ppy = total > 0, sample.panel.periods_per_year
    if not measured.any():
        return Withheld(Reason.TOO_FEW_FIRMS)
    share = weights[measured] / total[measured, None]

    def by_firm(values: FloatArray | BoolArray) -> FloatArray:
        own: FloatArray = np.where(share > 0, values[measured] * share, 0).sum(axis=1)
        return own

    own_before, own_after = by_firm(before), by_firm(after)
    return ArmChange(
        n=len(total),
        n_measured=int(measured.sum()),
        before_sum=ppy * float(own_before.sum()),
        after_sum=ppy * float(own_after.sum()),
        largest_before=two_largest(ppy * own_before),
        largest_after=two_largest(ppy * own_after),
        sold_before=float(by_firm(before > 0).sum()),
        sold_after=float(by_firm(after > 0).sum()),
        stopped=float(by_firm((before > 0) & (after == 0)).sum()),
    )
