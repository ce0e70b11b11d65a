"""Press desk: the sentences that may be said, in both languages, with range and figure id, to copy."""

import streamlit as st

from analytics.headlines import approved
from analytics.text import LANGUAGES, Text
from pages import common

found = common.need_frame()
release, text = found.release, found.text
said = {code: list(approved(release, Text(code))) for code in LANGUAGES}
kinds = dict.fromkeys((headline.kind, headline.dimension) for headline in said[text.language])

st.space("small")
st.title(text("press.title"))
st.markdown(text("press.says"))
main, rail = st.columns([2.35, 1], gap="large")

with main:
    for kind, dimension in kinds:
        with st.container(
            border=True, key=f"panel_{'change' if kind == 'change' else dimension.replace('*', 'effect')}_press"
        ):
            st.subheader(text(f"headline.title_of.{kind if dimension == '*' else dimension}"), anchor=False)
            for place, headline in enumerate(said[text.language]):
                if (headline.kind, headline.dimension) != (kind, dimension):
                    continue
                for column, code in zip(st.columns(2, gap="medium"), LANGUAGES, strict=True):
                    with column:
                        st.caption(
                            f"{text(f'language.{code}')} · {text('figure.id', figure_id=headline.figure.figure_id)}"
                        )
                        st.code(said[code][place].copied, language=None, wrap_lines=True)
with rail:
    st.subheader(text("press.do_not_say"), anchor=False)
    with st.container(key="notice_do_not_say"):
        st.markdown(text("press.do_not_say_body"))
    st.subheader(text("press.read"), anchor=False)
    st.markdown(text("press.read_body"))
    st.subheader(text("press.api"), anchor=False)
    st.markdown(text("press.api_body"))
    address = f"/api/headlines.json?lang={text.language}&programme={release.programme.id}&release={release.release_id}"
    st.code(address, language=None, wrap_lines=True)
