"""What the server does not do, how it says so, the headers of every answer, and how much one client may have."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from analytics.access.installation import Server
from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES, Text
from analytics.release import Release
from analytics.release.readable import Shelves
from analytics.serve.limits import AT_ONCE, CHOICES, HEAVY, MOST_CLIENTS, Buckets, Pace, Places
from analytics.serve.site import site
from pages import OFFICER, PAGES
from tests.serve.browsing import HOSTS, ask, connect

LIMITS = Server(requests_per_minute=20, readers=3, readers_of_one_client=2)


def behind(demonstration: Home, officers: dict[str, str], answer: Callable[[Request], Response]) -> Starlette:
    """The site over an application that answers everything else by `answer`."""
    shelves = Shelves(demonstration.releases, lambda: ["michigan-1988"], cache(Release))
    static = Path(get_static_dir())
    served = site(static, PROJECT / "static", PAGES, shelves, officers=officers, hosts=HOSTS, limits=LIMITS)
    methods = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"]
    routes = [*served.routes, Route("/{path:path}", answer, methods=methods)]
    return Starlette(routes=routes, middleware=served.middleware)


@pytest.fixture(scope="module")
def app(demonstration: Home) -> Starlette:
    def answer(request: Request) -> Response:
        if request.url.path == "/media/fault":
            raise RuntimeError("secret of the machine")
        response = PlainTextResponse("streamlit")
        response.set_cookie("_streamlit_user", "x")
        response.headers.append("set-cookie", "_streamlit_xsrf=y; Path=/")
        return response

    return behind(demonstration, OFFICER, answer)


@pytest.mark.parametrize(
    "path",
    [
        *("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/interact", "/_stcore/agent/openapi.json"),
        *(
            "/_stcore/agent/mcp",
            "/settori/_stcore/metrics",
            "/_stcore/bidi-components/x",
            "/component/x",
            "/app/static/x",
        ),
        *("/_stcore/upload_file/a/b", "/_stcore/metrics/_stcore/health", "/_stcore/anything-new"),
    ],
)
def test_what_tells_of_the_server_or_drives_it_is_closed(app: Starlette, path: str) -> None:
    """With any method; files are taken from who sits at the machine alone."""
    for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"):
        answer = ask(app, path, method, client="192.0.2.1")
        assert answer.status in (404, 405)
        assert "streamlit" not in answer.words


def test_methods_that_nobody_needs_are_refused(app: Starlette) -> None:
    for method in ("PUT", "POST", "DELETE", "PATCH", "TRACE", "CONNECT", "GETT"):
        for path in ("/", "/settori", "/media/x", "/robots.txt", "/api/releases.json", "/feed.atom"):
            answer = ask(app, path, method)
            assert (answer.status, "GET" in answer.headers["allow"]) == (405, True), (method, path)


def test_what_is_too_long_is_refused_and_not_repeated(app: Starlette) -> None:
    for address in ("/" + "a" * 3000, "/?check=" + "a" * 9000):
        answer = ask(app, address)
        assert (answer.status, "aaaa" in answer.words) == (414, False)
    assert ask(app, "/", x="a" * 40_000).status == 431


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_says_why_in_every_language(app: Starlette, language: str) -> None:
    """The reader's first; nothing of the machine, whatever went wrong."""
    for address, method, status, code in (("/media/fault", "GET", 500, "fault"), ("/", "PUT", 405, "method")):
        answer = ask(app, address, method, accept_language=language)
        assert answer.status == status
        assert f'<html lang="{language}">' in answer.words
        assert all(f"<p>{Text(one)(f'refused.{code}')}</p>".replace("'", "&#x27;") in answer.words for one in LANGUAGES)
        assert not re.search("secret|Traceback|RuntimeError", answer.words)


# ---- headers ---------------------------------------------------------------------------------------------------------


def test_every_answer_says_how_it_may_be_used(app: Starlette) -> None:
    """Pages, files, data, refusals: read as what they are, run what is ours alone, for this site unless it is open."""
    for address in ("/", "/nothing", "/api/", "/api/releases.json", "/_stcore/metrics", "/media/x", "/robots.txt"):
        told = ask(app, address, client="192.0.2.2").headers
        assert told["x-content-type-options"] == "nosniff"
        assert "server" not in told
        assert "strict-transport-security" not in told
        is_open = address.startswith("/api/")
        assert told["cross-origin-resource-policy"] == ("cross-origin" if is_open else "same-origin")
        if told["content-type"].startswith("text/html"):
            assert told["content-security-policy"].startswith("default-src 'none'")
            assert "unsafe-eval" not in told["content-security-policy"]
            assert not re.search(r"https?:|\*", told["content-security-policy"])
    assert "strict-transport-security" in ask(app, "/", scheme="https").headers


def test_a_page_runs_only_scripts_that_it_came_with(app: Starlette) -> None:
    """Each inline script stands in the policy by its hash, and none may be put in."""
    answer = ask(app, "/")
    rule = next(part for part in answer.headers["content-security-policy"].split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in rule
    assert len(re.findall("sha256-", rule)) == len(re.findall(r"<script>", answer.words)) + len(LANGUAGES)


def test_cookies_are_for_this_site_and_no_script(app: Starlette) -> None:
    """But for the one that pages hand back; by https they stay there."""

    def cookies(scheme: str) -> list[str]:
        told: list[str] = []

        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                told.extend(value.decode() for name, value in message["headers"] if name == b"set-cookie")

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/media/x",
            "scheme": scheme,
            "root_path": "",
            "query_string": b"",
        }
        asyncio.run(
            app({**scope, "headers": [(b"host", b"example.org")], "server": ("example.org", 80)}, _nothing, send)
        )
        return told

    assert [
        ("HttpOnly" in cookie, "SameSite=" in cookie.replace("samesite", "SameSite")) for cookie in cookies("http")
    ] == [
        (True, True),
        (False, True),
    ]
    assert all("Secure" in cookie for cookie in cookies("https"))
    assert not any("Secure" in cookie for cookie in cookies("http"))


async def _nothing() -> dict[str, object]:
    return {"type": "http.request", "body": b"", "more_body": False}


# ---- limits ----------------------------------------------------------------------------------------------------------


def test_a_bucket_holds_a_minute_and_fills_evenly() -> None:
    """Who waits as long as told is answered; what takes work costs more; nobody empties another's."""
    now = [0.0]
    buckets = Buckets(60, lambda: now[0])
    assert [buckets.take("a") for _ in range(60)] == [0] * 60
    assert buckets.take("a") == 1
    assert buckets.take("b") == 0
    now[0] += 1
    assert (buckets.take("a"), buckets.take("a")) == (0, 1)
    assert buckets.take("a", HEAVY) == HEAVY
    now[0] += 3600
    assert [buckets.take("a") for _ in range(61)][-2:] == [0, 1]
    assert Buckets(5).take("a", HEAVY) == 0


def test_clients_are_forgotten_before_they_fill_the_memory() -> None:
    buckets = Buckets(1)
    for n in range(MOST_CLIENTS + 5):
        buckets.take(str(n))
    assert len(buckets) == MOST_CLIENTS


@pytest.mark.parametrize("address", ["/api/releases.json?lang=en", "/feed.atom", "/api/nothing", "/embed/x"])
def test_too_many_requests_are_refused_with_the_time_to_wait(app: Starlette, address: str) -> None:
    """As JSON, or as a page in a frame; of that client alone, of IPv6 with its network; health is always told."""
    client = f"2001:db8:{len(address):x}::1"
    statuses = {ask(app, address, client=client).status for _ in range(LIMITS.requests_per_minute)}
    assert 429 not in statuses
    refused = ask(app, address, client=client.replace("::1", "::2"))
    assert refused.status == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    if not address.startswith("/embed/"):
        assert json.loads(refused.body)["error"]["code"] == "too_many"
    assert ask(app, address, client="2001:db8:ffff::1").status != 429
    assert ask(app, "/api/health", client=client).status != 429
    assert ask(app, "/", client=client).status == 200


def test_a_full_site_says_so_and_has_places_again(app: Starlette) -> None:
    """All together and of one client; who reads data without a page is answered all the same."""

    async def staying() -> None:
        gate, opened = asyncio.Event(), []

        async def page(scope: dict[str, object], receive: object, send: Callable[..., Awaitable[None]]) -> None:
            opened.append(scope)
            await gate.wait()

        places = Places(page, most=3, most_of_one=2)

        def visit(client: str) -> "asyncio.Task[None]":
            return asyncio.ensure_future(
                places({"type": "websocket", "client": (client, 1)}, _nothing, told.append_later)
            )

        told = _Told()
        visits = [visit(client) for client in ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3")]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(opened) == 3
        assert [message["type"] for message in told.messages] == ["websocket.close"] * 2
        asked = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "client": ("192.0.2.4", 1),
            "headers": [(b"accept", b"text/html")],
        }
        await places(asked, _nothing, told.append_later)
        assert told.messages[2]["status"] == 503
        assert (b"retry-after", b"30") in told.messages[2]["headers"]
        gate.set()
        await asyncio.gather(*visits)
        await places({"type": "websocket", "client": ("192.0.2.1", 1)}, _nothing, told.append_later)
        assert len(opened) == 4

    asyncio.run(staying())
    assert connect(app, "http://example.org") != "websocket.accept"  # nobody stands behind this site


class _Told:
    def __init__(self) -> None:
        self.messages: list[dict[str, object]] = []

    async def append_later(self, message: dict[str, object]) -> None:
        self.messages.append(message)


def test_choices_that_come_too_quickly_wait() -> None:
    """A hundred at once are read at once; after them one client's wait their turn, and nobody else's do."""
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert [pace.wait("a") for _ in range(int(AT_ONCE))] == [0.0] * int(AT_ONCE)
    assert [round(pace.wait("a") * CHOICES) for _ in range(3)] == [1, 2, 3]
    assert pace.wait("b") == 0.0
    now[0] += 60
    assert pace.wait("a") == 0.0
    for number in range(MOST_CLIENTS + 5):
        pace.wait(str(number))
    assert len(pace._free_at) <= MOST_CLIENTS
