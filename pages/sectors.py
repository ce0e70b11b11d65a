"""Sectors: one at a time, what happened, the effect by year and group, how firms vary; then all on one scale."""

import streamlit as st

from analytics.language.text import plain
from analytics.model import Estimand
from analytics.present import pictures
from analytics.present.asked import Asked
from analytics.present.sentences.claims import ClaimKind, sentence_of
from analytics.present.sentences.guidance import guidance
from analytics.present.sentences.headlines import headline_of
from analytics.present.sentences.lasting import lasting_sentence
from analytics.present.sentences.panels import companions
from analytics.present.sentences.phrases import data_note, horizon_label, lower_first, why_at_length
from analytics.present.sentences.together import range_notes
from analytics.present.tables.facts import sector_facts
from analytics.present.verbs import tells
from analytics.programme.sector_search import find_sector, sector_option
from analytics.release.measures import LOSSES_OFFSET, estimands_of
from pages.parts import address, in_use, show

frame = in_use.require_frame()
release, text = frame.release, frame.text
programme, main = release.programme, Asked.headline(release)
codes = release.codes("sector")

with st.container(key="sector_pickers", horizontal=True, vertical_alignment="top"):
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
        width=360,
    )
    outcome = address.choose(
        st.selectbox,
        text("sectors.outcome"),
        "outcome",
        [outcome.name for outcome in release.outcomes],
        main.outcome,
        lambda name: programme.outcome(name).label.in_(text),
        width=230,
    )
    estimand = address.choose(
        st.selectbox,
        text("sectors.estimand"),
        "estimand",
        [str(one) for one in estimands_of(programme, programme.outcome(outcome))],
        str(main.estimand),
        lambda name: text(f"estimand.{name}"),
        width=210,
    )
    year = address.choose(
        st.segmented_control,
        text("sectors.year"),
        "year",
        list(release.manifest.horizons),
        main.horizon,
        lambda name: horizon_label(release, name, text),
        required=True,
        wrap=True,
    )

if typed := address.unknown_entry("sector"):
    st.warning(plain(text("sectors.not_found", typed=typed)))

asked, group = Asked(outcome, Estimand(estimand), year), (("sector", sector),)
effect, claimed = asked.effect(release, group), main.effect(release, group)
name = programme.label("sector", sector, text)
beside = text(
    "sectors.beside",
    group=name,
    outcome=programme.outcome(outcome).label.in_(text),
    estimand=lower_first(text(f"estimand.{estimand}")),
    year=lower_first(horizon_label(release, year, text)),
)


def answer() -> None:
    """The claim, its range, the facts in a line; where it is withheld, why."""
    if effect is None:
        st.title(plain(beside))
        st.markdown(text("overview.absent"))
        return
    if asked == main and effect.grade is not None:
        show.claim(headline_of(release, effect, ClaimKind.EFFECT, "sector", sector, text), frame)
        if said := " ".join(range_notes(release, effect, "sector", text)):
            st.caption(plain(said))
    else:
        st.title(plain(beside))
        if effect.published:
            st.markdown(text("sectors.no_claim"))
        st.caption(text("figure.id", figure_id=effect.figure_id))
    if not effect.published:
        st.markdown(plain(why_at_length(effect, release, text)))
    facts = sector_facts(release, asked, sector, text)
    if facts:
        show.facts(facts, "facts_sector")
        notes = [text("sectors.facts_note")] if effect.mde is not None else []
        notes += [companions(release, group, text)] if outcome == main.outcome else []
        st.caption(plain(" ".join(notes)))
    open_question = claimed is not None and asked == main and not tells(claimed)
    if open_question and (lines := list(guidance(release, sector, text))):
        with st.container(key="aside_usable"):
            st.subheader(text("sectors.usable"), anchor=False)
            st.markdown(show.bullets(lines))


def over_time() -> None:
    """Funded against comparison firms; the effect in years 1, 2, 3."""
    wide, side = st.columns([1.9, 1], gap="large")
    with wide:
        says = text("sectors.lines_says", outcome=programme.outcome(outcome).label.in_(text))
        show.titled_picture(
            text("sectors.lines"), says, pictures.index_lines(release, text, outcome, sector), "lines", frame
        )
    with side:
        same = (asked.outcome, asked.estimand) == (main.outcome, main.estimand)
        says = (lasting_sentence(release, claimed, text) if claimed and same else "") or text("sectors.years_says")
        show.titled_picture(
            text("sectors.years"), says, pictures.years(release, text, asked, within=group), "years", frame
        )


def firms() -> None:
    """Where the sector stands among its wholes; how its firms vary; the world meanwhile."""
    shown = {
        "standing": pictures.standing(release, text, sector, asked),
        "spread": pictures.spread(release, text, outcome, sector),
    }
    if programme.context:
        shown["context"] = pictures.context(release, text, sector)
    for column, (part, picture) in zip(st.columns(3, gap="large"), shown.items(), strict=False):
        with column:
            show.titled_picture(text(f"sectors.{part}"), text(f"sectors.{part}_says"), picture, part, frame)


def groups() -> None:
    """Channels, sizes and areas of the sector."""
    named = [dimension for dimension in ("channel", "size_class", "area") if len(release.codes(dimension)) > 1]
    for column, dimension in zip(st.columns(3, gap="large"), named, strict=False):
        with column:
            picture = pictures.forest(release, text, dimension, asked, within=group, narrow=True)
            show.titled_picture(text(f"overview.by.{dimension}"), text("sectors.by_says"), picture, dimension, frame)


def losses() -> None:
    """The share of losses offset, which is given for the programme alone."""
    st.subheader(text("sectors.losses"), anchor=False)
    share = release.main(LOSSES_OFFSET)
    said = text("sectors.no_losses")
    if share is not None and share.grade is not None:
        sentence = sentence_of(release, share, ClaimKind.LOSSES, "*", "*", text).short
        said = text("sectors.losses_says", sentence=sentence)
    st.markdown(plain(said))


answer()
st.space("small")
over_time()
st.space("small")
firms()
st.space("small")
groups()
if len(codes) > 1:
    st.space("medium")
    st.header(text("sectors.all"), anchor=False)
    st.caption(text("sectors.all_says"))
    show.picture(pictures.all_sectors(release, text, outcome), "all", frame)
if programme.tiles:
    where, lost = st.columns([1, 1.9], gap="large")
    with where:
        title, says = text("sectors.provinces"), text("sectors.provinces_says")
        show.titled_picture(title, says, pictures.provinces(release, text), "provinces", frame)
    with lost:
        losses()
else:
    losses()
if note := data_note(release, text):
    st.caption(note)
