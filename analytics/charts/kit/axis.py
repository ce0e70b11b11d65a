"""Value axes: a range that ends at round values where they are near, and ticks at round values."""

import math
from dataclasses import dataclass

_NEAREST_TICK = 0.7  # of a step: a range grows by at most so much to end at a tick


@dataclass(frozen=True, slots=True)
class Axis:
    """A value range and the step of its ticks, in the unit of the values. least: the smallest value that is drawn; no
    tick stands below it: what of the range lies below is an empty band.
    """

    low: float
    high: float
    step: float
    least: float = -math.inf

    def share(self, value: float) -> float:
        """Where a value lies on the axis: 0 at the low end, 1 at the high end, beyond them outside."""
        return (value - self.low) / (self.high - self.low)

    def holds(self, value: float) -> bool:
        """Whether a value lies on the axis."""
        return self.low <= value <= self.high

    def clip(self, value: float) -> float:
        """The value itself, or the end of the axis that it lies beyond."""
        return min(max(value, self.low), self.high)

    @property
    def floor(self) -> float:
        """Where drawing ends: the low end, or the least value above it."""
        return max(self.low, self.least)

    def ticks(self) -> list[float]:
        """The multiples of the step on the axis, in ascending order."""
        first = math.ceil(self.floor / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return [i * self.step for i in range(first, last + 1)]


def fit_axis(
    low: float, high: float, *, most: int = 5, smallest: float = 0.0, least: float = -math.inf, edge: float = 0.04
) -> Axis:
    """An axis from `low` to `high`, a little wider where a tick is near.

    most: number of steps at most; smallest: least size of a step; edge: share of the range added beyond an end that was
    moved to a tick, so that the words of the tick stand inside the picture.
    """
    step = max(nice_step(high - low, most), smallest)
    down, up = math.floor(low / step) * step, math.ceil(high / step) * step
    beyond = edge * (high - low)
    wider_low = down - beyond if low - down < _NEAREST_TICK * step and down >= least else low
    return Axis(wider_low, up + beyond if up - high < _NEAREST_TICK * step else high, step, least)


def nice_step(extent: float, most: int) -> float:
    """The smallest of 1, 2, 5 × a power of ten that divides `extent` into at most `most` steps."""
    power = 10.0 ** math.floor(math.log10(extent / most))
    return next((m * power for m in (1, 2, 5) if m * power * most >= extent * (1 - 1e-9)), 10 * power)
