"""The releases that can be read, and the one in use. No page of its own."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from analytics.folders import Home, programme_ids
from analytics.language.text import LANGUAGES, Text, speaking
from analytics.model import UserError
from analytics.present.sentences.phrases import reader
from analytics.release import Release
from analytics.release.opened import OpenReleases
from analytics.release.readable import ReadableReleases, Shelves
from analytics.serve.reader_language import preferred_language
from pages.parts.address import read_choice

read_release = OpenReleases(8)


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page reads: the release in use, the reader's language, whether a newer release exists, and the one
    that was published before it.
    """

    release: Release
    text: Text
    newer: str | None
    earlier: Callable[[], Release | None]


def usual_language() -> str:
    """The language of a reader who has chosen none: their browser's, if it is spoken here."""
    accepted = st.context.headers.get("Accept-Language")
    return preferred_language(accepted if isinstance(accepted, str) else None)


def language() -> Text:
    """The reader's language, from the address."""
    return speaking(read_choice("lang", LANGUAGES, usual_language()))


def shelves() -> Shelves:
    """The releases of every programme that has a file here."""
    return Shelves(Home.default().releases, programme_ids, read_release, holds=read_release.holds)


def readable_programmes() -> dict[str, ReadableReleases]:
    """Programmes with something published, in the order of their files."""
    return shelves().readable()


def not_served() -> list[str]:
    """Programmes of which readers should see something, and none of it can be read."""
    here, readable = shelves(), readable_programmes()
    return [programme for programme in here.programmes() if programme not in readable and here.is_due(programme)]


def open_frame() -> Frame | None:
    """The release that the address asks for; None when nothing is published."""
    available = readable_programmes()
    if not available:
        return None
    readable = available[read_choice("programme", list(available), next(iter(available)))]
    chosen = read_choice("release", readable.published, readable.current)
    try:
        release = readable.read(chosen)
    except UserError:
        chosen, release = readable.current, readable.read(readable.current)
    newer = readable.current if chosen != readable.current else None
    text = reader(release, language().language)
    return Frame(release, text, newer, lambda: readable.before(chosen))


def require_frame() -> Frame:
    """The frame, or the end of the page: the dashboard has already said that nothing is published."""
    frame = open_frame()
    if frame is None:
        st.stop()
    return frame
