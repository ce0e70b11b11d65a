"""The only sentences: their verb never above the grade, their predicate never beyond the verdict, and no others."""

import dataclasses
import re
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text, sentences
from analytics.model import Grade, RangeKind, Reason, Verdict
from analytics.present.sentences.claims import ClaimKind, Sentence, sentence_of
from analytics.present.sentences.headlines import headline_of
from analytics.present.sentences.together import rejects_equality
from analytics.present.verbs import Verb, tells, verb_of
from analytics.release import Figure, Release, Releases
from analytics.release.measures import measure_named
from tests.helpers.instead import ranged
from tests.present.sentences import (
    DOCUMENT,
    PLAIN,
    Masked,
    cases,
    counted,
    document,
    every,
    paired,
    said,
    said_together,
    specimen,
)

FORBIDDEN = {
    "it": (
        *("grazie a", "ha causato", "hanno causato", "ha creato", "hanno creato", "ha spinto", "hanno spinto"),
        *("migliore settore", "settore migliore", "nessun effetto", "senza effetto", "classifica"),
        *("in testa", "graduatoria"),
    ),
    "en": (
        "thanks to",
        "caused",
        "boosted",
        "created",
        "best sector",
        "ranked",
        "ranking",
        "no effect",
        "without effect",
    ),
}
# The one thing that may be said of an order: that the data bear none.
NO_ORDER = {"it": "i dati non consentono una graduatoria", "en": "the data do not support a ranking"}
# What each verb says; a weaker grade must not say a stronger one.
WORDS = {
    "it": {Verb.LIKELY: "probabilmente", Verb.MAY: "potrebbero", Verb.CANNOT_TELL: "non possiamo dire"},
    "en": {Verb.LIKELY: "likely", Verb.MAY: "may have been", Verb.CANNOT_TELL: "we cannot tell"},
}
TOO_WEAK = {"it": "troppo deboli per dire", "en": "too weak to say"}
DIRECTIONS = {
    "it": {"more": "più alte di", "less": "più basse di", "same": "quasi uguali"},
    "en": {"more": "% higher than", "less": "% lower than", "same": "about the same"},
}
LARGE = {
    "it": "rispetto a quanto sarebbero state senza contributo: oltre il 10%, la soglia di rilevanza",
    "en": "than they would have been without the grant: beyond 10%, the importance threshold",
}
FRAMES = (
    "verb.",
    "opening.",
    "subject.",
    "predicate.",
    "than.",
    "excluded.",
    "said.",
    "before.",
    "range.",
    "differ.",
    "together.",
)


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


def forms(sentence: Sentence) -> tuple[str, ...]:
    return sentence.title, sentence.under, sentence.short, sentence.long


def test_the_document_lists_every_sentence(release: Release) -> None:
    """docs/SENTENCES.md is what the frames give now: otherwise run `make sentences` and read it."""
    assert DOCUMENT.read_text(encoding="utf-8") == document(release)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_other_sentence_can_come_out(release: Release, data: st.DataObject) -> None:
    """Whatever the numbers, grade, verdict, period and group of a figure, its words are among those listed."""
    text = Masked(data.draw(st.sampled_from(LANGUAGES)))
    kind = data.draw(st.sampled_from([kind for kind in ClaimKind if kind not in (ClaimKind.COUNT, ClaimKind.PAIR)]))
    level = data.draw(
        st.sampled_from(["*", "macro_sector", "sector"] if kind in (ClaimKind.EFFECT, ClaimKind.CHANGE) else ["*"])
    )
    low, value, high = sorted(data.draw(st.lists(st.floats(-0.99, 50), min_size=3, max_size=3)))
    specimen_figure = specimen(release, kind, level)
    horizon = data.draw(st.sampled_from(["overall", "1", "2", "3"]))
    figure = dataclasses.replace(
        specimen_figure,
        key=dataclasses.replace(specimen_figure.key, horizon=horizon),
        value=value,
        low=low,
        high=high,
        shared_low=low,
        shared_high=high,
        range_kind=data.draw(st.sampled_from([*RangeKind, None])),
        sim_low=low,
        sim_high=high,
        n_funded=data.draw(st.integers(1, 10**6)),
    )
    if kind is not ClaimKind.CHANGE:
        verdict = data.draw(st.sampled_from(PLAIN if kind is ClaimKind.LOSSES else list(Verdict)))
        grade = data.draw(st.sampled_from([Grade.MODERATE, Grade.LOW, Grade.VERY_LOW]))
        figure = dataclasses.replace(figure, grade=grade, verdict=verdict)
    sentence = said(release, figure, kind, level, text)
    assert set(forms(sentence)) <= every(release, text.language)


@given(data=st.data())
def test_no_other_sentence_on_several_groups_can_come_out(release: Release, data: st.DataObject) -> None:
    """Likewise of a count, whatever it is of however many, and of two groups that lie apart."""
    text, level = Masked(data.draw(st.sampled_from(LANGUAGES))), data.draw(st.sampled_from(["macro_sector", "sector"]))
    low, value, high = sorted(data.draw(st.lists(st.floats(-0.99, 50), min_size=3, max_size=3)))
    grade = data.draw(st.sampled_from([Grade.MODERATE, Grade.LOW]))
    pair = dataclasses.replace(paired(release, level), grade=grade, value=value, low=low, high=high)
    assert set(forms(said_together(release, pair, level, text))) <= every(release, text.language)
    grade = data.draw(st.sampled_from([Grade.MODERATE, Grade.LOW, Grade.VERY_LOW]))
    verdict = data.draw(st.sampled_from(PLAIN))
    count = dataclasses.replace(
        counted(release, level), grade=grade, verdict=verdict, value=float(data.draw(st.integers(0, 14)))
    )
    assert set(forms(said_together(release, count, level, text))) <= every(release, text.language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verb_is_never_stronger_than_the_grade(release: Release, language: str) -> None:
    """Moderate may say "likely", low at most "may", very low neither, in every form of every sentence. Of how many
    groups something is gained very low evidence cannot tell.
    """
    words = WORDS[language]
    allowed = {
        Grade.MODERATE: {Verb.LIKELY, Verb.CANNOT_TELL},
        Grade.LOW: {Verb.MAY, Verb.CANNOT_TELL},
        Grade.VERY_LOW: set(),
    }
    seen = 0
    for case in cases(release, language):
        if case.grade not in set(allowed):
            continue
        seen += 1
        for form in (case.sentence.title, case.sentence.short, case.sentence.long):
            plain = re.sub(r":blue\[(.*?)\]", r"\1", form).lower()
            used = {verb for verb, word in words.items() if word in plain}
            if language == "it" and re.search("potrebbe essere stat[ao]", plain):  # a share, an effect
                used.add(Verb.MAY)
            if case.kind is ClaimKind.COUNT and case.grade == Grade.VERY_LOW:
                assert used == {Verb.CANNOT_TELL}, form
                continue
            assert used <= allowed[Grade(case.grade)], form
            assert (TOO_WEAK[language] in plain) == (case.grade == Grade.VERY_LOW), form
    assert seen > 80


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("grade", [Grade.MODERATE, Grade.LOW, Grade.VERY_LOW])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_predicate_is_the_verdicts(release: Release, language: str, grade: Grade, verdict: Verdict) -> None:
    """Higher, lower or the same are said only on that verdict, and never by evidence too weak to say; that an effect is
    large stands behind what it is set against, which follows its direction at once.
    """
    figure = dataclasses.replace(specimen(release, ClaimKind.EFFECT, "*"), grade=grade, verdict=verdict)
    sentence = sentence_of(release, figure, ClaimKind.EFFECT, "*", "*", Text(language))
    for form in (sentence.short, sentence.long):
        found = {name for name, words in DIRECTIONS[language].items() if words in form}
        expected = {
            Verdict.MUCH_HIGHER: {"more"},
            Verdict.HIGHER: {"more"},
            Verdict.SAME: {"same"},
            Verdict.CANNOT_TELL: set(),
            Verdict.LOWER: {"less"},
            Verdict.MUCH_LOWER: {"less"},
        }[verdict]
        assert found == (set() if grade is Grade.VERY_LOW else expected), form
        large = verdict in (Verdict.MUCH_HIGHER, Verdict.MUCH_LOWER) and grade is not Grade.VERY_LOW
        assert (LARGE[language] in form) is large, form


def unescaped(markdown: str) -> str:
    """As a page shows it."""
    return re.sub(r"\\(.)", r"\1", markdown)


@given(low=st.floats(-0.9, -0.001), high=st.floats(0.001, 5), value=st.floats(-0.9, 5))
@pytest.mark.parametrize("language", LANGUAGES)
def test_cannot_tell_and_too_weak_print_the_range_and_no_point(
    release: Release, language: str, low: float, high: float, value: float
) -> None:
    """What is excluded always follows "cannot tell"; the point never appears with it, nor with evidence too weak."""
    text = Text(language)
    base = specimen(release, ClaimKind.EFFECT, "*")
    for grade, verdict in ((Grade.MODERATE, Verdict.CANNOT_TELL), (Grade.VERY_LOW, Verdict.HIGHER)):
        figure = dataclasses.replace(ranged(base, low, high), value=0.777, grade=grade, verdict=verdict)
        other = dataclasses.replace(figure, value=value)
        sentence = sentence_of(release, figure, ClaimKind.EFFECT, "*", "*", text)
        assert sentence == sentence_of(release, other, ClaimKind.EFFECT, "*", "*", text)
        limits = (0.0, 0.1, -0.1)  # an end that is not zero, nor the smallest effect that matters, never reads as it
        span = text("format.span", low=text.near(low, limits), high=text.near(high, limits))
        forms = (unescaped(sentence.under), sentence.short, sentence.long)
        assert all(span in form for form in forms)
        assert not tells(figure)
        if verdict is Verdict.CANNOT_TELL:
            for form in forms:
                assert text.near(low, limits, "the") in form
                assert text.near(high, limits, "the") in form
                assert {"it": "poco compatibile con i dati", "en": "hardly compatible with the data"}[language] in form
                assert {"it": "i due gruppi sono confrontabili", "en": "the two groups are comparable"}[
                    language
                ] in form


def test_a_group_is_claimed_by_the_range_that_the_others_make_short(release: Release) -> None:
    """A sector's sentence prints that range, and says so; the programme's prints its own."""
    figure = dataclasses.replace(
        specimen(release, ClaimKind.EFFECT, "sector"), low=0.01, high=0.3, sim_low=-0.05, sim_high=0.4,
        shared_low=-0.02, shared_high=0.2, range_kind=RangeKind.SHARED, grade=Grade.LOW, verdict=Verdict.CANNOT_TELL,
    )  # fmt: skip
    code = release.codes("sector")[0]
    for language, words in (
        ("it", "(intervallo al 95% calcolato anche con i dati degli altri settori: da −2% a +20%"),
        ("en", "(95% confidence interval calculated using data from the other sectors as well: from −2% to +20%"),
    ):
        sentence = sentence_of(release, figure, ClaimKind.EFFECT, "sector", code, Text(language))
        assert words in sentence.long
        assert words in sentence.short
        assert sentence.long.startswith(release.programme.label("sector", code, Text(language)))
    whole = dataclasses.replace(
        ranged(specimen(release, ClaimKind.EFFECT, "*"), 0.01, 0.3), sim_low=-0.05, sim_high=0.4
    )
    assert (
        "(intervallo al 95%: da +1% a +30%)" in sentence_of(release, whole, ClaimKind.EFFECT, "*", "*", Text("it")).long
    )


def test_the_frames_hold_no_forbidden_word() -> None:
    """Neither the templates nor anything made of them claims a cause, an order or the absence of an effect."""
    for language in LANGUAGES:
        frames = {key: words for key, words in sentences(language).items() if key.startswith(FRAMES)}
        assert len(frames) > 60
        assert {
            key: words
            for key, words in frames.items()
            if any(f in words.lower().replace(NO_ORDER[language], "") for f in FORBIDDEN[language])
        } == {}


def test_no_sentence_that_can_come_out_holds_a_forbidden_word(release: Release) -> None:
    """Of all sentences there are, in all forms."""
    for language in LANGUAGES:
        listed = {re.sub(r":blue\[(.*?)\]", r"\1", words).lower() for words in every(release, language)}
        assert [words for words, bad in product(listed, FORBIDDEN[language]) if bad in words] == []


def test_a_figure_without_a_grade_makes_no_sentence(release: Release) -> None:
    """Only the headline's figures carry claims: of any other effect nothing can be said."""
    headline = release.programme.headline
    year = release.figure(measure_named(headline.estimand), outcome=headline.outcome, horizon="1")
    assert year is not None
    assert year.grade is None
    with pytest.raises(ValueError, match="carries no claim"):
        sentence_of(release, year, ClaimKind.EFFECT, "*", "*", Text("it"))


def test_a_change_is_never_called_an_effect(release: Release) -> None:
    """The before/after sentence says that it is not the effect of the grant, whatever the number."""
    for level, value in product(("*", "macro_sector", "sector"), (0.18, -0.18, 0.001)):
        figure = dataclasses.replace(specimen(release, ClaimKind.CHANGE, level), value=value)
        code = "*" if level == "*" else release.codes(level)[0]
        for language, words in (("it", "non l’effetto del contributo"), ("en", "not the effect of the grant")):
            sentence = sentence_of(release, figure, ClaimKind.CHANGE, level, code, Text(language))
            assert words in sentence.short
            assert words in sentence.long


def test_without_any_comparison_there_is_only_a_description(release: Release) -> None:
    """An effect that nothing could be compared for becomes the sentence of the change."""
    figure = _withheld(specimen(release, ClaimKind.EFFECT, "*"), Reason.NOT_ESTIMABLE, Grade.DESCRIPTION)
    headline = headline_of(release, figure, ClaimKind.EFFECT, "*", "*", Text("en"))
    assert "This is a change, not the effect of the grant." in headline.sentence.long
    assert headline.figure == specimen(
        release, ClaimKind.CHANGE, "*"
    )  # the number that is printed has the id that is printed


def _withheld(figure: Figure, reason: Reason, grade: Grade = Grade.WITHHELD) -> Figure:
    empty = dict.fromkeys(("value", "low", "high", "shared_low", "shared_high", "range_kind", "sim_low", "sim_high"))
    return dataclasses.replace(figure, **empty, reason=reason, grade=grade, verdict=None)


def test_a_withheld_figure_gives_its_reason_and_no_number(release: Release) -> None:
    """Quality and confidentiality are told apart; no digit of a value leaks."""
    figure, code = specimen(release, ClaimKind.EFFECT, "sector"), release.codes("sector")[0]
    quality, secret = (
        sentence_of(release, _withheld(figure, reason), ClaimKind.EFFECT, "sector", code, Text("it")).long
        for reason in (Reason.TOO_FEW_FIRMS, Reason.CONFIDENTIAL)
    )
    assert "meno di 10 imprese" in quality
    assert "riservato" in secret
    assert not any(mark.isdigit() for mark in secret)


def test_a_value_withheld_by_itself_is_not_said_by_its_verdict(release: Release) -> None:
    """A figure that lost its value but kept its verdict says nothing of either."""
    figure = dataclasses.replace(
        specimen(release, ClaimKind.EFFECT, "*"), value=None, reason=Reason.CONFIDENTIAL, verdict=Verdict.HIGHER
    )
    sentence = sentence_of(release, figure, ClaimKind.EFFECT, "*", "*", Text("it"))
    assert "più alte" not in sentence.long


def test_italian_words_agree_with_the_outcome(release: Release) -> None:
    """Gender and number of an outcome's noun stand in the programme file, and every word follows them."""
    figure = specimen(release, ClaimKind.EFFECT, "*")
    key = dataclasses.replace(figure.key, outcome="destination_countries")
    figure = dataclasses.replace(figure, key=key, value=0.12)
    for grade, verdict, words in (
        (Grade.MODERATE, Verdict.HIGHER, "è stato probabilmente più alto di circa il 12%"),
        (Grade.LOW, Verdict.LOWER, "potrebbe essere stato più basso di circa il 12%"),
        (Grade.LOW, Verdict.CANNOT_TELL, "sia stato più alto o più basso rispetto a quanto sarebbe stato"),
        (Grade.MODERATE, Verdict.SAME, "quasi uguale (entro il 10%) a quanto sarebbe stato"),
    ):
        varied = dataclasses.replace(figure, grade=grade, verdict=verdict)
        assert words in sentence_of(release, varied, ClaimKind.EFFECT, "*", "*", Text("it")).long


def test_verbs_follow_grade_then_verdict() -> None:
    """The closed slots: what each pair says, and nothing but those four verbs."""
    assert verb_of(Grade.MODERATE, Verdict.HIGHER) is Verb.LIKELY
    assert verb_of(Grade.LOW, Verdict.SAME) is Verb.MAY
    assert verb_of(Grade.LOW, Verdict.CANNOT_TELL) is Verb.CANNOT_TELL
    for grade, verdict in product((Grade.VERY_LOW, Grade.DESCRIPTION, Grade.WITHHELD), Verdict):
        assert verb_of(grade, verdict) is Verb.TOO_WEAK


def test_no_order_is_said_unless_the_test_rejects(release: Release) -> None:
    """The words on all sectors together follow Welch's test, and never name one."""
    for level, language in product(("sector", "macro_sector"), LANGUAGES):
        said, codes = sentences(language), release.codes(level)
        for part in ("heading", "under"):
            told, not_told = said[f"differ.{level}.{part}.told"], said[f"differ.{level}.{part}.not_told"]
            assert told != not_told
            assert not any(release.programme.label(level, code, Text(language)) in told for code in codes)
        assert NO_ORDER[language] in said[f"differ.{level}.heading.told"]
    figure = release.figure(measure_named("sectors_differ_symmetric_growth"), outcome="online_sales", horizon="overall")
    assert figure is not None
    assert figure.value is not None
    assert rejects_equality(release, "sector") == (figure.value < 0.05)
