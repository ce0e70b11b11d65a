"""Press desk: the sentences that may be said, short and long, in every language, with their reasons, to copy."""

import streamlit as st
from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.language.text import LANGUAGES, SPOKEN, plain
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import CHECKED, Headline, approved_sentences
from analytics.present.sentences.limits import do_not_say
from analytics.present.sentences.phrases import capital, dimension_key, dimension_words, reader, why
from analytics.present.sentences.reasons import grade_words, reasons
from analytics.release.measures import ALL
from pages.parts import in_use, show
from pages.parts.block import block

InEveryLanguage = tuple[Headline, ...]  # one sentence

frame = in_use.require_frame()
release, text = frame.release, frame.text
by_language = {code: list(approved_sentences(release, reader(release, code))) for code in LANGUAGES}
own_language = LANGUAGES.index(text.language)
groups: dict[str, dict[str, list[InEveryLanguage]]] = {}
for sentence in zip(*by_language.values(), strict=True):
    groups.setdefault(sentence[0].dimension, {}).setdefault(sentence[0].code, []).append(sentence)


def quote(words: str) -> Markup:
    """A sentence, and a button that copies it."""
    button = element("button", text("press.copy"), type="button", data_copy=words, data_done=text("page.copied"))
    return element("blockquote", element("p", words), element("div", button, class_="buttons"))


def sentence_markup(sentence: InEveryLanguage) -> Markup:
    """One sentence, short and long, the languages side by side; then the checks that gave it its verb."""
    figure = sentence[0].figure
    by_language = [
        element(
            "div",
            element("small", SPOKEN[code].name),
            *(quote(headline.copied(words)) for words in (headline.sentence.short, headline.sentence.long)),
            lang=code,
        )
        for code, headline in zip(LANGUAGES, sentence, strict=True)
    ]
    lines = []
    if sentence[0].kind is not ClaimKind.CHANGE:
        of_its_own = reasons(release, figure, text) if sentence[0].kind in CHECKED else []
        checks = [f"{check.title.lower()}: {check.outcome}" for check in of_its_own]
        lines.append(element("p", f"{grade_words(figure, text)} {capital(' · '.join(checks))}", class_="lesser"))
    title = element("strong", text(f"press.title_of.{sentence[0].kind}"))
    return element("section", title, element("div", *by_language, class_="languages"), *lines, class_="sentence")


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
        if not sayable:
            continue
        said, key = joined(map(sentence_markup, sayable)), f"said_{dimension}_{code}"
        if dimension == ALL:
            block(said, "said_all")
        else:
            with st.expander(plain(sentences[0][own_language].label), key=key):
                block(said, key)
    withheld_sentences([sentence for sentences in by_code.values() for sentence in sentences])


with show.top_row(frame):
    pass
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
    api_address = (
        f"/api/headlines.json?lang={text.language}&programme={release.programme.id}&release={release.release_id}"
    )
    block(element("code", api_address, class_="address"), "api")
