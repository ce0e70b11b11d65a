"""Check a figure: whatever somebody quotes, an id, a link or a sentence, is found, and every altered number or word is
named; nothing is ever told of what was not published.
"""

import datetime as dt
import random
import time
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.folders import Home
from analytics.language.text import LANGUAGES, speaking
from analytics.model import Grade
from analytics.present.quoted.check import MOST, Answer, Kind, check
from analytics.present.quoted.compare import Difference
from analytics.present.quoted.sentences import forms_of
from analytics.present.quoted.tokens import LONGEST, cleaned, is_number, tokens
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.present.sentences.phrases import reader
from analytics.publish.addresses import embed_address, figure_address, figure_page_address, image_address
from analytics.release import Release, Releases
from analytics.release.figure_id import parse_figure_id, short
from analytics.release.ledger import State
from analytics.release.readable import Shelves
from tests.helpers.michigan_release import built, sales_only
from tests.publish.shelf import CANDIDATE, OTHER, PROGRAMME, TO_COME, WITHDRAWN, Clock, write

SITE = "https://vetrina.example.org/base"


@pytest.fixture(scope="module")
def one(demonstration: Home) -> Shelves:
    """One release of each programme."""
    return Shelves(demonstration.releases, lambda: (PROGRAMME, OTHER), lru_cache(Release))


@pytest.fixture(scope="module")
def all_states(tmp_path_factory: pytest.TempPathFactory) -> Shelves:
    """2026-1 superseded by 2026-2, 2026-3 withdrawn, 2026-7 under embargo, 2026-8 unpublished: the files of the last
    two are no releases at all, so that who opens one fails.
    """
    home, clock = tmp_path_factory.mktemp("quoted"), Clock()
    first = built(home, sales_only)
    shelf = Releases(Home(home).releases, OTHER, now=clock)
    revised = first.figures.copy()
    revised.loc[revised["figure_id"] == first.headline().figure_id, ["high", "shared_high"]] = 0.27
    for name in (WITHDRAWN, "2026-2", TO_COME, CANDIDATE):
        write(shelf, first, name, revised if name == "2026-2" else first.figures)
    for name in (first.release_id, WITHDRAWN, "2026-2"):
        clock.time += dt.timedelta(days=1)
        shelf.publish(name)
    shelf.publish(TO_COME, clock.time + dt.timedelta(days=1))
    shelf.withdraw(WITHDRAWN)
    for name in (TO_COME, CANDIDATE):
        shelf.path(name).unlink()
        shelf.path(name).write_bytes(b"nobody may look here")
    return Shelves(Home(home).releases, lambda: (OTHER,), lru_cache(Release), now=clock)


def said(
    shelves: Shelves, language: str = "it", programme: str | None = None, release: str | None = None
) -> list[Headline]:
    found = shelves.open(programme, release)
    return approved_sentences(found, reader(found, language))


def only(pasted: str, shelves: Shelves) -> Answer:
    answers = check(pasted, shelves).answers
    assert len(answers) == 1, answers
    return answers[0]


def figure_in(release: str, shelves: Shelves) -> str:
    """The headline's id, as it is or would be in that release."""
    found = parse_figure_id(shelves.open().headline().figure_id)
    return str(replace(found, release=release))


# ---- what is quoted rightly ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_approved_sentence_is_found_in_every_form(one: Shelves, language: str) -> None:
    """By its words alone, and as it is copied, with mark, id and link: that figure, unaltered, in use."""
    for headline in (*said(one, language), *said(one, language, OTHER)):
        for words in forms_of(headline).values():
            link = figure_page_address(headline.figure.figure_id, language, SITE)
            for pasted in (words, f"{headline.copied(words)} {link}"):
                answer = only(pasted, one)
                assert (answer.figure_id, answer.state, answer.altered) == (
                    headline.figure.figure_id,
                    State.CURRENT,
                    False,
                ), pasted
                assert answer.quoted is not None
                assert answer.quoted.language == language


def any_case(words: str, chance: random.Random) -> str:
    """The words as programs and people pass them on."""
    spaces = (" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u202f", " \u200b")
    dashes = ("-", "\u2212", "\u2013", "\u2012", "\uff0d")
    apostrophes, quotes = ("'", "\u2019", "\u2018", "`"), ('"', "\u00ab", "\u201c", "\u201e", "\u00bb")
    marks = {" ": spaces, "\u2212": dashes, "\u2019": apostrophes, "\u00ab": quotes, "\u00bb": quotes, "\u201c": quotes}
    changed = [chance.choice(marks[mark]) if mark in marks else mark for mark in words]
    cased = [chance.choice((str.upper, str.lower, str))(mark) for mark in changed]
    start, end = chance.choice((("", ""), ("\u00ab", "\u00bb"), ('> "', '"\n'), ("**", "**"), ("<b>", "</b>")))
    return start + "".join(cased) + end


@given(seed=st.integers(0, 10**9))
@settings(max_examples=60)
def test_case_spaces_quotes_and_dashes_are_forgiven(one: Shelves, seed: int) -> None:
    """Of a sentence in any language and form, whatever a word processor made of it."""
    chance = random.Random(seed)
    headline = chance.choice(said(one, chance.choice(LANGUAGES)))
    words = chance.choice((headline.sentence.short, headline.sentence.long))
    answer = only(any_case(words, chance), one)
    assert (answer.figure_id, answer.altered) == (headline.figure.figure_id, False)


def test_ids_and_links_are_understood(one: Shelves) -> None:
    """Full or short, in any case and with any dash, broken over lines; in every link that names a figure."""
    figure = one.open(PROGRAMME).headline().figure_id
    pasted = [
        figure,
        figure.lower(),
        short(figure),
        f" [{short(figure)}] ",
        figure.replace("-", "\u2011"),
        figure.upper(),
    ]
    pasted += [figure[:9] + "\n" + figure[9:], f"cifra {short(figure)}", f"({figure})."]
    for site in (SITE, ""):
        pasted += [of(figure, "it", site) for of in (figure_page_address, embed_address, figure_address)]
        pasted.append(image_address(figure, "png", "web", "en", site))
    pasted.append(f"{SITE}/stampa?check={quote(quote(figure))}")
    for words in pasted:
        answer = only(words, one)
        assert (answer.kind, answer.figure_id, answer.state) == (Kind.FIGURE, figure, State.CURRENT), words


@pytest.mark.parametrize(
    ("printed", "instead"),
    [
        ("più", "piu'"),
        ("finanziata", "finan-\nziata"),
        ("potrebbero", "<b>potrebbero</b>"),
        ("95%", "95&nbsp;%"),
        ("+18%", "_+18%_"),
        ("11%", "11%¹"),
        ("11%", "11% [1]"),
    ],
)
def test_what_pages_and_word_processors_put_around_words_alters_nothing(
    one: Shelves, printed: str, instead: str
) -> None:
    sentence = said(one, "it")[0].sentence.short
    assert printed in sentence
    answer = only(sentence.replace(printed, instead), one)
    assert not answer.altered, answer.differences
    assert answer.kind is Kind.SENTENCE


def test_our_files_and_an_id_behind_a_dash_are_understood(one: Shelves) -> None:
    for link in ("/api/report/2026-1.html", "/api/package/2026-1.xlsx?programme=ecommerce-2020"):
        assert only(f"{SITE}{link}", one).kind is Kind.RELEASE
    figure = figure_in("2026-1", one)
    assert only(f"\u2013{figure}", one).figure_id == figure


def test_pictures_and_lists_have_ids_too(one: Shelves) -> None:
    """An id that is printed below a picture is one of ours."""
    release = one.open(PROGRAMME)
    picture = release.picture_id("lines", release.headline().outcome)
    listed = release.list_id("sector", release.headline().outcome, release.programme.headline.estimand, "overall")
    for figure in (picture, listed):
        assert only(figure, one).state is State.CURRENT


def test_a_release_can_be_asked_for(all_states: Shelves) -> None:
    """By its number alone, or by a link to a page or file of it."""
    for pasted, state in (
        ("2026-2", State.CURRENT),
        ("edizione 2026-1", State.SUPERSEDED),
        (f"{OTHER}.{WITHDRAWN}", State.WITHDRAWN),
        (f"{SITE}/settori?sector=chemicals&programme={OTHER}&release=2026-1", State.SUPERSEDED),
        (f"{SITE}/api/package/2026-1.zip?programme={OTHER}", State.SUPERSEDED),
        (TO_COME, State.NEVER_PUBLISHED),
        (CANDIDATE, State.NEVER_PUBLISHED),
        ("release 2011-4", State.NEVER_PUBLISHED),
    ):
        answer = only(pasted, all_states)
        assert (answer.kind, answer.state) == (Kind.RELEASE, state), pasted


def test_several_quotations_get_an_answer_each(one: Shelves) -> None:
    """Each id with the words before it."""
    first, second = said(one)[:2]
    pasted = "\n\n".join(
        f"{one.copied(one.sentence.short)} {figure_page_address(one.figure.figure_id, 'it', SITE)}"
        for one in (first, second)
    )
    answers = check(pasted, one).answers
    assert [answer.figure_id for answer in answers] == [first.figure.figure_id, second.figure.figure_id]
    assert not any(answer.altered for answer in answers)


# ---- what was altered ------------------------------------------------------------------------------------------------


def altered(words: str, place: int) -> str:
    """Another last digit of the number that ends there."""
    return words[:place] + str((int(words[place]) + 1) % 10) + words[place + 1 :]


def altered_number(words: str) -> str:
    """A sentence whose last number is another."""
    return altered(words, max(place for place, mark in enumerate(words) if mark.isdigit()))


def numbers_as_printed(words: str) -> list[str]:
    """With sign and per cent."""
    same = tokens(cleaned(words))
    return [same.part(i, i + 1) for i, word in enumerate(same.words) if is_number(word)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("with_id", [True, False])
def test_each_altered_number_is_named(one: Shelves, language: str, with_id: bool) -> None:
    """One digit of one number, anywhere in a sentence: which, and what is right."""
    headlines = [*said(one, language)[:9], *said(one, language, OTHER)]
    headlines += [h for h in said(one, language) if h.figure.published and h.dimension == "sector"][:4]
    tried = 0
    for headline in headlines:
        for words in (headline.sentence.short, headline.sentence.long):
            ends = [i for i, mark in enumerate(words) if mark.isdigit() and not words[i + 1 : i + 2].isdigit()]
            for place in ends:
                wrong = altered(words, place)
                pasted = headline.copied(wrong) if with_id else wrong
                answer = only(pasted, one)
                before, after = (numbers_as_printed(one) for one in (words, wrong))
                [(right, mine)] = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
                assert answer.differences == (Difference(mine, right),), pasted
                assert answer.figure_id == headline.figure.figure_id
                tried += 1
    assert tried > 60


@pytest.mark.parametrize(("language", "verb"), [("it", "probabilmente"), ("en", "it is likely that")])
def test_a_verb_that_is_gone_is_named(one: Shelves, language: str, verb: str) -> None:
    """The sentence without its "likely" is another claim, with or without its id."""
    likely = next(h for h in said(one, language) if h.figure.grade is Grade.MODERATE and verb in h.sentence.short)
    for words in (likely.sentence.short, likely.sentence.long):
        wrong = words.replace(f"{verb} ", "")
        for pasted in (wrong, likely.copied(wrong)):
            answer = only(pasted, one)
            assert answer.figure_id == likely.figure.figure_id
            assert answer.differences == (Difference("", verb),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stronger_verb_is_named(one: Shelves, language: str) -> None:
    """Of "may", which is put in words of its own."""
    text = speaking(language)
    headline = said(one, language)[0]
    assert headline.figure.grade is Grade.LOW
    weak, strong = {"it": ("potrebbero essere state", "sono state"), "en": ("may have been", "were")}[text.language]
    answer = only(headline.sentence.long.replace(weak, strong), one)
    assert answer.altered
    assert any(set(one.right.split()) & set(weak.split()) for one in answer.differences)


def test_a_sentence_cut_short_is_altered(one: Shelves) -> None:
    """Without its range, or with only half of it."""
    headline = said(one)[0]
    for words in (headline.sentence.short.split(" (")[0], headline.sentence.long.split(" Confronto")[0]):
        answer = only(words, one)
        assert answer.figure_id == headline.figure.figure_id
        assert answer.altered
        assert all(not difference.pasted for difference in answer.differences)


def test_a_right_sentence_under_another_id_is_told_apart(one: Shelves) -> None:
    """The id says one figure, the words another."""
    effect, change = said(one)[:2]
    answer = only(f"{change.sentence.short} [{effect.figure.figure_id}]", one)
    assert answer.figure_id == effect.figure.figure_id
    assert answer.belongs_to == change.figure.figure_id
    assert answer.altered


@pytest.mark.parametrize("around", ["Grazie al bando", "Thanks to the grant", "Non \u00e8 vero che"])
def test_words_around_a_sentence_are_named(one: Shelves, around: str) -> None:
    """They are not ours, and may turn it round: before it, before its id, behind its link, whatever else is copied; our
    own note, id and link are none.
    """
    headline = said(one)[0]
    words, figure = headline.sentence.short, headline.figure.figure_id
    copied = headline.copied(words, figure_page_address(figure, "it", SITE))
    assert (only(words, one).around, only(copied, one).around) == ((), ())
    for pasted in (
        f"{around} {words}",
        f"{around}: {copied}",
        f"{copied} {around}",
        copied.replace("] ", f"] {around} "),
    ):
        answer = only(pasted, one)
        assert (answer.around, answer.altered, answer.figure_id) == ((around,), False, figure)


def test_a_note_of_ours_is_no_other_word_beside_an_altered_sentence(one: Shelves) -> None:
    """Where nothing but the verb was replaced in what was copied."""
    headline = said(one)[0]
    answer = only(headline.copied(headline.sentence.short.replace("potrebbero essere state", "sono state")), one)
    assert (answer.around, answer.differences) == ((), (Difference("sono", "potrebbero essere"),))


def test_sentences_side_by_side_get_an_answer_each(one: Shelves) -> None:
    """In the order of the text, of any language, also without an id; neither is another word around the other."""
    first, second = said(one)[0], said(one, "en")[1]
    answers = check(f"{second.sentence.short} {first.sentence.long}", one).answers
    assert [answer.figure_id for answer in answers] == [second.figure.figure_id, first.figure.figure_id]
    assert all((answer.altered, answer.around) == (False, ()) for answer in answers)


def test_an_altered_sentence_does_not_hide_behind_a_right_one(one: Shelves) -> None:
    """Side by side, with and without the id of the right one: each has its answer, and neither is "other words"."""
    first, second = said(one)[:2]
    wrong = altered_number(second.sentence.long)
    right = first.sentence.short
    copied = first.copied(right, figure_page_address(first.figure.figure_id, "it", SITE))
    for pasted in (f"{right} {wrong}", f"{wrong} {right}", f"{copied} {wrong}", f"{wrong} {copied}"):
        exact, other = check(pasted, one).answers
        assert (exact.figure_id, exact.altered, exact.around) == (first.figure.figure_id, False, ()), pasted
        assert (other.figure_id, other.altered, other.around) == (second.figure.figure_id, True, ()), pasted


def test_what_a_text_quotes_beyond_the_first_figures_is_not_passed_over_in_silence(one: Shelves) -> None:
    """As many as are answered, and that there are more."""
    sentences = [headline.sentence.short for headline in said(one)[: MOST + 1]]
    whole = check(" ".join(sentences[:MOST]), one)
    assert (len(whole.answers), whole.complete) == (MOST, True)
    more = check(" ".join(sentences), one)
    assert (len(more.answers), more.complete) == (MOST, False)


@pytest.mark.parametrize(
    ("printed", "instead", "row"),
    [
        ("da +4% a +18%", "da +18% a +4%", ("+18% a +4%", "+4% a +18%")),
        ("+4%", "\u22124%", ("\u22124%", "+4%")),
        ("l\u201911%", "il 12%", ("12%", "11%")),
        ("di circa l\u201911%", "dell\u201911%", ("dell\u201911%", "di circa l\u201911%")),
        ("l\u201911%", "11 punti percentuali", ("11 punti percentuali", "l\u201911%")),
        ("da +4% a +18%; ", "", ("", "da +4% a +18%")),
        ("tre anni", "due anni", ("due", "tre")),
    ],
)
def test_a_change_is_one_row_as_it_is_printed(one: Shelves, printed: str, instead: str, row: tuple[str, str]) -> None:
    """With the signs of its numbers, and never an article without the number behind it."""
    words = said(one)[0].sentence.short
    assert printed in words
    assert only(words.replace(printed, instead), one).differences == (Difference(*row),)


@pytest.mark.parametrize(
    "instead",
    ["\u2212 4%", "\u00b14%", "<4%", "< 4%", "\u22654%", "~4%", "~~+4%~~", ".4%", "(4%)", "-4 per cento", "4,0%", "4"],
)
def test_no_mark_before_a_number_is_overlooked(one: Shelves, instead: str) -> None:
    """A sign with a space, "more or less", "less than", a decimal point, the brackets of a loss: each alters it."""
    for words in (said(one)[0].sentence.short, said(one)[0].sentence.long):
        [changed] = only(words.replace("+4%", instead), one).differences
        assert changed.pasted in (instead, instead.rstrip("~"))
        assert changed.right == "+4%"
    assert only(said(one)[0].sentence.short.replace("da +4%", "da-4%"), one).differences == (Difference("-4%", "+4%"),)
    money = next(h for h in said(one) if h.kind is ClaimKind.MONEY).sentence.short
    assert only(money.replace("1,41", "\u2212 1,41"), one).altered


@pytest.mark.parametrize(
    ("language", "printed", "instead"),
    [
        ("it", "l\u201911%", "l\u201911 per cento"),
        ("it", "l\u201911%", "il 11%"),
        ("it", "al 95%", "al 95percento"),
        ("en", "11%", "11 percent"),
        ("en", "11%", "11 per cent"),
    ],
)
def test_per_cent_and_articles_may_be_written_otherwise(
    one: Shelves, language: str, printed: str, instead: str
) -> None:
    """That is no alteration."""
    words = said(one, language)[0].sentence.short
    assert printed in words
    assert not only(words.replace(printed, instead), one).altered


@pytest.mark.parametrize(
    ("which", "printed", "instead"),
    [
        (1, "2019", "2018"),
        (1, "non l\u2019effetto", "l\u2019effetto"),
        (1, "65%", "65 punti"),
        (0, "senza contributo", "con contributo"),
    ],
)
def test_a_small_word_turns_a_sentence_round(one: Shelves, which: int, printed: str, instead: str) -> None:
    """Another year, a "non" that is gone, points for per cent: it is altered, in that place alone."""
    headline = said(one)[which]
    assert printed in headline.sentence.short
    answer = only(headline.sentence.short.replace(printed, instead), one)
    assert (answer.figure_id, len(answer.differences)) == (headline.figure.figure_id, 1)


def test_the_sentence_of_a_group_under_another_name_is_altered(one: Shelves) -> None:
    """Though with other numbers the other group has a sentence of that shape."""
    groups = [h for h in said(one) if h.dimension == "sector" and h.kind is ClaimKind.EFFECT]
    for first, second in pairwise(groups):
        for answer in check(first.sentence.short.replace(first.label, second.label), one).answers:
            assert answer.state is State.CURRENT
            assert answer.altered


def test_a_sentence_that_ends_before_its_range_is_altered(one: Shelves) -> None:
    """Wherever it ends, also in a group's."""
    likely = next(h for h in said(one) if h.figure.grade is Grade.MODERATE)
    for headline in (said(one)[0], likely):
        for end in (" (", " rispetto"):
            answer = only(headline.sentence.short.split(end, maxsplit=1)[0], one)
            assert answer.figure_id == headline.figure.figure_id
            [left_out] = answer.differences
            assert left_out.pasted == ""
            assert "intervallo al 95%" in left_out.right


# ---- what is no sentence of ours -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "language", "dimension", "in_each"),
    [
        ("Tessile: vendite online +43%", "it", "sector", "Tessile"),
        ("Textiles: online sales up 43 percent", "en", "sector", "Textiles"),
        ("Le vendite online delle imprese sono cresciute del 65%", "it", "*", "65%"),
        ("Le vendite online dell'impresa finanziata tipica sono state pi\u00f9 alte dell'11%", "it", "*", "11%"),
        ("11%", "it", "*", "11%"),
    ],
)
def test_a_paraphrase_meets_what_is_published_on_the_same_subject(
    one: Shelves, pasted: str, language: str, dimension: str, in_each: str
) -> None:
    """By the group that it names, or its numbers; at most three, each once, in the language of the text."""
    answer = only(pasted, one)
    by_id = {h.figure.figure_id: h for h in (*said(one, language), *said(one, language, OTHER))}
    assert answer.kind is Kind.UNKNOWN
    assert {about.language for about in answer.related} == {language}
    found = [by_id[about.figure_id] for about in answer.related]
    assert 1 <= len(set(found)) == len(found) <= 3
    assert (found[0].dimension, in_each in found[0].sentence.short) == (dimension, True)


@pytest.mark.parametrize("pasted", ["Bitcoin crolla", "95%", "nessuno ha mai scritto questa frase qui", "\u20ac"])
def test_what_shares_nothing_meets_nothing(one: Shelves, pasted: str) -> None:
    """Neither does the level that every interval has."""
    assert all(answer.related == () for answer in check(pasted, one).answers)


def test_a_paraphrase_meets_nothing_that_is_not_in_use(all_states: Shelves) -> None:
    """Of a release that was superseded, withdrawn, or is to come, no sentence is shown."""
    old = next(h for h in said(all_states, release="2026-1") if h.kind is ClaimKind.CHANGE)
    number = next(word for word in old.sentence.short.split() if "%" in word)
    answer = only(f"vendite {number}", all_states)
    assert answer.related
    assert {about.release for about in answer.related} == {"2026-2"}


# ---- where it stands -------------------------------------------------------------------------------------------------


def test_a_superseded_figure_is_told_with_its_release_and_what_stands_now(all_states: Shelves) -> None:
    """By its id and by its sentence; the same cell of the release in use."""
    old = said(all_states, release="2026-1")[0]
    for pasted in (old.figure.figure_id, old.sentence.long, old.copied(old.sentence.short)):
        answer = only(pasted, all_states)
        assert (answer.state, answer.release, answer.current) == (State.SUPERSEDED, "2026-1", "2026-2")
        assert answer.now_id == figure_in("2026-2", all_states)
        assert not answer.altered


def test_the_same_sentence_of_two_releases_is_the_one_in_use(all_states: Shelves) -> None:
    """Nobody need know which release it was copied from."""
    change = next(h for h in said(all_states, release="2026-1") if h.kind is ClaimKind.CHANGE)
    assert only(change.sentence.long, all_states).state is State.CURRENT
    assert only(change.copied(change.sentence.long), all_states).state is State.SUPERSEDED


def test_the_sentence_of_one_release_under_the_id_of_another_is_told_apart(all_states: Shelves) -> None:
    """Whichever of them is in use."""
    old, new = (said(all_states, "en", release=release)[0] for release in ("2026-1", "2026-2"))
    for words, of in ((old, new), (new, old)):
        answer = only(of.copied(words.sentence.short), all_states)
        assert (answer.figure_id, answer.belongs_to) == (of.figure.figure_id, words.figure.figure_id)
        assert answer.quoted is not None
        assert answer.quoted.language == "en"


def test_a_withdrawn_figure_is_told_as_such(all_states: Shelves) -> None:
    """Since when, and by which release to go on."""
    answer = only(figure_in(WITHDRAWN, all_states), all_states)
    assert (answer.state, answer.current) == (State.WITHDRAWN, "2026-2")
    assert answer.when is not None
    assert answer.seen is not None
    assert answer.when == answer.seen.withdrawn


@pytest.mark.parametrize("release", [TO_COME, CANDIDATE, "2026-9"])
def test_what_nobody_could_read_was_never_published(all_states: Shelves, release: str) -> None:
    """Under embargo, a candidate, or nothing at all: the same answer, and no file is opened for it."""
    figure = figure_in(release, all_states)
    answer = only(figure, all_states)
    assert answer == Answer(Kind.FIGURE, State.NEVER_PUBLISHED, named=figure)
    answers = check(f"{said(all_states)[0].sentence.short} [{figure}]", all_states).answers
    assert [answer.state for answer in answers] == [State.NEVER_PUBLISHED, State.CURRENT]


def test_a_miswritten_id_is_told_as_such(one: Shelves) -> None:
    """Its check character does not fit; a letter read for a digit is forgiven."""
    figure = one.open(PROGRAMME).headline().figure_id
    wrong = figure[:-3] + ("A" if figure[-3] != "A" else "B") + figure[-2:]
    answer = only(wrong, one)
    assert (answer.state, answer.mistyped, answer.named) == (State.NEVER_PUBLISHED, True, wrong)
    head, _, tail = figure.rpartition(".")
    assert only(f"{head}.{tail.replace('0', 'O').replace('1', 'l')}", one).figure_id == figure


# ---- hostile input ---------------------------------------------------------------------------------------------------


@given(pasted=st.text(max_size=2 * LONGEST))
@settings(max_examples=60)
def test_any_text_gets_an_answer(one: Shelves, pasted: str) -> None:
    """And is never recognised by chance."""
    for answer in check(pasted, one).answers:
        assert answer.state is State.NEVER_PUBLISHED
        assert len(answer.named) <= 60


@pytest.mark.parametrize(
    "pasted",
    [
        "x" * 10**6,
        "a-" * 10**5,
        "2026-1." * 10**5,
        "1,1" * 10**5,
        "+1%" * 10**4,
        "le vendite " * 10**4,
        "\ufdfa" * 10**4,
        "://" * 10**4,
        "check=%25%32%35" * 10**3,
        "<script>alert(1)</script>" * 100,
        "\x00\n\x1b[0m" * 10**3,
    ],
)
def test_hostile_text_takes_no_time(one: Shelves, pasted: str) -> None:
    """It is cut, and no pattern goes back over it."""
    check("le vendite sono state", one)  # what is kept for all texts is read
    start = time.process_time()
    assert all(answer.state is State.NEVER_PUBLISHED for answer in check(pasted, one).answers)
    assert time.process_time() - start < 1


def test_numbers_and_words_are_told_apart() -> None:
    """Signs, decimals and per cent belong to the number; a dash between two words or years is no sign."""
    same = cleaned("da \u22121,5 % a +29%, 2019\u20132020, all\u20193\u00ba posto; \u2212US$57M, \u20ac1.43")
    words = tokens(same).words
    assert [word for word in words if is_number(word)] == ["-1,5%", "29%", "2019", "2020", "3", "57", "1.43"]
    assert words[words.index("us") - 1] == "-"
