"""Cohort tables: one of the programme's named pairs, as protected when it was released; the file holds what is seen."""

import streamlit as st

from analytics.language.text import plain
from analytics.present.sentences.phrases import data_note, dimension_words, horizon_label, horizon_phrase
from analytics.present.tables.cohorts import cohort_table
from analytics.present.tables.export import cohort_csv, file_name
from pages.parts import address, in_use, show

frame = in_use.require_frame()
release, text = frame.release, frame.text
programme = release.programme
pairs = {"-".join(pair): pair for pair in programme.pairs}
outcomes = [outcome.name for outcome in release.outcomes]
horizons = list(release.manifest.horizons)

with show.top_row(frame):
    pair = address.choose(
        st.selectbox,
        text("cohorts.pair"),
        "pair",
        list(pairs),
        next(iter(pairs)),
        lambda name: " × ".join(dimension_words(release, part, text) for part in pairs[name]),
        width=250,
        label_visibility="collapsed",
    )
    outcome = address.choose(
        st.selectbox,
        text("sectors.outcome"),
        "outcome",
        outcomes,
        programme.headline.outcome,
        lambda name: programme.outcome(name).label.in_(text),
        width=170,
        label_visibility="collapsed",
    )
    what = address.choose(
        st.selectbox,
        text("cohorts.what"),
        "what",
        ["effect", "change"],
        "effect",
        lambda name: text(f"cohorts.what_{name}"),
        width=170,
        label_visibility="collapsed",
    )
    horizon = address.choose(
        st.selectbox,
        text("cohorts.horizon"),
        "year",
        horizons,
        "overall",
        lambda name: horizon_label(release, name, text),
        width=130,
        label_visibility="collapsed",
    )

st.title(text("cohorts.title"))
st.markdown(text("cohorts.says"))
rows, columns = pairs[pair]
heading = text(
    f"cohorts.heading_{what}",
    outcome=programme.outcome(outcome).label.in_(text),
    horizon=horizon_phrase(release, horizon, text),
)
st.subheader(plain(heading), anchor=False)
cells = cohort_table(release, rows, columns, outcome, horizon, what, text)
st.dataframe(cells, height="content", column_config=show.to_the_right(cells), alt=text("cohorts.title"))
st.caption(
    " · ".join(part for part in (data_note(release, text), text("cohorts.note", release=release.release_id)) if part)
)

left, right = st.columns([1.4, 1], gap="large")
with left:
    st.subheader(text("cohorts.codes"), anchor=False)
    st.markdown(text("cohorts.codes_body", min_firms=release.settings.min_firms))
with right:
    st.subheader(text("cohorts.export"), anchor=False)
    st.download_button(
        text("cohorts.csv"),
        data=lambda: cohort_csv(release, rows, columns, outcome, horizon, text).encode("utf-8"),
        file_name=file_name(release, f"{pair}-{outcome}-{horizon}"),
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(text("cohorts.export_says"))
