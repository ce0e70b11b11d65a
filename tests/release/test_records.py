"""A damaged pointer or ledger: readers see what was public and nothing else, nothing is lost, and both are mended."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.clock import utc_stamp
from analytics.model import UserError
from analytics.release import Releases
from analytics.release.acts import LedgerEntry
from analytics.release.faults import Damage
from analytics.release.ledger import State
from analytics.release.pointer import write_acting
from analytics.release.repair import faults_of, repair

PROGRAMME, OTHER = "michigan-1988", "ecommerce-2020"
GONE, FIRST, SECOND, TO_COME, CANDIDATE = "2030-1", "2030-2", "2030-3", "2030-4", "2030-5"
NAMES = (GONE, FIRST, SECOND, TO_COME, CANDIDATE)
NOON = dt.datetime(2030, 1, 10, 12, tzinfo=dt.UTC)
Spoil = Callable[[Releases], None]


@pytest.fixture
def now() -> list[dt.datetime]:
    return [NOON]


@pytest.fixture
def releases(tmp_path: Path, now: list[dt.datetime], monkeypatch: pytest.MonkeyPatch) -> Releases:
    """One that was withdrawn, two published, one under embargo, one candidate, whose files nobody opens here; and the
    other programme beside, with releases of the same numbers: the withdrawn one is in use there.
    """
    monkeypatch.setattr("analytics.release.ledger.Release", lambda path, sha256="": path)
    monkeypatch.setattr(Releases, "_check_protected", lambda self, release: None)
    for programme in (OTHER, PROGRAMME):
        found = Releases(tmp_path, programme, now=lambda: now[0])
        found.folder.mkdir()
        for name in NAMES:
            found.path(name).write_text(f"{programme} {name}")
            found.record("built", name)
        for name in (GONE, FIRST) if programme == PROGRAMME else (CANDIDATE, FIRST, GONE):
            found.publish(name)
        now[0] += dt.timedelta(minutes=1)
    found.withdraw(GONE)
    found.publish(TO_COME, NOON + dt.timedelta(days=1))
    found.publish(SECOND)
    return found


def pointer_is(words: bytes) -> Spoil:
    return lambda releases: (releases.folder / "current").write_bytes(words)


def changed(name: str, old: bytes, new: bytes) -> Spoil:
    def change(releases: Releases) -> None:
        path = releases.folder / name
        assert old in path.read_bytes()
        path.write_bytes(path.read_bytes().replace(old, new))

    return change


def cut(name: str, by: int) -> Spoil:
    return lambda releases: (releases.folder / name).write_bytes((releases.folder / name).read_bytes()[:-by])


def a_folder(name: str) -> Spoil:
    def change(releases: Releases) -> None:
        (releases.folder / name).unlink()
        (releases.folder / name).mkdir()

    return change


def gone(*names: str) -> Spoil:
    return lambda releases: [(releases.folder / name).unlink() for name in names]


def foreign(name: str) -> Spoil:
    return lambda releases: shutil.copy(releases.folder.parent / OTHER / name, releases.folder / name)


def first_line(releases: Releases) -> None:
    path = releases.folder / "current"
    path.write_text(path.read_text().splitlines()[0].partition(",")[0] + "\n")


POINTERS: dict[str, Spoil] = {
    "empty": pointer_is(b""),
    "a line break": pointer_is(b"\n"),
    "bytes": pointer_is(b"\xff\xfe\x00\x01" * 40),
    "broken JSON": pointer_is(b'2030-3\n{"since": {\n'),
    "wrong types": pointer_is(b'2030-3\n{"since": [], "act": 1}\n'),
    "deep": pointer_is(b"2030-3\n" + b"[" * 100_000 + b"\n"),
    "one line of words": pointer_is(b"hello\n"),
    "its first line alone": first_line,
    "cut off": cut("current", 20),
    "a candidate in place of the first": changed("current", f'"{FIRST}"'.encode(), f'"{CANDIDATE}"'.encode()),
    "the end of an embargo moved": changed("current", b"2030-01-11", b"2030-01-09"),
    "missing": gone("current"),
    "a folder": a_folder("current"),
    "the other programme's": foreign("current"),
}
LEDGERS: dict[str, Spoil] = {
    "missing": gone("ledger.jsonl"),
    "a folder": a_folder("ledger.jsonl"),
    "garbage": lambda releases: (releases.folder / "ledger.jsonl").write_bytes(b"\x00\xff garbage\n" * 9),
    "one line spoilt": changed("ledger.jsonl", b'"withdrawn"', b'"withdrawm"'),
    "half of it": cut("ledger.jsonl", 500),
    "the other programme's": foreign("ledger.jsonl"),
    "another release in a line": changed(
        "ledger.jsonl", f'"published", "release": "{FIRST}"'.encode(), b'"published", "release": "2030-5"'
    ),
}


def shelf(releases: Releases) -> dict[str, State]:
    return {name: releases.state(name) for name in NAMES}


@pytest.mark.parametrize("how", POINTERS)
def test_the_ledger_is_believed_where_the_pointer_is_damaged(releases: Releases, how: str) -> None:
    """Readers see what they saw; the withdrawn, the embargoed and the candidate stay hidden; nobody writes over it; a
    repair brings the pointer back and keeps the damaged one; the other programme knows nothing of it.
    """
    before, seen, other = shelf(releases), releases.seen(), Releases(releases.folder.parent, OTHER)
    POINTERS[how](releases)
    kept = (releases.folder / "current").read_bytes() if (releases.folder / "current").is_file() else b""
    assert (shelf(releases), releases.visible(), releases.seen()) == (before, [FIRST, SECOND], seen)
    assert other.current == GONE
    for act in (lambda: releases.publish(CANDIDATE), lambda: releases.withdraw(FIRST)):
        with pytest.raises(UserError) as caught:
            act()
        assert caught.value.key == "release.records_damaged"
    assert [
        fault.damage.partition("_")[0] for fault in faults_of(releases.folder, now=lambda: NOON) if not fault.release
    ][:1] == ["pointer"]
    assert [fault.programme for fault in repair(releases.folder, now=lambda: NOON)] == [PROGRAMME]
    assert (shelf(releases), releases.visible(), releases.seen()) == (before, [FIRST, SECOND], seen)
    aside = list(releases.folder.glob("current.damaged-*"))
    assert [one.read_bytes() for one in aside if one.is_file()] == ([kept] if kept or how == "empty" else [])
    releases.publish(CANDIDATE)
    assert releases.current == CANDIDATE


@pytest.mark.parametrize("how", LEDGERS)
def test_the_pointer_is_believed_where_the_ledger_is_damaged(releases: Releases, how: str) -> None:
    """Readers see what they saw; everything that may have been seen is protected, also after the repair; no number is
    used twice; nothing that was never public is told as withdrawn.
    """
    LEDGERS[how](releases)
    for _ in range(2):
        assert (releases.visible(), list(releases.embargoed())) == ([FIRST, SECOND], [TO_COME])
        assert {FIRST, SECOND} <= set(releases.seen()) <= {GONE, FIRST, SECOND}
        assert set(releases.beside()) == set(NAMES)
        assert releases.next_id(2030) == "2030-6"
        assert releases.state(CANDIDATE) is State.CANDIDATE
        repair(releases.folder, now=lambda: NOON)
    assert [fault for fault in faults_of(releases.folder) if fault.can_be_repaired] == []
    releases.withdraw(SECOND)
    assert releases.current == FIRST
    assert releases.ledger()[-1].action == "withdrawn"


def test_a_repaired_ledger_rebuilds_a_pointer(releases: Releases) -> None:
    """First the one is lost, then the other: still nothing becomes visible that was not."""
    gone("ledger.jsonl")(releases)
    repair(releases.folder, now=lambda: NOON)
    pointer_is(b"")(releases)
    assert (releases.visible(), list(releases.embargoed())) == ([FIRST, SECOND], [TO_COME])
    repair(releases.folder, now=lambda: NOON)
    assert (releases.visible(), list(releases.embargoed())) == ([FIRST, SECOND], [TO_COME])
    assert set(releases.beside()) == set(NAMES)


@pytest.mark.parametrize("how", ["both gone", "both empty", "the pointer empty and a line spoilt", "the last line cut"])
def test_nothing_is_shown_where_neither_can_be_believed(releases: Releases, how: str) -> None:
    """It is said; all counts as seen by who protects; an officer publishes again what is to be seen."""
    if how == "both gone":
        gone("current", "ledger.jsonl")(releases)
    elif how == "both empty":
        pointer_is(b"")(releases)
        (releases.folder / "ledger.jsonl").write_bytes(b"")
    elif how == "the last line cut":
        pointer_is(b"")(releases)
        cut("ledger.jsonl", 9)(releases)
    else:
        pointer_is(b"")(releases)
        changed("ledger.jsonl", b'"withdrawn"', b'"withdrawm"')(releases)
    assert (releases.visible(), releases.embargoed(), releases.current) == ([], {}, None)
    assert faults_of(releases.folder)[:1]
    assert releases.next_id(2030) == "2030-6"
    assert set(releases.beside()) == set(NAMES)
    repair(releases.folder, now=lambda: NOON)
    assert (releases.visible(), releases.embargoed()) == ([], {})
    releases.publish(SECOND)
    assert releases.visible() == [SECOND]
    assert set(releases.beside()) == set(NAMES)


def test_a_pointer_of_before_the_last_withdrawal_shows_it_no_more(releases: Releases) -> None:
    """Somebody copied an old one back: the ledger knows of the later act."""
    kept = (releases.folder / "current").read_bytes()
    releases.withdraw(SECOND)
    (releases.folder / "current").write_bytes(kept)
    assert releases.visible() == [FIRST]
    assert releases.records().of_pointer is Damage.POINTER_OLD
    repair(releases.folder)
    assert (releases.visible(), releases.state(SECOND)) == ([FIRST], State.WITHDRAWN)


@pytest.mark.parametrize("action", ["withdrawn", "embargoed"])
def test_what_an_act_that_was_cut_off_may_have_hidden_stays_hidden(releases: Releases, action: str) -> None:
    """The writer was killed when the pointer had the act and the ledger had not, and then the pointer was damaged."""
    until = utc_stamp(NOON + dt.timedelta(days=9)) if action == "embargoed" else None
    write_acting(releases.folder, LedgerEntry(utc_stamp(NOON), action, SECOND, until))
    assert releases.visible() == [FIRST, SECOND], "a pointer that is whole decides"
    pointer_is(b"")(releases)
    assert releases.visible() == [FIRST]
    repair(releases.folder, now=lambda: NOON)
    assert releases.visible() == [FIRST]
    assert not [fault for fault in faults_of(releases.folder) if fault.can_be_repaired]


def test_a_kill_before_the_ledger_is_no_damage(releases: Releases) -> None:
    """One line missing, or half of it: the pointer has it, and a repair writes it."""
    before = (releases.folder / "ledger.jsonl").read_bytes()
    releases.withdraw(SECOND)
    for left in (before, before + b'\n{"at": "2030-0'):
        (releases.folder / "ledger.jsonl").write_bytes(left)
        assert faults_of(releases.folder, now=lambda: NOON + dt.timedelta(days=1))[:0] == []
        assert releases.records().is_whole
        assert releases.state(SECOND) is State.WITHDRAWN
    repair(releases.folder)
    assert releases.ledger()[-1].release == SECOND
    assert not releases.records().missing


def test_nothing_is_damaged_where_nothing_was_published(tmp_path: Path) -> None:
    """No folder, an empty one, one with a candidate: and a first build that was killed may be done again."""
    releases = Releases(tmp_path, PROGRAMME)
    assert faults_of(releases.folder) == []
    assert repair(releases.folder) == []
    releases.folder.mkdir()
    assert faults_of(releases.folder) == []
    releases.path("2030-1").touch()
    releases.check_whole()
    releases.record("built", "2030-2")
    assert faults_of(releases.folder) == []
    assert releases.beside() == ["2030-1"], "nobody knows what an earlier ledger said of it"


def test_the_files_of_releases_are_compared_with_what_was_published(releases: Releases) -> None:
    """One bit another, or gone: each named; a file that is as it was is not."""
    assert faults_of(releases.folder, now=lambda: NOON + dt.timedelta(hours=1)) == []
    releases.path(FIRST).write_text("2030-2 of another")
    releases.path(TO_COME).unlink()
    found = {(fault.release, fault.damage) for fault in faults_of(releases.folder)}
    assert {(FIRST, Damage.FILE_DAMAGED), (TO_COME, Damage.FILE_MISSING)} <= found
    assert json.loads((releases.folder / "current").read_text().splitlines()[1])["files"].keys() == {
        FIRST,
        SECOND,
        TO_COME,
    }


def test_a_clock_behind_the_last_act_is_told(releases: Releases) -> None:
    """A clock ahead of it cannot be known for wrong."""
    assert Damage.CLOCK_BEHIND in [
        fault.damage for fault in faults_of(releases.folder, now=lambda: NOON - dt.timedelta(1))
    ]
    assert faults_of(releases.folder, now=lambda: NOON + dt.timedelta(9)) == []
