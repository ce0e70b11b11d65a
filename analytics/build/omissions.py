"""Why the evidence of a release is no stronger: which check did not pass, what is missing behind it, and how far its
reliability could rise if that were added.

Told from the release alone: from the result and reason of every check of every effect that carries a claim.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from analytics.evidence.grade import grade_of
from analytics.language.text import Text
from analytics.model import Check, CheckReason, Estimand, Grade, Result
from analytics.release import Figure, Release
from analytics.release.measures import EFFECTS, check_of, specification_of

ORDER = (Grade.VERY_LOW, Grade.LOW, Grade.MODERATE)  # from weak to strong


class Omission(StrEnum):
    """What is missing behind a check: a column or constant of a file, sales, or a key of the programme file."""

    SOURCE = "source"
    REASONS = "reasons"
    EARLIER_SALES = "earlier_sales"
    MISSING_SALES = "missing_sales"
    SPECIFICATIONS = "specifications"


_BEHIND = {
    CheckReason.SOURCE_UNKNOWN: Omission.SOURCE,
    CheckReason.ELIGIBILITY_UNKNOWN: Omission.REASONS,
    CheckReason.NO_EARLIER_YEAR: Omission.EARLIER_SALES,
    CheckReason.FEW_MEASURED: Omission.MISSING_SALES,
    CheckReason.REPORTED_UNLIKE: Omission.MISSING_SALES,
    CheckReason.FEW_SPECIFICATIONS: Omission.SPECIFICATIONS,
}


@dataclass(frozen=True, slots=True)
class ClaimChecks:
    """An effect that carries a claim: its grade, and its checks, each a figure with result and reason. whole_before:
    how the year before came out for the programme, where the effect is of a group.
    """

    effect: Figure
    grade: Grade
    checks: Mapping[Check, Figure]
    whole_before: Result | None

    def behind(self, check: Check) -> Omission | None:
        """What is missing behind a check that did not pass; None where nothing is, and the data say so."""
        because = self.checks[check].because
        return None if because is None else _BEHIND.get(because)

    def not_passed(self) -> list[Check]:
        """The checks that did not pass, in their order."""
        return [check for check in Check if check in self.checks and self.checks[check].result is not Result.PASS]

    def could_be(self, mended: Sequence[Omission]) -> Grade:
        """The grade that it could reach at most, if what is missing were added and its checks then passed."""
        results = {check: figure.result for check, figure in self.checks.items() if figure.result is not None}
        passed = {check: Result.PASS for check in self.not_passed() if self.behind(check) in mended}
        if self.grade_by(results) != self.grade:  # held down by more than its checks
            return self.grade
        return self.grade_by(results | passed)

    def grade_by(self, results: Mapping[Check, Result]) -> Grade:
        """The grade that these results give."""
        return grade_of(results, self.whole_before)


@dataclass(frozen=True, slots=True)
class Missing:
    """One omission. checks: those of the main figure that it stands behind, none where it stands behind others' alone;
    grade: what the main figure could reach at most if this alone were added; behind: effects whose checks it keeps from
    passing; would_rise: those of them whose grade could rise by this alone; details: what fills its sentence.
    """

    omission: Omission
    checks: tuple[Check, ...]
    grade: Grade
    behind: int
    would_rise: int
    details: Mapping[str, object] = field(default_factory=dict)

    def said(self, text: Text) -> str:
        """What is missing, and how to add it."""
        return text(f"needed.{self.omission}", **self.details)


@dataclass(frozen=True, slots=True)
class Strength:
    """How strong the evidence of a release is, and why it is no stronger. grade: of the main figure, None where it
    carries no claim; counts: effects by grade; missing: omissions, those that would raise the main figure most first;
    together: what it could reach at most if all were added; by_data: checks of the main figure that did not pass and
    behind which nothing is missing.
    """

    grade: Grade | None
    counts: Mapping[Grade, int]
    missing: tuple[Missing, ...]
    together: Grade | None
    by_data: tuple[Check, ...]


def strength_of(release: Release) -> Strength:
    """The strength of a release's evidence."""
    claims = list(_claims(release))
    main = next((claim for claim in claims if claim.effect.key == release.headline().key), None)
    counts = {grade: sum(claim.grade is grade for claim in claims) for grade in ORDER}
    found = [one for omission in Omission if (one := _missing(omission, main, claims, release)) is not None]
    found.sort(key=lambda one: (-ORDER.index(one.grade), not one.checks))
    if main is None:
        return Strength(None, counts, tuple(found), None, ())
    by_data = tuple(check for check in main.not_passed() if main.behind(check) is None)
    return Strength(main.grade, counts, tuple(found), main.could_be(list(Omission)), by_data)


def _missing(
    omission: Omission, main: ClaimChecks | None, claims: Sequence[ClaimChecks], release: Release
) -> Missing | None:
    of = [claim for claim in claims if any(claim.behind(check) is omission for check in claim.not_passed())]
    if not of:
        return None
    rising = [claim for claim in of if claim.could_be([omission]) != claim.grade]
    checks = () if main is None else tuple(check for check in main.not_passed() if main.behind(check) is omission)
    grade = Grade.VERY_LOW if main is None else main.could_be([omission])
    return Missing(omission, checks, grade, len(of), len(rising), _details(omission, release))


def _details(omission: Omission, release: Release) -> dict[str, object]:
    """What fills the sentence of an omission."""
    programme, manifest = release.programme, release.manifest
    if omission is Omission.EARLIER_SALES:
        before = (pd.Period(period, freq=manifest.frequency) for period in manifest.before)
        year = {"M": 12, "Q": 4, "Y": 1}[manifest.frequency]
        first, last = (period - year for period in before)
        return {"first": first, "last": last, "found": manifest.first_period}
    if omission is Omission.SPECIFICATIONS:
        tested = _tested(release)
        listed = len(programme.specifications)
        return {"n": listed, "possible": tested, "least": programme.checks.least_specifications}
    return {}


def _tested(release: Release) -> int:
    """Of how many of the listed specifications the sign of the main figure was compared."""
    estimand = release.programme.headline.estimand
    figures = (release.main(specification_of(each, estimand)) for each in release.programme.specifications)
    return sum(figure is not None and figure.result in (Result.PASS, Result.FAIL) for figure in figures)


def _claims(release: Release) -> Iterator[ClaimChecks]:
    """Every effect of the release that carries a claim, the main figure's outcome and horizon."""
    question = release.programme.headline
    whole = release.main(check_of(Check.BEFORE, question.estimand))
    for estimand in dict.fromkeys((question.estimand, Estimand.EURO_WEIGHTED)):
        rows = release.figures[
            (release.figures["measure"] == EFFECTS[estimand].name)
            & (release.figures["outcome"] == question.outcome)
            & (release.figures["horizon"] == question.horizon_code)
            & release.figures["grade"].isin([grade.value for grade in ORDER])
        ]
        for figure_id in rows["figure_id"]:
            effect = release.by_id(str(figure_id))
            if effect is None or effect.grade is None:
                continue
            measured = {check: release.main(check_of(check, estimand), group=effect.key.group) for check in Check}
            checks = {check: figure for check, figure in measured.items() if figure is not None}
            before = whole.result if whole is not None and effect.key.group else None
            yield ClaimChecks(effect, effect.grade, checks, before)
