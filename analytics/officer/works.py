"""The officer's steps as a page starts them, each in a process of its own: only there the store and estimators load.

person: who does what changes something, for the audit log.
"""

import datetime as dt

from analytics.access.people import Person
from analytics.folders import Home
from analytics.model import Progress
from analytics.officer.told import Archive, Asked, Candidate, Comparison, Done, Reading, Words


def look_at_archive(programme: str, home: Home, *, progress: Progress) -> Archive:
    """What the store of a programme holds."""
    from analytics.officer.importing import archive_of

    progress("archive", 0, 1)
    return archive_of(programme, home)


def read(asked: Asked, home: Home, *, progress: Progress) -> Reading:
    """What a file says and would change; nothing is loaded."""
    from analytics.officer.reading import read_file

    return read_file(asked, home, progress)


def load(asked: Asked, home: Home, person: Person, *, progress: Progress) -> Done:
    """Import a file."""
    from analytics.officer.importing import import_one

    return import_one(asked, home, person, progress)


def undo(programme: str, batch_id: int | None, home: Home, person: Person, *, progress: Progress) -> Done:
    """Undo an import, the last one where none is named."""
    from analytics.officer.importing import undo_one

    progress("undo", 0, 1)
    return undo_one(programme, batch_id, home, person)


def build(programme: str, home: Home, person: Person, *, progress: Progress) -> Candidate:
    """A candidate release, and what it would change."""
    from analytics.officer.releasing import build_candidate

    return build_candidate(programme, home, person, progress)


def compare(programme: str, release: str, home: Home, *, progress: Progress) -> Comparison:
    """What a release that was built would change, were it published."""
    from analytics.officer.headlines import compare_with_current

    progress("compare", 0, 1)
    return compare_with_current(programme, release, home)


def approve(programme: str, release: str, home: Home, person: Person, *, progress: Progress) -> Words:
    """Approve a release; what is said of it."""
    from analytics.officer.releasing import approve_one

    progress("approve", 0, 1)
    return approve_one(programme, release, home, person)


def publish(
    programme: str, release: str, until: dt.datetime | None, home: Home, person: Person, *, progress: Progress
) -> Words:
    """Show a release to readers, now or from a moment on; what is said of it."""
    from analytics.officer.releasing import publish_one

    progress("publish", 0, 1)
    return publish_one(programme, release, until, home, person)


def withdraw(programme: str, release: str, home: Home, person: Person, *, progress: Progress) -> Words:
    """Take a release back; what is said of it."""
    from analytics.officer.releasing import withdraw_one

    progress("withdraw", 0, 1)
    return withdraw_one(programme, release, home, person)
