"""The journeys that matter, in a real Chromium against a real server on this machine."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from analytics.home import Home
from analytics.releases import Releases
from tests.browser import ADVICE, ARGUMENTS, chromium
from tests.officer import identifiers

PROJECT = Path(__file__).resolve().parents[2]
PATHS = ("/settori", "/", "/prove", "/coorti", "/stampa", "/dati")  # the first visit of a fresh server is a deep link


@pytest.fixture(scope="module")
def address(demonstration: Home) -> Iterator[str]:
    """A dashboard serving the demonstrations, as `make run` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"VETRINA_DATA": str(demonstration.root)}
    command = [sys.executable, "-m", "analytics", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the dashboard did not start")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    assert path, ADVICE
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(params=[1440, 390], ids=["desk", "phone"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that fails the test on a request to anywhere else."""
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="it-IT")
    opened = context.new_page()
    foreign: list[str] = []
    opened.on("request", lambda r: foreign.append(r.url) if _foreign(r.url) else None)
    yield opened
    context.close()
    assert foreign == []


def _foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost")


@pytest.mark.parametrize("path", PATHS)
def test_no_page_overflows_fails_or_calls_anybody(page: Page, address: str, path: str) -> None:
    """Every page fits desk and phone, shows no exception, and asks no other host for anything."""
    page.goto(address + path)
    expect(page.locator("h1")).to_be_visible(timeout=30_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.get_by_role("dialog").count() == 0
    expect(page.locator(".st-key-strip_simulated")).to_be_in_viewport()


def test_a_shared_address_opens_the_same_sector(page: Page, address: str, browser: Browser) -> None:
    """The policymaker's journey: first screen, a sector, English, and the address opens the same for somebody else."""
    page.goto(f"{address}/settori")
    picker = page.get_by_role("combobox").nth(2)
    expect(picker).to_be_visible(timeout=30_000)
    picker.click()
    page.get_by_role("option", name="Commercio al dettaglio").click()
    expect(page.locator("h1")).to_contain_text("Commercio al dettaglio", timeout=20_000)
    page.get_by_role("radio", name="EN").or_(page.get_by_text("EN", exact=True)).first.click()
    expect(page.locator("h1")).to_contain_text("Retail", timeout=20_000)
    assert "sector=retail" in page.url
    assert "lang=en" in page.url
    stranger = browser.new_context(viewport={"width": 1440, "height": 900})
    fresh = stranger.new_page()
    fresh.goto(page.url)
    expect(fresh.locator("h1")).to_have_text(page.locator("h1").inner_text(), timeout=30_000)
    stranger.close()


def test_the_picture_carries_release_id_and_mark(page: Page, address: str, demonstration: Home) -> None:
    """A chart, cut out of the page, still says source, release, figure id and that it is simulated."""
    release = Releases(demonstration.releases, "ecommerce-2020").open()
    page.goto(address)
    expect(page.locator("h1")).to_be_visible(timeout=30_000)
    effect = page.locator(".st-key-panel_effect .js-plotly-plot")
    expect(effect).to_be_visible(timeout=30_000)
    drawn = re.sub(r"\s+", " ", effect.inner_text())
    for part in (release.headline().figure_id, release.release_id, "DATI SIMULATI", "Fonte"):
        assert part in drawn


def test_the_json_answers_hold_the_same_figures_and_unknown_ones_a_404(address: str, demonstration: Home) -> None:
    """The API gives the release's headline to the last digit, marked; an unknown address is a 404 in JSON."""
    import json
    import urllib.error

    figure = Releases(demonstration.releases, "ecommerce-2020").open().headline()
    with urllib.request.urlopen(f"{address}/api/headlines.json?lang=en", timeout=20) as answer:
        payload = json.load(answer)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert payload["headlines"][0]["value"] == figure.value
    assert payload["headlines"][0]["figure_id"] == figure.figure_id
    assert "SIMULATED" in payload["data_mark"]
    for route in ("/api/nothing", "/api/headlines.json?programme=nobody", "/api/headlines.json?release=1999-1"):
        with pytest.raises(urllib.error.HTTPError) as problem:
            urllib.request.urlopen(address + route, timeout=20)
        assert problem.value.code == 404
        assert "error" in json.loads(problem.value.read())


def test_no_identifier_of_a_firm_is_in_what_the_server_sends(
    browser: Browser, address: str, demonstration: Home
) -> None:
    """Every message to the browser is searched for every fiscal code and firm name of the input files."""
    secrets = [secret.encode() for secret in identifiers(demonstration)]
    context = browser.new_context()
    page = context.new_page()
    received: list[bytes] = []

    def remember(payload: str | bytes) -> None:
        received.append(payload if isinstance(payload, bytes) else payload.encode())

    page.on("websocket", lambda socket: socket.on("framereceived", remember))
    for path in PATHS:
        page.goto(address + path)
        expect(page.locator("h1")).to_be_visible(timeout=30_000)
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=30_000)
    context.close()
    everything = b"\n".join(received)
    assert len(everything) > 50_000
    assert [secret for secret in secrets if secret in everything] == []
