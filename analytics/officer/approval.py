"""Whether a release may be published: who built it and who approved it, by the audit log, and what undid an approval.

Of confidential data two people answer: who built a release cannot approve it, and an approval is of one file, until a
newer release is built. The settings may leave it to one person; data that are simulated or public need no second one.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from analytics.access.installation import Installation, folded, load_installation
from analytics.access.people import TERMINAL, Person
from analytics.audit.log import AuditLog, Line
from analytics.folders import Home
from analytics.model import DataKind, UserError
from analytics.programme.file import Programme
from analytics.release import Release, Releases

_OF_TERMINAL = f"@{TERMINAL}"


class Mode(StrEnum):
    """How many people a publication takes."""

    ONE_PERSON = "one_person"
    TWO_PEOPLE = "two_people"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a release stands before publication. built_by: who built the file as it is, None where no line of the log
    says so; approved_by: who approved it, None where nobody has or it no longer counts; newer: the release whose making
    undid an approval; was_withdrawn: whether a withdrawal did.
    """

    mode: Mode
    built_by: Person | None = None
    approved_by: Person | None = None
    newer: str | None = None
    was_withdrawn: bool = False

    @property
    def may_be_published(self) -> bool:
        """Whether nobody else is needed."""
        return self.mode is Mode.ONE_PERSON or self.approved_by is not None


def hash_of_release(releases: Releases, release: str) -> str:
    """The SHA-256 of a release's file. Raises UserError where there is none."""
    return _read(releases, release)[0]


def _read(releases: Releases, release: str) -> tuple[str, DataKind]:
    """The hash of a release's file, and whose data it says it is of."""
    path = releases.path(release)
    try:
        now = path.stat()
    except OSError as error:
        raise UserError("release.unknown", release=release, programme=releases.programme) from error
    return _read_once(path, (now.st_mtime_ns, now.st_size, now.st_ino))


@lru_cache(maxsize=32)
def _read_once(path: Path, _as_of: tuple[int, ...]) -> tuple[str, DataKind]:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return sha256, Release(path).programme.data_kind


def mode_of(programme: Programme, release: str, home: Home) -> Mode:
    """How many people it takes to publish a release: by what the programme file says, and what it said at its build."""
    if not _is_confidential(programme, release, home):
        return Mode.ONE_PERSON
    return Mode.ONE_PERSON if programme.id in load_installation(home).publishing.one_person else Mode.TWO_PEOPLE


def _is_confidential(programme: Programme, release: str, home: Home) -> bool:
    return DataKind.CONFIDENTIAL in (programme.data_kind, _read(Releases(home.releases, programme.id), release)[1])


def check_log(programme: Programme, release: str, home: Home) -> None:
    """Raises UserError where confidential data would be published on the word of a log that somebody changed."""
    if _is_confidential(programme, release, home) and AuditLog(home.audit).faults():
        raise UserError("approval.damaged_log", folder=home.audit)


def standing_of(programme: Programme, release: str, home: Home) -> Standing:
    """Where a release stands. Raises UserError where it, the settings or the log cannot be read."""
    mode = mode_of(programme, release, home)
    if mode is Mode.ONE_PERSON:
        return Standing(mode)
    sha256 = hash_of_release(Releases(home.releases, programme.id), release)
    done = [
        line
        for line in AuditLog(home.audit).lines()
        if line.phase == "done" and line.details.get("programme") == programme.id
    ]
    installation = load_installation(home)
    own = [line for line in done if line.details.get("release") == release]
    built = next((line for line in reversed(own) if line.event == "build" and _is_of(line, sha256)), None)
    if built is None:
        return Standing(mode)
    builder = _person(built, installation)
    approvals = [line for line in own if line.event == "approve" and line.n > built.n and _is_of(line, sha256)]
    others = [line for line in approvals if not same(_person(line, installation), builder)]
    if not others:
        return Standing(mode, builder)
    since = [line for line in done if line.n > others[-1].n]
    newer = next((str(line.details.get("release")) for line in since if line.event == "build"), None)
    was_withdrawn = any(line.event == "withdraw" and line in own for line in since)
    approver = None if newer or was_withdrawn else _person(others[-1], installation)
    return Standing(mode, builder, approver, newer, was_withdrawn)


def _is_of(line: Line, sha256: str) -> bool:
    return bool(line.details.get("sha256") == sha256)


def _person(line: Line, installation: Installation) -> Person:
    """Who did what a line says: a terminal's account is whom the settings now say it is of."""
    account, ending, _ = line.by.partition(_OF_TERMINAL)
    named = installation.accounts.get(account) if ending and line.known_by == TERMINAL else None
    return Person(named or line.by, line.known_by, str(line.details.get("account", "")))


def same(one: Person, other: Person) -> bool:
    """Whether two are one person: by name, or by the account of the terminal at which both acts were done."""
    return folded(one.identity) == folded(other.identity) or (one.account != "" and one.account == other.account)


def is_account_alone(person: Person) -> bool:
    """Whether somebody is known by the account of a terminal alone, so that a login may be theirs, too."""
    return person.by == TERMINAL and person.identity.endswith(_OF_TERMINAL)


def _account(person: Person) -> str:
    return person.identity.removesuffix(_OF_TERMINAL)


def check_approver(programme: Programme, release: str, person: Person, home: Home) -> None:
    """Raises UserError where somebody cannot approve a release, with what to do."""
    standing = standing_of(programme, release, home)
    if standing.mode is Mode.ONE_PERSON:
        raise UserError("approval.not_needed", release=release)
    builder, access = standing.built_by, load_installation(home).access
    if builder is None:
        raise UserError("approval.unbuilt", release=release)
    if access.officers or access.role_claim:
        if is_account_alone(builder):
            raise UserError("approval.builder_account", account=_account(builder), file=home.settings, release=release)
        if is_account_alone(person):
            raise UserError("approval.account", account=_account(person), file=home.settings)
    if same(builder, person):
        raise UserError("approval.own", release=release)


def check_approved(standing: Standing, release: str) -> None:
    """Raises UserError where a release may not be published yet, with what to do."""
    if standing.may_be_published:
        return
    if standing.built_by is None:
        raise UserError("approval.unbuilt", release=release)
    if standing.newer is not None:
        raise UserError("approval.rebuilt", release=release, newer=standing.newer)
    if standing.was_withdrawn:
        raise UserError("approval.withdrawn", release=release)
    raise UserError("approval.missing", release=release)
