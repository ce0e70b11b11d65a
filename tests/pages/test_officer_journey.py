"""The officer’s journey in Chromium: from a dirty workbook of seven sheets to a published release and a correction."""

import datetime as dt
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.folders import Home
from analytics.language.text import Text
from analytics.release import Releases
from pages import OFFICER
from pages.parts.visitor import VARIABLE
from tests.helpers.dirty_workbook import SHEETS, write_correction, write_dirty_files
from tests.helpers.languages import foreign_words
from tests.pages.conftest import served
from tests.pages.reader import OVERFLOW, PATIENCE, TEXTS, WIDTHS, context_page, settle, violations

PROGRAMME = "michigan-1988"
LANGUAGE = "it"


class Officer:
    """Somebody at the page, who waits for what each step says."""

    def __init__(self, page: Page, text: Text) -> None:
        self.page, self.text = page, text

    def says(self, key: str, **words: str) -> None:
        """Wait until the page says this."""
        expect(self.page.get_by_text(self.text(key, **words)).first).to_be_visible(timeout=PATIENCE)
        settle(self.page)

    def send(self, path: Path, rows: int) -> None:
        """Choose a file, and wait until it is read."""
        self.page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(path)
        self.says("officer.read", n=str(rows))

    def press(self, key: str, **words: str) -> None:
        self.page.get_by_role("button", name=self.text(f"officer.{key}", **words), exact=True).click()

    def load(self, path: Path, rows: int) -> None:
        """Import the file that was read."""
        self.press("import")
        count = str(rows)
        self.says("cli.done.import", file=path.name, rows_in=count, loaded=count, rejected="0")

    def choose_kind(self, kind: str) -> None:
        """A list that opens while the page is drawn anew closes again: then it is opened once more."""
        field = self.page.get_by_role("combobox", name=self.text("officer.kind"), exact=True)
        option = self.page.get_by_role("option", name=self.text(f"input.{kind}"), exact=True)
        for _ in range(20):
            field.press("ArrowDown")
            self.page.wait_for_timeout(500)
            if option.is_visible():
                break
        option.click()
        settle(self.page)

    def publish(self, release: str) -> None:
        """Say so twice."""
        self.press("publish", release=release)
        self.press("yes")
        self.says("cli.done.publish", release=release)


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
        officer.says("officer.later.columns")
        officer.send(applications, 157)
        for sheet in SHEETS:
            expect(page.get_by_text(f"«{sheet}»").first).to_be_visible()
        assert page.locator("[data-testid=stMainBlockContainer] b", has_text="*x*").count() == 0
        _check_language(page)
        _check_looks(page)
        officer.load(applications, 157)
        officer.choose_kind("sales")
        officer.send(sales, 128)
        officer.load(sales, 128)
        first, second = (f"{dt.datetime.now(dt.UTC).year}-{number}" for number in (1, 2))
        officer.press("build")
        officer.says("officer.first_release", release=first)
        assert releases.current is None
        officer.publish(first)
        assert releases.current == first
        before = releases.open().headline()
        correction = write_correction(tmp_path)
        officer.send(correction, 27)
        officer.says("officer.difference.column", column="Vendite", n="79")
        officer.load(correction, 27)
        officer.press("build")
        officer.says("officer.compared", old=first, release=second)
        _check_looks(page)
        officer.publish(second)
        assert releases.current == second
        assert releases.open().headline().high != before.high
        page.get_by_text(text("officer.see")).click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text(text("officer.title"), timeout=PATIENCE)


def _check_language(page: Page) -> None:
    """Nothing but the name of the file is in another language."""
    strange = [words for words in page.evaluate(TEXTS) if foreign_words([words], LANGUAGE)]
    assert [words for words in strange if "xlsx" not in words] == []


def _check_looks(page: Page) -> None:
    """It fits a desk and a phone, and breaks no rule of accessibility."""
    assert violations(page) == []
    for width in (*WIDTHS.values(), WIDTHS["desk"]):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        assert page.evaluate(OVERFLOW) <= 0
