"""The report on a release: every part of the clause, every number checkable, one file that needs nothing else."""

import datetime as dt
import re
import shutil
import time
from collections.abc import Iterator
from functools import reduce
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import escape
from playwright.sync_api import sync_playwright

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text, speaking
from analytics.model import ConfStatus, Grade, ObsStatus, Reason, UserError
from analytics.present import pictures
from analytics.present.pictures import Picture
from analytics.present.sentences.headlines import approved_sentences
from analytics.present.sentences.phrases import data_note, reader
from analytics.present.verbs import tells
from analytics.programme.file import load_programme
from analytics.programme.parts import Council, Words
from analytics.publish.about import Origin
from analytics.publish.addresses import report_address
from analytics.publish.api.refusals import Refusal
from analytics.publish.api.service import Service
from analytics.publish.fonts import font_styles
from analytics.publish.report import browser
from analytics.publish.report.annex import exactly
from analytics.publish.report.browser import find_browser, printed
from analytics.publish.report.document import report
from analytics.release import Release, Releases
from analytics.release.figure_id import short
from pages import PAGES
from tests.helpers.browser import ADVICE, ARGUMENTS, chromium
from tests.helpers.format_5 import as_format_5
from tests.helpers.format_7 import as_format_7
from tests.helpers.format_8 import as_format_8
from tests.helpers.instead import NUMBERS
from tests.helpers.michigan_release import built, funded_only
from tests.helpers.rewritten import rewritten
from tests.pages.reader import RULES, WIDTHS
from tests.publish.conftest import Desk

PROGRAMMES = ("ecommerce-2020", "michigan-1988")
LETTERS = ("a", "b", "c", "d", "e", "f", "g")
NOT_HELD = ("b", "e", "g")
SITE = "https://example.org/vetrina"
ROW = re.compile(r'data-figure="([^"]+)" data-exact="([^"]*)"')
HOSTILE = """</style></title><script>alert("1")</script>' {_*"""


class Outline(HTMLParser):
    """Levels of headings, ids, where links lead, landmarks, of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.elements: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.elements.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if tag == "a" and "href" in named:
            self.links.append(str(named["href"]))
        assert tag == "a" or "href" not in named, f"{tag} would be fetched"
        assert "src" not in named, f"{tag} would be fetched"


def page_of(release: Release, language: str, site: str = SITE) -> str:
    return report(release, Origin(), reader(release, language), site).decode()


@pytest.fixture(scope="module")
def releases(demonstration: Home) -> dict[str, Release]:
    return {programme: Releases(demonstration.releases, programme).open() for programme in PROGRAMMES}


@pytest.fixture(scope="module")
def pages(releases: dict[str, Release]) -> dict[tuple[str, str], str]:
    """The report of each programme in each language."""
    return {(name, language): page_of(releases[name], language) for name in PROGRAMMES for language in LANGUAGES}


def each() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("which", [(name, language) for name in PROGRAMMES for language in LANGUAGES])


# ---- what it says ----------------------------------------------------------------------------------------------------


@each()
def test_every_heading_of_the_clause_is_there(pages: dict[tuple[str, str], str], which: tuple[str, str]) -> None:
    """a to g in their order, then the annex, each with its title and listed in the contents; levels without a gap."""
    page, text = pages[which], Text(which[1])
    outline = Outline(page)
    assert [one for one in outline.ids if one.startswith("part-")] == [f"part-{letter}" for letter in LETTERS]
    for letter in LETTERS:
        title = escape(text("report.part", letter=letter, title=text(f"report.part_{letter}")))
        assert f'<h2 id="part-{letter}">{title}</h2>' in page
        assert f"#part-{letter}" in outline.links
    assert outline.levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip([0, *outline.levels], outline.levels, strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert {link[1:] for link in outline.links if link.startswith("#")} <= set(outline.ids)
    assert f'<html lang="{which[1]}">' in page
    assert {"header", "nav", "main", "footer"} <= set(outline.elements)


@each()
def test_what_is_not_held_says_so(pages: dict[tuple[str, str], str], which: tuple[str, str]) -> None:
    """Agreements, simplification and the guarantor are in no programme's data: the contents and the parts say it."""
    page, text = pages[which], Text(which[1])
    for letter in NOT_HELD:
        part = page.partition(f'id="part-{letter}"')[2].partition("</section>")[0]
        assert str(escape(text("report.missing"))) in part
    assert page.count(str(escape(text("report.held.not")))) == len(NOT_HELD)


@each()
def test_every_number_can_be_checked(
    pages: dict[tuple[str, str], str], releases: dict[str, Release], which: tuple[str, str]
) -> None:
    """Each row of the annex is a figure of the release, to the last digit; each id in the text is one of them, or that
    of a picture.
    """
    page, release = pages[which], releases[which[0]]
    body, _, annex = page.partition('id="annex"')
    rows = ROW.findall(annex)
    assert len(rows) == len({figure_id for figure_id, _ in rows}) > 20
    for figure_id, exact in rows:
        figure = release.by_id(figure_id)
        assert figure is not None, figure_id
        assert exact == exactly(figure)
        first = figure.value
        if first is not None and figure.shown_range and figure.grade is not None and not tells(figure):
            first = figure.shown_range[0]  # where no direction may be said, the range stands alone
        assert exact.partition("; ")[0] == ("" if first is None else repr(first))
    listed = {short(figure_id) for figure_id, _ in rows}
    held = set(map(short, release.figures["figure_id"]))
    for named in set(re.findall(r"\b\d{4}-\d+\.[0-9A-Z]{8}-[0-9A-Z]\b", body)):
        assert named in listed or named not in held, f"{named} is quoted and not in the annex"


@each()
def test_effects_are_claimed_by_approved_sentences(
    pages: dict[tuple[str, str], str], releases: dict[str, Release], which: tuple[str, str]
) -> None:
    """The headline stands on the first page and in part c, word for word."""
    headline = approved_sentences(releases[which[0]], speaking(which[1], *releases[which[0]].importance.limits))[0]
    said = str(escape(headline.sentence.long))
    page = pages[which]
    assert said in page.partition('id="contents"')[0]
    assert said in page.partition('id="part-c"')[2].partition('id="part-d"')[0]


@each()
def test_the_kind_of_data_is_marked(
    pages: dict[tuple[str, str], str], releases: dict[str, Release], which: tuple[str, str]
) -> None:
    """Simulated data on the cover, under every picture, at the foot of every sheet; public data say what they are."""
    page, text = pages[which], Text(which[1])
    assert str(escape(data_note(releases[which[0]], text))) in page.partition("<main")[0]
    marks = page.count(f'<b class="tag">{text("mark.simulated")}</b>')
    if which[0] == "ecommerce-2020":
        assert marks >= page.count('<figure class="picture">') > 5
        assert text("mark.simulated").split()[0] in page.partition("@bottom-left {{ content")[0]
    else:
        assert marks == 0


def test_an_amount_belongs_to_its_own_list(pages: dict[tuple[str, str], str]) -> None:
    """The third list's €2,138,366.96 stands beside that list; what was not stated says so."""
    funds = pages["ecommerce-2020", "en"].partition("Funds allocated and used")[2].partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", funds)
    [third] = [row for row in rows if "Third list" in row]
    [second] = [row for row in rows if "Second list" in row]
    [total] = [row for row in rows if "Total" in row]
    assert "€2,138,366.96" in third
    assert "not stated" in second
    assert "not stated" in total


def test_what_a_picture_does_not_show_is_said(pages: dict[tuple[str, str], str], releases: dict[str, Release]) -> None:
    """Under the sectors stand those without a figure, by name and reason, as on the pages."""
    shown = pictures.sectors(releases["ecommerce-2020"], reader(releases["ecommerce-2020"], "it"))
    assert isinstance(shown, Picture)
    assert shown.note
    assert str(escape(shown.note)) in pages["ecommerce-2020", "it"]


def test_the_sides_are_told_by_what_may_be_said(pages: dict[tuple[str, str], str]) -> None:
    """Michigan's evidence says nothing on either side; the demonstration's says something in favour."""
    sides = {}
    for programme in PROGRAMMES:
        part = pages[programme, "en"].partition('id="part-d"')[2].partition("</section>")[0]
        _, favour, against, still = re.split("<h3>.*?</h3>", part)
        sides[programme] = [line.count("<li>") for line in (favour, against, still)]
    assert sides["michigan-1988"][:2] == [0, 0]
    assert sides["ecommerce-2020"][0] > 0
    assert all(still > 0 for _, _, still in sides.values())


# ---- one file --------------------------------------------------------------------------------------------------------


@each()
def test_it_needs_nothing_else(pages: dict[tuple[str, str], str], which: tuple[str, str]) -> None:
    """No script, nothing fetched: fonts and pictures lie within; links lead to the site alone; it is small."""
    page = pages[which]
    outline = Outline(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(outline.elements)
    assert "@import" not in page
    assert all(one.startswith(("data:", "'data:", '"data:')) for one in re.findall(r"url\(([^)]{0,20})", page))
    assert all(link.startswith(("#", SITE)) for link in outline.links)
    assert len(page) < 500_000
    assert len(font_styles(page.partition("<body>")[2])) < 250_000


def test_without_a_site_it_has_no_links_to_pages(releases: dict[str, Release]) -> None:
    """A file that was made without knowing the site links to its own parts only."""
    links = Outline(page_of(releases["ecommerce-2020"], "it", site="")).links
    assert links
    assert all(link.startswith("#") for link in links)


def test_words_of_a_programme_are_never_markup(source: Release, tmp_path: Path) -> None:
    """Whatever title, law or note a programme file has: text in the page, and a string in its styles."""
    hostile = Words({"it": HOSTILE, "en": HOSTILE})
    changed = {"title": hostile, "short_title": hostile, "authority": hostile, "source": hostile}
    council = Council(title=hostile, law=hostile)
    programme = source.programme.model_copy(update=changed | {"council": council})
    page = page_of(rewritten(source, tmp_path, programme=programme), "en")
    assert "<script" not in page
    assert page.count("</style>") == page.count("</title>") == 1
    assert page.count(str(escape(HOSTILE))) >= 5


def test_it_is_named_by_the_council_of_its_programme(source: Release, tmp_path: Path) -> None:
    """Title and law come from the programme file; one that names neither has a report on the programme."""
    assert f"<h1>{Text('en')('report.title')}</h1>" in page_of(source, "en")
    words = {"title": Words({"it": "Al Consiglio"}), "law": Words({"it": "legge 1, articolo 2"})}
    named = rewritten(source, tmp_path, programme=source.programme.model_copy(update={"council": Council(**words)}))
    page = page_of(named, "it")
    assert "<h1>Al Consiglio</h1>" in page
    assert "legge 1, articolo 2" in page


def test_it_reads_well_on_a_desk_and_a_telephone(pages: dict[tuple[str, str], str], tmp_path: Path) -> None:
    """axe finds nothing against WCAG 2.1 A and AA, and nothing is wider than the window."""
    path = chromium()
    assert path, ADVICE
    file = tmp_path / "report.html"
    whole = pages["ecommerce-2020", "it"]
    rows = re.findall(r"<tr data-figure=.*?</tr>", whole)[10:]  # all alike, and axe looks at each for long
    file.write_text(reduce(lambda page, row: page.replace(row, ""), rows, whole), encoding="utf-8")
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for width in WIDTHS.values():
            page = chrome.new_page(viewport={"width": width, "height": 900})
            page.goto(file.as_uri())
            assert page.evaluate("() => document.documentElement.scrollWidth") <= width
            assert [one["id"] for one in Axe().run(page, options=RULES).response["violations"]] == []
        chrome.close()


# ---- releases that lack much -----------------------------------------------------------------------------------------


def test_a_release_of_an_earlier_format_is_reported(demonstration: Home, tmp_path: Path) -> None:
    """Formats 8, 7 and 5: every part is there, with what they hold."""
    found = Releases(demonstration.releases, "michigan-1988").path("2026-1")
    columns = ["arm", "outcome", *load_programme("michigan-1988").dimension_names, "horizon", "sells", "rule"]
    nothing = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    for version, make in ((8, as_format_8), (7, as_format_7), (5, lambda file: as_format_5(file, nothing))):
        file = Path(shutil.copy(found, tmp_path / f"{version}.duckdb"))
        make(file)
        older = Release(file)
        assert older.format_version == version
        assert len(Outline(page_of(older, "it")).levels) > 20


def test_a_release_that_tells_nothing_is_reported(source: Release, tmp_path: Path) -> None:
    """Every figure withheld: the report says so where numbers would stand."""
    figures = source.figures.copy()
    figures[list({*NUMBERS} & {*figures})] = None
    hidden = {"conf_status": ConfStatus.CONFIDENTIAL, "obs_status": ObsStatus.MISSING, "reason": Reason.CONFIDENTIAL}
    for name, code in hidden.items():
        figures[name] = code.value
    figures["grade"] = figures["grade"].where(figures["grade"].isna(), Grade.WITHHELD.value)
    figures["verdict"] = figures["result"] = figures["because"] = None
    page = page_of(rewritten(source, tmp_path, figures=figures), "en")
    assert Text("en")("why.confidential") in page
    assert {exact for _, exact in ROW.findall(page)} == {""}


def test_a_programme_without_comparison_is_reported(tmp_path: Path) -> None:
    """A change is told, no effect is claimed."""
    page = page_of(built(tmp_path, funded_only), "en")
    assert "not the effect of the grant" in page
    assert Text("en")("evidence.no_claim") in page


# ---- by address ------------------------------------------------------------------------------------------------------


def answered(desk: Desk, path: str, query: str = "") -> bytes:
    return Service(desk.shelves, PAGES).prepare(path, query, SITE, "it").make().body


def refusal(desk: Desk, path: str) -> str:
    with pytest.raises(Refusal) as refused:
        answered(desk, path)
    return refused.value.code


def test_an_address_reports_what_is_published_alone(desk: Desk) -> None:
    """Before its time a release is as if it did not exist, also for a clock that was set back; withdrawn it says so."""
    desk.publish("2026-1")
    opens = desk.now + dt.timedelta(hours=5)
    desk.publish("2026-2", opens)
    assert refusal(desk, "/api/report/2026-2.html") == "unknown_release"
    assert refusal(desk, "/api/report/2026-9.pdf") == "unknown_release"
    assert refusal(desk, "/api/report/2026-1.doc") == "unknown_format"
    assert b"2026-2" not in answered(desk, "/api/report/2026-1.html")
    desk.now = opens
    assert b"michigan-1988.2026-2" in answered(desk, "/api/report/2026-2.html", "lang=en")
    assert "superseded by 2026-2" in answered(desk, "/api/report/2026-1.html", "lang=en").decode()
    desk.withdraw("2026-2")
    assert refusal(desk, "/api/report/2026-2.html") == "withdrawn"


def test_the_address_names_programme_and_language(desk: Desk) -> None:
    """As pages link to it."""
    desk.publish("2026-1")
    release = desk.releases.open()
    address = report_address(release, "en")
    assert address == "/api/report/2026-1.html?programme=michigan-1988&lang=en"
    making = Service(desk.shelves, PAGES).prepare(*address.split("?"), SITE, "it")
    answer = making.make()
    assert making.is_heavy
    assert answer.media_type == "text/html; charset=utf-8"
    assert answer.file_name == ""
    assert '<html lang="en">' in answer.body.decode()
    assert f"{SITE}/dati?programme=michigan-1988" in answer.body.decode()


# ---- PDF -------------------------------------------------------------------------------------------------------------


def test_the_pdf_has_sheets_a_language_and_a_name(desk: Desk) -> None:
    """Tagged, in the report's language, downloaded as a file; the same page gives the same bytes."""
    assert find_browser(), ADVICE
    desk.publish("2026-1")
    answer = Service(desk.shelves, PAGES).prepare("/api/report/2026-1.pdf", "lang=en", SITE, "it").make()
    assert answer.body.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", answer.body)) > 5
    assert b"/MarkInfo" in answer.body
    assert b"/Lang (en)" in answer.body
    assert (answer.media_type, answer.file_name) == ("application/pdf", "michigan-1988-2026-1-report.pdf")
    built_at = desk.releases.open().manifest.built_at
    assert re.sub(r"\D", "", built_at)[:14].encode() in answer.body


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    return


def test_without_a_browser_it_says_what_to_do(desk: Desk, no_browser: None) -> None:
    """A refusal of its own to programs, an error with advice on the command line."""
    desk.publish("2026-1")
    assert find_browser() is None
    assert refusal(desk, "/api/report/2026-1.pdf") == "no_pdf"
    with pytest.raises(UserError, match=r"CHROMIUM.*\.html"):
        printed(b"<p>")


def test_a_browser_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its time, and nothing of it is left; one that gives no PDF is told apart from none."""
    pids = tmp_path / "pids"
    for what, seconds in ((f"echo $$ >> {pids}; sleep 300 & echo $! >> {pids}; wait", 1.0), ("exit 0", 30.0)):
        script = tmp_path / "chromium"
        script.write_text(f"#!/bin/sh\n{what}\n")
        script.chmod(0o755)
        monkeypatch.setenv("CHROMIUM", str(script))
        began = time.monotonic()
        with pytest.raises(UserError) as failed:
            printed(b"<p>", seconds=seconds)
        assert failed.value.key == "export.browser_failed"
        assert time.monotonic() - began < 20
    assert not [pid for pid in pids.read_text().split() if _is_running(pid)]


def _is_running(pid: str) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def test_a_browser_is_looked_for_where_programs_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable first, then the path, then the usual places of Windows."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("PROGRAMFILES", "PROGRAMFILES(X86)"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(browser, "PROGRAMS", ("Chrome/chrome.exe",))
    assert find_browser() is None
    program = tmp_path / "Chrome" / "chrome.exe"
    program.parent.mkdir()
    program.touch()
    assert find_browser() == program
    (tmp_path / "google-chrome").write_text("#!/bin/sh\n")
    (tmp_path / "google-chrome").chmod(0o755)
    assert find_browser() == tmp_path / "google-chrome"
