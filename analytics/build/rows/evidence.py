"""Checks, specifications and what is shown beside them, as figures: each with its number, result and reason."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from analytics.build.assessment import Assessed, Assessment
from analytics.build.rows.rounding import rough_estimate, to_step
from analytics.build.rows.row import Counts, goes_by_sellers, group_named, rough_share, withheld_figure, without_counts
from analytics.estimate.effects import EffectEstimate, as_estimated, as_shown
from analytics.evidence.balance import balance, other_aid
from analytics.evidence.findings import Finding, Range
from analytics.evidence.grade import Evidence, verdict
from analytics.model import (
    Arm,
    Check,
    ConfStatus,
    Estimand,
    Grade,
    ObsStatus,
    Reason,
    Result,
    Specification,
    Unit,
    Verdict,
)
from analytics.panel.windows import horizons
from analytics.release import measures
from analytics.release.figure import Figure, FigureKey
from analytics.release.measures import ALL, FOLLOW_EUROS, Measure

ROUGH_SHARES = ("measured_funded", "measured_comparison")
STEPS_OF_SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
TRAIT_DIGITS = 3  # of the mean of a trait: of a score in half points, all digits tell how many firms have one


def evidence_figures(assessment: Assessment) -> Iterator[Figure]:
    """Of every effect that carries a claim; then what is shown beside, of the programme."""
    for assessed in assessment.assessed:
        for finding in assessed.evidence.findings:
            yield from _of_finding(assessment, assessed, finding)
        yield from _of_specifications(assessment, assessed)
    yield from _beside(assessment)
    yield from _sensitivity(assessment)


def _key(assessment: Assessment, assessed: Assessed, measure: Measure) -> FigureKey:
    """The key of a measure of what an effect that carries a claim is about."""
    sample = assessment.sample
    return FigureKey(measure, sample.outcome, horizon=sample.horizon, group=group_named(assessed.by, assessed.group))


def _number(key: FigureKey, number: Range, counts: Counts) -> Figure:
    """A number with its interval, where it has one, and the level of that."""
    return Figure(
        key,
        number.unit,
        number.value,
        number.low,
        number.high,
        df=number.df,
        level=None if number.low is None else number.level,
        n_funded=counts[0],
        n_comparison=counts[1],
        obs_status=ObsStatus.ESTIMATED,
    )


def _missing(key: FigureKey, reason: Reason, conf: ConfStatus = ConfStatus.FREE) -> Figure:
    """No number, and no count of firms that would go with it."""
    return Figure(key, Unit.NUMBER, reason=reason, obs_status=ObsStatus.MISSING, conf_status=conf)


def _of_finding(assessment: Assessment, assessed: Assessed, finding: Finding) -> Iterator[Figure]:
    """A check: its number, or that it has none; then its further numbers."""
    counts = finding.n_funded, finding.n_comparison
    key = _key(assessment, assessed, measures.check_of(finding.check, assessed.estimand))
    if finding.number is None:
        figure = _missing(key, Reason.NOT_ESTIMABLE)
    else:
        number = finding.number
        if finding.check is Check.REPORTING:
            number = _of_reporting(number, finding)
        figure = _number(key, number, counts)
    yield replace(figure, result=finding.result, because=finding.because)
    for name, number in finding.further.items():
        told = number
        if name in ROUGH_SHARES:
            told = replace(number, value=_told_shares(finding)[name])
        elif name == "worst_case":
            told = _with_told_share(number, finding)
        yield _number(_key(assessment, assessed, measures.reading_of(name, assessed.estimand)), told, counts)


def _told_shares(finding: Finding) -> dict[str, float]:
    """Shares of firms measured, by name, as they are told: how many firms are measured is, so that a step must leave
    three numbers, at least, that the share may be of; beside all awards it would tell how many sell nothing.
    """
    measured = zip(ROUGH_SHARES, (finding.n_funded, finding.n_comparison), strict=True)
    steps = {name: next((step for step in STEPS_OF_SHARES if step * firms >= 3), 1.0) for name, firms in measured}
    return {name: to_step(finding.further[name].value, step) for name, step in steps.items()}


def _of_reporting(number: Range, finding: Finding) -> Range:
    """What the check of reporting found: a share, or the gap of the two, as those are told; the programme's to a point.
    Without limits, which would tell both shares.
    """
    told, (own, other) = _told_shares(finding), (finding.further[name].value for name in ROUGH_SHARES)
    named = {own: told[ROUGH_SHARES[0]], own - other: told[ROUGH_SHARES[0]] - told[ROUGH_SHARES[1]]}
    return replace(number, value=round(named.get(number.value, number.value), 2) + 0.0, low=None, high=None)


def _with_told_share(worst: Range, finding: Finding) -> Range:
    """The worst case by the share of firms measured as it is told: beside the effect, it would tell the exact one."""
    lower = min(ROUGH_SHARES, key=lambda name: finding.further[name].value)
    share = finding.further[lower].value
    if worst.low is None or worst.high is None or not share > 0:
        return worst
    theta, low, high = map(partial(as_estimated, worst.unit), (worst.value, worst.low, worst.high))
    moved = theta * (_told_shares(finding)[lower] / share - 1)
    value, low, high = as_shown(worst.unit, theta + moved, low + moved, high + moved)
    return replace(worst, value=value, low=low, high=high)


def _of_specifications(assessment: Assessment, assessed: Assessed) -> Iterator[Figure]:
    """The effect estimated in other ways, and whether its sign stays."""
    for varied in assessed.specifications:
        effect = varied.effect
        rough = varied.specification is Specification.SYMMETRIC_GROWTH and goes_by_sellers(
            Estimand.SYMMETRIC_GROWTH, assessment.programme, assessment.sample.outcome
        )
        if rough and isinstance(effect, EffectEstimate):
            effect = rough_estimate(effect)
        key = _key(assessment, assessed, measures.specification_of(varied.specification, assessed.estimand))
        if isinstance(effect, EffectEstimate):
            number = Range(effect.value, effect.unit, effect.ci_low, effect.ci_high, effect.level)
            figure = _number(key, number, (effect.n_funded, effect.n_comparison))
            figure = replace(figure, half_low=effect.half_low, half_high=effect.half_high)
            figure = without_counts(figure) if rough else figure
        else:
            secret = effect.reason is Reason.CONFIDENTIAL
            figure = _missing(key, effect.reason, ConfStatus.CONFIDENTIAL if secret else ConfStatus.FREE)
        yield replace(figure, result=varied.result, because=varied.because)


def _beside(assessment: Assessment) -> Iterator[Figure]:
    """Balance, overlap and other aid, of the programme. How many firms have a trait, or sell at all, is not told: it
    would tell how many sell nothing by their nature.
    """
    sample = assessment.sample

    def number(measure: Measure, value: float, unit: Unit, n: Counts, arm: str = ALL, horizon: str = "") -> Figure:
        """Withheld where an arm has too few firms to say something of them."""
        key = FigureKey(measure, sample.outcome, arm, horizon or sample.horizon)
        if min(n) < sample.settings.min_firms:
            return withheld_figure(key, unit, Reason.TOO_FEW_FIRMS, n)
        return _number(key, Range(value, unit), n)

    for trait in balance(sample):
        measure, n = measures.BALANCE[trait.trait], (trait.n_funded, trait.n_comparison)
        for arm, value, unit in (
            (Arm.FUNDED, trait.funded, trait.unit),
            (Arm.COMPARISON, trait.comparison, trait.unit),
            (ALL, trait.difference, Unit.DEVIATIONS),
        ):
            yield without_counts(number(measure, float(f"{value:.{TRAIT_DIGITS}g}"), unit, n, arm))
    picked = assessment.picked
    if picked is not None:
        n = picked.n_funded, picked.n_comparison
        yield number(measures.OVERLAP, picked.overlap, Unit.FRACTION, n)
        yield number(measures.TOLD_APART, picked.auc, Unit.FRACTION, n)
    firms = sample.group(sample.panel.funded)
    n = len(firms.rows), len(firms.others)
    for year in horizons(sample.panel, sample.settings):
        aid = other_aid(sample, year)
        for arm, share in zip(Arm, aid, strict=True) if aid is not None else ():
            rough = rough_share(share, min(n))
            yield without_counts(number(measures.OTHER_AID, rough, Unit.FRACTION, n, arm, str(year)))


def _sensitivity(assessment: Assessment) -> Iterator[Figure]:
    """The straight line's interval; what it would take to undo a direction, where one is claimed."""
    main = assessment.assessed[0]
    finding = next((finding for finding in main.evidence.findings if finding.check is Check.BEFORE), None)
    testable = finding is not None and finding.result is not Result.NOT_TESTABLE
    sensitivity = assessment.sensitivity if testable else None
    if finding is None or sensitivity is None:
        return
    n, unit = (finding.n_funded, finding.n_comparison), Unit.FRACTION
    low, high = sensitivity.straight_line
    middle, low, high = as_shown(unit, (low + high) / 2, low, high)
    straight_line = _key(assessment, main, measures.reading_of("straight_line", main.estimand))
    yield _number(straight_line, Range(middle, unit, low, high), n)
    claimed = main.evidence.grade in (Grade.MODERATE, Grade.LOW)
    directed = claimed and main.evidence.verdict not in (Verdict.CANNOT_TELL, Verdict.SAME)
    for name, value in (("bend", sensitivity.bend), ("relative", sensitivity.relative)):
        key = _key(assessment, main, measures.reading_of(name, main.estimand))
        if directed and value is not None:
            yield _number(key, Range(value, Unit.NUMBER), n)
        else:
            yield _missing(key, Reason.NEVER_LOST if directed else Reason.NO_DIRECTION)


# ---- claims ----------------------------------------------------------------------------------------------------------


def with_claims(figures: Iterable[Figure], assessment: Assessment) -> Iterator[Figure]:
    """The same figures; those that carry a claim with their grade and verdict. Money has those of the effect that it
    follows from; a share of losses has its grade, and says what its own interval allows.
    """
    evidence_of: dict[FigureKey, Evidence] = {}
    for assessed in assessment.assessed:
        money = FOLLOW_EUROS if assessed.estimand is Estimand.EURO_WEIGHTED and not assessed.by else ()
        for measure in (measures.EFFECTS[assessed.estimand], *money):
            evidence_of[_key(assessment, assessed, measure)] = assessed.evidence
    for figure in figures:
        evidence = evidence_of.get(figure.key)
        yield figure if evidence is None else _with_claim(figure, evidence)


def _with_claim(figure: Figure, evidence: Evidence) -> Figure:
    """A figure with the grade and verdict of the evidence that it stands on."""
    if figure.low is None or figure.high is None:
        described = evidence.grade is Grade.DESCRIPTION
        return replace(figure, grade=Grade.DESCRIPTION if described else Grade.WITHHELD)
    if figure.measure != measures.LOSSES_OFFSET:
        return replace(figure, grade=evidence.grade, verdict=evidence.verdict)
    allowed = verdict(figure.low, figure.high, 0.0, may_be_same=False)
    no_share_is_important = {Verdict.MUCH_HIGHER: Verdict.HIGHER, Verdict.MUCH_LOWER: Verdict.LOWER}
    return replace(figure, grade=evidence.grade, verdict=no_share_is_important.get(allowed, allowed))
