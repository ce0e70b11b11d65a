"""The ranges of groups that share no firm, each made short by what the others tell (METHODS.md 10)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from analytics.estimate.inference import POWER, Uncertainty
from analytics.estimate.shared_range import (
    LEAST_SHARING,
    Prior,
    best_guess,
    prior_from,
    range_by_prior,
    shared_detectable,
    shared_p_value,
)
from analytics.model import Importance, RangeKind
from analytics.panel.arms import GroupLabel

Label = TypeVar("Label", bound=GroupLabel)

SPREAD_OF_EFFECTS = 1.5  # half-normal scale of how far effects lie apart, in effects that matter
LIKELY_LEVEL = 0.98  # of the range that a "likely" claim about a group is made by
GUESS_LEVEL = 0.80


@dataclass(frozen=True, slots=True)
class Guess:
    """The hierarchical posterior of one group: its mean and standard deviation."""

    value: float
    sd: float

    def interval(self, level: float = GUESS_LEVEL) -> tuple[float, float]:
        """A range that holds on average over the groups."""
        half = float(ndtri(0.5 + level / 2)) * self.sd
        return self.value - half, self.value + half


@dataclass(frozen=True, slots=True)
class GroupRange:
    """The range of one group at any level, on the estimation scale. prior: what the others tell; None: its own range.
    guess: None where too few groups are told of.
    """

    own: Uncertainty
    prior: Prior | None = None
    guess: Guess | None = None

    @property
    def kind(self) -> RangeKind:
        """Whether the others made it short."""
        return RangeKind.OWN if self.prior is None else RangeKind.SHARED

    def interval(self, level: float) -> tuple[float, float]:
        """The range at a two-sided level."""
        if self.prior is None:
            return self.own.interval(level)
        return range_by_prior(self.own.theta, self.own.se, self.own.df, self.prior, 1 - level)

    @property
    def p_value(self) -> float:
        """Two-sided p of θ = 0."""
        if self.prior is None:
            return self.own.p_value
        return shared_p_value(self.own.theta, self.own.se, self.own.df, self.prior)

    def detectable(self, level: float) -> float:
        """The smallest true rise that the range at a level tells from zero with 80% power, the prior held fixed."""
        if self.prior is None:
            return self.own.detectable(level)
        return shared_detectable(self.own.se, self.own.df, self.prior, alpha=1 - level, power=POWER)

    def with_error(self, se: float, df: float) -> "GroupRange":
        """The same with another standard error: of more firms, or years."""
        return replace(self, own=Uncertainty(self.own.theta, se, df))

    def error_that_detects(self, target: float, level: float) -> float:
        """The standard error with which a true rise by `target` is told with 80% power."""
        if self.prior is None:
            return target / self.own.detectable(level) * self.own.se

        def beyond(log_se: float) -> float:
            return self.with_error(float(np.exp(log_se)), self.own.df).detectable(level) - target

        return float(np.exp(brentq(beyond, np.log(target) - 12, np.log(target) + 1)))


def spread_of(importance: Importance, times: float = SPREAD_OF_EFFECTS) -> float:
    """The half-normal scale of how far groups lie apart: .15 where 10% matters."""
    return times * importance.fraction


def group_ranges(
    groups: Mapping[Label, Uncertainty],
    spread: float,
    *,
    shared: bool = True,
    told: Collection[Label] | None = None,
) -> dict[Label, GroupRange]:
    """The range of each group by what the others tell: of groups that share no firm of either arm. Its own where fewer
    than four are told of, or ranges are not shared.

    told: the groups that are told of, from which all borrow (None: all). spread: half-normal scale of how far they lie
    apart.
    """
    labels = [label for label in groups if told is None or label in told]
    if len(labels) < LEAST_SHARING:
        return {label: GroupRange(own) for label, own in groups.items()}
    values = np.array([(groups[label].theta, groups[label].se, groups[label].df) for label in labels])
    guesses = dict(zip(labels, best_guess(values, spread).tolist(), strict=True))
    priors: dict[Label, Prior | None] = {}
    for label in groups:
        others = values[[one != label for one in labels]]
        priors[label] = prior_from(others, spread) if shared else None
    return {
        label: GroupRange(own, priors[label], Guess(*guesses[label]) if label in guesses else None)
        for label, own in groups.items()
    }


def share_no_firm(sectors_of: Iterable[Collection[object]]) -> bool:
    """Whether no two groups, each with the sectors of its funded firms, stand beside the same comparison firms."""
    listed = [sector for sectors in sectors_of for sector in sectors]
    return len(listed) == len(set(listed))
