"""Release parts -> why a claim has its grade, and what the case does not let anybody say."""

from dataclasses import dataclass

from analytics.language.text import Text
from analytics.model import FOLLOW_EUROS, Arm, Check, CheckReason, Estimand, Grade, Result, Unit, Verdict
from analytics.present.sentences.claims import Verb, groups_differ, tells, verb_of
from analytics.present.sentences.phrases import why
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
    settings = release.manifest["settings"]
    points = one.unit == Unit.POINTS

    def shown(value: float | None) -> str:
        if value is None:
            return ""
        if one.unit == Unit.COUNT:
            return text.number(value)
        return text.points(abs(value)) if points else text.percent(value, sign=one.low is not None)

    limits = (0.0, settings["mie"], -settings["mie"])
    low, high = ("" if end is None else text.near(end, limits) for end in (one.low, one.high))
    return text(
        f"because.{because}",
        value=shown(one.value),
        in_value=text.percent_with("in_the", one.value or 0.0),
        span=text("format.span", low=low, high=high),
        the_mie=text.percent_with("the", settings["mie"]),
    )


def grade_words(figure: Figure, text: Text) -> str:
    """The grade of a figure that carries a claim: 'Strength of the evidence: moderate.'"""
    return "" if figure.grade is None else text("grade.says", grade=text(f"grade.{figure.grade}"))


def why_words(figure: Figure, text: Text) -> tuple[str, str]:
    """The question that the reasons answer, and the answer in a sentence: why «likely»?"""
    verb = verb_of(figure.grade or Grade.WITHHELD, figure.verdict or Verdict.CANNOT_TELL)
    return text(f"why_verb.{verb}"), text(f"why_verb.says.{verb}")


# ---- lists that follow from the case ---------------------------------------------------------------------------------


def cannot_say(release: Release, text: Text) -> list[str]:
    """What no figure of this release can tell."""
    main = release.headline()
    keys = ["selection", "competitors", "low_point"]
    before = checks(release, main).get(Check.BEFORE)
    if before is not None and before.result is not Result.PASS:
        keys.append("before_failed" if before.result is Result.FAIL else "before_open")
    if not tells(main):
        keys.append("direction")
    if len(release.codes("sector")) > 1 and not groups_differ(release, "sector"):
        keys.append("best_sector")
    if release.programme.outcome(main.outcome).share_of is not None:
        keys.append("total")
    return [text(f"cannot_say.{key}") for key in (*keys, "later")]


def total_effect(release: Release) -> Figure | None:
    """The effect on what the headline's outcome is a part of: the grant may move sales from the rest of it."""
    headline = release.programme.headline
    whole = release.programme.outcome(headline.outcome).share_of
    if whole is None:
        return None
    return release.figure(Estimand.EURO_WEIGHTED, outcome=whole, horizon=str(headline.horizon))


def do_not_say(release: Release, text: Text) -> list[str]:
    """Sentences that the figures of this release would not bear."""
    main = release.headline()
    headline = release.programme.headline
    keys = ["thanks_to"]
    if release.figure("change", outcome=headline.outcome, arm=Arm.FUNDED, horizon=str(headline.horizon)):
        keys.append("change_as_effect")
    if main.grade is not None and main.verdict is not None:
        keys.append({Verb.LIKELY: "certain", Verb.MAY: "likely"}.get(verb_of(main.grade, main.verdict), "number"))
        if main.verdict in (Verdict.CANNOT_TELL, Verdict.SAME) or main.grade is Grade.VERY_LOW:
            keys.append("no_effect")
    if len(release.codes("sector")) > 1:
        keys.append("sector_order" if groups_differ(release, "sector") else "best_sector")
    keys.append("point_alone")
    if release.figure("extra_sales", outcome=headline.outcome, horizon=str(headline.horizon)):
        keys.append("profit")
    divided = [tranche for tranche in release.programme.tranches if tranche.announced_eur_is == "grants"]
    if any(t.announced_eur for t in divided) and len(release.programme.tranches) > 1:
        keys.append("divided")
    return [text(f"do_not_say.{key}") for key in keys]
