"""Cohort tables: the figures of a margin or named pair of the release, or its effects by wave and period, to read,
search, sort, download and quote.
"""

import streamlit as st

from analytics.charts.kit.markup import element
from analytics.language.text import plain
from analytics.model import Estimand
from analytics.present.sentences.phrases import dimension_words, horizon_label, horizon_phrase, lower_first
from analytics.present.tables import cohorts, group_time
from analytics.present.tables.cohorts import EVERY, SETS, SHOWN_FIRST, SHOWN_FIRST_CROSSED, CohortQuery, groupings
from analytics.release.measures import ALL, estimands_of
from pages.parts import address, in_use, show
from pages.parts.block import block
from pages.parts.downloads import citation, downloads
from pages.parts.grid import ShownTable, cohort_markup, group_time_markup

frame = in_use.require_frame()
release, text = frame.release, frame.text
programme, question = release.programme, release.programme.headline
by_name = {"-".join(by): by for by in groupings(release)}
sectors = group_time.sectors_told(release)


def grouping_words(by: tuple[str, ...]) -> str:
    """A margin or pair, by its dimensions' names."""
    return " × ".join(dimension_words(release, name, text) for name in by)


def pick(label: str, key: str, options: list[str], usual: str, words: dict[str, str], width: int) -> str:
    """A select box whose choice lives in the address."""
    return address.choose(
        st.selectbox, text(label), key, options, usual, words.__getitem__, width=width, label_visibility="collapsed"
    )


with show.top_row(frame):
    tables = {name: grouping_words(by) for name, by in by_name.items()}
    if sectors:
        tables[group_time.NAME] = text("cohorts.group_time")
    grouping = pick("cohorts.by", "by", list(tables), next(iter(tables)), tables, 230)
    if grouping == group_time.NAME:
        labels = {code: programme.label("sector", code, text) for code in sectors if code != ALL}
        labels[ALL] = text("label.whole_programme")
        sector = pick("sectors.sector", "of", sectors, ALL, labels, 270)
    else:
        labels = {outcome.name: outcome.label.in_(text) for outcome in release.outcomes}
        outcome = pick("sectors.outcome", "outcome", list(labels), question.outcome, labels, 160)
        asked_of = [str(estimand) for estimand in estimands_of(programme, programme.outcome(outcome))]
        labels = {str(estimand): text(f"estimand.{estimand}") for estimand in Estimand}
        labels[EVERY] = text("cohorts.every_estimand")
        estimand = pick("cohorts.estimand", "estimand", [*asked_of, EVERY], str(question.estimand), labels, 160)
        labels = {horizon: horizon_label(release, horizon, text) for horizon in release.manifest.horizons}
        labels[EVERY] = text("cohorts.every_horizon")
        year = pick("cohorts.horizon", "year", list(labels), question.horizon_code, labels, 180)


def withheld_words(shown: ShownTable) -> None:
    """How many cells are not told and why, and by which other groupings fewer would be lost, as links."""
    withheld = shown.withheld
    slots = {"n": text.number(withheld.withheld), "cells": text.number(withheld.cells)}
    if not withheld.withheld:
        block(element("p", text("cohorts.withheld_none", **slots), class_="withheld-note"), "withheld")
        return
    reasons = ", ".join(
        text(f"cohorts.withheld_reason.{reason}", n=text.number(n)) for reason, n in withheld.by_reason.items()
    )
    words: list[object] = [text("cohorts.withheld", reasons=reasons, **slots)]
    for place, other in enumerate(shown.less):
        counts = {"n": text.number(other.withheld), "cells": text.number(other.cells)}
        link = text("cohorts.withheld_other", by=grouping_words(other.by), **counts)
        words.append(", " if place else f" {text('cohorts.withheld_less')} ")
        words.append(element("a", link, href=address.here(by="-".join(other.by))))
    block(element("p", *words, "." if shown.less else "", class_="withheld-note"), "withheld")


def cohort_table() -> None:
    """A margin or pair."""
    by = by_name[grouping]
    every = estimand == EVERY
    heading = text(
        "cohorts.heading",
        outcome=programme.outcome(outcome).label.in_(text),
        by=" × ".join(lower_first(dimension_words(release, name, text)) for name in by),
        estimand=text("cohorts.heading_every_estimand") if every else text(f"measure.{Estimand(estimand)}"),
        horizon=text("cohorts.heading_every_horizon") if year == EVERY else horizon_phrase(release, year, text),
    )
    st.markdown(f"{plain(heading)}. {text('cohorts.says')}")
    with st.container(key="table_tools", horizontal=True, vertical_alignment="bottom"):
        find = address.write(text("cohorts.find"), "find", width=240)
        sets = address.choose_some(
            st.pills,
            text("cohorts.columns"),
            "columns",
            SETS,
            SHOWN_FIRST if len(by) == 1 else SHOWN_FIRST_CROSSED,
            lambda name: text(f"cohorts.sets.{name}"),
            selection_mode="multi",
        )
    query = CohortQuery(by, outcome, year, estimand, find=find, sets=sets)
    shown = cohort_markup(release, by, (outcome, year, estimand), find, sets, heading, text)
    withheld_words(shown)
    if shown.rows:
        block(shown.markup, "cohorts")
    else:
        st.info(plain(text("cohorts.no_rows", words=find)))
    st.caption(f"{text.count('cohorts.rows', shown.rows)}. {text('cohorts.note')}")
    whole = {"by": "-".join(by), **dict.fromkeys(("outcome", "horizon", "estimand"), EVERY)}
    take_away(cohorts.NAME, query.named(), whole, heading)


def group_time_table() -> None:
    """The effects of each wave in each period."""
    heading = text(
        "cohorts.group_time_heading",
        outcome=programme.outcome(question.outcome).label.in_(text),
        group=text("label.whole_programme") if sector == ALL else programme.label("sector", sector, text),
    )
    st.markdown(f"{plain(heading)}. {text('cohorts.says')}")
    shown = group_time_markup(release, sector, heading, text)
    withheld_words(shown)
    block(shown.markup, "cohorts")
    st.caption(f"{text.count('cohorts.rows', shown.rows)}. {text('cohorts.group_time_note')}")
    take_away(group_time.NAME, {"sector": sector}, {}, heading)


def take_away(name: str, shown: dict[str, str], whole: dict[str, str], heading: str) -> None:
    """The codes beside the files and the words to quote."""
    codes_column, export_column = st.columns([1.15, 1], gap="large")
    with codes_column:
        st.subheader(text("cohorts.codes"), anchor=False)
        st.markdown(text("cohorts.codes_body", min_firms=release.settings.min_firms))
    with export_column:
        downloads(name, shown, whole, frame)
        citation(heading, frame)


st.title(text("cohorts.title"))
if grouping == group_time.NAME:
    group_time_table()
else:
    cohort_table()
