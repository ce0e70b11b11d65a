"""What a check finds: a number with its range, and the difference between the two arms' shares of firms."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scipy.special import ndtri

from analytics.evidence.limits import LEVEL
from analytics.model import Check, CheckReason, Result, Unit


@dataclass(frozen=True, slots=True)
class Range:
    """A number, and where it has one its interval at a level; as values are shown (fractions; points too). df: of the t
    that makes the interval, where a claim needs it at other levels.
    """

    value: float
    unit: Unit
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    df: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check came out. number: what it rests on, None where there is none; n: firms of each arm behind it;
    further: other numbers, by name.
    """

    check: Check
    result: Result
    because: CheckReason
    n_funded: int
    n_comparison: int
    number: Range | None = None
    further: Mapping[str, Range] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShareGap:
    """Difference between the arms' shares of firms, funded less comparison, with its 95% interval."""

    value: float
    low: float
    high: float

    def surely_wider(self, most: float) -> bool:
        """Whether it is more than that, beyond chance."""
        return self.low > most or self.high < -most

    @property
    def range(self) -> Range:
        """As it is shown."""
        return Range(self.value, Unit.POINTS, self.low, self.high)


def share_gap(counts: tuple[int, int], totals: tuple[int, int]) -> ShareGap:
    """Counts of totals, funded and comparison; interval of Agresti & Caffo (2000): one more yes and no in each arm."""
    funded, other = (k / n if n else 0.0 for k, n in zip(counts, totals, strict=True))
    p, q = ((k + 1) / (n + 2) for k, n in zip(counts, totals, strict=True))
    variance = p * (1 - p) / (totals[0] + 2) + q * (1 - q) / (totals[1] + 2)
    half = float(ndtri(0.5 + LEVEL / 2)) * variance**0.5
    return ShareGap(funded - other, max(p - q - half, -1.0), min(p - q + half, 1.0))


def arms_alike(whole: ShareGap, own: ShareGap, most: float) -> bool:
    """The arms differ by less than `most` in the programme, and in the group not surely by more."""
    return abs(whole.value) < most and not own.surely_wider(most)


def deciding_gap(whole: ShareGap, own: ShareGap, most: float) -> ShareGap:
    """The gap that a result rests on: the programme's where that one is too wide."""
    return own if abs(whole.value) < most else whole
