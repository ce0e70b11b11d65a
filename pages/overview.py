"""Overview: one answer, where it worked, what happened beside what the grants did, the money, groups on one axis."""

import streamlit as st
from markupsafe import Markup

from analytics import charts
from analytics.charts.kit.markup import element
from analytics.present import pictures
from analytics.present.asked import Asked
from analytics.present.sentences.changes import changes_heading, changes_words
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import headline_of
from analytics.present.sentences.lasting import lasting_heading, lasting_sentence
from analytics.present.sentences.limits import cannot_say
from analytics.present.sentences.panels import losses_words, money_heading, money_words
from analytics.present.sentences.together import (
    count_of,
    count_sentence,
    differ_heading,
    differ_words,
    pairs_words,
)
from analytics.present.sentences.where import surer_words, told_groups, where_words
from analytics.present.tables import audit
from analytics.present.verbs import tells
from pages.parts import address, in_use, show
from pages.parts.block import block

frame = in_use.require_frame()
release, text = frame.release, frame.text
asked = Asked.headline(release)
headline = headline_of(release, release.headline(), ClaimKind.EFFECT, "*", "*", text)
by_sector = len(release.codes("sector")) > 1
groups = [dimension for dimension in ("size_class", "channel") if len(release.codes(dimension)) > 1]


def where() -> None:
    """In how many sectors something can be said, and in which; in how many more; which lie apart."""
    told = [
        [element("a", group.label, href=address.href("sectors", sector=group.code)), f" ({group.words})"]
        for group in told_groups(release, "sector", text)
    ]
    names = [part for i, group in enumerate(told) for part in (["; "] if i else []) + group]
    end = ": " if names else "."
    lines = [element("p", element("strong", where_words(release, "sector", text) + end), *names, "." if names else "")]
    for dimension in ("macro_sector", "sector"):
        count = count_of(release, dimension)
        if count is not None and tells(count):
            lines.append(element("p", element("strong", count_sentence(release, count, text).short)))
    beside = [surer_words(release, "sector", text), pairs_words(release, "sector", text)]
    small = " ".join(line for line in beside if line)
    lines += [element("p", small, class_="lesser")] if small else []
    block(element("div", *lines, class_="where"), "where")


def answer() -> None:
    """What happened beside what the grants did; the money."""
    wide, side = st.columns([1.7, 1], gap="large")
    with wide:
        shown = pictures.changes_and_effect(release, text)
        title, says = changes_heading(release, (), text), changes_words(release, (), text)
        show.picture(shown, "changes", frame, title=title, says=says)
    with side, st.container(border=True, height="stretch", key="panel_money"):
        title, says = money_heading(release, text), f"{money_words(release, text)} {losses_words(release, text)}"
        show.picture(pictures.money(release, text), "money", frame, title=title, says=says.strip())


def sectors() -> None:
    """Every sector under its macro-sector, on one axis."""
    show.picture(
        pictures.sectors(release, text),
        "sectors",
        frame,
        title=differ_heading(release, "sector", text),
        says=f"{differ_words(release, 'sector', text)} {text('overview.order')}",
        level=2,
        before=charts.key(text),
    )


def years_and_groups() -> None:
    """Year by year, by size, by channel: on one axis."""
    axis = pictures.small_axis(release, text, groups, asked)
    columns = iter(st.columns(1 + len(groups), gap="large"))
    with next(columns):
        shown = pictures.years(release, text, asked, axis=axis)
        title, says = (
            lasting_heading(release, release.headline(), text),
            lasting_sentence(release, release.headline(), text),
        )
        show.picture(shown, "years", frame, title=title, says=says)
    for column, dimension in zip(columns, groups, strict=True):
        with column:
            shown = pictures.forest(release, text, dimension, asked, axis=axis)
            title, says = differ_heading(release, dimension, text), differ_words(release, dimension, text)
            show.picture(shown, dimension, frame, title=title, says=says)


def limits() -> None:
    """What cannot be said."""
    lines = [element("li", line) for line in cannot_say(release, text)]
    block(element("div", element("h2", text("overview.cannot_say")), element("ul", *lines), class_="notice"), "limits")


def loss(step: audit.Step) -> Markup | str:
    """How many fewer firms than a step before, and behind a click why."""
    return element("details", element("summary", step.lost), element("p", step.reason)) if step.lost else ""


def steps() -> None:
    """From the firms announced to those analysed, the loss beside each count."""
    cells = [
        element("li", element("b", step.count), element("span", step.label), loss(step))
        for step in audit.steps_to_analysed(release, text)
    ]
    title = element("h2", text("overview.path"))
    block(element("div", title, element("ol", *cells), class_="steps"), "steps")


with show.top_row(frame):
    pass
show.claim(headline, frame)
if by_sector:
    where()
show.actions(headline, frame, guide=True)
answer()
if by_sector:
    sectors()
years_and_groups()
limits()
steps()
