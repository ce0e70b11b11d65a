"""What readers see of the releases, and from when: one pointer decides, time ends an embargo, the ledger only grows."""

import datetime as dt
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock

from analytics.clock import moment_in_words, parse_moment, utc_stamp
from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import UserError
from analytics.release import Release, Releases
from analytics.release.figure_id import FigureId, parse_figure_id
from analytics.release.ledger import State
from analytics.release.readable import Shelves
from analytics.release.records import read_ledger
from analytics.release.verify import verify
from pages.parts import in_use, shelf
from tests.helpers.kill_release import PROGRAMME
from tests.helpers.michigan_release import built, sales_only
from tests.helpers.rewritten import never_published, rewritten
from tests.pages.app import new_app
from tests.pages.reader import HANG

MORNING = dt.datetime(2030, 1, 10, 9, tzinfo=dt.UTC)


@dataclass
class Clock:
    """Tells the time that a test set."""

    time: dt.datetime = field(default=MORNING)

    def __call__(self) -> dt.datetime:
        return self.time

    def pass_(self, **how: float) -> None:
        self.time += dt.timedelta(**how)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, list[str]]:
    """A home with three releases, none of them published."""
    root = tmp_path_factory.mktemp("made")
    first, releases = built(root, sales_only), Releases(Home(root).releases, PROGRAMME)
    for _ in range(2):
        rewritten(first, releases.folder.parent, name=releases.next_id(int(first.release_id[:4])))
    never_published(releases)
    return root, releases.known()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(made, tmp_path) -> Home:
    shutil.copytree(made[0] / "releases", tmp_path / "releases")
    return Home(tmp_path)


@pytest.fixture
def names(made) -> list[str]:
    return made[1]


@pytest.fixture
def releases(home, clock) -> Releases:
    return Releases(home.releases, PROGRAMME, now=clock)


def figure_of(releases: Releases, release: str) -> str:
    """The headline's id in a release, which need not be readable for it: the cell is the same in all."""
    [any_file, *_] = releases.folder.glob("*.duckdb")
    cell = parse_figure_id(Release(any_file).headline().figure_id).cell
    return str(FigureId(PROGRAMME, release, cell))


def test_until_its_time_readers_see_the_release_before_and_then_the_new_one(releases, names, clock):
    """Nobody does anything at that moment, and whoever holds the shelf open sees it too: one second decides."""
    first, second, _ = names
    releases.publish(first)
    until = clock.time + dt.timedelta(hours=24)
    releases.publish(second, until)
    written = (releases.folder / "current").read_bytes(), (releases.folder / "ledger.jsonl").read_bytes()
    clock.time = until - dt.timedelta(seconds=1)
    assert releases.current == releases.open().release_id == first
    assert releases.published() == [first]
    assert releases.embargoed() == {second: until}
    assert releases.state(second) is State.EMBARGOED
    clock.time = until
    assert releases.current == releases.open().release_id == second
    assert releases.open(first).release_id == first
    assert releases.published() == [first, second]
    assert releases.embargoed() == {}
    assert (releases.state(first), releases.state(second)) == (State.SUPERSEDED, State.CURRENT)
    assert ((releases.folder / "current").read_bytes(), (releases.folder / "ledger.jsonl").read_bytes()) == written


def test_a_first_release_under_embargo_shows_nothing_before(releases, names, clock):
    """There is no release before it: the programme has none yet."""
    releases.publish(names[0], clock.time + dt.timedelta(days=1))
    with pytest.raises(UserError) as caught:
        releases.open()
    assert caught.value.key == "release.none"
    clock.pass_(days=1)
    assert releases.open().release_id == names[0]


def test_nothing_of_a_release_under_embargo_is_told(home, releases, names, clock):
    """No address opens it, and verify names the time and no value: it does not even read the file."""
    first, second, _ = names
    releases.publish(first)
    until = clock.time + dt.timedelta(days=1)
    releases.publish(second, until)
    figure = figure_of(releases, second)
    kept = releases.path(second).rename(home.root / "kept")
    releases.path(second).write_bytes(b"nobody may look here")
    with pytest.raises(UserError) as caught:
        releases.open(second)
    assert caught.value.key == "release.unknown"
    found = verify(figure, home.releases, now=clock)
    assert (found.state, found.until, found.current) == (State.EMBARGOED, until, first)
    assert (found.figure, found.release) == (None, None)
    kept.replace(releases.path(second))
    clock.pass_(days=1)
    found = verify(figure, home.releases, now=clock)
    assert found.state is State.CURRENT
    assert found.figure is not None


def test_withdrawing_a_release_under_embargo_cancels_it(home, releases, names, clock):
    """Its time comes and nothing happens; nobody ever saw its figures, so they were never published."""
    first, second, _ = names
    releases.publish(first)
    releases.publish(second, clock.time + dt.timedelta(days=1))
    assert releases.withdraw(second) == first
    clock.pass_(days=2)
    assert releases.current == first
    assert releases.state(second) is State.WITHDRAWN
    assert releases.seen() == [first]
    assert verify(figure_of(releases, second), home.releases, now=clock).state is State.NEVER_PUBLISHED


def test_each_release_is_seen_from_its_own_time(releases, names, clock):
    """Another one published while one is under embargo is seen at once and changes nothing of the promise made about
    the first: that takes over at its time. Withdrawing it is how to break the promise; nothing breaks it silently.
    """
    first, second, third = names
    releases.publish(first)
    releases.publish(second, clock.time + dt.timedelta(days=1))
    clock.pass_(hours=1)
    releases.publish(third)
    assert releases.current == third
    assert list(releases.embargoed()) == [second]
    clock.pass_(days=1)
    assert releases.current == second
    assert releases.published() == [first, third, second]


def test_an_embargo_can_be_moved_or_lifted(releases, names, clock):
    """The last word on a release counts, alone."""
    first, second, _ = names
    releases.publish(first)
    releases.publish(second, clock.time + dt.timedelta(days=1))
    later = clock.time + dt.timedelta(days=3)
    releases.publish(second, later)
    clock.pass_(days=2)
    assert releases.embargoed() == {second: later}
    assert releases.current == first
    releases.publish(second)
    assert releases.current == second
    clock.pass_(days=2)
    assert releases.published() == [first, second]


def test_an_embargo_in_the_past_or_on_what_was_seen_is_refused(releases, names, clock):
    """Both are told what to do; nothing changes, and what readers see is not hidden from them."""
    first, second, _ = names
    releases.publish(first)
    before = (releases.folder / "current").read_bytes()
    for release, until, key in (
        (second, clock.time, "release.embargo_past"),
        (second, clock.time - dt.timedelta(days=1), "release.embargo_past"),
        (first, clock.time + dt.timedelta(days=1), "release.embargo_seen"),
        ("2019-1", clock.time + dt.timedelta(days=1), "release.unknown"),
    ):
        with pytest.raises(UserError) as caught:
            releases.publish(release, until)
        assert caught.value.key == key
        assert str(caught.value)
    assert (releases.folder / "current").read_bytes() == before
    assert releases.current == first


def test_withdrawing_goes_back_to_the_newest_still_published(home, releases, names, clock):
    """One after the other, whatever the order of withdrawal; a withdrawn figure is still found, as withdrawn."""
    first, second, third = names
    for name in names:
        releases.publish(name)
        clock.pass_(minutes=1)
    assert [releases.state(name) for name in names] == [State.SUPERSEDED, State.SUPERSEDED, State.CURRENT]
    assert releases.withdraw(second) == third
    assert releases.withdraw(third) == first
    assert [releases.state(name) for name in names] == [State.CURRENT, State.WITHDRAWN, State.WITHDRAWN]
    found = verify(figure_of(releases, third), home.releases, now=clock)
    assert (found.state, found.current) == (State.WITHDRAWN, first)
    assert found.figure is not None
    assert releases.withdraw(first) is None
    assert releases.current is None
    with pytest.raises(UserError):
        releases.withdraw(first)
    assert releases.seen() == names


def test_what_readers_had_seen_at_a_past_moment_is_known(releases, names, clock):
    """For making an old release again beside those that there were then: seen, withdrawn since, or to come."""
    first, second, third = names
    releases.publish(first)
    clock.pass_(days=1)
    releases.publish(second, clock.time + dt.timedelta(days=1))
    clock.pass_(days=3)
    releases.withdraw(first)
    releases.publish(third)

    def after(days: float) -> Releases:
        return releases.at(MORNING + dt.timedelta(days=days))

    days = (-1, 0, 1.5, 2, 4)
    assert [after(n).seen() for n in days] == [[], [first], [first], [first, second], names]
    assert [after(n).beside() for n in days] == [[], [first], [first, second], [first, second], names]


def test_the_ledger_only_grows(releases, names, clock):
    """Every act adds its line, in order, and leaves the bytes before it as they were."""
    until = clock.time + dt.timedelta(days=1)
    acts = [
        (lambda: releases.record("built", names[0]), "built", names[0], None),
        (lambda: releases.publish(names[0]), "published", names[0], None),
        (lambda: releases.publish(names[1], until), "embargoed", names[1], utc_stamp(until)),
        (lambda: releases.withdraw(names[0]), "withdrawn", names[0], None),
    ]
    path = releases.folder / "ledger.jsonl"
    written, built = path.read_bytes(), len(names)
    for n, (act, *_) in enumerate(acts, start=1):
        act()
        assert path.read_bytes().startswith(written)
        assert len(releases.ledger()) == built + n
        written = path.read_bytes()
        clock.pass_(minutes=1)
    added = releases.ledger()[built:]
    assert [(entry.action, entry.release, entry.until) for entry in added] == [act[1:] for act in acts]
    assert [entry.at for entry in added] == [utc_stamp(MORNING + dt.timedelta(minutes=n)) for n in range(4)]


@pytest.mark.parametrize("built_first", [True, False])
def test_a_kill_between_pointer_and_ledger_loses_no_line(releases, names, built_first):
    """What the pointer says has happened; who writes next adds the line that is missing, before its own."""
    releases.publish(names[0])
    path = releases.folder / "ledger.jsonl"
    before = path.read_bytes()
    releases.publish(names[1])
    whole = releases.ledger()
    for left in (before, before + b'\n{"at": "2030'):
        path.write_bytes(left)
        assert releases.current == names[1]
        assert releases.ledger() == whole
    next_ones = [("withdrawn", names[1])]
    if built_first:
        releases.record("built", "2030-9")
        next_ones.insert(0, ("built", "2030-9"))
    releases.withdraw(names[1])
    acts = [(entry.action, entry.release) for entry in read_ledger(releases.folder).entries[len(names) :]]
    assert acts == [("published", names[0]), ("published", names[1]), *next_ones]


def test_writers_wait_for_one_another(releases, home, names):
    """Two that publish at the same moment: both are on the shelf. Nobody writes while another does."""
    done = threading.Event()

    def work() -> None:
        Releases(home.releases, PROGRAMME).publish(names[0])
        done.set()

    releases.folder.mkdir(parents=True, exist_ok=True)
    with FileLock(releases.folder / "lock"):
        thread = threading.Thread(target=work)
        thread.start()
        assert not done.wait(0.5)
        assert not (releases.folder / "current").exists()
    thread.join(HANG)
    assert done.is_set()


HOLDS_THE_LOCK = """
import sys, time
from pathlib import Path
from analytics.release import Releases
with Releases(Path(sys.argv[1]), sys.argv[2])._alone():
    print("alone", flush=True)
    time.sleep(600)
"""


def test_a_killed_writer_leaves_no_lock_behind(releases, home, names):
    """Others wait for a process that writes; once it is killed the next one writes at once."""
    command = [sys.executable, "-c", HOLDS_THE_LOCK, str(home.releases), PROGRAMME]
    thread = threading.Thread(target=releases.publish, args=(names[0],))
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "alone\n"
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
        assert releases.current is None
        writer.kill()
    assert writer.returncode == -signal.SIGKILL
    thread.join(HANG)
    assert not thread.is_alive()
    assert releases.current == names[0]


def test_the_pointer_can_be_read_by_people(releases, names, clock):
    """Its first line is the release in use and what is to come, when."""

    def first() -> str:
        return (releases.folder / "current").read_text().splitlines()[0]

    releases.publish(names[0])
    assert first() == names[0]
    releases.publish(names[1], clock.time + dt.timedelta(days=1))
    assert first() == f"{names[0]}, then {names[1]} from 2030-01-11T09:00:00Z"
    releases.withdraw(names[0])
    assert first() == f"{names[1]} from 2030-01-11T09:00:00Z"


def test_a_pointer_of_an_earlier_version_is_understood(releases, names):
    """One line, one release, or none; the next act writes it anew and keeps that one."""
    releases.folder.joinpath("current").write_text("\n")
    assert releases.current is None
    releases.folder.joinpath("current").write_text(names[0] + "\n")
    assert (releases.current, releases.published()) == (names[0], [names[0]])
    releases.publish(names[1])
    assert releases.published() == names[:2]


# ---- the dashboard ---------------------------------------------------------------------------------------------------


def test_the_dashboard_shows_the_new_release_at_its_time_without_a_restart(home, names, clock, monkeypatch):
    """One running process, time passing: the release of the pages and the API changes by itself; before, the address of
    the new one is answered as that of one that does not exist.
    """
    monkeypatch.setenv("VETRINA_DATA", str(home.root))
    monkeypatch.setattr(shelf, "Shelves", partial(Shelves, now=clock))
    releases = Releases(home.releases, PROGRAMME, now=clock)
    releases.publish(names[0])
    releases.publish(names[1], clock.time + dt.timedelta(seconds=3))
    assert in_use.shelves().open(PROGRAMME).release_id == names[0]
    errors = []
    for asked in (names[1], "2019-1"):
        with pytest.raises(UserError) as caught:
            in_use.shelves().open(PROGRAMME, asked)
        errors.append(str(caught.value))
    assert errors[0] == errors[1]
    clock.pass_(seconds=3)
    assert in_use.shelves().open(PROGRAMME).release_id == names[1]
    assert in_use.shelves().open(PROGRAMME, names[0]).release_id == names[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_press_desk_tells_of_an_embargo_and_nothing_more(home, names, monkeypatch, language):
    """The release to come and its time; no figure, id or address of it is in anything that the page sends."""
    monkeypatch.setenv("VETRINA_DATA", str(home.root))
    releases = Releases(home.releases, PROGRAMME)
    releases.publish(names[0])
    releases.publish(names[1], dt.datetime(2099, 7, 1, 7, tzinfo=dt.UTC))
    app = new_app()
    for page in (None, "pages/press.py"):
        if page:
            app.switch_page(page)
        app.query_params["lang"] = language
        app.run()
        assert not app.exception
        assert f"{PROGRAMME}.{names[1]}" not in str(app)
    [notice] = app.info
    assert names[1] in notice.value
    assert moment_in_words(dt.datetime(2099, 7, 1, 7, tzinfo=dt.UTC), Text(language)) in notice.value
    assert str(app).count(names[1]) == str(notice).count(names[1])
    assert names[0] in str(app)


# ---- moments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "whole_day", "means"),
    [
        ("2026-12-01T09:00", False, "2026-12-01T08:00:00Z"),
        ("2026-07-01T09:00", False, "2026-07-01T07:00:00Z"),
        ("2026-12-01 09:00:30", False, "2026-12-01T08:00:30Z"),
        ("2026-12-01T09:00Z", False, "2026-12-01T09:00:00Z"),
        ("2026-12-01T09:00-05:00", True, "2026-12-01T14:00:00Z"),
        ("2026-12-01", False, "2026-11-30T23:00:00Z"),
        ("2026-12-01", True, "2026-12-01T22:59:59Z"),
        (" 2026-07-01 ", True, "2026-07-01T21:59:59Z"),
    ],
)
def test_moments_are_romes_unless_they_say_otherwise(written, whole_day, means):
    """In summer and winter; a date alone is its first second, or the whole day."""
    assert utc_stamp(parse_moment(written, whole_day=whole_day)) == means


@pytest.mark.parametrize("written", ["", "tomorrow", "1/12/2026", "2026-13-01", "2026-02-30", "09:00", "0001-01-01"])
def test_what_is_no_moment_is_refused(written):
    """And shown how to write one; also where Rome's clock would go before the calendar."""
    with pytest.raises(UserError, match="Rome"):
        parse_moment(written)


def test_moments_are_said_by_romes_clock():
    """Summer time and all."""
    when = dt.datetime(2026, 7, 1, 7, tzinfo=dt.UTC)
    assert moment_in_words(when, Text("it")) == "1 luglio 2026, 09:00"
    assert moment_in_words(when, Text("en")) == "1 July 2026, 09:00"
