"""Value axes: round ticks in our own words, and a range that ends at round values where they are near."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Keys = dict[str, Any]  # of a plotly object
Position = float | str  # on an axis; dates in ISO form

_NEAR = 0.7  # of a step: how far a range grows to end at a tick


@dataclass(frozen=True, slots=True)
class Axis:
    """A value range, the step of its ticks, and the least value that exists: no tick stands below it."""

    low: float
    high: float
    step: float
    least: float = -math.inf

    def share(self, value: float) -> float:
        """Where a value lies: 0 at the low end, 1 at the high end."""
        return (value - self.low) / (self.high - self.low)

    def holds(self, value: float) -> bool:
        """Whether a value lies inside."""
        return self.low <= value <= self.high

    def ticks(self) -> list[float]:
        """The multiples of the step inside."""
        first = math.ceil(max(self.low, self.least) / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return [i * self.step for i in range(first, last + 1)]

    def keys(self, words: Iterable[str]) -> Keys:
        """Range and tick words, for plotly."""
        return {"range": (self.low, self.high)} | ticks(self.ticks(), words)


def axis(
    low: float, high: float, *, most: int = 5, smallest: float = 0.0, least: float = -math.inf, edge: float = 0.04
) -> Axis:
    """At most `most` steps between `low` and `high`, each at least `smallest`; a little wider, to end at ticks.

    edge: share of the range beyond the last tick, so that its words stand inside the picture.
    """
    step = max(nice_step(high - low, most), smallest)
    down, up = math.floor(low / step) * step, math.ceil(high / step) * step
    beyond = edge * (high - low)
    wider_low = down - beyond if low - down < _NEAR * step and down >= least else low
    return Axis(wider_low, up + beyond if up - high < _NEAR * step else high, step, least)


def nice_step(extent: float, most: int) -> float:
    """The smallest of 1, 2, 5 × a power of ten that cuts `extent` in at most `most` steps."""
    power = 10.0 ** math.floor(math.log10(extent / most))
    return next((m * power for m in (1, 2, 5) if m * power * most >= extent * (1 - 1e-9)), 10 * power)


def ticks(values: Iterable[Position], words: Iterable[str]) -> Keys:
    """Axis keys for ticks with words of our own."""
    return {"tickmode": "array", "tickvals": list(values), "ticktext": list(words)}


def ref(letter: str, panel: int) -> str:
    """What plotly calls the x or y axis of a panel, the first being 1; 0 is the only plot of a figure."""
    return f"{letter}{panel}" if panel > 1 else letter


def height_ref(panel: int) -> str:
    """What plotly calls the height of a panel's plot, from 0 to 1."""
    return f"{ref('y', panel)} domain" if panel else "paper"
