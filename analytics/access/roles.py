"""The four roles, what each may open, and how a login says which one somebody has."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from analytics.access.installation import Access, folded


class Role(StrEnum):
    """Who somebody is for this site. PUBLIC: everybody, also who has not logged in."""

    PUBLIC = "public"
    ANALYST = "analyst"
    PRESS = "press"
    OFFICER = "officer"


class Area(StrEnum):
    """What the pages and addresses are about. READING: figures and pictures; TABLES: tables and files of them; PRESS:
    sentences, images and the report; OFFICE: data, imports, builds, publication.
    """

    READING = "reading"
    TABLES = "tables"
    PRESS = "press"
    OFFICE = "office"


# Which releases that are under embargo each role may read, by area. What is published, everybody may read.
_BEFORE_THEIR_TIME: Final = {
    Role.PUBLIC: frozenset[Area](),
    Role.ANALYST: frozenset({Area.READING, Area.TABLES}),
    Role.PRESS: frozenset({Area.READING, Area.PRESS}),
    Role.OFFICER: frozenset({Area.READING, Area.TABLES, Area.PRESS}),
}


def may_open(role: Role, area: Area) -> bool:
    """Whether a role has pages and addresses of an area at all: those of the office are the officer's alone."""
    return area is not Area.OFFICE or role is Role.OFFICER


def may_read_embargoed(role: Role, area: Area) -> bool:
    """Whether a role may read, in an area, a release whose time has not come."""
    return area in _BEFORE_THEIR_TIME[role]


def identity_of(claims: Mapping[str, Any] | None, access: Access) -> str | None:
    """Who has logged in, by the claim that names people here; None where nobody has, or the claim is not there.

    An address of e-mail counts only where the provider has verified it: with some, anybody may state any address.
    """
    if not claims or not claims.get("is_logged_in"):
        return None
    named = claims.get(access.identity_claim)
    if access.identity_claim == "email" and claims.get("email_verified") is not True:
        return None
    return folded(named) or None if isinstance(named, str) else None


def role_of(claims: Mapping[str, Any] | None, access: Access) -> Role:
    """The role of who has logged in: the highest that the lists of the settings or the claim of roles give.

    claims: what the provider of the login said of them, None where nobody has logged in.
    """
    identity = identity_of(claims, access)
    if identity is None or claims is None or access.readers_only:
        return Role.PUBLIC
    found = {role for role in Role if identity in access.listed(role)}
    if access.role_claim is not None:
        said = claims.get(access.role_claim)
        words = said if isinstance(said, list | tuple) else [said]
        found |= {role for role in Role if any(word == access.role_names.get(role, str(role)) for word in words)}
    return max(found, key=_RANK.__getitem__, default=Role.PUBLIC)


_RANK: Final = {role: rank for rank, role in enumerate(Role)}
