"""What a press office passes on beside a sentence: the comment, the correction, and what a check says in words."""

import copy
import dataclasses
import datetime as dt
import itertools

import pytest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Grade, RangeKind, UserError, Verdict
from analytics.present.quoted.check import check
from analytics.present.quoted.words import InWords, in_words
from analytics.present.sentences.claims import ClaimKind, weakness
from analytics.present.sentences.comment import MOST_WORDS, comment
from analytics.present.sentences.correction import day_words, superseded_notice, withdrawn_notice
from analytics.present.sentences.headlines import CHECKED, Headline, approved_sentences, headline_of
from analytics.present.sentences.marks import without_marks
from analytics.present.sentences.phrases import reader
from analytics.present.sentences.reasons import grade_words
from analytics.present.sentences.together import verb_said
from analytics.present.verbs import Verb
from analytics.programme.parts import Words
from analytics.release import Release, Releases
from analytics.release.ledger import State
from analytics.release.readable import SeenRelease, Shelves
from tests.helpers.instead import withheld
from tests.present.sentences import PLAIN
from tests.present.test_quoted import all_states, figure_in, said
from tests.publish.shelf import TO_COME, WITHDRAWN

__all__ = ["all_states"]
DIVISIONS = [
    "Industrie alimentari, delle bevande e del tabacco, compresa la lavorazione delle carni",
    "Attività dei servizi di alloggio e di ristorazione e agenzie di viaggio",
    "Confezione di articoli di abbigliamento, di articoli in pelle e pelliccia, e fabbricazione di calzature",
    "Commercio all’ingrosso e al dettaglio; riparazione di autoveicoli e motocicli",
]
NOON = dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


@pytest.fixture(scope="module")
def michigan(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "michigan-1988").open()


# ---- the comment -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("grade", [Grade.MODERATE, Grade.LOW, Grade.VERY_LOW])
def test_no_comment_is_longer_than_75_words(release: Release, language: str, grade: Grade, verdict: Verdict) -> None:
    """Of every kind, grade and verdict, of every group; with the claim, its range, its grade and its source always."""
    text = reader(release, language)
    for headline in approved_sentences(release, text):
        if headline.figure.published and headline.figure.grade is not None:
            if headline.kind in (ClaimKind.COUNT, ClaimKind.PAIR):
                continue
            if headline.kind is ClaimKind.LOSSES and verdict not in PLAIN:
                continue
            varied = dataclasses.replace(headline.figure, grade=grade, verdict=verdict)
            one = headline_of(release, varied, headline.kind, headline.dimension, headline.code, text)
            words = comment(release, one, text)
            assert len(words.split()) <= MOST_WORDS, words
            assert without_marks(one.sentence.title).lower() in words.lower()
            assert grade_words(varied, text) in words
            assert_whole(words, release, one, text)


def assert_whole(words: str, release: Release, headline: Headline, text: Text) -> None:
    """The source; of a range of several groups, that it is one; of evidence too weak, what the range leaves out."""
    assert words.endswith(
        text("comment.source", authority=release.programme.authority.in_(text), release=release.release_id)
    )
    figure = headline.figure
    if headline.kind in CHECKED:
        shared = figure.range_kind is RangeKind.SHARED
        assert shared == ({"it": "anche con gli altri", "en": "with the other"}[text.language] in words), words
        if verb_said(figure) is Verb.TOO_WEAK:
            key = weakness(release, figure) if headline.kind is ClaimKind.EFFECT else "weak"
            assert text(f"said.{key}") in words or text(f"comment.{key}") in words, words


def with_long_names(release: Release, names: list[str]) -> Release:
    """The same with other names of groups, in turn."""
    programme = release.programme
    long = itertools.cycle(names)
    sectors = tuple(
        one.model_copy(update={"label": Words(dict.fromkeys(LANGUAGES, next(long)))}) for one in programme.sectors
    )
    found = copy.copy(release)
    found.__dict__["programme"] = programme.model_copy(update={"sectors": sectors})
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_as_long_as_those_of_divisions_leave_room(release: Release, language: str) -> None:
    """Counts, pairs and changes have their comment, whole; a claim whose name leaves no room has none rather than a
    longer one.
    """
    text = reader(release, language)
    long = with_long_names(release, DIVISIONS)
    for headline in approved_sentences(long, text):
        words = comment(long, headline, text)
        assert len(words.split()) <= MOST_WORDS, words
        if words:
            assert_whole(words, long, headline, text)
        elif headline.figure.published:
            assert len(headline.label.split()) > 10, headline
            assert headline.kind is ClaimKind.EFFECT
    endless = with_long_names(release, ["nome " * 1000])
    of_groups = [one for one in approved_sentences(endless, text) if one.label.startswith("nome")]
    pairs = [one for one in approved_sentences(endless, text) if one.kind is ClaimKind.PAIR]
    assert of_groups
    assert pairs
    assert {comment(endless, headline, text) for headline in (*of_groups, *pairs)} == {""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_comments_are_made_of_approved_parts(release: Release, michigan: Release, language: str) -> None:
    """The claim with its verb, the range as the sentence prints it; what is withheld has none."""
    for shown in (release, michigan):
        text = reader(shown, language)
        for headline in approved_sentences(shown, text):
            words = comment(shown, headline, text)
            assert bool(words) == headline.figure.published
            assert len(words.split()) <= MOST_WORDS
            if words and headline.low is not None and headline.kind is ClaimKind.EFFECT:
                assert text.span(headline.low, headline.high or 0.0) in words
                assert shown.release_id in words
                assert not set("\\*[]") & set(words)
        hidden = withheld(shown.headline())
        assert comment(shown, headline_of(shown, hidden, ClaimKind.EFFECT, "*", "*", text), text) == ""


# ---- corrections -----------------------------------------------------------------------------------------------------


def test_a_correction_says_which_figure_by_what_and_when() -> None:
    """By Rome's calendar; what is right now stands in it, or that there is nothing any more."""
    was = SeenRelease("p", "2026-1", State.SUPERSEDED, NOON, None)
    by = SeenRelease("p", "2026-2", State.CURRENT, NOON + dt.timedelta(days=31), None)
    text = Text("en")
    notice = superseded_notice("p.2026-1.X-1", was, by, text, now="It is so. [p.2026-2.X-2]")
    for part in ("p.2026-1.X-1", "1 December 2026", "1 January 2027", "2026-2", "It is so. [p.2026-2.X-2]"):
        assert part in notice
    assert "unchanged" in superseded_notice("f", was, by, text, now="It is so.", same=True)
    assert "no longer contains it" in superseded_notice("f", was, by, text)
    gone = SeenRelease("p", "2026-1", State.WITHDRAWN, NOON, NOON + dt.timedelta(days=1))
    assert "withdrawn on 2 December 2026" in withdrawn_notice("f", gone, text)
    assert withdrawn_notice("f", gone, text, now="It is so.").endswith("It is so.")
    assert day_words(None, text) == text("table.nothing")


# ---- a check in words ------------------------------------------------------------------------------------------------


def told(pasted: str, shelves: Shelves, language: str = "it") -> InWords:
    [answer] = check(pasted, shelves).answers
    return in_words(answer, shelves, Text(language), lambda figure, said: f"https://x.org/{figure}/{said}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_superseded_comes_with_the_right_sentence_and_the_correction(
    all_states: Shelves, language: str
) -> None:
    """Of the release in use, in the language that was pasted, whoever reads the answer; ready to be copied with its id
    and link.
    """
    old = said(all_states, language, release="2026-1")[0]
    new = said(all_states, language)[0]
    answer = told(old.copied(old.sentence.short), all_states, "en")
    assert answer.state == "superseded"
    assert answer.headline is not None
    assert (answer.headline.sentence, answer.language, answer.form) == (new.sentence, language, "short")
    assert old.figure.figure_id in answer.notice
    assert answer.notice.endswith(
        f"{new.sentence.short} [{new.figure.figure_id}] https://x.org/{new.figure.figure_id}/{language}"
    )


def test_what_is_altered_comes_with_each_alteration_and_the_right_sentence(all_states: Shelves) -> None:
    """What was left out, added and changed."""
    headline = said(all_states)[0]
    words = headline.sentence.short.replace("troppo deboli", "forti").replace("27%", "28%")
    answer = told(words, all_states)
    assert answer.state == "altered"
    assert ("+28%", "+27%") in answer.altered
    assert ("forti", "troppo deboli") in answer.altered
    assert answer.headline is not None
    assert answer.headline.sentence == headline.sentence
    assert headline.sentence.short in answer.notice


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_case_has_a_word_of_its_own(all_states: Shelves, language: str) -> None:
    """Only a sentence to the letter is correct, and has no other beside it; an id alone comes with its sentence, in the
    form of the page.
    """
    text, headline = Text(language), said(all_states, language)[0]
    words, figure = headline.sentence.short, headline.figure.figure_id
    wrong = f"{figure[:-1]}{'A' if figure[-1] != 'A' else 'B'}"
    for pasted, state, right in (
        (words, "correct", ""),
        (headline.copied(words), "correct", ""),
        (figure, "current", "quoted.published"),
        (f"{text('quoted.title')}: {words}", "around", "quoted.published"),
        (f"{text('quoted.help')} [{figure}]", "beside", "quoted.published"),
        (words.replace("27%", "28%"), "altered", "quoted.right"),
        (wrong, "mistyped", ""),
    ):
        answer = told(pasted, all_states, language)
        assert (answer.state, answer.word) == (state, text(f"quoted.state.{state}"))
        assert answer.right == (text(right) if right else "")
        assert bool(answer.headline) == bool(right)
    assert wrong in " ".join(answer.says)
    assert told(figure, all_states, language).form == "short"
    [answer] = check(figure, all_states).answers
    assert in_words(answer, all_states, text, lambda figure, said: "", "long").form == "long"


@pytest.mark.parametrize(
    ("added", "named"),
    [
        ("Grazie al bando", "Grazie al"),
        ("\u00c8 merito della Regione:", "merito della"),
        ("Dovute al contributo,", "Dovute al"),
        ("Thanks to the grant", "Thanks to"),
        ("Caused by the grant:", "Caused by"),
        ("Secondo la Regione", ""),
    ],
)
def test_words_that_make_an_effect_of_it_must_not_be_added(all_states: Shelves, added: str, named: str) -> None:
    """Other words around a sentence are shown, cut where they are long; those that name a cause are named as such."""
    text, words = Text(), said(all_states)[0].sentence.short
    says = " ".join(told(f"{added} {words}", all_states).says)
    assert added.rstrip(":,") in says
    assert (text("quoted.not_to_add", words=named) in says) == bool(named)
    assert len(" ".join(told(f"{'parola ' * 200}{words}", all_states).says)) < 500


def test_that_the_range_is_missing_is_said(all_states: Shelves) -> None:
    """Where the sentence ends before it; not where a number of it is another."""
    words, line = said(all_states)[0].sentence.short, Text()("quoted.no_range")
    assert line in told(words.split(" (")[0], all_states).says
    assert line not in told(words.replace("27%", "28%"), all_states).says


def test_what_is_published_on_the_same_subject_can_be_copied(all_states: Shelves) -> None:
    """In the language of the text and in the reader's."""
    headline = next(h for h in said(all_states, "en") if h.kind is ClaimKind.CHANGE)
    number = next(word for word in headline.sentence.short.split() if "%" in word)
    answer = told(f"sales of firms rose {number}", all_states, "it")
    assert (answer.state, answer.language, answer.notice) == ("unknown", "en", "")
    found, own = answer.related[0]
    assert (found.figure, own.figure) == (headline.figure, headline.figure)
    assert (found.sentence, own.sentence) == (
        headline.sentence,
        next(h for h in said(all_states, "it") if h.figure == own.figure).sentence,
    )


def test_what_is_withdrawn_shows_none_of_its_numbers(all_states: Shelves) -> None:
    """It says since when, and what the release in use says instead."""
    answer = told(figure_in(WITHDRAWN, all_states), all_states)
    assert (answer.state, answer.altered) == ("withdrawn", ())
    assert answer.headline is not None
    assert answer.headline.figure.figure_id == figure_in("2026-2", all_states)
    assert "ritirata" in answer.notice


@pytest.mark.parametrize(
    "pasted", [TO_COME, "2011-1", "nessuno ha mai scritto questa frase qui", "x.2026-1.ABCDEFGH-I"]
)
def test_what_was_never_published_says_so_and_nothing_else(all_states: Shelves, pasted: str) -> None:
    """No sentence, no number, no notice."""
    answer = told(pasted, all_states)
    assert answer.state in ("never_published", "unknown", "mistyped")
    assert (answer.headline, answer.now, answer.notice, answer.altered, answer.related) == (None, "", "", (), ())


def test_a_figure_without_a_sentence_is_told_by_its_values(all_states: Shelves) -> None:
    """To the last digit, of the release in use; where that no longer has it, that it is so."""
    old, new = all_states.open(None, "2026-1"), all_states.open()
    without = next(
        figure_id
        for figure_id in old.figures["figure_id"]
        if figure_id not in {h.figure.figure_id for h in said(all_states, release="2026-1")}
        and (figure := old.by_id(figure_id)) is not None
        and figure.published
    )
    figure = new.by_id(check(without, all_states).answers[0].now_id)
    assert figure is not None
    answer = told(without, all_states)
    assert answer.headline is None
    assert repr(figure.value) in answer.now


def test_a_damaged_release_is_no_reason_to_fail(all_states: Shelves) -> None:
    """Who reads it gets the rest of the answer."""

    def broken(path: object, _: str | None = None) -> Release:
        raise UserError("release.unreadable", file=str(path))

    shelves = Shelves(all_states.root, lambda: ("michigan-1988",), broken, now=all_states.now)
    assert check(figure_in("2026-1", all_states), shelves).answers[0].state is State.NEVER_PUBLISHED
