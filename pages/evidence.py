"""How sure are we: the checks behind each claim, with their numbers; what was varied, and what is shown beside."""

import pandas as pd
import streamlit as st

from analytics import evidence_tables as tables
from analytics.headlines import claims
from analytics.model import Grade
from pages import common

found = common.need_frame()
release, text = found.release, found.text
held = {f"{headline.kind}-{headline.dimension}-{headline.code}": headline for headline in claims(release, text)}

chosen = common.choose(
    st.selectbox,
    text("evidence.pick"),
    "claim",
    list(held),
    next(iter(held)),
    lambda key: text("evidence.option", kind=text(f"evidence.kind.{held[key].kind}"), label=held[key].label),
    width=480,
)
headline = held[chosen]
common.claim(headline, found, open_reasons=True)


def shown(title: str, says: str, table: pd.DataFrame) -> None:
    """A table under its heading, unless it is empty."""
    if len(table):
        st.subheader(text(f"evidence.{title}"), anchor=False)
        st.caption(text(f"evidence.{says}"))
        st.table(table, border="horizontal")


if headline.figure.grade not in (Grade.WITHHELD, Grade.DESCRIPTION):
    left, right = st.columns(2, gap="large")
    with left:
        shown("specifications", "specifications_says", tables.specifications_table(release, headline.figure, text))
    with right:
        shown("before", "before_says", tables.before_table(release, headline.figure, text))

st.space("small")
st.header(text("evidence.programme"), anchor=False)
left, right = st.columns(2, gap="large")
with left:
    shown("balance", "balance_says", tables.balance_table(release, text))
    if lines := list(tables.sensitivity_words(release, text)):
        st.subheader(text("evidence.sensitivity"), anchor=False)
        st.markdown(common.bullets(lines))
with right:
    shown("afterwards", "afterwards_says", tables.afterwards_table(release, text))
    shown("outcomes", "outcomes_says", tables.outcomes_table(release, text))
