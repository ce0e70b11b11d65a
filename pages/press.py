"""Press desk: the sentences that may be said, short and long, in every language, with their reasons, to copy."""

import streamlit as st

from analytics.language.text import LANGUAGES, SPOKEN, plain
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import CHECKED, Headline, approved_sentences
from analytics.present.sentences.limits import do_not_say
from analytics.present.sentences.phrases import capital, dimension_key, dimension_words, reader, why
from analytics.present.sentences.reasons import grade_words, reasons
from analytics.release.measures import ALL
from pages.parts import in_use, show

InEveryLanguage = tuple[Headline, ...]  # one sentence

frame = in_use.require_frame()
release, text = frame.release, frame.text
by_language = {code: list(approved_sentences(release, reader(release, code))) for code in LANGUAGES}
own_language = LANGUAGES.index(text.language)
groups: dict[str, dict[str, list[InEveryLanguage]]] = {}
for sentence in zip(*by_language.values(), strict=True):
    groups.setdefault(sentence[0].dimension, {}).setdefault(sentence[0].code, []).append(sentence)


def one_sentence(sentence: InEveryLanguage) -> None:
    """One sentence, short and long, the languages side by side; then the checks that gave it its verb."""
    figure = sentence[0].figure
    st.markdown(f"**{text(f'press.title_of.{sentence[0].kind}')}**")
    for column, code, headline in zip(st.columns(len(LANGUAGES), gap="medium"), LANGUAGES, sentence, strict=True):
        with column:
            st.caption(SPOKEN[code].name)
            st.code(headline.copied(headline.sentence.short), language=None, wrap_lines=True)
            st.code(headline.copied(headline.sentence.long), language=None, wrap_lines=True)
    if sentence[0].kind is not ClaimKind.CHANGE:
        of_its_own = reasons(release, figure, text) if sentence[0].kind in CHECKED else []
        checks = [f"{check.title.lower()}: {check.outcome}" for check in of_its_own]
        st.caption(plain(f"{grade_words(figure, text)} {capital(' · '.join(checks))}"))


def withheld_sentences(sentences: list[InEveryLanguage]) -> None:
    """Those withheld, by name and reason."""
    withheld = [sentence[own_language] for sentence in sentences if not sentence[0].figure.published]
    if withheld:
        names = "; ".join(
            text(
                "press.unsaid",
                label=headline.label,
                kind=text(f"press.title_of.{headline.kind}"),
                why=why(headline.figure, release, text),
            )
            for headline in withheld
        )
        st.caption(text("press.withheld", groups=plain(names)))


def card(dimension: str, by_code: dict[str, list[InEveryLanguage]]) -> None:
    """The sentences of the programme; of other dimensions behind the name of each group."""
    key = "all" if dimension == ALL else dimension_key(release, dimension)
    words = "" if dimension == ALL else dimension_words(release, dimension, text)
    st.subheader(plain(text(f"press.about.{key}", dimension=words)), anchor=False)
    for code, sentences in by_code.items():
        sayable = [sentence for sentence in sentences if sentence[0].figure.published]
        if dimension == ALL:
            for sentence in sayable:
                one_sentence(sentence)
        elif sayable:
            with st.expander(plain(sentences[0][own_language].label), key=f"said_{dimension}_{code}"):
                for sentence in sayable:
                    one_sentence(sentence)
    withheld_sentences([sentence for sentences in by_code.values() for sentence in sentences])


st.space("small")
st.title(text("press.title"))
st.markdown(text("press.says"))
for to_come, until in show.embargoed(frame):
    st.info(text("press.embargo", release=to_come, until=until))
main, rail = st.columns([2.35, 1], gap="large")
with main:
    for dimension, by_code in groups.items():
        with st.container(border=True, key=f"panel_{'all' if dimension == ALL else dimension}"):
            card(dimension, by_code)
with rail:
    st.subheader(text("press.do_not_say"), anchor=False)
    with st.container(key="notice_do_not_say"):
        st.markdown(show.bullets(do_not_say(release, text)))
    st.subheader(text("press.read"), anchor=False)
    st.markdown(text("press.read_shared" if release.shares_ranges else "press.read_body"))
    st.subheader(text("press.api"), anchor=False)
    st.markdown(text("press.api_body"))
    address = f"/api/headlines.json?lang={text.language}&programme={release.programme.id}&release={release.release_id}"
    st.code(address, language=None, wrap_lines=True)
