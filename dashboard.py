"""The frame: page settings, language, programme and release in use, navigation; and the server that sends the pages.

`streamlit run dashboard.py` starts the server from the `app` below; inside a session the same file draws the frame.
"""

import gc
import logging
import os
import sys
from pathlib import Path

import streamlit as st
from streamlit.file_util import get_static_dir
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager

from analytics.access.installation import load_installation
from analytics.access.roles import Role, may_open
from analytics.clock import moment_in_words
from analytics.folders import Home, keep_to_owner
from analytics.language.console import console_text
from analytics.language.text import LANGUAGES, Text, plain
from analytics.model import DataKind, UserError
from analytics.present.sentences.phrases import lower_first
from analytics.serve.heads import language_script, title_of
from analytics.serve.site import site
from pages import AREAS, OFFICER, PAGES, STATEMENTS
from pages.parts import account, address, front, in_use, show, visitor
from pages.parts.shelf import shelves

HERE = Path(__file__).parent
LOG = logging.getLogger("vetrina")


def draw() -> None:
    """The frame of every page."""
    address.start()
    text = in_use.language()
    for styles in ("vetrina", "marks", "pictures"):
        st.html(HERE / "static" / f"{styles}.css")
    # Streamlit's page says that it is English; a screen reader would read Italian with an English voice
    st.html(f"<script>{language_script(text.language)}</script>", unsafe_allow_javascript=True)
    st.logo(str(HERE / "static" / "vetrina-logo.svg"), size="large", link=None)
    reader, closed = visitor.visitor(), visitor.visitors().why_closed()
    pages = _pages(reader.role, text)
    is_read = reader.is_admitted and closed is None
    page = st.navigation(list(pages.values()), position="top" if is_read else "hidden")
    address.at(page.url_path)
    _name_window(page.url_path, text)
    frame = None
    try:
        is_statement = page.url_path in STATEMENTS.values()
        if not is_read:
            _shut(closed, text, page if is_statement and closed is None else None)
            return
        frame = _frame(text)
        if frame:
            mistaken = st.container()
            page.run()
            with mistaken:
                _say_unknown(frame)
            _name_window(page.url_path, text, frame)
            address.settle()
        elif is_statement or page.url_path in OFFICER.values():
            page.run()
        else:
            _nothing_yet(text, pages.get("officer"))
    except Exception:  # whatever it is, a reader gets a page in their language, and we the trace
        LOG.exception("page %s", page.title)
        st.title(text("page.error_title"))
        st.markdown(text("page.error"))
    if frame is not None:
        _footer(frame)


def _pages(role: Role, text: Text) -> dict[str, StreamlitPage]:
    """The pages that a role may open, by name."""
    return {
        name: st.Page(
            HERE / "pages" / f"{name}.py",
            title=text(f"nav.{name}"),
            url_path=path,
            default=not path,
            visibility="hidden" if name in STATEMENTS else "visible",
        )
        for name, path in (PAGES | OFFICER | STATEMENTS).items()
        if name in AREAS and may_open(role, AREAS[name])
    }


def _shut(closed: UserError | None, text: Text, statement: StreamlitPage | None) -> None:
    """Instead of every page: that this server may not serve, or that one must log in first. statement: the page, where
    it is one that is read without.
    """
    with st.container(key="language", horizontal=True, width="content", gap="xsmall", vertical_alignment="center"):
        if closed is None:
            account.show(text)
        _choose_language(text)
    if statement is not None:
        statement.run()
    elif closed is None:
        account.notices(text)
        account.page(text)
        st.caption(_statements(text))
    else:
        st.title(text("page.closed_title"))
        st.markdown(text("page.closed"))


def _name_window(path: str, text: Text, frame: in_use.Frame | None = None) -> None:
    """The window's title: the page, and the sector that it is about once that is known."""
    name = next(name for name, end in (PAGES | OFFICER | STATEMENTS).items() if end == path)
    sector = address.chosen("sector")
    label = frame.release.programme.label("sector", sector, text) if frame and sector else ""
    icon = str(HERE / "static" / "favicon.svg")
    st.set_page_config(page_title=title_of(name, text, label), page_icon=icon, layout="wide")


def _say_unknown(frame: in_use.Frame) -> None:
    """What the address asked for and there is not, instead of showing something else in silence."""
    for key, words in address.unknown().items():
        if key not in ("programme", "release"):  # of which the frame has said it
            what = frame.text(f"address.{key}") if frame.text.has(f"address.{key}") else key
            st.warning(frame.text("address.unknown" if words else "address.blank", what=what, words=plain(words)))


def _nothing_yet(text: Text, officers: StreamlitPage | None) -> None:
    """What to do where nothing has been published, or nothing of it can be read. officers: the page where an officer
    begins.
    """
    if in_use.not_served():
        st.title(text("page.unreadable_title"))
        st.markdown(text("page.unreadable"))
        return
    st.title(text("page.empty_title"))
    if officers is not None:
        st.markdown(text("page.empty"))
        st.code("python -m analytics demo", language=None)
        st.page_link(officers, label=text("officer.begin"))
    else:
        st.markdown(text("page.empty_reader"))
        st.markdown(_whom_to_ask(text))
    st.caption(_statements(text))


def _whom_to_ask(text: Text) -> str:
    """Who answers a reader's questions, by the settings of the site."""
    site = visitor.visitors().here.installation().site
    email = f"[{plain(site.contact)}](mailto:{site.contact})" if site.contact else ""
    named = [part for part in (plain(site.owner or ""), email) if part]
    return text("page.empty_ask", who=", ".join(named) or text("page.empty_nobody"))


def _frame(text: Text) -> in_use.Frame | None:
    """Language; the strip that says what kind of data these are; what the address asked for and is not here."""
    available = in_use.readable_programmes()
    lost, wanted = _is_lost(available), st.query_params.get("release", st.session_state.get("held_release"))
    with st.container(key="language", horizontal=True, width="content", gap="xsmall", vertical_alignment="center"):
        account.show(text)
        _choose_language(text)
    frame = in_use.open_frame()
    account.notices(text)
    if frame is not None:
        _strip(frame)
        shown = frame.release.release_id
        if wanted != shown and in_use.embargoed_elsewhere(wanted, frame.release.programme.id):
            st.warning(text("frame.embargo_elsewhere", release=plain(str(wanted)), shown=shown))
        elif lost or st.query_params.get("release", shown) != shown:
            st.warning(text("frame.lost", shown=shown))
        elif available[frame.release.programme.id].missing and not frame.newer:
            st.warning(text("frame.missing", shown=shown))
        if "programme" not in st.query_params and (hidden := in_use.not_served()):
            st.warning(text("frame.not_served", programmes=", ".join(hidden)))
    return frame


def _choose_language(text: Text) -> None:
    address.choose(
        st.segmented_control,
        text("frame.language"),
        "lang",
        LANGUAGES,
        in_use.usual_language(),
        str.upper,
        required=True,
        label_visibility="collapsed",
    )


def _is_lost(available: dict[str, in_use.Offered]) -> bool:
    """Whether the address names a programme or release that cannot be shown (any more): something else will be."""
    programme, release = st.query_params.get("programme"), st.query_params.get("release")
    if programme is not None and programme not in available:
        return True
    releases = available.get(programme or next(iter(available), ""))
    return release is not None and releases is not None and release not in releases.releases


def _strip(frame: in_use.Frame) -> None:
    kind = frame.release.programme.data_kind
    if frame.until is not None:
        key = "mark.embargo_simulated" if kind is DataKind.SIMULATED else "mark.embargo_strip"
        with st.container(key="strip_embargo"):
            st.markdown(frame.text(key, until=moment_in_words(frame.until, frame.text)))
    elif kind is not DataKind.CONFIDENTIAL:
        with st.container(key=f"strip_{kind}"):
            st.markdown(frame.text(f"mark.{kind}_strip"))


def _footer(frame: in_use.Frame) -> None:
    programme, text = frame.release.programme, frame.text
    footer = text(
        "frame.footer",
        title=programme.title.in_(text),
        authority=programme.authority.in_(text),
        release=frame.release.release_id,
        source=programme.source.in_(text),
    )
    lines = [f"{plain(footer)} · {plain(lower_first(show.next_release_line(frame)))}"]
    licence = f"[{plain(programme.licence.name.in_(text))}]({programme.licence.url})"
    lines.append(text("frame.licence", licence=licence))
    if programme.contact:
        name, email = programme.contact.name.in_(text), programme.contact.email
        lines.append(text("frame.contact", name=plain(name), email=f"[{plain(email)}](mailto:{email})"))
    if visitor.role() is Role.OFFICER and not visitor.visitors().has_login:
        lines.append(text("login.without_says"))
    lines.append(_statements(text))
    st.caption("  \n".join(lines))


def _statements(text: Text) -> str:
    """Links to what the site says of itself."""
    return " · ".join(f"[{plain(text(f'nav.{name}'))}]({address.of_statement(name)})" for name in STATEMENTS)


def _may_serve() -> bool:
    """Whether this server may open its port: by its data, its address and its login; why not is said on the console."""
    try:
        who = visitor.visitors()
        refused = who.why_closed()
    except UserError as error:
        refused = error
    if refused is not None:
        print(refused.said(console_text()), file=sys.stderr, flush=True)
        return False
    if os.environ.get(visitor.VARIABLE) == "1" and not visitor.has_officers():
        address_said = st.get_option("server.address") or "*"
        words = console_text()("officer.closed", variable=visitor.VARIABLE, address=address_said)
        print(words, file=sys.stderr, flush=True)
    return True


if st.runtime.exists():
    draw()
elif __name__ != "__mp_main__":  # where a page begins a process of its own, multiprocessing runs this file in it first
    try:
        hosts, limits = front.hosts(), load_installation(Home.default()).server
    except UserError as error:
        sys.exit(error.said(console_text()))
    keep_to_owner()
    for warning in front.exposed(console_text()):
        print(warning, file=sys.stderr, flush=True)
    front.quieten_server(limits.readers)
    # Heavy imports and releases are in memory before the first reader comes; what is there by now stays, and the
    # collection that Streamlit asks for after every run need not look at it.
    shelves().readable()
    if not _may_serve():
        sys.exit(1)
    gc.collect()
    gc.freeze()
    # Beside a folder named pages/, Streamlit draws a process's first visit by its old rules, where our addresses do not
    # exist ("page not found"), until st.navigation has run once. There is no public switch.
    PagesManager.uses_pages_directory = False
    base = str(st.get_option("server.baseUrlPath") or "")
    static, who = HERE / "static", visitor.visitors()
    served = site(Path(get_static_dir()), static, PAGES | STATEMENTS, shelves(), base, OFFICER, who, hosts, limits)
    app = st.App(__file__, routes=served.routes, middleware=served.middleware)
