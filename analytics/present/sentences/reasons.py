"""Release parts -> why a claim has its grade, and what the case does not let anybody say."""

from dataclasses import dataclass

from analytics.language.text import Text
from analytics.model import Check, CheckReason, Estimand, Grade, Result, Unit, Verdict
from analytics.present.sentences.phrases import why
from analytics.present.verbs import Verb, verb_of
from analytics.release import Figure, Release
from analytics.release.measures import ALL, Measure, check_of, reading_of


@dataclass(frozen=True, slots=True)
class CheckInWords:
    """One check of a claim, as its figure has it, and in words."""

    check: Check
    figure: Figure
    result: Result
    because: CheckReason
    title: str
    outcome: str
    words: str


def estimand_of(claim: Figure) -> Estimand:
    """The estimand whose checks a claim stands on. Raises ValueError for a figure that carries no claim."""
    if claim.measure.about is None:
        raise ValueError(f"{claim.measure} carries no claim")
    return claim.measure.about


def checks(release: Release, figure: Figure) -> dict[Check, Figure]:
    """The figures of the checks that a claim rests on, in their order; empty where it is withheld."""
    if not figure.published or figure.measure.about is None:
        return {}
    figures = {check: figure_beside(release, figure, check_of(check, estimand_of(figure))) for check in Check}
    return {check: of_check for check, of_check in figures.items() if of_check is not None}


def figure_beside(release: Release, claim: Figure, measure: Measure, arm: str = ALL) -> Figure | None:
    """Another figure of the outcome, horizon and group that a claim is about."""
    return release.figure(measure, outcome=claim.outcome, arm=arm, horizon=claim.horizon, group=claim.group)


def reasons(release: Release, figure: Figure, text: Text) -> list[CheckInWords]:
    """What led to a claim's grade."""
    said = []
    for check, of_check in checks(release, figure).items():
        if of_check.result is not None and of_check.because is not None:
            named = _named_by_words(release, of_check)
            hidden = not named.published and of_check.result is not Result.NOT_TESTABLE
            words = why(named, release, text) if hidden else _because(release, of_check.because, named, text)
            if check is Check.BEFORE and figure.range_kind is None and figure.group and _whole_failed(release):
                words = f"{words} {text('because.whole_failed')}"  # a release of an earlier format has no code for it
            title, outcome = text(f"check.{check}"), text(f"result.{of_check.result}")
            said.append(CheckInWords(check, of_check, of_check.result, of_check.because, title, outcome, words))
    return said


def _whole_failed(release: Release) -> bool:
    """Whether the year before differed for the whole programme: then nothing is claimed of its groups."""
    whole = checks(release, release.headline()).get(Check.BEFORE)
    return whole is not None and whole.result is Result.FAIL


def _named_by_words(release: Release, check: Figure) -> Figure:
    """The figure that a check's words name: two groups are alike by the interval that says so, not by the wider one."""
    if check.because is not CheckReason.WITHIN_MIE:
        return check
    return figure_beside(release, check, reading_of("equivalence", estimand_of(check))) or check


def _because(release: Release, because: CheckReason, check: Figure, text: Text) -> str:
    """The reason in words, with the numbers that they name."""
    points = check.unit is Unit.POINTS

    def shown(value: float | None) -> str:
        if value is None:
            return ""
        if check.unit is Unit.COUNT:
            return text.number(value)
        return text.points(abs(value)) if points else text.percent(value, sign=check.low is not None)

    limits = release.importance.limits
    low, high = ("" if end is None else text.near(end, limits) for end in (check.low, check.high))
    return text(
        f"because.{because}",
        value=shown(check.value),
        in_value=text.percent_with("in_the", check.value or 0.0),
        span=text("format.span", low=low, high=high),
        the_mie=text.percent_with("the", release.importance.fraction),
        least_firms=text.number(release.settings.checks.least_firms),
        least_effective=text.number(release.settings.checks.least_effective),
    )


def grade_words(figure: Figure, text: Text) -> str:
    """The grade of a figure that carries a claim: 'Strength of the evidence: moderate.'"""
    return "" if figure.grade is None else text("grade.says", grade=text(f"grade.{figure.grade}"))


def grade_because(release: Release, figure: Figure, text: Text) -> str:
    """Why a claim has its grade, in one line: the checks that are not passed, by name; empty where it is withheld."""
    done = reasons(release, figure, text)
    if not done or figure.grade is None:
        return ""
    open_checks = [check for check in done if check.result is not Result.PASS]
    grade = text(f"grade.{figure.grade}")
    if not open_checks:
        return text("grade.because.all", grade=grade, n=text.number(len(done)))
    names = "; ".join(
        text("grade.because.check", title=check.title, outcome=check.outcome.lower()) for check in open_checks
    )
    slots = {"n": text.number(len(done)), "passed": text.number(len(done) - len(open_checks))}
    return text("grade.because.some", grade=grade, checks=names, **slots)


def why_words(release: Release, figure: Figure, text: Text) -> tuple[str, str]:
    """The question that the reasons answer, and the answer in a sentence: why «likely»?"""
    verb = verb_of(figure.grade or Grade.WITHHELD, figure.verdict or Verdict.CANNOT_TELL)
    all_passed = all(check.result is Result.PASS for check in checks(release, figure).values())
    told_by_range = "may_same" if figure.verdict is Verdict.SAME else "may_range"
    says = told_by_range if verb is Verb.MAY and all_passed else verb
    return text(f"why_verb.{verb}"), text(f"why_verb.says.{says}")


# ---- lists that follow from the case ---------------------------------------------------------------------------------
