"""What stands between a candidate of confidential data and its publication: who built it, who approves it. No page."""

from collections.abc import Callable

import streamlit as st

from analytics.folders import Home
from analytics.language.text import Text, plain
from analytics.model import DataKind, UserError
from analytics.officer import works
from analytics.officer.approval import Mode, Standing, check_approved, check_approver, check_log, standing_of
from analytics.officer.told import words_of
from analytics.programme.file import Programme
from pages.parts.officer_desk import Desk, said
from pages.parts.officer_import import confirmed


def show_rule(desk: Desk, programme: Programme, releases: list[str], text: Text) -> None:
    """How many people it takes to publish the programme's data, where they are confidential."""
    if programme.data_kind is not DataKind.CONFIDENTIAL:
        return
    standing = _standing(programme, releases[0], text) if releases else None
    if standing is not None and standing.mode is Mode.ONE_PERSON:
        st.warning(text("officer.approval.one_person"))
        return
    st.info(text("officer.approval.two_people"))
    if desk.person is not None:
        st.caption(plain(text("officer.approval.who", who=desk.person.identity)))


def show(desk: Desk, programme: Programme, release: str, text: Text) -> bool:
    """Where a candidate stands, and the button to approve it, which who built it cannot press; whether it may be
    published.
    """
    standing = _standing(programme, release, text)
    if standing is None or standing.mode is Mode.ONE_PERSON:
        return standing is not None
    builder = standing.built_by.identity if standing.built_by else ""
    if standing.approved_by is not None:
        approver = standing.approved_by.identity
        st.success(plain(text("officer.approval.given", release=release, builder=builder, approver=approver)))
        return True
    if standing.newer is not None or standing.was_withdrawn:
        st.warning(_refusal(lambda: check_approved(standing, release), text))
    if builder:
        st.info(plain(text("officer.approval.waits", release=release, builder=builder)))
    _choose_approval(desk, programme, release, text)
    return False


def _choose_approval(desk: Desk, programme: Programme, release: str, text: Text) -> None:
    home, person = Home.default(), desk.person
    if person is None:
        return
    refusal = _refusal(lambda: check_approver(programme, release, person, home), text)
    label, sure = (text(f"officer.{key}", release=release) for key in ("approve", "approve_sure"))
    confirmed(desk, "approve", release, label, sure, text, may=not refusal)
    if refusal:
        st.caption(refusal)
    if desk.question == ("approve!", release) and not refusal:
        desk.begin("approve", works.approve, desk.programme, release, home, person)
        st.rerun()


def state(programme: Programme, release: str) -> str:
    """Where a candidate stands, as a key under `officer.state.`; "" where no approval is asked for."""
    try:
        standing = standing_of(programme, release, Home.default())
    except UserError:  # its file cannot be read: what is done with it will say so
        return ""
    if standing.mode is Mode.ONE_PERSON:
        return ""
    if standing.built_by is None:
        return "unbuilt"
    return "built" if standing.approved_by is None else "approved"


def _standing(programme: Programme, release: str, text: Text) -> Standing | None:
    """Where a release stands; None where that cannot be told, which the page says."""
    home = Home.default()
    try:
        check_log(programme, release, home)
        return standing_of(programme, release, home)
    except UserError as error:
        st.error(said(words_of(error), text))
        return None


def _refusal(check: Callable[[], None], text: Text) -> str:
    """What a check says against it; nothing where it passes."""
    try:
        check()
    except UserError as error:
        return said(words_of(error), text)
    return ""
