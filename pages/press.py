"""Press desk: the sentences that may be said, short and long, in both languages, with their reasons, to copy."""

import streamlit as st

from analytics.language.text import LANGUAGES, SPOKEN, plain
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.present.sentences.limits import do_not_say
from analytics.present.sentences.phrases import capital, reader, why
from analytics.present.sentences.reasons import grade_words, reasons
from pages.parts import in_use as shelf
from pages.parts import show as common

Same = tuple[Headline, ...]  # one sentence in every language

found = shelf.need_frame()
release, text = found.release, found.text
said = {code: list(approved_sentences(release, reader(release, code))) for code in LANGUAGES}
place = LANGUAGES.index(text.language)
groups: dict[str, dict[str, list[Same]]] = {}
for same in zip(*said.values(), strict=True):
    groups.setdefault(same[0].dimension, {}).setdefault(same[0].code, []).append(same)


def both(same: Same) -> None:
    """One sentence, short and long, the languages side by side; then the checks that gave it its verb."""
    figure = same[0].figure
    st.markdown(f"**{text(f'press.title_of.{same[0].kind}')}**")
    for column, code, headline in zip(st.columns(len(LANGUAGES), gap="medium"), LANGUAGES, same, strict=True):
        with column:
            st.caption(SPOKEN[code].name)
            st.code(headline.copied(headline.sentence.short), language=None, wrap_lines=True)
            st.code(headline.copied(headline.sentence.long), language=None, wrap_lines=True)
    if same[0].kind is not ClaimKind.CHANGE:
        checks = [f"{one.title.lower()}: {one.outcome}" for one in reasons(release, figure, text)]
        st.caption(plain(f"{grade_words(figure, text)} {capital(' · '.join(checks))}"))


def unsaid(sentences: list[Same]) -> None:
    """Those withheld, by name and reason."""
    withheld = [same[place] for same in sentences if not same[0].figure.published]
    if withheld:
        names = "; ".join(
            text(
                "press.unsaid",
                label=one.label,
                kind=text(f"press.title_of.{one.kind}"),
                why=why(one.figure, release, text),
            )
            for one in withheld
        )
        st.caption(text("press.withheld", groups=plain(names)))


def card(dimension: str, by_code: dict[str, list[Same]]) -> None:
    """The sentences of the programme; of other dimensions behind the name of each group."""
    st.subheader(text(f"press.about.{'all' if dimension == '*' else dimension}"), anchor=False)
    for code, sentences in by_code.items():
        sayable = [same for same in sentences if same[0].figure.published]
        if dimension == "*":
            for same in sayable:
                both(same)
        elif sayable:
            with st.expander(plain(sentences[0][place].label), key=f"said_{dimension}_{code}"):
                for same in sayable:
                    both(same)
    unsaid([same for sentences in by_code.values() for same in sentences])


st.space("small")
st.title(text("press.title"))
st.markdown(text("press.says"))
for to_come, until in common.embargoed(found):
    st.info(text("press.embargo", release=to_come, until=until))
main, rail = st.columns([2.35, 1], gap="large")
with main:
    for dimension, by_code in groups.items():
        with st.container(border=True, key=f"panel_{'all' if dimension == '*' else dimension}"):
            card(dimension, by_code)
with rail:
    st.subheader(text("press.do_not_say"), anchor=False)
    with st.container(key="notice_do_not_say"):
        st.markdown(common.bullets(do_not_say(release, text)))
    st.subheader(text("press.read"), anchor=False)
    st.markdown(text("press.read_body"))
    st.subheader(text("press.api"), anchor=False)
    st.markdown(text("press.api_body"))
    address = f"/api/headlines.json?lang={text.language}&programme={release.programme.id}&release={release.release_id}"
    st.code(address, language=None, wrap_lines=True)
