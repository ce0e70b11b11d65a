"""Sectors: one at a time, what happened, the effect by year and group, how firms vary; then all on one scale."""

import streamlit as st

from analytics.language.text import plain
from analytics.present.asked import Asked
from analytics.present.sentences.claims import ClaimKind, sentence_of
from analytics.present.sentences.guidance import guidance
from analytics.present.sentences.headlines import headline_of
from analytics.present.sentences.panels import companions
from analytics.present.sentences.phrases import horizon_label, why_at_length
from analytics.present.sentences.together import surer_note
from analytics.present.tables.facts import sector_facts
from analytics.present.titled import ESTIMAND, LINES, OUTCOME, SECTOR, YEAR, Chosen, View, options, picture_on
from analytics.present.titled.sectors import beside
from analytics.present.verbs import tells
from analytics.programme.sector_search import find_sector, sector_option
from analytics.release.figure_id import short
from analytics.release.measures import LOSSES_OFFSET
from pages.parts import address, in_use, show

frame = in_use.require_frame()
release, text = frame.release, frame.text
programme, main = release.programme, Asked.headline(release)
codes = options(SECTOR, release, text).codes
outcomes, years = options(OUTCOME, release, text), options(YEAR, release, text)

with show.top_row(frame):
    sector = address.choose(
        st.selectbox,
        text("sectors.sector"),
        "sector",
        codes,
        codes[0],
        lambda code: sector_option(programme, code, text) if code in codes else code,
        find_option=lambda typed: find_sector(programme, codes, typed, text),
        accept_new_options=True,
        placeholder=text("sectors.find"),
        filter_mode="contains",  # letters in any order and place would offer sectors that have nothing of the word
        width=290,
        label_visibility="collapsed",
    )
    outcome = address.choose(
        st.selectbox,
        text("sectors.outcome"),
        "outcome",
        outcomes.codes,
        outcomes.usual,
        lambda name: programme.outcome(name).label.in_(text),
        width=150,
        label_visibility="collapsed",
    )
    estimands = options(ESTIMAND, release, text, outcome)
    estimand = address.choose(
        st.selectbox,
        text("sectors.estimand"),
        "estimand",
        estimands.codes,
        estimands.usual,
        lambda name: text(f"estimand.{name}"),
        width=180,
        label_visibility="collapsed",
    )
    year = address.choose(
        st.selectbox,
        text("sectors.year"),
        "year",
        years.codes,
        years.usual,
        lambda name: horizon_label(release, name, text),
        width=130,
        label_visibility="collapsed",
    )

bases = options(LINES, release, text)
basis = address.read_choice("lines", bases.codes, bases.usual)  # chosen by links on the picture
view = View(release, text, Chosen(sector, outcome, estimand, year, basis))

if typed := address.unknown_entry("sector"):
    st.warning(plain(text("sectors.not_found", typed=typed)))

asked, group = view.asked, view.group
effect, claimed = asked.effect(release, group), main.effect(release, group)


def answer() -> None:
    """The claim and its range; where it is withheld, why; what may be done with it; the facts in a line."""
    if effect is None:
        st.title(plain(beside(view)))
        st.markdown(text("overview.absent"))
        show.actions(None, frame)
        return
    headline = None
    if asked == main and effect.grade is not None:
        headline = headline_of(release, effect, ClaimKind.EFFECT, "sector", sector, text)
        show.claim(headline, frame)
        if surer := surer_note(release, effect, "sector", text):
            st.markdown(plain(surer))
    else:
        st.title(plain(beside(view)))
        if effect.published:
            st.markdown(text("sectors.no_claim"))
            if asked.estimand != main.estimand:
                st.markdown(text("sectors.on_typical"))
        st.caption(text("figure.id", figure_id=short(effect.figure_id)))
    if not effect.published:
        st.markdown(plain(why_at_length(effect, release, text)))
    row = show.actions(headline, frame)
    open_question = claimed is not None and asked == main and not tells(claimed)
    if open_question and (lines := list(guidance(release, sector, text))):
        with row, st.popover(text("sectors.usable"), key="usable"):
            st.markdown(show.bullets(lines))
    facts = sector_facts(release, asked, sector, text)
    if facts:
        show.facts(facts, "facts_sector")
        if outcome == main.outcome and (beside_typical := companions(release, group, text)):
            st.caption(plain(beside_typical))


def over_time() -> None:
    """The typical firm of both arms, or their sums, before and after; the effect in years 1, 2, 3."""
    wide, side = st.columns([1.9, 1], gap="large")
    with wide:
        links = show.switch_links("lines", {name: text(f"sectors.basis_{name}") for name in bases.codes}, basis)
        show.picture(picture_on("sectors-lines", view), frame, before=links)
    with side:
        show.picture(picture_on("sectors-years", view), frame)


def groups() -> None:
    """Where the sector stands among its wholes; its channels and sizes."""
    names = [f"sectors-{name}" for name in ("standing", "channel", "size_class")]
    shown = [drawn for name in names if (drawn := picture_on(name, view))]
    for column, drawn in zip(st.columns(len(shown), gap="large"), shown, strict=True):
        with column:
            show.picture(drawn, frame)


def losses_words() -> str:
    """The share of losses offset, which is given for the programme alone."""
    share = release.main(LOSSES_OFFSET)
    if share is None or share.grade is None:
        return text("sectors.no_losses")
    sentence = sentence_of(release, share, ClaimKind.LOSSES, "*", "*", text).short
    return text("sectors.losses_says", sentence=sentence)


def details() -> None:
    """Areas and provinces, how firms vary, the world meanwhile, the losses: each behind a click."""
    columns = st.columns(3, gap="medium")
    names = [f"sectors-{name}" for name in ("spread", "context", "provinces")]
    for i, drawn in enumerate(drawn for name in names if (drawn := picture_on(name, view))):
        with columns[i % 3], st.expander(drawn.title, key=f"details_{show.key_of(drawn)}"):
            show.picture(drawn, frame, heading=False)
    if areas := picture_on("sectors-area", view):
        with columns[0], st.expander(text("overview.by.area"), key="details_area"):
            show.picture(areas, frame)
    with columns[1], st.expander(text("sectors.losses"), key="details_losses"):
        st.markdown(plain(losses_words()))


answer()
over_time()
groups()
show.picture(picture_on("sectors-all", view), frame, level=2)
details()
