"""The officer’s journey in Chromium: from a dirty workbook of seven sheets to a published release and a correction."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.folders import Home
from analytics.language.text import Text
from analytics.release import Releases
from pages import OFFICER
from pages.parts.officer_door import VARIABLE
from tests.helpers.dirty_workbook import SHEETS, write_correction, write_dirty_files
from tests.helpers.languages import foreign_words
from tests.pages.conftest import served
from tests.pages.reader import OVERFLOW, PATIENCE, TEXTS, WIDTHS, context_page, settle, violations

PROGRAMME = "michigan-1988"
LANGUAGE = "it"
IDLE = "() => !document.querySelector('[data-testid=stProgress], [data-stale=true]')"


class Officer:
    """Somebody at the page, who waits until each step is done."""

    def __init__(self, page: Page, text: Text) -> None:
        self.page, self.text = page, text

    def wait(self) -> None:
        """Until nothing goes on: work is told within a second of its beginning."""
        self.page.wait_for_timeout(1000)
        self.page.wait_for_function(IDLE, timeout=PATIENCE)
        settle(self.page)

    def send(self, path: Path) -> None:
        self.page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(path)
        self.wait()

    def press(self, key: str, **words: str) -> None:
        self.page.get_by_role("button", name=self.text(f"officer.{key}", **words), exact=True).click()
        self.wait()

    def choose_kind(self, kind: str) -> None:
        self.page.locator(".st-key-officer_kind input").click()
        self.page.get_by_role("option", name=self.text(f"input.{kind}")).click()
        self.wait()

    def says(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An office's data folder, in which there is nothing yet."""
    return Home(tmp_path_factory.mktemp("office"))


def test_from_a_dirty_workbook_to_a_published_release_and_its_correction(
    browser: Browser, home: Home, tmp_path: Path
) -> None:
    """Upload, look, import, build, look at every headline, publish, without a terminal; then a corrected file changes a
    figure that readers see. On the way: every sheet is named, a stranger's markup stays text, the page fits a phone and
    breaks no rule of accessibility.
    """
    text, releases = Text(LANGUAGE), Releases(home.releases, PROGRAMME)
    applications, sales = write_dirty_files(tmp_path)
    [end] = OFFICER.values()
    with served(home, **{VARIABLE: "1"}) as address, context_page(browser, WIDTHS["desk"]) as page:
        officer = Officer(page, text)
        page.goto(f"{address}/{end}?lang={LANGUAGE}&programme={PROGRAMME}")
        officer.wait()
        officer.send(applications)
        for sheet in SHEETS:
            officer.says(f"«{sheet}»")
        assert page.locator("[data-testid=stMainBlockContainer] b", has_text="*x*").count() == 0
        _check_looks(page)
        officer.press("import")
        officer.choose_kind("sales")
        officer.send(sales)
        officer.press("import")
        officer.press("build")
        [first] = releases.known()
        assert releases.current is None
        officer.says(text("officer.first_release", release=first))
        officer.press("publish", release=first)
        officer.press("yes")
        assert releases.current == first
        before = releases.open().headline()
        officer.send(write_correction(tmp_path))
        officer.says(text("officer.difference.column", column="Vendite", n=text.number(79)))
        officer.press("import")
        officer.press("build")
        second = releases.known()[-1]
        officer.says(text("officer.compared", old=first, release=second))
        _check_looks(page)
        officer.press("publish", release=second)
        officer.press("yes")
        assert releases.current == second
        assert releases.open().headline().high != before.high
        page.get_by_text(text("officer.see")).click()
        settle(page)
        assert page.url.startswith(f"{address}/?") or page.url == f"{address}/"


def _check_looks(page: Page) -> None:
    """It fits a desk and a phone, speaks one language, and breaks no rule of accessibility."""
    strange = [words for words in page.evaluate(TEXTS) if foreign_words([words], LANGUAGE)]
    assert [words for words in strange if "xlsx" not in words] == []
    assert violations(page) == []
    for width in (*WIDTHS.values(), WIDTHS["desk"]):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        assert page.evaluate(OVERFLOW) <= 0
