"""Overview: one answer, where it worked, what happened beside what the grants did, the money, groups on one axis."""

import streamlit as st
from markupsafe import Markup

from analytics.charts.kit.markup import element
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import headline_of
from analytics.present.sentences.limits import cannot_say
from analytics.present.sentences.together import count_of, count_sentence, pairs_words
from analytics.present.sentences.where import surer_words, told_groups, where_words
from analytics.present.tables import audit
from analytics.present.titled import View, picture_on
from analytics.present.verbs import tells
from pages.parts import address, in_use, show
from pages.parts.block import block
from pages.parts.downloads import report_link

frame = in_use.require_frame()
release, text = frame.release, frame.text
view = View(release, text)
headline = headline_of(release, release.headline(), ClaimKind.EFFECT, "*", "*", text)
by_sector = len(release.codes("sector")) > 1


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
        show.picture(picture_on("overview-changes", view), frame)
    with side, st.container(border=True, height="stretch", key="panel_money"):
        show.picture(picture_on("overview-money", view), frame)


def years_and_groups() -> None:
    """Year by year, by size, by channel: on one axis."""
    names = [f"overview-{name}" for name in ("years", "size_class", "channel")]
    shown = [drawn for name in names if (drawn := picture_on(name, view))]
    for column, drawn in zip(st.columns(len(shown), gap="large"), shown, strict=True):
        with column:
            show.picture(drawn, frame)


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
with show.actions(headline, frame, guide=True):
    report_link(frame)
answer()
show.picture(picture_on("overview-sectors", view), frame, level=2)
years_and_groups()
limits()
steps()
