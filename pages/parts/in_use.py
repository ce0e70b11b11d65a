"""The releases that can be read, and the one in use. No page of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

from analytics.folders import PROGRAMME_FILES, Home
from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES, Text, speaking
from analytics.model import UserError
from analytics.present.sentences.phrases import reader
from analytics.release import Release, Releases
from pages.parts.address import read_choice


@lru_cache(maxsize=8)
def read_release(path: Path) -> Release:
    """A release file in memory; the file never changes, so its path is enough to know it by. Raises UserError."""
    return Release(path)


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page reads.

    release: the one in use; text: in the reader's language; newer: id of the current release, None where that is the
    one in use; read_earlier: reads the release published before the one in use, None where there is none.
    """

    release: Release
    text: Text
    newer: str | None
    read_earlier: Callable[[], Release | None]


def text_from_address() -> Text:
    """The texts in the reader's language, which the address names."""
    return speaking(read_choice("lang", LANGUAGES, DEFAULT_LANGUAGE))


@dataclass(frozen=True, slots=True)
class ReadableReleases:
    """What can be read of one programme.

    published: ids of its published releases, newest first; current: the one that is shown by default; missing: the
    release that the pointer names, where its file is gone or damaged and an older one is current instead.
    """

    releases: Releases
    published: tuple[str, ...]
    current: str
    missing: str | None

    def read(self, release_id: str) -> Release:
        """One of the published releases. Raises UserError where its file is gone or damaged."""
        return read_release(self.releases.path(release_id))

    def read_before(self, release_id: str) -> Release | None:
        """The newest release published before another that can still be read; None where there is none."""
        for earlier in self.published[self.published.index(release_id) + 1 :]:
            try:
                return self.read(earlier)
            except UserError:
                continue
        return None


def _readable_releases(releases: Releases) -> ReadableReleases | None:
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
    """Programmes with something published that can be read, by id, in the order of their files."""
    root = Home.default().releases
    programmes = sorted(path.stem for path in PROGRAMME_FILES.glob("*.toml"))
    readable = {programme: _readable_releases(Releases(root, programme)) for programme in programmes}
    return {programme: releases for programme, releases in readable.items() if releases}


def read_published(programme: str | None = None, release_id: str | None = None) -> Release:
    """A published release for the API: by default the first programme's current one. Raises UserError."""
    programmes = readable_programmes()
    readable = programmes.get(programme or next(iter(programmes), ""))
    if readable is None or (release_id or readable.current) not in readable.published:
        raise UserError("release.not_here")
    return readable.read(release_id or readable.current)


def find_frame() -> Frame | None:
    """The release that the address names, else the current one; None when nothing is published."""
    programmes = readable_programmes()
    if not programmes:
        return None
    readable = programmes[read_choice("programme", list(programmes), next(iter(programmes)))]
    release_id = read_choice("release", readable.published, readable.current)
    try:
        release = readable.read(release_id)
    except UserError:
        release_id, release = readable.current, readable.read(readable.current)
    newer = readable.current if release_id != readable.current else None
    text = reader(release, text_from_address().language)
    return Frame(release, text, newer, lambda: readable.read_before(release_id))


def require_frame() -> Frame:
    """The frame, or the end of the page: the dashboard has already said that nothing is published."""
    frame = find_frame()
    if frame is None:
        st.stop()
    return frame
