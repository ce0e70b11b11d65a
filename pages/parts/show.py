"""How pages show what they all show: a claim, a picture with its table, lists, tables, the release in one line."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics.clock import moment_in_words
from analytics.folders import Home
from analytics.language.text import Text, plain
from analytics.present.pictures import Absent, Shown
from analytics.present.sentences.headlines import Headline
from analytics.present.sentences.reasons import grade_words, reasons, why_words
from analytics.release import Figure, Releases
from analytics.release.measures import FIRMS
from pages.parts.in_use import Frame

MOST_COLUMNS, MOST_ROWS, SCROLLED = 6, 30, 440  # of a table that is laid out; a larger one scrolls, so many px high


def embargoed(frame: Frame) -> list[tuple[str, str]]:
    """Releases of the programme that are still to come, and when, in words; nothing else of them is known here."""
    releases = Releases(Home.default().releases, frame.release.programme.id)
    return [(release, moment_in_words(until, frame.text)) for release, until in releases.embargoed().items()]


def picture(shown: Shown, key: str, frame: Frame) -> None:
    """A picture, one drawing for wide screens and one for phones where it has both, and its figures as a table; or why
    there is none.
    """
    if isinstance(shown, Absent):
        st.markdown(plain(shown.words))
        return
    config = camera(frame, key)
    forms = {"wide": shown.wide, "phone": shown.phone} if shown.phone else {"every": shown.wide}
    for form, figure in forms.items():
        with st.container(key=f"{form}_{key}"):
            st.plotly_chart(figure, theme=None, config=config, alt=shown.alt, key=f"chart_{form}_{key}")
    with st.expander(frame.text("picture.table"), key=f"table_{key}", type="compact"):
        table(shown.table, key)


def titled_picture(title: str, says: str, shown: Shown, key: str, frame: Frame) -> None:
    """A picture under its heading, and what it shows in a sentence or two."""
    st.subheader(title, anchor=False)
    st.caption(plain(says))
    picture(shown, key, frame)


def camera(frame: Frame, name: str) -> dict[str, object]:
    """The chart's one button: its picture as a file, named after what it shows; in the reader's language."""
    release, text = frame.release, frame.text
    mark = "SIMULATED-" if release.simulated else ""
    file = {"format": "png", "scale": 3, "filename": f"{mark}{release.programme.id}-{release.release_id}-{name}"}
    words = {"Download plot as a PNG": text("picture.download"), "Download plot": text("picture.download")}
    return {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": file,
        "locale": text.language,
        "locales": {text.language: {"dictionary": words}},
    }


def table(frame: pd.DataFrame, key: str) -> None:
    """A table of words: laid out in the page; a large one in a box that scrolls."""
    if len(frame.columns) > MOST_COLUMNS or len(frame) > MOST_ROWS:
        st.dataframe(frame, column_config=to_the_right(frame), height=SCROLLED, key=f"frame_{key}")
    else:
        st.table(escaped(frame), border="horizontal")


def escaped(frame: pd.DataFrame) -> pd.DataFrame:
    """The same words, so that Markdown reads nothing into them."""
    return frame.rename(index=plain, columns=plain).map(plain)


def claim(headline: Headline, frame: Frame, *, open_reasons: bool = False) -> None:
    """A page's claim: heading, the line that always goes with it, grade, id; behind a click, what led to the grade."""
    text, figure = frame.text, headline.figure
    st.title(headline.sentence.title)
    if headline.sentence.under:
        st.markdown(headline.sentence.under)
    facts = (grade_words(figure, text), text("figure.id", figure_id=figure.figure_id))
    st.caption(" ".join(fact for fact in facts if fact))
    checks = reasons(frame.release, figure, text)
    if checks:
        question, answer = why_words(frame.release, figure, text)
        with st.expander(question, expanded=open_reasons, key="why"):
            st.markdown(answer)
            for check in checks:
                line = text("why_verb.line", title=check.title, outcome=check.outcome, words=plain(check.words))
                st.markdown(f"{line}  \n:gray[:small[{plain(text('figure.id', figure_id=check.figure.figure_id))}]]")


def bullets(lines: Sequence[str]) -> str:
    """Lines as a Markdown list."""
    return "\n".join(f"- {plain(line)}" for line in lines)


def to_the_right(frame: pd.DataFrame) -> dict[Any, Any]:
    """Columns of written numbers, aligned; Streamlit counts them from 1, after the index."""
    return {place: st.column_config.TextColumn(alignment="right") for place in range(1, len(frame.columns) + 1)}


def facts(pairs: Sequence[tuple[str, str]], key: str) -> None:
    """Labels and values in a line."""
    with st.container(key=key, horizontal=True, gap="large"):
        for label, value in pairs:
            st.markdown(f":gray[{plain(label)}]  \n**{plain(value)}**", width="content")


def release_facts(frame: Frame) -> list[tuple[str, str]]:
    """The release in one line: label and value."""
    release, text = frame.release, frame.text
    headline, calendar = release.headline(), release.programme.calendar
    total, others = (release.figure(FIRMS, arm=arm) for arm in ("funded", "comparison"))
    return [
        (text("frame.edition"), release.release_id),
        (text("frame.data_to"), text.date(dt.date.fromisoformat(release.manifest.data_to))),
        (text("frame.state"), text(f"frame.{calendar.state}")),
        (text("frame.analysed"), _part_of(headline.n_funded, total, text)),
        (text("frame.comparison"), _part_of(headline.n_comparison, others, text)),
        (text("frame.next"), _next_release(frame)),
    ]


def _next_release(frame: Frame) -> str:
    """The day of the next release; of an old one, the release that took its place."""
    coming = frame.release.programme.calendar.next_release
    return frame.newer or (frame.text.date(coming) if coming else frame.text("frame.next_none"))


def _part_of(part: int | None, whole: Figure | None, text: Text) -> str:
    known = None if whole is None or whole.value is None else round(whole.value)
    written = [text("table.nothing") if n is None else text.number(n) for n in (part, known)]
    return text("frame.of", part=written[0], whole=written[1])
