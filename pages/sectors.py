"""Sectors: one at a time, what happened, the effect by year and group, how firms vary; then all on one scale."""

import streamlit as st

from analytics.language.text import plain
from analytics.model import Estimand
from analytics.present import pictures
from analytics.present.asked import Asked
from analytics.present.pictures import Shown
from analytics.present.sentences.changes import changes_heading, sums_words
from analytics.present.sentences.claims import ClaimKind, sentence_of
from analytics.present.sentences.guidance import guidance
from analytics.present.sentences.headlines import headline_of
from analytics.present.sentences.lasting import lasting_heading, lasting_sentence
from analytics.present.sentences.panels import companions
from analytics.present.sentences.phrases import horizon_label, lower_first, why_at_length
from analytics.present.sentences.together import differ_heading, differ_words, surer_note
from analytics.present.tables.facts import sector_facts
from analytics.present.verbs import tells
from analytics.programme.sector_search import find_sector, sector_option
from analytics.release.figure_id import short
from analytics.release.measures import LOSSES_OFFSET, estimands_of
from pages.parts import address, in_use, show

frame = in_use.require_frame()
release, text = frame.release, frame.text
programme, main = release.programme, Asked.headline(release)
codes = release.codes("sector")

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
        [outcome.name for outcome in release.outcomes],
        main.outcome,
        lambda name: programme.outcome(name).label.in_(text),
        width=150,
        label_visibility="collapsed",
    )
    estimand = address.choose(
        st.selectbox,
        text("sectors.estimand"),
        "estimand",
        [str(one) for one in estimands_of(programme, programme.outcome(outcome))],
        str(main.estimand),
        lambda name: text(f"estimand.{name}"),
        width=180,
        label_visibility="collapsed",
    )
    year = address.choose(
        st.selectbox,
        text("sectors.year"),
        "year",
        list(release.manifest.horizons),
        main.horizon,
        lambda name: horizon_label(release, name, text),
        width=130,
        label_visibility="collapsed",
    )

bases = release.line_bases
basis = address.read_choice("lines", bases, bases[0])  # chosen by links on the picture

if typed := address.unknown_entry("sector"):
    st.warning(plain(text("sectors.not_found", typed=typed)))

asked, group = Asked(outcome, Estimand(estimand), year), (("sector", sector),)
effect, claimed = asked.effect(release, group), main.effect(release, group)
name = programme.label("sector", sector, text)
outcome_label = programme.outcome(outcome).label.in_(text)
beside = text(
    "sectors.beside",
    group=name,
    outcome=outcome_label,
    estimand=lower_first(text(f"estimand.{estimand}")),
    year=lower_first(horizon_label(release, year, text)),
)


def answer() -> None:
    """The claim and its range; where it is withheld, why; what may be done with it; the facts in a line."""
    if effect is None:
        st.title(plain(beside))
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
        st.title(plain(beside))
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
        shown = pictures.index_lines(release, text, outcome, sector, basis)
        says = [text(f"sectors.lines_{basis}", outcome=outcome_label)]
        says += [sums_words(release, group, text)] if outcome == main.outcome else []
        show.picture(
            shown,
            "lines",
            frame,
            title=changes_heading(release, group, text, basis) if outcome == main.outcome else text("sectors.lines"),
            says=" ".join(words for words in says if words),
            before=show.switch_links("lines", {name: text(f"sectors.basis_{name}") for name in bases}, basis),
        )
    with side:
        same = (asked.outcome, asked.estimand) == (main.outcome, main.estimand)
        says_years = (lasting_sentence(release, claimed, text) if claimed and same else "") or text(
            "sectors.years_says"
        )
        title = lasting_heading(release, claimed, text) if claimed and same else text("sectors.years")
        show.picture(pictures.years(release, text, asked, within=group), "years", frame, title=title, says=says_years)


def groups() -> None:
    """Where the sector stands among its wholes; its channels and sizes."""
    named = [dimension for dimension in ("channel", "size_class") if len(release.codes(dimension)) > 1]
    columns = iter(st.columns(1 + len(named), gap="large"))
    with next(columns):
        shown = pictures.standing(release, text, sector, asked)
        show.picture(shown, "standing", frame, title=text("sectors.standing"), says=text("sectors.standing_says"))
    for column, dimension in zip(columns, named, strict=True):
        with column:
            group_picture(dimension)


def group_picture(dimension: str) -> None:
    """The effect in each group of a dimension within the sector, under what the test of their differences found."""
    shown = pictures.forest(release, text, dimension, asked, within=group)
    title, says = (say(release, dimension, text, group) for say in (differ_heading, differ_words))
    if asked != main:
        title, says = text(f"overview.by.{dimension}"), text("sectors.by_says")
    show.picture(shown, dimension, frame, title=title, says=says)


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
    shown: dict[str, Shown] = {"spread": pictures.spread(release, text, outcome, sector)}
    if programme.context:
        shown["context"] = pictures.context(release, text, sector)
    if programme.tiles:
        shown["provinces"] = pictures.provinces(release, text)
    for i, (part, picture) in enumerate(shown.items()):
        with columns[i % 3], st.expander(text(f"sectors.{part}"), key=f"details_{part}"):
            show.picture(picture, part, frame, says=text(f"sectors.{part}_says"))
    if len(release.codes("area")) > 1:
        with columns[0], st.expander(text("overview.by.area"), key="details_area"):
            group_picture("area")
    with columns[1], st.expander(text("sectors.losses"), key="details_losses"):
        st.markdown(plain(losses_words()))


answer()
over_time()
groups()
if len(codes) > 1:
    show.picture(
        pictures.all_sectors(release, text, outcome, sector),
        "all",
        frame,
        title=text("sectors.all"),
        says=text("sectors.all_says", outcome=outcome_label),
        level=2,
    )
details()
