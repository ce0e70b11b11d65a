"""What the reading pages say beside their pictures: as strong as the evidence, true of the numbers, in their order."""

import itertools
import re
import tomllib
from dataclasses import replace
from typing import cast

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES, Text, sentences, speaking
from analytics.model import Arm, Check, Grade, ObsStatus, Result, Verdict
from analytics.present.asked import Asked
from analytics.present.sentences.changes import changes_heading, changes_words, sums_words
from analytics.present.sentences.guidance import guidance
from analytics.present.sentences.lasting import lasting_heading, lasting_sentence
from analytics.present.sentences.panels import companions, losses_words, money_heading, money_words
from analytics.present.sentences.phrases import before_phrase, year_label
from analytics.present.sentences.reasons import checks, grade_because
from analytics.present.sentences.together import surer_note
from analytics.present.sentences.where import row_verb, surer_words, told_groups, where_words
from analytics.present.tables.audit import steps_to_analysed
from analytics.present.tables.changes import held_table, update_words, updates_table
from analytics.present.tables.facts import Fact, sector_facts
from analytics.present.verbs import Verb, verb_of
from analytics.present.written import EMPTY, claim_cell, rate_span
from analytics.programme.classifications import DIVISIONS
from analytics.programme.sector_search import find_sector, sector_option, sectors_meant
from analytics.release import Figure, Release, Releases
from analytics.release.difference import Change
from analytics.release.figure_id import short
from analytics.release.measures import Measure, measure_named
from tests.helpers.instead import Instead, ranged, withheld

CLAIMS = list(itertools.product((Grade.MODERATE, Grade.LOW, Grade.VERY_LOW), Verdict))
OPEN = [(grade, verdict) for grade, verdict in CLAIMS if verb_of(grade, verdict) in (Verb.CANNOT_TELL, Verb.TOO_WEAK)]
STRONG = {"it": "probabil", "en": "likely"}
WEAK = {"it": ("potrebbe", "possibile"), "en": ("may", "possible")}
POINT = 0.777  # a number that nothing else says


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


@pytest.fixture(scope="module")
def michigan(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "michigan-1988").open()


def of(release: Release, measure: str, arm: str = "*", horizon: str = "overall", **group: str) -> Figure:
    found = release.figure(measure_named(measure), outcome="online_sales", arm=arm, horizon=horizon, group=group)
    assert found is not None
    return found


def sector_claims(release: Release) -> dict[str, Figure]:
    asked = Asked.headline(release)
    found = {code: asked.effect(release, [("sector", code)]) for code in release.codes("sector")}
    return {code: figure for code, figure in found.items() if figure is not None}


# ---- no stronger than the grade --------------------------------------------------------------------------------------


def never_stronger(said: str, grade: Grade, verdict: Verdict, language: str) -> bool:
    """Whether "likely" is said by moderate evidence alone, "may" by low evidence alone, neither by any weaker."""
    verb, low = verb_of(grade, verdict), said.lower()
    likely, may = STRONG[language] in low, any(word in low for word in WEAK[language])
    return (not likely or verb is Verb.LIKELY) and (not may or verb is Verb.MAY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("grade", "verdict"), CLAIMS)
def test_money_is_said_as_strongly_as_its_evidence(
    release: Release, language: str, grade: Grade, verdict: Verdict
) -> None:
    """Its heading: likely, possible, or not known; "about the same" is no direction. Under it the range and never the
    point; that large firms decide it, that sales are no profits; where it is too weak to say, what it leaves out.
    """
    text, frames = speaking(language), sentences(language)
    figure = replace(of(release, "extra_per_grant"), value=POINT, grade=grade, verdict=verdict)
    beside = cast("Release", Instead(release, figure))
    verb = verb_of(grade, verdict)
    same = "same." if verdict is Verdict.SAME and verb in (Verb.LIKELY, Verb.MAY) else ""
    heading, said = money_heading(beside, text), money_words(beside, text)
    assert heading == frames[f"money.heading.{same}{verb}"]
    assert never_stronger(heading, grade, verdict, language) or verb is Verb.MAY
    assert rate_span(figure, release.programme.outcome("online_sales"), text) in said
    assert text.money(POINT, "EUR", decimals=2) not in said
    assert {"it": "Contano soprattutto le imprese grandi", "en": "Large firms weigh most"}[language] in said
    assert {"it": "non significa che il contributo si sia ripagato", "en": "does not mean that the grant has paid for"}[
        language
    ] in said
    assert (frames["money.range_only"] in said) is (verb is Verb.TOO_WEAK)


def test_money_without_a_claim_has_no_direction(release: Release) -> None:
    """What carries no grade is said to be too weak; what is withheld, not published, without a number; where nobody
    said what was granted, the heading is of the sum.
    """
    text, money = speaking("en"), of(release, "extra_per_grant")
    for figure in (replace(money, grade=None), replace(money, verdict=None)):
        assert money_heading(cast("Release", Instead(release, figure)), text) == text("money.heading.too_weak")
    hidden = cast("Release", Instead(release, withheld(money)))
    assert (money_heading(hidden, text), money_words(hidden, text)) == (text("money.heading.unpublished"), "")
    unknown = cast("Release", Instead(release, without=("extra_per_grant",)))
    assert (money_heading(unknown, text), money_words(unknown, text)) == (text("overview.euros"), "")


def in_words(facts: list[Fact]) -> dict[str, str]:
    """What facts say, by their labels."""
    return {fact.label: fact.words for fact in facts}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("grade", "verdict"), OPEN)
def test_the_facts_of_a_sector_give_no_point_where_the_answer_is_open(
    release: Release, language: str, grade: Grade, verdict: Verdict
) -> None:
    """The estimate is nowhere; the combined one is called by its name, and it alone is not in bold."""
    text, asked = speaking(language), Asked.headline(release)
    claim = replace(sector_claims(release)["retail"], value=POINT, grade=grade, verdict=verdict)
    shown = sector_facts(Instead(release, claim), asked, "retail", text)
    facts = in_words(shown)
    assert all(text.percent(POINT) not in words for words in facts.values())
    assert [fact.label for fact in shown if fact.lesser] == [text("fact.best_guess")]
    interval = text.interval(claim.shrunk_low or 0, claim.shrunk_high or 0, claim.unit)
    assert facts[text("fact.best_guess")] == f"{text.measured(claim.shrunk or 0)} {interval}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_count_of_a_sector_says_which_it_is(release: Release, language: str) -> None:
    """The funded firms analysed, of those funded; those of comparison analysed: the counts of the effect itself."""
    text, asked = speaking(language), Asked.headline(release)
    for code, claim in sector_claims(release).items():
        if not claim.published:
            continue
        funded = release.figure(measure_named("firms"), arm=Arm.FUNDED, group={"sector": code})
        assert funded is not None
        facts = in_words(sector_facts(release, asked, code, text))
        assert facts[text("fact.comparison")] == text.number(claim.n_comparison or 0)
        analysed = text.number(claim.n_funded or 0)
        whole = None if funded.value is None else text.number(funded.value)
        said = analysed if whole is None else text("fact.of", part=analysed, whole=whole)
        assert facts[text("fact.funded")] == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_change_beside_an_effect_is_of_the_typical_firm(release: Release, language: str) -> None:
    """Of both arms; where a release has none, or one is withheld, that of the sums, by its name; else none."""
    text, asked = speaking(language), Asked.headline(release)
    typical = [of(release, "typical_change", arm, sector="retail") for arm in Arm]
    sums = [of(release, "change", arm, sector="retail") for arm in Arm]
    older = Instead(release, without=("typical_change",))
    one_hidden = Instead(release, withheld(typical[1]))
    neither = Instead(release, withheld(typical[1]), withheld(sums[0]))
    for beside, name, figures in ((release, "typical", typical), (older, "change", sums), (one_hidden, "change", sums)):
        facts = in_words(sector_facts(beside, asked, "retail", text))
        funded, other = (text.percent(figure.value or 0) for figure in figures)
        assert facts[text(f"fact.{name}")] == text("fact.both", funded=funded, comparison=other)
        assert len({text("fact.typical"), text("fact.change")} & set(facts)) == 1
    facts = in_words(sector_facts(neither, asked, "retail", text))
    assert not {text("fact.typical"), text("fact.change")} & set(facts)


def test_the_facts_of_a_withheld_sector_are_those_that_are_published(release: Release) -> None:
    """No code and no dash stands where a number would."""
    asked = Asked.headline(release)
    for code in release.codes("sector"):
        for shown in in_words(sector_facts(release, asked, code, speaking("it"))).values():
            assert any(character.isdigit() for character in shown)
    assert sector_facts(release, asked, "electronics", speaking("it")) == []


# ---- whether an effect lasts -----------------------------------------------------------------------------------------


def lasts(
    release: Release, text: Text, claim: Figure, last: tuple[float, float], path: tuple[float, float]
) -> tuple[str, str]:
    """Heading and sentence of a claim with other intervals of its last year and of its way there."""
    year = of(release, "typical_firm", horizon="3")
    change = of(release, "lasting_typical_firm")
    there = cast("Release", Instead(release, claim, ranged(year, *last), ranged(change, *path)))
    return lasting_heading(there, claim, text), lasting_sentence(there, claim, text)


ENDS = [(-0.4, -0.2), (-0.1, 0.1), (0.2, 0.4)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("grade", "verdict"), CLAIMS)
def test_whether_it_lasts_is_said_no_more_strongly_than_the_claim(
    release: Release, language: str, grade: Grade, verdict: Verdict
) -> None:
    """Whatever the years show: of an open answer neither a number, nor a way, nor a year that is seen; else the range
    of the way, and the grade's verb.
    """
    text = speaking(language)
    claim = replace(release.headline(), grade=grade, verdict=verdict)
    for last, path in itertools.product(ENDS, ENDS):
        heading, said = lasts(release, text, claim, last, path)
        assert never_stronger(f"{heading} {said}", grade, verdict, language)
        if (grade, verdict) in OPEN:
            assert not any(character.isdigit() for character in heading + said)
            assert said == sentences(language)[f"lasting.{verb_of(grade, verdict)}"]
            assert heading == sentences(language)["lasting.heading.open"]
        else:
            assert text.span(*path) in said
            assert year_label(release, 3, text) in heading


@pytest.mark.parametrize(
    ("value", "path", "larger"),
    [
        (0.3, (0.05, 0.2), True),
        (0.3, (-0.2, -0.05), False),
        (0.3, (-0.1, 0.1), None),
        (-0.3, (-0.2, -0.05), True),
        (-0.3, (0.05, 0.2), False),
        (-0.3, (-0.1, 0.1), None),
        (0.3, (0.0, 0.2), None),
    ],
)
def test_a_falling_effect_grows_downwards(
    release: Release, value: float, path: tuple[float, float], larger: bool | None
) -> None:
    """Larger is farther from zero, in either direction; an interval that touches zero tells neither."""
    verdict = Verdict.HIGHER if value > 0 else Verdict.LOWER
    claim = replace(release.headline(), value=value, grade=Grade.MODERATE, verdict=verdict)
    last = (0.2, 0.4) if value > 0 else (-0.4, -0.2)
    for language, more, less, neither in (
        ("en", "likely to be larger", "likely to be smaller", "we cannot tell whether the difference grows or shrinks"),
        ("it", "più grande", "più piccola", "non si può dire se la differenza cresca o diminuisca"),
    ):
        _, said = lasts(release, speaking(language), claim, last, path)
        if larger is None:
            assert neither in said
        else:
            assert (more if larger else less) in said
            assert (less if larger else more) not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_that_holds_zero_is_not_seen(release: Release, language: str) -> None:
    """One that does not is, on the claim's side: touching zero is not seen, nor is a rise that has become a fall."""
    text, frames = speaking(language), sentences(language)
    for value, last, seen in (
        *((0.1, (0.01, 0.2), True), (0.1, (0.0, 0.2), False), (0.1, (-0.01, 0.2), False), (0.1, (-0.3, -0.1), False)),
        *((-0.1, (-0.3, -0.1), True), (-0.1, (0.1, 0.3), False)),
    ):
        verdict = Verdict.HIGHER if value > 0 else Verdict.LOWER
        claim = replace(release.headline(), value=value, grade=Grade.LOW, verdict=verdict)
        heading, _ = lasts(release, text, claim, last, (-0.1, 0.1))
        key = f"lasting.heading.{'seen' if seen else 'unseen'}"
        assert heading == frames[key].format(year=year_label(release, 3, text))


def test_a_year_that_is_withheld_gives_the_reason(release: Release) -> None:
    """Neither the last year nor the way there is said where either is withheld."""
    main, text = release.headline(), speaking("it")
    claim = replace(main, grade=Grade.LOW, verdict=Verdict.HIGHER)
    for hidden in (of(release, "typical_firm", horizon="3"), of(release, "lasting_typical_firm")):
        beside = cast("Release", Instead(release, withheld(hidden)))
        said = lasting_sentence(beside, claim, text)
        assert "riservato" in said
        assert not any(character.isdigit() for character in said)
        assert lasting_heading(beside, claim, text) == text("lasting.heading.open")


def test_a_confidential_claim_is_not_called_weak(release: Release) -> None:
    """Nothing is known here of its evidence: it is withheld, and the reason is another."""
    claim = sector_claims(release)["electronics"]
    assert claim.grade is Grade.WITHHELD
    assert lasting_sentence(release, claim, speaking("en")) != sentences("en")["lasting.too_weak"]


def test_an_older_release_without_such_a_figure_says_nothing_of_it(release: Release) -> None:
    """Format 4 has no figures on lasting: the heading alone says whether the last year is seen."""
    main = replace(release.headline(), grade=Grade.LOW, verdict=Verdict.HIGHER)

    class Older(Instead):
        def figure(self, measure: Measure, **cell: object) -> Figure | None:
            return None if measure.base == "lasting" else super().figure(measure, **cell)

    older = cast("Release", Older(release))
    assert lasting_sentence(older, main, speaking("en")) == ""
    assert lasting_heading(older, main, speaking("en")) == lasting_heading(release, main, speaking("en"))


# ---- what happened ---------------------------------------------------------------------------------------------------


def changed(release: Release, typical: tuple[float, float], sums: tuple[float, float]) -> Release:
    """The release with other changes of the funded and the comparison firms."""
    figures = [
        replace(of(release, measure, arm), value=value)
        for measure, values in (("typical_change", typical), ("change", sums))
        for arm, value in zip((Arm.FUNDED, Arm.COMPARISON), values, strict=True)
    ]
    return cast("Release", Instead(release, *figures))


@pytest.mark.parametrize(
    ("typical", "says"),
    [
        ((0.35, 0.23), "in aumento del 35% fra le finanziate, in aumento del 23% fra quelle di confronto"),
        ((-0.08, 0.11), "in calo dell’8% fra le finanziate, in aumento dell’11% fra quelle di confronto"),
        ((0.004, -0.5), "senza variazioni fra le finanziate, in calo del 50% fra quelle di confronto"),
    ],
)
def test_what_happened_is_a_finding_about_the_typical_firm(
    release: Release, typical: tuple[float, float], says: str
) -> None:
    """Of its sales, not of the firm: each arm's own way, with its number; what rounds to none has none."""
    said = changes_heading(changed(release, typical, (0.2, 0.1)), (), speaking("it"))
    assert said == f"Vendite online dell’impresa tipica: {says}"


@pytest.mark.parametrize(("typical", "sums"), [((0.1, 0.3), (1.4, 0.25)), ((0.35, 0.23), (-0.08, 0.0))])
def test_over_lines_of_sums_the_heading_is_of_the_sums(
    release: Release, typical: tuple[float, float], sums: tuple[float, float]
) -> None:
    """A heading has the numbers of the lines under it: of the typical firm, or of the sums, and says of which."""
    there, text = changed(release, typical, sums), speaking("en")
    for basis, values, others in (("typical", typical, sums), ("sum", sums, typical)):
        said = changes_heading(there, (), text, basis)
        assert ("typical firm" in said, "sum over firms" in said) == (basis == "typical", basis == "sum")
        for value, other in zip(values, others, strict=True):
            assert text.percent(abs(value), sign=False) in said or (value == 0 and "unchanged" in said)
            assert f" {text.percent(abs(other), sign=False)} " not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_a_change_is_withheld_the_heading_says_neither(release: Release, language: str) -> None:
    """Nor do the sums stand alone with one arm; what is not published has no number."""
    text = speaking(language)
    for arm in Arm:
        hidden = [withheld(of(release, measure, arm)) for measure in ("typical_change", "change")]
        beside = cast("Release", Instead(release, *hidden))
        assert changes_heading(beside, (), text) == text("changes.heading.unknown")
        assert sums_words(beside, (), text) == ""
        assert not any(character == "%" for character in changes_words(beside, (), text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("typical", "sums", "apart"),
    [
        ((0.35, 0.23), (0.65, 0.30), False),
        ((0.10, 0.30), (1.46, 0.25), True),  # the funded lead in the sums alone
        ((-0.08, -0.04), (0.05, -0.04), True),  # the sum rises where the typical firm falls
        ((0.10, 0.05), (0.20, -0.10), True),
        ((0.12, 0.38), (0.55, 0.55), False),
        ((-0.2, -0.1), (-0.4, -0.3), False),
    ],
)
def test_where_sums_and_typical_firms_disagree_it_is_said_why(
    release: Release, language: str, typical: tuple[float, float], sums: tuple[float, float], apart: bool
) -> None:
    """Both sums, and that large firms weigh more in them; where they tell another story, that the effect is of the
    typical firm.
    """
    text = speaking(language)
    said = sums_words(changed(release, typical, sums), (), text)
    key = f"changes.sums.{'apart' if apart else 'alike'}"
    assert said == text(key, funded=text.percent(sums[0]), comparison=text.percent(sums[1]))
    for words in ({"it": "le imprese grandi", "en": "large firms"}[language],):
        assert words in said
    effect_words = {"it": "l’effetto riguarda l’impresa tipica", "en": "the effect is about the typical firm"}
    assert (effect_words[language] in said) is apart


def test_the_sums_of_an_older_release_stand_alone(release: Release) -> None:
    """Nothing is set against them, and no typical firm is spoken of."""
    older = cast("Release", Instead(release, without=("typical_change",)))
    assert changes_heading(older, (), speaking("it")) == sentences("it")["changes.heading.unknown"]
    assert sums_words(older, (), speaking("it")).startswith("Somma delle vendite, ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gap_between_the_changes_is_not_said_to_be_the_effect(release: Release, language: str) -> None:
    """What the changes are of, what they are set against, and that their difference is no effect."""
    text = speaking(language)
    said = changes_words(release, (), text)
    no_effect = {"it": "non coincide con l’effetto stimato", "en": "is not the estimated effect"}
    for words in (no_effect[language], before_phrase(release, text), sums_words(release, (), text)):
        assert words in said


# ---- where it worked -------------------------------------------------------------------------------------------------


def only(release: Release, *told: tuple[str, Grade, Verdict]) -> Release:
    """The release where these sectors have these claims, and of no other anything may be said."""
    claims = {code: (grade, verdict) for code, grade, verdict in told}
    figures = [
        replace(figure, **dict(zip(("grade", "verdict"), claims.get(code, OPEN_CLAIM), strict=True)))
        for code, figure in sector_claims(release).items()
        if figure.published
    ]
    return cast("Release", Instead(release, *figures))


OPEN_CLAIM = (Grade.LOW, Verdict.CANNOT_TELL)
TWO = (("retail", Grade.LOW, Verdict.LOWER), ("textiles", Grade.MODERATE, Verdict.HIGHER))
LEADS = {
    "it": (
        "Di nessuno dei 12 settori pubblicati",
        "Di 1 settore su 12, preso da solo",
        "Di 2 settori su 12, presi uno per uno",
    ),
    "en": (
        "Of none of the 12 published sectors",
        "Of 1 in 12 sectors, taken alone",
        "Of 2 in 12 sectors, taken one by one",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_how_many_sectors_something_may_be_said(release: Release, language: str) -> None:
    """Of the twelve that are published: those of which a direction may be said, in none, one or more; one that is
    withheld is no longer among the published.
    """
    text = speaking(language)
    for told, words in zip(((), TWO[:1], TWO), LEADS[language], strict=True):
        beside = only(release, *told)
        assert where_words(beside, "sector", text).startswith(words)
        assert len(told_groups(beside, "sector", text)) == len(told)
    fewer = cast("Release", Instead(release, withheld(sector_claims(release)["retail"])))
    assert "11" in where_words(fewer, "sector", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_surest_sector_stands_first_with_its_range(release: Release, language: str) -> None:
    """By verb, then by firms; each with its estimate and the range that its sentence prints, as strongly as its grade;
    no evidence too weak to say is among them.
    """
    text = speaking(language)
    weak = ("food", Grade.VERY_LOW, Verdict.HIGHER)
    beside = only(release, *TWO, ("wholesale", Grade.LOW, Verdict.HIGHER), weak)
    groups = told_groups(beside, "sector", text)
    claims = {group.code: of(beside, "typical_firm", sector=group.code) for group in groups}
    mays = sorted(("retail", "wholesale"), key=lambda code: -(claims[code].n_funded or 0))
    assert [group.code for group in groups] == ["textiles", *mays]
    for group in groups:
        figure = claims[group.code]
        assert group.label == release.programme.label("sector", group.code, text)
        assert text.measured(figure.value or 0.0) in group.words
        assert text.span(*(figure.shown_range or (0, 0))) in group.words
        assert figure.grade is not None
        assert figure.verdict is not None
        assert never_stronger(group.words, figure.grade, figure.verdict, language)


@pytest.mark.parametrize(
    ("grade", "verdict", "it", "en"),
    [
        (Grade.MODERATE, Verdict.MUCH_HIGHER, "probabilmente più alte", "likely higher"),
        (Grade.MODERATE, Verdict.LOWER, "probabilmente più basse", "likely lower"),
        (Grade.MODERATE, Verdict.SAME, "probabilmente quasi uguali", "likely about the same"),
        (Grade.LOW, Verdict.HIGHER, "potrebbero essere state più alte", "may have been higher"),
        (Grade.LOW, Verdict.MUCH_LOWER, "potrebbero essere state più basse", "may have been lower"),
        (Grade.LOW, Verdict.SAME, "potrebbero essere state quasi uguali", "may have been about the same"),
    ],
)
def test_a_row_says_in_two_words_what_its_sentence_says(
    release: Release, grade: Grade, verdict: Verdict, it: str, en: str
) -> None:
    """Verb by grade, direction by verdict; "about the same" never as equal."""
    figure = replace(sector_claims(release)["retail"], grade=grade, verdict=verdict)
    assert (row_verb(release, figure, speaking("it")), row_verb(release, figure, speaking("en"))) == (it, en)


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_sectors_are_surer_than_the_programme_is_one_line(release: Release, language: str) -> None:
    """It names those that are, and no other; it is not there where none is."""
    text = speaking(language)
    main = replace(release.headline(), grade=Grade.LOW, verdict=Verdict.HIGHER)
    two = only(release, *TWO)
    said = surer_words(cast("Release", Instead(two, main)), "sector", text)
    labels = {code: release.programme.label("sector", code, text) for code in release.codes("sector")}
    assert [code for code, label in labels.items() if label in said] == ["textiles"]
    assert said == surer_note(release, of(two, "typical_firm", sector="textiles"), "sector", text)
    sure = cast("Release", Instead(two, replace(main, grade=Grade.MODERATE)))
    assert surer_words(sure, "sector", text) == ""


# ---- why a claim has its grade ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_the_reliability_is_what_it_is_names_the_open_checks(release: Release, language: str) -> None:
    """How many are passed, of how many, and by name and outcome those that are not; all passed in one sentence."""
    text, main = speaking(language), release.headline()
    found = checks(release, main)
    for failed in ((), (Check.GROUPS,), (Check.BEFORE, Check.REPORTING)):
        results = {
            check: replace(figure, result=Result.FAIL if check in failed else Result.PASS)
            for check, figure in found.items()
        }
        grade = Grade.MODERATE if not failed else Grade.LOW
        beside = cast("Release", Instead(release, *results.values()))
        said = grade_because(beside, replace(main, grade=grade), text)
        assert text(f"grade.{grade}") in said
        assert str(len(Check)) in said
        named = [check for check in Check if text(f"check.{check}") in said]
        assert named == list(failed)
        assert (text("result.fail").lower() in said) is bool(failed)
        assert not failed or str(len(Check) - len(failed)) in said


def test_what_is_withheld_has_no_reliability_to_explain(release: Release) -> None:
    """Nor a figure without a grade."""
    text = speaking("it")
    for figure in (withheld(release.headline()), replace(release.headline(), grade=None)):
        assert grade_because(release, figure, text) == ""


# ---- from the firms announced to those analysed ----------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_lead_from_the_announced_to_the_analysed(release: Release, michigan: Release, language: str) -> None:
    """Each loss is the difference of two counts and has its reason; the last count is the headline's."""
    for one in (release, michigan):
        text = speaking(language)
        steps = steps_to_analysed(one, text)
        told = [step for step in steps if step.count[0].isdigit()]
        counts = [int(re.sub(r"\D", "", step.count)) for step in told]
        assert counts[-1] == one.headline().n_funded
        for step, before, now in zip(told[1:], counts, counts[1:], strict=False):
            assert step.lost == ("" if now == before else text.number(now - before))
        assert all(bool(step.reason) is bool(step.lost) for step in steps)


def test_a_step_that_is_not_told_has_no_loss(release: Release) -> None:
    """It says that it is confidential or was not stated; the next loss is from the last count that is told."""
    rows = release.reconciliation.copy()
    whole = rows["tranche"] == "*"
    rows.loc[whole, ["announced_firms", "reporting_firms"]] = None
    changed = object.__new__(Release)
    changed.__dict__ = release.__dict__ | {"_tables": {**release._tables, "reconciliation": rows}}
    for language, absent, hidden in (
        ("it", "non dichiarato", "riservato"),
        ("en", "not stated", "confidential"),
    ):
        text = speaking(language)
        steps = {step.label: step for step in steps_to_analysed(changed, text)}
        announced, reporting = steps[text("table.announced_firms")], steps[text("table.reporting_firms")]
        assert (announced.count, announced.lost, reporting.count, reporting.lost) == (absent, "", hidden, "")
        selling, measured = (
            int(steps[text(f"table.{name}_firms")].count.replace(",", "").replace(".", ""))
            for name in ("selling", "measured")
        )
        assert steps[text("table.measured_firms")].lost == text.number(measured - selling)


# ---- losses, companions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_losses_are_a_range_with_its_evidence_or_a_reason(release: Release, language: str) -> None:
    """The share's range and how sure its direction is, never its point; where the evidence is too weak, no number;
    where it is withheld the reason alone.
    """
    text, share = speaking(language), of(release, "losses_offset")
    for grade, verdict in itertools.product((Grade.MODERATE, Grade.LOW, Grade.VERY_LOW), Verdict):
        figure = replace(share, value=POINT, low=-0.05, high=0.88, grade=grade, verdict=verdict)
        said = losses_words(Instead(release, figure), text)
        span = text("format.span", low=text.percent(-0.05), high=text.percent(0.88, sign=False))
        assert said == text(f"money.losses.{verb_of(grade, verdict)}", span=span)
        assert (span in said) is (verb_of(grade, verdict) is not Verb.TOO_WEAK)
        assert text.percent(POINT, sign=False) not in said
    hidden = losses_words(Instead(release, withheld(share)), text)
    assert not any(character.isdigit() for character in hidden)
    assert text("why.confidential") in hidden


def test_a_programme_without_losses_says_nothing_of_them(michigan: Release) -> None:
    """Sales that are not part of others have no rest to fall."""
    assert losses_words(michigan, speaking("it")) == ""
    assert companions(michigan, {}, speaking("it")) == ""


def test_companions_hold_no_code_of_a_table(release: Release) -> None:
    """Where one is withheld the sentence says why, or is not said."""
    text = speaking("it")
    for code in release.codes("sector"):
        words = companions(release, {"sector": code}, text).replace(";", "").replace(".", "").split()
        assert not {"C", "u", "m", "–"} & set(words), code


# ---- what can be used all the same -----------------------------------------------------------------------------------

ORDER = (
    *("happened", "open", "per_firm", "guess_range", "guess", "macro", "firms", "no_firms", "enough_firms"),
    *("no_years", "years.one", "years.other"),
)


def kinds(lines: list[str], language: str) -> list[str]:
    """Which sentence each line is, by the words before its first number."""
    words = {key: sentences(language)[f"usable.{key}"].partition("{")[0] for key in ORDER}
    return [next(key for key, start in words.items() if start and line.startswith(start)) for line in lines]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_can_be_used_comes_the_plainest_first(release: Release, language: str) -> None:
    """What happened, what stays open, in money, the best guess, the larger group, what would tell; each once."""
    text, told = speaking(language), 0
    for code, claim in list(sector_claims(release).items())[:9]:
        found = kinds(list(guidance(release, code, text)), language)
        assert found == sorted(set(found), key=ORDER.index)
        assert not claim.published or {"happened", "open", "per_firm", "guess_range", "macro"} <= set(found)
        told += claim.published
    assert 4 < told < 9


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_withheld_is_left_out_of_it(release: Release, language: str) -> None:
    """Without a figure its sentence is not there, nor any number of it; the others stay as they were."""
    text, claim = speaking(language), sector_claims(release)["retail"]
    whole = list(guidance(release, "retail", text))
    for figure, gone in (
        (of(release, "change", Arm.FUNDED, sector="retail"), {"happened"}),
        (of(release, "change", Arm.COMPARISON, sector="retail"), {"happened"}),
        (of(release, "extra_per_firm", sector="retail"), {"per_firm"}),
        (claim, {"open", "per_firm", "guess_range", "firms", "no_years"}),
    ):
        left = list(guidance(Instead(release, withheld(figure)), "retail", text))
        assert left == [line for line, kind in zip(whole, kinds(whole, language), strict=True) if kind not in gone]


def test_no_point_is_given_but_the_best_guess_by_its_name(release: Release) -> None:
    """The raw estimate of an open answer is not among the sentences, nor that of its macro-sector."""
    text = speaking("it")
    for code in ("retail", "furniture"):
        claim = replace(sector_claims(release)[code], value=POINT)
        macro = replace(of(release, "typical_firm", macro_sector="trade" if code == "retail" else "consumer_goods"))
        macro = replace(macro, value=POINT, grade=Grade.VERY_LOW)
        said = " ".join(guidance(Instead(release, claim, macro), code, text))
        assert "78%" not in said
        span = text.span(claim.shrunk_low or 0, claim.shrunk_high or 0)
        assert f"{text.percent(claim.shrunk or 0)} (intervallo all’80%, in media sui settori: {span})" in said


BEST_GUESS = {
    "it": ("80%, in media sui settori", "Per un settore diverso dagli altri è spesso errata"),
    "en": ("80% interval, on average across sectors", "For a sector that differs from the others it is often wrong"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_best_guess_says_that_it_misses_who_differs(release: Release, language: str) -> None:
    """With its range, which holds on average over the sectors alone; of an earlier format, which has none, without."""
    text, claim = speaking(language), sector_claims(release)["retail"]
    assert claim.shrunk_low is not None
    assert claim.shrunk_high is not None
    span = text.span(claim.shrunk_low, claim.shrunk_high)
    [said] = [line for line in guidance(release, "retail", text) if kinds([line], language) == ["guess_range"]]
    frame = sentences(language)["usable.guess_range"]
    assert said == frame.format(value=text.percent(claim.shrunk or 0), span=span)
    for words in BEST_GUESS[language]:
        assert words in said
    older = Instead(release, replace(claim, shrunk_low=None, shrunk_high=None))
    assert text("usable.guess", value=text.percent(claim.shrunk or 0)) in list(guidance(older, "retail", text))


def test_how_many_firms_would_tell_is_what_the_figure_says(release: Release) -> None:
    """More than there are, as many as there are, or no number; years only where more than the data have."""
    text, claim = speaking("en"), sector_claims(release)["retail"]
    assert claim.n_funded is not None
    for needed, kind in ((claim.n_funded + 1, "firms"), (claim.n_funded, "enough_firms"), (None, "no_firms")):
        found = kinds(list(guidance(Instead(release, replace(claim, firms_needed=needed)), "retail", text)), "en")
        assert {kind} == set(found) & {"firms", "enough_firms", "no_firms"}
    for years, said in (
        (3, None),
        (4, "In all, 4 years of data after the grant would be enough."),
        (None, "More years"),
    ):
        last = list(guidance(Instead(release, replace(claim, years_needed=years)), "retail", text))[-1]
        assert last.startswith(said) if said else last.startswith("To distinguish an effect")


def test_what_was_never_asked_is_not_said_to_be_impossible(michigan: Release) -> None:
    """Of a headline of one year it is asked how many firms would tell; what more years would do, no year can say."""
    claim = sector_claims(michigan)["manufacturing"]
    assert claim.firms_needed is not None
    assert claim.years_needed is None
    said = " ".join(guidance(michigan, "manufacturing", speaking("en")))
    assert f"about {speaking('en').needed(claim.firms_needed)} funded firms" in said
    assert "Further years" not in said


def test_enough_firms_need_no_years(release: Release) -> None:
    """Where the firms are enough nothing is missing that years could bring."""
    claim = replace(sector_claims(release)["retail"], firms_needed=10, years_needed=None)
    found = kinds(list(guidance(Instead(release, claim), "retail", speaking("en"))), "en")
    assert "enough_firms" in found
    assert "no_years" not in found


# ---- finding a sector ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["47", "479", "4791", "479110", "47.9", "47.91", "47.91.1", "47.91.10", "G47", "G.47.91"]
)
def test_an_activity_code_finds_its_sector_at_any_length(release: Release, typed: str) -> None:
    """With dots, without, with the section's letter."""
    for written in (typed, f" {typed}\t"):
        assert find_sector(release.programme, release.codes("sector"), written, speaking("it")) == "retail"


def test_every_division_leads_to_its_sector(release: Release) -> None:
    """Those named by a sector to it, all others to the rest."""
    programme, codes = release.programme, release.codes("sector")
    for division in DIVISIONS:
        assert find_sector(programme, codes, f"{division:02d}", speaking("it")) == programme.sector_of(division)


@pytest.mark.parametrize(
    ("typed", "language", "sector"),
    [
        ("Commercio al dettaglio", "it", "retail"),
        ("COMMERCIO AL DETTAGLIO", "it", "retail"),
        ("dettaglio", "it", "retail"),
        ("comercio al detaglio", "it", "retail"),
        ("Alimentari", "it", "food"),
        ("alimentari e bevnde", "it", "food"),
        ("Retail", "en", "retail"),
        ("retial", "en", "retail"),
        ("wholesal", "en", "wholesale"),
        ("beverages", "en", "food"),
    ],
)
def test_a_name_finds_its_sector(release: Release, typed: str, language: str, sector: str) -> None:
    """In any letters, a part of it, with a slip."""
    assert find_sector(release.programme, release.codes("sector"), typed, speaking(language)) == sector


@pytest.mark.parametrize(
    ("typed", "language", "sector"),
    [
        ("scarpe", "it", "textiles"),
        ("Scarpa", "it", "textiles"),
        ("scarppe", "it", "textiles"),
        ("shoes", "en", "textiles"),
        ("shoe", "it", "textiles"),
        ("vino", "it", "food"),
        ("vini", "it", "food"),
        ("wine", "en", "food"),
        ("caffe", "it", "food"),
        ("caffè", "it", "food"),
        ("mobili", "it", "furniture"),
        ("mobili per ufficio", "it", "furniture"),
        ("furnitures", "en", "furniture"),
        ("cosmet", "it", "chemicals"),
        ("farmaci", "it", "chemicals"),
        ("libri", "it", "paper_media"),
        ("grafica", "it", "paper_media"),
        ("cosmesi", "it", "chemicals"),
        ("libri scolastici", "it", "paper_media"),
        ("piastrelle", "it", "plastics"),
        ("biciclette", "it", "machinery"),
        ("occhiali", "it", "other_making"),
        ("ristorante", "it", "hospitality"),
        ("siti web", "it", "software"),
        ("negozio", "it", "retail"),
        ("parrucchiere", "it", "other_services"),
        ("FABBRICAZIONE DI ARTICOLI IN PELLE E SIMILI", "it", "textiles"),
        ("Manufacture of leather and related products", "en", "textiles"),
        ("telecomunicazioni", "it", "software"),
        ("13.10", "it", "textiles"),
        ("15", "en", "textiles"),
    ],
)
def test_what_firms_make_finds_their_sector(release: Release, typed: str, language: str, sector: str) -> None:
    """A product, an activity, a division's official name, a code: in one form or another, with a slip, without accents,
    and in the other language where the reader's does not know it.
    """
    assert find_sector(release.programme, release.codes("sector"), typed, speaking(language)) == sector


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_product_word_leads_to_its_own_sector(release: Release, language: str) -> None:
    """No word stands in two sectors' divisions, so that a reader who types it is never left without an answer; and what
    a sector's own name says, that sector is.
    """
    programme, codes, text = release.programme, release.codes("sector"), speaking(language)
    listed = tomllib.loads((PROJECT / "analytics/programme/divisions.toml").read_text(encoding="utf-8"))
    assert {int(division) for division in listed} == set(DIVISIONS)
    lost = {
        product: found
        for division, known in listed.items()
        for product in known["products"][language].split(", ")
        if (found := sectors_meant(programme, codes, product, text)) != [programme.sector_of(int(division))]
    }
    assert lost == {}


@pytest.mark.parametrize(
    "typed", ["", " ", "xyzzy", "00", "47.99.99", "4", "<script>", "47.91; 10", "٤٧", "²²", "\x00"]
)
def test_nonsense_finds_nothing(release: Release, typed: str) -> None:
    """No sector is guessed."""
    for language in LANGUAGES:
        assert find_sector(release.programme, release.codes("sector"), typed, speaking(language)) is None


@examples(max_examples=30)
@given(typed=st.text() | st.from_regex(r"[A-Va-v]?\.?\d{0,8}(\.\d{0,3}){0,3}"), language=st.sampled_from(LANGUAGES))
def test_whatever_is_typed_is_a_sector_of_the_release_or_nothing(release: Release, typed: str, language: str) -> None:
    """Any text at all: nothing raises."""
    codes = release.codes("sector")
    assert find_sector(release.programme, codes, typed, speaking(language)) in (*codes, None)


def test_a_sector_that_the_release_does_not_hold_is_not_found(release: Release) -> None:
    """Neither by code nor by name."""
    others = [code for code in release.codes("sector") if code != "retail"]
    for typed in ("47", "Commercio al dettaglio"):
        assert find_sector(release.programme, others, typed, speaking("it")) != "retail"
    assert find_sector(release.programme, others, "47", speaking("it")) is None


@pytest.mark.parametrize("typed", ["ATECO 47", "ateco 47.91", "47."])
def test_a_code_as_the_options_write_it_is_found(release: Release, typed: str) -> None:
    """The list reads "Commercio al dettaglio · ATECO 47": so will a reader type it."""
    assert "ATECO 47" in sector_option(release.programme, "retail", speaking("it"))
    assert find_sector(release.programme, release.codes("sector"), typed, speaking("it")) == "retail"


@pytest.mark.parametrize("typed", ["e", "a", "ß", "commercio"])
def test_what_several_names_hold_is_not_guessed(release: Release, typed: str) -> None:
    """«commercio» is wholesale as well as retail."""
    assert find_sector(release.programme, release.codes("sector"), typed, speaking("it")) is None


# ---- what changed since the last release -----------------------------------------------------------------------------


class Regrouped(Instead):
    """A release that holds other groups."""

    def __init__(self, release: Release, gone: str, *figures: Figure) -> None:
        super().__init__(release, *figures)
        self._gone = gone

    def figure(self, measure: Measure, **cell: object) -> Figure | None:
        return None if self._gone in dict(cell.get("group") or {}).values() else super().figure(measure, **cell)

    def codes(self, dimension: str) -> list[str]:
        return [code for code in self._release.codes(dimension) if code != self._gone]


def said(old: object, new: object, language: str = "en") -> pd.Series:
    text = speaking(language)
    return updates_table(old, new, text)[text("updates.said")]  # type: ignore[arg-type]


def test_the_same_release_has_the_same_claims(release: Release) -> None:
    """The programme, every macro-sector and sector: unchanged, and nothing else made them."""
    text = speaking("it")
    told = said(release, release, "it")
    assert set(told) == {text("updates.same")}
    assert len(told) == 1 + len(release.codes("macro_sector")) + len(release.codes("sector"))
    counts, causes = update_words(release, release, text)
    assert counts.count(" 0") == len(Change)
    assert text("cli.cause.none") in causes


def test_a_claim_changes_with_its_grade_or_verdict_and_not_with_its_number(release: Release) -> None:
    """Another strength of evidence, another verdict, or no figure any more are told; another value is shown alone."""
    claim = sector_claims(release)["textiles"]
    label = release.programme.label("sector", "textiles", speaking("en"))
    for new, changed in (
        (replace(claim, grade=Grade.LOW), True),
        (replace(claim, verdict=Verdict.SAME), True),
        (withheld(claim), True),
        (ranged(replace(claim, value=POINT), 0.1, 0.9), False),
    ):
        told = said(release, Instead(release, new))
        assert told[label] == ("changed" if changed else "unchanged")
        assert list(told.drop(label).unique()) == ["unchanged"]


def test_a_group_that_is_new_or_gone_does_not_fail(release: Release) -> None:
    """A new one is changed; of neither is a number invented."""
    label = release.programme.label("sector", "retail", speaking("en"))
    before = Regrouped(release, "retail")
    assert said(before, release)[label] == "changed"
    assert updates_table(before, release, speaking("en")).loc[label].iloc[0] == EMPTY  # type: ignore[arg-type]
    gone = said(release, before)
    assert gone[label] == "changed"
    assert set(gone.drop(label)) == {"unchanged"}


def test_a_claim_that_is_gone_is_told(release: Release) -> None:
    """The reader of the older release looks for it here."""
    label = release.programme.label("sector", "retail", speaking("en"))
    assert label in said(release, Regrouped(release, "retail")).index


def test_two_groups_of_one_name_have_a_row_each(release: Release) -> None:
    """A macro-sector may be called what one of its sectors is."""
    text = speaking("en")
    label = release.programme.label

    class Namesakes:
        def label(self, dimension: str, code: str, spoken: Text) -> str:
            return "Trade" if code == "retail" else label(dimension, code, spoken)

        def __getattr__(self, name: str) -> object:
            return getattr(release.programme, name)

    new = Instead(release)
    new.programme = Namesakes()  # type: ignore[attr-defined]
    assert len(updates_table(release, new, text)) == len(updates_table(release, release, text))  # type: ignore[arg-type]


def held(release: Release, *figures: Figure) -> Instead:
    """A release in which some figures stay as an earlier one had them."""
    ids = [figure.figure_id for figure in figures]
    frame = release.figures.copy()
    frame.loc[frame["figure_id"].isin(ids), "obs_status"] = ObsStatus.PROVISIONAL
    found = Instead(release, *(replace(figure, obs_status=ObsStatus.PROVISIONAL) for figure in figures))
    found.figures = frame  # type: ignore[attr-defined]
    return found


def test_figures_that_stay_are_listed_with_their_ids(release: Release) -> None:
    """Of the programme and of a group, marked (p); none, where none stays."""
    mine = (release.headline(), sector_claims(release)["retail"])
    for language in LANGUAGES:
        text = speaking(language)
        table = held_table(held(release, *mine), text)  # type: ignore[arg-type]
        assert set(table[text("table.figure")]) == {short(figure.figure_id) for figure in mine}
        assert all("(p)" in shown for shown in table[text("table.effect_95")])
        assert set(table.index) == {text("label.whole_programme"), release.programme.label("sector", "retail", text)}
        assert len(held_table(release, text)) == 0


def test_a_range_that_stays_is_marked_too(release: Release) -> None:
    """The note says that figures which stay are marked (p): those that tell no direction as well."""
    claim = replace(sector_claims(release)["retail"], obs_status=ObsStatus.PROVISIONAL)
    assert claim.verdict is Verdict.CANNOT_TELL
    assert "(p)" in claim_cell(claim, speaking("it"))
