"""From the store to a published release: build a candidate, approve, publish, withdraw."""

import datetime as dt

from analytics.access.people import Person
from analytics.build.omissions import strength_of
from analytics.build.programme_check import ProgrammeFinding, Severity, check_programme, refuse
from analytics.clock import moment_in_words
from analytics.folders import Home
from analytics.model import Progress
from analytics.officer import publishing, recorded
from analytics.officer.headlines import compare_with_current
from analytics.officer.importing import warnings_of
from analytics.officer.strength import strength_lines
from analytics.officer.told import Candidate, Words, in_all
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.store.database import Store


def build_candidate(programme_id: str, home: Home, person: Person, progress: Progress) -> Candidate:
    """Build a release, as the command `build` does, and compare it with the one in use. Raises UserError."""
    programme = load_programme(programme_id)
    releases = Releases(home.releases, programme.id)
    with Store(home.store(programme.id), programme.id, read_only=True) as store:
        findings = check_programme(programme, store)
        refuse(programme, findings)
        release = recorded.build_candidate(programme, store, home, person, progress)
        says = [_finding(one) for one in findings if one.severity is Severity.WARNED]
        says += warnings_of(programme, store)
    progress("compare", 0, 1)
    strength = strength_of(Release(releases.path(release)))
    evidence = in_all(lambda text: "\n".join(strength_lines(strength, text)))
    return Candidate(release, tuple(says), evidence, compare_with_current(programme_id, release, home))


def _finding(finding: ProgrammeFinding) -> Words:
    return in_all(finding.said)


def approve_one(programme_id: str, release: str, home: Home, person: Person) -> Words:
    """Approve a release, as the command `approve` does. Raises UserError."""
    publishing.approve(load_programme(programme_id), release, person, home)
    return in_all(lambda text: text("cli.done.approve", release=release))


def publish_one(programme_id: str, release: str, until: dt.datetime | None, home: Home, person: Person) -> Words:
    """Show a release to readers, as the command `publish` does. Raises UserError."""
    publishing.publish(load_programme(programme_id), release, until, person, home)
    if until is None:
        return in_all(lambda text: text("cli.done.publish", release=release))
    return in_all(lambda text: text("cli.done.embargo", release=release, until=moment_in_words(until, text)))


def withdraw_one(programme_id: str, release: str, home: Home, person: Person) -> Words:
    """Take a release back, as the command `withdraw` does. Raises UserError."""
    current = publishing.withdraw(load_programme(programme_id), release, person, home)
    return in_all(lambda text: text("cli.done.withdraw", release=release, current=current or "–"))
