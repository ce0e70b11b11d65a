"""The rules before METHODS.md 10, for comparison: section 4's estimate, Šidák's intervals, each group's year before.

Grades and verdicts of the groups of one list, by specifications and other checks as they are found today.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from analytics.arrays import BoolArray
from analytics.build.assessment import Assessed, Assessment
from analytics.estimate.effects import EffectEstimate, effect_of, with_joint_intervals
from analytics.estimate.inference import jackknife, weighted_sum
from analytics.evidence.checks import with_whole_years, years_apart
from analytics.evidence.grade import Evidence, grade_evidence, grade_of, verdict
from analytics.model import Check, Estimand, Result, Verdict
from analytics.panel.arms import Firms, GroupLabel, groups_of

TYPICAL = Estimand.TYPICAL_FIRM


def former_claims(assessment: Assessment) -> Iterator[Assessed]:
    """The same claims as they were made before."""
    whole = next(one for one in assessment.assessed if one.estimand is TYPICAL and not one.by)
    panel = assessment.sample.panel
    (first,) = _of_list(assessment, {(): panel.funded}, [whole], None)
    before = {finding.check: finding.result for finding in first.evidence.findings}.get(Check.BEFORE)
    yield first
    for by in assessment.programme.sector_dimensions:
        mine = [one for one in assessment.assessed if one.by == (by,)]
        yield from _of_list(assessment, groups_of(panel, by), mine, before)


def _of_list(
    assessment: Assessment,
    groups: Mapping[GroupLabel, BoolArray],
    assessed: Sequence[Assessed],
    whole_before: Result | None,
) -> Iterator[Assessed]:
    sample, settings = assessment.sample, assessment.sample.settings
    found = {one.group: sample.pooled_deletions(TYPICAL, sample.group(groups[one.group])) for one in assessed}
    effects = with_joint_intervals({group: effect_of(each, TYPICAL, sample) for group, each in found.items()})
    for one in assessed:
        effect = effects[one.group]
        if not isinstance(effect, EffectEstimate) or not one.evidence.findings:
            yield replace(one, evidence=grade_evidence(effect, None, (), None, settings, compared=True))
            continue
        claim = (effect.sim_low, effect.sim_high) if one.by else (effect.ci_low, effect.ci_high)
        result, alike = _before(assessment, sample.group(groups[one.group]), effect, claim)
        findings = tuple(
            replace(finding, result=result) if finding.check is Check.BEFORE else finding
            for finding in one.evidence.findings
        )
        grade = grade_of({finding.check: finding.result for finding in findings}, whole_before)
        told = verdict(*claim, settings.importance.shown(TYPICAL.unit), may_be_same=alike)
        yield replace(one, evidence=Evidence(grade, told, findings))


def _before(
    assessment: Assessment, firms: Firms, effect: EffectEstimate, claim: tuple[float, float]
) -> tuple[Result, bool]:
    """How the year before came out, and whether it was surely alike."""
    sample, settings = assessment.sample, assessment.sample.settings
    firms = with_whole_years(sample, firms)
    main, placebo = (one.pooled_deletions(TYPICAL, firms) for one in (sample, assessment.earlier))
    delta = None if placebo is None else jackknife(placebo)
    if main is None or placebo is None or delta is None:
        return Result.NOT_TESTABLE, False
    low, high = delta.interval(0.95)
    if low > 0 or high < 0:
        return Result.FAIL, False
    mie = settings.importance.estimation(TYPICAL.unit)
    low, high = delta.interval(0.90)
    alike = -mie < low and high < mie
    told = verdict(*claim, settings.importance.shown(TYPICAL.unit), may_be_same=alike)
    if told in (Verdict.SAME, Verdict.CANNOT_TELL):
        return (Result.PASS if alike else Result.NOT_CONTRADICTED), alike
    ways = [jackknife(weighted_sum(main, placebo, factor)) for factor in (-years_apart(sample, firms), 1.0)]
    ends = [way.interval(0.90) for way in ways if way is not None]
    survives = len(ends) == len(ways) and all(low > 0 if effect.theta > 0 else high < 0 for low, high in ends)
    return (Result.PASS if survives else Result.NOT_CONTRADICTED), alike
