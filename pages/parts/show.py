"""How pages show what they all show: the row on top, a claim and what may be done with it, a picture with its table,
lists, tables.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from analytics import charts
from analytics.charts import framed
from analytics.charts.kit.markup import element, joined
from analytics.clock import moment_in_words
from analytics.folders import Home
from analytics.language.text import Text, plain
from analytics.present.pictures import OPENS_SECTOR, Absent, Picture
from analytics.present.sentences.headlines import Headline
from analytics.present.sentences.reasons import grade_words, reasons, why_words
from analytics.present.sentences.together import range_notes
from analytics.present.tables.facts import Fact
from analytics.present.titled import Keyed, Titled
from analytics.publish.addresses import file_name, picture_address
from analytics.release import Releases
from analytics.release.figure_id import short
from analytics.release.measures import FIRMS
from pages.parts import address
from pages.parts.block import block
from pages.parts.in_use import Frame, Offered, readable_programmes

MOST_COLUMNS, MOST_ROWS, SCROLLED = 6, 30, 440  # of a table that is laid out; a larger one scrolls, so many px high
LETTER, CELL_PADDING = 7.0, 22.0  # px in a table that scrolls


# ---- the row on top --------------------------------------------------------------------------------------------------


@contextmanager
def top_row(frame: Frame) -> Iterator[None]:
    """The pickers of a page, which the caller draws, then programme, release, and the release in a line."""
    with st.container(key="top_row", horizontal=True, vertical_alignment="center"):
        with st.container(key="pickers", horizontal=True, width="content"):
            yield
            choose_release(readable_programmes(), frame.text)
        block(_release_line(frame), "release_line", width="content")
    if frame.newer:
        st.warning(frame.text("frame.newer", shown=frame.release.release_id, current=frame.newer))


def choose_release(available: dict[str, Offered], text: Text) -> None:
    """Which programme, and which of its releases."""
    current = {name: offered.read(offered.usual) for name, offered in available.items()}
    programme = address.choose(
        st.selectbox,
        text("frame.programme"),
        "programme",
        list(available),
        next(iter(available)),
        lambda name: current[name].programme.short_title.in_(text),
        resets="release",
        width=200,
        label_visibility="collapsed",
    )
    address.choose(
        st.selectbox,
        text("frame.release"),
        "release",
        available[programme].releases,
        available[programme].usual,
        lambda release: text(_option_key(release, available[programme]), release=release),
        width=215 if available[programme].embargoed else 165,  # px; the whole of "Edizione 2026-1"
        label_visibility="collapsed",
    )


def _option_key(release: str, offered: Offered) -> str:
    return "frame.embargo_option" if release in offered.embargoed else "frame.release_option"


def _release_line(frame: Frame) -> Markup:
    """Firms analysed of those funded, last day of the data, the next release."""
    release, text = frame.release, frame.text
    calendar, funded = release.programme.calendar, release.figure(FIRMS, arm="funded")
    analysed = release.headline().n_funded
    whole = None if funded is None or funded.value is None else round(funded.value)
    written = {
        name: text("table.nothing") if n is None else text.number(n)
        for name, n in (("part", analysed), ("whole", whole))
    }
    day = text.date(dt.date.fromisoformat(release.manifest.data_to))
    shown = text("frame.release_option", release=release.release_id)
    lines = {
        "printed": f"{release.programme.short_title.in_(text)}, {shown}",
        "analysed": text("frame.analysed_line", **written),
        "data": text("frame.data_line", day=day, state=text(f"frame.{calendar.state}")),
        "next": next_release_line(frame),
    }
    return element("p", *(element("span", line, class_=name) for name, line in lines.items()), class_="release-line")


def next_release_line(frame: Frame) -> str:
    """The day of the next release; of an old one, the release that took its place."""
    coming = frame.release.programme.calendar.next_release
    day = frame.newer or (frame.text.date(coming) if coming else frame.text("frame.next_none"))
    return frame.text("frame.next_line", day=day)


# ---- a claim, and what may be done with it ---------------------------------------------------------------------------


def claim(headline: Headline, frame: Frame) -> None:
    """A page's claim: heading, and the line that always goes with it, with the grade."""
    st.title(headline.sentence.title)
    lines = (headline.sentence.under, grade_words(headline.figure, frame.text))
    st.markdown(" ".join(line for line in lines if line))


def actions(headline: Headline | None, frame: Frame, *, why: bool = True, guide: bool = False) -> DeltaGenerator:
    """What may be done with a claim, in one row: copy the sentence or the page's address, read why it is said so, have
    the figures of the page's pictures as tables. Returns the row, for more of them. headline: None where a page makes
    no claim, so that there is no sentence to copy; why, guide: whether the reasons, and how to read the page, are among
    them.
    """
    text = frame.text
    address.read_switch("tables")  # before the page's address is copied
    row = st.container(key="actions", horizontal=True, vertical_alignment="center")
    with row:
        words = {"copy_sentence": copied(headline, headline.sentence.long, text.language)} if headline else {}
        copy_buttons({**words, "copy_link": address.permalink()}, text)
        if headline and why and reasons(frame.release, headline.figure, text):
            question, _ = why_words(frame.release, headline.figure, text)
            with st.popover(question, key="why"):
                why_said(headline, frame)
        if guide:
            with st.popover(text("guide.title"), key="guide"):
                st.markdown(text("guide.body"))
        address.switch(text("page.tables"), "tables")
    return row


def copied(headline: Headline, words: str, language: str) -> str:
    """What every button copies of a sentence: its words, its id and the address of the page that checks it."""
    return headline.copied(words, address.of_figure(headline.figure.figure_id, language))


def copy_buttons(words_by_name: dict[str, str], text: Text) -> None:
    """A button for each of the words, that copies them."""
    buttons = [
        element("button", text(f"page.{name}"), type="button", data_copy=words, data_done=text("page.copied"))
        for name, words in words_by_name.items()
    ]
    block(element("div", *buttons, class_="buttons"), "-".join(words_by_name), width="content")


def why_said(headline: Headline, frame: Frame) -> None:
    """Why a claim is said as it is: the checks behind its grade, each with its figure's id; how its range is found."""
    text, figure = frame.text, headline.figure
    st.markdown(why_words(frame.release, figure, text)[1])
    if notes := " ".join(range_notes(frame.release, figure, headline.dimension, text)):
        st.markdown(plain(notes))
    checks(headline, frame)
    st.caption(text("figure.id", figure_id=short(figure.figure_id)))


def checks(headline: Headline, frame: Frame) -> None:
    """The checks behind a claim, one a line: title, outcome, reason, the figure's id."""
    lines = [
        element(
            "li",
            element("b", check.title),
            element("i", check.outcome),
            element("span", check.words, " ", element("small", short(check.figure.figure_id))),
            class_=f"check {check.result}",
        )
        for check in reasons(frame.release, headline.figure, frame.text)
    ]
    if lines:
        block(element("ul", *lines, class_="checks"), "checks")


def embargoed(frame: Frame) -> list[tuple[str, str]]:
    """Releases of the programme that are still to come, and when, in words; nothing else of them is known here."""
    releases = Releases(Home.default().releases, frame.release.programme.id)
    return [(release, moment_in_words(until, frame.text)) for release, until in releases.embargoed().items()]


# ---- pictures and tables ---------------------------------------------------------------------------------------------


def key_of(drawn: Titled) -> str:
    """The name of a picture within its page."""
    return drawn.name.partition("-")[2]


def picture(
    drawn: Titled | None,
    frame: Frame,
    *,
    level: int = 3,
    heading: bool = True,
    says: bool = True,
    before: Markup | None = None,
) -> None:
    """A picture under its heading, its figures as a table where the reader asked for tables, and where it is had as an
    image; or why there is none. None: the page has no such picture.

    level: of the heading; heading, says: whether the title and what stands below it are shown, which the page may say
    itself; before: what stands over the drawing.
    """
    if drawn is None:
        return
    shown, text = drawn.shown, frame.text
    title = drawn.title if heading else ""
    words = " ".join(part for part in (drawn.says, drawn.only_there) if part) if says else ""
    if isinstance(shown, Absent):
        above = [element(f"h{level}", title)] if title else []
        above += [element("p", words, class_="says")] if words else []
        box = element("div", element("p", shown.words), class_="absent")
        block(element("figure", *above, box, class_="picture"), key_of(drawn))
        return
    over = before or (charts.key(text) if drawn.keyed is Keyed.WHOLE else "")
    markup = framed(
        joined([over, shown.drawing]),
        shown.stamp,
        text,
        title=title,
        says=words,
        level=level,
        note=shown.note,
        camera=camera(drawn, frame),
        after=_figures_table(shown) if address.chosen("tables") == "1" else None,
    )
    block(with_addresses(markup), key_of(drawn))


def camera(drawn: Titled, frame: Frame) -> Markup:
    """Where a picture is had as an image of its own, with the choices of the page, and in words."""
    release, text = frame.release, frame.text
    links: list[object] = []
    for ending in ("png", "svg", "txt"):
        where = address.at_root(picture_address(drawn.name, ending, drawn.choices, release, text.language))
        named = file_name(release, drawn.name, ending)
        label = text(f"camera.{ending}_of", title=drawn.title)
        links += [" ", element("a", text(f"camera.{ending}"), href=where, download=named, aria_label=label)]
    return element("small", text("camera.save"), *links, class_="camera")


def switch_links(
    key: str, words_by_option: dict[str, str], current: str, *, of_languages: bool = False
) -> Markup | None:
    """What a picture can show, the option in use in bold, the others as links; nothing where there is no choice.

    of_languages: options are codes of languages, each named in itself.
    """
    if len(words_by_option) < 2:
        return None
    options = [
        element("strong", words, lang=option if of_languages else None)
        if option == current
        else element("a", words, href=address.here(**{key: option}), lang=option if of_languages else None)
        for option, words in words_by_option.items()
    ]
    parts = [part for option in options for part in (" · ", option)][1:]
    return element("p", *parts, class_="switch-links")


def with_addresses(markup: Markup) -> Markup:
    """The same, with the address of what each row opens."""

    def address_of(match: re.Match[str]) -> str:
        return str(Markup('href="{}"').format(address.href("sectors", sector=match[1])))

    return Markup(re.sub(rf'href="{OPENS_SECTOR}([^"]*)"', address_of, str(markup)))  # noqa: S704 - escaped before


def _figures_table(shown: Picture) -> Markup:
    """A picture's figures as a table of words."""
    frame = shown.table
    names = [element("th", name or "", scope="col") for name in (frame.index.name, *frame.columns)]
    body = [
        element("tr", element("th", label, scope="row"), *(element("td", cell) for cell in cells))
        for label, cells in zip(frame.index, frame.to_numpy(), strict=True)
    ]
    table = element("table", element("thead", element("tr", *names)), element("tbody", *body), class_="figures")
    return element("div", table, class_="table-box", tabindex="0")


def table(frame: pd.DataFrame, key: str) -> None:
    """A table of words: laid out in the page; a large one in a box that scrolls."""
    if len(frame.columns) > MOST_COLUMNS or len(frame) > MOST_ROWS:
        st.dataframe(frame, column_config=to_the_right(frame), height=SCROLLED, key=f"frame_{key}")
    else:
        st.table(escaped(frame), border="horizontal")


def escaped(frame: pd.DataFrame) -> pd.DataFrame:
    """The same words, so that Markdown reads nothing into them."""
    return frame.rename(index=plain, columns=plain).map(plain)


def bullets(lines: Sequence[str]) -> str:
    """Lines as a Markdown list."""
    return "\n".join(f"- {plain(line)}" for line in lines)


def to_the_right(frame: pd.DataFrame) -> dict[Any, Any]:
    """Columns of written numbers, aligned, each wide enough for its longest; Streamlit counts them from 1, after the
    index.
    """
    longest = [max(map(len, frame.iloc[:, place].astype(str)), default=1) for place in range(len(frame.columns))]
    return {
        place: st.column_config.TextColumn(alignment="right", width=round(LETTER * letters + CELL_PADDING))
        for place, letters in enumerate(longest, 1)
    }


def facts(shown: Sequence[Fact], key: str) -> None:
    """Labels and values in a line."""
    cells = [
        element("div", element("dt", fact.label), element("dd", fact.words, class_="lesser" if fact.lesser else None))
        for fact in shown
    ]
    block(element("dl", *cells, class_="facts"), key)
