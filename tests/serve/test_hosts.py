"""Under which names the site answers, whom it opens a websocket to, and what it repeats of either."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from analytics.access.host_names import named_host
from analytics.serve.hosts import Hosts, KnownHosts
from tests.serve.browsing import ask, connect

LOOPBACK, OPEN = Hosts(), Hosts((), None)  # as the server listens by default, and at every address
GIVEN = Hosts(("example.org", "*.regione.example", "statistica.example:8443", "città.example"), "0.0.0.0")
HERE = ("192.0.2.7", 8501)  # where a request arrives


def application(hosts: Hosts) -> Starlette:
    async def opened(websocket: WebSocket) -> None:
        await websocket.accept()

    routes = [Route("/", lambda request: PlainTextResponse("in"), methods=["GET", "PUT"])]
    return Starlette(
        routes=[*routes, WebSocketRoute("/_stcore/stream", opened)], middleware=[Middleware(KnownHosts, hosts)]
    )


@pytest.mark.parametrize("hosts", [LOOPBACK, OPEN, GIVEN, Hosts((), "192.0.2.7"), Hosts((), "::")])
@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "evil.example:8501",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "example.org.evil.example",
        ),
        *(
            "evilregione.example",
            "example.org:81",
            "example.org@evil.example",
            "evil.example#.regione.example",
            "198.51.100.1",
        ),
        *("", "evil b", "example.org/", "[::1", "example.org:99999", "2130706433.evil.example", "regione.example:1:2"),
    ],
)
def test_no_default_answers_to_somebody_elses_name(hosts: Hosts, host: str) -> None:
    """However the server listens: neither a page nor a websocket, also where the page has that name itself."""
    app = application(hosts)
    answer = ask(app, "/", host=host)
    assert answer.status in (400, 421)
    assert not host or host not in answer.words
    assert connect(app, f"http://{host}", host) == "websocket.close"


@pytest.mark.parametrize(
    ("hosts", "host"),
    [
        *((LOOPBACK, name) for name in ("localhost:8501", "127.0.0.1:8501", "127.0.0.2", "[::1]:8501", "LOCALHOST")),
        *((OPEN, name) for name in ("192.0.2.7:8501", "192.0.2.7", "localhost:9000")),
        *(
            (GIVEN, name)
            for name in ("example.org", "EXAMPLE.org:443", "example.org:8501", "a.b.regione.example", "localhost")
        ),
        *((GIVEN, name) for name in ("statistica.example:8443", "xn--citt-3na.example", "example.org.")),
    ],
)
def test_the_sites_own_names_are_let_in(hosts: Hosts, host: str) -> None:
    named = named_host(host)
    assert named is not None
    assert hosts.allow(named, HERE)


def test_an_address_is_the_sites_own_only_where_the_request_arrived() -> None:
    """Another's address in links and sitemaps would lead readers there."""
    for host, is_own in (("192.0.2.7:8501", True), ("192.0.2.8:8501", False), ("192.0.2.7:81", False)):
        named = named_host(host)
        assert named is not None
        assert OPEN.allow(named, ("::ffff:192.0.2.7", 8501)) is is_own


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "is_let_in"),
    [
        ("http://localhost:8501", "localhost:8501", "ws", True),
        ("https://example.org", "example.org", "ws", True),  # a proxy that does not say that it came by https
        ("https://example.org", "example.org", "wss", True),
        ("https://example.org", "127.0.0.1:8501", "ws", True),  # a proxy that hands its own Host through
        ("http://example.org", "example.org", "wss", False),
        ("http://localhost:9999", "localhost:8501", "ws", False),
        ("http://127.0.0.1:8501", "localhost:8501", "ws", False),
        ("http://evil.example", "example.org", "ws", False),
        ("http://example.org:81", "example.org", "ws", False),
        ("null", "example.org", "ws", False),
        ("file://", "example.org", "ws", False),
        (None, "example.org", "ws", False),
    ],
)
def test_a_websocket_is_for_pages_of_this_site(origin: str | None, host: str, scheme: str, is_let_in: bool) -> None:
    """Of the very host and port; who does not say from which page is no browser."""
    got = connect(application(GIVEN), origin, host, scheme=scheme)
    assert got == ("websocket.accept" if is_let_in else "websocket.close")


def test_another_sites_page_changes_nothing() -> None:
    """By what browsers say of the page that sends a request, also where it names no origin."""
    app = application(GIVEN)
    for said in ({"origin": "http://evil.example"}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}):
        assert ask(app, "/", "PUT", **said).status == 403
        assert ask(app, "/", "GET", **said).status == 200
    assert ask(app, "/", "PUT", origin="http://example.org", sec_fetch_site="same-origin").status == 200


def test_two_hosts_are_none_and_a_proxys_word_is_not_believed() -> None:
    app = application(GIVEN)
    assert ask(app, "/", x_forwarded_host="evil.example").status == 200
    assert ask(app, "/", host="evil.example", x_forwarded_host="example.org").status == 421


@pytest.mark.parametrize("wrong", ["https://example.org", "example.org/path", "a.*.example", "", "*", "b c"])
def test_what_is_no_name_is_refused_and_shifts_no_other(wrong: str) -> None:
    """In the settings as in Streamlit's own option: else the names behind it would get each other's stars."""
    with pytest.raises(ValueError, match="example"):
        Hosts((wrong, "*.regione.example", "example.org"), None)


def test_a_star_holds_for_its_own_name_alone() -> None:
    """Wherever it stands among the names."""
    hosts = Hosts(("example.org", "*.regione.example", "*.Città.example"), "0.0.0.0")
    expected = {
        "a.example.org": False,
        "regione.example": False,
        "a.regione.example": True,
        "a.xn--citt-3na.example": True,
    }
    for name, is_let_in in expected.items():
        named = named_host(name)
        assert named is not None
        assert hosts.allow(named, HERE) is is_let_in, name
