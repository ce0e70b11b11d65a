"""The officer's page is there for who sits at this machine, and for nobody else."""

from functools import cache
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from analytics.folders import PROJECT, Home
from analytics.release import Release
from analytics.release.readable import Shelves
from analytics.serve.door import comes_from_here, is_this_machine
from analytics.serve.site import site
from pages import OFFICER, PAGES
from tests.serve.browsing import HOSTS, ask


@pytest.mark.parametrize("name", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "[::1]"])
def test_this_machine(name: str) -> None:
    """Its loopback addresses and its name."""
    assert is_this_machine(name)


@pytest.mark.parametrize("name", [None, "", "0.0.0.0", "::", "10.0.0.1", "localhost.example.org", "unix://x", "127.1"])
def test_other_machines(name: str | None) -> None:
    """Everything else, also what listens to all."""
    assert not is_this_machine(name)


@pytest.mark.parametrize(
    ("client", "host", "headers", "is_let_in"),
    [
        ("127.0.0.1", "127.0.0.1:8501", (), True),
        ("::1", "localhost:8501", ("Cookie",), True),
        ("::1", "[::1]:8501", (), True),
        ("10.0.0.7", "127.0.0.1:8501", (), False),
        (None, "127.0.0.1", (), False),
        ("127.0.0.1", "vetrina.example.org", (), False),
        ("127.0.0.1", None, (), False),
        ("127.0.0.1", "127.0.0.1", ("X-Forwarded-For",), False),
        ("127.0.0.1", "[bad", (), False),
    ],
)
def test_who_is_let_in(client: str | None, host: str | None, headers: tuple[str, ...], is_let_in: bool) -> None:
    """Client, name and way all say: from here. A proxy on this machine, or somebody else's name, is not from here."""
    assert comes_from_here(client, host, headers) is is_let_in


@pytest.mark.parametrize("officers", [{}, OFFICER])
def test_readers_are_told_nothing_of_the_page(demonstration: Home, officers: dict[str, str]) -> None:
    """Its address is an unknown one, for readers also where it stands open, and no page, list or script names it."""
    shelves = Shelves(demonstration.releases, lambda: ["michigan-1988"], cache(Release))
    served = site(Path(get_static_dir()), PROJECT / "static", PAGES, shelves, "", officers, hosts=HOSTS)
    app = Starlette(
        routes=[*served.routes, Route("/{path:path}", lambda request: PlainTextResponse("streamlit"))],
        middleware=served.middleware,
    )
    [end] = OFFICER.values()
    assert ask(app, f"/{end}").status == 404
    for path in ("/", "/dati", "/nothing", "/sitemap.xml", "/robots.txt", "/api/"):
        assert end not in ask(app, path).words
