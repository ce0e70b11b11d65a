"""Killed at any moment of any act on store, releases or backups, nothing is lost and nothing is half done."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from analytics.audit.log import AuditLog
from analytics.build import candidate as build
from analytics.demonstration.michigan import write_michigan_files
from analytics.folders import PROJECT, Home
from analytics.release import Release
from analytics.release.ledger import State
from analytics.store.database import Store
from analytics.upkeep.backup import check
from analytics.upkeep.manifest import backups_in
from tests.helpers.kill_release import ACTS, PROGRAMME, estimated, make, newest, releases_of
from tests.helpers.michigan_release import built, digest, sales_only

USUAL = 24  # kills in make test
MOMENTS = int(os.environ.get("VETRINA_TORTURE", USUAL))
SURELY = 10  # kills of an act, of which some must fall before it holds and some after
AGAIN = ("import", "undo", "approve", "backup")


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> Path:
    """Homes left behind by acts that were killed, each at another moment."""
    folder = tmp_path_factory.mktemp("killed")
    built(folder / "start", sales_only)
    _, sales, _ = write_michigan_files(folder / "later")
    table = pd.read_parquet(sales)[["fcode", "year", "sales"]]
    later = table[table["fcode"] % 5 == 0].assign(sales=lambda rows: rows["sales"] * 3)
    later.to_parquet(folder / "later" / "sales.parquet", index=False)
    command = [sys.executable, "-m", "tests.helpers.kill_release", str(folder), str(MOMENTS // len(ACTS))]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if MOMENTS > USUAL:
        print(f"\n{done.stdout}")
    return folder


def told(folder: Path) -> tuple[object, ...]:
    """All that readers and officers are told of store, releases, approvals and backups, but for the times."""
    releases, home = releases_of(folder), Home(folder)
    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        imports = [(batch.sha256, bool(batch.undone_at)) for batch in store.log()]
        figures = store.number("SELECT count(*) FROM current_observations")
    approved = [line.event for line in AuditLog(home.audit).lines() if (line.event, line.phase) == ("approve", "done")]
    backups = backups_in(folder / "backups")
    assert all(check(backup).files for backup in backups)
    return (
        imports,
        figures,
        approved,
        len(backups),
        releases.current,
        releases.published(),
        releases.embargoed(),
        {release: releases.state(release) for release in releases.known()},
        [(entry.action, entry.release) for entry in releases.ledger() if entry.action != "built"],
    )


@pytest.mark.parametrize("act", ACTS)
def test_a_kill_leaves_the_old_state_or_the_new(killed, act, monkeypatch, capsys):
    """Store, shelf, states, ledger, approvals and backups are as before or as after, together; every file under its
    name is whole; what is served is what was built; the log's chain holds. Then the same act, or the next, works, and
    nothing unfinished is left.
    """
    monkeypatch.setattr(build, "contents", estimated(killed))
    before, after = told(killed / act / "before"), told(killed / act / "whole")
    untouched, good = contents_of(killed / act / "before"), figures_in(_served(killed / "start"))
    found, losses, halves = [], [], []
    for moment in range(MOMENTS // len(ACTS)):
        home = killed / act / str(moment)
        is_begun = contents_of(home) != untouched
        releases, now = releases_of(home), told(home)
        halves += [] if now in (before, after) else [moment]
        losses += [] if {figures_in(releases.path(name)) for name in releases.known()} == {good} else [moment]
        losses += [] if releases.current in releases.known() else [moment]
        losses += [moment] if {fault.code for fault in AuditLog(Home(home).audit).faults()} else []
        losses += [] if _sources_kept(home) else [moment]
        found.append("after" if now == after else "within" if is_begun else "before")
        goes_on(home, act, now == after, after)
    with capsys.disabled():
        fell = ", ".join(f"{found.count(where)} {where}" for where in ("before", "within", "after"))
        print(f"\n{act}: {len(found)} kills ({fell}), {len(losses)} losses, {len(halves)} half states")
    assert (losses, halves) == ([], [])
    assert ("after" in found and {"before", "within"} & set(found)) or SURELY * len(ACTS) > MOMENTS, (
        "the moments must fall on both sides"
    )


def contents_of(folder: Path) -> dict[str, bytes]:
    """Every file of a data folder, with its hash."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).digest() for path in files}


def _served(folder: Path) -> Path:
    releases = releases_of(folder)
    return releases.path(releases.open().release_id)


def figures_in(path: Path) -> str:
    """The figures of a release, read from its file; the same bytes are read once."""
    return _figures_of(_Bytes(hashlib.sha256(path.read_bytes()).hexdigest(), path))


@dataclass(frozen=True)
class _Bytes:
    sha256: str
    path: Path = field(compare=False)


@cache
def _figures_of(release: _Bytes) -> str:
    return digest(Release(release.path).figures)


def _sources_kept(folder: Path) -> bool:
    """Whether the archive has each file that the log of imports names."""
    home = Home(folder)
    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        return all(list(home.archive.glob(f"??/{batch.sha256}.*")) for batch in store.log())


def goes_on(home: Path, act: str, is_done: bool, after: tuple[object, ...]) -> None:
    """What was killed can be done again, and everything after it."""
    if act in AGAIN and not is_done:
        ACTS[act](home)
        assert told(home) == after
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
