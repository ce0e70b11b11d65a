"""Who asks for a page or an address: as the login says, as the machine says, or nobody in particular."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.access.installation import Access, Installation
from analytics.access.people import LOGIN, Person, at_terminal
from analytics.access.roles import Role, identity_of, role_of


@dataclass(frozen=True, slots=True)
class Visitor:
    """role: what they may do; person: who it is, None where nobody knows; is_admitted: whether they may read what is
    published; everybody_reads: whether everybody else may, too; is_expired: whether they had logged in, too long ago;
    is_unclear: whether they have logged in, but it is not certain as whom.
    """

    role: Role = Role.PUBLIC
    person: Person | None = None
    is_admitted: bool = True
    everybody_reads: bool = True
    is_expired: bool = False
    is_unclear: bool = False

    @property
    def has_logged_in(self) -> bool:
        """Whether a login says who it is."""
        return self.person is not None and self.person.by == LOGIN


ANYBODY = Visitor()


def stranger(access: Access, *, is_expired: bool = False, is_unclear: bool = False) -> Visitor:
    """Somebody of whom nothing is known."""
    is_open = access.anonymous or access.readers_only
    return Visitor(is_admitted=is_open, everybody_reads=is_open, is_expired=is_expired, is_unclear=is_unclear)


def logged_in(claims: Mapping[str, Any] | None, access: Access) -> Visitor:
    """Who has logged in, by what the provider of the login said of them; a stranger where that names nobody."""
    identity = identity_of(claims, access)
    if identity is None:
        return stranger(access, is_unclear=True)
    is_open = access.anonymous or access.readers_only
    return Visitor(role_of(claims, access), Person(identity, LOGIN), everybody_reads=is_open)


def at_this_machine(installation: Installation) -> Visitor:
    """Who sits at the server itself, where there is no login: they may do everything."""
    if installation.access.readers_only:
        return stranger(installation.access)
    return Visitor(Role.OFFICER, at_terminal(installation), everybody_reads=installation.access.anonymous)
