"""A server that is asked to end does so soon, whoever looks at its pages and whatever an officer has begun."""

import os
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

from analytics.folders import Home, abandoned
from analytics.release import Releases
from analytics.serve.connections import MOST_OF_ONE
from tests.helpers.michigan_release import built, sales_only
from tests.helpers.streamlit_client import Session
from tests.serve.logging_in import free_port, running

PROGRAMME = "michigan-1988"
VIEWERS = 3
SOON = 30.0  # seconds, on a busy machine; systemd waits for 90
PATIENCE = 200.0


def below(process: int) -> list[int]:
    """The processes that a process has begun, and those that they have."""
    lists = Path(f"/proc/{process}/task").glob("*/children")  # each thread has its own
    own = [int(child) for children in lists for child in children.read_text().split()]
    return [*own, *(grandchild for child in own for grandchild in below(child))]


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_viewers_and_an_officers_work(tmp_path: Path) -> None:
    """With pages open, requests that were begun and never finished (of which one client has no more than it may), and
    work of the officer's page going on in a process of its own, it ends within seconds of a SIGTERM; no process that it
    began goes on, releases are as before, nothing unfinished is left.
    """
    home = Home(tmp_path / "data")
    built(home.root, sales_only)
    releases = Releases(home.releases, PROGRAMME)
    behind = home.store(PROGRAMME).with_suffix(".behind")
    before = releases.known(), sorted(path.name for path in behind.iterdir())
    port = free_port()
    with running(home, port) as process, ExitStack() as pages:
        half = [
            pages.enter_context(socket.create_connection(("127.0.0.1", port), SOON)) for _ in range(MOST_OF_ONE + 1)
        ]
        assert half[0].recv(1) == b""  # its place went to the last
        site = f"http://127.0.0.1:{port}"
        for _ in range(VIEWERS):
            pages.enter_context(Session(site, "", "lang=it")).run()
        pages.enter_context(Session(site, "caricare", f"lang=it&programme={PROGRAMME}")).run()
        begun = below(process.pid)  # it looks at the store
        assert begun
        asked = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)
        took = time.monotonic() - asked
    print(f"{took:.1f} seconds, {len(begun)} processes")
    assert took < SOON
    until = time.monotonic() + SOON
    while any(map(is_running, begun)) and time.monotonic() < until:
        time.sleep(0.1)
    assert [one for one in begun if is_running(one)] == []
    after = releases.known(), sorted(path.name for path in behind.iterdir())
    assert after == before
    assert releases.open().release_id == releases.current
    assert [*abandoned(behind), *abandoned(releases.folder)] == []
