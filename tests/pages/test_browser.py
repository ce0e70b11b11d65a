"""Every page in a real Chromium against a real server on this machine: each opened once, and asked everything."""

import json
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Browser

from analytics.folders import Home
from analytics.language.text import LANGUAGES
from analytics.release import Releases
from tests.helpers.languages import foreign_words
from tests.helpers.officer import identifiers, standing_in
from tests.pages.reader import (
    HANG,
    PATHS,
    WIDTHS,
    Seen,
    look,
    without_streamlits_words,
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
    """No English word on an Italian page, no Italian word on an English one; charts and labels read aloud included. The
    page says which language it is in (WCAG 3.1.1), so that it is read aloud with the right voice.
    """
    assert seen.declared == seen.language
    for view in seen.views.values():
        assert len(view.texts) > 30
        assert foreign_words(without_streamlits_words(view.texts), seen.language) == set()


def test_a_printed_page_holds_what_can_be_read_alone(seen: Seen) -> None:
    """On paper nothing is fixed to its place, and no menu or picker of the frame is printed."""
    assert seen.printed == []


def test_no_identifier_of_a_firm_is_in_what_the_server_sends(seen: Seen, secrets: set[str]) -> None:
    """Every message to the browser is searched for every fiscal code and firm name of the input files."""
    assert len(seen.sent) > 5_000
    assert standing_in(seen.sent, secrets) == []


CARRIED = {"it": ("DATI SIMULATI", "Fonte"), "en": ("SIMULATED DATA", "Source")}


def test_the_picture_carries_release_id_and_mark(seen: Seen, demonstration: Home) -> None:
    """The first screen's chart, cut out of the page, still says source, release, figure id and that it is simulated."""
    release = Releases(demonstration.releases, "ecommerce-2020").open()
    parts = (release.headline().figure_id, release.release_id, *CARRIED[seen.language])
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
