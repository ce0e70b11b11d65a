"""What each role may open, and how a login says which one somebody has."""

import pytest

from analytics.access.installation import Access
from analytics.access.roles import Area, Role, may_open, may_read_embargoed, role_of

LOGGED_IN = {"is_logged_in": True, "email": "Anna@Example.org", "email_verified": True}
LISTED = Access(officers=("anna@example.org",), press=("piero@example.org",))


def test_the_office_is_the_officers_alone() -> None:
    """What is published, everybody may read; data and publication nobody but the officer."""
    assert [role for role in Role if may_open(role, Area.OFFICE)] == [Role.OFFICER]
    assert all(may_open(role, area) for role in Role for area in Area if area is not Area.OFFICE)


def test_before_its_time_each_role_reads_what_its_work_needs() -> None:
    """Under embargo: tables for the analyst, sentences for the press office, nothing for the public."""
    allowed = {(role, area) for role in Role for area in Area if may_read_embargoed(role, area)}
    assert allowed == {
        *((Role.ANALYST, area) for area in (Area.READING, Area.TABLES)),
        *((Role.PRESS, area) for area in (Area.READING, Area.PRESS)),
        *((Role.OFFICER, area) for area in (Area.READING, Area.TABLES, Area.PRESS)),
    }


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        (None, Role.PUBLIC),
        ({}, Role.PUBLIC),
        (LOGGED_IN, Role.OFFICER),
        (LOGGED_IN | {"is_logged_in": False}, Role.PUBLIC),
        (LOGGED_IN | {"email_verified": False}, Role.PUBLIC),
        ({"is_logged_in": True, "email": "anna@example.org"}, Role.PUBLIC),
        (LOGGED_IN | {"email": "piero@example.org"}, Role.PRESS),
        (LOGGED_IN | {"email": "else@example.org"}, Role.PUBLIC),
        (LOGGED_IN | {"email": ["anna@example.org"]}, Role.PUBLIC),
        (LOGGED_IN | {"email": "else@example.org", "role": "officer"}, Role.PUBLIC),
    ],
)
def test_a_list_gives_a_role_to_who_is_certain(claims: dict[str, object] | None, role: Role) -> None:
    """An address counts once the provider has verified it; a claim of roles only where the settings name it."""
    assert role_of(claims, LISTED) is role


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("officer", Role.OFFICER),
        (["press", "analyst"], Role.PRESS),
        (["somebody"], Role.PUBLIC),
        ({"officer": True}, Role.PUBLIC),
        (None, Role.PUBLIC),
        ("OFFICER", Role.PUBLIC),
    ],
)
def test_a_claim_gives_the_highest_role_that_it_names(said: object, role: Role) -> None:
    """Exactly our words, or those of the settings; anything else gives none."""
    assert role_of(LOGGED_IN | {"roles": said}, Access(role_claim="roles")) is role


def test_the_settings_say_what_a_provider_calls_a_role() -> None:
    """A group of the office's directory stands for a role, and our own word no longer does."""
    access = Access(role_claim="groups", role_names={"officer": "vetrina-dati"})
    assert role_of(LOGGED_IN | {"groups": ["vetrina-dati"]}, access) is Role.OFFICER
    assert role_of(LOGGED_IN | {"groups": ["officer"]}, access) is Role.PUBLIC


def test_a_server_for_readers_has_no_other_role() -> None:
    """Whoever logs in where everybody is a reader is one."""
    assert role_of(LOGGED_IN, LISTED.model_copy(update={"readers_only": True})) is Role.PUBLIC


@pytest.mark.parametrize(
    "name", ["otto@straße.example", "otto@ſtrasse.example", "otto@strasse.example\u00a0", "OTTO@ſtrasse.example"]
)
def test_a_name_that_looks_alike_is_another_one(name: str) -> None:
    """Letters that fold into others stand for another domain, which somebody else may hold."""
    access = Access(officers=("Otto@strasse.example",))
    assert role_of(LOGGED_IN | {"email": "otto@STRASSE.example"}, access) is Role.OFFICER
    assert role_of(LOGGED_IN | {"email": name}, access) is Role.PUBLIC
