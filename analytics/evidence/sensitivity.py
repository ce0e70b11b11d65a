"""How much unlike the arms' paths could have been, and the direction still hold: Rambachan & Roth (2023).

Through the package diff-diff. Years stand for periods: the one ahead of the before window, the before window itself as
the reference, and the years after. It decides no grade.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analytics.arrays import FloatArray
from analytics.estimate.inference import Deletions, jackknife, joint_covariance
from analytics.evidence.limits import BREAKDOWN_TOLERANCE

if TYPE_CHECKING:
    from diff_diff import MultiPeriodDiDResults


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """On the estimation scale.

    straight_line: 95% interval if the difference in growth before had gone on in a straight line, its own uncertainty
    reckoned with (the optimal fixed-length interval of smoothness restrictions, M = 0). bend: by how much growth may
    have changed from one year to the next, beyond that line, before the interval holds zero. relative: how many times
    the largest difference before that fits the data the arms may have drifted apart in a year, until the interval holds
    zero. bend and relative are 0 where it holds zero at once, None where nothing up to 10 makes it, where
    the package stops looking.
    """

    straight_line: tuple[float, float]
    bend: float | None
    relative: float | None


def sensitivity(
    placebo: Deletions, years: Sequence[Deletions], weights: FloatArray, level: float
) -> Sensitivity | None:
    """Of the weighted mean of several years' effects. None where the year before cannot be told about.

    The package takes the difference before as known in relative magnitudes, which would reward an imprecise one: it is
    given the end of its interval that lies furthest from zero instead.
    """
    from diff_diff import HonestDiD  # heavy, and needed while building alone

    delta = jackknife(placebo)
    if delta is None:
        return None
    path = [_as_earlier_effect(placebo), *years]
    covariance = _add_slopes(joint_covariance(path), path)
    effects = np.array([year.theta for year in path])
    low, high = delta.interval(level)
    worst_before = effects.copy()
    worst_before[0] = max(abs(low), abs(high))
    alpha = 1 - level
    smooth = HonestDiD(method="smoothness", alpha=alpha, l_vec=weights)
    straight = smooth.fit(_as_event_study(effects, covariance), M=0.0)
    relative = HonestDiD(method="relative_magnitude", alpha=alpha, l_vec=weights)
    return Sensitivity(
        straight_line=(float(straight.ci_lb), float(straight.ci_ub)),
        bend=smooth.breakdown_value(_as_event_study(effects, covariance), tol=BREAKDOWN_TOLERANCE),
        relative=relative.breakdown_value(_as_event_study(worst_before, covariance), tol=BREAKDOWN_TOLERANCE),
    )


def _as_earlier_effect(placebo: Deletions) -> Deletions:
    """The year ahead of the before window, measured from it as the years after are: −δ."""
    return replace(placebo, theta=-placebo.theta, replicates=-placebo.replicates)


def _add_slopes(covariance: FloatArray, path: Sequence[Deletions]) -> FloatArray:
    """Slopes of the years after move together at most; how they move with the placebo's is not known."""
    errors = np.array([year.slopes_variance**0.5 for year in path])
    added = np.outer(errors, errors)
    added[0, 1:] = added[1:, 0] = 0.0
    total: FloatArray = covariance + added
    return total


def _as_event_study(effects: FloatArray, covariance: FloatArray) -> "MultiPeriodDiDResults":
    """An event study as the package takes it: year −1 before the reference, years 1, 2, … after."""
    from diff_diff import MultiPeriodDiDResults
    from diff_diff.results import PeriodEffect

    nothing, after = float("nan"), list(range(1, len(effects)))
    errors = np.sqrt(np.diag(covariance))
    return MultiPeriodDiDResults(
        period_effects={
            year: PeriodEffect(year, float(value), float(error), nothing, nothing, (nothing, nothing))
            for year, value, error in zip([-1, *after], effects, errors, strict=True)
        },
        avg_att=nothing,
        avg_se=nothing,
        avg_t_stat=nothing,
        avg_p_value=nothing,
        avg_conf_int=(nothing, nothing),
        n_obs=0,
        n_treated=0,
        n_control=0,
        pre_periods=[-1],
        post_periods=after,
        vcov=covariance,
        interaction_indices={year: at for at, year in enumerate([-1, *after])},
    )
