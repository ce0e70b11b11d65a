"""What a reader chooses, and what the address keeps; the guide, the page for mistakes; data are never markup."""

import html
import logging
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text, speaking
from analytics.model import Estimand
from analytics.present import pictures
from analytics.present.asked import Asked
from analytics.present.sentences.headlines import claims
from analytics.present.sentences.phrases import described
from analytics.present.tables.facts import sector_facts
from analytics.present.written import effect_cell, rate_span
from analytics.programme.file import Programme
from analytics.release import Release, Releases
from analytics.release.measures import measure_named
from pages import PAGES
from pages.parts import guide
from pages.parts.in_use import read_release
from tests.helpers.rewritten import rewritten
from tests.pages.app import opened, sound, words
from tests.pages.reader import HANG

CHOICES = ("sector", "outcome", "estimand", "year", "shrunken", "lang", "programme", "release", "claim")


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, demonstration: Home) -> None:
    """What a page reads when a test goes on from one that is open."""
    monkeypatch.setenv("VETRINA_DATA", str(demonstration.root))


Notes = Callable[[dict[str, str]], None]


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Notes:
    """Sets the cookies of the reader's browser. (A test of Streamlit's own has no browser, and a mock that has all.)"""
    return lambda cookies: monkeypatch.setattr(ContextProxy, "cookies", property(lambda self: cookies))


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


def in_address(app: AppTest, key: str) -> str:
    """What the address says."""
    value = app.query_params[key]
    return value[0] if isinstance(value, list) else value


def title(app: AppTest) -> str:
    return re.sub(r":blue\[(.*?)\]", r"\1", app.title[0].value).replace("\\", "")


# ---- the page shows what the release holds ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_shows_the_words_of_its_pictures_and_of_verify(
    demonstration: Home, release: Release, language: str
) -> None:
    """The large numbers, the heading and the tables below are the same strings, made of what `verify` prints."""
    text, main = speaking(language), release.headline()
    app = opened(demonstration, lang=language)
    change = release.figure(measure_named("change"), outcome="online_sales", arm="funded", horizon="overall")
    money = release.figure(measure_named("extra_per_grant"), outcome="online_sales", horizon="overall")
    assert change is not None
    assert money is not None
    outcome = release.programme.outcome("online_sales")
    value = float(described(release, main, text).splitlines()[0].rpartition(" ")[2])
    assert value == main.value
    metrics = [str(metric.value).replace("\\", "") for metric in app.metric]
    assert metrics == [text.percent(change.value or 0), text.percent(value), rate_span(money, outcome, text)]
    assert text.percent(value, sign=False) in app.title[0].value
    cells = [str(cell).replace("\\", "") for table in app.table for cell in table.value.to_numpy().ravel()]
    assert effect_cell(main, text) in cells
    assert metrics[0] in cells
    assert metrics[2] in cells
    for figure in (change, main, money):
        assert figure.figure_id in cells
    forest = pictures.forest(release, text, "sector", Asked.headline(release))
    assert isinstance(forest, pictures.Picture)
    assert set(forest.table.to_numpy().ravel()) <= set(cells)


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


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("sectors", {"sector": "retail", "outcome": "total_sales", "estimand": "euro_weighted", "year": "2", "lang": "en"}),  # noqa: E501
        ("overview", {"shrunken": "1", "lang": "en", "programme": "ecommerce-2020", "release": "2026-1"}),
        ("evidence", {"claim": "money-*-*", "programme": "michigan-1988", "release": "2026-1", "lang": "en"}),
    ],
)  # fmt: skip
def test_an_address_opens_what_was_on_the_screen(demonstration: Home, page: str, address: dict[str, str]) -> None:
    """Every choice that the address names is the one shown, and stays in it."""
    app = opened(demonstration, page, **address)
    assert sound(app, "en")
    choices = chosen(app)
    for key, value in address.items():
        assert choices[key] == (value == "1" if key == "shrunken" else value), key
        assert in_address(app, key) == value, key


def test_another_choice_shows_and_addresses_another_figure(demonstration: Home, release: Release) -> None:
    """Year 2 of sales added up: the id on the page is that figure's, with its facts, and no claim is made of it."""
    text, question = speaking("it"), Asked("total_sales", Estimand.EURO_WEIGHTED, "2")
    app = opened(demonstration, "sectors", sector="retail", outcome="total_sales", estimand="euro_weighted", year="2")
    figure = question.effect(release, [("sector", "retail")])
    assert figure is not None
    assert figure.figure_id in words(app)
    assert title(app) == "Commercio al dettaglio · Vendite totali: vendite sommate, 2º anno"
    for label, value in sector_facts(release, question, "retail", text):
        assert f":gray[{label}]  \n**{value}**" in words(app)
    app.segmented_control(key="pick_year").set_value("3").run()
    figure = question.effect(release, [("sector", "retail")], horizon="3")
    assert figure is not None
    assert figure.figure_id in words(app)
    assert in_address(app, "year") == "3"


FRAME = {"programme": "ecommerce-2020", "release": "2026-1", "lang": "it"}


@pytest.mark.parametrize(
    ("page", "usual"),
    [
        ("overview", {"shrunken": False}),
        ("sectors", {"sector": "food", "outcome": "online_sales", "estimand": "typical_firm", "year": "overall"}),
        ("evidence", {"claim": "effect-*-*"}),
    ],
)
def test_nonsense_in_the_address_is_the_default(demonstration: Home, page: str, usual: dict[str, object]) -> None:
    """In every choice at once: the page is that of a bare address, and the address is mended."""
    app = opened(demonstration, page, **dict.fromkeys(CHOICES, "<script>"))
    assert sound(app)
    assert chosen(app) == FRAME | usual
    assert "<script>" not in words(app)
    for key, value in (FRAME | usual).items():
        assert in_address(app, key) == ("0" if value is False else value)


def test_an_outcome_without_the_measure_falls_back_to_the_usual_one(demonstration: Home) -> None:
    """Nobody starts to sell total sales: another outcome is chosen, and the measure is the programme's again."""
    app = opened(demonstration, "sectors", estimand="started_selling")
    assert chosen(app)["estimand"] == "started_selling"
    app.selectbox(key="pick_outcome").set_value("destination_countries").run()
    assert sound(app)
    assert chosen(app)["estimand"] == "typical_firm"
    assert in_address(app, "estimand") == "typical_firm"


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
    app = opened(spoiled, request.param, sector="retail")
    assert sound(app)
    return app


def test_names_of_a_programme_stand_on_the_page_as_they_are_written(page: AppTest) -> None:
    """No page fails on them, and none swallows them."""
    assert NASTY in words(page)


def test_names_of_a_programme_are_never_markup(page: AppTest) -> None:
    """HTML, Markdown, a formula, a link, a directive in a name are read as they are written, wherever they stand."""
    assert {kind for kind, markdown in rendered(page) if MARKUP.search(own(markdown))} == set()


def test_names_in_tables_and_headings_are_never_markup(page: AppTest) -> None:
    """What is laid out from frames and lists is escaped."""
    kinds = ("table", "header", "subheader", "expander")
    escaped = [markdown for kind, markdown in rendered(page) if kind in kinds]
    assert escaped
    assert [markdown for markdown in escaped if MARKUP.search(own(markdown))] == []


def test_names_in_pictures_are_never_markup(spoiled: Home) -> None:
    """Inside a chart only our own tags are tags; formulas and entities are words."""
    release, text = release_in_memory(spoiled), speaking("it")
    question, ways = Asked.headline(release), claims(release, text)[0].figure.figure_id
    images = [
        pictures.forest(release, text, "sector", question),
        pictures.forest(release, text, "channel", question, within=(("sector", "retail"),), narrow=True),
        pictures.standing(release, text, "retail", question),
        pictures.index_lines(release, text, "online_sales", "retail"),
        pictures.all_sectors(release, text, "online_sales"),
        pictures.context(release, text, "food"),
        pictures.specification_curve(release, text, ways),
        pictures.detectable(release, text),
        pictures.effect_panel(release, text, "typical_firm", point=True),
    ]
    seen = ""
    for picture in images:
        assert isinstance(picture, pictures.Picture)
        for form in (picture.wide, picture.phone):
            for note in form.layout.annotations if form else ():
                tags = set(re.findall(r"</?\w+", note.text))
                assert tags <= {"<b", "</b", "<br", "<span", "</span"}
                assert "<b>x</b>" not in note.text
                assert "$" not in note.text
                seen += html.unescape(re.sub(r"<[^>]*>", "", note.text))
    assert seen.replace(" ", "").count("<b>x</b>*y*$1$[z](http://a.b)`c`:red[d]") > 10


# ---- the guide -------------------------------------------------------------------------------------------------------


def guided(app: AppTest, language: str = "it") -> bool:
    return Text(language)("guide.title") in [heading.value for heading in app.subheader]


def remembers(app: AppTest) -> bool:
    """Whether the page sends the browser its note."""
    return any(f"{guide.SEEN}=1" in element.proto.body for element in app.get("html"))


def test_the_guide_is_there_on_a_first_visit_until_it_is_closed(demonstration: Home, notes: Notes) -> None:
    """It goes when the reader says so, the browser is told to remember that once, and it does not come back."""
    notes({})
    app = opened(demonstration)
    assert guided(app)
    assert not remembers(app)
    button = app.button(key="guide_done")
    assert button.label == "Ho capito"
    button.click().run()
    assert not guided(app)
    assert remembers(app)
    app.run()
    assert not guided(app)
    assert not remembers(app)


def test_who_has_read_the_guide_is_not_shown_it_again(demonstration: Home, notes: Notes) -> None:
    """The browser's note is enough, in a new session; another's is not."""
    notes({guide.SEEN: "1"})
    app = opened(demonstration)
    assert sound(app)
    assert not guided(app)
    assert not remembers(app)
    notes({"another": "1"})
    assert guided(opened(demonstration, lang="en"), "en")


def test_only_the_first_page_has_the_guide(demonstration: Home, notes: Notes) -> None:
    """A deep link goes to what it names."""
    notes({})
    app = opened(demonstration, "sectors")
    assert sound(app)
    assert not guided(app)


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
