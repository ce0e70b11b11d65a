"""Press desk: the sentences that may be said, in both languages, with range and figure id, to copy."""

import streamlit as st

from analytics.headlines import Headline, approved, why
from analytics.text import LANGUAGES, Text
from pages import common

found = common.need_frame()
release, text = found.release, found.text
said = {code: list(approved(release, Text(code))) for code in LANGUAGES}
place = LANGUAGES.index(text.language)
kinds: dict[tuple[str, str], list[tuple[Headline, ...]]] = {}
for same in zip(*said.values(), strict=True):
    kinds.setdefault((same[0].kind, same[0].dimension), []).append(same)


def card(kind: str, dimension: str, sentences: list[tuple[Headline, ...]]) -> None:
    """The sentences of one kind of figure, both languages side by side; those withheld by name, with their reason."""
    st.subheader(text(f"headline.title_of.{kind if dimension == '*' else dimension}"), anchor=False)
    for same in sentences:
        if not same[0].figure.published:
            continue
        for column, code, headline in zip(st.columns(2, gap="medium"), LANGUAGES, same, strict=True):
            with column:
                figure_id = text("figure.id", figure_id=headline.figure.figure_id)
                st.caption(f"{text(f'language.{code}')} · {figure_id}")
                st.code(headline.copied, language=None, wrap_lines=True)
    withheld = [same[place] for same in sentences if not same[place].figure.published]
    if withheld:
        named = "; ".join(f"{headline.label} ({why(headline.figure, release, text)})" for headline in withheld)
        st.caption(text("press.withheld", groups=common.plain(named)))


st.space("small")
st.title(text("press.title"))
st.markdown(text("press.says"))
main, rail = st.columns([2.35, 1], gap="large")
with main:
    for (kind, dimension), sentences in kinds.items():
        with st.container(border=True, key=f"panel_{kind}_{'all' if dimension == '*' else dimension}"):
            card(kind, dimension, sentences)
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
