"""How sure are we: the checks behind each claim, the estimate in other ways, and what is shown beside them."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.language.text import plain
from analytics.present.sentences.headlines import Headline
from analytics.present.sentences.reasons import grade_because
from analytics.present.tables import changes, evidence
from analytics.present.titled import Chosen, View, claims_by_key, picture_on
from analytics.present.titled.evidence import claim_label
from pages.parts import address, in_use, show

frame = in_use.require_frame()
release, text = frame.release, frame.text
claims = claims_by_key(release, text)


def behind_a_click(name: str) -> DeltaGenerator:
    """Where something is shown once the reader asks for it, with what it is."""
    box = st.expander(text(f"evidence.{name}"), key=f"details_{name}")
    box.caption(text(f"evidence.{name}_says"))
    return box


def claim_evidence(headline: Headline) -> None:
    """Why a claim has its grade, in a line, then check by check; the same estimate in other ways; before and after."""
    show.claim(headline, frame)
    if line := grade_because(release, headline.figure, text):
        st.markdown(f"**{plain(line)}**")
    show.actions(headline, frame, why=False)
    show.checks(headline, frame)
    view = View(release, text, Chosen(claim=chosen))
    left, right = st.columns(2, gap="large")
    with left:
        show.picture(picture_on("evidence-specifications", view), frame)
    with right:
        show.picture(picture_on("evidence-before", view), frame)
        show.picture(picture_on("evidence-events", view), frame)


def programme_evidence() -> None:
    """What decides nothing, of the whole programme: each behind a click."""
    st.header(text("evidence.programme"), anchor=False)
    tables = {
        "afterwards": evidence.afterwards_table(release, text),
        "outcomes": evidence.outcomes_table(release, text),
    }
    columns = st.columns(2, gap="medium")
    with columns[0]:
        for name in ("balance", "reporting", "detectable"):
            with behind_a_click(name):
                show.picture(picture_on(f"evidence-{name}", View(release, text)), frame, heading=False, says=False)
    with columns[1]:
        for name, cells in tables.items():
            if len(cells):
                with behind_a_click(name):
                    show.table(cells, name)
        if lines := list(evidence.sensitivity_words(release, text)):
            behind_a_click("sensitivity").markdown(show.bullets(lines))


def changes_since_last_release() -> None:
    """What differs from the release published before this one."""
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


if claims:
    with show.top_row(frame):
        chosen = address.choose(
            st.selectbox,
            text("evidence.pick"),
            "claim",
            list(claims),
            next(iter(claims)),
            lambda key: claim_label(claims[key], text),
            width=400,
            label_visibility="collapsed",
        )
    claim_evidence(claims[chosen])
    programme_evidence()
else:  # nobody to compare with: what happened is all that can be said
    with show.top_row(frame):
        pass
    st.title(text("nav.evidence"))
    st.markdown(text("evidence.no_claim"))
changes_since_last_release()
