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
from pages.parts.in_use import Frame

MOST_COLUMNS, MOST_ROWS = 6, 30  # of a table that is laid out; a larger one scrolls
SCROLLED_HEIGHT = 440  # px


def embargoed_releases(frame: Frame) -> list[tuple[str, str]]:
    """Ids of the programme's releases that are still to come, and when, in words: all that is known of them here."""
    releases = Releases(Home.default().releases, frame.release.programme.id)
    return [(release_id, moment_in_words(until, frame.text)) for release_id, until in releases.embargoed().items()]


def picture(content: Shown, key: str, frame: Frame) -> None:
    """A picture, one drawing for wide screens and one for phones where it has both, and its figures as a table; or why
    there is none.
    """
    if isinstance(content, Absent):
        st.markdown(plain(content.words))
        return
    config = _download_config(frame, key)
    forms = {"wide": content.wide, "phone": content.phone} if content.phone else {"every": content.wide}
    for form, figure in forms.items():
        with st.container(key=f"{form}_{key}"):
            st.plotly_chart(figure, theme=None, config=config, alt=content.alt, key=f"chart_{form}_{key}")
    with st.expander(frame.text("picture.table"), key=f"table_{key}", type="compact"):
        table(content.table, key)


def titled_picture(title: str, says: str, content: Shown, key: str, frame: Frame) -> None:
    """A picture under its heading, and what it shows in a sentence or two."""
    st.subheader(title, anchor=False)
    st.caption(plain(says))
    picture(content, key, frame)


def _download_config(frame: Frame, name: str) -> dict[str, object]:
    """Plotly's settings of the chart's one button: its picture as a file, named after what it shows; in the reader's
    language.
    """
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


def table(rows: pd.DataFrame, key: str) -> None:
    """A table of words: laid out in the page; a large one in a box that scrolls."""
    if len(rows.columns) > MOST_COLUMNS or len(rows) > MOST_ROWS:
        st.dataframe(rows, column_config=right_aligned(rows), height=SCROLLED_HEIGHT, key=f"frame_{key}")
    else:
        st.table(escaped(rows), border="horizontal")


def escaped(rows: pd.DataFrame) -> pd.DataFrame:
    """A table of words with Markdown escaped in its cells, its index and its columns."""
    return rows.rename(index=plain, columns=plain).map(plain)


def claim(headline: Headline, frame: Frame, *, open_reasons: bool = False) -> None:
    """A page's claim: heading, the line that always goes with it, grade, id; behind a click, the checks that led to the
    grade. open_reasons: without the click.
    """
    text, figure = frame.text, headline.figure
    st.title(headline.sentence.title)
    if headline.sentence.under:
        st.markdown(headline.sentence.under)
    facts = (grade_words(figure, text), text("figure.id", figure_id=figure.figure_id))
    st.caption(" ".join(fact for fact in facts if fact))
    checks = reasons(frame.release, figure, text)
    if checks:
        question, answer = why_words(figure, text)
        with st.expander(question, expanded=open_reasons, key="why"):
            st.markdown(answer)
            for check in checks:
                line = text("why_verb.line", title=check.title, outcome=check.outcome, words=plain(check.words))
                st.markdown(f"{line}  \n:gray[:small[{plain(text('figure.id', figure_id=check.figure.figure_id))}]]")


def bullets(lines: Sequence[str]) -> str:
    """Lines as a Markdown list."""
    return "\n".join(f"- {plain(line)}" for line in lines)


def right_aligned(rows: pd.DataFrame) -> dict[Any, Any]:
    """The column configuration that aligns written numbers; Streamlit counts columns from 1, after the index."""
    return {position: st.column_config.TextColumn(alignment="right") for position in range(1, len(rows.columns) + 1)}


def facts(pairs: Sequence[tuple[str, str]], key: str) -> None:
    """Labels and values in a line. key: of its container."""
    with st.container(key=key, horizontal=True, gap="large"):
        for label, value in pairs:
            st.markdown(f":gray[{plain(label)}]  \n**{plain(value)}**", width="content")


def release_facts(frame: Frame) -> list[tuple[str, str]]:
    """The release in one line, as labels and values."""
    release, text = frame.release, frame.text
    headline, calendar = release.headline(), release.programme.calendar
    funded, comparison = (release.figure("firms", arm=arm) for arm in ("funded", "comparison"))
    return [
        (text("frame.edition"), release.release_id),
        (text("frame.data_to"), text.date(dt.date.fromisoformat(release.manifest["data_to"]))),
        (text("frame.state"), text(f"frame.{calendar.state}")),
        (text("frame.analysed"), _part_of(headline.n_funded, funded, text)),
        (text("frame.comparison"), _part_of(headline.n_comparison, comparison, text)),
        (text("frame.next"), _next_release(frame)),
    ]


def _next_release(frame: Frame) -> str:
    """The day of the next release; of an old one, the release that took its place."""
    day = frame.release.programme.calendar.next_release
    return frame.newer or (frame.text.date(day) if day else frame.text("frame.next_none"))


def _part_of(part: int | None, whole: Figure | None, text: Text) -> str:
    total = None if whole is None or whole.value is None else round(whole.value)
    numbers = [text("table.nothing") if n is None else text.number(n) for n in (part, total)]
    return text("frame.of", part=numbers[0], whole=numbers[1])
