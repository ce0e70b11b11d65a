"""Which process opens the confidential store: none that serves readers; the officer's work does, in one of its own."""

import shutil
import time
from pathlib import Path

import pytest

from analytics.access.roles import Role
from analytics.folders import Home
from analytics.publish.api.endpoints import ENDPOINTS
from pages import OFFICER, PAGES, STATEMENTS
from tests.helpers.streamlit_client import Session
from tests.serve.logging_in import PEOPLE, served

PROGRAMME = "michigan-1988"
WATCH = """
import os, sys
CONFIDENTIAL, LOG = os.environ["WATCHED"], os.environ["WATCHED_LOG"]
def note(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and str(arguments[0]).startswith(CONFIDENTIAL):
        told(f"{event} {arguments[0]}")
def told(words):
    with_ = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(with_, f"{os.getpid()} {words}\\n".encode())
    os.close(with_)
sys.addaudithook(note)
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "analytics.store.database":
            told("import")
sys.meta_path.insert(0, Finder())
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_readers_are_served_where_there_is_no_store(
    demonstration: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page, statement and address, for whoever has not logged in, the press, analysts: the store is not there,
    and the server has neither loaded what opens one nor looked into its folder. The officer’s page has it opened, by
    another process.
    """
    home = Home(tmp_path / "data")
    for part in ("releases", "store", "archive"):
        shutil.copytree(demonstration.root / part, home.root / part)
    watch, log = tmp_path / "watch", tmp_path / "watched"
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    log.touch()
    for name, value in {"PYTHONPATH": str(watch), "WATCHED": str(home.root / "store"), "WATCHED_LOG": str(log)}.items():
        monkeypatch.setenv(name, value)
    secrets, away = tmp_path / "secrets", home.root / "elsewhere"
    secrets.mkdir()
    shutil.move(home.root / "store", away)
    with served(home, secrets) as site:
        for who in (None, Role.ANALYST, Role.PRESS):
            client = site.anybody() if who is None else site.logged_in(PEOPLE[who])
            for end in (PAGES | STATEMENTS).values():
                assert client.get(f"/{end}").status_code == 200
                assert len(site.page(client, end, f"programme={PROGRAMME}")) > 1000
            for endpoint in ENDPOINTS:
                if endpoint.example and endpoint.name not in ("report", "package"):
                    assert client.get(endpoint.example).status_code < 500, endpoint.example
        assert log.read_text() == ""
        shutil.move(away, home.root / "store")
        officer = site.logged_in(PEOPLE[Role.OFFICER])
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in officer.cookies.jar)
        [end] = OFFICER.values()
        with Session(site.root, end, f"programme={PROGRAMME}", cookies) as session:
            session.run()
            for _ in range(40):
                session.run()
                if "import" in log.read_text():
                    break
                time.sleep(1)
        opened = {line.split()[0] for line in log.read_text().splitlines() if line.endswith("import")}
        assert opened
        assert str(site.process.pid) not in opened
