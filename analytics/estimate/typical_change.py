"""What happened to the typical firm of each arm: the mean of logs of after over before (METHODS.md 2).

A description, not an effect: (1 + funded) / (1 + comparison) − 1 is `typical_firm` without adjustment.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.arrays import BoolArray
from analytics.estimate.own_sector import comparison_growth
from analytics.estimate.sample import Sample
from analytics.model import Arm
from analytics.panel.arms import GroupLabel


@dataclass(frozen=True, slots=True)
class TypicalChange:
    """The typical firm's ratio of after to before, e^(mean z), of the funded firms and of their comparison, e^(mean
    C_sg): 1.12 is 12% more. n: funded firms that both are a mean over.
    """

    funded: float
    comparison: float
    n: int

    def of(self, arm: Arm) -> float:
        """The ratio of one arm."""
        return self.funded if arm is Arm.FUNDED else self.comparison


def typical_changes(sample: Sample, groups: Mapping[GroupLabel, BoolArray]) -> dict[GroupLabel, TypicalChange | None]:
    """Of each group of funded firms; None where none of them can be compared.

    Funded firms that sell in both windows and whose sector × cohort has two comparison firms that do: those that enter
    `typical_firm`. The comparison is C_sg, the mean of their sector's comparison firms in their windows.
    """
    arms, firms = sample.arms, np.arange(len(sample.arms.funded))
    own = np.where(arms.own >= 0, arms.own, 0)
    z, beside = sample.log_growth[firms, own], comparison_growth(arms, sample.log_growth)[firms, own]
    enters = arms.funded & (arms.sector >= 0) & np.isfinite(z) & np.isfinite(beside)
    changes: dict[GroupLabel, TypicalChange | None] = {}
    for group, mask in groups.items():
        rows = np.flatnonzero(mask & enters)
        changes[group] = (
            TypicalChange(float(np.exp(z[rows].mean())), float(np.exp(beside[rows].mean())), len(rows))
            if len(rows)
            else None
        )
    return changes
