"""What the evidence lacks: from the checks of a release to the column, constant or key that would mend it."""

from dataclasses import replace

import pytest

from analytics.build.omissions import ORDER, ClaimChecks, Omission, _claims, strength_of
from analytics.cli.strength import strength_lines
from analytics.demonstration import michigan
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Check, CheckReason, Grade, Result
from analytics.release import Release, Releases
from tests.helpers.michigan_release import _build, sales_only


@pytest.fixture(scope="module")
def release(demonstration) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


def main_of(release: Release) -> ClaimChecks:
    return next(claim for claim in _claims(release) if claim.effect.key == release.headline().key)


def without(claim: ClaimChecks, check: Check, because: CheckReason) -> ClaimChecks:
    """The same claim, had that check not been testable for that reason."""
    checks = dict(claim.checks)
    checks[check] = replace(checks[check], result=Result.NOT_TESTABLE, because=because)
    lacking = replace(claim, checks=checks)
    results = {name: figure.result for name, figure in checks.items()}
    return replace(lacking, grade=lacking.grade_by(results))


def test_every_grade_follows_from_the_checks_of_the_release(release):
    """What is told of a mended check rests on the rule that graded the release: the main figure's own."""
    main = main_of(release)
    assert main.grade == main.grade_by({check: figure.result for check, figure in main.checks.items()})
    assert set(main.checks) == set(Check)
    counts = strength_of(release).counts
    assert sum(counts.values()) == len(list(_claims(release))) > len(ORDER)


def test_without_a_source_a_claim_becomes_too_weak_and_the_source_mends_it(release):
    """The omission is named, and what it could raise the grade to is what it was."""
    main = main_of(release)
    lacking = without(main, Check.DESIGN, CheckReason.SOURCE_UNKNOWN)
    assert (main.grade, lacking.grade) == (Grade.LOW, Grade.VERY_LOW)
    assert lacking.behind(Check.DESIGN) is Omission.SOURCE
    assert lacking.could_be([Omission.SOURCE]) is main.grade
    assert lacking.could_be([Omission.SPECIFICATIONS, Omission.EARLIER_SALES]) is Grade.VERY_LOW


def test_two_omissions_are_not_mended_by_one(release):
    """Either alone changes nothing; both do."""
    lacking = without(main_of(release), Check.DESIGN, CheckReason.ELIGIBILITY_UNKNOWN)
    lacking = without(lacking, Check.BEFORE, CheckReason.NO_EARLIER_YEAR)
    assert {lacking.could_be([each]) for each in (Omission.REASONS, Omission.EARLIER_SALES)} == {Grade.VERY_LOW}
    assert lacking.could_be([Omission.REASONS, Omission.EARLIER_SALES]) is Grade.MODERATE


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_release_without_source_says_so_after_its_build(tmp_path, monkeypatch, language):
    """The column and the constant to add, the check that it stands behind, and what is the matter besides."""
    lines = [line for line in michigan.MAPPING.splitlines() if not line.startswith("source")]
    monkeypatch.setattr(michigan, "MAPPING", "\n".join(lines))
    _build(tmp_path, sales_only)
    strength = strength_of(Releases(Home(tmp_path).releases, "michigan-1988").open())
    behind = {one.omission: one.checks for one in strength.missing}
    assert behind[Omission.SOURCE] == (Check.DESIGN,)
    assert behind[Omission.EARLIER_SALES] == (Check.BEFORE,)
    assert behind[Omission.SPECIFICATIONS] == (Check.STABILITY,)
    assert (strength.grade, strength.together) == (Grade.VERY_LOW, Grade.MODERATE)
    said = "\n".join(strength_lines(strength, Text(language)))
    for words in ("[constants] source", "1986", "specifications", Text(language)("check.design")):
        assert words in said
