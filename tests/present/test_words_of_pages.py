"""What the reading pages say beside their pictures: as strong as the evidence, true of the numbers, in their order."""

import itertools
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text, sentences, speaking
from analytics.model import Arm, Grade, ObsStatus, Verdict
from analytics.present.asked import Asked
from analytics.present.sentences.guidance import guidance
from analytics.present.sentences.lasting import lasting_sentence
from analytics.present.sentences.panels import companions, losses_words, panel_words, without_grant
from analytics.present.tables.changes import held_table, update_words, updates_table
from analytics.present.tables.facts import sector_facts
from analytics.present.verbs import Verb, verb_of
from analytics.present.written import EMPTY, claim_cell
from analytics.programme.classifications import DIVISIONS
from analytics.programme.sector_search import find_sector, sector_option
from analytics.release import Figure, Release, Releases
from analytics.release.difference import Change
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
def test_the_words_beside_a_number_are_as_strong_as_its_evidence(
    release: Release, language: str, grade: Grade, verdict: Verdict
) -> None:
    """Of a panel: likely, possible, or not known; and never one for the other."""
    figure = replace(release.headline(), grade=grade, verdict=verdict)
    said = panel_words(figure, speaking(language))
    assert never_stronger(said, grade, verdict, language)
    verb = verb_of(grade, verdict)
    same = "same." if verdict is Verdict.SAME and verb in (Verb.LIKELY, Verb.MAY) else ""
    assert said == sentences(language)[f"panel.{same}{verb}"]


def test_a_figure_without_a_claim_has_no_direction(release: Release) -> None:
    """What carries no grade, or none any more, is said to be too weak."""
    main = release.headline()
    for figure in (replace(main, grade=None), replace(main, verdict=None), withheld(main)):
        assert panel_words(figure, speaking("en")) == sentences("en")["panel.too_weak"]


@pytest.mark.parametrize("grade", [Grade.MODERATE, Grade.LOW])
def test_about_the_same_is_no_direction(release: Release, grade: Grade) -> None:
    """Money has the verdict of the effect it follows from, "about the same" among them: then none is likely."""
    figure = replace(release.headline(), grade=grade, verdict=Verdict.SAME)
    assert "direction" not in panel_words(figure, speaking("en"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("grade", "verdict"), OPEN)
def test_the_facts_of_a_sector_give_no_point_where_the_answer_is_open(
    release: Release, language: str, grade: Grade, verdict: Verdict
) -> None:
    """The estimate is nowhere, its range is; the shrunken one is named as the best guess."""
    text, asked = speaking(language), Asked.headline(release)
    claim = replace(sector_claims(release)["retail"], value=POINT, grade=grade, verdict=verdict)
    facts = dict(sector_facts(Instead(release, claim), asked, "retail", text))
    assert all(text.percent(POINT) not in shown for shown in facts.values())
    assert facts[text("fact.effect_shared")] == text.interval(claim.shared_low or 0, claim.shared_high or 0)
    interval = text.interval(claim.shrunk_low or 0, claim.shrunk_high or 0, claim.unit)
    assert facts[text("fact.best_guess")] == f"{text.measured(claim.shrunk or 0)} {interval}"
    told = replace(claim, grade=Grade.LOW, verdict=Verdict.HIGHER)
    facts = dict(sector_facts(Instead(release, told), asked, "retail", text))
    assert facts[text("fact.effect_shared")].startswith(text.percent(POINT))


def test_the_facts_of_a_withheld_sector_are_those_that_are_published(release: Release) -> None:
    """No code and no dash stands where a number would."""
    asked = Asked.headline(release)
    for code in release.codes("sector"):
        for _, shown in sector_facts(release, asked, code, speaking("it")):
            assert any(character.isdigit() for character in shown)
    assert sector_facts(release, asked, "electronics", speaking("it")) == []


# ---- whether an effect lasts -----------------------------------------------------------------------------------------


def lasts(release: Release, text: Text, claim: Figure, last: tuple[float, float], path: tuple[float, float]) -> str:
    """The sentence of a claim with other intervals of its last year and of its way there."""
    year = of(release, "typical_firm", horizon="3")
    change = of(release, "lasting_typical_firm")
    there = Instead(release, claim, ranged(year, *last), ranged(change, *path))
    return lasting_sentence(there, claim, text)


ENDS = [(-0.4, -0.2), (-0.1, 0.1), (0.2, 0.4)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("grade", "verdict"), CLAIMS)
def test_whether_it_lasts_is_said_no_more_strongly_than_the_claim(
    release: Release, language: str, grade: Grade, verdict: Verdict
) -> None:
    """Whatever the years show: of an open answer neither a number nor a way; else both ranges, and the grade's verb."""
    text = speaking(language)
    claim = replace(release.headline(), grade=grade, verdict=verdict)
    for last, path in itertools.product(ENDS, ENDS):
        said = lasts(release, text, claim, last, path)
        assert never_stronger(said, grade, verdict, language)
        if (grade, verdict) in OPEN:
            assert not any(character.isdigit() for character in said)
            assert said == sentences(language)[f"lasting.{verb_of(grade, verdict)}"]
        else:
            assert text.span(*last) in said
            assert text.span(*path) in said


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
    for language, more, less in (("en", "likely larger", "likely smaller"), ("it", "più grande", "più piccola")):
        said = lasts(release, speaking(language), claim, last, path)
        if larger is None:
            assert sentences(language)["lasting.open"].partition("(")[0] in said
        else:
            assert (more if larger else less) in said
            assert (less if larger else more) not in said


def test_a_year_that_holds_zero_is_not_seen(release: Release) -> None:
    """One that does not is; touching zero is not seen."""
    claim = replace(release.headline(), grade=Grade.LOW, verdict=Verdict.HIGHER)
    text = speaking("en")
    for last, seen in (((0.01, 0.2), True), ((0.0, 0.2), False), ((-0.01, 0.2), False)):
        said = lasts(release, text, claim, last, (-0.1, 0.1))
        assert ("is still seen" in said) is seen
        assert ("cannot be told from zero" in said) is not seen


def test_a_difference_that_turned_is_not_still_seen(release: Release) -> None:
    """A rise that has become a fall is no effect that lasts."""
    claim = replace(release.headline(), value=0.1, grade=Grade.LOW, verdict=Verdict.HIGHER)
    assert "still seen" not in lasts(release, speaking("en"), claim, (-0.3, -0.1), (-0.5, -0.2))


def test_a_year_that_is_withheld_gives_the_reason(release: Release) -> None:
    """Neither the last year nor the way there is said where either is withheld."""
    main, text = release.headline(), speaking("it")
    claim = replace(main, grade=Grade.LOW, verdict=Verdict.HIGHER)
    for hidden in (of(release, "typical_firm", horizon="3"), of(release, "lasting_typical_firm")):
        said = lasting_sentence(Instead(release, withheld(hidden)), claim, text)
        assert "riservato" in said
        assert not any(character.isdigit() for character in said)


def test_a_confidential_claim_is_not_called_weak(release: Release) -> None:
    """Nothing is known here of its evidence: it is withheld, and the reason is another."""
    claim = sector_claims(release)["electronics"]
    assert claim.grade is Grade.WITHHELD
    assert lasting_sentence(release, claim, speaking("en")) != sentences("en")["lasting.too_weak"]


def test_an_older_release_without_such_a_figure_says_so_in_one_sentence(release: Release) -> None:
    """Format 4 has no figures on lasting: "cannot be said (This figure is not in this release.)." are two."""
    main = replace(release.headline(), grade=Grade.LOW, verdict=Verdict.HIGHER)

    class Older(Instead):
        def figure(self, measure: Measure, **cell: object) -> Figure | None:
            return None if measure.base == "lasting" else super().figure(measure, **cell)

    assert ".)" not in lasting_sentence(Older(release), main, speaking("en"))


# ---- the world without the grant, losses, companions -----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_became_of_the_others_is_what_their_change_says(release: Release, language: str) -> None:
    """Its number, whichever its sign; nothing where it is withheld."""
    text, other = speaking(language), of(release, "change", Arm.COMPARISON)
    for value in (0.2, -0.2, 0.004, 0.0):
        said = without_grant(Instead(release, replace(other, value=value)), text)
        assert said == text("panel.others", change=text.percent(value))
    assert without_grant(Instead(release, withheld(other)), text) == ""


def test_others_did_not_rise_too_where_the_funded_fell(release: Release) -> None:
    """The word "too" speaks of the funded firms."""
    fell = replace(of(release, "change", Arm.FUNDED), value=-0.2)
    rose = replace(of(release, "change", Arm.COMPARISON), value=0.1)
    assert "too" not in without_grant(Instead(release, fell, rose), speaking("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_losses_are_a_range_with_its_evidence_or_a_reason(release: Release, language: str) -> None:
    """The share's range and how sure its direction is, never its point; where it is withheld the reason alone."""
    text, share = speaking(language), of(release, "losses_offset")
    for grade, verdict in itertools.product((Grade.MODERATE, Grade.LOW, Grade.VERY_LOW), Verdict):
        figure = replace(share, value=POINT, low=-0.05, high=0.88, grade=grade, verdict=verdict)
        said = losses_words(Instead(release, figure), text)
        assert text("format.span", low=text.percent(-0.05), high=text.percent(0.88, sign=False)) in said
        assert panel_words(figure, text) in said
        assert text.percent(POINT, sign=False) not in said
        assert sentences(language)["said.note.losses"] in said
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
        assert f"{text.percent(claim.shrunk or 0)} (intervallo 80%, in media sui settori: {span})" in said


BEST_GUESS = {
    "it": ("80%, in media sui settori", "di un settore diverso dagli altri spesso sbaglia"),
    "en": ("80% range, on average over the sectors", "of a sector unlike the others it is often wrong"),
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
    for years, said in ((3, None), (4, "4 years of data after the grant would be enough."), (None, "Further years")):
        last = list(guidance(Instead(release, replace(claim, years_needed=years)), "retail", text))[-1]
        assert last.startswith(said) if said else last.startswith("To tell an effect")


def test_what_was_never_asked_is_not_said_to_be_impossible(michigan: Release) -> None:
    """Of a headline of one year it is asked how many firms would tell; what more years would do, no year can say."""
    claim = sector_claims(michigan)["manufacturing"]
    assert claim.firms_needed is not None
    assert claim.years_needed is None
    said = " ".join(guidance(michigan, "manufacturing", speaking("en")))
    assert f"about {claim.firms_needed} funded firms" in said
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
        assert told[label] == ("changed" if changed else "the same")
        assert list(told.drop(label).unique()) == ["the same"]


def test_a_group_that_is_new_or_gone_does_not_fail(release: Release) -> None:
    """A new one is changed; of neither is a number invented."""
    label = release.programme.label("sector", "retail", speaking("en"))
    before = Regrouped(release, "retail")
    assert said(before, release)[label] == "changed"
    assert updates_table(before, release, speaking("en")).loc[label].iloc[0] == EMPTY  # type: ignore[arg-type]
    gone = said(release, before)
    assert gone[label] == "changed"
    assert set(gone.drop(label)) == {"the same"}


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
        assert set(table[text("table.figure")]) == {figure.figure_id for figure in mine}
        assert all("(p)" in shown for shown in table[text("table.effect_95")])
        assert set(table.index) == {text("label.whole_programme"), release.programme.label("sector", "retail", text)}
        assert len(held_table(release, text)) == 0


def test_a_range_that_stays_is_marked_too(release: Release) -> None:
    """The note says that figures which stay are marked (p): those that tell no direction as well."""
    claim = replace(sector_claims(release)["retail"], obs_status=ObsStatus.PROVISIONAL)
    assert claim.verdict is Verdict.CANNOT_TELL
    assert "(p)" in claim_cell(claim, speaking("it"))
