"""Five checks between an estimate and a claim (METHODS.md 5). Each says how it came out, its number, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import stdtrit

from analytics.arrays import BoolArray
from analytics.estimate.effects import EffectEstimate, as_shown
from analytics.estimate.estimands import LEAST_COMPARISON
from analytics.estimate.inference import Deletions, Uncertainty, jackknife, weighted_sum
from analytics.estimate.sample import Sample
from analytics.evidence.findings import Finding, Range, ShareGap, arms_alike, deciding_gap, share_gap
from analytics.evidence.grade import verdict
from analytics.evidence.limits import (
    DIRECTION_LEVEL,
    LEVEL,
)
from analytics.evidence.specifications import SpecificationResult
from analytics.model import Arm, Check, CheckLimits, CheckReason, Estimand, Result, Settings, Unit, Verdict
from analytics.panel.arms import Firms

DEFAULT_LIMITS = CheckLimits()


def run_checks(
    sample: Sample,
    earlier: Sample,
    estimand: Estimand,
    funded: BoolArray,
    effect: EffectEstimate,
    specifications: Sequence[SpecificationResult],
    *,
    whole: bool,
) -> list[Finding]:
    """The five checks of one group's effect, 0 to 4. earlier: the same sample as a placebo; specifications: those that
    the programme listed beforehand; whole: of the programme. Of another group the year before is measured, and judged
    beside the others' (see `claims_of_groups`).
    """
    firms, everyone = sample.group(funded), sample.group(sample.panel.funded)
    claim = effect.ci_low, effect.ci_high
    before = (
        check_before(sample, earlier, estimand, firms, effect, claim)
        if whole
        else measure_before(sample, earlier, estimand, firms)
    )
    return [
        check_design(sample, firms, everyone),
        check_groups(effect, sample.settings.checks),
        before,
        check_reporting(sample, firms, everyone, effect),
        check_stability(specifications, effect, sample.settings.checks),
    ]


# ---- which firms -----------------------------------------------------------------------------------------------------


def with_whole_years(sample: Sample, firms: Firms) -> Firms:
    """The funded firms of the cohorts whose years are complete, and their comparison."""
    kept = np.zeros(len(sample.panel.units), dtype=bool)
    kept[firms.rows[sample.windows.years[firms.own] > 0]] = True
    return sample.group(kept)


def _counts(firms: Firms, mask: BoolArray) -> tuple[int, int]:
    """Funded and comparison firms under a mask, (n_firms,)."""
    return int(mask[firms.rows].sum()), int(mask[firms.others].sum())


# ---- 0: comparable by design -----------------------------------------------------------------------------------------


def check_design(sample: Sample, firms: Firms, everyone: Firms) -> Finding:
    """Sales were collected in the same way in both arms, and it is known why comparison firms were not funded, so that
    those that never could have been are left out. The number: how far the arms differ in how they were asked.
    """
    units, limits = sample.panel.units, sample.settings.checks
    reports = np.asarray(np.isfinite(sample.panel.outcomes[sample.outcome]).any(axis=1))
    n = _counts(firms, reports)

    def finding(result: Result, because: CheckReason, gap: ShareGap | None = None) -> Finding:
        return Finding(Check.DESIGN, result, because, *n, gap.range if gap else None)

    source = units.get("source")
    if source is None or _share(source.isna().to_numpy() & reports, firms, sum(n)) > limits.most_unknown:
        return finding(Result.NOT_TESTABLE, CheckReason.SOURCE_UNKNOWN)
    ways = {way: source.eq(way).fillna(False).to_numpy(dtype=bool) & reports for way in source.dropna().unique()}
    whole, own = (_widest_gap(ways, who, _counts(who, reports)) for who in (everyone, firms))
    if not arms_alike(whole, own, limits.most_gap):
        return finding(Result.FAIL, CheckReason.OTHER_COLLECTION, deciding_gap(whole, own, limits.most_gap))
    known = units.get("eligibility_known")
    unknown = None if known is None else ~known.fillna(False).to_numpy(dtype=bool)
    if unknown is None or unknown[firms.others].sum() > limits.most_unknown * len(firms.others):
        return finding(Result.NOT_TESTABLE, CheckReason.ELIGIBILITY_UNKNOWN, own)
    return finding(Result.PASS, CheckReason.SAME_COLLECTION, own)


def _share(mask: BoolArray, firms: Firms, n: int) -> float:
    return sum(_counts(firms, mask)) / max(n, 1)


def _widest_gap(ways: Mapping[object, BoolArray], firms: Firms, totals: tuple[int, int]) -> ShareGap:
    """The way of collecting in which the arms differ most."""
    gaps = [share_gap(_counts(firms, mask), totals) for mask in ways.values()]
    return max(gaps, key=lambda gap: abs(gap.value))


# ---- 1: groups -------------------------------------------------------------------------------------------------------


def check_groups(effect: EffectEstimate, limits: CheckLimits = DEFAULT_LIMITS) -> Finding:
    """Firms in each arm, and equal votes where euros vote. The number: firms of the smaller arm."""
    smallest = min(effect.n_funded, effect.n_comparison)
    result, because = Result.PASS, CheckReason.ENOUGH_FIRMS
    if smallest < limits.least_firms:
        result, because = Result.FAIL, CheckReason.FEW_FIRMS
    elif effect.estimand is Estimand.EURO_WEIGHTED and effect.effective_firms < limits.least_effective:
        result, because = Result.FAIL, CheckReason.FEW_EFFECTIVE
    return Finding(
        Check.GROUPS,
        result,
        because,
        effect.n_funded,
        effect.n_comparison,
        Range(float(smallest), Unit.COUNT),
    )


# ---- 2: alike before -------------------------------------------------------------------------------------------------


def check_before(
    sample: Sample,
    earlier: Sample,
    estimand: Estimand,
    firms: Firms,
    effect: EffectEstimate,
    claim: tuple[float, float],
) -> Finding:
    """δ of the whole programme, by pooled slopes and the jackknife, as every other programme has been judged. The
    number: δ.

    Fails where δ is surely not zero. A claim of a direction passes where the direction survives both a trend that goes
    on (θ − kδ, k years from the middle of before to the middle of after) and a before year that was unusual (θ + δ).
    Any other passes where δ is surely smaller than what matters. An imprecise δ does neither.
    """
    measured = measure_before(sample, earlier, estimand, firms)
    firms, unit = with_whole_years(sample, firms), estimand.unit
    main, placebo = sample.deletions(estimand, firms), earlier.pooled_deletions(estimand, firms)
    delta = None if placebo is None else jackknife(placebo)
    if measured.because is CheckReason.NO_EARLIER_YEAR or main is None or placebo is None or delta is None:
        return measured
    if min(_count_entering(placebo)) < sample.settings.min_firms:
        return Finding(Check.BEFORE, Result.NOT_TESTABLE, CheckReason.TOO_FEW_LEFT, 0, 0)
    ways = [jackknife(weighted_sum(main, placebo, factor)) for factor in (-years_apart(sample, firms), 1.0)]
    further = {"equivalence": _shown_range(delta, unit, DIRECTION_LEVEL)}
    further |= {
        name: _shown_range(way, unit, DIRECTION_LEVEL)
        for name, way in zip(("trend_goes_on", "unusual_year"), ways, strict=True)
        if way is not None
    }
    survives = all(way is not None and _same_side(effect.theta, way) for way in ways)
    result, because = _rule_of_before(delta, claim, effect.unit, sample.settings, survives=survives)
    number = replace(_shown_range(delta, unit, LEVEL), df=delta.df)
    return Finding(Check.BEFORE, result, because, *_count_entering(placebo), number, further)


def measure_before(sample: Sample, earlier: Sample, estimand: Estimand, firms: Firms) -> Finding:
    """δ, the effect that the year before had over the one ahead of it, when there was no grant; not judged yet. Only
    cohorts that enter θ count.
    """
    firms = with_whole_years(sample, firms)
    covered = float((earlier.windows.years[firms.own] > 0).mean()) if len(firms.own) else 0.0
    if covered < sample.settings.checks.least_earlier:
        return Finding(Check.BEFORE, Result.NOT_TESTABLE, CheckReason.NO_EARLIER_YEAR, 0, 0)
    placebo = earlier.deletions(estimand, firms)
    delta = None if placebo is None else earlier.uncertainty(estimand, firms) or jackknife(placebo)
    if placebo is None or delta is None or min(_count_entering(placebo)) < sample.settings.min_firms:
        return Finding(Check.BEFORE, Result.NOT_TESTABLE, CheckReason.TOO_FEW_LEFT, 0, 0)
    number = replace(_shown_range(delta, estimand.unit, LEVEL), df=delta.df)
    return Finding(Check.BEFORE, Result.NOT_CONTRADICTED, CheckReason.IMPRECISE, *_count_entering(placebo), number)


def years_apart(sample: Sample, firms: Firms) -> float:
    """From the middle of before to the middle of after, the mean over the funded firms with a complete year."""
    return float(np.nanmean(sample.windows.years_apart[firms.own])) if len(firms.own) else 0.0


def _rule_of_before(
    delta: Uncertainty, claim: tuple[float, float], unit: Unit, settings: Settings, *, survives: bool
) -> tuple[Result, CheckReason]:
    """survives: whether the direction does."""
    low, high = delta.interval(LEVEL)
    if low > 0 or high < 0:
        return Result.FAIL, CheckReason.DIFFERED
    low, high = delta.interval(DIRECTION_LEVEL)
    mie = settings.importance.estimation(unit)
    within = -mie < low and high < mie
    if verdict(*claim, settings.importance.shown(unit), may_be_same=within) in (Verdict.SAME, Verdict.CANNOT_TELL):
        return (Result.PASS, CheckReason.WITHIN_MIE) if within else (Result.NOT_CONTRADICTED, CheckReason.IMPRECISE)
    if survives:
        return Result.PASS, CheckReason.DIRECTION_HOLDS
    return Result.NOT_CONTRADICTED, CheckReason.DIRECTION_OPEN if within else CheckReason.IMPRECISE


def _same_side(theta: float, uncertainty: Uncertainty) -> bool:
    low, high = uncertainty.interval(DIRECTION_LEVEL)
    return low > 0 if theta > 0 else high < 0


def _shown_range(uncertainty: Uncertainty, unit: Unit, level: float) -> Range:
    value, low, high = as_shown(unit, uncertainty.theta, *uncertainty.interval(level))
    return Range(value, unit, low, high, level)


def _count_entering(deletions: Deletions) -> tuple[int, int]:
    funded = int(deletions.funded.sum())
    return funded, len(deletions.funded) - funded


# ---- 3: reporting ----------------------------------------------------------------------------------------------------


def check_reporting(sample: Sample, firms: Firms, everyone: Firms, effect: EffectEstimate) -> Finding:
    """Enough funded firms are measured, and not many more or fewer than comparison firms; or the direction survives the
    worst case. The number: how far the arms differ in their share of measured firms, or that share where it is too low.
    """
    limits = sample.settings.checks
    (measured, totals), of_everyone = (_count_measured(sample, who) for who in (firms, everyone))
    own, whole = share_gap(measured, totals), share_gap(*of_everyone)
    shares = [k / max(n, 1) for k, n in zip(measured, totals, strict=True)]
    worst, few = worst_case(effect, min(shares)), shares[0] < limits.least_measured
    number = deciding_gap(whole, own, limits.most_gap).range
    if not few and arms_alike(whole, own, limits.most_gap):
        result, because = Result.PASS, CheckReason.REPORTED_ALIKE
    elif worst.low is not None and worst.high is not None and worst.low * worst.high > 0:
        result, because = Result.PASS, CheckReason.WORST_CASE_HOLDS
    elif few:
        result, because, number = Result.FAIL, CheckReason.FEW_MEASURED, Range(shares[0], Unit.FRACTION)
    else:
        result, because = Result.FAIL, CheckReason.REPORTED_UNLIKE
    further = {f"measured_{arm}": Range(share, Unit.FRACTION) for arm, share in zip(Arm, shares, strict=True)}
    return Finding(Check.REPORTING, result, because, *measured, number, further | {"worst_case": worst})


def _count_measured(sample: Sample, firms: Firms) -> tuple[tuple[int, int], tuple[int, int]]:
    """Firms of each arm with both windows, and of how many, in the cohorts whose year is complete. A funded firm counts
    where its sector has comparison firms to be set beside.
    """
    firms = with_whole_years(sample, firms)
    own, others = (np.isfinite(pick(sample.windows.after)) for pick in (firms.funded, firms.comparison))
    compared = firms.other_count(others) >= LEAST_COMPARISON
    funded = own & compared[firms.cell]
    other = (others & (firms.count(own) > 0)[firms.other_cell]).any(axis=1)
    return (int(funded.sum()), int(other.sum())), (len(firms.rows), len(firms.others))


def worst_case(effect: EffectEstimate, measured: float) -> Range:
    """The missing funded firms grew like the comparison, or the missing comparison firms like the funded: either takes
    θ to a share of itself. Firms that nobody measured make nothing more certain: the interval keeps its length.
    """
    theta = effect.theta * measured
    half = float(stdtrit(effect.df, 0.5 + effect.level / 2)) * effect.se
    value, low, high = as_shown(effect.unit, theta, theta - half, theta + half)
    return Range(value, effect.unit, low, high, effect.level)


# ---- 4: stability ----------------------------------------------------------------------------------------------------


def check_stability(
    specifications: Sequence[SpecificationResult], effect: EffectEstimate, limits: CheckLimits = DEFAULT_LIMITS
) -> Finding:
    """The sign is the same, whichever way it is estimated. The number: the share of specifications of the same sign."""
    tested = [each for each in specifications if each.result is not Result.NOT_TESTABLE]
    n = effect.n_funded, effect.n_comparison
    if len(tested) < limits.least_specifications:
        return Finding(Check.STABILITY, Result.NOT_TESTABLE, CheckReason.FEW_SPECIFICATIONS, *n)
    share = sum(each.result is Result.PASS for each in tested) / len(tested)
    holds = share >= limits.least_same_sign
    return Finding(
        Check.STABILITY,
        Result.PASS if holds else Result.FAIL,
        CheckReason.SAME_SIGN if holds else CheckReason.OTHER_SIGN,
        *n,
        Range(share, Unit.FRACTION),
    )
