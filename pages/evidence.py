"""How sure are we: the checks behind each claim, the estimate in other ways, and what is shown beside them."""

import pandas as pd
import streamlit as st

from analytics.model import Grade
from analytics.present import pictures
from analytics.present.pictures import Shown
from analytics.present.sentences.headlines import Headline, claims
from analytics.present.tables import changes, evidence
from pages.parts import address, in_use, show

frame = in_use.require_frame()
release, text = frame.release, frame.text
claims_by_key = {
    f"{headline.kind}-{headline.dimension}-{headline.code}": headline for headline in claims(release, text)
}


def heading(name: str) -> None:
    """A heading, and two sentences that say what is below."""
    st.subheader(text(f"evidence.{name}"), anchor=False)
    st.caption(text(f"evidence.{name}_says"))


def picture(name: str, shown: Shown) -> None:
    """A picture under its heading."""
    show.titled_picture(text(f"evidence.{name}"), text(f"evidence.{name}_says"), shown, name, frame)


def table(name: str, cells: pd.DataFrame) -> None:
    """A table under its heading, unless it is empty."""
    if len(cells):
        heading(name)
        show.table(cells, name)


def claim_evidence(headline: Headline) -> None:
    """The checks of one claim, and the same estimate in other ways."""
    show.claim(headline, frame, open_reasons=True)
    if headline.figure.grade is not Grade.WITHHELD:
        picture("specifications", pictures.specification_curve(release, text, headline.figure.figure_id))
        picture("before", pictures.read_otherwise(release, text, headline.figure.figure_id))


def programme_evidence() -> None:
    """What decides nothing, of the whole programme."""
    st.space("small")
    st.header(text("evidence.programme"), anchor=False)
    picture("events", pictures.event_study(release, text))
    left, right = st.columns(2, gap="large")
    with left:
        picture("balance", pictures.balance(release, text))
    with right:
        picture("reporting", pictures.reporting(release, text))
    picture("detectable", pictures.detectable(release, text))
    left, right = st.columns(2, gap="large")
    with left:
        table("afterwards", evidence.afterwards_table(release, text))
        if lines := list(evidence.sensitivity_words(release, text)):
            heading("sensitivity")
            st.markdown(show.bullets(lines))
    with right:
        table("outcomes", evidence.outcomes_table(release, text))


def changes_since_last_release() -> None:
    """What differs from the release published before this one."""
    st.space("small")
    st.header(text("updates.title"), anchor=False)
    earlier = frame.earlier()
    if earlier is None:
        st.markdown(text("updates.first"))
        return
    st.caption(text("updates.says", old=earlier.release_id))
    st.markdown(show.bullets(changes.update_words(earlier, release, text)))
    show.table(changes.updates_table(earlier, release, text), "updates")
    held = changes.held_table(release, text)
    if len(held):
        st.subheader(text("updates.held"), anchor=False)
        st.caption(text("updates.held_says"))
        show.table(held, "held")


if claims_by_key:
    chosen = address.choose(
        st.selectbox,
        text("evidence.pick"),
        "claim",
        list(claims_by_key),
        next(iter(claims_by_key)),
        lambda key: text(
            "evidence.option", kind=text(f"evidence.kind.{claims_by_key[key].kind}"), label=claims_by_key[key].label
        ),
        width=480,
    )
    claim_evidence(claims_by_key[chosen])
    programme_evidence()
else:  # nobody to compare with: what happened is all that can be said
    st.title(text("nav.evidence"))
    st.markdown(text("evidence.no_claim"))
changes_since_last_release()
