"""How coarsely amounts, changes and shares are published: by what is published anyway, never by the largest firm.

Two sums of nearly the same firms, of two years say, differ by one firm's amount. So each sum is rounded to a step that
is a share of the sum itself, and the difference stays open by p% of what any firm adds (METHODS.md 7). A step that
followed the largest contribution would tell it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from analytics.estimate.effects import EffectEstimate, with_uncertainty
from analytics.estimate.inference import Uncertainty
from analytics.model import DisclosureRules, Estimand

MANY_FIRMS = 100  # from so many on, figures are rounded less
FINE, COARSE = 0.01, 0.05  # steps of shares and changes, of many firms and of fewer
FINE_AMOUNT = 0.02  # step of an amount of many firms, as a share of it
COARSEST = 0.5  # with a coarser step an amount would say nothing
LEAST_FIRMS = 10  # of a lower bound
SHARE_STEPS = (0.01, 0.02, 0.05, 0.1, 0.25)  # of shares of firms that sell
FIRMS_PER_STEP = 2.5  # so wide a step holds two counts of firms at least, also where it is the half one at either end
_DIGITS = ((1, 2), (2, 10), (5, 10))  # of a step; what this one and the next both divide


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum or mean over n firms as it is, and what the largest and the second of them add to it."""

    value: float
    largest: float
    second: float
    n: int


@dataclass(frozen=True, slots=True)
class Means:
    """Means before and after as they may be told, and the change; change: None where nothing was sold before."""

    before: float
    after: float
    change: float | None


def at_least(firms: int) -> int | None:
    """The largest number of the ladder 10, 20, 50, 100, … that so many firms reach; None under ten."""
    if firms < LEAST_FIRMS:
        return None
    power: int = 10 ** (len(str(firms)) - 1)
    return max(digit * power for digit in (1, 2, 5) if digit * power <= firms)


def next_above(firms: int) -> int:
    """The next number of that ladder."""
    told = at_least(firms)
    return LEAST_FIRMS if told is None else told * 5 // 2 if str(told)[0] == "2" else told * 2


def points_for(firms: int) -> float:
    """The step of shares of firms and changes: a point, of fewer than a hundred firms 5."""
    return FINE if firms >= MANY_FIRMS else COARSE


def point_of_path(firms: int) -> float:
    """The step of a point over time, of a ratio to a base that is published nowhere: 1%, of fewer firms 2%."""
    return FINE if firms >= MANY_FIRMS else 2 * FINE


def rough_path(ratio: float, firms: int) -> float:
    """A ratio to a base that is published nowhere, to that step; what is left is never told as nothing."""
    step = point_of_path(firms)
    return to_step(ratio, step) or (rough(ratio, step) if ratio > 0 else 0.0)


def step_of_selling(firms: float) -> float | None:
    """The step of a share of so many firms that sell: the finest that leaves two counts possible behind every share
    that is told, 0% and 100% among them. None under ten firms: no step would.
    """
    return next((step for step in SHARE_STEPS if step * firms >= FIRMS_PER_STEP), None)


def step_of_stopped(selling_before: float, firms: int) -> float | None:
    """The step of the share of firms that stopped, of those that sold before: it follows the fewest of these that the
    share of so many firms allows, as that is told, and so tells nothing more of them.
    """
    step = step_of_selling(firms)
    return None if step is None else step_of_selling(max(selling_before - step / 2, 0.0) * firms)


def to_step(value: float, step: float) -> float:
    """The nearest multiple of a step; without what binary numbers leave."""
    return round(round(value / step) * step, 12) + 0.0


def rough_estimate(estimate: EffectEstimate) -> EffectEstimate:
    """An effect in which firms that sell are counted, as it may be told: θ to a point, of fewer than a hundred firms to
    5 (scores to a hundredth), its standard error to two digits, whole degrees of freedom. All digits of a mean of ones
    and noughts, or of its variance, would tell how many of each there are.
    """
    step = points_for(estimate.n_funded) if estimate.estimand is Estimand.STARTED_SELLING else FINE
    told = Uncertainty(to_step(estimate.theta, step), float(f"{estimate.se:.2g}"), max(1.0, round(estimate.df)))
    return with_uncertainty(estimate, told)


def rough(value: float, share: float) -> float:
    """The nearest number of a ladder whose steps, 1, 2 or 5 times a power of ten, are at least that share of the number
    itself. At 10%: 10, 12, …, 20, 25, …, 50, 60, …, 100, 120; whoever reads one knows its step. share: at most a half.
    """
    size = abs(value)
    if not size > 0:
        return 0.0
    step, _ = next((step, limit) for step, limit in _steps(size, share) if size <= limit)
    return math.copysign(to_step(size, step), value)


def _steps(size: float, share: float) -> Iterator[tuple[float, float]]:
    """Steps from fine to coarse, each with the last number that it leads to: one that the next step leads to, too."""
    power = math.floor(math.log10(size * share)) - 1
    while True:
        for digit, common in _DIGITS:
            unit = 10.0**power
            yield digit * unit, math.floor(digit / share / common + 1e-9) * common * unit * (1 + 1e-12)
        power += 1


def share_for(amounts: tuple[Amount, ...], rules: DisclosureRules) -> float | None:
    """The step of amounts, as a share of each: 2% from a hundred firms on, else p%, else 2p%: the first r that leaves
    the two largest contributions together, t of a sum S, open by p% on either side. Beside it another figure may tell
    S − t with the finest step, r₀: r S + r₀ (S − t) ≥ 2p% t. None where none does.

    It goes by two, so that the limit which a fine step proves is no close one of the largest.
    """
    p = rules.p_percent / 100
    finest = p if any(amount.n < MANY_FIRMS for amount in amounts) else min(FINE_AMOUNT, p)
    for share in sorted({finest, p, 2 * p}):
        if share <= COARSEST and all(_is_open(amount, share, finest, p) for amount in amounts):
            return share
    return None


def _is_open(amount: Amount, share: float, finest: float, p: float) -> bool:
    """Whether a step of that share of it leaves what its two largest firms add open by p%."""
    size, together = abs(amount.value), amount.largest + amount.second
    return share * size + finest * max(size - together, 0.0) >= 2 * p * together * (1 - 1e-9)


def rough_amount(amount: Amount, rules: DisclosureRules) -> float | None:
    """An amount as it may be told; None where no step would be coarse enough."""
    if not rules.p_percent > 0:
        return amount.value
    share = share_for((amount,), rules)
    return None if share is None else rough(amount.value, share)


def rough_change(ratio: float, firms: int) -> float:
    """Ratio − 1 to a point, of fewer than a hundred firms to 5; coarser above +100%. What is left is never told as
    nothing.
    """
    step, change = points_for(firms), ratio - 1
    told = rough(change, step) if change > 1 else to_step(change, step)
    return rough(ratio, step) - 1 if told == -1 and ratio > 0 else told


def rough_means(before: Amount, after: Amount, rules: DisclosureRules) -> Means | None:
    """The mean before on the ladder; the change, of the exact means; the mean after as those two make it. Rounded by
    itself, it would round the mean before a second time. None where no step would be coarse enough.
    """
    share = share_for((before, after), rules) if rules.p_percent > 0 else 0.0
    if share is None:
        return None
    if not before.value > 0:
        return Means(0.0, rough(after.value, share) if share else after.value, None)
    change = rough_change(after.value / before.value, before.n)
    if not share:
        return Means(before.value, after.value, change)
    told = rough(before.value, share)
    return Means(told, float(f"{told * (1 + change):.12g}"), change)
