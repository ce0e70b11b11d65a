"""Before its time nothing of a release under embargo leaves the server, at any address; after it everything does, and
goes on to when the clock is set back. Each address of ENDPOINTS is tried because it is there.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from itertools import cycle, product

import pytest
from starlette.applications import Starlette

from analytics.language.text import LANGUAGES
from analytics.publish import feed
from analytics.publish.addresses import embed_address, figure_page_address
from analytics.publish.api.endpoints import ENDPOINTS, Endpoint
from analytics.publish.api.service import Service
from analytics.release import Release
from analytics.release.figure_id import FigureId, parse_figure_id, short
from analytics.release.readable import Shelves
from pages import PAGES
from tests.publish.conftest import PROGRAMME, Desk
from tests.publish.shelf import Clock, application
from tests.serve.browsing import Answer, ask

OLD, NEW, NONE = "2026-1", "2026-2", "2099-9"  # in use; under embargo; a release that there never was
FEW = 3  # of the pictures of the pages, which are all made alike
FILES = ("/sitemap.xml", "/robots.txt", "/manifest.json", "/api/", "/api/openapi.json")


@pytest.fixture
def clock(desk: Desk) -> Clock:
    return Clock(desk.now)


@pytest.fixture
def app(desk: Desk, clock: Clock) -> Starlette:
    """The site, with one release in use and one to come in a day."""
    desk.publish(OLD)
    desk.publish(NEW, desk.now + dt.timedelta(days=1))
    clock.time = desk.now
    return application(desk.root, clock)


def figure_in(desk: Desk, release: str) -> str:
    """The headline's id, as it would be in that release."""
    cell = parse_figure_id(desk.source.headline().figure_id).cell
    return str(FigureId(PROGRAMME, release, cell))


def of_endpoint(endpoint: Endpoint, release: str, figure: str) -> Iterator[str]:
    """Its addresses about a release: every ending and id, with the release in every parameter that may name one; in
    another language with the first code of those that have a list.
    """
    in_path = {parameter.name: parameter for parameter in endpoint.parameters if parameter.is_path}
    values = []
    for name, parameter in in_path.items():
        named = {"release": [release], "id": [figure, short(figure)]}.get(name)
        codes = parameter.schema.get("enum", [])
        several = codes if name == "ending" else codes[:: max(len(codes) // FEW, 1)]
        values.append(named or several or pytest.fail(f"{endpoint.path}: how is {name} filled?"))
    known = {"release": release, "to": release, "from": release, "programme": PROGRAMME}
    query = [f"{name}={code}" for name, code in known.items() if name in endpoint.known]
    listed = [
        f"{parameter.name}={parameter.schema['enum'][0]}"
        for parameter in endpoint.parameters
        if not parameter.is_path and parameter.name != "lang" and "enum" in parameter.schema
    ]
    for turn in range(max(map(len, values), default=1)):  # each value once
        chosen = [codes[turn % len(codes)] for codes in values]
        path = endpoint.path
        for name, code in zip(in_path, chosen, strict=True):
            path = path.replace(f"{{{name}}}", code)
        for language, more in zip(cycle(LANGUAGES), (query, query + listed), strict=False):
            lang = [f"lang={language}"] if "lang" in endpoint.known else []
            yield "?".join(part for part in (path, "&".join(more + lang)) if part)


def naming(release: str, figure: str) -> list[str]:
    """Every address of the site at which something of that release might be."""
    pages = [
        f"/{end}?programme={PROGRAMME}&release={release}&lang={language}"
        for end, language in product(PAGES.values(), LANGUAGES)
    ]
    of_figure = [of(figure, language) for of in (figure_page_address, embed_address) for language in LANGUAGES]
    found = (of_endpoint(endpoint, release, figure) for endpoint in ENDPOINTS)
    return list(dict.fromkeys([*pages, *of_figure, *(address for addresses in found for address in addresses)]))


def unnamed() -> list[str]:
    """Every address that names no release, which the server chooses then; there is only one programme here."""
    pages = [f"/{end}?lang={language}" for end, language in product(PAGES.values(), LANGUAGES)]
    return [*FILES, *pages, *(endpoint.example for endpoint in ENDPOINTS if endpoint.example)]


def told(answer: Answer) -> bytes:
    """All that an answer says: headers, body, and what lies in it where it is an archive."""
    said = [repr(sorted(answer.headers.items())).encode(), answer.body]
    if answer.body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            for name in archive.namelist():
                said += [name.encode(), archive.read(name)]
    return b"\n".join(said)


def said_of(answer: Answer, release: str, figure: str) -> bytes:
    """The same words about any release; a page of its own has a font of the letters in it alone."""
    said = re.sub(rb"base64,[\w+/=]+|'content-length', '\d+'", b"", told(answer))
    for name, instead in ((figure, b"<id>"), (short(figure), b"<id>"), (release, b"<release>")):
        said = said.replace(name.encode(), instead)
    return said


def test_before_its_time_nothing_of_a_release_is_anywhere(app, desk):
    """What names it, or a figure of it, is answered to the letter as what names a release that there never was; what
    names none says nothing of it.
    """
    of_new, of_none = figure_in(desk, NEW), figure_in(desk, NONE)
    for asked, other in zip(naming(NEW, of_new), naming(NONE, of_none), strict=True):
        mine, theirs = ask(app, asked), ask(app, other)
        assert mine.status == theirs.status, asked
        if mine.status == 200:
            assert NEW.encode() not in told(mine), asked
        assert said_of(mine, NEW, of_new) == said_of(theirs, NONE, of_none), asked
    for asked in unnamed():
        assert NEW.encode() not in told(ask(app, asked)), asked


def test_from_its_time_on_everything_of_it_is_there_and_stays(app, desk, clock):
    """At once, without anybody's doing; and when the clock is set back, to before its time and before all that was."""
    figure = figure_in(desk, NEW)
    of_api = [address for address in naming(NEW, figure) if address.startswith("/api/")]
    made = [
        f"/api/headlines.json?programme={PROGRAMME}",
        f"/api/releases.json?programme={PROGRAMME}",
        f"/api/figures/{figure}.json",
        f"/settori?programme={PROGRAMME}&release={NEW}&lang=it",
        feed.PATH,
    ]
    for moment in (dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(days=-400)):
        clock.time = desk.now + moment
        service = Service(Shelves(desk.root, lambda: [PROGRAMME], lru_cache(Release), now=clock), PAGES)
        for address in of_api:
            path, _, query = address.partition("?")
            service.prepare(path, query, "http://example.org", "it")  # refuses what is not published
        for address in made:
            answer = ask(app, address)
            assert answer.status == 200, address
            assert NEW.encode() in told(answer), address


def test_a_clock_set_forward_by_mistake_shows_what_it_showed_and_nothing_more(app, desk, clock):
    """Where no reader came while it was wrong, the embargo holds."""
    clock.time = desk.now + dt.timedelta(days=30)
    clock.time = desk.now
    assert ask(app, f"/api/headlines.json?programme={PROGRAMME}&release={NEW}").status == 404
    assert ask(app, f"/api/figures/{figure_in(desk, NEW)}.json").status == 404
