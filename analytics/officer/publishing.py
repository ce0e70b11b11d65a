"""Approve, publish, withdraw: what the command line and the officer's page call, and nobody else may go around.

Each act stands in the audit log, refused ones too. How many people a publication took stands in the ledger; who they
were, in the log alone.
"""

import datetime as dt

from analytics.access.people import Person
from analytics.audit.log import audited
from analytics.clock import utc_stamp
from analytics.folders import Home
from analytics.model import UserError
from analytics.officer.approval import (
    Mode,
    check_approved,
    check_approver,
    check_log,
    hash_of_release,
    standing_of,
)
from analytics.programme.file import Programme
from analytics.release import Releases


def approve(programme: Programme, release: str, person: Person, home: Home) -> None:
    """Approve a release of confidential data, as somebody else than who built it.

    Raises UserError where it needs no approval, where this person cannot give it, or where nobody knows who built it.
    """
    releases = _releases_with(programme, release, home)
    with audited(home, "approve", person, programme=programme.id, release=release) as told:
        check_log(programme, release, home)
        check_approver(programme, release, person, home)
        told(sha256=hash_of_release(releases, release))


def publish(programme: Programme, release: str, until: dt.datetime | None, person: Person, home: Home) -> Mode:
    """Show a release to readers, at once or, under embargo, from `until` on; how many people it took.

    Raises UserError where it lacks an approval that stands, and as `Releases.publish` does.
    """
    releases = _releases_with(programme, release, home)
    event, when = ("publish", {}) if until is None else ("embargo", {"until": utc_stamp(until)})
    with audited(home, event, person, programme=programme.id, release=release, **when) as told:
        check_log(programme, release, home)
        standing = standing_of(programme, release, home)
        check_approved(standing, release)
        releases.publish(release, until, mode=standing.mode)
        told(mode=standing.mode, sha256=hash_of_release(releases, release))
    return standing.mode


def withdraw(programme: Programme, release: str, person: Person, home: Home) -> str | None:
    """Take a release back, or cancel its embargo, which one person may do; the one in use then."""
    releases = Releases(home.releases, programme.id)
    if release not in releases.known():
        raise UserError("release.unknown", release=release, programme=programme.id)
    with audited(home, "withdraw", person, programme=programme.id, release=release) as told:
        current = releases.withdraw(release)
        told(current=current)
    return current


def _releases_with(programme: Programme, release: str, home: Home) -> Releases:
    """The releases of a programme, among which there must be this one: a name that is none goes into no log."""
    releases = Releases(home.releases, programme.id)
    if release not in releases.known() or not releases.path(release).exists():
        raise UserError("release.unknown", release=release, programme=programme.id)
    return releases
