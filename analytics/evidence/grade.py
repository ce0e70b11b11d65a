"""Effect and checks -> grade and verdict (METHODS.md 6): how far the evidence carries, and what the interval allows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analytics.estimate.effects import Effect, EffectEstimate
from analytics.evidence.findings import Finding
from analytics.model import Check, CheckReason, Grade, Result, Settings, Verdict

MAY_FAIL = (Check.GROUPS, Check.REPORTING, Check.STABILITY)  # at most one of these, for a claim of low grade


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a claim about one effect rests on. verdict: None where the effect is withheld; findings: in their order."""

    grade: Grade
    verdict: Verdict | None
    findings: tuple[Finding, ...]


def grade_evidence(
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
    ordered = tuple(findings)
    if not isinstance(effect, EffectEstimate) or interval is None:
        return Evidence(Grade.WITHHELD if compared else Grade.DESCRIPTION, None, ordered)
    results = {finding.check: finding.result for finding in ordered}
    alike_before = any(
        finding.check is Check.BEFORE and finding.because is CheckReason.WITHIN_MIE for finding in ordered
    )
    claim = verdict(*interval, settings.importance.shown(effect.unit), may_be_same=alike_before)
    return Evidence(grade_of(results, whole_before), claim, ordered)


def grade_of(results: Mapping[Check, Result], whole_before: Result | None) -> Grade:
    """Moderate, low or very low. Moderate is the most: firms were not drawn by lot. What was not tested has not passed.

    Low needs a fair comparison, a year before that at least does not contradict it, and at most one of groups,
    reporting and stability that did not pass. Where the year before differed for the whole programme, nothing is
    claimed of any of its groups: they were chosen in the same way.
    """
    passed = {check for check, result in results.items() if result is Result.PASS}
    not_passed = sum(check not in passed for check in MAY_FAIL)
    differed = results.get(Check.BEFORE) not in (Result.PASS, Result.NOT_CONTRADICTED) or whole_before is Result.FAIL
    if differed or Check.DESIGN not in passed or not_passed > 1:
        return Grade.VERY_LOW
    return Grade.MODERATE if passed == set(Check) else Grade.LOW


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
