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
claims_by_key = {f"{claim.kind}-{claim.dimension}-{claim.code}": claim for claim in claims(release, text)}


def show_heading(name: str) -> None:
    """A heading, and two sentences that say what is below."""
    st.subheader(text(f"evidence.{name}"), anchor=False)
    st.caption(text(f"evidence.{name}_says"))


def show_picture(name: str, picture: Shown) -> None:
    """A picture under its heading."""
    show.titled_picture(text(f"evidence.{name}"), text(f"evidence.{name}_says"), picture, name, frame)


def show_table(name: str, rows: pd.DataFrame) -> None:
    """A table under its heading, unless it is empty."""
    if len(rows):
        show_heading(name)
        show.table(rows, name)


def show_claim_evidence(claim: Headline) -> None:
    """The checks of one claim, and the same estimate in other ways."""
    show.claim(claim, frame, open_reasons=True)
    if claim.figure.grade is not Grade.WITHHELD:
        show_picture("specifications", pictures.specification_curve(release, text, claim.figure.figure_id))
        show_picture("before", pictures.read_otherwise(release, text, claim.figure.figure_id))


def show_programme_evidence() -> None:
    """What decides no grade, of the whole programme."""
    st.space("small")
    st.header(text("evidence.programme"), anchor=False)
    show_picture("events", pictures.event_study(release, text))
    left, right = st.columns(2, gap="large")
    with left:
        show_picture("balance", pictures.balance(release, text))
    with right:
        show_picture("reporting", pictures.reporting(release, text))
    show_picture("detectable", pictures.detectable(release, text))
    left, right = st.columns(2, gap="large")
    with left:
        show_table("afterwards", evidence.afterwards_table(release, text))
        if lines := list(evidence.sensitivity_words(release, text)):
            show_heading("sensitivity")
            st.markdown(show.bullets(lines))
    with right:
        show_table("outcomes", evidence.outcomes_table(release, text))


def show_changes_since_last_release() -> None:
    """What differs from the release published before this one."""
    st.space("small")
    st.header(text("updates.title"), anchor=False)
    earlier = frame.read_earlier()
    if earlier is None:
        st.markdown(text("updates.first"))
        return
    st.caption(text("updates.says", old=earlier.release_id))
    st.markdown(show.bullets(changes.update_words(earlier, release, text)))
    show.table(changes.updates_table(earlier, release, text), "updates")
    carried_over = changes.held_table(release, text)
    if len(carried_over):
        st.subheader(text("updates.held"), anchor=False)
        st.caption(text("updates.held_says"))
        show.table(carried_over, "held")


def claim_option(key: str) -> str:
    """A claim in the picker: what it is about, and of whom."""
    claim = claims_by_key[key]
    return text("evidence.option", kind=text(f"evidence.kind.{claim.kind}"), label=claim.label)


if claims_by_key:
    claim_key = address.choose(
        st.selectbox,
        text("evidence.pick"),
        "claim",
        list(claims_by_key),
        next(iter(claims_by_key)),
        claim_option,
        width=480,
    )
    show_claim_evidence(claims_by_key[claim_key])
    show_programme_evidence()
else:  # nobody to compare with: what happened is all that can be said
    st.title(text("nav.evidence"))
    st.markdown(text("evidence.no_claim"))
show_changes_since_last_release()
