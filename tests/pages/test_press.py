"""The press page: the programme's sentence first, ready to be copied; where a quoted figure stands."""

import shutil
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from streamlit.testing.v1 import AppTest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.present.quoted.check import check
from analytics.present.quoted.tokens import LONGEST
from analytics.present.sentences.headlines import approved_sentences
from analytics.present.sentences.phrases import reader
from analytics.publish.addresses import figure_page_address
from analytics.release import Release, Releases
from analytics.release.figure_id import short
from analytics.release.readable import Shelves
from tests.helpers.markup import of_class, words
from tests.helpers.rewritten import rewritten
from tests.pages.app import blocks, opened, sound

PROGRAMMES = ("ecommerce-2020", "michigan-1988")


def buttons(root: Element) -> list[Element]:
    return [element for element in root.iter("button") if element.get("data-copy")]


def published(home: Home, programme: str) -> Release:
    return Releases(home.releases, programme).open()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_first_button_copies_the_programmes_sentence_whole(
    demonstration: Home, programme: str, language: str
) -> None:
    """Mark, sentence with its range, id and the link that checks it; in both languages and both lengths by the address,
    which changes nothing of the page's own language.
    """
    release, text = published(demonstration, programme), Text(language)
    for said in LANGUAGES:
        for form in ("short", "long"):
            headline = approved_sentences(release, reader(release, said))[0]
            app = opened(demonstration, "press", programme=programme, lang=language, said=said, form=form)
            assert sound(app, language)
            first = buttons(blocks(app)["first"])[0]
            sentence = getattr(headline.sentence, form)
            figure = headline.figure.figure_id
            assert first.text == text("press.copy")
            assert (
                first.get("data-copy") == f"{headline.note}. {sentence} [{figure}] {figure_page_address(figure, said)}"
            )
            assert text("press.title") == app.title[0].value
            others = [link.get("href", "") for link in blocks(app)["switches"].iter("a")]
            assert len(others) == len(LANGUAGES) + 1  # the other languages, the other form, the check


def test_what_every_button_copies_is_found_by_the_check(demonstration: Home) -> None:
    """Sentences and comments of the whole page, in both languages: each is a figure in use, unaltered."""
    shelves = Shelves(demonstration.releases, lambda: PROGRAMMES, lru_cache(Release))
    for language in LANGUAGES:
        app = opened(demonstration, "press", lang=language)
        copied = [button.get("data-copy", "") for key in ("first", "rest") for button in buttons(blocks(app)[key])]
        sentences = [one for one in copied if not one.startswith("<iframe")]
        assert len(sentences) > 30
        for one in sentences:
            answers = check(one, shelves).answers
            assert [(answer.state, answer.altered, answer.around) for answer in answers] == [("current", False, ())], (
                one
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_published_sentence_can_be_copied_and_every_other_is_named(demonstration: Home, language: str) -> None:
    """None of the release is missing from the page; those withheld with their reason."""
    release = published(demonstration, "ecommerce-2020")
    app = opened(demonstration, "press", lang=language)
    copied = "\n".join(button.get("data-copy", "") for key in ("first", "rest") for button in buttons(blocks(app)[key]))
    shown = " ".join(words(block) for block in blocks(app).values())
    told = {h.code for h in approved_sentences(release, reader(release, language)) if h.dimension != "*"}
    assert told
    for headline in approved_sentences(release, reader(release, language)):
        if headline.figure.published and not (headline.kind == "change" and headline.dimension != "*"):
            assert f"[{headline.figure.figure_id}]" in copied
        assert headline.dimension == "*" or headline.label in shown


def test_buttons_and_links_say_what_they_are_about(demonstration: Home) -> None:
    """Who hears only their names can tell them apart."""
    app = opened(demonstration, "press")
    for key in ("first", "rest"):
        names = [button.get("aria-label", "") for button in buttons(blocks(app)[key])]
        assert all(names)
        assert len(set(names)) == len(names)
    images = [
        link
        for link in blocks(app)["first"].iter("a")
        if ".txt?" not in link.get("href", "") and "/api/images/" in link.get("href", "")
    ]
    assert len(images) == 8
    assert len({link.get("aria-label") for link in images}) == 8
    figure = published(demonstration, "ecommerce-2020").headline().figure_id
    assert {link.get("href") for link in images} == {
        f"/api/images/{figure}.{ending}?size={size}&lang=it"
        for ending in ("png", "svg")
        for size in ("web", "square", "story", "print")
    }


def asked(app: AppTest, pasted: str) -> Element | None:
    """The answer to what a reader pastes."""
    app.text_area(key="pick_check").set_value(pasted)
    app.button[-1].click().run()
    return blocks(app).get("check")


def test_a_link_to_a_figure_opens_the_page_with_its_answer_on_top(demonstration: Home) -> None:
    """What copied sentences lead to: before the page's own sentence; without one the page opens as ever."""
    figure = published(demonstration, "ecommerce-2020").headline().figure_id
    app = opened(demonstration, "press", check=figure)
    assert sound(app)
    order = list(blocks(app))
    assert order.index("check") < order.index("first")
    assert figure in words(blocks(app)["check"])
    assert Text()("quoted.state.current") in words(blocks(app)["check"])
    assert "check" not in blocks(opened(demonstration, "press"))


def test_what_a_reader_pastes_is_answered_below_the_field_and_stands_in_the_address(demonstration: Home) -> None:
    """The page does not jump; an altered number is named; emptied, the field says nothing."""
    release = published(demonstration, "ecommerce-2020")
    sentence = approved_sentences(release, reader(release, "it"))[0].sentence.short
    app = opened(demonstration, "press")
    answer = asked(app, sentence.replace("+18%", "+81%"))
    assert answer is not None
    order = list(blocks(app))
    assert order.index("first") < order.index("check")
    assert "81%" in words(of_class(answer, "altered")[-1])
    assert app.query_params["check"] in (sentence.replace("+18%", "+81%"), [sentence.replace("+18%", "+81%")])
    assert asked(app, "") is None
    assert "check" not in app.query_params


def test_a_text_that_is_too_long_is_told_so_and_has_no_answer(demonstration: Home) -> None:
    """Nor does an older answer stay; the same by the address."""
    figure = published(demonstration, "ecommerce-2020").headline().figure_id
    told = Text()("quoted.too_long", most=Text().number(LONGEST))
    app = opened(demonstration, "press", check=figure)
    answer = asked(app, f"{figure} {'parola ' * 1000}")
    assert answer is not None
    assert words(answer) == told
    assert words(blocks(opened(demonstration, "press", check="x" * (LONGEST + 500)))["check"]) == told


def test_a_paraphrase_meets_sentences_that_can_be_copied(demonstration: Home) -> None:
    """Under a heading, each with its button, in the form of the address; nothing else is said of it."""
    release = published(demonstration, "ecommerce-2020")
    change = approved_sentences(release, reader(release, "it"))[1]
    answer = blocks(opened(demonstration, "press", check="Vendite online cresciute del 65%", form="long"))["check"]
    assert Text()("quoted.says.unknown") in words(answer)
    assert Text()("quoted.related") in words(answer)
    first = buttons(answer)[0].get("data-copy", "")
    assert change.sentence.long in first
    assert change.figure.figure_id in first


@pytest.mark.parametrize(
    "pasted", ["<script>alert(1)</script> [x](javascript:alert(1))", "**'a\";--", "\u202e{release}", "%00%s" * 500]
)
def test_hostile_words_are_words(demonstration: Home, pasted: str) -> None:
    """They are never markup, and never fail the page."""
    app = opened(demonstration, "press", check=pasted)
    assert sound(app)
    assert not list(blocks(app)["check"].iter("script"))
    assert Text()("quoted.state.unknown") in words(blocks(app)["check"])


@pytest.fixture(scope="module")
def two(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Michigan's release, and a second in which the headline's range is another."""
    root = tmp_path_factory.mktemp("two")
    shutil.copytree(demonstration.releases / "michigan-1988", root / "releases" / "michigan-1988")
    home = Home(Path(root))
    first = published(home, "michigan-1988")
    figures = first.figures.copy()
    figures.loc[figures["figure_id"] == first.headline().figure_id, ["high", "shared_high"]] = 0.27
    rewritten(first, home.releases, name="2026-2", figures=figures)
    return home


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_changed_and_the_correction_of_an_old_release(two: Home, language: str) -> None:
    """The release in use says what each changed sentence said before; the old one has the correction, to be copied."""
    text = Text(language)
    new, old = opened(two, "press", lang=language), opened(two, "press", lang=language, release="2026-1")
    shown = words(blocks(new)["updates"])
    assert text("press.updates", release="2026-1") in shown
    assert "+21%" in shown
    assert "+27%" in shown
    assert "notice" not in blocks(new)
    [button] = buttons(blocks(old)["notice"])
    notice = button.get("data-copy", "")
    assert "2026-1" in notice
    assert "+27%" in notice
    assert short(published(two, "michigan-1988").headline().figure_id) in notice
