"""Value axes: a range that ends at round values where they are near, and ticks at round values."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Keys = dict[str, Any]  # of a plotly object
Position = float | str  # on an axis; dates in ISO form

_NEAREST_TICK = 0.7  # of a step: a range grows by at most so much to end at a tick


@dataclass(frozen=True, slots=True)
class Axis:
    """A value range and the step of its ticks, in the unit of the values. least: the smallest possible value; no tick
    stands below it.
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

    def ticks(self) -> list[float]:
        """The multiples of the step on the axis, in ascending order."""
        first = math.ceil(max(self.low, self.least) / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return [i * self.step for i in range(first, last + 1)]

    def keys(self, words: Iterable[str]) -> Keys:
        """Plotly's keys for the range and for ticks named by `words`, one per tick."""
        return {"range": (self.low, self.high)} | ticks(self.ticks(), words)


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


def ticks(values: Iterable[Position], words: Iterable[str]) -> Keys:
    """Plotly's axis keys for ticks at `values`, named by `words`."""
    return {"tickmode": "array", "tickvals": list(values), "ticktext": list(words)}


def axis_ref(letter: str, panel: int) -> str:
    """Plotly's name for the axis `letter` ("x" or "y") of a panel, counted from 1; 0: the only plot of a figure."""
    return f"{letter}{panel}" if panel > 1 else letter


def height_ref(panel: int) -> str:
    """Plotly's name for the height of a panel's plot, from 0 to 1; 0: the only plot of a figure."""
    return f"{axis_ref('y', panel)} domain" if panel else "paper"
