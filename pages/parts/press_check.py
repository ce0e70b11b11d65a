"""Check a figure: a field for what somebody quoted, and where it stands. No page of its own."""

import streamlit as st
from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.language.text import Text
from analytics.present.quoted.check import check
from analytics.present.quoted.tokens import LONGEST
from analytics.present.quoted.words import InWords, in_words
from pages.parts import address, in_use, show
from pages.parts.block import block
from pages.parts.press_card import Speaking, copy_button, named, words_of

KEY = "check"
MOST = LONGEST + 1  # characters of it in the address: one more tells that it is too long
ANCHOR = "check"  # where links on the page lead to


def comes_first(words: str) -> bool:
    """Whether the check stands on top of the page: a link led to it. It stays where it was while the reader types."""
    known, on_top = st.session_state.get("check_place", ("", False))
    typed = st.session_state.pop("check_typed", False)
    if words != known and not typed:
        on_top = bool(words)
    st.session_state["check_place"] = (words, on_top)
    return bool(on_top)


def check_box(words: str, how: Speaking) -> None:
    """The field, and the answer below it. words: to be checked, from the address."""
    text = how.text
    st.session_state[f"pick_{KEY}"] = words
    block(element("h2", text("quoted.title"), id=ANCHOR), "check_title")
    with st.form("check_form", border=False):
        st.text_area(text("quoted.label"), key=f"pick_{KEY}", height=68, placeholder=text("quoted.help"))
        st.form_submit_button(text("quoted.do"), on_click=_asked)
    if words:
        markup = _answers(words, how)
        block(element("section", *markup, class_="answers", role="status", aria_label=text("quoted.answer")), "check")


def _asked() -> None:
    st.session_state["check_typed"] = True
    address.remember(KEY, st.session_state[f"pick_{KEY}"])


def _answers(words: str, how: Speaking) -> list[Markup]:
    """An answer for each thing that is quoted, or why there is none."""
    text, shelves = how.text, in_use.shelves()
    if len(words) > LONGEST:
        return [element("p", text("quoted.too_long", most=text.number(LONGEST)), class_="answer unknown")]
    found = check(words, shelves, text.language)
    answers = [in_words(one, shelves, text, address.of_figure, how.form) for one in found.answers]
    said = [answer_markup(one, text) for one in answers] or [element("p", text("quoted.nothing"))]
    more = text("quoted.more", most=text.number(len(answers)))
    return said if found.complete else [*said, element("p", more, class_="answer unknown")]


def answer_markup(answer: InWords, text: Text) -> Markup:
    """One answer: its word, what is so, what was altered, the sentence that is right, the notice."""
    lines = [element("p", line) for line in answer.says]
    table = _altered(answer, text) if answer.altered else ""
    parts = [
        element("h3", answer.word),
        *lines,
        table,
        _right(answer, text),
        _related(answer, text),
        _notice(answer, text),
    ]
    return element("section", *parts, class_=f"answer {answer.state}")


def _altered(answer: InWords, text: Text) -> Markup:
    """What was pasted beside what is right."""
    head = [element("th", text(f"quoted.column_{name}"), scope="col") for name in ("pasted", "right")]
    rows = [element("tr", *(element("td", cell, lang=answer.language) for cell in row)) for row in answer.altered]
    return element("table", element("thead", element("tr", *head)), element("tbody", *rows), class_="altered")


def _right(answer: InWords, text: Text) -> Markup:
    """The sentence that may be quoted, or what a figure without one says."""
    parts: list[Markup] = []
    if answer.right:
        parts.append(element("p", answer.right))
    if answer.headline is not None:
        words = words_of(answer.headline, answer.form)
        parts.append(element("blockquote", element("p", words), lang=answer.language, class_="said"))
        copied = show.copied(answer.headline, words, answer.language)
        parts.append(copy_button("copy", copied, answer.headline.label, text))
    elif answer.now:
        parts.append(element("p", answer.now, class_="described"))
    return joined(parts)


def _related(answer: InWords, text: Text) -> Markup:
    """Sentences that may be quoted about the same, each with its button."""
    parts = [element("h4", text("quoted.related"))] if answer.related else []
    for headline, own in answer.related:
        words = words_of(headline, answer.form)
        parts.append(element("blockquote", element("p", words), lang=answer.language, class_="said"))
        parts.append(copy_button("copy", show.copied(headline, words, answer.language), named(own, text), text))
    return joined(parts)


def _notice(answer: InWords, text: Text) -> Markup:
    """The notice that puts a quotation right, ready to be copied."""
    return notice_markup(answer.notice, answer.language, text) if answer.notice else Markup()


def notice_markup(notice: str, language: str, text: Text) -> Markup:
    """A correction and its button."""
    return joined(
        [
            element("h4", text("quoted.notice")),
            element("p", notice, lang=language, class_="correction"),
            copy_button("copy_notice", notice, notice[:40], text),
        ]
    )
