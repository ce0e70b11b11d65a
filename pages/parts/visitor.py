"""Who sits at the other end of this session, and what they may do. No page of its own."""

import os
from functools import lru_cache

import streamlit as st

from analytics.access.people import Person
from analytics.access.roles import Area, Role, may_open
from analytics.access.visitor import Visitor, stranger
from analytics.audit.log import AuditLog
from analytics.folders import Home
from analytics.model import UserError
from analytics.serve.door import Caller
from analytics.serve.here import Here
from analytics.serve.visitors import Visitors
from pages.parts import login_cookie
from pages.parts.shelf import kinds_in_use

VARIABLE = "VETRINA_OFFICER"


@lru_cache(maxsize=4)
def _here(home: Home) -> Here:
    return Here(home, kinds_in_use)


def visitors() -> Visitors:
    """Who is who on this server. Raises UserError where the settings of the login cannot be used."""
    return _visitors(Home.default(), _listens_at(), os.environ.get(VARIABLE))


@lru_cache(maxsize=16)
def _visitors(home: Home, address: str | None, officer: str | None) -> Visitors:
    return Visitors(_here(home), login_cookie.login_of, login_cookie.has_login(), address, officer)


def visitor() -> Visitor:
    """Who sits at the other end, at this moment: a login may have ended, or a role been taken away. An officer's login
    that cannot be recorded makes no officer.
    """
    found = visitors().of(_caller())
    return stranger(visitors().here.installation().access) if _unrecorded(found) is not None else found


def _unrecorded(found: Visitor) -> UserError | None:
    """Record, once a login, that somebody became an officer by it; why that was not possible."""
    if found.role is not Role.OFFICER or found.person is None or not found.has_logged_in:
        return None
    who = visitors()
    if who.is_recorded(login := _login()):
        return None
    try:
        AuditLog(Home.default().audit).append("login", "done", found.person)
    except UserError as error:
        return error
    who.note_recorded(login)
    return None


def _login() -> str:
    """This login, told from others."""
    login = login_cookie.login_of(_caller().cookies)
    return login.digest if login else ""


def why_unrecorded() -> UserError | None:
    """Why an officer who has logged in is none in this session."""
    return _unrecorded(visitors().of(_caller()))


def role() -> Role:
    """What whoever sits at the other end may do."""
    return visitor().role


def person() -> Person | None:
    """Who it is, for the log; None of a reader whom nobody knows."""
    return visitor().person


def may_manage() -> bool:
    """Whether this session may load and publish."""
    return may_open(role(), Area.OFFICE)


def has_officers() -> bool:
    """Whether anybody can be an officer on this server: by logging in, or by sitting at its machine."""
    who = visitors()
    if who.here.installation().access.readers_only:
        return False
    closed = who.officer == "0" or (who.here.kinds().is_confidential and who.officer != "1")
    return who.has_login or (who.listens_here and not closed)


def _listens_at() -> str | None:
    """The address at which the server listens; None: at all."""
    address: str | None = st.get_option("server.address")
    return address


def _caller() -> Caller:
    """What this session's connection says of who opened it."""
    headers = st.context.headers
    joined = {name.casefold(): ", ".join(headers.get_all(name)) for name in headers}
    return Caller(st.context.ip_address or "localhost", joined, st.context.cookies.to_dict(), is_websocket=True)
