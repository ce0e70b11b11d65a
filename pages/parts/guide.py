"""How to read the pages, shown once to a reader, on a first visit. No page of its own."""

import streamlit as st

from analytics.language.text import Text

SEEN = "vetrina_read"  # the cookie, and the key in the session
# a year from now, on this site only: it holds nothing about the reader but that the guide was read
_REMEMBER = f"<script>document.cookie = '{SEEN}=1; path=/; max-age=31536000; samesite=lax'</script>"


def show_on_first_visit(text: Text) -> None:
    """The guide, until the reader closes it; the browser then remembers that it was read."""
    if SEEN in st.context.cookies or st.session_state.get(SEEN) == "kept":
        return
    if st.session_state.get(SEEN) == "closed":
        st.html(_REMEMBER, unsafe_allow_javascript=True)
        st.session_state[SEEN] = "kept"
        return
    with st.container(key="aside_guide"):
        st.subheader(text("guide.title"), anchor=False)
        st.markdown(text("guide.body"))
        st.button(text("guide.done"), key="guide_done", on_click=lambda: st.session_state.update({SEEN: "closed"}))
