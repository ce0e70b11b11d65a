"""Sectors: one at a time, funded against comparison firms and the effect by year; then all on one scale."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics import charts, tables, views
from analytics.headlines import headline_of
from analytics.model import Arm
from analytics.phrases import data_note, why, why_at_length
from analytics.sentences import Kind
from pages import common

SIDE_BY_SIDE = 4  # small multiples in a row

found = common.need_frame()
release, text = found.release, found.text
programme = release.programme
codes = release.codes("sector")
horizon = str(programme.headline.horizon)

with st.container(horizontal=True, vertical_alignment="top"):
    sector = common.choose(
        st.selectbox,
        text("sectors.sector"),
        "sector",
        codes,
        codes[0],
        lambda code: programme.label("sector", code, text),
        width=340,
    )
    outcome = common.choose(
        st.segmented_control,
        text("sectors.outcome"),
        "outcome",
        [outcome.name for outcome in programme.outcomes],
        programme.headline.outcome,
        lambda name: programme.outcome(name).label.in_(text),
        required=True,
        wrap=True,
    )

group = {"sector": sector}
effect = release.figure(programme.headline.estimand, outcome=outcome, horizon=horizon, group=group)


def label_of(name: str) -> str:
    """What readers call an outcome."""
    return programme.outcome(name).label.in_(text)


def answer() -> None:
    """The claim, its range, the facts in a line; where it is withheld, why."""
    if effect is None:
        return
    if effect.grade is None:
        st.title(text("sectors.beside", group=programme.label("sector", sector, text), outcome=label_of(outcome)))
        st.markdown(text("sectors.no_claim") if effect.published else why_at_length(effect, release, text))
        st.caption(text("figure.id", figure_id=effect.figure_id))
    else:
        common.claim(headline_of(release, effect, Kind.EFFECT, "sector", sector, text), found)
        if not effect.published:
            st.markdown(why_at_length(effect, release, text))
    facts = tables.sector_facts(release, outcome, horizon, group, text)
    if facts:
        with st.container(key="facts_sector", horizontal=True, gap="medium"):
            for name, value in facts:
                st.markdown(f":gray[{name}]  \n**{common.plain(value)}**", width="content")
        if effect.published:
            st.caption(text("sectors.facts_note"))


def index_lines() -> None:
    """Funded against comparison firms, indexed to the year before."""
    st.subheader(text("sectors.lines"), anchor=False)
    st.caption(text("sectors.lines_says", outcome=programme.outcome(outcome).label.in_(text)))
    series = views.line_series(release, outcome, sector)
    if not views.has_lines(series):
        st.markdown(text("sectors.no_lines", min_firms=release.manifest["settings"]["min_firms"]))
        return
    counts, awards = views.line_counts(release, outcome, sector), views.awards(release, text)
    alt = charts.lines_alt(series, counts=counts, awards=awards, text=text)
    stamp = views.stamp(release, release.line_id(outcome, sector), text)
    before = views.before_zone(release)
    for form, compact in (("wide", False), ("phone", True)):
        with st.container(key=f"{form}_lines"):
            drawn = charts.lines(
                series, counts=counts, before=before, awards=awards, stamp=stamp, text=text, compact=compact
            )
            common.chart(drawn, alt, f"chart_lines_{form}")


def by_year() -> None:
    """The effect in years 1, 2, 3."""
    st.subheader(text("sectors.years"), anchor=False)
    st.caption(text("sectors.years_says"))
    rows = views.year_rows(release, outcome, group, text)
    first = release.figure(programme.headline.estimand, outcome=outcome, horizon="1", group=group)
    if first is None or not any(row.mark for row in rows):
        st.markdown(common.plain(why(first, release, text)) if first else text("overview.absent"))
        return
    stamp = views.stamp(release, first.figure_id, text)
    common.chart(charts.years(rows, stamp=stamp, text=text), charts.years_alt(rows, text), "chart_years")


def all_sectors() -> None:
    """Every sector that has lines, on one scale; the others by name."""
    st.space("medium")
    st.header(text("sectors.all"), anchor=False)
    st.caption(text("sectors.all_says"))
    every = {code: views.line_series(release, outcome, code) for code in codes}
    shown = {code: one for code, one in every.items() if views.has_lines(one)}
    awards, y_range = views.awards(release, text), views.index_range(list(shown.values()))
    mark = views.stamp(release, "", text).data_mark
    columns: list[DeltaGenerator] = []
    for code, one in shown.items():
        if not columns:
            columns = list(st.columns(SIDE_BY_SIDE, gap="small"))
        name, n = programme.label("sector", code, text), views.line_counts(release, outcome, code).get(Arm.FUNDED, 0)
        with columns.pop(0):
            drawn = charts.small_multiple(
                one, title=name, n=n, y_range=y_range, awards=awards, stamp_mark=mark, text=text
            )
            common.chart(drawn, charts.small_multiple_alt(one, title=name, n=n, text=text), f"small_{code}")
    origin = text("sectors.stamp", source=programme.source.in_(text), release=release.release_id)
    st.caption(" · ".join(part for part in (data_note(release, text), origin) if part))
    missing = [programme.label("sector", code, text) for code in codes if code not in shown]
    if missing:
        st.caption(text("sectors.not_shown", sectors=", ".join(missing)))


answer()
st.space("small")
wide, side = st.columns([1.9, 1], gap="large")
with wide:
    index_lines()
with side:
    by_year()
if len(codes) > 1:
    all_sectors()
