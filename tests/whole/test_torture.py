"""Killed at any moment of build, publish, embargo or withdraw, readers are served the last good release."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.build import candidate as build
from analytics.folders import PROJECT
from analytics.release import Release
from analytics.release.ledger import State
from tests.helpers.kill_release import ACTS, estimated, make, newest, releases_of
from tests.helpers.michigan_release import built, digest, sales_only

MOMENTS = int(os.environ.get("VETRINA_TORTURE", "20"))


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> Path:
    """Homes left behind by acts that were killed, each at another moment."""
    folder = tmp_path_factory.mktemp("killed")
    built(folder / "start", sales_only)
    command = [sys.executable, "-m", "tests.helpers.kill_release", str(folder), str(MOMENTS // len(ACTS))]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def told(folder: Path) -> tuple[object, ...]:
    """All that readers and officers are told of the releases, but for the times."""
    releases = releases_of(folder)
    return (
        releases.current,
        releases.published(),
        releases.embargoed(),
        {release: releases.state(release) for release in releases.known()},
        [(entry.action, entry.release) for entry in releases.ledger() if entry.action != "built"],
    )


@pytest.mark.parametrize("act", ACTS)
def test_a_kill_leaves_the_old_state_or_the_new(killed, act, monkeypatch):
    """Shelf, states and ledger are as before or as after, together; every file under a release's name is whole; what is
    served is what was built. Then the same act, or the next build and publication, works.
    """
    monkeypatch.setattr(build, "contents", estimated(killed))
    before, after = told(killed / act / "before"), told(killed / act / "whole")
    good = digest(releases_of(killed / "start").open().figures)
    found = []
    for moment in range(MOMENTS // len(ACTS)):
        home = killed / act / str(moment)
        releases = releases_of(home)
        assert told(home) in (before, after), moment
        assert digest(releases.open().figures) == good, moment
        for release in releases.known():
            assert digest(Release(releases.path(release)).figures) == good, moment
        found.append(told(home) == after)
        goes_on(home, act)
    assert set(found) == {False, True}, "the moments must fall on both sides"


def goes_on(home: Path, act: str) -> None:
    """What was killed can be done again, and everything after it."""
    releases = releases_of(home)
    lines = (releases.folder / "ledger.jsonl").read_bytes()
    if act == "build":
        candidate = make(home)
        assert releases.state(candidate) is State.CANDIDATE
    else:
        candidate = newest(home)
    releases.publish(candidate)
    assert releases.open().release_id == releases.current == candidate
    releases.withdraw(candidate)
    assert releases.state(candidate) is State.WITHDRAWN
    written = (releases.folder / "ledger.jsonl").read_bytes()
    assert written.startswith(lines)
    assert [entry.action for entry in releases.ledger()][-2:] == ["published", "withdrawn"]
