"""Who has which role where there is no login, and which servers may not serve: without a network."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from analytics.access.login import LEAST_SECRET, NEEDED, is_configured
from analytics.access.people import TERMINAL
from analytics.access.roles import Role
from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import DataKind, UserError
from analytics.serve.door import Caller, listens_here_alone
from analytics.serve.gate import Gate
from analytics.serve.here import SECONDS, Here
from analytics.serve.visitors import Login, Visitors
from tests.serve.browsing import ask
from tests.serve.logging_in import free_port, running

SITE = "http://127.0.0.1:8501"
SIMULATED, PUBLIC = "ecommerce-2020", "michigan-1988"
WHOLE = dict.fromkeys(NEEDED, "https://example.org/oauth2callback")


class Clock:
    """A clock that a test moves."""

    time = 0.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def put(home: Home, store: str = "", release: str = "") -> None:
    """The files of a store, or of a release, of a programme: that they are there is enough."""
    stores = [home.store(store)] if store else []
    for path in [*stores, *([home.releases / release / "2026-1.duckdb"] if release else [])]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def visitors(home: Home, address: str | None = "127.0.0.1", officer: str | None = None) -> Visitors:
    return Visitors(Here(home, clock=Clock()), lambda _: None, has_login=False, address=address, officer=officer)


def caller(client: str | None = "127.0.0.1", *, websocket: bool = False, **headers: str) -> Caller:
    """A request from this machine; headers: more of them, or others."""
    named = {"host": "127.0.0.1:8501"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Caller(client, named, {}, websocket)


@pytest.mark.parametrize(
    ("asked", "role"),
    [
        (caller(), Role.OFFICER),
        (caller(origin=SITE), Role.OFFICER),
        (caller(origin=SITE, websocket=True), Role.OFFICER),
        (caller(sec_fetch_site="same-origin"), Role.OFFICER),
        (caller(sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document"), Role.OFFICER),
        (caller(websocket=True), Role.PUBLIC),
        (caller(origin="http://127.0.0.1:9000", websocket=True), Role.PUBLIC),
        (caller(origin="http://localhost:8501", websocket=True), Role.PUBLIC),
        (caller(origin="http://127.0.0.1:9000"), Role.PUBLIC),
        (caller(origin=f"{SITE}, http://evil.example"), Role.PUBLIC),
        (caller(origin="null"), Role.PUBLIC),
        (caller(origin="http://[bad"), Role.PUBLIC),
        (caller(sec_fetch_site="cross-site", sec_fetch_mode="no-cors", sec_fetch_dest="image"), Role.PUBLIC),
        (caller(sec_fetch_site="same-site", sec_fetch_mode="navigate", sec_fetch_dest="iframe"), Role.PUBLIC),
        (caller("10.0.0.9"), Role.PUBLIC),
        (caller(None), Role.PUBLIC),
        (caller(host="evil.example"), Role.PUBLIC),
        (caller(x_forwarded_for="127.0.0.1"), Role.PUBLIC),
    ],
)
def test_without_a_login_who_sits_here_may_do_everything(home: Home, asked: Caller, role: Role) -> None:
    """And no page of another site, not even on another port of this machine; the act is the account's."""
    found = visitors(home).of(asked)
    assert found.role is role
    assert (found.person is not None and found.person.by == TERMINAL) is (role is Role.OFFICER)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", None, "10.0.0.1", "unix:///run/vetrina.sock"])
def test_nobody_is_an_officer_on_a_server_that_others_reach(home: Home, address: str | None) -> None:
    """Without a login."""
    assert visitors(home, address, "1").of(caller()).role is Role.PUBLIC


@pytest.mark.parametrize(
    ("confidential", "officer", "role"),
    [
        (False, None, "officer"),
        (False, "0", "public"),
        (True, None, "public"),
        (True, "0", "public"),
        (True, "1", "officer"),
    ],
)
def test_confidential_data_must_be_asked_for(home: Home, confidential: bool, officer: str | None, role: Role) -> None:
    """A proxy that hides itself looks like this machine; and who closes the page has closed it."""
    put(home, store="no-such-programme" if confidential else SIMULATED)
    assert visitors(home, officer=officer).of(caller()).role == role


def test_a_login_of_another_site_or_too_old_or_ended_counts_for_nothing(home: Home) -> None:
    """The cookie of one site is no login at another, whatever name it asks under."""
    home.settings.write_text('[access]\nofficers = ["anna@example.org"]\n', encoding="utf-8")
    claims = {"is_logged_in": True, "email": "anna@example.org", "email_verified": True}
    site, old = "https://vetrina.example.org", Login(claims, "https://vetrina.example.org", is_expired=True)
    logins = {"good": Login(claims, site), "old": old}
    who = Visitors(Here(home), lambda cookies: logins[cookies["which"]], has_login=True, address="0.0.0.0")

    def of(which: str, **headers: str) -> Role:
        named = {"host": "vetrina.example.org"} | headers
        return who.of(Caller("10.0.0.9", named, {"which": which}, is_websocket=False)).role

    assert of("good") is Role.OFFICER
    assert of("good", host="VETRINA.example.org:443", origin=site) is Role.OFFICER
    assert of("good", host="other.example.org") is Role.PUBLIC
    assert of("good", origin="https://vetrina.example.org:8443") is Role.PUBLIC
    assert of("old") is Role.PUBLIC
    who.end_login(Caller("10.0.0.9", {"host": "evil.example"}, {"which": "good"}, is_websocket=False))
    assert of("good") is Role.OFFICER
    who.end_login(Caller("10.0.0.9", {"host": "vetrina.example.org"}, {"which": "good"}, is_websocket=False))
    assert of("good") is Role.PUBLIC


@pytest.mark.parametrize("name", ["0.0.0.0", "::", "", None, "10.0.0.1", "0", "unix:///x", "no-such-host.invalid"])
def test_a_server_that_others_reach(name: str | None) -> None:
    """Also where the name is of none that is known."""
    assert not listens_here_alone(name)


@pytest.mark.parametrize("name", ["127.0.0.1", "127.1", "localhost", "::1", "[::1]", "127.8.0.1"])
def test_a_server_that_this_machine_alone_reaches(name: str) -> None:
    """In every spelling."""
    assert listens_here_alone(name)


def key(error: UserError | None) -> str | None:
    return error.key if error else None


def test_real_data_are_not_served_to_everybody_without_a_login(home: Home) -> None:
    """Invented data are; public and confidential ones are not, nor those of a programme without a file, whether in a
    store or released. The way out for readers alone holds as long as no store is here.
    """
    everywhere = "0.0.0.0"
    assert visitors(home, everywhere).why_closed() is None
    put(home, store=SIMULATED)
    assert visitors(home, everywhere).why_closed() is None
    assert visitors(home).why_closed() is None
    put(home, release=PUBLIC)
    assert key(visitors(home, everywhere).why_closed()) == "serve.open"
    assert visitors(home).why_closed() is None
    assert key(visitors(home).why_closed("10.0.0.1")) == "serve.open"
    assert Visitors(Here(home), lambda _: None, has_login=True, address=everywhere).why_closed() is None
    home.settings.write_text("[access]\nreaders_only = true\n", encoding="utf-8")
    assert key(visitors(home, everywhere).why_closed()) == "serve.readers_store"
    home.store(SIMULATED).unlink()
    assert visitors(home, everywhere).why_closed() is None
    assert visitors(home, officer="1").of(caller()).role is Role.PUBLIC


@pytest.mark.parametrize("where", ["store", "release"])
def test_data_that_nobody_knows_need_most_care(home: Home, where: str) -> None:
    """A programme without a file, and a release that says other than its programme's file."""
    put(home, **{where: "no-such-programme"})
    assert Here(home).kinds().is_confidential
    assert Here(Home(home.root / "empty"), lambda: [DataKind.CONFIDENTIAL]).kinds().is_confidential


def test_data_that_come_while_serving_close_the_server(home: Home) -> None:
    """At the next look: every address answers 503 in words, a page's connection is refused; health stays."""
    who = visitors(home, "0.0.0.0")
    streamlit = Route("/{path:path}", lambda request: PlainTextResponse("streamlit"))
    app = Starlette(routes=[streamlit], middleware=[Middleware(Gate, who)])
    assert ask(app, "/").words == "streamlit"
    put(home, store=PUBLIC)
    who.here.clock.time = SECONDS + 1  # type: ignore[attr-defined]
    for address in ("/", "/settori", "/api/releases.json", "/media/x.png"):
        refused = ask(app, address, accept_language="it")
        assert refused.status == 503
        assert Text("it")("page.closed") in refused.words
        assert str(home.root) not in refused.words
    assert ask(app, "/_stcore/health").status == 200


@pytest.mark.parametrize(
    ("kind", "is_sent"), [("image/svg+xml", True), ("text/csv", False), ("application/zip", False)]
)
def test_files_made_for_an_officer_go_to_nobody_else(home: Home, kind: str, is_sent: bool) -> None:
    """Whatever ending the address gives them: what Streamlit would send is looked at."""
    media = Route("/media/{name}", lambda request: PlainTextResponse("rows", media_type=kind))
    app = Starlette(routes=[media], middleware=[Middleware(Gate, visitors(home))])
    for address in ("/media/0123.svg", "/media/0123.csv", "/media/0123.csv.svg"):
        answer = ask(app, address)
        assert (answer.status, "rows" in answer.words) == ((200, True) if is_sent else (403, False))


def test_settings_that_cannot_be_read_any_more_give_nobody_a_role(home: Home) -> None:
    """What they close stays closed; and once they can be read, they hold at once."""
    home.settings.write_text('[access]\nanonymous = false\nofficers = ["anna@example.org"]\n', encoding="utf-8")
    here = Here(home)
    assert here.installation().access.officers == ("anna@example.org",)
    home.settings.write_text("[access", encoding="utf-8")
    assert (here.installation().access.officers, here.installation().access.anonymous) == ((), False)
    home.settings.write_text('[access]\nofficers = ["ada@example.org"]\n', encoding="utf-8")
    assert here.installation().access.officers == ("ada@example.org",)


@pytest.mark.parametrize("left", [None, ""])
def test_settings_that_are_gone_open_no_door(home: Home, left: str | None) -> None:
    """Deleted, or emptied, while the server runs: what they close stays closed, and nobody has a role."""
    home.settings.write_text('[access]\nanonymous = false\nofficers = ["anna@example.org"]\n', encoding="utf-8")
    here = Here(home)
    assert not here.installation().access.anonymous
    home.settings.unlink()
    if left is not None:
        home.settings.write_text(left, encoding="utf-8")
    for _ in range(2):
        assert (here.installation().access.officers, here.installation().access.anonymous) == ((), False)


@pytest.mark.parametrize(
    ("auth", "key"),
    [
        ({}, "login.incomplete"),
        (WHOLE | {"client_secret": " "}, "login.incomplete"),
        (WHOLE | {"cookie_secret": "x" * (LEAST_SECRET - 1)}, "login.short_secret"),
        (WHOLE | {"redirect_uri": "https://example.org/"}, "login.address"),
        (WHOLE | {"server_metadata_url": "example.org"}, "login.address"),
        *(({name: value for name, value in WHOLE.items() if name != gone}, "login.incomplete") for gone in NEEDED),
    ],
)
def test_half_a_login_is_none(auth: dict[str, object], key: str) -> None:
    """A server that was meant to have a login does not start without."""
    with pytest.raises(UserError) as raised:
        is_configured(auth)
    assert raised.value.key == key


def test_a_whole_login_is_one() -> None:
    """And no table at all is none."""
    assert is_configured(WHOLE)
    assert not is_configured(None)


@pytest.fixture
def real(home: Home) -> Home:
    put(home, store=PUBLIC)
    return home


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (("--server.address=0.0.0.0",), {}),
        ((), {"STREAMLIT_SERVER_ADDRESS": "::"}),
        (("--server.address=",), {}),
    ],
)
def test_the_server_does_not_start_on_another_address(
    real: Home, options: tuple[str, ...], variables: dict[str, str]
) -> None:
    """With real data and no login, by whatever way the address comes: exit code 1, and what to do, before any port is
    open.
    """
    with running(real, free_port(), *options, **variables) as process:
        assert process.wait(timeout=60) == 1
        said = process.stderr.read().decode() if process.stderr else ""
    assert "docs/RUNNING.md" in said
    assert "readers_only" in said
    assert "Traceback" not in said


def test_half_a_login_starts_no_server(home: Home, tmp_path: Path) -> None:
    """Also on this machine alone: the section is completed, or taken out."""
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('[auth]\nclient_id = "x"\n', encoding="utf-8")
    with running(home, free_port(), f"--secrets.files={secrets}") as process:
        assert process.wait(timeout=60) == 1
        said = process.stderr.read().decode() if process.stderr else ""
    assert "cookie_secret" in said
    assert "Traceback" not in said
