"""In a real Chromium against a real server on this machine: every page, opened once and asked everything; and journeys.

One file, because a server and a browser are dear to start and each worker would have its own.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from analytics.folders import Home
from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES, SPOKEN, Text
from analytics.present.sentences.headlines import approved_sentences
from analytics.present.sentences.phrases import reader
from analytics.programme.file import load_programme
from analytics.publish.addresses import figure_page_address, image_address
from analytics.release import Releases
from analytics.release.figure_id import short
from pages import OFFICER, PAGES
from tests.helpers.languages import foreign_words
from tests.helpers.officer import identifiers, standing_in
from tests.pages.reader import (
    HANG,
    PATHS,
    PATIENCE,
    WIDTHS,
    Seen,
    context_page,
    look,
    settle,
    violations,
)


@pytest.fixture(scope="module", params=[(path, language) for path in PATHS for language in LANGUAGES], ids="-".join)
def seen(browser: Browser, address: str, request: pytest.FixtureRequest) -> Seen:
    """A page in one language, on every screen; the tests below share one look at it."""
    return look(browser, address, *request.param)


@pytest.fixture(scope="module")
def secrets(demonstration: Home) -> set[str]:
    """Every fiscal code and firm name of the input files."""
    return identifiers(demonstration)


def test_no_page_overflows_or_fails(seen: Seen) -> None:
    """Every page fits desk, phone, a zoom of 200% and a sheet of paper; it shows no exception and opens no dialog."""
    assert set(seen.views) == set(WIDTHS)
    assert max(seen.zoomed, seen.on_paper, *(view.overflow for view in seen.views.values())) <= 0
    assert seen.exceptions == 0
    assert seen.dialogs == 0


def test_no_page_calls_anybody_or_complains(seen: Seen) -> None:
    """No page asks another host for anything, and none logs an error in the console."""
    assert seen.foreign == []
    assert seen.complaints == []


def test_simulated_data_are_marked_at_the_top_of_every_screen(seen: Seen) -> None:
    """The strip that says so is in sight before anybody scrolls."""
    assert {view.strip_top for view in seen.views.values()} == {0}


def test_no_text_is_cut(seen: Seen) -> None:
    """Nothing ends in an ellipsis that the page's width made."""
    assert {name: view.cut for name, view in seen.views.items() if view.cut} == {}


def test_no_page_breaks_the_rules_of_accessibility(seen: Seen) -> None:
    """axe-core finds nothing against WCAG 2.1 A and AA, beyond what is tracked as Streamlit's own."""
    assert {name: view.violations for name, view in seen.views.items() if view.violations} == {}


def test_a_page_speaks_one_language(seen: Seen) -> None:
    """No English word on an Italian page, no Italian word on an English one; charts, labels read aloud and Streamlit's
    own words included. The page says which language it is in (WCAG 3.1.1), so that it is read aloud with the right
    voice.
    """
    assert seen.declared == seen.language
    for view in seen.views.values():
        assert len(view.texts) > 30
        assert foreign_words(view.texts, seen.language) == set()


def test_a_printed_page_holds_what_can_be_read_alone(seen: Seen) -> None:
    """On paper nothing is fixed to its place, and no menu or picker of the frame is printed."""
    assert seen.printed == []


def test_no_identifier_of_a_firm_is_in_what_the_server_sends(seen: Seen, secrets: set[str]) -> None:
    """Every message to the browser is searched for every fiscal code and firm name of the input files."""
    assert len(seen.sent) > 5_000
    assert standing_in(seen.sent, secrets) == []


def test_nothing_of_the_officers_page_is_sent_to_readers(seen: Seen) -> None:
    """Neither its address, nor its name, nor any of its words is in a message of the server."""
    [end] = OFFICER.values()
    text = Text(seen.language)
    secret = (end, text("nav.officer"), text("officer.title"), text("officer.step.file"), "officer_")
    assert [word for word in secret if word.encode() in seen.sent] == []


CARRIED = {"it": ("DATI SIMULATI", "Fonte"), "en": ("SIMULATED DATA", "Source")}


def test_the_picture_carries_release_id_and_mark(seen: Seen, demonstration: Home) -> None:
    """The first screen's chart, cut out of the page, still says source, release, figure id and that it is simulated."""
    release = Releases(demonstration.releases, "ecommerce-2020").open()
    parts = (short(release.headline().figure_id), release.release_id, *CARRIED[seen.language])
    for view in seen.views.values():
        missing = [part for part in parts if part not in view.effect]
        assert missing == [] if seen.path == "/" else view.effect == ""


def test_the_json_answers_hold_the_same_figures_and_unknown_ones_a_404(address: str, demonstration: Home) -> None:
    """The API gives the release's headline to the last digit, marked; an unknown address is a 404 in JSON."""
    figure = Releases(demonstration.releases, "ecommerce-2020").open().headline()
    with urllib.request.urlopen(f"{address}/api/headlines.json?lang=en", timeout=HANG) as answer:
        payload = json.load(answer)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert payload["headlines"][0]["value"] == figure.value
    assert payload["headlines"][0]["figure_id"] == figure.figure_id
    assert "SIMULATED" in payload["data_mark"]
    for route in ("/api/nothing", "/api/headlines.json?programme=nobody", "/api/headlines.json?release=1999-1"):
        with pytest.raises(urllib.error.HTTPError) as problem:
            urllib.request.urlopen(address + route, timeout=HANG)
        assert problem.value.code == 404
        assert "error" in json.loads(problem.value.read())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_about_the_addresses_is_for_everybody(
    browser: Browser, address: str, language: str, width: int
) -> None:
    """It breaks no rule of accessibility, fits a phone, and asks no other site for anything."""
    with closing(browser.new_page(viewport={"width": width, "height": 900})) as page:
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        page.goto(f"{address}/api/?lang={language}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert all(place.startswith(address) for place in fetched)


# ---- the journeys that matter: the policymaker's, by clicks and then by address; and the keyboard's ------------------

SECTOR = "retail"
DRAWN = (
    """() => [...document.querySelectorAll('figure.picture')].map(chart => chart.textContent.replace(/\\s+/g, ' '))"""
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What two readers of one address must have in common."""

    headings: list[str]
    charts: list[str]


def what_is_shown(page: Page) -> Shown:
    settle(page)
    return Shown(page.locator("h1").all_inner_texts(), page.evaluate(DRAWN))


def to_page(page: Page, name: str) -> None:
    """Follow the navigation to a page; on a phone it lies behind a button, and before the page."""
    button = page.get_by_test_id("stExpandSidebarButton")
    if button.is_visible():
        button.click()
    address = page.url
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(lambda url: url != address, timeout=PATIENCE)
    settle(page)


# Each language and each width once.
@pytest.mark.parametrize(("language", "form"), list(zip(LANGUAGES, WIDTHS, strict=True)))
def test_what_a_policymaker_found_opens_the_same_for_somebody_else(
    browser: Browser, address: str, language: str, form: str
) -> None:
    """From the first screen to a sector and to how sure we are; each address shows a stranger the same headings and
    charts.
    """
    text, width = Text(language), WIDTHS[form]
    label = load_programme("ecommerce-2020").label("sector", SECTOR, text)
    shown_at: dict[str, Shown] = {}
    with context_page(browser, width) as page:
        page.goto(address)
        settle(page)
        page.get_by_role("radio", name=language.upper(), exact=True).click()
        expect(page.get_by_text(text("mark.simulated"), exact=True).first).to_be_visible(timeout=PATIENCE)
        to_page(page, text("nav.sectors"))
        page.get_by_role("combobox", name=text("sectors.sector"), exact=True).click()
        page.get_by_role("option", name=re.compile(f"^{re.escape(label)}")).click()
        expect(page.locator("h1").first).to_contain_text(label, timeout=PATIENCE)
        page.wait_for_url(lambda url: f"sector={SECTOR}" in url, timeout=PATIENCE)
        shown_at[page.url] = what_is_shown(page)
        assert ("lang=" in page.url) == (language != DEFAULT_LANGUAGE)
        to_page(page, text("nav.evidence"))
        shown_at[page.url] = what_is_shown(page)
    assert any(content.charts for content in shown_at.values())
    for url, expected in shown_at.items():
        with context_page(browser, width) as page:
            page.goto(url)
            assert what_is_shown(page) == expected


def test_a_page_is_one_entry_of_the_history(browser: Browser, address: str) -> None:
    """One press of Back per page that was visited, whatever was chosen on it; each shows again what it showed last."""
    text = Text()
    with context_page(browser, WIDTHS["desk"]) as page:
        page.goto("about:blank")
        page.goto(address)
        settle(page)
        assert urlsplit(page.url).query == ""
        before = page.evaluate("history.length")
        to_page(page, text("nav.sectors"))
        page.get_by_role("combobox", name=text("sectors.sector"), exact=True).click()
        page.get_by_role("option").last.click()
        page.wait_for_url("**/settori?sector=*", timeout=PATIENCE)
        settle(page)
        heading = page.locator("h1").first.inner_text()
        to_page(page, text("nav.evidence"))
        assert urlsplit(page.url).query == ""
        assert page.evaluate("history.length") == before + 2
        page.go_back()
        page.wait_for_url("**/settori?sector=*", timeout=PATIENCE)
        expect(page.locator("h1").first).to_have_text(heading, timeout=PATIENCE)
        page.go_back()
        page.wait_for_url(f"{address}/", timeout=PATIENCE)
        settle(page)
        page.go_back()
        assert page.url == "about:blank"


def test_a_fresh_visitor_is_answered_in_their_browsers_language(browser: Browser, address: str) -> None:
    """And its window is named in it; the address stays clean."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}/prove")
    settle(page)
    assert page.evaluate("document.documentElement.lang") == "en"
    assert Text("en")("nav.evidence") in page.title()
    assert urlsplit(page.url).query == ""
    context.close()


def test_the_phones_menu_says_what_it_is_and_closes_after_a_choice(browser: Browser, address: str) -> None:
    text = Text()
    with context_page(browser, WIDTHS["phone"]) as page:
        page.goto(address)
        settle(page)
        menu = page.get_by_role("button", name=text("streamlit.menu"), exact=True)
        menu.click()
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()  # nothing lies over it
        expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true", timeout=PATIENCE)
        menu.click()
        page.get_by_role("link", name=text("nav.press"), exact=True).click()
        page.wait_for_url("**/stampa", timeout=PATIENCE)
        expect(menu).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true", timeout=PATIENCE)


def test_a_product_is_typed_where_sectors_are_chosen(browser: Browser, address: str) -> None:
    """The list offers to look for it, in the page's language, and no other sector; it shows the one that makes it."""
    text = Text()
    with context_page(browser, WIDTHS["desk"]) as page:
        page.goto(f"{address}/settori")
        settle(page)
        field = page.get_by_role("combobox", name=text("sectors.sector"), exact=True)
        field.click()
        field.press_sequentially("vino")  # whose letters stand, apart, in the name of a sector of services
        expect(page.get_by_role("option")).to_have_text([text("streamlit.find", words="vino")], timeout=PATIENCE)
        field.fill("scarpe")
        expect(page.get_by_role("option")).to_have_text([text("streamlit.find", words="scarpe")], timeout=PATIENCE)
        field.press("Enter")
        page.wait_for_url("**/settori?sector=textiles", timeout=PATIENCE)


@pytest.mark.parametrize("programme", ["ecommerce-2020", "michigan-1988"])
def test_an_analyst_sorts_a_table_and_takes_away_what_it_shows(browser: Browser, address: str, programme: str) -> None:
    """A click on a heading sorts the cells by value, up, down and back, under totals that stay; a click on a format
    brings the file that its address holds, named after programme and release.
    """
    with context_page(browser, WIDTHS["desk"]) as page:
        page.goto(f"{address}/coorti?programme={programme}&by=sector&year=all")
        settle(page)
        cells = page.locator("table.grid tbody.cell tr")
        values = "rows => rows.map(row => row.cells[4].dataset.value).filter(Boolean).map(Number)"
        before = cells.all_inner_texts()
        head = page.locator("table.grid").get_by_role("button", name="Effetto", exact=True)
        head.click()
        assert (up := cells.evaluate_all(values)) == sorted(up)
        head.click()
        assert (down := cells.evaluate_all(values)) == sorted(down, reverse=True)
        head.click()
        assert cells.all_inner_texts() == before
        assert page.locator("table.grid tbody").first.get_attribute("class") == "whole"
        for words, ending in (("CSV", "csv"), ("Excel", "xlsx"), ("Parquet", "parquet"), ("Pacchetto dati", "zip")):
            link = page.locator("ul.downloads li").first.get_by_role("link", name=words, exact=True)
            with page.expect_download(timeout=PATIENCE) as coming:
                link.click()
            with urllib.request.urlopen(f"{address}{link.get_attribute('href')}", timeout=HANG) as answer:
                assert coming.value.path().read_bytes() == answer.read()
            assert programme in coming.value.suggested_filename
            assert coming.value.suggested_filename.endswith(f".{ending}")
            assert coming.value.suggested_filename.startswith("SIMULATED-") == (programme == "ecommerce-2020")


def test_a_link_is_not_lost_while_the_server_does_not_answer(browser: Browser, address: str) -> None:
    """No box bars the page, a line says what is wrong in the page's language, and a link is followed later."""
    text = Text()
    with context_page(browser, WIDTHS["desk"]) as page:
        streams: list[WebSocketRoute] = []

        def through(stream: WebSocketRoute) -> None:
            streams.append(stream)
            stream.connect_to_server()

        page.route_web_socket("**/_stcore/stream", through)
        page.goto(address)
        settle(page)
        for path in ("**/_stcore/health", "**/prove"):
            page.route(path, lambda route: route.abort())
        streams[-1].close()
        expect(page.locator("#vetrina-offline")).to_have_text(text("streamlit.offline"), timeout=PATIENCE)
        expect(page.locator("#vetrina-offline")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("link", name=text("nav.evidence"), exact=True).click()
        assert page.get_by_role("dialog").count() == 0
        page.unroute("**/_stcore/health")
        page.wait_for_url("**/prove", timeout=PATIENCE)
        settle(page)
        expect(page.locator("#vetrina-offline")).to_be_hidden(timeout=PATIENCE)


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_the_press_office_copies_and_checks_a_sentence(
    browser: Browser, address: str, demonstration: Home, width: str
) -> None:
    """Open, copy on the first screen, the other language, an image, check what was copied, altered too: what is copied
    is mark, sentence, range, id and a link, which opens the page with its answer.
    """
    text, release = Text(), Releases(demonstration.releases, "ecommerce-2020").open()
    figure = release.headline().figure_id
    said = {code: approved_sentences(release, reader(release, code))[0] for code in LANGUAGES}
    with context_page(browser, WIDTHS[width]) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        page.goto(f"{address}/stampa?lang=it")
        button = page.locator(".press-first .main")
        expect(button).to_be_visible(timeout=PATIENCE)
        box = button.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 844
        for code in LANGUAGES:
            if code != text.language:
                page.locator(".press-switches").get_by_role("link", name=SPOKEN[code].name).click()
            words = said[code].sentence.short
            expect(page.locator(".press-first > .said")).to_have_text(words, timeout=PATIENCE)
            button.click()
            expect(button).to_have_text(text("page.copied"), timeout=PATIENCE)
            link = f"{address}{figure_page_address(figure, code)}"
            assert clipboard(page) == f"{said[code].note}. {words} [{figure}] {link}"
        page.locator(".press-first summary", has_text=text("press.images")).click()
        image = page.locator(".press-first").get_by_role("link", name=f"{text('press.size.web')}, PNG")
        assert image.get_attribute("href") == image_address(figure, "png", "web", code)
        field = page.get_by_label(text("quoted.label"))
        field.fill(words.replace("+18%", "+19%"))
        page.get_by_role("button", name=text("quoted.do"), exact=True).click()
        expect(page.locator(".answer h3")).to_have_text(text("quoted.state.altered"), timeout=PATIENCE)
        expect(page.locator("table.altered td").first).to_have_text("+19%")
        page.goto(link)
        expect(page.locator(".answer h3")).to_have_text(Text(code)("quoted.state.current"), timeout=PATIENCE)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where Tab stopped. visible: whether the screen looks different with and without the focus there."""

    tag: str
    name: str
    visible: bool


HERE = """() => {
  const element = document.activeElement, {x, y, width, height} = element.getBoundingClientRect();
  return {tag: element.tagName, name: element.ariaLabel ?? element.innerText, x, y, width, height};
}"""
FOCUS = "at => { if (at) at.focus({focusVisible: true}); else document.activeElement.blur(); }"


def stops(page: Page) -> Iterator[Stop]:
    """From the top of the page, by Tab, until the focus leaves it."""
    for _ in range(100):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here["tag"] == "BODY":
            return
        around = 6
        left, top = max(here["x"] - around, 0), max(here["y"] - around, 0)
        clip = {"x": left, "y": top, "width": here["width"] + 2 * around, "height": here["height"] + 2 * around}
        at = page.evaluate_handle("document.activeElement")
        focused = page.screenshot(clip=clip, animations="disabled")
        page.evaluate(FOCUS, None)
        left_alone = page.screenshot(clip=clip, animations="disabled")
        page.evaluate(FOCUS, at)
        yield Stop(here["tag"], here["name"], focused != left_alone)


def test_the_first_screen_works_by_keyboard_alone(browser: Browser, address: str) -> None:
    """Tab reaches every page's link, every picker and what unfolds, each visibly; Enter unfolds it."""
    text = Text()
    with context_page(browser, WIDTHS["desk"]) as page:
        page.goto(address)
        settle(page)
        pickers = [picker.get_attribute("aria-label") for picker in page.get_by_role("combobox").all()]
        reached: list[Stop] = []
        for stop in stops(page):
            reached.append(stop)
            if stop.tag == "SUMMARY":
                page.keyboard.press("Enter")
                assert page.evaluate("document.activeElement.closest('details').open")
                break
        names = {stop.name.strip() for stop in reached}
        assert {text(f"nav.{name}") for name in PAGES} <= names
        assert set(pickers) <= names
        assert reached[-1].tag == "SUMMARY"
        assert [stop for stop in reached if not stop.visible] == []
