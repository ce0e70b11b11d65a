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
from analytics.present.sentences.phrases import described
from analytics.present.sentences.reasons import checks, reasons
from analytics.release import Release, Releases
from analytics.release.measures import other_group
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
    """Each published claim comes with its five checks, in order, each a figure with an id of its own. What is said of
    several groups at once rests on those of each, and names none.
    """
    claims = [item for item in headlines(release, Text("en"))["headlines"] if item["kind"] != "change"]
    assert len([item for item in claims if item["value"] is not None]) > 15
    for item in claims:
        if item["value"] is None:
            assert item["grade"] == "withheld"
            assert item["reasons"] == []
            continue
        if item["kind"] in (ClaimKind.COUNT, ClaimKind.PAIR):
            assert item["grade"] in ("moderate", "low", "very_low")
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


def test_json_holds_the_range_that_a_sentence_prints(release: Release) -> None:
    """By the columns that it names: of a group the range that the others make short, of the programme its own."""
    found = headlines(release, Text("en"))["headlines"]
    groups = [item for item in found if item["kind"] == "effect" and item["value"] is not None]
    assert len(groups) > 10
    for item in groups:
        low, high = (item[name] for name in item["range_in_sentence"].split(", "))
        assert item["range_in_sentence"].startswith("low" if item["dimension"] == "*" else "shared_low")
        assert Text("en")("format.span", low=near(low, release), high=near(high, release)) in item["sentence"]


def near(end: float, release: Release) -> str:
    """An end of a range, as sentences print it."""
    return Text("en").near(end, release.importance.limits)


def test_what_is_said_of_several_groups_is_said_once(release: Release) -> None:
    """Of each list of groups in how many something is gained, and each pair that lies apart, by its own figure."""
    said = [one for one in approved_sentences(release, Text("en")) if one.kind in (ClaimKind.COUNT, ClaimKind.PAIR)]
    measures = [one.figure.measure.name for one in said if one.kind is ClaimKind.COUNT]
    assert measures == ["macro_sectors_gaining_typical_firm", "sectors_gaining_typical_firm"]
    pairs = [one.figure for one in said if one.kind is ClaimKind.PAIR]
    figures = release.figures
    held = figures[figures["measure"].str.startswith("beside_") & figures["value"].notna()]
    assert sorted(one.figure_id for one in pairs) == sorted(held["figure_id"])
    assert len(pairs) > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_count_and_a_pair_are_described_as_what_they_are(release: Release, language: str) -> None:
    """Where `verify` prints them: no test of equal groups, and of a pair both groups."""
    text = Text(language)
    for one in approved_sentences(release, text):
        if one.kind not in (ClaimKind.COUNT, ClaimKind.PAIR):
            continue
        said = described(release, one.figure, text)
        assert text("measure.groups_differ") not in said
        if one.kind is ClaimKind.PAIR:
            ((dimension, first),) = one.figure.group
            for code in (first, other_group(one.figure.measure)):
                assert release.programme.label(dimension, code, text) in said


DIRECTED = (Verdict.HIGHER, Verdict.MUCH_HIGHER, Verdict.LOWER, Verdict.MUCH_LOWER)
ALLOWED = (CheckReason.TREND_HOLDS, CheckReason.TREND_MAY_HOLD)


def test_every_claim_has_the_grade_of_its_checks(release: Release) -> None:
    """Read from the release alone, the grade follows from the results that stand beside it; of a group also from the
    programme's own range, and from its p: "likely" takes a range of 98% beyond zero.
    """
    from analytics.evidence.grade import grade_of

    main, seen = release.headline(), set()
    whole = checks(release, main)[Check.BEFORE].result
    assert main.low is not None
    assert main.high is not None
    gate = {Verdict.HIGHER, Verdict.MUCH_HIGHER} if main.low > 0 else set()
    gate |= {Verdict.LOWER, Verdict.MUCH_LOWER} if main.high < 0 else set()
    for headline in approved_sentences(release, Text("en")):
        figure, found = headline.figure, checks(release, headline.figure)
        if headline.kind in (ClaimKind.CHANGE, ClaimKind.COUNT, ClaimKind.PAIR) or not found:
            continue
        results = {check: one.result for check, one in found.items() if one.result is not None}
        before = whole if figure.measure == main.measure else results[Check.BEFORE]
        grade = grade_of(results, before)
        if figure.group and figure.verdict in DIRECTED:
            assert figure.p_value is not None
            if figure.verdict not in gate or found[Check.BEFORE].because not in ALLOWED:
                grade = Grade.VERY_LOW
            elif grade is Grade.MODERATE and figure.p_value >= 0.02:
                grade = Grade.LOW
        if figure.group and figure.verdict is Verdict.SAME:
            assert figure.grade in (grade, Grade.LOW)
            continue
        assert figure.grade == grade
        seen.add((bool(figure.group), grade))
    assert len(seen) > 3


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
    """Selection, competitors and a low point are always named; the best sector where the test does not reject and no
    pair lies apart; the direction where the headline does not tell."""
    text = Text(language)
    ours, theirs = cannot_say(release, text), cannot_say(michigan, text)
    for key in ("selection", "competitors", "low_point", "later"):
        assert text(f"cannot_say.{key}") in ours
        assert text(f"cannot_say.{key}") in theirs
    assert text("cannot_say.direction") not in ours
    assert text("cannot_say.direction") in theirs
    assert text("cannot_say.before_open") in theirs
    assert text("cannot_say.best_sector") not in theirs  # there is one sector
    assert text("cannot_say.best_sector") in cannot_say(_with_test(release, 0.5), text)
    assert text("cannot_say.best_sector") not in cannot_say(_with_test(release, 0.01), text)
    assert text("cannot_say.best_sector") not in cannot_say(_with_test(release, 0.5, pairs=True), text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_not_to_say_follows_from_the_case(release: Release, michigan: Release, language: str) -> None:
    """Evidence for "may" bears no "likely", and that no plain claim; where only a range is known, no single number;
    where pairs lie apart no ranking of all, though the test rejects.
    """
    text = Text(language)
    assert text("do_not_say.likely") in do_not_say(_with_grade(release, Grade.LOW), text)
    assert text("do_not_say.certain") in do_not_say(_with_grade(release, Grade.MODERATE), text)
    assert text("do_not_say.divided") in do_not_say(release, text)
    assert text("do_not_say.number") in do_not_say(michigan, text)
    assert text("do_not_say.no_effect") in do_not_say(michigan, text)
    assert text("do_not_say.divided") not in do_not_say(michigan, text)
    kinds = {key: text(f"do_not_say.{key}") for key in ("best_sector", "sector_order", "sector_ranking")}
    for changed, kind in (
        (_with_test(release, 0.5), "best_sector"),
        (_with_test(release, 0.01), "sector_order"),
        (_with_test(release, 0.5, pairs=True), "sector_ranking"),
        (_with_test(release, 0.01, pairs=True), "sector_ranking"),
    ):
        assert [key for key, words in kinds.items() if words in do_not_say(changed, text)] == [kind]


class Changed(Release):
    """A release of which figures of one measure are changed, and those of another are not there."""

    def __init__(self, release: Release, measure: str, gone: str = "", **changes: object) -> None:
        self.__dict__.update(release.__dict__)
        self._other, self._measure, self._gone, self._changes = release, measure, gone, changes

    def figure(self, measure, **where):  # type: ignore[no-untyped-def]
        found = self._other.figure(measure, **where)
        if found is None or (self._gone and measure.name.startswith(self._gone)):
            return None
        return dataclasses.replace(found, **self._changes) if measure.name.startswith(self._measure) else found


def _with_test(release: Release, p: float, *, pairs: bool = False) -> Release:
    """Had the test of equal sectors come out so, with the pairs that lie apart or without any."""
    return Changed(release, "sectors_differ", "" if pairs else "beside_", value=p)


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
