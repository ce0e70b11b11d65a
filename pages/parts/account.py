"""The small part of the frame about who reads: log in, log out, as whom and with which role. No page of its own."""

import streamlit as st

from analytics.access.login import HOURS
from analytics.access.roles import Role
from analytics.language.text import Text, plain
from pages.parts import visitor


def show(text: Text) -> None:
    """A button to log in; or, behind the name of the role, who has logged in and a button to log out. Without a login:
    that who sits at this machine may do everything.
    """
    found = visitor.visitor()
    if found.has_logged_in and found.person is not None:
        with st.popover(text(f"login.role.{found.role}"), key="account"):
            st.markdown(plain(text(f"login.who.{found.role}", identity=found.person.identity)))
            st.button(text("login.out"), key="log_out", on_click=st.logout)
    elif visitor.visitors().has_login:
        with st.container(key="account", width="content"):
            st.button(text("login.in"), key="log_in", on_click=st.login)
    elif found.role is Role.OFFICER:
        with st.popover(text("login.without"), key="account"):
            st.markdown(text("login.without_says"))


def notices(text: Text) -> None:
    """What whoever logged in must know: that it was too long ago, that it does not say who they are, that they cannot
    act as an officer.
    """
    found = visitor.visitor()
    if (problem := visitor.why_unrecorded()) is not None:
        st.error(plain(text("login.unrecorded", problem=problem.said(text))))
    elif found.is_expired:
        st.info(text("login.expired", hours=HOURS))
    elif found.is_unclear:
        st.warning(text("login.unknown"))


def page(text: Text) -> None:
    """All that is shown where nothing may be read before logging in."""
    st.title(text("login.needed_title"))
    st.markdown(text("login.needed" if visitor.visitors().has_login else "login.nowhere"))
