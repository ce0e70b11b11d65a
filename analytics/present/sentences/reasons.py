"""Release parts -> why a claim has its grade, and what the case does not let anybody say."""

from dataclasses import dataclass

from analytics.language.text import Text
from analytics.model import FOLLOW_EUROS, Check, CheckReason, Estimand, Grade, Result, Unit, Verdict
from analytics.present.sentences.phrases import why
from analytics.present.verbs import verb_of
from analytics.release import Figure, Release


@dataclass(frozen=True, slots=True)
class CheckSaid:
    """One check of a claim, as its figure has it, and in words."""

    check: Check
    figure: Figure
    result: Result
    because: CheckReason
    title: str
    outcome: str
    words: str


def estimand_of(claim: Figure) -> str:
    """The estimand whose checks a claim stands on."""
    return Estimand.EURO_WEIGHTED if claim.measure in FOLLOW_EUROS else claim.measure


def checks(release: Release, figure: Figure) -> dict[Check, Figure]:
    """The figures of the checks that a claim rests on, in their order; empty where it is withheld."""
    if not figure.published:
        return {}
    estimand, group = estimand_of(figure), dict(release.group_of(figure))
    found = {
        check: release.figure(f"check_{check}_{estimand}", outcome=figure.outcome, horizon=figure.horizon, group=group)
        for check in Check
    }
    return {check: one for check, one in found.items() if one is not None}


def reasons(release: Release, figure: Figure, text: Text) -> list[CheckSaid]:
    """What led to a claim's grade."""
    said, group = [], release.group_of(figure)
    for check, one in checks(release, figure).items():
        if one.result is not None and one.because is not None:
            read = _read(release, one)
            hidden = not read.published and one.result is not Result.NOT_TESTABLE
            words = why(read, release, text) if hidden else _because(release, one.because, read, text)
            if check is Check.BEFORE and group and _whole_failed(release):
                words = f"{words} {text('because.whole_failed')}"
            title, outcome = text(f"check.{check}"), text(f"result.{one.result}")
            said.append(CheckSaid(check, one, one.result, one.because, title, outcome, words))
    return said


def _whole_failed(release: Release) -> bool:
    """Whether the year before differed for the whole programme: then nothing is claimed of its groups."""
    whole = checks(release, release.headline()).get(Check.BEFORE)
    return whole is not None and whole.result is Result.FAIL


def _read(release: Release, check: Figure) -> Figure:
    """The figure that a check's words name: two groups are alike by the interval that says so, not by the wider one."""
    if check.because is not CheckReason.WITHIN_MIE:
        return check
    measure = check.measure.replace(f"check_{Check.BEFORE}", "equivalence")
    group = dict(release.group_of(check))
    return release.figure(measure, outcome=check.outcome, horizon=check.horizon, group=group) or check


def _because(release: Release, because: CheckReason, one: Figure, text: Text) -> str:
    """The reason in words, with the numbers that they name."""
    points = one.unit == Unit.POINTS

    def shown(value: float | None) -> str:
        if value is None:
            return ""
        if one.unit == Unit.COUNT:
            return text.number(value)
        return text.points(abs(value)) if points else text.percent(value, sign=one.low is not None)

    low, high = ("" if end is None else text.near(end, release.importance.limits) for end in (one.low, one.high))
    return text(
        f"because.{because}",
        value=shown(one.value),
        in_value=text.percent_with("in_the", one.value or 0.0),
        span=text("format.span", low=low, high=high),
        the_mie=text.percent_with("the", release.importance.fraction),
    )


def grade_words(figure: Figure, text: Text) -> str:
    """The grade of a figure that carries a claim: 'Strength of the evidence: moderate.'"""
    return "" if figure.grade is None else text("grade.says", grade=text(f"grade.{figure.grade}"))


def why_words(figure: Figure, text: Text) -> tuple[str, str]:
    """The question that the reasons answer, and the answer in a sentence: why «likely»?"""
    verb = verb_of(figure.grade or Grade.WITHHELD, figure.verdict or Verdict.CANNOT_TELL)
    return text(f"why_verb.{verb}"), text(f"why_verb.says.{verb}")


# ---- lists that follow from the case ---------------------------------------------------------------------------------
