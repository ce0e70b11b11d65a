"""The releases that can be read, and the one in use. No page of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

from analytics.folders import PROGRAMME_FILES, Home
from analytics.language.text import LANGUAGES, Text, speaking
from analytics.model import UserError
from analytics.present.sentences.phrases import reader
from analytics.release import Release, Releases
from analytics.serve.reader_language import preferred_language
from pages.parts.address import read_choice


@lru_cache(maxsize=8)
def read_release(path: Path) -> Release:
    """A release file in memory; the file never changes, so its path is enough to know it by."""
    return Release(path)


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


@dataclass(frozen=True, slots=True)
class ReadableReleases:
    """What can be read of one programme: published releases, newest first, and the one in use.

    missing: the pointer names this release, but its file is gone or damaged, so an older one is in use.
    """

    releases: Releases
    published: tuple[str, ...]
    current: str
    missing: str | None

    def read(self, release: str) -> Release:
        """One of the published releases."""
        return read_release(self.releases.path(release))

    def before(self, release: str) -> Release | None:
        """The newest one published before a release that can still be read."""
        for earlier in self.published[self.published.index(release) + 1 :]:
            try:
                return self.read(earlier)
            except UserError:
                continue
        return None


def _readable(releases: Releases) -> ReadableReleases | None:
    """None when the programme has nothing published that can be read."""
    pointed = releases.current
    published = releases.published()[::-1]
    for candidate in dict.fromkeys((pointed, *published)):
        if candidate in published:
            try:
                read_release(releases.path(candidate))
            except UserError:
                continue
            return ReadableReleases(releases, tuple(published), candidate, None if candidate == pointed else pointed)
    return None


def readable_programmes() -> dict[str, ReadableReleases]:
    """Programmes with something published, in the order of their files."""
    root = Home.default().releases
    by_programme = {path.stem: _readable(Releases(root, path.stem)) for path in sorted(PROGRAMME_FILES.glob("*.toml"))}
    return {programme: releases for programme, releases in by_programme.items() if releases}


def open_release(programme: str | None = None, release: str | None = None) -> Release:
    """A published release for the API: by default the first programme's current one. Raises UserError."""
    available = readable_programmes()
    wanted = programme or next(iter(available), "")
    if wanted not in available:
        raise UserError("release.not_here")
    readable = available[wanted]
    if (release or readable.current) not in readable.published:
        raise UserError("release.not_here")
    return readable.read(release or readable.current)


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
