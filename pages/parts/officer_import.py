"""Step 5 of the officer's page: import, the history of imports, and how one is undone. No page of its own."""

import datetime as dt

import pandas as pd
import streamlit as st

from analytics.clock import from_stamp, moment_in_words
from analytics.folders import Home
from analytics.language.text import Text, plain
from analytics.officer import works
from analytics.officer.told import Imported
from pages.parts.officer_desk import Desk, busy, going_on, later, said, step
from pages.parts.officer_rows import words_table

MOST = 30  # imports that are listed at once


def show(desk: Desk, text: Text) -> None:
    """The step."""
    step(5, "import", text)
    reading, asked = desk.reading, desk.asked()
    ready = asked is not None and desk.is_read and reading is not None and reading.can_be_imported
    if st.button(text("officer.import"), type="primary", disabled=desk.is_busy or not ready, key="officer_import"):
        desk.begin("load", works.load, asked, Home.default(), desk.person)
        st.rerun()
    if not ready and desk.done is None and not desk.is_busy:
        later("import", text)
    busy(desk, text, "load", "undo", "look")
    going_on(desk, ("load", "undo", "look"), text)
    if desk.done is not None:
        for words in desk.done.says:
            st.success(said(words, text))
        st.caption(text("officer.next.import"))
    for words in desk.archive.warnings if desk.archive else ():
        st.warning(said(words, text))
    if desk.archive is not None and desk.archive.imports:
        _show_history(desk, desk.archive.imports, text)


def _show_history(desk: Desk, imports: tuple[Imported, ...], text: Text) -> None:
    st.subheader(text("officer.history"), anchor=False)
    newest = imports[::-1]
    _table(newest[:MOST], text)
    if len(newest) > MOST:
        with st.expander(text("officer.history_more", n=len(newest) - MOST)):
            _table(newest[MOST:], text)
    counting = [one for one in newest if one.undone_at is None]
    if counting:
        _choose_undo(desk, counting, text)


def _table(imports: tuple[Imported, ...], text: Text) -> None:
    lines = [
        {
            "import": text("officer.import_of", n=one.batch_id, kind=_kind(one.kind, text), file=one.file_name),
            "when": text(
                "officer.rows_of",
                when=moment_in_words(_moment(one.imported_at), text),
                loaded=text.number(one.rows_loaded),
                rows=text.number(one.rows_in),
                rejected=text.number(one.rows_rejected),
                state=_state(one, text),
            ),
            "sha256": one.sha256,
        }
        for one in imports
    ]
    frame = pd.DataFrame(lines).map(plain)
    frame.columns = pd.Index([text(f"officer.column_of.{name}") for name in frame.columns])
    words_table(frame.set_index(frame.columns[0]), f"imports_{imports[0].batch_id}")


def _kind(kind: str, text: Text) -> str:
    key = f"input.{kind}"
    return text(key) if text.has(key) else kind


def _moment(written: str) -> dt.datetime:
    """A moment of the store, which is UTC."""
    when = from_stamp(written)
    return when if when.tzinfo else when.replace(tzinfo=dt.UTC)


def _state(one: Imported, text: Text) -> str:
    if one.undone_at is None:
        return text("officer.counts")
    return text("officer.undone_on", when=moment_in_words(_moment(one.undone_at), text))


def _choose_undo(desk: Desk, counting: list[Imported], text: Text) -> None:
    """Undo one import, the last by default, after a second click."""
    labels = {
        one.batch_id: text("officer.import_of", n=one.batch_id, kind=_kind(one.kind, text), file=one.file_name)
        for one in counting
    }
    with st.expander(text("officer.undo")):
        st.markdown(text("officer.undo_says"))
        chosen = st.selectbox(
            text("officer.undo_which"),
            list(labels),
            format_func=lambda n: labels[n],
            disabled=desk.is_busy,
            key="officer_undo_which",
        )
        confirmed(
            desk, "undo", str(chosen), text("officer.undo_do"), text("officer.undo_sure", what=labels[chosen]), text
        )
        if desk.question == ("undo!", str(chosen)):
            desk.begin("undo", works.undo, desk.programme, chosen, Home.default(), desk.person)
            st.rerun()


def confirmed(desk: Desk, act: str, about: str, label: str, question: str, text: Text, *, may: bool = True) -> None:
    """A button that asks once more; after the second click `desk.question` is (act + "!", about).

    may: whether it can be pressed.
    """
    if st.button(label, disabled=desk.is_busy or not may, key=f"officer_{act}"):
        desk.ask(act, about)
    if desk.question == (act, about) and may:
        st.warning(plain(question))
        with st.container(horizontal=True):
            if st.button(text("officer.yes"), type="primary", key=f"officer_{act}_yes"):
                desk.ask(f"{act}!", about)
            if st.button(text("officer.no"), key=f"officer_{act}_no"):
                desk.question = None
                st.rerun()
