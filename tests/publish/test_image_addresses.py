"""Addresses of images and of figures in a frame: of published figures alone, sealed, without cookies."""

import datetime as dt
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette
from streamlit.file_util import get_static_dir

from analytics.folders import PROJECT
from analytics.publish.addresses import embed_address, image_address
from analytics.release import Release
from analytics.release.readable import Shelves
from analytics.serve.site import site
from pages import PAGES
from tests.publish.conftest import Desk
from tests.publish.shelf import refused, values
from tests.serve.browsing import HOSTS, ask


@pytest.fixture
def app(desk: Desk) -> Starlette:
    """The site over the desk's releases, by its clock."""
    desk.publish("2026-1")
    shelves = Shelves(desk.root, lambda: [desk.source.programme.id], cache(Release), now=lambda: desk.now)
    served = site(Path(get_static_dir()), PROJECT / "static", PAGES, shelves, hosts=HOSTS)
    return Starlette(routes=served.routes, middleware=served.middleware)


def figure_of(desk: Desk, name: str) -> str:
    return Release(desk.releases.path(name)).headline().figure_id


def test_an_image_says_what_its_figure_says_at_its_own_address(app: Starlette, desk: Desk):
    figure_id = figure_of(desk, "2026-1")
    for language in ("it", "en"):
        told = values(ask(app, f"/api/figures/{figure_id}.json?lang={language}"))
        answer = ask(app, image_address(figure_id, "svg", "square", language))
        assert answer.status == 200
        assert answer.headers["content-type"] == "image/svg+xml"
        assert "set-cookie" not in answer.headers
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        root = ElementTree.fromstring(answer.body)
        assert root.findtext("{http://www.w3.org/2000/svg}title") == told["sentence"]["long"]
        framed = ask(app, embed_address(figure_id, language))
        assert framed.status == 200
        assert "set-cookie" not in framed.headers
        assert f"<h1>{told['sentence']['long']}</h1>" in framed.words
        assert f'<html lang="{language}">' in framed.words
        assert "<script" not in framed.words
        assert "http" not in framed.words.replace("http://example.org/stampa?check=", "").replace(
            "http://www.w3.org", ""
        )
    png = ask(app, image_address(figure_id, "png", "web", "it"))
    assert png.headers["content-type"] == "image/png"
    assert png.body.startswith(b"\x89PNG")


def test_only_what_asks_for_it_may_be_shown_in_a_frame(app: Starlette, desk: Desk):
    framed = ask(app, embed_address(figure_of(desk, "2026-1"), "it"))
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert "x-frame-options" not in framed.headers
    for address in ("/", "/stampa", image_address(figure_of(desk, "2026-1"), "svg", "web", "it"), "/api/releases.json"):
        assert ask(app, address).headers["x-frame-options"] == "SAMEORIGIN"


def test_a_frame_says_that_its_figure_was_replaced_or_withdrawn(app: Starlette, desk: Desk):
    figure_id = figure_of(desk, "2026-1")
    desk.publish("2026-2")
    replaced = ask(app, embed_address(figure_id, "it"))
    assert replaced.status == 200
    assert "sostituita con l’edizione 2026-2" in replaced.words
    desk.withdraw("2026-1")
    gone = ask(app, embed_address(figure_id, "it"))
    assert gone.status == 410
    assert "text/html" in gone.headers["content-type"]
    assert "frame-ancestors *" in gone.headers["content-security-policy"]
    assert "%" not in gone.words.partition("</head>")[2]
    assert refused(app, image_address(figure_id, "png", "web", "it")) == (410, "withdrawn")


def test_no_image_of_what_has_no_sentence_or_no_such_size(app: Starlette, desk: Desk):
    release = Release(desk.releases.path("2026-1"))
    approved = figure_of(desk, "2026-1")
    other = next(figure for figure in release.figures["figure_id"] if "check" in str(release.by_id(figure).measure))
    assert refused(app, image_address(other, "svg", "web", "it")) == (404, "no_sentence")
    assert ask(app, embed_address(other, "it")).status == 404
    assert refused(app, image_address(approved, "svg", "huge", "it")) == (400, "unknown_code")
    assert refused(app, f"/api/images/{approved}.exe") == (404, "unknown_format")
    assert refused(app, "/api/images/<script>.svg")[0] == 404
    assert "<script>" not in ask(app, "/embed/<script>alert(1)</script>").words.replace("&lt;script&gt;", "")


def test_no_image_before_its_time_and_none_of_it_lost_by_a_clock_set_back(app: Starlette, desk: Desk):
    opens = desk.now + dt.timedelta(days=2)
    desk.publish("2026-2", opens)
    figure_id = figure_of(desk, "2026-2")
    addresses = [embed_address(figure_id, "it"), image_address(figure_id, "svg", "web", "it")]
    assert [ask(app, address).status for address in addresses] == [404, 404]
    desk.now = opens
    assert [ask(app, address).status for address in addresses] == [200, 200]
    desk.now = opens - dt.timedelta(days=1)
    assert [ask(app, address).status for address in addresses] == [200, 200]
