"""How sure are we: the checks behind each claim, the estimate in other ways, and what is shown beside them."""

import pandas as pd
import streamlit as st

from analytics.model import Grade
from analytics.present import pictures
from analytics.present.pictures import Shown
from analytics.present.sentences.headlines import Headline, claims
from analytics.present.tables import changes as updates
from analytics.present.tables import evidence as evidence_tables
from pages.parts import address
from pages.parts import in_use as shelf
from pages.parts import show as common

found = shelf.need_frame()
release, text = found.release, found.text
held = {f"{headline.kind}-{headline.dimension}-{headline.code}": headline for headline in claims(release, text)}


def titled(name: str) -> None:
    """A heading, and two sentences that say what is below."""
    st.subheader(text(f"evidence.{name}"), anchor=False)
    st.caption(text(f"evidence.{name}_says"))


def drawn(name: str, shown: Shown) -> None:
    """A picture under its heading."""
    common.drawn(text(f"evidence.{name}"), text(f"evidence.{name}_says"), shown, name, found)


def written(name: str, frame: pd.DataFrame) -> None:
    """A table under its heading, unless it is empty."""
    if len(frame):
        titled(name)
        common.table(frame, name)


def behind(headline: Headline) -> None:
    """The checks of one claim, and the same estimate in other ways."""
    common.claim(headline, found, open_reasons=True)
    if headline.figure.grade is not Grade.WITHHELD:
        drawn("specifications", pictures.specification_curve(release, text, headline.figure.figure_id))
        drawn("before", pictures.read_otherwise(release, text, headline.figure.figure_id))


def beside() -> None:
    """What decides nothing, of the whole programme."""
    st.space("small")
    st.header(text("evidence.programme"), anchor=False)
    drawn("events", pictures.event_study(release, text))
    left, right = st.columns(2, gap="large")
    with left:
        drawn("balance", pictures.balance(release, text))
    with right:
        drawn("reporting", pictures.reporting(release, text))
    drawn("detectable", pictures.detectable(release, text))
    left, right = st.columns(2, gap="large")
    with left:
        written("afterwards", evidence_tables.afterwards_table(release, text))
        if lines := list(evidence_tables.sensitivity_words(release, text)):
            titled("sensitivity")
            st.markdown(common.bullets(lines))
    with right:
        written("outcomes", evidence_tables.outcomes_table(release, text))


def since_then() -> None:
    """What differs from the release published before this one."""
    st.space("small")
    st.header(text("updates.title"), anchor=False)
    earlier = found.earlier()
    if earlier is None:
        st.markdown(text("updates.first"))
        return
    st.caption(text("updates.says", old=earlier.release_id))
    st.markdown(common.bullets(updates.update_words(earlier, release, text)))
    common.table(updates.updates_table(earlier, release, text), "updates")
    stays = updates.held_table(release, text)
    if len(stays):
        st.subheader(text("updates.held"), anchor=False)
        st.caption(text("updates.held_says"))
        common.table(stays, "held")


if held:
    chosen = address.choose(
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
since_then()
