"""The releases that can be read, and the one in use. No page of its own."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st

from analytics.access.roles import Area
from analytics.language.text import LANGUAGES, Text, speaking
from analytics.model import UserError
from analytics.present.sentences.phrases import reader
from analytics.release import Release
from analytics.release.readable import ReadableReleases
from analytics.serve.reader_language import preferred_language
from pages import area_at
from pages.parts import visitor
from pages.parts.address import page_end, read_choice
from pages.parts.shelf import shelves as shelves


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page reads: the release in use, the reader's language, whether a newer release exists, and the one
    that was published before it. until: of an embargo, which the reader's role may read all the same.
    """

    release: Release
    text: Text
    newer: str | None
    earlier: Callable[[], Release | None]
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """What a reader may choose from of a programme. published: what everybody may read, None where there is nothing;
    embargoed: what their role may read before its time, the next one first, each until when.
    """

    programme: str
    published: ReadableReleases | None
    embargoed: Mapping[str, dt.datetime] = field(default_factory=dict)

    @property
    def releases(self) -> tuple[str, ...]:
        """All of them, newest first."""
        return (*list(self.embargoed)[::-1], *(self.published.published if self.published else ()))

    @property
    def usual(self) -> str:
        """The one that is shown where none is named."""
        return self.published.current if self.published else next(iter(self.embargoed))

    @property
    def missing(self) -> str | None:
        """The release that should be in use and cannot be read."""
        return self.published.missing if self.published else None

    def read(self, release: str) -> Release:
        """One of them. Raises UserError."""
        if release in self.embargoed or self.published is None:
            return shelves().open_embargoed(visitor.role(), area_at(page_end()), self.programme, release)
        return self.published.read(release)

    def before(self, release: str) -> Release | None:
        """The newest one published before another."""
        if self.published is None:
            return None
        return self.published.read(self.usual) if release in self.embargoed else self.published.before(release)


def usual_language() -> str:
    """The language of a reader who has chosen none: their browser's, if it is spoken here."""
    accepted = st.context.headers.get("Accept-Language")
    return preferred_language(accepted if isinstance(accepted, str) else None)


def language() -> Text:
    """The reader's language, from the address."""
    return speaking(read_choice("lang", LANGUAGES, usual_language()))


def readable_programmes() -> dict[str, Offered]:
    """Programmes with something that the reader may read on this page, in the order of their files."""
    published = shelves().readable()
    embargoed = shelves().embargoed(visitor.role(), area_at(page_end()))
    return {
        programme: Offered(programme, published.get(programme), embargoed.get(programme, {}))
        for programme in dict.fromkeys([*published, *embargoed])
    }


def not_served() -> list[str]:
    """Programmes of which readers should see something, and none of it can be read."""
    here = shelves()
    readable = here.readable()
    return [programme for programme in here.programmes() if programme not in readable and here.is_due(programme)]


def open_frame() -> Frame | None:
    """The release that the address asks for; None when nothing is published."""
    available = readable_programmes()
    if not available:
        return None
    offered = available[read_choice("programme", list(available), next(iter(available)))]
    chosen = read_choice("release", offered.releases, offered.usual)
    try:
        release = offered.read(chosen)
    except UserError:
        chosen, release = offered.usual, offered.read(offered.usual)
    is_newer = chosen in offered.embargoed or chosen == offered.usual
    text = reader(release, language().language)
    until = offered.embargoed.get(chosen)
    return Frame(release, text, None if is_newer else offered.usual, lambda: offered.before(chosen), until)


def require_frame() -> Frame:
    """The frame, or the end of the page: the dashboard has already said that nothing is published."""
    frame = open_frame()
    if frame is None:
        st.stop()
    return frame


def embargoed_elsewhere(release: str | None, programme: str) -> bool:
    """Whether a release that is not to be had here is one that the reader's role may read on other pages."""
    role = visitor.role()
    return any(release in shelves().embargoed(role, area).get(programme, {}) for area in Area)
