"""Step 1 of the officer's page: programme, kind of file, file, how it is to be taken. No page of its own."""

import tomllib

import streamlit as st

from analytics.folders import Home, programme_ids
from analytics.language.text import Text, plain
from analytics.officer.upload import Upload
from pages.parts.officer_desk import Desk, busy, said, step, titles

KINDS = ("applications", "sales", "comparison")


def show(desk: Desk, text: Text) -> None:
    """The step."""
    step(1, "file", text)
    called, broken = titles(programme_ids(), text)
    for words in broken.values():
        st.warning(said(words, text))
    if not called:
        return
    left, right = st.columns(2, gap="medium")
    with left:
        _choose_programme(desk, called, text)
    with right:
        desk.kind = st.selectbox(
            text("officer.kind"),
            KINDS,
            KINDS.index(desk.kind),
            format_func=lambda kind: text(f"input.{kind}"),
            disabled=desk.is_busy,
            key="officer_kind",
        )
    _choose_file(desk, text)
    busy(desk, text)
    _choose_how(desk, text)
    st.caption(text("officer.next.file"))


def _choose_programme(desk: Desk, called: dict[str, str], text: Text) -> None:
    names = list(called)
    asked = desk.programme or st.query_params.get("programme", "")
    filled = [name for name in names if Home.default().store(name).exists()]
    usual = asked if asked in names else (filled or names)[0]
    keys = {True: "officer.programme_with", False: "officer.programme_without"}
    chosen = st.selectbox(
        text("officer.programme"),
        names,
        names.index(usual),
        format_func=lambda name: text(keys[name in filled], title=called[name], programme=name),
        disabled=desk.is_busy,
        key="officer_programme",
    )
    desk.change_programme(chosen)


def _choose_file(desk: Desk, text: Text) -> None:
    sent = st.file_uploader(
        text("officer.file"),
        help=text("officer.file_help"),
        key=f"officer_file_{desk.files_sent}",
        disabled=desk.is_busy,
    )
    if sent is None:
        if desk.upload is not None:
            desk.put_away()
    elif sent.file_id != desk.upload_id:
        if desk.upload is not None:
            desk.upload.delete()
        desk.upload, desk.upload_id, desk.mapping = Upload(sent.name, sent.getbuffer()), sent.file_id, None


def _choose_how(desk: Desk, text: Text) -> None:
    with st.expander(text("officer.how")):
        desk.partial = st.checkbox(
            text("officer.partial"), desk.partial, help=text("officer.partial_help"), disabled=desk.is_busy
        )
        desk.takes_back = st.checkbox(
            text("officer.takes_back"), desk.takes_back, help=text("officer.takes_back_help"), disabled=desk.is_busy
        )
        given = st.file_uploader(
            text("officer.mapping_file"), "toml", key=f"officer_mapping_{desk.files_sent}", disabled=desk.is_busy
        )
        if given is not None and given.file_id != st.session_state.get("officer_mapping_taken") and desk.upload:
            st.session_state["officer_mapping_taken"] = given.file_id
            try:
                desk.mapping = tomllib.loads(given.getvalue().decode("utf-8-sig"))
            except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
                st.error(plain(text("error.mapping.toml", file=given.name, problem=error)))
