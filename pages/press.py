"""Press desk: the sentences that may be said, short and long, in both languages, with their reasons, to copy."""

import streamlit as st

from analytics.language.text import LANGUAGES, plain
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.present.sentences.limits import do_not_say
from analytics.present.sentences.phrases import capital, reader, why
from analytics.present.sentences.reasons import grade_words, reasons
from pages.parts import in_use, show

Translations = tuple[Headline, ...]  # one sentence in every language, in the order of LANGUAGES

frame = in_use.require_frame()
release, text = frame.release, frame.text
by_language = {language: approved_sentences(release, reader(release, language)) for language in LANGUAGES}
reader_position = LANGUAGES.index(text.language)
by_group: dict[str, dict[str, list[Translations]]] = {}  # by dimension, then by code
for translations in zip(*by_language.values(), strict=True):
    by_code = by_group.setdefault(translations[0].dimension, {})
    by_code.setdefault(translations[0].code, []).append(translations)


def show_sentence(translations: Translations) -> None:
    """One sentence, short and long, the languages side by side; then the checks that gave it its verb."""
    kind, figure = translations[0].kind, translations[0].figure
    st.markdown(f"**{text(f'press.title_of.{kind}')}**")
    for column, language, headline in zip(st.columns(2, gap="medium"), LANGUAGES, translations, strict=True):
        with column:
            st.caption(text(f"language.{language}"))
            st.code(headline.copied(headline.sentence.short), language=None, wrap_lines=True)
            st.code(headline.copied(headline.sentence.long), language=None, wrap_lines=True)
    if kind is not ClaimKind.CHANGE:
        checks = [f"{check.title.lower()}: {check.outcome}" for check in reasons(release, figure, text)]
        st.caption(plain(f"{grade_words(figure, text)} {capital(' · '.join(checks))}"))


def withheld_words(headline: Headline) -> str:
    """A sentence that is withheld, by group and kind, and the reason."""
    kind, reason = text(f"press.title_of.{headline.kind}"), why(headline.figure, release, text)
    return text("press.unsaid", label=headline.label, kind=kind, why=reason)


def show_withheld_sentences(sentences: list[Translations]) -> None:
    """Those of the sentences that are withheld, in one line; nothing where none is."""
    withheld = [translations[reader_position] for translations in sentences if not translations[0].figure.published]
    if withheld:
        st.caption(text("press.withheld", groups=plain("; ".join(map(withheld_words, withheld)))))


def show_dimension(dimension: str, by_code: dict[str, list[Translations]]) -> None:
    """The sentences of the programme ("*"); of other dimensions, those of each group behind its name."""
    st.subheader(text(f"press.about.{'all' if dimension == '*' else dimension}"), anchor=False)
    for code, sentences in by_code.items():
        published = [translations for translations in sentences if translations[0].figure.published]
        if dimension == "*":
            for translations in published:
                show_sentence(translations)
        elif published:
            with st.expander(plain(sentences[0][reader_position].label), key=f"said_{dimension}_{code}"):
                for translations in published:
                    show_sentence(translations)
    show_withheld_sentences([translations for sentences in by_code.values() for translations in sentences])


st.space("small")
st.title(text("press.title"))
st.markdown(text("press.says"))
for release_id, until in show.embargoed_releases(frame):
    st.info(text("press.embargo", release=release_id, until=until))
sentences_column, side_column = st.columns([2.35, 1], gap="large")
with sentences_column:
    for dimension, by_code in by_group.items():
        with st.container(border=True, key=f"panel_{'all' if dimension == '*' else dimension}"):
            show_dimension(dimension, by_code)
with side_column:
    st.subheader(text("press.do_not_say"), anchor=False)
    with st.container(key="notice_do_not_say"):
        st.markdown(show.bullets(do_not_say(release, text)))
    st.subheader(text("press.read"), anchor=False)
    st.markdown(text("press.read_body"))
    st.subheader(text("press.api"), anchor=False)
    st.markdown(text("press.api_body"))
    query = f"lang={text.language}&programme={release.programme.id}&release={release.release_id}"
    st.code(f"/api/headlines.json?{query}", language=None, wrap_lines=True)
