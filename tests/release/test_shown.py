"""What readers have seen stays visible and known, wherever the clock goes; what they have not seen stays hidden."""

import datetime as dt
import json
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from filelock import FileLock

from analytics.clock import utc_stamp
from analytics.model import UserError
from analytics.release import Releases, shown
from analytics.release.ledger import State
from analytics.release.readable import Shelves
from tests.release.test_ledger import MORNING, Clock

PROGRAMME = "any-2030"
A, B, C, D = "2030-1", "2030-2", "2030-3", "2030-4"
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def releases(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Releases:
    """Four candidates, whose files nobody opens here."""
    found = Releases(tmp_path, PROGRAMME, now=clock)
    found.folder.mkdir()
    for name in (A, B, C, D):
        found.path(name).touch()
        found.record("built", name)
    monkeypatch.setattr("analytics.release.ledger.Release", lambda path, sha256="": path)
    monkeypatch.setattr(Releases, "_check_protected", lambda self, release: None)
    return found


@pytest.fixture
def look(tmp_path: Path, clock: Clock) -> Callable[[], list[str]]:
    """A reader comes; the releases that they see, the one in use last."""
    shelves = Shelves(tmp_path, lambda: [PROGRAMME], lambda path, sha256="": path, now=clock)

    def looked() -> list[str]:
        readable = shelves.readable().get(PROGRAMME)
        return list(readable.published[::-1]) if readable else []

    return looked


def test_a_clock_set_back_hides_nothing_that_a_reader_saw(releases, clock, look):
    """Not the release that came out of an embargo, not the one published at once; by the clock alone, both would go."""
    releases.publish(A)
    releases.publish(B, MORNING + HOUR)
    clock.time = MORNING + HOUR
    assert look() == [A, B]
    for back in (HOUR / 2, -30 * DAY):
        clock.time = MORNING + back
        assert look() == [A, B]
        assert (releases.current, releases.state(A), releases.state(B)) == (B, State.SUPERSEDED, State.CURRENT)
        assert releases.embargoed() == {}
        assert releases.seen() == releases.beside() == [A, B]


def test_nobody_saw_it_yet_so_the_clock_decides(releases, clock, look):
    """Officers who ask where a release stands are no readers, on a machine whose clock may be wrong."""
    releases.publish(A)
    releases.publish(B, MORNING + HOUR)
    clock.time = MORNING + 2 * HOUR
    assert releases.current == B
    clock.time = MORNING
    assert look() == [A]
    assert releases.state(B) is State.EMBARGOED


def test_a_clock_set_forward_opens_only_what_it_really_showed(releases, clock, look):
    """Mended again, the embargo that ended by mistake stays ended; the one that was still to come holds to its time."""
    releases.publish(A)
    releases.publish(B, MORNING + DAY)
    releases.publish(C, MORNING + 3 * DAY)
    clock.time = MORNING + 2 * DAY
    assert look() == [A, B]
    clock.time = MORNING + HOUR
    assert look() == [A, B]
    assert releases.embargoed() == {C: MORNING + 3 * DAY}
    clock.time = MORNING + 3 * DAY
    assert look() == [A, B, C]


def test_an_act_notes_what_had_come_by_its_clock(releases, clock, look):
    """Nobody looked, and a month later the clock is set back: readers of the machine where the act was done saw it."""
    for act in (
        lambda: releases.publish(D),
        lambda: releases.withdraw(D),
        lambda: releases.publish(D, MORNING + 99 * DAY),
    ):
        clock.time = MORNING
        releases.publish(A)
        releases.publish(B, MORNING + DAY)
        releases.publish(C, MORNING + 50 * DAY)
        clock.time = MORNING + 30 * DAY
        act()
        clock.time = MORNING + HOUR
        assert B in look()
        assert releases.state(C) is State.EMBARGOED
        releases.withdraw(B)
        assert B in releases.seen()
        assert B in releases.beside()


def test_a_release_withdrawn_after_its_time_was_seen(releases, clock):
    """Also where it is withdrawn before anybody looked, and the clock is set back then."""
    releases.publish(A)
    releases.publish(B, MORNING + DAY)
    clock.time = MORNING + 2 * DAY
    releases.withdraw(B)
    clock.time = MORNING
    releases.record("built", "2030-9")
    assert releases.seen() == releases.beside() == [A, B]


def test_what_is_published_with_a_wrong_clock_keeps_its_place(releases, clock, look):
    """Years ahead, one release is published. The clock mended, it is seen, and what comes later takes its place."""
    releases.publish(A)
    clock.time = MORNING + 3000 * DAY
    releases.publish(C)
    clock.time = MORNING + HOUR
    releases.publish(B, MORNING + DAY)
    assert look() == releases.seen() == [A, C]
    releases.publish(D)
    assert look() == [A, C, D]
    clock.time = MORNING + DAY
    assert look() == [A, C, D, B]


def test_a_release_published_behind_the_last_act_is_in_use(releases, clock, look):
    """The clock was an hour ahead when the others were; what is published now is what readers get now."""
    clock.time = MORNING + HOUR
    releases.publish(A)
    releases.publish(B)
    clock.time = MORNING
    releases.publish(C)
    assert look() == [A, B, C]
    assert (releases.folder / "current").read_text().splitlines()[0] == C
    assert releases.withdraw(C) == B
    releases.publish(A)
    assert look() == [B, A]


def test_releases_that_nobody_looked_at_keep_the_order_of_their_times(releases, clock, look):
    """One under embargo comes before one that was published at once after it, whoever looks first."""
    releases.publish(A)
    releases.publish(B, MORNING + HOUR)
    clock.time = MORNING + 2 * HOUR
    releases.publish(C)
    assert look() == [A, B, C]


def test_a_release_withdrawn_and_put_under_embargo_again_is_hidden(releases, clock, look):
    """Also until the very moment that a mistaken clock has shown it from; that readers saw it is not forgotten."""
    until = MORNING + DAY
    releases.publish(A)
    releases.publish(B, until)
    clock.time = until
    assert look() == [A, B]
    clock.time = MORNING + HOUR
    releases.withdraw(B)
    assert releases.state(B) is State.WITHDRAWN
    assert releases.seen() == [A, B]
    releases.publish(B, until)
    assert look() == [A]
    assert releases.state(B) is State.EMBARGOED
    assert releases.seen() == releases.beside() == [A, B]
    clock.time = until
    assert look() == [A, B]


def test_the_memory_of_a_process_ends_with_another_embargo(releases, clock, look):
    """Withdrawn and embargoed until the same moment by somebody else, at the very second of the first time."""
    until = MORNING + DAY
    releases.publish(A)
    releases.publish(B, until)
    (releases.folder / "shown").mkdir()
    clock.time = until
    assert look() == [A, B]
    in_memory = dict(shown._remembered)
    clock.time = MORNING
    shown._remembered.clear()
    releases.withdraw(B)
    releases.publish(B, until)
    releases.publish(C)
    shown._remembered.update(in_memory)
    assert look() == [A, C]
    assert releases.state(B) is State.EMBARGOED


def test_the_memory_of_a_process_outlives_acts_on_other_releases(releases, clock, look):
    """What it showed of one release has nothing to do with what is done with another."""
    releases.publish(A)
    releases.publish(B, MORNING + DAY)
    (releases.folder / "shown").mkdir()
    clock.time = MORNING + DAY
    assert look() == [A, B]
    in_memory = dict(shown._remembered)
    clock.time = MORNING
    shown._remembered.clear()
    releases.publish(C)
    releases.withdraw(A)
    shown._remembered.update(in_memory)
    assert sorted(look()) == [B, C]


def test_an_embargo_cancelled_in_time_was_never_seen(releases, clock, look):
    """Also where a wrong clock stood beyond its time for another act: nothing of it may be opened later."""
    releases.publish(A)
    releases.publish(B, MORNING + DAY)
    clock.time = MORNING + 3000 * DAY
    releases.record("built", "2030-9")
    clock.time = MORNING + HOUR
    releases.withdraw(B)
    clock.time = MORNING + 2 * DAY
    assert look() == [A]
    assert releases.seen() == [A]
    assert releases.beside() == [A, B], "what the clock of an act had come by is protected: that one may be right"


def test_the_past_is_told_as_it_was(releases, clock, look):
    """For making an old release again: of a moment in the past ledger and clock decide alone."""
    releases.publish(A)
    releases.publish(B, MORNING + DAY)
    clock.time = MORNING + DAY
    look()
    assert releases.at(MORNING + HOUR).seen() == [A]
    assert releases.at(MORNING + HOUR).published() == [A]
    assert releases.at(MORNING - HOUR).seen() == []
    assert releases.at(MORNING + DAY).published() == [A, B]


def test_readers_are_served_where_nothing_can_be_written(releases, clock, look, caplog):
    """What they saw is then remembered by the process, once noted in its log, and dropped when it is withdrawn."""
    until = MORNING + DAY
    releases.publish(A)
    releases.publish(B, until)
    (releases.folder / "shown").mkdir()
    clock.time = until
    with caplog.at_level("WARNING"):
        assert look() == look() == [A, B]
    assert len(caplog.records) == 1
    clock.time = MORNING - HOUR
    assert look() == [A, B]
    (releases.folder / "shown").rmdir()
    assert look() == [A, B]
    releases.withdraw(B)
    assert look() == [A]
    shown._remembered.clear()
    assert look() == [A]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{",
        "[]",
        "null",
        '{"since": 1, "ever": []}',
        '{"since": {}}',
        '{"since": {}, "ever": "abc"}',
        '{"since": {}, "ever": [1]}',
        '{"since": {"2030-2": 5}, "ever": []}',
        '{"since": {}, "ever": [], "acts": "2"}',
        "\x00\xff",
    ],
)
def test_a_damaged_file_hides_nothing_that_the_clock_shows(releases, clock, look, written):
    """And the next reader writes it anew, whole."""
    releases.publish(A)
    releases.publish(B, MORNING + DAY)
    (releases.folder / "shown").write_text(written, encoding="latin-1")
    clock.time = MORNING + DAY
    assert look() == [A, B]
    clock.time = MORNING - HOUR
    assert look() == [A, B]
    kept = json.loads((releases.folder / "shown").read_text())
    assert kept == {"since": {A: utc_stamp(MORNING), B: utc_stamp(MORNING + DAY)}, "ever": [A, B], "acts": 2}


@pytest.mark.parametrize("how", [KeyboardInterrupt, OSError(28, "No space left on device")])
@pytest.mark.parametrize(("calls", "in_use"), [(0, A), (2, A), (3, B), (4, B)])
def test_an_act_that_ends_at_any_point_leaves_the_old_state_or_the_new(
    releases, clock, look, monkeypatch, calls, in_use, how
):
    """Before the pointer is replaced, after, or while the ledger is written. Also where the clock was years ahead: what
    the pointer says to people is what readers get.
    """
    clock.time = MORNING + 1000 * DAY
    releases.publish(A)
    clock.time = MORNING
    left = iter(range(calls))

    def flush(_: int) -> None:
        if next(left, None) is None:
            raise how

    monkeypatch.setattr("os.fsync", flush)
    is_told = isinstance(how, OSError) and in_use == B  # what readers see already is done, and what lacks is logged
    with nullcontext() if is_told else pytest.raises((KeyboardInterrupt, UserError)):
        releases.publish(B)
    monkeypatch.undo()
    assert (releases.folder / "current").read_text().splitlines()[0] == look()[-1] == in_use
    acts = [entry.release for entry in releases.ledger() if entry.is_act]
    assert acts == ([A, B] if in_use == B else [A])
    assert releases.seen() == ([A, B] if in_use == B else [A])


def test_a_folder_where_nothing_shown_can_be_written_fails_no_act(releases, clock, look):
    """The pointer holds all that an act needs to remember."""
    (releases.folder / "shown.partial").mkdir()
    clock.time = MORNING + 1000 * DAY
    releases.publish(A)
    clock.time = MORNING
    releases.publish(B)
    assert look() == [A, B]
    assert releases.withdraw(B) == A


def test_what_an_earlier_version_had_shown_stays(releases, clock, look):
    """Its pointer carried no order, its file no number of acts."""
    releases.publish(A)
    releases.publish(B, MORNING + DAY)
    pointer = releases.folder / "current"
    first, second = pointer.read_text().splitlines()
    state = {name: value for name, value in json.loads(second).items() if name in ("since", "act")}
    pointer.write_text(f"{first}\n{json.dumps(state)}\n")
    (releases.folder / "shown").write_text(json.dumps({"since": state["since"], "ever": [A, B]}))
    assert look() == [A, B]
    releases.publish(C)
    assert look() == [A, B, C]


def test_a_reader_never_waits_for_a_writer(releases, clock, look):
    """Nor for other readers: who cannot have the lock keeps it in mind, and writes it the next time."""
    releases.publish(A)
    releases.publish(B, MORNING + DAY)
    clock.time = MORNING + DAY
    with FileLock(releases.folder / "lock"):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
    look()
    shown._remembered.clear()
    clock.time = MORNING
    readers = [threading.Thread(target=look) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(5)
    assert look() == [A, B]


def test_the_file_is_written_once(releases, clock, look):
    """Readers who find nothing that an act has not noted write nothing, nor who find nothing new."""
    releases.publish(A)
    assert look() == [A]
    assert not (releases.folder / "shown").exists()
    releases.publish(B, MORNING + DAY)
    clock.time = MORNING + DAY
    look()
    before = (releases.folder / "shown").stat().st_mtime_ns
    clock.time = MORNING + 2 * DAY
    assert look() == look() == [A, B]
    assert (releases.folder / "shown").stat().st_mtime_ns == before
