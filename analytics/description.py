"""What happened before and after, by arm: a description, not an effect (METHODS.md 2)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arms import Arms, BoolArray, Firms, Group, groups_of
from analytics.model import Reason, Settings, Withheld
from analytics.panel import FloatArray, Panel
from analytics.windows import windows


@dataclass(frozen=True, slots=True)
class ArmChange:
    """What happened to one arm: sums and means over firms with both windows, per year, in the outcome's unit.

    n: firms of the arm; n_measured: firms with both windows; change: after/before − 1, None when before is zero.
    """

    n: int
    n_measured: int
    before_sum: float
    after_sum: float

    @property
    def before_mean(self) -> float:
        """Per firm and year, before."""
        return self.before_sum / self.n_measured

    @property
    def after_mean(self) -> float:
        """Per firm and year, after."""
        return self.after_sum / self.n_measured

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

    group: Group
    horizon: str
    funded: ArmChange | Withheld
    comparison: ArmChange | Withheld


def before_after(
    panel: Panel,
    outcome: str,
    *,
    by: str | Sequence[str] | None = None,
    settings: Settings | None = None,
    year: int | None = None,
) -> list[BeforeAfter]:
    """Sums and means before and after, by group (None: the whole programme, group "*").

    A comparison firm has one window per cohort: their mean, weighted by the group's funded firms of its sector.
    """
    settings = settings or Settings()
    arms = Arms.of(panel, windows(panel, outcome, settings, year))
    groups: dict[Group, BoolArray] = {"*": panel.funded} if by is None else groups_of(panel, by)
    horizon = "overall" if year is None else str(year)
    return [
        BeforeAfter(group, horizon, *_arm_changes(arms.group(mask), panel.periods_per_year))
        for group, mask in groups.items()
    ]


def _arm_changes(firms: Firms, ppy: int) -> tuple[ArmChange | Withheld, ArmChange | Withheld]:
    funded = _change(firms.before, firms.after, ppy)
    weights = firms.count(np.isfinite(firms.after))[firms.other_cell].astype(np.float64)
    weights = np.where(np.isfinite(firms.other_after), weights, 0)
    total = weights.sum(axis=1, keepdims=True)
    share = weights / np.where(total > 0, total, np.nan)
    before = (np.where(weights > 0, firms.other_before, 0) * share).sum(axis=1)
    after = (np.where(weights > 0, firms.other_after, 0) * share).sum(axis=1)
    return funded, _change(before, after, ppy)


def _change(before: FloatArray, after: FloatArray, ppy: int) -> ArmChange | Withheld:
    measured = np.isfinite(after)
    n = int(measured.sum())
    if n == 0:
        return Withheld(Reason.TOO_FEW_FIRMS)
    return ArmChange(len(after), n, float(ppy * before[measured].sum()), float(ppy * after[measured].sum()))
