"""What the interval of a claim allows, beside the smallest effect that matters (METHODS.md 6)."""

from analytics.model import Settings, Unit, Verdict


def least(unit: Unit, settings: Settings) -> float:
    """The smallest effect that matters, as values are shown."""
    return settings.mie_points if unit is Unit.POINTS else settings.mie


def verdict(low: float, high: float, mie: float, *, may_be_same: bool) -> Verdict:
    """What an interval allows, as values are shown; the first that matches. mie: the smallest effect that matters.

    may_be_same: only where the year before, too, was surely alike within it. Touching zero is "cannot tell".
    """
    if may_be_same and -mie < low and high < mie:
        return Verdict.SAME
    if low > 0:
        return Verdict.MUCH_HIGHER if low > mie else Verdict.HIGHER
    if high < 0:
        return Verdict.MUCH_LOWER if high < -mie else Verdict.LOWER
    return Verdict.CANNOT_TELL
