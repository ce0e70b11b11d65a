"""What may be claimed of sectors and other groups of one list, by numbers that are published (METHODS.md 10).

Published effects and checks of all groups come in; of each its range, how the year before came out, grade and verdict
go out. Of several groups at once: `together`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from analytics.estimate.effects import as_shown, uncertainty_behind
from analytics.estimate.group_ranges import LIKELY_LEVEL, GroupRange, Label, group_ranges, spread_of
from analytics.estimate.inference import Uncertainty
from analytics.estimate.shared_range import LEAST_SHARING, common_mean
from analytics.evidence.findings import Finding, Range
from analytics.evidence.grade import grade_of, verdict
from analytics.evidence.limits import (
    DIRECTION_LEVEL,
    DRIFT_ALLOWANCE,
    LEVEL,
    SPREAD_OF_DIFFERENCES,
)
from analytics.model import Check, CheckReason, Grade, Result, Settings, Unit, Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """What is published of one group. effect, before: on the estimation scale; before: δ, the effect that the year
    before had, None where that could not be tested; results: of the other checks.
    """

    effect: Uncertainty
    before: Uncertainty | None
    results: Mapping[Check, Result]

    @property
    def before_rejected(self) -> bool:
        """Whether δ is surely not zero."""
        return self.before is not None and side_of_zero(self.before.interval(LEVEL)) != 0


@dataclass(frozen=True, slots=True)
class Before:
    """How the year before came out. allows: whether a direction may be said at all; equivalence: δ's range by the
    others'; trend: θ, its range and that range's level if δ had gone on every year, None where there is no direction.
    """

    result: Result
    because: CheckReason
    allows: bool = False
    equivalence: tuple[float, float] | None = None
    trend: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What may be claimed of one group."""

    of_group: GroupRange
    before: Before
    grade: Grade
    verdict: Verdict


def claims_of_groups(
    groups: Mapping[Label, Told],
    whole: Told | None,
    parents: Mapping[Label, Told | None],
    years_apart: float,
    unit: Unit,
    settings: Settings,
) -> dict[Label, Claim]:
    """Of the groups of one list, which share no firm. whole: the programme, None where it is not published; parents:
    the group that each lies in, the programme where there is none between; years_apart: from the middle of before to
    the middle of after.
    """
    ranges = group_ranges(
        {label: told.effect for label, told in groups.items()},
        spread_of(settings.importance),
        shared=settings.sector_range == "shared",
    )
    before = {label: told.before for label, told in groups.items() if told.before is not None}
    spread = spread_of(settings.importance, SPREAD_OF_DIFFERENCES)
    differences = group_ranges(before, spread, shared=settings.sector_range == "shared")
    common = common_of(before, spread)
    judged = {}
    for label, told in groups.items():
        asked = _Question(
            told, whole, parents[label], ranges[label], differences.get(label), common, years_apart, unit, settings
        )
        judged[label] = asked.claim()
    return judged


@dataclass(frozen=True, slots=True)
class _Question:
    """One group's claim, and all that it goes by."""

    told: Told
    whole: Told | None
    parent: Told | None
    of_group: GroupRange
    difference: GroupRange | None
    common: Uncertainty | None
    years_apart: float
    unit: Unit
    settings: Settings

    def claim(self) -> Claim:
        """Grade and verdict: "likely" by the 98% range, "may" by that of 95%; a direction only where the programme has
        it, too.
        """
        likely, may = (self._verdict(level) for level in (self._likely_level, self.settings.level))
        before = self._before(direction_of(may))
        whole_before = None if self.whole is None or not self.whole.before_rejected else Result.FAIL
        grade = grade_of({**self.told.results, Check.BEFORE: before.result}, whole_before)
        if may is Verdict.CANNOT_TELL:
            return Claim(self.of_group, before, grade, may)
        if direction_of(may) and not (before.allows and self._gate() == direction_of(may)):
            return Claim(self.of_group, before, Grade.VERY_LOW, may)
        tells = likely is not Verdict.CANNOT_TELL and direction_of(likely) == direction_of(may)
        if grade is Grade.MODERATE and tells:
            return Claim(self.of_group, before, grade, likely)
        return Claim(self.of_group, before, Grade.LOW if grade is Grade.MODERATE else grade, may)

    @property
    def _likely_level(self) -> float:
        return max(LIKELY_LEVEL, self.settings.level)

    def _verdict(self, level: float) -> Verdict:
        low, high = as_shown(self.unit, *self.of_group.interval(level))
        return verdict(low, high, self.settings.importance.shown(self.unit), may_be_same=self._alike_before())

    def _alike_before(self) -> bool:
        return self.difference is not None and self._small(self.difference.interval(DIRECTION_LEVEL))

    def _small(self, ends: tuple[float, float]) -> bool:
        mie = self.settings.importance.estimation(self.unit)
        return -mie < ends[0] and ends[1] < mie

    def _gate(self) -> int:
        """The direction of the programme's effect, by its own range; 0: none."""
        return 0 if self.whole is None else side_of_zero(self.whole.effect.interval(self.settings.level))

    def _before(self, direction: int) -> Before:
        """How the year before came out for a claim of a direction (0: none)."""
        if self.told.before is None or self.difference is None:
            return Before(Result.NOT_TESTABLE, CheckReason.TOO_FEW_LEFT)
        equivalence = self.difference.interval(DIRECTION_LEVEL)
        trend, allows = None, False
        if self.told.before_rejected:
            result, because = Result.FAIL, CheckReason.DIFFERED
        elif self.whole is not None and self.whole.before_rejected:
            result, because = Result.FAIL, CheckReason.WHOLE_DIFFERED
        elif not direction:
            small = self._alike_before()
            result = Result.PASS if small else Result.NOT_CONTRADICTED
            because = CheckReason.WITHIN_MIE if small else CheckReason.IMPRECISE
        else:
            result, because, allows, trend = self._of_direction(direction, self.difference)
        return Before(result, because, allows, equivalence, trend)

    def _of_direction(
        self, direction: int, difference: GroupRange
    ) -> tuple[Result, CheckReason, bool, tuple[float, float, float, float]]:
        """Whether a direction survives what was seen in the year before; at 98% it passes, at 95% it may be said."""
        surely, maybe = (
            self._if_trend_goes_on(direction, difference, at) for at in (self._likely_level, self.settings.level)
        )
        if not self._whole_alike(direction):
            return Result.NOT_CONTRADICTED, CheckReason.WHOLE_OPEN, False, maybe
        if not self._is_not_ahead(self._parent_before(), direction):
            return Result.NOT_CONTRADICTED, CheckReason.PARENT_AHEAD, False, maybe
        if side_of_zero(surely[1:3]) == direction:
            return Result.PASS, CheckReason.TREND_HOLDS, True, surely
        if side_of_zero(maybe[1:3]) == direction:
            return Result.NOT_CONTRADICTED, CheckReason.TREND_MAY_HOLD, True, maybe
        return Result.NOT_CONTRADICTED, CheckReason.TREND_OPEN, False, maybe

    def _whole_alike(self, direction: int) -> bool:
        """The programme's δ is surely small; neither it nor what all groups have in common lies toward the claim."""
        before = None if self.whole is None else self.whole.before
        if before is None or not self._small(before.interval(DIRECTION_LEVEL)):
            return False
        return self._is_not_ahead(before, direction) and (
            self.common is None or self._is_not_ahead(self.common, direction)
        )

    def _parent_before(self) -> Uncertainty | None:
        """δ of the group that it lies in; of the programme, where that of the group could not be tested."""
        of_parent = None if self.parent is None else self.parent.before
        return of_parent or (None if self.whole is None else self.whole.before)

    def _is_not_ahead(self, before: Uncertainty | None, direction: int) -> bool:
        """Whether a δ does not lie toward the claim, as far as one-sided 90% can tell."""
        return before is not None and direction * before.theta < float(ndtri(DIRECTION_LEVEL)) * before.se

    def _if_trend_goes_on(
        self, direction: int, difference: GroupRange, level: float
    ) -> tuple[float, float, float, float]:
        """θ and its range at a level, less what δ, drawn toward all groups' and a little further toward the claim,
        would have come to by then; and the level.
        """
        guess = difference.guess
        drawn, error = (difference.own.theta, difference.own.se) if guess is None else (guess.value, guess.sd)
        moved = direction * self.years_apart * max(direction * drawn + DRIFT_ALLOWANCE * error, 0.0)
        low, high = self.of_group.interval(level)
        return self.told.effect.theta - moved, low - moved, high - moved, level


def common_of(before: Mapping[Label, Uncertainty], spread: float) -> Uncertainty | None:
    """What the groups' δ have in common; None of too few groups."""
    if len(before) < LEAST_SHARING:
        return None
    mean, sd = common_mean(np.array([(one.theta, one.se, one.df) for one in before.values()]), spread)
    return Uncertainty(mean, sd, np.inf)


def direction_of(verdict: Verdict) -> int:
    """The direction that a verdict tells; 0: none."""
    if verdict in (Verdict.HIGHER, Verdict.MUCH_HIGHER):
        return 1
    return -1 if verdict in (Verdict.LOWER, Verdict.MUCH_LOWER) else 0


def side_of_zero(ends: tuple[float, ...]) -> int:
    """On which side of zero an interval lies; 0: it holds zero."""
    low, high = ends
    return 1 if low > 0 else -1 if high < 0 else 0


def told_of(effect: Uncertainty, findings: Iterable[Finding], unit: Unit) -> Told:
    """What stands beside other groups, by an effect and its checks."""
    by_check = {finding.check: finding for finding in findings}
    before = by_check.get(Check.BEFORE)
    number = None if before is None or before.result is Result.NOT_TESTABLE else before.number
    results: dict[Check, Result] = {finding.check: finding.result for finding in by_check.values()}
    results.pop(Check.BEFORE, None)
    return Told(effect, None if number is None else uncertainty_of(number, unit), results)


def uncertainty_of(number: Range, unit: Unit) -> Uncertainty | None:
    """θ, its standard error and degrees of freedom, by a number with its interval; None where it has none."""
    if number.low is None or number.high is None or number.df is None:
        return None
    return uncertainty_behind(unit, number.value, number.high, number.df, number.level)


def judged(finding: Finding, before: Before, unit: Unit) -> Finding:
    """The finding of the year before as it came out beside the others."""
    further = {}
    if before.equivalence is not None and finding.number is not None:
        low, high = as_shown(unit, *before.equivalence)
        further["equivalence"] = Range(finding.number.value, unit, low, high, DIRECTION_LEVEL)
    if before.trend is not None:
        value, low, high = as_shown(unit, *before.trend[:3])
        further["trend_goes_on"] = Range(value, unit, low, high, before.trend[3])
    because = finding.because if before.result is Result.NOT_TESTABLE else before.because
    return replace(finding, result=before.result, because=because, further=further)
