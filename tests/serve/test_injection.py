"""Markup, formulas and paths in every text of a programme file, and in addresses, leave the site as words."""

import csv
import io
import itertools
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES
from analytics.programme.file import Programme
from analytics.publish.addresses import embed_address, image_address, report_address
from analytics.release import Release, Releases
from analytics.release.readable import Shelves
from analytics.serve.site import site
from pages import PAGES, STATEMENTS
from tests.helpers.rewritten import rewritten
from tests.serve.browsing import HOSTS, Answer, ask

PROGRAMME = "michigan-1988"
CORPUS = (
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "</title></style><svg onload=alert(1)>",
    "[x](javascript:alert(1))",
    "=HYPERLINK(1)",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "+1+cmd",
    "-2+3+cmd",
    "$\\href{javascript:alert(1)}{x}$",
    "{{7*7}} ${7*7} {0.__class__}",
    "'; DROP TABLE figures; --",
    "../../../etc/passwd",
    "]]><x/>&amp;&lt;b&gt;",
)


def poisoned(value: Any, words: "itertools.cycle[str]") -> Any:
    """A programme in JSON with a text of the corpus in place of everything that is said in every language."""
    if isinstance(value, dict) and value and set(value) <= set(LANGUAGES):
        said = next(words)
        return dict.fromkeys(value, said)
    if isinstance(value, dict):
        return {name: poisoned(inner, words) for name, inner in value.items()}
    return [poisoned(inner, words) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module", params=range(1))
def release(request: pytest.FixtureRequest, demonstration: Home, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release whose programme file is hostile; each text of the corpus stands in several places."""
    source = Releases(demonstration.releases, PROGRAMME).open()
    words = itertools.cycle(CORPUS[request.param * 4 :] + CORPUS[: request.param * 4])
    programme = Programme.model_validate(poisoned(source.programme.model_dump(mode="json"), words))
    return rewritten(source, tmp_path_factory.mktemp("hostile"), programme=programme)


@pytest.fixture(scope="module")
def app(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Starlette:
    root = next(path for path in tmp_path_factory.getbasetemp().glob("hostile*") if (path / PROGRAMME).exists())
    return over(root)


def over(root: Path) -> Starlette:
    shelves = Shelves(root, lambda: [PROGRAMME], cache(Release))
    served = site(Path(get_static_dir()), PROJECT / "static", PAGES | STATEMENTS, shelves, hosts=HOSTS)
    routes = [*served.routes, Route("/{path:path}", lambda request: PlainTextResponse("streamlit"))]
    return Starlette(routes=routes, middleware=served.middleware)


class _Elements(HTMLParser):
    """What a browser would make of a page: whatever could run."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.inside = ""
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        self.runs += [name for name, _ in attrs if name.startswith("on")]
        self.runs += [value for _, value in attrs if re.match(r"\s*(javascript|vbscript):", value or "", re.IGNORECASE)]
        self.runs += [tag for _ in [0] if tag in ("iframe", "object", "embed", "base", "x")]

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def harmless(answer: Answer, address: str) -> None:
    """A page runs nothing that the corpus brought, by element, attribute or link."""
    page = _Elements()
    page.feed(answer.words)
    assert page.runs == [], address
    assert not any("alert(1)" in script for script in page.scripts), address


def test_no_page_runs_what_a_programme_file_says(app: Starlette, release: Release) -> None:
    """Heads of pages, the page about addresses, the report, the page in a frame; of each language."""
    figure = release.headline().figure_id
    for language in LANGUAGES:
        pages = [f"/{end}?lang={language}" for end in (PAGES | STATEMENTS).values()]
        framed = [report_address(release, language), embed_address(figure, language), f"/api/?lang={language}"]
        for address in (*pages, *framed):
            answer = ask(app, address)
            assert answer.status == 200, address
            harmless(answer, address)


def test_no_picture_or_feed_holds_elements_of_a_programme_file(app: Starlette, release: Release) -> None:
    """Each is XML that can be read, in which the corpus is text."""
    figure = release.headline().figure_id
    addresses = (image_address(figure, "svg", "web", "it"), "/feed.atom?lang=it", "/api/catalogue.rdf")
    for address in addresses:
        answer = ask(app, address)
        assert answer.status == 200, address
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(answer.body).iter()}
        assert not tags & {"script", "img", "x"}, address


def test_no_cell_is_a_formula(app: Starlette) -> None:
    """Neither in CSV, for whichever spreadsheet, nor in a workbook."""
    for name, endings in (("cohorts", ("csv", "xlsx")), ("figures", ("csv",))):
        for ending in endings:
            answer = ask(app, f"/api/tables/{name}.{ending}?lang=it")
            assert answer.status == 200
            if ending == "csv":
                cells = [cell for row in csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))) for cell in row]
                assert [cell for cell in cells if re.match(r"[=+@\t\r]|-(?![\d.]+(e-?\d+)?$)", cell)] == []
            else:
                book = openpyxl.load_workbook(io.BytesIO(answer.body))
                kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
                assert "f" not in kinds


@pytest.mark.parametrize(
    "words", [*CORPUS, "a%0d%0aSet-Cookie:%20x=1", "%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "\u202e"]
)
def test_no_address_writes_into_an_answer(demonstration: Home, words: str) -> None:
    """In every parameter that a page or address knows, and in paths: no element, header or file comes of it."""
    app = _untouched(demonstration.releases)
    names = ("programme", "release", "sector", "outcome", "estimand", "year", "lang", "check", "by", "claim", "q")
    query = "&".join(f"{name}={words.replace('&', '%26').replace('#', '%23')}" for name in names)
    ends = [*(f"/{end}?{query}" for end in PAGES.values()), f"/api/releases.json?{query}", f"/feed.atom?{query}"]
    parts = words.replace("?", "").replace("#", "")
    paths = [
        f"/api/tables/{parts}.csv",
        f"/api/report/{parts}.html",
        f"/embed/{parts}",
        f"/static/{parts}",
        f"/{parts}",
    ]
    for address in (*ends, *paths):
        answer = ask(app, address.encode().decode("latin-1"))
        assert answer.status < 500, address
        assert "set-cookie" not in answer.headers
        assert "root:" not in answer.words
        if answer.headers.get("content-type", "").startswith("text/html"):
            harmless(answer, address)


@cache
def _untouched(root: Path) -> Starlette:
    return over(root)
