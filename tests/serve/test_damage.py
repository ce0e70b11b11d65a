"""Damage at a start and while serving: what a reader gets of a programme and of the others, and what health says."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from analytics.folders import PROJECT
from analytics.language.text import LANGUAGES, Text
from analytics.release import Release, Releases
from analytics.release.opened import OpenReleases
from analytics.release.readable import Shelves
from analytics.release.writing import write_release
from analytics.serve.frontend_files import FrontendFiles
from analytics.serve.site import site
from pages import PAGES
from tests.helpers.michigan_release import built, sales_only
from tests.helpers.rewritten import tables_of
from tests.publish.conftest import MORNING, PROGRAMME, Desk
from tests.serve.browsing import HOSTS, Answer, ask

OTHER = "other-1988"
FIRST, CURRENT, WITHDRAWN, TO_COME = "2026-1", "2026-2", "2026-3", "2026-4"
Spoil = Callable[[Path], object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Releases of Michigan: one before, one in use, one withdrawn, one to come; of another programme one."""
    source = built(tmp_path_factory.mktemp("source"), sales_only)
    desk = Desk(tmp_path_factory.mktemp("releases"), source)
    for name in (FIRST, CURRENT, WITHDRAWN, TO_COME):
        desk.made(name)
    for name in (FIRST, WITHDRAWN):
        desk.publish(name)
    desk.withdraw(WITHDRAWN)
    desk.publish(TO_COME, MORNING.replace(year=2099))
    desk.publish(CURRENT)
    other = Releases(desk.root, OTHER)
    manifest = replace(source.manifest, programme=source.programme.model_copy(update={"id": OTHER}))
    write_release(other.path(source.release_id), manifest, tables_of(source))
    other.record("built", source.release_id)
    other.publish(source.release_id)
    return desk.root


@dataclass
class Server:
    """A process that serves a folder; `start` makes another one."""

    root: Path

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.opened = opened = OpenReleases(8)
        shelves = Shelves(self.root, lambda: (PROGRAMME, OTHER), opened, holds=opened.holds, noted=opened.noted)
        served = site(Path(get_static_dir()), PROJECT / "static", PAGES, shelves, hosts=HOSTS)
        streamlit = Route("/{path:path}", lambda request: PlainTextResponse("streamlit"))
        self.app = Starlette(routes=[*served.routes, streamlit], middleware=served.middleware)

    def forget(self) -> None:
        """Have more releases read than are kept in memory."""
        for number in range(8):
            aside = self.root / f"{number}.duckdb"
            shutil.copy(self.root / PROGRAMME / file(FIRST), aside)
            self.opened(aside)
            aside.unlink()

    def get(self, address: str, programme: str = PROGRAMME) -> Answer:
        mark = "&" if "?" in address else "?"
        return ask(self.app, f"{address}{mark}programme={programme}&lang=en")

    def json(self, address: str) -> Any:
        return json.loads(ask(self.app, address).body)

    def health(self) -> tuple[int, str, Any]:
        answer = ask(self.app, "/api/health?lang=en", if_none_match="*")
        assert answer.headers["cache-control"] == "no-store"
        said = json.loads(answer.body)
        return answer.status, said["status"], said["programmes"][0]

    @property
    def folder(self) -> Path:
        return self.root / PROGRAMME


@pytest.fixture
def server(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Without Streamlit's files, which every start would pack."""
    monkeypatch.setattr(FrontendFiles, "pack_in_advance", lambda *_: None)
    return Server(shutil.copytree(made, tmp_path / "releases"))


def file(release: str) -> str:
    return f"{release}.duckdb"


def cut(name: str) -> Spoil:
    def change(folder: Path) -> None:
        (folder / name).chmod(0o644)
        (folder / name).write_bytes((folder / name).read_bytes()[:-4096])

    return change


def flipped(name: str, place: int = -1000) -> Spoil:
    """One bit another."""

    def change(folder: Path) -> None:
        (folder / name).chmod(0o644)
        words = bytearray((folder / name).read_bytes())
        words[place] ^= 1
        (folder / name).write_bytes(words)

    return change


def gone(*names: str) -> Spoil:
    return lambda folder: [(folder / name).unlink() for name in names]


def empty(*names: str) -> Spoil:
    return lambda folder: [(folder / name).write_bytes(b"") for name in names]


def a_folder(name: str) -> Spoil:
    return lambda folder: ((folder / name).unlink(), (folder / name).mkdir())


def of_other(name: str) -> Spoil:
    return lambda folder: shutil.copy(folder.parent / OTHER / name, folder / name)


def another_release(folder: Path) -> None:
    """An older release under the name of the one in use."""
    (folder / file(CURRENT)).unlink()
    shutil.copy(folder / file(FIRST), folder / file(CURRENT))


FILES: dict[str, Spoil] = {
    "cut off": cut(file(CURRENT)),
    "gone": gone(file(CURRENT)),
    "one bit another, at its end": flipped(file(CURRENT)),
    "one bit another, in its head": flipped(file(CURRENT), 12),
    "another release": another_release,
    "empty": lambda folder: ((folder / file(CURRENT)).chmod(0o644), empty(file(CURRENT))(folder)),
}
RECORDS: dict[str, tuple[Spoil, str]] = {
    "pointer empty": (empty("current"), "pointer_damaged"),
    "pointer gone": (gone("current"), "pointer_missing"),
    "pointer a folder": (a_folder("current"), "pointer_damaged"),
    "pointer of another programme": (of_other("current"), "pointer_foreign"),
    "pointer with another bit": (flipped("current", -9), "pointer_damaged"),
    "ledger gone": (gone("ledger.jsonl"), "ledger_missing"),
    "ledger a folder": (a_folder("ledger.jsonl"), "ledger_damaged"),
    "ledger of another programme": (of_other("ledger.jsonl"), "ledger_foreign"),
}
LOST: dict[str, Spoil] = {
    "both gone": gone("current", "ledger.jsonl"),
    "both empty": empty("current", "ledger.jsonl"),
    "a file in place of the folder": lambda folder: (shutil.rmtree(folder), folder.write_bytes(b"")),
}
TABLE = "/api/tables/reconciliation.csv"
WHEN = ("at the start", "while serving")


def spoilt(server: Server, how: Spoil, when: str) -> None:
    """The damage done; a server that serves has read what is in use before. The other programme stays as it was."""
    before = server.get(TABLE, OTHER).body
    assert server.get(TABLE).headers["vetrina-release"] == f"{PROGRAMME}.{CURRENT}"
    how(server.folder)
    if when == "at the start":
        server.start()
    assert server.get(TABLE, OTHER).body == before
    assert ask(server.app, f"/?programme={OTHER}").status == 200


def hidden_stays_hidden(server: Server) -> None:
    """What was withdrawn is not there again, what is to come is not there yet, and neither is named by health."""
    for release in (WITHDRAWN, TO_COME):
        assert server.get(f"{TABLE}?release={release}").status in (404, 410, 503)
        assert release not in ask(server.app, "/api/health").words


@pytest.mark.parametrize("how", FILES)
def test_a_damaged_release_is_never_served_and_the_one_before_says_so(server: Server, how: str) -> None:
    """At a start: the newest that is as it was published; marked in every kind of answer; the other one's address says
    that it cannot be read.
    """
    spoilt(server, FILES[how], "at the start")
    for address in ("tables/reconciliation.csv", "pictures/overview-changes.svg"):
        answer = server.get(f"/api/{address}")
        assert (answer.status, answer.headers["vetrina-fallback"]) == (200, CURRENT), address
        assert answer.headers["vetrina-release"] == f"{PROGRAMME}.{FIRST}"
        assert server.get(f"/api/{address}", OTHER).headers.get("vetrina-fallback") is None
    refused = server.get(f"{TABLE}?release={CURRENT}")
    assert (refused.status, json.loads(refused.body)["error"]["code"]) == (503, "damaged")
    status, level, said = server.health()
    assert (status, level, said["state"], said["release"], said["pointed"]) == (
        200,
        "degraded",
        "fallback",
        FIRST,
        CURRENT,
    )
    assert (said["problem"]["code"], said["problem"]["release"]) == (
        "file_missing" if how == "gone" else "file_damaged",
        CURRENT,
    )
    hidden_stays_hidden(server)


@pytest.mark.parametrize("how", ["cut off", "gone", "one bit another, at its end"])
def test_what_is_in_memory_stays_right_while_its_file_is_damaged(server: Server, how: str) -> None:
    """Readers notice nothing, who watches the server does."""
    before = server.get(TABLE).body
    spoilt(server, FILES[how], "while serving")
    answer = server.get(TABLE)
    assert (answer.status, answer.body, answer.headers.get("vetrina-fallback")) == (200, before, None)
    status, level, said = server.health()
    assert (status, level, said["state"], said["release"]) == (200, "degraded", "ok", CURRENT)
    assert said["problem"]["code"] == ("file_missing" if how == "gone" else "file_damaged")
    hidden_stays_hidden(server)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("how", RECORDS)
def test_readers_notice_nothing_of_a_damaged_pointer_or_ledger(server: Server, how: str, when: str) -> None:
    """The same bytes, the same list of releases; health names what is wrong."""
    spoil, problem = RECORDS[how]
    before = server.get(TABLE).body
    spoilt(server, spoil, when)
    assert server.get(TABLE).body == before
    listed = {
        one["release"]: one["state"] for one in server.json(f"/api/releases.json?programme={PROGRAMME}")["releases"]
    }
    assert listed == {CURRENT: "current", FIRST: "superseded", WITHDRAWN: "withdrawn"}
    status, level, said = server.health()
    assert (status, level, said["state"], said["problem"]["code"]) == (200, "degraded", "ok", problem)
    hidden_stays_hidden(server)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("how", LOST)
def test_where_nobody_knows_what_is_public_nothing_is_shown(server: Server, how: str, when: str) -> None:
    """A clear answer at every address, no traceback; health calls for somebody."""
    spoilt(server, LOST[how], when)
    for address in (TABLE, f"{TABLE}?release={CURRENT}"):
        assert server.get(address).status in (404, 503), address
    assert server.get(TABLE).status == 503
    assert (
        server.get("/").status
        == ask(server.app, "/feed.atom").status
        == ask(server.app, "/api/catalogue.ttl").status
        == 200
    )
    status, level, said = server.health()
    assert (status, level, said["state"], said["release"], said["problem"]["code"]) == (
        503,
        "failing",
        "not_served",
        None,
        "lost",
    )


def test_all_is_well(server: Server) -> None:
    """A server that answers what it should says so, and of what is not public nothing."""
    status, level, said = server.health()
    assert (status, level) == (200, "ok")
    assert said == {"programme": PROGRAMME, "state": "ok", "release": CURRENT, "pointed": CURRENT, "problem": None}
    hidden_stays_hidden(server)
    shutil.rmtree(server.root)
    server.start()
    assert server.health()[1:] == ("ok", said | {"state": "nothing_published", "release": None, "pointed": None})


def test_no_release_can_be_read_at_all(server: Server) -> None:
    """Every file is damaged: a figure, a release, a picture each say that it will be there again."""
    figure = server.json(f"/api/headlines.json?programme={PROGRAMME}")["headlines"][0]["figure_id"]
    for name in (FIRST, CURRENT):
        cut(file(name))(server.folder)
    server.start()
    for address in (TABLE, f"{TABLE}?release={FIRST}"):
        assert server.get(address).status == 503, address
    assert ask(server.app, f"/api/figures/{figure}.json").status == 503
    assert ask(server.app, f"/embed/{figure}").status in (404, 503)
    assert server.health()[:2] == (503, "failing")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fallback_is_marked_where_the_kind_of_data_is(server: Server, language: str) -> None:
    """In tables, files, images, the report, the catalogue, the feed and the head of a page, in words."""
    gone(file(CURRENT))(server.folder)
    server.start()
    mark = Text(language)("mark.fallback", shown=FIRST, pointed=CURRENT)
    asked = f"programme={PROGRAMME}&lang={language}"
    for address in (
        "/api/headlines.json",
        "/api/tables/cohorts.csv",
        "/api/tables/cohorts.json",
        "/api/pictures/overview-changes.txt",
    ):
        assert mark in ask(server.app, f"{address}?{asked}").words, address
    figure = server.json(f"/api/headlines.json?{asked}")["headlines"][0]["figure_id"]
    for address in (f"/api/images/{figure}.txt", f"/embed/{figure}", f"/api/report/{FIRST}.html", "/feed.atom", "/"):
        assert (
            mark
            in ask(
                server.app, f"{address}?{asked if address == '/' or 'report' in address else f'lang={language}'}"
            ).words
        ), address
    assert mark in ask(server.app, "/api/catalogue.ttl").words
    assert server.json(f"/api/headlines.json?{asked}")["fallback_for"] == CURRENT


def test_a_release_that_comes_back_is_served_again(server: Server, tmp_path: Path) -> None:
    """The very file under its own name: no mark any more, without a restart."""
    kept = shutil.copy(server.folder / file(CURRENT), tmp_path / "kept")
    cut(file(CURRENT))(server.folder)
    server.start()
    assert server.get(TABLE).headers["vetrina-fallback"] == CURRENT
    shutil.copy(kept, server.folder / file(CURRENT))
    answer = server.get(TABLE)
    assert (answer.headers["vetrina-release"], answer.headers.get("vetrina-fallback")) == (
        f"{PROGRAMME}.{CURRENT}",
        None,
    )
    assert server.health()[1] == "ok"


def without_hashes(server: Server) -> None:
    """The records as an earlier version wrote them; a server that begins with them."""
    path = server.folder / "current"
    first, line = path.read_text().splitlines()
    state = json.loads(line)
    for name in ("check", "files", "count", "programme"):
        del state[name]
    path.write_text(f"{first}\n{json.dumps(state)}\n")
    ledger = server.folder / "ledger.jsonl"
    lines = [json.loads(line) for line in ledger.read_text().splitlines() if line]
    ledger.write_text("".join("\n" + json.dumps({k: v for k, v in line.items() if k != "sha256"}) for line in lines))
    server.start()


def test_a_release_published_by_an_earlier_version_is_read_without_a_hash(server: Server) -> None:
    """Nobody noted one: nothing is compared."""
    without_hashes(server)
    assert server.get(TABLE).headers["vetrina-release"] == f"{PROGRAMME}.{CURRENT}"
    assert server.health()[1] == "ok"
    assert Release(server.folder / file(CURRENT)).release_id == CURRENT


@pytest.mark.parametrize("how", ["another whole release", "one bit another, at its end"])
def test_a_file_without_a_hash_is_compared_with_what_was_read_of_it(server: Server, how: str) -> None:
    """A release of an earlier version, changed in place while it is served, of the same size: readers get what it was,
    who watches the server learns of it; once nobody has it in memory any more the one before is shown, and says so. The
    file as it was is served again.
    """
    without_hashes(server)
    before, path = server.get(TABLE).body, server.folder / file(CURRENT)
    was = path.read_bytes()
    if how == "another whole release":
        shutil.copy(server.folder / file(FIRST), path)
    else:
        FILES[how](server.folder)
        assert len(path.read_bytes()) == len(was)
    assert server.get(TABLE).body == before
    assert (server.health()[1], server.health()[2]["problem"]["code"]) == ("degraded", "file_damaged")
    server.forget()
    assert server.get(TABLE).headers["vetrina-fallback"] == CURRENT
    path.write_bytes(was)
    assert (server.get(TABLE).body, server.health()[1]) == (before, "ok")
