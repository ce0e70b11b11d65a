"""Effect and checks -> grade and verdict (METHODS.md 6): how far the evidence carries, and what the interval allows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analytics.diagnostics import Finding
from analytics.effects import Effect, EffectEstimate
from analytics.model import Check, CheckReason, Grade, Result, Settings, Unit, Verdict

MAY_FAIL = (Check.GROUPS, Check.REPORTING, Check.STABILITY)  # at most one of these, for a claim of low grade


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a claim about one effect rests on. verdict: None where the effect is withheld; findings: in their order."""

    grade: Grade
    verdict: Verdict | None
    findings: tuple[Finding, ...]


def judged(
    effect: Effect,
    interval: tuple[float, float] | None,
    findings: Iterable[Finding],
    whole_before: Result | None,
    settings: Settings,
    *,
    compared: bool,
) -> Evidence:
    """Grade and verdict of one effect.

    interval: of the claim, as values are shown; None where the effect is withheld. whole_before: how the programme's
    own check of the year before came out, None where it has none. compared: whether there is any comparison firm.
    """
    held = tuple(findings)
    if not isinstance(effect, EffectEstimate) or interval is None:
        return Evidence(Grade.WITHHELD if compared else Grade.DESCRIPTION, None, held)
    results = {finding.check: finding.result for finding in held}
    within = any(f.check is Check.BEFORE and f.because is CheckReason.WITHIN_MIE for f in held)
    mie = settings.mie_points if effect.unit is Unit.POINTS else settings.mie
    return Evidence(graded(results, whole_before), verdict(*interval, mie, may_be_same=within), held)


def graded(results: Mapping[Check, Result], whole_before: Result | None) -> Grade:
    """Moderate, low or very low. Moderate is the most: firms were not drawn by lot. What was not tested has not passed.

    Low needs a fair comparison, and at most one of groups, reporting and stability that did not pass; where the year
    before is merely not contradicted, it must not have failed for the whole programme either.
    """
    passed = {check for check, result in results.items() if result is Result.PASS}
    if passed == set(Check):
        return Grade.MODERATE
    wanting = sum(check not in passed for check in MAY_FAIL)
    before = results.get(Check.BEFORE)
    if Check.DESIGN not in passed or wanting > 1:
        return Grade.VERY_LOW
    if before is Result.PASS or (before is Result.NOT_CONTRADICTED and whole_before is not Result.FAIL):
        return Grade.LOW
    return Grade.VERY_LOW


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
