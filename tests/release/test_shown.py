"""What readers have seen stays visible and known, wherever the clock goes; what they have not seen stays hidden."""

import datetime as dt
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

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
    monkeypatch.setattr("analytics.release.ledger.Release", lambda path: path)
    monkeypatch.setattr(Releases, "_check_protected", lambda self, release: None)
    return found


@pytest.fixture
def look(tmp_path: Path, clock: Clock) -> Callable[[], list[str]]:
    """A reader comes; the releases that they see, the one in use last."""
    shelves = Shelves(tmp_path, lambda: [PROGRAMME], lambda path: path, now=clock)

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


def test_what_is_published_with_a_wrong_clock_shows_nothing_else(releases, clock, look):
    """Years ahead, one release is published; nobody else came. The clock mended, that one is seen, no embargo is open,
    and what comes later takes its place all the same.
    """
    releases.publish(A)
    releases.publish(B, MORNING + DAY)
    clock.time = MORNING + 3000 * DAY
    releases.publish(C)
    clock.time = MORNING + HOUR
    assert look() == [A, C]
    assert releases.seen() == [A, C]
    assert releases.state(B) is State.EMBARGOED
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
    (releases.folder / "shown").unlink()
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


@pytest.mark.parametrize("written", ["", "{", "[]", '{"since": 1, "ever": []}', '{"since": {}}', "\x00\xff"])
def test_a_damaged_file_hides_nothing_that_the_clock_shows(releases, clock, look, written):
    """And the next reader writes it anew."""
    releases.publish(A)
    (releases.folder / "shown").write_text(written, encoding="latin-1")
    assert look() == [A]
    clock.time = MORNING - HOUR
    assert look() == [A]


def test_a_kill_before_the_file_is_replaced_leaves_the_pointer_to_say_it(releases, clock, look, monkeypatch):
    """Half a file is never read; whoever looks next writes it."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("analytics.release.ledger.keep_shown", killed)
    with pytest.raises(KeyboardInterrupt):
        releases.publish(A)
    monkeypatch.undo()
    (releases.folder / "shown.partial").write_text('{"since"')
    assert look() == [A]
    clock.time = MORNING - HOUR
    assert look() == [A]
    assert [entry.action for entry in releases.ledger()] == ["published"]


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
    """Readers who find nothing new write nothing."""
    releases.publish(A)
    look()
    before = (releases.folder / "shown").stat().st_mtime_ns
    clock.time = MORNING + DAY
    assert look() == look() == [A]
    assert (releases.folder / "shown").stat().st_mtime_ns == before
