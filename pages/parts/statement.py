"""What the site says of itself by law: parts with headings, and facts of the authority. No page of its own."""

from collections.abc import Iterable

import streamlit as st

from analytics.access.installation import Site
from analytics.access.login import HOURS
from analytics.language.text import Text, plain
from pages.parts import in_use, visitor
from pages.parts.login_cookie import KEPT_BY_BROWSERS


def facts(text: Text) -> dict[str, str]:
    """Who answers for the site, by the settings, else by the programme in use; of what neither says, that it is to be
    completed and where. By the ends of the keys of the settings.
    """
    site, frame = visitor.visitors().here.installation().site, in_use.open_frame()
    said = {name: getattr(site, name) for name in Site.model_fields}
    programme = frame.release.programme if frame else None
    if programme is not None and said["owner"] is None:
        said["owner"] = programme.authority.in_(text)
    if programme is not None and programme.contact is not None and said["contact"] is None:
        said["contact"] = programme.contact.email
    if site.accessibility_reviewed is not None:
        said["accessibility_reviewed"] = text.date(site.accessibility_reviewed)
    return {name: plain(value or text("statement.unknown", key=name)) for name, value in said.items()}


def show(title: str, parts: Iterable[str], text: Text) -> None:
    """The title of a statement and its parts. title, parts: their keys; `_title` behind one is its heading's. Known to
    every part, beside the facts: hours that a login holds, days that a browser keeps its cookies.
    """
    known = facts(text) | {"hours": str(HOURS), "days": str(KEPT_BY_BROWSERS // 86400)}
    with st.container(key="statement"):
        st.title(text(title))
        for part in parts:
            st.header(text(f"{part}_title"), anchor=False)
            st.markdown(text(part, **known))
