"""Who sees what, on a server with a real login: every role, page, address and release is tried, none is left out."""

import datetime as dt
import shutil
from collections.abc import Iterator

import httpx
import pytest

from analytics.access.roles import Area, Role, may_open, may_read_embargoed
from analytics.audit.log import AuditLog
from analytics.folders import Home
from analytics.language.text import Text, plain
from analytics.model import DataKind
from analytics.publish.api.endpoints import ENDPOINTS, Endpoint
from analytics.release import Release, Releases
from analytics.release.figure_id import FigureId, parse_figure_id
from pages import AREAS, OFFICER, PAGES, STATEMENTS
from tests.helpers.michigan_release import built, sales_only
from tests.helpers.rewritten import rewritten
from tests.serve.logging_in import PEOPLE, UNVERIFIED, Site, drawn, figures_of, messages, served

PROGRAMME = "michigan-1988"
PUBLISHED, EMBARGOED, WITHDRAWN = "2026-1", "2026-2", "2026-3"
NOBODY = "nobody"  # who has not logged in
WHO = (NOBODY, *Role)
FIRST = {"image": "txt", "picture": "txt", "report": "html", "package": "xlsx"}  # endings that take no browser
ALL_PAGES = PAGES | OFFICER
TITLE = Text("it")("officer.title").encode()
SHOWN = "edizione {} ·"  # what stands at the foot of a page about a release
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


def role_of(who: str) -> Role:
    return Role.PUBLIC if who == NOBODY else Role(who)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return built(tmp_path_factory.mktemp("source"), sales_only)


@pytest.fixture(scope="module")
def folder(source: Release, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A data folder with confidential releases: one published, one under embargo, one withdrawn."""
    home = Home(tmp_path_factory.mktemp("roles"))
    programme = source.programme.model_copy(update={"data_kind": DataKind.CONFIDENTIAL})
    for name in (PUBLISHED, EMBARGOED, WITHDRAWN):
        rewritten(source, home.releases, name=name, programme=programme)
    shelf = Releases(home.releases, PROGRAMME)
    for file in ("current", "ledger.jsonl", "shown"):
        (shelf.folder / file).unlink(missing_ok=True)
    shelf.publish(WITHDRAWN)
    shelf.withdraw(WITHDRAWN)
    shelf.publish(PUBLISHED)
    shelf.publish(EMBARGOED, dt.datetime.now(dt.UTC) + dt.timedelta(days=2))
    return home


@pytest.fixture(scope="module")
def site(folder: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(folder, tmp_path_factory.mktemp("secrets")) as found:
        yield found


@pytest.fixture(scope="module")
def clients(site: Site) -> dict[str, httpx.Client]:
    """A client for everybody, each logged in by the provider."""
    return {NOBODY: site.anybody()} | {str(role): site.logged_in(PEOPLE[role]) for role in Role}


def addresses(endpoint: Endpoint, release: str, source: Release) -> list[str]:
    """An address that names a release, or a figure of it."""
    cell = parse_figure_id(source.headline().figure_id).cell
    ending = FIRST.get(endpoint.name, next(iter(endpoint.media)))
    figure = str(FigureId(PROGRAMME, release, cell))
    filled = {"ending": ending, "release": release, "id": figure, "name": "overview-changes"}
    path = endpoint.path.format_map({name.name: filled[name.name] for name in endpoint.parameters if name.is_path})
    named = {"programme": PROGRAMME, "release": release, "to": release}
    query = "&".join(f"{name}={value}" for name, value in named.items() if name in endpoint.known)
    return [f"{path}?{query}"]


def test_every_page_and_address_has_its_row() -> None:
    """A page or address that is new says what it is about, or this fails: nothing is open because it was forgotten."""
    assert AREAS.keys() == (ALL_PAGES | STATEMENTS).keys()
    only_published = {"releases", "changes", "catalogue", "feed", "health"}
    assert {endpoint.name for endpoint in ENDPOINTS if endpoint.area is None} == only_published


@pytest.mark.parametrize("who", WHO)
def test_pages_over_the_websocket(site: Site, clients: dict[str, httpx.Client], who: str) -> None:
    """Each page by its address: what is published, everybody reads; what is under embargo, who may, with its mark; what
    was withdrawn, nobody. The officer's page is the officer's alone.
    """
    role = role_of(who)
    for name, end in ALL_PAGES.items():
        for release in (PUBLISHED, EMBARGOED, WITHDRAWN):
            sent = site.page(clients[who], end, f"programme={PROGRAMME}&release={release}")
            may = may_read_embargoed(role, AREAS[name])
            assert (TITLE in sent) is (name in OFFICER and may_open(role, Area.OFFICE)), (who, name)
            assert not figures_of(WITHDRAWN, sent), (who, name, release)
            if name not in OFFICER:
                is_told = release == EMBARGOED and may
                assert (SHOWN.format(plain(EMBARGOED)).encode() in sent) is is_told, (who, name, release)
                assert is_told or not figures_of(EMBARGOED, sent), (who, name, release)
                assert (b"non divulgare" in sent) is is_told, (who, name, release)


@pytest.mark.parametrize("who", WHO)
def test_addresses_for_machines(site: Site, clients: dict[str, httpx.Client], source: Release, who: str) -> None:
    """Each address of ENDPOINTS over HTTP: what is under embargo only for the roles of its area, never to be kept or
    read by other sites, with its moment in a header; what is published as for everybody.
    """
    role = role_of(who)
    for endpoint in ENDPOINTS:
        heavy = endpoint.name in ("report", "package")  # of what is published, other tests ask for them
        for release in (EMBARGOED, WITHDRAWN) if heavy else (PUBLISHED, EMBARGOED, WITHDRAWN):
            for address in addresses(endpoint, release, source):
                answer = clients[who].get(address)
                may = endpoint.area is not None and may_read_embargoed(role, endpoint.area)
                if release == EMBARGOED and may:
                    assert answer.status_code == 200, (who, address, answer.text[:200])
                    assert answer.headers["cache-control"] == "no-store, private", address
                    assert "access-control-allow-origin" not in answer.headers, address
                    assert answer.headers["vetrina-embargo-until"], address
                else:
                    own = source.programme.id.encode() + b"." + EMBARGOED.encode()  # of the id that was asked for
                    assert not figures_of(EMBARGOED, answer.content.replace(own, b"")), (who, address)
                    assert answer.status_code == 410 or not figures_of(WITHDRAWN, answer.content), (who, address)
                    assert "vetrina-embargo-until" not in answer.headers, (who, address)
                if release == PUBLISHED and endpoint.name != "changes":
                    assert answer.status_code == 200, (who, address, answer.text[:200])
                    assert answer.headers["access-control-allow-origin"] == "*", address


@pytest.mark.parametrize("who", WHO)
def test_files_are_sent_by_officers_alone(site: Site, clients: dict[str, httpx.Client], who: str) -> None:
    """Refused before Streamlit looks at them; and the page that sends them is nowhere for anybody else."""
    client = clients[who]
    asked = (
        client.put("/_stcore/upload_file/session/file", content=b"x"),
        client.delete("/_stcore/upload_file/session/file"),
    )
    is_officer = role_of(who) is Role.OFFICER
    assert [answer.status_code not in (403, 404) or "XSRF" in answer.text for answer in asked] == [is_officer] * 2
    assert (client.get("/caricare").status_code == 200) is is_officer


def test_what_is_given_out_before_its_time_is_recorded(site: Site, clients: dict[str, httpx.Client]) -> None:
    """Who, which release, which address; and where the log cannot be written, nothing is given out."""
    address = f"/api/tables/cohorts.csv?programme={PROGRAMME}&release={EMBARGOED}"
    assert TITLE in site.page(clients["officer"], "caricare")
    assert clients["analyst"].get(address).status_code == 200
    log = AuditLog(site.home.audit)
    last = log.lines()[-1]
    assert (last.event, last.by, last.known_by) == ("export", PEOPLE[Role.ANALYST], "login")
    assert last.details == {"programme": PROGRAMME, "release": EMBARGOED, "what": "/api/tables/cohorts.csv"}
    assert {line.by for line in log.lines() if line.event == "login"} == {PEOPLE[Role.OFFICER]}
    moved = site.home.audit.with_name("moved")
    shutil.move(site.home.audit, moved)
    site.home.audit.write_text("no folder")
    try:
        refused = clients["analyst"].get(address)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unrecorded")
        assert TITLE not in site.page(site.logged_in(PEOPLE[Role.OFFICER]), "caricare")
    finally:
        site.home.audit.unlink()
        shutil.move(moved, site.home.audit)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://127.0.0.1:9"},
        {"origin": "http://localhost"},
        {"origin": ""},
        {"origin": "null"},
        {"cookie": "_streamlit_user=forged"},
    ],
)
def test_no_other_site_opens_an_officers_page(
    site: Site, clients: dict[str, httpx.Client], headers: dict[str, str]
) -> None:
    """A page on another port of this machine, a program that names no site, a cookie that nobody signed: none of them
    has a role, over the websocket as over HTTP.
    """
    try:
        sent = site.page(clients["officer"], "caricare", **headers)
    except Exception as error:
        sent = repr(error).encode()
    assert TITLE not in sent
    if headers.get("origin"):
        assert clients["officer"].get("/caricare", headers=headers).status_code == 404


def test_messages_of_a_readers_session_reach_no_officers_page(site: Site, clients: dict[str, httpx.Client]) -> None:
    """Not by the hash that an officer's session was told, nor by the path of the file."""
    with site.connected(clients["officer"]) as connection:
        told = messages(drawn(connection, "caricare"))
    pages = {page.url_pathname: page.page_script_hash for message in told for page in message.navigation.app_pages}
    with site.connected(clients["press"]) as connection:
        for name in ("caricare", "officer", "pages/officer.py", ""):
            assert TITLE not in drawn(connection, name, page_script_hash=pages["caricare"])


def test_a_role_that_is_lost_is_lost_at_the_next_run(site: Site, folder: Home) -> None:
    """Taken out of the list, or logged out in another window: the same connection shows nothing more of it."""
    client = site.logged_in(PEOPLE[Role.OFFICER])
    settings = folder.settings.read_text(encoding="utf-8")
    with site.connected(client) as connection:
        assert TITLE in drawn(connection, "caricare")
        try:
            folder.settings.write_text(settings.replace(PEOPLE[Role.OFFICER], "else@example.org"), encoding="utf-8")
            assert TITLE not in drawn(connection, "caricare")
        finally:
            folder.settings.write_text(settings, encoding="utf-8")
        assert TITLE in drawn(connection, "caricare")
        copied = httpx.Cookies(client.cookies)
        client.get("/auth/logout")
        assert TITLE not in drawn(connection, "caricare")
    assert httpx.get(f"{site.root}/caricare", cookies=copied).status_code == 404


def test_an_address_of_email_that_is_not_verified_makes_nobody_an_officer(site: Site) -> None:
    """A person of the provider may state any address: it says so, and counts for nothing."""
    client = site.logged_in(UNVERIFIED)
    sent = site.page(client, "caricare")
    assert TITLE not in sent
    assert Text("it")("login.unknown").encode() in sent


def test_where_nobody_reads_without_logging_in(site: Site, folder: Home, clients: dict[str, httpx.Client]) -> None:
    """`anonymous = false`: every page asks for a login, addresses answer 401, heads say nothing of figures; who has
    logged in reads, and what they read is nobody else's.
    """
    settings = folder.settings.read_text(encoding="utf-8")
    folder.settings.write_text(f"{settings}anonymous = false\n", encoding="utf-8")
    try:
        nobody, reader = clients[NOBODY], clients["public"]
        for end in PAGES.values():
            sent = site.page(nobody, end, f"programme={PROGRAMME}")
            assert Text("it")("login.needed_title").encode() in sent
            assert not figures_of(PUBLISHED, sent)
            assert b"noindex" in nobody.get(f"/{end}").content
        for endpoint in ENDPOINTS:
            if endpoint.example and endpoint.name != "health":
                assert nobody.get(endpoint.example).status_code == 401, endpoint.example
        assert nobody.get("/_stcore/health").status_code == 200
        assert figures_of(PUBLISHED, site.page(reader, "", f"programme={PROGRAMME}"))
        answer = reader.get("/api/headlines.json")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store, private")
        assert "access-control-allow-origin" not in answer.headers
    finally:
        folder.settings.write_text(settings, encoding="utf-8")
