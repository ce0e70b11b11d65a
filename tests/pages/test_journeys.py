"""The journeys that matter: the policymaker's, by clicks and then by address; and the keyboard's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.language.text import LANGUAGES, Text
from analytics.programme.file import load_programme
from pages import PAGES
from tests.pages.reader import PATIENCE, WIDTHS, context_page, settle

SECTOR = "retail"
DRAWN = (
    """() => [...document.querySelectorAll('.js-plotly-plot')].map(chart => chart.textContent.replace(/\\s+/g, ' '))"""
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
    away = page.get_by_role("button", name="Collapse sidebar")
    if away.is_visible():
        away.click()
        expect(button).to_be_visible(timeout=PATIENCE)


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
        shown_at[page.url] = what_is_shown(page)
        assert f"sector={SECTOR}" in page.url
        assert f"lang={language}" in page.url
        to_page(page, text("nav.evidence"))
        shown_at[page.url] = what_is_shown(page)
    assert any(content.charts for content in shown_at.values())
    for url, expected in shown_at.items():
        with context_page(browser, width) as page:
            page.goto(url)
            assert what_is_shown(page) == expected


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
