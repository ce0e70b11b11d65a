"""What a reader chooses, and what the address keeps; the guide, the page for mistakes; data are never markup."""

import logging
import re
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element

import pytest
from streamlit.testing.v1 import AppTest

from analytics.charts import framed
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text, speaking
from analytics.model import Arm, Estimand
from analytics.present import pictures
from analytics.present.asked import Asked
from analytics.present.sentences.headlines import claims
from analytics.present.sentences.phrases import described, reader
from analytics.present.tables.facts import sector_facts
from analytics.present.written import effect_cell, percent_cell, rate_span
from analytics.programme.file import Programme
from analytics.release import Release, Releases
from analytics.release.figure_id import short
from analytics.release.measures import EXTRA_PER_GRANT, TYPICAL_CHANGE
from pages import PAGES
from pages.parts.shelf import read_release
from tests.helpers.markup import of_class, parsed
from tests.helpers.markup import words as words_of
from tests.helpers.rewritten import rewritten
from tests.pages.app import blocks, opened, pictures_on, sound, words
from tests.pages.reader import HANG

CHOICES = ("sector", "outcome", "estimand", "year", "lines", "tables", "lang", "programme", "release", "claim")


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, demonstration: Home) -> None:
    """What a page reads when a test goes on from one that is open."""
    monkeypatch.setenv("VETRINA_DATA", str(demonstration.root))


def release_in_memory(home: Home) -> Release:
    """The release that the pages have in memory, so that nothing is drawn twice."""
    return read_release(Releases(home.releases, "ecommerce-2020").path("2026-1"))


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return release_in_memory(demonstration)


def typed(app: AppTest, key: str, written: str) -> AppTest:
    """Write into a field that also takes what is not in its list, and leave it."""
    field = app.selectbox(key=f"pick_{key}")
    field.options.append(written)  # the test's own list of what can be chosen, not the page's
    return field.set_value(written).run()


def in_address(app: AppTest, key: str) -> str | None:
    """What the address says; None where it leaves a choice at its default."""
    value = app.query_params.get(key)
    return value[0] if isinstance(value, list) else value


def title(app: AppTest) -> str:
    return re.sub(r":blue\[(.*?)\]", r"\1", app.title[0].value).replace("\\", "")


# ---- the page shows what the release holds ---------------------------------------------------------------------------


def spaced(words: str) -> str:
    """The same, with one ordinary space between words, as blocks are read."""
    return " ".join(words.split())


def values_in(picture: Element) -> list[str]:
    """What the rows of a picture say of themselves."""
    return [words_of(cell) for cell in of_class(picture, "value") if cell.tag == "td"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_shows_the_words_of_its_pictures_and_of_verify(
    demonstration: Home, release: Release, language: str
) -> None:
    """Heading, rows of the pictures and tables below them are the same strings, made of what `verify` prints."""
    text, main = reader(release, language), release.headline()
    app = opened(demonstration, lang=language, tables="1")
    shown = pictures_on(app)
    typical = [release.main(TYPICAL_CHANGE, arm=arm) for arm in Arm]
    money = release.main(EXTRA_PER_GRANT)
    outcome = release.programme.outcome("online_sales")
    value = float(described(release, main, text).splitlines()[0].rpartition(" ")[2])
    assert value == main.value
    assert text.percent(value, sign=False) in app.title[0].value
    *changes, effect = values_in(shown["changes"])
    assert changes == [percent_cell(figure, text) for figure in typical]
    assert effect == effect_cell(main, text)
    span = spaced(rate_span(money, outcome, text))
    assert values_in(shown["money"]) == [span]
    cells = {words_of(cell) for picture in shown.values() for cell in picture.iter("td")}
    for figure in (*typical, main, money):
        assert figure is not None
        assert short(figure.figure_id) in cells
    assert {effect, *changes, span} <= cells
    forest = pictures.sectors(release, text)
    assert isinstance(forest, pictures.Picture)
    assert {spaced(cell) for cell in forest.table.to_numpy().ravel()} <= cells


# ---- typing a sector -------------------------------------------------------------------------------------------------


def test_a_typed_code_picks_its_sector_and_nonsense_none(demonstration: Home) -> None:
    """A code, then a name, is the sector shown and the one in the address; nonsense keeps it, and says so once."""
    app = typed(opened(demonstration, "sectors"), "sector", "47.91")
    assert title(app).startswith("Commercio al dettaglio")
    assert in_address(app, "sector") == "retail"
    assert not app.warning
    app = typed(app, "sector", "tessile")
    assert title(app).startswith("Tessile, abbigliamento e pelle")
    assert in_address(app, "sector") == "textiles"
    app = typed(app, "sector", "<b>xyzzy</b>")
    assert title(app).startswith("Tessile, abbigliamento e pelle")
    assert in_address(app, "sector") == "textiles"
    assert app.selectbox(key="pick_sector").value == "textiles"
    assert [warning.value.replace("\\", "").count("<b>xyzzy</b>") for warning in app.warning] == [1]
    assert "<b>" not in app.warning[0].value
    assert not app.run().warning


# ---- the address -----------------------------------------------------------------------------------------------------


def chosen(app: AppTest) -> dict[str, object]:
    """What the controls of a page stand at."""
    controls = (*app.selectbox, *app.segmented_control, *app.toggle)
    return {str(control.key).removeprefix("pick_"): control.value for control in controls}


FRAME = {"programme": "ecommerce-2020", "release": "2026-1", "lang": "it"}
USUAL = FRAME | {"claim": "effect-*-*"}


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("sectors", {"sector": "retail", "outcome": "total_sales", "estimand": "euro_weighted", "year": "2", "lang": "en"}),  # noqa: E501
        ("overview", {"tables": "1", "lang": "en", "programme": "ecommerce-2020", "release": "2026-1"}),
        ("evidence", {"claim": "money-*-*", "programme": "michigan-1988", "release": "2026-1", "lang": "en"}),
    ],
)  # fmt: skip
def test_an_address_opens_what_was_on_the_screen(demonstration: Home, page: str, address: dict[str, str]) -> None:
    """Every choice that the address names is the one shown, and stays in it unless it is the usual one."""
    app = opened(demonstration, page, **address)
    assert sound(app, "en")
    choices = chosen(app)
    for key, value in address.items():
        assert choices[key] == (value == "1" if key == "tables" else value), key
        assert in_address(app, key) == (None if value == USUAL.get(key) else value), key


def test_another_choice_shows_and_addresses_another_figure(demonstration: Home, release: Release) -> None:
    """Year 2 of sales added up: the id on the page is that figure's, with its facts, and no claim is made of it."""
    text, question = reader(release, "it"), Asked("total_sales", Estimand.EURO_WEIGHTED, "2")
    app = opened(demonstration, "sectors", sector="retail", outcome="total_sales", estimand="euro_weighted", year="2")
    figure = question.effect(release, [("sector", "retail")])
    assert figure is not None
    assert short(figure.figure_id) in words(app)
    assert title(app) == "Commercio al dettaglio · Vendite totali: somma delle vendite, 2º anno"
    facts = of_class(blocks(app)["facts_sector"], "facts")[0]
    told = [words_of(fact) for fact in facts]
    assert told == [spaced(f"{fact.label} {fact.words}") for fact in sector_facts(release, question, "retail", text)]
    app.selectbox(key="pick_year").set_value("3").run()
    figure = question.effect(release, [("sector", "retail")], horizon="3")
    assert figure is not None
    assert short(figure.figure_id) in words(app)
    assert in_address(app, "year") == "3"


@pytest.mark.parametrize(
    ("page", "usual"),
    [
        ("overview", {}),
        ("sectors", {"sector": "food", "outcome": "online_sales", "estimand": "typical_firm", "year": "overall"}),
        ("evidence", {"claim": "effect-*-*"}),
    ],
)
def test_nonsense_in_the_address_is_the_default_and_said(
    demonstration: Home, page: str, usual: dict[str, object]
) -> None:
    """In every choice at once: the page is that of a bare address, says what it was asked for, as words and cut short,
    and leaves nothing of it in the address.
    """
    app = opened(demonstration, page, **dict.fromkeys(CHOICES, "<script>" + "x" * 100))
    assert sound(app)
    assert chosen(app) == FRAME | usual | {"tables": False}
    said = [warning.value for warning in app.warning]
    own = len(usual) + (page == "sectors")  # which chooses the lines without a picker
    assert len(said) == own + 3  # the tables; the language; programme and release together
    assert "<script>" not in "".join(said)
    assert "x" * 41 not in words(app)
    assert app.query_params == {}
    assert not opened(demonstration, page).warning


def test_what_has_gone_with_another_choice_is_no_mistake_of_the_address(demonstration: Home) -> None:
    """Only what a reader has asked for is said to be missing."""
    app = opened(demonstration, "sectors", estimand="started_selling", sector="retail")
    app.selectbox(key="pick_outcome").set_value("destination_countries").run()
    app.selectbox(key="pick_programme").set_value("michigan-1988").run()
    assert sound(app)
    assert not app.warning
    assert in_address(app, "programme") == "michigan-1988"
    assert in_address(app, "sector") is None


def test_an_address_names_only_what_differs_and_only_of_its_page(demonstration: Home) -> None:
    """Defaults leave it clean, also when a reader comes back to one; another page's choices are not in it, and still
    hold when the reader returns.
    """
    app = opened(demonstration, "sectors")
    assert app.query_params == {}
    app.selectbox(key="pick_sector").set_value("retail").run()
    assert app.query_params in ({"sector": "retail"}, {"sector": ["retail"]})
    app.switch_page("pages/evidence.py").run()
    assert app.query_params == {}
    app.switch_page("pages/sectors.py").run()
    assert in_address(app, "sector") == "retail"
    app.selectbox(key="pick_sector").set_value("food").run()
    assert app.query_params == {}
    assert chosen(app)["sector"] == "food"


def test_going_back_shows_what_the_entry_of_the_history_names(demonstration: Home) -> None:
    """Not what has been chosen since: vetrina.js marks the address of a reader who goes back."""
    app = opened(demonstration, "sectors", sector="retail")
    app.query_params.clear()
    app.query_params["back"] = "1"
    app.run()
    assert chosen(app)["sector"] == "food"
    assert app.query_params == {}


def page_with_links() -> None:
    import streamlit as st

    from pages.parts import address

    address.start()
    address.at("settori")
    address.read_choice("lang", ["it", "en"], "it")
    address.read_choice("programme", ["a", "b"], "a")
    address.read_choice("sector", ["food", "retail"], "food")
    st.markdown(address.href("sectors", sector="x y"))
    st.markdown(address.href("overview"))
    st.markdown(address.permalink())


def test_links_carry_what_holds_on_every_page_and_a_quoted_one_everything() -> None:
    """The frame's choices where they are not the usual ones; a permalink names even those that are."""
    app = AppTest.from_function(page_with_links, default_timeout=HANG)
    app.query_params["lang"] = "en"
    usual, home, quoted = (element.value for element in app.run().markdown)
    assert usual == "/settori?sector=x+y&lang=en"
    assert home == "/?lang=en"
    assert quoted.endswith("/settori?lang=en&programme=a&sector=food")


def test_the_copied_link_opens_what_is_on_the_screen(demonstration: Home) -> None:
    """With what is chosen below the pickers too: the lines of sums, the tables."""
    app = opened(demonstration, "sectors", sector="retail", lines="sum", tables="1", outcome="total_sales", lang="en")
    [link] = [button.get("data-copy", "") for button in blocks(app)["copy_link"].iter("button")]
    quoted = dict(parse_qsl(urlsplit(link).query))
    assert quoted.items() >= FRAME.items() - {("lang", "it")}
    assert quoted.items() >= {"sector": "retail", "lines": "sum", "tables": "1", "lang": "en"}.items()
    again = opened(demonstration, "sectors", **quoted)
    assert title(again) == title(app)
    assert {key: words_of(block) for key, block in blocks(again).items()} == {
        key: words_of(block) for key, block in blocks(app).items()
    }
    assert app.query_params == again.query_params


def test_an_outcome_without_the_measure_falls_back_to_the_usual_one(demonstration: Home) -> None:
    """Nobody starts to sell total sales: another outcome is chosen, and the measure is the programme's again."""
    app = opened(demonstration, "sectors", estimand="started_selling")
    assert chosen(app)["estimand"] == "started_selling"
    app.selectbox(key="pick_outcome").set_value("destination_countries").run()
    assert sound(app)
    assert chosen(app)["estimand"] == "typical_firm"
    assert in_address(app, "estimand") is None


def page_with_a_choice() -> None:
    import streamlit as st

    from pages.parts import address

    st.write(address.read_choice("estimand", ["typical_firm", "symmetric_growth"], "euro_weighted"))


def test_a_choice_is_always_one_of_the_options() -> None:
    """The programme's own question may be of sales added up; an outcome that is no money has no such measure."""
    app = AppTest.from_function(page_with_a_choice, default_timeout=HANG).run()
    assert not app.exception
    assert app.markdown[0].value in ("typical_firm", "symmetric_growth")


# ---- another release than the demonstration's ------------------------------------------------------------------------


NASTY = "<b>x</b> *y* $1$ [z](http://a.b) `c` :red[d]"
MARKUP = re.compile(r"(?<!\\)(?:<b>|\*y\*|\[z\]\(|`c`|:red\[)|(?<!\\)\$")


def nasty(programme: dict) -> None:
    """Every name that comes from the file holds HTML, Markdown, a formula, a link and a directive of Streamlit's."""

    def spoil(value: object) -> None:
        if isinstance(value, dict):
            if set(value) == set(LANGUAGES):
                value.update({language: f"{value[language]} {NASTY}" for language in LANGUAGES})
            for inner in value.values():
                spoil(inner)
        elif isinstance(value, list):
            for inner in value:
                spoil(inner)

    spoil(programme)


@pytest.fixture(scope="module")
def spoiled(demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demonstration's release with such names in its programme file."""
    home = Home(tmp_path_factory.mktemp("spoiled"))
    source = Releases(demonstration.releases, "ecommerce-2020").open()
    programme = source.programme.model_dump(mode="json")
    nasty(programme)
    rewritten(source, home.releases, programme=Programme.model_validate(programme))
    return home


RENDERED = ("title", "header", "subheader", "markdown", "caption", "warning", "expander")


def rendered(app: AppTest) -> list[tuple[str, str]]:
    """What Streamlit reads as Markdown: texts, labels of metrics, cells of laid-out tables."""
    markdown = [
        (kind, str(getattr(element, "value", None) or element.label)) for kind in RENDERED for element in app.get(kind)
    ]
    for metric in app.metric:
        markdown += [("metric", str(metric.label)), ("metric", str(metric.value))]
    for table in app.table:
        cells = [*table.value.index, *table.value.columns, *table.value.to_numpy().ravel()]
        markdown += [("table", str(cell)) for cell in cells]
    return markdown


def own(words: str) -> str:
    """Without the markup that our own templates have around the names."""
    return re.sub(r":blue\[|:gray\[|:small\[", "[", words)


@pytest.fixture(scope="module", params=PAGES)
def page(spoiled: Home, request: pytest.FixtureRequest) -> AppTest:
    """A page about such names."""
    app = opened(spoiled, request.param, sector="retail", tables="1")
    assert sound(app)
    return app


def test_names_of_a_programme_stand_on_the_page_as_they_are_written(page: AppTest) -> None:
    """No page fails on them, and none swallows them."""
    assert NASTY in words(page)


def test_names_of_a_programme_are_never_markup(page: AppTest) -> None:
    """HTML, Markdown, a formula, a link, a directive in a name are read as they are written, wherever they stand."""
    assert [bold for block in blocks(page).values() for bold in block.iter("b") if bold.text == "x"] == []
    assert {kind for kind, markdown in rendered(page) if MARKUP.search(own(markdown))} == set()


def test_names_in_tables_and_headings_are_never_markup(page: AppTest) -> None:
    """What is laid out from frames and lists is escaped."""
    kinds = ("table", "header", "subheader", "expander")
    escaped = [markdown for kind, markdown in rendered(page) if kind in kinds]
    assert [markdown for markdown in escaped if MARKUP.search(own(markdown))] == []


def test_names_in_pictures_are_never_markup(spoiled: Home) -> None:
    """Only our own elements are elements; tags, formulas, entities are words, and read as they were written."""
    release, text = release_in_memory(spoiled), speaking("it")
    question, ways = Asked.headline(release), claims(release, text)[0].figure.figure_id
    images = [
        pictures.changes_and_effect(release, text),
        pictures.sectors(release, text),
        pictures.forest(release, text, "sector", question),
        pictures.forest(release, text, "channel", question, within=(("sector", "retail"),)),
        pictures.standing(release, text, "retail", question),
        pictures.index_lines(release, text, "online_sales", "retail"),
        pictures.all_sectors(release, text, "online_sales", "retail"),
        pictures.context(release, text, "food"),
        pictures.specification_curve(release, text, ways),
        pictures.detectable(release, text),
        pictures.provinces(release, text),
    ]
    seen = ""
    for picture in images:
        assert isinstance(picture, pictures.Picture)
        root = parsed(framed(picture.drawing, picture.stamp, text))
        assert not [bold for bold in root.iter("b") if bold.text == "x"]
        seen += words_of(root)
    assert seen.replace(" ", "").count("<b>x</b>*y*$1$[z](http://a.b)`c`:red[d]") > 10


# ---- a page that fails -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "language"), [("overview", "it"), ("sectors", "en")])
def test_a_page_that_fails_says_so_in_the_readers_language(
    demonstration: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, page: str, language: str
) -> None:
    """No trace reaches the reader; frame and contact stay; the log has the trace, for us."""

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("0123secret")

    monkeypatch.setattr(pictures, "years", fails)
    with caplog.at_level(logging.ERROR, logger="vetrina"):
        app = opened(demonstration, page, lang=language)
    text, page_words = Text(language), words(app)
    assert not app.exception
    assert text("page.error_title") in [heading.value for heading in app.title]
    assert text("page.error") in page_words
    assert "0123secret" not in page_words
    assert "Traceback" not in page_words
    assert "vetrina@example.org" in page_words
    records = [record for record in caplog.records if record.name == "vetrina"]
    assert [record.exc_info is not None for record in records] == [True]
    assert "0123secret" in caplog.text
    assert not sound(app, language)


def test_a_page_that_fails_names_no_contact_that_is_not_there(
    demonstration: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Michigan's file has none."""
    monkeypatch.setattr(pictures, "years", lambda *_, **__: SimpleNamespace())
    app = opened(demonstration, programme="michigan-1988", lang="en")
    assert not sound(app, "en")
    assert Releases(demonstration.releases, "michigan-1988").open().programme.contact is None
    assert "contact below" not in words(app)
