"""A server that is asked to end does so soon, whoever looks at its pages and whatever an officer has begun."""

import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path

from analytics.build.one_build import one_build
from analytics.folders import Home, abandoned
from analytics.language.text import Text
from analytics.release import Releases
from tests.helpers.michigan_release import built, sales_only
from tests.helpers.streamlit_client import Session, states
from tests.serve.logging_in import free_port, running

PROGRAMME = "michigan-1988"
VIEWERS = 4
SOON = 30.0  # seconds, on a busy machine; systemd waits for 90
PATIENCE = 200.0


def below(process: int) -> list[int]:
    """The processes that a process has begun, and those that they have."""
    children = Path(f"/proc/{process}/task/{process}/children")
    try:
        own = [int(child) for child in children.read_text().split()]
    except OSError:
        return []
    return [*own, *(grandchild for child in own for grandchild in below(child))]


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def begin_to_build(officer: Session) -> None:
    """Press the button of the officer's page, once it has looked at the store."""
    label, until = Text("it")("officer.build"), time.monotonic() + PATIENCE
    while time.monotonic() < until:
        buttons = [element for element in officer.run() if getattr(element, "label", "") == label]
        if buttons and not buttons[0].disabled:
            officer.run(*states(buttons[0]))
            return
        time.sleep(0.2)
    raise AssertionError(f"nothing can be built: {[str(element)[:200] for element in officer.elements]}")


def test_viewers_and_a_build(tmp_path: Path) -> None:
    """With pages open and a build going on, it ends within seconds of a SIGTERM; no process that it began goes on,
    releases are as before, nothing unfinished is left that would stop the next build.
    """
    home = Home(tmp_path / "data")
    built(home.root, sales_only)
    releases = Releases(home.releases, PROGRAMME)
    behind = home.store(PROGRAMME).with_suffix(".behind")
    before = releases.known(), sorted(path.name for path in behind.iterdir())
    port = free_port()
    with running(home, port) as process, ExitStack() as pages:
        site = f"http://127.0.0.1:{port}"
        for _ in range(VIEWERS):
            pages.enter_context(Session(site, "", "lang=it")).run()
        officer = pages.enter_context(Session(site, "caricare", f"lang=it&programme={PROGRAMME}"))
        begin_to_build(officer)
        lock, until = home.root / "store" / f"{PROGRAMME}.build.lock", time.monotonic() + PATIENCE
        while not (lock.exists() and lock.read_text()) and time.monotonic() < until:
            time.sleep(0.02)
        begun = below(process.pid)
        assert begun
        asked = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)
        took = time.monotonic() - asked
    print(f"{took:.1f} seconds, {len(begun)} processes")
    assert took < SOON
    while any(map(is_running, begun)) and time.monotonic() < until:
        time.sleep(0.1)
    assert [one for one in begun if is_running(one)] == []
    after = releases.known(), sorted(path.name for path in behind.iterdir())
    assert after == before
    assert releases.open().release_id == releases.current
    assert [*abandoned(behind), *abandoned(releases.folder)] == []
    with one_build(behind, PROGRAMME):
        pass
