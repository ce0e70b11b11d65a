"""Confidential data take two people: who built a release does not approve it, and nothing goes around that."""

import datetime as dt
import multiprocessing
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from analytics.access.people import Person
from analytics.audit.log import AuditLog
from analytics.folders import PROJECT, Home
from analytics.model import UserError
from analytics.officer.approval import Mode, standing_of
from analytics.officer.publishing import approve, publish, withdraw
from analytics.programme.file import Programme, load_programme
from analytics.release import Releases
from analytics.release.acts import mode_of_publication
from tests.helpers.confidential import ANNA, BRUNO, PROGRAMME, alone_publish, make_confidential, was_built
from tests.helpers.kill_release import make
from tests.helpers.michigan_release import built, sales_only

LATER = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, of which the first was published when nobody recorded anything."""
    root = tmp_path_factory.mktemp("two_people")
    built(root, sales_only)
    make(root)
    return root


@pytest.fixture
def home(shelf: Path, tmp_path: Path) -> Home:
    """A data folder where Anna built the second release."""
    home = Home(shutil.copytree(shelf, tmp_path / "data"))
    was_built(home, _second(home))
    return home


@pytest.fixture
def programme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programme:
    """Of confidential data."""
    make_confidential(monkeypatch, tmp_path)
    return load_programme(PROGRAMME)


def _releases(home: Home) -> Releases:
    return Releases(home.releases, PROGRAMME)


def _second(home: Home) -> str:
    return _releases(home).known()[1]


def refused(act: Callable[[], object]) -> str:
    """The key of why an act is refused."""
    with pytest.raises(UserError) as caught:
        act()
    assert str(caught.value)
    return caught.value.key


def test_one_builds_another_approves_and_either_publishes(home: Home, programme: Programme) -> None:
    """Unapproved it is not published, neither at once nor under embargo; who built cannot approve; then it is, and
    ledger and pointer say how many people it took, not who.
    """
    release = _second(home)
    assert refused(lambda: publish(programme, release, None, ANNA, home)) == "approval.missing"
    assert refused(lambda: publish(programme, release, LATER, BRUNO, home)) == "approval.missing"
    assert refused(lambda: approve(programme, release, ANNA, home)) == "approval.own"
    assert refused(lambda: approve(programme, release, Person("ANNA@example.org"), home)) == "approval.own"
    assert _releases(home).current != release
    approve(programme, release, BRUNO, home)
    assert publish(programme, release, LATER, ANNA, home) is Mode.TWO_PEOPLE
    assert publish(programme, release, None, BRUNO, home) is Mode.TWO_PEOPLE
    assert _releases(home).current == release
    entries = _releases(home).ledger()
    assert [entry.mode for entry in entries] == [None, None, None, "two_people", "two_people"]
    assert mode_of_publication(entries, release) == "two_people"
    for path in _releases(home).folder.rglob("*"):
        assert not any(name in path.read_bytes() for name in (b"anna@", b"bruno@", b"ANNA@"))
    log = AuditLog(home.audit)
    assert log.faults() == []
    assert [(line.event, line.phase) for line in log.lines() if line.phase != "begun"] == [
        *(("build", "done"), ("publish", "refused"), ("embargo", "refused"), ("approve", "refused")),
        *(("approve", "refused"), ("approve", "done"), ("embargo", "done"), ("publish", "done")),
    ]


def test_one_account_is_one_person_whatever_the_settings_call_it(home: Home, programme: Programme) -> None:
    """Who names a second person for their own account approves nothing with it."""
    release = _second(home)
    was_built(home, release, by=Person(ANNA.identity, account="root"))
    as_bruno = Person(BRUNO.identity, account="root")
    assert refused(lambda: approve(programme, release, as_bruno, home)) == "approval.own"
    assert refused(lambda: publish(programme, release, None, as_bruno, home)) == "approval.missing"
    approve(programme, release, Person(BRUNO.identity, account="bruno"), home)
    assert publish(programme, release, None, ANNA, home) is Mode.TWO_PEOPLE


def test_a_newer_build_undoes_an_approval(home: Home, programme: Programme) -> None:
    """Whichever release it made; approved again, the older one may be published."""
    first, release = _releases(home).known()
    approve(programme, release, BRUNO, home)
    was_built(home, first, BRUNO)
    assert refused(lambda: publish(programme, release, None, ANNA, home)) == "approval.rebuilt"
    assert standing_of(programme, release, home).newer == first
    approve(programme, release, BRUNO, home)
    publish(programme, release, None, ANNA, home)


def test_a_changed_file_undoes_an_approval(home: Home, programme: Programme) -> None:
    """One byte more, and nobody is known to have built it: it can be approved no more, until it is as it was."""
    release = _second(home)
    approve(programme, release, BRUNO, home)
    path = _releases(home).path(release)
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole + b"\0")
    assert refused(lambda: publish(programme, release, None, ANNA, home)) == "approval.unbuilt"
    assert refused(lambda: approve(programme, release, BRUNO, home)) == "approval.unbuilt"
    path.write_bytes(whole)
    publish(programme, release, None, ANNA, home)


def test_a_withdrawal_undoes_an_approval(home: Home, programme: Programme) -> None:
    """One person takes a release back at once; to show it again takes two."""
    release = _second(home)
    approve(programme, release, BRUNO, home)
    publish(programme, release, None, ANNA, home)
    assert withdraw(programme, release, ANNA, home) == _releases(home).known()[0]
    assert refused(lambda: publish(programme, release, None, ANNA, home)) == "approval.withdrawn"
    approve(programme, release, BRUNO, home)
    publish(programme, release, None, ANNA, home)


def test_what_nobody_is_known_to_have_built_is_not_published(home: Home, programme: Programme) -> None:
    """Of an earlier version, or with the log lost: build it again."""
    first = _releases(home).known()[0]
    for act in (lambda: approve(programme, first, BRUNO, home), lambda: publish(programme, first, None, ANNA, home)):
        assert refused(act) == "approval.unbuilt"
    approve(programme, _second(home), BRUNO, home)
    shutil.rmtree(home.audit)
    assert refused(lambda: publish(programme, _second(home), None, ANNA, home)) == "approval.unbuilt"


def test_a_log_that_was_changed_publishes_nothing(home: Home, programme: Programme) -> None:
    """Though the line of the approval still stands; also where one person may publish. Taking back is possible."""
    release, path = _second(home), home.audit / "log.jsonl"
    approve(programme, release, BRUNO, home)
    path.write_bytes(path.read_bytes().replace(b"anna@", b"anne@"))
    for _ in range(2):
        assert refused(lambda: publish(programme, release, None, ANNA, home)) == "approval.damaged_log"
        assert refused(lambda: approve(programme, release, BRUNO, home)) == "approval.damaged_log"
        alone_publish(home)
    withdraw(programme, _releases(home).known()[0], ANNA, home)


def test_one_person_publishes_where_the_settings_or_the_data_say_so(home: Home, programme: Programme) -> None:
    """The ledger says one person; an approval is not asked for, and refused. Public data need no settings."""
    release = _second(home)
    alone_publish(home)
    assert refused(lambda: approve(programme, release, BRUNO, home)) == "approval.not_needed"
    assert publish(programme, release, None, ANNA, home) is Mode.ONE_PERSON
    assert mode_of_publication(_releases(home).ledger(), release) == "one_person"
    home.settings.unlink()
    public = load_programme(PROGRAMME, PROJECT / "data" / "programmes")
    assert publish(public, _releases(home).known()[0], None, ANNA, home) is Mode.ONE_PERSON


def test_an_account_that_nobody_owns_is_no_second_person(home: Home, programme: Programme) -> None:
    """Where people log in, the account of a terminal may be either of them: of who builds and of who approves. Once the
    settings say whose it is, it counts as that person, also for what was done before.
    """
    release, root = _second(home), Person("root@terminal")
    listed = '[access]\nofficers = ["anna@example.org", "bruno@example.org"]\n'
    home.settings.write_text(listed, encoding="utf-8")
    assert refused(lambda: approve(programme, release, root, home)) == "approval.account"
    was_built(home, release, root)
    assert refused(lambda: approve(programme, release, ANNA, home)) == "approval.builder_account"
    home.settings.write_text(listed + '[accounts]\nroot = "anna@example.org"\n', encoding="utf-8")
    assert refused(lambda: approve(programme, release, ANNA, home)) == "approval.own"
    approve(programme, release, BRUNO, home)
    publish(programme, release, None, ANNA, home)


def test_a_release_that_is_none_enters_no_log(home: Home, programme: Programme) -> None:
    """Whatever somebody types as its name."""
    before = (home.audit / "log.jsonl").read_bytes()
    for name in ("2020-1", "../../vetrina", "RSSMRA80A01H501U"):
        for act in (approve, withdraw):
            assert refused(partial(act, programme, name, ANNA, home)) == "release.unknown"
        assert refused(partial(publish, programme, name, None, ANNA, home)) == "release.unknown"
    assert (home.audit / "log.jsonl").read_bytes() == before


def _approve(home: Home, programme: Programme, by: Person) -> None:
    approve(programme, _second(home), by, home)
    publish(programme, _second(home), None, by, home)


def test_several_approve_and_publish_at_once(home: Home, programme: Programme) -> None:
    """One chain, every act in it, and the release in use."""
    context = multiprocessing.get_context("fork")
    people = [BRUNO, Person("carla@example.org"), Person("dario@example.org")]
    processes = [context.Process(target=_approve, args=(home, programme, one)) for one in people]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    log = AuditLog(home.audit)
    assert log.faults() == []
    done = [line.event for line in log.lines() if line.phase == "done"]
    assert (done.count("approve"), done.count("publish")) == (3, 3)
    assert _releases(home).current == _second(home)


def test_no_other_module_publishes() -> None:
    """What shows or hides a release asks here first: command line, page and whatever comes; the demonstration apart,
    whose data are nobody's.
    """
    callers = {
        path.relative_to(PROJECT).as_posix()
        for folder in ("analytics", "pages")
        for path in (PROJECT / folder).rglob("*.py")
        if any(call in path.read_text(encoding="utf-8") for call in ("releases.publish(", "releases.withdraw("))
    }
    assert callers == {"analytics/officer/publishing.py", "analytics/demonstration/run.py"}
