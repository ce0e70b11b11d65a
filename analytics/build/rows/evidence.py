"""Checks, specifications and what is shown beside them, as figures: each with its number, result and reason."""

from collections.abc import Iterable, Iterator

from analytics.build.assessment import Assessed, Assessment
from analytics.build.rows.row import Counts, Row, cell_of_group, rough_share, withheld_row
from analytics.estimate.effects import EffectEstimate, as_shown
from analytics.evidence.balance import balance, other_aid
from analytics.evidence.findings import Finding, Range
from analytics.evidence.grade import verdict
from analytics.model import (
    FOLLOW_EUROS,
    Arm,
    Check,
    ConfStatus,
    Estimand,
    Grade,
    ObsStatus,
    Reason,
    Result,
    Unit,
    Verdict,
)
from analytics.panel.windows import horizons
from analytics.programme.dimensions import DIMENSIONS

MEASURED = ("measured_funded", "measured_comparison")
# how many firms there are with a trait, or at all that sell, would tell how many sell nothing by their nature
NO_COUNTS = {"n_funded": None, "n_comparison": None}


def evidence_rows(assessment: Assessment) -> Iterator[Row]:
    """Of every effect that carries a claim; then what is shown beside, of the programme."""
    for one in assessment.assessed:
        cell = _cell(assessment, one)
        for finding in one.evidence.findings:
            yield from _finding_rows(cell, one, finding)
        yield from _specification_rows(cell, one)
    yield from _beside(assessment)


def _cell(assessment: Assessment, one: Assessed) -> Row:
    sample = assessment.sample
    return cell_of_group(one.by, one.group, outcome=sample.outcome, horizon=sample.horizon)


def _number(number: Range, n: tuple[int, int]) -> Row:
    return {
        "value": number.value,
        "unit": number.unit,
        "low": number.low,
        "high": number.high,
        "level": None if number.low is None else number.level,
        "n_funded": n[0],
        "n_comparison": n[1],
        "obs_status": ObsStatus.ESTIMATED,
        "conf_status": ConfStatus.FREE,
    }


def _missing(reason: Reason, unit: Unit, conf: ConfStatus = ConfStatus.FREE) -> Row:
    return {"unit": unit, "reason": reason, "obs_status": ObsStatus.MISSING, "conf_status": conf}


def _finding_rows(cell: Row, one: Assessed, finding: Finding) -> Iterator[Row]:
    n = finding.n_funded, finding.n_comparison
    number = _missing(Reason.NOT_ESTIMABLE, Unit.NUMBER) if finding.number is None else _number(finding.number, n)
    if finding.check is Check.REPORTING and finding.number is not None:
        number["value"] = round(finding.number.value, 2) + 0.0
    said = {"result": finding.result, "because": finding.because}
    yield cell | {"measure": f"check_{finding.check}_{one.estimand}"} | number | said
    for name, further in finding.further.items():
        row = _number(further, n)
        if name in MEASURED:
            row["value"] = rough_share(row["value"], max(n))
        yield cell | {"measure": f"{name}_{one.estimand}"} | row


def _specification_rows(cell: Row, one: Assessed) -> Iterator[Row]:
    for varied in one.specifications:
        row = cell | {"measure": f"spec_{varied.specification}_{one.estimand}"}
        row |= {"result": varied.result, "because": varied.because}
        effect = varied.effect
        if isinstance(effect, EffectEstimate):
            shown = Range(effect.value, effect.unit, effect.ci_low, effect.ci_high, effect.level)
            half = {"half_low": effect.half_low, "half_high": effect.half_high}
            yield row | _number(shown, (effect.n_funded, effect.n_comparison)) | half
        else:
            secret = effect.reason is Reason.FEW_FIRMS_APART
            yield row | _missing(effect.reason, Unit.NUMBER, ConfStatus.SECONDARY if secret else ConfStatus.FREE)


def _beside(assessment: Assessment) -> Iterator[Row]:
    sample = assessment.sample
    cell = cell_of_group((), (), outcome=sample.outcome, horizon=sample.horizon)

    def number(value: float, unit: Unit, n: Counts) -> Row:
        """Withheld where an arm has too few firms to say something of them."""
        if min(n) < sample.settings.min_firms:
            return {"unit": unit} | withheld_row(Reason.TOO_FEW_FIRMS, n)
        return _number(Range(value, unit), n)

    for trait in balance(sample):
        n = trait.n_funded, trait.n_comparison
        row = cell | {"measure": f"balance_{trait.trait}"}
        yield row | {"arm": Arm.FUNDED} | number(trait.funded, trait.unit, n) | NO_COUNTS
        yield row | {"arm": Arm.COMPARISON} | number(trait.comparison, trait.unit, n) | NO_COUNTS
        yield row | number(trait.difference, Unit.DEVIATIONS, n) | NO_COUNTS
    picked = assessment.picked
    if picked is not None:
        n = picked.n_funded, picked.n_comparison
        yield cell | {"measure": "overlap"} | number(picked.overlap, Unit.FRACTION, n)
        yield cell | {"measure": "told_apart"} | number(picked.auc, Unit.FRACTION, n)
    for year in horizons(sample.panel, sample.settings):
        aid = other_aid(sample, year)
        if aid is not None:
            firms = sample.group(sample.panel.funded)
            n = len(firms.rows), len(firms.others)
            for arm, share in zip(Arm, aid, strict=True):
                later = {"measure": "other_aid", "arm": arm, "horizon": str(year)}
                yield cell | later | number(rough_share(share, min(n)), Unit.FRACTION, n) | NO_COUNTS
    yield from _sensitivity_rows(cell, assessment)


def _sensitivity_rows(cell: Row, assessment: Assessment) -> Iterator[Row]:
    """The straight line's interval; what it would take to undo a direction, where one is claimed."""
    main = assessment.assessed[0]
    finding = next((finding for finding in main.evidence.findings if finding.check is Check.BEFORE), None)
    testable = finding is not None and finding.result is not Result.NOT_TESTABLE
    found = assessment.sensitivity if testable else None
    if finding is None or found is None:
        return
    n, unit = (finding.n_funded, finding.n_comparison), Unit.FRACTION
    low, high = found.straight_line
    middle, low, high = as_shown(unit, (low + high) / 2, low, high)
    yield cell | {"measure": f"straight_line_{main.estimand}"} | _number(Range(middle, unit, low, high), n)
    claimed = main.evidence.grade in (Grade.MODERATE, Grade.LOW)
    directed = claimed and main.evidence.verdict not in (Verdict.CANNOT_TELL, Verdict.SAME)
    for name, value in (("bend", found.bend), ("relative", found.relative)):
        row = cell | {"measure": f"{name}_{main.estimand}"}
        if directed and value is not None:
            yield row | _number(Range(value, Unit.NUMBER), n)
        else:
            yield row | _missing(Reason.NEVER_LOST if directed else Reason.NO_DIRECTION, Unit.NUMBER)


# ---- claims ----------------------------------------------------------------------------------------------------------


def claimed(rows: Iterable[Row], assessment: Assessment) -> Iterator[Row]:
    """The same rows; those that carry a claim with their grade and verdict. Money has those of the effect that it
    follows from; a share of losses has its grade, and says what its own interval allows.
    """
    held = {}
    for one in assessment.assessed:
        money = FOLLOW_EUROS if one.estimand is Estimand.EURO_WEIGHTED and not one.by else ()
        for measure in (one.estimand, *money):
            held[_key(_cell(assessment, one) | {"measure": measure})] = one.evidence
    for row in rows:
        evidence = held.get(_key(row))
        if evidence is None:
            yield row
        elif row.get("value") is None:
            described = evidence.grade is Grade.DESCRIPTION
            yield row | {"grade": Grade.DESCRIPTION if described else Grade.WITHHELD}
        elif row["measure"] == "losses_offset":
            told = verdict(row["low"], row["high"], 0.0, may_be_same=False)
            plain = {Verdict.MUCH_HIGHER: Verdict.HIGHER, Verdict.MUCH_LOWER: Verdict.LOWER}  # no share is "important"
            yield row | {"grade": evidence.grade, "verdict": plain.get(told, told)}
        else:
            yield row | {"grade": evidence.grade, "verdict": evidence.verdict}


def _key(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("outcome", "measure", "arm", "horizon", *DIMENSIONS))
