"""From the store to a published release: build a candidate, publish, withdraw."""

import datetime as dt

from analytics.build.candidate import build
from analytics.clock import moment_in_words
from analytics.folders import Home
from analytics.model import Progress
from analytics.officer.headlines import compare_with_current
from analytics.officer.importing import warnings_of
from analytics.officer.told import Candidate, Words, in_all
from analytics.programme.file import Programme, load_programme
from analytics.programme.parts import Outcome
from analytics.release import Release, Releases
from analytics.store.database import Store


def build_candidate(programme_id: str, home: Home, progress: Progress) -> Candidate:
    """Build a release, as the command `build` does, and compare it with the one in use. Raises UserError."""
    programme = load_programme(programme_id)
    releases = Releases(home.releases, programme.id)
    with Store(home.store(programme.id), programme.id, read_only=True) as store:
        release = build(programme, store, releases, progress=progress)
        says = [*warnings_of(programme, store)]
    progress("compare", 0, 1)
    says += _without_figures(programme, Release(releases.path(release)))
    return Candidate(release, tuple(says), compare_with_current(programme_id, release, home))


def _without_figures(programme: Programme, built: Release) -> list[Words]:
    """Outcomes of which no file brought a value."""
    return [_no_figures(outcome) for outcome in programme.outcomes if outcome not in built.outcomes]


def _no_figures(outcome: Outcome) -> Words:
    return in_all(lambda text: text("cli.no_figures", outcome=outcome.label.in_(text), column=outcome.column))


def publish_one(programme_id: str, release: str, until: dt.datetime | None, home: Home) -> Words:
    """Show a release to readers, as the command `publish` does. Raises UserError."""
    Releases(home.releases, load_programme(programme_id).id).publish(release, until)
    if until is None:
        return in_all(lambda text: text("cli.done.publish", release=release))
    return in_all(lambda text: text("cli.done.embargo", release=release, until=moment_in_words(until, text)))


def withdraw_one(programme_id: str, release: str, home: Home) -> Words:
    """Take a release back, as the command `withdraw` does. Raises UserError."""
    current = Releases(home.releases, load_programme(programme_id).id).withdraw(release)
    return in_all(lambda text: text("cli.done.withdraw", release=release, current=current or "–"))
