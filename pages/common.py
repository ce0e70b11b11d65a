"""What all pages share: the state in the address, the release in use, how a chart is placed. No page of its own."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.headlines import Headline
from analytics.home import PROGRAMMES, Home
from analytics.model import UserError
from analytics.moments import said
from analytics.reasons import grade_words, reasons, why_words
from analytics.release import Figure, Release
from analytics.releases import Releases
from analytics.text import DEFAULT_LANGUAGE, LANGUAGES, Text

CHART = {"displayModeBar": False}


@lru_cache(maxsize=8)
def read_release(path: Path) -> Release:
    """A release file in memory; the file never changes, so its path is enough to know it by."""
    return Release(path)


def held(key: str, options: Sequence[str], default: str) -> str:
    """A choice that lives in the address: from the address, else as last chosen, else the default.

    It is written back in any case, so that the address of what is on the screen always shows the same again.
    """
    asked, kept = st.query_params.get(key), st.session_state.get(f"held_{key}")
    value = next((str(wish) for wish in (asked, kept) if wish in options), default)
    keep(key, value)
    return value


def keep(key: str, value: str) -> None:
    """Remember a choice and write it into the address."""
    st.session_state[f"held_{key}"] = value
    st.query_params[key] = value


def forget(key: str) -> None:
    """Let a choice fall back to its default."""
    st.session_state.pop(f"held_{key}", None)
    st.query_params.pop(key, None)


def choose(
    widget: Callable[..., object],
    label: str,
    key: str,
    options: Sequence[str],
    default: str,
    words: Callable[[str], str],
    *,
    forgets: str | None = None,
    **more: object,
) -> str:
    """A selectbox or segmented control whose choice lives in the address by its code, in any language.

    forgets: another choice that makes no sense any more when this one changes.
    """
    st.session_state[f"pick_{key}"] = held(key, options, default)

    def chosen() -> None:
        keep(key, st.session_state[f"pick_{key}"] or default)
        if forgets:
            forget(forgets)

    widget(label, options, key=f"pick_{key}", format_func=words, on_change=chosen, **more)
    return str(st.session_state[f"held_{key}"])


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page reads: the release in use, the reader's language, and whether a newer release exists."""

    release: Release
    text: Text
    newer: str | None


def language() -> Text:
    """The reader's language, from the address."""
    return Text(held("lang", LANGUAGES, DEFAULT_LANGUAGE))


@dataclass(frozen=True, slots=True)
class Shelf:
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


def _shelf(releases: Releases) -> Shelf | None:
    """None when the programme has nothing published that can be read."""
    pointed = releases.current
    published = releases.published()[::-1]
    for candidate in dict.fromkeys((pointed, *published)):
        if candidate in published:
            try:
                read_release(releases.path(candidate))
            except UserError:
                continue
            return Shelf(releases, tuple(published), candidate, None if candidate == pointed else pointed)
    return None


def shelves() -> dict[str, Shelf]:
    """Programmes with something published, in the order of their files."""
    root = Home.default().releases
    found = {path.stem: _shelf(Releases(root, path.stem)) for path in sorted(PROGRAMMES.glob("*.toml"))}
    return {programme: shelf for programme, shelf in found.items() if shelf}


def opened(programme: str | None = None, release: str | None = None) -> Release:
    """A published release for the API: by default the first programme's current one. Raises UserError."""
    available = shelves()
    wanted = programme or next(iter(available), "")
    if wanted not in available:
        raise UserError("release.not_here")
    shelf = available[wanted]
    if (release or shelf.current) not in shelf.published:
        raise UserError("release.not_here")
    return shelf.read(release or shelf.current)


def frame() -> Frame | None:
    """The release that the address asks for; None when nothing is published."""
    available = shelves()
    if not available:
        return None
    shelf = available[held("programme", list(available), next(iter(available)))]
    chosen = held("release", shelf.published, shelf.current)
    try:
        release = shelf.read(chosen)
    except UserError:
        chosen, release = shelf.current, shelf.read(shelf.current)
    return Frame(release, language(), shelf.current if chosen != shelf.current else None)


def embargoed(found: Frame) -> list[tuple[str, str]]:
    """Releases of the programme that are still to come, and when, in words; nothing else of them is known here."""
    releases = Releases(Home.default().releases, found.release.programme.id)
    return [(release, said(until, found.text)) for release, until in releases.embargoed().items()]


def need_frame() -> Frame:
    """The frame, or the end of the page: the dashboard has already said that nothing is published."""
    found = frame()
    if found is None:
        st.stop()
    return found


def chart(figure: go.Figure, alt: str, key: str) -> None:
    """A chart as the template made it, with its alternative text."""
    st.plotly_chart(figure, theme=None, config=CHART, alt=alt, key=key)


def claim(headline: Headline, frame: Frame, *, open_reasons: bool = False) -> None:
    """A page's claim: heading, the line that always goes with it, grade, id; behind a click, what led to the grade."""
    text, figure = frame.text, headline.figure
    st.title(no_formula(headline.sentence.title))
    if headline.sentence.under:
        st.markdown(no_formula(headline.sentence.under))
    facts = (grade_words(figure, text), text("figure.id", figure_id=figure.figure_id))
    st.caption(" ".join(fact for fact in facts if fact))
    found = reasons(frame.release, figure, text)
    if found:
        question, answer = why_words(figure, text)
        with st.expander(question, expanded=open_reasons, key="why"):
            st.markdown(answer)
            for one in found:
                st.markdown(text("why_verb.line", title=one.title, outcome=one.outcome, words=plain(one.words)))
                st.caption(text("figure.id", figure_id=one.figure.figure_id))


def no_formula(markdown: str) -> str:
    """Markdown of our own with amounts of money: Streamlit reads what stands between dollars as a formula."""
    return markdown.replace("$", "\\$")


def bullets(lines: Sequence[str]) -> str:
    """Lines as a Markdown list."""
    return "\n".join(f"- {plain(line)}" for line in lines)


def to_the_right(frame: pd.DataFrame) -> dict[Any, Any]:
    """Columns of written numbers, aligned; Streamlit counts them from 1, after the index."""
    return {place: st.column_config.TextColumn(alignment="right") for place in range(1, len(frame.columns) + 1)}


def plain(words: str) -> str:
    """Words from data or files, so that Markdown reads nothing into them."""
    return "".join("\\" + mark if mark in "\\`*_{}[]()#+-.!|$<>:~" else mark for mark in words)


def release_facts(found: Frame) -> list[tuple[str, str]]:
    """The release in one line: label and value."""
    release, text = found.release, found.text
    headline = release.headline()
    total = release.figure("firms", arm="funded")
    others = release.figure("firms", arm="comparison")

    def of(part: int | None, whole: Figure | None) -> str:
        known = None if whole is None else whole.value
        shown = ("–" if n is None else text.number(n) for n in (part, known))
        return text("frame.of", part=next(shown), whole=next(shown))

    return [
        (text("frame.data_to"), text.date(dt.date.fromisoformat(release.manifest["data_to"]))),
        (text("frame.built"), text.date(dt.datetime.fromisoformat(release.manifest["built_at"]).date())),
        (text("frame.analysed"), of(headline.n_funded, total)),
        (text("frame.comparison"), of(headline.n_comparison, others)),
    ]
