"""Whether the officer's page is there. No page of its own."""

import os

import streamlit as st

from analytics.serve.door import comes_from_here, is_this_machine

VARIABLE = "VETRINA_OFFICER"


def is_asked_for() -> bool:
    """Whether who started the server wants the officer's page."""
    return os.environ.get(VARIABLE) == "1"


def may_open() -> bool:
    """Whether this server has an officer's page at all: it is asked for, and only this machine reaches the server."""
    return is_asked_for() and is_this_machine(_listens_at())


def may_manage() -> bool:
    """Whether this session may load and publish. Until there is a login and roles: whoever sits at this machine."""
    return may_open() and comes_from_here(*_visitor())


def _listens_at() -> str | None:
    """The address at which the server listens; None: at all."""
    address: str | None = st.get_option("server.address")
    return address


def _visitor() -> tuple[str | None, str | None, tuple[str, ...]]:
    """Of this session: the address it comes from, its header Host, the names of its headers."""
    headers = st.context.headers
    address = st.context.ip_address or "localhost"  # Streamlit says None of this machine
    return address, headers.get("Host"), tuple(headers.to_dict())
