"""How sure are we: the checks behind each claim, with their numbers; what was varied, and what is shown beside."""

import pandas as pd
import streamlit as st

from analytics import evidence_tables
from analytics.headlines import Headline, claims
from analytics.model import Grade
from pages import common

found = common.need_frame()
release, text = found.release, found.text
held = {f"{headline.kind}-{headline.dimension}-{headline.code}": headline for headline in claims(release, text)}


def shown(name: str, table: pd.DataFrame) -> None:
    """A table under its heading, unless it is empty."""
    if len(table):
        st.subheader(text(f"evidence.{name}"), anchor=False)
        st.caption(text(f"evidence.{name}_says"))
        st.table(table, border="horizontal")


def behind(headline: Headline) -> None:
    """The checks of one claim, and the same estimate in other ways."""
    common.claim(headline, found, open_reasons=True)
    if headline.figure.grade is not Grade.WITHHELD:
        left, right = st.columns(2, gap="large")
        with left:
            shown("specifications", evidence_tables.specifications_table(release, headline.figure, text))
        with right:
            shown("before", evidence_tables.before_table(release, headline.figure, text))


def beside() -> None:
    """What decides nothing, of the whole programme."""
    st.space("small")
    st.header(text("evidence.programme"), anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        shown("balance", evidence_tables.balance_table(release, text))
        if lines := list(evidence_tables.sensitivity_words(release, text)):
            st.subheader(text("evidence.sensitivity"), anchor=False)
            st.markdown(common.bullets(lines))
    with right:
        shown("afterwards", evidence_tables.afterwards_table(release, text))
        shown("outcomes", evidence_tables.outcomes_table(release, text))


if held:
    chosen = common.choose(
        st.selectbox,
        text("evidence.pick"),
        "claim",
        list(held),
        next(iter(held)),
        lambda key: text("evidence.option", kind=text(f"evidence.kind.{held[key].kind}"), label=held[key].label),
        width=480,
    )
    behind(held[chosen])
    beside()
else:  # nobody to compare with: what happened is all that can be said
    st.title(text("nav.evidence"))
    st.markdown(text("evidence.no_claim"))
