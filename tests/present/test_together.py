"""What is said of several groups at once, and why a group's range and strength are as they are (METHODS.md 10)."""

from dataclasses import replace
from itertools import product
from typing import cast

import pytest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text, sentences
from analytics.model import Check, CheckReason, Estimand, Grade, RangeKind, Result, Unit, Verdict
from analytics.present.sentences.claims import ClaimKind, claim_interval, range_key, sentence_of
from analytics.present.sentences.headlines import approved_sentences
from analytics.present.sentences.reasons import why_words
from analytics.present.sentences.together import (
    count_of,
    count_sentence,
    differ_heading,
    differ_words,
    is_longer,
    pair_sentence,
    pairs_of,
    pairs_words,
    range_notes,
    rejects_equality,
    surer_note,
)
from analytics.release import Figure, Release, Releases, measures
from analytics.release.measures import check_of, other_group
from tests.helpers.instead import Instead, ranged, withheld
from tests.present.sentences import counted, paired

GROUPS = ("sector", "macro_sector")


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


@pytest.fixture(scope="module")
def michigan(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "michigan-1988").open()


def effect(release: Release, code: str, dimension: str = "sector") -> Figure:
    found = release.main_effect({dimension: code})
    assert found is not None
    assert found.published
    return found


# ---- of how many groups ----------------------------------------------------------------------------------------------

COUNT = {
    "it": (
        "in almeno 5 dei 12 settori pubblicati le vendite online dell’impresa finanziata tipica",
        "La frase non indica quali siano.",
    ),
    "en": (
        "in at least 5 of the 12 published sectors online sales of the typical funded firm",
        "The sentence does not say which ones they are.",
    ),
}
MORE = {
    ("it", Grade.MODERATE): "sono state probabilmente più alte",
    ("it", Grade.LOW): "potrebbero essere state più alte",
    ("en", Grade.MODERATE): "it is likely that in at least 5 of the 12 published sectors",
    ("en", Grade.LOW): "may have been higher",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("grade", [Grade.MODERATE, Grade.LOW])
def test_a_count_says_in_how_many_of_the_published_and_not_in_which(
    release: Release, language: str, grade: Grade
) -> None:
    """Its number, out of those that are published, as strongly as its grade; no group's name stands in it."""
    text = Text(language)
    count = replace(counted(release, "sector"), value=5.0, grade=grade, verdict=Verdict.HIGHER)
    sentence = count_sentence(release, count, text)
    for said in (sentence.short, sentence.long):
        for words in (*COUNT[language], MORE[language, grade], "95%"):
            assert words.lower() in said.lower()
        assert not any(release.programme.label("sector", code, text) in said for code in release.codes("sector"))
    assert text("grade.says", grade=text(f"grade.{grade}")) in sentence.long


@pytest.mark.parametrize(("language", "all_", "lower"), [("it", "in tutti i 12", "più basse"), ("en", "all", "lower")])
def test_a_count_of_all_groups_says_all_and_one_of_losses_lower(
    release: Release, language: str, all_: str, lower: str
) -> None:
    """ "At least 12 of 12" is all; where the programme lost, its groups did."""
    count = replace(counted(release, "sector"), value=12.0, grade=Grade.LOW, verdict=Verdict.LOWER)
    said = count_sentence(release, count, Text(language)).long
    assert all_ in said
    assert lower in said
    assert COUNT[language][0].split(" 5 ")[0] not in said.lower()


@pytest.mark.parametrize(
    ("language", "words"), [("it", "non possiamo dire in quanti"), ("en", "we cannot tell in how")]
)
@pytest.mark.parametrize("grade", [Grade.MODERATE, Grade.LOW, Grade.VERY_LOW])
def test_where_nothing_can_be_counted_no_number_is_said(
    release: Release, language: str, words: str, grade: Grade
) -> None:
    """Neither 0 groups nor none that gained: it cannot be told in how many, which is not that none can be told of."""
    count = replace(counted(release, "sector"), value=0.0, grade=grade, verdict=Verdict.CANNOT_TELL)
    sentence = count_sentence(release, count, Text(language))
    for said in (sentence.short, sentence.long):
        assert words in said.lower()
        assert {"it": "valgono ciascuna per sé", "en": "stand on their own"}[language] in said
        assert "0" not in said
        assert "12" in said


def test_the_groups_of_a_count_are_those_that_are_published(release: Release) -> None:
    """Had one sector fewer been published, the sentence is of one fewer."""
    count = replace(counted(release, "sector"), value=5.0, grade=Grade.LOW, verdict=Verdict.HIGHER)
    fewer = Instead(release, withheld(effect(release, "retail")))
    assert "5 of the 11 published sectors" in count_sentence(fewer, count, Text("en")).long  # type: ignore[arg-type]


# ---- which pairs -----------------------------------------------------------------------------------------------------

PAIR = {
    ("it", Grade.MODERATE): "l’effetto del contributo è stato probabilmente maggiore in «{first}» che in «{second}»",
    ("it", Grade.LOW): "l’effetto del contributo potrebbe essere stato maggiore in «{first}» che in «{second}»",
    ("en", Grade.MODERATE): "likely that the effect of the grant on online sales of the typical funded firm was larger "
    "in “{first}” than in “{second}”",
    ("en", Grade.LOW): "may have been larger in “{first}” than in “{second}”",
}
ALL_PAIRS = {
    "it": "intervallo al 95% corretto per il numero di coppie",
    "en": "95% confidence interval adjusted for the number of pairs",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("grade", [Grade.MODERATE, Grade.LOW])
def test_a_pair_says_which_is_ahead_with_the_range_for_all_pairs(release: Release, language: str, grade: Grade) -> None:
    """The larger effect first, both by name, as strongly as its grade, the difference's range and what it holds for;
    it is not said that more was sold there.
    """
    text = Text(language)
    pair = replace(paired(release, "sector"), grade=grade, low=0.02, high=0.61)
    first, second = (release.programme.label("sector", code, text) for code in release.codes("sector")[:2])
    sentence = pair_sentence(release, pair, text)
    for said in (sentence.short, sentence.long):
        assert PAIR[language, grade].format(first=first, second=second) in said
        assert "più alte" not in said
        assert "higher" not in said
        assert ALL_PAIRS[language] in said
        assert text.span(0.02, 0.61) in said
    assert text("grade.says", grade=text(f"grade.{grade}")) in sentence.long


def test_a_pair_of_a_score_has_no_percentage(release: Release) -> None:
    """Symmetric growth is a score in [-2, 2]."""
    pair = replace(paired(release, "sector"), unit=Unit.SCORE, low=0.02, high=0.61)
    said = pair_sentence(release, pair, Text("en")).short
    assert "(+0.02; +0.61)" in said
    assert "+2%" not in said


def test_only_published_pairs_are_said(release: Release) -> None:
    """One that is withheld is neither a sentence of its own nor named among those that lie apart."""
    first, *others = pairs_of(release, "sector")
    assert others
    hidden = Instead(release, withheld(first))
    assert list(pairs_of(hidden, "sector")) == others  # type: ignore[arg-type]
    said = [one.figure for one in approved_sentences(release, Text("en")) if one.kind is ClaimKind.PAIR]
    assert said == [first, *others]


@pytest.mark.parametrize("language", LANGUAGES)
def test_pairs_that_lie_apart_are_named_and_no_order_is(release: Release, language: str) -> None:
    """Each group that is ahead once, with those that it is ahead of; nothing where no pair lies apart."""
    text = Text(language)
    quotes, larger, than = {
        "it": ("«{}»", "effetto stimato maggiore in ", " che in "),
        "en": ("“{}”", "estimated effect larger in ", " than in "),
    }[language]
    behind: dict[str, list[str]] = {}
    for pair in pairs_of(release, "sector"):
        ahead, other = (
            quotes.format(release.programme.label("sector", code, text))
            for code in (pair.group[0][1], other_group(pair.measure))
        )
        behind.setdefault(ahead, []).append(other)
    named = "; ".join(f"{larger}{ahead}{than}{', '.join(others)}" for ahead, others in behind.items())
    assert behind
    said = pairs_words(release, "sector", text)
    assert said.endswith(f": {named}.")
    assert {"it": "settori", "en": "sectors"}[language] in said.partition(":")[0]
    assert pairs_words(cast("Release", Instead(release, without=("beside_",))), "sector", text) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_pairs_of_a_kind_of_group_are_called_by_it(release: Release, language: str) -> None:
    """Macro-sectors are no sectors."""
    kinds = {"it": ("settori", "macrosettori", "gruppi"), "en": ("sectors", "macro-sectors", "groups")}[language]
    for level, kind in zip(("sector", "macro_sector", "grouping"), kinds, strict=True):
        assert f" {kind} " in sentences(language)[f"differ.{level}.apart"].partition("{")[0]


PARTS = {
    ("channel", 0.17): (
        "I dati non consentono di distinguere i canali fra loro",
        "Le differenze possono essere dovute al caso (test di Welch, p\u00a0=\u00a00,17).",
    ),
    ("channel", 0.001): (
        "Gli effetti differiscono fra i canali",
        "Il solo caso non basta a spiegare le differenze fra i canali (p\u00a0<\u00a00,01).",
    ),
    ("size_class", 0.6): (
        "I dati non consentono di distinguere le dimensioni fra loro",
        "Le differenze possono essere dovute al caso (test di Welch, p\u00a0=\u00a00,60).",
    ),
    ("sector", 0.001): (
        "Gli effetti differiscono fra i settori, ma i dati non consentono una graduatoria",
        "Il solo caso non basta a spiegare le differenze fra i settori (p\u00a0<\u00a00,01).",
    ),
}


@pytest.mark.parametrize(("dimension", "p"), PARTS)
@pytest.mark.parametrize("within", [{}, {"sector": "food"}])
def test_the_heading_says_what_the_test_found(release: Release, dimension: str, p: float, within: dict) -> None:
    """Of the programme, and of the parts of a sector; the p stands under it."""
    if dimension == "sector" and within:
        return
    test = release.main(measures.groups_differ(dimension, Estimand.SYMMETRIC_GROWTH), group=within)
    assert test is not None
    assert test.published
    other = cast("Release", Instead(release, replace(test, value=p)))
    text = Text("it")
    assert (differ_heading(other, dimension, text, within), differ_words(other, dimension, text, within)) == PARTS[
        dimension, p
    ]
    assert rejects_equality(other, dimension, within) == (p < 0.05)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pairs_that_lie_apart_are_no_list_where_nobody_stands_apart(release: Release, language: str) -> None:
    """The test is of another estimand than the pairs: where it does not reject, and pairs lie apart, the heading says
    so and the pairs stand under it.
    """
    text = Text(language)
    test = release.main(measures.groups_differ("sector", Estimand.SYMMETRIC_GROWTH))
    assert test is not None
    other = cast("Release", Instead(release, replace(test, value=0.4)))
    assert pairs_of(other, "sector")
    assert differ_heading(other, "sector", text) == text("differ.sector.heading.pairs")
    first = release.programme.label("sector", pairs_of(other, "sector")[0].group[0][1], text)
    assert first in differ_words(other, "sector", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_was_tested_the_heading_says_so(release: Release, language: str) -> None:
    """Of a sector with one published channel, and of a release of an older format."""
    text = Text(language)
    for other, within in ((release, {"sector": "chemicals"}), (Instead(release, without=("channels_differ",)), {})):
        heading = differ_heading(cast("Release", other), "channel", text, within)
        assert heading == text("differ.channel.heading.not_tested")
        assert differ_words(cast("Release", other), "channel", text, within) == text("differ.channel.under.not_tested")


def test_where_there_is_one_group_nothing_is_said_of_several(michigan: Release) -> None:
    """One sector: no count of sectors, and no pair."""
    kinds = {one.kind for one in approved_sentences(michigan, Text("en"))}
    assert not kinds & {ClaimKind.COUNT, ClaimKind.PAIR}
    assert not pairs_of(michigan, "sector")


# ---- why a range is as it is -----------------------------------------------------------------------------------------

NOTES = {
    ("it", "sector"): (
        "i dati degli altri settori",
        "più ampio di quello calcolato sul solo settore",
    ),
    ("it", "macro_sector"): (
        "i dati degli altri macrosettori",
        "più ampio di quello calcolato sul solo macrosettore",
    ),
    ("en", "sector"): (
        "also uses data from the other sectors",
        "calculated for the sector alone",
    ),
    ("en", "macro_sector"): (
        "also uses data from the other macro-sectors",
        "calculated for the macro-sector alone",
    ),
}
SHORT = {"low": 0.0, "high": 0.4, "shared_low": 0.05, "shared_high": 0.35}
LONG = {"low": 0.05, "high": 0.35, "shared_low": 0.0, "shared_high": 0.4}


def notes(release: object, figure: Figure, dimension: str, language: str) -> list[bool]:
    """Whether each of the two is said."""
    said = " ".join(range_notes(release, figure, dimension, Text(language)))  # type: ignore[arg-type]
    return [words in said for words in NOTES[language, dimension]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dimension", GROUPS)
def test_a_shared_range_says_that_the_others_were_used_and_where_it_is_longer(
    release: Release, dimension: str, language: str
) -> None:
    """Why a group that is unlike the others has a longer range; never that of its own range."""
    figure = replace(effect(release, release.codes(dimension)[0], dimension), verdict=Verdict.CANNOT_TELL)
    shared = replace(figure, range_kind=RangeKind.SHARED)
    assert notes(release, replace(shared, **SHORT), dimension, language) == [True, False]
    assert notes(release, replace(shared, **LONG), dimension, language) == [True, True]
    for kind in (RangeKind.OWN, None):
        assert notes(release, replace(figure, **LONG, range_kind=kind), dimension, language) == [False, False]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_interval_is_said_to_hold_the_effect_only_of_groups_that_are_comparable(language: str) -> None:
    """No text promises how often an interval holds the true effect without that condition."""
    holds, provided = {
        "it": ("l’effetto vero", "confrontabili"),
        "en": ("the true effect", "comparable"),
    }[language]
    promises = {key: words for key, words in sentences(language).items() if holds in words}
    assert {"guide.body", "press.read_shared", "together.used.sector"} <= set(promises)
    assert [key for key, words in promises.items() if provided not in words] == []


CLAIMS = {
    "likely": {"grade": Grade.MODERATE, "verdict": Verdict.HIGHER},
    "may": {"grade": Grade.LOW, "verdict": Verdict.HIGHER},
    "cannot_tell": {"grade": Grade.LOW, "verdict": Verdict.CANNOT_TELL},
    "too_weak": {"grade": Grade.VERY_LOW, "verdict": Verdict.HIGHER},
}
SURER = {
    "it": {
        "may": "perché a questo livello tutte le verifiche sono superate",
        "cannot_tell": "perché a questo livello l’intervallo consente una conclusione",
        "too_weak": "perché a questo livello le verifiche hanno rilevato meno problemi",
    },
    "en": {
        "may": "because at this level every check is passed",
        "cannot_tell": "because at this level the interval allows a conclusion",
        "too_weak": "because at this level the checks found fewer problems",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dimension", GROUPS)
def test_more_than_of_the_programme_is_explained(release: Release, dimension: str, language: str) -> None:
    """Where a group has a direction and a stronger verb than the programme, by what keeps the programme from more;
    never where it has the same or none.
    """
    text, code = Text(language), release.codes(dimension)[0]
    figure, main = effect(release, code, dimension), release.headline()
    order = list(CLAIMS)
    for of_group, of_whole in product(CLAIMS, CLAIMS):
        beside = cast("Release", Instead(release, replace(main, **CLAIMS[of_whole])))
        said = surer_note(beside, replace(figure, **CLAIMS[of_group]), dimension, text)
        if of_group in ("likely", "may") and order.index(of_group) < order.index(of_whole):
            assert said.startswith(release.programme.label(dimension, code, text) + ": ")
            assert said.endswith(SURER[language][of_whole] + ".")
        else:
            assert said == "", (of_group, of_whole)


@pytest.mark.parametrize(
    ("own", "shared", "longer"),
    [
        ((0.05, 0.35), (0.0, 0.4), True),
        ((0.0, 0.4), (0.05, 0.35), False),
        ((0.05, 0.35), (0.05, 0.35), False),
        ((0.051, 0.349), (0.0505, 0.3495), False),  # it is printed alike
        ((0.0, 0.21), (0.2, 0.42), False),  # 1.21 times, and 1.18 times: its length on the scale of the estimate
        ((-0.5, 0.0), (-0.75, -0.45), True),  # 2 times, and 2.2 times
        ((-0.5, 0.0), (-1.0, -0.6), True),
    ],
)
def test_longer_is_meant_on_the_scale_of_the_estimate_and_as_it_is_printed(
    release: Release, own: tuple[float, float], shared: tuple[float, float], *, longer: bool
) -> None:
    """A range of growth is as long as its ends are apart as factors."""
    ends = dict(zip(("low", "high", "shared_low", "shared_high"), (*own, *shared), strict=True))
    assert is_longer(replace(effect(release, "retail"), **ends), Text("en")) is longer


def test_a_range_without_ends_is_not_longer(release: Release) -> None:
    """A withheld one, and one of an earlier format."""
    figure = effect(release, "retail")
    for gone in (withheld(figure), replace(figure, shared_low=None, shared_high=None, range_kind=None)):
        assert not is_longer(gone, Text("en"))


# ---- which range a claim uses ----------------------------------------------------------------------------------------

JOINT = {"low": 0.01, "high": 0.3, "sim_low": -0.05, "sim_high": 0.4}
FORMER = {"shared_low": None, "shared_high": None, "range_kind": None}  # up to format 7
SHARED = {"shared_low": -0.02, "shared_high": 0.2, "range_kind": RangeKind.SHARED}
OWN = {"shared_low": 0.01, "shared_high": 0.3, "range_kind": RangeKind.OWN}


@pytest.mark.parametrize("dimension", GROUPS)
def test_a_claim_uses_the_range_of_its_format(release: Release, dimension: str) -> None:
    """Up to format 7 a group the one that holds for all together, in those words; from then on the one that the others
    make short, or, where they do not, its own; the programme its own in any.
    """
    figure = replace(effect(release, release.codes(dimension)[0], dimension), **JOINT)
    for told, interval, key in (
        (FORMER, (-0.05, 0.4), dimension),
        (SHARED, (-0.02, 0.2), f"shared.{dimension}"),
        (OWN, (0.01, 0.3), "programme"),
    ):
        varied = replace(figure, **told)
        assert claim_interval(varied, dimension) == interval
        assert range_key(release, varied, dimension) == key
    for told in (FORMER, OWN):
        whole = replace(release.headline(), **JOINT, **told)
        assert claim_interval(whole, "*") == (0.01, 0.3)
        assert range_key(release, whole, "*") == "programme"
    assert claim_interval(replace(figure, **FORMER, **dict.fromkeys(("sim_low", "sim_high"))), dimension) is None


def test_one_group_alone_needs_no_word_for_several(michigan: Release) -> None:
    """Of a release of any format."""
    figure = effect(michigan, "manufacturing")
    for told in (FORMER, OWN):
        assert range_key(michigan, replace(figure, **told), "sector") == "programme"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "intervallo al 95% corretto per il numero di settori: da −5% a +40%"),
        ("en", "95% confidence interval adjusted for the number of sectors: from −5% to +40%"),
    ],
)
def test_a_release_up_to_format_7_keeps_its_words(release: Release, language: str, words: str) -> None:
    """Quoted sentences stay what they were: its interval and the words for it."""
    code = release.codes("sector")[0]
    figure = replace(effect(release, code), **JOINT, **FORMER, grade=Grade.LOW, verdict=Verdict.CANNOT_TELL)
    sentence = sentence_of(release, figure, ClaimKind.EFFECT, "sector", code, Text(language))
    assert words in sentence.long
    assert words in sentence.short
    weak = replace(figure, grade=Grade.VERY_LOW, verdict=Verdict.HIGHER)
    said = sentence_of(release, weak, ClaimKind.EFFECT, "sector", code, Text(language)).long
    assert Text(language)("said.weak") in said


# ---- what is too weak ------------------------------------------------------------------------------------------------

WEAK = {
    "it": {
        "weak": "non dei problemi emersi dalle verifiche",
        "weak_gate": "si indica solo se risulta anche per l’intero programma, e qui non risulta",
        "weak_before": "imprese finanziate e imprese di confronto avessero andamenti diversi già prima",
    },
    "en": {
        "weak": "not for the problems found by the checks",
        "weak_gate": "the direction for a group is given only if it is also found for the whole programme",
        "weak_before": "it cannot be ruled out that funded and comparison firms had different trends before the grant",
    },
}
HOLDS, MAY_HOLD = (Result.PASS, CheckReason.TREND_HOLDS), (Result.NOT_CONTRADICTED, CheckReason.TREND_MAY_HOLD)
OPEN = [
    (Result.FAIL, CheckReason.DIFFERED),
    (Result.FAIL, CheckReason.WHOLE_DIFFERED),
    (Result.NOT_CONTRADICTED, CheckReason.TREND_OPEN),
    (Result.NOT_CONTRADICTED, CheckReason.WHOLE_OPEN),
    (Result.NOT_CONTRADICTED, CheckReason.PARENT_AHEAD),
    (Result.NOT_TESTABLE, CheckReason.TOO_FEW_LEFT),
]


def weak_words(
    release: Release, verdict: Verdict, gate: tuple[float, float], before: tuple[Result, CheckReason], language: str
) -> list[str]:
    """Which of the three reasons a sector's sentence names."""
    text, code = Text(language), release.codes("sector")[0]
    figure = replace(effect(release, code), grade=Grade.VERY_LOW, verdict=verdict, range_kind=RangeKind.SHARED)
    assert figure.measure.about is not None
    check = release.main(check_of(Check.BEFORE, figure.measure.about), group=figure.group)
    assert check is not None
    check = replace(check, result=before[0], because=before[1])
    beside = Instead(release, ranged(release.headline(), *gate), check)
    said = sentence_of(beside, figure, ClaimKind.EFFECT, "sector", code, text).long  # type: ignore[arg-type]
    return [name for name, words in WEAK[language].items() if words in said]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", [Verdict.HIGHER, Verdict.MUCH_HIGHER, Verdict.LOWER, Verdict.MUCH_LOWER])
def test_too_weak_says_which_of_gate_and_year_before(release: Release, language: str, verdict: Verdict) -> None:
    """A direction that the programme does not have; else a year before that does not allow one."""
    up, down, none = (0.1, 0.2), (-0.2, -0.1), (-0.1, 0.1)
    gate, others = (up, (down, none)) if verdict in (Verdict.HIGHER, Verdict.MUCH_HIGHER) else (down, (up, none))
    for other in others:
        assert weak_words(release, verdict, other, HOLDS, language) == ["weak_gate"]
        assert weak_words(release, verdict, other, OPEN[2], language) == ["weak_gate"]
    for before in OPEN:
        assert weak_words(release, verdict, gate, before, language) == ["weak_before"]
    assert weak_words(release, verdict, gate, HOLDS, language) == ["weak"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_before_that_allows_a_direction_is_not_said_to_be_why_it_is_too_weak(
    release: Release, language: str
) -> None:
    """Where a trend may hold, a direction may be said: then it is the other checks that do not bear it."""
    assert weak_words(release, Verdict.HIGHER, (0.1, 0.2), MAY_HOLD, language) == ["weak"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", [Verdict.CANNOT_TELL, Verdict.SAME])
def test_too_weak_without_a_direction_names_the_checks(release: Release, language: str, verdict: Verdict) -> None:
    """Neither gate nor year before is asked where no direction would be said."""
    for gate in ((-0.1, 0.1), (0.1, 0.2)):
        assert weak_words(release, verdict, gate, OPEN[2], language) == ["weak"]


@pytest.mark.parametrize(("language", "words"), [("it", "un intervallo al 98%"), ("en", "requires a 98% interval")])
def test_may_with_all_checks_passed_says_that_the_wider_range_holds_zero(
    release: Release, language: str, words: str
) -> None:
    """ "Not every check passed" would be false there."""
    code = release.codes("sector")[0]
    figure = replace(effect(release, code), grade=Grade.LOW, verdict=Verdict.HIGHER)
    assert figure.measure.about is not None
    found = [release.main(check_of(check, figure.measure.about), group=figure.group) for check in Check]
    passed = [replace(one, result=Result.PASS) for one in found if one is not None]
    assert len(passed) == len(Check)
    text = Text(language)
    assert words in why_words(Instead(release, *passed), figure, text)[1]  # type: ignore[arg-type]
    some = [*passed[:-1], replace(passed[-1], result=Result.FAIL)]
    assert why_words(Instead(release, *some), figure, text)[1] == text("why_verb.says.may")  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "words"), [("it", "comprende lo zero"), ("en", "includes zero")])
def test_about_the_same_is_not_explained_by_a_range_that_holds_zero(
    release: Release, language: str, words: str
) -> None:
    """There it is the amount fixed that the wider range reaches: zero lies in both."""
    code = release.codes("sector")[0]
    figure = replace(effect(release, code), grade=Grade.LOW, verdict=Verdict.SAME)
    assert figure.measure.about is not None
    found = [release.main(check_of(check, figure.measure.about), group=figure.group) for check in Check]
    passed = [replace(one, result=Result.PASS) for one in found if one is not None]
    assert words not in why_words(Instead(release, *passed), figure, Text(language))[1]  # type: ignore[arg-type]


def test_the_count_of_a_release_that_has_none_is_none(release: Release) -> None:
    """A release up to format 7 says nothing of several groups at once."""
    former = Instead(release, without=("beside_", "sectors_gaining", "macro_sectors_gaining"))
    assert count_of(former, "sector") is None  # type: ignore[arg-type]
    said = [one.kind for one in approved_sentences(former, Text("it"))]  # type: ignore[arg-type]
    assert not set(said) & {ClaimKind.COUNT, ClaimKind.PAIR}
