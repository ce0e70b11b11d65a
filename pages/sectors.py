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
from analytics.present.tables.facts import sector_facts
from analytics.present.verbs import tells
from analytics.programme.sector_search import find_sector, sector_option
from pages.parts import address, in_use, show

frame = in_use.require_frame()
release, text = frame.release, frame.text
programme, main_question = release.programme, Asked.headline(release)
codes = release.codes("sector")

with st.container(key="sector_pickers", horizontal=True, vertical_alignment="top"):
    sector = address.choose(
        st.selectbox,
        text("sectors.sector"),
        "sector",
        codes,
        codes[0],
        lambda code: sector_option(programme, code, text) if code in codes else code,
        find_option=lambda entry: find_sector(programme, codes, entry, text),
        accept_new_options=True,
        placeholder=text("sectors.find"),
        width=360,
    )
    outcome = address.choose(
        st.selectbox,
        text("sectors.outcome"),
        "outcome",
        [outcome.name for outcome in programme.outcomes],
        main_question.outcome,
        lambda name: programme.outcome(name).label.in_(text),
        width=230,
    )
    estimand = address.choose(
        st.selectbox,
        text("sectors.estimand"),
        "estimand",
        [str(estimand) for estimand in programme.estimands(programme.outcome(outcome))],
        str(main_question.estimand),
        lambda name: text(f"estimand.{name}"),
        width=210,
    )
    year = address.choose(
        st.segmented_control,
        text("sectors.year"),
        "year",
        ["overall", *(str(year) for year in release.manifest["years_after"])],
        main_question.horizon,
        lambda name: horizon_label(release, name, text),
        required=True,
        wrap=True,
    )

if entry := address.unknown_entry("sector"):
    st.warning(plain(text("sectors.not_found", typed=entry)))

question, group = Asked(outcome, Estimand(estimand), year), (("sector", sector),)
effect, main_effect = question.figure(release, group), main_question.figure(release, group)
outcome_label = programme.outcome(outcome).label.in_(text)
heading = text(
    "sectors.beside",
    group=programme.label("sector", sector, text),
    outcome=outcome_label,
    estimand=lower_first(text(f"estimand.{estimand}")),
    year=lower_first(horizon_label(release, year, text)),
)


def show_answer() -> None:
    """The claim, its range, the facts in a line; where it is withheld, why."""
    if effect is None:
        st.title(plain(heading))
        st.markdown(text("overview.absent"))
        return
    if question == main_question and effect.grade is not None:
        show.claim(headline_of(release, effect, ClaimKind.EFFECT, "sector", sector, text), frame)
    else:
        st.title(plain(heading))
        if effect.published:
            st.markdown(text("sectors.no_claim"))
        st.caption(text("figure.id", figure_id=effect.figure_id))
    if not effect.published:
        st.markdown(plain(why_at_length(effect, release, text)))
    if facts := sector_facts(release, question, sector, text):
        show.facts(facts, "facts_sector")
        notes = [text("sectors.facts_note")] if effect.mde is not None else []
        notes += [companions(release, dict(group), text)] if outcome == main_question.outcome else []
        st.caption(plain(" ".join(notes)))
    undecided = main_effect is not None and question == main_question and not tells(main_effect)
    if undecided and (lines := list(guidance(release, sector, text))):
        with st.container(key="aside_usable"):
            st.subheader(text("sectors.usable"), anchor=False)
            st.markdown(show.bullets(lines))


def show_over_time() -> None:
    """Funded against comparison firms; the effect in years 1, 2, 3."""
    lines_column, years_column = st.columns([1.9, 1], gap="large")
    with lines_column:
        says = text("sectors.lines_says", outcome=outcome_label)
        picture = pictures.index_lines(release, text, outcome, sector)
        show.titled_picture(text("sectors.lines"), says, picture, "lines", frame)
    with years_column:
        of_main_measure = (question.outcome, question.estimand) == (main_question.outcome, main_question.estimand)
        lasting = lasting_sentence(release, main_effect, text) if main_effect and of_main_measure else ""
        picture = pictures.years(release, text, question, within=group)
        show.titled_picture(text("sectors.years"), lasting or text("sectors.years_says"), picture, "years", frame)


def show_firms() -> None:
    """Where the sector stands among its wholes; how its firms vary; the world meanwhile."""
    picture_of = {
        "standing": pictures.standing(release, text, sector, question),
        "spread": pictures.spread(release, text, outcome, sector),
    }
    if programme.context:
        picture_of["context"] = pictures.context(release, text, sector)
    for column, (name, picture) in zip(st.columns(3, gap="large"), picture_of.items(), strict=False):
        with column:
            show.titled_picture(text(f"sectors.{name}"), text(f"sectors.{name}_says"), picture, name, frame)


def show_groups() -> None:
    """Channels, sizes and areas of the sector."""
    dimensions = [dimension for dimension in ("channel", "size_class", "area") if len(release.codes(dimension)) > 1]
    for column, dimension in zip(st.columns(3, gap="large"), dimensions, strict=False):
        with column:
            picture = pictures.forest(release, text, dimension, question, within=group, narrow=True)
            show.titled_picture(text(f"overview.by.{dimension}"), text("sectors.by_says"), picture, dimension, frame)


def show_losses() -> None:
    """The share of losses offset, which is given for the programme alone."""
    st.subheader(text("sectors.losses"), anchor=False)
    share = release.figure("losses_offset", outcome=main_question.outcome, horizon=main_question.horizon)
    words = text("sectors.no_losses")
    if share is not None and share.grade is not None:
        sentence = sentence_of(release, share, ClaimKind.LOSSES, "*", "*", text).short
        words = text("sectors.losses_says", sentence=sentence)
    st.markdown(plain(words))


show_answer()
st.space("small")
show_over_time()
st.space("small")
show_firms()
st.space("small")
show_groups()
if len(codes) > 1:
    st.space("medium")
    st.header(text("sectors.all"), anchor=False)
    st.caption(text("sectors.all_says"))
    show.picture(pictures.all_sectors(release, text, outcome), "all", frame)
if programme.tiles:
    provinces_column, losses_column = st.columns([1, 1.9], gap="large")
    with provinces_column:
        title, says = text("sectors.provinces"), text("sectors.provinces_says")
        show.titled_picture(title, says, pictures.provinces(release, text), "provinces", frame)
    with losses_column:
        show_losses()
else:
    show_losses()
if note := data_note(release, text):
    st.caption(note)
