"""What the press office and the API get: every approved sentence with its figure, grade, reasons and mark."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Check, CheckReason, Grade, Result, Verdict
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import approved_sentences, headlines
from analytics.present.sentences.limits import cannot_say, do_not_say
from analytics.present.sentences.reasons import checks, reasons
from analytics.release import Release, Releases
from tests.helpers.michigan_release import Tables, built, funded_only, sales_only


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


@pytest.fixture(scope="module")
def michigan(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "michigan-1988").open()


def test_sentences_to_copy_carry_their_id_and_mark(release: Release) -> None:
    """What the press office takes away says which figure it is and that it is simulated, in short and at length."""
    for headline in approved_sentences(release, Text("it")):
        for words in (headline.sentence.short, headline.sentence.long):
            assert headline.figure.figure_id in headline.copied(words)
            assert headline.copied(words).startswith("DATI SIMULATI")


def test_json_equals_the_release(release: Release) -> None:
    """Every figure of the JSON is the release's, to the last digit, withheld ones with reason and null value."""
    payload = headlines(release, Text("en"))
    assert len(payload["headlines"]) > 30
    for item in payload["headlines"]:
        figure = release.by_id(item["figure_id"])
        assert figure is not None
        assert item["value"] == figure.value
        assert (item["value"] is None) == (item["reason"] is not None)


def test_the_reasons_travel_with_the_figure(release: Release) -> None:
    """Each published claim comes with its five checks, in order, each a figure with an id of its own."""
    claims = [item for item in headlines(release, Text("en"))["headlines"] if item["kind"] != "change"]
    assert len([item for item in claims if item["value"] is not None]) > 15
    for item in claims:
        if item["value"] is None:
            assert item["grade"] == "withheld"
            assert item["reasons"] == []
            continue
        assert [reason["check"] for reason in item["reasons"]] == list(Check)
        for reason in item["reasons"]:
            figure = release.by_id(reason["figure_id"])
            assert figure is not None
            assert (figure.result, figure.because, figure.value) == (
                reason["result"],
                reason["because"],
                reason["value"],
            )


def test_every_claim_has_the_grade_of_its_checks(release: Release) -> None:
    """Read from the release alone, the grade follows from the results that stand beside it."""
    from analytics.evidence.grade import grade_of

    whole = checks(release, release.headline())[Check.BEFORE].result
    for headline in approved_sentences(release, Text("en")):
        found = checks(release, headline.figure)
        if headline.kind is ClaimKind.CHANGE or not found:
            continue
        results = {check: one.result for check, one in found.items() if one.result is not None}
        before = whole if headline.figure.measure == release.headline().measure else results[Check.BEFORE]
        assert headline.figure.grade == grade_of(results, before)


def test_a_sector_without_an_estimate_says_why(release: Release) -> None:
    """Confidential and too few to tell are two reasons, and no range goes with either."""
    by_code = {(h.kind, h.dimension, h.code): h for h in approved_sentences(release, Text("it"))}
    secret = by_code[ClaimKind.EFFECT, "sector", "electronics"]
    few = by_code[ClaimKind.EFFECT, "sector", "other_making"]
    assert "riservato" in secret.sentence.long
    assert "meno di 10 imprese" in few.sentence.long
    assert secret.low is None
    assert few.low is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_said_follows_from_the_case(release: Release, michigan: Release, language: str) -> None:
    """Selection, competitors and a low point are always named; the best sector where the test does not reject; the
    direction where the headline does not tell."""
    text = Text(language)
    ours, theirs = cannot_say(release, text), cannot_say(michigan, text)
    for key in ("selection", "competitors", "low_point", "later"):
        assert text(f"cannot_say.{key}") in ours
        assert text(f"cannot_say.{key}") in theirs
    assert text("cannot_say.direction") not in ours
    assert text("cannot_say.direction") in theirs
    assert text("cannot_say.before_open") in theirs
    assert text("cannot_say.best_sector") not in theirs  # there is one sector
    equal = _with_test(release, 0.5)
    assert text("cannot_say.best_sector") in cannot_say(equal, text)
    assert text("cannot_say.best_sector") not in cannot_say(_with_test(release, 0.01), text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_not_to_say_follows_from_the_case(release: Release, michigan: Release, language: str) -> None:
    """Evidence for "may" bears no "likely", and that no plain claim; where only a range is known, no single number."""
    text = Text(language)
    assert text("do_not_say.likely") in do_not_say(_with_grade(release, Grade.LOW), text)
    assert text("do_not_say.certain") in do_not_say(_with_grade(release, Grade.MODERATE), text)
    assert text("do_not_say.divided") in do_not_say(release, text)
    assert text("do_not_say.number") in do_not_say(michigan, text)
    assert text("do_not_say.no_effect") in do_not_say(michigan, text)
    assert text("do_not_say.divided") not in do_not_say(michigan, text)
    assert text("do_not_say.best_sector") in do_not_say(_with_test(release, 0.5), text)
    assert text("do_not_say.sector_order") in do_not_say(_with_test(release, 0.01), text)


class Changed(Release):
    """A release of which figures of one measure are changed."""

    def __init__(self, release: Release, measure: str, **changes: object) -> None:
        self.__dict__.update(release.__dict__)
        self._other, self._measure, self._changes = release, measure, changes

    def figure(self, measure, **where):  # type: ignore[no-untyped-def]
        found = self._other.figure(measure, **where)
        return (
            dataclasses.replace(found, **self._changes) if found and measure.name.startswith(self._measure) else found
        )


def _with_test(release: Release, p: float) -> Release:
    """Had the test of equal sectors come out so."""
    return Changed(release, "sectors_differ", value=p)


def _with_grade(release: Release, grade: Grade) -> Release:
    """Had the headline this grade."""
    return Changed(release, release.programme.headline.estimand, grade=grade)


def test_michigan_is_too_weak_to_say_and_no_simulation(michigan: Release) -> None:
    """Real firms: the data begin too late to compare them before, and too few report. Labelled a method check."""
    first = approved_sentences(michigan, Text("en"))[0]
    assert first.figure.grade is Grade.VERY_LOW
    assert first.figure.verdict is Verdict.CANNOT_TELL
    assert first.sentence.long.startswith(
        "The evidence is too weak to say whether in the year of the grant sales of the"
    )
    assert "method check" in first.copied(first.sentence.short)
    found = {one.check: (one.result, one.because) for one in reasons(michigan, first.figure, Text("en"))}
    assert found[Check.BEFORE] == (Result.NOT_TESTABLE, CheckReason.NO_EARLIER_YEAR)
    assert found[Check.STABILITY] == (Result.NOT_TESTABLE, CheckReason.FEW_SPECIFICATIONS)


def in_thousands(applications: pd.DataFrame, sales: pd.DataFrame) -> Tables:
    """Of sales alone."""
    applications, sales = sales_only(applications, sales)
    return applications, sales.assign(sales=sales["sales"] / 1000)


def test_the_currency_changes_no_word(michigan: Release, tmp_path: Path) -> None:
    """The same sales in thousands give the same sentences on the effect, grades, verdicts and reasons."""
    made = built(tmp_path, in_thousands)
    for language in LANGUAGES:
        text = Text(language)
        for one, other in zip(approved_sentences(michigan, text), approved_sentences(made, text), strict=True):
            assert (one.figure.grade, one.figure.verdict) == (other.figure.grade, other.figure.verdict)
            if one.kind is not ClaimKind.MONEY:
                assert one.sentence == other.sentence
            assert [r.words for r in reasons(michigan, one.figure, text)] == [
                r.words for r in reasons(made, other.figure, text)
            ]


def test_a_programme_without_comparison_is_described_once(tmp_path: Path) -> None:
    """Nobody to compare with: a release all the same, one sentence, of the change, with the change's own id."""
    made = built(tmp_path, funded_only)
    assert made.headline().grade is Grade.DESCRIPTION
    [only] = approved_sentences(made, Text("en"))
    assert only.kind is ClaimKind.CHANGE
    assert only.figure.measure.name == "change"
    assert "not the effect of the grant" in only.sentence.long
    assert headlines(made, Text("it"))["headlines"][0]["grade"] == "description"
