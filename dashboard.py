"""The frame: page settings, language, programme and release in use, navigation, and the JSON routes beside the pages.

`streamlit run dashboard.py` starts the server from the `app` below; inside a session the same file draws the frame.
"""

import gc
import logging
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.pages_manager import PagesManager

from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES, Text, plain
from analytics.model import DataKind, UserError
from analytics.present.sentences.headlines import headlines
from analytics.release import Release
from pages import PAGES
from pages.parts import address, in_use, show

HERE = Path(__file__).parent
LOG = logging.getLogger("vetrina")


def headlines_json(request: Request) -> JSONResponse:
    """The approved sentences of a release and their figures: ?lang=it|en, ?programme=, ?release=."""
    asked = request.query_params
    text = Text(asked.get("lang", DEFAULT_LANGUAGE))
    try:
        release = in_use.open_release(asked.get("programme"), asked.get("release"))
    except UserError as error:
        return JSONResponse({"error": error.said(text)}, status_code=404)
    return JSONResponse(headlines(release, text))


def unknown_route(request: Request) -> JSONResponse:
    """Everything else under /api, which Streamlit would answer with the page."""
    text = Text(request.query_params.get("lang", DEFAULT_LANGUAGE))
    return JSONResponse({"error": text("page.no_route")}, status_code=404)


class SafeHeaders:
    """Answers are read as what they are, framed by nobody else, and tell no other site where the reader was."""

    HEADERS = (
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"SAMEORIGIN"),
        (b"referrer-policy", b"same-origin"),
    )

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every HTTP answer."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.HEADERS]
            await send(message)

        await self._app(scope, receive, sending)


def draw() -> None:
    """The frame of every page."""
    text = in_use.language()
    st.set_page_config(page_title=text("page.title"), page_icon=str(HERE / "static" / "vetrina.svg"), layout="wide")
    st.html(HERE / "static" / "vetrina.css")
    # Streamlit's page says that it is English; a screen reader would read Italian with an English voice
    st.html(f"<script>document.documentElement.lang = '{text.language}'</script>", unsafe_allow_javascript=True)
    st.logo(str(HERE / "static" / "vetrina-logo.svg"), size="large", link=None)
    pages = [
        st.Page(HERE / "pages" / f"{name}.py", title=text(f"nav.{name}"), url_path=path, default=not path)
        for name, path in PAGES.items()
    ]
    page = st.navigation(pages, position="top")
    frame = None
    try:
        frame = _pickers(text)
        if frame:
            page.run()
        else:
            _nothing_yet(text)
    except Exception:  # whatever it is, a reader gets a page in their language, and we the trace
        LOG.exception("page %s", page.title)
        st.title(text("page.error_title"))
        st.markdown(text("page.error"))
    if frame is not None:
        _footer(frame)


def _nothing_yet(text: Text) -> None:
    """What to do where nothing has been published."""
    st.title(text("page.empty_title"))
    st.markdown(text("page.empty"))
    st.code("python -m analytics demo", language=None)


def _pickers(text: Text) -> in_use.Frame | None:
    """Programme, release, language; the strip that says what kind of data these are; the release in one line."""
    available = in_use.readable_programmes()
    lost = _is_lost(available)
    with st.container(key="pickers", horizontal=True, vertical_alignment="top"):
        if available:
            _choose_release(available, text)
        address.choose(
            st.segmented_control,
            text("frame.language"),
            "lang",
            LANGUAGES,
            DEFAULT_LANGUAGE,
            str.upper,
            required=True,
            label_visibility="collapsed",
        )
    frame = in_use.open_frame()
    if frame is not None:
        _strip(frame)
        _release_line(frame)
        shown = frame.release.release_id
        if lost:
            st.warning(text("frame.lost", shown=shown))
        elif available[frame.release.programme.id].missing and not frame.newer:
            st.warning(text("frame.missing", shown=shown))
    return frame


def _choose_release(available: dict[str, in_use.ReadableReleases], text: Text) -> None:
    """Which programme, and which of its releases."""
    current = {name: releases.read(releases.current) for name, releases in available.items()}
    programme = address.choose(
        st.selectbox,
        text("frame.programme"),
        "programme",
        list(available),
        next(iter(available)),
        lambda name: _programme_option(current[name], text),
        resets="release",
        width=400,
        label_visibility="collapsed",
    )
    address.choose(
        st.selectbox,
        text("frame.release"),
        "release",
        available[programme].published,
        available[programme].current,
        lambda release: text("frame.release_option", release=release),
        width=180,
        label_visibility="collapsed",
    )


def _is_lost(available: dict[str, in_use.ReadableReleases]) -> bool:
    """Whether the address names a programme or release that cannot be shown (any more): something else will be."""
    programme, release = st.query_params.get("programme"), st.query_params.get("release")
    if programme is not None and programme not in available:
        return True
    releases = available.get(programme or next(iter(available), ""))
    return release is not None and releases is not None and release not in releases.published


def _programme_option(release: Release, text: Text) -> str:
    """Title, region, and the years of its data."""
    programme, manifest = release.programme, release.manifest
    first, last = (period[:4] for period in (manifest.first_period, manifest.last_period))
    names = {"title": programme.short_title.in_(text), "region": programme.region.in_(text)}
    return text("frame.programme_option", first=first, last=last, **names)


def _strip(frame: in_use.Frame) -> None:
    kind = frame.release.programme.data_kind
    if kind is not DataKind.CONFIDENTIAL:
        with st.container(key=f"strip_{kind}"):
            st.markdown(frame.text(f"mark.{kind}_strip"))


def _release_line(frame: in_use.Frame) -> None:
    show.facts(show.release_facts(frame), "release_line")
    if frame.newer:
        st.warning(frame.text("frame.newer", shown=frame.release.release_id, current=frame.newer))


def _footer(frame: in_use.Frame) -> None:
    programme, text = frame.release.programme, frame.text
    st.space("medium")
    footer = text(
        "frame.footer",
        title=programme.title.in_(text),
        authority=programme.authority.in_(text),
        release=frame.release.release_id,
        source=programme.source.in_(text),
    )
    st.caption(plain(footer))
    if programme.contact:
        name, email = programme.contact.name.in_(text), programme.contact.email
        st.caption(text("frame.contact", name=plain(name), email=f"[{plain(email)}](mailto:{email})"))


if st.runtime.exists():
    draw()
else:
    # Heavy imports and releases are in memory before the first reader comes; what is there by now stays, and the
    # collection that Streamlit asks for after every run need not look at it.
    in_use.readable_programmes()
    gc.collect()
    gc.freeze()
    # Beside a folder named pages/, Streamlit draws a process's first visit by its old rules, where our addresses do not
    # exist ("page not found"), until st.navigation has run once. There is no public switch.
    PagesManager.uses_pages_directory = False
    app = st.App(
        __file__,
        routes=[Route("/api/headlines.json", headlines_json), Route("/api/{path:path}", unknown_route)],
        middleware=[Middleware(SafeHeaders)],
    )
