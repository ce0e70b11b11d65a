"""Sectors: one at a time, funded against comparison firms and the effect by year; then all on one scale."""

import streamlit as st

from analytics import charts, tables, views
from analytics.headlines import data_note, effect_title, range_line
from analytics.model import Arm
from pages import common

found = common.need_frame()
release, text = found.release, found.text
programme = release.programme
outcomes = [outcome.name for outcome in programme.outcomes]
codes = release.codes("sector")

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
        outcomes,
        programme.headline.outcome,
        lambda name: programme.outcome(name).label.in_(text),
        required=True,
        wrap=True,
    )

horizon = str(programme.headline.horizon)
group = {"sector": sector}
effect = release.figure(programme.headline.estimand, outcome=outcome, horizon=horizon, group=group)
label = programme.label("sector", sector, text)
scope = "sector" if len(codes) > 1 else "*"  # one sector alone needs no interval that holds for several

if effect is not None:
    st.title(text("headline.group", group=label, sentence=effect_title(release, effect, scope, text, first=False)))
    st.markdown(range_line(release, effect, scope, text))
    st.caption(text("figure.id", figure_id=effect.figure_id))
    with st.container(key="facts_sector", horizontal=True, gap="large"):
        for name, value in tables.sector_facts(release, outcome, horizon, group, text):
            st.markdown(f":gray[{name}]  \n**{common.plain(value)}**", width="content")

st.space("small")
wide, side = st.columns([1.9, 1], gap="large")
with wide:
    st.subheader(text("sectors.lines"), anchor=False)
    st.caption(text("sectors.lines_says", outcome=programme.outcome(outcome).label.in_(text)))
    series = views.line_series(release, outcome, sector)
    counts = views.line_counts(release, sector)
    if views.has_lines(series):
        stamp = views.stamp(release, release.line_id(outcome, sector), text)
        awards = views.awards(release, text)
        alt = charts.lines_alt(series, counts=counts, awards=awards, text=text)
        for form, compact in (("wide", False), ("phone", True)):
            with st.container(key=f"{form}_lines"):
                drawn = charts.lines(
                    series,
                    counts=counts,
                    before=views.before_zone(release),
                    awards=awards,
                    stamp=stamp,
                    text=text,
                    compact=compact,
                )
                common.chart(drawn, alt, f"chart_lines_{form}")
    else:
        st.markdown(text("sectors.no_lines"))
with side:
    st.subheader(text("sectors.years"), anchor=False)
    st.caption(text("sectors.years_says"))
    rows = views.year_rows(release, outcome, group, text)
    first = release.figure(programme.headline.estimand, outcome=outcome, horizon="1", group=group)
    stamp = views.stamp(release, first.figure_id if first else "", text)
    common.chart(charts.years(rows, stamp=stamp, text=text), charts.years_alt(rows, text), "chart_years")

if len(codes) > 1:
    st.space("medium")
    st.header(text("sectors.all"), anchor=False)
    st.caption(text("sectors.all_says"))
    every = {code: views.line_series(release, outcome, code) for code in codes}
    shown = {code: one for code, one in every.items() if views.has_lines(one)}
    y_range = views.index_range(list(shown.values()))
    grid = st.columns(4, gap="small")
    for place, (code, one) in enumerate(shown.items()):
        n = views.line_counts(release, code).get(Arm.FUNDED, 0)
        name = programme.label("sector", code, text)
        mark = views.stamp(release, "", text).data_mark
        with grid[place % 4]:
            drawn = charts.small_multiple(
                one, title=name, n=n, y_range=y_range, awards=views.awards(release, text), stamp_mark=mark, text=text
            )
            common.chart(drawn, charts.small_multiple_alt(one, title=name, n=n, text=text), f"small_{code}")
    st.caption(
        text(
            "sectors.stamp",
            note=data_note(release, text),
            source=programme.source.in_(text),
            release=release.release_id,
        )
    )
    missing = [programme.label("sector", code, text) for code in codes if code not in shown]
    if missing:
        st.caption(text("sectors.not_shown", sectors=", ".join(missing)))
